// SPDX-License-Identifier: MIT
/* gen_packet.c - the bytes of a random packet, and ways to spoil them. */
#include "sim/packet/headers.h"
#include "sim/verify/gen_internal.h"

static unsigned put_tcp(const struct gen_packet *p, uint8_t *t)
{
	unsigned hlen = TCP_HLEN + p->nr_l4opt;

	put_be16(t + TCP_SPORT, p->sport);
	put_be16(t + TCP_DPORT, p->dport);
	put_be32(t + TCP_SEQ, p->seq);
	put_be32(t + TCP_ACK, p->ack);
	t[TCP_OFF] = (uint8_t)(hlen / 4 << 4);
	t[TCP_FLAGS] = p->flags;
	put_be16(t + TCP_WIN, p->win);
	memcpy(t + TCP_HLEN, p->l4opt, p->nr_l4opt);
	return hlen;
}

static unsigned put_udp(const struct gen_packet *p, uint8_t *t)
{
	put_be16(t + UDP_SPORT, p->sport);
	put_be16(t + UDP_DPORT, p->dport);
	put_be16(t + UDP_LEN, UDP_HLEN + p->len);
	return UDP_HLEN;
}

static unsigned put_icmp(const struct gen_packet *p, uint8_t *t)
{
	put_be16(t + ICMP_TYPE, p->sport);
	put_be16(t + ICMP_ID, p->dport);
	put_be16(t + ICMP_SEQ, p->seq);
	return ICMP_HLEN;
}

/* Ports, verification tag, checksum; the chunks are the payload. */
static unsigned put_sctp(const struct gen_packet *p, uint8_t *t)
{
	put_be16(t, p->sport);
	put_be16(t + 2, p->dport);
	put_be32(t + 4, p->seq);
	return 12;
}

static unsigned put_dccp(const struct gen_packet *p, uint8_t *t)
{
	put_be16(t, p->sport);
	put_be16(t + 2, p->dport);
	t[4] = 7;			/* data offset in words: 28 bytes */
	t[8] = (uint8_t)(p->flags << 1 | 1);
	put_be32(t + 12, p->seq);
	return 28;
}

static unsigned put_header(const struct gen_packet *p, uint8_t *t)
{
	switch (p->proto) {
	case IPPROTO_TCP:	return put_tcp(p, t);
	case IPPROTO_UDP:
	case IPPROTO_UDPLITE:	return put_udp(p, t);
	case IPPROTO_ICMP:	return put_icmp(p, t);
	case IPPROTO_SCTP:	return put_sctp(p, t);
	case IPPROTO_DCCP:	return put_dccp(p, t);
	}
	return 0;
}

static void checksum(const struct gen_packet *p, uint8_t *t, unsigned n)
{
	uint32_t sum = csum_pseudo4(p->src, p->dst, p->proto, n), crc;
	unsigned at = p->proto == IPPROTO_TCP ? TCP_CSUM : p->proto == IPPROTO_ICMP ? ICMP_CSUM : UDP_CSUM;
	be16 c;

	switch (p->proto) {
	case IPPROTO_SCTP:
		crc = sctp_crc32c(t, n);
		memcpy(t + 8, (uint8_t[4]){ (uint8_t)crc, (uint8_t)(crc >> 8), (uint8_t)(crc >> 16), (uint8_t)(crc >> 24) }, 4);
		return;
	case IPPROTO_ICMP:
		sum = 0;
		break;
	case IPPROTO_TCP:
	case IPPROTO_UDP:
	case IPPROTO_UDPLITE:
		break;
	default:
		return;
	}
	c = csum_fold(csum_partial(t, n, sum));
	if (!c && p->proto != IPPROTO_ICMP)
		c = 0xffff;
	memcpy(t + at, &c, 2);
}

unsigned gen_ip(const struct gen_packet *p, uint8_t *ret)
{
	unsigned ihl = IP_HLEN + p->nr_ipopt, n;
	uint8_t *t = ret + ihl;

	memset(ret, 0, ihl + 60);
	n = put_header(p, t);
	memcpy(t + n, p->data, p->len);
	n += p->len;
	checksum(p, t, n);
	ret[0] = (uint8_t)(0x40 | ihl / 4);
	ret[IP4_TOS] = p->tos;
	put_be16(ret + IP4_TOTLEN, ihl + n);
	put_be16(ret + IP4_ID, p->id);
	put_be16(ret + IP4_FRAGOFF, p->frag);
	ret[IP4_TTL] = p->ttl;
	ret[IP4_PROTO] = p->proto;
	memcpy(ret + IP4_SRC, &p->src, 4);
	memcpy(ret + IP4_DST, &p->dst, 4);
	memcpy(ret + IP_HLEN, p->ipopt, p->nr_ipopt);
	ip4_send_check(ret);
	return ihl + n;
}

void gen_ip_options(struct gen *g, struct gen_packet *p)
{
	static const struct { uint8_t len, bytes[12]; } opts[] = {
		{ 4, { 1, 1, 1, 0 } },				/* no operation, end */
		{ 8, { 7, 7, 4, 0, 0, 0, 0, 0 } },		/* record route */
		{ 12, { 7, 11, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0 } },
		{ 8, { 68, 8, 5, 0, 0, 0, 0, 0 } },		/* timestamps, room for one; its time is the clock's: full */
		{ 4, { 148, 4, 0, 0 } },			/* router alert */
		{ 8, { 131, 7, 4, 10, 0, 0, 3, 0 } },		/* source routes */
		{ 8, { 137, 7, 4, 10, 1, 0, 3, 0 } },
		{ 8, { 131, 7, 8, 10, 1, 0, 3, 0 } },		/* used up */
		{ 4, { 7, 3, 4, 0 } },				/* no room left */
		{ 4, { 7, 40, 4, 0 } },				/* longer than the header */
		{ 4, { 7, 1, 0, 0 } },				/* too short */
		{ 4, { 200, 4, 1, 2 } },			/* unknown */
		{ 12, { 130, 11, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 } },	/* security */
	};
	unsigned i = gen_below(g, ARRAY_SIZE(opts));

	memcpy(p->ipopt, opts[i].bytes, opts[i].len);
	p->nr_ipopt = opts[i].len;
	if (opts[i].bytes[0] == 68)
		p->ipopt[2] = 9;
	if (opts[i].bytes[0] == 131 || opts[i].bytes[0] == 137) {
		be32 hop = gen_addr(g);

		memcpy(p->ipopt + 3, &hop, 4);
	}
}

void gen_tcp_options(struct gen *g, struct gen_packet *p)
{
	static const struct { uint8_t len, bytes[20]; } opts[] = {
		{ 4, { 2, 4, 5, 0xb4 } },
		{ 8, { 2, 4, 5, 0xb4, 1, 3, 3, 7 } },
		{ 12, { 2, 4, 2, 0x18, 4, 2, 1, 1, 1, 3, 3, 14 } },
		{ 20, { 2, 4, 5, 0xb4, 4, 2, 8, 10, 0, 0, 0, 1, 0, 0, 0, 0, 1, 3, 3, 2 } },
		{ 4, { 1, 1, 0, 0 } },
		{ 4, { 2, 4, 0, 1 } },
		{ 4, { 3, 3, 0, 0 } },
		{ 4, { 5, 0, 0, 0 } },		/* length 0 */
		{ 4, { 254, 4, 1, 2 } },
		{ 4, { 2, 9, 5, 0xb4 } },	/* longer than the header */
	};
	unsigned i = gen_below(g, gen_chance(g, 85) ? 5 : ARRAY_SIZE(opts));

	memcpy(p->l4opt, opts[i].bytes, opts[i].len);
	p->nr_l4opt = opts[i].len;
}

void gen_payload(struct gen *g, struct gen_packet *p, unsigned len)
{
	static const char *const words[] = { "abc", "data", "hello", "xyz", "x", "late" };
	const char *w = GEN_PICK(g, words);

	for (unsigned i = 0; i < len; i++)
		p->data[i] = (uint8_t)w[i % strlen(w)];
	p->len = len;
}

/* The IP header's sum is made right again for all but those that are about it. */
unsigned gen_spoil(struct gen *g, uint8_t *ip, unsigned len)
{
	unsigned ihl = ip4_hlen(ip), n = len - ihl;
	uint8_t *t = ip + ihl;
	static const be32 odd[] = { 0, 0xffffffff };
	be32 a = GEN_PICK(g, odd);

	switch (gen_below(g, 22)) {
	case 0:		ip[0] = (uint8_t)(ip[0] & 0x0f) | (gen_chance(g, 50) ? 0x60 : 0x30);	break;
	case 1:		ip[0] = 0x40 | (uint8_t)gen_below(g, 5);				return len;
	case 2:		ip[0] = 0x4f;								break;
	case 3:		put_be16(ip + IP4_TOTLEN, len + gen_range(g, 1, 40));			break;
	case 4:		put_be16(ip + IP4_TOTLEN, gen_below(g, len));				break;
	case 5:		ip[IP4_CSUM] ^= 0x40;							return len;
	case 6:		return MAX(1u, gen_below(g, len));		/* cut, the header still says more */
	case 7:		ip[IP4_TTL] = (uint8_t)gen_below(g, 3);					break;
	case 8:		if (n > 16) t[gen_below(g, 16)] ^= 0x55;				break;
	case 9:		if (n > 13) t[TCP_OFF] = (uint8_t)(gen_below(g, 16) << 4);		break;
	case 10:	if (n > 13) t[TCP_FLAGS] = (uint8_t)gen_below(g, 256);			break;
	case 11:	if (n > 6) put_be16(t + UDP_LEN, gen_below(g, 60));			break;
	case 12:	if (n > 8) put_be16(t + UDP_CSUM, gen_chance(g, 50) ? 0 : 0x1234);	break;
	case 13:	memcpy(ip + IP4_SRC, &a, 4);						break;
	case 14:	put_be32(ip + IP4_SRC, gen_chance(g, 50) ? 0x7f000001 : 0xe0000005);	break;
	case 15:	put_be32(ip + IP4_DST, gen_chance(g, 50) ? 0x7f000001 : 0xe0000005);	break;
	case 16:	put_be16(ip + IP4_FRAGOFF, 0x8000);					break;
	case 17:	len = MIN(len, ihl + gen_below(g, 9)); put_be16(ip + IP4_TOTLEN, len);	break;	/* short transport */
	case 18:	memset(ip + len, 0x5a, 12); len += gen_range(g, 1, 12);			break;	/* padding */
	case 19:	put_be32(ip + IP4_SRC, 0xf0000001);					break;
	case 20:	if (n > 4) put_be16(t + gen_below(g, 2) * 2, 0);			break;	/* port 0 */
	case 21:	memcpy(ip + IP4_DST, &a, 4);						break;
	}
	if (ip4_hlen(ip) >= IP_HLEN && ip4_hlen(ip) <= len)
		ip4_send_check(ip);
	return len;
}
