// SPDX-License-Identifier: MIT
/* compare.c - what two rulesets do differently: for each hook the packets are divided by who decides about them, before and
 * after; where the two parts end differently there is a difference. */
#include "rules/analyse/compare_internal.h"
#include "rules/ext.h"
#include "rules/rules.h"
#include <stdlib.h>
#include <uthash.h>

void comparison_init(struct comparison *c, struct arena *a, unsigned max)
{
	*c = (struct comparison){ .arena = a, .max = max };
	c->last = &c->first;
}

/* ---- what a rule does, in words */

static const char *target_text(struct arena *a, const struct rule *r)
{
	struct strbuf sb = { 0 };
	const char *text;

	if (r->ext)
		rule_save_target(r, &sb);
	else
		sb_puts(&sb, r->verdict == XT_ACCEPT ? "ACCEPT" : r->verdict == XT_DROP ? "DROP" : "QUEUE");
	text = arena_strdup(a, sb_str(&sb));
	sb_free(&sb);
	return text;
}

static const char *policy_text(const struct chain *c)
{
	return c && c->policy == XT_DROP ? "DROP" : "ACCEPT";
}

/* ---- one side of the comparison: parts by who decides */

struct part { const struct rule *rule; const char *outcome; pset set; };	/* rule NULL: the policy */

/* All packets of one hook that come to the same end. */
struct ending { const char *text; pset set[2]; UT_hash_handle hh; };

struct side {
	const struct table *table;	/* NULL: there is none */
	struct flow flow;
	struct part *part; uint32_t nr;
	struct part *effect; uint32_t nr_effects;
};

struct comparing {
	struct comparison *out;
	struct arena *scratch;
	struct condset *conds;
	struct side side[2];
	enum nf_hook hook;
	pset within;			/* no other packets can differ */
	pset all;			/* what comes to the hook */
	pset in;			/* of these, those within */
};

static void open_side(struct side *s, struct condset *c, const struct table *t, pset within)
{
	uint32_t rules = 0;

	s->table = t;
	if (t) {
		flow_open(&s->flow, c, t, within, true);
		for (uint32_t i = 0; i < t->nr_chains; i++)
			rules += t->chain[i]->nr_rules;
	}
	s->part = xcalloc(rules + 1, sizeof(*s->part));
	s->effect = xcalloc(rules + 1, sizeof(*s->effect));
}

static void drop_parts(struct side *s)
{
	for (uint32_t i = 0; i < s->nr; i++)
		pset_drop(s->part[i].set);
	for (uint32_t i = 0; i < s->nr_effects; i++)
		pset_drop(s->effect[i].set);
	s->nr = s->nr_effects = 0;
}

static void close_side(struct side *s)
{
	drop_parts(s);
	if (s->table)
		flow_close(&s->flow);
	free(s->part);
	free(s->effect);
}

static void add_part(struct part *list, uint32_t *n, const struct rule *r, const char *outcome, pset set)
{
	if (!pset_empty(set))
		list[(*n)++] = (struct part){ r, outcome, pset_keep(set) };
}

static void add_rule(struct comparing *k, struct side *s, const struct rule *r, pset set)
{
	if (flow_ends(r))
		add_part(s->part, &s->nr, r, target_text(k->scratch, r), set);
	else if (r->ext)
		add_part(s->effect, &s->nr_effects, r, target_text(k->scratch, r), set);
}

/* What comes to the hook, divided. */
static void divide(struct comparing *k, struct side *s)
{
	const struct chain *base = s->table ? s->table->hook_chain[k->hook] : NULL;
	pset_mark_t mark = pset_mark_now();
	pset rest = k->in;

	drop_parts(s);
	if (base) {
		flow_enter(&s->flow, HOOK_BIT(k->hook));
		for (uint32_t i = 0; i < s->flow.nr_order; i++) {
			const struct chain_sets *cs = &s->flow.chain[s->flow.order[i]];

			for (uint32_t j = 0; j < cs->chain->nr_rules && !pset_empty(cs->in); j++)
				add_rule(k, s, cs->chain->rule[j], cs->rule[j].comes);
		}
		rest = pset_minus(rest, s->flow.chain[base->index].decided);
	}
	add_part(s->part, &s->nr, NULL, policy_text(base), rest);
	pset_release(mark);
}

/* ---- the difference */

static struct ending *by_ending(const struct part *const *list, const uint32_t *n)
{
	struct ending *all = NULL, *e;

	for (unsigned v = 0; v < 2; v++)
		for (uint32_t i = 0; i < n[v]; i++) {
			HASH_FIND_STR(all, list[v][i].outcome, e);
			if (!e) {
				e = xcalloc(1, sizeof(*e));
				e->text = list[v][i].outcome;
				HASH_ADD_KEYPTR(hh, all, e->text, strlen(e->text), e);
			}
			e->set[v] = pset_or(e->set[v], list[v][i].set);
		}
	return all;
}

static void free_endings(struct ending *all)
{
	struct ending *e, *next;

	HASH_ITER(hh, all, e, next) {
		HASH_DEL(all, e);
		free(e);
	}
}

static const struct part *part_of(const struct part *list, uint32_t n, pset some)
{
	for (uint32_t i = 0; i < n; i++)
		if (!pset_empty(pset_and(list[i].set, some)))
			return &list[i];
	return NULL;
}

static struct compare_side side_of(const struct comparing *k, unsigned v, const struct part *p)
{
	const struct table *t = k->side[v].table;

	return (struct compare_side){ .chain = p && p->rule ? p->rule->chain : t ? t->hook_chain[k->hook] : NULL,
				      .rule = p ? p->rule : NULL, .outcome = p ? arena_strdup(k->out->arena, p->outcome) : NULL };
}

static void add(struct comparing *k, const struct part *before, const struct part *after, bool effect, pset region)
{
	struct comparison *out = k->out;
	const struct table *t = k->side[0].table ? k->side[0].table : k->side[1].table;
	struct difference *d = arena_new(out->arena, struct difference);

	d->family = t->family;
	d->table = arena_strdup(out->arena, t->name);
	d->chain = arena_strdup(out->arena, t->hook_chain[k->hook]->name);
	d->hook = k->hook;
	d->effect = effect;
	d->before = side_of(k, 0, before);
	d->after = side_of(k, 1, after);
	compare_describe(k->conds, out->arena, d, region, k->all);
	*out->last = d;
	out->last = &d->next;
	out->nr++;
}

/* The two parts that some packet of the difference is in; what they have in common is one difference to tell. */
static void tell_verdicts(struct comparing *k, pset rest)
{
	struct side *b = &k->side[0], *a = &k->side[1];

	for (unsigned n = 0; !pset_empty(rest) && !pset_failed(); n++) {
		const struct part *was, *is;
		pset region;

		if (n == k->out->max) {
			k->out->more = true;
			return;
		}
		was = part_of(b->part, b->nr, rest);
		region = was ? pset_and(rest, was->set) : pset_none;
		is = part_of(a->part, a->nr, region);
		if (!is)
			return;		/* the sets failed: the parts are all there is */
		region = pset_and(region, is->set);
		add(k, was, is, false, region);
		rest = pset_minus(rest, region);
	}
}

static void compare_verdicts(struct comparing *k)
{
	const struct part *const list[2] = { k->side[0].part, k->side[1].part };
	const uint32_t n[2] = { k->side[0].nr, k->side[1].nr };
	struct ending *all = by_ending(list, n), *e, *next;
	pset rest = k->in;

	HASH_ITER(hh, all, e, next)
		rest = pset_minus(rest, pset_and(e->set[0], e->set[1]));
	free_endings(all);
	tell_verdicts(k, rest);
}

/* An effect is there before and missing after, or the other way round. */
static void tell_effect(struct comparing *k, const struct ending *e, unsigned v, unsigned *told)
{
	pset rest = pset_minus(e->set[v], e->set[!v]);
	const struct side *s = &k->side[v];

	for (uint32_t i = 0; i < s->nr_effects && !pset_empty(rest) && !pset_failed(); i++) {
		const struct part *p = &s->effect[i];
		pset region;

		if (strcmp(p->outcome, e->text) != 0 || pset_empty(region = pset_and(rest, p->set)))
			continue;
		if ((*told)++ >= k->out->max) {
			k->out->more = true;
			return;
		}
		add(k, v ? NULL : p, v ? p : NULL, true, region);
		rest = pset_minus(rest, region);
	}
}

static void compare_effects(struct comparing *k)
{
	const struct part *const list[2] = { k->side[0].effect, k->side[1].effect };
	const uint32_t n[2] = { k->side[0].nr_effects, k->side[1].nr_effects };
	struct ending *all = by_ending(list, n), *e, *next;
	unsigned told = 0;

	HASH_ITER(hh, all, e, next)		/* in the order of the rules */
		for (unsigned v = 0; v < 2; v++)
			tell_effect(k, e, v, &told);
	free_endings(all);
}

static void compare_hook(struct comparing *k)
{
	pset_mark_t mark = pset_mark_now();

	for (unsigned v = 0; v < 2; v++)
		divide(k, &k->side[v]);
	compare_verdicts(k);
	compare_effects(k);
	pset_release(mark);
}

static void compare_tables(struct comparison *c, const struct table *before, const struct table *after, size_t max_bytes)
{
	const struct table *t = before ? before : after;
	struct comparing k = { .out = c, .conds = condset_open_compare(before, after, max_bytes) };
	struct comparison was = *c;

	if (!k.conds) {
		c->incomplete = true;
		return;
	}
	k.scratch = arena_create();
	k.within = compare_changed(k.conds, before, after);
	open_side(&k.side[0], k.conds, before, k.within);
	open_side(&k.side[1], k.conds, after, k.within);
	for (unsigned h = 0; h < NF_INET_NUMHOOKS; h++) {
		if (!t->hook_chain[h])
			continue;
		k.hook = (enum nf_hook)h;
		k.all = pset_keep(condset_hook(k.conds, t, k.hook));
		k.in = pset_keep(pset_and(k.all, k.within));
		compare_hook(&k);
		pset_drop(k.in);
		pset_drop(k.all);
	}
	if (pset_failed()) {	/* nothing of this table may be believed */
		*was.last = NULL;
		*c = was;
		c->incomplete = true;
	}
	close_side(&k.side[0]);
	close_side(&k.side[1]);
	pset_drop(k.within);
	condset_close(k.conds);
	arena_destroy(k.scratch);
}

void compare_rulesets(const struct ruleset *before, const struct ruleset *after, size_t max_bytes, struct comparison *c)
{
	static const char *const names[] = { "raw", "mangle", "nat", "filter", "security" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const struct table *b = before ? ruleset_table(before, names[i]) : NULL, *a = after ? ruleset_table(after, names[i]) : NULL;

		if (b || a)
			compare_tables(c, b, a, max_bytes);
	}
	*c->last = NULL;
}
