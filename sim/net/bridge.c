// SPDX-License-Identifier: MIT
/* bridge.c - a bridge learns who is behind which port, forwards, floods, and takes what is for itself
 * (net/bridge). No spanning tree, no VLAN filtering; snooping without a querier floods, as the kernel's. */
#include "sim/conntrack/conntrack.h"
#include "sim/net/host.h"
#include "sim/net/net.h"
#include <stdlib.h>

#define LLDP 0x0e		/* last octet of its group address */
#define AGEING_TIME (300 * NSEC_PER_SEC)

struct fdb {
	struct fdb *next;
	uint8_t mac[ETH_ALEN];
	bool local;
	struct net_device *port;	/* NULL: the bridge's own address */
	uint64_t updated;		/* ns */
};

struct bridge_port {
	struct bridge_port *next;
	struct net_device *dev;
	bool forwarding;
	bool hairpin;			/* BR_HAIRPIN_MODE: a frame may leave by the port it came in by */
};

struct bridge {
	struct net_device *dev;
	struct bridge_port *ports;	/* the last one added first: that is the order of flooding */
	bool mac_given, mtu_given, snooping;
	struct fdb **bucket;
	unsigned nr_buckets, nr;
};

/* ---- forwarding database ---- */

static unsigned mac_hash(const uint8_t *mac)
{
	uint32_t v = get_be32(mac + 2) * 0x9e3779b1u ^ get_be16(mac);

	return v ^ v >> 16;
}

static struct fdb **fdb_slot(const struct bridge *br, const uint8_t *mac)
{
	struct fdb **at = &br->bucket[mac_hash(mac) & (br->nr_buckets - 1)];

	while (*at && memcmp((*at)->mac, mac, ETH_ALEN) != 0)
		at = &(*at)->next;
	return at;
}

/* The kernel's collector runs when the next entry is due: late by nothing that counts. */
static bool expired(const struct bridge *br, const struct fdb *f)
{
	return !f->local && br->dev->host->clock->now >= f->updated + AGEING_TIME;
}

static struct fdb *fdb_find(const struct bridge *br, const uint8_t *mac)
{
	struct fdb *f = *fdb_slot(br, mac);

	return f && !expired(br, f) ? f : NULL;
}

/* Removes what the test says. */
static void fdb_prune(struct bridge *br, bool (*gone)(const struct bridge *br, const struct fdb *f, const void *arg),
		      const void *arg)
{
	for (unsigned i = 0; i < br->nr_buckets; i++) {
		for (struct fdb **at = &br->bucket[i]; *at;) {
			struct fdb *f = *at;

			if (!gone(br, f, arg)) {
				at = &f->next;
				continue;
			}
			*at = f->next;
			free(f);
			br->nr--;
		}
	}
}

static bool is_expired(const struct bridge *br, const struct fdb *f, const void *arg)
{
	(void)arg;
	return expired(br, f);
}

static bool is_local(const struct bridge *br, const struct fdb *f, const void *arg)
{
	(void)br;
	(void)arg;
	return f->local;
}

static bool is_learned_at(const struct bridge *br, const struct fdb *f, const void *port)
{
	(void)br;
	return !f->local && f->port == port;
}

static bool is_any(const struct bridge *br, const struct fdb *f, const void *arg)
{
	(void)br;
	(void)f;
	(void)arg;
	return true;
}

static void fdb_grow(struct bridge *br)
{
	struct fdb **old = br->bucket;
	unsigned nr = br->nr_buckets;

	br->nr_buckets *= 2;
	br->bucket = xcalloc(br->nr_buckets, sizeof(struct fdb *));
	for (unsigned i = 0; i < nr; i++) {
		for (struct fdb *f = old[i], *next; f; f = next) {
			struct fdb **at = &br->bucket[mac_hash(f->mac) & (br->nr_buckets - 1)];

			next = f->next;
			f->next = *at;
			*at = f;
		}
	}
	free(old);
}

static struct fdb *fdb_add(struct bridge *br, const uint8_t *mac, struct net_device *port, bool local)
{
	struct fdb *f, **at;

	if (br->nr >= 2 * br->nr_buckets) {
		fdb_prune(br, is_expired, NULL);
		if (br->nr >= br->nr_buckets)
			fdb_grow(br);
	}
	at = fdb_slot(br, mac);
	if (!*at) {
		*at = xcalloc(1, sizeof(*f));
		br->nr++;
	}
	f = *at;
	memcpy(f->mac, mac, ETH_ALEN);
	f->port = port;
	f->local = local;
	f->updated = br->dev->host->clock->now;
	return f;
}

static void fdb_learn(struct bridge *br, struct net_device *port, const uint8_t *mac)
{
	struct fdb *f = *fdb_slot(br, mac);

	if (likely(f)) {
		if (f->local)
			return;		/* somebody uses our address: the kernel only warns */
		f->port = port;
		f->updated = br->dev->host->clock->now;
		return;
	}
	fdb_add(br, mac, port, false);
}

const struct net_device *br_fdb_port(const struct net_device *dev, const uint8_t mac[ETH_ALEN])
{
	const struct fdb *f = fdb_find(dev->bridge, mac);

	return f ? f->port ? f->port : dev : NULL;
}

/* ---- ports ---- */

static void set_mac(struct bridge *br, const uint8_t *mac)
{
	uint8_t old[ETH_ALEN];

	if (memcmp(br->dev->mac, mac, ETH_ALEN) == 0)
		return;
	memcpy(old, br->dev->mac, ETH_ALEN);
	memcpy(br->dev->mac, mac, ETH_ALEN);
	neigh_dev_changed(br->dev);
	vlan_lower_mac(br->dev, old);
}

/* The lowest address of the ports is the bridge's, and the smallest MTU, unless it was given one. */
static void choose_mac_and_mtu(struct bridge *br)
{
	const uint8_t *mac = NULL;
	uint32_t mtu = 0;

	for (struct bridge_port *bp = br->ports; bp; bp = bp->next) {
		if (!mac || memcmp(bp->dev->mac, mac, ETH_ALEN) < 0)
			mac = bp->dev->mac;
		if (!mtu || bp->dev->mtu < mtu)
			mtu = bp->dev->mtu;
	}
	if (mac && !br->mac_given)
		set_mac(br, mac);
	if (!br->mtu_given && br->dev->mtu != (mtu ? mtu : 1500))	/* br_mtu_auto_adjust */
		dev_change_mtu(br->dev, mtu ? mtu : 1500);
}

static void refresh(struct bridge *br)
{
	bool carrier = false;

	choose_mac_and_mtu(br);
	fdb_prune(br, is_local, NULL);
	for (struct bridge_port *bp = br->ports; bp; bp = bp->next) {
		bp->forwarding = (br->dev->flags & bp->dev->flags & IFF_UP) && bp->dev->carrier;
		if (!bp->forwarding)
			fdb_prune(br, is_learned_at, bp->dev);
		carrier |= bp->forwarding;
		fdb_add(br, bp->dev->mac, bp->dev, true);
	}
	if (!fdb_find(br, br->dev->mac))
		fdb_add(br, br->dev->mac, NULL, true);
	br->dev->carrier = carrier;
}

void br_port_event(struct net_device *dev)
{
	if (dev->bridge)
		refresh(dev->bridge);
	else if (dev->master)
		refresh(dev->master->bridge);
}

void br_mac_given(struct net_device *br)
{
	br->bridge->mac_given = true;
}

void br_snooping(struct net_device *br, bool on)
{
	br->bridge->snooping = on;
}

void br_mtu_given(struct net_device *br)
{
	br->bridge->mtu_given = true;
}

bool br_add_if(struct net_device *br, struct net_device *port)
{
	struct bridge_port *bp;

	if (!br->bridge || port == br || port->master || port->bridge || port->kind == DEV_LO)
		return false;
	bp = arena_new(br->host->arena, struct bridge_port);
	bp->dev = port;
	bp->next = br->bridge->ports;
	br->bridge->ports = bp;
	port->master = br;
	port->port = bp;
	refresh(br->bridge);
	return true;
}

bool br_del_if(struct net_device *br, struct net_device *port)
{
	struct bridge_port **at;

	if (!br->bridge || port->master != br)
		return false;
	for (at = &br->bridge->ports; *at != port->port; at = &(*at)->next)
		;
	*at = (*at)->next;
	fdb_prune(br->bridge, is_learned_at, port);
	port->master = NULL;
	port->port = NULL;
	refresh(br->bridge);
	return true;
}

void br_init(struct net_device *dev)
{
	struct bridge *br = arena_new(dev->host->arena, struct bridge);

	br->dev = dev;
	br->snooping = true;
	br->nr_buckets = 64;
	br->bucket = xcalloc(br->nr_buckets, sizeof(struct fdb *));
	dev->bridge = br;
	refresh(br);
	br_nf_init(dev->host);
}

void br_destroy(struct net_device *dev)
{
	fdb_prune(dev->bridge, is_any, NULL);
	free(dev->bridge->bucket);
	dev->bridge = NULL;
}

/* ---- frames out by ports ---- */

static void drop_fake_dst(struct packet *p)
{
	if (p->nf_bridge.fake_dst) {
		p->nf_bridge.fake_dst = false;
		p->dst = (struct dst){ 0 };
	}
}

void br_dev_queue_push_xmit(struct packet *p)
{
	struct net_device *dev = p->dev;

	if (!dev_forwardable(dev, p)) {
		pkt_drop(dev->host, p, DROP_NOT_SPECIFIED, "br_dev_queue_push_xmit");
		return;
	}
	drop_fake_dst(p);
	dev_tx(dev, p);
}

void br_forward_finish(struct packet *p)
{
	if (nf_hook(p->dev->host, NFPROTO_BRIDGE, NF_INET_POST_ROUTING, p, NULL, p->dev))
		br_nf_post_routing(p);
}

static void forward_to(struct bridge_port *to, struct net_device *in, struct packet *p)
{
	p->dev = to->dev;
	if (!nf_hook(to->dev->host, NFPROTO_BRIDGE, in ? NF_INET_FORWARD : NF_INET_LOCAL_OUT, p, in, to->dev))
		return;
	if (in)
		br_nf_forward(in, p);
	else
		br_forward_finish(p);
}

/* A second one of the same connection, as the kernel's clones are. */
static struct packet *copy(struct host *h, const struct packet *p)
{
	struct packet *q = pkt_copy(h->pool, p);

	q->ct = p->ct;
	q->ctinfo = p->ctinfo;
	q->sk = p->sk;
	if (q->ct)
		ct_get(q->ct);
	return q;
}

/* To every port but the one it came in by; with "keep" the packet itself remains the caller's. */
static void flood(struct bridge *br, struct net_device *in, struct packet *p, bool keep)
{
	struct host *h = br->dev->host;
	struct bridge_port *last = NULL;

	for (struct bridge_port *bp = br->ports; bp; bp = bp->next) {
		if ((bp->dev == in && !bp->hairpin) || !bp->forwarding)
			continue;
		if (last)
			forward_to(last, in, copy(h, p));
		last = bp;
	}
	if (!last) {
		if (!keep)
			pkt_drop(h, p, DROP_NOT_SPECIFIED, "br_flood");
		return;
	}
	forward_to(last, in, keep ? copy(h, p) : p);
}

static void forward(struct net_device *in, struct net_device *out, struct packet *p)
{
	struct bridge_port *to = out ? out->port : NULL;

	if (to && (out != in || to->hairpin) && to->forwarding)
		forward_to(to, in, p);
	else
		pkt_drop(p->dev->host, p, DROP_NOT_SPECIFIED, "br_forward");
}

void br_port_hairpin(struct net_device *port, bool on)
{
	port->port->hairpin = on;
}

/* ---- frames in from ports ---- */

static void pass_frame_up(struct bridge *br, struct packet *p)
{
	struct net_device *in;

	br->dev->rx_packets++;
	br->dev->rx_bytes += p->tail - p->nh;
	in = p->dev;
	p->dev = br->dev;
	if (!nf_hook(br->dev->host, NFPROTO_BRIDGE, NF_INET_LOCAL_IN, p, in, NULL))
		return;
	if (!br_nf_local_in(br->dev, p))
		return;
	drop_fake_dst(p);
	netif_receive(p);
}

/* false: it is gone. */
static bool snoop(const struct bridge *br, struct packet *p)
{
	static const uint8_t all[ETH_ALEN] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
	const uint8_t *eth = pkt_mac(p);

	if (!(eth[0] & 1) || !br->snooping || memcmp(eth, all, ETH_ALEN) == 0 || br_multicast_rcv(p))
		return true;
	pkt_drop(br->dev->host, p, DROP_NOT_SPECIFIED, "br_multicast_rcv");
	return false;
}

void br_handle_frame_finish(struct packet *p)
{
	struct net_device *in = p->dev;
	struct bridge *br;
	const uint8_t *eth = pkt_mac(p);
	const struct fdb *f;

	if (unlikely(!in->port || !in->port->forwarding)) {
		pkt_drop(in->host, p, DROP_NOT_SPECIFIED, "br_handle_frame_finish");
		return;
	}
	br = in->master->bridge;
	fdb_learn(br, in, eth + ETH_ALEN);
	if (!snoop(br, p))
		return;
	if (eth[0] & 1) {
		flood(br, in, p, true);
		pass_frame_up(br, p);
		return;
	}
	f = fdb_find(br, eth);
	if (!f)
		flood(br, in, p, false);
	else if (f->local)
		pass_frame_up(br, p);
	else
		forward(in, f->port, p);
}

static bool valid_source(const uint8_t *mac)
{
	static const uint8_t zero[ETH_ALEN];

	return !(mac[0] & 1) && memcmp(mac, zero, ETH_ALEN) != 0;
}

/* 01:80:c2:00:00:0X is for whoever is at the next end of the wire, not to be forwarded. */
static bool is_link_local(const uint8_t *mac)
{
	static const uint8_t group[5] = { 0x01, 0x80, 0xc2, 0, 0 };

	return memcmp(mac, group, sizeof(group)) == 0 && (mac[5] & 0xf0) == 0;
}

bool br_handle_frame(struct packet *p)
{
	struct net_device *in = p->dev, *br = in->master;
	const uint8_t *eth = pkt_mac(p);

	if (unlikely(!valid_source(eth + ETH_ALEN))) {
		pkt_drop(in->host, p, DROP_MAC_INVALID_SOURCE, "br_handle_frame");
		return true;
	}
	if (unlikely(is_link_local(eth))) {
		if (eth[5] == 1) {
			pkt_drop(in->host, p, DROP_MAC_IEEE_MAC_CONTROL, "br_handle_frame");
			return true;
		}
		if (eth[5] != 0) {	/* without spanning tree its own frames are forwarded */
			if (eth[5] != LLDP && !nf_hook(in->host, NFPROTO_BRIDGE, NF_INET_LOCAL_IN, p, in, NULL))
				return true;
			if (in->port->forwarding)
				fdb_learn(br->bridge, in, eth + ETH_ALEN);
			return false;
		}
	}
	if (!in->port->forwarding) {
		pkt_drop(in->host, p, DROP_BRIDGE_INGRESS_STP_STATE, "br_handle_frame");
		return true;
	}
	if (memcmp(br->mac, eth, ETH_ALEN) == 0)
		p->pkt_type = PACKET_HOST;
	if (nf_hook(in->host, NFPROTO_BRIDGE, NF_INET_PRE_ROUTING, p, in, NULL))
		br_nf_pre_routing(p);
	return true;
}

/* ---- frames out by the bridge itself ---- */

void br_dev_xmit(struct net_device *dev, struct packet *p)
{
	const uint8_t *eth = pkt_mac(p);
	const struct fdb *f;

	if (br_nf_dev_xmit(p))
		return;
	if (!snoop(dev->bridge, p))
		return;
	if (eth[0] & 1) {
		flood(dev->bridge, NULL, p, false);
		return;
	}
	f = fdb_find(dev->bridge, eth);
	if (f)
		forward(NULL, f->port, p);
	else
		flood(dev->bridge, NULL, p, false);
}
