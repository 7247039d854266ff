/* SPDX-License-Identifier: MIT */
/* cmd.h - the programs iptables, iptables-restore and iptables-save at work on one host: what they print,
 * their exit status, and the tables they leave. */
#ifndef RULES_CMD_CMD_H
#define RULES_CMD_CMD_H
#include "rules/parse/parse.h"

struct xtables;			/* the tables of one host while commands change them */

/* What one command said and did. The owner calls cmd_result_free(). */
struct cmd_result {
	int status;
	struct strbuf out, err;	/* stdout and stderr, to the letter */
	struct pos pos;		/* of what failed; {NULL} = the command as a whole */
	const char *hint;	/* or NULL */
};

/* Warnings that the real programs do not have go to d. */
struct xtables *xtables_open(struct host *h, const struct rules_options *opt, struct diag *d);
/* Puts what was changed since into the host. To be called before packets flow. */
void xtables_sync(struct xtables *x);
void xtables_close(struct xtables *x);

/* One command: the words after its name. Memory of messages is the host's. */
void xtables_command(struct xtables *x, const struct words *w, struct pos line, struct cmd_result *r);
/* input: what it reads, from off on; NULL = nothing. */
void xtables_restore(struct xtables *x, const struct words *w, struct pos line, struct source *input, size_t off,
		     struct cmd_result *r);
void xtables_save(struct xtables *x, const struct words *w, struct cmd_result *r);
void cmd_result_free(struct cmd_result *r);

/* ---- for the parser: the table that a command works on, as it is now, or NULL when there is no such
 * table. Looking at a table makes it, as the kernel does. */
struct build *xtables_build(struct xtables *x, const char *table);
/* b's table as it is now, among the host's other tables: what checks look at. */
struct table *xtables_view(struct xtables *x, struct build *b, struct arena *scratch);
void xtables_replace(struct xtables *x, struct build *b);	/* by the one of the same name */

/* ---- list.c: iptables -L */
struct list_format { bool numeric, verbose, exact, numbers; };
void list_chain(const struct chain *c, const struct list_format *f, struct strbuf *out);
void list_rule(const struct rule *r, const struct list_format *f, struct strbuf *out);
/* One rule in one line without columns, as -v tells of -A, -I, -R, -D and -C. */
void list_rule_told(const struct rule *r, struct strbuf *out);
#endif
