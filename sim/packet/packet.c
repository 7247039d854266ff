// SPDX-License-Identifier: MIT
/* packet.c - packets and their pool. Small buffers lie behind the packet's own struct and come from a
 * free list; a packet that outgrows its own moves to the heap until it is freed. */
#include "sim/packet/headers.h"
#include "sim/packet/packet.h"
#include <stdlib.h>

#define SMALL_CAP 2048

struct pkt_pool {
	struct slot *free;
	struct chunk *chunks;
	uint64_t next_id, live;
	void (*ct_put)(struct conn *ct);
};

struct slot {
	struct packet p;
	struct pkt_pool *pool;
	struct slot *next_free;
	uint8_t small[SMALL_CAP];
};

#define CHUNK_SLOTS 32
struct chunk {
	struct chunk *next;
	struct slot slot[CHUNK_SLOTS];
};

struct pkt_pool *pkt_pool_create(void)
{
	struct pkt_pool *pool = xcalloc(1, sizeof(*pool));

	pool->next_id = 1;
	return pool;
}

void pkt_pool_destroy(struct pkt_pool *pool)
{
	if (!pool)
		return;
	for (struct chunk *c = pool->chunks, *next; c; c = next) {
		next = c->next;
		for (int i = 0; i < CHUNK_SLOTS; i++)
			if (c->slot[i].p.head && c->slot[i].p.head != c->slot[i].small)
				free(c->slot[i].p.head);
		free(c);
	}
	free(pool);
}

void pkt_pool_on_ct(struct pkt_pool *pool, void (*put)(struct conn *ct))
{
	pool->ct_put = put;
}

uint64_t pkt_pool_live(const struct pkt_pool *pool)
{
	return pool->live;
}

static void grow(struct pkt_pool *pool)
{
	struct chunk *c = xcalloc(1, sizeof(*c));

	c->next = pool->chunks;
	pool->chunks = c;
	for (int i = CHUNK_SLOTS - 1; i >= 0; i--) {
		c->slot[i].pool = pool;
		c->slot[i].next_free = pool->free;
		pool->free = &c->slot[i];
	}
}

static struct slot *slot_of(struct packet *p)
{
	return container_of(p, struct slot, p);
}

struct packet *pkt_alloc(struct pkt_pool *pool, uint32_t len)
{
	uint32_t cap = PKT_HEADROOM + len;
	struct packet *p;
	struct slot *s;

	if (unlikely(!pool->free))
		grow(pool);
	s = pool->free;
	pool->free = s->next_free;
	pool->live++;
	p = &s->p;
	memset(p, 0, sizeof(*p));
	p->head = cap <= SMALL_CAP ? s->small : xmalloc(cap);
	p->cap = MAX(cap, (uint32_t)SMALL_CAP);
	p->mac = p->nh = p->th = p->tail = PKT_HEADROOM;
	p->uid = p->gid = UINT32_MAX;
	p->id = pool->next_id++;
	return p;
}

struct packet *pkt_copy(struct pkt_pool *pool, const struct packet *p)
{
	struct packet *q = pkt_alloc(pool, p->cap - PKT_HEADROOM);
	struct { uint8_t *head; uint32_t cap; uint64_t id; } own = { q->head, q->cap, q->id };

	*q = *p;
	q->head = own.head;
	q->cap = own.cap;
	q->id = own.id;
	q->parent = p->id;
	q->next = NULL;
	q->ct = NULL;
	q->ctinfo = 0;
	q->sk = NULL;
	q->nr_frags = 0;
	q->frag_len = NULL;
	memcpy(q->head + q->mac, p->head + p->mac, p->tail - p->mac);
	return q;
}

void pkt_free(struct packet *p)
{
	struct slot *s = slot_of(p);
	struct pkt_pool *pool = s->pool;

	if (p->ct && pool->ct_put)
		pool->ct_put(p->ct);
	free(p->frag_len);
	p->frag_len = NULL;
	if (p->head != s->small)
		free(p->head);
	p->head = NULL;
	p->ct = NULL;
	s->next_free = pool->free;
	pool->free = s;
	pool->live--;
}

void pkt_expand(struct packet *p, uint32_t head, uint32_t tail)
{
	struct slot *s = slot_of(p);
	uint32_t shift = head > p->nh ? head - p->nh : 0;
	uint32_t cap = p->tail + shift + tail;

	if (cap > p->cap) {
		uint8_t *buf;

		cap += cap / 2;
		buf = xmalloc(cap);
		memcpy(buf + p->mac + shift, p->head + p->mac, p->tail - p->mac);
		if (p->head != s->small)
			free(p->head);
		p->head = buf;
		p->cap = cap;
	} else if (shift) {
		memmove(p->head + p->mac + shift, p->head + p->mac, p->tail - p->mac);
	}
	p->mac += shift;
	p->nh += shift;
	p->th += shift;
	p->tail += shift;
	if (p->cut)
		p->cut += shift;
}

uint8_t *pkt_put(struct packet *p, uint32_t len)
{
	uint8_t *at;

	pkt_expand(p, 0, len);
	at = p->head + p->tail;
	p->tail += len;
	return at;
}

void pkt_trim(struct packet *p, uint32_t len)
{
	if (pkt_len(p) > len)
		p->tail = p->nh + len;
}

void pkt_linearize(struct packet *p)
{
	free(p->frag_len);
	p->frag_len = NULL;
	p->nr_frags = 0;
}

/* IPv4's even pieces, written out. */
static void spell_pieces(struct packet *p)
{
	uint32_t hlen = ip4_hlen(pkt_nh(p)), total = pkt_len(p) - hlen, even = (p->frag_max_size - hlen) & ~7u;

	p->frag_len = xmalloc(p->nr_frags * sizeof(*p->frag_len));
	for (uint32_t i = 0; i < p->nr_frags; i++) {
		p->frag_len[i] = (uint16_t)MIN(even, total);
		total -= MIN(even, total);
	}
}

uint32_t pkt_first_piece(const struct packet *p)
{
	uint32_t len = pkt_len(p), others = 0;

	for (uint32_t i = 1; p->frag_len && i < p->nr_frags; i++)
		others += p->frag_len[i];
	return others < len ? len - others : len;
}

void pkt_pull(struct packet *p, uint32_t need)
{
	uint32_t left = 1, first, i;

	if (likely(!p->nr_frags) || need > pkt_len(p))
		return;
	if (!p->frag_len)
		spell_pieces(p);
	first = pkt_first_piece(p);
	for (i = 1; i < p->nr_frags && first < need; i++) {
		uint32_t part = MIN(need - first, p->frag_len[i]);

		p->frag_len[0] = (uint16_t)(p->frag_len[0] + part);
		p->frag_len[i] = (uint16_t)(p->frag_len[i] - part);
		first += part;
	}
	for (i = 1; i < p->nr_frags; i++)	/* those used up are gone */
		if (p->frag_len[i])
			p->frag_len[left++] = p->frag_len[i];
	p->nr_frags = (uint16_t)left;
}
