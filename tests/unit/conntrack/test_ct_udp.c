// SPDX-License-Identifier: MIT
/* test_ct_udp.c - UDP: streams after two seconds, malformed datagrams, UDP-Lite's wrong pseudo header; GRE and others. */
#include "tests/unit/conntrack/bench.h"

/* dir '>' from the client, '<' from the server, 'w' waits ms milliseconds. */
struct step { char dir; unsigned ms; const char *class; unsigned timeout; bool assured; };

static const struct { const char *name; uint8_t proto; struct step step[8]; } rows[] = {
	{ "question and answer", IPPROTO_UDP, { { '>', 0, "NEW", 30, false }, { '>', 0, "NEW", 30, false }, { '<', 0, "ESTABLISHED", 30, false }, { '>', 0, "ESTABLISHED", 30, false } } },
	{ "stream", IPPROTO_UDP, { { '>', 0, "NEW", 30, false }, { '<', 0, "ESTABLISHED", 30, false }, { 'w', 2004, NULL, 27, false }, { '>', 0, "ESTABLISHED", 120, true }, { 'w', 5000, NULL, 115, true } } },
	{ "two seconds are not enough", IPPROTO_UDP, { { '>', 0, "NEW", 30, false }, { '<', 0, "ESTABLISHED", 30, false }, { 'w', 2000, NULL, 28, false }, { '<', 0, "ESTABLISHED", 30, false } } },
	{ "late first answer", IPPROTO_UDP, { { '>', 0, "NEW", 30, false }, { 'w', 3000, NULL, 27, false }, { '<', 0, "ESTABLISHED", 30, false }, { '<', 0, "ESTABLISHED", 120, true } } },
	{ "GRE", IPPROTO_GRE, { { '>', 0, "NEW", 30, false }, { '<', 0, "ESTABLISHED", 30, false }, { '>', 0, "ESTABLISHED", 180, true } } },
	{ "ESP", IPPROTO_ESP, { { '>', 0, "NEW", 600, false }, { '<', 0, "ESTABLISHED", 600, false } } },
	{ "DCCP has no tracker", 33, { { '>', 0, "NEW", 600, false }, { '<', 0, "ESTABLISHED", 600, false } } },
};

static struct packet *datagram(struct bench *b, char dir, uint8_t proto)
{
	be32 src = bench_ip(dir == '>' ? CLIENT : SERVER), dst = bench_ip(dir == '>' ? SERVER : CLIENT);
	uint8_t uh[12] = { 0 };

	if (proto == IPPROTO_UDP) {
		put_be16(uh + UDP_SPORT, dir == '>' ? 5000 : 53);
		put_be16(uh + UDP_DPORT, dir == '>' ? 53 : 5000);
		put_be16(uh + UDP_LEN, sizeof(uh));
		bench_checksum(uh, sizeof(uh), UDP_CSUM, src, dst, proto);
	}
	return bench_packet(b, src, dst, proto, uh, sizeof(uh));
}

static void test_rows(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct bench b;

		bench_init(&b, true);
		for (const struct step *s = rows[i].step; s->dir; s++) {
			struct conn *ct;

			if (s->dir == 'w')
				bench_sleep(&b, s->ms / 1000.0);
			else
				CHECK_STR(rows[i].name, bench_feed(&b, datagram(&b, s->dir, rows[i].proto)), s->class);
			ct = bench_conn(&b);
			CHECK(rows[i].name, ct && ct_timeout_sec(ct) == s->timeout);
			CHECK(rows[i].name, ct && !!(ct->status & IPS_ASSURED) == s->assured);
		}
		bench_done(&b);
	}
}

static const struct { const char *name; uint8_t proto; unsigned have, say; int csum; /* 0 none, 1 right, 2 wrong, 17: as the kernel reckons */ const char *class, *why; } bad[] = {
	{ "good", IPPROTO_UDP, 12, 12, 1, "NEW", "" },
	{ "no checksum", IPPROTO_UDP, 12, 12, 0, "NEW", "" },
	{ "wrong checksum", IPPROTO_UDP, 12, 12, 2, "INVALID", "bad checksum" },
	{ "ports only", IPPROTO_UDP, 4, 0, 0, "INVALID", "short packet" },
	{ "not even ports", IPPROTO_UDP, 3, 0, 0, "INVALID", "no connection can begin with it" },
	{ "length too long", IPPROTO_UDP, 12, 13, 0, "INVALID", "truncated/malformed packet" },
	{ "length below the header", IPPROTO_UDP, 12, 7, 0, "INVALID", "truncated/malformed packet" },
	{ "length too short, no checksum", IPPROTO_UDP, 12, 9, 0, "NEW", "" },
	{ "lite: right by RFC 3828", 136, 12, 12, 1, "INVALID", "bad checksum" },
	{ "lite: right with protocol 17", 136, 12, 12, 17, "NEW", "" },
	{ "lite: whole coverage", 136, 12, 0, 17, "NEW", "" },
	{ "lite: coverage below the header", 136, 12, 7, 17, "INVALID", "invalid checksum coverage" },
	{ "lite: coverage too long", 136, 12, 13, 17, "INVALID", "invalid checksum coverage" },
	{ "lite: no checksum", 136, 12, 12, 0, "INVALID", "checksum missing" },
};

static void test_bad(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		be32 src = bench_ip(CLIENT), dst = bench_ip(SERVER);
		uint8_t uh[12] = { 0 };
		struct bench b;

		bench_init(&b, true);
		put_be16(uh + UDP_SPORT, 5000);
		put_be16(uh + UDP_DPORT, 53);
		put_be16(uh + UDP_LEN, bad[i].say);
		if (bad[i].csum)
			bench_checksum(uh, bad[i].have, UDP_CSUM, src, dst, bad[i].csum == 17 ? 17 : bad[i].proto);
		if (bad[i].csum == 2)
			uh[UDP_CSUM] ^= 1;
		CHECK_STR(bad[i].name, bench_feed(&b, bench_packet(&b, src, dst, bad[i].proto, uh, bad[i].have)), bad[i].class);
		CHECK_STR(bad[i].name, b.why, bad[i].why);
		bench_done(&b);
	}
}

void suite_ct_udp(void);
void suite_ct_udp(void)
{
	unit_add("questions, answers, streams", test_rows);
	unit_add("malformed", test_bad);
}
