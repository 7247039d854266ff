/* SPDX-License-Identifier: MIT */
/* gen_internal.h - what the generator's parts share: the case being drawn, and its small pools of
 * addresses and ports, from which rules and traffic alike are drawn so that rules often nearly match. */
#ifndef SIM_VERIFY_GEN_INTERNAL_H
#define SIM_VERIFY_GEN_INTERNAL_H
#include "sim/base/rng.h"
#include "sim/verify/gen.h"
#include "sim/verify/gen_v6.h"

#define GEN_NICS	4
#define GEN_SETS	3

/* hooks, as bits in this order */
enum { G_PRE = 1, G_IN = 2, G_FWD = 4, G_OUT = 8, G_POST = 16, G_ALL = 31 };
/* tables, as bits */
enum { T_RAW = 1, T_MANGLE = 2, T_NAT = 4, T_FILTER = 8, T_SECURITY = 16, T_ANY = 31 };

struct gen_nic { be32 own, net; unsigned plen; be32 peer[4]; };

struct gen {
	struct rng rng;
	enum gen_topic topic;
	struct host_case *out;
	unsigned nr_nics;
	struct gen_nic nic[GEN_NICS];
	be32 own[16]; unsigned nr_own;		/* the host's addresses */
	be32 far[8]; unsigned nr_far;		/* beyond a neighbour */
	bool bridge;				/* eth0 and eth1 are ports of br0, in one network */
	unsigned nr_sets, set_dims[GEN_SETS];	/* s0.., parts of their elements */
	bool set_list[GEN_SETS];		/* of sets */
	bool down;				/* the last interface is: nothing comes in by it */
	bool untracked;				/* no rule that turns conntrack on */
	be32 hot_addr; uint16_t hot_port;	/* where much of the traffic goes, so that flows meet */
	uint32_t routed;			/* prefixes that have a route */
	bool waits;				/* timeouts are short and some events wait for them */
	unsigned serial;			/* for names that must differ */
	uint64_t ms;				/* time of the next event */
	unsigned nr_events;
	bool v6;				/* IPv6: then these instead of addresses and networks above */
	struct gen6 six;
	bool served[65536];			/* ports that have a local server */
};

/* ---- drawing (gen_text.c) */
unsigned gen_below(struct gen *g, unsigned n);			/* 0..n-1 */
unsigned gen_range(struct gen *g, unsigned lo, unsigned hi);	/* lo..hi */
bool gen_chance(struct gen *g, unsigned percent);
#define GEN_PICK(g, array) ((array)[gen_below((g), ARRAY_SIZE(array))])
uint16_t gen_port(struct gen *g);
be32 gen_addr(struct gen *g);		/* any of the pool, sometimes one off it */
be32 gen_own(struct gen *g);
be32 gen_peer(struct gen *g, unsigned nic);
const char *gen_dev(const struct gen *g, unsigned nic);	/* who has its address: "eth1", or "br0" */
/* Appends a template's text: "[x]" is x or nothing, "(a|b)" one of them, "{1,9}" a number between,
 * a backslash takes the next character as it is, and
 *   %p port  %r ports as "a:b"  %q as "a-b"  %a address  %n network  %N prefix  %w range of addresses  %o own address
 *   %h payload in hex  %F FTP's in hex  %g neighbour  %i interface, maybe a wildcard  %I interface  %m mark  %M mark/mask
 *   %s set and its directions  %S set that is no list  %! "! " sometimes  %k a number that no other %k gets  %% percent */
void gen_text(struct gen *g, struct strbuf *out, const char *text);

struct gen_packet;

/* ---- parts */
void gen_net(struct gen *g);		/* gen_net.c: ip.batch, sysctl.conf */
void gen_sets(struct gen *g);		/* gen_set.c: ipset.save */
void gen_set_words(struct gen *g, struct strbuf *out, bool list);	/* "s1 src,dst"; list: may be a list of sets */
void gen_rules(struct gen *g);		/* gen_rules.c: rules.v4 or rules.v6 */
void gen_traffic(struct gen *g);	/* gen_traffic.c: events.jsonl */
/* Shared with IPv6's traffic: an event's beginning, bytes in hex, a packet sent by the host itself, the transport's fields. */
struct strbuf *gen_event(struct gen *g);
void gen_hex(struct strbuf *out, const uint8_t *p, unsigned len);
void gen_local(struct gen *g, const uint8_t *ip, unsigned len);
void gen_body(struct gen *g, struct gen_packet *p);

/* A match or a target as a template. Only for rules of protocol proto (0 = any), in these tables, reached
 * from no other hooks than these. */
struct gen_ext { const char *text; unsigned weight, tables, hooks; uint32_t topics; uint16_t proto; };
extern const struct gen_ext gen_matches[], gen_targets[];	/* gen_ext.c; text NULL ends */
/* One that fits, weighted; the case's topic counts fourfold. NULL: none does. */
const struct gen_ext *gen_pick_ext(struct gen *g, const struct gen_ext *list, unsigned table, unsigned hooks, unsigned proto);

/* ---- packets (gen_packet.c) */
struct gen_packet {
	be32 src, dst;
	uint8_t proto, ttl, tos;
	uint16_t id, frag;		/* frag as in the header: flags and offset */
	uint16_t sport, dport;		/* ICMP: type << 8 | code, and id */
	uint32_t seq, ack;
	uint8_t flags;
	uint16_t win;
	uint8_t ipopt[40]; unsigned nr_ipopt;	/* multiples of 4 */
	uint8_t l4opt[40]; unsigned nr_l4opt;	/* TCP */
	uint8_t data[3000]; unsigned len;
};
/* The IP packet, its checksums right, into ret (65535 at most); the answer is its length. */
unsigned gen_ip(const struct gen_packet *p, uint8_t *ret);
void gen_ip_options(struct gen *g, struct gen_packet *p);
void gen_tcp_options(struct gen *g, struct gen_packet *p);
void gen_payload(struct gen *g, struct gen_packet *p, unsigned len);
/* Spoils a packet of len bytes in one way or another; the answer is its new length. */
unsigned gen_spoil(struct gen *g, uint8_t *ip, unsigned len);
#endif
