/* SPDX-License-Identifier: MIT */
/* index.h - of a long chain's rules, those that a packet can match at all, in order.
 *
 * A rule's head (addresses, interfaces, protocol) and the matches after it that say what they ask for as data, up to the
 * first that does not, have no side effects: a packet that fails one of them passes the rule by without a trace. An index
 * finds the rules that it does not fail there; they are then asked as always. It is a tree: an inner node looks a field of
 * the packet up, once per mask that its rules use, and what does not ask for that field is below "rest".
 *
 * Not for packets that are later fragments or end before their transport header does (a match may drop those on sight), nor
 * while somebody listens to every rule that is tried. HOOKWALK_NO_COMPILE=1 in the environment turns all indexes off. */
#ifndef RULES_COMPILE_INDEX_H
#define RULES_COMPILE_INDEX_H
#include "rules/compile/compile.h"

#define INDEX_MIN	12	/* rules that a chain must have */
#define INDEX_CURSORS	48

enum index_field { IX_PROTO, IX_DPORT, IX_SPORT, IX_DST, IX_SRC, IX_IIF, IX_OIF, IX_CTSTATE, IX_MARK, IX_MAC, NR_IX };

/* A packet's values, as two words each; what it does not have is not set. */
struct index_key {
	uint32_t have;			/* bit per enum index_field */
	uint64_t v[NR_IX][2];
};

struct cindex;
/* Lives in a. NULL: an index would not help. */
const struct cindex *index_build(struct arena *a, const struct cchain *cc, uint8_t family);
uint32_t index_fields(const struct cindex *ix);	/* that it looks up */

/* Where a packet is among the rules that it can match. */
struct index_walk {
	unsigned n;
	struct { const uint32_t *at, *end; } list[INDEX_CURSORS];
	uint32_t one[INDEX_CURSORS];	/* lists of one rule */
};
/* false: too many lists, the chain has to be walked. */
bool index_start(const struct cindex *ix, const struct index_key *key, struct index_walk *w);
/* The first rule from "from" on, or UINT32_MAX. Never goes back. */
uint32_t index_next(struct index_walk *w, uint32_t from);
bool index_allowed(void);
void index_allow(bool on);		/* for tests: as if the environment said so */
#endif
