// SPDX-License-Identifier: MIT
/* trace.c - hands events to whoever asked for their type. */
#include "sim/trace/trace.h"

void trace_init(struct trace *t, const struct evq *clock)
{
	*t = (struct trace){ .clock = clock };
}

void trace_remask(struct trace *t)
{
	t->mask = 0;
	for (struct trace_sink *s = t->first; s; s = s->next)
		t->mask |= s->mask;
}

void trace_add(struct trace *t, struct trace_sink *s)
{
	struct trace_sink **at = &t->first;

	while (*at)
		at = &(*at)->next;
	s->next = NULL;
	*at = s;
	trace_remask(t);
}

void trace_remove(struct trace *t, struct trace_sink *s)
{
	for (struct trace_sink **at = &t->first; *at; at = &(*at)->next) {
		if (*at == s) {
			*at = s->next;
			break;
		}
	}
	trace_remask(t);
}

void trace_emit(struct trace *t, struct event *ev)
{
	ev->seq = t->seq++;
	ev->t = t->clock->now;
	for (struct trace_sink *s = t->first; s; s = s->next)
		if (s->mask & EV_BIT(ev->type))
			s->event(s, ev);
	if (ev->type == EV_END) {
		for (struct trace_sink *s = t->first; s; s = s->next)
			s->mask |= s->end_mask;
		trace_remask(t);
	}
}

const char *event_name(enum event_type type)
{
	static const char *const names[] = {
#define X(name, member) #name,
		EVENT_TYPES(X)
#undef X
	};
	return names[type];
}
