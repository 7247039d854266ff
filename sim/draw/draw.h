/* SPDX-License-Identifier: MIT */
/* draw.h - pictures: the network, a host's chains, one packet's way over the hooks, how load was shared.
 *
 * A picture is made as text in Graphviz' DOT language, in a definite order, and drawn by libgvc. Same input, same text; the
 * layout is Graphviz' own. Colours are those of Okabe and Ito, which people tell apart whatever they see; what a colour says is
 * said by words or line styles as well. */
#ifndef SIM_DRAW_DRAW_H
#define SIM_DRAW_DRAW_H
#include "sim/why/why.h"

#define DRAW_BLUE	"#0072B2"
#define DRAW_ORANGE	"#D55E00"
#define DRAW_GREEN	"#009E73"
#define DRAW_YELLOW	"#F0E442"
#define DRAW_GREY	"#999999"
#define DRAW_LIGHT	"#F2F2F2"

/* ---- pieces (dot.c) */
void dot_begin(struct strbuf *o, const char *title, const char *attributes);
void dot_end(struct strbuf *o);
void dot_quoted(struct strbuf *o, const char *s);		/* a DOT string */
void dot_html(struct strbuf *o, const char *s);		/* text inside an HTML-like label */
void dot_html_cut(struct strbuf *o, const char *s, size_t max);	/* cut with an ellipsis */

/* ---- pictures, as DOT */
void draw_network(const struct world *w, struct strbuf *o);

struct draw_chains {
	const char *table;		/* only this one; NULL = all that have rules */
	const char *focus;		/* a chain: only it, what it leads to and what leads to it */
	unsigned depth;			/* jumps away from there; 0 = any */
	unsigned fold;			/* rules of a chain to show before the rest is folded; 0 = all */
	const struct rule *const *dead; size_t nr_dead;	/* rules no packet can match: grey */
};
void draw_chains(const struct host *h, uint8_t family, const struct draw_chains *d, struct strbuf *o);

void draw_packet(const struct why *w, const struct story *st, struct strbuf *o);
/* The rules with -m statistic: the share each asks for, and the share it had. */
void draw_shares(const struct host *h, uint8_t family, struct strbuf *o);

/* ---- drawing (render.c): format as Graphviz names it: "svg", "png", "pdf", "dot". false: errors in d. */
bool draw_render(const struct strbuf *dot, const char *format, const char *path, struct diag *d);
#endif
