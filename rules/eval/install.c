// SPDX-License-Identifier: MIT
/* install.c - a ruleset put into a host: its tables at the host's hooks, conntrack and NAT turned on as
 * its rules need. A table of the same name is replaced whole. */
#include "rules/eval/eval.h"
#include "rules/rules.h"
#include "sim/net/ipv6.h"

enum { FAM_V4, FAM_V6, FAM_ARP, FAM_BRIDGE, FAM_V4_NFT, FAM_V6_NFT, NR_FAMILIES };
#define NR_TABLES 5

struct xt_state {
	struct ruleset rs[NR_FAMILIES];		/* what is loaded now */
	struct table *slots[NR_FAMILIES][NR_TABLES];
	unsigned rank[NR_FAMILIES][NR_TABLES][NF_INET_NUMHOOKS];	/* 0 = not registered yet */
	unsigned last_rank;
};

static enum nf_verdict table_hook(void *priv, struct packet *p, const struct nf_hook_state *s, enum drop_reason *reason)
{
	struct table *t = priv;

	return table_eval(t->compiled, p, s, reason);
}

/* OUTPUT of mangle: a packet is routed again when what routing looks at was changed. */
static enum nf_verdict mangle_out4(void *priv, struct packet *p, const struct nf_hook_state *s, enum drop_reason *reason)
{
	struct table *t = priv;
	const uint8_t *ip = pkt_nh(p);
	be32 saddr = ip4_saddr(ip), daddr = ip4_daddr(ip);
	uint8_t tos = ip[IP4_TOS];
	uint32_t mark = p->mark;
	enum nf_verdict v = table_eval(t->compiled, p, s, reason);
	int err;

	if (v == NF_DROP || v == NF_STOLEN)
		return v;
	ip = pkt_nh(p);
	if (ip4_saddr(ip) == saddr && ip4_daddr(ip) == daddr && p->mark == mark && ip[IP4_TOS] == tos)
		return v;
	err = ip_route_me_harder(s->host, p, RTN_UNSPEC);
	if (err < 0)
		s->host->drop_err = err;
	return err < 0 ? NF_DROP : v;
}

/* For IPv6 that is also the flow label, and for some reason the hop limit. */
static enum nf_verdict mangle_out6(void *priv, struct packet *p, const struct nf_hook_state *s, enum drop_reason *reason)
{
	struct table *t = priv;
	uint8_t before[IP6_HLEN];
	uint32_t mark = p->mark;
	enum nf_verdict v;
	const uint8_t *ip;
	int err;

	memcpy(before, pkt_nh(p), IP6_HLEN);
	v = table_eval(t->compiled, p, s, reason);
	if (v == NF_DROP || v == NF_STOLEN)
		return v;
	ip = pkt_nh(p);
	if (p->mark == mark && ip[IP6_HLIM] == before[IP6_HLIM] && memcmp(ip, before, 4) == 0 &&
	    memcmp(ip + IP6_SRC, before + IP6_SRC, 32) == 0)
		return v;
	err = ip6_route_me_harder(s->host, p);
	if (err < 0)
		s->host->drop_err = err;
	return err < 0 ? NF_DROP : v;
}

static enum nf_verdict mangle_out_hook(void *priv, struct packet *p, const struct nf_hook_state *s, enum drop_reason *reason)
{
	const struct table *t = priv;

	return (t->family == NFPROTO_IPV6 ? mangle_out6 : mangle_out4)(priv, p, s, reason);
}

/* Of IP: nat's tables are asked by the hooks of NAT, and not for every packet. */
static bool is_nat(const struct table *t)
{
	return !family_is_l2(t->family) && strcmp(t->name, "nat") == 0;
}

static nf_hookfn *hook_fn(const struct table *t, enum nf_hook hook)
{
	return strcmp(t->name, "mangle") == 0 && hook == NF_INET_LOCAL_OUT ? mangle_out_hook : table_hook;
}

static void unregister_table(struct table *t, struct host *h)
{
	for (int k = 0; k < NF_INET_NUMHOOKS; k++)
		if (!is_nat(t) && t->valid_hooks & HOOK_BIT(k))
			nf_unregister_hook(h->hooks, hook_fn(t, (enum nf_hook)k), t, (enum nf_hook)k);
}

static bool rule_start(struct rule *r, struct host *h)
{
	bool needs_ct = r->ext && r->ext->needs_ct;

	for (uint32_t i = 0; i < r->nr_match; i++) {
		struct rule_match *m = &r->match[i];

		needs_ct |= m->ext->needs_ct;
		if (m->ext->state_init)
			m->ext->state_init(h, m->state, m->info, r);
	}
	if (r->ext && r->ext->state_init)
		r->ext->state_init(h, r->target_state, r->target_info, r);
	return needs_ct;
}

static void rule_stop(struct rule *r, struct host *h)
{
	for (uint32_t i = 0; i < r->nr_match; i++)
		if (r->match[i].ext->state_free)
			r->match[i].ext->state_free(h, r->match[i].state);
	if (r->ext && r->ext->state_free)
		r->ext->state_free(h, r->target_state);
}

static bool table_start(struct table *t, struct host *h)
{
	bool needs_ct = false;

	for (uint32_t i = 0; i < t->nr_chains; i++)
		for (uint32_t k = 0; k < t->chain[i]->nr_rules; k++)
			needs_ct |= rule_start(t->chain[i]->rule[k], h);
	return needs_ct;
}

static void table_stop(struct table *t, struct host *h)
{
	unregister_table(t, h);
	for (uint32_t i = 0; i < t->nr_chains; i++)
		for (uint32_t k = 0; k < t->chain[i]->nr_rules; k++)
			rule_stop(t->chain[i]->rule[k], h);
	ctable_free(t->compiled);
}

static unsigned family_slot(uint8_t family, bool nft)
{
	if (nft)
		return family == NFPROTO_IPV6 ? FAM_V6_NFT : FAM_V4_NFT;
	switch (family) {
	case NFPROTO_IPV6:	return FAM_V6;
	case NFPROTO_ARP:	return FAM_ARP;
	case NFPROTO_BRIDGE:	return FAM_BRIDGE;
	default:		return FAM_V4;
	}
}

static struct xt_state *xt_state(struct host *h)
{
	static const uint8_t families[NR_FAMILIES] = {
		[FAM_V4] = NFPROTO_IPV4, [FAM_V6] = NFPROTO_IPV6, [FAM_ARP] = NFPROTO_ARP, [FAM_BRIDGE] = NFPROTO_BRIDGE,
		[FAM_V4_NFT] = NFPROTO_IPV4, [FAM_V6_NFT] = NFPROTO_IPV6
	};

	if (h->xt)
		return h->xt;
	h->xt = arena_new(h->arena, struct xt_state);
	h->xt_destroy = ruleset_uninstall_all;
	for (unsigned f = 0; f < NR_FAMILIES; f++)
		h->xt->rs[f] = (struct ruleset){
			.arena = h->arena, .family = families[f], .nft = f >= FAM_V4_NFT, .host = h, .table = h->xt->slots[f],
		};
	return h->xt;
}

static struct table **slot_of(struct ruleset *rs, const char *name)
{
	for (uint32_t i = 0; i < rs->nr_tables; i++)
		if (strcmp(rs->table[i]->name, name) == 0)
			return &rs->table[i];
	rs->table[rs->nr_tables] = NULL;
	return &rs->table[rs->nr_tables++];
}

/* ---- two backends: equal priorities run the newest first, and a table that is replaced keeps its place. A chain of
 * iptables-nft is there only once it is used; a table of iptables-legacy has all of its chains at once. */

static bool used(const struct table *t, int k)
{
	const struct chain *c = t->hook_chain[k];

	return !t->ruleset->nft || !c || c->nr_rules || c->policy == XT_DROP;
}

static unsigned *ranks(struct host *h, const struct table *t)
{
	const unsigned f = family_slot(t->family, t->ruleset->nft);

	for (uint32_t i = 0; i < h->xt->rs[f].nr_tables; i++)
		if (strcmp(h->xt->rs[f].table[i]->name, t->name) == 0)
			return h->xt->rank[f][i];
	return NULL;
}

static void take_ranks(struct table *t, struct host *h)
{
	unsigned *rank = ranks(h, t);

	h->xt->last_rank++;
	for (int k = 0; k < NF_INET_NUMHOOKS; k++)
		if (!rank[k] && used(t, k))
			rank[k] = h->xt->last_rank;
}

/* The nat table of the other backend, or NULL. */
static struct table *other_nat(struct host *h, const struct table *t)
{
	return ruleset_table(&h->xt->rs[family_slot(t->family, !t->ruleset->nft)], "nat");
}

/* Both are asked until one has said what becomes of the connection. */
static enum nf_verdict nat_of_both(void *priv, struct packet *p, const struct nf_hook_state *s, enum drop_reason *reason)
{
	struct table *t = priv, *o = other_nat(s->host, t), *first;
	unsigned rank = ranks(s->host, t)[s->hook], other = o ? ranks(s->host, o)[s->hook] : 0;
	enum nf_verdict v = NF_ACCEPT;

	for (int turn = 0; turn < 2; turn++) {
		first = (rank > other) == (turn == 0) ? t : o;
		if (!(first == t ? rank : other))
			continue;
		v = table_eval(first->compiled, p, s, reason);
		if (v != NF_ACCEPT || nat_initialized(p->ct, s->hook == NF_INET_POST_ROUTING || s->hook == NF_INET_LOCAL_IN ? NF_NAT_MANIP_SRC : NF_NAT_MANIP_DST))
			return v;
	}
	return v;
}

static void register_table(struct table *t, struct host *h)
{
	const struct table_desc *desc = family_is_l2(t->family) ? l2_table_desc(t->family, t->name) : table_desc(t->name);

	if (is_nat(t)) {
		nat_need(h, t->family, t->ruleset->nft || other_nat(h, t) ? nat_of_both : table_hook, t);
		return;
	}
	for (int k = 0; k < NF_INET_NUMHOOKS; k++) {
		struct nf_hook_ops ops = {
			.fn = hook_fn(t, (enum nf_hook)k), .priv = t, .name = t->name, .family = t->family,
			.hook = (enum nf_hook)k, .priority = desc->priority[k], .rank = family_is_l2(t->family) ? 0 : ranks(h, t)[k],
		};

		if (t->valid_hooks & HOOK_BIT(k) && (ops.rank || family_is_l2(t->family)))
			nf_register_hook(h->hooks, &ops);
	}
}

/* The new one is started before the old one stops, so that tables shared by name (recent, hashlimit)
 * live on when both use them, as in the kernel. */
static void put_table(struct ruleset *rs, struct table *t, struct host *h, struct arena *a)
{
	struct table **slot = slot_of(rs, t->name), *old = *slot;

	table_compile(a, t);
	if (table_start(t, h))
		ct_need(h, t->family);
	if (old)
		table_stop(old, h);
	*slot = t;
	if (!family_is_l2(t->family))
		take_ranks(t, h);
	register_table(t, h);
}

bool ruleset_install(struct ruleset *rs, struct host *h, struct diag *d)
{
	struct ruleset *all = &xt_state(h)->rs[family_slot(rs->family, rs->nft)];

	(void)d;
	assert(!rs->host);
	rs->host = h;
	for (uint32_t i = 0; i < rs->nr_tables; i++)
		put_table(all, rs->table[i], h, rs->arena);
	return true;
}

void ruleset_uninstall_all(struct host *h)
{
	if (!h->xt)
		return;
	for (unsigned f = 0; f < NR_FAMILIES; f++) {
		struct ruleset *rs = &h->xt->rs[f];

		for (uint32_t i = 0; i < rs->nr_tables; i++)
			table_stop(rs->table[i], h);
		rs->nr_tables = 0;
	}
	h->xt = NULL;
}

struct ruleset *host_ruleset(const struct host *h, uint8_t family)
{
	return host_ruleset_of(h, family, false);
}

struct ruleset *host_ruleset_of(const struct host *h, uint8_t family, bool nft)
{
	return h->xt ? &h->xt->rs[family_slot(family, nft)] : NULL;
}

/* Does the host have tables of both backends, or of both families? */
static bool of_both(const struct xt_state *xt, bool backends)
{
	bool has[2] = { false, false };

	for (unsigned nft = 0; nft < 2; nft++)
		for (unsigned v6 = 0; v6 < 2; v6++)
			has[backends ? nft : v6] |= xt->rs[family_slot(v6 ? NFPROTO_IPV6 : NFPROTO_IPV4, nft)].nr_tables > 0;
	return has[0] && has[1];
}

static const struct xt_state *state_of(const struct table *t)
{
	return t->ruleset && t->ruleset->host ? t->ruleset->host->xt : NULL;
}

bool both_backends(const struct table *t)
{
	return state_of(t) && !family_is_l2(t->family) && of_both(state_of(t), true);
}

const char *table_kind(const struct table *t)
{
	static const char *const words[2][2][4] = {
		{ { "", "ip4 ", "legacy ", "legacy ip4 " }, { "", "ip6 ", "legacy ", "legacy ip6 " } },
		{ { "", "ip4 ", "nft ", "nft ip4 " }, { "", "ip6 ", "nft ", "nft ip6 " } },
	};

	if (family_is_l2(t->family))
		return t->family == NFPROTO_ARP ? "arp " : "bridge ";
	if (!state_of(t))
		return "";
	return words[t->ruleset->nft][t->family == NFPROTO_IPV6][of_both(state_of(t), false) + 2 * both_backends(t)];
}

static void rule_states(const struct rule *r, struct host *h)
{
	for (uint32_t i = 0; i < r->nr_match; i++)
		if (r->match[i].ext->snapshot)
			r->match[i].ext->snapshot(h, r->match[i].info, r->match[i].state);
}

void rules_snapshot_states(struct host *h)
{
	if (!h->xt || !trace_on(h->trace, EV_STATE))
		return;
	for (unsigned f = 0; f < NR_FAMILIES; f++)
		for (uint32_t i = 0; i < h->xt->rs[f].nr_tables; i++)
			for (uint32_t c = 0; c < h->xt->rs[f].table[i]->nr_chains; c++)
				for (uint32_t k = 0; k < h->xt->rs[f].table[i]->chain[c]->nr_rules; k++)
					rule_states(h->xt->rs[f].table[i]->chain[c]->rule[k], h);
}

void rules_snapshot(struct host *h, bool all)
{
	if (!h->xt || !trace_on(h->trace, EV_COUNTER))
		return;
	for (unsigned f = 0; f < NR_FAMILIES; f++)
		for (uint32_t i = 0; i < h->xt->rs[f].nr_tables; i++)
			ctable_snapshot(h, h->xt->rs[f].table[i]->compiled, all);
}
