// SPDX-License-Identifier: MIT
/* near.c - of the rules that a packet came near, the one that matters; and what to say of it. */
#include "sim/why/internal.h"
#include "sim/net/fib.h"
#include "sim/net/net.h"

/* ---- choosing among the near rules */

typedef bool near_test(const struct asking *k, const struct near *n);

/* The most specific, of these the first, with the fewest conditions amiss. */
const struct near *nearest(const struct asking *k, near_test *fits)
{
	const struct near *best = NULL;

	for (const struct near *n = k->st->near; n; n = n->next) {
		if (n->pkt != k->pkt || n->host != k->host || !fits(k, n))
			continue;
		if (!best || n->nr_failed < best->nr_failed ||
		    (n->nr_failed == best->nr_failed && specific(n->rule) > specific(best->rule)))
			best = n;
	}
	return best;
}

/* The way to a rule's chain says for whom it is too. */
static unsigned meant_for(const struct near *n)
{
	return specific(n->rule) + (n->via ? specific(n->via) : 0);
}

bool shadowed_deny(const struct asking *k, const struct near *n)
{
	(void)k;
	return n->how == NEAR_SHADOWED && (!n->nr_failed || n->before_nat) && !n->nr_open && effect(n->rule) == EFFECT_DENY && n->by && specific(n->rule) > 0 &&
	       specific(n->by) <= meant_for(n);
}

/* What it remembers would have decided, had it been asked. */
bool shadowed_limiter(const struct asking *k, const struct near *n)
{
	(void)k;
	return n->how == NEAR_SHADOWED && !n->nr_failed && n->nr_open && effect(n->rule) == EFFECT_DENY && n->by && effect(n->by) == EFFECT_ACCEPT &&
	       !stateful(n->by) && specific(n->rule) > 0 && specific(n->by) <= meant_for(n);
}

bool shadowed_accept(const struct asking *k, const struct near *n)
{
	(void)k;
	return n->how == NEAR_SHADOWED && !n->nr_failed && effect(n->rule) == EFFECT_ACCEPT &&
	       (!k->f.end || n->rule->chain->table == k->f.end->table);
}

bool limited_accept(const struct asking *k, const struct near *n)
{
	return n->how == NEAR_FAILED && n->nr_failed == 1 && remembers(n->match) && effect(n->rule) == EFFECT_ACCEPT && k->f.end &&
	       n->rule->chain->table == k->f.end->table;
}

bool rewritten_accept(const struct asking *k, const struct near *n)
{
	return n->before_nat && effect(n->rule) == EFFECT_ACCEPT && k->f.end && n->rule->chain->table == k->f.end->table &&
	       n->how == NEAR_FAILED;
}

/* A nat rule that this packet's connection would need, and has not. */
static bool nat_wanted(const struct asking *k, const struct near *n)
{
	enum effect e = effect(n->rule);

	return (e == EFFECT_DNAT && !k->f.dnat) || (e == EFFECT_SNAT && !k->f.snat);
}

static bool translated_already(const struct asking *k, const struct near *n)
{
	uint32_t bit = effect(n->rule) == EFFECT_DNAT ? IPS_DST_NAT : IPS_SRC_NAT;

	return k->f.ct && ((k->f.ct->status & bit) || (k->f.ct->ctinfo >= IP_CT_IS_REPLY && k->f.ct->ctinfo < IP_CT_NUMBER));
}

bool skipped_nat(const struct asking *k, const struct near *n)
{
	if (n->how != NEAR_SKIPPED || n->nr_failed)
		return false;
	if (!k->f.ct && n->rule->ext)
		return true;
	return nat_wanted(k, n) && !translated_already(k, n);
}

bool elsewhere_nat(const struct asking *k, const struct near *n)
{
	return n->how == NEAR_OTHER_HOOK && !n->nr_failed && nat_wanted(k, n) && !translated_already(k, n) && specific(n->rule) > 1;
}

bool elsewhere_deny(const struct asking *k, const struct near *n)
{
	(void)k;
	return n->how == NEAR_OTHER_HOOK && (!n->nr_failed || n->before_nat) && effect(n->rule) == EFFECT_DENY && specific(n->rule) > 1;
}

/* Misses by a condition that people get wrong: not by what the packet is, but by where and when it comes. */
static bool missed_by_circumstance(const struct near *n)
{
	static const char *const names[] = { "time", "owner", "mark", "connmark", "conntrack", "state", "mac", "limit", "hashlimit", "connlimit",
					     "recent", "quota", "addrtype", "physdev", "set", "realm", "pkttype", "rpfilter", "policy" };

	if (n->nr_failed != 1)
		return false;
	if (!n->match)
		return n->parts == 1u << PROBE_IN || n->parts == 1u << PROBE_OUT;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (strcmp(n->match->ext->name, names[i]) == 0)
			return true;
	return false;
}

bool missed_nat(const struct asking *k, const struct near *n)
{
	if (n->how != NEAR_FAILED || n->jump || !nat_wanted(k, n) || translated_already(k, n))
		return false;
	return missed_by_circumstance(n) || (n->nr_failed == 1 && !n->match && !n->jump && n->parts == 1u << PROBE_SRC && effect(n->rule) == EFFECT_SNAT);
}

bool missed_deny(const struct asking *k, const struct near *n)
{
	(void)k;
	if (effect(n->rule) != EFFECT_DENY)
		return false;
	if (n->how == NEAR_SHADOWED && n->jump)		/* what leads to a rule made for this packet */
		return n->nr_failed == 1 && specific(n->rule) > 1;
	if (n->how != NEAR_FAILED || n->jump)
		return false;
	return (missed_by_circumstance(n) || n->turned) && specific(n->rule) > 0;
}

/* Does the rule ask for the source that SNAT gives the packet after it? */
static bool after_snat(const struct asking *k, const struct near *n)
{
	const struct rule *r = n->rule;
	struct fate f;

	if (n->jump || n->match || n->parts != 1u << PROBE_SRC || r->ip.inv_src || r->chain->table->family != NFPROTO_IPV4)
		return false;
	fate_at(k->st, n->pkt, n->host, &f);
	return f.snat && (f.snat->src.ip & r->ip.smsk.ip) == r->ip.src.ip;
}

bool too_early_deny(const struct asking *k, const struct near *n)
{
	return n->how == NEAR_FAILED && n->nr_failed == 1 && effect(n->rule) == EFFECT_DENY && after_snat(k, n);
}

bool rewritten_snat(const struct asking *k, const struct near *n)
{
	(void)k;
	return n->how == NEAR_FAILED && n->before_nat && effect(n->rule) == EFFECT_SNAT;
}

/* A translation of this port, but for another address: nobody listens on the one that was asked for. */
bool missed_nat_address(const struct asking *k, const struct near *n)
{
	return n->how == NEAR_FAILED && n->nr_failed == 1 && !n->match && !n->jump && n->parts == 1u << PROBE_DST && effect(n->rule) == EFFECT_DNAT &&
	       k->f.kind == FATE_REFUSED && nat_wanted(k, n) && specific(n->rule) > 3;
}

/* The jump to a translation made for this port leaves the packet out. */
bool missed_nat_jump(const struct asking *k, const struct near *n)
{
	return (n->how == NEAR_SHADOWED || n->how == NEAR_FAILED) && n->jump && n->nr_failed == 1 && missed_by_circumstance(n) &&
	       effect(n->rule) == EFFECT_DNAT && nat_wanted(k, n) && !translated_already(k, n) && specific(n->rule) > 2;
}

bool rewritten_deny(const struct asking *k, const struct near *n)
{
	(void)k;
	return n->how == NEAR_FAILED && n->before_nat && effect(n->rule) == EFFECT_DENY;
}

/* Would have accepted, but for one condition that is not what the packet is; or it takes source and destination for
 * each other. */
bool missed_accept(const struct asking *k, const struct near *n)
{
	if (n->how != NEAR_FAILED || effect(n->rule) != EFFECT_ACCEPT || !k->f.end || n->rule->chain->table != k->f.end->table || !specific(n->rule))
		return false;
	if (n->turned)
		return true;
	if (n->nr_failed != 1 || n->jump)
		return false;
	if (n->match && strstr(n->why[0], "fragment"))
		return true;
	if (n->match && strcmp(n->match->ext->name, "iprange") == 0)
		return true;
	return missed_by_circumstance(n) || (!n->match && (n->parts == 1u << PROBE_SRC || n->parts == 1u << PROBE_DST) && specific(n->rule) > 3);
}

bool related_accept(const struct asking *k, const struct near *n)
{
	return n->how == NEAR_FAILED && n->nr_failed == 1 && effect(n->rule) == EFFECT_ACCEPT && k->f.end && n->rule->chain->table == k->f.end->table && n->match &&
	       (strcmp(n->match->ext->name, "conntrack") == 0 || strcmp(n->match->ext->name, "state") == 0) && strstr(n->why[0], "RELATED");
}

/* Accepts up to a limit; what is over it was let in all the same, by others. */
bool limit_without_drop(const struct asking *k, const struct near *n)
{
	return n->how == NEAR_FAILED && n->nr_failed == 1 && remembers(n->match) && effect(n->rule) == EFFECT_ACCEPT && k->f.rule &&
	       n->rule->chain->table == k->f.rule->table;
}

/* A translation, or the exemption from one, that a wider rule before it made vain. */
bool shadowed_nat(const struct asking *k, const struct near *n)
{
	(void)k;
	return n->how == NEAR_SHADOWED && !n->nr_failed && !n->nr_open && n->by && effect(n->by) != EFFECT_NONE &&
	       strcmp(n->rule->chain->table->name, "nat") == 0 && (effect(n->rule) != EFFECT_NONE || n->rule->verdict == XT_RETURN) &&
	       n->rule->verdict != XT_JUMP && n->rule->verdict != XT_GOTO && specific(n->rule) > specific(n->by);
}

/* In a chain that nothing leads to. */
bool loose(const struct asking *k, const struct near *n)
{
	enum effect e = effect(n->rule);

	(void)k;
	return n->how == NEAR_LOOSE && !n->nr_failed && specific(n->rule) > 1 && e != EFFECT_NONE;
}

/* ---- answers, each with reason and fix */

void explain_taken(struct asking *k, const struct near *n)
{
	const struct rule *by = n->by, *r = n->rule;
	const char *conditions = specific(by) || by->nr_match ? "" : ", which has no conditions,";

	if (by->chain == r->chain && by->verdict == XT_RETURN && !by->ext)
		k->out->reason = arena_printf(k->a, "%s (%s)%s returns the packet before rule %u (%s) is asked", place_of(k, by), rule_text(k, by),
					      conditions, r->number, rule_text(k, r));
	else
		k->out->reason = arena_printf(k->a, "%s (%s)%s takes the packet before %s (%s) is asked", place_of(k, by), rule_text(k, by), conditions,
					      by->chain == r->chain ? arena_printf(k->a, "rule %u", r->number) : place_of(k, r), rule_text(k, r));
	if (n->nr_failed)	/* of the packet as it came */
		k->out->reason = arena_printf(k->a, "%s; that one, moreover, was written for the packet before NAT (%s): now %s", k->out->reason, n->before_nat, n->why[0]);
	if (by->chain == r->chain)
		k->out->fix = arena_printf(k->a, "put rule %u in front of rule %u: %s %u %s", r->number, by->number, command_for(k, r->chain, "-I"), by->number,
					   rule_text(k, r));
	else
		k->out->fix = arena_printf(k->a, "let the packet pass %s, or put the rule in front of what leads there", place_of(k, by));
}

const struct rule *untracked_by(const struct asking *k)
{
	for (const struct step *s = k->st->first; s; s = s->next)
		if (s->pkt == k->pkt && s->type == EV_RULE && s->matched && (target_is(s->rule, "CT") || target_is(s->rule, "NOTRACK")))
			return s->rule;
	return NULL;
}

/* The nat table was not run for this packet. */
bool explain_skipped_nat(struct asking *k, const struct near *n)
{
	const char *tuple, *arrow;
	const struct rule *r = n->rule, *by;

	if (!k->f.ct) {
		blame_rule(k, r);
		k->out->culprit.cause = "conntrack not active in this host";
		k->out->reason = arena_printf(k->a, "no rule needs conntrack, so packets have no connection and the nat table is never asked: %s (%s) cannot match",
					      place_of(k, r), rule_text(k, r));
		k->out->fix = "put what is no NAT into another table, or have one rule that needs conntrack (-m conntrack, or a NAT target)";
		return true;
	}
	if (k->f.ct->what == CT_EV_UNTRACKED) {
		by = untracked_by(k);
		if (by)
			blame_rule(k, by);
		else
			blame_rule(k, r);
		also_rule(k, r);
		k->out->reason = arena_printf(k->a, "%s (%s) makes the packet UNTRACKED, and without a connection the nat table is not asked: %s (%s) is not reached",
					      by ? place_of(k, by) : "conntrack", by ? rule_text(k, by) : "-", place_of(k, r), rule_text(k, r));
		k->out->fix = arena_printf(k->a, "make the notrack rule narrower, so that it leaves out what %s should translate", place_of(k, r));
		return true;
	}
	if (k->f.ct->what == CT_EV_INVALID) {
		blame(k, CULPRIT_CONNTRACK, "state INVALID");
		also_rule(k, r);
		k->out->reason = arena_printf(k->a, "conntrack calls the packet INVALID, and without a connection the nat table is not asked: %s (%s) is not reached",
					      place_of(k, r), rule_text(k, r));
		k->out->fix = "drop INVALID packets, or let conntrack see the whole connection";
		return true;
	}
	if (k->f.ct->what != CT_EV_FOUND)
		return false;
	tuple = strstr(k->f.ct->text, "connection ") ? strstr(k->f.ct->text, "connection ") + 11 : k->f.ct->text;
	arrow = strstr(tuple, " > ");
	blame(k, CULPRIT_CONNTRACK, arrow ? arena_printf(k->a, "%.*s -> %s, created before %s existed", (int)(arrow - tuple), tuple, arrow + 3, place_of(k, r)) :
		arena_printf(k->a, "%s, created before %s existed", tuple, place_of(k, r)));
	also_rule(k, r);
	k->out->reason = arena_printf(k->a, "the nat table is asked only for the first packet of a connection; this one belongs to a connection that was entered without it, and each packet keeps that alive, so %s (%s) is not asked",
				      place_of(k, r), rule_text(k, r));
	k->out->fix = "delete the entry after the rule is in place: conntrack -D with the connection's addresses and ports";
	return true;
}

static const char *hook_words(enum nf_hook hook)
{
	static const char *const words[] = { "comes from another host", "is for the host itself", "is forwarded", "is made by the host itself", "leaves" };

	return words[hook];
}

/* Without what a rule of that hook may not ask for. */
static const char *text_for(struct asking *k, const struct rule *r, enum nf_hook hook)
{
	struct rule copy = *r;

	if (hook == NF_INET_LOCAL_OUT || hook == NF_INET_POST_ROUTING)
		copy.ip.iniface[0] = '\0', copy.ip.iniface_len = 0, copy.ip.inv_in = false;
	if (hook == NF_INET_LOCAL_IN || hook == NF_INET_PRE_ROUTING)
		copy.ip.outiface[0] = '\0', copy.ip.outiface_len = 0, copy.ip.inv_out = false;
	return rule_text(k, &copy);
}

void explain_loose(struct asking *k, const struct near *n)
{
	const struct rule *r = n->rule;

	blame_rule(k, r);
	k->out->culprit.cause = arena_printf(k->a, "nothing leads to chain %s", r->chain->name);
	k->out->reason = arena_printf(k->a, "no rule jumps to chain %s, so %s (%s) is never asked", r->chain->name, place_of(k, r), rule_text(k, r));
	if (k->f.rule && k->f.rule->chain->table == r->chain->table)
		k->out->fix = arena_printf(k->a, "jump there: %s -j %s", command_for(k, k->f.rule->chain, "-I"), r->chain->name);
	else
		k->out->fix = arena_printf(k->a, "jump there from a built-in chain that the packet comes to: -j %s", r->chain->name);
}

void explain_elsewhere(struct asking *k, const struct near *n)
{
	/* The rule that leads to a chain made for this says what its owner meant as well as what is in there. */
	const struct rule *r = n->via && specific(n->via) ? n->via : n->rule;
	enum nf_hook came = k->f.hook[NF_INET_LOCAL_OUT] ? NF_INET_LOCAL_OUT : k->f.hook[NF_INET_FORWARD] ? NF_INET_FORWARD : NF_INET_LOCAL_IN;
	const char *base = nf_hook_name((enum nf_hook)n->hook), *go = nf_hook_name(came);

	blame_rule(k, r);
	also_rule(k, n->rule);
	k->out->culprit.cause = arena_printf(k->a, "the packet does not come to %s", base);
	k->out->reason = arena_printf(k->a, "the packet %s, so it goes through %s and never to %s, from where alone %s (%s) is reached", hook_words(came), go,
				      base, place_of(k, r), rule_text(k, r));
	if (n->before_nat && n->nr_failed) {
		k->out->reason = arena_printf(k->a, "%s; %s, moreover, asks for what the packet was before NAT (%s)", k->out->reason, place_of(k, n->rule), n->before_nat);
		k->out->fix = arena_printf(k->a, "filter in %s (with Docker: DOCKER-USER), and ask for the original port: -m conntrack --ctorigdstport", go);
	} else if (r->chain->table->hook_chain[came]) {
		k->out->fix = arena_printf(k->a, "put the rule into %s too: %s %s", go, command_for(k, r->chain->table->hook_chain[came], "-I"), text_for(k, r, came));
	} else {
		k->out->fix = arena_printf(k->a, "use a chain that the packet comes to: it passes %s", go);
	}
}

/* The interface that was meant is below the one that rules see, or no interface at all. */
static const char *about_interface(struct asking *k, const char *wanted, const char *have)
{
	const struct net_device *dev = dev_by_name(k->host, wanted), *seen = have ? dev_by_name(k->host, have) : NULL;

	if (strchr(wanted, ':'))
		return arena_printf(k->a, "%s is a label of an address, not an interface: use -i %s and -d with the address", wanted, have ? have : "the interface");
	if (dev && dev->master)
		return arena_printf(k->a, "%s is a port of bridge %s, and rules see the bridge: use %s, or -m physdev", wanted, dev->master->name, dev->master->name);
	if (dev && seen && seen->lower == dev)
		return arena_printf(k->a, "the frame is tagged for VLAN %u, and rules see the VLAN's interface: use %s", seen->vlan_id, have);
	if (!dev && !strchr(wanted, '+'))
		return arena_printf(k->a, "there is no interface %s: use %s", wanted, have ? have : "one that exists");
	return NULL;
}

static void mend_interface(struct asking *k, const struct near *n)
{
	bool out = n->parts == 1u << PROBE_OUT;
	const struct rule *r = n->rule;
	const char *have = NULL, *note, *wanted;

	for (const struct step *s = k->st->first; s; s = s->next)
		if (s->type == EV_HOOK && s->pkt == n->pkt && s->host == n->host && s->hook == n->hook)
			have = out ? s->dev2 : s->dev;
	wanted = out ? r->ip.outiface : r->ip.iniface;
	if (have && strcmp(have, "lo") == 0 && effect(r) == EFFECT_ACCEPT)
		k->out->fix = arena_printf(k->a, "%s %s lo -j ACCEPT", command_for(k, r->chain, "-I"), out ? "-o" : "-i");
	else if ((note = about_interface(k, wanted, have)))
		k->out->fix = note;
	else
		k->out->fix = arena_printf(k->a, "use %s %s in the rule", out ? "-o" : "-i", have ? have : "the interface that it has");
}

static void mend_turned(struct asking *k, const struct near *n)
{
	if (strcmp(n->turned, "interfaces") == 0) {
		k->out->reason = arena_printf(k->a, "%s; it is for the other direction (-i and -o)", k->out->reason);
		k->out->fix = arena_printf(k->a, "exchange -i and -o in %s, and accept the answers by state: -m conntrack --ctstate RELATED,ESTABLISHED", place_of(k, n->rule));
		return;
	}
	k->out->reason = arena_printf(k->a, "%s; it takes source and destination for each other (%s)", k->out->reason, n->turned);
	if (strcmp(n->turned, "ports") == 0)
		k->out->fix = arena_printf(k->a, "exchange source and destination port in %s: the port of a service is the destination (--dport) of what its clients send, and the source (--sport) of its answers",
					   place_of(k, n->rule));
	else if (strcmp(n->turned, "addresses") == 0)
		k->out->fix = arena_printf(k->a, "exchange source and destination address (-s and -d, src and dst) in %s", place_of(k, n->rule));
	else
		k->out->fix = arena_printf(k->a, "%s asks for the other direction: accept answers by state, -m conntrack --ctstate RELATED,ESTABLISHED, or exchange source and destination",
					   place_of(k, n->rule));
}

static void how_to_mend(struct asking *k, const struct near *n)
{
	static const struct { const char *match, *fix; } known[] = {
		{ "time", "give the times in UTC, or add --kerneltz where the kernel knows the time zone" },
		{ "mac", "a frame has the MAC address of the last hop: behind a router that is the router's; use -s, or filter where the sender is on the link" },
		{ "owner", "the packet's socket belongs to another user (a resolver or a service asks on the program's behalf): let the rule name that one too" },
		{ "set", "add the address to the set, or let the rule ask for the right direction (src, dst)" },
		{ "string", "the payload comes after the connection is established: look for it there, before ESTABLISHED is accepted" },
		{ "addrtype", "LOCAL is only what is an address of this host: give the address to an interface, or use -d" },
		{ "mark", "set the mark before this rule is asked, and for every packet of the connection: -j CONNMARK --save-mark, --restore-mark" },
	};
	const char *name = n->match ? n->match->ext->name : "";

	if (n->turned) {
		mend_turned(k, n);
		return;
	}
	if (remembers(n->match) && effect(n->rule) == EFFECT_DENY) {
		k->out->reason = arena_printf(k->a, "%s; a limit on DROP drops only so many, the rest goes on", k->out->reason);
		k->out->fix = "turn it round: accept up to the limit, and drop what follows";
		return;
	}
	if (strcmp(name, "limit") == 0) {
		k->out->reason = arena_printf(k->a, "%s; -m limit keeps one bucket for the rule, not one for each source: others have emptied it", k->out->reason);
		k->out->fix = "use -m hashlimit --hashlimit-mode srcip for a bucket per source, or a higher rate and burst";
		return;
	}
	if (strstr(n->why[0], "a later fragment")) {
		k->out->fix = "have conntrack put fragments together before (any rule with -m conntrack does), or accept them: -f";
		return;
	}
	if (strstr(n->why[0], "state is UNTRACKED")) {
		const struct rule *by = untracked_by(k);

		also_rule(k, by);
		k->out->fix = by ? arena_printf(k->a, "%s takes the packet out of conntrack: make it narrower, or accept --ctstate UNTRACKED", place_of(k, by))
				 : "accept --ctstate UNTRACKED too";
		return;
	}
	if (strstr(n->why[0], "state is NEW")) {
		k->out->fix = arena_printf(k->a, "the packet opens a connection: let %s accept NEW too", place_of(k, n->rule));
		return;
	}
	if (strcmp(n->rule->chain->table->name, "raw") == 0 && (strcmp(name, "conntrack") == 0 || strcmp(name, "state") == 0)) {
		k->out->reason = arena_printf(k->a, "%s; raw is asked before conntrack, so no packet has a state there", k->out->reason);
		k->out->fix = "ask for the state in mangle PREROUTING or in filter";
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (strcmp(name, known[i].match) == 0) {
			k->out->fix = known[i].fix;
			return;
		}
	if (!n->match && (n->parts == 1u << PROBE_OUT || n->parts == 1u << PROBE_IN))
		mend_interface(k, n);
	else
		k->out->fix = arena_printf(k->a, "change this condition of %s", place_of(k, n->rule));
}

void explain_missed(struct asking *k, const struct near *n)
{
	const struct rule *r = n->rule;

	blame_rule(k, r);
	k->out->reason = arena_printf(k->a, "%s does not match: %s", place_of(k, r), n->why[0]);
	if (n->before_nat) {
		k->out->culprit.cause = "the packet was rewritten by NAT before it came here";
		k->out->reason = arena_printf(k->a, "%s; it asks for what the packet was before NAT rewrote it (%s)", k->out->reason, n->before_nat);
		k->out->fix = "filter on what the packet is after NAT, or on the original with -m conntrack --ctorigdst, --ctorigdstport";
		return;
	}
	if (after_snat(k, n)) {
		k->out->culprit.cause = "the source is translated only later, in POSTROUTING";
		k->out->reason = arena_printf(k->a, "%s; that is what the source becomes, but SNAT and MASQUERADE come last, after this rule", k->out->reason);
		k->out->fix = "filter on the source that the packet has before NAT";
		return;
	}
	if (n->jump) {
		blame_rule(k, n->jump);
		also_rule(k, r);
		k->out->reason = arena_printf(k->a, "%s leads to chain %s, and does not match: %s", place_of(k, n->jump), r->chain->name, n->why[0]);
		k->out->fix = arena_printf(k->a, "change the condition of %s, or send this packet there by a rule of its own", place_of(k, n->jump));
		return;
	}
	how_to_mend(k, n);
}
