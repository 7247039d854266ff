// SPDX-License-Identifier: MIT
/* arp.c - questions for link addresses: asked, answered, answered for others; and what they teach (net/ipv4/arp.c). */
#include "sim/net/neigh.h"
#include "sim/net/net.h"

#define ARP_LEN		28
#define ARPHRD_ETHER	1
#define ARPHRD_IEEE802	6
#define ARPOP_REQUEST	1
#define ARPOP_REPLY	2
enum { ARP_HRD = 0, ARP_PRO = 2, ARP_HLN = 4, ARP_PLN = 5, ARP_OP = 6, ARP_SHA = 8, ARP_SIP = 14, ARP_THA = 18, ARP_TIP = 24 };

void arp_send(struct net_device *dev, int op, be32 dst_ip, be32 src_ip, const uint8_t *dst_hw, const uint8_t *target_hw)
{
	arp_send_from(dev, op, dst_ip, src_ip, dst_hw, dev->mac, target_hw);
}

void arp_send_from(struct net_device *dev, int op, be32 dst_ip, be32 src_ip, const uint8_t *dst_hw, const uint8_t *src_hw,
		   const uint8_t *target_hw)
{
	struct packet *p;
	uint8_t *arp;

	if (dev->flags & IFF_NOARP)
		return;
	p = pkt_alloc(dev->host->pool, ARP_LEN);
	arp = pkt_put(p, ARP_LEN);
	put_be16(arp + ARP_HRD, ARPHRD_ETHER);
	put_be16(arp + ARP_PRO, ETH_P_IP);
	arp[ARP_HLN] = ETH_ALEN;
	arp[ARP_PLN] = 4;
	put_be16(arp + ARP_OP, (unsigned)op);
	memcpy(arp + ARP_SHA, src_hw, ETH_ALEN);
	memcpy(arp + ARP_SIP, &src_ip, 4);
	if (target_hw)
		memcpy(arp + ARP_THA, target_hw, ETH_ALEN);
	else
		memset(arp + ARP_THA, 0, ETH_ALEN);
	memcpy(arp + ARP_TIP, &dst_ip, 4);
	p->protocol = ETH_P_ARP;
	p->tstamp = dev->host->clock->now;
	p->dev = dev;
	eth_header(p, dev, dst_hw, src_hw, ETH_P_ARP);
	if (nf_hook(dev->host, NFPROTO_ARP, NF_INET_LOCAL_OUT, p, NULL, dev))
		dev_tx(dev, p);
}

static bool is_local(struct net_device *dev, be32 addr)
{
	return inet_addr_type_dev_table(dev->host, dev, addr) == RTN_LOCAL;
}

/* The address to ask by: that of the packet that waits, as far as arp_announce lets it be told. */
static be32 announce_addr(struct net_device *dev, be32 target, const struct packet *p)
{
	int level = IN_DEV_MAXCONF(dev, arp_announce);
	be32 saddr = p ? ip4_saddr(pkt_nh(p)) : 0;

	if (p && level != 2 && is_local(dev, saddr) &&
	    (level != 1 || inet_addr_onlink(dev, target, saddr)))
		return saddr;
	return inet_select_addr(dev, target, RT_SCOPE_LINK);
}

static void arp_solicit(struct neighbour *n, const struct packet *p)
{
	const struct neigh_parms *parms = &n->dev->neigh;
	be32 saddr = announce_addr(n->dev, n->addr.ip, p);
	int probes = n->probes - parms->ucast_solicit;
	uint8_t ha[ETH_ALEN];

	/* After the unicast ones it would be a program's turn (app_solicit), and there is none. */
	if (probes >= 0 && probes < parms->app_solicit)
		return;
	memcpy(ha, n->ha, ETH_ALEN);
	arp_send(n->dev, ARPOP_REQUEST, n->addr.ip, saddr, probes < 0 ? ha : NULL, NULL);
}

static struct neigh_parms *arp_parms(struct net_device *dev)
{
	return &dev->neigh;
}

/* The state that an address has by its kind; most have none yet. */
static void arp_constructor(struct neighbour *n)
{
	static const uint8_t bcast[ETH_ALEN] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };

	if (n->dev->flags & IFF_NOARP)
		memcpy(n->ha, n->dev->mac, ETH_ALEN);
	else if (inet_addr_type_dev_table(n->dev->host, n->dev, n->addr.ip) == RTN_BROADCAST)
		memcpy(n->ha, bcast, ETH_ALEN);
	else
		return;
	n->nud_state = NUD_NOARP;
}

static void arp_error_report(struct neighbour *n, struct packet *p)
{
	icmp_send(p, ICMP_DEST_UNREACH, ICMP_HOST_UNREACH, 0);
	pkt_drop(n->dev->host, p, DROP_NEIGH_FAILED, "arp_error_report");
}

const struct neigh_ops arp_ops = {
	.family = NFPROTO_IPV4, .protocol = ETH_P_IP, .parms = arp_parms, .construct = arp_constructor, .solicit = arp_solicit,
	.error = arp_error_report,
};

/* arp_ignore: true = no answer, though the address is ours. */
static bool arp_ignore(struct net_device *dev, be32 sip, be32 tip)
{
	switch (IN_DEV_MAXCONF(dev, arp_ignore)) {
	case 1:		/* only addresses of this interface */
		return !inet_confirm_addr(dev->host, dev, 0, tip, RT_SCOPE_HOST);
	case 2:		/* and in the asker's subnet */
		return !inet_confirm_addr(dev->host, dev, sip, tip, RT_SCOPE_HOST);
	case 3:		/* not those of scope host */
		return !inet_confirm_addr(dev->host, NULL, 0, tip, RT_SCOPE_LINK);
	case 8:
		return true;
	default:
		return false;
	}
}

/* arp_filter: true = packets to the asker would not leave by this interface. */
static bool arp_filter(struct net_device *dev, be32 sip, be32 tip)
{
	struct flowi4 fl = { .daddr = sip, .saddr = tip };
	struct dst dst = { 0 };

	return ip_route_output(dev->host, &fl, &dst) != 0 || dst.dev != dev;
}

/* proxy_arp: the way on leaves by another interface, and another medium if they are told apart. */
static bool arp_fwd_proxy(const struct net_device *dev, const struct net_device *out)
{
	int in_medium = dev->conf.medium_id;

	if (out == dev || !IN_DEV_ORCONF(dev, proxy_arp))
		return false;
	if (in_medium == 0)
		return true;
	if (in_medium == -1)
		return false;
	return out->conf.medium_id != in_medium && out->conf.medium_id != -1;
}

/* proxy_arp_pvlan: the way on leads back (RFC 3069), and it is no probe for its own address. */
static bool arp_fwd_pvlan(const struct net_device *dev, const struct net_device *out, be32 sip, be32 tip)
{
	return out == dev && sip != tip && IN_DEV_ORCONF(dev, proxy_arp_pvlan);
}

/* arp_accept: may a neighbour be made of an ARP packet that nobody asked for? */
static bool arp_accept(struct net_device *dev, be32 sip)
{
	switch (IN_DEV_MAXCONF(dev, arp_accept)) {
	case 1:
		return true;
	case 2:
		return inet_confirm_addr(dev->host, dev, sip, 0, RT_SCOPE_LINK) != 0;
	default:
		return false;
	}
}

struct arp_fields {
	unsigned op;
	be32 sip, tip;
	const uint8_t *sha, *tha;
};

static void reply(struct net_device *dev, const struct arp_fields *a)
{
	arp_send(dev, ARPOP_REPLY, a->sip, a->tip, a->sha, a->sha);
}

static void arp_redo(struct net_device *dev, struct packet *p);

/* A question that has a route to what it asks for. true = it is done with (answered, or p was queued
 * and is gone: *queued). */
static bool arp_answer(struct net_device *dev, struct packet *p, const struct arp_fields *a, bool redo, bool *queued)
{
	struct net_device *out = p->dst.dev;

	if (p->dst.type == RTN_LOCAL) {
		if (arp_ignore(dev, a->sip, a->tip))
			return true;
		if (IN_DEV_ORCONF(dev, arp_filter) && arp_filter(dev, a->sip, a->tip))
			return true;
		if (neigh_event_ns(dev, a->sip, a->sha))
			reply(dev, a);
		return true;
	}
	if (!IN_DEV_FORWARD(dev) || p->dst.type != RTN_UNICAST)
		return false;
	if (!arp_fwd_proxy(dev, out) && !arp_fwd_pvlan(dev, out, a->sip, a->tip) &&
	    (out == dev || !pneigh_lookup(dev->host->arp_tbl, dev, &(union inet_addr){ .ip = a->tip })))
		return false;
	neigh_event_ns(dev, a->sip, a->sha);
	if (redo || p->pkt_type == PACKET_HOST || dev->neigh.proxy_delay == 0) {
		reply(dev, a);
	} else {
		p->dst = (struct dst){ 0 };
		pneigh_enqueue(dev->host->arp_tbl, dev, p, arp_redo);
		*queued = true;
	}
	return true;
}

/* Somebody tells its address to all: asker and asked are the same, and not one of ours. */
static bool is_garp(struct net_device *dev, const struct arp_fields *a)
{
	if (a->sip != a->tip)
		return false;
	if (a->op == ARPOP_REPLY && memcmp(a->tha, a->sha, ETH_ALEN) != 0)
		return false;
	return inet_addr_type_dev_table(dev->host, dev, a->sip) == RTN_UNICAST;
}

static void arp_learn(struct net_device *dev, const struct packet *p, const struct arp_fields *a)
{
	struct neighbour *n = neigh_lookup(dev, a->sip);
	bool accept = arp_accept(dev, a->sip), garp, override;
	enum nud state = NUD_REACHABLE;

	if (!n && !accept)
		return;
	garp = is_garp(dev, a);
	if (!n && (garp || (a->op == ARPOP_REPLY &&
			    inet_addr_type_dev_table(dev->host, dev, a->sip) == RTN_UNICAST)))
		n = neigh_create(dev, a->sip);
	if (!n)
		return;
	/* Of several answers to one question the first counts. */
	override = garp || (int64_t)host_jiffies(dev->host) > n->updated + (int64_t)dev->neigh.locktime * HZ / 100;
	if (a->op != ARPOP_REPLY || p->pkt_type != PACKET_HOST)
		state = NUD_STALE;
	neigh_update(n, a->sha, state, override ? NEIGH_UPDATE_F_OVERRIDE : 0);
}

static bool arp_parse(const struct packet *p, struct arp_fields *a)
{
	const uint8_t *arp = pkt_nh(p);
	unsigned hrd = get_be16(arp + ARP_HRD);

	if ((hrd != ARPHRD_ETHER && hrd != ARPHRD_IEEE802) || get_be16(arp + ARP_PRO) != ETH_P_IP)
		return false;
	a->op = get_be16(arp + ARP_OP);
	a->sha = arp + ARP_SHA;
	a->sip = load_be32(arp + ARP_SIP);
	a->tha = arp + ARP_THA;
	a->tip = load_be32(arp + ARP_TIP);
	return a->op == ARPOP_REQUEST || a->op == ARPOP_REPLY;
}

static void arp_process(struct net_device *dev, struct packet *p, bool redo)
{
	struct arp_fields a;
	bool queued = false;

	if (!arp_parse(p, &a) || ipv4_is_multicast(a.tip) ||
	    (!IN_DEV_ORCONF(dev, route_localnet) && ipv4_is_loopback(a.tip)) ||
	    (a.sip == a.tip && IN_DEV_ORCONF(dev, drop_gratuitous_arp))) {
		pkt_drop(dev->host, p, DROP_NOT_SPECIFIED, "arp_process");
		return;
	}
	if (a.sip == 0) {	/* is the address taken? (RFC 2131) */
		if (a.op == ARPOP_REQUEST && is_local(dev, a.tip) && !arp_ignore(dev, a.sip, a.tip))
			reply(dev, &a);
		pkt_free(p);
		return;
	}
	if (a.op != ARPOP_REQUEST || ip_route_input(p, a.tip, a.sip, 0, dev) != PKT_NOT_DROPPED ||
	    !arp_answer(dev, p, &a, redo, &queued))
		arp_learn(dev, p, &a);
	if (!queued)
		pkt_free(p);
}

static void arp_redo(struct net_device *dev, struct packet *p)
{
	arp_process(dev, p, true);
}

void arp_rcv(struct net_device *dev, struct packet *p)
{
	const uint8_t *arp = pkt_at(p, 0, ARP_LEN);

	if (p->pkt_type == PACKET_OTHERHOST)
		pkt_drop(dev->host, p, DROP_OTHERHOST, "arp_rcv");
	else if (!arp)
		pkt_drop(dev->host, p, DROP_PKT_TOO_SMALL, "arp_rcv");
	else if ((dev->flags & IFF_NOARP) || p->pkt_type == PACKET_LOOPBACK || arp[ARP_HLN] != ETH_ALEN ||
		 arp[ARP_PLN] != 4)
		pkt_drop(dev->host, p, DROP_NOT_SPECIFIED, "arp_rcv");
	else if (nf_hook(dev->host, NFPROTO_ARP, NF_INET_LOCAL_IN, p, dev, NULL))
		arp_process(dev, p, false);
}
