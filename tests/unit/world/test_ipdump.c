// SPDX-License-Identifier: MIT
/* test_ipdump.c - listings of "ip", as Linux 6.18 and iproute2 6.1 print them. */
#include "sim/net/fib6.h"
#include "tests/unit/world/conf_rig.h"
#include <arpa/inet.h>

static const char addr_text[] =
	"1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN group default qlen 1000\n"
	"    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00\n"
	"    inet 127.0.0.1/8 scope host lo\n"
	"       valid_lft forever preferred_lft forever\n"
	"    inet6 ::1/128 scope host \n"
	"       valid_lft forever preferred_lft forever\n"
	"3: ens3: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1400 qdisc fq_codel state UP group 7 qlen 1000\n"
	"    link/ether 52:54:00:00:00:01 brd ff:ff:ff:ff:ff:ff\n"
	"    inet 10.0.0.1/24 metric 100 brd 10.0.0.255 scope global dynamic ens3\n"
	"       valid_lft 3000sec preferred_lft 3000sec\n"
	"    inet 10.0.0.2/24 scope global secondary ens3:x\n"
	"       valid_lft forever preferred_lft forever\n"
	"4: ens3.10@ens3: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1400 qdisc noqueue state UP group default qlen 1000\n"
	"    link/ether 52:54:00:00:00:01 brd ff:ff:ff:ff:ff:ff\n"
	"    inet 10.10.0.1/24 scope global ens3.10\n"
	"9: tap0: <NO-CARRIER,BROADCAST,MULTICAST,UP> mtu 1500 qdisc noqueue master lan state DOWN group default qlen 1000\n"
	"    link/ether 52:54:00:00:00:02 brd ff:ff:ff:ff:ff:ff\n"
	"12: lan: <BROADCAST,MULTICAST> mtu 1500 qdisc noqueue state DOWN group default qlen 1000\n"
	"    link/ether 52:54:00:00:00:02 brd ff:ff:ff:ff:ff:ff\n"
	"    inet 10.9.0.1 peer 10.9.0.2/32 scope link lan\n"
	"13: wg0: <POINTOPOINT,NOARP,UP,LOWER_UP> mtu 1420 qdisc noqueue state UNKNOWN group default qlen 1000\n"
	"    link/none \n"
	"    inet 10.66.0.1/24 scope global wg0\n";

static const char route_text[] =
	"default via 10.0.0.254 dev ens3 proto dhcp src 10.0.0.1 metric 100 \n"
	"unreachable 203.0.114.0/24 metric 9 \n"
	"10.0.0.0/24 dev ens3 proto kernel scope link src 10.0.0.1 metric 100 \n"
	"10.10.0.0/24 dev ens3.10 proto kernel scope link src 10.10.0.1 linkdown \n"
	"198.18.0.0/15 proto static \n\tnexthop via 10.0.0.3 dev ens3 weight 2 \n\tnexthop dev wg0 weight 3 \n"
	"9.0.0.0/8 dev wg0 \n"
	"8.0.0.0/8 via 7.7.7.7 dev wg0 table 100 onlink \n"
	"local 10.0.0.1 dev ens3 table local proto kernel scope host src 10.0.0.1 \n"
	"broadcast 10.0.0.255 dev ens3 table local proto kernel scope link src 10.0.0.1 \n"
	"local 10.10.0.1 dev ens3.10 table local proto kernel scope host src 10.10.0.1 \n"
	"local 127.0.0.0/8 dev lo table local proto kernel scope host src 127.0.0.1 \n"
	"local 127.0.0.1 dev lo table local proto kernel scope host src 127.0.0.1 \n"
	"fe80::/64 dev ens3 proto kernel metric 256 pref medium\n";

static const char rule_text[] =
	"0:\tfrom all lookup local\n"
	"500:\tnot from all to 1.2.3.4 iif wg0 oif ens3 prohibit\n"
	"600:\tfrom all ipproto tcp dport 80-90 fwmark 0x10/0xff lookup 100 suppress_prefixlength 0\n"
	"700:\tfrom all iif gone [detached] goto 32766\n"
	"32766:\tfrom all lookup main\n";

static const char neigh_text[] =
	"10.0.0.10 dev ens3 lladdr 02:01:02:03:04:06 STALE \n"
	"10.0.0.11 dev ens3  FAILED\n"
	"10.0.0.9 dev ens3 lladdr 02:01:02:03:04:05 ref 1 used 2/2/2probes 0 PERMANENT \n"
	"fe80::1 dev ens3 lladdr 02:01:02:03:04:05 router STALE \n";

#define WANT_ROUTES \
	"8.0.0.0/8 table 100 via 7.7.7.7 dev wg0 onlink; 0.0.0.0/0 via 10.0.0.254 dev ens3 proto 16 src 10.0.0.1 metric 100; " \
	"9.0.0.0/8 dev wg0; 10.0.0.0/24 dev ens3 proto 2 scope 253 src 10.0.0.1 metric 100; " \
	"10.10.0.0/24 dev ens3.10 proto 2 scope 253 src 10.10.0.1; " \
	"198.18.0.0/15 via 10.0.0.3 dev ens3 weight 2 dev wg0 weight 3 proto 4; unreachable 203.0.114.0/24 metric 9"

static void rig(struct conf_rig *r)
{
	*r = (struct conf_rig){ .w = world_create(1) };
	r->h = world_host(r->w, "h");
	diag_init(&r->d, r->w->arena);
}

static void test_text(void)
{
	const struct net_device *dev;
	const struct fib_rule *f;
	struct conf_rig r;
	char mac[ADDRSTRLEN];

	rig(&r);
	ipdump_load(r.h, conf_source(&r, "a", addr_text), conf_source(&r, "r", route_text), conf_source(&r, "u", rule_text),
		    conf_source(&r, "n", neigh_text), &r.d);
	CHECK_STR("nothing wrong", conf_said(&r), "");
	CHECK_STR("routes", conf_routes(&r), WANT_ROUTES);
	CHECK_STR("addresses", conf_addrs(&r, "ens3"), "10.0.0.1/24 brd 10.0.0.255; 10.0.0.2/24 label ens3:x secondary");
	CHECK_STR("peer", conf_addrs(&r, "lan"), "10.9.0.1 peer 10.9.0.2/32 scope 253");
	CHECK_STR("lo", conf_addrs(&r, "lo"), "127.0.0.1/8 scope 254");
	dev = dev_by_name(r.h, "ens3");
	CHECK("device", dev->ifindex == 3 && dev->mtu == 1400 && dev->group == 7 && dev->kind == DEV_PHYS && dev->carrier);
	CHECK_STR("its address", mac_str(mac, dev->mac), "52:54:00:00:00:01");
	dev = dev_by_name(r.h, "ens3.10");
	CHECK("vlan", dev->kind == DEV_VLAN && dev->vlan_id == 10 && dev->lower == dev_by_name(r.h, "ens3") && dev->ifindex == 4);
	dev = dev_by_name(r.h, "tap0");
	CHECK("port", dev->master == dev_by_name(r.h, "lan") && !dev->carrier && dev->ifindex == 9);
	dev = dev_by_name(r.h, "lan");
	CHECK("bridge", dev->kind == DEV_BRIDGE && !(dev->flags & IFF_UP) && dev->ifindex == 12);
	CHECK("noarp", dev_by_name(r.h, "wg0")->flags & IFF_NOARP);
	f = fib_rules_first(r.h, NFPROTO_IPV4);
	CHECK("local", f->pref == 0 && f->table == RT_TABLE_LOCAL);
	f = f->next;
	CHECK("prohibit", f->pref == 500 && f->invert && f->dst_len == 32 && f->action == FR_ACT_PROHIBIT && strcmp(f->oif, "ens3") == 0);
	f = f->next;
	CHECK("suppress", f->pref == 600 && f->ipproto == 6 && f->dport_hi == 90 && f->mark_mask == 0xff && f->suppress_prefixlen == 0);
	f = f->next;
	CHECK("detached", f->pref == 700 && f->action == FR_ACT_GOTO && strcmp(f->iif, "gone") == 0);
	CHECK("default is gone", f->next && !f->next->next);
	CHECK("permanent", neigh_lookup(dev_by_name(r.h, "ens3"), htonl(0x0a000009))->nud_state == NUD_PERMANENT);
	CHECK("failed is none", !neigh_lookup(dev_by_name(r.h, "ens3"), htonl(0x0a00000b)));
	conf_end(&r);
}

static void test_json(void)
{
	static const char addr[] =
		"[{\"ifindex\":1,\"ifname\":\"lo\",\"flags\":[\"LOOPBACK\",\"UP\"],\"mtu\":65536,\"group\":\"default\",\"addr_info\":["
		"{\"family\":\"inet\",\"local\":\"127.0.0.1\",\"prefixlen\":8,\"scope\":\"host\",\"label\":\"lo\"}]},"
		"{\"ifindex\":2,\"link\":\"eth0\",\"ifname\":\"v7\",\"flags\":[\"UP\"],\"mtu\":1500,\"address\":\"02:00:00:00:00:01\","
		"\"linkinfo\":{\"info_kind\":\"vlan\",\"info_data\":{\"protocol\":\"802.1ad\",\"id\":7,\"flags\":[]}},\"addr_info\":[]},"
		"{\"ifindex\":5,\"ifname\":\"eth0\",\"flags\":[\"BROADCAST\",\"UP\"],\"mtu\":1500,\"group\":\"default\","
		"\"address\":\"02:00:00:00:00:01\",\"addr_info\":[{\"family\":\"inet\",\"local\":\"10.0.0.1\",\"prefixlen\":24,"
		"\"broadcast\":\"10.0.0.255\",\"scope\":\"global\",\"label\":\"eth0\"},{\"family\":\"inet6\",\"local\":\"fe80::1\"}]}]";
	static const char route[] =
		"[{\"dst\":\"default\",\"gateway\":\"10.0.0.254\",\"dev\":\"eth0\",\"flags\":[],\"metrics\":[{\"mtu\":1300,\"advmss\":1200}]},"
		"{\"dst\":\"10.0.0.0/24\",\"dev\":\"eth0\",\"protocol\":\"kernel\",\"scope\":\"link\",\"prefsrc\":\"10.0.0.1\",\"flags\":[]},"
		"{\"type\":\"blackhole\",\"dst\":\"1.0.0.0/8\",\"table\":\"7\",\"flags\":[]},"
		"{\"dst\":\"9.0.0.0/8\",\"flags\":[],\"nexthops\":[{\"gateway\":\"10.0.0.3\",\"dev\":\"eth0\",\"weight\":2,\"flags\":[]},"
		"{\"gateway\":\"7.7.7.7\",\"dev\":\"eth0\",\"weight\":1,\"flags\":[\"onlink\"]}]}]";
	static const char rule[] =
		"[{\"priority\":0,\"src\":\"all\",\"table\":\"local\"},{\"priority\":9,\"not\":null,\"src\":\"10.0.0.0\",\"srclen\":8,"
		"\"fwmark\":\"0x10\",\"fwmask\":\"0xff\",\"uid_start\":1,\"uid_end\":5,\"action\":\"prohibit\"},"
		"{\"priority\":10,\"src\":\"all\",\"goto\":32766},{\"priority\":32766,\"src\":\"all\",\"table\":\"main\"}]";
	static const char neigh[] =
		"[{\"dst\":\"10.0.0.9\",\"dev\":\"eth0\",\"lladdr\":\"02:01:02:03:04:05\",\"state\":[\"PERMANENT\"]}]";
	const struct net_device *dev;
	const struct fib_rule *f;
	struct conf_rig r;

	rig(&r);
	ipdump_load(r.h, conf_source(&r, "a", addr), conf_source(&r, "r", route), conf_source(&r, "u", rule), conf_source(&r, "n", neigh), &r.d);
	CHECK_STR("nothing wrong", conf_said(&r), "");
	CHECK_STR("routes", conf_routes(&r), "blackhole 1.0.0.0/8 table 7; 0.0.0.0/0 via 10.0.0.254 dev eth0 mtu 1300; "
		  "9.0.0.0/8 via 10.0.0.3 dev eth0 weight 2 via 7.7.7.7 dev eth0 weight 1 onlink; "
		  "10.0.0.0/24 dev eth0 proto 2 scope 253 src 10.0.0.1");
	dev = dev_by_name(r.h, "v7");
	CHECK("vlan below its link", dev && dev->kind == DEV_VLAN && dev->vlan_id == 7 && dev->vlan_proto == ETH_P_8021AD &&
	      (dev->flags & IFF_UP));
	CHECK_STR("address", conf_addrs(&r, "eth0"), "10.0.0.1/24 brd 10.0.0.255");
	f = fib_rules_first(r.h, NFPROTO_IPV4)->next;
	CHECK("rule", f->pref == 9 && f->invert && f->src_len == 8 && f->mark_mask == 0xff && f->uid_hi == 5 && f->action == FR_ACT_PROHIBIT);
	CHECK("goto", f->next->target == 32766);
	CHECK("neighbour", neigh_lookup(dev_by_name(r.h, "eth0"), htonl(0x0a000009)) != NULL);
	conf_end(&r);
}

static const char addr6[] =
	"1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN group default qlen 1000\n"
	"    inet6 ::1/128 scope host noprefixroute \n"
	"       valid_lft forever preferred_lft forever\n"
	"2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc fq state UP group default qlen 1000\n"
	"    link/ether 52:54:00:12:34:56 brd ff:ff:ff:ff:ff:ff\n"
	"    inet6 2001:db8:1::1/64 scope global dynamic mngtmpaddr \n"
	"       valid_lft 86384sec preferred_lft 14384sec\n"
	"    inet6 2001:db8:1::2/64 scope global dadfailed tentative \n"
	"    inet6 fe80::aaaa/64 scope link \n"
	"3: eth1    inet6 2001:db8:2::1/64 scope global \\       valid_lft forever preferred_lft forever\n";

static const char route6[] =
	"::1 dev lo proto kernel metric 256 pref medium\n"
	"2001:db8:1::/64 dev eth0 proto kernel metric 256 expires 86384sec pref medium\n"
	"unreachable fd00::/8 dev lo metric 1024 error 4294967183 pref medium\n"
	"2001:db8:9::/48 via 2001:db8:2::8 dev eth1 proto static metric 1024 pref medium\n"
	"default via fe80::1 dev eth0 proto ra metric 100 expires 1790sec mtu 1400 hoplimit 64 pref high\n"
	"local 2001:db8:1::1 dev eth0 table local proto kernel metric 0 pref medium\n"
	"multicast ff00::/8 dev eth0 table local proto kernel metric 256 pref medium\n";

static const char neigh6[] = "2001:db8:2::8 dev eth1 lladdr 02:01:02:03:04:05 PERMANENT \n";

static const struct { const char *dst, *dev, *via; int err; } routed6[] = {
	{ "2600::1", "eth0", "fe80::1", 0 },
	{ "2001:db8:1::77", "eth0", NULL, 0 },
	{ "2001:db8:1::1", "lo", NULL, 0 },
	{ "2001:db8:1::2", "eth0", NULL, 0 },		/* never came into use */
	{ "2001:db8:2::5", "eth1", NULL, 0 },
	{ "2001:db8:9::5", "eth1", "2001:db8:2::8", 0 },
	{ "fe80::aaaa", "lo", NULL, 0 },
	{ "fe80::5054:ff:fe12:3456", "eth0", NULL, 0 },	/* the listing has another one */
	{ "fd00::1", NULL, NULL, -EHOSTUNREACH },
};

static void test_text6(void)
{
	struct net_device *eth1;
	union inet_addr addr;
	struct conf_rig r;

	rig(&r);
	ipdump_load(r.h, conf_source(&r, "a", addr6), conf_source(&r, "r", route6), NULL, conf_source(&r, "n", neigh6), &r.d);
	CHECK_STR("nothing wrong", conf_said(&r), "");
	for (size_t i = 0; i < ARRAY_SIZE(routed6); i++) {
		struct flowi6 fl = { .oif = 0 };
		struct dst d = { .set = false };
		char buf[ADDRSTRLEN];
		int err;

		inet_pton(AF_INET6, routed6[i].dst, fl.daddr.ip6);
		err = ip6_route_output(r.h, &fl, &d);
		CHECK(routed6[i].dst, err == routed6[i].err);
		if (err)
			continue;
		CHECK_STR(routed6[i].dst, d.dev->name, routed6[i].dev);
		CHECK_STR(routed6[i].dst, d.has_gw ? inet_str(buf, AF_INET6, &d.gw) : "", routed6[i].via ? routed6[i].via : "");
	}
	eth1 = dev_by_name(r.h, "eth1");
	inet_pton(AF_INET6, "2001:db8:2::8", addr.ip6);
	CHECK("neighbour", eth1 && neigh_find(r.h->nd_tbl, eth1, &addr) != NULL);
	conf_end(&r);
}

static const struct { const char *name, *addr, *route, *said; } wrong[] = {
	{ "no listing", "hello", NULL, "1:1 \"ip addr\" output begins with a line like \"1: lo: <LOOPBACK,UP> mtu 65536\"" },
	{ "cut JSON", "[{\"ifname\":", NULL, "1:11 no valid JSON: unexpected token near end of file" },
	{ "unknown device", "1: lo: <UP> mtu 1", "9.0.0.0/8 dev eth9", "1:15 cannot find device \"eth9\"" },
	{ "same name twice", "2: a: <UP> mtu 1500\n3: a: <UP> mtu 1500", NULL, "2:1 \"a\" is no valid name of a device, or is there twice" },
};

static void test_wrong(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		struct conf_rig r;

		rig(&r);
		ipdump_load(r.h, conf_source(&r, "a", wrong[i].addr), wrong[i].route ? conf_source(&r, "r", wrong[i].route) : NULL, NULL, NULL, &r.d);
		CHECK_STR(wrong[i].name, conf_said(&r), wrong[i].said);
		conf_end(&r);
	}
}

void suite_ipdump(void);
void suite_ipdump(void)
{
	unit_add("text", test_text);
	unit_add("text6", test_text6);
	unit_add("json", test_json);
	unit_add("wrong", test_wrong);
}
