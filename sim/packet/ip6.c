// SPDX-License-Identifier: MIT
/* ip6.c - the way through IPv6's extension headers. */
#include "sim/packet/ip6.h"

/* One step of the walk: where it is, and what the header there is. */
struct hdr_walk { uint32_t at; unsigned nexthdr; };

/* A later fragment ends the walk: only a fragment header that names a protocol tells something. */
static int later_fragment(struct hdr_walk *w, unsigned inner, int target, uint16_t off, uint32_t *offset, uint16_t *fragoff)
{
	bool last = !ip6_ext_hdr(inner) || inner == NEXTHDR_NONE;

	if (target >= 0 && w->nexthdr != (unsigned)target)
		return IP6_ENOENT;
	if (target < 0 && !last)
		return IP6_ENOENT;
	if (fragoff)
		*fragoff = off;
	if (target < 0)
		return (int)inner;
	*offset = w->at;
	return (int)w->nexthdr;
}

int ip6_find_hdr(const struct packet *p, uint32_t *offset, int target, uint16_t *fragoff, unsigned *flags)
{
	const uint8_t *ip = pkt_at(p, *offset, IP6_HLEN);
	struct hdr_walk w = { *offset + IP6_HLEN, 0 };

	if (fragoff)
		*fragoff = 0;
	if (!ip || (*offset && ip6_version(ip) != 6))
		return IP6_EBADMSG;
	for (w.nexthdr = ip[IP6_NXT]; ; ) {
		bool found = target >= 0 && w.nexthdr == (unsigned)target;
		const uint8_t *h;

		if (!ip6_ext_hdr(w.nexthdr) || w.nexthdr == NEXTHDR_NONE) {
			if (target >= 0 && !found)
				return IP6_ENOENT;
			break;
		}
		h = pkt_at(p, w.at, w.nexthdr == NEXTHDR_ROUTING || w.nexthdr == NEXTHDR_FRAGMENT ? 4 : 2);
		if (!h)
			return IP6_EBADMSG;
		if (w.nexthdr == NEXTHDR_ROUTING && flags && *flags & IP6_FH_F_SKIP_RH && h[3] == 0)
			found = false;
		if (w.nexthdr == NEXTHDR_FRAGMENT) {
			if (flags)
				*flags |= IP6_FH_F_FRAG;
			if (get_be16(h + FRAG6_OFF) & IP6_OFFSET)
				return later_fragment(&w, h[0], target, get_be16(h + FRAG6_OFF) & IP6_OFFSET, offset, fragoff);
		}
		if (w.nexthdr == NEXTHDR_AUTH && flags && *flags & IP6_FH_F_AUTH && target < 0)
			break;
		if (found)
			break;
		w.at += ip6_exthdr_len(w.nexthdr, h);
		w.nexthdr = h[0];
	}
	*offset = w.at;
	return (int)w.nexthdr;
}

int ip6_skip_exthdr(const struct packet *p, uint32_t start, uint8_t *nexthdr, uint16_t *frag_off)
{
	unsigned nxt = *nexthdr;

	*frag_off = 0;
	while (ip6_ext_hdr(nxt)) {
		const uint8_t *h = pkt_at(p, start, nxt == NEXTHDR_FRAGMENT ? 4 : 2);

		if (nxt == NEXTHDR_NONE || !h)
			return -1;
		if (nxt == NEXTHDR_FRAGMENT) {
			*frag_off = get_be16(h + FRAG6_OFF);
			if (*frag_off & IP6_OFFSET)
				break;
		}
		start += ip6_exthdr_len(nxt, h);
		nxt = h[0];
	}
	*nexthdr = (uint8_t)nxt;
	return (int)start;
}

uint32_t csum_pseudo6(const uint8_t *src, const uint8_t *dst, unsigned proto, uint32_t len)
{
	uint32_t tail[2] = { htonl(len), htonl(proto) };
	uint32_t sum = csum_partial(src, 16, 0);

	return csum_partial(tail, sizeof(tail), csum_partial(dst, 16, sum));
}
