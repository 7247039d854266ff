/* SPDX-License-Identifier: MIT */
/* compare.h - what two rulesets of one family do differently with the same packet, exactly as rules/analyse knows packets.
 *
 * Compared is what each table does at each hook, with the packet as it comes there: which verdict or ending target it meets
 * (ACCEPT, DROP, REJECT, DNAT, ...), and which other targets it passes (LOG, MARK, ...). A condition that remembers (limit,
 * recent, ...), or reads what a target before it may have changed, is taken to answer the same in both where both have it
 * at the same place: in the chain of the same name, as the n-th of the same words. */
#ifndef RULES_ANALYSE_COMPARE_H
#define RULES_ANALYSE_COMPARE_H
#include "rules/analyse/pset.h"
#include "rules/model/model.h"

/* Who decides about the packets, on one side. */
struct compare_side {
	const struct chain *chain;	/* of the rule or the policy; NULL = there is no such table */
	const struct rule *rule;	/* NULL = the policy; of an effect: nobody */
	const char *outcome;		/* "ACCEPT", "DNAT --to-destination 10.0.0.2"; of an effect: NULL where it is missing */
};

struct compare_field { const char *name, *values; };	/* "dport", "80-81, 443" */

struct difference {
	struct difference *next;
	uint8_t family;
	const char *table, *chain;	/* chain: the base chain */
	enum nf_hook hook;
	bool effect;			/* a target that lets the packet go on */
	struct compare_side before, after;
	const char *packet;		/* one of them, in the PACKET language */
	const char *besides;		/* what else holds for it and no line can say, or NULL: "ctstate ESTABLISHED" */
	struct compare_field *field; unsigned nr_fields;	/* what is common to all of them; none: all packets */
	bool whole;			/* the fields say it all: every such packet is meant */
};

struct comparison {
	struct arena *arena;		/* differences and their texts */
	struct difference *first, **last;
	unsigned nr;
	unsigned max;			/* per hook of a table, and kind */
	bool more;			/* there are more than are listed */
	bool incomplete;		/* the packet sets grew past the memory allowed: what is listed is true, more may be missing */
};

void comparison_init(struct comparison *c, struct arena *a, unsigned max);
/* Either may be NULL: no rules at all. */
void compare_rulesets(const struct ruleset *before, const struct ruleset *after, size_t max_bytes, struct comparison *c);
#endif
