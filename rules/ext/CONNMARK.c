// SPDX-License-Identifier: MIT
/* CONNMARK.c - "-j CONNMARK": the connection's mark: set it, save the packet's into it, restore it. */
#include "rules/ext/util.h"

enum connmark_mode { CONNMARK_SET, CONNMARK_SAVE, CONNMARK_RESTORE };

struct connmark_tg_info {
	uint32_t ctmark, ctmask, nfmask;
	uint8_t mode, shift_bits;
	bool shift_right;
};

enum {
	O_SET_MARK, O_SAVE_MARK, O_RESTORE_MARK, O_AND_MARK, O_OR_MARK, O_XOR_MARK, O_LEFT_SHIFT, O_RIGHT_SHIFT,
	O_SET_XMARK, O_CTMASK, O_NFMASK, O_MASK
};
#define F_OP_ANY	0x13fu		/* set, save, restore, and, or, xor, set-xmark */

static void connmark_tg_init(void *info)
{
	struct connmark_tg_info *m = info;

	m->ctmask = m->nfmask = UINT32_MAX;
}

static void set_op(struct connmark_tg_info *m, uint32_t mark, uint32_t mask)
{
	m->mode = CONNMARK_SET;
	m->ctmark = mark;
	m->ctmask = mask;
}

static bool connmark_tg_parse(struct ext_cb *cb)
{
	struct connmark_tg_info *m = cb->info;

	switch (cb->opt->id) {
	case O_SET_XMARK:	set_op(m, cb->val.mark.mark, cb->val.mark.mask); break;
	case O_SET_MARK:	set_op(m, cb->val.mark.mark, cb->val.mark.mark | cb->val.mark.mask); break;
	case O_AND_MARK:	set_op(m, 0, ~cb->val.u32); break;
	case O_OR_MARK:		set_op(m, cb->val.u32, cb->val.u32); break;
	case O_XOR_MARK:	set_op(m, cb->val.u32, 0); break;
	case O_SAVE_MARK:	m->mode = CONNMARK_SAVE; break;
	case O_RESTORE_MARK:	m->mode = CONNMARK_RESTORE; break;
	case O_CTMASK:		m->ctmask = cb->val.u32; break;
	case O_NFMASK:		m->nfmask = cb->val.u32; break;
	case O_MASK:		m->ctmask = m->nfmask = cb->val.u32; break;
	case O_LEFT_SHIFT:
	case O_RIGHT_SHIFT:
		m->shift_right = cb->opt->id == O_RIGHT_SHIFT;
		m->shift_bits = cb->val.u8;
		break;
	}
	return true;
}

static bool connmark_tg_final(struct ext_cb *cb)
{
	if (!(cb->xflags & F_OP_ANY))
		return ext_error(cb, "CONNMARK target: No operation specified");
	return true;
}

static bool connmark_tg_check(struct ext_check *c)
{
	const struct connmark_tg_info *m = c->info;

	return m->shift_bits < 32 || ext_refuse_silent(c, "a mark of 32 bits can be shifted by at most 31");
}

static uint32_t shift(const struct connmark_tg_info *m, uint32_t v)
{
	return m->shift_right ? v >> m->shift_bits : v << m->shift_bits;
}

static void new_marks(const struct connmark_tg_info *m, uint32_t *ctmark, uint32_t *nfmark)
{
	switch (m->mode) {
	case CONNMARK_SET:
		*ctmark = shift(m, (*ctmark & ~m->ctmask) ^ m->ctmark);
		break;
	case CONNMARK_SAVE:
		*ctmark = (*ctmark & ~m->ctmask) ^ shift(m, *nfmark & m->nfmask);
		break;
	case CONNMARK_RESTORE:
		*nfmark = (*nfmark & ~m->nfmask) ^ shift(m, *ctmark & m->ctmask);
		break;
	}
}

static enum xt_verdict connmark_tg_target(struct xt_ctx *c, const void *info)
{
	struct conn *ct = c->pkt->ct;
	uint32_t ctmark, nfmark;

	if (!ct)
		return XT_CONTINUE;
	ctmark = ct->mark;
	nfmark = c->pkt->mark;
	new_marks(info, &ctmark, &nfmark);
	ext_changed_hex(c, "ctmark", ct->mark, ctmark, "CONNMARK");
	ext_changed_hex(c, "mark", c->pkt->mark, nfmark, "CONNMARK");
	ct->mark = ctmark;
	c->pkt->mark = nfmark;
	return XT_CONTINUE;
}

static void connmark_tg_save(const void *info, const struct rule *r UNUSED, struct strbuf *out)
{
	const struct connmark_tg_info *m = info;

	if (m->mode == CONNMARK_SET)
		sb_printf(out, " --set-xmark 0x%x/0x%x", m->ctmark, m->ctmask);
	else
		sb_printf(out, " --%s-mark --nfmask 0x%x --ctmask 0x%x", m->mode == CONNMARK_SAVE ? "save" : "restore",
			  m->nfmask, m->ctmask);
	if (m->shift_bits)
		sb_printf(out, " --%s-shift-mark %u", m->shift_right ? "right" : "left", m->shift_bits);
}

static void print_set(const struct connmark_tg_info *m, struct strbuf *out)
{
	if (m->ctmark == 0)
		sb_printf(out, " CONNMARK and 0x%x", ~m->ctmask);
	else if (m->ctmark == m->ctmask)
		sb_printf(out, " CONNMARK or 0x%x", m->ctmark);
	else if (m->ctmask == 0)
		sb_printf(out, " CONNMARK xor 0x%x", m->ctmark);
	else if (m->ctmask == UINT32_MAX)
		sb_printf(out, " CONNMARK set 0x%x", m->ctmark);
	else
		sb_printf(out, " CONNMARK xset 0x%x/0x%x", m->ctmark, m->ctmask);
}

static void connmark_tg_print(const void *info, const struct rule *r UNUSED, bool numeric UNUSED, struct strbuf *out)
{
	const struct connmark_tg_info *m = info;
	bool save = m->mode == CONNMARK_SAVE;

	if (m->mode == CONNMARK_SET)
		print_set(m, out);
	else if (m->nfmask == UINT32_MAX && m->ctmask == UINT32_MAX)
		sb_printf(out, " CONNMARK %s", save ? "save" : "restore");
	else if (m->nfmask == m->ctmask)
		sb_printf(out, " CONNMARK %s mask 0x%x", save ? "save" : "restore", m->nfmask);
	else if (save)
		sb_printf(out, " CONNMARK save nfmask 0x%x ctmask ~0x%x", m->nfmask, m->ctmask);
	else
		sb_printf(out, " CONNMARK restore ctmask 0x%x nfmask ~0x%x", m->ctmask, m->nfmask);
	if (m->shift_bits)
		sb_printf(out, " %s-shift-mark %u", m->shift_right ? "right" : "left", m->shift_bits);
}

static void connmark_tg_explain(struct xt_ctx *c, const void *info, struct strbuf *out)
{
	const struct connmark_tg_info *m = info;
	uint32_t ctmark, nfmark;

	if (!c->pkt->ct) {
		sb_puts(out, "does nothing: the packet belongs to no connection");
		return;
	}
	ctmark = c->pkt->ct->mark;
	nfmark = c->pkt->mark;
	new_marks(m, &ctmark, &nfmark);
	if (m->mode == CONNMARK_RESTORE)
		sb_printf(out, "sets the packet mark from 0x%x to 0x%x, out of the connection's 0x%x", c->pkt->mark, nfmark, ctmark);
	else
		sb_printf(out, "sets the connection mark from 0x%x to 0x%x", c->pkt->ct->mark, ctmark);
}

#define OP(n, t, i) { .name = (n), .type = (t), .id = (i), .excl = F_OP_ANY, .parse = connmark_tg_parse }
#define F_BIT(i) (1u << (i))
const struct target_ext ext_CONNMARK_target = {
	.name = "CONNMARK", .families = EXT_ANY, .size = sizeof(struct connmark_tg_info), .needs_ct = true,
	.form = "-j CONNMARK --set-mark 1, --save-mark or --restore-mark",
	.opts = (const struct ext_opt[]){
		OP("set-xmark", OPT_MARKMASK32, O_SET_XMARK),
		OP("set-mark", OPT_MARKMASK32, O_SET_MARK),
		OP("and-mark", OPT_UINT32, O_AND_MARK),
		OP("or-mark", OPT_UINT32, O_OR_MARK),
		OP("xor-mark", OPT_UINT32, O_XOR_MARK),
		OP("save-mark", OPT_NONE, O_SAVE_MARK),
		OP("restore-mark", OPT_NONE, O_RESTORE_MARK),
		{ .name = "left-shift-mark", .type = OPT_UINT8, .id = O_LEFT_SHIFT, .max = 32, .parse = connmark_tg_parse },
		{ .name = "right-shift-mark", .type = OPT_UINT8, .id = O_RIGHT_SHIFT, .max = 32, .parse = connmark_tg_parse },
		{ .name = "ctmask", .type = OPT_UINT32, .id = O_CTMASK, .excl = F_BIT(O_MASK), .parse = connmark_tg_parse },
		{ .name = "nfmask", .type = OPT_UINT32, .id = O_NFMASK, .excl = F_BIT(O_MASK), .parse = connmark_tg_parse },
		{ .name = "mask", .type = OPT_UINT32, .id = O_MASK, .excl = F_BIT(O_CTMASK) | F_BIT(O_NFMASK),
		  .parse = connmark_tg_parse },
		{ 0 } },
	.init = connmark_tg_init, .final = connmark_tg_final, .check = connmark_tg_check, .target = connmark_tg_target,
	.save = connmark_tg_save, .print = connmark_tg_print, .explain = connmark_tg_explain,
};
