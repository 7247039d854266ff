// SPDX-License-Identifier: MIT
/* named.c - tables that rules share by name. */
#include "rules/ext/named.h"
#include <stdlib.h>

struct xt_named *named_get(struct host *h, const char *kind, const char *name, uint8_t family)
{
	for (struct xt_named *t = h->xt_named; t; t = t->next) {
		if (t->family != family || strcmp(t->kind, kind) || strcmp(t->name, name))
			continue;
		t->refs++;
		return t;
	}
	return NULL;
}

void named_add(struct host *h, struct xt_named *t, const char *kind, const char *name, uint8_t family,
	       void (*free_fn)(struct xt_named *t))
{
	struct xt_named **last = &h->xt_named;

	t->kind = kind;
	t->name = xstrdup(name);
	t->family = family;
	t->refs = 1;
	t->free = free_fn;
	while (*last)
		last = &(*last)->next;
	*last = t;
}

void named_put(struct host *h, struct xt_named *t, const void *state)
{
	struct xt_named **p = &h->xt_named;

	if (t->reporter == state)
		t->reporter = NULL;
	if (--t->refs)
		return;
	while (*p != t)
		p = &(*p)->next;
	*p = t->next;
	free(t->name);
	t->free(t);
}

bool named_reports(struct xt_named *t, const void *state)
{
	if (!t->reporter)
		t->reporter = state;
	return t->reporter == state;
}
