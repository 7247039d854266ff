// SPDX-License-Identifier: MIT
/* extnames.c - extensions by name. */
#include "rules/parse/parse.h"
#include <uthash.h>

struct ext_name {
	const char *name;
	const struct match_ext *match;
	const struct target_ext *target;
	UT_hash_handle hh;
};

struct ext_names { struct ext_name *match, *target; };

static unsigned family_bit(uint8_t family)
{
	switch (family) {
	case NFPROTO_IPV6:	return EXT_V6;
	case NFPROTO_ARP:	return EXT_ARP;
	case NFPROTO_BRIDGE:	return EXT_EB;
	default:		return EXT_V4;
	}
}

struct ext_names *ext_names_create(struct arena *a, uint8_t family)
{
	struct ext_names *n = arena_new(a, struct ext_names);
	struct ext_name *e;

	for (size_t i = 0; ext_match_list[i]; i++) {
		if (!(ext_match_list[i]->families & family_bit(family)))
			continue;
		e = arena_new(a, struct ext_name);
		e->name = ext_match_list[i]->name;
		e->match = ext_match_list[i];
		HASH_ADD_KEYPTR(hh, n->match, e->name, strlen(e->name), e);
	}
	for (size_t i = 0; ext_target_list[i]; i++) {
		if (!(ext_target_list[i]->families & family_bit(family)))
			continue;
		e = arena_new(a, struct ext_name);
		e->name = ext_target_list[i]->name;
		e->target = ext_target_list[i];
		HASH_ADD_KEYPTR(hh, n->target, e->name, strlen(e->name), e);
	}
	return n;
}

void ext_names_destroy(struct ext_names *n)
{
	HASH_CLEAR(hh, n->match);
	HASH_CLEAR(hh, n->target);
}

/* libxtables takes three spellings for one match. */
static const char *match_alias(const char *name)
{
	if (strcmp(name, "icmpv6") == 0 || strcmp(name, "ipv6-icmp") == 0)
		return "icmp6";
	return name;
}

const struct match_ext *ext_names_match(const struct ext_names *n, const char *name)
{
	struct ext_name *e;

	name = match_alias(name);
	HASH_FIND_STR(n->match, name, e);
	return e ? e->match : NULL;
}

const struct target_ext *ext_names_target(const struct ext_names *n, const char *name)
{
	struct ext_name *e;

	HASH_FIND_STR(n->target, name, e);
	return e ? e->target : NULL;
}

void ext_names_nearest(const struct ext_names *n, bool targets, struct nearest *near)
{
	const struct ext_name *e = targets ? n->target : n->match;

	for (; e; e = e->hh.next)
		nearest_try(near, e->name);
}

const struct match_ext *ext_find_match(const char *name, uint8_t family)
{
	for (size_t i = 0; ext_match_list[i]; i++)
		if (ext_match_list[i]->families & family_bit(family) && strcmp(ext_match_list[i]->name, match_alias(name)) == 0)
			return ext_match_list[i];
	return NULL;
}

const struct target_ext *ext_find_target(const char *name, uint8_t family)
{
	for (size_t i = 0; ext_target_list[i]; i++)
		if (ext_target_list[i]->families & family_bit(family) && strcmp(ext_target_list[i]->name, name) == 0)
			return ext_target_list[i];
	return NULL;
}
