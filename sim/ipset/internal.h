/* SPDX-License-Identifier: MIT */
/* internal.h - inside sim/ipset: a set, its extensions, and what each kind of storage does. */
#ifndef SIM_IPSET_INTERNAL_H
#define SIM_IPSET_INTERNAL_H
#include "sim/ipset/ipset.h"
#define uthash_fatal(msg) out_of_memory(0)
#include <uthash.h>

/* What stands beside an element in a set (counters, timeout, skbinfo, comment): the parts in use lie at the
 * set's offsets from the element's start. */
struct ext_counter { uint64_t packets, bytes; };
struct ext_skbinfo { uint32_t mark, markmask, prio; uint16_t queue; };

struct ip_set {
	struct ipsets *all;
	char name[IPSET_MAXNAMELEN];
	unsigned index;
	UT_hash_handle hh;		/* in ipsets.by_name */
	const struct ipset_type *type;
	const struct set_ops *ops;
	struct ipset_create as;		/* as it was made */
	uint8_t family, host_mask;	/* 32 or 128 */
	uint32_t refs;
	uint32_t elements;		/* bitmap, list; hash counts its own */
	size_t ext_size;		/* bytes beside the empty set, as the kernel counts */
	/* storage of one element: offsets of its extensions (0 = without), its size here, and in the kernel */
	uint32_t off_counter, off_timeout, off_skbinfo, off_comment, dsize, kernel_dsize;
	union { struct set_hash *hash; struct set_bitmap *bitmap; struct set_list *list; };
};

struct ipsets {
	const struct evq *clock;
	uint64_t seed;
	const char *host;
	uint64_t nr_made;		/* sets so far: each draws its initval from a stream of its own */
	struct ip_set **slot;
	unsigned nr_slots, first_free;	/* no slot before it is free */
	uint64_t buckets;		/* of all tables */
	struct ip_set *by_name;
};

/* How a test goes: in a rule, with counters, or only looking. */
struct set_probe {
	struct ipset_adt *adt;		/* NULL: no conditions, nothing is counted */
	uint32_t cmdflags;
	uint32_t len;			/* bytes to count */
};

struct set_ops {
	int (*create)(struct ip_set *s);
	void (*destroy)(struct ip_set *s);
	void (*flush)(struct ip_set *s);
	int (*add)(struct ip_set *s, const struct ipset_elem *e, const struct ipset_ext *x, bool exist_ok);
	int (*del)(struct ip_set *s, const struct ipset_elem *e);
	/* 1, 0, or -1: an element with nomatch. ret, ret_ext may be NULL. */
	int (*test)(const struct ip_set *s, const struct ipset_elem *e, const struct set_probe *p, struct ipset_elem *ret,
		    struct ipset_ext *ret_ext);
	int (*user)(struct ip_set *s, enum ipset_op op, const struct ipset_request *r, const struct ipset_ext *x, bool exist_ok);
	void (*each)(const struct ip_set *s, bool (*fn)(void *arg, const struct ipset_elem *e, const struct ipset_ext *x), void *arg);
	uint32_t (*count)(const struct ip_set *s);
	size_t (*memsize)(const struct ip_set *s);
	uint32_t (*hashsize)(const struct ip_set *s);	/* hash types */
};
extern const struct set_ops hash_ops, bitmap_ops, list_ops;

/* Lays out an element: key bytes here and in the kernel, then extensions. */
void set_layout(struct ip_set *s, uint32_t key, uint32_t kernel_key);

/* Jiffies of a kernel that is up for long: what bitmap:ip,mac keeps as seconds is a time long past to it. */
static inline uint64_t set_jiffies(const struct ip_set *s)
{
	return (UINT64_C(1) << 32) + (s->all->clock ? evq_jiffies(s->all->clock) : 0);
}

/* ext.c: extensions of the element at d */
bool ext_expired(const struct ip_set *s, const uint8_t *d);
bool ext_expired_at(const struct ip_set *s, const uint8_t *d, uint64_t jiffies);
void ext_init(struct ip_set *s, uint8_t *d, const struct ipset_ext *x);
void ext_destroy(struct ip_set *s, uint8_t *d);
void ext_get(const struct ip_set *s, const uint8_t *d, struct ipset_ext *ret);
/* Conditions on counters, counting, skbinfo: does the element answer? The probe's adt is written. */
bool ext_match(const struct ip_set *s, uint8_t *d, const struct set_probe *p);
/* Seconds that a timeout (jiffies) still lasts; and back. */
uint32_t timeout_left(const struct ip_set *s, uint64_t expires);
uint64_t timeout_until(const struct ip_set *s, uint32_t seconds);

/* Collects what is out of time, as often as the kernel's work does: to be asked before elements are looked at. */
void hash_collect(struct ip_set *s);
void list_collect(struct ip_set *s);
uint64_t gc_period(const struct ip_set *s);	/* jiffies */
/* The longest prefix in use, which is what SET adds with; false = none is. */
bool hash_first_cidr(const struct ip_set *s, unsigned n, uint8_t *ret);
/* The set's netmask or bitmask put on an address. */
void set_mask(const struct ip_set *s, union inet_addr *a);

/* user.c: ranges of hash types */
int hash_user(struct ip_set *s, enum ipset_op op, const struct ipset_request *r, const struct ipset_ext *x, bool exist_ok);

/* Is it in the range of a bitmap? */
bool bitmap_holds(const struct ip_set *s, const struct ipset_elem *e);
int list_rule_test(struct ip_set *s, const struct ipset_packet *p, struct ipset_adt *a, uint32_t cmdflags);
int list_rule_change(struct ip_set *s, const struct ipset_packet *p, struct ipset_adt *a, bool add);
/* kadt.c: 1, 0, -1 (nomatch) */
int rule_test(struct ip_set *s, const struct ipset_packet *p, struct ipset_adt *a);
int rule_change(struct ip_set *s, const struct ipset_packet *p, struct ipset_adt *a, bool add);

static inline unsigned addr_len(const struct ip_set *s)
{
	return s->family == NFPROTO_IPV6 ? 16 : 4;
}

/* Keeps the first n bits. */
static inline void addr_mask(union inet_addr *a, unsigned n, unsigned bytes)
{
	uint8_t *b = a->ip6;

	for (unsigned i = n / 8; i < bytes; i++)
		b[i] = (uint8_t)(i == n / 8 ? b[i] & (0xff00u >> (n % 8)) : 0);
}

static inline bool addr_is_zero(const union inet_addr *a)
{
	return !(a->all[0] | a->all[1] | a->all[2] | a->all[3]);
}
#endif
