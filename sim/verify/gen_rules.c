// SPDX-License-Identifier: MIT
/* gen_rules.c - a random ruleset: tables, built-in and user chains, rules. A user chain knows from which hooks
 * it may be reached; it holds only what is allowed at all of them and is called only from chains of such hooks. */
#include "sim/verify/gen_internal.h"

static const struct { const char *name; unsigned bit, hooks, percent; } tables[] = {
	{ "raw", T_RAW, G_PRE | G_OUT, 25 },
	{ "mangle", T_MANGLE, G_ALL, 40 },
	{ "nat", T_NAT, G_PRE | G_IN | G_OUT | G_POST, 45 },
	{ "filter", T_FILTER, G_IN | G_FWD | G_OUT, 80 },
	{ "security", T_SECURITY, G_IN | G_FWD | G_OUT, 5 },
};
static const char *const hook_names[] = { "PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING" };

#define USER_CHAINS 4
struct chains { unsigned table, hooks[USER_CHAINS], nr; };

/* Sets of hooks that a user chain can live with; NAT's two sides need targets of their own. */
static unsigned draw_hooks(struct gen *g, unsigned table, unsigned all)
{
	static const unsigned nat[] = { G_PRE | G_OUT, G_PRE, G_OUT, G_POST, G_IN, G_POST | G_IN };
	unsigned one;

	if (table == T_NAT)
		return GEN_PICK(g, nat);
	if (gen_chance(g, 40))
		return all;
	do
		one = 1u << gen_below(g, 5);
	while (!(one & all));
	return one;
}

/* -p and what belongs to it; answers the protocol's number, 0 for any. */
static unsigned draw_proto(struct gen *g, struct strbuf *out)
{
	static const struct proto { const char *name; unsigned number, weight; } protos4[] = {
		{ "", 0, 40 }, { "tcp", 6, 22 }, { "udp", 17, 16 }, { "icmp", 1, 12 }, { "sctp", 132, 3 }, { "udplite", 136, 2 }, { "dccp", 33, 2 },
		{ "47", 47, 1 }, { "ah", 51, 1 }, { "esp", 50, 1 }, { "ipcomp", 108, 1 }, { "2", 2, 1 },
	};
	static const struct proto protos6[] = {
		{ "", 0, 40 }, { "tcp", 6, 22 }, { "udp", 17, 16 }, { "ipv6-icmp", 58, 12 }, { "sctp", 132, 3 }, { "udplite", 136, 2 }, { "dccp", 33, 2 },
		{ "47", 47, 1 }, { "mobility-header", 135, 1 }, { "esp", 50, 1 }, { "ipcomp", 108, 1 }, { "59", 59, 1 },
	};
	const struct proto *protos = g->v6 ? protos6 : protos4;
	unsigned r = gen_below(g, 102), i;

	for (i = 0; r >= protos[i].weight; i++)
		r -= protos[i].weight;
	if (!protos[i].number)
		return 0;
	if (gen_chance(g, 8)) {
		sb_printf(out, " ! -p %s", protos[i].name);
		return 0;
	}
	sb_printf(out, " -p %s", protos[i].name);
	return protos[i].number;
}

static void draw_addresses(struct gen *g, struct strbuf *out, unsigned hooks)
{
	if (gen_chance(g, 30))
		gen_text(g, out, " %!-s %n");
	if (gen_chance(g, 30))
		gen_text(g, out, " %!-d %n");
	if (gen_chance(g, 15) && !(hooks & (G_OUT | G_POST)))
		gen_text(g, out, " %!-i %i");
	if (gen_chance(g, 15) && !(hooks & (G_PRE | G_IN)))
		gen_text(g, out, " %!-o %i");
	if (!g->v6 && gen_chance(g, 4))
		gen_text(g, out, " %!-f");
}

static void draw_matches(struct gen *g, struct strbuf *out, unsigned table, unsigned hooks, unsigned proto)
{
	unsigned n = gen_chance(g, 25) ? 0 : gen_chance(g, 70) ? 1 : gen_range(g, 2, 3);

	if (g->topic == TOPIC_EXT && !n)
		n = 1;
	for (; n; n--) {
		const struct gen_ext *e = gen_pick_ext(g, gen_matches, table, hooks, proto);

		if (!e)
			return;
		/* iptables takes the third --mark of "mark, connmark, mark" for a second one of the first */
		if (strstr(e->text, "--mark ") && strstr(sb_str(out), "--mark "))
			continue;
		sb_putc(out, ' ');
		gen_text(g, out, e->text);
	}
}

/* A user chain with a higher number, so that no chain calls itself. */
static bool draw_jump(struct gen *g, struct strbuf *out, const struct chains *c, unsigned hooks, unsigned from)
{
	unsigned fit[USER_CHAINS], n = 0;

	for (unsigned i = from; i < c->nr; i++)
		if ((hooks & ~c->hooks[i]) == 0)
			fit[n++] = i;
	if (!n)
		return false;
	sb_printf(out, " -%c u%u", gen_chance(g, 25) ? 'g' : 'j', fit[gen_below(g, n)]);
	return true;
}

static void draw_target(struct gen *g, struct strbuf *out, const struct chains *c, unsigned hooks, unsigned from, unsigned proto)
{
	static const char *const verdicts[] = { "ACCEPT", "ACCEPT", "DROP", "RETURN" };
	const struct gen_ext *e;
	unsigned r = gen_below(g, 100);

	if (r < 6)
		return;				/* only counts */
	if (r < 28 && draw_jump(g, out, c, hooks, from))
		return;
	e = gen_pick_ext(g, gen_targets, c->table, hooks, proto);
	if (r < (c->table == T_FILTER || c->table == T_SECURITY ? 65 : 40) || !e) {
		const char *verdict = GEN_PICK(g, verdicts);

		/* nat may not drop */
		sb_printf(out, " -j %s", c->table == T_NAT && !strcmp(verdict, "DROP") ? "ACCEPT" : verdict);
		return;
	}
	sb_puts(out, e->text[0] == '-' ? " " : " -j ");
	gen_text(g, out, e->text);
}

static void draw_rule(struct gen *g, const char *chain, const struct chains *c, unsigned hooks, unsigned from)
{
	struct strbuf *out = &g->out->file[g->v6 ? CASE_RULES6 : CASE_RULES];
	struct strbuf tail = { 0 };
	unsigned proto;

	sb_printf(out, "-A %s", chain);
	proto = draw_proto(g, out);
	draw_addresses(g, out, hooks);
	draw_matches(g, &tail, c->table, hooks, proto);
	draw_target(g, &tail, c, hooks, from, proto);
	sb_puts(out, sb_str(&tail));
	sb_putc(out, '\n');
	sb_free(&tail);
}

static void draw_table(struct gen *g, unsigned t)
{
	struct strbuf *out = &g->out->file[g->v6 ? CASE_RULES6 : CASE_RULES];
	struct chains c = { .table = tables[t].bit, .nr = gen_below(g, USER_CHAINS + 1) };

	sb_printf(out, "*%s\n", tables[t].name);
	for (unsigned h = 0; h < ARRAY_SIZE(hook_names); h++)
		if (tables[t].hooks & 1u << h)
			sb_printf(out, ":%s %s [0:0]\n", hook_names[h], c.table != T_NAT && gen_chance(g, 8) ? "DROP" : "ACCEPT");
	for (unsigned i = 0; i < c.nr; i++) {
		c.hooks[i] = draw_hooks(g, c.table, tables[t].hooks);
		sb_printf(out, ":u%u - [0:0]\n", i);
	}
	for (unsigned h = 0; h < ARRAY_SIZE(hook_names); h++) {
		if (!(tables[t].hooks & 1u << h))
			continue;
		for (unsigned n = gen_chance(g, 3) ? gen_range(g, 8, 30) : gen_below(g, 5); n; n--)
			draw_rule(g, hook_names[h], &c, 1u << h, 0);
	}
	for (unsigned i = 0; i < c.nr; i++) {
		char name[16] = { 'u', (char)('0' + i) };

		for (unsigned n = gen_range(g, 1, 4); n; n--)
			draw_rule(g, name, &c, c.hooks[i], i + 1);
	}
	sb_puts(out, "COMMIT\n");
}

void gen_rules(struct gen *g)
{
	for (unsigned t = 0; t < ARRAY_SIZE(tables); t++) {
		unsigned percent = tables[t].percent;

		if (tables[t].bit == T_NAT && g->topic == TOPIC_NAT)
			percent = 100;
		if (gen_chance(g, percent))
			draw_table(g, t);
	}
}
