// SPDX-License-Identifier: MIT
/* only_host.c - a view of one host of a lab: it is told of that host's events, and of the others' packets only that
 * one was sent: so that the events of all hosts' results have the same numbers. */
#include "sim/report/view.h"
#include <stdlib.h>

struct only { struct view view, *of; const struct host *h; };

static void on_event(struct trace_sink *s, const struct event *ev)
{
	struct only *o = container_of(s, struct only, view.sink);
	struct event other;

	if (ev->host == o->h) {
		o->of->sink.event(&o->of->sink, ev);
	} else if (ev->type == EV_INJECT) {
		other = *ev;
		other.host = o->h;
		other.pkt = NULL;
		other.u.inject.skipped = NULL;
		o->of->sink.event(&o->of->sink, &other);
	} else if (ev->type == EV_SETTLED) {
		other = *ev;
		other.host = o->h;
		o->of->sink.event(&o->of->sink, &other);
	}
}

static bool close_only(struct view *view, bool keep, struct diag *d)
{
	struct only *o = container_of(view, struct only, view);
	bool ok = o->of->close(o->of, keep, d);

	free(o);
	return ok;
}

struct view *view_only_host(struct view *of, const struct host *h)
{
	struct only *o;

	if (!of)
		return NULL;
	o = xcalloc(1, sizeof(*o));
	o->of = of;
	o->h = h;
	o->view.close = close_only;
	o->view.sink = (struct trace_sink){ .event = on_event, .mask = of->sink.mask, .end_mask = of->sink.end_mask };
	return &o->view;
}
