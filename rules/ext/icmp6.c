// SPDX-License-Identifier: MIT
/* icmp6.c - "-p ipv6-icmp [-m icmp6] --icmpv6-type TYPE[/CODE]" (icmp6_match in net/ipv6/netfilter/ip6_tables.c). */
#include "rules/ext/icmptype.h"

static const struct icmp_kind kind = { "icmpv6-type", "ipv6-icmp", &icmpv6_names, false };

static void icmp6_defaults(void *info)
{
	struct icmp_info *i = info;

	i->code[1] = 255;
}

static bool icmp6_parse(struct ext_cb *cb)
{
	return icmptype_parse(cb, &kind);
}

static bool icmp6_match(struct xt_ctx *c, const void *info)
{
	return icmptype_match(c, &kind, info);
}

static void icmp6_save(const void *info, const struct rule *r UNUSED, struct strbuf *out)
{
	icmptype_save(&kind, info, out);
}

static void icmp6_print(const void *info, const struct rule *r UNUSED, bool numeric, struct strbuf *out)
{
	icmptype_print(&kind, info, numeric, out);
}

static void icmp6_explain(struct xt_ctx *c, const void *info, struct strbuf *out)
{
	icmptype_explain(c, &kind, info, out);
}

static bool icmp6_conds(const void *info, struct ext_conds *ret)
{
	return icmptype_conds(&kind, info, ret);
}

const struct match_ext ext_icmp6 = {
	.name = "icmp6", .families = EXT_V6, .size = sizeof(struct icmp_info), .proto = IPPROTO_ICMPV6,
	.opts = (const struct ext_opt[]){
		{ .name = "icmpv6-type",
		  .form = "TYPE[/CODE], from 0 to 255, or a whole name such as echo-request",
		  .type = OPT_STRING, .flags = OPT_MUST | OPT_INVERT, .parse = icmp6_parse },
		{ 0 } },
	.init = icmp6_defaults, .match = icmp6_match, .conds = icmp6_conds, .save = icmp6_save, .print = icmp6_print, .explain = icmp6_explain,
};
