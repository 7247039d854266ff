// SPDX-License-Identifier: MIT
/* test_sysctl.c - sysctl.conf, and what a write changes beside it (as seen on Linux 6.18). */
#include "tests/unit/world/conf_rig.h"

static const struct { const char *name, *conf, *key, *want; } values[] = {
	{ "scalar", "net.ipv4.ip_forward=1", "net.ipv4.ip_forward", "1" },
	{ "spaces and comments", "# x\n; y\n\n  net.ipv4.ip_default_ttl =  7  ", "net.ipv4.ip_default_ttl", "7" },
	{ "slashes", "net/ipv4/ip_default_ttl = 8", "net.ipv4.ip_default_ttl", "8" },
	{ "first number counts", "net.ipv4.ip_default_ttl = 9 10", "net.ipv4.ip_default_ttl", "9" },
	{ "octal", "net.ipv4.conf.eth0.rp_filter = 02", "net.ipv4.conf.eth0.rp_filter", "2" },
	{ "forward sets all", "net.ipv4.ip_forward=1", "net.ipv4.conf.all.forwarding", "1" },
	{ "and devices", "net.ipv4.ip_forward=1", "net.ipv4.conf.eth1.forwarding", "1" },
	{ "and default", "net.ipv4.conf.all.forwarding=1", "net.ipv4.conf.default.forwarding", "1" },
	{ "and redirects off", "net.ipv4.ip_forward=1", "net.ipv4.conf.all.accept_redirects", "0" },
	{ "one device alone", "net.ipv4.conf.eth0.forwarding=1", "net.ipv4.conf.eth1.forwarding", "0" },
	{ "no change, nothing set", "net.ipv4.conf.eth0.forwarding=1\nnet.ipv4.ip_forward=0", "net.ipv4.conf.eth0.forwarding", "1" },
	{ "default reaches devices", "net.ipv4.conf.default.rp_filter=2", "net.ipv4.conf.eth0.rp_filter", "2" },
	{ "but not one that was set", "net.ipv4.conf.eth0.rp_filter=0\nnet.ipv4.conf.default.rp_filter=2", "net.ipv4.conf.eth0.rp_filter", "0" },
	{ "some never spread", "net.ipv4.conf.default.route_localnet=1", "net.ipv4.conf.eth0.route_localnet", "0" },
	{ "pattern", "net.ipv4.conf.*.rp_filter = 1", "net.ipv4.conf.eth1.rp_filter", "1" },
	{ "pattern yields", "net.ipv4.conf.eth1.rp_filter=2\nnet.ipv4.conf.*.rp_filter = 1", "net.ipv4.conf.eth1.rp_filter", "2" },
	{ "pattern's exception", "-net.ipv4.conf.eth1.route_localnet\nnet.ipv4.conf.*.route_localnet = 1", "net.ipv4.conf.eth1.route_localnet", "0" },
	{ "VLAN with dots", "net.ipv4.conf.eth0/7.rp_filter=1", "net/ipv4/conf/eth0.7/rp_filter", "1" },
	{ "neighbour, other unit", "net.ipv4.neigh.eth0.retrans_time=250", "net.ipv4.neigh.eth0.retrans_time_ms", "2500" },
	{ "queue in packets", "net.ipv4.neigh.eth0.unres_qlen=5", "net.ipv4.neigh.eth0.unres_qlen_bytes", "10450" },
	{ "ports", "net.ipv4.ip_local_port_range = 1000 2000", "net.ipv4.ip_local_port_range", "1000\t2000" },
	{ "old name", "net.nf_conntrack_max=5", "net.netfilter.nf_conntrack_max", "5" },
	{ "with hyphens", "net.bridge.bridge-nf-call-iptables=0", "net.bridge.bridge-nf-call-iptables", "0" },
};

static void test_values(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		struct conf_rig r;
		char buf[64];
		const char *got;

		conf_init(&r);
		vlan_attach(dev_add(r.h, "eth0.7", DEV_VLAN), dev_by_name(r.h, "eth0"), 7, 0x8100);
		sysctl_load(r.h, conf_source(&r, "sysctl.conf", values[i].conf), false, &r.d);
		CHECK_STR(values[i].name, conf_said(&r), "");
		got = sysctl_get(r.h, values[i].key, buf);
		CHECK_STR(values[i].name, got ? got : "(none)", values[i].want);
		conf_end(&r);
	}
}

static const struct { const char *name, *conf, *said; } wrong[] = {
	{ "unknown", "net.ipv4.ip_forwrad=1", "1:1 unknown setting \"net.ipv4.ip_forwrad\"" },
	{ "unknown of a device", "net.ipv4.conf.eth0.rp_filtr=1", "1:1 unknown setting \"net.ipv4.conf.eth0.rp_filtr\"" },
	{ "may fail", "-net.ipv4.foo=1", "" },
	{ "other trees", "kernel.panic=1\nvm.swappiness = 5\nfs/file-max=1", "" },
	{ "cannot matter", "net.core.rmem_max=1\nnet.ipv4.tcp_rmem = 1 2 3\nnet.ipv6.conf.all.disable_ipv6=1", "" },
	{ "range", "net.ipv4.ip_default_ttl=0", "1:1 \"0\" is no value for net.ipv4.ip_default_ttl" },
	{ "no number", "net.ipv4.ip_forward=yes", "1:1 \"yes\" is no value for net.ipv4.ip_forward" },
	{ "garbage after it", "net.ipv4.ip_forward=1x", "1:1 \"1x\" is no value for net.ipv4.ip_forward" },
	{ "plus", "net.ipv4.ip_forward=+1", "1:1 \"+1\" is no value for net.ipv4.ip_forward" },
	{ "read only", "net.netfilter.nf_conntrack_count=1", "1:1 net.netfilter.nf_conntrack_count can only be read: left out" },
	{ "not emulated", "net.ipv4.conf.eth0.bc_forwarding=1", "1:1 net.ipv4.conf.eth0.bc_forwarding = 1 is not emulated" },
	{ "its default is fine", "net.ipv4.conf.eth0.bc_forwarding=0", "" },
	{ "no sign", "net.ipv4.ip_forward", "1:1 no \"=\" in this line: it is left out" },
	{ "ports", "net.ipv4.ip_local_port_range=5", "1:1 \"5\" is no value for net.ipv4.ip_local_port_range" },
	{ "no device yet", "net.ipv4.conf.nosuch.rp_filter=1", "" },
};

static void test_wrong(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		struct conf_rig r;

		conf_init(&r);
		sysctl_load(r.h, conf_source(&r, "sysctl.conf", wrong[i].conf), false, &r.d);
		CHECK_STR(wrong[i].name, conf_said(&r), wrong[i].said);
		conf_end(&r);
	}
}

/* Keys of devices that ip.batch makes wait for them; the others are not written again. */
static void test_late(void)
{
	struct source *src;
	struct conf_rig r;
	char buf[64];

	conf_init(&r);
	src = conf_source(&r, "sysctl.conf", "net.ipv4.conf.eth0.rp_filter=1\nnet.ipv4.conf.br0.rp_filter=2\nnet.ipv4.conf.nosuch.tag=1");
	CHECK("early", sysctl_load(r.h, src, false, &r.d));
	conf_batch(&r, "link add br0 type bridge\nlink set br0 up");
	sysctl_set(r.h, "net.ipv4.conf.eth0.rp_filter", "0", (struct pos){ 0 }, &r.d);
	sysctl_load(r.h, src, true, &r.d);
	CHECK_STR("bridge", sysctl_get(r.h, "net.ipv4.conf.br0.rp_filter", buf), "2");
	CHECK_STR("not again", sysctl_get(r.h, "net.ipv4.conf.eth0.rp_filter", buf), "0");
	CHECK_STR("nobody", conf_said(&r), "3:1 no such device: net.ipv4.conf.nosuch.tag is not set");
	conf_end(&r);
}

/* A new device starts with "default"; with its first address it stops following it. */
static void test_default(void)
{
	struct net_device *dev;
	struct conf_rig r;

	conf_init(&r);
	sysctl_set(r.h, "net.ipv4.conf.default.rp_filter", "1", (struct pos){ 0 }, &r.d);
	dev = dev_add(r.h, "d1", DEV_DUMMY);
	CHECK("starts with it", dev->conf.rp_filter == 1);
	conf_batch(&r, "addr add 10.0.0.1/24 dev eth0");
	sysctl_set(r.h, "net.ipv4.conf.default.arp_ignore", "1", (struct pos){ 0 }, &r.d);
	CHECK("has an address", dev_by_name(r.h, "eth0")->conf.arp_ignore == 0);
	CHECK("has none", dev_by_name(r.h, "eth1")->conf.arp_ignore == 1);
	conf_end(&r);
}

void suite_sysctl(void);
void suite_sysctl(void)
{
	unit_add("values", test_values);
	unit_add("wrong lines", test_wrong);
	unit_add("late keys", test_late);
	unit_add("default", test_default);
}
