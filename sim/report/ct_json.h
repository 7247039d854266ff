/* SPDX-License-Identifier: MIT */
/* ct_json.h - a conntrack entry in the words of oracle/FORMAT.md. */
#ifndef SIM_REPORT_CT_JSON_H
#define SIM_REPORT_CT_JSON_H
#include "sim/conntrack/conntrack.h"
#include <jansson.h>

json_t *ct_json(const struct conn *ct);	/* a new reference */
#endif
