// SPDX-License-Identifier: MIT
/* outfile.c - results that are never half there. */
#include "sim/report/outfile.h"
#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_OPEN 4096

/* The names of files that are not whole yet. A signal may come between any two steps. */
static _Atomic(const char *) half_written[MAX_OPEN];
static _Atomic pid_t half_written_by;

/* The number of its place; -1: too many, this one will be left behind. */
int outfile_remember(const char *name)
{
	half_written_by = getpid();
	for (int i = 0; i < MAX_OPEN; i++)
		if (!half_written[i]) {
			half_written[i] = name;
			return i;
		}
	return -1;
}

void outfile_forget(int slot)
{
	if (slot >= 0)
		half_written[slot] = NULL;
}

void outfile_abandon(void)
{
	if (half_written_by != getpid())	/* a child's end is not the end of its parent's files */
		return;
	for (int i = 0; i < MAX_OPEN; i++)
		if (half_written[i])
			unlink(half_written[i]);
}

static int stdout_err;

int outfile_stdout_err(void)
{
	return stdout_err;
}

static bool fail(struct outfile *o, struct diag *d, const char *what, int err)
{
	if (strcmp(o->path, "-") == 0) {
		stdout_err = err;
		return false;
	}
	diag_error(d, (struct pos){ 0 }, "%s: %s: %s", o->path, what, strerror(err));
	if (err == ENOSPC && o->tmp)
		diag_hint(d, "the disk is full; nothing was left under that name");
	return false;
}

/* A device, a pipe: what is there already and is no file must be written to, never replaced. */
static bool is_special(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && !S_ISREG(st.st_mode);
}

bool outfile_open(struct outfile *o, const char *path, struct diag *d)
{
	size_t n = strlen(path) + 8;

	*o = (struct outfile){ .path = xstrdup(path), .slot = -1 };
	if (strcmp(path, "-") == 0) {
		o->f = stdout;
		return true;
	}
	if (diag_is_input(d, path)) {
		diag_error(d, (struct pos){ 0 }, "%s: is read from: a result would replace it", path);
		diag_hint(d, "name another file for the result");
		free(o->path);
		*o = (struct outfile){ 0 };
		return false;
	}
	if (!is_special(path)) {
		o->tmp = xmalloc(n);
		snprintf(o->tmp, n, "%s.part", path);
	}
	o->f = fopen(o->tmp ? o->tmp : path, "we");
	if (o->f) {
		setvbuf(o->f, NULL, _IOFBF, 1 << 18);
		if (o->tmp)
			o->slot = outfile_remember(o->tmp);
		return true;
	}
	fail(o, d, "cannot write", errno);
	free(o->path);
	free(o->tmp);
	*o = (struct outfile){ 0 };
	return false;
}

void outfile_text(struct outfile *o, struct strbuf *ret)
{
	*o = (struct outfile){ .text = ret };
}

void outfile_write(struct outfile *o, const void *p, size_t n)
{
	if (o->text)
		sb_write(o->text, p, n);
	else if (n && !o->err && fwrite(p, 1, n, o->f) != n)
		o->err = errno ? errno : EIO;
}

bool outfile_close(struct outfile *o, bool keep, struct diag *d)
{
	bool ok = true;

	if (!o->f)
		return true;
	if (fflush(o->f) && !o->err)
		o->err = errno;
	if (o->f != stdout && fclose(o->f) && !o->err)
		o->err = errno;
	if (o->err)
		ok = fail(o, d, "cannot write", o->err);
	if (o->tmp) {
		if (ok && keep && rename(o->tmp, o->path))
			ok = fail(o, d, "cannot rename into place", errno);
		if (!ok || !keep)
			unlink(o->tmp);
	}
	outfile_forget(o->slot);
	free(o->path);
	free(o->tmp);
	*o = (struct outfile){ 0 };
	return ok;
}
