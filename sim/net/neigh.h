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
enum {
	NEIGH_UPDATE_F_OVERRIDE = 1, NEIGH_UPDATE_F_WEAK_OVERRIDE = 2, NEIGH_UPDATE_F_ADMIN = 4,
	NEIGH_UPDATE_F_OVERRIDE_ISROUTER = 8, NEIGH_UPDATE_F_ISROUTER = 16	/* is it a router? only ND knows */
};

struct neighbour;
/* What is different in ARP's table and in ND's. */
struct neigh_ops {
	uint8_t family;			/* enum nfproto */
	uint16_t protocol;		/* EtherType of what is sent by it */
	struct neigh_parms *(*parms)(struct net_device *dev);
	void (*construct)(struct neighbour *n);		/* state that an address has by its kind */
	void (*solicit)(struct neighbour *n, const struct packet *p);	/* asks; p wants it, or NULL */
	void (*error)(struct neighbour *n, struct packet *p);	/* nobody answered; consumes p */
};
extern const struct neigh_ops arp_ops, ndisc_ops;	/* arp.c, ndisc.c */

struct neighbour {
	struct neighbour *hash_next;
	struct neighbour *next, **pprev;	/* all of the host, oldest first */
	struct neigh_table *tbl;
	struct net_device *dev;
	union inet_addr addr;
	uint8_t nud_state;		/* enum nud */
	bool router;
	uint8_t ha[ETH_ALEN];
	bool fast;			/* packets go by it without looking at its state (hh_cache) */
	unsigned refs;			/* in use further up the stack: must not be freed */
	int probes;
	int64_t confirmed, updated, used;	/* jiffies */
	struct timer timer;
	struct packet *queue, **queue_last;	/* wait for the answer */
	uint32_t queue_bytes;
};

struct neighbour *neigh_find(const struct neigh_table *t, struct net_device *dev, const union inet_addr *addr);
/* The known one, or a new one; NULL: table full. */
struct neighbour *neigh_make(struct neigh_table *t, struct net_device *dev, const union inet_addr *addr);
static inline struct neighbour *neigh_lookup(struct net_device *dev, be32 addr)
{
	return neigh_find(dev->host->arp_tbl, dev, &(union inet_addr){ .ip = addr });
}
static inline struct neighbour *neigh_create(struct net_device *dev, be32 addr)
{
	return neigh_make(dev->host->arp_tbl, dev, &(union inet_addr){ .ip = addr });
}
/* Sends p by n, now or when its address is known (neigh_output). Consumes. */
void neigh_send(struct neighbour *n, struct packet *p);
void neigh_update(struct neighbour *n, const uint8_t *lladdr, enum nud state, unsigned flags);
/* Heard a question from it (neigh_event_ns); NULL: table full. */
struct neighbour *neigh_event_ns(struct net_device *dev, be32 addr, const uint8_t *lladdr);
const char *neigh_state_name(enum nud state);			/* "REACHABLE" */
bool neigh_state_parse(const char *name, enum nud *ret);	/* as "ip neigh" writes it */
/* Each entry of the table, oldest first. */
void neigh_each(struct neigh_table *t, void (*fn)(struct neighbour *n, void *arg), void *arg);

/* As "ip neigh replace"; false for a state unknown or without the address it needs. */
bool neigh_set(struct neigh_table *t, struct net_device *dev, const union inet_addr *addr, const uint8_t mac[6], const char *state);
bool neigh_unset(struct neigh_table *t, struct net_device *dev, const union inet_addr *addr);
static inline bool neigh_add_static(struct net_device *dev, be32 ip, const uint8_t mac[6], const char *state)
{
	return neigh_set(dev->host->arp_tbl, dev, &(union inet_addr){ .ip = ip }, mac, state);
}

/* Proxy neighbours: addresses this host answers for on dev. */
struct proxy;
struct proxy *pneigh_lookup(struct neigh_table *t, struct net_device *dev, const union inet_addr *addr);	/* NULL: none */
bool pneigh_is_router(const struct proxy *x);
void pneigh_add(struct neigh_table *t, struct net_device *dev, const union inet_addr *addr, bool router);
bool pneigh_del(struct neigh_table *t, struct net_device *dev, const union inet_addr *addr);
static inline bool neigh_add_proxy(struct net_device *dev, be32 ip)
{
	pneigh_add(dev->host->arp_tbl, dev, &(union inet_addr){ .ip = ip }, false);
	return true;
}
/* Keeps a question for a random part of proxy_delay, then hands it to "redo". Consumes. */
void pneigh_enqueue(struct neigh_table *t, struct net_device *dev, struct packet *p,
		    void (*redo)(struct net_device *dev, struct packet *p));
#endif
