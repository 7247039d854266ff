// SPDX-License-Identifier: MIT
/* test_time_match.c - the time match at chosen moments. */
#include "tests/unit/ext/ext_rig.h"
void suite_time_match(void);

/* 2024-03-01 is a Friday; seconds since 1970. */
#define FRI_NOON UINT64_C(1709294400)
#define HOURS 3600
static const struct { const char *name, *rule; int64_t after; char want; } rows[] = {
	{ "always", "-m time", 0, '1' },
	{ "within the day", "-m time --timestart 11:59 --timestop 12:01", 0, '1' },
	{ "the last second counts", "-m time --timestart 08:00 --timestop 12:00", 0, '1' },
	{ "one second later", "-m time --timestart 08:00 --timestop 12:00", 1, '0' },
	{ "over midnight, noon", "-m time --timestart 22:00 --timestop 06:00", 0, '0' },
	{ "over midnight, night", "-m time --timestart 22:00 --timestop 06:00", 13 * HOURS, '1' },
	{ "Friday", "-m time --weekdays Fri", 0, '1' },
	{ "not Friday", "-m time ! --weekdays Fri", 0, '0' },
	{ "Saturday is not Friday", "-m time --weekdays Fri", 12 * HOURS, '0' },
	{ "Friday's night reaches into Saturday", "-m time --weekdays Fri --timestart 22:00 --timestop 06:00 --contiguous", 13 * HOURS, '1' },
	{ "without contiguous it does not", "-m time --weekdays Fri --timestart 22:00 --timestop 06:00", 13 * HOURS, '0' },
	{ "Thursday's night is not Friday's", "-m time --weekdays Fri --timestart 22:00 --timestop 06:00 --contiguous", -11 * HOURS, '0' },
	{ "the first", "-m time --monthdays 1", 0, '1' },
	{ "29 February before it", "-m time --monthdays 29", -24 * HOURS, '1' },
	{ "not the 31st", "-m time --monthdays 31", 0, '0' },
	{ "from that second", "-m time --datestart 2024-03-01T12:00:00", 0, '1' },
	{ "a second before", "-m time --datestart 2024-03-01T12:00:00", -1, '0' },
	{ "until", "-m time --datestop 2024-03-01T12", 0, '1' },
	{ "after", "-m time --datestop 2024-03-01T12", 1, '0' },
	{ "the default end", "-m time", INT64_C(2147483647) - 1709294400 + 1, '0' },
	{ "kernel time zone: two hours east", "-m time --kerneltz --timestart 13:59 --timestop 14:01", 0, '1' },
};

static void test_rows(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char rule[256];
		struct ext_rig r;

		snprintf(rule, sizeof(rule), "-A PREROUTING %s", rows[i].rule);
		rig_up(&r, rule);
		CHECK(rows[i].name, r.nr_rules == 1);
		r.host.boot_real_ns = (FRI_NOON + (uint64_t)rows[i].after) * NSEC_PER_SEC;
		r.host.tz_minuteswest = -120;
		CHECK(rows[i].name, r.nr_rules && rig_ask(&r, 0, 0, 0x0a000005, 60) == rows[i].want);
		rig_down(&r);
	}
}

void suite_time_match(void)
{
	unit_add("rows", test_rows);
}
