// SPDX-License-Identifier: MIT
/* ftp.c - the helper that reads FTP's control connection: a PORT, EPRT, 227 or 229 says where a data
 * connection will come from and to, which is then RELATED. Where the control connection is translated,
 * what it says is, too (nf_conntrack_ftp.c, nf_nat_ftp.c). */
#include "sim/conntrack/internal.h"
#include "sim/base/rng.h"
#include "sim/base/text.h"
#include "sim/net/ipv6.h"
#include <arpa/inet.h>
#include <stdio.h>
#include <strings.h>

#define FTP_TIMEOUT 300u /* seconds an expectation lives */
#define FIND_PORTS  128	 /* tried when the wanted one is expected by somebody else */

enum ftp_type { FTP_PORT, FTP_PASV, FTP_EPRT, FTP_EPSV };

/* An address and port, as the text had them. */
struct said {
	uint16_t l3num;
	union inet_addr addr;
	be16 port;
};

/* The segment's data: its numbers are read from a to end. */
struct text {
	const char *a;
	size_t len;
};

/* ---- numbers: all answer how many bytes they took, 0 for none ---- */

/* n numbers with sep between them, then term; 0: anything may follow. */
static size_t numbers(struct text s, uint32_t *ret, unsigned n, char sep, char term)
{
	unsigned i = 0;

	memset(ret, 0, n * sizeof(*ret));
	for (size_t k = 0; k < s.len && i < n; k++) {
		char c = s.a[k];

		if (c >= '0' && c <= '9')
			ret[i] = ret[i] * 10 + (uint32_t)(c - '0');
		else if (c == sep)
			i++;
		else
			return (c == term || !term) && i == n - 1 ? k : 0;
	}
	return 0;
}

static uint32_t address(const uint32_t v[4])
{
	return htonl(v[0] << 24 | v[1] << 16 | v[2] << 8 | v[3]);
}

static size_t six_numbers(struct text s, struct said *ret, char term)
{
	uint32_t v[6];
	size_t n = numbers(s, v, 6, ',', term);

	if (!n)
		return 0;
	ret->addr.ip = address(v);
	ret->port = htons((uint16_t)(v[4] << 8 | v[5]));
	return n;
}

static size_t port(struct text s, size_t at, char delim, struct said *ret)
{
	uint16_t v = 0;

	for (; at < s.len; at++) {
		char c = s.a[at];

		if (c == delim) {
			ret->port = htons(v);
			return v ? at + 1 : 0;
		}
		if (c < '0' || c > '9')
			return 0;
		v = (uint16_t)(v * 10 + (c - '0'));
	}
	return 0;
}

static bool is_delim(char c)
{
	return (c < '0' || c > '9') && c >= 33 && c <= 126;
}

static size_t address6(struct text s, union inet_addr *ret, char delim)
{
	char buf[INET6_ADDRSTRLEN];
	const char *end = memchr(s.a, delim, s.len);
	size_t n = end ? (size_t)(end - s.a) : 0;

	if (!n || n >= sizeof(buf))
		return 0;
	memcpy(buf, s.a, n);
	buf[n] = 0;
	return inet_pton(AF_INET6, buf, ret) == 1 ? n : 0;
}

/* |1|10.0.0.5|1234| */
static size_t eprt(struct text s, struct said *ret)
{
	struct text rest;
	uint32_t v[4];
	size_t n;

	if (s.len <= 3 || !is_delim(s.a[0]) || s.a[2] != s.a[0] || s.a[1] != (ret->l3num == NFPROTO_IPV4 ? '1' : '2'))
		return 0;
	rest = (struct text){ s.a + 3, s.len - 3 };
	if (s.a[1] == '2') {
		n = address6(rest, &ret->addr, s.a[0]);
	} else {
		n = numbers(rest, v, 4, '.', s.a[0]);
		if (n)
			ret->addr.ip = address(v);
	}
	return n ? port(s, 3 + n + 1, s.a[0], ret) : 0;
}

/* |||1234| */
static size_t epsv(struct text s, struct said *ret)
{
	if (s.len <= 3 || !is_delim(s.a[0]) || s.a[1] != s.a[0] || s.a[2] != s.a[0])
		return 0;
	return port(s, 3, s.a[0], ret);
}

/* ---- commands and answers ---- */

struct pattern {
	char word[5];
	char skip;	/* numbers begin behind it; 0: right behind the word */
	enum ftp_type type;
};

static const struct pattern patterns[IP_CT_DIR_MAX][2] = {
	[IP_CT_DIR_ORIGINAL] = { { "PORT", ' ', FTP_PORT }, { "EPRT", ' ', FTP_EPRT } },
	[IP_CT_DIR_REPLY] = { { "227 ", 0, FTP_PASV }, { "229 ", '(', FTP_EPSV } },
};

enum found { NOTHING, FOUND, PART };

struct place {
	size_t at, len;	/* what was said, in the segment's data */
};

static enum found find(struct text s, const struct pattern *pat, struct said *said, struct place *ret)
{
	size_t i = strlen(pat->word);
	struct text rest;

	if (s.len <= i)
		return strncasecmp(s.a, pat->word, s.len) == 0 ? PART : NOTHING;
	if (strncasecmp(s.a, pat->word, i) != 0)
		return NOTHING;
	if (pat->skip) {
		for (; s.a[i] != pat->skip; i++)
			if (i == s.len - 1)
				return PART;
		i++;
	}
	while (pat->type == FTP_PASV && i < s.len && (s.a[i] < '0' || s.a[i] > '9'))
		i++;
	rest = (struct text){ s.a + i, s.len - i };
	ret->at = i;
	if (pat->type == FTP_EPRT)
		ret->len = eprt(rest, said);
	else if (pat->type == FTP_EPSV)
		ret->len = epsv(rest, said);
	else
		ret->len = six_numbers(rest, said, pat->type == FTP_PORT ? '\r' : 0);
	return ret->len ? FOUND : PART;
}

/* ---- lines: only what begins one is looked at ---- */

static bool before(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) < 0;
}

static bool begins_line(const struct ct_ftp *ftp, enum ip_ct_dir dir, uint32_t seq)
{
	for (unsigned i = 0; i < ftp->nr[dir]; i++)
		if (ftp->after_nl[dir][i] == seq)
			return true;
	return false;
}

static void line_ended(struct ct_ftp *ftp, enum ip_ct_dir dir, uint32_t seq)
{
	uint32_t *nl = ftp->after_nl[dir];
	unsigned oldest;

	if (begins_line(ftp, dir, seq))
		return;
	if (ftp->nr[dir] < ARRAY_SIZE(ftp->after_nl[dir])) {
		nl[ftp->nr[dir]++] = seq;
		return;
	}
	oldest = before(nl[0], nl[1]) ? 0 : 1;
	if (before(nl[oldest], seq))
		nl[oldest] = seq;
}

/* ---- translation ---- */

/* One control segment with something to say. */
struct ftp_segment {
	struct packet *p;
	struct conn *ct;
	enum ip_ct_dir dir;
	enum ftp_type type;
	uint32_t off;	/* of the TCP header */
	struct place place;
};

/* An expectation with the port that was said, or with any that nobody else expects. */
static enum ct_expect_result expect_any_port(struct conn *ct, struct ct_expect *e)
{
	uint32_t min = ntohs(e->saved_port), range = UINT16_MAX - min;
	enum ct_expect_result res;

	for (uint32_t left = MIN(range, (uint32_t)FIND_PORTS);; left--) {
		res = ct_expect(ct, e);
		if (res != CT_EXPECT_BUSY || !left)
			return res;
		e->tuple.dst.u.all = htons((uint16_t)(min + rng_below(&ct->host->rng_nat, range)));
	}
}

#define SAID_MAX 64

static size_t say(char buf[SAID_MAX], const struct ftp_segment *s, const union inet_addr *addr, unsigned port_nr)
{
	const uint8_t *a = (const uint8_t *)addr;
	int n;

	if (s->type == FTP_EPSV)
		n = snprintf(buf, SAID_MAX, "|||%u|", port_nr);
	else if (s->type != FTP_EPRT)
		n = snprintf(buf, SAID_MAX, "%u,%u,%u,%u,%u,%u", a[0], a[1], a[2], a[3], port_nr >> 8, port_nr & 255);
	else if (ct_l3num(s->ct) == NFPROTO_IPV4)
		n = snprintf(buf, SAID_MAX, "|1|%u.%u.%u.%u|%u|", a[0], a[1], a[2], a[3], port_nr);
	else
		n = snprintf(buf, SAID_MAX, "|2|%02x%02x:%02x%02x:%02x%02x:%02x%02x:%02x%02x:%02x%02x:%02x%02x:%02x%02x|%u|", a[0], a[1],
			     a[2], a[3], a[4], a[5], a[6], a[7], a[8], a[9], a[10], a[11], a[12], a[13], a[14], a[15], port_nr);
	return (size_t)n;
}

static void right_headers(struct packet *p, uint32_t off, bool v6)
{
	uint8_t *ip = pkt_nh(p), *th = ip + off;
	uint32_t len = pkt_len(p) - off;
	be16 sum;

	if (v6) {
		put_be16(ip + IP6_PLEN, (uint16_t)(pkt_len(p) - IP6_HLEN));
		put_be16(th + TCP_CSUM, 0);
		sum = csum_fold(csum_partial(th, len, csum_pseudo6(ip + IP6_SRC, ip + IP6_DST, PROTO_TCP, len)));
	} else {
		put_be16(ip + IP4_TOTLEN, (uint16_t)pkt_len(p));
		ip4_send_check(ip);
		put_be16(th + TCP_CSUM, 0);
		sum = csum_fold(csum_partial(th, len, csum_pseudo4(ip4_saddr(ip), ip4_daddr(ip), PROTO_TCP, len)));
	}
	memcpy(th + TCP_CSUM, &sum, sizeof(sum));
	p->ip_summed = CHECKSUM_UNNECESSARY;
}

/* Other words take the place of what was said; both sides' numbers differ from here on
 * (nf_nat_mangle_tcp_packet). */
static bool mangle(const struct ftp_segment *s, const char *words, size_t len)
{
	struct packet *p = s->p;
	int32_t more = (int32_t)len - (int32_t)s->place.len;
	uint32_t at = s->off + tcp_hlen(pkt_nh(p) + s->off) + (uint32_t)s->place.at;
	uint32_t behind = at + (uint32_t)s->place.len, rest = pkt_len(p) - behind;

	if (more > 0 && pkt_len(p) + (uint32_t)more > UINT16_MAX)
		return false;
	if (more > 0)
		pkt_put(p, (uint32_t)more);
	memmove(pkt_nh(p) + at + len, pkt_nh(p) + behind, rest);
	memcpy(pkt_nh(p) + at, words, len);
	pkt_trim(p, at + (uint32_t)len + rest);
	if (p->cut)
		p->cut += (uint32_t)more;
	right_headers(p, s->off, ct_l3num(s->ct) == NFPROTO_IPV6);
	ct_seqadj_set(s->ct, (enum ip_ct_info)p->ctinfo, load_be32(pkt_nh(p) + s->off + TCP_SEQ), more);
	return true;
}

static void tell_change(const struct ftp_segment *s, const char *from, const char *to)
{
	struct event ev = { .type = EV_CHANGE, .host = s->ct->host, .pkt = s->p,
			    .u.change = { "payload", from, to, "ftp helper", NULL } };

	if (trace_on(s->ct->host->trace, EV_CHANGE) && strcmp(from, to) != 0)
		trace_emit(s->ct->host->trace, &ev);
}

/* The other side shall hear of the address it knows, and connect to that. */
static enum nf_verdict translate(const struct ftp_segment *s, struct ct_expect *e)
{
	const uint8_t *data = pkt_nh(s->p) + s->off + tcp_hlen(pkt_nh(s->p) + s->off);
	char words[SAID_MAX], was[SAID_MAX];
	size_t n;

	e->saved_port = e->tuple.dst.u.all;
	e->dir = !s->dir;
	e->follow = true;
	snprintf(was, sizeof(was), "%.*s", (int)MIN(s->place.len, sizeof(was) - 1), (const char *)data + s->place.at);
	if (expect_any_port(s->ct, e) != CT_EXPECT_OK)
		return NF_DROP;
	n = say(words, s, &s->ct->tuple[!s->dir].dst.u3, ntohs(e->tuple.dst.u.all));
	if (!mangle(s, words, n)) {
		ct_unexpect(s->ct);
		return NF_DROP;
	}
	tell_change(s, was, words);
	return NF_ACCEPT;
}

/* ---- the helper ---- */

static enum nf_verdict follow(const struct ftp_segment *s, const struct said *said)
{
	const struct ct_tuple *other = &s->ct->tuple[!s->dir];
	struct ct_expect e = { .timeout = FTP_TIMEOUT };

	/* It talks of a third host: not followed. */
	if (!inet_addr_equal(&said->addr, &s->ct->tuple[s->dir].src.u3))
		return NF_ACCEPT;
	e.tuple.l3num = said->l3num;
	e.tuple.src.u3 = other->src.u3;
	e.tuple.dst.u3 = other->dst.u3;
	e.tuple.dst.u.all = said->port;
	e.tuple.dst.protonum = PROTO_TCP;
	if (s->ct->status & IPS_NAT_MASK)
		return translate(s, &e);
	return ct_expect(s->ct, &e) == CT_EXPECT_OK ? NF_ACCEPT : NF_DROP;
}

enum nf_verdict ftp_help(struct packet *p, struct conn *ct, enum ip_ct_info ctinfo, uint32_t off)
{
	struct ftp_segment s = { .p = p, .ct = ct, .dir = CTINFO2DIR(ctinfo), .off = off };
	struct said said = { .l3num = ct_l3num(ct), .addr = ct->tuple[CTINFO2DIR(ctinfo)].src.u3 };
	struct ct_ftp *ftp = &ct_ext_add(ct)->ftp;
	enum nf_verdict v = NF_ACCEPT;
	enum found found = NOTHING;
	const uint8_t *th;
	struct text data;
	uint32_t seq;
	bool ends;

	if (ctinfo != IP_CT_ESTABLISHED && ctinfo != IP_CT_ESTABLISHED_REPLY)
		return NF_ACCEPT;
	pkt_linearize(p);
	th = pkt_at(p, off, TCP_HLEN);
	if (!th || off + tcp_hlen(th) >= pkt_len(p))
		return NF_ACCEPT;
	data.a = (const char *)th + tcp_hlen(th);
	data.len = pkt_len(p) - off - tcp_hlen(th);
	seq = get_be32(th + TCP_SEQ);
	ends = data.a[data.len - 1] == '\n';
	if (begins_line(ftp, s.dir, seq)) {
		for (unsigned i = 0; i < ARRAY_SIZE(patterns[0]) && found == NOTHING; i++) {
			s.type = patterns[s.dir][i].type;
			found = find(data, &patterns[s.dir][i], &said, &s.place);
		}
		if (found == PART) {
			ct_event(ct->host, p, ct, CT_EV_EXPECT, "part of an address: packet dropped");
			return NF_DROP;
		}
		if (found == FOUND)
			v = follow(&s, &said);
	}
	if (ends)
		line_ended(ftp, s.dir, seq + (uint32_t)data.len);
	return v;
}
