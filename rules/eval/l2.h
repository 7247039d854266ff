/* SPDX-License-Identifier: MIT */
/* l2.h - what rules of arptables and ebtables ask of a packet before their matches. */
#ifndef RULES_EVAL_L2_H
#define RULES_EVAL_L2_H
#include "rules/ext.h"

/* The first condition that does not hold. */
enum l2_part {
	L2_NONE, L2_IN, L2_OUT, L2_LOGICAL_IN, L2_LOGICAL_OUT, L2_SRC, L2_DST, L2_PROTO, L2_SHORT, L2_HTYPE, L2_LENGTHS, L2_OPCODE,
	L2_IP_SRC, L2_IP_DST
};
enum l2_part l2_eb_fails(const struct rule *r, const struct xt_ctx *c);
enum l2_part l2_arp_fails(const struct rule *r, const struct xt_ctx *c);

static inline bool l2_match(const struct rule *r, const struct xt_ctx *c)
{
	return (r->eb ? l2_eb_fails(r, c) : l2_arp_fails(r, c)) == L2_NONE;
}

/* rules/explain/l2.c: all conditions that the rule has, up to the first that fails; true when they hold. */
bool l2_explain(const struct rule *r, const struct xt_ctx *c, struct strbuf *out);
/* Only the one that fails. */
void l2_explain_failure(const struct rule *r, const struct xt_ctx *c, struct strbuf *out);
#endif
