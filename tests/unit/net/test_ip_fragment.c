// SPDX-License-Identifier: MIT
/* test_ip_fragment.c - putting together and cutting, as a kernel 6.18 did with the same fragments. */
#include "sim/conntrack/conntrack.h"
#include "rig.h"
#include <stdlib.h>

/* "0+400d" = offset 0, more, 400 bytes, DF */
static void show_frag(struct strbuf *out, const struct net_device *dev UNUSED, const struct packet *p)
{
	const uint8_t *ip = pkt_nh(p);
	unsigned off = get_be16(ip + IP4_FRAGOFF), len = pkt_len(p) - ip4_hlen(ip);

	if (ip[IP4_PROTO] == 1) {
		sb_printf(out, "icmp %u/%u", pkt_th(p)[0], pkt_th(p)[1]);
		return;
	}
	sb_printf(out, "%u%s%u%s", (off & IP_OFFMASK) * 8, off & IP_MF ? "+" : ".", len, off & IP_DF ? "d" : "");
	for (unsigned i = 0; i < len; i++) /* every byte in its place */
		if (ip[ip4_hlen(ip) + i] != (uint8_t)(((off & IP_OFFMASK) * 8 + i) * 7)) {
			sb_printf(out, " bad byte %u", i);
			return;
		}
}

struct frag_row { const char *name, *dst; bool ct; uint32_t mtu; const char *in, *want; };

/* Fragments in the notation of show_frag, "/tos=N" behind. */
static void send_frags(struct rig *r, const struct frag_row *row)
{
	static uint8_t data[70000];
	const char *s = row->in;

	for (unsigned i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i * 7);
	while (*s) {
		char *end;
		unsigned off = (unsigned)strtoul(s, &end, 10), more = *end == '+' ? IP_MF : 0;
		struct rig_ip f = { .src = RIG_PEER, .dst = row->dst, .proto = 99, .id = 1, .data = data + off };

		f.len = (unsigned)strtoul(end + 1, &end, 10);
		f.frag_off = off / 8 | more;
		if (*end == 'd') {
			f.frag_off |= IP_DF;
			end++;
		}
		if (*end == '/')
			f.tos = (unsigned)strtoul(end + 1, &end, 10);
		rig_rx(r, r->eth[0], &f);
		s = *end == ' ' ? end + 1 : end;
	}
}

static const struct frag_row rows[] = {
	{ "not asked to", RIG_FAR, false, 1500, "0+400 400.100", "eth1 0+400; eth1 400.100" },
	{ "even pieces", RIG_FAR, true, 1500, "0+400 400+400 800.100", "eth1 0+400; eth1 400+400; eth1 800.100" },
	{ "uneven pieces stay", RIG_FAR, true, 1500, "0+800 800+200 1000.400", "eth1 0+800; eth1 800+200; eth1 1000.400" },
	{ "small first", RIG_FAR, true, 1500, "0+8 8+800 808.80", "eth1 0+8; eth1 8+800; eth1 808.80" },
	{ "any order", RIG_FAR, true, 1500, "56.24 32+16 0+16 16+16 48+8",
	  "eth1 0+16; eth1 16+16; eth1 32+16; eth1 48+8; eth1 56.24" },
	{ "too large for the way on", RIG_FAR, true, 600, "0+800 800+200 1000.400",
	  "eth1 0+576; eth1 576+576; eth1 1152.248" },
	{ "largest decides", RIG_FAR, true, 600, "0+8 8+800 808.80", "eth1 0+576; eth1 576.312" },
	{ "DF is lost in the same pieces", RIG_FAR, true, 1500, "0+400d 400.100d", "eth1 0+400; eth1 400.100" },
	{ "DF fragments too large", RIG_FAR, true, 600, "0+800d 800+200d 1000.400d", "eth0 icmp 3/4; drop PKT_TOO_BIG" },
	{ "largest without DF", RIG_FAR, true, 600, "0+800 800+200d 1000.400", "eth1 0+576; eth1 576+576; eth1 1152.248" },
	{ "fragment cut again", RIG_FAR, false, 600, "800+800", "eth1 800+576; eth1 1376+224" },
	{ "exact duplicate", RIG_FAR, true, 1500, "0+400 0+400 400.600", "drop DUP_FRAG; eth1 0+400; eth1 400.600" },
	{ "inside one fragment", RIG_FAR, true, 1500, "0+400 8+192 400.600", "drop DUP_FRAG; eth1 0+400; eth1 400.600" },
	{ "inside a run of two", RIG_FAR, true, 1500, "0+200 200+200 104+200 400.600",
	  "drop DUP_FRAG; eth1 0+200; eth1 200+200; eth1 400.600" },
	{ "over two that came backwards", RIG_FAR, true, 1500, "200+200 0+200 104+200",
	  "drop NOT_SPECIFIED; drop NOT_SPECIFIED; drop NOT_SPECIFIED" },
	{ "overlap kills all", RIG_FAR, true, 1500, "0+400 392+408", "drop NOT_SPECIFIED; drop NOT_SPECIFIED" },
	{ "end twice", RIG_FAR, true, 1500, "400.600 400.600 0+400", "drop DUP_FRAG; eth1 0+400; eth1 400.600" },
	{ "two ends", RIG_FAR, true, 1500, "400.400 400.600", "drop NOT_SPECIFIED; drop NOT_SPECIFIED" },
	{ "behind the end", RIG_FAR, true, 1500, "400.400 800+200", "drop NOT_SPECIFIED; drop NOT_SPECIFIED" },
	{ "empty", RIG_FAR, true, 1500, "0+0", "drop NOT_SPECIFIED" },
	{ "not a multiple of 8", RIG_FAR, true, 1500, "0+403 400.600", "eth1 0+400; eth1 400.600" },
	{ "too large in all", RIG_FAR, true, 1500, "0+32000 32000+33000 65000.600",
	  "drop NOT_SPECIFIED; drop NOT_SPECIFIED; drop NOT_SPECIFIED" },
	{ "ECT and not ECT", RIG_FAR, true, 1500, "0+400/2 400.100/0", "drop NOT_SPECIFIED; drop NOT_SPECIFIED" },
	{ "ECT and CE", RIG_FAR, true, 1500, "0+400/2 400.100/3", "eth1 0+400; eth1 400.100" },
	{ "for this host", RIG_SELF, false, 1500, "0+400 400.100", "eth0 icmp 3/2; drop IP_NOPROTO" },
};

static void test_fragments(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct rig r;

		rig_init(&r, show_frag);
		dev_set_mtu(r.eth[1], rows[i].mtu);
		if (rows[i].ct)
			ct_need_defrag(r.h, NFPROTO_IPV4);
		send_frags(&r, &rows[i]);
		CHECK_STR(rows[i].name, sb_str(&r.out), rows[i].want);
		rig_done(&r, rows[i].name);
	}
}

static const struct frag_row timeouts[] = {
	{ "first is known: the sender is told", RIG_SELF, false, 1500, "0+400", "eth0 icmp 11/1; drop FRAG_REASM_TIMEOUT" },
	{ "first is missing", RIG_SELF, false, 1500, "400+400", "drop FRAG_REASM_TIMEOUT" },
	{ "on the way: silent", RIG_FAR, true, 1500, "0+400", "drop FRAG_REASM_TIMEOUT" },
	{ "conntrack, but for this host", RIG_SELF, true, 1500, "0+400", "eth0 icmp 11/1; drop FRAG_REASM_TIMEOUT" },
};

static void test_timeouts(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(timeouts); i++) {
		struct rig r;

		rig_init(&r, show_frag);
		if (timeouts[i].ct)
			ct_need_defrag(r.h, NFPROTO_IPV4);
		send_frags(&r, &timeouts[i]);
		world_run_until(r.w, 29 * NSEC_PER_SEC);
		CHECK_STR(timeouts[i].name, sb_str(&r.out), "");
		world_run_until(r.w, 31 * NSEC_PER_SEC);
		CHECK_STR(timeouts[i].name, sb_str(&r.out), timeouts[i].want);
		rig_done(&r, timeouts[i].name);
	}
}

/* net.ipv4.ipfrag_max_dist: 64 other fragments of the sender later, the ID means another datagram. */
static void test_too_far(void)
{
	static const uint8_t data[64];
	struct rig r;

	rig_init(&r, show_frag);
	r.h->sysctl.ipfrag_max_dist = 3;
	for (unsigned id = 1; id <= 4; id++)
		rig_rx(&r, r.eth[0], &(struct rig_ip){ RIG_PEER, RIG_SELF, .proto = 99, .id = id, .frag_off = IP_MF, .data = data, .len = 64 });
	rig_rx(&r, r.eth[0], &(struct rig_ip){ RIG_PEER, RIG_SELF, .proto = 99, .id = 1, .frag_off = 8, .data = data, .len = 64 });
	CHECK_STR("too far", sb_str(&r.out), "drop FRAG_TOO_FAR");
	rig_done(&r, "too far");
}

/* Over ipfrag_high_thresh nothing more is kept, whatever it would complete. */
static void test_memory(void)
{
	static const uint8_t data[64];
	struct rig r;

	rig_init(&r, show_frag);
	r.h->sysctl.ipfrag_high_thresh = 1000;
	for (unsigned id = 1; id <= 2; id++)
		rig_rx(&r, r.eth[0], &(struct rig_ip){ RIG_PEER, RIG_SELF, .proto = 99, .id = id, .frag_off = IP_MF, .data = data, .len = 64 });
	rig_rx(&r, r.eth[0], &(struct rig_ip){ RIG_PEER, RIG_SELF, .proto = 99, .id = 1, .frag_off = 8, .data = data, .len = 64 });
	CHECK_STR("memory", sb_str(&r.out), "drop NOT_SPECIFIED; drop NOT_SPECIFIED");
	rig_done(&r, "memory");
}

void suite_ip_fragment(void);
void suite_ip_fragment(void)
{
	unit_add("fragments", test_fragments);
	unit_add("timeouts", test_timeouts);
	unit_add("too far", test_too_far);
	unit_add("memory", test_memory);
}
