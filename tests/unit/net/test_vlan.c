// SPDX-License-Identifier: MIT
/* test_vlan.c - tags off and on, and whose frame it is then. */
#include "tests/unit/net/link_lab.h"

#define YOU "02:aa:0a:05:00:02"
#define OWN "02:77:00:00:00:06"

static struct net_device *add(struct link_lab *lab, const char *name, const char *lower, uint16_t id, const char *ip)
{
	struct net_device *dev = dev_add(lab->h, name, DEV_VLAN);
	struct in_ifaddr ifa = { .prefixlen = 24, .mask = htonl(0xffffff00u) };

	vlan_attach(dev, lab_dev(lab, lower), id, ETH_P_8021Q);
	dev_set_up(dev, true);
	ifa.local = ifa.address = lab_ip(ip);
	inet_addr_add(dev, &ifa);
	return dev;
}

/* eth0 with VLAN 5 (eth0.5), 6 with an address of its own (v6), 7 within 5 (q), 9 down. */
static const struct { const char *name; unsigned tci, inner; const char *dst, *tip, *want; } rows[] = {
	{ "known", 5, 0, BCAST, "10.5.0.1", "eth0 > " YOU " vlan 5 to 10.5.0.2 is-at 10.5.0.1\n" },
	{ "priority bits do not count", 0xa005, 0, BCAST, "10.5.0.1", "eth0 > " YOU " vlan 5 to 10.5.0.2 is-at 10.5.0.1\n" },
	{ "unknown", 77, 0, BCAST, "10.5.0.1", "drop OTHERHOST\n" },
	{ "priority tag alone", 0xa000, 0, BCAST, "10.0.0.1", "eth0 > " YOU " to 10.5.0.2 is-at 10.0.0.1\n" },
	{ "priority tag over a known one", 0xa000, 5, BCAST, "10.5.0.1", "eth0 > " YOU " vlan 5 to 10.5.0.2 is-at 10.5.0.1\n" },
	{ "lower's MAC is not the VLAN's", 6, 0, ETH0, "10.6.0.1", "eth0 > " YOU " vlan 6 to 10.5.0.2 is-at 10.6.0.1\n" },
	{ "its own MAC", 6, 0, OWN, "10.6.0.1", "eth0 > " YOU " vlan 6 to 10.5.0.2 is-at 10.6.0.1\n" },
	{ "another's MAC", 6, 0, ETH1, "10.6.0.1", "drop OTHERHOST\n" },
	{ "two tags", 5, 7, BCAST, "10.7.0.1", "eth0 > " YOU " vlan 5 vlan 7 to 10.5.0.2 is-at 10.7.0.1\n" },
	{ "two tags, inner unknown", 5, 8, BCAST, "10.7.0.1", "drop OTHERHOST\n" },
	{ "down", 9, 0, BCAST, "10.9.0.1", "drop NOT_SPECIFIED\n" },
};

static void ask(struct link_lab *lab, unsigned tci, unsigned inner, const char *dst, const char *tip)
{
	uint8_t f[64] = { 0 }, *at = f + 12;
	be32 s = lab_ip("10.5.0.2"), t = lab_ip(tip);

	mac_parse(f, dst);
	mac_parse(f + 6, YOU);
	put_be16(at, ETH_P_8021Q);
	put_be16(at + 2, tci);
	at += 4;
	if (inner) {
		put_be16(at, ETH_P_8021Q);
		put_be16(at + 2, inner);
		at += 4;
	}
	put_be16(at, ETH_P_ARP);
	at += 2;
	memcpy(at, "\0\1\10\0\6\4\0\1", 8);
	mac_parse(at + 8, YOU);
	memcpy(at + 14, &s, 4);
	memcpy(at + 24, &t, 4);
	lab_in(lab, "eth0", f, (uint32_t)(at + 28 - f));
}

static void test_tags(void)
{
	struct strbuf seen = { 0 };
	struct link_lab lab;
	uint8_t own[6];

	lab_open(&lab, 1, EV_BIT(EV_TX) | EV_BIT(EV_DROP));
	mac_parse(own, OWN);
	add(&lab, "eth0.5", "eth0", 5, "10.5.0.1");
	dev_set_mac(add(&lab, "v6", "eth0", 6, "10.6.0.1"), own);
	add(&lab, "q", "eth0.5", 7, "10.7.0.1");
	dev_set_up(add(&lab, "down", "eth0", 9, "10.9.0.1"), false);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		sb_clear(&lab.log);
		ask(&lab, rows[i].tci, rows[i].inner, rows[i].dst, rows[i].tip);
		CHECK_STR(rows[i].name, lab_log(&lab, &seen), rows[i].want);
	}
	CHECK("leak", lab_close(&lab) == 0);
	sb_free(&seen);
}

static void test_follow(void)
{
	struct net_device *eth0, *v;
	struct link_lab lab;
	uint8_t mac[6];

	lab_open(&lab, 1, 0);
	eth0 = lab_dev(&lab, "eth0");
	v = add(&lab, "eth0.5", "eth0", 5, "10.5.0.1");
	CHECK("id taken", !vlan_attach(dev_add(lab.h, "again", DEV_VLAN), eth0, 5, ETH_P_8021Q));
	CHECK("id out of range", !vlan_attach(dev_by_name(lab.h, "again"), eth0, 4095, ETH_P_8021Q));
	mac_parse(mac, OWN);
	dev_set_mac(eth0, mac);
	CHECK("MAC", memcmp(v->mac, mac, 6) == 0);
	dev_set_mtu(eth0, 1400);
	CHECK("MTU", v->mtu == 1400);
	dev_set_up(eth0, false);
	CHECK("down", !(v->flags & IFF_UP));
	dev_set_up(v, true);
	CHECK("not up over one that is down", !(v->flags & IFF_UP));
	dev_set_up(eth0, true);
	CHECK("up", v->flags & IFF_UP);
	CHECK("leak", lab_close(&lab) == 0);
}

void suite_vlan(void);
void suite_vlan(void)
{
	unit_add("tags", test_tags);
	unit_add("follow", test_follow);
}
