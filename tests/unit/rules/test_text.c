// SPDX-License-Identifier: MIT
/* test_text.c - tests/text/NAME.in through the parser: NAME.ok is what it prints as, NAME.err the exact
 * messages. HOOKWALK_BLESS=1 writes what came out instead (then read the difference before you commit it). */
#include "rules/rules.h"
#include "tests/unit/unit.h"
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>

static char *slurp(struct arena *a, const char *path)
{
	struct diag d;
	struct source *s;

	diag_init(&d, a);
	s = source_read(a, path, 0, &d);
	return s ? arena_strndup(a, s->text, s->len) : NULL;
}

static void bless(const char *path, const char *text)
{
	FILE *f = fopen(path, "we");

	if (f) {
		fputs(text, f);
		fclose(f);
	}
}

static void compare(struct arena *a, const char *path, const char *got)
{
	char *want = slurp(a, path);

	if (getenv("HOOKWALK_BLESS") && (*got || want)) {
		bless(path, got);
		return;
	}
	CHECK_STR(path, got, want ? want : "");
}

static void run_case(const char *in)
{
	struct arena *a = arena_create(), *ra = arena_create();
	struct rules_options opt = { .family = NFPROTO_IPV4, .keep_counters = true };
	const char *base = arena_strndup(a, in, strlen(in) - 3), *name = strrchr(base, '/') + 1;
	struct strbuf saved = { 0 }, said = { 0 };
	struct source *src;
	struct ruleset *rs;
	struct diag d;

	diag_init(&d, a);
	src = source_read(a, in, 0, &d);
	CHECK(in, src != NULL);
	src->name = arena_printf(a, "%s.in", name);
	rs = ruleset_load(ra, src, &opt, &d);
	if (rs)
		ruleset_save(rs, true, &saved);
	diag_render(&d, &said);
	CHECK(in, (rs != NULL) == (d.nr_errors == 0));
	compare(a, arena_printf(a, "%s.ok", base), sb_str(&saved));
	compare(a, arena_printf(a, "%s.err", base), sb_str(&said));
	sb_free(&saved);
	sb_free(&said);
	arena_destroy(ra);
	arena_destroy(a);
}

static void test_texts(void)
{
	glob_t g = { 0 };

	glob("tests/text/*.in", 0, NULL, &g);
	CHECK("tests/text/*.in", g.gl_pathc > 0);
	for (size_t i = 0; i < g.gl_pathc; i++)
		run_case(g.gl_pathv[i]);
	globfree(&g);
}

void suite_text(void);
void suite_text(void)
{
	unit_add("tests/text/*.in", test_texts);
}
