/* SPDX-License-Identifier: MIT */
/* net.h - a packet's way through one host, read downwards, under the kernel's names. Every
 * function here that takes a packet consumes it, unless said. */
#ifndef SIM_NET_NET_H
#define SIM_NET_NET_H
#include "sim/net/device.h"
#include "sim/net/fib.h"
#include "sim/net/host.h"
#include "sim/hook/hook.h"

/* The end of a packet, with its event. */
void pkt_drop(struct host *h, struct packet *p, enum drop_reason reason, const char *where);

/* Each part's beginning and end; host.c calls them. */
void neigh_init(struct host *h);
void neigh_destroy(struct host *h);
void frag_init(struct host *h);
void frag_destroy(struct host *h);
void icmp_init(struct host *h);
void icmp_destroy(struct host *h);

/* arp.c */
void arp_rcv(struct net_device *dev, struct packet *p);
/* neigh.c: sends p to next hop "addr" (v4) on dev: known link address, or it waits behind a question. */
void neigh_output(struct net_device *dev, be32 addr, struct packet *p);
void neigh_dev_down(struct net_device *dev);	/* forgets all of a device's */
void neigh_dev_changed(struct net_device *dev);	/* its own address changed: forgets them too */
/* An upper protocol heard from next hop addr (TCP's acknowledgements): it is reachable (neigh_confirm). */
void neigh_confirm(struct net_device *dev, be32 addr);
/* NUD_* state of a neighbour as uapi/linux/neighbour.h numbers them, 0 = there is no entry. */
unsigned neigh_nud_state(struct net_device *dev, be32 addr);
/* Asks for it when it is not known (neigh_event_send without a packet); makes the entry if needed. */
void neigh_probe(struct net_device *dev, be32 addr);
void arp_send(struct net_device *dev, int op, be32 dst_ip, be32 src_ip, const uint8_t *dst_hw, const uint8_t *target_hw);
/* The same with another link address than the device's own. */
void arp_send_from(struct net_device *dev, int op, be32 dst_ip, be32 src_ip, const uint8_t *dst_hw, const uint8_t *src_hw,
		   const uint8_t *target_hw);

/* ip_input.c */
void ip_rcv(struct net_device *dev, struct packet *p);		/* header checks → PREROUTING */
void ip_rcv_finish(struct packet *p);				/* routing → dst_input */
/* ip_local.c */
void ip_local_deliver(struct packet *p);			/* defragment → INPUT → endpoints */
/* ip_forward.c */
void ip_forward(struct packet *p);				/* TTL, MTU → FORWARD */
/* ip_output.c */
int ip_local_out(struct host *h, struct packet *p);		/* OUTPUT → dst_output; 0 or negative errno (-EPERM when dropped there) */
void ip_output(struct host *h, struct packet *p);		/* → POSTROUTING → ip_finish_output */
void ip_mc_output(struct host *h, struct packet *p);
void dst_output(struct host *h, struct packet *p);
/* Makes an IPv4 header in front of p->nh's payload (nh = th = start of payload): fills all fields, DF and ID as
 * the kernel would for this kind of sender. ttl 0 = the default. p->dst must be set; ip_local_out(h, p) is next. */
#define IPV4_MIN_MTU 68
struct ip_build { be32 saddr, daddr; uint8_t tos, ttl, proto; bool df; const struct ip_opt *opt; const uint8_t *optbytes; };
void ip_build_header(struct host *h, struct packet *p, const struct ip_build *b);
uint16_t ip_select_ident(struct host *h, const uint8_t *ip, bool df);

/* MTU for this packet (ip_skb_dst_mtu): forwarded packets may not use a learnt PMTU. */
uint32_t ip_skb_dst_mtu(const struct host *h, const struct packet *p);
uint8_t rt_tos2priority(uint8_t tos);

/* ip_fragment.c. ip_defrag takes a fragment; true: *p is now the whole datagram (the caller's);
 * false: it was queued or dropped. The datagram is in the same struct packet, as a hook function needs. user: who asks (IP_DEFRAG_LOCAL_DELIVER, CONNTRACK_IN + zone, ...) */
enum { IP_DEFRAG_LOCAL_DELIVER, IP_DEFRAG_CALL_RA_CHAIN, IP_DEFRAG_CONNTRACK_IN, IP_DEFRAG_CONNTRACK_OUT = 0x10000, IP_DEFRAG_CONNTRACK_BRIDGE_IN = 0x20000 };
bool ip_defrag(struct host *h, struct packet **p, uint32_t user);
/* Cuts p (longer than the MTU) and hands each piece to "out". */
void ip_do_fragment(struct host *h, struct packet *p, void (*out)(struct host *h, struct packet *p));

/* ip_options.c. Parses and checks; 0 or the offset of the bad byte + 1 (for parameter problem). */
int ip_options_compile(struct host *h, struct ip_opt *opt, uint8_t *ip, struct net_device *dev, struct packet *p);
bool ip_options_rcv_srr(struct packet *p, struct net_device *dev);	/* false: p was dropped */
void ip_forward_options(struct packet *p);
int ip_options_echo(struct host *h, struct ip_opt *ret, uint8_t *ret_bytes /* 40 */, const struct packet *p);
void ip_options_build(struct packet *p, const struct ip_opt *opt, be32 daddr, const struct dst *dst);
void ip_options_fragment(struct packet *p);
/* The address of ours that an answer to p comes from (fib_compute_spec_dst). */
be32 fib_compute_spec_dst(const struct packet *p);
/* Milliseconds since midnight UT, as ICMP and IP timestamps have them, network order. */
be32 inet_current_timestamp(const struct host *h);

/* icmp.c */
void icmp_rcv(struct packet *p);
/* Makes an ICMP error about p (borrowed), by the kernel's rules of when not to (icmp_send).
 * info: gateway, MTU or pointer, in network order. */
void icmp_send(struct packet *p, int type, int code, be32 info);
void ip_rt_send_redirect(struct packet *p);
bool inet_peer_xrlim_allow(struct host *h, be32 daddr, int timeout_jiffies);

/* udp.c tcp.c raw.c: see sock.h */
void udp_rcv(struct packet *p, int proto);
void tcp_v4_rcv(struct packet *p);
/* True when a raw socket or handler takes the protocol (no ICMP protocol unreachable). */
bool raw_local_deliver(struct packet *p, int proto);
#endif
