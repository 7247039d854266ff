// SPDX-License-Identifier: MIT
/* suite.c - test results as TAP, JUnit, JSON, annotations, and for people. */
#include "sim/report/suite.h"
#include <stdlib.h>
#include <uthash.h>

struct suite_key { char *key; json_t *rule; UT_hash_handle hh; };

void suite_init(struct suite *s)
{
	*s = (struct suite){ .cases = json_array(), .rules = json_array() };
}

void suite_free(struct suite *s)
{
	struct suite_key *k, *tmp;

	HASH_ITER(hh, s->seen, k, tmp) {
		HASH_DEL(s->seen, k);
		free(k->key);
		free(k);
	}
	json_decref(s->cases);
	json_decref(s->rules);
}

const char *case_str(const json_t *c, const char *key)
{
	const char *s = json_string_value(json_object_get(c, key));

	return s ? s : "";
}

long case_int(const json_t *c, const char *key)
{
	return (long)json_integer_value(json_object_get(c, key));
}

bool case_bad(const json_t *c)
{
	return strcmp(case_str(c, "status"), "failed") == 0 || strcmp(case_str(c, "status"), "error") == 0;
}

void suite_add_case(struct suite *s, json_t *c)
{
	const char *status = case_str(c, "status");

	json_array_append_new(s->cases, c);
	s->passed += strcmp(status, "passed") == 0;
	s->failed += strcmp(status, "failed") == 0;
	s->errors += strcmp(status, "error") == 0;
	s->pending += strcmp(status, "pending") == 0;
	s->listed += strcmp(status, "listed") == 0;
}

void suite_add_rule(struct suite *s, json_t *r)
{
	struct strbuf key = { 0 };
	struct suite_key *k;
	long hits;

	/* Rules in files are the same wherever they are loaded; others belong to their host. */
	sb_printf(&key, "%s\n%s\n%s\n%s\n%s\n%ld\n%s", case_str(r, "file"), json_is_true(json_object_get(r, "on_disk")) ? "" : case_str(r, "host"),
		  case_str(r, "family"), case_str(r, "table"), case_str(r, "chain"), case_int(r, *case_str(r, "file") ? "line" : "rule"), case_str(r, "text"));
	HASH_FIND_STR(s->seen, sb_str(&key), k);
	if (!k) {
		k = xcalloc(1, sizeof(*k));
		k->key = xstrdup(sb_str(&key));
		k->rule = r;
		HASH_ADD_KEYPTR(hh, s->seen, k->key, strlen(k->key), k);
		json_array_append_new(s->rules, r);
	} else {
		if (case_int(r, "order") < case_int(k->rule, "order")) {
			json_object_set(k->rule, "order", json_object_get(r, "order"));
			if (json_object_get(r, "reason"))
				json_object_set(k->rule, "reason", json_object_get(r, "reason"));
		}
		hits = case_int(k->rule, "hits") + case_int(r, "hits");
		json_object_set_new(k->rule, "hits", json_integer(hits));
		if (hits)
			json_object_del(k->rule, "reason");
		json_decref(r);
	}
	sb_free(&key);
}

static int by_order(const void *a, const void *b)
{
	long x = case_int(*(json_t *const *)a, "order"), y = case_int(*(json_t *const *)b, "order");

	return x < y ? -1 : x > y;
}

static void sort_array(json_t *list)
{
	size_t n = json_array_size(list);
	json_t **v = xcalloc(n + 1, sizeof(*v));

	for (size_t i = 0; i < n; i++)
		v[i] = json_incref(json_array_get(list, i));
	qsort(v, n, sizeof(*v), by_order);	/* no two are equal */
	json_array_clear(list);
	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, v[i]);
	free(v);
}

void suite_sort(struct suite *s)
{
	sort_array(s->cases);
	sort_array(s->rules);
}

static bool add_all(struct suite *s, json_t *root)
{
	json_t *cases = json_object_get(root, "cases"), *rules = json_object_get(root, "rules"), *v;
	size_t i;

	if (json_integer_value(json_object_get(root, "format")) != 1 || !json_is_array(cases) || !json_is_array(rules))
		return false;
	json_array_foreach(cases, i, v) {
		if (!json_is_object(v) || !*case_str(v, "status"))
			return false;
		suite_add_case(s, json_incref(v));
	}
	json_array_foreach(rules, i, v) {
		if (!json_is_object(v) || !*case_str(v, "chain"))
			return false;
		suite_add_rule(s, json_incref(v));
	}
	return true;
}

bool suite_load(struct suite *s, const char *path, struct diag *d)
{
	struct source *src = source_read(d->arena, path, 0, d);
	json_error_t err;
	json_t *root;
	bool ok;

	if (!src)
		return false;
	root = json_loadb(src->text, src->len, 0, &err);
	ok = root && add_all(s, root);
	if (!ok)
		diag_error(d, pos_file(src), "no results of hookwalk test --json%s%s", root ? "" : ": ", root ? "" : err.text);
	json_decref(root);
	return ok;
}

/* ---- telling */

static void place(const json_t *c, struct strbuf *out)
{
	if (*case_str(c, "at_file") && case_int(c, "at_line"))
		sb_printf(out, "%s:%ld", case_str(c, "at_file"), case_int(c, "at_line"));
	else if (*case_str(c, "file"))
		sb_printf(out, "%s:%ld", case_str(c, "file"), case_int(c, "line"));
	else
		sb_puts(out, case_str(c, "suite"));
}

static void indented(struct strbuf *out, const char *indent, const char *text)
{
	for (const char *s = text; *s;) {
		size_t n = strcspn(s, "\n");

		if (n)
			sb_printf(out, "%s%.*s", indent, (int)n, s);
		sb_putc(out, '\n');
		s += n + (s[n] == '\n');
	}
}

void suite_failures(const struct suite *s, struct strbuf *out)
{
	json_t *c;
	size_t i;

	json_array_foreach(s->cases, i, c) {
		if (!case_bad(c))
			continue;
		sb_printf(out, "\n%s  %s\n  at ", strcmp(case_str(c, "status"), "error") == 0 ? "ERROR " : "FAILED", case_str(c, "name"));
		place(c, out);
		sb_putc(out, '\n');
		indented(out, "  ", case_str(c, "message"));
	}
}

void suite_summary(const struct suite *s, struct strbuf *out)
{
	if (s->listed) {
		sb_printf(out, "%u tests\n", s->listed);
		return;
	}
	sb_printf(out, "%u passed, %u failed", s->passed, s->failed);
	if (s->errors)
		sb_printf(out, ", %u error%s", s->errors, s->errors == 1 ? "" : "s");
	if (s->pending)
		sb_printf(out, ", %u pending", s->pending);
	sb_putc(out, '\n');
}

void suite_tap(const struct suite *s, struct strbuf *out)
{
	json_t *c;
	size_t i;

	sb_printf(out, "TAP version 13\n1..%zu\n", json_array_size(s->cases));
	json_array_foreach(s->cases, i, c) {
		sb_printf(out, "%sok %zu - ", case_bad(c) ? "not " : "", i + 1);
		for (const char *p = case_str(c, "name"); *p; p++)	/* '#' would begin a directive */
			sb_printf(out, *p == '#' ? "\\%c" : "%c", *p);
		if (strcmp(case_str(c, "status"), "pending") == 0)
			sb_printf(out, " # TODO %s", *case_str(c, "message") ? case_str(c, "message") : "pending");
		sb_putc(out, '\n');
		if (!case_bad(c))
			continue;
		sb_puts(out, "  ---\n  at: ");
		place(c, out);
		sb_puts(out, "\n  message: |\n");
		indented(out, "    ", case_str(c, "message"));
		sb_puts(out, "  ...\n");
	}
}

/* XML 1.0 has no control characters but tab, newline and return. */
static void xml(struct strbuf *out, const char *s)
{
	for (; *s; s++) {
		switch (*s) {
		case '&': sb_puts(out, "&amp;");	break;
		case '<': sb_puts(out, "&lt;");		break;
		case '>': sb_puts(out, "&gt;");		break;
		case '"': sb_puts(out, "&quot;");	break;
		case '\n': sb_puts(out, "&#10;");	break;
		default: sb_putc(out, (unsigned char)*s < 32 && *s != '\t' ? '?' : *s);
		}
	}
}

static void first_line(struct strbuf *out, const char *s)
{
	struct strbuf line = { 0 };

	sb_write(&line, s, strcspn(s, "\n"));
	xml(out, sb_str(&line));
	sb_free(&line);
}

static void junit_case(const json_t *c, struct strbuf *out)
{
	const char *status = case_str(c, "status"), *message = case_str(c, "message");

	sb_puts(out, "    <testcase classname=\"");
	xml(out, case_str(c, "suite"));
	sb_puts(out, "\" name=\"");
	xml(out, case_str(c, "name"));
	sb_printf(out, "\" file=\"");
	xml(out, *case_str(c, "file") ? case_str(c, "file") : case_str(c, "suite"));
	sb_printf(out, "\" line=\"%ld\"", case_int(c, "line"));
	if (strcmp(status, "pending") == 0) {
		sb_puts(out, "><skipped message=\"");
		xml(out, message);
		sb_puts(out, "\"/></testcase>\n");
	} else if (case_bad(c)) {
		const char *tag = strcmp(status, "error") == 0 ? "error" : "failure";

		sb_printf(out, ">\n      <%s message=\"", tag);
		first_line(out, message);
		sb_puts(out, "\">");
		place(c, out);
		sb_puts(out, "&#10;");
		xml(out, message);
		sb_printf(out, "</%s>\n    </testcase>\n", tag);
	} else {
		sb_puts(out, "/>\n");
	}
}

struct totals { unsigned tests, failures, errors, skipped; };

static struct totals totals_of(const struct suite *s, size_t from, size_t to)
{
	struct totals t = { .tests = (unsigned)(to - from) };

	for (size_t i = from; i < to; i++) {
		const char *status = case_str(json_array_get(s->cases, i), "status");

		t.failures += strcmp(status, "failed") == 0;
		t.errors += strcmp(status, "error") == 0;
		t.skipped += strcmp(status, "pending") == 0;
	}
	return t;
}

static void junit_counts(struct strbuf *out, const struct totals *t)
{
	sb_printf(out, " tests=\"%u\" failures=\"%u\" errors=\"%u\" skipped=\"%u\">\n", t->tests, t->failures, t->errors, t->skipped);
}

/* A suite for each file; its cases are next to each other. */
void suite_junit(const struct suite *s, struct strbuf *out)
{
	size_t n = json_array_size(s->cases);
	struct totals t = totals_of(s, 0, n);

	sb_puts(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"hookwalk\"");
	junit_counts(out, &t);
	for (size_t i = 0, end; i < n; i = end) {
		const char *name = case_str(json_array_get(s->cases, i), "suite");

		for (end = i; end < n && strcmp(case_str(json_array_get(s->cases, end), "suite"), name) == 0; end++)
			;
		sb_puts(out, "  <testsuite name=\"");
		xml(out, name);
		sb_putc(out, '"');
		t = totals_of(s, i, end);
		junit_counts(out, &t);
		for (size_t k = i; k < end; k++)
			junit_case(json_array_get(s->cases, k), out);
		sb_puts(out, "  </testsuite>\n");
	}
	sb_puts(out, "</testsuites>\n");
}

void suite_json(const struct suite *s, struct strbuf *out)
{
	json_t *root = json_object(), *summary = json_object();
	char *text;

	json_object_set_new(root, "format", json_integer(1));
	json_object_set_new(summary, "passed", json_integer(s->passed));
	json_object_set_new(summary, "failed", json_integer(s->failed));
	json_object_set_new(summary, "errors", json_integer(s->errors));
	json_object_set_new(summary, "pending", json_integer(s->pending));
	json_object_set_new(root, "summary", summary);
	json_object_set(root, "cases", s->cases);
	json_object_set(root, "rules", s->rules);
	text = json_dumps(root, JSON_INDENT(1) | JSON_PRESERVE_ORDER | JSON_ENSURE_ASCII);
	if (!text)
		out_of_memory(0);
	sb_puts(out, text);
	sb_putc(out, '\n');
	free(text);
	json_decref(root);
}

/* What a workflow command's property or message may not hold is written as %XX. */
static void escaped(struct strbuf *out, const char *s, bool property)
{
	for (; *s; s++) {
		if (*s == '%' || *s == '\r' || *s == '\n' || (property && (*s == ':' || *s == ',')))
			sb_printf(out, "%%%02X", (unsigned char)*s);
		else
			sb_putc(out, *s);
	}
}

static void annotation(struct strbuf *out, const char *file, long line, const json_t *c)
{
	sb_puts(out, "::error file=");
	escaped(out, file, true);
	sb_printf(out, ",line=%ld,title=", line);
	escaped(out, case_str(c, "name"), true);
	sb_puts(out, "::");
	escaped(out, case_str(c, "message"), false);
	sb_putc(out, '\n');
}

/* At the rule that an expectation was about, where it is in a file; else at the expectation. */
void suite_github(const struct suite *s, struct strbuf *out)
{
	json_t *c;
	size_t i;

	json_array_foreach(s->cases, i, c) {
		if (!case_bad(c))
			continue;
		if (*case_str(c, "rule_file"))
			annotation(out, case_str(c, "rule_file"), case_int(c, "rule_line"), c);
		else if (*case_str(c, "at_file"))
			annotation(out, case_str(c, "at_file"), case_int(c, "at_line"), c);
		else
			annotation(out, *case_str(c, "file") ? case_str(c, "file") : case_str(c, "suite"), MAX(case_int(c, "line"), 1), c);
	}
}
