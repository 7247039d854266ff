// SPDX-License-Identifier: MIT
/* credits.c - the token bucket arithmetic of limit and hashlimit. */
#include "rules/ext/credits.h"

/* A product that would not fit in 32 bits is divided first; what still does not fit wraps, and is
 * what the check for "Overflow" finds. */
uint32_t limit_credits(uint32_t user)
{
	if (user > UINT32_MAX / (HZ * CREDITS_PER_JIFFY))
		return user / LIMIT_SCALE * HZ * CREDITS_PER_JIFFY;
	return user * HZ * CREDITS_PER_JIFFY / LIMIT_SCALE;
}

uint64_t hl_credits(uint64_t user)
{
	return user * (HZ * HL_CREDITS_PER_JIFFY / HL_SCALE);
}

uint32_t hl_credits_byte(uint32_t user)
{
	return (uint32_t)((user * HL_BYTES_CAP) >> 32);
}

/* "cost" is 2^32 / (chunks a second + 1). */
uint64_t hl_cost_to_bytes(uint64_t cost)
{
	uint64_t r = cost ? UINT32_MAX / cost : UINT32_MAX;

	return (r - 1) << HL_BYTE_SHIFT;
}

uint64_t hl_bytes_to_cost(uint64_t bytes)
{
	uint32_t chunks = (uint32_t)(bytes >> HL_BYTE_SHIFT);

	return UINT32_MAX / (uint32_t)(chunks + 1);
}
