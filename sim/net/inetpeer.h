/* SPDX-License-Identifier: MIT */
/* inetpeer.h - what a host remembers of each address that it had to limit (net/ipv4/inetpeer.c). */
#ifndef SIM_NET_INETPEER_H
#define SIM_NET_INETPEER_H
#include "sim/base/util.h"

struct host;

struct inet_peer {
	be32 addr;	     /* 0 = free place */
	uint32_t rid;	     /* fragments received from it */
	int64_t rate_last;   /* jiffies; may lie before the start */
	int64_t rate_tokens; /* jiffies' worth of credit */
	uint32_t n_redirects;
};

struct peer_table {
	struct inet_peer *slot;
	uint32_t nr, cap;     /* cap: a power of two, or 0 */
	struct inet_peer any; /* that of 0.0.0.0 */
	bool any_made;
};

/* Finds or makes the entry; good until the next call. */
struct inet_peer *inet_getpeer(struct host *h, be32 addr);
void peer_table_free(struct peer_table *t);
/* IPv6's, by its own hash. */
struct peer6;
struct inet_peer *inet6_getpeer(struct host *h, const union inet_addr *addr);
void peer6_free(struct peer6 **all);
struct peer6 **icmp_peers6(struct host *h);
/* The table of a host, held in its icmp_state. */
struct peer_table *icmp_peers(struct host *h);
#endif
