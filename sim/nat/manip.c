// SPDX-License-Identifier: MIT
/* manip.c - rewrites a packet so that it looks like a tuple (net/netfilter/nf_nat_proto.c). The inner
 * packet of an ICMP error may end after 8 bytes of its transport header: then checksums beyond are left. */
#include "sim/nat/internal.h"
#include "sim/packet/ip6.h"

enum { SCTP_HLEN = 12, SCTP_CSUM = 8, L4_GUARANTEED = 8, GRE_CALL_ID = 6, GRE_VERSION = 7 };

struct manip {
	struct packet *p;
	uint32_t nhoff, thoff;		/* from the network header */
	const struct ct_tuple *to;
	enum nf_nat_manip side;
	uint8_t family;
};

static uint8_t *ip_of(const struct manip *m)	{ return pkt_nh(m->p) + m->nhoff; }

/* len bytes of the transport, in one piece; NULL: there are not so many. */
static uint8_t *writable(const struct manip *m, uint32_t len)
{
	pkt_pull(m->p, m->thoff + len);
	return pkt_at(m->p, m->thoff, len);
}

/* Source and destination port are the first four bytes everywhere. */
static uint8_t *port_of(const struct manip *m, uint8_t *th, be16 *ret_new)
{
	*ret_new = m->side == NF_NAT_MANIP_SRC ? m->to->src.u : m->to->dst.u.all;
	return th + (m->side == NF_NAT_MANIP_SRC ? 0 : 2);
}

/* The pseudo header's share in a checksum, while the IP header still has the old address. */
static void pseudo_update(const struct manip *m, uint8_t *csum)
{
	const uint8_t *ip = ip_of(m);

	if (m->family == NFPROTO_IPV6) {
		const union inet_addr *to = m->side == NF_NAT_MANIP_SRC ? &m->to->src.u3 : &m->to->dst.u3;
		const uint8_t *from = ip + (m->side == NF_NAT_MANIP_SRC ? IP6_SRC : IP6_DST);

		for (unsigned i = 0; i < 4; i++)
			csum_replace4(csum, load_be32(from + 4 * i), to->all[i]);
		return;
	}
	if (m->side == NF_NAT_MANIP_SRC)
		csum_replace4(csum, ip4_saddr(ip), m->to->src.u3.ip);
	else
		csum_replace4(csum, ip4_daddr(ip), m->to->dst.u3.ip);
}

static bool tcp_manip(const struct manip *m)
{
	bool whole = pkt_at(m->p, m->thoff, TCP_HLEN) != NULL;
	uint8_t *th = whole ? writable(m, TCP_HLEN) : writable(m, L4_GUARANTEED), *at;
	be16 old, new;

	if (!th)
		return false;
	at = port_of(m, th, &new);
	old = load_be16(at);
	memcpy(at, &new, sizeof(new));
	if (whole) {
		pseudo_update(m, th + TCP_CSUM);
		csum_replace2(th + TCP_CSUM, old, new);
	}
	return true;
}

/* A checksum of zero means "none" in UDP and stays; it never becomes one by chance. */
static bool udp_manip(const struct manip *m, bool with_csum)
{
	uint8_t *th = writable(m, UDP_HLEN), *at;
	be16 new;

	if (!th)
		return false;
	at = port_of(m, th, &new);
	if (with_csum || load_be16(th + UDP_CSUM)) {
		pseudo_update(m, th + UDP_CSUM);
		csum_replace2(th + UDP_CSUM, load_be16(at), new);
		if (!load_be16(th + UDP_CSUM))
			put_be16(th + UDP_CSUM, 0xffff);
	}
	memcpy(at, &new, sizeof(new));
	return true;
}

static bool sctp_manip(const struct manip *m)
{
	bool whole = pkt_at(m->p, m->thoff, SCTP_HLEN) != NULL;
	uint8_t *th = whole ? writable(m, SCTP_HLEN) : writable(m, L4_GUARANTEED), *at;
	uint32_t crc;
	be16 new;

	if (!th)
		return false;
	at = port_of(m, th, &new);
	memcpy(at, &new, sizeof(new));
	if (whole) {
		crc = sctp_crc32c(th, pkt_len(m->p) - m->thoff);
		for (int i = 0; i < 4; i++)	/* little endian on the wire */
			th[SCTP_CSUM + i] = (uint8_t)(crc >> (8 * i));
	}
	return true;
}

/* Only queries have an id; errors are rewritten by their quoted packet. */
static bool icmp_manip(const struct manip *m)
{
	uint8_t *th = writable(m, ICMP_HLEN);

	if (!th)
		return false;
	switch (th[ICMP_TYPE]) {
	case ICMP_ECHO:
	case ICMP_ECHOREPLY:
	case ICMP_TIMESTAMP:
	case ICMP_TIMESTAMPREPLY:
	case ICMP_INFO_REQUEST:
	case ICMP_INFO_REPLY:
	case ICMP_ADDRESS:
	case ICMP_ADDRESSREPLY:
		csum_replace2(th + ICMP_CSUM, load_be16(th + ICMP_ID), m->to->src.u);
		memcpy(th + ICMP_ID, &m->to->src.u, sizeof(m->to->src.u));
	}
	return true;
}

/* Its checksum covers the addresses, too. */
static bool icmpv6_manip(const struct manip *m)
{
	uint8_t *th = writable(m, ICMP_HLEN);

	if (!th)
		return false;
	pseudo_update(m, th + ICMP_CSUM);
	if (th[ICMP_TYPE] == ICMPV6_ECHO_REQUEST || th[ICMP_TYPE] == ICMPV6_ECHO_REPLY) {
		csum_replace2(th + ICMP_CSUM, load_be16(th + ICMP_ID), m->to->src.u);
		memcpy(th + ICMP_ID, &m->to->src.u, sizeof(m->to->src.u));
	}
	return true;
}

/* Only PPTP's GRE has a call id, and only the destination's is in the packet. */
static bool gre_manip(const struct manip *m)
{
	uint8_t *th = writable(m, 8);

	if (!th)
		return false;
	if (m->side != NF_NAT_MANIP_DST)
		return true;
	switch (th[1] & GRE_VERSION) {
	case 0:
		return true;
	case 1:
		memcpy(th + GRE_CALL_ID, &m->to->dst.u.all, sizeof(be16));
		return true;
	default:
		return false;
	}
}

static bool l4_manip(const struct manip *m)
{
	switch (m->to->dst.protonum) {
	case IPPROTO_TCP:
		return tcp_manip(m);
	case IPPROTO_UDP:
		return udp_manip(m, false);
	case IPPROTO_UDPLITE:
		return udp_manip(m, true);
	case IPPROTO_SCTP:
		return sctp_manip(m);
	case IPPROTO_ICMP:
		return icmp_manip(m);
	case IPPROTO_ICMPV6:
		return icmpv6_manip(m);
	case IPPROTO_GRE:
		return gre_manip(m);
	default:
		return true;	/* unknown: only its addresses change */
	}
}

static bool manip_ipv6(struct manip *m)
{
	uint8_t *ip = pkt_at(m->p, m->nhoff, IP6_HLEN), nexthdr;
	uint16_t frag;
	int off;

	if (!ip)
		return false;
	nexthdr = ip[IP6_NXT];
	off = ip6_skip_exthdr(m->p, m->nhoff + IP6_HLEN, &nexthdr, &frag);
	if (off >= 0 && !(frag & IP6_OFFSET)) {
		m->thoff = (uint32_t)off;
		if (!l4_manip(m))
			return false;
	}
	if (m->side == NF_NAT_MANIP_SRC)
		memcpy(ip + IP6_SRC, m->to->src.u3.ip6, 16);
	else
		memcpy(ip + IP6_DST, m->to->dst.u3.ip6, 16);
	return true;
}

bool nat_manip_packet(struct packet *p, uint32_t nhoff, uint8_t family, const struct ct_tuple *target,
		      enum nf_nat_manip manip)
{
	struct manip m = { p, nhoff, 0, target, manip, family };
	be32 new = manip == NF_NAT_MANIP_SRC ? target->src.u3.ip : target->dst.u3.ip;
	uint8_t *ip, *at;

	if (family == NFPROTO_IPV6)
		return manip_ipv6(&m);
	ip = pkt_at(p, nhoff, IP_HLEN);
	if (!ip)
		return false;
	m.thoff = nhoff + ip4_hlen(ip);
	if (!l4_manip(&m))
		return false;
	at = ip + (manip == NF_NAT_MANIP_SRC ? IP4_SRC : IP4_DST);
	csum_replace4(ip + IP4_CSUM, load_be32(at), new);
	memcpy(at, &new, sizeof(new));
	return true;
}
