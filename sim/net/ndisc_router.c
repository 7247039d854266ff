// SPDX-License-Identifier: MIT
/* ndisc_router.c - what a router says of itself and of its link: default route, prefixes, more routes, MTU, hop
 * limit (ndisc_router_discovery of net/ipv6/ndisc.c, rt6_route_rcv of route.c; RFC 4861, 4191). */
#include "sim/net/ipv6.h"
#include "sim/net/neigh.h"

enum { ND_OPT_SOURCE_LL_ADDR = 1, ND_OPT_PREFIX_INFO = 3, ND_OPT_MTU = 5, ND_OPT_ROUTE_INFO = 24 };
enum { RA_HOP_LIMIT = 4, RA_FLAGS = 5, RA_LIFETIME = 6, RA_REACHABLE = 8, RA_RETRANS = 12, RA_HLEN = 16 };

struct ra {
	struct net_device *dev;
	struct ipv6_devconf *conf;
	const uint8_t *msg, *opts;
	uint32_t optlen;
	union inet_addr saddr;
};

struct router_search { const struct ra *ra; uint32_t metric; const union inet_addr *dst; unsigned plen; struct fib6_info *found; };

static void search_one(struct fib6_info *f, void *arg)
{
	struct router_search *s = arg;

	if (f->table == RT_TABLE_MAIN && f->dev == s->ra->dev && f->has_gw && f->plen == s->plen && f->flags & RTF6_ADDRCONF &&
	    inet_addr_equal(&f->gw, &s->ra->saddr) && inet_addr_equal(&f->dst, s->dst))
		s->found = f;
}

static struct fib6_info *find_route(const struct ra *ra, const union inet_addr *dst, unsigned plen)
{
	struct router_search s = { .ra = ra, .dst = dst, .plen = plen };

	fib6_each(ra->dev->host, search_one, &s);
	return s.found;
}

static uint64_t expiry(const struct ra *ra, uint32_t seconds)
{
	return seconds == UINT32_MAX ? 0 : ra->dev->host->clock->now + seconds * NSEC_PER_SEC;
}

/* pref: two bits, as in the messages; the reserved value means medium. */
static void route_from(const struct ra *ra, const union inet_addr *dst, unsigned plen, uint32_t lifetime, uint8_t pref, uint32_t metric,
		       uint8_t flags)
{
	struct fib6_config c = { .dst = *dst, .plen = (uint8_t)plen, .type = RTN_UNICAST, .protocol = RTPROT_RA, .pref = pref == 2 ? 0 : pref,
				 .flags = flags, .table = RT_TABLE_MAIN, .metric = metric,
				 .nh = { .dev = ra->dev, .gw = ra->saddr, .has_gw = true }, .expires = expiry(ra, lifetime) };
	struct fib6_info *f = find_route(ra, dst, plen);

	if (f && (lifetime == 0 || f->metric != metric)) {
		fib6_del(f);
		f = NULL;
	}
	if (!lifetime)
		return;
	if (!f)
		f = fib6_insert_kernel(ra->dev->host, &c);
	if (!f)
		return;
	f->pref = c.pref;
	fib6_set_expires(f, c.expires);
}

static bool from_us(const struct ra *ra)
{
	return !ra->conf->accept_ra_from_local && ipv6_chk_addr(ra->dev->host, &ra->saddr, ra->dev, false);
}

static void default_router(const struct ra *ra, struct fib6_info **ret)
{
	static const union inet_addr all;
	uint32_t lifetime = get_be16(ra->msg + RA_LIFETIME);
	uint8_t pref = ra->conf->accept_ra_rtr_pref ? ra->msg[RA_FLAGS] >> 3 & 3 : 0;

	if (!ra->conf->accept_ra_defrtr || from_us(ra) ||
	    (lifetime && lifetime < (uint32_t)MAX(ra->conf->accept_ra_min_lft, 0)))
		return;
	route_from(ra, &all, 0, lifetime, pref, (uint32_t)ra->conf->ra_defrtr_metric, RTF6_ADDRCONF | RTF6_DEFAULT);
	*ret = find_route(ra, &all, 0);
	if (*ret) {
		struct neighbour *n = neigh_make(ra->dev->host->nd_tbl, ra->dev, &ra->saddr);

		if (n)
			n->router = true;
	}
}

static void settings(const struct ra *ra, struct fib6_info *route)
{
	uint32_t reachable = get_be32(ra->msg + RA_REACHABLE), retrans = get_be32(ra->msg + RA_RETRANS);
	struct neigh_parms *np = &ra->dev->ip6->neigh;
	uint8_t hops = ra->msg[RA_HOP_LIMIT];

	if (hops && ra->conf->accept_ra_min_hop_limit < 256) {
		if (hops >= ra->conf->accept_ra_min_hop_limit) {
			ra->conf->hop_limit = hops;
			if (route)
				route->hoplimit = hops;
		}
	}
	if (retrans && retrans / 1000 < INT32_MAX / HZ)
		np->retrans_time_ms = (int)MAX(retrans, 10u);
	if (reachable && reachable / 1000 < INT32_MAX / (3 * HZ))
		np->base_reachable_time_ms = (int)reachable;
}

/* The router as a neighbour; false: its link address is none. */
static bool learn_link(const struct ra *ra)
{
	const uint8_t *opt = ndisc_opt(ra->opts, ra->optlen, ND_OPT_SOURCE_LL_ADDR);
	struct neighbour *n = neigh_make(ra->dev->host->nd_tbl, ra->dev, &ra->saddr);

	if (n && opt && opt[1] != 1)
		return false;
	if (n)
		neigh_update(n, opt ? opt + 2 : NULL, NUD_STALE,
			     NEIGH_UPDATE_F_WEAK_OVERRIDE | NEIGH_UPDATE_F_OVERRIDE | NEIGH_UPDATE_F_OVERRIDE_ISROUTER |
				     NEIGH_UPDATE_F_ISROUTER);
	return true;
}

/* RFC 4191: prefixes between the bounds that accept_ra_rt_info_* set. */
static void route_info(const struct ra *ra, const uint8_t *opt)
{
	unsigned plen = opt[2], have = (opt[1] - 1u) * 8;
	union inet_addr dst = { .all = { 0 } };

	if (opt[1] > 3 || plen > 128 || (plen > 64 && opt[1] < 3) || (plen && opt[1] < 2) || (opt[3] >> 3 & 3) == 2)
		return;
	if ((plen == 0 && !ra->conf->accept_ra_defrtr) || plen < (unsigned)ra->conf->accept_ra_rt_info_min_plen ||
	    (int)plen > ra->conf->accept_ra_rt_info_max_plen)
		return;
	memcpy(dst.ip6, opt + 8, MIN(have, 16u));
	for (unsigned i = plen; i < 128; i++)
		dst.ip6[i / 8] &= (uint8_t)~(0x80u >> i % 8);
	route_from(ra, &dst, plen, get_be32(opt + 4), opt[3] >> 3 & 3, (uint32_t)ra->conf->ra_defrtr_metric, RTF6_ADDRCONF);
}

static void each_option(const struct ra *ra, uint8_t type, void (*fn)(const struct ra *ra, const uint8_t *opt))
{
	const uint8_t *opt = ra->opts;

	for (uint32_t left = ra->optlen; left >= 8; left -= opt[1] * 8u, opt += opt[1] * 8u)
		if (opt[0] == type)
			fn(ra, opt);
}

static void prefix_info(const struct ra *ra, const uint8_t *opt)
{
	addrconf_prefix_rcv(ra->dev, opt, true);
}

static void mtu_info(const struct ra *ra, const uint8_t *opt)
{
	uint32_t mtu = opt[1] == 1 ? get_be32(opt + 4) : 0;

	if (mtu >= IP6_MIN_MTU && mtu <= ra->dev->mtu && (int)mtu != ra->conf->mtu) {
		fib6_dev_mtu(ra->dev, (uint32_t)ra->conf->mtu, mtu);
		ra->conf->mtu = (int)mtu;
	}
}

static bool accepts(const struct ipv6_devconf *c)
{
	return c->forwarding ? c->accept_ra == 2 : c->accept_ra != 0;
}

void ndisc_router_discovery(struct packet *p)
{
	struct ra ra = { .dev = p->dev, .conf = &p->dev->ip6->conf, .msg = pkt_th(p), .opts = pkt_th(p) + RA_HLEN };
	struct fib6_info *route = NULL;

	ra.saddr = ip6_saddr(pkt_nh(p));
	if (p->tail - p->th < RA_HLEN || !ipv6_is_linklocal(&ra.saddr))
		return;
	ra.optlen = p->tail - p->th - RA_HLEN;
	if (!ndisc_opts_ok(ra.opts, ra.optlen))
		return;
	if (!accepts(ra.conf)) {	/* a neighbour all the same */
		learn_link(&ra);
		return;
	}
	timer_off(ra.dev->host->clock, &ra.dev->ip6->rs);
	default_router(&ra, &route);
	settings(&ra, route);
	if (!learn_link(&ra))
		return;
	if (ra.conf->accept_ra_rtr_pref && !from_us(&ra))
		each_option(&ra, ND_OPT_ROUTE_INFO, route_info);
	if (ra.conf->accept_ra_pinfo)
		each_option(&ra, ND_OPT_PREFIX_INFO, prefix_info);
	if (ra.conf->accept_ra_mtu)
		each_option(&ra, ND_OPT_MTU, mtu_info);
}
