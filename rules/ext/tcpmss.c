// SPDX-License-Identifier: MIT
/* tcpmss.c - "-m tcpmss": the MSS option of a TCP segment (net/netfilter/xt_tcpmss.c). */
#include "rules/ext/util.h"

struct tcpmss_info { uint16_t min, max; bool invert; };

static bool tcpmss_parse(struct ext_cb *cb)
{
	struct tcpmss_info *t = cb->info;

	t->min = t->max = cb->val.u16_range[0];
	if (cb->nvals == 2)
		t->max = cb->val.u16_range[1];
	if (t->max < t->min)
		return ext_error(cb, "tcpmss: invalid range given");
	t->invert = cb->invert;
	return true;
}

/* -1: no MSS option; -2: no whole TCP header. */
static int mss_of(const struct xt_ctx *c)
{
	const uint8_t *th = pkt_at(c->pkt, c->thoff, TCP_HLEN), *opt;
	uint32_t len, i = 0;

	if (!th || tcp_hlen(th) < TCP_HLEN)
		return -2;
	len = tcp_hlen(th) - TCP_HLEN;
	if (!len)
		return -1;
	opt = pkt_at(c->pkt, c->thoff + TCP_HLEN, len);
	if (!opt)
		return -2;
	while (i < len) {
		if (opt[i] == 2 && len - i >= 4 && opt[i + 1] == 4)
			return get_be16(opt + i + 2);
		i += opt[i] < 2 || i + 1 >= len ? 1 : MAX(opt[i + 1], 1);
	}
	return -1;
}

static bool tcpmss_match(struct xt_ctx *c, const void *info)
{
	const struct tcpmss_info *t = info;
	int mss = mss_of(c);

	if (mss == -2) {
		c->hotdrop = true;
		return false;
	}
	return (mss >= t->min && mss <= t->max) != t->invert;
}

static void tcpmss_save(const void *info, const struct rule *r UNUSED, struct strbuf *out)
{
	const struct tcpmss_info *t = info;

	sb_printf(out, "%s --mss %u", t->invert ? " !" : "", t->min);
	if (t->max != t->min)
		sb_printf(out, ":%u", t->max);
}

static void tcpmss_print(const void *info, const struct rule *r UNUSED, bool numeric UNUSED, struct strbuf *out)
{
	const struct tcpmss_info *t = info;

	sb_printf(out, " tcpmss match %s%u", t->invert ? "!" : "", t->min);
	if (t->max != t->min)
		sb_printf(out, ":%u", t->max);
}

static void tcpmss_explain(struct xt_ctx *c, const void *info, struct strbuf *out)
{
	const struct tcpmss_info *t = info;
	int mss = mss_of(c);

	if (mss < 0)
		sb_puts(out, mss == -1 ? "the segment has no MSS option" : "the segment is too short for its header");
	else
		sb_printf(out, "mss is %d", mss);
	sb_printf(out, ", rule wants %s%u", t->invert ? "anything but " : "", t->min);
	if (t->max != t->min)
		sb_printf(out, " to %u", t->max);
}

const struct match_ext ext_tcpmss = {
	.name = "tcpmss", .families = EXT_ANY, .size = sizeof(struct tcpmss_info), .proto = IPPROTO_TCP,
	.opts = (const struct ext_opt[]){
		{ .name = "mss",
		  .form = "N or FROM:TO, the smaller first",
		  .type = OPT_UINT16RC, .id = 0, .flags = OPT_MUST | OPT_INVERT, .parse = tcpmss_parse }, { 0 } },
	.match = tcpmss_match, .save = tcpmss_save, .print = tcpmss_print, .explain = tcpmss_explain,
};
