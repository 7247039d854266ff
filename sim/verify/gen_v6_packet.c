// SPDX-License-Identifier: MIT
/* gen_v6_packet.c - the bytes of a random IPv6 packet: extension headers in any order, and ways to spoil it. */
#include "sim/packet/ip6.h"
#include "sim/verify/gen_internal.h"

/* Room for a header of len bytes of a kind, before the headers from number "at" on. */
static uint8_t *insert(struct gen6_packet *s, unsigned at, uint8_t kind, unsigned len)
{
	unsigned off = 0;
	uint8_t *h;

	for (unsigned i = 0; i < at; i++)
		off += ip6_exthdr_len(s->kind[i], s->ext + off);
	h = s->ext + off;
	memmove(h + len, h, s->nr_ext - off);
	memset(h, 0, len);
	memmove(s->kind + at + 1, s->kind + at, s->nr_kinds - at);
	s->kind[at] = kind;
	s->nr_kinds++;
	s->nr_ext += len;
	return h;
}

/* Hop-by-hop or destination options. */
static void put_options(struct gen *g, struct gen6_packet *s, uint8_t kind)
{
	static const struct { uint8_t len, bytes[22]; } opts[] = {
		{ 6, { 1, 4 } },					/* padding alone */
		{ 6, { 0, 0, 0, 0, 0, 0 } },
		{ 6, { 5, 2, 0, 0, 1, 0 } },				/* router alert */
		{ 6, { 30, 4, 1, 2, 3, 4 } },				/* unknown: passed over */
		{ 14, { 5, 2, 0, 0, 1, 1, 0, 30, 3, 1, 2, 3, 1, 0 } },
		{ 6, { 0x5e, 4, 1, 2, 3, 4 } },				/* unknown: drop */
		{ 6, { 0x9e, 4, 1, 2, 3, 4 } },				/* unknown: tell the sender */
		{ 6, { 0xde, 4, 1, 2, 3, 4 } },				/* unknown: tell unless multicast */
		{ 6, { 0xc2, 4, 0, 1, 0, 0 } },				/* jumbo payload */
		{ 6, { 1, 9 } },					/* longer than the header */
		{ 6, { 1, 4, 0, 7 } },					/* padding that is not zero */
		{ 14, { 0, 0, 0, 0, 0, 0, 0, 0, 1, 4 } },		/* more padding than there may be */
		{ 22, { 0xc9, 16, 0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x77, 1, 2 } },	/* home address */
		{ 6, { 4, 1, 3, 1, 1, 0 } },				/* tunnel limit */
	};
	unsigned i = gen_below(g, gen_chance(g, g->topic == TOPIC_MALFORMED ? 30 : 85) ? 5 : ARRAY_SIZE(opts));
	uint8_t *h;

	if (s->nr_ext + 24 > GEN6_EXT_MAX)
		return;
	h = insert(s, s->nr_kinds, kind, 2u + opts[i].len);
	h[1] = (uint8_t)((2 + opts[i].len) / 8 - 1);
	memcpy(h + 2, opts[i].bytes, opts[i].len);
}

static void put_routing(struct gen *g, struct gen6_packet *s)
{
	static const uint8_t types[] = { 0, 2, 2, 4, 3, 77 };
	union inet_addr a = gen6_addr(g);
	uint8_t *h;

	if (s->nr_ext + 24 > GEN6_EXT_MAX)
		return;
	h = insert(s, s->nr_kinds, NEXTHDR_ROUTING, 24);
	h[1] = 2;
	h[2] = GEN_PICK(g, types);
	h[3] = (uint8_t)(gen_chance(g, 60) ? 0 : gen_range(g, 1, 2));	/* segments left */
	if (h[2] == 4 && gen_chance(g, 50))
		h[7] = 7;						/* tag */
	memcpy(h + 8, a.ip6, 16);
}

static void put_auth(struct gen *g, struct gen6_packet *s)
{
	uint8_t *h;

	if (s->nr_ext + 24 > GEN6_EXT_MAX)
		return;
	h = insert(s, s->nr_kinds, NEXTHDR_AUTH, 24);
	h[1] = 4;
	put_be32(h + 4, gen_chance(g, 50) ? 500 : 1);
}

void gen6_fragment_header(struct gen6_packet *s, unsigned at, unsigned off_and_flags, uint32_t id)
{
	uint8_t *h = insert(s, at, NEXTHDR_FRAGMENT, FRAG6_HLEN);

	put_be16(h + FRAG6_OFF, off_and_flags);
	put_be32(h + FRAG6_ID, id);
}

void gen6_exthdrs(struct gen *g, struct gen6_packet *s, bool odd)
{
	bool first = true;

	for (unsigned n = odd ? gen_range(g, 1, 5) : gen_range(g, 1, 2); n; n--, first = false) {
		unsigned r = gen_below(g, 100);

		if (first && r < 40)
			put_options(g, s, NEXTHDR_HOP);
		else if (r < 60)
			put_options(g, s, NEXTHDR_DEST);
		else if (r < 75)
			put_routing(g, s);
		else if (r < 85)
			put_auth(g, s);
		else if (odd && r < 90)
			put_options(g, s, NEXTHDR_HOP);			/* where it may not be */
		else if (odd && s->nr_ext + 8 <= GEN6_EXT_MAX && r < 96)
			gen6_fragment_header(s, s->nr_kinds, 0, gen_range(g, 1, 9));	/* atomic */
	}
}

static uint8_t protocol(const struct gen_packet *p)
{
	return p->proto == IPPROTO_ICMP ? NEXTHDR_ICMP : p->proto;
}

static void checksum(const struct gen6_packet *s, uint8_t proto, uint8_t *t, unsigned n)
{
	unsigned at = proto == IPPROTO_TCP ? TCP_CSUM : proto == NEXTHDR_ICMP ? ICMP_CSUM : UDP_CSUM;
	be16 c;

	if (proto != IPPROTO_TCP && proto != IPPROTO_UDP && proto != NEXTHDR_ICMP && proto != IPPROTO_UDPLITE)
		return;
	if (n < at + 2)
		return;
	memset(t + at, 0, 2);
	c = csum_fold(csum_partial(t, n, csum_pseudo6(s->src.ip6, s->dst.ip6, proto, n)));
	if (!c && proto != NEXTHDR_ICMP)
		c = 0xffff;
	memcpy(t + at, &c, 2);
}

/* IPv4's builder lays out the transport; a packet of no protocol ("59") has none. */
unsigned gen6_ip(const struct gen_packet *p, const struct gen6_packet *s, uint8_t *ret)
{
	uint8_t v4[4096], *t = ret + IP6_HLEN + s->nr_ext, *next = ret + IP6_NXT, *h = ret + IP6_HLEN;
	unsigned n = gen_ip(p, v4) - IP_HLEN - p->nr_ipopt;

	memset(ret, 0, IP6_HLEN);
	put_be32(ret, 6u << 28 | (uint32_t)s->tclass << 20 | (s->flow & 0xfffff));
	put_be16(ret + IP6_PLEN, s->nr_ext + n);
	ret[IP6_HLIM] = s->hlim;
	memcpy(ret + IP6_SRC, s->src.ip6, 16);
	memcpy(ret + IP6_DST, s->dst.ip6, 16);
	memcpy(h, s->ext, s->nr_ext);
	for (unsigned i = 0; i < s->nr_kinds; i++) {
		*next = s->kind[i];
		next = h;
		h += ip6_exthdr_len(s->kind[i], h);
	}
	*next = protocol(p);
	memcpy(t, v4 + IP_HLEN + p->nr_ipopt, n);
	checksum(s, protocol(p), t, n);
	return IP6_HLEN + s->nr_ext + n;
}

unsigned gen6_spoil(struct gen *g, uint8_t *ip, unsigned len)
{
	unsigned n = len - IP6_HLEN;
	uint8_t *t = ip + IP6_HLEN;
	static const uint8_t odd[][16] = {
		{ 0 }, { [15] = 1 }, { 0xff, 2, [15] = 1 }, { 0xfe, 0x80, [15] = 5 }, { [10] = 0xff, 0xff, 10, 0, 0, 1 }, { 0xff, 1, [15] = 1 },
		{ 0xff, 0, [15] = 1 }, { 0xff, 5, [15] = 2 }, { 0x20, 2, 10, 0, 0, 1, [15] = 1 }, { 0xfe, 0xc0, [15] = 1 },
	};

	switch (gen_below(g, 20)) {
	case 0:		ip[0] = (uint8_t)((ip[0] & 0x0f) | (gen_chance(g, 50) ? 0x40 : 0x30));	break;
	case 1:		put_be16(ip + IP6_PLEN, n + gen_range(g, 1, 40));		break;
	case 2:		put_be16(ip + IP6_PLEN, gen_below(g, n + 1));			break;
	case 3:		return MAX(1u, gen_below(g, len));		/* cut, the header still says more */
	case 4:		ip[IP6_HLIM] = (uint8_t)gen_below(g, 3);			break;
	case 5:		if (n > 16) t[gen_below(g, 16)] ^= 0x55;			break;
	case 6:		if (n > 13) t[TCP_OFF] = (uint8_t)(gen_below(g, 16) << 4);	break;
	case 7:		if (n > 13) t[TCP_FLAGS] = (uint8_t)gen_below(g, 256);		break;
	case 8:		if (n > 6) put_be16(t + UDP_LEN, gen_below(g, 60));		break;
	case 9:		if (n > 8) put_be16(t + UDP_CSUM, gen_chance(g, 50) ? 0 : 0x1234);	break;
	case 10: case 11: memcpy(ip + IP6_SRC, GEN_PICK(g, odd), 16);			break;
	case 12: case 13: memcpy(ip + IP6_DST, GEN_PICK(g, odd), 16);			break;
	case 14:	len = IP6_HLEN + MIN(n, gen_below(g, 9)); put_be16(ip + IP6_PLEN, len - IP6_HLEN);	break;
	case 15:	memset(ip + len, 0x5a, 12); len += gen_range(g, 1, 12);		break;	/* padding */
	case 16:	ip[IP6_NXT] = (uint8_t)gen_below(g, 256);			break;
	case 17:	ip[IP6_NXT] = NEXTHDR_NONE;					break;
	case 18:	put_be16(ip + IP6_PLEN, 0);					break;
	case 19:	if (n > 4) put_be16(t + gen_below(g, 2) * 2, 0);		break;	/* port 0, ICMPv6 type 0 */
	}
	return len;
}
