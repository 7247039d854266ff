// SPDX-License-Identifier: MIT
/* sock.c - the sockets of a host: a hash by port, and the programs behind them.
 * Opening, sending and the errors a program sees follow inet_bind(), ip_route_connect() and
 * the sendmsg() of each protocol. */
#include "sim/net/sock.h"
#include "sim/net/net.h"
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
	free(t);
	h->socks = NULL;
}

static unsigned bucket(uint8_t proto, uint16_t port)
{
	return (port ^ port >> 8 ^ proto * 31u) & 255;
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
	struct sock **at = &sk->host->socks->hash[bucket(sk->proto, sport)];

	sk->saddr = saddr;
	sk->sport = sport;
	while (*at)
		at = &(*at)->next;
	*at = sk;
}

void sock_free(struct sock *sk)
{
	struct sock_table *t = sk->host->socks;
	struct sock **at = &t->hash[bucket(sk->proto, sk->sport)];

	for (; *at; at = &(*at)->next) {
		if (*at == sk) {
			*at = sk->next;
			break;
		}
	}
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
	for (struct sock *s = h->socks->hash[bucket(proto, port)]; s; s = s->next)
		if (s->proto == proto && s->sport == port && (s->saddr == addr || !s->saddr || !addr))
			return false;
	return true;
}

/* Any free port of the local range, begun at a seeded random place, even ones first as connect() does. */
uint16_t sock_ephemeral(struct host *h, uint8_t proto, be32 saddr, be32 daddr, uint16_t dport)
{
	uint32_t lo = (uint32_t)h->sysctl.port_lo, n = (uint32_t)(h->sysctl.port_hi - h->sysctl.port_lo + 1);
	uint32_t start = rng_below(&h->rng_tcp, n) & ~1u;

	(void)daddr;
	(void)dport;
	for (unsigned odd = 0; odd < 2; odd++) {
		for (uint32_t i = odd; i < n; i += 2) {
			uint16_t port = (uint16_t)(lo + (start + i) % n);

			if (sock_port_free(h, proto, saddr, port))
				return port;
		}
	}
	return 0;
}

static unsigned score(const struct sock *s, be32 saddr, uint16_t sport, be32 daddr, const struct net_device *dev)
{
	unsigned points = 1;

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

struct sock *sock_lookup(struct host *h, uint8_t proto, be32 saddr, uint16_t sport, be32 daddr, uint16_t dport,
			 const struct net_device *dev)
{
	struct sock *best = NULL;
	unsigned most = 0;

	for (struct sock *s = h->socks->hash[bucket(proto, dport)]; s; s = s->next) {
		unsigned points = s->proto == proto && s->sport == dport && !s->closed ?
				  score(s, saddr, sport, daddr, dev) : 0;

		if (points > most) {
			most = points;
			best = s;
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
			      .ttl = (uint8_t)(mcast ? 1 : h->sysctl.ip_default_ttl), .proto = sk->proto, .df = df,
			      .opt = &sk->opt, .optbytes = sk->optbytes };
	uint64_t outer_id = h->send_id;
	int outer_err = h->send_err, err;

	p->sk = sk;
	p->uid = sk->uid;
	p->gid = sk->gid;
	p->mark = sk->mark;
	p->local = true;
	p->ip_summed = CHECKSUM_UNNECESSARY;
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

int sock_listen(struct host *h, const struct sock_open *o)
{
	struct sock *sk;
	int err;

	if (o->addr && !o->transparent && !h->sysctl.ip_nonlocal_bind) {
		enum rtn type = inet_addr_type(h, o->addr);

		if (type != RTN_LOCAL && type != RTN_MULTICAST && type != RTN_BROADCAST)
			return -EADDRNOTAVAIL;
	}
	if (!sock_port_free(h, o->proto, o->addr, o->port))
		return -EADDRINUSE;
	sk = sock_new(h, o, true);
	sock_bind(sk, o->addr, o->port);
	err = o->proto == IPPROTO_TCP ? tcp_listen(sk, o) : 0;
	if (err)
		sock_free(sk);
	return err;
}

/* ip_route_connect: the route chooses the source address, then the port is taken. */
int sock_connect(struct host *h, const struct sock_open *o)
{
	struct flowi4 fl = { .daddr = o->addr, .saddr = o->saddr, .proto = o->proto, .mark = o->mark, .uid = o->uid,
			     .sport = htons(o->sport), .dport = htons(o->port) };
	struct dst dst = { 0 };
	struct sock *sk;
	uint16_t sport;
	int err;

	if (o->saddr && inet_addr_type(h, o->saddr) != RTN_LOCAL && !h->sysctl.ip_nonlocal_bind)
		return -EADDRNOTAVAIL;
	err = ip_route_output(h, &fl, &dst);
	if (err)
		return err;
	if (o->proto == IPPROTO_TCP && dst.flags & (RTCF_BROADCAST | RTCF_MULTICAST))
		return -ENETUNREACH;
	if (dst.flags & RTCF_BROADCAST)
		return -EACCES;
	sport = o->sport ? o->sport : sock_ephemeral(h, o->proto, fl.saddr, fl.daddr, o->port);
	if (!sport)
		return -EADDRNOTAVAIL;
	sk = sock_new(h, o, false);
	sk->client = true;
	sk->daddr = fl.daddr;
	sk->dport = o->port;
	sock_bind(sk, fl.saddr, sport);
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
	bool any = false;

	for (struct sock *sk = h->socks->first, *next; sk; sk = next) {
		bool did;

		next = sk->all_next;
		did = sk->proto == IPPROTO_TCP ? tcp_program(sk) : udp_program(sk);
		if (did)
			h->socks->reads++;
		any |= did;
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
	if (sk->proto == IPPROTO_TCP)
		tcp_icmp_err(sk, dev, th, qlen - hlen, type, code, info);
	else if (sk->client && type == ICMP_DEST_UNREACH)
		sk->err = code == ICMP_PORT_UNREACH ? ECONNREFUSED : code == ICMP_PROT_UNREACH ? ENOPROTOOPT : 0;
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
 * (masquerading, a redirected server) or the other one (DNAT in OUTPUT, SNAT in INPUT). What fits at one end
 * only must be of this very event: else a connection whose SYN nobody saw would take another's number. */
static unsigned hint_fits(const struct isn_hint *n, be32 src, uint16_t sport, be32 dst, uint16_t dport, uint64_t event)
{
	bool ours = n->src == src && n->sport == sport, theirs = n->dst == dst && n->dport == dport;

	if (!(ours && theirs) && n->event != event)
		return 0;
	return ours && theirs ? 3 : theirs ? 2 : ours ? 1 : 0;
}

uint32_t sock_isn(struct host *h, be32 src, uint16_t sport, be32 dst, uint16_t dport)
{
	struct isn_hint **best = NULL, *n;
	unsigned fits, most = 0;
	uint32_t isn;

	for (struct isn_hint **at = &h->socks->hints; *at && most < 3; at = &(*at)->next) {
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
