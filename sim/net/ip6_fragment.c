// SPDX-License-Identifier: MIT
/* ip6_fragment.c - IPv6 fragments are put together, for this host or for conntrack, and packets made here are cut
 * (net/ipv6/reassembly.c, net/ipv6/netfilter/nf_conntrack_reasm.c, ip6_fragment of ip6_output.c). */
#include "sim/net/ipv6.h"
#include "sim/conntrack/conntrack.h"
#include "sim/net/frag_run.h"
#include <errno.h>
#include <stdlib.h>

#define FRAG_BUCKETS 256
#define QUEUE_SIZE 224u		/* about sizeof(struct frag_queue), for the memory limit */

struct frag_key { union inet_addr saddr, daddr; uint32_t user, id; int iif; };

struct frag6_queue {
	struct frag6_queue *next;	/* in its bucket */
	struct frag_key key;
	struct host *host;
	struct timer timer;
	struct frag_runs r;
	uint32_t nr, len, meat, mem, max_size;
	bool first_in, last_in;
	uint8_t ecn;			/* bit per ECN value seen */
	uint16_t nhoff;			/* of the first fragment: where the number of the fragment header stands */
	int iif;
};

struct frag6_state {
	struct frag6_queue *bucket[FRAG_BUCKETS];
	struct frag_run *free_run;
	uint64_t mem;
};

void frag6_init(struct host *h)
{
	h->frags6 = xcalloc(1, sizeof(*h->frags6));
}

/* ---- queues ---- */

static unsigned bucket_of(const struct frag_key *k)
{
	return jhash_3words(k->saddr.all[3] ^ k->saddr.all[1], k->daddr.all[3] ^ k->daddr.all[1], k->id ^ k->user << 8, 0) % FRAG_BUCKETS;
}

static uint32_t truesize(const struct packet *p)
{
	uint32_t need = p->tail - p->mac + 16 + 320, slab = 1024;

	if (need <= 704)
		return 704 + 256;
	while (slab < need)
		slab *= 2;
	return slab + 256;
}

static void queue_unlink(struct frag6_queue *q)
{
	struct frag6_queue **at = &q->host->frags6->bucket[bucket_of(&q->key)];

	while (*at != q)
		at = &(*at)->next;
	*at = q->next;
	timer_off(q->host->clock, &q->timer);
}

static void queue_end(struct frag6_queue *q, enum drop_reason reason)
{
	struct host *h = q->host;

	frag_run_flush(h, &q->r, &h->frags6->free_run, reason);
	h->frags6->mem -= q->mem + QUEUE_SIZE;
	free(q);
}

static void queue_kill(struct frag6_queue *q, enum drop_reason reason)
{
	queue_unlink(q);
	queue_end(q, reason);
}

void frag6_destroy(struct host *h)
{
	for (unsigned i = 0; i < FRAG_BUCKETS; i++)
		while (h->frags6->bucket[i])
			queue_kill(h->frags6->bucket[i], PKT_NOT_DROPPED);
	frag_run_free(&h->frags6->free_run);
	free(h->frags6);
	h->frags6 = NULL;
}

static void frag_event(struct host *h, const struct packet *p, int what, uint32_t count)
{
	struct event ev = { .type = EV_FRAG, .host = h, .pkt = p };

	if (!trace_on(h->trace, EV_FRAG))
		return;
	ev.u.frag.what = what;
	ev.u.frag.count = count;
	trace_emit(h->trace, &ev);
}

/* Whoever put it together tells the sender, if there is a first fragment to tell it about. */
static void expire(struct timer *t)
{
	struct frag6_queue *q = container_of(t, struct frag6_queue, timer);
	struct net_device *dev = dev_by_index(q->host, q->iif);
	struct host *h = q->host;

	queue_unlink(q);
	if (q->first_in && dev) {
		struct packet *head = frag_run_pull(&q->r, &h->frags6->free_run);

		frag_event(h, head, FRAG_TIMEOUT, q->nr);
		head->dev = dev;
		icmpv6_send(head, ICMPV6_TIME_EXCEED, 1, 0);
		pkt_drop(h, head, DROP_FRAG_REASM_TIMEOUT, "ip6frag_expire_frag_queue");
	}
	queue_end(q, DROP_FRAG_REASM_TIMEOUT);
}

static struct frag6_queue *find(struct host *h, const struct frag_key *key)
{
	struct frag6_state *fs = h->frags6;
	unsigned b = bucket_of(key);
	struct frag6_queue *q;
	int seconds = key->user == IP_DEFRAG_LOCAL_DELIVER ? h->sysctl.ip6frag_time : h->sysctl.nf_frag6_timeout;

	for (q = fs->bucket[b]; q; q = q->next)
		if (memcmp(&q->key, key, sizeof(*key)) == 0)
			return q;
	if (fs->mem > (uint64_t)h->sysctl.ip6frag_high_thresh)
		return NULL;
	q = xcalloc(1, sizeof(*q));
	q->key = *key;
	q->host = h;
	q->timer.fn = expire;
	q->next = fs->bucket[b];
	fs->bucket[b] = q;
	fs->mem += QUEUE_SIZE;
	timer_set_wheel(h->clock, &q->timer, host_jiffies(h) + (uint64_t)seconds * HZ);
	return q;
}

static struct frag6_queue *find_for(struct host *h, struct packet *p, const uint8_t *fh, uint32_t user)
{
	const struct net_device *dev = p->dev;
	struct frag_key key;

	memset(&key, 0, sizeof(key));
	key.saddr = ip6_saddr(pkt_nh(p));
	key.daddr = ip6_daddr(pkt_nh(p));
	key.user = user;
	key.id = get_be32(fh + FRAG6_ID);
	if (dev && (ipv6_is_multicast(&key.daddr) || ipv6_is_linklocal(&key.daddr)))
		key.iif = dev->ifindex;
	return find(h, &key);
}

/* ---- one fragment ---- */

/* th at the payload: the fragment header lies before it. */
static uint32_t payload_off(const struct packet *p)
{
	return get_be16(p->head + p->th - FRAG6_HLEN + FRAG6_OFF) & IP6_OFFSET;
}

static int frag_ecn(uint8_t seen)
{
	enum { NOT_ECT = 1, CE = 8 };

	if (seen & NOT_ECT)
		return seen == NOT_ECT ? 0 : -1;
	return seen & CE && seen != CE ? 3 : 0;
}

static void note_pieces(struct packet *p, const struct frag6_queue *q)
{
	uint32_t i = 0;

	pkt_linearize(p);
	p->nr_frags = (uint16_t)q->nr;
	p->frag_len = xmalloc(q->nr * sizeof(*p->frag_len));
	for (const struct frag_run *r = q->r.first; r; r = r->next)
		for (const struct packet *f = r->first; f; f = f->next)
			p->frag_len[i++] = (uint16_t)(f->tail - f->th);
}

/* What the whole packet is, besides its bytes, it has from its first fragment. */
static void take_metadata(struct packet *p, const struct packet *head)
{
	p->physin = head->physin;
	p->physout = head->physout;
	p->nf_bridge = head->nf_bridge;
	p->vlan_tci = head->vlan_tci;
	p->vlan_present = head->vlan_present;
	p->pkt_type = head->pkt_type;
	p->nf_trace = head->nf_trace;
	p->mark = head->mark;
	p->priority = head->priority;
	p->secmark = head->secmark;
	p->cb6 = head->cb6;
	p->ip_flags = head->ip_flags;
	if (p->ct != head->ct || p->ctinfo != head->ctinfo) {
		ct_put(p->ct);
		nf_ct_copy(p, head);
	}
}

/* Puts all into p, which is one of the fragments and came last: the first one's headers without the fragment
 * header, then the payloads. */
static void assemble(struct frag6_queue *q, struct packet *p, uint8_t ecn)
{
	const struct packet *head = q->r.first->first;
	uint32_t hlen = head->th - head->nh - FRAG6_HLEN, own = p->tail - p->th, own_off = payload_off(p);
	uint32_t mac_len = head->nh - head->mac, total = hlen + q->len, cut = 0;
	uint8_t *headers = xmalloc(hlen), nexthdr = head->head[head->th - FRAG6_HLEN + FRAG6_NXT];
	uint8_t *ip;

	memcpy(headers, pkt_nh(head), hlen);
	pkt_expand(p, MAX(p->nh, 64), total > pkt_len(p) ? total - pkt_len(p) : 0);
	if (q->key.user != IP_DEFRAG_LOCAL_DELIVER)
		note_pieces(p, q);
	ip = pkt_nh(p);
	memmove(ip + hlen + own_off, pkt_th(p), own);
	for (const struct frag_run *r = q->r.first; r; r = r->next)
		for (const struct packet *f = r->first; f; f = f->next) {
			uint32_t off = f == p ? own_off : payload_off(f);

			if (f->cut && (!cut || hlen + off < cut))
				cut = hlen + off;
			if (f != p)
				memcpy(ip + hlen + off, pkt_th(f), f->tail - f->th);
		}
	memcpy(ip, headers, hlen);
	free(headers);
	if (head != p) {
		if (p->nh - p->mac == mac_len)
			memcpy(pkt_mac(p), pkt_mac(head), mac_len);
		take_metadata(p, head);
	}
	p->ip_summed = CHECKSUM_NONE;
	p->frag_max_size = (uint16_t)q->max_size;
	p->tail = p->nh + total;
	p->th = p->nh + hlen;
	p->cut = cut ? p->nh + cut : 0;
	ip[q->nhoff] = nexthdr;
	put_be16(ip + IP6_PLEN, total - IP6_HLEN);
	if (ecn)
		ip6_set_tclass(ip, ip6_tclass(ip) | ecn);
}

enum queued { FRAG_WAITS, FRAG_WHOLE, FRAG_BAD, FRAG_NO_EIGHTS, FRAG_LONG };

static enum queued reassemble(struct frag6_queue *q, struct packet *p)
{
	struct host *h = q->host;
	int ecn = frag_ecn(q->ecn);
	uint32_t nr = q->nr;

	if (ecn < 0 || q->r.first->first->th - q->r.first->first->nh - FRAG6_HLEN - IP6_HLEN + q->len > 65535) {
		frag_run_take(&q->r, p);
		queue_kill(q, DROP_NOT_SPECIFIED);
		return FRAG_BAD;
	}
	assemble(q, p, (uint8_t)ecn);
	frag_run_take(&q->r, p);
	queue_kill(q, PKT_NOT_DROPPED);
	frag_event(h, p, FRAG_COMPLETE, nr);
	return FRAG_WHOLE;
}

static enum queued bad_queue(struct frag6_queue *q)
{
	queue_kill(q, DROP_NOT_SPECIFIED);
	return FRAG_BAD;
}

/* p->th at the fragment header; nhoff: where its number stands. After FRAG_BAD and those after it p is still the
 * caller's. conntrack: it leaves the queue alone when a fragment contradicts its length. */
static enum queued queue_fragment(struct frag6_queue *q, struct packet *p, uint16_t nhoff, bool conntrack)
{
	struct host *h = q->host;
	const uint8_t *fh = pkt_th(p);
	uint32_t start = get_be16(fh + FRAG6_OFF) & IP6_OFFSET, end = start + (p->tail - p->th - FRAG6_HLEN);

	if (end > 65535)
		return FRAG_LONG;
	if (!(get_be16(fh + FRAG6_OFF) & IP6_MF)) {
		if (end < q->len || (q->last_in && end != q->len))
			return conntrack ? FRAG_BAD : bad_queue(q);
		q->last_in = true;
		q->len = end;
	} else {
		if (end & 7)
			return FRAG_NO_EIGHTS;
		if (end > q->len) {
			if (q->last_in)
				return conntrack ? FRAG_BAD : bad_queue(q);
			q->len = end;
		}
	}
	if (end == start)
		return conntrack ? FRAG_BAD : bad_queue(q);
	p->th += FRAG6_HLEN;
	switch (frag_run_insert(&q->r, &h->frags6->free_run, p, start, end)) {
	case INSERT_DUP: return FRAG_BAD;
	case INSERT_OVERLAP: return bad_queue(q);
	case INSERT_OK: break;
	}
	if (p->dev)
		q->iif = p->dev->ifindex;
	q->nr++;
	q->meat += end - start;
	q->ecn |= (uint8_t)(1u << (ip6_tclass(pkt_nh(p)) & 3));
	q->mem += truesize(p);
	h->frags6->mem += truesize(p);
	q->max_size = MAX(q->max_size, p->tail - p->nh);
	if (start == 0) {
		q->first_in = true;
		q->nhoff = nhoff;
	}
	if (q->first_in && q->last_in && q->meat == q->len)
		return reassemble(q, p);
	frag_event(h, p, FRAG_QUEUED, q->nr);
	pkt_orphan(p);
	p->dst = (struct dst){ 0 };
	return FRAG_WAITS;
}

/* A first fragment must have all headers up to the transport's (RFC 8200). at: the fragment header's place. */
static bool header_truncated(const struct packet *p, uint32_t at)
{
	uint8_t nexthdr = NEXTHDR_FRAGMENT;
	uint16_t frag;
	int off = ip6_skip_exthdr(p, at, &nexthdr, &frag);

	if (off < 0 || frag & IP6_OFFSET)
		return false;
	off += nexthdr == IPPROTO_TCP ? TCP_HLEN : nexthdr == IPPROTO_UDP || nexthdr == IPPROTO_ICMPV6 ? 8 : 1;
	return (uint32_t)off > pkt_len(p);
}

int ipv6_frag_rcv(struct packet *p)
{
	struct host *h = p->dev->host;
	uint32_t at = p->th - p->nh;
	const uint8_t *fh = pkt_at(p, at, FRAG6_HLEN);
	struct frag6_queue *q;

	if (p->ip_flags & IP6SKB_FRAGMENTED || !get_be16(pkt_nh(p) + IP6_PLEN) || !fh) {
		icmpv6_param_prob(p, 0, at, "ipv6_frag_rcv");
		return -1;
	}
	if (!(get_be16(fh + FRAG6_OFF) & (IP6_OFFSET | IP6_MF))) {	/* the only one */
		p->th += FRAG6_HLEN;
		p->cb6.nhoff = (uint16_t)at;
		p->ip_flags |= IP6SKB_FRAGMENTED;
		p->frag_max_size = (uint16_t)pkt_len(p);
		return 1;
	}
	if (header_truncated(p, at)) {
		icmpv6_param_prob(p, 3, 0, "ipv6_frag_rcv");
		return -1;
	}
	q = find_for(h, p, fh, IP_DEFRAG_LOCAL_DELIVER);
	if (!q) {
		pkt_drop(h, p, DROP_NOT_SPECIFIED, "ipv6_frag_rcv");
		return -1;
	}
	switch (queue_fragment(q, p, p->cb6.nhoff, false)) {
	case FRAG_WAITS: return -1;
	case FRAG_WHOLE:
		p->ip_flags |= IP6SKB_FRAGMENTED;
		return 1;
	case FRAG_NO_EIGHTS:
		icmpv6_param_prob(p, 0, IP6_PLEN, "ip6_frag_queue");
		return -1;
	case FRAG_LONG:
		icmpv6_param_prob(p, 0, at + FRAG6_OFF, "ip6_frag_queue");
		return -1;
	case FRAG_BAD: break;
	}
	pkt_drop(h, p, DROP_NOT_SPECIFIED, "ip6_frag_queue");
	return -1;
}

/* The fragment header's place and where its number stands; 0: there is none (find_prev_fhdr). */
static uint32_t find_fragment(const struct packet *p, uint16_t *nhoff)
{
	uint32_t at = IP6_HLEN;
	uint8_t nexthdr = pkt_nh(p)[IP6_NXT];

	*nhoff = IP6_NXT;
	while (nexthdr != NEXTHDR_FRAGMENT) {
		const uint8_t *hdr = pkt_at(p, at, 8);

		if (!ip6_ext_hdr(nexthdr) || nexthdr == NEXTHDR_NONE || !hdr)
			return 0;
		*nhoff = (uint16_t)at;
		at += ip6_exthdr_len(nexthdr, hdr);
		nexthdr = hdr[0];
	}
	return at <= pkt_len(p) ? at : 0;
}

bool nf_ct_frag6_gather(struct host *h, struct packet *p, uint32_t user, bool *gone)
{
	uint32_t th = p->th, at;
	struct frag6_queue *q;
	const uint8_t *fh;
	uint16_t nhoff;

	*gone = false;
	at = get_be16(pkt_nh(p) + IP6_PLEN) ? find_fragment(p, &nhoff) : 0;
	if (!at || header_truncated(p, at))
		return true;
	fh = pkt_at(p, at, FRAG6_HLEN);
	if (!fh)
		return false;
	q = find_for(h, p, fh, user);
	if (!q)
		return false;
	p->th = p->nh + at;
	switch (queue_fragment(q, p, nhoff, true)) {
	case FRAG_WAITS:
		*gone = true;
		return false;
	case FRAG_WHOLE:
		p->ignore_df = true;
		p->ip_flags |= IP6SKB_FRAGMENTED;
		return true;
	case FRAG_NO_EIGHTS:
		p->th = th;
		return true;
	default:
		return false;
	}
}

/* ---- cutting ---- */

struct cutter {
	struct host *h;
	const struct packet *from;
	void (*out)(struct host *h, struct packet *p);
	uint32_t hlen, prevhdr, off, left, id;
	uint8_t nexthdr;
};

static void cut_piece(struct cutter *c, uint32_t len)
{
	struct packet *p = pkt_copy(c->h->pool, c->from);
	uint8_t *fh;

	nf_ct_copy(p, c->from);
	p->sk = c->from->sk;
	p->mac = p->nh;
	p->tail = p->nh + c->hlen;
	pkt_put(p, FRAG6_HLEN + len);
	pkt_nh(p)[c->prevhdr] = NEXTHDR_FRAGMENT;
	p->th = p->nh + c->hlen;
	fh = pkt_th(p);
	fh[FRAG6_NXT] = c->nexthdr;
	fh[1] = 0;
	memcpy(fh + FRAG6_HLEN, pkt_nh(c->from) + c->hlen + c->off, len);
	c->left -= len;
	put_be16(fh + FRAG6_OFF, c->off | (c->left ? IP6_MF : 0));
	put_be32(fh + FRAG6_ID, c->id);
	put_be16(pkt_nh(p) + IP6_PLEN, pkt_len(p) - IP6_HLEN);
	c->off += len;
	c->out(c->h, p);
}

/* What the first piece has behind hlen bytes of headers: these may end before the place where the fragment header was
 * when it came. */
static uint32_t first_len(const struct packet *p, uint32_t hlen)
{
	return pkt_first_piece(p) - hlen;
}

/* Can it go on in the pieces in which it came? There is no more room in front of each than its own headers took. */
static bool same_pieces(const struct packet *p, uint32_t hlen, uint32_t mtu)
{
	if (p->nr_frags < 2 || !p->frag_len || first_len(p, hlen) < p->frag_len[0] || first_len(p, hlen) > mtu || first_len(p, hlen) & 7)
		return false;
	for (uint32_t i = 1; i < p->nr_frags; i++)
		if (p->frag_len[i] > mtu || (p->frag_len[i] & 7 && i + 1u < p->nr_frags))
			return false;
	return true;
}

static void refuse(struct host *h, struct packet *p, uint32_t mtu)
{
	if (p->id == h->send_id)
		h->send_err = -EMSGSIZE;
	icmpv6_send(p, ICMPV6_PKT_TOOBIG, 0, mtu);
	pkt_drop(h, p, DROP_PKT_TOO_BIG, "ip6_fragment");
}

void ip6_fragment(struct host *h, struct packet *p, uint32_t mtu, void (*out)(struct host *h, struct packet *p))
{
	uint32_t prevhdr, step;
	int hlen = ip6_find_1stfragopt(p, &prevhdr);
	struct cutter c = { .h = h, .from = p, .out = out };

	if (hlen < 0) {
		pkt_drop(h, p, DROP_NOT_SPECIFIED, "ip6_fragment");
		return;
	}
	if ((!p->ignore_df && pkt_len(p) > mtu) || (p->frag_max_size && p->frag_max_size > mtu)) {
		refuse(h, p, mtu);
		return;
	}
	if (p->frag_max_size)
		mtu = MAX(p->frag_max_size, (uint32_t)IP6_MIN_MTU);
	if (mtu < (uint32_t)hlen + FRAG6_HLEN + 8) {
		refuse(h, p, mtu);
		return;
	}
	mtu -= (uint32_t)hlen + FRAG6_HLEN;
	c.hlen = (uint32_t)hlen;
	c.prevhdr = prevhdr;
	c.nexthdr = pkt_nh(p)[prevhdr];
	c.left = pkt_len(p) - c.hlen;
	do
		c.id = rng_u32(&h->rng_ip);
	while (!c.id);
	if (same_pieces(p, c.hlen, mtu)) {
		frag_event(h, p, FRAG_CUT, p->nr_frags);
		for (uint32_t i = 0; i < p->nr_frags; i++)
			cut_piece(&c, i ? p->frag_len[i] : first_len(p, c.hlen));
	} else {
		step = mtu & ~7u;
		frag_event(h, p, FRAG_CUT, c.left <= mtu ? 1 : (c.left - (mtu - step) + step - 1) / step);
		while (c.left)
			cut_piece(&c, c.left <= mtu ? c.left : step);
	}
	pkt_free(p);
}
