// SPDX-License-Identifier: MIT
/* length.c - "-m length [!] --length N[:M]": the IP packet's length, as its header says; IPv6's header counts. */
#include "rules/ext/util.h"

struct length_info { uint16_t min, max; bool invert; };

static bool length_parse(struct ext_cb *cb)
{
	struct length_info *m = cb->info;

	m->min = cb->val.u16_range[0];
	m->max = cb->val.u16_range[cb->nvals >= 2];
	m->invert = cb->invert;
	return true;
}

static unsigned length_of(const struct xt_ctx *c)
{
	const uint8_t *ip = pkt_nh(c->pkt);

	return c->family == NFPROTO_IPV6 ? get_be16(ip + IP6_PLEN) + IP6_HLEN : get_be16(ip + IP4_TOTLEN);
}

static bool length_match(struct xt_ctx *c, const void *info)
{
	const struct length_info *m = info;
	unsigned len = length_of(c);

	return (len >= m->min && len <= m->max) != m->invert;
}

static void range_save(const struct length_info *m, struct strbuf *out)
{
	sb_printf(out, "%u", m->min);
	if (m->max != m->min)
		sb_printf(out, ":%u", m->max);
}

static void length_save(const void *info, const struct rule *r UNUSED, struct strbuf *out)
{
	const struct length_info *m = info;

	sb_puts(out, m->invert ? " ! --length " : " --length ");
	range_save(m, out);
}

static void length_print(const void *info, const struct rule *r UNUSED, bool numeric UNUSED, struct strbuf *out)
{
	const struct length_info *m = info;

	sb_puts(out, m->invert ? " length !" : " length ");
	range_save(m, out);
}

static void length_explain(struct xt_ctx *c, const void *info, struct strbuf *out)
{
	const struct length_info *m = info;

	sb_printf(out, "the packet is %u bytes long, rule wants %s", length_of(c), m->invert ? "anything but " : "");
	range_save(m, out);
}

const struct match_ext ext_length = {
	.name = "length", .families = EXT_ANY, .size = sizeof(struct length_info),
	.opts = (const struct ext_opt[]){
		{ .name = "length", .type = OPT_UINT16RC, .flags = OPT_MUST | OPT_INVERT, .id = 0, .parse = length_parse },
		{ 0 } },
	.match = length_match, .save = length_save, .print = length_print, .explain = length_explain,
};
