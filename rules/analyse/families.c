// SPDX-License-Identifier: MIT
/* families.c - do the rules for IPv4 and IPv6 let in the same? Compared is what is left when addresses are forgotten: which protocols
 * and ports may begin a connection, from anywhere, by which interface. */
#include "rules/analyse/analyse.h"
#include "rules/analyse/condset.h"
#include "rules/ext.h"
#include "rules/rules.h"

#define TOLD_MAX 5

/* Packets of "in" that chain c may accept; what is surely ended otherwise, or returned, is taken from *in. */
static pset may_accept(struct condset *cs, const struct chain *c, pset *in, unsigned depth)
{
	pset accepted = pset_none, may, must;

	for (uint32_t i = 0; i < c->nr_rules && !pset_failed(); i++) {
		const struct rule *r = c->rule[i];

		condset_rule(cs, r, &may, &must);
		if (r->target_chain && depth < 32) {
			pset sent = pset_and(*in, may), left = sent;

			accepted = pset_or(accepted, may_accept(cs, r->target_chain, &left, depth + 1));
			/* what came back goes on; of the rest only what surely matched is gone */
			*in = r->ip.go_to ? pset_minus(*in, must) : pset_or(pset_minus(*in, must), left);
			continue;
		}
		if (r->ext ? strcmp(r->ext->name, "REJECT") != 0 : r->verdict == XT_CONTINUE)
			continue;
		if (!r->ext && r->verdict == XT_ACCEPT)
			accepted = pset_or(accepted, pset_and(*in, may));
		if (!r->ext && r->verdict == XT_RETURN)
			continue;
		*in = pset_minus(*in, must);
	}
	return accepted;
}

static pset let_in(struct condset *cs, const struct table *t, enum nf_hook hook)
{
	const struct chain *c = t->hook_chain[hook];
	pset in = pset_and(condset_hook(cs, t, hook), condset_newcomers(cs)), accepted;

	in = pset_and(in, pset_value(PSET_CTSTATE, PSET_NEW));
	in = pset_and(in, pset_value(PSET_FRAG, 0));
	accepted = may_accept(cs, c, &in, 0);
	if (c->policy == XT_ACCEPT)
		accepted = pset_or(accepted, in);
	accepted = pset_forget_opaque(accepted);
	for (enum pset_field f = 0; f < NR_PSET_FIELDS; f++)
		if (f != PSET_PROTO && f != PSET_DPORT && f != PSET_IIF)
			accepted = pset_forget(accepted, f);
	return accepted;
}

static void tell(struct findings *f, const struct chain *of, bool v6, uint32_t proto, uint32_t port, bool port_given)
{
	const char *name = proto == IPPROTO_TCP ? "tcp" : "udp";

	if (port_given)
		findings_add(f, "families-differ", of, NULL, "%s %s: IPv%c lets in %s port %u from somewhere, IPv%c does not", of->table->name, of->name, v6 ? '6' : '4', name, port,
			     v6 ? '4' : '6');
	else
		findings_add(f, "families-differ", of, NULL, "%s %s: IPv%c lets in %s from somewhere, IPv%c does not", of->table->name, of->name, v6 ? '6' : '4', name,
			     v6 ? '4' : '6');
}

static void tell_more(struct findings *f, const struct chain *of, bool v6, pset more)
{
	static const uint32_t protos[] = { IPPROTO_TCP, IPPROTO_UDP };
	struct pset_witness w;

	for (size_t i = 0; i < ARRAY_SIZE(protos); i++) {
		pset here = pset_and(more, pset_value(PSET_PROTO, protos[i]));

		for (unsigned k = 0; k < TOLD_MAX && pset_witness(here, &w); k++) {
			uint32_t port = pset_witness_u32(&w, PSET_DPORT);

			tell(f, of, v6, protos[i], port, w.given[PSET_DPORT]);
			if (!w.given[PSET_DPORT])
				break;
			here = pset_minus(here, pset_value(PSET_DPORT, port));
		}
	}
}

static bool has_rules(const struct chain *c)
{
	return c && (c->nr_rules || c->policy == XT_DROP);
}

void check_families(const struct ruleset *v4, const struct ruleset *v6, size_t max_bytes, struct findings *f)
{
	static const enum nf_hook hooks[] = { NF_INET_LOCAL_IN, NF_INET_FORWARD };
	const struct table *t4 = v4 ? ruleset_table(v4, "filter") : NULL, *t6 = v6 ? ruleset_table(v6, "filter") : NULL;
	struct condset *cs;

	if (!t4 || !t6 || !(cs = condset_open_two(t4, t6, max_bytes)))
		return;
	for (size_t i = 0; i < ARRAY_SIZE(hooks); i++) {
		const struct chain *c4 = t4->hook_chain[hooks[i]], *c6 = t6->hook_chain[hooks[i]];
		pset a, b;

		if (!has_rules(c4) || !has_rules(c6))
			continue;
		a = let_in(cs, t4, hooks[i]);
		b = let_in(cs, t6, hooks[i]);
		if (pset_failed())
			break;
		tell_more(f, c6, true, pset_minus(b, a));
		tell_more(f, c4, false, pset_minus(a, b));
	}
	condset_close(cs);
}
