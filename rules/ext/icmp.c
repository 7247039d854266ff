// SPDX-License-Identifier: MIT
/* icmp.c - "-p icmp [-m icmp] --icmp-type TYPE[/CODE]" (icmp_match in net/ipv4/netfilter/ip_tables.c). */
#include "rules/ext/icmptype.h"

static const struct icmp_name names[] = {
	{ "any", ICMP_ANY_TYPE, 0, 255 },
	{ "echo-reply", 0, 0, 255 }, { "pong", 0, 0, 255 },
	{ "destination-unreachable", 3, 0, 255 }, { "network-unreachable", 3, 0, 0 }, { "host-unreachable", 3, 1, 1 },
	{ "protocol-unreachable", 3, 2, 2 }, { "port-unreachable", 3, 3, 3 }, { "fragmentation-needed", 3, 4, 4 },
	{ "source-route-failed", 3, 5, 5 }, { "network-unknown", 3, 6, 6 }, { "host-unknown", 3, 7, 7 },
	{ "network-prohibited", 3, 9, 9 }, { "host-prohibited", 3, 10, 10 }, { "TOS-network-unreachable", 3, 11, 11 },
	{ "TOS-host-unreachable", 3, 12, 12 }, { "communication-prohibited", 3, 13, 13 },
	{ "host-precedence-violation", 3, 14, 14 }, { "precedence-cutoff", 3, 15, 15 },
	{ "source-quench", 4, 0, 255 },
	{ "redirect", 5, 0, 255 }, { "network-redirect", 5, 0, 0 }, { "host-redirect", 5, 1, 1 },
	{ "TOS-network-redirect", 5, 2, 2 }, { "TOS-host-redirect", 5, 3, 3 },
	{ "echo-request", 8, 0, 255 }, { "ping", 8, 0, 255 },
	{ "router-advertisement", 9, 0, 255 }, { "router-solicitation", 10, 0, 255 },
	{ "time-exceeded", 11, 0, 255 }, { "ttl-exceeded", 11, 0, 255 }, { "ttl-zero-during-transit", 11, 0, 0 },
	{ "ttl-zero-during-reassembly", 11, 1, 1 },
	{ "parameter-problem", 12, 0, 255 }, { "ip-header-bad", 12, 0, 0 }, { "required-option-missing", 12, 1, 1 },
	{ "timestamp-request", 13, 0, 255 }, { "timestamp-reply", 14, 0, 255 },
	{ "address-mask-request", 17, 0, 255 }, { "address-mask-reply", 18, 0, 255 },
};

static const struct icmp_kind kind = { "ICMP", "icmp-type", "icmp", names, ARRAY_SIZE(names), true };

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

const struct match_ext ext_icmp = {
	.name = "icmp", .families = EXT_V4, .size = sizeof(struct icmp_info), .proto = IPPROTO_ICMP,
	.opts = (const struct ext_opt[]){
		{ .name = "icmp-type", .type = OPT_STRING, .flags = OPT_MUST | OPT_INVERT, .parse = icmp_parse },
		{ 0 } },
	.init = icmp_defaults, .match = icmp_match, .save = icmp_save, .print = icmp_print, .explain = icmp_explain,
};
