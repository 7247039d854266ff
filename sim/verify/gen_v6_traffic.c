// SPDX-License-Identifier: MIT
/* gen_v6_traffic.c - single IPv6 packets, fragments and neighbour discovery, and how a flow begins. */
#include "sim/packet/ip6.h"
#include "sim/verify/gen_internal.h"
#include "sim/world/reply.h"
#include <arpa/inet.h>
#include <stdlib.h>

static bool is_multicast(const union inet_addr *a)
{
	return a->ip6[0] == 0xff;
}

static bool is_link_local(const union inet_addr *a)
{
	return a->ip6[0] == 0xfe && (a->ip6[1] & 0xc0) == 0x80;
}

static union inet_addr parse(const char *s)
{
	union inet_addr a = { 0 };

	inet_pton(AF_INET6, s, a.ip6);
	return a;
}

static unsigned draw_nic(struct gen *g)
{
	return gen_below(g, g->nr_nics);
}

/* Through a port of the bridge to its own address, which is the first port's, or to a neighbour behind the other. */
static void bridge_mac(struct gen *g, uint8_t *mac, const union inet_addr *dst)
{
	bool known = false;

	for (unsigned i = 0; i < 8; i++)
		known |= memcmp(g->six.nic[i / 4].peer[i % 4].ip6, dst->ip6, 16) == 0;
	mac[5] = 1;
	if (known && gen_chance(g, 80))
		neighbour_mac6(mac, dst);
}

static void put_frame(struct gen *g, unsigned nic, const uint8_t *ip, unsigned len)
{
	uint8_t eth[ETH_HLEN] = { 2, 0, 0, 0, 0, (uint8_t)(nic + 1) };
	union inet_addr src = { 0 };
	struct strbuf *out = gen_event(g);

	if (len >= IP6_HLEN) {
		union inet_addr dst = ip6_daddr(ip);

		src = ip6_saddr(ip);
		if (is_multicast(&dst))
			memcpy(eth, (uint8_t[]){ 0x33, 0x33, dst.ip6[12], dst.ip6[13], dst.ip6[14], dst.ip6[15] }, 6);
		else if (g->bridge && nic < 2)
			bridge_mac(g, eth, &dst);
		else if (gen_chance(g, 2))
			eth[5] ^= 0x40;			/* for somebody else */
		else if (gen_chance(g, 1))
			memset(eth, 0xff, 6);
	}
	neighbour_mac6(eth + 6, &src);
	put_be16(eth + 12, ETH_P_IPV6);
	sb_printf(out, "\"in\": \"eth%u\", \"frame\": \"", nic);
	gen_hex(out, eth, sizeof(eth));
	gen_hex(out, ip, len);
	sb_puts(out, "\"}\n");
}

/* ---- packets */

static uint8_t draw_proto(struct gen *g)
{
	static const uint8_t all[] = { 6, 6, 6, 6, 17, 17, 17, 17, 1, 1, 1, 132, 47, 33, 136, 50, 135, 108, 59, 41 };
	static const uint8_t few[] = { 6, 17, 1, 1, 1, 17 };

	return g->topic == TOPIC_ICMP ? GEN_PICK(g, few) : GEN_PICK(g, all);
}

static union inet_addr draw_dst(struct gen *g, unsigned nic)
{
	static const char *const groups[] = { "ff02::1", "ff02::2", "ff0e::77", "ff02::1:ff00:1", "ff05::1:3" };
	unsigned r = gen_below(g, 100);

	if (r < 3) {					/* the subnet router's */
		union inet_addr a = g->six.nic[nic].own;

		memset(a.ip6 + 8, 0, 8);
		return a;
	}
	if (r < 6)
		return parse(GEN_PICK(g, groups));
	if (r < 8)
		return g->six.nic[nic].link_local;
	if (r < 30)
		return gen6_own(g);
	return gen_chance(g, 30) ? g->six.hot_addr : gen6_addr(g);
}

static union inet_addr draw_src(struct gen *g, unsigned nic)
{
	unsigned r = gen_below(g, 100);

	if (r < 5)
		return g->six.nic[nic].peer_link_local;
	return r < 75 ? gen6_peer(g, nic) : r < 90 ? GEN_PICK(g, g->six.far) : gen6_addr(g);
}

/* Quotes something that was, or was not, sent. */
static void draw_quote(struct gen *g, struct gen_packet *p, const struct gen6_packet *s)
{
	struct gen_packet *q = xcalloc(1, sizeof(*q));
	struct gen6_packet *sq = xcalloc(1, sizeof(*sq));
	uint8_t *ip = xcalloc(1, 4096);
	unsigned n;

	*q = (struct gen_packet){ .proto = gen_chance(g, 60) ? 17 : 6, .sport = gen_port(g), .dport = gen_port(g), .flags = TH_SYN };
	sq->src = gen_chance(g, 70) ? s->dst : gen6_addr(g);
	sq->dst = gen6_addr(g);
	sq->hlim = 60;
	if (gen_chance(g, 10))
		gen6_exthdrs(g, sq, false);
	n = gen6_ip(q, sq, ip);
	p->len = gen_chance(g, 85) ? n : gen_range(g, 8, n);
	memcpy(p->data, ip, p->len);
	free(ip);
	free(sq);
	free(q);
}

static void draw_icmp(struct gen *g, struct gen_packet *p, const struct gen6_packet *s)
{
	static const uint8_t types[] = { 129, 1, 1, 2, 3, 4, 130, 143, 137, 200, 0, 5, 139, 100 };
	uint8_t type = gen_chance(g, 65) ? ICMPV6_ECHO_REQUEST : GEN_PICK(g, types);

	p->sport = (uint16_t)(type << 8 | (type == 1 ? gen_below(g, 8) : gen_chance(g, 8) ? gen_below(g, 3) : 0));
	p->dport = (uint16_t)gen_range(g, 1, 3);
	p->seq = gen_range(g, 0, 3);
	gen_payload(g, p, gen_below(g, 40));
	if (type >= 1 && type <= 4) {
		p->dport = 0;
		p->seq = type == 2 ? (gen_chance(g, 60) ? 1300 : gen_chance(g, 50) ? 1280 : 100) : type == 4 ? 40 : 0;
		draw_quote(g, p, s);
	}
}

static void draw_header(struct gen *g, struct gen6_packet *s)
{
	static const uint8_t classes[] = { 0x10, 0x08, 0xb8, 2, 1, 3, 0x20, 4 }, limits[] = { 1, 2, 3, 63, 128, 255, 33, 0 };

	s->hlim = gen_chance(g, 80) ? 64 : GEN_PICK(g, limits);
	s->tclass = gen_chance(g, 75) ? 0 : GEN_PICK(g, classes);
	s->flow = gen_chance(g, 80) ? 0 : gen_range(g, 1, 0xfffff);
}

static void draw_packet(struct gen *g, struct gen_packet *p, struct gen6_packet *s, unsigned nic)
{
	unsigned percent = g->topic == TOPIC_MALFORMED ? 40 : g->topic == TOPIC_EXT || g->topic == TOPIC_FRAG ? 25 : 8;

	*p = (struct gen_packet){ .proto = draw_proto(g) };
	s->src = draw_src(g, nic);
	s->dst = draw_dst(g, nic);
	draw_header(g, s);
	if (gen_chance(g, percent))
		gen6_exthdrs(g, s, gen_chance(g, 35));
	if (p->proto == IPPROTO_ICMP) {
		draw_icmp(g, p, s);
		return;
	}
	gen_body(g, p);
	if (p->proto == NEXTHDR_MOBILITY) {
		memcpy(p->data, (uint8_t[]){ NEXTHDR_NONE, 1, (uint8_t)gen_below(g, 9), 0, 0, 0, 0, 0 }, 8);
		p->len = 16;
	}
}

static void put_packet(struct gen *g, const struct gen_packet *p, const struct gen6_packet *s, unsigned nic, bool spoil)
{
	uint8_t *ip = xcalloc(1, 8192);
	unsigned len = gen6_ip(p, s, ip);

	if (spoil)
		len = gen6_spoil(g, ip, len);
	put_frame(g, nic, ip, len);
	free(ip);
}

void gen6_single(struct gen *g)
{
	struct gen_packet *p = xcalloc(1, sizeof(*p));
	struct gen6_packet *s = xcalloc(1, sizeof(*s));
	unsigned nic = draw_nic(g);

	draw_packet(g, p, s, nic);
	put_packet(g, p, s, nic, gen_chance(g, g->topic == TOPIC_MALFORMED ? 60 : 5));
	free(s);
	free(p);
}

void gen6_burst(struct gen *g)
{
	struct gen_packet *p = xcalloc(1, sizeof(*p));
	struct gen6_packet *s = xcalloc(1, sizeof(*s));
	unsigned nic = draw_nic(g), what = gen_below(g, 3);

	draw_packet(g, p, s, nic);
	for (unsigned n = gen_range(g, 3, 7); n; n--) {
		put_packet(g, p, s, nic, false);
		if (what == 1 && p->proto != IPPROTO_ICMP)
			p->sport++;
		else if (what == 2)
			s->src = gen6_peer(g, nic);
	}
	free(s);
	free(p);
}

/* Where the part that is cut begins: behind hop-by-hop options, and behind a routing header most times. */
static unsigned unfragmentable(struct gen *g, const struct gen6_packet *s, unsigned *ret_bytes)
{
	unsigned i = 0;

	*ret_bytes = 0;
	for (; i < s->nr_kinds; i++) {
		if (s->kind[i] != NEXTHDR_HOP && (s->kind[i] != NEXTHDR_ROUTING || gen_chance(g, 20)))
			break;
		*ret_bytes += ip6_exthdr_len(s->kind[i], s->ext + *ret_bytes);
	}
	return i;
}

/* One piece: the headers before the fragment header as they are, then it, then bytes of the rest. */
static void put_piece(struct gen *g, unsigned nic, const uint8_t *ip, unsigned head, unsigned last_next, unsigned from, unsigned part, bool more,
		      uint32_t id)
{
	uint8_t *piece = xcalloc(1, 8192), *f = piece + head;

	memcpy(piece, ip, head);
	f[0] = ip[last_next];
	piece[last_next] = NEXTHDR_FRAGMENT;
	put_be16(f + FRAG6_OFF, from | more);
	put_be32(f + FRAG6_ID, id);
	memcpy(f + FRAG6_HLEN, ip + head + from, part);
	put_be16(piece + IP6_PLEN, head - IP6_HLEN + FRAG6_HLEN + part);
	put_frame(g, nic, piece, head + FRAG6_HLEN + part);
	free(piece);
}

void gen6_fragments(struct gen *g)
{
	struct gen_packet *p = xcalloc(1, sizeof(*p));
	struct gen6_packet *s = xcalloc(1, sizeof(*s));
	uint8_t *ip = xcalloc(1, 8192);
	unsigned nic = draw_nic(g), len, cut, total, bytes, head, kinds, last_next = IP6_NXT;
	uint32_t id = gen_range(g, 1, 9);

	draw_packet(g, p, s, nic);
	if (p->proto != IPPROTO_SCTP && p->proto != IPPROTO_ICMP)
		gen_payload(g, p, gen_range(g, 8, gen_chance(g, 80) ? 120 : 1900));
	kinds = unfragmentable(g, s, &bytes);
	for (unsigned i = 0, off = IP6_HLEN; i < kinds; off += ip6_exthdr_len(s->kind[i], s->ext + off - IP6_HLEN), i++)
		last_next = off;
	len = gen6_ip(p, s, ip);
	head = IP6_HLEN + bytes;
	total = len - head;
	cut = MAX(8u, total / gen_range(g, 2, 4) & ~7u);
	if (gen_chance(g, 10))
		cut = 8;
	if (gen_chance(g, 5))
		cut = total;				/* an atomic fragment */
	for (unsigned off = 0, n = 0; off < total && n < 6 && cut; off += cut, n++) {
		unsigned part = MIN(cut, total - off), from = off;

		if (gen_chance(g, 8))
			continue;			/* lost */
		if (from && gen_chance(g, 6))
			from -= 8;			/* over the one before */
		if (gen_chance(g, 2) && part > 1)
			part--;				/* no multiple of eight */
		put_piece(g, nic, ip, head, last_next, from, part, from + part < total, id);
		if (gen_chance(g, 6))
			put_piece(g, nic, ip, head, last_next, from, part, from + part < total, id);
	}
	free(ip);
	free(s);
	free(p);
}

void gen6_local_packet(struct gen *g)
{
	struct gen_packet *p = xcalloc(1, sizeof(*p));
	struct gen6_packet *s = xcalloc(1, sizeof(*s));
	uint8_t *ip = xcalloc(1, 8192);

	draw_packet(g, p, s, draw_nic(g));
	s->src = gen_chance(g, 85) ? gen6_own(g) : gen6_addr(g);
	if (p->proto != IPPROTO_ICMP && p->proto != IPPROTO_SCTP && gen_chance(g, 12))
		gen_payload(g, p, gen_range(g, 600, 1600));
	if (is_multicast(&s->dst) || is_link_local(&s->dst))
		s->dst = gen6_addr(g);
	gen_local(g, ip, gen6_ip(p, s, ip));
	free(ip);
	free(s);
	free(p);
}

/* ---- neighbour and router discovery */

static union inet_addr solicited_node(const union inet_addr *a)
{
	union inet_addr m = { .ip6 = { 0xff, 2, [11] = 1, 0xff, a->ip6[13], a->ip6[14], a->ip6[15] } };

	return m;
}

/* A link-layer address option; kind 1 = source, 2 = target. */
static void put_lladdr(struct gen *g, struct gen_packet *p, uint8_t kind, const union inet_addr *of)
{
	uint8_t *o = p->data + p->len;

	o[0] = kind;
	o[1] = 1;
	neighbour_mac6(o + 2, of);
	if (gen_chance(g, 8))
		o[1] = (uint8_t)gen_below(g, 3);	/* no length, or more than there is */
	p->len += 8;
}

static void solicit(struct gen *g, struct gen_packet *p, struct gen6_packet *s, unsigned nic)
{
	union inet_addr target = gen_chance(g, 65) ? g->six.nic[nic].own : gen_chance(g, 30) ? g->six.nic[nic].link_local : gen6_addr(g);

	p->sport = NDISC_NEIGHBOUR_SOLICITATION << 8;
	memcpy(p->data, target.ip6, 16);
	p->len = 16;
	s->dst = gen_chance(g, 70) ? solicited_node(&target) : target;
	if (gen_chance(g, 8))
		memset(&s->src, 0, sizeof(s->src));	/* is anybody there? */
	else if (gen_chance(g, 85))
		put_lladdr(g, p, 1, &s->src);
}

static void advertise(struct gen *g, struct gen_packet *p, struct gen6_packet *s, unsigned nic)
{
	union inet_addr target = gen_chance(g, 85) ? s->src : gen6_peer(g, nic);

	p->sport = NDISC_NEIGHBOUR_ADVERTISEMENT << 8;
	p->dport = (uint16_t)(gen_below(g, 8) << 13);	/* router, solicited, override */
	memcpy(p->data, target.ip6, 16);
	p->len = 16;
	s->dst = gen_chance(g, 50) ? parse("ff02::1") : gen_chance(g, 70) ? g->six.nic[nic].own : g->six.nic[nic].link_local;
	if (gen_chance(g, 80))
		put_lladdr(g, p, 2, &target);
}

static void router(struct gen *g, struct gen_packet *p, struct gen6_packet *s, unsigned nic)
{
	uint8_t *o = p->data;

	s->src = g->six.nic[nic].peer_link_local;
	s->dst = parse("ff02::1");
	p->sport = NDISC_ROUTER_ADVERTISEMENT << 8;
	p->dport = (uint16_t)((gen_chance(g, 70) ? 64 : 0) << 8);
	p->seq = gen_chance(g, 80) ? 1800 : 0;		/* lifetime */
	memset(o, 0, 8);				/* reachable time, retransmission timer: not said */
	p->len = 8;
	if (gen_chance(g, 70))
		put_lladdr(g, p, 1, &s->src);
	if (gen_chance(g, 50)) {			/* a prefix that is on this wire, addresses not made */
		o = p->data + p->len;
		memset(o, 0, 32);
		memcpy(o, (uint8_t[]){ 3, 4, 64, 0x80 }, 4);
		put_be32(o + 4, 3600);
		put_be32(o + 8, 1800);
		memcpy(o + 16, (uint8_t[]){ 0x20, 1, 0x0d, 0xb8, 0, 0x77, 0, (uint8_t)nic }, 8);
		p->len += 32;
	}
}

void gen6_neighbour(struct gen *g)
{
	struct gen_packet *p = xcalloc(1, sizeof(*p));
	struct gen6_packet *s = xcalloc(1, sizeof(*s));
	unsigned nic = draw_nic(g), r = gen_below(g, 100);

	p->proto = IPPROTO_ICMP;
	s->src = gen_chance(g, 80) ? gen6_peer(g, nic) : g->six.nic[nic].peer_link_local;
	s->hlim = gen_chance(g, 95) ? 255 : 64;
	if (r < 45) {
		solicit(g, p, s, nic);
	} else if (r < 80) {
		advertise(g, p, s, nic);
	} else if (r < 90) {
		p->sport = NDISC_ROUTER_SOLICITATION << 8;
		s->dst = parse("ff02::2");
		put_lladdr(g, p, 1, &s->src);
	} else {
		router(g, p, s, nic);
	}
	if (gen_chance(g, 3))
		gen6_exthdrs(g, s, false);
	put_packet(g, p, s, nic, gen_chance(g, g->topic == TOPIC_MALFORMED ? 20 : 2));
	free(s);
	free(p);
}

/* ---- flows */

void gen6_open(struct gen *g, struct gen_packet *p, const union inet_addr *server)
{
	struct gen6_packet *s = xcalloc(1, sizeof(*s));
	unsigned nic = draw_nic(g);

	draw_header(g, s);
	s->hlim = MAX(s->hlim, 3);
	s->src = gen_chance(g, 90) ? gen6_peer(g, nic) : GEN_PICK(g, g->six.far);
	if (server && gen_chance(g, 40))		/* the same client again */
		s->src = g->six.nic[nic = 0].peer[0];
	if (server)
		s->dst = *server;
	else
		s->dst = gen_chance(g, 30) ? g->six.hot_addr : gen_chance(g, 80) ? gen6_addr(g) : gen6_own(g);
	if (gen_chance(g, 3))
		gen6_exthdrs(g, s, false);
	if (p->proto == IPPROTO_ICMP)
		p->sport = ICMPV6_ECHO_REQUEST << 8;
	put_packet(g, p, s, nic, false);
	free(s);
}
