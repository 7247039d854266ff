// SPDX-License-Identifier: MIT
/* ip6_output.c - an IPv6 packet passes through (ip6_forward), or leaves: OUTPUT, POSTROUTING, cut when it was
 * made here and is too long, handed to the neighbour (net/ipv6/ip6_output.c). */
#include "sim/net/ipv6.h"
#include "sim/conntrack/conntrack.h"
#include "sim/net/neigh.h"
#include "sim/net/sock.h"

/* ---- leaving ---- */

int ip6_local_out(struct host *h, struct packet *p)
{
	uint8_t *ip = pkt_nh(p);
	uint32_t len = pkt_len(p) - IP6_HLEN;
	int err;

	put_be16(ip + IP6_PLEN, len > 65535 ? 0 : len);
	p->protocol = ETH_P_IPV6;
	p->cb6.nhoff = IP6_NXT;
	p->local = true;
	err = nf_hook_errno(h, NFPROTO_IPV6, NF_INET_LOCAL_OUT, p, NULL, p->dst.dev);
	if (err != 1)
		return err;
	dst_output(h, p);
	return 0;
}

/* A copy for the host's own members of the group; it comes in again as if from the link. */
static void loopback_copy(struct host *h, const struct packet *p)
{
	struct packet *q = pkt_copy(h->pool, p);

	nf_ct_copy(q, p);
	pkt_orphan(q);
	if (!nf_hook(h, NFPROTO_IPV6, NF_INET_POST_ROUTING, q, NULL, q->dev))
		return;
	q->mac = q->nh;
	q->pkt_type = PACKET_LOOPBACK;
	q->ip_summed = CHECKSUM_UNNECESSARY;
	host_backlog(q->dev, q);
}

/* false: p went no further. */
static bool multicast_out(struct host *h, struct packet *p, const union inet_addr *daddr)
{
	struct net_device *dev = p->dev;

	if (!(dev->flags & IFF_LOOPBACK) && !p->no_mc_loop && ipv6_chk_mcast_addr(dev, daddr)) {
		loopback_copy(h, p);
		if (pkt_nh(p)[IP6_HLIM] == 0) {
			pkt_free(p);
			return false;
		}
	}
	if (ipv6_mc_scope(daddr) <= 1 && !(dev->flags & IFF_LOOPBACK)) {
		pkt_free(p);
		return false;
	}
	return true;
}

static void finish_output2(struct host *h, struct packet *p)
{
	struct net_device *dev = p->dst.dev;
	union inet_addr daddr = ip6_daddr(pkt_nh(p));
	struct neighbour *n;

	p->dev = dev;
	if (ipv6_is_multicast(&daddr) && !multicast_out(h, p, &daddr))
		return;
	if (dev->kind == DEV_LO) {
		eth_header(p, dev, dev->mac, dev->mac, ETH_P_IPV6);
		dev_tx(dev, p);
		return;
	}
	n = neigh_make(h->nd_tbl, dev, p->dst.has_gw ? &p->dst.gw : &daddr);
	if (likely(n))
		neigh_send(n, p);
	else
		pkt_drop(h, p, DROP_NEIGH_CREATEFAIL, "ip6_finish_output2");
}

static void finish_output(struct host *h, struct packet *p)
{
	uint32_t mtu = ip6_dst_mtu(&p->dst);

	if (unlikely(pkt_len(p) > mtu || (p->frag_max_size && pkt_len(p) > p->frag_max_size)))
		ip6_fragment(h, p, mtu, finish_output2);
	else
		finish_output2(h, p);
}

void ip6_output(struct host *h, struct packet *p)
{
	struct net_device *in = p->dev;

	p->dev = p->dst.dev;
	p->protocol = ETH_P_IPV6;
	if (unlikely(!ipv6_on(p->dev))) {
		pkt_drop(h, p, DROP_IPV6DISABLED, "ip6_output");
		return;
	}
	if (p->ip_flags & IP6SKB_REROUTED || nf_hook(h, NFPROTO_IPV6, NF_INET_POST_ROUTING, p, in, p->dev))
		finish_output(h, p);
}

void ip6_build_header(struct packet *p, const struct ip6_build *b)
{
	uint32_t len = pkt_len(p);
	uint8_t *ip;

	if (p->nh < IP6_HLEN)
		pkt_expand(p, PKT_HEADROOM, 0);
	p->th = p->nh;
	p->nh -= IP6_HLEN;
	p->mac = p->nh;
	p->protocol = ETH_P_IPV6;
	p->cb6 = (struct ip6_cb){ .nhoff = IP6_NXT };
	ip = pkt_nh(p);
	put_be32(ip, 6u << 28 | (uint32_t)b->tclass << 20 | (b->flowlabel & 0xfffff));
	put_be16(ip + IP6_PLEN, len);
	ip[IP6_NXT] = b->nexthdr;
	ip[IP6_HLIM] = b->hlim;
	memcpy(ip + IP6_SRC, b->saddr.ip6, 16);
	memcpy(ip + IP6_DST, b->daddr.ip6, 16);
}

/* ---- passing through ---- */

/* Whole packets must fit, those put together from fragments by their largest piece. */
static bool too_big(const struct packet *p, uint32_t mtu)
{
	if (likely(pkt_len(p) <= mtu))
		return false;
	if (p->frag_max_size && p->frag_max_size > mtu)
		return true;
	return !p->ignore_df;
}

enum { PROXY_DROP = -1, PROXY_FORWARD, PROXY_INPUT };

/* For an address that this host answers for: ND about it is ours to handle, and link-local ones go nowhere. */
static int proxy_check(struct packet *p)
{
	const uint8_t *ip = pkt_nh(p), *icmp;
	uint8_t nexthdr = ip[IP6_NXT];
	union inet_addr daddr = ip6_daddr(ip);
	uint32_t off = IP6_HLEN;
	uint16_t frag = 0;

	if (ip6_ext_hdr(nexthdr)) {
		int at = ip6_skip_exthdr(p, IP6_HLEN, &nexthdr, &frag);

		if (at < 0)
			return PROXY_FORWARD;
		off = (uint32_t)at;
	}
	if (nexthdr == IPPROTO_ICMPV6) {
		icmp = pkt_at(p, off, 1);
		if (!icmp)
			return PROXY_FORWARD;
		if (icmp[0] >= NDISC_ROUTER_SOLICITATION && icmp[0] <= NDISC_REDIRECT)
			return PROXY_INPUT;
	}
	if (ipv6_is_linklocal(&daddr)) {
		icmpv6_send(p, ICMPV6_DEST_UNREACH, 3, 0);
		return PROXY_DROP;
	}
	return PROXY_FORWARD;
}

/* Back where it came from: its sender should go to the next hop itself. */
static void maybe_redirect(struct packet *p)
{
	union inet_addr daddr = ip6_daddr(pkt_nh(p)), target = p->dst.has_gw ? p->dst.gw : daddr;

	if (inet6_peer_xrlim_allow(p->dev->host, &daddr, HZ))
		ndisc_send_redirect(p, &target);
}

/* Sources that must not cross a router; true: p is gone. */
static bool bad_source(struct packet *p)
{
	union inet_addr saddr = ip6_saddr(pkt_nh(p));
	unsigned type = ipv6_addr_type(&saddr);

	if (type == IPV6_ADDR_ANY || type & (IPV6_ADDR_MULTICAST | IPV6_ADDR_LOOPBACK)) {
		pkt_drop(p->dev->host, p, DROP_IP_INADDRERRORS, "ip6_forward");
		return true;
	}
	if (!(type & IPV6_ADDR_LINKLOCAL))
		return false;
	icmpv6_send(p, ICMPV6_DEST_UNREACH, 2, 0);
	pkt_drop(p->dev->host, p, DROP_IP_INADDRERRORS, "ip6_forward");
	return true;
}

/* Is it not to be forwarded at all? Answers the reason. */
static enum drop_reason not_ours_to_forward(const struct host *h, const struct packet *p)
{
	const struct net_device *in = dev_by_index(h, p->cb6.iif);

	if (!h->conf6_all.forwarding && !(in && in->ip6 && in->ip6->conf.force_forwarding))
		return DROP_IP_INADDRERRORS;
	return p->pkt_type != PACKET_HOST || p->sk ? DROP_NOT_SPECIFIED : PKT_NOT_DROPPED;
}

void ip6_forward(struct packet *p)
{
	struct net_device *in = p->dev, *out = p->dst.dev;
	struct host *h = in->host;
	enum drop_reason reason = not_ours_to_forward(h, p);
	uint32_t mtu;

	if (reason) {
		pkt_drop(h, p, reason, "ip6_forward");
		return;
	}
	if (pkt_nh(p)[IP6_HLIM] <= 1) {
		icmpv6_send(p, ICMPV6_TIME_EXCEED, 0, 0);
		pkt_drop(h, p, DROP_IP_INHDR, "ip6_forward");
		return;
	}
	if (h->conf6_all.proxy_ndp) {
		union inet_addr daddr = ip6_daddr(pkt_nh(p));
		int proxied = pneigh_lookup(h->nd_tbl, in, &daddr) ? proxy_check(p) : PROXY_FORWARD;

		if (proxied == PROXY_INPUT) {
			ip6_input(p);
			return;
		}
		if (proxied == PROXY_DROP) {
			pkt_drop(h, p, DROP_NOT_SPECIFIED, "ip6_forward_proxy_check");
			return;
		}
	}
	if (p->cb6.iif == out->ifindex && !p->cb6.srcrt)
		maybe_redirect(p);
	else if (bad_source(p))
		return;
	mtu = MAX(ip6_dst_mtu_forward(&p->dst), (uint32_t)IP6_MIN_MTU);
	if (too_big(p, mtu)) {
		p->dev = out;
		icmpv6_send(p, ICMPV6_PKT_TOOBIG, 0, mtu);
		pkt_drop(h, p, DROP_PKT_TOO_BIG, "ip6_forward");
		return;
	}
	pkt_nh(p)[IP6_HLIM]--;
	p->ip_flags |= IP6SKB_FORWARDED;
	if (nf_hook(h, NFPROTO_IPV6, NF_INET_FORWARD, p, in, out))
		dst_output(h, p);
}
