// SPDX-License-Identifier: MIT
#include "sim/report/json_out.h"
#include "sim/report/ct_json.h"
#include "sim/base/rng.h"
#include "tests/unit/unit.h"
#include <stdlib.h>

/* As jansson writes the same. */
static void check_as_jansson(const char *name, json_t *j, const struct strbuf *got)
{
	char *want = json_dumps(j, JSON_COMPACT | JSON_PRESERVE_ORDER | JSON_ENSURE_ASCII | JSON_ENCODE_ANY);

	CHECK_STR(name, sb_str(got), want);
	free(want);
	json_decref(j);
}

static void test_texts(void)
{
	static const char *const texts[] = {
		"", "a", "eth0", "12345678", "123456789", "say \"hi\"", "back\\slash", "tab\there", "\x01\x1f\x20\x7e\x7f", "caf\xc3\xa9",
		"\xf0\x9f\x98\x80 far away", "bad \xff byte", "cut \xe2\x82", "eight by\x80te", "\"", "1234567\"", "1234567\\", "a/b", " ~", "\x1f",
	};
	struct strbuf sb = { 0 };
	struct rng rng;

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		sb_clear(&sb);
		jo_text(&sb, texts[i]);
		check_as_jansson(texts[i], text_json(texts[i]), &sb);
	}
	rng_init(&rng, 1, "test", "json");
	for (int i = 0; i < 5000; i++) {
		char text[24];
		unsigned n = rng_u32(&rng) % (sizeof(text) - 1);

		for (unsigned k = 0; k < n; k++)
			text[k] = (char)(1 + rng_u32(&rng) % (i & 1 ? 255 : 127));
		text[n] = 0;
		sb_clear(&sb);
		jo_text(&sb, text);
		check_as_jansson("random", text_json(text), &sb);
	}
	sb_free(&sb);
}

static void test_seconds(void)
{
	static const uint64_t ns[] = { 0, 1, 2, 999, 1000, 123456, 1000000, 100000000, 999999999, 1000000000, 1500000000, 86400000000000,
				       1234567890123456789, UINT64_MAX };
	struct strbuf sb = { 0 };
	struct rng rng;

	rng_init(&rng, 1, "test", "seconds");
	for (size_t i = 0; i < ARRAY_SIZE(ns) + 20000; i++) {
		uint64_t t = i < ARRAY_SIZE(ns) ? ns[i] : rng_u64(&rng) >> rng_u32(&rng) % 64;

		sb_clear(&sb);
		jo_seconds(&sb, t);
		check_as_jansson("seconds", json_real((double)t / 1e9), &sb);
	}
	sb_free(&sb);
}

static void test_members(void)
{
	static const int64_t numbers[] = { 0, 7, 10, 99, 100, 101, 65535, 1000000, INT64_MAX, INT64_MIN, -1, -100 };
	static const uint8_t bytes[] = { 0, 0x0f, 0xf0, 0xff };
	struct strbuf sb = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		sb_clear(&sb);
		sb_int(&sb, numbers[i]);
		check_as_jansson("number", json_integer(numbers[i]), &sb);
	}
	sb_clear(&sb);
	sb_putc(&sb, '{');
	jo_str(&sb, "none", NULL);
	jo_open(&sb, "list", '[');
	jo_comma(&sb);
	jo_text(&sb, "a");
	jo_comma(&sb);
	jo_text(&sb, "b");
	sb_putc(&sb, ']');
	jo_bool(&sb, "yes", true);
	jo_hex(&sb, "hex", bytes, sizeof(bytes));
	jo_hex(&sb, "empty", bytes, 0);
	sb_putc(&sb, '}');
	CHECK_STR("members", sb_str(&sb), "{\"list\":[\"a\",\"b\"],\"yes\":true,\"hex\":\"000ff0ff\",\"empty\":\"\"}");
	sb_free(&sb);
}

void suite_json_out(void);
void suite_json_out(void)
{
	unit_add("texts", test_texts);
	unit_add("seconds", test_seconds);
	unit_add("members", test_members);
}
