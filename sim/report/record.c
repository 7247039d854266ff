// SPDX-License-Identifier: MIT
/* record.c - the event stream kept for questions afterwards. */
#include "sim/report/record.h"
#include "rules/rules.h"
#include "sim/net/device.h"
#include "sim/net/sock.h"
#include "sim/packet/headers.h"
#include "sim/packet/text.h"
#include "sim/report/view.h"
#include <stdlib.h>

#define MAX_LOGS 100000u

/* ---- ways */

static uint32_t *slot_of(struct record *r, uint64_t id)
{
	uint64_t at = id - r->base_id;

	if (id < r->base_id)
		return NULL;
	if (at >= r->cap_ids) {
		uint64_t cap = MAX(r->cap_ids * 2, at + 1024);

		r->of_id = xrealloc(r->of_id, cap * sizeof(*r->of_id));
		memset(r->of_id + r->cap_ids, 0, (cap - r->cap_ids) * sizeof(*r->of_id));
		r->cap_ids = cap;
	}
	return &r->of_id[at];
}

struct way *record_way(const struct record *r, uint64_t id)
{
	uint64_t at = id - r->base_id;

	return id >= r->base_id && at < r->cap_ids && r->of_id[at] ? &r->way[r->of_id[at] - 1] : NULL;
}

static void packet_line(const struct event *ev, struct strbuf *out)
{
	const struct packet *p = ev->pkt;

	if (ev->type == EV_RX || ev->type == EV_TX || (pkt_has_mac(p) && p->protocol == ETH_P_ARP))
		frame_print(out, pkt_mac(p), p->tail - p->mac, PACKET_SHORT);
	else
		packet_print(out, pkt_nh(p), pkt_len(p), PACKET_SHORT);
}

/* "[2001:db8::1]:80", "2001:db8::1" */
static bool is_address6(const char *s)
{
	const char *colon = strchr(s, ':'), *second = colon ? strchr(colon + 1, ':') : NULL;

	return second && second < s + strcspn(s, " ");
}

static bool speaks_ipv6(const char *line)
{
	const char *to = strstr(line, " > ");

	return to && is_address6(to + 3);
}

/* What follows an address: ":80 S" of "[2001:db8::1]:80 S" and "10.0.0.1:80 S", " echo-request" of "2001:db8::1 echo-request" */
static const char *behind_address(const char *s)
{
	if (!is_address6(s))
		return s + strcspn(s, " :");
	return s + (*s == '[' ? strcspn(s, "] ") + 1 : strcspn(s, " "));
}

/* Does a packet go on with the way of the one that caused it? An answer goes elsewhere. */
static bool goes_on(const struct record *r, const struct way *parent, const char *line)
{
	const char *a = strstr(parent->line, " > "), *b = strstr(line, " > ");
	size_t n;

	(void)r;
	if (!a || !b)
		return strcmp(parent->line, line) == 0;
	n = (size_t)(a - parent->line) + 3 + strcspn(a + 3, " ");
	return strncmp(parent->line, line, n) == 0 || strcmp(behind_address(a + 3), behind_address(b + 3)) == 0;
}

static struct way *way_new(struct record *r, const struct event *ev, uint32_t *slot)
{
	const struct packet *p = ev->pkt;
	struct strbuf line = { 0 };
	struct way *w, *parent;

	if (r->nr_ways == r->cap_ways) {
		r->cap_ways = r->cap_ways ? r->cap_ways * 2 : 1024;
		r->way = xrealloc(r->way, r->cap_ways * sizeof(*r->way));
	}
	w = &r->way[r->nr_ways++];
	*slot = r->nr_ways;
	packet_line(ev, &line);
	*w = (struct way){ .id = p->id, .parent = p->parent, .host = ev->host, .line = arena_strdup(r->arena, sb_str(&line)) };
	w->v6 = speaks_ipv6(w->line);
	sb_free(&line);
	parent = p->parent ? record_way(r, p->parent) : NULL;
	if (parent) {
		uint32_t *at = &parent->first_child;

		while (*at)
			at = &r->way[*at - 1].next_child;
		*at = r->nr_ways;
		w->same = goes_on(r, parent, w->line);
	}
	return w;
}

static struct way *way_of(struct record *r, const struct event *ev)
{
	struct way *w = record_way(r, ev->pkt->id);
	uint32_t *slot;

	if (w)
		return w;
	if (r->nr_ways >= r->keep) {
		r->not_kept++;
		return NULL;
	}
	slot = slot_of(r, ev->pkt->id);
	return slot ? way_new(r, ev, slot) : NULL;
}

static const char *address_text(struct record *r, const union inet_addr *a, unsigned family, be16 port, uint8_t proto)
{
	char buf[ADDRSTRLEN];

	inet_str(buf, family, a);
	if (proto == IPPROTO_TCP || proto == IPPROTO_UDP || proto == IPPROTO_SCTP || proto == IPPROTO_UDPLITE)
		return arena_printf(r->arena, family == NFPROTO_IPV6 ? "[%s]:%u" : "%s:%u", buf, ntohs(port));
	return arena_strdup(r->arena, buf);
}

/* What of an event outlives it. */
static void fill(struct record *r, struct way_event *w, const struct event *ev)
{
	const struct packet *p = ev->pkt;

	switch (ev->type) {
	case EV_RX: case EV_TX:
		w->in = ev->u.dev.dev;
		break;
	case EV_HOOK:
		w->hook = ev->u.hook.hook;
		w->in = ev->u.hook.in;
		w->out = ev->u.hook.out;
		break;
	case EV_RULE:
		w->hook = ev->u.rule.hook;
		w->matched = ev->u.rule.matched;
		w->rule = ev->u.rule.rule;
		w->chain = ev->u.rule.chain;
		w->verdict = ev->u.rule.verdict;
		break;
	case EV_POLICY:
		w->hook = ev->u.policy.hook;
		w->chain = ev->u.policy.chain;
		w->verdict = ev->u.policy.verdict == XT_DROP ? "DROP" : "ACCEPT";
		break;
	case EV_DROP:
		w->code = ev->u.drop.reason;
		w->verdict = ev->u.drop.where;
		if (ev->u.drop.reason == DROP_NETFILTER_DROP) {
			w->rule = p->verdict_rule;
			w->chain = p->verdict_chain;
		}
		break;
	case EV_CHANGE:
		w->rule = ev->u.change.rule;
		w->a = arena_strdup(r->arena, ev->u.change.field);
		w->b = arena_strdup(r->arena, ev->u.change.from);
		w->c = arena_strdup(r->arena, ev->u.change.to);
		break;
	case EV_NAT: {
		const struct ct_tuple *t = &ev->u.nat.ct->tuple[IP_CT_DIR_REPLY];

		w->rule = ev->u.nat.rule;
		w->matched = !ev->u.nat.null_binding;
		w->b = ev->u.nat.manip ? "dst" : "src";
		w->a = ev->u.nat.manip ? address_text(r, &t->src.u3, t->l3num, t->src.u, t->dst.protonum) :
					 address_text(r, &t->dst.u3, t->l3num, t->dst.u.all, t->dst.protonum);
		break;
	}
	case EV_CT:
		w->code = ev->u.ct.what;
		w->hook = p ? p->ctinfo : 0;
		break;
	case EV_ICMP:
		w->code = ev->u.icmp.type << 8 | ev->u.icmp.code;
		w->verdict = ev->u.icmp.kept;
		w->matched = *pkt_nh(ev->pkt) >> 4 == 6;
		break;
	case EV_DELIVER:
		w->verdict = ev->u.deliver.what;
		break;
	case EV_LOG:
		w->rule = ev->u.log.rule;
		w->a = arena_strdup(r->arena, ev->u.log.text);
		break;
	case EV_ROUTE:
		w->code = ev->u.route.error;
		w->out = ev->u.route.result && ev->u.route.result->set ? ev->u.route.result->dev : NULL;
		break;
	default:
		break;
	}
}

static struct way_event *keep_event(struct record *r, struct way *w, const struct event *ev)
{
	struct way_event *e;

	if (r->nr_events == r->cap_events) {
		r->cap_events = r->cap_events ? r->cap_events * 2 : 8192;
		r->ev = xrealloc(r->ev, r->cap_events * sizeof(*r->ev));
	}
	e = &r->ev[r->nr_events++];
	*e = (struct way_event){ .type = ev->type, .t = ev->t, .host = ev->host };
	if (w->last)
		r->ev[w->last - 1].next = r->nr_events;
	else
		w->first = r->nr_events;
	w->last = r->nr_events;
	return e;
}

static void on_way(struct record *r, const struct event *ev)
{
	struct strbuf text = { 0 };
	struct way_event *e;
	struct way *w;

	if (ev->type == EV_INJECT || ev->type == EV_NEIGH || !(w = way_of(r, ev)))
		return;
	e = keep_event(r, w, ev);
	fill(r, e, ev);
	if (r->nr_ways > r->tell)
		return;
	if (ev->type == EV_RX) {
		sb_printf(&text, "    comes in by %s: ", ev->u.dev.dev->name);
		packet_line(ev, &text);
		sb_putc(&text, '\n');
	} else {
		trace_event_lines(ev, &r->state_told, &text);
	}
	e->lines = arena_strdup(r->arena, sb_str(&text));
	sb_free(&text);
}

/* ---- sums */

static void on_rule(struct record *r, const struct event *ev)
{
	const struct rule *rule = ev->u.rule.rule;
	struct strbuf text = { 0 };
	struct rule_tries *t;
	unsigned i;

	HASH_FIND_PTR(r->tries, &rule, t);
	if (!t) {
		t = arena_new(r->arena, struct rule_tries);
		t->rule = rule;
		HASH_ADD_PTR(r->tries, rule, t);
	}
	t->tried++;
	t->matched += ev->u.rule.matched;
	if (ev->u.rule.matched)
		return;
	for (i = 0; i < t->nr_fail && t->fail[i].failed_at != ev->u.rule.failed_at; i++)
		;
	if (i == ARRAY_SIZE(t->fail))
		return;
	if (i == t->nr_fail) {
		t->nr_fail++;
		t->fail[i].failed_at = ev->u.rule.failed_at;
		rule_explain_failure(rule, (struct host *)ev->host, (struct packet *)ev->pkt, ev->u.rule.in, ev->u.rule.out,
				     (enum nf_hook)ev->u.rule.hook, ev->u.rule.failed_at, &text);
		t->fail[i].why = arena_strdup(r->arena, sb_str(&text));
		sb_free(&text);
	}
	t->fail[i].n++;
}

const struct rule_tries *record_tries(const struct record *r, const struct rule *rule)
{
	struct rule_tries *t;

	HASH_FIND_PTR(r->tries, &rule, t);
	return t;
}

static void on_limit(struct record *r, const struct event *ev)
{
	const struct rule *rule = ev->u.limit.rule;
	size_t second = (size_t)(ev->t / NSEC_PER_SEC);
	struct limiter_sum *l;

	HASH_FIND_PTR(r->limiters, &rule, l);
	if (!l) {
		l = arena_new(r->arena, struct limiter_sum);
		l->rule = rule;
		l->ext = ev->u.limit.ext;
		HASH_ADD_PTR(r->limiters, rule, l);
	}
	if (ev->u.limit.over) {
		if (!l->over++)
			l->first_over = l->passed + 1;
		return;
	}
	l->passed++;
	if (second >= 1000000)
		return;
	if (second >= l->cap_seconds) {
		size_t cap = MAX(l->cap_seconds * 2, second + 64);

		l->per_second = xrealloc(l->per_second, cap * sizeof(*l->per_second));
		memset(l->per_second + l->cap_seconds, 0, (cap - l->cap_seconds) * sizeof(*l->per_second));
		l->cap_seconds = cap;
	}
	l->per_second[second]++;
	l->nr_seconds = MAX(l->nr_seconds, second + 1);
}

static void on_drop(struct record *r, const struct event *ev)
{
	bool by_rule = ev->u.drop.reason == DROP_NETFILTER_DROP && ev->pkt;
	struct drop_key k;
	struct drop_sum *d;

	memset(&k, 0, sizeof(k));
	k.host = ev->host;
	k.reason = ev->u.drop.reason;
	k.where = ev->u.drop.where;
	k.rule = by_rule ? ev->pkt->verdict_rule : NULL;
	k.chain = by_rule ? ev->pkt->verdict_chain : NULL;
	HASH_FIND(hh, r->drops, &k, sizeof(k), d);
	if (!d) {
		d = arena_new(r->arena, struct drop_sum);
		d->key = k;
		HASH_ADD(hh, r->drops, key, sizeof(k), d);
	}
	d->n++;
}

static void on_log(struct record *r, const struct event *ev)
{
	struct log_line *l;

	if (r->nr_logs++ >= MAX_LOGS)
		return;
	l = arena_new(r->arena, struct log_line);
	*l = (struct log_line){ NULL, ev->host, ev->u.log.rule, ev->t, ev->u.log.level, arena_strdup(r->arena, ev->u.log.text) };
	*r->last_log = l;
	r->last_log = &l->next;
}

static void catch_next(struct record *r, const struct event *ev)
{
	if (r->caught || !r->catch_host || ev->host != r->catch_host || ev->type == EV_INJECT)
		return;
	if (r->catch_local ? ev->pkt->from_raw || (ev->type == EV_HOOK && ev->pkt->local) : ev->type == EV_RX || ev->type == EV_DROP)
		r->caught = ev->pkt->id;
}

static void on_event(struct trace_sink *s, const struct event *ev)
{
	struct record *r = container_of(s, struct record, sink);
	bool going = r->nr_ways < r->keep;

	if (ev->pkt && ev->type != EV_COUNTER) {
		catch_next(r, ev);
		on_way(r, ev);
	}
	switch (ev->type) {
	case EV_RULE:
		if (going)
			on_rule(r, ev);
		break;
	case EV_LIMIT:	on_limit(r, ev);	break;
	case EV_DROP:	on_drop(r, ev);		break;
	case EV_LOG:	on_log(r, ev);		break;
	case EV_HOOK:
		if (ev->u.hook.hook == NF_INET_LOCAL_OUT && ev->pkt->sk && r->sent)
			r->sent(r->arg, ev->pkt->sk, ev->pkt->id);
		break;
	case EV_DELIVER:
		if (ev->u.deliver.sk && ev->pkt && r->received)
			r->received(r->arg, (struct sock *)ev->u.deliver.sk, ev->pkt->id);
		break;
	default:
		break;
	}
}

void record_start(struct record *r, struct trace *t, uint32_t keep, uint32_t tell)
{
	*r = (struct record){ .arena = arena_create(), .keep = keep, .tell = MIN(keep, tell) };
	r->last_log = &r->logs;
	r->sink.event = on_event;
	r->sink.mask = EV_BIT(EV_LIMIT) | EV_BIT(EV_DROP) | EV_BIT(EV_LOG);
	if (keep)
		r->sink.mask |= EV_BIT(EV_RX) | EV_BIT(EV_TX) | EV_BIT(EV_HOOK) | EV_BIT(EV_RULE) | EV_BIT(EV_POLICY) |
				EV_BIT(EV_CHANGE) | EV_BIT(EV_ROUTE) | EV_BIT(EV_CT) | EV_BIT(EV_NAT) | EV_BIT(EV_FRAG) |
				EV_BIT(EV_DELIVER) | EV_BIT(EV_ICMP) | EV_BIT(EV_ERRNO);
	trace_add(t, &r->sink);
}

void record_relax(struct record *r, struct trace *t)
{
	uint32_t few = EV_BIT(EV_LIMIT) | EV_BIT(EV_DROP) | EV_BIT(EV_LOG) | EV_BIT(EV_HOOK) | EV_BIT(EV_DELIVER) | EV_BIT(EV_RX);

	if (r->nr_ways < r->keep || !(r->sink.mask & ~few))
		return;
	trace_remove(t, &r->sink);
	r->sink.mask &= few;
	trace_add(t, &r->sink);
}

void record_end(struct record *r, struct trace *t)
{
	struct limiter_sum *l, *lt;

	trace_remove(t, &r->sink);
	HASH_ITER(hh, r->limiters, l, lt)
		free(l->per_second);
	HASH_CLEAR(hh, r->limiters);
	HASH_CLEAR(hh, r->tries);
	HASH_CLEAR(hh, r->drops);
	free(r->way);
	free(r->ev);
	free(r->of_id);
	arena_destroy(r->arena);
}

/* ---- telling */

static void tell_way(const struct record *r, const struct way *w, struct strbuf *out, unsigned depth)
{
	const struct host *at = NULL;

	sb_printf(out, "%s%s: %s\n", depth ? (w->same ? "  and on as " : "  answered by ") : "  ", w->host ? w->host->name : "?", w->line);
	for (uint32_t i = w->first; i; i = r->ev[i - 1].next) {
		const struct way_event *e = &r->ev[i - 1];

		if (!e->lines || !*e->lines)
			continue;
		if (e->host != at && e->host)
			sb_printf(out, "   at %s\n", e->host->name);
		at = e->host;
		sb_puts(out, e->lines);
	}
	for (uint32_t c = w->first_child; c && depth < 4; c = r->way[c - 1].next_child)
		tell_way(r, &r->way[c - 1], out, depth + 1);
}

void record_tell(const struct record *r, const struct way *w, struct strbuf *out)
{
	tell_way(r, w, out, 0);
}
