// SPDX-License-Identifier: MIT
/* MARK.c - "-j MARK": sets, clears and flips bits of the packet's firewall mark. */
#include "rules/ext/util.h"

/* All five forms are one: the bits of mask are cleared, those of mark flipped. */
struct mark_tg_info { uint32_t mark, mask; };

enum { O_SET_MARK, O_AND_MARK, O_OR_MARK, O_XOR_MARK, O_SET_XMARK };
#define F_ANY 0x1fu

static bool mark_tg_parse(struct ext_cb *cb)
{
	struct mark_tg_info *m = cb->info;

	switch (cb->opt->id) {
	case O_SET_XMARK:
		m->mark = cb->val.mark.mark;
		m->mask = cb->val.mark.mask;
		break;
	case O_SET_MARK:
		m->mark = cb->val.mark.mark;
		m->mask = cb->val.mark.mark | cb->val.mark.mask;
		break;
	case O_AND_MARK:
		m->mark = 0;
		m->mask = ~cb->val.u32;
		break;
	case O_OR_MARK:
		m->mark = m->mask = cb->val.u32;
		break;
	case O_XOR_MARK:
		m->mark = cb->val.u32;
		m->mask = 0;
		break;
	}
	return true;
}

static bool mark_tg_final(struct ext_cb *cb)
{
	if (!cb->xflags)
		return ext_error(cb, "MARK: One of the --set-xmark, --{and,or,xor,set}-mark options is required");
	return true;
}

static enum xt_verdict mark_tg_target(struct xt_ctx *c, const void *info)
{
	const struct mark_tg_info *m = info;
	uint32_t old = c->pkt->mark;

	c->pkt->mark = (old & ~m->mask) ^ m->mark;
	ext_changed_hex(c, "mark", old, c->pkt->mark, "MARK");
	return XT_CONTINUE;
}

static void mark_tg_save(const void *info, const struct rule *r UNUSED, struct strbuf *out)
{
	const struct mark_tg_info *m = info;

	sb_printf(out, " --set-xmark 0x%x/0x%x", m->mark, m->mask);
}

static void mark_tg_print(const void *info, const struct rule *r UNUSED, bool numeric UNUSED, struct strbuf *out)
{
	const struct mark_tg_info *m = info;

	if (m->mark == 0)
		sb_printf(out, " MARK and 0x%x", ~m->mask);
	else if (m->mark == m->mask)
		sb_printf(out, " MARK or 0x%x", m->mark);
	else if (m->mask == 0)
		sb_printf(out, " MARK xor 0x%x", m->mark);
	else if (m->mask == UINT32_MAX)
		sb_printf(out, " MARK set 0x%x", m->mark);
	else
		sb_printf(out, " MARK xset 0x%x/0x%x", m->mark, m->mask);
}

static void mark_tg_explain(struct xt_ctx *c, const void *info, struct strbuf *out)
{
	const struct mark_tg_info *m = info;

	sb_printf(out, "sets the packet mark from 0x%x to 0x%x", c->pkt->mark, (c->pkt->mark & ~m->mask) ^ m->mark);
}

const struct target_ext ext_MARK_target = {
	.name = "MARK", .families = EXT_ANY, .size = sizeof(struct mark_tg_info),
	.form = "-j MARK --set-mark 1",
	.opts = (const struct ext_opt[]){
		{ .name = "set-xmark", .type = OPT_MARKMASK32, .id = O_SET_XMARK, .excl = F_ANY, .parse = mark_tg_parse },
		{ .name = "set-mark", .type = OPT_MARKMASK32, .id = O_SET_MARK, .excl = F_ANY, .parse = mark_tg_parse },
		{ .name = "and-mark", .type = OPT_UINT32, .id = O_AND_MARK, .excl = F_ANY, .parse = mark_tg_parse },
		{ .name = "or-mark", .type = OPT_UINT32, .id = O_OR_MARK, .excl = F_ANY, .parse = mark_tg_parse },
		{ .name = "xor-mark", .type = OPT_UINT32, .id = O_XOR_MARK, .excl = F_ANY, .parse = mark_tg_parse },
		{ 0 } },
	.final = mark_tg_final, .target = mark_tg_target,
	.save = mark_tg_save, .print = mark_tg_print, .explain = mark_tg_explain,
};
