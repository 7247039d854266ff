// SPDX-License-Identifier: MIT
/* br_netfilter.c - bridged IP packets pass the IP layer's hooks too (net/bridge/br_netfilter_{hooks,ipv6}.c).
 *
 * The hooks see the bridge as interface; the ports are known to physdev. A packet whose destination
 * PREROUTING changed is bridged to the new one's address, or handed up to be routed. */
#include "sim/conntrack/conntrack.h"
#include "sim/net/host.h"
#include "sim/net/ipv6.h"
#include "sim/net/neigh.h"
#include "sim/net/net.h"


static bool is_ip(const struct packet *p)
{
	if (p->protocol != ETH_P_IP && p->protocol != ETH_P_IPV6)
		return false;
	return !p->vlan_present || p->dev->host->sysctl.bridge_nf_filter_vlan;
}

static bool is_called(const struct packet *p)
{
	const struct netns_sysctl *ctl = &p->dev->host->sysctl;

	return is_ip(p) && (p->protocol == ETH_P_IPV6 ? ctl->bridge_nf_call_ip6tables : ctl->bridge_nf_call_iptables);
}

static uint8_t family_of(const struct packet *p)
{
	return p->protocol == ETH_P_IPV6 ? NFPROTO_IPV6 : NFPROTO_IPV4;
}

/* The IP layer expects a checked header and no padding. */
static bool validate_ipv4(struct packet *p)
{
	const uint8_t *ip = pkt_at(p, 0, IP_HLEN);
	unsigned hlen, len;

	if (!ip || ip[0] >> 4 != 4 || (hlen = ip4_hlen(ip)) < IP_HLEN || !pkt_at(p, 0, hlen) ||
	    csum_fold(csum_partial(ip, hlen, 0)) != 0)
		return false;
	len = get_be16(ip + IP4_TOTLEN);
	if (pkt_len(p) < len || len < hlen)
		return false;
	pkt_trim(p, len);
	p->th = p->nh + hlen;
	p->opt = (struct ip_opt){ 0 };
	p->ip_flags = p->frag_max_size = 0;
	return true;
}

/* nf_ip6_check_hbh_len(): a jumbogram says its length in an option; false: its options are none. */
static bool hop_options_len(const struct packet *p, uint32_t *len)
{
	const uint8_t *nh = pkt_at(p, IP6_HLEN, 8);
	uint32_t off = IP6_HLEN + 2, left = nh ? (nh[1] + 1u) * 8 : 0;

	if (!left || !pkt_at(p, IP6_HLEN, left))
		return false;
	nh = pkt_nh(p);
	for (left -= 2; left;) {
		uint32_t n = nh[off] == 0 ? 1 : left < 2 ? left + 1 : nh[off + 1] + 2u;

		if (n > left)
			return false;
		if (nh[off] == TLV_JUMBO) {
			if (n != 6 || (off & 3) != 2 || get_be16(nh + IP6_PLEN))
				return false;
			*len = get_be32(nh + off + 2);
			if (*len <= 65535 || *len > pkt_len(p) - IP6_HLEN)
				return false;
		}
		off += n;
		left -= n;
	}
	return true;
}

static bool validate_ipv6(struct packet *p)
{
	const uint8_t *ip = pkt_at(p, 0, IP6_HLEN);
	uint32_t len;

	if (!ip || ip6_version(ip) != 6)
		return false;
	len = get_be16(ip + IP6_PLEN);
	if (ip[IP6_NXT] == NEXTHDR_HOP && !hop_options_len(p, &len))
		return false;
	if (len > pkt_len(p) - IP6_HLEN)
		return false;
	pkt_trim(p, len + IP6_HLEN);
	p->cb6 = (struct ip6_cb){ 0 };
	p->ip_flags = p->frag_max_size = 0;
	return true;
}

static bool validate(struct packet *p)
{
	return p->protocol == ETH_P_IPV6 ? validate_ipv6(p) : validate_ipv4(p);
}

static void save_eth(struct packet *p)
{
	memcpy(p->nf_bridge.eth, pkt_mac(p), ETH_HLEN);
}

/* A hook that put a datagram together, or cut one, may have left the link header behind. */
static void restore_eth(struct packet *p)
{
	eth_header(p, p->dev, p->nf_bridge.eth, p->nf_bridge.eth + ETH_ALEN, get_be16(p->nf_bridge.eth + 12));
}

static void hide_otherhost(struct packet *p)
{
	if (p->pkt_type == PACKET_OTHERHOST) {
		p->pkt_type = PACKET_HOST;
		p->nf_bridge.pkt_otherhost = true;
	}
}

static void show_otherhost(struct packet *p)
{
	if (p->nf_bridge.pkt_otherhost) {
		p->pkt_type = PACKET_OTHERHOST;
		p->nf_bridge.pkt_otherhost = false;
	}
}

/* The bridge, or with bridge-nf-pass-vlan-input-dev the VLAN device on it. */
static struct net_device *logical_dev(const struct packet *p, struct net_device *port)
{
	struct net_device *br = port->master, *vlan = NULL;

	if (br && p->vlan_present && br->vlans && br->host->sysctl.bridge_nf_pass_vlan_input_dev)
		vlan = br->vlans[(p->vlan_tci & 0xfffu) + (p->vlan_proto == ETH_P_8021AD ? 4096 : 0)];
	return vlan ? vlan : br;
}

/* ---- PREROUTING ---- */

static union inet_addr daddr_of(const struct packet *p)
{
	union inet_addr a = { .all = { 0 } };

	if (p->protocol == ETH_P_IPV6)
		return ip6_daddr(pkt_nh(p));
	a.ip = ip4_daddr(pkt_nh(p));
	return a;
}

/* Bridged to the new destination: its link address must be found. Asked for by the bridge itself, the
 * packet comes back through br_nf_dev_xmit(). */
static void finish_dnat_bridged(struct packet *p)
{
	struct net_device *br = p->physin->master;
	union inet_addr hop = p->dst.gw;
	struct neighbour *n;

	if (!br) {
		pkt_drop(p->dev->host, p, DROP_NOT_SPECIFIED, "br_nf_pre_routing_finish_bridge");
		return;
	}
	if (!p->dst.has_gw)
		hop = daddr_of(p);
	if (p->protocol == ETH_P_IPV6)
		n = neigh_make(br->host->nd_tbl, br, &hop);
	else
		n = neigh_lookup(br, hop.ip);
	if (n && (n->nud_state & NUD_CONNECTED) && n->fast) {
		memcpy(pkt_mac(p), n->ha, ETH_ALEN);
		p->dev = p->physin;
		br_handle_frame_finish(p);
		return;
	}
	save_eth(p);
	p->nf_bridge.bridged_dnat = true;
	p->dev = br;
	if (p->protocol != ETH_P_IPV6)
		neigh_output(br, hop.ip, p);
	else if (n)
		neigh_send(n, p);
	else
		pkt_drop(br->host, p, DROP_NEIGH_CREATEFAIL, "br_nf_pre_routing_finish_bridge");
}

bool br_nf_dev_xmit(struct packet *p)
{
	uint8_t *eth = pkt_mac(p);

	if (likely(!p->nf_bridge.bridged_dnat))
		return false;
	p->nf_bridge.bridged_dnat = false;
	memcpy(eth + ETH_ALEN, p->nf_bridge.eth + ETH_ALEN, ETH_HLEN - ETH_ALEN);
	p->dev = p->physin;
	p->physout = NULL;
	br_handle_frame_finish(p);
	return true;
}

/* false: it is gone. */
static bool reroute6(struct packet *p, struct net_device *br)
{
	ip6_route_input(p);
	if (!p->dst.error)
		return true;
	pkt_drop(br->host, p, DROP_NOT_SPECIFIED, "br_nf_pre_routing_finish_ipv6");
	return false;
}

/* 1: it has a route now; 0: it is gone. */
static bool reroute(struct packet *p, struct net_device *br)
{
	const uint8_t *ip = pkt_nh(p);
	be32 daddr = ip4_daddr(ip);
	uint8_t tos = ip[IP4_TOS];
	enum drop_reason why = ip_route_input(p, daddr, ip4_saddr(ip), tos, br);
	struct flowi4 fl = { .daddr = daddr, .tos = tos & 0x1c };
	struct dst dst = { 0 };

	if (why == PKT_NOT_DROPPED)
		return true;
	/* Bridging needs no forwarding: an address behind this bridge is fine all the same. */
	if (why == DROP_IP_INADDRERRORS && !IN_DEV_FORWARD(br) &&
	    ip_route_output(br->host, &fl, &dst) == 0 && dst.dev == br) {
		p->dst = dst;
		return true;
	}
	pkt_drop(br->host, p, why, "br_nf_pre_routing_finish");
	return false;
}

static void pre_routing_finish(struct packet *p, struct net_device *br)
{
	struct nf_bridge *nb = &p->nf_bridge;
	union inet_addr daddr = daddr_of(p);

	restore_eth(p);
	nb->frag_max_size = p->frag_max_size;
	show_otherhost(p);
	nb->in_prerouting = false;
	if (!inet_addr_equal(&daddr, &nb->daddr)) {
		if (!(p->protocol == ETH_P_IPV6 ? reroute6(p, br) : reroute(p, br)))
			return;
		if (p->dst.dev == br) {
			p->dev = p->physin;
			finish_dnat_bridged(p);
			return;
		}
		memcpy(pkt_mac(p), br->mac, ETH_ALEN);
		p->pkt_type = PACKET_HOST;
	} else {
		/* The bridge's fake route: nothing but a device and its MTU. */
		p->dst = (struct dst){ .set = true, .dev = p->physin->master, .mtu = p->physin->master->mtu };
		nb->fake_dst = true;
	}
	p->dev = p->physin;
	br_handle_frame_finish(p);
}

void br_nf_pre_routing(struct packet *p)
{
	struct net_device *port = p->dev, *br;
	struct host *h = port->host;

	if (!is_called(p)) {
		br_handle_frame_finish(p);
		return;
	}
	if (!validate(p)) {
		pkt_drop(h, p, DROP_NETFILTER_DROP, "br_nf_pre_routing");
		return;
	}
	p->nf_bridge = (struct nf_bridge){ .on = true, .in_prerouting = true, .daddr = daddr_of(p) };
	if (p->protocol == ETH_P_IPV6)
		p->th = p->nh + IP6_HLEN;
	save_eth(p);
	hide_otherhost(p);
	p->physin = port;
	p->physout = NULL;
	br = logical_dev(p, port);
	p->dev = p->in_dev = br;
	if (nf_hook(h, family_of(p), NF_INET_PRE_ROUTING, p, br, NULL))
		pre_routing_finish(p, br);
}

/* What the bridge hands up has been through PREROUTING: not again. */
static enum nf_verdict sabotage_in(void *priv, struct packet *p, const struct nf_hook_state *s, enum drop_reason *reason)
{
	(void)priv;
	(void)reason;
	if (!p->nf_bridge.on || p->nf_bridge.in_prerouting || p->nf_bridge.sabotage_in_done)
		return NF_ACCEPT;
	p->nf_bridge.sabotage_in_done = true;
	if (s->family == NFPROTO_IPV6)
		ip6_rcv_finish(p);
	else
		ip_rcv_finish(p);
	return NF_STOLEN;
}

/* A flooded packet's connection is confirmed by its copies, or, without any, here. */
bool br_nf_local_in(struct net_device *br, struct packet *p)
{
	struct nf_hook_state s = { NF_INET_LOCAL_IN, family_of(p), br->host, br, NULL, NULL };
	enum drop_reason reason = DROP_NETFILTER_DROP;

	if (!p->ct || p->pkt_type == PACKET_HOST || ct_confirmed(p->ct))
		return true;
	switch (ct_confirm(NULL, p, &s, &reason)) {
	case NF_ACCEPT:
		return true;
	case NF_STOLEN:
		return false;
	default:
		pkt_drop(br->host, p, reason, "br_nf_local_in");
		return false;
	}
}

/* ---- FORWARD, POSTROUTING ---- */

/* arptables' FORWARD, which arptables-nft does not have, wants at least the fixed part of an ARP packet. */
static bool is_cut_arp(const struct packet *p)
{
	return p->protocol == ETH_P_ARP && !p->vlan_present && p->dev->host->sysctl.bridge_nf_call_arptables && !pkt_at(p, 0, 8);
}

void br_nf_forward(struct net_device *in, struct packet *p)
{
	struct net_device *port = p->dev;
	struct host *h = port->host;

	if (is_cut_arp(p)) {
		pkt_drop(h, p, DROP_PKT_TOO_SMALL, "br_nf_forward");
		return;
	}
	if (!p->nf_bridge.on || !is_ip(p)) {
		br_forward_finish(p);
		return;
	}
	hide_otherhost(p);
	if (!validate(p)) {
		pkt_drop(h, p, DROP_NETFILTER_DROP, "br_nf_forward_ip");
		return;
	}
	p->frag_max_size = p->nf_bridge.frag_max_size;
	p->physout = port;
	save_eth(p);
	if (!nf_hook(h, family_of(p), NF_INET_FORWARD, p, logical_dev(p, in), port->master))
		return;
	restore_eth(p);
	p->nf_bridge.frag_max_size = p->frag_max_size;
	show_otherhost(p);
	br_forward_finish(p);
}

static void forget_nf_bridge(struct packet *p)
{
	bool fake = p->nf_bridge.fake_dst;

	p->nf_bridge = (struct nf_bridge){ .fake_dst = fake };
	p->physin = p->physout = NULL;
}

static void push_fragment(struct host *h, struct packet *p)
{
	(void)h;
	restore_eth(p);
	forget_nf_bridge(p);
	br_dev_queue_push_xmit(p);
}

/* A datagram that was put together is cut again: not where it was, but no larger than its pieces were. */
static void queue_xmit(struct packet *p)
{
	struct nf_bridge *nb = &p->nf_bridge;
	struct host *h = p->dev->host;
	uint32_t mtu = p->dev->mtu;

	show_otherhost(p);
	if (nb->frag_max_size && nb->frag_max_size < mtu)
		mtu = nb->frag_max_size;
	if (pkt_len(p) <= mtu) {
		forget_nf_bridge(p);
		br_dev_queue_push_xmit(p);
		return;
	}
	if (!validate(p)) {
		pkt_drop(h, p, DROP_NOT_SPECIFIED, "br_nf_dev_queue_xmit");
		return;
	}
	p->frag_max_size = nb->frag_max_size;
	if (p->protocol == ETH_P_IPV6) {
		save_eth(p);
		ip6_fragment(h, p, dst_mtu(&p->dst), push_fragment);
		return;
	}
	if (((get_be16(pkt_nh(p) + IP4_FRAGOFF) & IP_DF) && !p->ignore_df) || p->frag_max_size > dst_mtu(&p->dst)) {
		pkt_drop(h, p, DROP_NOT_SPECIFIED, "br_nf_ip_fragment");
		return;
	}
	save_eth(p);
	ip_do_fragment(h, p, push_fragment);
}

void br_nf_post_routing(struct packet *p)
{
	struct net_device *br = p->dev->master;

	/* Without physout it was handed up and routed: the IP layer has called the hook. */
	if (!p->nf_bridge.on || !p->physout || !is_ip(p)) {
		br_dev_queue_push_xmit(p);
		return;
	}
	hide_otherhost(p);
	save_eth(p);
	if (!nf_hook(br->host, family_of(p), NF_INET_POST_ROUTING, p, NULL, br))
		return;
	restore_eth(p);
	queue_xmit(p);
}

void br_nf_init(struct host *h)
{
	static const uint8_t families[] = { NFPROTO_IPV4, NFPROTO_IPV6 };

	nf_unregister_hook(h->hooks, sabotage_in, NULL, NF_INET_PRE_ROUTING);
	for (unsigned i = 0; i < ARRAY_SIZE(families); i++) {
		struct nf_hook_ops ops = { .fn = sabotage_in, .name = "bridge", .family = families[i], .hook = NF_INET_PRE_ROUTING,
					   .priority = NF_IP_PRI_FIRST };

		nf_register_hook(h->hooks, &ops);
	}
}
