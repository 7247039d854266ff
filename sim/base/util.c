// SPDX-License-Identifier: MIT
/* util.c - allocation that never returns NULL. */
#include "sim/base/util.h"
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static uint64_t alloc_count, alloc_fail;

void xalloc_fail_at(uint64_t n)
{
	alloc_count = 0;
	alloc_fail = n;
}

static bool must_fail(void)
{
	return alloc_fail && ++alloc_count == alloc_fail;
}

NORETURN void out_of_memory(size_t want)
{
	char text[64];
	int n = snprintf(text, sizeof(text), "hookwalk: out of memory (%zu bytes)\n", want);

	if (n > 0 && write(STDERR_FILENO, text, (size_t)n) < 0)
		_exit(3);
	_exit(3);
}

void *xmalloc(size_t n)
{
	void *p = must_fail() ? NULL : malloc(n ? n : 1);

	if (!p)
		out_of_memory(n);
	return p;
}

void *xcalloc(size_t n, size_t size)
{
	void *p = must_fail() ? NULL : calloc(n ? n : 1, size ? size : 1);

	if (!p)
		out_of_memory(n * size);
	return p;
}

void *xrealloc(void *old, size_t n)
{
	void *p = must_fail() ? NULL : realloc(old, n ? n : 1);

	if (!p)
		out_of_memory(n);
	return p;
}

char *xstrdup(const char *s)
{
	size_t n = strlen(s) + 1;

	return memcpy(xmalloc(n), s, n);
}
