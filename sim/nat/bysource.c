// SPDX-License-Identifier: MIT
/* bysource.c - connections by their original source, newest first: a source that was mapped once is
 * mapped the same way again, also towards other destinations. */
#include "sim/nat/internal.h"
#include <stdlib.h>

#define MIN_BUCKETS 64

static uint32_t source_hash(const struct ct_tuple *t)
{
	uint64_t x = (uint64_t)t->src.u << 8 | t->dst.protonum;

	for (size_t i = 0; i < ARRAY_SIZE(t->src.u3.all); i++)
		x = (x ^ t->src.u3.all[i]) * UINT64_C(0x9e3779b97f4a7c15);
	return (uint32_t)(x >> 32);
}

static void link_head(struct nat_state *nat, struct conn *ct)
{
	struct conn **head = &nat->bysource[source_hash(&ct->tuple[IP_CT_DIR_ORIGINAL]) & (nat->nr_buckets - 1)];

	ct->nat.next = *head;
	ct->nat.pprev = head;
	if (*head)
		(*head)->nat.pprev = &ct->nat.next;
	*head = ct;
}

/* Each chain is turned round first, so that the order within it survives. */
static void grow(struct nat_state *nat)
{
	struct conn **old = nat->bysource;
	uint32_t nr_old = nat->nr_buckets;

	nat->nr_buckets = MAX(nr_old * 2, (uint32_t)MIN_BUCKETS);
	nat->bysource = xcalloc(nat->nr_buckets, sizeof(*nat->bysource));
	for (uint32_t i = 0; i < nr_old; i++) {
		struct conn *reversed = NULL;

		for (struct conn *ct = old[i], *next; ct; ct = next) {
			next = ct->nat.next;
			ct->nat.next = reversed;
			reversed = ct;
		}
		for (struct conn *ct = reversed, *next; ct; ct = next) {
			next = ct->nat.next;
			link_head(nat, ct);
		}
	}
	free(old);
}

void bysource_add(struct nat_state *nat, struct conn *ct)
{
	if (nat->nr_conns >= nat->nr_buckets)
		grow(nat);
	link_head(nat, ct);
	nat->nr_conns++;
}

void bysource_del(struct conn *ct)
{
	if (!ct->nat.pprev)
		return;
	*ct->nat.pprev = ct->nat.next;
	if (ct->nat.next)
		ct->nat.next->nat.pprev = ct->nat.pprev;
	ct->nat.next = NULL;
	ct->nat.pprev = NULL;
	ct->host->nat->nr_conns--;
}

static bool same_source(const struct conn *ct, const struct ct_tuple *tuple)
{
	const struct ct_tuple *t = &ct->tuple[IP_CT_DIR_ORIGINAL];

	return t->dst.protonum == tuple->dst.protonum && t->src.u == tuple->src.u &&
	       inet_addr_equal(&t->src.u3, &tuple->src.u3);
}

static uint16_t zone_id(const struct ct_zone *z, enum ip_ct_dir dir)
{
	return z->dir & (1u << dir) ? z->id : 0;
}

/* The newest mapping of this source that fits the range, aimed at tuple's destination
 * (find_appropriate_src). */
bool bysource_find(struct conn *ct, const struct ct_tuple *tuple, const struct nf_nat_range *range,
		   struct ct_tuple *ret)
{
	struct nat_state *nat = ct->host->nat;

	if (!nat->nr_buckets)
		return false;
	for (struct conn *c = nat->bysource[source_hash(tuple) & (nat->nr_buckets - 1)]; c; c = c->nat.next) {
		if (!same_source(c, tuple) || zone_id(&c->zone, IP_CT_DIR_ORIGINAL) !=
					      zone_id(&ct->zone, IP_CT_DIR_ORIGINAL))
			continue;
		ct_tuple_invert(ret, &c->tuple[IP_CT_DIR_REPLY]);
		ret->dst = tuple->dst;
		if (nat_in_range(ret, range))
			return true;
	}
	return false;
}
