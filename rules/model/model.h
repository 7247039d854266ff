/* SPDX-License-Identifier: MIT */
/* model.h - a ruleset as parsed: tables, chains, rules, each with its place in the source. */
#ifndef RULES_MODEL_MODEL_H
#define RULES_MODEL_MODEL_H
#include "sim/base/diag.h"
#include "sim/hook/hook.h"

struct match_ext; struct target_ext; struct chain; struct table; struct ruleset;

struct rule_match {
	const struct match_ext *ext;
	void *info;			/* ext->size bytes, read only after load */
	void *state;			/* ext->state_size bytes: what it remembers (limit's bucket, ...) */
	bool implicit;			/* loaded by -p, not by -m */
	struct pos pos;
};

/* Verdicts inside a table. */
enum xt_verdict {
	XT_DROP = NF_DROP, XT_ACCEPT = NF_ACCEPT, XT_STOLEN = NF_STOLEN, XT_QUEUE = NF_QUEUE, XT_REPEAT = NF_REPEAT,
	XT_QUEUE_BYPASS = NF_QUEUE_BYPASS,
	XT_CONTINUE = 100, XT_RETURN, XT_JUMP, XT_GOTO
};

/* The part of a rule that every rule has (struct ipt_ip, ip6t_ip6); addresses and masks in network order. */
struct ip_match {
	union inet_addr src, dst, smsk, dmsk;
	uint8_t family;			/* NFPROTO_IPV4 or NFPROTO_IPV6 */
	char iniface[16], outiface[16];	/* trailing '+' = prefix, as iptables writes it */
	uint8_t iniface_len, outiface_len;	/* bytes that must be equal; with the NUL when exact; 0 = any */
	uint16_t proto;			/* 0 = any */
	bool find_proto;		/* IPv6: -p was given, be it "all": the headers are walked (IP6T_F_PROTO) */
	bool frag;			/* -f, IPv4 only */
	bool inv_src, inv_dst, inv_in, inv_out, inv_proto, inv_frag;
	bool go_to;			/* -g */
};

/* What ebtables looks at beside interfaces (struct ebt_entry); addresses are masked. */
struct eb_match {
	uint16_t proto;			/* EtherType, host order; 0 = any */
	bool length;			/* -p LENGTH: an IEEE 802.3 frame */
	bool has_src, has_dst;
	uint8_t src[6], smsk[6], dst[6], dmsk[6];
	char logical_in[16], logical_out[16];	/* the bridges; trailing '+' = prefix; "" = any */
	bool inv_proto, inv_src, inv_dst, inv_logical_in, inv_logical_out;
	bool policy;			/* the rule that ebtables-nft makes of a user chain's policy: it counts, but is not shown */
};

/* What arptables looks at beside interfaces and the two protocol addresses (struct arpt_arp). Each number is
 * compared whole: arptables-nft reads masks and forgets them. */
struct arp_match {
	uint16_t hrd, pro, op;		/* host order; 0 = any, unless inverted */
	uint8_t smac[6], smsk[6], tmac[6], tmsk[6];
	bool inv_hrd, inv_pro, inv_hln, inv_op, inv_smac, inv_tmac;
};

struct rule {
	/* what a packet that matches needs comes first */
	uint64_t packets, bytes;	/* counters, live */
	void *target_info, *target_state;
	struct chain *chain;
	uint32_t number;		/* 1-based in its chain */
	struct pos pos;			/* the whole line */
	struct ip_match ip;
	const struct eb_match *eb;	/* of ebtables, else NULL: of ip only the interfaces count then */
	const struct arp_match *arp;	/* of arptables, else NULL: of ip only interfaces and addresses count then */
	struct rule_match *match; uint32_t nr_match;
	enum xt_verdict verdict;	/* when ext == NULL: ACCEPT, DROP, RETURN, QUEUE, CONTINUE (no -j), JUMP, GOTO */
	struct chain *target_chain;	/* JUMP, GOTO */
	const char *target_name;	/* as written after -j or -g; NULL = none */
	const struct target_ext *ext;	/* its data: target_info, target_state */
	struct pos target_pos;
	const char *comment;		/* from -m comment, or NULL */
};

struct chain {
	struct table *table;
	const char *name;
	bool builtin;
	enum nf_hook hook;		/* builtin */
	enum xt_verdict policy;		/* builtin: XT_ACCEPT or XT_DROP; ebtables' own chains have one too, or XT_RETURN */
	uint64_t packets, bytes;	/* of the policy, live */
	struct rule **rule; uint32_t nr_rules;
	struct pos pos;
	uint32_t hooks_reached;		/* bit per enum nf_hook from which it can be reached */
	uint32_t index;			/* order in the table */
	uint32_t nr_refs;
};

struct table {
	struct ruleset *ruleset;
	const char *name;		/* "filter" */
	uint8_t family;
	uint32_t valid_hooks;		/* bit per enum nf_hook */
	struct chain *hook_chain[NF_INET_NUMHOOKS];
	struct chain **chain; uint32_t nr_chains;	/* builtin first, then user chains in iptables' own order */
	struct pos pos;
	uint32_t max_depth;		/* of jumps, for the evaluator's stack */
	struct ctable *compiled;	/* rules/compile: once it is installed */
};

struct ruleset {
	struct arena *arena;
	uint8_t family;
	bool nft;			/* iptables-nft's, beside those of iptables-legacy */
	struct host *host;		/* NULL while only parsed */
	struct table **table; uint32_t nr_tables;	/* in the order of the file */
};

struct table *ruleset_table(const struct ruleset *rs, const char *name);
struct chain *table_chain(const struct table *t, const char *name);
/* Small questions about rules. */
const struct rule_match *rule_match_named(const struct rule *r, const char *name);	/* the first such match, or NULL */
bool rule_target_is(const struct rule *r, const char *name);	/* an extension's; not a verdict or a chain */
bool rule_takes_all(const struct rule *r);			/* it asks for nothing */
/* What a table allows (ip_tables' packet_filter, nat_table, ...): hooks it has, priority at each. NULL = no such table. */
struct table_desc { const char *name; uint32_t hooks; int priority[NF_INET_NUMHOOKS]; };
const struct table_desc *table_desc(const char *name);
/* The same for arptables-nft and ebtables-nft, under the numbers of the IP hooks with the same names. */
const struct table_desc *l2_table_desc(uint8_t family, const char *name);
static inline bool family_is_l2(uint8_t family) { return family == NFPROTO_ARP || family == NFPROTO_BRIDGE; }
#endif
