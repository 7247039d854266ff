// SPDX-License-Identifier: MIT
/* gen_traffic.c - random traffic: several flows at once, each a conversation whose answers are made from
 * what came out, and single packets between them.
 *
 * What a segment made beforehand does to a socket of the host's depends on its random sequence number: the
 * emulation takes that from the kernel. */
#include "sim/packet/headers.h"
#include "sim/verify/gen_internal.h"
#include "sim/world/reply.h"
#include <stdlib.h>

#define NO_EVENT	UINT32_MAX
#define FLOWS		8

enum flow_kind { FLOW_TCP, FLOW_UDP, FLOW_ICMP, FLOW_SCTP, FLOW_OTHER };

/* Who speaks: the opener or the other side. A flow between the host itself and one outside has only the outside speak. */
struct flow {
	enum flow_kind kind;
	bool local;			/* the host is one end: it answers by itself */
	bool open;
	unsigned left, said;
	unsigned turn;			/* 0 = opener */
	uint32_t at[2];			/* the event in which each side spoke last */
	const char *tag;
};

/* Where a packet comes in. */
static unsigned draw_nic(struct gen *g)
{
	return gen_below(g, g->nr_nics - g->down);
}

struct strbuf *gen_event(struct gen *g)
{
	struct strbuf *out = &g->out->file[CASE_EVENTS];

	if (gen_chance(g, 30))
		g->ms += gen_range(g, 1, 4);
	sb_printf(out, "{\"t\": %u.%03u, ", (unsigned)(g->ms / 1000), (unsigned)(g->ms % 1000));
	g->nr_events++;
	return out;
}

void gen_hex(struct strbuf *out, const uint8_t *p, unsigned len)
{
	for (unsigned i = 0; i < len; i++)
		sb_printf(out, "%02x", p[i]);
}

/* ---- frames from outside */

/* Through a port of the bridge to its own address, which is the first port's, or to a neighbour behind the other. */
static void bridge_mac(struct gen *g, uint8_t *mac, be32 dst)
{
	bool known = false;

	for (unsigned i = 0; i < 8; i++)
		known |= g->nic[i / 4].peer[i % 4] == dst;
	mac[5] = 1;
	if (known && gen_chance(g, 80))
		neighbour_mac(mac, dst);
}

/* The sender's link address is that of the neighbour whose address it is, whoever it is. */
static void put_frame(struct gen *g, unsigned nic, const uint8_t *ip, unsigned len, unsigned type)
{
	uint8_t eth[ETH_HLEN] = { 2, 0, 0, 0, 0, (uint8_t)(nic + 1) };
	be32 dst = len >= IP_HLEN ? ip4_daddr(ip) : 0, src = len >= IP_HLEN ? ip4_saddr(ip) : 0;
	struct strbuf *out = gen_event(g);

	if (type == ETH_P_IP && (dst == 0xffffffff || (!g->bridge && gen_chance(g, 1))))
		memset(eth, 0xff, 6);
	else if (type == ETH_P_IP && ipv4_is_multicast(dst))
		memcpy(eth, (uint8_t[]){ 1, 0, 0x5e, ip[17] & 0x7f, ip[18], ip[19] }, 6);
	else if (g->bridge && nic < 2)
		bridge_mac(g, eth, dst);
	else if (gen_chance(g, 2))
		eth[5] ^= 0x40;			/* for somebody else */
	neighbour_mac(eth + 6, src);
	put_be16(eth + 12, type);
	sb_printf(out, "\"in\": \"eth%u\", \"frame\": \"", nic);
	gen_hex(out, eth, 12);
	if (gen_chance(g, 1))
		sb_puts(out, gen_chance(g, 50) ? "81000005" : "81000000");	/* a VLAN's, a priority tag */
	gen_hex(out, eth + 12, 2);
	gen_hex(out, ip, len);
	sb_puts(out, "\"}\n");
}

void gen_local(struct gen *g, const uint8_t *ip, unsigned len)
{
	struct strbuf *out = gen_event(g);

	sb_puts(out, "\"local\": true, \"packet\": \"");
	gen_hex(out, ip, len);
	sb_putc(out, '"');
	if (gen_chance(g, 20))
		gen_text(g, out, ", \"uid\": (0|1000|1500)");
	if (gen_chance(g, 10))
		gen_text(g, out, ", \"gid\": (0|1000)");
	if (gen_chance(g, 15))
		gen_text(g, out, ", \"mark\": {1,3}");
	if (gen_chance(g, 10))
		gen_text(g, out, ", \"oif\": \"%I\"");
	sb_puts(out, "}\n");
}

/* ---- packets */

static uint8_t draw_proto(struct gen *g)
{
	static const uint8_t all[] = { 6, 6, 6, 6, 17, 17, 17, 17, 1, 1, 1, 132, 47, 33, 136, 50, 51, 108, 2, 4 };
	static const uint8_t few[] = { 6, 17, 1, 1, 1, 17 };

	return g->topic == TOPIC_ICMP ? GEN_PICK(g, few) : GEN_PICK(g, all);
}

static const uint8_t init_chunk[] = { 1, 0, 0, 20, 0, 0, 0, 7, 0, 0, 255, 255, 0, 1, 0, 1, 0, 0, 0, 1 };
static const uint8_t data_chunk[] = { 0, 3, 0, 20, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 'a', 'b', 'c', 'd' };
static const uint8_t abort_chunk[] = { 6, 1, 0, 4 };

static void draw_chunks(struct gen *g, struct gen_packet *p)
{
	const uint8_t *c = init_chunk;
	unsigned n = sizeof(init_chunk);

	if (gen_chance(g, 40)) {
		bool data = gen_chance(g, 60);

		c = data ? data_chunk : abort_chunk;
		n = data ? sizeof(data_chunk) : sizeof(abort_chunk);
		p->seq = gen_chance(g, 50) ? 7 : 0x1234;
	}
	memcpy(p->data, c, n);
	p->len = n;
}

static void draw_icmp(struct gen *g, struct gen_packet *p)
{
	static const uint8_t types[] = { 8, 8, 8, 8, 8, 0, 13, 17, 15, 3, 11, 5, 12, 4, 9, 10, 42 };
	uint8_t type = gen_chance(g, 70) ? 8 : GEN_PICK(g, types);

	p->sport = (uint16_t)(type << 8 | (type == 3 ? gen_below(g, 16) : gen_chance(g, 8) ? gen_below(g, 3) : 0));
	p->dport = (uint16_t)gen_range(g, 1, 3);
	p->seq = gen_range(g, 0, 3);
	if (type == 3 || type == 11 || type == 5 || type == 12 || type == 4) {
		/* quotes something that was, or was not, sent */
		struct gen_packet *q = xcalloc(1, sizeof(*q));

		*q = (struct gen_packet){ .src = gen_chance(g, 70) ? p->dst : gen_addr(g), .dst = gen_addr(g), .ttl = 60,
					  .proto = gen_chance(g, 60) ? 17 : 6, .sport = gen_port(g), .dport = gen_port(g), .flags = TH_SYN };
		p->dport = type == 3 && gen_chance(g, 50) ? 0 : p->dport;
		p->len = MIN(gen_ip(q, p->data), gen_chance(g, 85) ? 28u : gen_range(g, 8, 40));
		if (gen_chance(g, 50))
			p->len = MAX(p->len, 28u);
		free(q);
	}
}

static void draw_tcp(struct gen *g, struct gen_packet *p)
{
	static const uint8_t flags[] = { TH_SYN, TH_SYN, TH_SYN, TH_ACK, TH_ACK | TH_PUSH, TH_SYN | TH_ACK, TH_RST, TH_RST | TH_ACK,
					 TH_FIN | TH_ACK, TH_FIN, 0, TH_SYN | TH_FIN, TH_FIN | TH_PUSH | TH_URG, TH_SYN | TH_ECE | TH_CWR };

	p->flags = GEN_PICK(g, flags);
	p->seq = gen_chance(g, 80) ? 1000 * gen_range(g, 1, 4) : gen_chance(g, 50) ? UINT32_MAX : 0x7fffffff + gen_below(g, 3);
	p->ack = p->flags & TH_ACK ? 1000 * gen_range(g, 1, 4) + 1 : 0;
	p->win = gen_chance(g, 75) ? 65535 : gen_below(g, 2) ? 0 : 512;
	if (p->flags & TH_SYN ? gen_chance(g, 80) : gen_chance(g, 10))
		gen_tcp_options(g, p);
}

void gen_body(struct gen *g, struct gen_packet *p)
{
	static const unsigned lens[] = { 0, 1, 4, 4, 8, 12, 26, 64, 200, 1000, 1472 };

	p->sport = gen_port(g);
	p->dport = gen_chance(g, 30) ? g->hot_port : gen_port(g);
	gen_payload(g, p, gen_chance(g, 90) ? GEN_PICK(g, lens) % 100 : GEN_PICK(g, lens));
	switch (p->proto) {
	case IPPROTO_TCP:	draw_tcp(g, p);					break;
	case IPPROTO_ICMP:	draw_icmp(g, p);				break;
	case IPPROTO_SCTP:	draw_chunks(g, p);				break;
	case IPPROTO_DCCP:	p->flags = (uint8_t)gen_below(g, 11);		break;
	case IPPROTO_GRE:	memcpy(p->data, (uint8_t[]){ 0x20, 0x01, 0x88, 0x0b, 0, 4, 0, (uint8_t)gen_range(g, 1, 3) }, 8);
				p->data[0] = gen_chance(g, 50) ? 0x30 : 0;
				p->data[1] = gen_chance(g, 50);
				p->len = MAX(p->len, 12u);			break;
	case IPPROTO_AH:	memcpy(p->data, (uint8_t[]){ 17, 4, 0, 0, 0, 0, 1, 0xf4 }, 8);
				p->len = MAX(p->len, 24u);			break;
	case IPPROTO_ESP:	put_be32(p->data, gen_chance(g, 50) ? 1000 : 1);
				p->len = MAX(p->len, 12u);			break;
	case 108:		put_be32(p->data, 0x11000000 | gen_range(g, 1, 3));
				p->len = MAX(p->len, 8u);			break;
	}
}

static be32 draw_dst(struct gen *g)
{
	unsigned r = gen_below(g, 100);

	if (r < 4) {
		const struct gen_nic *n = &g->nic[gen_below(g, g->nr_nics)];
		uint32_t host = n->plen ? ~(~UINT32_C(0) << (32 - n->plen)) : 0;

		return htonl(ntohl(n->net) | (r & 1 ? host : 0));
	}
	if (r < 6)
		return htonl(r & 1 ? 0xe0000001 : 0xe1020304);
	if (r < 7)
		return 0xffffffff;
	if (r < 30)
		return gen_own(g);
	return gen_chance(g, 30) ? g->hot_addr : gen_addr(g);
}

static be32 draw_src(struct gen *g, unsigned nic)
{
	unsigned r = gen_below(g, 100);

	return r < 75 ? gen_peer(g, nic) : r < 90 ? GEN_PICK(g, g->far) : gen_addr(g);
}

static void draw_header(struct gen *g, struct gen_packet *p)
{
	static const uint8_t toses[] = { 0x10, 0x08, 0xb8, 2, 1, 3, 0x20, 4 }, ttls[] = { 1, 2, 3, 63, 128, 255, 33 };

	p->ttl = gen_chance(g, 80) ? 64 : GEN_PICK(g, ttls);
	p->tos = gen_chance(g, 75) ? 0 : GEN_PICK(g, toses);
	p->id = (uint16_t)gen_range(g, 1, 65535);
	p->frag = gen_chance(g, 40) ? IP_DF : 0;
	if (gen_chance(g, g->topic == TOPIC_MALFORMED ? 25 : 2))
		gen_ip_options(g, p);
}

static void draw_packet(struct gen *g, struct gen_packet *p, unsigned nic)
{
	*p = (struct gen_packet){ .proto = draw_proto(g) };
	p->src = draw_src(g, nic);
	p->dst = draw_dst(g);
	draw_header(g, p);
	gen_body(g, p);
}

/* ---- single events */

static void single(struct gen *g)
{
	struct gen_packet *p = xcalloc(1, sizeof(*p));
	uint8_t *ip = xcalloc(1, 4096);
	unsigned nic = draw_nic(g), len;

	draw_packet(g, p, nic);
	len = gen_ip(p, ip);
	if (gen_chance(g, g->topic == TOPIC_MALFORMED ? 60 : 5))
		len = gen_spoil(g, ip, len);
	put_frame(g, nic, ip, len, ETH_P_IP);
	free(ip);
	free(p);
}

/* The same again and again, or with one thing counted up. */
static void burst(struct gen *g)
{
	struct gen_packet *p = xcalloc(1, sizeof(*p));
	uint8_t *ip = xcalloc(1, 4096);
	unsigned nic = draw_nic(g), what = gen_below(g, 4);

	draw_packet(g, p, nic);
	for (unsigned n = gen_chance(g, 5) ? gen_range(g, 10, 25) : gen_range(g, 3, 7); n; n--) {
		put_frame(g, nic, ip, gen_ip(p, ip), ETH_P_IP);
		p->id++;
		if (what == 1)
			p->sport = (uint16_t)(p->proto == IPPROTO_ICMP ? p->sport : p->sport + 1);
		else if (what == 2)
			p->src = gen_peer(g, nic);
	}
	free(ip);
	free(p);
}

/* One packet cut into fragments, which come late, twice, never or over each other. */
static void fragments(struct gen *g)
{
	struct gen_packet *p = xcalloc(1, sizeof(*p));
	uint8_t *ip = xcalloc(1, 4096), piece[4096];
	unsigned nic = draw_nic(g), len, cut, total;

	draw_packet(g, p, nic);
	p->nr_ipopt = gen_chance(g, 90) ? 0 : p->nr_ipopt;
	p->frag = 0;
	if (p->proto != IPPROTO_SCTP && p->proto != IPPROTO_ICMP)
		gen_payload(g, p, gen_range(g, 8, gen_chance(g, 80) ? 120 : 1900));
	len = gen_ip(p, ip);
	total = len - ip4_hlen(ip);
	cut = MAX(8u, total / gen_range(g, 2, 4) & ~7u);
	if (gen_chance(g, 10))
		cut = 8;
	for (unsigned off = 0, n = 0; off < total && n < 6; off += cut, n++) {
		unsigned hlen = ip4_hlen(ip), part = MIN(cut, total - off), from = off;

		if (gen_chance(g, 8))
			continue;		/* lost */
		if (from && gen_chance(g, 6))
			from -= 8;		/* over the one before */
		memcpy(piece, ip, hlen);
		memcpy(piece + hlen, ip + hlen + from, part);
		put_be16(piece + IP4_TOTLEN, hlen + part);
		put_be16(piece + IP4_FRAGOFF, from / 8 | (from + part < total ? IP_MF : 0));
		ip4_send_check(piece);
		put_frame(g, nic, piece, hlen + part, ETH_P_IP);
		if (gen_chance(g, 6))
			put_frame(g, nic, piece, hlen + part, ETH_P_IP);
	}
	free(ip);
	free(p);
}

static void local_packet(struct gen *g)
{
	struct gen_packet *p = xcalloc(1, sizeof(*p));
	uint8_t *ip = xcalloc(1, 4096);
	unsigned len;

	draw_packet(g, p, draw_nic(g));
	p->src = gen_chance(g, 80) ? gen_own(g) : gen_chance(g, 50) ? 0 : gen_addr(g);
	p->frag = gen_chance(g, 30) ? IP_DF : 0;
	if (p->proto != IPPROTO_ICMP && p->proto != IPPROTO_SCTP && gen_chance(g, 12))
		gen_payload(g, p, gen_range(g, 600, 1600));	/* more than some MTUs */
	if (ipv4_is_lbcast(p->dst) || ipv4_is_multicast(p->dst))
		p->dst = gen_addr(g);
	len = gen_ip(p, ip);
	gen_local(g, ip, len);
	free(ip);
	free(p);
}

static void arp_question(struct gen *g)
{
	unsigned nic = draw_nic(g);
	uint8_t arp[28] = { 0, 1, 8, 0, 6, 4, 0, 1 };
	struct strbuf *out = gen_event(g);
	be32 who = gen_peer(g, nic), whom = gen_chance(g, 60) ? gen_own(g) : gen_addr(g);

	neighbour_mac(arp + 8, who);
	memcpy(arp + 14, &who, 4);
	memcpy(arp + 24, &whom, 4);
	sb_printf(out, "\"in\": \"eth%u\", \"frame\": \"ffffffffffff", nic);
	gen_hex(out, arp + 8, 6);
	sb_puts(out, "0806");
	gen_hex(out, arp, sizeof(arp));
	sb_puts(out, "\"}\n");
}

/* Half or one and a half times the second that timeouts are short to; for local sockets' timers, which run from 40 ms
 * on, times between them. */
static void wait(struct gen *g)
{
	static const unsigned local[] = { 20, 100, 100, 320, 700, 1500 };

	g->ms += g->topic == TOPIC_LOCAL ? GEN_PICK(g, local) : gen_chance(g, 50) ? (g->v6 ? 450 : 500) : 1600;	/* not when a question to a neighbour is repeated */
}

/* ---- conversations */

static void put_reply(struct gen *g, uint32_t to, const char *kind, const char *options)
{
	struct strbuf *out = gen_event(g);

	sb_printf(out, "\"in\": \"auto\", \"reply_to\": %u, \"kind\": \"%s\"", to, kind);
	gen_text(g, out, options);
	sb_puts(out, "}\n");
}

static const struct { const char *kind, *options; unsigned weight; } errors[] = {
	{ "icmp-unreach", ", \"code\": (0|1|2|9|10|13)", 3 }, { "icmp-port-unreach", "", 4 }, { "icmp-ttl", "", 3 },
	{ "icmp-ttl", ", \"src\": \"%a\"", 2 }, { "icmp-fragneeded", ", \"mtu\": (1400|1000|576|68)", 3 }, { "icmp-quench", "", 1 },
	{ "icmp-paramprob", "", 1 }, { "icmp-port-unreach", ", \"src\": \"%a\"", 2 }, { "icmp-port-unreach", ", \"quote\": (8|20|28|64)", 2 },
	{ "icmp-redirect", ", \"gw\": \"%g\"", 1 },
};

static const struct { const char *kind, *options; } errors6[] = {
	{ "icmp-unreach", ", \"code\": {0,7}" }, { "icmp-port-unreach", "" }, { "icmp-ttl", ", \"code\": (0|1)" }, { "icmp-ttl", ", \"src\": \"%a\"" },
	{ "icmp-fragneeded", ", \"mtu\": (1400|1280|1300|100)" }, { "icmp-fragneeded", ", \"mtu\": 1280, \"src\": \"%a\"" },
	{ "icmp-paramprob", ", \"code\": {0,2}" }, { "icmp-port-unreach", ", \"src\": \"%a\"" },
	{ "icmp-port-unreach", ", \"quote\": (8|40|48|64)" }, { "icmp-quench", "" },
};

static void icmp_error(struct gen *g, uint32_t to)
{
	unsigned i = gen_below(g, g->v6 ? ARRAY_SIZE(errors6) : ARRAY_SIZE(errors));

	if (g->v6)
		put_reply(g, to, errors6[i].kind, errors6[i].options);
	else
		put_reply(g, to, errors[i].kind, errors[i].options);
}

struct word { const char *kind, *options; unsigned weight; };

static void say(struct gen *g, uint32_t to, const struct word *words, unsigned n)
{
	unsigned all = 0, r, i;

	for (i = 0; i < n; i++)
		all += words[i].weight;
	r = gen_below(g, all);
	for (i = 0; r >= words[i].weight; i++)
		r -= words[i].weight;
	put_reply(g, to, words[i].kind, words[i].options);
}

#define DATA ", \"data\": \"(68656c6c6f|78797a|646174616461746164617461|%h|%h|%F)\""

static void answer_tcp(struct gen *g, struct flow *f, uint32_t to)
{
	static const struct word first[] = {
		{ "synack", "[, \"tcpopts\": \"(020405b4|020405b401030307|0204021801010101)\"]", 80 }, { "rstack", "", 6 }, { "syn", "", 3 },
		{ "synack", ", \"ack_add\": 5", 3 }, { "ack", "", 3 }, { "data", DATA, 2 }, { "synack", ", \"win\": 100", 3 },
	};
	static const struct word second[] = {
		{ "ack", "", 80 }, { "data", DATA, 12 }, { "rst", "", 4 }, { "synack", "", 1 }, { "fin", "", 3 },
	};
	static const struct word later[] = {
		{ "ack", "", 25 }, { "data", DATA, 35 }, { "fin", "", 20 },
		{ "rst", "", 4 }, { "rstack", "", 2 }, { "data", DATA ", \"seq_add\": 5", 3 },
		{ "data", DATA ", \"seq_add\": 100000", 1 }, { "ack", ", \"ack_add\": 1000", 2 },
		{ "ack", ", \"seq_add\": -1", 2 }, { "syn", "", 1 },
		{ "tcp", ", \"flags\": (0|41|3|20)", 1 }, { "ack", ", \"win\": 0", 1 },
		{ "data", DATA ", \"badcsum\": true", 2 }, { "rst", ", \"seq_add\": 77", 2 },
	};
	static const struct word calm[] = {
		{ "ack", "", 30 }, { "data", DATA, 40 }, { "fin", "", 15 }, { "rst", "", 3 }, { "data", DATA ", \"badcsum\": true", 2 },
		{ "data", DATA ", \"seq_add\": 5", 3 }, { "data", DATA ", \"seq_add\": 100000", 1 }, { "ack", ", \"ack_add\": 1000", 2 },
		{ "ack", ", \"seq_add\": -1", 2 }, { "syn", "", 1 }, { "ack", ", \"win\": 0", 1 }, { "rst", ", \"seq_add\": 77", 2 },
		{ "synack", "", 1 }, { "tcp", ", \"flags\": (0|41|3|20)", 1 },
	};

	if (!f->said)
		say(g, to, first, ARRAY_SIZE(first));
	else if (f->local)
		say(g, to, calm, ARRAY_SIZE(calm));
	else if (f->said == 1)
		say(g, to, second, ARRAY_SIZE(second));
	else
		say(g, to, later, ARRAY_SIZE(later));
}

static void answer(struct gen *g, struct flow *f, uint32_t to)
{
	static const struct word udp[] = {
		{ "udp", DATA, 40 }, { "udp", "", 10 }, { "udp", DATA ", \"src\": \"%a\"", 2 }, { "mirror", "", 2 }, { "forward", "", 2 },
	};
	static const struct word icmp[] = { { "echo-reply", "", 40 }, { "mirror", "", 2 }, { "forward", "", 3 } };
	static const struct word sctp[] = {
		{ "sctp", ", \"chunks\": \"02000014000000090000ffff0001000100000001\", \"vtag\": 7", 20 },
		{ "sctp", ", \"chunks\": \"0a000008aabbccdd\", \"vtag\": 9", 12 },
		{ "sctp", ", \"chunks\": \"0b000004\", \"vtag\": 7", 12 },
		{ "sctp", ", \"chunks\": \"0003001400000001000000000000000061626364\", \"vtag\": (7|9)", 12 },
		{ "sctp", ", \"chunks\": \"0300001000000001000010000000\" ", 0 },
		{ "sctp", ", \"chunks\": \"0700000800000001\", \"vtag\": (7|9)", 6 },
		{ "sctp", ", \"chunks\": \"08000004\", \"vtag\": (7|9)", 6 }, { "sctp", ", \"chunks\": \"0e000004\", \"vtag\": (7|9)", 4 },
		{ "sctp", ", \"chunks\": \"06000004\", \"vtag\": (7|9)", 4 }, { "sctp", ", \"chunks\": \"0400000400\", \"vtag\": 9", 3 },
	};
	static const struct word other[] = { { "mirror", "", 40 }, { "forward", "", 10 } };

	if (gen_chance(g, g->topic == TOPIC_ICMP ? 25 : 6)) {
		icmp_error(g, to);
		return;
	}
	switch (f->kind) {
	case FLOW_TCP:	 answer_tcp(g, f, to);				break;
	case FLOW_UDP:	 say(g, to, udp, ARRAY_SIZE(udp));		break;
	case FLOW_ICMP:	 say(g, to, icmp, ARRAY_SIZE(icmp));		break;
	case FLOW_SCTP:	 say(g, to, sctp, ARRAY_SIZE(sctp));		break;
	case FLOW_OTHER: say(g, to, other, ARRAY_SIZE(other));		break;
	}
}

static void open_packet(struct gen *g, struct flow *f, struct gen_packet *p)
{
	static const uint8_t protos[] = { [FLOW_TCP] = 6, [FLOW_UDP] = 17, [FLOW_ICMP] = 1, [FLOW_SCTP] = 132, [FLOW_OTHER] = 47 };
	static const uint8_t others[] = { 47, 136, 33, 50, 2 };

	p->proto = f->kind == FLOW_OTHER ? GEN_PICK(g, others) : protos[f->kind];
	draw_header(g, p);
	p->nr_ipopt = 0;
	p->ttl = MAX(p->ttl, 3);
	gen_body(g, p);
	if (f->kind == FLOW_TCP) {
		p->flags = gen_chance(g, 95) ? TH_SYN : TH_SYN | TH_ECE | TH_CWR;
		p->seq = gen_chance(g, 85) ? 1000 : UINT32_MAX - gen_below(g, 20);
		p->ack = 0;
		p->len = 0;
		p->win = 65535;
		p->nr_l4opt = 0;
		if (gen_chance(g, 70)) {
			memcpy(p->l4opt, (uint8_t[]){ 2, 4, 5, 0xb4, 1, 3, 3, 7 }, 8);
			p->nr_l4opt = gen_chance(g, 70) ? 8 : 4;
		}
	} else if (f->kind == FLOW_SCTP) {
		memcpy(p->data, init_chunk, sizeof(init_chunk));
		p->len = sizeof(init_chunk);
		p->seq = 0;
	} else if (f->kind == FLOW_ICMP) {
		p->sport = ICMP_ECHO << 8;
		p->len = gen_range(g, 0, 40);
	}
}

/* From outside through the host, or to a server of its own. */
static void open_outside(struct gen *g, struct flow *f, be32 dst, unsigned port)
{
	struct gen_packet *p = xcalloc(1, sizeof(*p));
	uint8_t *ip = xcalloc(1, 4096);
	unsigned nic = draw_nic(g);

	open_packet(g, f, p);
	p->src = gen_chance(g, 90) ? gen_peer(g, nic) : GEN_PICK(g, g->far);
	if (port && gen_chance(g, 40))		/* the same client again */
		p->src = g->nic[nic = 0].peer[0];
	p->dst = dst;
	if (port)
		p->dport = (uint16_t)port;
	p->sport = f->kind == FLOW_ICMP ? p->sport : gen_chance(g, port ? 80 : 50) ? (uint16_t)gen_range(g, 30000, 30003) : p->sport;
	put_frame(g, nic, ip, gen_ip(p, ip), ETH_P_IP);
	free(ip);
	free(p);
}

/* The same in IPv6; server NULL: to anywhere. */
static void open_outside6(struct gen *g, struct flow *f, const union inet_addr *server, unsigned port)
{
	struct gen_packet *p = xcalloc(1, sizeof(*p));

	open_packet(g, f, p);
	if (f->kind != FLOW_ICMP && gen_chance(g, server ? 80 : 50))
		p->sport = (uint16_t)gen_range(g, 30000, 30003);
	if (server)
		p->dport = (uint16_t)port;
	gen6_open(g, p, server);
	free(p);
}

/* A server socket, and a client outside. */
static void open_server(struct gen *g, struct flow *f)
{
	unsigned port = gen_range(g, 7001, 7003);
	struct strbuf *out;
	char buf[ADDRSTRLEN];
	union inet_addr own = g->v6 ? gen6_own(g) : (union inet_addr){ .ip = gen_own(g) };

	f->kind = gen_chance(g, 60) ? FLOW_TCP : FLOW_UDP;
	if (!g->served[port]) {
		out = gen_event(g);
		sb_printf(out, "\"listen\": {\"proto\": \"%s\", \"addr\": \"%s\", \"port\": %u, \"echo\": %s", f->kind == FLOW_TCP ? "tcp" : "udp",
			  gen_chance(g, 70) ? (g->v6 ? "::" : "0.0.0.0") : inet_str(buf, g->v6 ? NFPROTO_IPV6 : NFPROTO_IPV4, &own), port, gen_chance(g, 80) ? "true" : "false");
		if (gen_chance(g, 20))
			gen_text(g, out, ", \"uid\": (1000|1500)");
		if (gen_chance(g, 15))
			gen_text(g, out, ", \"mark\": {1,3}");
		if (gen_chance(g, 15))
			sb_puts(out, ", \"transparent\": true");
		sb_puts(out, "}}\n");
		g->served[port] = true;
	}
	if (g->v6)
		open_outside6(g, f, &own, port);
	else
		open_outside(g, f, own.ip, port);
	f->local = true;
}

static void open_client(struct gen *g, struct flow *f)
{
	struct strbuf *out = gen_event(g);

	f->kind = gen_chance(g, 60) ? FLOW_TCP : FLOW_UDP;
	sb_printf(out, "\"connect\": {\"proto\": \"%s\", \"addr\": \"", f->kind == FLOW_TCP ? "tcp" : "udp");
	gen_text(g, out, gen_chance(g, 90) ? "%a" : "%o");
	sb_printf(out, "\", \"port\": %u, \"sport\": %u", gen_port(g), 41000 + g->serial++);
	if (gen_chance(g, 25))
		gen_text(g, out, ", \"saddr\": \"%o\"");
	if (f->kind == FLOW_UDP || gen_chance(g, 40))
		gen_text(g, out, DATA);
	if (gen_chance(g, 30))
		gen_text(g, out, ", \"uid\": (1000|1500)");
	sb_puts(out, "}}\n");
	f->local = true;
}

static void flow_open(struct gen *g, struct flow *f)
{
	static const enum flow_kind kinds[] = { FLOW_TCP, FLOW_TCP, FLOW_TCP, FLOW_UDP, FLOW_UDP, FLOW_ICMP, FLOW_SCTP, FLOW_OTHER };
	unsigned local = g->topic == TOPIC_LOCAL ? 70 : 15;

	*f = (struct flow){ .kind = GEN_PICK(g, kinds), .open = true, .left = gen_range(g, 2, 9), .turn = 1, .at = { NO_EVENT, NO_EVENT } };
	if (gen_chance(g, local)) {
		if (gen_chance(g, 60))
			open_server(g, f);
		else
			open_client(g, f);
	} else if (g->v6) {
		open_outside6(g, f, NULL, 0);
	} else {
		open_outside(g, f, gen_chance(g, 30) ? g->hot_addr : gen_chance(g, 80) ? gen_addr(g) : gen_own(g), 0);
	}
	f->at[0] = g->nr_events - 1;
}

static void flow_step(struct gen *g, struct flow *f)
{
	uint32_t to = f->local ? f->at[0] : f->at[!f->turn];

	answer(g, f, to);
	f->said++;
	if (f->local) {
		f->at[0] = g->nr_events - 1;
	} else {
		f->at[f->turn] = g->nr_events - 1;
		if (gen_chance(g, 80))
			f->turn = !f->turn;
	}
	if (!--f->left)
		f->open = false;
}

/* How often each kind of event comes, in percent of those that are no step of a flow. */
static void other_event(struct gen *g)
{
	unsigned r = gen_below(g, 100), frag = g->topic == TOPIC_FRAG ? 60 : 6, many = g->topic == TOPIC_LIMIT ? 40 : 8;

	if (r < frag)
		(g->v6 ? gen6_fragments : fragments)(g);
	else if (r < frag + many)
		(g->v6 ? gen6_burst : burst)(g);
	else if (r < frag + many + 8)
		(g->v6 ? gen6_local_packet : local_packet)(g);
	else if (r < frag + many + (g->v6 ? 20 : 10))
		(g->v6 ? gen6_neighbour : arp_question)(g);
	else
		(g->v6 ? gen6_single : single)(g);
	if (g->topic == TOPIC_LOCAL && gen_chance(g, 30))
		(g->v6 ? gen6_local_packet : local_packet)(g);
}

void gen_traffic(struct gen *g)
{
	unsigned events = gen_range(g, 8, 60), waits = g->waits ? 2 : g->topic == TOPIC_LOCAL && gen_chance(g, 30) ? 2 : 0;
	struct flow flow[FLOWS] = { { 0 } };

	while (g->nr_events < events) {
		unsigned i = gen_below(g, FLOWS);

		if (waits && gen_chance(g, 15)) {
			wait(g);
			waits--;
		}
		if (flow[i].open)
			flow_step(g, &flow[i]);
		else if (gen_chance(g, 45))
			flow_open(g, &flow[i]);
		else
			other_event(g);
	}
}
