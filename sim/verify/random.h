/* SPDX-License-Identifier: MIT */
/* random.h - many random cases on the kernel and in the emulation, by several processes; what differs is shrunk
 * and kept as a host directory with why-differs.txt. */
#ifndef SIM_VERIFY_RANDOM_H
#define SIM_VERIFY_RANDOM_H
#include "sim/verify/gen.h"
#include "sim/verify/verify.h"

#define RANDOM_FEATURES	256
#define RANDOM_KIND	32

struct random_case {
	unsigned index, events, differences;
	enum gen_topic topic;
	enum verify_status status;
	bool steady;			/* it differed each time it was tried */
	bool kernel_refused;		/* some of its files; with VERIFY_REFUSED: both sides did */
	char kind[RANDOM_KIND];		/* of the first difference */
	uint64_t features[RANDOM_FEATURES / 64];	/* bits: which matches, targets, ... it has */
};

struct random_options {
	uint64_t seed;
	unsigned first, number;		/* which cases */
	unsigned jobs;			/* processes */
	uint32_t topics;
	const char *write;		/* every case is kept here as SEED-INDEX, v6-SEED-INDEX; NULL = none */
	const char *failures;		/* what differs is kept here likewise */
	unsigned budget;		/* questions to the kernel for shrinking one case; 0 = not shrunk */
	/* After each case, in the order in which they end; may be NULL. */
	void (*progress)(void *arg, const struct random_case *c, unsigned done);
	void *arg;
};

/* ret_cases: number of them, in order of index. false: a process ended early, or a directory cannot be written; why is
 * in d. Every process works in a directory of its own under /tmp, which is gone at the end. */
bool random_run(struct verifier *v, const struct random_options *o, struct random_case *ret_cases, struct diag *d);

/* What a case exercises: "match:tcp", "target:DNAT", "table:nat", "sysctl:rp_filter", "event:fragment", ... The names of
 * all features come in sorted order. */
unsigned feature_count(void);
const char *feature_name(unsigned i);
void case_features(const struct host_case *c, uint64_t ret[RANDOM_FEATURES / 64]);
#endif
