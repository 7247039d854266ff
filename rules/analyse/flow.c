// SPDX-License-Identifier: MIT
/* flow.c - which packets come to each rule of a table. */
#include "rules/analyse/flow.h"
#include "rules/ext.h"
#include <stdlib.h>

static void keep(pset *at, pset v)
{
	pset old = *at;

	*at = pset_keep(v);
	pset_drop(old);
}

static bool verdict_ends(const struct rule *r)
{
	return !r->ext && (r->verdict == XT_ACCEPT || r->verdict == XT_DROP || r->verdict == XT_QUEUE);
}

/* A target that lets no packet go on, though what it does may depend on more than the packet. */
static bool target_ends(const struct rule *r)
{
	static const char *const names[] = { "REJECT", "DNAT", "SNAT", "MASQUERADE", "REDIRECT", "NETMAP" };

	for (size_t i = 0; r->ext && i < ARRAY_SIZE(names); i++)
		if (strcmp(r->ext->name, names[i]) == 0)
			return true;
	return false;
}

bool flow_ends(const struct rule *r)
{
	return verdict_ends(r) || target_ends(r);
}

static bool returns(const struct rule *r)
{
	return !r->ext && r->verdict == XT_RETURN;
}

/* ---- order of chains */

static void visit(struct flow *f, const struct chain *c)
{
	struct chain_sets *cs = &f->chain[c->index];

	if (cs->listed)
		return;
	cs->listed = true;
	for (uint32_t i = 0; i < c->nr_rules; i++)
		if (c->rule[i]->target_chain)
			visit(f, c->rule[i]->target_chain);
	f->order[f->nr_order++] = c->index;
}

static void order_chains(struct flow *f)
{
	const struct table *t = f->table;

	for (uint32_t i = 0; i < t->nr_chains; i++)
		visit(f, t->chain[i]);
	/* The called come first now. */
	for (uint32_t i = 0; i < f->nr_order / 2; i++) {
		uint32_t x = f->order[i];

		f->order[i] = f->order[f->nr_order - 1 - i];
		f->order[f->nr_order - 1 - i] = x;
	}
}

/* ---- from the called to the callers */

static void decide(struct flow *f, struct chain_sets *cs)
{
	pset_mark_t mark = pset_mark_now();
	pset cur = f->within, decided = pset_none, hit, t;

	for (uint32_t i = 0; i < cs->chain->nr_rules; i++) {
		const struct rule *r = cs->chain->rule[i];
		struct rule_sets *rs = &cs->rule[i];

		condset_rule(f->conds, r, &rs->may, &rs->must);
		rs->may = pset_and(rs->may, f->within);
		rs->must = pset_and(rs->must, f->within);
		rs->exact = rs->may == rs->must && flow_ends(r);
		pset_keep(rs->may);
		pset_keep(rs->must);
		hit = pset_and(cur, rs->must);
		if (flow_ends(r)) {
			decided = pset_or(decided, hit);
			rs->gone = rs->must;
		} else if (returns(r)) {
			rs->gone = rs->must;
		} else if (r->target_chain) {
			t = f->chain[r->target_chain->index].decided;
			decided = pset_or(decided, pset_and(hit, t));
			rs->gone = r->ip.go_to ? rs->must : pset_and(rs->must, t);
		} else {
			rs->gone = pset_none;
		}
		pset_keep(rs->gone);
		cur = pset_minus(cur, rs->gone);
	}
	cs->decided = pset_keep(decided);
	pset_release(mark);
}

/* ---- from the callers to the called */

static void pass(struct flow *f, struct chain_sets *cs)
{
	pset_mark_t mark = pset_mark_now();
	pset cur = cs->in;

	for (uint32_t i = 0; i < cs->chain->nr_rules; i++) {
		const struct rule *r = cs->chain->rule[i];
		struct rule_sets *rs = &cs->rule[i];

		keep(&rs->reach, cur);
		if (r->target_chain) {
			struct chain_sets *to = &f->chain[r->target_chain->index];

			keep(&to->in, pset_or(to->in, pset_and(cur, rs->may)));
		}
		cur = pset_minus(cur, rs->gone);
	}
	pset_release(mark);
}

void flow_enter(struct flow *f, uint32_t hooks)
{
	for (uint32_t i = 0; i < f->table->nr_chains; i++) {
		const struct chain *c = f->table->chain[i];

		keep(&f->chain[i].in, c->builtin && hooks & HOOK_BIT(c->hook) ?
		     pset_and(condset_hook(f->conds, f->table, c->hook), f->within) : pset_none);
	}
	for (uint32_t i = 0; i < f->nr_order; i++)
		pass(f, &f->chain[f->order[i]]);
}

void flow_open(struct flow *f, struct condset *c, const struct table *t, pset within)
{
	*f = (struct flow){ .conds = c, .table = t, .within = within };
	f->chain = xcalloc(t->nr_chains, sizeof(*f->chain));
	f->order = xcalloc(t->nr_chains, sizeof(*f->order));
	for (uint32_t i = 0; i < t->nr_chains; i++) {
		f->chain[i].chain = t->chain[i];
		f->chain[i].rule = xcalloc(t->chain[i]->nr_rules + 1, sizeof(struct rule_sets));
	}
	order_chains(f);
	for (uint32_t i = f->nr_order; i-- > 0;)
		decide(f, &f->chain[f->order[i]]);
}

void flow_close(struct flow *f)
{
	for (uint32_t i = 0; i < f->table->nr_chains; i++) {
		for (uint32_t k = 0; k < f->table->chain[i]->nr_rules; k++) {
			pset_drop(f->chain[i].rule[k].may);
			pset_drop(f->chain[i].rule[k].must);
			pset_drop(f->chain[i].rule[k].gone);
			pset_drop(f->chain[i].rule[k].reach);
		}
		pset_drop(f->chain[i].in);
		pset_drop(f->chain[i].decided);
		free(f->chain[i].rule);
	}
	free(f->chain);
	free(f->order);
}
