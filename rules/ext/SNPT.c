// SPDX-License-Identifier: MIT
/* SNPT.c - "-j SNPT --src-pfx P/N --dst-pfx P/N": another prefix for the source address, without connection tracking. */
#include "rules/ext/npt.h"

static enum xt_verdict snpt_target(struct xt_ctx *c, const void *info)
{
	if (!npt_map(info, pkt_nh(c->pkt) + IP6_SRC))
		return npt_refuse(c, IP6_SRC);
	npt_map_bounced(c->pkt, info, IP6_DST);
	return XT_CONTINUE;
}

static void snpt_save(const void *info, const struct rule *r UNUSED, struct strbuf *out)
{
	npt_save(info, out);
}

static void snpt_print(const void *info, const struct rule *r UNUSED, bool numeric UNUSED, struct strbuf *out)
{
	npt_print(info, "SNPT", out);
}

static void snpt_explain(struct xt_ctx *c, const void *info, struct strbuf *out)
{
	npt_explain(info, "source", pkt_nh(c->pkt) + IP6_SRC, out);
}

const struct target_ext ext_SNPT_target = {
	.name = "SNPT", .families = EXT_V6, .size = sizeof(struct npt_info), .table = "mangle", .hooks = HOOK_BIT(NF_INET_LOCAL_IN) | HOOK_BIT(NF_INET_POST_ROUTING),
	.opts = (const struct ext_opt[]){
		{ .name = "src-pfx", .type = OPT_HOSTMASK, .flags = OPT_MUST, .id = O_SRC_PFX, .parse = npt_parse },
		{ .name = "dst-pfx", .type = OPT_HOSTMASK, .flags = OPT_MUST, .id = O_DST_PFX, .parse = npt_parse },
		{ 0 } },
	.check = npt_check, .target = snpt_target, .save = snpt_save, .print = snpt_print, .explain = snpt_explain,
};
