// SPDX-License-Identifier: MIT
/* conntrack_out.c - the connections left at the end, as "conntrack -L -o extended" prints them. */
#include "sim/report/outfile.h"
#include "sim/report/view.h"
#include "sim/conntrack/conntrack.h"
#include <stdlib.h>

struct conntrack_view { struct view view; struct outfile out; struct strbuf line; };

static void on_event(struct trace_sink *s, const struct event *ev)
{
	struct conntrack_view *v = container_of(s, struct conntrack_view, view.sink);

	if (ev->type != EV_CT_ENTRY)
		return;
	sb_clear(&v->line);
	ct_print(ev->u.ct_entry.ct, &v->line);
	sb_putc(&v->line, '\n');
	outfile_write(&v->out, sb_str(&v->line), v->line.len);
}

static bool close_conntrack(struct view *view, bool keep, struct diag *d)
{
	struct conntrack_view *v = container_of(view, struct conntrack_view, view);
	bool ok = outfile_close(&v->out, keep, d);

	sb_free(&v->line);
	free(v);
	return ok;
}

struct view *view_conntrack(const char *path, struct diag *d)
{
	struct conntrack_view *v = xcalloc(1, sizeof(*v));

	if (!outfile_open(&v->out, path, d)) {
		free(v);
		return NULL;
	}
	v->view.close = close_conntrack;
	v->view.sink.event = on_event;
	v->view.sink.mask = EV_BIT(EV_END);
	v->view.sink.end_mask = EV_BIT(EV_CT_ENTRY);
	return &v->view;
}
