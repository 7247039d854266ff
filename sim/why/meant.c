// SPDX-License-Identifier: MIT
/* meant.c - a packet that fared well: was something else meant? The rule that its owner must have meant was
 * nearest, would have done something else, and did not get or take the packet. */
#include "sim/why/internal.h"
#include "rules/rules.h"
#include "sim/net/fib.h"
#include "sim/net/net.h"
#include "sim/net/sock.h"
#include <stdlib.h>

/* ---- it fared well: was something else meant? */

static bool private_addr(be32 ip)
{
	uint32_t a = ntohl(ip);

	return a >> 24 == 10 || a >> 20 == 0xac1 || a >> 16 == 0xc0a8 || a >> 22 == (0x64400000 >> 22);
}

static bool dev_has(const struct net_device *dev, be32 ip)
{
	for (const struct in_ifaddr *ifa = dev->addrs; ifa; ifa = ifa->next)
		if (ifa->local == ip)
			return true;
	return false;
}

static bool dev_public(const struct net_device *dev)
{
	for (const struct in_ifaddr *ifa = dev->addrs; ifa; ifa = ifa->next)
		if (!private_addr(ifa->local))
			return true;
	return false;
}

static void missing_in_postrouting(struct asking *k, const char *rule)
{
	const struct ruleset *rs = host_ruleset(k->host, NFPROTO_IPV4);
	const struct table *nat = rs ? ruleset_table(rs, "nat") : NULL;

	k->out->culprit = (struct culprit){ .host = k->host, .kind = CULPRIT_MISSING, .chain = nat ? nat->hook_chain[NF_INET_POST_ROUTING] : NULL,
					    .cause = rule };
	k->out->fix = arena_printf(k->a, "iptables -t nat -A POSTROUTING %s", rule);
}

static void want_masquerade(struct asking *k, const char *dev)
{
	missing_in_postrouting(k, arena_printf(k->a, "-o %s -j MASQUERADE", dev));
}

/* Where the packet was to go before any NAT: as it came to this host. */
static const struct step *first_hook(const struct asking *k)
{
	for (const struct step *s = k->st->first; s; s = s->next)
		if (s->type == EV_HOOK && s->pkt == k->pkt && s->host == k->host)
			return s;
	return NULL;
}

static const char *first_destination(struct asking *k)
{
	const struct step *s = first_hook(k);

	return s ? addr_text(k, &s->flow.addr[1]) : "?";
}

static bool to_this_host(const struct asking *k)
{
	const struct step *s = first_hook(k);

	return s && s->flow.family == NFPROTO_IPV4 && inet_addr_type(k->host, s->flow.addr[1].ip) == RTN_LOCAL;
}

/* The source it leaves with is one that its answers cannot come back to. */
static bool wrong_source(struct asking *k)
{
	const struct step *r = k->f.again && !k->f.again->error ? k->f.again : k->f.route;
	const struct net_device *dev;

	if ((k->f.kind != FATE_SENT && k->f.kind != FATE_FORWARDED) || k->f.snat || !r || k->st->family != NFPROTO_IPV4 || !k->f.end->dev)
		return false;
	dev = dev_by_name(k->host, k->f.end->dev);
	if (!dev)
		return false;
	if (k->f.again && !k->f.dnat && k->f.kind == FATE_SENT && !dev_has(dev, r->src.ip) && inet_ifa_find(k->host, r->src.ip)) {
		want_masquerade(k, dev->name);
		k->out->reason = arena_printf(k->a, "the source %s was chosen by the first route lookup; the packet was then routed again to %s, which changes the interface but not the source",
					      addr_text(k, &r->src), dev->name);
		return true;
	}
	if (k->f.kind == FATE_FORWARDED && private_addr(r->src.ip) && !private_addr(r->dst.ip) && dev_public(dev) && !inet_addr_onlink(dev, r->src.ip, 0) &&
	    !(k->f.ct && k->f.ct->ctinfo >= IP_CT_IS_REPLY) && !(k->f.ct && (k->f.ct->status & IPS_SRC_NAT))) {
		want_masquerade(k, dev->name);
		k->out->reason = arena_printf(k->a, "no rule translates the private source %s, so the packet leaves by %s with it and no answer can come back",
					      addr_text(k, &r->src), dev->name);
		return true;
	}
	return false;
}

/* A program of the host's own is sent back to the host by NAT. */
static bool redirected_home(struct asking *k)
{
	const struct step *first = NULL;

	if (!k->f.dnat || !k->f.dnat->rule || !k->f.hook[NF_INET_LOCAL_OUT] || !k->f.hook[NF_INET_LOCAL_IN])
		return false;
	for (const struct step *s = k->st->first; s && !first; s = s->next)
		if (s->type == EV_ROUTE && s->what == 1)
			first = s;
	if (!first || first->rtype == RTN_LOCAL)
		return false;
	blame_rule(k, k->f.dnat->rule);
	k->out->reason = arena_printf(k->a, "%s (%s) takes the host's own connection to %s too and sends it back to the host: nothing in the rule leaves out the program that makes it",
				      place_of(k, k->f.dnat->rule), rule_text(k, k->f.dnat->rule), addr_text(k, &first->dst));
	k->out->fix = "run the proxy as a user of its own and leave it out: -m owner ! --uid-owner USER";
	return true;
}

static bool has_rules(const struct ruleset *rs)
{
	for (uint32_t i = 0; rs && i < rs->nr_tables; i++)
		for (uint32_t c = 0; c < rs->table[i]->nr_chains; c++)
			if (rs->table[i]->chain[c]->nr_rules)
				return true;
	return false;
}

static const struct chain *filter_chain(const struct host *h, uint8_t family, enum nf_hook hook)
{
	const struct ruleset *rs = host_ruleset(h, family);
	const struct table *t = rs ? ruleset_table(rs, "filter") : NULL;

	return t ? t->hook_chain[hook] : NULL;
}

/* IPv6 has no rules while IPv4 is closed. */
bool left_open(struct asking *k)
{
	enum nf_hook hook = k->f.hook[NF_INET_FORWARD] ? NF_INET_FORWARD : NF_INET_LOCAL_IN;
	const struct chain *v4 = filter_chain(k->host, NFPROTO_IPV4, hook);

	if (k->st->family != NFPROTO_IPV6 || k->f.kind == FATE_DROPPED || k->f.kind == FATE_REJECTED || !v4 || v4->policy != XT_DROP ||
	    has_rules(host_ruleset(k->host, NFPROTO_IPV6)))
		return false;
	k->out->culprit = (struct culprit){ .host = k->host, .kind = CULPRIT_POLICY, .chain = v4, .cause = "ipv6" };
	k->out->reason = arena_printf(k->a, "the packet is IPv6: iptables rules see only IPv4, and ip6tables has no rules, so its %s policy ACCEPT lets it in", v4->name);
	k->out->fix = "load the rules with ip6tables too: policy DROP, ESTABLISHED, lo, ICMPv6";
	return true;
}

static bool closes(const struct chain *c)
{
	if (!c)
		return false;
	for (uint32_t i = 0; i < c->nr_rules; i++)
		if (effect(c->rule[i]) == EFFECT_DENY || c->rule[i]->target_chain)
			return true;
	return c->policy == XT_DROP;
}

bool bridge_unseen(struct asking *k)
{
	bool v6 = k->st->family == NFPROTO_IPV6;
	const char *key = v6 ? "net.bridge.bridge-nf-call-ip6tables" : "net.bridge.bridge-nf-call-iptables", *v = setting(k, key);

	if (k->f.kind != FATE_BRIDGED || !v || strcmp(v, "0") != 0 || !closes(filter_chain(k->host, v6 ? NFPROTO_IPV6 : NFPROTO_IPV4, NF_INET_FORWARD)))
		return false;
	blame_sysctl(k, key, v);
	k->out->reason = arena_printf(k->a, "the frame is passed on by the bridge, and %s is 0: rules of %s never see what is bridged", key, v6 ? "ip6tables" : "iptables");
	k->out->fix = arena_printf(k->a, "modprobe br_netfilter; sysctl -w %s=1; or filter with ebtables", key);
	return true;
}

/* ---- sent back where it came from */

/* DNAT sends the packet out by the interface it came in by, and it keeps its source: the server answers the client
 * directly, from an address that the client never asked. */
bool hairpin(struct asking *k)
{
	const struct step *fw = NULL;
	const struct net_device *dev;
	const struct near *wrong;
	struct fate f = { 0 };

	for (const struct step *s = k->st->first; s && !fw; s = s->next) {
		if (s->type != EV_HOOK || s->hook != NF_INET_FORWARD || s->pkt != k->pkt || !s->dev || !s->dev2 || strcmp(s->dev, s->dev2) != 0)
			continue;
		fate_at(k->st, k->pkt, s->host, &f);
		dev = dev_by_name(s->host, s->dev);
		if (f.dnat && f.dnat->rule && !f.snat && dev && s->flow.family == NFPROTO_IPV4 && inet_addr_onlink(dev, s->flow.addr[0].ip, 0))
			fw = s;
	}
	if (!fw)
		return false;
	k->host = (struct host *)fw->host;
	k->f = f;
	if (!to_this_host(k)) {		/* a connection to somebody else */
		blame_rule(k, f.dnat->rule);
		k->out->reason = arena_printf(k->a, "%s (%s) takes connections to others too, this one to %s, and sends them back to %s by %s, where they came from",
					      place_of(k, f.dnat->rule), rule_text(k, f.dnat->rule), first_destination(k), addr_text(k, &fw->flow.addr[1]), fw->dev);
		k->out->fix = "name the address or interface that is meant: -d ADDRESS, -i INTERFACE, or -m addrtype --dst-type LOCAL";
		return true;
	}
	if ((wrong = nearest(k, rewritten_snat))) {	/* there is a rule for this, written for the packet as it came */
		explain_missed(k, wrong);
		return true;
	}
	missing_in_postrouting(k, arena_printf(k->a, "-s %s/%u -d %s -o %s -j MASQUERADE", addr_text(k, &fw->flow.addr[0]), 32, addr_text(k, &fw->flow.addr[1]), fw->dev2));
	also_rule(k, f.dnat->rule);
	k->out->reason = arena_printf(k->a, "%s sends the packet back out by %s, where it came from, with its source %s: %s answers that neighbour directly, from its own address, and the client drops an answer from somebody it has not asked",
				      place_of(k, f.dnat->rule), fw->dev2, addr_text(k, &fw->flow.addr[0]), addr_text(k, &fw->flow.addr[1]));
	return true;
}

/* The same rule is led to from where the packet does come by, under a condition that fails. */
static const struct near *other_way_to(const struct asking *k, const struct rule *r)
{
	for (const struct near *n = k->st->near; n; n = n->next)
		if (n->rule == r && n->pkt == k->pkt && n->host == k->host && (n->how == NEAR_FAILED || n->how == NEAR_SHADOWED) && n->jump && n->nr_failed == 1)
			return n;
	return NULL;
}

static void explain_limit_without_drop(struct asking *k, const struct near *n)
{
	const struct step *by = k->f.rule;

	blame_rule(k, n->rule);
	k->out->reason = arena_printf(k->a, "%s (%s) accepts up to its limit; what is over it goes on, and %s accepts it all the same: nothing drops it", place_of(k, n->rule),
				      rule_text(k, n->rule), by->type == EV_POLICY ? drop_place(k, by) : place_of(k, by->rule));
	k->out->fix = arena_printf(k->a, "drop what is over the limit: %s %u %s -j DROP", command_for(k, n->rule->chain, "-I"), n->rule->number + 1, conditions_of(k));
}

/* Where nobody listens the packet does not get through anyhow: then only a rule against this very sender counts. */
static bool meant_for_sender(const struct asking *k, const struct near *n)
{
	static const union inet_addr any;

	return k->f.kind != FATE_REFUSED || (!inet_addr_equal(&n->rule->ip.smsk, &any) && !n->rule->ip.inv_src);
}

bool something_else_meant(struct asking *k)
{
	bool refused = k->f.kind == FATE_REFUSED;
	const struct near *n, *other;

	if (hairpin(k))
		return true;
	if ((n = nearest(k, shadowed_deny)) && meant_for_sender(k, n)) {
		blame_rule(k, n->by);
		also_rule(k, n->rule);
		explain_taken(k, n);
		return true;
	}
	if ((n = nearest(k, rewritten_deny)) && !refused) {
		explain_missed(k, n);
		return true;
	}
	if ((n = nearest(k, skipped_nat)) && explain_skipped_nat(k, n))
		return true;
	if ((n = nearest(k, elsewhere_nat)) && refused) {
		if ((other = other_way_to(k, n->rule)))
			explain_missed(k, other);
		else
			explain_elsewhere(k, n);
		return true;
	}
	if ((n = nearest(k, elsewhere_deny)) && meant_for_sender(k, n)) {
		explain_elsewhere(k, n);
		return true;
	}
	if ((n = nearest(k, shadowed_nat))) {
		blame_rule(k, n->by);
		also_rule(k, n->rule);
		explain_taken(k, n);
		return true;
	}
	if ((n = nearest(k, missed_nat)) || ((n = nearest(k, missed_deny)) && !refused)) {
		explain_missed(k, n);
		return true;
	}
	if ((n = nearest(k, too_early_deny)) && !refused) {
		explain_missed(k, n);
		return true;
	}
	if ((n = nearest(k, limit_without_drop)) && !refused) {
		explain_limit_without_drop(k, n);
		return true;
	}
	if ((n = nearest(k, shadowed_limiter)) && !refused) {
		blame_rule(k, n->by);
		also_rule(k, n->rule);
		explain_taken(k, n);
		return true;
	}
	if (mark_in_vain(k, NULL))
		return true;
	if ((n = nearest(k, loose))) {
		explain_loose(k, n);
		return true;
	}
	if (wrong_source(k) || redirected_home(k))
		return true;
	if ((n = nearest(k, missed_nat_jump)) || (n = nearest(k, missed_nat_address))) {
		explain_missed(k, n);
		return true;
	}
	return false;
}

/* ---- marks that routing does not see */

static bool asked_by_routing(const struct host *h, uint32_t mark)
{
	for (const struct fib_rule *r = fib_rules_first(h, NFPROTO_IPV4); r; r = r->next)
		if (r->mark_mask && !r->invert && ((mark ^ r->mark) & r->mark_mask) == 0)
			return true;
	return false;
}

static bool sets_mark(const struct step *s, uint32_t *ret)
{
	const char *to = s->type == EV_CHANGE && s->rule && strncmp(s->text, "mark: ", 6) == 0 ? strstr(s->text, "becomes ") : NULL;

	if (!to)
		return false;
	*ret = (uint32_t)strtoul(to + 8, NULL, 0);
	return true;
}

bool mark_in_vain(struct asking *k, const struct rule *r)
{
	const struct step *first = NULL, *over = NULL;
	enum nf_hook hook = NF_INET_NUMHOOKS;
	bool late = false, routed = false;
	uint32_t mark, wanted = 0;

	for (const struct step *s = k->st->first; s; s = s->next) {
		if (s->pkt != k->pkt || s->host != k->host)
			continue;
		if (s->type == EV_HOOK)
			hook = (enum nf_hook)s->hook;
		routed |= s->type == EV_ROUTE && first;
		if (!sets_mark(s, &mark))
			continue;
		if (!first && (!r || s->rule == r) && asked_by_routing(k->host, mark)) {
			first = s;
			wanted = mark;
			late = hook != NF_INET_PRE_ROUTING && hook != NF_INET_LOCAL_OUT;
		} else if (first && !over && !routed && !asked_by_routing(k->host, mark)) {
			over = s;
		}
	}
	if (!first || (!late && !over))
		return false;
	blame_rule(k, over ? over->rule : first->rule);
	also_rule(k, first->rule);
	if (over) {
		k->out->reason = arena_printf(k->a, "%s sets mark %#x, for which a policy rule asks, but MARK ends nothing: %s (%s) comes later and sets another one",
					      place_of(k, first->rule), wanted, place_of(k, over->rule), rule_text(k, over->rule));
		k->out->fix = arena_printf(k->a, "let %s leave out what is marked already (-m mark --mark 0), or put it first", place_of(k, over->rule));
	} else {
		k->out->culprit.cause = "the way is chosen before";
		k->out->reason = arena_printf(k->a, "%s sets mark %#x in %s, after routing has chosen the way: the policy rule that asks for it never sees it", place_of(k, first->rule), wanted,
					      first->rule->chain->name);
		k->out->fix = "set the mark in mangle PREROUTING (what is forwarded) or mangle OUTPUT (what the host sends)";
	}
	return true;
}

/* ---- the answer takes another way */

static const struct rule *connmark_rule(const struct asking *k)
{
	for (const struct step *s = k->st->first; s; s = s->next)
		if (s->type == EV_RULE && s->matched && s->pkt == k->pkt && s->host == k->host && target_is(s->rule, "CONNMARK"))
			return s->rule;
	return NULL;
}

/* An answer that the host makes to the packet, or forwards in this story: does it leave by where the packet came? */
bool answer_goes_elsewhere(struct asking *k)
{
	const struct step *in = k->f.hook[NF_INET_LOCAL_IN], *out = NULL;
	const struct chain *c;
	const struct ruleset *rs;
	const struct table *mangle;
	const struct rule *marks;

	if (k->f.kind != FATE_DELIVERED || !in || !in->dev || !in->flow.proto)
		return false;
	for (const struct step *s = k->st->first; s && !out; s = s->next)
		if (s->type == EV_HOOK && s->hook == NF_INET_POST_ROUTING && s->host == k->host && s->dev2 && s->flow.proto == in->flow.proto &&
		    inet_addr_equal(&s->flow.addr[0], &in->flow.addr[1]) && inet_addr_equal(&s->flow.addr[1], &in->flow.addr[0]) &&
		    s->flow.port[0] == in->flow.port[1] && s->flow.port[1] == in->flow.port[0])
			out = s;
	if (!out || strcmp(out->dev2, in->dev) == 0)
		return false;
	rs = host_ruleset(k->host, NFPROTO_IPV4);
	mangle = rs ? ruleset_table(rs, "mangle") : NULL;
	c = mangle ? mangle->hook_chain[NF_INET_LOCAL_OUT] : NULL;
	k->out->reason = arena_printf(k->a, "the packet came in by %s, but the answer to %s leaves by %s with the source %s: whoever is behind %s does not expect that address", in->dev,
				      addr_text(k, &in->flow.addr[0]), out->dev2, addr_text(k, &in->flow.addr[1]), out->dev2);
	if ((marks = connmark_rule(k)) && c) {
		k->out->culprit = (struct culprit){ .host = k->host, .kind = CULPRIT_MISSING, .chain = c, .cause = "-j CONNMARK --restore-mark" };
		also_rule(k, marks);
		k->out->reason = arena_printf(k->a, "%s; %s marks the connection, but nothing gives that mark to the answer before it is routed", k->out->reason, place_of(k, marks));
		k->out->fix = "iptables -t mangle -A OUTPUT -j CONNMARK --restore-mark";
	} else {
		blame(k, CULPRIT_ROUTE, arena_printf(k->a, "from %s to %s dev %s", addr_text(k, &in->flow.addr[1]), addr_text(k, &in->flow.addr[0]), out->dev2));
		k->out->fix = arena_printf(k->a, "ip route add default via GATEWAY dev %s table 100; ip rule add from %s lookup 100", in->dev, addr_text(k, &in->flow.addr[1]));
	}
	return true;
}

/* Somebody listens on this port, but on another address. */
static const struct sock *listens_elsewhere(const struct asking *k)
{
	const struct flow *f = k->f.end ? &k->f.end->flow : NULL;
	const struct sock *sk = f && f->port[1] ? *sock_port_chain(k->host->socks, f->proto, ntohs(f->port[1])) : NULL;

	for (; sk; sk = sk->port_next)
		if (sk->listening && !sk->v6 && f->family == NFPROTO_IPV4 && sk->proto == f->proto && sk->sport == ntohs(f->port[1]) && sk->saddr)
			return sk;
	return NULL;
}

void nothing_wrong(struct asking *k)
{
	k->out->culprit = (struct culprit){ .host = k->host, .kind = CULPRIT_NONE };
	if (k->f.kind == FATE_REFUSED) {
		const char *to = k->f.end && k->f.end->packet ? k->f.end->packet : "";
		const struct sock *sk = listens_elsewhere(k);

		k->out->culprit.cause = arena_printf(k->a, "not netfilter: no listener for %s", to);
		k->out->reason = arena_printf(k->a, "the rules let it through; the host itself refuses it, because no socket takes %s", to);
		k->out->fix = "start the service, or let it listen on that address";
		if (sk) {
			union inet_addr own = { .ip = sk->saddr };

			k->out->reason = arena_printf(k->a, "%s; the program on this port listens on %s alone", k->out->reason, addr_text(k, &own));
			k->out->fix = arena_printf(k->a, "let it listen on 0.0.0.0, or on the address that was asked for; or DNAT to %s where that is allowed", addr_text(k, &own));
		}
		return;
	}
	k->out->reason = k->f.rule && k->f.rule->type == EV_RULE ? arena_printf(k->a, "%s lets it pass", place_of(k, k->f.rule->rule))
								  : "nothing keeps it: no rule takes it and the policies accept";
	k->out->fix = "nothing to fix";
}
