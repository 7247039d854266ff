// SPDX-License-Identifier: MIT
/* test_credits.c - what a rate becomes in credits, where products overflow included. */
#include "rules/ext/credits.h"
#include "tests/unit/unit.h"
void suite_credits(void);

static const struct { const char *name; uint32_t user, want; } limit_rows[] = {
	{ "10000 a second", 1, 3 },
	{ "one a second", 10000, 32000 },
	{ "3 an hour", 12000000, 38400000 },
	{ "last that is multiplied first", 134217, 429494 },
	{ "first that is divided first", 134218, 416000 },
};

static void test_limit_credits(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(limit_rows); i++)
		CHECK(limit_rows[i].name, limit_credits(limit_rows[i].user) == limit_rows[i].want);
	CHECK("one a day does not fit five times", limit_credits(UINT32_C(864000000) * 5u) < limit_credits(864000000));
	CHECK("one an hour does", limit_credits(36000000u * 5u) >= limit_credits(36000000));
}

/* As /proc/net/ipt_hashlimit prints them on Linux 6.18 (HZ 250). */
static void test_hashlimit_credits(void)
{
	CHECK("cost at 2 a second", hl_credits(500000) == UINT64_C(68719476500000));
	CHECK("bucket of two", hl_credits(1000000) == UINT64_C(137438953000000));
	CHECK("cost of a chunk at 1 kB/s", hl_credits_byte((uint32_t)hl_bytes_to_cost(1024)) == 64527752);
	CHECK("at 300 B/s", hl_credits_byte((uint32_t)hl_bytes_to_cost(300)) == 220752841);
	CHECK("cap", HL_BYTES_CAP == UINT64_C(4194304000));
	CHECK("500 B/s measured as", hl_cost_to_bytes(hl_bytes_to_cost(500)) == 496);
	CHECK("4000 MB/s saved as", hl_cost_to_bytes(hl_bytes_to_cost(UINT64_C(4000) << 20)) >> 20 == 4095);
	CHECK("16 B/s", hl_cost_to_bytes(hl_bytes_to_cost(16)) == 16);
	CHECK("under 16 B/s there is nothing", hl_cost_to_bytes(hl_bytes_to_cost(1)) == 0);
}

void suite_credits(void)
{
	unit_add("limit", test_limit_credits);
	unit_add("hashlimit", test_hashlimit_credits);
}
