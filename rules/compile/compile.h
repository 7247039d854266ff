/* SPDX-License-Identifier: MIT */
/* compile.h - a table in the form that packets are run through: flat arrays, names turned to numbers. */
#ifndef RULES_COMPILE_COMPILE_H
#define RULES_COMPILE_COMPILE_H
#include "rules/ext.h"

/* Addresses of an IPv6 rule; masked. */
struct cip6 { union inet_addr src, smsk, dst, dmsk; };

/* Interface names as two words each, compared under a mask. */
struct ciface { uint64_t in[2], in_mask[2], out[2], out_mask[2]; bool inv_in, inv_out; };

enum { CI_SRC = 1, CI_DST = 2, CI_PROTO = 4, CI_FRAG = 8, C_FRAG = 16, C_DIRTY = 32, C_TELLS = 64, C_FIND_PROTO = 128 };
/* C_TELLS: the target, if there is one, only tells of the packet. C_FIND_PROTO: IPv6's headers are walked. */

struct crule {
	union {
		struct { be32 src, smsk, dst, dmsk; };	/* IPv4 */
		const struct cip6 *ip6;			/* IPv6; NULL = any */
	};
	uint8_t proto;			/* 0 = any */
	uint8_t flags;			/* CI_* inverted, C_* */
	uint8_t verdict;		/* enum xt_verdict, when there is no target */
	uint8_t nr_match;
	uint32_t jump;			/* chain number, JUMP and GOTO */
	const struct ciface *iface;	/* NULL = any */
	const struct rule_match *match;
	const struct target_ext *target;
	struct rule *rule;
};

struct cchain {
	struct crule *rule;
	uint32_t nr;
	struct chain *chain;
	bool dirty;			/* its policy's counters moved */
	bool index_made;		/* at the first packet: whoever only prints rules does not wait for it */
	const struct cindex *index;	/* NULL = the chain is walked */
};

struct cframe { uint32_t chain, rule; };

struct ctable {
	struct table *table;
	struct cchain *chain;		/* as table->chain */
	uint32_t base[NF_INET_NUMHOOKS];
	struct arena *arena;		/* for indexes */
	struct cframe *stack;		/* of return places; evaluations may nest */
	uint32_t sp, stack_cap;
	uint64_t tried;			/* rules that were asked, for tests */
	/* counters that moved since the last snapshot */
	struct crule **dirty;
	uint32_t nr_dirty, dirty_cap;
	bool all_dirty;			/* some moved while nobody listened */
};

/* Lives in a, but for what ctable_free() gives back. */
struct ctable *table_compile(struct arena *a, struct table *t);
void ctable_free(struct ctable *ct);
/* A device's name in two words. */
void ifname_words(uint64_t ret[2], const char name[16]);
#endif
