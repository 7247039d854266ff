/* SPDX-License-Identifier: MIT */
/* ip6.h - where fields lie in IPv6 headers, and the way through extension headers.
 * Sources: RFC 8200, 4302, 4443; the walk's rules are those of the kernel's exthdrs_core.c, tried on it. */
#ifndef SIM_PACKET_IP6_H
#define SIM_PACKET_IP6_H
#include "sim/packet/headers.h"
#include "sim/packet/packet.h"

#define IP6_HLEN	40
#define IP6_MIN_MTU	1280

/* Offsets in the header. */
enum { IP6_PLEN = 4, IP6_NXT = 6, IP6_HLIM = 7, IP6_SRC = 8, IP6_DST = 24 };
static inline unsigned ip6_version(const uint8_t *ip)	{ return ip[0] >> 4; }
static inline uint8_t ip6_tclass(const uint8_t *ip)	{ return (uint8_t)(ip[0] << 4 | ip[1] >> 4); }
static inline uint32_t ip6_flow(const uint8_t *ip)	{ return get_be32(ip) & 0xfffff; }
static inline union inet_addr ip6_load_addr(const uint8_t *at)
{
	union inet_addr a;

	memcpy(a.ip6, at, 16);
	return a;
}
static inline union inet_addr ip6_saddr(const uint8_t *ip)	{ return ip6_load_addr(ip + IP6_SRC); }
static inline union inet_addr ip6_daddr(const uint8_t *ip)	{ return ip6_load_addr(ip + IP6_DST); }
static inline void ip6_set_tclass(uint8_t *ip, uint8_t v)
{
	ip[0] = (uint8_t)((ip[0] & 0xf0) | v >> 4);
	ip[1] = (uint8_t)((ip[1] & 0x0f) | v << 4);
}

/* Next header numbers. Only those that ip6_ext_hdr() knows are walked over; ESP ends the walk as a protocol does. */
enum {
	NEXTHDR_HOP = 0, NEXTHDR_TCP = 6, NEXTHDR_UDP = 17, NEXTHDR_IPV6 = 41, NEXTHDR_ROUTING = 43, NEXTHDR_FRAGMENT = 44,
	NEXTHDR_GRE = 47, NEXTHDR_ESP = 50, NEXTHDR_AUTH = 51, NEXTHDR_ICMP = 58, NEXTHDR_NONE = 59, NEXTHDR_DEST = 60,
	NEXTHDR_MOBILITY = 135
};
static inline bool ip6_ext_hdr(unsigned nexthdr)
{
	return nexthdr == NEXTHDR_HOP || nexthdr == NEXTHDR_ROUTING || nexthdr == NEXTHDR_FRAGMENT ||
	       nexthdr == NEXTHDR_AUTH || nexthdr == NEXTHDR_NONE || nexthdr == NEXTHDR_DEST;
}
/* Length in bytes of an extension header whose first two bytes are at hdr. */
static inline unsigned ip6_exthdr_len(unsigned nexthdr, const uint8_t *hdr)
{
	return nexthdr == NEXTHDR_FRAGMENT ? 8 : nexthdr == NEXTHDR_AUTH ? (hdr[1] + 2u) * 4 : (hdr[1] + 1u) * 8;
}

/* Fragment header: offsets, and the 16 bits that hold offset (in bytes, multiple of 8) and more-flag. */
enum { FRAG6_NXT = 0, FRAG6_OFF = 2, FRAG6_ID = 4, FRAG6_HLEN = 8 };
#define IP6_MF		0x0001
#define IP6_OFFSET	0xfff8

/* ICMPv6: offsets as in ICMP; types and codes */
enum {
	ICMPV6_DEST_UNREACH = 1, ICMPV6_PKT_TOOBIG = 2, ICMPV6_TIME_EXCEED = 3, ICMPV6_PARAMPROB = 4,
	ICMPV6_ECHO_REQUEST = 128, ICMPV6_ECHO_REPLY = 129, ICMPV6_MGM_QUERY = 130, ICMPV6_MGM_REPORT = 131,
	ICMPV6_MGM_REDUCTION = 132, NDISC_ROUTER_SOLICITATION = 133, NDISC_ROUTER_ADVERTISEMENT = 134,
	NDISC_NEIGHBOUR_SOLICITATION = 135, NDISC_NEIGHBOUR_ADVERTISEMENT = 136, NDISC_REDIRECT = 137,
	ICMPV6_MLD2_REPORT = 143
};

/* Flags of ip6_find_hdr (IP6_FH_F_*): the first and last are answers. */
#define IP6_FH_F_FRAG		0x1u	/* a fragment header was met */
#define IP6_FH_F_AUTH		0x2u	/* with target -1: stop at an authentication header */
#define IP6_FH_F_SKIP_RH	0x4u	/* with target ROUTING: pass over those with no segments left */
enum { IP6_ENOENT = -2, IP6_EBADMSG = -74 };	/* no such header; the packet is too short or no IPv6 */

/* ipv6_find_hdr(): the header of kind target, or with target -1 the last one (the transport protocol). The
 * answer is its number, or IP6_E*. *offset (from the network header): in: 0, or where an inner IPv6 header
 * begins; out: where the header found begins; not written for a later fragment, whose offset in bytes goes to
 * *fragoff (may be NULL) and whose protocol is the one that its fragment header names. flags may be NULL. */
int ip6_find_hdr(const struct packet *p, uint32_t *offset, int target, uint16_t *fragoff, unsigned *flags);
/* ipv6_skip_exthdr(): over all extension headers from start, a header of kind *nexthdr. Answers where the first
 * unknown one begins and what it is, or -1; it may lie beyond the packet's end. *frag_off: the last fragment
 * header's word, host order, offset and flags; the header of a later fragment is not passed. */
int ip6_skip_exthdr(const struct packet *p, uint32_t start, uint8_t *nexthdr, uint16_t *frag_off);

uint32_t csum_pseudo6(const uint8_t *src, const uint8_t *dst, unsigned proto, uint32_t len);
#endif
