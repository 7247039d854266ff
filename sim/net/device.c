// SPDX-License-Identifier: MIT
/* device.c - network devices: how they are made, how a frame comes in and goes out. */
#include "sim/net/device.h"
#include "sim/conntrack/conntrack.h"
#include "sim/nat/nat.h"
#include "sim/net/ipv6.h"
#include "sim/net/net.h"
#include <stdio.h>

static const uint8_t broadcast[ETH_ALEN] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };

/* ---- making and setting ---- */

static bool name_ok(const char *name)
{
	size_t n = strlen(name);

	if (n == 0 || n >= IFNAMSIZ || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return false;
	for (; *name; name++)
		if (*name == '/' || *name == ':' || (unsigned char)*name <= ' ')
			return false;
	return true;
}

/* ethK is 02:00:00:00:00:(K+1); any other gets an address of its own from its ifindex. */
static void default_mac(struct net_device *dev)
{
	uint8_t rest = 0;
	unsigned k;
	char end;

	dev->mac[0] = 2;
	if (sscanf(dev->name, "eth%u%c", &k, &end) == 1 && k < 0xffffff) {
		put_be32(dev->mac + 2, k + 1);
		return;
	}
	for (const char *s = dev->host->name; *s; s++)
		rest = (uint8_t)(rest * 31 + *s);
	dev->mac[1] = 0xf0;
	dev->mac[2] = rest;
	put_be32(dev->mac + 2, (uint32_t)dev->ifindex | (uint32_t)rest << 24);
}

static unsigned default_flags(enum dev_kind kind)
{
	switch (kind) {
	case DEV_LO:
		return IFF_LOOPBACK;
	case DEV_DUMMY:
		return IFF_BROADCAST | IFF_NOARP;
	default:
		return IFF_BROADCAST | IFF_MULTICAST;
	}
}

struct net_device *dev_add(struct host *h, const char *name, enum dev_kind kind)
{
	struct net_device *dev, **at;

	if (!name_ok(name) || dev_by_name(h, name))
		return NULL;
	dev = arena_new(h->arena, struct net_device);
	dev->host = h;
	memcpy(dev->name, name, strlen(name) + 1);
	memcpy(dev->made_as, name, strlen(name) + 1);
	dev->ifindex = h->next_ifindex++;
	dev->kind = kind;
	dev->flags = default_flags(kind);
	dev->carrier = kind != DEV_BRIDGE;
	dev->mtu = kind == DEV_LO ? 65536 : 1500;
	dev->conf = h->conf_default;
	dev->neigh = h->neigh_default;
	if (kind == DEV_LO)
		dev->conf.disable_xfrm = dev->conf.disable_policy = 1;
	else
		default_mac(dev);
	if (kind == DEV_BRIDGE)
		br_init(dev);
	for (at = &h->devs; *at; at = &(*at)->next)
		;
	*at = dev;
	addrconf_dev_new(dev);
	return dev;
}

struct net_device *dev_by_name(const struct host *h, const char *name)
{
	for (struct net_device *dev = h->devs; dev; dev = dev->next)
		if (strcmp(dev->name, name) == 0)
			return dev;
	return NULL;
}

struct net_device *dev_by_index(const struct host *h, int ifindex)
{
	for (struct net_device *dev = h->devs; dev; dev = dev->next)
		if (dev->ifindex == ifindex)
			return dev;
	return NULL;
}

static void add_loopback_addr(struct net_device *lo)
{
	struct in_ifaddr ifa = { .prefixlen = 8, .scope = RT_SCOPE_HOST };

	ifa.local = ifa.address = htonl(0x7f000001);
	ifa.mask = htonl(0xff000000);
	memcpy(ifa.label, lo->name, IFNAMSIZ);
	inet_addr_add(lo, &ifa);
}

/* arp_notify: a device that comes up tells its addresses (inetdev_send_gratuitous_arp). */
static void announce(struct net_device *dev)
{
	if (!IN_DEV_MAXCONF(dev, arp_notify))
		return;
	for (struct in_ifaddr *ifa = dev->addrs; ifa; ifa = ifa->next)
		arp_send(dev, 1, ifa->local, ifa->local, NULL, NULL);
}

void dev_set_up(struct net_device *dev, bool up)
{
	struct host *h = dev->host;

	if (up == !!(dev->flags & IFF_UP))
		return;
	if (up) {
		if (dev->kind == DEV_VLAN && dev->lower && !(dev->lower->flags & IFF_UP))
			return;
		dev->flags |= IFF_UP;
		dev->was_up = true;
		br_port_event(dev);
		if (dev->kind == DEV_LO && !dev->addrs)
			add_loopback_addr(dev);
		fib_dev_up(dev);
		announce(dev);
		addrconf_dev_up(dev);
		vlan_lower_up(dev, true);
		return;
	}
	vlan_lower_up(dev, false);
	dev->flags &= ~IFF_UP;
	br_port_event(dev);
	fib_dev_down(dev);
	addrconf_dev_down(dev);
	neigh_dev_down(dev);
	if (h->nat)
		nat_masq_device_gone(dev, 0);
}

void dev_change_mtu(struct net_device *dev, uint32_t mtu)
{
	uint32_t orig = dev->mtu;

	dev->mtu = mtu;
	fib_sync_mtu(dev, orig);
	addrconf_dev_mtu(dev, orig);
	vlan_lower_mtu(dev);
}

void dev_set_mtu(struct net_device *dev, uint32_t mtu)
{
	dev_change_mtu(dev, mtu);
	if (dev->bridge)
		br_mtu_given(dev);
	br_port_event(dev);
}

void dev_set_mac(struct net_device *dev, const uint8_t mac[ETH_ALEN])
{
	uint8_t old[ETH_ALEN];

	memcpy(old, dev->mac, ETH_ALEN);
	memcpy(dev->mac, mac, ETH_ALEN);
	if (dev->bridge)
		br_mac_given(dev);
	neigh_dev_changed(dev);
	vlan_lower_mac(dev, old);
	br_port_event(dev);
}

/* ---- frames ---- */

bool dev_forwardable(const struct net_device *dev, const struct packet *p)
{
	return (dev->flags & IFF_UP) && p->tail - p->mac <= dev->mtu + ETH_HLEN + VLAN_HLEN;
}

void pkt_scrub(struct packet *p, bool other_host)
{
	ct_put(p->ct);
	p->ct = NULL;
	p->ctinfo = 0;
	p->dst = (struct dst){ 0 };
	p->opt = (struct ip_opt){ 0 };
	p->in_dev = p->physin = p->physout = NULL;
	p->nf_bridge = (struct nf_bridge){ 0 };
	p->pkt_type = PACKET_HOST;
	p->nf_trace = p->ignore_df = false;
	p->ip_flags = p->frag_max_size = 0;
	p->priority = p->hash = 0;
	pkt_orphan(p);
	if (!other_host)
		return;
	p->mark = p->secmark = 0;
	p->local = p->from_raw = false;
	p->ip_summed = CHECKSUM_NONE;
	p->csum_partial = false;
}

void eth_header(struct packet *p, const struct net_device *dev, const uint8_t *dst,
		const uint8_t *src, unsigned type)
{
	uint8_t *eth;

	if (unlikely(p->nh < ETH_HLEN)) {
		p->mac = p->nh;
		pkt_expand(p, PKT_HEADROOM, 0);
	}
	p->mac = p->nh - ETH_HLEN;
	eth = pkt_mac(p);
	memcpy(eth, dst ? dst : broadcast, ETH_ALEN);
	memcpy(eth + ETH_ALEN, src ? src : dev->mac, ETH_ALEN);
	put_be16(eth + 12, type);
}

bool eth_type_trans(struct packet *p, const struct net_device *dev)
{
	const uint8_t *eth = pkt_mac(p);

	if (unlikely(p->tail - p->mac < ETH_HLEN))
		return false;
	p->nh = p->th = p->mac + ETH_HLEN;
	p->protocol = get_be16(eth + 12);
	if (likely(memcmp(eth, dev->mac, ETH_ALEN) == 0))
		p->pkt_type = PACKET_HOST;
	else if (!(eth[0] & 1))
		p->pkt_type = PACKET_OTHERHOST;
	else if (memcmp(eth, broadcast, ETH_ALEN) == 0)
		p->pkt_type = PACKET_BROADCAST;
	else
		p->pkt_type = PACKET_MULTICAST;
	return true;
}

static void emit_dev(enum event_type type, struct net_device *dev, struct packet *p)
{
	if (trace_on(dev->host->trace, type)) {
		struct event ev = { .type = type, .host = dev->host, .pkt = p, .u.dev = { dev } };
		trace_emit(dev->host->trace, &ev);
	}
}

void dev_rx(struct net_device *dev, struct packet *p)
{
	p->dev = dev;
	emit_dev(EV_RX, dev, p);
	if (unlikely(!(dev->flags & IFF_UP))) {
		pkt_drop(dev->host, p, DROP_DEV_READY, "dev_rx");
		return;
	}
	if (unlikely(!eth_type_trans(p, dev))) {
		pkt_drop(dev->host, p, DROP_PKT_TOO_SMALL, "eth_type_trans");
		return;
	}
	dev->rx_packets++;
	dev->rx_bytes += p->tail - p->mac;
	netif_receive(p);
}

static inline bool eth_type_vlan(uint16_t type)
{
	return type == ETH_P_8021Q || type == ETH_P_8021AD;
}

/* A tag that no VLAN device took: with id 0 it is only a priority, and another tag may lie under it.
 * Else the frame is somebody else's. false = p is gone; *again = a device was found after all. */
static bool leftover_tag(struct packet *p, bool *again)
{
	*again = false;
	for (;;) {
		if (p->vlan_tci & 0xfff) {
			p->pkt_type = PACKET_OTHERHOST;
			break;
		}
		if (!eth_type_vlan(p->protocol))
			break;
		p->vlan_present = false;
		if (!vlan_untag(p)) {
			pkt_drop(p->dev->host, p, DROP_NOT_SPECIFIED, "vlan_untag");
			return false;
		}
		switch (vlan_do_receive(p)) {
		case 1:
			*again = true;
			return true;
		case -1:
			return false;
		}
	}
	p->vlan_present = false;
	return true;
}

void netif_receive(struct packet *p)
{
	bool again = false;

	do {
		if (unlikely(eth_type_vlan(p->protocol) && !p->vlan_present) && !vlan_untag(p)) {
			pkt_drop(p->dev->host, p, DROP_NOT_SPECIFIED, "vlan_untag");
			return;
		}
		if (unlikely(p->vlan_present)) {
			int got = vlan_do_receive(p);

			if (got < 0)
				return;
			if (got > 0) {
				again = true;
				continue;
			}
		}
		if (p->dev->port && br_handle_frame(p))
			return;
		again = false;
		if (unlikely(p->vlan_present) && !leftover_tag(p, &again))
			return;
	} while (unlikely(again));

	p->in_dev = p->dev;
	switch (p->protocol) {
	case ETH_P_IP:
		ip_rcv(p->dev, p);
		break;
	case ETH_P_IPV6:
		ipv6_rcv(p->dev, p);
		break;
	case ETH_P_ARP:
		arp_rcv(p->dev, p);
		break;
	default:
		pkt_drop(p->dev->host, p, DROP_UNHANDLED_PROTO, "__netif_receive_skb_core");
	}
}

static void veth_xmit(struct net_device *dev, struct packet *p)
{
	struct net_device *peer = dev->peer;

	if (!dev_forwardable(peer, p)) {
		pkt_drop(dev->host, p, DROP_NOT_SPECIFIED, "veth_xmit");
		return;
	}
	pkt_scrub(p, peer->host != dev->host);
	host_backlog(peer, p);
}

/* The socket is let go, connection and route are kept: conntrack and ip_rcv know the packet again. */
static void loopback_xmit(struct net_device *lo, struct packet *p)
{
	pkt_orphan(p);
	host_backlog(lo, p);
}

void dev_tx(struct net_device *dev, struct packet *p)
{
	p->dev = dev;
	if (unlikely(!(dev->flags & IFF_UP))) {
		pkt_drop(dev->host, p, DROP_NOT_SPECIFIED, "__dev_queue_xmit");
		return;
	}
	dev->tx_packets++;
	dev->tx_bytes += p->tail - p->mac;
	if (unlikely(p->vlan_present) && dev->kind != DEV_BRIDGE)
		vlan_push_tag(p);
	switch (dev->kind) {
	case DEV_LO:
		loopback_xmit(dev, p);
		return;
	case DEV_VLAN:
		vlan_dev_xmit(dev, p);
		return;
	case DEV_BRIDGE:
		br_dev_xmit(dev, p);
		return;
	case DEV_DUMMY:
		pkt_free(p);
		return;
	case DEV_VETH:
		if (dev->peer) {
			veth_xmit(dev, p);
			return;
		}
		break;
	case DEV_PHYS:
		break;
	}
	emit_dev(EV_TX, dev, p);
	if (dev->wire)
		dev->wire(dev, p, dev->wire_arg);
	else
		pkt_free(p);
}
