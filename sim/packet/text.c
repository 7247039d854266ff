// SPDX-License-Identifier: MIT
/* text.c - packets printed as lines of the PACKET language (parsing: text_parse.c). */
#include "sim/packet/text.h"
#include "sim/packet/headers.h"
#include "sim/packet/ip6.h"

const char *ip_proto_name(unsigned proto)
{
	switch (proto) {
	case IPPROTO_ICMP: return "icmp";
	case IPPROTO_IGMP: return "igmp";
	case IPPROTO_TCP: return "tcp";
	case IPPROTO_UDP: return "udp";
	case IPPROTO_DCCP: return "dccp";
	case IPPROTO_GRE: return "gre";
	case IPPROTO_ESP: return "esp";
	case IPPROTO_AH: return "ah";
	case IPPROTO_SCTP: return "sctp";
	case IPPROTO_UDPLITE: return "udplite";
	default: return NULL;
	}
}

const char *icmp_type_name(unsigned type, unsigned code)
{
	static const struct { uint8_t type, code; const char *name; } names[] = {
		{ 0, 0, "echo-reply" }, { 8, 0, "echo-request" }, { 3, 0, "network-unreachable" }, { 3, 1, "host-unreachable" },
		{ 3, 2, "protocol-unreachable" }, { 3, 3, "port-unreachable" }, { 3, 4, "fragmentation-needed" },
		{ 3, 5, "source-route-failed" }, { 3, 6, "network-unknown" }, { 3, 7, "host-unknown" },
		{ 3, 9, "network-prohibited" }, { 3, 10, "host-prohibited" }, { 3, 11, "TOS-network-unreachable" },
		{ 3, 12, "TOS-host-unreachable" }, { 3, 13, "communication-prohibited" }, { 3, 14, "host-precedence-violation" },
		{ 3, 15, "precedence-cutoff" }, { 4, 0, "source-quench" }, { 5, 0, "network-redirect" }, { 5, 1, "host-redirect" },
		{ 5, 2, "TOS-network-redirect" }, { 5, 3, "TOS-host-redirect" }, { 9, 0, "router-advertisement" },
		{ 10, 0, "router-solicitation" }, { 11, 0, "ttl-zero-during-transit" }, { 11, 1, "ttl-zero-during-reassembly" },
		{ 12, 0, "ip-header-bad" }, { 12, 1, "required-option-missing" }, { 13, 0, "timestamp-request" },
		{ 14, 0, "timestamp-reply" }, { 17, 0, "address-mask-request" }, { 18, 0, "address-mask-reply" },
	};

	for (unsigned i = 0; i < ARRAY_SIZE(names); i++)
		if (names[i].type == type && names[i].code == code)
			return names[i].name;
	return NULL;
}

const char *icmp6_type_name(unsigned type, unsigned code)
{
	static const struct { uint8_t type, code; const char *name; } names[] = {
		{ 1, 0, "no-route" }, { 1, 1, "communication-prohibited" }, { 1, 2, "beyond-scope" }, { 1, 3, "address-unreachable" },
		{ 1, 4, "port-unreachable" }, { 1, 5, "failed-policy" }, { 1, 6, "reject-route" }, { 2, 0, "packet-too-big" },
		{ 3, 0, "ttl-zero-during-transit" }, { 3, 1, "ttl-zero-during-reassembly" }, { 4, 0, "bad-header" },
		{ 4, 1, "unknown-header-type" }, { 4, 2, "unknown-option" }, { 128, 0, "echo-request" }, { 129, 0, "echo-reply" },
		{ 130, 0, "multicast-query" }, { 131, 0, "multicast-report" }, { 132, 0, "multicast-done" },
		{ 133, 0, "router-solicitation" }, { 134, 0, "router-advertisement" }, { 135, 0, "neighbour-solicitation" },
		{ 136, 0, "neighbour-advertisement" }, { 137, 0, "redirect" }, { 143, 0, "multicast-report-v2" },
	};

	for (unsigned i = 0; i < ARRAY_SIZE(names); i++)
		if (names[i].type == type && names[i].code == code)
			return names[i].name;
	return NULL;
}

bool text_is_ndp(unsigned type)
{
	return type >= NDISC_ROUTER_SOLICITATION && type <= NDISC_REDIRECT;
}

struct line {
	struct strbuf *out;
	enum packet_detail detail;
	const uint8_t *ip, *th, *end;	/* end of the IP packet's bytes that are there */
	uint32_t hlen;
	bool v6;
	unsigned frag;			/* IPv6: offset in bytes and more-flag of the fragment header */
	uint32_t frag_id;
	const char *ext[8]; unsigned nr_ext;
};

static void hex(struct strbuf *out, const char *key, const uint8_t *b, const uint8_t *end)
{
	sb_printf(out, " %s=", key);
	for (; b < end; b++)
		sb_printf(out, "%02x", *b);
}

static void payload(const struct line *l, const uint8_t *from)
{
	if (from >= l->end)
		return;
	if (l->detail == PACKET_SHORT)
		sb_printf(l->out, " len=%u", (unsigned)(l->end - from));
	else
		hex(l->out, "hex", from, l->end);
}

static void address6(const struct line *l, const uint8_t *at, const uint8_t *port)
{
	union inet_addr a = ip6_load_addr(at);
	char buf[ADDRSTRLEN];

	sb_printf(l->out, port ? "[%s]" : "%s", inet_str(buf, AF_INET6, &a));
	if (port)
		sb_printf(l->out, ":%u", get_be16(port));
}

static void addresses(const struct line *l, bool ports)
{
	char buf[ADDRSTRLEN];

	if (l->v6) {
		sb_putc(l->out, ' ');
		address6(l, l->ip + IP6_SRC, ports ? l->th : NULL);
		sb_puts(l->out, " > ");
		address6(l, l->ip + IP6_DST, ports ? l->th + 2 : NULL);
		return;
	}
	sb_printf(l->out, " %s", ip4_str(buf, ip4_saddr(l->ip)));
	if (ports)
		sb_printf(l->out, ":%u", get_be16(l->th));
	sb_printf(l->out, " > %s", ip4_str(buf, ip4_daddr(l->ip)));
	if (ports)
		sb_printf(l->out, ":%u", get_be16(l->th + 2));
}

static void tcp_options(const struct line *l, const uint8_t *at, const uint8_t *end)
{
	if (at >= end)
		return;
	if (l->detail == PACKET_FULL) {
		hex(l->out, "opts", at, end);
		return;
	}
	while (at < end && *at) {
		if (*at == 1) {
			at++;
			continue;
		}
		if (end - at < 2 || at[1] < 2 || at[1] > end - at)
			return;
		if (at[0] == 2 && at[1] == 4)
			sb_printf(l->out, " mss=%u", get_be16(at + 2));
		else if (at[0] == 3 && at[1] == 3)
			sb_printf(l->out, " wscale=%u", at[2]);
		else if (at[0] == 4)
			sb_puts(l->out, " sack");
		at += at[1];
	}
}

static void print_tcp(const struct line *l)
{
	static const char letters[] = "FSRPAUEW";
	unsigned flags, hlen = tcp_hlen(l->th);
	bool full = l->detail == PACKET_FULL, any = false;

	flags = l->th[TCP_FLAGS];
	sb_putc(l->out, ' ');
	/* S first, as people write it. */
	for (unsigned pass = 0; pass < 2; pass++) {
		for (unsigned i = 0; i < 8; i++) {
			if (flags >> i & 1 && (i == 1) == (pass == 0)) {
				sb_putc(l->out, letters[i]);
				any = true;
			}
		}
	}
	if (!any)
		sb_putc(l->out, '.');
	if (get_be32(l->th + TCP_SEQ) && (full || flags != TH_ACK || l->th + hlen < l->end))
		sb_printf(l->out, " seq=%u", get_be32(l->th + TCP_SEQ));
	if (get_be32(l->th + TCP_ACK))
		sb_printf(l->out, " ack=%u", get_be32(l->th + TCP_ACK));
	if (get_be16(l->th + TCP_WIN) != 65535)
		sb_printf(l->out, " win=%u", get_be16(l->th + TCP_WIN));
	if (get_be16(l->th + TCP_URP) && full)
		sb_printf(l->out, " urp=%u", get_be16(l->th + TCP_URP));
	if (hlen < TCP_HLEN || l->th + hlen > l->end) {
		sb_puts(l->out, " (bad header length)");
		return;
	}
	tcp_options(l, l->th + TCP_HLEN, l->th + hlen);
	payload(l, l->th + hlen);
}

static void print_icmp(const struct line *l)
{
	unsigned type = l->th[ICMP_TYPE], code = l->th[ICMP_CODE];
	const char *name = icmp_type_name(type, code);
	bool full = l->detail == PACKET_FULL;

	if (name)
		sb_printf(l->out, " %s", name);
	else
		sb_printf(l->out, " %u/%u", type, code);
	if (type == ICMP_ECHO || type == ICMP_ECHOREPLY || (type >= ICMP_TIMESTAMP && type <= ICMP_ADDRESSREPLY)) {
		sb_printf(l->out, " id=%u seq=%u", get_be16(l->th + ICMP_ID), get_be16(l->th + ICMP_SEQ));
		payload(l, l->th + ICMP_HLEN);
		return;
	}
	if (type == ICMP_DEST_UNREACH && code == ICMP_FRAG_NEEDED)
		sb_printf(l->out, " mtu=%u", get_be16(l->th + ICMP_SEQ));
	else if (type == ICMP_REDIRECT) {
		char buf[ADDRSTRLEN];

		sb_printf(l->out, " gw=%s", ip4_str(buf, load_be32(l->th + 4)));
	} else if (get_be32(l->th + 4) && full) {
		sb_printf(l->out, " rest=0x%08x", get_be32(l->th + 4));
	}
	if (full || l->end - l->th < ICMP_HLEN + IP_HLEN) {
		payload(l, l->th + ICMP_HLEN);
		return;
	}
	sb_puts(l->out, " about [");
	packet_print(l->out, l->th + ICMP_HLEN, (uint32_t)(l->end - l->th) - ICMP_HLEN, PACKET_SHORT);
	sb_puts(l->out, "]");
}

static void print_icmp6(const struct line *l)
{
	unsigned type = l->th[ICMP_TYPE], code = l->th[ICMP_CODE];
	const char *name = icmp6_type_name(type, code);
	bool full = l->detail == PACKET_FULL;

	if (name)
		sb_printf(l->out, " %s", name);
	else
		sb_printf(l->out, " %u/%u", type, code);
	if (type == ICMPV6_ECHO_REQUEST || type == ICMPV6_ECHO_REPLY) {
		sb_printf(l->out, " id=%u seq=%u", get_be16(l->th + ICMP_ID), get_be16(l->th + ICMP_SEQ));
		payload(l, l->th + ICMP_HLEN);
		return;
	}
	if (type == ICMPV6_PKT_TOOBIG)
		sb_printf(l->out, " mtu=%u", get_be32(l->th + 4));
	else if (type == ICMPV6_PARAMPROB)
		sb_printf(l->out, " ptr=%u", get_be32(l->th + 4));
	else if (get_be32(l->th + 4) && (full || type == NDISC_NEIGHBOUR_ADVERTISEMENT))
		sb_printf(l->out, " rest=0x%08x", get_be32(l->th + 4));
	if (type >= NDISC_NEIGHBOUR_SOLICITATION && type <= NDISC_REDIRECT && l->end - l->th >= 24) {
		sb_puts(l->out, " target=");
		address6(l, l->th + 8, NULL);
		payload(l, l->th + 24);
	} else if (full || type > ICMPV6_PARAMPROB || l->end - l->th < ICMP_HLEN + IP6_HLEN) {
		payload(l, l->th + ICMP_HLEN);
	} else {
		sb_puts(l->out, " about [");
		packet_print(l->out, l->th + ICMP_HLEN, (uint32_t)(l->end - l->th) - ICMP_HLEN, PACKET_SHORT);
		sb_puts(l->out, "]");
	}
}

static void ip6_keys(const struct line *l, bool ndp)
{
	if (l->ip[IP6_HLIM] != (ndp ? 255 : 64))
		sb_printf(l->out, " ttl=%u", l->ip[IP6_HLIM]);
	if (ip6_tclass(l->ip))
		sb_printf(l->out, " tos=0x%02x", ip6_tclass(l->ip));
	if (ip6_flow(l->ip))
		sb_printf(l->out, " flow=0x%05x", ip6_flow(l->ip));
	if (l->frag || l->frag_id)
		sb_printf(l->out, " id=%u frag=%u%s", l->frag_id, l->frag & IP6_OFFSET, l->frag & IP6_MF ? "+" : "");
	for (unsigned i = 0; i < l->nr_ext; i++)
		sb_printf(l->out, "%s%s", i ? "," : " with ", l->ext[i]);
}

/* To the transport header: its number. */
static unsigned skip_exthdrs(struct line *l)
{
	static const char *const names[256] = { [NEXTHDR_HOP] = "hop-by-hop", [NEXTHDR_ROUTING] = "routing",
						[NEXTHDR_AUTH] = "auth", [NEXTHDR_DEST] = "dest-options" };
	unsigned nxt = l->ip[IP6_NXT];

	while (ip6_ext_hdr(nxt) && nxt != NEXTHDR_NONE && l->end - l->th >= 8 && !(l->frag & IP6_OFFSET)) {
		unsigned len = ip6_exthdr_len(nxt, l->th);

		if (len > l->end - l->th)
			break;
		if (nxt == NEXTHDR_FRAGMENT) {
			l->frag = get_be16(l->th + FRAG6_OFF);
			l->frag_id = get_be32(l->th + FRAG6_ID);
		} else if (l->nr_ext < ARRAY_SIZE(l->ext)) {
			l->ext[l->nr_ext++] = names[nxt];
		}
		nxt = l->th[0];
		l->th += len;
	}
	return nxt;
}

static void print_ip6(struct line *l, uint32_t len)
{
	unsigned proto;
	uint32_t there;
	bool first, ndp = false, ports;

	l->v6 = true;
	l->th = l->ip + IP6_HLEN;
	l->end = l->ip + MIN(len, (uint32_t)get_be16(l->ip + IP6_PLEN) + IP6_HLEN);
	proto = skip_exthdrs(l);
	there = (uint32_t)(l->end - l->th);
	first = !(l->frag & IP6_OFFSET);
	if (proto == NEXTHDR_ICMP)
		sb_puts(l->out, "icmp6");
	else if (proto != IPPROTO_ICMP && ip_proto_name(proto))
		sb_puts(l->out, ip_proto_name(proto));
	else
		sb_printf(l->out, "proto %u", proto);
	ports = first && (proto == IPPROTO_TCP || proto == IPPROTO_UDP || proto == IPPROTO_UDPLITE || proto == IPPROTO_SCTP ||
			  proto == IPPROTO_DCCP) && there >= 4;
	addresses(l, ports);
	if (first && proto == IPPROTO_TCP && there >= TCP_HLEN) {
		print_tcp(l);
	} else if (first && proto == NEXTHDR_ICMP && there >= ICMP_HLEN) {
		ndp = text_is_ndp(l->th[ICMP_TYPE]);
		print_icmp6(l);
	} else if (ports && (proto == IPPROTO_UDP || proto == IPPROTO_UDPLITE) && there >= UDP_HLEN) {
		payload(l, l->th + UDP_HLEN);
	} else {
		payload(l, ports ? l->th + 4 : l->th);
	}
	ip6_keys(l, ndp);
}

static void ip_keys(const struct line *l)
{
	unsigned frag = get_be16(l->ip + IP4_FRAGOFF), off = (frag & IP_OFFMASK) * 8;
	bool full = l->detail == PACKET_FULL;

	if (l->ip[IP4_TTL] != 64)
		sb_printf(l->out, " ttl=%u", l->ip[IP4_TTL]);
	if (l->ip[IP4_TOS])
		sb_printf(l->out, " tos=0x%02x", l->ip[IP4_TOS]);
	if (get_be16(l->ip + IP4_ID) && (full || frag & (IP_MF | IP_OFFMASK)))
		sb_printf(l->out, " id=%u", get_be16(l->ip + IP4_ID));
	if (frag & IP_DF && full)
		sb_puts(l->out, " df");
	if (frag & (IP_MF | IP_OFFMASK))
		sb_printf(l->out, " frag=%u%s", off, frag & IP_MF ? "+" : "");
	if (l->hlen > IP_HLEN)
		hex(l->out, "ipopts", l->ip + IP_HLEN, l->ip + l->hlen);
}

static bool has_ports(unsigned proto)
{
	return proto == IPPROTO_TCP || proto == IPPROTO_UDP || proto == IPPROTO_UDPLITE || proto == IPPROTO_SCTP || proto == IPPROTO_DCCP;
}

void packet_print(struct strbuf *out, const uint8_t *ip, uint32_t len, enum packet_detail detail)
{
	struct line l = { .out = out, .detail = detail, .ip = ip };
	unsigned proto;
	uint32_t there;
	bool first;

	if (len >= IP6_HLEN && ip[0] >> 4 == 6) {
		print_ip6(&l, len);
		return;
	}
	if (len < IP_HLEN || ip[0] >> 4 != 4 || ip4_hlen(ip) < IP_HLEN || ip4_hlen(ip) > len) {
		sb_puts(out, len && ip[0] >> 4 == 6 ? "ip6" : "ip");
		if (detail == PACKET_FULL)
			hex(out, "raw", ip, ip + len);
		else
			sb_printf(out, " (%u bytes, broken header)", len);
		return;
	}
	l.hlen = ip4_hlen(ip);
	l.th = ip + l.hlen;
	l.end = ip + MAX(MIN(len, (uint32_t)get_be16(ip + IP4_TOTLEN)), l.hlen);
	there = (uint32_t)(l.end - l.th);
	proto = ip[IP4_PROTO];
	first = ip4_fragoff(ip) == 0;
	if (ip_proto_name(proto))
		sb_puts(out, ip_proto_name(proto));
	else
		sb_printf(out, "proto %u", proto);
	addresses(&l, first && has_ports(proto) && there >= 4);
	if (first && proto == IPPROTO_TCP && there >= TCP_HLEN)
		print_tcp(&l);
	else if (first && proto == IPPROTO_ICMP && there >= ICMP_HLEN)
		print_icmp(&l);
	else if (first && (proto == IPPROTO_UDP || proto == IPPROTO_UDPLITE) && there >= UDP_HLEN)
		payload(&l, l.th + UDP_HLEN);
	else
		payload(&l, first && has_ports(proto) && there >= 4 ? l.th + 4 : l.th);
	ip_keys(&l);
}

static void print_arp(struct strbuf *out, const uint8_t *a, uint32_t len)
{
	char x[ADDRSTRLEN], y[ADDRSTRLEN];
	unsigned op;

	if (len < 28 || get_be16(a) != 1 || get_be16(a + 2) != ETH_P_IP) {
		sb_puts(out, "arp (broken)");
		return;
	}
	op = get_be16(a + 6);
	if (op == 1)
		sb_printf(out, "arp who-has %s tell %s", ip4_str(x, load_be32(a + 24)), ip4_str(y, load_be32(a + 14)));
	else if (op == 2)
		sb_printf(out, "arp %s is-at %s", ip4_str(x, load_be32(a + 14)), mac_str(y, a + 8));
	else
		sb_printf(out, "arp op %u", op);
}

void frame_print(struct strbuf *out, const uint8_t *f, uint32_t len, enum packet_detail detail)
{
	uint32_t at = ETH_HLEN;
	unsigned type, vlan = 0;
	char buf[ADDRSTRLEN];

	if (len < ETH_HLEN) {
		sb_printf(out, "eth (%u bytes)", len);
		return;
	}
	type = get_be16(f + 12);
	if (type == ETH_P_8021Q && len >= ETH_HLEN + VLAN_HLEN) {
		vlan = get_be16(f + 14) & 0xfff;
		type = get_be16(f + 16);
		at += VLAN_HLEN;
	}
	if (type == ETH_P_IP || (type == ETH_P_IPV6 && len - at >= IP6_HLEN))
		packet_print(out, f + at, len - at, detail);
	else if (type == ETH_P_ARP)
		print_arp(out, f + at, len - at);
	else
		sb_printf(out, "eth type 0x%04x len=%u", type, len - at);
	if (at > ETH_HLEN)
		sb_printf(out, " vlan=%u", vlan);
	if (detail == PACKET_FULL) {
		sb_printf(out, " smac=%s", mac_str(buf, f + 6));
		sb_printf(out, " dmac=%s", mac_str(buf, f));
	}
}
