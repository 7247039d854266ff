/* SPDX-License-Identifier: MIT */
/* verify.h - this machine's kernel as the judge: a host directory is built in throwaway network
 * namespaces, gets the same traffic at the same times, and what happens is compared with the emulation.
 *
 * verifier_open() starts one small process, the warden, first of its own user and PID namespace: it holds
 * rights over the network namespaces it makes and over nothing else, and all below it dies with it. The
 * caller's own capabilities are given up for good. Every case is run by a child of the warden in fresh
 * namespaces, on one CPU; its answer comes back through a pipe and is read without any rights.
 *
 * A verifier may be used from several processes at once (fork after verifier_open): each case goes to the
 * CPU with the fewest. From one process, one case at a time. */
#ifndef SIM_VERIFY_VERIFY_H
#define SIM_VERIFY_VERIFY_H
#include "sim/report/agree.h"

struct verifier;		/* opaque */

/* NULL: verification is impossible here, the exact reason is in *ret_why (one line, no newline). */
struct verifier *verifier_open(struct strbuf *ret_why);
/* Ends the warden, and with it what it still runs; in a forked process it only lets go. NULL is fine. */
void verifier_close(struct verifier *v);

struct verify_options {
	const char *const *in; unsigned nr_in;	/* captures "eth0=FILE" instead of the host's own traffic */
	double speed;		/* the traffic's times are divided by it; 0 = 1 */
	unsigned max_seconds;	/* traffic that lasts longer, scaled, is not run; 0 = 60 */
	bool ask_refused;	/* ask the kernel about a host that the emulation refuses, too: does it refuse it as well? */
	unsigned tries;		/* a case that differs is run again, up to so many times in all; 0 = 1 */
};

enum verify_status {
	VERIFY_AGREES,
	VERIFY_DIFFERS,
	VERIFY_REFUSED,		/* the emulation refuses the host: the kernel was not asked, or only about that */
	VERIFY_CANNOT		/* the kernel's side could not be run, or the traffic is bad input */
};

struct verify_result {
	enum verify_status status;
	struct agreement agreement;	/* AGREES, DIFFERS: the list of differences, as data and as text */
	json_t *kernel, *ours;		/* both results in the form of oracle/FORMAT.md, or NULL */
	struct strbuf why;		/* REFUSED, CANNOT: messages, lines ended by newlines */
	unsigned tries;			/* runs on the kernel */
};

/* Runs one host directory on both sides. *ret is filled whatever happens; verify_result_free() it. */
void verify_host(struct verifier *v, const char *dir, const struct verify_options *o, struct verify_result *ret);
/* Did the kernel's programs refuse some of the host's files, settings aside? */
bool verify_kernel_refused(const struct verify_result *r);
void verify_result_free(struct verify_result *r);
/* The differences for a person: event by event with its packet, and the rule's text with its counter; all of
 * them, or the first so many and how many are left. */
void verify_explain(const struct verify_result *r, struct strbuf *out);
void verify_explain_first(const struct verify_result *r, unsigned max, struct strbuf *out);
/* What to know about a run, a line each: settings that the kernel's side does not take, a tick of another length. */
void verify_notes(const struct verify_result *r, struct strbuf *out);
#endif
