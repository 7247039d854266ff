// SPDX-License-Identifier: MIT
/* frag_run.c - runs of fragments that touch each other. */
#include "sim/net/frag_run.h"
#include "sim/net/net.h"
#include <stdlib.h>

static struct frag_run *run_new(struct frag_run **free_runs, struct packet *p, uint32_t start, uint32_t end)
{
	struct frag_run *r = *free_runs;

	if (r)
		*free_runs = r->next;
	else
		r = xmalloc(sizeof(*r));
	*r = (struct frag_run){ .first = p, .last = p, .start = start, .end = end };
	return r;
}

static void run_put(struct frag_run **free_runs, struct frag_run *r)
{
	r->next = *free_runs;
	*free_runs = r;
}

static enum frag_insert insert_between(struct frag_runs *rs, struct frag_run **free_runs, struct packet *p, uint32_t start, uint32_t end)
{
	struct frag_run **at = &rs->first, *r;

	/* Runs do not touch each other's bytes: the first that ends behind our start decides. */
	while (*at && (*at)->end <= start)
		at = &(*at)->next;
	r = *at;
	if (r && r->start < end)
		return start >= r->start && end <= r->end ? INSERT_DUP : INSERT_OVERLAP;
	r = run_new(free_runs, p, start, end);
	r->next = *at;
	*at = r;
	return INSERT_OK;
}

enum frag_insert frag_run_insert(struct frag_runs *rs, struct frag_run **free_runs, struct packet *p, uint32_t start, uint32_t end)
{
	struct frag_run *last = rs->last, *r;

	if (last && last->end >= end)
		return insert_between(rs, free_runs, p, start, end);
	if (last && start < last->end)
		return INSERT_OVERLAP;
	if (last && start == last->end) {
		last->last->next = p;
		last->last = p;
		last->end = end;
		return INSERT_OK;
	}
	r = run_new(free_runs, p, start, end);
	if (last)
		last->next = r;
	else
		rs->first = r;
	rs->last = r;
	return INSERT_OK;
}

struct packet *frag_run_pull(struct frag_runs *rs, struct frag_run **free_runs)
{
	struct frag_run *r = rs->first;
	struct packet *p = r->first;

	r->first = p->next;
	p->next = NULL;
	if (!r->first) {
		rs->first = r->next;
		run_put(free_runs, r);
	}
	return p;
}

void frag_run_take(struct frag_runs *rs, struct packet *p)
{
	for (struct frag_run *r = rs->first; r; r = r->next)
		for (struct packet **at = &r->first; *at; at = &(*at)->next) {
			if (*at != p)
				continue;
			*at = p->next;
			p->next = NULL;
			return;
		}
}

void frag_run_flush(struct host *h, struct frag_runs *rs, struct frag_run **free_runs, enum drop_reason reason)
{
	for (struct frag_run *r = rs->first, *next; r; r = next) {
		for (struct packet *p = r->first, *after; p; p = after) {
			after = p->next;
			p->next = NULL;
			if (reason)
				pkt_drop(h, p, reason, "ip_defrag");
			else
				pkt_free(p);
		}
		next = r->next;
		run_put(free_runs, r);
	}
	rs->first = rs->last = NULL;
}

void frag_run_free(struct frag_run **free_runs)
{
	for (struct frag_run *r = *free_runs, *next; r; r = next) {
		next = r->next;
		free(r);
	}
	*free_runs = NULL;
}
