// SPDX-License-Identifier: MIT
/* eval.c - ipt_do_table: the ip part, matches in the order written, counters, targets, the jump stack. */
#include "rules/compile/index.h"
#include "rules/eval/eval.h"
#include "rules/eval/l2.h"
#include "rules/ext/ctstate.h"
#include "rules/ext/log.h"
#include "rules/model/check.h"
#include "sim/conntrack/conntrack.h"
#include "sim/packet/ip6.h"
#include <stdlib.h>

/* Chains without a cycle can still be walked in 2^n ways, where a kernel hangs. No rules that do their work come near this. */
#define MAX_JUMPS 1000000

/* One packet in one table. */
struct run {
	struct xt_ctx x;
	struct ctable *ct;
	const uint8_t *ip;
	uint64_t in[2], out[2];
	uint32_t chain, rule;		/* where it is */
	int unknown_at;			/* the first match of the rule that nobody knows the answer of */
	uint32_t bottom;		/* of its part of the stack */
	uint32_t jumps;
	bool trace_rule, trace_chain, count_dirty;
	/* indexes of long chains */
	bool may_index;			/* this packet may be looked up (index.h) */
	uint32_t key_fields;		/* what of the key is there, bit per enum index_field */
	uint32_t walk_chain;		/* the chain that "walk" is of, UINT32_MAX = none */
	uint32_t plain_chain;		/* one whose lists were too many: it is walked rule by rule */
	struct index_key key;
	struct index_walk walk;
};

void xt_ctx_init(struct xt_ctx *c, struct host *h, struct packet *p, const struct net_device *in, const struct net_device *out,
		 enum nf_hook hook, uint8_t family)
{
	*c = (struct xt_ctx){
		.host = h, .pkt = p, .in = in, .out = out, .hook = hook, .family = family, .reason = DROP_NETFILTER_DROP,
	};
	if (family == NFPROTO_IPV6 || family_is_l2(family))
		return;			/* where the transport header is, each rule with -p finds out */
	c->fragoff = (uint16_t)ip4_fragoff(pkt_nh(p));
	c->thoff = ip4_hlen(pkt_nh(p));
}

static bool iface_match(const struct ciface *c, const struct run *r)
{
	bool in = ((r->in[0] ^ c->in[0]) & c->in_mask[0]) | ((r->in[1] ^ c->in[1]) & c->in_mask[1]);
	bool out = ((r->out[0] ^ c->out[0]) & c->out_mask[0]) | ((r->out[1] ^ c->out[1]) & c->out_mask[1]);

	return in == c->inv_in && out == c->inv_out;
}

/* ip_packet_match() */
static inline bool ip_match_packet(const struct crule *c, const struct run *r)
{
	if (((ip4_saddr(r->ip) & c->smsk) != c->src) != !!(c->flags & CI_SRC) ||
	    ((ip4_daddr(r->ip) & c->dmsk) != c->dst) != !!(c->flags & CI_DST))
		return false;
	if (c->iface && !iface_match(c->iface, r))
		return false;
	if (c->proto && (r->ip[IP4_PROTO] != c->proto) != !!(c->flags & CI_PROTO))
		return false;
	return (c->flags & C_FRAG && !r->x.fragoff) == !!(c->flags & CI_FRAG);
}

static inline bool masked_equal(const uint8_t *addr, const union inet_addr *mask, const union inet_addr *want)
{
	uint64_t a[2], m[2], w[2];

	memcpy(a, addr, 16);
	memcpy(m, mask, 16);
	memcpy(w, want, 16);
	return !(((a[0] & m[0]) ^ w[0]) | ((a[1] & m[1]) ^ w[1]));
}

/* What kind of packet is it, behind the extension headers? A chain of headers that ends too early drops it. */
int xt_find_proto(struct xt_ctx *x)
{
	uint16_t fragoff;
	int proto;

	x->thoff = 0;
	proto = ip6_find_hdr(x->pkt, &x->thoff, -1, &fragoff, NULL);
	if (proto < 0)
		x->hotdrop = fragoff == 0;
	else
		x->fragoff = fragoff;
	return proto;
}

int xt_proto(const struct xt_ctx *c)
{
	uint32_t offset = 0;

	return c->family == NFPROTO_IPV6 ? ip6_find_hdr(c->pkt, &offset, -1, NULL, NULL) : pkt_nh(c->pkt)[IP4_PROTO];
}

/* ip6_packet_match() */
static inline bool ip6_match_packet(const struct crule *c, struct run *r)
{
	int proto;

	r->x.thoff = 0;
	if (c->ip6 && (masked_equal(r->ip + IP6_SRC, &c->ip6->smsk, &c->ip6->src) == !!(c->flags & CI_SRC) ||
		       masked_equal(r->ip + IP6_DST, &c->ip6->dmsk, &c->ip6->dst) == !!(c->flags & CI_DST)))
		return false;
	if (c->iface && !iface_match(c->iface, r))
		return false;
	if (!(c->flags & C_FIND_PROTO))
		return true;
	proto = xt_find_proto(&r->x);
	if (proto < 0)
		return false;
	return !c->proto || (proto == c->proto) != !!(c->flags & CI_PROTO);
}

static const char *rule_verdict_name(const struct rule *r)
{
	return r->target_name ? r->target_name : "CONTINUE";
}

static void emit_rule(const struct run *r, const struct crule *c, bool matched, int failed_at)
{
	struct packet *p = r->x.pkt;
	struct event ev = {
		.type = EV_RULE, .host = r->x.host, .pkt = p,
		.u.rule = { .table = r->ct->table, .chain = c->rule->chain, .rule = c->rule,
			    .matched = matched && !r->x.unknown, .failed_at = matched && r->x.unknown ? r->unknown_at : failed_at,
			    .verdict = !matched ? NULL : r->x.unknown ? "UNKNOWN" : rule_verdict_name(c->rule),
			    .in = r->x.in, .out = r->x.out, .bytes = pkt_len(p), .hook = (uint8_t)r->x.hook },
	};
	trace_emit(r->x.host->trace, &ev);
}

static void emit_chain(const struct run *r, uint32_t to, uint32_t from, int how)
{
	struct event ev = {
		.type = EV_CHAIN, .host = r->x.host, .pkt = r->x.pkt,
		.u.chain = { .table = r->ct->table, .chain = r->ct->chain[to].chain,
			     .from = how == CHAIN_BASE ? NULL : r->ct->chain[from].chain, .how = how },
	};
	trace_emit(r->x.host->trace, &ev);
}

static void emit_end(const struct run *r, bool policy, enum nf_verdict v)
{
	struct event ev;

	if (policy && trace_on(r->x.host->trace, EV_POLICY)) {
		ev = (struct event){ .type = EV_POLICY, .host = r->x.host, .pkt = r->x.pkt };
		ev.u.policy.table = r->ct->table;
		ev.u.policy.chain = r->ct->table->hook_chain[r->x.hook];
		ev.u.policy.verdict = (uint8_t)v;
		ev.u.policy.bytes = pkt_len(r->x.pkt);
		ev.u.policy.hook = (uint8_t)r->x.hook;
		trace_emit(r->x.host->trace, &ev);
	}
	if (trace_on(r->x.host->trace, EV_VERDICT)) {
		ev = (struct event){ .type = EV_VERDICT, .host = r->x.host, .pkt = r->x.pkt };
		ev.u.verdict.table = r->ct->table;
		ev.u.verdict.hook = (uint8_t)r->x.hook;
		ev.u.verdict.verdict = r->x.unknown || r->x.reason == DROP_UNKNOWN ? VERDICT_UNKNOWN : (uint8_t)v;
		trace_emit(r->x.host->trace, &ev);
	}
}

static void mark_dirty(struct ctable *ct, struct crule *c)
{
	c->flags |= C_DIRTY;
	if (ct->nr_dirty == ct->dirty_cap) {
		ct->dirty_cap = ct->dirty_cap ? ct->dirty_cap * 2 : 64;
		ct->dirty = xrealloc(ct->dirty, ct->dirty_cap * sizeof(struct crule *));
	}
	ct->dirty[ct->nr_dirty++] = c;
}

/* What skb->len counts: ARP packets on their way out have their link header already. */
static uint32_t counted_len(const struct run *r)
{
	const struct packet *p = r->x.pkt;

	return unlikely(r->x.family == NFPROTO_ARP && r->x.hook == NF_INET_LOCAL_OUT) ? p->tail - p->mac : pkt_len(p);
}

static inline void count_rule(struct run *r, struct crule *c)
{
	c->rule->packets++;
	c->rule->bytes += counted_len(r);
	if (unlikely(r->count_dirty) && !(c->flags & C_DIRTY))
		mark_dirty(r->ct, c);
}

static void push(struct run *r)
{
	struct ctable *ct = r->ct;

	if (ct->sp == ct->stack_cap) {
		ct->stack_cap = MAX(ct->stack_cap * 2, ct->table->max_depth + 4);
		ct->stack = xrealloc(ct->stack, ct->stack_cap * sizeof(*ct->stack));
	}
	ct->stack[ct->sp++] = (struct cframe){ r->chain, r->rule + 1 };
}

static inline bool head_match(struct run *r, const struct crule *c)
{
	if (likely(r->x.family == NFPROTO_IPV4))
		return ip_match_packet(c, r);
	return r->x.family == NFPROTO_IPV6 ? ip6_match_packet(c, r) : l2_match(c->rule, &r->x);
}

/* All of a rule's conditions; -2 = they hold, else which failed (-1 = the ip part). */
static inline int rule_match(struct run *r, const struct crule *c)
{
	if (!head_match(r, c))
		return -1;
	__builtin_prefetch(c->match);
	__builtin_prefetch(c->rule);
	r->x.rule = c->rule;
	r->unknown_at = -1;
	for (int i = 0; i < c->nr_match; i++) {
		const struct rule_match *m = &c->match[i];

		r->x.state = m->state;
		if (!m->ext->match(&r->x, m->info) && !unlikely(r->x.host->unknown && m->ext->state_size))
			return i;
		/* After the first packet of unknown fate, what matches remember of packets is not known either. */
		if (unlikely(r->x.host->unknown) && m->ext->state_size)
			r->x.unknown = true;
		if (unlikely(r->x.unknown) && r->unknown_at < 0)
			r->unknown_at = i;
	}
	return -2;
}

/* ---- long chains: only the rules that the packet can match are asked */

/* A packet that ends before its transport header does may be dropped by a match on sight: every rule must see it. */
static bool whole_transport(const struct run *r, uint8_t proto, uint32_t thoff)
{
	uint32_t len = pkt_len(r->x.pkt), need;

	switch (proto) {
	case IPPROTO_TCP:	need = 20;	break;
	case IPPROTO_SCTP:
	case IPPROTO_DCCP:	need = 12;	break;
	case IPPROTO_UDP:
	case IPPROTO_UDPLITE:
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:	need = 8;	break;
	default:		need = 4;	break;
	}
	return len >= thoff + need;
}

static void key_set(struct index_key *k, enum index_field f, uint64_t a, uint64_t b)
{
	k->have |= 1u << f;
	k->v[f][0] = a;
	k->v[f][1] = b;
}

static void key_ports(struct index_key *k, const struct run *r, uint8_t proto, uint32_t thoff)
{
	const uint8_t *th = r->ip + thoff;

	switch (proto) {
	case IPPROTO_TCP: case IPPROTO_UDP: case IPPROTO_UDPLITE: case IPPROTO_SCTP: case IPPROTO_DCCP:
		key_set(k, IX_SPORT, get_be16(th), 0);
		key_set(k, IX_DPORT, get_be16(th + 2), 0);
		break;
	case IPPROTO_ICMP: case IPPROTO_ICMPV6:
		key_set(k, IX_DPORT, get_be16(th), 0);
		break;
	}
}

/* What the packet is looked up by, as far as indexes ask for it; false: every rule must see it. */
static bool make_key(struct run *r, uint32_t need)
{
	const struct packet *p = r->x.pkt;
	struct index_key *k = &r->key;
	uint16_t fragoff = r->x.fragoff;
	uint32_t thoff = r->x.thoff;
	uint64_t a[2];
	int proto;

	k->have = 0;
	if (r->x.family == NFPROTO_IPV6) {
		thoff = 0;
		proto = ip6_find_hdr(p, &thoff, -1, &fragoff, NULL);
		if (proto < 0)
			return false;
		memcpy(a, r->ip + IP6_SRC, 16);
		key_set(k, IX_SRC, a[0], a[1]);
		memcpy(a, r->ip + IP6_DST, 16);
		key_set(k, IX_DST, a[0], a[1]);
	} else {
		proto = r->ip[IP4_PROTO];
		key_set(k, IX_SRC, ip4_saddr(r->ip), 0);
		key_set(k, IX_DST, ip4_daddr(r->ip), 0);
	}
	if (fragoff || p->cut || !whole_transport(r, (uint8_t)proto, thoff))
		return false;
	key_set(k, IX_PROTO, (uint8_t)proto, 0);
	key_ports(k, r, (uint8_t)proto, thoff);
	key_set(k, IX_IIF, r->in[0], r->in[1]);
	key_set(k, IX_OIF, r->out[0], r->out[1]);
	if (need & 1u << IX_CTSTATE)
		key_set(k, IX_CTSTATE, ctstate_of(p) & ~(uint32_t)(CTS_SNAT | CTS_DNAT), 0);
	key_set(k, IX_MARK, p->mark, 0);
	if (need & 1u << IX_MAC && p->mac + ETH_HLEN <= p->nh) {
		const uint8_t *mac = pkt_mac(p) + ETH_ALEN;

		key_set(k, IX_MAC, (uint64_t)get_be16(mac) << 32 | get_be32(mac + 2), 0);
	}
	r->key_fields = need;
	return true;
}

/* From where the packet is in a long chain, to the next rule that it can match, or the end. */
static void skip(struct run *r, struct cchain *cc)
{
	uint32_t next, need;

	if (unlikely(!cc->index_made)) {
		cc->index_made = true;
		cc->index = index_build(r->ct->arena, cc, r->x.family);
	}
	if (!cc->index || r->plain_chain == r->chain)
		return;
	if (r->walk_chain != r->chain) {
		need = index_fields(cc->index);
		if (need & ~r->key_fields && !make_key(r, need | r->key_fields)) {
			r->may_index = false;
			return;
		}
		r->walk_chain = UINT32_MAX;
		if (!index_start(cc->index, &r->key, &r->walk)) {
			r->plain_chain = r->chain;
			return;
		}
		r->walk_chain = r->chain;
	}
	next = index_next(&r->walk, r->rule);
	r->rule = MIN(next, cc->nr);
}

/* A target may have changed the packet: what it was looked up by is no longer so. */
static inline void look_up_again(struct run *r)
{
	r->walk_chain = r->plain_chain = UINT32_MAX;
	r->key_fields = 0;
}

/* A packet that -j TRACE has marked. */
static inline bool is_traced(const struct run *r)
{
	return unlikely(r->x.pkt->nf_trace) && !family_is_l2(r->x.family);
}

/* An unconditional verdict is logged as if it were the chain's end. */
static void log_rule(const struct run *r, const struct crule *c)
{
	const struct chain *ch = c->rule->chain;
	const char *what = !rule_is_plain_verdict(c->rule) ? "rule" : ch == r->ct->table->hook_chain[r->x.hook] ? "policy" : "return";

	log_trace(&r->x, ch, c->rule->number, what, c->rule);
}

static void log_end(const struct run *r, const struct cchain *cc, const char *what)
{
	log_trace(&r->x, cc->chain, cc->nr + 1, what, NULL);
}

/* RETURN, or a chain's end: back to the caller, false when there is none. */
static bool go_back(struct run *r)
{
	uint32_t from = r->chain;

	if (r->ct->sp == r->bottom)
		return false;
	r->ct->sp--;
	r->chain = r->ct->stack[r->ct->sp].chain;
	r->rule = r->ct->stack[r->ct->sp].rule;
	if (unlikely(r->trace_chain))
		emit_chain(r, r->chain, from, CHAIN_RETURN);
	return true;
}

static enum nf_verdict policy(struct run *r)
{
	struct cchain *base = &r->ct->chain[r->ct->base[r->x.hook]];

	if (is_traced(r))
		log_end(r, base, "policy");
	if (!family_is_l2(r->x.family)) {	/* nf_tables' policies count nothing */
		base->chain->packets++;
		base->chain->bytes += pkt_len(r->x.pkt);
		base->dirty = true;
	}
	r->x.pkt->verdict_rule = NULL;
	r->x.pkt->verdict_chain = base->chain;
	emit_end(r, true, (enum nf_verdict)base->chain->policy);
	return (enum nf_verdict)base->chain->policy;
}

/* A matched rule's target. True: *ret is the table's answer; false: it goes on at chain, rule. */
static bool rule_target(struct run *r, const struct crule *c, enum nf_verdict *ret)
{
	enum xt_verdict v = (enum xt_verdict)c->verdict;

	if (c->target) {
		r->x.state = c->rule->target_state;
		v = c->target->target(&r->x, c->rule->target_info);
		if (v != XT_STOLEN)
			r->ip = pkt_nh(r->x.pkt);	/* it may have changed */
		if (!(c->flags & C_TELLS))
			look_up_again(r);
	}
	switch (v) {
	case XT_CONTINUE:
		r->rule++;
		return false;
	case XT_JUMP:
	case XT_GOTO:
		if (unlikely(++r->jumps > MAX_JUMPS)) {
			r->x.unknown = true;
			*ret = NF_DROP;
			return true;
		}
		if (v == XT_JUMP)
			push(r);
		if (unlikely(r->trace_chain))
			emit_chain(r, c->jump, r->chain, v == XT_JUMP ? CHAIN_JUMP : CHAIN_GOTO);
		r->chain = c->jump;
		r->rule = 0;
		return false;
	case XT_RETURN:
		if (go_back(r))
			return false;
		*ret = policy(r);
		return true;
	default:
		*ret = (enum nf_verdict)v;
		if (v != XT_STOLEN) {
			r->x.pkt->verdict_rule = c->rule;
			r->x.pkt->verdict_chain = c->rule->chain;
			emit_end(r, false, *ret);
		}
		return true;
	}
}

/* Nobody knows whether the rule matches, or what its target does: here the packet ends. */
static void end_unknown(struct run *r, const struct crule *c)
{
	r->x.reason = DROP_UNKNOWN;
	r->x.pkt->verdict_rule = c->rule;
	r->x.pkt->verdict_chain = c->rule->chain;
	ct_unknown(r->x.host, r->x.pkt);
	r->x.host->unknown = true;
}

static enum nf_verdict run_table(struct run *r)
{
	enum nf_verdict v;

	for (;;) {
		struct cchain *cc = &r->ct->chain[r->chain];
		struct crule *c;
		int failed;

		if (r->may_index && cc->nr >= INDEX_MIN)
			skip(r, cc);
		if (r->rule == cc->nr) {
			if (is_traced(r) && !cc->chain->builtin)
				log_end(r, cc, "return");
			if (!go_back(r))
				return policy(r);
			continue;
		}
		c = &cc->rule[r->rule];
		r->ct->tried++;
		failed = rule_match(r, c);
		if (unlikely(r->trace_rule))
			emit_rule(r, c, failed == -2, failed == -2 ? 0 : failed);
		if (failed != -2) {
			r->rule++;
			if (unlikely(r->x.hotdrop))
				break;
			r->x.unknown = false;
			continue;
		}
		if (unlikely(r->x.unknown)) {
			r->x.unknown = false;
			r->rule++;
			if (c->flags & C_TELLS)	/* whatever it says, it decides nothing */
				continue;
			end_unknown(r, c);
			break;
		}
		count_rule(r, c);
		if (is_traced(r))
			log_rule(r, c);
		if (rule_target(r, c, &v)) {
			if (unlikely(r->x.unknown))
				end_unknown(r, c);
			return r->x.hotdrop ? NF_DROP : v;
		}
		if (unlikely(r->x.hotdrop))
			break;
	}
	if (unlikely(r->x.unknown))	/* a later match drops it, if the unknown one lets it come so far */
		end_unknown(r, &r->ct->chain[r->chain].rule[r->rule - 1]);
	emit_end(r, false, NF_DROP);
	return NF_DROP;
}

enum nf_verdict table_eval(struct ctable *ct, struct packet *p, const struct nf_hook_state *s, enum drop_reason *reason)
{
	const struct trace *tr = s->host->trace;
	enum nf_verdict v;
	struct run r;

	/* not all of it: the lists of an index are long */
	r.ct = ct;
	r.ip = pkt_nh(p);
	r.chain = ct->base[s->hook];
	r.rule = 0;
	r.unknown_at = -1;
	r.bottom = ct->sp;
	r.jumps = 0;
	r.in[0] = r.in[1] = r.out[0] = r.out[1] = 0;
	r.trace_rule = trace_on(tr, EV_RULE);
	r.trace_chain = trace_on(tr, EV_CHAIN);
	r.count_dirty = trace_on(tr, EV_COUNTER);
	r.may_index = !r.trace_rule && !s->host->unknown && !family_is_l2(s->family) && index_allowed();
	look_up_again(&r);
	xt_ctx_init(&r.x, s->host, p, s->in, s->out, s->hook, s->family);
	if (s->in)
		ifname_words(r.in, s->in->name);
	if (s->out)
		ifname_words(r.out, s->out->name);
	if (!r.count_dirty)
		ct->all_dirty = true;
	if (unlikely(r.trace_chain))
		emit_chain(&r, r.chain, 0, CHAIN_BASE);
	v = run_table(&r);
	ct->sp = r.bottom;
	if (v == NF_DROP)
		*reason = r.x.reason;
	return v;
}

static void emit_counter(struct host *h, struct ctable *ct, const struct chain *ch, const struct rule *r)
{
	struct event ev = {
		.type = EV_COUNTER, .host = h,
		.u.counter = { .table = ct->table, .chain = ch, .rule = r, .packets = r ? r->packets : ch->packets,
			       .bytes = r ? r->bytes : ch->bytes },
	};
	trace_emit(h->trace, &ev);
}

static int by_place(const void *a, const void *b)
{
	const struct rule *x = (*(struct crule *const *)a)->rule, *y = (*(struct crule *const *)b)->rule;

	if (x->chain->index != y->chain->index)
		return x->chain->index < y->chain->index ? -1 : 1;
	return x->number < y->number ? -1 : x->number > y->number;
}

void ctable_snapshot(struct host *h, struct ctable *ct, bool all)
{
	uint32_t n = 0;

	all |= ct->all_dirty;
	if (!all && ct->nr_dirty > 1)
		qsort(ct->dirty, ct->nr_dirty, sizeof(struct crule *), by_place);
	for (uint32_t i = 0; i < ct->table->nr_chains; i++) {
		struct cchain *cc = &ct->chain[i];

		if (!all && !cc->chain->builtin) {	/* builtin ones come first; of the others only those with something to tell */
			if (n == ct->nr_dirty)
				break;
			i = ct->dirty[n]->rule->chain->index;
			cc = &ct->chain[i];
		}
		if (all)
			for (uint32_t k = 0; k < cc->nr; k++)
				emit_counter(h, ct, cc->chain, cc->rule[k].rule);
		for (; !all && n < ct->nr_dirty && ct->dirty[n]->rule->chain == cc->chain; n++)
			emit_counter(h, ct, cc->chain, ct->dirty[n]->rule);
		if (cc->chain->builtin && (all || cc->dirty))
			emit_counter(h, ct, cc->chain, NULL);
		cc->dirty = false;
	}
	for (n = 0; n < ct->nr_dirty; n++)
		ct->dirty[n]->flags &= (uint8_t)~C_DIRTY;
	ct->nr_dirty = 0;
	ct->all_dirty = false;
}
