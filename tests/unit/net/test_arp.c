// SPDX-License-Identifier: MIT
/* test_arp.c - who is answered, by which settings, and what is learned. */
#include "tests/unit/net/link_lab.h"

#define YOU "02:aa:0a:00:00:05"

/* One question at eth0 from 10.0.0.5 (or sip), with settings; what comes out. Recorded on Linux 6.18. */
static const struct {
	const char *name;
	int ignore, filter, proxy, pvlan, localnet, proxy_delay;
	const char *dst, *sip, *tip, *want;
} asked[] = {
	{ "ours", .dst = BCAST, .sip = "10.0.0.5", .tip = "10.0.0.1", .want = "eth0 > " YOU " to 10.0.0.5 is-at 10.0.0.1\n" },
	{ "unicast question", .dst = ETH0, .sip = "10.0.0.5", .tip = "10.0.0.1", .want = "eth0 > " YOU " to 10.0.0.5 is-at 10.0.0.1\n" },
	{ "another's MAC", .dst = ETH1, .sip = "10.0.0.5", .tip = "10.0.0.1", .want = "drop OTHERHOST\n" },
	{ "other interface's address", .dst = BCAST, .sip = "10.0.0.5", .tip = "10.1.0.1", .want = "eth0 > " YOU " to 10.0.0.5 is-at 10.1.0.1\n" },
	{ "nobody's", .dst = BCAST, .sip = "10.0.0.5", .tip = "10.0.0.9", .want = "" },
	{ "duplicate address probe", .dst = BCAST, .sip = "0.0.0.0", .tip = "10.0.0.1", .want = "eth0 > " YOU " to 0.0.0.0 is-at 10.0.0.1\n" },
	{ "loopback", .dst = BCAST, .sip = "10.0.0.5", .tip = "127.0.0.1", .want = "drop NOT_SPECIFIED\n" },
	{ "multicast", .dst = BCAST, .sip = "10.0.0.5", .tip = "224.0.0.1", .want = "drop NOT_SPECIFIED\n" },
	{ "ignore 1, own", .ignore = 1, .dst = BCAST, .sip = "10.0.0.5", .tip = "10.0.0.1", .want = "eth0 > " YOU " to 10.0.0.5 is-at 10.0.0.1\n" },
	{ "ignore 1, other interface", .ignore = 1, .dst = BCAST, .sip = "10.0.0.5", .tip = "10.1.0.1", .want = "" },
	{ "ignore 2, other subnet", .ignore = 2, .dst = BCAST, .sip = "10.1.0.5", .tip = "10.0.0.1", .want = "" },
	{ "ignore 8", .ignore = 8, .dst = BCAST, .sip = "10.0.0.5", .tip = "10.0.0.1", .want = "" },
	{ "ignore 8, probe", .ignore = 8, .dst = BCAST, .sip = "0.0.0.0", .tip = "10.0.0.1", .want = "" },
	{ "filter, way back by eth0", .filter = 1, .dst = BCAST, .sip = "10.0.0.5", .tip = "10.0.0.1", .want = "eth0 > " YOU " to 10.0.0.5 is-at 10.0.0.1\n" },
	{ "filter, way back by eth1", .filter = 1, .dst = BCAST, .sip = "10.1.0.5", .tip = "10.0.0.1", .want = "" },
	{ "proxy", .proxy = 1, .dst = BCAST, .sip = "10.0.0.5", .tip = "10.1.0.9", .want = "eth0 > " YOU " to 10.0.0.5 is-at 10.1.0.9\n" },
	{ "proxy, same segment", .proxy = 1, .dst = BCAST, .sip = "10.0.0.5", .tip = "10.0.0.9", .want = "" },
	{ "pvlan, same segment", .pvlan = 1, .dst = BCAST, .sip = "10.0.0.5", .tip = "10.0.0.9", .want = "eth0 > " YOU " to 10.0.0.5 is-at 10.0.0.9\n" },
	{ "proxy waits", .proxy = 1, .proxy_delay = 80, .dst = BCAST, .sip = "10.0.0.5", .tip = "10.1.0.9", .want = "" },
	{ "proxy waits not for unicast", .proxy = 1, .proxy_delay = 80, .dst = ETH0, .sip = "10.0.0.5", .tip = "10.1.0.9", .want = "eth0 > " YOU " to 10.0.0.5 is-at 10.1.0.9\n" },
};

static void test_asked(void)
{
	struct strbuf seen = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(asked); i++) {
		struct link_lab lab;
		struct net_device *dev;

		lab_open(&lab, 2, EV_BIT(EV_TX) | EV_BIT(EV_DROP));
		dev = lab_dev(&lab, "eth0");
		dev->conf.arp_ignore = asked[i].ignore;
		dev->conf.arp_filter = asked[i].filter;
		dev->conf.proxy_arp = asked[i].proxy;
		dev->conf.proxy_arp_pvlan = asked[i].pvlan;
		dev->neigh.proxy_delay = asked[i].proxy_delay;
		lab_arp(&lab, "eth0", 0, asked[i].dst, 1, YOU, asked[i].sip, asked[i].tip);
		CHECK_STR(asked[i].name, lab_log(&lab, &seen), asked[i].want);
		lab_run(&lab, 1000);
		CHECK(asked[i].name, (asked[i].proxy_delay && asked[i].dst[0] == 'f') == (strlen(lab_log(&lab, &seen)) > 0));
		CHECK(asked[i].name, lab_close(&lab) == 0);
	}
	sb_free(&seen);
}

static void test_proxy_neighbour(void)
{
	struct strbuf seen = { 0 };
	struct link_lab lab;
	struct net_device *dev;

	lab_open(&lab, 2, EV_BIT(EV_TX) | EV_BIT(EV_DROP));
	dev = lab_dev(&lab, "eth0");
	dev->neigh.proxy_delay = 0;
	neigh_add_proxy(dev, lab_ip("10.1.0.9"));
	neigh_add_proxy(dev, lab_ip("10.0.0.200"));
	lab_arp(&lab, "eth0", 0, BCAST, 1, YOU, "10.0.0.5", "10.1.0.9");
	CHECK_STR("elsewhere", lab_log(&lab, &seen), "eth0 > " YOU " to 10.0.0.5 is-at 10.1.0.9\n");
	lab_arp(&lab, "eth0", 0, BCAST, 1, YOU, "10.0.0.5", "10.0.0.200");
	CHECK_STR("same segment", lab_log(&lab, &seen), "");
	lab_arp(&lab, "eth0", 0, BCAST, 1, YOU, "10.0.0.5", "10.1.0.10");
	CHECK_STR("not told", lab_log(&lab, &seen), "");
	CHECK("leak", lab_close(&lab) == 0);
	sb_free(&seen);
}

/* An ARP packet nobody asked for: is its sender known afterwards? */
static const struct {
	const char *name;
	int accept, drop, op;
	const char *dst, *sip, *tip;
	bool known;
} told[] = {
	{ "gratuitous request", 0, 0, 1, BCAST, "10.0.0.8", "10.0.0.8", false },
	{ "gratuitous request, accept", 1, 0, 1, BCAST, "10.0.0.8", "10.0.0.8", true },
	{ "dropped", 1, 1, 1, BCAST, "10.0.0.8", "10.0.0.8", false },
	{ "reply, accept", 1, 0, 2, ETH0, "10.0.0.8", "10.0.0.1", true },
	{ "reply", 0, 0, 2, ETH0, "10.0.0.8", "10.0.0.1", false },
	{ "question for us", 0, 0, 1, BCAST, "10.0.0.8", "10.0.0.1", true },
	{ "question for another", 0, 0, 1, BCAST, "10.0.0.8", "10.0.0.9", false },
	{ "ours by another", 1, 0, 1, BCAST, "10.0.0.1", "10.0.0.1", false },
	{ "accept 2, on the net", 2, 0, 1, BCAST, "10.0.0.8", "10.0.0.8", true },
	{ "accept 2, not on the net", 2, 0, 1, BCAST, "10.7.0.8", "10.7.0.8", false },
};

static void test_told(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(told); i++) {
		struct link_lab lab;
		struct net_device *dev;

		lab_open(&lab, 2, 0);
		dev = lab_dev(&lab, "eth0");
		dev->conf.arp_accept = told[i].accept;
		dev->conf.drop_gratuitous_arp = told[i].drop;
		lab_arp(&lab, "eth0", 0, told[i].dst, told[i].op, "02:aa:0a:00:00:08", told[i].sip, told[i].tip);
		CHECK(told[i].name, (neigh_lookup(dev, lab_ip(told[i].sip)) != NULL) == told[i].known);
		CHECK(told[i].name, lab_close(&lab) == 0);
	}
}

static const struct { const char *name; int announce; const char *saddr, *want; } announced[] = {
	{ "0: the packet's", 0, "10.0.0.1", "10.0.0.1" },
	{ "0: not ours", 0, "10.9.0.1", "10.1.0.1" },
	{ "1: other subnet", 1, "10.0.0.1", "10.1.0.1" },
	{ "1: same subnet", 1, "10.1.0.1", "10.1.0.1" },
	{ "2: the best", 2, "10.0.0.1", "10.1.0.1" },
};

static void test_announce(void)
{
	struct strbuf seen = { 0 }, want = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(announced); i++) {
		uint8_t ip[28] = { 0x45, [IP4_TOTLEN + 1] = 28, [IP4_TTL] = 9, [IP4_PROTO] = 17 };
		be32 s = lab_ip(announced[i].saddr);
		struct link_lab lab;
		struct packet *p;

		lab_open(&lab, 2, EV_BIT(EV_TX));
		lab_dev(&lab, "eth1")->conf.arp_announce = announced[i].announce;
		p = pkt_alloc(lab.pool, sizeof(ip));
		memcpy(ip + IP4_SRC, &s, 4);
		memcpy(pkt_put(p, sizeof(ip)), ip, sizeof(ip));
		neigh_output(lab_dev(&lab, "eth1"), lab_ip("10.1.0.9"), p);
		sb_clear(&want);
		sb_printf(&want, "eth1 > " BCAST " who-has 10.1.0.9 tell %s\n", announced[i].want);
		CHECK_STR(announced[i].name, lab_log(&lab, &seen), sb_str(&want));
		CHECK(announced[i].name, lab_close(&lab) == 0);
	}
	sb_free(&seen);
	sb_free(&want);
}

void suite_arp(void);
void suite_arp(void)
{
	unit_add("asked", test_asked);
	unit_add("proxy neighbour", test_proxy_neighbour);
	unit_add("told", test_told);
	unit_add("announce", test_announce);
}
