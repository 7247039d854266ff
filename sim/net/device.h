/* SPDX-License-Identifier: MIT */
/* device.h - network devices: physical ones, lo, dummy, vlan, bridge, veth.
 * A physical device's wire is whatever dev->wire says; without one, frames that leave are only seen
 * by the event stream (EV_TX). */
#ifndef SIM_NET_DEVICE_H
#define SIM_NET_DEVICE_H
#include "sim/net/sysctl.h"
#include "sim/packet/packet.h"
#include "sim/packet/headers.h"

#define IFNAMSIZ 16
enum dev_kind { DEV_PHYS, DEV_LO, DEV_DUMMY, DEV_VLAN, DEV_BRIDGE, DEV_VETH };
#define IFF_UP		0x1u
#define IFF_BROADCAST	0x2u
#define IFF_LOOPBACK	0x8u
#define IFF_NOARP	0x80u
#define IFF_PROMISC	0x100u
#define IFF_MULTICAST	0x1000u

/* One IPv4 address of a device (struct in_ifaddr). */
struct in_ifaddr {
	struct in_ifaddr *next;		/* primaries first, as the kernel keeps them */
	be32 local;			/* ours */
	be32 address;			/* the peer's on a point-to-point, else == local */
	be32 mask, broadcast;
	uint8_t prefixlen, scope;	/* RT_SCOPE_* */
	bool secondary, noprefixroute;
	uint32_t metric;
	char label[IFNAMSIZ];
};

struct net_device {
	struct net_device *next;	/* by ifindex */
	struct host *host;
	char name[IFNAMSIZ], made_as[IFNAMSIZ];	/* made_as: before it was renamed */
	int ifindex;
	enum dev_kind kind;
	unsigned flags;			/* IFF_* */
	bool carrier;
	bool was_up;			/* it has had a queue since: what "ip link" shows of it */
	uint32_t mtu;
	uint32_t group;			/* devgroup */
	uint8_t mac[ETH_ALEN];
	struct in_ifaddr *addrs;
	struct ipv4_devconf conf;
	struct neigh_parms neigh;
	struct inet6_dev *ip6;		/* ipv6.h */
	/* links between devices of this host */
	struct net_device *lower;	/* vlan: its real device */
	uint16_t vlan_id, vlan_proto;
	struct net_device *master;	/* the bridge it is a port of */
	struct net_device *peer;	/* veth */
	struct net_device **vlans;	/* by id, when any VLAN lies on it; 802.1ad ones at 4096 + id */
	struct bridge *bridge;		/* DEV_BRIDGE: its state (bridge.c) */
	struct bridge_port *port;	/* with master: its state as a port */
	/* the wire: takes the packet over; NULL = nobody is there */
	void (*wire)(struct net_device *dev, struct packet *p, void *arg);
	void *wire_arg;
	bool any_addr;			/* answers for every IPv6 address (internet.c): as if there were a proxy entry for each */
	uint64_t rx_packets, rx_bytes, tx_packets, tx_bytes;
};

/* New devices are down, MTU 1500 (lo: 65536), conf from "default"; ifindex counts up from 1 (lo).
 * NULL when the name is taken or too long. They live as long as the host. */
struct net_device *dev_add(struct host *h, const char *name, enum dev_kind kind);
struct net_device *dev_by_name(const struct host *h, const char *name);
struct net_device *dev_by_index(const struct host *h, int ifindex);
void dev_set_up(struct net_device *dev, bool up);	/* adds or flushes its routes and neighbours */
void dev_set_mtu(struct net_device *dev, uint32_t mtu);
void dev_change_mtu(struct net_device *dev, uint32_t mtu);	/* the same, and no bridge takes it for an order */

/* A frame comes in from the link (__netif_receive_skb): sets pkt_type, takes the VLAN tag off,
 * bridge, then by protocol to arp_rcv or ip_rcv. Consumes. p->mac = frame start, p->tail = end. */
void dev_rx(struct net_device *dev, struct packet *p);
/* A frame, link header in place, goes out (dev_queue_xmit). Consumes. lo and veth come back in
 * through host_backlog(), not by recursion. */
void dev_tx(struct net_device *dev, struct packet *p);
/* Puts an Ethernet header in front of nh (eth_header); on lo zeros. */
void eth_header(struct packet *p, const struct net_device *dev, const uint8_t *dst, const uint8_t *src, unsigned type);

/* A frame again, from device p->dev on top of the one it came in by (netif_receive_skb): nh, protocol and
 * pkt_type are set. Consumes. */
void netif_receive(struct packet *p);
/* Sets pkt_type, protocol and nh from the link header at p->mac (eth_type_trans); false = too short for one. */
bool eth_type_trans(struct packet *p, const struct net_device *dev);
/* Neither too long for the device nor is it down (is_skb_forwardable). */
bool dev_forwardable(const struct net_device *dev, const struct packet *p);
/* What is forgotten when a packet leaves one device for another by a virtual wire (skb_scrub_packet):
 * route, connection, socket; and between hosts the mark too. */
void pkt_scrub(struct packet *p, bool other_host);
void dev_set_mac(struct net_device *dev, const uint8_t mac[ETH_ALEN]);	/* tells vlans and bridge */

/* vlan.c. Makes a DEV_VLAN device the one for a tag on lower: MAC and MTU are taken over. proto ETH_P_8021Q or
 * ETH_P_8021AD. false when the id is taken or out of range. */
bool vlan_attach(struct net_device *vlan, struct net_device *lower, uint16_t id, uint16_t proto);
/* Takes a tag off the bytes into vlan_tci; false = too short. p->protocol says that there is one. */
bool vlan_untag(struct packet *p);
void vlan_push_tag(struct packet *p);					/* and back into the bytes */
/* 1: p->dev is the tag's device now; 0: there is none; -1: it is down and p was dropped. */
int vlan_do_receive(struct packet *p);
void vlan_dev_xmit(struct net_device *vlan, struct packet *p);		/* consumes */
void vlan_lower_up(struct net_device *lower, bool up);
void vlan_lower_mtu(struct net_device *lower);
void vlan_lower_mac(struct net_device *lower, const uint8_t old[ETH_ALEN]);

/* bridge.c */
bool br_add_if(struct net_device *br, struct net_device *port);		/* false: is a port already, or cannot be one */
bool br_del_if(struct net_device *br, struct net_device *port);
/* A frame from a port: false = not the bridge's affair, it goes up on the port's own device. */
bool br_handle_frame(struct packet *p);
void br_handle_frame_finish(struct packet *p);				/* after the PREROUTING hook; consumes */
void br_forward_finish(struct packet *p);				/* after FORWARD */
void br_dev_queue_push_xmit(struct packet *p);				/* after POSTROUTING: out by p->dev */
void br_dev_xmit(struct net_device *br, struct packet *p);		/* out by the bridge itself; consumes */
void br_init(struct net_device *br);
void br_destroy(struct net_device *br);
void br_port_event(struct net_device *dev);				/* a port or a bridge went up or down, MTU, MAC */
void br_port_hairpin(struct net_device *port, bool on);			/* brport/hairpin_mode */
void br_snooping(struct net_device *br, bool on);			/* mcast_snooping: on when it is made */
/* br_multicast.c: false: a group's packet that is no sound one */
bool br_multicast_rcv(const struct packet *p);
void br_mac_given(struct net_device *br);				/* no longer chosen from the ports' */
void br_mtu_given(struct net_device *br);
/* A frame was last seen from this address; NULL: nowhere, or too long ago. For reports and tests. */
const struct net_device *br_fdb_port(const struct net_device *br, const uint8_t mac[ETH_ALEN]);

/* br_netfilter.c: the IP layer's hooks for bridged packets. Each consumes and goes on with the bridge's
 * next step. br_nf_init once a bridge exists. */
void br_nf_init(struct host *h);
void br_nf_pre_routing(struct packet *p);
void br_nf_forward(struct net_device *in, struct packet *p);
void br_nf_post_routing(struct packet *p);
bool br_nf_dev_xmit(struct packet *p);		/* true: it was a DNATed one on its way back to the bridge */
bool br_nf_local_in(struct net_device *br, struct packet *p);	/* borrows; false: it is gone */

/* Devices' flags per kernel macros: interface value combined with "all". */
#define IN_DEV_ANDCONF(dev, k)	((dev)->host->conf_all.k && (dev)->conf.k)
#define IN_DEV_ORCONF(dev, k)	((dev)->host->conf_all.k || (dev)->conf.k)
#define IN_DEV_MAXCONF(dev, k)	MAX((dev)->host->conf_all.k, (dev)->conf.k)
#define IN_DEV_FORWARD(dev)	((dev)->conf.forwarding)
#define IN_DEV_RX_REDIRECTS(dev) \
	((IN_DEV_FORWARD(dev) && (dev)->host->conf_all.accept_redirects && (dev)->conf.accept_redirects) || \
	 (!IN_DEV_FORWARD(dev) && ((dev)->host->conf_all.accept_redirects || (dev)->conf.accept_redirects)))
#endif
