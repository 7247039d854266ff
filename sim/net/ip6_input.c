// SPDX-License-Identifier: MIT
/* ip6_input.c - an IPv6 packet comes in: is its header sound, where does it go, and which header or endpoint
 * of this host takes it (net/ipv6/ip6_input.c; ip6_pkt_drop of route.c). */
#include "sim/net/ipv6.h"
#include "sim/conntrack/conntrack.h"
#include "sim/net/sock.h"
#include <errno.h>

/* Addresses that no packet on a wire may have. */
static bool bad_addresses(const struct net_device *dev, const struct packet *p, const union inet_addr *saddr,
			  const union inet_addr *daddr)
{
	bool lo = dev->flags & IFF_LOOPBACK, group = ipv6_is_multicast(daddr);

	if ((ipv6_addr_loopback(saddr) || ipv6_addr_loopback(daddr)) && !lo)
		return true;
	if (!(p->pkt_type == PACKET_LOOPBACK || lo) && group && ipv6_mc_scope(daddr) == 1)
		return true;
	if (!group && (p->pkt_type == PACKET_BROADCAST || p->pkt_type == PACKET_MULTICAST) &&
	    dev->ip6->conf.drop_unicast_in_l2_multicast)
		return true;
	if (group && ipv6_mc_scope(daddr) == 0)
		return true;
	return ipv6_is_multicast(saddr);
}

/* On success p is trimmed to the packet and th is set. */
static enum drop_reason ip6_check(struct net_device *dev, struct packet *p)
{
	const uint8_t *ip = pkt_nh(p);
	union inet_addr saddr, daddr;
	uint32_t plen;

	if (pkt_len(p) < IP6_HLEN || ip6_version(ip) != 6)
		return DROP_NOT_SPECIFIED;
	saddr = ip6_saddr(ip);
	daddr = ip6_daddr(ip);
	if (bad_addresses(dev, p, &saddr, &daddr))
		return DROP_NOT_SPECIFIED;
	p->th = p->nh + IP6_HLEN;
	p->cb6.nhoff = IP6_NXT;
	plen = get_be16(ip + IP6_PLEN);
	if (plen || ip[IP6_NXT] != NEXTHDR_HOP) {	/* a jumbogram says its length later */
		if (plen + IP6_HLEN > pkt_len(p))
			return DROP_PKT_TOO_SMALL;
		pkt_trim(p, plen + IP6_HLEN);
	}
	if (p->cut >= p->tail)
		p->cut = 0;
	return PKT_NOT_DROPPED;
}

void ipv6_rcv(struct net_device *dev, struct packet *p)
{
	struct host *h = dev->host;
	enum drop_reason reason;

	if (p->pkt_type == PACKET_OTHERHOST) {
		pkt_drop(h, p, DROP_OTHERHOST, "ip6_rcv_core");
		return;
	}
	if (!ipv6_on(dev)) {
		pkt_drop(h, p, DROP_IPV6DISABLED, "ip6_rcv_core");
		return;
	}
	/* What an earlier turn through the stack (loopback) left; the route it found stays. */
	p->cb6 = (struct ip6_cb){ .iif = dev->ifindex };
	p->ip_flags = 0;
	p->frag_max_size = 0;
	pkt_linearize(p);
	pkt_orphan(p);
	p->local = false;
	p->from_raw = false;
	p->dev = p->in_dev = dev;
	p->protocol = ETH_P_IPV6;
	/* What loops back to an address of ours counts as received where that address is. */
	if (p->dst.set && p->dst.f6 && p->dst.f6->dev)
		p->cb6.iif = p->dst.f6->dev->ifindex;
	reason = ip6_check(dev, p);
	if (reason) {
		pkt_drop(h, p, reason, "ip6_rcv_core");
		return;
	}
	if (pkt_nh(p)[IP6_NXT] == NEXTHDR_HOP && !ipv6_parse_hopopts(p))
		return;
	if (nf_hook(h, NFPROTO_IPV6, NF_INET_PRE_ROUTING, p, dev, NULL))
		ip6_rcv_finish(p);
}

/* No route, or one of type unreachable, prohibit, blackhole. */
static void ip6_pkt_drop(struct packet *p)
{
	struct host *h = p->dev->host;
	int error = p->dst.error;
	union inet_addr daddr = ip6_daddr(pkt_nh(p));

	if (error == EINVAL) {
		pkt_drop(h, p, DROP_NOT_SPECIFIED, "dst_discard");
		return;
	}
	icmpv6_send(p, ICMPV6_DEST_UNREACH, error == EACCES ? 1 : 0, 0);
	pkt_drop(h, p, ipv6_addr_any(&daddr) ? DROP_IP_INADDRERRORS : error == EACCES ? DROP_NOT_SPECIFIED : DROP_IP_INNOROUTES,
		 "ip6_pkt_drop");
}

/* No multicast routing daemon runs here: only our own memberships count. */
static void ip6_mc_input(struct packet *p)
{
	union inet_addr group = ip6_daddr(pkt_nh(p));

	if (ipv6_chk_mcast_addr(p->dev, &group))
		ip6_input(p);
	else
		pkt_drop(p->dev->host, p, DROP_NOT_SPECIFIED, "ip6_mc_input");
}

void ip6_rcv_finish(struct packet *p)
{
	if (!p->dst.set) {
		sock6_early_demux(p);
		ip6_route_input(p);
	}
	switch (p->dst.in) {
	case DST_IN_LOCAL: ip6_input(p); break;
	case DST_IN_FORWARD: ip6_forward(p); break;
	case DST_IN_MC: ip6_mc_input(p); break;
	case DST_IN_ERROR: ip6_pkt_drop(p); break;
	default: pkt_drop(p->dev->host, p, DROP_NOT_SPECIFIED, "dst_discard"); break;
	}
}

/* ---- for this host ---- */

static bool is_final(uint8_t nexthdr)
{
	return nexthdr == IPPROTO_ICMPV6 || nexthdr == IPPROTO_TCP || nexthdr == IPPROTO_UDP || nexthdr == IPPROTO_UDPLITE;
}

static bool is_mld(const struct packet *p)
{
	const uint8_t *icmp = pkt_at(p, p->th - p->nh, 4);

	return icmp && (icmp[0] == ICMPV6_MGM_QUERY || icmp[0] == ICMPV6_MGM_REPORT || icmp[0] == ICMPV6_MGM_REDUCTION ||
			icmp[0] == ICMPV6_MLD2_REPORT);
}

static void deliver_final(struct packet *p, uint8_t nexthdr)
{
	union inet_addr daddr = ip6_daddr(pkt_nh(p));

	nf_reset_ct(p);
	if (ipv6_is_multicast(&daddr) && !ipv6_chk_mcast_addr(p->dev, &daddr) && !(nexthdr == IPPROTO_ICMPV6 && is_mld(p))) {
		pkt_drop(p->dev->host, p, DROP_IP_INADDRERRORS, "ip6_protocol_deliver_rcu");
		return;
	}
	switch (nexthdr) {
	case IPPROTO_ICMPV6: icmpv6_rcv(p); break;
	case IPPROTO_TCP: tcp_v6_rcv(p); break;
	default: udpv6_rcv(p, nexthdr); break;
	}
}

static void ip6_input_finish(struct packet *p)
{
	struct host *h = p->dev->host;
	int ret = 1;

	while (ret > 0) {
		uint8_t nexthdr = pkt_nh(p)[p->cb6.nhoff];

		if (p->th > p->tail) {
			pkt_drop(h, p, DROP_NOT_SPECIFIED, "ip6_protocol_deliver_rcu");
			return;
		}
		if (is_final(nexthdr)) {
			deliver_final(p, nexthdr);
			return;
		}
		switch (nexthdr) {
		case NEXTHDR_DEST: ret = ipv6_destopt_rcv(p); break;
		case NEXTHDR_ROUTING: ret = ipv6_rthdr_rcv(p); break;
		case NEXTHDR_FRAGMENT: ret = ipv6_frag_rcv(p); break;
		case NEXTHDR_NONE:
			pkt_free(p);
			return;
		case IPPROTO_PIM: /* a handler is there, but no multicast routing that would want it */
			pkt_drop(h, p, DROP_NOT_SPECIFIED, "pim6_rcv");
			return;
		default:
			icmpv6_send(p, ICMPV6_PARAMPROB, 1, p->cb6.nhoff);
			pkt_drop(h, p, DROP_IP_NOPROTO, "ip6_protocol_deliver_rcu");
			return;
		}
	}
}

void ip6_input(struct packet *p)
{
	if (nf_hook(p->dev->host, NFPROTO_IPV6, NF_INET_LOCAL_IN, p, p->dev, NULL))
		ip6_input_finish(p);
}
