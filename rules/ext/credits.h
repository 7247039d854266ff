/* SPDX-License-Identifier: MIT */
/* credits.h - the token bucket arithmetic of limit and hashlimit, overflow rules included
 * (net/netfilter/xt_limit.c, xt_hashlimit.c). Time is jiffies at HZ = 250. */
#ifndef RULES_EXT_CREDITS_H
#define RULES_EXT_CREDITS_H
#include "sim/base/evq.h"

/* Credits a bucket gains per jiffy: the power of two below what a rate of one a day leaves room for. */
#define CREDITS_PER_JIFFY	UINT32_C(128)			/* limit: 32 bits */
#define HL_CREDITS_PER_JIFFY	(UINT64_C(1) << 39)		/* hashlimit: 64 bits */
#define HL_CREDITS_PER_JIFFY_BYTES UINT32_C(16777216)		/* hashlimit, byte rates: 32 bits */
#define HL_BYTES_CAP		(UINT64_C(16777216) * HZ)	/* one second's */
#define LIMIT_SCALE		UINT32_C(10000)			/* rates are given as 1/scale seconds a packet */
#define HL_SCALE		UINT64_C(1000000)
#define HL_BYTE_SHIFT		4				/* byte rates count in 16 byte chunks */

uint32_t limit_credits(uint32_t user);
uint64_t hl_credits(uint64_t user);
uint32_t hl_credits_byte(uint32_t user);
uint64_t hl_cost_to_bytes(uint64_t cost);
uint64_t hl_bytes_to_cost(uint64_t bytes);
#endif
