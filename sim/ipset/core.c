// SPDX-License-Identifier: MIT
/* core.c - the sets of a host by name and number (ip_set_core.c): made, renamed, swapped, destroyed. */
#include "sim/ipset/internal.h"
#include "sim/base/rng.h"
#include <stdlib.h>

#define SLOTS_STEP 64
#define MAX_SETS (IPSET_INVALID_ID - 1)

struct ipsets *ipsets_create(const struct evq *clock, uint64_t seed, const char *host)
{
	struct ipsets *all = xcalloc(1, sizeof(*all));

	all->clock = clock;
	all->seed = seed;
	all->host = host;
	return all;
}

static void set_free(struct ip_set *s)
{
	s->ops->destroy(s);
	free(s);
}

static void set_remove(struct ipsets *all, unsigned i)
{
	struct ip_set *s = all->slot[i];

	HASH_DEL(all->by_name, s);
	all->slot[i] = NULL;
	all->first_free = MIN(all->first_free, i);
	set_free(s);
}

void ipsets_destroy(struct ipsets *all)
{
	if (!all)
		return;
	for (unsigned i = 0; i < all->nr_slots; i++)	/* lists first: they hold the others */
		if (all->slot[i] && all->slot[i]->type->kind == SET_LIST)
			set_remove(all, i);
	for (unsigned i = 0; i < all->nr_slots; i++)
		if (all->slot[i])
			set_remove(all, i);
	free(all->slot);
	free(all);
}

unsigned ipset_nr_slots(const struct ipsets *all)
{
	return all ? all->nr_slots : 0;
}

struct ip_set *ipset_at(const struct ipsets *all, unsigned index)
{
	return all && index < all->nr_slots ? all->slot[index] : NULL;
}

struct ip_set *ipset_find(const struct ipsets *all, const char *name)
{
	struct ip_set *s = NULL;

	if (all)
		HASH_FIND_STR(all->by_name, name, s);
	return s;
}

unsigned ipset_index(const struct ipsets *all, const char *name)
{
	const struct ip_set *s = ipset_find(all, name);

	return s ? s->index : IPSET_INVALID_ID;
}

void ipset_hold(struct ipsets *all, unsigned index)
{
	all->slot[index]->refs++;
}

void ipset_put(struct ipsets *all, unsigned index)
{
	if (ipset_at(all, index))
		all->slot[index]->refs--;
}

const char *ipset_name(const struct ip_set *s)			{ return s->name; }
const struct ipset_type *ipset_type(const struct ip_set *s)	{ return s->type; }
uint8_t ipset_family(const struct ip_set *s)			{ return s->family; }
uint32_t ipset_refs(const struct ip_set *s)			{ return s->refs; }
uint32_t ipset_nr_elements(const struct ip_set *s)		{ return s->ops->count(s); }
size_t ipset_memsize(const struct ip_set *s)			{ return s->ops->memsize(s); }

void ipset_describe(const struct ip_set *s, struct ipset_create *ret)
{
	*ret = s->as;
	if (s->ops->hashsize)
		ret->hashsize = s->ops->hashsize(s);
}

void ipset_each(const struct ip_set *s, bool (*fn)(void *arg, const struct ipset_elem *e, const struct ipset_ext *x), void *arg)
{
	s->ops->each(s, fn, arg);
}

/* ---- making */

static int free_slot(struct ipsets *all, unsigned *ret)
{
	unsigned i = all->first_free;

	while (i < all->nr_slots && all->slot[i])
		i++;
	if (i == MAX_SETS)
		return IPSET_ERR_MAX_SETS;
	if (i == all->nr_slots) {
		all->nr_slots += SLOTS_STEP;
		all->slot = xrealloc(all->slot, all->nr_slots * sizeof(struct ip_set *));
		memset(all->slot + i, 0, SLOTS_STEP * sizeof(struct ip_set *));
	}
	all->first_free = *ret = i;
	return 0;
}

/* What must be equal for "create -exist" to take one for the other (same_set). */
static bool same_set(const struct ip_set *a, const struct ip_set *b)
{
	const struct ipset_create *x = &a->as, *y = &b->as;

	if (x->timeout != y->timeout || x->counters != y->counters || x->comment != y->comment || x->skbinfo != y->skbinfo)
		return false;
	if (a->type->kind == SET_LIST)
		return x->size == y->size;
	if (a->type->bitmap)
		return a->type->kind == SET_BITMAP_PORT ? x->port_from == y->port_from && x->port_to == y->port_to :
			inet_addr_equal(&x->from, &y->from) && inet_addr_equal(&x->to, &y->to) && x->netmask == y->netmask;
	return x->maxelem == y->maxelem && x->netmask == y->netmask && x->markmask == y->markmask &&
	       inet_addr_equal(&x->bitmask, &y->bitmask);
}

static int set_new(struct ipsets *all, const char *name, const struct ipset_create *c, struct ip_set **ret)
{
	struct ip_set *s = xcalloc(1, sizeof(*s));
	int err;

	s->all = all;
	memcpy(s->name, name, MIN(strlen(name), (size_t)IPSET_MAXNAMELEN - 1));
	s->type = c->type;
	s->as = *c;
	s->family = c->family;
	s->host_mask = s->family == NFPROTO_IPV6 ? 128 : 32;
	s->ops = c->type->hash ? &hash_ops : c->type->bitmap ? &bitmap_ops : &list_ops;
	if (c->type->hash && c->has_netmask && (!c->netmask || c->netmask > s->host_mask))
		err = IPSET_ERR_INVALID_NETMASK;
	else if (c->has_bitmask && addr_is_zero(&c->bitmask))
		err = IPSET_ERR_INVALID_NETMASK;
	else if (c->has_markmask && !c->markmask)
		err = IPSET_ERR_INVALID_MARKMASK;
	else
		err = 0;
	if (!c->has_netmask)
		s->as.netmask = s->host_mask;
	if (!c->has_initval) {
		struct rng rng;

		rng_init(&rng, all->seed + all->nr_made, all->host, "ipset initval");
		s->as.initval = rng_u32(&rng);
	}
	if (!err)
		err = s->ops->create(s);
	if (err) {
		free(s);
		return err;
	}
	*ret = s;
	return 0;
}

int ipset_make(struct ipsets *all, const char *name, const struct ipset_create *c, bool exist_ok)
{
	struct ip_set *s, *old;
	unsigned at;
	int err = set_new(all, name, c, &s);

	if (err)
		return err;
	old = ipset_find(all, name);
	if (old) {
		bool ok = exist_ok && old->type == s->type && old->family == s->family && same_set(old, s);

		set_free(s);
		return ok ? 0 : IPSET_ERR_EXIST_SETNAME;
	}
	if ((err = free_slot(all, &at))) {
		set_free(s);
		return err;
	}
	all->slot[at] = s;
	s->index = at;
	HASH_ADD_STR(all->by_name, name, s);
	all->nr_made++;
	return 0;
}

/* Members whose time is over hold their sets no longer. */
static void collect_members(struct ipsets *all)
{
	for (unsigned i = 0; i < all->nr_slots; i++)
		if (all->slot[i] && all->slot[i]->type->kind == SET_LIST)
			list_collect(all->slot[i]);
}

int ipset_destroy(struct ipsets *all, const char *name)
{
	unsigned i;

	collect_members(all);
	if (name) {
		if ((i = ipset_index(all, name)) == IPSET_INVALID_ID)
			return IPSET_ERR_NOENT;
		if (all->slot[i]->refs)
			return IPSET_ERR_BUSY;
		set_remove(all, i);
		return 0;
	}
	for (i = 0; i < all->nr_slots; i++)
		if (all->slot[i] && all->slot[i]->refs)
			return IPSET_ERR_BUSY;
	for (i = 0; i < all->nr_slots; i++)
		if (all->slot[i])
			set_remove(all, i);
	return 0;
}

int ipset_flush(struct ipsets *all, const char *name)
{
	struct ip_set *s = name ? ipset_find(all, name) : NULL;

	if (name && !s)
		return IPSET_ERR_NOENT;
	for (unsigned i = 0; !s && i < all->nr_slots; i++)
		if (all->slot[i])
			all->slot[i]->ops->flush(all->slot[i]);
	if (s)
		s->ops->flush(s);
	return 0;
}

int ipset_rename(struct ipsets *all, const char *from, const char *to)
{
	struct ip_set *s = ipset_find(all, from);

	collect_members(all);
	if (!s)
		return IPSET_ERR_NOENT;
	if (s->refs)
		return IPSET_ERR_REFERENCED;
	if (ipset_index(all, to) != IPSET_INVALID_ID)
		return IPSET_ERR_EXIST_SETNAME2;
	HASH_DEL(all->by_name, s);
	memset(s->name, 0, sizeof(s->name));
	memcpy(s->name, to, MIN(strlen(to), (size_t)IPSET_MAXNAMELEN - 1));
	HASH_ADD_STR(all->by_name, name, s);
	return 0;
}

/* What a type is about, as a swap compares it. */
static bool same_features(const struct ipset_type *a, const struct ipset_type *b)
{
	uint32_t x = 0, y = 0;

	/* an address and a net are one to the kernel */
	for (unsigned i = 0; i < 3; i++) {
		unsigned p = a->part[i] == SETDIM_NET ? SETDIM_IP : a->part[i], q = b->part[i] == SETDIM_NET ? SETDIM_IP : b->part[i];

		x |= p ? 1u << (p + (i == 2 || (i == 1 && p == SETDIM_IP) ? 8 : 0)) : 0;
		y |= q ? 1u << (q + (i == 2 || (i == 1 && q == SETDIM_IP) ? 8 : 0)) : 0;
	}
	return x == y && a->nomatch == b->nomatch;
}

int ipset_swap(struct ipsets *all, const char *from, const char *to)
{
	unsigned a = ipset_index(all, from), b = ipset_index(all, to);
	struct ip_set *x, *y;
	char name[IPSET_MAXNAMELEN];
	uint32_t refs;

	if (a == IPSET_INVALID_ID)
		return IPSET_ERR_NOENT;
	if (a == b)
		return 0;
	if (b == IPSET_INVALID_ID)
		return IPSET_ERR_EXIST_SETNAME2;
	x = all->slot[a];
	y = all->slot[b];
	if (!same_features(x->type, y->type) || x->family != y->family)
		return IPSET_ERR_TYPE_MISMATCH;
	HASH_DEL(all->by_name, x);
	HASH_DEL(all->by_name, y);
	memcpy(name, x->name, sizeof(name));
	memcpy(x->name, y->name, sizeof(name));
	memcpy(y->name, name, sizeof(name));
	refs = x->refs;
	x->refs = y->refs;
	y->refs = refs;
	all->slot[a] = y;
	all->slot[b] = x;
	y->index = a;
	x->index = b;
	HASH_ADD_STR(all->by_name, name, x);
	HASH_ADD_STR(all->by_name, name, y);
	return 0;
}

/* ---- a user's elements */

int ipset_user(struct ip_set *s, enum ipset_op op, const struct ipset_request *r, bool exist_ok)
{
	struct ipset_ext x = r->ext;

	if (s->type->kind == SET_BITMAP_PORT && !bitmap_holds(s, &r->e))
		return IPSET_ERR_BITMAP_RANGE;
	if (r->ext_timeout && s->as.timeout == IPSET_NO_TIMEOUT)
		return IPSET_ERR_TIMEOUT;
	if (r->ext_counters && !s->as.counters)
		return IPSET_ERR_COUNTER;
	if (r->ext_comment && !s->as.comment)
		return IPSET_ERR_COMMENT;
	if (r->ext_skbinfo && !s->as.skbinfo)
		return IPSET_ERR_SKBINFO;
	return s->ops->user(s, op, r, &x, exist_ok);
}
