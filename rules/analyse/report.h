/* SPDX-License-Identifier: MIT */
/* report.h - findings as data: JSON of ours, and SARIF 2.1.0 for code hosts and editors. */
#ifndef RULES_ANALYSE_REPORT_H
#define RULES_ANALYSE_REPORT_H
#include "rules/analyse/analyse.h"
#include <jansson.h>

json_t *findings_json(const struct findings *f);
json_t *findings_sarif(const struct findings *f, const char *version);
const char *check_severity_name(enum check_severity s);	/* "error", "warning", "info" */
/* Takes out what comments allow: "# hookwalk: ignore ID[, ID]" in a line of its own before the rule, or in the rule's own
 * comment; and kinds named in ids. Answers how many went. */
unsigned findings_suppress(struct findings *f, const char *const *ids, unsigned nr_ids);
#endif
