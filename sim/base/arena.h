/* SPDX-License-Identifier: MIT */
/* arena.h - memory that is given back all at once: an arena owns a whole result.
 * Nothing from an arena is freed by itself. Memory comes zeroed and is never NULL. */
#ifndef SIM_BASE_ARENA_H
#define SIM_BASE_ARENA_H
#include "sim/base/util.h"

struct arena;				/* opaque */
struct arena_mark { void *block; size_t used; };

struct arena *arena_create(void);
void arena_destroy(struct arena *a);	/* NULL is fine */

void *arena_alloc(struct arena *a, size_t size);		/* zeroed, 16-aligned */
char *arena_strdup(struct arena *a, const char *s);
char *arena_strndup(struct arena *a, const char *s, size_t n);
char *arena_printf(struct arena *a, const char *fmt, ...) PRINTF(2, 3);
void *arena_memdup(struct arena *a, const void *p, size_t n);

struct arena_mark arena_mark(const struct arena *a);
void arena_rewind(struct arena *a, struct arena_mark m);	/* gives back all since the mark */

#define arena_new(a, type)       ((type *)arena_alloc((a), sizeof(type)))
#define arena_array(a, type, n)  ((type *)arena_alloc((a), sizeof(type) * (size_t)(n)))
#endif
