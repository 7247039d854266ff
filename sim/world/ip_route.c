// SPDX-License-Identifier: MIT
/* ip_route.c - "ip route". */
#include "sim/world/ipcmd.h"
#include <errno.h>
#include <stdlib.h>

/* RTAX_* */
enum {
	RTAX_MTU = 2,
	RTAX_WINDOW,
	RTAX_RTT,
	RTAX_RTTVAR,
	RTAX_SSTHRESH,
	RTAX_CWND,
	RTAX_ADVMSS,
	RTAX_REORDERING,
	RTAX_HOPLIMIT,
	RTAX_INITCWND,
	RTAX_FEATURES,
	RTAX_RTO_MIN,
	RTAX_INITRWND,
	RTAX_QUICKACK
};

struct route_args {
	struct fib_config cfg;
	bool dst_given, table_given, via_given, type_given, del, dump;
};

static bool take_via(struct ipcmd *c, be32 *gw)
{
	if (!ip_next(c))
		return false;
	if (ip_is(c, "inet") && !ip_next(c))
		return false;
	return ip_addr(c, gw);
}

/* Metrics for TCP that are only kept. -1: the word is none of these. */
static int take_other_metric(struct ipcmd *c, struct fib_config *cfg)
{
	static const struct { const char *name; bool abbr; int rtax; } metrics[] = {
		{ "hoplimit", false, RTAX_HOPLIMIT }, { "reordering", true, RTAX_REORDERING },
		{ "window", true, RTAX_WINDOW },      { "cwnd", true, RTAX_CWND },
		{ "initcwnd", true, RTAX_INITCWND },  { "initrwnd", true, RTAX_INITRWND },
		{ "quickack", true, RTAX_QUICKACK },  { "ssthresh", true, RTAX_SSTHRESH },
	};

	for (size_t i = 0; i < ARRAY_SIZE(metrics); i++)
		if (ip_is(c, metrics[i].name) ||
		    (metrics[i].abbr && ip_matches(c, metrics[i].name)))
			return ip_metric(c, "metric value is invalid", NULL, &cfg->other_metrics[metrics[i].rtax]);
	if (ip_is(c, "rtt") || ip_is(c, "rttvar") || ip_matches(c, "rto_min") ||
	    ip_matches(c, "features") || ip_matches(c, "congctl"))
		return ip_next(c) && (!ip_is(c, "lock") || ip_next(c));
	return -1;
}

/* Words that only a listing has: states, and what comes from elsewhere. */
static bool listed_only(struct ipcmd *c)
{
	static const char *const flags[] = { "linkdown",
					     "dead",
					     "offload",
					     "trap",
					     "rt_offload",
					     "rt_trap",
					     "rt_offload_failed",
					     "pervasive",
					     "notify",
					     "unresolved",
					     "pref",
					     "nhid",
					     "error",
					     "users",
					     "age" };

	for (size_t i = 0; c->dump && i < ARRAY_SIZE(flags); i++)
		if (ip_is(c, flags[i])) {
			c->at += i >= 10 && c->at + 1 < c->nr;
			return true;
		}
	return false;
}

static bool nexthop_more(const struct ipcmd *c)
{
	return ip_more(c) && !ip_is(c, "nexthop");
}

/* Words after "nexthop", up to the next one. */
static bool take_nexthop(struct ipcmd *c, struct fib_config *cfg)
{
	struct fib_nh *nh;
	uint32_t weight;

	if (cfg->nr_mp == (int)ARRAY_SIZE(cfg->mp))
		return ip_fail(c, ip_pos(c), "more than %zu next hops", ARRAY_SIZE(cfg->mp));
	nh = &cfg->mp[cfg->nr_mp++];
	nh->weight = 1;
	c->at++;
	if (!nexthop_more(c))
		return ip_fail(
			c, c->line,
			"command line is not complete: a next hop is wanted after \"nexthop\"");
	for (; nexthop_more(c); c->at++) {
		bool ok = true;

		if (ip_is(c, "via")) {
			ok = take_via(c, &nh->gw);
		} else if (ip_is(c, "dev")) {
			ok = ip_next(c) && ip_dev(c, &nh->dev);
		} else if (ip_is(c, "weight")) {
			ok = ip_next(c) && ip_u32(c, 256, "\"weight\" is invalid", &weight);
			if (ok && weight == 0)
				ok = ip_wrong(c, "\"weight\" is invalid");
			nh->weight = ok ? (int)weight : 1;
		} else if (ip_is(c, "onlink")) {
			nh->onlink = true;
		} else if (listed_only(c)) {
			continue;
		} else if (ip_matches(c, "realms")) {
			ok = ip_next(c) && ip_realms(c, &nh->tclassid);
		} else {
			return ip_fail(c, ip_pos(c),
				       "\"nexthop\" or end of line is expected instead of \"%s\"",
				       ip_peek(c));
		}
		if (!ok)
			return false;
	}
	return true;
}

static bool take_dst(struct ipcmd *c, struct route_args *a)
{
	struct ip_prefix p;
	uint8_t type;

	if (ip_is(c, "to") && !ip_next(c))
		return false;
	if ((ip_peek(c)[0] < '0' || ip_peek(c)[0] > '9') && ip_rtn(ip_peek(c), &type)) {
		a->cfg.type = type;
		a->type_given = true;
		if (!ip_next(c))
			return false;
	}
	if (a->dst_given)
		return ip_twice(c, "to");
	if (!ip_prefix(c, &p))
		return false;
	a->cfg.dst = p.addr;
	a->cfg.dst_len = p.len;
	a->dst_given = true;
	return true;
}

static bool take_type(struct ipcmd *c, struct route_args *a)
{
	if (!ip_next(c))
		return false;
	if (!ip_rtn(ip_peek(c), &a->cfg.type))
		return ip_wrong(c, "\"type\" value is invalid");
	return a->type_given = true;
}

/* -1: the word is none of these. */
static int take_simple(struct ipcmd *c, struct route_args *a)
{
	struct fib_config *cfg = &a->cfg;

	if (ip_is(c, "src"))
		return ip_next(c) && ip_addr(c, &cfg->prefsrc);
	if (ip_is(c, "via")) {
		a->via_given = true;
		return take_via(c, &cfg->gw);
	}
	if (ip_is(c, "tos") || ip_matches(c, "dsfield"))
		return ip_next(c) && ip_tos(c, &cfg->tos);
	if (ip_is(c, "metric") || ip_matches(c, "priority") || ip_is(c, "preference"))
		return ip_next(c) &&
		       ip_u32(c, UINT32_MAX, "\"metric\" value is invalid", &cfg->priority);
	if (ip_is(c, "scope")) {
		cfg->scope_given = true;
		return ip_next(c) && ip_scope(c, &cfg->scope);
	}
	if (ip_is(c, "mtu"))
		return ip_metric(c, "\"mtu\" value is invalid", &cfg->mtu_locked, &cfg->mtu);
	if (ip_matches(c, "advmss"))
		return ip_metric(c, "\"mss\" value is invalid", NULL, &cfg->advmss);
	if (ip_matches(c, "realms"))
		return ip_next(c) && ip_realms(c, &cfg->flow);
	if (ip_is(c, "onlink"))
		return cfg->onlink = true;
	if (ip_matches(c, "protocol"))
		return ip_next(c) && ip_proto(c, &cfg->protocol);
	if (ip_matches(c, "table")) {
		a->table_given = true;
		return ip_next(c) && ip_table(c, &cfg->table);
	}
	if (ip_is(c, "dev") || ip_is(c, "oif"))
		return ip_next(c) && ip_dev(c, &cfg->oif);
	return take_other_metric(c, cfg);
}

static bool parse(struct ipcmd *c, struct route_args *a)
{
	static const char *const no[] = {
		"encap", "nhid",    "from",	     "as",
		"pref",	 "expires", "ttl-propagate", "fastopen_no_cookie"
	};

	while (ip_more(c)) {
		int took;

		if (ip_is(c, "nexthop")) {
			if (!take_nexthop(c, &a->cfg))
				return false;
			continue;
		}
		if (listed_only(c)) {
			c->at++;
			continue;
		}
		for (size_t i = 0; i < ARRAY_SIZE(no); i++)
			if (ip_is(c, no[i]))
				return ip_not_emulated(c, arena_printf(c->a, "\"%s\" of a route",
								       no[i]));
		took = ip_is(c, "type") ? take_type(c, a) : take_simple(c, a);
		if (took == 0 || (took < 0 && !take_dst(c, a)))
			return false;
		c->at++;
	}
	return a->dst_given ||
	       ip_fail(c, c->line, "a destination is wanted: a prefix or \"default\"");
}

static uint8_t default_scope(const struct route_args *a)
{
	if (a->dump)
		return RT_SCOPE_UNIVERSE;
	switch (a->cfg.type) {
	case RTN_LOCAL: case RTN_NAT:
		return RT_SCOPE_HOST;
	case RTN_BROADCAST: case RTN_MULTICAST: case RTN_ANYCAST:
		return RT_SCOPE_LINK;
	case RTN_UNICAST: case RTN_UNSPEC:
		if (a->del)
			return RT_SCOPE_NOWHERE;
		return a->via_given || a->cfg.nr_mp ? RT_SCOPE_UNIVERSE : RT_SCOPE_LINK;
	default:
		return a->del ? RT_SCOPE_NOWHERE : RT_SCOPE_UNIVERSE;
	}
}

static void complete(struct route_args *a)
{
	struct fib_config *cfg = &a->cfg;
	uint8_t t = cfg->type;

	if (!a->table_given && !a->dump &&
	    (t == RTN_LOCAL || t == RTN_BROADCAST || t == RTN_NAT || t == RTN_ANYCAST))
		cfg->table = RT_TABLE_LOCAL;
	if (!cfg->table)
		cfg->table = RT_TABLE_MAIN;
	if (!cfg->scope_given)
		cfg->scope = default_scope(a);
	cfg->scope_given = true;
}

static bool onlink(const struct fib_config *cfg)
{
	return cfg->onlink;
}

static bool onlink_without_dev(const struct fib_config *cfg)
{
	return cfg->onlink && !cfg->oif;
}

static bool onlink_without_gw(const struct fib_config *cfg)
{
	return cfg->onlink && cfg->oif && !cfg->gw;
}

static bool hops_of_none(const struct fib_config *cfg)
{
	return cfg->type >= RTN_BLACKHOLE && cfg->type <= RTN_THROW && (cfg->gw || cfg->oif || cfg->nr_mp);
}

static bool scope_wrong(const struct fib_config *cfg)
{
	return cfg->scope > RT_SCOPE_HOST;
}

static bool host_scope_gw(const struct fib_config *cfg)
{
	return cfg->scope == RT_SCOPE_HOST && cfg->gw;
}

static bool with_gw(const struct fib_config *cfg)
{
	return cfg->gw != 0;
}

static bool any(const struct fib_config *cfg UNUSED)
{
	return true;
}

static bool with_prefsrc(const struct fib_config *cfg)
{
	return cfg->prefsrc != 0;
}

/* The kernel's own words for why it refuses, the first that fits. */
static const struct { int err; bool (*because)(const struct fib_config *cfg); const char *text; } refusals[] = {
	{ ENODEV, onlink_without_dev, "Nexthop device required for onlink" },
	{ ENETDOWN, onlink, "Nexthop device is not up" },
	{ ENETDOWN, any, "Device for nexthop is not up" },
	{ EINVAL, hops_of_none, "Gateway, device and multipath can not be specified for this route type" },
	{ EINVAL, scope_wrong, "Invalid scope" },
	{ EINVAL, onlink_without_gw, "Invalid flags for nexthop - PERVASIVE and ONLINK can not be set" },
	{ EINVAL, host_scope_gw, "Route with host scope can not have a gateway" },
	{ EINVAL, with_gw, "Nexthop has invalid gateway" },
	{ EINVAL, with_prefsrc, "Invalid prefsrc address" },
};

static bool explain(struct ipcmd *c, const struct fib_config *cfg, int err)
{
	char buf[ADDRSTRLEN];

	if (cfg->dst_len < 32 && (ntohl(cfg->dst) << cfg->dst_len) != 0 && err == -EINVAL) {
		ip_fail(c, c->line,
			"Invalid prefix for given prefix length (RTNETLINK answers: Invalid argument)");
		diag_hint(c->d, "%s has bits set beyond /%u", ip4_str(buf, cfg->dst), cfg->dst_len);
		return false;
	}
	if (err == -ENETUNREACH && (cfg->gw || cfg->nr_mp)) {
		ip_fail(c, c->line,
			"Nexthop has invalid gateway (RTNETLINK answers: Network is unreachable)");
		diag_hint(
			c->d,
			"no address of this host, at this point of the file, has %s on its network",
			cfg->gw ? ip4_str(buf, cfg->gw) : "one of the gateways");
		return false;
	}
	for (size_t i = 0; i < ARRAY_SIZE(refusals); i++)
		if (err == -refusals[i].err && refusals[i].because(cfg))
			return ip_fail(c, c->line, "%s (RTNETLINK answers: %s)", refusals[i].text, strerror(-err));
	return ip_answer(c, err);
}

static bool modify(struct ipcmd *c, struct route_args *a)
{
	a->cfg.pos = c->line;
	c->at++;
	if (!parse(c, a))
		return false;
	complete(a);
	if (a->del && a->cfg.table && !fib_has_table(c->h, a->cfg.table))
		return ip_fail(c, c->line, "FIB table does not exist (RTNETLINK answers: No such process)");
	return explain(c, &a->cfg,
		       a->del ? fib_route_del(c->h, &a->cfg) : fib_route_add(c->h, &a->cfg));
}

bool ip_route_listed(struct ipcmd *c)
{
	struct route_args a = { .dump = true,
				.cfg = { .type = RTN_UNICAST,
					 .protocol = RTPROT_BOOT,
					 .append = true,
					 .pos = c->line } };
	int err;

	if (!parse(c, &a))
		return false;
	complete(&a);
	err = fib_route_add(c->h, &a.cfg);
	if (err == -ENETUNREACH || err == -EHOSTUNREACH) {
		/* The network its gateway was in has gone since; the route has stayed. */
		a.cfg.onlink = a.cfg.gw != 0;
		for (int i = 0; i < a.cfg.nr_mp; i++)
			a.cfg.mp[i].onlink = a.cfg.mp[i].gw != 0;
		err = fib_route_add(c->h, &a.cfg);
	}
	return explain(c, &a.cfg, err);
}

/* ---- flush */

struct flush_args {
	struct ipcmd *c;
	uint32_t table;
	bool all_tables, exact, root;
	struct ip_prefix p;
	struct net_device *dev;
	int type, proto, scope;
	struct fib_config *list; size_t nr;
};

static bool flush_fits(const struct fib_route *r, const struct flush_args *f)
{
	const struct fib_info *fi = r->fi;
	bool on_dev = !f->dev;

	if (!f->all_tables && r->table != f->table)
		return false;
	if (f->all_tables && f->table != RT_TABLE_LOCAL && r->table == RT_TABLE_LOCAL &&
	    fi->protocol == RTPROT_KERNEL)
		return false;
	if ((f->type >= 0 && fi->type != f->type) || (f->proto >= 0 && fi->protocol != f->proto) ||
	    (f->scope >= 0 && fi->scope != f->scope))
		return false;
	if (f->exact && (r->dst != f->p.addr || r->dst_len != f->p.len))
		return false;
	if (f->root && (r->dst_len < f->p.len ||
			(f->p.len && ((ntohl(r->dst) ^ ntohl(f->p.addr)) >> (32 - f->p.len)))))
		return false;
	for (int i = 0; i < fi->nr_nh && !on_dev; i++)
		on_dev = fi->nh[i].dev == f->dev;
	return on_dev;
}

static void flush_pick(const struct fib_route *r, void *arg)
{
	struct flush_args *f = arg;

	if (!flush_fits(r, f))
		return;
	f->list = xrealloc(f->list, (f->nr + 1) * sizeof(*f->list));
	f->list[f->nr++] = (struct fib_config){ .dst = r->dst,
						.dst_len = r->dst_len,
						.tos = r->tos,
						.table = r->table,
						.type = r->fi->type,
						.scope = r->fi->scope,
						.scope_given = true,
						.protocol = r->fi->protocol,
						.priority = r->fi->priority };
}

static bool flush_words(struct ipcmd *c, struct flush_args *f)
{
	for (c->at++; ip_more(c); c->at++) {
		uint8_t v = 0;
		bool ok;

		if (ip_matches(c, "table")) {
			ok = ip_next(c);
			f->all_tables = ok && ip_is(c, "all");
			ok = ok && (f->all_tables || ip_is(c, "cache") || ip_table(c, &f->table));
			if (ip_is(c, "cache"))
				return true;
		} else if (ip_is(c, "cache") || ip_is(c, "cached")) {
			f->table = 0;	/* no route is in a cache here */
			ok = true;
		} else if (ip_is(c, "dev") || ip_is(c, "oif")) {
			ok = ip_next(c) && ip_dev(c, &f->dev);
		} else if (ip_matches(c, "protocol") || ip_is(c, "scope")) {
			bool proto = ip_matches(c, "protocol");

			ok = ip_next(c) &&
			     (ip_is(c, "all") || (proto ? ip_proto(c, &v) : ip_scope(c, &v)));
			if (ok && !ip_is(c, "all"))
				*(proto ? &f->proto : &f->scope) = v;
		} else if (ip_is(c, "type")) {
			ok = ip_next(c) &&
			     (ip_rtn(ip_peek(c), &v) || ip_wrong(c, "node type value is invalid"));
			f->type = v;
		} else {
			f->root = ip_is(c, "root");
			f->exact = !f->root;
			ok = ((!ip_is(c, "root") && !ip_is(c, "exact") && !ip_is(c, "to")) ||
			      ip_next(c)) &&
			     ip_prefix(c, &f->p);
		}
		if (!ok)
			return false;
	}
	return true;
}

static bool flush(struct ipcmd *c)
{
	struct flush_args f = {
		.c = c, .table = RT_TABLE_MAIN, .type = -1, .proto = -1, .scope = -1
	};

	if (c->at + 1 == c->nr)
		return ip_fail(c, c->line, "\"ip route flush\" requires arguments.");
	if (!flush_words(c, &f))
		return false;
	if (f.table && !f.all_tables && !fib_has_table(c->h, f.table))
		return ip_fail(c, c->line, "Error: ipv4: FIB table does not exist.\nFlush terminated");
	fib_each_route(c->h, flush_pick, &f);
	for (size_t i = 0; i < f.nr; i++)
		fib_route_del(c->h, &f.list[i]);
	free(f.list);
	return true;
}

static bool add_like(struct ipcmd *c, bool exclusive, bool replace, bool append, bool change)
{
	struct route_args a = { .cfg = { .type = RTN_UNICAST,
					 .protocol = RTPROT_BOOT,
					 .exclusive = exclusive,
					 .replace = replace,
					 .append = append,
					 .change = change } };

	return modify(c, &a);
}

bool ip_route(struct ipcmd *c)
{
	struct route_args del = { .del = true };

	if (!ip_more(c) || ip_matches(c, "list") || ip_matches(c, "show") || ip_matches(c, "lst"))
		return ip_route_show(c);
	if (ip_matches(c, "get"))
		return ip_route_get(c);
	if (ip_matches(c, "add"))
		return add_like(c, true, false, false, false);
	if (ip_matches(c, "change") || ip_is(c, "chg"))
		return add_like(c, false, false, false, true);
	if (ip_matches(c, "replace"))
		return add_like(c, false, true, false, false);
	if (ip_matches(c, "prepend"))
		return add_like(c, false, false, false, false);
	if (ip_matches(c, "append"))
		return add_like(c, false, false, true, false);
	if (ip_matches(c, "delete"))
		return modify(c, &del);
	if (ip_matches(c, "flush"))
		return flush(c);
	return ip_unknown_command(c, "route");
}
