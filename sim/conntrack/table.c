// SPDX-License-Identifier: MIT
/* table.c - where connections live: slabs, the hash table over both directions, the list by id.
 *
 * Timeouts need no timers: whoever finds a connection that has expired removes it, as the
 * kernel does, and every new connection pays for a look at a few buckets, so that what nobody
 * meets goes too. */
#include "sim/conntrack/internal.h"
#include <stdlib.h>

#define FIRST_BITS     10
#define SLAB_FIRST     64   /* connections in the first slab; each next one is twice as large, */
#define SLAB_MAX       8192 /* up to this */
#define GC_BUCKETS     2    /* looked at for each new connection */
#define EVICTION_RANGE 8    /* NF_CT_EVICTION_RANGE */

struct ct_slab {
	struct ct_slab *next;
	size_t nr;
	struct conn *conn; /* behind it, where a line of the cache begins */
};
#define CACHE_LINE _Alignof(struct conn)

struct ct_table *table_of(struct host *h)
{
	struct ct_table *t = h->ct;
	struct rng rng;

	if (t)
		return t;
	t = xcalloc(1, sizeof(*t));
	t->bits = FIRST_BITS;
	t->bucket = xcalloc((size_t)1 << t->bits, sizeof(*t->bucket));
	t->next_id = 1;
	rng_init(&rng, h->seed, h->name, "conntrack");
	t->seed[0] = rng_u64(&rng);
	t->seed[1] = rng_u64(&rng) | 1;
	h->ct = t;
	return t;
}

void ct_destroy(struct host *h)
{
	struct ct_table *t = h->ct;

	if (!t)
		return;
	for (struct ct_slab *s = t->slabs, *next; s; s = next) {
		next = s->next;
		for (size_t i = 0; i < s->nr; i++)
			free(s->conn[i].ext);
		free(s);
	}
	ct_expect_destroy(t);
	free(t->bucket);
	free(t);
	h->ct = NULL;
}

/* ---- the hash: 64x64 multiplications folded, over the words that are used ---- */

static uint64_t fold(uint64_t a, uint64_t b)
{
	__extension__ unsigned __int128 m = (unsigned __int128)a * b;

	return (uint64_t)m ^ (uint64_t)(m >> 64);
}

uint32_t table_hash(const struct ct_table *t, const struct ct_tuple *tuple, uint16_t zone_id)
{
	uint64_t k0 = t->seed[0], k1 = t->seed[1], h;

	h = fold(((uint64_t)tuple->src.u3.ip << 32 | tuple->dst.u3.ip) ^ k0,
		 ((uint64_t)tuple->src.u << 48 | (uint64_t)tuple->dst.u.all << 32 |
		  (uint64_t)zone_id << 8 | tuple->dst.protonum) ^
			 k1);
	if (tuple->l3num != NFPROTO_IPV4) {
		const uint32_t *s = tuple->src.u3.all, *d = tuple->dst.u3.all;

		h = fold(((uint64_t)s[1] << 32 | s[2]) ^ k1, ((uint64_t)s[3] << 32 | d[1]) ^ h);
		h = fold(((uint64_t)d[2] << 32 | d[3]) ^ k0, h ^ k1);
	}
	h = fold(h ^ k1, UINT64_C(0x9e3779b97f4a7c15) ^ k0);
	return (uint32_t)(h >> 32);
}

static struct ct_node **bucket_of(const struct ct_table *t, uint32_t hash)
{
	return &t->bucket[hash >> (32 - t->bits)];
}

/* Doubling keeps the order in which a bucket is walked: only hash and age decide it. */
static void grow(struct ct_table *t)
{
	size_t old = (size_t)1 << t->bits;
	struct ct_node **from = t->bucket;

	t->bits++;
	t->bucket = xcalloc((size_t)1 << t->bits, sizeof(*t->bucket));
	for (size_t i = 0; i < old; i++) {
		struct ct_node **tail[2] = { &t->bucket[2 * i], &t->bucket[2 * i + 1] };

		for (struct ct_node *n = from[i]; n; n = n->next) {
			struct ct_node ***at = &tail[n->hash >> (32 - t->bits) & 1];

			**at = n;
			*at = &n->next;
		}
		*tail[0] = *tail[1] = NULL;
	}
	free(from);
	t->gc_bucket *= 2;
}

static void node_link(struct ct_table *t, struct ct_node *n)
{
	struct ct_node **b;

	if (t->nodes >> (t->bits + 1) && t->bits < 30)
		grow(t);
	b = bucket_of(t, n->hash);
	n->next = *b;
	*b = n;
	t->nodes++;
}

static void node_unlink(struct ct_table *t, struct ct_node *n)
{
	struct ct_node **at = bucket_of(t, n->hash);

	while (*at != n)
		at = &(*at)->next;
	*at = n->next;
	t->nodes--;
}

/* ---- the list by id; one is confirmed soon after it got its id: near the end ---- */

static void list_add(struct ct_table *t, struct conn *ct)
{
	struct conn *at = t->last;

	while (at && at->id > ct->id)
		at = at->list_prev;
	ct->list_prev = at;
	ct->list_next = at ? at->list_next : t->first;
	*(at ? &at->list_next : &t->first) = ct;
	*(ct->list_next ? &ct->list_next->list_prev : &t->last) = ct;
}

static void list_del(struct ct_table *t, struct conn *ct)
{
	if (t->cursor == ct)
		t->cursor = ct->list_next;
	*(ct->list_prev ? &ct->list_prev->list_next : &t->first) = ct->list_next;
	*(ct->list_next ? &ct->list_next->list_prev : &t->last) = ct->list_prev;
}

/* ---- life ---- */

/* Slabs are not touched before they are needed: their pages come when a connection does. */
static struct conn *conn_new(struct host *h)
{
	struct ct_table *t = table_of(h);
	struct ct_slab *s = t->slabs;
	struct conn *ct = t->free;

	if (ct) {
		t->free = ct->list_next;
		memset(ct, 0, sizeof(*ct));
	} else {
		if (!s || t->slab_used == s->nr) {
			size_t nr = s ? MIN(s->nr * 2, (size_t)SLAB_MAX) : SLAB_FIRST;

			s = xcalloc(1, sizeof(*s) + CACHE_LINE + nr * sizeof(s->conn[0]));
			s->conn = (void *)(((uintptr_t)(s + 1) + CACHE_LINE - 1) &
					   ~(uintptr_t)(CACHE_LINE - 1));
			s->nr = nr;
			s->next = t->slabs;
			t->slabs = s;
			t->slab_used = 0;
		}
		ct = &s->conn[t->slab_used++];
	}
	ct->host = h;
	ct->refs = 1;
	return ct;
}

void ct_get(struct conn *ct)
{
	if (ct)
		ct->refs++;
}

static void conn_free(struct conn *ct)
{
	struct ct_table *t = ct->host->ct;
	struct conn *master = ct->master;

	if (!(ct->status & IPS_TEMPLATE)) {
		if (t->nat && (ct->status & IPS_SRC_NAT_DONE || ct->nat.pprev))
			t->nat->cleanup(ct);
		t->count--;
	}
	ct_unexpect(ct);
	free(ct->ext);
	ct->ext = NULL;
	ct->list_next = t->free;
	t->free = ct;
	ct_put(master);
}

void ct_put(struct conn *ct)
{
	if (ct && --ct->refs == 0)
		conn_free(ct);
}

struct conn *ct_template(struct host *h, const struct ct_zone *zone)
{
	struct conn *ct = conn_new(h);

	ct->status = IPS_TEMPLATE;
	ct->zone = *zone;
	return ct;
}

struct ct_ext *ct_ext_add(struct conn *ct)
{
	if (!ct->ext)
		ct->ext = xcalloc(1, sizeof(*ct->ext));
	return ct->ext;
}

/* ---- what goes: the expired, and under pressure those not assured ---- */

bool table_delete(struct conn *ct, const char *why)
{
	struct ct_table *t = ct->host->ct;

	if (ct->status & IPS_DYING)
		return false;
	ct->status |= IPS_DYING;
	ct_event(ct->host, NULL, ct, CT_EV_DESTROY, why);
	ct_unexpect(ct);
	if (ct->listed) {
		if (!ct->hidden)
			node_unlink(t, &ct->node[IP_CT_DIR_ORIGINAL]);
		node_unlink(t, &ct->node[IP_CT_DIR_REPLY]);
		list_del(t, ct);
		ct->listed = false;
		ct_put(ct);
	}
	return true;
}

void ct_kill(struct conn *ct)
{
	table_delete(ct, "deleted");
}

/* A bucket's connections with hashes from lo to hi (inclusive) are asked; those for whom "go"
 * has a reason are removed. A removal may take out any other node of the bucket, so the walk
 * begins anew after each. */
static unsigned sweep(struct ct_table *t, size_t bucket, uint32_t lo, uint32_t hi,
		      const char *(*go)(const struct conn *ct, uint64_t now), uint64_t now)
{
	unsigned gone = 0;

again:
	for (struct ct_node *n = t->bucket[bucket]; n; n = n->next) {
		const char *why = n->hash < lo || n->hash > hi ? NULL : go(node_conn(n), now);

		if (why) {
			table_delete(node_conn(n), why);
			gone++;
			goto again;
		}
	}
	return gone;
}

static const char *why_expired(const struct conn *ct, uint64_t now)
{
	return ct_expired(ct, now) ? "timeout" : NULL;
}

static const char *why_early(const struct conn *ct, uint64_t now)
{
	return !ct_expired(ct, now) && !(ct->status & IPS_ASSURED) ? "table full: early drop"
								   : NULL;
}

static void gc_some(struct host *h)
{
	struct ct_table *t = h->ct;
	uint64_t now = host_jiffies(h);

	for (int i = 0; i < GC_BUCKETS; i++) {
		t->gc_bucket &= (1u << t->bits) - 1;
		if (t->bucket[t->gc_bucket])
			sweep(t, t->gc_bucket, 0, UINT32_MAX, why_expired, now);
		t->gc_bucket++;
	}
}

/* The kernel's worker meets every connection about once a second when the table is near its
 * limit. */
static bool gc_all(struct host *h)
{
	struct ct_table *t = h->ct;
	uint64_t now = host_jiffies(h);
	unsigned gone = 0;

	if (now - t->gc_jiffies < HZ)
		return false;
	t->gc_jiffies = now;
	for (size_t i = 0; i < (size_t)1 << t->bits; i++)
		gone += sweep(t, i, 0, UINT32_MAX, why_expired, now);
	return gone > 0;
}

/* The kernel looks at eight of its buckets, from the one the new connection would go into, and
 * empties the first that has somebody to drop. Its buckets are ranges of the hash; ours are
 * others, so ranges are compared. */
static bool early_drop(struct host *h, uint32_t hash)
{
	struct ct_table *t = h->ct;
	uint64_t size = (uint64_t)MAX(h->sysctl.ct_buckets, 1), now = host_jiffies(h);
	uint64_t b = hash * size >> 32;

	for (int i = 0; i < EVICTION_RANGE; i++, b = (b + 1) % size) {
		uint32_t lo = (uint32_t)(((b << 32) + size - 1) / size);
		uint32_t hi = (uint32_t)((((b + 1) << 32) + size - 1) / size - 1);
		unsigned shift = 32 - t->bits, drops = 0;

		if (lo > hi)
			continue;
		for (size_t k = lo >> shift; k <= hi >> shift; k++) {
			sweep(t, k, lo, hi, why_expired, now);
			drops += sweep(t, k, lo, hi, why_early, now);
		}
		if (drops)
			return true;
	}
	return false;
}

static void warn_full(struct host *h)
{
	struct ct_table *t = h->ct;
	uint64_t now = host_jiffies(h);

	if (now - t->warn_jiffies >= 5 * HZ) {
		t->warn_jiffies = now;
		t->warned = 0;
	}
	if (t->warned++ >= 10 || !trace_on(h->trace, EV_LOG))
		return;
	struct event ev = { .type = EV_LOG, .host = h };

	ev.u.log.level = 4;
	ev.u.log.text = "nf_conntrack: nf_conntrack: table full, dropping packet";
	trace_emit(h->trace, &ev);
}

struct conn *table_alloc(struct host *h, const struct ct_zone *zone, const struct ct_tuple *orig,
			 const struct ct_tuple *reply, uint32_t hash)
{
	struct ct_table *t = table_of(h);
	uint32_t max = (uint32_t)h->sysctl.ct_max;
	struct conn *ct;

	gc_some(h);
	if (max && t->count + 1 > max && !gc_all(h) && !early_drop(h, hash)) {
		warn_full(h);
		return NULL;
	}
	ct = conn_new(h);
	t->count++;
	ct->id = t->next_id++;
	ct->tuple[IP_CT_DIR_ORIGINAL] = *orig;
	ct->tuple[IP_CT_DIR_REPLY] = *reply;
	ct->zone = *zone;
	ct->node[IP_CT_DIR_ORIGINAL].hash = hash;
	ct->node[IP_CT_DIR_REPLY].dir = IP_CT_DIR_REPLY;
	return ct;
}

void table_insert(struct conn *ct, bool reply_only)
{
	struct ct_table *t = ct->host->ct;

	ct_get(ct);
	ct->listed = true;
	ct->hidden = reply_only;
	if (!reply_only)
		node_link(t, &ct->node[IP_CT_DIR_ORIGINAL]);
	node_link(t, &ct->node[IP_CT_DIR_REPLY]);
	list_add(t, ct);
	ct->status |= IPS_CONFIRMED;
}

/* ---- questions ---- */

struct ct_node *table_lookup(struct host *h, const struct ct_zone *zone,
			     const struct ct_tuple *tuple, uint32_t hash)
{
	struct ct_table *t = h->ct;
	uint64_t now = host_jiffies(h);

again:
	for (struct ct_node *n = *bucket_of(t, hash); n; n = n->next) {
		struct conn *ct = node_conn(n);

		if (n->hash != hash)
			continue;
		if (unlikely(ct_expired(ct, now))) {
			table_delete(ct, "timeout");
			goto again;
		}
		if (tuple_equal(tuple, &ct->tuple[n->dir]) && zone_equal(&ct->zone, zone, n->dir))
			return n;
	}
	return NULL;
}

struct conn *ct_find(struct host *h, const struct ct_zone *zone, const struct ct_tuple *tuple,
		     enum ip_ct_dir *ret_dir)
{
	uint16_t orig = ct_zone_id(zone, IP_CT_DIR_ORIGINAL),
		 reply = ct_zone_id(zone, IP_CT_DIR_REPLY);
	struct ct_node *n;

	if (!h->ct)
		return NULL;
	n = table_lookup(h, zone, tuple, table_hash(h->ct, tuple, orig));
	if (!n && reply != orig)
		n = table_lookup(h, zone, tuple, table_hash(h->ct, tuple, reply));
	if (!n)
		return NULL;
	if (ret_dir)
		*ret_dir = n->dir;
	return node_conn(n);
}

bool ct_tuple_taken(const struct ct_tuple *tuple, const struct conn *ignored)
{
	const struct ct_zone *zone = &ignored->zone;
	struct ct_table *t = ignored->host->ct;
	uint32_t hash = table_hash(t, tuple, ct_zone_id(zone, IP_CT_DIR_REPLY));
	uint64_t now = host_jiffies(ignored->host);

again:
	for (struct ct_node *n = *bucket_of(t, hash); n; n = n->next) {
		struct conn *ct = node_conn(n);

		if (n->hash != hash || ct == ignored)
			continue;
		if (ct_expired(ct, now)) {
			table_delete(ct, "timeout");
			goto again;
		}
		if (!tuple_equal(tuple, &ct->tuple[n->dir]) || !zone_equal(&ct->zone, zone, n->dir))
			continue;
		/* The same flow twice, both on their way: confirming will sort it out. */
		if (tuple_equal(&ignored->tuple[IP_CT_DIR_ORIGINAL],
				&ct->tuple[IP_CT_DIR_ORIGINAL]) &&
		    zone_equal(&ct->zone, zone, IP_CT_DIR_ORIGINAL))
			continue;
		return true;
	}
	return false;
}

uint32_t ct_count(const struct host *h)
{
	return h->ct ? h->ct->count : 0;
}

void ct_each(struct host *h, void (*fn)(struct conn *ct, void *arg), void *arg)
{
	struct ct_table *t = h->ct;
	uint64_t now = host_jiffies(h);
	struct conn *outer;

	if (!t)
		return;
	outer = t->cursor;
	for (struct conn *ct = t->first; ct; ct = t->cursor) {
		t->cursor = ct->list_next;
		if (ct_expired(ct, now))
			table_delete(ct, "timeout");
		else
			fn(ct, arg);
	}
	t->cursor = outer;
}

void ct_set_nat_hook(struct host *h, const struct ct_nat_hook *hook)
{
	table_of(h)->nat = hook;
}

void ct_labels_on(struct host *h)
{
	table_of(h)->labels_used = true;
}
