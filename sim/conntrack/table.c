// SPDX-License-Identifier: MIT
/* table.c - where connections live: slabs, the hash table over both directions, the list by id.
 *
 * Timeouts need no timers: whoever finds a connection that has expired removes it, as the
 * kernel does, and every new connection pays for a look at a few slots, so that what nobody
 * meets goes too. */
#include "sim/conntrack/internal.h"
#include <stdlib.h>

#define FIRST_BITS     10
#define SLAB_FIRST     64   /* connections in the first slab; each next one is twice as large, */
#define SLAB_BITS      16   /* up to 1 << this */
#define GC_SLOTS       8    /* looked at for each new connection: one line of the cache */
#define EVICTION_RANGE 8    /* NF_CT_EVICTION_RANGE */

struct ct_slab {
	struct conn *conn;
	size_t nr;
};

/* A slot says all that is needed to pass it by or to move it: the hash in its upper half; in the lower half a connection's
 * number (slab from 1 << SLAB_BITS | place), shifted over the direction. 0 = empty. The slots from a hash's home to the
 * next empty one are all that can hold it. Of one hash the newest is found first, as in the kernel's chains: of two connections
 * with the same answers the younger, of one that is its own answer the direction of answers. */
#define SLOT(hash, ref, dir)	((uint64_t)(hash) << 32 | (uint64_t)(ref) << 1 | (dir))
static inline uint32_t slot_hash(uint64_t e)		{ return (uint32_t)(e >> 32); }
static inline enum ip_ct_dir slot_dir(uint64_t e)	{ return (enum ip_ct_dir)(e & 1); }
static inline struct conn *slot_conn(const struct ct_table *t, uint64_t e)
{
	uint32_t ref = (uint32_t)e >> 1;

	return &t->slab[ref >> SLAB_BITS].conn[ref & ((1u << SLAB_BITS) - 1)];
}

/* Beside each slot stands when its connection can end, or earlier, in units of 1 << DUE_SHIFT jiffies (4 s; the highest
 * number: then or later), so that whoever looks for what has expired need not touch the others. */
#define DUE_SHIFT 10
static inline uint16_t due_of(uint64_t timeout)
{
	return (uint16_t)MIN(timeout >> DUE_SHIFT, (uint64_t)UINT16_MAX);
}

static void slots_new(struct ct_table *t)
{
	t->slot = xpages(sizeof(*t->slot) << t->bits);
	t->due = xpages(sizeof(*t->due) << t->bits);
}

static void slots_free(uint64_t *slot, uint16_t *due, unsigned bits)
{
	xpages_free(slot, sizeof(*slot) << bits);
	xpages_free(due, sizeof(*due) << bits);
}

struct ct_table *table_of(struct host *h)
{
	struct ct_table *t = h->ct;
	struct rng rng;

	if (t)
		return t;
	t = xcalloc(1, sizeof(*t));
	t->bits = FIRST_BITS;
	slots_new(t);
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
	for (uint32_t k = 1; k <= t->nr_slabs; k++) {
		for (size_t i = 0; i < (k == t->nr_slabs ? t->slab_used : t->slab[k].nr); i++)
			free(t->slab[k].conn[i].ext);
		xpages_free(t->slab[k].conn, t->slab[k].nr * sizeof(struct conn));
	}
	free(t->slab);
	ct_expect_destroy(t);
	shown_drop(t);
	slots_free(t->slot, t->due, t->bits);
	free(t);
	h->ct = NULL;
}

/* ---- the hash: 64x64 multiplications folded, over the words that are used ---- */

static uint64_t fold(uint64_t a, uint64_t b)
{
	__extension__ unsigned __int128 m = (unsigned __int128)a * b;

	return (uint64_t)m ^ (uint64_t)(m >> 64);
}

/* What a connection's addresses of 32 bits (IPv6: the first words), ports, zone and protocol make. */
static inline uint64_t hash_words(const struct ct_table *t, be32 src, be32 dst, be16 sport, be16 dport, uint16_t zone_id, uint8_t proto)
{
	return fold(((uint64_t)src << 32 | dst) ^ t->seed[0],
		    ((uint64_t)sport << 48 | (uint64_t)dport << 32 | (uint64_t)zone_id << 8 | proto) ^ t->seed[1]);
}

static inline uint32_t hash_end(const struct ct_table *t, uint64_t h)
{
	return (uint32_t)(fold(h ^ t->seed[1], UINT64_C(0x9e3779b97f4a7c15) ^ t->seed[0]) >> 32);
}

uint32_t table_hash(const struct ct_table *t, const struct ct_tuple *tuple, uint16_t zone_id)
{
	uint64_t k0 = t->seed[0], k1 = t->seed[1], h;

	h = hash_words(t, tuple->src.u3.ip, tuple->dst.u3.ip, tuple->src.u, tuple->dst.u.all, zone_id, tuple->dst.protonum);
	if (tuple->l3num != NFPROTO_IPV4) {
		const uint32_t *s = tuple->src.u3.all, *d = tuple->dst.u3.all;

		h = fold(((uint64_t)s[1] << 32 | s[2]) ^ k1, ((uint64_t)s[3] << 32 | d[1]) ^ h);
		h = fold(((uint64_t)d[2] << 32 | d[3]) ^ k0, h ^ k1);
	}
	return hash_end(t, h);
}

static inline uint32_t home_of(const struct ct_table *t, uint32_t hash)
{
	return hash >> (32 - t->bits);
}

static inline uint32_t after(const struct ct_table *t, uint32_t at)
{
	return (at + 1) & ((1u << t->bits) - 1);
}

static inline void slot_set(struct ct_table *t, uint32_t at, uint64_t e, uint16_t due)
{
	t->slot[at] = e;
	t->due[at] = due;
}

static void slot_put_last(struct ct_table *t, uint64_t e, uint16_t due)
{
	uint32_t at = home_of(t, slot_hash(e));

	while (t->slot[at])
		at = after(t, at);
	slot_set(t, at, e, due);
}

/* Those of the same hash go one place on each. */
static void slot_put_first(struct ct_table *t, uint64_t e, uint16_t due)
{
	uint32_t at = home_of(t, slot_hash(e));

	for (; t->slot[at]; at = after(t, at)) {
		uint64_t older = t->slot[at];
		uint16_t older_due = t->due[at];

		if (slot_hash(older) == slot_hash(e)) {
			slot_set(t, at, e, due);
			e = older;
			due = older_due;
		}
	}
	slot_set(t, at, e, due);
}

static void grow(struct ct_table *t)
{
	size_t old = (size_t)1 << t->bits, gap = 0;
	uint64_t *from = t->slot;
	uint16_t *from_due = t->due;

	while (from[gap]) /* from here on, so that no run of slots is met with its end first */
		gap++;
	t->bits++;
	slots_new(t);
	for (size_t i = 0; i < old; i++) {
		size_t at = (gap + i) & (old - 1);

		if (from[at])
			slot_put_last(t, from[at], from_due[at]);
	}
	slots_free(from, from_due, t->bits - 1);
	t->gc_slot *= 2;
}

/* At most half of the slots are taken. */
static void link_dir(struct ct_table *t, const struct conn *ct, enum ip_ct_dir dir)
{
	if (t->nodes >> (t->bits - 1) && t->bits < 31)
		grow(t);
	slot_put_first(t, SLOT(ct->hash[dir], ct->ref, dir), due_of(ct->timeout));
	t->nodes++;
}

/* Where a listed connection's direction stands. */
static uint32_t slot_of(const struct ct_table *t, const struct conn *ct, enum ip_ct_dir dir)
{
	uint64_t e = SLOT(ct->hash[dir], ct->ref, dir);
	uint32_t at = home_of(t, ct->hash[dir]);

	while (t->slot[at] != e)
		at = after(t, at);
	return at;
}

/* The slots behind the one that falls empty move up, so far as their homes let them. */
static void unlink_dir(struct ct_table *t, const struct conn *ct, enum ip_ct_dir dir)
{
	uint32_t hole = slot_of(t, ct, dir), mask = (1u << t->bits) - 1;

	for (uint32_t at = after(t, hole); t->slot[at]; at = after(t, at)) {
		uint32_t home = home_of(t, slot_hash(t->slot[at]));

		if (((at - home) & mask) >= ((at - hole) & mask)) {
			slot_set(t, hole, t->slot[at], t->due[at]);
			hole = at;
		}
	}
	t->slot[hole] = 0;
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
static void slab_add(struct ct_table *t)
{
	size_t nr = t->nr_slabs ? MIN(t->slab[t->nr_slabs].nr * 2, (size_t)1 << SLAB_BITS) : SLAB_FIRST;
	struct ct_slab *s;

	t->slab = xrealloc(t->slab, (t->nr_slabs + 2) * sizeof(*t->slab));
	s = &t->slab[++t->nr_slabs];
	s->conn = xpages(nr * sizeof(s->conn[0]));
	s->nr = nr;
	t->slab_used = 0;
}

static struct conn *conn_new(struct host *h)
{
	struct ct_table *t = table_of(h);
	struct conn *ct = t->free;
	uint32_t ref;

	if (ct) {
		t->free = ct->list_next;
		ref = ct->ref;
		memset(ct, 0, sizeof(*ct));
	} else {
		if (!t->nr_slabs || t->slab_used == t->slab[t->nr_slabs].nr)
			slab_add(t);
		ref = t->nr_slabs << SLAB_BITS | (uint32_t)t->slab_used;
		ct = &t->slab[t->nr_slabs].conn[t->slab_used++];
	}
	ct->ref = ref;
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
			unlink_dir(t, ct, IP_CT_DIR_ORIGINAL);
		unlink_dir(t, ct, IP_CT_DIR_REPLY);
		list_del(t, ct);
		if (unlikely(t->shown))
			shown_del(t, ct);
		ct->listed = false;
		ct_put(ct);
	}
	return true;
}

void ct_kill(struct conn *ct)
{
	table_delete(ct, "deleted");
}

/* The connections with hashes from lo to hi (inclusive) are asked; those for whom "go" has a reason are removed. A removal
 * may move any other slot, so the walk begins anew after each. */
static unsigned sweep(struct ct_table *t, uint32_t lo, uint32_t hi, const char *(*go)(const struct conn *ct, uint64_t now),
		      uint64_t now)
{
	uint32_t from = home_of(t, lo), least = home_of(t, hi) - from, size = 1u << t->bits;
	unsigned gone = 0;

again:
	for (uint32_t i = 0, at = from; i < size && (i <= least || t->slot[at]); i++, at = after(t, at)) {
		uint64_t e = t->slot[at];
		const char *why = !e || slot_hash(e) < lo || slot_hash(e) > hi ? NULL : go(slot_conn(t, e), now);

		if (why) {
			table_delete(slot_conn(t, e), why);
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

void table_ends_sooner(struct conn *ct, uint64_t at)
{
	struct ct_table *t = ct->host->ct;

	if (!ct->hidden)
		t->due[slot_of(t, ct, IP_CT_DIR_ORIGINAL)] = due_of(at);
	t->due[slot_of(t, ct, IP_CT_DIR_REPLY)] = due_of(at);
}

/* Of the connections that a later call will have to look at, now already: misses take longer than a packet. */
static void gc_ahead(const struct ct_table *t, uint64_t now)
{
	uint32_t mask = (1u << t->bits) - 1, from = t->gc_slot + 2 * GC_SLOTS;

	for (uint32_t i = 0; i < GC_SLOTS; i++) {
		uint32_t at = (from + i) & mask;

		if (t->slot[at] && t->due[at] <= now >> DUE_SHIFT)
			__builtin_prefetch(slot_conn(t, t->slot[at]));
	}
}

static bool slot_expired(struct ct_table *t, uint32_t at, uint64_t now)
{
	const struct conn *ct;

	if (likely(!t->slot[at] || t->due[at] > now >> DUE_SHIFT))
		return false;
	ct = slot_conn(t, t->slot[at]);
	if (ct_expired(ct, now))
		return true;
	t->due[at] = due_of(ct->timeout);
	return false;
}

static void gc_some(struct host *h)
{
	struct ct_table *t = h->ct;
	uint64_t now = host_jiffies(h);

	t->gc_slot &= (1u << t->bits) - 1;
	for (uint32_t end = t->gc_slot + GC_SLOTS; t->gc_slot != end; t->gc_slot++)
		while (slot_expired(t, t->gc_slot, now))	/* one that moves up into its place is looked at too */
			table_delete(slot_conn(t, t->slot[t->gc_slot]), "timeout");
	gc_ahead(t, now);
}

/* The kernel's worker meets every connection about once a second when the table is near its
 * limit. */
static bool gc_all(struct host *h)
{
	struct ct_table *t = h->ct;
	uint64_t now = host_jiffies(h);

	if (now - t->gc_jiffies < HZ)
		return false;
	t->gc_jiffies = now;
	return sweep(t, 0, UINT32_MAX, why_expired, now) > 0;
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

		if (lo > hi)
			continue;
		sweep(t, lo, hi, why_expired, now);
		if (sweep(t, lo, hi, why_early, now))
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

void table_set_reply(struct conn *ct, const struct ct_tuple *reply)
{
	const struct ct_table *t = ct->host->ct;
	uint32_t hash = table_hash(t, reply, ct_zone_id(&ct->zone, IP_CT_DIR_REPLY));

	ct->tuple[IP_CT_DIR_REPLY] = *reply;
	ct->hash[IP_CT_DIR_REPLY] = hash;
	__builtin_prefetch(&t->slot[home_of(t, hash)], 1);	/* when it is confirmed */
	__builtin_prefetch(&t->due[home_of(t, hash)], 1);
	__builtin_prefetch(&t->due[home_of(t, ct->hash[IP_CT_DIR_ORIGINAL])], 1);
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
	ct->zone = *zone;
	ct->hash[IP_CT_DIR_ORIGINAL] = hash;
	table_set_reply(ct, reply);
	return ct;
}

void table_insert(struct conn *ct, bool reply_only)
{
	struct ct_table *t = ct->host->ct;

	ct_get(ct);
	ct->listed = true;
	ct->hidden = reply_only;
	if (!reply_only)
		link_dir(t, ct, IP_CT_DIR_ORIGINAL);
	link_dir(t, ct, IP_CT_DIR_REPLY);
	list_add(t, ct);
	if (unlikely(t->shown))
		shown_add(t, ct);
	ct->status |= IPS_CONFIRMED;
}

/* ---- questions ---- */

struct conn *table_lookup(struct host *h, const struct ct_zone *zone, const struct ct_tuple *tuple, uint32_t hash,
			  enum ip_ct_dir *ret_dir)
{
	struct ct_table *t = h->ct;
	uint64_t now = host_jiffies(h), e;

again:
	for (uint32_t at = home_of(t, hash); (e = t->slot[at]); at = after(t, at)) {
		enum ip_ct_dir dir = slot_dir(e);
		struct conn *ct;

		if (slot_hash(e) != hash)
			continue;
		ct = slot_conn(t, e);
		__builtin_prefetch(&ct->tuple[1]);
		__builtin_prefetch(&ct->proto);
		if (unlikely(ct_expired(ct, now))) {
			table_delete(ct, "timeout");
			goto again;
		}
		if (tuple_equal(tuple, &ct->tuple[dir]) && zone_equal(&ct->zone, zone, dir)) {
			*ret_dir = dir;
			return ct;
		}
	}
	return NULL;
}

static inline void prefetch_conn(const struct conn *ct)
{
	__builtin_prefetch(ct, 1);
	__builtin_prefetch(&ct->tuple[1]);
	__builtin_prefetch(&ct->proto);
}

void ct_ahead(struct ct_table *t, const uint8_t *ip, uint32_t len)
{
	uint32_t *ahead = &t->ahead[t->nr_ahead++ % CT_AHEAD], at = home_of(t, *ahead), hash;
	uint64_t e;

	/* The slot asked for some packets ago is here now. */
	while ((e = t->slot[at]) && slot_hash(e) != *ahead)
		at = after(t, at);
	if (e)
		prefetch_conn(slot_conn(t, e));
	if (len < IP_HLEN + 4 || ip[0] != 0x45)
		return;
	hash = hash_end(t, hash_words(t, ip4_saddr(ip), ip4_daddr(ip), load_be16(ip + IP_HLEN), load_be16(ip + IP_HLEN + 2), 0, ip[IP4_PROTO]));
	__builtin_prefetch(&t->slot[home_of(t, hash)]);
	*ahead = hash;
}

struct conn *ct_find(struct host *h, const struct ct_zone *zone, const struct ct_tuple *tuple,
		     enum ip_ct_dir *ret_dir)
{
	uint16_t orig = ct_zone_id(zone, IP_CT_DIR_ORIGINAL),
		 reply = ct_zone_id(zone, IP_CT_DIR_REPLY);
	enum ip_ct_dir dir;
	struct conn *ct;

	if (!h->ct)
		return NULL;
	ct = table_lookup(h, zone, tuple, table_hash(h->ct, tuple, orig), &dir);
	if (!ct && reply != orig)
		ct = table_lookup(h, zone, tuple, table_hash(h->ct, tuple, reply), &dir);
	if (ct && ret_dir)
		*ret_dir = dir;
	return ct;
}

bool ct_tuple_taken(const struct ct_tuple *tuple, const struct conn *ignored)
{
	const struct ct_zone *zone = &ignored->zone;
	struct ct_table *t = ignored->host->ct;
	uint32_t hash = table_hash(t, tuple, ct_zone_id(zone, IP_CT_DIR_REPLY));
	uint64_t now = host_jiffies(ignored->host), e;

again:
	for (uint32_t at = home_of(t, hash); (e = t->slot[at]); at = after(t, at)) {
		enum ip_ct_dir dir = slot_dir(e);
		struct conn *ct;

		if (slot_hash(e) != hash || (ct = slot_conn(t, e)) == ignored)
			continue;
		if (ct_expired(ct, now)) {
			table_delete(ct, "timeout");
			goto again;
		}
		if (!tuple_equal(tuple, &ct->tuple[dir]) || !zone_equal(&ct->zone, zone, dir))
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
