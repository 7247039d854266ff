/* SPDX-License-Identifier: MIT */
/* packet.h - a frame on its way: one linear buffer, where its headers are, and what the way has
 * learned about it (the kernel's struct sk_buff, under the kernel's names).
 *
 * A packet has exactly one owner at a time. A function that takes a "struct packet *p" of the
 * path (dev_rx, ip_rcv, ip_output, ...) consumes it: it calls the next step, queues the packet, or
 * frees it with a reason. Match and target code borrows it.
 *
 * Offsets count from p->head. "Length" of the IP layer means tail - nh, the link header excluded. */
#ifndef SIM_PACKET_PACKET_H
#define SIM_PACKET_PACKET_H
#include "sim/base/util.h"
#include "sim/packet/drop_reason.h"

struct conn;			/* sim/conntrack */
struct net_device;		/* sim/net/device.h */
struct sock;			/* sim/net/sock.h */
struct host;			/* sim/net/host.h */
struct fib_info;		/* sim/net/fib.h */
struct fib_nh;
struct fib6_info;		/* sim/net/fib6.h */
struct rule;			/* rules/model/model.h */
struct chain;

/* linux/if_packet.h */
enum pkt_type { PACKET_HOST, PACKET_BROADCAST, PACKET_MULTICAST, PACKET_OTHERHOST, PACKET_OUTGOING, PACKET_LOOPBACK };

/* Must a receiver verify the transport checksum? Local output and loopback need not (the kernel's
 * CHECKSUM_PARTIAL); our bytes always carry a complete checksum all the same. */
enum ip_summed { CHECKSUM_NONE, CHECKSUM_UNNECESSARY };

/* uapi/linux/rtnetlink.h: route types */
enum rtn {
	RTN_UNSPEC, RTN_UNICAST, RTN_LOCAL, RTN_BROADCAST, RTN_ANYCAST, RTN_MULTICAST, RTN_BLACKHOLE,
	RTN_UNREACHABLE, RTN_PROHIBIT, RTN_THROW, RTN_NAT, RTN_XRESOLVE
};

/* What dst_input() and dst_output() of a routing decision do. */
enum dst_in { DST_IN_NONE, DST_IN_LOCAL, DST_IN_FORWARD, DST_IN_ERROR, DST_IN_MC };
enum dst_out { DST_OUT_NONE, DST_OUT_IP, DST_OUT_MC, DST_OUT_DISCARD, DST_OUT_IP6 };

#define RTCF_DOREDIRECT	0x01u
#define RTCF_BROADCAST	0x02u
#define RTCF_MULTICAST	0x04u
#define RTCF_LOCAL	0x08u

/* A routing decision (struct rtable + dst_entry), by value. */
struct dst {
	bool set;
	uint8_t type;			/* enum rtn */
	uint8_t in, out;		/* enum dst_in, dst_out */
	uint8_t flags;			/* RTCF_* */
	bool has_gw;
	bool is_input;			/* made by ip_route_input (rt_is_input_route) */
	bool mtu_locked;
	int error;			/* positive errno for DST_IN_ERROR */
	struct net_device *dev;		/* where it leaves; lo for local delivery */
	union inet_addr gw;		/* next hop, when has_gw */
	uint32_t mtu;			/* route metric; 0 = the device's */
	uint32_t pmtu;			/* learned (PMTU exception), 0 = none; counts before jiffy "expires" */
	uint64_t expires;
	uint32_t advmss;		/* 0 = from the MTU */
	uint32_t tclassid;		/* realms: from << 16 | to */
	int iif;			/* rt_iif: where it came in; for output what ip_route_output says */
	be32 prefsrc;			/* the route's preferred source, or 0 */
	const struct fib_info *fi;	/* the route used, NULL for none */
	struct fib_nh *nh;		/* and its next hop */
	struct fib6_info *f6;		/* IPv6: the route used, NULL for none */
};

/* IP options found, as offsets from the IP header's start; 0 = absent (struct ip_options). */
struct ip_opt {
	uint8_t optlen;			/* bytes of options, padding included */
	uint8_t srr, rr, ts, cipso, router_alert;
	bool is_strictroute, srr_is_hit, is_changed, rr_needaddr, ts_needtime, ts_needaddr;
	be32 faddr, nexthop;
};

/* Where the headers of an IPv6 packet were found, from the network header; 0 = absent (struct inet6_skb_parm). */
struct ip6_cb {
	uint16_t nhoff;			/* where the number of the header at p->th stands */
	uint16_t lastopt, srcrt, dst0, dst1, ra;
	int iif;
};

/* IPCB flags (include/net/ip.h); IPv6's are in sim/net/ipv6.h */
#define IPSKB_FORWARDED		0x01u
#define IPSKB_XFRM_TUNNEL_SIZE	0x02u
#define IPSKB_FRAG_COMPLETE	0x08u
#define IPSKB_REROUTED		0x10u
#define IPSKB_DOREDIRECT	0x20u
#define IPSKB_FRAG_PMTU		0x40u
#define IPSKB_NOPOLICY		0x100u

/* How a packet stands to its connection (enum ip_conntrack_info). */
enum ip_ct_info {
	IP_CT_ESTABLISHED, IP_CT_RELATED, IP_CT_NEW, IP_CT_ESTABLISHED_REPLY, IP_CT_RELATED_REPLY,
	IP_CT_NUMBER, IP_CT_UNTRACKED = 7
};
#define IP_CT_IS_REPLY 3
enum ip_ct_dir { IP_CT_DIR_ORIGINAL, IP_CT_DIR_REPLY, IP_CT_DIR_MAX };
#define CTINFO2DIR(i) ((i) >= IP_CT_IS_REPLY ? IP_CT_DIR_REPLY : IP_CT_DIR_ORIGINAL)

/* What bridge netfilter knows of a packet between its hooks (struct nf_bridge_info; the ports are physin
 * and physout of the packet). */
struct nf_bridge {
	bool on, in_prerouting, pkt_otherhost, bridged_dnat, sabotage_in_done, fake_dst;
	uint16_t frag_max_size;
	union inet_addr daddr;		/* before PREROUTING: has DNAT changed it? */
	uint8_t eth[14];		/* link header, while the IP layer has the packet */
};

struct packet {
	/* the bytes */
	uint8_t *head;
	uint32_t cap;			/* size of the buffer */
	uint32_t mac;			/* link header (Ethernet); == nh when there is none */
	uint32_t nh;			/* network header */
	uint32_t th;			/* transport header; set once the IP header was checked */
	uint32_t tail;			/* end of the data */
	uint32_t cut;			/* capture was cut here (offset), 0 = whole; zeros follow */
	struct packet *next;		/* the owner's queue */
	/* the way */
	struct net_device *dev;		/* skb->dev: where it came in, later where it goes */
	struct net_device *in_dev;	/* device it was received on by the IP layer, NULL if made here */
	struct net_device *physin, *physout;	/* bridge ports, for physdev */
	struct nf_bridge nf_bridge;
	uint64_t id;			/* number in the event stream, unique per world */
	uint64_t parent;		/* the packet that caused this one (error, fragment, copy), or 0 */
	uint64_t tstamp;		/* ns of virtual time it arrived or was made */
	uint16_t protocol;		/* EtherType, host order */
	uint16_t vlan_tci, vlan_proto;	/* stripped 802.1Q (or AD) tag; valid when vlan_present */
	bool vlan_present;
	uint8_t pkt_type;		/* enum pkt_type */
	uint8_t ip_summed;		/* enum ip_summed */
	uint8_t ctinfo;			/* enum ip_ct_info; NEW|UNTRACKED.. only meaningful with ct or UNTRACKED */
	bool nf_trace;
	bool ignore_df;
	bool local;			/* made by this host, goes (or went) through OUTPUT */
	int raw_oif;			/* that socket is bound to this device, 0 = none */
	be16 csum_full;			/* with csum_valid, IPv6: the sum of the whole packet then (skb->csum) */
	bool csum_valid;		/* conntrack found its checksum right: REJECT does not look again */
	bool csum_partial;		/* the kernel has not put its checksum in yet, only the pseudo header's sum; our bytes have it */
	bool no_mc_loop;		/* IPv6: the host does not hear its own multicast */
	bool from_raw;			/* through a raw IP_HDRINCL socket */
	bool sk_kernel;			/* sent by a socket of the kernel's own (ICMP, RST): it has no file, so no owner */
	uint16_t ip_flags;		/* IPSKB_* */
	uint16_t frag_max_size;		/* largest fragment it was put together from, or 0 */
	uint16_t nr_frags;		/* put together from so many and still in those pieces, else 0 */
	uint16_t *frag_len;		/* their payloads' lengths where they differ, or NULL: even pieces */
	uint32_t mark, priority;
	uint32_t secmark;
	uint32_t hash;			/* flow hash for multipath policy 1, 0 = not computed */
	struct conn *ct;		/* holds a reference; NULL with IP_CT_UNTRACKED = untracked */
	struct sock *sk;		/* socket it belongs to, or NULL */
	uint32_t uid, gid;		/* of that socket; UINT32_MAX = nobody's */
	/* who gave the last verdict: a rule, or (rule NULL) the policy of a chain; for events and reports */
	const struct rule *verdict_rule;
	const struct chain *verdict_chain;
	struct dst dst;
	union {
		struct ip_opt opt;	/* IPv4 */
		struct ip6_cb cb6;	/* IPv6 */
	};
};

/* A pool keeps freed packets for the next ones: no malloc on the path. */
struct pkt_pool;
struct pkt_pool *pkt_pool_create(void);
void pkt_pool_destroy(struct pkt_pool *pool);
/* How a packet's reference to its connection is given back; conntrack sets it. */
void pkt_pool_on_ct(struct pkt_pool *pool, void (*put)(struct conn *ct));
uint64_t pkt_pool_live(const struct pkt_pool *pool);	/* packets not freed: 0 at rest */

#define PKT_HEADROOM 192	/* room in front of nh for link headers and added options */
/* A packet with room for len bytes after PKT_HEADROOM; mac = nh = th = tail = PKT_HEADROOM. All
 * fields zero but uid, gid (nobody's). id is fresh. */
struct packet *pkt_alloc(struct pkt_pool *pool, uint32_t len);
/* A copy with its own id, parent = the original's; ct is not copied (ct NULL, ctinfo 0), sk neither. */
struct packet *pkt_copy(struct pkt_pool *pool, const struct packet *p);
/* Frees without an event: for packets that ended well or never began. Drops the ct reference. */
void pkt_free(struct packet *p);
/* Makes room for "len" more bytes at the tail (contents undefined) and returns where they are. */
uint8_t *pkt_put(struct packet *p, uint32_t len);
/* Grows the buffer so that "head" bytes lie before nh and "tail" after the data; offsets stay right. */
void pkt_expand(struct packet *p, uint32_t head, uint32_t tail);
void pkt_trim(struct packet *p, uint32_t len);	/* IP layer's length becomes at most len */
/* Forgets in which pieces the packet came (skb_linearize): who rewrites all of it calls this. */
void pkt_linearize(struct packet *p);
/* How much of a packet lies in one piece (skb_headlen): of one that was put together, its first fragment. */
uint32_t pkt_first_piece(const struct packet *p);
/* Somebody wants the first need bytes in one piece (pskb_may_pull): the first piece grows at the cost of the next ones. */
void pkt_pull(struct packet *p, uint32_t need);

/* Belongs to no socket any more (skb_orphan). */
static inline void pkt_orphan(struct packet *p)
{
	p->sk = NULL;
	p->sk_kernel = false;
	p->uid = p->gid = UINT32_MAX;
}

static inline uint8_t *pkt_nh(const struct packet *p)	{ return p->head + p->nh; }
static inline uint8_t *pkt_th(const struct packet *p)	{ return p->head + p->th; }
static inline uint8_t *pkt_mac(const struct packet *p)	{ return p->head + p->mac; }
static inline uint32_t pkt_len(const struct packet *p)	{ return p->tail - p->nh; }
static inline bool pkt_has_mac(const struct packet *p)	{ return p->mac != p->nh; }

/* len bytes at offset off from the network header, or NULL when the packet is shorter
 * (skb_header_pointer). */
static inline uint8_t *pkt_at(const struct packet *p, uint32_t off, uint32_t len)
{
	return (uint64_t)off + len <= pkt_len(p) ? p->head + p->nh + off : NULL;
}
#endif
