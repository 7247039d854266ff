// SPDX-License-Identifier: MIT
/* test_ip_options.c - IP options on their way through and in answers, as a kernel 6.18 treats them. */
#include "rig.h"

enum { TO_FAR, TO_SELF };

static void put_opts(struct strbuf *out, const uint8_t *ip)
{
	for (unsigned i = IP_HLEN; i < ip4_hlen(ip); i++)
		sb_printf(out, "%02x", ip[i]);
}

/* "dst options", "dst options type/code [pointer]" */
static void show_opts(struct strbuf *out, const struct net_device *dev UNUSED, const struct packet *p)
{
	const uint8_t *ip = pkt_nh(p);
	char dst[ADDRSTRLEN];

	sb_printf(out, "%s ", ip4_str(dst, ip4_daddr(ip)));
	put_opts(out, ip);
	if (csum_fold(csum_partial(ip, ip4_hlen(ip), 0)) != 0)
		sb_puts(out, " bad checksum");
	if (ip[IP4_PROTO] != 1)
		return;
	sb_printf(out, " %u/%u", pkt_th(p)[0], pkt_th(p)[1]);
	if (pkt_th(p)[0] == ICMP_PARAMETERPROB)
		sb_printf(out, " %u", pkt_th(p)[4]);
}

struct opt_row { const char *name; int to; const char *opts, *want; };

static const struct opt_row rows[] = {
	{ "record route", TO_FAR, "070f04000000000000000000000000", "eth1 10.1.0.2 070f080a010001000000000000000000" },
	{ "second place", TO_FAR, "070f08000000000000000000000000", "eth1 10.1.0.2 070f0c000000000a0100010000000000" },
	{ "full", TO_FAR, "070f10000000000000000000000000", "eth1 10.1.0.2 070f1000000000000000000000000000" },
	{ "pointer in the middle", TO_FAR, "070f0e000000000000000000000000", "eth0 10.0.0.5  12/0 22; drop IP_INHDR" },
	{ "pointer too small", TO_FAR, "070f03000000000000000000000000", "eth0 10.0.0.5  12/0 22; drop IP_INHDR" },
	{ "twice", TO_FAR, "0707040000000007070400000000",
	  "eth0 10.0.0.5 0707080a00000100 12/0 27; drop IP_INHDR" },
	{ "too short", TO_FAR, "07020000", "eth0 10.0.0.5  12/0 21; drop IP_INHDR" },
	{ "cut off", TO_FAR, "01010107", "eth0 10.0.0.5  12/0 23; drop IP_INHDR" },
	{ "longer than the header", TO_FAR, "c8090000", "eth0 10.0.0.5  12/0 20; drop IP_INHDR" },
	{ "length 1", TO_FAR, "c8010000", "eth0 10.0.0.5  12/0 20; drop IP_INHDR" },
	{ "nothing but padding", TO_FAR, "01010100", "eth1 10.1.0.2 01010100" },
	{ "rubbish behind the end", TO_FAR, "00010203", "eth1 10.1.0.2 00000000" },
	{ "unknown ones pass", TO_FAR, "01820b000000000000000000", "eth1 10.1.0.2 01820b000000000000000000" },
	{ "router alert", TO_FAR, "94040000", "eth1 10.1.0.2 94040000" },
	{ "router alert, short", TO_FAR, "94030000", "eth0 10.0.0.5  12/0 21; drop IP_INHDR" },
	{ "CIPSO, short", TO_FAR, "860600000001", "eth0 10.0.0.5 8606000000010000 12/0 21; drop IP_INHDR" },
	{ "CIPSO of a foreign domain", TO_FAR, "860a00000001010400000000",
	  "eth0 10.0.0.5 860a00000001010400000000 12/0 22; drop IP_INHDR" },
	{ "echo records twice", TO_SELF, "070f04000000000000000000000000",
	  "eth0 10.0.0.5 070f0c0a0000010a0000010000000000 0/0" },
	{ "echo, one place left", TO_SELF, "070f08000000000000000000000000",
	  "eth0 10.0.0.5 070f10000000000a0000010a00000100 0/0" },
	{ "echo with nothing to keep", TO_SELF, "01820b000000000000000000", "eth0 10.0.0.5  0/0" },
	/* 1970-01-01 00:00:00.123 */
	{ "time only", TO_FAR, "440c0500" "0000000000000000", "eth1 10.1.0.2 440c0900" "0000007b00000000" },
	{ "time only, echo", TO_SELF, "440c0500" "0000000000000000", "eth0 10.0.0.5 440c0d00" "0000007b0000007b 0/0" },
	{ "time, no room: counted", TO_FAR, "440c0d30" "0000000000000000", "eth1 10.1.0.2 440c0d40" "0000000000000000" },
	{ "time, counter full", TO_FAR, "440c0df0" "0000000000000000", "eth0 10.0.0.5  12/0 23; drop IP_INHDR" },
	{ "time and address", TO_FAR, "44140501" "00000000000000000000000000000000",
	  "eth1 10.1.0.2 44140d01" "0a0000010000007b0000000000000000" },
	{ "time and address, half a place", TO_FAR, "44100d01" "000000000000000000000000",
	  "eth0 10.0.0.5  12/0 22; drop IP_INHDR" },
	{ "time where named", TO_FAR, "44140503" "0a000001000000000a01000200000000",
	  "eth1 10.1.0.2 44140d03" "0a0000010000007b0a01000200000000" },
	{ "time, another is named", TO_FAR, "44140503" "0a010002000000000a00000100000000",
	  "eth1 10.1.0.2 44140503" "0a010002000000000a00000100000000" },
	{ "time, unknown mode", TO_FAR, "440c0502" "0000000000000000", "eth1 10.1.0.2 440c0502" "0000000000000000" },
	{ "time, unknown mode, echo", TO_SELF, "440c0502" "0000000000000000", "eth0 10.0.0.5 440c0502" "0000000000000000 0/0" },
	{ "loose route", TO_SELF, "8307040a010002", "eth1 10.1.0.2 8307080a01000100" },
	{ "loose route over an address of ours", TO_SELF, "830b040a0100010a010002", "eth1 10.1.0.2 830b0c0a0100010a01000100" },
	{ "loose route, not its turn", TO_FAR, "8307040a010003", "eth1 10.1.0.2 8307040a01000300" },
	{ "loose route, bad pointer", TO_SELF, "8307050a010002", "eth0 10.0.0.5  12/0 22; drop NOT_SPECIFIED" },
	{ "loose route to everybody", TO_SELF, "830704ffffffff", "drop NOT_SPECIFIED" },
	{ "strict route", TO_SELF, "8907040a010002", "eth1 10.1.0.2 8907080a01000100" },
	{ "strict route, not its turn", TO_FAR, "8907040a010003", "eth0 10.0.0.5  12/0 16; drop NOT_SPECIFIED" },
	{ "two routes", TO_SELF, "8307040a0100028307040a010002", "eth0 10.0.0.5  12/0 27; drop IP_INHDR" },
	{ "answer to a routed ping", TO_SELF, "830b0c0a0000090a000008", "eth0 10.0.0.8 830b040a0000090a00000500 0/0" },
	{ "answer, sender in its own route", TO_SELF, "830b0c0a0000050a000009", "eth0 10.0.0.9 8307040a00000500 0/0" },
};

static void send_opts(struct rig *r, const struct opt_row *row)
{
	static const uint8_t echo[8] = { 8, 0, 0xf7, 0xff };
	struct strbuf opts = { 0 };
	struct rig_ip f = { .src = RIG_PEER, .dst = row->to == TO_SELF ? RIG_SELF : RIG_FAR, .proto = 1, .data = echo, .len = 8 };

	hex_parse(&opts, row->opts, strlen(row->opts));
	f.opts = (const uint8_t *)opts.s;
	f.optlen = (unsigned)opts.len;
	/* A forwarded echo request shows as type 8: leave that out, as options are the matter. */
	if (row->to == TO_FAR)
		f.proto = 17;
	if (row->opts[0] == '8' && (row->opts[1] == '3' || row->opts[1] == '9') && strstr(row->want, "0/0") == NULL)
		f.proto = 17;
	rig_rx(r, r->eth[0], &f);
	sb_free(&opts);
}

static void test_options(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct rig r;

		rig_init(&r, show_opts);
		r.h->boot_real_ns = 86400 * NSEC_PER_SEC + 123 * NSEC_PER_MSEC;
		r.h->conf_all.accept_source_route = 1;
		r.eth[0]->conf.accept_source_route = 1;
		send_opts(&r, &rows[i]);
		CHECK_STR(rows[i].name, sb_str(&r.out), rows[i].want);
		rig_done(&r, rows[i].name);
	}
}

static void test_source_route_off(void)
{
	static const struct opt_row row = { "source routes off", TO_SELF, "8307040a010002", "drop NOT_SPECIFIED" };
	struct rig r;

	rig_init(&r, show_opts);
	r.eth[0]->conf.accept_source_route = 1;	/* "all" forbids it */
	send_opts(&r, &row);
	CHECK_STR(row.name, sb_str(&r.out), row.want);
	rig_done(&r, row.name);
}

/* Options not marked to be copied stay in the first fragment only. */
static void test_cut_options(void)
{
	static const uint8_t opts[] = { 0x94, 4, 0, 0, 7, 7, 4, 0, 0, 0, 0, 0x82, 5, 1, 2, 3 };
	static const uint8_t data[800];
	struct rig r;

	rig_init(&r, show_opts);
	dev_set_mtu(r.eth[1], 600);
	rig_rx(&r, r.eth[0], &(struct rig_ip){ RIG_PEER, RIG_FAR, .proto = 17, .opts = opts, .optlen = sizeof(opts), .data = data, .len = 800 });
	CHECK_STR("cut options", sb_str(&r.out),
		  "eth1 10.1.0.2 940400000707080a0100018205010203; eth1 10.1.0.2 94040000010101010101018205010203");
	rig_done(&r, "cut options");
}

void suite_ip_options(void);
void suite_ip_options(void)
{
	unit_add("options", test_options);
	unit_add("source routes off", test_source_route_off);
	unit_add("cut", test_cut_options);
}
