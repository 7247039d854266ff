// SPDX-License-Identifier: MIT
/* compile.c - a table into flat arrays: one per chain, a rule's ip part as numbers and masks. */
#include "rules/compile/compile.h"
#include <stdlib.h>

void ifname_words(uint64_t ret[2], const char name[16])
{
	memcpy(ret, name, 16);
}

static void ifmask(uint64_t ret[2], uint8_t len)
{
	uint8_t bytes[16] = { 0 };

	memset(bytes, 0xff, len);
	memcpy(ret, bytes, sizeof(bytes));
}

static void ifvalue(uint64_t ret[2], const char name[16], const uint64_t mask[2])
{
	ifname_words(ret, name);
	ret[0] &= mask[0];
	ret[1] &= mask[1];
}

/* "! -i +" never matches and so is not the same as nothing. */
static const struct ciface *compile_iface(struct arena *a, const struct ip_match *ip)
{
	struct ciface *c;

	if (!ip->iniface_len && !ip->outiface_len && !ip->inv_in && !ip->inv_out)
		return NULL;
	c = arena_new(a, struct ciface);
	ifmask(c->in_mask, ip->iniface_len);
	ifmask(c->out_mask, ip->outiface_len);
	ifvalue(c->in, ip->iniface, c->in_mask);
	ifvalue(c->out, ip->outiface, c->out_mask);
	c->inv_in = ip->inv_in;
	c->inv_out = ip->inv_out;
	return c;
}

static const struct cip6 *compile_ip6(struct arena *a, const struct ip_match *ip)
{
	struct cip6 want = { ip->src, ip->smsk, ip->dst, ip->dmsk }, any = { 0 };

	return memcmp(&want, &any, sizeof(want)) == 0 && !ip->inv_src && !ip->inv_dst ? NULL : arena_memdup(a, &want, sizeof(want));
}

static bool only_tells(const char *target)
{
	return strcmp(target, "LOG") == 0 || strcmp(target, "NFLOG") == 0 || strcmp(target, "AUDIT") == 0 ||
	       strcmp(target, "LED") == 0 || strcmp(target, "IDLETIMER") == 0;
}

static void compile_rule(struct arena *a, struct crule *c, struct rule *r)
{
	const struct ip_match *ip = &r->ip;

	if (ip->family == NFPROTO_IPV6) {
		c->ip6 = compile_ip6(a, ip);
	} else {
		c->src = ip->src.ip;
		c->smsk = ip->smsk.ip;
		c->dst = ip->dst.ip;
		c->dmsk = ip->dmsk.ip;
	}
	c->proto = (uint8_t)ip->proto;
	c->flags = (uint8_t)((ip->inv_src ? CI_SRC : 0) | (ip->inv_dst ? CI_DST : 0) | (ip->inv_proto ? CI_PROTO : 0) |
			     (ip->inv_frag ? CI_FRAG : 0) | (ip->frag ? C_FRAG : 0) | (ip->find_proto ? C_FIND_PROTO : 0));
	if (r->ext ? only_tells(r->ext->name) : r->verdict == XT_CONTINUE)
		c->flags |= C_TELLS;
	c->iface = compile_iface(a, ip);
	c->match = r->match;
	c->nr_match = (uint8_t)r->nr_match;
	c->target = r->ext;
	c->verdict = (uint8_t)r->verdict;
	c->jump = r->target_chain ? r->target_chain->index : 0;
	c->rule = r;
}

struct ctable *table_compile(struct arena *a, struct table *t)
{
	struct ctable *ct = arena_new(a, struct ctable);

	ct->table = t;
	ct->arena = a;
	ct->chain = arena_array(a, struct cchain, t->nr_chains);
	for (uint32_t i = 0; i < t->nr_chains; i++) {
		struct chain *ch = t->chain[i];
		struct cchain *cc = &ct->chain[i];

		if (ch->builtin)
			ct->base[ch->hook] = i;
		cc->chain = ch;
		cc->nr = ch->nr_rules;
		cc->rule = arena_array(a, struct crule, cc->nr);
		for (uint32_t k = 0; k < cc->nr; k++)
			compile_rule(a, &cc->rule[k], ch->rule[k]);
	}
	t->compiled = ct;
	return ct;
}

void ctable_free(struct ctable *ct)
{
	if (!ct)
		return;
	free(ct->stack);
	free(ct->dirty);
	ct->table->compiled = NULL;
}
