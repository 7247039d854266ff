// SPDX-License-Identifier: MIT
/* reply.c - builds the answer to a frame. */
#include "sim/world/reply.h"
#include "sim/packet/headers.h"
#include "sim/packet/ip6.h"
#include <zlib.h>

#define IPPROTO_UDPLITE_ 136
#define DEFAULT_ID 4242

/* A frame taken apart, as far as it goes. */
struct frame {
	const uint8_t *raw, *l4;
	size_t len, l3;
	unsigned etype;
	const uint8_t *ip;		/* IP header or NULL */
	unsigned v, totlen, proto, off, n;	/* v: 4 or 6; n: bytes from l4 to the datagram's end */
	bool ports, icmp;
	unsigned sport, dport;
	uint32_t seq, ack;
	uint8_t flags;
	const uint8_t *data; size_t data_len;
};

void neighbour_mac(uint8_t ret_mac[6], be32 ip)
{
	ret_mac[0] = 0x02;
	ret_mac[1] = 0xaa;
	memcpy(ret_mac + 2, &ip, 4);
}

void neighbour_mac6(uint8_t ret_mac[6], const union inet_addr *ip)
{
	ret_mac[0] = 0x02;
	ret_mac[1] = 0xab;
	memcpy(ret_mac + 2, ip->ip6 + 12, 4);
}

static void take_data(struct frame *f, unsigned hlen)
{
	f->data = f->l4 + MIN(hlen, f->n);
	f->data_len = f->n - MIN(hlen, f->n);
}

static void take_l4(struct frame *f)
{
	const uint8_t *t = f->l4;

	take_data(f, 0);
	if (f->off)
		return;
	if (f->proto == IPPROTO_TCP && f->n >= TCP_HLEN) {
		f->ports = true;
		f->seq = get_be32(t + TCP_SEQ);
		f->ack = get_be32(t + TCP_ACK);
		f->flags = t[TCP_FLAGS];
		take_data(f, tcp_hlen(t));
	} else if ((f->proto == IPPROTO_UDP || f->proto == IPPROTO_UDPLITE_) && f->n >= UDP_HLEN) {
		f->ports = true;
		take_data(f, UDP_HLEN);
	} else if ((f->proto == IPPROTO_SCTP || f->proto == IPPROTO_DCCP) && f->n >= 12) {
		f->ports = true;
		take_data(f, 12);
	} else if ((f->proto == IPPROTO_ICMP || f->proto == NEXTHDR_ICMP) && f->n >= ICMP_HLEN) {
		f->icmp = true;
		take_data(f, ICMP_HLEN);
	}
	if (f->ports) {
		f->sport = get_be16(t);
		f->dport = get_be16(t + 2);
	}
}

static void take_ip4(struct frame *f)
{
	const uint8_t *ip = f->raw + f->l3;
	unsigned ihl;
	size_t end;

	if (f->len - f->l3 < IP_HLEN)
		return;
	f->v = 4;
	f->ip = ip;
	ihl = ip4_hlen(ip);
	f->totlen = get_be16(ip + IP4_TOTLEN);
	f->proto = ip[IP4_PROTO];
	f->off = ip4_fragoff(ip) * 8;
	end = MIN(f->len, f->l3 + f->totlen);
	if (ihl < IP_HLEN || f->l3 + ihl > end)
		return;
	f->l4 = ip + ihl;
	f->n = (unsigned)(end - f->l3 - ihl);
	take_l4(f);
}

static void take_ip6(struct frame *f)
{
	const uint8_t *ip = f->raw + f->l3;
	size_t at = IP6_HLEN, end;

	if (f->len - f->l3 < IP6_HLEN)
		return;
	f->v = 6;
	f->ip = ip;
	f->totlen = get_be16(ip + IP6_PLEN) + IP6_HLEN;
	f->proto = ip[IP6_NXT];
	end = MIN(f->len - f->l3, f->totlen);
	while (ip6_ext_hdr(f->proto) && f->proto != NEXTHDR_NONE && at + 8 <= end && !f->off) {
		unsigned len = ip6_exthdr_len(f->proto, ip + at);

		if (f->proto == NEXTHDR_FRAGMENT)
			f->off = get_be16(ip + at + FRAG6_OFF) & IP6_OFFSET;
		f->proto = ip[at];
		at += len;
	}
	if (at > end)
		return;
	f->l4 = ip + at;
	f->n = (unsigned)(end - at);
	take_l4(f);
}

static void take_ip(struct frame *f)
{
	if (f->len > f->l3 && f->raw[f->l3] >> 4 == 4)
		take_ip4(f);
	else if (f->len > f->l3 && f->raw[f->l3] >> 4 == 6)
		take_ip6(f);
}

static bool take_frame(struct frame *f, const uint8_t *raw, size_t len)
{
	*f = (struct frame){ .raw = raw, .len = len, .l3 = ETH_HLEN };
	if (len < ETH_HLEN)
		return false;
	f->etype = get_be16(raw + 12);
	if (f->etype == ETH_P_8021Q && len >= ETH_HLEN + VLAN_HLEN) {
		f->etype = get_be16(raw + 16);
		f->l3 += VLAN_HLEN;
	}
	if (f->etype == ETH_P_IP || f->etype == ETH_P_IPV6)
		take_ip(f);
	return true;
}

/* ---- parts of the reply */

struct reply {
	struct strbuf *out;
	const struct frame *f;
	const struct reply_opt *o;
	uint8_t dmac[6], smac[6];
	union inet_addr src, dst;
};

static bool given(const struct reply *r, unsigned bit)
{
	return r->o->given & bit;
}

static void put_eth(struct reply *r, unsigned etype)
{
	uint8_t e[2];

	put_be16(e, etype);
	sb_write(r->out, r->dmac, 6);
	sb_write(r->out, r->smac, 6);
	sb_write(r->out, e, 2);
}

static bool put_ip6(struct reply *r, unsigned proto, const struct strbuf *payload)
{
	uint8_t ip[IP6_HLEN] = { 0x60 };

	ip6_set_tclass(ip, r->o->tos);
	put_be16(ip + IP6_PLEN, (unsigned)payload->len);
	ip[IP6_NXT] = (uint8_t)proto;
	ip[IP6_HLIM] = given(r, REPLY_TTL) ? r->o->ttl : 64;
	memcpy(ip + IP6_SRC, &r->src, 16);
	memcpy(ip + IP6_DST, &r->dst, 16);
	put_eth(r, ETH_P_IPV6);
	sb_write(r->out, ip, IP6_HLEN);
	sb_write(r->out, sb_str(payload), payload->len);
	return true;
}

/* Ethernet and IP header, then the payload. */
static bool put_ip(struct reply *r, unsigned proto, const struct strbuf *payload)
{
	uint8_t ip[IP_HLEN] = { 0x45 };

	if (r->f->v == 6)
		return put_ip6(r, proto, payload);
	ip[IP4_TOS] = r->o->tos;
	put_be16(ip + IP4_TOTLEN, (unsigned)(IP_HLEN + payload->len));
	put_be16(ip + IP4_ID, given(r, REPLY_ID) ? r->o->id : DEFAULT_ID);
	put_be16(ip + IP4_FRAGOFF, r->o->df ? IP_DF : 0);
	ip[IP4_TTL] = given(r, REPLY_TTL) ? r->o->ttl : 64;
	ip[IP4_PROTO] = (uint8_t)proto;
	memcpy(ip + IP4_SRC, &r->src.ip, 4);
	memcpy(ip + IP4_DST, &r->dst.ip, 4);
	ip4_send_check(ip);
	put_eth(r, ETH_P_IP);
	sb_write(r->out, ip, IP_HLEN);
	sb_write(r->out, sb_str(payload), payload->len);
	return true;
}

static void set_csum(struct strbuf *pl, size_t at, be16 c)
{
	memcpy(pl->s + at, &c, 2);
}

static be16 l4_csum(const struct reply *r, unsigned proto, const struct strbuf *pl)
{
	unsigned len = (unsigned)pl->len;

	return csum_fold(csum_partial(pl->s, pl->len,
				      r->f->v == 6 ? csum_pseudo6(r->src.ip6, r->dst.ip6, proto, len)
						   : csum_pseudo4(r->src.ip, r->dst.ip, proto, len)));
}

/* The first sequence number of a side that has not spoken yet: the same for the same connection. */
static uint32_t first_seq(const struct frame *f)
{
	unsigned n = f->v == 6 ? 32 : 8;
	uint8_t b[36];

	memcpy(b, f->ip + (f->v == 6 ? IP6_SRC : IP4_SRC), n);
	put_be16(b + n, f->sport);
	put_be16(b + n + 2, f->dport);
	return (uint32_t)crc32(0, b, n + 4) & 0x7fffffff;
}

static const struct { const char *kind; uint8_t flags; } tcp_kinds[] = {
	{ "synack", TH_SYN | TH_ACK }, { "syn", TH_SYN },	   { "ack", TH_ACK },
	{ "data", TH_PUSH | TH_ACK },  { "fin", TH_FIN | TH_ACK }, { "rst", TH_RST },
	{ "rstack", TH_RST | TH_ACK }, { "tcp", TH_ACK },
};

static bool reply_tcp(struct reply *r, const char *kind, uint8_t flags)
{
	static const uint8_t mss[] = { 2, 4, 0x05, 0xb4 };
	const struct frame *f = r->f;
	const struct reply_opt *o = r->o;
	bool opens = strcmp(kind, "synack") == 0 || strcmp(kind, "syn") == 0;
	struct strbuf pl = { 0 };
	uint8_t th[TCP_HLEN] = { 0 };
	uint32_t seq, ack;
	size_t optlen;
	bool ok;

	if (f->proto != IPPROTO_TCP || !f->ports)
		return false;
	seq = f->flags & TH_ACK ? f->ack : first_seq(f);
	ack = f->seq + (uint32_t)f->data_len + !!(f->flags & TH_SYN) + !!(f->flags & TH_FIN);
	if (strcmp(kind, "rst") == 0) {
		if (f->flags & TH_ACK)
			ack = 0;
		else
			seq = 0, flags = TH_RST | TH_ACK;
	} else if (strcmp(kind, "syn") == 0) {
		ack = 0;
		seq = first_seq(f);
	}
	seq = (given(r, REPLY_SEQ) ? o->seq : seq) + o->seq_add;
	ack = (given(r, REPLY_ACK) ? o->ack : ack) + o->ack_add;
	optlen = given(r, REPLY_TCPOPTS) ? o->tcpopts_len : opens ? sizeof(mss) : 0;
	put_be16(th + TCP_SPORT, given(r, REPLY_SPORT) ? o->sport : f->dport);
	put_be16(th + TCP_DPORT, given(r, REPLY_DPORT) ? o->dport : f->sport);
	put_be32(th + TCP_SEQ, seq);
	put_be32(th + TCP_ACK, ack);
	th[TCP_OFF] = (uint8_t)((5 + (optlen + 3) / 4) << 4);
	th[TCP_FLAGS] = given(r, REPLY_FLAGS) ? o->flags : flags;
	put_be16(th + TCP_WIN, given(r, REPLY_WIN) ? o->win : 65535);
	sb_write(&pl, th, TCP_HLEN);
	if (optlen)
		sb_write(&pl, given(r, REPLY_TCPOPTS) ? o->tcpopts : mss, optlen);
	while (optlen++ % 4)
		sb_putc(&pl, 0);
	if (given(r, REPLY_DATA))
		sb_write(&pl, o->data, o->data_len);
	else if (strcmp(kind, "data") == 0)
		sb_puts(&pl, "reply");
	set_csum(&pl, TCP_CSUM,
		 (be16)(l4_csum(r, IPPROTO_TCP, &pl) ^ (o->badcsum ? htons(0x5555) : 0)));
	ok = put_ip(r, IPPROTO_TCP, &pl);
	sb_free(&pl);
	return ok;
}

static bool put_udp(struct reply *r, unsigned proto, unsigned sport, unsigned dport,
		    const uint8_t *data, size_t n)
{
	struct strbuf pl = { 0 };
	uint8_t uh[UDP_HLEN] = { 0 };
	be16 c;
	bool ok;

	put_be16(uh + UDP_SPORT, sport);
	put_be16(uh + UDP_DPORT, dport);
	put_be16(uh + UDP_LEN, (unsigned)(UDP_HLEN + n));
	sb_write(&pl, uh, UDP_HLEN);
	sb_write(&pl, data, n);
	c = l4_csum(r, proto, &pl);
	set_csum(&pl, UDP_CSUM, c ? c : 0xffff);
	ok = put_ip(r, proto, &pl);
	sb_free(&pl);
	return ok;
}

static bool reply_udp(struct reply *r)
{
	const struct frame *f = r->f;
	const struct reply_opt *o = r->o;

	if ((f->proto != IPPROTO_UDP && f->proto != IPPROTO_UDPLITE_) || !f->ports)
		return false;
	return put_udp(r, f->proto, given(r, REPLY_SPORT) ? o->sport : f->dport,
		       given(r, REPLY_DPORT) ? o->dport : f->sport,
		       given(r, REPLY_DATA) ? o->data : (const uint8_t *)"reply",
		       given(r, REPLY_DATA) ? o->data_len : 5);
}

static bool put_icmp(struct reply *r, unsigned type, unsigned code, const uint8_t rest[4],
		     const uint8_t *data, size_t n)
{
	struct strbuf pl = { 0 };
	uint8_t ih[ICMP_HLEN] = { (uint8_t)type, (uint8_t)code };
	bool ok;

	memcpy(ih + 4, rest, 4);
	sb_write(&pl, ih, ICMP_HLEN);
	sb_write(&pl, data, n);
	set_csum(&pl, ICMP_CSUM, r->f->v == 6 ? l4_csum(r, NEXTHDR_ICMP, &pl) : csum_fold(csum_partial(pl.s, pl.len, 0)));
	ok = put_ip(r, r->f->v == 6 ? NEXTHDR_ICMP : IPPROTO_ICMP, &pl);
	sb_free(&pl);
	return ok;
}

/* IPv6 has no source quench: "prohibited by policy" stands in for it, the kernel's judge does the same. */
static const struct { const char *kind; uint8_t type, code, type6, code6; } icmp_kinds[] = {
	{ "icmp-unreach", ICMP_DEST_UNREACH, ICMP_HOST_UNREACH, ICMPV6_DEST_UNREACH, 0 },
	{ "icmp-port-unreach", ICMP_DEST_UNREACH, ICMP_PORT_UNREACH, ICMPV6_DEST_UNREACH, 4 },
	{ "icmp-fragneeded", ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED, ICMPV6_PKT_TOOBIG, 0 },
	{ "icmp-ttl", ICMP_TIME_EXCEEDED, 0, ICMPV6_TIME_EXCEED, 0 },
	{ "icmp-redirect", ICMP_REDIRECT, 1, NDISC_REDIRECT, 0 },
	{ "icmp-quench", ICMP_SOURCE_QUENCH, 0, ICMPV6_DEST_UNREACH, 3 },
	{ "icmp-paramprob", ICMP_PARAMETERPROB, 0, ICMPV6_PARAMPROB, 0 },
};

static bool reply_icmp_error(struct reply *r, const char *kind, unsigned type, unsigned code)
{
	const struct reply_opt *o = r->o;
	size_t have = r->f->len - r->f->l3;
	uint8_t rest[4] = { 0 };
	be32 gw = given(r, REPLY_GW) ? o->gw : htonl(0x0a000001);

	if (strcmp(kind, "icmp-fragneeded") == 0 && r->f->v == 6)
		put_be32(rest, given(r, REPLY_MTU) ? o->mtu : 1400);
	else if (strcmp(kind, "icmp-fragneeded") == 0)
		put_be16(rest + 2, given(r, REPLY_MTU) ? o->mtu : 1400);
	if (strcmp(kind, "icmp-redirect") == 0 && r->f->v == 4)
		memcpy(rest, &gw, 4);
	have = MIN(have, r->f->totlen);
	have = MIN(have, given(r, REPLY_QUOTE) ? o->quote : r->f->v == 6 ? 1200 : 28);
	return put_icmp(r, given(r, REPLY_TYPE) ? o->type : type,
			given(r, REPLY_CODE) ? o->code : code, rest, r->f->ip, have);
}

static bool reply_echo(struct reply *r)
{
	if (!r->f->icmp)
		return false;
	return put_icmp(r, r->f->v == 6 ? ICMPV6_ECHO_REPLY : ICMP_ECHOREPLY, 0, r->f->l4 + ICMP_ID,
			given(r, REPLY_DATA) ? r->o->data : r->f->data,
			given(r, REPLY_DATA) ? r->o->data_len : r->f->data_len);
}

static bool reply_sctp(struct reply *r)
{
	const struct frame *f = r->f;
	struct strbuf pl = { 0 };
	uint8_t sh[12] = { 0 };
	uint32_t tag, crc;
	bool ok;

	if (f->proto != IPPROTO_SCTP || !f->ports)
		return false;
	/* An INIT or INIT-ACK names the tag to use in return; else the one the packet carries. */
	tag = f->data_len >= 8 && (f->data[0] == 1 || f->data[0] == 2) ? get_be32(f->data + 4)
								       : get_be32(f->l4 + 4);
	put_be16(sh, f->dport);
	put_be16(sh + 2, f->sport);
	put_be32(sh + 4, given(r, REPLY_VTAG) ? r->o->vtag : tag);
	sb_write(&pl, sh, sizeof(sh));
	sb_write(&pl, r->o->chunks, r->o->chunks_len);
	crc = sctp_crc32c((const uint8_t *)pl.s, pl.len);
	for (int i = 0; i < 4; i++)
		pl.s[8 + i] = (char)(crc >> (8 * i));
	ok = put_ip(r, IPPROTO_SCTP, &pl);
	sb_free(&pl);
	return ok;
}

static bool reply_mirror(struct reply *r)
{
	const struct frame *f = r->f;
	struct strbuf pl = { 0 };
	bool ok;

	if (!f->l4)
		return false;
	if (f->proto == IPPROTO_UDP && f->ports)
		return put_udp(r, IPPROTO_UDP, f->dport, f->sport, f->data, f->data_len);
	sb_write(&pl, f->l4, f->n);
	ok = put_ip(r, f->proto, &pl);
	sb_free(&pl);
	return ok;
}

static bool reply_arp(struct reply *r)
{
	const uint8_t *a = r->f->raw + r->f->l3;
	uint8_t b[28] = { 0, 1, 8, 0, 6, 4, 0, 2 };

	if (r->f->etype != ETH_P_ARP || r->f->len < r->f->l3 + sizeof(b))
		return false;
	memcpy(r->dmac, a + 8, 6);
	neighbour_mac(r->smac, load_be32(a + 24));
	if (given(r, REPLY_MAC))
		memcpy(r->smac, r->o->mac, 6);
	memcpy(b + 8, r->smac, 6);
	memcpy(b + 14, a + 24, 4);
	memcpy(b + 18, a + 8, 6);
	memcpy(b + 24, a + 14, 4);
	put_eth(r, ETH_P_ARP);
	sb_write(r->out, b, sizeof(b));
	return true;
}

static bool reply_forward(struct reply *r)
{
	if (given(r, REPLY_DST_MAC))
		memcpy(r->dmac, r->o->dst_mac, 6);
	sb_write(r->out, r->dmac, 6);
	sb_write(r->out, r->smac, 6);
	sb_write(r->out, r->f->raw + 12, r->f->len - 12);
	return true;
}

/* Addresses swapped, unless the options say otherwise. Whoever answers a broadcast has its own
 * address. */
static void addresses(struct reply *r)
{
	const struct frame *f = r->f;

	memcpy(r->dmac, f->raw + 6, 6);
	memcpy(r->smac, f->raw, 6);
	if (f->v == 6) {
		r->src = ip6_daddr(f->ip);
		r->dst = ip6_saddr(f->ip);
	} else if (f->v == 4) {
		r->src.ip = ip4_daddr(f->ip);
		r->dst.ip = ip4_saddr(f->ip);
	}
	if (f->raw[0] & 1 && f->v == 6)
		neighbour_mac6(r->smac, &r->src);
	else if (f->raw[0] & 1)
		neighbour_mac(r->smac, f->ip ? r->src.ip : htonl(1));
	if (given(r, REPLY_SRC_MAC))
		memcpy(r->smac, r->o->src_mac, 6);
	if (given(r, REPLY_SRC))
		r->src = r->o->src;
	if (given(r, REPLY_DST))
		r->dst = r->o->dst;
}

bool reply_kind_known(const char *kind)
{
	static const char *const others[] = { "udp",	"udp-reply", "echo-reply", "sctp",
					      "mirror", "forward",   "arp-reply" };

	for (size_t i = 0; i < ARRAY_SIZE(tcp_kinds); i++)
		if (strcmp(kind, tcp_kinds[i].kind) == 0)
			return true;
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (strcmp(kind, others[i]) == 0)
			return true;
	return strncmp(kind, "icmp-", 5) == 0;
}

bool reply_build(struct strbuf *ret, const uint8_t *frame, size_t len, const char *kind,
		 const struct reply_opt *o)
{
	struct frame f;
	struct reply r = { .out = ret, .f = &f, .o = o };

	if (!take_frame(&f, frame, len))
		return false;
	addresses(&r);
	if (strcmp(kind, "arp-reply") == 0)
		return reply_arp(&r);
	if (strcmp(kind, "forward") == 0)
		return reply_forward(&r);
	if (!f.ip)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(tcp_kinds); i++)
		if (strcmp(kind, tcp_kinds[i].kind) == 0)
			return reply_tcp(&r, kind, tcp_kinds[i].flags);
	for (size_t i = 0; i < ARRAY_SIZE(icmp_kinds); i++)
		if (strcmp(kind, icmp_kinds[i].kind) == 0)
			return reply_icmp_error(&r, kind, f.v == 6 ? icmp_kinds[i].type6 : icmp_kinds[i].type,
						f.v == 6 ? icmp_kinds[i].code6 : icmp_kinds[i].code);
	if (strncmp(kind, "icmp-", 5) == 0)
		return reply_icmp_error(&r, kind, ICMP_DEST_UNREACH, 0);	/* 3, 0 in IPv6 too */
	if (strcmp(kind, "udp") == 0 || strcmp(kind, "udp-reply") == 0)
		return reply_udp(&r);
	if (strcmp(kind, "echo-reply") == 0)
		return reply_echo(&r);
	if (strcmp(kind, "sctp") == 0)
		return reply_sctp(&r);
	if (strcmp(kind, "mirror") == 0)
		return reply_mirror(&r);
	return false;
}
