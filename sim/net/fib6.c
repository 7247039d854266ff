// SPDX-License-Identifier: MIT
/* fib6.c - IPv6's routing tables: a hash of prefixes per table, each with its routes by rising metric; the
 * longest prefix that has a usable route wins (net/ipv6/ip6_fib.c, parts of route.c and fib6_rules.c). */
#include "sim/net/fib6_internal.h"
#include "sim/net/neigh.h"
#include <errno.h>
#include <stdlib.h>

/* ---- tables ---- */

static uint32_t node_hash(const union inet_addr *key, unsigned plen)
{
	uint64_t x = plen;

	for (int i = 0; i < 4; i++)
		x = (x ^ key->all[i]) * UINT64_C(0x9e3779b97f4a7c15) ^ x >> 29;
	return (uint32_t)(x >> 32) % FIB6_BUCKETS;
}

static union inet_addr masked(const union inet_addr *a, unsigned plen)
{
	union inet_addr p = { .all = { 0 } };

	memcpy(p.ip6, a->ip6, plen / 8);
	if (plen % 8)
		p.ip6[plen / 8] = (uint8_t)(a->ip6[plen / 8] & (0xff00 >> plen % 8));
	return p;
}

struct fib6_table *fib6_get_table(const struct host *h, uint32_t id)
{
	struct fib6_table *t = h->fib6->tables;

	while (t && t->id != id)
		t = t->next;
	return t;
}

static struct fib6_table *new_table(struct host *h, uint32_t id)
{
	struct fib6_table *t = fib6_get_table(h, id), **at = &h->fib6->tables;

	if (t)
		return t;
	t = xcalloc(1, sizeof(*t));
	t->id = id;
	while (*at && (*at)->id < id)
		at = &(*at)->next;
	t->next = *at;
	*at = t;
	return t;
}

static struct fib6_node *find_node(const struct fib6_table *t, const union inet_addr *key, unsigned plen)
{
	struct fib6_node *n = t->bucket[node_hash(key, plen)];

	while (n && (n->plen != plen || !inet_addr_equal(&n->key, key)))
		n = n->next;
	return n;
}

static struct fib6_node *make_node(struct fib6_table *t, const union inet_addr *key, unsigned plen)
{
	struct fib6_node *n = find_node(t, key, plen), **at = &t->bucket[node_hash(key, plen)];

	if (n)
		return n;
	n = xcalloc(1, sizeof(*n));
	n->key = *key;
	n->plen = (uint8_t)plen;
	n->next = *at;
	*at = n;
	t->lens[plen]++;
	return n;
}

static void drop_node(struct fib6_table *t, struct fib6_node *n)
{
	struct fib6_node **at = &t->bucket[node_hash(&n->key, n->plen)];

	while (*at != n)
		at = &(*at)->next;
	*at = n->next;
	t->lens[n->plen]--;
	free(n);
}

/* ---- which of one prefix's routes (rt6_select) ---- */

enum { NUD_FAIL_HARD = -3, NUD_FAIL_PROBE = -2 };

static bool expired(const struct fib6_info *f)
{
	return f->expires && f->expires <= f->host->clock->now;
}

/* Is the router heard of? A silent one is only good when nothing else is. */
static int check_neigh(const struct fib6_info *f)
{
	const struct neighbour *n = neigh_find(f->host->nd_tbl, f->dev, &f->gw);

	return n && n->nud_state & NUD_FAILED ? NUD_FAIL_PROBE : 1;
}

static int score(const struct fib6_info *f, int oif, unsigned strict)
{
	int m = !oif || (f->dev && f->dev->ifindex == oif) ? 2 : 0;

	if (!m && strict & RT6_LOOKUP_F_IFACE)
		return NUD_FAIL_HARD;
	m |= (f->pref ^ 2) << 2;
	if (strict & RT6_LOOKUP_F_REACHABLE && f->has_gw) {
		int n = check_neigh(f);

		if (n < 0)
			return n;
	}
	return m;
}

static void best_of(struct fib6_info *from, const struct fib6_info *to, uint32_t metric, int oif, unsigned strict, int *best,
		    struct fib6_info **ret)
{
	for (struct fib6_info *f = from; f && f != to && f->metric == metric; f = f->next) {
		int m = expired(f) ? NUD_FAIL_HARD : score(f, oif, strict);

		if (m > *best) {
			*best = m;
			*ret = f;
		}
	}
}

static struct fib6_info *select_route(struct fib6_node *n, int oif, unsigned strict)
{
	struct fib6_info *found = NULL;
	int best = -1;

	for (struct fib6_info *f = n->leaf; f && !found;) {
		uint32_t metric = f->metric;

		best_of(f, NULL, metric, oif, strict, &best, &found);
		while (f && f->metric == metric)
			f = f->next;
	}
	return found;
}

static struct fib6_info *lookup(const struct fib6_table *t, const union inet_addr *daddr, int oif, unsigned strict)
{
	for (int len = 128; len >= 0; len--) {
		union inet_addr key;
		struct fib6_node *n;
		struct fib6_info *f;

		if (!t->lens[len])
			continue;
		key = masked(daddr, (unsigned)len);
		n = find_node(t, &key, (unsigned)len);
		f = n ? select_route(n, oif, strict) : NULL;
		if (f)
			return f;
	}
	return NULL;
}

struct fib6_info *fib6_table_lookup(struct host *h, uint32_t table, int oif, const struct flowi6 *fl, unsigned strict)
{
	const struct fib6_table *t = fib6_get_table(h, table);
	struct fib6_info *f = t ? lookup(t, &fl->daddr, oif, strict) : NULL;

	if (!f && t && strict & RT6_LOOKUP_F_REACHABLE)
		f = lookup(t, &fl->daddr, oif, strict & ~RT6_LOOKUP_F_REACHABLE);
	return f;
}

/* ---- multipath ---- */

static bool ecmp_ok(const struct fib6_info *f)
{
	return !(f->flags & (RTF6_ADDRCONF | RTF6_DYNAMIC)) && f->has_gw;
}

static struct fib6_node *node_of(const struct fib6_info *f)
{
	return find_node(fib6_get_table(f->host, f->table), &f->dst, f->plen);
}

static void rebalance(struct fib6_node *n, uint32_t metric)
{
	uint64_t total = 0, sum = 0;

	for (struct fib6_info *f = n->leaf; f; f = f->next)
		if (f->metric == metric && ecmp_ok(f))
			total += f->weight;
	for (struct fib6_info *f = n->leaf; f; f = f->next) {
		if (f->metric != metric || !ecmp_ok(f))
			continue;
		sum += f->weight;
		f->upper_bound = (int32_t)(((sum << 31) + total / 2) / total - 1);
	}
}

/* Of several of one metric the one whose share the flow's hash lies in. */
struct fib6_info *fib6_select_path(struct fib6_info *f, struct flowi6 *fl, const struct packet *p, int oif, unsigned strict)
{
	struct fib6_info *first = NULL;
	unsigned nr = 0;

	if (!ecmp_ok(f))
		return f;
	for (struct fib6_info *o = node_of(f)->leaf; o; o = o->next) {
		if (o->metric != f->metric || !ecmp_ok(o))
			continue;
		first = first ? first : o;
		nr++;
	}
	if (nr < 2)
		return f;
	if (!fl->mp_hash)
		fl->mp_hash = rt6_multipath_hash(f->host, fl, p);
	for (struct fib6_info *o = first; o; o = o->next) {
		if (o->metric != f->metric || !ecmp_ok(o) || (int32_t)fl->mp_hash > o->upper_bound)
			continue;
		return score(o, oif, strict) < 0 ? f : o;
	}
	return f;
}

/* ---- adding (fib6_add_rt2node) ---- */

static void gc_timer(struct timer *t)
{
	struct fib6_info *f = container_of(t, struct fib6_info, gc);

	fib6_del(f);
}

void fib6_set_expires(struct fib6_info *f, uint64_t expires)
{
	f->expires = expires;
	if (expires)
		timer_set(f->host->clock, &f->gc, expires);
	else
		timer_off(f->host->clock, &f->gc);
}

static bool same_nexthop(const struct fib6_info *a, const struct fib6_info *b)
{
	return a->dev == b->dev && a->has_gw == b->has_gw && inet_addr_equal(&a->gw, &b->gw);
}

static int insert(struct fib6_table *t, struct fib6_info *f, const struct fib6_config *cfg, bool next_of_mp)
{
	struct fib6_node *n = make_node(t, &f->dst, f->plen);
	struct fib6_info **at = &n->leaf, **same = NULL;
	int err = cfg->change && !cfg->replace && !n->leaf ? -ENOENT : 0;

	for (; !err && *at && (*at)->metric <= f->metric; at = &(*at)->next) {
		if ((*at)->metric != f->metric)
			continue;
		if (cfg->exclusive && !next_of_mp)
			err = -EEXIST;
		else if ((cfg->replace || cfg->change) && !next_of_mp)
			same = same ? same : at;
		else if (same_nexthop(*at, f))
			err = -EEXIST;
	}
	if (err) {
		if (!n->leaf)
			drop_node(t, n);
		return err;
	}
	if (same) {
		/* All of that metric give way to the new one. */
		while (*same && (*same)->metric == f->metric) {
			(*same)->gone = true;
			timer_off(f->host->clock, &(*same)->gc);
			*same = (*same)->next;
		}
		at = same;
	}
	f->next = *at;
	*at = f;
	rebalance(n, f->metric);
	return 0;
}

static struct fib6_info *new_info(struct host *h, const struct fib6_config *cfg, const struct fib6_nh_config *nh)
{
	struct fib6_info *f = xcalloc(1, sizeof(*f));

	f->host = h;
	f->dst = masked(&cfg->dst, cfg->plen);
	f->plen = cfg->plen;
	f->type = cfg->type;
	f->protocol = cfg->protocol;
	f->pref = cfg->pref;
	f->flags = cfg->flags;
	f->table = cfg->table;
	f->metric = cfg->metric;
	f->dev = nh->dev;
	f->has_gw = nh->has_gw;
	f->gw = nh->gw;
	f->onlink = nh->onlink;
	f->weight = nh->weight ? nh->weight : 1;
	f->has_prefsrc = cfg->has_prefsrc;
	f->prefsrc = cfg->prefsrc;
	f->mtu = cfg->mtu;
	f->mtu_locked = cfg->mtu_locked;
	f->hoplimit = cfg->hoplimit;
	f->advmss = cfg->advmss;
	f->pos = cfg->pos;
	f->gc.fn = gc_timer;
	f->reject = cfg->type == RTN_BLACKHOLE || cfg->type == RTN_UNREACHABLE || cfg->type == RTN_PROHIBIT || cfg->type == RTN_THROW;
	return f;
}

static int add_one(struct host *h, const struct fib6_config *cfg, const struct fib6_nh_config *nh, bool next_of_mp,
		   struct fib6_info **ret)
{
	struct fib6_info *f = new_info(h, cfg, nh);
	int err = insert(new_table(h, cfg->table), f, cfg, next_of_mp);

	if (err) {
		free(f);
		return err;
	}
	f->all_next = h->fib6->all;
	h->fib6->all = f;
	if (cfg->expires)
		fib6_set_expires(f, cfg->expires);
	if (ret)
		*ret = f;
	return 0;
}

struct fib6_info *fib6_insert_kernel(struct host *h, const struct fib6_config *cfg)
{
	struct fib6_info *f = NULL;

	add_one(h, cfg, &cfg->nh, false, &f);
	return f;
}

static int refuse(const struct fib6_config *cfg, int err, const char *why)
{
	if (cfg->why)
		*cfg->why = why;
	return err;
}

/* The gateway must be a neighbour: on dev, or on whichever device the way to it leads through. */
static int check_gateway(struct host *h, const struct fib6_config *cfg, struct fib6_nh_config *nh)
{
	unsigned type = ipv6_addr_type(&nh->gw);
	struct flowi6 fl = { .daddr = nh->gw, .oif = nh->dev ? nh->dev->ifindex : 0 };
	const struct fib6_info *f;
	struct fib6_result res;

	if (ipv6_chk_addr(h, &nh->gw, nh->dev, false))
		return refuse(cfg, -EINVAL, "Gateway can not be a local address");
	if (type == (IPV6_ADDR_LINKLOCAL | IPV6_ADDR_UNICAST)) {
		if (!nh->dev)
			return refuse(cfg, -EINVAL, "Egress device not specified");
		return 0;
	}
	if (!(type & (IPV6_ADDR_UNICAST | IPV6_ADDR_MAPPED)))
		return refuse(cfg, -EINVAL, "Invalid gateway address");
	if (nh->onlink)
		return nh->dev ? 0 : refuse(cfg, -EINVAL, "Nexthop device required for onlink");
	/* In the route's own table, whatever the rules say; then by the rules. */
	f = fib6_table_lookup(h, cfg->table, fl.oif, &fl, RT6_LOOKUP_F_IFACE);
	if (!f || f->reject || f->has_gw || (nh->dev && f->dev != nh->dev)) {
		fib6_rule_lookup(h, &fl, NULL, RT6_LOOKUP_F_IFACE | RT6_LOOKUP_F_NO_SHARES, fl.oif, &res);
		f = res.f;
	}
	if (!f || f->reject || f->has_gw || (nh->dev && f->dev != nh->dev) || !f->dev)
		return -EHOSTUNREACH;
	nh->dev = f->dev;
	if (nh->dev->flags & IFF_LOOPBACK)
		return refuse(cfg, -EINVAL, "Egress device can not be loopback device for this route");
	return 0;
}

static int check_nexthop(struct host *h, const struct fib6_config *cfg, struct fib6_nh_config *nh)
{
	if (nh->has_gw) {
		int err = check_gateway(h, cfg, nh);

		if (err)
			return err;
	}
	if (!nh->dev)
		return -ENODEV;
	if (!ipv6_on(nh->dev))
		return refuse(cfg, -EACCES, "IPv6 is disabled on nexthop device");
	if (!(nh->dev->flags & IFF_UP))
		return refuse(cfg, -ENETDOWN, "Nexthop device is not up");
	return 0;
}

static bool is_reject(const struct fib6_config *cfg)
{
	return cfg->type == RTN_BLACKHOLE || cfg->type == RTN_UNREACHABLE || cfg->type == RTN_PROHIBIT || cfg->type == RTN_THROW;
}

int fib6_route_add(struct host *h, const struct fib6_config *req)
{
	struct fib6_config cfg = *req;
	int nr = cfg.nr_mp ? cfg.nr_mp : 1, err = 0;

	if (cfg.plen > 128)
		return refuse(&cfg, -EINVAL, "Invalid prefix length");
	if (!cfg.metric)
		cfg.metric = IP6_RT_PRIO_USER;
	if (!cfg.nr_mp)
		cfg.mp[0] = cfg.nh;
	if (is_reject(&cfg)) {
		cfg.mp[0] = (struct fib6_nh_config){ .dev = h->lo };
		nr = 1;
	}
	if (cfg.has_prefsrc && !ipv6_chk_addr(h, &cfg.prefsrc, NULL, false))
		return refuse(&cfg, -EINVAL, "Invalid source address");
	for (int i = 0; i < nr && !err && !is_reject(&cfg); i++)
		err = check_nexthop(h, &cfg, &cfg.mp[i]);
	for (int i = 0; i < nr && !err; i++)
		err = add_one(h, &cfg, &cfg.mp[i], i > 0, NULL);
	return err;
}

/* ---- deleting ---- */

void fib6_del(struct fib6_info *f)
{
	struct fib6_table *t = fib6_get_table(f->host, f->table);
	struct fib6_node *n = f->gone ? NULL : find_node(t, &f->dst, f->plen);
	struct fib6_info **at = n ? &n->leaf : NULL;

	if (!n)
		return;
	while (*at && *at != f)
		at = &(*at)->next;
	if (!*at)
		return;
	*at = f->next;
	f->gone = true;
	timer_off(f->host->clock, &f->gc);
	if (n->leaf)
		rebalance(n, f->metric);
	else
		drop_node(t, n);
}

static bool wanted(const struct fib6_info *f, const struct fib6_config *cfg, const struct fib6_nh_config *nh)
{
	return (!cfg->metric || f->metric == cfg->metric) && (!cfg->protocol || f->protocol == cfg->protocol) &&
	       (!cfg->type || f->type == cfg->type) && (!nh->dev || f->dev == nh->dev || f->reject) &&
	       (!nh->has_gw || (f->has_gw && inet_addr_equal(&f->gw, &nh->gw)));
}

/* Without next hops named, all of the first route's shares go. */
int fib6_route_del(struct host *h, const struct fib6_config *cfg)
{
	const struct fib6_table *t = fib6_get_table(h, cfg->table);
	union inet_addr key = masked(&cfg->dst, cfg->plen);
	struct fib6_node *n = t && cfg->plen <= 128 ? find_node(t, &key, cfg->plen) : NULL;
	bool all = !cfg->nr_mp && !cfg->nh.has_gw;
	int nr = cfg->nr_mp ? cfg->nr_mp : 1, done = 0;
	uint32_t metric = 0;

	for (int i = 0; i < nr && n; i++) {
		const struct fib6_nh_config *nh = cfg->nr_mp ? &cfg->mp[i] : &cfg->nh;

		for (struct fib6_info *f = n->leaf, *next; f; f = next) {
			next = f->next;
			if (!wanted(f, cfg, nh) || (done && all && f->metric != metric) || (done && all && !ecmp_ok(f)))
				continue;
			all &= ecmp_ok(f);
			metric = f->metric;
			done++;
			fib6_del(f);
			if (!all)
				break;
		}
		n = find_node(t, &key, cfg->plen);
	}
	return done ? 0 : -ESRCH;
}

struct sweep {
	bool (*goes)(const struct fib6_info *f, const void *arg);
	const void *arg;
};

static void sweep_one(struct fib6_info *f, void *arg)
{
	const struct sweep *s = arg;

	if (s->goes(f, s->arg))
		fib6_del(f);
}

static bool through_dev(const struct fib6_info *f, const void *dev)
{
	return f->dev == dev && !f->reject;
}

void fib6_dev_down(struct net_device *dev)
{
	struct sweep s = { through_dev, dev };

	fib6_each(dev->host, sweep_one, &s);
}

static bool default_router(const struct fib6_info *f, const void *arg UNUSED)
{
	return f->flags & RTF6_ADDRCONF && f->has_gw && (!f->dev->ip6 || f->dev->ip6->conf.accept_ra != 2);
}

void fib6_purge_default_routers(struct host *h)
{
	struct sweep s = { default_router, NULL };

	fib6_each(h, sweep_one, &s);
}

static bool through_router(const struct fib6_info *f, const void *arg)
{
	const union inet_addr *r = arg;

	return (f->flags & (RTF6_ADDRCONF | RTF6_DEFAULT)) == (RTF6_ADDRCONF | RTF6_DEFAULT) && f->has_gw && inet_addr_equal(&f->gw, r);
}

void fib6_clean_router(struct host *h, const union inet_addr *gw)
{
	struct sweep s = { through_router, gw };

	fib6_each(h, sweep_one, &s);
}

struct mtu_change { struct net_device *dev; uint32_t orig, mtu; };

static void mtu_one(struct fib6_info *f, void *arg)
{
	const struct mtu_change *c = arg;

	if (f->dev != c->dev || f->mtu_locked)
		return;
	if (f->mtu && (f->mtu >= c->mtu || f->mtu == c->orig))
		f->mtu = c->mtu;
	for (struct fib6_exception *x = f->exceptions; x; x = x->next)
		if (x->mtu && (x->mtu >= c->mtu || x->mtu == c->orig))
			x->mtu = c->mtu;
}

void fib6_dev_mtu(struct net_device *dev, uint32_t orig, uint32_t mtu)
{
	struct mtu_change c = { dev, orig, mtu };

	fib6_each(dev->host, mtu_one, &c);
}

/* ---- all of them, by table, then by prefix ---- */

static int by_prefix(const void *pa, const void *pb)
{
	const struct fib6_info *a = *(struct fib6_info *const *)pa, *b = *(struct fib6_info *const *)pb;
	int c = memcmp(&a->dst, &b->dst, sizeof(a->dst));

	if (c || a->plen != b->plen)
		return c ? c : a->plen < b->plen ? -1 : 1;
	return a->metric != b->metric ? (a->metric < b->metric ? -1 : 1) : 0;
}

static void each_of_table(const struct fib6_table *t, void (*fn)(struct fib6_info *f, void *arg), void *arg)
{
	struct fib6_info **all = NULL;
	size_t nr = 0;

	for (unsigned i = 0; i < FIB6_BUCKETS; i++)
		for (const struct fib6_node *n = t->bucket[i]; n; n = n->next)
			for (struct fib6_info *f = n->leaf; f; f = f->next) {
				all = xrealloc(all, (nr + 1) * sizeof(struct fib6_info *));
				all[nr++] = f;
			}
	if (nr)
		qsort(all, nr, sizeof(struct fib6_info *), by_prefix);
	for (size_t i = 0; i < nr; i++)
		if (!all[i]->gone)
			fn(all[i], arg);
	free(all);
}

void fib6_each(struct host *h, void (*fn)(struct fib6_info *f, void *arg), void *arg)
{
	for (const struct fib6_table *t = h->fib6->tables; t; t = t->next)
		each_of_table(t, fn, arg);
}

/* ---- beginning and end ---- */

void fib6_init(struct host *h)
{
	h->fib6 = xcalloc(1, sizeof(*h->fib6));
	new_table(h, RT_TABLE_MAIN);
	new_table(h, RT_TABLE_LOCAL);
	fib_rules_init6(h);
}

void fib6_destroy(struct host *h)
{
	struct fib6_state *s = h->fib6;

	fib_rules_destroy6(h);
	for (struct fib6_table *t = s->tables, *next; t; t = next) {
		next = t->next;
		for (unsigned i = 0; i < FIB6_BUCKETS; i++)
			while (t->bucket[i]) {
				struct fib6_node *n = t->bucket[i];

				t->bucket[i] = n->next;
				free(n);
			}
		free(t);
	}
	for (struct fib6_info *f = s->all, *next; f; f = next) {
		next = f->all_next;
		timer_off(h->clock, &f->gc);
		for (struct fib6_exception *x = f->exceptions, *xn; x; x = xn) {
			xn = x->next;
			free(x);
		}
		free(f);
	}
	free(s);
	h->fib6 = NULL;
}
