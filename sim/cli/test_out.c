// SPDX-License-Identifier: MIT
/* test_out.c - the results of tests into their files and onto the terminal. */
#include "sim/cli/test.h"
#include "sim/report/outfile.h"
#include <stdio.h>
#include <stdlib.h>

int test_output_option(struct test_outputs *o, int c, const char *arg)
{
	char *end;

	switch (c) {
	case 1001: o->junit = arg;	return EXIT_FINE;
	case 1002: o->json = arg;	return EXIT_FINE;
	case 1003: o->lcov = arg;	return EXIT_FINE;
	case 1004: o->cobertura = arg;	return EXIT_FINE;
	case 1005: o->tap = true;	return EXIT_FINE;
	case 1006: o->github = true;	return EXIT_FINE;
	case 1007: o->coverage = true;	return EXIT_FINE;
	case 1008:
		o->min_coverage = strtod(arg, &end);
		return *end || end == arg || o->min_coverage < 0 || o->min_coverage > 100 ? EXIT_BAD : EXIT_FINE;
	default: return -1;
	}
}

typedef void form_fn(const struct suite *s, struct strbuf *out);

static void put(const struct suite *s, const char *path, form_fn *form, struct diag *d)
{
	struct strbuf text = { 0 };
	struct outfile f;

	if (!path || !outfile_open(&f, path, d))
		return;
	form(s, &text);
	outfile_write(&f, sb_str(&text), text.len);
	outfile_close(&f, true, d);
	sb_free(&text);
}

int test_tell(const struct suite *s, const struct test_outputs *o)
{
	struct arena *a = arena_create();
	struct diag d;
	bool bad = s->failed || s->errors, below, unwritten;

	diag_init(&d, a);
	if (o->tap)
		put(s, "-", suite_tap, &d);
	else
		put(s, "-", suite_failures, &d);
	if (o->coverage)
		put(s, "-", coverage_text, &d);
	if (!o->tap) {
		if (bad || o->coverage)
			putchar('\n');
		put(s, "-", suite_summary, &d);
	}
	if (o->github)
		put(s, "-", suite_github, &d);
	put(s, o->junit, suite_junit, &d);
	put(s, o->json, suite_json, &d);
	put(s, o->lcov, coverage_lcov, &d);
	put(s, o->cobertura, coverage_cobertura, &d);
	below = o->min_coverage > 0 && coverage_percent(s) < o->min_coverage;
	cli_flush();
	if (below)
		fprintf(stderr, "rule coverage is %.1f %%, --min-coverage wants %g %%%s\n", coverage_percent(s), o->min_coverage,
			o->coverage ? "" : "; --coverage tells which rules are not hit, and why");
	cli_show(&d);
	unwritten = d.nr_errors > 0;
	arena_destroy(a);
	return unwritten ? EXIT_BAD : bad || below ? EXIT_FOUND : EXIT_FINE;
}
