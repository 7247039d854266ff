// SPDX-License-Identifier: MIT
/* sets.c - how long sets take: a million addresses restored, and lookups of packets in it and in 10,000 nets.
 * build/rel/bench/sets; times are of this process (CLOCK_PROCESS_CPUTIME_ID). */
#include "rules/ipset/program.h"
#include "sim/base/rng.h"
#include "sim/packet/headers.h"
#include <stdio.h>
#include <time.h>

#define LOOKUPS 2000000u
#define PACKETS 4096u

static double cpu(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void put_addr(struct strbuf *sb, uint32_t a, unsigned plen)
{
	char buf[ADDRSTRLEN];

	sb_puts(sb, ip4_str(buf, htonl(plen < 32 ? a & ~(UINT32_MAX >> plen) : a)));
	if (plen < 32)
		sb_printf(sb, "/%u", plen);
	sb_putc(sb, '\n');
}

static void restore(struct ipsets *sets, const struct strbuf *sb, const char *what)
{
	struct ipset_result r = { 0 };
	double start = cpu();

	ipset_restore(sets, sb_str(sb), sb->len, true, &r);
	printf("%-44s %8.2f s%s\n", what, cpu() - start, r.status ? " (failed)" : "");
	ipset_result_free(&r);
}

/* Half of the packets come from addresses in the set. */
static void look_up(struct ipsets *sets, struct pkt_pool *pool, const uint32_t *addr, const char *name, const char *what)
{
	struct packet *p = pkt_alloc(pool, IP_HLEN);
	struct ipset_packet ip = { .p = p, .family = NFPROTO_IPV4 };
	unsigned index = ipset_index(sets, name), hits = 0;
	double start;

	memset(pkt_put(p, IP_HLEN), 0, IP_HLEN);
	pkt_nh(p)[0] = 0x45;
	start = cpu();
	for (unsigned i = 0; i < LOOKUPS; i++) {
		struct ipset_adt a = { .dim = 1, .flags = IPSET_DIM_SRC(1), .timeout = IPSET_NO_TIMEOUT };

		put_be32(pkt_nh(p) + IP4_SRC, addr[i % PACKETS]);
		hits += ipset_match(sets, index, &ip, &a);
	}
	printf("%-44s %8.1f ns a lookup, %u %% in it\n", what, (cpu() - start) / LOOKUPS * 1e9, (unsigned)(hits * 100.0 / LOOKUPS));
	pkt_free(p);
}

int main(void)
{
	static const unsigned lens[] = { 8, 12, 16, 20, 22, 24, 25, 27, 28, 30, 32 };
	struct ipsets *sets = ipsets_create(NULL, 1, "bench");
	struct pkt_pool *pool = pkt_pool_create();
	static uint32_t in_ip[PACKETS], in_net[PACKETS];
	struct strbuf sb = { 0 };
	struct rng rng;

	rng_init(&rng, 1, "bench", "sets");
	sb_puts(&sb, "create ip hash:ip maxelem 1000000\n");
	for (unsigned i = 0; i < 1000000; i++) {
		uint32_t a = rng_u32(&rng) | 1;

		sb_puts(&sb, "add ip ");
		put_addr(&sb, a, 32);
		in_ip[i % PACKETS] = i % 2 ? a : rng_u32(&rng) | 1;
	}
	restore(sets, &sb, "restore 1,000,000 of hash:ip");
	sb_clear(&sb);
	sb_puts(&sb, "create net hash:net\n");
	for (unsigned i = 0; i < 10000; i++) {
		uint32_t a = rng_u32(&rng) | 1u << 30;

		sb_puts(&sb, "add net ");
		put_addr(&sb, a, lens[i % 100 < 5 ? i % 3 : 3 + i % 8]);
		in_net[i % PACKETS] = i % 2 ? a : rng_u32(&rng) | 1;
	}
	restore(sets, &sb, "restore 10,000 of hash:net, 11 prefix lengths");
	look_up(sets, pool, in_ip, "ip", "hash:ip, 1,000,000 elements");
	look_up(sets, pool, in_net, "net", "hash:net, 10,000 nets");
	sb_free(&sb);
	pkt_pool_destroy(pool);
	ipsets_destroy(sets);
	return 0;
}
