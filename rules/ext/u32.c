// SPDX-License-Identifier: MIT
/* u32.c - "-m u32": four bytes anywhere, masked, shifted and compared (net/netfilter/xt_u32.c).
 *
 *	tests    := test { "&&" test }
 *	test     := location "=" range { "," range }
 *	location := number { ( "&" | "<<" | ">>" | "@" ) number } */
#include "rules/ext/util.h"
#include <ctype.h>

#define MAX_PARTS 10		/* steps in a location, ranges in a value, tests */
enum { OP_AND, OP_LEFT, OP_RIGHT, OP_AT };

struct u32_test {
	struct { uint32_t number; uint8_t op; } step[MAX_PARTS];
	struct { uint32_t min, max; } range[MAX_PARTS];
	uint8_t nr_steps, nr_ranges;
};

struct u32_info { struct u32_test test[MAX_PARTS]; uint8_t nr_tests; bool invert; };

struct u32_parser { struct ext_cb *cb; const char *at; };

static void skip(struct u32_parser *p)
{
	while (isspace((unsigned char)*p->at))
		p->at++;
}

static unsigned where(const struct u32_parser *p)
{
	return (unsigned)(p->at - p->cb->arg);
}

static bool number(struct u32_parser *p, uint32_t *ret)
{
	const char *next;
	uint64_t v;

	if (!ext_strtoul(p->at, &next, &v, 0, UINT32_MAX))
		return ext_error(p->cb, "u32: at char %u: not a number or out of range", where(p));
	*ret = (uint32_t)v;
	p->at = next;
	return true;
}

static bool location(struct u32_parser *p, struct u32_test *t)
{
	uint8_t op = OP_AND;

	if (!*p->at)
		return ext_error(p->cb, "u32: abrupt end of input after location specifier");
	if (*p->at == '=')
		return ext_error(p->cb, "u32: at char %u: location spec missing", where(p));
	for (;;) {
		uint32_t v = 0;

		if (!number(p, &v))
			return false;
		if (t->nr_steps == MAX_PARTS)
			return ext_error(p->cb, "u32: at char %u: too many operators", where(p));
		t->step[t->nr_steps].op = op;
		t->step[t->nr_steps++].number = v;
		skip(p);
		if (!*p->at)
			return ext_error(p->cb, "u32: abrupt end of input after location specifier");
		if (*p->at == '=') {
			p->at++;
			skip(p);
			return true;
		}
		if (*p->at == '&')
			op = OP_AND;
		else if (*p->at == '<')
			op = OP_LEFT;
		else if (*p->at == '>')
			op = OP_RIGHT;
		else if (*p->at == '@')
			op = OP_AT;
		else
			return ext_error(p->cb, "u32: at char %u: operator expected", where(p));
		if ((op == OP_LEFT || op == OP_RIGHT) && p->at[1] != p->at[0]) {
			p->at++;
			return ext_error(p->cb, "u32: at char %u: a second '%c' was expected", where(p), p->at[-1]);
		}
		p->at += op == OP_LEFT || op == OP_RIGHT ? 2 : 1;
		skip(p);
	}
}

static bool ranges(struct u32_parser *p, struct u32_test *t)
{
	if (!*p->at)
		return ext_error(p->cb, "u32: test ended with no value specified");
	for (;;) {
		uint32_t min = 0, max;

		if (!number(p, &min))
			return false;
		max = min;
		skip(p);
		if (*p->at == ':') {
			p->at++;
			skip(p);
			if (!number(p, &max))
				return false;
			skip(p);
		}
		if (t->nr_ranges == MAX_PARTS)
			return ext_error(p->cb, "u32: at char %u: too many \",\"s", where(p));
		t->range[t->nr_ranges].min = min;
		t->range[t->nr_ranges++].max = max;
		if (*p->at != ',')
			return true;
		p->at++;
		skip(p);
	}
}

static bool u32_parse(struct ext_cb *cb)
{
	struct u32_info *u = cb->info;
	struct u32_parser p = { cb, cb->arg };

	u->invert = cb->invert;
	skip(&p);
	for (;;) {
		struct u32_test t = { 0 };
		bool more;

		if (!location(&p, &t) || !ranges(&p, &t))
			return false;
		more = *p.at != '\0';
		if (more && *p.at++ != '&') {
			p.at--;
			return ext_error(cb, "u32: at char %u: expected \",\" or \"&&\"", where(&p));
		}
		if (more && *p.at != '&')
			return ext_error(cb, "u32: at char %u: a second '&' was expected", where(&p));
		if (u->nr_tests == MAX_PARTS)
			return ext_error(cb, "u32: at char %u: too many \"&&\"s", where(&p));
		u->test[u->nr_tests++] = t;
		if (!more)
			return true;
		p.at++;
		skip(&p);
	}
}

static bool u32_check(struct ext_check *c)
{
	const struct u32_info *u = c->info;

	for (unsigned i = 0; i < u->nr_tests; i++)
		for (unsigned k = 0; k < u->test[i].nr_steps; k++) {
			uint8_t op = u->test[i].step[k].op;

			if ((op == OP_LEFT || op == OP_RIGHT) && u->test[i].step[k].number > 31)
				return ext_refuse_silent(c, "a shift goes up to 31 bits");
		}
	return true;
}

/* The value at a location: false when it lies outside the packet. */
static bool value_at(const struct xt_ctx *c, const struct u32_test *t, uint32_t *ret)
{
	const uint8_t *base = pkt_nh(c->pkt);
	uint32_t at = 0, pos = t->step[0].number, len = pkt_len(c->pkt), val;

	if (len < 4 || pos > len - 4)
		return false;
	val = get_be32(base + pos);
	for (unsigned i = 1; i < t->nr_steps; i++) {
		uint32_t n = t->step[i].number;

		switch (t->step[i].op) {
		case OP_AND:	val &= n;			break;
		case OP_LEFT:	val = n < 32 ? val << n : 0;	break;
		case OP_RIGHT:	val = n < 32 ? val >> n : 0;	break;
		case OP_AT:
			if (at + val < at)
				return false;
			at += val;
			if (at + n < at || len < 4 || at + n > len - 4)
				return false;
			val = get_be32(base + at + n);
			break;
		}
	}
	*ret = val;
	return true;
}

static bool test_holds(const struct xt_ctx *c, const struct u32_test *t)
{
	uint32_t v;

	if (!value_at(c, t, &v))
		return false;
	for (unsigned i = 0; i < t->nr_ranges; i++)
		if (v >= t->range[i].min && v <= t->range[i].max)
			return true;
	return false;
}

static bool u32_match(struct xt_ctx *c, const void *info)
{
	const struct u32_info *u = info;

	for (unsigned i = 0; i < u->nr_tests; i++)
		if (!test_holds(c, &u->test[i]))
			return u->invert;
	return !u->invert;
}

static void put_test(const struct u32_test *t, struct strbuf *out)
{
	static const char *const op[] = { "&", "<<", ">>", "@" };

	for (unsigned i = 0; i < t->nr_steps; i++)
		sb_printf(out, "%s0x%x", i ? op[t->step[i].op] : "", t->step[i].number);
	for (unsigned i = 0; i < t->nr_ranges; i++) {
		sb_printf(out, "%c0x%x", i ? ',' : '=', t->range[i].min);
		if (t->range[i].min != t->range[i].max)
			sb_printf(out, ":0x%x", t->range[i].max);
	}
}

static void put_tests(const struct u32_info *u, struct strbuf *out)
{
	sb_putc(out, '"');
	for (unsigned i = 0; i < u->nr_tests; i++) {
		sb_puts(out, i ? "&&" : "");
		put_test(&u->test[i], out);
	}
	sb_putc(out, '"');
}

static void u32_save(const void *info, const struct rule *r UNUSED, struct strbuf *out)
{
	const struct u32_info *u = info;

	sb_printf(out, "%s --u32 ", u->invert ? " !" : "");
	put_tests(u, out);
}

static void u32_print(const void *info, const struct rule *r UNUSED, bool numeric UNUSED, struct strbuf *out)
{
	const struct u32_info *u = info;

	sb_printf(out, " u32%s ", u->invert ? " !" : "");
	put_tests(u, out);
}

static void u32_explain(struct xt_ctx *c, const void *info, struct strbuf *out)
{
	const struct u32_info *u = info;
	uint32_t v;

	for (unsigned i = 0; i < u->nr_tests; i++) {
		if (test_holds(c, &u->test[i]))
			continue;
		if (value_at(c, &u->test[i], &v))
			sb_printf(out, "the value is 0x%x, rule wants ", v);
		else
			sb_puts(out, "the place lies outside the packet, rule wants ");
		put_test(&u->test[i], out);
		if (u->invert)
			sb_puts(out, ", and then the opposite of all");
		return;
	}
	sb_printf(out, "every test holds%s", u->invert ? ", rule wants the opposite" : "");
}

const struct match_ext ext_u32 = {
	.name = "u32", .families = EXT_ANY, .size = sizeof(struct u32_info),
	.opts = (const struct ext_opt[]){
		{ .name = "u32",
		  .form = "'START&MASK>>SHIFT=VALUE', numbers joined by &, <<, >>, @, as in '6&0xff=0x6'",
		  .type = OPT_STRING, .id = 0, .flags = OPT_MUST | OPT_INVERT, .parse = u32_parse }, { 0 } },
	.check = u32_check, .match = u32_match, .save = u32_save, .print = u32_print, .explain = u32_explain,
};
