/* SPDX-License-Identifier: MIT */
/* flow.h - which packets come to each rule of a table and may match it, and which go on behind it. Two passes over the chains:
 * from the called to the callers, what a chain surely decides; from the callers to the called, what comes to each rule.
 *
 * No set is made of all that a long chain leaves over: of what a rule asks for, only what overlapping rules before it take
 * is taken out. Where these are many, or sets grow, and not all must be exact, less is taken out: then more is said to
 * come than does, and less to be decided than is. */
#ifndef RULES_ANALYSE_FLOW_H
#define RULES_ANALYSE_FLOW_H
#include "rules/analyse/condset.h"

struct rule_sets {
	pset may, must;		/* may match; surely matches */
	pset gone;		/* of what comes, what does not go on to the next rule */
	pset comes;		/* comes, and may match */
	bool all_known;		/* "comes" is exact */
	bool exact;		/* may == must, and its target has no effect but the verdict */
};

struct hull;			/* flow.c */
struct chain_sets {
	const struct chain *chain;
	struct rule_sets *rule;
	struct hull *hull;	/* per rule, the bounds of what it asks for */
	pset in, decided;	/* what comes; what it surely ends, whatever comes: of a base chain only in an exact flow */
	unsigned nr_callers;
	bool listed, returns;	/* returns: a rule sends packets away without an end */
};

struct flow {
	struct condset *conds;
	const struct table *table;
	struct chain_sets *chain;	/* as table->chain */
	uint32_t *order;		/* callers before the called */
	uint32_t nr_order;
	pset within;
	bool exact;
	uint32_t *found;		/* rules that overlap */
	uint8_t *point;
};

/* The sets live in the condset's space, until flow_close(). within: no other packets are looked at; held by the caller.
 * exact: nothing is left out, however large the sets grow. */
void flow_open(struct flow *f, struct condset *c, const struct table *t, pset within, bool exact);
/* What comes when packets enter by the base chains of these hooks (bits) alone: fills "in" and "comes"; again for others. */
void flow_enter(struct flow *f, uint32_t hooks);
void flow_close(struct flow *f);
/* Rules before i in its chain whose "gone" may have packets in common with what i asks for: *ret, good until the next call. */
uint32_t flow_overlapping(struct flow *f, const struct chain_sets *cs, uint32_t i, const uint32_t **ret);
/* A packet that matches goes no further: ACCEPT, DROP, QUEUE, REJECT, a NAT target. */
bool flow_ends(const struct rule *r);
#endif
