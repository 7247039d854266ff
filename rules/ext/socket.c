// SPDX-License-Identifier: MIT
/* socket.c - "-m socket": would a local socket take the packet (net/netfilter/xt_socket.c, nf_socket_ipv4.c). */
#include "rules/ext/util.h"
#include "sim/net/sock.h"
#include "sim/net/tcp.h"

enum { O_TRANSPARENT, O_NOWILDCARD, O_SKMARK };

struct socket_info { bool transparent, nowildcard, restore; };

static bool socket_parse(struct ext_cb *cb)
{
	struct socket_info *m = cb->info;

	switch (cb->opt->id) {
	case O_TRANSPARENT:	m->transparent = true;	break;
	case O_NOWILDCARD:	m->nowildcard = true;	break;
	case O_SKMARK:		m->restore = true;	break;
	}
	return true;
}

static void socket_state_init(struct host *h, void *state UNUSED, const void *info UNUSED, const struct rule *r)
{
	ct_need_defrag(h, r->chain->table->family);
}

/* Where the packet comes from and goes to, as the socket sees it. */
struct ends { be32 saddr, daddr; uint16_t sport, dport; uint8_t proto; };

/* An ICMP error is for the socket whose packet it quotes. */
static bool quoted_ends(const struct packet *p, uint32_t off, struct ends *e)
{
	const uint8_t *icmp = pkt_at(p, off, ICMP_HLEN), *ip = pkt_at(p, off + ICMP_HLEN, IP_HLEN), *ports;

	if (!icmp || !ip || (ip[IP4_PROTO] != IPPROTO_TCP && ip[IP4_PROTO] != IPPROTO_UDP))
		return false;
	switch (icmp[ICMP_TYPE]) {
	case ICMP_DEST_UNREACH: case ICMP_SOURCE_QUENCH: case ICMP_REDIRECT: case ICMP_TIME_EXCEEDED: case ICMP_PARAMETERPROB:
		break;
	default:
		return false;
	}
	ports = pkt_at(p, off + ICMP_HLEN + ip4_hlen(ip), 4);
	if (!ports)
		return false;
	*e = (struct ends){ ip4_daddr(ip), ip4_saddr(ip), get_be16(ports + 2), get_be16(ports), ip[IP4_PROTO] };
	return true;
}

static bool packet_ends(const struct packet *p, struct ends *e)
{
	const uint8_t *ip = pkt_nh(p), *h;
	uint32_t off = ip4_hlen(ip);
	bool icmp = ip[IP4_PROTO] == IPPROTO_ICMP;
	const struct conn *ct = p->ct;

	if (icmp) {
		if (!quoted_ends(p, off, e))
			return false;
	} else if (ip[IP4_PROTO] == IPPROTO_TCP || ip[IP4_PROTO] == IPPROTO_UDP) {
		h = pkt_at(p, off, ip[IP4_PROTO] == IPPROTO_TCP ? TCP_HLEN : UDP_HLEN);
		if (!h)
			return false;
		*e = (struct ends){ ip4_saddr(ip), ip4_daddr(ip), get_be16(h), get_be16(h + 2), ip[IP4_PROTO] };
	} else {
		return false;
	}
	/* the answer to a connection whose source was translated: the socket knows its own address */
	if (ct && p->ctinfo == (icmp ? IP_CT_RELATED_REPLY : IP_CT_ESTABLISHED_REPLY) && ct->status & IPS_SRC_NAT_DONE) {
		e->daddr = ct->tuple[IP_CT_DIR_ORIGINAL].src.u3.ip;
		e->dport = ntohs(ct->tuple[IP_CT_DIR_ORIGINAL].src.u);
	}
	return true;
}

/* IPv6: where it comes from and goes to. */
struct ends6 { union inet_addr saddr, daddr; uint16_t sport, dport; uint8_t proto; };

static bool quoted_ends6(const struct packet *p, uint32_t off, struct ends6 *e)
{
	const uint8_t *icmp = pkt_at(p, off, ICMP_HLEN), *ip = pkt_at(p, off + ICMP_HLEN, IP6_HLEN), *ports;
	uint8_t proto;
	uint16_t frag;
	int th;

	if (!icmp || icmp[ICMP_TYPE] & 0x80 || !ip)
		return false;
	proto = ip[IP6_NXT];
	th = ip6_skip_exthdr(p, off + ICMP_HLEN + IP6_HLEN, &proto, &frag);
	ports = th < 0 || (proto != IPPROTO_TCP && proto != IPPROTO_UDP) ? NULL : pkt_at(p, (uint32_t)th, 4);
	if (!ports)
		return false;
	*e = (struct ends6){ ip6_daddr(ip), ip6_saddr(ip), get_be16(ports + 2), get_be16(ports), proto };
	return true;
}

static bool packet_ends6(const struct packet *p, struct ends6 *e)
{
	const uint8_t *ip = pkt_nh(p), *h;
	uint32_t off = 0;
	int proto = ip6_find_hdr(p, &off, -1, NULL, NULL);

	if (proto == IPPROTO_ICMPV6)
		return quoted_ends6(p, off, e);
	if (proto != IPPROTO_TCP && proto != IPPROTO_UDP)
		return false;
	h = pkt_at(p, off, proto == IPPROTO_TCP ? TCP_HLEN : UDP_HLEN);
	if (!h)
		return false;
	*e = (struct ends6){ ip6_saddr(ip), ip6_daddr(ip), get_be16(h), get_be16(h + 2), (uint8_t)proto };
	return true;
}

static const struct sock *socket_of(const struct xt_ctx *c)
{
	struct ends6 e6;
	struct ends e;

	if (c->pkt->sk)
		return c->pkt->sk;
	if (c->family == NFPROTO_IPV6)
		return packet_ends6(c->pkt, &e6) ? sock6_lookup(c->host, e6.proto, &e6.saddr, e6.sport, &e6.daddr, e6.dport, c->in) : NULL;
	if (!packet_ends(c->pkt, &e))
		return NULL;
	return sock_lookup(c->host, e.proto, e.saddr, e.sport, e.daddr, e.dport, c->in);
}

/* Not one that has closed and waits, nor one that has not begun. */
static bool full(const struct sock *sk)
{
	return !sk->tcp || (sk->tcp->state != TCP_TIME_WAIT && sk->tcp->state != TCP_NEW_SYN_RECV);
}

static bool wildcard(const struct sock *sk)
{
	return full(sk) && sk->saddr == 0;
}

static bool socket_match(struct xt_ctx *c, const void *info)
{
	const struct socket_info *m = info;
	uint32_t was = c->pkt->mark;
	const struct sock *sk = socket_of(c);

	if (!sk || (!m->nowildcard && wildcard(sk)) || (m->transparent && !sk->transparent))
		return false;
	if (m->restore && full(sk)) {
		c->pkt->mark = sk->mark;
		ext_changed_hex(c, "mark", was, sk->mark, "socket");
	}
	return true;
}

static void put(const struct socket_info *m, struct strbuf *out)
{
	sb_puts(out, m->transparent ? " --transparent" : "");
	sb_puts(out, m->nowildcard ? " --nowildcard" : "");
	sb_puts(out, m->restore ? " --restore-skmark" : "");
}

static void socket_save(const void *info, const struct rule *r UNUSED, struct strbuf *out)
{
	put(info, out);
}

static void socket_print(const void *info, const struct rule *r UNUSED, bool numeric UNUSED, struct strbuf *out)
{
	sb_puts(out, " socket");
	put(info, out);
}

static void socket_explain(struct xt_ctx *c, const void *info, struct strbuf *out)
{
	const struct socket_info *m = info;
	const struct sock *sk = socket_of(c);

	if (!sk)
		sb_puts(out, "no local socket takes the packet");
	else if (!m->nowildcard && wildcard(sk))
		sb_puts(out, "the socket is bound to no address, rule wants one that is (or --nowildcard)");
	else if (m->transparent && !sk->transparent)
		sb_puts(out, "the socket is not transparent, rule wants one that is");
	else
		sb_puts(out, "a local socket takes the packet");
}

const struct match_ext ext_socket = {
	.name = "socket", .families = EXT_ANY, .size = sizeof(struct socket_info), .stateful = true,
	.hooks = HOOK_BIT(NF_INET_PRE_ROUTING) | HOOK_BIT(NF_INET_LOCAL_IN),
	.opts = (const struct ext_opt[]){
		{ .name = "transparent", .type = OPT_NONE, .id = O_TRANSPARENT, .parse = socket_parse },
		{ .name = "nowildcard", .type = OPT_NONE, .id = O_NOWILDCARD, .parse = socket_parse },
		{ .name = "restore-skmark", .type = OPT_NONE, .id = O_SKMARK, .parse = socket_parse },
		{ 0 } },
	.match = socket_match, .save = socket_save, .print = socket_print, .explain = socket_explain, .state_init = socket_state_init,
};
