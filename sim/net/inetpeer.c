// SPDX-License-Identifier: MIT
/* inetpeer.c - a table of peers by address, open addressing; peers idle for long are forgotten when
 * it grows, as a fresh entry then answers the same. */
#include "sim/net/inetpeer.h"
#include "sim/net/net.h"
#include <stdlib.h>
#include <uthash.h>

#define PEER_MIN_CAP  64
#define PEER_MAX_IDLE (600 * HZ) /* inet_peer_maxttl */

static uint32_t place(const struct peer_table *t, be32 addr)
{
	uint32_t i = (uint32_t)((uint64_t)addr * UINT32_C(0x9e3779b1) >> 8) & (t->cap - 1);

	while (t->slot[i].addr && t->slot[i].addr != addr)
		i = (i + 1) & (t->cap - 1);
	return i;
}

static void grow(struct peer_table *t, int64_t now)
{
	struct peer_table old = *t;

	t->cap = old.cap ? old.cap * 2 : PEER_MIN_CAP;
	t->slot = xcalloc(t->cap, sizeof(*t->slot));
	t->nr = 0;
	for (uint32_t i = 0; i < old.cap; i++) {
		const struct inet_peer *p = &old.slot[i];

		/* A counter of fragments is compared with one kept by a queue: it must not start anew. */
		if (!p->addr || (now - p->rate_last > PEER_MAX_IDLE && !p->rid))
			continue;
		t->slot[place(t, p->addr)] = *p;
		t->nr++;
	}
	free(old.slot);
}

struct inet_peer *inet_getpeer(struct host *h, be32 addr)
{
	struct peer_table *t = icmp_peers(h);
	int64_t now = (int64_t)host_jiffies(h);
	struct inet_peer *p;

	if (!addr) {
		if (!t->any_made)
			t->any = (struct inet_peer){ .rate_last = now - 60 * HZ };
		t->any_made = true;
		return &t->any;
	}
	if ((t->nr + 1) * 4 > t->cap * 3)
		grow(t, now);
	p = &t->slot[place(t, addr)];
	if (!p->addr) {
		p->addr = addr;
		/* Long ago, so that limits start with all their credit. */
		p->rate_last = now - 60 * HZ;
		t->nr++;
	}
	return p;
}

void peer_table_free(struct peer_table *t)
{
	free(t->slot);
	*t = (struct peer_table){ 0 };
}

/* ---- IPv6 ---- */

struct peer6 { union inet_addr addr; struct inet_peer peer; UT_hash_handle hh; };

struct inet_peer *inet6_getpeer(struct host *h, const union inet_addr *addr)
{
	struct peer6 **all = icmp_peers6(h), *p;

	HASH_FIND(hh, *all, addr, sizeof(*addr), p);
	if (!p) {
		p = xcalloc(1, sizeof(*p));
		p->addr = *addr;
		p->peer.rate_last = (int64_t)host_jiffies(h) - 60 * HZ;
		HASH_ADD(hh, *all, addr, sizeof(p->addr), p);
	}
	return &p->peer;
}

void peer6_free(struct peer6 **all)
{
	struct peer6 *p, *next;

	HASH_ITER(hh, *all, p, next) {
		HASH_DEL(*all, p);
		free(p);
	}
}
