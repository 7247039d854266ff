// SPDX-License-Identifier: MIT
/* ip_neigh.c - "ip neigh": entries made by hand, proxies. */
#include "sim/world/ipcmd.h"
#include "sim/net/ipv6.h"
#include "sim/net/neigh.h"

struct neigh_args {
	union inet_addr ip;
	bool ip_given, proxy, mac_given, router;
	uint8_t mac[ETH_ALEN];
	const char *nud;
	struct net_device *dev;
};

static bool take_addr(struct ipcmd *c, union inet_addr *ret)
{
	*ret = (union inet_addr){ .ip = 0 };
	return c->family == AF_INET6 ? ip6_addr(c, ret) : ip_addr(c, &ret->ip);
}

static bool parse(struct ipcmd *c, struct neigh_args *a)
{
	for (; ip_more(c); c->at++) {
		if (ip_is(c, "lladdr")) {
			if (!ip_next(c) || !ip_mac(c, a->mac))
				return false;
			a->mac_given = true;
		} else if (ip_is(c, "nud")) {
			enum nud nud;

			if (!ip_next(c))
				return false;
			if (!neigh_state_parse(ip_peek(c), &nud))
				return ip_wrong(c, "nud state is bad");
			a->nud = ip_peek(c);
		} else if (ip_is(c, "dev")) {
			if (!ip_next(c) || !ip_dev(c, &a->dev))
				return false;
		} else if (ip_matches(c, "proxy")) {
			if (!ip_next(c) || !take_addr(c, &a->ip))
				return false;
			a->proxy = a->ip_given = true;
		} else if (ip_matches(c, "protocol")) {
			uint8_t proto;

			if (!ip_next(c) || !ip_proto(c, &proto))
				return false;
		} else if (ip_is(c, "router")) {
			a->router = true;
		} else if (ip_matches(c, "extern_learn") ||
			   ip_is(c, "managed") || ip_is(c, "use")) {
			continue;
		} else {
			if (ip_is(c, "to") && !ip_next(c))
				return false;
			if (a->ip_given)
				return ip_twice(c, "to");
			if (!take_addr(c, &a->ip))
				return false;
			a->ip_given = true;
		}
	}
	if (!a->dev || !a->ip_given)
		return ip_fail(c, c->line, "device and destination are required arguments.");
	return true;
}

/* Questions for the address come to its group. */
static void set_proxy(struct neigh_table *t, const struct neigh_args *a, bool v6)
{
	union inet_addr group = addrconf_addr_solict_mult(&a->ip);

	if (v6 && a->dev->ip6 && !pneigh_lookup(t, a->dev, &a->ip))
		ipv6_dev_mc_inc(a->dev, &group);
	pneigh_add(t, a->dev, &a->ip, a->router);
}

static bool unset_proxy(struct neigh_table *t, const struct neigh_args *a, bool v6)
{
	union inet_addr group = addrconf_addr_solict_mult(&a->ip);

	if (!pneigh_del(t, a->dev, &a->ip))
		return false;
	if (v6 && a->dev->ip6)
		ipv6_dev_mc_dec(a->dev, &group);
	return true;
}

static bool modify(struct ipcmd *c, bool add, bool create, bool exclusive)
{
	struct neigh_args a = { .nud = "permanent" };
	struct neigh_table *t = c->family == AF_INET6 ? c->h->nd_tbl : c->h->arp_tbl;
	enum nud nud;
	bool there;

	c->at++;
	if (!parse(c, &a))
		return false;
	if (a.proxy && add) {
		set_proxy(t, &a, c->family == AF_INET6);
		return true;
	}
	if (a.proxy)
		return unset_proxy(t, &a, c->family == AF_INET6) ||
		       ip_fail(c, c->line, "RTNETLINK answers: No such file or directory");
	there = neigh_find(t, a.dev, &a.ip) != NULL;
	if (!add)
		return neigh_unset(t, a.dev, &a.ip) ||
		       ip_fail(c, c->line, "RTNETLINK answers: No such file or directory");
	if (there && exclusive)
		return ip_fail(c, c->line, "RTNETLINK answers: File exists");
	if (!there && !create)
		return ip_fail(c, c->line, "RTNETLINK answers: No such file or directory");
	if (!a.mac_given && !there && neigh_state_parse(a.nud, &nud) && (nud & NUD_VALID))
		return ip_fail(c, c->line,
			       "No link layer address given (RTNETLINK answers: Invalid argument)");
	return neigh_set(t, a.dev, &a.ip, a.mac_given ? a.mac : NULL, a.nud) ||
	       ip_fail(c, c->line, "RTNETLINK answers: Invalid argument");
}

struct flush { struct ipcmd *c; struct net_device *dev; };

static void flush_one(struct neighbour *n, void *arg)
{
	struct flush *f = arg;

	if ((!f->dev || n->dev == f->dev) && !(n->nud_state & (NUD_PERMANENT | NUD_NOARP)))
		neigh_unset(n->tbl, n->dev, &n->addr);
}

static bool flush(struct ipcmd *c)
{
	struct flush f = { c, NULL };

	for (c->at++; ip_more(c); c->at++) {
		if (!ip_is(c, "dev"))
			return ip_not_emulated(c, "a choice other than \"dev\"");
		if (!ip_next(c) || !ip_dev(c, &f.dev))
			return false;
	}
	if (!f.dev)
		return ip_fail(c, c->line, "flush requires arguments.");
	if (c->family != AF_INET6)
		neigh_each(c->h->arp_tbl, flush_one, &f);
	if (c->family != AF_INET)
		neigh_each(c->h->nd_tbl, flush_one, &f);
	return true;
}

bool ip_neigh(struct ipcmd *c)
{
	if (!ip_more(c))
		return ip_neigh_show(c);
	if (ip_matches(c, "add"))
		return modify(c, true, true, true);
	if (ip_matches(c, "change") || ip_is(c, "chg"))
		return modify(c, true, false, false);
	if (ip_matches(c, "replace"))
		return modify(c, true, true, false);
	if (ip_matches(c, "delete"))
		return modify(c, false, false, false);
	if (ip_matches(c, "get") || ip_matches(c, "show") || ip_matches(c, "lst") || ip_matches(c, "list"))
		return ip_neigh_show(c);
	if (ip_matches(c, "flush"))
		return flush(c);
	return ip_unknown_command(c, "neigh");
}
