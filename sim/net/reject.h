/* SPDX-License-Identifier: MIT */
/* reject.h - answers to packets that a rule refuses, and copies of packets: what REJECT and TEE send. */
#ifndef SIM_NET_REJECT_H
#define SIM_NET_REJECT_H
#include "sim/net/net.h"

/* Both borrow the packet and may send nothing, as the kernel has it: no answer to resets, fragments, broadcasts,
 * wrong checksums. code is of ICMP destination unreachable. */
void nf_send_reset(struct host *h, struct packet *old, enum nf_hook hook);
void nf_send_unreach(struct host *h, struct packet *old, int code, enum nf_hook hook);
/* A copy of p goes to gw as its next hop, through OUTPUT; oif 0 = any. No copies of what a copy causes. */
void nf_dup_ipv4(struct host *h, const struct packet *p, enum nf_hook hook, be32 gw, int oif);
#endif
