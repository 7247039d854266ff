// SPDX-License-Identifier: MIT
/* arena.c - a list of growing blocks; the newest is the one that is filled. */
#include "sim/base/arena.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define ARENA_FIRST 4096
#define ARENA_MAX   (8 << 20)		/* large blocks lie in large pages: 100,000 rules are 100 MB that packets jump about in */
#define ARENA_PAGES (2 << 20)
#define ARENA_ALIGN 16

struct block {
	struct block *prev;
	size_t size, used;
	_Alignas(ARENA_ALIGN) unsigned char mem[];
};

struct arena {
	struct block *top;
	size_t next_size;
};

struct arena *arena_create(void)
{
	struct arena *a = xcalloc(1, sizeof(*a));

	a->next_size = ARENA_FIRST;
	return a;
}

void arena_destroy(struct arena *a)
{
	if (!a)
		return;
	arena_rewind(a, (struct arena_mark){ 0 });
	free(a);
}

void *arena_alloc(struct arena *a, size_t size)
{
	struct block *b = a->top;
	void *p;

	size = (size + ARENA_ALIGN - 1) & ~(size_t)(ARENA_ALIGN - 1);
	if (!b || b->size - b->used < size) {
		size_t want = MAX(a->next_size, size);

		b = want < ARENA_PAGES ? xmalloc(sizeof(*b) + want) : xpages(sizeof(*b) + want);
		b->prev = a->top;
		b->size = want;
		b->used = 0;
		a->top = b;
		a->next_size = MIN(a->next_size * 2, (size_t)ARENA_MAX);
	}
	p = b->mem + b->used;
	b->used += size;
	return memset(p, 0, size);
}

void *arena_memdup(struct arena *a, const void *p, size_t n)
{
	void *q = arena_alloc(a, n);

	if (n)
		memcpy(q, p, n);
	return q;
}

char *arena_strndup(struct arena *a, const char *s, size_t n)
{
	char *p = arena_alloc(a, n + 1);

	memcpy(p, s, n);
	return p;
}

char *arena_strdup(struct arena *a, const char *s)
{
	return arena_strndup(a, s, strlen(s));
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap;
	char *p;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	p = arena_alloc(a, (size_t)n + 1);
	va_start(ap, fmt);
	vsnprintf(p, (size_t)n + 1, fmt, ap);
	va_end(ap);
	return p;
}

struct arena_mark arena_mark(const struct arena *a)
{
	return (struct arena_mark){ a->top, a->top ? a->top->used : 0 };
}

void arena_rewind(struct arena *a, struct arena_mark m)
{
	while (a->top && a->top != m.block) {
		struct block *b = a->top;

		a->top = b->prev;
		if (b->size < ARENA_PAGES)
			free(b);
		else
			xpages_free(b, sizeof(*b) + b->size);
	}
	if (a->top)
		a->top->used = m.used;
}
