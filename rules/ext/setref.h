/* SPDX-License-Identifier: MIT */
/* setref.h - "NAME src,dst": a set and the directions of its parts, as -m set and -j SET name it. */
#ifndef RULES_EXT_SETREF_H
#define RULES_EXT_SETREF_H
#include "rules/ext/util.h"
#include "sim/ipset/ipset.h"

/* The number stays when sets are swapped or renamed, as in the kernel. */
struct setref {
	struct ipsets *sets;		/* NULL = no set is named */
	uint16_t index;
	uint8_t dim, flags;		/* IPSET_DIM_SRC(n) */
};

/* cb->arg and cb->arg2 of option --NAME. */
bool setref_parse(struct ext_cb *cb, struct setref *ret);
void setref_hold(const struct setref *s);
void setref_put(const struct setref *s);
/* " NAME src,dst" */
void setref_save(const struct setref *s, struct strbuf *out);
struct ipset_adt setref_adt(const struct setref *s, uint32_t cmdflags);
/* The packet at its hook, as sets look at it. */
struct ipset_packet setref_packet(const struct xt_ctx *c);
/* "10.0.0.1,tcp:80 is in set NAME", "... is not in set NAME", for explain(); looks only. */
void setref_explain(const struct xt_ctx *c, const struct setref *s, uint32_t cmdflags, struct strbuf *out);
#endif
