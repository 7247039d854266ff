// SPDX-License-Identifier: MIT
/* test_packet_text.c - packets read from lines and printed as lines that read back. */
#include "sim/base/rng.h"
#include "sim/packet/headers.h"
#include "sim/packet/text.h"
#include "tests/unit/unit.h"

/* Read, printed again; NULL = the same line. */
static const struct { const char *line, *again; } lines[] = {
	{ "eth0: tcp 10.0.0.5:40000 > 10.0.0.1:80 S seq=1000 mss=1460", NULL },
	{ "eth0: tcp 10.0.0.5:40000 > 10.0.0.1:80", "eth0: tcp 10.0.0.5:40000 > 10.0.0.1:80 S" },
	{ "eth0: tcp 10.0.0.5.40000 -> 10.0.0.1.80 SA", "eth0: tcp 10.0.0.5:40000 > 10.0.0.1:80 SA" },
	{ "eth1: tcp 1.2.3.4:1 > 5.6.7.8:2 . win=0 urp=7 res=3", NULL },
	{ "eth1: tcp 1.2.3.4:1 > 5.6.7.8:2 SFRPAUEW seq=4294967295 ack=1 opts=0101080a0000000100000002 data=\"a\\nb\\\"c\\\\\"", NULL },
	{ "eth1: tcp 1.2.3.4:1 > 5.6.7.8:2 PA len=1000 ttl=1 tos=0x10 id=77 df", NULL },
	{ "eth1: tcp 1.2.3.4:1 > 5.6.7.8:2 S mss=1460 wscale=7 sack", "eth1: tcp 1.2.3.4:1 > 5.6.7.8:2 S opts=020405b403030704020000" "00" },
	{ "eth0: udp 10.0.0.5:5 > 10.0.0.1:53 hex=0102ff csum=bad ulen=9", "eth0: udp 10.0.0.5:5 > 10.0.0.1:53 ulen=9 hex=0102ff csum=bad" },
	{ "eth0: udp 10.0.0.5:5 > 10.0.0.1:53 csum=none", NULL },
	{ "eth0: udplite 10.0.0.5:5 > 10.0.0.1:53 data=\"x\"", NULL },
	{ "eth0: icmp 10.0.0.5 > 10.0.0.1 echo-request id=7 seq=1 len=56 ipid=9", NULL },
	{ "eth0: icmp 10.0.0.5 > 10.0.0.1 ping", "eth0: icmp 10.0.0.5 > 10.0.0.1 echo-request" },
	{ "eth0: icmp 10.0.0.5 > 10.0.0.1 fragmentation-needed mtu=1300", NULL },
	{ "eth0: icmp 10.0.0.5 > 10.0.0.1 host-redirect gw=10.0.0.9", NULL },
	{ "eth0: icmp 10.0.0.5 > 10.0.0.1 ip-header-bad ptr=9", NULL },
	{ "eth0: icmp 10.0.0.5 > 10.0.0.1 200/3 rest=0x01020304", NULL },
	{ "eth0: icmp 10.0.0.5 > 10.0.0.1 type=3 code=3", "eth0: icmp 10.0.0.5 > 10.0.0.1 port-unreachable" },
	{ "eth0: icmp 9.9.9.9 > 10.0.0.1 ttl-exceeded about [udp 10.0.0.1:5 > 8.8.8.8:53 ttl=1 id=3]",
	  "eth0: icmp 9.9.9.9 > 10.0.0.1 ttl-zero-during-transit hex=4500001c0003000001119fbe0a00000108080808000500350008e593" },
	{ "eth0: sctp 10.0.0.5:5 > 10.0.0.1:6 vtag=9 hex=0e000004", NULL },
	{ "eth0: gre 10.0.0.5 > 10.0.0.1 hex=00000800", NULL },
	{ "eth0: proto 200 10.0.0.5 > 10.0.0.1 data=\"hello\"", NULL },
	{ "eth0: ip 10.0.0.5 > 10.0.0.1 proto=esp len=8", "eth0: esp 10.0.0.5 > 10.0.0.1 len=8" },
	{ "eth0: udp 10.0.0.5:5 > 10.0.0.1:53 len=1472 id=5 frag=0+", NULL },
	{ "eth0: udp 10.0.0.5 > 10.0.0.1 len=100 id=5 frag=1480", NULL },
	{ "eth0: udp 10.0.0.5 > 10.0.0.1 len=8 id=5 frag=df,mf,16", "eth0: udp 10.0.0.5 > 10.0.0.1 len=8 id=5 df frag=16+" },
	{ "eth0: udp 10.0.0.5:5 > 10.0.0.1:53 frag=rf", "eth0: udp 10.0.0.5:5 > 10.0.0.1:53 frag=rf,0" },
	{ "eth0: udp 10.0.0.5:5 > 10.0.0.1:53 dscp=ef src-route=1.1.1.1,2.2.2.2 ipcsum=bad",
	  "eth0: udp 10.0.0.5:5 > 10.0.0.1:53 tos=0xb8 ipopts=830b0401010101020202" "0200 ipcsum=bad" },
	{ "eth0: udp 10.0.0.5:5 > 10.0.0.1:53 smac=02:00:00:00:00:99 dmac=02:00:00:00:00:98 vlan=10 pcp=5 pad=18",
	  "eth0: udp 10.0.0.5:5 > 10.0.0.1:53 pad=18 smac=02:00:00:00:00:99 dmac=02:00:00:00:00:98 vlan=10 pcp=5" },
	{ "eth0: udp 10.0.0.5:5 > 255.255.255.255:67", NULL },
	{ "eth0: udp 10.0.0.5:5 > 224.0.0.251:5353", NULL },
	{ "eth0: udp 10.0.0.5:5 > 10.0.0.255:67 dmac=broadcast", "eth0: udp 10.0.0.5:5 > 10.0.0.255:67 dmac=ff:ff:ff:ff:ff:ff" },
	{ "eth0: arp who-has 10.0.0.1 tell 10.0.0.5", NULL },
	{ "eth0: arp 10.0.0.5 is-at 02:aa:0a:00:00:05 to 10.0.0.1", NULL },
	{ "eth0: tcp [2001:db8::5]:40000 > [2001:db8::1]:80 S seq=1000 mss=1460", NULL },
	{ "eth0: tcp [2001:db8::5]:40000 > [2001:db8::1]:80 SA seq=1 ack=2 win=5 ttl=63 tos=0x12 flow=0x12345 csum=bad", NULL },
	{ "eth0: udp [2001:db8::5]:5 > [ff02::fb]:5353 data=\"x\"", NULL },
	{ "eth0: udp [2001:db8::5]:5 > [2001:db8::1]:53 len=1448 id=77 frag=0+", NULL },
	{ "eth0: udp 2001:db8::5 > 2001:db8::1 hex=0102 id=77 frag=1448", NULL },
	{ "eth0: icmp6 2001:db8::5 > 2001:db8::1 ping id=7 seq=1 len=8 pad=4",
	  "eth0: icmp6 2001:db8::5 > 2001:db8::1 echo-request id=7 seq=1 len=8 pad=4" },
	{ "eth0: icmp6 fe80::5 > ff02::1:ff00:1 neighbour-solicitation target=2001:db8::1 lladdr=02:ab:00:00:00:05", NULL },
	{ "eth0: icmp6 fe80::5 > fe80::1 neighbour-advertisement rest=0x60000000 target=fe80::5 lladdr=02:ab:00:00:00:06 ttl=64",
	  NULL },
	{ "eth0: icmp6 2001:db8::5 > 2001:db8::1 packet-too-big mtu=1280", NULL },
	{ "out: icmp6 2001:db8::5 > 2001:db8::1 ttl-exceeded about [udp [2001:db8::1]:5 > [2001:db8::9]:6 ttl=1] flow=5",
	  "out: icmp6 2001:db8::5 > 2001:db8::1 ttl-zero-during-transit hex="
	  "6000000000081101" "20010db8000000000000000000000001" "20010db8000000000000000000000009" "000500060008a457 flow=0x00005" },
	{ "out: proto 1 2001:db8::5 > 2001:db8::1 hex=0800", NULL },
	{ "out: proto 58 1.2.3.4 > 5.6.7.8 hex=8000", NULL },
	{ "eth0: raw hex=0102030405", NULL },
	{ "fw.eth0: udp 10.0.0.5:5 > 10.0.0.1:53", NULL },
	{ "eth0.5: udp 10.0.0.5:5 > 10.0.0.1:53", NULL },
	{ "out: udp 10.0.0.1:5 > 10.0.0.5:53 mark=0x3 uid=1000 gid=5", NULL },
	{ "out: icmp 10.0.0.1 > 10.0.0.2 echo-request id=7 ttl=3   # as in the manual", "out: icmp 10.0.0.1 > 10.0.0.2 echo-request id=7 ttl=3" },
};

static bool read_line(struct arena *a, const char *s, size_t n, struct packet_text *p, struct diag *d)
{
	diag_init(d, a);
	return packet_text_parse(a, p, source_text(a, "line", s, n), 0, n, NULL, NULL, d);
}

static void test_lines(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		struct arena *a = arena_create();
		struct strbuf got = { 0 };
		struct packet_text p;
		struct diag d;

		CHECK(lines[i].line, read_line(a, lines[i].line, strlen(lines[i].line), &p, &d));
		if (!d.nr_errors)
			packet_text_print(&got, &p, NULL);
		CHECK_STR(lines[i].line, sb_str(&got), lines[i].again ? lines[i].again : lines[i].line);
		sb_free(&got);
		arena_destroy(a);
	}
}

static const struct { const char *line, *said, *hint; } wrong[] = {
	{ "tcp 1.2.3.4:1 > 5.6.7.8:2 S", "a packet begins with where it enters", "eth0:" },
	{ "eth0: tpc 1.2.3.4:1 > 5.6.7.8:2", "unknown protocol \"tpc\"", "did you mean \"tcp\"?" },
	{ "eth0: tcp 1.2.3.4:1 5.6.7.8:2", "\">\" is wanted", NULL },
	{ "eth0: tcp 1.2.3.4 > 5.6.7.8:2", "source and destination want a port each", NULL },
	{ "eth0: icmp 1.2.3.4:1 > 5.6.7.8 ping", "this protocol has no ports", NULL },
	{ "eth0: tcp 1.2.3.456:1 > 5.6.7.8:2", "is no address", NULL },
	{ "eth0: tcp [2001:db8::1]:1 > 1.2.3.4:2 S", "one address is IPv4, the other IPv6", NULL },
	{ "eth0: tcp [2001:db8::1]:1 > [2001:db8::2:2 S", "is no address", "[2001:db8::1]:80" },
	{ "eth0: icmp 2001:db8::1 > 2001:db8::2 ping", "icmp is IPv4's", "icmp6" },
	{ "eth0: udp [2001:db8::1]:1 > [2001:db8::2]:2 df", "IPv6 has no options", NULL },
	{ "eth0: tcp 1.2.3.4:1 > 5.6.7.8:2 SX", "is not understood here", NULL },
	{ "eth0: tcp 1.2.3.4:1 > 5.6.7.8:2 S ttl=256", "ttl wants a number, 0 to 255", NULL },
	{ "eth0: tcp 1.2.3.4:1 > 5.6.7.8:2 S tll=5", "unknown key \"tll\"", "did you mean \"ttl\"?" },
	{ "eth0: icmp 1.2.3.4 > 5.6.7.8", "an ICMP type is wanted", NULL },
	{ "eth0: icmp 1.2.3.4 > 5.6.7.8 echo-requst", "unknown ICMP type", "did you mean \"echo-request\"?" },
	{ "eth0: udp 1.2.3.4:1 > 5.6.7.8:2 mark=1", "only a packet that the host makes itself has a mark", "out:" },
	{ "eth0: udp 1.2.3.4:1 > 5.6.7.8:2 frag=7", "multiple of 8", NULL },
	{ "eth0: udp 1.2.3.4:1 > 5.6.7.8:2 data=\"x", "data wants \"text\"", NULL },
	{ "eth0: udp 1.2.3.4:1 > 5.6.7.8:2 hex=0", "pairs of hexadecimal digits", NULL },
	{ "eth0: udp 1.2.3.4:1 > 5.6.7.8:2 len=65535", "longer than 65535", NULL },
	{ "eth0: icmp 1.2.3.4 > 5.6.7.8 ttl-exceeded about [udp", "about wants a packet in brackets", NULL },
	{ "eth0: raw", "raw wants the bytes", NULL },
	{ "out: arp who-has 1.2.3.4 tell 5.6.7.8", "\"out:\" wants an IP packet", NULL },
	{ "eth0:", "a protocol is wanted", NULL },
	{ "", "a packet begins with where it enters", NULL },
};

static void test_wrong(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		struct arena *a = arena_create();
		struct packet_text p;
		struct diag d;

		CHECK(wrong[i].line, !read_line(a, wrong[i].line, strlen(wrong[i].line), &p, &d));
		CHECK(wrong[i].line, d.first && strstr(d.first->text, wrong[i].said));
		if (d.first && !strstr(d.first->text, wrong[i].said))
			printf("   got: %s\n", d.first->text);
		CHECK(wrong[i].line, !wrong[i].hint || (d.first && d.first->hint && strstr(d.first->hint, wrong[i].hint)));
		arena_destroy(a);
	}
}

/* Any bytes at all, and any bytes changed in good ones: what is printed reads back the same. */
static void test_any_bytes(void)
{
	struct rng rng;
	unsigned raw = 0, same = 0;

	rng_init(&rng, 1, "test", "text");
	for (unsigned i = 0; i < 3000; i++) {
		struct arena *a = arena_create();
		struct strbuf line = { 0 };
		struct packet_text p, q;
		struct diag d;
		uint8_t b[128];
		const char *from = lines[rng_below(&rng, ARRAY_SIZE(lines))].line;

		read_line(a, from, strlen(from), &p, &d);
		p.len = MIN(p.len, (uint32_t)sizeof(b));
		memcpy(b, p.bytes, p.len);
		for (unsigned k = rng_below(&rng, 4); k-- > 0 && p.len;)
			b[rng_below(&rng, p.len)] = (uint8_t)rng_u32(&rng);
		if (rng_below(&rng, 3) == 0 && p.len > 1)
			p.len = 1 + rng_below(&rng, p.len - 1);
		p.bytes = b;
		packet_text_print(&line, &p, NULL);
		raw += strstr(sb_str(&line), "raw hex") != NULL;
		if (!read_line(a, sb_str(&line), line.len, &q, &d) || q.len != p.len || memcmp(q.bytes, b, p.len) != 0) {
			CHECK(sb_str(&line), false);
		} else {
			same++;
		}
		sb_free(&line);
		arena_destroy(a);
	}
	CHECK("all read back", same == 3000);
	CHECK("most of them without raw", raw < 2000);
}

/* Lines with bytes changed, cut, NULs in them: read or refused, never worse. */
static void test_any_line(void)
{
	struct rng rng;

	rng_init(&rng, 2, "test", "text");
	for (unsigned i = 0; i < 5000; i++) {
		struct arena *a = arena_create();
		const char *from = lines[rng_below(&rng, ARRAY_SIZE(lines))].line;
		char buf[256];
		size_t n = strlen(from);
		struct packet_text p;
		struct diag d;

		memcpy(buf, from, n);
		for (unsigned k = rng_below(&rng, 6); k-- > 0;)
			buf[rng_below(&rng, (uint32_t)n)] = "0123456789=:.>[]\"\\#,-+ \0zA\xff"[rng_below(&rng, 27)];
		if (rng_below(&rng, 4) == 0)
			n = rng_below(&rng, (uint32_t)n);
		CHECK("said why", read_line(a, buf, n, &p, &d) == (d.nr_errors == 0));
		arena_destroy(a);
	}
}

void suite_packet_text(void);
void suite_packet_text(void)
{
	unit_add("lines", test_lines);
	unit_add("wrong lines", test_wrong);
	unit_add("any bytes", test_any_bytes);
	unit_add("any line", test_any_line);
}
