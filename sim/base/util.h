/* SPDX-License-Identifier: MIT */
/* util.h - types and small helpers that every file may use. */
#ifndef SIM_BASE_UTIL_H
#define SIM_BASE_UTIL_H
#include <arpa/inet.h>
#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Network byte order, as on the wire; a plain uint16_t or uint32_t is host order. */
typedef uint16_t be16;
typedef uint32_t be32;

#define ARRAY_SIZE(a)   (sizeof(a) / sizeof((a)[0]))
#define MIN(a, b)       ((a) < (b) ? (a) : (b))
#define MAX(a, b)       ((a) > (b) ? (a) : (b))
#define PRINTF(f, a)    __attribute__((format(printf, f, a)))
#define NORETURN        __attribute__((noreturn))
#define UNUSED          __attribute__((unused))
#define likely(x)       __builtin_expect(!!(x), 1)
#define unlikely(x)     __builtin_expect(!!(x), 0)
#define container_of(p, type, member) ((type *)(void *)((char *)(p) - offsetof(type, member)))

#define NSEC_PER_SEC    UINT64_C(1000000000)
#define NSEC_PER_MSEC   UINT64_C(1000000)
#define NSEC_PER_USEC   UINT64_C(1000)

/* An address of either family; v4 in .ip, the rest zero, so that memcmp compares. */
union inet_addr {
	uint32_t all[4];
	be32 ip;
	uint8_t ip6[16];
};

static inline bool inet_addr_equal(const union inet_addr *a, const union inet_addr *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

/* Address families by their Linux numbers, so that files and tables agree. */
enum nfproto { NFPROTO_UNSPEC = 0, NFPROTO_INET = 1, NFPROTO_IPV4 = 2, NFPROTO_ARP = 3, NFPROTO_BRIDGE = 7, NFPROTO_IPV6 = 10 };

/* Unaligned access to packet bytes, in host order. */
static inline uint16_t get_be16(const void *p)
{
	const uint8_t *b = p;

	return (uint16_t)(b[0] << 8 | b[1]);
}

static inline uint32_t get_be32(const void *p)
{
	const uint8_t *b = p;

	return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

static inline void put_be16(void *p, unsigned v)
{
	uint8_t *b = p;

	b[0] = (uint8_t)(v >> 8);
	b[1] = (uint8_t)v;
}

static inline void put_be32(void *p, uint32_t v)
{
	uint8_t *b = p;

	b[0] = (uint8_t)(v >> 24);
	b[1] = (uint8_t)(v >> 16);
	b[2] = (uint8_t)(v >> 8);
	b[3] = (uint8_t)v;
}

/* Raw copies of wire fields that stay in network order. */
static inline be32 load_be32(const void *p)
{
	be32 v;

	memcpy(&v, p, sizeof(v));
	return v;
}

static inline be16 load_be16(const void *p)
{
	be16 v;

	memcpy(&v, p, sizeof(v));
	return v;
}

/* The one place where being out of memory ends: says so and exits with status 3.
 * Tests make the Nth allocation fail with xalloc_fail_at(N) (0 = never). */
NORETURN void out_of_memory(size_t want);
void xalloc_fail_at(uint64_t n);
void *xmalloc(size_t n);
void *xcalloc(size_t n, size_t size);
void *xrealloc(void *p, size_t n);
char *xstrdup(const char *s);
/* Zeroed memory that begins with a line of the cache; much of it lies in large pages, which come one by one as they are
 * touched. Given back with the same size. */
void *xpages(size_t n);
void xpages_free(void *p, size_t n);
#endif
