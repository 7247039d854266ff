/* SPDX-License-Identifier: MIT */
/* nat.h - network address translation (net/netfilter/nf_nat_*.c). A mapping is chosen once, for the
 * packet that opens a connection, at the hook where a nat rule (or a null binding) says so; every later
 * packet of the connection and every ICMP error about it is rewritten by it. */
#ifndef SIM_NAT_NAT_H
#define SIM_NAT_NAT_H
#include "sim/conntrack/conntrack.h"

enum nf_nat_manip { NF_NAT_MANIP_SRC, NF_NAT_MANIP_DST };
#define NF_NAT_RANGE_MAP_IPS		0x01u
#define NF_NAT_RANGE_PROTO_SPECIFIED	0x02u
#define NF_NAT_RANGE_PROTO_RANDOM	0x04u
#define NF_NAT_RANGE_PERSISTENT		0x08u
#define NF_NAT_RANGE_PROTO_RANDOM_FULLY	0x10u
#define NF_NAT_RANGE_PROTO_OFFSET	0x20u
#define NF_NAT_RANGE_NETMAP		0x40u
#define NF_NAT_RANGE_PROTO_RANDOM_ALL	(NF_NAT_RANGE_PROTO_RANDOM | NF_NAT_RANGE_PROTO_RANDOM_FULLY)

struct nf_nat_range {
	unsigned flags;
	union inet_addr min_addr, max_addr;
	uint16_t min_port, max_port, base_port;	/* host order; ICMP: ids */
};

/* A nat table's rules for one hook: answers NF_ACCEPT when no rule made a mapping. */
typedef nf_hookfn nat_rules_fn;

/* Registers NAT's four hooks for a family; "rules" is asked for first packets at each. It does not turn
 * conntrack on: that is done by rules that need it, NAT targets among them, and where none does the nat table is
 * never asked (nf_nat_inet_fn() lets packets without a connection pass). May be called again with other rules. */
void nat_need(struct host *h, uint8_t family, nat_rules_fn *rules, void *priv);
void nat_destroy(struct host *h);

/* nf_nat_setup_info: chooses and records the mapping; NF_ACCEPT or NF_DROP. rule is for the event. */
enum nf_verdict nat_setup_info(struct conn *ct, const struct nf_nat_range *range, enum nf_nat_manip manip, const struct rule *rule);
bool nat_initialized(const struct conn *ct, enum nf_nat_manip manip);
/* Targets' bodies, shared by SNAT/DNAT/NETMAP/... : the packet must have an unfinished connection. */
enum nf_verdict nat_masquerade_ipv4(struct packet *p, enum nf_hook hook, const struct nf_nat_range *range, const struct net_device *out, const struct rule *rule);
enum nf_verdict nat_redirect_ipv4(struct packet *p, const struct nf_nat_range *range, enum nf_hook hook, const struct rule *rule);
enum nf_verdict nat_masquerade_ipv6(struct packet *p, enum nf_hook hook, const struct nf_nat_range *range, const struct net_device *out, const struct rule *rule);
enum nf_verdict nat_redirect_ipv6(struct packet *p, const struct nf_nat_range *range, enum nf_hook hook, const struct rule *rule);
/* An address of the interface went, or it went down: its masqueraded connections end. */
void nat_masq_device_gone(struct net_device *dev, be32 addr /* 0 = all */);
void nat_masq_addr6_gone(struct net_device *dev, const union inet_addr *addr);
/* Rewrites a packet (or, from conntrack, the inner one of an ICMP error); false = drop it. */
bool nat_manip_packet(struct packet *p, uint32_t nhoff, uint8_t family, const struct ct_tuple *target, enum nf_nat_manip manip);
/* Random choices of a recorded run, used once when the original tuple fits, not after its event: the port or id chosen
 * (network order), also when it is the one there was. */
void nat_hint(struct host *h, const struct ct_tuple *orig, bool src_side, be16 value, uint64_t event);
#endif
