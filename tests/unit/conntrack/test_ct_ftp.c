// SPDX-License-Identifier: MIT
/* test_ct_ftp.c - what FTP's helper reads, and how long and by whom a connection is expected. Lines like these were compared with
 * Linux 6.18. */
#include "tests/unit/conntrack/bench.h"

static struct packet *segment(struct bench *b, const char *from, const char *to, unsigned sport, unsigned dport, const char *flags,
			      uint32_t seq, uint32_t ack, const char *data)
{
	uint32_t len = TCP_HLEN + (uint32_t)strlen(data);
	uint8_t th[256] = { 0 };

	put_be16(th + TCP_SPORT, (uint16_t)sport);
	put_be16(th + TCP_DPORT, (uint16_t)dport);
	put_be32(th + TCP_SEQ, seq);
	put_be32(th + TCP_ACK, ack);
	th[12] = 0x50;
	for (; *flags; flags++)
		th[TCP_FLAGS] |= *flags == 'S' ? TH_SYN : *flags == 'A' ? TH_ACK : TH_PUSH;
	put_be16(th + 14, 10000);
	memcpy(th + TCP_HLEN, data, strlen(data));
	bench_checksum(th, len, TCP_CSUM, bench_ip(from), bench_ip(to), IPPROTO_TCP);
	return bench_packet(b, bench_ip(from), bench_ip(to), IPPROTO_TCP, th, len);
}

/* A control connection from the client's port, whose first line was said. */
static struct conn *control(struct bench *b, unsigned port)
{
	struct conn *tmpl = ct_template(b->h, &ct_zone_dflt);
	struct packet *p = segment(b, CLIENT, SERVER, port, 21, "S", 1000, 0, "");
	struct conn *ct;

	tmpl->helper = "ftp";
	p->ct = tmpl;
	p->ctinfo = IP_CT_NEW;
	CHECK_STR("opens", bench_run(b, p), "NEW");
	ct = p->ct;
	pkt_free(p);
	bench_feed(b, segment(b, SERVER, CLIENT, 21, port, "SA", 5000, 1001, ""));
	bench_feed(b, segment(b, CLIENT, SERVER, port, 21, "A", 1001, 5001, ""));
	bench_feed(b, segment(b, CLIENT, SERVER, port, 21, "PA", 1001, 5001, "NOOP\r\n"));
	bench_feed(b, segment(b, SERVER, CLIENT, 21, port, "PA", 5001, 1007, "200 ok\r\n"));
	return ct;
}

static const char *says(struct bench *b, unsigned port, const char *line)
{
	bool server = line[0] == '2';

	return server ? bench_feed(b, segment(b, SERVER, CLIENT, 21, port, "PA", 5009, 1007, line))
		      : bench_feed(b, segment(b, CLIENT, SERVER, port, 21, "PA", 1007, 5009, line));
}

static const char *data_syn(struct bench *b, bool passive, unsigned port)
{
	return passive ? bench_feed(b, segment(b, CLIENT, SERVER, 3000, port, "S", 1, 0, ""))
		       : bench_feed(b, segment(b, SERVER, CLIENT, 20, port, "S", 1, 0, ""));
}

static void test_lines(void)
{
	static const struct { const char *line, *class; unsigned port; bool expected; } rows[] = {
		{ "PORT 10,0,0,5,4,210\r\n", "ESTABLISHED", 1234, true },
		{ "port 10,0,0,5,4,210\r\n", "ESTABLISHED", 1234, true },
		{ "PORT 10,0,0,5,4,210\n", "DROP", 1234, false },
		{ "PORT 10,0,0,5,4,210", "DROP", 1234, false },
		{ "PORT 10,0,0,5,4\r\n", "DROP", 1234, false },
		{ "PORT 10,0,0,6,4,210\r\n", "ESTABLISHED", 1234, false },
		{ "PORT\r\n", "DROP", 1234, false },
		{ "POR", "DROP", 1234, false },
		{ "PWD\r\n", "ESTABLISHED", 1234, false },
		{ "XPORT 10,0,0,5,4,210\r\n", "ESTABLISHED", 1234, false },
		{ "EPRT |1|10.0.0.5|1234|\r\n", "ESTABLISHED", 1234, true },
		{ "EPRT !1!10.0.0.5!1234!\r\n", "ESTABLISHED", 1234, true },
		{ "EPRT |2|10.0.0.5|1234|\r\n", "DROP", 1234, false },
		{ "EPRT |1|10.0.0.5|0|\r\n", "DROP", 0, false },
		{ "EPRT |1|10.0.0.5|1234\r\n", "DROP", 1234, false },
		{ "EPRT 1\r\n", "DROP", 1234, false },
		{ "EPRT ", "DROP", 1234, false },
		{ "227 Here (198,51,100,7,200,10).\r\n", "ESTABLISHED", 51210, true },
		{ "227 198,51,100,7,200,10x", "ESTABLISHED", 51210, true },
		{ "227 198,51,100,7,200,10", "DROP", 51210, false },
		{ "227 none\r\n", "DROP", 51210, false },
		{ "229 Here (|||51210|)\r\n", "ESTABLISHED", 51210, true },
		{ "229 Here |||51210|\r\n", "DROP", 51210, false },
		{ "229 (||51210|)\r\n", "DROP", 51210, false },
		{ "229 (", "DROP", 51210, false },
		{ "226 done\r\n", "ESTABLISHED", 51210, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct bench b;

		bench_init(&b, true);
		control(&b, 1000);
		CHECK_STR(rows[i].line, says(&b, 1000, rows[i].line), rows[i].class);
		CHECK_STR(rows[i].line, data_syn(&b, rows[i].line[0] == '2', rows[i].port), rows[i].expected ? "RELATED" : "NEW");
		bench_done(&b);
	}
}

static void test_once(void)
{
	struct packet *p;
	struct conn *ct;
	struct bench b;

	bench_init(&b, true);
	ct = control(&b, 1000);
	ct->mark = 7;
	says(&b, 1000, "PORT 10,0,0,5,4,210\r\n");
	CHECK_STR("told", b.why, "tcp from 198.51.100.7 to 10.0.0.5 port 1234");
	CHECK_STR("another port", data_syn(&b, false, 1235), "NEW");
	p = segment(&b, SERVER, CLIENT, 4444, 1234, "S", 1, 0, "");
	CHECK_STR("from any port", bench_run(&b, p), "RELATED");
	CHECK("has the mark and its master", p->ct->mark == 7 && p->ct->master == ct && p->ct->status & IPS_EXPECTED);
	pkt_free(p);
	CHECK_STR("only one", data_syn(&b, false, 1234), "NEW");
	bench_done(&b);
}

static void test_ends(void)
{
	struct bench b;

	bench_init(&b, false);
	control(&b, 1000);
	says(&b, 1000, "PORT 10,0,0,5,4,210\r\n");
	bench_sleep(&b, 299);
	CHECK_STR("waits", data_syn(&b, false, 1234), "RELATED");
	says(&b, 1000, "PORT 10,0,0,5,4,211\r\n");
	bench_sleep(&b, 299);
	CHECK_STR("the master lives", says(&b, 1000, "226 done\r\n"), "ESTABLISHED");
	bench_sleep(&b, 2);
	CHECK_STR("not longer", data_syn(&b, false, 1235), "NEW");
	says(&b, 1000, "PORT 10,0,0,5,4,212\r\n");
	says(&b, 1000, "PORT 10,0,0,5,4,213\r\n");
	CHECK_STR("gave way", data_syn(&b, false, 1236), "NEW");
	CHECK_STR("to the later one", data_syn(&b, false, 1237), "RELATED");
	says(&b, 1000, "PORT 10,0,0,5,4,214\r\n");
	ct_kill(bench_conn(&b));
	CHECK_STR("goes with its master", data_syn(&b, false, 1238), "NEW");
	bench_done(&b);
}

static void test_two_masters(void)
{
	struct bench b;

	bench_init(&b, false);
	control(&b, 1000);
	control(&b, 1001);
	CHECK_STR("first", says(&b, 1000, "PORT 10,0,0,5,4,210\r\n"), "ESTABLISHED");
	CHECK_STR("the same from another", says(&b, 1001, "PORT 10,0,0,5,4,210\r\n"), "DROP");
	CHECK_STR("again from the first", says(&b, 1000, "PORT 10,0,0,5,4,210\r\n"), "ESTABLISHED");
	CHECK_STR("one connection", data_syn(&b, false, 1234), "RELATED");
	CHECK_STR("now the other may", says(&b, 1001, "PORT 10,0,0,5,4,210\r\n"), "ESTABLISHED");
	bench_done(&b);
}

void suite_ct_ftp(void);
void suite_ct_ftp(void)
{
	unit_add("lines", test_lines);
	unit_add("one connection is expected", test_once);
	unit_add("an expectation ends", test_ends);
	unit_add("two masters", test_two_masters);
}
