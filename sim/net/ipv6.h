/* SPDX-License-Identifier: MIT */
/* ipv6.h - what IPv6 knows of a device (struct inet6_dev), addresses and groups, and a packet's way through
 * the host, read downwards, under the kernel's names. Addresses are union inet_addr, all 16 bytes of it.
 * Sources: net/ipv6/{addrconf,mcast,anycast,ip6_input,exthdrs,ip6_output,reassembly,icmp,ndisc}.c */
#ifndef SIM_NET_IPV6_H
#define SIM_NET_IPV6_H
#include "sim/net/fib6.h"
#include "sim/net/net.h"
#include "sim/packet/ip6.h"

/* ---- kinds of addresses (ipv6_addr_type) ---- */
#define IPV6_ADDR_ANY		0x0000u
#define IPV6_ADDR_UNICAST	0x0001u
#define IPV6_ADDR_MULTICAST	0x0002u
#define IPV6_ADDR_LOOPBACK	0x0010u
#define IPV6_ADDR_LINKLOCAL	0x0020u
#define IPV6_ADDR_SITELOCAL	0x0040u
#define IPV6_ADDR_COMPATv4	0x0080u
#define IPV6_ADDR_MAPPED	0x1000u
#define IPV6_ADDR_SCOPE_MASK	0x00f0u
unsigned ipv6_addr_type(const union inet_addr *a);
/* Scopes as multicast addresses name them: 1 interface, 2 link, 5 site, 14 global (ipv6_addr_src_scope). */
int ipv6_addr_src_scope(const union inet_addr *a);
static inline bool ipv6_addr_any(const union inet_addr *a)
{
	return !(a->all[0] | a->all[1] | a->all[2] | a->all[3]);
}
static inline bool ipv6_addr_loopback(const union inet_addr *a)
{
	return !(a->all[0] | a->all[1] | a->all[2] | (a->all[3] ^ htonl(1)));
}
static inline bool ipv6_is_multicast(const union inet_addr *a)		{ return a->ip6[0] == 0xff; }
static inline unsigned ipv6_mc_scope(const union inet_addr *a)		{ return a->ip6[1] & 15u; }
static inline bool ipv6_is_linklocal(const union inet_addr *a)
{
	return a->ip6[0] == 0xfe && (a->ip6[1] & 0xc0) == 0x80;
}
static inline bool ipv6_is_v4mapped(const union inet_addr *a)
{
	return !(a->all[0] | a->all[1]) && a->all[2] == htonl(0xffff);
}
bool ipv6_prefix_equal(const union inet_addr *a, const union inet_addr *b, unsigned plen);
unsigned ipv6_addr_diff(const union inet_addr *a, const union inet_addr *b);	/* leading bits that are equal */
extern const union inet_addr in6addr_linklocal_allnodes, in6addr_linklocal_allrouters, in6addr_lo;
/* ff02::1:ffXX:XXXX of an address. */
union inet_addr addrconf_addr_solict_mult(const union inet_addr *a);

/* ---- what a device has ---- */
#define IFA_F_NODAD		0x02u
#define IFA_F_OPTIMISTIC	0x04u
#define IFA_F_DADFAILED		0x08u
#define IFA_F_HOMEADDRESS	0x10u
#define IFA_F_DEPRECATED	0x20u
#define IFA_F_TENTATIVE		0x40u
#define IFA_F_PERMANENT		0x80u
#define IFA_F_NOPREFIXROUTE	0x200u
#define IFA_TIME_FOREVER	UINT64_MAX

struct inet6_ifaddr {
	struct inet6_ifaddr *next;	/* of the device: larger scopes first, newer before older */
	struct net_device *dev;
	union inet_addr addr, peer;
	bool has_peer;
	uint8_t plen;
	uint32_t flags;			/* IFA_F_* */
	uint32_t priority;		/* of its prefix route, 0 = 256 */
	uint64_t valid_until, preferred_until;	/* ns, IFA_TIME_FOREVER */
	struct timer life;		/* the earlier of both */
	int probes;			/* DAD: questions left */
	struct timer dad;
	struct fib6_info *rt;		/* its local route */
};

struct mc6 { struct mc6 *next; union inet_addr addr; int users; };

struct inet6_dev {
	struct net_device *dev;
	struct ipv6_devconf conf;
	struct neigh_parms neigh;
	struct inet6_ifaddr *addrs;
	struct mc6 *mc, *ac;		/* groups, anycast addresses */
	bool ready;			/* IF_READY: up, addresses are made */
	int rs_left;			/* router solicitations yet to send, -1 = no end */
	uint64_t rs_interval;		/* ns */
	struct timer rs;
};

static inline struct inet6_dev *in6_dev(const struct net_device *dev)	{ return dev->ip6; }
static inline bool ipv6_on(const struct net_device *dev)
{
	return dev->ip6 && !dev->ip6->conf.disable_ipv6 && !dev->host->conf6_all.disable_ipv6;
}

/* addrconf.c */
void addrconf_dev_new(struct net_device *dev);			/* dev_add() */
void addrconf_dev_up(struct net_device *dev);			/* it has come up, or its carrier has */
void addrconf_dev_down(struct net_device *dev);
void addrconf_dev_mtu(struct net_device *dev, uint32_t orig);
void addrconf_destroy(struct host *h);
/* What a sysctl write does beside: forwarding, disable_ipv6, proxy_ndp. dev NULL = all. */
void addrconf_forwarding(struct host *h, struct net_device *dev, int value);
void addrconf_disable(struct host *h, struct net_device *dev, int value);
/* 0 or negative errno, as the kernel: -EEXIST, -EADDRNOTAVAIL, -EACCES (IPv6 is off there). prefix lengths
 * to 128. valid, preferred: ns from now, IFA_TIME_FOREVER. */
struct ifaddr6_config {
	union inet_addr addr, peer;
	bool has_peer, replace;
	uint8_t plen;
	uint32_t flags, priority;
	uint64_t valid, preferred;
};
int inet6_addr_add(struct net_device *dev, const struct ifaddr6_config *c);
int inet6_addr_del(struct net_device *dev, const union inet_addr *addr, unsigned plen);	/* plen 129: any */
struct inet6_ifaddr *ipv6_get_ifaddr(struct host *h, const union inet_addr *addr, const struct net_device *dev);
/* Is it an address of ours that may be used? dev NULL: anywhere; else link-local ones count on dev alone, with
 * strict all do. */
bool ipv6_chk_addr(struct host *h, const union inet_addr *addr, const struct net_device *dev, bool strict);
bool ipv6_chk_acast_addr(struct host *h, const struct net_device *dev, const union inet_addr *addr);
bool ipv6_chk_mcast_addr(const struct net_device *dev, const union inet_addr *group);
/* The device's link-local address; false: none. */
bool ipv6_get_lladdr(const struct net_device *dev, union inet_addr *ret, uint32_t banned);
void addrconf_dad_failure(struct inet6_ifaddr *ifa);
void addrconf_prefix_rcv(struct net_device *dev, const uint8_t *opt, bool sllao);	/* prefix information of a router */
/* saddr6.c: RFC 6724. dev NULL = any; -EADDRNOTAVAIL. */
int ipv6_dev_get_saddr(struct host *h, const struct net_device *dev, const union inet_addr *daddr, union inet_addr *ret);
/* mcast6.c */
void ipv6_dev_mc_inc(struct net_device *dev, const union inet_addr *group);
void ipv6_dev_mc_dec(struct net_device *dev, const union inet_addr *group);
void ndisc_mc_map(const union inet_addr *group, uint8_t ret_mac[ETH_ALEN]);

/* ---- a packet's way. Each consumes, unless said. ---- */
#define IP6SKB_FORWARDED	0x02u
#define IP6SKB_REROUTED		0x04u
#define IP6SKB_ROUTERALERT	0x08u
#define IP6SKB_FRAGMENTED	0x10u
#define IP6SKB_HOPBYHOP		0x20u
#define IP6SKB_JUMBOGRAM	0x80u

/* ip6_input.c */
void ipv6_rcv(struct net_device *dev, struct packet *p);	/* header, hop-by-hop → PREROUTING */
void ip6_rcv_finish(struct packet *p);				/* route → dst_input */
void ip6_input(struct packet *p);				/* → INPUT → headers, endpoints */
/* exthdrs.c: a header of each kind at p->th. 1 = goes on behind it; else p is gone. */
int ipv6_destopt_rcv(struct packet *p);
int ipv6_rthdr_rcv(struct packet *p);
bool ipv6_parse_hopopts(struct packet *p);			/* false: p is gone */
/* Offset behind the headers that every fragment repeats, *prevhdr: where the number of what follows lies
 * (ip6_find_1stfragopt); -1 = malformed. */
int ip6_find_1stfragopt(const struct packet *p, uint32_t *prevhdr);
/* Hop-by-hop and destination options (RFC 8200, RFC 2711, RFC 2675). */
enum { TLV_PAD1 = 0, TLV_PADN = 1, TLV_ROUTERALERT = 5, TLV_JUMBO = 194 };
/* ip6_fragment.c */
int ipv6_frag_rcv(struct packet *p);				/* as those above */
/* For conntrack: true = p goes on (a whole packet, or none of its business); false: *gone says whether it waits
 * (true: p is taken) or must be dropped by the caller. */
bool nf_ct_frag6_gather(struct host *h, struct packet *p, uint32_t user, bool *gone);
void ip6_fragment(struct host *h, struct packet *p, uint32_t mtu, void (*out)(struct host *h, struct packet *p));
void frag6_init(struct host *h);
void frag6_destroy(struct host *h);
/* ip6_output.c */
void ip6_forward(struct packet *p);
void ip6_output(struct host *h, struct packet *p);		/* → POSTROUTING */
int ip6_local_out(struct host *h, struct packet *p);		/* OUTPUT → dst_output; 0 or negative errno */
/* Puts the header in front of p->nh: th = what was nh. */
struct ip6_build { union inet_addr saddr, daddr; uint8_t tclass, hlim, nexthdr; uint32_t flowlabel; };
void ip6_build_header(struct packet *p, const struct ip6_build *b);
uint32_t ip6_dst_mtu(const struct dst *d);			/* with what was learnt */
uint32_t ip6_dst_mtu_forward(const struct dst *d);		/* without */
uint8_t ip6_dst_hoplimit(const struct dst *d);
/* icmp6.c */
void icmpv6_rcv(struct packet *p);
/* An ICMPv6 error about p (borrowed), by the kernel's rules; info: MTU or pointer, host order. */
void icmpv6_send(struct packet *p, int type, int code, uint32_t info);
/* icmpv6_send about a bad header, and the end of p. */
void icmpv6_param_prob(struct packet *p, int code, uint32_t pos, const char *where);
void icmpv6_notify_redirect(struct packet *p, uint32_t quoted);
void icmpv6_checksum(struct packet *p);				/* sets it; th at the ICMPv6 header */
bool inet6_peer_xrlim_allow(struct host *h, const union inet_addr *daddr, int timeout_jiffies);
/* A packet of the host itself through the ND socket: hop limit 255, to a neighbour. p->nh = th = ICMPv6. */
void ndisc_send_skb(struct net_device *dev, struct packet *p, const union inet_addr *daddr, const union inet_addr *saddr);
/* ndisc.c */
enum drop_reason ndisc_rcv(struct packet *p);			/* NR_DROP_REASONS: it took p; else p is the caller's still */
void ndisc_redirect_apply(struct packet *p, const uint8_t *quoted, bool any_router);	/* the redirect p, about a flow of ours */
void ndisc_send_ns(struct net_device *dev, const union inet_addr *solicit, const union inet_addr *daddr, const union inet_addr *saddr);
void ndisc_send_na(struct net_device *dev, const union inet_addr *daddr, const union inet_addr *target, bool router,
		   bool solicited, bool override, bool inc_opt);
void ndisc_send_rs(struct net_device *dev, const union inet_addr *saddr);
void ndisc_send_redirect(struct packet *p, const union inet_addr *target);	/* borrows */
/* An option of an ND message, or NULL. opts: behind the fixed part. */
const uint8_t *ndisc_opt(const uint8_t *opts, size_t len, uint8_t type);
bool ndisc_opts_ok(const uint8_t *opts, size_t len);
/* ndisc_router.c: consume nothing */
void ndisc_router_discovery(struct packet *p);
void ndisc_redirect_rcv(struct packet *p);

/* udp6.c, tcp6.c: see sock.h */
void udpv6_rcv(struct packet *p, int proto);
void tcp_v6_rcv(struct packet *p);
#endif
