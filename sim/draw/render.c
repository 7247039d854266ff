// SPDX-License-Identifier: MIT
/* render.c - DOT text into a picture, by libgvc. */
#include "sim/draw/draw.h"
#include "sim/report/outfile.h"
#include <graphviz/gvc.h>
#include <stdio.h>
#include <stdlib.h>

static bool write_text(const char *text, size_t len, const char *path, struct diag *d)
{
	struct outfile f;

	if (!outfile_open(&f, path, d))
		return false;
	outfile_write(&f, text, len);
	return outfile_close(&f, true, d);
}

bool draw_render(const struct strbuf *dot, const char *format, const char *path, struct diag *d)
{
	unsigned length = 0;
	char *picture = NULL;
	Agraph_t *g;
	GVC_t *gvc;
	bool ok;

	if (strcmp(format, "dot") == 0)
		return write_text(sb_str(dot), dot->len, path, d);
	gvc = gvContext();
	g = agmemread(sb_str(dot));
	ok = g && gvLayout(gvc, g, "dot") == 0;
	if (ok && gvRenderData(gvc, g, format, &picture, &length) != 0) {
		diag_error(d, (struct pos){ 0 }, "Graphviz cannot draw \"%s\"", format);
		diag_hint(d, "svg, png, pdf or dot");
		ok = false;
	} else if (!ok) {
		diag_error(d, (struct pos){ 0 }, "Graphviz cannot lay the picture out");
	}
	if (ok)
		ok = write_text(picture, length, path, d);
	if (picture)
		gvFreeRenderData(picture);
	if (g) {
		gvFreeLayout(gvc, g);
		agclose(g);
	}
	gvFreeContext(gvc);
	return ok;
}
