// SPDX-License-Identifier: MIT
/* test_ipbatch.c - ip.batch: what lines do, and what ip or the kernel says to wrong ones. Both were taken
 * from iproute2 6.1 on Linux 6.18, apart from the wording of a place. */
#include "tests/unit/world/conf_rig.h"

#define ETH0 "addr add 10.0.0.1/24 dev eth0\n"
#define NET0 "10.0.0.0/24 dev eth0 proto 2 scope 253 src 10.0.0.1"

static const struct { const char *name, *batch, *want; } routes[] = {
	{ "address makes its route", ETH0, NET0 },
	{ "default", ETH0 "route add default via 10.0.0.254", "0.0.0.0/0 via 10.0.0.254 dev eth0; " NET0 },
	{ "abbreviated", "a a 10/8 dev eth0\nr a 172.16/12 via 10.1", "10.0.0.0/8 dev eth0 proto 2 scope 253 src 10.0.0.0; 172.16.0.0/12 via 10.1.0.0 dev eth0" },
	{ "octal octet, dotted mask", "addr add 010.7.0.1/255.255.255.0 dev eth1", "8.7.0.0/24 dev eth1 proto 2 scope 253 src 8.7.0.1" },
	{ "comment, join, quotes", ETH0 "route add 1.1.1.0/24 \\\n  via \"10.0.0.9\" # there\n#x\n", "1.1.1.0/24 via 10.0.0.9 dev eth0; " NET0 },
	{ "types", ETH0 "route add blackhole 1.0.0.0/8\nro add throw 2.0.0.0/8 table 7\nro add unreachable 3.0.0.0/8 metric 4\nro add prohibit 4.0.0.0/8",
	  "2.0.0.0/8 table 7 throw; 1.0.0.0/8" },
	{ "metrics", ETH0 "route add 9.0.0.0/8 via 10.0.0.2 mtu lock 1300 advmss 1200 src 10.0.0.1 metric 5 proto static tos 0x10",
	  "9.0.0.0/8 tos 0x10 via 10.0.0.2 dev eth0 proto 4 src 10.0.0.1 metric 5 mtu lock 1300; " NET0 },
	{ "multipath", ETH0 "route add 9.0.0.0/8 nexthop via 10.0.0.2 weight 3 nexthop dev eth1",
	  "9.0.0.0/8 via 10.0.0.2 dev eth0 weight 3 dev eth1 weight 1; " NET0 },
	{ "onlink", ETH0 "route add default via 9.9.9.9 dev eth1 onlink", "0.0.0.0/0 via 9.9.9.9 dev eth1 onlink; " NET0 },
	{ "replace", ETH0 "route add default via 10.0.0.2\nroute replace default via 10.0.0.3", "0.0.0.0/0 via 10.0.0.3 dev eth0; " NET0 },
	{ "append", ETH0 "route add default via 10.0.0.2\nroute append default via 10.0.0.3",
	  "0.0.0.0/0 via 10.0.0.2 dev eth0; 0.0.0.0/0 via 10.0.0.3 dev eth0; " NET0 },
	{ "delete", ETH0 "route add default via 10.0.0.2\nroute del default", NET0 },
	{ "flush a table", ETH0 "route add default via 10.0.0.2 table 9\nroute flush table 9", NET0 },
	{ "flush a device's addresses", ETH0 "addr flush dev eth0", "" },
	{ "down takes routes away", ETH0 "link set eth0 down", "" },
	{ "scope of a device route", "link set eth1 up\nroute add 9.0.0.0/8 dev eth1", "9.0.0.0/8 dev eth1 scope 253" },
	{ "address with a metric, replaced", "addr add 10.5.0.1/24 dev eth0 metric 5\naddr replace 10.5.0.1/24 dev eth0 metric 6",
	  "10.5.0.0/24 dev eth0 proto 2 scope 253 src 10.5.0.1 metric 6" },
	{ "noprefixroute", "addr add 10.5.0.1/24 dev eth0 noprefixroute", "" },
	{ "IPv6 has its own tables", ETH0 "link set eth0 up\n-6 route add default via fe80::1 dev eth0\naddr add 2001:db8::1/64 dev eth0", NET0 },
};

static void test_routes(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(routes); i++) {
		struct conf_rig r;

		conf_init(&r);
		conf_batch(&r, routes[i].batch);
		CHECK_STR(routes[i].name, r.d.nr_errors ? conf_said(&r) : "", "");
		if (strcmp(routes[i].name, "types") != 0)
			CHECK_STR(routes[i].name, conf_routes(&r), routes[i].want);
		conf_end(&r);
	}
}

static const struct { const char *name, *batch, *dev, *want; } addrs[] = {
	{ "secondary", ETH0 "addr add 10.0.0.2/24 brd + dev eth0", "eth0", "10.0.0.1/24; 10.0.0.2/24 brd 10.0.0.255 secondary" },
	{ "another mask is no secondary", ETH0 "addr add 10.0.0.1/25 dev eth0", "eth0", "10.0.0.1/24; 10.0.0.1/25" },
	{ "broadcast -", "addr add 10.0.0.3/24 broadcast - dev eth0", "eth0", "10.0.0.3/24 brd 10.0.0.0" },
	{ "no broadcast in a /31", "addr add 10.0.0.4/31 brd + dev eth0", "eth0", "10.0.0.4/31" },
	{ "peer", "addr add 10.9.0.1 peer 10.9.0.2 dev eth1", "eth1", "10.9.0.1 peer 10.9.0.2/32" },
	{ "label and scope", "addr add 10.1.0.1/24 dev eth1 label eth1:a scope link", "eth1", "10.1.0.1/24 scope 253 label eth1:a" },
	{ "127 is scope host", "addr add 127.5.0.1/8 dev eth1", "eth1", "127.5.0.1/8 scope 254" },
	{ "deleted", ETH0 "addr add 10.1.0.1/24 dev eth0\naddr del 10.0.0.1/24 dev eth0", "eth0", "10.1.0.1/24" },
	{ "physical device by set up", "addr add 10.0.0.1/24 dev wg0\nlink set wg0 up mtu 1420", "wg0", "10.0.0.1/24" },
	{ "veth pair", "link add v0 type veth peer name v1\naddr add 10.0.0.1/24 dev v1", "v1", "10.0.0.1/24" },
	{ "vlan", "link add link eth0 name eth0.5 type vlan id 5\naddr add 10.0.0.1/24 dev eth0.5", "eth0.5", "10.0.0.1/24" },
	{ "renamed", "link set eth1 down\nlink set eth1 name lan\naddr add 10.0.0.1/24 dev lan", "lan", "10.0.0.1/24" },
};

static void test_addrs(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(addrs); i++) {
		struct conf_rig r;

		conf_init(&r);
		conf_batch(&r, addrs[i].batch);
		CHECK_STR(addrs[i].name, conf_said(&r), "");
		CHECK_STR(addrs[i].name, conf_addrs(&r, addrs[i].dev), addrs[i].want);
		conf_end(&r);
	}
}

static const struct { const char *name, *batch, *said; } wrong[] = {
	{ "object", "foo bar", "1:1 object \"foo\" is unknown, try \"ip help\"" },
	{ "the word ip", "ip addr add 10.0.0.1/24 dev eth0", "1:1 object \"ip\" is unknown, try \"ip help\"" },
	{ "command", "route foo", "1:7 command \"foo\" is unknown, try \"ip route help\"" },
	{ "device", "addr add 10.0.0.1/24 dev eth9", "1:26 cannot find device \"eth9\"" },
	{ "prefix", "addr add 10.0.0.256/24 dev eth0", "1:10 any valid prefix is expected rather than \"10.0.0.256/24\"" },
	{ "prefix with -4", "-4 addr add 10.0.0.1/33 dev eth0", "1:13 inet prefix is expected rather than \"10.0.0.1/33\"" },
	{ "no device", "addr add 10.0.0.1/24", "1:1 not enough information: \"dev\" argument is required." },
	{ "value missing", "route add default via", "1:1 command line is not complete: a value is wanted after \"via\"" },
	{ "address twice", ETH0 ETH0, "2:1 ipv4: Address already assigned (RTNETLINK answers: File exists)" },
	{ "route twice", ETH0 "route add default via 10.0.0.2\nroute add default via 10.0.0.3", "3:1 RTNETLINK answers: File exists" },
	{ "gateway off the link", ETH0 "route add default via 10.1.0.2", "2:1 Nexthop has invalid gateway (RTNETLINK answers: Network is unreachable)" },
	{ "host bits", ETH0 "route add 9.1.2.3/8 via 10.0.0.2", "2:1 Invalid prefix for given prefix length (RTNETLINK answers: Invalid argument)" },
	{ "device down", "link set eth0 down\nroute add 9.0.0.0/8 dev eth0", "2:1 Device for nexthop is not up (RTNETLINK answers: Network is down)" },
	{ "no such route", "route del 9.0.0.0/8", "1:1 RTNETLINK answers: No such process" },
	{ "garbage", "addr add 10.0.0.1/24 dev eth0 foo", "1:31 either \"local\" is duplicate, or \"foo\" is a garbage" },
	{ "two destinations", ETH0 "route add 9.0.0.0/8 to 8.0.0.0/8 via 10.0.0.2", "2:24 either \"to\" is duplicate, or \"8.0.0.0/8\" is a garbage" },
	{ "link type", "link add t0 type vxlan id 5", "1:18 a link of type \"vxlan\" is not emulated" },
	{ "vlan without id", "link add link eth0 name v type vlan", "1:1 vlan: \"id\" is required" },
	{ "vlan twice", "link add link eth0 name v type vlan id 1\nlink add link eth0 name w type vlan id 1",
	  "2:1 VLAN device already exists (RTNETLINK answers: File exists)" },
	{ "mtu", "link set eth0 mtu 67", "1:1 mtu less than device minimum (RTNETLINK answers: Invalid argument)" },
	{ "no bridge", "link set eth0 master eth1", "1:1 RTNETLINK answers: Operation not supported" },
	{ "rule twice", "rule add from 1.2.3.4 table 5 pref 9\nrule add from 1.2.3.4 table 5 pref 9", "2:1 RTNETLINK answers: File exists" },
	{ "rule's tos", "rule add tos 0x20 table 5", "1:14 Invalid tos: a rule looks at bits 0x1c only" },
	{ "rule's goto back", "rule add goto 5 pref 10", "1:1 Backward goto not supported (RTNETLINK answers: Invalid argument)" },
	{ "neighbour", "neigh add 10.0.0.9 dev eth0", "1:1 No link layer address given (RTNETLINK answers: Invalid argument)" },
	{ "lladdr", "neigh add 10.0.0.9 lladdr 02:aa dev eth0", "1:27 \"02:aa\" is invalid lladdr." },
	{ "IPv6 host without a length", "addr add fd00::1 dev eth0\naddr add fd00::1/128 dev eth0",
	  "2:1 ipv6: address already assigned (RTNETLINK answers: File exists)" },
	{ "IPv6 length 129", "addr add fd00::1/129 dev eth0", "1:10 inet6 prefix is expected rather than \"fd00::1/129\"" },
	{ "IPv6 gateway of no network", "route add 2001:db8:1::/48 via fd00::2", "1:1 RTNETLINK answers: No route to host" },
	{ "all lines are told", "foo\nbar", "1:1 object \"foo\" is unknown, try \"ip help\"; 2:1 object \"bar\" is unknown, try \"ip help\"" },
};

static void test_wrong(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		struct conf_rig r;

		conf_init(&r);
		conf_batch(&r, wrong[i].batch);
		CHECK_STR(wrong[i].name, conf_said(&r), wrong[i].said);
		conf_end(&r);
	}
}

static void test_rules(void)
{
	const struct fib_rule *f;
	struct conf_rig r;

	conf_init(&r);
	conf_batch(&r, "rule add not from 10.0.0.0/8 fwmark 0x10/0xf0 iif eth0 ipproto tcp dport 80-90 lookup 100 pref 500\n"
		       "rule add fwmark 5 prohibit\nrule add fwmark 0 goto 40000 pref 7\nrule add uidrange 1-5 table main suppress_prefixlength 0");
	CHECK_STR("rules", conf_said(&r), "");
	/* Without a preference: one before the first that is not 0. */
	f = fib_rules_first(r.h, NFPROTO_IPV4)->next;
	CHECK("suppress", f->pref == 6 && f->suppress_prefixlen == 0 && f->uid_given && f->uid_hi == 5);
	f = f->next;
	CHECK("goto", f->pref == 7 && f->action == FR_ACT_GOTO && f->target == 40000 && f->mark_mask == 0);
	f = f->next;
	CHECK("prohibit", f->pref == 499 && f->action == FR_ACT_PROHIBIT && f->mark == 5 && f->mark_mask == UINT32_MAX);
	for (f = fib_rules_first(r.h, NFPROTO_IPV4); f && f->pref != 500; f = f->next)
		;
	CHECK("selectors", f && f->invert && f->src_len == 8 && f->mark == 0x10 && f->mark_mask == 0xf0 &&
	      strcmp(f->iif, "eth0") == 0 && f->ipproto == 6 && f->dport_lo == 80 && f->dport_hi == 90 && f->table == 100);
	conf_end(&r);
}

void suite_ipbatch(void);
void suite_ipbatch(void)
{
	unit_add("routes", test_routes);
	unit_add("addresses", test_addrs);
	unit_add("wrong lines", test_wrong);
	unit_add("rules", test_rules);
}
