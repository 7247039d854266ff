// SPDX-License-Identifier: MIT
// devinet.c - addresses of devices, the routes they bring, and which one to send from (devinet.c, fib_frontend.c).
#include "sim/net/fib_internal.h"
#include "sim/nat/nat.h"
#include <errno.h>
#include <stdlib.h>

/* ---- all addresses by value: the newest of equal ones comes first ---- */

static unsigned ifa_hash(be32 local)
{
	return (ntohl(local) * 0x9e3779b1u) >> 24;
}

struct in_ifaddr *inet_ifa_find(struct host *h, be32 local)
{
	struct ifa_node *n = h->fib->ifas[ifa_hash(local)];

	while (n && n->ifa.local != local)
		n = n->hnext;
	return n ? &n->ifa : NULL;
}

struct net_device *ip_dev_find(struct host *h, be32 addr)
{
	struct in_ifaddr *ifa = inet_ifa_find(h, addr);
	struct flowi4 fl = { .daddr = addr };
	struct fib_table *local;
	struct fib_result res;

	if (ifa)
		return container_of(ifa, struct ifa_node, ifa)->dev;
	/* All of 127.0.0.0/8 is local, not only the address that is configured. */
	local = fib_get_table(h, RT_TABLE_LOCAL);
	if (local && !fib_table_lookup(local, &fl, &res, 0) && res.type == RTN_LOCAL)
		return fib_res_dev(&res);
	return NULL;
}

/* ---- the routes an address brings ---- */

static struct fib_config kernel_route(enum rtn type, be32 dst, unsigned len, struct net_device *dev,
				      const struct in_ifaddr *ifa, uint32_t metric)
{
	return (struct fib_config){
		.type = (uint8_t)type, .dst = dst, .dst_len = (uint8_t)len, .protocol = RTPROT_KERNEL,
		.priority = metric, .prefsrc = ifa->local, .oif = dev, .append = true,
		.table = type == RTN_UNICAST ? RT_TABLE_MAIN : RT_TABLE_LOCAL,
		.scope = type == RTN_LOCAL ? RT_SCOPE_HOST : RT_SCOPE_LINK,
	};
}

static void route_add(enum rtn type, be32 dst, unsigned len, struct net_device *dev,
		      const struct in_ifaddr *ifa, uint32_t metric)
{
	struct fib_config c = kernel_route(type, dst, len, dev, ifa, metric);

	/* It may be there already, by another address: that is fine. */
	fib_table_insert(dev->host, fib_new_table(dev->host, c.table), &c);
}

static void route_del(enum rtn type, be32 dst, unsigned len, struct net_device *dev,
		      const struct in_ifaddr *ifa)
{
	struct fib_config c = kernel_route(type, dst, len, dev, ifa, 0);

	fib_table_delete(dev->host, fib_new_table(dev->host, c.table), &c);
}

static struct in_ifaddr *ifa_by_prefix(const struct net_device *dev, be32 prefix, be32 mask)
{
	for (struct in_ifaddr *ifa = dev->addrs; ifa; ifa = ifa->next) {
		if (ifa->mask == mask && inet_ifa_match(prefix, ifa))
			return ifa;
	}
	return NULL;
}

static enum rtn connected_type(const struct net_device *dev)
{
	return dev->flags & IFF_LOOPBACK ? RTN_LOCAL : RTN_UNICAST;
}

static bool has_subnet(const struct in_ifaddr *ifa)
{
	be32 prefix = ifa->address & ifa->mask;

	return !ifa->secondary && !ipv4_is_zeronet(prefix) && (prefix != ifa->local || ifa->prefixlen < 32);
}

static void fib_add_ifaddr(struct net_device *dev, const struct in_ifaddr *ifa)
{
	be32 prefix = ifa->address & ifa->mask;
	const struct in_ifaddr *prim = ifa;

	if (ifa->secondary)
		prim = ifa_by_prefix(dev, prefix, ifa->mask);
	if (!prim)
		return;
	route_add(RTN_LOCAL, ifa->local, 32, dev, prim, 0);
	if (!(dev->flags & IFF_UP))
		return;
	if (ifa->broadcast && !ipv4_is_lbcast(ifa->broadcast))
		route_add(RTN_BROADCAST, ifa->broadcast, 32, dev, prim, 0);
	if (!has_subnet(ifa))
		return;
	if (!ifa->noprefixroute)
		route_add(connected_type(dev), prefix, ifa->prefixlen, dev, prim, ifa->metric);
	if (ifa->prefixlen < 31)
		route_add(RTN_BROADCAST, prefix | ~ifa->mask, 32, dev, prim, 0);
}

/* What other addresses still need of those that an address brought. */
enum { KEEP_LOCAL = 1, KEEP_BRD = 2, KEEP_NET_BRD = 4, KEEP_NET_ANY = 8 };

/* Broadcast addresses that "other" answers for; as_primary: also those of its subnet. */
static unsigned kept_by(const struct in_ifaddr *ifa, const struct in_ifaddr *other, bool as_primary)
{
	be32 brd = ifa->address | ~ifa->mask, any = ifa->address & ifa->mask;
	be32 brd1 = other->address | ~other->mask, any1 = other->address & other->mask;
	unsigned keep = 0;

	if (ifa->local == other->local)
		keep |= KEEP_LOCAL;
	if (ifa->broadcast == other->broadcast)
		keep |= KEEP_BRD;
	if (brd == other->broadcast)
		keep |= KEEP_NET_BRD;
	if (any == other->broadcast)
		keep |= KEEP_NET_ANY;
	if (!as_primary || other->prefixlen >= 31 || ipv4_is_zeronet(any1))
		return keep;
	if (ifa->broadcast == brd1 || ifa->broadcast == any1)
		keep |= KEEP_BRD;
	if (brd == brd1 || brd == any1)
		keep |= KEEP_NET_BRD;
	if (any == brd1 || any == any1)
		keep |= KEEP_NET_ANY;
	return keep;
}

static bool same_subnet(const struct in_ifaddr *a, const struct in_ifaddr *b)
{
	return a->mask == b->mask && inet_ifa_match(a->address, b);
}

/* Routes are under their primary address as source: only addresses with the same one keep them.
 * iprim: the primary of a subnet that is being promoted, whose addresses do not count. */
static unsigned routes_kept(const struct net_device *dev, const struct in_ifaddr *ifa,
			    const struct in_ifaddr *prim, const struct in_ifaddr *iprim, bool *ret_gone)
{
	const struct in_ifaddr *prim1 = NULL;
	bool same_prefsrc = false;
	unsigned keep = 0;

	for (const struct in_ifaddr *o = dev->addrs; o; o = o->next) {
		if (o == ifa) {
			*ret_gone = false;
			continue;
		}
		if (iprim && same_subnet(o, iprim))
			continue;
		if (!o->secondary) {
			if (o->local != prim->local)
				continue;
			prim1 = o;
			same_prefsrc |= o != prim;
		} else if (same_subnet(o, prim)) {
			prim1 = prim;
		} else {
			if (!same_prefsrc)
				continue;
			if (!prim1 || !same_subnet(o, prim1))
				prim1 = ifa_by_prefix(dev, o->address, o->mask);
			if (!prim1 || prim1->local != prim->local)
				continue;
		}
		keep |= kept_by(ifa, o, prim1 == o);
	}
	return keep;
}

static void fib_del_ifaddr(struct net_device *dev, struct in_ifaddr *ifa, struct in_ifaddr *iprim)
{
	be32 any = ifa->address & ifa->mask, brd = ifa->address | ~ifa->mask;
	const struct in_ifaddr *prim = ifa;
	bool subnet = has_subnet(ifa), gone = true;
	unsigned keep;

	if (ifa->secondary)
		prim = ifa_by_prefix(dev, any, ifa->mask);
	if (!prim || (ifa->secondary && iprim && iprim != prim))
		return;
	if (subnet && !ifa->noprefixroute)
		route_del(connected_type(dev), any, ifa->prefixlen, dev, prim);
	keep = routes_kept(dev, ifa, prim, iprim, &gone);
	if (!(keep & KEEP_BRD))
		route_del(RTN_BROADCAST, ifa->broadcast, 32, dev, prim);
	if (subnet && ifa->prefixlen < 31) {
		if (!(keep & KEEP_NET_BRD))
			route_del(RTN_BROADCAST, brd, 32, dev, prim);
		if (!(keep & KEEP_NET_ANY))
			route_del(RTN_BROADCAST, any, 32, dev, prim);
	}
	if (keep & KEEP_LOCAL)
		return;
	route_del(RTN_LOCAL, ifa->local, 32, dev, prim);
	if (gone && inet_addr_type(dev->host, ifa->local) != RTN_LOCAL &&
	    fib_sync_down_addr(dev, ifa->local))
		fib_flush(dev->host);
}

/* ---- adding and deleting ---- */

static void ifa_event(struct net_device *dev, struct in_ifaddr *ifa, bool up)
{
	if (up) {
		fib_add_ifaddr(dev, ifa);
		fib_sync_up(dev, true);
	} else {
		fib_del_ifaddr(dev, ifa, NULL);
	}
	dev->host->fib->addr_genid++;
	if (!up && !dev->addrs)
		fib_disable_ip(dev, true);
	if (!up && dev->host->nat && ifa->address)
		nat_masq_device_gone(dev, ifa->address);
}

int inet_addr_add(struct net_device *dev, const struct in_ifaddr *req)
{
	struct in_ifaddr **pp = &dev->addrs, **last_primary = &dev->addrs, *o;
	struct fib_state *s = dev->host->fib;
	struct ifa_node *n;

	route_changed(dev->host);
	if (req->prefixlen > 32)
		return -EINVAL;
	n = xcalloc(1, sizeof(*n));
	n->ifa = *req;
	n->dev = dev;
	n->ifa.secondary = false;
	n->ifa.mask = inet_make_mask(req->prefixlen);
	if (!n->ifa.address)
		n->ifa.address = req->local;
	if (!n->ifa.label[0])
		memcpy(n->ifa.label, dev->name, IFNAMSIZ);
	for (; (o = *pp); pp = &o->next) {
		if (!o->secondary && n->ifa.scope <= o->scope)
			last_primary = &o->next;
		if (!same_subnet(o, &n->ifa))
			continue;
		if (o->local == n->ifa.local || o->scope != n->ifa.scope) {
			int err = o->local == n->ifa.local ? -EEXIST : -EINVAL;

			free(n);
			return err;
		}
		n->ifa.secondary = true;
	}
	if (!n->ifa.secondary)
		pp = last_primary;
	n->ifa.next = *pp;
	*pp = &n->ifa;
	n->hnext = s->ifas[ifa_hash(req->local)];
	s->ifas[ifa_hash(req->local)] = n;
	ifa_event(dev, &n->ifa, true);
	return 0;
}

static void ifa_unlink(struct net_device *dev, struct in_ifaddr *ifa)
{
	struct ifa_node **hp = &dev->host->fib->ifas[ifa_hash(ifa->local)];
	struct in_ifaddr **pp = &dev->addrs;

	while (*pp != ifa)
		pp = &(*pp)->next;
	*pp = ifa->next;
	while (&(*hp)->ifa != ifa)
		hp = &(*hp)->hnext;
	*hp = (*hp)->hnext;
}

static void ifa_free(struct in_ifaddr *ifa)
{
	free(container_of(ifa, struct ifa_node, ifa));
}

static void drop_secondary(struct net_device *dev, struct in_ifaddr *ifa)
{
	ifa_unlink(dev, ifa);
	ifa_event(dev, ifa, false);
	ifa_free(ifa);
}

static struct in_ifaddr *find_heir(const struct in_ifaddr *ifa)
{
	for (struct in_ifaddr *o = ifa->next; o; o = o->next) {
		if (o->secondary && same_subnet(o, ifa))
			return o;
	}
	return NULL;
}

/* The heir leaves the secondaries and becomes the last of the primaries, routes of its subnet follow. */
static void promote(struct net_device *dev, const struct in_ifaddr *ifa, struct in_ifaddr *heir)
{
	struct in_ifaddr **pp;

	for (pp = &dev->addrs; *pp != heir; pp = &(*pp)->next)
		;
	*pp = heir->next;
	for (pp = &dev->addrs; *pp && !(*pp)->secondary && ifa->scope <= (*pp)->scope; pp = &(*pp)->next)
		;
	heir->next = *pp;
	*pp = heir;
	heir->secondary = false;
	ifa_event(dev, heir, true);
	for (struct in_ifaddr *o = heir->next; o; o = o->next) {
		if (same_subnet(o, ifa))
			fib_add_ifaddr(dev, o);
	}
}

/* A primary takes its secondaries along, unless promote_secondaries makes the first the heir. */
static void ifa_delete(struct net_device *dev, struct in_ifaddr *ifa)
{
	struct in_ifaddr *heir = ifa->secondary ? NULL : find_heir(ifa), *o, *next;

	if (!IN_DEV_ORCONF(dev, promote_secondaries)) {
		for (o = heir; o; o = next) {
			next = o->next;
			if (o->secondary && same_subnet(o, ifa))
				drop_secondary(dev, o);
		}
		heir = NULL;
	}
	/* Their routes name ifa as source: away with them while all addresses are still there. */
	for (o = heir; o; o = o->next) {
		if (same_subnet(o, ifa))
			fib_del_ifaddr(dev, o, ifa);
	}
	ifa_unlink(dev, ifa);
	ifa_event(dev, ifa, false);
	if (heir)
		promote(dev, ifa, heir);
	ifa_free(ifa);
}

/* As RTM_DELADDR: what the request names must fit. */
int inet_addr_del(struct net_device *dev, const struct in_ifaddr *req)
{
	be32 address = req->address ? req->address : req->local;

	route_changed(dev->host);
	for (struct in_ifaddr *ifa = dev->addrs; ifa; ifa = ifa->next) {
		if (req->local != ifa->local)
			continue;
		if (req->label[0] && strcmp(req->label, ifa->label) != 0)
			continue;
		if (req->prefixlen &&
		    (req->prefixlen != ifa->prefixlen || !inet_ifa_match(address, ifa)))
			continue;
		ifa_delete(dev, ifa);
		return 0;
	}
	return -EADDRNOTAVAIL;
}

/* ---- devices go up and down ---- */

void fib_dev_up(struct net_device *dev)
{
	route_changed(dev->host);
	for (struct in_ifaddr *ifa = dev->addrs; ifa; ifa = ifa->next)
		fib_add_ifaddr(dev, ifa);
	fib_sync_up(dev, true);
	dev->host->fib->addr_genid++;
}

void fib_dev_down(struct net_device *dev)
{
	route_changed(dev->host);
	fib_disable_ip(dev, false);
}

/* ---- which address to use ---- */

static uint8_t localnet_scope(const struct net_device *dev)
{
	return IN_DEV_ORCONF(dev, route_localnet) ? RT_SCOPE_LINK : RT_SCOPE_HOST;
}

be32 inet_select_addr(const struct net_device *dev, be32 dst, int scope)
{
	uint8_t localnet = localnet_scope(dev);
	be32 addr = 0;

	for (const struct in_ifaddr *ifa = dev->addrs; ifa; ifa = ifa->next) {
		if (ifa->secondary || MIN(ifa->scope, localnet) > scope)
			continue;
		if (!dst || inet_ifa_match(dst, ifa))
			return ifa->local;
		if (!addr)
			addr = ifa->local;
	}
	if (addr)
		return addr;
	/* Any other device's will do; lo comes first, for the addresses put there on purpose. */
	for (dev = dev->host->devs; dev; dev = dev->next) {
		for (const struct in_ifaddr *ifa = dev->addrs; ifa; ifa = ifa->next) {
			if (!ifa->secondary && ifa->scope != RT_SCOPE_LINK && ifa->scope <= scope)
				return ifa->local;
		}
	}
	return 0;
}

bool inet_addr_onlink(const struct net_device *dev, be32 a, be32 b)
{
	for (const struct in_ifaddr *ifa = dev->addrs; ifa; ifa = ifa->next) {
		if (!ifa->secondary && inet_ifa_match(a, ifa) && (!b || inet_ifa_match(b, ifa)))
			return true;
	}
	return false;
}

/* An address of dev that may be used (local, or any when 0) and lies in a subnet with dst and local. */
static be32 confirm_on(const struct net_device *dev, be32 dst, be32 local, int scope)
{
	uint8_t localnet = localnet_scope(dev);
	bool same = false;
	be32 addr = 0;

	for (const struct in_ifaddr *ifa = dev->addrs; ifa; ifa = ifa->next) {
		bool in_scope = MIN(ifa->scope, localnet) <= scope;

		if (!addr && (local == ifa->local || !local) && in_scope) {
			addr = ifa->local;
			if (same)
				break;
		}
		if (same)
			continue;
		same = (!local || inet_ifa_match(local, ifa)) && (!dst || inet_ifa_match(dst, ifa));
		if (!same || !addr)
			continue;
		if (local || !dst || inet_ifa_match(addr, ifa))
			break;
		if (in_scope) {
			addr = ifa->local;
			break;
		}
		same = false;
	}
	return same ? addr : 0;
}

be32 inet_confirm_addr(struct host *h, const struct net_device *dev, be32 dst, be32 local, int scope)
{
	be32 addr = 0;

	if (dev)
		return confirm_on(dev, dst, local, scope);
	for (dev = h->devs; dev && !addr; dev = dev->next)
		addr = confirm_on(dev, dst, local, scope);
	return addr;
}
