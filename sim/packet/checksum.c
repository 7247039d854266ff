// SPDX-License-Identifier: MIT
/* checksum.c - the Internet checksum and SCTP's CRC32c. */
#include "sim/packet/headers.h"

uint32_t csum_partial(const void *p, size_t len, uint32_t start)
{
	const uint8_t *b = p;
	uint64_t sum = start;

	for (; len >= 8; b += 8, len -= 8) {
		uint32_t w[2];

		memcpy(w, b, 8);
		sum += (uint64_t)w[0] + w[1];
	}
	for (; len >= 2; b += 2, len -= 2) {
		uint16_t w;

		memcpy(&w, b, 2);
		sum += w;
	}
	if (len) {
		uint8_t last[2] = { *b, 0 };
		uint16_t w;

		memcpy(&w, last, 2);
		sum += w;
	}
	sum = (sum & 0xffffffffu) + (sum >> 32);
	sum = (sum & 0xffffffffu) + (sum >> 32);
	return (uint32_t)sum;
}

be16 csum_fold(uint32_t sum)
{
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return (be16)~sum;
}

uint32_t csum_pseudo4(be32 src, be32 dst, unsigned proto, unsigned len)
{
	struct { be32 src, dst; be16 proto, len; } h = { src, dst, htons((uint16_t)proto), htons((uint16_t)len) };

	return csum_partial(&h, sizeof(h), 0);
}

void ip4_send_check(uint8_t *ip)
{
	be16 sum;

	memset(ip + IP4_CSUM, 0, 2);
	sum = csum_fold(csum_partial(ip, ip4_hlen(ip), 0));
	memcpy(ip + IP4_CSUM, &sum, 2);
}

be16 csum_unfinish(uint8_t *th, uint32_t len, uint32_t at)
{
	be16 whole = load_be16(th + at), sum;

	memset(th + at, 0, sizeof(whole));
	sum = csum_fold(csum_partial(th, len, csum_partial(&whole, sizeof(whole), 0)));
	memcpy(th + at, &sum, sizeof(sum));
	return whole;
}

/* RFC 1624, equation 3: HC' = ~(~HC + ~m + m'), in one's complement. */
static void replace(uint8_t *csum, uint32_t sum)
{
	be16 c = load_be16(csum);

	c = csum_fold((uint16_t)~c + sum);
	memcpy(csum, &c, 2);
}

void csum_replace2(uint8_t *csum, be16 from, be16 to)
{
	replace(csum, (uint32_t)(uint16_t)~from + to);
}

void csum_replace4(uint8_t *csum, be32 from, be32 to)
{
	replace(csum, (uint32_t)(uint16_t)~from + (uint16_t)~(from >> 16) + (uint16_t)to + (uint16_t)(to >> 16));
}

uint32_t sctp_crc32c(const uint8_t *p, size_t len)
{
	uint32_t crc = UINT32_MAX;

	for (size_t i = 0; i < len; i++) {
		crc ^= i >= 8 && i < 12 ? 0 : p[i];
		for (int k = 0; k < 8; k++)
			crc = crc >> 1 ^ (crc & 1 ? UINT32_C(0x82f63b78) : 0);
	}
	return ~crc;
}
