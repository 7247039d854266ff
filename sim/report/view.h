/* SPDX-License-Identifier: MIT */
/* view.h - views over the event stream. Each is added to a trace, listens, and is closed at the end;
 * none asks the simulator anything. */
#ifndef SIM_REPORT_VIEW_H
#define SIM_REPORT_VIEW_H
#include "sim/base/diag.h"
#include "sim/trace/trace.h"

/* What every view has; the constructors below answer NULL with errors in d. */
struct view {
	struct trace_sink sink;
	/* Ends and frees the view. keep: the run went well enough for the result to stand. false: errors in d. */
	bool (*close)(struct view *v, bool keep, struct diag *d);
};

/* oracle/FORMAT.md's result. bulk: a capture, which may have more connections than can be listed after each packet: once
 * they are more than 256, an event has "conntrack_changed" (those that its packets met, as they are now) and "conntrack_gone"
 * instead of "conntrack". */
struct view *view_result(const char *path, const char *case_name, bool bulk, struct diag *d);
/* The same into a text, never NULL; the text is whole after close(). */
struct view *view_result_text(struct strbuf *ret, const char *case_name);
/* Typed events as JSON lines. */
struct view *view_events(const char *path, struct diag *d);
/* One nanosecond pcap per interface in dir: what came in and what left. */
struct view *view_pcap(const char *dir, struct diag *d);
/* The connections that are left at the end, as conntrack -L -o extended prints them. */
struct view *view_conntrack(const char *path, struct diag *d);
/* Each packet hook by hook, as text. */
struct view *view_trace(const char *path, struct diag *d);
/* The readable report at the end. */
struct view *view_report(const char *path, struct diag *d);
/* The lines that the trace has for one event, without headings; *state_told is kept between events, from 0. */
void trace_event_lines(const struct event *ev, uint64_t *state_told, struct strbuf *out);
/* ---- labs: events say of which host they are */
struct host;
struct view *view_report_host(const char *path, const struct host *h, bool first, struct diag *d);	/* of one host of several */
struct view *view_trace_lab(const char *path, struct diag *d);		/* says where a packet is */
struct view *view_pcap_lab(const char *dir, struct diag *d);		/* files HOST.IFACE.pcap */
/* A view of one host alone (takes it over): of what others are sent it is told only that there was something. NULL: of is NULL. */
struct view *view_only_host(struct view *of, const struct host *h);
#endif
