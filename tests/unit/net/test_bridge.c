// SPDX-License-Identifier: MIT
/* test_bridge.c - learning, flooding, and what is for the bridge itself. */
#include "tests/unit/net/link_lab.h"

#define A "02:aa:0a:00:00:05"
#define B "02:aa:0a:00:00:06"
#define C "02:aa:0a:00:00:07"
#define UDP(dst) "> " dst " ip 10.9.0.5 > 10.9.0.6 proto 17 ttl 64\n"

/* br0 over eth0..eth2, none with an address, bridge netfilter off. Rows follow on each other, as recorded
 * on Linux 6.18: the port added last is served first. */
static const struct { const char *name, *dev, *src, *dst; unsigned vlan, ms; const char *want; } rows[] = {
	{ "broadcast", "eth0", A, BCAST, 0, 0, "eth2 " UDP(BCAST) "eth1 " UDP(BCAST) "drop IP_INNOROUTES\n" },
	{ "to a known one", "eth1", B, A, 0, 0, "eth0 " UDP(A) },
	{ "to an unknown one", "eth1", B, C, 0, 0, "eth2 " UDP(C) "eth0 " UDP(C) },
	{ "it moved", "eth2", A, B, 0, 0, "eth1 " UDP(B) },
	{ "and is found there", "eth1", B, A, 0, 0, "eth2 " UDP(A) },
	{ "on the same port", "eth1", A, B, 0, 0, "drop NOT_SPECIFIED\n" },
	{ "tagged: as it is", "eth0", C, B, 9, 0, "eth1 > " B " vlan 9 ip 10.9.0.5 > 10.9.0.6 proto 17 ttl 64\n" },
	{ "nobody's source", "eth0", "00:00:00:00:00:00", B, 0, 0, "drop MAC_INVALID_SOURCE\n" },
	{ "multicast source", "eth0", "03:00:00:00:00:01", B, 0, 0, "drop MAC_INVALID_SOURCE\n" },
	{ "pause frames", "eth0", C, "01:80:c2:00:00:01", 0, 0, "drop MAC_IEEE_MAC_CONTROL\n" },
	{ "spanning tree, without it", "eth0", C, "01:80:c2:00:00:00", 0, 0,
	  "eth2 " UDP("01:80:c2:00:00:00") "eth1 " UDP("01:80:c2:00:00:00") "drop IP_INNOROUTES\n" },
	{ "still known", "eth0", C, B, 0, 299000, "eth1 " UDP(B) },
	{ "forgotten", "eth0", C, B, 0, 300000, "eth2 " UDP(B) "eth1 " UDP(B) },
};

static struct net_device *open_bridge(struct link_lab *lab)
{
	struct net_device *br;

	lab_open(lab, 3, EV_BIT(EV_TX) | EV_BIT(EV_DROP));
	lab->h->sysctl.bridge_nf_call_iptables = 0;
	br = dev_add(lab->h, "br0", DEV_BRIDGE);
	br_add_if(br, lab_dev(lab, "eth0"));
	br_add_if(br, lab_dev(lab, "eth1"));
	br_add_if(br, lab_dev(lab, "eth2"));
	dev_set_up(br, true);
	sb_clear(&lab->log);
	return br;
}

static void test_forward(void)
{
	struct strbuf seen = { 0 };
	struct link_lab lab;

	open_bridge(&lab);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *got;

		lab_run(&lab, rows[i].ms);
		lab_udp(&lab, rows[i].dev, rows[i].vlan, rows[i].dst, rows[i].src, "10.9.0.5", "10.9.0.6");
		got = lab_log(&lab, &seen);
		CHECK_STR(rows[i].name, got, rows[i].want);
	}
	CHECK("leak", lab_close(&lab) == 0);
	sb_free(&seen);
}

static void test_local(void)
{
	struct in_ifaddr ifa = { .prefixlen = 24, .mask = htonl(0xffffff00u) };
	struct strbuf seen = { 0 };
	struct net_device *br;
	struct link_lab lab;

	br = open_bridge(&lab);
	CHECK("lowest MAC of the ports", memcmp(br->mac, lab_dev(&lab, "eth0")->mac, 6) == 0);
	ifa.local = ifa.address = lab_ip("10.9.0.1");
	inet_addr_add(br, &ifa);
	lab_arp(&lab, "eth1", 0, BCAST, 1, A, "10.9.0.5", "10.9.0.1");
	CHECK_STR("question", lab_log(&lab, &seen),
		  "eth2 > " BCAST " who-has 10.9.0.1 tell 10.9.0.5\neth0 > " BCAST " who-has 10.9.0.1 tell 10.9.0.5\n"
		  "eth1 > " A " to 10.9.0.5 is-at 10.9.0.1\n");
	lab_arp(&lab, "eth2", 0, BCAST, 2, A, "10.9.0.5", "10.9.0.1");
	sb_clear(&lab.log);
	CHECK("learned", br_fdb_port(br, (const uint8_t *)"\x02\xaa\x0a\0\0\5") == lab_dev(&lab, "eth2"));
	dev_set_up(lab_dev(&lab, "eth2"), false);
	CHECK("port down: forgotten", !br_fdb_port(br, (const uint8_t *)"\x02\xaa\x0a\0\0\5"));
	dev_set_mtu(lab_dev(&lab, "eth1"), 1300);
	CHECK("smallest MTU", br->mtu == 1300);
	CHECK("no second bridge", !br_add_if(dev_add(lab.h, "br1", DEV_BRIDGE), lab_dev(&lab, "eth0")));
	CHECK("no bridge in a bridge", !br_add_if(dev_by_name(lab.h, "br1"), br));
	CHECK("out", br_del_if(br, lab_dev(&lab, "eth0")) && memcmp(br->mac, lab_dev(&lab, "eth1")->mac, 6) == 0);
	dev_set_up(br, false);
	lab_udp(&lab, "eth1", 0, B, A, "10.9.0.5", "10.9.0.6");
	CHECK_STR("bridge down", lab_log(&lab, &seen), "drop BRIDGE_INGRESS_STP_STATE\n");
	CHECK("leak", lab_close(&lab) == 0);
	sb_free(&seen);
}

void suite_bridge(void);
void suite_bridge(void)
{
	unit_add("forward", test_forward);
	unit_add("local", test_local);
}
