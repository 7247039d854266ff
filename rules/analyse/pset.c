// SPDX-License-Identifier: MIT
/* pset.c - packet sets by BuDDy. Variables in the order of enum pset_field, most significant bit first. A destination comes
 * before its ports: rules have many of the one and, for each, few of the other; the other way round every port would carry its own
 * set of addresses. Sources come after both: what is said of them holds for many destinations, whose parts can share it. */
#include "rules/analyse/pset.h"
#include <bdd.h>
#include <stdlib.h>

#define NODE_BYTES 36		/* BuDDy's node and its share of the tables */

static const uint8_t widths[NR_PSET_FIELDS] = {
	[PSET_CTSTATE] = 3, [PSET_SNAT] = 1, [PSET_DNAT] = 1, [PSET_PROTO] = 8, [PSET_IIF] = 12, [PSET_OIF] = 12, [PSET_FRAG] = 1,
	[PSET_TCPFLAGS] = 8, [PSET_DPORT] = 16, [PSET_SPORT] = 16, [PSET_DST] = 0, [PSET_SRC] = 0, [PSET_MARK] = 32,
};

static struct {
	bool open, failed;
	unsigned first[NR_PSET_FIELDS], width[NR_PSET_FIELDS];
	unsigned opaque, nr_opaque, nr_vars;
	BDD own[NR_PSET_FIELDS], others[NR_PSET_FIELDS], opaques;	/* sets of variables, to forget; 0 = not made yet */
	BDD *held;
	size_t nr_held, cap;
} space;

const pset pset_none = 0, pset_all = 1;

static void on_error(int code)
{
	(void)code;
	space.failed = true;
}

bool pset_open(unsigned addr_bits, unsigned opaque, size_t max_bytes)
{
	unsigned at = 0, nodes = 1u << 18;

	if (space.open || bdd_init((int)nodes, (int)(nodes / 4)) < 0)
		return false;
	space.open = true;
	space.failed = false;
	for (unsigned f = 0; f < NR_PSET_FIELDS; f++) {
		space.first[f] = at;
		space.width[f] = widths[f] ? widths[f] : addr_bits;
		at += space.width[f];
	}
	space.opaque = at;
	space.nr_opaque = opaque;
	space.nr_vars = at + opaque;
	memset(space.own, 0, sizeof(space.own));
	memset(space.others, 0, sizeof(space.others));
	space.opaques = bddfalse;
	bdd_setvarnum((int)space.nr_vars);
	bdd_error_hook(on_error);
	bdd_gbc_hook(NULL);
	bdd_setmaxnodenum((int)MIN(max_bytes / NODE_BYTES, (size_t)INT32_MAX));
	bdd_setmaxincrease(1 << 20);
	bdd_setcacheratio(8);
	return true;
}

void pset_close(void)
{
	if (!space.open)
		return;
	bdd_done();
	free(space.held);
	space.held = NULL;
	space.nr_held = space.cap = 0;
	space.open = false;
}

bool pset_failed(void)
{
	return space.failed;
}

/* Held for its maker until the next pset_release(). */
static pset hold(BDD b)
{
	if (b < 0 || space.failed) {
		space.failed = true;
		return pset_none;
	}
	if (b > 1) {
		bdd_addref(b);
		if (space.nr_held == space.cap) {
			space.cap = space.cap ? space.cap * 2 : 1024;
			space.held = xrealloc(space.held, space.cap * sizeof(BDD));
		}
		space.held[space.nr_held++] = b;
	}
	return b;
}

pset_mark_t pset_mark_now(void)
{
	return space.nr_held;
}

void pset_release(pset_mark_t mark)
{
	while (space.nr_held > mark)
		bdd_delref(space.held[--space.nr_held]);
}

pset pset_keep(pset a)
{
	return a > 1 ? bdd_addref(a) : a;
}

void pset_drop(pset a)
{
	if (a > 1)
		bdd_delref(a);
}

pset pset_and(pset a, pset b)	{ return hold(bdd_apply(a, b, bddop_and)); }
pset pset_or(pset a, pset b)	{ return hold(bdd_apply(a, b, bddop_or)); }
pset pset_minus(pset a, pset b)	{ return hold(bdd_apply(a, b, bddop_diff)); }
pset pset_not(pset a)		{ return hold(bdd_not(a)); }

static unsigned bit_of(const uint8_t *bytes, unsigned width, unsigned i)
{
	unsigned pad = (width + 7) / 8 * 8 - width + i;

	return bytes[pad / 8] >> (7 - pad % 8) & 1;
}

/* Built from the last bit up, so that every step adds one node. */
pset pset_bytes(enum pset_field f, const uint8_t *value, const uint8_t *mask)
{
	unsigned width = space.width[f], first = space.first[f];
	pset_mark_t mark = pset_mark_now();
	BDD b = bddtrue, kept;

	for (unsigned i = width; i-- > 0;) {
		int var = (int)(first + i);

		if (!bit_of(mask, width, i)) {
			if (bit_of(value, width, i))
				return pset_none;
			continue;
		}
		b = hold(bdd_apply(bit_of(value, width, i) ? bdd_ithvar(var) : bdd_nithvar(var), b, bddop_and));
	}
	kept = pset_keep(b);
	pset_release(mark);
	b = hold(kept);
	pset_drop(kept);
	return b;
}

static void to_bytes(enum pset_field f, uint32_t v, uint8_t ret[16])
{
	unsigned n = (space.width[f] + 7) / 8;

	memset(ret, 0, 16);
	for (unsigned i = 0; i < n && i < 4; i++)
		ret[n - 1 - i] = (uint8_t)(v >> 8 * i);
}

pset pset_mask(enum pset_field f, uint32_t value, uint32_t mask)
{
	uint8_t v[16], m[16];

	to_bytes(f, value, v);
	to_bytes(f, mask, m);
	return pset_bytes(f, v, m);
}

pset pset_value(enum pset_field f, uint32_t value)
{
	return pset_mask(f, value, UINT32_MAX);
}

/* field >= lo: from the last bit up, a node where lo has a 1 wants it, where it has a 0 is content with a 1. */
static BDD bound(enum pset_field f, uint32_t v, bool at_least)
{
	unsigned width = space.width[f];
	BDD b = bddtrue;

	for (unsigned i = width; i-- > 0;) {
		int var = (int)(space.first[f] + i);
		bool one = width - 1 - i < 32 && v >> (width - 1 - i) & 1;

		if (at_least)
			b = hold(bdd_apply(bdd_ithvar(var), b, one ? bddop_and : bddop_or));
		else
			b = hold(bdd_apply(bdd_nithvar(var), b, one ? bddop_or : bddop_and));
	}
	return b;
}

pset pset_range(enum pset_field f, uint32_t lo, uint32_t hi)
{
	uint32_t max = space.width[f] >= 32 ? UINT32_MAX : (1u << space.width[f]) - 1;

	if (lo > hi || lo > max)
		return pset_none;
	if (lo == hi)
		return pset_value(f, lo);
	if (lo == 0 && hi >= max)
		return pset_all;
	if (lo == 0)
		return bound(f, hi, false);
	if (hi >= max)
		return bound(f, lo, true);
	return pset_and(bound(f, lo, true), bound(f, hi, false));
}

pset pset_opaque(unsigned n)
{
	assert(n < space.nr_opaque);
	return hold(bdd_ithvar((int)(space.opaque + n)));
}

/* Variables first..first+n but for skip..skip+nr_skipped, as BuDDy wants them; kept by the caller. */
static BDD vars_of(unsigned first, unsigned n, unsigned skip, unsigned nr_skipped)
{
	pset_mark_t mark = pset_mark_now();
	BDD vars = bddtrue;

	for (unsigned i = first + n; i-- > first;)
		if (i - skip >= nr_skipped)
			vars = hold(bdd_apply(bdd_ithvar((int)i), vars, bddop_and));
	vars = pset_keep(vars);
	pset_release(mark);
	return vars;
}

/* *vars is made at the first question. */
static pset forget(pset a, BDD *vars, unsigned first, unsigned n, unsigned skip, unsigned nr_skipped)
{
	if (a == pset_none || a == pset_all)
		return a;
	if (*vars == bddfalse)
		*vars = vars_of(first, n, skip, nr_skipped);
	return hold(bdd_exist(a, *vars));
}

pset pset_forget(pset a, enum pset_field f)
{
	return forget(a, &space.own[f], space.first[f], space.width[f], 0, 0);
}

pset pset_forget_opaque(pset a)
{
	return forget(a, &space.opaques, space.opaque, space.nr_opaque, 0, 0);
}

pset pset_only(pset a, enum pset_field f)
{
	return forget(a, &space.others[f], 0, space.nr_vars, space.first[f], space.width[f]);
}

size_t pset_point_bytes(void)
{
	return space.nr_vars;
}

bool pset_point(pset a, uint8_t *ret)
{
	if (pset_empty(a))
		return false;
	memset(ret, 0, space.nr_vars);
	while (a > 1) {
		uint8_t one = bdd_high(a) != bddfalse;

		ret[bdd_var(a)] = one;
		a = one ? bdd_high(a) : bdd_low(a);
	}
	return true;
}

bool pset_has(pset a, const uint8_t *point)
{
	while (a > 1)
		a = point[bdd_var(a)] ? bdd_high(a) : bdd_low(a);
	return a == 1;
}

size_t pset_nodes(pset a)
{
	return a > 1 ? (size_t)bdd_nodecount(a) : 0;
}

static void witness_bit(struct pset_witness *w, unsigned var, bool one)
{
	for (unsigned f = 0; f < NR_PSET_FIELDS; f++) {
		unsigned width = space.width[f], i = var - space.first[f], pad;

		if (var < space.first[f] || i >= width)
			continue;
		pad = (width + 7) / 8 * 8 - width + i;
		w->given[f] = true;
		if (one)
			w->value[f][pad / 8] |= (uint8_t)(0x80u >> pad % 8);
	}
}

/* The branch with 1 where both lead somewhere: rather a port than port 0. */
bool pset_witness(pset a, struct pset_witness *ret)
{
	memset(ret, 0, sizeof(*ret));
	if (pset_empty(a))
		return false;
	while (a > 1) {
		bool one = bdd_high(a) != bddfalse;

		witness_bit(ret, (unsigned)bdd_var(a), one);
		a = one ? bdd_high(a) : bdd_low(a);
	}
	return true;
}

unsigned pset_witness_opaque(pset a, unsigned *ret_n, bool *ret_holds, unsigned max)
{
	unsigned n = 0;

	while (a > 1) {
		bool one = bdd_high(a) != bddfalse;
		unsigned var = (unsigned)bdd_var(a);

		if (var >= space.opaque) {
			if (n < max) {
				ret_n[n] = var - space.opaque;
				ret_holds[n] = one;
			}
			n++;
		}
		a = one ? bdd_high(a) : bdd_low(a);
	}
	return n;
}

unsigned pset_field_bytes(enum pset_field f)
{
	return (space.width[f] + 7) / 8;
}

uint32_t pset_u32(enum pset_field f, const uint8_t *value)
{
	unsigned n = MIN(pset_field_bytes(f), 4u);
	uint32_t v = 0;

	for (unsigned i = 0; i < n; i++)
		v = v << 8 | value[i];
	return v;
}

uint32_t pset_witness_u32(const struct pset_witness *w, enum pset_field f)
{
	return pset_u32(f, w->value[f]);
}

/* ---- intervals */

struct intervals { enum pset_field f; struct pset_interval *at; unsigned n, max; uint8_t value[16]; };

static void set_bit(uint8_t *bytes, unsigned width, unsigned i, bool one)
{
	unsigned pad = (width + 7) / 8 * 8 - width + i;
	uint8_t bit = (uint8_t)(0x80u >> pad % 8);

	bytes[pad / 8] = (uint8_t)(one ? bytes[pad / 8] | bit : bytes[pad / 8] & ~bit);
}

static bool follows(const uint8_t *hi, const uint8_t *lo, unsigned bytes)
{
	uint8_t next[16];

	memcpy(next, hi, bytes);
	for (unsigned i = bytes; i-- > 0 && ++next[i] == 0;)
		;
	return memcmp(next, lo, bytes) == 0;
}

/* All values with the bits before i as they are in l->value. */
static void add_interval(struct intervals *l, unsigned i)
{
	unsigned width = space.width[l->f], bytes = pset_field_bytes(l->f);
	struct pset_interval v = { { 0 }, { 0 } };

	memcpy(v.lo, l->value, bytes);
	memcpy(v.hi, l->value, bytes);
	for (; i < width; i++) {
		set_bit(v.lo, width, i, false);
		set_bit(v.hi, width, i, true);
	}
	if (l->n && l->n <= l->max && follows(l->at[l->n - 1].hi, v.lo, bytes))
		memcpy(l->at[l->n - 1].hi, v.hi, bytes);
	else if (l->n++ < l->max)
		l->at[l->n - 1] = v;
}

static void walk(struct intervals *l, BDD b, unsigned i)
{
	unsigned var = space.first[l->f] + i;
	bool here;

	if (b == bddfalse || l->n > l->max)
		return;
	if (b == bddtrue) {
		add_interval(l, i);
		return;
	}
	here = (unsigned)bdd_var(b) == var;
	for (int one = 0; one < 2; one++) {
		set_bit(l->value, space.width[l->f], i, one);
		walk(l, !here ? b : one ? bdd_high(b) : bdd_low(b), i + 1);
	}
}

unsigned pset_intervals(pset a, enum pset_field f, struct pset_interval *ret, unsigned max)
{
	struct intervals l = { .f = f, .at = ret, .max = max };

	walk(&l, a, 0);
	return MIN(l.n, max + 1);
}
