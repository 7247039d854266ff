// SPDX-License-Identifier: MIT
/* result.c - oracle/FORMAT.md: what happened, event by event, as the kernel's answers are recorded.
 * An event is written when the next one begins: frames that come late belong to it still. */
#include "sim/report/ct_json.h"
#include "sim/report/json_out.h"
#include "sim/report/outfile.h"
#include "sim/report/view.h"
#include "rules/rules.h"
#include "sim/packet/ip6.h"
#include <stdlib.h>
#include <uthash.h>

#define WHOLE_MAX 256u	/* connections that every event of a capture lists */

struct last {			/* a counter's value when it was shown last */
	const void *key;	/* rule or chain */
	uint64_t packets, bytes, base_packets, base_bytes;
	UT_hash_handle hh;
};

/* An event's members after those of its beginning. */
enum part { OUT, ARP, NOISE, COUNTERS, UNKNOWN, DROPS, LOG, ERRNO, NR_PARTS };

/* A connection as it was written last; its text up to the timeout is kept. */
struct shown {
	const struct conn *ct;
	uint64_t id;
	const char *state;
	uint32_t status, mark;
	size_t off, len;
};
struct listing { struct shown *v; size_t nr, cap; struct strbuf heads; };

struct touched { const struct conn *ct; uint64_t id; };

struct result {
	struct view view;
	struct outfile out;
	struct last *last;
	/* the event being filled */
	bool filling, settled, igmp_in;
	uint64_t last_index;
	struct strbuf begin, injected, part[NR_PARTS];
	uint8_t later[NR_PARTS], nr_later;	/* those that only some events have, in the order they came */
	size_t arp_end;				/* where the last question's answer goes */
	/* connections */
	bool bulk;			/* a capture: events list all connections only while they are few */
	bool changes;			/* they are many: only what changed is listed */
	struct strbuf ct, gone;
	uint32_t nr_ct;
	struct listing now, before;
	size_t same;			/* of "before": where the next entry is likely to be */
	struct touched *touched;
	size_t nr_touched, cap_touched;
	/* the end */
	bool ended, any, storm, stopped;
	enum { IN_EVENTS, IN_COUNTERS, IN_CONNTRACK, IN_STATES } where;
	struct strbuf chain, rules, text;
	const struct chain *cur_chain;
	uint64_t chain_packets, chain_bytes;
	json_t *recent, *hashlimit, *ipset;
};

static void put_buf(struct result *r, const struct strbuf *sb)
{
	outfile_write(&r->out, sb_str(sb), sb->len);
}

static void put_text(struct result *r, const char *s)
{
	outfile_write(&r->out, s, strlen(s));
}

static void put_json(struct result *r, json_t *o)
{
	char *s = json_dumps(o, JSON_COMPACT | JSON_PRESERVE_ORDER | JSON_ENSURE_ASCII);

	if (!s)
		out_of_memory(0);
	put_text(r, s);
	free(s);
}

static void add_part(struct strbuf *o, const char *key, const struct strbuf *sb, char end)
{
	sb_puts(o, key);
	sb_write(o, sb_str(sb), sb->len);
	sb_putc(o, end);
}

static void end_question(struct result *r)
{
	if (r->part[ARP].len)
		sb_putc(&r->part[ARP], '}');
}

static void flush_event(struct result *r)
{
	static const char *const keys[] = { [UNKNOWN] = ",\"unknown\":", [DROPS] = ",\"drops\":[", [LOG] = ",\"log\":[", [ERRNO] = ",\"error\":" };
	struct strbuf *o = &r->begin;

	if (!r->filling)
		return;
	put_text(r, r->any ? ",\n" : "\n");
	end_question(r);
	add_part(o, ",\"out\":[", &r->part[OUT], ']');
	add_part(o, ",\"arp\":[", &r->part[ARP], ']');
	add_part(o, ",\"noise\":[", &r->part[NOISE], ']');
	add_part(o, ",\"counters\":{", &r->part[COUNTERS], '}');
	sb_write(o, sb_str(&r->injected), r->injected.len);
	for (unsigned i = 0; i < r->nr_later; i++) {
		enum part k = r->later[i];

		sb_puts(o, keys[k]);
		sb_write(o, r->part[k].s, r->part[k].len);
		if (k == DROPS || k == LOG)
			sb_putc(o, ']');
	}
	sb_puts(o, r->changes ? ",\"conntrack_changed\":[" : ",\"conntrack\":[");
	put_buf(r, o);
	put_buf(r, &r->ct);		/* can be long */
	if (r->gone.len) {
		put_text(r, "],\"conntrack_gone\":[");
		put_buf(r, &r->gone);
	}
	put_text(r, "]}");
	r->filling = false;
	r->any = true;
}

static struct strbuf *later(struct result *r, enum part k)
{
	for (unsigned i = 0; i < r->nr_later; i++)
		if (r->later[i] == k)
			return &r->part[k];
	r->later[r->nr_later++] = (uint8_t)k;
	return &r->part[k];
}

static void begin_event(struct result *r)
{
	struct listing t = r->before;

	sb_clear(&r->begin);
	sb_clear(&r->injected);
	for (unsigned k = 0; k < NR_PARTS; k++)
		sb_clear(&r->part[k]);
	r->nr_later = 0;
	r->filling = true;
	r->settled = r->igmp_in = false;
	r->before = r->now;
	r->now = t;
	r->now.nr = 0;
	sb_clear(&r->now.heads);
	sb_clear(&r->ct);
	sb_clear(&r->gone);
	r->same = 0;
	r->nr_ct = 0;
}

/* Too many to be listed again and again: from here on what packets touch is. */
static void list_changes(struct result *r, struct trace *t)
{
	r->changes = true;
	r->view.sink.mask = (r->view.sink.mask & ~EV_BIT(EV_CT_ENTRY)) | EV_BIT(EV_CT);
	r->view.sink.end_mask = EV_BIT(EV_CT_ENTRY);
	trace_remask(t);
}

static void on_inject(struct result *r, const struct event *ev)
{
	static const char *const kinds[] = { "frame", "reply", "local", "listen", "connect", "reply", "command" };
	const struct packet *p = ev->pkt;
	struct strbuf *o = &r->begin;

	flush_event(r);
	if (r->bulk && !r->changes && r->nr_ct > WHOLE_MAX)
		list_changes(r, ev->host->trace);
	begin_event(r);
	r->last_index = ev->u.inject.index;
	sb_putc(o, '{');
	jo_int(o, "i", ev->u.inject.index);
	sb_clear(&r->text);
	jo_seconds(&r->text, ev->t);
	jo_raw(o, "t", sb_str(&r->text));
	jo_raw(o, "t_actual", sb_str(&r->text));
	jo_str(o, "kind", kinds[ev->u.inject.kind]);
	o = &r->injected;
	if (ev->u.inject.skipped) {
		sb_puts(o, ",\"skipped\":");
		jo_text(o, ev->u.inject.skipped);
	}
	if (!p)
		return;
	sb_puts(o, ",\"injected\":{");
	if (ev->u.inject.kind == INJECT_LOCAL) {
		jo_bool(o, "local", true);
		jo_hex(o, "packet", pkt_nh(p), pkt_len(p));
		jo_int(o, "uid", p->uid);
		jo_int(o, "gid", p->gid);
		jo_int(o, "mark", p->mark);
	} else {
		jo_str(o, "in", ev->u.inject.dev->name);
		jo_hex(o, "frame", pkt_mac(p), p->tail - p->mac);
		r->igmp_in = p->tail - p->mac >= 34 && pkt_mac(p)[23] == IPPROTO_IGMP;
	}
	sb_putc(o, '}');
}

static bool is_own_mac(const struct host *h, const uint8_t *mac)
{
	for (const struct net_device *dev = h->devs; dev; dev = dev->next)
		if (dev->kind != DEV_LO && memcmp(dev->mac, mac, ETH_ALEN) == 0)
			return true;
	return false;
}

static bool mld_type(uint8_t type)
{
	return (type >= ICMPV6_MGM_QUERY && type <= ICMPV6_MGM_REDUCTION) || type == ICMPV6_MLD2_REPORT;
}

/* The oracle's sorting of what leaves: the host's own ARP and ND questions, its noise (IGMP, MLD), everything else;
 * what it bridges for others is not its own, nor is IGMP in an event that brought IGMP. */
static enum part class_of(const struct host *h, const uint8_t *f, uint32_t len, bool igmp_in)
{
	if (len < 34 || !is_own_mac(h, f + ETH_ALEN))
		return OUT;
	if (len >= 42 && get_be16(f + 12) == ETH_P_ARP && get_be16(f + 20) == 1)
		return ARP;
	if (get_be16(f + 12) == ETH_P_IPV6 && len >= 62) {
		if (f[20] == IPPROTO_ICMPV6 && f[54] == NDISC_NEIGHBOUR_SOLICITATION && len >= 78)
			return ARP;
		if ((f[20] == IPPROTO_ICMPV6 && f[54] == NDISC_ROUTER_SOLICITATION) ||
		    (f[20] == NEXTHDR_HOP && len >= 64 && f[54] == IPPROTO_ICMPV6 && mld_type(f[62])))
			return NOISE;
	}
	if (get_be16(f + 12) == ETH_P_IP && f[23] == IPPROTO_IGMP && !igmp_in)
		return NOISE;
	return OUT;
}

static void on_tx(struct result *r, const struct event *ev)
{
	const struct packet *p = ev->pkt;
	const struct net_device *dev = ev->u.dev.dev;
	struct strbuf *o;
	enum part k;

	if (!r->filling || dev->kind != DEV_PHYS)
		return;
	k = class_of(dev->host, pkt_mac(p), p->tail - p->mac, r->igmp_in);
	o = &r->part[k];
	if (k == ARP)
		end_question(r);
	jo_comma(o);
	sb_putc(o, '{');
	jo_str(o, "dev", dev->name);
	jo_hex(o, "frame", pkt_mac(p), p->tail - p->mac);
	if (r->settled)
		jo_bool(o, "late", true);
	if (k == ARP)
		r->arp_end = o->len;	/* an answer may follow */
	else
		sb_putc(o, '}');
}

static void on_answer(struct result *r, const struct event *ev)
{
	struct strbuf *o = &r->part[ARP];

	if (!r->filling || !o->len)
		return;
	o->len = r->arp_end;		/* the last one counts */
	jo_hex(o, "answer", ev->u.answer.frame, ev->u.answer.len);
}

static struct last *last_of(struct result *r, const void *key)
{
	struct last *l;

	HASH_FIND_PTR(r->last, &key, l);
	if (!l) {
		l = xcalloc(1, sizeof(*l));
		l->key = key;
		HASH_ADD_PTR(r->last, key, l);
	}
	return l;
}

static const char *family_word(uint8_t family)
{
	switch (family) {
	case NFPROTO_IPV6:	return "v6";
	case NFPROTO_ARP:	return "arp";
	case NFPROTO_BRIDGE:	return "bridge";
	default:		return "v4";
	}
}

static void event_counter(struct result *r, const struct event *ev, struct last *l)
{
	const struct chain *c = ev->u.counter.chain;
	struct strbuf *o = &r->part[COUNTERS];

	jo_comma(o);
	sb_putc(o, '"');
	sb_puts(o, c->table->ruleset->nft ? "nft-" : "");
	sb_puts(o, family_word(c->table->family));
	sb_putc(o, ':');
	sb_puts(o, c->table->name);
	sb_putc(o, ':');
	jo_inner(o, c->name);
	sb_putc(o, ':');
	if (ev->u.counter.rule)
		sb_uint(o, ev->u.counter.rule->number);
	else
		sb_puts(o, "policy");
	sb_puts(o, "\":[");
	sb_int(o, (int64_t)(ev->u.counter.packets - l->packets));
	sb_putc(o, ',');
	sb_int(o, (int64_t)(ev->u.counter.bytes - l->bytes));
	sb_putc(o, ']');
}

/* ---- the end: written as it comes, one chain at a time */

static void flush_chain(struct result *r)
{
	struct strbuf *o = &r->chain;

	if (!r->cur_chain)
		return;
	jo_int(o, "packets", r->chain_packets);
	jo_int(o, "bytes", r->chain_bytes);
	add_part(o, ",\"rules\":[", &r->rules, ']');
	sb_putc(o, '}');
	put_buf(r, o);
	r->cur_chain = NULL;
}

static void begin_chain(struct result *r, const struct chain *c)
{
	struct strbuf *o = &r->chain;

	sb_clear(o);
	sb_clear(&r->rules);
	if (r->any)
		sb_putc(o, ',');
	sb_putc(o, '{');
	jo_str(o, "family", family_word(c->table->family));
	if (c->table->ruleset->nft)
		jo_str(o, "backend", "nft");
	jo_str(o, "table", c->table->name);
	jo_str(o, "chain", c->name);
	jo_str(o, "policy", !c->builtin ? "-" : c->policy == XT_DROP ? "DROP" : "ACCEPT");
	r->chain_packets = r->chain_bytes = 0;
	r->cur_chain = c;
	r->any = true;
}

/* Opens the lists of "end" up to the one that is asked for. */
static void end_reaches(struct result *r, int where)
{
	if (r->where < IN_COUNTERS && where >= IN_COUNTERS) {
		put_text(r, "\n],\n\"end\":{\"counters\":[");
		r->any = false;
		r->where = IN_COUNTERS;
	}
	if (r->where < IN_CONNTRACK && where >= IN_CONNTRACK) {
		flush_chain(r);
		put_text(r, "],\"conntrack\":[");
		r->any = false;
		r->where = IN_CONNTRACK;
	}
	if (r->where < IN_STATES && where >= IN_STATES) {
		put_text(r, "]");
		r->where = IN_STATES;
	}
}

static void end_counter(struct result *r, const struct event *ev, const struct last *l)
{
	const struct chain *c = ev->u.counter.chain;
	uint64_t packets = ev->u.counter.packets - l->base_packets, bytes = ev->u.counter.bytes - l->base_bytes;
	struct strbuf *o = &r->rules;

	end_reaches(r, IN_COUNTERS);
	if (c != r->cur_chain) {
		flush_chain(r);
		begin_chain(r, c);
	}
	if (!ev->u.counter.rule) {
		r->chain_packets = packets;
		r->chain_bytes = bytes;
		return;
	}
	sb_clear(&r->text);
	rule_save(ev->u.counter.rule, &r->text);
	jo_comma(o);
	sb_putc(o, '{');
	jo_int(o, "n", ev->u.counter.rule->number);
	jo_str(o, "text", sb_str(&r->text));
	jo_int(o, "packets", packets);
	jo_int(o, "bytes", bytes);
	sb_putc(o, '}');
}

static void on_counter(struct result *r, const struct event *ev)
{
	const void *key = ev->u.counter.rule ? (const void *)ev->u.counter.rule : ev->u.counter.chain;
	struct last *l = last_of(r, key);

	if (r->ended) {
		end_counter(r, ev, l);
	} else if (!r->filling) {
		l->base_packets = ev->u.counter.packets;
		l->base_bytes = ev->u.counter.bytes;
	} else if (ev->u.counter.packets != l->packets || ev->u.counter.bytes != l->bytes) {
		event_counter(r, ev, l);
	}
	l->packets = ev->u.counter.packets;
	l->bytes = ev->u.counter.bytes;
}

static void on_log(struct result *r, const struct event *ev)
{
	struct strbuf *o;

	if (!r->filling)
		return;
	o = later(r, LOG);
	jo_comma(o);
	sb_putc(o, '{');
	jo_int(o, "level", ev->u.log.level);
	jo_str(o, "text", ev->u.log.text);
	sb_putc(o, '}');
}

static void on_drop(struct result *r, const struct event *ev)
{
	const struct packet *p = ev->pkt;
	struct strbuf *o;

	if (!r->filling)
		return;
	if (ev->u.drop.reason == DROP_UNKNOWN) {
		o = later(r, UNKNOWN);
		sb_clear(o);
		sb_puts(o, "true");
	}
	o = later(r, DROPS);
	jo_comma(o);
	sb_putc(o, '{');
	jo_str(o, "proto", p && p->protocol == ETH_P_ARP ? "arp" : p && p->protocol == ETH_P_IPV6 ? "ip6" : "ip");
	jo_str(o, "reason", drop_reason_name(ev->u.drop.reason));
	jo_str(o, "at", ev->u.drop.where);
	sb_putc(o, '}');
}

static void on_errno(struct result *r, const struct event *ev)
{
	const char *name = strerrorname_np(ev->u.err.err);
	struct strbuf *o;

	if (!r->filling || !name)
		return;
	o = later(r, ERRNO);
	sb_clear(o);
	jo_text(o, name);
}

/* ---- connections: most are as they were at the event before, at the place where they were */

static const struct shown *shown_before(struct result *r, const struct conn *ct)
{
	const struct listing *b = &r->before;
	const char *state = ct_state_name(ct);

	for (size_t i = r->same; i < b->nr && i < r->same + 2; i++) {
		const struct shown *s = &b->v[i];

		if (s->ct != ct || s->id != ct->id)
			continue;
		r->same = i + 1;
		return s->status == ct->status && s->mark == ct->mark && s->state == state ? s : NULL;
	}
	return NULL;
}

static void keep_shown(struct listing *l, const struct conn *ct, const char *text, size_t n)
{
	if (l->nr == l->cap) {
		l->cap = l->cap ? l->cap * 2 : 64;
		l->v = xrealloc(l->v, l->cap * sizeof(*l->v));
	}
	l->v[l->nr++] = (struct shown){ ct, ct->id, ct_state_name(ct), ct->status, ct->mark, l->heads.len, n };
	sb_write(&l->heads, text, n);
}

static void list_entry(struct result *r, const struct conn *ct)
{
	const struct shown *s = shown_before(r, ct);
	struct strbuf *o = &r->ct;
	size_t at;

	jo_comma(o);
	at = o->len;
	if (s)
		sb_write(o, r->before.heads.s + s->off, s->len);
	else
		ct_json_head(o, ct);
	keep_shown(&r->now, ct, o->s + at, o->len - at);
	ct_json_tail(o, ct);
	r->nr_ct++;
}

static void on_ct_entry(struct result *r, const struct event *ev)
{
	if (r->ended) {
		end_reaches(r, IN_CONNTRACK);
		sb_clear(&r->text);
		if (r->any)
			sb_putc(&r->text, ',');
		ct_json(&r->text, ev->u.ct_entry.ct);
		put_buf(r, &r->text);
		r->any = true;
	} else if (r->filling) {
		list_entry(r, ev->u.ct_entry.ct);
	}
}

static void on_ct(struct result *r, const struct event *ev)
{
	const struct conn *ct = ev->u.ct.ct;

	if (!ct || ct->unknown)
		return;
	if (ev->u.ct.what == CT_EV_DESTROY && ct_confirmed(ct) && !ct->hidden) {
		jo_comma(&r->gone);
		ct_json(&r->gone, ct);
		return;
	}
	if (r->nr_touched && r->touched[r->nr_touched - 1].id == ct->id)
		return;
	if (r->nr_touched == r->cap_touched) {
		r->cap_touched = r->cap_touched ? r->cap_touched * 2 : 64;
		r->touched = xrealloc(r->touched, r->cap_touched * sizeof(*r->touched));
	}
	r->touched[r->nr_touched++] = (struct touched){ ct, ct->id };
}

static int by_id(const void *a, const void *b)
{
	const struct touched *x = a, *y = b;

	return x->id < y->id ? -1 : x->id > y->id;
}

/* One that ended meanwhile may have left its place to another. */
static void on_settled(struct result *r)
{
	r->settled = true;
	if (!r->changes)
		return;
	qsort(r->touched, r->nr_touched, sizeof(*r->touched), by_id);
	for (size_t i = 0; i < r->nr_touched; i++) {
		const struct conn *ct = r->touched[i].ct;

		if ((i && r->touched[i].id == r->touched[i - 1].id) || ct->id != r->touched[i].id || !ct->listed || ct->hidden)
			continue;
		jo_comma(&r->ct);
		ct_json(&r->ct, ct);
	}
	r->nr_touched = 0;
}

static void on_state(struct result *r, const struct event *ev)
{
	json_t **in = strcmp(ev->u.state.kind, "recent") == 0 ? &r->recent :
		      strcmp(ev->u.state.kind, "hashlimit") == 0 ? &r->hashlimit : NULL;
	json_t *list;

	if (strcmp(ev->u.state.kind, "ipset") == 0 && r->ended) {
		if (!r->ipset)
			r->ipset = json_array();
		json_array_append_new(r->ipset, text_json(ev->u.state.line));
		return;
	}
	if (!in || !r->ended)
		return;
	if (!*in)
		*in = json_object();
	list = json_object_get(*in, ev->u.state.name);
	if (!list) {
		list = json_array();
		json_object_set_new(*in, ev->u.state.name, list);
	}
	if (ev->u.state.line)
		json_array_append_new(list, text_json(ev->u.state.line));
}

static void on_event(struct trace_sink *s, const struct event *ev)
{
	struct result *r = container_of(s, struct result, view.sink);

	switch (ev->type) {
	case EV_INJECT:		on_inject(r, ev);		break;
	case EV_SETTLED:	on_settled(r);			break;
	case EV_TX:		on_tx(r, ev);			break;
	case EV_ANSWER:		on_answer(r, ev);		break;
	case EV_COUNTER:	on_counter(r, ev);		break;
	case EV_LOG:		on_log(r, ev);			break;
	case EV_DROP:		on_drop(r, ev);			break;
	case EV_STATE:		on_state(r, ev);		break;
	case EV_CT:		on_ct(r, ev);			break;
	case EV_CT_ENTRY:	on_ct_entry(r, ev);		break;
	case EV_ERRNO:		on_errno(r, ev);		break;
	case EV_END:
		flush_event(r);
		r->storm = ev->u.end.storm;
		r->stopped = ev->u.end.stopped;
		r->ended = true;
		break;
	default:
		break;
	}
}

static void free_listing(struct listing *l)
{
	free(l->v);
	sb_free(&l->heads);
}

static void free_result(struct result *r)
{
	struct last *l, *tmp;

	HASH_ITER(hh, r->last, l, tmp) {
		HASH_DEL(r->last, l);
		free(l);
	}
	for (unsigned k = 0; k < NR_PARTS; k++)
		sb_free(&r->part[k]);
	sb_free(&r->begin);
	sb_free(&r->injected);
	sb_free(&r->ct);
	sb_free(&r->gone);
	sb_free(&r->chain);
	sb_free(&r->rules);
	sb_free(&r->text);
	free_listing(&r->now);
	free_listing(&r->before);
	free(r->touched);
	free(r);
}

static void put_state(struct result *r, const char *key, json_t *state)
{
	if (!state)
		return;
	put_text(r, key);
	put_json(r, state);
	json_decref(state);
}

static bool close_result(struct view *v, bool keep, struct diag *d)
{
	struct result *r = container_of(v, struct result, view);
	bool ok;

	flush_event(r);
	end_reaches(r, IN_STATES);
	put_state(r, ",\"recent\":", r->recent);
	put_state(r, ",\"ipset\":", r->ipset);
	put_state(r, ",\"hashlimit\":", r->hashlimit);
	put_text(r, "}");
	if (r->storm) {
		sb_clear(&r->text);
		jo_int(&r->text, "storm", r->last_index);
		put_text(r, ",");
		put_buf(r, &r->text);
	}
	if (r->stopped)
		put_text(r, ",\"stopped\":true");
	put_text(r, "}\n");
	ok = outfile_close(&r->out, keep, d);
	free_result(r);
	return ok;
}

static struct view *begin(struct result *r, const char *case_name)
{
	r->view.close = close_result;
	r->view.sink.event = on_event;
	r->view.sink.mask = EV_BIT(EV_INJECT) | EV_BIT(EV_SETTLED) | EV_BIT(EV_TX) | EV_BIT(EV_ANSWER) | EV_BIT(EV_COUNTER) |
			    EV_BIT(EV_LOG) | EV_BIT(EV_DROP) | EV_BIT(EV_STATE) | EV_BIT(EV_CT_ENTRY) | EV_BIT(EV_ERRNO) |
			    EV_BIT(EV_END);
	put_text(r, "{\"format\":1,\"oracle\":\"hookwalk\",\"case\":");
	jo_text(&r->text, case_name);
	put_buf(r, &r->text);
	put_text(r, ",\"backend\":\"legacy\",\"fast\":false,\"ipv6\":false,\"errors\":[],\n\"events\":[");
	return &r->view;
}

struct view *view_result(const char *path, const char *case_name, bool bulk, struct diag *d)
{
	struct result *r = xcalloc(1, sizeof(*r));

	r->bulk = bulk;
	if (outfile_open(&r->out, path, d))
		return begin(r, case_name);
	free(r);
	return NULL;
}

struct view *view_result_text(struct strbuf *ret, const char *case_name)
{
	struct result *r = xcalloc(1, sizeof(*r));

	outfile_text(&r->out, ret);
	return begin(r, case_name);
}
