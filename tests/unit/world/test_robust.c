// SPDX-License-Identifier: MIT
/* test_robust.c - good inputs with bytes changed, lines cut and NULs in them: read or refused, never worse.
 * Run under SAN=1 this is where parsers meet bad bytes. */
#include "sim/base/rng.h"
#include "tests/unit/world/conf_rig.h"
#include <stdlib.h>

#ifndef ROUNDS
#define ROUNDS 400
#endif

static const char batch[] =
	"link add br0 type bridge stp_state 0\nlink add link eth0 name eth0.5 type vlan protocol 802.1q id 5\n"
	"link add v0 type veth peer name v1 mtu 1400\nlink set v0 up master br0\nlink set wg0 up mtu 1420\n"
	"addr add 10.0.0.1/24 brd + dev eth0 label eth0:a scope link metric 5\naddr add 10.9.0.1 peer 10.9.0.2 dev eth1\n"
	"route add default via 10.0.0.2 mtu lock 1300 src 10.0.0.1 table 100\nroute add 9.0.0.0/8 nexthop via 10.0.0.2 weight 3 nexthop dev eth1\n"
	"route replace blackhole 8.0.0.0/8\nroute flush table 100\nrule add not from 10.0.0.0/8 fwmark 0x10/0xff dport 80-90 lookup 5 pref 9\n"
	"neigh add 10.0.0.9 lladdr 02:00:00:00:00:09 nud permanent dev eth0\naddr flush dev eth1\n";
static const char conf[] =
	"net.ipv4.ip_forward = 1\n-net.ipv4.foo=1\nnet.ipv4.conf.*.rp_filter=2\nnet/ipv4/conf/eth0/arp_ignore = 1\n# x\n"
	"net.ipv4.ip_local_port_range = 1000 2000\nnet.ipv4.neigh.eth0.retrans_time=5\nkernel.panic=1\n";
static const char events[] =
	"{\"t\":0.5,\"in\":\"eth0\",\"frame\":\"020000000001020000000002080045000014000000004001000001020304050607\"}\n"
	"{\"in\":\"auto\",\"reply_to\":0,\"kind\":\"icmp-ttl\",\"quote\":9,\"src\":\"1.2.3.4\",\"seq_add\":-5}\n"
	"{\"local\":true,\"packet\":\"45\",\"uid\":1}\n{\"listen\":{\"proto\":\"tcp\",\"port\":80}}\n"
	"{\"connect\":{\"proto\":\"udp\",\"addr\":\"1.2.3.4\",\"port\":80,\"data\":\"00\"}}\n{\"skip\":\"x\"}\n";
static const char traffic[] =
	"listen tcp 0.0.0.0:80 echo\nconnect udp 1.2.3.4:53 from 10.0.0.1:7 data=\"a\\n\"\nsleep 10ms\nrepeat 3 every 1ms eth0: "
	"tcp 1.2.3.4:1 > 5.6.7.8:2 SA opts=0101\neth1: reply SA seq=5 opts=0101\nreply icmp-ttl quote=9 src=1.2.3.4\nout: icmp 1.2.3.4 > 5.6.7.8 "
	"ttl-exceeded about [udp 1.2.3.4:5 > 6.7.8.9:1 ttl=3]\n";
static const char addr[] =
	"1: lo: <LOOPBACK,UP> mtu 65536 group default\n    link/loopback 00:00:00:00:00:00\n    inet 127.0.0.1/8 scope host lo\n"
	"2: eth0@p0: <BROADCAST,UP,LOWER_UP> mtu 1500 master br0\n    link/ether 02:00:00:00:00:01\n    inet 10.0.0.1 peer 10.0.0.2/24 brd 1.2.3.4 "
	"scope global secondary eth0\n3: p0@eth0: <UP> mtu 1500\n4: eth0.7@eth0: <UP> mtu 1500\n    vlan protocol 802.1Q id 7 <REORDER_HDR>\n5: br0: <NO-CARRIER,UP> mtu 1500\n";
static const char route[] =
	"default via 10.0.0.254 dev eth0 proto dhcp metric 100 \n198.18.0.0/15 proto static \n\tnexthop via 10.0.0.3 dev eth0 weight 2 \n"
	"local 10.0.0.1 dev eth0 table local proto kernel scope host src 10.0.0.1 \n";
static const char json[] =
	"[{\"ifindex\":2,\"ifname\":\"eth0\",\"link\":\"x\",\"flags\":[\"UP\"],\"mtu\":1500,\"address\":\"02:00:00:00:00:01\",\"linkinfo\":{\"info_kind\":"
	"\"vlan\",\"info_data\":{\"id\":5}},\"addr_info\":[{\"family\":\"inet\",\"local\":\"10.0.0.1\",\"prefixlen\":24,\"scope\":\"global\"}]}]";
static const char rule[] = "0:\tfrom all lookup local\n9:\tnot from 1.2.3.0/24 fwmark 0x1/0x2 goto 500 [unresolved]\n";
static const char neigh[] = "10.0.0.9 dev eth0 lladdr 02:01:02:03:04:05 PERMANENT \n[{\"dst\":\"10.0.0.9\"}]\n";
static const char result[] =
	"{\"events\":[{\"i\":0,\"t\":0,\"t_actual\":0.1,\"kind\":\"frame\",\"injected\":{\"in\":\"eth0\",\"frame\":\"00\"}},{\"i\":1,\"kind\":\"listen\"},"
	"{\"i\":2,\"kind\":\"local\",\"injected\":{\"local\":true,\"packet\":\"45\"}}],\"hints\":[{\"type\":\"tcp_isn\",\"src\":\"1.2.3.4\",\"dst\":"
	"\"1.2.3.5\",\"sport\":1,\"dport\":2,\"isn\":3}]}";
static const char neighbours[] = "{\"10.0.0.9\":null,\"eth0:10.0.0.8\":\"02:01:02:03:04:05\",\"*\":null}";

static void play(struct traffic *t, struct conf_rig *r)
{
	struct traffic_event ev;

	for (int n = 0; t && n < 200 && t->next(t, &ev) == 1; n++) {
		struct packet *p = pkt_alloc(r->w->pool, ev.kind <= INJECT_LOCAL ? ev.len : 0);

		if (ev.kind <= INJECT_LOCAL && ev.len)
			memcpy(pkt_put(p, ev.len), ev.bytes, ev.len);
		t->out(t, dev_by_name(r->h, "eth0"), p, false);
		pkt_free(p);
	}
	if (t)
		t->close(t);
}

static void none(struct traffic *t, const struct net_device *dev, const struct packet *p, bool arp)
{
	(void)t;
	(void)dev;
	(void)p;
	(void)arp;
}

static void do_batch(struct conf_rig *r, struct source *s)	{ ipbatch_load(r->h, s, &r->d); }
static void do_conf(struct conf_rig *r, struct source *s)	{ sysctl_load(r->h, s, false, &r->d); sysctl_load(r->h, s, true, &r->d); }
static void do_events(struct conf_rig *r, struct source *s)	{ play(events_open(s, &r->d), r); }
static void do_traffic(struct conf_rig *r, struct source *s)	{ play(traffic_open(r->h, s, &r->d), r); }
static void do_addr(struct conf_rig *r, struct source *s)	{ ipdump_load(r->h, s, NULL, NULL, NULL, &r->d); }
static void do_route(struct conf_rig *r, struct source *s)	{ ipdump_load(r->h, NULL, s, NULL, NULL, &r->d); }
static void do_rule(struct conf_rig *r, struct source *s)	{ ipdump_load(r->h, NULL, NULL, s, NULL, &r->d); }
static void do_neigh(struct conf_rig *r, struct source *s)	{ ipdump_load(r->h, NULL, NULL, NULL, s, &r->d); }
static void do_outside(struct conf_rig *r, struct source *s)	{ outside_load(outside_create(r->w, r->h), s, &r->d); }
static void do_like(struct conf_rig *r, struct source *s)
{
	struct traffic *t = like_open(r->h, s, conf_source(r, "e", events), &r->d);

	if (t)
		t->out = none;
	play(t, r);
}

static const struct { const char *name, *good; void (*load)(struct conf_rig *r, struct source *s); } inputs[] = {
	{ "ip.batch", batch, do_batch }, { "sysctl.conf", conf, do_conf }, { "events.jsonl", events, do_events },
	{ "traffic.txt", traffic, do_traffic }, { "ip-addr.txt", addr, do_addr }, { "ip-addr JSON", json, do_addr },
	{ "ip-route.txt", route, do_route }, { "ip-rule.txt", rule, do_rule }, { "ip-neigh.txt", neigh, do_neigh },
	{ "neighbours.json", neighbours, do_outside }, { "result.json", result, do_like },
};

static size_t spoil(struct rng *rng, char *s, size_t n)
{
	static const char bytes[] = "0123456789abcdefghij./:=-+\"'\\{}[]<>#@ \t\n\r,*?\xff";
	static const char *const words[] = { "4294967296", "-1", "99999999999999999999", "dev", "default", "via", "type", "\\\n", "e9999" };

	for (unsigned k = rng_below(rng, 8); k-- > 0 && n;) {
		const char *w = words[rng_below(rng, ARRAY_SIZE(words))];
		size_t at = rng_below(rng, (uint32_t)n);

		if (rng_below(rng, 3) == 0)
			memcpy(s + at, w, MIN(strlen(w), n - at));
		else
			s[at] = rng_below(rng, 20) ? bytes[rng_below(rng, sizeof(bytes) - 1)] : 0;
	}
	return rng_below(rng, 3) ? n : rng_below(rng, (uint32_t)n + 1);
}

static void test_spoiled(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(inputs); i++) {
		struct rng rng;

		rng_init(&rng, 1, inputs[i].name, "spoil");
		for (unsigned round = 0; round < ROUNDS; round++) {
			size_t n = strlen(inputs[i].good);
			char *s = xstrdup(inputs[i].good);
			struct strbuf shown = { 0 };
			struct conf_rig r;

			if (round)
				n = spoil(&rng, s, n);
			conf_init(&r);
			inputs[i].load(&r, source_text(r.w->arena, inputs[i].name, s, n));
			diag_render(&r.d, &shown);
			world_settle(r.w);
			CHECK(inputs[i].name, pkt_pool_live(r.w->pool) < 1000);
			sb_free(&shown);
			conf_end(&r);
			free(s);
		}
	}
}

void suite_robust(void);
void suite_robust(void)
{
	unit_add("spoiled inputs", test_spoiled);
}
