// SPDX-License-Identifier: MIT
/* test_ct_table.c - a million connections, expiry, the full table, zones, clashes, counting. */
#include "tests/unit/conntrack/bench.h"
#include <unistd.h>

#ifdef __SANITIZE_ADDRESS__
#define MANY 100000u
#else
#define MANY 1000000u
#endif

static struct packet *flow(struct bench *b, uint32_t n, bool reply)
{
	be32 client = htonl(0x0a000000u + (n >> 14)), server = bench_ip(SERVER);
	uint8_t uh[8] = { 0 };

	put_be16(uh + UDP_SPORT, reply ? 53 : 1024 + (n & 0x3fff));
	put_be16(uh + UDP_DPORT, reply ? 1024 + (n & 0x3fff) : 53);
	put_be16(uh + UDP_LEN, 8);
	return bench_packet(b, reply ? server : client, reply ? client : server, IPPROTO_UDP, uh, 8);
}

/* Resident, in bytes: large pages are no part of malloc's. */
static size_t memory(void)
{
	size_t size = 0, resident = 0;
	FILE *f = fopen("/proc/self/statm", "re");

	CU_ASSERT_FATAL(f && fscanf(f, "%zu %zu", &size, &resident) == 2);
	fclose(f);
	return resident * (size_t)sysconf(_SC_PAGESIZE);
}

static void ids_ascend(struct conn *ct, void *arg)
{
	uint64_t *last = arg;

	CU_ASSERT_FATAL(ct->id > *last);
	*last = ct->id;
}

static void test_million(void)
{
	struct bench b;
	size_t before;
	uint64_t last = 0;
	unsigned wrong = 0;

	bench_init(&b, false);
	b.h->sysctl.ct_max = 0;
	before = memory();
	for (uint32_t i = 0; i < MANY; i++)
		wrong += strcmp(bench_feed(&b, flow(&b, i, false)), "NEW") != 0;
	CHECK("all are new", wrong == 0 && ct_count(b.h) == MANY);
	CHECK("under 400 bytes each", MANY < 1000000u || memory() - before < 400ul * MANY);	/* ASan has a memory of its own */
	for (uint32_t i = 0; i < MANY; i += 7)
		wrong += strcmp(bench_feed(&b, flow(&b, i, true)), "ESTABLISHED") != 0;
	CHECK("all are found by their answers", wrong == 0);
	ct_each(b.h, ids_ascend, &last);
	CHECK("in the order of their ids", last == MANY);
	bench_sleep(&b, 31);
	CHECK_STR("expired: new again", bench_feed(&b, flow(&b, 5, false)), "NEW");
	for (uint32_t i = 0; i < MANY / 2; i++)
		bench_feed(&b, flow(&b, MANY + i % 100, false));
	for (uint32_t i = 0; i < MANY / 2; i++)
		bench_feed(&b, flow(&b, 2 * MANY + i, false));
	CHECK("new ones made the old ones go", ct_count(b.h) < MANY * 3 / 4);
	bench_done(&b);
}

/* What now ends sooner than it was to is not forgotten by who looks for the expired. */
static void test_sooner(void)
{
	struct bench b;

	bench_init(&b, false);
	for (unsigned pass = 0; pass < 2; pass++) {
		b.h->sysctl.ct_udp = pass ? 30 : 600;
		for (uint32_t i = 0; i < 200; i++)
			bench_feed(&b, flow(&b, i, false));
		CHECK("known", ct_count(b.h) == 200);
	}
	b.h->sysctl.ct_udp = 600;
	bench_sleep(&b, 29);
	for (uint32_t i = 0; i < 100; i++)
		bench_feed(&b, flow(&b, 1000 + i, false));
	CHECK("none has gone", ct_count(b.h) == 300);
	bench_sleep(&b, 2);
	for (uint32_t i = 0; i < 300; i++)
		bench_feed(&b, flow(&b, 2000 + i, false));
	CHECK("all have gone", ct_count(b.h) == 400);
	bench_done(&b);
}

/* 20 new flows into a table of 10. In few buckets the unwanted ones go; in many there is nobody to drop where
 * the kernel looks, and the packet is dropped. */
static void test_full(void)
{
	static const struct { const char *name; int buckets; bool answered, late; unsigned new, left; } cases[] = {
		{ "one bucket, nothing assured", 1, false, false, 20, 10 },
		{ "one bucket, all assured", 1, true, true, 10, 10 },
		{ "answered is not assured", 1, true, false, 20, 10 },
		{ "many buckets", 1 << 30, false, false, 10, 10 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		unsigned new = 0;
		struct bench b;

		bench_init(&b, false);
		b.h->sysctl.ct_max = 10;
		b.h->sysctl.ct_buckets = cases[i].buckets;
		b.h->sysctl.ct_udp = 600;
		for (uint32_t n = 0; n < 20; n++) {
			new += strcmp(bench_feed(&b, flow(&b, n, false)), "NEW") == 0;
			if (!cases[i].answered || n >= 10)
				continue;
			bench_feed(&b, flow(&b, n, true));
			if (cases[i].late) {
				bench_sleep(&b, 3);
				bench_feed(&b, flow(&b, n, true));
			}
		}
		CHECK(cases[i].name, new == cases[i].new && ct_count(b.h) == cases[i].left);
		bench_done(&b);
	}
}

/* A template's zone, or none where dir is 0. */
static const struct { const char *name; uint32_t flow; bool reply; struct ct_zone zone; uint32_t mark; const char *class; } zones[] = {
	{ "zone 1", 1, false, { 1, 0, NF_CT_DEFAULT_ZONE_DIR }, 0, "NEW" },
	{ "its answer without a zone", 1, true, { 0 }, 0, "NEW" },
	{ "its answer in the zone", 1, true, { 1, 0, NF_CT_DEFAULT_ZONE_DIR }, 0, "ESTABLISHED" },
	{ "zone of one direction", 2, false, { 7, 0, NF_CT_ZONE_DIR_ORIG }, 0, "NEW" },
	{ "the other has none", 2, true, { 0 }, 0, "ESTABLISHED" },
	{ "zone by mark", 3, false, { 0, NF_CT_FLAG_MARK, NF_CT_DEFAULT_ZONE_DIR }, 9, "NEW" },
	{ "its answer", 3, true, { 9, 0, NF_CT_DEFAULT_ZONE_DIR }, 0, "ESTABLISHED" },
};

static void test_zones(void)
{
	struct bench b;

	bench_init(&b, false);
	for (size_t i = 0; i < ARRAY_SIZE(zones); i++) {
		struct packet *p = flow(&b, zones[i].flow, zones[i].reply);

		p->mark = zones[i].mark;
		if (zones[i].zone.dir)
			p->ct = ct_template(b.h, &zones[i].zone);
		p->ctinfo = p->ct ? IP_CT_NEW : 0;
		CHECK_STR(zones[i].name, bench_feed(&b, p), zones[i].class);
	}
	CHECK("templates are gone", ct_count(b.h) == 4);
	bench_done(&b);
}

/* Two packets of one flow meet their last hook one after the other, each with a connection of its own. */
static void test_clash(void)
{
	struct nf_hook_state last = { NF_INET_POST_ROUTING, NFPROTO_IPV4, NULL, NULL, NULL, NULL };
	enum drop_reason reason = DROP_NETFILTER_DROP;
	struct packet *p[3], *other;
	struct ct_tuple t;
	struct bench b;

	bench_init(&b, true);
	b.keep_unconfirmed = true;
	last.host = b.h;
	for (int i = 0; i < 3; i++) {
		p[i] = flow(&b, 1, false);
		CHECK_STR("unconfirmed", bench_run(&b, p[i]), "NEW");
	}
	CHECK("three connections", ct_count(b.h) == 3 && p[0]->ct != p[1]->ct);
	/* NAT gave the third another reply tuple. */
	t = p[2]->ct->tuple[IP_CT_DIR_REPLY];
	t.dst.u.all = htons(999);
	ct_alter_reply(p[2]->ct, &t);
	CHECK("first", ct_confirm(NULL, p[0], &last, &reason) == NF_ACCEPT);
	CHECK("second merges", ct_confirm(NULL, p[1], &last, &reason) == NF_ACCEPT && p[1]->ct == p[0]->ct);
	CHECK("not taken for itself", !ct_tuple_taken(&p[0]->ct->tuple[IP_CT_DIR_REPLY], p[2]->ct));
	CHECK("third lives for its answers", ct_confirm(NULL, p[2], &last, &reason) == NF_ACCEPT &&
					     p[2]->ct != p[0]->ct && p[2]->ct->status & IPS_NAT_CLASH);
	CHECK("its tuple is not taken for the same flow", !ct_tuple_taken(&t, p[0]->ct));
	other = flow(&b, 2, false);
	CHECK_STR("another flow", bench_run(&b, other), "NEW");
	CHECK("but for others", ct_tuple_taken(&t, other->ct));
	pkt_free(other);
	CHECK("said so", b.events[CT_EV_CLASH] == 2);
	for (int i = 0; i < 3; i++)
		pkt_free(p[i]);
	CHECK("two are left", ct_count(b.h) == 2);
	bench_sleep(&b, 1.1);
	CHECK("one ends soon", !ct_find(b.h, &ct_zone_dflt, &t, NULL) && ct_count(b.h) == 1);
	bench_done(&b);
}

static const char *syn(struct bench *b, unsigned port, unsigned flags, struct packet **ret)
{
	uint8_t th[20] = { 0 };
	bool reply = flags & TH_ACK;

	put_be16(th + TCP_SPORT, reply ? 80 : port);
	put_be16(th + TCP_DPORT, reply ? port : 80);
	put_be32(th + TCP_SEQ, reply ? 0 : 1000);
	put_be32(th + TCP_ACK, reply ? 1001 : 0);
	th[TCP_OFF] = 0x50;
	th[TCP_FLAGS] = (uint8_t)flags;
	*ret = bench_packet(b, bench_ip(reply ? SERVER : CLIENT), bench_ip(reply ? CLIENT : SERVER), IPPROTO_TCP, th, 20);
	(*ret)->ip_summed = CHECKSUM_UNNECESSARY;
	return bench_run(b, *ret);
}

/* As connlimit asks: before the connection is confirmed. 's' a SYN from a port, 'r' the answer that ends it,
 * 'a' asks for a confirmed connection, 'A' for an assured one, 'd' a SYN that is dropped, 'w' lets a jiffy pass. */
static void test_conncount(void)
{
	static const struct { const char *name; struct { char what; unsigned port, want; } step[10]; } cases[] = {
		{ "counts", { { 's', 1, 1 }, { 's', 2, 2 }, { 's', 3, 3 } } },
		{ "the closed do not count", { { 's', 1, 1 }, { 's', 2, 2 }, { 'r', 1, 0 }, { 'w', 0, 0 }, { 's', 3, 2 } } },
		{ "but within a jiffy they do", { { 's', 1, 1 }, { 'w', 0, 0 }, { 's', 2, 2 }, { 'r', 1, 0 }, { 's', 3, 3 } } },
		{ "a known connection is not added", { { 's', 1, 1 }, { 'w', 0, 0 }, { 'a', 1, 1 }, { 'w', 0, 0 }, { 'a', 1, 1 } } },
		{ "a known one that was not counted is", { { 's', 1, 1 }, { 'w', 0, 0 }, { 'k', 2, 1 }, { 'a', 2, 2 } } },
		{ "dropped ones go, one jiffy later", { { 's', 1, 1 }, { 'd', 2, 2 }, { 'd', 3, 3 }, { 'w', 0, 0 }, { 'd', 4, 2 } } },
		{ "a known connection ends the look", { { 's', 1, 1 }, { 'd', 2, 2 }, { 'w', 0, 0 }, { 'a', 1, 2 } } },
		{ "an assured one cleans up", { { 's', 1, 1 }, { 'd', 2, 2 }, { 'w', 0, 0 }, { 'A', 1, 1 } } },
		{ "and is not added: 0 drops it", { { 'd', 1, 1 }, { 'w', 0, 0 }, { 'A', 2, 0 } } },
		{ "another key", { { 's', 1, 1 }, { 'k', 2, 1 }, { 's', 3, 2 } } },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct conncount *cc;
		struct bench b;

		bench_init(&b, false);
		cc = conncount_new(b.h->arena);
		for (int k = 0; cases[i].step[k].what; k++) {
			uint32_t key[5] = { cases[i].step[k].what == 'k' ? 99 : 1 };
			struct nf_hook_state last = { NF_INET_POST_ROUTING, NFPROTO_IPV4, b.h, NULL, NULL, NULL };
			enum drop_reason reason = DROP_NETFILTER_DROP;
			struct packet *p;

			if (cases[i].step[k].what == 'w') {
				bench_sleep(&b, 0.004);
				continue;
			}
			b.keep_unconfirmed = true;
			syn(&b, cases[i].step[k].port, cases[i].step[k].what == 'r' ? TH_RST | TH_ACK : TH_SYN, &p);
			if (cases[i].step[k].what == 'A')
				p->ct->status |= IPS_ASSURED;
			if (cases[i].step[k].what != 'r')
				CHECK(cases[i].name, conncount_count(b.h, cc, key, 1, p, NFPROTO_IPV4) == cases[i].step[k].want);
			if (cases[i].step[k].what != 'd')
				ct_confirm(NULL, p, &last, &reason);
			pkt_free(p);
		}
		conncount_free(cc);
		bench_done(&b);
	}
}

void suite_ct_table(void);
void suite_ct_table(void)
{
	unit_add("a million", test_million);
	unit_add("ends sooner", test_sooner);
	unit_add("the full table", test_full);
	unit_add("zones", test_zones);
	unit_add("clashes", test_clash);
	unit_add("counting per key", test_conncount);
}
