// SPDX-License-Identifier: MIT
/* ip_fragment.c - fragments are put together, and datagrams cut (net/ipv4/ip_fragment.c,
 * inet_fragment.c; ip_do_fragment of ip_output.c).
 */
#include "sim/conntrack/conntrack.h"
#include "sim/net/frag_run.h"
#include "sim/net/inetpeer.h"
#include "sim/net/net.h"
#include "sim/packet/headers.h"
#include <stdlib.h>

#define FRAG_BUCKETS 1024
#define IDENT_SLOTS  256
#define QUEUE_SIZE   208 /* about sizeof(struct ipq), for the memory limit */

struct frag_key {
	be32 saddr, daddr;
	uint32_t user;
	int vif;
	be16 id;
	uint8_t proto, pad;
};

struct frag_queue {
	struct frag_queue *next; /* in its bucket */
	struct frag_key key;
	struct host *host;
	struct timer timer;
	struct frag_runs r;
	uint32_t nr; /* fragments waiting */
	uint32_t len, meat, mem;
	uint32_t max_size, max_df_size;
	uint32_t rid;
	bool first_in, last_in;
	uint8_t ecn; /* bit per ECN value seen */
	int iif;
};

struct frag_state {
	struct frag_queue *bucket[FRAG_BUCKETS];
	struct frag_run *free_run;
	uint64_t mem;
	uint16_t ident[IDENT_SLOTS];
};

void frag_init(struct host *h)
{
	h->frags = xcalloc(1, sizeof(*h->frags));
	for (unsigned i = 0; i < IDENT_SLOTS; i++)
		h->frags->ident[i] = (uint16_t)rng_u32(&h->rng_ip);
}

/* The kernel's: none needed when the datagram must not be cut; else a counter shared by few flows. */
uint16_t ip_select_ident(struct host *h, const uint8_t *ip, bool df)
{
	if (df)
		return 0;
	return h->frags->ident[jhash_3words(load_be32(ip + IP4_SRC), load_be32(ip + IP4_DST),
					    ip[IP4_PROTO], 0) %
			       IDENT_SLOTS]++;
}

/* ---- queues ---- */
static unsigned bucket_of(const struct frag_key *k)
{
	return jhash_3words(k->saddr, k->daddr, (uint32_t)k->id << 16 ^ k->proto ^ k->user << 8,
			    0) %
	       FRAG_BUCKETS;
}

/* What an skb costs: its data's slab with room for skb_shared_info, and the head. Drivers differ; this
 * is right for frames that come through veth. */
static uint32_t truesize(const struct packet *p)
{
	uint32_t need = p->tail - p->mac + 16 + 320, slab = 1024;

	if (need <= 704)
		return 704 + 256;
	while (slab < need)
		slab *= 2;
	return slab + 256;
}

/* Ends all fragments that wait; 0 = they were used. */
static void queue_flush(struct frag_queue *q, enum drop_reason reason)
{
	struct host *h = q->host;
	struct frag_state *fs = h->frags;

	frag_run_flush(h, &q->r, &fs->free_run, reason);
	fs->mem -= q->mem;
	q->mem = 0;
	q->nr = 0;
}

static void queue_unlink(struct frag_queue *q)
{
	struct frag_queue **at = &q->host->frags->bucket[bucket_of(&q->key)];

	while (*at != q)
		at = &(*at)->next;
	*at = q->next;
	timer_off(q->host->clock, &q->timer);
	q->host->frags->mem -= QUEUE_SIZE;
}

static void queue_kill(struct frag_queue *q, enum drop_reason reason)
{
	queue_unlink(q);
	queue_flush(q, reason);
	free(q);
}

void frag_destroy(struct host *h)
{
	struct frag_state *fs = h->frags;

	if (!fs)
		return;
	for (unsigned i = 0; i < FRAG_BUCKETS; i++)
		while (fs->bucket[i])
			queue_kill(fs->bucket[i], PKT_NOT_DROPPED);
	frag_run_free(&fs->free_run);
	free(fs);
	h->frags = NULL;
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

/* Takes the fragment at offset 0 out of its queue. */
static struct packet *pull_head(struct frag_queue *q)
{
	q->nr--;
	return frag_run_pull(&q->r, &q->host->frags->free_run);
}

/* A host that only passes packets on (conntrack put them together) stays silent when time is up; the one
 * they were for tells the sender, if it knows from the first fragment whom to tell about what. */
static void ip_expire(struct timer *t)
{
	struct frag_queue *q = container_of(t, struct frag_queue, timer);
	struct host *h = q->host;
	bool conntrack = q->key.user >= IP_DEFRAG_CONNTRACK_IN;
	enum drop_reason reason = DROP_FRAG_REASM_TIMEOUT;
	struct packet *head;
	const uint8_t *ip;

	queue_unlink(q);
	if (!q->first_in) {
		queue_flush(q, reason);
		free(q);
		return;
	}
	head = pull_head(q);
	frag_event(h, head, FRAG_TIMEOUT, q->nr + 1);
	head->dev = dev_by_index(h, q->iif);
	ip = pkt_nh(head);
	if (head->dev) {
		enum drop_reason no_route;

		head->dst = (struct dst){ 0 };
		no_route = ip_route_input(head, ip4_daddr(ip), ip4_saddr(ip), ip[IP4_TOS] & 0xfc,
					  head->dev);
		if (no_route)
			reason = no_route;
		else if (!conntrack || head->dst.type == RTN_LOCAL)
			icmp_send(head, ICMP_TIME_EXCEEDED, ICMP_EXC_FRAGTIME, 0);
	}
	pkt_drop(h, head, reason, "ip_expire");
	queue_flush(q, DROP_FRAG_REASM_TIMEOUT);
	free(q);
}

static struct frag_queue *ip_find(struct host *h, const struct frag_key *key)
{
	struct frag_state *fs = h->frags;
	unsigned b = bucket_of(key);
	struct frag_queue *q;

	/* Over the limit nothing is taken any more, not even what would complete a datagram. */
	if (!h->sysctl.ipfrag_high_thresh || fs->mem > (uint64_t)h->sysctl.ipfrag_high_thresh)
		return NULL;
	for (q = fs->bucket[b]; q; q = q->next)
		if (memcmp(&q->key, key, sizeof(*key)) == 0)
			return q;
	q = xcalloc(1, sizeof(*q));
	q->key = *key;
	q->host = h;
	q->timer.fn = ip_expire;
	q->next = fs->bucket[b];
	fs->bucket[b] = q;
	fs->mem += QUEUE_SIZE;
	timer_set_wheel(h->clock, &q->timer, host_jiffies(h) + (uint64_t)h->sysctl.ipfrag_time * HZ);
	return q;
}

/* ---- one fragment ---- */
/* Too many other fragments of the same sender since the last of this datagram: the ID has wrapped. */
static bool ip_frag_too_far(struct frag_queue *q)
{
	uint32_t max = (uint32_t)q->host->sysctl.ipfrag_max_dist, start = q->rid;

	if (!max)
		return false;
	q->rid = ++inet_getpeer(q->host, q->key.saddr)->rid;
	return q->nr && q->rid - start > max;
}

static void ip_frag_reinit(struct frag_queue *q)
{
	struct host *h = q->host;

	timer_set_wheel(h->clock, &q->timer, host_jiffies(h) + (uint64_t)h->sysctl.ipfrag_time * HZ);
	queue_flush(q, DROP_FRAG_TOO_FAR);
	q->first_in = q->last_in = false;
	q->len = q->meat = 0;
	q->iif = 0;
	q->ecn = 0;
}

static uint32_t payload_len(const struct packet *p)
{
	return pkt_len(p) - ip4_hlen(pkt_nh(p));
}

/* RFC 3168 5.3: what ECN the whole has, or -1 when the pieces contradict each other. */
static int frag_ecn(uint8_t seen)
{
	enum { NOT_ECT = 1, ECT_1 = 2, ECT_0 = 4, CE = 8 };

	if (seen & NOT_ECT)
		return seen == NOT_ECT ? 0 : -1;
	return seen & CE && seen != CE ? 3 : 0;
}

/* Remembers how it was cut, so that it can be cut the same way when it goes on. */
static void note_pieces(struct packet *p, const struct frag_queue *q, uint32_t hlen)
{
	uint32_t even = (p->frag_max_size - hlen) & ~7u, i = 0;
	bool uneven = false;

	pkt_linearize(p);
	p->nr_frags = (uint16_t)q->nr;
	for (const struct frag_run *r = q->r.first; r; r = r->next)
		for (const struct packet *f = r->first; f; f = f->next, i++)
			if (i + 1 < q->nr ? payload_len(f) != even : payload_len(f) > even)
				uneven = true;
	if (!uneven)
		return;
	p->frag_len = xmalloc(q->nr * sizeof(*p->frag_len));
	i = 0;
	for (const struct frag_run *r = q->r.first; r; r = r->next)
		for (const struct packet *f = r->first; f; f = f->next)
			p->frag_len[i++] = (uint16_t)payload_len(f);
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
	p->ip_summed = CHECKSUM_NONE;
	p->nf_trace = head->nf_trace;
	p->mark = head->mark;
	p->priority = head->priority;
	p->secmark = head->secmark;
	p->hash = head->hash;
	p->opt = head->opt;
	p->ip_flags = head->ip_flags;
	if (p->ct != head->ct || p->ctinfo != head->ctinfo) {
		if (p->ct)
			ct_put(p->ct);
		nf_ct_copy(p, head);
	}
}

/* Puts all into p, which is one of the fragments and came last. */
static void assemble(struct frag_queue *q, struct packet *p, uint8_t ecn)
{
	const struct packet *head = q->r.first->first;
	uint32_t hlen = ip4_hlen(pkt_nh(head)), mac_len = head->nh - head->mac, cut = 0;
	uint32_t ihl = ip4_hlen(pkt_nh(p)), own = payload_len(p), total = hlen + q->len;
	uint8_t *ip;

	pkt_expand(p, MAX(p->nh, 64), total > pkt_len(p) ? total - pkt_len(p) : 0);
	ip = pkt_nh(p);
	memmove(ip + hlen + ip4_fragoff(ip) * 8, ip + ihl, own);
	for (const struct frag_run *r = q->r.first; r; r = r->next)
		for (const struct packet *f = r->first; f; f = f->next) {
			uint32_t off = f == p ? 0 : hlen + ip4_fragoff(pkt_nh(f)) * 8;

			if (f->cut && (!cut || off < cut))
				cut = off ? off : hlen;
			if (f != p)
				memcpy(ip + off, pkt_nh(f) + ip4_hlen(pkt_nh(f)), payload_len(f));
		}
	p->frag_max_size = (uint16_t)MAX(q->max_df_size, q->max_size);
	if (q->key.user != IP_DEFRAG_LOCAL_DELIVER)
		note_pieces(p, q, hlen);
	if (head != p) {
		if (p->nh - p->mac == mac_len)
			memcpy(pkt_mac(p), pkt_mac(head), mac_len);
		memcpy(ip, pkt_nh(head), hlen);
		take_metadata(p, head);
	}
	p->tail = p->nh + total;
	p->th = p->nh + hlen;
	p->cut = cut ? p->nh + cut : 0;
	put_be16(ip + IP4_TOTLEN, total);
	ip[IP4_TOS] |= ecn;
	put_be16(ip + IP4_FRAGOFF, 0);
	if (q->max_df_size == q->max_size) {
		p->ip_flags |= IPSKB_FRAG_PMTU;
		put_be16(ip + IP4_FRAGOFF, IP_DF);
	}
	ip4_send_check(ip);
}

/* p, which is in the queue, made it complete. true: p is the datagram; false: all of it is gone. */
static bool ip_frag_reasm(struct frag_queue *q, struct packet *p)
{
	struct host *h = q->host;
	int ecn = frag_ecn(q->ecn);
	uint32_t nr = q->nr;

	if (ecn < 0 || ip4_hlen(pkt_nh(q->r.first->first)) + q->len > 65535) {
		queue_kill(q, DROP_NOT_SPECIFIED);
		return false;
	}
	assemble(q, p, (uint8_t)ecn);
	/* p is no longer the queue's. */
	frag_run_take(&q->r, p);
	queue_kill(q, PKT_NOT_DROPPED);
	frag_event(h, p, FRAG_COMPLETE, nr);
	return true;
}

/* The queue is of no use any more, and so is p. */
static bool discard_queue(struct frag_queue *q, struct packet *p)
{
	struct host *h = q->host;

	queue_kill(q, DROP_NOT_SPECIFIED);
	pkt_drop(h, p, DROP_NOT_SPECIFIED, "ip_defrag");
	return false;
}

static bool ip_frag_queue(struct frag_queue *q, struct packet *p)
{
	struct host *h = q->host;
	const uint8_t *ip = pkt_nh(p);
	unsigned frag_off = get_be16(ip + IP4_FRAGOFF), ihl = ip4_hlen(ip);
	uint32_t start = (frag_off & IP_OFFMASK) * 8, end = start + pkt_len(p) - ihl, size;

	if (!(p->ip_flags & IPSKB_FRAG_COMPLETE) && ip_frag_too_far(q))
		ip_frag_reinit(q);
	if (!(frag_off & IP_MF)) {
		if (end < q->len || (q->last_in && end != q->len))
			return discard_queue(q, p);
		q->last_in = true;
		q->len = end;
	} else {
		end &= ~7u;
		if (end > q->len) {
			if (q->last_in)
				return discard_queue(q, p);
			q->len = end;
		}
	}
	if (end == start)
		return discard_queue(q, p);
	pkt_trim(p, ihl + end - start);
	switch (frag_run_insert(&q->r, &h->frags->free_run, p, start, end)) {
	case INSERT_DUP: pkt_drop(h, p, DROP_DUP_FRAG, "ip_defrag"); return false;
	case INSERT_OVERLAP: return discard_queue(q, p);
	case INSERT_OK: break;
	}
	if (p->dev)
		q->iif = p->dev->ifindex;
	q->nr++;
	q->meat += end - start;
	q->ecn |= (uint8_t)(1u << (ip[IP4_TOS] & 3));
	q->mem += truesize(p);
	h->frags->mem += truesize(p);
	q->first_in |= start == 0;
	size = pkt_len(p);
	q->max_size = MAX(q->max_size, size);
	if (frag_off & IP_DF)
		q->max_df_size = MAX(q->max_df_size, size);
	if (q->first_in && q->last_in && q->meat == q->len)
		return ip_frag_reasm(q, p);
	frag_event(h, p, FRAG_QUEUED, q->nr);
	pkt_orphan(p);
	p->dst = (struct dst){ 0 };
	return false;
}

bool ip_defrag(struct host *h, struct packet **pp, uint32_t user)
{
	struct packet *p = *pp;
	const uint8_t *ip = pkt_nh(p);
	struct frag_key key = { .saddr = ip4_saddr(ip),
				.daddr = ip4_daddr(ip),
				.user = user,
				.id = load_be16(ip + IP4_ID),
				.proto = ip[IP4_PROTO] };
	struct frag_queue *q = ip_find(h, &key);

	if (!q) {
		pkt_drop(h, p, DROP_NOT_SPECIFIED, "ip_defrag");
		return false;
	}
	return ip_frag_queue(q, p);
}

/* ---- cutting ---- */
struct cutter {
	struct host *h;
	struct packet *from;
	void (*out)(struct host *h, struct packet *p);
	uint32_t hlen, off, left; /* off, left: of the payload */
	unsigned base;		  /* fragment offset of the packet itself, bytes */
	bool more, df;		  /* it is itself not the last; every piece gets DF */
};

static void copy_metadata(struct packet *to, const struct packet *p)
{
	to->parent = p->id;
	to->tstamp = p->tstamp;
	to->dev = p->dev;
	to->in_dev = p->in_dev;
	to->physin = p->physin;
	to->physout = p->physout;
	to->nf_bridge = p->nf_bridge;
	to->vlan_present = p->vlan_present;
	to->vlan_tci = p->vlan_tci;
	to->vlan_proto = p->vlan_proto;
	to->pkt_type = p->pkt_type;
	to->priority = p->priority;
	to->protocol = p->protocol;
	to->mark = p->mark;
	to->secmark = p->secmark;
	to->hash = p->hash;
	to->dst = p->dst;
	to->nf_trace = p->nf_trace;
	to->local = p->local;
	to->from_raw = p->from_raw;
	to->sk = p->sk;
	to->uid = p->uid;
	to->gid = p->gid;
	to->ip_flags = p->ip_flags;
	to->opt = p->opt;
	nf_ct_copy(to, p);
}

static void cut_piece(struct cutter *c, uint32_t len)
{
	struct packet *p = pkt_alloc(c->h->pool, c->hlen + len);
	unsigned frag_off = (c->base + c->off) >> 3;
	uint8_t *ip = pkt_put(p, c->hlen + len);

	copy_metadata(p, c->from);
	p->th = p->nh + c->hlen;
	memcpy(ip, pkt_nh(c->from), c->hlen);
	memcpy(ip + c->hlen, pkt_nh(c->from) + c->hlen + c->off, len);
	c->left -= len;
	if (c->left || c->more)
		frag_off |= IP_MF;
	if (c->df)
		frag_off |= IP_DF;
	put_be16(ip + IP4_FRAGOFF, frag_off);
	put_be16(ip + IP4_TOTLEN, c->hlen + len);
	ip4_send_check(ip);
	/* The first has all options; the header that the others copy gets rid of some. */
	if (c->off == 0 && c->from->opt.optlen)
		ip_options_fragment(c->from);
	c->off += len;
	c->out(c->h, p);
}

static uint32_t piece_len(const struct packet *p, uint32_t i, uint32_t total, uint32_t even)
{
	if (p->frag_len)
		return p->frag_len[i];
	return i + 1 < p->nr_frags ? even : total - even * (p->nr_frags - 1u);
}

/* Can it go on in the pieces in which it came? */
static bool same_pieces(const struct packet *p, uint32_t hlen, uint32_t mtu)
{
	uint32_t even = (p->frag_max_size - hlen) & ~7u, total = pkt_len(p) - hlen, sum = 0;

	if (!p->nr_frags || p->frag_max_size <= hlen ||
	    get_be16(pkt_nh(p) + IP4_FRAGOFF) & (IP_MF | IP_OFFMASK))
		return false;
	if (!p->frag_len && (uint64_t)even * (p->nr_frags - 1u) >= total)
		return false;
	for (uint32_t i = 0; i < p->nr_frags; i++) {
		uint32_t len = piece_len(p, i, total, even);

		if (len > mtu || (len & 7 && i + 1u < p->nr_frags))
			return false;
		sum += len;
	}
	return sum == total; /* otherwise somebody changed its length since */
}

void ip_do_fragment(struct host *h, struct packet *p, void (*out)(struct host *h, struct packet *p))
{
	const uint8_t *ip = pkt_nh(p);
	uint32_t mtu = ip_skb_dst_mtu(h, p), hlen = ip4_hlen(ip);
	struct cutter c = { .h = h,
			    .from = p,
			    .out = out,
			    .hlen = hlen,
			    .left = pkt_len(p) - hlen,
			    .base = ip4_fragoff(ip) * 8,
			    .more = get_be16(ip + IP4_FRAGOFF) & IP_MF };

	if (p->frag_max_size && p->frag_max_size < mtu)
		mtu = p->frag_max_size;
	if (mtu < hlen + 8) { /* not even eight bytes fit: the kernel cannot have such devices */
		pkt_drop(h, p, DROP_PKT_TOO_BIG, "ip_do_fragment");
		return;
	}
	mtu -= hlen;
	p->ip_flags |= IPSKB_FRAG_COMPLETE;
	p->csum_partial = false;
	if (same_pieces(p, hlen, mtu)) {
		uint32_t even = (p->frag_max_size - hlen) & ~7u, total = c.left;

		frag_event(h, p, FRAG_CUT, p->nr_frags);
		for (uint32_t i = 0; i < p->nr_frags; i++)
			cut_piece(&c, piece_len(p, i, total, even));
	} else {
		uint32_t step = mtu & ~7u;

		c.df = p->ip_flags & IPSKB_FRAG_PMTU;
		frag_event(h, p, FRAG_CUT,
			   c.left <= mtu ? 1 : (c.left - (mtu - step) + step - 1) / step);
		while (c.left)
			cut_piece(&c, c.left <= mtu ? c.left : step);
	}
	pkt_free(p);
}
