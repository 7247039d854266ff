// SPDX-License-Identifier: MIT
/* test_agree.c - what counts as agreement: only what the kernel draws at random may differ. */
#include "tests/unit/unit.h"
#include "sim/packet/text.h"
#include "sim/report/agree.h"
#include "sim/report/ct_json.h"

/* The frame of a packet line. */
static json_t *frame(const char *line)
{
	struct arena *a = arena_create();
	struct source *src = source_text(a, "line", line, strlen(line));
	struct packet_text p;
	json_t *ret = NULL;
	struct diag d;

	diag_init(&d, a);
	if (packet_text_parse(a, &p, src, 0, src->len, NULL, NULL, &d))
		ret = hex_json(p.bytes, p.len);
	CHECK(line, ret != NULL);
	arena_destroy(a);
	return ret;
}

/* One event: what came in, what went out ("eth1: ...", separated by newlines), connections as JSON text. */
static json_t *result(const char *in, const char *out, const char *ct, const char *nat_rule)
{
	json_t *e = json_pack("{s:i, s:{s:s, s:o}, s:[], s:{}, s:o}", "i", 0, "injected", "in", "eth0", "frame", frame(in), "out", "counters",
			      "conntrack", json_loads(ct, 0, NULL));
	char line[512];

	for (size_t n; *out; out += n + (out[n] == '\n')) {
		n = strcspn(out, "\n");
		snprintf(line, sizeof(line), "%.*s", (int)n, out);
		json_array_append_new(json_object_get(e, "out"), json_pack("{s:s%, s:o}", "dev", out, (size_t)4, "frame", frame(line)));
	}
	return json_pack("{s:[o], s:{s:[{s:s, s:s, s:s, s:s, s:i, s:i, s:[{s:i, s:s, s:i, s:i}]}]}}", "events", e, "end", "counters", "family",
			 "v4", "table", "nat", "chain", "POSTROUTING", "policy", "ACCEPT", "packets", 0, "bytes", 0, "rules", "n", 1, "text",
			 nat_rule, "packets", 0, "bytes", 0);
}

#define IN "eth0: udp 10.0.0.5:1000 > 192.0.2.9:53 id=77 len=4"
#define CT(port, extra) "[{\"family\":\"ipv4\",\"protonum\":17,\"orig\":{\"src\":\"10.0.0.5\",\"dst\":\"192.0.2.9\",\"sport\":1000,\"dport\":53}," \
	"\"reply\":{\"src\":\"192.0.2.9\",\"dst\":\"192.0.2.1\",\"sport\":53,\"dport\":" port "},\"status\":[\"CONFIRMED\"],\"mark\":0" extra "}]"

static const struct { const char *name, *kout, *sout, *kct, *sct, *rule, *want; } rows[] = {
	{ "the same", "eth1: udp 10.0.0.5:1 > 192.0.2.9:2 id=9", "eth1: udp 10.0.0.5:1 > 192.0.2.9:2 id=9", "[]", "[]", "", "" },
	{ "a made packet's id", "eth1: udp 10.0.0.1:1 > 192.0.2.9:2 id=9", "eth1: udp 10.0.0.1:1 > 192.0.2.9:2 id=10", "[]", "[]", "", "" },
	{ "a forwarded packet's id", "eth1: udp 10.0.0.5:1 > 192.0.2.9:2 id=77", "eth1: udp 10.0.0.5:1 > 192.0.2.9:2 id=78", "[]", "[]", "", "out.bytes" },
	{ "ttl", "eth1: udp 10.0.0.5:1 > 192.0.2.9:2 ttl=63", "eth1: udp 10.0.0.5:1 > 192.0.2.9:2 ttl=64", "[]", "[]", "", "out.bytes" },
	{ "a wrong checksum", "eth1: udp 10.0.0.5:1 > 192.0.2.9:2", "eth1: udp 10.0.0.5:1 > 192.0.2.9:2 csum=bad", "[]", "[]", "", "out.bytes" },
	{ "one less", "eth1: udp 10.0.0.5:1 > 192.0.2.9:2", "", "[]", "[]", "", "out.missing" },
	{ "one more", "", "eth1: udp 10.0.0.5:1 > 192.0.2.9:2", "[]", "[]", "", "out.extra" },
	{ "another device", "eth1: udp 10.0.0.5:1 > 192.0.2.9:2", "eth2: udp 10.0.0.5:1 > 192.0.2.9:2", "[]", "[]", "", "out.missing out.extra" },
	{ "order", "eth1: udp 10.0.0.5:1 > 192.0.2.9:2 ttl=5\neth1: udp 10.0.0.5:1 > 192.0.2.9:2 ttl=6",
	  "eth1: udp 10.0.0.5:1 > 192.0.2.9:2 ttl=6\neth1: udp 10.0.0.5:1 > 192.0.2.9:2 ttl=5", "[]", "[]", "", "out.order" },
	{ "a SYN's number", "eth1: tcp 10.0.0.1:1 > 192.0.2.9:2 S seq=100", "eth1: tcp 10.0.0.1:1 > 192.0.2.9:2 S seq=200", "[]", "[]", "", "" },
	{ "what follows from it", "eth1: tcp 10.0.0.1:1 > 192.0.2.9:2 S seq=100\neth1: tcp 10.0.0.1:1 > 192.0.2.9:2 A seq=101 ack=1",
	  "eth1: tcp 10.0.0.1:1 > 192.0.2.9:2 S seq=200\neth1: tcp 10.0.0.1:1 > 192.0.2.9:2 A seq=201 ack=1", "[]", "[]", "", "" },
	{ "what does not", "eth1: tcp 10.0.0.1:1 > 192.0.2.9:2 S seq=100\neth1: tcp 10.0.0.1:1 > 192.0.2.9:2 A seq=101 ack=1",
	  "eth1: tcp 10.0.0.1:1 > 192.0.2.9:2 S seq=200\neth1: tcp 10.0.0.1:1 > 192.0.2.9:2 A seq=202 ack=1", "[]", "[]", "", "out.bytes" },
	{ "a port by chance", "eth1: udp 192.0.2.1:7001 > 192.0.2.9:53 id=77", "eth1: udp 192.0.2.1:7002 > 192.0.2.9:53 id=77", CT("7001", ""), CT("7002", ""),
	  "-A POSTROUTING -j MASQUERADE --random", "" },
	{ "a port that a rule names", "eth1: udp 192.0.2.1:7001 > 192.0.2.9:53 id=77", "eth1: udp 192.0.2.1:7002 > 192.0.2.9:53 id=77", CT("7001", ""),
	  CT("7002", ""), "-A POSTROUTING -p udp -j SNAT --to-source 192.0.2.1:7001", "out.bytes ct.tuple" },
	{ "a port that only one changed", "", "", CT("7001", ""), CT("1000", ""), "", "ct.tuple" },
	{ "timeouts two seconds apart", "", "", CT("1", ",\"timeout\":30"), CT("1", ",\"timeout\":28"), "", "" },
	{ "and three", "", "", CT("1", ",\"timeout\":30"), CT("1", ",\"timeout\":27"), "", "ct.timeout" },
	{ "mark", "", "", CT("1", ",\"mark\":1"), CT("1", ""), "", "ct.mark" },
	{ "no connection", "", "", CT("1", ""), "[]", "", "ct.missing" },
	{ "one too many", "", "", "[]", CT("1", ""), "", "ct.extra" },
};

static void kinds(const struct agreement *a, struct strbuf *out)
{
	for (unsigned i = 0; i < a->differences; i++)
		sb_printf(out, "%s%s", i ? " " : "", a->list[i].kind);
}

static void test_rules(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		json_t *k = result(IN, rows[i].kout, rows[i].kct, rows[i].rule), *s = result(IN, rows[i].sout, rows[i].sct, rows[i].rule);
		struct agreement a = { 0 };
		struct strbuf got = { 0 };

		agree(k, s, &a);
		kinds(&a, &got);
		CHECK_STR(rows[i].name, sb_str(&got), rows[i].want);
		agreement_free(&a);
		sb_free(&got);
		json_decref(k);
		json_decref(s);
	}
}

/* Two events with these connections each. */
static json_t *two(const char *first, const char *second)
{
	return json_pack("{s:[{s:i, s:o}, {s:i, s:o}]}", "events", "i", 0, "conntrack", json_loads(first, 0, NULL), "i", 1, "conntrack",
			 json_loads(second, 0, NULL));
}

static void test_told_once(void)
{
	static const struct { const char *name, *first, *second; unsigned want; } lasting[] = {
		{ "it lasts", CT("1", ""), CT("1", ""), 1 },
		{ "it changes", CT("1", ",\"mark\":1"), CT("1", ",\"mark\":2"), 2 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(lasting); i++) {
		json_t *k = two(lasting[i].first, lasting[i].second), *s = i ? two(CT("1", ""), CT("1", "")) : two("[]", "[]");
		struct agreement a = { 0 };

		agree(k, s, &a);
		CHECK(lasting[i].name, a.differences == lasting[i].want && a.list[0].event == 0);
		agreement_free(&a);
		json_decref(k);
		json_decref(s);
	}
}

static void test_counters(void)
{
	json_t *k = json_loads("{\"events\":[{\"i\":0,\"counters\":{\"v4:filter:INPUT:1\":[1,40],\"v4:filter:INPUT:2\":[1,40]}}]}", 0, NULL);
	json_t *s = json_loads("{\"events\":[{\"i\":0,\"counters\":{\"v4:filter:INPUT:1\":[1,40],\"v4:filter:INPUT:3\":[1,40]}}]}", 0, NULL);
	struct agreement a = { 0 };

	agree(k, s, &a);
	CHECK("two counters", a.differences == 2);
	CHECK_STR("the kernel's", a.list[0].text, "v4:filter:INPUT:2: kernel [1,40], ours -");
	CHECK_STR("ours", a.list[1].text, "v4:filter:INPUT:3: kernel -, ours [1,40]");
	agreement_free(&a);
	json_decref(k);
	json_decref(s);
}

void suite_agree(void);
void suite_agree(void)
{
	unit_add("rules", test_rules);
	unit_add("a difference that lasts", test_told_once);
	unit_add("counters", test_counters);
}
