/* SPDX-License-Identifier: MIT */
/* diag.h - what is wrong in a text, where, and a way out. A library queues; only cli/ prints.
 *
 *     office.rules:14:13: error: unknown match "multiprot"
 *     -A INPUT -m multiprot --dports 80,443 -j ACCEPT
 *                 ^~~~~~~~~
 *     hint: did you mean "multiport"? */
#ifndef SIM_BASE_DIAG_H
#define SIM_BASE_DIAG_H
#include "sim/base/arena.h"
#include "sim/base/text.h"

/* One input text, held whole; it outlives everything parsed from it. */
struct source {
	const char *name;	/* as the user wrote it */
	const char *text;	/* NUL after text[len]; may hold NULs itself */
	size_t len;
	struct arena *arena;	/* where it lives */
	size_t *line_start;	/* made at the first question */
	size_t nr_lines;
};

/* A place: bytes off..off+len of a source. {NULL} = no place known. */
struct pos { struct source *src; size_t off, len; };

enum severity { DIAG_ERROR, DIAG_WARNING, DIAG_NOTE };

struct diag_msg {
	struct diag_msg *next;
	enum severity severity;
	struct pos pos;
	const char *text;
	const char *raw;	/* with the newlines around it that the real tool prints */
	const char *hint;	/* or NULL */
};

struct diag {
	struct arena *arena;	/* messages live here */
	struct diag_msg *first, **last;
	unsigned nr_errors, nr_warnings;
	unsigned max_errors;	/* after so many errors the rest is only counted */
	bool dropped;		/* the last message was: its hint goes with it */
	bool colour;		/* diag_render() writes for a terminal */
	struct diag_input *inputs;	/* files that were read */
};

void diag_init(struct diag *d, struct arena *a);
/* Adds a message; a hint belongs to the message before it. */
void diag_error(struct diag *d, struct pos pos, const char *fmt, ...) PRINTF(3, 4);
void diag_warn(struct diag *d, struct pos pos, const char *fmt, ...) PRINTF(3, 4);
void diag_note(struct diag *d, struct pos pos, const char *fmt, ...) PRINTF(3, 4);
void diag_hint(struct diag *d, const char *fmt, ...) PRINTF(2, 3);

/* Will a hint to the last message be seen? Who has to search for one asks first. */
static inline bool diag_wants_hint(const struct diag *d)
{
	return d->first && !d->dropped;
}

/* Has the last message none yet? */
static inline bool diag_lacks_hint(const struct diag *d)
{
	return diag_wants_hint(d) && !container_of(d->last, struct diag_msg, next)->hint;
}

/* All messages as text, in the form shown above. Long lines are shown around the place. */
void diag_render(const struct diag *d, struct strbuf *out);

/* Reads a file whole; on failure queues an error naming it and returns NULL. "-" is standard input.
 * Directories, unreadable files and files over max_bytes (0 = 1 GiB) are errors. */
struct source *source_read(struct arena *a, const char *path, size_t max_bytes, struct diag *d);
/* Remembers a regular file (an open descriptor) as read from; source_read() does it itself. */
void diag_input(struct diag *d, int fd);
/* Is path, by this name or another, one of them? Who would write there asks. */
bool diag_is_input(const struct diag *d, const char *path);
struct source *source_text(struct arena *a, const char *name, const char *text, size_t len);
/* 1-based line and column of a place. */
void source_where(struct pos pos, size_t *ret_line, size_t *ret_col);
struct pos pos_file(struct source *src);	/* the file as a whole: no line is shown */

/* The known name nearest to what was written, or NULL when none is near. */
struct nearest { const char *want; const char *best; unsigned dist; };
void nearest_try(struct nearest *n, const char *known);	/* start with {.want = text} */
const char *nearest_get(const struct nearest *n);
#endif
