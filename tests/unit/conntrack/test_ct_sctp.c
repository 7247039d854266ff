// SPDX-License-Identifier: MIT
/* test_ct_sctp.c - associations: chunks both ways, tags, checksum. Compared with Linux 6.18 as TCP's were. */
#include "tests/unit/conntrack/bench.h"

enum { DATA = 0, INIT = 1, INIT_ACK = 2, HB = 4, HB_ACK = 5, ABORT = 6, SHUT = 7, SHUT_ACK = 8, ECHO = 10, COOKIE_ACK = 11, DONE = 14, TWO = 0x100 };
#define A 0x1111u	/* the client's tag: the server writes it */
#define B 0x2222u	/* the server's */
#define X 0x7777u

struct step { char dir; int chunk; uint32_t vtag, init_tag; const char *class, *state; unsigned timeout; };
#define MAX_STEPS 10
#define OPEN                                                        \
	{ '>', INIT, 0, A, "NEW", "CLOSED", 10 },                   \
	{ '<', INIT_ACK, A, B, "ESTABLISHED", "COOKIE_WAIT", 3 },   \
	{ '>', ECHO, B, 0, "ESTABLISHED", "COOKIE_ECHOED", 3 },     \
	{ '<', COOKIE_ACK, A, 0, "ESTABLISHED", "ESTABLISHED", 210 }

static const struct { const char *name; struct step step[MAX_STEPS]; } rows[] = {
	{ "open, shut down", { OPEN,
		{ '>', DATA, B, 0, "ESTABLISHED", "ESTABLISHED", 210 },
		{ '>', SHUT, B, 0, "ESTABLISHED", "SHUTDOWN_SENT", 3 },
		{ '<', SHUT_ACK, A, 0, "ESTABLISHED", "SHUTDOWN_ACK_SENT", 3 },
		{ '>', DONE, B, 0, "ESTABLISHED", "CLOSED", 10 } } },
	{ "wrong tags", { OPEN,
		{ '>', DATA, X, 0, "INVALID", "ESTABLISHED", 210 },
		{ '>', ABORT, X, 0, "INVALID", "ESTABLISHED", 210 },
		{ '>', DONE, X, 0, "INVALID", "ESTABLISHED", 210 },
		{ '>', INIT, X, A, "INVALID", "ESTABLISHED", 210 },
		{ '>', ABORT, B, 0, "ESTABLISHED", "CLOSED", 10 } } },
	{ "does not begin one", {
		{ '>', DATA, 0, 0, "INVALID", NULL, 0 },
		{ '>', ABORT, 0, 0, "INVALID", NULL, 0 },
		{ '>', COOKIE_ACK, 0, 0, "INVALID", NULL, 0 },
		{ '>', DONE, 0, 0, "INVALID", NULL, 0 },
		{ '>', INIT, 5, A, "INVALID", NULL, 0 },
		{ '>', INIT | TWO, 0, A, "INVALID", NULL, 0 },
		{ '>', 99, 0, 0, "INVALID", NULL, 0 } } },
	{ "heartbeat on a second path", {
		{ '>', HB, B, 0, "NEW", "HEARTBEAT_SENT", 30 },
		{ '<', HB_ACK, A, 0, "ESTABLISHED", "ESTABLISHED", 210 },
		{ '>', DATA, B, 0, "ESTABLISHED", "ESTABLISHED", 210 },
		{ '<', HB, X, 0, "ESTABLISHED", "ESTABLISHED", 210 } } },
	{ "INIT again with the same tag is no new one", {
		{ '>', INIT, 0, A, "NEW", "CLOSED", 10 },
		{ '<', INIT, 0, B, "ESTABLISHED", "CLOSED", 10 },
		{ '>', INIT, 0, A, "ESTABLISHED", "CLOSED", 10 },
		{ '<', INIT_ACK, A, X, "INVALID", "CLOSED", 10 },
		{ '<', INIT_ACK, A, B, "ESTABLISHED", "COOKIE_WAIT", 3 } } },
};

static struct packet *chunk(struct bench *b, const struct step *s)
{
	be32 src = bench_ip(s->dir == '>' ? CLIENT : SERVER), dst = bench_ip(s->dir == '>' ? SERVER : CLIENT);
	uint8_t sh[64] = { 0 };
	uint32_t len = 12, crc;

	put_be16(sh, s->dir == '>' ? 10 : 20);
	put_be16(sh + 2, s->dir == '>' ? 20 : 10);
	put_be32(sh + 4, s->vtag);
	for (int n = s->chunk & TWO ? 2 : 1; n; n--) {
		uint32_t size = (s->chunk & 0xff) == INIT || s->chunk == INIT_ACK ? 20 : 8;

		sh[len] = (uint8_t)s->chunk;
		put_be16(sh + len + 2, size);
		put_be32(sh + len + 4, s->init_tag);
		len += size;
	}
	crc = sctp_crc32c(sh, len);
	for (int i = 0; i < 4; i++)
		sh[8 + i] = (uint8_t)(crc >> (8 * i));
	return bench_packet(b, src, dst, IPPROTO_SCTP, sh, len);
}

static void test_rows(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct bench b;

		bench_init(&b, true);
		for (const struct step *s = rows[i].step; s->dir; s++) {
			char name[120];
			struct conn *ct;

			snprintf(name, sizeof(name), "%s, step %d", rows[i].name, (int)(s - rows[i].step) + 1);
			CHECK_STR(name, bench_feed(&b, chunk(&b, s)), s->class);
			ct = bench_conn(&b);
			CHECK_STR(name, ct ? ct_state_name(ct) : "", s->state ? s->state : "");
			CHECK(name, !ct || ct_timeout_sec(ct) == s->timeout);
		}
		bench_done(&b);
	}
}

static void test_checksum(void)
{
	static const struct step init = { '>', INIT, 0, A, NULL, NULL, 0 };
	static const struct { const char *name; bool wrong, off; const char *class; } cases[] = {
		{ "right", false, false, "NEW" }, { "wrong", true, false, "INVALID" }, { "wrong, nobody looks", true, true, "NEW" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct bench b;
		struct packet *p;

		bench_init(&b, true);
		b.h->sysctl.ct_checksum = !cases[i].off;
		p = chunk(&b, &init);
		pkt_th(p)[8] ^= cases[i].wrong;
		CHECK_STR(cases[i].name, bench_feed(&b, p), cases[i].class);
		bench_done(&b);
	}
}

void suite_ct_sctp(void);
void suite_ct_sctp(void)
{
	unit_add("chunks, state by state", test_rows);
	unit_add("checksum", test_checksum);
}
