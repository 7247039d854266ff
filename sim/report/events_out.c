// SPDX-License-Identifier: MIT
/* events_out.c - the event stream as JSON lines, one object an event: seq, t, type, host, pkt (the
 * packet's number, with parent where another one caused it), then the members of event.h. */
#include "sim/report/ct_json.h"
#include "sim/report/json_out.h"
#include "sim/report/outfile.h"
#include "sim/report/view.h"
#include "rules/rules.h"
#include "sim/net/device.h"
#include <stdlib.h>

struct events_view { struct view view; struct outfile out; struct strbuf line; };

static void put_dev(struct strbuf *o, const char *key, size_t n, const struct net_device *dev)
{
	if (dev)
		jo_str_(o, key, n, dev->name);
}
#define jo_dev(o, key, dev) put_dev(o, JO_KEY(key), dev)

static void put_addr(struct strbuf *o, const char *key, size_t n, unsigned family, const union inet_addr *a)
{
	jo_addr_(o, key, n, family == AF_INET6 ? AF_INET6 : AF_INET, a);
}
#define jo_inet(o, key, family, a) put_addr(o, JO_KEY(key), family, a)

static void put_frame(struct strbuf *o, const struct packet *p)
{
	jo_hex(o, "frame", pkt_mac(p), p->tail - p->mac);
	if (p->cut)
		jo_int(o, "cut", p->cut - p->mac);
}

/* A connection under its key. */
static void put_entry(struct strbuf *o, const struct conn *ct)
{
	jo_raw(o, "entry", "");
	ct_json(o, ct);
}

/* "filter:FORWARD:3" or "filter:FORWARD:policy" */
static void put_rule(struct strbuf *o, const struct table *t, const struct chain *c, const struct rule *r)
{
	if (!c && r)
		c = r->chain;
	if (!c)
		return;
	jo_raw(o, "rule", "\"");
	sb_puts(o, (t ? t : c->table)->name);
	sb_putc(o, ':');
	jo_inner(o, c->name);
	sb_putc(o, ':');
	if (r)
		sb_uint(o, r->number);
	else
		sb_puts(o, "policy");
	sb_putc(o, '"');
	if (r && r->pos.src) {
		size_t line, col;

		source_where(r->pos, &line, &col);
		jo_int(o, "line", line);
	}
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

static void put_route(struct strbuf *o, const struct event *ev)
{
	static const char *const how[] = { "input", "output", "again" };
	static const char *const types[] = { "unspec", "unicast", "local", "broadcast", "anycast", "multicast", "blackhole",
					     "unreachable", "prohibit", "throw", "nat", "xresolve" };
	const struct dst *d = ev->u.route.result;

	jo_str(o, "how", how[ev->u.route.how]);
	jo_inet(o, "src", ev->u.route.family, &ev->u.route.src);
	jo_inet(o, "dst", ev->u.route.family, &ev->u.route.dst);
	jo_dev(o, "iif", ev->u.route.iif);
	jo_dev(o, "oif", ev->u.route.oif);
	if (ev->u.route.mark)
		jo_int(o, "mark", ev->u.route.mark);
	if (ev->u.route.error)
		jo_int(o, "error", (uint64_t)abs(ev->u.route.error));
	if (ev->u.route.reason)
		jo_str(o, "reason", drop_reason_name(ev->u.route.reason));
	if (!d || !d->set)
		return;
	jo_str(o, "result", d->type < ARRAY_SIZE(types) ? types[d->type] : "unknown");
	jo_dev(o, "dev", d->dev);
	if (d->has_gw)
		jo_inet(o, "via", ev->u.route.family, &d->gw);
	jo_int(o, "table", ev->u.route.table);
	jo_int(o, "pref", ev->u.route.rule_pref);
}

static void put_ct(struct strbuf *o, const struct event *ev)
{
	static const char *const what[] = { "found", "new", "invalid", "untracked", "confirmed", "state", "destroy", "expect", "clash" };
	static const char *const info[] = { "ESTABLISHED", "RELATED", "NEW", "ESTABLISHED_REPLY", "RELATED_REPLY" };

	jo_str(o, "what", what[ev->u.ct.what]);
	jo_str(o, "why", ev->u.ct.why);
	if (ev->pkt && ev->u.ct.ct && ev->pkt->ctinfo < ARRAY_SIZE(info))
		jo_str(o, "ctinfo", info[ev->pkt->ctinfo]);
	if (ev->u.ct.ct) {
		jo_int(o, "id", ev->u.ct.ct->id);
		put_entry(o, ev->u.ct.ct);
	}
}

static void put_members(struct strbuf *o, const struct event *ev)
{
	static const char *const kinds[] = { "frame", "reply", "local", "listen", "connect", "skip", "command" };
	static const char *const frags[] = { "queued", "complete", "cut", "timeout" };
	static const char *const hows[] = { "base", "jump", "goto", "return" };

	switch (ev->type) {
	case EV_INJECT:
		jo_int(o, "index", ev->u.inject.index);
		jo_str(o, "kind", kinds[ev->u.inject.kind]);
		jo_dev(o, "dev", ev->u.inject.dev);
		jo_str(o, "source", ev->u.inject.source);
		if (ev->u.inject.source_nr)
			jo_int(o, "source_nr", ev->u.inject.source_nr);
		jo_str(o, "skipped", ev->u.inject.skipped);
		if (ev->pkt)
			put_frame(o, ev->pkt);
		break;
	case EV_SETTLED:
		jo_int(o, "index", ev->u.settled.index);
		break;
	case EV_RX: case EV_TX:
		jo_dev(o, "dev", ev->u.dev.dev);
		put_frame(o, ev->pkt);
		break;
	case EV_ANSWER:
		jo_dev(o, "dev", ev->u.answer.dev);
		jo_hex(o, "frame", ev->u.answer.frame, ev->u.answer.len);
		break;
	case EV_HOOK:
		jo_str(o, "hook", nf_hook_name((enum nf_hook)ev->u.hook.hook));
		jo_dev(o, "in", ev->u.hook.in);
		jo_dev(o, "out", ev->u.hook.out);
		if (ev->u.hook.family == NFPROTO_ARP || ev->u.hook.family == NFPROTO_BRIDGE)
			jo_str(o, "family", ev->u.hook.family == NFPROTO_ARP ? "arp" : "bridge");
		break;
	case EV_CHAIN:
		jo_str(o, "table", ev->u.chain.table->name);
		jo_str(o, "chain", ev->u.chain.chain->name);
		jo_str(o, "from", ev->u.chain.from ? ev->u.chain.from->name : NULL);
		jo_str(o, "how", hows[ev->u.chain.how]);
		break;
	case EV_RULE:
		put_rule(o, ev->u.rule.table, ev->u.rule.chain, ev->u.rule.rule);
		jo_bool(o, "matched", ev->u.rule.matched);
		if (!ev->u.rule.matched)
			jo_int(o, "failed_at", ev->u.rule.failed_at);
		jo_str(o, "verdict", ev->u.rule.verdict);
		jo_int(o, "bytes", ev->u.rule.bytes);
		break;
	case EV_POLICY:
		put_rule(o, ev->u.policy.table, ev->u.policy.chain, NULL);
		jo_str(o, "verdict", verdict_word(ev->u.policy.verdict));
		jo_int(o, "bytes", ev->u.policy.bytes);
		break;
	case EV_VERDICT:
		jo_str(o, "table", ev->u.verdict.table->name);
		jo_str(o, "hook", nf_hook_name((enum nf_hook)ev->u.verdict.hook));
		jo_str(o, "verdict", verdict_word(ev->u.verdict.verdict));
		break;
	case EV_CHANGE:
		jo_str(o, "field", ev->u.change.field);
		jo_str(o, "from", ev->u.change.from);
		jo_str(o, "to", ev->u.change.to);
		jo_str(o, "by", ev->u.change.by);
		put_rule(o, NULL, NULL, ev->u.change.rule);
		break;
	case EV_ROUTE:
		put_route(o, ev);
		break;
	case EV_CT:
		put_ct(o, ev);
		break;
	case EV_NAT:
		jo_str(o, "manip", ev->u.nat.manip ? "dst" : "src");
		jo_bool(o, "null_binding", ev->u.nat.null_binding);
		jo_int(o, "id", ev->u.nat.ct->id);
		put_entry(o, ev->u.nat.ct);
		put_rule(o, NULL, NULL, ev->u.nat.rule);
		break;
	case EV_NEIGH:
		jo_dev(o, "dev", ev->u.neigh.dev);
		jo_inet(o, "addr", ev->u.neigh.family, &ev->u.neigh.addr);
		jo_str(o, "from", ev->u.neigh.from);
		jo_str(o, "to", ev->u.neigh.to);
		break;
	case EV_FRAG:
		jo_str(o, "what", frags[ev->u.frag.what]);
		jo_int(o, "count", ev->u.frag.count);
		break;
	case EV_DELIVER:
		jo_str(o, "what", ev->u.deliver.what);
		break;
	case EV_ICMP:
		jo_int(o, "icmp_type", ev->u.icmp.type);
		jo_int(o, "icmp_code", ev->u.icmp.code);
		jo_int(o, "info", ev->u.icmp.info);
		jo_str(o, "kept", ev->u.icmp.kept);
		break;
	case EV_COMMAND:
		jo_str(o, "text", ev->u.command.text);
		jo_int(o, "status", (uint64_t)ev->u.command.status);
		break;
	case EV_LOG:
		jo_int(o, "level", ev->u.log.level);
		jo_str(o, "text", ev->u.log.text);
		put_rule(o, NULL, NULL, ev->u.log.rule);
		break;
	case EV_LIMIT:
		jo_str(o, "ext", ev->u.limit.ext);
		jo_bool(o, "over", ev->u.limit.over);
		jo_str(o, "key", ev->u.limit.key);
		jo_int(o, "have", ev->u.limit.have);
		jo_int(o, "cost", ev->u.limit.cost);
		jo_int(o, "refill", ev->u.limit.refill);
		put_rule(o, NULL, NULL, ev->u.limit.rule);
		break;
	case EV_DROP:
		jo_str(o, "reason", drop_reason_name(ev->u.drop.reason));
		jo_str(o, "where", ev->u.drop.where);
		if (ev->u.drop.reason == DROP_NETFILTER_DROP && ev->pkt && !ev->u.drop.rule)
			put_rule(o, NULL, ev->pkt->verdict_chain, ev->pkt->verdict_rule);
		else
			put_rule(o, NULL, NULL, ev->u.drop.rule);
		break;
	case EV_ERRNO:
		jo_str(o, "error", strerrorname_np(ev->u.err.err));
		break;
	case EV_COUNTER:
		put_rule(o, ev->u.counter.table, ev->u.counter.chain, ev->u.counter.rule);
		jo_int(o, "packets", ev->u.counter.packets);
		jo_int(o, "bytes", ev->u.counter.bytes);
		break;
	case EV_CT_ENTRY:
		put_entry(o, ev->u.ct_entry.ct);
		break;
	case EV_STATE:
		jo_str(o, "kind", ev->u.state.kind);
		jo_str(o, "name", ev->u.state.name);
		jo_str(o, "line", ev->u.state.line);
		break;
	case EV_END:
		jo_int(o, "events", ev->u.end.events);
		if (ev->u.end.storm)
			jo_bool(o, "storm", true);
		if (ev->u.end.stopped)
			jo_bool(o, "stopped", true);
		break;
	case NR_EVENTS:
		break;
	}
}

static void on_event(struct trace_sink *s, const struct event *ev)
{
	struct events_view *v = container_of(s, struct events_view, view.sink);
	struct strbuf *o = &v->line;

	sb_clear(o);
	sb_putc(o, '{');
	jo_int(o, "seq", ev->seq);
	jo_int(o, "t", ev->t);
	jo_str(o, "type", event_name(ev->type));
	if (ev->host)
		jo_str(o, "host", ev->host->name);
	if (ev->pkt) {
		jo_int(o, "pkt", ev->pkt->id);
		if (ev->pkt->parent)
			jo_int(o, "parent", ev->pkt->parent);
	}
	put_members(o, ev);
	sb_puts(o, "}\n");
	outfile_write(&v->out, o->s, o->len);
}

static bool close_events(struct view *view, bool keep, struct diag *d)
{
	struct events_view *v = container_of(view, struct events_view, view);
	bool ok = outfile_close(&v->out, keep, d);

	sb_free(&v->line);
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
