// SPDX-License-Identifier: MIT
/* sock.c - the sockets of a host: a hash by port, and the programs behind them.
 * Opening, sending and the errors a program sees follow inet_bind(), ip_route_connect() and
 * the sendmsg() of each protocol. */
#include "sim/net/sock.h"
#include "sim/net/ipv6.h"
#include "sim/net/tcp.h"
#include <errno.h>
#include <stdlib.h>

#define ECHO_MAX 16

struct isn_hint {
	struct isn_hint *next;
	be32 src, dst;
	uint16_t sport, dport;
	uint32_t isn;
	uint64_t event;			/* in which it was recorded */
};

void sock_init(struct host *h)
{
	h->socks = xcalloc(1, sizeof(*h->socks));
	h->socks->last = &h->socks->first;
	h->socks->next_id = 1;
}

void sock_destroy(struct host *h)
{
	struct sock_table *t = h->socks;

	if (!t)
		return;
	while (t->first)
		sock_free(t->first);
	for (struct isn_hint *n = t->hints, *next; n; n = next) {
		next = n->next;
		free(n);
	}
	free(t->connected);
	free(t);
	h->socks = NULL;
}

static uint32_t bucket(uint8_t proto, uint16_t port)
{
	return port ^ port >> 8 ^ proto * 31u;
}

struct sock **sock_port_chain(const struct sock_table *t, uint8_t proto, uint16_t port)
{
	return (struct sock **)&t->port[bucket(proto, port) % ARRAY_SIZE(t->port)];
}

static struct sock **bound_chain(const struct sock_table *t, uint8_t proto, uint16_t port)
{
	return (struct sock **)&t->bound[bucket(proto, port) % ARRAY_SIZE(t->bound)];
}

static struct sock **connected_chain(const struct sock_table *t, uint8_t proto, uint16_t port, be32 daddr, uint16_t dport)
{
	uint32_t x = (daddr ^ (uint32_t)port << 16 ^ dport) * 0x9e3779b1u + proto;

	return &t->connected[(x ^ x >> 15) & (t->nr_buckets - 1)];
}

/* Oldest first: of two that fit equally well the older one is found. */
static void chain_add(struct sock *sk, struct sock **at)
{
	while (*at)
		at = &(*at)->next;
	*at = sk;
	sk->next = NULL;
	sk->pprev = at;
}

static void more_buckets(struct sock_table *t)
{
	free(t->connected);
	t->nr_buckets = t->nr_buckets ? t->nr_buckets * 4 : 64;
	t->connected = xcalloc(t->nr_buckets, sizeof(struct sock *));
	for (struct sock *sk = t->first; sk; sk = sk->all_next)
		if (sk->pprev && sk->dport && sk->daddr)
			chain_add(sk, connected_chain(t, sk->proto, sk->sport, sk->daddr, sk->dport));
}

void sock_wake(struct sock *sk)
{
	struct sock_table *t = sk->host->socks;
	struct sock *after = t->ready_last;

	if (sk->ready)
		return;
	while (after && after->id > sk->id)
		after = after->ready_prev;
	sk->ready = true;
	sk->ready_prev = after;
	sk->ready_next = after ? after->ready_next : t->ready_first;
	*(after ? &after->ready_next : &t->ready_first) = sk;
	*(sk->ready_next ? &sk->ready_next->ready_prev : &t->ready_last) = sk;
	if (sk->id > t->turns_up_to && (!t->turn || sk->id < t->turn->id))
		t->turn = sk;
}

static void not_ready(struct sock *sk)
{
	struct sock_table *t = sk->host->socks;

	if (!sk->ready)
		return;
	sk->ready = false;
	if (t->turn == sk)
		t->turn = sk->ready_next;
	*(sk->ready_prev ? &sk->ready_prev->ready_next : &t->ready_first) = sk->ready_next;
	*(sk->ready_next ? &sk->ready_next->ready_prev : &t->ready_last) = sk->ready_prev;
}

struct sock *sock_new(struct host *h, const struct sock_open *o, bool listen)
{
	struct sock_table *t = h->socks;
	struct sock *sk = xcalloc(1, sizeof(*sk));

	sk->host = h;
	sk->id = t->next_id++;
	sk->proto = o->proto;
	sk->uid = o->uid;
	sk->gid = o->gid;
	sk->mark = o->mark;
	sk->echo = o->echo;
	sk->transparent = o->transparent;
	sk->listening = listen;
	sk->program = o->program;
	sk->program_arg = o->program_arg;
	sk->rx_last = &sk->rx;
	if (t->first) {
		struct sock *tail = container_of(t->last, struct sock, all_next);

		sk->all_prev = tail;
		tail->all_next = sk;
	} else {
		sk->all_prev = NULL;
		t->first = sk;
	}
	t->last = &sk->all_next;
	return sk;
}

void sock_bind(struct sock *sk, be32 saddr, uint16_t sport)
{
	struct sock_table *t = sk->host->socks;
	struct sock **at = sock_port_chain(t, sk->proto, sport);

	sk->saddr = saddr;
	sk->sport = sport;
	sk->port_next = *at;
	if (*at)
		(*at)->port_pprev = &sk->port_next;
	*at = sk;
	sk->port_pprev = at;
	if (!sk->daddr || !sk->dport) {
		chain_add(sk, bound_chain(t, sk->proto, sport));
		return;
	}
	if (t->nr_connected++ >= t->nr_buckets)
		more_buckets(t);
	chain_add(sk, connected_chain(t, sk->proto, sport, sk->daddr, sk->dport));
}

static void unbind(struct sock *sk)
{
	if (!sk->pprev)
		return;
	*sk->pprev = sk->next;
	if (sk->next)
		sk->next->pprev = sk->pprev;
	*sk->port_pprev = sk->port_next;
	if (sk->port_next)
		sk->port_next->port_pprev = sk->port_pprev;
	if (sk->daddr && sk->dport)
		sk->host->socks->nr_connected--;
	sk->pprev = NULL;
	sk->host->socks->left++;
}

void sock_free(struct sock *sk)
{
	struct sock_table *t = sk->host->socks;

	unbind(sk);
	not_ready(sk);
	if (sk->all_prev)
		sk->all_prev->all_next = sk->all_next;
	else
		t->first = sk->all_next;
	if (sk->all_next)
		sk->all_next->all_prev = sk->all_prev;
	else
		t->last = sk->all_prev ? &sk->all_prev->all_next : &t->first;
	while (sk->rx) {
		struct packet *p = sk->rx;

		sk->rx = p->next;
		pkt_free(p);
	}
	if (sk->tcp)
		tcp_sock_free(sk);
	free(sk);
}

bool sock_port_free(struct host *h, uint8_t proto, be32 addr, uint16_t port)
{
	for (struct sock *s = *sock_port_chain(h->socks, proto, port); s; s = s->port_next)
		if (s->proto == proto && s->sport == port && (!s->v6 || (!s->v6only && !s->saddr)) &&
		    (s->saddr == addr || !s->saddr || !addr))
			return false;
	return true;
}

/* Any free port of the local range, begun at a seeded random place, even ones first as connect() does. */
static bool same_wish(const struct port_wish *a, const struct port_wish *b)
{
	return a->proto == b->proto && a->v6 == b->v6 && a->v6only == b->v6only && inet_addr_equal(&a->addr, &b->addr);
}

uint16_t sock_ephemeral(struct host *h, const struct port_wish *w)
{
	uint32_t lo = (uint32_t)h->sysctl.port_lo, n = (uint32_t)(h->sysctl.port_hi - h->sysctl.port_lo + 1);
	uint32_t start = rng_below(&h->rng_tcp, n) & ~1u;
	struct sock_table *t = h->socks;

	if (t->taken.left != t->left || t->taken.lo != lo || t->taken.n != n || !same_wish(&t->taken.wish, w)) {
		t->taken.wish = *w;
		t->taken.lo = lo;
		t->taken.n = n;
		t->taken.left = t->left;
		t->taken.full[0] = t->taken.full[1] = false;
	}
	for (unsigned odd = 0; odd < 2; odd++) {
		for (uint32_t i = odd; i < n && !t->taken.full[odd]; i += 2) {
			uint16_t port = (uint16_t)(lo + (start + i) % n);

			if (w->v6 ? sock6_port_free(h, w, port) : sock_port_free(h, w->proto, w->addr.ip, port))
				return port;
		}
		t->taken.full[odd] = true;
	}
	return 0;
}

static unsigned score(const struct sock *s, be32 saddr, uint16_t sport, be32 daddr, const struct net_device *dev)
{
	unsigned points = s->v6 ? 1 : 2;

	if (s->v6 && (s->v6only || s->saddr || s->daddr))	/* of IPv6's only "::" hears IPv4, too */
		return 0;
	if (s->saddr) {
		if (s->saddr != daddr)
			return 0;
		points += 4;
	}
	if (s->daddr || (s->client && !s->listening)) {
		if (s->daddr != saddr || s->dport != sport)
			return 0;
		points += 8;
	}
	if (s->bound_ifindex) {
		if (!dev || dev->ifindex != s->bound_ifindex)
			return 0;
		points += 4;
	}
	return points;
}

struct sock *sock_candidates(const struct sock_table *t, unsigned pass, uint8_t proto, be32 saddr, uint16_t sport, uint16_t dport)
{
	if (pass)
		return *bound_chain(t, proto, dport);
	return t->nr_connected ? *connected_chain(t, proto, dport, saddr, sport) : NULL;
}

struct sock *sock_lookup(struct host *h, uint8_t proto, be32 saddr, uint16_t sport, be32 daddr, uint16_t dport,
			 const struct net_device *dev)
{
	struct sock *best = NULL;
	unsigned most = 0;

	for (unsigned pass = 0; pass < 2 && !best; pass++) {
		for (struct sock *s = sock_candidates(h->socks, pass, proto, saddr, sport, dport); s; s = s->next) {
			unsigned points = s->proto == proto && s->sport == dport && !s->closed ?
					  score(s, saddr, sport, daddr, dev) : 0;

			if (points > most) {
				most = points;
				best = s;
			}
		}
	}
	return best;
}

struct flowi4 sock_flow(const struct sock *sk, be32 daddr, uint16_t dport)
{
	return (struct flowi4){
		.saddr = sk->saddr, .daddr = daddr ? daddr : sk->opt.srr ? sk->opt.faddr : sk->daddr, .tos = sk->tos & 0x1c, .proto = sk->proto,
		.oif = sk->bound_ifindex, .mark = sk->mark, .uid = sk->uid, .sport = htons(sk->sport),
		.dport = htons(daddr ? dport : sk->dport), .scope = RT_SCOPE_UNIVERSE,
		.flags = sk->transparent ? FLOWI_FLAG_ANYSRC : 0,
	};
}

int sock_xmit(struct sock *sk, struct packet *p, const struct flowi4 *fl, bool df)
{
	struct host *h = sk->host;
	bool mcast = ipv4_is_multicast(fl->daddr);
	struct ip_build b = { .saddr = fl->saddr, .daddr = fl->daddr, .tos = sk->tos,
			      .ttl = mcast ? 1 : sk->ttl, .proto = sk->proto, .df = df,
			      .opt = &sk->opt, .optbytes = sk->optbytes };
	uint64_t outer_id = h->send_id;
	int outer_err = h->send_err, err;

	p->sk = sk;
	if (!sk->tcp || tcp_has_file(sk->tcp)) {
		p->uid = sk->uid;
		p->gid = sk->gid;
	}
	p->mark = sk->mark;
	p->local = true;
	p->ip_summed = CHECKSUM_UNNECESSARY;
	p->csum_partial = sock_leaves_sum(sk, p->dst.dev);
	p->tstamp = h->clock->now;
	ip_build_header(h, p, &b);
	h->send_id = p->id;
	h->send_err = 0;
	err = ip_local_out(h, p);
	if (h->send_err)
		err = h->send_err;
	h->send_id = outer_id;
	h->send_err = outer_err;
	return err;
}

int sock_route(struct sock *sk, struct dst *ret)
{
	struct flowi4 fl;

	if (sk->v6)
		return sock6_route(sk, ret);
	fl = sock_flow(sk, 0, 0);
	return ip_route_output(sk->host, &fl, ret);
}

uint32_t sock_dst_mtu(const struct sock *sk, const struct dst *d)
{
	return sk->v6 ? ip6_dst_mtu(d) : dst_mtu(d);
}

/* ip6_default_advmss: what fits the MTU, but never what any link must carry. */
uint32_t sock_advmss(const struct sock *sk, const struct dst *d)
{
	uint32_t mtu;

	if (!sk->v6)
		return dst_advmss(d);
	if (d->advmss)
		return d->advmss;
	mtu = ip6_dst_mtu(d);
	mtu = mtu > IP6_HLEN + 20 ? mtu - IP6_HLEN - 20 : 0;
	mtu = MAX(mtu, (uint32_t)sk->host->sysctl.ip6_min_advmss);
	return mtu > 65535 - 20 ? 65535 : mtu;
}

static void keep_say(struct sock *sk, const struct sock_say *say)
{
	const struct sock_say **last = &sk->say;

	for (; say; say = say->next) {
		struct sock_say *copy = arena_new(sk->host->arena, struct sock_say);

		copy->data = (const uint8_t *)arena_strndup(sk->host->arena, (const char *)say->data, say->len);
		copy->len = say->len;
		*last = copy;
		last = &copy->next;
	}
}

int sock_start_listening(struct sock *sk, const struct sock_open *o)
{
	int err = o->proto == IPPROTO_TCP ? tcp_listen(sk, o) : 0;

	keep_say(sk, o->say);
	if (err)
		sock_free(sk);
	else if (o->ret)
		*o->ret = sk;
	return err;
}

int sock_listen(struct host *h, const struct sock_open *o)
{
	struct sock *sk;

	if (o->ret)
		*o->ret = NULL;
	if (o->v6)
		return sock6_listen(h, o);
	if (o->addr && !o->transparent && !h->sysctl.ip_nonlocal_bind) {
		enum rtn type = inet_addr_type(h, o->addr);

		if (type != RTN_LOCAL && type != RTN_MULTICAST && type != RTN_BROADCAST)
			return -EADDRNOTAVAIL;
	}
	if (!sock_port_free(h, o->proto, o->addr, o->port))
		return -EADDRINUSE;
	sk = sock_new(h, o, true);
	sock_bind(sk, o->addr, o->port);
	return sock_start_listening(sk, o);
}

/* ip_route_connect: the route chooses the source address, then the port is taken. */
int sock_connect(struct host *h, const struct sock_open *o)
{
	struct flowi4 fl = { .daddr = o->addr, .saddr = o->saddr, .proto = o->proto, .mark = o->mark, .uid = o->uid,
			     .sport = htons(o->sport), .dport = htons(o->port) };
	struct port_wish wish;
	struct dst dst = { 0 };
	struct sock *sk;
	uint16_t sport;
	int err;

	if (o->ret)
		*o->ret = NULL;
	if (o->v6)
		return sock6_connect(h, o);
	if (o->saddr && inet_addr_type(h, o->saddr) != RTN_LOCAL && !h->sysctl.ip_nonlocal_bind)
		return -EADDRNOTAVAIL;
	err = ip_route_output(h, &fl, &dst);
	if (err)
		return err;
	if (o->proto == IPPROTO_TCP && dst.flags & (RTCF_BROADCAST | RTCF_MULTICAST))
		return -ENETUNREACH;
	if (dst.flags & RTCF_BROADCAST)
		return -EACCES;
	wish = (struct port_wish){ .addr = { .ip = fl.saddr }, .proto = o->proto };
	sport = o->sport ? o->sport : sock_ephemeral(h, &wish);
	if (!sport)
		return -EADDRNOTAVAIL;
	sk = sock_new(h, o, false);
	sk->client = true;
	sk->daddr = fl.daddr;
	sk->dport = o->port;
	sock_bind(sk, fl.saddr, sport);
	if (o->ret)
		*o->ret = sk;
	err = o->proto == IPPROTO_TCP ? tcp_connect(sk, o) : udp_connect(sk, o);
	return err;
}

void sock_event_begin(struct host *h)
{
	h->socks->reads = 0;
	h->socks->events++;
}

/* One call of every program that has something to do, oldest socket first; echoes stop after
 * ECHO_MAX reads of one event, or two echo servers would talk for ever. */
bool sock_run_programs(struct host *h)
{
	struct sock_table *t = h->socks;
	bool any = false, did;
	struct sock *sk;

	t->turns_up_to = 0;
	t->turn = t->ready_first;
	while ((sk = t->turn)) {
		t->turns_up_to = sk->id;
		not_ready(sk);
		did = sk->program ? sk->program(sk) : sk->proto == IPPROTO_TCP ? tcp_program(sk) : udp_program(sk);
		if (did) {
			h->socks->reads++;
			any = true;
		}
	}
	return any;
}

void sock_icmp_err(const struct net_device *dev, const uint8_t *q, uint32_t qlen, int type, int code, uint32_t info)
{
	uint32_t hlen = qlen >= IP_HLEN ? ip4_hlen(q) : 0;
	const uint8_t *th = q + hlen;
	struct sock *sk;

	if (!hlen || qlen < hlen + 8 || ip4_fragoff(q))
		return;
	sk = sock_lookup(dev->host, q[IP4_PROTO], ip4_daddr(q), get_be16(th + 2), ip4_saddr(q), get_be16(th), NULL);
	if (!sk)
		return;
	if (sk->proto == IPPROTO_TCP) {
		tcp_icmp_err(sk, dev, th, qlen - hlen, type, code, info);
	} else if (sk->client && type == ICMP_DEST_UNREACH) {
		sk->err = code == ICMP_PORT_UNREACH ? ECONNREFUSED : code == ICMP_PROT_UNREACH ? ENOPROTOOPT : 0;
		sock_wake(sk);
	}
}

void sock_hint_isn(struct host *h, be32 src, uint16_t sport, be32 dst, uint16_t dport, uint32_t isn,
		   uint64_t event)
{
	struct isn_hint *n = xcalloc(1, sizeof(*n)), **at = &h->socks->hints;

	*n = (struct isn_hint){ NULL, src, dst, sport, dport, isn, event };
	while (*at)
		at = &(*at)->next;
	*at = n;
}

/* How well a recorded number fits: it was read off a packet that had left, so NAT may have changed this end
 * (masquerading, a redirected server), the other one (DNAT in OUTPUT, SNAT in INPUT), or both, when a port may be
 * all that is left. What does not fit at both ends must be of this very event: else a connection whose SYN nobody
 * saw would take another's number. */
static unsigned hint_fits(const struct isn_hint *n, be32 src, uint16_t sport, be32 dst, uint16_t dport, uint64_t event)
{
	bool ours = n->src == src && n->sport == sport, theirs = n->dst == dst && n->dport == dport;

	if (!(ours && theirs) && n->event != event)
		return 0;
	return ours && theirs ? 4 : theirs ? 3 : ours ? 2 : n->sport == sport || n->dport == dport;
}

uint32_t sock_isn(struct host *h, be32 src, uint16_t sport, be32 dst, uint16_t dport)
{
	struct isn_hint **best = NULL, *n;
	unsigned fits, most = 0;
	uint32_t isn;

	for (struct isn_hint **at = &h->socks->hints; *at && most < 4; at = &(*at)->next) {
		fits = hint_fits(*at, src, sport, dst, dport, h->socks->events - 1);
		if (fits > most) {
			most = fits;
			best = at;
		}
	}
	if (!best)
		return rng_u32(&h->rng_tcp);
	n = *best;
	isn = n->isn;
	*best = n->next;
	free(n);
	return isn;
}
