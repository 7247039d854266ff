// SPDX-License-Identifier: MIT
/* ip6_route.c - "ip -6 route". */
#include "sim/world/ipcmd.h"
#include "sim/net/ipv6.h"
#include <errno.h>
#include <stdlib.h>

struct route6_args { struct fib6_config cfg; bool dst_given, table_given, del, dump; const char *why; };

static bool take_via(struct ipcmd *c, struct fib6_nh_config *nh)
{
	if (!ip_next(c) || (ip_is(c, "inet6") && !ip_next(c)))
		return false;
	nh->has_gw = true;
	return ip6_addr(c, &nh->gw);
}

/* Words after "nexthop", up to the next one. */
static bool take_nexthop(struct ipcmd *c, struct fib6_config *cfg)
{
	struct fib6_nh_config *nh;

	if (cfg->nr_mp == (int)ARRAY_SIZE(cfg->mp))
		return ip_fail(c, ip_pos(c), "more than %zu next hops", ARRAY_SIZE(cfg->mp));
	nh = &cfg->mp[cfg->nr_mp++];
	for (c->at++; ip_more(c) && !ip_is(c, "nexthop"); c->at++) {
		bool ok = true;

		if (ip_is(c, "via"))
			ok = take_via(c, nh);
		else if (ip_is(c, "dev"))
			ok = ip_next(c) && ip_dev(c, &nh->dev);
		else if (ip_is(c, "weight"))
			ok = ip_next(c) && ip_u32(c, 256, "\"weight\" is invalid", &nh->weight) && (nh->weight || ip_wrong(c, "\"weight\" is invalid"));
		else if (ip_is(c, "onlink"))
			nh->onlink = true;
		else
			return ip_fail(c, ip_pos(c), "\"nexthop\" or end of line is expected instead of \"%s\"", ip_peek(c));
		if (!ok)
			return false;
	}
	return true;
}

static bool take_pref(struct ipcmd *c, uint8_t *ret)
{
	static const char *const names[] = { "medium", "high", "", "low" };

	if (!ip_next(c))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (names[i][0] && ip_is(c, names[i])) {
			*ret = (uint8_t)i;
			return true;
		}
	return ip_wrong(c, "\"pref\" value is invalid");
}

static bool take_dst(struct ipcmd *c, struct route6_args *a)
{
	struct ip6_prefix p;
	uint8_t type;

	if (ip_is(c, "to") && !ip_next(c))
		return false;
	if (!strchr(ip_peek(c), ':') && ip_rtn(ip_peek(c), &type)) {
		a->cfg.type = type;
		if (!ip_next(c))
			return false;
	}
	if (a->dst_given)
		return ip_twice(c, "to");
	if (!ip6_prefix(c, &p))
		return false;
	a->cfg.dst = p.addr;
	a->cfg.plen = p.len;
	return a->dst_given = true;
}

static bool take_expires(struct ipcmd *c, uint64_t *ret)
{
	const char *s;
	uint64_t v;
	size_t n;

	if (!ip_next(c))
		return false;
	s = ip_peek(c);
	n = strspn(s, "0123456789");
	if ((s[n] && strcmp(s + n, "s") != 0 && strcmp(s + n, "sec") != 0) || !u64_parse(&v, arena_strndup(c->a, s, n), UINT32_MAX))
		return ip_wrong(c, "\"expires\" value is invalid");
	*ret = c->h->clock->now + v * NSEC_PER_SEC;
	return true;
}

/* -1: the word is none of these. */
static int take_word(struct ipcmd *c, struct route6_args *a)
{
	struct fib6_config *cfg = &a->cfg;
	uint8_t scope;
	uint32_t unused;

	if (ip_is(c, "src")) {
		cfg->has_prefsrc = true;
		return ip_next(c) && ip6_addr(c, &cfg->prefsrc);
	}
	if (ip_is(c, "via"))
		return take_via(c, &cfg->nh);
	if (ip_is(c, "metric") || ip_matches(c, "priority") || ip_is(c, "preference"))
		return ip_next(c) && ip_u32(c, UINT32_MAX, "\"metric\" value is invalid", &cfg->metric);
	if (ip_is(c, "scope"))
		return ip_next(c) && ip_scope(c, &scope);
	if (ip_is(c, "mtu"))
		return ip_metric(c, "\"mtu\" value is invalid", &cfg->mtu_locked, &cfg->mtu);
	if (ip_matches(c, "advmss"))
		return ip_metric(c, "\"mss\" value is invalid", NULL, &cfg->advmss);
	if (ip_is(c, "hoplimit"))
		return ip_metric(c, "\"hoplimit\" value is invalid", NULL, &cfg->hoplimit);
	if (ip_is(c, "pref"))
		return take_pref(c, &cfg->pref);
	if (ip_is(c, "expires"))
		return take_expires(c, &cfg->expires);
	if (ip_is(c, "onlink"))
		return cfg->nh.onlink = true;
	if (ip_matches(c, "protocol"))
		return ip_next(c) && ip_proto(c, &cfg->protocol);
	if (ip_matches(c, "table")) {
		a->table_given = true;
		return ip_next(c) && ip_table(c, &cfg->table);
	}
	if (ip_is(c, "dev") || ip_is(c, "oif"))
		return ip_next(c) && ip_dev(c, &cfg->nh.dev);
	if (ip_is(c, "window") || ip_is(c, "cwnd") || ip_is(c, "initcwnd") || ip_is(c, "initrwnd") || ip_is(c, "quickack") ||
	    ip_is(c, "ssthresh") || ip_is(c, "reordering"))
		return ip_metric(c, "metric value is invalid", NULL, &unused);
	if (a->dump && (ip_is(c, "error") || ip_is(c, "users") || ip_is(c, "age") || ip_is(c, "nhid")))
		return ip_next(c);
	if (a->dump && (ip_is(c, "linkdown") || ip_is(c, "dead") || ip_is(c, "offload") || ip_is(c, "trap")))
		return true;
	return -1;
}

static bool parse(struct ipcmd *c, struct route6_args *a)
{
	static const char *const no[] = { "encap", "nhid", "from", "as", "tos", "realm", "realms", "ttl-propagate" };

	while (ip_more(c)) {
		int took;

		if (ip_is(c, "nexthop")) {
			if (!take_nexthop(c, &a->cfg))
				return false;
			continue;
		}
		for (size_t i = 0; i < ARRAY_SIZE(no) && !a->dump; i++)
			if (ip_is(c, no[i]))
				return ip_not_emulated(c, arena_printf(c->a, "\"%s\" of an IPv6 route", no[i]));
		took = take_word(c, a);
		if (took == 0 || (took < 0 && !take_dst(c, a)))
			return false;
		c->at++;
	}
	if (!a->dst_given)
		return ip_fail(c, c->line, "a destination is wanted: a prefix or \"default\"");
	if (!a->table_given && (a->cfg.type == RTN_LOCAL || a->cfg.type == RTN_ANYCAST))
		a->cfg.table = RT_TABLE_LOCAL;
	if (!a->cfg.table)
		a->cfg.table = RT_TABLE_MAIN;
	return true;
}

static bool modify(struct ipcmd *c, struct route6_args *a)
{
	int err;

	a->cfg.pos = c->line;
	a->cfg.why = &a->why;
	c->at++;
	if (!parse(c, a))
		return false;
	err = a->del ? fib6_route_del(c->h, &a->cfg) : fib6_route_add(c->h, &a->cfg);
	if (err && a->why)
		return ip_fail(c, c->line, "%s (RTNETLINK answers: %s)", a->why, strerror(-err));
	if (err == -EHOSTUNREACH) {
		ip_fail(c, c->line, "RTNETLINK answers: %s", strerror(-err));
		diag_hint(c->d, "no address of this host, at this point of the file, has the gateway on its network");
		return false;
	}
	return ip_answer(c, err);
}

struct flush6 { uint32_t table; bool all; struct net_device *dev; int proto, type; struct ip6_prefix p; bool exact, root; };

static void flush_one(struct fib6_info *f, void *arg)
{
	const struct flush6 *x = arg;

	if ((!x->all && f->table != x->table) || (x->all && f->table == RT_TABLE_LOCAL) || (x->dev && f->dev != x->dev) ||
	    (x->proto >= 0 && f->protocol != x->proto) || (x->type >= 0 && f->type != x->type))
		return;
	if ((x->exact && (f->plen != x->p.len || !inet_addr_equal(&f->dst, &x->p.addr))) ||
	    (x->root && (f->plen < x->p.len || !ipv6_prefix_equal(&f->dst, &x->p.addr, x->p.len))))
		return;
	fib6_del(f);
}

static bool flush(struct ipcmd *c)
{
	struct flush6 f = { .table = RT_TABLE_MAIN, .proto = -1, .type = -1 };
	uint8_t v = 0;

	if (c->at + 1 == c->nr)
		return ip_fail(c, c->line, "\"ip route flush\" requires arguments");
	for (c->at++; ip_more(c); c->at++) {
		bool ok = true;

		if (ip_is(c, "cache") || ip_is(c, "cached"))
			return true;
		if (ip_matches(c, "table")) {
			ok = ip_next(c);
			f.all = ok && ip_is(c, "all");
			ok = ok && (f.all || ip_is(c, "cache") || ip_table(c, &f.table));
			if (ip_is(c, "cache"))
				return true;
		} else if (ip_is(c, "dev") || ip_is(c, "oif")) {
			ok = ip_next(c) && ip_dev(c, &f.dev);
		} else if (ip_matches(c, "protocol")) {
			ok = ip_next(c) && ip_proto(c, &v);
			f.proto = v;
		} else if (ip_is(c, "type")) {
			ok = ip_next(c) && (ip_rtn(ip_peek(c), &v) || ip_wrong(c, "node type value is invalid"));
			f.type = v;
		} else {
			f.root = ip_is(c, "root");
			f.exact = !f.root;
			ok = ((!ip_is(c, "root") && !ip_is(c, "exact") && !ip_is(c, "to")) || ip_next(c)) && ip6_prefix(c, &f.p);
		}
		if (!ok)
			return false;
	}
	fib6_each(c->h, flush_one, &f);
	return true;
}

static bool add_like(struct ipcmd *c, bool exclusive, bool replace, bool append, bool change)
{
	struct route6_args *a = arena_new(c->a, struct route6_args);

	a->cfg.type = RTN_UNICAST;
	a->cfg.protocol = RTPROT_BOOT;
	a->cfg.exclusive = exclusive;
	a->cfg.replace = replace;
	a->cfg.append = append;
	a->cfg.change = change;
	return modify(c, a);
}

bool ip6_route_listed(struct ipcmd *c)
{
	struct route6_args *a = arena_new(c->a, struct route6_args);
	int err;

	a->dump = true;
	a->cfg.type = RTN_UNICAST;
	a->cfg.protocol = RTPROT_BOOT;
	a->cfg.pos = c->line;
	a->cfg.why = &a->why;
	if (!parse(c, a))
		return false;
	err = fib6_route_add(c->h, &a->cfg);
	return err == -EEXIST || ip_answer(c, err);
}

bool ip_route6(struct ipcmd *c)
{
	struct route6_args *del;

	if (!ip_more(c) || ip_matches(c, "list") || ip_matches(c, "show") || ip_matches(c, "lst"))
		return ip6_route_show(c);
	if (ip_matches(c, "get"))
		return !c->out || ip_not_emulated(c, "asking for an IPv6 route");
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
	if (ip_matches(c, "delete")) {
		del = arena_new(c->a, struct route6_args);
		del->del = true;
		return modify(c, del);
	}
	if (ip_matches(c, "flush"))
		return flush(c);
	return ip_unknown_command(c, "route");
}
