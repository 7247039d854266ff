// SPDX-License-Identifier: MIT
/* json_out.c - see json_out.h. */
#include "sim/report/json_out.h"
#include "sim/report/ct_json.h"
#include <stdio.h>
#include <stdlib.h>

void jo_comma(struct strbuf *o)
{
	if (o->len && o->s[o->len - 1] != '{' && o->s[o->len - 1] != '[')
		sb_putc(o, ',');
}

static void put_key(struct strbuf *o, const char *key, size_t n)
{
	jo_comma(o);
	sb_write(o, key, n);
}

#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

/* ASCII that needs no escape. Eight at a time: a byte below k borrows when k is taken from it. */
static bool is_plain(const char *s, size_t n)
{
	uint64_t bad = 0, w;
	size_t i = 0;

	for (; i + 8 <= n; i += 8) {
		memcpy(&w, s + i, 8);
		bad |= w | (w - EACH(0x20)) | ((w ^ EACH('"')) - EACH(1)) | ((w ^ EACH('\\')) - EACH(1)) | (w + EACH(1));
	}
	for (; i < n; i++) {
		unsigned char c = (unsigned char)s[i];

		bad |= c < 0x20 || c > 0x7e || c == '"' || c == '\\' ? 0x80 : 0;
	}
	return !(bad & EACH(0x80));
}

void jo_inner(struct strbuf *o, const char *s)
{
	size_t n = strlen(s);
	json_t *text;
	char *quoted;

	if (is_plain(s, n)) {
		sb_write(o, s, n);
		return;
	}
	text = text_json(s);
	quoted = json_dumps(text, JSON_ENCODE_ANY | JSON_ENSURE_ASCII);
	json_decref(text);
	if (!quoted)
		out_of_memory(0);
	sb_write(o, quoted + 1, strlen(quoted) - 2);
	free(quoted);
}

void jo_text(struct strbuf *o, const char *s)
{
	sb_putc(o, '"');
	jo_inner(o, s);
	sb_putc(o, '"');
}

/* 17 digits bring back the same double; jansson writes a real's exponent without sign and zeros, and never without a dot. */
void jo_seconds(struct strbuf *o, uint64_t ns)
{
	char buf[40], *e;
	int n = snprintf(buf, sizeof(buf), "%.17g", (double)ns / 1e9);

	e = strchr(buf, 'e');
	if (!e) {
		sb_write(o, buf, (size_t)n);
		if (!strchr(buf, '.'))
			sb_puts(o, ".0");
		return;
	}
	e++;
	sb_write(o, buf, (size_t)(e - buf));
	if (*e == '-')
		sb_putc(o, '-');
	sb_puts(o, e + 1 + strspn(e + 1, "0"));
}

void jo_open_(struct strbuf *o, const char *key, size_t n, char c)
{
	put_key(o, key, n);
	sb_putc(o, c);
}

void jo_str_(struct strbuf *o, const char *key, size_t n, const char *s)
{
	if (!s)
		return;
	put_key(o, key, n);
	jo_text(o, s);
}

void jo_int_(struct strbuf *o, const char *key, size_t n, int64_t v)
{
	put_key(o, key, n);
	sb_int(o, v);
}

void jo_raw_(struct strbuf *o, const char *key, size_t n, const char *s)
{
	put_key(o, key, n);
	sb_puts(o, s);
}

void jo_hex_(struct strbuf *o, const char *key, size_t n, const uint8_t *p, size_t len)
{
	put_key(o, key, n);
	sb_putc(o, '"');
	sb_hex(o, p, len);
	sb_putc(o, '"');
}

void jo_addr_(struct strbuf *o, const char *key, size_t n, unsigned family, const union inet_addr *a)
{
	char buf[ADDRSTRLEN];

	put_key(o, key, n);
	sb_putc(o, '"');
	sb_puts(o, inet_str(buf, family, a));
	sb_putc(o, '"');
}
