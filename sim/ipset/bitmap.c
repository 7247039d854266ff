// SPDX-License-Identifier: MIT
/* bitmap.c - bitmap:ip, bitmap:ip,mac and bitmap:port: a range, a bit for each of its elements, extensions in a row. */
#include "sim/ipset/internal.h"
#include <stdlib.h>

#define MAX_RANGE	65536u
#define MAP_HEAD_IP	88u	/* bytes of the kernel's struct, by type */
#define MAP_HEAD_IPMAC	80u
#define MAP_HEAD_PORT	72u

enum { MAC_UNSET, MAC_FILLED };

struct set_bitmap {
	uint32_t first, last;		/* address or port, host order */
	uint32_t nr, hosts;		/* elements; addresses each stands for */
	uint64_t *bits;
	uint8_t *row;			/* nr elements of dsize; NULL = nothing to keep */
};

static bool on(const struct set_bitmap *m, uint32_t id)
{
	return m->bits[id / 64] >> id % 64 & 1;
}

static uint8_t *elem_at(const struct ip_set *s, uint32_t id)
{
	return s->bitmap->row + (size_t)id * s->dsize;
}

static bool has_mac(const struct ip_set *s)
{
	return s->type->kind == SET_BITMAP_IPMAC;
}

static uint32_t value_of(const struct ip_set *s, const struct ipset_elem *e)
{
	return s->type->kind == SET_BITMAP_PORT ? e->port : ntohl(e->ip.ip);
}

bool bitmap_holds(const struct ip_set *s, const struct ipset_elem *e)
{
	return value_of(s, e) >= s->bitmap->first && value_of(s, e) <= s->bitmap->last;
}

static uint32_t id_of(const struct ip_set *s, uint32_t value)
{
	return (value - s->bitmap->first) / s->bitmap->hosts;
}

static uint32_t net_mask(unsigned plen)
{
	return plen ? UINT32_MAX << (32 - plen) : 0;
}

/* The prefix length of the smallest network that begins at first and holds last; false = none does. */
static bool range_to_plen(uint32_t first, uint32_t last, unsigned *ret_plen)
{
	uint32_t mask = UINT32_MAX - 1;
	unsigned bits = 32;

	while (--bits > 0 && mask && (last & mask) != first)
		mask <<= 1;
	*ret_plen = bits;
	return mask != 0;
}

static int map_range(struct ip_set *s, struct set_bitmap *m)
{
	uint64_t nr;

	if (s->type->kind == SET_BITMAP_PORT) {
		m->first = MIN(s->as.port_from, s->as.port_to);
		m->last = MAX(s->as.port_from, s->as.port_to);
	} else {
		m->first = MIN(ntohl(s->as.from.ip), ntohl(s->as.to.ip));
		m->last = MAX(ntohl(s->as.from.ip), ntohl(s->as.to.ip));
	}
	m->hosts = 1;
	nr = (uint64_t)m->last - m->first + 1;
	if (s->as.has_netmask && s->as.netmask != 32) {
		uint32_t mask = net_mask(s->as.netmask);
		unsigned plen;

		if (!s->as.netmask || s->as.netmask > 32)
			return IPSET_ERR_INVALID_NETMASK;
		m->first &= mask;
		m->last |= ~mask;
		if ((!range_to_plen(m->first, m->last, &plen) && (m->first || m->last != UINT32_MAX)) || s->as.netmask <= plen)
			return IPSET_ERR_BITMAP_RANGE;
		m->hosts = UINT32_C(1) << (32 - s->as.netmask);
		nr = UINT64_C(1) << (s->as.netmask - plen);
	}
	if (nr > MAX_RANGE)
		return IPSET_ERR_BITMAP_RANGE_SIZE;
	m->nr = (uint32_t)nr;
	return 0;
}

static int bitmap_create(struct ip_set *s)
{
	struct set_bitmap *m = xcalloc(1, sizeof(*m));
	int err = map_range(s, m);

	if (err) {
		free(m);
		return err;
	}
	s->bitmap = m;
	set_layout(s, 8, has_mac(s) ? 8 : 0);	/* an offset of 0 would say "without" */
	if (!has_mac(s) && !s->as.counters && s->as.timeout == IPSET_NO_TIMEOUT && !s->as.skbinfo && !s->as.comment)
		s->dsize = s->kernel_dsize = 0;
	s->as.from.ip = htonl(m->first);
	s->as.to.ip = htonl(m->last);
	s->as.port_from = (uint16_t)m->first;
	s->as.port_to = (uint16_t)m->last;
	m->bits = xcalloc((m->nr + 63) / 64, sizeof(uint64_t));
	m->row = s->dsize ? xcalloc(m->nr, s->dsize) : NULL;
	return 0;
}

static void bitmap_flush(struct ip_set *s)
{
	struct set_bitmap *m = s->bitmap;

	for (uint32_t i = 0; s->off_comment && i < m->nr; i++)
		ext_destroy(s, elem_at(s, i));
	memset(m->bits, 0, (m->nr + 63) / 64 * sizeof(uint64_t));
	s->elements = 0;	/* counters stay where they lie, for the next of this number */
}

static void bitmap_destroy(struct ip_set *s)
{
	bitmap_flush(s);
	free(s->bitmap->bits);
	free(s->bitmap->row);
	free(s->bitmap);
}

/* A timeout that waits for the MAC to come is kept in seconds; to the clock it is long past. */
static uint64_t *timeout_at(const struct ip_set *s, uint32_t id)
{
	return (uint64_t *)(void *)(elem_at(s, id) + s->off_timeout);
}

static bool waits(const struct ip_set *s, uint32_t id)
{
	return has_mac(s) && on(s->bitmap, id) && elem_at(s, id)[6] == MAC_UNSET;
}

static bool gone(const struct ip_set *s, uint32_t id)
{
	return on(s->bitmap, id) && s->off_timeout && !waits(s, id) && ext_expired(s, elem_at(s, id));
}

/* As adding and deleting see it. */
static bool out_of_time(const struct ip_set *s, uint32_t id)
{
	return s->off_timeout && ext_expired(s, elem_at(s, id));
}

enum mac_add { MAC_NEW, MAC_FAILED, MAC_START_STORED, MAC_STORE_PLAIN };

static enum mac_add add_mac(struct ip_set *s, uint32_t id, const struct ipset_elem *e, bool exist_ok)
{
	uint8_t *d = elem_at(s, id);

	if (on(s->bitmap, id)) {
		if (d[6] == MAC_FILLED) {
			if (e->has_mac && exist_ok)
				memcpy(d, e->mac, 6);
			return MAC_FAILED;
		}
		if (!e->has_mac)
			return MAC_FAILED;
		memcpy(d, e->mac, 6);
		d[6] = MAC_FILLED;
		return MAC_START_STORED;
	}
	if (e->has_mac) {
		memcpy(d, e->mac, 6);
		d[6] = MAC_FILLED;
		return MAC_NEW;
	}
	d[6] = MAC_UNSET;
	return MAC_STORE_PLAIN;
}

static int bitmap_add(struct ip_set *s, const struct ipset_elem *e, const struct ipset_ext *x, bool exist_ok)
{
	struct set_bitmap *m = s->bitmap;
	uint32_t id = id_of(s, value_of(s, e));
	bool was = on(m, id);
	enum mac_add how = has_mac(s) ? add_mac(s, id, e, exist_ok) : was ? MAC_FAILED : MAC_NEW;
	uint64_t stored;

	if (how == MAC_FAILED) {
		if (!out_of_time(s, id) && !exist_ok)
			return IPSET_ERR_EXIST;
	}
	if (m->row) {
		uint32_t left = x->timeout != IPSET_NO_TIMEOUT ? x->timeout : s->as.timeout;

		stored = s->off_timeout ? *timeout_at(s, id) : 0;
		ext_destroy(s, elem_at(s, id));
		ext_init(s, elem_at(s, id), x);
		if (s->off_timeout && has_mac(s) && !e->has_mac)
			*timeout_at(s, id) = left;
		else if (s->off_timeout && how == MAC_START_STORED && left == s->as.timeout)
			*timeout_at(s, id) = timeout_until(s, (uint32_t)stored);
	}
	m->bits[id / 64] |= UINT64_C(1) << id % 64;
	s->elements += !was;
	return 0;
}

static int bitmap_del(struct ip_set *s, const struct ipset_elem *e)
{
	struct set_bitmap *m = s->bitmap;
	uint32_t id = id_of(s, value_of(s, e));
	bool out = on(m, id) && out_of_time(s, id);

	if (!on(m, id))
		return IPSET_ERR_EXIST;
	if (m->row)
		ext_destroy(s, elem_at(s, id));
	m->bits[id / 64] &= ~(UINT64_C(1) << id % 64);
	s->elements--;
	return out ? IPSET_ERR_EXIST : 0;
}

static void elem_of(const struct ip_set *s, uint32_t id, struct ipset_elem *e)
{
	const struct set_bitmap *m = s->bitmap;
	uint32_t value = m->first + id * m->hosts;

	*e = (struct ipset_elem){ .cidr = 32 };
	if (s->type->kind == SET_BITMAP_PORT)
		e->port = (uint16_t)value;
	else
		e->ip.ip = htonl(value);
	if (has_mac(s) && elem_at(s, id)[6] == MAC_FILLED) {
		e->has_mac = true;
		memcpy(e->mac, elem_at(s, id), 6);
	}
}

static void ext_of(const struct ip_set *s, uint32_t id, struct ipset_ext *x)
{
	*x = (struct ipset_ext)IPSET_EXT_NONE;
	if (!s->bitmap->row)
		return;
	ext_get(s, elem_at(s, id), x);
	if (s->off_timeout && waits(s, id))
		x->timeout = (uint32_t)*timeout_at(s, id);
}

static int bitmap_test(const struct ip_set *s, const struct ipset_elem *e, const struct set_probe *p, struct ipset_elem *ret,
		       struct ipset_ext *ret_ext)
{
	uint32_t id = id_of(s, value_of(s, e));

	if (!bitmap_holds(s, e) || !on(s->bitmap, id))
		return 0;
	if (has_mac(s) && e->has_mac && !waits(s, id) && memcmp(elem_at(s, id), e->mac, 6) != 0)
		return 0;
	if (s->bitmap->row && !waits(s, id) && !ext_match(s, elem_at(s, id), p))
		return 0;
	if (ret)
		elem_of(s, id, ret);
	if (ret_ext)
		ext_of(s, id, ret_ext);
	return 1;
}

/* A user's request: one element, or a range of them. */
static int bitmap_user(struct ip_set *s, enum ipset_op op, const struct ipset_request *r, const struct ipset_ext *x, bool exist_ok)
{
	const struct set_bitmap *m = s->bitmap;
	bool port = s->type->kind == SET_BITMAP_PORT;
	uint32_t from = port ? r->e.port : ntohl(r->e.ip.ip), to = from;
	struct ipset_elem e = r->e;

	if (!bitmap_holds(s, &r->e))
		return IPSET_ERR_BITMAP_RANGE;
	if (op == IPSET_TEST)
		return bitmap_test(s, &e, &(struct set_probe){ 0 }, NULL, NULL) > 0 ? 0 : IPSET_ERR_EXIST;
	if (port ? r->has_port_to : r->has_to) {
		to = port ? r->port_to : ntohl(r->to.ip);
		if (from > to) {
			uint32_t t = from;

			from = to;
			to = t;
			if (from < m->first)
				return IPSET_ERR_BITMAP_RANGE;
		}
	} else if (!port && r->has_cidr && !has_mac(s)) {
		if (!r->e.cidr || r->e.cidr > 32)
			return IPSET_ERR_INVALID_CIDR;
		from &= net_mask(r->e.cidr);
		to = from | ~net_mask(r->e.cidr);
	}
	if (to > m->last || from < m->first)
		return IPSET_ERR_BITMAP_RANGE;
	for (uint64_t v = from; v <= to; v += m->hosts) {
		int err;

		e.port = (uint16_t)v;
		e.ip.ip = port ? 0 : htonl((uint32_t)v);
		err = op == IPSET_ADD ? bitmap_add(s, &e, x, exist_ok) : bitmap_del(s, &e);
		if (err && !(err == IPSET_ERR_EXIST && exist_ok))
			return err;
	}
	return 0;
}

static void bitmap_each(const struct ip_set *s, bool (*fn)(void *arg, const struct ipset_elem *e, const struct ipset_ext *x),
			void *arg)
{
	struct ipset_elem e;
	struct ipset_ext x;

	for (uint32_t i = 0; i < s->bitmap->nr; i++) {
		if (!on(s->bitmap, i) || gone(s, i))
			continue;
		elem_of(s, i, &e);
		ext_of(s, i, &x);
		if (!fn(arg, &e, &x))
			return;
	}
}

static uint32_t bitmap_count(const struct ip_set *s)
{
	uint32_t n = s->elements;

	for (uint32_t i = 0; s->off_timeout && i < s->bitmap->nr; i++)
		n -= gone(s, i) && *timeout_at(s, i) >> 32;	/* not seconds that never were a time */
	return n;
}

static size_t bitmap_memsize(const struct ip_set *s)
{
	size_t head = s->type->kind == SET_BITMAP_IP ? MAP_HEAD_IP : has_mac(s) ? MAP_HEAD_IPMAC : MAP_HEAD_PORT;

	return head + (s->bitmap->nr + 63) / 64 * 8 + (size_t)s->bitmap->nr * s->kernel_dsize + s->ext_size;
}

const struct set_ops bitmap_ops = {
	.create = bitmap_create, .destroy = bitmap_destroy, .flush = bitmap_flush, .add = bitmap_add, .del = bitmap_del,
	.test = bitmap_test, .user = bitmap_user, .each = bitmap_each, .count = bitmap_count, .memsize = bitmap_memsize,
};
