/* SPDX-License-Identifier: MIT */
/* icmptype.h - types and codes of ICMP and ICMPv6 as their matches read and print them. */
#ifndef RULES_EXT_ICMPTYPE_H
#define RULES_EXT_ICMPTYPE_H
#include "rules/ext/icmp_names.h"

#define ICMP_ANY_TYPE 0xff

/* What differs between the two protocols. any: type 255 stands for every type. */
struct icmp_kind { const char *option, *print; const struct icmp_names *names; bool any; };

struct icmp_info { uint8_t type, code[2]; bool invert; };

bool icmptype_parse(struct ext_cb *cb, const struct icmp_kind *k);
bool icmptype_match(struct xt_ctx *c, const struct icmp_kind *k, const struct icmp_info *i);
bool icmptype_conds(const struct icmp_kind *k, const struct icmp_info *i, struct ext_conds *ret);
void icmptype_save(const struct icmp_kind *k, const struct icmp_info *i, struct strbuf *out);
void icmptype_print(const struct icmp_kind *k, const struct icmp_info *i, bool numeric, struct strbuf *out);
void icmptype_explain(const struct xt_ctx *c, const struct icmp_kind *k, const struct icmp_info *i, struct strbuf *out);
#endif
