// SPDX-License-Identifier: MIT
/* run.c - the traffic: one event after the other, at its time, each followed by all that it causes at once.
 *
 * Limiters and timeouts count in the kernel's ticks. The clock of the case starts on a tick, and no event is
 * near the next one: so what the kernel counts is what the emulation counts, whose ticks start there too. */
#include "sim/verify/internal.h"
#include "sim/packet/headers.h"
#include "sim/packet/text.h"
#include "sim/report/ct_json.h"
#include <errno.h>
#include <stdio.h>
#include <sys/utsname.h>
#include <time.h>

#define THREAD_TIME	(2 * NSEC_PER_MSEC)
#define SETTLE_MAX	(500 * NSEC_PER_MSEC)
#define TICK_HEAD	(100 * NSEC_PER_USEC)	/* no event so soon after a tick, */
#define TICK_TAIL	(400 * NSEC_PER_USEC)	/* nor so soon before one: its work has to fit in */

static uint64_t clock_ns(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (uint64_t)ts.tv_sec * NSEC_PER_SEC + (uint64_t)ts.tv_nsec;
}

/* The coarse clock moves at ticks: seen moving while we looked without a pause, that was one. */
static uint64_t next_tick(void)
{
	for (int tries = 0; tries < 20; tries++) {
		uint64_t was = clock_ns(CLOCK_MONOTONIC_COARSE), before = 0, now = clock_ns(CLOCK_MONOTONIC);

		while (clock_ns(CLOCK_MONOTONIC_COARSE) == was) {
			before = now;
			now = clock_ns(CLOCK_MONOTONIC);
		}
		if (before && clock_ns(CLOCK_MONOTONIC) - before < 20 * NSEC_PER_USEC)
			return before;
	}
	return clock_ns(CLOCK_MONOTONIC);
}

/* How many ticks the kernel has counted at the one that just was: where its timer wheel stands. 0: it does not say. */
static json_int_t read_jiffies(uint64_t tick)
{
	uint64_t start = clock_ns(CLOCK_MONOTONIC_COARSE);
	unsigned long long now = 0;

	for (int tries = 0; tries < 5; tries++) {
		uint64_t before = clock_ns(CLOCK_MONOTONIC_COARSE);
		FILE *f = fopen("/proc/timer_list", "re");
		char line[256];

		while (f && fgets(line, sizeof(line), f) && sscanf(line, "jiffies: %llu", &now) != 1)
			;
		if (f)
			fclose(f);
		if (before == clock_ns(CLOCK_MONOTONIC_COARSE))		/* no tick in between */
			return now ? (json_int_t)(now - (before - start + tick / 2) / tick) : 0;
	}
	return 0;
}

/* ---- waiting */

/* Takes what is there; ns > 0 waits for something as long. true: something happened. */
static bool step(struct trial *t, uint64_t ns)
{
	struct timespec ts = { .tv_sec = (time_t)(ns / NSEC_PER_SEC), .tv_nsec = (long)(ns % NSEC_PER_SEC) };
	bool any = false;
	unsigned n;

	t->fds = xrealloc(t->fds, sizeof(*t->fds));
	t->fds[0] = (struct pollfd){ .fd = t->wire.capture, .events = POLLIN };
	n = sockets_poll(t->sockets, &t->fds, 1);
	if (ppoll(t->fds, n, &ts, NULL) <= 0)
		return false;
	if (t->fds[0].revents)
		any |= wire_drain(t);
	any |= sockets_serve(t->sockets, t->fds + 1, n - 1);
	return any;
}

/* Until nothing moves: neither on the wires nor on its way there nor in the programs. */
static bool settle(struct trial *t)
{
	uint64_t end = clock_ns(CLOCK_MONOTONIC) + SETTLE_MAX;
	bool any = true, arrived;

	wire_drain(t);
	while (any && !t->storm) {
		while (step(t, 0) && !t->storm)
			if (clock_ns(CLOCK_MONOTONIC) > end)
				return false;
		arrived = wire_flush(t, &any);
		if (!arrived || clock_ns(CLOCK_MONOTONIC) > end)
			return false;
		/* IPv6 leaves some of its work to a kernel thread (an address by autoconfiguration). */
		any |= step(t, t->v6 ? THREAD_TIME : 0);
	}
	return true;
}

static void wait_until(struct trial *t, uint64_t when)
{
	uint64_t now;

	t->late = true;
	while ((now = clock_ns(CLOCK_MONOTONIC)) < when && !t->storm)
		step(t, when - now);
	wire_drain(t);
	t->late = false;
}

/* The time of an event, moved out of a tick's neighbourhood. */
static uint64_t off_the_tick(const struct trial *t, uint64_t when)
{
	uint64_t phase = (when - t->start) % t->tick, tail = TICK_TAIL;

	/* The counters are read when IPv6's threads have had their time: no timer may fire in between. */
	if (t->v6)
		tail = MIN(tail + THREAD_TIME, t->tick / 4 * 3);
	if (phase < TICK_HEAD)
		return when + TICK_HEAD - phase;
	return phase > t->tick - tail ? when + t->tick - phase + TICK_HEAD : when;
}

/* ---- an event as JSON */

static json_t *seconds(uint64_t ns)
{
	return json_real((double)ns / 1e9);
}

static const char *const kinds[] = { "frame", "reply", "local", "listen", "connect", "reply" };

static void begin_event(struct trial *t, const struct traffic_event *te)
{
	static const char *const lists[] = { "out", "arp", "noise" };
	json_t *e = json_object();

	json_object_set_new(e, "i", json_integer((json_int_t)te->index));
	json_object_set_new(e, "t", seconds(te->t));
	json_object_set_new(e, "kind", json_string(kinds[te->kind]));
	for (unsigned i = 0; i < ARRAY_SIZE(lists); i++)
		json_object_set_new(e, lists[i], json_array());
	json_array_append_new(t->events, e);
	t->event = e;
	t->frames = 0;
	sockets_event_begin(t->sockets);
}

static void put_frame(struct trial *t, const struct traffic_event *te)
{
	struct strbuf sb = { 0 };

	frame_print(&sb, te->bytes, te->len, PACKET_SHORT);
	json_object_set_new(t->event, "injected", json_pack("{s:s, s:o, s:o}", "in", te->dev, "frame", hex_json(te->bytes, te->len),
							    "desc", text_json(sb_str(&sb))));
	t->igmp_in = te->len >= 34 && get_be16(te->bytes + 12) == ETH_P_IP && te->bytes[23] == IPPROTO_IGMP;
	t->group_in = te->len && te->bytes[0] & 1;
	sb_free(&sb);
}

static void put_local(struct trial *t, const struct traffic_event *te)
{
	json_t *in = json_pack("{s:b, s:o, s:I, s:I, s:I}", "local", 1, "packet", hex_json(te->bytes, te->len), "uid",
			       (json_int_t)te->uid, "gid", (json_int_t)te->gid, "mark", (json_int_t)te->mark);

	if (te->oif)
		json_object_set_new(in, "oif", json_string(te->oif));
	json_object_set_new(t->event, "injected", in);
}

/* As events.jsonl has it, so that the record can be replayed without it. */
static void put_socket(struct trial *t, const struct traffic_event *te)
{
	static const union inet_addr any;
	const struct sock_open *s = &te->sock;
	char addr[ADDRSTRLEN];
	json_t *o = json_pack("{s:s, s:s, s:i, s:I, s:I, s:I, s:b, s:b}", "proto", s->proto == IPPROTO_TCP ? "tcp" : "udp", "addr",
			      s->v6 ? inet_str(addr, NFPROTO_IPV6, &s->addr6) : ip4_str(addr, s->addr), "port", s->port, "uid", (json_int_t)s->uid, "gid", (json_int_t)s->gid, "mark",
			      (json_int_t)s->mark, "echo", s->echo, "transparent", s->transparent);

	if (s->sport)
		json_object_set_new(o, "sport", json_integer(s->sport));
	if (s->saddr)
		json_object_set_new(o, "saddr", json_string(ip4_str(addr, s->saddr)));
	if (!inet_addr_equal(&s->saddr6, &any))
		json_object_set_new(o, "saddr", json_string(inet_str(addr, NFPROTO_IPV6, &s->saddr6)));
	if (s->data)
		json_object_set_new(o, "data", hex_json(s->data, s->len));
	json_object_set_new(t->event, "socket", o);
}

static int inject_frame(struct trial *t, const struct traffic_event *te)
{
	for (unsigned k = 0; k < t->nr_devs; k++) {
		int err;

		if (strcmp(t->dev[k]->name, te->dev) != 0)
			continue;
		err = wire_send(&t->wire, k, te->bytes, te->len);
		/* A wire whose other end is down refuses it, until the kernel has noticed: then it takes it and is silent. */
		return err == -ENOBUFS && !(t->dev[k]->flags & IFF_UP) ? 0 : err;
	}
	return -ENODEV;
}

static void inject(struct trial *t, const struct traffic_event *te)
{
	uint64_t now = clock_ns(CLOCK_MONOTONIC);
	int err = 0;

	t->igmp_in = t->group_in = false;
	json_object_set_new(t->event, "t_actual", seconds(now - t->start));
	switch (te->kind) {
	case INJECT_FRAME: case INJECT_REPLY:
		err = inject_frame(t, te);
		put_frame(t, te);
		break;
	case INJECT_LOCAL:
		err = sockets_raw(t->sockets, te);
		put_local(t, te);
		break;
	case INJECT_LISTEN:
		err = sockets_listen(t->sockets, &te->sock);
		put_socket(t, te);
		break;
	case INJECT_CONNECT:
		err = sockets_connect(t->sockets, &te->sock);
		put_socket(t, te);
		break;
	default:
		json_object_set_new(t->event, "skipped", text_json(te->skipped ? te->skipped : ""));
		break;
	}
	if (err)
		json_object_set_new(t->event, "error", json_string(strerrorname_np(-err)));
}

/* Who the event's socket belongs to must exist in our user namespace. */
static bool has_owner(struct trial *t, const struct traffic_event *te)
{
	bool sock = te->kind == INJECT_LISTEN || te->kind == INJECT_CONNECT;
	uint32_t uid = sock ? te->sock.uid : te->uid, gid = sock ? te->sock.gid : te->gid;

	if (!t->few_users || (!sock && te->kind != INJECT_LOCAL) || (!uid && !gid))
		return true;
	return trial_cannot(t, "event %llu is sent by user %u, group %u: without root a user namespace has one user, run it as root",
			    (unsigned long long)te->index, uid, gid);
}

static bool read_counters(struct trial *t)
{
	for (unsigned i = 0; i < 2; i++)
		if (!counters_read(t->counters[i]))
			return trial_cannot(t, "the rules' counters cannot be read any more: %s", strerror(errno));
	return !t->nft || nft_counters_read(t->nft) || trial_cannot(t, "nf_tables cannot be read any more: %s", strerror(errno));
}

static json_t *changed_counters(struct trial *t)
{
	json_t *changed = json_object();

	for (unsigned i = 0; i < 2; i++)
		counters_changes(t->counters[i], changed);
	if (t->nft)
		nft_counters_changes(t->nft, changed);
	return changed;
}

/* A bridge confirms the connection of what it hands up and floods (br_nf_local_in), and listeners are not told. */
static bool is_bridged(const struct trial *t)
{
	for (unsigned i = 0; i < t->nr_devs; i++)
		if (t->dev[i]->master)
			return true;
	return false;
}

static bool end_event(struct trial *t)
{
	json_t *list, *e;
	size_t x;

	if (sockets_echo_limit(t->sockets))
		json_object_set_new(t->event, "echo_limit", json_true());
	if (!read_counters(t))
		return false;
	json_object_set_new(t->event, "counters", changed_counters(t));
	if (t->silent || (t->group_in && is_bridged(t)))
		connections_look(t->ct);
	list = connections_list(t->ct);
	json_array_foreach(list, x, e)
		hints_entry(t, e);
	json_object_set_new(t->event, "conntrack", list);
	return true;
}

static bool play(struct trial *t)
{
	struct traffic_event te;
	uint64_t when, last = 0;
	int got = 0;

	while (!t->storm && (got = t->traffic->next(t->traffic, &te)) > 0) {
		when = t->start + (uint64_t)((double)te.t / t->q->speed);
		if (when - t->start > t->q->max_seconds * NSEC_PER_SEC) {
			return trial_cannot(t, "packet %llu is %.0f seconds after the start: more than %u; a higher --speed shortens that",
					    (unsigned long long)te.index, (double)(when - t->start) / 1e9, t->q->max_seconds);
		}
		if (!has_owner(t, &te))
			return false;
		if (te.kind == INJECT_COMMAND)
			return trial_cannot(t, "event %llu is a command line: commands amid the traffic are not run on the kernel",
					    (unsigned long long)te.index);
		when = MAX(when, clock_ns(CLOCK_MONOTONIC));
		if (t->spaced)	/* one event a tick */
			when = MAX(when, last + t->tick);
		wait_until(t, off_the_tick(t, when));
		last = t->start + (clock_ns(CLOCK_MONOTONIC) - t->start) / t->tick * t->tick;
		begin_event(t, &te);
		inject(t, &te);
		if (!settle(t))
			json_object_set_new(t->event, "unsettled", json_true());
		if (!t->storm && !end_event(t))
			return false;
	}
	return t->storm || got == 0;
}

/* ---- the whole */

static bool saved_counters(struct trial *t, json_t *chains)
{
	static const char *const programs[] = { "iptables-legacy-save", "ip6tables-legacy-save" };

	for (unsigned i = 0; i < 2; i++) {
		const char *argv[] = { programs[i], "-c", NULL };
		struct strbuf out = { 0 }, err = { 0 };
		bool any = counters_any(t->counters[i]);
		int rc = any ? tool_run(argv, "", 0, &out, &err) : 0;

		if (rc)
			trial_cannot(t, "%s: %s", programs[i], sb_str(&err));
		else if (any)
			counters_saved(t->counters[i], sb_str(&out), chains);
		sb_free(&out);
		sb_free(&err);
		if (rc)
			return false;
	}
	if (t->nft)
		nft_counters_end(t->nft, chains);
	return true;
}

static bool end(struct trial *t, json_t *result)
{
	json_t *chains = json_array(), *e = json_object();

	json_object_set_new(result, "end", e);
	json_object_set_new(e, "counters", chains);
	if (t->storm) {
		char text[96];
		json_t *i = json_object_get(t->event, "i");

		snprintf(text, sizeof(text), "event %lld: endless traffic; later events not run", (long long)json_integer_value(i));
		trial_error(t->errors, "storm", 1, text);
		json_object_set(result, "storm", i);
		json_object_clear(e);
		return true;
	}
	json_object_set_new(e, "conntrack", connections_list(t->ct));
	return saved_counters(t, chains);
}

static bool start(struct trial *t, json_t *result)
{
	struct timespec res, wall;
	bool ok;

	t->event = json_pack("{s:[], s:[], s:[]}", "out", "arp", "noise");
	settle(t);
	json_decref(connections_list(t->ct));
	json_object_set_new(result, "preamble", t->event);	/* and of what comes before the first event, too */
	ok = read_counters(t);
	for (unsigned i = 0; i < 2; i++)
		counters_start(t->counters[i]);
	if (t->nft)
		nft_counters_start(t->nft);
	clock_getres(CLOCK_MONOTONIC_COARSE, &res);
	t->tick = (uint64_t)res.tv_nsec;
	clock_gettime(CLOCK_REALTIME, &wall);
	json_object_set_new(result, "wall_start", json_real((double)wall.tv_sec + (double)wall.tv_nsec / 1e9));
	json_object_set_new(result, "tick", json_real((double)t->tick / 1e9));
	t->start = next_tick();
	json_object_set_new(result, "jiffies", json_integer(read_jiffies(t->tick)));
	return ok;
}

bool trial_run(struct trial *t, json_t *result)
{
	t->events = json_array();
	t->hints = json_array();
	json_object_set_new(result, "events", t->events);
	json_object_set_new(result, "hints", t->hints);
	return start(t, result) && play(t) && end(t, result);
}
