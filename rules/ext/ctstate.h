/* SPDX-License-Identifier: MIT */
/* ctstate.h - a packet's standing towards its connection as bits: for the matches state and conntrack. */
#ifndef RULES_EXT_CTSTATE_H
#define RULES_EXT_CTSTATE_H
#include "rules/ext.h"

enum {
	CTS_INVALID = 1 << 0, CTS_ESTABLISHED = 1 << 1, CTS_RELATED = 1 << 2, CTS_NEW = 1 << 3, CTS_SNAT = 1 << 6,
	CTS_DNAT = 1 << 7, CTS_UNTRACKED = 1 << 8
};
/* One of the first four or UNTRACKED, with SNAT and DNAT added for a translated connection. */
uint32_t ctstate_of(const struct packet *p);
/* A list as "NEW,ESTABLISHED", each word or its beginning in either case. NULL, or where it is bad. */
const char *ctstate_parse(const char *list, bool nat_too, uint32_t *ret_mask);
/* "INVALID,NEW,..." in iptables' order. */
void ctstate_save(uint32_t mask, struct strbuf *out);
#endif
