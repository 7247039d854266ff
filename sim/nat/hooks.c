// SPDX-License-Identifier: MIT
/* hooks.c - NAT at the four hooks: first packets ask the rules, all are rewritten, ICMP errors inside
 * out; and what IPv4 does about routes when addresses change. */
#include "sim/nat/internal.h"
#include "sim/base/text.h"
#include "sim/net/ipv6.h"
#include "sim/packet/headers.h"
#include <stdio.h>

static uint32_t status_bit(enum nf_nat_manip manip, enum ip_ct_dir dir)
{
	bool src = manip == NF_NAT_MANIP_SRC;

	return src != (dir == IP_CT_DIR_REPLY) ? IPS_SRC_NAT : IPS_DST_NAT;
}

/* ---- telling what was changed ---- */

#define ENDLEN (ADDRSTRLEN + 16)

static const char *end_str(char buf[ENDLEN], const struct packet *p, enum nf_nat_manip manip, uint8_t family)
{
	bool src = manip == NF_NAT_MANIP_SRC, v6 = family == NFPROTO_IPV6;
	const uint8_t *ip = pkt_nh(p), *th;
	uint8_t proto = v6 ? ip[IP6_NXT] : ip[IP4_PROTO];
	union inet_addr addr = { .ip = 0 };
	uint16_t frag = 0;
	int off = v6 ? ip6_skip_exthdr(p, IP6_HLEN, &proto, &frag) : (int)ip4_hlen(ip);
	char a[ADDRSTRLEN];

	th = off > 0 ? pkt_at(p, (uint32_t)off, 8) : NULL;
	if (v6)
		addr = src ? ip6_saddr(ip) : ip6_daddr(ip);
	else
		addr.ip = src ? ip4_saddr(ip) : ip4_daddr(ip);
	inet_str(a, family, &addr);
	switch (th ? proto : 0) {
	case IPPROTO_TCP:
	case IPPROTO_UDP:
	case IPPROTO_UDPLITE:
	case IPPROTO_SCTP:
		snprintf(buf, ENDLEN, v6 ? "[%s]:%u" : "%s:%u", a, get_be16(th + (src ? 0 : 2)));
		return buf;
	case IPPROTO_ICMP:
		if (th[ICMP_TYPE] == ICMP_ECHO || th[ICMP_TYPE] == ICMP_ECHOREPLY)
			break;
		snprintf(buf, ENDLEN, "%s", a);
		return buf;
	case IPPROTO_ICMPV6:
		if (th[ICMP_TYPE] == ICMPV6_ECHO_REQUEST || th[ICMP_TYPE] == ICMPV6_ECHO_REPLY)
			break;
		/* fall through */
	default:
		snprintf(buf, ENDLEN, "%s", a);
		return buf;
	}
	snprintf(buf, ENDLEN, "%s id %u", a, get_be16(th + ICMP_ID));
	return buf;
}

static bool rewrite(struct packet *p, uint32_t nhoff, const struct nf_hook_state *s, const struct ct_tuple *target,
		    enum nf_nat_manip manip)
{
	bool tell = nhoff == 0 && trace_on(s->host->trace, EV_CHANGE);
	char from[ENDLEN], to[ENDLEN];

	if (tell)
		end_str(from, p, manip, s->family);
	if (!nat_manip_packet(p, nhoff, s->family, target, manip))
		return false;
	if (tell && strcmp(from, end_str(to, p, manip, s->family)) != 0) {
		struct event ev = { .type = EV_CHANGE, .host = s->host, .pkt = p,
				    .u.change = { manip == NF_NAT_MANIP_SRC ? "src" : "dst", from, to, "nat", NULL } };

		trace_emit(s->host->trace, &ev);
	}
	return true;
}

/* ---- one packet ---- */

static enum nf_verdict nat_packet(struct packet *p, const struct nf_hook_state *s)
{
	enum ip_ct_dir dir = CTINFO2DIR(p->ctinfo);
	enum nf_nat_manip manip = hook_manip(s->hook);
	struct ct_tuple target;

	if (!(p->ct->status & status_bit(manip, dir)))
		return NF_ACCEPT;
	/* It shall look like what the other direction answers to. */
	ct_tuple_invert(&target, &p->ct->tuple[!dir]);
	return rewrite(p, 0, s, &target, manip) ? NF_ACCEPT : NF_DROP;
}

/* A masqueraded connection whose packets now leave by another device has the wrong address for ever. */
static bool oif_changed(const struct packet *p, const struct nf_hook_state *s)
{
	return p->ct->nat.masq_ifindex && s->hook == NF_INET_POST_ROUTING &&
	       CTINFO2DIR(p->ctinfo) == IP_CT_DIR_ORIGINAL && s->out &&
	       p->ct->nat.masq_ifindex != s->out->ifindex;
}

static enum nf_verdict first_packet(const struct nat_family *f, struct packet *p, const struct nf_hook_state *s,
				    enum drop_reason *reason)
{
	enum nf_nat_manip manip = hook_manip(s->hook);
	enum nf_verdict v = f->rules(f->priv, p, s, reason);

	if (v == NF_ACCEPT && !nat_initialized(p->ct, manip))
		v = nat_null_binding(p->ct, manip);
	return v;
}

static enum nf_verdict inet_fn(const struct nat_family *f, struct packet *p, const struct nf_hook_state *s,
			       enum drop_reason *reason)
{
	bool opens = p->ctinfo == IP_CT_NEW || p->ctinfo == IP_CT_RELATED || p->ctinfo == IP_CT_RELATED_REPLY;

	if (opens && !nat_initialized(p->ct, hook_manip(s->hook))) {
		enum nf_verdict v = first_packet(f, p, s, reason);

		if (v != NF_ACCEPT)
			return v;
	} else if (oif_changed(p, s)) {
		ct_kill(p->ct);
		return NF_DROP;
	}
	return nat_packet(p, s);
}

/* Redirects tell the wrong host about the wrong address once a flow is translated. */
static bool redirect_allowed(const struct conn *ct)
{
	return (ct->status & IPS_NAT_DONE_MASK) == IPS_NAT_DONE_MASK && !(ct->status & IPS_NAT_MASK);
}

/* An ICMP error: the packet it quotes travels the other way, so it is rewritten at its other end; then
 * the error itself as a packet of its direction would be. */
static bool icmp_reply_translation(struct packet *p, const struct nf_hook_state *s)
{
	uint32_t hlen = ip4_hlen(pkt_nh(p));
	enum ip_ct_dir dir = CTINFO2DIR(p->ctinfo);
	enum nf_nat_manip manip = hook_manip(s->hook);
	struct ct_tuple target;
	uint8_t *icmp;
	be16 sum;

	pkt_pull(p, hlen + ICMP_HLEN + IP_HLEN);
	if (!pkt_at(p, hlen, ICMP_HLEN + IP_HLEN) || nf_ip_checksum(p, s->hook, hlen, IPPROTO_ICMP))
		return false;
	icmp = pkt_nh(p) + hlen;
	if (icmp[ICMP_TYPE] == ICMP_REDIRECT && !redirect_allowed(p->ct))
		return false;
	if (!(p->ct->status & status_bit(manip, dir)))
		return true;
	if (!rewrite(p, hlen + ICMP_HLEN, s, &p->ct->tuple[!dir],
		     manip == NF_NAT_MANIP_SRC ? NF_NAT_MANIP_DST : NF_NAT_MANIP_SRC))
		return false;
	put_be16(icmp + ICMP_CSUM, 0);
	sum = csum_fold(csum_partial(icmp, pkt_len(p) - hlen, 0));
	memcpy(icmp + ICMP_CSUM, &sum, sizeof(sum));
	ct_tuple_invert(&target, &p->ct->tuple[!dir]);
	target.dst.protonum = IPPROTO_ICMP;
	return rewrite(p, 0, s, &target, manip);
}

static enum nf_verdict ipv4_fn(void *priv, struct packet *p, const struct nf_hook_state *s, enum drop_reason *reason)
{
	if (!p->ct)
		return NF_ACCEPT;
	if ((p->ctinfo == IP_CT_RELATED || p->ctinfo == IP_CT_RELATED_REPLY) &&
	    pkt_nh(p)[IP4_PROTO] == IPPROTO_ICMP)
		return icmp_reply_translation(p, s) ? NF_ACCEPT : NF_DROP;
	return inet_fn(priv, p, s, reason);
}

/* ---- IPv6 ---- */

/* The same for ICMPv6, whose checksum covers its addresses; hlen: where it begins. */
static bool icmpv6_reply_translation(struct packet *p, const struct nf_hook_state *s, uint32_t hlen)
{
	enum ip_ct_dir dir = CTINFO2DIR(p->ctinfo);
	enum nf_nat_manip manip = hook_manip(s->hook);
	struct ct_tuple target;
	uint8_t *icmp, *ip;
	be16 sum;

	pkt_pull(p, hlen + ICMP_HLEN + IP6_HLEN);
	if (!pkt_at(p, hlen, ICMP_HLEN + IP6_HLEN) || nf_ip6_checksum(p, s->hook, hlen, IPPROTO_ICMPV6))
		return false;
	if (pkt_nh(p)[hlen + ICMP_TYPE] == NDISC_REDIRECT && !redirect_allowed(p->ct))
		return false;
	if (!(p->ct->status & status_bit(manip, dir)))
		return true;
	if (!rewrite(p, hlen + ICMP_HLEN, s, &p->ct->tuple[!dir], manip == NF_NAT_MANIP_SRC ? NF_NAT_MANIP_DST : NF_NAT_MANIP_SRC))
		return false;
	ip = pkt_nh(p);
	icmp = ip + hlen;
	put_be16(icmp + ICMP_CSUM, 0);
	sum = csum_fold(csum_partial(icmp, pkt_len(p) - hlen, csum_pseudo6(ip + IP6_SRC, ip + IP6_DST, IPPROTO_ICMPV6, pkt_len(p) - hlen)));
	memcpy(icmp + ICMP_CSUM, &sum, sizeof(sum));
	ct_tuple_invert(&target, &p->ct->tuple[!dir]);
	target.dst.protonum = IPPROTO_ICMPV6;
	return rewrite(p, 0, s, &target, manip);
}

static enum nf_verdict ipv6_fn(void *priv, struct packet *p, const struct nf_hook_state *s, enum drop_reason *reason)
{
	if (!p->ct)
		return NF_ACCEPT;
	if (p->ctinfo == IP_CT_RELATED || p->ctinfo == IP_CT_RELATED_REPLY) {
		uint8_t nexthdr = pkt_nh(p)[IP6_NXT];
		uint16_t frag;
		int hlen = ip6_skip_exthdr(p, IP6_HLEN, &nexthdr, &frag);

		if (hlen >= 0 && nexthdr == IPPROTO_ICMPV6)
			return icmpv6_reply_translation(p, s, (uint32_t)hlen) ? NF_ACCEPT : NF_DROP;
	}
	return inet_fn(priv, p, s, reason);
}

static enum nf_verdict ipv6_pre_routing(void *priv, struct packet *p, const struct nf_hook_state *s, enum drop_reason *reason)
{
	union inet_addr daddr = ip6_daddr(pkt_nh(p)), now;
	enum nf_verdict v = ipv6_fn(priv, p, s, reason);

	if (v != NF_ACCEPT)
		return v;
	now = ip6_daddr(pkt_nh(p));
	if (!inet_addr_equal(&daddr, &now))
		memset(&p->dst, 0, sizeof(p->dst));
	return v;
}

static enum nf_verdict ipv6_local_fn(void *priv, struct packet *p, const struct nf_hook_state *s, enum drop_reason *reason)
{
	enum nf_verdict v = ipv6_fn(priv, p, s, reason);
	enum ip_ct_dir dir;

	if (v != NF_ACCEPT || !p->ct)
		return v;
	dir = CTINFO2DIR(p->ctinfo);
	if (!inet_addr_equal(&p->ct->tuple[dir].dst.u3, &p->ct->tuple[!dir].src.u3)) {
		int err = ip6_route_me_harder(s->host, p);

		if (err < 0) {
			s->host->drop_err = err;
			return NF_DROP;
		}
	}
	return v;
}

/* ---- the hooks ---- */

static enum nf_verdict ipv4_pre_routing(void *priv, struct packet *p, const struct nf_hook_state *s,
					enum drop_reason *reason)
{
	be32 daddr = ip4_daddr(pkt_nh(p));
	enum nf_verdict v = ipv4_fn(priv, p, s, reason);

	/* A route found already, for a packet that came round by lo, was for the old address. */
	if (v == NF_ACCEPT && daddr != ip4_daddr(pkt_nh(p)))
		memset(&p->dst, 0, sizeof(p->dst));
	return v;
}

static bool source_port_changed(const struct packet *p)
{
	uint8_t proto = p->ct ? ct_protonum(p->ct) : 0;

	return (proto == IPPROTO_TCP || proto == IPPROTO_UDP) && CTINFO2DIR(p->ctinfo) == IP_CT_DIR_ORIGINAL &&
	       p->ct->tuple[IP_CT_DIR_REPLY].dst.u.all != p->ct->tuple[IP_CT_DIR_ORIGINAL].src.u;
}

static enum nf_verdict ipv4_local_in(void *priv, struct packet *p, const struct nf_hook_state *s,
				     enum drop_reason *reason)
{
	be32 saddr = ip4_saddr(pkt_nh(p));
	enum nf_verdict v = ipv4_fn(priv, p, s, reason);

	/* The socket was found early, by the source of before. */
	if (v == NF_ACCEPT && p->sk && (saddr != ip4_saddr(pkt_nh(p)) || source_port_changed(p)))
		p->sk = NULL;
	return v;
}

/* OUTPUT was entered with a route already: to another destination there may be a different one. */
static enum nf_verdict ipv4_local_fn(void *priv, struct packet *p, const struct nf_hook_state *s,
				     enum drop_reason *reason)
{
	enum nf_verdict v = ipv4_fn(priv, p, s, reason);
	enum ip_ct_dir dir;

	if (v != NF_ACCEPT || !p->ct)
		return v;
	dir = CTINFO2DIR(p->ctinfo);
	if (p->ct->tuple[dir].dst.u3.ip != p->ct->tuple[!dir].src.u3.ip) {
		int err = ip_route_me_harder(s->host, p, RTN_UNSPEC);

		if (err < 0) {
			s->host->drop_err = err;
			return NF_DROP;
		}
	}
	return v;
}

void nat_register_hooks(struct host *h, uint8_t family, struct nat_family *f)
{
	bool v6 = family == NFPROTO_IPV6;
	const struct nf_hook_ops ops[] = {
		{ v6 ? ipv6_pre_routing : ipv4_pre_routing, f, "nat", family, NF_INET_PRE_ROUTING, NF_IP_PRI_NAT_DST, 0 },
		{ v6 ? ipv6_fn : ipv4_fn, f, "nat", family, NF_INET_POST_ROUTING, NF_IP_PRI_NAT_SRC, 0 },
		{ v6 ? ipv6_local_fn : ipv4_local_fn, f, "nat", family, NF_INET_LOCAL_OUT, NF_IP_PRI_NAT_DST, 0 },
		{ v6 ? ipv6_fn : ipv4_local_in, f, "nat", family, NF_INET_LOCAL_IN, NF_IP_PRI_NAT_SRC, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(ops); i++)
		nf_register_hook(h->hooks, &ops[i]);
}
