/* SPDX-License-Identifier: MIT */
/* script.h - a script of command lines: its words, as a POSIX shell cuts them. No shell is run: what is
 * not a plain command, a variable or a here-document is refused with its place. */
#ifndef SIM_WORLD_SCRIPT_H
#define SIM_WORLD_SCRIPT_H
#include "rules/parse/parse.h"

struct shell_var { struct shell_var *next; const char *name, *value; };

struct script {
	struct arena *arena;
	struct source *src;
	struct diag *d;
	size_t off;
	struct shell_var *vars;
	bool unset_is_error;		/* set -u */
	/* the here-document of the command at hand */
	const char *here_end;		/* its last line, NULL = there is none */
	struct pos here_pos;
	bool here_quoted, here_tabs;
};

/* One command: its words, variables put in. */
struct script_command {
	struct words words;
	struct pos pos;
	struct source *input;		/* here-document: from input_off to the end; NULL = none */
	size_t input_off;
};

/* The next command; assignments are carried out on the way. 1 = *ret is filled, 0 = the end, -1 = an
 * error was queued, and reading can go on with the next line. */
int script_next(struct script *s, struct script_command *ret);
void script_set(struct script *s, const char *name, const char *value);
const char *script_get(const struct script *s, const char *name);	/* or NULL */
/* "NAME=", as a word may begin; its length without '=', or 0. */
size_t script_assigned(const char *word);
#endif
