/* SPDX-License-Identifier: MIT */
/* rng.h - seeded chance. One stream per host and purpose, so that one more draw here
 * changes nothing there. xoshiro256** (Blackman, Vigna), seeded through splitmix64. */
#ifndef SIM_BASE_RNG_H
#define SIM_BASE_RNG_H
#include "sim/base/util.h"

struct rng { uint64_t s[4]; };

void rng_init(struct rng *r, uint64_t seed, const char *host, const char *purpose);
uint64_t rng_u64(struct rng *r);
uint32_t rng_u32(struct rng *r);
uint32_t rng_below(struct rng *r, uint32_t n);	/* 0..n-1, even; n > 0 */
#endif
