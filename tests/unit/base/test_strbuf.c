// SPDX-License-Identifier: MIT
#include "sim/base/text.h"
#include "tests/unit/unit.h"
#include <limits.h>
#include <stdio.h>

/* What sb_printf() writes by itself and what it leaves to libc: the same as libc alone. */
#define SAME(fmt, ...) \
	do { \
		char want[256]; \
		struct strbuf sb = { 0 }; \
		sb_puts(&sb, "> "); \
		sb_printf(&sb, fmt, __VA_ARGS__); \
		snprintf(want, sizeof(want), "> " fmt, __VA_ARGS__); \
		CHECK_STR(fmt, sb_str(&sb), want); \
		sb_free(&sb); \
	} while (0)

static void test_printf(void)
{
	SAME("%s", "");
	SAME("%s and %s%s", "a", "b", "c");
	SAME("%u %u %u %u", 0u, 9u, 10u, UINT_MAX);
	SAME("%d %d %d", 0, INT_MIN, INT_MAX);
	SAME("%zu.%llu %c%%", (size_t)99, 100ull, 'x');
	SAME("%llu %llu", 0ull, ULLONG_MAX);
	SAME("%s %u then %02x and %s", "first", 7u, 10u, "last");
	SAME("%.*s|%5u|%-5s|%lld", 2, "abc", 3u, "ab", -1ll);
	SAME("%.3f %s", 1.5, "s");
}

static void test_addresses(void)
{
	static const char *const cases[] = { "0.0.0.0", "255.255.255.255", "1.20.200.9", "10.0.99.100" };
	char buf[ADDRSTRLEN];
	be32 ip = 0;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CHECK(cases[i], ip4_parse(&ip, cases[i]));
		CHECK_STR(cases[i], ip4_str(buf, ip), cases[i]);
	}
}

static void test_hex(void)
{
	struct strbuf sb = { 0 };

	sb_hex(&sb, "\x00\x7f\xff", 3);
	sb_uint(&sb, UINT64_MAX);
	sb_hex(&sb, "", 0);
	CHECK_STR("bytes and a number", sb_str(&sb), "007fff18446744073709551615");
	sb_free(&sb);
}

void suite_strbuf(void);
void suite_strbuf(void)
{
	unit_add("printf", test_printf);
	unit_add("addresses", test_addresses);
	unit_add("hex", test_hex);
}
