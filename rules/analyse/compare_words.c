// SPDX-License-Identifier: MIT
/* compare_words.c - a set of packets in words: one of them as a line, and what is common to all. */
#include "rules/analyse/compare_internal.h"
#include "sim/packet/headers.h"
#include "sim/packet/text.h"
#include <stdio.h>

#define VALUES_MAX 4		/* intervals of a field that are named */
#define OPAQUE_MAX 4		/* conditions */
#define DEVICES_TRIED 8

static const char *const states[NR_PSET_CTSTATES] = {
	[PSET_INVALID] = "INVALID", [PSET_NEW] = "NEW", [PSET_ESTABLISHED] = "ESTABLISHED", [PSET_RELATED] = "RELATED", [PSET_UNTRACKED] = "UNTRACKED",
};

/* ---- one packet: of what is left free, what people use */

static pset rather(pset region, pset wish)
{
	pset both = pset_and(region, wish);

	return pset_empty(both) ? region : both;
}

/* The first of the values that the region has, and else all of it. */
static pset rather_one(pset region, enum pset_field f, const uint32_t *values, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		pset both = pset_and(region, pset_value(f, values[i]));

		if (!pset_empty(both))
			return both;
	}
	return region;
}

static pset prefix_set(enum pset_field f, const uint8_t *addr, unsigned len)
{
	uint8_t value[16] = { 0 }, mask[16] = { 0 };

	for (unsigned i = 0; i < len; i++)
		mask[i / 8] |= (uint8_t)(0x80u >> i % 8);
	for (unsigned i = 0; i < (len + 7) / 8; i++)
		value[i] = addr[i] & mask[i];
	return pset_bytes(f, value, mask);
}

/* The last byte alone. */
static pset host_set(enum pset_field f, const uint8_t *addr, unsigned bytes)
{
	uint8_t value[16] = { 0 }, mask[16] = { 0 };

	value[bytes - 1] = addr[bytes - 1];
	mask[bytes - 1] = 0xff;
	return pset_bytes(f, value, mask);
}

struct prefix { uint8_t addr[16]; uint8_t len; };

/* From the loosest to the tightest: nothing odd, then addresses of the documentation (RFC 5737, RFC 3849). */
static pset rather_address(pset region, enum pset_field f, uint8_t family)
{
	static const struct prefix odd4[] = { { { 0 }, 8 }, { { 127 }, 8 }, { { 224 }, 3 } }, odd6[] = { { { 0 }, 8 }, { { 0xff }, 8 }, { { 0xfe, 0x80 }, 10 } };
	static const uint8_t from4[] = { 203, 0, 113, 7 }, to4[] = { 198, 51, 100, 1 };
	static const uint8_t from6[16] = { 0x20, 0x01, 0x0d, 0xb8, [15] = 7 }, to6[16] = { 0x20, 0x01, 0x0d, 0xb8, 0, 1, [15] = 1 };
	bool v6 = family == NFPROTO_IPV6, source = f == PSET_SRC;
	const uint8_t *doc = v6 ? source ? from6 : to6 : source ? from4 : to4;

	for (unsigned i = 0; i < 3; i++) {
		const struct prefix *odd = v6 ? &odd6[i] : &odd4[i];

		region = rather(region, pset_not(prefix_set(f, odd->addr, odd->len)));
	}
	region = rather(region, host_set(f, doc, v6 ? 16 : 4));
	for (unsigned len = 8; len <= (v6 ? 128 : 32); len += 8)
		region = rather(region, prefix_set(f, doc, len));
	return region;
}

/* Rather through the host than back where it came from. */
static pset rather_through(pset region)
{
	for (uint32_t in = 2; in < 2 + DEVICES_TRIED; in++)
		for (uint32_t out = 2; out < 2 + DEVICES_TRIED; out++) {
			pset s = in == out ? pset_none : pset_and(region, pset_and(pset_value(PSET_IIF, in), pset_value(PSET_OIF, out)));

			if (!pset_empty(s))
				return s;
		}
	return region;
}

static pset usual(pset region, uint8_t family)
{
	static const uint32_t ports[] = { 80, 443, 22, 53 }, types4[] = { 8 << 8, 0, 3 << 8, 11 << 8 };
	static const uint32_t types6[] = { 128 << 8, 129 << 8, 135 << 8, 136 << 8, 133 << 8, 134 << 8, 1 << 8, 2 << 8 };
	bool v6 = family == NFPROTO_IPV6;
	const uint32_t protos[] = { IPPROTO_TCP, IPPROTO_UDP, v6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP };
	pset r = rather(region, pset_value(PSET_FRAG, 0));

	r = rather(r, pset_value(PSET_CTSTATE, PSET_NEW));
	r = rather(r, pset_and(pset_value(PSET_SNAT, 0), pset_value(PSET_DNAT, 0)));
	r = rather(r, pset_range(PSET_IIF, 2, UINT32_MAX));
	r = rather(r, pset_range(PSET_OIF, 2, UINT32_MAX));
	r = rather_through(r);
	r = rather_one(r, PSET_PROTO, protos, ARRAY_SIZE(protos));
	if (!pset_empty(pset_and(r, pset_value(PSET_PROTO, protos[2])))) {
		r = v6 ? rather_one(r, PSET_DPORT, types6, ARRAY_SIZE(types6)) : rather_one(r, PSET_DPORT, types4, ARRAY_SIZE(types4));
	} else {
		r = rather(r, pset_value(PSET_TCPFLAGS, 0x02));
		r = rather(r, pset_value(PSET_SPORT, 40000));
		r = rather_one(r, PSET_DPORT, ports, ARRAY_SIZE(ports));
		r = rather(r, pset_range(PSET_SPORT, 1024, UINT16_MAX));
	}
	r = rather(r, pset_value(PSET_MARK, 0));
	r = rather_address(r, PSET_SRC, family);
	return rather_address(r, PSET_DST, family);
}

/* The packet's bytes as far as sets know them: headers that packet_print() can read. */
static uint32_t build(uint8_t *b, uint8_t family, const struct pset_witness *w)
{
	uint8_t proto = (uint8_t)pset_witness_u32(w, PSET_PROTO), *th;
	uint16_t sport = (uint16_t)pset_witness_u32(w, PSET_SPORT), dport = (uint16_t)pset_witness_u32(w, PSET_DPORT);
	bool v6 = family == NFPROTO_IPV6, frag = pset_witness_u32(w, PSET_FRAG);
	uint32_t hl = v6 ? 40 : 20, len = 0;

	memset(b, 0, 80);
	th = b + hl;
	if (frag) {
		;	/* it has no header of its own */
	} else if (proto == IPPROTO_TCP) {
		len = 20;
		put_be16(th, sport);
		put_be16(th + 2, dport);
		th[12] = 0x50;
		th[13] = (uint8_t)pset_witness_u32(w, PSET_TCPFLAGS);
		put_be16(th + 14, 65535);
	} else if (proto == IPPROTO_UDP) {
		len = 8;
		put_be16(th, sport);
		put_be16(th + 2, dport);
		put_be16(th + 4, 8);
	} else if (proto == (v6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP)) {
		len = 8;
		put_be16(th, dport);
	}
	if (v6) {
		b[0] = 0x60;
		put_be16(b + 4, (unsigned)len);
		b[6] = proto;
		b[7] = 64;
		memcpy(b + 8, w->value[PSET_SRC], 16);
		memcpy(b + 24, w->value[PSET_DST], 16);
	} else {
		b[0] = 0x45;
		put_be16(b + 2, (unsigned)(hl + len));
		put_be16(b + 6, frag ? 185 : 0);
		b[8] = 64;
		b[9] = proto;
		memcpy(b + 12, w->value[PSET_SRC], 4);
		memcpy(b + 16, w->value[PSET_DST], 4);
	}
	return hl + len;
}

/* A device that no rule names. */
static void put_other_device(const struct condset *c, struct strbuf *out)
{
	static const char *const bases[] = { "eth", "wan", "dev" };
	char name[16];

	for (size_t b = 0; b < ARRAY_SIZE(bases); b++)
		for (unsigned i = 0; i < 64; i++) {
			snprintf(name, sizeof(name), "%s%u", bases[b], i);
			if (!condset_names_iface(c, name)) {
				sb_puts(out, name);
				return;
			}
		}
	sb_puts(out, "other");
}

/* "eth+" is a name of many: one of them. */
static void put_device(const struct condset *c, uint32_t number, struct strbuf *out)
{
	const char *name = condset_iface(c, number);
	size_t n = name ? strlen(name) : 0;

	if (!n)
		put_other_device(c, out);
	else if (name[n - 1] == '+')
		sb_printf(out, "%.*s9", (int)n - 1, name);
	else
		sb_puts(out, name);
}

static const char *packet_line(const struct condset *c, struct arena *a, uint8_t family, const struct pset_witness *w)
{
	uint32_t iif = pset_witness_u32(w, PSET_IIF), mark = pset_witness_u32(w, PSET_MARK), len;
	struct strbuf sb = { 0 };
	uint8_t bytes[80];
	const char *text;

	if (iif)
		put_device(c, iif, &sb);
	else
		sb_puts(&sb, "out");
	sb_puts(&sb, ": ");
	len = build(bytes, family, w);
	packet_print(&sb, bytes, len, PACKET_SHORT);
	if (mark && !iif)
		sb_printf(&sb, " mark=0x%x", mark);
	text = arena_strdup(a, sb_str(&sb));
	sb_free(&sb);
	return text;
}

static void comma(struct strbuf *out)
{
	if (out->len)
		sb_puts(out, ", ");
}

/* What a line of traffic cannot say of it. */
static const char *besides(const struct condset *c, struct arena *a, pset packet, const struct pset_witness *w)
{
	uint32_t oif = pset_witness_u32(w, PSET_OIF), state = pset_witness_u32(w, PSET_CTSTATE), mark = pset_witness_u32(w, PSET_MARK);
	unsigned opaque[OPAQUE_MAX], n;
	bool holds[OPAQUE_MAX];
	struct strbuf sb = { 0 };
	const char *text;

	if (oif) {
		sb_puts(&sb, "leaving by ");
		put_device(c, oif, &sb);
	}
	if (w->given[PSET_CTSTATE] && state != PSET_NEW && state < NR_PSET_CTSTATES) {
		comma(&sb);
		sb_printf(&sb, "ctstate %s", states[state]);
	}
	if (pset_witness_u32(w, PSET_SNAT) || pset_witness_u32(w, PSET_DNAT)) {
		comma(&sb);
		sb_printf(&sb, "translated (%s)", pset_witness_u32(w, PSET_DNAT) ? "DNAT" : "SNAT");
	}
	if (mark && pset_witness_u32(w, PSET_IIF)) {
		comma(&sb);
		sb_printf(&sb, "mark 0x%x", mark);
	}
	n = pset_witness_opaque(packet, opaque, holds, OPAQUE_MAX);
	for (unsigned i = 0; i < n && i < OPAQUE_MAX; i++) {
		comma(&sb);
		sb_printf(&sb, "\"%s\" %s", condset_opaque(c, opaque[i]), holds[i] ? "holds" : "does not hold");
	}
	if (n > OPAQUE_MAX)
		sb_puts(&sb, ", ...");
	text = sb.len ? arena_strdup(a, sb_str(&sb)) : NULL;
	sb_free(&sb);
	return text;
}

/* ---- all of them */

static const char *const field_names[NR_PSET_FIELDS] = {
	[PSET_CTSTATE] = "ctstate", [PSET_SNAT] = "snat", [PSET_DNAT] = "dnat", [PSET_IIF] = "in", [PSET_OIF] = "out", [PSET_DST] = "dst",
	[PSET_PROTO] = "protocol", [PSET_FRAG] = "later fragment", [PSET_TCPFLAGS] = "TCP flags", [PSET_DPORT] = "dport", [PSET_SPORT] = "sport",
	[PSET_SRC] = "src", [PSET_MARK] = "mark",
};
/* In the order in which people say them. */
static const enum pset_field said[] = {
	PSET_IIF, PSET_OIF, PSET_PROTO, PSET_SRC, PSET_SPORT, PSET_DST, PSET_DPORT, PSET_TCPFLAGS, PSET_CTSTATE, PSET_SNAT, PSET_DNAT, PSET_MARK, PSET_FRAG,
};

/* The length of the one prefix that an interval is, or -1. */
static int prefix_of(const struct pset_interval *v, unsigned bytes)
{
	int len = 0;
	unsigned i = 0;

	for (; i < bytes * 8 && !((v->lo[i / 8] ^ v->hi[i / 8]) >> (7 - i % 8) & 1); i++)
		len++;
	for (; i < bytes * 8; i++)
		if (v->lo[i / 8] >> (7 - i % 8) & 1 || !(v->hi[i / 8] >> (7 - i % 8) & 1))
			return -1;
	return len;
}

static void put_address(uint8_t family, const uint8_t *value, struct strbuf *out)
{
	union inet_addr ip = { .all = { 0 } };
	char buf[ADDRSTRLEN];

	memcpy(&ip, value, family == NFPROTO_IPV6 ? 16 : 4);
	sb_puts(out, inet_str(buf, family, &ip));
}

static void put_addresses(uint8_t family, const struct pset_interval *v, struct strbuf *out)
{
	unsigned bytes = family == NFPROTO_IPV6 ? 16 : 4;
	int len = prefix_of(v, bytes);

	put_address(family, v->lo, out);
	if (len < 0) {
		sb_puts(out, "-");
		put_address(family, v->hi, out);
	} else if ((unsigned)len < bytes * 8) {
		sb_printf(out, "/%d", len);
	}
}

static void put_numbers(enum pset_field f, const struct pset_interval *v, struct strbuf *out)
{
	uint32_t lo = pset_u32(f, v->lo), hi = pset_u32(f, v->hi);
	bool hex = f == PSET_MARK || f == PSET_TCPFLAGS;

	sb_printf(out, hex ? "0x%x" : "%u", lo);
	if (lo != hi)
		sb_printf(out, hex ? "-0x%x" : "-%u", hi);
}

static void put_named(const struct condset *c, enum pset_field f, const struct pset_interval *v, struct strbuf *out)
{
	uint32_t lo = pset_u32(f, v->lo), hi = pset_u32(f, v->hi);

	for (uint32_t n = lo; n <= hi; n++) {
		if (n != lo)
			sb_puts(out, ", ");
		if (f == PSET_CTSTATE)
			sb_puts(out, n < NR_PSET_CTSTATES ? states[n] : "?");
		else if (f == PSET_PROTO && n == IPPROTO_ICMPV6)
			sb_puts(out, "ipv6-icmp");
		else if (f == PSET_PROTO && ip_proto_name(n))
			sb_puts(out, ip_proto_name(n));
		else if (f == PSET_PROTO)
			sb_printf(out, "%u", n);
		else
			sb_puts(out, condset_iface(c, n) ? condset_iface(c, n) : n ? "another" : "none");
	}
}

/* Destination port and ICMP type are one field: which it is, its protocol says. */
static bool is_icmp(uint8_t family, pset region)
{
	return pset_empty(pset_minus(region, pset_value(PSET_PROTO, family == NFPROTO_IPV6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP)));
}

static void put_icmp(uint8_t family, const struct pset_interval *v, struct strbuf *out)
{
	uint32_t lo = pset_u32(PSET_DPORT, v->lo), hi = pset_u32(PSET_DPORT, v->hi);
	const char *name = family == NFPROTO_IPV6 ? icmp6_type_name(lo >> 8, lo & 0xff) : icmp_type_name(lo >> 8, lo & 0xff);

	if (lo >> 8 == hi >> 8 && ((lo & 0xff) == 0 || lo == hi) && name && (lo == hi || hi - lo == 0xff))
		sb_puts(out, name);
	else if (lo == hi)
		sb_printf(out, "%u/%u", lo >> 8, lo & 0xff);
	else
		sb_printf(out, "%u/%u-%u/%u", lo >> 8, lo & 0xff, hi >> 8, hi & 0xff);
}

static const char *values(const struct condset *c, struct arena *a, uint8_t family, enum pset_field f, pset only, bool icmp)
{
	struct pset_interval v[VALUES_MAX];
	unsigned n = pset_intervals(only, f, v, VALUES_MAX);
	struct strbuf sb = { 0 };
	const char *text;

	for (unsigned i = 0; i < n && i < VALUES_MAX; i++) {
		comma(&sb);
		if (f == PSET_SRC || f == PSET_DST)
			put_addresses(family, &v[i], &sb);
		else if (f == PSET_DPORT && icmp)
			put_icmp(family, &v[i], &sb);
		else if (f == PSET_CTSTATE || f == PSET_IIF || f == PSET_OIF || (f == PSET_PROTO && memcmp(v[i].lo, v[i].hi, 1) == 0))
			put_named(c, f, &v[i], &sb);
		else if (f == PSET_SNAT || f == PSET_DNAT || f == PSET_FRAG)
			sb_puts(&sb, pset_u32(f, v[i].lo) ? "yes" : "no");
		else
			put_numbers(f, &v[i], &sb);
	}
	if (n > VALUES_MAX)
		sb_puts(&sb, ", ...");
	text = arena_strdup(a, sb_str(&sb));
	sb_free(&sb);
	return text;
}

static void common(const struct condset *c, struct arena *a, struct difference *d, pset region, pset in)
{
	pset product = in, only;
	bool icmp = is_icmp(d->family, region);

	d->field = arena_array(a, struct compare_field, ARRAY_SIZE(said));
	for (size_t i = 0; i < ARRAY_SIZE(said); i++) {
		only = pset_only(region, said[i]);
		if (pset_equal(only, pset_only(in, said[i])))
			continue;
		product = pset_and(product, only);
		if (said[i] == PSET_FRAG && pset_equal(only, pset_value(PSET_FRAG, 0)) && d->nr_fields)
			continue;	/* only a whole packet has ports and flags */
		d->field[d->nr_fields++] = (struct compare_field){ said[i] == PSET_DPORT && icmp ? "icmp-type" : field_names[said[i]],
								   values(c, a, d->family, said[i], only, icmp) };
	}
	d->whole = pset_equal(product, region);
}

void compare_describe(struct condset *c, struct arena *a, struct difference *d, pset region, pset in)
{
	pset_mark_t mark = pset_mark_now();
	struct pset_witness w;
	pset one = usual(region, d->family);

	if (pset_witness(one, &w)) {
		d->packet = packet_line(c, a, d->family, &w);
		d->besides = besides(c, a, one, &w);
	} else {	/* the sets failed: nothing will be told */
		d->packet = "";
	}
	common(c, a, d, region, in);
	pset_release(mark);
}
