// SPDX-License-Identifier: MIT
/* test_traffic.c - traffic.txt: lines, times, replies; and who answers outside. */
#include "sim/packet/headers.h"
#include "tests/unit/world/conf_rig.h"
#include "sim/net/net.h"

static void put_event(struct strbuf *out, const struct traffic_event *ev)
{
	static const char *const kinds[] = { "frame", "reply", "local", "listen", "connect", "skip" };
	char buf[ADDRSTRLEN];

	sb_printf(out, "%s%llu %s", out->len ? "; " : "", (unsigned long long)(ev->t / NSEC_PER_MSEC), kinds[ev->kind]);
	if (ev->host)
		sb_printf(out, " %s", ev->host);
	if (ev->dev)
		sb_printf(out, " %s", ev->dev);
	if (ev->kind <= INJECT_LOCAL)
		sb_printf(out, " %u", ev->len);
	if (ev->kind == INJECT_LISTEN || ev->kind == INJECT_CONNECT)
		sb_printf(out, " %u %s:%u%s", ev->sock.proto, ip4_str(buf, ev->sock.addr), ev->sock.port, ev->sock.echo ? " echo" : "");
	if (ev->sock.sport)
		sb_printf(out, " from %s:%u", ip4_str(buf, ev->sock.saddr), ev->sock.sport);
	if (ev->kind == INJECT_SKIP)
		sb_printf(out, " (%s)", ev->skipped);
}

static const struct { const char *name, *text, *want; } lines[] = {
	{ "packet", "# a\n\neth0: udp 10.0.0.5:5 > 10.0.0.1:53 len=8 # b", "0 frame eth0 50" },
	{ "local", "out: udp 10.0.0.1:5 > 10.0.0.5:53", "0 local 28" },
	{ "sleep", "sleep 1.5\nout: gre 1.1.1.1 > 2.2.2.2\nsleep 20ms\nout: gre 1.1.1.1 > 2.2.2.2", "1500 local 20; 1520 local 20" },
	{ "repeat", "repeat 3 every 10ms out: gre 1.1.1.1 > 2.2.2.2\nout: gre 1.1.1.1 > 2.2.2.2",
	  "0 local 20; 10 local 20; 20 local 20; 20 local 20" },
	{ "repeat at once", "repeat 2 eth1: gre 1.1.1.1 > 2.2.2.2", "0 frame eth1 34; 0 frame eth1 34" },
	{ "listen", "listen tcp 0.0.0.0:80 echo uid=5", "0 listen 6 0.0.0.0:80 echo" },
	{ "connect", "connect udp 1.2.3.4:53 from 10.0.0.1:4000 data=\"x\"", "0 connect 17 1.2.3.4:53 from 10.0.0.1:4000" },
	{ "of a host", "fw listen udp 0.0.0.0:53\nfw.eth7: gre 1.1.1.1 > 2.2.2.2", "0 listen fw 17 0.0.0.0:53; 0 frame fw eth7 34" },
	{ "reply to nothing", "reply SA", "0 skip (there is nothing yet to reply to)" },
	{ "reply to silence", "out: gre 1.1.1.1 > 2.2.2.2\neth1: reply SA", "0 local 20; 0 skip (no frame came out of eth1 after event 0)" },
	{ "unknown word", "lisen tcp 0.0.0.0:80", "error 1:1 \"lisen\" begins no line of traffic" },
	{ "unknown device", "eth9: gre 1.1.1.1 > 2.2.2.2", "error 1:1 the host has no device \"eth9\"" },
	{ "no time", "sleep soon", "error 1:7 how long? As in: sleep 1.5, sleep 200ms" },
	{ "no number", "repeat many out: gre 1.1.1.1 > 2.2.2.2", "error 1:8 how often? A number is wanted after \"repeat\"" },
	{ "no port", "listen tcp 0.0.0.0", "error 1:12 an address with a port is wanted" },
	{ "reply of no kind", "reply what", "error 1:7 what kind of reply? \"what\" is not known" },
	{ "key of a reply", "out: gre 1.1.1.1 > 2.2.2.2\nreply SA foo=1", "0 local 20; error 2:10 unknown key \"foo\" of a reply" },
	{ "the packet itself", "out: gre 1.1.1.1 > 2.2.2", "error 1:20 \"2.2.2\" is no address" },
};

static void test_lines(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		struct strbuf got = { 0 };
		struct traffic_event ev;
		struct traffic *t;
		struct conf_rig r;
		int n;

		conf_init(&r);
		t = traffic_open(r.h, conf_source(&r, "traffic.txt", lines[i].text), &r.d);
		while ((n = t->next(t, &ev)) == 1)
			put_event(&got, &ev);
		if (n < 0)
			sb_printf(&got, "%serror %s", got.len ? "; " : "", conf_said(&r));
		CHECK_STR(lines[i].name, sb_str(&got), lines[i].want);
		t->close(t);
		sb_free(&got);
		conf_end(&r);
	}
}

/* ---- who answers outside */

struct heard { struct trace_sink sink; struct strbuf out; };

static void hear(struct trace_sink *s, const struct event *ev)
{
	struct heard *h = container_of(s, struct heard, sink);
	char ip[ADDRSTRLEN], mac[ADDRSTRLEN];
	const uint8_t *a = ev->u.answer.frame + ev->u.answer.len - 28;

	sb_printf(&h->out, "%s%s %s is-at %s", h->out.len ? "; " : "", ev->u.answer.dev->name, ip4_str(ip, load_be32(a + 14)), mac_str(mac, a + 8));
}

static const struct { const char *name, *json, *heard; } outsides[] = {
	{ "everybody answers", NULL, "eth0 10.0.0.9 is-at 02:aa:0a:00:00:09" },
	{ "one does not", "{\"10.0.0.9\":null}", "" },
	{ "one has another address", "{\"10.0.0.9\":\"02:01:02:03:04:05\"}", "eth0 10.0.0.9 is-at 02:01:02:03:04:05" },
	{ "a device goes first", "{\"10.0.0.9\":null,\"eth0:10.0.0.9\":\"02:01:02:03:04:05\"}", "eth0 10.0.0.9 is-at 02:01:02:03:04:05" },
	{ "another device", "{\"eth1:10.0.0.9\":null}", "eth0 10.0.0.9 is-at 02:aa:0a:00:00:09" },
	{ "nobody", "{\"*\":null}", "" },
	{ "nobody but one", "{\"*\":null,\"10.0.0.9\":\"02:01:02:03:04:05\"}", "eth0 10.0.0.9 is-at 02:01:02:03:04:05" },
	{ "IPv6 does not matter", "{\"fe80::1\":null,\"eth0:fe80::1\":\"02:01:02:03:04:05\"}", "eth0 10.0.0.9 is-at 02:aa:0a:00:00:09" },
};

static void test_outside(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(outsides); i++) {
		struct heard heard = { .sink = { .mask = EV_BIT(EV_ANSWER), .event = hear } };
		struct outside *o;
		struct packet *p;
		struct conf_rig r;

		conf_init(&r);
		conf_batch(&r, "addr add 10.0.0.1/24 dev eth0");
		o = outside_create(r.w, r.h);
		CHECK(outsides[i].name, outside_load(o, outsides[i].json ? conf_source(&r, "n", outsides[i].json) : NULL, &r.d));
		trace_add(&r.w->trace, &heard.sink);
		p = pkt_alloc(r.w->pool, 20);
		memset(pkt_put(p, 20), 0, 20);
		neigh_output(dev_by_name(r.h, "eth0"), htonl(0x0a000009), p);
		world_settle(r.w);
		CHECK_STR(outsides[i].name, sb_str(&heard.out), outsides[i].heard);
		/* The answer is learned, and the packet that waited has left. */
		if (*outsides[i].heard)
			CHECK(outsides[i].name, neigh_lookup(dev_by_name(r.h, "eth0"), htonl(0x0a000009))->nud_state & NUD_VALID);
		trace_remove(&r.w->trace, &heard.sink);
		sb_free(&heard.out);
		conf_end(&r);
	}
}

static const struct { const char *name, *json, *said; } bad_outsides[] = {
	{ "no JSON", "{", "1:1 no valid JSON object: string or '}' expected near end of file" },
	{ "no object", "[]", "0:0 no valid JSON object: {...} is wanted" },
	{ "no address", "{\"foo\":null}", "1:3 \"foo\" is no address" },
	{ "no link address", "{\"10.0.0.9\":\"02:01\"}", "1:3 the neighbour's link address must be \"aa:bb:cc:dd:ee:ff\", or null" },
	{ "no device", "{\"eth7:10.0.0.9\":null}", "1:3 no device \"eth7\": its neighbour is never asked" },
};

static void test_bad_outside(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(bad_outsides); i++) {
		struct conf_rig r;

		conf_init(&r);
		outside_load(outside_create(r.w, r.h), conf_source(&r, "n", bad_outsides[i].json), &r.d);
		CHECK_STR(bad_outsides[i].name, conf_said(&r), bad_outsides[i].said);
		conf_end(&r);
	}
}

static const struct { const char *text; unsigned want; } scans[] = {
	{ "", 0 }, { "eth0", 1 }, { "dev eth12 x", 13 }, { "eth123", 0 }, { "veth5", 0 }, { "eth5x", 0 }, { "eth1.5", 2 },
	{ "eth", 0 }, { "_eth3", 0 }, { "\"eth3:", 4 }, { "eth1 eth4 eth2", 5 }, { "etheth2", 0 },
};

static void test_scan(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(scans); i++) {
		struct conf_rig r;

		conf_init(&r);
		CHECK(scans[i].text, scan_devices(conf_source(&r, "x", scans[i].text)) == scans[i].want);
		conf_end(&r);
	}
}

void suite_traffic(void);
void suite_traffic(void)
{
	unit_add("lines", test_lines);
	unit_add("outside", test_outside);
	unit_add("wrong neighbours.json", test_bad_outside);
	unit_add("devices in a text", test_scan);
}
