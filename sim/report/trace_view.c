// SPDX-License-Identifier: MIT
/* trace_view.c - each packet told hook by hook. What one packet causes (an ICMP error, a RST, a copy,
 * the reassembled datagram) is told where it happens, indented under its own number. */
#include "sim/report/outfile.h"
#include "sim/report/view.h"
#include "rules/rules.h"
#include "sim/conntrack/conntrack.h"
#include "sim/net/device.h"
#include "sim/net/fib.h"
#include "sim/net/host.h"
#include "sim/packet/text.h"
#include <stdlib.h>

struct tracing {
	struct view view;
	struct outfile out;
	struct strbuf *mem;		/* instead of out */
	struct strbuf line;
	uint64_t told;			/* packet whose story is being told */
	uint64_t top;			/* the injected one */
	bool lab;			/* several hosts: it is said where a packet is */
	const struct host *where;
	uint64_t state_told;		/* packet whose line names its connection's state already */
};

static void end_line(struct tracing *v)
{
	sb_putc(&v->line, '\n');
	if (v->mem)
		sb_write(v->mem, sb_str(&v->line), v->line.len);
	else
		outfile_write(&v->out, sb_str(&v->line), v->line.len);
	sb_clear(&v->line);
}

static void rule_place(struct strbuf *o, const struct chain *c, const struct rule *r)
{
	sb_printf(o, "%s%s %s ", table_kind(c->table), c->table->name, c->name);
	if (r)
		sb_printf(o, "rule %u", r->number);
	else
		sb_puts(o, "policy");
}

static const char *verdict_word(unsigned v)
{
	switch (v) {
	case VERDICT_UNKNOWN: return "UNKNOWN";
	case XT_DROP: return "DROP";
	case XT_ACCEPT: return "ACCEPT";
	case XT_RETURN: return "RETURN";
	case XT_STOLEN: return "STOLEN";
	default: return "QUEUE";
	}
}

/* "12.345678 s  #7  tcp ..." when the story turns to another packet. */
static void turn_to(struct tracing *v, const struct event *ev)
{
	const struct packet *p = ev->pkt;

	if (!p || (v->told == p->id && (!v->lab || v->where == ev->host)))
		return;
	if (v->lab && v->where != ev->host && ev->host)
		sb_printf(&v->line, "  %s\n", ev->host->name);
	v->where = ev->host;
	if (v->told == p->id && p->id == v->top) {
		outfile_write(&v->out, sb_str(&v->line), v->line.len);
		sb_clear(&v->line);
		return;
	}
	v->told = p->id;
	if (p->id == v->top)
		sb_printf(&v->line, "    back to packet %llu", (unsigned long long)p->id);
	else if (p->parent)
		sb_printf(&v->line, "    packet %llu, caused by %llu: ", (unsigned long long)p->id, (unsigned long long)p->parent);
	else
		sb_printf(&v->line, "    packet %llu: ", (unsigned long long)p->id);
	if (p->id != v->top) {
		if (pkt_has_mac(p) && (p->protocol == ETH_P_ARP || (ev->type != EV_HOOK && ev->type != EV_ROUTE)))
			frame_print(&v->line, pkt_mac(p), p->tail - p->mac, PACKET_SHORT);
		else
			packet_print(&v->line, pkt_nh(p), pkt_len(p), PACKET_SHORT);
	}
	end_line(v);
}

static void on_inject(struct tracing *v, const struct event *ev)
{
	static const char *const kinds[] = { "arrives", "arrives", "sent by the host", "listens", "connects", "skipped", "runs commands" };
	const struct packet *p = ev->pkt;
	struct strbuf *o = &v->line;

	sb_printf(o, "%s[%llu] %llu.%06llu s ", v->top ? "\n" : "", (unsigned long long)ev->u.inject.index,
		  (unsigned long long)(ev->t / NSEC_PER_SEC), (unsigned long long)(ev->t % NSEC_PER_SEC / 1000));
	if (v->lab)
		sb_printf(o, ev->u.inject.dev ? "%s." : "%s ", ev->host->name);
	if (ev->u.inject.dev)
		sb_printf(o, "%s: ", ev->u.inject.dev->name);
	if (p && ev->u.inject.kind == INJECT_LOCAL)
		packet_print(o, pkt_nh(p), pkt_len(p), PACKET_SHORT);
	else if (p)
		frame_print(o, pkt_mac(p), p->tail - p->mac, PACKET_SHORT);
	else
		sb_puts(o, kinds[ev->u.inject.kind]);
	if (ev->u.inject.skipped)
		sb_printf(o, " (skipped: %s)", ev->u.inject.skipped);
	if (ev->u.inject.source && ev->u.inject.source_nr)
		sb_printf(o, "   (%s %s %llu)", ev->u.inject.source, ev->u.inject.orig_time ? "packet" : "line",
			  (unsigned long long)ev->u.inject.source_nr);
	if (p && p->cut)
		sb_puts(o, "   (cut by the capture: judged by its headers)");
	end_line(v);
	v->where = ev->host;
	v->told = v->top = p && ev->u.inject.kind != INJECT_LOCAL ? p->id : UINT64_MAX;
}

/* The matches read the packet through a context that may write; explaining does not. */
static void tell_failure(struct tracing *v, const struct event *ev)
{
	struct strbuf *o = &v->line;
	struct packet *p = (struct packet *)ev->pkt;
	struct host *h = (struct host *)ev->host;

	sb_puts(o, "      ");
	rule_place(o, ev->u.rule.chain, ev->u.rule.rule);
	sb_puts(o, ev->u.rule.verdict ? " unknown: " : " no: ");
	rule_explain_failure(ev->u.rule.rule, h, p, ev->u.rule.in, ev->u.rule.out, (enum nf_hook)ev->u.rule.hook,
			     ev->u.rule.failed_at, o);
	end_line(v);
}

static void on_rule(struct tracing *v, const struct event *ev)
{
	struct strbuf *o = &v->line;

	if (!ev->u.rule.matched) {
		tell_failure(v, ev);
		return;
	}
	sb_puts(o, "      ");
	rule_place(o, ev->u.rule.chain, ev->u.rule.rule);
	sb_printf(o, " -> %s   ", ev->u.rule.verdict);
	rule_save(ev->u.rule.rule, o);
	if (ev->u.rule.rule->pos.src) {
		size_t line, col;

		source_where(ev->u.rule.rule->pos, &line, &col);
		sb_printf(o, "   (%s:%zu)", ev->u.rule.rule->pos.src->name, line);
	}
	end_line(v);
}

static void table_name(struct strbuf *o, uint32_t table)
{
	switch (table) {
	case RT_TABLE_LOCAL:	sb_puts(o, "local");	break;
	case RT_TABLE_MAIN:	sb_puts(o, "main");	break;
	case RT_TABLE_DEFAULT:	sb_puts(o, "default");	break;
	default:		sb_printf(o, "%u", table);
	}
}

/* What an event or tuple of IPv4 leaves at 0. */
static unsigned addr_family(unsigned family)
{
	return family == AF_INET6 ? AF_INET6 : AF_INET;
}

static void on_route(struct tracing *v, const struct event *ev)
{
	static const char *const types[] = { "unspec", "unicast", "local", "broadcast", "anycast", "multicast", "blackhole",
					     "unreachable", "prohibit", "throw" };
	static const char *const how[] = { "route", "output route", "routed again" };
	const struct dst *d = ev->u.route.result;
	struct strbuf *o = &v->line;
	char buf[ADDRSTRLEN];

	sb_printf(o, "    %s to %s: ", how[ev->u.route.how], inet_str(buf, addr_family(ev->u.route.family), &ev->u.route.dst));
	if (ev->u.route.reason) {
		sb_printf(o, "refused, %s", drop_reason_name(ev->u.route.reason));
	} else if (ev->u.route.error) {
		sb_printf(o, "none (%s)", strerrorname_np(abs(ev->u.route.error)));
	} else if (d && d->set) {
		sb_printf(o, "%s", d->type < ARRAY_SIZE(types) ? types[d->type] : "unknown");
		if (d->type == RTN_UNICAST && d->dev)
			sb_printf(o, " by %s", d->dev->name);
		if (d->has_gw)
			sb_printf(o, " via %s", inet_str(buf, addr_family(ev->u.route.family), &d->gw));
		sb_puts(o, " (table ");
		table_name(o, ev->u.route.table);
		sb_printf(o, ", rule %u)", ev->u.route.rule_pref);
	}
	end_line(v);
}

static void tuple_text(struct strbuf *o, const struct ct_tuple *t)
{
	char a[ADDRSTRLEN], b[ADDRSTRLEN];
	bool ports = t->dst.protonum == IPPROTO_TCP || t->dst.protonum == IPPROTO_UDP || t->dst.protonum == IPPROTO_SCTP;

	inet_str(a, addr_family(t->l3num), &t->src.u3);
	inet_str(b, addr_family(t->l3num), &t->dst.u3);
	if (ports)
		sb_printf(o, t->l3num == AF_INET6 ? "[%s]:%u > [%s]:%u" : "%s:%u > %s:%u", a, ntohs(t->src.u), b, ntohs(t->dst.u.all));
	else
		sb_printf(o, "%s > %s", a, b);
}

static void on_ct(struct tracing *v, const struct event *ev)
{
	static const char *const info[] = { "ESTABLISHED", "RELATED", "NEW", "ESTABLISHED (reply)", "RELATED (reply)" };
	const struct conn *ct = ev->u.ct.ct;
	struct strbuf *o = &v->line;

	if (ev->u.ct.what == CT_EV_STATE && ev->pkt && v->state_told == ev->pkt->id && !ev->u.ct.why)
		return;
	switch (ev->u.ct.what) {
	case CT_EV_FOUND: case CT_EV_NEW:
		v->state_told = ev->pkt ? ev->pkt->id : 0;
		sb_printf(o, "      conntrack: %s", ev->pkt && ev->pkt->ctinfo < ARRAY_SIZE(info) ? info[ev->pkt->ctinfo] : "?");
		if (ct) {
			sb_printf(o, ", %s connection %llu ", ev->u.ct.what == CT_EV_NEW ? "new" : "of", (unsigned long long)ct->id);
			tuple_text(o, &ct->tuple[IP_CT_DIR_ORIGINAL]);
		}
		break;
	case CT_EV_INVALID:	sb_puts(o, "      conntrack: INVALID");		break;
	case CT_EV_UNTRACKED:	sb_puts(o, "      conntrack: UNTRACKED");	break;
	case CT_EV_CONFIRMED:	sb_puts(o, "      conntrack: connection confirmed");	break;
	case CT_EV_STATE:	sb_puts(o, "      conntrack: connection changes");	break;
	case CT_EV_DESTROY:	sb_puts(o, "      conntrack: connection ends");	break;
	case CT_EV_EXPECT:	sb_puts(o, "      conntrack: expectation");	break;
	case CT_EV_CLASH:	sb_puts(o, "      conntrack: clash with an entry that came first");	break;
	}
	if (ct && ct_state_name(ct) && ev->u.ct.what != CT_EV_EXPECT)
		sb_printf(o, ", %s", ct_state_name(ct));
	if (ev->u.ct.why)
		sb_printf(o, ": %s", ev->u.ct.why);
	end_line(v);
}

static void on_icmp(struct tracing *v, const struct event *ev)
{
	bool v6 = ev->pkt && pkt_nh(ev->pkt)[0] >> 4 == 6;
	const char *name = v6 ? icmp6_type_name(ev->u.icmp.type, ev->u.icmp.code) : icmp_type_name(ev->u.icmp.type, ev->u.icmp.code);
	struct strbuf *o = &v->line;

	sb_puts(o, v6 ? "    answers with ICMPv6 " : "    answers with ICMP ");
	if (name)
		sb_puts(o, name);
	else
		sb_printf(o, "type %u code %u", ev->u.icmp.type, ev->u.icmp.code);
	if (ev->u.icmp.kept)
		sb_printf(o, "; not sent: %s", ev->u.icmp.kept);
	end_line(v);
}

static void on_drop(struct tracing *v, const struct event *ev)
{
	const struct packet *p = ev->pkt;
	struct strbuf *o = &v->line;

	if (ev->u.drop.reason == DROP_UNKNOWN) {
		sb_puts(o, "    UNKNOWN: what becomes of it hangs on an extension that is not emulated");
		if (p && p->verdict_chain) {
			sb_puts(o, ", in ");
			rule_place(o, p->verdict_chain, p->verdict_rule);
		}
		end_line(v);
		return;
	}
	sb_printf(o, "    DROPPED: %s", drop_reason_name(ev->u.drop.reason));
	if (ev->u.drop.reason == DROP_NETFILTER_DROP && p && p->verdict_chain) {
		sb_puts(o, " by ");
		rule_place(o, p->verdict_chain, p->verdict_rule);
	} else {
		sb_printf(o, " in %s", ev->u.drop.where);
	}
	end_line(v);
}

static void tell(struct tracing *v, const struct event *ev)
{
	static const char *const frags[] = { "fragment kept until the rest is there", "datagram complete", "cut in fragments", "fragments given up" };
	struct strbuf *o = &v->line;
	char buf[ADDRSTRLEN];

	switch (ev->type) {
	case EV_HOOK:
		sb_printf(o, "    %s%s", ev->u.hook.family == NFPROTO_ARP ? "arp " : ev->u.hook.family == NFPROTO_BRIDGE ? "bridge " : "",
			  nf_hook_name((enum nf_hook)ev->u.hook.hook));
		if (ev->u.hook.in)
			sb_printf(o, " in %s", ev->u.hook.in->name);
		if (ev->u.hook.out)
			sb_printf(o, " out %s", ev->u.hook.out->name);
		end_line(v);
		break;
	case EV_RULE:	on_rule(v, ev);		break;
	case EV_POLICY:
		sb_puts(o, "      ");
		rule_place(o, ev->u.policy.chain, NULL);
		sb_printf(o, " -> %s", verdict_word(ev->u.policy.verdict));
		end_line(v);
		break;
	case EV_CHANGE:
		sb_printf(o, "      %s sets %s from %s to %s", ev->u.change.by ? ev->u.change.by : "target", ev->u.change.field, ev->u.change.from,
			  ev->u.change.to);
		end_line(v);
		break;
	case EV_ROUTE:	on_route(v, ev);	break;
	case EV_CT:	on_ct(v, ev);		break;
	case EV_NAT:
		if (ev->u.nat.null_binding)
			break;
		sb_printf(o, "      nat: %s is translated: ", ev->u.nat.manip ? "destination" : "source");
		tuple_text(o, &ev->u.nat.ct->tuple[IP_CT_DIR_ORIGINAL]);
		sb_puts(o, ", replies ");
		tuple_text(o, &ev->u.nat.ct->tuple[IP_CT_DIR_REPLY]);
		end_line(v);
		break;
	case EV_NEIGH:
		sb_printf(o, "    neighbour %s on %s: %s -> %s", inet_str(buf, ev->u.neigh.family, &ev->u.neigh.addr), ev->u.neigh.dev->name, ev->u.neigh.from, ev->u.neigh.to);
		end_line(v);
		break;
	case EV_FRAG:
		sb_printf(o, "    %s", frags[ev->u.frag.what]);
		end_line(v);
		break;
	case EV_DELIVER:
		sb_printf(o, "    delivered: %s", ev->u.deliver.what);
		end_line(v);
		break;
	case EV_ICMP:	on_icmp(v, ev);		break;
	case EV_COMMAND:
		for (const char *line = ev->u.command.text; *line; line += strcspn(line, "\n"), line += *line == '\n') {
			sb_printf(o, "      %.*s", (int)strcspn(line, "\n"), line);
			end_line(v);
		}
		break;
	case EV_LOG:
		sb_printf(o, "      log <%u> %s", ev->u.log.level, ev->u.log.text);
		end_line(v);
		break;
	case EV_LIMIT:
		sb_printf(o, "      %s %s%s%s", ev->u.limit.ext, ev->u.limit.over ? "over its limit" : "within its limit", ev->u.limit.key ? ", key " : "", ev->u.limit.key ? ev->u.limit.key : "");
		end_line(v);
		break;
	case EV_DROP:	on_drop(v, ev);		break;
	case EV_TX:
		sb_printf(o, "    leaves by %s: ", ev->u.dev.dev->name);
		frame_print(o, pkt_mac(ev->pkt), ev->pkt->tail - ev->pkt->mac, PACKET_SHORT);
		end_line(v);
		break;
	case EV_ERRNO:
		sb_printf(o, "    the sender gets %s", strerrorname_np(ev->u.err.err));
		end_line(v);
		break;
	default:
		break;
	}
}

static void on_event(struct trace_sink *s, const struct event *ev)
{
	struct tracing *v = container_of(s, struct tracing, view.sink);

	if (ev->type == EV_INJECT) {
		on_inject(v, ev);
		return;
	}
	if (ev->type != EV_CT || ev->pkt)
		turn_to(v, ev);
	tell(v, ev);
}

void trace_event_lines(const struct event *ev, uint64_t *state_told, struct strbuf *out)
{
	struct tracing v = { .mem = out, .state_told = *state_told };

	tell(&v, ev);
	*state_told = v.state_told;
	sb_free(&v.line);
}

static bool close_trace(struct view *view, bool keep, struct diag *d)
{
	struct tracing *v = container_of(view, struct tracing, view);
	bool ok = outfile_close(&v->out, keep, d);

	sb_free(&v->line);
	free(v);
	return ok;
}

struct view *view_trace_lab(const char *path, struct diag *d)
{
	struct view *v = view_trace(path, d);

	if (v)
		container_of(v, struct tracing, view)->lab = true;
	return v;
}

struct view *view_trace(const char *path, struct diag *d)
{
	struct tracing *v = xcalloc(1, sizeof(*v));

	if (!outfile_open(&v->out, path, d)) {
		free(v);
		return NULL;
	}
	v->view.close = close_trace;
	v->view.sink.event = on_event;
	v->view.sink.mask = ((1u << NR_EVENTS) - 1) & ~(EV_BIT(EV_COUNTER) | EV_BIT(EV_CT_ENTRY) | EV_BIT(EV_STATE) | EV_BIT(EV_SETTLED) |
							EV_BIT(EV_RX) | EV_BIT(EV_ANSWER) | EV_BIT(EV_CHAIN) | EV_BIT(EV_VERDICT) | EV_BIT(EV_END));
	return &v->view;
}
