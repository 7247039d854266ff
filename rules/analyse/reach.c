// SPDX-License-Identifier: MIT
/* reach.c - rules that no packet reaches or matches, and those that change nothing. */
#include "rules/analyse/analyse.h"
#include "rules/analyse/flow.h"
#include "rules/ext.h"
#include <stdlib.h>

#define NAMED_MAX	4	/* covering rules that a finding names */
#define LOOK_AHEAD	200	/* rules after a redundant one that are looked at */
#define NAMING_WORK	4000000u

struct reach {
	struct condset *conds;
	struct findings *f;
	const struct table *table;
	struct flow flow;
	unsigned work;
};

/* ---- findings */

static const char *named(struct findings *f, const struct chain *c, const struct rule *const *by, unsigned n, bool more)
{
	struct strbuf sb = { 0 };
	const char *s;

	for (unsigned i = 0; i < n; i++)
		sb_printf(&sb, "%s%u", i == 0 ? "" : i + 1 == n && !more ? " and " : ", ", by[i]->number);
	s = arena_printf(f->arena, "%s %s %s%s", c->name, n == 1 && !more ? "rule" : "rules", sb_str(&sb), more ? " and others" : "");
	sb_free(&sb);
	return s;
}

/* One rule before i that takes all of "what", or NULL. */
static const struct rule *taker(struct reach *a, const struct chain_sets *cs, const uint32_t *found, uint32_t n, pset what)
{
	for (uint32_t k = 0; k < n && a->work < NAMING_WORK; k++, a->work++)
		if (pset_empty(pset_minus(what, cs->rule[found[k]].gone)))
			return cs->chain->rule[found[k]];
	return NULL;
}

/* The rules before i in its chain that together take all of "what", one if one does; true: these are all. */
static bool takers(struct reach *a, const struct chain_sets *cs, uint32_t i, pset what, const struct rule **by, unsigned *nr)
{
	pset_mark_t mark = pset_mark_now();
	const uint32_t *found;
	uint32_t n = flow_overlapping(&a->flow, cs, i, &found);

	*nr = 0;
	by[0] = taker(a, cs, found, n, what);
	if (by[0]) {
		*nr = 1;
		pset_release(mark);
		return true;
	}
	for (uint32_t k = 0; k < n && !pset_empty(what) && a->work < NAMING_WORK; k++, a->work++) {
		pset gone = cs->rule[found[k]].gone;

		if (pset_empty(pset_and(what, gone)))
			continue;
		if (*nr == NAMED_MAX)
			break;
		by[(*nr)++] = cs->chain->rule[found[k]];
		what = pset_minus(what, gone);
	}
	pset_release(mark);
	return pset_empty(what);
}

static void put_by(struct finding *g, struct arena *a, const struct rule *const *by, unsigned n)
{
	g->by = arena_memdup(a, by, n * sizeof(*by));
	g->nr_by = n;
}

static void tell_never(struct reach *a, struct chain_sets *cs, uint32_t i)
{
	const struct rule *r = cs->chain->rule[i], *by[NAMED_MAX];
	struct rule_sets *rs = &cs->rule[i];
	struct finding *g;
	unsigned n = 0;
	bool all;

	if (pset_empty(rs->may)) {
		findings_add(a->f, "impossible", cs->chain, r, "no packet can match: its conditions exclude each other");
		return;
	}
	if (pset_empty(pset_and(cs->in, rs->may))) {
		const char *why = condset_why_not_here(a->f->arena, r, rs->may, cs->chain);

		if (why)
			findings_add(a->f, "impossible-here", cs->chain, r, "no packet in %s can match: %s", cs->chain->name, why);
		else
			findings_add(a->f, "unreached-rule", cs->chain, r, "never matches: the jumps to %s send nothing there that it asks for", cs->chain->name);
		return;
	}
	all = takers(a, cs, i, pset_and(cs->in, rs->may), by, &n);
	if (n == 1 && rule_takes_all(by[0])) {
		/* Only the first of those that follow: the rest is the same. */
		if (i > 0 && cs->chain->rule[i - 1] != by[0])
			return;
		g = findings_add(a->f, "after-all", cs->chain, r, "this rule and all after it are never asked: %s has no conditions",
				 named(a->f, cs->chain, by, 1, false));
		put_by(g, a->f->arena, by, 1);
		return;
	}
	g = findings_add(a->f, "shadowed", cs->chain, r, "never matches: %s %s what it asks for", named(a->f, cs->chain, by, n, !all),
			 n == 1 && all ? "takes all of" : "take all of");
	put_by(g, a->f->arena, by, n);
}

/* Of what it asks for, what is taken before; where very many take of it, what a few of them do. */
static pset lost_before(struct reach *a, const struct chain_sets *cs, uint32_t i, pset wanted)
{
	const uint32_t *found;
	uint32_t n, taken = 0;
	pset lost = pset_none;

	if (cs->rule[i].all_known)
		return pset_minus(wanted, cs->rule[i].comes);
	n = flow_overlapping(&a->flow, cs, i, &found);
	for (uint32_t k = 0; k < n && taken <= NAMED_MAX; k++) {
		pset some = pset_and(wanted, cs->rule[found[k]].gone);

		taken += !pset_empty(some);
		lost = pset_or(lost, some);
	}
	return lost;
}

static void tell_part(struct reach *a, struct chain_sets *cs, uint32_t i)
{
	const struct rule *r = cs->chain->rule[i], *by[NAMED_MAX];
	struct rule_sets *rs = &cs->rule[i];
	pset wanted = pset_and(cs->in, rs->may), lost = lost_before(a, cs, i, wanted);
	struct finding *g;
	unsigned n;

	/* That known connections and local programs come first is meant. */
	lost = pset_and(lost, condset_newcomers(a->conds));
	if (pset_empty(lost) || rule_takes_all(r) || !flow_ends(r) || !condset_exact(a->conds, r))
		return;
	takers(a, cs, i, lost, by, &n);
	/* Only what is decided otherwise is worth a word. */
	if (n == 0 || (n == 1 && by[0]->verdict == r->verdict && by[0]->ext == r->ext))
		return;
	for (unsigned k = 0; k < n; k++)
		if (!condset_exact(a->conds, by[k]))
			return;
	g = findings_add(a->f, "partly-shadowed", cs->chain, r, "some of what it asks for is taken before, by %s", named(a->f, cs->chain, by, n, n == NAMED_MAX));
	put_by(g, a->f->arena, by, n);
}

/* What it takes, others after it would take to the same end. */
static void tell_redundant(struct reach *a, struct chain_sets *cs, uint32_t i)
{
	const struct rule *r = cs->chain->rule[i], *by[NAMED_MAX];
	pset rest = cs->rule[i].comes;
	struct finding *g;
	unsigned n = 0;

	if (!cs->rule[i].exact || !(flow_ends(r) && !r->ext) || r->verdict == XT_QUEUE)
		return;
	for (uint32_t k = i + 1; k < cs->chain->nr_rules && k <= i + LOOK_AHEAD; k++) {
		const struct rule *q = cs->chain->rule[k];

		if (pset_empty(pset_and(cs->rule[i].may, cs->rule[k].may)) || pset_empty(pset_and(rest, cs->rule[k].may)))
			continue;
		if (!cs->rule[k].exact || q->ext || q->verdict != r->verdict)
			return;
		if (n == NAMED_MAX)
			return;
		by[n++] = q;
		rest = pset_minus(rest, cs->rule[k].must);
		if (!pset_empty(rest))
			continue;
		g = findings_add(a->f, "redundant", cs->chain, r, "%s would do the same to all it takes", named(a->f, cs->chain, by, n, false));
		put_by(g, a->f->arena, by, n);
		return;
	}
	if (i + LOOK_AHEAD < cs->chain->nr_rules || !cs->chain->builtin || n || cs->chain->policy != r->verdict || rule_takes_all(r))
		return;
	findings_add(a->f, "redundant", cs->chain, r, "the policy %s would do the same to all it takes", r->verdict == XT_ACCEPT ? "ACCEPT" : "DROP");
}

static void tell_chain(struct reach *a, struct chain_sets *cs)
{
	const struct chain *c = cs->chain;

	if (!c->builtin && c->nr_refs == 0) {
		findings_add(a->f, "unused-chain", c, NULL, "no rule leads to chain %s", c->name);
		return;
	}
	if (pset_empty(cs->in)) {
		if (!c->builtin)
			findings_add(a->f, "unreached-chain", c, NULL, "no packet comes to chain %s: nothing that can match leads there", c->name);
		return;
	}
	for (uint32_t i = 0; i < c->nr_rules && !pset_failed(); i++) {
		pset_mark_t mark = pset_mark_now();

		if (pset_empty(cs->rule[i].comes)) {
			tell_never(a, cs, i);
		} else {
			tell_redundant(a, cs, i);
			tell_part(a, cs, i);
		}
		pset_release(mark);
	}
}

static void check_table(struct reach *a)
{
	const struct table *t = a->table;

	flow_open(&a->flow, a->conds, t, pset_all, false);
	flow_enter(&a->flow, t->valid_hooks);
	for (uint32_t i = 0; i < t->nr_chains && !pset_failed(); i++)
		tell_chain(a, &a->flow.chain[i]);
	flow_close(&a->flow);
}

void check_reach(const struct ruleset *rs, size_t max_bytes, struct findings *f)
{
	struct reach a = { .f = f };

	for (uint32_t i = 0; i < rs->nr_tables; i++) {
		struct findings before = *f;

		a.table = rs->table[i];
		a.conds = condset_open(rs->table[i], max_bytes);
		if (!a.conds) {
			f->incomplete = true;
			return;
		}
		check_table(&a);
		if (pset_failed()) {	/* nothing of this table may be believed */
			*before.last = NULL;
			*f = before;
			f->incomplete = true;
		}
		condset_close(a.conds);
	}
}
