/* SPDX-License-Identifier: MIT */
/* text.h - text that grows. The owner calls sb_free(); sb->s is always NUL-ended once written to. */
#ifndef SIM_BASE_TEXT_H
#define SIM_BASE_TEXT_H
#include "sim/base/util.h"
#include <stdarg.h>

struct strbuf { char *s; size_t len, cap; };

void sb_printf(struct strbuf *sb, const char *fmt, ...) PRINTF(2, 3);
void sb_vprintf(struct strbuf *sb, const char *fmt, va_list ap);
void sb_puts(struct strbuf *sb, const char *s);
void sb_uint(struct strbuf *sb, uint64_t v);	/* decimal */
void sb_int(struct strbuf *sb, int64_t v);
void sb_hex(struct strbuf *sb, const void *p, size_t n);	/* two digits a byte */
void sb_grow(struct strbuf *sb, size_t n);	/* room for n bytes and the NUL */
static inline void sb_write(struct strbuf *sb, const void *p, size_t n)
{
	if (unlikely(sb->cap - sb->len <= n))
		sb_grow(sb, n);
	if (n)
		memcpy(sb->s + sb->len, p, n);
	sb->len += n;
	sb->s[sb->len] = 0;
}
static inline void sb_putc(struct strbuf *sb, char c)
{
	if (unlikely(sb->cap - sb->len <= 1))
		sb_grow(sb, 1);
	sb->s[sb->len++] = c;
	sb->s[sb->len] = 0;
}
void sb_clear(struct strbuf *sb);		/* empty, memory kept */
void sb_free(struct strbuf *sb);
const char *sb_str(const struct strbuf *sb);	/* "" when nothing was written */

/* Addresses as text; the buffer is the caller's. IPv4 is dotted, IPv6 is RFC 5952. */
#define ADDRSTRLEN 64
const char *ip4_str(char buf[ADDRSTRLEN], be32 ip);
const char *inet_str(char buf[ADDRSTRLEN], unsigned family, const union inet_addr *a);
const char *mac_str(char buf[ADDRSTRLEN], const uint8_t mac[6]);
bool mac_parse(uint8_t ret_mac[6], const char *s);
/* Strict dotted quad, nothing after it. */
bool ip4_parse(be32 *ret_ip, const char *s);

/* Decimal, 0x hexadecimal or 0 octal as strtoull(3) reads them; no sign, no space, nothing left over. */
bool u64_parse(uint64_t *ret, const char *s, uint64_t max);
bool hex_parse(struct strbuf *ret, const char *s, size_t n);	/* two digits a byte */
/* Edit distance with swaps (Damerau-Levenshtein), for "did you mean". */
unsigned text_distance(const char *a, const char *b);
#endif
