/* SPDX-License-Identifier: MIT */
/* internal.h - what the files of sim/nat share among themselves. */
#ifndef SIM_NAT_INTERNAL_H
#define SIM_NAT_INTERNAL_H
#include "sim/nat/nat.h"

/* A random choice of a recorded run, waiting for its connection. */
struct nat_hint {
	struct nat_hint *next;
	struct ct_tuple orig;
	bool src_side;
	be16 value;
	uint64_t event;			/* in which the kernel's connection was seen first */
};

#define NAT_HINT_BUCKETS 256

struct nat_family {
	nat_rules_fn *rules;
	void *priv;
	bool registered;
};

struct nat_state {
	struct conn **bysource;		/* by address, port and protocol of the original source */
	uint32_t nr_buckets, nr_conns;	/* buckets: a power of two */
	struct nat_family v4, v6;
	struct nat_hint *hints[NAT_HINT_BUCKETS];
};

/* PRE_ROUTING and LOCAL_OUT change the destination, the others the source (HOOK2MANIP). */
static inline enum nf_nat_manip hook_manip(enum nf_hook hook)
{
	return hook == NF_INET_POST_ROUTING || hook == NF_INET_LOCAL_IN ? NF_NAT_MANIP_SRC
									 : NF_NAT_MANIP_DST;
}

/* Equal as identities: the direction is not part of it (nf_ct_tuple_equal). */
bool nat_tuple_equal(const struct ct_tuple *a, const struct ct_tuple *b);
/* The connection a tuple would make is there already, and it is not ct. */
bool nat_used_tuple(const struct ct_tuple *tuple, const struct conn *ct);
bool nat_used_tuple_new(const struct ct_tuple *tuple, const struct conn *ct);

enum nf_verdict nat_null_binding(struct conn *ct, enum nf_nat_manip manip);

/* bysource.c: connections whose source was decided, so that one source keeps its mapping. */
void bysource_add(struct nat_state *nat, struct conn *ct);
void bysource_del(struct conn *ct);
bool bysource_find(struct conn *ct, const struct ct_tuple *tuple, const struct nf_nat_range *range,
		   struct ct_tuple *ret);

/* proto.c */
bool nat_port_in_range(const struct ct_tuple *t, enum nf_nat_manip manip, const struct nf_nat_range *range);
bool nat_in_range(const struct ct_tuple *t, const struct nf_nat_range *range);
void nat_unique_port(struct ct_tuple *tuple, const struct nf_nat_range *range, enum nf_nat_manip manip,
		     struct conn *ct);
bool nat_take_hint(struct conn *ct, enum nf_nat_manip manip, be16 *ret_value);

/* hooks.c */
void nat_register_hooks(struct host *h, uint8_t family, struct nat_family *f);
#endif
