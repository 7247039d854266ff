// SPDX-License-Identifier: MIT
/* meant.c - a packet that fared well: was something else meant? The rule that its owner must have meant was
 * nearest, would have done something else, and did not get or take the packet. */
#include "sim/why/internal.h"
#include "rules/rules.h"
#include "sim/net/fib.h"
#include "sim/net/net.h"

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

static void want_masquerade(struct asking *k, const char *dev)
{
	const struct ruleset *rs = host_ruleset(k->host, NFPROTO_IPV4);
	const struct table *nat = rs ? ruleset_table(rs, "nat") : NULL;

	k->out->culprit = (struct culprit){ .host = k->host, .kind = CULPRIT_MISSING, .chain = nat ? nat->hook_chain[NF_INET_POST_ROUTING] : NULL,
					    .cause = arena_printf(k->a, "-o %s -j MASQUERADE", dev) };
	k->out->fix = arena_printf(k->a, "iptables -t nat -A POSTROUTING -o %s -j MASQUERADE", dev);
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

/* Where nobody listens the packet does not get through anyhow: then only a rule against this very sender counts. */
static bool meant_for_sender(const struct asking *k, const struct near *n)
{
	static const union inet_addr any;

	return k->f.kind != FATE_REFUSED || (!inet_addr_equal(&n->rule->ip.smsk, &any) && !n->rule->ip.inv_src);
}

bool something_else_meant(struct asking *k)
{
	const struct near *n;

	if ((n = nearest(k, shadowed_deny)) && meant_for_sender(k, n)) {
		blame_rule(k, n->by);
		also_rule(k, n->rule);
		explain_taken(k, n);
		return true;
	}
	if ((n = nearest(k, skipped_nat)) && explain_skipped_nat(k, n))
		return true;
	if ((n = nearest(k, elsewhere_nat)) && k->f.kind == FATE_REFUSED) {
		explain_elsewhere(k, n);
		return true;
	}
	if ((n = nearest(k, elsewhere_deny)) && meant_for_sender(k, n)) {
		explain_elsewhere(k, n);
		return true;
	}
	if ((n = nearest(k, missed_nat)) || ((n = nearest(k, missed_deny)) && k->f.kind != FATE_REFUSED)) {
		explain_missed(k, n);
		return true;
	}
	return wrong_source(k) || redirected_home(k);
}

void nothing_wrong(struct asking *k)
{
	k->out->culprit = (struct culprit){ .host = k->host, .kind = CULPRIT_NONE };
	if (k->f.kind == FATE_REFUSED) {
		const char *to = k->f.end && k->f.end->packet ? k->f.end->packet : "";

		k->out->culprit.cause = arena_printf(k->a, "not netfilter: no listener for %s", to);
		k->out->reason = arena_printf(k->a, "the rules let it through; the host itself refuses it, because no socket takes %s", to);
		k->out->fix = "start the service, or let it listen on that address";
		return;
	}
	k->out->reason = k->f.rule && k->f.rule->type == EV_RULE ? arena_printf(k->a, "%s lets it pass", place_of(k, k->f.rule->rule))
								  : "nothing keeps it: no rule takes it and the policies accept";
	k->out->fix = "nothing to fix";
}
