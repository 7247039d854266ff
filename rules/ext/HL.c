// SPDX-License-Identifier: MIT
/* HL.c - "-j HL": sets, lowers or raises the hop limit (net/netfilter/xt_HL.c). */
#include "rules/ext/util.h"

enum { O_SET, O_INC, O_DEC };
#define F_ANY 0x7u

struct hl_tg_info { uint8_t mode, hl; };	/* mode: O_* */

static bool hl_tg_parse(struct ext_cb *cb)
{
	struct hl_tg_info *t = cb->info;

	t->hl = cb->val.u8;
	t->mode = (uint8_t)cb->opt->id;
	return true;
}

static bool hl_tg_final(struct ext_cb *cb)
{
	return cb->xflags ? true : ext_error(cb, "HL: You must specify an action");
}

static uint8_t new_hl(const struct hl_tg_info *t, uint8_t old)
{
	switch (t->mode) {
	case O_SET:	return t->hl;
	case O_INC:	return (uint8_t)MIN(old + t->hl, 255);
	default:	return (uint8_t)MAX(old - t->hl, 0);
	}
}

static enum xt_verdict hl_target(struct xt_ctx *c, const void *info)
{
	uint8_t *ip = pkt_nh(c->pkt), old = ip[IP6_HLIM];

	ip[IP6_HLIM] = new_hl(info, old);
	ext_changed_dec(c, "hop limit", old, ip[IP6_HLIM], "HL");
	return XT_CONTINUE;
}

static void hl_tg_save(const void *info, const struct rule *r UNUSED, struct strbuf *out)
{
	static const char *const word[] = { "set", "inc", "dec" };
	const struct hl_tg_info *t = info;

	sb_printf(out, " --hl-%s %u", word[t->mode], t->hl);
}

static void hl_tg_print(const void *info, const struct rule *r UNUSED, bool numeric UNUSED, struct strbuf *out)
{
	static const char *const word[] = { "set to", "increment by", "decrement by" };
	const struct hl_tg_info *t = info;

	sb_printf(out, " HL %s %u", word[t->mode], t->hl);
}

static void hl_tg_explain(struct xt_ctx *c, const void *info, struct strbuf *out)
{
	uint8_t old = pkt_nh(c->pkt)[IP6_HLIM];

	sb_printf(out, "sets the hop limit from %u to %u", old, new_hl(info, old));
}

const struct target_ext ext_HL_target = {
	.name = "HL", .families = EXT_V6, .size = sizeof(struct hl_tg_info), .table = "mangle",
	.form = "-j HL --hl-set 64, --hl-dec 1 or --hl-inc 1",
	.opts = (const struct ext_opt[]){
		{ .name = "hl-set", .type = OPT_UINT8, .id = O_SET, .excl = F_ANY, .parse = hl_tg_parse },
		{ .name = "hl-dec", .type = OPT_UINT8, .id = O_DEC, .excl = F_ANY, .min = 1, .parse = hl_tg_parse },
		{ .name = "hl-inc", .type = OPT_UINT8, .id = O_INC, .excl = F_ANY, .min = 1, .parse = hl_tg_parse },
		{ 0 } },
	.final = hl_tg_final, .target = hl_target, .save = hl_tg_save, .print = hl_tg_print, .explain = hl_tg_explain,
};
