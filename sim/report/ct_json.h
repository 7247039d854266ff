/* SPDX-License-Identifier: MIT */
/* ct_json.h - a conntrack entry in the words of oracle/FORMAT.md. */
#ifndef SIM_REPORT_CT_JSON_H
#define SIM_REPORT_CT_JSON_H
#include "sim/conntrack/conntrack.h"
#include <jansson.h>

json_t *ct_json(const struct conn *ct);	/* a new reference */
/* A text from outside (a comment, a log prefix): bytes that are no UTF-8 become U+FFFD. Never NULL. */
json_t *text_json(const char *s);
#endif
