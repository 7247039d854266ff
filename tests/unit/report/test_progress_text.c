// SPDX-License-Identifier: MIT
#include "sim/report/progress_text.h"
#include "tests/unit/unit.h"

#define S 1000000000ull

static const struct { const char *name; uint64_t packets, done, total, ns; const char *want; } cases[] = {
	{ "nothing yet", 0, 0, 0, 0, "0 packets" },
	{ "size unknown", 12345678, 999, 0, 2 * S, "12,345,678 packets  6,172,839/s" },
	{ "a quarter", 4096, 25, 100, 2 * S, "4,096 packets  25 %  2,048/s  0:06 left" },
	{ "zeros in groups", 1000005, 50, 100, 60 * S, "1,000,005 packets  50 %  16,666/s  1:00 left" },
	{ "hours", 1000, 1, 5000, 2 * S, "1,000 packets  0 %  500/s  2:46:38 left" },
	{ "more than its size", 1000, 120, 100, 1 * S, "1,000 packets  100 %  1,000/s  0:00 left" },
};

static void test_progress_text(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct strbuf sb = { 0 };

		progress_text(&sb, cases[i].packets, cases[i].done, cases[i].total, cases[i].ns);
		CHECK_STR(cases[i].name, sb_str(&sb), cases[i].want);
		sb_free(&sb);
	}
}

void suite_progress_text(void);
void suite_progress_text(void)
{
	unit_add("a line", test_progress_text);
}
