/* SPDX-License-Identifier: MIT */
/* probe.h - how near a rule is to a packet: every condition asked, not only up to the first that fails. */
#ifndef RULES_EXPLAIN_PROBE_H
#define RULES_EXPLAIN_PROBE_H
#include "rules/ext.h"

/* The parts that every rule has, in the kernel's order; then its matches. */
enum probe_part { PROBE_SRC, PROBE_DST, PROBE_IN, PROBE_OUT, PROBE_PROTO, PROBE_FRAG, NR_IP_PARTS };
#define PROBE_FAILED_MAX 8

struct rule_probe {
	unsigned nr_failed;		/* conditions that do not hold */
	unsigned nr_open;		/* conditions that remember packets (limit, recent, ...) and were not asked */
	unsigned parts;			/* bit per enum probe_part that fails */
	struct { int match; const char *text; } failed[PROBE_FAILED_MAX];	/* match -1: one of the parts */
};

/* Packets and devices as rule_explain(). Changes nothing; texts live in a. */
void rule_probe(const struct rule *r, struct arena *a, struct host *h, struct packet *p, const struct net_device *in,
		const struct net_device *out, enum nf_hook hook, uint8_t family, struct rule_probe *ret);
/* One part of a rule (explain.c): true when it holds; what it says goes to out, nothing if the rule does not ask. */
bool explain_ip_part(enum probe_part part, const struct rule *r, const struct xt_ctx *x, struct strbuf *out);
#endif
