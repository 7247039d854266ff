// SPDX-License-Identifier: MIT
/* text_line.c - writes a packet as a whole line that reads back. What the line cannot say makes it "raw hex=...": whether
 * it can is found out by reading it back. */
#include "sim/packet/headers.h"
#include "sim/packet/ip6.h"
#include "sim/packet/text.h"
#include <stdio.h>

struct print {
	struct strbuf *out;
	const struct packet_text *p;
	const uint8_t *dev_mac;
	const uint8_t *ip, *l4, *data;	/* within p->bytes */
	unsigned proto, fragoff;
	size_t n, data_len;		/* bytes from l4; of the payload */
	be32 src, dst;
	bool v6;
	union inet_addr src6, dst6;
	uint32_t sum;			/* of the pseudo header */
};

static void put_hex(struct print *pr, const char *key, const uint8_t *b, size_t n)
{
	sb_printf(pr->out, " %s=", key);
	for (size_t i = 0; i < n; i++)
		sb_printf(pr->out, "%02x", b[i]);
}

static void put_mac(struct print *pr, const char *key, const uint8_t *mac)
{
	char buf[ADDRSTRLEN];

	sb_printf(pr->out, " %s=%s", key, mac_str(buf, mac));
}

static bool all_zero(const uint8_t *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (b[i])
			return false;
	return true;
}

static bool is_text(const uint8_t *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (b[i] > 126 || (b[i] < 32 && b[i] != '\n' && b[i] != '\r' && b[i] != '\t'))
			return false;
	return true;
}

static void put_text(struct print *pr, const uint8_t *b, size_t n)
{
	sb_puts(pr->out, " data=\"");
	for (size_t i = 0; i < n; i++) {
		static const char from[] = "\n\r\t\\\"", to[] = "nrt\\\"";
		const char *at = memchr(from, b[i], sizeof(from) - 1);

		if (at)
			sb_putc(pr->out, '\\');
		sb_putc(pr->out, at ? to[at - from] : (char)b[i]);
	}
	sb_putc(pr->out, '"');
}

static void put_payload(struct print *pr)
{
	if (!pr->data_len)
		return;
	if (all_zero(pr->data, pr->data_len))
		sb_printf(pr->out, " len=%zu", pr->data_len);
	else if (is_text(pr->data, pr->data_len))
		put_text(pr, pr->data, pr->data_len);
	else
		put_hex(pr, "hex", pr->data, pr->data_len);
}

static void put_flags(struct print *pr, uint8_t flags)
{
	static const struct { char c; uint8_t bit; } letters[] = {
		{ 'S', TH_SYN }, { 'F', TH_FIN }, { 'R', TH_RST }, { 'P', TH_PUSH },
		{ 'A', TH_ACK }, { 'U', TH_URG }, { 'E', TH_ECE }, { 'W', TH_CWR },
	};

	sb_puts(pr->out, flags ? " " : " .");
	for (size_t i = 0; i < ARRAY_SIZE(letters); i++)
		if (flags & letters[i].bit)
			sb_putc(pr->out, letters[i].c);
}

static void put_tcp(struct print *pr)
{
	const uint8_t *t = pr->l4;
	unsigned hlen = tcp_hlen(t);

	put_flags(pr, t[TCP_FLAGS]);
	if (get_be32(t + TCP_SEQ))
		sb_printf(pr->out, " seq=%u", get_be32(t + TCP_SEQ));
	if (get_be32(t + TCP_ACK))
		sb_printf(pr->out, " ack=%u", get_be32(t + TCP_ACK));
	if (get_be16(t + TCP_WIN) != 65535)
		sb_printf(pr->out, " win=%u", get_be16(t + TCP_WIN));
	if (get_be16(t + TCP_URP))
		sb_printf(pr->out, " urp=%u", get_be16(t + TCP_URP));
	if (t[TCP_OFF] & 15)
		sb_printf(pr->out, " res=%u", t[TCP_OFF] & 15);
	if (hlen == TCP_HLEN + 4 && t[20] == 2 && t[21] == 4)
		sb_printf(pr->out, " mss=%u", get_be16(t + 22));
	else if (hlen > TCP_HLEN)
		put_hex(pr, "opts", t + TCP_HLEN, hlen - TCP_HLEN);
}

static void put_icmp_rest(struct print *pr)
{
	const uint8_t *t = pr->l4;
	uint32_t rest = get_be32(t + 4);
	be32 gw = load_be32(t + 4);
	char buf[ADDRSTRLEN];

	if (t[0] == ICMP_ECHO || t[0] == ICMP_ECHOREPLY || (t[0] >= 13 && t[0] <= 18)) {
		if (rest >> 16)
			sb_printf(pr->out, " id=%u", rest >> 16);
		if (rest & 0xffff)
			sb_printf(pr->out, " seq=%u", rest & 0xffff);
	} else if (rest && t[0] == ICMP_DEST_UNREACH && t[1] == ICMP_FRAG_NEEDED) {
		sb_printf(pr->out, " mtu=%u", rest);
	} else if (rest && t[0] == ICMP_REDIRECT) {
		sb_printf(pr->out, " gw=%s", ip4_str(buf, gw));
	} else if (rest && t[0] == ICMP_PARAMETERPROB && !(rest & 0xffffff)) {
		sb_printf(pr->out, " ptr=%u", rest >> 24);
	} else if (rest) {
		sb_printf(pr->out, " rest=0x%08x", rest);
	}
}

static void put_icmp(struct print *pr)
{
	const char *name = icmp_type_name(pr->l4[0], pr->l4[1]);

	if (name)
		sb_printf(pr->out, " %s", name);
	else
		sb_printf(pr->out, " %u/%u", pr->l4[0], pr->l4[1]);
	put_icmp_rest(pr);
}

/* Said only when it is not the right one. */
static void put_csum(struct print *pr)
{
	static const uint8_t at_of[256] = { [IPPROTO_TCP] = TCP_CSUM,
					    [IPPROTO_UDP] = UDP_CSUM,
					    [136] = UDP_CSUM };
	unsigned icmp = pr->v6 ? NEXTHDR_ICMP : IPPROTO_ICMP, have;
	unsigned at = pr->proto == icmp ? ICMP_CSUM : at_of[pr->proto];
	uint32_t sum = pr->sum;
	static const uint8_t zero[2];
	be16 right;

	if (pr->proto == IPPROTO_SCTP && !pr->fragoff) {
		uint32_t crc = sctp_crc32c(pr->l4, pr->n);

		if (pr->l4[8] != (uint8_t)crc)
			sb_puts(pr->out, " csum=bad");
		return;
	}
	if (!at || pr->fragoff)
		return;
	have = get_be16(pr->l4 + at);
	sum = csum_partial(pr->l4, at, sum);
	sum = csum_partial(zero, 2, sum);
	right = csum_fold(csum_partial(pr->l4 + at + 2, pr->n - at - 2, sum));
	if (!right && pr->proto != icmp && pr->proto != IPPROTO_TCP)
		right = 0xffff;
	if (have == ntohs(right))
		return;
	if (have == (ntohs(right) ^ 0x5555u))
		sb_puts(pr->out, " csum=bad");
	else if (!have)
		sb_puts(pr->out, " csum=none");
	else
		sb_printf(pr->out, " csum=0x%04x", have);
}

static void put_ip_keys(struct print *pr)
{
	const uint8_t *ip = pr->ip;
	unsigned frag = get_be16(ip + IP4_FRAGOFF), hlen = ip4_hlen(ip);
	uint32_t sum;
	be16 right;

	if (ip[IP4_TTL] != 64)
		sb_printf(pr->out, " ttl=%u", ip[IP4_TTL]);
	if (ip[IP4_TOS])
		sb_printf(pr->out, " tos=0x%02x", ip[IP4_TOS]);
	if (get_be16(ip + IP4_ID))
		sb_printf(pr->out, " %s=%u", pr->proto == IPPROTO_ICMP ? "ipid" : "id",
			  get_be16(ip + IP4_ID));
	if (frag & IP_DF)
		sb_puts(pr->out, " df");
	if (frag & 0x8000)
		sb_printf(pr->out, " frag=rf,%u%s", (frag & IP_OFFMASK) * 8,
			  frag & IP_MF ? "+" : "");
	else if (frag & (IP_MF | IP_OFFMASK))
		sb_printf(pr->out, " frag=%u%s", (frag & IP_OFFMASK) * 8, frag & IP_MF ? "+" : "");
	if (hlen > IP_HLEN)
		put_hex(pr, "ipopts", ip + IP_HLEN, hlen - IP_HLEN);
	sum = csum_partial(ip, IP4_CSUM, 0);
	right = csum_fold(csum_partial(ip + IP4_SRC, hlen - IP4_SRC, sum));
	if (get_be16(ip + IP4_CSUM) == (ntohs(right) ^ 0x1234u))
		sb_puts(pr->out, " ipcsum=bad");
	else if (get_be16(ip + IP4_CSUM) != ntohs(right))
		sb_printf(pr->out, " ipcsum=0x%04x", get_be16(ip + IP4_CSUM));
}

static bool has_ports(unsigned proto)
{
	return proto == IPPROTO_TCP || proto == IPPROTO_UDP || proto == IPPROTO_SCTP ||
	       proto == 136;
}

/* Bytes of the transport's header, 0 = there is none of its own; SIZE_MAX: it is cut off or wrong. */
static size_t l4_hlen(const struct print *pr)
{
	static const uint8_t min[256] = { [IPPROTO_TCP] = TCP_HLEN,
					  [IPPROTO_UDP] = UDP_HLEN,
					  [136] = UDP_HLEN,
					  [IPPROTO_SCTP] = 12 };
	bool icmp = pr->proto == (pr->v6 ? NEXTHDR_ICMP : IPPROTO_ICMP);
	size_t n = pr->fragoff ? 0 : icmp ? ICMP_HLEN : min[pr->proto];

	if (n > pr->n)
		return SIZE_MAX;
	if (n == TCP_HLEN) {
		n = tcp_hlen(pr->l4);
		return n < TCP_HLEN || n > pr->n ? SIZE_MAX : n;
	}
	return n;
}

static void put_ip6_keys(struct print *pr)
{
	const uint8_t *ip = pr->ip;
	bool ndp = pr->proto == NEXTHDR_ICMP && !pr->fragoff && text_is_ndp(pr->l4[0]);

	if (ip[IP6_HLIM] != (ndp ? 255 : 64))
		sb_printf(pr->out, " ttl=%u", ip[IP6_HLIM]);
	if (ip6_tclass(ip))
		sb_printf(pr->out, " tos=0x%02x", ip6_tclass(ip));
	if (ip6_flow(ip))
		sb_printf(pr->out, " flow=0x%05x", ip6_flow(ip));
	if (ip[IP6_NXT] == NEXTHDR_FRAGMENT) {
		unsigned off = get_be16(ip + IP6_HLEN + FRAG6_OFF);

		sb_printf(pr->out, " %s=%u", pr->proto == NEXTHDR_ICMP ? "ipid" : "id", get_be32(ip + IP6_HLEN + FRAG6_ID));
		if (off)
			sb_printf(pr->out, " frag=%u%s", off & IP6_OFFSET, off & IP6_MF ? "+" : "");
	}
}

/* The type; a neighbour's address and the link address behind it are taken from the payload. */
static void put_icmp6(struct print *pr)
{
	const uint8_t *t = pr->l4;
	const char *name = icmp6_type_name(t[0], t[1]);
	uint32_t rest = get_be32(t + 4);
	char buf[ADDRSTRLEN];
	bool answer = t[0] == NDISC_NEIGHBOUR_ADVERTISEMENT || t[0] == NDISC_REDIRECT;

	if (name)
		sb_printf(pr->out, " %s", name);
	else
		sb_printf(pr->out, " %u/%u", t[0], t[1]);
	if (t[0] == ICMPV6_ECHO_REQUEST || t[0] == ICMPV6_ECHO_REPLY) {
		if (rest >> 16)
			sb_printf(pr->out, " id=%u", rest >> 16);
		if (rest & 0xffff)
			sb_printf(pr->out, " seq=%u", rest & 0xffff);
	} else if (rest && t[0] == ICMPV6_PKT_TOOBIG) {
		sb_printf(pr->out, " mtu=%u", rest);
	} else if (rest && t[0] == ICMPV6_PARAMPROB) {
		sb_printf(pr->out, " ptr=%u", rest);
	} else if (rest) {
		sb_printf(pr->out, " rest=0x%08x", rest);
	}
	if (t[0] >= NDISC_NEIGHBOUR_SOLICITATION && t[0] <= NDISC_NEIGHBOUR_ADVERTISEMENT && pr->data_len >= 16) {
		union inet_addr target = ip6_load_addr(pr->data);

		sb_printf(pr->out, " target=%s", inet_str(buf, AF_INET6, &target));
		pr->data += 16;
		pr->data_len -= 16;
		if (pr->data_len == 8 && pr->data[0] == 1 + answer && pr->data[1] == 1) {
			sb_printf(pr->out, " lladdr=%s", mac_str(buf, pr->data + 2));
			pr->data_len = 0;
		}
	}
}

static bool put_ip6(struct print *pr, const uint8_t *ip, size_t len)
{
	unsigned plen = get_be16(ip + IP6_PLEN), hlen = IP6_HLEN;
	char a[ADDRSTRLEN], b[ADDRSTRLEN];
	bool ports;
	size_t l4;

	if (plen + IP6_HLEN > len)
		return false;
	pr->v6 = true;
	pr->ip = ip;
	pr->proto = ip[IP6_NXT];
	if (pr->proto == NEXTHDR_FRAGMENT && plen >= FRAG6_HLEN) {
		pr->proto = ip[IP6_HLEN];
		pr->fragoff = get_be16(ip + IP6_HLEN + FRAG6_OFF) & IP6_OFFSET;
		hlen += FRAG6_HLEN;
	}
	if (ip6_ext_hdr(pr->proto))
		return false;
	pr->l4 = ip + hlen;
	pr->n = plen + IP6_HLEN - hlen;
	pr->src6 = ip6_saddr(ip);
	pr->dst6 = ip6_daddr(ip);
	pr->sum = csum_pseudo6(ip + IP6_SRC, ip + IP6_DST, pr->proto, (uint32_t)pr->n);
	if ((l4 = l4_hlen(pr)) == SIZE_MAX)
		return false;
	pr->data = pr->l4 + l4;
	pr->data_len = pr->n - l4;
	ports = has_ports(pr->proto) && !pr->fragoff;
	if (pr->proto == NEXTHDR_ICMP)
		sb_puts(pr->out, "icmp6");
	else if (pr->proto != IPPROTO_ICMP && ip_proto_name(pr->proto))
		sb_puts(pr->out, ip_proto_name(pr->proto));
	else
		sb_printf(pr->out, "proto %u", pr->proto);
	inet_str(a, AF_INET6, &pr->src6);
	inet_str(b, AF_INET6, &pr->dst6);
	if (ports)
		sb_printf(pr->out, " [%s]:%u > [%s]:%u", a, get_be16(pr->l4), b, get_be16(pr->l4 + 2));
	else
		sb_printf(pr->out, " %s > %s", a, b);
	if (l4 && pr->proto == IPPROTO_TCP)
		put_tcp(pr);
	else if (l4 && pr->proto == NEXTHDR_ICMP)
		put_icmp6(pr);
	else if (l4 && pr->proto == IPPROTO_SCTP)
		sb_printf(pr->out, " vtag=%u", get_be32(pr->l4 + 4));
	else if (l4 && get_be16(pr->l4 + UDP_LEN) != pr->n)
		sb_printf(pr->out, " ulen=%u", get_be16(pr->l4 + UDP_LEN));
	put_payload(pr);
	put_ip6_keys(pr);
	put_csum(pr);
	if (len > plen + IP6_HLEN)
		sb_printf(pr->out, " pad=%zu", len - plen - IP6_HLEN);
	return true;
}

static bool put_ip(struct print *pr, const uint8_t *ip, size_t len)
{
	unsigned hlen, totlen;
	bool ports;
	char a[ADDRSTRLEN], b[ADDRSTRLEN];
	size_t l4;

	if (len >= IP6_HLEN && ip[0] >> 4 == 6)
		return put_ip6(pr, ip, len);
	if (len < IP_HLEN || ip[0] >> 4 != 4 || (hlen = ip4_hlen(ip)) < IP_HLEN ||
	    (totlen = get_be16(ip + IP4_TOTLEN)) < hlen || totlen > len)
		return false;
	pr->ip = ip;
	pr->proto = ip[IP4_PROTO];
	pr->fragoff = ip4_fragoff(ip);
	pr->l4 = ip + hlen;
	pr->n = totlen - hlen;
	pr->src = ip4_saddr(ip);
	pr->dst = ip4_daddr(ip);
	pr->sum = pr->proto == IPPROTO_ICMP ? 0 : csum_pseudo4(pr->src, pr->dst, pr->proto, (unsigned)pr->n);
	if ((l4 = l4_hlen(pr)) == SIZE_MAX)
		return false;
	pr->data = pr->l4 + l4;
	pr->data_len = pr->n - l4;
	ports = has_ports(pr->proto) && !pr->fragoff;
	if (ip_proto_name(pr->proto))
		sb_puts(pr->out, ip_proto_name(pr->proto));
	else
		sb_printf(pr->out, "proto %u", pr->proto);
	if (ports)
		sb_printf(pr->out, " %s:%u > %s:%u", ip4_str(a, pr->src), get_be16(pr->l4),
			  ip4_str(b, pr->dst), get_be16(pr->l4 + 2));
	else
		sb_printf(pr->out, " %s > %s", ip4_str(a, pr->src), ip4_str(b, pr->dst));
	if (l4 && pr->proto == IPPROTO_TCP)
		put_tcp(pr);
	else if (l4 && pr->proto == IPPROTO_ICMP)
		put_icmp(pr);
	else if (l4 && pr->proto == IPPROTO_SCTP)
		sb_printf(pr->out, " vtag=%u", get_be32(pr->l4 + 4));
	else if (l4 && get_be16(pr->l4 + UDP_LEN) != pr->n)
		sb_printf(pr->out, " ulen=%u", get_be16(pr->l4 + UDP_LEN));
	put_payload(pr);
	put_ip_keys(pr);
	put_csum(pr);
	if (len > totlen)
		sb_printf(pr->out, " pad=%zu", len - totlen);
	return true;
}

static bool put_arp(struct print *pr, const uint8_t *a, size_t len, const uint8_t *smac)
{
	char x[ADDRSTRLEN], y[ADDRSTRLEN], m[ADDRSTRLEN];
	unsigned op;

	if (len < 28 || ((op = get_be16(a + 6)) != 1 && op != 2))
		return false;
	pr->src = load_be32(a + 14);
	if (op == 1)
		sb_printf(pr->out, "arp who-has %s tell %s", ip4_str(x, load_be32(a + 24)),
			  ip4_str(y, pr->src));
	else
		sb_printf(pr->out, "arp %s is-at %s to %s", ip4_str(x, pr->src), mac_str(m, a + 8),
			  ip4_str(y, load_be32(a + 24)));
	if (op == 1 && memcmp(a + 8, smac, 6) != 0)
		put_mac(pr, "arpmac", a + 8);
	if (len > 28)
		sb_printf(pr->out, " pad=%zu", len - 28);
	return true;
}

static bool put_frame(struct print *pr)
{
	const uint8_t *f = pr->p->bytes;
	size_t len = pr->p->len, l3 = ETH_HLEN;
	uint8_t smac[6], dmac[6];
	unsigned type, tci = 0;
	bool arp, ok;

	if (len < ETH_HLEN)
		return false;
	type = get_be16(f + 12);
	if (type == ETH_P_8021Q && len >= ETH_HLEN + VLAN_HLEN) {
		tci = get_be16(f + 14);
		type = get_be16(f + 16);
		l3 += VLAN_HLEN;
	}
	arp = type == ETH_P_ARP;
	if (!arp && type != ETH_P_IP && type != ETH_P_IPV6)
		return false;
	ok = arp ? put_arp(pr, f + l3, len - l3, f + 6) : put_ip(pr, f + l3, len - l3);
	if (!ok)
		return false;
	if (pr->v6) {
		text_default_smac6(smac, &pr->src6);
		text_default_dmac6(dmac, &pr->dst6, pr->dev_mac, pr->p->dev);
	} else {
		text_default_smac(smac, pr->src);
		text_default_dmac(dmac, arp ? 0 : pr->dst, pr->dev_mac, pr->p->dev);
	}
	if (arp && get_be16(f + l3 + 6) == 1)
		memset(dmac, 0xff, 6);
	if (arp && get_be16(f + l3 + 6) == 2)
		memcpy(smac, f + l3 + 8, 6);
	if (memcmp(smac, f + 6, 6) != 0)
		put_mac(pr, "smac", f + 6);
	if (memcmp(dmac, f, 6) != 0)
		put_mac(pr, "dmac", f);
	if (l3 > ETH_HLEN)
		sb_printf(pr->out, " vlan=%u", tci & 0xfff);
	if (tci >> 13)
		sb_printf(pr->out, " pcp=%u", tci >> 13);
	return true;
}

static void put_place(struct strbuf *out, const struct packet_text *p)
{
	if (p->host)
		sb_printf(out, "%s.", p->host);
	sb_printf(out, "%s: ", p->dev ? p->dev : "out");
}

static void put_sender(struct strbuf *out, const struct packet_text *p)
{
	if (p->mark_given)
		sb_printf(out, " mark=0x%x", p->mark);
	if (p->uid_given)
		sb_printf(out, " uid=%u", p->uid);
	if (p->gid_given)
		sb_printf(out, " gid=%u", p->gid);
}

static const uint8_t *known_mac(void *arg, const char *host, const char *dev)
{
	(void)host;
	(void)dev;
	return arg;
}

static bool reads_back(const struct strbuf *line, const struct packet_text *p,
		       const uint8_t *dev_mac)
{
	struct arena *a = arena_create();
	struct source *src = source_text(a, "", sb_str(line), line->len);
	struct packet_text got;
	struct diag d;
	bool same;

	diag_init(&d, a);
	same = packet_text_parse(a, &got, src, 0, src->len, known_mac, (void *)(uintptr_t)dev_mac,
				 &d) &&
	       got.len == p->len && memcmp(got.bytes, p->bytes, p->len) == 0;
	arena_destroy(a);
	return same;
}

static bool print(struct strbuf *out, const struct packet_text *p, const uint8_t *dev_mac)
{
	struct print pr = { .out = out, .p = p, .dev_mac = dev_mac };

	put_place(out, p);
	return p->dev ? put_frame(&pr) : put_ip(&pr, p->bytes, p->len);
}

void packet_text_print(struct strbuf *out, const struct packet_text *p, const uint8_t *dev_mac)
{
	struct strbuf line = { 0 };

	if (!print(&line, p, dev_mac) || !reads_back(&line, p, dev_mac)) {
		sb_clear(&line);
		put_place(&line, p);
		sb_puts(&line, "raw hex=");
		for (uint32_t i = 0; i < p->len; i++)
			sb_printf(&line, "%02x", p->bytes[i]);
	}
	put_sender(&line, p);
	sb_write(out, sb_str(&line), line.len);
	sb_free(&line);
}
