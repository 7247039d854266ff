// SPDX-License-Identifier: MIT
// jhash.c - Bob Jenkins' lookup3 (public domain, 2006) in the forms the kernel uses it.
#include "sim/net/fib.h"

#define JHASH_INITVAL 0xdeadbeefu

struct jhash { uint32_t a, b, c; };

static uint32_t rol(uint32_t v, unsigned n)
{
	return v << n | v >> (32 - n);
}

static void jhash_mix(struct jhash *j)
{
	j->a -= j->c; j->a ^= rol(j->c, 4); j->c += j->b;
	j->b -= j->a; j->b ^= rol(j->a, 6); j->a += j->c;
	j->c -= j->b; j->c ^= rol(j->b, 8); j->b += j->a;
	j->a -= j->c; j->a ^= rol(j->c, 16); j->c += j->b;
	j->b -= j->a; j->b ^= rol(j->a, 19); j->a += j->c;
	j->c -= j->b; j->c ^= rol(j->b, 4); j->b += j->a;
}

static uint32_t jhash_final(struct jhash *j)
{
	j->c ^= j->b; j->c -= rol(j->b, 14);
	j->a ^= j->c; j->a -= rol(j->c, 11);
	j->b ^= j->a; j->b -= rol(j->a, 25);
	j->c ^= j->b; j->c -= rol(j->b, 16);
	j->a ^= j->c; j->a -= rol(j->c, 4);
	j->b ^= j->a; j->b -= rol(j->a, 14);
	j->c ^= j->b; j->c -= rol(j->b, 24);
	return j->c;
}

uint32_t jhash2(const uint32_t *k, uint32_t length, uint32_t initval)
{
	uint32_t start = JHASH_INITVAL + (length << 2) + initval;
	struct jhash j = { start, start, start };

	for (; length > 3; length -= 3, k += 3) {
		j.a += k[0];
		j.b += k[1];
		j.c += k[2];
		jhash_mix(&j);
	}
	if (length == 0)
		return j.c;
	j.a += k[0];
	if (length > 1)
		j.b += k[1];
	if (length > 2)
		j.c += k[2];
	return jhash_final(&j);
}

uint32_t jhash_3words(uint32_t a, uint32_t b, uint32_t c, uint32_t initval)
{
	return jhash2((const uint32_t[]){ a, b, c }, 3, initval);
}

/* The short forms count their length in bytes but hash three words, the missing ones being 0. */
uint32_t jhash_2words(uint32_t a, uint32_t b, uint32_t initval)
{
	return jhash2((const uint32_t[]){ a, b, 0 }, 3, initval - 4);
}

uint32_t jhash_1word(uint32_t a, uint32_t initval)
{
	return jhash2((const uint32_t[]){ a, 0, 0 }, 3, initval - 8);
}
