// SPDX-License-Identifier: MIT
/* events_out.c - the event stream as JSON lines, one object an event: seq, t, type, host, pkt (the
 * packet's number, with parent where another one caused it), then the members of event.h. */
#include "sim/report/ct_json.h"
#include "sim/report/outfile.h"
#include "sim/report/view.h"
#include "rules/rules.h"
#include "sim/net/device.h"
#include <stdlib.h>

struct events_view { struct view view; struct outfile out; };

static void set_str(json_t *o, const char *key, const char *s)
{
	if (s)
		json_object_set_new(o, key, text_json(s));
}

static void set_int(json_t *o, const char *key, uint64_t v)
{
	json_object_set_new(o, key, json_integer((json_int_t)v));
}

static void set_dev(json_t *o, const char *key, const struct net_device *dev)
{
	if (dev)
		set_str(o, key, dev->name);
}

static void set_addr(json_t *o, const char *key, unsigned family, const union inet_addr *a)
{
	char buf[ADDRSTRLEN];

	set_str(o, key, inet_str(buf, family == AF_INET6 ? AF_INET6 : AF_INET, a));
}

static void set_hex(json_t *o, const char *key, const uint8_t *b, size_t n)
{
	struct strbuf sb = { 0 };

	for (size_t i = 0; i < n; i++)
		sb_printf(&sb, "%02x", b[i]);
	set_str(o, key, sb_str(&sb));
	sb_free(&sb);
}

static void set_frame(json_t *o, const struct packet *p)
{
	set_hex(o, "frame", pkt_mac(p), p->tail - p->mac);
	if (p->cut)
		set_int(o, "cut", p->cut - p->mac);
}

/* "filter:FORWARD:3" or "filter:FORWARD:policy" */
static void set_rule(json_t *o, const struct table *t, const struct chain *c, const struct rule *r)
{
	struct strbuf sb = { 0 };

	if (!c && r)
		c = r->chain;
	if (!c)
		return;
	sb_printf(&sb, "%s:%s:", (t ? t : c->table)->name, c->name);
	if (r)
		sb_printf(&sb, "%u", r->number);
	else
		sb_puts(&sb, "policy");
	set_str(o, "rule", sb_str(&sb));
	if (r && r->pos.src) {
		size_t line, col;

		source_where(r->pos, &line, &col);
		set_int(o, "line", line);
	}
	sb_free(&sb);
}

static const char *verdict_word(unsigned v)
{
	switch (v) {
	case VERDICT_UNKNOWN: return "UNKNOWN";
	case XT_DROP: return "DROP";
	case XT_ACCEPT: case XT_QUEUE_BYPASS: return "ACCEPT";
	case XT_STOLEN: return "STOLEN";
	case XT_QUEUE: return "QUEUE";
	case XT_REPEAT: return "REPEAT";
	case XT_RETURN: return "RETURN";
	default: return "CONTINUE";
	}
}

static void put_route(json_t *o, const struct event *ev)
{
	static const char *const how[] = { "input", "output", "again" };
	static const char *const types[] = { "unspec", "unicast", "local", "broadcast", "anycast", "multicast", "blackhole",
					     "unreachable", "prohibit", "throw", "nat", "xresolve" };
	const struct dst *d = ev->u.route.result;

	set_str(o, "how", how[ev->u.route.how]);
	set_addr(o, "src", ev->u.route.family, &ev->u.route.src);
	set_addr(o, "dst", ev->u.route.family, &ev->u.route.dst);
	set_dev(o, "iif", ev->u.route.iif);
	set_dev(o, "oif", ev->u.route.oif);
	if (ev->u.route.mark)
		set_int(o, "mark", ev->u.route.mark);
	if (ev->u.route.error)
		set_int(o, "error", (uint64_t)abs(ev->u.route.error));
	if (ev->u.route.reason)
		set_str(o, "reason", drop_reason_name(ev->u.route.reason));
	if (!d || !d->set)
		return;
	set_str(o, "result", d->type < ARRAY_SIZE(types) ? types[d->type] : "unknown");
	set_dev(o, "dev", d->dev);
	if (d->has_gw)
		set_addr(o, "via", ev->u.route.family, &d->gw);
	set_int(o, "table", ev->u.route.table);
	set_int(o, "pref", ev->u.route.rule_pref);
}

static void put_ct(json_t *o, const struct event *ev)
{
	static const char *const what[] = { "found", "new", "invalid", "untracked", "confirmed", "state", "destroy", "expect", "clash" };
	static const char *const info[] = { "ESTABLISHED", "RELATED", "NEW", "ESTABLISHED_REPLY", "RELATED_REPLY" };

	set_str(o, "what", what[ev->u.ct.what]);
	set_str(o, "why", ev->u.ct.why);
	if (ev->pkt && ev->u.ct.ct && ev->pkt->ctinfo < ARRAY_SIZE(info))
		set_str(o, "ctinfo", info[ev->pkt->ctinfo]);
	if (ev->u.ct.ct) {
		set_int(o, "id", ev->u.ct.ct->id);
		json_object_set_new(o, "entry", ct_json(ev->u.ct.ct));
	}
}

static void put_members(json_t *o, const struct event *ev)
{
	static const char *const kinds[] = { "frame", "reply", "local", "listen", "connect", "skip", "command" };
	static const char *const frags[] = { "queued", "complete", "cut", "timeout" };
	static const char *const hows[] = { "base", "jump", "goto", "return" };

	switch (ev->type) {
	case EV_INJECT:
		set_int(o, "index", ev->u.inject.index);
		set_str(o, "kind", kinds[ev->u.inject.kind]);
		set_dev(o, "dev", ev->u.inject.dev);
		set_str(o, "source", ev->u.inject.source);
		if (ev->u.inject.source_nr)
			set_int(o, "source_nr", ev->u.inject.source_nr);
		set_str(o, "skipped", ev->u.inject.skipped);
		if (ev->pkt)
			set_frame(o, ev->pkt);
		break;
	case EV_SETTLED:
		set_int(o, "index", ev->u.settled.index);
		break;
	case EV_RX: case EV_TX:
		set_dev(o, "dev", ev->u.dev.dev);
		set_frame(o, ev->pkt);
		break;
	case EV_ANSWER:
		set_dev(o, "dev", ev->u.answer.dev);
		set_hex(o, "frame", ev->u.answer.frame, ev->u.answer.len);
		break;
	case EV_HOOK:
		set_str(o, "hook", nf_hook_name((enum nf_hook)ev->u.hook.hook));
		set_dev(o, "in", ev->u.hook.in);
		set_dev(o, "out", ev->u.hook.out);
		if (ev->u.hook.family == NFPROTO_ARP || ev->u.hook.family == NFPROTO_BRIDGE)
			set_str(o, "family", ev->u.hook.family == NFPROTO_ARP ? "arp" : "bridge");
		break;
	case EV_CHAIN:
		set_str(o, "table", ev->u.chain.table->name);
		set_str(o, "chain", ev->u.chain.chain->name);
		set_str(o, "from", ev->u.chain.from ? ev->u.chain.from->name : NULL);
		set_str(o, "how", hows[ev->u.chain.how]);
		break;
	case EV_RULE:
		set_rule(o, ev->u.rule.table, ev->u.rule.chain, ev->u.rule.rule);
		json_object_set_new(o, "matched", json_boolean(ev->u.rule.matched));
		if (!ev->u.rule.matched)
			json_object_set_new(o, "failed_at", json_integer(ev->u.rule.failed_at));
		set_str(o, "verdict", ev->u.rule.verdict);
		set_int(o, "bytes", ev->u.rule.bytes);
		break;
	case EV_POLICY:
		set_rule(o, ev->u.policy.table, ev->u.policy.chain, NULL);
		set_str(o, "verdict", verdict_word(ev->u.policy.verdict));
		set_int(o, "bytes", ev->u.policy.bytes);
		break;
	case EV_VERDICT:
		set_str(o, "table", ev->u.verdict.table->name);
		set_str(o, "hook", nf_hook_name((enum nf_hook)ev->u.verdict.hook));
		set_str(o, "verdict", verdict_word(ev->u.verdict.verdict));
		break;
	case EV_CHANGE:
		set_str(o, "field", ev->u.change.field);
		set_str(o, "from", ev->u.change.from);
		set_str(o, "to", ev->u.change.to);
		set_str(o, "by", ev->u.change.by);
		set_rule(o, NULL, NULL, ev->u.change.rule);
		break;
	case EV_ROUTE:
		put_route(o, ev);
		break;
	case EV_CT:
		put_ct(o, ev);
		break;
	case EV_NAT:
		set_str(o, "manip", ev->u.nat.manip ? "dst" : "src");
		json_object_set_new(o, "null_binding", json_boolean(ev->u.nat.null_binding));
		set_int(o, "id", ev->u.nat.ct->id);
		json_object_set_new(o, "entry", ct_json(ev->u.nat.ct));
		set_rule(o, NULL, NULL, ev->u.nat.rule);
		break;
	case EV_NEIGH:
		set_dev(o, "dev", ev->u.neigh.dev);
		set_addr(o, "addr", ev->u.neigh.family, &ev->u.neigh.addr);
		set_str(o, "from", ev->u.neigh.from);
		set_str(o, "to", ev->u.neigh.to);
		break;
	case EV_FRAG:
		set_str(o, "what", frags[ev->u.frag.what]);
		set_int(o, "count", ev->u.frag.count);
		break;
	case EV_DELIVER:
		set_str(o, "what", ev->u.deliver.what);
		break;
	case EV_ICMP:
		set_int(o, "icmp_type", ev->u.icmp.type);
		set_int(o, "icmp_code", ev->u.icmp.code);
		set_int(o, "info", ev->u.icmp.info);
		set_str(o, "kept", ev->u.icmp.kept);
		break;
	case EV_COMMAND:
		set_str(o, "text", ev->u.command.text);
		set_int(o, "status", (uint64_t)ev->u.command.status);
		break;
	case EV_LOG:
		set_int(o, "level", ev->u.log.level);
		set_str(o, "text", ev->u.log.text);
		set_rule(o, NULL, NULL, ev->u.log.rule);
		break;
	case EV_LIMIT:
		set_str(o, "ext", ev->u.limit.ext);
		json_object_set_new(o, "over", json_boolean(ev->u.limit.over));
		set_str(o, "key", ev->u.limit.key);
		set_int(o, "have", ev->u.limit.have);
		set_int(o, "cost", ev->u.limit.cost);
		set_int(o, "refill", ev->u.limit.refill);
		set_rule(o, NULL, NULL, ev->u.limit.rule);
		break;
	case EV_DROP:
		set_str(o, "reason", drop_reason_name(ev->u.drop.reason));
		set_str(o, "where", ev->u.drop.where);
		if (ev->u.drop.reason == DROP_NETFILTER_DROP && ev->pkt && !ev->u.drop.rule)
			set_rule(o, NULL, ev->pkt->verdict_chain, ev->pkt->verdict_rule);
		else
			set_rule(o, NULL, NULL, ev->u.drop.rule);
		break;
	case EV_ERRNO:
		set_str(o, "error", strerrorname_np(ev->u.err.err));
		break;
	case EV_COUNTER:
		set_rule(o, ev->u.counter.table, ev->u.counter.chain, ev->u.counter.rule);
		set_int(o, "packets", ev->u.counter.packets);
		set_int(o, "bytes", ev->u.counter.bytes);
		break;
	case EV_CT_ENTRY:
		json_object_set_new(o, "entry", ct_json(ev->u.ct_entry.ct));
		break;
	case EV_STATE:
		set_str(o, "kind", ev->u.state.kind);
		set_str(o, "name", ev->u.state.name);
		set_str(o, "line", ev->u.state.line);
		break;
	case EV_END:
		set_int(o, "events", ev->u.end.events);
		if (ev->u.end.storm)
			json_object_set_new(o, "storm", json_true());
		if (ev->u.end.stopped)
			json_object_set_new(o, "stopped", json_true());
		break;
	case NR_EVENTS:
		break;
	}
}

static void on_event(struct trace_sink *s, const struct event *ev)
{
	struct events_view *v = container_of(s, struct events_view, view.sink);
	json_t *o = json_object();
	char *text;

	set_int(o, "seq", ev->seq);
	set_int(o, "t", ev->t);
	set_str(o, "type", event_name(ev->type));
	if (ev->host)
		set_str(o, "host", ev->host->name);
	if (ev->pkt) {
		set_int(o, "pkt", ev->pkt->id);
		if (ev->pkt->parent)
			set_int(o, "parent", ev->pkt->parent);
	}
	put_members(o, ev);
	text = json_dumps(o, JSON_COMPACT | JSON_PRESERVE_ORDER | JSON_ENSURE_ASCII);
	json_decref(o);
	if (!text)
		out_of_memory(0);
	outfile_write(&v->out, text, strlen(text));
	outfile_write(&v->out, "\n", 1);
	free(text);
}

static bool close_events(struct view *view, bool keep, struct diag *d)
{
	struct events_view *v = container_of(view, struct events_view, view);
	bool ok = outfile_close(&v->out, keep, d);

	free(v);
	return ok;
}

struct view *view_events(const char *path, struct diag *d)
{
	struct events_view *v = xcalloc(1, sizeof(*v));

	if (!outfile_open(&v->out, path, d)) {
		free(v);
		return NULL;
	}
	v->view.close = close_events;
	v->view.sink.event = on_event;
	/* Snapshots are for tables, not for a stream: one stands at its end. */
	v->view.sink.end_mask = EV_BIT(EV_COUNTER) | EV_BIT(EV_CT_ENTRY);
	v->view.sink.mask = ((1u << NR_EVENTS) - 1) & ~v->view.sink.end_mask;
	return &v->view;
}
