// SPDX-License-Identifier: MIT
/* expect.c - connections that others have announced (nf_conntrack_expect.c): the first one from the
 * announced address to the announced address and port, whatever port it comes from, is RELATED. */
#include "sim/conntrack/internal.h"
#include "sim/base/text.h"
#include <stdio.h>
#include <stdlib.h>

static struct ct_expect **bucket_of(struct ct_table *t, const struct ct_tuple *tuple)
{
	uint32_t h = tuple->dst.protonum ^ tuple->l3num;

	for (size_t i = 0; i < ARRAY_SIZE(tuple->dst.u3.all); i++)
		h = (h ^ tuple->dst.u3.all[i]) * 0x9e3779b1u;
	h = (h ^ tuple->dst.u.all) * 0x9e3779b1u;
	return &t->expect[h >> 24 & (CT_EXPECT_BUCKETS - 1)];
}

/* The port they come from is nobody's to know. */
static bool announced(const struct ct_expect *e, const struct ct_tuple *tuple, const struct ct_zone *zone)
{
	return inet_addr_equal(&e->tuple.src.u3, &tuple->src.u3) && inet_addr_equal(&e->tuple.dst.u3, &tuple->dst.u3) &&
	       e->tuple.dst.u.all == tuple->dst.u.all && e->tuple.dst.protonum == tuple->dst.protonum &&
	       e->tuple.l3num == tuple->l3num && e->master->zone.id == zone->id;
}

static void unlink_expect(struct ct_table *t, struct ct_expect *e)
{
	struct ct_expect **at = bucket_of(t, &e->tuple);

	while (*at != e)
		at = &(*at)->next;
	*at = e->next;
	e->master->ext->expect = NULL;
	t->nr_expect--;
}

void ct_unexpect(struct conn *master)
{
	struct ct_expect *e = master->ext ? master->ext->expect : NULL;

	if (!e)
		return;
	unlink_expect(master->host->ct, e);
	free(e);
}

/* Those announced of this tuple; who waited too long is gone. */
static struct ct_expect *find(struct host *h, const struct ct_tuple *tuple, const struct ct_zone *zone)
{
	struct ct_table *t = h->ct;
	uint64_t now = host_jiffies(h);
	struct ct_expect *e, *next;

	for (e = *bucket_of(t, tuple); e; e = next) {
		next = e->next;
		if (e->expires <= now)
			ct_unexpect(e->master);
		else if (announced(e, tuple, zone))
			return e;
	}
	return NULL;
}

static void tell(const struct ct_expect *e)
{
	char words[2 * ADDRSTRLEN + 48], a[ADDRSTRLEN], b[ADDRSTRLEN];

	if (!trace_on(e->master->host->trace, EV_CT))
		return;
	snprintf(words, sizeof(words), "%s from %s to %s port %u", ct_proto_name(e->tuple.dst.protonum),
		 inet_str(a, e->tuple.l3num, &e->tuple.src.u3), inet_str(b, e->tuple.l3num, &e->tuple.dst.u3),
		 ntohs(e->tuple.dst.u.all));
	ct_event(e->master->host, NULL, e->master, CT_EV_EXPECT, words);
}

enum ct_expect_result ct_expect(struct conn *master, const struct ct_expect *what)
{
	struct ct_table *t = master->host->ct;
	struct ct_expect *e = find(master->host, &what->tuple, &master->zone), **head;

	if (e && e->master != master)
		return CT_EXPECT_BUSY;
	/* Helpers here have one at a time: the older one gives way. */
	ct_unexpect(master);
	if (t->nr_expect >= CT_EXPECT_MAX)
		return CT_EXPECT_FULL;
	e = xmalloc(sizeof(*e));
	*e = *what;
	e->master = master;
	e->expires = host_jiffies(master->host) + (uint64_t)what->timeout * HZ;
	head = bucket_of(t, &e->tuple);
	e->next = *head;
	*head = e;
	t->nr_expect++;
	ct_ext_add(master)->expect = e;
	tell(e);
	return CT_EXPECT_OK;
}

bool ct_expect_take(struct host *h, const struct ct_tuple *tuple, const struct ct_zone *zone, struct ct_expect *ret)
{
	struct ct_expect *e = find(h, tuple, zone);

	/* One whose own packet has not left yet was not heard by anybody. */
	if (!e || !ct_confirmed(e->master) || e->master->status & IPS_DYING)
		return false;
	if (ct_expired(e->master, host_jiffies(h)))
		return false;
	*ret = *e;
	ct_unexpect(e->master);
	return true;
}

void ct_expect_destroy(struct ct_table *t)
{
	for (size_t i = 0; i < CT_EXPECT_BUCKETS; i++) {
		for (struct ct_expect *e = t->expect[i], *next; e; e = next) {
			next = e->next;
			free(e);
		}
	}
}
