// SPDX-License-Identifier: MIT
/* way.c - one packet's way over the diagram of the netfilter hooks: where it came by is blue, what decided is written there, where
 * it ended is orange with the reason. */
#include "sim/draw/draw.h"
#include "rules/rules.h"
#include <stdlib.h>

enum place { P_IN, P_PRE, P_ROUTE, P_INPUT, P_LOCAL, P_FORWARD, P_OUTPUT, P_POST, P_OUT, NR_PLACES };

static const struct { const char *name, *words; } places[NR_PLACES] = {
	[P_IN] = { "in", "arrives" }, [P_PRE] = { "pre", "PREROUTING" }, [P_ROUTE] = { "route", "routing" }, [P_INPUT] = { "input", "INPUT" },
	[P_LOCAL] = { "local", "programs\non this host" }, [P_FORWARD] = { "forward", "FORWARD" }, [P_OUTPUT] = { "output", "OUTPUT" },
	[P_POST] = { "post", "POSTROUTING" }, [P_OUT] = { "out", "leaves" },
};
static const struct { enum place from, to; } ways[] = {
	{ P_IN, P_PRE }, { P_PRE, P_ROUTE }, { P_ROUTE, P_INPUT }, { P_INPUT, P_LOCAL }, { P_ROUTE, P_FORWARD }, { P_FORWARD, P_POST },
	{ P_LOCAL, P_OUTPUT }, { P_OUTPUT, P_POST }, { P_POST, P_OUT },
};

struct way {
	bool visited[NR_PLACES], passed[ARRAY_SIZE(ways)];
	struct strbuf said[NR_PLACES];
	int last, ended;		/* place, or -1 */
};

static enum place place_of_hook(uint8_t hook)
{
	static const enum place of[] = { P_PRE, P_INPUT, P_FORWARD, P_OUTPUT, P_POST };

	return of[hook];
}

static void go(struct way *w, enum place to)
{
	if (w->last >= 0 && w->last != (int)to)
		for (size_t i = 0; i < ARRAY_SIZE(ways); i++)
			w->passed[i] |= (int)ways[i].from == w->last && ways[i].to == to;
	w->visited[to] = true;
	w->last = (int)to;
}

static void say(struct way *w, enum place at, bool bold, const char *s)
{
	struct strbuf *o = &w->said[at];

	sb_puts(o, "<BR ALIGN=\"LEFT\"/>");
	if (bold)
		sb_puts(o, "<B>");
	dot_html_cut(o, s, 72);
	if (bold)
		sb_puts(o, "</B>");
}

static void saidf(struct way *w, enum place at, bool bold, const char *fmt, ...) PRINTF(4, 5);
static void saidf(struct way *w, enum place at, bool bold, const char *fmt, ...)
{
	struct strbuf sb = { 0 };
	va_list ap;

	va_start(ap, fmt);
	sb_vprintf(&sb, fmt, ap);
	va_end(ap);
	say(w, at, bold, sb_str(&sb));
	sb_free(&sb);
}

static void step(struct way *w, const struct step *s)
{
	enum place at = w->last < 0 ? P_IN : (enum place)w->last;

	switch (s->type) {
	case EV_HOOK:
		if (w->last < 0 && s->hook == NF_INET_PRE_ROUTING && s->dev) {
			go(w, P_IN);
			say(w, P_IN, false, s->dev);
		} else if (w->last < 0) {
			go(w, s->hook == NF_INET_LOCAL_OUT ? P_LOCAL : P_IN);
		}
		if (s->hook == NF_INET_PRE_ROUTING && w->last == P_OUT)
			go(w, P_IN);	/* by lo, or in the next host */
		go(w, place_of_hook(s->hook));
		say(w, place_of_hook(s->hook), false, s->packet);
		break;
	case EV_RULE:
		if (s->matched)
			saidf(w, at, true, "%s%s %s rule %u: %s", table_kind(s->table), s->table->name, s->chain->name, s->rule->number, s->rule->target_name ? s->rule->target_name : "counted");
		break;
	case EV_POLICY:
		saidf(w, at, false, "%s%s: policy %s", table_kind(s->table), s->table->name, s->verdict == NF_DROP ? "DROP" : "ACCEPT");
		break;
	case EV_CT:
		if (s->what <= CT_EV_UNTRACKED)
			saidf(w, at, false, "conntrack: %.*s", (int)strcspn(s->text, ","), s->text);
		break;
	case EV_CHANGE:
		say(w, at, false, s->text);
		break;
	case EV_ROUTE:
		if (s->what == 0) {
			go(w, P_ROUTE);
			saidf(w, P_ROUTE, s->error || s->reason, "%.*s", (int)strcspn(s->text, "("), s->text);
		} else if (s->what == 2) {
			saidf(w, at, true, "routed again: %s", s->text);
		}
		break;
	case EV_TX:
		go(w, P_OUT);
		saidf(w, P_OUT, true, "by %s", s->dev);
		break;
	case EV_DELIVER:
		go(w, P_LOCAL);
		break;
	case EV_DROP:
		w->ended = (int)at;
		saidf(w, at, true, "ends here: %s", drop_reason_name(s->reason));
		break;
	default:
		break;
	}
}

static void place_node(const struct way *w, enum place p, struct strbuf *o)
{
	bool end = w->ended == (int)p;

	sb_printf(o, "\t%s [penwidth=%s, color=\"%s\", fillcolor=\"%s\", label=<%s", places[p].name, w->visited[p] ? "2" : "1",
		  end ? DRAW_ORANGE : w->visited[p] ? DRAW_BLUE : DRAW_GREY, end ? "#FBE9DD" : w->visited[p] ? "#E3F1FA" : "white", w->visited[p] ? "<B>" : "");
	for (const char *s = places[p].words; *s; s++)
		sb_puts(o, *s == '\n' ? "<BR/>" : (char[]){ *s, '\0' });
	sb_printf(o, "%s%s%s>];\n", w->visited[p] ? "</B>" : "", sb_str(&w->said[p]), w->said[p].len ? "<BR ALIGN=\"LEFT\"/>" : "");
}

void draw_packet(const struct why *why, const struct story *st, struct strbuf *o)
{
	struct way w = { .last = -1, .ended = -1 };
	struct strbuf title = { 0 };
	struct fate f;

	for (const struct step *s = st->first; s; s = s->next)
		if (s->pkt == st->pkt)
			step(&w, s);
	fate_of(st, st->pkt, &f);
	if (f.kind == FATE_DELIVERED || f.kind == FATE_REFUSED)
		go(&w, P_LOCAL);
	sb_printf(&title, "%s\n", st->kind == INJECT_CONNECT ? journey_packet(why->journey, st->pkt) : st->text);
	fate_say(st, &f, &title);
	dot_begin(o, "packet", "rankdir=LR, nodesep=0.4, ranksep=0.5, labelloc=t, labeljust=l");
	sb_puts(o, "\tlabel=");
	dot_quoted(o, sb_str(&title));
	sb_puts(o, ";\n");
	for (enum place p = 0; p < NR_PLACES; p++)
		place_node(&w, p, o);
	for (size_t i = 0; i < ARRAY_SIZE(ways); i++)
		sb_printf(o, "\t%s -> %s [color=\"%s\", penwidth=%s%s];\n", places[ways[i].from].name, places[ways[i].to].name, w.passed[i] ? DRAW_BLUE : DRAW_GREY,
			  w.passed[i] ? "3" : "1", w.passed[i] ? "" : ", style=dashed");
	dot_end(o);
	for (enum place p = 0; p < NR_PLACES; p++)
		sb_free(&w.said[p]);
	sb_free(&title);
}
