// SPDX-License-Identifier: MIT
/* neigh.c - a neighbour's states and timers, and packets that wait for its address (net/core/neighbour.c). ARP
 * and ND have a table each; what they do differently is in their struct neigh_ops. */
#include "sim/net/neigh.h"
#include "sim/net/net.h"
#include <stdlib.h>
#include <strings.h>

#define GC_THRESH1 128
#define GC_THRESH2 512
#define GC_THRESH3 1024
#define RANDOM_AGAIN (300 * HZ)

struct proxy {
	struct proxy *next;
	struct net_device *dev;
	union inet_addr addr;
	bool router;
};

/* A question that waits to be answered by proxy. */
struct proxy_wait {
	struct proxy_wait *next;
	struct neigh_table *tbl;
	struct timer timer;
	struct net_device *dev;
	struct packet *p;
	void (*redo)(struct net_device *dev, struct packet *p);
};

static void neigh_timer(struct timer *timer);

struct neigh_table {
	struct host *host;
	const struct neigh_ops *ops;
	struct neighbour **bucket;
	unsigned nr_buckets;		/* a power of two */
	unsigned nr;
	struct neighbour *first, **last;
	struct timer gc;
	int64_t last_flush;
	struct proxy *proxies;
	struct proxy_wait *waiting;
};

/* ---- settings, in jiffies ---- */

static int64_t jiffies(const struct host *h)
{
	return (int64_t)host_jiffies(h);
}

static int64_t ms_to_jiffies(int ms)
{
	return ((int64_t)ms * HZ + 999) / 1000;
}

static struct neigh_parms *parms_of(const struct neighbour *n)
{
	return n->tbl->ops->parms(n->dev);
}

static int64_t retrans_time(const struct neighbour *n)
{
	return MAX(ms_to_jiffies(parms_of(n)->retrans_time_ms), HZ / 100);
}

static int64_t delay_probe_time(const struct neighbour *n)
{
	return (int64_t)parms_of(n)->delay_first_probe_time * HZ;
}

/* Drawn between half and one and a half of the base, again when that changes or 300 s have passed. */
static int64_t reachable_time(const struct neighbour *n)
{
	struct neigh_parms *np = parms_of(n);
	struct host *h = n->dev->host;
	int base = np->base_reachable_time_ms;
	uint64_t now = host_jiffies(h);

	if (np->reach_base != base || now - np->reach_drawn > RANDOM_AGAIN) {
		uint32_t b = (uint32_t)ms_to_jiffies(base);

		np->reach_jiffies = b ? rng_below(&h->rng_neigh, b) + b / 2 : 0;
		np->reach_base = base;
		np->reach_drawn = now;
	}
	return np->reach_jiffies;
}

/* ---- the table ---- */

/* An address's last byte, which tells neighbours apart, is the first word's highest: it has to come down. */
static unsigned hash_of(const struct net_device *dev, const union inet_addr *addr)
{
	uint64_t v = (addr->all[0] ^ addr->all[2] * 31 ^ addr->all[3] ^ (uint32_t)dev->ifindex * 0x9e3779b1u) * 0x9e3779b97f4a7c15u;

	return (unsigned)(v >> 40);
}

struct neighbour *neigh_find(const struct neigh_table *t, struct net_device *dev, const union inet_addr *addr)
{
	struct neighbour *n = t->bucket[hash_of(dev, addr) & (t->nr_buckets - 1)];

	while (n && (n->dev != dev || !inet_addr_equal(&n->addr, addr)))
		n = n->hash_next;
	return n;
}

static void insert(struct neigh_table *t, struct neighbour *n)
{
	struct neighbour **b = &t->bucket[hash_of(n->dev, &n->addr) & (t->nr_buckets - 1)];

	n->hash_next = *b;
	*b = n;
}

static void grow(struct neigh_table *t)
{
	free(t->bucket);
	t->nr_buckets *= 2;
	t->bucket = xcalloc(t->nr_buckets, sizeof(struct neighbour *));
	for (struct neighbour *n = t->first; n; n = n->next)
		insert(t, n);
}

static void purge_queue(struct neighbour *n)
{
	while (n->queue) {
		struct packet *p = n->queue;

		n->queue = p->next;
		pkt_free(p);
	}
	n->queue_last = &n->queue;
	n->queue_bytes = 0;
}

static void forget(struct neighbour *n)
{
	struct neigh_table *t = n->tbl;
	struct neighbour **b = &t->bucket[hash_of(n->dev, &n->addr) & (t->nr_buckets - 1)];

	while (*b != n)
		b = &(*b)->hash_next;
	*b = n->hash_next;
	*n->pprev = n->next;
	if (n->next)
		n->next->pprev = n->pprev;
	else
		t->last = n->pprev;
	t->nr--;
	timer_off(t->host->clock, &n->timer);
	purge_queue(n);
	free(n);
}

/* Not looked after by a timer, not held: nobody would miss it. */
static bool unused(const struct neighbour *n)
{
	return !n->refs && !(n->nud_state & (NUD_IN_TIMER | NUD_PERMANENT));
}

/* Makes room at once, oldest first (neigh_forced_gc). */
static void forced_gc(struct neigh_table *t)
{
	int64_t now = jiffies(t->host);
	unsigned left = t->nr - GC_THRESH2;

	for (struct neighbour *n = t->first, *next; n && left; n = next) {
		next = n->next;
		if (!unused(n))
			continue;
		if (!(n->nud_state & (NUD_FAILED | NUD_NOARP)) && now - n->updated <= 5 * HZ)
			continue;
		forget(n);
		left--;
	}
	t->last_flush = now;
}

static void arm_gc(struct neigh_table *t)
{
	int64_t next = jiffies(t->host) + ms_to_jiffies(t->ops->family == NFPROTO_IPV6 ? t->host->nd_default.base_reachable_time_ms
									: t->host->neigh_default.base_reachable_time_ms) / 2;

	if (t->nr >= GC_THRESH1 && !timer_on(&t->gc))
		timer_set(t->host->clock, &t->gc, (uint64_t)MAX(next, 1) * NSEC_PER_JIFFY);
}

/* From time to time what has not been used for gc_stale_time goes (neigh_periodic_work). */
static void periodic_gc(struct timer *timer)
{
	struct neigh_table *t = container_of(timer, struct neigh_table, gc);
	int64_t now = jiffies(t->host);

	for (struct neighbour *n = t->first, *next; n && t->nr >= GC_THRESH1; n = next) {
		next = n->next;
		if (!unused(n))
			continue;
		if (n->used < n->confirmed && n->confirmed <= now)
			n->used = n->confirmed;
		if (n->nud_state == NUD_FAILED ||
		    now - n->used >= (int64_t)parms_of(n)->gc_stale_time * HZ)
			forget(n);
	}
	arm_gc(t);
}

struct neighbour *neigh_make(struct neigh_table *t, struct net_device *dev, const union inet_addr *addr)
{
	struct neighbour *n = neigh_find(t, dev, addr);
	int64_t now = jiffies(dev->host);

	if (n)
		return n;
	if (t->nr >= GC_THRESH3 || (t->nr >= GC_THRESH2 && now - t->last_flush > 5 * HZ))
		forced_gc(t);
	if (t->nr >= GC_THRESH3)
		return NULL;
	n = xcalloc(1, sizeof(*n));
	n->tbl = t;
	n->dev = dev;
	n->addr = *addr;
	n->updated = n->used = now;
	n->confirmed = now - 2 * ms_to_jiffies(parms_of(n)->base_reachable_time_ms);
	n->queue_last = &n->queue;
	n->timer.fn = neigh_timer;
	t->ops->construct(n);
	n->pprev = t->last;
	*t->last = n;
	t->last = &n->next;
	if (++t->nr > t->nr_buckets)
		grow(t);
	else
		insert(t, n);
	arm_gc(t);
	return n;
}

/* ---- states ---- */

const char *neigh_state_name(enum nud state)
{
	switch (state) {
	case NUD_INCOMPLETE:	return "INCOMPLETE";
	case NUD_REACHABLE:	return "REACHABLE";
	case NUD_STALE:		return "STALE";
	case NUD_DELAY:		return "DELAY";
	case NUD_PROBE:		return "PROBE";
	case NUD_FAILED:	return "FAILED";
	case NUD_NOARP:		return "NOARP";
	case NUD_PERMANENT:	return "PERMANENT";
	default:		return "NONE";
	}
}

static void set_state(struct neighbour *n, enum nud state)
{
	struct host *h = n->dev->host;
	enum nud old = n->nud_state;

	n->nud_state = (uint8_t)state;
	if (old != state && trace_on(h->trace, EV_NEIGH)) {
		struct event ev = { .type = EV_NEIGH, .host = h,
				    .u.neigh = { n->dev, n->tbl->ops->family, n->addr, neigh_state_name(old),
						 neigh_state_name(state) } };
		trace_emit(h->trace, &ev);
	}
}

static void run_at(struct neighbour *n, int64_t expires)
{
	timer_set_wheel(n->dev->host->clock, &n->timer, (uint64_t)expires);
}

static int max_probes(const struct neighbour *n)
{
	const struct neigh_parms *p = parms_of(n);

	return p->ucast_solicit + p->app_solicit +
	       (n->nud_state & NUD_PROBE ? p->mcast_resolicit : p->mcast_solicit);
}

static void probe(struct neighbour *n)
{
	const struct packet *p = n->queue;

	while (p && p->next)
		p = p->next;
	n->refs++;
	n->tbl->ops->solicit(n, p);
	n->refs--;
	n->probes++;
}

/* Nobody answered: who waits is told so (neigh_invalidate). The report may itself
 * want this neighbour and set it going again: then the rest goes without a word. */
static void invalidate(struct neighbour *n)
{
	n->updated = jiffies(n->dev->host);
	n->refs++;
	while (n->nud_state == NUD_FAILED && n->queue) {
		struct packet *p = n->queue;

		n->queue = p->next;
		if (!n->queue)
			n->queue_last = &n->queue;
		p->next = NULL;
		n->tbl->ops->error(n, p);
	}
	n->refs--;
	purge_queue(n);
}

/* A reachable one's time is up, or a doubtful one's time to be heard of; answers when to look again. */
static int64_t age(struct neighbour *n, int64_t now)
{
	if (n->nud_state & NUD_REACHABLE) {
		int64_t reach = reachable_time(n), delay = delay_probe_time(n);

		if (now <= n->confirmed + reach)
			return n->confirmed + reach;
		n->updated = now;
		if (now <= n->used + delay) {
			set_state(n, NUD_DELAY);
			return now + delay;
		}
		set_state(n, NUD_STALE);
	} else if (n->nud_state & NUD_DELAY) {
		n->updated = now;
		if (now <= n->confirmed + delay_probe_time(n)) {
			set_state(n, NUD_REACHABLE);
			return n->confirmed + reachable_time(n);
		}
		n->probes = 0;
		set_state(n, NUD_PROBE);
	}
	return now + retrans_time(n);
}

static void neigh_timer(struct timer *timer)
{
	struct neighbour *n = container_of(timer, struct neighbour, timer);
	int64_t now = jiffies(n->dev->host), next;

	if (!(n->nud_state & NUD_IN_TIMER))
		return;
	next = age(n, now);
	if ((n->nud_state & (NUD_INCOMPLETE | NUD_PROBE)) && n->probes >= max_probes(n)) {
		set_state(n, NUD_FAILED);
		invalidate(n);
		return;
	}
	if (n->nud_state & NUD_IN_TIMER)
		run_at(n, MAX(next, now + HZ / 100));
	if (n->nud_state & (NUD_INCOMPLETE | NUD_PROBE))
		probe(n);
}

/* What a packet weighs in the queue: the kernel counts whole allocations (skb->truesize), here those of a
 * frame that came through a veth. */
static uint32_t truesize(const struct packet *p)
{
	uint32_t need = ((p->tail - p->nh + ETH_HLEN + 16 + 63) & ~63u) + 320;
	uint32_t size = 576;

	if (need > size)
		for (size = 1024; size < need; size *= 2)
			;
	return size + 256;
}

static void enqueue(struct neighbour *n, struct packet *p)
{
	uint32_t size = truesize(p);

	while (n->queue && n->queue_bytes + size > (uint32_t)parms_of(n)->unres_qlen_bytes) {
		struct packet *old = n->queue;

		n->queue = old->next;
		if (!n->queue)
			n->queue_last = &n->queue;
		old->next = NULL;
		n->queue_bytes -= truesize(old);
		pkt_drop(n->dev->host, old, DROP_NEIGH_QUEUEFULL, "__neigh_event_send");
	}
	p->next = NULL;
	*n->queue_last = p;
	n->queue_last = &p->next;
	n->queue_bytes += size;
}

/* A packet, or nobody (NULL), wants a neighbour that is not known to be there. true: it waits, or is gone. */
static bool event_send(struct neighbour *n, struct packet *p)
{
	const struct neigh_parms *parms = parms_of(n);
	int64_t now = jiffies(n->dev->host);
	bool ask = false;

	if (n->nud_state & NUD_STALE) {
		n->updated = now;
		set_state(n, NUD_DELAY);
		run_at(n, now + delay_probe_time(n));
		return false;
	}
	if (!(n->nud_state & NUD_INCOMPLETE)) {
		n->updated = now;
		if (parms->mcast_solicit + parms->app_solicit == 0) {
			set_state(n, NUD_FAILED);
			if (p)
				pkt_drop(n->dev->host, p, DROP_NEIGH_FAILED, "__neigh_event_send");
			return true;
		}
		n->probes = parms->ucast_solicit;
		set_state(n, NUD_INCOMPLETE);
		run_at(n, now + retrans_time(n));
		ask = true;
	}
	if (p)
		enqueue(n, p);
	if (ask)
		probe(n);
	return true;
}

void neigh_probe(struct net_device *dev, be32 addr)
{
	struct neighbour *n = neigh_create(dev, addr);

	if (n && !(n->nud_state & (NUD_CONNECTED | NUD_DELAY | NUD_PROBE)))
		event_send(n, NULL);
}

unsigned neigh_nud_state(struct net_device *dev, be32 addr)
{
	const struct neighbour *n = neigh_lookup(dev, addr);

	return n ? n->nud_state : NUD_NONE;
}

/* ---- packets ---- */

static void send_to(struct net_device *dev, const uint8_t *ha, struct packet *p, unsigned protocol)
{
	eth_header(p, dev, ha, dev->mac, protocol);
	dev_tx(dev, p);
}

/* Slow and careful (neigh_resolve_output). */
static void resolve_output(struct neighbour *n, struct packet *p)
{
	n->used = jiffies(n->dev->host);
	if (!(n->nud_state & (NUD_CONNECTED | NUD_DELAY | NUD_PROBE)) && event_send(n, p))
		return;
	n->fast = true;
	send_to(n->dev, n->ha, p, n->tbl->ops->protocol);
}

void neigh_send(struct neighbour *n, struct packet *p)
{
	if ((n->nud_state & NUD_CONNECTED) && (n->fast || n->dev->kind == DEV_VLAN))
		send_to(n->dev, n->ha, p, n->tbl->ops->protocol);
	else
		resolve_output(n, p);
}

void neigh_output(struct net_device *dev, be32 addr, struct packet *p)
{
	uint32_t a = ntohl(addr);
	struct neighbour *n;

	if (dev->kind == DEV_LO) {
		send_to(dev, dev->mac, p, ETH_P_IP);
		return;
	}
	if (unlikely(ipv4_is_multicast(addr))) {
		uint8_t ha[ETH_ALEN] = { 1, 0, 0x5e, a >> 16 & 0x7f, a >> 8 & 0xff, a & 0xff };

		send_to(dev, ha, p, ETH_P_IP);
		return;
	}
	if (unlikely(ipv4_is_lbcast(addr) && !(dev->flags & IFF_NOARP))) {
		send_to(dev, NULL, p, ETH_P_IP);
		return;
	}
	n = neigh_lookup(dev, addr);
	if (unlikely(!n))
		n = neigh_create(dev, addr);
	if (likely(n))
		neigh_send(n, p);
	else
		pkt_drop(dev->host, p, DROP_NEIGH_CREATEFAIL, "ip_finish_output2");
}

void neigh_confirm(struct net_device *dev, be32 addr)
{
	struct neighbour *n = neigh_lookup(dev, addr);

	if (n)
		n->confirmed = jiffies(dev->host);
}

static void process_queue(struct neighbour *n)
{
	n->refs++;
	while ((n->nud_state & NUD_VALID) && n->queue) {
		struct packet *p = n->queue;

		n->queue = p->next;
		if (!n->queue)
			n->queue_last = &n->queue;
		p->next = NULL;
		neigh_send(n, p);
	}
	n->refs--;
	purge_queue(n);
}

/* ---- news ---- */

/* A valid neighbour is told its address, another one (*take) or the same: which state follows, and does
 * the address change? false = none of the news counts. */
static bool reconcile(const struct neighbour *n, unsigned flags, enum nud *state, bool *take)
{
	if (*take && !(flags & NEIGH_UPDATE_F_OVERRIDE)) {
		if (!(flags & NEIGH_UPDATE_F_WEAK_OVERRIDE) || !(n->nud_state & NUD_CONNECTED))
			return false;
		*take = false;
		*state = NUD_STALE;
	} else if (!*take && *state == NUD_STALE && !(flags & NEIGH_UPDATE_F_ADMIN)) {
		*state = n->nud_state;
	}
	return true;
}

static void update_invalid(struct neighbour *n, enum nud state)
{
	enum nud old = n->nud_state;

	timer_off(n->dev->host->clock, &n->timer);
	set_state(n, state);
	if ((old & (NUD_INCOMPLETE | NUD_PROBE)) && (state & NUD_FAILED))
		invalidate(n);
}

void neigh_update(struct neighbour *n, const uint8_t *lladdr, enum nud state, unsigned flags)
{
	enum nud old = n->nud_state;
	int64_t now = jiffies(n->dev->host);
	bool take, router = flags & NEIGH_UPDATE_F_OVERRIDE_ISROUTER;

	if (!(flags & NEIGH_UPDATE_F_ADMIN) && (old & (NUD_NOARP | NUD_PERMANENT)))
		return;
	if (!(state & NUD_VALID)) {
		update_invalid(n, state);
		return;
	}
	if (!lladdr) {
		if (!(old & NUD_VALID))
			return;
		lladdr = n->ha;
	}
	if (state & NUD_CONNECTED)
		n->confirmed = now;
	take = !(old & NUD_VALID) || memcmp(lladdr, n->ha, ETH_ALEN) != 0;
	if ((old & NUD_VALID) && take && !(flags & NEIGH_UPDATE_F_OVERRIDE))
		router = false;
	if ((old & NUD_VALID) && !reconcile(n, flags, &state, &take))
		return;
	if (router)
		n->router = flags & NEIGH_UPDATE_F_ISROUTER;
	if (state != old || take)
		n->updated = now;
	if (state != old) {
		timer_off(n->dev->host->clock, &n->timer);
		if (state & NUD_PROBE)
			n->probes = 0;
		if (state & NUD_IN_TIMER)
			run_at(n, now + (state & NUD_REACHABLE ? reachable_time(n) : 0));
	}
	if (take) {
		memcpy(n->ha, lladdr, ETH_ALEN);
		if (!(state & NUD_CONNECTED))
			n->confirmed = now - 2 * ms_to_jiffies(parms_of(n)->base_reachable_time_ms);
	}
	set_state(n, state);
	if (state != old && !(old & NUD_VALID))
		process_queue(n);
}

struct neighbour *neigh_event_ns(struct net_device *dev, be32 addr, const uint8_t *lladdr)
{
	struct neighbour *n = neigh_create(dev, addr);

	if (n)
		neigh_update(n, lladdr, NUD_STALE, NEIGH_UPDATE_F_OVERRIDE);
	return n;
}

/* ---- by hand ---- */

bool neigh_state_parse(const char *name, enum nud *ret)
{
	static const struct { const char *name; enum nud state; } names[] = {
		{ "permanent", NUD_PERMANENT }, { "noarp", NUD_NOARP }, { "reachable", NUD_REACHABLE },
		{ "stale", NUD_STALE }, { "none", NUD_NONE }, { "incomplete", NUD_INCOMPLETE },
		{ "delay", NUD_DELAY }, { "probe", NUD_PROBE }, { "failed", NUD_FAILED },
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (strcasecmp(name, names[i].name) == 0) {
			*ret = names[i].state;
			return true;
		}
	}
	return false;
}

bool neigh_set(struct neigh_table *t, struct net_device *dev, const union inet_addr *addr, const uint8_t mac[6],
	       const char *state)
{
	struct neighbour *n;
	enum nud nud;

	if (!neigh_state_parse(state, &nud))
		return false;
	n = neigh_find(t, dev, addr);
	if (!mac && (nud & NUD_VALID) && !(nud & NUD_NOARP) && !(n && (n->nud_state & NUD_VALID)))
		return false;
	if (!n)
		n = neigh_make(t, dev, addr);
	if (!n)
		return false;
	neigh_update(n, mac ? mac : n->ha, nud, NEIGH_UPDATE_F_OVERRIDE | NEIGH_UPDATE_F_ADMIN);
	return true;
}

bool neigh_unset(struct neigh_table *t, struct net_device *dev, const union inet_addr *addr)
{
	struct neighbour *n = neigh_find(t, dev, addr);

	if (!n || n->refs)
		return false;
	neigh_update(n, NULL, NUD_FAILED, NEIGH_UPDATE_F_OVERRIDE | NEIGH_UPDATE_F_ADMIN);
	forget(n);
	return true;
}

void neigh_each(struct neigh_table *t, void (*fn)(struct neighbour *n, void *arg), void *arg)
{
	for (struct neighbour *n = t->first, *next; n; n = next) {
		next = n->next;
		fn(n, arg);
	}
}

/* ---- proxies ---- */

static struct proxy **find_proxy(struct neigh_table *t, const struct net_device *dev, const union inet_addr *addr)
{
	struct proxy **at = &t->proxies;

	while (*at && ((*at)->dev != dev || !inet_addr_equal(&(*at)->addr, addr)))
		at = &(*at)->next;
	return at;
}

void pneigh_add(struct neigh_table *t, struct net_device *dev, const union inet_addr *addr, bool router)
{
	struct proxy **at = find_proxy(t, dev, addr);

	if (!*at) {
		*at = xcalloc(1, sizeof(**at));
		(*at)->dev = dev;
		(*at)->addr = *addr;
	}
	(*at)->router = router;
}

bool pneigh_del(struct neigh_table *t, struct net_device *dev, const union inet_addr *addr)
{
	struct proxy **at = find_proxy(t, dev, addr), *gone = *at;

	if (!gone)
		return false;
	*at = gone->next;
	free(gone);
	return true;
}

struct proxy *pneigh_lookup(struct neigh_table *t, struct net_device *dev, const union inet_addr *addr)
{
	return *find_proxy(t, dev, addr);
}

bool pneigh_is_router(const struct proxy *x)
{
	return x->router;
}

static struct packet *proxy_unwait(struct proxy_wait *w)
{
	struct neigh_table *t = w->tbl;
	struct proxy_wait **at = &t->waiting;
	struct packet *p = w->p;

	while (*at != w)
		at = &(*at)->next;
	*at = w->next;
	t->ops->parms(w->dev)->proxy_queued--;
	timer_off(t->host->clock, &w->timer);
	free(w);
	return p;
}

static void proxy_due(struct timer *timer)
{
	struct proxy_wait *w = container_of(timer, struct proxy_wait, timer);
	void (*redo)(struct net_device *dev, struct packet *p) = w->redo;
	struct net_device *dev = w->dev;
	struct packet *p = proxy_unwait(w);

	if (dev->flags & IFF_UP)
		redo(dev, p);
	else
		pkt_drop(dev->host, p, DROP_NOT_SPECIFIED, "neigh_proxy_process");
}

void pneigh_enqueue(struct neigh_table *t, struct net_device *dev, struct packet *p,
		    void (*redo)(struct net_device *dev, struct packet *p))
{
	struct host *h = dev->host;
	struct neigh_parms *np = t->ops->parms(dev);
	uint32_t delay = (uint32_t)(np->proxy_delay * HZ / 100);	/* in USER_HZ */
	struct proxy_wait *w;

	if (np->proxy_queued > np->proxy_qlen) {
		pkt_drop(h, p, DROP_NOT_SPECIFIED, "pneigh_enqueue");
		return;
	}
	w = xcalloc(1, sizeof(*w));
	w->tbl = t;
	w->dev = dev;
	w->p = p;
	w->redo = redo;
	w->timer.fn = proxy_due;
	w->next = t->waiting;
	t->waiting = w;
	np->proxy_queued++;
	if (delay)
		delay = rng_below(&h->rng_neigh, delay);
	timer_set_wheel(h->clock, &w->timer, host_jiffies(h) + delay);
}

/* ---- beginning and end ---- */

static struct neigh_table *table_new(struct host *h, const struct neigh_ops *ops)
{
	struct neigh_table *t = xcalloc(1, sizeof(*t));

	t->host = h;
	t->ops = ops;
	t->nr_buckets = 64;
	t->bucket = xcalloc(t->nr_buckets, sizeof(struct neighbour *));
	t->last = &t->first;
	t->gc.fn = periodic_gc;
	return t;
}

void neigh_init(struct host *h)
{
	h->arp_tbl = table_new(h, &arp_ops);
	h->nd_tbl = table_new(h, &ndisc_ops);
}

static void flush(struct neigh_table *t, const struct net_device *dev)
{
	for (struct neighbour *n = t->first, *next; n; n = next) {
		next = n->next;
		if (n->dev == dev && !n->refs)
			forget(n);
	}
}

void neigh_dev_changed(struct net_device *dev)
{
	flush(dev->host->arp_tbl, dev);
	flush(dev->host->nd_tbl, dev);
}

static void ifdown(struct neigh_table *t, struct net_device *dev)
{
	flush(t, dev);
	for (struct proxy **at = &t->proxies; *at;) {
		struct proxy *x = *at;

		if (x->dev != dev) {
			at = &x->next;
			continue;
		}
		*at = x->next;
		free(x);
	}
	for (struct proxy_wait *w = t->waiting, *next; w; w = next) {
		next = w->next;
		if (w->dev == dev)
			pkt_free(proxy_unwait(w));
	}
}

void neigh_dev_down(struct net_device *dev)
{
	ifdown(dev->host->arp_tbl, dev);
	ifdown(dev->host->nd_tbl, dev);
}

static void table_free(struct host *h, struct neigh_table *t)
{
	while (t->first)
		forget(t->first);
	while (t->waiting)
		pkt_free(proxy_unwait(t->waiting));
	for (struct proxy *x = t->proxies, *next; x; x = next) {
		next = x->next;
		free(x);
	}
	timer_off(h->clock, &t->gc);
	free(t->bucket);
	free(t);
}

void neigh_destroy(struct host *h)
{
	table_free(h, h->arp_tbl);
	table_free(h, h->nd_tbl);
	h->arp_tbl = h->nd_tbl = NULL;
}
