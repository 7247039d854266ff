// SPDX-License-Identifier: MIT
/* text.c - growing text, addresses and numbers as text. */
#include "sim/base/text.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

void sb_grow(struct strbuf *sb, size_t n)
{
	sb->cap = MAX(sb->cap * 2, sb->len + n + 64);
	sb->s = xrealloc(sb->s, sb->cap);
}

static void sb_room(struct strbuf *sb, size_t n)
{
	if (sb->cap - sb->len <= n)
		sb_grow(sb, n);
}

void sb_puts(struct strbuf *sb, const char *s)
{
	sb_write(sb, s, strlen(s));
}

void sb_uint(struct strbuf *sb, uint64_t v)
{
	char buf[20], *at = buf + sizeof(buf);

	for (; v >= 100; v /= 100) {
		unsigned two = (unsigned)(v % 100);

		*--at = (char)('0' + two % 10);
		*--at = (char)('0' + two / 10);
	}
	if (v >= 10)
		*--at = (char)('0' + v % 10), v /= 10;
	*--at = (char)('0' + v);
	sb_write(sb, at, (size_t)(buf + sizeof(buf) - at));
}

void sb_hex(struct strbuf *sb, const void *p, size_t n)
{
	static const char digit[] = "0123456789abcdef";
	const uint8_t *b = p;
	char *at;

	if (unlikely(sb->cap - sb->len <= 2 * n))
		sb_grow(sb, 2 * n);
	at = sb->s + sb->len;
	for (size_t i = 0; i < n; i++) {
		*at++ = digit[b[i] >> 4];
		*at++ = digit[b[i] & 15];
	}
	*at = 0;
	sb->len += 2 * n;
}

void sb_int(struct strbuf *sb, int64_t v)
{
	if (v < 0)
		sb_putc(sb, '-');
	sb_uint(sb, v < 0 ? -(uint64_t)v : (uint64_t)v);
}

/* One conversion without flags, width or precision, from behind its percent sign; what follows it, or NULL: not one of ours. */
static const char *put_plain(struct strbuf *sb, const char *f, va_list *ap)
{
	const char *s;

	switch (*f) {
	case 's':
		s = va_arg(*ap, const char *);
		sb_puts(sb, s ? s : "(null)");
		return f + 1;
	case 'u':
		sb_uint(sb, va_arg(*ap, unsigned));
		return f + 1;
	case 'd':
		sb_int(sb, va_arg(*ap, int));
		return f + 1;
	case 'c':
		sb_putc(sb, (char)va_arg(*ap, int));
		return f + 1;
	case '%':
		sb_putc(sb, '%');
		return f + 1;
	case 'z':
		if (f[1] != 'u')
			return NULL;
		sb_uint(sb, va_arg(*ap, size_t));
		return f + 2;
	case 'l':
		if (f[1] != 'l' || f[2] != 'u')
			return NULL;
		sb_uint(sb, va_arg(*ap, unsigned long long));
		return f + 3;
	default:
		return NULL;
	}
}

static void print_by_libc(struct strbuf *sb, const char *fmt, va_list ap)
{
	va_list again;
	int n;

	va_copy(again, ap);
	sb_room(sb, 64);
	n = vsnprintf(sb->s + sb->len, sb->cap - sb->len, fmt, ap);
	if (n < 0)
		n = 0;
	if ((size_t)n >= sb->cap - sb->len) {
		sb_room(sb, (size_t)n + 1);
		vsnprintf(sb->s + sb->len, sb->cap - sb->len, fmt, again);
	}
	va_end(again);
	sb->len += (size_t)n;
}

/* libc's way costs several hundred instructions a call; nearly all formats are plain words and numbers. */
void sb_vprintf(struct strbuf *sb, const char *fmt, va_list ap)
{
	const char *f = fmt, *percent;
	size_t len = sb->len;
	va_list copy;

	va_copy(copy, ap);
	for (; f && (percent = strchr(f, '%')); f = put_plain(sb, percent + 1, &copy))
		sb_write(sb, f, (size_t)(percent - f));
	va_end(copy);
	if (f) {
		sb_puts(sb, f);
		return;
	}
	sb->len = len;
	print_by_libc(sb, fmt, ap);
}

void sb_printf(struct strbuf *sb, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	sb_vprintf(sb, fmt, ap);
	va_end(ap);
}

void sb_clear(struct strbuf *sb)
{
	sb->len = 0;
	if (sb->s)
		sb->s[0] = 0;
}

void sb_free(struct strbuf *sb)
{
	free(sb->s);
	*sb = (struct strbuf){ 0 };
}

const char *sb_str(const struct strbuf *sb)
{
	return sb->s ? sb->s : "";
}

const char *ip4_str(char buf[ADDRSTRLEN], be32 ip)
{
	char *at = buf;
	uint8_t b[4];

	memcpy(b, &ip, 4);
	for (int i = 0; i < 4; i++) {
		if (b[i] >= 100)
			*at++ = (char)('0' + b[i] / 100);
		if (b[i] >= 10)
			*at++ = (char)('0' + b[i] / 10 % 10);
		*at++ = (char)('0' + b[i] % 10);
		*at++ = i < 3 ? '.' : 0;
	}
	return buf;
}

const char *inet_str(char buf[ADDRSTRLEN], unsigned family, const union inet_addr *a)
{
	if (family == NFPROTO_IPV4)
		return ip4_str(buf, a->ip);
	return inet_ntop(AF_INET6, a->ip6, buf, ADDRSTRLEN);
}

const char *mac_str(char buf[ADDRSTRLEN], const uint8_t m[6])
{
	snprintf(buf, ADDRSTRLEN, "%02x:%02x:%02x:%02x:%02x:%02x", m[0], m[1], m[2], m[3], m[4], m[5]);
	return buf;
}

static int hex_digit(int c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool mac_parse(uint8_t ret_mac[6], const char *s)
{
	for (int i = 0; i < 6; i++) {
		int v = hex_digit((unsigned char)*s);

		if (v < 0)
			return false;
		s++;
		if (hex_digit((unsigned char)*s) >= 0)
			v = v * 16 + hex_digit((unsigned char)*s++);
		ret_mac[i] = (uint8_t)v;
		if (i < 5 && *s++ != ':')
			return false;
	}
	return *s == 0;
}

bool ip4_parse(be32 *ret_ip, const char *s)
{
	struct in_addr a;

	if (inet_pton(AF_INET, s, &a) != 1)
		return false;
	*ret_ip = a.s_addr;
	return true;
}

bool u64_parse(uint64_t *ret, const char *s, uint64_t max)
{
	unsigned long long v;
	char *end;

	if (*s < '0' || *s > '9')
		return false;
	errno = 0;
	v = strtoull(s, &end, 0);
	if (errno || *end || end == s || v > max)
		return false;
	*ret = v;
	return true;
}

bool hex_parse(struct strbuf *ret, const char *s, size_t n)
{
	if (n % 2)
		return false;
	for (size_t i = 0; i < n; i += 2) {
		int a = hex_digit((unsigned char)s[i]), b = hex_digit((unsigned char)s[i + 1]);

		if (a < 0 || b < 0)
			return false;
		sb_putc(ret, (char)(a * 16 + b));
	}
	return true;
}

unsigned text_distance(const char *a, const char *b)
{
	enum { LIMIT = 48 };
	unsigned row[3][LIMIT + 1];
	size_t n = strlen(a), m = strlen(b);

	if (n > LIMIT || m > LIMIT)
		return LIMIT;
	for (size_t j = 0; j <= m; j++)
		row[0][j] = (unsigned)j;
	for (size_t i = 1; i <= n; i++) {
		unsigned *cur = row[i % 3], *up = row[(i + 2) % 3], *up2 = row[(i + 1) % 3];

		cur[0] = (unsigned)i;
		for (size_t j = 1; j <= m; j++) {
			unsigned v = up[j - 1] + (a[i - 1] != b[j - 1]);

			v = MIN(v, MIN(up[j], cur[j - 1]) + 1);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				v = MIN(v, up2[j - 2] + 1);
			cur[j] = v;
		}
	}
	return row[n % 3][m];
}
