// SPDX-License-Identifier: MIT
/* test_ct_icmp.c - which types make connections, and to which one an error belongs. */
#include "tests/unit/conntrack/bench.h"

static const struct { const char *name; uint8_t type; bool wrong_checksum; const char *class, *answer, *why; int answer_type; } types[] = {
	{ "echo", 8, false, "NEW", "ESTABLISHED", "", 0 },
	{ "timestamp", 13, false, "NEW", "ESTABLISHED", "", 14 },
	{ "information", 15, false, "NEW", "ESTABLISHED", "", 16 },
	{ "address mask", 17, false, "NEW", "ESTABLISHED", "", 18 },
	{ "echo reply alone", 0, false, "INVALID", NULL, "answer of type 0 without a question", 0 },
	{ "timestamp reply alone", 14, false, "INVALID", NULL, "answer of type 14 without a question", 0 },
	{ "router advertisement", 9, false, "INVALID", NULL, "no connection can begin with it", 0 },
	{ "type 19", 19, false, "INVALID", NULL, "invalid icmp type", 0 },
	{ "type 255", 255, false, "INVALID", NULL, "invalid icmp type", 0 },
	{ "wrong checksum", 8, true, "INVALID", NULL, "bad hw icmp checksum", 0 },
};

static struct packet *icmp(struct bench *b, const char *src, const char *dst, uint8_t type, const void *data, uint32_t len)
{
	uint8_t h[600] = { type, 0, 0, 0, 0, 77, 0, 1 };

	memcpy(h + ICMP_HLEN, data, len);
	bench_checksum(h, ICMP_HLEN + len, ICMP_CSUM, 0, 0, 0);
	return bench_packet(b, bench_ip(src), bench_ip(dst), IPPROTO_ICMP, h, ICMP_HLEN + len);
}

static void test_types(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		struct bench b;
		struct packet *p;

		bench_init(&b, true);
		p = icmp(&b, CLIENT, SERVER, types[i].type, "data", 4);
		pkt_th(p)[ICMP_CSUM] ^= types[i].wrong_checksum;
		CHECK_STR(types[i].name, bench_feed(&b, p), types[i].class);
		CHECK_STR(types[i].name, b.why, types[i].why);
		if (types[i].answer)
			CHECK_STR(types[i].name, bench_feed(&b, icmp(&b, SERVER, CLIENT, (uint8_t)types[i].answer_type, "data", 4)), types[i].answer);
		CHECK(types[i].name, ct_count(b.h) == (types[i].answer ? 1u : 0u));
		bench_done(&b);
	}
}

/* A UDP flow client:5000 > server:53 with an answer is known; then an error comes. */
static const struct {
	const char *name, *from, *to;
	bool quotes_reply;	/* it quotes the server's packet */
	unsigned quoted;	/* bytes after the quoted IP header */
	unsigned header;	/* bytes of the quoted IP header that are there */
	unsigned frag;		/* its fragment field */
	unsigned port;		/* quoted destination port, 0 = the flow's */
	const char *class, *why;
} errors[] = {
	{ "from the server", SERVER, CLIENT, false, 8, 20, 0, 0, "RELATED", "" },
	{ "from a router", "192.0.2.1", CLIENT, false, 8, 20, 0, 0, "RELATED", "" },
	{ "from the client", CLIENT, SERVER, true, 8, 20, 0, 0, "RELATED", "" },
	{ "ports are enough", SERVER, CLIENT, false, 4, 20, 0, 0, "RELATED", "" },
	{ "no ports", SERVER, CLIENT, false, 3, 20, 0, 0, "INVALID", "quotes too little of a packet" },
	{ "half an IP header", SERVER, CLIENT, false, 0, 12, 0, 0, "INVALID", "quotes too little of a packet" },
	{ "quotes a first fragment", SERVER, CLIENT, false, 8, 20, IP_MF, 0, "RELATED", "" },
	{ "quotes a later fragment", SERVER, CLIENT, false, 8, 20, 1, 0, "INVALID", "quotes too little of a packet" },
	{ "unknown flow", SERVER, CLIENT, false, 8, 20, 0, 54, "INVALID", "quotes a packet of no known connection" },
	{ "sent to somebody else", SERVER, "10.0.0.6", false, 8, 20, 0, 0, "INVALID", "outer daddr 10.0.0.6 != inner 10.0.0.5" },
};

static uint32_t quote(uint8_t *out, const char *src, const char *dst, size_t i)
{
	const uint8_t rev = errors[i].quotes_reply;
	unsigned port = errors[i].port ? errors[i].port : 53;
	be32 s = bench_ip(src), d = bench_ip(dst);

	memset(out, 0, 40);
	out[0] = 0x45;
	put_be16(out + IP4_TOTLEN, 32);
	put_be16(out + IP4_FRAGOFF, errors[i].frag);
	out[IP4_PROTO] = IPPROTO_UDP;
	memcpy(out + IP4_SRC, &s, 4);
	memcpy(out + IP4_DST, &d, 4);
	put_be16(out + 20, rev ? port : 5000);
	put_be16(out + 22, rev ? 5000 : port);
	return errors[i].header + errors[i].quoted;
}

static struct packet *udp(struct bench *b, bool reply)
{
	uint8_t uh[8] = { 0 };

	put_be16(uh + UDP_SPORT, reply ? 53 : 5000);
	put_be16(uh + UDP_DPORT, reply ? 5000 : 53);
	put_be16(uh + UDP_LEN, 8);
	return bench_packet(b, bench_ip(reply ? SERVER : CLIENT), bench_ip(reply ? CLIENT : SERVER), IPPROTO_UDP, uh, 8);
}

static void test_errors(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(errors); i++) {
		bool rev = errors[i].quotes_reply;
		struct bench b;
		uint8_t q[40];
		uint32_t len = quote(q, rev ? SERVER : CLIENT, rev ? CLIENT : SERVER, i);
		struct packet *p;

		bench_init(&b, true);
		bench_feed(&b, udp(&b, false));
		bench_feed(&b, udp(&b, true));
		p = icmp(&b, errors[i].from, errors[i].to, 3, q, len);
		CHECK_STR(errors[i].name, bench_run(&b, p), errors[i].class);
		CHECK_STR(errors[i].name, b.why, errors[i].why);
		if (p->ct)
			CHECK(errors[i].name, p->ctinfo == (rev ? IP_CT_RELATED : IP_CT_RELATED_REPLY));
		pkt_free(p);
		bench_done(&b);
	}
}

/* What the host makes about a packet follows that packet's connection the other way. */
static void test_attach(void)
{
	struct bench b;
	struct packet *old, *new;

	bench_init(&b, false);
	b.keep_unconfirmed = true;
	old = udp(&b, false);
	bench_run(&b, old);
	new = udp(&b, true);
	nf_ct_attach(new, old);
	CHECK("same connection", new->ct == old->ct && new->ctinfo == IP_CT_RELATED_REPLY);
	CHECK_STR("tracked already", bench_run(&b, new), "RELATED");
	CHECK("it does not confirm", !ct_confirmed(old->ct));
	pkt_free(new);
	pkt_free(old);
	CHECK("nothing is left", ct_count(b.h) == 0);
	old = udp(&b, false);
	new = udp(&b, true);
	ct_set_untracked(old);
	nf_ct_attach(new, old);
	CHECK_STR("about an untracked one: tracked for itself", bench_run(&b, new), "NEW");
	CHECK_STR("untracked", bench_run(&b, old), "UNTRACKED");
	pkt_free(new);
	pkt_free(old);
	bench_done(&b);
}

void suite_ct_icmp(void);
void suite_ct_icmp(void)
{
	unit_add("types", test_types);
	unit_add("errors", test_errors);
	unit_add("packets made about others", test_attach);
}
