/* SPDX-License-Identifier: MIT */
/* neigh.h - the neighbours one host knows on its links, and what it knows of each (net/core/neighbour.c). */
#ifndef SIM_NET_NEIGH_H
#define SIM_NET_NEIGH_H
#include "sim/net/host.h"

/* States by the kernel's bits (uapi/linux/neighbour.h). */
enum nud {
	NUD_NONE = 0, NUD_INCOMPLETE = 0x01, NUD_REACHABLE = 0x02, NUD_STALE = 0x04, NUD_DELAY = 0x08,
	NUD_PROBE = 0x10, NUD_FAILED = 0x20, NUD_NOARP = 0x40, NUD_PERMANENT = 0x80,
	NUD_IN_TIMER = NUD_INCOMPLETE | NUD_REACHABLE | NUD_DELAY | NUD_PROBE,
	NUD_CONNECTED = NUD_PERMANENT | NUD_NOARP | NUD_REACHABLE,
	NUD_VALID = NUD_CONNECTED | NUD_PROBE | NUD_STALE | NUD_DELAY
};
enum { NEIGH_UPDATE_F_OVERRIDE = 1, NEIGH_UPDATE_F_WEAK_OVERRIDE = 2, NEIGH_UPDATE_F_ADMIN = 4 };

struct neighbour {
	struct neighbour *hash_next;
	struct neighbour *next, **pprev;	/* all of the host, oldest first */
	struct net_device *dev;
	be32 addr;
	uint8_t nud_state;		/* enum nud */
	uint8_t ha[ETH_ALEN];
	bool fast;			/* packets go by it without looking at its state (hh_cache) */
	unsigned refs;			/* in use further up the stack: must not be freed */
	int probes;
	int64_t confirmed, updated, used;	/* jiffies */
	struct timer timer;
	struct packet *queue, **queue_last;	/* wait for the answer */
	uint32_t queue_bytes;
};

struct neighbour *neigh_lookup(struct net_device *dev, be32 addr);
struct neighbour *neigh_create(struct net_device *dev, be32 addr);	/* or the known one; NULL: table full */
void neigh_update(struct neighbour *n, const uint8_t *lladdr, enum nud state, unsigned flags);
/* Heard a question from it (neigh_event_ns); NULL: table full. */
struct neighbour *neigh_event_ns(struct net_device *dev, be32 addr, const uint8_t *lladdr);
const char *neigh_state_name(enum nud state);			/* "REACHABLE" */
bool neigh_state_parse(const char *name, enum nud *ret);	/* as "ip neigh" writes it */
/* Each entry of the host, oldest first. */
void neigh_each(struct host *h, void (*fn)(struct neighbour *n, void *arg), void *arg);

/* As "ip neigh replace"; false for a state unknown or without the address it needs. */
bool neigh_add_static(struct net_device *dev, be32 ip, const uint8_t mac[6], const char *state);
bool neigh_del(struct net_device *dev, be32 ip);

/* Proxy neighbours: addresses this host answers for. dev NULL = on all. */
bool neigh_add_proxy(struct net_device *dev, be32 ip);
bool neigh_del_proxy(struct net_device *dev, be32 ip);
bool pneigh_lookup(struct net_device *dev, be32 ip);
/* Keeps a question for a random part of proxy_delay, then hands it to "redo". Consumes. */
void pneigh_enqueue(struct net_device *dev, struct packet *p, void (*redo)(struct net_device *dev, struct packet *p));

/* arp.c: asks for n; p is the packet that wants it, or NULL. */
void arp_solicit(struct neighbour *n, const struct packet *p);
#endif
