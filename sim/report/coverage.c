// SPDX-License-Identifier: MIT
/* coverage.c - which rules the tests hit: text with the reason for each that was not, lcov, Cobertura. */
#include "sim/report/suite.h"
#include <stdlib.h>

static bool hit(const json_t *r)
{
	return case_int(r, "hits") > 0;
}

double coverage_percent(const struct suite *s)
{
	size_t n = json_array_size(s->rules), hits = 0, i;
	json_t *r;

	json_array_foreach(s->rules, i, r)
		hits += hit(r);
	return n ? (double)hits * 100 / (double)n : 100;
}

static int by_place(const void *a, const void *b)
{
	const json_t *x = *(json_t *const *)a, *y = *(json_t *const *)b;
	static const char *const keys[] = { "host", "family", "table" };
	int d = 0;

	for (size_t i = 0; i < ARRAY_SIZE(keys) && !d; i++)
		d = strcmp(case_str(x, keys[i]), case_str(y, keys[i]));
	if (!d)
		d = strcmp(case_str(x, "file"), case_str(y, "file"));
	if (!d)
		d = strcmp(case_str(x, "chain"), case_str(y, "chain"));
	return d ? d : (case_int(x, "rule") > case_int(y, "rule")) - (case_int(x, "rule") < case_int(y, "rule"));
}

static int by_line(const void *a, const void *b)
{
	const json_t *x = *(json_t *const *)a, *y = *(json_t *const *)b;
	int d = strcmp(case_str(x, "file"), case_str(y, "file"));

	return d ? d : (case_int(x, "line") > case_int(y, "line")) - (case_int(x, "line") < case_int(y, "line"));
}

static json_t **sorted(const struct suite *s, int (*cmp)(const void *, const void *), size_t *ret_n)
{
	json_t **list = xcalloc(json_array_size(s->rules) + 1, sizeof(*list)), *r;
	size_t i;

	json_array_foreach(s->rules, i, r)
		list[i] = r;
	*ret_n = json_array_size(s->rules);
	qsort(list, *ret_n, sizeof(*list), cmp);
	return list;
}

static bool same_table(const json_t *a, const json_t *b)
{
	return strcmp(case_str(a, "host"), case_str(b, "host")) == 0 && strcmp(case_str(a, "family"), case_str(b, "family")) == 0 &&
	       strcmp(case_str(a, "table"), case_str(b, "table")) == 0;
}

static void tell_unhit(const json_t *r, struct strbuf *out)
{
	sb_printf(out, "    not hit: %s rule %ld  %s", case_str(r, "chain"), case_int(r, "rule"), case_str(r, "text"));
	if (*case_str(r, "file"))
		sb_printf(out, "   (%s:%ld)", case_str(r, "file"), case_int(r, "line"));
	sb_printf(out, "\n             %s\n", case_str(r, "reason"));
}

void coverage_text(const struct suite *s, struct strbuf *out)
{
	size_t n, hits = 0;
	json_t **r = sorted(s, by_place, &n);

	for (size_t i = 0; i < n; i++)
		hits += hit(r[i]);
	sb_printf(out, "\nRule coverage: %zu of %zu rules hit (%.1f %%)\n", hits, n, coverage_percent(s));
	for (size_t i = 0, end; i < n; i = end) {
		size_t here = 0;

		for (end = i; end < n && same_table(r[i], r[end]); end++)
			here += hit(r[end]);
		sb_printf(out, "  %-12s %s%-8s %zu of %zu\n", case_str(r[i], "host"), strcmp(case_str(r[i], "family"), "ipv6") == 0 ? "ip6 " : "",
			  case_str(r[i], "table"), here, end - i);
		for (size_t k = i; k < end; k++)
			if (!hit(r[k]))
				tell_unhit(r[k], out);
	}
	free(r);
}

/* Rules that stand in files, by file and line; two rules of one line (loaded twice) count together. */
typedef void file_fn(struct strbuf *out, json_t **r, size_t n);

static void each_file(const struct suite *s, struct strbuf *out, file_fn *fn)
{
	size_t n;
	json_t **r = sorted(s, by_line, &n);

	for (size_t i = 0, end; i < n; i = end) {
		for (end = i; end < n && strcmp(case_str(r[end], "file"), case_str(r[i], "file")) == 0; end++)
			;
		if (json_is_true(json_object_get(r[i], "on_disk")))
			fn(out, r + i, end - i);
	}
	free(r);
}

/* The hits of the line that begins at i; *ret_end is where the next one begins. */
static long line_hits(json_t **r, size_t n, size_t i, size_t *ret_end)
{
	long hits = 0;
	size_t k;

	for (k = i; k < n && case_int(r[k], "line") == case_int(r[i], "line"); k++)
		hits += case_int(r[k], "hits");
	*ret_end = k;
	return hits;
}

static void lcov_file(struct strbuf *out, json_t **r, size_t n)
{
	unsigned lines = 0, hits = 0;

	sb_printf(out, "TN:\nSF:%s\n", case_str(r[0], "file"));
	for (size_t i = 0, end; i < n; i = end) {
		long h = line_hits(r, n, i, &end);

		sb_printf(out, "DA:%ld,%ld\n", case_int(r[i], "line"), h);
		lines++;
		hits += h > 0;
	}
	sb_printf(out, "LF:%u\nLH:%u\nend_of_record\n", lines, hits);
}

void coverage_lcov(const struct suite *s, struct strbuf *out)
{
	each_file(s, out, lcov_file);
}

static void attribute(struct strbuf *out, const char *s)
{
	for (; *s; s++) {
		if (strchr("&<>\"", *s))
			sb_printf(out, "&#%d;", *s);
		else
			sb_putc(out, *s);
	}
}

static void cobertura_file(struct strbuf *out, json_t **r, size_t n)
{
	unsigned lines = 0, hits = 0;

	for (size_t i = 0, end; i < n; i = end) {
		hits += line_hits(r, n, i, &end) > 0;
		lines++;
	}
	sb_puts(out, "    <class name=\"");
	attribute(out, case_str(r[0], "file"));
	sb_puts(out, "\" filename=\"");
	attribute(out, case_str(r[0], "file"));
	sb_printf(out, "\" line-rate=\"%.4f\" branch-rate=\"0\" complexity=\"0\"><methods/><lines>\n", (double)hits / lines);
	for (size_t i = 0, end; i < n; i = end) {
		long line = case_int(r[i], "line"), h = line_hits(r, n, i, &end);

		sb_printf(out, "      <line number=\"%ld\" hits=\"%ld\"/>\n", line, h);
	}
	sb_puts(out, "    </lines></class>\n");
}

void coverage_cobertura(const struct suite *s, struct strbuf *out)
{
	double rate = coverage_percent(s) / 100;
	size_t n = json_array_size(s->rules), hits = 0, i;
	json_t *r;

	json_array_foreach(s->rules, i, r)
		hits += hit(r);
	sb_puts(out, "<?xml version=\"1.0\"?>\n<!DOCTYPE coverage SYSTEM \"http://cobertura.sourceforge.net/xml/coverage-04.dtd\">\n");
	sb_printf(out, "<coverage line-rate=\"%.4f\" branch-rate=\"0\" lines-covered=\"%zu\" lines-valid=\"%zu\" branches-covered=\"0\" "
		  "branches-valid=\"0\" complexity=\"0\" version=\"hookwalk\" timestamp=\"0\">\n <sources><source>.</source></sources>\n"
		  " <packages><package name=\"rules\" line-rate=\"%.4f\" branch-rate=\"0\" complexity=\"0\"><classes>\n", rate, hits, n, rate);
	each_file(s, out, cobertura_file);
	sb_puts(out, " </classes></package></packages>\n</coverage>\n");
}
