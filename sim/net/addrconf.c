// SPDX-License-Identifier: MIT
/* addrconf.c - IPv6 addresses of devices: given, made from the link address, or from a router's word; the
 * routes and groups they bring; duplicate address detection (net/ipv6/addrconf.c, anycast.c). */
#include "sim/net/ipv6.h"
#include "sim/nat/nat.h"
#include "sim/net/neigh.h"
#include <errno.h>
#include <stdlib.h>

#define ND_OPT_PREFIX_LEN 32u
#define NODE_ALLNODES(s) (union inet_addr){ .ip6 = { 0xff, s, [15] = 1 } }
#define NODE_ALLROUTERS(s) (union inet_addr){ .ip6 = { 0xff, s, [15] = 2 } }

static uint64_t now_of(const struct net_device *dev)
{
	return dev->host->clock->now;
}

/* ---- routes that an address brings ---- */

static struct fib6_info *kernel_route(struct net_device *dev, const union inet_addr *dst, unsigned plen, enum rtn type,
				      uint32_t table, uint32_t metric, uint64_t expires)
{
	struct fib6_config c = { .dst = *dst, .plen = (uint8_t)plen, .type = (uint8_t)type, .protocol = RTPROT_KERNEL,
				 .table = table, .metric = metric, .nh = { .dev = dev }, .expires = expires };

	return fib6_insert_kernel(dev->host, &c);
}

struct prefix_search { const struct net_device *dev; const union inet_addr *dst; unsigned plen; struct fib6_info *found; };

static void prefix_search_one(struct fib6_info *f, void *arg)
{
	struct prefix_search *s = arg;

	if (!s->found && f->table == RT_TABLE_MAIN && f->dev == s->dev && f->plen == s->plen && f->type == RTN_UNICAST &&
	    f->protocol == RTPROT_KERNEL && !f->has_gw && ipv6_prefix_equal(&f->dst, s->dst, s->plen))
		s->found = f;
}

static struct fib6_info *find_prefix_route(struct net_device *dev, const union inet_addr *dst, unsigned plen)
{
	struct prefix_search s = { dev, dst, plen, NULL };

	fib6_each(dev->host, prefix_search_one, &s);
	return s.found;
}

static void prefix_route(struct inet6_ifaddr *ifa, uint64_t expires)
{
	const union inet_addr *net = ifa->has_peer ? &ifa->peer : &ifa->addr;

	if (ifa->flags & IFA_F_NOPREFIXROUTE || ifa->dev->kind == DEV_LO)
		return;
	kernel_route(ifa->dev, net, ifa->has_peer ? 128 : ifa->plen, RTN_UNICAST, RT_TABLE_MAIN,
		     ifa->priority ? ifa->priority : IP6_RT_PRIO_ADDRCONF, expires);
}

/* Another address of the same network keeps its route. */
static void prefix_route_gone(struct inet6_ifaddr *ifa)
{
	const union inet_addr *net = ifa->has_peer ? &ifa->peer : &ifa->addr;
	unsigned plen = ifa->has_peer ? 128 : ifa->plen;
	struct fib6_info *f;

	if (ifa->flags & IFA_F_NOPREFIXROUTE || !(ifa->flags & IFA_F_PERMANENT))
		return;
	for (const struct inet6_ifaddr *o = ifa->dev->ip6->addrs; o; o = o->next)
		if (o != ifa && o->plen == plen && !(o->flags & IFA_F_NOPREFIXROUTE) && ipv6_prefix_equal(&o->addr, net, plen))
			return;
	f = find_prefix_route(ifa->dev, net, plen);
	if (f)
		fib6_del(f);
}

/* ---- anycast: a router's subnets ---- */

static struct mc6 **find_group(struct mc6 **at, const union inet_addr *addr)
{
	while (*at && !inet_addr_equal(&(*at)->addr, addr))
		at = &(*at)->next;
	return at;
}

static union inet_addr prefix_of(const union inet_addr *a, unsigned plen)
{
	union inet_addr p = { .all = { 0 } };

	memcpy(p.ip6, a->ip6, plen / 8);
	if (plen % 8)
		p.ip6[plen / 8] = (uint8_t)(a->ip6[plen / 8] & (0xff00 >> plen % 8));
	return p;
}

static void anycast_join(struct inet6_ifaddr *ifa)
{
	union inet_addr p = prefix_of(&ifa->addr, ifa->plen), group;
	struct inet6_dev *idev = ifa->dev->ip6;
	struct mc6 **at = find_group(&idev->ac, &p);

	if (ifa->plen >= 127 || ipv6_addr_any(&p))
		return;
	if (*at) {
		(*at)->users++;
		return;
	}
	*at = xcalloc(1, sizeof(**at));
	(*at)->addr = p;
	(*at)->users = 1;
	kernel_route(ifa->dev, &p, 128, RTN_ANYCAST, RT_TABLE_LOCAL, 0, 0);
	group = addrconf_addr_solict_mult(&p);
	ipv6_dev_mc_inc(ifa->dev, &group);
}

struct anycast_search { const struct net_device *dev; const union inet_addr *addr; struct fib6_info *found; };

static void anycast_search_one(struct fib6_info *f, void *arg)
{
	struct anycast_search *s = arg;

	if (f->type == RTN_ANYCAST && f->dev == s->dev && inet_addr_equal(&f->dst, s->addr))
		s->found = f;
}

static void anycast_leave(struct inet6_ifaddr *ifa)
{
	union inet_addr p = prefix_of(&ifa->addr, ifa->plen), group = addrconf_addr_solict_mult(&p);
	struct mc6 **at = find_group(&ifa->dev->ip6->ac, &p), *gone = *at;
	struct anycast_search s = { ifa->dev, &p, NULL };

	if (ifa->plen >= 127 || !gone || --gone->users)
		return;
	*at = gone->next;
	free(gone);
	fib6_each(ifa->dev->host, anycast_search_one, &s);
	if (s.found)
		fib6_del(s.found);
	ipv6_dev_mc_dec(ifa->dev, &group);
}

bool ipv6_chk_acast_addr(struct host *h, const struct net_device *dev, const union inet_addr *addr)
{
	if (dev)
		return dev->ip6 && *find_group(&dev->ip6->ac, addr);
	for (dev = h->devs; dev; dev = dev->next)
		if (ipv6_chk_acast_addr(h, dev, addr))
			return true;
	return false;
}

/* ---- looking ---- */

struct inet6_ifaddr *ipv6_get_ifaddr(struct host *h, const union inet_addr *addr, const struct net_device *dev)
{
	for (const struct net_device *d = dev ? dev : h->devs; d; d = dev ? NULL : d->next)
		for (struct inet6_ifaddr *ifa = d->ip6 ? d->ip6->addrs : NULL; ifa; ifa = ifa->next)
			if (inet_addr_equal(&ifa->addr, addr))
				return ifa;
	return NULL;
}

bool ipv6_chk_addr(struct host *h, const union inet_addr *addr, const struct net_device *dev, bool strict)
{
	bool link = ipv6_addr_src_scope(addr) <= 2;

	for (const struct net_device *d = h->devs; d; d = d->next) {
		if (dev && d != dev && (link || strict))
			continue;
		for (const struct inet6_ifaddr *ifa = d->ip6 ? d->ip6->addrs : NULL; ifa; ifa = ifa->next)
			if (inet_addr_equal(&ifa->addr, addr) &&
			    (!(ifa->flags & IFA_F_TENTATIVE) || ifa->flags & IFA_F_OPTIMISTIC))
				return true;
	}
	return false;
}

bool ipv6_get_lladdr(const struct net_device *dev, union inet_addr *ret, uint32_t banned)
{
	for (const struct inet6_ifaddr *ifa = dev->ip6 ? dev->ip6->addrs : NULL; ifa; ifa = ifa->next) {
		if (!ipv6_is_linklocal(&ifa->addr) || ifa->flags & banned)
			continue;
		*ret = ifa->addr;
		return true;
	}
	return false;
}

/* ---- one address comes and goes ---- */

static void address_del(struct inet6_ifaddr *ifa);

static void life_timer(struct timer *t)
{
	struct inet6_ifaddr *ifa = container_of(t, struct inet6_ifaddr, life);
	struct evq *q = ifa->dev->host->clock;

	if (ifa->valid_until <= q->now) {
		address_del(ifa);
		return;
	}
	if (ifa->preferred_until <= q->now)
		ifa->flags |= IFA_F_DEPRECATED;
	if (ifa->valid_until != IFA_TIME_FOREVER)
		timer_set(q, t, ifa->valid_until);
}

static void arm_life(struct inet6_ifaddr *ifa)
{
	struct evq *q = ifa->dev->host->clock;
	uint64_t next = MIN(ifa->valid_until, ifa->preferred_until > q->now ? ifa->preferred_until : IFA_TIME_FOREVER);

	timer_off(q, &ifa->life);
	ifa->flags &= ~IFA_F_DEPRECATED;
	if (ifa->preferred_until <= q->now)
		ifa->flags |= IFA_F_DEPRECATED;
	if (next != IFA_TIME_FOREVER)
		timer_set(q, &ifa->life, next);
}

/* The address may be used from now on. */
static void address_ready(struct inet6_ifaddr *ifa)
{
	struct inet6_dev *idev = ifa->dev->ip6;

	ifa->flags &= ~(IFA_F_TENTATIVE | IFA_F_OPTIMISTIC | IFA_F_DADFAILED);
	if (ifa->dev->host->conf6_all.ndisc_notify || idev->conf.ndisc_notify)
		ndisc_send_na(ifa->dev, &in6addr_linklocal_allnodes, &ifa->addr, idev->conf.forwarding, false, true, true);
	if (ipv6_is_linklocal(&ifa->addr) && idev->conf.accept_ra && !(idev->conf.forwarding && idev->conf.accept_ra < 2) &&
	    idev->rs_left && !timer_on(&idev->rs)) {
		idev->rs_interval = (uint64_t)idev->conf.router_solicitation_interval * NSEC_PER_SEC;
		timer_set(ifa->dev->host->clock, &idev->rs,
			  now_of(ifa->dev) + (uint64_t)idev->conf.router_solicitation_delay * NSEC_PER_SEC);
	}
}

static void rs_timer(struct timer *t)
{
	struct inet6_dev *idev = container_of(t, struct inet6_dev, rs);
	struct net_device *dev = idev->dev;
	uint64_t max = (uint64_t)idev->conf.router_solicitation_max_interval * NSEC_PER_SEC;
	union inet_addr saddr;

	if (!idev->ready || !idev->rs_left || !ipv6_get_lladdr(dev, &saddr, IFA_F_TENTATIVE))
		return;
	ndisc_send_rs(dev, &saddr);
	if (idev->rs_left > 0)
		idev->rs_left--;
	if (idev->rs_left)
		timer_set(dev->host->clock, t, now_of(dev) + idev->rs_interval);
	idev->rs_interval = MIN(idev->rs_interval * 2, max);
}

static void dad_timer(struct timer *t)
{
	struct inet6_ifaddr *ifa = container_of(t, struct inet6_ifaddr, dad);
	static const union inet_addr any;
	union inet_addr group = addrconf_addr_solict_mult(&ifa->addr);

	if (!(ifa->flags & IFA_F_TENTATIVE))
		return;
	if (ifa->probes-- <= 0) {
		address_ready(ifa);
		return;
	}
	timer_set(ifa->dev->host->clock, t, now_of(ifa->dev) + (uint64_t)MAX(ifa->dev->ip6->neigh.retrans_time_ms, 10) * NSEC_PER_MSEC);
	ndisc_send_ns(ifa->dev, &ifa->addr, &group, &any);
}

static void dad_start(struct inet6_ifaddr *ifa)
{
	struct net_device *dev = ifa->dev;
	union inet_addr group = addrconf_addr_solict_mult(&ifa->addr);
	struct host *h = dev->host;
	int accept = MAX(h->conf6_all.accept_dad, dev->ip6->conf.accept_dad);

	if (!(dev->flags & IFF_LOOPBACK))
		ipv6_dev_mc_inc(dev, &group);
	if (dev->flags & (IFF_NOARP | IFF_LOOPBACK) || accept < 1 || dev->ip6->conf.dad_transmits < 1 ||
	    !(ifa->flags & IFA_F_TENTATIVE) || ifa->flags & IFA_F_NODAD) {
		address_ready(ifa);
		return;
	}
	if (!dev->ip6->ready)
		return;			/* once the device is up */
	ifa->probes = dev->ip6->conf.dad_transmits;
	timer_set(h->clock, &ifa->dad,
		  now_of(dev) + rng_below(&h->rng_neigh, (uint32_t)MAX(dev->ip6->conf.router_solicitation_delay, 0) * HZ + 1) * NSEC_PER_JIFFY);
}

void addrconf_dad_failure(struct inet6_ifaddr *ifa)
{
	timer_off(ifa->dev->host->clock, &ifa->dad);
	if (!(ifa->flags & IFA_F_PERMANENT)) {
		address_del(ifa);
		return;
	}
	ifa->flags |= IFA_F_DADFAILED | IFA_F_TENTATIVE;
}

static void address_link(struct inet6_dev *idev, struct inet6_ifaddr *ifa)
{
	struct inet6_ifaddr **at = &idev->addrs;

	while (*at && ipv6_addr_src_scope(&(*at)->addr) > ipv6_addr_src_scope(&ifa->addr))
		at = &(*at)->next;
	ifa->next = *at;
	*at = ifa;
}

static void address_routes(struct inet6_ifaddr *ifa)
{
	uint64_t expires = ifa->flags & IFA_F_PERMANENT || ifa->valid_until == IFA_TIME_FOREVER ? 0 : ifa->valid_until;

	if (!ifa->rt)
		ifa->rt = kernel_route(ifa->dev, &ifa->addr, 128, RTN_LOCAL, RT_TABLE_LOCAL, 0, 0);
	prefix_route(ifa, expires);
	if (ifa->dev->ip6->conf.forwarding && !(ifa->dev->flags & IFF_LOOPBACK))
		anycast_join(ifa);
}

static struct inet6_ifaddr *address_new(struct net_device *dev, const struct ifaddr6_config *c)
{
	struct inet6_ifaddr *ifa = xcalloc(1, sizeof(*ifa));
	uint64_t now = now_of(dev);

	ifa->dev = dev;
	ifa->addr = c->addr;
	ifa->peer = c->peer;
	ifa->has_peer = c->has_peer;
	ifa->plen = c->plen;
	ifa->priority = c->priority;
	ifa->flags = c->flags | (c->flags & IFA_F_NODAD ? 0 : IFA_F_TENTATIVE);
	ifa->valid_until = c->valid == IFA_TIME_FOREVER ? c->valid : now + c->valid;
	ifa->preferred_until = c->preferred == IFA_TIME_FOREVER ? c->preferred : now + c->preferred;
	ifa->life.fn = life_timer;
	ifa->dad.fn = dad_timer;
	address_link(dev->ip6, ifa);
	if (dev->flags & IFF_UP)
		address_routes(ifa);
	arm_life(ifa);
	dad_start(ifa);
	return ifa;
}

static void address_del(struct inet6_ifaddr *ifa)
{
	struct net_device *dev = ifa->dev;
	union inet_addr group = addrconf_addr_solict_mult(&ifa->addr);
	struct inet6_ifaddr **at = &dev->ip6->addrs;

	while (*at != ifa)
		at = &(*at)->next;
	*at = ifa->next;
	timer_off(dev->host->clock, &ifa->life);
	timer_off(dev->host->clock, &ifa->dad);
	if (dev->ip6->conf.forwarding)
		anycast_leave(ifa);
	if (!(dev->flags & IFF_LOOPBACK))
		ipv6_dev_mc_dec(dev, &group);
	if (ifa->rt)
		fib6_del(ifa->rt);
	prefix_route_gone(ifa);
	if (dev->host->nat)
		nat_masq_addr6_gone(dev, &ifa->addr);
	free(ifa);
}

static int address_change(struct inet6_ifaddr *ifa, const struct ifaddr6_config *c)
{
	uint64_t now = now_of(ifa->dev);

	prefix_route_gone(ifa);
	ifa->priority = c->priority;
	ifa->flags = (ifa->flags & ~(IFA_F_NOPREFIXROUTE | IFA_F_PERMANENT)) | (c->flags & (IFA_F_NOPREFIXROUTE | IFA_F_PERMANENT));
	ifa->valid_until = c->valid == IFA_TIME_FOREVER ? c->valid : now + c->valid;
	ifa->preferred_until = c->preferred == IFA_TIME_FOREVER ? c->preferred : now + c->preferred;
	arm_life(ifa);
	if (ifa->dev->flags & IFF_UP)
		prefix_route(ifa, ifa->flags & IFA_F_PERMANENT || ifa->valid_until == IFA_TIME_FOREVER ? 0 : ifa->valid_until);
	return 0;
}

int inet6_addr_add(struct net_device *dev, const struct ifaddr6_config *c)
{
	struct inet6_ifaddr *old = ipv6_get_ifaddr(dev->host, &c->addr, dev);

	if (c->plen > 128 || ipv6_is_multicast(&c->addr))
		return c->plen > 128 ? -EINVAL : -EADDRNOTAVAIL;
	if (!dev->ip6)
		return -ENOBUFS;
	if (!ipv6_on(dev))
		return -EACCES;
	if (old && c->replace)
		return address_change(old, c);
	if (old)
		return -EEXIST;
	if (ipv6_addr_any(&c->addr) || (ipv6_addr_loopback(&c->addr) && !(dev->flags & IFF_LOOPBACK)))
		return -EADDRNOTAVAIL;
	address_new(dev, c);
	return 0;
}

int inet6_addr_del(struct net_device *dev, const union inet_addr *addr, unsigned plen)
{
	for (struct inet6_ifaddr *ifa = dev->ip6 ? dev->ip6->addrs : NULL; ifa; ifa = ifa->next) {
		if (!inet_addr_equal(&ifa->addr, addr) || (plen <= 128 && ifa->plen != plen))
			continue;
		address_del(ifa);
		return 0;
	}
	return -EADDRNOTAVAIL;
}

/* ---- devices ---- */

static void join_routers(struct net_device *dev, bool join)
{
	static const uint8_t scopes[] = { 2, 1, 5 };

	if (dev->flags & IFF_LOOPBACK)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(scopes); i++) {
		union inet_addr g = NODE_ALLROUTERS(scopes[i]);

		if (join)
			ipv6_dev_mc_inc(dev, &g);
		else
			ipv6_dev_mc_dec(dev, &g);
	}
}

void addrconf_dev_new(struct net_device *dev)
{
	struct host *h = dev->host;
	struct inet6_dev *idev = arena_new(h->arena, struct inet6_dev);

	dev->ip6 = idev;
	idev->dev = dev;
	idev->conf = h->conf6_default;
	idev->conf.mtu = (int)dev->mtu;
	idev->neigh = h->nd_default;
	idev->rs.fn = rs_timer;
	if (dev->flags & (IFF_NOARP | IFF_LOOPBACK))
		idev->conf.accept_dad = -1;
	ipv6_dev_mc_inc(dev, &NODE_ALLNODES(1));
	ipv6_dev_mc_inc(dev, &NODE_ALLNODES(2));
	if (idev->conf.forwarding)
		join_routers(dev, true);
}

static union inet_addr eui64(const struct net_device *dev)
{
	const uint8_t *m = dev->mac;

	return (union inet_addr){ .ip6 = { 0xfe, 0x80, [8] = m[0] ^ 2, m[1], m[2], 0xff, 0xfe, m[3], m[4], m[5] } };
}

static void add_link_local(struct net_device *dev)
{
	struct ifaddr6_config c = { .addr = eui64(dev), .plen = 64, .flags = IFA_F_PERMANENT, .valid = IFA_TIME_FOREVER,
				    .preferred = IFA_TIME_FOREVER };

	/* Modes 2 and 3 hash a secret; 1 makes none. */
	if (dev->ip6->conf.addr_gen_mode == 0 && !ipv6_get_ifaddr(dev->host, &c.addr, dev))
		address_new(dev, &c);
}

void addrconf_dev_up(struct net_device *dev)
{
	struct inet6_dev *idev = dev->ip6;
	static const union inet_addr multicast = { .ip6 = { 0xff } };

	if (!idev || idev->ready || !(dev->flags & IFF_UP) || !dev->carrier || !ipv6_on(dev) || dev->mtu < IP6_MIN_MTU)
		return;
	idev->ready = true;
	idev->conf.mtu = (int)MIN((uint32_t)MAX(idev->conf.mtu, IP6_MIN_MTU), dev->mtu);
	idev->rs_left = idev->conf.router_solicitations;
	if (dev->flags & IFF_LOOPBACK) {
		struct ifaddr6_config c = { .addr = in6addr_lo, .plen = 128, .flags = IFA_F_PERMANENT, .valid = IFA_TIME_FOREVER,
					    .preferred = IFA_TIME_FOREVER };

		if (!ipv6_get_ifaddr(dev->host, &c.addr, dev))
			address_new(dev, &c);
	} else {
		kernel_route(dev, &multicast, 8, RTN_MULTICAST, RT_TABLE_LOCAL, IP6_RT_PRIO_ADDRCONF, 0);
		add_link_local(dev);
	}
	for (struct inet6_ifaddr *ifa = idev->addrs; ifa; ifa = ifa->next) {
		address_routes(ifa);
		if (ifa->flags & IFA_F_TENTATIVE && !timer_on(&ifa->dad))
			dad_start(ifa);
	}
}

static bool keeps(const struct inet6_ifaddr *ifa)
{
	const struct net_device *dev = ifa->dev;
	int keep = dev->host->conf6_all.keep_addr_on_down > 0 ? 1 : dev->ip6->conf.keep_addr_on_down;

	return keep > 0 && ifa->flags & IFA_F_PERMANENT && !ipv6_is_linklocal(&ifa->addr);
}

void addrconf_dev_down(struct net_device *dev)
{
	struct inet6_dev *idev = dev->ip6;

	if (!idev)
		return;
	idev->ready = false;
	timer_off(dev->host->clock, &idev->rs);
	for (struct inet6_ifaddr *ifa = idev->addrs, *next; ifa; ifa = next) {
		next = ifa->next;
		if (!keeps(ifa)) {
			address_del(ifa);
			continue;
		}
		ifa->rt = NULL;
		ifa->flags |= IFA_F_TENTATIVE;
	}
	fib6_dev_down(dev);
}

void addrconf_dev_mtu(struct net_device *dev, uint32_t orig)
{
	if (!dev->ip6)
		return;
	if (dev->mtu < IP6_MIN_MTU) {
		addrconf_dev_down(dev);
		return;
	}
	dev->ip6->conf.mtu = (int)dev->mtu;
	fib6_dev_mtu(dev, orig, dev->mtu);
	addrconf_dev_up(dev);
}

void addrconf_destroy(struct host *h)
{
	for (struct net_device *dev = h->devs; dev; dev = dev->next) {
		struct inet6_dev *idev = dev->ip6;

		if (!idev)
			continue;
		timer_off(h->clock, &idev->rs);
		for (struct inet6_ifaddr *ifa = idev->addrs, *next; ifa; ifa = next) {
			next = ifa->next;
			timer_off(h->clock, &ifa->life);
			timer_off(h->clock, &ifa->dad);
			free(ifa);
		}
		for (int i = 0; i < 2; i++)
			for (struct mc6 *m = i ? idev->mc : idev->ac, *next; m; m = next) {
				next = m->next;
				free(m);
			}
		dev->ip6 = NULL;
	}
}

/* ---- settings ---- */

static void forward_change(struct net_device *dev, int value)
{
	struct inet6_dev *idev = dev->ip6;
	bool on = value, was = idev->conf.forwarding;

	idev->conf.forwarding = value;
	if (on == was)
		return;
	join_routers(dev, on);
	for (struct inet6_ifaddr *ifa = idev->addrs; ifa && !(dev->flags & IFF_LOOPBACK); ifa = ifa->next) {
		if (ifa->flags & IFA_F_TENTATIVE)
			continue;
		if (on)
			anycast_join(ifa);
		else
			anycast_leave(ifa);
	}
}

void addrconf_forwarding(struct host *h, struct net_device *dev, int value)
{
	bool was = h->conf6_all.forwarding;

	if (dev) {
		if (dev->ip6)
			forward_change(dev, value);
		return;
	}
	h->conf6_all.forwarding = h->conf6_default.forwarding = value;
	for (dev = h->devs; dev; dev = dev->next)
		if (dev->ip6)
			forward_change(dev, value);
	if (value && !was)
		fib6_purge_default_routers(h);
}

void addrconf_disable(struct host *h, struct net_device *dev, int value)
{
	if (!dev) {
		h->conf6_all.disable_ipv6 = h->conf6_default.disable_ipv6 = value;
		for (dev = h->devs; dev; dev = dev->next)
			if (dev->ip6)
				addrconf_disable(h, dev, value);
		return;
	}
	dev->ip6->conf.disable_ipv6 = value;
	if (value)
		addrconf_dev_down(dev);
	else
		addrconf_dev_up(dev);
}

/* ---- a router's word on prefixes (addrconf_prefix_rcv) ---- */

enum { PIO_LEN = 2, PIO_FLAGS = 3, PIO_VALID = 4, PIO_PREFERRED = 8, PIO_PREFIX = 16 };
#define PIO_ONLINK	0x80u
#define PIO_AUTOCONF	0x40u

static uint64_t lifetime(const uint8_t *at)
{
	uint32_t s = get_be32(at);

	return s == UINT32_MAX ? IFA_TIME_FOREVER : s * NSEC_PER_SEC;
}

static void onlink_prefix(struct net_device *dev, const union inet_addr *prefix, unsigned plen, uint64_t valid)
{
	struct fib6_info *f = find_prefix_route(dev, prefix, plen);
	uint64_t expires = valid == IFA_TIME_FOREVER ? 0 : now_of(dev) + valid;

	if (f && !valid) {
		fib6_del(f);
	} else if (f) {
		fib6_set_expires(f, expires);
	} else if (valid) {
		f = kernel_route(dev, prefix, plen, RTN_UNICAST, RT_TABLE_MAIN, IP6_RT_PRIO_ADDRCONF, expires);
		if (f)
			f->flags |= RTF6_ADDRCONF;
	}
}

static bool too_many(const struct inet6_dev *idev)
{
	int n = 0;

	for (const struct inet6_ifaddr *ifa = idev->addrs; ifa; ifa = ifa->next)
		n++;
	return idev->conf.max_addresses && n >= idev->conf.max_addresses;
}

/* RFC 4862, 5.5.3: a lifetime is not cut below two hours by a word that anybody may have sent. */
static void autoconf(struct net_device *dev, const union inet_addr *prefix, uint64_t valid, uint64_t preferred)
{
	const uint64_t two_hours = 7200 * NSEC_PER_SEC;
	union inet_addr addr = eui64(dev);
	struct inet6_ifaddr *ifa;

	memcpy(addr.ip6, prefix->ip6, 8);
	ifa = ipv6_get_ifaddr(dev->host, &addr, dev);
	if (!ifa) {
		struct ifaddr6_config c = { .addr = addr, .plen = 64, .flags = IFA_F_NOPREFIXROUTE, .valid = valid, .preferred = preferred };

		if (valid && !too_many(dev->ip6))
			address_new(dev, &c);
		return;
	}
	if (ifa->flags & IFA_F_PERMANENT)
		return;
	if (valid != IFA_TIME_FOREVER && valid <= two_hours && ifa->valid_until > now_of(dev) + valid)
		valid = MIN(two_hours, ifa->valid_until - now_of(dev));
	ifa->valid_until = valid == IFA_TIME_FOREVER ? valid : now_of(dev) + valid;
	ifa->preferred_until = preferred == IFA_TIME_FOREVER ? preferred : now_of(dev) + MIN(preferred, valid);
	arm_life(ifa);
}

void addrconf_prefix_rcv(struct net_device *dev, const uint8_t *opt, bool sllao UNUSED)
{
	uint64_t valid = lifetime(opt + PIO_VALID), preferred = lifetime(opt + PIO_PREFERRED);
	union inet_addr prefix;
	unsigned plen = opt[PIO_LEN];

	if (opt[1] * 8u < ND_OPT_PREFIX_LEN)
		return;
	memcpy(prefix.ip6, opt + PIO_PREFIX, 16);
	if (ipv6_is_multicast(&prefix) || ipv6_is_linklocal(&prefix) || preferred > valid || plen > 128)
		return;
	prefix = prefix_of(&prefix, plen);
	if (opt[PIO_FLAGS] & PIO_ONLINK)
		onlink_prefix(dev, &prefix, plen, valid);
	if (opt[PIO_FLAGS] & PIO_AUTOCONF && dev->ip6->conf.autoconf && plen == 64)
		autoconf(dev, &prefix, valid, preferred);
}
