// SPDX-License-Identifier: MIT
/* list.c - list:set: an ordered list of other sets, asked one after the other. Members are kept by number, each
 * with a reference. */
#include "sim/ipset/internal.h"
#include <stdlib.h>

#define LIST_HEAD	80u	/* bytes of an empty one in the kernel */
#define MEMBER_SIZE	48u
#define MIN_SIZE	4u

struct set_list { uint8_t *row; uint32_t nr, cap; uint64_t gc_at; };	/* elements of dsize: number of the set, extensions */

static uint8_t *elem_at(const struct ip_set *s, uint32_t i)
{
	return s->list->row + (size_t)i * s->dsize;
}

static uint32_t id_at(const struct ip_set *s, uint32_t i)
{
	uint32_t id;

	memcpy(&id, elem_at(s, i), sizeof(id));
	return id;
}

static int list_create(struct ip_set *s)
{
	s->list = xcalloc(1, sizeof(*s->list));
	s->as.size = MAX(s->as.size, MIN_SIZE);
	set_layout(s, 8, MEMBER_SIZE);
	if (s->off_timeout)
		s->list->gc_at = evq_wheel(set_jiffies(s), set_jiffies(s) + gc_period(s));
	return 0;
}

static void member_del(struct ip_set *s, uint32_t i)
{
	ext_destroy(s, elem_at(s, i));
	ipset_put(s->all, id_at(s, i));
	s->list->nr--;
	memmove(elem_at(s, i), elem_at(s, i + 1), (size_t)(s->list->nr - i) * s->dsize);
}

static void list_flush(struct ip_set *s)
{
	while (s->list->nr)
		member_del(s, s->list->nr - 1);
}

static void list_destroy(struct ip_set *s)
{
	list_flush(s);
	free(s->list->row);
	free(s->list);
}

static void cleanup(struct ip_set *s, uint64_t jiffies)
{
	for (uint32_t i = s->list->nr; i-- > 0;)
		if (ext_expired_at(s, elem_at(s, i), jiffies))
			member_del(s, i);
}

void list_collect(struct ip_set *s)
{
	struct set_list *l = s->list;
	uint64_t now, period;

	if (!s->off_timeout || (now = set_jiffies(s)) < l->gc_at)
		return;
	period = gc_period(s);
	if ((now - l->gc_at) / period > 1)
		l->gc_at += ((now - l->gc_at) / period - 1) * period;
	for (; l->gc_at <= now; l->gc_at = evq_wheel(l->gc_at, l->gc_at + period))
		cleanup(s, l->gc_at);
}

static int find(const struct ip_set *s, uint32_t id)
{
	for (uint32_t i = 0; i < s->list->nr; i++)
		if (!ext_expired(s, elem_at(s, i)) && id_at(s, i) == id)
			return (int)i;
	return -1;
}

static void member_add(struct ip_set *s, uint32_t at, uint32_t id, const struct ipset_ext *x)
{
	struct set_list *l = s->list;

	if (l->nr == l->cap) {
		l->cap = l->cap ? l->cap * 2 : 8;
		l->row = xrealloc(l->row, (size_t)l->cap * s->dsize);
	}
	memmove(elem_at(s, at + 1), elem_at(s, at), (size_t)(l->nr - at) * s->dsize);
	l->nr++;
	memset(elem_at(s, at), 0, s->dsize);
	memcpy(elem_at(s, at), &id, sizeof(id));
	ext_init(s, elem_at(s, at), x);
	ipset_hold(s->all, id);
}

/* ref: the member to stand before or after, IPSET_INVALID_ID = none was named. */
static int add_at(struct ip_set *s, uint32_t id, uint32_t ref, bool before, const struct ipset_ext *x, bool exist_ok)
{
	int n = find(s, id), at = ref == IPSET_INVALID_ID || ref == id ? -1 : find(s, ref);

	if (ref != IPSET_INVALID_ID && at < 0)
		return IPSET_ERR_REF_EXIST;
	if (n >= 0) {
		if (!exist_ok)
			return IPSET_ERR_EXIST;
		ext_init(s, elem_at(s, (uint32_t)n), x);
		return 0;
	}
	member_add(s, at < 0 ? s->list->nr : (uint32_t)at + !before, id, x);
	return 0;
}

/* Is member n next to ref, on the right side? */
static bool beside(const struct ip_set *s, int n, uint32_t ref, bool before)
{
	if (before)
		return (uint32_t)n + 1 < s->list->nr && id_at(s, (uint32_t)n + 1) == ref;
	return n > 0 && id_at(s, (uint32_t)n - 1) == ref;
}

static int list_user(struct ip_set *s, enum ipset_op op, const struct ipset_request *r, const struct ipset_ext *x, bool exist_ok)
{
	uint32_t id = r->name ? ipset_index(s->all, r->name) : IPSET_INVALID_ID, ref = IPSET_INVALID_ID;
	int n;

	if (id == IPSET_INVALID_ID)
		return IPSET_ERR_NAME;
	if (ipset_at(s->all, id)->type->kind == SET_LIST)
		return IPSET_ERR_LOOP;
	if (r->nameref && (ref = ipset_index(s->all, r->nameref)) == IPSET_INVALID_ID)
		return IPSET_ERR_NAMEREF;
	list_collect(s);
	if (op != IPSET_TEST)
		cleanup(s, set_jiffies(s));
	if (op == IPSET_ADD)
		return add_at(s, id, ref, r->before, x, exist_ok);
	n = find(s, id);
	if (op == IPSET_TEST)
		return n >= 0 && (!r->nameref || beside(s, n, ref, r->before)) ? 0 : IPSET_ERR_EXIST;
	if (n < 0)
		return r->nameref ? IPSET_ERR_REF_EXIST : exist_ok ? 0 : IPSET_ERR_EXIST;
	if (r->nameref && !beside(s, n, ref, r->before))
		return IPSET_ERR_REF_EXIST;
	member_del(s, (uint32_t)n);
	return 0;
}

/* Rules ask the members; by itself a list holds no addresses. */
static int list_test(const struct ip_set *s, const struct ipset_elem *e, const struct set_probe *p, struct ipset_elem *ret,
		     struct ipset_ext *ret_ext)
{
	(void)s;
	(void)e;
	(void)p;
	(void)ret;
	(void)ret_ext;
	return 0;
}

int list_rule_test(struct ip_set *s, const struct ipset_packet *p, struct ipset_adt *a, uint32_t cmdflags)
{
	struct set_probe probe = { a, cmdflags, pkt_len(p->p) };

	list_collect(s);
	/* conditions on counters are about the list's own, not about its members' */
	a->cmdflags &= ~IPSET_FLAG_MATCH_COUNTERS;
	if (cmdflags & IPSET_FLAG_SKIP_SUBCOUNTER_UPDATE)
		a->cmdflags |= IPSET_FLAG_SKIP_COUNTER_UPDATE;
	for (uint32_t i = 0; i < s->list->nr; i++)
		if (ipset_match(s->all, id_at(s, i), p, a) && ext_match(s, elem_at(s, i), &probe))
			return 1;
	return 0;
}

int list_rule_change(struct ip_set *s, const struct ipset_packet *p, struct ipset_adt *a, bool add)
{
	list_collect(s);
	for (uint32_t i = 0; i < s->list->nr; i++) {
		struct ip_set *m = ipset_at(s->all, id_at(s, i));

		if (!ext_expired(s, elem_at(s, i)) && rule_change(m, p, a, add) == 0)
			return 0;
	}
	return 0;
}

static void list_each(const struct ip_set *s, bool (*fn)(void *arg, const struct ipset_elem *e, const struct ipset_ext *x),
		      void *arg)
{
	for (uint32_t i = 0; i < s->list->nr; i++) {
		struct ipset_elem e = { .id = id_at(s, i) };
		struct ipset_ext x;

		if (ext_expired(s, elem_at(s, i)))
			continue;
		ext_get(s, elem_at(s, i), &x);
		if (!fn(arg, &e, &x))
			return;
	}
}

static uint32_t list_count(const struct ip_set *s)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < s->list->nr; i++)
		n += !ext_expired(s, elem_at(s, i));
	return n;
}

static size_t list_memsize(const struct ip_set *s)
{
	return LIST_HEAD + (size_t)list_count(s) * s->kernel_dsize + s->ext_size;
}

const struct set_ops list_ops = {
	.create = list_create, .destroy = list_destroy, .flush = list_flush, .test = list_test, .user = list_user,
	.each = list_each, .count = list_count, .memsize = list_memsize,
};
