// SPDX-License-Identifier: MIT
/* udp.c - UDP and UDP-Lite at the host's own ends (net/ipv4/udp.c). */
#include "sim/net/net.h"
#include "sim/net/sock.h"
#include <errno.h>

/* UDP-Lite sums only as many bytes as its length field says, all when it says 0 (RFC 3828). */
static bool lite_checksum_ok(const struct packet *p, const uint8_t *uh, uint32_t len)
{
	uint32_t cover = get_be16(uh + UDP_LEN);
	const uint8_t *ip = pkt_nh(p);

	if (cover == 0)
		cover = len;
	if (cover < UDP_HLEN || cover > len || !get_be16(uh + UDP_CSUM))
		return false;
	return csum_fold(csum_partial(uh, cover, csum_pseudo4(ip4_saddr(ip), ip4_daddr(ip), IPPROTO_UDPLITE, len))) == 0;
}

static bool checksum_ok(const struct packet *p, const uint8_t *uh, uint32_t len, int proto)
{
	const uint8_t *ip = pkt_nh(p);

	if (proto == IPPROTO_UDPLITE)
		return p->ip_summed == CHECKSUM_UNNECESSARY || lite_checksum_ok(p, uh, len);
	if (!get_be16(uh + UDP_CSUM) || p->ip_summed == CHECKSUM_UNNECESSARY)
		return true;
	return csum_fold(csum_partial(uh, len, csum_pseudo4(ip4_saddr(ip), ip4_daddr(ip), IPPROTO_UDP, len))) == 0;
}

void udp_deliver(struct sock *sk, struct packet *p)
{
	struct host *h = sk->host;

	if (trace_on(h->trace, EV_DELIVER)) {
		struct event ev = { .type = EV_DELIVER, .host = h, .pkt = p, .u.deliver = { sk, "udp" } };
		trace_emit(h->trace, &ev);
	}
	p->next = NULL;
	*sk->rx_last = p;
	sk->rx_last = &p->next;
	sock_wake(sk);
}

/* Broadcast and multicast reach every socket that fits; nobody is told when none does. */
static void deliver_many(struct packet *p, struct host *h, uint16_t sport, uint16_t dport)
{
	const uint8_t *ip = pkt_nh(p);
	be32 saddr = ip4_saddr(ip), daddr = ip4_daddr(ip);
	struct sock *last = NULL;

	for (struct sock *sk = h->socks->first; sk; sk = sk->all_next) {
		if (sk->proto != ip[IP4_PROTO] || sk->sport != dport || sk->closed || (sk->saddr && sk->saddr != daddr) ||
		    (sk->daddr && (sk->daddr != saddr || sk->dport != sport)))
			continue;
		if (last)
			udp_deliver(last, pkt_copy(h->pool, p));
		last = sk;
	}
	if (last)
		udp_deliver(last, p);
	else
		pkt_drop(h, p, DROP_NO_SOCKET, "__udp4_lib_mcast_deliver");
}

void udp_rcv(struct packet *p, int proto)
{
	struct host *h = p->dev->host;
	uint8_t *uh = pkt_th(p);
	uint32_t len = p->tail - p->th, ulen;
	const uint8_t *ip = pkt_nh(p);
	struct sock *sk;

	if (len < UDP_HLEN) {
		pkt_drop(h, p, DROP_NOT_SPECIFIED, "__udp4_lib_rcv");
		return;
	}
	ulen = get_be16(uh + UDP_LEN);
	if (proto == IPPROTO_UDP) {
		if (ulen > len || ulen < UDP_HLEN) {
			pkt_drop(h, p, DROP_PKT_TOO_SMALL, "__udp4_lib_rcv");
			return;
		}
		pkt_trim(p, p->th - p->nh + ulen);
		len = ulen;
	}
	if (p->dst.flags & (RTCF_BROADCAST | RTCF_MULTICAST)) {
		if (checksum_ok(p, uh, len, proto))
			deliver_many(p, h, get_be16(uh), get_be16(uh + 2));
		else
			pkt_drop(h, p, DROP_UDP_CSUM, "__udp4_lib_rcv");
		return;
	}
	if (!checksum_ok(p, uh, len, proto)) {
		pkt_drop(h, p, DROP_UDP_CSUM, "__udp4_lib_rcv");
		return;
	}
	sk = p->sk;		/* TPROXY has chosen */
	p->sk = NULL;
	if (!sk)
		sk = sock_lookup(h, (uint8_t)proto, ip4_saddr(ip), get_be16(uh), ip4_daddr(ip), get_be16(uh + 2), p->dev);
	if (sk) {
		udp_deliver(sk, p);
		return;
	}
	/* The datagram has left its connection by now: the raw table sees the error without one. */
	nf_reset_ct(p);
	icmp_send(p, ICMP_DEST_UNREACH, ICMP_PORT_UNREACH, 0);
	pkt_drop(h, p, DROP_NO_SOCKET, "__udp4_lib_rcv");
}

int udp_sendto(struct sock *sk, be32 daddr, uint16_t dport, const uint8_t *data, uint32_t len)
{
	struct host *h = sk->host;
	struct flowi4 fl = sock_flow(sk, daddr, dport);
	struct dst dst = { 0 };
	struct packet *p;
	uint8_t *uh;
	be16 sum;
	int err;

	if (len > 65535 - IP_HLEN - UDP_HLEN)
		return -EMSGSIZE;
	err = ip_route_output(h, &fl, &dst);
	if (err)
		return err;
	p = pkt_alloc(h->pool, UDP_HLEN + len);
	p->dst = dst;
	uh = pkt_put(p, UDP_HLEN + len);
	put_be16(uh + UDP_SPORT, sk->sport);
	put_be16(uh + UDP_DPORT, dport);
	put_be16(uh + UDP_LEN, UDP_HLEN + len);
	put_be16(uh + UDP_CSUM, 0);
	if (len)
		memcpy(uh + UDP_HLEN, data, len);
	sum = csum_fold(csum_partial(uh, UDP_HLEN + len, csum_pseudo4(fl.saddr, fl.daddr, sk->proto, UDP_HLEN + len)));
	sum = sum ? sum : 0xffff;
	memcpy(uh + UDP_CSUM, &sum, 2);
	/* ip_make_skb: DF only when it fits and the path MTU is not locked; should NAT lead it where it does not fit any more,
	 * it may be cut all the same. */
	p->ignore_df = true;
	return sock_xmit(sk, p, &fl, !h->sysctl.ip_no_pmtu_disc && !dst.mtu_locked &&
					     len + UDP_HLEN + IP_HLEN <= dst_mtu(&dst));
}

int udp_connect(struct sock *sk, const struct sock_open *o)
{
	if (o->data && sk->v6)
		return udp6_send(sk, &sk->daddr6, sk->dport, o->data, (uint32_t)o->len);
	return o->data ? udp_sendto(sk, sk->daddr, sk->dport, o->data, (uint32_t)o->len) : 0;
}

bool udp_program(struct sock *sk)
{
	struct packet *p = sk->rx;
	bool echo;

	if (!p)
		return false;
	sk->rx = p->next;
	if (!sk->rx)
		sk->rx_last = &sk->rx;
	echo = sk->echo && sk->listening && sk->host->socks->reads < 16;
	if (echo && p->protocol == ETH_P_IPV6)
		udp6_echo(sk, p);
	else if (echo)
		udp_sendto(sk, ip4_saddr(pkt_nh(p)), get_be16(pkt_th(p)), pkt_th(p) + UDP_HLEN, p->tail - p->th - UDP_HLEN);
	pkt_free(p);
	if (sk->rx)
		sock_wake(sk);
	return true;
}
