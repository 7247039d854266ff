// SPDX-License-Identifier: MIT
/* tos.c - "-m tos [!] --tos value[/mask]|NAME": the TOS byte of the IP header. */
#include "rules/ext/util.h"

struct tos_info { uint8_t value, mask; bool invert; };

static bool tos_parse(struct ext_cb *cb)
{
	struct tos_info *m = cb->info;

	m->value = cb->val.tos.value;
	m->mask = cb->val.tos.mask;
	m->invert = cb->invert;
	return true;
}

static bool tos_match(struct xt_ctx *c, const void *info)
{
	const struct tos_info *m = info;

	return ((xt_tos(c) & m->mask) == m->value) != m->invert;
}

static void tos_save(const void *info, const struct rule *r UNUSED, struct strbuf *out)
{
	const struct tos_info *m = info;

	sb_printf(out, "%s --tos 0x%02x/0x%02x", m->invert ? " !" : "", m->value, m->mask);
}

static void tos_print(const void *info, const struct rule *r UNUSED, bool numeric, struct strbuf *out)
{
	const struct tos_info *m = info;

	sb_puts(out, m->invert ? " tos match!" : " tos match");
	if (!numeric && ext_tos_name(m->value, m->mask))
		sb_printf(out, " %s", ext_tos_name(m->value, m->mask));
	else
		sb_printf(out, "0x%02x/0x%02x", m->value, m->mask);
}

static void tos_explain(struct xt_ctx *c, const void *info, struct strbuf *out)
{
	const struct tos_info *m = info;

	sb_printf(out, "TOS is 0x%02x, rule wants %s0x%02x under mask 0x%02x", xt_tos(c),
		  m->invert ? "anything but " : "", m->value, m->mask);
}

const struct match_ext ext_tos = {
	.name = "tos", .families = EXT_ANY, .size = sizeof(struct tos_info),
	.opts = (const struct ext_opt[]){
		{ .name = "tos", .type = OPT_TOSMASK, .flags = OPT_MUST | OPT_INVERT, .id = 1, .max = 0x3f, .parse = tos_parse },
		{ 0 } },
	.match = tos_match, .save = tos_save, .print = tos_print, .explain = tos_explain,
};
