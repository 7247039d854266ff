// SPDX-License-Identifier: MIT
/* ndisc.c - neighbour discovery: questions for link addresses asked, answered, answered for others; what they
 * teach; "go there yourself" (net/ipv6/ndisc.c; RFC 4861). */
#include "sim/net/ipv6.h"
#include "sim/net/neigh.h"

enum { ND_OPT_SOURCE_LL_ADDR = 1, ND_OPT_TARGET_LL_ADDR = 2, ND_OPT_REDIRECT_HDR = 4 };
enum { ND_FLAGS = 4, ND_TARGET = 8, ND_HLEN = 24, ND_LLOPT_LEN = 8, RD_DEST = 24, RD_HLEN = 40, RS_HLEN = 8 };
#define NA_ROUTER	0x80u
#define NA_SOLICITED	0x40u
#define NA_OVERRIDE	0x20u

static const union inet_addr any_addr;

/* ---- sending ---- */

void ndisc_send_skb(struct net_device *dev, struct packet *p, const union inet_addr *daddr, const union inet_addr *saddr)
{
	struct ip6_build b = { .saddr = *saddr, .daddr = *daddr, .tclass = (uint8_t)(dev->ip6 ? dev->ip6->conf.ndisc_tclass : 0),
			       .hlim = 255, .nexthdr = IPPROTO_ICMPV6 };
	struct host *h = dev->host;

	p->tstamp = h->clock->now;
	if (!p->dst.set)
		icmp6_dst(dev, daddr, &p->dst);
	p->no_mc_loop = true;
	p->sk_kernel = true;
	ip6_build_header(p, &b);
	icmpv6_checksum(p);
	ip6_local_out(h, p);
}

static struct packet *message(struct net_device *dev, uint8_t type, uint32_t len)
{
	struct packet *p = pkt_alloc(dev->host->pool, len);

	p->dev = dev;
	memset(pkt_put(p, len), 0, len);
	p->head[p->nh] = type;
	return p;
}

static void put_lladdr(uint8_t *opt, uint8_t type, const uint8_t *mac)
{
	opt[0] = type;
	opt[1] = 1;
	memcpy(opt + 2, mac, ETH_ALEN);
}

void ndisc_send_ns(struct net_device *dev, const union inet_addr *solicit, const union inet_addr *daddr, const union inet_addr *saddr)
{
	union inet_addr own;
	bool opt;
	struct packet *p;

	if (!saddr) {
		if (!ipv6_get_lladdr(dev, &own, IFA_F_TENTATIVE | IFA_F_OPTIMISTIC))
			return;
		saddr = &own;
	}
	opt = !ipv6_addr_any(saddr);
	p = message(dev, NDISC_NEIGHBOUR_SOLICITATION, ND_HLEN + (opt ? ND_LLOPT_LEN : 0));
	memcpy(pkt_nh(p) + ND_TARGET, solicit->ip6, 16);
	if (opt)
		put_lladdr(pkt_nh(p) + ND_HLEN, ND_OPT_SOURCE_LL_ADDR, dev->mac);
	ndisc_send_skb(dev, p, daddr, saddr);
}

void ndisc_send_na(struct net_device *dev, const union inet_addr *daddr, const union inet_addr *target, bool router,
		   bool solicited, bool override, bool inc_opt)
{
	const struct inet6_ifaddr *ifa = ipv6_get_ifaddr(dev->host, target, dev);
	union inet_addr saddr = *target;
	struct packet *p;

	if (ifa) {
		override &= !(ifa->flags & IFA_F_OPTIMISTIC);
		inc_opt |= dev->ip6->conf.force_tllao;
	} else if (ipv6_dev_get_saddr(dev->host, dev, daddr, &saddr)) {
		return;
	}
	p = message(dev, NDISC_NEIGHBOUR_ADVERTISEMENT, ND_HLEN + (inc_opt ? ND_LLOPT_LEN : 0));
	pkt_nh(p)[ND_FLAGS] = (uint8_t)((router ? NA_ROUTER : 0) | (solicited ? NA_SOLICITED : 0) | (override ? NA_OVERRIDE : 0));
	memcpy(pkt_nh(p) + ND_TARGET, target->ip6, 16);
	if (inc_opt)
		put_lladdr(pkt_nh(p) + ND_HLEN, ND_OPT_TARGET_LL_ADDR, dev->mac);
	ndisc_send_skb(dev, p, daddr, &saddr);
}

void ndisc_send_rs(struct net_device *dev, const union inet_addr *saddr)
{
	bool opt = !ipv6_addr_any(saddr);
	struct packet *p = message(dev, NDISC_ROUTER_SOLICITATION, RS_HLEN + (opt ? ND_LLOPT_LEN : 0));

	if (opt)
		put_lladdr(pkt_nh(p) + RS_HLEN, ND_OPT_SOURCE_LL_ADDR, dev->mac);
	ndisc_send_skb(dev, p, &in6addr_linklocal_allrouters, saddr);
}

/* ---- what a neighbour is to the table ---- */

static struct neigh_parms *nd_parms(struct net_device *dev)
{
	return dev->ip6 ? &dev->ip6->neigh : &dev->host->nd_default;
}

static void ndisc_constructor(struct neighbour *n)
{
	if (ipv6_is_multicast(&n->addr))
		ndisc_mc_map(&n->addr, n->ha);
	else if (n->dev->flags & (IFF_NOARP | IFF_LOOPBACK))
		memcpy(n->ha, n->dev->mac, ETH_ALEN);
	else
		return;
	n->nud_state = NUD_NOARP;
}

static void ndisc_solicit(struct neighbour *n, const struct packet *p)
{
	const struct neigh_parms *parms = nd_parms(n->dev);
	int probes = n->probes - parms->ucast_solicit;
	union inet_addr saddr, target = n->addr, group = addrconf_addr_solict_mult(&target);
	bool own = false;

	if (p && pkt_len(p) >= IP6_HLEN) {
		saddr = ip6_saddr(pkt_nh(p));
		own = ipv6_chk_addr(n->dev->host, &saddr, n->dev, true);
	}
	/* After the unicast ones it would be a program's turn (app_solicit), and there is none. */
	if (probes >= 0 && probes < parms->app_solicit)
		return;
	ndisc_send_ns(n->dev, &target, probes < 0 ? &target : &group, own ? &saddr : NULL);
}

static void ndisc_error_report(struct neighbour *n, struct packet *p)
{
	icmpv6_send(p, ICMPV6_DEST_UNREACH, 3, 0);
	pkt_drop(n->dev->host, p, DROP_NEIGH_FAILED, "ndisc_error_report");
}

const struct neigh_ops ndisc_ops = {
	.family = NFPROTO_IPV6, .protocol = ETH_P_IPV6, .parms = nd_parms, .construct = ndisc_constructor, .solicit = ndisc_solicit,
	.error = ndisc_error_report,
};

/* ---- options ---- */

bool ndisc_opts_ok(const uint8_t *opts, size_t len)
{
	while (len) {
		size_t n = len < 2 ? 0 : opts[1] * 8u;

		if (!n || n > len)
			return false;
		opts += n;
		len -= n;
	}
	return true;
}

const uint8_t *ndisc_opt(const uint8_t *opts, size_t len, uint8_t type)
{
	for (; len >= 8; len -= opts[1] * 8u, opts += opts[1] * 8u)
		if (opts[0] == type)
			return opts;
	return NULL;
}

/* *ret: the link address of the option, NULL when there is none; false: it is none for Ethernet. */
static bool lladdr_opt(const uint8_t *opts, size_t len, uint8_t type, const uint8_t **ret)
{
	const uint8_t *opt = ndisc_opt(opts, len, type);

	*ret = opt ? opt + 2 : NULL;
	return !opt || opt[1] == 1;
}

/* ---- receiving ---- */

struct nd_msg { struct packet *p; struct net_device *dev; const uint8_t *nd; uint32_t len; union inet_addr saddr, daddr, target; };

static void ndisc_redo(struct net_device *dev, struct packet *p);

static enum drop_reason bad_dad(const struct nd_msg *m)
{
	union inet_addr want = addrconf_addr_solict_mult(&m->target);

	/* To the group of the address it asks for, or one much like it. */
	return m->daddr.ip6[0] == 0xff && memcmp(m->daddr.ip6, want.ip6, 13) == 0 ? PKT_NOT_DROPPED : DROP_IPV6_NDISC_NS_OTHERHOST;
}

/* Is it asked for an address that we answer for? 1 = router's, 0 = not, -1 = no. */
static int proxied(const struct nd_msg *m)
{
	struct host *h = m->dev->host;
	const struct inet6_dev *idev = m->dev->ip6;
	const struct proxy *x;

	if (!idev->conf.forwarding || !(h->conf6_all.proxy_ndp || idev->conf.proxy_ndp))
		return -1;
	x = pneigh_lookup(h->nd_tbl, m->dev, &m->target);
	return x ? pneigh_is_router(x) : -1;
}

static enum drop_reason recv_ns(const struct nd_msg *m, bool redo)
{
	struct net_device *dev = m->dev;
	struct host *h = dev->host;
	struct inet6_dev *idev = dev->ip6;
	bool dad = ipv6_addr_any(&m->saddr), inc = ipv6_is_multicast(&m->daddr);
	struct inet6_ifaddr *ifa;
	struct neighbour *n;
	const uint8_t *lladdr;
	int router = -1;

	if (m->len < ND_HLEN || ipv6_is_multicast(&m->target))
		return DROP_PKT_TOO_SMALL;
	if (dad && bad_dad(m))
		return bad_dad(m);
	if (!ndisc_opts_ok(m->nd + ND_HLEN, m->len - ND_HLEN) ||
	    !lladdr_opt(m->nd + ND_HLEN, m->len - ND_HLEN, ND_OPT_SOURCE_LL_ADDR, &lladdr) || (dad && lladdr))
		return DROP_IPV6_NDISC_BAD_OPTIONS;
	ifa = ipv6_get_ifaddr(h, &m->target, dev);
	if (ifa && ifa->flags & (IFA_F_TENTATIVE | IFA_F_OPTIMISTIC)) {
		if (dad) {
			addrconf_dad_failure(ifa);	/* somebody else is trying it, too */
			return PKT_NOT_DROPPED;
		}
		if (!(ifa->flags & IFA_F_OPTIMISTIC))
			return PKT_NOT_DROPPED;
	}
	if (!ifa) {
		bool acast = ipv6_chk_acast_addr(h, dev, &m->target);

		router = acast ? -1 : dev->any_addr ? 0 : proxied(m);
		if (!acast && router < 0)
			return DROP_IPV6_NDISC_NS_OTHERHOST;
		if (!redo && m->p->pkt_type != PACKET_HOST && inc && idev->neigh.proxy_delay && !dev->any_addr) {
			pneigh_enqueue(h->nd_tbl, dev, m->p, ndisc_redo);
			return NR_DROP_REASONS;
		}
	}
	if (router < 0)
		router = idev->conf.forwarding != 0;
	if (dad) {
		ndisc_send_na(dev, &in6addr_linklocal_allnodes, &m->target, router, false, ifa != NULL, true);
		return PKT_NOT_DROPPED;
	}
	n = !inc || lladdr ? neigh_make(h->nd_tbl, dev, &m->saddr) : neigh_find(h->nd_tbl, dev, &m->saddr);
	if (n) {
		neigh_update(n, lladdr, NUD_STALE, NEIGH_UPDATE_F_WEAK_OVERRIDE | NEIGH_UPDATE_F_OVERRIDE);
		ndisc_send_na(dev, &m->saddr, &m->target, router, true, ifa && inc, inc);
	}
	return PKT_NOT_DROPPED;
}

/* RFC 9131: may a neighbour be made of an advertisement that nobody asked for? */
static bool accept_untracked(const struct nd_msg *m)
{
	switch (m->dev->ip6->conf.accept_untracked_na) {
	case 1: return true;
	case 2: return ipv6_chk_addr(m->dev->host, &m->saddr, m->dev, false);	/* the sender is in our networks */
	default: return false;
	}
}

static enum drop_reason recv_na(const struct nd_msg *m)
{
	struct net_device *dev = m->dev;
	struct host *h = dev->host;
	const struct ipv6_devconf *conf = &dev->ip6->conf;
	uint8_t flags;
	struct inet6_ifaddr *ifa;
	struct neighbour *n;
	const uint8_t *lladdr;
	enum nud state;
	bool was;

	if (m->len < ND_HLEN || ipv6_is_multicast(&m->target))
		return DROP_PKT_TOO_SMALL;
	flags = m->nd[ND_FLAGS];
	if ((ipv6_is_multicast(&m->daddr) && flags & NA_SOLICITED) || (!(flags & NA_SOLICITED) && conf->drop_unsolicited_na))
		return DROP_NOT_SPECIFIED;
	if (!ndisc_opts_ok(m->nd + ND_HLEN, m->len - ND_HLEN) ||
	    !lladdr_opt(m->nd + ND_HLEN, m->len - ND_HLEN, ND_OPT_TARGET_LL_ADDR, &lladdr))
		return DROP_IPV6_NDISC_BAD_OPTIONS;
	ifa = ipv6_get_ifaddr(h, &m->target, dev);
	if (ifa) {
		if (m->p->pkt_type != PACKET_LOOPBACK && ifa->flags & IFA_F_TENTATIVE)
			addrconf_dad_failure(ifa);
		return PKT_NOT_DROPPED;
	}
	n = neigh_find(h->nd_tbl, dev, &m->target);
	state = flags & NA_SOLICITED ? NUD_REACHABLE : NUD_STALE;
	if (!n && lladdr && conf->forwarding && accept_untracked(m)) {
		n = neigh_make(h->nd_tbl, dev, &m->target);
		state = NUD_STALE;
	}
	if (!n || n->nud_state & NUD_FAILED)
		return PKT_NOT_DROPPED;
	/* Our own answer for a proxied address that has come back. */
	if (lladdr && memcmp(lladdr, dev->mac, ETH_ALEN) == 0 && h->conf6_all.forwarding && h->conf6_all.proxy_ndp &&
	    pneigh_lookup(h->nd_tbl, dev, &m->target))
		return PKT_NOT_DROPPED;
	was = n->router;
	neigh_update(n, lladdr, state,
		     NEIGH_UPDATE_F_WEAK_OVERRIDE | (flags & NA_OVERRIDE ? NEIGH_UPDATE_F_OVERRIDE : 0) |
			     NEIGH_UPDATE_F_OVERRIDE_ISROUTER | (flags & NA_ROUTER ? NEIGH_UPDATE_F_ISROUTER : 0));
	if (was && !n->router)
		fib6_clean_router(h, &m->saddr);
	return PKT_NOT_DROPPED;
}

static enum drop_reason recv_rs(const struct nd_msg *m)
{
	const uint8_t *lladdr;
	struct neighbour *n;

	if (m->len < RS_HLEN)
		return DROP_PKT_TOO_SMALL;
	if (!m->dev->ip6->conf.forwarding || ipv6_addr_any(&m->saddr))
		return PKT_NOT_DROPPED;
	if (!ndisc_opts_ok(m->nd + RS_HLEN, m->len - RS_HLEN) ||
	    !lladdr_opt(m->nd + RS_HLEN, m->len - RS_HLEN, ND_OPT_SOURCE_LL_ADDR, &lladdr))
		return DROP_IPV6_NDISC_BAD_OPTIONS;
	n = neigh_make(m->dev->host->nd_tbl, m->dev, &m->saddr);
	if (n)
		neigh_update(n, lladdr, NUD_STALE,
			     NEIGH_UPDATE_F_WEAK_OVERRIDE | NEIGH_UPDATE_F_OVERRIDE | NEIGH_UPDATE_F_OVERRIDE_ISROUTER);
	return PKT_NOT_DROPPED;
}

static enum drop_reason receive(struct packet *p, bool redo)
{
	struct nd_msg m = { .p = p, .dev = p->dev, .nd = pkt_th(p), .len = p->tail - p->th };

	m.saddr = ip6_saddr(pkt_nh(p));
	m.daddr = ip6_daddr(pkt_nh(p));
	if (p->ip_flags & IP6SKB_FRAGMENTED && p->dev->ip6->conf.suppress_frag_ndisc)
		return DROP_IPV6_NDISC_FRAG;
	if (pkt_nh(p)[IP6_HLIM] != 255)
		return DROP_IPV6_NDISC_HOP_LIMIT;
	if (m.nd[ICMP_CODE])
		return DROP_IPV6_NDISC_BAD_CODE;
	if (m.len >= ND_HLEN)
		m.target = ip6_load_addr(m.nd + ND_TARGET);
	switch (m.nd[ICMP_TYPE]) {
	case NDISC_NEIGHBOUR_SOLICITATION: return recv_ns(&m, redo);
	case NDISC_NEIGHBOUR_ADVERTISEMENT: return recv_na(&m);
	case NDISC_ROUTER_SOLICITATION: return recv_rs(&m);
	case NDISC_ROUTER_ADVERTISEMENT:
		ndisc_router_discovery(p);
		return PKT_NOT_DROPPED;
	default:
		ndisc_redirect_rcv(p);
		return PKT_NOT_DROPPED;
	}
}

enum drop_reason ndisc_rcv(struct packet *p)
{
	return receive(p, false);
}

static void ndisc_redo(struct net_device *dev, struct packet *p)
{
	enum drop_reason reason = receive(p, true);

	if (reason)
		pkt_drop(dev->host, p, reason, "ndisc_recv_ns");
	else
		pkt_free(p);
}

/* ---- "go there yourself" ---- */

void ndisc_send_redirect(struct packet *p, const union inet_addr *target)
{
	struct net_device *dev = p->dev;
	struct host *h = dev->host;
	const uint8_t *ip = pkt_nh(p);
	union inet_addr saddr, daddr = ip6_saddr(ip), dest = ip6_daddr(ip);
	struct flowi6 fl = { .daddr = daddr, .proto = IPPROTO_ICMPV6, .oif = dev->ifindex };
	const struct neighbour *n;
	uint32_t optlen = 0, quote;
	struct packet *q;
	struct dst dst;
	uint8_t *opt;

	if (!ipv6_get_lladdr(dev, &saddr, IFA_F_TENTATIVE))
		return;
	if (!inet_addr_equal(&dest, target) && ipv6_addr_type(target) != (IPV6_ADDR_UNICAST | IPV6_ADDR_LINKLOCAL))
		return;
	fl.saddr = saddr;
	if (ip6_route_output(h, &fl, &dst) || dst.has_gw || !inet6_peer_xrlim_allow(h, &daddr, HZ))
		return;
	n = neigh_make(h->nd_tbl, p->dst.dev, target);
	if (!n)
		return;
	if (n->nud_state & NUD_VALID)
		optlen = ND_LLOPT_LEN;
	quote = MIN(IP6_MIN_MTU - IP6_HLEN - RD_HLEN - optlen, pkt_len(p) + 8) & ~7u;
	q = message(dev, NDISC_REDIRECT, RD_HLEN + optlen + quote);
	memcpy(pkt_nh(q) + ND_TARGET, target->ip6, 16);
	memcpy(pkt_nh(q) + RD_DEST, dest.ip6, 16);
	opt = pkt_nh(q) + RD_HLEN;
	if (optlen)
		put_lladdr(opt, ND_OPT_TARGET_LL_ADDR, n->ha);
	opt += optlen;
	opt[0] = ND_OPT_REDIRECT_HDR;
	opt[1] = (uint8_t)(quote / 8);
	memcpy(opt + 8, ip, quote - 8);
	q->parent = p->id;
	q->dst = dst;
	ndisc_send_skb(dev, q, &daddr, &saddr);
}

static const uint8_t *redirect_parts(const struct packet *p, union inet_addr *target, union inet_addr *dest, uint32_t *ret_optlen)
{
	uint32_t len = p->tail - p->th;

	if (len < RD_HLEN)
		return NULL;
	*target = ip6_load_addr(pkt_th(p) + ND_TARGET);
	*dest = ip6_load_addr(pkt_th(p) + RD_DEST);
	*ret_optlen = len - RD_HLEN;
	return pkt_th(p) + RD_HLEN;
}

static void apply(struct packet *p, const union inet_addr *flow_dst, const union inet_addr *flow_src, bool any_router)
{
	struct net_device *dev = p->dev;
	struct host *h = dev->host;
	struct redirect6 r = { .daddr = *flow_dst, .saddr = *flow_src, .router = ip6_saddr(pkt_nh(p)), .dev = dev,
			       .any_router = any_router };
	const uint8_t *lladdr, *opts;
	struct neighbour *n;
	uint32_t optlen;

	opts = redirect_parts(p, &r.target, &r.dest, &optlen);
	if (!opts || ipv6_is_multicast(&r.dest))
		return;
	r.on_link = inet_addr_equal(&r.target, &r.dest);
	if (!r.on_link && ipv6_addr_type(&r.target) != (IPV6_ADDR_UNICAST | IPV6_ADDR_LINKLOCAL))
		return;
	if (dev->ip6->conf.forwarding || !dev->ip6->conf.accept_redirects)
		return;
	if (!ndisc_opts_ok(opts, optlen) || !lladdr_opt(opts, optlen, ND_OPT_TARGET_LL_ADDR, &lladdr))
		return;
	n = neigh_make(h->nd_tbl, dev, &r.target);
	if (!n)
		return;
	neigh_update(n, lladdr, NUD_STALE,
		     NEIGH_UPDATE_F_WEAK_OVERRIDE | NEIGH_UPDATE_F_OVERRIDE |
			     (r.on_link ? 0 : NEIGH_UPDATE_F_OVERRIDE_ISROUTER | NEIGH_UPDATE_F_ISROUTER));
	rt6_do_redirect(h, &r);
}

void ndisc_redirect_apply(struct packet *p, const uint8_t *quoted, bool any_router)
{
	union inet_addr daddr = ip6_daddr(quoted), saddr = ip6_saddr(quoted);

	apply(p, &daddr, &saddr, any_router);
}

/* With what it is about quoted, it is for whoever sent that; without, for all. */
void ndisc_redirect_rcv(struct packet *p)
{
	union inet_addr router = ip6_saddr(pkt_nh(p)), target, dest, none = any_addr;
	const uint8_t *opts, *quote;
	uint32_t optlen;

	opts = redirect_parts(p, &target, &dest, &optlen);
	if (!opts || !ipv6_is_linklocal(&router) || !ndisc_opts_ok(opts, optlen))
		return;
	quote = ndisc_opt(opts, optlen, ND_OPT_REDIRECT_HDR);
	if (quote)
		icmpv6_notify_redirect(p, (uint32_t)(quote + 8 - pkt_nh(p)));
	else
		apply(p, &dest, &none, false);
}
