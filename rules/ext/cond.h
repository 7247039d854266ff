/* SPDX-License-Identifier: MIT */
/* cond.h - what a match asks of a packet, as data: for packet sets (rules/analyse) and for indexes (rules/compile).
 * A match that has a conds() function holds exactly when all of its conditions do, and reads nothing else of the packet
 * or of the past. Values are in host order. */
#ifndef RULES_EXT_COND_H
#define RULES_EXT_COND_H
#include "sim/base/util.h"

enum ext_field {
	FIELD_SPORT, FIELD_DPORT, FIELD_ANYPORT,	/* ANYPORT: source or destination port */
	FIELD_TCPFLAGS,					/* byte 13 of the TCP header */
	FIELD_ICMP,					/* type << 8 | code */
	FIELD_CTSTATE,					/* enum CTS_*: rules/ext/ctstate.h */
	FIELD_MARK,
	FIELD_SRC, FIELD_DST,				/* IPv4 addresses */
	FIELD_MAC,					/* source link address: r[0].hi its first two bytes, .lo the other four */
	FIELD_UNFRAGMENTED				/* no later fragment: no value */
};
enum cond_how { COND_RANGES, COND_MASK /* value & r[0].hi == r[0].lo */, COND_BITS /* any bit of r[0].lo */ };
#define COND_RANGES_MAX 15

struct ext_cond {
	uint8_t field, how, n;
	bool invert;
	struct { uint32_t lo, hi; } r[COND_RANGES_MAX];
};
struct ext_conds { unsigned n; struct ext_cond c[5]; };

/* Adds one; its ranges are the caller's to fill. */
static inline struct ext_cond *conds_add(struct ext_conds *l, enum ext_field field, enum cond_how how, bool invert)
{
	struct ext_cond *c = &l->c[l->n++];

	*c = (struct ext_cond){ .field = (uint8_t)field, .how = (uint8_t)how, .invert = invert };
	return c;
}
static inline void conds_range(struct ext_conds *l, enum ext_field field, uint32_t lo, uint32_t hi, bool invert)
{
	struct ext_cond *c = conds_add(l, field, COND_RANGES, invert);

	c->n = 1;
	c->r[0].lo = lo;
	c->r[0].hi = hi;
}
static inline void conds_mask(struct ext_conds *l, enum ext_field field, enum cond_how how, uint32_t value, uint32_t mask, bool invert)
{
	struct ext_cond *c = conds_add(l, field, how, invert);

	c->n = 1;
	c->r[0].lo = value;
	c->r[0].hi = mask;
}
static inline void conds_unfragmented(struct ext_conds *l)
{
	conds_add(l, FIELD_UNFRAGMENTED, COND_RANGES, false);
}
#endif
