// SPDX-License-Identifier: MIT
/* diag.c - queued messages with a place; lines and carets are made once, when shown. */
#include "sim/base/diag.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define SOURCE_MAX (UINT64_C(1) << 30)
#define SHOW_WIDTH 160
#define MAX_ERRORS 50
#define MAX_WORD   256
#define MAX_SHOWN  4000		/* of a message: it may quote a word that is as long as its file */

void diag_init(struct diag *d, struct arena *a)
{
	*d = (struct diag){ .arena = a, .max_errors = MAX_ERRORS };
	d->last = &d->first;
}

/* Some texts of iptables begin or end with newlines, and its warnings say that they are some: not here. */
static void trim(struct diag *d, struct diag_msg *m)
{
	const char *s = m->raw + strspn(m->raw, "\n");
	size_t n;

	if (m->severity == DIAG_WARNING && (strncasecmp(s, "warning: ", 9) == 0 || strncmp(s, "warn: ", 6) == 0))
		s = strchr(s, ' ') + 1;
	n = strlen(s);

	while (n && s[n - 1] == '\n')
		n--;
	if (s != m->raw || s[n])
		m->text = arena_strndup(d->arena, s, n);
}

static void add(struct diag *d, enum severity sev, struct pos pos, const char *fmt, va_list ap)
{
	struct strbuf sb = { 0 };
	struct diag_msg *m;

	d->dropped = (sev == DIAG_ERROR && d->nr_errors++ >= d->max_errors) ||
		     (sev == DIAG_WARNING && d->nr_warnings++ >= d->max_errors);
	if (d->dropped)
		return;
	m = arena_new(d->arena, struct diag_msg);
	sb_vprintf(&sb, fmt, ap);
	m->severity = sev;
	m->pos = pos;
	m->raw = m->text = arena_strdup(d->arena, sb_str(&sb));
	trim(d, m);
	sb_free(&sb);
	*d->last = m;
	d->last = &m->next;
}

void diag_error(struct diag *d, struct pos pos, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add(d, DIAG_ERROR, pos, fmt, ap);
	va_end(ap);
}

void diag_warn(struct diag *d, struct pos pos, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add(d, DIAG_WARNING, pos, fmt, ap);
	va_end(ap);
}

void diag_note(struct diag *d, struct pos pos, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add(d, DIAG_NOTE, pos, fmt, ap);
	va_end(ap);
}

void diag_hint(struct diag *d, const char *fmt, ...)
{
	struct strbuf sb = { 0 };
	struct diag_msg *m;
	va_list ap;

	if (!diag_wants_hint(d))
		return;
	m = container_of(d->last, struct diag_msg, next);
	va_start(ap, fmt);
	sb_vprintf(&sb, fmt, ap);
	va_end(ap);
	m->hint = arena_strdup(d->arena, sb_str(&sb));
	sb_free(&sb);
}

struct source *source_text(struct arena *a, const char *name, const char *text, size_t len)
{
	struct source *s = arena_new(a, struct source);

	s->name = arena_strdup(a, name);
	s->text = arena_strndup(a, text, len);
	s->len = len;
	s->arena = a;
	return s;
}

struct pos pos_file(struct source *src)
{
	return (struct pos){ src, SIZE_MAX, 0 };
}

struct diag_input { struct diag_input *next; dev_t dev; ino_t ino; };

void diag_input(struct diag *d, int fd)
{
	struct diag_input *in;
	struct stat st;

	if (fstat(fd, &st) || !S_ISREG(st.st_mode))
		return;
	in = arena_new(d->arena, struct diag_input);
	*in = (struct diag_input){ d->inputs, st.st_dev, st.st_ino };
	d->inputs = in;
}

bool diag_is_input(const struct diag *d, const char *path)
{
	const struct diag_input *in = d->inputs;
	struct stat st;

	if (!in || stat(path, &st))
		return false;
	while (in && (in->dev != st.st_dev || in->ino != st.st_ino))
		in = in->next;
	return in != NULL;
}

struct source *source_read(struct arena *a, const char *path, size_t max_bytes, struct diag *d)
{
	bool is_stdin = strcmp(path, "-") == 0;
	struct source *name_only = arena_new(a, struct source);
	struct strbuf sb = { 0 };
	struct source *src = NULL;
	char chunk[65536];
	struct stat st;
	ssize_t n;
	int fd;

	name_only->name = arena_strdup(a, is_stdin ? "<stdin>" : path);
	fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0) {
		diag_error(d, pos_file(name_only), "cannot open: %s", strerror(errno));
	} else if (S_ISDIR(st.st_mode)) {
		diag_error(d, pos_file(name_only), "is a directory, a file is wanted");
	} else {
		size_t max = max_bytes ? max_bytes : SOURCE_MAX;

		while ((n = read(fd, chunk, sizeof(chunk))) > 0 && sb.len + (size_t)n <= max)
			sb_write(&sb, chunk, (size_t)n);
		if (n < 0)
			diag_error(d, pos_file(name_only), "cannot read: %s", strerror(errno));
		else if (n > 0)
			diag_error(d, pos_file(name_only), "is longer than %zu bytes", max);
		else
			src = source_text(a, name_only->name, sb_str(&sb), sb.len);
		diag_input(d, fd);
	}
	if (fd > 0)
		close(fd);
	sb_free(&sb);
	return src;
}

static void index_lines(struct source *s)
{
	size_t n = 1, k = 0;

	for (size_t i = 0; i < s->len; i++)
		n += s->text[i] == '\n';
	s->line_start = arena_array(s->arena, size_t, n);
	s->line_start[k++] = 0;
	for (size_t i = 0; i < s->len; i++)
		if (s->text[i] == '\n')
			s->line_start[k++] = i + 1;
	s->nr_lines = n;
}

static size_t line_of(struct pos pos)
{
	size_t lo = 0, hi;

	if (!pos.src->line_start)
		index_lines(pos.src);
	hi = pos.src->nr_lines;
	while (hi - lo > 1) {
		size_t mid = (lo + hi) / 2;

		if (pos.src->line_start[mid] <= pos.off)
			lo = mid;
		else
			hi = mid;
	}
	return lo;
}

void source_where(struct pos pos, size_t *ret_line, size_t *ret_col)
{
	size_t line = line_of(pos);

	*ret_line = line + 1;
	*ret_col = pos.off - pos.src->line_start[line] + 1;
}

/* s in a colour of the terminal's own palette (an SGR sequence), or plainly. */
static void put_coloured(const struct diag *d, struct strbuf *out, const char *sgr, const char *s)
{
	if (d->colour)
		sb_printf(out, "\033[%sm%s\033[0m", sgr, s);
	else
		sb_puts(out, s);
}

/* The line with the place in it, cut to a readable width, and carets under the place. */
static void show_line(struct strbuf *out, struct pos pos)
{
	size_t start = pos.src->line_start[line_of(pos)], end = start, from, to, len;

	while (end < pos.src->len && pos.src->text[end] != '\n')
		end++;
	if (end == start)
		return;
	from = pos.off - start > SHOW_WIDTH / 2 ? pos.off - SHOW_WIDTH / 2 : start;
	to = MIN(end, from + SHOW_WIDTH);
	for (size_t i = from; i < to; i++) {
		unsigned char c = (unsigned char)pos.src->text[i];

		sb_putc(out, c == '\t' ? '\t' : c < 32 || c == 127 ? '?' : (char)c);
	}
	sb_putc(out, '\n');
	for (size_t i = from; i < pos.off && i < to; i++)
		sb_putc(out, pos.src->text[i] == '\t' ? '\t' : ' ');
	len = MIN(pos.len, to > pos.off ? to - pos.off : 0);
	sb_putc(out, '^');
	for (size_t i = 1; i < len; i++)
		sb_putc(out, '~');
	sb_putc(out, '\n');
}

/* Texts of others are in messages: none of them may speak to the terminal. */
static void put_tame(struct strbuf *out, const char *s)
{
	size_t n = 0;

	for (; *s && n < MAX_SHOWN; s++, n++)
		sb_putc(out, (unsigned char)*s < 32 || *s == 127 ? '?' : *s);
	if (*s)
		sb_puts(out, "...");
}

void diag_render(const struct diag *d, struct strbuf *out)
{
	static const struct { const char *word, *sgr; } kind[] = { { "error: ", "1;31" }, { "warning: ", "1;33" }, { "note: ", "1;36" } };

	for (const struct diag_msg *m = d->first; m; m = m->next) {
		bool line = m->pos.src && m->pos.src->text && m->pos.off <= m->pos.src->len;

		if (line) {
			size_t l, c;

			source_where(m->pos, &l, &c);
			put_tame(out, m->pos.src->name);
			sb_printf(out, ":%zu:%zu: ", l, c);
		} else if (m->pos.src) {
			put_tame(out, m->pos.src->name);
			sb_puts(out, ": ");
		} else {
			sb_puts(out, "hookwalk: ");
		}
		put_coloured(d, out, kind[m->severity].sgr, kind[m->severity].word);
		put_tame(out, m->text);
		sb_putc(out, '\n');
		if (line)
			show_line(out, m->pos);
		if (m->hint) {
			put_coloured(d, out, "1;32", "hint: ");
			put_tame(out, m->hint);
			sb_putc(out, '\n');
		}
	}
	if (d->nr_errors > d->max_errors)
		sb_printf(out, "hookwalk: %u more errors not shown\n", d->nr_errors - d->max_errors);
}

void nearest_try(struct nearest *n, const char *known)
{
	unsigned dist;

	if (strlen(n->want) > MAX_WORD)	/* no slip of the pen */
		return;
	dist = text_distance(n->want, known);
	if (!n->best || dist < n->dist) {
		n->best = known;
		n->dist = dist;
	}
}

const char *nearest_get(const struct nearest *n)
{
	size_t len = strlen(n->want);

	return n->best && n->dist <= (len < 4 ? 1 : len / 3) ? n->best : NULL;
}
