// SPDX-License-Identifier: MIT
/* hbh.c - "-m hbh": the hop-by-hop options header (net/ipv6/netfilter/ip6t_hbh.c). */
#include "rules/ext/exthdr.h"

static bool hbh_match(struct xt_ctx *c, const void *info)
{
	return exthdr_opts_match(c, info, NEXTHDR_HOP);
}

static void hbh_save(const void *info, const struct rule *r UNUSED, struct strbuf *out)
{
	exthdr_opts_save(info, "hbh", out);
}

static void hbh_print(const void *info, const struct rule *r UNUSED, bool numeric UNUSED, struct strbuf *out)
{
	exthdr_opts_print(info, "hbh", out);
}

static void hbh_explain(struct xt_ctx *c, const void *info, struct strbuf *out)
{
	exthdr_opts_explain(c, info, NEXTHDR_HOP, "hop-by-hop", out);
}

const struct match_ext ext_hbh = {
	.name = "hbh", .families = EXT_V6, .size = sizeof(struct exthdr_opts_info),
	.opts = (const struct ext_opt[]){
		{ .name = "hbh-len", .type = OPT_UINT32, .flags = OPT_INVERT, .id = O_EXTHDR_LEN, .parse = exthdr_opts_parse },
		{ .name = "hbh-opts", .form = "TYPE[:LENGTH][,TYPE[:LENGTH]...], as in 5:2,60; 0 and 1 have no length",
		  .type = OPT_STRING, .id = O_EXTHDR_OPTS, .parse = exthdr_opts_parse },
		{ 0 } },
	.match = hbh_match, .save = hbh_save, .print = hbh_print, .explain = hbh_explain,
};
