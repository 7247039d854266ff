/* SPDX-License-Identifier: MIT */
/* program.h - the program ipset (7.17) at work on a host's sets: what it takes, prints, and how it ends.
 * Elements of hash types are listed in the kernel's order when the set was made with an initval, as in a file that
 * "ipset save" wrote; else, where the kernel's order is chance, by number. */
#ifndef RULES_IPSET_PROGRAM_H
#define RULES_IPSET_PROGRAM_H
#include "sim/base/diag.h"
#include "sim/ipset/ipset.h"
#include "sim/net/host.h"

#define IPSET_VERSION "v7.17"

/* What one command said and did. The owner calls ipset_result_free(). */
struct ipset_result {
	int status;
	struct strbuf out, err;		/* stdout and stderr, to the letter */
	unsigned line;			/* of the input, where it stopped; 0 = none */
	int word;			/* of argv, that is at fault; -1 = none */
	const char *hint;		/* ours, or NULL; a literal */
};
void ipset_result_free(struct ipset_result *r);

/* Words after the program's name. input: what it would read from standard input (restore), NULL = nothing. */
void ipset_command(struct ipsets *sets, unsigned argc, const char *const *argv, const char *input, size_t len,
		   struct ipset_result *r);
/* "ipset restore": all lines of a text. */
void ipset_restore(struct ipsets *sets, const char *text, size_t len, bool exist_ok, struct ipset_result *r);
/* "ipset save" of one set. */
void ipset_save(const struct ip_set *s, const struct ipsets *sets, struct strbuf *out);
/* One element without its extensions, as it is printed: "10.0.0.1,tcp:80". */
void ipset_elem_text(const struct ip_set *s, const struct ipsets *sets, const struct ipset_elem *e, struct strbuf *out);
/* A file that "ipset save" wrote. false: errors in d, with their lines; what came before stands. */
bool ipset_load(struct ipsets *sets, struct source *src, struct diag *d);
/* EV_STATE for every line of "ipset save". */
void ipset_snapshot(struct host *h);
#endif
