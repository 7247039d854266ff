/* SPDX-License-Identifier: MIT */
/* internal.h - what the files of sim/conntrack share. */
#ifndef SIM_CONNTRACK_INTERNAL_H
#define SIM_CONNTRACK_INTERNAL_H
#include "sim/conntrack/conntrack.h"
#include "sim/packet/headers.h"

enum {
	PROTO_ICMP = 1,
	PROTO_TCP = 6,
	PROTO_UDP = 17,
	PROTO_DCCP = 33,
	PROTO_GRE = 47,
	PROTO_ICMPV6 = 58,
	PROTO_SCTP = 132,
	PROTO_UDPLITE = 136
};

#define CT_EXPECT_BUCKETS 256
#define CT_AHEAD	  8u	 /* packets between asking for a slot and asking for its connection */
#define CT_EXPECT_MAX	  4096u /* nf_conntrack_expect_max */

struct ct_table {
	uint64_t *slot; /* table.c */
	uint16_t *due;	/* of each slot */
	unsigned bits;	/* 1 << bits slots; a hash's home is its top */
	uint32_t nodes; /* slots taken */
	uint32_t count; /* connections alive, unconfirmed ones too: what nf_conntrack_max limits */
	uint64_t next_id, seed[2];
	struct conn *first, *last; /* confirmed ones by id */
	struct conn *cursor;	   /* the next one of a walk that is under way */
	struct conn *free;	   /* chained by list_next */
	struct ct_slab *slab;	   /* from 1 */
	uint32_t nr_slabs;
	size_t slab_used;	   /* of the last */
	uint32_t gc_slot;
	uint32_t ahead[CT_AHEAD], nr_ahead; /* hashes of packets that will come */
	uint64_t gc_jiffies;	      /* all were looked at */
	bool need[2], need_defrag[2]; /* by family: hooks are registered */
	bool labels_used;
	/* print.c: confirmed ones as snapshots show them; NULL = made at the next snapshot */
	struct conn **shown;
	uint32_t nr_shown, shown_cap;
	const struct ct_nat_hook *nat;
	struct ct_expect *expect[CT_EXPECT_BUCKETS];
	uint32_t nr_expect;
	uint64_t warn_jiffies; /* "table full" is said at most ten times in five seconds */
	unsigned warned;
};

/* One packet on its way through ct_in(). */
struct track {
	struct host *h;
	struct packet *p;
	const struct nf_hook_state *s;
	uint32_t off; /* transport header, from the network header */
	enum ip_ct_info ctinfo;
	bool talk;     /* somebody wants to know why */
	bool changed;  /* state, assured */
	enum drop_reason reason; /* of NF_DROP, when it is a special one */
	char why[160]; /* the kernel's words for INVALID or ignored; "" = nothing to say */
};

/* What a tracker says of a packet. */
enum track_result { TRACK_INVALID, TRACK_ACCEPT, TRACK_REPEAT, TRACK_DROP };

void track_why(struct track *t, const char *fmt, ...) PRINTF(2, 3);
/* The checksum over everything from t->off on is wrong, or covers "cov" bytes when that is not
 * 0. */
bool track_bad_checksum(const struct track *t, unsigned proto, uint32_t cov);

enum track_result tcp_packet(struct track *t, struct conn *ct);
enum track_result udp_packet(struct track *t, struct conn *ct);
enum track_result udplite_packet(struct track *t, struct conn *ct);
enum track_result icmp_packet(struct track *t, struct conn *ct);
enum track_result sctp_packet(struct track *t, struct conn *ct);
enum track_result gre_packet(struct track *t, struct conn *ct);
enum track_result generic_packet(struct track *t, struct conn *ct);
/* ICMP before any lookup: an error gets the connection it is about. */
enum track_result icmp_error(struct track *t, const struct conn *tmpl);
/* The same for IPv6; besides, neighbour discovery and its like are not tracked. */
enum track_result icmpv6_error(struct track *t, const struct conn *tmpl);
enum track_result icmpv6_packet(struct track *t, struct conn *ct);
bool icmpv6_invert_tuple(struct ct_tuple *ret, const struct ct_tuple *orig);
/* What is quoted at "at" gives the error the connection it is about. */
enum track_result inet_error(struct track *t, const struct conn *tmpl, uint32_t at, const union inet_addr *outer);
bool icmp_invert_tuple(struct ct_tuple *ret, const struct ct_tuple *orig);
bool tcp_can_early_drop(const struct conn *ct);
bool sctp_can_early_drop(const struct conn *ct);
const char *tcp_state_name(unsigned state);
const char *sctp_state_name(unsigned state);

/* acct.c: the timeout starts again, and the packet counts. */
void ct_refresh(struct track *t, struct conn *ct, uint32_t seconds);
void ct_account(struct conn *ct, enum ip_ct_dir dir, uint32_t bytes);
uint64_t ct_expires(const struct conn *ct); /* jiffies left */

/* tuple.c */
int ct_l4proto(const struct packet *p, uint32_t nhoff, uint8_t family,
	       uint8_t *ret_proto); /* offset or -1 */
bool ct_tuple_get(struct ct_tuple *ret, const struct packet *p, uint32_t nhoff, uint32_t off,
		  uint8_t family, uint8_t proto);
static inline bool tuple_equal(const struct ct_tuple *a, const struct ct_tuple *b)
{
	return memcmp(&a->src, &b->src, sizeof(a->src)) == 0 &&
	       memcmp(&a->dst.u3, &b->dst.u3, sizeof(a->dst.u3)) == 0 &&
	       a->dst.u.all == b->dst.u.all && a->dst.protonum == b->dst.protonum &&
	       a->l3num == b->l3num;
}
static inline bool zone_equal(const struct ct_zone *a, const struct ct_zone *b, enum ip_ct_dir dir)
{
	return ct_zone_id(a, dir) == ct_zone_id(b, dir);
}
const struct ct_zone *ct_zone_tmpl(const struct conn *tmpl, const struct packet *p,
				   struct ct_zone *tmp);

/* table.c */
struct ct_table *table_of(struct host *h); /* made when it is not there */
uint32_t table_hash(const struct ct_table *t, const struct ct_tuple *tuple, uint16_t zone_id);
/* NULL: the table is full and nothing could be dropped. refs = 1. */
struct conn *table_alloc(struct host *h, const struct ct_zone *zone, const struct ct_tuple *orig,
			 const struct ct_tuple *reply, uint32_t hash);
/* The reply direction of a connection that is not in the table. */
void table_set_reply(struct conn *ct, const struct ct_tuple *reply);
struct conn *table_lookup(struct host *h, const struct ct_zone *zone, const struct ct_tuple *tuple, uint32_t hash,
			  enum ip_ct_dir *ret_dir);
void table_insert(struct conn *ct, bool reply_only); /* takes a reference */
bool table_delete(struct conn *ct,
		  const char *why); /* gives it back; false: it was dying already */
static inline bool ct_expired(const struct conn *ct, uint64_t now)
{
	return ct->timeout <= now;
}

/* A connection gets another end (jiffies). */
void table_ends_sooner(struct conn *ct, uint64_t at);
static inline void ct_ends_at(struct conn *ct, uint64_t at)
{
	if (unlikely(at < ct->timeout && ct->listed))
		table_ends_sooner(ct, at);
	ct->timeout = at;
}

/* expect.c */
enum ct_expect_result { CT_EXPECT_OK, CT_EXPECT_BUSY /* by another master */, CT_EXPECT_FULL };
enum ct_expect_result ct_expect(struct conn *master, const struct ct_expect *what); /* copied */
void ct_unexpect(struct conn *master);
/* A new connection: was it announced? Then *ret says how, and it is no longer. */
bool ct_expect_take(struct host *h, const struct ct_tuple *tuple, const struct ct_zone *zone,
		    struct ct_expect *ret);
void ct_expect_destroy(struct ct_table *t);

/* ftp.c; off: of the TCP header */
enum nf_verdict ftp_help(struct packet *p, struct conn *ct, enum ip_ct_info ctinfo, uint32_t off);

/* seqadj.c */
int32_t seqadj_offset(const struct conn *ct, enum ip_ct_dir dir, uint32_t seq);
bool seqadj_packet(struct packet *p, struct conn *ct, enum ip_ct_info ctinfo, uint32_t off);

/* The snapshots' list, while there is one: who comes and goes. */
void shown_add(struct ct_table *t, struct conn *ct);
void shown_del(struct ct_table *t, struct conn *ct);
void shown_drop(struct ct_table *t);

void ct_event(struct host *h, const struct packet *p, const struct conn *ct, enum ct_event what,
	      const char *why);
#endif
