// SPDX-License-Identifier: MIT
/* util.c - allocation that never returns NULL. */
#include "sim/base/util.h"
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define LARGE_PAGE ((size_t)2 << 20)
#define CACHE_LINE 64u

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

/* A large page takes one fault instead of 512. */
static void *map_large(size_t n)
{
	uint8_t *p = mmap(NULL, n + LARGE_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), *at;

	if (p == MAP_FAILED)
		return NULL;
	at = p + (LARGE_PAGE - (uintptr_t)p % LARGE_PAGE) % LARGE_PAGE;
	if (at > p)
		munmap(p, (size_t)(at - p));
	munmap(at + n, (size_t)(p + LARGE_PAGE - at));
	madvise(at, n, MADV_HUGEPAGE);	/* a wish */
	return at;
}

static size_t whole_lines(size_t n)
{
	size_t unit = n < LARGE_PAGE ? CACHE_LINE : (size_t)4096;

	return (n + unit - 1) & ~(unit - 1);
}

void *xpages(size_t n)
{
	size_t size = whole_lines(n);
	void *p = must_fail() ? NULL : size < LARGE_PAGE ? aligned_alloc(CACHE_LINE, size) : map_large(size);

	if (!p)
		out_of_memory(n);
	return size < LARGE_PAGE ? memset(p, 0, size) : p;
}

void xpages_free(void *p, size_t n)
{
	if (whole_lines(n) < LARGE_PAGE)
		free(p);
	else if (p)
		munmap(p, whole_lines(n));
}
