// SPDX-License-Identifier: MIT
/* DNPT.c - "-j DNPT --src-pfx P/N --dst-pfx P/N": another prefix for the destination address, without connection tracking. */
#include "rules/ext/npt.h"

static enum xt_verdict dnpt_target(struct xt_ctx *c, const void *info)
{
	if (!npt_map(info, pkt_nh(c->pkt) + IP6_DST))
		return npt_refuse(c, IP6_DST);
	npt_map_bounced(c->pkt, info, IP6_SRC);
	return XT_CONTINUE;
}

static void dnpt_save(const void *info, const struct rule *r UNUSED, struct strbuf *out)
{
	npt_save(info, out);
}

static void dnpt_print(const void *info, const struct rule *r UNUSED, bool numeric UNUSED, struct strbuf *out)
{
	npt_print(info, "DNPT", out);
}

static void dnpt_explain(struct xt_ctx *c, const void *info, struct strbuf *out)
{
	npt_explain(info, "destination", pkt_nh(c->pkt) + IP6_DST, out);
}

const struct target_ext ext_DNPT_target = {
	.name = "DNPT", .families = EXT_V6, .size = sizeof(struct npt_info), .table = "mangle", .hooks = HOOK_BIT(NF_INET_PRE_ROUTING) | HOOK_BIT(NF_INET_LOCAL_OUT),
	.opts = (const struct ext_opt[]){
		{ .name = "src-pfx", .type = OPT_HOSTMASK, .flags = OPT_MUST, .id = O_SRC_PFX, .parse = npt_parse },
		{ .name = "dst-pfx", .type = OPT_HOSTMASK, .flags = OPT_MUST, .id = O_DST_PFX, .parse = npt_parse },
		{ 0 } },
	.check = npt_check, .target = dnpt_target, .save = dnpt_save, .print = dnpt_print, .explain = dnpt_explain,
};
