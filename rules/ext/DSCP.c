// SPDX-License-Identifier: MIT
/* DSCP.c - "-j DSCP": sets the differentiated services code point (net/netfilter/xt_DSCP.c). */
#include "rules/ext/util.h"

enum { O_DSCP, O_CLASS };

struct dscp_tg_info { uint8_t dscp; };

static bool dscp_parse(struct ext_cb *cb)
{
	struct dscp_tg_info *d = cb->info;

	if (cb->opt->id == O_DSCP)
		d->dscp = cb->val.u8;
	else if (!ext_dscp_class(cb->arg, &d->dscp))
		return ext_bad_dscp(cb);
	return true;
}

static bool dscp_final(struct ext_cb *cb)
{
	return cb->xflags ? true : ext_error(cb, "DSCP target: Parameter --set-dscp is required");
}

static enum xt_verdict dscp_target(struct xt_ctx *c, const void *info)
{
	const struct dscp_tg_info *d = info;
	uint8_t old = xt_tos(c);

	if (old >> 2 != d->dscp) {
		ext_set_tos(c, (uint8_t)((old & 3) | d->dscp << 2));
		ext_changed_hex(c, "dscp", old >> 2, d->dscp, "DSCP");
	}
	return XT_CONTINUE;
}

static void dscp_save(const void *info, const struct rule *r UNUSED, struct strbuf *out)
{
	sb_printf(out, " --set-dscp 0x%02x", ((const struct dscp_tg_info *)info)->dscp);
}

static void dscp_print(const void *info, const struct rule *r UNUSED, bool numeric UNUSED, struct strbuf *out)
{
	sb_printf(out, " DSCP set 0x%02x", ((const struct dscp_tg_info *)info)->dscp);
}

static void dscp_explain(struct xt_ctx *c, const void *info, struct strbuf *out)
{
	sb_printf(out, "sets the DSCP from 0x%02x to 0x%02x", xt_tos(c) >> 2, ((const struct dscp_tg_info *)info)->dscp);
}

const struct target_ext ext_DSCP_target = {
	.name = "DSCP", .families = EXT_ANY, .size = sizeof(struct dscp_tg_info), .table = "mangle",
	.form = "-j DSCP --set-dscp 46, or --set-dscp-class EF",
	.opts = (const struct ext_opt[]){
		{ .name = "set-dscp", .type = OPT_UINT8, .id = O_DSCP, .max = 63, .excl = 1u << O_CLASS, .parse = dscp_parse },
		{ .name = "set-dscp-class", .type = OPT_STRING, .id = O_CLASS, .excl = 1u << O_DSCP, .parse = dscp_parse },
		{ 0 } },
	.final = dscp_final, .target = dscp_target, .save = dscp_save, .print = dscp_print, .explain = dscp_explain,
};
