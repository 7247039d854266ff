/* SPDX-License-Identifier: MIT */
/* eval.h - packets through tables. */
#ifndef RULES_EVAL_EVAL_H
#define RULES_EVAL_EVAL_H
#include "rules/compile/compile.h"

/* Runs p through the table's chain for s->hook (ipt_do_table). */
enum nf_verdict table_eval(struct ctable *ct, struct packet *p, const struct nf_hook_state *s, enum drop_reason *reason);
/* A packet and hook as an extension sees them. */
void xt_ctx_init(struct xt_ctx *c, struct host *h, struct packet *p, const struct net_device *in, const struct net_device *out,
		 enum nf_hook hook, uint8_t family);
/* Emits EV_COUNTER for what moved, or for all. */
void ctable_snapshot(struct host *h, struct ctable *ct, bool all);
#endif
