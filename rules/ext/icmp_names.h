/* SPDX-License-Identifier: MIT */
/* icmp_names.h - types and codes of ICMP, ICMPv6 and IGMP by name, as libxtables has them. */
#ifndef RULES_EXT_ICMP_NAMES_H
#define RULES_EXT_ICMP_NAMES_H
#include "rules/ext.h"

struct icmp_name { const char *name; uint8_t type, code_min, code_max; };
struct icmp_names {
	const char *protocol;		/* as in messages: "ICMP" */
	const struct icmp_name *name;
	unsigned nr;
};
extern const struct icmp_names icmp_names, icmpv6_names, igmp_names;

/* What is asked for: types from..to, codes from..to. */
struct icmp_range { uint8_t type[2], code[2]; };
/* A name, which may be cut short, or "a[:b][/c[:d]]"; codes are all when not given. igmp_names has none. */
bool icmp_range_parse(struct ext_cb *cb, const struct icmp_names *names, struct icmp_range *ret);
/* The name of exactly that type and these codes, or NULL. */
const char *icmp_range_name(const struct icmp_names *names, const struct icmp_range *r);
#endif
