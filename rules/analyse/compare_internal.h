/* SPDX-License-Identifier: MIT */
/* compare_internal.h - what the files of the comparison share. */
#ifndef RULES_ANALYSE_COMPARE_INTERNAL_H
#define RULES_ANALYSE_COMPARE_INTERNAL_H
#include "rules/analyse/compare.h"
#include "rules/analyse/flow.h"

/* compare_words.c: one packet of the region, and what is common to all of them. in: all that come to the hook. */
void compare_describe(struct condset *c, struct arena *a, struct difference *d, pset region, pset in);
/* changed.c: no other packets can be treated differently. Kept: pset_drop() it. */
pset compare_changed(struct condset *c, const struct table *before, const struct table *after);
#endif
