// SPDX-License-Identifier: MIT
/* condset.c - conditions as packet sets. Interfaces are numbered: 0 is none at this hook, 1 any that no rule names; a name
 * has its number, and a prefix ("eth+") has one for all that begin so and are not named. */
#include "rules/analyse/condset.h"
#include "rules/ext/ctstate.h"
#include "rules/rules.h"
#include <limits.h>
#include <stdlib.h>
#include <uthash.h>

#define IFACE_MAX 4000

struct iface { char name[IFNAMSIZ]; uint8_t len; };	/* len: as of a rule, without the NUL for a prefix */

/* A condition that is only known to hold or not has a number, the same for the same words. What remembers has its own in
 * each place: the n-th of these words in a chain, which is the n-th there in the other table as well. */
struct words { char *text; unsigned number; const struct table *table; unsigned nr; UT_hash_handle hh; };
struct asked { const struct rule_match *match; unsigned number; UT_hash_handle hh; };

struct condset {
	struct iface *iface; unsigned nr_iface, iface_cap;
	struct words *words;		/* by text */
	struct asked *asked;		/* by match */
	unsigned nr_opaque;
	bool memories;			/* what remembers has numbers too */
	bool mark_moves;		/* a target of the table changes the mark: what is asked later is another */
	bool fields_move;		/* TOS, DSCP, TTL, ... */
};

/* ---- what the table asks */

static void add_iface(struct condset *c, const char *name, uint8_t len)
{
	struct iface f = { .len = len };

	if (!len)
		return;
	memcpy(f.name, name, sizeof(f.name));
	for (unsigned i = 0; i < c->nr_iface; i++)
		if (c->iface[i].len == len && memcmp(c->iface[i].name, name, len) == 0)
			return;
	if (c->nr_iface == IFACE_MAX)
		return;
	if (c->nr_iface == c->iface_cap) {
		c->iface_cap = c->iface_cap ? c->iface_cap * 2 : 16;
		c->iface = xrealloc(c->iface, c->iface_cap * sizeof(*c->iface));
	}
	c->iface[c->nr_iface++] = f;
}

static struct words *find_words(struct condset *c, const char *text)
{
	struct words *n;

	HASH_FIND_STR(c->words, text, n);
	if (n)
		return n;
	n = xcalloc(1, sizeof(*n));
	n->text = xstrdup(text);
	n->number = UINT_MAX;
	HASH_ADD_KEYPTR(hh, c->words, n->text, strlen(n->text), n);
	return n;
}

static void add_opaque(struct condset *c, const struct table *t, const struct rule *r, const struct rule_match *m, bool memory)
{
	struct asked *q = xcalloc(1, sizeof(*q));
	struct strbuf text = { 0 };
	struct words *w;

	if (memory)
		sb_printf(&text, "%s: ", r->chain->name);
	rule_save_match(r, m, &text);
	w = find_words(c, sb_str(&text));
	if (memory) {
		w->nr = w->table == t ? w->nr + 1 : 1;
		w->table = t;
		sb_printf(&text, " #%u", w->nr);
		w = find_words(c, sb_str(&text));
	}
	if (w->number == UINT_MAX)
		w->number = c->nr_opaque++;
	q->match = m;
	q->number = w->number;
	HASH_ADD_PTR(c->asked, match, q);
	sb_free(&text);
}

static unsigned opaque_of(const struct condset *c, const struct rule_match *m)
{
	struct asked *q;

	HASH_FIND_PTR(c->asked, &m, q);
	assert(q);
	return q->number;
}

static bool is_one_of(const char *name, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(name, list[i]) == 0)
			return true;
	return false;
}

static bool reads_mark(const struct match_ext *m)
{
	static const char *const names[] = { "mark", "connmark" };

	return is_one_of(m->name, names, ARRAY_SIZE(names));
}

static bool reads_fields(const struct match_ext *m)
{
	static const char *const names[] = { "tos", "dscp", "ecn", "ttl", "hl", "u32", "bpf", "string", "tcpmss", "length", "set" };

	return is_one_of(m->name, names, ARRAY_SIZE(names));
}

static bool remembers(const struct condset *c, const struct match_ext *m)
{
	return m->stateful || m->state_size || (c->mark_moves && reads_mark(m)) || (c->fields_move && reads_fields(m));
}

static void look_at_target(struct condset *c, const struct rule *r)
{
	static const char *const marks[] = { "MARK", "CONNMARK", "HMARK", "SET", "TPROXY" };
	static const char *const fields[] = { "TOS", "DSCP", "ECN", "TTL", "HL", "TCPMSS", "TCPOPTSTRIP", "SET" };

	if (!r->ext)
		return;
	c->mark_moves |= is_one_of(r->ext->name, marks, ARRAY_SIZE(marks));
	c->fields_move |= is_one_of(r->ext->name, fields, ARRAY_SIZE(fields));
}

static bool known_conds(const struct rule_match *m, struct ext_conds *ret)
{
	*ret = (struct ext_conds){ 0 };
	if (!m->ext->conds || !m->ext->conds(m->info, ret))
		return false;
	for (unsigned i = 0; i < ret->n; i++)
		if (ret->c[i].field == FIELD_MAC)	/* of which there are no sets */
			return false;
	return true;
}

static void look_at(struct condset *c, const struct table *t, bool matches)
{
	struct ext_conds l;
	bool memory;

	for (uint32_t i = 0; i < t->nr_chains; i++)
		for (uint32_t k = 0; k < t->chain[i]->nr_rules; k++) {
			const struct rule *r = t->chain[i]->rule[k];

			if (!matches) {
				add_iface(c, r->ip.iniface, r->ip.iniface_len);
				add_iface(c, r->ip.outiface, r->ip.outiface_len);
				look_at_target(c, r);
				continue;
			}
			for (uint32_t m = 0; m < r->nr_match; m++) {
				memory = remembers(c, r->match[m].ext);
				if (memory ? c->memories : !known_conds(&r->match[m], &l))
					add_opaque(c, t, r, &r->match[m], memory);
			}
		}
}

static void free_all(struct condset *c)
{
	struct words *w, *next_w;
	struct asked *q, *next_q;

	HASH_ITER(hh, c->words, w, next_w) {
		HASH_DEL(c->words, w);
		free(w->text);
		free(w);
	}
	HASH_ITER(hh, c->asked, q, next_q) {
		HASH_DEL(c->asked, q);
		free(q);
	}
	free(c->iface);
	free(c);
}

static struct condset *open_for(const struct table *t, const struct table *t2, bool memories, size_t max_bytes)
{
	bool v6 = (t && t->family == NFPROTO_IPV6) || (t2 && t2->family == NFPROTO_IPV6);
	const struct table *both[] = { t, t2 };
	struct condset *c = xcalloc(1, sizeof(*c));

	c->memories = memories;
	for (unsigned pass = 0; pass < 2; pass++)
		for (unsigned i = 0; i < ARRAY_SIZE(both); i++)
			if (both[i])
				look_at(c, both[i], pass == 1);
	if (pset_open(v6 ? 128 : 32, c->nr_opaque, max_bytes))
		return c;
	free_all(c);
	return NULL;
}

struct condset *condset_open_two(const struct table *t, const struct table *t2, size_t max_bytes)
{
	return open_for(t, t2, false, max_bytes);
}

struct condset *condset_open(const struct table *t, size_t max_bytes)
{
	return open_for(t, NULL, false, max_bytes);
}

struct condset *condset_open_compare(const struct table *before, const struct table *after, size_t max_bytes)
{
	return open_for(before, after, true, max_bytes);
}

void condset_close(struct condset *c)
{
	pset_close();
	free_all(c);
}

/* ---- sets */

static pset maybe_not(pset s, bool invert)
{
	return invert ? pset_not(s) : s;
}

static pset iface_set(struct condset *c, enum pset_field f, const char *name, uint8_t len, bool invert)
{
	pset s = pset_none;

	if (!len && !invert)
		return pset_all;
	for (unsigned i = 0; i < c->nr_iface; i++) {
		const struct iface *x = &c->iface[i];

		/* "eth+" takes eth0, eth1.5 and all of "eth1+"; "eth0" only itself. */
		if (len <= x->len && memcmp(x->name, name, len) == 0)
			s = pset_or(s, pset_value(f, i + 2));
	}
	if (!len)
		s = pset_range(f, 0, UINT32_MAX);
	return maybe_not(s, invert);
}

const char *condset_iface(const struct condset *c, uint32_t number)
{
	return number >= 2 && number - 2 < c->nr_iface ? c->iface[number - 2].name : NULL;
}

bool condset_names_iface(const struct condset *c, const char *name)
{
	for (unsigned i = 0; i < c->nr_iface; i++)
		if (memcmp(c->iface[i].name, name, c->iface[i].len) == 0)
			return true;
	return false;
}

const char *condset_opaque(const struct condset *c, unsigned number)
{
	for (const struct words *w = c->words; w; w = w->hh.next)
		if (w->number == number)
			return w->text;
	return "?";
}

/* An IPv4 address is the first 32 bits, also where the field has room for an IPv6 one. */
static pset addr_set(uint8_t family, enum pset_field f, const union inet_addr *addr, const union inet_addr *mask, bool invert)
{
	uint8_t v[16] = { 0 }, m[16] = { 0 };
	unsigned n = family == NFPROTO_IPV6 ? 16 : 4;

	memcpy(v, addr, n);
	memcpy(m, mask, n);
	return maybe_not(pset_bytes(f, v, m), invert);
}

static pset state_set(uint32_t bits)
{
	static const struct { uint32_t bit; enum pset_ctstate state; } states[] = {
		{ CTS_INVALID, PSET_INVALID }, { CTS_ESTABLISHED, PSET_ESTABLISHED }, { CTS_RELATED, PSET_RELATED }, { CTS_NEW, PSET_NEW },
		{ CTS_UNTRACKED, PSET_UNTRACKED },
	};
	pset s = pset_none;

	for (size_t i = 0; i < ARRAY_SIZE(states); i++)
		if (bits & states[i].bit)
			s = pset_or(s, pset_value(PSET_CTSTATE, states[i].state));
	if (bits & CTS_SNAT)
		s = pset_or(s, pset_value(PSET_SNAT, 1));
	if (bits & CTS_DNAT)
		s = pset_or(s, pset_value(PSET_DNAT, 1));
	return s;
}

static pset ranges_set(enum pset_field f, const struct ext_cond *k)
{
	pset s = pset_none;

	for (unsigned i = 0; i < k->n; i++)
		s = pset_or(s, k->how == COND_MASK ? pset_mask(f, k->r[i].lo, k->r[i].hi) : pset_range(f, k->r[i].lo, k->r[i].hi));
	return s;
}

static pset cond_set(const struct ext_cond *k)
{
	switch ((enum ext_field)k->field) {
	case FIELD_SPORT:	return maybe_not(ranges_set(PSET_SPORT, k), k->invert);
	case FIELD_DPORT:
	case FIELD_ICMP:	return maybe_not(ranges_set(PSET_DPORT, k), k->invert);
	case FIELD_ANYPORT:	return maybe_not(pset_or(ranges_set(PSET_SPORT, k), ranges_set(PSET_DPORT, k)), k->invert);
	case FIELD_TCPFLAGS:	return maybe_not(ranges_set(PSET_TCPFLAGS, k), k->invert);
	case FIELD_MARK:	return maybe_not(ranges_set(PSET_MARK, k), k->invert);
	case FIELD_SRC:		return maybe_not(ranges_set(PSET_SRC, k), k->invert);
	case FIELD_DST:		return maybe_not(ranges_set(PSET_DST, k), k->invert);
	case FIELD_CTSTATE:	return maybe_not(state_set(k->r[0].lo), k->invert);
	case FIELD_MAC:		return pset_all;
	case FIELD_UNFRAGMENTED: return pset_value(PSET_FRAG, 0);
	}
	return pset_all;
}

static pset ip_set(struct condset *c, const struct ip_match *ip)
{
	pset s = pset_and(iface_set(c, PSET_IIF, ip->iniface, ip->iniface_len, ip->inv_in),
			  iface_set(c, PSET_OIF, ip->outiface, ip->outiface_len, ip->inv_out));

	if (ip->proto)
		s = pset_and(s, maybe_not(pset_value(PSET_PROTO, ip->proto), ip->inv_proto));
	if (ip->frag)
		s = pset_and(s, pset_value(PSET_FRAG, !ip->inv_frag));
	s = pset_and(s, addr_set(ip->family, PSET_DST, &ip->dst, &ip->dmsk, ip->inv_dst));
	return pset_and(s, addr_set(ip->family, PSET_SRC, &ip->src, &ip->smsk, ip->inv_src));
}

void condset_rule(struct condset *c, const struct rule *r, pset *ret_may, pset *ret_must)
{
	pset may = ip_set(c, &r->ip);
	bool open = false;

	for (uint32_t i = 0; i < r->nr_match; i++) {
		const struct rule_match *m = &r->match[i];
		struct ext_conds l;

		if (remembers(c, m->ext)) {
			if (c->memories)
				may = pset_and(may, pset_opaque(opaque_of(c, m)));
			else
				open = true;
		} else if (known_conds(m, &l)) {
			for (unsigned k = 0; k < l.n; k++)
				may = pset_and(may, cond_set(&l.c[k]));
		} else {
			may = pset_and(may, pset_opaque(opaque_of(c, m)));
			/* and what is known of it beside */
			for (unsigned k = 0; k < l.n; k++)
				may = pset_and(may, cond_set(&l.c[k]));
		}
	}
	*ret_may = may;
	*ret_must = open ? pset_none : may;
}

static bool has_in(enum nf_hook hook)	{ return hook == NF_INET_PRE_ROUTING || hook == NF_INET_LOCAL_IN || hook == NF_INET_FORWARD; }
static bool has_out(enum nf_hook hook)	{ return hook == NF_INET_FORWARD || hook == NF_INET_LOCAL_OUT || hook == NF_INET_POST_ROUTING; }

static pset nat_states(void)
{
	return pset_or(pset_value(PSET_CTSTATE, PSET_NEW), pset_value(PSET_CTSTATE, PSET_RELATED));
}

static pset raw_states(void)
{
	return pset_or(pset_value(PSET_CTSTATE, PSET_INVALID), pset_value(PSET_CTSTATE, PSET_UNTRACKED));
}

pset condset_hook(struct condset *c, const struct table *t, enum nf_hook hook)
{
	pset s = pset_range(PSET_CTSTATE, 0, NR_PSET_CTSTATES - 1);

	s = pset_and(s, has_in(hook) ? pset_range(PSET_IIF, 1, c->nr_iface + 1) : pset_value(PSET_IIF, 0));
	s = pset_and(s, has_out(hook) ? pset_range(PSET_OIF, 1, c->nr_iface + 1) : pset_value(PSET_OIF, 0));
	/* nat sees only packets that begin a connection; conntrack has not looked yet in raw. */
	if (strcmp(t->name, "nat") == 0)
		s = pset_and(s, nat_states());
	if (strcmp(t->name, "raw") == 0)
		s = pset_and(s, raw_states());
	return s;
}

pset condset_newcomers(struct condset *c)
{
	pset known = pset_or(pset_value(PSET_CTSTATE, PSET_ESTABLISHED), pset_value(PSET_CTSTATE, PSET_RELATED));

	return pset_minus(pset_not(known), iface_set(c, PSET_IIF, "lo", 3, false));
}

bool condset_exact(const struct condset *c, const struct rule *r)
{
	struct ext_conds l;

	for (uint32_t i = 0; i < r->nr_match; i++)
		if (remembers(c, r->match[i].ext) || !known_conds(&r->match[i], &l))
			return false;
	return true;
}

const char *condset_why_not_here(struct arena *a, const struct rule *r, pset may, const struct chain *at)
{
	uint32_t hooks = at->hooks_reached ? at->hooks_reached : at->builtin ? HOOK_BIT(at->hook) : 0;
	const char *table = at->table->name;
	bool in = false, out = false;

	for (unsigned h = 0; h < NF_INET_NUMHOOKS; h++)
		if (hooks & HOOK_BIT(h)) {
			in |= has_in((enum nf_hook)h);
			out |= has_out((enum nf_hook)h);
		}
	if (r->ip.iniface_len && !r->ip.inv_in && !in)
		return arena_printf(a, "there is no input interface, and the rule wants -i %s", r->ip.iniface);
	if (r->ip.outiface_len && !r->ip.inv_out && !out)
		return arena_printf(a, "there is no output interface, and the rule wants -o %s", r->ip.outiface);
	if (strcmp(table, "nat") == 0 && pset_empty(pset_and(may, nat_states())))
		return "the nat table sees only the first packet of a connection, NEW or RELATED";
	if (strcmp(table, "raw") == 0 && pset_empty(pset_and(may, raw_states())))
		return "raw comes before conntrack, so no packet has a state there";
	return NULL;
}
