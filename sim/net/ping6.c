// SPDX-License-Identifier: MIT
/* ping6.c - ICMPv6 echo sockets (net/ipv6/ping.c): the identifier is the port. */
#include "sim/net/ipv6.h"
#include "sim/net/sock.h"
#include <errno.h>

struct sock *ping6_open(struct host *h, uint16_t ident, int oif, sock_program_fn *program, void *arg)
{
	struct sock_open o = { .proto = IPPROTO_ICMPV6, .program = program, .program_arg = arg };
	struct sock *sk;

	for (struct sock *s = *sock_port_chain(h->socks, IPPROTO_ICMPV6, ident); s; s = s->port_next)
		if (s->proto == IPPROTO_ICMPV6 && s->sport == ident)
			return NULL;
	sk = sock_new(h, &o, false);
	sk->v6 = true;
	sk->bound_ifindex = oif;
	sock_bind(sk, 0, ident);
	return sk;
}

int ping6_send(struct sock *sk, const union inet_addr *daddr, uint16_t seq, const uint8_t *data, uint32_t len, uint8_t hlim)
{
	struct host *h = sk->host;
	struct flowi6 fl = { .daddr = *daddr, .proto = IPPROTO_ICMPV6, .oif = sk->bound_ifindex, .bound = sk->bound_ifindex != 0,
			     .mark = sk->mark, .uid = sk->uid };
	struct dst dst = { 0 };
	struct packet *p;
	uint8_t *icmp;
	be16 sum;
	int err;

	if (len > 65535 - ICMP_HLEN)
		return -EMSGSIZE;
	if (ipv6_is_linklocal(daddr) && !sk->bound_ifindex)	/* on which link? */
		return -EINVAL;
	if ((err = ip6_dst_lookup(h, &fl, &dst)))
		return err;
	p = pkt_alloc(h->pool, ICMP_HLEN + len);
	p->dst = dst;
	icmp = pkt_put(p, ICMP_HLEN + len);
	memset(icmp, 0, ICMP_HLEN);
	icmp[ICMP_TYPE] = ICMPV6_ECHO_REQUEST;
	put_be16(icmp + ICMP_ID, sk->sport);
	put_be16(icmp + ICMP_SEQ, seq);
	if (len)
		memcpy(icmp + ICMP_HLEN, data, len);
	sum = csum_fold(csum_partial(icmp, ICMP_HLEN + len, csum_pseudo6(fl.saddr.ip6, fl.daddr.ip6, IPPROTO_ICMPV6, ICMP_HLEN + len)));
	memcpy(icmp + ICMP_CSUM, &sum, 2);
	sk->ttl = hlim;
	return sock6_xmit(sk, p, &fl.daddr, &fl.saddr);
}

static struct sock *find(struct host *h, const union inet_addr *peer, const union inet_addr *own, const uint8_t *icmp, const struct net_device *dev)
{
	return sock6_lookup(h, IPPROTO_ICMPV6, peer, 0, own, get_be16(icmp + ICMP_ID), dev);
}

bool ping6_rcv(struct packet *p)
{
	union inet_addr saddr = ip6_saddr(pkt_nh(p)), daddr = ip6_daddr(pkt_nh(p));
	struct host *h = p->dev->host;
	struct sock *sk = find(h, &saddr, &daddr, pkt_th(p), p->dev);
	struct packet *copy;

	if (!sk)
		return false;
	copy = pkt_copy(h->pool, p);
	*sk->rx_last = copy;
	sk->rx_last = &copy->next;
	sock_wake(sk);
	return true;
}

void ping6_err(struct host *h, const uint8_t *inner, const uint8_t *icmp, int type, int code)
{
	union inet_addr saddr = ip6_saddr(inner), daddr = ip6_daddr(inner);
	struct sock *sk = icmp[ICMP_TYPE] == ICMPV6_ECHO_REQUEST ? find(h, &daddr, &saddr, icmp, NULL) : NULL;

	if (!sk || type == ICMPV6_PKT_TOOBIG || type == NDISC_REDIRECT)	/* the next one goes another way */
		return;
	sk->err = sock6_err(type, code);
	sk->icmp_type = (uint8_t)type;
	sk->icmp_code = (uint8_t)code;
	sock_wake(sk);
}
