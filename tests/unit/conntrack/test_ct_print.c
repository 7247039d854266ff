// SPDX-License-Identifier: MIT
/* test_ct_print.c - connections as conntrack 1.4.7 printed them ("-L -o extended", entries made with "-I" or by
 * packets), and the order of snapshots. */
#include <stdlib.h>
#include "tests/unit/conntrack/bench.h"

enum { ACCT = 1, STAMP = 2 };
static const struct {
	uint8_t proto;
	unsigned timeout, sport, dport;	/* ICMP: id, type << 8 | code */
	uint8_t state;
	uint32_t status, mark;
	uint16_t zone; uint8_t dir;
	const char *client, *helper;
	int flags;
	const char *want;
} rows[] = {
	{ 6, 431999, 1000, 80, TCP_CONNTRACK_ESTABLISHED, IPS_SEEN_REPLY | IPS_ASSURED, 0, 0, 3, "10.0.0.5", NULL, 0,
	  "ipv4     2 tcp      6 431999 ESTABLISHED src=10.0.0.5 dst=198.51.100.7 sport=1000 dport=80 src=198.51.100.7 dst=10.0.0.5 sport=80 dport=1000 [ASSURED] mark=0 use=1" },
	{ 6, 117, 1001, 80, TCP_CONNTRACK_SYN_SENT, 0, 7, 0, 3, "10.0.0.5", NULL, 0,
	  "ipv4     2 tcp      6 117 SYN_SENT src=10.0.0.5 dst=198.51.100.7 sport=1001 dport=80 [UNREPLIED] src=198.51.100.7 dst=10.0.0.5 sport=80 dport=1001 mark=7 use=1" },
	{ 17, 27, 5000, 53, 0, 0, 0, 5, 3, "10.0.0.5", NULL, 0,
	  "ipv4     2 udp      17 27 src=10.0.0.5 dst=198.51.100.7 sport=5000 dport=53 [UNREPLIED] src=198.51.100.7 dst=10.0.0.5 sport=53 dport=5000 mark=0 zone=5 use=1" },
	{ 17, 27, 5000, 53, 0, 0, 0, 9, NF_CT_ZONE_DIR_ORIG, "10.0.0.6", NULL, 0,
	  "ipv4     2 udp      17 27 src=10.0.0.6 dst=198.51.100.7 sport=5000 dport=53 zone-orig=9 [UNREPLIED] src=198.51.100.7 dst=10.0.0.6 sport=53 dport=5000 mark=0 use=1" },
	{ 17, 27, 5000, 53, 0, 0, 0, 9, NF_CT_ZONE_DIR_REPL, "10.0.0.7", NULL, 0,
	  "ipv4     2 udp      17 27 src=10.0.0.7 dst=198.51.100.7 sport=5000 dport=53 [UNREPLIED] src=198.51.100.7 dst=10.0.0.7 sport=53 dport=5000 zone-reply=9 mark=0 use=1" },
	{ 1, 27, 77, 8 << 8, 0, IPS_SEEN_REPLY, 0, 0, 3, "10.0.0.5", NULL, 0,
	  "ipv4     2 icmp     1 27 src=10.0.0.5 dst=198.51.100.7 type=8 code=0 id=77 src=198.51.100.7 dst=10.0.0.5 type=0 code=0 id=77 mark=0 use=1" },
	{ 47, 27, 0, 7, 0, 0, 0, 0, 3, "10.0.0.5", NULL, 0,
	  "ipv4     2 gre      47 27 src=10.0.0.5 dst=198.51.100.7 srckey=0x0 dstkey=0x7 [UNREPLIED] src=198.51.100.7 dst=10.0.0.5 srckey=0x7 dstkey=0x0 mark=0 use=1" },
	{ 132, 0, 10, 20, SCTP_CONNTRACK_COOKIE_WAIT, 0, 0, 0, 3, "10.0.0.5", NULL, 0,
	  "ipv4     2 sctp     132 0 COOKIE_WAIT src=10.0.0.5 dst=198.51.100.7 sport=10 dport=20 [UNREPLIED] src=198.51.100.7 dst=10.0.0.5 sport=20 dport=10 mark=0 use=1" },
	{ 136, 0, 10, 20, 0, 0, 0, 0, 3, "10.0.0.5", NULL, 0,
	  "ipv4     2 udplite  136 0 src=10.0.0.5 dst=198.51.100.7 sport=10 dport=20 [UNREPLIED] src=198.51.100.7 dst=10.0.0.5 sport=20 dport=10 mark=0 use=1" },
	{ 33, 599, 0, 0, 0, 0, 0, 0, 3, "10.0.0.5", NULL, ACCT | STAMP,
	  "ipv4     2 dccp     33 599 src=10.0.0.5 dst=198.51.100.7 sport=0 dport=0 packets=1 bytes=28 [UNREPLIED] src=198.51.100.7 dst=10.0.0.5 sport=0 dport=0 packets=0 bytes=0 mark=0 delta-time=0 use=1" },
	{ 99, 599, 0, 0, 0, 0, 0, 0, 3, "10.0.0.5", NULL, ACCT | STAMP,
	  "ipv4     2 unknown  99 599 src=10.0.0.5 dst=198.51.100.7 packets=1 bytes=28 [UNREPLIED] src=198.51.100.7 dst=10.0.0.5 packets=0 bytes=0 mark=0 delta-time=0 use=1" },
	{ 6, 431999, 40218, 21, TCP_CONNTRACK_ESTABLISHED, IPS_SEEN_REPLY | IPS_ASSURED, 3, 4, 3, "10.0.0.5", "ftp", STAMP,
	  "ipv4     2 tcp      6 431999 ESTABLISHED src=10.0.0.5 dst=198.51.100.7 sport=40218 dport=21 src=198.51.100.7 dst=10.0.0.5 sport=21 dport=40218 [ASSURED] mark=3 zone=4 delta-time=0 helper=ftp use=1" },
};

static void fill(struct bench *b, size_t i, struct conn *ct)
{
	struct ct_tuple *t = ct->tuple;

	ct->host = b->h;
	t[0].l3num = NFPROTO_IPV4;
	t[0].src.u3.ip = bench_ip(rows[i].client);
	t[0].dst.u3.ip = bench_ip(SERVER);
	t[0].src.u = htons((uint16_t)rows[i].sport);
	t[0].dst.u.all = htons((uint16_t)rows[i].dport);
	t[0].dst.protonum = rows[i].proto;
	CHECK(rows[i].want, ct_tuple_invert(&t[1], &t[0]));
	ct->status = rows[i].status | IPS_CONFIRMED;
	ct->timeout = host_jiffies(b->h) + rows[i].timeout * HZ;
	ct->mark = rows[i].mark;
	ct->zone = (struct ct_zone){ rows[i].zone, 0, rows[i].dir };
	ct->helper = rows[i].helper;
	if (rows[i].proto == 132)
		ct->proto.sctp.state = rows[i].state;
	else
		ct->proto.tcp.state = rows[i].state;
	ct->acct = rows[i].flags & ACCT;
	ct->packets[0] = 1;
	ct->bytes[0] = 28;
	if (rows[i].flags & STAMP)
		ct_ext_add(ct)->start_ns = b->h->boot_real_ns + b->h->clock->now;
}

static void test_print(void)
{
	struct strbuf out = { 0 };
	struct bench b;

	bench_init(&b, false);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct conn ct = { 0 };

		fill(&b, i, &ct);
		sb_clear(&out);
		ct_print(&ct, &out);
		CHECK_STR(rows[i].want, sb_str(&out), rows[i].want);
		free(ct.ext);
	}
	sb_free(&out);
	bench_done(&b);
}

struct order { struct trace_sink sink; struct strbuf out; };

static void note(struct trace_sink *s, const struct event *ev)
{
	struct order *o = container_of(s, struct order, sink);
	const struct conn *ct = ev->u.ct_entry.ct;

	sb_printf(&o->out, "%u:%u ", ct_protonum(ct), ntohs(ct->tuple[0].src.u));
}

static void test_snapshot(void)
{
	static const struct { uint8_t proto; uint16_t sport; } in[] = { { 17, 9 }, { 17, 3 }, { 6, 7 }, { 99, 0 }, { 17, 1 } };
	struct order o = { .sink = { .mask = EV_BIT(EV_CT_ENTRY), .event = note } };
	struct bench b;

	bench_init(&b, false);
	trace_add(&b.w->trace, &o.sink);
	for (size_t i = 0; i < ARRAY_SIZE(in); i++) {
		uint8_t th[20] = { 0 };
		struct packet *p;

		put_be16(th, in[i].sport);
		put_be16(th + 4, in[i].proto == 17 ? 20 : 0);
		th[TCP_OFF] = in[i].proto == 6 ? 0x50 : 0;
		th[TCP_FLAGS] = in[i].proto == 6 ? TH_SYN : 0;
		p = bench_packet(&b, bench_ip(CLIENT), bench_ip(SERVER), in[i].proto, th, 20);
		p->ip_summed = CHECKSUM_UNNECESSARY;
		CHECK_STR("new", bench_feed(&b, p), "NEW");
	}
	ct_snapshot(b.h);
	CHECK_STR("by protocol and tuple", sb_str(&o.out), "6:7 17:1 17:3 17:9 99:0 ");
	sb_free(&o.out);
	bench_done(&b);
}

void suite_ct_print(void);
void suite_ct_print(void)
{
	unit_add("as the tool prints", test_print);
	unit_add("order of snapshots", test_snapshot);
}
