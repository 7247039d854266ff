// SPDX-License-Identifier: MIT
/* test_ct_tcp.c - segments both ways: class, state and timeout after each. The expectations are those of
 * Linux 6.18, which 64000 random segments were compared with. */
#include "tests/unit/conntrack/bench.h"

enum { NONE_LEFT = -1, SAME = -2 };

/* dir '>' from the client, '<' from the server, 'w' waits seq milliseconds. */
struct step {
	char dir;
	const char *flags;
	uint32_t seq, ack;
	unsigned len, win;
	const char *class, *state;	/* state "" = no entry */
	int timeout;
	const char *why;		/* NULL = not looked at */
	const char *opt;		/* TCP options, hex */
};
#define MAX_STEPS 12

#define HANDSHAKE                                                              \
	{ '>', "S", 1000, 0, 0, 1000, "NEW", "SYN_SENT", 120, NULL, NULL },    \
	{ '<', "SA", 5000, 1001, 0, 1000, "ESTABLISHED", "SYN_RECV", 60, NULL, NULL }, \
	{ '>', "A", 1001, 5001, 0, 1000, "ESTABLISHED", "ESTABLISHED", 432000, "", NULL }

static const struct {
	const char *name;
	int loose_off, liberal, ignore_rst, max_retrans;	/* sysctls; 0 = as they are */
	struct step step[MAX_STEPS];
} rows[] = {
	{ "handshake and close", 0, 0, 0, 0, {
		HANDSHAKE,
		{ '>', "PA", 1001, 5001, 100, 1000, "ESTABLISHED", "ESTABLISHED", 300, NULL, NULL },
		{ '<', "A", 5001, 1101, 0, 1000, "ESTABLISHED", "ESTABLISHED", 432000, NULL, NULL },
		{ '>', "FA", 1101, 5001, 0, 1000, "ESTABLISHED", "FIN_WAIT", 120, NULL, NULL },
		{ '<', "A", 5001, 1102, 0, 1000, "ESTABLISHED", "CLOSE_WAIT", 60, NULL, NULL },
		{ '<', "FA", 5001, 1102, 0, 1000, "ESTABLISHED", "LAST_ACK", 30, NULL, NULL },
		{ '>', "A", 1102, 5002, 0, 1000, "ESTABLISHED", "TIME_WAIT", 120, NULL, NULL },
		{ '>', "S", 9000, 0, 0, 1000, "NEW", "SYN_SENT", 120, "reopened by a SYN", NULL } } },
	{ "server closes first", 0, 0, 0, 0, {
		HANDSHAKE,
		{ '<', "FA", 5001, 1001, 0, 1000, "ESTABLISHED", "FIN_WAIT", 120, NULL, NULL },
		{ '>', "A", 1001, 5002, 0, 1000, "ESTABLISHED", "CLOSE_WAIT", 60, NULL, NULL },
		{ '>', "FA", 1001, 5002, 0, 1000, "ESTABLISHED", "LAST_ACK", 30, NULL, NULL },
		{ '<', "A", 5002, 1002, 0, 1000, "ESTABLISHED", "TIME_WAIT", 120, NULL, NULL },
		{ '<', "S", 70000, 0, 0, 1000, "NEW", "SYN_SENT", 120, NULL, NULL } } },
	{ "first packet is no SYN", 0, 0, 0, 0, {
		{ '>', "SA", 1, 1, 0, 100, "INVALID", "", SAME, "invalid new", NULL },
		{ '>', "R", 1, 0, 0, 100, "INVALID", "", SAME, "invalid new", NULL },
		{ '>', "FA", 1, 1, 0, 100, "INVALID", "", SAME, "invalid new", NULL },
		{ '>', "F", 1, 1, 0, 100, "INVALID", "", SAME, "invalid tcp flag combination", NULL },
		{ '>', "", 1, 1, 0, 100, "INVALID", "", SAME, "invalid tcp flag combination", NULL },
		{ '>', "SF", 1, 1, 0, 100, "INVALID", "", SAME, "invalid tcp flag combination", NULL },
		{ '>', "FPU", 1, 1, 0, 100, "INVALID", "", SAME, "invalid tcp flag combination", NULL },
		{ '>', "SU", 1, 0, 0, 100, "NEW", "SYN_SENT", 120, NULL, NULL } } },
	{ "picked up", 0, 0, 0, 0, {
		{ '>', "PA", 1001, 5001, 10, 1000, "NEW", "ESTABLISHED", 300, NULL, NULL },
		{ '>', "A", 1011, 5001, 0, 1000, "NEW", "ESTABLISHED", 300, NULL, NULL },
		{ '<', "A", 5001, 1011, 0, 1000, "ESTABLISHED", "ESTABLISHED", 300, NULL, NULL },
		{ '>', "A", 999999, 777, 0, 1000, "ESTABLISHED", "ESTABLISHED", 432000, "", NULL } } },
	{ "picking up is off", 1, 0, 0, 0, {
		{ '>', "A", 1001, 5001, 10, 1000, "INVALID", "", SAME, NULL, NULL },
		HANDSHAKE } },
	{ "SYN again, other number", 0, 0, 0, 0, {
		{ '>', "S", 1000, 0, 0, 1000, "NEW", "SYN_SENT", 120, NULL, NULL },
		{ 'w', NULL, 5000, 0, 0, 0, NULL, "SYN_SENT", 115, NULL, NULL },
		{ '>', "S", 1000, 0, 0, 1000, "NEW", "SYN_SENT", 115, "", NULL },
		{ '>', "S", 2000, 0, 0, 1000, "NEW", "SYN_SENT", 115, "", NULL },
		{ '<', "SA", 5000, 1001, 0, 1000, "ESTABLISHED", "SYN_RECV", 60, NULL, NULL },
		{ '>', "S", 1000, 0, 0, 1000, "ESTABLISHED", "SYN_RECV", 60, "packet (index 0) in dir 0 ignored, state SYN_RECV", NULL } } },
	{ "RST is the only answer", 0, 0, 0, 0, {
		{ '>', "S", 1000, 0, 0, 1000, "NEW", "SYN_SENT", 120, NULL, NULL },
		{ '<', "RA", 0, 1001, 0, 0, "ESTABLISHED", "", SAME, "closed by a RST", NULL } } },
	{ "SYN-ACK with a wrong ack", 0, 0, 0, 0, {
		{ '>', "S", 1000, 0, 0, 1000, "NEW", "SYN_SENT", 120, NULL, NULL },
		{ '<', "SA", 5000, 2001, 0, 1000, "INVALID", "SYN_SENT", 120, "ACK is over upper bound 1002 (ACKed data not seen yet)", NULL },
		{ '>', "SA", 5000, 2001, 0, 1000, "INVALID", "SYN_SENT", 120, "packet (index 1) in dir 0 invalid, state SYN_SENT", NULL },
		{ '>', "A", 1001, 5001, 0, 1000, "INVALID", "SYN_SENT", 120, "packet (index 3) in dir 0 invalid, state SYN_SENT", NULL } } },
	{ "both open at once", 0, 0, 0, 0, {
		{ '>', "S", 1000, 0, 0, 1000, "NEW", "SYN_SENT", 120, NULL, NULL },
		{ '<', "S", 5000, 0, 0, 1000, "ESTABLISHED", "SYN_SENT2", 120, NULL, NULL },
		{ '>', "SA", 1000, 5001, 0, 1000, "ESTABLISHED", "SYN_RECV", 60, NULL, NULL },
		{ '<', "SA", 5000, 1001, 0, 1000, "ESTABLISHED", "SYN_RECV", 60, NULL, NULL },
		{ '>', "A", 1001, 5001, 0, 1000, "ESTABLISHED", "ESTABLISHED", 432000, NULL, NULL } } },
	{ "outside the window", 0, 0, 0, 0, {
		HANDSHAKE,
		{ '>', "A", 1001 - 999, 5001, 0, 1000, "ESTABLISHED", "ESTABLISHED", 432000, "", NULL },
		{ '>', "A", 1001 - 1001, 5001, 0, 1000, "ESTABLISHED", "ESTABLISHED", 432000, "SEQ is under lower bound 0 (already ACKed data retransmitted)", NULL },
		{ '>', "A", 1001, 5001u - 66001, 0, 1000, "ESTABLISHED", "ESTABLISHED", 432000, "ignored ACK under lower bound 4294906296 (possible overly delayed)", NULL },
		{ '>', "A", 1001 + 1001, 5001, 100, 1000, "ESTABLISHED", "ESTABLISHED", 432000, "102 bytes more than expected", NULL },
		{ '>', "A", 100000, 5001, 0, 1000, "INVALID", "ESTABLISHED", 432000, "SEQ is over upper bound 2002 (over the window of the receiver)", NULL },
		{ '>', "A", 1001, 9999, 0, 1000, "INVALID", "ESTABLISHED", 432000, "ACK is over upper bound 5002 (ACKed data not seen yet)", NULL } } },
	{ "outside the window, liberal", 0, 1, 0, 0, {
		HANDSHAKE,
		{ '>', "A", 100000, 5001, 0, 1000, "ESTABLISHED", "ESTABLISHED", 432000, "", NULL },
		{ '>', "A", 1001, 9999, 0, 1000, "ESTABLISHED", "ESTABLISHED", 432000, "", NULL } } },
	{ "RST exact, near, behind", 0, 0, 0, 0, {
		HANDSHAKE,
		{ '>', "A", 1001, 5001, 0, 1000, "ESTABLISHED", "ESTABLISHED", 432000, NULL, NULL },
		{ '<', "R", 5000, 0, 0, 0, "INVALID", "ESTABLISHED", 432000, "invalid rst", NULL },
		{ '<', "R", 5100, 0, 0, 0, "ESTABLISHED", "ESTABLISHED", 10, "", NULL },
		{ '<', "R", 5001, 0, 0, 0, "ESTABLISHED", "CLOSE", 10, "", NULL },
		{ '>', "S", 9000, 0, 0, 1000, "ESTABLISHED", "CLOSE", 10, "packet (index 0) in dir 0 ignored, state CLOSE", NULL } } },
	{ "RST behind, ignoring invalid ones", 0, 0, 1, 0, {
		HANDSHAKE,
		{ '<', "R", 5000, 0, 0, 0, "ESTABLISHED", "ESTABLISHED", 10, "", NULL } } },
	{ "SYN to an open connection, challenged", 0, 0, 0, 0, {
		HANDSHAKE,
		{ '>', "S", 80000, 0, 0, 1000, "ESTABLISHED", "ESTABLISHED", 432000, "packet (index 0) in dir 0 ignored, state ESTABLISHED", NULL },
		{ '<', "A", 5001, 1001, 0, 1000, "ESTABLISHED", "ESTABLISHED", 432000, "", NULL },
		{ '>', "R", 1001, 0, 0, 0, "ESTABLISHED", "CLOSE", 10, "", NULL } } },
	{ "SYN to an open connection, answered", 0, 0, 0, 0, {
		HANDSHAKE,
		{ '>', "S", 80000, 0, 0, 1000, "ESTABLISHED", "ESTABLISHED", 432000, NULL, NULL },
		{ '<', "SA", 90000, 80001, 0, 1000, "ESTABLISHED", "SYN_RECV", 60, "", NULL },
		{ '>', "A", 80001, 90001, 0, 1000, "ESTABLISHED", "ESTABLISHED", 432000, "", NULL } } },
	{ "SYN in LAST_ACK, challenge ACK", 0, 0, 0, 0, {
		HANDSHAKE,
		{ '>', "FA", 1001, 5001, 0, 1000, "ESTABLISHED", "FIN_WAIT", 120, NULL, NULL },
		{ '<', "FA", 5001, 1002, 0, 1000, "ESTABLISHED", "LAST_ACK", 30, NULL, NULL },
		{ '>', "S", 80000, 0, 0, 1000, "ESTABLISHED", "LAST_ACK", 30, "packet (index 0) in dir 0 ignored, state LAST_ACK", NULL },
		{ '<', "A", 5002, 1002, 0, 1000, "ESTABLISHED", "LAST_ACK", 30, "challenge-ack ignored", NULL } } },
	{ "the same ACK again and again", 0, 0, 0, 2, {
		HANDSHAKE,
		{ '>', "A", 1001, 5001, 0, 1000, "ESTABLISHED", "ESTABLISHED", 432000, NULL, NULL },
		{ '>', "A", 1001, 5001, 0, 1000, "ESTABLISHED", "ESTABLISHED", 300, NULL, NULL } } },
	{ "zero window", 0, 0, 0, 0, {
		HANDSHAKE,
		{ '<', "A", 5001, 1001, 0, 0, "ESTABLISHED", "ESTABLISHED", 300, NULL, NULL } } },
	{ "closed outside both windows", 0, 0, 0, 0, {
		HANDSHAKE,
		{ '>', "FA", 900000, 5001, 0, 1000, "INVALID", "ESTABLISHED", 432000, NULL, NULL },
		{ '<', "FA", 900000, 1001, 0, 1000, "INVALID", "ESTABLISHED", 300, NULL, NULL } } },
	{ "windows are scaled", 0, 0, 0, 0, {
		{ '>', "S", 1000, 0, 0, 1000, "NEW", "SYN_SENT", 120, NULL, "03030700" },
		{ '<', "SA", 5000, 1001, 0, 1000, "ESTABLISHED", "SYN_RECV", 60, NULL, "03030700" },
		{ '>', "A", 1001, 5001, 0, 1000, "ESTABLISHED", "ESTABLISHED", 432000, "", NULL },
		{ '<', "A", 5001 + 127000, 1001, 0, 1000, "ESTABLISHED", "ESTABLISHED", 300, "", NULL } } },
	{ "one side does not scale", 0, 0, 0, 0, {
		{ '>', "S", 1000, 0, 0, 1000, "NEW", "SYN_SENT", 120, NULL, "03030700" },
		{ '<', "SA", 5000, 1001, 0, 1000, "ESTABLISHED", "SYN_RECV", 60, NULL, NULL },
		{ '>', "A", 1001, 5001, 0, 1000, "ESTABLISHED", "ESTABLISHED", 432000, "", NULL },
		{ '<', "A", 5001 + 127000, 1001, 0, 1000, "INVALID", "ESTABLISHED", 432000, NULL, NULL } } },
	{ "SACK above the ack", 0, 0, 0, 0, {
		{ '>', "S", 1000, 0, 0, 1000, "NEW", "SYN_SENT", 120, NULL, "04020000" },
		{ '<', "SA", 5000, 1001, 0, 1000, "ESTABLISHED", "SYN_RECV", 60, NULL, "04020000" },
		{ '>', "A", 1001, 5001, 0, 1000, "ESTABLISHED", "ESTABLISHED", 432000, "", NULL },
		{ '>', "A", 1001, 5001, 0, 1000, "INVALID", "ESTABLISHED", 432000, "ACK is over upper bound 5002 (ACKed data not seen yet)", "0101050a0000138900001400" } } },
};

static uint8_t flag_bits(const char *s)
{
	static const char names[] = "FSRPAUEC";
	uint8_t bits = 0;

	for (; *s; s++)
		bits |= (uint8_t)(1 << (strchr(names, *s) - names));
	return bits;
}

static struct packet *segment(struct bench *b, const struct step *s)
{
	be32 src = bench_ip(s->dir == '>' ? CLIENT : SERVER), dst = bench_ip(s->dir == '>' ? SERVER : CLIENT);
	uint8_t th[1600] = { 0 };
	struct strbuf opt = { 0 };
	uint32_t len;

	if (s->opt)
		hex_parse(&opt, s->opt, strlen(s->opt));
	len = TCP_HLEN + (uint32_t)opt.len + s->len;
	put_be16(th + TCP_SPORT, s->dir == '>' ? 1000 : 80);
	put_be16(th + TCP_DPORT, s->dir == '>' ? 80 : 1000);
	put_be32(th + TCP_SEQ, s->seq);
	put_be32(th + TCP_ACK, s->ack);
	th[TCP_OFF] = (uint8_t)((TCP_HLEN + opt.len) / 4 << 4);
	th[TCP_FLAGS] = flag_bits(s->flags);
	put_be16(th + TCP_WIN, s->win);
	if (opt.len)
		memcpy(th + TCP_HLEN, opt.s, opt.len);
	sb_free(&opt);
	bench_checksum(th, len, TCP_CSUM, src, dst, IPPROTO_TCP);
	return bench_packet(b, src, dst, IPPROTO_TCP, th, len);
}

static void check_step(struct bench *b, const char *name, const struct step *s)
{
	const char *class = NULL, *state;
	struct conn *ct;

	if (s->dir == 'w')
		bench_sleep(b, s->seq / 1000.0);
	else
		class = bench_feed(b, segment(b, s));
	ct = bench_conn(b);
	state = ct ? ct_state_name(ct) : "";
	if (s->class)
		CHECK_STR(name, class, s->class);
	CHECK_STR(name, state, s->state);
	if (s->timeout != SAME && ct)
		CHECK(name, (int)ct_timeout_sec(ct) == s->timeout);
	if (s->why)
		CHECK_STR(name, b->why, s->why);
}

static void test_rows(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct bench b;

		bench_init(&b, true);
		b.h->sysctl.ct_tcp_loose = !rows[i].loose_off;
		b.h->sysctl.ct_tcp_be_liberal = rows[i].liberal;
		b.h->sysctl.ct_tcp_ignore_invalid_rst = rows[i].ignore_rst;
		if (rows[i].max_retrans)
			b.h->sysctl.ct_tcp_max_retrans = rows[i].max_retrans;
		for (const struct step *s = rows[i].step; s->dir; s++) {
			char name[120];

			snprintf(name, sizeof(name), "%s, step %d", rows[i].name, (int)(s - rows[i].step) + 1);
			check_step(&b, name, s);
		}
		bench_done(&b);
	}
}

static void test_checksum(void)
{
	static const struct step syn = { '>', "S", 1000, 0, 0, 1000, NULL, NULL, 0, NULL, NULL };
	static const struct { const char *name; bool off, local, cut; const char *class; } cases[] = {
		{ "wrong checksum", false, false, false, "INVALID" },
		{ "nf_conntrack_checksum is off", true, false, false, "NEW" },
		{ "made here", false, true, false, "NEW" },
		{ "cut by the capture", false, false, true, "NEW" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct bench b;
		struct packet *p;

		bench_init(&b, true);
		b.h->sysctl.ct_checksum = !cases[i].off;
		p = segment(&b, &syn);
		pkt_th(p)[TCP_CSUM] ^= 0x55;
		if (cases[i].local)
			p->ip_summed = CHECKSUM_UNNECESSARY;
		if (cases[i].cut)
			p->cut = p->tail - 1;
		CHECK_STR(cases[i].name, bench_feed(&b, p), cases[i].class);
		bench_done(&b);
	}
}

/* Numbers that SYNPROXY or a helper shifted, out and back, SACK included. */
static void test_seqadj(void)
{
	static const struct step open[] = { HANDSHAKE };
	static const struct step data = { '>', "PA", 1001, 5001, 4, 1000, NULL, NULL, 0, NULL, NULL };
	static const struct step sacked = { '<', "A", 5001, 1101, 0, 1000, NULL, NULL, 0, NULL, "0101050a0000044d00000457" };
	struct bench b;
	struct conn *ct;
	struct packet *p;
	const uint8_t *th;

	bench_init(&b, true);
	for (size_t i = 0; i < ARRAY_SIZE(open); i++)
		bench_feed(&b, segment(&b, &open[i]));
	ct = bench_conn(&b);
	ct_seqadj_init(ct, IP_CT_ESTABLISHED, 100);
	p = segment(&b, &data);
	CHECK_STR("data", bench_run(&b, p), "ESTABLISHED");
	th = pkt_th(p);
	CHECK("its number is moved", get_be32(th + TCP_SEQ) == 1101 && get_be32(th + TCP_ACK) == 5001);
	CHECK("its checksum is right", csum_fold(csum_partial(th, 24, csum_pseudo4(bench_ip(CLIENT), bench_ip(SERVER), 6, 24))) == 0);
	pkt_free(p);
	p = segment(&b, &sacked);
	CHECK_STR("answer", bench_run(&b, p), "ESTABLISHED");
	th = pkt_th(p);
	CHECK("its ack is moved back", get_be32(th + TCP_SEQ) == 5001 && get_be32(th + TCP_ACK) == 1001);
	CHECK("its SACK too", get_be32(th + 24) == 1001 && get_be32(th + 28) == 1011);
	pkt_free(p);
	bench_done(&b);
}

void suite_ct_tcp(void);
void suite_ct_tcp(void)
{
	unit_add("segments, state by state", test_rows);
	unit_add("checksum", test_checksum);
	unit_add("shifted sequence numbers", test_seqadj);
}
