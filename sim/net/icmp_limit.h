/* SPDX-License-Identifier: MIT */
/* icmp_limit.h - what ICMP and ICMPv6 share: how many messages a host sends, and that none is made about one that
 * is being sent (icmp.c). */
#ifndef SIM_NET_ICMP_LIMIT_H
#define SIM_NET_ICMP_LIMIT_H
#include "sim/base/util.h"

struct host; struct inet_peer;

bool icmp_global_allow(struct host *h);			/* icmp_msgs_per_sec, icmp_msgs_burst */
bool peer_xrlim_allow(struct host *h, struct inet_peer *peer, int timeout_jiffies);
bool icmp_busy(const struct host *h);
void icmp_set_busy(struct host *h, bool busy);
#endif
