// SPDX-License-Identifier: MIT
/* traffic_args.c - hosts and packets from a command line. */
#include "sim/cli/traffic_args.h"
#include "sim/cli/cli.h"
#include <unistd.h>

int traffic_args_option(struct traffic_args *a, const char *command, int c, const char *arg)
{
	switch (c) {
	case 'i':
		if (a->nr_in == ARRAY_SIZE(a->in)) {
			cli_usage(command, "more than %zu captures", ARRAY_SIZE(a->in));
			return -1;
		}
		a->in[a->nr_in++] = arg;
		return 1;
	case 'a':
		if (a->nr_allow == ARRAY_SIZE(a->allow)) {
			cli_usage(command, "more than %zu names allowed as unknown", ARRAY_SIZE(a->allow));
			return -1;
		}
		a->allow[a->nr_allow++] = arg;
		return 1;
	case 'm':
		a->any_mac = true;
		return 1;
	case 'R':
		a->roundtrip = true;
		return 1;
	case 's':
		if (!u64_parse(&a->seed, arg, UINT64_MAX)) {
			cli_usage(command, "--seed wants a number, not \"%s\"", arg);
			return -1;
		}
		return 1;
	default:
		return 0;
	}
}

/* What the other end would send back, as a line; NULL = nothing. */
static const char *answer_to(const char *line)
{
	const char *at = strchr(line, ':');

	at = at ? at + 1 + strspn(at + 1, " ") : line;
	if (strncmp(at, "tcp ", 4) == 0)
		return "reply SA";
	if (strncmp(at, "udp ", 4) == 0)
		return "reply udp";
	if (strncmp(at, "icmp ", 5) == 0 && strstr(at, "echo-request"))
		return "reply echo-reply";
	return NULL;
}

static struct source *lines_source(const struct traffic_args *a, struct world *w)
{
	struct strbuf sb = { 0 };
	struct source *src;

	for (unsigned i = 0; i < a->nr_lines; i++) {
		sb_printf(&sb, "%s\n", a->lines[i]);
		if (a->roundtrip && answer_to(a->lines[i]))
			sb_printf(&sb, "%s\n", answer_to(a->lines[i]));
	}
	src = source_text(w->arena, "command line", sb_str(&sb), sb.len);
	sb_free(&sb);
	return src;
}

struct traffic *traffic_args_open(const struct traffic_args *a, struct world *w, struct host *h, struct diag *d)
{
	const char *events = arena_printf(w->arena, "%s/events.jsonl", a->dir), *text = arena_printf(w->arena, "%s/traffic.txt", a->dir);
	struct source *src;

	if (a->nr_lines)
		return h ? traffic_open(h, lines_source(a, w), d) : traffic_open_lab(w, lines_source(a, w), d);
	if (a->nr_in && h)
		return capture_open(h, a->in, a->nr_in, a->any_mac, d);
	if (h && access(events, F_OK) == 0) {
		src = source_read(w->arena, events, 0, d);
		return src ? events_open(src, d) : NULL;
	}
	if (access(text, F_OK) == 0) {
		src = source_read(w->arena, text, 0, d);
		return !src ? NULL : h ? traffic_open(h, src, d) : traffic_open_lab(w, src, d);
	}
	return NULL;
}
