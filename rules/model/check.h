/* SPDX-License-Identifier: MIT */
/* check.h - what the kernel checks when a table is put in place. */
#ifndef RULES_MODEL_CHECK_H
#define RULES_MODEL_CHECK_H
#include "rules/model/model.h"

/* From which hooks is each chain reached, do jumps go round, how deep do they nest; then every match
 * and target: table, hooks, protocol, and its own check. line: of COMMIT, for messages; 0: a command
 * line of iptables, with its words. */
bool table_check(struct table *t, unsigned line, struct diag *d);
bool rule_is_plain_verdict(const struct rule *r);	/* a verdict or RETURN, on whatever comes */
/* Rules of a chain that can be reached at all: up to an unconditional verdict, that one included. */
uint32_t chain_reachable_rules(const struct chain *c);
#endif
