// SPDX-License-Identifier: MIT
/* hl.c - "-m hl": the packet's hop limit (net/netfilter/xt_hl.c). */
#include "rules/ext/util.h"

enum hl_mode { HL_EQ, HL_NE, HL_LT, HL_GT };
struct hl_info { uint8_t mode, hl; };

enum { O_HL_EQ, O_HL_LT, O_HL_GT };
#define F_ANY 7u

static bool hl_parse(struct ext_cb *cb)
{
	struct hl_info *m = cb->info;

	m->hl = cb->val.u8;
	m->mode = cb->opt->id == O_HL_LT ? HL_LT : cb->opt->id == O_HL_GT ? HL_GT : cb->invert ? HL_NE : HL_EQ;
	return true;
}

static bool hl_final(struct ext_cb *cb)
{
	if (!(cb->xflags & F_ANY))
		return ext_error(cb, "HL match: You must specify one of `--hl-eq', `--hl-lt', `--hl-gt'");
	return true;
}

static bool hl_match(struct xt_ctx *c, const void *info)
{
	const struct hl_info *m = info;
	uint8_t hl = pkt_nh(c->pkt)[IP6_HLIM];

	switch (m->mode) {
	case HL_EQ:	return hl == m->hl;
	case HL_NE:	return hl != m->hl;
	case HL_LT:	return hl < m->hl;
	}
	return hl > m->hl;
}

static void hl_save(const void *info, const struct rule *r UNUSED, struct strbuf *out)
{
	static const char *const words[] = { " --hl-eq", " ! --hl-eq", " --hl-lt", " --hl-gt" };
	const struct hl_info *m = info;

	sb_printf(out, "%s %u", words[m->mode], m->hl);
}

static const char *const signs[] = { "==", "!=", "<", ">" };

static void hl_print(const void *info, const struct rule *r UNUSED, bool numeric UNUSED, struct strbuf *out)
{
	const struct hl_info *m = info;

	sb_printf(out, " HL match HL %s %u", signs[m->mode], m->hl);
}

static void hl_explain(struct xt_ctx *c, const void *info, struct strbuf *out)
{
	const struct hl_info *m = info;

	sb_printf(out, "hop limit is %u, rule wants %s %u", pkt_nh(c->pkt)[IP6_HLIM], signs[m->mode], m->hl);
}

#define OPT(n, i, f) { .name = (n), .type = OPT_UINT8, .flags = (f), .id = (i), .excl = F_ANY, .parse = hl_parse }
const struct match_ext ext_hl = {
	.name = "hl", .families = EXT_V6, .size = sizeof(struct hl_info),
	.form = "-m hl --hl-eq 64, --hl-lt 5 or --hl-gt 5",
	.opts = (const struct ext_opt[]){
		OPT("hl-lt", O_HL_LT, 0), OPT("hl-gt", O_HL_GT, 0), OPT("hl-eq", O_HL_EQ, OPT_INVERT), OPT("hl", O_HL_EQ, 0), { 0 } },
	.final = hl_final, .match = hl_match, .save = hl_save, .print = hl_print, .explain = hl_explain,
};
