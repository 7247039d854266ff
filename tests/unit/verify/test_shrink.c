// SPDX-License-Identifier: MIT
#include "sim/verify/shrink.h"
#include "tests/unit/unit.h"
#include <stdlib.h>

static const char rules[] =
	"*mangle\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -j MARK --set-mark 1\nCOMMIT\n"
	"*filter\n:INPUT ACCEPT [0:0]\n:u0 - [0:0]\n:u1 - [0:0]\n"
	"-A INPUT -p tcp -s 10.0.0.1 -m tcp --dport 80 -j u0\n-A INPUT -p udp -j ACCEPT\n"
	"-A u0 ! -i eth0 -m limit --limit 1/hour --limit-burst 2 -m comment --comment \"a b\" -j u1\n-A u1 -j DROP\nCOMMIT\n";
static const char events[] =
	"{\"t\": 0.5, \"in\": \"eth0\", \"frame\": \"00\"}\n{\"t\": 1.0, \"in\": \"auto\", \"reply_to\": 0, \"kind\": \"ack\"}\n"
	"{\"t\": 1.0, \"in\": \"eth1\", \"frame\": \"01\"}\n{\"t\": 1.0, \"in\": \"auto\", \"reply_to\": 2, \"kind\": \"fin\"}\n"
	"{\"t\": 2.0, \"in\": \"auto\", \"reply_to\": -1, \"kind\": \"ack\"}\n";

static void fill(struct host_case *c)
{
	*c = (struct host_case){ 0 };
	sb_puts(&c->file[CASE_RULES], rules);
	sb_puts(&c->file[CASE_EVENTS], events);
	sb_puts(&c->file[CASE_IP], "addr add 10.0.0.1/24 dev eth0\nroute add default via 10.0.0.2\n");
}

/* An answer goes with what it answers, others are counted anew. */
static void test_events(void)
{
	static const struct { const char *name; bool gone[5]; const char *want; } rows[] = {
		{ "answers go too", { false, false, true }, "1 -> 0" },
		{ "counted anew", { true }, "1 -> 0, 2 -> 1" },
		{ "the last", { false, false, false, false, true }, "1 -> 0, 3 -> 2" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct host_case c, less;
		struct strbuf sb = { 0 };
		long n = 0;

		fill(&c);
		case_without(&less, &c, CASE_EVENTS, rows[i].gone);
		for (const char *s = sb_str(&less.file[CASE_EVENTS]); *s; s = strchr(s, '\n') + 1, n++) {
			const char *to = strstr(s, "\"reply_to\":");

			if (to && to < strchr(s, '\n'))
				sb_printf(&sb, "%s%ld -> %d", sb.len ? ", " : "", n, atoi(to + 11));
		}
		CHECK_STR(rows[i].name, sb_str(&sb), rows[i].want);
		sb_free(&sb);
		case_free(&c);
		case_free(&less);
	}
}

static void test_rules(void)
{
	static const struct { const char *name; unsigned gone; const char *without, *with; } rows[] = {
		{ "a table goes with its line", 0, "mangle", "*filter" },
		{ "chains nobody calls go", 8, "u1", "-A INPUT -p udp" },
		{ "a rule in the middle", 10, ":u1", ":u0" },
		{ "built-in chains stay", 5, "nothing", ":INPUT" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct host_case c, less;
		bool gone[32] = { false };

		fill(&c);
		gone[rows[i].gone] = true;
		case_without(&less, &c, CASE_RULES, gone);
		CHECK(rows[i].name, !strstr(sb_str(&less.file[CASE_RULES]), rows[i].without));
		CHECK(rows[i].name, strstr(sb_str(&less.file[CASE_RULES]), rows[i].with) != NULL);
		case_free(&c);
		case_free(&less);
	}
}

static bool needs(void *arg, const struct host_case *c)
{
	const char *const *want = arg;

	for (; *want; want++)
		if (!strstr(sb_str(&c->file[CASE_RULES]), *want) && !strstr(sb_str(&c->file[CASE_EVENTS]), *want))
			return false;
	return true;
}

static void test_shrink(void)
{
	static const struct { const char *name, *need[4], *rules; unsigned events; } rows[] = {
		{ "one match", { "--limit 1/hour" }, "*filter\n:INPUT ACCEPT [0:0]\n:u0 - [0:0]\n-A INPUT -j u0\n-A u0 -m limit --limit 1/hour\nCOMMIT\n", 0 },
		{ "an event and its cause", { "\"fin\"", "-j DROP" },
		  "*filter\n:INPUT ACCEPT [0:0]\n:u0 - [0:0]\n:u1 - [0:0]\n-A INPUT -j u0\n-A u0 -j u1\n-A u1 -j DROP\nCOMMIT\n", 2 },
		{ "nothing", { "" }, "", 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct host_case c;
		struct shrinker s = { needs, (void *)(uintptr_t)rows[i].need, 500 };

		fill(&c);
		shrink_case(&c, &s);
		CHECK_STR(rows[i].name, sb_str(&c.file[CASE_RULES]), rows[i].rules);
		CHECK(rows[i].name, case_lines(&c, CASE_EVENTS) == rows[i].events);
		CHECK(rows[i].name, case_lines(&c, CASE_IP) == 0);
		case_free(&c);
	}
}

/* No more questions than allowed. */
static void test_budget(void)
{
	static const char *const need[] = { "--limit 1/hour", NULL };
	struct shrinker s = { needs, (void *)(uintptr_t)need, 3 };
	struct host_case c;

	fill(&c);
	shrink_case(&c, &s);
	CHECK("all spent", s.budget == 0);
	CHECK("still differs", needs((void *)(uintptr_t)need, &c));
	case_free(&c);
}

void suite_shrink(void);
void suite_shrink(void)
{
	unit_add("events", test_events);
	unit_add("rules", test_rules);
	unit_add("shrink", test_shrink);
	unit_add("budget", test_budget);
}
