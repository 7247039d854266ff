// SPDX-License-Identifier: MIT
/* exthdrs.c - extension headers: options hop by hop and for the destination, routing headers
 * (net/ipv6/exthdrs.c; ip6_find_1stfragopt of output_core.c). */
#include "sim/net/ipv6.h"


static bool discard(struct packet *p, const char *where)
{
	pkt_drop(p->dev->host, p, DROP_IP_INHDR, where);
	return false;
}

/* The two high bits of an option's type say what becomes of a packet with an option that nobody knows. */
static bool tlvopt_unknown(struct packet *p, uint32_t off, bool disallow)
{
	union inet_addr daddr = ip6_daddr(pkt_nh(p));
	unsigned act = pkt_nh(p)[off] >> 6;

	if (act == 0 && !disallow)
		return true;
	if (!disallow && (act == 2 || (act == 3 && !ipv6_is_multicast(&daddr)))) {
		icmpv6_param_prob(p, 2, off, "ip6_tlvopt_unknown");
		return false;
	}
	return discard(p, "ip6_tlvopt_unknown");
}

static bool hop_ra(struct packet *p, uint32_t off)
{
	const uint8_t *nh = pkt_nh(p);

	if (nh[off + 1] != 2)
		return discard(p, "ipv6_hop_ra");
	p->ip_flags |= IP6SKB_ROUTERALERT;
	memcpy(&p->cb6.ra, nh + off + 2, 2);
	return true;
}

static bool hop_jumbo(struct packet *p, uint32_t off)
{
	const uint8_t *nh = pkt_nh(p);
	uint32_t len;

	if (nh[off + 1] != 4 || (off & 3) != 2)
		return discard(p, "ipv6_hop_jumbo");
	len = get_be32(nh + off + 2);
	if (len <= 65535 || get_be16(nh + IP6_PLEN)) {
		icmpv6_param_prob(p, 0, len <= 65535 ? off + 2 : off, "ipv6_hop_jumbo");
		return false;
	}
	if (len > pkt_len(p) - IP6_HLEN) {
		pkt_drop(p->dev->host, p, DROP_PKT_TOO_SMALL, "ipv6_hop_jumbo");
		return false;
	}
	pkt_trim(p, len + IP6_HLEN);
	p->ip_flags |= IP6SKB_JUMBOGRAM;
	return true;
}

static bool one_option(struct packet *p, uint32_t off, bool hop, bool disallow)
{
	switch (hop ? pkt_nh(p)[off] : -1) {
	case TLV_ROUTERALERT: return hop_ra(p, off);
	case TLV_JUMBO: return hop_jumbo(p, off);
	default: return tlvopt_unknown(p, off, disallow);
	}
}

/* Padding of more than seven bytes, or that is not zero, has no use but to hide something. */
static bool padding_ok(const uint8_t *nh, uint32_t off, int len, int *padlen)
{
	*padlen += len;
	if (*padlen > 7)
		return false;
	for (int i = 2; i < len; i++)
		if (nh[off + (uint32_t)i])
			return false;
	return true;
}

/* The options of the header at p->th; false: p is gone. max: how many that are no padding; negative: as many,
 * and none unknown. */
static bool parse_tlv(struct packet *p, bool hop, int max)
{
	uint32_t off = p->th - p->nh + 2;
	int len = (pkt_th(p)[1] + 1) * 8 - 2, count = 0, padlen = 0;
	bool disallow = max < 0;

	max = max < 0 ? -(max + 1) + 1 : max;
	while (len > 0) {
		const uint8_t *nh = pkt_nh(p);
		int optlen;

		if (nh[off] == TLV_PAD1) {
			if (++padlen > 7)
				return discard(p, "ip6_parse_tlv");
			off++;
			len--;
			continue;
		}
		optlen = len < 2 ? len + 1 : nh[off + 1] + 2;
		if (optlen > len)
			return discard(p, "ip6_parse_tlv");
		if (nh[off] == TLV_PADN) {
			if (!padding_ok(nh, off, optlen, &padlen))
				return discard(p, "ip6_parse_tlv");
		} else {
			if (++count > max)
				return discard(p, "ip6_parse_tlv");
			if (!one_option(p, off, hop, disallow))
				return false;
			padlen = 0;
		}
		off += (uint32_t)optlen;
		len -= optlen;
	}
	return true;
}

/* The whole header at p->th is there; 0: not. */
static uint32_t whole_header(const struct packet *p)
{
	uint32_t off = p->th - p->nh, len;

	if (!pkt_at(p, off, 8))
		return 0;
	len = (pkt_th(p)[1] + 1u) * 8;
	return pkt_at(p, off, len) ? len : 0;
}

bool ipv6_parse_hopopts(struct packet *p)
{
	const struct netns_sysctl *ctl = &p->dev->host->sysctl;
	uint32_t len = whole_header(p);

	if (!len || (int64_t)len > ctl->max_hbh_opts_len)
		return discard(p, "ipv6_parse_hopopts");
	p->ip_flags |= IP6SKB_HOPBYHOP;
	if (!parse_tlv(p, true, ctl->max_hbh_opts_cnt))
		return false;
	p->th += len;
	p->cb6.nhoff = IP6_HLEN;
	return true;
}

int ipv6_destopt_rcv(struct packet *p)
{
	const struct netns_sysctl *ctl = &p->dev->host->sysctl;
	uint32_t len = whole_header(p), off = p->th - p->nh;

	if (!len || (int64_t)len > ctl->max_dst_opts_len) {
		discard(p, "ipv6_destopt_rcv");
		return -1;
	}
	p->cb6.lastopt = p->cb6.dst1 = (uint16_t)off;
	if (!parse_tlv(p, false, ctl->max_dst_opts_cnt))
		return -1;
	p->th += len;
	p->cb6.nhoff = p->cb6.dst1;
	return 1;
}

/* Types 3 and 4 (RPL, segment routing) are off where their sysctl is; type 2 belongs to mobility, and type 0
 * to the past (RFC 5095): only a header with no segments left goes on. */
int ipv6_rthdr_rcv(struct packet *p)
{
	uint32_t len = whole_header(p), off = p->th - p->nh;
	union inet_addr daddr = ip6_daddr(pkt_nh(p));
	const uint8_t *hdr = pkt_th(p);

	if (!len) {
		discard(p, "ipv6_rthdr_rcv");
		return -1;
	}
	if (ipv6_is_multicast(&daddr) || p->pkt_type != PACKET_HOST || hdr[2] == 3 || hdr[2] == 4) {
		pkt_drop(p->dev->host, p, DROP_NOT_SPECIFIED, "ipv6_rthdr_rcv");
		return -1;
	}
	if (hdr[3]) {
		icmpv6_param_prob(p, 0, off + 2, "ipv6_rthdr_rcv");
		return -1;
	}
	p->cb6.lastopt = p->cb6.srcrt = (uint16_t)off;
	p->th += len;
	p->cb6.dst0 = p->cb6.dst1;
	p->cb6.dst1 = 0;
	p->cb6.nhoff = (uint16_t)off;
	return 1;
}

int ip6_find_1stfragopt(const struct packet *p, uint32_t *prevhdr)
{
	uint32_t off = IP6_HLEN, len = pkt_first_piece(p);	/* the kernel looks no further */
	bool found_rhdr = false;

	*prevhdr = IP6_NXT;
	while (off <= len) {
		uint8_t nexthdr = pkt_nh(p)[*prevhdr];

		if (nexthdr != NEXTHDR_HOP && nexthdr != NEXTHDR_ROUTING && nexthdr != NEXTHDR_DEST)
			return (int)off;
		if (nexthdr == NEXTHDR_DEST && found_rhdr)
			return (int)off;
		found_rhdr |= nexthdr == NEXTHDR_ROUTING;
		if (off + 2 > len)
			return -1;
		*prevhdr = off;
		off += (pkt_nh(p)[off + 1] + 1u) * 8;
	}
	return -1;
}
