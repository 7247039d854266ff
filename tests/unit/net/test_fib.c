// SPDX-License-Identifier: MIT
// test_fib.c - routes, addresses and policy rules; every expected answer was the kernel's (6.18).
#include "sim/net/fib_internal.h"
#include "sim/world/world.h"
#include "tests/unit/unit.h"
#include <errno.h>
#include <stdlib.h>

struct lab { struct world *w; struct host *h; struct net_device *eth[3]; };

static be32 ip(const char *s)
{
	be32 a = 0;

	ip4_parse(&a, s);
	return a;
}

static int add_addr(struct net_device *dev, const char *local, unsigned len)
{
	struct in_ifaddr ifa = { .local = ip(local), .prefixlen = (uint8_t)len };

	return inet_addr_add(dev, &ifa);
}

/* ethN has 10.N.0.1/24. */
static void lab_init(struct lab *l)
{
	l->w = world_create(1);
	l->h = world_host(l->w, "h");
	for (int i = 0; i < 3; i++) {
		char name[IFNAMSIZ] = "eth0", addr[] = "10.0.0.1";

		name[3] = (char)('0' + i);
		addr[3] = (char)('0' + i);
		l->eth[i] = dev_add(l->h, name, DEV_PHYS);
		dev_set_up(l->eth[i], true);
		add_addr(l->eth[i], addr, 24);
	}
}

static struct fib_config route(const char *dst, unsigned len, const char *gw)
{
	return (struct fib_config){ .dst = ip(dst), .dst_len = (uint8_t)len, .gw = gw ? ip(gw) : 0,
				    .exclusive = true };
}

static const char *next_hop(struct lab *l, const char *dst, unsigned tos, uint32_t mark, char buf[ADDRSTRLEN])
{
	struct flowi4 fl = { .daddr = ip(dst), .tos = (uint8_t)tos, .mark = mark };
	struct dst d;
	int err = ip_route_output(l->h, &fl, &d);

	if (err)
		return strerror(-err);
	return d.has_gw ? ip4_str(buf, d.gw.ip) : d.dev->name;
}

static void test_jhash(void)
{
	static const uint32_t k[7] = { 1, 2, 3, 4, 5, 6, 7 };
	static const struct { const char *name; unsigned n; uint32_t init, want; } rows[] = {
		{ "0 words", 0, 0, 0xdeadbeef }, { "0 words, seed", 0, 17, 0xdeadbf00 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		CHECK(rows[i].name, jhash2(k, rows[i].n, rows[i].init) == rows[i].want);
	/* The short forms are lookup3's final mix alone. */
	CHECK("3 words", jhash_3words(1, 2, 3, 9) == jhash2(k, 3, 9));
	CHECK("2 words differ from 3", jhash_2words(1, 2, 9) != jhash_3words(1, 2, 0, 9));
	CHECK("1 word", jhash_1word(1, 0) != jhash_1word(1, 1));
}

/* ---- longest prefix ---- */

static void test_prefixes(void)
{
	static const struct { const char *dst; unsigned len; const char *gw; unsigned tos; enum rtn type; } add[] = {
		{ "0.0.0.0", 0, "10.0.0.2", 0, RTN_UNICAST },	{ "20.0.0.0", 8, "10.0.0.3", 0, RTN_UNICAST },
		{ "20.0.0.0", 12, "10.0.0.4", 0, RTN_UNICAST },	{ "20.1.2.0", 23, "10.0.0.5", 0, RTN_UNICAST },
		{ "20.1.2.128", 25, "10.0.0.6", 0, RTN_UNICAST }, { "20.1.2.129", 32, "10.0.0.7", 0, RTN_UNICAST },
		{ "20.1.2.0", 24, "10.1.0.9", 0x10, RTN_UNICAST },
		{ "30.0.0.0", 8, NULL, 0, RTN_BLACKHOLE },	{ "31.0.0.0", 8, NULL, 0, RTN_UNREACHABLE },
		{ "32.0.0.0", 8, NULL, 0, RTN_PROHIBIT },	{ "33.0.0.0", 8, NULL, 0, RTN_THROW },
		{ "127.1.0.0", 16, "10.0.0.8", 0, RTN_UNICAST },
	};
	static const struct { const char *dst; unsigned tos; const char *want; } get[] = {
		{ "8.8.8.8", 0, "10.0.0.2" },	{ "20.200.0.1", 0, "10.0.0.3" },
		{ "20.15.0.1", 0, "10.0.0.4" },	{ "20.1.3.255", 0, "10.0.0.5" },
		{ "20.1.2.1", 0, "10.0.0.5" },	{ "20.1.2.1", 0x10, "10.1.0.9" },
		{ "20.1.2.1", 0xf0, "10.1.0.9" },	/* only the old TOS bits are compared */
		{ "20.1.2.200", 0x10, "10.0.0.6" }, { "20.1.2.129", 0, "10.0.0.7" },
		{ "30.1.1.1", 0, "Invalid argument" }, { "31.1.1.1", 0, "No route to host" },
		{ "32.1.1.1", 0, "Permission denied" }, { "33.1.1.1", 0, "Network is unreachable" },
		{ "10.1.0.77", 0, "eth1" },	{ "10.1.0.1", 0, "lo" },
		{ "127.1.2.3", 0, "10.0.0.8" },		/* local and main are one trie until there are rules */
		{ "127.2.2.3", 0, "lo" },
	};
	char buf[ADDRSTRLEN];
	struct lab l;

	lab_init(&l);
	for (size_t i = 0; i < ARRAY_SIZE(add); i++) {
		struct fib_config c = route(add[i].dst, add[i].len, add[i].gw);

		c.tos = (uint8_t)add[i].tos;
		c.type = (uint8_t)add[i].type;
		CHECK(add[i].dst, fib_route_add(l.h, &c) == 0);
	}
	for (size_t i = 0; i < ARRAY_SIZE(get); i++)
		CHECK_STR(get[i].dst, next_hop(&l, get[i].dst, get[i].tos, 0, buf), get[i].want);
	/* Each removed again uncovers the next shorter one. */
	for (size_t i = ARRAY_SIZE(add); i-- > 1;) {
		struct fib_config c = route(add[i].dst, add[i].len, NULL);

		c.tos = (uint8_t)add[i].tos;
		CHECK(add[i].dst, fib_route_del(l.h, &c) == 0);
		CHECK_STR(add[i].dst, next_hop(&l, "20.1.2.129", 0, 0, buf),
			  i > 5 ? "10.0.0.7" : i == 5 ? "10.0.0.6" : i == 4 ? "10.0.0.5" : i == 3 ? "10.0.0.4" :
			  i == 2 ? "10.0.0.3" : "10.0.0.2");
	}
	world_destroy(l.w);
}

/* Many prefixes against a plain search, while they come and go. */
static void test_trie_random(void)
{
	enum { N = 300 };
	static struct { uint32_t key; unsigned len; bool in; } v[N];
	struct fib_trie *t = fib_trie_new();
	bool good = true;
	struct rng r;

	rng_init(&r, 7, "trie", "test");
	for (int i = 0; i < N; i++) {
		v[i].len = rng_below(&r, 33);
		v[i].key = (rng_u32(&r) & 0x0f0f0f0f) & (v[i].len ? ~0u << (32 - v[i].len) : 0);
	}
	for (int round = 0; round < 4000 && good; round++) {
		unsigned n = rng_below(&r, N), best = 0;
		struct fib_prefix *px = fib_trie_find(t, v[n].key, v[n].len), *got;
		uint32_t key = rng_u32(&r) & 0x0f0f0f0f;
		bool any = false;

		if (px)
			fib_trie_del(t, px);
		else
			fib_trie_add(t, v[n].key, v[n].len);
		for (int i = 0; i < N; i++) {
			if (v[i].key == v[n].key && v[i].len == v[n].len)
				v[i].in = !px;
			if (v[i].in && !((key ^ v[i].key) & (v[i].len ? ~0u << (32 - v[i].len) : 0))) {
				any = true;
				best = MAX(best, v[i].len);
			}
		}
		got = fib_trie_lpm(t, key);
		good = any ? got && got->len == best : !got;
		for (; got && got->parent; got = got->parent)
			good &= got->parent->len < got->len;
	}
	CHECK("random", good);
	fib_trie_put(t);
}

/* ---- what is refused ---- */

static void test_route_errors(void)
{
	static const struct { const char *name, *dst; unsigned len; const char *gw; int eth; bool onlink; int scope;
			      const char *src; enum rtn type; int want; } rows[] = {
		{ "host bits", "20.0.0.1", 24, "10.0.0.2", -1, 0, -1, NULL, 0, -EINVAL },
		{ "gateway off link", "20.0.0.0", 24, "99.0.0.2", -1, 0, -1, NULL, 0, -ENETUNREACH },
		{ "gateway is broadcast", "20.0.0.0", 24, "10.0.0.255", -1, 0, -1, NULL, 0, -EINVAL },
		{ "gateway by other device", "20.0.0.0", 24, "10.0.0.2", 1, 0, -1, NULL, 0, -ENETUNREACH },
		{ "the same, onlink", "20.0.0.0", 24, "10.0.0.2", 1, 1, -1, NULL, 0, 0 },
		{ "onlink, no device", "20.1.0.0", 24, "99.0.0.2", -1, 1, -1, NULL, 0, -ENODEV },
		{ "onlink, own address", "20.1.0.0", 24, "10.0.0.1", 1, 1, -1, NULL, 0, -EINVAL },
		{ "neither", "20.1.0.0", 24, NULL, -1, 0, -1, NULL, 0, -ENODEV },
		{ "again", "20.0.0.0", 24, "10.0.0.3", -1, 0, -1, NULL, 0, -EEXIST },
		{ "prefsrc not ours", "20.2.0.0", 24, "10.0.0.2", -1, 0, -1, "10.0.0.9", 0, -EINVAL },
		{ "prefsrc ours", "20.2.0.0", 24, "10.0.0.2", -1, 0, -1, "10.2.0.1", 0, 0 },
		{ "unicast of host scope", "20.3.0.0", 24, "10.0.0.2", -1, 0, RT_SCOPE_HOST, NULL, 0, -EINVAL },
		{ "link scope by gateway", "20.3.0.0", 24, "10.0.0.2", -1, 0, RT_SCOPE_LINK, NULL, 0, -ENETUNREACH },
		{ "blackhole with device", "20.3.0.0", 24, NULL, 1, 0, -1, NULL, RTN_BLACKHOLE, -EINVAL },
		{ "local with global scope", "20.3.0.0", 24, NULL, 1, 0, RT_SCOPE_UNIVERSE, NULL, RTN_LOCAL, -EINVAL },
		{ "local", "20.3.0.0", 24, NULL, 1, 0, -1, NULL, RTN_LOCAL, 0 },
	};
	struct lab l;

	lab_init(&l);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct fib_config c = route(rows[i].dst, rows[i].len, rows[i].gw);

		c.oif = rows[i].eth < 0 ? NULL : l.eth[rows[i].eth];
		c.onlink = rows[i].onlink;
		c.type = (uint8_t)rows[i].type;
		c.scope_given = rows[i].scope >= 0;
		c.scope = c.scope_given ? (uint8_t)rows[i].scope : 0;
		c.prefsrc = rows[i].src ? ip(rows[i].src) : 0;
		CHECK(rows[i].name, fib_route_add(l.h, &c) == rows[i].want);
	}
	world_destroy(l.w);
}

/* ---- addresses ---- */

static void count_route(const struct fib_route *r, void *arg)
{
	char a[ADDRSTRLEN];
	struct strbuf *sb = arg;

	if ((ntohl(r->dst) >> 24) == 20)
		sb_printf(sb, "%s%s/%u", sb->len ? " " : "", ip4_str(a, r->dst), r->dst_len);
}

static void test_addresses(void)
{
	/* add: +address/length, delete: -; then all routes within 20/8 (table main, then local). */
	static const struct { const char *ops, *want; bool promote; } rows[] = {
		{ "+20.0.0.5/24", "20.0.0.0/24 20.0.0.5/32 20.0.0.255/32", 0 },
		{ "+20.0.0.4/31", "20.0.0.4/31 20.0.0.4/32", 0 },
		{ "+20.0.0.4/32", "20.0.0.4/32", 0 },
		{ "+20.0.0.5/24 +20.0.0.6/24", "20.0.0.0/24 20.0.0.5/32 20.0.0.6/32 20.0.0.255/32", 0 },
		{ "+20.0.0.5/24 +20.0.0.6/24 -20.0.0.6/24", "20.0.0.0/24 20.0.0.5/32 20.0.0.255/32", 0 },
		{ "+20.0.0.5/24 +20.0.0.6/24 -20.0.0.5/24", "", 0 },
		{ "+20.0.0.5/24 +20.0.0.6/24 -20.0.0.5/24", "20.0.0.0/24 20.0.0.6/32 20.0.0.255/32", 1 },
		{ "+20.0.0.5/24 +20.0.0.5/16 -20.0.0.5/24",
		  "20.0.0.0/16 20.0.0.5/32 20.0.255.255/32", 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct strbuf sb = { 0 };
		char ops[128], *save, *op;
		struct lab l;

		lab_init(&l);
		l.eth[0]->conf.promote_secondaries = rows[i].promote;
		strcpy(ops, rows[i].ops);
		for (op = strtok_r(ops, " ", &save); op; op = strtok_r(NULL, " ", &save)) {
			char *slash = strchr(op, '/');
			struct in_ifaddr ifa = { 0 };

			*slash = 0;
			ifa.local = ip(op + 1);
			ifa.prefixlen = (uint8_t)(strchr("123456789", slash[1]) ? strtol(slash + 1, NULL, 10) : 0);
			CHECK(rows[i].ops, (op[0] == '+' ? inet_addr_add(l.eth[0], &ifa)
							 : inet_addr_del(l.eth[0], &ifa)) == 0);
		}
		fib_each_route(l.h, count_route, &sb);
		CHECK_STR(rows[i].ops, sb_str(&sb), rows[i].want);
		sb_free(&sb);
		world_destroy(l.w);
	}
}

static void test_devices(void)
{
	struct fib_config c = route("20.0.0.0", 8, "10.0.0.2");
	char buf[ADDRSTRLEN];
	struct lab l;

	lab_init(&l);
	fib_route_add(l.h, &c);
	CHECK_STR("up", next_hop(&l, "20.1.1.1", 0, 0, buf), "10.0.0.2");
	dev_set_up(l.eth[0], false);
	CHECK_STR("down", next_hop(&l, "20.1.1.1", 0, 0, buf), "Network is unreachable");
	CHECK_STR("its address stays ours", next_hop(&l, "10.0.0.1", 0, 0, buf), "lo");
	dev_set_up(l.eth[0], true);
	CHECK_STR("the subnet is back", next_hop(&l, "10.0.0.7", 0, 0, buf), "eth0");
	CHECK_STR("the route is not", next_hop(&l, "20.1.1.1", 0, 0, buf), "Network is unreachable");
	CHECK("delete: gone already", fib_route_del(l.h, &c) == -ESRCH);
	world_destroy(l.w);
}

/* ---- multipath ---- */

static void test_multipath(void)
{
	/* fib_multipath_hash_seed 12345; weights 1, 2, 1; TCP 1000 > 80 */
	static const struct { const char *dst; int l3, l4; } rows[] = {
		{ "8.8.8.8", 1, 1 }, { "1.1.1.1", 0, 1 }, { "9.9.9.9", 1, 0 }, { "203.0.113.7", 0, 2 },
		{ "198.51.100.1", 1, 1 }, { "5.6.7.8", 2, 0 }, { "100.64.0.1", 2, 1 }, { "77.1.2.3", 1, 1 },
	};
	struct fib_config c = route("0.0.0.0", 0, NULL);
	struct lab l;

	lab_init(&l);
	l.h->sysctl.fib_multipath_hash_seed = 12345;
	c.nr_mp = 3;
	c.mp[0] = (struct fib_nh){ .gw = ip("10.0.0.2"), .weight = 1 };
	c.mp[1] = (struct fib_nh){ .gw = ip("10.1.0.2"), .weight = 2 };
	c.mp[2] = (struct fib_nh){ .gw = ip("10.2.0.2"), .weight = 1 };
	CHECK("add", fib_route_add(l.h, &c) == 0);
	for (size_t i = 0; i < 2 * ARRAY_SIZE(rows); i++) {
		size_t n = i / 2;
		struct flowi4 fl = { .daddr = ip(rows[n].dst), .proto = 6, .sport = htons(1000), .dport = htons(80) };
		struct dst d;

		l.h->sysctl.fib_multipath_hash_policy = (int)(i & 1);
		CHECK(rows[n].dst, ip_route_output(l.h, &fl, &d) == 0 &&
				   d.dev == l.eth[i & 1 ? rows[n].l4 : rows[n].l3]);
	}
	/* A dead next hop's share goes to the others; a source address prefers its own device. */
	dev_set_up(l.eth[1], false);
	for (size_t n = 0; n < ARRAY_SIZE(rows); n++) {
		struct flowi4 fl = { .daddr = ip(rows[n].dst), .saddr = ip("10.2.0.1") };
		struct flowi4 open = { .daddr = ip(rows[n].dst) };
		struct dst d;

		CHECK(rows[n].dst, ip_route_output(l.h, &open, &d) == 0 && d.dev != l.eth[1]);
		CHECK(rows[n].dst, ip_route_output(l.h, &fl, &d) == 0 && d.dev == l.eth[2]);
	}
	world_destroy(l.w);
}

static void test_multipath_del(void)
{
	static const struct { const char *name, *gw[3]; int n, weight, want; } rows[] = {
		{ "weights do not matter", { "10.0.0.2", "10.1.0.2" }, 2, 9, 0 },
		{ "more than there are", { "10.0.0.2", "10.1.0.2", "10.2.0.2" }, 3, 1, 0 },
		{ "fewer", { "10.0.0.2" }, 1, 1, -ESRCH },
		{ "another gateway", { "10.0.0.2", "10.1.0.3" }, 2, 1, -ESRCH },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct fib_config c = route("20.0.0.0", 8, NULL), del = c;
		struct lab l;

		lab_init(&l);
		c.nr_mp = 2;
		c.mp[0] = (struct fib_nh){ .gw = ip("10.0.0.2"), .weight = 3 };
		c.mp[1] = (struct fib_nh){ .gw = ip("10.1.0.2"), .weight = 2 };
		CHECK(rows[i].name, fib_route_add(l.h, &c) == 0);
		del.nr_mp = rows[i].n;
		for (int n = 0; n < rows[i].n; n++)
			del.mp[n] = (struct fib_nh){ .gw = ip(rows[i].gw[n]), .weight = rows[i].weight };
		CHECK(rows[i].name, fib_route_del(l.h, &del) == rows[i].want);
		world_destroy(l.w);
	}
}

/* ---- rules ---- */

#define RULE(...) { .suppress_prefixlen = -1, .suppress_ifgroup = -1, __VA_ARGS__ }

static void test_rules(void)
{
	static const struct { const char *name; struct fib_rule r; uint32_t mark; const char *dst, *want; } rows[] = {
		{ "none", RULE(.pref = 10, .action = FR_ACT_NOP), 0, "20.1.1.1", "10.0.0.2" },
		{ "mark", RULE(.pref = 10, .action = FR_ACT_TO_TBL, .table = 100, .mark = 1, .mark_mask = ~0u), 1,
		  "20.1.1.1", "10.1.0.2" },
		{ "other mark", RULE(.pref = 10, .action = FR_ACT_TO_TBL, .table = 100, .mark = 1, .mark_mask = ~0u), 2,
		  "20.1.1.1", "10.0.0.2" },
		{ "not mark", RULE(.pref = 10, .action = FR_ACT_TO_TBL, .table = 100, .mark = 1, .mark_mask = ~0u,
				   .invert = true), 2, "20.1.1.1", "10.1.0.2" },
		{ "nothing in the table", RULE(.pref = 10, .action = FR_ACT_TO_TBL, .table = 77), 0, "20.1.1.1",
		  "10.0.0.2" },
		{ "unreachable says network", RULE(.pref = 10, .action = FR_ACT_UNREACHABLE), 0, "20.1.1.1",
		  "Network is unreachable" },
		{ "prohibit", RULE(.pref = 10, .action = FR_ACT_PROHIBIT), 0, "20.1.1.1", "Permission denied" },
		{ "blackhole", RULE(.pref = 10, .action = FR_ACT_BLACKHOLE), 0, "20.1.1.1", "Invalid argument" },
		{ "iif lo is local", RULE(.pref = 10, .action = FR_ACT_PROHIBIT, .iif = "lo"), 0, "20.1.1.1",
		  "Permission denied" },
		{ "iif unknown", RULE(.pref = 10, .action = FR_ACT_PROHIBIT, .iif = "zz"), 0, "20.1.1.1", "10.0.0.2" },
		{ "to", RULE(.pref = 10, .action = FR_ACT_TO_TBL, .table = 100, .dst = 0x14, .dst_len = 8), 0,
		  "20.1.1.1", "10.1.0.2" },
		{ "suppress default", { .pref = 10, .action = FR_ACT_TO_TBL, .table = 100, .suppress_prefixlen = 0,
					.suppress_ifgroup = -1 }, 0, "20.1.1.1", "10.0.0.2" },
		{ "suppress group", { .pref = 10, .action = FR_ACT_TO_TBL, .table = 100, .suppress_prefixlen = -1,
				      .suppress_ifgroup = 0 }, 0, "20.1.1.1", "10.0.0.2" },
		{ "goto over main", RULE(.pref = 10, .action = FR_ACT_GOTO, .target = 32767), 0, "20.1.1.1",
		  "Network is unreachable" },
		{ "goto nowhere", RULE(.pref = 10, .action = FR_ACT_GOTO, .target = 4000), 0, "20.1.1.1", "10.0.0.2" },
		{ "pref chosen: after local", RULE(.pref_auto = true, .action = FR_ACT_PROHIBIT), 0, "10.0.0.1", "lo" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct fib_config c = route("20.0.0.0", 8, "10.0.0.2"), alt = route("0.0.0.0", 0, "10.1.0.2");
		char buf[ADDRSTRLEN];
		struct lab l;

		lab_init(&l);
		alt.table = 100;
		fib_route_add(l.h, &c);
		fib_route_add(l.h, &alt);
		CHECK(rows[i].name, fib_rule_add(l.h, &rows[i].r) == 0);
		CHECK_STR(rows[i].name, next_hop(&l, rows[i].dst, 0, rows[i].mark, buf), rows[i].want);
		CHECK(rows[i].name, fib_rule_add(l.h, &rows[i].r) == (rows[i].r.pref_auto ? 0 : -EEXIST));
		CHECK(rows[i].name, fib_rule_del(l.h, &rows[i].r) == 0);
		if (!rows[i].r.pref_auto)
			CHECK(rows[i].name, fib_rule_del(l.h, &rows[i].r) == -ENOENT);
		world_destroy(l.w);
	}
}

static void test_rules_split_tables(void)
{
	struct fib_rule nop = RULE(.pref = 10, .action = FR_ACT_NOP);
	struct fib_config c = route("127.1.0.0", 16, "10.0.0.8");
	char buf[ADDRSTRLEN];
	struct lab l;

	lab_init(&l);
	fib_route_add(l.h, &c);
	CHECK_STR("one trie", next_hop(&l, "127.1.2.3", 0, 0, buf), "10.0.0.8");
	fib_rule_add(l.h, &nop);
	CHECK_STR("two", next_hop(&l, "127.1.2.3", 0, 0, buf), "lo");
	fib_rule_del(l.h, &nop);
	CHECK_STR("for ever", next_hop(&l, "127.1.2.3", 0, 0, buf), "lo");
	world_destroy(l.w);
}

void suite_fib(void);
void suite_fib(void)
{
	unit_add("jhash", test_jhash);
	unit_add("prefixes", test_prefixes);
	unit_add("trie, random", test_trie_random);
	unit_add("routes refused", test_route_errors);
	unit_add("addresses", test_addresses);
	unit_add("devices", test_devices);
	unit_add("multipath", test_multipath);
	unit_add("multipath, deleted", test_multipath_del);
	unit_add("rules", test_rules);
	unit_add("rules split tables", test_rules_split_tables);
}
