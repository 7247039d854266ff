// SPDX-License-Identifier: MIT
/* flow.c - which packets come to each rule of a table. */
#include "rules/analyse/flow.h"
#include "rules/ext.h"
#include <stdlib.h>

#define FEW	64		/* overlapping rules that are taken out one by one */
#define TRIES	2000		/* packets that are tried */
#define NODES_MAX 20000		/* of a set that is put together from many */

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

/* ---- bounds */

/* Fields by which rules are told apart, the most telling first. */
static const enum pset_field hull_fields[] = { PSET_SRC, PSET_DST, PSET_DPORT, PSET_PROTO, PSET_SPORT, PSET_IIF, PSET_OIF, PSET_CTSTATE };
struct hull { uint64_t lo[ARRAY_SIZE(hull_fields)], hi[ARRAY_SIZE(hull_fields)]; };

/* The first eight bytes, or all. */
static uint64_t front(const uint8_t *value, unsigned bytes)
{
	uint64_t v = 0;

	for (unsigned i = 0; i < MIN(bytes, 8u); i++)
		v = v << 8 | value[i];
	return v;
}

static void make_hull(struct hull *h, pset may)
{
	struct pset_interval v[2];

	for (size_t i = 0; i < ARRAY_SIZE(hull_fields); i++) {
		enum pset_field f = hull_fields[i];
		unsigned bytes = pset_field_bytes(f);
		pset_mark_t mark = pset_mark_now();
		pset only = pset_only(may, f);
		unsigned n = pset_equal(only, pset_all) ? 2 : pset_intervals(only, f, v, 1);

		h->lo[i] = n == 1 ? front(v[0].lo, bytes) : n ? 0 : UINT64_MAX;
		h->hi[i] = n == 1 ? front(v[0].hi, bytes) : n ? UINT64_MAX : 0;
		pset_release(mark);
	}
}

static bool overlap(const struct hull *a, const struct hull *b)
{
	for (size_t i = 0; i < ARRAY_SIZE(hull_fields); i++)
		if (a->lo[i] > b->hi[i] || b->lo[i] > a->hi[i])
			return false;
	return true;
}

uint32_t flow_overlapping(struct flow *f, const struct chain_sets *cs, uint32_t i, const uint32_t **ret)
{
	uint32_t n = 0;

	for (uint32_t k = 0; k < i; k++)
		if (!pset_empty(cs->rule[k].gone) && overlap(&cs->hull[i], &cs->hull[k]))
			f->found[n++] = k;
	*ret = f->found;
	return n;
}

/* Of "set", packets of rule i, what the rules before it leave. One by one where they are few; else only as much is taken out as
 * it needs to find a packet that none of them takes, or to see that there is none. */
static pset left_over(struct flow *f, const struct chain_sets *cs, uint32_t i, pset set, bool *all_known)
{
	const uint32_t *found;
	uint32_t n, k;

	*all_known = true;
	if (pset_empty(set))
		return set;
	n = flow_overlapping(f, cs, i, &found);
	if (f->exact || n <= FEW) {
		for (k = 0; k < n && !pset_empty(set); k++)
			set = pset_minus(set, cs->rule[found[k]].gone);
		return set;
	}
	for (unsigned tries = 0; tries < TRIES && pset_point(set, f->point); tries++) {
		for (k = 0; k < n && !pset_has(cs->rule[found[k]].gone, f->point); k++)
			;
		if (k == n)
			break;
		set = pset_minus(set, cs->rule[found[k]].gone);
	}
	*all_known = pset_empty(set);
	return set;
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

/* Of what surely matches, what no rule before sends away without an end. */
static pset not_returned(struct flow *f, const struct chain_sets *cs, uint32_t i, pset set)
{
	const uint32_t *found;
	uint32_t n = cs->returns ? flow_overlapping(f, cs, i, &found) : 0;

	for (uint32_t k = 0; k < n; k++) {
		const struct rule *q = cs->chain->rule[found[k]];

		if (returns(q) || q->ip.go_to)
			set = pset_minus(set, cs->rule[found[k]].gone);
	}
	return set;
}

static void sets_of(struct flow *f, struct chain_sets *cs, uint32_t i)
{
	const struct rule *r = cs->chain->rule[i];
	struct rule_sets *rs = &cs->rule[i];

	condset_rule(f->conds, r, &rs->may, &rs->must);
	rs->may = pset_keep(pset_and(rs->may, f->within));
	rs->must = pset_keep(pset_and(rs->must, f->within));
	rs->exact = rs->may == rs->must && flow_ends(r);
	if (flow_ends(r) || returns(r) || (r->target_chain && r->ip.go_to))
		rs->gone = pset_keep(rs->must);
	else if (r->target_chain)
		rs->gone = pset_keep(pset_and(rs->must, f->chain[r->target_chain->index].decided));
	make_hull(&cs->hull[i], rs->may);
}

static void decide(struct flow *f, struct chain_sets *cs)
{
	bool wanted = f->exact || !cs->chain->builtin, full = false;
	pset_mark_t mark = pset_mark_now();
	pset decided = pset_none, ended;

	for (uint32_t i = 0; i < cs->chain->nr_rules; i++) {
		const struct rule *r = cs->chain->rule[i];

		sets_of(f, cs, i);
		cs->returns |= returns(r) || r->ip.go_to;
		if (!wanted || full || returns(r) || pset_empty(cs->rule[i].gone))
			continue;
		ended = r->target_chain ? pset_and(cs->rule[i].gone, f->chain[r->target_chain->index].decided) : cs->rule[i].gone;
		decided = pset_or(decided, not_returned(f, cs, i, ended));
		full = !f->exact && i % 32 == 31 && pset_nodes(decided) > NODES_MAX;
	}
	cs->decided = pset_keep(decided);
	pset_release(mark);
}

/* ---- from the callers to the called */

static void pass_on(struct flow *f, struct chain_sets *to, pset set)
{
	pset in = pset_or(to->in, set);

	if (!f->exact && ++to->nr_callers % 32 == 0 && pset_nodes(in) > NODES_MAX)
		in = f->within;
	keep(&to->in, in);
}

static void pass(struct flow *f, struct chain_sets *cs)
{
	pset_mark_t mark = pset_mark_now();

	for (uint32_t i = 0; i < cs->chain->nr_rules; i++) {
		const struct rule *r = cs->chain->rule[i];
		struct rule_sets *rs = &cs->rule[i];

		keep(&rs->comes, left_over(f, cs, i, pset_and(cs->in, rs->may), &rs->all_known));
		if (r->target_chain)
			pass_on(f, &f->chain[r->target_chain->index], rs->comes);
		pset_release(mark);
	}
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

void flow_open(struct flow *f, struct condset *c, const struct table *t, pset within, bool exact)
{
	uint32_t longest = 0;

	*f = (struct flow){ .conds = c, .table = t, .within = within, .exact = exact };
	f->chain = xcalloc(t->nr_chains, sizeof(*f->chain));
	f->order = xcalloc(t->nr_chains, sizeof(*f->order));
	for (uint32_t i = 0; i < t->nr_chains; i++) {
		f->chain[i].chain = t->chain[i];
		f->chain[i].rule = xcalloc(t->chain[i]->nr_rules + 1, sizeof(struct rule_sets));
		f->chain[i].hull = xcalloc(t->chain[i]->nr_rules + 1, sizeof(struct hull));
		longest = MAX(longest, t->chain[i]->nr_rules);
	}
	f->found = xcalloc(longest + 1, sizeof(*f->found));
	f->point = xcalloc(pset_point_bytes() + 1, 1);
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
			pset_drop(f->chain[i].rule[k].comes);
		}
		pset_drop(f->chain[i].in);
		pset_drop(f->chain[i].decided);
		free(f->chain[i].rule);
		free(f->chain[i].hull);
	}
	free(f->chain);
	free(f->order);
	free(f->found);
	free(f->point);
}
