/* SPDX-License-Identifier: MIT */
/* trace.h - the stream of events and its sinks. */
#ifndef SIM_TRACE_TRACE_H
#define SIM_TRACE_TRACE_H
#include "sim/base/evq.h"
#include "sim/trace/event.h"

struct trace_sink {
	uint32_t mask;			/* bit per enum event_type it wants */
	uint32_t end_mask;		/* and those it wants of the snapshots after EV_END alone */
	void (*event)(struct trace_sink *s, const struct event *ev);
	struct trace_sink *next;
};

struct trace {
	uint32_t mask;			/* of all sinks together */
	uint64_t seq;
	const struct evq *clock;
	struct trace_sink *first;
};

#define EV_BIT(type) (1u << (type))

void trace_init(struct trace *t, const struct evq *clock);
void trace_add(struct trace *t, struct trace_sink *s);	/* borrowed until the trace ends */
void trace_remove(struct trace *t, struct trace_sink *s);
void trace_remask(struct trace *t);			/* a sink's mask was changed */
void trace_emit(struct trace *t, struct event *ev);	/* to sinks in the order they were added */
static inline bool trace_on(const struct trace *t, enum event_type type)
{
	return unlikely(t->mask & EV_BIT(type));
}
const char *event_name(enum event_type type);		/* "CT_ENTRY" */
#endif
