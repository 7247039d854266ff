// SPDX-License-Identifier: MIT
/* gen_text.c - draws numbers, addresses, ports and texts for a random case. */
#include "sim/verify/gen_internal.h"
#include <stdio.h>
#include <stdlib.h>

unsigned gen_below(struct gen *g, unsigned n)
{
	return rng_below(&g->rng, n);
}

unsigned gen_range(struct gen *g, unsigned lo, unsigned hi)
{
	return lo + gen_below(g, hi - lo + 1);
}

bool gen_chance(struct gen *g, unsigned percent)
{
	return gen_below(g, 100) < percent;
}

const char *gen_dev(const struct gen *g, unsigned nic)
{
	static const char *const names[GEN_NICS] = { "eth0", "eth1", "eth2", "eth3" };

	return g->bridge && nic < 2 ? "br0" : names[nic];
}

uint16_t gen_port(struct gen *g)
{
	static const uint16_t ports[] = { 80, 80, 80, 53, 53, 22, 443, 1023, 1024, 2000, 2001, 5000, 8080, 40000, 65535 };

	return GEN_PICK(g, ports);
}

be32 gen_own(struct gen *g)
{
	return g->own[gen_below(g, g->nr_own)];
}

be32 gen_peer(struct gen *g, unsigned nic)
{
	return GEN_PICK(g, g->nic[nic].peer);
}

be32 gen_addr(struct gen *g)
{
	unsigned r = gen_below(g, 100);

	if (r < 25)
		return gen_own(g);
	if (r < 65)
		return gen_peer(g, gen_below(g, g->nr_nics));
	if (r < 92)
		return g->far[gen_below(g, g->nr_far)];
	return htonl(ntohl(gen_peer(g, gen_below(g, g->nr_nics))) ^ (1u << gen_below(g, 6)));
}

static void put_addr(struct strbuf *out, be32 ip)
{
	char buf[ADDRSTRLEN];

	sb_puts(out, ip4_str(buf, ip));
}

/* odd: now and then with a mask that is no prefix. */
static void put_net(struct gen *g, struct strbuf *out, bool odd)
{
	static const unsigned lens[] = { 8, 16, 24, 24, 24, 28, 30, 31, 32, 32, 0 };
	be32 a = gen_addr(g);
	unsigned plen = GEN_PICK(g, lens);

	put_addr(out, a);
	if (odd && gen_chance(g, 5))
		sb_puts(out, gen_chance(g, 50) ? "/255.0.0.255" : "/0.0.0.255");
	else if (plen < 32)
		sb_printf(out, "/%u", plen);
}

static void put_ports(struct gen *g, struct strbuf *out)
{
	unsigned a = gen_port(g), b = gen_port(g);

	switch (gen_below(g, 5)) {
	case 0:		sb_printf(out, "%u:", a); break;
	case 1:		sb_printf(out, ":%u", a); break;
	case 2:		sb_printf(out, "%u:%u", MIN(a, b), MAX(a, b)); break;
	default:	sb_printf(out, "%u", a);
	}
}

static void put_port_range(struct gen *g, struct strbuf *out)
{
	unsigned a = gen_port(g), b = gen_port(g);

	sb_printf(out, "%u-%u", MIN(a, b), MAX(a, b));
}

static void put_addr_range(struct gen *g, struct strbuf *out)
{
	be32 a = gen_addr(g);
	uint32_t last = ntohl(a) + gen_below(g, 9);

	put_addr(out, a);
	sb_putc(out, '-');
	put_addr(out, htonl(MAX(last, ntohl(a))));
}

static void put_interface(struct gen *g, struct strbuf *out)
{
	static const char *const odd[] = { "lo", "eth+", "e+", "eth0+", "+" };

	if (gen_chance(g, 30))
		sb_puts(out, GEN_PICK(g, odd));
	else if (gen_chance(g, 40))
		sb_puts(out, gen_dev(g, gen_below(g, g->nr_nics)));
	else
		sb_printf(out, "eth%u", gen_below(g, g->nr_nics));
}

static void put_mark(struct gen *g, struct strbuf *out, bool mask)
{
	static const unsigned marks[] = { 0, 1, 1, 2, 3, 0x10, 0x11, 0xff }, masks[] = { 1, 3, 0xf, 0xf0, 0xff, 0xffffffff };

	sb_printf(out, "0x%x", GEN_PICK(g, marks));
	if (mask && gen_chance(g, 60))
		sb_printf(out, "/0x%x", GEN_PICK(g, masks));
}

static void put_payload(struct gen *g, struct strbuf *out)
{
	static const unsigned lens[] = { 5, 5, 12, 40, 40, 536, 1400, 3000 };
	unsigned n = GEN_PICK(g, lens), byte = 0x61 + gen_below(g, 26);

	for (; n; n--)
		sb_printf(out, "%02x", byte);
}

/* A command or an answer of FTP that tells an address and a port. */
static void put_ftp(struct gen *g, struct strbuf *out)
{
	be32 a = gen_addr(g);
	const uint8_t *b = (const uint8_t *)&a;
	unsigned port = gen_port(g);
	char buf[ADDRSTRLEN], text[96];
	int n;

	switch (gen_below(g, 4)) {
	case 0:	 n = snprintf(text, sizeof(text), "EPRT |1|%s|%u|\r\n", ip4_str(buf, a), port);				break;
	case 1:	 n = snprintf(text, sizeof(text), "229 Extended Passive Mode (|||%u|)\r\n", port);			break;
	case 2:	 n = snprintf(text, sizeof(text), "227 Passive (%u,%u,%u,%u,%u,%u)\r\n", b[0], b[1], b[2], b[3], port >> 8, port & 255); break;
	default: n = snprintf(text, sizeof(text), "PORT %u,%u,%u,%u,%u,%u\r\n", b[0], b[1], b[2], b[3], port >> 8, port & 255); break;
	}
	gen_hex(out, (const uint8_t *)text, (unsigned)n);
}

static void put_value(struct gen *g, struct strbuf *out, char what)
{
	if (g->v6 && strchr("anNwog", what)) {
		gen6_value(g, out, what);
		return;
	}
	switch (what) {
	case 'p': sb_printf(out, "%u", gen_port(g)); break;
	case 'r': put_ports(g, out); break;
	case 'q': put_port_range(g, out); break;
	case 'a': put_addr(out, gen_addr(g)); break;
	case 'n': put_net(g, out, true); break;
	case 'N': put_net(g, out, false); break;
	case 'w': put_addr_range(g, out); break;
	case 'o': put_addr(out, gen_own(g)); break;
	case 'h': put_payload(g, out); break;
	case 'F': g->v6 ? put_payload(g, out) : put_ftp(g, out); break;
	case 'g': put_addr(out, gen_peer(g, gen_below(g, g->nr_nics))); break;
	case 'i': put_interface(g, out); break;
	case 'I': sb_printf(out, "eth%u", gen_below(g, g->nr_nics)); break;
	case 's': case 'S': gen_set_words(g, out, what == 's'); break;
	case 'm': put_mark(g, out, false); break;
	case 'M': put_mark(g, out, true); break;
	case 'k': sb_printf(out, "%u", g->serial++); break;
	case '!':
		if (gen_chance(g, 25))
			sb_puts(out, "! ");
		break;
	default: sb_putc(out, what);
	}
}

/* The end of what opens at s: its closing bracket, or NULL. */
static const char *closing(const char *s, char open, char close)
{
	unsigned depth = 0;

	for (; *s; s++) {
		if (*s == '\\' && s[1])
			s++;
		else if (*s == open)
			depth++;
		else if (*s == close && --depth == 0)
			return s;
	}
	return NULL;
}

/* The n-th alternative of "a|b|c", which stands between s and end. */
static const char *alternative(const char *s, const char *end, unsigned n, const char **ret_end, unsigned *ret_count)
{
	const char *start = s, *found = s, *found_end = end;
	unsigned depth = 0, count = 0;

	for (; s <= end; s++) {
		if (s < end && *s == '\\') {
			s++;
		} else if (s < end && (*s == '(' || *s == '[')) {
			depth++;
		} else if (s < end && (*s == ')' || *s == ']')) {
			depth--;
		} else if (s == end || (*s == '|' && !depth)) {
			if (count++ == n) {
				found = start;
				found_end = s;
			}
			start = s + 1;
		}
	}
	*ret_end = found_end;
	*ret_count = count;
	return found;
}

static void expand(struct gen *g, struct strbuf *out, const char *s, const char *end);

static void expand_choice(struct gen *g, struct strbuf *out, const char *s, const char *end)
{
	const char *stop;
	unsigned n;

	alternative(s, end, 0, &stop, &n);
	s = alternative(s, end, gen_below(g, n), &stop, &n);
	expand(g, out, s, stop);
}

static void expand_number(struct gen *g, struct strbuf *out, const char *s)
{
	char *comma;
	unsigned long lo = strtoul(s, &comma, 0), hi = strtoul(comma + 1, NULL, 0);

	sb_printf(out, "%u", gen_range(g, (unsigned)lo, (unsigned)hi));
}

static void expand(struct gen *g, struct strbuf *out, const char *s, const char *end)
{
	for (; s < end; s++) {
		const char *e;

		switch (*s) {
		case '[':
			e = closing(s, '[', ']');
			if (gen_chance(g, 50))
				expand(g, out, s + 1, e);
			s = e;
			break;
		case '(':
			e = closing(s, '(', ')');
			expand_choice(g, out, s + 1, e);
			s = e;
			break;
		case '{':
			expand_number(g, out, s + 1);
			s = closing(s, '{', '}');
			break;
		case '%':
			put_value(g, out, *++s);
			break;
		case '\\':
			s++;	/* fall through */
		default:
			sb_putc(out, *s);
		}
	}
}

void gen_text(struct gen *g, struct strbuf *out, const char *text)
{
	expand(g, out, text, text + strlen(text));
}
