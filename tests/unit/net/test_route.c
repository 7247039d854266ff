// SPDX-License-Identifier: MIT
// test_route.c - routing decisions: what comes in goes where, what is made here leaves how, what ICMP taught.
#include "sim/net/fib.h"
#include "sim/net/net.h"
#include "sim/world/world.h"
#include "tests/unit/unit.h"
#include <errno.h>
#include <stdlib.h>

struct lab { struct world *w; struct host *h; struct net_device *eth[2]; };

static be32 ip(const char *s)
{
	be32 a = 0;

	ip4_parse(&a, s);
	return a;
}

/* A forwarding host, eth0 10.0.0.1/24, eth1 10.1.0.1/24, default via 10.1.0.2. */
static void lab_init(struct lab *l)
{
	struct fib_config c = { .exclusive = true };

	l->w = world_create(1);
	l->h = world_host(l->w, "h");
	for (int i = 0; i < 2; i++) {
		struct in_ifaddr ifa = { .prefixlen = 24, .local = ip(i ? "10.1.0.1" : "10.0.0.1") };

		l->eth[i] = dev_add(l->h, i ? "eth1" : "eth0", DEV_PHYS);
		l->eth[i]->conf.forwarding = 1;
		dev_set_up(l->eth[i], true);
		inet_addr_add(l->eth[i], &ifa);
	}
	c.gw = ip("10.1.0.2");
	fib_route_add(l->h, &c);
}

static struct packet *packet(struct lab *l, const char *src, const char *dst)
{
	struct packet *p = pkt_alloc(l->w->pool, 28);

	pkt_put(p, 28);
	memset(pkt_nh(p), 0, 28);
	pkt_nh(p)[0] = 0x45;
	pkt_nh(p)[IP4_PROTO] = 17;
	memcpy(pkt_nh(p) + IP4_SRC, &(be32){ ip(src) }, 4);
	memcpy(pkt_nh(p) + IP4_DST, &(be32){ ip(dst) }, 4);
	p->protocol = ETH_P_IP;
	p->dev = l->eth[0];
	return p;
}

static void set(struct lab *l, const char *what)
{
	struct ipv4_devconf *c = &l->eth[0]->conf;
	struct fib_config route = { .exclusive = true };

	if (strcmp(what, "strict") == 0)
		c->rp_filter = 1;
	else if (strcmp(what, "loose") == 0)
		c->rp_filter = 2;
	else if (strcmp(what, "loose, no default") == 0) {
		c->rp_filter = 2;
		fib_route_del(l->h, &route);
	} else if (strcmp(what, "accept_local") == 0)
		c->accept_local = 1;
	else if (strcmp(what, "localnet") == 0)
		c->route_localnet = 1;
	else if (strcmp(what, "no forwarding") == 0)
		c->forwarding = 0;
	else if (strcmp(what, "no default") == 0)
		fib_route_del(l->h, &route);
}

static void test_input(void)
{
	/* drop: the reason; else in: what happens with it. */
	static const struct { const char *how, *src, *dst; enum drop_reason drop; enum dst_in in; int error; } rows[] = {
		{ "", "10.0.0.5", "10.0.0.1", 0, DST_IN_LOCAL, 0 },
		{ "", "10.0.0.5", "10.1.0.1", 0, DST_IN_LOCAL, 0 },
		{ "", "10.0.0.5", "8.8.8.8", 0, DST_IN_FORWARD, 0 },
		{ "", "10.0.0.5", "10.0.0.255", 0, DST_IN_LOCAL, 0 },
		{ "", "10.0.0.5", "10.0.0.0", 0, DST_IN_FORWARD, 0 },	/* no broadcast address any more */
		{ "", "0.0.0.0", "255.255.255.255", 0, DST_IN_LOCAL, 0 },
		{ "", "0.0.0.0", "10.0.0.1", DROP_IP_INVALID_SOURCE, 0, 0 },
		{ "", "0.1.2.3", "8.8.8.8", 0, DST_IN_FORWARD, 0 },
		{ "", "10.0.0.5", "0.0.0.0", DROP_IP_INVALID_DEST, 0, 0 },
		{ "", "224.0.0.1", "10.0.0.1", DROP_IP_INVALID_SOURCE, 0, 0 },
		{ "", "255.255.255.255", "10.0.0.1", DROP_IP_INVALID_SOURCE, 0, 0 },
		{ "", "127.0.0.1", "10.0.0.1", DROP_IP_LOCALNET, 0, 0 },
		{ "", "10.0.0.5", "127.0.0.1", DROP_IP_LOCALNET, 0, 0 },
		{ "localnet", "10.0.0.5", "127.0.0.1", 0, DST_IN_LOCAL, 0 },
		{ "", "10.0.0.1", "8.8.8.8", DROP_IP_LOCAL_SOURCE, 0, 0 },
		{ "", "10.1.0.1", "10.0.0.1", DROP_IP_LOCAL_SOURCE, 0, 0 },
		{ "accept_local", "10.1.0.1", "10.0.0.1", 0, DST_IN_LOCAL, 0 },
		{ "", "10.0.0.5", "224.0.0.1", 0, DST_IN_LOCAL, 0 },
		{ "", "10.0.0.5", "239.1.2.3", DROP_NOT_SPECIFIED, 0, 0 },
		{ "", "9.9.9.9", "10.0.0.1", 0, DST_IN_LOCAL, 0 },
		{ "strict", "9.9.9.9", "10.0.0.1", DROP_IP_RPFILTER, 0, 0 },
		{ "strict", "10.0.0.9", "8.8.8.8", 0, DST_IN_FORWARD, 0 },
		{ "strict", "10.1.0.9", "8.8.8.8", DROP_IP_RPFILTER, 0, 0 },
		{ "strict", "10.0.0.255", "8.8.8.8", DROP_IP_INVALID_SOURCE, 0, 0 },
		{ "loose", "9.9.9.9", "10.0.0.1", 0, DST_IN_LOCAL, 0 },
		{ "loose, no default", "9.9.9.9", "10.0.0.1", DROP_IP_RPFILTER, 0, 0 },
		{ "no forwarding", "10.0.0.5", "8.8.8.8", 0, DST_IN_ERROR, EHOSTUNREACH },
		{ "no default", "10.0.0.5", "8.8.8.8", 0, DST_IN_ERROR, ENETUNREACH },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		enum drop_reason got;
		struct packet *p;
		char name[96];
		struct lab l;

		snprintf(name, sizeof(name), "%s > %s %s", rows[i].src, rows[i].dst, rows[i].how);
		lab_init(&l);
		set(&l, rows[i].how);
		p = packet(&l, rows[i].src, rows[i].dst);
		got = ip_route_input(p, ip(rows[i].dst), ip(rows[i].src), 0, l.eth[0]);
		CHECK_STR(name, drop_reason_name(got), drop_reason_name(rows[i].drop));
		CHECK(name, p->dst.in == rows[i].in && p->dst.error == rows[i].error);
		CHECK(name, p->dst.set == !rows[i].drop);
		pkt_free(p);
		world_destroy(l.w);
	}
}

static void test_redirect_flag(void)
{
	static const struct { const char *name, *src, *dst; int send, shared; bool want; } rows[] = {
		{ "same link", "10.0.0.5", "10.0.0.9", 1, 1, true },
		{ "other link", "10.0.0.5", "8.8.8.8", 1, 1, false },
		{ "source behind a gateway", "9.9.9.9", "10.0.0.9", 1, 1, false },
		{ "switched off", "10.0.0.5", "10.0.0.9", 0, 1, false },
		{ "not shared, on link", "10.0.0.5", "10.0.0.9", 1, 0, true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct packet *p;
		struct lab l;

		lab_init(&l);
		l.h->conf_all.send_redirects = l.eth[0]->conf.send_redirects = rows[i].send;
		l.h->conf_all.shared_media = l.eth[0]->conf.shared_media = rows[i].shared;
		p = packet(&l, rows[i].src, rows[i].dst);
		ip_route_input(p, ip(rows[i].dst), ip(rows[i].src), 0, l.eth[0]);
		CHECK(rows[i].name, p->dst.in == DST_IN_FORWARD);
		CHECK(rows[i].name, !!(p->ip_flags & IPSKB_DOREDIRECT) == rows[i].want);
		pkt_free(p);
		world_destroy(l.w);
	}
}

static void test_output(void)
{
	static const struct { const char *src, *dst; int oif; unsigned flags; int err; const char *dev, *from; enum dst_out out; } rows[] = {
		{ NULL, "8.8.8.8", 0, 0, 0, "eth1", "10.1.0.1", DST_OUT_IP },
		{ NULL, "10.0.0.7", 0, 0, 0, "eth0", "10.0.0.1", DST_OUT_IP },
		{ NULL, "10.0.0.1", 0, 0, 0, "lo", "10.0.0.1", DST_OUT_IP },
		{ NULL, "127.0.0.9", 0, 0, 0, "lo", "127.0.0.1", DST_OUT_IP },
		{ NULL, "0.0.0.0", 0, 0, 0, "lo", "127.0.0.1", DST_OUT_IP },
		{ "10.0.0.1", "8.8.8.8", 0, 0, 0, "eth1", "10.0.0.1", DST_OUT_IP },
		{ "10.0.0.99", "8.8.8.8", 0, 0, -ENETUNREACH, NULL, NULL, 0 },
		{ "10.0.0.99", "8.8.8.8", 0, FLOWI_FLAG_ANYSRC, 0, "eth1", "10.0.0.99", DST_OUT_IP },
		{ "127.0.0.1", "8.8.8.8", 0, 0, -EINVAL, NULL, NULL, 0 },
		{ "224.0.0.1", "8.8.8.8", 0, 0, -EINVAL, NULL, NULL, 0 },
		{ NULL, "8.8.8.8", 1, 0, 0, "eth0", "10.0.0.1", DST_OUT_IP },	/* no route by eth0: on link */
		{ NULL, "8.8.8.8", 99, 0, -ENODEV, NULL, NULL, 0 },
		{ NULL, "10.0.0.255", 0, 0, 0, "eth0", "10.0.0.1", DST_OUT_MC },
		{ NULL, "255.255.255.255", 1, 0, 0, "eth0", "10.0.0.1", DST_OUT_MC },
		{ NULL, "255.255.255.255", 0, 0, 0, "eth1", "10.1.0.1", DST_OUT_MC },
		{ "10.0.0.1", "255.255.255.255", 0, 0, 0, "eth0", "10.0.0.1", DST_OUT_MC },
		{ NULL, "224.0.0.1", 0, 0, 0, "eth1", "10.1.0.1", DST_OUT_MC },
		{ NULL, "239.1.2.3", 0, 0, 0, "eth1", "10.1.0.1", DST_OUT_IP },
	};
	struct lab l;

	lab_init(&l);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct flowi4 fl = { .saddr = rows[i].src ? ip(rows[i].src) : 0, .daddr = ip(rows[i].dst),
				     .flags = (uint8_t)rows[i].flags };
		char a[ADDRSTRLEN];
		struct dst d;

		fl.oif = rows[i].oif == 1 ? l.eth[0]->ifindex : rows[i].oif;
		CHECK(rows[i].dst, ip_route_output(l.h, &fl, &d) == rows[i].err);
		if (rows[i].err)
			continue;
		CHECK_STR(rows[i].dst, d.dev->name, rows[i].dev);
		CHECK_STR(rows[i].dst, ip4_str(a, fl.saddr), rows[i].from);
		CHECK(rows[i].dst, d.out == rows[i].out && fl.oif == d.dev->ifindex);
		CHECK(rows[i].dst, !ipv4_is_multicast(fl.daddr) || !d.has_gw);
	}
	world_destroy(l.w);
}

static void learn(struct lab *l, uint32_t mtu)
{
	ip_rt_update_pmtu(l->h, NULL, ip("8.8.8.8"), ip("10.1.0.1"), mtu);
}

static struct dst out(struct lab *l, const char *to)
{
	struct flowi4 fl = { .daddr = ip(to) };
	struct dst d;

	ip_route_output(l->h, &fl, &d);
	return d;
}

static void test_pmtu(void)
{
	struct dst d;
	struct lab l;

	lab_init(&l);
	d = out(&l, "8.8.8.8");
	CHECK("device's", dst_mtu(&d) == 1500 && dst_advmss(&d) == 1460);
	learn(&l, 1400);
	d = out(&l, "8.8.8.8");
	CHECK("learned", dst_mtu(&d) == 1400 && !d.mtu_locked);
	CHECK("forwarding does not care", ip_dst_mtu_maybe_forward(l.h, &d, true) == 1500);
	l.h->sysctl.ip_forward_use_pmtu = 1;
	CHECK("unless told", ip_dst_mtu_maybe_forward(l.h, &d, true) == 1400);
	l.h->sysctl.ip_forward_use_pmtu = 0;
	d = out(&l, "8.8.4.4");
	CHECK("others do not", dst_mtu(&d) == 1500);
	learn(&l, 1450);
	d = out(&l, "8.8.8.8");
	CHECK("never wider", dst_mtu(&d) == 1400);
	world_run_until(l.w, 599 * NSEC_PER_SEC);
	d = out(&l, "8.8.8.8");
	CHECK("still", dst_mtu(&d) == 1400);
	world_run_until(l.w, 600 * NSEC_PER_SEC);
	CHECK("a kept decision expires as well", dst_mtu(&d) == 1500);
	world_run_until(l.w, 601 * NSEC_PER_SEC);
	d = out(&l, "8.8.8.8");
	CHECK("expired", dst_mtu(&d) == 1500);
	learn(&l, 300);
	d = out(&l, "8.8.8.8");
	CHECK("at least min_pmtu, and locked", dst_mtu(&d) == 552 && d.mtu_locked);
	CHECK("locked counts for forwarding", ip_dst_mtu_maybe_forward(l.h, &d, true) == 552);
	dev_set_mtu(l.eth[1], 500);
	d = out(&l, "8.8.8.8");
	CHECK("a narrower device unlocks", dst_mtu(&d) == 500 && !d.mtu_locked);
	world_destroy(l.w);
}

static void test_metrics(void)
{
	static const struct { const char *name; uint32_t mtu; bool lock; uint32_t advmss, want, want_mss; } rows[] = {
		{ "none", 0, false, 0, 1500, 1460 },	{ "mtu", 1300, false, 0, 1300, 1260 },
		{ "locked", 1300, true, 0, 1300, 1260 }, { "huge", 70000, false, 0, 65520, 65480 },
		{ "small", 200, false, 0, 200, 256 },	{ "advmss", 0, false, 1000, 1500, 1000 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct fib_config c = { .dst = ip("20.0.0.0"), .dst_len = 8, .gw = ip("10.0.0.2"), .exclusive = true,
					.mtu = rows[i].mtu, .mtu_locked = rows[i].lock, .advmss = rows[i].advmss };
		struct dst d;
		struct lab l;

		lab_init(&l);
		fib_route_add(l.h, &c);
		d = out(&l, "20.1.1.1");
		CHECK(rows[i].name, dst_mtu(&d) == rows[i].want && dst_advmss(&d) == rows[i].want_mss);
		CHECK(rows[i].name, ip_dst_mtu_maybe_forward(l.h, &d, true) == rows[i].want);
		CHECK(rows[i].name, d.mtu_locked == rows[i].lock);
		world_destroy(l.w);
	}
}

static void test_me_harder(void)
{
	struct fib_rule r = { .pref = 10, .action = FR_ACT_TO_TBL, .table = 100, .mark = 5, .mark_mask = ~0u,
			      .suppress_prefixlen = -1, .suppress_ifgroup = -1 };
	struct fib_config c = { .gw = ip("10.0.0.2"), .table = 100, .exclusive = true };
	struct packet *p;
	struct lab l;

	lab_init(&l);
	fib_route_add(l.h, &c);
	fib_rule_add(l.h, &r);
	p = packet(&l, "10.1.0.1", "8.8.8.8");
	CHECK("plain", !ip_route_me_harder(l.h, p, RTN_UNSPEC) && p->dst.dev == l.eth[1]);
	p->mark = 5;
	CHECK("mark", !ip_route_me_harder(l.h, p, RTN_UNSPEC) && p->dst.dev == l.eth[0]);
	CHECK("source stays", ip4_saddr(pkt_nh(p)) == ip("10.1.0.1"));
	pkt_free(p);
	world_destroy(l.w);
}

void suite_route(void);
void suite_route(void)
{
	unit_add("input", test_input);
	unit_add("redirect flag", test_redirect_flag);
	unit_add("output", test_output);
	unit_add("path MTU", test_pmtu);
	unit_add("metrics", test_metrics);
	unit_add("me harder", test_me_harder);
}
