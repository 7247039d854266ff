// SPDX-License-Identifier: MIT
/* text_parse.c - reads a packet from its line. */
#include "sim/packet/text.h"
#include "sim/packet/headers.h"
#include "sim/packet/ip6.h"
#include <arpa/inet.h>
#include <stdio.h>
#include <strings.h>

#define PAYLOAD_MAX 65535
#define NESTED_MAX 3

/* Other words for ICMP types, beside those of icmp_type_name(). */
static const struct { const char *name; uint8_t type, code; } icmp_words[] = {
	{ "ping", 8, 0 },
	{ "pong", 0, 0 },
	{ "unreachable", 3, 1 },
	{ "net-unreachable", 3, 0 },
	{ "frag-needed", 3, 4 },
	{ "net-prohibited", 3, 9 },
	{ "admin-prohibited", 3, 13 },
	{ "redirect", 5, 1 },
	{ "ttl-exceeded", 11, 0 },
	{ "time-exceeded", 11, 0 },
	{ "parameter-problem", 12, 0 },
};
static const struct { const char *name; uint8_t type, code; } icmp6_words[] = {
	{ "ping", 128, 0 },
	{ "pong", 129, 0 },
	{ "too-big", 2, 0 },
	{ "unreachable", 1, 3 },
	{ "net-unreachable", 1, 0 },
	{ "host-unreachable", 1, 3 },
	{ "admin-prohibited", 1, 1 },
	{ "ttl-exceeded", 3, 0 },
	{ "time-exceeded", 3, 0 },
	{ "neighbor-solicitation", 135, 0 },
	{ "neighbor-advertisement", 136, 0 },
};
/* Protocols by more names than ip_proto_name() gives. */
static const struct { const char *name; uint8_t nr; } proto_words[] = {
	{ "ipip", 4 }, { "ipv6", 41 }, { "icmp6", 58 }, { "icmpv6", 58 }, { "ipv6-icmp", 58 }, { "ospf", 89 }, { "pim", 103 }, { "vrrp", 112 },
};

enum { P_ICMP6 = 58, P_ICMP = 1, P_TCP = 6, P_UDP = 17, P_SCTP = 132, P_UDPLITE = 136 };

/* What a line says, before it becomes bytes. */
struct spec {
	struct arena *a;
	struct diag *d;
	struct packet_text *ret;
	const struct text_word *w; unsigned nr, at;
	struct pos line;
	bool v6, ttl_given;
	union inet_addr src6, dst6;
	be32 src, dst;
	uint32_t flow, frag_id;
	int sport, dport;
	unsigned proto;
	unsigned depth;			/* of "about [...]" */
	unsigned proto_at;		/* the protocol's word */
	unsigned icmp;			/* 4 or 6: it is ICMP or ICMPv6 */
	bool raw, arp, arp_reply, flags_given, bad_csum, no_csum, csum_given, bad_ipcsum,
		ipcsum_given, type_given;
	uint8_t flags, ttl, tos, type, code, res;
	uint16_t ip_id, frag, win, urg, csum, ipcsum, icmp_id, icmp_seq, ulen; bool ulen_given;
	uint32_t seq, ack, vtag, rest; bool rest_given;
	bool smac_given, dmac_given, vlan_given;
	uint8_t smac[6], dmac[6], arp_mac[6]; bool arp_mac_given;
	uint16_t vlan, pcp;
	uint32_t pad;
	struct strbuf payload, opts, ipopts;
};

static bool fail(struct spec *s, struct pos pos, const char *fmt, ...) PRINTF(3, 4);
static bool fail(struct spec *s, struct pos pos, const char *fmt, ...)
{
	struct strbuf sb = { 0 };
	va_list ap;

	va_start(ap, fmt);
	sb_vprintf(&sb, fmt, ap);
	va_end(ap);
	diag_error(s->d, pos, "%s", sb_str(&sb));
	sb_free(&sb);
	return false;
}

static const char *word(const struct spec *s)
{
	return s->at < s->nr ? s->w[s->at].s : "";
}

static struct pos here(const struct spec *s)
{
	struct pos end = s->line;

	if (s->at < s->nr)
		return s->w[s->at].pos;
	end.off += end.len;
	end.len = 1;
	return end;
}

/* ---- shared words */

unsigned text_split(struct arena *a, struct source *src, size_t off, size_t len,
		    struct text_word w[TEXT_WORDS_MAX])
{
	size_t i = off, end = off + len;
	unsigned n = 0;

	while (n < TEXT_WORDS_MAX) {
		bool quoted = false;
		size_t start;

		while (i < end &&
		       (src->text[i] == ' ' || src->text[i] == '\t' || src->text[i] == '\r'))
			i++;
		if (i == end || src->text[i] == '#' || src->text[i] == 0)
			break;
		for (start = i; i < end && src->text[i] != 0; i++) {
			char c = src->text[i];

			if (!quoted && (c == ' ' || c == '\t' || c == '\r'))
				break;
			if (quoted && c == '\\' && i + 1 < end)
				i++;
			else if (c == '"')
				quoted = !quoted;
		}
		w[n].s = arena_strndup(a, src->text + start, i - start);
		w[n++].pos = (struct pos){ src, start, i - start };
	}
	return n;
}

bool text_flags(const char *s, uint8_t *ret)
{
	static const char letters[] = "FSRPAUEW";
	uint8_t v = 0;

	if (strcmp(s, ".") == 0 || strcmp(s, "none") == 0) {
		*ret = 0;
		return true;
	}
	for (; *s; s++) {
		const char *at = strchr(letters, *s);

		if (*s == 'C')
			v |= TH_CWR;
		else if (at)
			v |= (uint8_t)(1u << (at - letters));
		else
			return false;
	}
	*ret = v;
	return true;
}

static int escape(const char **s, struct strbuf *ret)
{
	static const char from[] = "nrt0\\\"", to[] = "\n\r\t\0\\\"";
	const char *at = strchr(from, **s);

	if (**s == 'x' && (*s)[1] && (*s)[2]) {
		*s += 3;
		return hex_parse(ret, *s - 2, 2);
	}
	if (!**s || !at)
		return false;
	sb_putc(ret, to[at - from]);
	(*s)++;
	return true;
}

bool text_data(const char *s, struct strbuf *ret)
{
	size_t n = strlen(s);

	if (*s != '"') {
		sb_write(ret, s, n);
		return true;
	}
	for (s++; *s && *s != '"';) {
		if (*s != '\\') {
			sb_putc(ret, *s++);
			continue;
		}
		s++;
		if (!escape(&s, ret))
			return false;
	}
	return *s == '"' && !s[1];
}

bool text_is_v6(const char *s)
{
	const char *colon = strchr(s, ':');

	return *s == '[' || (colon && strchr(colon + 1, ':'));
}

bool text_endpoint(const char *s, be32 *ret_ip, int *ret_port)
{
	const char *p = strchr(s, ':');
	char buf[16];
	uint64_t port;
	size_t n;

	*ret_port = -1;
	if (!p) {		/* tcpdump's 10.0.0.1.80 */
		int dots = 0;

		for (const char *q = s; *q; q++)
			if (*q == '.' && ++dots == 4)
				p = q;
	}
	n = p ? (size_t)(p - s) : strlen(s);
	if (n >= sizeof(buf))
		return false;
	memcpy(buf, s, n);
	buf[n] = 0;
	if (!ip4_parse(ret_ip, buf))
		return false;
	if (!p)
		return true;
	if (!u64_parse(&port, p + 1, 65535))
		return false;
	*ret_port = (int)port;
	return true;
}

bool text_endpoint6(const char *s, union inet_addr *ret, int *ret_port)
{
	const char *end = *s == '[' ? strchr(s, ']') : s + strlen(s);
	char buf[INET6_ADDRSTRLEN];
	uint64_t port;

	*ret_port = -1;
	s += *s == '[';
	if (!end || (size_t)(end - s) >= sizeof(buf))
		return false;
	memcpy(buf, s, (size_t)(end - s));
	buf[end - s] = 0;
	if (inet_pton(AF_INET6, buf, ret->ip6) != 1)
		return false;
	if (!*end || !end[1])
		return true;
	if (end[1] != ':' || !u64_parse(&port, end + 2, 65535))
		return false;
	*ret_port = (int)port;
	return true;
}

void text_default_smac6(uint8_t mac[6], const union inet_addr *src)
{
	mac[0] = 0x02;
	mac[1] = 0xab;
	memcpy(mac + 2, src->ip6 + 12, 4);
}

void text_default_dmac6(uint8_t mac[6], const union inet_addr *dst, const uint8_t *dev_mac, const char *dev)
{
	if (dst->ip6[0] != 0xff) {
		text_default_dmac(mac, 0, dev_mac, dev);
		return;
	}
	put_be16(mac, 0x3333);
	memcpy(mac + 2, dst->ip6 + 12, 4);
}

void text_default_smac(uint8_t mac[6], be32 src)
{
	mac[0] = 0x02;
	mac[1] = 0xaa;
	memcpy(mac + 2, &src, 4);
}

void text_default_dmac(uint8_t mac[6], be32 dst, const uint8_t *dev_mac, const char *dev)
{
	unsigned k = 0;

	if (ipv4_is_lbcast(dst)) {
		memset(mac, 0xff, 6);
	} else if (ipv4_is_multicast(dst)) {
		put_be16(mac, 0x0100);
		put_be32(mac + 2, 0x5e000000 | (ntohl(dst) & 0x7fffff));
	} else if (dev_mac) {
		memcpy(mac, dev_mac, 6);
	} else {
		if (dev && sscanf(dev, "eth%u", &k) != 1)
			k = 0;
		put_be16(mac, 0x0200);
		put_be32(mac + 2, k + 1);
	}
}

/* ---- the line: where it enters, protocol, addresses */

/* "eth0:", "fw.eth0:", "out:", "fw.out:" */
static bool take_place(struct spec *s)
{
	const char *w = word(s), *dot;
	size_t n = strlen(w);
	char *name;

	if (n < 2 || w[n - 1] != ':') {
		fail(s, here(s), "a packet begins with where it enters");
		diag_hint(
			s->d,
			"\"eth0:\" for a frame that arrives there, \"out:\" for one that the host makes");
		return false;
	}
	name = arena_strndup(s->a, w, n - 1);
	if ((dot = strchr(name, '.'))) {
		/* "eth0.10" is a VLAN's device; a host's name has no digits alone after the dot */
		bool vlan = dot[1] >= '0' && dot[1] <= '9';

		if (!vlan) {
			s->ret->host = arena_strndup(s->a, name, (size_t)(dot - name));
			name += dot - name + 1;
		}
	}
	s->ret->dev = strcmp(name, "out") == 0 ? NULL : name;
	s->at++;
	return true;
}

static bool proto_by_name(const char *name, unsigned *ret)
{
	for (unsigned nr = 0; nr < 256; nr++)
		if (ip_proto_name(nr) && strcmp(ip_proto_name(nr), name) == 0) {
			*ret = nr;
			return true;
		}
	for (size_t i = 0; i < ARRAY_SIZE(proto_words); i++)
		if (strcmp(proto_words[i].name, name) == 0) {
			*ret = proto_words[i].nr;
			return true;
		}
	return false;
}

static bool take_proto(struct spec *s)
{
	struct nearest near = { .want = word(s) };
	uint64_t v;

	s->proto_at = s->at;
	if (strcmp(word(s), "raw") == 0) {
		s->raw = true;
	} else if (strcmp(word(s), "arp") == 0) {
		s->arp = true;
	} else if (strcmp(word(s), "ip") == 0) {
		s->proto = 0;		/* "proto=N" says it */
	} else if (strcmp(word(s), "proto") == 0) {
		s->at++;
		if (!u64_parse(&v, word(s), 255))
			return fail(s, here(s), "a protocol number, 0 to 255, is wanted");
		s->proto = (unsigned)v;
	} else if (!proto_by_name(word(s), &s->proto)) {
		fail(s, here(s), *word(s) ? "unknown protocol \"%s\"" : "a protocol is wanted%s",
		     word(s));
		for (unsigned nr = 0; nr < 256; nr++)
			if (ip_proto_name(nr))
				nearest_try(&near, ip_proto_name(nr));
		if (nearest_get(&near))
			diag_hint(s->d, "did you mean \"%s\"?", nearest_get(&near));
		else
			diag_hint(s->d, "tcp, udp, icmp, sctp, gre, ...; proto N; arp; raw");
		return false;
	}
	s->at++;
	return true;
}

static bool take_endpoint(struct spec *s, be32 *ip, int *port)
{
	union inet_addr *ip6 = ip == &s->src ? &s->src6 : &s->dst6;

	if (text_is_v6(word(s)) && !s->arp) {
		if (!text_endpoint6(word(s), ip6, port)) {
			fail(s, here(s), "\"%s\" is no address", word(s));
			diag_hint(s->d, "as in: tcp [2001:db8::5]:40000 > [2001:db8::1]:80 S");
			return false;
		}
		s->v6 = true;
		s->at++;
		return true;
	}
	if (!text_endpoint(word(s), ip, port)) {
		fail(s, here(s), *word(s) ? "\"%s\" is no address" : "an address is wanted%s",
		     word(s));
		diag_hint(s->d, "as in: tcp 10.0.0.5:40000 > 10.0.0.1:80 S");
		return false;
	}
	s->at++;
	return true;
}

static bool has_ports(unsigned proto)
{
	return proto == P_TCP || proto == P_UDP || proto == P_SCTP || proto == P_UDPLITE;
}

static void set_icmp(struct spec *s)
{
	s->icmp = s->v6 && s->proto == P_ICMP6 ? 6 : !s->v6 && s->proto == P_ICMP ? 4 : 0;
}

static bool take_addresses(struct spec *s)
{
	struct pos src_pos = here(s), dst_pos;

	if (!take_endpoint(s, &s->src, &s->sport))
		return false;
	if (strcmp(word(s), ">") != 0 && strcmp(word(s), "->") != 0)
		return fail(s, here(s), "\">\" is wanted between source and destination");
	s->at++;
	dst_pos = here(s);
	if (text_is_v6(word(s)) != s->v6)
		return fail(s, dst_pos, "one address is IPv4, the other IPv6");
	if (!take_endpoint(s, &s->dst, &s->dport))
		return false;
	if (s->v6 && s->proto == P_ICMP && strcmp(s->w[s->proto_at].s, "icmp") == 0) {
		fail(s, s->w[s->proto_at].pos, "icmp is IPv4's");
		diag_hint(s->d, "write \"icmp6\"");
		return false;
	}
	set_icmp(s);
	if (!has_ports(s->proto) && (s->sport >= 0 || s->dport >= 0))
		return fail(s, s->sport >= 0 ? src_pos : dst_pos, "this protocol has no ports");
	return true;
}

/* "who-has A tell B", "A is-at MAC [to B]" */
static bool take_arp(struct spec *s)
{
	int port;

	s->arp_reply = strcmp(word(s), "who-has") != 0;
	if (!s->arp_reply || strcmp(word(s), "reply") == 0)
		s->at++;
	if (!take_endpoint(s, s->arp_reply ? &s->src : &s->dst, &port))
		return false;
	if (strcmp(word(s), s->arp_reply ? "is-at" : "tell") != 0)
		return fail(s, here(s), "\"%s\" is wanted", s->arp_reply ? "is-at" : "tell");
	s->at++;
	if (!s->arp_reply)
		return take_endpoint(s, &s->src, &port);
	if (!mac_parse(s->arp_mac, word(s)))
		return fail(s, here(s), "a link address is wanted: 02:aa:0a:00:00:05");
	s->arp_mac_given = true;
	s->at++;
	if (strcmp(word(s), "to") != 0)
		return true;
	s->at++;
	return take_endpoint(s, &s->dst, &port);
}

/* ---- words and keys after the addresses */

static bool icmp_by_name(bool v6, const char *name, unsigned *type, unsigned *code, struct nearest *near)
{
	char end;

	for (*type = 0; *type < 256; ++*type)
		for (*code = 0; *code < 16; ++*code) {
			const char *known = v6 ? icmp6_type_name(*type, *code) : icmp_type_name(*type, *code);

			if (known && strcmp(known, name) == 0)
				return true;
			if (known)
				nearest_try(near, known);
		}
	for (size_t i = 0; v6 && i < ARRAY_SIZE(icmp6_words); i++)
		if (strcmp(icmp6_words[i].name, name) == 0) {
			*type = icmp6_words[i].type;
			*code = icmp6_words[i].code;
			return true;
		}
	for (size_t i = 0; !v6 && i < ARRAY_SIZE(icmp_words); i++)
		if (strcmp(icmp_words[i].name, name) == 0) {
			*type = icmp_words[i].type;
			*code = icmp_words[i].code;
			return true;
		}
	return sscanf(name, "%3u/%3u%c", type, code, &end) == 2 && *type < 256 && *code < 256;
}

static bool take_icmp_type(struct spec *s)
{
	struct nearest near = { .want = word(s) };
	unsigned type, code;

	if (icmp_by_name(s->icmp == 6, word(s), &type, &code, &near)) {
		s->type = (uint8_t)type;
		s->code = (uint8_t)code;
		return s->type_given = true;
	}
	fail(s, here(s), "unknown ICMP type \"%s\"", word(s));
	if (nearest_get(&near))
		diag_hint(s->d, "did you mean \"%s\"?", nearest_get(&near));
	else
		diag_hint(s->d, "echo-request, port-unreachable, 3/13, ... or type=N code=N");
	return false;
}

static bool take_about(struct spec *s);

static bool take_plain_word(struct spec *s)
{
	static const uint8_t sack_permitted[] = { 4, 2 };

	if (strcmp(word(s), "df") == 0) {
		s->frag |= IP_DF;
		return true;
	}
	if (s->proto == P_TCP && strcmp(word(s), "sack") == 0) {
		sb_write(&s->opts, sack_permitted, 2);
		return true;
	}
	if (s->icmp && strcmp(word(s), "about") == 0)
		return take_about(s);
	if (s->proto == P_TCP && !s->arp && !s->raw && text_flags(word(s), &s->flags)) {
		s->flags_given = true;
		return true;
	}
	if (s->icmp && !s->arp && !s->raw)
		return take_icmp_type(s);
	fail(s, here(s), "\"%s\" is not understood here", word(s));
	diag_hint(s->d, "TCP flags (S SA F R P U E W, . for none), an ICMP type, or key=value");
	return false;
}

struct key { const char *name, *value; struct pos pos; };

static bool number(struct spec *s, const struct key *k, uint64_t max, uint64_t *ret)
{
	if (u64_parse(ret, k->value, max))
		return true;
	return fail(s, k->pos, "%s wants a number, 0 to %llu", k->name, (unsigned long long)max);
}

static bool num8(struct spec *s, const struct key *k, uint8_t *ret)
{
	uint64_t v;

	if (!number(s, k, 255, &v))
		return false;
	*ret = (uint8_t)v;
	return true;
}

static bool num16(struct spec *s, const struct key *k, uint16_t *ret)
{
	uint64_t v;

	if (!number(s, k, 65535, &v))
		return false;
	*ret = (uint16_t)v;
	return true;
}

static bool num32(struct spec *s, const struct key *k, uint32_t *ret)
{
	uint64_t v;

	if (!number(s, k, UINT32_MAX, &v))
		return false;
	*ret = (uint32_t)v;
	return true;
}

static bool hex(struct spec *s, const struct key *k, struct strbuf *ret, size_t max)
{
	size_t n = strlen(k->value);

	if (n / 2 > max || !hex_parse(ret, k->value, n))
		return fail(s, k->pos, "%s wants pairs of hexadecimal digits, at most %zu bytes",
			    k->name, max);
	return true;
}

/* OFFSET in bytes, "+" when more fragments follow; or a list of df, mf, rf (the reserved bit) and
 * the offset. */
static bool take_frag(struct spec *s, const struct key *k)
{
	char *list = arena_strdup(s->a, k->value), *save = NULL;
	uint64_t v;

	for (char *t = strtok_r(list, ",", &save); t; t = strtok_r(NULL, ",", &save)) {
		size_t n = strlen(t);

		if (t[n - 1] == '+') {
			s->frag |= IP_MF;
			t[n - 1] = 0;
		}
		if (strcmp(t, "df") == 0) {
			s->frag |= IP_DF;
		} else if (strcmp(t, "mf") == 0) {
			s->frag |= IP_MF;
		} else if (strcmp(t, "rf") == 0) {
			s->frag |= 0x8000;
		} else if (u64_parse(&v, t, 65528) && v % 8 == 0) {
			s->frag |= (uint16_t)(v / 8);
		} else {
			fail(s, k->pos,
			     "frag wants an offset that is a multiple of 8, with a + when more fragments follow");
			diag_hint(
				s->d,
				"frag=0+ for a first fragment, frag=1480+ for a middle one, frag=2960 for the last");
			return false;
		}
	}
	return true;
}

/* Loose source route: the addresses to pass, at most nine. */
static bool take_source_route(struct spec *s, const struct key *k)
{
	char *list = arena_strdup(s->a, k->value), *save = NULL;
	unsigned n = 0;
	be32 ip[9];

	for (char *t = strtok_r(list, ",", &save); t; t = strtok_r(NULL, ",", &save)) {
		if (n == ARRAY_SIZE(ip) || !ip4_parse(&ip[n], t))
			return fail(s, k->pos,
				    "src-route wants one to nine addresses with commas between");
		n++;
	}
	if (!n)
		return fail(s, k->pos, "src-route wants one to nine addresses with commas between");
	sb_putc(&s->ipopts, (char)0x83);
	sb_putc(&s->ipopts, (char)(3 + 4 * n));
	sb_putc(&s->ipopts, 4);
	sb_write(&s->ipopts, ip, 4 * n);
	sb_putc(&s->ipopts, 0);
	return true;
}

static bool take_dscp(struct spec *s, const struct key *k)
{
	static const struct { const char *name; uint8_t v; } names[] = {
		{ "ef", 46 },	{ "af11", 10 }, { "af12", 12 }, { "af13", 14 }, { "af21", 18 },
		{ "af22", 20 }, { "af23", 22 }, { "af31", 26 }, { "af32", 28 }, { "af33", 30 },
		{ "af41", 34 }, { "af42", 36 }, { "af43", 38 }, { "cs0", 0 },	{ "cs1", 8 },
		{ "cs2", 16 },	{ "cs3", 24 },	{ "cs4", 32 },	{ "cs5", 40 },	{ "cs6", 48 },
		{ "cs7", 56 },
	};
	uint64_t v;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (strcasecmp(k->value, names[i].name) == 0) {
			s->tos = (uint8_t)(names[i].v << 2);
			return true;
		}
	if (!number(s, k, 63, &v))
		return false;
	s->tos = (uint8_t)(v << 2 | (s->tos & 3));
	return true;
}

static bool take_csum(struct spec *s, const struct key *k, bool *bad, bool *given, uint16_t *ret)
{
	if (strcmp(k->value, "bad") == 0)
		return *bad = true;
	*given = true;
	if (strcmp(k->value, "none") == 0) {
		*ret = 0;
		return true;
	}
	return num16(s, k, ret);
}

static bool take_len(struct spec *s, const struct key *k)
{
	uint64_t n;

	if (!number(s, k, PAYLOAD_MAX, &n))
		return false;
	while (n-- > 0)
		sb_putc(&s->payload, 0);
	return true;
}

static bool take_text(struct spec *s, const struct key *k)
{
	return text_data(k->value, &s->payload) ||
	       fail(s, k->pos,
		    "data wants \"text\"; \\n \\r \\t \\0 \\\\ \\\" and \\xNN stand for what cannot be written");
}

static bool take_mac(struct spec *s, const struct key *k, bool *given, uint8_t mac[6])
{
	*given = true;
	if (strcmp(k->value, "broadcast") == 0) {
		memset(mac, 0xff, 6);
		return true;
	}
	return mac_parse(mac, k->value) ||
	       fail(s, k->pos, "%s wants a link address: 02:aa:0a:00:00:05", k->name);
}

static bool take_mss(struct spec *s, const struct key *k)
{
	uint8_t o[4] = { 2, 4 };
	uint16_t mss;

	if (!num16(s, k, &mss))
		return false;
	put_be16(o + 2, mss);
	sb_write(&s->opts, o, 4);
	return true;
}

static bool take_wscale(struct spec *s, const struct key *k)
{
	uint8_t o[3] = { 3, 3 };

	if (!num8(s, k, o + 2))
		return false;
	sb_write(&s->opts, o, 3);
	return true;
}

static bool take_gateway(struct spec *s, const struct key *k)
{
	be32 gw;

	if (!ip4_parse(&gw, k->value))
		return fail(s, k->pos, "gw wants an address");
	s->rest = ntohl(gw);
	return s->rest_given = true;
}

static bool take_id(struct spec *s, const struct key *k)
{
	if (s->v6 && !s->icmp)
		return num32(s, k, &s->frag_id);
	return num16(s, k, s->icmp ? &s->icmp_id : &s->ip_id);
}

static bool take_seq(struct spec *s, const struct key *k)
{
	return s->icmp ? num16(s, k, &s->icmp_seq) : num32(s, k, &s->seq);
}

static bool take_ptr(struct spec *s, const struct key *k)
{
	uint8_t v;

	if (s->v6) {
		s->rest_given = true;
		return num32(s, k, &s->rest);
	}
	if (!num8(s, k, &v))
		return false;
	s->rest = (uint32_t)v << 24;
	return s->rest_given = true;
}

static bool take_type(struct spec *s, const struct key *k)
{
	s->type_given = true;
	return num8(s, k, &s->type);
}

static bool take_proto_key(struct spec *s, const struct key *k)
{
	uint64_t v;

	if (!proto_by_name(k->value, &s->proto)) {
		if (!number(s, k, 255, &v))
			return false;
		s->proto = (unsigned)v;
	}
	if (!s->arp && !s->raw)
		set_icmp(s);
	return true;
}

static bool take_rest(struct spec *s, const struct key *k)
{
	s->rest_given = true;
	return num32(s, k, &s->rest);
}

static bool take_ulen(struct spec *s, const struct key *k)
{
	s->ulen_given = true;
	return num16(s, k, &s->ulen);
}

static bool take_out_key(struct spec *s, const struct key *k, bool *given, uint32_t *ret)
{
	if (s->ret->dev) {
		fail(s, k->pos, "only a packet that the host makes itself has a %s", k->name);
		diag_hint(s->d, "write \"out:\" instead of \"%s:\"", s->ret->dev);
		return false;
	}
	*given = true;
	return num32(s, k, ret);
}

/* The address that a neighbour discovery message is about, behind its header. */
static bool take_target(struct spec *s, const struct key *k)
{
	union inet_addr a;

	if (inet_pton(AF_INET6, k->value, a.ip6) != 1)
		return fail(s, k->pos, "target wants an IPv6 address");
	sb_write(&s->payload, a.ip6, 16);
	return true;
}

/* The option "source link-layer address", in an answer "target link-layer address". */
static bool take_lladdr(struct spec *s, const struct key *k)
{
	uint8_t o[8] = { s->type == NDISC_NEIGHBOUR_ADVERTISEMENT || s->type == NDISC_REDIRECT ? 2 : 1, 1 };

	if (!mac_parse(o + 2, k->value))
		return fail(s, k->pos, "lladdr wants a link address: 02:ab:00:00:00:05");
	sb_write(&s->payload, o, 8);
	return true;
}

static bool k_ttl(struct spec *s, const struct key *k)
{
	s->ttl_given = true;
	return num8(s, k, &s->ttl);
}
static bool k_flow(struct spec *s, const struct key *k)		{ return num32(s, k, &s->flow); }
static bool k_tos(struct spec *s, const struct key *k)		{ return num8(s, k, &s->tos); }
static bool k_ipid(struct spec *s, const struct key *k)
{
	return s->v6 ? num32(s, k, &s->frag_id) : num16(s, k, &s->ip_id);
}
static bool k_ack(struct spec *s, const struct key *k)		{ return num32(s, k, &s->ack); }
static bool k_win(struct spec *s, const struct key *k)		{ return num16(s, k, &s->win); }
static bool k_urg(struct spec *s, const struct key *k)		{ return num16(s, k, &s->urg); }
static bool k_res(struct spec *s, const struct key *k)		{ return num8(s, k, &s->res); }
static bool k_code(struct spec *s, const struct key *k)		{ return num8(s, k, &s->code); }
static bool k_mtu(struct spec *s, const struct key *k)		{ return take_rest(s, k); }
static bool k_vtag(struct spec *s, const struct key *k)		{ return num32(s, k, &s->vtag); }
static bool k_pad(struct spec *s, const struct key *k)		{ return num32(s, k, &s->pad); }
static bool k_pcp(struct spec *s, const struct key *k)		{ return num16(s, k, &s->pcp); }
static bool k_hex(struct spec *s, const struct key *k)
{
	return hex(s, k, &s->payload, PAYLOAD_MAX + 100);
}
static bool k_opts(struct spec *s, const struct key *k)		{ return hex(s, k, &s->opts, 40); }
static bool k_ipopts(struct spec *s, const struct key *k)
{
	return hex(s, k, &s->ipopts, 40);
}
static bool k_mac(struct spec *s, const struct key *k)
{
	return take_mac(s, k, &s->smac_given, s->smac);
}
static bool k_dmac(struct spec *s, const struct key *k)
{
	return take_mac(s, k, &s->dmac_given, s->dmac);
}
static bool k_arpmac(struct spec *s, const struct key *k)
{
	return take_mac(s, k, &s->arp_mac_given, s->arp_mac);
}
static bool k_vlan(struct spec *s, const struct key *k)
{
	s->vlan_given = true;
	return num16(s, k, &s->vlan);
}
static bool k_csum(struct spec *s, const struct key *k)
{
	return take_csum(s, k, &s->bad_csum, &s->csum_given, &s->csum);
}
static bool k_ipcsum(struct spec *s, const struct key *k)
{
	return take_csum(s, k, &s->bad_ipcsum, &s->ipcsum_given, &s->ipcsum);
}
static bool k_mark(struct spec *s, const struct key *k)
{
	return take_out_key(s, k, &s->ret->mark_given, &s->ret->mark);
}
static bool k_uid(struct spec *s, const struct key *k)
{
	return take_out_key(s, k, &s->ret->uid_given, &s->ret->uid);
}
static bool k_gid(struct spec *s, const struct key *k)
{
	return take_out_key(s, k, &s->ret->gid_given, &s->ret->gid);
}

static const struct {
	const char *name;
	bool (*take)(struct spec *s, const struct key *k);
} keys[] = {
	{ "ttl", k_ttl },
	{ "hlim", k_ttl },
	{ "flow", k_flow },
	{ "target", take_target },
	{ "lladdr", take_lladdr },
	{ "tos", k_tos },
	{ "dscp", take_dscp },
	{ "id", take_id },
	{ "ipid", k_ipid },
	{ "frag", take_frag },
	{ "src-route", take_source_route },
	{ "ipopts", k_ipopts },
	{ "ipcsum", k_ipcsum },
	{ "seq", take_seq },
	{ "ack", k_ack },
	{ "win", k_win },
	{ "urp", k_urg },
	{ "urg", k_urg },
	{ "wscale", take_wscale },
	{ "res", k_res },
	{ "mss", take_mss },
	{ "opts", k_opts },
	{ "type", take_type },
	{ "code", k_code },
	{ "mtu", k_mtu },
	{ "gw", take_gateway },
	{ "ptr", take_ptr },
	{ "rest", take_rest },
	{ "vtag", k_vtag },
	{ "proto", take_proto_key },
	{ "csum", k_csum },
	{ "ulen", take_ulen },
	{ "len", take_len },
	{ "data", take_text },
	{ "hex", k_hex },
	{ "pad", k_pad },
	{ "smac", k_mac },
	{ "mac", k_mac },
	{ "dmac", k_dmac },
	{ "arpmac", k_arpmac },
	{ "vlan", k_vlan },
	{ "pcp", k_pcp },
	{ "mark", k_mark },
	{ "uid", k_uid },
	{ "gid", k_gid },
};

static bool take_key(struct spec *s, const char *w, const char *eq)
{
	struct key k = { arena_strndup(s->a, w, (size_t)(eq - w)), eq + 1, here(s) };
	struct nearest near = { .want = k.name };

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		if (strcmp(keys[i].name, k.name) == 0)
			return keys[i].take(s, &k);
		nearest_try(&near, keys[i].name);
	}
	fail(s, k.pos, "unknown key \"%s\"", k.name);
	if (nearest_get(&near))
		diag_hint(s->d, "did you mean \"%s\"?", nearest_get(&near));
	return false;
}

static bool take_rest_of_line(struct spec *s)
{
	for (; s->at < s->nr; s->at++) {
		const char *w = word(s), *eq = strchr(w, '=');

		if (!(eq && eq > w ? take_key(s, w, eq) : take_plain_word(s)))
			return false;
	}
	return true;
}

/* ---- bytes */

static void put(struct strbuf *b, const void *p, size_t n)
{
	sb_write(b, p, n);
}


static size_t csum_at(unsigned proto)
{
	return proto == P_TCP			      ? TCP_CSUM
	       : proto == P_UDP || proto == P_UDPLITE ? UDP_CSUM
						      : ICMP_CSUM;
}

/* The header of the transport; false: a port is missing or options are too long. */
static bool put_l4(struct spec *s, struct strbuf *b)
{
	uint8_t h[TCP_HLEN] = { 0 };

	if (s->frag & IP_OFFMASK)
		return true;		/* only the first fragment has one */
	if (has_ports(s->proto)) {
		if (s->sport < 0 || s->dport < 0) {
			fail(s, s->line, "source and destination want a port each");
			diag_hint(s->d, "as in: tcp 10.0.0.5:40000 > 10.0.0.1:80 S");
			return false;
		}
		put_be16(h, (unsigned)s->sport);
		put_be16(h + 2, (unsigned)s->dport);
	}
	if (s->proto == P_TCP) {
		put_be32(h + TCP_SEQ, s->seq);
		put_be32(h + TCP_ACK, s->ack);
		h[TCP_OFF] = (uint8_t)((5 + (s->opts.len + 3) / 4) << 4 | (s->res & 15));
		h[TCP_FLAGS] = s->flags;
		put_be16(h + TCP_WIN, s->win);
		put_be16(h + TCP_URP, s->urg);
		put(b, h, TCP_HLEN);
		put(b, s->opts.s, s->opts.len);
		for (size_t i = s->opts.len; i % 4; i++)
			sb_putc(b, 0);
	} else if (s->proto == P_UDP || s->proto == P_UDPLITE) {
		put_be16(h + UDP_LEN,
			 s->ulen_given ? s->ulen : (unsigned)(UDP_HLEN + s->payload.len));
		put(b, h, UDP_HLEN);
	} else if (s->proto == P_SCTP) {
		put_be32(h + 4, s->vtag);
		put(b, h, 12);
	} else if (s->icmp) {
		h[0] = s->type;
		h[1] = s->code;
		put_be16(h + ICMP_ID, s->icmp_id);
		put_be16(h + ICMP_SEQ, s->icmp_seq);
		if (s->rest_given)
			put_be32(h + ICMP_ID, s->rest);
		put(b, h, ICMP_HLEN);
	}
	return true;
}

static void sum_l4(struct spec *s, uint8_t *l4, size_t n)
{
	bool pseudo = s->proto == P_TCP || s->proto == P_UDP || s->proto == P_UDPLITE || s->icmp == 6;
	uint8_t *at = l4 + csum_at(s->proto);
	be16 c;

	if ((s->frag & IP_OFFMASK) || !(pseudo || s->icmp || s->proto == P_SCTP))
		return;
	if (s->proto == P_SCTP) {
		uint32_t crc = sctp_crc32c(l4, n);

		for (int i = 0; i < 4; i++)
			l4[8 + i] = (uint8_t)(crc >> (8 * i) ^ (s->bad_csum ? 0x55u : 0));
		return;
	}
	if (s->csum_given) {
		put_be16(at, s->csum);
		return;
	}
	c = csum_fold(csum_partial(l4, n,
				   !pseudo ? 0
				   : s->v6 ? csum_pseudo6(s->src6.ip6, s->dst6.ip6, s->proto, (unsigned)n)
					   : csum_pseudo4(s->src, s->dst, s->proto, (unsigned)n)));
	if (c == 0 && (s->proto == P_UDP || s->proto == P_UDPLITE))
		c = 0xffff;
	put_be16(at, (unsigned)(ntohs(c) ^ (s->bad_csum ? 0x5555 : 0)));
}

static bool put_ip6_packet(struct spec *s, struct strbuf *b)
{
	bool frag = s->frag_id || s->frag & (IP_MF | IP_OFFMASK);
	size_t hlen = IP6_HLEN + (frag ? FRAG6_HLEN : 0), start = b->len;
	uint8_t *ip;

	for (size_t i = 0; i < hlen; i++)
		sb_putc(b, 0);
	if (!put_l4(s, b))
		return false;
	put(b, s->payload.s, s->payload.len);
	if (b->len - start - IP6_HLEN > 65535)
		return fail(s, s->line, "the packet would be longer than 65575 bytes");
	ip = (uint8_t *)b->s + start;
	put_be32(ip, 6u << 28 | (uint32_t)s->tos << 20 | s->flow);
	put_be16(ip + IP6_PLEN, (unsigned)(b->len - start - IP6_HLEN));
	ip[IP6_NXT] = (uint8_t)(frag ? NEXTHDR_FRAGMENT : s->proto);
	ip[IP6_HLIM] = !s->ttl_given && s->icmp && text_is_ndp(s->type) ? 255 : s->ttl;
	memcpy(ip + IP6_SRC, s->src6.ip6, 16);
	memcpy(ip + IP6_DST, s->dst6.ip6, 16);
	if (frag) {
		uint8_t *fh = ip + IP6_HLEN;

		fh[FRAG6_NXT] = (uint8_t)s->proto;
		put_be16(fh + FRAG6_OFF, (s->frag & IP_OFFMASK) * 8u | (s->frag & IP_MF ? IP6_MF : 0));
		put_be32(fh + FRAG6_ID, s->frag_id);
	}
	sum_l4(s, ip + hlen, b->len - start - hlen);
	return true;
}

static bool put_ip_packet(struct spec *s, struct strbuf *b)
{
	size_t opts = (s->ipopts.len + 3) & ~(size_t)3, hlen = IP_HLEN + opts, start = b->len;
	uint8_t *ip;

	if (s->v6)
		return put_ip6_packet(s, b);
	for (size_t i = 0; i < hlen; i++)
		sb_putc(b, 0);
	if (!put_l4(s, b))
		return false;
	put(b, s->payload.s, s->payload.len);
	if (b->len - start > 65535)
		return fail(s, s->line, "the packet would be longer than 65535 bytes");
	ip = (uint8_t *)b->s + start;
	ip[0] = (uint8_t)(0x40 | hlen / 4);
	ip[IP4_TOS] = s->tos;
	put_be16(ip + IP4_TOTLEN, (unsigned)(b->len - start));
	put_be16(ip + IP4_ID, s->ip_id);
	put_be16(ip + IP4_FRAGOFF, s->frag);
	ip[IP4_TTL] = s->ttl;
	ip[IP4_PROTO] = (uint8_t)s->proto;
	memcpy(ip + IP4_SRC, &s->src, 4);
	memcpy(ip + IP4_DST, &s->dst, 4);
	if (s->ipopts.len)
		memcpy(ip + IP_HLEN, s->ipopts.s, s->ipopts.len);
	ip4_send_check(ip);
	if (s->bad_ipcsum)
		put_be16(ip + IP4_CSUM, get_be16(ip + IP4_CSUM) ^ 0x1234);
	if (s->ipcsum_given)
		put_be16(ip + IP4_CSUM, s->ipcsum);
	sum_l4(s, ip + hlen, b->len - start - hlen);
	return true;
}

static void put_arp(struct spec *s, struct strbuf *b)
{
	uint8_t a[28] = { 0, 1, 8, 0, 6, 4, 0, 1 };

	a[7] = s->arp_reply ? 2 : 1;
	memcpy(a + 8, s->arp_mac_given ? s->arp_mac : s->smac, 6);
	memcpy(a + 14, &s->src, 4);
	if (s->arp_reply)
		memcpy(a + 18, s->dmac, 6);
	memcpy(a + 24, &s->dst, 4);
	put(b, a, sizeof(a));
	put(b, s->payload.s, s->payload.len);
}

static void put_link(struct spec *s, struct strbuf *b, const uint8_t *dev_mac)
{
	uint8_t tag[4], type[2];

	if (!s->smac_given && s->v6)
		text_default_smac6(s->smac, &s->src6);
	else if (!s->smac_given)
		text_default_smac(s->smac, s->src);
	if (s->arp && s->arp_reply && s->arp_mac_given && !s->smac_given)
		memcpy(s->smac, s->arp_mac, 6);
	if (!s->dmac_given && s->v6)
		text_default_dmac6(s->dmac, &s->dst6, dev_mac, s->ret->dev);
	else if (!s->dmac_given)
		text_default_dmac(s->dmac, s->arp ? 0 : s->dst, dev_mac, s->ret->dev);
	if (s->arp && !s->arp_reply && !s->dmac_given)
		memset(s->dmac, 0xff, 6);
	put(b, s->dmac, 6);
	put(b, s->smac, 6);
	if (s->vlan_given) {
		put_be16(tag, ETH_P_8021Q);
		put_be16(tag + 2, (unsigned)(s->vlan | s->pcp << 13));
		put(b, tag, 4);
	}
	put_be16(type, s->arp ? ETH_P_ARP : s->v6 ? ETH_P_IPV6 : ETH_P_IP);
	put(b, type, 2);
}

static bool make(struct spec *s, packet_text_mac_fn *mac, void *arg)
{
	const uint8_t *dev_mac = s->ret->dev && mac ? mac(arg, s->ret->host, s->ret->dev) : NULL;
	struct strbuf b = { 0 };
	bool ok = true;

	if (s->raw) {
		put(&b, s->payload.s, s->payload.len);
	} else {
		if (s->ret->dev)
			put_link(s, &b, dev_mac);
		if (s->arp)
			put_arp(s, &b);
		else
			ok = put_ip_packet(s, &b);
		for (uint32_t i = 0; ok && i < MIN(s->pad, 1500u); i++)
			sb_putc(&b, 0);
	}
	if (ok) {
		s->ret->bytes = arena_memdup(s->a, sb_str(&b), b.len);
		s->ret->len = (uint32_t)b.len;
	}
	sb_free(&b);
	return ok;
}

static bool inner(struct spec *s);

/* "about [udp ... ttl=3]": the packet an ICMP error quotes, whole. */
static bool take_about(struct spec *s)
{
	unsigned first = s->at + 1, last = first;
	struct text_word w[TEXT_WORDS_MAX];
	struct packet_text in = { 0 };
	struct spec sub = { .a = s->a,
			    .d = s->d,
			    .ret = &in,
			    .w = w,
			    .line = s->line,
			    .sport = -1,
			    .dport = -1,
			    .ttl = 64,
			    .win = 65535,
			    .flags = TH_SYN,
			    .depth = s->depth + 1 };
	int open = 0;

	for (; last < s->nr; last++) {
		for (const char *c = s->w[last].s; *c; c++)
			open += *c == '[' ? 1 : *c == ']' ? -1 : 0;
		if (open <= 0)
			break;
	}
	if (first >= s->nr || s->w[first].s[0] != '[' || last == s->nr || sub.depth > NESTED_MAX)
		return fail(
			s, here(s),
			"about wants a packet in brackets: about [udp 10.0.0.1:5 > 10.0.0.2:53]");
	memcpy(w, s->w + first, (last - first + 1) * sizeof(*w));
	sub.nr = last - first + 1;
	w[0].s++;
	w[sub.nr - 1].s = arena_strndup(s->a, w[sub.nr - 1].s, strlen(w[sub.nr - 1].s) - 1);
	s->at = last;
	if (!inner(&sub))
		return false;
	sb_write(&s->payload, in.bytes, in.len);
	return true;
}

/* What fits together only when all words are known. */
static bool check(struct spec *s)
{
	if (s->raw && !s->payload.len)
		return fail(s, s->line, "raw wants the bytes: hex=...");
	if (s->arp && !s->ret->dev)
		return fail(s, s->line,
			    "a host asks by ARP on its own account: \"out:\" wants an IP packet");
	if (s->vlan > 4095)
		return fail(s, s->line, "vlan is 0 to 4095");
	if (s->pcp > 7)
		return fail(s, s->line, "pcp is 0 to 7");
	if (s->opts.len > 40)
		return fail(s, s->line, "TCP has room for 40 bytes of options");
	if (s->v6 && (s->ipopts.len || s->frag & (IP_DF | 0x8000) || s->bad_ipcsum || s->ipcsum_given))
		return fail(s, s->line, "IPv6 has no options, flags or checksum in its header");
	if (!s->v6 && (s->flow || s->frag_id))
		return fail(s, s->line, "flow labels are IPv6's");
	if (s->flow > 0xfffff)
		return fail(s, s->line, "flow is 0 to 0xfffff");
	if (s->icmp && !s->raw && !s->type_given && !(s->frag & IP_OFFMASK))
		return fail(
			s, s->line,
			"an ICMP type is wanted: echo-request, port-unreachable, type=N code=N");
	if (s->ipopts.len > 40)
		return fail(s, s->line, "IP has room for 40 bytes of options");
	return true;
}

static bool words_to_bytes(struct spec *s, packet_text_mac_fn *mac, void *arg)
{
	bool ok = take_proto(s) && (s->raw || (s->arp ? take_arp(s) : take_addresses(s))) &&
		  take_rest_of_line(s) && check(s) && make(s, mac, arg);

	sb_free(&s->payload);
	sb_free(&s->opts);
	sb_free(&s->ipopts);
	return ok;
}

static bool inner(struct spec *s)
{
	return words_to_bytes(s, NULL, NULL);
}

bool packet_text_parse(struct arena *a, struct packet_text *ret, struct source *src, size_t off,
		       size_t len, packet_text_mac_fn *mac, void *arg, struct diag *d)
{
	struct text_word w[TEXT_WORDS_MAX];
	struct spec s = { .a = a,
			  .d = d,
			  .ret = ret,
			  .w = w,
			  .line = { src, off, len },
			  .sport = -1,
			  .dport = -1,
			  .ttl = 64,
			  .win = 65535,
			  .flags = TH_SYN };

	*ret = (struct packet_text){ 0 };
	s.nr = text_split(a, src, off, len, w);
	if (s.nr) {
		s.line.off = w[0].pos.off;
		s.line.len = w[s.nr - 1].pos.off + w[s.nr - 1].pos.len - w[0].pos.off;
	}
	return take_place(&s) && words_to_bytes(&s, mac, arg);
}
