/* SPDX-License-Identifier: MIT */
/* pset.h - sets of packets, exactly: decision diagrams (BuDDy) over the fields that rules ask about.
 *
 * There is one space at a time in a process. Results of all operations are held until pset_release(), which frees what
 * was made since a mark, but for what pset_keep() holds. When memory for diagrams runs out every operation answers the
 * empty set from then on, and pset_failed() says so: then nothing that was found may be believed. */
#ifndef RULES_ANALYSE_PSET_H
#define RULES_ANALYSE_PSET_H
#include "sim/base/util.h"

typedef int pset;

enum pset_field {
	PSET_CTSTATE,			/* enum pset_ctstate, 3 bits */
	PSET_SNAT, PSET_DNAT,		/* the connection is translated, 1 bit each */
	PSET_IIF, PSET_OIF, PSET_DST, PSET_PROTO, PSET_FRAG /* a later fragment */, PSET_TCPFLAGS,
	PSET_DPORT,			/* ICMP: type << 8 | code */
	PSET_SPORT, PSET_SRC, PSET_MARK, NR_PSET_FIELDS
};
enum pset_ctstate { PSET_INVALID, PSET_NEW, PSET_ESTABLISHED, PSET_RELATED, PSET_UNTRACKED, NR_PSET_CTSTATES };

/* addr_bits: 32 or 128; opaque: conditions about which nothing is known but that they may hold or not. false: there is
 * a space already, or no memory. */
bool pset_open(unsigned addr_bits, unsigned opaque, size_t max_bytes);
void pset_close(void);
bool pset_failed(void);

extern const pset pset_none, pset_all;
pset pset_and(pset a, pset b);
pset pset_or(pset a, pset b);
pset pset_minus(pset a, pset b);
pset pset_not(pset a);
static inline bool pset_empty(pset a) { return a == 0; }
static inline bool pset_equal(pset a, pset b) { return a == b; }

pset pset_value(enum pset_field f, uint32_t value);
pset pset_range(enum pset_field f, uint32_t lo, uint32_t hi);
pset pset_mask(enum pset_field f, uint32_t value, uint32_t mask);		/* (field & mask) == value; fields to 32 bits */
pset pset_bytes(enum pset_field f, const uint8_t *value, const uint8_t *mask);	/* the same for addresses, network order */
pset pset_opaque(unsigned n);							/* condition n, from 0 */

/* Whatever the field is: the set of packets that only differ in it from one of a's. */
pset pset_forget(pset a, enum pset_field f);
pset pset_forget_opaque(pset a);
/* Whatever all else is: what a says of the field alone. */
pset pset_only(pset a, enum pset_field f);

/* One packet, a byte for each bit of all fields and for each opaque condition: pset_point_bytes() of them, the caller's. */
size_t pset_point_bytes(void);
bool pset_point(pset a, uint8_t *ret);		/* one of a's; false: it is empty */
bool pset_has(pset a, const uint8_t *point);
size_t pset_nodes(pset a);			/* how large its diagram is; takes as long */

typedef size_t pset_mark_t;
pset_mark_t pset_mark_now(void);
void pset_release(pset_mark_t mark);
pset pset_keep(pset a);				/* until pset_drop() */
void pset_drop(pset a);

/* One packet of the set, as "src 10.0.0.1, dport 80": fields that do not matter are left out. */
struct strbuf;
struct pset_witness { bool given[NR_PSET_FIELDS]; uint8_t value[NR_PSET_FIELDS][16]; /* network order, right-aligned to the field's bytes */ };
bool pset_witness(pset a, struct pset_witness *ret);	/* false: it is empty */
uint32_t pset_witness_u32(const struct pset_witness *w, enum pset_field f);
/* The opaque conditions that this packet needs to hold, or not to hold: up to max; how many there are. */
unsigned pset_witness_opaque(pset a, unsigned *ret_n, bool *ret_holds, unsigned max);

/* Values of one field, from the lowest, in the form of a witness's. */
struct pset_interval { uint8_t lo[16], hi[16]; };
/* Of a set that pset_only() made: up to max; max + 1 says that there are more. */
unsigned pset_intervals(pset a, enum pset_field f, struct pset_interval *ret, unsigned max);
unsigned pset_field_bytes(enum pset_field f);
uint32_t pset_u32(enum pset_field f, const uint8_t *value);	/* of a field to 32 bits */
#endif
