// SPDX-License-Identifier: MIT
/* gen_set.c - IP sets of a random host, with elements from the same pools as everything else. Nothing in them runs out
 * while a case lasts. Types that the kernel which was asked lacks are not drawn: hash:mac, hash:net,net, hash:ip,mark. */
#include "sim/verify/gen_internal.h"

static const struct { const char *type, *options, *element; unsigned dims; bool list; } types[] = {
	{ "hash:ip", "[ netmask 24]", "%a", 1, false },
	{ "hash:net", "", "%a/(16|24|28|31|32)[ nomatch]", 1, false },
	{ "hash:ip,port", "", "%a,(tcp|udp|udp|sctp):%p", 2, false },
	{ "hash:net,port", "", "%a/(16|24|28),(tcp|udp):%p", 2, false },
	{ "hash:ip,port,ip", "", "%a,(tcp|udp):%p,%a", 3, false },
	{ "hash:ip,port,net", "", "%a,(tcp|udp):%p,%a/(16|24|32)[ nomatch]", 3, false },
	{ "hash:net,iface", "", "%a/(16|24|32),(%I|lo)[ nomatch]", 2, false },
	{ "bitmap:ip", " range 10.0.0.0/24", "10.0.0.{1,12}", 1, false },
	{ "bitmap:ip,mac", " range 10.0.0.0/24", "10.0.0.{2,9},02:AA:0A:00:00:0{2,9}", 2, false },
	{ "bitmap:port", " range 0-65535", "%p", 1, false },
	{ "list:set", "", "s0", 1, true },
};

static void draw_set(struct gen *g)
{
	struct strbuf *out = &g->out->file[CASE_IPSET];
	unsigned i = g->nr_sets, t = gen_below(g, ARRAY_SIZE(types) - !i);	/* a list needs a member */

	sb_printf(out, "create s%u %s", i, types[t].type);
	gen_text(g, out, types[t].options);
	gen_text(g, out, types[t].list ? "\n" : "[ counters][ timeout 3000]\n");
	for (unsigned n = types[t].list ? 1 : gen_range(g, 1, 6); n; n--) {
		sb_printf(out, "-exist add s%u ", i);
		gen_text(g, out, types[t].element);
		sb_putc(out, '\n');
	}
	g->set_dims[i] = types[t].dims;
	g->set_list[i] = types[t].list;
	g->nr_sets++;
}

void gen_set_words(struct gen *g, struct strbuf *out, bool list)
{
	unsigned i = gen_below(g, g->nr_sets);

	if (!list && g->set_list[i])
		i = 0;
	sb_printf(out, "s%u ", i);
	for (unsigned k = 0; k < g->set_dims[i]; k++)
		sb_printf(out, "%s%s", k ? "," : "", gen_chance(g, 50) ? "src" : "dst");
}

void gen_sets(struct gen *g)
{
	if (gen_chance(g, g->topic == TOPIC_EXT ? 50 : 12))
		for (unsigned n = gen_range(g, 1, GEN_SETS); n; n--)
			draw_set(g);
}
