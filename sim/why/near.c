// SPDX-License-Identifier: MIT
/* near.c - of the rules that a packet came near, the one that matters; and what to say of it. */
#include "sim/why/internal.h"
#include "sim/net/fib.h"

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

bool shadowed_deny(const struct asking *k, const struct near *n)
{
	(void)k;
	return n->how == NEAR_SHADOWED && (!n->nr_failed || n->before_nat) && !n->nr_open && effect(n->rule) == EFFECT_DENY && n->by && specific(n->rule) > 0 &&
	       specific(n->by) <= specific(n->rule);
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
	return n->how == NEAR_OTHER_HOOK && !n->nr_failed && effect(n->rule) == EFFECT_DENY && specific(n->rule) > 1;
}

/* Misses by a condition that people get wrong: not by what the packet is, but by where and when it comes. */
static bool missed_by_circumstance(const struct near *n)
{
	static const char *const names[] = { "time", "owner", "mark", "connmark", "conntrack", "state", "mac", "limit", "hashlimit", "connlimit",
					     "recent", "quota", "addrtype", "physdev", "set", "realm", "pkttype", "rpfilter", "policy" };

	if (n->nr_failed != 1 || n->jump)
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
	if (n->how != NEAR_FAILED || !nat_wanted(k, n) || translated_already(k, n))
		return false;
	return missed_by_circumstance(n) || (n->nr_failed == 1 && !n->match && !n->jump && n->parts == 1u << PROBE_SRC && effect(n->rule) == EFFECT_SNAT);
}

bool missed_deny(const struct asking *k, const struct near *n)
{
	(void)k;
	return n->how == NEAR_FAILED && effect(n->rule) == EFFECT_DENY && missed_by_circumstance(n) && specific(n->rule) > 0;
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
		k->out->fix = arena_printf(k->a, "put rule %u in front of rule %u: iptables -t %s -I %s %u %s", r->number, by->number,
					   r->chain->table->name, r->chain->name, by->number, rule_text(k, r));
	else
		k->out->fix = arena_printf(k->a, "let the packet pass %s, or put the rule in front of what leads there", place_of(k, by));
}

static const struct rule *untracked_by(const struct asking *k)
{
	for (const struct step *s = k->st->first; s; s = s->next)
		if (s->pkt == k->pkt && s->type == EV_RULE && s->matched && (target_is(s->rule, "CT") || target_is(s->rule, "NOTRACK")))
			return s->rule;
	return NULL;
}

/* The nat table was not run for this packet. */
bool explain_skipped_nat(struct asking *k, const struct near *n)
{
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
	blame(k, CULPRIT_CONNTRACK, arena_printf(k->a, "%s, created before %s existed", strstr(k->f.ct->text, "connection ") ?
						 strstr(k->f.ct->text, "connection ") + 11 : k->f.ct->text, place_of(k, r)));
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
	k->out->fix = arena_printf(k->a, "put the rule into %s too: iptables -t %s -I %s %s", go, r->chain->table->name, go, rule_text(k, r));
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
	if (n->jump) {
		blame_rule(k, n->jump);
		also_rule(k, r);
		k->out->reason = arena_printf(k->a, "%s leads to chain %s, and does not match: %s", place_of(k, n->jump), r->chain->name, n->why[0]);
		k->out->fix = arena_printf(k->a, "change the condition of %s, or send this packet there by a rule of its own", place_of(k, n->jump));
		return;
	}
	if (n->match && strcmp(n->match->ext->name, "time") == 0)
		k->out->fix = "give the times in UTC, or add --kerneltz where the kernel knows the time zone";
	else if (n->match && strcmp(n->match->ext->name, "limit") == 0) {
		k->out->reason = arena_printf(k->a, "%s; -m limit keeps one bucket for the rule, not one for each source: others have emptied it", k->out->reason);
		k->out->fix = "use -m hashlimit --hashlimit-mode srcip for a bucket per source, or a higher rate and burst";
	} else if (n->parts == 1u << PROBE_OUT || n->parts == 1u << PROBE_IN) {
		const struct step *at = k->f.hook[n->hook];
		const char *have = at ? n->parts == 1u << PROBE_OUT ? at->dev2 : at->dev : NULL;

		k->out->fix = arena_printf(k->a, "use %s %s in the rule", n->parts == 1u << PROBE_OUT ? "-o" : "-i", have ? have : "the interface that it has");
	} else {
		k->out->fix = arena_printf(k->a, "change this condition of %s", place_of(k, r));
	}
}
