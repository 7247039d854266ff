// SPDX-License-Identifier: MIT
/* evq.c - a binary heap of timers, ordered by time, then by the order they were set in. */
#include "sim/base/evq.h"
#include <stdlib.h>

void evq_init(struct evq *q, uint64_t now)
{
	*q = (struct evq){ .now = now };
}

void evq_destroy(struct evq *q)
{
	free(q->heap);
	*q = (struct evq){ 0 };
}

static bool before(const struct timer *a, const struct timer *b)
{
	return a->when != b->when ? a->when < b->when : a->order < b->order;
}

static void put(struct evq *q, size_t i, struct timer *t)
{
	q->heap[i - 1] = t;
	t->slot = i;
}

static void rise(struct evq *q, size_t i, struct timer *t)
{
	for (; i > 1 && before(t, q->heap[i / 2 - 1]); i /= 2)
		put(q, i, q->heap[i / 2 - 1]);
	put(q, i, t);
}

static void sink(struct evq *q, size_t i, struct timer *t)
{
	for (;;) {
		size_t c = i * 2;

		if (c > q->nr)
			break;
		if (c < q->nr && before(q->heap[c], q->heap[c - 1]))
			c++;
		if (!before(q->heap[c - 1], t))
			break;
		put(q, i, q->heap[c - 1]);
		i = c;
	}
	put(q, i, t);
}

void timer_off(struct evq *q, struct timer *t)
{
	size_t i = t->slot;
	struct timer *last;

	if (!i)
		return;
	t->slot = 0;
	last = q->heap[--q->nr];
	if (last == t)
		return;
	if (i > 1 && before(last, q->heap[i / 2 - 1]))
		rise(q, i, last);
	else
		sink(q, i, last);
}

static void set(struct evq *q, struct timer *t, uint64_t when, uint64_t order)
{
	timer_off(q, t);
	t->when = when;
	t->order = order;
	if (q->nr == q->cap) {
		q->cap = q->cap ? q->cap * 2 : 64;
		q->heap = xrealloc(q->heap, q->cap * sizeof(*q->heap));
	}
	q->nr++;
	rise(q, q->nr, t);
}

void timer_set(struct evq *q, struct timer *t, uint64_t when)
{
	set(q, t, when, q->order++);
}

/* Levels of 64 buckets, each 8 times as wide as the one before; a bucket is a stack. The answer is the level's shift. */
static unsigned level(uint64_t now, uint64_t expires)
{
	unsigned shift = 0;

	while (shift < 24 && expires > now && expires - now >= UINT64_C(63) << shift)
		shift += 3;
	return shift;
}

static uint64_t bucket(uint64_t expires, unsigned shift)
{
	return ((expires >> shift) + 1) << shift;
}

uint64_t evq_wheel(uint64_t now, uint64_t expires)
{
	return bucket(expires, level(now, expires));
}

/* In one tick: those that stay with their CPU, then the rest; of each the coarse levels before the fine ones. */
static void set_wheel(struct evq *q, struct timer *t, uint64_t expires, bool pinned)
{
	uint64_t now = evq_jiffies(q) + q->phase;
	unsigned shift = level(now, expires + q->phase);
	uint64_t when = bucket(expires + q->phase, shift) - q->phase, before = (uint64_t)shift | (pinned ? 32 : 0);

	set(q, t, when * NSEC_PER_JIFFY, UINT64_MAX - (before << 56) - q->order++);
}

void timer_set_wheel(struct evq *q, struct timer *t, uint64_t expires)
{
	set_wheel(q, t, expires, false);
}

void timer_set_pinned(struct evq *q, struct timer *t, uint64_t expires)
{
	set_wheel(q, t, expires, true);
}

uint64_t evq_next(const struct evq *q)
{
	return q->nr ? q->heap[0]->when : UINT64_MAX;
}

bool evq_step(struct evq *q, uint64_t until)
{
	struct timer *t;

	if (!q->nr || q->heap[0]->when > until)
		return false;
	t = q->heap[0];
	timer_off(q, t);
	if (t->when > q->now)
		q->now = t->when;
	t->fn(t);
	return true;
}
