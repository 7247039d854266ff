// SPDX-License-Identifier: MIT
/* shares.c - groups of rules that share connections by chance or in turn: what each asks for of all that come, what it got. */
#include "sim/draw/draw.h"
#include "rules/ext.h"
#include "rules/rules.h"
#include <stdlib.h>

#define BAR 200		/* points for all */

static const struct rule_match *statistic(const struct rule *r)
{
	return rule_match_named(r, "statistic");
}

/* Of what comes to it; 1 for a rule without the match. */
static double part_of(const struct rule *r)
{
	const struct rule_match *m = statistic(r);
	struct strbuf sb = { 0 };
	const char *at;
	double part = 1;

	if (!m)
		return 1;
	m->ext->save(m->info, r, &sb);
	if ((at = strstr(sb_str(&sb), "--probability ")))
		part = strtod(at + 14, NULL);
	else if ((at = strstr(sb_str(&sb), "--every ")))
		part = 1 / strtod(at + 8, NULL);
	sb_free(&sb);
	return part;
}

static void bar(struct strbuf *o, double share, const char *colour)
{
	sb_printf(o, "<TD ALIGN=\"LEFT\"><TABLE ALIGN=\"LEFT\" BORDER=\"0\" CELLBORDER=\"0\" CELLSPACING=\"0\" CELLPADDING=\"0\"><TR><TD FIXEDSIZE=\"TRUE\" WIDTH=\"%.0f\" HEIGHT=\"10\" BGCOLOR=\"%s\"></TD>"
		  "<TD ALIGN=\"LEFT\"> %.1f%%</TD></TR></TABLE></TD>", MAX(share * BAR, 1.0), colour, share * 100);
}

/* The rules from "from" on that share, and the one after them that takes what is left. */
static uint32_t group_end(const struct chain *c, uint32_t from)
{
	uint32_t end = from;

	while (end < c->nr_rules && statistic(c->rule[end]))
		end++;
	return end < c->nr_rules && c->rule[end]->target_name && c->rule[end]->ext ? end + 1 : end;
}

static void group(const struct chain *c, uint32_t from, uint32_t end, unsigned number, struct strbuf *o)
{
	uint64_t total = 0;
	double left = 1;

	for (uint32_t i = from; i < end; i++)
		total += c->rule[i]->packets;
	sb_printf(o, "\tg%u [shape=plain, style=\"\", label=<<TABLE BORDER=\"1\" CELLBORDER=\"1\" CELLSPACING=\"0\" CELLPADDING=\"4\" COLOR=\"%s\">"
		  "<TR><TD COLSPAN=\"4\" ALIGN=\"LEFT\" BGCOLOR=\"%s\"><FONT COLOR=\"white\"><B>%s ", number, DRAW_GREY, DRAW_BLUE, c->table->name);
	dot_html(o, c->name);
	sb_printf(o, "</B>   %llu packets</FONT></TD></TR><TR><TD><B>rule</B></TD><TD ALIGN=\"LEFT\"><B>target</B></TD><TD ALIGN=\"LEFT\"><B>asked for, of all</B></TD>"
		  "<TD ALIGN=\"LEFT\"><B>got, of those taken</B></TD></TR>", (unsigned long long)total);
	for (uint32_t i = from; i < end; i++) {
		const struct rule *r = c->rule[i];
		double want = left * part_of(r);
		struct strbuf sb = { 0 };
		const char *to;

		rule_save(r, &sb);
		to = strstr(sb_str(&sb), " -j ");
		sb_printf(o, "<TR><TD ALIGN=\"RIGHT\">%u</TD><TD ALIGN=\"LEFT\">", r->number);
		dot_html_cut(o, to ? to + 4 : sb_str(&sb), 60);
		sb_puts(o, "</TD>");
		bar(o, want, "#BFE0F4");
		bar(o, total ? (double)r->packets / (double)total : 0, DRAW_BLUE);
		sb_puts(o, "</TR>");
		sb_free(&sb);
		left -= want;
	}
	if (left > 1e-9)
		sb_printf(o, "<TR><TD COLSPAN=\"4\" ALIGN=\"LEFT\"><FONT COLOR=\"%s\">%.1f%% of what comes is taken by none of them</FONT></TD></TR>", DRAW_ORANGE, left * 100);
	sb_puts(o, "</TABLE>>];\n");
}

void draw_shares(const struct host *h, uint8_t family, struct strbuf *o)
{
	const struct ruleset *rs = host_ruleset(h, family);
	unsigned n = 0;

	dot_begin(o, "shares", "rankdir=TB");
	for (uint32_t t = 0; rs && t < rs->nr_tables; t++)
		for (uint32_t k = 0; k < rs->table[t]->nr_chains; k++) {
			const struct chain *c = rs->table[t]->chain[k];

			for (uint32_t i = 0, end; i < c->nr_rules; i = end) {
				end = i + 1;
				if (!statistic(c->rule[i]))
					continue;
				end = group_end(c, i);
				group(c, i, end, n++, o);
			}
		}
	if (!n)
		sb_puts(o, "\tnone [label=\"no rule shares by -m statistic\"];\n");
	dot_end(o);
}
