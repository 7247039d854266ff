/* SPDX-License-Identifier: MIT */
/* reject.h - answers to packets that a rule refuses, and copies of packets: what REJECT and TEE send. */
#ifndef SIM_NET_REJECT_H
#define SIM_NET_REJECT_H
#include "sim/net/net.h"

/* Both borrow the packet and may send nothing, as the kernel has it: no answer to resets, fragments, broadcasts,
 * wrong checksums. code is of ICMP destination unreachable. */
void nf_send_reset(struct host *h, struct packet *old, enum nf_hook hook);
void nf_send_unreach(struct host *h, struct packet *old, int code, enum nf_hook hook);
/* The same for IPv6; code is of ICMPv6 destination unreachable. */
void nf_send_reset6(struct host *h, struct packet *old, enum nf_hook hook);
void nf_send_unreach6(struct host *h, struct packet *old, int code, enum nf_hook hook);
void nf_dup_ipv6(struct host *h, const struct packet *p, enum nf_hook hook, const union inet_addr *gw, int oif);
/* What both families' answers share. The flow of ct is about to end; must this protocol's checksum be right? */
void nf_ct_set_closing(struct host *h, struct conn *ct);
bool nf_reject_verify_csum(const struct packet *p, uint32_t off, uint8_t proto);
/* A copy of p goes to gw as its next hop, through OUTPUT; oif 0 = any. No copies of what a copy causes. */
void nf_dup_ipv4(struct host *h, const struct packet *p, enum nf_hook hook, be32 gw, int oif);
#endif
