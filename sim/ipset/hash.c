// SPDX-License-Identifier: MIT
/* hash.c - the hash types (ip_set_hash_gen.h): buckets that grow two elements at a time, and a table that doubles
 * when one would grow past bucketsize. Of types with nets, the prefix lengths in use are kept, longest first:
 * a lookup tries one after the other. */
#include "sim/ipset/internal.h"
#include "sim/net/fib.h"
#include <stdlib.h>

#define STEP		2u	/* AHASH_INIT_SIZE */
#define BUCKET_MAX	64u	/* AHASH_MAX_TUNED */
#define BUCKET_HEAD	32u	/* bytes of struct hbucket */
#define REGION_BITS	10
#define BITS_MIN	6
#define BITS_MAX	26	/* of one table, and of all tables of a host; the kernel goes as far as its memory does */
#define PREFIXES	129
#define KEY_MAX		64

enum { E_NOMATCH = 1, E_WILDCARD = 2 };

/* Element d: key, flags, interface name (hash:net,iface), extensions. */
struct bucket {
	uint64_t used;
	uint8_t size, pos;
	_Alignas(8) uint8_t value[];
};

struct prefixes { uint8_t len[PREFIXES]; uint32_t count[PREFIXES]; uint8_t nr; };	/* longest first */

struct set_hash {
	struct bucket **tbl;
	uint16_t *hint;			/* one for each bucket */
	unsigned bits;
	uint32_t elements;
	uint8_t bucketsize;
	uint8_t klen;			/* key, in whole words */
	uint8_t flags_at, iface_at;	/* iface_at 0 = without */
	uint8_t nr_nets;		/* how many parts are nets: 0, 1, 2 */
	struct prefixes *nets;
	uint64_t gc_at, gc_region;	/* when the collector runs next, and where */
};

/* ---- keys: as the kernel's element lies in memory, so that it hashes to the same */

static void key_of(const struct ip_set *s, const struct ipset_elem *e, uint8_t *k)
{
	unsigned a = addr_len(s);

	memset(k, 0, s->hash->klen);
	if (s->type->kind != SET_HASH_MAC)
		memcpy(k, &e->ip, a);
	switch (s->type->kind) {
	case SET_HASH_MAC:
		memcpy(k, e->mac, 6);
		break;
	case SET_HASH_IPMAC:
		memcpy(k + a, e->mac, 6);
		break;
	case SET_HASH_IPMARK:
		memcpy(k + a, &e->mark, 4);
		break;
	case SET_HASH_IPPORT:
		put_be16(k + a, e->port);
		k[a + 2] = e->proto;
		break;
	case SET_HASH_IPPORTIP:
		memcpy(k + a, &e->ip2, a);
		put_be16(k + 2 * a, e->port);
		k[2 * a + 2] = e->proto;
		break;
	case SET_HASH_IPPORTNET:
		memcpy(k + a, &e->ip2, a);
		put_be16(k + 2 * a, e->port);
		k[2 * a + 2] = (uint8_t)(e->cidr2 - 1) & 0x7f;
		k[2 * a + 3] = e->proto;
		break;
	case SET_HASH_NET:
		k[a + 3] = e->cidr;
		break;
	case SET_HASH_NETPORT:
		put_be16(k + a, e->port);
		k[a + 2] = e->proto;
		k[a + 3] = (uint8_t)(e->cidr - 1) & 0x7f;
		break;
	case SET_HASH_NETIFACE:
		k[a] = e->physdev;
		k[a + 1] = e->cidr;
		k[a + 3] = 1;
		break;
	case SET_HASH_NETNET:
		memcpy(k + a, &e->ip2, a);
		k[2 * a + 2] = e->cidr;
		k[2 * a + 3] = e->cidr2;
		break;
	case SET_HASH_NETPORTNET:
		memcpy(k + a, &e->ip2, a);
		put_be16(k + 2 * a, e->port);
		k[2 * a + 2] = e->cidr;
		k[2 * a + 3] = e->cidr2;
		k[2 * a + 7] = e->proto;
		break;
	default:
		break;
	}
}

static void elem_of(const struct ip_set *s, const uint8_t *k, struct ipset_elem *e)
{
	const struct set_hash *h = s->hash;
	unsigned a = addr_len(s);

	*e = (struct ipset_elem){ .cidr = s->host_mask, .cidr2 = s->host_mask };
	if (s->type->kind != SET_HASH_MAC)
		memcpy(&e->ip, k, a);
	switch (s->type->kind) {
	case SET_HASH_MAC:
		memcpy(e->mac, k, 6);
		e->has_mac = true;
		break;
	case SET_HASH_IPMAC:
		memcpy(e->mac, k + a, 6);
		e->has_mac = true;
		break;
	case SET_HASH_IPMARK:
		memcpy(&e->mark, k + a, 4);
		break;
	case SET_HASH_IPPORT:
		e->port = get_be16(k + a);
		e->proto = k[a + 2];
		break;
	case SET_HASH_IPPORTIP:
		memcpy(&e->ip2, k + a, a);
		e->port = get_be16(k + 2 * a);
		e->proto = k[2 * a + 2];
		break;
	case SET_HASH_IPPORTNET:
		memcpy(&e->ip2, k + a, a);
		e->port = get_be16(k + 2 * a);
		e->cidr2 = (uint8_t)(k[2 * a + 2] + 1);
		e->proto = k[2 * a + 3];
		break;
	case SET_HASH_NET:
		e->cidr = k[a + 3];
		break;
	case SET_HASH_NETPORT:
		e->port = get_be16(k + a);
		e->proto = k[a + 2];
		e->cidr = (uint8_t)(k[a + 3] + 1);
		break;
	case SET_HASH_NETIFACE:
		e->physdev = k[a];
		e->cidr = k[a + 1];
		memcpy(e->iface, k + h->iface_at, sizeof(e->iface));
		break;
	case SET_HASH_NETNET:
		memcpy(&e->ip2, k + a, a);
		e->cidr = k[2 * a + 2];
		e->cidr2 = k[2 * a + 3];
		break;
	case SET_HASH_NETPORTNET:
		memcpy(&e->ip2, k + a, a);
		e->port = get_be16(k + 2 * a);
		e->cidr = k[2 * a + 2];
		e->cidr2 = k[2 * a + 3];
		e->proto = k[2 * a + 7];
		break;
	default:
		break;
	}
	e->nomatch = k[h->flags_at] & E_NOMATCH;
	e->wildcard = k[h->flags_at] & E_WILDCARD;
}

/* Bytes of a key, and of the kernel's whole element. */
static unsigned key_len(const struct ip_set *s, unsigned *ret_kernel)
{
	unsigned a = addr_len(s), n = 0, kernel = 0;

	switch (s->type->kind) {
	case SET_HASH_IP:		n = a; break;
	case SET_HASH_MAC:		n = 8; break;
	case SET_HASH_IPMAC:		n = a + 8; break;
	case SET_HASH_NETNET:		n = 2 * a + 4; kernel = (n + 7) / 8 * 8; break;
	case SET_HASH_IPPORTIP:
	case SET_HASH_IPPORTNET:	n = 2 * a + 4; break;
	case SET_HASH_NETPORTNET:	n = 2 * a + 8; break;
	case SET_HASH_NETIFACE:		n = a + 4; kernel = n + 20; break;
	default:			n = a + 4; break;
	}
	*ret_kernel = kernel ? kernel : n;
	return n;
}

/* Of a key that lies at a word. Its low bits choose the bucket. */
static inline uint32_t hash_all(const struct ip_set *s, const uint8_t *k)
{
	return jhash2((const uint32_t *)(const void *)k, s->hash->klen / 4u, s->as.initval);
}

static inline uint32_t bucket_of(uint32_t hash, unsigned bits)
{
	return hash & ((UINT32_C(1) << bits) - 1);
}

/* One of 16 bits, by what the bucket leaves of the hash: who looks for an element whose bit no element of the
 * bucket ever had need not look into it. */
static inline uint16_t hint_of(uint32_t hash)
{
	return (uint16_t)(1u << (hash >> 28));
}

static inline bool words_equal(const uint8_t *a, const uint8_t *b, unsigned n)
{
	const uint32_t *x = (const void *)a, *y = (const void *)b;

	for (unsigned i = 0; i < n / 4; i++)
		if (x[i] != y[i])
			return false;
	return true;
}

static uint8_t *elem_at(const struct ip_set *s, const struct bucket *b, unsigned i)
{
	return (uint8_t *)(uintptr_t)(b->value + (size_t)i * s->dsize);
}

/* Does the stored d answer for key k and interface? *multi counts what differs in the interface alone. */
static inline bool same(const struct set_hash *h, const uint8_t *d, const uint8_t *k, const char *iface, uint32_t *multi)
{
	const char *mine;
	unsigned a;

	if (!h->iface_at)
		return words_equal(d, k, h->klen);
	a = h->klen - 4u;	/* address, then whether physdev, then prefix */
	if (memcmp(d, k, a) != 0 || d[a + 1] != k[a + 1])
		return false;
	++*multi;
	mine = (const char *)d + h->iface_at;
	if (d[a] != k[a])
		return false;
	return d[h->flags_at] & E_WILDCARD ? strncmp(mine, iface, strlen(mine)) == 0 : strcmp(mine, iface) == 0;
}

/* ---- prefix lengths in use */

static void prefix_add(struct prefixes *p, uint8_t len)
{
	unsigned i = 0, k;

	while (i < p->nr && p->len[i] > len)
		i++;
	if (i < p->nr && p->len[i] == len) {
		p->count[i]++;
		return;
	}
	for (k = p->nr++; k > i; k--) {
		p->len[k] = p->len[k - 1];
		p->count[k] = p->count[k - 1];
	}
	p->len[i] = len;
	p->count[i] = 1;
}

static void prefix_del(struct prefixes *p, uint8_t len)
{
	unsigned i = 0;

	while (i < p->nr && p->len[i] != len)
		i++;
	if (i == p->nr || --p->count[i])
		return;
	p->nr--;
	for (; i < p->nr; i++) {
		p->len[i] = p->len[i + 1];
		p->count[i] = p->count[i + 1];
	}
}

/* The prefix of part n of an element. hash:ip,port,net has its net second. */
static uint8_t prefix_of(const struct ip_set *s, const struct ipset_elem *e, unsigned n)
{
	return n || s->type->kind == SET_HASH_IPPORTNET ? e->cidr2 : e->cidr;
}

static void prefixes_count(struct ip_set *s, const uint8_t *d, bool add)
{
	struct ipset_elem e;

	if (!s->hash->nr_nets)
		return;
	elem_of(s, d, &e);
	for (unsigned n = 0; n < s->hash->nr_nets; n++)
		(add ? prefix_add : prefix_del)(&s->hash->nets[n], prefix_of(s, &e, n));
}

bool hash_first_cidr(const struct ip_set *s, unsigned n, uint8_t *ret)
{
	const struct set_hash *h = s->hash;

	if (n >= h->nr_nets || !h->nets[n].nr)
		return false;
	*ret = h->nets[n].len[0];
	return true;
}

/* ---- the table */

/* A set that never held anything has no table yet. */
static size_t nr_buckets(const struct set_hash *h)
{
	return h->tbl ? (size_t)1 << h->bits : 0;
}

static bool table_fits(const struct ip_set *s, unsigned bits)
{
	return bits <= BITS_MAX && s->all->buckets + (UINT64_C(1) << bits) <= UINT64_C(1) << BITS_MAX;
}

static size_t step_size(const struct ip_set *s)
{
	return BUCKET_HEAD + STEP * s->kernel_dsize;
}

static struct bucket *bucket_new(const struct ip_set *s, unsigned size)
{
	struct bucket *b = xcalloc(1, sizeof(*b) + (size_t)size * s->dsize);

	b->size = (uint8_t)size;
	return b;
}

static struct bucket *bucket_grow(const struct ip_set *s, struct bucket *b)
{
	struct bucket *n = xrealloc(b, sizeof(*b) + (size_t)(b->size + STEP) * s->dsize);

	memset(elem_at(s, n, n->size), 0, STEP * (size_t)s->dsize);
	n->size = (uint8_t)(n->size + STEP);
	return n;
}

static void table_free(struct bucket **tbl, uint16_t *hint, unsigned bits)
{
	for (size_t i = 0; i < (size_t)1 << bits; i++)
		free(tbl[i]);
	free(tbl);
	free(hint);
}

static void hash_clear(struct ip_set *s)
{
	struct set_hash *h = s->hash;

	for (size_t i = 0; s->off_comment && i < nr_buckets(h); i++)
		for (unsigned k = 0; h->tbl[i] && k < h->tbl[i]->pos; k++)
			if (h->tbl[i]->used >> k & 1)
				ext_destroy(s, elem_at(s, h->tbl[i], k));
	s->ext_size = 0;
}

static void hash_flush(struct ip_set *s)
{
	struct set_hash *h = s->hash;

	hash_clear(s);
	for (size_t i = 0; i < nr_buckets(h); i++) {
		free(h->tbl[i]);
		h->tbl[i] = NULL;
		h->hint[i] = 0;
	}
	for (unsigned n = 0; n < h->nr_nets; n++)
		h->nets[n].nr = 0;
	h->elements = 0;
}

static void hash_destroy(struct ip_set *s)
{
	hash_clear(s);
	s->all->buckets -= nr_buckets(s->hash);
	if (s->hash->tbl)
		table_free(s->hash->tbl, s->hash->hint, s->hash->bits);
	free(s->hash->nets);
	free(s->hash);
}

/* The table with twice the buckets, and again as long as one is too full. Elements that are out of time stay behind. */
static bool resize_to(struct ip_set *s, unsigned bits)
{
	struct set_hash *h = s->hash;
	struct bucket **tbl = xcalloc((size_t)1 << bits, sizeof(struct bucket *));
	uint16_t *hint = xcalloc((size_t)1 << bits, sizeof(*hint));
	size_t size = 0;

	for (size_t i = 0; i < nr_buckets(h); i++) {
		struct bucket *b = h->tbl[i];

		for (unsigned k = 0; b && k < b->pos; k++) {
			uint8_t *d = elem_at(s, b, k);
			struct bucket **m;
			uint32_t hash;

			if (!(b->used >> k & 1) || ext_expired(s, d))
				continue;
			hash = hash_all(s, d);
			m = &tbl[bucket_of(hash, bits)];
			hint[bucket_of(hash, bits)] |= hint_of(hash);
			if (!*m) {
				*m = bucket_new(s, STEP);
				size += step_size(s);
			} else if ((*m)->pos >= (*m)->size) {
				if ((*m)->size >= h->bucketsize) {
					table_free(tbl, hint, bits);
					return false;
				}
				*m = bucket_grow(s, *m);
				size += step_size(s);
			}
			memcpy(elem_at(s, *m, (*m)->pos), d, s->dsize);
			(*m)->used |= UINT64_C(1) << (*m)->pos++;
		}
	}
	/* what stays behind */
	for (size_t i = 0; i < nr_buckets(h); i++) {
		struct bucket *b = h->tbl[i];

		for (unsigned k = 0; b && k < b->pos; k++) {
			uint8_t *d = elem_at(s, b, k);

			if (!(b->used >> k & 1) || !ext_expired(s, d))
				continue;
			prefixes_count(s, d, false);
			ext_destroy(s, d);
			h->elements--;
		}
		if (b)
			s->ext_size -= step_size(s) * (b->size / STEP);
	}
	s->ext_size += size;
	s->all->buckets += ((uint64_t)1 << bits) - nr_buckets(h);
	table_free(h->tbl, h->hint, h->bits);
	h->tbl = tbl;
	h->hint = hint;
	h->bits = bits;
	return true;
}

static bool resize(struct ip_set *s)
{
	for (unsigned bits = s->hash->bits + 1; table_fits(s, bits); bits++)
		if (resize_to(s, bits))
			return true;
	return false;
}

static void bucket_shrink(struct ip_set *s, struct bucket **at)
{
	struct bucket *b = *at, *n = bucket_new(s, b->size - STEP);

	for (unsigned i = 0; i < b->pos; i++)
		if (b->used >> i & 1) {
			memcpy(elem_at(s, n, n->pos), elem_at(s, b, i), s->dsize);
			n->used |= UINT64_C(1) << n->pos++;
		}
	s->ext_size -= step_size(s);
	free(b);
	*at = n;
}

/* Holes of a bucket after taking out what was out of time at a jiffy. */
static unsigned bucket_collect(struct ip_set *s, struct bucket *b, uint64_t jiffies)
{
	unsigned holes = 0;

	for (unsigned k = 0; k < b->pos; k++) {
		uint8_t *d = elem_at(s, b, k);

		if (b->used >> k & 1 && ext_expired_at(s, d, jiffies)) {
			b->used &= ~(UINT64_C(1) << k);
			prefixes_count(s, d, false);
			ext_destroy(s, d);
			s->hash->elements--;
		}
		holes += !(b->used >> k & 1);
	}
	return holes;
}

/* mtype_gc_do() for one region. */
static void collect(struct ip_set *s, size_t region, uint64_t jiffies)
{
	struct set_hash *h = s->hash;
	size_t from = region << REGION_BITS, to = MIN(from + ((size_t)1 << REGION_BITS), nr_buckets(h));

	for (size_t i = from; i < to; i++) {
		unsigned holes = h->tbl[i] ? bucket_collect(s, h->tbl[i], jiffies) : 0;

		if (holes >= STEP && holes >= h->tbl[i]->size) {
			s->ext_size -= step_size(s) * (h->tbl[i]->size / STEP);
			free(h->tbl[i]);
			h->tbl[i] = NULL;
		} else if (holes >= STEP) {
			bucket_shrink(s, &h->tbl[i]);
		}
	}
}

static size_t nr_regions(const struct set_hash *h)
{
	return h->bits < REGION_BITS ? 1 : (size_t)1 << (h->bits - REGION_BITS);
}

/* Jiffies between two runs of the kernel's collector, each over one region. */
static uint64_t collect_period(const struct ip_set *s)
{
	return MAX(gc_period(s) / nr_regions(s->hash), HZ / 10u);
}

void hash_collect(struct ip_set *s)
{
	struct set_hash *h = s->hash;
	uint64_t now, period;
	size_t nr;

	if (!s->off_timeout || (now = set_jiffies(s)) < h->gc_at)
		return;
	period = collect_period(s);
	nr = nr_regions(h);
	/* of many runs that are due only the last over each region leaves a trace */
	if ((now - h->gc_at) / period > nr) {
		uint64_t skip = (now - h->gc_at) / period - nr;

		h->gc_at += skip * period;
		h->gc_region += skip;
	}
	for (; h->gc_at <= now; h->gc_at = evq_wheel(h->gc_at, h->gc_at + period))
		collect(s, h->gc_region++ % nr, h->gc_at);
}

static void elem_put(struct ip_set *s, uint8_t *d, const uint8_t *k, const struct ipset_elem *e)
{
	struct set_hash *h = s->hash;

	memset(d, 0, s->dsize);
	memcpy(d, k, h->klen);
	if (h->iface_at)
		memcpy(d + h->iface_at, e->iface, sizeof(e->iface));
	d[h->flags_at] = (uint8_t)((e->nomatch ? E_NOMATCH : 0) | (e->wildcard ? E_WILDCARD : 0));
	h->elements++;
	prefixes_count(s, d, true);
}

/* Where in its bucket an element goes: its own place (*found), one to take over, or -1. */
static int place(const struct ip_set *s, const struct bucket *b, const uint8_t *k, const struct ipset_elem *e, bool *found,
		 uint32_t *multi)
{
	int j = -1;

	*found = false;
	for (unsigned i = 0; i < b->pos; i++) {
		const uint8_t *d = elem_at(s, b, i);

		if (!(b->used >> i & 1)) {
			if (j < 0)
				j = (int)i;
			continue;
		}
		if (same(s->hash, d, k, e->iface, multi)) {
			*found = true;
			return (int)i;
		}
		if (j < 0 && ext_expired(s, d))
			j = (int)i;
	}
	return j;
}

static void take_over(struct ip_set *s, struct bucket *b, unsigned i)
{
	uint8_t *d = elem_at(s, b, i);

	if (!(b->used >> i & 1))
		return;
	prefixes_count(s, d, false);
	ext_destroy(s, d);
	s->hash->elements--;
}

/* The kernel says so; flags of the old one change too. */
static int re_add(struct ip_set *s, uint8_t *d, const struct ipset_elem *e, const struct ipset_ext *x, bool exist_ok)
{
	uint8_t *flags = &d[s->hash->flags_at];

	if (!exist_ok && !ext_expired(s, d))
		return IPSET_ERR_EXIST;
	*flags = (uint8_t)((*flags & ~E_NOMATCH) | (e->nomatch ? E_NOMATCH : 0));
	ext_init(s, d, x);
	return 0;
}

/* A bucket without room: it grows, or the table does (*again). false = the set is full. */
static bool make_room(struct ip_set *s, struct bucket **b, uint32_t multi, bool *again)
{
	struct set_hash *h = s->hash;

	if ((*b)->pos < (*b)->size)
		return true;
	if (h->iface_at && h->bucketsize >= BUCKET_MAX)
		return false;
	if (h->iface_at && h->bucketsize <= multi)
		h->bucketsize = (uint8_t)(h->bucketsize + STEP);
	if ((*b)->size >= h->bucketsize) {
		*again = true;
		return resize(s);
	}
	*b = bucket_grow(s, *b);
	s->ext_size += step_size(s);
	return true;
}

static bool table_new(struct ip_set *s)
{
	struct set_hash *h = s->hash;

	if (!table_fits(s, h->bits))
		return false;
	h->tbl = xcalloc((size_t)1 << h->bits, sizeof(struct bucket *));
	h->hint = xcalloc((size_t)1 << h->bits, sizeof(*h->hint));
	s->all->buckets += nr_buckets(h);
	return true;
}

static int hash_add(struct ip_set *s, const struct ipset_elem *e, const struct ipset_ext *x, bool exist_ok)
{
	struct set_hash *h = s->hash;
	bool full, force, found, again = false;
	_Alignas(4) uint8_t k[KEY_MAX];
	uint32_t multi = 0, hash, key;
	struct bucket **b;
	int j = -1;

	hash_collect(s);
	key_of(s, e, k);
	hash = hash_all(s, k);
	key = bucket_of(hash, h->bits);
	if (h->elements >= s->as.maxelem && s->off_timeout)
		collect(s, key >> REGION_BITS, set_jiffies(s));
	full = h->elements >= s->as.maxelem;
	force = full && s->as.forceadd;
	if (!h->tbl && !full && !table_new(s))
		return IPSET_ERR_HASH_FULL;
	if (!h->tbl || !h->tbl[key]) {
		if (full)
			return IPSET_ERR_HASH_FULL;
		b = &h->tbl[key];
		*b = bucket_new(s, STEP);
		s->ext_size += step_size(s);
	} else {
		b = &h->tbl[key];
		j = place(s, *b, k, e, &found, &multi);
		if (found)
			return re_add(s, elem_at(s, *b, (unsigned)j), e, x, exist_ok);
		if (j < 0 && force)
			j = 0;
		if (j >= 0)
			take_over(s, *b, (unsigned)j);
	}
	if (j < 0) {
		if (full || !make_room(s, b, multi, &again))
			return IPSET_ERR_HASH_FULL;
		if (again)
			return hash_add(s, e, x, exist_ok);
		j = (*b)->pos++;
	}
	(*b)->used |= UINT64_C(1) << j;
	h->hint[key] |= hint_of(hash);
	elem_put(s, elem_at(s, *b, (unsigned)j), k, e);
	ext_init(s, elem_at(s, *b, (unsigned)j), x);
	return 0;
}

static int hash_del(struct ip_set *s, const struct ipset_elem *e)
{
	struct set_hash *h = s->hash;
	_Alignas(4) uint8_t k[KEY_MAX];
	struct bucket **at, *b;
	uint32_t multi = 0;
	unsigned i, holes = 0;

	hash_collect(s);
	key_of(s, e, k);
	if (!h->tbl)
		return IPSET_ERR_EXIST;
	at = &h->tbl[bucket_of(hash_all(s, k), h->bits)];
	if (!(b = *at))
		return IPSET_ERR_EXIST;
	for (i = 0; i < b->pos; i++)
		if (b->used >> i & 1 && same(h, elem_at(s, b, i), k, e->iface, &multi))
			break;
	if (i == b->pos || ext_expired(s, elem_at(s, b, i)))
		return IPSET_ERR_EXIST;
	take_over(s, b, i);
	b->used &= ~(UINT64_C(1) << i);
	if (i + 1u == b->pos)
		b->pos--;
	for (i = 0; i < b->pos; i++)
		holes += !(b->used >> i & 1);
	if (holes == b->pos) {
		s->ext_size -= step_size(s) * (b->size / STEP);
		free(b);
		*at = NULL;
	} else if (holes >= STEP) {
		bucket_shrink(s, at);
	}
	return 0;
}

/* ---- lookups */

struct look {
	const struct ip_set *s;
	const struct set_probe *p;
	struct ipset_elem *ret;
	struct ipset_ext *ret_ext;
	uint32_t multi;
};

static int look_up(struct look *l, const uint8_t *k, const char *iface)
{
	const struct ip_set *s = l->s;
	const struct set_hash *h = s->hash;
	uint32_t hash = hash_all(s, k), at = bucket_of(hash, h->bits);
	const struct bucket *b;

	/* entries of other interfaces count as well */
	if (!h->tbl || !(h->hint[at] & hint_of(hash)))
		return 0;
	b = h->tbl[at];
	for (unsigned i = 0; b && i < b->pos; i++) {
		uint8_t *d = elem_at(s, b, i);

		if (!(b->used >> i & 1) || !same(h, d, k, iface, &l->multi))
			continue;
		if (!ext_match(s, d, l->p)) {
			l->multi = 0;
			if (h->iface_at)
				continue;
			return 0;
		}
		if (l->ret)
			elem_of(s, d, l->ret);
		if (l->ret_ext)
			ext_get(s, d, l->ret_ext);
		return d[h->flags_at] & E_NOMATCH ? -1 : 1;
	}
	return 0;
}

static int look_up_elem(struct look *l, const struct ipset_elem *e)
{
	_Alignas(4) uint8_t k[KEY_MAX];

	key_of(l->s, e, k);
	return look_up(l, k, e->iface);
}

/* The prefix in a key, as its type writes it, and where the net's address is. */
static void net_in_key(const struct ip_set *s, unsigned *ret_at, unsigned *ret_addr, unsigned *ret_less)
{
	unsigned a = addr_len(s);

	*ret_addr = 0;
	*ret_less = 0;
	switch (s->type->kind) {
	case SET_HASH_IPPORTNET:
		*ret_addr = a;
		*ret_at = 2 * a + 2;
		*ret_less = 1;
		break;
	case SET_HASH_NETPORT:
		*ret_at = a + 3;
		*ret_less = 1;
		break;
	case SET_HASH_NETIFACE:
		*ret_at = a + 1;
		break;
	default:
		*ret_at = a + 3;
	}
}

/* One net in the element: all prefixes in use, longest first, each put into the same key. */
static int look_up_net(struct look *l, const struct ipset_elem *e)
{
	const struct ip_set *s = l->s;
	const struct prefixes *nets = &s->hash->nets[0];
	const union inet_addr *ip = s->type->kind == SET_HASH_IPPORTNET ? &e->ip2 : &e->ip;
	unsigned at, addr, less, words = addr_len(s) / 4;
	_Alignas(4) uint8_t k[KEY_MAX];
	int ret = 0;

	net_in_key(s, &at, &addr, &less);
	key_of(s, e, k);
	for (unsigned i = 0; i < nets->nr && !l->multi && !ret; i++) {
		uint32_t *to = (uint32_t *)(void *)(k + addr);
		unsigned len = nets->len[i];

		for (unsigned w = 0; w < words; w++) {
			unsigned bits = len >= 32 * (w + 1) ? 32 : len > 32 * w ? len - 32 * w : 0;

			to[w] = ip->all[w] & (bits ? htonl(UINT32_MAX << (32 - bits)) : 0);
		}
		k[at] = (uint8_t)(len - less);
		ret = look_up(l, k, e->iface);
	}
	return ret;
}

/* Two: the prefixes of the second under each of the first. */
static int look_up_two_nets(struct look *l, const struct ipset_elem *orig)
{
	const struct set_hash *h = l->s->hash;
	unsigned a = addr_len(l->s);
	struct ipset_elem e = *orig;
	int ret;

	for (unsigned i = 0; i < h->nets[0].nr; i++) {
		e.ip = orig->ip;
		e.cidr = h->nets[0].len[i];
		addr_mask(&e.ip, e.cidr, a);
		for (unsigned j = 0; j < h->nets[1].nr; j++) {
			e.ip2 = orig->ip2;
			e.cidr2 = h->nets[1].len[j];
			addr_mask(&e.ip2, e.cidr2, a);
			if ((ret = look_up_elem(l, &e)) != 0)
				return ret;
		}
	}
	return 0;
}

static int hash_test(const struct ip_set *s, const struct ipset_elem *e, const struct set_probe *p, struct ipset_elem *ret,
		     struct ipset_ext *ret_ext)
{
	struct look l = { .s = s, .p = p, .ret = ret, .ret_ext = ret_ext };
	bool hosts = s->hash->nr_nets;

	for (unsigned n = 0; n < s->hash->nr_nets; n++)
		hosts &= prefix_of(s, e, n) == s->host_mask;
	if (!hosts)
		return look_up_elem(&l, e);
	return s->hash->nr_nets == 1 ? look_up_net(&l, e) : look_up_two_nets(&l, e);
}

/* ---- the rest */

static void hash_each(const struct ip_set *s, bool (*fn)(void *arg, const struct ipset_elem *e, const struct ipset_ext *x),
		      void *arg)
{
	const struct set_hash *h = s->hash;
	struct ipset_elem e;
	struct ipset_ext x;

	for (size_t i = 0; i < nr_buckets(h); i++)
		for (unsigned k = 0; h->tbl[i] && k < h->tbl[i]->pos; k++) {
			const uint8_t *d = elem_at(s, h->tbl[i], k);

			if (!(h->tbl[i]->used >> k & 1) || ext_expired(s, d))
				continue;
			elem_of(s, d, &e);
			ext_get(s, d, &x);
			if (!fn(arg, &e, &x))
				return;
		}
}

static uint32_t hash_count(const struct ip_set *s)
{
	const struct set_hash *h = s->hash;
	uint32_t n = 0;

	if (!s->off_timeout)
		return h->elements;
	for (size_t i = 0; i < nr_buckets(h); i++)
		for (unsigned k = 0; h->tbl[i] && k < h->tbl[i]->pos; k++)
			n += (h->tbl[i]->used >> k & 1) && !ext_expired(s, elem_at(s, h->tbl[i], k));
	return n;
}

static size_t hash_memsize(const struct ip_set *s)
{
	return s->type->base_size[s->family == NFPROTO_IPV6] + s->ext_size;
}

static uint32_t hash_hashsize(const struct ip_set *s)
{
	return UINT32_C(1) << s->hash->bits;
}

static int hash_create(struct ip_set *s)
{
	struct set_hash *h = xcalloc(1, sizeof(*h));
	uint32_t want = s->as.hashsize ? s->as.hashsize : 1024;
	uint8_t b = s->as.bucketsize;
	unsigned len, kernel;

	s->hash = h;
	h->bits = BITS_MIN;
	while (h->bits < 32 && (UINT64_C(1) << h->bits) < want)
		h->bits++;
	if (!table_fits(s, h->bits)) {
		free(h);
		return IPSET_ERR_RANGE;
	}
	s->as.bucketsize = b = b < 2 ? 2 : b > 12 ? 12 : (uint8_t)(b + b % 2);
	h->bucketsize = b;
	for (unsigned i = 0; i < s->type->dim; i++)
		h->nr_nets = (uint8_t)(h->nr_nets + (s->type->part[i] == SETDIM_NET));
	len = key_len(s, &kernel);
	h->klen = (uint8_t)len;
	h->flags_at = (uint8_t)len;
	if (s->type->kind == SET_HASH_NETIFACE)
		h->iface_at = (uint8_t)(len + 1);
	set_layout(s, len + 1 + (h->iface_at ? 16 : 0), kernel);
	h->gc_at = evq_wheel(set_jiffies(s), set_jiffies(s) + HZ);
	if (h->nr_nets)
		h->nets = xcalloc(h->nr_nets, sizeof(*h->nets));
	return 0;
}

const struct set_ops hash_ops = {
	.create = hash_create, .destroy = hash_destroy, .flush = hash_flush, .add = hash_add, .del = hash_del, .test = hash_test,
	.user = hash_user, .each = hash_each, .count = hash_count, .memsize = hash_memsize, .hashsize = hash_hashsize,
};
