// SPDX-License-Identifier: MIT
/* findings.c - a list of findings, in the order of their places. */
#include "rules/analyse/analyse.h"
#include <stdlib.h>

void findings_init(struct findings *f, struct arena *a)
{
	*f = (struct findings){ .arena = a };
	f->last = &f->first;
}

struct finding *findings_add(struct findings *f, const char *id, const struct chain *c, const struct rule *r, const char *fmt, ...)
{
	struct finding *g = arena_new(f->arena, struct finding);
	struct strbuf sb = { 0 };
	va_list ap;

	va_start(ap, fmt);
	sb_vprintf(&sb, fmt, ap);
	va_end(ap);
	g->kind = check_kind(id);
	assert(g->kind);
	g->chain = c;
	g->rule = r;
	g->pos = r ? r->pos : c ? c->pos : (struct pos){ 0 };
	g->text = arena_strdup(f->arena, sb_str(&sb));
	sb_free(&sb);
	*f->last = g;
	f->last = &g->next;
	f->nr[g->kind->severity]++;
	return g;
}

struct order { struct finding *g; size_t at; };

static int by_place(const void *a, const void *b)
{
	const struct order *x = a, *y = b;
	const char *s = x->g->pos.src ? x->g->pos.src->name : "", *t = y->g->pos.src ? y->g->pos.src->name : "";
	int c = strcmp(s, t);

	if (c)
		return c;
	if (x->g->pos.off != y->g->pos.off)
		return x->g->pos.off < y->g->pos.off ? -1 : 1;
	return x->at < y->at ? -1 : x->at > y->at;
}

/* A rule that never matches because it is there twice is told once. */
static bool told(const struct finding *a, const struct finding *b)
{
	return a && a->rule && a->rule == b->rule && strcmp(b->kind->id, "duplicate") == 0 &&
	       (strcmp(a->kind->id, "shadowed") == 0 || strcmp(a->kind->id, "after-all") == 0 || strcmp(a->kind->id, "unreached-rule") == 0);
}

void findings_sort(struct findings *f)
{
	struct order *v;
	size_t n = 0;

	for (struct finding *g = f->first; g; g = g->next)
		n++;
	if (!n)
		return;
	v = xcalloc(n, sizeof(*v));
	n = 0;
	for (struct finding *g = f->first; g; g = g->next, n++)
		v[n] = (struct order){ g, n };
	qsort(v, n, sizeof(*v), by_place);
	f->last = &f->first;
	for (size_t i = 0; i < n; i++) {
		if (told(i ? v[i - 1].g : NULL, v[i].g)) {
			f->nr[v[i].g->kind->severity]--;
			continue;
		}
		*f->last = v[i].g;
		f->last = &v[i].g->next;
	}
	*f->last = NULL;
	free(v);
}
