// SPDX-License-Identifier: MIT
/* index.c - see index.h. Building: each rule's usable conditions become keys (value under mask) once; a node takes the
 * field by which the rules part best, judged by a sample. A range of ports is as many masked values as it takes. */
#include "rules/compile/index.h"
#include "rules/ext/ctstate.h"
#include <stdlib.h>

#define LEAF_MAX	8	/* rules that are not worth parting */
#define DEPTH_MAX	12
#define MASKS_MAX	40	/* per node; rules with others stay in "rest" */
#define KEYS_MAX	48	/* per rule and field; beyond, it is not used */
#define SAMPLE		512

/* Tagged: bit 0 set = one rule, its number above; else a node. 0 = none. */
typedef uintptr_t child;

struct slot { uint64_t k[2]; child to; uint32_t mask; };

struct node {
	int8_t field;			/* -1 = leaf */
	uint8_t nr_masks;
	uint32_t n;			/* leaf: rules; else slots - 1 (a power of two - 1) */
	union {
		uint32_t *rule;		/* leaf, ascending */
		struct {
			struct slot *slot;
			uint64_t (*mask)[2];
			child rest;
		};
	};
};

struct cindex { child root; uint32_t fields; };

/* ---- asking */

static inline uint64_t mix(uint64_t a, uint64_t b, uint32_t mask)
{
	uint64_t h = (a ^ (b * 0x9e3779b97f4a7c15u) ^ ((uint64_t)mask << 57)) * 0xff51afd7ed558ccdu;

	return h ^ h >> 32;
}

static inline child look_up(const struct node *n, uint32_t mask, const uint64_t v[2])
{
	uint64_t a = v[0] & n->mask[mask][0], b = v[1] & n->mask[mask][1];

	for (uint64_t i = mix(a, b, mask) & n->n; n->slot[i].to; i = (i + 1) & n->n)
		if (n->slot[i].k[0] == a && n->slot[i].k[1] == b && n->slot[i].mask == mask)
			return n->slot[i].to;
	return 0;
}

static bool gather(child c, const struct index_key *key, struct index_walk *w)
{
	const struct node *n;

	for (; c; c = n->rest) {
		if (c & 1) {
			if (w->n == INDEX_CURSORS)
				return false;
			w->one[w->n] = (uint32_t)(c >> 1);
			w->list[w->n].at = &w->one[w->n];
			w->list[w->n].end = w->list[w->n].at + 1;
			w->n++;
			return true;
		}
		n = (const struct node *)c;
		if (n->field < 0) {
			if (w->n == INDEX_CURSORS)
				return false;
			w->list[w->n].at = n->rule;
			w->list[w->n].end = n->rule + n->n;
			w->n++;
			return true;
		}
		if (!(key->have & 1u << n->field))
			continue;
		for (uint32_t m = 0; m < n->nr_masks; m++) {
			child to = look_up(n, m, key->v[n->field]);

			if (to && !gather(to, key, w))
				return false;
		}
	}
	return true;
}

bool index_start(const struct cindex *ix, const struct index_key *key, struct index_walk *w)
{
	w->n = 0;
	return gather(ix->root, key, w);
}

static const uint32_t *first_from(const uint32_t *at, const uint32_t *end, uint32_t from)
{
	while (end - at > 8) {
		const uint32_t *mid = at + (end - at) / 2;

		if (*mid < from)
			at = mid + 1;
		else
			end = mid + 1;
	}
	while (at < end && *at < from)
		at++;
	return at;
}

uint32_t index_next(struct index_walk *w, uint32_t from)
{
	uint32_t best = UINT32_MAX;

	for (unsigned i = 0; i < w->n;) {
		const uint32_t *at = w->list[i].at, *end = w->list[i].end;

		if (*at < from) {
			at = first_from(at, end, from);
			if (at == end) {	/* used up: the last takes its place */
				w->list[i] = w->list[--w->n];
				continue;
			}
			w->list[i].at = at;
		}
		if (*at < best)
			best = *at;
		i++;
	}
	return best;
}

uint32_t index_fields(const struct cindex *ix)
{
	return ix->fields;
}

static int allowed = -1;

void index_allow(bool on)
{
	allowed = on;
}

bool index_allowed(void)
{
	if (allowed < 0) {
		const char *no = getenv("HOOKWALK_NO_COMPILE");

		allowed = !(no && *no && strcmp(no, "0") != 0);
	}
	return allowed;
}

/* ---- what a rule asks, as keys */

struct key { uint64_t k[2], m[2]; };
struct use { uint32_t first; uint8_t n; };	/* its keys of one field; n 0 = none that can be used */

struct build {
	struct arena *a;
	const struct cchain *cc;
	uint8_t family;
	struct use *use;		/* rule * NR_IX + field */
	struct key *key;
	uint32_t nr_keys, cap;
	uint32_t fields;		/* that any rule uses */
};

static void add_key(struct build *b, const uint64_t k[2], const uint64_t m[2])
{
	if (b->nr_keys == b->cap) {
		b->cap = b->cap ? b->cap * 2 : 1024;
		b->key = xrealloc(b->key, b->cap * sizeof(*b->key));
	}
	b->key[b->nr_keys++] = (struct key){ { k[0] & m[0], k[1] & m[1] }, { m[0], m[1] } };
}

static struct use *use_of(struct build *b, uint32_t rule, enum index_field f)
{
	return &b->use[(size_t)rule * NR_IX + f];
}

/* From here on the rule's keys of this field; a second condition on one field adds nothing. */
static bool begin(struct build *b, uint32_t rule, enum index_field f)
{
	struct use *u = use_of(b, rule, f);

	if (u->n)
		return false;
	u->first = b->nr_keys;
	return true;
}

static void end(struct build *b, uint32_t rule, enum index_field f)
{
	struct use *u = use_of(b, rule, f);

	if (b->nr_keys - u->first > KEYS_MAX) {
		b->nr_keys = u->first;
		return;
	}
	u->n = (uint8_t)(b->nr_keys - u->first);
	if (u->n)
		b->fields |= 1u << f;
}

static void one_key(struct build *b, uint32_t rule, enum index_field f, const uint64_t k[2], const uint64_t m[2])
{
	if (!(m[0] | m[1]) || !begin(b, rule, f))
		return;
	add_key(b, k, m);
	end(b, rule, f);
}

static void one_word(struct build *b, uint32_t rule, enum index_field f, uint64_t k, uint64_t m)
{
	one_key(b, rule, f, (uint64_t[2]){ k, 0 }, (uint64_t[2]){ m, 0 });
}

/* lo..hi of a field of "bits" as values under masks. */
static void add_range(struct build *b, uint32_t lo, uint32_t hi, unsigned bits)
{
	uint64_t at = lo, max = (1ull << bits) - 1;

	while (at <= hi) {
		uint64_t size = at ? at & (~at + 1) : 1ull << bits;

		while (size > hi - at + 1)
			size >>= 1;
		add_key(b, (uint64_t[2]){ at, 0 }, (uint64_t[2]){ max & ~(size - 1), 0 });
		at += size;
	}
}

static void range_keys(struct build *b, uint32_t rule, enum index_field f, const struct ext_cond *c, unsigned bits)
{
	if (c->invert || c->how != COND_RANGES || !begin(b, rule, f))
		return;
	for (unsigned i = 0; i < c->n; i++)
		add_range(b, c->r[i].lo, MIN(c->r[i].hi, (1u << bits) - 1), bits);
	/* "any" would be a key without a mask: it parts nothing */
	for (uint32_t i = use_of(b, rule, f)->first; i < b->nr_keys; i++)
		if (!b->key[i].m[0]) {
			b->nr_keys = use_of(b, rule, f)->first;
			return;
		}
	end(b, rule, f);
}

/* The packet's state is one bit of five. */
static void state_keys(struct build *b, uint32_t rule, const struct ext_cond *c)
{
	static const uint32_t states[] = { CTS_INVALID, CTS_ESTABLISHED, CTS_RELATED, CTS_NEW, CTS_UNTRACKED };
	uint32_t bits = c->r[0].lo;

	if (c->invert || bits & (CTS_SNAT | CTS_DNAT) || !begin(b, rule, IX_CTSTATE))
		return;
	for (size_t i = 0; i < ARRAY_SIZE(states); i++)
		if (bits & states[i])
			add_key(b, (uint64_t[2]){ states[i], 0 }, (uint64_t[2]){ UINT32_MAX, 0 });
	end(b, rule, IX_CTSTATE);
}

static void cond_keys(struct build *b, uint32_t rule, const struct ext_cond *c)
{
	switch ((enum ext_field)c->field) {
	case FIELD_DPORT:
	case FIELD_ICMP:	range_keys(b, rule, IX_DPORT, c, 16);	break;
	case FIELD_SPORT:	range_keys(b, rule, IX_SPORT, c, 16);	break;
	case FIELD_CTSTATE:	state_keys(b, rule, c);			break;
	case FIELD_MARK:
		if (!c->invert && c->how == COND_MASK && !(c->r[0].lo & ~c->r[0].hi))
			one_word(b, rule, IX_MARK, c->r[0].lo, c->r[0].hi);
		break;
	case FIELD_MAC:
		if (!c->invert)
			one_word(b, rule, IX_MAC, (uint64_t)c->r[0].hi << 32 | c->r[0].lo, (1ull << 48) - 1);
		break;
	default:
		break;
	}
}

static void addr_key(struct build *b, uint32_t rule, enum index_field f, const union inet_addr *addr, const union inet_addr *mask)
{
	uint64_t k[2], m[2];

	memcpy(k, addr, 16);
	memcpy(m, mask, 16);
	one_key(b, rule, f, k, m);
}

static void head_keys(struct build *b, uint32_t rule, const struct crule *c)
{
	const struct ciface *i = c->iface;

	if (b->family == NFPROTO_IPV6) {
		if (c->ip6 && !(c->flags & CI_SRC))
			addr_key(b, rule, IX_SRC, &c->ip6->src, &c->ip6->smsk);
		if (c->ip6 && !(c->flags & CI_DST))
			addr_key(b, rule, IX_DST, &c->ip6->dst, &c->ip6->dmsk);
	} else {
		if (!(c->flags & CI_SRC))
			one_word(b, rule, IX_SRC, c->src, c->smsk);
		if (!(c->flags & CI_DST))
			one_word(b, rule, IX_DST, c->dst, c->dmsk);
	}
	if (c->proto && !(c->flags & CI_PROTO))
		one_word(b, rule, IX_PROTO, c->proto, UINT8_MAX);
	if (i && !i->inv_in)
		one_key(b, rule, IX_IIF, i->in, i->in_mask);
	if (i && !i->inv_out)
		one_key(b, rule, IX_OIF, i->out, i->out_mask);
}

static void rule_keys(struct build *b, uint32_t rule)
{
	const struct crule *c = &b->cc->rule[rule];

	head_keys(b, rule, c);
	for (unsigned i = 0; i < c->nr_match; i++) {
		const struct rule_match *m = &c->match[i];
		struct ext_conds l = { 0 };
		bool all = m->ext->conds && m->ext->conds(m->info, &l);

		/* What is known of a match may be used even if there is more to it, but nothing behind it. */
		for (unsigned k = 0; k < l.n && !m->ext->stateful; k++)
			cond_keys(b, rule, &l.c[k]);
		if (!all)
			break;
	}
}

/* ---- parting */

struct entry { struct key key; uint32_t rule; };

static int by_key(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int c = memcmp(x->key.m, y->key.m, sizeof(x->key.m));

	if (!c)
		c = memcmp(x->key.k, y->key.k, sizeof(x->key.k));
	if (c)
		return c;
	return x->rule < y->rule ? -1 : x->rule > y->rule;
}

static bool same_key(const struct key *a, const struct key *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

static uint32_t collect(struct build *b, const uint32_t *rule, uint32_t n, enum index_field f, uint32_t step, struct entry *out)
{
	uint32_t k = 0;

	for (uint32_t i = 0; i < n; i += step) {
		const struct use *u = use_of(b, rule[i], f);

		for (uint32_t j = 0; j < u->n; j++)
			out[k++] = (struct entry){ b->key[u->first + j], rule[i] };
	}
	return k;
}

/* How many rules a packet is left with if they are parted by this field, of "n": those that do not ask for it, and the
 * part that a rule of the sample is in. */
static double left_by(struct build *b, const uint32_t *rule, uint32_t n, enum index_field f)
{
	uint32_t step = n > SAMPLE ? n / SAMPLE : 1, seen = 0, with = 0, k, masks = 0;
	struct entry *e = xcalloc((size_t)(n / step + 1) * KEYS_MAX, sizeof(*e));
	double squares = 0;

	for (uint32_t i = 0; i < n; i += step, seen++)
		with += use_of(b, rule[i], f)->n != 0;
	k = collect(b, rule, n, f, step, e);
	qsort(e, k, sizeof(*e), by_key);
	for (uint32_t i = 0, j; i < k; i = j) {
		for (j = i; j < k && same_key(&e[i].key, &e[j].key); j++)
			;
		masks += !i || memcmp(e[i].key.m, e[i - 1].key.m, sizeof(e[i].key.m)) != 0;
		squares += (double)(j - i) * (double)(j - i);
	}
	free(e);
	if (!with || masks > MASKS_MAX)
		return n;
	/* a look-up costs about as much as half a rule */
	return (double)n * ((seen - with) + squares / k) / seen + masks * 0.5;
}

static child build_node(struct build *b, uint32_t *rule, uint32_t n, uint32_t used, unsigned depth);

static child leaf(struct build *b, const uint32_t *rule, uint32_t n)
{
	struct node *l;

	if (n == 0)
		return 0;
	if (n == 1)
		return (child)rule[0] << 1 | 1;
	l = arena_new(b->a, struct node);
	l->field = -1;
	l->n = n;
	l->rule = arena_memdup(b->a, rule, n * sizeof(*rule));
	return (child)l;
}

static void put_slot(struct node *n, const struct key *key, uint32_t mask, child to)
{
	uint64_t i = mix(key->k[0], key->k[1], mask) & n->n;

	while (n->slot[i].to)
		i = (i + 1) & n->n;
	n->slot[i] = (struct slot){ { key->k[0], key->k[1] }, to, mask };
}

static child part_by(struct build *b, const uint32_t *rule, uint32_t n, enum index_field f, uint32_t used, unsigned depth)
{
	struct node *node = arena_new(b->a, struct node);
	uint32_t keys = 0, groups = 0, masks = 0, k, rest = 0, slots = 4;
	struct entry *e;
	uint32_t *part;

	for (uint32_t i = 0; i < n; i++)
		keys += use_of(b, rule[i], f)->n;
	e = xcalloc(keys + 1, sizeof(*e));
	part = xcalloc(n + 1, sizeof(*part));
	k = collect(b, rule, n, f, 1, e);
	qsort(e, k, sizeof(*e), by_key);
	for (uint32_t i = 0; i < k; i++)
		groups += !i || !same_key(&e[i].key, &e[i - 1].key);
	while (slots < groups * 2)
		slots *= 2;
	node->field = (int8_t)f;
	node->n = slots - 1;
	node->slot = arena_array(b->a, struct slot, slots);
	node->mask = arena_alloc(b->a, MASKS_MAX * sizeof(*node->mask));
	for (uint32_t i = 0, j; i < k; i = j) {
		if (!i || memcmp(e[i].key.m, e[i - 1].key.m, sizeof(e[i].key.m)) != 0)
			memcpy(node->mask[masks++], e[i].key.m, sizeof(e[i].key.m));
		for (j = i; j < k && same_key(&e[i].key, &e[j].key); j++)
			part[j - i] = e[j].rule;
		put_slot(node, &e[i].key, masks - 1, build_node(b, part, j - i, used | 1u << f, depth + 1));
	}
	node->nr_masks = (uint8_t)masks;
	for (uint32_t i = 0; i < n; i++)
		if (!use_of(b, rule[i], f)->n)
			part[rest++] = rule[i];
	node->rest = build_node(b, part, rest, used | 1u << f, depth + 1);
	free(e);
	free(part);
	return (child)node;
}

static bool masks_fit(struct build *b, const uint32_t *rule, uint32_t n, enum index_field f)
{
	struct { uint64_t m[2]; } seen[MASKS_MAX];
	uint32_t k = 0;

	for (uint32_t i = 0; i < n; i++) {
		const struct use *u = use_of(b, rule[i], f);

		for (uint32_t j = 0; j < u->n; j++) {
			const uint64_t *m = b->key[u->first + j].m;
			uint32_t at;

			for (at = 0; at < k && memcmp(seen[at].m, m, sizeof(seen[at].m)) != 0; at++)
				;
			if (at < k)
				continue;
			if (k == MASKS_MAX)
				return false;
			memcpy(seen[k++].m, m, sizeof(seen[at].m));
		}
	}
	return true;
}

static child build_node(struct build *b, uint32_t *rule, uint32_t n, uint32_t used, unsigned depth)
{
	/* of many rules even a few that are parted off pay for the look-up */
	double best = n - MAX(n / 32.0, MIN(n / 4.0, 4.0)), left;
	int by = -1;

	if (n <= LEAF_MAX || depth == DEPTH_MAX)
		return leaf(b, rule, n);
	for (enum index_field f = 0; f < NR_IX; f++) {
		if (used & 1u << f || !(b->fields & 1u << f))
			continue;
		left = left_by(b, rule, n, f);
		if (left < best && masks_fit(b, rule, n, f)) {
			best = left;
			by = (int)f;
		}
	}
	if (by < 0)
		return leaf(b, rule, n);
	return part_by(b, rule, n, (enum index_field)by, used, depth);
}

const struct cindex *index_build(struct arena *a, const struct cchain *cc, uint8_t family)
{
	struct build b = { .a = a, .cc = cc, .family = family };
	struct cindex *ix = NULL;
	uint32_t *all = xcalloc(cc->nr, sizeof(*all));
	child root;

	b.use = xcalloc((size_t)cc->nr * NR_IX, sizeof(*b.use));
	for (uint32_t i = 0; i < cc->nr; i++) {
		all[i] = i;
		rule_keys(&b, i);
	}
	root = build_node(&b, all, cc->nr, 0, 0);
	if (root && !(root & 1) && ((const struct node *)root)->field >= 0) {
		ix = arena_new(a, struct cindex);
		ix->root = root;
		ix->fields = b.fields;
	}
	free(all);
	free(b.use);
	free(b.key);
	return ix;
}
