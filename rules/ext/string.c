// SPDX-License-Identifier: MIT
/* string.c - "-m string": bytes somewhere in the packet, from its IP header on (net/netfilter/xt_string.c,
 * skb_find_text). Which algorithm searches changes nothing but speed. */
#include "rules/ext/util.h"
#include <ctype.h>
#include <stdio.h>

#define MAX_PATTERN 128
#define MAX_ALGO 16
enum { O_FROM, O_TO, O_ALGO, O_ICASE, O_STRING, O_HEX };

struct string_info {
	uint16_t from, to;
	uint8_t len;
	bool invert, icase;
	char algo[MAX_ALGO];
	uint8_t pattern[MAX_PATTERN];
};

static void string_init(void *info)
{
	((struct string_info *)info)->to = UINT16_MAX;
}

static bool add_byte(struct ext_cb *cb, struct string_info *s, unsigned char b)
{
	if (s->len >= MAX_PATTERN)
		return ext_error(cb, "STRING too long \"%s\"", cb->arg);
	s->pattern[s->len++] = b;
	return true;
}

static bool hex_pair(struct ext_cb *cb, struct string_info *s, const char **at)
{
	unsigned v = 0;

	if (!(*at)[1])
		return ext_error(cb, "Odd number of hex digits");
	if (!(*at)[2])
		return ext_error(cb, "Invalid hex block");
	for (int i = 0; i < 2; i++) {
		unsigned char c = (unsigned char)*(*at)++;

		if (!isxdigit(c))
			return ext_error(cb, "Invalid hex char '%c'", c);
		v = v * 16 + (unsigned)(isdigit(c) ? c - '0' : (c | 0x20) - 'a' + 10);
	}
	*at += **at == ' ';
	return add_byte(cb, s, (unsigned char)v);
}

/* "text|0d 0a|more": hex digits between bars, a backslash takes what follows as it is. As in iptables, what stands
 * right behind a bar is not looked at for a bar or a backslash, and one blank may follow each pair of digits. */
static bool hex_string(struct ext_cb *cb, struct string_info *s)
{
	const char *at = cb->arg;
	bool hex = false;

	if (!*at)
		return ext_error(cb, "STRING must contain at least one char");
	while (*at) {
		bool plain = false;

		if (*at == '\\' && !hex) {
			if (!*++at)
				return ext_error(cb, "Bad literal placement at end of string");
			plain = true;
		} else if (*at == '|') {
			hex = !hex;
			while (hex && at[1] == ' ')
				at++;
			if (!*++at)
				return true;
		}
		if (plain || !hex) {
			if (!add_byte(cb, s, (unsigned char)*at++))
				return false;
		} else if (!hex_pair(cb, s, &at)) {
			return false;
		}
	}
	return true;
}

static bool string_parse(struct ext_cb *cb)
{
	struct string_info *s = cb->info;
	size_t n;

	switch (cb->opt->id) {
	case O_FROM:	s->from = cb->val.u16;	return true;
	case O_TO:	s->to = cb->val.u16;	return true;
	case O_ICASE:	s->icase = true;	return true;
	case O_ALGO:
		snprintf(s->algo, sizeof(s->algo), "%s", cb->arg);
		return true;
	case O_STRING:
		n = strlen(cb->arg);
		if (n > MAX_PATTERN)
			return ext_error(cb, "STRING too long \"%s\"", cb->arg);
		memcpy(s->pattern, cb->arg, n);
		s->len = (uint8_t)n;
		s->invert = cb->invert;
		return true;
	default:
		s->invert = cb->invert;
		return hex_string(cb, s);
	}
}

static bool string_final(struct ext_cb *cb)
{
	if (!(cb->xflags & (1u << O_STRING | 1u << O_HEX)))
		return ext_error(cb, "STRING match: You must specify `--string' or `--hex-string'");
	return true;
}

static bool string_check(struct ext_check *c)
{
	const struct string_info *s = c->info;

	if (s->from > s->to || s->len == 0)
		return ext_refuse_silent(c, s->len ? "--from is behind --to" : "the pattern is empty");
	if (strcmp(s->algo, "bm") && strcmp(s->algo, "kmp")) {
		c->err = 2;	/* ENOENT: the kernel finds no such search */
		return ext_refuse_silent(c, "the kernel has the algorithms bm and kmp, not \"%s\"", s->algo);
	}
	return true;
}

static bool equal(const struct string_info *s, const uint8_t *b)
{
	if (!s->icase)
		return memcmp(b, s->pattern, s->len) == 0;
	for (unsigned i = 0; i < s->len; i++)
		if (toupper(b[i]) != toupper(s->pattern[i]))
			return false;
	return true;
}

/* Where the pattern lies whole between from and to, or -1. */
static int find(const struct xt_ctx *c, const struct string_info *s)
{
	uint32_t end = MIN(pkt_len(c->pkt), (uint32_t)s->to);
	const uint8_t *b = pkt_nh(c->pkt);

	if (!s->icase) {
		const uint8_t *hit = s->from < end ? memmem(b + s->from, end - s->from, s->pattern, s->len) : NULL;

		return hit ? (int)(hit - b) : -1;
	}
	for (uint32_t i = s->from; i + s->len <= end; i++)
		if (equal(s, b + i))
			return (int)i;
	return -1;
}

static bool string_match(struct xt_ctx *c, const void *info)
{
	const struct string_info *s = info;

	return (find(c, s) >= 0) != s->invert;
}

static bool is_hex(const struct string_info *s)
{
	if (s->len && s->pattern[s->len - 1] == '\\')
		return true;
	for (unsigned i = 0; i < s->len; i++)
		if (!isprint(s->pattern[i]))
			return true;
	return false;
}

static void put_pattern(const struct string_info *s, struct strbuf *out)
{
	if (is_hex(s)) {
		sb_puts(out, "\"|");
		for (unsigned i = 0; i < s->len; i++)
			sb_printf(out, "%02x", s->pattern[i]);
		sb_puts(out, "|\"");
		return;
	}
	sb_putc(out, '"');
	for (unsigned i = 0; i < s->len; i++) {
		if (s->pattern[i] == '"' || s->pattern[i] == '\\')
			sb_putc(out, '\\');
		sb_putc(out, (char)s->pattern[i]);
	}
	sb_putc(out, '"');
}

static void string_save(const void *info, const struct rule *r UNUSED, struct strbuf *out)
{
	const struct string_info *s = info;

	sb_printf(out, "%s --%sstring ", s->invert ? " !" : "", is_hex(s) ? "hex-" : "");
	put_pattern(s, out);
	sb_printf(out, " --algo %s", s->algo);
	if (s->from)
		sb_printf(out, " --from %u", s->from);
	if (s->to != UINT16_MAX)
		sb_printf(out, " --to %u", s->to);
	if (s->icase)
		sb_puts(out, " --icase");
}

static void string_print(const void *info, const struct rule *r UNUSED, bool numeric UNUSED, struct strbuf *out)
{
	const struct string_info *s = info;

	sb_printf(out, " STRING match %s ", s->invert ? "!" : "");
	put_pattern(s, out);
	sb_printf(out, " ALGO name %s", s->algo);
	if (s->from)
		sb_printf(out, " FROM %u", s->from);
	if (s->to != UINT16_MAX)
		sb_printf(out, " TO %u", s->to);
	if (s->icase)
		sb_puts(out, " ICASE");
}

static void string_explain(struct xt_ctx *c, const void *info, struct strbuf *out)
{
	const struct string_info *s = info;
	int at = find(c, s);

	put_pattern(s, out);
	if (at >= 0)
		sb_printf(out, " is at byte %d", at);
	else
		sb_printf(out, " is not in bytes %u to %u", s->from, MIN(pkt_len(c->pkt), (uint32_t)s->to));
	sb_printf(out, ", rule wants it %s", s->invert ? "absent" : "there");
}

const struct match_ext ext_string = {
	.name = "string", .families = EXT_ANY, .size = sizeof(struct string_info),
	.form = "-m string --algo bm --string TEXT",
	.opts = (const struct ext_opt[]){
		{ .name = "from", .type = OPT_UINT16, .id = O_FROM, .parse = string_parse },
		{ .name = "to", .type = OPT_UINT16, .id = O_TO, .parse = string_parse },
		{ .name = "algo",
		  .form = "bm or kmp",
		  .type = OPT_STRING, .id = O_ALGO, .flags = OPT_MUST, .parse = string_parse },
		{ .name = "string",
		  .form = "TEXT",
		  .type = OPT_STRING, .id = O_STRING, .flags = OPT_INVERT, .excl = 1u << O_HEX, .parse = string_parse },
		{ .name = "hex-string",
		  .form = "'TEXT|HEX|', as in 'GET |0d0a|'",
		  .type = OPT_STRING, .id = O_HEX, .flags = OPT_INVERT, .excl = 1u << O_STRING, .parse = string_parse },
		{ .name = "icase", .type = OPT_NONE, .id = O_ICASE, .parse = string_parse },
		{ 0 } },
	.init = string_init, .final = string_final, .check = string_check, .match = string_match,
	.save = string_save, .print = string_print, .explain = string_explain,
};
