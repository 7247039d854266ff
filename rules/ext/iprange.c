// SPDX-License-Identifier: MIT
/* iprange.c - "-m iprange": source or destination between two addresses. */
#include "rules/ext/util.h"

struct range { union inet_addr min, max; };
struct iprange_info { struct range r[2]; uint8_t wanted, invert; };	/* bit 0 source, bit 1 destination */

static const char *const names[] = { "--src-range", "--dst-range" };

/* xtables_numeric_to_ipaddr: one to four numbers of any base; what is missing is 0 at the end. */
static bool addr4_parse(const char *s, uint8_t ret[4])
{
	char word[20];
	uint64_t v;

	for (unsigned i = 0; i < 4; i++) {
		size_t k = i < 3 ? strcspn(s, ".") : strlen(s);

		if (k >= sizeof(word))
			return false;
		memcpy(word, s, k);
		word[k] = '\0';
		if (!ext_strtoul(word, NULL, &v, 0, UINT8_MAX))
			return false;
		ret[i] = (uint8_t)v;
		if (!s[k])
			return true;
		s += k + 1;
	}
	return false;
}

static bool addr_parse(struct ext_cb *cb, const char *s, size_t n, union inet_addr *ret)
{
	const char *word = arena_strndup(cb->arena, s, n);

	memset(ret, 0, sizeof(*ret));
	if (cb->family == NFPROTO_IPV6 ? ext_parse_addr(word, cb->family, ret) : addr4_parse(word, ret->ip6))
		return true;
	return ext_bad_value(cb, names[cb->opt->id], word);
}

static bool iprange_parse(struct ext_cb *cb)
{
	struct iprange_info *m = cb->info;
	struct range *r = &m->r[cb->opt->id];
	const char *dash = strchr(cb->arg, '-');
	size_t n = dash ? (size_t)(dash - cb->arg) : strlen(cb->arg);

	m->wanted |= (uint8_t)(1u << cb->opt->id);
	if (cb->invert)
		m->invert |= (uint8_t)(1u << cb->opt->id);
	if (!addr_parse(cb, cb->arg, n, &r->min))
		return false;
	r->max = r->min;
	if (dash && !addr_parse(cb, dash + 1, strlen(dash + 1), &r->max))
		return false;
	if (memcmp(&r->min, &r->max, sizeof(r->min)) > 0)
		diag_warn(cb->diag, cb->pos, "xt_iprange: range %s is reversed and will never match\n", cb->arg);
	return true;
}

static bool iprange_final(struct ext_cb *cb)
{
	return cb->xflags || ext_error(cb, "iprange match: You must specify `--src-range' or `--dst-range'");
}

static union inet_addr addr_of(const struct xt_ctx *c, unsigned i)
{
	return i ? xt_daddr(c) : xt_saddr(c);
}

/* Bytes are in network order: they compare as numbers do. */
static bool in_range(const struct range *r, const union inet_addr *a)
{
	return memcmp(a, &r->min, sizeof(*a)) >= 0 && memcmp(a, &r->max, sizeof(*a)) <= 0;
}

/* The range that fails, or -1. */
static int failed(const struct xt_ctx *c, const struct iprange_info *m)
{
	for (unsigned i = 0; i < 2; i++) {
		union inet_addr a = addr_of(c, i);

		if ((m->wanted & 1u << i) && in_range(&m->r[i], &a) == !!(m->invert & 1u << i))
			return (int)i;
	}
	return -1;
}

static bool iprange_match(struct xt_ctx *c, const void *info)
{
	return failed(c, info) < 0;
}

static void range_put(const struct range *r, uint8_t family, struct strbuf *out)
{
	char a[ADDRSTRLEN], b[ADDRSTRLEN];

	sb_printf(out, "%s-%s", inet_str(a, family, &r->min), inet_str(b, family, &r->max));
}

static void dump(const struct iprange_info *m, uint8_t family, bool save, struct strbuf *out)
{
	static const char *const words[] = { "source IP range", "destination IP range" };

	for (unsigned i = 0; i < 2; i++) {
		const char *not = m->invert & 1u << i ? " !" : "";

		if (!(m->wanted & 1u << i))
			continue;
		if (save)
			sb_printf(out, "%s %s ", not, names[i]);
		else
			sb_printf(out, " %s%s ", words[i], not);
		range_put(&m->r[i], family, out);
	}
}

static void iprange_save(const void *info, const struct rule *r, struct strbuf *out)
{
	dump(info, r->ip.family, true, out);
}

static void iprange_print(const void *info, const struct rule *r, bool numeric UNUSED, struct strbuf *out)
{
	dump(info, r->ip.family, false, out);
}

static void iprange_explain(struct xt_ctx *c, const void *info, struct strbuf *out)
{
	const struct iprange_info *m = info;
	int which = failed(c, m);
	unsigned i = which >= 0 ? (unsigned)which : !(m->wanted & 1);
	union inet_addr a = addr_of(c, i);
	char buf[ADDRSTRLEN];

	sb_printf(out, "%s is %s, rule wants %s", i ? "destination" : "source", inet_str(buf, c->family, &a),
		  m->invert & 1u << i ? "anything but " : "");
	range_put(&m->r[i], c->family, out);
}

const struct match_ext ext_iprange = {
	.name = "iprange", .families = EXT_ANY, .size = sizeof(struct iprange_info),
	.form = "-m iprange --src-range FIRST-LAST",
	.opts = (const struct ext_opt[]){
		{ .name = "src-range",
		  .form = "FIRST-LAST, two whole addresses without a mask",
		  .type = OPT_STRING, .flags = OPT_INVERT, .id = 0, .parse = iprange_parse },
		{ .name = "dst-range",
		  .form = "FIRST-LAST, two whole addresses without a mask",
		  .type = OPT_STRING, .flags = OPT_INVERT, .id = 1, .parse = iprange_parse },
		{ 0 } },
	.final = iprange_final, .match = iprange_match, .save = iprange_save, .print = iprange_print, .explain = iprange_explain,
};
