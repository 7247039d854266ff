/* SPDX-License-Identifier: MIT */
/* evq.h - virtual time: one clock in nanoseconds, one queue of timers, ties in the order set.
 * A timer is embedded in its owner's struct and belongs to it; disarm before freeing the owner. */
#ifndef SIM_BASE_EVQ_H
#define SIM_BASE_EVQ_H
#include "sim/base/util.h"

struct timer {
	uint64_t when;			/* ns */
	uint64_t order;
	size_t slot;			/* 1-based place in the heap, 0 = not set */
	void (*fn)(struct timer *t);	/* runs with the timer already off; may set it again */
};

struct evq {
	uint64_t now;			/* ns of virtual time */
	uint64_t phase;			/* jiffies that the kernel had counted at time 0: where its wheel stood */
	uint64_t order;
	struct timer **heap;
	size_t nr, cap;
};

void evq_init(struct evq *q, uint64_t now);
void evq_destroy(struct evq *q);	/* timers are their owners' */
void timer_set(struct evq *q, struct timer *t, uint64_t when);	/* moves it if it is set */
void timer_off(struct evq *q, struct timer *t);
static inline bool timer_on(const struct timer *t)
{
	return t->slot != 0;
}
/* The earliest time set, or UINT64_MAX. */
uint64_t evq_next(const struct evq *q);
/* Moves the clock to the earliest timer that is due by "until" and runs it; false when none is.
 * Then the caller moves the clock itself. */
bool evq_step(struct evq *q, uint64_t until);

/* The kernel's ticks (HZ = 250, as Debian builds it) at a time. */
#define HZ 250
#define NSEC_PER_JIFFY (NSEC_PER_SEC / HZ)
static inline uint64_t evq_jiffies(const struct evq *q)
{
	return q->now / NSEC_PER_JIFFY;
}
/* Sets t as the kernel's timer wheel would one for "expires" (jiffies): never early, and the later the
 * coarser; and of those that become due together the one set last runs first. */
uint64_t evq_wheel(uint64_t now, uint64_t expires);	/* jiffies: when that would be */
void timer_set_wheel(struct evq *q, struct timer *t, uint64_t expires);
void timer_set_pinned(struct evq *q, struct timer *t, uint64_t expires);	/* TIMER_PINNED: before the others of its tick */
#endif
