/* SPDX-License-Identifier: MIT */
/* ipset.h - the kernel's IP sets of one host (net/netfilter/ipset): made and filled by the user's commands,
 * asked and changed by rules about packets. The program "ipset" is in rules/ipset.
 * A set is known by a name and a number; rules hold the number, and a reference that keeps the set.
 * Nothing is allocated by a lookup. Hash types hash as the kernel does: with the same initval they grow, and
 * list their elements, as there. */
#ifndef SIM_IPSET_IPSET_H
#define SIM_IPSET_IPSET_H
#include "sim/base/evq.h"
#include "sim/base/text.h"
#include "sim/packet/packet.h"

#define IPSET_MAXNAMELEN	32		/* with the NUL */
#define IPSET_MAX_COMMENT	255
#define IPSET_NO_TIMEOUT	UINT32_MAX
#define IPSET_MAX_TIMEOUT	2147483u	/* seconds */
#define IPSET_DIM_MAX		6
#define IPSET_INVALID_ID	65535u

struct ipsets;			/* all sets of one host */
struct ip_set;
struct rng;

/* Why the kernel says no: its own numbers (enum ipset_errno) and a few of errno's. 0 = fine. */
enum ipset_err {
	IPSET_ERR_NOENT = 2, IPSET_ERR_BUSY_ERRNO = 16, IPSET_ERR_INVAL = 22, IPSET_ERR_RANGE = 34,
	IPSET_ERR_PROTOCOL = 4097, IPSET_ERR_FIND_TYPE, IPSET_ERR_MAX_SETS, IPSET_ERR_BUSY, IPSET_ERR_EXIST_SETNAME2,
	IPSET_ERR_TYPE_MISMATCH, IPSET_ERR_EXIST, IPSET_ERR_INVALID_CIDR, IPSET_ERR_INVALID_NETMASK,
	IPSET_ERR_INVALID_FAMILY, IPSET_ERR_TIMEOUT, IPSET_ERR_REFERENCED, IPSET_ERR_IPADDR_IPV4, IPSET_ERR_IPADDR_IPV6,
	IPSET_ERR_COUNTER, IPSET_ERR_COMMENT, IPSET_ERR_INVALID_MARKMASK, IPSET_ERR_SKBINFO, IPSET_ERR_BITMASK_NETMASK_EXCL,
	/* of one type of set */
	IPSET_ERR_HASH_FULL = 4352, IPSET_ERR_HASH_ELEM, IPSET_ERR_INVALID_PROTO, IPSET_ERR_MISSING_PROTO,
	IPSET_ERR_HASH_RANGE_UNSUPPORTED, IPSET_ERR_HASH_RANGE,
	IPSET_ERR_BITMAP_RANGE = 4362, IPSET_ERR_BITMAP_RANGE_SIZE,
	IPSET_ERR_NAME = 4372, IPSET_ERR_LOOP, IPSET_ERR_BEFORE, IPSET_ERR_NAMEREF, IPSET_ERR_LIST_FULL, IPSET_ERR_REF_EXIST,
	IPSET_ERR_EXIST_SETNAME = 4400		/* a set of this name is there (the kernel's EEXIST) */
};

/* ---- types */

enum ipset_kind {
	SET_BITMAP_IP, SET_BITMAP_IPMAC, SET_BITMAP_PORT,
	SET_HASH_IP, SET_HASH_MAC, SET_HASH_IPMAC, SET_HASH_NET, SET_HASH_NETNET, SET_HASH_IPPORT, SET_HASH_IPPORTIP,
	SET_HASH_IPPORTNET, SET_HASH_IPMARK, SET_HASH_NETPORT, SET_HASH_NETPORTNET, SET_HASH_NETIFACE, SET_LIST
};

/* What the parts of an element are, in order. */
#define SETDIM_IP	1u
#define SETDIM_NET	2u
#define SETDIM_PORT	3u
#define SETDIM_MAC	4u
#define SETDIM_MARK	5u
#define SETDIM_IFACE	6u
#define SETDIM_NAME	7u

struct ipset_type {
	const char *name, *old_name;	/* "hash:ip", "iphash" or NULL */
	enum ipset_kind kind;
	uint8_t dim, part[3];		/* SETDIM_* */
	uint8_t revision;
	bool inet4, inet6;		/* both false: of no family */
	bool nomatch;			/* elements may say "not" */
	bool hash, bitmap;
	bool port_with_proto;
	bool netmask, bitmask;		/* may be given when it is made */
	uint16_t base_size[2];		/* bytes of an empty one, IPv4 and IPv6 (hash types) */
};
extern const struct ipset_type ipset_types[];
extern const size_t ipset_nr_types;
/* By its name or the one it had before ipset 6; NULL = unknown. */
const struct ipset_type *ipset_type_find(const char *name);

/* ---- making one */

struct ipset_create {
	const struct ipset_type *type;
	uint8_t family;			/* NFPROTO_IPV4, IPV6, or UNSPEC */
	uint32_t timeout;		/* seconds, IPSET_NO_TIMEOUT = without */
	bool counters, comment, skbinfo, forceadd;
	bool has_netmask, has_bitmask, has_initval, has_markmask;
	uint8_t netmask;
	union inet_addr bitmask;	/* network order */
	uint32_t markmask, hashsize, maxelem, initval;	/* hashsize 0 = the kernel's default */
	uint8_t bucketsize;
	union inet_addr from, to;	/* bitmap: network order */
	uint16_t port_from, port_to;
	uint32_t size;			/* list:set */
};
#define IPSET_CREATE_DEFAULT { .timeout = IPSET_NO_TIMEOUT, .maxelem = 65536, .bucketsize = 12, .size = 8, .markmask = UINT32_MAX }

struct ipsets *ipsets_create(const struct evq *clock, uint64_t seed, const char *host);	/* clock NULL = always 0 */
void ipsets_destroy(struct ipsets *all);	/* NULL is fine */

int ipset_make(struct ipsets *all, const char *name, const struct ipset_create *c, bool exist_ok);
/* name NULL = all of them. */
int ipset_destroy(struct ipsets *all, const char *name);
int ipset_flush(struct ipsets *all, const char *name);
int ipset_rename(struct ipsets *all, const char *from, const char *to);
int ipset_swap(struct ipsets *all, const char *from, const char *to);

/* ---- looking. Borrowed: good until the sets change. */
struct ip_set *ipset_find(const struct ipsets *all, const char *name);		/* or NULL */
struct ip_set *ipset_at(const struct ipsets *all, unsigned index);		/* or NULL: a hole */
unsigned ipset_nr_slots(const struct ipsets *all);
unsigned ipset_index(const struct ipsets *all, const char *name);		/* IPSET_INVALID_ID = there is none */
void ipset_hold(struct ipsets *all, unsigned index);
void ipset_put(struct ipsets *all, unsigned index);
const char *ipset_name(const struct ip_set *s);
const struct ipset_type *ipset_type(const struct ip_set *s);
uint8_t ipset_family(const struct ip_set *s);
/* As it was made, hashsize as it is now. */
void ipset_describe(const struct ip_set *s, struct ipset_create *ret);
uint32_t ipset_refs(const struct ip_set *s);
uint32_t ipset_nr_elements(const struct ip_set *s);
size_t ipset_memsize(const struct ip_set *s);		/* what the kernel of this machine would say */

/* ---- elements */

struct ipset_ext {
	uint32_t timeout;		/* seconds left, 0 = for ever; IPSET_NO_TIMEOUT = not given */
	uint64_t packets, bytes;	/* UINT64_MAX = not given */
	const char *comment;		/* or NULL */
	bool has_skbinfo;
	uint32_t skbmark, skbmarkmask, skbprio;
	uint16_t skbqueue;
};
#define IPSET_EXT_NONE { .timeout = IPSET_NO_TIMEOUT, .packets = UINT64_MAX, .bytes = UINT64_MAX }

/* One element; only the parts its type has. Addresses in network order, the rest in the host's. */
struct ipset_elem {
	union inet_addr ip, ip2;
	uint8_t cidr, cidr2;
	uint8_t proto;
	uint16_t port;
	uint32_t mark;
	uint8_t mac[6];
	bool has_mac, nomatch, physdev, wildcard;
	char iface[16];
	uint32_t id;			/* list:set: number of the set */
};

/* What the user asks for: an element, or ranges of them. */
struct ipset_request {
	struct ipset_elem e;		/* cidr, cidr2 as given */
	bool has_cidr, has_cidr2, has_to, has_to2, has_port_to, has_mark;
	union inet_addr to, to2;
	uint16_t port_to;
	const char *name, *nameref;	/* list:set; nameref NULL = anywhere */
	bool before;
	bool ext_timeout, ext_counters, ext_comment, ext_skbinfo;	/* given */
	struct ipset_ext ext;
};

enum ipset_op { IPSET_ADD, IPSET_DEL, IPSET_TEST };
/* 0, or enum ipset_err; of IPSET_TEST: IPSET_ERR_EXIST = it is not in the set. */
int ipset_user(struct ip_set *s, enum ipset_op op, const struct ipset_request *r, bool exist_ok);

/* All elements that are alive, in the kernel's order. Stops when fn answers false. */
void ipset_each(const struct ip_set *s, bool (*fn)(void *arg, const struct ipset_elem *e, const struct ipset_ext *x), void *arg);

/* ---- from a rule, about a packet */

/* Bits of ipset_adt.flags: direction of each part, 1 = source. */
#define IPSET_INV_MATCH		0x01u
#define IPSET_DIM_SRC(n)	(1u << (n))	/* n from 1 */
/* Bits of ipset_adt.cmdflags (enum ipset_cmd_flags). */
#define IPSET_FLAG_EXIST			0x001u
#define IPSET_FLAG_SKIP_COUNTER_UPDATE		0x008u
#define IPSET_FLAG_SKIP_SUBCOUNTER_UPDATE	0x010u
#define IPSET_FLAG_MATCH_COUNTERS		0x020u
#define IPSET_FLAG_RETURN_NOMATCH		0x080u
#define IPSET_FLAG_MAP_SKBMARK			0x100u
#define IPSET_FLAG_MAP_SKBPRIO			0x200u
#define IPSET_FLAG_MAP_SKBQUEUE			0x400u

enum ipset_counter_op { IPSET_COUNTER_NONE, IPSET_COUNTER_EQ, IPSET_COUNTER_NE, IPSET_COUNTER_LT, IPSET_COUNTER_GT };
struct ipset_counter_match { uint64_t value; uint8_t op; };

struct ipset_adt {
	uint8_t dim, flags;
	uint32_t cmdflags;
	uint32_t timeout;		/* for adding; IPSET_NO_TIMEOUT = the set's */
	struct ipset_counter_match packets, bytes;
	/* answers of a match in a set with skbinfo */
	uint32_t skbmark, skbmarkmask, skbprio;
	uint16_t skbqueue;
};

/* A packet at a hook. Device names: "" or NULL where there is none. */
struct ipset_packet {
	const struct packet *p;
	uint8_t family;
	const char *in, *out, *physin, *physout;
};

bool ipset_match(struct ipsets *all, unsigned index, const struct ipset_packet *p, struct ipset_adt *a);
void ipset_packet_add(struct ipsets *all, unsigned index, const struct ipset_packet *p, struct ipset_adt *a);
void ipset_packet_del(struct ipsets *all, unsigned index, const struct ipset_packet *p, struct ipset_adt *a);
/* What would be looked up for this packet; false = the packet has no such thing (no port, no device), or the
 * set is of another family. Changes nothing. */
bool ipset_packet_elem(const struct ip_set *s, const struct ipset_packet *p, const struct ipset_adt *a, struct ipset_elem *ret);
/* The element that answers for e, as ipset_match() would find it, without counting. 1 = in the set, -1 = an
 * element with nomatch answers, 0 = none. */
int ipset_peek(const struct ip_set *s, const struct ipset_elem *e, struct ipset_elem *ret, struct ipset_ext *ret_ext);
#endif
