// SPDX-License-Identifier: MIT
// fib_trie.c - the longest prefix for an address: a multibit trie whose prefixes know their next shorter one.
#include "sim/base/util.h"
#include "sim/net/fib_internal.h"
#include <errno.h>
#include <stdlib.h>

struct fib_node { uintptr_t e[16]; };

#define NODES_PER_BLOCK 64
struct fib_node_block {
	struct fib_node_block *next;
	unsigned used;
	struct fib_node node[NODES_PER_BLOCK];
};

static bool is_node(uintptr_t e)
{
	return e & 1;
}

static struct fib_node *to_node(uintptr_t e)
{
	return (struct fib_node *)(e - 1);
}

static struct fib_prefix *to_prefix(uintptr_t e)
{
	return (struct fib_prefix *)e;
}

struct fib_trie *fib_trie_new(void)
{
	struct fib_trie *t = xcalloc(1, sizeof(*t));

	t->refs = 1;
	return t;
}

void fib_trie_put(struct fib_trie *t)
{
	if (--t->refs)
		return;
	while (t->first)
		fib_trie_del(t, t->first);
	while (t->blocks) {
		struct fib_node_block *b = t->blocks;

		t->blocks = b->next;
		free(b);
	}
	free(t);
}

/* A node in which every entry continues what was there before. */
static uintptr_t node_new(struct fib_trie *t, uintptr_t before)
{
	struct fib_node_block *b = t->blocks;
	struct fib_node *n;

	if (!b || b->used == NODES_PER_BLOCK) {
		b = xcalloc(1, sizeof(*b));
		b->next = t->blocks;
		t->blocks = b;
	}
	n = &b->node[b->used++];
	for (unsigned i = 0; i < ARRAY_SIZE(n->e); i++)
		n->e[i] = before;
	return (uintptr_t)n | 1;
}

/* The outermost prefix inside one of length len that q lies in, or q. */
static struct fib_prefix *top_below(struct fib_prefix *q, unsigned len)
{
	while (q->parent && q->parent->len > len)
		q = q->parent;
	return q;
}

static void entry_add(uintptr_t *e, struct fib_prefix *px)
{
	struct fib_prefix *q;

	if (is_node(*e)) {
		for (unsigned i = 0; i < 16; i++)
			entry_add(&to_node(*e)->e[i], px);
		return;
	}
	q = to_prefix(*e);
	if (!q || q->len < px->len)
		*e = (uintptr_t)px;
	else
		top_below(q, px->len)->parent = px;
}

static void entry_del(uintptr_t *e, struct fib_prefix *px)
{
	struct fib_prefix *q;

	if (is_node(*e)) {
		for (unsigned i = 0; i < 16; i++)
			entry_del(&to_node(*e)->e[i], px);
		return;
	}
	q = to_prefix(*e);
	if (q == px) {
		*e = (uintptr_t)px->parent;
	} else if (q && q->len > px->len) {
		q = top_below(q, px->len);
		if (q->parent == px)
			q->parent = px->parent;
	}
}

/* Calls fn for the entries that px spans, making nodes on the way down to them. */
static void each_entry(struct fib_trie *t, struct fib_prefix *px,
		       void (*fn)(uintptr_t *e, struct fib_prefix *px))
{
	uintptr_t *e = t->root;
	unsigned shift = 24, i = px->key >> 24;

	while (px->len > 32 - shift) {
		if (!is_node(e[i]))
			e[i] = node_new(t, e[i]);
		e = to_node(e[i])->e;
		shift -= 4;
		i = px->key >> shift & 15;
	}
	for (unsigned n = 1u << (32 - shift - px->len); n; n--, i++)
		fn(&e[i], px);
}

struct fib_prefix *fib_trie_lpm(const struct fib_trie *t, uint32_t key)
{
	uintptr_t e = t->root[key >> 24];

	for (unsigned shift = 20; is_node(e); shift -= 4)
		e = to_node(e)->e[key >> shift & 15];
	return to_prefix(e);
}

struct fib_prefix *fib_trie_find(const struct fib_trie *t, uint32_t key, unsigned len)
{
	struct fib_prefix *px = fib_trie_lpm(t, key);

	while (px && px->len > len)
		px = px->parent;
	return px && px->len == len ? px : NULL;
}

struct fib_prefix *fib_trie_add(struct fib_trie *t, uint32_t key, unsigned len)
{
	struct fib_prefix *px = fib_trie_lpm(t, key), *new;

	while (px && px->len > len)
		px = px->parent;
	if (px && px->len == len)
		return px;
	new = xcalloc(1, sizeof(*new));
	new->parent = px;
	new->key = key;
	new->len = (uint8_t)len;
	new->next = t->first;
	new->pprev = &t->first;
	if (t->first)
		t->first->pprev = &new->next;
	t->first = new;
	each_entry(t, new, entry_add);
	return new;
}

void fib_trie_del(struct fib_trie *t, struct fib_prefix *px)
{
	each_entry(t, px, entry_del);
	*px->pprev = px->next;
	if (px->next)
		px->next->pprev = px->pprev;
	free(px);
}

static bool nh_good(const struct fib_nh *nh, const struct flowi4 *fl, unsigned flags)
{
	if (nh->dead)
		return false;
	if (unlikely(nh->linkdown) && !(flags & FIB_LOOKUP_IGNORE_LINKSTATE) &&
	    ip_ignore_linkdown(nh->dev))
		return false;
	return !fl->oif || fl->oif == nh->dev->ifindex;
}

static bool alias_match(const struct fib_alias *fa, const struct flowi4 *fl)
{
	return (!fa->tos || fa->tos == (fl->tos & IPTOS_RT_MASK)) && fa->fi->scope >= fl->scope;
}

/* -EAGAIN: nothing here, the next table may know. */
int fib_table_lookup(const struct fib_table *tb, const struct flowi4 *fl, struct fib_result *res,
		     unsigned flags)
{
	struct fib_prefix *px = fib_trie_lpm(tb->trie, ntohl(fl->daddr));

	for (; px; px = px->parent) {
		for (struct fib_alias *fa = px->aliases; fa; fa = fa->next) {
			struct fib_info *fi = fa->fi;
			int err, sel = 0;

			if (!alias_match(fa, fl))
				continue;
			err = fib_type_error(fi->type);
			if (err || !fi->dead) {
				res->prefix = htonl(px->key);
				res->prefixlen = px->len;
				res->table = fa->tb_id;
			}
			if (err)
				return err;
			if (fi->dead)
				continue;
			while (sel < fi->nr_nh && !nh_good(&fi->nh[sel], fl, flags))
				sel++;
			if (sel == fi->nr_nh)
				continue;
			res->type = fi->type;
			res->scope = fi->scope;
			res->fi = fi;
			res->nh_sel = sel;
			res->tb = tb;
			res->px = px;
			return 0;
		}
	}
	return -EAGAIN;
}
