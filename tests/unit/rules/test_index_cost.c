// SPDX-License-Identifier: MIT
/* test_index_cost.c - how many rules a packet is asked about does not grow with the chain: kind by kind, 10 rules against
 * 100,000, in the base chain and in a user chain. */
#include "tests/unit/rules/small_world.h"
#include "tests/unit/unit.h"
void suite_index_cost(void);

#define PACKETS 64u
#define MANY	100000u
#define TRIED	24.0		/* rules per packet at most, however many there are */

/* The i-th rule's conditions. */
typedef void condfn(struct strbuf *o, unsigned i);

static void by_source(struct strbuf *o, unsigned i)
{
	sb_printf(o, "-s 10.%u.%u.%u", i >> 16, i >> 8 & 255, i & 255);
}

static void by_dest_net(struct strbuf *o, unsigned i)
{
	sb_printf(o, "-d %u.%u.%u.0/%u", 11 + (i >> 14), i >> 6 & 255, i << 2 & 255, 22 + i % 9);
}

static void by_port(struct strbuf *o, unsigned i)
{
	sb_printf(o, "-p %s -m %s --dport %u", i & 1 ? "tcp" : "udp", i & 1 ? "tcp" : "udp", i / 2 % 65536);
}

static void by_port_range(struct strbuf *o, unsigned i)
{
	sb_printf(o, "-p tcp -m tcp --sport %u:%u --dport %u", 1 + i % 1000, 1 + i % 1000 + i % 50, i / 2 % 65536);
}

static void by_multiport(struct strbuf *o, unsigned i)
{
	sb_printf(o, "-p tcp -m multiport --dports %u,%u,%u:%u", i % 65000, (i * 7 + 1) % 65000, i * 3 % 65000, i * 3 % 65000 + 9);
}

static void by_protocol(struct strbuf *o, unsigned i)
{
	sb_printf(o, "-s 10.%u.%u.%u -p %u", i >> 16, i >> 8 & 255, i & 255, 1 + i % 250);
}

static void by_interface(struct strbuf *o, unsigned i)
{
	sb_printf(o, "-i veth%u", i);
}

static void by_mark(struct strbuf *o, unsigned i)
{
	sb_printf(o, "-m mark --mark 0x%x", i + 1);
}

static void by_mark_bits(struct strbuf *o, unsigned i)
{
	sb_printf(o, "-m mark --mark 0x%x/0xfffff0", (i + 1) << 4);
}

static void by_mac(struct strbuf *o, unsigned i)
{
	sb_printf(o, "-m mac --mac-source 02:01:00:%02x:%02x:%02x", i >> 16, i >> 8 & 255, i & 255);
}

static void by_comment(struct strbuf *o, unsigned i)
{
	sb_printf(o, "-d 10.%u.%u.%u -p tcp -m comment --comment \"service %u\" -m tcp --dport 80", i >> 16, i >> 8 & 255, i & 255, i);
}

static void by_state(struct strbuf *o, unsigned i)
{
	sb_printf(o, "-s 10.%u.%u.%u -m conntrack --ctstate NEW -m comment --comment x", i >> 16, i >> 8 & 255, i & 255);
}

static void by_state_first(struct strbuf *o, unsigned i)
{
	sb_printf(o, "-p tcp -m conntrack --ctstate NEW -m tcp --dport %u -m mac --mac-source 02:01:00:00:00:%02x", i % 65536, i >> 16 & 255);
}

static void by_mixture(struct strbuf *o, unsigned i)
{
	static condfn *const all[] = { by_source, by_dest_net, by_port, by_multiport, by_interface, by_mark, by_mac, by_comment, by_state };

	all[i % ARRAY_SIZE(all)](o, i);
}

static void by_two_of_many(struct strbuf *o, unsigned i)
{
	static condfn *const all[] = { by_source, by_interface, by_mark_bits, by_mac, by_dest_net };

	all[i % ARRAY_SIZE(all)](o, i);
	sb_putc(o, ' ');
	by_port(o, i);
}

static const struct { const char *name; condfn *cond; } kinds[] = {
	{ "source", by_source }, { "destination net", by_dest_net }, { "port", by_port }, { "port ranges", by_port_range },
	{ "multiport", by_multiport }, { "protocol and source", by_protocol }, { "interface", by_interface }, { "mark", by_mark },
	{ "mark's bits", by_mark_bits }, { "mac", by_mac }, { "comment", by_comment }, { "state", by_state }, { "state first", by_state_first },
	{ "mixture", by_mixture }, { "port and something", by_two_of_many },
};

/* Rules asked per packet. */
static double tried(condfn *cond, unsigned n, bool user_chain)
{
	struct world *w = world_create(1);
	struct host *h = world_host(w, "h");
	struct rules_options opt = { .family = NFPROTO_IPV4 };
	struct strbuf text = { 0 };
	const struct table *t;
	struct ruleset *rs;
	struct rng rng;
	struct diag d;
	double ret;

	sb_puts(&text, "*filter\n:INPUT ACCEPT [0:0]\n");
	sb_puts(&text, user_chain ? ":USER - [0:0]\n-A INPUT -j USER\n" : "");
	for (unsigned i = 0; i < n; i++) {
		sb_puts(&text, user_chain ? "-A USER " : "-A INPUT ");
		cond(&text, i);
		sb_puts(&text, " -j DROP\n");
	}
	sb_puts(&text, "COMMIT\n");
	for (size_t i = 0; i < ARRAY_SIZE(ifaces); i++)
		dev_add(h, ifaces[i], DEV_PHYS);
	diag_init(&d, w->arena);
	rs = ruleset_load(w->arena, source_text(w->arena, "rules", text.s, text.len), &opt, &d);
	sb_free(&text);
	if (!rs) {
		diag_render(&d, &text);
		fputs(sb_str(&text), stderr);
		sb_free(&text);
		world_destroy(w);
		return 1e9;
	}
	ruleset_install(rs, h, &d);
	t = ruleset_table(host_ruleset(h, NFPROTO_IPV4), "filter");
	rng_init(&rng, 1, "index", "cost");
	for (unsigned i = 0; i < PACKETS; i++) {
		unsigned a = rng_below(&rng, n);
		char src[32], dst[32], port[16];

		snprintf(src, sizeof(src), "10.%u.%u.%u", a >> 16, a >> 8 & 255, a & 255);
		snprintf(dst, sizeof(dst), "%u.%u.%u.1", i & 1 ? 10 : 11 + (a >> 14), a >> 6 & 255, a << 2 & 255);
		snprintf(port, sizeof(port), "%u", rng_below(&rng, 65536));
		run_packet(h, t, src, i & 1 ? src : dst, i & 2 ? "tcp" : "udp", port, ifaces[i % 3], i & 4 ? a + 1 : 0, true);
	}
	ret = (double)t->compiled->tried / PACKETS;
	world_destroy(w);
	return ret;
}

static void test_tried(void)
{
	for (size_t k = 0; k < ARRAY_SIZE(kinds); k++) {
		double few = tried(kinds[k].cond, 10, k & 1), more = tried(kinds[k].cond, 1000, k & 1), many = tried(kinds[k].cond, MANY, !(k & 1));

		CHECK(kinds[k].name, few <= 11 && more <= TRIED && many <= TRIED);
	}
}

void suite_index_cost(void)
{
	unit_add("rules asked per packet", test_tried);
}
