/* SPDX-License-Identifier: MIT */
/* fib.h - addresses, routing tables, policy rules, and the two routing questions: where does a
 * packet that came in go (ip_route_input), and how does one made here leave (ip_route_output).
 * Sources: net/ipv4/{devinet,fib_frontend,fib_semantics,fib_rules,route}.c */
#ifndef SIM_NET_FIB_H
#define SIM_NET_FIB_H
#include "sim/net/device.h"

enum { RT_TABLE_UNSPEC = 0, RT_TABLE_DEFAULT = 253, RT_TABLE_MAIN = 254, RT_TABLE_LOCAL = 255 };
enum { RT_SCOPE_UNIVERSE = 0, RT_SCOPE_SITE = 200, RT_SCOPE_LINK = 253, RT_SCOPE_HOST = 254, RT_SCOPE_NOWHERE = 255 };
enum { RTPROT_UNSPEC = 0, RTPROT_REDIRECT = 1, RTPROT_KERNEL = 2, RTPROT_BOOT = 3, RTPROT_STATIC = 4 };

struct fib_nh {
	struct net_device *dev;		/* NULL for blackhole and its like */
	be32 gw;			/* 0 = on link */
	uint8_t scope;
	bool onlink, dead, linkdown;
	int weight;			/* as kept by the kernel: 1.. */
	int upper_bound;		/* multipath hash threshold */
	uint32_t tclassid;		/* realm */
	be32 src_cache;			/* source address chosen for it (fib_info_update_nhc_saddr) */
	uint32_t src_genid;		/* addresses' generation it was chosen at */
	struct fnhe_table *exceptions;	/* PMTU and redirect exceptions, route_exception.c */
};

/* What a lookup reads comes last, beside the next hops that follow it in memory. */
struct fib_info {
	struct fib_info *next, **pprev;	/* all of the host */
	struct pos pos;			/* where it was written, for reports */
	uint32_t other_metrics[17];	/* RTAX_*: the hop limit; the rest is kept for printing */
	uint32_t table;
	uint32_t priority;		/* metric */
	uint32_t mtu, advmss;
	be32 prefsrc;
	uint8_t type;			/* enum rtn */
	uint8_t scope, protocol;
	bool mtu_locked, onlink;
	bool dead, linkdown;		/* all its next hops are */
	int nr_nh;
	struct fib_nh *nh;
};

/* One route to add or delete, as "ip route" says it. Zero means "not given" unless said. */
struct fib_config {
	be32 dst; uint8_t dst_len, tos, scope, protocol, type;
	bool scope_given, onlink;
	/* "ip route add" is exclusive; append, replace and change are what they say; none of them: prepend */
	bool replace, append, exclusive, change;
	uint32_t table, priority;
	be32 prefsrc, gw;
	struct net_device *oif;
	uint32_t mtu; bool mtu_locked; uint32_t advmss, flow /* realms from<<16|to */;
	uint32_t other_metrics[17];
	int nr_mp;			/* multipath: each with dev, gw, weight, onlink, tclassid */
	struct fib_nh mp[64];
	struct pos pos;
};

/* Each answers 0 or a negative errno, as the kernel: -EEXIST, -ENETUNREACH (gateway not on link),
 * -EINVAL, -ESRCH, ... */
int fib_route_add(struct host *h, const struct fib_config *cfg);
int fib_route_del(struct host *h, const struct fib_config *cfg);
int inet_addr_add(struct net_device *dev, const struct in_ifaddr *ifa);	/* copied; makes its routes */
int inet_addr_del(struct net_device *dev, const struct in_ifaddr *ifa);	/* prefixlen 0 = any ("ip addr del 1.2.3.4") */

enum fr_action { FR_ACT_TO_TBL = 1, FR_ACT_GOTO, FR_ACT_NOP, FR_ACT_BLACKHOLE = 6, FR_ACT_UNREACHABLE, FR_ACT_PROHIBIT };
struct fib_rule {
	struct fib_rule *next;
	uint8_t family;			/* NFPROTO_IPV6, or else IPv4 */
	uint32_t pref, table, target /* goto */;
	bool pref_auto;			/* add: the kernel chooses pref; delete: pref does not matter */
	enum fr_action action;
	bool invert;
	be32 src, dst; uint8_t src_len, dst_len, tos, ipproto;
	union inet_addr src6, dst6;	/* IPv6: instead */
	uint8_t protocol;		/* who made it, RTPROT_* */
	uint32_t mark, mark_mask;
	char iif[IFNAMSIZ], oif[IFNAMSIZ];
	uint16_t sport_lo, sport_hi, dport_lo, dport_hi;	/* 0,0 = any */
	bool uid_given; uint32_t uid_lo, uid_hi;
	int suppress_prefixlen, suppress_ifgroup;		/* -1 = none */
	uint32_t tclassid;
	struct pos pos;
};
int fib_rule_add(struct host *h, const struct fib_rule *r);		/* copied; pref 0 with pref_auto: kernel chooses */
int fib_rule_del(struct host *h, const struct fib_rule *r);
void fib_rules_flush(struct host *h, uint8_t family);			/* all but "local" (for dumps that list all) */
void fib_init(struct host *h);		/* rules 0, 32766, 32767; tables local, main, default */
void fib_destroy(struct host *h);
void fib_settings_changed(struct host *h);	/* a setting that routing may look at: what is remembered is forgotten */
/* dev_set_up() has just put dev up, or is about to tell that it is down: its addresses' routes come, or all routes
 * through it go (fib_netdev_event). */
void fib_dev_up(struct net_device *dev);
void fib_dev_down(struct net_device *dev);
/* dev's carrier changed while it is up (NETDEV_CHANGE); its MTU changed from orig (fib_sync_mtu). */
void fib_dev_change(struct net_device *dev);
void fib_sync_mtu(struct net_device *dev, uint32_t orig);
/* All routes, by table, then by prefix as "ip route show table all" walks them. */
struct fib_route { uint32_t table; be32 dst; uint8_t dst_len, tos; const struct fib_info *fi; };
void fib_each_route(struct host *h, void (*fn)(const struct fib_route *r, void *arg), void *arg);
bool fib_has_table(const struct host *h, uint32_t table);		/* it has been there, if empty now */
bool fib_has_custom_rules(const struct host *h);			/* rules are walked: others than the first three have been made */
const struct fib_rule *fib_rules_first(const struct host *h, uint8_t family);	/* in order; follow ->next */

struct flowi4 {
	be32 saddr, daddr;
	uint8_t tos;			/* DSCP bits as the kernel masks them for routing */
	uint8_t proto, scope;
	uint8_t flags;			/* FLOWI_FLAG_* */
	int iif, oif;
	uint32_t mark, uid;
	be16 sport, dport;
	uint32_t mp_hash;		/* 0 = none */
};
#define FLOWI_FLAG_ANYSRC	0x01u
#define FLOWI_FLAG_KNOWN_NH	0x02u

struct fib_result {
	uint8_t type, scope, prefixlen;
	be32 prefix;
	uint32_t table, rule_pref, tclassid;
	struct fib_info *fi;
	int nh_sel;
	const struct fib_table *tb;	/* the table that was asked */
	struct fib_prefix *px;		/* where the route hangs */
};
/* 0, or -ENETUNREACH, -EHOSTUNREACH, -EACCES, -EINVAL (blackhole) .. as the kernel's fib_lookup. */
int fib_lookup(struct host *h, const struct flowi4 *fl, struct fib_result *res);

/* Is dev among the route's next hops' devices? (for -m rpfilter) */
bool fib_info_nh_uses_dev(const struct fib_info *fi, const struct net_device *dev);
/* Fills p->dst; 0 or the reason why the packet is dropped before it has a route (martian, rp_filter,
 * ...). saddr, daddr, tos from the packet's header unless source routing says otherwise. */
enum drop_reason ip_route_input(struct packet *p, be32 daddr, be32 saddr, uint8_t tos, struct net_device *dev);
/* Fills *ret_dst and completes fl (saddr, daddr, oif); 0 or negative errno. p may be NULL. */
int ip_route_output(struct host *h, struct flowi4 *fl, struct dst *ret_dst);
/* As that, but multipath follows the flow of p (ICMP errors: the packet they are about). */
int ip_route_output_hash(struct host *h, struct flowi4 *fl, struct dst *ret_dst, const struct packet *p);
/* After mangle or nat OUTPUT changed what routing depends on; addr_type RTN_UNSPEC or RTN_LOCAL
 * (ip_route_me_harder). 0 or negative errno. */
int ip_route_me_harder(struct host *h, struct packet *p, enum rtn addr_type);
uint32_t dst_mtu(const struct dst *d);			/* the MTU for sending */
uint32_t ip_dst_mtu_maybe_forward(const struct host *h, const struct dst *d, bool forwarding);
uint32_t dst_advmss(const struct dst *d);
uint8_t ip4_dst_hoplimit(const struct host *h, const struct dst *d);	/* the route's, or ip_default_ttl */

enum rtn inet_addr_type(struct host *h, be32 addr);
enum rtn inet_addr_type_dev(struct host *h, const struct net_device *dev, be32 addr);
enum rtn inet_addr_type_dev_table(struct host *h, const struct net_device *dev, be32 addr);
be32 inet_select_addr(const struct net_device *dev, be32 dst, int scope);
bool inet_addr_onlink(const struct net_device *dev, be32 a, be32 b);
be32 inet_confirm_addr(struct host *h, const struct net_device *dev, be32 dst, be32 local, int scope);
/* The device that owns a local address, or NULL (__ip_dev_find). */
struct net_device *ip_dev_find(struct host *h, be32 addr);
struct in_ifaddr *inet_ifa_find(struct host *h, be32 local);	/* any device's, or NULL */

/* ICMP teaches: both make exceptions at the next hop (route.c). */
void ip_rt_update_pmtu(struct host *h, const struct packet *p, be32 daddr, be32 saddr, uint32_t mtu);
void ip_rt_redirect(struct host *h, const struct packet *p, be32 daddr, be32 saddr, be32 old_gw, be32 new_gw, struct net_device *dev);
/* Jenkins' hash as in include/linux/jhash.h; also used by NAT's address choice and hashlimit. */
uint32_t jhash2(const uint32_t *k, uint32_t length, uint32_t initval);
uint32_t jhash_1word(uint32_t a, uint32_t initval);
uint32_t jhash_2words(uint32_t a, uint32_t b, uint32_t initval);
uint32_t jhash_3words(uint32_t a, uint32_t b, uint32_t c, uint32_t initval);
#endif
