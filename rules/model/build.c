// SPDX-License-Identifier: MIT
/* build.c - one table while it is written. A chain's rules lie in an array with room at both ends, so
 * that a thousand "-I" cost no more than a thousand "-A". */
#include "rules/model/build.h"
#include "rules/ext.h"
#include "rules/rules.h"
#include <errno.h>
#include <stdlib.h>
#include <uthash.h>

struct bchain {
	struct chain c;			/* first: a struct chain pointer is one to this */
	struct rule **mem;
	uint32_t front, cap;		/* rules are mem[front .. front + nr_rules) */
	UT_hash_handle hh;
};

struct build {
	struct arena *arena;
	struct table *table;
	struct bchain *chains;
};

static struct bchain *bchain(const struct chain *c)
{
	return container_of(c, struct bchain, c);
}

static struct bchain *chain_new(struct build *b, const char *name, struct pos pos)
{
	struct bchain *bc = arena_new(b->arena, struct bchain);

	bc->c.table = b->table;
	bc->c.name = arena_strdup(b->arena, name);
	bc->c.pos = pos;
	HASH_ADD_KEYPTR(hh, b->chains, bc->c.name, strlen(bc->c.name), bc);
	return bc;
}

struct build *build_begin(struct arena *a, const struct table_desc *desc, uint8_t family, struct pos pos)
{
	struct build *b = arena_new(a, struct build);
	struct table *t = arena_new(a, struct table);

	b->arena = a;
	b->table = t;
	t->name = desc->name;
	t->family = family;
	t->valid_hooks = desc->hooks;
	t->pos = pos;
	for (int h = 0; h < NF_INET_NUMHOOKS; h++) {
		struct bchain *bc;

		if (!(desc->hooks & 1u << h))
			continue;
		bc = chain_new(b, nf_hook_name((enum nf_hook)h), pos);
		bc->c.builtin = true;
		bc->c.hook = (enum nf_hook)h;
		bc->c.policy = XT_ACCEPT;
		t->hook_chain[h] = &bc->c;
	}
	return b;
}

/* The same rule, which has seen no packet yet: what it remembers is its own. */
static struct rule *rule_copy(struct arena *a, const struct rule *from)
{
	struct rule *r = arena_memdup(a, from, sizeof(*r));

	if (r->nr_match)
		r->match = arena_memdup(a, r->match, r->nr_match * sizeof(*r->match));
	for (uint32_t i = 0; i < r->nr_match; i++)
		if (r->match[i].ext->state_size)
			r->match[i].state = arena_alloc(a, r->match[i].ext->state_size);
	if (r->ext && r->ext->state_size)
		r->target_state = arena_alloc(a, r->ext->state_size);
	return r;
}

struct build *build_reopen(struct arena *a, const struct table *t)
{
	struct build *b = build_begin(a, family_is_l2(t->family) ? l2_table_desc(t->family, t->name) : table_desc(t->name), t->family, t->pos);

	for (uint32_t i = 0; i < t->nr_chains; i++)
		if (!t->chain[i]->builtin)
			chain_new(b, t->chain[i]->name, t->chain[i]->pos);
	for (uint32_t i = 0; i < t->nr_chains; i++) {
		const struct chain *from = t->chain[i];
		struct chain *to = build_chain(b, from->name);

		to->policy = from->policy;
		to->packets = from->packets;
		to->bytes = from->bytes;
		for (uint32_t k = 0; k < from->nr_rules; k++) {
			struct rule *r = rule_copy(a, from->rule[k]);

			if (r->target_chain)
				r->target_chain = build_chain(b, r->target_chain->name);
			build_insert(b, to, UINT32_MAX, r);
		}
	}
	return b;
}

void build_abandon(struct build *b)
{
	HASH_CLEAR(hh, b->chains);
}

const char *build_table_name(const struct build *b)
{
	return b->table->name;
}

struct chain *build_chain(const struct build *b, const char *name)
{
	struct bchain *bc;

	HASH_FIND_STR(b->chains, name, bc);
	return bc ? &bc->c : NULL;
}

static bool is_verdict_name(const char *s)
{
	return strcmp(s, "ACCEPT") == 0 || strcmp(s, "DROP") == 0 || strcmp(s, "QUEUE") == 0 || strcmp(s, "RETURN") == 0;
}

int build_add_chain(struct build *b, const char *name, struct pos pos)
{
	if (build_chain(b, name) || is_verdict_name(name))
		return -EEXIST;
	if (strlen(name) > CHAIN_NAME_MAX)
		return -EINVAL;
	chain_new(b, name, pos);
	return 0;
}

bool build_has_user_chains(const struct build *b)
{
	for (struct chain *c = build_next_chain(b, NULL); c; c = build_next_chain(b, c))
		if (!c->builtin)
			return true;
	return false;
}

int build_del_chain(struct build *b, const char *name)
{
	struct chain *c = build_chain(b, name);

	if (!c)
		return -ENOENT;
	if (c->builtin)
		return -EINVAL;
	if (c->nr_refs)
		return -EMLINK;
	if (c->nr_rules)
		return -ENOTEMPTY;
	HASH_DEL(b->chains, bchain(c));
	return 0;
}

static int by_name(const void *a, const void *b)
{
	const struct chain *x = *(struct chain *const *)a, *y = *(struct chain *const *)b;

	return strcmp(x->name, y->name);
}

int build_del_chains(struct build *b)
{
	unsigned n = 0, max = HASH_COUNT(b->chains);
	struct chain **user = arena_array(b->arena, struct chain *, max + 1);
	int ret = 0;

	for (struct chain *c = build_next_chain(b, NULL); c; c = build_next_chain(b, c))
		if (!c->builtin)
			user[n++] = c;
	qsort(user, n, sizeof(*user), by_name);
	for (unsigned i = 0; i < n; i++) {
		int err = build_del_chain(b, user[i]->name);

		if (err)
			ret = err;	/* the others still go; the last trouble is told */
	}
	return ret;
}

int build_rename_chain(struct build *b, const char *from, const char *to)
{
	struct chain *c = build_chain(b, from);

	if (build_chain(b, to) || is_verdict_name(to))
		return -EEXIST;
	if (!c || c->builtin)
		return -ENOENT;
	if (strlen(to) > CHAIN_NAME_MAX)
		return -EINVAL;
	HASH_DEL(b->chains, bchain(c));
	c->name = arena_strdup(b->arena, to);
	HASH_ADD_KEYPTR(hh, b->chains, c->name, strlen(c->name), bchain(c));
	return 0;
}

static void forget(struct rule *r)
{
	if (r->target_chain)
		r->target_chain->nr_refs--;
}

static void flush_one(struct chain *c)
{
	struct bchain *bc = bchain(c);

	for (uint32_t i = 0; i < c->nr_rules; i++)
		forget(bc->mem[bc->front + i]);
	c->nr_rules = 0;
	bc->front = bc->cap / 2;
}

int build_flush(struct build *b, const char *name)
{
	struct chain *c = name ? build_chain(b, name) : NULL;

	if (name && !c)
		return -ENOENT;
	if (c)
		flush_one(c);
	else
		for (c = build_next_chain(b, NULL); c; c = build_next_chain(b, c))
			flush_one(c);
	return 0;
}

int build_policy(struct build *b, const char *name, const char *policy, const uint64_t counters[2])
{
	struct chain *c = build_chain(b, name);

	if (!c || !c->builtin)
		return -ENOENT;
	if (strcmp(policy, "ACCEPT") != 0 && strcmp(policy, "DROP") != 0)
		return -EINVAL;
	c->policy = *policy == 'A' ? XT_ACCEPT : XT_DROP;
	c->packets = counters ? counters[0] : 0;
	c->bytes = counters ? counters[1] : 0;
	return 0;
}

static void zero_one(struct chain *c)
{
	c->packets = c->bytes = 0;
	for (uint32_t i = 0; i < c->nr_rules; i++) {
		struct rule *r = build_rule(c, i);

		r->packets = r->bytes = 0;
	}
}

int build_zero(struct build *b, const char *name)
{
	struct chain *c = name ? build_chain(b, name) : NULL;

	if (name && !c)
		return -ENOENT;
	if (c)
		zero_one(c);
	else
		for (c = build_next_chain(b, NULL); c; c = build_next_chain(b, c))
			zero_one(c);
	return 0;
}

void build_zero_policies(struct build *b, const char *except)
{
	for (struct chain *c = build_next_chain(b, NULL); c; c = build_next_chain(b, c))
		if (!except || strcmp(except, c->name) != 0)
			c->packets = c->bytes = 0;
}

/* Room for one more at both ends. */
static void make_room(struct build *b, struct bchain *bc)
{
	uint32_t cap, front;
	struct rule **mem;

	if (bc->front > 0 && bc->front + bc->c.nr_rules < bc->cap)
		return;
	cap = MAX(8u, bc->c.nr_rules * 2 + 2);
	/* room where it ran out: most chains grow at the end only */
	front = bc->front > 0 ? 1 : (cap - bc->c.nr_rules) / 2;
	if (bc->cap == 0)
		front = 1;
	mem = arena_array(b->arena, struct rule *, cap);
	if (bc->c.nr_rules)
		memcpy(mem + front, bc->mem + bc->front, bc->c.nr_rules * sizeof(*mem));
	bc->mem = mem;
	bc->front = front;
	bc->cap = cap;
}

int build_insert(struct build *b, struct chain *c, uint32_t at, struct rule *r)
{
	struct bchain *bc = bchain(c);
	struct rule **base;

	if (at == UINT32_MAX)
		at = c->nr_rules;
	if (at > c->nr_rules)
		return -E2BIG;
	make_room(b, bc);
	base = bc->mem + bc->front;
	if (at < c->nr_rules / 2 || (at == 0 && c->nr_rules)) {
		memmove(base - 1, base, at * sizeof(*base));
		bc->front--;
		base--;
	} else {
		memmove(base + at + 1, base + at, (c->nr_rules - at) * sizeof(*base));
	}
	base[at] = r;
	r->chain = c;
	c->nr_rules++;
	if (r->target_chain)
		r->target_chain->nr_refs++;
	return 0;
}

int build_delete(struct build *b, struct chain *c, uint32_t at)
{
	struct bchain *bc = bchain(c);
	struct rule **base = bc->mem + bc->front;

	(void)b;
	if (at >= c->nr_rules)
		return -E2BIG;
	forget(base[at]);
	memmove(base + at, base + at + 1, (c->nr_rules - at - 1) * sizeof(*base));
	c->nr_rules--;
	return 0;
}

uint32_t build_find(struct chain *c, const struct rule *r)
{
	struct strbuf want = { 0 }, have = { 0 };
	uint32_t at = UINT32_MAX;

	rule_save(r, &want);
	for (uint32_t i = 0; i < c->nr_rules && at == UINT32_MAX; i++) {
		sb_clear(&have);
		rule_save(build_rule(c, i), &have);
		if (strcmp(sb_str(&have), sb_str(&want)) == 0)
			at = i;
	}
	sb_free(&want);
	sb_free(&have);
	return at;
}

void build_nearest(const struct build *b, struct nearest *n)
{
	for (struct chain *c = build_next_chain(b, NULL); c; c = build_next_chain(b, c))
		nearest_try(n, c->name);
}

struct chain *build_next_chain(const struct build *b, struct chain *c)
{
	struct bchain *next = c ? bchain(c)->hh.next : b->chains;

	return next ? &next->c : NULL;
}

uint32_t build_nr_rules(const struct chain *c)
{
	return c->nr_rules;
}

struct rule *build_rule(const struct chain *c, uint32_t at)
{
	const struct bchain *bc = bchain(c);

	return bc->mem[bc->front + at];
}

/* Builtin chains by hook, then the user's by name: the order libiptc keeps and iptables-save prints. */
static int chain_order(const void *a, const void *b)
{
	const struct chain *x = *(struct chain *const *)a, *y = *(struct chain *const *)b;

	if (x->builtin != y->builtin)
		return x->builtin ? -1 : 1;
	return x->builtin ? (int)x->hook - (int)y->hook : strcmp(x->name, y->name);
}

struct table *build_view(struct build *b, struct arena *a)
{
	struct table *t = b->table;
	uint32_t n = 0;

	t->nr_chains = HASH_COUNT(b->chains);
	t->chain = arena_array(a, struct chain *, t->nr_chains);
	for (struct chain *c = build_next_chain(b, NULL); c; c = build_next_chain(b, c))
		t->chain[n++] = c;
	qsort(t->chain, n, sizeof(*t->chain), chain_order);
	for (uint32_t i = 0; i < n; i++) {
		struct bchain *bc = bchain(t->chain[i]);

		bc->c.index = i;
		bc->c.rule = bc->mem ? bc->mem + bc->front : NULL;
		for (uint32_t k = 0; k < bc->c.nr_rules; k++)
			bc->c.rule[k]->number = k + 1;
	}
	return t;
}

struct table *build_end(struct build *b)
{
	struct table *t = build_view(b, b->arena);

	HASH_CLEAR(hh, b->chains);
	return t;
}
