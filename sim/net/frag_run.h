/* SPDX-License-Identifier: MIT */
/* frag_run.h - fragments of a packet wait in "runs" of neighbours, as in the kernel (inet_fragment.c): what counts
 * as a harmless duplicate (inside one run) or a fatal overlap (anything else) depends on them. */
#ifndef SIM_NET_FRAG_RUN_H
#define SIM_NET_FRAG_RUN_H
#include "sim/packet/packet.h"

struct frag_run {
	struct frag_run *next;		/* by offset */
	struct packet *first, *last;	/* linked by packet.next */
	uint32_t start, end;
};

struct frag_runs { struct frag_run *first, *last; };

enum frag_insert { INSERT_OK, INSERT_DUP, INSERT_OVERLAP };
/* free_runs: a list of unused ones that the caller keeps. p holds the bytes from start to end of the payload. */
enum frag_insert frag_run_insert(struct frag_runs *rs, struct frag_run **free_runs, struct packet *p, uint32_t start, uint32_t end);
struct packet *frag_run_pull(struct frag_runs *rs, struct frag_run **free_runs);	/* the first one */
void frag_run_take(struct frag_runs *rs, struct packet *p);			/* p is the caller's again */
/* Ends all that wait, with a reason or silently (0). */
void frag_run_flush(struct host *h, struct frag_runs *rs, struct frag_run **free_runs, enum drop_reason reason);
void frag_run_free(struct frag_run **free_runs);
#endif
