/* SPDX-License-Identifier: MIT */
/* headers.h - where fields lie in the headers, as offsets; use get_be16() and its like on them.
 * Sources: RFC 791, 792, 826, 768, 793, 4340, 4960, 3828, 2784; IEEE 802.1Q. */
#ifndef SIM_PACKET_HEADERS_H
#define SIM_PACKET_HEADERS_H
#include "sim/base/util.h"

#define ETH_ALEN	6
#define ETH_HLEN	14
#define VLAN_HLEN	4
#define ETH_P_IP	0x0800
#define ETH_P_ARP	0x0806
#define ETH_P_8021Q	0x8100
#define ETH_P_8021AD	0x88a8
#define ETH_P_IPV6	0x86dd
#define ETH_P_LOOPBACK	0x9000

#define IP_HLEN		20
#define IP_DF		0x4000
#define IP_MF		0x2000
#define IP_OFFMASK	0x1fff

/* Offsets in an IPv4 header. */
enum { IP4_TOS = 1, IP4_TOTLEN = 2, IP4_ID = 4, IP4_FRAGOFF = 6, IP4_TTL = 8, IP4_PROTO = 9, IP4_CSUM = 10, IP4_SRC = 12, IP4_DST = 16 };
static inline unsigned ip4_hlen(const uint8_t *ip)	{ return (ip[0] & 15u) * 4; }
static inline be32 ip4_saddr(const uint8_t *ip)		{ return load_be32(ip + IP4_SRC); }
static inline be32 ip4_daddr(const uint8_t *ip)		{ return load_be32(ip + IP4_DST); }
static inline unsigned ip4_fragoff(const uint8_t *ip)	{ return get_be16(ip + IP4_FRAGOFF) & IP_OFFMASK; }	/* units of 8 */

/* Kernel's address classes (include/linux/in.h). */
static inline bool ipv4_is_loopback(be32 a)	{ return (ntohl(a) >> 24) == 127; }
static inline bool ipv4_is_multicast(be32 a)	{ return (ntohl(a) >> 28) == 14; }
static inline bool ipv4_is_local_multicast(be32 a) { return (ntohl(a) >> 8) == 0xe00000; }
static inline bool ipv4_is_lbcast(be32 a)	{ return a == 0xffffffffu; }
static inline bool ipv4_is_zeronet(be32 a)	{ return a == 0; }	/* the rest of 0/8 is an address like any other */

/* ICMP: offsets, types */
enum { ICMP_TYPE = 0, ICMP_CODE = 1, ICMP_CSUM = 2, ICMP_ID = 4, ICMP_SEQ = 6, ICMP_HLEN = 8 };
enum {
	ICMP_ECHOREPLY = 0, ICMP_DEST_UNREACH = 3, ICMP_SOURCE_QUENCH = 4, ICMP_REDIRECT = 5, ICMP_ECHO = 8,
	ICMP_TIME_EXCEEDED = 11, ICMP_PARAMETERPROB = 12, ICMP_TIMESTAMP = 13, ICMP_TIMESTAMPREPLY = 14,
	ICMP_INFO_REQUEST = 15, ICMP_INFO_REPLY = 16, ICMP_ADDRESS = 17, ICMP_ADDRESSREPLY = 18
};
enum {
	ICMP_NET_UNREACH = 0, ICMP_HOST_UNREACH = 1, ICMP_PROT_UNREACH = 2, ICMP_PORT_UNREACH = 3, ICMP_FRAG_NEEDED = 4,
	ICMP_SR_FAILED = 5, ICMP_NET_ANO = 9, ICMP_HOST_ANO = 10, ICMP_PKT_FILTERED = 13
};
enum { ICMP_EXC_TTL = 0, ICMP_EXC_FRAGTIME = 1 };

/* TCP: offsets and flag bits of byte 13 */
enum { TCP_SPORT = 0, TCP_DPORT = 2, TCP_SEQ = 4, TCP_ACK = 8, TCP_OFF = 12, TCP_FLAGS = 13, TCP_WIN = 14, TCP_CSUM = 16, TCP_URP = 18, TCP_HLEN = 20 };
enum { TH_FIN = 1, TH_SYN = 2, TH_RST = 4, TH_PUSH = 8, TH_ACK = 16, TH_URG = 32, TH_ECE = 64, TH_CWR = 128 };
static inline unsigned tcp_hlen(const uint8_t *th)	{ return (th[TCP_OFF] >> 4) * 4u; }

enum { UDP_SPORT = 0, UDP_DPORT = 2, UDP_LEN = 4, UDP_CSUM = 6, UDP_HLEN = 8 };

/* Checksums (RFC 1071). csum_partial adds to a running sum; csum_fold ends it, in network order. */
uint32_t csum_partial(const void *p, size_t len, uint32_t sum);
be16 csum_fold(uint32_t sum);
uint32_t csum_pseudo4(be32 src, be32 dst, unsigned proto, unsigned len);
void ip4_send_check(uint8_t *ip);			/* sets the header checksum */
/* New value of the checksum field at csum after a 16 or 32 bit field changed (RFC 1624), as the
 * kernel's csum_replace2/4 do; the field is in the packet. */
void csum_replace2(uint8_t *csum, be16 from, be16 to);
void csum_replace4(uint8_t *csum, be32 from, be32 to);
/* Takes the data's part out of the checksum at th + at: what stays is the pseudo header's sum, where a device is to finish it.
 * The answer is what stood there. */
be16 csum_unfinish(uint8_t *th, uint32_t len, uint32_t at);
/* SCTP's CRC32c (RFC 4960 appendix B) over a whole packet, its checksum field taken as zero. */
uint32_t sctp_crc32c(const uint8_t *p, size_t len);
#endif
