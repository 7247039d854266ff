/* SPDX-License-Identifier: MIT */
/* log.h - the kernel's log line of a packet, for -j LOG and for what -j TRACE asks for. */
#ifndef RULES_EXT_LOG_H
#define RULES_EXT_LOG_H
#include "rules/ext.h"

/* A traced packet has come to the end of its search in rule "number" of the chain: what = "rule", "return" or
 * "policy" (trace_packet() in ip_tables.c). rule = NULL where the chain has no such rule. Only when somebody listens. */
void log_trace(const struct xt_ctx *c, const struct chain *chain, uint32_t number, const char *what, const struct rule *rule);
#endif
