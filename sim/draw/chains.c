// SPDX-License-Identifier: MIT
/* chains.c - tables as frames, chains as lists of their rules, jumps as arrows. A rule that counted packets is blue, the more
 * the darker; one that no packet can match is grey and struck through; what decides is bold. */
#include "sim/draw/draw.h"
#include "rules/rules.h"
#include <math.h>
#include <stdlib.h>

#define TEXT_MAX 74

struct drawing {
	const struct draw_chains *want;
	const struct table *t;
	struct strbuf *o;
	unsigned table;			/* number, for names of nodes */
	bool *in;			/* chains to draw, as t->chain */
	uint64_t most;			/* packets of the busiest rule */
};

static bool dead(const struct drawing *d, const struct rule *r)
{
	for (size_t i = 0; i < d->want->nr_dead; i++)
		if (d->want->dead[i] == r)
			return true;
	return false;
}

/* ---- which chains */

static const struct chain *focus(const struct drawing *d)
{
	return d->want->focus ? table_chain(d->t, d->want->focus) : NULL;
}

static void take_down(struct drawing *d, const struct chain *c, unsigned depth)
{
	if (d->in[c->index] && depth)
		return;
	d->in[c->index] = true;
	if (d->want->depth && depth >= d->want->depth)
		return;
	for (uint32_t i = 0; i < c->nr_rules; i++)
		if (c->rule[i]->target_chain && !d->in[c->rule[i]->target_chain->index])
			take_down(d, c->rule[i]->target_chain, depth + 1);
}

/* Who leads to it, and who leads to those. */
static void take_up(struct drawing *d, const struct chain *c, unsigned depth)
{
	if (d->want->depth && depth >= d->want->depth)
		return;
	for (uint32_t k = 0; k < d->t->nr_chains; k++) {
		const struct chain *from = d->t->chain[k];

		for (uint32_t i = 0; i < from->nr_rules; i++)
			if (from->rule[i]->target_chain == c && !d->in[k]) {
				d->in[k] = true;
				take_up(d, from, depth + 1);
			}
	}
}

static void choose(struct drawing *d)
{
	if (d->want->focus) {
		if (focus(d)) {
			take_up(d, focus(d), 0);
			d->in[focus(d)->index] = false;
			take_down(d, focus(d), 0);
		}
		return;
	}
	for (uint32_t i = 0; i < d->t->nr_chains; i++) {
		const struct chain *c = d->t->chain[i];

		if (c->builtin && (c->nr_rules || c->policy == XT_DROP || c->packets))
			take_down(d, c, 0);
		if (!c->builtin && !c->nr_refs)	/* nobody leads there: shown, so that it is seen */
			d->in[i] = true;
	}
}

/* ---- a chain */

static const char *shade(const struct drawing *d, uint64_t packets)
{
	static const char *const blues[] = { "white", "#E3F1FA", "#BFE0F4", "#8CC8EC", "#56B4E9" };
	double part;

	if (!packets || !d->most)
		return blues[0];
	part = log((double)packets + 1) / log((double)d->most + 1);
	return blues[1 + MIN((unsigned)(part * 4), 3u)];
}

static const char *rule_words(const struct rule *r, struct strbuf *sb)
{
	const char *s;

	sb_clear(sb);
	rule_save(r, sb);
	s = sb_str(sb);
	if (strncmp(s, "-A ", 3) == 0) {
		s += 3;
		s += strcspn(s, " ");
		s += *s == ' ';
	}
	return *s ? s : "(no conditions, no target)";
}

static bool decides(const struct rule *r)
{
	return r->ext || r->verdict == XT_ACCEPT || r->verdict == XT_DROP;
}

static const char *text_colour(const struct rule *r)
{
	if (r->verdict == XT_DROP && !r->ext)
		return DRAW_ORANGE;
	if (r->ext && strcmp(r->ext->name, "REJECT") == 0)
		return DRAW_ORANGE;
	return "black";
}

/* Where it leads stays to be seen. */
static void cut_words(struct strbuf *o, const char *words)
{
	size_t n = strlen(words), tail = 0;
	const char *at = NULL;

	for (const char *s = words; (s = strpbrk(s, "-")); s++)
		if (s > words && s[-1] == ' ' && (s[1] == 'j' || s[1] == 'g') && s[2] == ' ')
			at = s;
	if (at)
		tail = strlen(at) + 1;
	if (n <= TEXT_MAX || !tail || tail > TEXT_MAX / 2) {
		dot_html_cut(o, words, TEXT_MAX);
		return;
	}
	for (size_t i = 0; i < n - tail; i++)
		if (i + 1 + tail > TEXT_MAX)
			break;
		else
			dot_html(o, (char[]){ words[i], '\0' });
	sb_puts(o, "&#8230; ");
	dot_html(o, at);
}

static void rule_row(struct drawing *d, const struct rule *r)
{
	struct strbuf sb = { 0 }, *o = d->o;
	const char *words = rule_words(r, &sb);
	bool grey = dead(d, r);

	sb_printf(o, "<TR><TD ALIGN=\"RIGHT\" BGCOLOR=\"%s\">%u</TD><TD ALIGN=\"LEFT\" BGCOLOR=\"%s\" HREF=\"#\" TITLE=\"", shade(d, r->packets), r->number,
		  shade(d, r->packets));
	dot_html(o, words);
	sb_printf(o, "\"><FONT FACE=\"DejaVu Sans Mono\" POINT-SIZE=\"9\" COLOR=\"%s\">%s", grey ? DRAW_GREY : text_colour(r), grey ? "<S>" : decides(r) ? "<B>" : "");
	cut_words(o, words);
	sb_printf(o, "%s</FONT></TD><TD PORT=\"r%u\" ALIGN=\"RIGHT\" BGCOLOR=\"%s\">", grey ? "</S>" : decides(r) ? "</B>" : "", r->number, shade(d, r->packets));
	if (r->packets)
		sb_printf(o, "%llu", (unsigned long long)r->packets);
	else
		sb_puts(o, grey ? "never" : "-");
	sb_puts(o, "</TD></TR>");
	sb_free(&sb);
}

/* Rules that are left out, with what they counted. */
static void fold_row(struct drawing *d, const struct chain *c, uint32_t from, uint32_t to)
{
	uint64_t packets = 0;

	for (uint32_t i = from; i < to; i++)
		packets += c->rule[i]->packets;
	sb_printf(d->o, "<TR><TD COLSPAN=\"2\" ALIGN=\"LEFT\" BGCOLOR=\"%s\"><I>rules %u to %u: %u more</I></TD><TD ALIGN=\"RIGHT\" BGCOLOR=\"%s\">%llu</TD></TR>",
		  DRAW_LIGHT, from + 1, to, to - from, shade(d, packets), (unsigned long long)packets);
}

/* Which rules of a long chain are shown: the first, the last, those that jump, and those that counted. */
static bool shown(const struct drawing *d, const struct chain *c, uint32_t i)
{
	unsigned fold = d->want->fold;

	if (!fold || c->nr_rules <= fold || c == focus(d))
		return true;
	return i < fold / 2 || i + 3 >= c->nr_rules || (c->rule[i]->packets && d->most && c->rule[i]->packets * 20 >= d->most);
}

static void chain_node(struct drawing *d, const struct chain *c)
{
	struct strbuf *o = d->o;
	uint32_t hidden = 0;
	bool grey = !c->builtin && !c->nr_refs;

	sb_printf(o, "\t\tt%uc%u [shape=plain, style=\"\", tooltip=", d->table, c->index);
	dot_quoted(o, c->name);
	sb_printf(o, ", label=<<TABLE BORDER=\"1\" CELLBORDER=\"1\" CELLSPACING=\"0\" CELLPADDING=\"3\" COLOR=\"%s\"><TR><TD PORT=\"top\" COLSPAN=\"2\" ALIGN=\"LEFT\" BGCOLOR=\"%s\">"
		  "<FONT COLOR=\"%s\"><B>", DRAW_GREY, c->builtin ? DRAW_BLUE : DRAW_LIGHT, c->builtin ? "white" : grey ? DRAW_GREY : "black");
	dot_html(o, c->name);
	sb_puts(o, "</B>");
	if (grey)
		sb_puts(o, " (nothing leads here)");
	if (c->builtin)
		sb_printf(o, "   policy %s</FONT></TD><TD ALIGN=\"RIGHT\" BGCOLOR=\"%s\"><FONT COLOR=\"white\">%llu", c->policy == XT_DROP ? "DROP" : "ACCEPT", DRAW_BLUE,
			  (unsigned long long)c->packets);
	else
		sb_printf(o, "</FONT></TD><TD BGCOLOR=\"%s\"><FONT> ", DRAW_LIGHT);
	sb_puts(o, "</FONT></TD></TR>");
	for (uint32_t i = 0; i < c->nr_rules; i++) {
		if (!shown(d, c, i)) {
			hidden++;
			continue;
		}
		if (hidden)
			fold_row(d, c, i - hidden, i);
		hidden = 0;
		rule_row(d, c->rule[i]);
	}
	if (hidden)
		fold_row(d, c, c->nr_rules - hidden, c->nr_rules);
	sb_puts(o, "</TABLE>>];\n");
}

static void jumps(struct drawing *d, const struct chain *c)
{
	for (uint32_t i = 0; i < c->nr_rules; i++) {
		const struct rule *r = c->rule[i];
		double width;

		if (!r->target_chain || !d->in[r->target_chain->index] || !shown(d, c, i))
			continue;
		width = r->packets && d->most ? 1 + 3 * log((double)r->packets + 1) / log((double)d->most + 1) : 1;
		sb_printf(d->o, "\tt%uc%u:r%u:e -> t%uc%u:top:w [penwidth=%.1f, color=\"%s\"%s%s];\n", d->table, c->index, r->number, d->table, r->target_chain->index, width,
			  r->packets ? DRAW_BLUE : DRAW_GREY, r->ip.go_to ? ", style=dashed, label=goto" : "", dead(d, r) ? ", style=dotted" : "");
	}
}

static void find_most(struct drawing *d)
{
	for (uint32_t k = 0; k < d->t->nr_chains; k++)
		for (uint32_t i = 0; i < d->t->chain[k]->nr_rules; i++)
			d->most = MAX(d->most, d->t->chain[k]->rule[i]->packets);
}

static bool any_rules(const struct table *t)
{
	for (uint32_t k = 0; k < t->nr_chains; k++)
		if (t->chain[k]->nr_rules || t->chain[k]->policy == XT_DROP)
			return true;
	return false;
}

static void draw_table(struct drawing *d)
{
	d->in = xcalloc(d->t->nr_chains + 1, sizeof(*d->in));
	find_most(d);
	choose(d);
	sb_printf(d->o, "\tsubgraph cluster_%u {\n\t\tlabel=", d->table);
	sb_printf(d->o, "\"%s%s\"", table_kind(d->t), d->t->name);
	sb_printf(d->o, "; labeljust=l; color=\"%s\"; style=rounded;\n", DRAW_GREY);
	for (uint32_t i = 0; i < d->t->nr_chains; i++)
		if (d->in[i])
			chain_node(d, d->t->chain[i]);
	sb_puts(d->o, "\t}\n");
	for (uint32_t i = 0; i < d->t->nr_chains; i++)
		if (d->in[i])
			jumps(d, d->t->chain[i]);
	free(d->in);
}

/* In the order in which packets meet them. */
void draw_chains(const struct host *h, uint8_t family, const struct draw_chains *want, struct strbuf *o)
{
	static const char *const order[] = { "raw", "mangle", "nat", "filter", "security" };
	dot_begin(o, "chains", "rankdir=LR, nodesep=0.25, ranksep=0.6, splines=true");
	for (unsigned i = 0; i < 2 * ARRAY_SIZE(order); i++) {	/* iptables-nft's after those of iptables-legacy */
		const char *name = order[i % ARRAY_SIZE(order)];
		const struct ruleset *rs = host_ruleset_of(h, family, i >= ARRAY_SIZE(order));
		struct drawing d = { .want = want, .o = o, .table = i };

		d.t = rs ? ruleset_table(rs, name) : NULL;
		if (!d.t || (want->table ? strcmp(want->table, name) != 0 : !any_rules(d.t)))
			continue;
		if (want->focus && !table_chain(d.t, want->focus))
			continue;
		draw_table(&d);
	}
	dot_end(o);
}
