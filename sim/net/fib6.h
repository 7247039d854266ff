/* SPDX-License-Identifier: MIT */
/* fib6.h - IPv6's routing tables and the two routing questions (net/ipv6/{ip6_fib,fib6_rules,route}.c). */
#ifndef SIM_NET_FIB6_H
#define SIM_NET_FIB6_H
#include "sim/base/evq.h"
#include "sim/net/fib.h"

enum { IP6_RT_PRIO_ADDRCONF = 256, IP6_RT_PRIO_USER = 1024, RTPROT_RA = 9 };
#define RTF6_ADDRCONF	0x1u	/* made by a router's word or an address */
#define RTF6_DEFAULT	0x2u	/* default router */
#define RTF6_DYNAMIC	0x4u	/* by a redirect */

/* What was learnt for one destination behind a route: a smaller MTU, a nearer router. */
struct fib6_exception {
	struct fib6_exception *next;
	union inet_addr daddr, gw;
	bool has_gw;
	uint32_t mtu;			/* 0 = none */
	uint64_t expires;		/* ns, 0 = never */
	struct net_device *dev;
};

/* One way to a prefix; several of the same metric through gateways share the load. Not freed before the
 * host: packets that wait refer to it. */
struct fib6_info {
	struct fib6_info *next;		/* of the same prefix, metric rising */
	struct fib6_info *all_next;	/* every one there ever was */
	union inet_addr dst, gw, prefsrc;
	uint8_t plen, type, protocol, pref /* 0 medium, 1 high, 3 low */;
	bool has_gw, has_prefsrc, reject, onlink, gone;
	uint8_t flags;			/* RTF6_* */
	uint32_t table, metric;
	struct net_device *dev;
	uint32_t mtu, hoplimit, advmss, weight;
	bool mtu_locked;
	int32_t upper_bound;		/* multipath */
	uint64_t expires;		/* ns, 0 = never */
	struct timer gc;
	struct host *host;
	struct fib6_exception *exceptions;
	struct pos pos;
};

struct fib6_nh_config { struct net_device *dev; union inet_addr gw; bool has_gw, onlink; uint32_t weight; };
/* One route to add or delete, as "ip -6 route" says it; zero = not given, unless said. */
struct fib6_config {
	union inet_addr dst; uint8_t plen, type, protocol, pref, flags;
	uint32_t table, metric;
	bool exclusive, replace, append, change, has_prefsrc;
	union inet_addr prefsrc;
	struct fib6_nh_config nh;	/* when nr_mp is 0 */
	int nr_mp;
	struct fib6_nh_config mp[64];
	uint32_t mtu, hoplimit, advmss; bool mtu_locked;
	uint64_t expires;		/* ns of virtual time, 0 = never */
	const char **why;		/* NULL, or where the kernel's words about an error go */
	struct pos pos;
};

void fib6_init(struct host *h);
void fib6_destroy(struct host *h);
int fib6_route_add(struct host *h, const struct fib6_config *cfg);	/* 0 or negative errno */
int fib6_route_del(struct host *h, const struct fib6_config *cfg);
void fib6_del(struct fib6_info *f);					/* that very one */
/* The same, unchecked, for the kernel's own routes; NULL when there is an equal one. */
struct fib6_info *fib6_insert_kernel(struct host *h, const struct fib6_config *cfg);
void fib6_dev_down(struct net_device *dev);
void fib6_dev_mtu(struct net_device *dev, uint32_t orig, uint32_t mtu);
void fib6_clean_router(struct host *h, const union inet_addr *gw);	/* no router any more */
void fib6_purge_default_routers(struct host *h);
void fib6_set_expires(struct fib6_info *f, uint64_t expires);
void fib6_each(struct host *h, void (*fn)(struct fib6_info *f, void *arg), void *arg);

struct flowi6 {
	union inet_addr saddr, daddr;
	uint8_t tclass, proto, flags;	/* FLOWI_FLAG_* */
	int iif, oif;
	uint32_t mark, uid, mp_hash;
	uint32_t label;			/* flow label */
	be16 sport, dport;
	bool bound;			/* the sender is bound to oif */
};
#define RT6_LOOKUP_F_IFACE	1u
#define RT6_LOOKUP_F_REACHABLE	2u
#define RT6_LOOKUP_F_HAS_SADDR	4u
#define RT6_LOOKUP_F_NO_SHARES	8u	/* with a device given, the first of several next hops that fits (ip6_route_lookup) */

struct fib6_result { struct fib6_info *f; uint32_t table, rule_pref; int error; };	/* f NULL: error, and no route */
/* fib6_table_lookup() in one table. */
struct fib6_info *fib6_table_lookup(struct host *h, uint32_t table, int oif, const struct flowi6 *fl, unsigned strict);
/* By the rules; 0 or negative errno that the answer stands for (res->f may be a rejecting route, or NULL). */
int fib6_rule_lookup(struct host *h, struct flowi6 *fl, const struct packet *p, unsigned flags, int oif, struct fib6_result *res);

/* route6.c */
void ip6_route_input(struct packet *p);				/* fills p->dst, always */
/* Fills *ret; answers dst.error as a negative errno. p: of whose flow it is (hash), or NULL. */
int ip6_route_output(struct host *h, struct flowi6 *fl, struct dst *ret);
/* With a source address chosen where there is none (ip6_dst_lookup). */
int ip6_dst_lookup(struct host *h, struct flowi6 *fl, struct dst *ret);
int ip6_route_me_harder(struct host *h, struct packet *p);
/* A route for ND: straight to daddr on dev (icmp6_dst_alloc). */
void icmp6_dst(struct net_device *dev, const union inet_addr *daddr, struct dst *ret);
void ip6_update_pmtu(struct host *h, const uint8_t *quoted /* IPv6 header */, uint32_t mtu, int oif);
/* "For dest go to target", said by router on dev; daddr, saddr: of the flow whose route it is about. */
struct redirect6 { union inet_addr daddr, saddr, router, dest, target; struct net_device *dev; bool on_link, any_router /* whoever speaks */; };
void rt6_do_redirect(struct host *h, const struct redirect6 *r);
uint32_t rt6_multipath_hash(struct host *h, const struct flowi6 *fl, const struct packet *p);
#endif
