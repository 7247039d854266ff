// SPDX-License-Identifier: MIT
/* ext.c - what may stand beside an element: counters, timeout, skbinfo, comment. */
#include "sim/ipset/internal.h"
#include <stdlib.h>

#define GC_SECONDS 180u		/* at most, between two looks for what is out of time */
#define COMMENT_HEAD 16		/* bytes the kernel keeps before a comment's text */

static uint32_t align_up(uint32_t n, uint32_t to)
{
	return (n + to - 1) / to * to;
}

void set_layout(struct ip_set *s, uint32_t key, uint32_t kernel_key)
{
	const bool on[] = { s->as.counters, s->as.timeout != IPSET_NO_TIMEOUT, s->as.skbinfo, s->as.comment };
	uint32_t *const off[] = { &s->off_counter, &s->off_timeout, &s->off_skbinfo, &s->off_comment };
	static const uint32_t size[] = { sizeof(struct ext_counter), 8, 16, 8 };

	static_assert(sizeof(struct ext_skbinfo) == 16, "as in the kernel");
	for (unsigned i = 0; i < ARRAY_SIZE(on); i++) {
		*off[i] = 0;
		if (!on[i])
			continue;
		*off[i] = key = align_up(key, 8);
		key += size[i];
		kernel_key = align_up(kernel_key, i == 2 ? 4 : 8) + size[i];
	}
	s->dsize = align_up(key, 8);
	s->kernel_dsize = align_up(kernel_key, 4);
}

uint64_t timeout_until(const struct ip_set *s, uint32_t seconds)
{
	uint64_t until = set_jiffies(s) + (uint64_t)seconds * HZ;

	return seconds ? until : 0;	/* 0 is for ever */
}

uint32_t timeout_left(const struct ip_set *s, uint64_t expires)
{
	uint64_t now = set_jiffies(s), left;

	if (!expires)
		return 0;
	left = expires > now ? (expires - now) / HZ : 0;
	return left ? (uint32_t)left : 1;
}

uint64_t gc_period(const struct ip_set *s)
{
	uint64_t third = s->as.timeout / 3;

	return (third ? MIN(third, GC_SECONDS) : 1) * HZ;
}

static uint64_t *timeout_of(const struct ip_set *s, const uint8_t *d)
{
	return (uint64_t *)(void *)(uintptr_t)(d + s->off_timeout);
}

static struct ext_counter *counter_of(const struct ip_set *s, const uint8_t *d)
{
	return (struct ext_counter *)(void *)(uintptr_t)(d + s->off_counter);
}

static struct ext_skbinfo *skbinfo_of(const struct ip_set *s, const uint8_t *d)
{
	return (struct ext_skbinfo *)(void *)(uintptr_t)(d + s->off_skbinfo);
}

static char **comment_of(const struct ip_set *s, const uint8_t *d)
{
	return (char **)(void *)(uintptr_t)(d + s->off_comment);
}

bool ext_expired_at(const struct ip_set *s, const uint8_t *d, uint64_t jiffies)
{
	return s->off_timeout && *timeout_of(s, d) && jiffies > *timeout_of(s, d);
}

bool ext_expired(const struct ip_set *s, const uint8_t *d)
{
	return s->off_timeout && ext_expired_at(s, d, set_jiffies(s));
}

void ext_destroy(struct ip_set *s, uint8_t *d)
{
	char **c;

	if (!s->off_comment || !*(c = comment_of(s, d)))
		return;
	s->ext_size -= COMMENT_HEAD + strlen(*c) + 1;
	free(*c);
	*c = NULL;
}

/* d's comment must be NULL or its own: it is replaced. Counters that are not given stay as they are. */
void ext_init(struct ip_set *s, uint8_t *d, const struct ipset_ext *x)
{
	if (s->off_timeout)
		*timeout_of(s, d) = timeout_until(s, x->timeout != IPSET_NO_TIMEOUT ? x->timeout : s->as.timeout);
	if (s->off_counter && x->packets != UINT64_MAX)
		counter_of(s, d)->packets = x->packets;
	if (s->off_counter && x->bytes != UINT64_MAX)
		counter_of(s, d)->bytes = x->bytes;
	if (s->off_skbinfo)
		*skbinfo_of(s, d) = (struct ext_skbinfo){ x->skbmark, x->skbmarkmask, x->skbprio, x->skbqueue };
	if (s->off_comment) {
		ext_destroy(s, d);
		if (x->comment && *x->comment) {
			*comment_of(s, d) = xstrdup(x->comment);
			s->ext_size += COMMENT_HEAD + strlen(x->comment) + 1;
		}
	}
}

void ext_get(const struct ip_set *s, const uint8_t *d, struct ipset_ext *ret)
{
	*ret = (struct ipset_ext)IPSET_EXT_NONE;
	if (s->off_timeout)
		ret->timeout = timeout_left(s, *timeout_of(s, d));
	if (s->off_counter) {
		ret->packets = counter_of(s, d)->packets;
		ret->bytes = counter_of(s, d)->bytes;
	}
	if (s->off_skbinfo) {
		const struct ext_skbinfo *i = skbinfo_of(s, d);

		ret->has_skbinfo = true;
		ret->skbmark = i->mark;
		ret->skbmarkmask = i->markmask;
		ret->skbprio = i->prio;
		ret->skbqueue = i->queue;
	}
	if (s->off_comment)
		ret->comment = *comment_of(s, d);
}

static bool counter_fits(uint64_t have, const struct ipset_counter_match *m)
{
	switch (m->op) {
	case IPSET_COUNTER_EQ:	return have == m->value;
	case IPSET_COUNTER_NE:	return have != m->value;
	case IPSET_COUNTER_LT:	return have < m->value;
	case IPSET_COUNTER_GT:	return have > m->value;
	default:		return true;
	}
}

bool ext_match(const struct ip_set *s, uint8_t *d, const struct set_probe *p)
{
	if (ext_expired(s, d))
		return false;
	if (!p->adt)
		return true;
	if (s->off_counter) {
		struct ext_counter *c = counter_of(s, d);

		if (!(p->cmdflags & IPSET_FLAG_SKIP_COUNTER_UPDATE)) {
			c->packets++;
			c->bytes += p->len;
		}
		if (p->cmdflags & IPSET_FLAG_MATCH_COUNTERS &&
		    !(counter_fits(c->packets, &p->adt->packets) && counter_fits(c->bytes, &p->adt->bytes)))
			return false;
	}
	if (s->off_skbinfo) {
		const struct ext_skbinfo *i = skbinfo_of(s, d);

		p->adt->skbmark = i->mark;
		p->adt->skbmarkmask = i->markmask;
		p->adt->skbprio = i->prio;
		p->adt->skbqueue = i->queue;
	}
	return true;
}
