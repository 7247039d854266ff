/* SPDX-License-Identifier: MIT */
/* text.h - a packet as one line and back: the PACKET language of traffic.txt, Lua, and every report.
 * A whole line also says where the packet enters: "eth0: ...", "out: ..." (made by the host itself), in a lab "fw.eth0: ...".
 *
 *     eth0: tcp 203.0.113.7:40000 > 198.51.100.1:80 S seq=1000 mss=1460
 *     icmp 10.0.0.1 > 10.0.0.2 echo-request id=7 seq=1 len=8
 *     udp 10.0.0.1:5 > 10.0.0.2:53 id=9 frag=1480+ hex=616263
 *     icmp 10.0.0.2 > 10.0.0.1 port-unreachable about [udp 10.0.0.1:5 > 10.0.0.2:53 ttl=3]
 *     tcp [2001:db8::5]:40000 > [2001:db8::1]:80 SA
 *     icmp6 2001:db8::5 > 2001:db8::1 echo-request id=7 seq=1
 *     icmp6 fe80::5 > ff02::1:ff00:1 neighbour-solicitation target=2001:db8::1 lladdr=02:ab:00:00:00:05
 *     proto 50 10.0.0.1 > 10.0.0.2 hex=0000080045
 *     arp who-has 10.0.0.2 tell 10.0.0.1          arp 10.0.0.2 is-at 02:aa:0a:00:00:02 to 10.0.0.1
 *     raw hex=...                                 a frame (or, after "out:", an IP packet) as it is
 *
 * Keys: ttl tos dscp id (ipid for ICMP) frag src-route=A,B ipopts ipcsum, the word df; TCP: seq
 * ack win urp res mss wscale sack opts; UDP: ulen; ICMP: type code id seq mtu gw ptr rest; SCTP:
 * vtag; IPv6: flow (label), frag and id make a fragment header, ICMPv6 also target lladdr; csum=bad, none or a number; payload: len (zeros) data="text" hex pad; link: smac dmac
 * arpmac vlan pcp; of "out": mark uid gid.
 *
 * What a line leaves out has these values: ttl 64, tos 0, id 0, no DF, TCP seq 0, ack 0, win
 * 65535, no options, ICMP id and seq 0, no payload, right checksums, flag S, the device's link
 * address (or what belongs to a broadcast or multicast address) as receiver and 02:aa: with the
 * source address as sender. Numbers are decimal or 0x; frag is "byteoffset" or "byteoffset+"
 * (more fragments); flags are S F R P A U E W or "." for none. Flags come after the addresses,
 * keys after the flags. In IPv6 the sender's link address is 02:ab: with the last four bytes of
 * its address, neighbour discovery has hop limit 255; other extension headers than that of a
 * fragment are only in "raw". */
#ifndef SIM_PACKET_TEXT_H
#define SIM_PACKET_TEXT_H
#include "sim/base/diag.h"

enum packet_detail {
	PACKET_SHORT,	/* for eyes: payload as len=, defaults left out, seq and ack left out of bare ACKs */
	PACKET_FULL	/* everything that the line needs to give the same bytes back */
};

/* An IP packet of len bytes; what is too short or unknown is "ip hex=..." in FULL, said in words
 * in SHORT. */
void packet_print(struct strbuf *out, const uint8_t *ip, uint32_t len, enum packet_detail detail);
/* An Ethernet frame: MAC addresses only in FULL (smac=, dmac=), VLAN tags as vlan=; ARP too. */
void frame_print(struct strbuf *out, const uint8_t *frame, uint32_t len, enum packet_detail detail);
const char *ip_proto_name(unsigned proto);	/* "tcp", or NULL */
const char *icmp_type_name(unsigned type, unsigned code);	/* iptables' words: "port-unreachable"; NULL = none */
const char *icmp6_type_name(unsigned type, unsigned code);	/* ip6tables' words */

/* ---- whole lines (text_parse.c, text_line.c) */
struct packet_text {
	const char *host;		/* NULL = not said */
	const char *dev;		/* NULL = "out": made by the host itself */
	bool mark_given, uid_given, gid_given;
	uint32_t mark, uid, gid;
	const uint8_t *bytes;		/* an Ethernet frame; of "out" an IP packet */
	uint32_t len;
};

/* The link address of a device, or NULL when it is not known (then that of an ethK of its number). */
typedef const uint8_t *packet_text_mac_fn(void *arg, const char *host, const char *dev);

/* The line at off..off+len of src. Names and bytes live in a. false: errors in d. */
bool packet_text_parse(struct arena *a, struct packet_text *ret, struct source *src, size_t off,
		       size_t len, packet_text_mac_fn *mac, void *arg, struct diag *d);
/* The line for a packet: parsing it gives the same bytes. dev_mac: the address of p->dev, or NULL
 * as above. */
void packet_text_print(struct strbuf *out, const struct packet_text *p, const uint8_t *dev_mac);

/* ---- words shared with traffic.txt */
struct text_word { const char *s; struct pos pos; };
#define TEXT_WORDS_MAX 64
/* Words at blanks; '"' holds together and stays in the word; '#' at a word's start ends the line. */
unsigned text_split(struct arena *a, struct source *src, size_t off, size_t len,
		    struct text_word w[TEXT_WORDS_MAX]);
bool text_flags(const char *s, uint8_t *ret);		/* "SA", "PA", ".", "none" */
/* "text" with escapes, or without quotes; answers false for a bad escape. */
bool text_data(const char *s, struct strbuf *ret);
/* "A:P", "A"; false: no IPv4 address. *ret_port is -1 when there is none. */
bool text_endpoint(const char *s, be32 *ret_ip, int *ret_port);
bool text_is_v6(const char *s);
bool text_endpoint6(const char *s, union inet_addr *ret, int *ret_port);	/* "[A]:P", "[A]", "A" */
/* The link addresses that are meant when a line names none. */
void text_default_smac(uint8_t mac[6], be32 src);
void text_default_smac6(uint8_t mac[6], const union inet_addr *src);
void text_default_dmac(uint8_t mac[6], be32 dst, const uint8_t *dev_mac, const char *dev);
void text_default_dmac6(uint8_t mac[6], const union inet_addr *dst, const uint8_t *dev_mac, const char *dev);
bool text_is_ndp(unsigned type);		/* ICMPv6 that wants hop limit 255 */
#endif
