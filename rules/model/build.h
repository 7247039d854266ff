/* SPDX-License-Identifier: MIT */
/* build.h - one table while it is written, as libiptc holds it: chains by name, rules put in, taken
 * out, moved; then made into the model. Answers are 0 or a negative errno, as libiptc's. */
#ifndef RULES_MODEL_BUILD_H
#define RULES_MODEL_BUILD_H
#include "rules/model/model.h"

#define CHAIN_NAME_MAX 31	/* of libiptc; iptables-restore's own limit is 28 */

struct build;
/* A fresh table: its builtin chains with policy ACCEPT. */
struct build *build_begin(struct arena *a, const struct table_desc *desc, uint8_t family, struct pos pos);
/* As build_begin, but holding what t holds, to be changed further. */
struct build *build_reopen(struct arena *a, const struct table *t);
/* The table as it is now, its list of chains in a; good until b changes. */
struct table *build_view(struct build *b, struct arena *a);
/* Sorts, numbers, and ends: b is gone. */
struct table *build_end(struct build *b);
void build_abandon(struct build *b);

const char *build_table_name(const struct build *b);
struct chain *build_chain(const struct build *b, const char *name);	/* or NULL */
int build_add_chain(struct build *b, const char *name, struct pos pos);
bool build_has_user_chains(const struct build *b);
int build_del_chain(struct build *b, const char *name);
int build_del_chains(struct build *b);					/* all of the user's */
int build_rename_chain(struct build *b, const char *from, const char *to);
int build_flush(struct build *b, const char *name);			/* NULL = all */
int build_policy(struct build *b, const char *name, const char *policy, const uint64_t counters[2] /* or NULL */);
int build_zero(struct build *b, const char *name);			/* NULL = all */
void build_zero_policies(struct build *b, const char *except);		/* a chain's name, or NULL */

/* at counts from 0; UINT32_MAX = at the end. The rule's chain and number are set. */
int build_insert(struct build *b, struct chain *c, uint32_t at, struct rule *r);
int build_delete(struct build *b, struct chain *c, uint32_t at);
/* The first rule that says the same as r; or UINT32_MAX. */
uint32_t build_find(struct chain *c, const struct rule *r);
/* Names like this one among the chains, for "did you mean". */
struct nearest;
void build_nearest(const struct build *b, struct nearest *n);
/* Every chain, in no order that matters. */
struct chain *build_next_chain(const struct build *b, struct chain *c);
uint32_t build_nr_rules(const struct chain *c);
struct rule *build_rule(const struct chain *c, uint32_t at);
#endif
