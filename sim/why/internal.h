/* SPDX-License-Identifier: MIT */
/* internal.h - what the files that find a cause share. */
#ifndef SIM_WHY_INTERNAL_H
#define SIM_WHY_INTERNAL_H
#include "sim/why/why.h"

/* One question on its way to its answer. */
struct asking {
	const struct why *w;
	struct arena *a;
	struct answer *out;
	struct host *host;		/* where its fate was met */
	const struct story *st;
	uint64_t pkt;			/* of the story: the one asked about */
	struct fate f;
};

/* words.c */
enum effect { EFFECT_NONE, EFFECT_ACCEPT, EFFECT_DENY, EFFECT_DNAT, EFFECT_SNAT };
bool target_is(const struct rule *r, const char *name);
enum effect effect(const struct rule *r);
bool has_match(const struct rule *r, const char *name);
unsigned specific(const struct rule *r);	/* how much it asks of a packet: the more, the surer it was meant for this one */
bool remembers(const struct rule_match *m);	/* a limiter; NULL is none */
bool stateful(const struct rule *r);
const char *rule_text(struct asking *k, const struct rule *r);	/* without "-A CHAIN " */
const char *place_of(struct asking *k, const struct rule *r);	/* "filter INPUT rule 3" */
const char *addr_text(struct asking *k, const union inet_addr *addr);
const char *setting(struct asking *k, const char *key);		/* a sysctl's value, or NULL */
void blame_rule(struct asking *k, const struct rule *r);
void blame_drop(struct asking *k, const struct step *drop);	/* the rule or policy that dropped */
const char *drop_place(struct asking *k, const struct step *drop);
const char *iptables_of(const struct asking *k);		/* "iptables" or "ip6tables" */
/* "iptables -t mangle -I FORWARD 2 " */
const char *command_for(struct asking *k, const struct chain *c, const char *how);
/* What names this packet in a rule of the hook that it came to last: "-i eth0 -p tcp --dport 80". */
const char *conditions_of(struct asking *k);
void blame_sysctl(struct asking *k, const char *key, const char *value);
void blame(struct asking *k, enum culprit_kind kind, const char *name);
void also_rule(struct asking *k, const struct rule *r);		/* NULL is fine */

/* The packet of a story that is asked about from now on: its fate, and where it met it. */
void ask_about(struct asking *k, const struct story *st, uint64_t pkt);

/* near.c: the most specific near rule that passes a test, of these the first, with the fewest conditions amiss. */
typedef bool near_test(const struct asking *k, const struct near *n);
const struct near *nearest(const struct asking *k, near_test *fits);
near_test shadowed_deny, shadowed_accept;	/* would have denied, accepted, but came too late */
near_test limited_accept;			/* accepts, but a limiter said no */
near_test rewritten_accept;			/* would accept what the packet was before NAT */
near_test skipped_nat;				/* matches, but the nat table was not asked */
near_test elsewhere_nat, elsewhere_deny;	/* match, but the packet does not come to their hook */
near_test rewritten_deny;			/* would have denied what the packet was before NAT */
near_test rewritten_snat;			/* would have translated what the packet was before DNAT */
near_test too_early_deny;			/* would have denied what the packet is after SNAT */
near_test missed_nat_address;			/* would have translated another address's port */
near_test missed_nat_jump;			/* would have translated, but the jump to its chain does not match */
near_test missed_accept;			/* would accept, but for one condition */
near_test shadowed_limiter;			/* might have denied, but came too late */
near_test limit_without_drop;			/* accepts, a limiter said no, and another rule or the policy accepted */
near_test related_accept;			/* accepts RELATED, and the packet is not */
near_test shadowed_nat;				/* would have translated, or left alone, what a rule before it translated */
near_test loose;				/* matches, but nothing leads to its chain */
near_test missed_nat, missed_deny;		/* miss by where and when, not by what the packet is */
const struct rule *untracked_by(const struct asking *k);	/* who took the packet out of conntrack, or NULL */
void explain_taken(struct asking *k, const struct near *n);
bool explain_skipped_nat(struct asking *k, const struct near *n);	/* false: it was skipped rightly */
void explain_elsewhere(struct asking *k, const struct near *n);
void explain_missed(struct asking *k, const struct near *n);
void explain_loose(struct asking *k, const struct near *n);

/* drops.c */
bool not_routed_again(struct asking *k);	/* OUTPUT's NAT or mark asked for another way, and there is none */
void packet_at_fault(struct asking *k, const char *cause, const char *fix);
void dropped_otherwise(struct asking *k);
bool no_way_back(struct asking *k);		/* the host wanted to answer, and has no route to the sender */

/* meant.c */
bool left_open(struct asking *k);		/* IPv6 has no rules while IPv4 is closed */
bool bridge_unseen(struct asking *k);		/* the bridge passed it on, and iptables is not asked about bridged frames */
bool hairpin(struct asking *k);			/* NAT sends the packet back where it came from, its source untranslated */
bool something_else_meant(struct asking *k);
bool answer_goes_elsewhere(struct asking *k);	/* the host's answer leaves by another interface than the packet came by */
bool mark_in_vain(struct asking *k, const struct rule *r);	/* r set a mark that was changed again, or came after routing */
void nothing_wrong(struct asking *k);
#endif
