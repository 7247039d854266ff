// SPDX-License-Identifier: MIT
/* ping.c - ICMP echo sockets, what ping(8) opens (net/ipv4/ping.c): the identifier is the port. */
#include "sim/net/net.h"
#include "sim/net/sock.h"
#include <errno.h>

struct sock *ping_open(struct host *h, uint16_t ident, sock_program_fn *program, void *arg)
{
	struct sock_open o = { .proto = IPPROTO_ICMP, .program = program, .program_arg = arg };
	struct sock *sk;

	if (!sock_port_free(h, IPPROTO_ICMP, 0, ident))
		return NULL;
	sk = sock_new(h, &o, false);
	sock_bind(sk, 0, ident);
	return sk;
}

int ping_send(struct sock *sk, be32 daddr, uint16_t seq, const uint8_t *data, uint32_t len, uint8_t ttl)
{
	struct host *h = sk->host;
	struct flowi4 fl = { .daddr = daddr, .proto = IPPROTO_ICMP, .mark = sk->mark, .uid = sk->uid };
	struct dst dst = { 0 };
	struct packet *p;
	uint8_t *icmp;
	be16 sum;
	int err;

	if (len > 65535 - IP_HLEN - ICMP_HLEN)
		return -EMSGSIZE;
	if ((err = ip_route_output(h, &fl, &dst)))
		return err;
	if (dst.flags & RTCF_BROADCAST)
		return -EACCES;
	p = pkt_alloc(h->pool, ICMP_HLEN + len);
	p->dst = dst;
	icmp = pkt_put(p, ICMP_HLEN + len);
	memset(icmp, 0, ICMP_HLEN);
	icmp[ICMP_TYPE] = ICMP_ECHO;
	put_be16(icmp + ICMP_ID, sk->sport);
	put_be16(icmp + ICMP_SEQ, seq);
	if (len)
		memcpy(icmp + ICMP_HLEN, data, len);
	sum = csum_fold(csum_partial(icmp, ICMP_HLEN + len, 0));
	memcpy(icmp + ICMP_CSUM, &sum, 2);
	sk->ttl = ttl;
	return sock_xmit(sk, p, &fl, !h->sysctl.ip_no_pmtu_disc && !dst.mtu_locked && len + ICMP_HLEN + IP_HLEN <= dst_mtu(&dst));
}

bool ping_rcv(struct packet *p)
{
	const uint8_t *ip = pkt_nh(p), *icmp = pkt_th(p);
	struct host *h = p->dev->host;
	struct sock *sk = sock_lookup(h, IPPROTO_ICMP, ip4_saddr(ip), 0, ip4_daddr(ip), get_be16(icmp + ICMP_ID), p->dev);
	struct packet *copy;

	if (!sk)
		return false;
	copy = pkt_copy(h->pool, p);
	*sk->rx_last = copy;
	sk->rx_last = &copy->next;
	sock_wake(sk);
	return true;
}

void ping_err(const struct net_device *dev, const uint8_t *q, uint32_t qlen, int type, int code)
{
	const uint8_t *icmp = q + ip4_hlen(q);
	struct sock *sk;

	if (qlen < ip4_hlen(q) + 8u || icmp[ICMP_TYPE] != ICMP_ECHO)
		return;
	sk = sock_lookup(dev->host, IPPROTO_ICMP, ip4_daddr(q), 0, ip4_saddr(q), get_be16(icmp + ICMP_ID), NULL);
	if (!sk)
		return;
	sk->err = type == ICMP_TIME_EXCEEDED ? EHOSTUNREACH : code == ICMP_PORT_UNREACH ? ECONNREFUSED : EHOSTUNREACH;
	sk->icmp_type = (uint8_t)type;
	sk->icmp_code = (uint8_t)code;
	sock_wake(sk);
}
