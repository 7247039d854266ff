// SPDX-License-Identifier: MIT
/* ip6_show.c - what "ip -6 address show" and "ip -6 route show" print of one address, one route (iproute2 6.1). */
#include "sim/net/ipv6.h"
#include "sim/world/ipcmd.h"
#include <stdio.h>
#include <stdlib.h>

/* ---- addresses */

static uint8_t scope_of(const union inet_addr *a)
{
	static const uint8_t loopback[16] = { [15] = 1 };

	if (memcmp(a->ip6, loopback, sizeof(loopback)) == 0)
		return RT_SCOPE_HOST;
	if (a->ip6[0] == 0xfe && (a->ip6[1] & 0xc0) == 0x80)
		return RT_SCOPE_LINK;
	return a->ip6[0] == 0xfe && (a->ip6[1] & 0xc0) == 0xc0 ? RT_SCOPE_SITE : RT_SCOPE_UNIVERSE;
}

bool ip6_address_fits(const struct inet6_ifaddr *i, const struct ip6_prefix *to, int scope)
{
	return (!to || ipv6_prefix_equal(&i->addr, &to->addr, to->len)) && (scope < 0 || scope_of(&i->addr) == scope);
}

static void put_flags(uint32_t flags, struct strbuf *out)
{
	static const struct { uint32_t flag; const char *name; } names[] = {
		{ IFA_F_NODAD, "nodad" }, { IFA_F_OPTIMISTIC, "optimistic" }, { IFA_F_DADFAILED, "dadfailed" }, { IFA_F_HOMEADDRESS, "home" },
		{ IFA_F_DEPRECATED, "deprecated" }, { IFA_F_TENTATIVE, "tentative" }, { IFA_F_NOPREFIXROUTE, "noprefixroute" },
	};

	if (!(flags & IFA_F_PERMANENT))
		sb_puts(out, "dynamic ");
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (flags & names[i].flag)
			sb_printf(out, "%s ", names[i].name);
}

static void put_life(const char *what, uint64_t until, const struct ipcmd *c)
{
	if (until == IFA_TIME_FOREVER)
		sb_printf(c->out, "%s forever", what);
	else
		sb_printf(c->out, "%s %llusec", what,
			  (unsigned long long)(until > c->h->clock->now ? (until - c->h->clock->now) / NSEC_PER_SEC : 0));
}

void ip6_put_local(const struct inet6_ifaddr *i, struct strbuf *out)
{
	char buf[ADDRSTRLEN];

	sb_puts(out, inet_str(buf, NFPROTO_IPV6, &i->addr));
	if (i->has_peer)
		sb_printf(out, " peer %s", inet_str(buf, NFPROTO_IPV6, &i->peer));
	sb_printf(out, "/%u", i->plen);
}

void ip6_put_address(const struct ipcmd *c, const struct inet6_ifaddr *i)
{
	struct strbuf *out = c->out;
	char buf[16];

	if (c->oneline)
		sb_printf(out, "%d: %s", i->dev->ifindex, i->dev->name);
	sb_puts(out, "    inet6 ");
	ip6_put_local(i, out);
	if (i->priority)
		sb_printf(out, " metric %u", i->priority);
	sb_printf(out, " scope %s ", ip_scope_name(scope_of(&i->addr), buf));
	put_flags(i->flags, out);
	sb_puts(out, c->oneline ? "\\" : "\n");
	put_life("       valid_lft", i->valid_until, c);
	put_life(" preferred_lft", i->preferred_until, c);
	sb_putc(out, '\n');
}

/* ---- routes */

struct filter6 {
	uint32_t table, metric;		/* table 0: all */
	struct net_device *dev;
	union inet_addr via, src;
	struct ip6_prefix root, match;
	bool root_given, match_given, via_given, src_given, metric_given;
	int type, proto;		/* -1: any */
};

struct found_route { const struct fib6_info *f; unsigned nr; };
struct found { struct found_route *r; unsigned nr, cap; const struct filter6 *filter; };

static bool route_fits(const struct fib6_info *f, const struct filter6 *x)
{
	if (f->gone || (x->table && f->table != x->table))
		return false;
	if (x->root_given && (f->plen < x->root.len || !ipv6_prefix_equal(&f->dst, &x->root.addr, x->root.len)))
		return false;
	if (x->match_given && (f->plen > x->match.len || !ipv6_prefix_equal(&x->match.addr, &f->dst, f->plen)))
		return false;
	if ((x->src_given && (!f->has_prefsrc || !inet_addr_equal(&f->prefsrc, &x->src))))
		return false;
	return (x->type < 0 || f->type == x->type) && (x->proto < 0 || f->protocol == x->proto) &&
	       (!x->metric_given || f->metric == x->metric);
}

/* Of the only next hop; several are never chosen by device or gateway. */
static bool hop_fits(const struct fib6_info *f, const struct filter6 *x)
{
	return (!x->dev || f->dev == x->dev) && (!x->via_given || (f->has_gw && inet_addr_equal(&f->gw, &x->via)));
}

static void find(struct fib6_info *f, void *arg)
{
	struct found *x = arg;

	if (!route_fits(f, x->filter))
		return;
	if (x->nr == x->cap) {
		x->cap = x->cap ? x->cap * 2 : 64;
		x->r = xrealloc(x->r, x->cap * sizeof(*x->r));
	}
	x->r[x->nr] = (struct found_route){ f, x->nr };
	x->nr++;
}

/* As the kernel's walk meets them: tables by their place in its hash, below each prefix first what lies inside it. */
static int by_walk(const void *a, const void *b)
{
	const struct found_route *p = a, *q = b;
	const struct fib6_info *x = p->f, *y = q->f;
	unsigned plen = MIN(x->plen, y->plen);
	int order;

	if (x->table != y->table)
		return (x->table & 255) != (y->table & 255) ? (int)(x->table & 255) - (int)(y->table & 255) : x->table < y->table ? -1 : 1;
	if (x->plen != y->plen && ipv6_prefix_equal(&x->dst, &y->dst, plen))
		return x->plen > y->plen ? -1 : 1;
	order = memcmp(x->dst.ip6, y->dst.ip6, 16);
	if (order || x->plen != y->plen)
		return order;
	if (x->metric != y->metric)
		return x->metric < y->metric ? -1 : 1;
	return p->nr < q->nr ? -1 : 1;
}

static void put_prefix(const struct fib6_info *f, struct strbuf *out)
{
	char buf[ADDRSTRLEN];

	if (f->plen == 0)
		sb_puts(out, "default ");
	else if (f->plen == 128)
		sb_printf(out, "%s ", inet_str(buf, NFPROTO_IPV6, &f->dst));
	else
		sb_printf(out, "%s/%u ", inet_str(buf, NFPROTO_IPV6, &f->dst), f->plen);
}

static void put_hop(const struct fib6_info *f, const struct net_device *fixed, struct strbuf *out)
{
	char buf[ADDRSTRLEN];

	if (f->has_gw)
		sb_printf(out, "via %s ", inet_str(buf, NFPROTO_IPV6, &f->gw));
	if (f->dev && f->dev != fixed)
		sb_printf(out, "dev %s ", f->dev->name);
}

/* Local and anycast routes do not look at the carrier. */
static const char *link_word(const struct fib6_info *f)
{
	return f->dev && !f->reject && f->type != RTN_LOCAL && f->type != RTN_ANYCAST && !ip_dev_running(f->dev) ? "linkdown " : "";
}

static void put_metrics(const struct fib6_info *f, struct strbuf *out)
{
	if (f->mtu)
		sb_printf(out, "mtu %s%u ", f->mtu_locked ? "lock " : "", f->mtu);
	if (f->advmss)
		sb_printf(out, "advmss %u ", f->advmss);
	if (f->hoplimit)
		sb_printf(out, "hoplimit %u ", f->hoplimit);
}

/* n routes of one prefix and metric: next hops of one route when they have gateways. */
static void put_route(const struct ipcmd *c, const struct filter6 *x, const struct found_route *f, unsigned n)
{
	static const char *const prefs[] = { "medium", "high", "", "low" };
	const struct fib6_info *r = f[0].f;
	struct strbuf *out = c->out;
	char buf[16];

	if (r->type != RTN_UNICAST)
		sb_printf(out, "%s ", ip_rtn_name(r->type, buf));
	put_prefix(r, out);
	if (n == 1)
		put_hop(r, x->dev, out);
	if (!x->table && r->table != RT_TABLE_MAIN)
		sb_printf(out, "table %s ", ip_table_name(r->table, buf));
	if (r->protocol != RTPROT_BOOT && x->proto < 0)
		sb_printf(out, "proto %s ", ip_rtproto_name(r->protocol, buf));
	if (r->has_prefsrc && !x->src_given) {
		char a[ADDRSTRLEN];

		sb_printf(out, "src %s ", inet_str(a, NFPROTO_IPV6, &r->prefsrc));
	}
	if (!x->metric_given)
		sb_printf(out, "metric %u ", r->metric);
	if (n == 1)
		sb_printf(out, "%s%s", r->onlink ? "onlink " : "", link_word(r));
	put_metrics(r, out);
	if (r->expires)
		sb_printf(out, "expires %llusec ", (unsigned long long)((r->expires - c->h->clock->now) / NSEC_PER_SEC));
	sb_printf(out, "pref %s", prefs[r->pref & 3]);
	for (unsigned i = 0; n > 1 && i < n; i++) {
		sb_puts(out, c->oneline ? "\\\tnexthop " : "\n\tnexthop ");
		put_hop(f[i].f, NULL, out);
		sb_printf(out, "weight %u %s", f[i].f->weight ? f[i].f->weight : 1, link_word(f[i].f));
	}
	sb_putc(out, '\n');
}

static bool may_be_hops(const struct fib6_info *a, const struct fib6_info *b)
{
	return a->table == b->table && a->plen == b->plen && inet_addr_equal(&a->dst, &b->dst) && a->metric == b->metric &&
	       a->has_gw && b->has_gw && !a->expires && !b->expires;
}

static bool prefix_word(struct ipcmd *c, struct filter6 *x)
{
	bool root = ip_matches(c, "root"), match = ip_matches(c, "match");
	struct ip6_prefix p;

	if ((ip_is(c, "to") || root || match || ip_matches(c, "exact")) && !ip_next(c))
		return false;
	if (!ip6_prefix(c, &p))
		return false;
	if (!match) {
		x->root = p;
		x->root_given = true;
	}
	if (!root) {
		x->match = p;
		x->match_given = true;
	}
	return true;
}

static bool table_word(struct ipcmd *c, struct filter6 *x)
{
	if (!ip_next(c))
		return false;
	x->table = 0;
	if (ip_is(c, "cache"))
		return ip_not_emulated(c, "a cache of routes");
	return ip_is(c, "all") || ip_is(c, "0") || ip_table(c, &x->table);
}

static bool route_word(struct ipcmd *c, struct filter6 *x)
{
	uint8_t v;

	if (ip_is(c, "table"))
		return table_word(c, x);
	if (ip_is(c, "dev") || ip_is(c, "oif"))
		return ip_next(c) && ip_dev(c, &x->dev);
	if (ip_is(c, "via") || ip_is(c, "src")) {
		bool via = ip_is(c, "via");

		*(via ? &x->via_given : &x->src_given) = true;
		return ip_next(c) && ip6_addr(c, via ? &x->via : &x->src);
	}
	if (ip_is(c, "metric")) {
		x->metric_given = true;
		return ip_next(c) && ip_u32(c, UINT32_MAX, "\"metric\" value is invalid", &x->metric);
	}
	if (ip_is(c, "proto") || ip_is(c, "protocol")) {
		if (!ip_next(c) || (!ip_is(c, "all") && !ip_proto(c, &v)))
			return false;
		x->proto = ip_is(c, "all") ? -1 : v;
		return true;
	}
	if (ip_is(c, "type")) {
		if (!ip_next(c) || (!ip_rtn(ip_peek(c), &v) && !ip_wrong(c, "node type value is invalid")))
			return false;
		x->type = v;
		return true;
	}
	return prefix_word(c, x);
}

bool ip6_route_show(struct ipcmd *c)
{
	struct filter6 x = { .table = RT_TABLE_MAIN, .type = -1, .proto = -1 };
	struct found all = { .filter = &x };

	for (c->at += ip_more(c); ip_more(c); c->at++)
		if (!route_word(c, &x))
			return false;
	if (!c->out)
		return true;
	fib6_each(c->h, find, &all);
	if (all.nr > 1)
		qsort(all.r, all.nr, sizeof(*all.r), by_walk);
	for (unsigned i = 0, n; i < all.nr; i += n) {
		for (n = 1; i + n < all.nr && may_be_hops(all.r[i].f, all.r[i + n].f); n++)
			;
		if (n == 1 ? hop_fits(all.r[i].f, &x) : !x.dev && !x.via_given)
			put_route(c, &x, all.r + i, n);
	}
	free(all.r);
	return true;
}
