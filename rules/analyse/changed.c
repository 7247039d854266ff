// SPDX-License-Identifier: MIT
/* changed.c - which rules of a table are not the same, in the same order, in another: the texts of each chain, aligned. A packet
 * that matches none of them meets the same rules in both. */
#include "rules/analyse/compare_internal.h"
#include "rules/rules.h"
#include <stdlib.h>
#include <uthash.h>

struct line { char *text; uint32_t nr[2], at; UT_hash_handle hh; };	/* how often in each, and where last in the second */

struct pair { uint32_t a, b; };

struct aligning {
	const struct chain *c[2];
	char **text[2];
	pset *set;
	struct condset *conds;
};

static char **texts_of(const struct chain *c)
{
	char **t = xcalloc(c->nr_rules + 1, sizeof(*t));

	for (uint32_t i = 0; i < c->nr_rules; i++) {
		struct strbuf sb = { 0 };

		rule_save(c->rule[i], &sb);
		t[i] = xstrdup(sb_str(&sb));
		sb_free(&sb);
	}
	return t;
}

static void free_texts(char **t, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		free(t[i]);
	free(t);
}

static void changed(struct aligning *g, unsigned v, uint32_t from, uint32_t to)
{
	pset_mark_t mark = pset_mark_now();
	pset may, must, all = *g->set;

	for (uint32_t i = from; i < to; i++) {
		condset_rule(g->conds, g->c[v]->rule[i], &may, &must);
		all = pset_or(all, may);
	}
	pset_keep(all);
	pset_drop(*g->set);
	*g->set = all;
	pset_release(mark);
}

static void count(struct line **lines, char **text, unsigned v, uint32_t from, uint32_t to)
{
	struct line *l;

	for (uint32_t i = from; i < to; i++) {
		HASH_FIND_STR(*lines, text[i], l);
		if (!l) {
			l = xcalloc(1, sizeof(*l));
			l->text = text[i];
			HASH_ADD_KEYPTR(hh, *lines, l->text, strlen(l->text), l);
		}
		l->nr[v]++;
		l->at = i;
	}
}

/* Lines that each has once, in the order of the first. */
static uint32_t unique_pairs(struct line *lines, char **text, uint32_t from, uint32_t to, struct pair *ret)
{
	uint32_t n = 0;
	struct line *l;

	for (uint32_t i = from; i < to; i++) {
		HASH_FIND_STR(lines, text[i], l);
		if (l && l->nr[0] == 1 && l->nr[1] == 1)
			ret[n++] = (struct pair){ i, l->at };
	}
	return n;
}

/* The longest run of pairs that rise in both: the pairs stay where they are, those not in it are taken out. */
static uint32_t longest_rising(struct pair *p, uint32_t n)
{
	uint32_t *tail = xcalloc(n + 1, sizeof(*tail)), *before = xcalloc(n + 1, sizeof(*before)), len = 0, i, k;
	bool *kept = xcalloc(n + 1, sizeof(*kept));

	for (i = 0; i < n; i++) {
		uint32_t lo = 0, hi = len;

		while (lo < hi) {
			uint32_t mid = (lo + hi) / 2;

			if (p[tail[mid]].b < p[i].b)
				lo = mid + 1;
			else
				hi = mid;
		}
		before[i] = lo ? tail[lo - 1] : UINT32_MAX;
		tail[lo] = i;
		len += lo == len;
	}
	for (i = len ? tail[len - 1] : UINT32_MAX; i != UINT32_MAX; i = before[i])
		kept[i] = true;
	for (i = k = 0; i < n; i++)
		if (kept[i])
			p[k++] = p[i];
	free(tail);
	free(before);
	free(kept);
	return k;
}

static void align(struct aligning *g, uint32_t a, uint32_t a_end, uint32_t b, uint32_t b_end, unsigned depth)
{
	struct line *lines = NULL, *l, *next;
	struct pair *p;
	uint32_t n;

	while (a < a_end && b < b_end && strcmp(g->text[0][a], g->text[1][b]) == 0)
		a++, b++;
	while (a < a_end && b < b_end && strcmp(g->text[0][a_end - 1], g->text[1][b_end - 1]) == 0)
		a_end--, b_end--;
	if (a == a_end || b == b_end || depth > 32) {
		changed(g, 0, a, a_end);
		changed(g, 1, b, b_end);
		return;
	}
	p = xcalloc(a_end - a, sizeof(*p));
	count(&lines, g->text[0], 0, a, a_end);
	count(&lines, g->text[1], 1, b, b_end);
	n = unique_pairs(lines, g->text[0], a, a_end, p);
	HASH_ITER(hh, lines, l, next) {
		HASH_DEL(lines, l);
		free(l);
	}
	n = longest_rising(p, n);
	if (!n) {
		changed(g, 0, a, a_end);
		changed(g, 1, b, b_end);
	}
	for (uint32_t i = 0; i < n; i++) {
		align(g, a, p[i].a, b, p[i].b, depth + 1);
		a = p[i].a + 1;
		b = p[i].b + 1;
	}
	if (n)
		align(g, a, a_end, b, b_end, depth + 1);
	free(p);
}

static void align_chains(struct condset *c, const struct chain *before, const struct chain *after, pset *set)
{
	struct aligning g = { .c = { before, after }, .text = { texts_of(before), texts_of(after) }, .set = set, .conds = c };

	align(&g, 0, before->nr_rules, 0, after->nr_rules, 0);
	free_texts(g.text[0], before->nr_rules);
	free_texts(g.text[1], after->nr_rules);
}

pset compare_changed(struct condset *c, const struct table *before, const struct table *after)
{
	pset set = pset_none;

	if (!before || !after)
		return pset_all;
	for (uint32_t i = 0; i < before->nr_chains; i++) {
		const struct chain *was = before->chain[i], *is = table_chain(after, was->name);

		/* A chain that only one has is reached by rules that only one has. */
		if (!is)
			continue;
		if (was->builtin && was->policy != is->policy)
			return pset_all;
		align_chains(c, was, is, &set);
	}
	return set;
}
