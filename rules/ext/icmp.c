// SPDX-License-Identifier: MIT
/* icmp.c - "-p icmp [-m icmp] --icmp-type TYPE[/CODE]" (icmp_match in net/ipv4/netfilter/ip_tables.c). */
#include "rules/ext/icmptype.h"

static const struct icmp_kind kind = { "icmp-type", "icmp", &icmp_names, true };

static void icmp_defaults(void *info)
{
	struct icmp_info *i = info;

	i->type = ICMP_ANY_TYPE;
	i->code[1] = 255;
}

static bool icmp_parse(struct ext_cb *cb)
{
	return icmptype_parse(cb, &kind);
}

static bool icmp_match(struct xt_ctx *c, const void *info)
{
	return icmptype_match(c, &kind, info);
}

static void icmp_save(const void *info, const struct rule *r UNUSED, struct strbuf *out)
{
	icmptype_save(&kind, info, out);
}

static void icmp_print(const void *info, const struct rule *r UNUSED, bool numeric, struct strbuf *out)
{
	icmptype_print(&kind, info, numeric, out);
}

static void icmp_explain(struct xt_ctx *c, const void *info, struct strbuf *out)
{
	icmptype_explain(c, &kind, info, out);
}

static bool icmp_conds(const void *info, struct ext_conds *ret)
{
	return icmptype_conds(&kind, info, ret);
}

const struct match_ext ext_icmp = {
	.name = "icmp", .families = EXT_V4, .size = sizeof(struct icmp_info), .proto = IPPROTO_ICMP,
	.opts = (const struct ext_opt[]){
		{ .name = "icmp-type",
		  .form = "TYPE[/CODE], from 0 to 255, or a whole name such as echo-request",
		  .type = OPT_STRING, .flags = OPT_MUST | OPT_INVERT, .parse = icmp_parse },
		{ 0 } },
	.init = icmp_defaults, .match = icmp_match, .conds = icmp_conds, .save = icmp_save, .print = icmp_print, .explain = icmp_explain,
};
