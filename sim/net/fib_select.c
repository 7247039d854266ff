// SPDX-License-Identifier: MIT
// fib_select.c - which of several next hops: multipath by flow hash, default routes by what is alive.
#include "sim/net/fib_internal.h"
#include "sim/net/net.h"

/* uapi/linux/neighbour.h */
#define NUD_INCOMPLETE	0x01u
#define NUD_REACHABLE	0x02u
#define NUD_VALID	(0x80u | 0x40u | NUD_REACHABLE | 0x10u | 0x04u | 0x08u)

/* ---- the flow hash (flow_dissector.c): SipHash over the kernel's struct flow_keys from "basic" on ---- */

struct mp_keys { be32 src, dst; be16 sport, dport; uint8_t proto; };

static uint64_t rol64(uint64_t v, unsigned n)
{
	return v << n | v >> (64 - n);
}

static void sip_round(uint64_t v[4])
{
	v[0] += v[1]; v[1] = rol64(v[1], 13); v[1] ^= v[0]; v[0] = rol64(v[0], 32);
	v[2] += v[3]; v[3] = rol64(v[3], 16); v[3] ^= v[2];
	v[0] += v[3]; v[3] = rol64(v[3], 21); v[3] ^= v[0];
	v[2] += v[1]; v[1] = rol64(v[1], 17); v[1] ^= v[2]; v[2] = rol64(v[2], 32);
}

/* SipHash-2-4 (Aumasson, Bernstein) of whole 64-bit words. */
static uint64_t siphash(const uint8_t *p, size_t words, const uint64_t key[2])
{
	uint64_t v[4] = { 0x736f6d6570736575, 0x646f72616e646f6d, 0x6c7967656e657261, 0x7465646279746573 };
	uint64_t last = (uint64_t)(words * 8) << 56;

	for (int i = 0; i < 4; i++)
		v[i] ^= key[i & 1];
	for (size_t w = 0; w <= words; w++) {
		uint64_t m = 0;

		for (int i = 7; w < words && i >= 0; i--)
			m = m << 8 | p[w * 8 + (size_t)i];
		if (w == words)
			m = last;
		v[3] ^= m;
		sip_round(v);
		sip_round(v);
		v[0] ^= m;
	}
	v[2] ^= 0xff;
	for (int i = 0; i < 4; i++)
		sip_round(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

static uint32_t le32(be32 v)
{
	return __builtin_bswap32(ntohl(v));
}

static uint16_t le16(be16 v)
{
	return __builtin_bswap16(ntohs(v));
}

uint32_t fib_hash_keys(const struct host *h, const uint8_t *b, size_t words)
{
	uint32_t seed = h->sysctl.fib_multipath_hash_seed ? (uint32_t)h->sysctl.fib_multipath_hash_seed
							  : h->fib->mp_seed;
	uint64_t half = (uint64_t)seed << 32 | seed, key[2] = { half, half };
	uint32_t hash = (uint32_t)siphash(b, words, key);

	return hash ? hash : 1;
}

static uint32_t hash_from_keys(const struct host *h, const struct mp_keys *k)
{
	/* Both directions of a flow are one: the smaller comes first, as a little-endian kernel sorts. */
	bool swap_addr = le32(k->dst) < le32(k->src), swap_port = le16(k->dport) < le16(k->sport);
	uint8_t b[48] = { 0 };		/* proto at 2, ports at 28, addresses at 36 */

	b[2] = k->proto;
	memcpy(b + 28, swap_port ? &k->dport : &k->sport, 2);
	memcpy(b + 30, swap_port ? &k->sport : &k->dport, 2);
	memcpy(b + 36, swap_addr ? &k->dst : &k->src, 4);
	memcpy(b + 40, swap_addr ? &k->src : &k->dst, 4);
	return fib_hash_keys(h, b, sizeof(b) / 8);
}

/* ---- what of a packet goes into it ---- */

/* The transport ports at ip + hlen (proto_ports_offset), in whole datagrams only. */
static void dissect(const struct packet *p, uint32_t off, struct mp_keys *k)
{
	const uint8_t *ip = pkt_at(p, off, IP_HLEN), *ports;
	uint32_t at;

	memset(k, 0, sizeof(*k));
	if (!ip || p->protocol != ETH_P_IP)
		return;
	k->src = ip4_saddr(ip);
	k->dst = ip4_daddr(ip);
	k->proto = ip[IP4_PROTO];
	if (get_be16(ip + IP4_FRAGOFF) & (IP_OFFMASK | IP_MF))
		return;
	at = off + ip4_hlen(ip);
	switch (k->proto) {
	case IPPROTO_AH:
		at += 4;
		break;
	case IPPROTO_TCP: case IPPROTO_UDP: case IPPROTO_DCCP: case IPPROTO_ESP: case IPPROTO_SCTP:
	case IPPROTO_UDPLITE:
		break;
	default:
		return;
	}
	ports = pkt_at(p, at, 4);
	if (ports) {
		k->sport = load_be16(ports);
		k->dport = load_be16(ports + 2);
	}
}

/* Where a packet inside an IPIP packet or plain GRE begins; 0 = there is none. */
static uint32_t inner_offset(const struct packet *p)
{
	const uint8_t *ip = pkt_at(p, 0, IP_HLEN), *gre;
	uint32_t at;

	if (!ip || p->protocol != ETH_P_IP || (get_be16(ip + IP4_FRAGOFF) & (IP_OFFMASK | IP_MF)))
		return 0;
	at = ip4_hlen(ip);
	if (ip[IP4_PROTO] == IPPROTO_GRE) {
		gre = pkt_at(p, at, 4);
		if (!gre || (gre[1] & 7) || (gre[0] & 0x40) || get_be16(gre + 2) != ETH_P_IP)
			return 0;
		at += 4 + (gre[0] & 0x80 ? 4 : 0) + (gre[0] & 0x20 ? 4 : 0) + (gre[0] & 0x10 ? 4 : 0);
	} else if (ip[IP4_PROTO] != IPPROTO_IPIP) {
		return 0;
	}
	return pkt_at(p, at, IP_HLEN) ? at : 0;
}

/* Addresses alone; an ICMP error goes the way of the packet it quotes. */
static void l3_keys(const struct packet *p, struct mp_keys *k)
{
	const uint8_t *ip = pkt_nh(p), *icmp = NULL, *inner = NULL;

	if (ip[IP4_PROTO] == IPPROTO_ICMP && !ip4_fragoff(ip))
		icmp = pkt_at(p, ip4_hlen(ip), ICMP_HLEN);
	if (icmp && (icmp[0] == ICMP_DEST_UNREACH || icmp[0] == ICMP_SOURCE_QUENCH || icmp[0] == ICMP_REDIRECT ||
		     icmp[0] == ICMP_TIME_EXCEEDED || icmp[0] == ICMP_PARAMETERPROB))
		inner = pkt_at(p, ip4_hlen(ip) + ICMP_HLEN, IP_HLEN);
	if (inner)
		ip = inner;
	memset(k, 0, sizeof(*k));
	k->src = ip4_saddr(ip);
	k->dst = ip4_daddr(ip);
}

static struct mp_keys flow_keys(const struct flowi4 *fl)
{
	return (struct mp_keys){ .src = fl->saddr, .dst = fl->daddr, .proto = fl->proto,
				 .sport = fl->sport, .dport = fl->dport };
}

/* Policy 3 takes the fields that the sysctl names. */
static uint32_t custom_hash(const struct host *h, struct mp_keys k, unsigned fields)
{
	enum { F_SRC = 1, F_DST = 2, F_PROTO = 4, F_SPORT = 16, F_DPORT = 32 };

	if (!(fields & 0x3f))
		return 0;
	if (!(fields & F_SRC))
		k.src = 0;
	if (!(fields & F_DST))
		k.dst = 0;
	if (!(fields & F_PROTO))
		k.proto = 0;
	if (!(fields & F_SPORT))
		k.sport = 0;
	if (!(fields & F_DPORT))
		k.dport = 0;
	return hash_from_keys(h, &k);
}

static uint32_t custom_hash_packet(const struct host *h, const struct packet *p)
{
	unsigned fields = (unsigned)h->sysctl.fib_multipath_hash_fields;
	uint32_t at = inner_offset(p), outer, inner = 0;
	struct mp_keys k;

	dissect(p, 0, &k);
	outer = custom_hash(h, k, fields & 0x3f);
	if (at) {
		dissect(p, at, &k);
		inner = custom_hash(h, k, fields >> 6 & 0x3f);
	}
	return jhash_2words(outer, inner, 0);
}

static uint32_t hash_packet(const struct host *h, const struct packet *p)
{
	uint32_t at;
	struct mp_keys k;

	switch (h->sysctl.fib_multipath_hash_policy) {
	case 1:
		dissect(p, 0, &k);
		break;
	case 2:
		at = inner_offset(p);
		dissect(p, at, &k);
		k.proto = 0;
		k.sport = k.dport = 0;
		break;
	case 3:
		return custom_hash_packet(h, p);
	default:
		l3_keys(p, &k);
	}
	return hash_from_keys(h, &k);
}

static uint32_t hash_flow(const struct host *h, const struct flowi4 *fl)
{
	struct mp_keys k = flow_keys(fl);

	switch (h->sysctl.fib_multipath_hash_policy) {
	case 1:
		break;
	case 3:
		return custom_hash(h, k, (unsigned)h->sysctl.fib_multipath_hash_fields & 0x3f);
	default:
		k.proto = 0;
		k.sport = k.dport = 0;
	}
	return hash_from_keys(h, &k);
}

/* 31 bits. fl may be NULL with p. */
uint32_t fib_multipath_hash(struct host *h, const struct flowi4 *fl, const struct packet *p)
{
	uint32_t hash = p ? hash_packet(h, p) : hash_flow(h, fl);

	if (fl && fl->mp_hash)
		hash = jhash_2words(hash, fl->mp_hash, 0);
	return hash >> 1;
}

bool fib_rules_dissect(struct host *h, const struct packet *p, struct flowi4 *fl)
{
	struct mp_keys k;

	if (likely(!h->fib->rules.need_ports) || !p)
		return false;
	dissect(p, 0, &k);
	fl->proto = k.proto;
	fl->sport = k.sport;
	fl->dport = k.dport;
	return true;
}

/* ---- choosing ---- */

static bool nh_neigh_good(const struct fib_nh *nh)
{
	unsigned state = NUD_REACHABLE;

	if (nh->scope == RT_SCOPE_LINK && nh->gw) {
		unsigned known = neigh_nud_state(nh->dev, nh->gw);

		state = known ? known : state;
	}
	return state & NUD_VALID;
}

/* The first whose bound the hash does not exceed; for a given source rather one that sends from it. */
void fib_select_multipath(struct host *h, struct fib_result *res, int hash, const struct flowi4 *fl)
{
	be32 saddr = fl ? fl->saddr : 0;
	int best = -1;

	for (int i = 0; i < res->fi->nr_nh; i++) {
		const struct fib_nh *nh = &res->fi->nh[i];
		int score = 0;

		if (nh->upper_bound == -1 ||
		    (h->sysctl.fib_multipath_use_neigh && !nh_neigh_good(nh)))
			continue;
		if (saddr && nh->src_cache == saddr)
			score += 2;
		if (hash <= nh->upper_bound)
			score++;
		if (score <= best)
			continue;
		res->nh_sel = i;
		if (score == 3 || (!saddr && score == 1))
			return;
		best = score;
	}
}

struct last_resort { struct fib_info *fi; int idx; };

/* True: this gateway's neighbour does not answer, try another. */
static bool looks_dead(struct fib_info *fi, int order, struct last_resort *last, int dflt)
{
	unsigned state = neigh_nud_state(fi->nh[0].dev, fi->nh[0].gw);

	if (!state || state == NUD_REACHABLE || ((state & NUD_VALID) && order != dflt))
		return false;
	if ((state & NUD_VALID) || (last->idx < 0 && order > dflt && state != NUD_INCOMPLETE)) {
		last->fi = fi;
		last->idx = order;
	}
	return true;
}

static void assign(struct fib_result *res, struct fib_info *fi)
{
	res->fi = fi;
	res->nh_sel = 0;
}

/* Several default routes of one metric: prefer one whose gateway is alive, and stay with it. */
static void fib_select_default(struct fib_result *res, const struct flowi4 *fl)
{
	struct last_resort last = { NULL, -1 };
	uint32_t last_prio = res->fi->priority;
	struct fib_alias *first = NULL;
	struct fib_info *cur = NULL;
	uint8_t last_tos = 0;
	int order = -1;

	for (struct fib_alias *fa = res->px->aliases; fa; fa = fa->next) {
		struct fib_info *fi = fa->fi;

		if ((fa->tos && fa->tos != (fl->tos & IPTOS_RT_MASK)) || fa->tb_id != res->tb->id)
			continue;
		if (fi->priority > last_prio && fa->tos == last_tos) {
			if (last_tos)
				continue;
			break;
		}
		if (fi->dead)
			continue;
		last_tos = fa->tos;
		last_prio = fi->priority;
		if (fi->scope != res->scope || fi->type != RTN_UNICAST || !fi->nh[0].gw ||
		    fi->nh[0].scope != RT_SCOPE_LINK)
			continue;
		if (!cur) {
			if (fi != res->fi)
				break;
			first = fa;
		} else if (!looks_dead(cur, order, &last, first->dflt)) {
			assign(res, cur);
			first->dflt = order;
			return;
		}
		cur = fi;
		order++;
	}
	if (!first)
		return;
	if (order <= 0) {
		first->dflt = -1;
	} else if (!looks_dead(cur, order, &last, first->dflt)) {
		assign(res, cur);
		first->dflt = order;
	} else {
		if (last.idx >= 0)
			assign(res, last.fi);
		first->dflt = last.idx;
	}
}

/* Fixes the next hop and, if it is open, the source address. */
void fib_select_path(struct host *h, struct fib_result *res, struct flowi4 *fl, const struct packet *p)
{
	if (!fl->oif && res->fi->nr_nh > 1)
		fib_select_multipath(h, res, (int)fib_multipath_hash(h, fl, p), fl);
	else if (!fl->oif && !res->prefixlen && res->tb->num_default > 1 && res->type == RTN_UNICAST)
		fib_select_default(res, fl);
	if (!fl->saddr)
		fl->saddr = fib_result_prefsrc(h, res);
}
