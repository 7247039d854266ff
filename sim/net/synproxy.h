/* SPDX-License-Identifier: MIT */
/* synproxy.h - SYNs answered for a server, with a cookie as their number (net/netfilter/nf_synproxy_core.c). */
#ifndef SIM_NET_SYNPROXY_H
#define SIM_NET_SYNPROXY_H
#include "sim/hook/hook.h"

enum { SYNPROXY_MSS = 1, SYNPROXY_WSCALE = 2, SYNPROXY_SACK_PERM = 4, SYNPROXY_TIMESTAMP = 8, SYNPROXY_ECN = 16 };
/* What the rule lets through to the client, and tells it. */
struct synproxy_info { uint8_t options, wscale; uint16_t mss; };

enum synproxy_answer { SYNPROXY_PASS, SYNPROXY_DROP, SYNPROXY_TAKEN };
/* A segment (borrowed) that conntrack does not know: a SYN is answered, an ACK with a good cookie opens the way to the
 * server. thoff: of the TCP header. With SYNPROXY_TAKEN the caller ends the packet. */
enum synproxy_answer synproxy_segment(struct host *h, struct packet *p, uint32_t thoff, enum nf_hook hook,
				      const struct synproxy_info *info);
/* NFPROTO_IPV4 or _IPV6. Registers what connects the two halves of a connection: at INPUT and POSTROUTING, last before it is confirmed. */
void synproxy_need(struct host *h, uint8_t family);
void synproxy_destroy(struct host *h);		/* with the host */
#endif
