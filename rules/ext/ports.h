/* SPDX-License-Identifier: MIT */
/* ports.h - source and destination ports as dccp and sctp print them. */
#ifndef RULES_EXT_PORTS_H
#define RULES_EXT_PORTS_H
#include "rules/ext.h"

struct ports_info { uint16_t from, to; bool given, invert; };

bool ports_in(const struct ports_info *p, uint16_t port);
void ports_save(const struct ports_info *p, const char *opt, struct strbuf *out);
void ports_print(const struct ports_info *p, const char *label, const char *proto, bool numeric, struct strbuf *out);
/* What the packet has and the rule wants, when they differ: then true. */
bool ports_explain(const struct ports_info *p, const char *what, uint16_t have, struct strbuf *out);
#endif
