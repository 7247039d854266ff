/* SPDX-License-Identifier: MIT */
/* named.h - tables that rules share by name (recent, hashlimit), one registry per host. A table lives
 * as long as rules hold it: a ruleset that replaces another takes over the tables whose names it uses. */
#ifndef RULES_EXT_NAMED_H
#define RULES_EXT_NAMED_H
#include "sim/net/host.h"

struct xt_named {
	struct xt_named *next;		/* in the order they were made */
	const char *kind;		/* "recent", "hashlimit": a literal */
	char *name;
	uint8_t family;
	unsigned refs;
	const void *reporter;		/* the rule state that writes its snapshot, so that it is written once */
	void (*free)(struct xt_named *t);	/* frees the embedding struct, not the name */
};

/* The table with a new reference, or NULL. */
struct xt_named *named_get(struct host *h, const char *kind, const char *name, uint8_t family);
/* Registers a new table (embedded in the caller's struct) with one reference. */
void named_add(struct host *h, struct xt_named *t, const char *kind, const char *name, uint8_t family,
	       void (*free_fn)(struct xt_named *t));
/* Gives a reference back; the last one ends the table. */
void named_put(struct host *h, struct xt_named *t, const void *state);
/* Is it this rule that writes the snapshot? */
bool named_reports(struct xt_named *t, const void *state);
#endif
