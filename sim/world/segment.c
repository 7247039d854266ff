// SPDX-License-Identifier: MIT
/* segment.c - switches and links between hosts. */
#include "sim/world/segment.h"
#include "sim/net/ipv6.h"
#include "sim/net/net.h"
#include <stdlib.h>
#include <uthash.h>

#define FDB_AGE	(300 * NSEC_PER_SEC)

struct fdb_key { uint8_t mac[ETH_ALEN]; uint16_t vid; };
struct seg_fdb { struct fdb_key key; struct seg_port *port; uint64_t seen; UT_hash_handle hh; };

/* A frame on a link with a delay, or one that waits at a switch. */
struct flight { struct timer timer; struct flight *next, **pprev; struct seg_port *to; struct packet *p; bool in; };
/* What a link will be from a time on. */
struct change { struct timer timer; struct change *next; struct seg_port *port; struct link_props props; };

struct wires {			/* a world's */
	struct segment *first, **last;
	struct flight *flying;
	struct flight *waiting, **waiting_last;
	struct change *changes;
	unsigned count;		/* frames passed on since time last moved */
	uint64_t count_t;
};

static struct wires *wires_of(struct world *w)
{
	if (!w->wires) {
		w->wires = arena_new(w->arena, struct wires);
		w->wires->last = &w->wires->first;
		w->wires->waiting_last = &w->wires->waiting;
	}
	return w->wires;
}

const struct segment *segments_first(const struct world *w)
{
	return w->wires ? w->wires->first : NULL;
}

struct segment *segment_create(struct world *w, const char *name)
{
	struct wires *all = wires_of(w);
	struct segment *s = arena_new(w->arena, struct segment);

	s->name = arena_strdup(w->arena, name);
	s->world = w;
	s->last = &s->ports;
	rng_init(&s->rng, w->seed, name, "link");
	*all->last = s;
	all->last = &s->next;
	return s;
}

struct segment *segment_by_name(const struct world *w, const char *name)
{
	for (struct segment *s = w->wires ? w->wires->first : NULL; s; s = s->next)
		if (strcmp(s->name, name) == 0)
			return s;
	return NULL;
}

/* ---- sending */

static void lose(struct packet *p, const char *where)
{
	pkt_drop(p->dev->host, p, DROP_NOT_SPECIFIED, where);
}

static struct flight *flight_new(struct seg_port *to, struct packet *p, bool in)
{
	struct flight *f = xcalloc(1, sizeof(*f));

	f->to = to;
	f->p = p;
	f->in = in;
	return f;
}

/* It waits its turn: switches pass frames on one after the other, never one inside the other. */
static void wait_at(struct seg_port *port, struct packet *p)
{
	struct wires *all = wires_of(port->seg->world);
	struct flight *f = flight_new(port, p, true);

	*all->waiting_last = f;
	all->waiting_last = &f->next;
}

static void arrive(struct seg_port *to, struct packet *p, bool in)
{
	if (in) {
		wait_at(to, p);
	} else if (to->peer) {
		wait_at(to->peer, p);
	} else {
		pkt_scrub(p, true);
		host_backlog(to->dev, p);
	}
}

static void landed(struct timer *t)
{
	struct flight *f = container_of(t, struct flight, timer);

	*f->pprev = f->next;
	if (f->next)
		f->next->pprev = f->pprev;
	arrive(f->to, f->p, f->in);
	free(f);
}

/* Over the link of a port: out to its device (or the other switch), or in from it. */
static void over_link(struct seg_port *port, struct packet *p, bool in)
{
	struct wires *all = wires_of(port->seg->world);
	struct evq *q = &port->seg->world->clock;
	const struct link_props *l = &port->link;
	uint32_t len = p->tail - p->mac, head = ETH_HLEN;
	struct flight *f;

	if (len >= 16 && get_be16(pkt_mac(p) + 12) == ETH_P_8021Q)
		head += VLAN_HLEN;
	if (l->down) {
		lose(p, "link down");
	} else if (l->mtu && len > l->mtu + head) {
		lose(p, "link mtu");
	} else if (l->loss && rng_u32(&port->seg->rng) < l->loss) {
		lose(p, "link loss");
	} else if (!l->delay) {
		arrive(port, p, in);
	} else {
		f = flight_new(port, p, in);
		f->next = all->flying;
		f->pprev = &all->flying;
		if (f->next)
			f->next->pprev = &f->next;
		all->flying = f;
		f->timer.fn = landed;
		timer_set(q, &f->timer, q->now + l->delay);
	}
}

/* ---- switching */

static void tag_off(struct packet *p)
{
	memmove(pkt_mac(p) + VLAN_HLEN, pkt_mac(p), 2 * ETH_ALEN);
	p->mac += VLAN_HLEN;
}

static void tag_on(struct packet *p, uint16_t vid)
{
	if (p->mac < VLAN_HLEN)
		pkt_expand(p, PKT_HEADROOM, 0);
	p->mac -= VLAN_HLEN;
	memmove(pkt_mac(p), pkt_mac(p) + VLAN_HLEN, 2 * ETH_ALEN);
	put_be16(pkt_mac(p) + 12, ETH_P_8021Q);
	put_be16(pkt_mac(p) + 14, vid);
}

static bool member(const struct seg_port *p, uint16_t vid)
{
	return p->pvid == vid || (p->trunk && p->vlans[vid / 32] >> (vid % 32) & 1);
}

/* The frame's VLAN, and the frame without its tag; 0: this port does not take it. */
static uint16_t ingress(const struct seg_port *from, struct packet *p)
{
	const uint8_t *f = pkt_mac(p);
	uint16_t vid;

	if (get_be16(f + 12) != ETH_P_8021Q || p->tail - p->mac < ETH_HLEN + VLAN_HLEN)
		return from->pvid;
	vid = get_be16(f + 14) & 0xfff;
	if (vid == 0)
		vid = from->pvid;
	else if (!from->trunk || !member(from, vid))
		return 0;
	tag_off(p);
	return vid;
}

static bool owned(const struct segment *s, be32 ip)
{
	for (const struct seg_port *p = s->ports; p; p = p->next) {
		if (!p->dev || p->any)
			continue;
		for (const struct net_device *dev = p->dev->host->devs; dev; dev = dev->next)
			for (const struct in_ifaddr *a = dev->addrs; a; a = a->next)
				if (a->local == ip)
					return true;
	}
	return false;
}

static bool owned6(const struct segment *s, const union inet_addr *ip)
{
	for (const struct seg_port *p = s->ports; p; p = p->next) {
		if (p->dev && !p->any && ipv6_get_ifaddr(p->dev->host, ip, NULL))
			return true;
	}
	return false;
}

/* A question that somebody else can answer is not for who answers all; nor is one whether an address is taken, nor what a
 * host on the link calls itself there. */
static bool kept_from_any(const struct segment *s, const struct packet *p)
{
	const uint8_t *f = pkt_mac(p);
	union inet_addr target;

	if (get_be16(f + 12) == ETH_P_IPV6 && p->tail - p->mac >= 78 && f[14 + IP6_NXT] == IPPROTO_ICMPV6 &&
	    f[54] == NDISC_NEIGHBOUR_SOLICITATION) {
		union inet_addr saddr = ip6_saddr(f + 14);

		memcpy(&target, f + 62, 16);
		return ipv6_addr_any(&saddr) || ipv6_is_linklocal(&target) || owned6(s, &target);
	}
	if (p->tail - p->mac < 42 || get_be16(f + 12) != ETH_P_ARP || get_be16(f + 20) != 1)
		return false;
	return memcmp(f + 28, f + 38, 4) == 0 || owned(s, load_be32(f + 38));
}

static void leave_by(struct seg_port *to, struct packet *p, uint16_t vid)
{
	if (vid && to->trunk && to->pvid != vid)
		tag_on(p, vid);
	over_link(to, p, false);
}

static struct seg_port *learn(struct segment *s, struct seg_port *from, const struct packet *p, uint16_t vid)
{
	uint64_t now = s->world->clock.now;
	struct fdb_key key;
	struct seg_fdb *e;

	memset(&key, 0, sizeof(key));
	memcpy(key.mac, pkt_mac(p) + ETH_ALEN, ETH_ALEN);
	key.vid = vid;
	if (!(key.mac[0] & 1)) {
		HASH_FIND(hh, s->fdb, &key, sizeof(key), e);
		if (!e) {
			e = xcalloc(1, sizeof(*e));
			e->key = key;
			HASH_ADD(hh, s->fdb, key, sizeof(key), e);
		}
		e->port = from;
		e->seen = now;
	}
	memcpy(key.mac, pkt_mac(p), ETH_ALEN);
	if (key.mac[0] & 1)
		return NULL;
	HASH_FIND(hh, s->fdb, &key, sizeof(key), e);
	return e && now - e->seen < FDB_AGE ? e->port : NULL;
}

static void switch_rx(struct seg_port *from, struct packet *p)
{
	struct segment *s = from->seg;
	struct seg_port *to, *last = NULL;
	uint16_t vid = 0;

	for (struct seg_tap *t = s->taps; t; t = t->next)
		t->frame(t, from, p);
	if (p->tail - p->mac < ETH_HLEN) {
		lose(p, "switch: short frame");
		return;
	}
	if (s->vlans && !(vid = ingress(from, p))) {
		lose(p, "switch: vlan");
		return;
	}
	to = learn(s, from, p, vid);
	if (to == from) {
		pkt_free(p);
		return;
	}
	for (struct seg_port *x = s->ports; x; x = x->next) {
		if (x == from || (to && x != to) || (vid && !member(x, vid)) || (x->any && kept_from_any(s, p)))
			continue;
		if (last)
			leave_by(last, pkt_copy(s->world->pool, p), vid);
		last = x;
	}
	if (last)
		leave_by(last, p, vid);
	else
		pkt_free(p);
}

static void from_device(struct net_device *dev, struct packet *p, void *arg)
{
	(void)dev;
	over_link(arg, p, true);
}

bool segments_drain(struct world *w)
{
	struct wires *all = w->wires;
	bool any = false;

	while (all && all->waiting) {
		struct flight *f = all->waiting;

		all->waiting = f->next;
		if (!all->waiting)
			all->waiting_last = &all->waiting;
		if (all->count_t != w->clock.now) {
			all->count_t = w->clock.now;
			all->count = 0;
		}
		if (++all->count > STORM_MAX) {
			w->storm = true;
			lose(f->p, "switch: storm");
		} else {
			switch_rx(f->to, f->p);
		}
		free(f);
		any = true;
	}
	return any;
}

/* ---- plugging in */

static bool mac_taken(const struct world *w, const struct net_device *dev)
{
	for (unsigned i = 0; i < w->nr_hosts; i++)
		for (const struct net_device *d = w->host[i]->devs; d; d = d->next)
			if (d != dev && segment_port(d) && memcmp(d->mac, dev->mac, ETH_ALEN) == 0)
				return true;
	return false;
}

static struct seg_port *port_new(struct segment *s)
{
	struct seg_port *p = arena_new(s->world->arena, struct seg_port);

	p->seg = s;
	p->pvid = 1;
	*s->last = p;
	s->last = &p->next;
	s->nr_ports++;
	return p;
}

struct seg_port *segment_attach(struct segment *s, struct net_device *dev)
{
	struct seg_port *p;

	if (segment_port(dev))
		return NULL;
	for (unsigned n = 1; mac_taken(s->world, dev); n++) {
		uint8_t mac[ETH_ALEN] = { 2, 0, 1 };

		put_be16(mac + 3, n);
		mac[5] = (uint8_t)dev->ifindex;
		dev_set_mac(dev, mac);
	}
	p = port_new(s);
	p->dev = dev;
	dev->wire = from_device;
	dev->wire_arg = p;
	return p;
}

struct seg_port *segment_join(struct segment *a, struct segment *b)
{
	struct seg_port *p = port_new(a), *q = port_new(b);

	p->peer = q;
	q->peer = p;
	return p;
}

struct seg_port *segment_port(const struct net_device *dev)
{
	return dev->wire == from_device ? dev->wire_arg : NULL;
}

void seg_port_access(struct seg_port *p, uint16_t vid)
{
	p->seg->vlans = p->vlan_given = true;
	p->pvid = vid;
}

void seg_port_trunk(struct seg_port *p, uint16_t vid)
{
	p->seg->vlans = p->vlan_given = true;
	if (!p->trunk)
		p->pvid = 0;
	p->trunk = true;
	p->vlans[vid / 32] |= 1u << (vid % 32);
}

void seg_port_native(struct seg_port *p, uint16_t vid)
{
	p->seg->vlans = p->vlan_given = true;
	p->pvid = vid;
}

void segment_tap(struct segment *s, struct seg_tap *t)
{
	struct seg_tap **at = &s->taps;

	while (*at)
		at = &(*at)->next;
	t->next = NULL;
	*at = t;
}

static void change_now(struct timer *t)
{
	struct change *c = container_of(t, struct change, timer);

	c->port->link = c->props;
}

void seg_port_change_at(struct seg_port *p, uint64_t when, const struct link_props *props)
{
	struct wires *all = wires_of(p->seg->world);
	struct change *c;

	if (when <= p->seg->world->clock.now) {
		p->link = *props;
		return;
	}
	c = arena_new(p->seg->world->arena, struct change);
	c->next = all->changes;
	all->changes = c;
	c->port = p;
	c->props = *props;
	c->timer.fn = change_now;
	timer_set(&p->seg->world->clock, &c->timer, when);
}

static void flights_free(struct world *w, struct flight *f)
{
	for (struct flight *next; f; f = next) {
		next = f->next;
		timer_off(&w->clock, &f->timer);
		pkt_free(f->p);
		free(f);
	}
}

void segments_destroy(struct world *w)
{
	struct wires *all = w->wires;

	if (!all)
		return;
	flights_free(w, all->flying);
	flights_free(w, all->waiting);
	for (struct change *c = all->changes; c; c = c->next)
		timer_off(&w->clock, &c->timer);
	for (struct segment *s = all->first; s; s = s->next) {
		struct seg_fdb *e, *tmp;

		HASH_ITER(hh, s->fdb, e, tmp) {
			HASH_DEL(s->fdb, e);
			free(e);
		}
	}
}
