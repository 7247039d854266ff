/* SPDX-License-Identifier: MIT */
/* fib6_internal.h - what IPv6's routing files share. */
#ifndef SIM_NET_FIB6_INTERNAL_H
#define SIM_NET_FIB6_INTERNAL_H
#include "sim/net/fib_internal.h"
#include "sim/net/ipv6.h"

#define FIB6_BUCKETS 256

struct fib6_node {
	struct fib6_node *next;		/* in its bucket */
	union inet_addr key;
	uint8_t plen;
	struct fib6_info *leaf;
};

struct fib6_table {
	struct fib6_table *next;	/* by number */
	uint32_t id;
	uint32_t lens[129];		/* prefixes of each length */
	struct fib6_node *bucket[FIB6_BUCKETS];
};

struct fib6_state {
	struct fib6_table *tables;
	struct fib6_info *all;
	struct fib_rules rules;
};

struct fib6_table *fib6_get_table(const struct host *h, uint32_t id);
struct fib6_info *fib6_select_path(struct fib6_info *f, struct flowi6 *fl, const struct packet *p, int oif, unsigned strict);
/* What a route of this type answers, as a positive errno; 0 = it leads somewhere. */
int fib6_type_error(unsigned type);
#endif
