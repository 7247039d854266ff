/* SPDX-License-Identifier: MIT */
/* ct_json.h - a conntrack entry in the words of oracle/FORMAT.md. */
#ifndef SIM_REPORT_CT_JSON_H
#define SIM_REPORT_CT_JSON_H
#include "sim/base/text.h"
#include "sim/conntrack/conntrack.h"
#include <jansson.h>

void ct_json(struct strbuf *o, const struct conn *ct);	/* an object, appended */
/* Its two halves: what hardly ever changes, and from the timeout on. */
void ct_json_head(struct strbuf *o, const struct conn *ct);
void ct_json_tail(struct strbuf *o, const struct conn *ct);
json_t *ct_status_json(uint32_t status);	/* IPS_* as names */
const char *ct_proto_word(uint8_t n);	/* the oracle's words; not /etc/protocols */
json_t *hex_json(const uint8_t *b, size_t n);
/* A text from outside (a comment, a log prefix): bytes that are no UTF-8 become U+FFFD. Never NULL. */
json_t *text_json(const char *s);
#endif
