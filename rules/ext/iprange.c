// SPDX-License-Identifier: MIT
/* iprange.c - "-m iprange": source or destination between two addresses. */
#include "rules/ext/util.h"

struct range { uint32_t min, max; };		/* host order */
struct iprange_info { struct range r[2]; uint8_t wanted, invert; };	/* bit 0 source, bit 1 destination */

static const char *const names[] = { "--src-range", "--dst-range" };

/* xtables_numeric_to_ipaddr: one to four numbers of any base; what is missing is 0 at the end. */
static bool addr_parse(const char *s, size_t n, uint32_t *ret)
{
	char word[20];
	uint64_t v;

	*ret = 0;
	for (unsigned i = 0; i < 4; i++) {
		size_t k = i < 3 ? strcspn(s, ".") : n;

		k = MIN(k, n);
		if (k >= sizeof(word))
			return false;
		memcpy(word, s, k);
		word[k] = '\0';
		if (!ext_strtoul(word, NULL, &v, 0, UINT8_MAX))
			return false;
		*ret |= (uint32_t)v << (24 - 8 * i);
		if (k == n)
			return true;
		s += k + 1;
		n -= k + 1;
	}
	return false;
}

static bool bad_addr(struct ext_cb *cb, const char *s, size_t n)
{
	return ext_bad_value(cb, names[cb->opt->id], arena_strndup(cb->arena, s, n));
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
	if (!addr_parse(cb->arg, n, &r->min))
		return bad_addr(cb, cb->arg, n);
	r->max = r->min;
	if (dash && !addr_parse(dash + 1, strlen(dash + 1), &r->max))
		return bad_addr(cb, dash + 1, strlen(dash + 1));
	if (r->min > r->max)
		diag_warn(cb->diag, cb->pos, "xt_iprange: range %s is reversed and will never match\n", cb->arg);
	return true;
}

static bool iprange_final(struct ext_cb *cb)
{
	return cb->xflags || ext_error(cb, "iprange match: You must specify `--src-range' or `--dst-range'");
}

static uint32_t addr_of(const struct xt_ctx *c, unsigned i)
{
	return get_be32(pkt_nh(c->pkt) + (i ? IP4_DST : IP4_SRC));
}

/* The range that fails, or -1. */
static int failed(const struct xt_ctx *c, const struct iprange_info *m)
{
	for (unsigned i = 0; i < 2; i++) {
		uint32_t a = addr_of(c, i);
		bool in = a >= m->r[i].min && a <= m->r[i].max;

		if ((m->wanted & 1u << i) && in == !!(m->invert & 1u << i))
			return (int)i;
	}
	return -1;
}

static bool iprange_match(struct xt_ctx *c, const void *info)
{
	return failed(c, info) < 0;
}

static void range_put(const struct range *r, struct strbuf *out)
{
	char a[ADDRSTRLEN], b[ADDRSTRLEN];

	sb_printf(out, "%s-%s", ip4_str(a, htonl(r->min)), ip4_str(b, htonl(r->max)));
}

static void dump(const struct iprange_info *m, bool save, struct strbuf *out)
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
		range_put(&m->r[i], out);
	}
}

static void iprange_save(const void *info, const struct rule *r UNUSED, struct strbuf *out)
{
	dump(info, true, out);
}

static void iprange_print(const void *info, const struct rule *r UNUSED, bool numeric UNUSED, struct strbuf *out)
{
	dump(info, false, out);
}

static void iprange_explain(struct xt_ctx *c, const void *info, struct strbuf *out)
{
	const struct iprange_info *m = info;
	int which = failed(c, m);
	unsigned i = which >= 0 ? (unsigned)which : !(m->wanted & 1);
	char buf[ADDRSTRLEN];

	sb_printf(out, "%s is %s, rule wants %s", i ? "destination" : "source", ip4_str(buf, htonl(addr_of(c, i))),
		  m->invert & 1u << i ? "anything but " : "");
	range_put(&m->r[i], out);
}

const struct match_ext ext_iprange = {
	.name = "iprange", .families = EXT_V4, .size = sizeof(struct iprange_info),
	.opts = (const struct ext_opt[]){
		{ .name = "src-range", .type = OPT_STRING, .flags = OPT_INVERT, .id = 0, .parse = iprange_parse },
		{ .name = "dst-range", .type = OPT_STRING, .flags = OPT_INVERT, .id = 1, .parse = iprange_parse },
		{ 0 } },
	.final = iprange_final, .match = iprange_match, .save = iprange_save, .print = iprange_print, .explain = iprange_explain,
};
