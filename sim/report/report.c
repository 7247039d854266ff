// SPDX-License-Identifier: MIT
/* report.c - the readable report: rules with counts, flows and what became of them, address
 * translation, how load was spread, what limiters did, rules nothing matched, drops by reason and
 * place. Everything is collected from the event stream; memory is bounded (MAX_FLOWS). */
#include "sim/report/outfile.h"
#include "sim/report/view.h"
#include "rules/rules.h"
#include "sim/conntrack/conntrack.h"
#include "sim/net/device.h"
#include "sim/packet/headers.h"
#include "sim/packet/ip6.h"
#include "sim/packet/text.h"
#include <stdlib.h>
#include <uthash.h>

#define MAX_FLOWS	65536u
#define MAX_GOING	4096u	/* more are on their way only if they ended without an event */
#define SHOW_FLOWS	40u
#define SHOW_NAT	40u
#define SHOW_LOGS	20u

/* What identifies a flow: its connection if it is tracked, else the addresses of its first packet. */
struct flow_key { uint64_t ct; union inet_addr src, dst; uint16_t sport, dport; uint8_t proto, family, pad[2]; };

struct flow {
	struct flow_key key;
	UT_hash_handle hh;
	uint64_t order;
	struct ct_tuple orig, reply;
	bool tracked;
	uint64_t packets[2], bytes[2];
	uint64_t forwarded[2], delivered, dropped;
	enum drop_reason reason;		/* of the last drop */
	const char *where;
	const struct rule *rule;
	const struct chain *chain;
	char out[2][IFNAMSIZ];			/* where it left last, there and back */
};

/* A packet on its way: whose flow it is. */
struct going { uint64_t id; struct flow_key key; struct flow *flow; uint32_t bytes; uint8_t dir; UT_hash_handle hh; };

struct place_key { uint64_t reason; const char *where; const struct rule *rule; const struct chain *chain; };
struct place { struct place_key key; uint64_t packets; UT_hash_handle hh; };

struct limiter {
	const struct rule *rule;
	const char *ext;
	uint64_t passed, over, first_over, last_refill;
	UT_hash_handle hh;
};

struct counted {		/* a rule or policy with its totals, in the order of the ruleset */
	const struct table *table;
	const struct chain *chain;
	const struct rule *rule;
	uint64_t packets, bytes;
};

struct report {
	struct view view;
	struct outfile out;
	struct strbuf text;
	struct flow *flows;
	struct going *going, *spare;
	struct place *places;
	struct limiter *limiters;
	struct counted *base, *end;
	size_t nr_base, nr_end, cap_base, cap_end;
	uint64_t injected, in_bytes, out_packets, out_bytes, answered, skipped, errors, cut, logs, nr_flows, next_flow, untold, last_t;
	struct strbuf log_lines, commands;
	bool ended, stopped;
	const struct host *host;
	bool base_done;			/* the first snapshot is over */
	bool not_first;
	bool one_of_many;		/* events of other hosts are not its; packets come from them */
	uint64_t unknown;		/* packets whose verdict hangs on what is not emulated */
};

/* ---- collecting ---- */

static bool is_icmp(unsigned family, unsigned proto)
{
	return proto == (family == AF_INET6 ? NEXTHDR_ICMP : IPPROTO_ICMP);
}

static void read_ports(struct flow_key *k, const uint8_t *th)
{
	if (k->proto == IPPROTO_TCP || k->proto == IPPROTO_UDP || k->proto == IPPROTO_UDPLITE || k->proto == IPPROTO_SCTP) {
		k->sport = get_be16(th);
		k->dport = get_be16(th + 2);
	} else if (is_icmp(k->family, k->proto)) {
		unsigned type = th[0];
		bool echo = k->family == AF_INET6 ? type == ICMPV6_ECHO_REQUEST || type == ICMPV6_ECHO_REPLY
						  : type == ICMP_ECHO || type == ICMP_ECHOREPLY;

		k->dport = get_be16(th);
		k->sport = echo ? get_be16(th + ICMP_ID) : 0;
	}
}

/* false for neighbour discovery too: it is no flow, as ARP is none. */
static bool read_tuple6(const struct packet *p, struct flow_key *k)
{
	const uint8_t *ip = pkt_nh(p);
	uint32_t at = 0;
	uint16_t off = 0;
	int proto;

	if (pkt_len(p) < IP6_HLEN)
		return false;
	k->family = AF_INET6;
	k->src = ip6_saddr(ip);
	k->dst = ip6_daddr(ip);
	proto = ip6_find_hdr(p, &at, -1, &off, NULL);
	k->proto = proto < 0 ? ip[IP6_NXT] : (uint8_t)proto;
	if (proto < 0 || off || pkt_len(p) < at + 8)
		return true;
	read_ports(k, ip + at);
	return k->proto != NEXTHDR_ICMP || ip[at] < ICMPV6_MGM_QUERY;
}

static bool read_tuple(const struct packet *p, struct flow_key *k)
{
	const uint8_t *ip = pkt_nh(p), *th;
	uint32_t hlen;

	memset(k, 0, sizeof(*k));
	if (pkt_len(p) >= IP_HLEN && ip[0] >> 4 == 6)
		return read_tuple6(p, k);
	if (pkt_len(p) < IP_HLEN || ip[0] >> 4 != 4)
		return false;
	hlen = ip4_hlen(ip);
	k->family = AF_INET;
	k->proto = ip[IP4_PROTO];
	k->src.ip = ip4_saddr(ip);
	k->dst.ip = ip4_daddr(ip);
	th = ip + hlen;
	if (ip4_fragoff(ip) || pkt_len(p) < hlen + 8)
		return true;
	read_ports(k, th);
	return true;
}

static struct flow *flow_of(struct report *r, const struct flow_key *k)
{
	struct flow *f;

	HASH_FIND(hh, r->flows, k, sizeof(*k), f);
	if (f)
		return f;
	if (r->nr_flows >= MAX_FLOWS) {
		r->untold++;
		return NULL;
	}
	f = xcalloc(1, sizeof(*f));
	f->key = *k;
	f->order = r->next_flow++;
	r->nr_flows++;
	f->orig.l3num = k->family;
	f->orig.src.u3 = k->src;
	f->orig.dst.u3 = k->dst;
	f->orig.src.u = htons(k->sport);
	f->orig.dst.u.all = htons(k->dport);
	f->orig.dst.protonum = k->proto;
	HASH_ADD(hh, r->flows, key, sizeof(f->key), f);
	return f;
}

static struct going *going_of(struct report *r, uint64_t id)
{
	struct going *g;

	HASH_FIND(hh, r->going, &id, sizeof(id), g);
	return g;
}

static void going_end(struct report *r, struct going *g)
{
	HASH_DEL(r->going, g);
	g->hh.next = r->spare;
	r->spare = g;
}

static struct going *going_new(struct report *r, const struct packet *p, const struct flow_key *k)
{
	struct going *g;

	if (HASH_COUNT(r->going) >= MAX_GOING)
		going_end(r, r->going);		/* the oldest */
	g = r->spare;
	if (g)
		r->spare = g->hh.next;
	else
		g = xmalloc(sizeof(*g));
	memset(g, 0, sizeof(*g));
	g->id = p->id;
	g->key = *k;
	g->bytes = pkt_len(p);
	HASH_ADD(hh, r->going, id, sizeof(g->id), g);
	return g;
}

static void count(struct going *g)
{
	g->flow->packets[g->dir]++;
	g->flow->bytes[g->dir] += g->bytes;
}

/* The first hook names the packet's flow; conntrack, if it comes, names it better. */
static void on_hook(struct report *r, const struct event *ev)
{
	struct flow_key k;

	if (ev->u.hook.family == NFPROTO_ARP || ev->u.hook.family == NFPROTO_BRIDGE)
		return;
	if (ev->u.hook.hook != NF_INET_PRE_ROUTING && ev->u.hook.hook != NF_INET_LOCAL_OUT)
		return;
	if (!going_of(r, ev->pkt->id) && read_tuple(ev->pkt, &k))
		going_new(r, ev->pkt, &k);
}

static void on_ct(struct report *r, const struct event *ev)
{
	const struct conn *ct = ev->u.ct.ct;
	struct flow_key k = { 0 };
	struct going *g;

	if (!ev->pkt || !ct || (ev->u.ct.what != CT_EV_FOUND && ev->u.ct.what != CT_EV_NEW))
		return;
	g = going_of(r, ev->pkt->id);
	if (!g || g->flow)
		return;
	k.ct = ct->id;
	g->flow = flow_of(r, &k);
	if (!g->flow)
		return;
	g->dir = CTINFO2DIR(ev->pkt->ctinfo);
	g->flow->tracked = true;
	g->flow->orig = ct->tuple[IP_CT_DIR_ORIGINAL];
	g->flow->reply = ct->tuple[IP_CT_DIR_REPLY];
	count(g);
}

/* The key of the answers to k. */
static struct flow_key turned(const struct flow_key *k)
{
	struct flow_key t = *k;

	t.src = k->dst;
	t.dst = k->src;
	if (!is_icmp(k->family, k->proto)) {
		t.sport = k->dport;
		t.dport = k->sport;
	} else if (k->family == AF_INET6 && k->dport >> 8 == ICMPV6_ECHO_REPLY) {
		t.dport = ICMPV6_ECHO_REQUEST << 8;
	} else if (k->family != AF_INET6 && k->dport >> 8 == ICMP_ECHOREPLY) {
		t.dport = ICMP_ECHO << 8;
	}
	return t;
}

static struct flow *flow_by_addresses(struct report *r, const struct flow_key *k, uint8_t *dir)
{
	struct flow_key t = turned(k);
	struct flow *f;

	HASH_FIND(hh, r->flows, &t, sizeof(t), f);
	if (f && memcmp(&t, k, sizeof(t)) != 0) {
		*dir = 1;
		return f;
	}
	return flow_of(r, k);
}

static void settle(struct report *r, struct going *g)
{
	if (g->flow)
		return;
	g->flow = flow_by_addresses(r, &g->key, &g->dir);
	if (g->flow)
		count(g);
}

/* A reset that answers a packet of an unconfirmed connection belongs to the same flow. */
static struct flow *flow_of_answer(struct report *r, const struct packet *p, const struct going *g)
{
	struct flow_key k = { .ct = p->ct ? p->ct->id : 0 };
	struct flow *f = NULL;

	if (k.ct && !is_icmp(g->key.family, g->key.proto))
		HASH_FIND(hh, r->flows, &k, sizeof(k), f);
	return f && f->orig.dst.protonum == g->key.proto ? f : NULL;
}

/* The packet's flow, found by addresses when conntrack said nothing of it. */
static struct flow *settle_flow(struct report *r, const struct packet *p, struct going **ret)
{
	struct going *g = going_of(r, p->id), *cause;
	struct flow_key k;

	if (!g && read_tuple(p, &k))
		g = going_new(r, p, &k);
	*ret = g;
	if (!g || g->flow)
		return g ? g->flow : NULL;
	cause = p->parent ? going_of(r, p->parent) : NULL;
	if (cause)
		settle(r, cause);	/* the question stands before its answer */
	if (cause && (g->flow = flow_of_answer(r, p, g))) {
		g->dir = CTINFO2DIR(p->ctinfo);
		count(g);
	}
	settle(r, g);
	return g->flow;
}

/* A first packet that was dropped leaves no connection: its repetitions, each a new connection to
 * conntrack, are one flow to the reader. */
static void join_attempts(struct report *r, struct flow *f, const struct packet *p)
{
	struct going *g, *next;
	struct flow_key k;
	struct flow *first;

	if (!f->key.ct || !p->ct || ct_confirmed(p->ct) || f->packets[0] != 1)
		return;
	memset(&k, 0, sizeof(k));
	k.family = (uint8_t)f->orig.l3num;
	k.src = f->orig.src.u3;
	k.dst = f->orig.dst.u3;
	k.sport = ntohs(f->orig.src.u);
	k.dport = ntohs(f->orig.dst.u.all);
	k.proto = f->orig.dst.protonum;
	HASH_DEL(r->flows, f);
	HASH_FIND(hh, r->flows, &k, sizeof(k), first);
	if (!first) {
		f->key = k;
		HASH_ADD(hh, r->flows, key, sizeof(f->key), f);
		return;
	}
	for (unsigned dir = 0; dir < 2; dir++) {
		first->packets[dir] += f->packets[dir];
		first->bytes[dir] += f->bytes[dir];
		first->forwarded[dir] += f->forwarded[dir];
		if (f->forwarded[dir])
			memcpy(first->out[dir], f->out[dir], sizeof(f->out[dir]));
	}
	first->delivered += f->delivered;
	first->dropped += f->dropped;
	first->reply = f->reply;
	first->reason = f->reason;
	first->where = f->where;
	first->rule = f->rule;
	first->chain = f->chain;
	r->nr_flows--;
	HASH_ITER(hh, r->going, g, next)
		if (g->flow == f)
			g->flow = first;
	free(f);
}

static void on_drop(struct report *r, const struct event *ev)
{
	const struct packet *p = ev->pkt;
	bool by_rule = ev->u.drop.reason == DROP_NETFILTER_DROP || ev->u.drop.reason == DROP_UNKNOWN;
	struct place_key k;
	struct going *g = NULL;
	struct flow *f;
	struct place *pl;

	memset(&k, 0, sizeof(k));
	k.reason = ev->u.drop.reason;
	k.where = ev->u.drop.where;
	k.rule = by_rule && p ? p->verdict_rule : NULL;
	k.chain = by_rule && p ? p->verdict_chain : NULL;
	HASH_FIND(hh, r->places, &k, sizeof(k), pl);
	if (!pl) {
		pl = xcalloc(1, sizeof(*pl));
		pl->key = k;
		HASH_ADD(hh, r->places, key, sizeof(pl->key), pl);
	}
	pl->packets++;
	r->unknown += k.reason == DROP_UNKNOWN;
	if (!p || p->protocol == ETH_P_ARP)
		return;
	f = settle_flow(r, p, &g);
	if (f) {
		f->dropped++;
		f->reason = ev->u.drop.reason;
		f->where = ev->u.drop.where;
		f->rule = k.rule;
		f->chain = k.chain;
		join_attempts(r, f, p);
	}
	if (g)
		going_end(r, g);
}

static void on_tx(struct report *r, const struct event *ev)
{
	const struct packet *p = ev->pkt;
	struct going *g = NULL;
	struct flow *f;

	if (ev->u.dev.dev->kind != DEV_PHYS)
		return;
	r->out_packets++;
	r->out_bytes += p->tail - p->mac;
	if (p->protocol == ETH_P_ARP || get_be16(pkt_mac(p) + 12) == ETH_P_ARP)
		return;
	g = going_of(r, p->id);
	if (!g && p->parent)
		return;		/* a fragment or a copy: its parent was counted */
	f = settle_flow(r, p, &g);
	if (f) {
		f->forwarded[g->dir]++;
		memcpy(f->out[g->dir], ev->u.dev.dev->name, sizeof(f->out[0]));
	}
	if (g)
		going_end(r, g);
}

static void on_deliver(struct report *r, const struct event *ev)
{
	struct going *g = NULL;
	struct flow *f = ev->pkt ? settle_flow(r, ev->pkt, &g) : NULL;

	if (f)
		f->delivered++;
	if (g)
		going_end(r, g);
}

static void on_limit(struct report *r, const struct event *ev)
{
	const struct rule *rule = ev->u.limit.rule;
	struct limiter *l;

	HASH_FIND_PTR(r->limiters, &rule, l);
	if (!l) {
		l = xcalloc(1, sizeof(*l));
		l->rule = rule;
		l->ext = ev->u.limit.ext;
		HASH_ADD_PTR(r->limiters, rule, l);
	}
	if (ev->u.limit.over) {
		if (!l->over++)
			l->first_over = l->passed + 1;
		l->last_refill = ev->t + ev->u.limit.refill;
	} else {
		l->passed++;
	}
}

static void on_nat(struct report *r, const struct event *ev)
{
	const struct conn *ct = ev->u.nat.ct;
	struct flow_key k = { .ct = ct->id };
	struct flow *f;

	HASH_FIND(hh, r->flows, &k, sizeof(k), f);
	if (f)
		f->reply = ct->tuple[IP_CT_DIR_REPLY];
}

static void on_log(struct report *r, const struct event *ev)
{
	if (r->logs++ < SHOW_LOGS)
		sb_printf(&r->log_lines, "  <%u> %s\n", ev->u.log.level, ev->u.log.text);
}

static void on_counter(struct report *r, const struct event *ev)
{
	struct counted **list = r->ended ? &r->end : &r->base;
	size_t *nr = r->ended ? &r->nr_end : &r->nr_base, *cap = r->ended ? &r->cap_end : &r->cap_base;

	if ((r->injected || r->base_done) && !r->ended)
		return;
	if (*nr == *cap) {
		*cap = *cap ? *cap * 2 : 256;
		*list = xrealloc(*list, *cap * sizeof(**list));
	}
	(*list)[(*nr)++] = (struct counted){ ev->u.counter.table, ev->u.counter.chain, ev->u.counter.rule, ev->u.counter.packets,
					     ev->u.counter.bytes };
}

static void on_event(struct trace_sink *s, const struct event *ev)
{
	struct report *r = container_of(s, struct report, view.sink);

	if (r->one_of_many && ev->host != r->host)
		return;
	if (ev->host)
		r->host = ev->host;
	if (ev->t > r->last_t)
		r->last_t = ev->t;
	r->base_done |= ev->type != EV_COUNTER;
	switch (ev->type) {
	case EV_RX:
		if (ev->u.dev.dev->kind == DEV_PHYS) {
			r->injected++;
			r->in_bytes += ev->pkt->tail - ev->pkt->mac;
		}
		break;
	case EV_INJECT:
		if (ev->u.inject.kind == INJECT_COMMAND)
			break;
		if (r->one_of_many && ev->pkt && ev->u.inject.kind != INJECT_LOCAL)
			break;		/* counted as it is received */
		r->injected += !r->one_of_many;
		r->skipped += ev->u.inject.skipped != NULL;
		if (ev->pkt) {
			r->in_bytes += ev->pkt->tail - ev->pkt->mac;
			r->cut += ev->pkt->cut != 0;
		}
		break;
	case EV_HOOK:		on_hook(r, ev);		break;
	case EV_CT:		on_ct(r, ev);		break;
	case EV_DROP:		on_drop(r, ev);		break;
	case EV_TX:		on_tx(r, ev);		break;
	case EV_DELIVER:	on_deliver(r, ev);	break;
	case EV_LIMIT:		on_limit(r, ev);	break;
	case EV_COUNTER:	on_counter(r, ev);	break;
	case EV_ERRNO:		r->errors++;		break;
	case EV_ANSWER:		r->answered++;		break;
	case EV_COMMAND:	sb_puts(&r->commands, ev->u.command.text);	break;
	case EV_LOG:		on_log(r, ev);		break;
	case EV_END:		r->ended = true; r->stopped = ev->u.end.stopped;	break;
	case EV_NAT:		on_nat(r, ev);		break;
	default:
		break;
	}
}

/* ---- telling ---- */

/* An address of the flow, with the port when its protocol has them. */
static void endpoint(struct strbuf *out, const struct flow *f, const union inet_addr *a, uint16_t port)
{
	bool v6 = f->orig.l3num == AF_INET6;
	uint8_t proto = f->orig.dst.protonum;
	char buf[ADDRSTRLEN];

	inet_str(buf, v6 ? AF_INET6 : AF_INET, a);
	if (proto == IPPROTO_TCP || proto == IPPROTO_UDP || proto == IPPROTO_UDPLITE || proto == IPPROTO_SCTP)
		sb_printf(out, v6 ? "[%s]:%u" : "%s:%u", buf, port);
	else
		sb_puts(out, buf);
}

static void proto_word(struct strbuf *out, const struct ct_tuple *t)
{
	static const struct { uint8_t n; const char *name; } known[] = {
		{ 1, "icmp" }, { 2, "igmp" }, { 6, "tcp" }, { 17, "udp" }, { 33, "dccp" }, { 47, "gre" }, { 50, "esp" }, { 51, "ah" },
		{ 132, "sctp" }, { 136, "udplite" },
	};

	if (t->l3num == AF_INET6 && t->dst.protonum == NEXTHDR_ICMP) {
		sb_puts(out, "icmp6");
		return;
	}
	for (unsigned i = 0; i < ARRAY_SIZE(known); i++) {
		if (known[i].n == t->dst.protonum) {
			sb_puts(out, known[i].name);
			return;
		}
	}
	sb_printf(out, "proto %u", t->dst.protonum);
}

static void pad_to(struct strbuf *out, size_t start, size_t width)
{
	while (out->len - start < width)
		sb_putc(out, ' ');
}

static void rule_name(struct strbuf *out, const struct rule *rule, const struct chain *chain)
{
	if (rule)
		sb_printf(out, "%s%s %s rule %u", table_kind(rule->chain->table), rule->chain->table->name, rule->chain->name, rule->number);
	else if (chain)
		sb_printf(out, "%s%s %s policy", table_kind(chain->table), chain->table->name, chain->name);
}

static void tell_head(struct report *r)
{
	struct strbuf *o = &r->text;

	sb_printf(o, "%s: %llu packet%s in, %llu out, in %llu.%03llu s of virtual time\n", r->host ? r->host->name : "host",
		  (unsigned long long)r->injected, r->injected == 1 ? "" : "s", (unsigned long long)r->out_packets,
		  (unsigned long long)(r->last_t / NSEC_PER_SEC), (unsigned long long)(r->last_t % NSEC_PER_SEC / NSEC_PER_MSEC));
	if (r->stopped)
		sb_puts(o, "PARTIAL: the run was stopped; this is what came before\n");
	if (r->skipped)
		sb_printf(o, "%llu of them could not be built and were skipped\n", (unsigned long long)r->skipped);
	if (r->cut)
		sb_printf(o, "%llu were cut by the capture's snaplen: judged by their headers, the missing bytes taken as zeros\n",
			  (unsigned long long)r->cut);
	if (r->unknown)
		sb_printf(o, "%llu have an unknown verdict: it hangs on an extension that is not emulated, or on what such a packet did\n",
			  (unsigned long long)r->unknown);
	if (r->errors)
		sb_printf(o, "%llu local senders got an error back\n", (unsigned long long)r->errors);
}

static const struct counted *base_of(const struct report *r, size_t i)
{
	static const struct counted none;

	/* Both snapshots walk the same rules in the same order. */
	return i < r->nr_base && r->base[i].rule == r->end[i].rule && r->base[i].chain == r->end[i].chain ? &r->base[i] : &none;
}

/* One chain: its name with the policy's counts, then its rules. Entries i..n of the snapshot are its. */
static void tell_chain(struct report *r, size_t i, size_t n)
{
	const struct chain *chain = r->end[i].chain;
	struct strbuf *o = &r->text;

	sb_printf(o, "  %s%s %s", table_kind(chain->table), chain->table->name, chain->name);
	if (!chain->builtin)
		sb_printf(o, " (%u rule%s)\n", chain->nr_rules, chain->nr_rules == 1 ? "" : "s");
	for (size_t k = i; k < n; k++)
		if (!r->end[k].rule && chain->builtin)
			sb_printf(o, " (policy %s: %llu packets, %llu bytes)\n", chain->policy == XT_DROP ? "DROP" : "ACCEPT",
				  (unsigned long long)(r->end[k].packets - base_of(r, k)->packets),
				  (unsigned long long)(r->end[k].bytes - base_of(r, k)->bytes));
	for (size_t k = i; k < n; k++) {
		if (!r->end[k].rule)
			continue;
		sb_printf(o, "  %5u %10llu %12llu  ", r->end[k].rule->number,
			  (unsigned long long)(r->end[k].packets - base_of(r, k)->packets),
			  (unsigned long long)(r->end[k].bytes - base_of(r, k)->bytes));
		rule_save(r->end[k].rule, o);
		sb_putc(o, '\n');
	}
}

static void tell_rules(struct report *r)
{
	if (r->nr_end)
		sb_puts(&r->text, "\nRules (number, packets, bytes)\n");
	for (size_t i = 0, n; i < r->nr_end; i = n) {
		for (n = i; n < r->nr_end && r->end[n].chain == r->end[i].chain; n++)
			;
		tell_chain(r, i, n);
	}
}

static int by_order(const struct flow *a, const struct flow *b)
{
	return a->order < b->order ? -1 : a->order > b->order;
}

static void tell_left(struct strbuf *o, const struct flow *f, unsigned dir, const char **sep)
{
	if (!f->forwarded[dir])
		return;
	sb_printf(o, "%s%llu %s by %s", *sep, (unsigned long long)f->forwarded[dir], dir ? "back" : "left", f->out[dir]);
	*sep = ", ";
}

static void tell_end(struct strbuf *o, const struct flow *f)
{
	const char *sep = "";

	tell_left(o, f, 0, &sep);
	if (f->delivered) {
		sb_printf(o, "%s%llu delivered", sep, (unsigned long long)f->delivered);
		sep = ", ";
	}
	tell_left(o, f, 1, &sep);
	if (f->dropped) {
		sb_printf(o, "%s%llu %s: ", sep, (unsigned long long)f->dropped, f->reason == DROP_UNKNOWN ? "unknown" : "dropped");
		if (f->rule || f->chain)
			rule_name(o, f->rule, f->chain);
		else
			sb_printf(o, "%s in %s", drop_reason_name(f->reason), f->where);
		sep = ", ";
	}
	if (!*sep)
		sb_puts(o, "taken by the host");
}

/* What NAT made of it, from the two tuples. */
static bool rewrites(struct strbuf *o, const struct flow *f)
{
	bool src, dst;

	if (!f->tracked)
		return false;
	dst = memcmp(&f->orig.dst.u3, &f->reply.src.u3, sizeof(f->orig.dst.u3)) ||
	      (!is_icmp(f->orig.l3num, f->orig.dst.protonum) && f->orig.dst.u.all != f->reply.src.u);
	src = memcmp(&f->orig.src.u3, &f->reply.dst.u3, sizeof(f->orig.src.u3)) ||
	      (!is_icmp(f->orig.l3num, f->orig.dst.protonum) && f->orig.src.u != f->reply.dst.u.all);
	if (dst) {
		sb_puts(o, "destination is now ");
		endpoint(o, f, &f->reply.src.u3, ntohs(f->reply.src.u));
	}
	if (src) {
		sb_puts(o, dst ? ", source is now " : "source is now ");
		endpoint(o, f, &f->reply.dst.u3, ntohs(f->reply.dst.u.all));
	}
	return src || dst;
}

static void tell_flow(struct strbuf *o, const struct flow *f)
{
	size_t start = o->len;

	sb_puts(o, "  ");
	proto_word(o, &f->orig);
	sb_putc(o, ' ');
	endpoint(o, f, &f->orig.src.u3, ntohs(f->orig.src.u));
	sb_puts(o, " > ");
	endpoint(o, f, &f->orig.dst.u3, ntohs(f->orig.dst.u.all));
	if (is_icmp(f->orig.l3num, f->orig.dst.protonum)) {
		unsigned type = ntohs(f->orig.dst.u.all) >> 8, code = ntohs(f->orig.dst.u.all) & 0xff;
		const char *name = f->orig.l3num == AF_INET6 ? icmp6_type_name(type, code) : icmp_type_name(type, code);

		if (name)
			sb_printf(o, " %s", name);
		else
			sb_printf(o, " type=%u code=%u", type, code);
	}
	pad_to(o, start, 54);
}

static void tell_flows(struct report *r)
{
	struct strbuf *o = &r->text;
	struct flow *f, *tmp;
	unsigned shown = 0;

	if (!r->flows)
		return;
	HASH_SORT(r->flows, by_order);
	sb_printf(o, "\nFlows (%llu; packets there/back)\n", (unsigned long long)r->nr_flows);
	HASH_ITER(hh, r->flows, f, tmp) {
		if (shown++ == SHOW_FLOWS) {
			sb_printf(o, "  ... and %llu more\n", (unsigned long long)(r->nr_flows - SHOW_FLOWS));
			break;
		}
		tell_flow(o, f);
		sb_printf(o, " %4llu/%-4llu ", (unsigned long long)f->packets[0], (unsigned long long)f->packets[1]);
		tell_end(o, f);
		sb_putc(o, '\n');
	}
	if (r->untold)
		sb_printf(o, "  %llu packets belong to flows beyond the first %u, counted in the rules only\n", (unsigned long long)r->untold, MAX_FLOWS);
}

static void tell_nat(struct report *r)
{
	struct strbuf *o = &r->text, what = { 0 };
	unsigned long long translated = 0;
	struct flow *f, *tmp;

	HASH_ITER(hh, r->flows, f, tmp) {
		sb_clear(&what);
		if (!rewrites(&what, f))
			continue;
		if (!translated++)
			sb_puts(o, "\nAddress translation\n");
		if (translated > SHOW_NAT)
			continue;
		tell_flow(o, f);
		sb_printf(o, " %s\n", sb_str(&what));
	}
	if (translated > SHOW_NAT)
		sb_printf(o, "  ... and %llu more\n", translated - SHOW_NAT);
	sb_free(&what);
}

/* The share a statistic match asks for, read from the rule as it is saved; false = no such match. */
static bool share_of(const struct rule *rule, double *ret)
{
	struct strbuf text = { 0 };
	const char *p;
	bool found = false;

	rule_save(rule, &text);
	p = strstr(sb_str(&text), "-m statistic ");
	if (p && !strstr(p, "! --")) {
		const char *prob = strstr(p, "--probability "), *every = strstr(p, "--every ");

		if (prob)
			*ret = strtod(prob + 14, NULL);
		else if (every)
			*ret = 1 / strtod(every + 8, NULL);
		found = prob || every;
	}
	sb_free(&text);
	return found;
}

/* The end (exclusive) of a group that begins at i: neighbouring rules of one chain with a statistic match, and
 * the one after them that takes the rest. */
static size_t balance_end(const struct report *r, size_t i)
{
	const struct counted *c = r->end;
	size_t last = i;
	double share;

	/* The policy, without a rule, ends a chain. */
	while (last + 1 < r->nr_end && c[last + 1].chain == c[i].chain && c[last + 1].rule && share_of(c[last + 1].rule, &share))
		last++;
	if (last + 1 < r->nr_end && c[last + 1].chain == c[i].chain && c[last + 1].rule && c[last + 1].rule->ext == c[i].rule->ext)
		last++;
	return last + 1;
}

static double seen_by(const struct report *r, size_t i)
{
	return (double)(r->end[i].packets - base_of(r, i)->packets);
}

/* Each rule sees what those before it left. What is left by all of them is reported, not shared out. */
static void tell_group(struct report *r, size_t begin, size_t end)
{
	double left = 1, missed = 1, total = 0, share = 1, first = 0;
	struct strbuf *o = &r->text;
	bool same = end - begin > 1;

	for (size_t k = begin; k < end; k++) {
		total += seen_by(r, k);
		share = 1;
		same &= share_of(r->end[k].rule, &share) && (k == begin || share == first);
		first = k == begin ? share : first;
		missed *= 1 - share;
	}
	for (size_t k = begin; k < end; k++) {
		double want;

		share = 1;
		share_of(r->end[k].rule, &share);
		want = left * share;
		left -= want;
		sb_printf(o, "  %s%s %s %-3u %8.0f  expected %5.1f %%, seen %5.1f %%  ", table_kind(r->end[k].table), r->end[k].table->name, r->end[k].chain->name,
			  r->end[k].rule->number, seen_by(r, k), want / (1 - missed) * 100, total > 0 ? seen_by(r, k) * 100 / total : 0.0);
		rule_save(r->end[k].rule, o);
		sb_putc(o, '\n');
	}
	if (missed > 0.0001)
		sb_printf(o, "  expected to miss %.1f %% of what reaches them: the last rule should take the rest, without -m statistic\n",
			  missed * 100);
	if (same)
		sb_printf(o, "  uneven: a rule only sees what the rules before it left; for %zu equal shares take 1/%zu, 1/%zu and so on,"
			  " the last rule all\n", end - begin, end - begin, end - begin - 1);
}

static void tell_balance(struct report *r)
{
	bool head = false;
	double share;

	for (size_t i = 0; i < r->nr_end; i++) {
		size_t end;

		if (!r->end[i].rule || !share_of(r->end[i].rule, &share))
			continue;
		end = balance_end(r, i);
		if (end - i > 1) {
			if (!head)
				sb_puts(&r->text, "\nLoad balancing (new connections; shares of those that were taken)\n");
			head = true;
			tell_group(r, i, end);
		}
		i = end - 1;
	}
}

static int by_rule(const struct limiter *a, const struct limiter *b)
{
	int t;

	if (!a->rule || !b->rule)
		return !a->rule - !b->rule;
	t = strcmp(a->rule->chain->table->name, b->rule->chain->table->name);
	if (!t)
		t = (int)a->rule->chain->index - (int)b->rule->chain->index;
	return t ? t : (int)a->rule->number - (int)b->rule->number;
}

static void tell_limiters(struct report *r)
{
	struct strbuf *o = &r->text;
	struct limiter *l, *tmp;

	if (!r->limiters)
		return;
	HASH_SORT(r->limiters, by_rule);
	sb_puts(o, "\nLimiters (within: the match said yes, or under its limit)\n");
	HASH_ITER(hh, r->limiters, l, tmp) {
		sb_puts(o, "  ");
		rule_name(o, l->rule, NULL);
		sb_printf(o, " (%s): %llu within, %llu over", l->ext, (unsigned long long)l->passed, (unsigned long long)l->over);
		if (l->over)
			sb_printf(o, "; first over at packet %llu, one more passes at %.3f s", (unsigned long long)l->first_over,
				  (double)l->last_refill / 1e9);
		sb_putc(o, '\n');
	}
}

static void tell_unmatched(struct report *r)
{
	struct strbuf *o = &r->text;
	bool head = false;

	for (size_t i = 0; i < r->nr_end; i++) {
		const struct counted *c = &r->end[i];

		if (!c->rule || c->packets != base_of(r, i)->packets)
			continue;
		if (!head)
			sb_puts(o, "\nRules that nothing matched\n");
		head = true;
		sb_printf(o, "  %s%s ", table_kind(c->table), c->table->name);
		rule_save(c->rule, o);
		if (c->rule->pos.src) {
			size_t line, col;

			source_where(c->rule->pos, &line, &col);
			sb_printf(o, "   (line %zu)", line);
		}
		sb_putc(o, '\n');
	}
}

static int by_count(const struct place *a, const struct place *b)
{
	if (a->packets != b->packets)
		return a->packets > b->packets ? -1 : 1;
	if (a->key.reason != b->key.reason)
		return a->key.reason < b->key.reason ? -1 : 1;
	if (a->key.rule && b->key.rule)
		return a->key.rule->pos.off < b->key.rule->pos.off ? -1 : 1;
	return strcmp(a->key.where, b->key.where);
}

static void tell_drops(struct report *r)
{
	struct strbuf *o = &r->text;
	struct place *p, *tmp;

	if (!r->places)
		return;
	HASH_SORT(r->places, by_count);
	sb_puts(o, "\nDrops by reason and place\n");
	HASH_ITER(hh, r->places, p, tmp) {
		sb_printf(o, "  %10llu  %-18s ", (unsigned long long)p->packets, drop_reason_name((enum drop_reason)p->key.reason));
		if (p->key.rule || p->key.chain)
			rule_name(o, p->key.rule, p->key.chain);
		else
			sb_puts(o, p->key.where);
		sb_putc(o, '\n');
	}
}

static void tell_commands(struct report *r)
{
	if (!r->commands.len)
		return;
	sb_puts(&r->text, "\nCommands\n");
	for (const char *s = sb_str(&r->commands); *s; s += strcspn(s, "\n"), s += *s == '\n')
		sb_printf(&r->text, "  %.*s\n", (int)strcspn(s, "\n"), s);
}

static void tell_logs(struct report *r)
{
	if (!r->logs)
		return;
	sb_printf(&r->text, "\nKernel log (%llu line%s)\n%s", (unsigned long long)r->logs, r->logs == 1 ? "" : "s",
		  sb_str(&r->log_lines));
	if (r->logs > SHOW_LOGS)
		sb_printf(&r->text, "  ... and %llu more\n", (unsigned long long)(r->logs - SHOW_LOGS));
}

static void free_all(struct report *r)
{
	struct flow *f, *ft;
	struct going *g, *gt;
	struct place *p, *pt;
	struct limiter *l, *lt;

	HASH_ITER(hh, r->flows, f, ft) {
		HASH_DEL(r->flows, f);
		free(f);
	}
	HASH_ITER(hh, r->going, g, gt) {
		HASH_DEL(r->going, g);
		free(g);
	}
	while ((g = r->spare)) {
		r->spare = g->hh.next;
		free(g);
	}
	HASH_ITER(hh, r->places, p, pt) {
		HASH_DEL(r->places, p);
		free(p);
	}
	HASH_ITER(hh, r->limiters, l, lt) {
		HASH_DEL(r->limiters, l);
		free(l);
	}
	free(r->base);
	free(r->end);
	sb_free(&r->text);
	sb_free(&r->log_lines);
	sb_free(&r->commands);
	free(r);
}

static bool close_report(struct view *v, bool keep, struct diag *d)
{
	struct report *r = container_of(v, struct report, view);
	bool ok;

	if (keep) {
		if (r->one_of_many && r->not_first)
			sb_putc(&r->text, '\n');
		tell_head(r);
		tell_flows(r);
		tell_nat(r);
		tell_balance(r);
		tell_limiters(r);
		tell_drops(r);
		tell_commands(r);
		tell_logs(r);
		tell_rules(r);
		tell_unmatched(r);
		outfile_write(&r->out, sb_str(&r->text), r->text.len);
	}
	ok = outfile_close(&r->out, keep, d);
	free_all(r);
	return ok;
}

struct view *view_report_host(const char *path, const struct host *h, bool first, struct diag *d)
{
	struct view *v = view_report(path, d);

	if (v) {
		struct report *r = container_of(v, struct report, view);

		r->host = h;
		r->one_of_many = true;
		r->not_first = !first;
		v->sink.mask |= EV_BIT(EV_RX);
	}
	return v;
}

struct view *view_report(const char *path, struct diag *d)
{
	struct report *r = xcalloc(1, sizeof(*r));

	if (!outfile_open(&r->out, path, d)) {
		free(r);
		return NULL;
	}
	r->view.close = close_report;
	r->view.sink.event = on_event;
	r->view.sink.mask = EV_BIT(EV_INJECT) | EV_BIT(EV_HOOK) | EV_BIT(EV_CT) | EV_BIT(EV_DROP) | EV_BIT(EV_TX) | EV_BIT(EV_DELIVER) |
			    EV_BIT(EV_LIMIT) | EV_BIT(EV_COUNTER) | EV_BIT(EV_ERRNO) | EV_BIT(EV_ANSWER) | EV_BIT(EV_LOG) | EV_BIT(EV_COMMAND) |
			    EV_BIT(EV_NAT) | EV_BIT(EV_END);
	return &r->view;
}
