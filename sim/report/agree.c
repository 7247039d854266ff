// SPDX-License-Identifier: MIT
/* agree.c - compares a result with the kernel's, rule by rule of agree.h. */
#include "sim/report/agree.h"
#include "sim/packet/ip6.h"
#include "sim/packet/text.h"
#include <stdio.h>
#include <stdlib.h>

#define TIMEOUT_SLACK 2
#define FRAME_MAX 70000
#define IDS 65536

struct alias { int proto; char addr[ADDRSTRLEN], peer[ADDRSTRLEN]; int port, pport, to; };
struct isn { union inet_addr src, dst; be16 sport, dport; uint32_t diff; };

struct norm {
	struct alias *alias; unsigned nr_alias;
	struct isn *isn; unsigned nr_isn;
	bool literal[65536];			/* ports that nat rules name */
	bool ids[IDS], ids_seen[IDS];		/* of this event, of all so far */
	uint32_t ids6[64]; unsigned nr_ids6;	/* IPv6 fragments' of this event */
};

/* Differences of connections, told once as long as they last. */
struct told { char **text; unsigned nr; };

struct judge { struct agreement *ret; struct norm *n; long event; struct told was, now; };

/* frag: where the first IPv6 fragment header lies, 0 = nowhere; more: it is not the last fragment. */
struct frame { uint8_t b[FRAME_MAX]; uint32_t len, l3, l4, end, frag; bool ip, v6, has_l4, more; int proto; };

static void vdiffer(struct agreement *a, long event, const char *kind, const char *fmt, va_list ap)
{
	struct strbuf sb = { 0 };

	sb_vprintf(&sb, fmt, ap);
	if (event >= 0)
		sb_printf(&a->text, "event %ld: %s: %s\n", event, kind, sb_str(&sb));
	else
		sb_printf(&a->text, "%s: %s: %s\n", event == -1 ? "end" : "start", kind, sb_str(&sb));
	a->list = xrealloc(a->list, (a->differences + 1) * sizeof(*a->list));
	a->list[a->differences++] = (struct difference){ event, kind, xstrdup(sb_str(&sb)) };
	sb_free(&sb);
}

void agree_differ(struct agreement *a, long event, const char *kind, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vdiffer(a, event, kind, fmt, ap);
	va_end(ap);
}

void agreement_free(struct agreement *a)
{
	for (unsigned i = 0; i < a->differences; i++)
		free(a->list[i].text);
	free(a->list);
	sb_free(&a->text);
	*a = (struct agreement){ 0 };
}

static void differ(struct judge *j, const char *kind, const char *fmt, ...) PRINTF(3, 4);
static void differ(struct judge *j, const char *kind, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vdiffer(j->ret, j->event, kind, fmt, ap);
	va_end(ap);
}

static bool is_told(const struct told *t, const char *text)
{
	for (unsigned i = 0; i < t->nr; i++)
		if (strcmp(t->text[i], text) == 0)
			return true;
	return false;
}

static void told_clear(struct told *t)
{
	for (unsigned i = 0; i < t->nr; i++)
		free(t->text[i]);
	free(t->text);
	*t = (struct told){ 0 };
}

static void differ_ct(struct judge *j, const char *kind, const char *fmt, ...) PRINTF(3, 4);
static void differ_ct(struct judge *j, const char *kind, const char *fmt, ...)
{
	struct strbuf sb = { 0 };
	va_list ap;

	va_start(ap, fmt);
	sb_vprintf(&sb, fmt, ap);
	va_end(ap);
	if (!is_told(&j->was, sb_str(&sb)))
		differ(j, kind, "%s", sb_str(&sb));
	j->now.text = xrealloc(j->now.text, (j->now.nr + 1) * sizeof(*j->now.text));
	j->now.text[j->now.nr++] = xstrdup(sb_str(&sb));
	sb_free(&sb);
}

static const char *str(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s ? s : "";
}

static long num(const json_t *o, const char *key)
{
	return (long)json_integer_value(json_object_get(o, key));
}

/* ---- frames ---- */

static union inet_addr frame_addr(const struct frame *f, bool dst)
{
	const uint8_t *ip = f->b + f->l3;
	union inet_addr a = { .ip = dst ? ip4_daddr(ip) : ip4_saddr(ip) };

	return f->v6 ? dst ? ip6_daddr(ip) : ip6_saddr(ip) : a;
}

/* The same for IPv6: over its extension headers as far as they go. */
static void find_ip6(struct frame *f, uint32_t l3)
{
	uint32_t at = l3 + IP6_HLEN, end = MIN(f->len, l3 + IP6_HLEN + get_be16(f->b + l3 + IP6_PLEN));
	unsigned nxt = f->b[l3 + IP6_NXT], this;

	f->ip = f->v6 = f->has_l4 = true;
	while (ip6_ext_hdr(nxt) && nxt != NEXTHDR_NONE && at + 8 <= end) {
		if (nxt == NEXTHDR_FRAGMENT) {
			f->frag = f->frag ? f->frag : at;
			f->more |= (get_be16(f->b + at + FRAG6_OFF) & IP6_MF) != 0;
			f->has_l4 &= !(get_be16(f->b + at + FRAG6_OFF) & IP6_OFFSET);
		}
		this = nxt;
		nxt = f->b[at];
		at += ip6_exthdr_len(this, f->b + at);
	}
	f->proto = (int)nxt;
	f->l4 = MIN(at, end);
	f->end = end;
}

/* Finds the headers of an IP packet at l3. */
static void find_ip(struct frame *f, uint32_t l3)
{
	uint32_t hlen;

	f->l3 = l3;
	f->ip = f->v6 = f->has_l4 = f->more = false;
	f->frag = 0;
	if (f->len >= l3 + IP6_HLEN && f->b[l3] >> 4 == 6)
		find_ip6(f, l3);
	if (f->len < l3 + IP_HLEN || f->b[l3] >> 4 != 4)
		return;
	hlen = ip4_hlen(f->b + l3);
	if (hlen < IP_HLEN || f->len < l3 + hlen)
		return;
	f->ip = true;
	f->proto = f->b[l3 + IP4_PROTO];
	f->l4 = l3 + hlen;
	f->end = MIN(f->len, l3 + get_be16(f->b + l3 + IP4_TOTLEN));
	f->has_l4 = ip4_fragoff(f->b + l3) == 0;
	f->more = get_be16(f->b + l3 + IP4_FRAGOFF) & IP_MF;
}

static bool frame_read(struct frame *f, const char *hex)
{
	struct strbuf sb = { 0 };
	bool ok = hex_parse(&sb, hex, strlen(hex)) && sb.len <= FRAME_MAX;
	uint32_t l3 = ETH_HLEN;

	f->len = ok ? (uint32_t)sb.len : 0;
	if (f->len)
		memcpy(f->b, sb.s, sb.len);
	sb_free(&sb);
	f->ip = f->v6 = f->has_l4 = false;
	if (f->len >= ETH_HLEN + VLAN_HLEN && get_be16(f->b + 12) == ETH_P_8021Q)
		l3 += VLAN_HLEN;
	if (f->len >= l3 && (get_be16(f->b + l3 - 2) == ETH_P_IP || get_be16(f->b + l3 - 2) == ETH_P_IPV6))
		find_ip(f, l3);
	return ok;
}

static int csum_offset(int proto)
{
	return proto == IPPROTO_TCP ? TCP_CSUM : proto == IPPROTO_UDP ? UDP_CSUM :
	       proto == IPPROTO_ICMP || proto == IPPROTO_ICMPV6 ? ICMP_CSUM : -1;
}

/* 'o' right, 'b' wrong, '-' none or not to be told. */
static char l4_checksum(const struct frame *f)
{
	int at = csum_offset(f->proto);
	uint32_t len = f->end - f->l4, sum = 0;
	const uint8_t *ip = f->b + f->l3;

	if (f->proto == IPPROTO_SCTP && f->has_l4 && len >= 12 && !f->more) {
		uint32_t crc = sctp_crc32c(f->b + f->l4, len);
		uint8_t le[4] = { (uint8_t)crc, (uint8_t)(crc >> 8), (uint8_t)(crc >> 16), (uint8_t)(crc >> 24) };

		return memcmp(le, f->b + f->l4 + 8, 4) == 0 ? 'o' : 'b';
	}
	if (at < 0 || !f->has_l4 || f->end < f->l4 || len < (uint32_t)at + 2 || f->more)
		return '-';
	if (f->proto == IPPROTO_UDP && !get_be16(f->b + f->l4 + UDP_CSUM))
		return '-';
	if (f->v6)
		sum = csum_pseudo6(ip + IP6_SRC, ip + IP6_DST, (unsigned)f->proto, len);
	else if (f->proto != IPPROTO_ICMP)
		sum = csum_pseudo4(ip4_saddr(ip), ip4_daddr(ip), (unsigned)f->proto, len);
	return csum_fold(csum_partial(f->b + f->l4, len, sum)) ? 'b' : 'o';
}

static char ip_checksum(const struct frame *f)
{
	return f->v6 ? '-' : csum_fold(csum_partial(f->b + f->l3, f->l4 - f->l3, 0)) ? 'b' : 'o';
}

static void zero16(struct frame *f, uint32_t at)
{
	if (at + 2 <= f->len)
		put_be16(f->b + at, 0);
}

static void zero_checksums(struct frame *f)
{
	int at = csum_offset(f->proto);

	if (!f->v6)
		zero16(f, f->l3 + IP4_CSUM);
	if (!f->has_l4)
		return;
	if (at >= 0 && !(f->proto == IPPROTO_UDP && f->len >= f->l4 + 8 && !get_be16(f->b + f->l4 + UDP_CSUM)))
		zero16(f, f->l4 + (uint32_t)at);
	if (f->proto == IPPROTO_SCTP && f->len >= f->l4 + 12)
		memset(f->b + f->l4 + 8, 0, 4);
}

/* Addresses as text, as results write them. */
static int alias_of(const struct norm *n, int proto, const char *a, int port, const char *p, int pport)
{
	for (unsigned i = n->nr_alias; i-- > 0;) {
		const struct alias *x = &n->alias[i];

		if (x->proto == proto && x->port == port && x->pport == pport && !strcmp(x->addr, a) && !strcmp(x->peer, p))
			return x->to;
	}
	return -1;
}

static bool is_echo(const struct frame *f)
{
	uint8_t type = f->b[f->l4];

	return f->proto == IPPROTO_ICMP ? type == ICMP_ECHO || type == ICMP_ECHOREPLY
					: f->proto == IPPROTO_ICMPV6 && (type == ICMPV6_ECHO_REQUEST || type == ICMPV6_ECHO_REPLY);
}

/* Rule 4, on the kernel's frame. true when something was translated. */
static bool translate(const struct norm *n, struct frame *f)
{
	union inet_addr addr[2] = { frame_addr(f, false), frame_addr(f, true) };
	uint8_t *th = f->b + f->l4, family = f->v6 ? NFPROTO_IPV6 : NFPROTO_IPV4;
	char src[ADDRSTRLEN], dst[ADDRSTRLEN];
	bool hit = false;
	int v;

	if (!n->nr_alias || !f->has_l4 || f->len < f->l4 + 4)
		return false;
	inet_str(src, family, &addr[0]);
	inet_str(dst, family, &addr[1]);
	if (f->proto == IPPROTO_TCP || f->proto == IPPROTO_UDP || f->proto == IPPROTO_SCTP || f->proto == IPPROTO_UDPLITE) {
		int sport = get_be16(th), dport = get_be16(th + 2);

		if ((v = alias_of(n, f->proto, src, sport, dst, dport)) >= 0) {
			put_be16(th, (unsigned)v);
			hit = true;
		}
		if ((v = alias_of(n, f->proto, dst, dport, src, sport)) >= 0) {
			put_be16(th + 2, (unsigned)v);
			hit = true;
		}
	} else if (is_echo(f) && f->len >= f->l4 + 8) {
		int id = get_be16(th + ICMP_ID);

		if ((v = alias_of(n, f->proto, src, id, dst, -1)) >= 0 || (v = alias_of(n, f->proto, dst, id, src, -1)) >= 0) {
			put_be16(th + ICMP_ID, (unsigned)v);
			hit = true;
		}
	}
	return hit;
}

static void level_sequence(struct norm *n, struct frame *k, struct frame *s)
{
	uint32_t a, b;
	be16 ports[2];
	union inet_addr addr[2];

	if (k->proto != IPPROTO_TCP || !k->has_l4 || k->len < k->l4 + TCP_HLEN)
		return;
	a = get_be32(k->b + k->l4 + TCP_SEQ);
	b = get_be32(s->b + s->l4 + TCP_SEQ);
	if (a == b)
		return;
	addr[0] = frame_addr(k, false);
	addr[1] = frame_addr(k, true);
	memcpy(ports, k->b + k->l4, 4);
	if (k->b[k->l4 + TCP_FLAGS] & TH_SYN && k->b[k->l4 + TCP_FLAGS] == s->b[s->l4 + TCP_FLAGS]) {
		n->isn = xrealloc(n->isn, (n->nr_isn + 1) * sizeof(*n->isn));
		n->isn[n->nr_isn++] = (struct isn){ addr[0], addr[1], ports[0], ports[1], a - b };
	}
	for (unsigned i = n->nr_isn; i-- > 0;) {
		const struct isn *x = &n->isn[i];

		if (!inet_addr_equal(&x->src, &addr[0]) || !inet_addr_equal(&x->dst, &addr[1]) || x->sport != ports[0] || x->dport != ports[1])
			continue;
		if (x->diff == a - b) {
			put_be32(k->b + k->l4 + TCP_SEQ, 0);
			put_be32(s->b + s->l4 + TCP_SEQ, 0);
		}
		return;
	}
}

static bool quotes(const struct frame *f)
{
	uint8_t t;

	if (f->proto == IPPROTO_ICMPV6 && f->has_l4 && f->len >= f->l4 + 8 + IP6_HLEN)
		return f->b[f->l4] < 128;
	if (f->proto != IPPROTO_ICMP || !f->has_l4 || f->len < f->l4 + 8 + IP_HLEN)
		return false;
	t = f->b[f->l4];
	return t == ICMP_DEST_UNREACH || t == ICMP_SOURCE_QUENCH || t == ICMP_REDIRECT || t == ICMP_TIME_EXCEEDED ||
	       t == ICMP_PARAMETERPROB;
}

/* IPv6's fragment IDs: only one that came in with this event must be kept. */
static void level_frag6(const struct norm *n, struct frame *k, struct frame *s)
{
	uint32_t id;

	if (!k->frag || k->frag != s->frag)
		return;
	id = get_be32(k->b + k->frag + FRAG6_ID);
	for (unsigned i = 0; i < n->nr_ids6; i++)
		if (n->ids6[i] == id)
			return;
	put_be32(k->b + k->frag + FRAG6_ID, 0);
	put_be32(s->b + s->frag + FRAG6_ID, 0);
}

static void level_quoted(const struct norm *n, const bool *ids, struct frame *k, struct frame *s)
{
	uint32_t at = k->l4 + 8;

	if (!quotes(k) || !quotes(s) || k->l4 != s->l4)
		return;
	find_ip(k, at);
	find_ip(s, at);
	if (!k->ip || !s->ip)
		return;
	if (translate(n, k)) {
		zero_checksums(k);
		zero_checksums(s);
	}
	level_frag6(n, k, s);
	if (!k->v6 && !ids[get_be16(k->b + at + IP4_ID)]) {
		zero16(k, at + IP4_ID);
		zero16(s, at + IP4_ID);
		zero16(k, at + IP4_CSUM);
		zero16(s, at + IP4_CSUM);
	}
}

/* NULL = equal; else what differs, in buf. */
static const char *frame_diff(struct norm *n, const bool *ids, const char *khex, const char *shex, char *buf, size_t size)
{
	static const struct { const char *name; unsigned off, len; } ip_fields[] = {
		{ "tos", 1, 1 }, { "length", 2, 2 }, { "id", 4, 2 }, { "frag", 6, 2 }, { "ttl", 8, 1 }, { "protocol", 9, 1 },
		{ "source", 12, 4 }, { "destination", 16, 4 },
	};
	struct frame *k, *s;
	const char *ret = NULL;
	size_t used;

	if (strcmp(khex, shex) == 0)
		return NULL;
	k = xcalloc(1, sizeof(*k));
	s = xcalloc(1, sizeof(*s));
	frame_read(k, khex);
	frame_read(s, shex);
	if (k->len != s->len) {
		snprintf(buf, size, "length %u != %u", k->len, s->len);
		ret = buf;
		goto out;
	}
	if (k->ip && s->ip && k->l3 == s->l3 && k->l4 == s->l4) {
		uint32_t l3 = k->l3;

		if (ip_checksum(k) != ip_checksum(s) || l4_checksum(k) != l4_checksum(s)) {
			snprintf(buf, size, "checksum %c%c != %c%c", ip_checksum(k), l4_checksum(k), ip_checksum(s), l4_checksum(s));
			ret = buf;
			goto out;
		}
		translate(n, k);
		level_frag6(n, k, s);
		if (!k->v6 && !ids[get_be16(k->b + l3 + IP4_ID)]) {
			zero16(k, l3 + IP4_ID);
			zero16(s, l3 + IP4_ID);
		}
		zero_checksums(k);
		zero_checksums(s);
		level_sequence(n, k, s);
		if (k->proto == IPPROTO_ICMP && k->has_l4 && k->len >= k->l4 + 20 && k->b[k->l4] == ICMP_TIMESTAMPREPLY) {
			memset(k->b + k->l4 + 12, 0, 8);
			memset(s->b + s->l4 + 12, 0, 8);
		}
		if (k->proto == IPPROTO_ICMPV6 && k->has_l4 && k->len > k->l4 + 40 && k->b[k->l4] == NDISC_REDIRECT) {
			memset(k->b + k->l4 + 40, 0, k->len - k->l4 - 40);
			memset(s->b + s->l4 + 40, 0, s->len - s->l4 - 40);
		}
		level_quoted(n, ids, k, s);
	}
	if (memcmp(k->b, s->b, k->len) == 0)
		goto out;
	used = (size_t)snprintf(buf, size, "%s", "");
	ret = buf;
	if (k->ip && s->ip && !k->v6) {
		frame_read(k, khex);
		frame_read(s, shex);
		for (unsigned i = 0; i < ARRAY_SIZE(ip_fields) && used < size; i++)
			if (memcmp(k->b + k->l3 + ip_fields[i].off, s->b + s->l3 + ip_fields[i].off, ip_fields[i].len))
				used += (size_t)snprintf(buf + used, size - used, "%s ", ip_fields[i].name);
	}
	for (uint32_t i = 0; i < k->len && used < size; i++) {
		if (k->b[i] == s->b[i] || (k->ip && !k->v6 && i >= k->l3 && i < k->l3 + 20))
			continue;
		snprintf(buf + used, size - used, "byte %u: %02x != %02x", i, k->b[i], s->b[i]);
		break;
	}
out:
	free(k);
	free(s);
	return ret;
}

/* A recorded frame for eyes; in the caller's text. */
static const char *told(struct strbuf *sb, const json_t *f)
{
	const char *hex = str(f, "frame");
	struct strbuf bytes = { 0 };

	sb_clear(sb);
	if (hex_parse(&bytes, hex, strlen(hex)))
		frame_print(sb, (const uint8_t *)sb_str(&bytes), (uint32_t)bytes.len, PACKET_SHORT);
	sb_printf(sb, "\n           %s", hex);
	sb_free(&bytes);
	return sb_str(sb);
}

static void compare_dev(struct judge *j, const bool *ids, const json_t *kout, const json_t *sout, const char *dev)
{
	const json_t *k[1024], *s[1024];
	unsigned nk = 0, ns = 0, i;
	bool used[1024] = { false }, ordered = true;
	struct strbuf ktext = { 0 }, stext = { 0 };
	char why[256];
	json_t *f;
	size_t x;

	json_array_foreach(kout, x, f)
		if (!strcmp(str(f, "dev"), dev) && nk < 1024)
			k[nk++] = f;
	json_array_foreach(sout, x, f)
		if (!strcmp(str(f, "dev"), dev) && ns < 1024)
			s[ns++] = f;
	for (i = 0; i < nk && i < ns; i++) {
		if (frame_diff(j->n, ids, str(k[i], "frame"), str(s[i], "frame"), why, sizeof(why)))
			break;
		used[i] = true;
	}
	if (i == nk && i == ns)
		return;
	/* Not one to one: pair what is equal wherever it stands, name the rest. */
	for (unsigned a = i; a < nk; a++) {
		unsigned b;

		for (b = i; b < ns; b++)
			if (!used[b] && !frame_diff(j->n, ids, str(k[a], "frame"), str(s[b], "frame"), why, sizeof(why)))
				break;
		if (b < ns) {
			used[b] = true;
			k[a] = NULL;
		}
		ordered &= b == a;
	}
	for (unsigned a = i, b = i; a < nk; a++) {
		if (!k[a])
			continue;
		while (b < ns && used[b])
			b++;
		if (b < ns) {
			frame_diff(j->n, ids, str(k[a], "frame"), str(s[b], "frame"), why, sizeof(why));
			differ(j, "out.bytes", "%s: %s\n   kernel: %s\n     ours: %s", dev, why, told(&ktext, k[a]), told(&stext, s[b]));
			used[b] = true;
		} else {
			differ(j, "out.missing", "%s: the kernel sends %s", dev, told(&ktext, k[a]));
		}
		ordered = true;
	}
	for (unsigned b = i; b < ns; b++) {
		if (!used[b]) {
			differ(j, "out.extra", "%s: only we send %s", dev, told(&stext, s[b]));
			ordered = true;
		}
	}
	if (!ordered)
		differ(j, "out.order", "%s", dev);
	sb_free(&ktext);
	sb_free(&stext);
}

static void compare_out(struct judge *j, const json_t *k, const json_t *s)
{
	const json_t *ko = json_object_get(k, "out"), *so = json_object_get(s, "out");
	const char *seen[64];
	unsigned nr = 0;
	bool late = false;
	json_t *f;

	for (int side = 0; side < 2; side++) {
		size_t x;

		json_array_foreach(side ? so : ko, x, f) {
			unsigned i;

			late |= !side && json_is_true(json_object_get(f, "late"));
			for (i = 0; i < nr && strcmp(seen[i], str(f, "dev")); i++)
				;
			if (i == nr && nr < ARRAY_SIZE(seen))
				seen[nr++] = str(f, "dev");
		}
	}
	for (unsigned i = 0; i < nr; i++)
		compare_dev(j, late ? j->n->ids_seen : j->n->ids, ko, so, seen[i]);
}

/* ---- conntrack ---- */

static void tuple_key(struct strbuf *out, const json_t *t)
{
	static const char *const keys[] = { "src", "dst", "sport", "dport", "type", "code", "id", "zone" };

	for (unsigned i = 0; i < ARRAY_SIZE(keys); i++) {
		const json_t *v = json_object_get(t, keys[i]);

		if (json_is_string(v))
			sb_printf(out, " %s=%s", keys[i], json_string_value(v));
		else if (v)
			sb_printf(out, " %s=%ld", keys[i], (long)json_integer_value(v));
	}
}

static void entry_key(struct strbuf *out, const json_t *e, const json_t *orig)
{
	sb_clear(out);
	sb_printf(out, "%s %ld zone=%ld", str(e, "family"), num(e, "protonum"), num(e, "zone"));
	tuple_key(out, orig);
}

static int port_of(const json_t *t, const char *key)
{
	const json_t *v = json_object_get(t, key);

	return v ? (int)json_integer_value(v) : -1;
}

static void add_alias(struct norm *n, int proto, const char *addr, int port, const char *peer, int pport, int to)
{
	struct alias *a;

	n->alias = xrealloc(n->alias, (n->nr_alias + 1) * sizeof(*n->alias));
	a = &n->alias[n->nr_alias++];
	*a = (struct alias){ .proto = proto, .port = port, .pport = pport, .to = to };
	snprintf(a->addr, sizeof(a->addr), "%s", addr);
	snprintf(a->peer, sizeof(a->peer), "%s", peer);
}

static void learn_pair(struct norm *n, const json_t *k, const json_t *s)
{
	const json_t *o = json_object_get(k, "orig"), *kr = json_object_get(k, "reply"), *sr = json_object_get(s, "reply");
	int proto = (int)num(k, "protonum");
	static const struct { const char *rp, *op, *addr, *peer, *pp; } side[] = {
		{ "dport", "sport", "dst", "src", "sport" }, { "sport", "dport", "src", "dst", "dport" },
	};

	for (unsigned i = 0; i < 2; i++) {
		int a = port_of(kr, side[i].rp), b = port_of(sr, side[i].rp), was = port_of(o, side[i].op);

		if (a >= 0 && b >= 0 && a != b && a != was && b != was && !n->literal[a] &&
		    !strcmp(str(kr, side[i].addr), str(sr, side[i].addr)))
			add_alias(n, proto, str(kr, side[i].addr), a, str(kr, side[i].peer), port_of(kr, side[i].pp), b);
	}
	if (json_object_get(kr, "id") && json_object_get(sr, "id")) {
		int a = port_of(kr, "id"), b = port_of(sr, "id"), was = port_of(o, "id");

		if (a != b && a != was && b != was)
			add_alias(n, proto, str(kr, "dst"), a, str(kr, "src"), -1, b);
	}
}

/* The same entry on the other side, by original tuple; used ones are skipped. */
static json_t *find_entry(const json_t *list, const char *key, bool *used, size_t *ret)
{
	struct strbuf sb = { 0 };
	json_t *e, *found = NULL;
	size_t x;

	json_array_foreach(list, x, e) {
		if (used && used[x])
			continue;
		entry_key(&sb, e, json_object_get(e, "orig"));
		if (strcmp(sb_str(&sb), key) == 0) {
			found = e;
			if (ret)
				*ret = x;
			break;
		}
	}
	sb_free(&sb);
	return found;
}

static void learn_ct(struct norm *n, const json_t *k, const json_t *s)
{
	struct strbuf key = { 0 };
	json_t *e;
	size_t x;

	json_array_foreach(k, x, e) {
		json_t *other;

		entry_key(&key, e, json_object_get(e, "orig"));
		other = find_entry(s, sb_str(&key), NULL, NULL);
		if (other && !json_equal(json_object_get(e, "reply"), json_object_get(other, "reply")))
			learn_pair(n, e, other);
	}
	sb_free(&key);
}

/* A tuple of the kernel's with its random ports made ours. A new reference. */
static json_t *translated(const struct norm *n, const json_t *e, const json_t *t)
{
	json_t *r = json_deep_copy(t);
	int proto = (int)num(e, "protonum");
	const char *src = str(t, "src"), *dst = str(t, "dst");
	int sp = port_of(t, "sport"), dp = port_of(t, "dport"), id = port_of(t, "id"), v;

	if (dp >= 0 && (v = alias_of(n, proto, dst, dp, src, sp)) >= 0)
		json_object_set_new(r, "dport", json_integer(v));
	if (sp >= 0 && (v = alias_of(n, proto, src, sp, dst, dp)) >= 0)
		json_object_set_new(r, "sport", json_integer(v));
	if (id >= 0 && (v = alias_of(n, proto, dst, id, src, -1)) >= 0)
		json_object_set_new(r, "id", json_integer(v));
	return r;
}

static bool same_set(const json_t *a, const json_t *b)
{
	json_t *x, *y;
	size_t i, k;

	if (json_array_size(a) != json_array_size(b))
		return false;
	json_array_foreach(a, i, x) {
		bool found = false;

		json_array_foreach(b, k, y)
			found |= json_equal(x, y);
		if (!found)
			return false;
	}
	return true;
}

static void differ_json(struct judge *j, const char *kind, const char *entry, const json_t *k, const json_t *s)
{
	char *a = k ? json_dumps(k, JSON_ENCODE_ANY | JSON_COMPACT) : NULL, *b = s ? json_dumps(s, JSON_ENCODE_ANY | JSON_COMPACT) : NULL;

	differ(j, kind, "%s: kernel %s, ours %s", entry, a ? a : "-", b ? b : "-");
	free(a);
	free(b);
}

static void differ_ct_json(struct judge *j, const char *kind, const char *entry, const json_t *k, const json_t *s)
{
	char *a = json_dumps(k, JSON_ENCODE_ANY | JSON_COMPACT), *b = json_dumps(s, JSON_ENCODE_ANY | JSON_COMPACT);

	differ_ct(j, kind, "%s: kernel %s, ours %s", entry, a ? a : "-", b ? b : "-");
	free(a);
	free(b);
}

static void compare_entry(struct judge *j, const char *key, const json_t *k, const json_t *s)
{
	static const char *const exact[] = { "helper", "labels", "secmark", "orig_counters", "reply_counters" };
	json_t *reply = translated(j->n, k, json_object_get(k, "reply"));

	if (strcmp(str(k, "state"), str(s, "state")))
		differ_ct(j, "ct.state", "%s: kernel %s, ours %s", key, str(k, "state"), str(s, "state"));
	if (!same_set(json_object_get(k, "status"), json_object_get(s, "status")))
		differ_ct_json(j, "ct.status", key, json_object_get(k, "status"), json_object_get(s, "status"));
	if (num(k, "mark") != num(s, "mark"))
		differ_ct(j, "ct.mark", "%s: kernel %ld, ours %ld", key, num(k, "mark"), num(s, "mark"));
	if (!json_equal(reply, json_object_get(s, "reply")))
		differ_ct_json(j, "ct.tuple", key, reply, json_object_get(s, "reply"));
	for (unsigned i = 0; i < ARRAY_SIZE(exact); i++) {
		const json_t *a = json_object_get(k, exact[i]), *b = json_object_get(s, exact[i]);

		if (a && b && !json_equal(a, b))
			differ_ct_json(j, exact[i], key, a, b);
	}
	if (json_object_get(k, "timeout") && json_object_get(s, "timeout") &&
	    labs(num(k, "timeout") - num(s, "timeout")) > TIMEOUT_SLACK)
		differ_ct(j, "ct.timeout", "%s: kernel %ld, ours %ld", key, num(k, "timeout"), num(s, "timeout"));
	json_decref(reply);
}

static void compare_ct(struct judge *j, const json_t *k, const json_t *s)
{
	bool *used = xcalloc(json_array_size(s) + 1, sizeof(bool));
	struct strbuf key = { 0 };
	json_t *e;
	size_t x, at;

	json_array_foreach(k, x, e) {
		json_t *other;

		entry_key(&key, e, json_object_get(e, "orig"));
		other = find_entry(s, sb_str(&key), used, &at);
		if (!other) {
			json_t *orig = translated(j->n, e, json_object_get(e, "orig"));

			entry_key(&key, e, orig);
			other = find_entry(s, sb_str(&key), used, &at);
			json_decref(orig);
		}
		if (!other) {
			differ_ct(j, "ct.missing", "%s state %s", sb_str(&key), str(e, "state"));
			continue;
		}
		used[at] = true;
		compare_entry(j, sb_str(&key), e, other);
	}
	json_array_foreach(s, x, e) {
		if (used[x])
			continue;
		entry_key(&key, e, json_object_get(e, "orig"));
		differ_ct(j, "ct.extra", "%s state %s", sb_str(&key), str(e, "state"));
	}
	told_clear(&j->was);
	j->was = j->now;
	j->now = (struct told){ 0 };
	sb_free(&key);
	free(used);
}

/* ---- counters, logs ---- */

static void compare_counters(struct judge *j, const json_t *k, const json_t *s)
{
	const char *key;
	json_t *v;

	json_object_foreach((json_t *)k, key, v)
		if (!json_equal(v, json_object_get(s, key)))
			differ_json(j, "counter", key, v, json_object_get(s, key));
	json_object_foreach((json_t *)s, key, v)
		if (!json_object_get(k, key))
			differ_json(j, "counter", key, NULL, v);
}

/* end.counters as one flat object: "v4:filter:FORWARD:3" -> [packets, bytes]. */
static json_t *flatten(const json_t *chains)
{
	json_t *flat = json_object(), *c, *r;
	struct strbuf key = { 0 };
	size_t x, y;

	json_array_foreach(chains, x, c) {
		const char *policy = str(c, "policy");

		sb_clear(&key);
		sb_printf(&key, "%s:%s:%s:policy", str(c, "family"), str(c, "table"), str(c, "chain"));
		if (*policy && strcmp(policy, "-") && (num(c, "packets") || num(c, "bytes")))
			json_object_set_new(flat, sb_str(&key), json_pack("[I,I]", (json_int_t)num(c, "packets"), (json_int_t)num(c, "bytes")));
		json_array_foreach(json_object_get(c, "rules"), y, r) {
			if (!num(r, "packets") && !num(r, "bytes"))
				continue;
			sb_clear(&key);
			sb_printf(&key, "%s:%s:%s:%ld", str(c, "family"), str(c, "table"), str(c, "chain"), num(r, "n"));
			json_object_set_new(flat, sb_str(&key), json_pack("[I,I]", (json_int_t)num(r, "packets"), (json_int_t)num(r, "bytes")));
		}
	}
	sb_free(&key);
	return flat;
}

/* A log line less what is random in it. */
static void level_log(struct strbuf *out, const char *s)
{
	static const char *const keys[] = { "SPT=", "DPT=", "SEQ=", "ACK=", "ID=" };

	while (*s) {
		bool hit = false;

		for (unsigned i = 0; i < ARRAY_SIZE(keys) && !hit; i++) {
			size_t n = strlen(keys[i]);

			if (strncmp(s, keys[i], n) == 0) {
				sb_write(out, s, n);
				for (s += n; *s >= '0' && *s <= '9'; s++)
					;
				hit = true;
			}
		}
		if (!hit)
			sb_putc(out, *s++);
	}
	while (out->len && out->s[out->len - 1] == ' ')
		out->s[--out->len] = 0;
}

static void log_text(struct strbuf *out, const json_t *log)
{
	json_t *l;
	size_t x;

	json_array_foreach(log, x, l) {
		const char *t = str(l, "text");

		if (strstr(t, "martian") || strstr(t, "ll header"))
			continue;
		level_log(out, t);
		sb_putc(out, '\n');
	}
}

static void compare_log(struct judge *j, const json_t *k, const json_t *s)
{
	struct strbuf a = { 0 }, b = { 0 };

	log_text(&a, k);
	log_text(&b, s);
	if (strcmp(sb_str(&a), sb_str(&b)))
		differ(j, "log", "kernel:\n%sours:\n%s", sb_str(&a), sb_str(&b));
	sb_free(&a);
	sb_free(&b);
}

/* ---- sets ---- */

struct set_line { char *text; long timeout[4]; unsigned nr; };

/* A line of "ipset save" without its initval, which is chance, its times apart. */
static void set_line(struct set_line *l, const char *s)
{
	struct strbuf sb = { 0 };

	*l = (struct set_line){ 0 };
	while (*s) {
		if (strncmp(s, " initval ", 9) == 0) {
			s += 9;
			s += strcspn(s, " ");
		} else if (strncmp(s, " timeout ", 9) == 0 && l->nr < ARRAY_SIZE(l->timeout)) {
			char *end;

			l->timeout[l->nr++] = strtol(s + 9, &end, 10);
			sb_puts(&sb, " timeout N");
			s = end;
		} else {
			sb_putc(&sb, *s++);
		}
	}
	l->text = xstrdup(sb_str(&sb));
	sb_free(&sb);
}

static int by_text(const void *a, const void *b)
{
	const struct set_line *x = a, *y = b;
	int d = strcmp(x->text, y->text);

	for (unsigned i = 0; !d && i < x->nr && i < y->nr; i++)
		d = x->timeout[i] < y->timeout[i] ? -1 : x->timeout[i] > y->timeout[i];
	return d;
}

static struct set_line *set_lines(const json_t *list, size_t *ret_n)
{
	size_t n = json_array_size(list);
	struct set_line *l = xcalloc(n + 1, sizeof(*l));

	for (size_t i = 0; i < n; i++) {
		const char *s = json_string_value(json_array_get(list, i));

		set_line(&l[i], s ? s : "");
	}
	qsort(l, n, sizeof(*l), by_text);
	*ret_n = n;
	return l;
}

static bool times_fit(const struct set_line *a, const struct set_line *b)
{
	for (unsigned i = 0; i < a->nr; i++)
		if (labs(a->timeout[i] - b->timeout[i]) > TIMEOUT_SLACK)
			return false;
	return true;
}

static void free_lines(struct set_line *l, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(l[i].text);
	free(l);
}

static void compare_sets(struct judge *j, const json_t *k, const json_t *s)
{
	size_t n, m, x = 0, y = 0;
	struct set_line *a = set_lines(k, &n), *b = set_lines(s, &m);

	while (x < n || y < m) {
		int d = x == n ? 1 : y == m ? -1 : strcmp(a[x].text, b[y].text);

		if (d < 0) {
			differ(j, "ipset", "missing \"%s\"", a[x++].text);
		} else if (d > 0) {
			differ(j, "ipset", "extra \"%s\"", b[y++].text);
		} else {
			if (!times_fit(&a[x], &b[y]))
				differ(j, "ipset", "\"%s\": time left %ld, ours %ld", a[x].text, a[x].timeout[0], b[y].timeout[0]);
			x++;
			y++;
		}
	}
	free_lines(a, n);
	free_lines(b, m);
}

/* ---- all ---- */

static void note_ids6(struct norm *n, const uint8_t *ip, uint32_t len)
{
	uint32_t at = IP6_HLEN;
	unsigned nxt = ip[IP6_NXT];

	while (ip6_ext_hdr(nxt) && nxt != NEXTHDR_NONE && at + 8 <= len) {
		unsigned this = nxt;

		if (this == NEXTHDR_FRAGMENT && n->nr_ids6 < ARRAY_SIZE(n->ids6))
			n->ids6[n->nr_ids6++] = get_be32(ip + at + FRAG6_ID);
		nxt = ip[at];
		at += ip6_exthdr_len(this, ip + at);
	}
}

static void note_ids(struct norm *n, const json_t *ev)
{
	const json_t *inj = json_object_get(ev, "injected");
	const char *hex = *str(inj, "frame") ? str(inj, "frame") : str(inj, "packet");
	uint32_t at = *str(inj, "frame") ? ETH_HLEN : 0;
	struct strbuf sb = { 0 };

	if (*hex && hex_parse(&sb, hex, strlen(hex)) && sb.len >= at + IP_HLEN && (uint8_t)sb.s[at] >> 4 == 4) {
		uint16_t id = get_be16(sb.s + at + IP4_ID);

		if (id)
			n->ids[id] = n->ids_seen[id] = true;
	}
	if (*hex && hex_parse(&sb, hex, strlen(hex)) && sb.len >= at + IP6_HLEN && (uint8_t)sb.s[at] >> 4 == 6)
		note_ids6(n, (const uint8_t *)sb.s + at, (uint32_t)sb.len - at);
	sb_free(&sb);
}

/* Numbers that stand as ports in nat rules: ":8080", "--to-ports 8080", not parts of ranges or addresses. */
static void note_literals(struct norm *n, const json_t *chains)
{
	json_t *c, *r;
	size_t x, y;

	json_array_foreach(chains, x, c) {
		if (strcmp(str(c, "table"), "nat"))
			continue;
		json_array_foreach(json_object_get(c, "rules"), y, r) {
			const char *t = str(r, "text");

			for (const char *p = t; *p; p++) {
				const char *d = *p == ':' ? p + 1 : strncmp(p, "--to-ports ", 11) == 0 ? p + 11 : NULL;
				char *end;
				long v;

				if (!d || *d < '0' || *d > '9')
					continue;
				v = strtol(d, &end, 10);
				if (*end != '.' && *end != '-' && v > 0 && v < 65536)
					n->literal[v] = true;
			}
		}
	}
}

static void compare_event(struct judge *j, const json_t *k, const json_t *s)
{
	const json_t *kc = json_object_get(k, "conntrack"), *sc = json_object_get(s, "conntrack");

	memset(j->n->ids, 0, sizeof(j->n->ids));
	j->n->nr_ids6 = 0;
	note_ids(j->n, k);
	note_ids(j->n, s);
	learn_ct(j->n, kc, sc);
	if (strcmp(str(k, "error"), str(s, "error")) || !*str(k, "skipped") != !*str(s, "skipped"))
		differ(j, "event.error", "kernel \"%s%s\", ours \"%s%s\"", str(k, "error"), str(k, "skipped"), str(s, "error"), str(s, "skipped"));
	compare_out(j, k, s);
	if (json_object_get(k, "counters") && json_object_get(s, "counters"))
		compare_counters(j, json_object_get(k, "counters"), json_object_get(s, "counters"));
	if (kc && sc)
		compare_ct(j, kc, sc);
	if (json_object_get(k, "log"))
		compare_log(j, json_object_get(k, "log"), json_object_get(s, "log"));
}

void agree(const json_t *kernel, const json_t *sim, struct agreement *ret)
{
	const json_t *ke = json_object_get(kernel, "events"), *se = json_object_get(sim, "events");
	const json_t *kend = json_object_get(kernel, "end"), *send = json_object_get(sim, "end");
	const json_t *storm = json_object_get(kernel, "storm");
	struct judge j = { .ret = ret, .n = xcalloc(1, sizeof(struct norm)) };
	size_t n = json_array_size(ke);

	note_literals(j.n, json_object_get(kend, "counters"));
	if (storm)
		n = MIN(n, (size_t)json_integer_value(storm));
	else if (n != json_array_size(se))
		differ(&j, "events.count", "kernel %zu, ours %zu", n, json_array_size(se));
	for (size_t i = 0; i < n && i < json_array_size(se); i++) {
		j.event = (long)i;
		compare_event(&j, json_array_get(ke, i), json_array_get(se, i));
		ret->events++;
	}
	j.event = -1;
	if (!storm && json_object_get(kend, "counters")) {
		json_t *a = flatten(json_object_get(kend, "counters")), *b = flatten(json_object_get(send, "counters"));

		compare_counters(&j, a, b);
		json_decref(a);
		json_decref(b);
	}
	if (!storm && json_object_get(kend, "conntrack"))
		compare_ct(&j, json_object_get(kend, "conntrack"), json_object_get(send, "conntrack"));
	if (!storm && json_object_get(kend, "ipset"))
		compare_sets(&j, json_object_get(kend, "ipset"), json_object_get(send, "ipset"));
	told_clear(&j.was);
	free(j.n->alias);
	free(j.n->isn);
	free(j.n);
}
