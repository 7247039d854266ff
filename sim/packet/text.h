/* SPDX-License-Identifier: MIT */
/* text.h - a packet as one line and back: the PACKET language of traffic.txt, Lua, and every report.
 *
 *     eth0: tcp 203.0.113.7:40000 > 198.51.100.1:80 S seq=1000 mss=1460
 *     icmp 10.0.0.1 > 10.0.0.2 echo-request id=7 seq=1 len=8
 *     udp 10.0.0.1:5 > 10.0.0.2:53 id=9 frag=1480+ hex=616263
 *     arp who-has 10.0.0.2 tell 10.0.0.1
 *
 * What a line leaves out has these values: ttl 64, tos 0, id 0, no DF, TCP seq 0, ack 0, win 65535, no options,
 * ICMP id and seq 0, no payload, right checksums. Numbers are decimal or 0x; frag is "byteoffset" or "byteoffset+"
 * (more fragments); flags are S F R P A U E W or "." for none. Flags come after the addresses, keys after the flags. */
#ifndef SIM_PACKET_TEXT_H
#define SIM_PACKET_TEXT_H
#include "sim/base/text.h"

enum packet_detail {
	PACKET_SHORT,	/* for eyes: payload as len=, defaults left out, seq and ack left out of bare ACKs */
	PACKET_FULL	/* everything that the line needs to give the same bytes back */
};

/* An IP packet of len bytes; what is too short or unknown is "ip hex=..." in FULL, said in words in SHORT. */
void packet_print(struct strbuf *out, const uint8_t *ip, uint32_t len, enum packet_detail detail);
/* An Ethernet frame: MAC addresses only in FULL (smac=, dmac=), VLAN tags as vlan=; ARP too. */
void frame_print(struct strbuf *out, const uint8_t *frame, uint32_t len, enum packet_detail detail);
const char *ip_proto_name(unsigned proto);	/* "tcp", or NULL */
const char *icmp_type_name(unsigned type, unsigned code);	/* iptables' words: "port-unreachable"; NULL = none */
#endif
