// SPDX-License-Identifier: MIT
/* replay.c - one outside event after the other, each followed by all that it causes at once. */
#include "sim/world/replay.h"
#include "sim/world/segment.h"
#include <errno.h>
#include "rules/ipset/program.h"
#include "rules/rules.h"
#include "sim/packet/ip6.h"
#include "sim/conntrack/conntrack.h"

static void snapshot(struct world *w, struct host *h, bool all)
{
	if (trace_on(&w->trace, EV_COUNTER))
		rules_snapshot(h, all);
	if (trace_on(&w->trace, EV_CT_ENTRY) && h->ct)
		ct_snapshot(h);
	if (all) {
		rules_snapshot_states(h);
		ipset_snapshot(h);
	}
}

static void emit_errno(struct world *w, struct host *h, int err)
{
	struct event ev = { .type = EV_ERRNO, .host = h, .u.err = { -err } };

	if (err < 0 && trace_on(&w->trace, EV_ERRNO))
		trace_emit(&w->trace, &ev);
}

/* The frame as it lies on the wire. A capture without link headers gets one that reaches the host. */
static struct packet *make_frame(struct world *w, struct net_device *dev, const struct traffic_event *te)
{
	uint32_t len = MAX(te->len, te->wire_len), head = te->ip_only ? ETH_HLEN : 0;
	struct packet *p = pkt_alloc(w->pool, len + head);
	uint8_t *at = p->head + p->nh;

	if (head) {
		memcpy(at, dev->mac, ETH_ALEN);
		memcpy(at + ETH_ALEN, (const uint8_t[]){ 2, 0xaa, 0, 0, 0, 1 }, ETH_ALEN);
		put_be16(at + 12, te->len && te->bytes[0] >> 4 == 6 ? ETH_P_IPV6 : ETH_P_IP);
		at += head;
	}
	memcpy(at, te->bytes, te->len);
	memset(at + te->len, 0, len - te->len);
	p->tail = p->nh + head + len;
	if (te->len < len) {
		p->cut = p->nh + head + te->len;
		p->ip_summed = CHECKSUM_UNNECESSARY;
	}
	p->tstamp = w->clock.now;
	return p;
}

static void inject_frame(struct world *w, struct host *h, const struct traffic_event *te)
{
	struct net_device *dev = te->netdev ? te->netdev : te->dev ? dev_by_name(h, te->dev) : NULL;
	struct packet *p = NULL;

	if (te->kind != INJECT_SKIP && dev)
		p = make_frame(w, dev, te);
	if (trace_on(&w->trace, EV_INJECT)) {
		struct event ev = { .type = EV_INJECT, .host = h, .pkt = p,
				    .u.inject = { te->index, te->kind, dev, te->source, te->skipped, te->orig_time, te->source_nr } };

		trace_emit(&w->trace, &ev);
	}
	if (p && te->veth && p->tail - p->mac > dev->mtu + ETH_HLEN + 4) {	/* is_skb_forwardable */
		pkt_drop(h, p, DROP_NOT_SPECIFIED, "__dev_forward_skb2");
		emit_errno(w, h, -ENOBUFS);
	} else if (p) {
		dev_rx(dev, p);
	}
}

/* Sockets and raw sends: the packet is made by the host, the event shows what was asked for. */
static void inject_local(struct world *w, struct host *h, const struct traffic_event *te)
{
	struct event ev = { .type = EV_INJECT, .host = h,
			    .u.inject = { te->index, te->kind, NULL, te->source, NULL, te->orig_time, te->source_nr } };
	struct packet *shown = NULL;
	int err = 0;

	if (trace_on(&w->trace, EV_INJECT)) {
		if (te->kind == INJECT_LOCAL) {
			shown = pkt_alloc(w->pool, te->len);
			memcpy(pkt_put(shown, te->len), te->bytes, te->len);
			shown->uid = te->uid;
			shown->gid = te->gid;
			shown->mark = te->mark;
			ev.pkt = shown;
		}
		trace_emit(&w->trace, &ev);
		if (shown)
			pkt_free(shown);
	}
	if (te->kind == INJECT_LOCAL)
		err = sock_send_raw(h, te->bytes, te->len, te->uid, te->gid, te->mark, te->oif);
	else if (te->kind == INJECT_LISTEN)
		err = sock_listen(h, &te->sock);
	else
		err = sock_connect(h, &te->sock);
	emit_errno(w, h, err);
}

/* Traffic that answers what came out sees it leave. */
struct feed { struct trace_sink sink; struct traffic *t; };

/* The host asks for a link address: by ARP, or by a neighbour solicitation. */
static bool asks_for_neighbour(const uint8_t *frame, size_t len)
{
	if (len >= 42 && get_be16(frame + 12) == ETH_P_ARP)
		return get_be16(frame + 20) == 1;
	return len >= 78 && get_be16(frame + 12) == ETH_P_IPV6 && frame[14 + IP6_NXT] == NEXTHDR_ICMP &&
	       frame[54] == NDISC_NEIGHBOUR_SOLICITATION;
}

static void feed_out(struct trace_sink *s, const struct event *ev)
{
	struct feed *f = container_of(s, struct feed, sink);
	const struct packet *p = ev->pkt;
	const uint8_t *frame = pkt_mac(p);

	if (ev->u.dev.dev->kind == DEV_PHYS && !segment_port(ev->u.dev.dev))
		f->t->out(f->t, ev->u.dev.dev, p, asks_for_neighbour(frame, p->tail - p->mac));
}

static void snapshots(struct world *w, bool all)
{
	for (unsigned i = 0; i < w->nr_hosts; i++)
		snapshot(w, w->host[i], all);
}

/* The host that the event is about; the only one where no other is named. */
static struct host *host_of(const struct world *w, struct host *only, const struct traffic_event *te)
{
	struct host *h = te->host && !only ? world_host_by_name(w, te->host) : only;

	return h ? h : w->host[0];
}

static void begin_event(struct world *w)
{
	for (unsigned i = 0; i < w->nr_hosts; i++) {
		sock_event_begin(w->host[i]);
		w->host[i]->storm_count = 0;
	}
}

static void inject_commands(struct world *w, struct host *h, const struct traffic_event *te)
{
	struct event ev = { .type = EV_INJECT, .host = h,
			    .u.inject = { te->index, te->kind, NULL, te->source, NULL, 0, te->source_nr } };

	if (trace_on(&w->trace, EV_INJECT))
		trace_emit(&w->trace, &ev);
	commands_run(h, te->commands, te->commands_off, te->diag);
}

void world_inject(struct world *w, struct host *h, const struct traffic_event *te, bool settle)
{
	begin_event(w);
	if (te->kind == INJECT_COMMAND)
		inject_commands(w, h, te);
	else if (te->kind == INJECT_FRAME || te->kind == INJECT_REPLY || te->kind == INJECT_SKIP)
		inject_frame(w, h, te);
	else
		inject_local(w, h, te);
	if (settle)
		world_settle(w);
}

void world_end(struct world *w, const struct replay_result *r)
{
	struct event ev;

	if (!trace_on(&w->trace, EV_END))
		return;
	for (unsigned i = 0; i < w->nr_hosts; i++) {
		ev = (struct event){ .type = EV_END, .host = w->host[i], .u.end = { r->events, r->storm, r->stopped } };
		trace_emit(&w->trace, &ev);
	}
	snapshots(w, true);
}

struct replay_result world_replay(struct world *w, struct host *only, struct traffic *t, uint64_t tail,
				  const volatile int *stop)
{
	struct replay_result r = { .complete = true };
	struct feed feed = { .sink = { .mask = EV_BIT(EV_TX), .event = feed_out }, .t = t };
	struct traffic_event te;
	const struct host *in_loop;
	struct event ev;
	unsigned errors;
	int got;

	if (t->out)
		trace_add(&w->trace, &feed.sink);
	t->host = only;
	snapshots(w, true);
	while ((got = t->next(t, &te)) > 0) {
		struct host *h = host_of(w, only, &te);

		if (stop && *stop) {
			r.stopped = true;
			r.complete = false;
			break;
		}
		world_run_until(w, te.t);
		errors = te.diag ? te.diag->nr_errors : 0;
		world_inject(w, h, &te, true);
		if (trace_on(&w->trace, EV_SETTLED)) {
			ev = (struct event){ .type = EV_SETTLED, .host = h, .u.settled = { te.index } };
			trace_emit(&w->trace, &ev);
			snapshots(w, false);
		}
		r.events++;
		r.last_t = te.t;
		if (te.diag && te.diag->nr_errors > errors) {
			got = -1;		/* a command that is none, or is not emulated */
			break;
		}
		if (unlikely(world_storm(w, &in_loop))) {
			r.storm = true;
			r.complete = false;
			break;
		}
	}
	if (t->out)
		trace_remove(&w->trace, &feed.sink);
	if (got < 0)
		r.complete = false;
	if (r.complete && t->end > w->clock.now)
		world_run_until(w, t->end);
	if (tail)
		world_run_until(w, w->clock.now + tail);
	world_end(w, &r);
	return r;
}
