// SPDX-License-Identifier: MIT
/* host.c - a host's ipset.save, and what its sets hold as events. */
#include "rules/ipset/program.h"
#include <stdlib.h>

/* Line nr (from 1) of a text, without its newline. */
static struct pos line_pos(struct source *src, unsigned nr)
{
	size_t off = 0, end;

	for (unsigned i = 1; i < nr; i++) {
		const char *nl = memchr(src->text + off, '\n', src->len - off);

		off = nl ? (size_t)(nl - src->text) + 1 : src->len;
	}
	for (end = off; end < src->len && src->text[end] != '\n'; end++)
		;
	return (struct pos){ src, off, end - off };
}

/* The program's message without its name and its pointer to the help, in one line. */
static void message(const char *err, struct strbuf *out)
{
	static const char name[] = "ipset " IPSET_VERSION ": ", in_line[] = "Error in line ";

	for (const char *s = err; *s; s += strcspn(s, "\n"), s += *s == '\n') {
		if (strncmp(s, "Try `", 5) == 0)
			continue;
		if (strncmp(s, name, sizeof(name) - 1) == 0)
			s += sizeof(name) - 1;
		if (strncmp(s, in_line, sizeof(in_line) - 1) == 0)
			s += strcspn(s, ":") + 2;
		if (out->len)
			sb_putc(out, ' ');
		sb_write(out, s, strcspn(s, "\n"));
	}
}

bool ipset_load(struct ipsets *sets, struct source *src, struct diag *d)
{
	struct ipset_result r = { 0 };
	struct strbuf sb = { 0 };

	ipset_restore(sets, src->text, src->len, false, &r);
	message(sb_str(&r.err), &sb);
	if (r.status)
		diag_error(d, line_pos(src, MAX(r.line, 1u)), "%s", sb_str(&sb));
	else if (sb.len)
		diag_warn(d, pos_file(src), "%s", sb_str(&sb));
	sb_free(&sb);
	ipset_result_free(&r);
	return !r.status;
}

void ipset_snapshot(struct host *h)
{
	struct event ev = { .type = EV_STATE, .host = h, .u.state.kind = "ipset" };
	struct strbuf sb = { 0 };

	if (!trace_on(h->trace, EV_STATE))
		return;
	for (unsigned lists = 0; lists < 2; lists++)
		for (unsigned i = 0; i < ipset_nr_slots(h->ipsets); i++) {
			const struct ip_set *s = ipset_at(h->ipsets, i);

			if (s && (ipset_type(s)->kind == SET_LIST) == lists)
				ipset_save(s, h->ipsets, &sb);
		}
	for (char *s = sb.s, *nl; s && (nl = strchr(s, '\n')); s = nl + 1) {
		*nl = '\0';
		ev.u.state.name = "ipset";
		ev.u.state.line = s;
		trace_emit(h->trace, &ev);
	}
	sb_free(&sb);
}
