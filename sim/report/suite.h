/* SPDX-License-Identifier: MIT */
/* suite.h - the results of many tests, and the forms in which they are told: for people, TAP, JUnit,
 * JSON, GitHub's annotations; and which rules they hit: text, lcov, Cobertura. */
#ifndef SIM_REPORT_SUITE_H
#define SIM_REPORT_SUITE_H
#include "sim/base/diag.h"
#include <jansson.h>

/* cases: array of { suite, name, file, line, status, message, at_file, at_line, rule_file, rule_line, tags, order };
 * status is passed, failed, error, pending or listed. rules: array of { host, family, table, chain, rule, text,
 * file, line, hits, reason, on_disk, order }, each rule once, in the order it was first seen. */
struct suite {
	json_t *cases, *rules;
	struct suite_key *seen;		/* rules by what names them */
	unsigned passed, failed, errors, pending, listed;
};

void suite_init(struct suite *s);
void suite_free(struct suite *s);
void suite_add_case(struct suite *s, json_t *c);	/* takes the reference */
/* Takes the reference; the same rule again adds its hits. */
void suite_add_rule(struct suite *s, json_t *r);
/* By "order": of several machines' results, those of one that had run all. */
void suite_sort(struct suite *s);
/* A file that suite_json wrote. false: errors in d. */
bool suite_load(struct suite *s, const char *path, struct diag *d);

const char *case_str(const json_t *c, const char *key);	/* "" when it is not there */
long case_int(const json_t *c, const char *key);
bool case_bad(const json_t *c);				/* failed or error */

void suite_tap(const struct suite *s, struct strbuf *out);
void suite_junit(const struct suite *s, struct strbuf *out);
void suite_json(const struct suite *s, struct strbuf *out);
void suite_github(const struct suite *s, struct strbuf *out);
void suite_failures(const struct suite *s, struct strbuf *out);	/* each with its message */
void suite_summary(const struct suite *s, struct strbuf *out);	/* one line */

double coverage_percent(const struct suite *s);			/* 100 when there are no rules */
void coverage_text(const struct suite *s, struct strbuf *out);
void coverage_lcov(const struct suite *s, struct strbuf *out);
void coverage_cobertura(const struct suite *s, struct strbuf *out);
#endif
