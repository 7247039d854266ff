/* SPDX-License-Identifier: MIT */
/* rateest.h - a rate estimator: RATEEST feeds it, -m rateest asks it (net/core/gen_estimator.c). */
#ifndef RULES_EXT_RATEEST_H
#define RULES_EXT_RATEEST_H
#include "rules/ext/named.h"

#define RATEEST_NAME 16
#define RATEEST_KIND "rateest"

struct rateest {
	struct xt_named named;
	uint64_t bytes, packets;		/* counted so far */
	uint64_t last_bytes, last_packets;	/* at the last tick */
	uint64_t avbps, avpps;			/* smoothed rates a second, scaled by 2^8 */
	uint64_t next, fires;			/* jiffies: when the next tick is due, and when its timer runs */
	uint8_t interval_log, ewma_log;		/* a tick every (HZ / 4) << interval_log */
};

struct rateest_params { int8_t interval; uint8_t ewma_log; char name[RATEEST_NAME]; };	/* interval -2 to 3: 0.25 s to 8 s */

/* The estimator with a new reference, made if it is not there. */
struct rateest *rateest_get(struct host *h, const struct rateest_params *p, uint8_t family);
/* Runs the ticks that have passed. */
void rateest_update(struct host *h, struct rateest *e);
/* Does a rule that is in place before "r" have this estimator? Its parameters, or NULL. */
const struct rateest_params *rateest_before(const struct rule *r, const char *name);
#endif
