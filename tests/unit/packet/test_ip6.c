// SPDX-License-Identifier: MIT
/* test_ip6.c - the walk over extension headers. What the kernel answers was seen with "-p", "-m frag", "-m rt" and
 * their like on such packets. */
#include "sim/packet/ip6.h"
#include "tests/unit/unit.h"

#define HBH(nxt)	nxt, 0, 1, 4, 0, 0, 0, 0
#define RT(nxt, left)	nxt, 2, 0, left, 0, 0, 0, 0, 0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9
#define FRAG(nxt, off)	nxt, 0, (off) >> 8, (off) & 0xff, 0, 0, 0, 7
#define AH(nxt)		nxt, 4, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
#define UDP		0, 1, 0, 53, 0, 8, 0, 0

static const struct {
	const char *name;
	uint8_t nxt, len, bytes[64];
	int target;
	unsigned flags;
	int want;
	uint32_t offset;
	uint16_t fragoff;
} rows[] = {
	{ "plain", 17, 8, { UDP }, -1, 0, 17, 40, 0 },
	{ "hop-by-hop, routing", 0, 40, { HBH(43), RT(17, 1), UDP }, -1, 0, 17, 72, 0 },
	{ "first fragment", 44, 16, { FRAG(17, 1), UDP }, -1, 0, 17, 48, 0 },
	{ "later fragment", 44, 16, { FRAG(17, 8), UDP }, -1, 0, 17, 0, 8 },
	{ "later fragment of a header", 44, 16, { FRAG(60, 8), UDP }, -1, 0, IP6_ENOENT, 0, 0 },
	{ "the fragment header of a later one", 44, 16, { FRAG(17, 16), UDP }, 44, 0, 44, 40, 16 },
	{ "a header that is hidden in a later fragment", 44, 16, { FRAG(60, 16), UDP }, 60, 0, IP6_ENOENT, 0, 0 },
	{ "AH is walked over", 51, 32, { AH(17), UDP }, -1, 0, 17, 64, 0 },
	{ "or not", 51, 32, { AH(17), UDP }, -1, IP6_FH_F_AUTH, 51, 40, 0 },
	{ "ESP ends it", 50, 8, { 0 }, -1, 0, 50, 40, 0 },
	{ "nothing follows", 59, 0, { 0 }, -1, 0, 59, 40, 0 },
	{ "not there", 17, 8, { UDP }, 60, 0, IP6_ENOENT, 0, 0 },
	{ "routing header, none left", 43, 32, { RT(17, 0), UDP }, 43, IP6_FH_F_SKIP_RH, IP6_ENOENT, 0, 0 },
	{ "routing header, one left", 43, 32, { RT(17, 1), UDP }, 43, IP6_FH_F_SKIP_RH, 43, 40, 0 },
	{ "cut in a header", 60, 1, { 17 }, -1, 0, IP6_EBADMSG, 0, 0 },
	{ "cut in a routing header", 43, 3, { 17, 2, 0 }, -1, 0, IP6_EBADMSG, 0, 0 },
	{ "the protocol itself may be cut", 0, 8, { HBH(6) }, -1, 0, 6, 48, 0 },
};

static void test_find(void)
{
	struct pkt_pool *pool = pkt_pool_create();

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct packet *p = pkt_alloc(pool, 200);
		unsigned flags = rows[i].flags;
		uint16_t fragoff = 99;
		uint32_t offset = 0;
		uint8_t *ip = pkt_put(p, IP6_HLEN + rows[i].len);

		memset(ip, 0, IP6_HLEN);
		ip[0] = 0x60;
		ip[IP6_NXT] = rows[i].nxt;
		memcpy(ip + IP6_HLEN, rows[i].bytes, rows[i].len);
		CHECK(rows[i].name, ip6_find_hdr(p, &offset, rows[i].target, &fragoff, &flags) == rows[i].want);
		CHECK(rows[i].name, offset == rows[i].offset);
		CHECK(rows[i].name, fragoff == rows[i].fragoff);
		pkt_free(p);
	}
	pkt_pool_destroy(pool);
}

void suite_ip6(void);
void suite_ip6(void)
{
	unit_add("find a header", test_find);
}
