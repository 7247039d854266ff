/* SPDX-License-Identifier: MIT */
/* gen_v6.h - the IPv6 side of the generator: pools of addresses, and packets with extension headers. Transport headers,
 * conversations, tables and most extensions are those of IPv4 (gen_internal.h). */
#ifndef SIM_VERIFY_GEN_V6_H
#define SIM_VERIFY_GEN_V6_H
#include "sim/base/text.h"

#define GEN6_NICS 4

struct gen6_nic { union inet_addr own, link_local, peer[4], peer_link_local; unsigned plen; };
struct gen6 {
	struct gen6_nic nic[GEN6_NICS];
	union inet_addr own[16]; unsigned nr_own;
	union inet_addr far[8]; unsigned nr_far;
	union inet_addr hot_addr;
	bool routers;			/* router advertisements may be taken */
};

struct gen;
struct gen_packet;
struct gen_ext;

/* ---- drawing (gen_v6.c) */
union inet_addr gen6_addr(struct gen *g);		/* any of the pool, sometimes one off it */
union inet_addr gen6_own(struct gen *g);
union inet_addr gen6_peer(struct gen *g, unsigned nic);
/* What gen_text's %a %n %N %w %o %g stand for.  */
void gen6_value(struct gen *g, struct strbuf *out, char what);
/* The matches or targets of ip6tables: those of IPv4's list that it has too, and its own. Made once. */
const struct gen_ext *gen6_matches(void), *gen6_targets(void);	/* gen_v6_ext.c */

/* ---- parts */
void gen6_net(struct gen *g);				/* gen_v6.c: ip.batch, sysctl.conf */
void gen6_single(struct gen *g);			/* gen_v6_traffic.c: events */
void gen6_burst(struct gen *g);
void gen6_fragments(struct gen *g);
void gen6_local_packet(struct gen *g);
void gen6_neighbour(struct gen *g);			/* neighbour and router discovery */
/* The first packet of a flow, laid out as IPv4's ("proto" 1 stands for ICMPv6); server NULL: to anywhere. */
void gen6_open(struct gen *g, struct gen_packet *p, const union inet_addr *server);

/* ---- packets (gen_v6_packet.c) */
#define GEN6_EXT_MAX 512
struct gen6_packet {
	union inet_addr src, dst;
	uint8_t tclass, hlim;
	uint32_t flow;
	uint8_t ext[GEN6_EXT_MAX]; unsigned nr_ext;	/* extension headers in their order, bytes; next headers still 0 */
	uint8_t kind[16]; unsigned nr_kinds;		/* what each is */
	unsigned unfragmentable;			/* bytes of them that stay before a fragment header */
};
/* Draws extension headers; odd: in any order and number. */
void gen6_exthdrs(struct gen *g, struct gen6_packet *s, bool odd);
void gen6_fragment_header(struct gen6_packet *s, unsigned at, unsigned off_and_flags, uint32_t id);
/* The transport of p after the headers of s; its proto 1 becomes ICMPv6 with the type as it stands. The answer is the length. */
unsigned gen6_ip(const struct gen_packet *p, const struct gen6_packet *s, uint8_t *ret);
unsigned gen6_spoil(struct gen *g, uint8_t *ip, unsigned len);
#endif
