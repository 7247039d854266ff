// SPDX-License-Identifier: MIT
/* udp6.c - UDP and UDP-Lite over IPv6 at the host's own ends (net/ipv6/udp.c). */
#include "sim/net/ipv6.h"
#include "sim/conntrack/conntrack.h"
#include "sim/net/sock.h"
#include <errno.h>

#define CHECKSUM_BREAK 76

/* UDP-Lite sums only as many bytes as its length field says, all when it says 0 (RFC 3828). */
static bool lite_checksum_ok(const struct packet *p, const uint8_t *uh, uint32_t len)
{
	uint32_t cover = get_be16(uh + UDP_LEN);
	const uint8_t *ip = pkt_nh(p);

	if (cover == 0)
		cover = len;
	if (cover < UDP_HLEN || cover > len || !get_be16(uh + UDP_CSUM))
		return false;
	return csum_fold(csum_partial(uh, cover, csum_pseudo6(ip + IP6_SRC, ip + IP6_DST, IPPROTO_UDPLITE, len))) == 0;
}

/* Unlike over IPv4 a datagram without checksum is none. */
static bool checksum_ok(const struct packet *p, const uint8_t *uh, uint32_t len, int proto)
{
	if (p->ip_summed == CHECKSUM_UNNECESSARY)
		return true;
	if (proto == IPPROTO_UDPLITE)
		return lite_checksum_ok(p, uh, len);
	/* When a target changed the header since (HL, TOS), which no checksum of its own makes up for, the kernel takes that for
	 * a broken packet, but for short ones, which it sums again. */
	if (p->csum_valid && len > CHECKSUM_BREAK && !ip6_full_checksum_ok(p, p->th - p->nh, IPPROTO_UDP))
		return false;
	return get_be16(uh + UDP_CSUM) && sock6_checksum_ok(p, IPPROTO_UDP);
}

/* A group's datagram reaches every socket that fits; nobody is told when none does. */
static void deliver_many(struct packet *p, const union inet_addr *saddr, const union inet_addr *daddr, uint16_t sport, uint16_t dport, int proto)
{
	struct host *h = p->dev->host;
	struct sock *last = NULL;

	for (struct sock *sk = h->socks->first; sk; sk = sk->all_next) {
		if (!sk->v6 || sk->proto != proto || sk->sport != dport || sk->closed || (sk->saddr && !inet_addr_equal(&sk->saddr6, daddr)) ||
		    (sk->daddr && (!inet_addr_equal(&sk->daddr6, saddr) || sk->dport != sport)))
			continue;
		if (last)
			udp_deliver(last, pkt_copy(h->pool, p));
		last = sk;
	}
	if (last)
		udp_deliver(last, p);
	else
		pkt_drop(h, p, DROP_NO_SOCKET, "__udp6_lib_mcast_deliver");
}

void udpv6_rcv(struct packet *p, int proto)
{
	struct host *h = p->dev->host;
	uint32_t len = p->tail - p->th, ulen;
	union inet_addr saddr = ip6_saddr(pkt_nh(p)), daddr = ip6_daddr(pkt_nh(p));
	const uint8_t *uh = pkt_th(p);
	uint16_t sport, dport;
	struct sock *sk;

	if (len < UDP_HLEN) {
		pkt_drop(h, p, DROP_NOT_SPECIFIED, "__udp6_lib_rcv");
		return;
	}
	ulen = get_be16(uh + UDP_LEN);
	if (proto == IPPROTO_UDP) {
		ulen = ulen ? ulen : len;	/* jumbo */
		if (ulen > len || ulen < UDP_HLEN) {
			pkt_drop(h, p, DROP_PKT_TOO_SMALL, "__udp6_lib_rcv");
			return;
		}
		pkt_trim(p, p->th - p->nh + ulen);
		len = ulen;
	}
	if (!checksum_ok(p, uh, len, proto)) {
		pkt_drop(h, p, DROP_UDP_CSUM, "__udp6_lib_rcv");
		return;
	}
	sport = get_be16(uh + UDP_SPORT);
	dport = get_be16(uh + UDP_DPORT);
	sk = p->sk;		/* TPROXY has chosen */
	p->sk = NULL;
	if (!sk && ipv6_is_multicast(&daddr)) {
		deliver_many(p, &saddr, &daddr, sport, dport, proto);
		return;
	}
	if (!sk)
		sk = sock6_lookup(h, (uint8_t)proto, &saddr, sport, &daddr, dport, p->dev);
	if (sk) {
		udp_deliver(sk, p);
		return;
	}
	icmpv6_send(p, ICMPV6_DEST_UNREACH, 4, 0);
	pkt_drop(h, p, DROP_NO_SOCKET, "__udp6_lib_rcv");
}

/* A connected socket keeps its way: rules are not asked again, not even about the source that was chosen since. */
static const struct dst *kept_way(const struct sock *sk, const union inet_addr *daddr)
{
	const struct fib6_info *f = sk->way.f6;

	return f && !f->gone && !f->exceptions && inet_addr_equal(daddr, &sk->daddr6) ? &sk->way : NULL;
}

int udp6_send(struct sock *sk, const union inet_addr *daddr, uint16_t dport, const uint8_t *data, uint32_t len)
{
	struct flowi6 fl = { .saddr = sk->saddr6, .daddr = *daddr, .tclass = sk->tos, .proto = sk->proto, .oif = sk->bound_ifindex,
			     .bound = sk->bound_ifindex != 0, .mark = sk->mark, .uid = sk->uid, .sport = htons(sk->sport),
			     .dport = htons(dport), .mp_hash = sk->mp_hash };
	const struct dst *kept = kept_way(sk, daddr);
	struct dst dst = { 0 };
	struct packet *p;
	uint8_t *uh;
	be16 sum;
	int err;

	if (len > 65535 - UDP_HLEN)
		return -EMSGSIZE;
	err = kept ? 0 : ip6_dst_lookup(sk->host, &fl, &dst);
	if (err)
		return err;
	if (kept)
		dst = *kept;
	p = pkt_alloc(sk->host->pool, UDP_HLEN + len);
	p->dst = dst;
	uh = pkt_put(p, UDP_HLEN + len);
	put_be16(uh + UDP_SPORT, sk->sport);
	put_be16(uh + UDP_DPORT, dport);
	put_be16(uh + UDP_LEN, UDP_HLEN + len);
	put_be16(uh + UDP_CSUM, 0);
	if (len)
		memcpy(uh + UDP_HLEN, data, len);
	sum = csum_fold(csum_partial(uh, UDP_HLEN + len, csum_pseudo6(fl.saddr.ip6, fl.daddr.ip6, sk->proto, UDP_HLEN + len)));
	sum = sum ? sum : 0xffff;
	memcpy(uh + UDP_CSUM, &sum, 2);
	return sock6_xmit(sk, p, &fl.daddr, &fl.saddr);
}

void udp6_echo(struct sock *sk, const struct packet *p)
{
	union inet_addr peer = ip6_saddr(pkt_nh(p));
	int bound = sk->bound_ifindex;

	if (ipv6_is_linklocal(&peer))		/* the peer's address has the link it is on */
		sk->bound_ifindex = p->cb6.iif;
	udp6_send(sk, &peer, get_be16(pkt_th(p)), pkt_th(p) + UDP_HLEN, p->tail - p->th - UDP_HLEN);
	sk->bound_ifindex = bound;
}
