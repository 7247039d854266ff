// SPDX-License-Identifier: MIT
/* result.c - oracle/FORMAT.md: what happened, event by event, as the kernel's answers are recorded.
 * An event is written when the next one begins: frames that come late belong to it still. */
#include "sim/report/ct_json.h"
#include "sim/report/outfile.h"
#include "sim/report/view.h"
#include "rules/rules.h"
#include "sim/packet/ip6.h"
#include <stdlib.h>
#include <uthash.h>

struct last {			/* a counter's value when it was shown last */
	const void *key;	/* rule or chain */
	uint64_t packets, bytes, base_packets, base_bytes;
	UT_hash_handle hh;
};

struct result {
	struct view view;
	struct outfile out;
	struct last *last;
	json_t *event;		/* being filled, NULL before the first */
	json_t *ct;		/* snapshot being filled */
	json_t *chains, *chain;	/* end.counters */
	json_t *recent, *hashlimit, *ipset;
	const struct chain *cur_chain;
	bool settled, ended, any, storm, stopped, igmp_in;
	uint64_t last_index;
};

static void put_json(struct result *r, json_t *o)
{
	char *s = json_dumps(o, JSON_COMPACT | JSON_PRESERVE_ORDER | JSON_ENSURE_ASCII);

	if (!s)
		out_of_memory(0);
	outfile_write(&r->out, s, strlen(s));
	free(s);
}

static void put_text(struct result *r, const char *s)
{
	outfile_write(&r->out, s, strlen(s));
}

static void flush_event(struct result *r)
{
	if (!r->event)
		return;
	if (r->ct)
		json_object_set_new(r->event, "conntrack", r->ct);
	r->ct = NULL;
	put_text(r, r->any ? ",\n" : "\n");
	put_json(r, r->event);
	json_decref(r->event);
	r->event = NULL;
	r->any = true;
}

static json_t *seconds(uint64_t ns)
{
	return json_real((double)ns / 1e9);
}

static void on_inject(struct result *r, const struct event *ev)
{
	static const char *const kinds[] = { "frame", "reply", "local", "listen", "connect", "reply", "command" };
	const struct packet *p = ev->pkt;
	json_t *e, *inj;

	flush_event(r);
	r->settled = false;
	r->last_index = ev->u.inject.index;
	r->event = e = json_object();
	json_object_set_new(e, "i", json_integer((json_int_t)ev->u.inject.index));
	json_object_set_new(e, "t", seconds(ev->t));
	json_object_set_new(e, "t_actual", seconds(ev->t));
	json_object_set_new(e, "kind", json_string(kinds[ev->u.inject.kind]));
	json_object_set_new(e, "out", json_array());
	json_object_set_new(e, "arp", json_array());
	json_object_set_new(e, "noise", json_array());
	json_object_set_new(e, "counters", json_object());
	r->igmp_in = false;
	r->ct = json_array();
	if (ev->u.inject.skipped)
		json_object_set_new(e, "skipped", text_json(ev->u.inject.skipped));
	if (!p)
		return;
	inj = json_object();
	if (ev->u.inject.kind == INJECT_LOCAL) {
		json_object_set_new(inj, "local", json_true());
		json_object_set_new(inj, "packet", hex_json(pkt_nh(p), pkt_len(p)));
		json_object_set_new(inj, "uid", json_integer(p->uid));
		json_object_set_new(inj, "gid", json_integer(p->gid));
		json_object_set_new(inj, "mark", json_integer(p->mark));
	} else {
		json_object_set_new(inj, "in", json_string(ev->u.inject.dev->name));
		json_object_set_new(inj, "frame", hex_json(pkt_mac(p), p->tail - p->mac));
		r->igmp_in = p->tail - p->mac >= 34 && pkt_mac(p)[23] == IPPROTO_IGMP;
	}
	json_object_set_new(e, "injected", inj);
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
static const char *class_of(const struct host *h, const uint8_t *f, uint32_t len, bool igmp_in)
{
	if (len < 34 || !is_own_mac(h, f + ETH_ALEN))
		return "out";
	if (len >= 42 && get_be16(f + 12) == ETH_P_ARP && get_be16(f + 20) == 1)
		return "arp";
	if (get_be16(f + 12) == ETH_P_IPV6 && len >= 62) {
		if (f[20] == IPPROTO_ICMPV6 && f[54] == NDISC_NEIGHBOUR_SOLICITATION && len >= 78)
			return "arp";
		if ((f[20] == IPPROTO_ICMPV6 && f[54] == NDISC_ROUTER_SOLICITATION) ||
		    (f[20] == NEXTHDR_HOP && len >= 64 && f[54] == IPPROTO_ICMPV6 && mld_type(f[62])))
			return "noise";
	}
	if (get_be16(f + 12) == ETH_P_IP && f[23] == IPPROTO_IGMP && !igmp_in)
		return "noise";
	return "out";
}

static void on_tx(struct result *r, const struct event *ev)
{
	const struct packet *p = ev->pkt;
	const struct net_device *dev = ev->u.dev.dev;
	json_t *rec;

	if (!r->event || dev->kind != DEV_PHYS)
		return;
	rec = json_object();
	json_object_set_new(rec, "dev", json_string(dev->name));
	json_object_set_new(rec, "frame", hex_json(pkt_mac(p), p->tail - p->mac));
	if (r->settled)
		json_object_set_new(rec, "late", json_true());
	json_array_append_new(json_object_get(r->event, class_of(dev->host, pkt_mac(p), p->tail - p->mac, r->igmp_in)), rec);
}

static void on_answer(struct result *r, const struct event *ev)
{
	json_t *arp = r->event ? json_object_get(r->event, "arp") : NULL;
	size_t n = arp ? json_array_size(arp) : 0;

	if (n)
		json_object_set_new(json_array_get(arp, n - 1), "answer", hex_json(ev->u.answer.frame, ev->u.answer.len));
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
	struct strbuf key = { 0 };

	sb_printf(&key, "%s:%s:%s:", family_word(c->table->family), c->table->name, c->name);
	if (ev->u.counter.rule)
		sb_printf(&key, "%u", ev->u.counter.rule->number);
	else
		sb_puts(&key, "policy");
	json_object_set_new(json_object_get(r->event, "counters"), sb_str(&key),
			    json_pack("[I,I]", (json_int_t)(ev->u.counter.packets - l->packets),
				      (json_int_t)(ev->u.counter.bytes - l->bytes)));
	sb_free(&key);
}

/* end.counters: one object per chain, in the order of the snapshot. */
static void end_counter(struct result *r, const struct event *ev, const struct last *l)
{
	const struct chain *c = ev->u.counter.chain;
	json_int_t packets = (json_int_t)(ev->u.counter.packets - l->base_packets);
	json_int_t bytes = (json_int_t)(ev->u.counter.bytes - l->base_bytes);
	struct strbuf text = { 0 };
	json_t *rule;

	if (c != r->cur_chain) {
		r->cur_chain = c;
		r->chain = json_object();
		json_object_set_new(r->chain, "family", json_string(family_word(c->table->family)));
		json_object_set_new(r->chain, "table", json_string(c->table->name));
		json_object_set_new(r->chain, "chain", text_json(c->name));
		json_object_set_new(r->chain, "policy",
				    json_string(!c->builtin ? "-" : c->policy == XT_DROP ? "DROP" : "ACCEPT"));
		json_object_set_new(r->chain, "packets", json_integer(0));
		json_object_set_new(r->chain, "bytes", json_integer(0));
		json_object_set_new(r->chain, "rules", json_array());
		json_array_append_new(r->chains, r->chain);
	}
	if (!ev->u.counter.rule) {
		json_object_set_new(r->chain, "packets", json_integer(packets));
		json_object_set_new(r->chain, "bytes", json_integer(bytes));
		return;
	}
	rule_save(ev->u.counter.rule, &text);
	rule = json_object();
	json_object_set_new(rule, "n", json_integer(ev->u.counter.rule->number));
	json_object_set_new(rule, "text", text_json(sb_str(&text)));
	json_object_set_new(rule, "packets", json_integer(packets));
	json_object_set_new(rule, "bytes", json_integer(bytes));
	json_array_append_new(json_object_get(r->chain, "rules"), rule);
	sb_free(&text);
}

static void on_counter(struct result *r, const struct event *ev)
{
	const void *key = ev->u.counter.rule ? (const void *)ev->u.counter.rule : ev->u.counter.chain;
	struct last *l = last_of(r, key);

	if (r->ended) {
		end_counter(r, ev, l);
	} else if (!r->event) {
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
	json_t *log;

	if (!r->event)
		return;
	log = json_object_get(r->event, "log");
	if (!log) {
		log = json_array();
		json_object_set_new(r->event, "log", log);
	}
	json_array_append_new(log, json_pack("{s:i, s:o}", "level", ev->u.log.level, "text", text_json(ev->u.log.text)));
}

static void on_drop(struct result *r, const struct event *ev)
{
	const struct packet *p = ev->pkt;
	json_t *drops;

	if (!r->event)
		return;
	if (ev->u.drop.reason == DROP_UNKNOWN)
		json_object_set_new(r->event, "unknown", json_true());
	drops = json_object_get(r->event, "drops");
	if (!drops) {
		drops = json_array();
		json_object_set_new(r->event, "drops", drops);
	}
	json_array_append_new(drops, json_pack("{s:s, s:s, s:s}", "proto",
					       p && p->protocol == ETH_P_ARP ? "arp" : p && p->protocol == ETH_P_IPV6 ? "ip6" : "ip",
					       "reason", drop_reason_name(ev->u.drop.reason), "at", ev->u.drop.where));
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
	case EV_SETTLED:	r->settled = true;		break;
	case EV_TX:		on_tx(r, ev);			break;
	case EV_ANSWER:		on_answer(r, ev);		break;
	case EV_COUNTER:	on_counter(r, ev);		break;
	case EV_LOG:		on_log(r, ev);			break;
	case EV_DROP:		on_drop(r, ev);			break;
	case EV_STATE:		on_state(r, ev);		break;
	case EV_CT_ENTRY:
		if (r->ct)
			json_array_append_new(r->ct, ct_json(ev->u.ct_entry.ct));
		break;
	case EV_ERRNO:
		if (r->event)
			json_object_set_new(r->event, "error", json_string(strerrorname_np(ev->u.err.err)));
		break;
	case EV_END:
		flush_event(r);
		r->storm = ev->u.end.storm;
		r->stopped = ev->u.end.stopped;
		r->ended = true;
		r->ct = json_array();
		break;
	default:
		break;
	}
}

static bool close_result(struct view *v, bool keep, struct diag *d)
{
	struct result *r = container_of(v, struct result, view);
	struct last *l, *tmp;
	json_t *end = json_object();
	bool ok;

	flush_event(r);
	json_object_set_new(end, "counters", r->chains);
	json_object_set_new(end, "conntrack", r->ct ? r->ct : json_array());
	if (r->recent)
		json_object_set_new(end, "recent", r->recent);
	if (r->ipset)
		json_object_set_new(end, "ipset", r->ipset);
	if (r->hashlimit)
		json_object_set_new(end, "hashlimit", r->hashlimit);
	put_text(r, "\n],\n\"end\":");
	put_json(r, end);
	if (r->storm) {
		char text[48];

		snprintf(text, sizeof(text), ",\"storm\":%llu", (unsigned long long)r->last_index);
		put_text(r, text);
	}
	if (r->stopped)
		put_text(r, ",\"stopped\":true");
	put_text(r, "}\n");
	json_decref(end);
	HASH_ITER(hh, r->last, l, tmp) {
		HASH_DEL(r->last, l);
		free(l);
	}
	ok = outfile_close(&r->out, keep, d);
	free(r);
	return ok;
}

static struct view *begin(struct result *r, const char *case_name)
{
	json_t *name = text_json(case_name);
	char *s = json_dumps(name, JSON_ENCODE_ANY);

	r->chains = json_array();
	r->view.close = close_result;
	r->view.sink.event = on_event;
	r->view.sink.mask = EV_BIT(EV_INJECT) | EV_BIT(EV_SETTLED) | EV_BIT(EV_TX) | EV_BIT(EV_ANSWER) | EV_BIT(EV_COUNTER) |
			    EV_BIT(EV_LOG) | EV_BIT(EV_DROP) | EV_BIT(EV_STATE) | EV_BIT(EV_CT_ENTRY) | EV_BIT(EV_ERRNO) |
			    EV_BIT(EV_END);
	put_text(r, "{\"format\":1,\"oracle\":\"hookwalk\",\"case\":");
	put_text(r, s ? s : "\"\"");
	put_text(r, ",\"backend\":\"legacy\",\"fast\":false,\"ipv6\":false,\"errors\":[],\n\"events\":[");
	free(s);
	json_decref(name);
	return &r->view;
}

struct view *view_result(const char *path, const char *case_name, struct diag *d)
{
	struct result *r = xcalloc(1, sizeof(*r));

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
