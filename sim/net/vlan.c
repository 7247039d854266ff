// SPDX-License-Identifier: MIT
/* vlan.c - 802.1Q tags off and on, and the devices that stand for them (net/8021q). */
#include "sim/net/device.h"
#include "sim/net/host.h"
#include "sim/net/net.h"

#define VLAN_N_VID 4096

static unsigned slot_of(uint16_t id, uint16_t proto)
{
	return (id & 0xfffu) + (proto == ETH_P_8021AD ? VLAN_N_VID : 0);
}

bool vlan_attach(struct net_device *vlan, struct net_device *lower, uint16_t id, uint16_t proto)
{
	if (id >= VLAN_N_VID - 1 || (proto != ETH_P_8021Q && proto != ETH_P_8021AD) ||
	    vlan == lower || lower->kind == DEV_LO)
		return false;
	if (!lower->vlans)
		lower->vlans = arena_array(lower->host->arena, struct net_device *, 2 * VLAN_N_VID);
	if (lower->vlans[slot_of(id, proto)])
		return false;
	lower->vlans[slot_of(id, proto)] = vlan;
	vlan->lower = lower;
	vlan->vlan_id = id;
	vlan->vlan_proto = proto;
	vlan->mtu = lower->mtu;
	vlan->flags |= lower->flags & IFF_NOARP;
	memcpy(vlan->mac, lower->mac, ETH_ALEN);
	return true;
}

bool vlan_untag(struct packet *p)
{
	const uint8_t *tag = pkt_nh(p);
	uint16_t type;

	if (p->tail - p->nh < VLAN_HLEN + 2)
		return false;
	type = get_be16(tag + 2);
	p->vlan_present = true;
	p->vlan_proto = p->protocol;
	p->vlan_tci = get_be16(tag);
	p->protocol = type;
	memmove(pkt_mac(p) + VLAN_HLEN, pkt_mac(p), 2 * ETH_ALEN);
	p->mac += VLAN_HLEN;
	p->nh += VLAN_HLEN;
	p->th = p->nh;
	return true;
}

void vlan_push_tag(struct packet *p)
{
	uint8_t *eth;

	if (unlikely(p->mac < VLAN_HLEN))
		pkt_expand(p, PKT_HEADROOM + ETH_HLEN, 0);
	p->mac -= VLAN_HLEN;
	eth = pkt_mac(p);
	memmove(eth, eth + VLAN_HLEN, 2 * ETH_ALEN);
	put_be16(eth + 12, p->vlan_proto);
	put_be16(eth + 14, p->vlan_tci);
	p->vlan_present = false;
}

int vlan_do_receive(struct packet *p)
{
	struct net_device *vlan;

	if (!p->dev->vlans)
		return 0;
	vlan = p->dev->vlans[slot_of(p->vlan_tci, p->vlan_proto)];
	if (!vlan)
		return 0;
	p->dev = vlan;
	p->vlan_present = false;
	if (!(vlan->flags & IFF_UP)) {
		pkt_drop(vlan->host, p, DROP_NOT_SPECIFIED, "vlan_do_receive");
		return -1;
	}
	/* The device may have an address of its own, which the one below took for another's. */
	if (p->pkt_type == PACKET_OTHERHOST && memcmp(pkt_mac(p), vlan->mac, ETH_ALEN) == 0)
		p->pkt_type = PACKET_HOST;
	p->priority = 0;
	vlan->rx_packets++;
	vlan->rx_bytes += p->tail - p->nh;
	return 1;
}

void vlan_dev_xmit(struct net_device *vlan, struct packet *p)
{
	p->vlan_present = true;
	p->vlan_proto = vlan->vlan_proto;
	p->vlan_tci = vlan->vlan_id;
	dev_tx(vlan->lower, p);
}

void vlan_lower_up(struct net_device *lower, bool up)
{
	for (unsigned i = 0; lower->vlans && i < 2 * VLAN_N_VID; i++)
		if (lower->vlans[i])
			dev_set_up(lower->vlans[i], up);
}

/* A VLAN never has a larger MTU than what it lies on. */
void vlan_lower_mtu(struct net_device *lower)
{
	for (unsigned i = 0; lower->vlans && i < 2 * VLAN_N_VID; i++)
		if (lower->vlans[i] && lower->vlans[i]->mtu > lower->mtu)
			dev_set_mtu(lower->vlans[i], lower->mtu);
}

/* It follows the address below as long as it had the same. */
void vlan_lower_mac(struct net_device *lower, const uint8_t old[ETH_ALEN])
{
	for (unsigned i = 0; lower->vlans && i < 2 * VLAN_N_VID; i++) {
		struct net_device *vlan = lower->vlans[i];

		if (vlan && memcmp(vlan->mac, old, ETH_ALEN) == 0)
			dev_set_mac(vlan, lower->mac);
	}
}
