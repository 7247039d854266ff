// SPDX-License-Identifier: MIT
/* test_icmp.c - which ICMP messages this host makes and which it must not, as a kernel 6.18 does. */
#include "rig.h"

/* "src>dst type/code len tos", len = of the whole packet */
static void show_icmp(struct strbuf *out, const struct net_device *dev UNUSED, const struct packet *p)
{
	const uint8_t *ip = pkt_nh(p);
	char src[ADDRSTRLEN], dst[ADDRSTRLEN];

	sb_printf(out, "%s>%s", ip4_str(src, ip4_saddr(ip)), ip4_str(dst, ip4_daddr(ip)));
	if (ip[IP4_PROTO] != 1) {
		sb_printf(out, " %u", pkt_len(p));
		return;
	}
	sb_printf(out, " %u/%u %u %02x", pkt_th(p)[0], pkt_th(p)[1], pkt_len(p), ip[IP4_TOS]);
	if (csum_fold(csum_partial(pkt_th(p), p->tail - p->th, 0xffff)) != 0)
		sb_puts(out, " bad checksum");
}

static uint8_t data[1500];

/* An ICMP message with a right checksum. */
static const uint8_t *icmp_of(unsigned type, unsigned code, unsigned len)
{
	be16 sum;

	memset(data, 0, sizeof(data));
	data[0] = (uint8_t)type;
	data[1] = (uint8_t)code;
	sum = csum_fold(csum_partial(data, len, 0));
	memcpy(data + 2, &sum, 2);
	return data;
}

struct err_row { const char *name; struct rig_ip f; int icmp_type; const char *want; };

/* eth1 has an MTU of 600 */
static const struct err_row errors[] = {
	{ "TTL 1", { RIG_PEER, RIG_FAR, 17, .ttl = 1, .len = 13 }, -1, "eth0 10.0.0.1>10.0.0.5 11/0 61 c0; drop IP_INHDR" },
	{ "quote and TOS", { RIG_PEER, RIG_FAR, 17, 0xb8, .ttl = 1, .len = 908 }, -1, "eth0 10.0.0.1>10.0.0.5 11/0 576 d8; drop IP_INHDR" },
	{ "later fragment", { RIG_PEER, RIG_FAR, 17, .ttl = 1, .frag_off = 1, .len = 40 }, -1, "drop IP_INHDR" },
	{ "first fragment", { RIG_PEER, RIG_FAR, 17, .ttl = 1, .frag_off = IP_MF, .len = 400 }, -1, "eth0 10.0.0.1>10.0.0.5 11/0 448 c0; drop IP_INHDR" },
	{ "echo request", { RIG_PEER, RIG_FAR, 1, .ttl = 1, .len = 16 }, 8, "eth0 10.0.0.1>10.0.0.5 11/0 64 c0; drop IP_INHDR" },
	{ "echo reply", { RIG_PEER, RIG_FAR, 1, .ttl = 1, .len = 8 }, 0, "eth0 10.0.0.1>10.0.0.5 11/0 56 c0; drop IP_INHDR" },
	{ "redirect", { RIG_PEER, RIG_FAR, 1, .ttl = 1, .len = 36 }, 5, "drop IP_INHDR" },
	{ "router advertisement", { RIG_PEER, RIG_FAR, 1, .ttl = 1, .len = 36 }, 9, "drop IP_INHDR" },
	{ "unknown type", { RIG_PEER, RIG_FAR, 1, .ttl = 1, .len = 36 }, 40, "drop IP_INHDR" },
	{ "ICMP without a type", { RIG_PEER, RIG_FAR, 1, .ttl = 1 }, -1, "drop IP_INHDR" },
	{ "DF and too large", { RIG_PEER, RIG_FAR, 17, .frag_off = IP_DF, .len = 908 }, -1, "eth0 10.0.0.1>10.0.0.5 3/4 576 c0; drop PKT_TOO_BIG" },
	{ "TTL goes first", { RIG_PEER, RIG_FAR, 17, .ttl = 1, .frag_off = IP_DF, .len = 908 }, -1, "eth0 10.0.0.1>10.0.0.5 11/0 576 c0; drop IP_INHDR" },
	{ "too large, later fragment", { RIG_PEER, RIG_FAR, 17, .frag_off = IP_DF | 10, .len = 908 }, -1, "drop PKT_TOO_BIG" },
	{ "no route", { RIG_PEER, "198.51.100.7", 17, .len = 13 }, -1, "eth0 10.0.0.1>10.0.0.5 3/0 61 c0; drop IP_INNOROUTES" },
	{ "unknown protocol", { RIG_PEER, RIG_SELF, 99, .len = 16 }, -1, "eth0 10.0.0.1>10.0.0.5 3/2 64 c0; drop IP_NOPROTO" },
	{ "unknown protocol, other address", { RIG_PEER, "10.1.0.1", 99, .len = 16 }, -1, "eth0 10.1.0.1>10.0.0.5 3/2 64 c0; drop IP_NOPROTO" },
	{ "unknown protocol, broadcast", { RIG_PEER, "10.0.0.255", 99, .len = 16 }, -1, "drop IP_NOPROTO" },
	{ "IGMP with a wrong checksum", { RIG_PEER, RIG_SELF, 2, .len = 7 }, -2, "drop NOT_SPECIFIED" },
	{ "PIM", { RIG_PEER, RIG_SELF, 103, .len = 8 }, -1, "drop NOT_SPECIFIED" },
	/* not errors */
	{ "ping", { RIG_PEER, RIG_SELF, 1, 0x5f, .ttl = 1, .len = 28 }, 8, "eth0 10.0.0.1>10.0.0.5 0/0 48 5f" },
	{ "timestamp", { RIG_PEER, RIG_SELF, 1, .len = 12 }, 13, "eth0 10.0.0.1>10.0.0.5 14/0 40 00" },
	{ "timestamp, short", { RIG_PEER, RIG_SELF, 1, .len = 8 }, 13, "drop PKT_TOO_SMALL" },
	{ "ping, short", { RIG_PEER, RIG_SELF, 1, .len = 4 }, 8, "drop NOT_SPECIFIED" },
	{ "nothing", { RIG_PEER, RIG_SELF, 1, .len = 0 }, -1, "drop ICMP_CSUM" },
	{ "bad checksum", { RIG_PEER, RIG_SELF, 1, .data = (const uint8_t *)"\10\0\0\0\0\0\0\0", .len = 8 }, -1, "drop ICMP_CSUM" },
	{ "echo reply to nobody", { RIG_PEER, RIG_SELF, 1, .len = 8 }, 0, "drop NO_SOCKET" },
	{ "unreachable, bad quote", { RIG_PEER, RIG_SELF, 1, .len = 28 }, 3, "drop IP_INHDR" },
	{ "unreachable, no quote", { RIG_PEER, RIG_SELF, 1, .len = 8 }, 3, "drop NOT_SPECIFIED" },
	{ "redirect, no quote", { RIG_PEER, RIG_SELF, 1, .len = 8 }, 5, "drop PKT_TOO_SMALL" },
	{ "information request", { RIG_PEER, RIG_SELF, 1, .len = 8 }, 15, "" },
	{ "type 19", { RIG_PEER, RIG_SELF, 1, .len = 8 }, 19, "drop UNHANDLED_PROTO" },
	{ "PROBE", { RIG_PEER, RIG_SELF, 1, .len = 8 }, 42, "" },
	{ "PROBE reply", { RIG_PEER, RIG_SELF, 1, .len = 8 }, 43, "drop NO_SOCKET" },
	{ "broadcast ping", { RIG_PEER, "10.0.0.255", 1, .len = 8 }, 8, "drop INVALID_PROTO" },
	{ "broadcast address mask", { RIG_PEER, "10.0.0.255", 1, .len = 12 }, 17, "" },
	{ "broadcast error", { RIG_PEER, "10.0.0.255", 1, .len = 36 }, 3, "drop INVALID_PROTO" },
};

static void test_errors(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(errors); i++) {
		struct rig_ip f = errors[i].f;
		struct rig r;

		rig_init(&r, show_icmp);
		dev_set_mtu(r.eth[1], 600);
		if (!f.data) {
			memset(data, 0, sizeof(data));
			f.data = data;
		}
		if (errors[i].icmp_type == -2)
			memcpy(data, "\x11\x64\xee\x9a\0\0\0", 7);
		else if (errors[i].icmp_type >= 0)
			f.data = icmp_of((unsigned)errors[i].icmp_type, 0, f.len);
		rig_rx(&r, r.eth[0], &f);
		CHECK_STR(errors[i].name, sb_str(&r.out), errors[i].want);
		rig_done(&r, errors[i].name);
	}
}

/* A ping to a broadcast, when allowed, is answered from the address that looks at the sender. */
static void test_broadcast_ping(void)
{
	struct rig r;

	rig_init(&r, show_icmp);
	r.h->sysctl.icmp_echo_ignore_broadcasts = 0;
	rig_rx(&r, r.eth[0], &(struct rig_ip){ RIG_PEER, "10.0.0.255", 1, .data = icmp_of(8, 0, 8), .len = 8 });
	CHECK_STR("broadcast ping", sb_str(&r.out), "eth0 10.0.0.1>10.0.0.5 0/0 28 00");
	rig_done(&r, "broadcast ping");
}

static unsigned count(const char *s, const char *what)
{
	unsigned n = 0;

	for (; (s = strstr(s, what)); s++)
		n++;
	return n;
}

/* Sends one packet each step and counts what came back in all. */
static unsigned answers(struct rig *r, const struct rig_ip *f, unsigned packets, uint64_t step, const char *what)
{
	sb_clear(&r->out);
	for (unsigned i = 0; i < packets; i++) {
		rig_rx(r, r->eth[0], f);
		world_run_until(r->w, r->w->clock.now + step);
	}
	return count(sb_str(&r->out), what);
}

static void test_limits(void)
{
	const struct rig_ip no_route = { RIG_PEER, "198.51.100.7", 17, .len = 8, .data = data };
	const struct rig_ip no_proto = { RIG_PEER, RIG_SELF, 99, .len = 8, .data = data };
	const struct rig_ip ttl = { RIG_PEER, RIG_FAR, 17, .ttl = 1, .len = 8, .data = data };
	struct rig r;

	/* error_cost, error_burst: five, then one a second */
	rig_init(&r, show_icmp);
	CHECK("no route, burst", answers(&r, &no_route, 12, NSEC_PER_MSEC, " 3/0 ") == 5);
	CHECK("no route, later", answers(&r, &no_route, 40, NSEC_PER_SEC / 4, " 3/0 ") == 9);
	rig_done(&r, "error_cost");
	/* icmp_ratelimit: six, then one a second; only types of the mask; the credit is shared */
	rig_init(&r, show_icmp);
	r.h->sysctl.icmp_ratemask = 6168;
	CHECK("unreachable, burst", answers(&r, &no_proto, 12, NSEC_PER_MSEC, " 3/2 ") == 6);
	CHECK("time exceeded, used up", answers(&r, &ttl, 3, NSEC_PER_MSEC, " 11/0 ") == 0);
	CHECK("unreachable, later", answers(&r, &no_proto, 40, NSEC_PER_SEC / 4, " 3/2 ") == 9);
	rig_done(&r, "icmp_ratelimit");
	/* icmp_msgs_burst, icmp_msgs_per_sec: of the whole host; a message costs 0, 1 or 2 */
	rig_init(&r, show_icmp);
	r.h->sysctl.icmp_ratemask = 6168;
	r.h->sysctl.icmp_ratelimit = 0;
	{
		unsigned n = answers(&r, &no_proto, 200, NSEC_PER_USEC, " 3/2 ");

		CHECK("messages, burst", n > 35 && n < 75);
	}
	rig_done(&r, "icmp_msgs_burst");
}

/* Redirects come after 20, 40, 80 .. ms, nine times, and again when the sender was quiet for 20 s. */
static void test_redirect(void)
{
	const struct rig_ip f = { RIG_PEER, "10.0.0.9", 17, .len = 8, .data = data };
	struct fib_config route = { .dst = rig_ip("198.51.100.0"), .dst_len = 24, .gw = rig_ip("10.0.0.9"), .type = RTN_UNICAST,
				    .table = RT_TABLE_MAIN, .protocol = RTPROT_BOOT };
	struct rig_ip g = f;
	struct rig r;

	rig_init(&r, show_icmp);
	g.dst = "198.51.100.7";
	CHECK("redirect", fib_route_add(r.h, &route) == 0);
	CHECK("redirect", answers(&r, &g, 3, NSEC_PER_MSEC, " 5/1 ") == 1);
	CHECK("redirect", answers(&r, &g, 20000, NSEC_PER_MSEC, " 5/1 ") == 8);
	world_run_until(r.w, r.w->clock.now + 21 * NSEC_PER_SEC);
	CHECK("redirect", answers(&r, &g, 3, NSEC_PER_MSEC, " 5/1 ") == 1);
	rig_done(&r, "redirect");
	rig_init(&r, show_icmp);
	r.h->conf_all.send_redirects = r.eth[0]->conf.send_redirects = 0;
	CHECK("redirects off", fib_route_add(r.h, &route) == 0);
	CHECK("redirects off", answers(&r, &g, 3, NSEC_PER_MSEC, " 5/1 ") == 0);
	rig_done(&r, "redirects off");
}

static void test_settings(void)
{
	struct in_ifaddr ifa = { .local = rig_ip("10.0.5.1"), .address = rig_ip("10.0.5.1"), .prefixlen = 24,
				 .mask = htonl(0xffffff00), .broadcast = rig_ip("10.0.5.255") };
	const struct rig_ip ttl = { RIG_PEER, RIG_FAR, 17, .ttl = 1, .len = 8, .data = data };
	const struct rig_ip ping = { RIG_PEER, RIG_SELF, 1, .len = 8, .data = icmp_of(8, 0, 8) };
	struct fib_config route = { .type = RTN_UNICAST, .gw = rig_ip(RIG_FAR), .table = RT_TABLE_MAIN, .protocol = RTPROT_BOOT };
	struct rig_ip far = ttl;
	struct rig r;

	rig_init(&r, show_icmp);
	inet_addr_add(r.eth[0], &ifa);
	CHECK("default route", fib_route_add(r.h, &route) == 0);
	r.h->sysctl.icmp_echo_ignore_all = 1;
	rig_rx(&r, r.eth[0], &ping);
	CHECK_STR("icmp_echo_ignore_all", sb_str(&r.out), "");
	far.src = "10.7.7.7";
	rig_rx(&r, r.eth[0], &far);
	CHECK_STR("source by route", sb_str(&r.out), "eth1 10.1.0.1>10.7.7.7 11/0 56 c0; drop IP_INHDR");
	sb_clear(&r.out);
	r.h->sysctl.icmp_errors_use_inbound_ifaddr = 1;
	rig_rx(&r, r.eth[0], &far);
	CHECK_STR("source by device", sb_str(&r.out), "eth1 10.0.0.1>10.7.7.7 11/0 56 c0; drop IP_INHDR");
	rig_done(&r, "settings");
}

void suite_icmp(void);
void suite_icmp(void)
{
	unit_add("errors", test_errors);
	unit_add("broadcast ping", test_broadcast_ping);
	unit_add("limits", test_limits);
	unit_add("redirect", test_redirect);
	unit_add("settings", test_settings);
}
