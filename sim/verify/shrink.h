/* SPDX-License-Identifier: MIT */
/* shrink.h - makes a case that differs as small as it goes while it still does. Works on the files' text, so
 * any host directory can be shrunk, not only what the generator drew. */
#ifndef SIM_VERIFY_SHRINK_H
#define SIM_VERIFY_SHRINK_H
#include "sim/verify/gen.h"

struct shrinker {
	bool (*differs)(void *arg, const struct host_case *c);	/* does it still, in the same way? */
	void *arg;
	unsigned budget;	/* questions left */
};

/* *c becomes the smallest case found; its texts are replaced. */
void shrink_case(struct host_case *c, struct shrinker *s);

/* The case without some lines of one file, gone[i] for the i-th. Events that answer a dropped one go with it, the others'
 * references are counted anew; in rules an empty table goes, and a user chain that is called from nowhere. */
void case_without(struct host_case *ret, const struct host_case *c, enum case_file f, const bool *gone);
unsigned case_lines(const struct host_case *c, enum case_file f);
#endif
