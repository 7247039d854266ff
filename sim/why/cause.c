// SPDX-License-Identifier: MIT
/* cause.c - who is at fault: first what ended the packet, and when nothing did, what was meant. */
#include "sim/why/internal.h"
#include "rules/analyse/analyse.h"
#include "rules/rules.h"
#include "sim/net/net.h"
#include <ctype.h>
#include <stdio.h>

/* ---- dropped by a rule or policy */

static void want_established(struct asking *k)
{
	const struct step *ct = k->f.ct;
	const char *first = journey_answered(k->w->journey, k->pkt);

	if (!(ct && ct->what == CT_EV_FOUND) && !first)
		return;
	k->out->culprit.cause = "no rule accepts ctstate ESTABLISHED";
	if (ct && ct->what == CT_EV_UNTRACKED) {
		const struct rule *by = untracked_by(k);

		k->out->culprit.cause = "no rule accepts ctstate UNTRACKED";
		also_rule(k, by);
		k->out->reason = arena_printf(k->a, "%s; the packet is the answer to %s, but %s makes it UNTRACKED, so it is not ESTABLISHED", k->out->reason, first,
					      by ? place_of(k, by) : "a raw rule");
		k->out->fix = arena_printf(k->a, "%s -m conntrack --ctstate UNTRACKED %s -j ACCEPT, or leave such packets to conntrack", command_for(k, k->f.end->chain, "-I"),
					   conditions_of(k));
		return;
	}
	if (first)
		k->out->reason = arena_printf(k->a, "%s; the packet is the answer to %s, so it would be ESTABLISHED, but no rule accepts that state", k->out->reason, first);
	else
		k->out->reason = arena_printf(k->a, "%s; the packet belongs to a known connection (%s), but no rule accepts that state", k->out->reason, ct->text);
	k->out->fix = arena_printf(k->a, "%s -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT", command_for(k, k->f.end->chain, "-I"));
}

/* ---- a connection that another one announced */

static const struct service { uint16_t port; uint8_t proto; const char *helper, *proto_name; } announcers[] = {
	{ 21, IPPROTO_TCP, "ftp", "tcp" }, { 69, IPPROTO_UDP, "tftp", "udp" }, { 5060, IPPROTO_UDP, "sip", "udp" }, { 5060, IPPROTO_TCP, "sip", "tcp" },
	{ 6667, IPPROTO_TCP, "irc", "tcp" }, { 1723, IPPROTO_TCP, "pptp", "tcp" },
};

static const struct service *announcer(const struct step *s)
{
	for (size_t i = 0; i < ARRAY_SIZE(announcers); i++)
		if (s->flow.proto == announcers[i].proto && ntohs(s->flow.port[1]) == announcers[i].port)
			return &announcers[i];
	return NULL;
}

static bool same_ends(const struct flow *a, const struct flow *b)
{
	return (inet_addr_equal(&a->addr[0], &b->addr[0]) && inet_addr_equal(&a->addr[1], &b->addr[1])) ||
	       (inet_addr_equal(&a->addr[0], &b->addr[1]) && inet_addr_equal(&a->addr[1], &b->addr[0]));
}

static bool has_helper(const struct story *st, const struct step *of)
{
	for (const struct step *s = st->first; s; s = s->next)
		if (s->type == EV_CT && s->host == of->host && s->pkt == of->pkt && s->helper)
			return true;
	return false;
}

/* The last packet of a control connection between the same two, with no helper that would read what it announces. */
static const struct step *control_without_helper(const struct asking *k, const struct story **ret)
{
	const struct step *found = NULL;

	for (const struct story *st = journey_first(k->w->journey); st && st != k->st; st = st->next)
		for (const struct step *s = st->first; s; s = s->next)
			if (s->type == EV_HOOK && s->host == k->host && announcer(s) && same_ends(&s->flow, &k->f.end->flow) && !has_helper(st, s)) {
				found = s;
				*ret = st;
			}
	return found;
}

static void want_helper(struct asking *k)
{
	const struct near *n = nearest(k, related_accept);
	const struct story *st = NULL;
	const struct step *control;
	const struct service *of;
	const char *in, *was = k->out->reason;
	bool own;

	if (!n || !k->f.ct || k->f.ct->what != CT_EV_NEW || !k->f.end->flow.proto || !(control = control_without_helper(k, &st)))
		return;
	of = announcer(control);
	own = control->hook == NF_INET_LOCAL_OUT || (control->hook == NF_INET_POST_ROUTING && !control->dev);
	in = own ? "OUTPUT" : "PREROUTING";
	k->out->also = k->out->culprit;
	k->out->culprit = (struct culprit){ .kind = CULPRIT_MISSING, .host = k->host, .table = "raw", .in = in,
					    .cause = arena_printf(k->a, "-p %s --dport %u -j CT --helper %s", of->proto_name, of->port, of->helper) };
	k->out->reason = arena_printf(k->a, "the packet opens a connection that was announced in the one from %s to %s port %u, but no %s helper reads that one (the kernel attaches none by itself), so it is NEW and not RELATED, and %s does not accept it; %s",
				      addr_text(k, &control->flow.addr[0]), addr_text(k, &control->flow.addr[1]), of->port, of->helper, place_of(k, n->rule), was);
	k->out->fix = arena_printf(k->a, "%s -t raw -A %s %s", iptables_of(k), in, k->out->culprit.cause);
}

/* iptables-nft's tables beside iptables-legacy's: what one accepted the other dropped. */
static void other_backend(struct asking *k)
{
	const struct step *end = k->f.end, *ok = NULL, *hook = NULL;
	bool nft = end->chain->table->ruleset->nft;

	for (const struct step *s = k->st->first; s && s != end; s = s->next) {
		if (s->pkt != k->pkt || s->host != k->host)
			continue;
		if (s->type == EV_HOOK) {
			hook = s;
			ok = NULL;
		}
		if (s->type == EV_RULE && s->matched && hook && s->hook == hook->hook && s->table->ruleset->nft != nft && effect(s->rule) == EFFECT_ACCEPT &&
		    strcmp(s->table->name, end->chain->table->name) == 0)
			ok = s;
	}
	if (!ok)
		return;
	also_rule(k, ok->rule);
	k->out->reason = arena_printf(k->a, "%s accepts the packet, but that ends only the rules of iptables-%s: both backends have a hook at this place, and in the other, iptables-%s, %s drops it; %s",
				      place_of(k, ok->rule), nft ? "legacy" : "nft", nft ? "nft" : "legacy", drop_place(k, end), k->out->reason);
	k->out->fix = arena_printf(k->a, "use one backend: move the rules, then iptables-%s -P %s ACCEPT and iptables-%s -F", nft ? "nft" : "legacy", end->chain->name, nft ? "nft" : "legacy");
}

static void bridged_too(struct asking *k)
{
	const struct step *fw = k->f.hook[NF_INET_FORWARD];
	const struct net_device *dev = fw && fw->dev && fw->dev2 && strcmp(fw->dev, fw->dev2) == 0 ? dev_by_name(k->host, fw->dev) : NULL;

	if (!dev || dev->kind != DEV_BRIDGE)
		return;
	k->out->also = (struct culprit){ .host = k->host, .kind = CULPRIT_SYSCTL, .name = "net.bridge.bridge-nf-call-iptables", .value = "1" };
	k->out->reason = arena_printf(k->a, "%s; bridge-nf-call-iptables=1 sends bridged frames (in=%s out=%s) through FORWARD", k->out->reason, dev->name, dev->name);
	k->out->fix = "sysctl -w net.bridge.bridge-nf-call-iptables=0, or accept what is bridged: -m physdev --physdev-is-bridged";
}

/* Another host on the way translated the source that the rule asks for. */
static const struct step *source_masked(const struct asking *k, const struct near *n)
{
	const struct rule *r = n->rule;
	const struct step *first = NULL;

	if (n->match || n->parts != 1u << PROBE_SRC || r->ip.inv_src || r->chain->table->family != NFPROTO_IPV4)
		return NULL;
	for (const struct step *s = k->st->first; s; s = s->next) {
		if (s->pkt != k->pkt)
			continue;
		if (!first && s->type == EV_HOOK)
			first = s;
		if (s->type == EV_NAT && s->matched && !s->what && s->rule && s->host != k->host && first &&
		    (first->flow.addr[0].ip & r->ip.smsk.ip) == r->ip.src.ip)
			return s;
	}
	return NULL;
}

/* A rule or policy for all the rest took it: which rule was to accept it, and why did it not? Who took it stays the
 * culprit, unless another host's NAT is to blame. */
static void almost_accepted(struct asking *k)
{
	const struct near *n = nearest(k, missed_accept);
	const struct step *nat;
	struct answer was = *k->out;

	if (!n)
		return;
	explain_missed(k, n);
	k->out->reason = arena_printf(k->a, "%s; %s", was.reason, k->out->reason);
	if (was.culprit.cause)		/* the better advice is there: accept by state */
		k->out->fix = was.fix;
	if (!k->out->also.kind)
		k->out->also = k->out->culprit;
	k->out->culprit = was.culprit;
	if ((nat = source_masked(k, n))) {
		k->out->also = was.culprit;
		k->out->culprit = (struct culprit){ .kind = CULPRIT_RULE, .host = nat->host, .chain = nat->rule->chain, .rule = nat->rule };
		k->out->reason = arena_printf(k->a, "%s; the sender's own address would match, but %s of %s (%s) has put another in its place", k->out->reason, place_of(k, nat->rule),
					      nat->host->name, rule_text(k, nat->rule));
		k->out->fix = arena_printf(k->a, "let %s translate only what needs it: -o with the interface to the outside, or -s with the inside", place_of(k, nat->rule));
	}
}

/* The policy came because a rule sent the packet past one that would have accepted it: a goto, whose chain does not come
 * back, or a RETURN in the chain itself. */
static bool sent_past(struct asking *k)
{
	const struct near *n = nearest(k, shadowed_accept);
	const struct rule *by = n ? n->by : NULL;

	if (!by || by->chain != k->f.end->chain || (by->verdict != XT_GOTO && by->verdict != XT_RETURN))
		return false;
	blame_rule(k, by);
	also_rule(k, n->rule);
	if (by->verdict == XT_RETURN) {
		k->out->reason = arena_printf(k->a, "%s (%s) returns the packet to the policy, before %s (%s), which would accept it, is asked", place_of(k, by), rule_text(k, by),
					      place_of(k, n->rule), rule_text(k, n->rule));
		k->out->fix = arena_printf(k->a, "accept the packet before: %s %u %s", command_for(k, by->chain, "-I"), by->number, rule_text(k, n->rule));
		return true;
	}
	k->out->reason = arena_printf(k->a, "%s (%s) is a goto: at the end of chain %s the packet does not come back for %s (%s), which would accept it, but meets the policy", place_of(k, by),
				      rule_text(k, by), by->target_chain ? by->target_chain->name : "?", place_of(k, n->rule), rule_text(k, n->rule));
	k->out->fix = arena_printf(k->a, "jump instead (-j %s), or accept the packet in that chain", by->target_chain ? by->target_chain->name : "CHAIN");
	return true;
}

/* The step in which r took the packet. */
static const struct step *decision(const struct asking *k, const struct rule *r)
{
	const struct step *found = NULL;

	for (const struct step *s = k->st->first; s; s = s->next)
		if (s->type == EV_RULE && s->matched && s->rule == r && s->pkt == k->pkt)
			found = s;
	return found;
}

static void dropped_by_rules(struct asking *k)
{
	const struct step *end = k->f.end;
	const struct near *n;

	if (not_routed_again(k))
		return;
	if (!end->rule && !end->chain) {
		packet_at_fault(k, "a netfilter hook that is no table dropped it", "look at the trace");
		return;
	}
	if ((n = nearest(k, limited_accept))) {
		explain_missed(k, n);
		also_rule(k, end->rule);
		return;
	}
	if (end->rule) {
		const struct step *s = decision(k, end->rule);

		blame_rule(k, end->rule);
		k->out->reason = arena_printf(k->a, "%s (%s) takes the packet%s%s", place_of(k, end->rule), rule_text(k, end->rule),
					      s && s->rule == end->rule && s->text && *s->text ? ": " : specific(end->rule) || end->rule->nr_match ? "" : ": it has no conditions",
					      s && s->rule == end->rule && s->text && *s->text ? s->text : "");
		if ((n = nearest(k, shadowed_accept)) && specific(n->rule) >= specific(end->rule) && !stateful(end->rule) &&
		    !has_match(end->rule, "conntrack") && !has_match(end->rule, "state")) {
			k->out->reason = arena_printf(k->a, "%s; %s (%s), which would accept it, comes later and is never asked", k->out->reason, place_of(k, n->rule),
						      rule_text(k, n->rule));
			k->out->fix = n->rule->chain == end->rule->chain
				? arena_printf(k->a, "insert instead of append: %s %u %s", command_for(k, end->chain, "-I"), end->rule->number, rule_text(k, n->rule))
				: arena_printf(k->a, "accept the packet before %s", place_of(k, end->rule));
			also_rule(k, n->rule);
		} else {
			k->out->fix = arena_printf(k->a, "accept the packet before %s: %s %u %s -j ACCEPT; or make that rule narrower", place_of(k, end->rule),
						   command_for(k, end->chain, "-I"), end->rule->number, conditions_of(k));
		}
		if (!specific(end->rule) && !end->rule->nr_match)
			want_established(k);
	} else if (!sent_past(k)) {
		k->out->culprit = (struct culprit){ .host = k->host, .kind = CULPRIT_POLICY, .chain = end->chain };
		k->out->reason = arena_printf(k->a, "no rule of %s%s %s takes the packet, so its policy DROP does", table_kind(end->table), end->table->name, end->chain->name);
		k->out->fix = arena_printf(k->a, "add a rule that accepts it: %s %s -j ACCEPT", command_for(k, end->chain, "-A"), conditions_of(k));
		want_established(k);
	}
	if ((n = nearest(k, rewritten_accept))) {
		also_rule(k, n->rule);
		k->out->reason = arena_printf(k->a, "%s; %s asks for what the packet was before NAT rewrote it (%s): %s", k->out->reason,
					      place_of(k, n->rule), n->before_nat, n->why[0]);
		k->out->fix = arena_printf(k->a, "let %s ask for what the packet is after NAT", place_of(k, n->rule));
	}
	else if (!(end->rule && (specific(end->rule) || end->rule->nr_match)) && k->out->also.kind == CULPRIT_NONE)
		almost_accepted(k);
	if (!(end->rule && (specific(end->rule) || end->rule->nr_match)))
		want_helper(k);
	if (k->f.ct && k->f.ct->what == CT_EV_INVALID)
		k->out->culprit.cause = "conntrack has not seen the connection begin: the other direction may go another way";
	bridged_too(k);
	other_backend(k);
}

/* Did this packet pass host h? */
static bool passed(const struct asking *k, uint64_t pkt, const struct host *h)
{
	for (const struct step *s = k->st->first; s; s = s->next)
		if (s->type == EV_HOOK && s->pkt == pkt && s->host == h)
			return true;
	return false;
}

/* The answer ends in a host that the question never came by: whoever sent it there has no route back to where the
 * question came from. */
static bool answer_strays(struct asking *k)
{
	const struct step *sent = NULL, *asked = NULL;
	const struct host *by = NULL;

	for (const struct step *s = k->st->first; k->w->lab && s && !sent; s = s->next)
		if (s->type == EV_HOOK && s->pkt == k->pkt)
			sent = s;
	if (!sent || !sent->flow.proto || sent->hook != NF_INET_LOCAL_OUT || sent->host == k->host)
		return false;
	for (const struct step *s = k->st->first; s != sent; s = s->next) {
		const struct flow *f = &s->flow;

		if (s->type == EV_HOOK && s->hook == NF_INET_LOCAL_IN && s->host == sent->host && f->proto == sent->flow.proto &&
		    inet_addr_equal(&f->addr[0], &sent->flow.addr[1]) && inet_addr_equal(&f->addr[1], &sent->flow.addr[0]) &&
		    f->port[0] == sent->flow.port[1] && f->port[1] == sent->flow.port[0])
			asked = s;
	}
	if (!asked || passed(k, asked->pkt, k->host))
		return false;
	for (const struct step *s = k->st->first; s != asked; s = s->next)	/* who handed the question to it? */
		if (s->type == EV_HOOK && s->hook == NF_INET_FORWARD && s->pkt == asked->pkt)
			by = s->host;
	if (!by)
		return false;
	k->out->also = (struct culprit){ .kind = CULPRIT_NONE };
	k->out->culprit = (struct culprit){ .kind = CULPRIT_ROUTE, .host = sent->host,
					    .name = arena_printf(k->a, "to %s by way of %s, not %s", addr_text(k, &sent->flow.addr[1]), k->host->name, by->name) };
	k->out->reason = arena_printf(k->a, "%s is asked by way of %s, but sends its answer to %s by way of %s, where it ends: a route back to %s by %s is missing", sent->host->name,
				      by->name, addr_text(k, &sent->flow.addr[1]), k->host->name, addr_text(k, &sent->flow.addr[1]), by->name);
	k->out->fix = arena_printf(k->a, "on %s: ip route add %s via the address of %s; or let %s masquerade", sent->host->name, addr_text(k, &sent->flow.addr[1]), by->name,
				   by->name);
	return true;
}

static void about_packet(struct asking *k)
{
	if (left_open(k))
		return;
	switch (k->f.kind) {
	case FATE_DROPPED:
	case FATE_REJECTED:
		if (answer_strays(k))
			return;
		if (k->f.end->reason == DROP_NETFILTER_DROP)
			dropped_by_rules(k);
		else
			dropped_otherwise(k);
		return;
	case FATE_UNKNOWN:
		if (k->f.end->rule)
			blame_rule(k, k->f.end->rule);
		k->out->reason = "what becomes of it hangs on an extension that is not emulated";
		k->out->fix = "leave the extension out, or say what it answers";
		return;
	default:
		if (bridge_unseen(k))
			return;
		/* Where the other hosts are known, what they lack goes first. */
		if (k->w->lab && k->f.kind == FATE_DELIVERED && no_way_back(k))
			return;
		if (!something_else_meant(k) && !(k->f.kind == FATE_DELIVERED && no_way_back(k)) && !answer_goes_elsewhere(k))
			nothing_wrong(k);
	}
}

void ask_about(struct asking *k, const struct story *st, uint64_t pkt)
{
	k->st = st;
	k->pkt = pkt;
	fate_of(st, pkt, &k->f);
	k->host = k->f.host ? (struct host *)k->f.host : k->w->host;
}

/* ---- about one rule */

static const struct near *near_of(const struct story *st, const struct rule *r)
{
	const struct near *best = NULL;

	for (const struct near *n = st->near; n; n = n->next)
		if (n->rule == r && (!best || n->how < best->how || (n->how == best->how && n->nr_failed <= best->nr_failed)))
			best = n;
	return best;
}

/* Matched by none of the packets: the one that came nearest, the last of these. */
static bool nearer(const struct near *a, const struct near *b)
{
	if (!b)
		return true;
	if (a->nr_failed != b->nr_failed)
		return a->nr_failed < b->nr_failed;
	return a->how <= b->how;
}

static const struct step *match_of(const struct story *st, const struct rule *r)
{
	for (const struct step *s = st->first; s; s = s->next)
		if (s->type == EV_RULE && s->matched && s->rule == r)
			return s;
	return NULL;
}

static bool choose(struct asking *k);

/* No packet came to where the rule is. */
static void never_near(struct asking *k, const struct rule *r)
{
	uint8_t family = r->chain->table->family;
	const char *more;

	if (!r->chain->builtin && !r->chain->hooks_reached) {
		struct near n = { .rule = r };

		explain_loose(k, &n);
		return;
	}
	if (!choose(k))
		return;
	if ((family == NFPROTO_IPV4 || family == NFPROTO_IPV6) && k->st->family && k->st->family != family) {
		bool v6 = family == NFPROTO_IPV6;

		blame_rule(k, r);
		k->out->culprit.cause = v6 ? "the packet is IPv4" : "the packet is IPv6";
		k->out->reason = arena_printf(k->a, "the packet is %s, and rules of %s see only %s: %s is never asked", v6 ? "IPv4" : "IPv6", v6 ? "ip6tables" : "iptables",
					      v6 ? "IPv6" : "IPv4", place_of(k, r));
		k->out->fix = arena_printf(k->a, "add the rule with %s too", v6 ? "iptables" : "ip6tables");
		return;
	}
	about_packet(k);
	more = k->out->reason;
	k->out->reason = arena_printf(k->a, "no packet comes to %s: %s", place_of(k, r), more);
	also_rule(k, r);
}

/* The rule did its work; what else is wrong? */
static void does_match(struct asking *k, const struct rule *r, unsigned matched)
{
	const char *said = arena_printf(k->a, "%s does match: %u of the packets", place_of(k, r), matched);

	if (mark_in_vain(k, r)) {
		k->out->reason = arena_printf(k->a, "%s; %s", said, k->out->reason);
		return;
	}
	if (fate_bad(&k->f) && k->f.end && k->f.end->rule != r) {
		about_packet(k);
		k->out->reason = arena_printf(k->a, "%s; %s", said, k->out->reason);
		return;
	}
	blame(k, CULPRIT_NONE, NULL);
	k->out->reason = said;
	k->out->fix = "nothing to fix";
}

/* A masquerading rule for another interface is right as it is; what is missing is one for the way back. */
static void missed(struct asking *k, const struct near *n)
{
	struct culprit asked;

	if (effect(n->rule) != EFFECT_SNAT || !hairpin(k)) {
		explain_missed(k, n);
		return;
	}
	if (k->out->culprit.rule == n->rule)
		return;
	asked = (struct culprit){ .kind = CULPRIT_RULE, .host = n->host, .chain = n->rule->chain, .rule = n->rule };
	k->out->also = k->out->culprit;
	k->out->culprit = asked;
	k->out->reason = arena_printf(k->a, "%s does not match: %s; %s", place_of(k, n->rule), n->why[0], k->out->reason);
}

static void about_rule(struct asking *k, const struct rule *r)
{
	const struct near *best = NULL, *n;
	const struct step *hit = NULL, *s;
	unsigned matched = 0;

	for (const struct story *st = journey_first(k->w->journey); st; st = st->next) {
		if ((s = match_of(st, r))) {
			matched++;
			if (!best) {
				k->st = st;
				hit = s;
			}
			continue;
		}
		n = near_of(st, r);
		if (n && n->how != NEAR_MATCHED && n->how != NEAR_LOOSE && nearer(n, best)) {
			best = n;
			k->st = st;
		}
	}
	if (!k->st) {
		never_near(k, r);
		return;
	}
	ask_about(k, k->st, best ? best->pkt : hit ? hit->pkt : k->st->pkt);
	if (!best) {
		does_match(k, r, matched);
		return;
	}
	k->host = (struct host *)best->host;
	fate_at(k->st, k->pkt, k->host, &k->f);
	switch (best->how) {
	case NEAR_SHADOWED:
		if (best->nr_failed || !best->by) {
			missed(k, best);
			break;
		}
		blame_rule(k, best->by);
		also_rule(k, r);
		explain_taken(k, best);
		break;
	case NEAR_SKIPPED:
		if (best->nr_failed || !explain_skipped_nat(k, best))
			explain_missed(k, best);
		break;
	case NEAR_OTHER_HOOK:
		/* Did it die before it could come there? */
		if (k->f.kind == FATE_DROPPED && !k->f.hook[NF_INET_LOCAL_IN] && !k->f.hook[NF_INET_FORWARD])
			about_packet(k);
		else if (best->nr_failed && !best->before_nat)
			explain_missed(k, best);
		else
			explain_elsewhere(k, best);
		break;
	default:
		missed(k, best);
		break;
	}
}

/* ---- which packet? */

/* Where packets pass hooks, in the order in which they came: the next one after "after", 0 = none. */
static uint64_t next_packet(const struct story *st, uint64_t after)
{
	bool past = !after;

	for (const struct step *s = st->first; s; s = s->next) {
		if (past && s->type == EV_HOOK && s->pkt > after)
			return s->pkt;
		past |= s->pkt == after;
	}
	return 0;
}

enum badness { GOOD, REFUSED, BAD };

static enum badness badness(const struct fate *f)
{
	return !fate_bad(f) ? GOOD : f->kind == FATE_REFUSED ? REFUSED : BAD;
}

/* The packet of a story that fared worst: the injected one, else the first of those it led to (an answer that is
 * dropped on its way). */
static enum badness worst(struct asking *k, const struct story *st)
{
	enum badness of_first;

	ask_about(k, st, st->pkt);
	of_first = badness(&k->f);
	if (of_first != GOOD || !st->pkt)
		return of_first;
	for (uint64_t id = next_packet(st, st->pkt); id; id = next_packet(st, id)) {
		ask_about(k, st, id);
		/* A redirect about a translated packet is held back by the kernel itself. */
		if (badness(&k->f) == BAD && k->f.end && k->f.end->reason != DROP_TCP_RESET &&
		    !(k->f.end->reason == DROP_NETFILTER_DROP && !k->f.end->chain))
			return BAD;
	}
	ask_about(k, st, st->pkt);
	return GOOD;
}

/* The last that was dropped, else the last that was refused, else the last. An IPv6 packet that got in where IPv4 is
 * closed goes first. */
static bool choose(struct asking *k)
{
	const struct story *best = NULL;
	enum badness bad = GOOD;

	for (const struct story *st = journey_first(k->w->journey); st; st = st->next) {
		enum badness b;

		if ((!st->pkt && !st->first) || st->kind == INJECT_LISTEN || st->kind == INJECT_SKIP ||
		    st->kind == INJECT_COMMAND)
			continue;
		ask_about(k, st, st->pkt);
		if (left_open(k))
			return true;
		b = worst(k, st);
		if (b >= bad) {
			bad = b;
			best = st;
		}
	}
	if (best)
		worst(k, best);
	return best;
}

/* text has the word; beside it is nothing that would make it another. */
static bool has_word(const char *text, const char *word)
{
	size_t n = strlen(word);

	for (const char *at = text; (at = strstr(at, word)); at += n) {
		bool begins = at == text || !isalnum((unsigned char)at[-1]);

		if (begins && !isalnum((unsigned char)at[n]))
			return true;
	}
	return false;
}

static bool takes_away(const char *command)
{
	static const char *const words[] = { " -D ", " -X", " -F", " -Z", " -N ", " --delete", " --flush", " --new-chain", " del ", " flush ", " destroy " };

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strstr(command, words[i]))
			return true;
	return false;
}

/* How much a failed command has to do with the packet: 0 = nothing. One that should add counts always, one that should
 * take away only when it names the chain that ended the packet. */
static unsigned concerns(const struct asking *k, const struct failed_command *c)
{
	char port[8];
	unsigned n = takes_away(c->text) ? 0 : 1;

	if (!n)
		return k->f.end && k->f.end->chain && has_word(c->text, k->f.end->chain->name) ? 1 : 0;
	for (const struct step *s = k->st ? k->st->first : NULL; s; s = s->next) {
		if (s->type != EV_HOOK || !s->flow.port[1])
			continue;
		snprintf(port, sizeof(port), "%u", ntohs(s->flow.port[1]));
		return n + 2 * has_word(c->text, port);
	}
	return n;
}

static const char *mend_command(const char *message)
{
	static const struct { const char *says, *fix; } known[] = {
		{ "Can't use -o with", "leave -o out: in PREROUTING and INPUT a packet has no output interface yet, use -i" },
		{ "Can't use -i with", "leave -i out: in OUTPUT and POSTROUTING no input interface is known, use -o" },
		{ "Index of insertion too big", "append with -A, or give a number that is at most one more than the chain has rules" },
		{ "Bad built-in chain name", "only built-in chains have a policy: end a chain of your own with a rule, -A CHAIN -j DROP" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (strstr(message, known[i].says))
			return known[i].fix;
	return "correct the command";
}

static bool command_failed(struct asking *k)
{
	const struct failed_command *c = NULL;
	unsigned most = 0;

	for (const struct failed_command *f = k->w->failed; f; f = f->next)
		if (concerns(k, f) > most) {
			c = f;
			most = concerns(k, f);
		}
	if (!c)
		return false;
	k->out->culprit = (struct culprit){ .host = k->host, .kind = CULPRIT_COMMAND, .name = c->text, .line = c->line };
	k->out->reason = arena_printf(k->a, "the command fails, so what it should %s: %s", takes_away(c->text) ? "take away is still there" : "add is not there", c->message);
	k->out->fix = c->hint ? c->hint : mend_command(c->message);
	return true;
}

void why_answer(const struct why *w, struct answer *ret)
{
	struct asking k = { .w = w, .a = journey_arena(w->journey), .out = ret, .host = w->host };
	struct strbuf sb = { 0 };

	*ret = (struct answer){ 0 };
	if (w->ask.rule) {
		about_rule(&k, w->ask.rule);
	} else {
		if (choose(&k) && !command_failed(&k))
			about_packet(&k);
	}
	if (!k.st && !ret->reason && !command_failed(&k)) {
		ret->reason = w->ask.rule ? "no packet came near it" : "no packet was sent";
		ret->fix = "give a packet: 'eth0: tcp 198.51.100.7:40000 > 203.0.113.10:80 S'";
	}
	if (k.st) {
		fate_say(k.st, &k.f, &sb);
		ret->verdict = arena_strdup(k.a, sb_str(&sb));
	}
	ret->story = k.st;
	ret->pkt = k.pkt;
	sb_free(&sb);
}

/* ---- without traffic */

static bool says_never(const struct finding *g, const struct rule *r)
{
	static const char *const of_rule[] = { "impossible", "impossible-here", "unreached-rule", "shadowed", "after-all" };
	static const char *const of_chain[] = { "unused-chain", "unreached-chain" };

	for (size_t i = 0; i < ARRAY_SIZE(of_rule); i++)
		if (g->rule == r && strcmp(g->kind->id, of_rule[i]) == 0)
			return true;
	for (size_t i = 0; i < ARRAY_SIZE(of_chain); i++)
		if (!g->rule && g->chain == r->chain && strcmp(g->kind->id, of_chain[i]) == 0)
			return true;
	/* what follows a rule that takes everything is told of the first */
	return g->rule && g->chain == r->chain && g->rule->number < r->number && strcmp(g->kind->id, "after-all") == 0;
}

void why_static(const struct why *w, struct answer *ret)
{
	struct asking k = { .w = w, .a = journey_arena(w->journey), .out = ret, .host = w->host };
	const struct rule *r = w->ask.rule;
	struct findings f;

	*ret = (struct answer){ 0 };
	findings_init(&f, k.a);
	check_reach(host_ruleset(w->host, r->chain->table->family), 900u << 20, &f);
	for (const struct finding *g = f.first; g; g = g->next) {
		if (!says_never(g, r))
			continue;
		blame_rule(&k, g->nr_by ? g->by[0] : r);
		if (g->nr_by)
			also_rule(&k, g->nr_by > 1 ? g->by[1] : r);
		ret->reason = arena_printf(k.a, "no packet can reach %s and match: %s", place_of(&k, r), g->text);
		ret->fix = g->hint ? g->hint : g->kind->explanation;
		return;
	}
	blame(&k, CULPRIT_NONE, NULL);
	ret->reason = f.incomplete ? "the rules are too many to say it without a packet"
				   : arena_printf(k.a, "packets can reach %s and match", place_of(&k, r));
	ret->fix = "give a packet that should match: 'eth0: tcp 198.51.100.7:40000 > 203.0.113.10:80 S'";
}
