/* SPDX-License-Identifier: MIT */
/* reply.h - the frame that whoever received a frame would send back: for traffic that answers what
 * came out of a host. The kinds and their options are those of the oracle's events.jsonl. */
#ifndef SIM_WORLD_REPLY_H
#define SIM_WORLD_REPLY_H
#include "sim/base/text.h"
#include "sim/net/device.h"

enum { /* bits of reply_opt.given */
       REPLY_SEQ = 1 << 0,
       REPLY_ACK = 1 << 1,
       REPLY_FLAGS = 1 << 2,
       REPLY_WIN = 1 << 3,
       REPLY_SPORT = 1 << 4,
       REPLY_DPORT = 1 << 5,
       REPLY_DATA = 1 << 6,
       REPLY_TCPOPTS = 1 << 7,
       REPLY_SRC = 1 << 8,
       REPLY_DST = 1 << 9,
       REPLY_TTL = 1 << 10,
       REPLY_ID = 1 << 11,
       REPLY_SRC_MAC = 1 << 12,
       REPLY_DST_MAC = 1 << 13,
       REPLY_TYPE = 1 << 14,
       REPLY_CODE = 1 << 15,
       REPLY_QUOTE = 1 << 16,
       REPLY_MTU = 1 << 17,
       REPLY_GW = 1 << 18,
       REPLY_VTAG = 1 << 19,
       REPLY_MAC = 1 << 20
};

struct reply_opt {
	uint32_t given;
	uint32_t seq, ack, seq_add, ack_add, vtag;
	uint8_t flags, ttl, tos, type, code;
	uint16_t win, sport, dport, id, mtu;
	bool df, badcsum;
	uint32_t quote;
	union inet_addr src, dst;
	be32 gw;
	uint8_t src_mac[6], dst_mac[6], mac[6];
	const uint8_t *data; size_t data_len;		/* REPLY_DATA, payload */
	const uint8_t *tcpopts; size_t tcpopts_len;
	const uint8_t *chunks; size_t chunks_len;	/* sctp */
};

/* Appends the reply of a kind ("synack", "icmp-unreach", ...) to ret. false: no such reply to this
 * frame. */
bool reply_build(struct strbuf *ret, const uint8_t *frame, size_t len, const char *kind,
		 const struct reply_opt *o);
bool reply_kind_known(const char *kind);
/* The link address that the outside gives to a neighbour: 02:aa: and the address. */
void neighbour_mac(uint8_t ret_mac[6], be32 ip);
void neighbour_mac6(uint8_t ret_mac[6], const union inet_addr *ip);	/* 02:ab: and its last four bytes */

/* ---- frames that came out, kept for replies (seen.c): only those of events that something
 * replies to */
struct seen { struct seen *next; const char *dev; bool arp; size_t len; uint8_t bytes[]; };
struct seen_event { struct seen *first, **last; bool needed; };
struct seen_list { struct seen_event *at; size_t nr; };

void seen_need(struct seen_list *l, uint64_t event);
void seen_add(struct seen_list *l, uint64_t event, const struct net_device *dev,
	      const struct packet *p, bool arp);
/* The n-th frame out of "of" ("auto" = any device) after an event, negative = from the end; or
 * NULL. */
const struct seen *seen_pick(const struct seen_list *l, uint64_t event, const char *of, bool arp,
			     int64_t n);
void seen_free(struct seen_list *l);
#endif
