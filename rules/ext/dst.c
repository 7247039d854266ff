// SPDX-License-Identifier: MIT
/* dst.c - "-m dst": the destination options header (net/ipv6/netfilter/ip6t_hbh.c). */
#include "rules/ext/exthdr.h"

static bool dst_match(struct xt_ctx *c, const void *info)
{
	return exthdr_opts_match(c, info, NEXTHDR_DEST);
}

static void dst_save(const void *info, const struct rule *r UNUSED, struct strbuf *out)
{
	exthdr_opts_save(info, "dst", out);
}

static void dst_print(const void *info, const struct rule *r UNUSED, bool numeric UNUSED, struct strbuf *out)
{
	exthdr_opts_print(info, "dst", out);
}

static void dst_explain(struct xt_ctx *c, const void *info, struct strbuf *out)
{
	exthdr_opts_explain(c, info, NEXTHDR_DEST, "destination-options", out);
}

const struct match_ext ext_dst = {
	.name = "dst", .families = EXT_V6, .size = sizeof(struct exthdr_opts_info),
	.opts = (const struct ext_opt[]){
		{ .name = "dst-len", .type = OPT_UINT32, .flags = OPT_INVERT, .id = O_EXTHDR_LEN, .parse = exthdr_opts_parse },
		{ .name = "dst-opts", .form = "TYPE[:LENGTH][,TYPE[:LENGTH]...], as in 5:2,60; 0 and 1 have no length",
		  .type = OPT_STRING, .id = O_EXTHDR_OPTS, .parse = exthdr_opts_parse },
		{ 0 } },
	.match = dst_match, .save = dst_save, .print = dst_print, .explain = dst_explain,
};
