/* SPDX-License-Identifier: MIT */
/* flow.h - which packets come to each rule of a table, and which go on behind it. Two passes over the chains: from the called
 * to the callers, what a chain surely decides; from the callers to the called, what comes to each rule. */
#ifndef RULES_ANALYSE_FLOW_H
#define RULES_ANALYSE_FLOW_H
#include "rules/analyse/condset.h"

struct rule_sets {
	pset may, must;		/* may match; surely matches */
	pset gone;		/* of what comes, what does not go on to the next rule */
	pset reach;		/* what comes */
	bool exact;		/* may == must, and its target has no effect but the verdict */
};

struct chain_sets {
	const struct chain *chain;
	struct rule_sets *rule;
	pset in, decided;	/* what comes; what it surely ends, whatever comes */
	bool listed;
};

struct flow {
	struct condset *conds;
	const struct table *table;
	struct chain_sets *chain;	/* as table->chain */
	uint32_t *order;		/* callers before the called */
	uint32_t nr_order;
	pset within;
};

/* The sets live in the condset's space, until flow_close(). within: no other packets are looked at; held by the caller. */
void flow_open(struct flow *f, struct condset *c, const struct table *t, pset within);
/* What comes when packets enter by the base chains of these hooks (bits) alone: fills "in" and "reach"; again for others. */
void flow_enter(struct flow *f, uint32_t hooks);
void flow_close(struct flow *f);
/* A packet that matches goes no further: ACCEPT, DROP, QUEUE, REJECT, a NAT target. */
bool flow_ends(const struct rule *r);
#endif
