// SPDX-License-Identifier: MIT
/* test_limiters.c - limit, hashlimit, recent, quota, statistic: one rule, packets at chosen times. */
#include "tests/unit/ext/ext_rig.h"
void suite_limiters(void);

#define A 0x0a000005u
#define B 0x0a000006u
#define MAX_PKTS 12

/* want: a character a packet; '.' ends. */
static const struct {
	const char *name, *rule;
	struct { uint64_t ms; uint32_t src, len; } pkt[MAX_PKTS];
	const char *want;
} rows[] = {
	{ "limit: burst, then one a half second", "-m limit --limit 2/s --limit-burst 3",
	  { { 0, A, 60 }, { 1, A, 60 }, { 2, A, 60 }, { 3, A, 60 }, { 499, A, 60 }, { 502, A, 60 }, { 503, A, 60 }, { 2600, A, 60 } },
	  "11100101" },
	{ "limit: credit stops at the burst", "-m limit --limit 10/s --limit-burst 2",
	  { { 0, A, 60 }, { 60000, A, 60 }, { 60000, A, 60 }, { 60000, A, 60 } }, "1110" },
	{ "limit: after 37.3 hours the gain wraps", "-m limit --limit 1/hour --limit-burst 1",
	  { { 0, A, 60 }, { 134217800, A, 60 } }, "10" },
	{ "hashlimit: a bucket each", "-m hashlimit --hashlimit-upto 1/s --hashlimit-burst 2 --hashlimit-mode srcip "
	  "--hashlimit-name a --hashlimit-htable-expire 99000",
	  { { 0, A, 60 }, { 0, A, 60 }, { 0, A, 60 }, { 0, B, 60 }, { 0, B, 60 }, { 0, B, 60 }, { 1000, A, 60 }, { 1000, A, 60 } },
	  "11011010" },
	{ "hashlimit: above", "-m hashlimit --hashlimit-above 1/s --hashlimit-burst 1 --hashlimit-name a",
	  { { 0, A, 60 }, { 0, A, 60 }, { 999, A, 60 }, { 1000, A, 60 } }, "0110" },
	{ "hashlimit: an idle bucket is forgotten and full again", "-m hashlimit --hashlimit-upto 1/min --hashlimit-burst 2 "
	  "--hashlimit-mode srcip --hashlimit-name a --hashlimit-htable-expire 2000",
	  { { 0, A, 60 }, { 0, A, 60 }, { 0, A, 60 }, { 1999, A, 60 }, { 3998, A, 60 }, { 5995, A, 60 }, { 8000, A, 60 }, { 8001, A, 60 } },
	  "11000011" },
	{ "hashlimit: a full table drops", "-m hashlimit --hashlimit-upto 1/s --hashlimit-mode srcip --hashlimit-name a "
	  "--hashlimit-htable-size 1 --hashlimit-htable-max 1", { { 0, A, 60 }, { 0, B, 60 }, { 0, A, 60 } }, "1D1" },
	{ "hashlimit: source network", "-m hashlimit --hashlimit-upto 1/s --hashlimit-burst 1 --hashlimit-mode srcip "
	  "--hashlimit-srcmask 24 --hashlimit-name a", { { 0, A, 60 }, { 0, B, 60 } }, "10" },
	{ "hashlimit: bytes", "-m hashlimit --hashlimit-upto 1kb/s --hashlimit-name a",
	  { { 0, A, 1000 }, { 0, A, 1000 }, { 1000, A, 1000 }, { 1000, A, 20 } }, "1011" },
	{ "hashlimit: bytes with a burst", "-m hashlimit --hashlimit-upto 1kb/s --hashlimit-burst 2kb --hashlimit-name a",
	  { { 0, A, 1000 }, { 0, A, 1000 }, { 0, A, 1000 }, { 0, A, 1000 } }, "1110" },
	{ "hashlimit: too short for ports", "-m hashlimit --hashlimit-upto 1/s --hashlimit-mode dstport --hashlimit-name a",
	  { { 0, A, 23 }, { 0, A, 24 } }, "D1" },
	{ "hashlimit: rate match", "-m hashlimit --hashlimit-upto 2/s --hashlimit-burst 1 --hashlimit-rate-match "
	  "--hashlimit-htable-expire 99000 --hashlimit-name a",
	  { { 0, A, 60 }, { 0, A, 60 }, { 0, A, 60 }, { 0, A, 60 }, { 1000, A, 60 }, { 2000, A, 60 } }, "111001" },
	{ "recent: set always matches", "-m recent --set", { { 0, A, 60 }, { 0, A, 60 } }, "11" },
	{ "recent: not set never", "-m recent ! --set", { { 0, A, 60 }, { 0, A, 60 } }, "00" },
	{ "recent: not listed", "-m recent --rcheck", { { 0, A, 60 } }, "0" },
	{ "quota: what does not fit ends it", "-m quota --quota 200", { { 0, A, 100 }, { 0, A, 101 }, { 0, A, 20 } }, "100" },
	{ "quota: to the byte, inverted", "-m quota ! --quota 200", { { 0, A, 100 }, { 0, A, 100 }, { 0, A, 20 } }, "001" },
	{ "statistic: first of three", "-m statistic --mode nth --every 3 --packet 0",
	  { { 0, A, 60 }, { 0, A, 60 }, { 0, A, 60 }, { 0, A, 60 } }, "1001" },
	{ "statistic: last of three, inverted", "-m statistic --mode nth ! --every 3 --packet 2",
	  { { 0, A, 60 }, { 0, A, 60 }, { 0, A, 60 }, { 0, A, 60 } }, "1101" },
	{ "statistic: certain", "-m statistic --mode random --probability 1", { { 0, A, 60 }, { 0, A, 60 } }, "11" },
	{ "statistic: never", "-m statistic --mode random --probability 0", { { 0, A, 60 }, { 0, A, 60 } }, "00" },
};

static void test_rows(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char rule[256], got[MAX_PKTS + 1] = "";
		struct ext_rig r;

		snprintf(rule, sizeof(rule), "-A PREROUTING %s", rows[i].rule);
		rig_up(&r, rule);
		CHECK(rows[i].name, r.nr_rules == 1);
		for (size_t k = 0; r.nr_rules && rows[i].want[k]; k++)
			got[k] = rig_ask(&r, 0, rows[i].pkt[k].ms, rows[i].pkt[k].src, rows[i].pkt[k].len);
		CHECK_STR(rows[i].name, got, rows[i].want);
		rig_down(&r);
	}
}

/* The first rule fills the list, the second asks: "4 in a minute". */
static void test_recent_hits(void)
{
	static const struct { uint64_t ms; char want; } ask[] = {
		{ 0, '0' }, { 1000, '0' }, { 2000, '0' }, { 3000, '1' }, { 59000, '1' }, { 61500, '1' }, { 200000, '0' },
	};
	struct ext_rig r;

	rig_up(&r, "-A PREROUTING -m recent --set --name s\n-A PREROUTING -m recent --rcheck --seconds 60 --hitcount 4 --name s");
	for (size_t i = 0; i < ARRAY_SIZE(ask); i++) {
		rig_ask(&r, 0, ask[i].ms, A, 60);
		CHECK("four in a minute", rig_ask(&r, 1, ask[i].ms, A, 60) == ask[i].want);
		CHECK("another address", rig_ask(&r, 1, ask[i].ms, B, 60) == '0');
	}
	rig_down(&r);
}

/* update refreshes only when it matches; remove and the limit of 100 addresses forget. */
static void test_recent_list(void)
{
	struct ext_rig r;

	rig_up(&r, "-A PREROUTING -m recent --set --name s\n-A PREROUTING -m recent --update --seconds 10 --name s\n"
		   "-A PREROUTING -m recent --remove --name s\n-A PREROUTING -m recent --rcheck --name s\n"
		   "-A PREROUTING -m recent --rcheck --seconds 1 --reap --name s");
	rig_ask(&r, 0, 0, A, 60);
	CHECK("within", rig_ask(&r, 1, 9000, A, 60) == '1');
	CHECK("kept alive", rig_ask(&r, 1, 18000, A, 60) == '1');
	CHECK("too late", rig_ask(&r, 1, 28100, A, 60) == '0');
	CHECK("removed", rig_ask(&r, 2, 28100, A, 60) == '1');
	CHECK("gone", rig_ask(&r, 2, 28100, A, 60) == '0');
	for (uint32_t i = 0; i <= 100; i++)
		rig_ask(&r, 0, 30000 + i, 0x0a010000 + i, 60);
	CHECK("the oldest made room", rig_ask(&r, 3, 31000, 0x0a010000, 60) == '0');
	CHECK("the next is there", rig_ask(&r, 3, 31000, 0x0a010001, 60) == '1');
	rig_ask(&r, 4, 31000, 0x0a010064, 60);
	CHECK("not yet old enough", rig_ask(&r, 3, 31000, 0x0a010001, 60) == '1');
	rig_ask(&r, 4, 35000, 0x0a010064, 60);
	CHECK("reaped later", rig_ask(&r, 3, 35000, 0x0a010001, 60) == '0');
	rig_down(&r);
}

/* Two rules, one table: the first rule's settings hold. */
static void test_hashlimit_shared(void)
{
	struct ext_rig r;

	rig_up(&r, "-A PREROUTING -m hashlimit --hashlimit-upto 1/s --hashlimit-burst 2 --hashlimit-name s\n"
		   "-A PREROUTING -m hashlimit --hashlimit-upto 100/s --hashlimit-burst 50 --hashlimit-name s");
	CHECK("first", rig_ask(&r, 0, 0, A, 60) == '1');
	CHECK("from the same bucket", rig_ask(&r, 1, 0, A, 60) == '1');
	CHECK("which is empty", rig_ask(&r, 1, 0, A, 60) == '0');
	rig_down(&r);
}

static void test_refused(void)
{
	static const char *const bad[] = {
		"-m limit --limit 1/day --limit-burst 5", "-m hashlimit --hashlimit-upto 1/day --hashlimit-burst 1000000 --hashlimit-name a",
		"-m hashlimit --hashlimit-upto 1/s --hashlimit-name a/b", "-m recent --rcheck --hitcount 65536", "-m recent --set --seconds 5",
	};

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		char rule[256];
		struct ext_rig r;

		snprintf(rule, sizeof(rule), "-A PREROUTING %s", bad[i]);
		rig_up(&r, rule);
		CHECK(bad[i], !r.rs);
		rig_down(&r);
	}
}

void suite_limiters(void)
{
	unit_add("rows", test_rows);
	unit_add("recent: hits", test_recent_hits);
	unit_add("recent: list", test_recent_list);
	unit_add("hashlimit: shared", test_hashlimit_shared);
	unit_add("refused by the kernel", test_refused);
}
