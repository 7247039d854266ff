// SPDX-License-Identifier: MIT
/* test_ipset.c - sets by command: what is in them, what a packet finds, what time takes away, who may go. */
#include "rules/ipset/program.h"
#include "sim/packet/headers.h"
#include "tests/unit/unit.h"
#include <stdio.h>

struct fixture { struct evq clock; struct ipsets *sets; };

static void start(struct fixture *f, const char *restore)
{
	struct ipset_result r = { 0 };

	evq_init(&f->clock, 0);
	f->sets = ipsets_create(&f->clock, 1, "unit");
	if (restore) {
		ipset_restore(f->sets, restore, strlen(restore), false, &r);
		CHECK(restore, r.status == 0);
		ipset_result_free(&r);
	}
}

static void end(struct fixture *f)
{
	ipsets_destroy(f->sets);
	evq_destroy(&f->clock);
}

/* One command line; its status. What it printed goes to *ret, to be freed, when that is wanted. */
static int say(struct fixture *f, const char *line, struct strbuf *ret)
{
	char buf[256], *save = NULL;
	const char *word[32];
	struct ipset_result r = { 0 };
	unsigned n = 0;
	int status;

	snprintf(buf, sizeof(buf), "%s", line);
	for (char *w = strtok_r(buf, " ", &save); w && n < ARRAY_SIZE(word); w = strtok_r(NULL, " ", &save))
		word[n++] = w;
	ipset_command(f->sets, n, word, NULL, 0, &r);
	status = r.status;
	if (ret)
		sb_printf(ret, "%s%s", sb_str(&r.out), sb_str(&r.err));
	ipset_result_free(&r);
	return status;
}

/* ---- tests of elements: a set, what it holds, what is asked */

static const struct { const char *name, *create, *add, *ask; bool in; } rows[] = {
	{ "address", "hash:ip", "10.0.0.1", "10.0.0.1", true },
	{ "another address", "hash:ip", "10.0.0.1", "10.0.0.2", false },
	{ "range", "hash:ip", "10.0.0.1-10.0.0.9", "10.0.0.9", true },
	{ "behind a range", "hash:ip", "10.0.0.1-10.0.0.9", "10.0.0.10", false },
	{ "netmask", "hash:ip netmask 24", "10.0.0.1", "10.0.0.77", true },
	{ "in a net", "hash:net", "10.0.0.0/8", "10.1.2.3", true },
	{ "nomatch", "hash:net", "10.0.0.0/8 nomatch", "10.1.2.3", false },
	{ "nomatch asked for", "hash:net", "10.0.0.0/8 nomatch", "10.1.2.3 nomatch", true },
	{ "a net is no net around it", "hash:net", "10.0.0.0/8", "10.0.0.0/7", false },
	{ "port", "hash:ip,port", "10.0.0.1,80", "10.0.0.1,http", true },
	{ "port of another protocol", "hash:ip,port", "10.0.0.1,80", "10.0.0.1,udp:80", false },
	{ "icmp", "hash:ip,port", "10.0.0.1,icmp:ping", "10.0.0.1,icmp:8/0", true },
	{ "mark", "hash:ip,mark markmask 0xff", "10.0.0.1,0x1ff", "10.0.0.1,0xff", true },
	{ "mark is another", "hash:ip,mark", "10.0.0.1,1", "10.0.0.1,2", false },
	{ "mac", "hash:mac", "00:11:22:33:44:55", "0:11:22:33:44:55", true },
	{ "address and mac", "hash:ip,mac", "10.0.0.1,00:11:22:33:44:55", "10.0.0.1,00:11:22:33:44:56", false },
	{ "two nets", "hash:net,net", "10.0.0.0/8,192.168.0.0/16", "10.1.1.1,192.168.9.9", true },
	{ "the second net is another", "hash:net,net", "10.0.0.0/8,192.168.0.0/16", "10.1.1.1,192.169.9.9", false },
	{ "two nets and a port", "hash:net,port,net", "10.0.0.0/8,tcp:80,192.168.0.0/16", "10.1.1.1,80,192.168.9.9", true },
	{ "two nets, another port", "hash:net,port,net", "10.0.0.0/8,tcp:80,192.168.0.0/16", "10.1.1.1,81,192.168.9.9", false },
	{ "IPv6 net", "hash:net family inet6", "2001:db8::/32", "2001:db8:1::1", true },
	{ "IPv6 two nets", "hash:net,net family inet6", "2001:db8::/32,fe80::/10", "2001:db8:1::1,fe80::1", true },
	{ "interface", "hash:net,iface", "10.0.0.0/8,eth wildcard", "10.1.2.3,eth7", true },
	{ "bitmap", "bitmap:ip range 10.0.0.0/24", "10.0.0.128/25", "10.0.0.200", true },
	{ "bitmap of ports", "bitmap:port range 0-100", "80-90", "91", false },
};

static void test_elements(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct fixture f;
		char line[128];

		start(&f, NULL);
		snprintf(line, sizeof(line), "create s %s", rows[i].create);
		CHECK(rows[i].name, say(&f, line, NULL) == 0);
		snprintf(line, sizeof(line), "add s %s", rows[i].add);
		CHECK(rows[i].name, say(&f, line, NULL) == 0);
		snprintf(line, sizeof(line), "test s %s", rows[i].ask);
		CHECK(rows[i].name, (say(&f, line, NULL) == 0) == rows[i].in);
		end(&f);
	}
}

/* A saved set is made again the same. */
static void test_save(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct strbuf one = { 0 }, two = { 0 };
		struct fixture f, g;
		char line[128];

		start(&f, NULL);
		snprintf(line, sizeof(line), "create s %s timeout 0 counters comment skbinfo", rows[i].create);
		CHECK(rows[i].name, say(&f, line, NULL) == 0);
		snprintf(line, sizeof(line), "add s %s packets 3 bytes 4 comment x skbmark 0x1/0xf skbprio 1:a", rows[i].add);
		CHECK(rows[i].name, say(&f, line, NULL) == 0);
		say(&f, "save -s", &one);
		start(&g, sb_str(&one));
		say(&g, "save -s", &two);
		CHECK_STR(rows[i].name, sb_str(&two), sb_str(&one));
		sb_free(&one);
		sb_free(&two);
		end(&f);
		end(&g);
	}
}

/* ---- packets */

static bool find(struct fixture *f, struct packet *p, const char *set, uint32_t src)
{
	struct ipset_packet ip = { .p = p, .family = NFPROTO_IPV4, .in = "eth0", .out = "eth1" };
	struct ipset_adt a = { .dim = 2, .flags = IPSET_DIM_SRC(1) | IPSET_DIM_SRC(2), .timeout = IPSET_NO_TIMEOUT };

	put_be32(pkt_nh(p) + IP4_SRC, src);
	return ipset_match(f->sets, ipset_index(f->sets, set), &ip, &a);
}

static struct packet *make_packet(struct pkt_pool *pool)
{
	struct packet *p = pkt_alloc(pool, 40);
	uint8_t *ip = pkt_put(p, 40);

	memset(ip, 0, 40);
	ip[0] = 0x45;
	ip[IP4_PROTO] = IPPROTO_TCP;
	put_be16(ip + 20, 4000);
	return p;
}

static void test_no_allocation(void)
{
	static const char text[] = "create ip hash:ip counters\nadd ip 10.0.0.1\ncreate net hash:net,port\nadd net 10.0.0.0/8,tcp:4000\n"
				 "create ni hash:net,iface\nadd ni 10.0.0.0/16,eth0\ncreate bit bitmap:ip range 10.0.0.0/24 timeout 5\n"
				 "add bit 10.0.0.1\ncreate all list:set\nadd all ni\nadd all ip\n";
	struct fixture f;
	static const char *const names[] = { "ip", "net", "ni", "bit", "all" };
	struct pkt_pool *pool = pkt_pool_create();
	struct packet *p = make_packet(pool);

	start(&f, text);
	xalloc_fail_at(1);		/* the next allocation ends the program */
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		bool in = find(&f, p, names[i], 0x0a000001), out = find(&f, p, names[i], 0x0b000001);

		xalloc_fail_at(0);
		CHECK(names[i], in && !out);
		xalloc_fail_at(1);
	}
	xalloc_fail_at(0);
	pkt_free(p);
	pkt_pool_destroy(pool);
	end(&f);
}

static void test_time(void)
{
	static const char text[] = "create s hash:ip timeout 2\nadd s 10.0.0.1\nadd s 10.0.0.2 timeout 0\nadd s 10.0.0.3 timeout 10\n";
	struct fixture f;
	struct pkt_pool *pool = pkt_pool_create();
	struct packet *p = make_packet(pool);

	start(&f, text);
	CHECK("in time", find(&f, p, "s", 0x0a000001));
	f.clock.now = 2 * NSEC_PER_SEC;
	CHECK("the last tick", find(&f, p, "s", 0x0a000001));
	f.clock.now += NSEC_PER_JIFFY;
	CHECK("one later", !find(&f, p, "s", 0x0a000001));
	CHECK("for ever", find(&f, p, "s", 0x0a000002));
	CHECK("added again", say(&f, "add s 10.0.0.1 timeout 1", NULL) == 0);
	CHECK("added again", find(&f, p, "s", 0x0a000001));
	f.clock.now = 20 * NSEC_PER_SEC;
	CHECK("all others are gone", ipset_nr_elements(ipset_find(f.sets, "s")) == 1);
	pkt_free(p);
	pkt_pool_destroy(pool);
	end(&f);
}

/* ---- sets among each other */

static void test_references(void)
{
	static const char text[] = "create a hash:ip\ncreate b hash:ip\ncreate n hash:net\ncreate l list:set timeout 5\nadd l a\nadd a 10.0.0.1\n";
	struct fixture f;
	unsigned index;

	start(&f, text);
	index = ipset_index(f.sets, "a");
	CHECK("a member stays", say(&f, "destroy a", NULL) == 1);
	CHECK("and keeps its name", say(&f, "rename a z", NULL) == 1);
	CHECK("types differ", say(&f, "swap a n", NULL) == 1);
	CHECK("swap", say(&f, "swap a b", NULL) == 0);
	CHECK("what was a is b", say(&f, "test b 10.0.0.1", NULL) == 0);
	CHECK("a number keeps its name", strcmp(ipset_name(ipset_at(f.sets, index)), "a") == 0);
	CHECK("b is free", say(&f, "destroy b", NULL) == 0);
	f.clock.now = 30 * NSEC_PER_SEC;
	CHECK("a member out of time holds nothing", say(&f, "destroy a", NULL) == 0);
	ipset_hold(f.sets, ipset_index(f.sets, "n"));
	CHECK("a rule holds it", say(&f, "destroy", NULL) == 1);
	ipset_put(f.sets, ipset_index(f.sets, "n"));
	CHECK("all of them", say(&f, "destroy", NULL) == 0);
	end(&f);
}

/* Growing keeps every element, shrinking too. */
static void test_many(void)
{
	static const char text[] = "create s hash:ip hashsize 64 maxelem 100000\nadd s 10.0.0.0/16\n";
	struct fixture f;
	struct ip_set *s;

	start(&f, text);
	s = ipset_find(f.sets, "s");
	CHECK("added", ipset_nr_elements(s) == 65536);
	CHECK("deleted", say(&f, "del s 10.0.128.0/17", NULL) == 0);
	CHECK("half are left", ipset_nr_elements(s) == 32768);
	CHECK("the last of them", say(&f, "test s 10.0.127.255", NULL) == 0);
	CHECK("the first that is gone", say(&f, "test s 10.0.128.0", NULL) == 1);
	CHECK("too many for one command", say(&f, "-exist del s 128.0.0.0/1", NULL) == 1);
	end(&f);
}

void suite_ipset(void);
void suite_ipset(void)
{
	unit_add("elements of every type", test_elements);
	unit_add("what is saved is restored", test_save);
	unit_add("a lookup allocates nothing", test_no_allocation);
	unit_add("timeouts", test_time);
	unit_add("references, swap, rename", test_references);
	unit_add("many elements", test_many);
}
