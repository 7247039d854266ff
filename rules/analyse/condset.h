/* SPDX-License-Identifier: MIT */
/* condset.h - a rule's conditions as packet sets, for one table. */
#ifndef RULES_ANALYSE_CONDSET_H
#define RULES_ANALYSE_CONDSET_H
#include "rules/analyse/pset.h"
#include "rules/model/model.h"

struct condset;
/* Opens the one space that there is, with what the table's rules need. NULL: there is no memory, or one is open. */
struct condset *condset_open(const struct table *t, size_t max_bytes);
/* For two tables at once, of one family or both; t2 may be NULL. */
struct condset *condset_open_two(const struct table *t, const struct table *t2, size_t max_bytes);
/* For one table before and after a change; either may be NULL. Here a condition that remembers holds or not as the same
 * one does at the same place of the other, so that "may" and "surely" are one. */
struct condset *condset_open_compare(const struct table *before, const struct table *after, size_t max_bytes);
void condset_close(struct condset *c);
/* Packets that may match, and those that surely do: the same where nothing remembers. */
void condset_rule(struct condset *c, const struct rule *r, pset *ret_may, pset *ret_must);
/* Packets that can come to a hook's base chain: interfaces the hook has, states the table sees. */
pset condset_hook(struct condset *c, const struct table *t, enum nf_hook hook);
/* Packets that begin connections and come from outside (not by lo), or belong to none. */
pset condset_newcomers(struct condset *c);
/* An interface's name by its number in PSET_IIF and PSET_OIF: "eth+" for a prefix; NULL: none, or one that no rule names. */
const char *condset_iface(const struct condset *c, uint32_t number);
bool condset_names_iface(const struct condset *c, const char *name);	/* does a rule name it, or its beginning? */
const char *condset_opaque(const struct condset *c, unsigned number);	/* a condition's words, by its number in the sets */
/* Its conditions are all of the kinds that are known exactly: two that differ may still share packets, but only those that
 * the sets say. */
bool condset_exact(const struct condset *c, const struct rule *r);
/* Why no packet of the hooks that lead to the chain can match, in words; NULL: it is not the hooks. */
const char *condset_why_not_here(struct arena *a, const struct rule *r, pset may, const struct chain *at);
#endif
