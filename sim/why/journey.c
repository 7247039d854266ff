// SPDX-License-Identifier: MIT
/* journey.c - the event stream kept as stories; and, while the packet is at hand, how near each rule was to it. */
#include "sim/why/journey.h"
#include "rules/rules.h"
#include "sim/net/fib.h"
#include "sim/net/net.h"
#include "sim/packet/text.h"
#include <stdlib.h>

#define NEAR_FAILED_MAX 2	/* rules that miss by more conditions are not near */
#define JUMP_DEPTH	16

struct known { uint64_t id, parent; const char *text; struct flow flow; };

/* A rule's answer in the run of a table that is going on. Runs nest: a REJECT's answer goes through OUTPUT. */
struct tried { uint64_t pkt; const struct rule *rule; bool matched; int failed_at; };

struct journey {
	struct trace_sink sink;
	struct trace *trace;
	struct host *host;		/* where the event at hand happens */
	uint64_t own_time;
	struct arena *arena;
	struct story *first, **last, *now;
	struct known *known;
	size_t nr_known, known_cap;
	struct tried *tried;		/* of the tables being run */
	size_t nr_tried, tried_cap;
	uint64_t settled;		/* packets from here on are none of the story's own */
	struct strbuf text;
};

/* ---- packets seen */

static struct known *known(const struct journey *j, uint64_t id)
{
	size_t lo = 0, hi = j->nr_known;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (j->known[mid].id < id)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < j->nr_known && j->known[lo].id == id ? &j->known[lo] : NULL;
}

static const char *packet_line(struct journey *j, const struct packet *p)
{
	bool ip = p->protocol == ETH_P_IP || p->protocol == ETH_P_IPV6 || !pkt_has_mac(p);

	sb_clear(&j->text);
	if (ip)
		packet_print(&j->text, pkt_nh(p), pkt_len(p), PACKET_SHORT);
	else
		frame_print(&j->text, pkt_mac(p), p->tail - p->mac, PACKET_SHORT);
	return arena_strdup(j->arena, sb_str(&j->text));
}

static const char *frame_line(struct journey *j, const struct packet *p)
{
	sb_clear(&j->text);
	frame_print(&j->text, pkt_mac(p), p->tail - p->mac, PACKET_SHORT);
	return arena_strdup(j->arena, sb_str(&j->text));
}

static bool has_ports(uint8_t proto)
{
	return proto == IPPROTO_TCP || proto == IPPROTO_UDP;
}

/* The transport header's place, 0 = there is none or it is in another fragment. */
static uint32_t transport(const struct packet *p, uint8_t *ret_proto)
{
	const uint8_t *ip = pkt_nh(p);
	uint16_t fragoff = 0;
	uint32_t at = 0;
	int proto;

	if (ip[0] >> 4 == 4) {
		*ret_proto = ip[IP4_PROTO];
		return ip4_fragoff(ip) ? 0 : ip4_hlen(ip);
	}
	proto = ip6_find_hdr(p, &at, -1, &fragoff, NULL);
	*ret_proto = proto < 0 ? 0 : (uint8_t)proto;
	return proto < 0 || fragoff ? 0 : at;
}

static struct flow flow_of(const struct packet *p)
{
	const uint8_t *ip = pkt_nh(p);
	struct flow f = { .proto = 0 };
	uint32_t th;

	if (pkt_len(p) >= IP_HLEN && ip[0] >> 4 == 4) {
		f.family = NFPROTO_IPV4;
		f.addr[0].ip = ip4_saddr(ip);
		f.addr[1].ip = ip4_daddr(ip);
	} else if (pkt_len(p) >= IP6_HLEN && ip[0] >> 4 == 6) {
		f.family = NFPROTO_IPV6;
		f.addr[0] = ip6_saddr(ip);
		f.addr[1] = ip6_daddr(ip);
	} else {
		return f;
	}
	th = transport(p, &f.proto);
	if (has_ports(f.proto) && th && pkt_len(p) >= th + 4) {
		f.port[0] = load_be16(ip + th);
		f.port[1] = load_be16(ip + th + 2);
	}
	return f;
}

/* Ids only grow, but packets need not be seen in their order. */
static void meet(struct journey *j, const struct packet *p, const char *text)
{
	size_t at;

	if (known(j, p->id))
		return;
	if (j->nr_known == j->known_cap) {
		j->known_cap = j->known_cap ? j->known_cap * 2 : 64;
		j->known = xrealloc(j->known, j->known_cap * sizeof(*j->known));
	}
	for (at = j->nr_known++; at > 0 && j->known[at - 1].id > p->id; at--)
		j->known[at] = j->known[at - 1];
	j->known[at] = (struct known){ p->id, p->parent, text ? text : packet_line(j, p), flow_of(p) };
}

/* ---- steps */

static struct step *add(struct journey *j, const struct event *ev)
{
	struct step *s = arena_new(j->arena, struct step);

	s->type = ev->type;
	s->host = ev->host;
	s->t = ev->t;
	s->pkt = ev->pkt ? ev->pkt->id : 0;
	s->failed_at = -1;
	*j->now->last = s;
	j->now->last = &s->next;
	return s;
}

static const char *dev_name(struct journey *j, const struct net_device *dev)
{
	return dev ? arena_strdup(j->arena, dev->name) : NULL;
}

static const char *taken(struct journey *j)
{
	const char *s = arena_strdup(j->arena, sb_str(&j->text));

	sb_clear(&j->text);
	return s;
}

static void tuple_line(struct strbuf *o, const struct ct_tuple *t)
{
	unsigned family = t->l3num == NFPROTO_IPV6 ? NFPROTO_IPV6 : NFPROTO_IPV4, proto = t->dst.protonum;
	bool ports = proto == IPPROTO_TCP || proto == IPPROTO_UDP || proto == IPPROTO_SCTP || proto == IPPROTO_UDPLITE;
	const char *open = family == NFPROTO_IPV6 && ports ? "[" : "", *close = *open ? "]" : "";
	char a[ADDRSTRLEN], b[ADDRSTRLEN];

	inet_str(a, family, &t->src.u3);
	inet_str(b, family, &t->dst.u3);
	sb_printf(o, "%s ", ct_proto_name((uint8_t)proto));
	if (ports)
		sb_printf(o, "%s%s%s:%u > %s%s%s:%u", open, a, close, ntohs(t->src.u), open, b, close, ntohs(t->dst.u.all));
	else
		sb_printf(o, "%s > %s", a, b);
}

/* ---- how near was each rule */

struct place { struct packet *p; const struct net_device *in, *out; enum nf_hook hook; uint8_t family; };

static const struct tried *was_tried(const struct journey *j, const struct rule *r, uint64_t pkt)
{
	for (size_t i = j->nr_tried; i-- > 0;)
		if (j->tried[i].rule == r && j->tried[i].pkt == pkt)
			return &j->tried[i];
	return NULL;
}

/* Who kept the packet from a rule of chain c: the last rule there that took it, or what that one led to. */
static const struct rule *decided(const struct journey *j, const struct chain *c, const struct packet *p)
{
	const struct rule *last = NULL;

	for (size_t i = 0; i < j->nr_tried; i++)
		if (j->tried[i].pkt == p->id && j->tried[i].matched && j->tried[i].rule->chain == c)
			last = j->tried[i].rule;
	if (last && last->verdict != XT_JUMP && last->verdict != XT_GOTO)
		return last;
	return p->verdict_rule ? p->verdict_rule : last;
}

/* ---- would it match if the packet were a little different? */

/* Both addresses, or both ports, as they lie in the header. */
struct part { uint8_t *at; size_t len; uint8_t saved[32]; };

static struct part addresses(const struct place *at)
{
	bool v6 = at->family == NFPROTO_IPV6;
	struct part a = { .at = pkt_nh(at->p) + (v6 ? IP6_SRC : IP4_SRC), .len = v6 ? 32 : 8 };

	memcpy(a.saved, a.at, a.len);
	return a;
}

/* Without ports: len 0. */
static struct part ports(const struct place *at)
{
	struct part a = { 0 };
	uint8_t proto;
	uint32_t th = transport(at->p, &proto);

	if (!th || !has_ports(proto) || pkt_len(at->p) < th + 4)
		return a;
	a.at = pkt_nh(at->p) + th;
	a.len = 4;
	memcpy(a.saved, a.at, a.len);
	return a;
}

static void put_back(const struct part *part)
{
	if (part->len)
		memcpy(part->at, part->saved, part->len);
}

static void turn_round(struct part *part)
{
	memcpy(part->at, part->saved + part->len / 2, part->len / 2);
	memcpy(part->at + part->len / 2, part->saved, part->len / 2);
}

static bool would_match(struct journey *j, const struct rule *r, const struct place *at)
{
	struct rule_probe pr;

	rule_probe(r, j->arena, j->host, at->p, at->in, at->out, at->hook, at->family, &pr);
	return !pr.nr_failed;
}

/* Source and destination taken for each other: in the rule's ports, its addresses, or both; or its interfaces. */
static const char *turned(struct journey *j, const struct rule *r, const struct place *at)
{
	static const char *const words[] = { "ports", "addresses", "addresses and ports" };
	struct part port = ports(at), addr = addresses(at);
	struct place round = *at;
	const char *found = NULL;

	if (r->ip.inv_src || r->ip.inv_dst)	/* whom a rule leaves out is no mistake */
		return NULL;
	round.in = at->out;
	round.out = at->in;
	if (at->hook == NF_INET_FORWARD && at->in && at->out && would_match(j, r, &round))
		return "interfaces";
	for (unsigned what = 1; what <= 3 && !found; what++) {
		if ((what & 1) && !port.len)
			continue;
		if (what & 1)
			turn_round(&port);
		if (what & 2)
			turn_round(&addr);
		if (would_match(j, r, at))
			found = words[what - 1];
		put_back(&port);
		put_back(&addr);
	}
	return found;
}

/* Would the rule have matched the packet as it came, before NAT, wholly or in part? The packet is left as it was. */
static const char *before_nat(struct journey *j, const struct rule *r, const struct place *at)
{
	static const char *const words[] = { "the port of ", "the address of ", "" };
	struct packet *p = at->p;
	struct part port = ports(at), addr = addresses(at);
	const struct ct_tuple *t;
	const char *found = NULL;

	if (!p->ct || p->ctinfo >= IP_CT_NUMBER || !(p->ct->status & IPS_NAT_MASK))
		return NULL;
	t = &p->ct->tuple[CTINFO2DIR(p->ctinfo)];
	if (port.len && t->dst.protonum != IPPROTO_TCP && t->dst.protonum != IPPROTO_UDP)
		return NULL;
	for (unsigned what = 3; what >= 1 && !found; what = what == 3 ? 1 : what == 1 ? 2 : 0) {
		if ((what & 1) && port.len) {
			memcpy(port.at, &t->src.u, 2);
			memcpy(port.at + 2, &t->dst.u.all, 2);
		}
		if (what & 2) {
			memcpy(addr.at, &t->src.u3, addr.len / 2);
			memcpy(addr.at + addr.len / 2, &t->dst.u3, addr.len / 2);
		}
		if (would_match(j, r, at)) {
			sb_clear(&j->text);
			sb_puts(&j->text, words[what - 1]);
			tuple_line(&j->text, t);
			found = taken(j);
		}
		put_back(&port);
		put_back(&addr);
		if (what == 2)
			break;
	}
	return found;
}

static struct near *near_rule(struct journey *j, const struct rule *r, const struct place *at, const struct near *outer,
			      enum nearness how)
{
	const struct tried *t = how == NEAR_SHADOWED ? was_tried(j, r, at->p->id) : NULL;
	struct rule_probe pr;
	struct near *n;

	rule_probe(r, j->arena, j->host, at->p, at->in, at->out, at->hook, at->family, &pr);
	n = arena_new(j->arena, struct near);
	*n = (struct near){ .how = t ? t->matched ? NEAR_MATCHED : NEAR_FAILED : how, .rule = r, .hook = (uint8_t)at->hook, .pkt = at->p->id, .host = j->host,
			    .nr_failed = pr.nr_failed + outer->nr_failed, .nr_open = pr.nr_open + outer->nr_open, .parts = pr.parts,
			    .via = outer->via, .jump = outer->jump };
	if (outer->nr_failed) {
		n->why[0] = outer->why[0];
		n->why[1] = outer->nr_failed > 1 ? outer->why[1] : pr.nr_failed ? pr.failed[0].text : NULL;
		n->match = outer->match;
	} else if (pr.nr_failed) {
		n->why[0] = pr.failed[0].text;
		n->why[1] = pr.nr_failed > 1 ? pr.failed[1].text : NULL;
		n->match = pr.failed[0].match >= 0 ? &r->match[pr.failed[0].match] : NULL;
	}
	/* The past decided: a match that remembers said no. */
	if (t && !t->matched && !n->nr_failed && t->failed_at >= 0) {
		sb_clear(&j->text);
		rule_explain_failure(r, j->host, at->p, at->in, at->out, at->hook, t->failed_at, &j->text);
		n->nr_failed = 1;
		n->why[0] = taken(j);
		n->match = &r->match[t->failed_at];
	}
	if (n->nr_failed && n->nr_failed == pr.nr_failed) {
		n->before_nat = before_nat(j, r, at);
		n->turned = n->before_nat ? NULL : turned(j, r, at);
	}
	if (n->how == NEAR_SHADOWED)
		n->by = decided(j, r->chain, at->p);
	return n;
}

static void near_keep(struct journey *j, struct near *n)
{
	*j->now->near_last = n;
	j->now->near_last = &n->next;
}

/* All rules of a chain and of those it jumps to. A rule that the past decides about is taken to match. */
static void near_chain(struct journey *j, const struct chain *c, const struct place *at, const struct near *outer, enum nearness how,
		       unsigned depth)
{
	for (uint32_t i = 0; i < c->nr_rules && depth < JUMP_DEPTH; i++) {
		const struct rule *r = c->rule[i];
		struct near *n = near_rule(j, r, at, outer, how);

		if (n->nr_failed > NEAR_FAILED_MAX)
			continue;
		near_keep(j, n);
		if (r->target_chain) {
			struct near inner = *n;

			inner.via = r;
			inner.jump = n->nr_failed > outer->nr_failed && !outer->jump ? r : outer->jump;
			near_chain(j, r->target_chain, at, &inner, how, depth + 1);
		}
	}
}

static void near_table(struct journey *j, const struct table *t, const struct place *at, enum nearness how)
{
	const struct chain *c = t->hook_chain[at->hook];
	const struct near none = { 0 };

	if (c)
		near_chain(j, c, at, &none, how, 0);
	for (uint32_t i = 0; how == NEAR_SHADOWED && i < t->nr_chains; i++)
		if (!t->chain[i]->builtin && !t->chain[i]->hooks_reached)
			near_chain(j, t->chain[i], at, &none, NEAR_LOOSE, JUMP_DEPTH - 1);
}

/* Tables that this hook has, before they are run: nat may be left out; is forgotten when it was not. */
static void near_hook(struct journey *j, const struct place *at, enum nearness how)
{
	for (int nft = 0; nft < 2; nft++) {
		const struct ruleset *rs = host_ruleset_of(j->host, at->family, nft);

		for (uint32_t i = 0; rs && i < rs->nr_tables; i++)
			if (how == NEAR_OTHER_HOOK || strcmp(rs->table[i]->name, "nat") == 0)
				near_table(j, rs->table[i], at, how);
	}
}

static void near_forget(struct journey *j, const struct table *t, uint64_t pkt, uint8_t hook)
{
	struct near **at = &j->now->near;

	while (*at)
		if ((*at)->how == NEAR_SKIPPED && (*at)->rule->chain->table == t && (*at)->pkt == pkt && (*at)->hook == hook)
			*at = (*at)->next;
		else
			at = &(*at)->next;
	j->now->near_last = at;
}

/* ---- events */

static void on_inject(struct journey *j, const struct event *ev)
{
	struct story *st = arena_new(j->arena, struct story);
	struct strbuf *o = &j->text;

	st->index = ev->u.inject.index;
	st->t = ev->t;
	st->kind = ev->u.inject.kind;
	st->last = &st->first;
	st->near_last = &st->near;
	st->file = ev->u.inject.source ? arena_strdup(j->arena, ev->u.inject.source) : NULL;
	st->line = ev->u.inject.source_nr;
	st->skipped = ev->u.inject.skipped ? arena_strdup(j->arena, ev->u.inject.skipped) : NULL;
	if (ev->pkt) {
		bool local = st->kind == INJECT_LOCAL;
		const char *line = local ? packet_line(j, ev->pkt) : frame_line(j, ev->pkt);

		st->family = (local ? pkt_nh(ev->pkt)[0] >> 4 == 6 : get_be16(pkt_mac(ev->pkt) + 12) == ETH_P_IPV6) ? NFPROTO_IPV6 : NFPROTO_IPV4;
		st->pkt = local ? 0 : ev->pkt->id;
		sb_clear(o);
		sb_printf(o, "%s: %s", ev->u.inject.dev ? ev->u.inject.dev->name : "out", line);
		st->text = taken(j);
		if (!local)
			meet(j, ev->pkt, line);
	} else {
		st->text = st->kind == INJECT_LISTEN ? "listen" : st->kind == INJECT_CONNECT ? "connect" :
			   st->kind == INJECT_COMMAND ? "commands" : "skipped";
	}
	*j->last = st;
	j->last = &st->next;
	j->now = st;
	j->settled = 0;
}

static void on_hook(struct journey *j, const struct event *ev, struct step *s)
{
	struct known *k;
	struct place at = { (struct packet *)ev->pkt, ev->u.hook.in, ev->u.hook.out, (enum nf_hook)ev->u.hook.hook, ev->u.hook.family };

	s->hook = ev->u.hook.hook;
	s->family = ev->u.hook.family;
	s->dev = dev_name(j, ev->u.hook.in);
	s->dev2 = dev_name(j, ev->u.hook.out);
	s->packet = packet_line(j, ev->pkt);
	s->flow = flow_of(ev->pkt);
	k = known(j, ev->pkt->id);
	if (k && !k->flow.proto)	/* a frame is met before its IP header is */
		k->flow = s->flow;
	if (at.family != NFPROTO_IPV4 && at.family != NFPROTO_IPV6)
		return;		/* rules of bridges and ARP are told as they are passed */
	near_hook(j, &at, NEAR_SKIPPED);
	switch (at.hook) {
	case NF_INET_LOCAL_IN:
		at.hook = NF_INET_FORWARD;
		near_hook(j, &at, NEAR_OTHER_HOOK);
		break;
	case NF_INET_FORWARD:
		at.out = NULL;
		at.hook = NF_INET_LOCAL_IN;
		near_hook(j, &at, NEAR_OTHER_HOOK);
		at.in = NULL;
		at.out = ev->u.hook.out;
		at.hook = NF_INET_LOCAL_OUT;
		near_hook(j, &at, NEAR_OTHER_HOOK);
		break;
	case NF_INET_LOCAL_OUT:
		at.hook = NF_INET_PRE_ROUTING;
		at.out = NULL;
		near_hook(j, &at, NEAR_OTHER_HOOK);
		at.hook = NF_INET_FORWARD;
		at.out = ev->u.hook.out;
		near_hook(j, &at, NEAR_OTHER_HOOK);
		break;
	default:
		break;
	}
}

static void on_rule(struct journey *j, const struct event *ev, struct step *s)
{
	s->hook = ev->u.rule.hook;
	s->table = ev->u.rule.table;
	s->chain = ev->u.rule.chain;
	s->rule = ev->u.rule.rule;
	s->matched = ev->u.rule.matched;
	s->failed_at = ev->u.rule.failed_at;
	sb_clear(&j->text);
	if (!s->matched) {
		rule_explain_failure(s->rule, j->host, (struct packet *)ev->pkt, ev->u.rule.in, ev->u.rule.out, (enum nf_hook)s->hook,
				     s->failed_at, &j->text);
	} else {
		rule_explain(s->rule, j->host, (struct packet *)ev->pkt, ev->u.rule.in, ev->u.rule.out, (enum nf_hook)s->hook,
			     (int)s->rule->nr_match, &j->text);
	}
	s->text = taken(j);
	if (j->nr_tried == j->tried_cap) {
		j->tried_cap = j->tried_cap ? j->tried_cap * 2 : 64;
		j->tried = xrealloc(j->tried, j->tried_cap * sizeof(*j->tried));
	}
	j->tried[j->nr_tried++] = (struct tried){ ev->pkt->id, s->rule, s->matched, s->failed_at };
}

static void tried_forget(struct journey *j, const struct table *t, uint64_t pkt)
{
	size_t n = 0;

	for (size_t i = 0; i < j->nr_tried; i++)
		if (j->tried[i].pkt != pkt || j->tried[i].rule->chain->table != t)
			j->tried[n++] = j->tried[i];
	j->nr_tried = n;
}

static void on_verdict(struct journey *j, const struct event *ev)
{
	const struct packet *p = ev->pkt;
	struct place at = { (struct packet *)p, NULL, NULL, (enum nf_hook)ev->u.verdict.hook, ev->u.verdict.table->family };

	/* The devices are those of the hook's own event. */
	for (const struct step *s = j->now->first; s; s = s->next)
		if (s->type == EV_HOOK && s->pkt == p->id && s->hook == at.hook && s->host == j->host) {
			at.in = s->dev ? dev_by_name(j->host, s->dev) : NULL;
			at.out = s->dev2 ? dev_by_name(j->host, s->dev2) : NULL;
		}
	near_forget(j, ev->u.verdict.table, p->id, (uint8_t)at.hook);
	near_table(j, ev->u.verdict.table, &at, NEAR_SHADOWED);
	tried_forget(j, ev->u.verdict.table, p->id);
}

static void route_words(struct journey *j, const struct event *ev)
{
	static const char *const types[] = { "unspec", "unicast", "local", "broadcast", "anycast", "multicast", "blackhole",
					     "unreachable", "prohibit", "throw" };
	static const char *const tables[] = { [RT_TABLE_DEFAULT] = "default", [RT_TABLE_MAIN] = "main", [RT_TABLE_LOCAL] = "local" };
	const struct dst *d = ev->u.route.result;
	unsigned family = ev->u.route.family == NFPROTO_IPV6 ? NFPROTO_IPV6 : NFPROTO_IPV4;
	struct strbuf *o = &j->text;
	char buf[ADDRSTRLEN];

	sb_clear(o);
	if (ev->u.route.reason) {
		sb_printf(o, "%s: refused (%s)", inet_str(buf, family, &ev->u.route.dst), drop_reason_name(ev->u.route.reason));
		return;
	}
	if (ev->u.route.error) {
		sb_printf(o, "%s: no way (%s)", inet_str(buf, family, &ev->u.route.dst), strerrorname_np(abs(ev->u.route.error)));
		return;
	}
	sb_printf(o, "%s is ", inet_str(buf, family, &ev->u.route.dst));
	if (!d || !d->set) {
		sb_puts(o, "not decided");
		return;
	}
	sb_puts(o, d->type == RTN_UNICAST ? "reached" : d->type < ARRAY_SIZE(types) ? types[d->type] : "unknown");
	if (d->type == RTN_UNICAST && d->dev)
		sb_printf(o, " by %s", d->dev->name);
	if (d->has_gw)
		sb_printf(o, " via %s", inet_str(buf, family, &d->gw));
	sb_printf(o, " (route %s/%u", inet_str(buf, family, &ev->u.route.prefix), ev->u.route.plen);
	if (ev->u.route.table >= RT_TABLE_DEFAULT && ev->u.route.table <= RT_TABLE_LOCAL)
		sb_printf(o, " of table %s", tables[ev->u.route.table]);
	else
		sb_printf(o, " of table %u", ev->u.route.table);
	sb_printf(o, ", policy rule %u)", ev->u.route.rule_pref);
}

static void on_route(struct journey *j, const struct event *ev, struct step *s)
{
	const struct dst *d = ev->u.route.result;

	s->what = (uint8_t)ev->u.route.how;
	s->src = ev->u.route.src;
	s->dst = ev->u.route.dst;
	s->error = abs(ev->u.route.error);
	s->reason = ev->u.route.reason;
	s->dev = dev_name(j, ev->u.route.iif);
	s->dev2 = dev_name(j, ev->u.route.oif);
	if (d && d->set) {
		s->rtype = d->type;
		s->has_gw = d->has_gw;
		s->gw = d->gw;
	}
	s->family = ev->u.route.family;
	s->rule_pref = ev->u.route.rule_pref;
	s->rtable = ev->u.route.table;
	s->prefix = ev->u.route.prefix;
	s->plen = ev->u.route.plen;
	route_words(j, ev);
	s->text = taken(j);
}

static void on_ct(struct journey *j, const struct event *ev, struct step *s)
{
	static const char *const info[] = { "ESTABLISHED", "RELATED", "NEW", "ESTABLISHED, reply", "RELATED, reply" };
	struct strbuf *o = &j->text;
	const struct conn *ct = ev->u.ct.ct;

	s->what = (uint8_t)ev->u.ct.what;
	s->ctinfo = ev->pkt ? ev->pkt->ctinfo : 0;
	s->conn = ct ? ct->id : 0;
	s->status = ct ? ct->status : 0;
	s->helper = ct && ct->helper ? arena_strdup(j->arena, ct->helper) : NULL;
	sb_clear(o);
	switch (ev->u.ct.what) {
	case CT_EV_FOUND: case CT_EV_NEW:
		sb_printf(o, "state %s", s->ctinfo < ARRAY_SIZE(info) ? info[s->ctinfo] : "unknown");
		if (ct) {
			sb_printf(o, ", %s connection ", ev->u.ct.what == CT_EV_NEW ? "a new" : "of");
			tuple_line(o, &ct->tuple[IP_CT_DIR_ORIGINAL]);
		}
		break;
	case CT_EV_INVALID:	sb_puts(o, "state INVALID");			break;
	case CT_EV_UNTRACKED:	sb_puts(o, "state UNTRACKED");			break;
	case CT_EV_CONFIRMED:	sb_puts(o, "the connection is entered");	break;
	case CT_EV_STATE:	sb_puts(o, "the connection changes");		break;
	case CT_EV_DESTROY:	sb_puts(o, "the connection is forgotten");	break;
	case CT_EV_EXPECT:	sb_puts(o, "a connection is expected");		break;
	case CT_EV_CLASH:	sb_puts(o, "another packet entered the connection first"); break;
	}
	if (ct && ct_state_name(ct))
		sb_printf(o, ", %s", ct_state_name(ct));
	if (s->helper)
		sb_printf(o, ", helper %s", s->helper);
	if (ev->u.ct.why)
		sb_printf(o, ": %s", ev->u.ct.why);
	s->text = taken(j);
}

static void on_nat(struct journey *j, const struct event *ev, struct step *s)
{
	const struct conn *ct = ev->u.nat.ct;

	s->what = ev->u.nat.manip;
	/* The event names no packet: it is the one whose nat table is being run. */
	s->rule = ev->u.nat.rule;
	if (j->nr_tried && j->tried[j->nr_tried - 1].matched && strcmp(j->tried[j->nr_tried - 1].rule->chain->table->name, "nat") == 0) {
		s->rule = j->tried[j->nr_tried - 1].rule;
		s->pkt = j->tried[j->nr_tried - 1].pkt;
	}
	s->conn = ct->id;
	s->matched = !ev->u.nat.null_binding;
	s->src = ct->tuple[IP_CT_DIR_REPLY].dst.u3;
	s->dst = ct->tuple[IP_CT_DIR_REPLY].src.u3;
	sb_clear(&j->text);
	sb_printf(&j->text, "%s translated: ", ev->u.nat.manip ? "destination" : "source");
	tuple_line(&j->text, &ct->tuple[IP_CT_DIR_ORIGINAL]);
	sb_puts(&j->text, ", answered by ");
	tuple_line(&j->text, &ct->tuple[IP_CT_DIR_REPLY]);
	s->text = taken(j);
}

static void on_drop(struct journey *j, const struct event *ev, struct step *s)
{
	s->reason = ev->u.drop.reason;
	s->text = arena_strdup(j->arena, ev->u.drop.where);
	s->packet = packet_line(j, ev->pkt);
	s->flow = flow_of(ev->pkt);
	s->dev = dev_name(j, ev->pkt->dev);
	if (s->reason == DROP_NETFILTER_DROP || s->reason == DROP_UNKNOWN) {
		s->chain = ev->pkt->verdict_chain;
		s->rule = ev->pkt->verdict_rule;
		s->table = s->chain ? s->chain->table : NULL;
	}
}

static void on_icmp(struct journey *j, const struct event *ev, struct step *s)
{
	bool v6 = ev->pkt && pkt_nh(ev->pkt)[0] >> 4 == 6;
	const char *name = v6 ? icmp6_type_name(ev->u.icmp.type, ev->u.icmp.code) : icmp_type_name(ev->u.icmp.type, ev->u.icmp.code);

	s->what = ev->u.icmp.type;
	s->ctinfo = ev->u.icmp.code;
	sb_clear(&j->text);
	if (name)
		sb_puts(&j->text, name);
	else
		sb_printf(&j->text, "type %u code %u", ev->u.icmp.type, ev->u.icmp.code);
	s->matched = !ev->u.icmp.kept;
	if (ev->u.icmp.kept)
		sb_printf(&j->text, ", not sent: %s", ev->u.icmp.kept);
	s->text = taken(j);
}

static void other(struct journey *j, const struct event *ev, struct step *s)
{
	static const char *const frags[] = { "kept until the other fragments are there", "the datagram is complete", "cut in fragments", "fragments given up" };
	struct strbuf *o = &j->text;
	char buf[ADDRSTRLEN];

	sb_clear(o);
	switch (ev->type) {
	case EV_POLICY:
		s->hook = ev->u.policy.hook;
		s->table = ev->u.policy.table;
		s->chain = ev->u.policy.chain;
		s->verdict = ev->u.policy.verdict;
		break;
	case EV_CHANGE:
		s->rule = ev->u.change.rule;
		sb_printf(o, "%s: %s becomes %s", ev->u.change.field, ev->u.change.from, ev->u.change.to);
		break;
	case EV_NEIGH:
		sb_printf(o, "%s on %s: %s becomes %s", inet_str(buf, ev->u.neigh.family == NFPROTO_IPV6 ? NFPROTO_IPV6 : NFPROTO_IPV4, &ev->u.neigh.addr), ev->u.neigh.dev->name, ev->u.neigh.from, ev->u.neigh.to);
		s->dev = dev_name(j, ev->u.neigh.dev);
		s->family = ev->u.neigh.family;
		s->dst = ev->u.neigh.addr;
		break;
	case EV_FRAG:
		s->what = (uint8_t)ev->u.frag.what;
		sb_puts(o, frags[ev->u.frag.what]);
		break;
	case EV_DELIVER:
		sb_puts(o, ev->u.deliver.what);
		break;
	case EV_LOG:
		s->rule = ev->u.log.rule;
		sb_puts(o, ev->u.log.text);
		break;
	case EV_LIMIT:
		s->rule = ev->u.limit.rule;
		s->matched = !ev->u.limit.over;
		sb_printf(o, "%s %s its limit", ev->u.limit.ext, ev->u.limit.over ? "over" : "within");
		if (ev->u.limit.key)
			sb_printf(o, " for %s", ev->u.limit.key);
		break;
	case EV_ERRNO:
		s->error = ev->u.err.err;
		sb_puts(o, strerrorname_np(ev->u.err.err));
		break;
	case EV_TX:
		s->dev = dev_name(j, ev->u.dev.dev);
		s->packet = frame_line(j, ev->pkt);
		s->matched = ev->u.dev.dev->kind == DEV_PHYS;
		break;
	default:
		break;
	}
	if (o->len)
		s->text = taken(j);
}

/* What others send after all has settled (a TCP that asks again) belongs to no story. */
static bool late(const struct journey *j, const struct event *ev)
{
	const struct packet *p = ev->pkt;

	if (!j->settled || (j->own_time && ev->t < j->now->t + j->own_time))
		return false;
	if (!p)
		return ev->type != EV_NEIGH && ev->type != EV_CT;
	return p->id >= j->settled && !known(j, p->id) && !known(j, p->parent);
}

static void on_event(struct trace_sink *sink, const struct event *ev)
{
	struct journey *j = container_of(sink, struct journey, sink);
	struct step *s;

	j->host = (struct host *)ev->host;
	if (ev->type == EV_INJECT) {
		on_inject(j, ev);
		return;
	}
	if (!j->now)
		return;
	if (ev->type == EV_VERDICT) {
		on_verdict(j, ev);
		return;
	}
	if (ev->type == EV_SETTLED) {
		j->settled = j->nr_known ? j->known[j->nr_known - 1].id + 1 : 0;
		return;
	}
	if (late(j, ev))
		return;
	if (ev->pkt) {
		meet(j, ev->pkt, NULL);
		if (!j->now->pkt && (ev->type == EV_HOOK || ev->type == EV_ROUTE)) {
			j->now->pkt = ev->pkt->id;
			j->now->family = pkt_nh(ev->pkt)[0] >> 4 == 6 ? NFPROTO_IPV6 : NFPROTO_IPV4;
		}
	}
	s = add(j, ev);
	switch (ev->type) {
	case EV_HOOK:	on_hook(j, ev, s);	break;
	case EV_RULE:	on_rule(j, ev, s);	break;
	case EV_ROUTE:	on_route(j, ev, s);	break;
	case EV_CT:	on_ct(j, ev, s);	break;
	case EV_NAT:	on_nat(j, ev, s);	break;
	case EV_DROP:	on_drop(j, ev, s);	break;
	case EV_ICMP:	on_icmp(j, ev, s);	break;
	default:	other(j, ev, s);	break;
	}
}

struct journey *journey_start(struct trace *t, uint64_t own_time)
{
	static const enum event_type wanted[] = { EV_INJECT, EV_TX, EV_HOOK, EV_RULE, EV_POLICY, EV_VERDICT, EV_CHANGE, EV_ROUTE,
						  EV_CT, EV_NAT, EV_NEIGH, EV_FRAG, EV_DELIVER, EV_ICMP, EV_LOG, EV_LIMIT, EV_DROP, EV_ERRNO, EV_SETTLED };
	struct journey *j = xcalloc(1, sizeof(*j));

	j->trace = t;
	j->own_time = own_time;
	j->arena = arena_create();
	j->last = &j->first;
	j->sink.event = on_event;
	for (size_t i = 0; i < ARRAY_SIZE(wanted); i++)
		j->sink.mask |= EV_BIT(wanted[i]);
	trace_add(t, &j->sink);
	return j;
}

void journey_stop(struct journey *j)
{
	trace_remove(j->trace, &j->sink);
}

void journey_free(struct journey *j)
{
	if (!j)
		return;
	free(j->known);
	free(j->tried);
	sb_free(&j->text);
	arena_destroy(j->arena);
	free(j);
}

const struct story *journey_first(const struct journey *j)	{ return j->first; }
struct arena *journey_arena(struct journey *j)			{ return j->arena; }

uint64_t journey_parent(const struct journey *j, uint64_t pkt)
{
	const struct known *k = known(j, pkt);

	return k ? k->parent : 0;
}

const char *journey_packet(const struct journey *j, uint64_t pkt)
{
	const struct known *k = known(j, pkt);

	return k ? k->text : NULL;
}

const char *journey_answered(const struct journey *j, uint64_t pkt)
{
	const struct known *k = known(j, pkt);

	for (size_t i = 0; k && k->flow.proto && i < j->nr_known && j->known[i].id < pkt; i++) {
		const struct flow *f = &j->known[i].flow;

		if (f->proto == k->flow.proto && inet_addr_equal(&f->addr[0], &k->flow.addr[1]) && inet_addr_equal(&f->addr[1], &k->flow.addr[0]) &&
		    f->port[0] == k->flow.port[1] && f->port[1] == k->flow.port[0])
			return j->known[i].text;
	}
	return NULL;
}
