/* SPDX-License-Identifier: MIT */
/* rules.h - the face of the iptables language: load a save file, put it into a host, print it back.
 * parse/ → model/ → compile/ → eval/ → explain/ */
#ifndef RULES_RULES_H
#define RULES_RULES_H
#include "rules/model/model.h"
#include "sim/base/diag.h"

struct rules_options {
	uint8_t family;			/* NFPROTO_IPV4 */
	const char **allow_unknown; unsigned nr_allow_unknown;	/* "match:foo", "target:BAR" */
	struct ipsets *sets;		/* the host's, for rules that name one; NULL = none. They live as long as the rules */
	const struct host *host;	/* whose devices an address may name ("fe80::1%eth0"); NULL = there is only lo */
	bool nft;			/* iptables-nft's: a second set of tables at the same hooks */
	bool keep_counters;		/* [p:b] of the file are taken (iptables-restore -c); save files: true */
};

/* Parses and checks a whole iptables-save text (iptables-restore's grammar). Atomic: with an error in d
 * the answer is NULL. The ruleset lives in a; it may be only printed, or given to one host. */
struct ruleset *ruleset_load(struct arena *a, struct source *src, const struct rules_options *opt, struct diag *d);
/* Registers its tables at the host's hooks (replacing tables of the same name and family), turns on
 * conntrack and NAT as its rules need. false: errors in d, nothing changed. */
bool ruleset_install(struct ruleset *rs, struct host *h, struct diag *d);
void ruleset_uninstall_all(struct host *h);	/* with the host */
/* All rulesets of a host in table order, for reports. */
struct ruleset *host_ruleset(const struct host *h, uint8_t family);	/* iptables-legacy's */
struct ruleset *host_ruleset_of(const struct host *h, uint8_t family, bool nft);
/* What must be said before a table's name in this host for it to be the only one: "", "ip6 ", "nft ip4 ", "arp ". Static. */
const char *table_kind(const struct table *t);
bool both_backends(const struct table *t);	/* its host has rules of iptables-legacy and of iptables-nft */
/* iptables-save's text; counters as "[p:b]" before rules only when asked. */
void ruleset_save(const struct ruleset *rs, bool counters, struct strbuf *out);
void table_save(const struct table *t, bool counters, struct strbuf *out);
void rule_save(const struct rule *r, struct strbuf *out);	/* "-A FORWARD -p tcp -j ACCEPT" */
void rule_save_counted(const struct rule *r, struct strbuf *out);	/* "-A FORWARD -p tcp -c 0 0 -j ACCEPT" */
void rule_save_match(const struct rule *r, const struct rule_match *m, struct strbuf *out);	/* "tcp --dport 80", one of r's */
void rule_save_target(const struct rule *r, struct strbuf *out);	/* "DNAT --to-destination 10.0.0.2", of a rule with an extension's target */
/* Emits EV_COUNTER for every rule and policy whose counters moved since the last call (all: every one). */
void rules_snapshot(struct host *h, bool all);
/* Emits EV_STATE for every line of the tables that extensions keep (recent, hashlimit). */
void rules_snapshot_states(struct host *h);
/* Why a rule did or did not match, all conditions in order until the first that fails. Changes nothing. */
void rule_explain(const struct rule *r, struct host *h, struct packet *p, const struct net_device *in, const struct net_device *out,
		  enum nf_hook hook, int failed_at, struct strbuf *out_text);
/* Only the condition that failed: "dport is 8080, rule wants 80". */
void rule_explain_failure(const struct rule *r, struct host *h, struct packet *p, const struct net_device *in,
			  const struct net_device *out, enum nf_hook hook, int failed_at, struct strbuf *out_text);
#endif
