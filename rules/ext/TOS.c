// SPDX-License-Identifier: MIT
/* TOS.c - "-j TOS": changes bits of the type of service byte (net/netfilter/xt_DSCP.c). */
#include "rules/ext/util.h"

enum { O_SET, O_AND, O_OR, O_XOR };
#define F_ANY 0xfu

struct tos_info { uint8_t value, mask; };	/* tos = (tos & ~mask) ^ value */

static bool tos_parse(struct ext_cb *cb)
{
	struct tos_info *t = cb->info;

	switch (cb->opt->id) {
	case O_SET:
		t->value = cb->val.tos.value;
		t->mask = cb->val.tos.mask;
		break;
	case O_AND:
		t->value = 0;
		t->mask = (uint8_t)~cb->val.u8;
		break;
	case O_OR:
		t->value = t->mask = cb->val.u8;
		break;
	case O_XOR:
		t->value = cb->val.u8;
		t->mask = 0;
		break;
	}
	return true;
}

static bool tos_final(struct ext_cb *cb)
{
	return cb->xflags ? true : ext_error(cb, "TOS: An action is required");
}

static uint8_t new_tos(const struct tos_info *t, uint8_t old)
{
	return (uint8_t)((old & ~t->mask) ^ t->value);
}

static enum xt_verdict tos_target(struct xt_ctx *c, const void *info)
{
	uint8_t old = xt_tos(c), tos = new_tos(info, old);

	if (tos != old) {
		ext_set_tos(c, tos);
		ext_changed_hex(c, "tos", old, tos, "TOS");
	}
	return XT_CONTINUE;
}

static void tos_save(const void *info, const struct rule *r UNUSED, struct strbuf *out)
{
	const struct tos_info *t = info;

	sb_printf(out, " --set-tos 0x%02x/0x%02x", t->value, t->mask);
}

/* Blanks as iptables 1.8.9 sets them. */
static void tos_print(const void *info, const struct rule *r UNUSED, bool numeric, struct strbuf *out)
{
	const struct tos_info *t = info;
	const char *name = ext_tos_name(t->value, t->mask);

	if (!numeric && name)
		sb_printf(out, "  TOS set%s", name);
	else if (!numeric && t->value == 0)
		sb_printf(out, " TOS and 0x%02x", (uint8_t)~t->mask);
	else if (!numeric && t->value == t->mask)
		sb_printf(out, " TOS or 0x%02x", t->value);
	else if (!numeric && t->mask == 0)
		sb_printf(out, " TOS xor 0x%02x", t->value);
	else
		sb_printf(out, " TOS set 0x%02x/0x%02x", t->value, t->mask);
}

static void tos_explain(struct xt_ctx *c, const void *info, struct strbuf *out)
{
	uint8_t old = xt_tos(c);

	sb_printf(out, "sets the TOS byte from 0x%02x to 0x%02x", old, new_tos(info, old));
}

const struct target_ext ext_TOS_target = {
	.name = "TOS", .families = EXT_ANY, .size = sizeof(struct tos_info), .table = "mangle",
	.form = "-j TOS --set-tos 0x10",
	.opts = (const struct ext_opt[]){
		{ .name = "set-tos", .type = OPT_TOSMASK, .id = O_SET, .max = 0x3f, .excl = F_ANY, .parse = tos_parse },
		{ .name = "and-tos", .type = OPT_UINT8, .id = O_AND, .excl = F_ANY, .parse = tos_parse },
		{ .name = "or-tos", .type = OPT_UINT8, .id = O_OR, .excl = F_ANY, .parse = tos_parse },
		{ .name = "xor-tos", .type = OPT_UINT8, .id = O_XOR, .excl = F_ANY, .parse = tos_parse },
		{ 0 } },
	.final = tos_final, .target = tos_target, .save = tos_save, .print = tos_print, .explain = tos_explain,
};
