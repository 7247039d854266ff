// SPDX-License-Identifier: MIT
/* ip_addr.c - "ip address". */
#include "sim/world/ipcmd.h"
#include <errno.h>
#include <fnmatch.h>

struct addr_args {
	struct ip_prefix local, peer;
	bool local_given, peer_given, scope_given, noprefixroute, brd_given;
	int brd_how; /* 0 = brd, +1 = all host bits set ("+"), -1 = clear ("-") */
	be32 brd;
	uint8_t scope;
	uint32_t metric;
	const char *label;
	struct net_device *dev;
};

static be32 mask_of(unsigned len)
{
	return len ? htonl(UINT32_MAX << (32 - len)) : 0;
}

static bool take_broadcast(struct ipcmd *c, struct addr_args *a)
{
	if (!ip_next(c))
		return false;
	if (a->brd_given)
		return ip_twice(c, "broadcast");
	a->brd_given = true;
	if (ip_is(c, "+") || ip_is(c, "-")) {
		a->brd_how = ip_is(c, "+") ? 1 : -1;
		return true;
	}
	return ip_addr(c, &a->brd);
}

static bool take_lifetime(struct ipcmd *c, const char *key)
{
	uint32_t v;
	struct pos pos = ip_pos(c);

	if (!ip_next(c))
		return false;
	if (ip_is(c, "forever"))
		return true;
	if (!ip_u32(c, UINT32_MAX, key, &v))
		return false;
	diag_warn(c->d, pos, "addresses do not age here: the lifetime is left out");
	return true;
}

static bool take_local(struct ipcmd *c, struct addr_args *a)
{
	if (ip_is(c, "local") && !ip_next(c))
		return false;
	if (a->local_given)
		return ip_twice(c, "local");
	a->local_given = true;
	return ip_prefix(c, &a->local);
}

static bool is_flag(const struct ipcmd *c)
{
	return ip_is(c, "home") || ip_is(c, "nodad") || ip_is(c, "mngtmpaddr") ||
	       ip_is(c, "optimistic") || ip_is(c, "autojoin");
}

static bool parse(struct ipcmd *c, struct addr_args *a)
{
	uint8_t proto;

	for (; ip_more(c); c->at++) {
		bool ok = true;

		if (ip_is(c, "peer") || ip_is(c, "remote")) {
			ok = ip_next(c) && (!a->peer_given || ip_twice(c, "peer")) &&
			     ip_prefix(c, &a->peer);
			a->peer_given = true;
		} else if (ip_matches(c, "broadcast") || ip_is(c, "brd")) {
			ok = take_broadcast(c, a);
		} else if (ip_matches(c, "anycast")) {
			ok = ip_not_emulated(c, "an anycast address");
		} else if (ip_matches(c, "scope")) {
			ok = ip_next(c) && ip_scope(c, &a->scope);
			a->scope_given = true;
		} else if (ip_is(c, "dev")) {
			ok = ip_next(c) && ip_dev(c, &a->dev);
		} else if (ip_is(c, "label")) {
			ok = ip_next(c);
			a->label = ip_peek(c);
		} else if (ip_matches(c, "metric") || ip_matches(c, "priority") ||
			   ip_matches(c, "preference")) {
			ok = ip_next(c) &&
			     ip_u32(c, UINT32_MAX, "\"metric\" value is invalid", &a->metric);
		} else if (ip_matches(c, "valid_lft") || ip_matches(c, "preferred_lft")) {
			ok = take_lifetime(c, "lifetime value");
		} else if (ip_is(c, "noprefixroute")) {
			a->noprefixroute = true;
		} else if (ip_is(c, "proto")) {
			ok = ip_next(c) && ip_proto(c, &proto);
		} else if (!is_flag(c)) {
			ok = take_local(c, a);
		}
		if (!ok)
			return false;
	}
	return true;
}

/* What ip and the kernel add to what was given. */
static bool complete(struct ipcmd *c, struct addr_args *a, struct in_ifaddr *ifa)
{
	struct ip_prefix peer = a->peer;
	const struct ip_prefix *net = a->peer_given ? &peer : &a->local;

	if (a->peer_given && !peer.addr)
		return ip_not_emulated(c, "an address without a peer's address");
	if (!peer.len)
		peer.len = a->local.len;
	if (!a->dev)
		return ip_fail(c, c->line, "not enough information: \"dev\" argument is required.");
	if (!a->local_given)
		return ip_fail(c, c->line, "RTNETLINK answers: Operation not supported");
	if (a->label && strlen(a->label) >= IFNAMSIZ)
		return ip_fail(c, c->line, "Attribute failed policy validation (RTNETLINK answers: Numerical result out of range)");
	*ifa = (struct in_ifaddr){ .local = a->local.addr,
				   .address = net->addr,
				   .prefixlen = net->len,
				   .metric = a->metric,
				   .mask = mask_of(net->len),
				   .noprefixroute = a->noprefixroute };
	ifa->broadcast = a->brd;
	if (a->brd_how && net->len <= 30)
		ifa->broadcast = a->brd_how > 0 ? net->addr | ~ifa->mask : net->addr & ifa->mask;
	ifa->scope = a->scope_given		       ? a->scope
		     : ipv4_is_loopback(a->local.addr) ? RT_SCOPE_HOST
						       : RT_SCOPE_UNIVERSE;
	strcpy(ifa->label, a->label ? a->label : a->dev->name);
	return true;
}

/* The address of dev that a request means (find_matching_ifa). */
static struct in_ifaddr *same_addr(struct net_device *dev, const struct in_ifaddr *ifa)
{
	for (struct in_ifaddr *i = dev->addrs; i; i = i->next)
		if (i->mask == ifa->mask && !((i->address ^ ifa->address) & ifa->mask) &&
		    i->local == ifa->local)
			return i;
	return NULL;
}

int ip_addr_insert(struct net_device *dev, const struct in_ifaddr *ifa)
{
	/* From its first address on, a device's settings no longer follow "default". */
	dev->conf.state = dev->neigh.state = UINT64_MAX;
	return ifa->local ? inet_addr_add(dev, ifa) : 0;
}

/* An address that is there gets another metric: so does the route to its network
 * (fib_modify_prefix_metric). */
static void change_metric(struct net_device *dev, struct in_ifaddr *i, uint32_t metric)
{
	struct fib_config net = { .dst = i->address & i->mask,
				  .dst_len = i->prefixlen,
				  .type = RTN_UNICAST,
				  .scope = RT_SCOPE_LINK,
				  .scope_given = true,
				  .protocol = RTPROT_KERNEL,
				  .table = RT_TABLE_MAIN,
				  .prefsrc = i->local,
				  .oif = dev,
				  .append = true };
	bool has_route =
		(dev->flags & IFF_UP) && !i->secondary && !i->noprefixroute && i->prefixlen < 32;

	if (i->metric == metric)
		return;
	if (has_route) {
		net.priority = metric;
		fib_route_add(dev->host, &net);
		net.priority = i->metric;
		fib_route_del(dev->host, &net);
	}
	i->metric = metric;
}

static bool add(struct ipcmd *c, bool replace)
{
	struct addr_args a = { 0 };
	struct in_ifaddr ifa, *old;
	int err;

	c->at++;
	if (!parse(c, &a) || !complete(c, &a, &ifa))
		return false;
	if (replace && (old = same_addr(a.dev, &ifa))) {
		change_metric(a.dev, old, ifa.metric);
		return true;
	}
	err = ip_addr_insert(a.dev, &ifa);
	if (err == -EEXIST)
		return ip_fail(c, c->line,
			       "ipv4: Address already assigned (RTNETLINK answers: File exists)");
	return ip_answer(c, err);
}

/* What is given must fit; without a length any does. */
static bool wanted(const struct in_ifaddr *i, const struct addr_args *a)
{
	const struct ip_prefix *net = a->peer_given ? &a->peer : &a->local;

	if (a->local_given && i->local != a->local.addr)
		return false;
	if (a->label && strcmp(a->label, i->label) != 0)
		return false;
	if ((a->peer_given || a->local.len_given) &&
	    (i->prefixlen != net->len || ((i->address ^ net->addr) & i->mask)))
		return false;
	return true;
}

static bool del(struct ipcmd *c)
{
	struct addr_args a = { 0 };
	char buf[ADDRSTRLEN];

	c->at++;
	if (!parse(c, &a))
		return false;
	if (!a.dev)
		return ip_fail(c, c->line, "not enough information: \"dev\" argument is required.");
	if (a.local_given && !a.local.len_given && !a.peer_given)
		diag_warn(c->d, c->line, "Warning: Executing wildcard deletion to stay compatible with old scripts.\n"
			  "         Explicitly specify the prefix length (%s/32) to avoid this warning.\n"
			  "         This special behaviour is likely to disappear in further releases,\n"
			  "         fix your scripts!\n", ip4_str(buf, a.local.addr));
	for (struct in_ifaddr *i = a.dev->addrs; i; i = i->next)
		if (wanted(i, &a)) {
			struct in_ifaddr copy = *i;

			return ip_answer(c, inet_addr_del(a.dev, &copy));
		}
	return ip_fail(
		c, c->line,
		"ipv4: Address not found (RTNETLINK answers: Cannot assign requested address)");
}

struct flush_args {
	struct net_device *dev;
	struct ip_prefix to;
	bool to_given, scope_given;
	uint8_t scope;
	const char *label;
};

static bool flush_fits(const struct in_ifaddr *i, const struct flush_args *f)
{
	if (f->to_given && ((i->local ^ f->to.addr) & mask_of(f->to.len)))
		return false;
	if (f->scope_given && i->scope != f->scope)
		return false;
	return !f->label || fnmatch(f->label, i->label, 0) == 0;
}

static void flush_dev(struct net_device *dev, const struct flush_args *f)
{
	struct in_ifaddr *i, copy;

	do {		/* deleting one may take others along */
		for (i = dev->addrs; i && !flush_fits(i, f); i = i->next)
			;
		if (i)
			copy = *i;
	} while (i && inet_addr_del(dev, &copy) == 0);
}

static bool flush(struct ipcmd *c)
{
	struct flush_args f = { 0 };

	for (c->at++; ip_more(c); c->at++) {
		bool ok;

		if (ip_is(c, "to")) {
			ok = ip_next(c) && ip_prefix(c, &f.to);
			f.to_given = true;
		} else if (ip_is(c, "scope")) {
			ok = ip_next(c) && (ip_is(c, "all") || ip_scope(c, &f.scope));
			f.scope_given = ok && !ip_is(c, "all");
		} else if (ip_is(c, "label")) {
			ok = ip_next(c);
			f.label = ip_peek(c);
		} else {
			ok = (!ip_is(c, "dev") || ip_next(c)) && ip_dev(c, &f.dev);
		}
		if (!ok)
			return false;
	}
	if (!f.dev && !f.to_given && !f.scope_given && !f.label)
		return ip_fail(c, c->line, "flush requires arguments.");
	for (struct net_device *dev = c->h->devs; dev; dev = dev->next)
		if (!f.dev || f.dev == dev) {
			flush_dev(dev, &f);
			if (!c->family && !f.to_given && !f.scope_given && !f.label)
				ip6_flush_dev(dev, NULL);
		}
	return true;
}

bool ip_address(struct ipcmd *c)
{
	if (!ip_more(c))
		return ip_address_show(c);
	if (ip_matches(c, "add"))
		return add(c, false);
	if (ip_matches(c, "change") || ip_is(c, "chg") || ip_matches(c, "replace"))
		return add(c, true);
	if (ip_matches(c, "delete"))
		return del(c);
	if (ip_matches(c, "show") || ip_matches(c, "lst") || ip_matches(c, "list"))
		return ip_address_show(c);
	if (ip_matches(c, "flush"))
		return flush(c);
	return ip_unknown_command(c, "address");
}
