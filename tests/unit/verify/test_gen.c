// SPDX-License-Identifier: MIT
#include "sim/packet/ip6.h"
#include "sim/verify/gen_internal.h"
#include "tests/unit/unit.h"
#include <jansson.h>
#include <stdlib.h>

static bool same(const struct host_case *a, const struct host_case *b)
{
	for (unsigned f = 0; f < CASE_FILES; f++)
		if (strcmp(sb_str(&a->file[f]), sb_str(&b->file[f])))
			return false;
	return true;
}

static void test_same_seed_same_bytes(void)
{
	struct host_case a, b, c, d;

	for (unsigned i = 0; i < 50; i++) {
		gen_case(&a, 7, i, TOPIC_ALL);
		gen_case(&b, 7, i, TOPIC_ALL);
		gen_case(&c, 7, i + 1, TOPIC_ALL);
		gen_case(&d, 8, i, TOPIC_ALL);
		CHECK("same", same(&a, &b));
		CHECK("another case", !same(&a, &c));
		CHECK("another seed", !same(&a, &d));
		case_free(&a);
		case_free(&b);
		case_free(&c);
		case_free(&d);
	}
}

/* Every line is an event, in order of time, and answers an earlier one. */
static void check_events(const char *text)
{
	double last = 0;
	long n = 0;

	for (const char *s = text, *e; *s; s = e + 1, n++) {
		json_t *ev, *to;

		e = strchr(s, '\n');
		ev = json_loadb(s, (size_t)(e - s), 0, NULL);
		CHECK("JSON", ev != NULL);
		to = json_object_get(ev, "reply_to");
		CHECK("answers an earlier one", !to || (json_integer_value(to) >= 0 && json_integer_value(to) < n));
		CHECK("in order", json_number_value(json_object_get(ev, "t")) >= last);
		last = json_number_value(json_object_get(ev, "t"));
		json_decref(ev);
	}
	CHECK("enough of them", n >= 8);
}

static void test_events(void)
{
	for (unsigned i = 0; i < 200; i++) {
		struct host_case c;

		gen_case(&c, 3, i, TOPIC_ALL);
		check_events(sb_str(&c.file[CASE_EVENTS]));
		case_free(&c);
	}
}

/* IPv6: the same of it, a host of its own kind, whole headers in what is not spoilt. */
static void test_v6(void)
{
	struct host_case a, b, c;

	for (unsigned i = 0; i < 200; i++) {
		gen_case(&a, 3, i, TOPIC_ALL | TOPICS_V6);
		gen_case(&b, 3, i, TOPIC_ALL | TOPICS_V6);
		gen_case(&c, 4, i, TOPIC_ALL | TOPICS_V6);
		CHECK("same", same(&a, &b));
		CHECK("another seed", !same(&a, &c));
		CHECK("no IPv4 rules", a.file[CASE_RULES].len == 0);
		CHECK("IPv6 addresses", strstr(sb_str(&a.file[CASE_IP]), "addr add 2001:db8:") || strstr(sb_str(&a.file[CASE_IP]), "addr add fd00:"));
		check_events(sb_str(&a.file[CASE_EVENTS]));
		case_free(&a);
		case_free(&b);
		case_free(&c);
	}
}

static void test_v6_headers(void)
{
	struct gen *g = xcalloc(1, sizeof(*g));

	rng_init(&g->rng, 1, "test", "headers");
	g->v6 = true;
	g->out = xcalloc(1, sizeof(*g->out));
	gen6_net(g);
	for (unsigned i = 0; i < 500; i++) {
		struct gen_packet *p = xcalloc(1, sizeof(*p));
		struct gen6_packet *s = xcalloc(1, sizeof(*s));
		struct packet pkt = { 0 };
		uint8_t ip[4096];
		uint32_t at = 0;
		unsigned len;

		p->proto = IPPROTO_UDP;
		p->len = i % 30;
		gen6_exthdrs(g, s, i & 1);
		if (i % 5 == 0)
			gen6_fragment_header(s, s->nr_kinds, 0, 7);
		len = gen6_ip(p, s, ip);
		pkt.head = ip;
		pkt.tail = len;
		CHECK("length", len == IP6_HLEN + s->nr_ext + UDP_HLEN + p->len && get_be16(ip + IP6_PLEN) == len - IP6_HLEN);
		CHECK("chain ends in UDP", ip6_find_hdr(&pkt, &at, -1, NULL, NULL) == IPPROTO_UDP && at == IP6_HLEN + s->nr_ext);
		free(s);
		free(p);
	}
	case_free(g->out);
	free(g->out);
	free(g);
}

static void test_topics(void)
{
	struct host_case c;

	CHECK("all", gen_topic_bits("all") == TOPIC_ALL);
	CHECK("none", gen_topic_bits("nonsense") == 0);
	for (unsigned t = 0; t < TOPIC_NUMBER; t++)
		CHECK(gen_topic_name(t), gen_topic_bits(gen_topic_name(t)) == TOPIC_BIT(t));
	for (unsigned i = 0; i < 20; i++) {
		gen_case(&c, 1, i, TOPIC_BIT(TOPIC_NAT));
		CHECK("nat cases have a nat table", strstr(sb_str(&c.file[CASE_RULES]), "*nat\n") != NULL);
		case_free(&c);
	}
}

static void test_template(void)
{
	static const struct { const char *name, *text, *want[4]; } rows[] = {
		{ "as it is", "-m x --y 1", { "-m x --y 1" } },
		{ "choice", "(a|b|c)", { "a", "b", "c" } },
		{ "nested", "x(1|(2|3))y", { "x1y", "x2y", "x3y" } },
		{ "maybe", "a[b]c", { "ac", "abc" } },
		{ "number", "{3,4}", { "3", "4" } },
		{ "escaped", "(\\|6162\\||\\(\\))", { "|6162|", "()" } },
		{ "percent", "100%%", { "100%" } },
	};
	struct gen *g = xcalloc(1, sizeof(*g));

	rng_init(&g->rng, 1, "test", "template");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		unsigned seen = 0, all = 0;

		for (unsigned k = 0; k < 4 && rows[i].want[k]; k++)
			all |= 1u << k;
		for (unsigned n = 0; n < 60; n++) {
			struct strbuf sb = { 0 };
			unsigned k;

			gen_text(g, &sb, rows[i].text);
			for (k = 0; k < 4 && rows[i].want[k] && strcmp(rows[i].want[k], sb_str(&sb)); k++)
				;
			CHECK(rows[i].name, k < 4 && rows[i].want[k]);
			seen |= 1u << k;
			sb_free(&sb);
		}
		CHECK(rows[i].name, seen == all);
	}
	free(g);
}

void suite_gen(void);
void suite_gen(void)
{
	unit_add("same seed, same bytes", test_same_seed_same_bytes);
	unit_add("events", test_events);
	unit_add("IPv6", test_v6);
	unit_add("extension headers", test_v6_headers);
	unit_add("topics", test_topics);
	unit_add("templates", test_template);
}
