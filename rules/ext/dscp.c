// SPDX-License-Identifier: MIT
/* dscp.c - "-m dscp": the DiffServ code point, the upper six bits of the TOS byte. */
#include "rules/ext/util.h"

struct dscp_info { uint8_t dscp; bool invert; };

static bool dscp_parse(struct ext_cb *cb)
{
	struct dscp_info *m = cb->info;

	m->invert = cb->invert;
	if (cb->opt->type != OPT_STRING)
		m->dscp = cb->val.u8;
	else if (!ext_dscp_class(cb->arg, &m->dscp))
		return ext_bad_dscp(cb);
	return true;
}

static bool dscp_final(struct ext_cb *cb)
{
	return cb->xflags || ext_error(cb, "DSCP match: Parameter --dscp is required");
}

static bool dscp_match(struct xt_ctx *c, const void *info)
{
	const struct dscp_info *m = info;

	return (xt_tos(c) >> 2 == m->dscp) != m->invert;
}

static void dscp_save(const void *info, const struct rule *r UNUSED, struct strbuf *out)
{
	const struct dscp_info *m = info;

	sb_printf(out, "%s --dscp 0x%02x", m->invert ? " !" : "", m->dscp);
}

static void dscp_print(const void *info, const struct rule *r UNUSED, bool numeric UNUSED, struct strbuf *out)
{
	const struct dscp_info *m = info;

	sb_printf(out, " DSCP match %s0x%02x", m->invert ? "!" : "", m->dscp);
}

static void dscp_explain(struct xt_ctx *c, const void *info, struct strbuf *out)
{
	const struct dscp_info *m = info;

	sb_printf(out, "DSCP is 0x%02x, rule wants %s0x%02x", xt_tos(c) >> 2, m->invert ? "anything but " : "", m->dscp);
}

const struct match_ext ext_dscp = {
	.name = "dscp", .families = EXT_ANY, .size = sizeof(struct dscp_info),
	.form = "-m dscp --dscp 46, or --dscp-class EF",
	.opts = (const struct ext_opt[]){
		{ .name = "dscp", .type = OPT_UINT8, .flags = OPT_INVERT, .id = 0, .max = 63, .excl = 2, .parse = dscp_parse },
		{ .name = "dscp-class", .type = OPT_STRING, .flags = OPT_INVERT, .id = 1, .excl = 1, .parse = dscp_parse },
		{ 0 } },
	.final = dscp_final, .match = dscp_match, .save = dscp_save, .print = dscp_print, .explain = dscp_explain,
};
