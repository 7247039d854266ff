// SPDX-License-Identifier: MIT
/* model.c - lookups in a ruleset, and what the kernel's five tables are. */
#include "rules/ext.h"
#include "rules/ext.h"

#define PRE	HOOK_BIT(NF_INET_PRE_ROUTING)
#define IN	HOOK_BIT(NF_INET_LOCAL_IN)
#define FWD	HOOK_BIT(NF_INET_FORWARD)
#define OUT	HOOK_BIT(NF_INET_LOCAL_OUT)
#define POST	HOOK_BIT(NF_INET_POST_ROUTING)

static const struct table_desc tables[] = {
	{ "filter", IN | FWD | OUT, { 0, NF_IP_PRI_FILTER, NF_IP_PRI_FILTER, NF_IP_PRI_FILTER, 0 } },
	{ "nat", PRE | IN | OUT | POST,
	  { NF_IP_PRI_NAT_DST, NF_IP_PRI_NAT_SRC, 0, NF_IP_PRI_NAT_DST, NF_IP_PRI_NAT_SRC } },
	{ "mangle", PRE | IN | FWD | OUT | POST,
	  { NF_IP_PRI_MANGLE, NF_IP_PRI_MANGLE, NF_IP_PRI_MANGLE, NF_IP_PRI_MANGLE, NF_IP_PRI_MANGLE } },
	{ "raw", PRE | OUT, { NF_IP_PRI_RAW, 0, 0, NF_IP_PRI_RAW, 0 } },
	{ "security", IN | FWD | OUT, { 0, NF_IP_PRI_SECURITY, NF_IP_PRI_SECURITY, NF_IP_PRI_SECURITY, 0 } },
};

const struct table_desc *table_desc(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(tables); i++)
		if (strcmp(tables[i].name, name) == 0)
			return &tables[i];
	return NULL;
}

struct table *ruleset_table(const struct ruleset *rs, const char *name)
{
	for (uint32_t i = 0; rs && i < rs->nr_tables; i++)
		if (strcmp(rs->table[i]->name, name) == 0)
			return rs->table[i];
	return NULL;
}

struct chain *table_chain(const struct table *t, const char *name)
{
	uint32_t lo = 0, hi;

	for (; lo < t->nr_chains && t->chain[lo]->builtin; lo++)
		if (strcmp(t->chain[lo]->name, name) == 0)
			return t->chain[lo];
	hi = t->nr_chains;
	while (lo < hi) {		/* the user's chains are sorted */
		uint32_t mid = lo + (hi - lo) / 2;
		int cmp = strcmp(name, t->chain[mid]->name);

		if (cmp == 0)
			return t->chain[mid];
		if (cmp < 0)
			hi = mid;
		else
			lo = mid + 1;
	}
	return NULL;
}

const struct rule_match *rule_match_named(const struct rule *r, const char *name)
{
	for (uint32_t i = 0; i < r->nr_match; i++)
		if (strcmp(r->match[i].ext->name, name) == 0)
			return &r->match[i];
	return NULL;
}

bool rule_target_is(const struct rule *r, const char *name)
{
	return r->ext && strcmp(r->ext->name, name) == 0;
}

bool rule_takes_all(const struct rule *r)
{
	static const union inet_addr any;

	return r->nr_match == 0 && inet_addr_equal(&r->ip.smsk, &any) && inet_addr_equal(&r->ip.dmsk, &any) && !r->ip.proto && !r->ip.iniface_len &&
	       !r->ip.outiface_len && !r->ip.frag;
}
