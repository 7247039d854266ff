/* SPDX-License-Identifier: MIT */
/* segment.h - what lies between the hosts of a lab: switches (a wire is one with two ports). A switch
 * learns addresses (forgotten after 300 s), floods what it does not know, and knows 802.1Q when a port
 * was given VLANs. Each port has a link with delay, loss, an MTU, and it may be down. */
#ifndef SIM_WORLD_SEGMENT_H
#define SIM_WORLD_SEGMENT_H
#include "sim/base/rng.h"
#include "sim/world/world.h"

/* One link, from a device to its port, the same in both directions. */
struct link_props {
	uint64_t delay;			/* ns, each way */
	uint64_t loss;			/* frames lost of 2^32, each way */
	uint32_t mtu;			/* longest IP packet it carries; 0 = any */
	bool down;
};

struct segment;
struct seg_port {
	struct segment *seg;
	struct seg_port *next;		/* of the segment, in the order they were attached */
	struct net_device *dev;		/* at the other end of the link, or */
	struct seg_port *peer;		/* another switch's port */
	struct link_props link;
	uint16_t pvid;			/* VLAN of untagged frames; 0 = they are not taken */
	bool vlan_given, trunk;		/* trunk: tagged frames, of these VLANs: */
	uint32_t vlans[4096 / 32];
	bool any;			/* answers for any address: ARP questions for those of others are kept from it */
};

/* Every frame that a switch takes, as it came in. */
struct seg_tap {
	struct seg_tap *next;
	void (*frame)(struct seg_tap *t, const struct seg_port *from, const struct packet *p);
};

struct segment {
	struct segment *next;		/* of the world */
	const char *name;
	struct world *world;
	struct seg_port *ports, **last;
	unsigned nr_ports;
	bool vlans;			/* some port was given VLANs */
	struct rng rng;
	struct seg_fdb *fdb;
	struct seg_tap *taps;
};

/* They live as long as the world. */
struct segment *segment_create(struct world *w, const char *name);
const struct segment *segments_first(const struct world *w);	/* in the order they were made; follow ->next */
struct segment *segment_by_name(const struct world *w, const char *name);
/* Plugs a device in. A link address that another device of the world has is changed. NULL: it is plugged in somewhere. */
struct seg_port *segment_attach(struct segment *s, struct net_device *dev);
/* Two switches get a wire between them: a port on each. */
struct seg_port *segment_join(struct segment *a, struct segment *b);
/* The port a device is plugged into, or NULL. */
struct seg_port *segment_port(const struct net_device *dev);
void seg_port_access(struct seg_port *p, uint16_t vid);
void seg_port_trunk(struct seg_port *p, uint16_t vid);		/* one more VLAN, tagged */
void seg_port_native(struct seg_port *p, uint16_t vid);		/* of untagged frames on a trunk */
void segment_tap(struct segment *s, struct seg_tap *t);		/* borrowed as long as the world lives */
/* Changes a link at a time of the virtual clock. */
void seg_port_change_at(struct seg_port *p, uint64_t when, const struct link_props *props);
/* Passes on what waits at switches; true: there was something. Called by the world. */
bool segments_drain(struct world *w);
void segments_destroy(struct world *w);

/* A host that answers for any address of both families, from all its ports: "local 0.0.0.0/0" (AnyIP). via: where it
 * sends what is not on its link; where no gateway is given it asks for every address by ARP or ND. internet.c */
struct gateways { be32 v4; bool has_v6; union inet_addr v6; };	/* v4: 0 = none */
bool gateway_parse(struct gateways *g, const char *address);	/* one of each family at most */
struct host *internet_create(struct world *w, const char *name, struct segment *s, const struct gateways *via);
#endif
