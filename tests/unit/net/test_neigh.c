// SPDX-License-Identifier: MIT
/* test_neigh.c - a neighbour's states in time, and the packets that wait for it. */
#include "tests/unit/net/link_lab.h"

#define HIM "02:aa:0a:01:00:09"
#define ME "02:aa:0a:00:00:05"
#define ALL (EV_BIT(EV_TX) | EV_BIT(EV_DROP) | EV_BIT(EV_NEIGH))

static struct packet *datagram(struct link_lab *lab, uint32_t len)
{
	struct packet *p = pkt_alloc(lab->pool, len);
	uint8_t *ip = pkt_put(p, len);
	be32 s = lab_ip("10.0.0.5"), d = lab_ip("10.1.0.9");

	memset(ip, 0, len);
	ip[0] = 0x45;
	put_be16(ip + IP4_TOTLEN, len);
	ip[IP4_TTL] = 9;
	ip[IP4_PROTO] = 17;
	memcpy(ip + IP4_SRC, &s, 4);
	memcpy(ip + IP4_DST, &d, 4);
	return p;
}

static void send_one(struct link_lab *lab)
{
	neigh_output(lab_dev(lab, "eth1"), lab_ip("10.1.0.9"), datagram(lab, 28));
}

enum step { SEND, ANSWER, ANSWER_BCAST, ASKS, OTHER_MAC, CONFIRM, END };

/* What happens to 10.1.0.9 at eth1: steps, each after a pause in ms. */
static const struct {
	const char *name;
	struct { enum step what; unsigned ms; const char *want; } step[8];
} lives[] = {
	{ "answered", {
		{ SEND, 0, "eth1 10.1.0.9 INCOMPLETE\neth1 > " BCAST " who-has 10.1.0.9 tell 10.1.0.1\n" },
		{ ANSWER, 10, "eth1 10.1.0.9 REACHABLE\neth1 > " HIM " ip 10.0.0.5 > 10.1.0.9 proto 17 ttl 9\n" },
		{ SEND, 10, "eth1 > " HIM " ip 10.0.0.5 > 10.1.0.9 proto 17 ttl 9\n" },
		{ SEND, 60000, "eth1 10.1.0.9 STALE\neth1 10.1.0.9 DELAY\neth1 > " HIM " ip 10.0.0.5 > 10.1.0.9 proto 17 ttl 9\n" },
		{ CONFIRM, 1000, "" },
		{ END, 6000, "eth1 10.1.0.9 REACHABLE\n" },
		{ END, 0, NULL } } },
	{ "never answered, twice", {
		{ SEND, 0, "eth1 10.1.0.9 INCOMPLETE\neth1 > " BCAST " who-has 10.1.0.9 tell 10.1.0.1\n" },
		{ SEND, 1500, "eth1 > " BCAST " who-has 10.1.0.9 tell 10.1.0.1\n" },
		{ END, 2000, "eth1 > " BCAST " who-has 10.1.0.9 tell 10.1.0.1\neth1 10.1.0.9 FAILED\ndrop NEIGH_FAILED\ndrop NEIGH_FAILED\n" },
		{ SEND, 1000, "eth1 10.1.0.9 INCOMPLETE\neth1 > " BCAST " who-has 10.1.0.9 tell 10.1.0.1\n" },
		{ END, 0, NULL } } },
	{ "asked us: stale, used, probed", {
		{ ASKS, 0, "eth1 10.1.0.9 STALE\neth1 > " HIM " to 10.1.0.9 is-at 10.1.0.1\n" },
		{ SEND, 10, "eth1 10.1.0.9 DELAY\neth1 > " HIM " ip 10.0.0.5 > 10.1.0.9 proto 17 ttl 9\n" },
		{ SEND, 5400, "eth1 10.1.0.9 PROBE\neth1 > " HIM " who-has 10.1.0.9 tell 10.1.0.1\neth1 > " HIM " ip 10.0.0.5 > 10.1.0.9 proto 17 ttl 9\n" },
		{ ANSWER, 0, "eth1 10.1.0.9 REACHABLE\n" },
		{ END, 0, NULL } } },
	{ "probed in vain", {
		{ ASKS, 0, "eth1 10.1.0.9 STALE\neth1 > " HIM " to 10.1.0.9 is-at 10.1.0.1\n" },
		{ SEND, 10, "eth1 10.1.0.9 DELAY\neth1 > " HIM " ip 10.0.0.5 > 10.1.0.9 proto 17 ttl 9\n" },
		{ END, 9000, "eth1 10.1.0.9 PROBE\neth1 > " HIM " who-has 10.1.0.9 tell 10.1.0.1\neth1 > " HIM " who-has 10.1.0.9 tell 10.1.0.1\neth1 > " HIM " who-has 10.1.0.9 tell 10.1.0.1\neth1 10.1.0.9 FAILED\n" },
		{ END, 0, NULL } } },
	{ "broadcast answer is no proof", {
		{ SEND, 0, "eth1 10.1.0.9 INCOMPLETE\neth1 > " BCAST " who-has 10.1.0.9 tell 10.1.0.1\n" },
		{ ANSWER_BCAST, 10, "eth1 10.1.0.9 STALE\neth1 10.1.0.9 DELAY\neth1 > " HIM " ip 10.0.0.5 > 10.1.0.9 proto 17 ttl 9\n" },
		{ END, 0, NULL } } },
	{ "another address: first counts, a second later the new one", {
		{ SEND, 0, "eth1 10.1.0.9 INCOMPLETE\neth1 > " BCAST " who-has 10.1.0.9 tell 10.1.0.1\n" },
		{ ANSWER, 10, "eth1 10.1.0.9 REACHABLE\neth1 > " HIM " ip 10.0.0.5 > 10.1.0.9 proto 17 ttl 9\n" },
		{ OTHER_MAC, 10, "" },
		{ SEND, 0, "eth1 > " HIM " ip 10.0.0.5 > 10.1.0.9 proto 17 ttl 9\n" },
		{ OTHER_MAC, 1100, "" },
		{ SEND, 0, "eth1 > 02:cc:00:00:00:01 ip 10.0.0.5 > 10.1.0.9 proto 17 ttl 9\n" },
		{ END, 0, NULL } } },
};

static void do_step(struct link_lab *lab, enum step what)
{
	switch (what) {
	case SEND:
		send_one(lab);
		break;
	case ANSWER:
		lab_arp(lab, "eth1", 0, ETH1, 2, HIM, "10.1.0.9", "10.1.0.1");
		break;
	case ANSWER_BCAST:
		lab_arp(lab, "eth1", 0, BCAST, 2, HIM, "10.1.0.9", "10.1.0.1");
		break;
	case OTHER_MAC:
		lab_arp(lab, "eth1", 0, ETH1, 2, "02:cc:00:00:00:01", "10.1.0.9", "10.1.0.1");
		break;
	case ASKS:
		lab_arp(lab, "eth1", 0, BCAST, 1, HIM, "10.1.0.9", "10.1.0.1");
		break;
	case CONFIRM:
		neigh_confirm(lab_dev(lab, "eth1"), lab_ip("10.1.0.9"));
		break;
	case END:
		break;
	}
}

static void test_lives(void)
{
	struct strbuf seen = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(lives); i++) {
		struct link_lab lab;

		lab_open(&lab, 2, ALL);
		for (size_t k = 0; lives[i].step[k].want; k++) {
			lab_run(&lab, lives[i].step[k].ms);
			do_step(&lab, lives[i].step[k].what);
			CHECK_STR(lives[i].name, lab_log(&lab, &seen), lives[i].step[k].want);
		}
		CHECK(lives[i].name, lab_close(&lab) == 0);
	}
	sb_free(&seen);
}

/* How many of 50 packets of one size wait in 30000 bytes, as Linux 6.18 counted. */
static const struct { const char *name; uint32_t len; unsigned wait; } sizes[] = {
	{ "5 bytes", 33, 36 }, { "250", 278, 23 }, { "400", 428, 23 }, { "600", 628, 23 }, { "1000", 1028, 13 }, { "1472", 1500, 13 },
};

static void test_queue(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct neighbour *n;
		struct link_lab lab;
		unsigned wait = 0;

		lab_open(&lab, 2, 0);
		lab_dev(&lab, "eth1")->neigh.unres_qlen_bytes = 30000;
		for (int k = 0; k < 50; k++)
			neigh_output(lab_dev(&lab, "eth1"), lab_ip("10.1.0.9"), datagram(&lab, sizes[i].len));
		n = neigh_lookup(lab_dev(&lab, "eth1"), lab_ip("10.1.0.9"));
		for (struct packet *p = n->queue; p; p = p->next)
			wait++;
		CHECK(sizes[i].name, wait == sizes[i].wait);
		CHECK(sizes[i].name, lab_close(&lab) == 0);
	}
}

static const struct { const char *name, *dst, *want; } mapped[] = {
	{ "multicast", "239.129.2.3", "eth1 > 01:00:5e:01:02:03 ip 10.0.0.5 > 10.1.0.9 proto 17 ttl 9\n" },
	{ "limited broadcast", "255.255.255.255", "eth1 > " BCAST " ip 10.0.0.5 > 10.1.0.9 proto 17 ttl 9\n" },
	{ "subnet broadcast", "10.1.0.255", "eth1 > " BCAST " ip 10.0.0.5 > 10.1.0.9 proto 17 ttl 9\n" },
};

static void test_mapped(void)
{
	struct strbuf seen = { 0 };
	struct link_lab lab;

	lab_open(&lab, 2, EV_BIT(EV_TX));
	for (size_t i = 0; i < ARRAY_SIZE(mapped); i++) {
		neigh_output(lab_dev(&lab, "eth1"), lab_ip(mapped[i].dst), datagram(&lab, 28));
		CHECK_STR(mapped[i].name, lab_log(&lab, &seen), mapped[i].want);
	}
	CHECK("leak", lab_close(&lab) == 0);
	sb_free(&seen);
}

/* A scan of a large net fills the table: then what nobody uses gives way, and at last nothing does. */
static void test_full(void)
{
	struct link_lab lab;
	unsigned made = 0;

	lab_open(&lab, 2, 0);
	for (uint32_t i = 0; i < 2000; i++)
		made += neigh_create(lab_dev(&lab, "eth1"), htonl(0x0b000000 + i)) != NULL;
	CHECK("as many as gc_thresh3", made == 1024);
	lab_run(&lab, 6000);
	CHECK("room again", neigh_create(lab_dev(&lab, "eth1"), lab_ip("10.1.0.9")) != NULL);
	CHECK("leak", lab_close(&lab) == 0);
}

static void test_static(void)
{
	struct strbuf seen = { 0 };
	struct link_lab lab;
	struct net_device *dev;
	uint8_t mac[6] = { 2, 0xde, 0, 0, 0, 9 };

	lab_open(&lab, 2, EV_BIT(EV_TX));
	dev = lab_dev(&lab, "eth1");
	CHECK("unknown state", !neigh_add_static(dev, lab_ip("10.1.0.9"), mac, "happy"));
	CHECK("no address", !neigh_add_static(dev, lab_ip("10.1.0.9"), NULL, "permanent"));
	CHECK("permanent", neigh_add_static(dev, lab_ip("10.1.0.9"), mac, "permanent"));
	lab_arp(&lab, "eth1", 0, ETH1, 2, HIM, "10.1.0.9", "10.1.0.1");
	send_one(&lab);
	CHECK_STR("nothing moves it", lab_log(&lab, &seen), "eth1 > 02:de:00:00:00:09 ip 10.0.0.5 > 10.1.0.9 proto 17 ttl 9\n");
	dev_set_up(dev, false);
	CHECK("down: gone", !neigh_lookup(dev, lab_ip("10.1.0.9")));
	CHECK("leak", lab_close(&lab) == 0);
	sb_free(&seen);
}

void suite_neigh(void);
void suite_neigh(void)
{
	unit_add("lives", test_lives);
	unit_add("queue", test_queue);
	unit_add("mapped", test_mapped);
	unit_add("full", test_full);
	unit_add("static", test_static);
}
