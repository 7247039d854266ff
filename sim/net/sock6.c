// SPDX-License-Identifier: MIT
/* sock6.c - local ends that speak IPv6: opening them, finding them, what they send and the errors they hear of
 * (net/ipv6/{af_inet6,datagram,inet6_hashtables,tcp_ipv6,udp}.c). */
#include "sim/net/ipv6.h"
#include "sim/net/tcp.h"
#include "sim/net/sock.h"
#include <errno.h>

be32 sock6_fold(const union inet_addr *a)
{
	uint32_t x = 0;

	for (int i = 0; i < 4; i++)
		x = (x ^ a->all[i]) * 0x9e3779b1u ^ x >> 13;
	return ipv6_addr_any(a) ? 0 : x | 1;
}

bool sock6_checksum_ok(const struct packet *p, uint8_t proto)
{
	const uint8_t *ip = pkt_nh(p);
	uint32_t len = p->tail - p->th;

	return p->ip_summed == CHECKSUM_UNNECESSARY || ip6_full_checksum_ok(p, p->th - p->nh, proto) ||
	       !csum_fold(csum_partial(pkt_th(p), len, csum_pseudo6(ip + IP6_SRC, ip + IP6_DST, proto, len)));
}

/* ---- finding ---- */

static unsigned score(const struct sock *s, const union inet_addr *saddr, uint16_t sport, const union inet_addr *daddr,
		      const struct net_device *dev)
{
	unsigned points = 1;

	if (!s->v6)
		return 0;
	if (s->saddr) {
		if (!inet_addr_equal(&s->saddr6, daddr))
			return 0;
		points += 4;
	}
	if (s->daddr || (s->client && !s->listening)) {
		if (s->dport != sport || !inet_addr_equal(&s->daddr6, saddr))
			return 0;
		points += 8;
	}
	if (s->bound_ifindex && dev && !(dev->flags & IFF_LOOPBACK)) {
		if (dev->ifindex != s->bound_ifindex)
			return 0;
		points += 4;
	}
	return points;
}

struct sock *sock6_lookup(struct host *h, uint8_t proto, const union inet_addr *saddr, uint16_t sport, const union inet_addr *daddr,
			  uint16_t dport, const struct net_device *dev)
{
	struct sock *best = NULL;
	unsigned most = 0;

	for (unsigned pass = 0; pass < 2 && !best; pass++) {
		for (struct sock *s = sock_candidates(h->socks, pass, proto, sock6_fold(saddr), sport, dport); s; s = s->next) {
			unsigned points = s->proto == proto && s->sport == dport && !s->closed ? score(s, saddr, sport, daddr, dev) : 0;

			if (points > most) {
				most = points;
				best = s;
			}
		}
	}
	return best;
}

void sock6_early_demux(struct packet *p)
{
	const uint8_t *ip = pkt_nh(p), *th;
	struct host *h = p->dev->host;
	uint8_t proto = ip[IP6_NXT];
	union inet_addr saddr, daddr;

	if (!h->sysctl.ip_early_demux || p->sk || p->pkt_type != PACKET_HOST || !(th = pkt_at(p, IP6_HLEN, 8)))
		return;
	if (!(proto == IPPROTO_TCP ? h->sysctl.tcp_early_demux : proto == IPPROTO_UDP && h->sysctl.udp_early_demux))
		return;
	saddr = ip6_saddr(ip);
	daddr = ip6_daddr(ip);
	for (struct sock *s = sock_candidates(h->socks, 0, proto, sock6_fold(&saddr), get_be16(th), get_be16(th + 2)); s; s = s->next)
		if (s->v6 && s->proto == proto && s->sport == get_be16(th + 2) && s->dport == get_be16(th) && !s->listening && !s->closed && s->daddr &&
		    inet_addr_equal(&s->saddr6, &daddr) && inet_addr_equal(&s->daddr6, &saddr) &&
		    (!s->bound_ifindex || s->bound_ifindex == p->dev->ifindex)) {
			p->sk = s;
			return;
		}
}

bool sock6_port_free(struct host *h, const struct port_wish *w, uint16_t port)
{
	bool any = ipv6_addr_any(&w->addr);

	for (struct sock *s = *sock_port_chain(h->socks, w->proto, port); s; s = s->port_next) {
		if (s->proto != w->proto || s->sport != port)
			continue;
		if (s->v6 ? any || !s->saddr || inet_addr_equal(&s->saddr6, &w->addr) : any && !w->v6only)
			return false;
	}
	return true;
}

/* ---- opening ---- */

static struct sock *new_sock(struct host *h, const struct sock_open *o, bool listen)
{
	struct sock *sk = sock_new(h, o, listen);

	sk->v6 = true;
	sk->v6only = o->v6only || h->sysctl.bindv6only;
	return sk;
}

int sock6_listen(struct host *h, const struct sock_open *o)
{
	struct sock *sk;

	if (!ipv6_addr_any(&o->addr6) && !ipv6_is_multicast(&o->addr6) && !o->transparent && !h->sysctl.ip6_nonlocal_bind &&
	    !ipv6_chk_addr(h, &o->addr6, NULL, false))
		return -EADDRNOTAVAIL;
	if (!sock6_port_free(h, &(struct port_wish){ .addr = o->addr6, .proto = o->proto, .v6 = true, .v6only = o->v6only }, o->port))
		return -EADDRINUSE;
	sk = new_sock(h, o, true);
	sk->saddr6 = o->addr6;
	sock_bind(sk, sock6_fold(&o->addr6), o->port);
	return sock_start_listening(sk, o);
}

int sock6_connect(struct host *h, const struct sock_open *o)
{
	struct flowi6 fl = { .daddr = o->addr6, .saddr = o->saddr6, .proto = o->proto, .mark = o->mark, .uid = o->uid,
			     .sport = htons(o->sport), .dport = htons(o->port) };
	struct port_wish wish;
	struct dst dst = { 0 };
	struct sock *sk;
	uint16_t sport;
	int err;

	if (!ipv6_addr_any(&o->saddr6) && !ipv6_chk_addr(h, &o->saddr6, NULL, false) && !h->sysctl.ip6_nonlocal_bind)
		return -EADDRNOTAVAIL;
	if (ipv6_addr_any(&fl.daddr))		/* BSD: one's own host */
		fl.daddr = in6addr_lo;
	if (o->proto == IPPROTO_TCP && ipv6_is_multicast(&fl.daddr))
		return -ENETUNREACH;
	if (ipv6_is_linklocal(&fl.daddr))	/* on which link? */
		return -EINVAL;
	err = ip6_dst_lookup(h, &fl, &dst);
	if (err)
		return err;
	wish = (struct port_wish){ .addr = fl.saddr, .proto = o->proto, .v6 = true, .v6only = o->v6only };
	sport = o->sport ? o->sport : sock_ephemeral(h, &wish);
	if (!sport)
		return -EADDRNOTAVAIL;
	sk = new_sock(h, o, false);
	sk->client = true;
	sk->saddr6 = fl.saddr;
	sk->daddr6 = fl.daddr;
	sk->daddr = sock6_fold(&fl.daddr);
	sk->mp_hash = fl.mp_hash;
	if (o->proto != IPPROTO_TCP)
		sk->way = dst;
	sk->any_source = ipv6_addr_any(&o->saddr6);
	sk->dport = o->port;
	sock_bind(sk, sock6_fold(&fl.saddr), sport);
	if (o->ret)
		*o->ret = sk;
	return o->proto == IPPROTO_TCP ? tcp_connect(sk, o) : udp_connect(sk, o);
}

/* ---- sending ---- */

static struct flowi6 flow(const struct sock *sk, const union inet_addr *daddr)
{
	return (struct flowi6){ .saddr = sk->saddr6, .daddr = *daddr, .tclass = sk->tos, .proto = sk->proto, .oif = sk->bound_ifindex,
				.bound = sk->bound_ifindex != 0, .mark = sk->mark, .uid = sk->uid, .sport = htons(sk->sport),
				.dport = htons(sk->dport), .mp_hash = sk->mp_hash };
}

int sock6_route(struct sock *sk, struct dst *ret)
{
	struct flowi6 fl = flow(sk, &sk->daddr6);

	if (sk->any_source)
		memset(&fl.saddr, 0, sizeof(fl.saddr));
	return ip6_dst_lookup(sk->host, &fl, ret);
}

int sock6_xmit(struct sock *sk, struct packet *p, const union inet_addr *daddr, const union inet_addr *saddr)
{
	struct host *h = sk->host;
	struct ip6_build b = { .saddr = *saddr, .daddr = *daddr, .tclass = sk->tos, .nexthdr = sk->proto,
			       .hlim = sk->ttl ? sk->ttl : ipv6_is_multicast(daddr) ? 1 : ip6_dst_hoplimit(&p->dst) };
	uint64_t outer_id = h->send_id;
	int outer_err = h->send_err, err;

	p->sk = sk;
	if (!sk->tcp || tcp_has_file(sk->tcp)) {
		p->uid = sk->uid;
		p->gid = sk->gid;
	}
	p->mark = sk->mark;
	p->local = true;
	p->ignore_df = true;
	p->ip_summed = CHECKSUM_UNNECESSARY;
	p->csum_partial = sock_leaves_sum(sk, p->dst.dev);
	p->tstamp = h->clock->now;
	ip6_build_header(p, &b);
	h->send_id = p->id;
	h->send_err = 0;
	err = ip6_local_out(h, p);
	if (h->send_err)
		err = h->send_err;
	h->send_id = outer_id;
	h->send_err = outer_err;
	return err;
}

/* ---- errors heard ---- */

int sock6_err(int type, int code)
{
	static const int unreach[] = { ENETUNREACH, EACCES, EHOSTUNREACH, EHOSTUNREACH, ECONNREFUSED, EACCES, EACCES };

	switch (type) {
	case ICMPV6_DEST_UNREACH: return code >= 0 && code < (int)ARRAY_SIZE(unreach) ? unreach[code] : EPROTO;
	case ICMPV6_PKT_TOOBIG: return EMSGSIZE;
	case ICMPV6_TIME_EXCEED: return EHOSTUNREACH;
	default: return EPROTO;
	}
}

static bool is_fatal(int type, int code)
{
	int err = sock6_err(type, code);

	return type == ICMPV6_PARAMPROB || (type == ICMPV6_DEST_UNREACH && err != ENETUNREACH && err != EHOSTUNREACH);
}

void sock6_icmp_err(struct packet *p, const uint8_t *inner, uint8_t proto, const uint8_t *th, uint32_t len, int type, int code,
		    uint32_t info)
{
	struct host *h = p->dev->host;
	union inet_addr saddr = ip6_saddr(inner), daddr = ip6_daddr(inner);
	struct sock *sk;

	if (proto != IPPROTO_TCP && proto != IPPROTO_UDP && proto != IPPROTO_UDPLITE)
		return;
	sk = sock6_lookup(h, proto, &daddr, get_be16(th + 2), &saddr, get_be16(th), NULL);
	if (!sk)
		return;
	if (proto == IPPROTO_TCP && sk->tcp && !sk->listening && tcp_is_request(sk->tcp)) {
		tcp_request_err(sk->tcp, th, is_fatal(type, code));
		return;
	}
	if (type == NDISC_REDIRECT || type == ICMPV6_PKT_TOOBIG)
		sk->any_source = false;		/* the way is looked for again */
	if (type == NDISC_REDIRECT) {
		/* A UDP socket would have to be bound to the device; a TCP connection knows its route. */
		if (proto == IPPROTO_TCP && !sk->listening)
			ndisc_redirect_apply(p, inner, true);
	} else if (proto != IPPROTO_TCP) {
		if (type == ICMPV6_PKT_TOOBIG)
			ip6_update_pmtu(h, inner, info, 0);
		else if (sk->client)
			sk->err = sock6_err(type, code);
		sock_wake(sk);
	} else if (type == ICMPV6_PKT_TOOBIG) {
		if (sk->listening || !sk->tcp)
			return;
		ip6_update_pmtu(h, inner, info, 0);
		tcp_icmp_err(sk, p->dev, th, len, ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED, info);
	} else if (sk->tcp) {
		tcp_heard_err(sk, p->dev, th, len, sock6_err(type, code));
	}
}
