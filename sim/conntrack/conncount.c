// SPDX-License-Identifier: MIT
/* conncount.c - how many connections a key has (nf_conncount.c). A list per key remembers
 * tuples; those whose connection is gone or closed are dropped when the list is looked at, at
 * most once a jiffy. */
#include "sim/conntrack/internal.h"
#include "sim/net/device.h"
#include <stdlib.h>

#define MAX_KEY	       5
#define GC_MAX_COLLECT 64 /* per look */
#define FIRST_BITS     6

struct cc_entry {
	struct cc_entry *next;
	struct ct_tuple tuple;
	struct ct_zone zone;
};

struct cc_list {
	struct cc_list *next; /* in the bucket */
	uint32_t key[MAX_KEY], hash;
	struct cc_entry *first, **last;
	unsigned count;
	uint64_t last_gc; /* jiffies */
};

struct conncount {
	struct cc_list **bucket;
	unsigned bits, nr;
	struct cc_entry *free;
};

struct conncount *conncount_new(struct arena *a)
{
	struct conncount *cc = arena_new(a, struct conncount);

	cc->bits = FIRST_BITS;
	cc->bucket = xcalloc((size_t)1 << cc->bits, sizeof(*cc->bucket));
	return cc;
}

static void free_entries(struct cc_entry *e)
{
	for (struct cc_entry *next; e; e = next) {
		next = e->next;
		free(e);
	}
}

void conncount_free(struct conncount *cc)
{
	if (!cc->bucket)
		return;
	for (size_t i = 0; i < (size_t)1 << cc->bits; i++) {
		for (struct cc_list *l = cc->bucket[i], *next; l; l = next) {
			next = l->next;
			free_entries(l->first);
			free(l);
		}
	}
	free_entries(cc->free);
	free(cc->bucket);
	cc->bucket = NULL;
	cc->free = NULL;
}

/* ---- keys ---- */

static uint32_t hash_key(const uint32_t key[MAX_KEY], unsigned nkey)
{
	uint64_t h = 0;

	for (unsigned i = 0; i < nkey; i++)
		h = (h ^ key[i]) * UINT64_C(0x9e3779b97f4a7c15) + (h >> 29);
	return (uint32_t)(h >> 32);
}

static void grow(struct conncount *cc)
{
	size_t old = (size_t)1 << cc->bits;
	struct cc_list **from = cc->bucket;

	cc->bits++;
	cc->bucket = xcalloc((size_t)1 << cc->bits, sizeof(*cc->bucket));
	for (size_t i = 0; i < old; i++) {
		for (struct cc_list *l = from[i], *next; l; l = next) {
			struct cc_list **b = &cc->bucket[l->hash >> (32 - cc->bits)];

			next = l->next;
			l->next = *b;
			*b = l;
		}
	}
	free(from);
}

static struct cc_list *find_list(struct conncount *cc, const uint32_t *key, unsigned nkey,
				 uint32_t hash)
{
	struct cc_list *l = cc->bucket[hash >> (32 - cc->bits)];

	while (l && (l->hash != hash || memcmp(l->key, key, nkey * sizeof(*key)) != 0))
		l = l->next;
	return l;
}

static struct cc_list *add_list(struct conncount *cc, const uint32_t *key, unsigned nkey,
				uint32_t hash, uint64_t now)
{
	struct cc_list *l = xcalloc(1, sizeof(*l)), **b;

	if (cc->nr++ >> cc->bits && cc->bits < 24)
		grow(cc);
	b = &cc->bucket[hash >> (32 - cc->bits)];
	l->next = *b;
	*b = l;
	l->hash = hash;
	memcpy(l->key, key, nkey * sizeof(*key));
	l->last = &l->first;
	l->last_gc = now;
	return l;
}

/* ---- entries ---- */

static void add_entry(struct conncount *cc, struct cc_list *l, const struct ct_tuple *tuple,
		      const struct ct_zone *zone)
{
	struct cc_entry *e = cc->free;

	if (e)
		cc->free = e->next;
	else
		e = xmalloc(sizeof(*e));
	*e = (struct cc_entry){ .tuple = *tuple, .zone = *zone };
	*l->last = e;
	l->last = &e->next;
	l->count++;
}

static void del_entry(struct conncount *cc, struct cc_list *l, struct cc_entry **at)
{
	struct cc_entry *e = *at;

	*at = e->next;
	if (l->last == &e->next)
		l->last = at;
	e->next = cc->free;
	cc->free = e;
	l->count--;
}

static bool already_closed(const struct conn *ct)
{
	return ct_protonum(ct) == PROTO_TCP && (ct->proto.tcp.state == TCP_CONNTRACK_TIME_WAIT ||
						ct->proto.tcp.state == TCP_CONNTRACK_CLOSE);
}

/* Drops what is dead. With a tuple: stops and answers true where it is found alive. */
static bool look(struct host *h, struct conncount *cc, struct cc_list *l,
		 const struct ct_tuple *tuple, const struct ct_zone *zone)
{
	unsigned collected = 0;

	for (struct cc_entry **at = &l->first; *at && collected <= GC_MAX_COLLECT;) {
		struct cc_entry *e = *at;
		struct conn *ct = ct_find(h, &e->zone, &e->tuple, NULL);

		if (ct && tuple && tuple_equal(&e->tuple, tuple) &&
		    ct_zone_id(&ct->zone, (enum ip_ct_dir)zone->dir) ==
			    ct_zone_id(zone, (enum ip_ct_dir)zone->dir))
			return true;
		if (ct && !already_closed(ct)) {
			at = &e->next;
			continue;
		}
		del_entry(cc, l, at);
		collected++;
	}
	l->last_gc = host_jiffies(h);
	return false;
}

struct who {
	struct ct_tuple tuple;
	struct ct_zone zone;
	const struct conn *ct;
};

/* The packet's connection, or what it would be. */
static bool who_is(struct host *h, const struct packet *p, uint8_t family, struct who *w)
{
	const struct conn *ct = p->ct;

	*w = (struct who){ .zone = ct_zone_dflt };
	if (ct)
		w->zone = ct->zone;
	if (ct && !(ct->status & IPS_TEMPLATE)) {
		w->tuple = ct->tuple[IP_CT_DIR_ORIGINAL];
		w->ct = ct;
		return true;
	}
	if (!ct_tuple_from(&w->tuple, p, 0, family, h))
		return false;
	w->ct = ct_find(h, &w->zone, &w->tuple, NULL);
	return true;
}

unsigned conncount_count(struct host *h, struct conncount *cc, const uint32_t key[5], unsigned nkey,
			 struct packet *p, uint8_t family)
{
	uint32_t hash = hash_key(key, nkey);
	uint64_t now = host_jiffies(h);
	struct cc_list *l;
	struct who w;

	assert(nkey <= MAX_KEY);
	if (!who_is(h, p, family, &w))
		return 0;
	l = find_list(cc, key, nkey, hash);
	if (!l) {
		l = add_list(cc, key, nkey, hash, now);
		add_entry(cc, l, &w.tuple, &w.zone);
		return l->count;
	}
	if (w.ct && w.ct->status & IPS_ASSURED) {
		/* Counted when it was new, or never: it is only an occasion to clean up. */
		if (l->count && now != l->last_gc)
			look(h, cc, l, NULL, NULL);
		return l->count;
	}
	/* Within a jiffy a new one is taken for one that was not seen yet; but one that is
	 * confirmed may have been counted just before, on its way out by lo. */
	if ((now == l->last_gc && !(w.ct && ct_confirmed(w.ct))) ||
	    !look(h, cc, l, &w.tuple, &w.zone))
		add_entry(cc, l, &w.tuple, &w.zone);
	return l->count;
}
