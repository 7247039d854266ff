// SPDX-License-Identifier: MIT
/* dot.c - the few words of DOT that pictures are made of. */
#include "sim/draw/draw.h"

void dot_begin(struct strbuf *o, const char *title, const char *attributes)
{
	sb_puts(o, "digraph ");
	dot_quoted(o, title);
	sb_printf(o, " {\n"
		  "\tgraph [fontname=\"DejaVu Sans\", fontsize=11, bgcolor=white, %s];\n"
		  "\tnode [fontname=\"DejaVu Sans\", fontsize=10, shape=box, style=\"rounded,filled\", fillcolor=white];\n"
		  "\tedge [fontname=\"DejaVu Sans\", fontsize=9, color=\"#444444\"];\n", attributes);
}

void dot_end(struct strbuf *o)
{
	sb_puts(o, "}\n");
}

void dot_quoted(struct strbuf *o, const char *s)
{
	sb_putc(o, '"');
	for (; *s; s++) {
		if (*s == '"' || *s == '\\')
			sb_putc(o, '\\');
		if (*s == '\n')
			sb_puts(o, "\\n");
		else
			sb_putc(o, *s);
	}
	sb_putc(o, '"');
}

static void html_char(struct strbuf *o, char c)
{
	switch (c) {
	case '&': sb_puts(o, "&amp;");	break;
	case '<': sb_puts(o, "&lt;");	break;
	case '>': sb_puts(o, "&gt;");	break;
	case '"': sb_puts(o, "&quot;");	break;
	default:
		if ((unsigned char)c >= ' ' && (unsigned char)c < 0x7f)
			sb_putc(o, c);
		else
			sb_printf(o, "&#%u;", (unsigned char)c < ' ' ? '?' : (unsigned char)c);
	}
}

void dot_html_cut(struct strbuf *o, const char *s, size_t max)
{
	size_t n = strlen(s);

	for (size_t i = 0; i < n; i++) {
		if (n > max && i + 1 == max) {
			sb_puts(o, "&#8230;");
			return;
		}
		html_char(o, s[i]);
	}
	if (!n)
		sb_putc(o, ' ');
}

void dot_html(struct strbuf *o, const char *s)
{
	dot_html_cut(o, s, SIZE_MAX);
}
