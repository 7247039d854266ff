// SPDX-License-Identifier: MIT
/* HMARK.c - "-j HMARK": a mark from a hash over addresses, ports and protocol (net/netfilter/xt_HMARK.c). */
#include "rules/ext/util.h"
#include "sim/net/fib.h"
#include <strings.h>

enum { O_SADDR, O_DADDR, O_SPI, O_SPI_MASK, O_SPORT, O_DPORT, O_SPORT_MASK, O_DPORT_MASK, O_PROTO_MASK, O_RND, O_MOD, O_OFFSET,
       O_CT, O_TUPLE };
#define BIT(o) (1u << (o))

/* Ports in host order; an SPI is both: its upper half is the source port. */
struct ports { uint16_t src, dst; };
struct hmark_info {
	uint32_t flags;				/* bits of O_* */
	union inet_addr src_mask, dst_mask;
	struct ports mask, set;
	uint16_t proto_mask;
	uint32_t rnd, mod, offset;
};

static struct ports from_spi(uint32_t spi)
{
	return (struct ports){ (uint16_t)(spi >> 16), (uint16_t)spi };
}

static uint32_t to_spi(struct ports p)
{
	return (uint32_t)p.src << 16 | p.dst;
}

/* A word of --hmark-tuple or the beginning of one. */
static bool word_parse(struct ext_cb *cb, const char *word, size_t n)
{
	static const struct { const char *name; int o; } words[] = {
		{ "ct", O_CT }, { "src", O_SADDR }, { "dst", O_DADDR }, { "sport", O_SPORT_MASK }, { "dport", O_DPORT_MASK },
		{ "proto", O_PROTO_MASK }, { "spi", O_SPI_MASK },
	};
	struct hmark_info *h = cb->info;

	for (size_t i = 0; n && i < ARRAY_SIZE(words); i++) {
		if (strncasecmp(word, words[i].name, n))
			continue;
		h->flags |= BIT(words[i].o);
		cb->xflags |= BIT(words[i].o);
		switch (words[i].o) {
		case O_SADDR:		memset(&h->src_mask, 0xff, sizeof(h->src_mask));	break;
		case O_DADDR:		memset(&h->dst_mask, 0xff, sizeof(h->dst_mask));	break;
		case O_SPORT_MASK:	h->mask.src = UINT16_MAX;				break;
		case O_DPORT_MASK:	h->mask.dst = UINT16_MAX;				break;
		case O_PROTO_MASK:	h->proto_mask = UINT16_MAX;				break;
		case O_SPI_MASK:	h->mask = from_spi(UINT32_MAX);				break;
		}
		return true;
	}
	return ext_error(cb, "Bad type \"%s\"", word) ||
		       ext_hint_one_of(cb, word, strlen(word), "src dst sport dport proto spi ct");
}

static bool tuple_parse(struct ext_cb *cb)
{
	const char *word = cb->arg;
	size_t n;

	for (; (n = strcspn(word, ",")), word[n]; word += n + 1)
		if (!word_parse(cb, word, n))
			return false;
	if (!n)
		return ext_error(cb, "\"--hmark-tuple\" requires a list of types with no spaces, e.g. src,dst,sport,dport,proto");
	return word_parse(cb, word, n);
}

static bool hmark_parse(struct ext_cb *cb)
{
	struct hmark_info *h = cb->info;

	h->flags |= BIT(cb->opt->id);
	switch (cb->opt->id) {
	case O_SADDR:		h->src_mask = cb->val.host.mask;	break;
	case O_DADDR:		h->dst_mask = cb->val.host.mask;	break;
	case O_SPI:		h->set = from_spi(cb->val.u32);		break;
	case O_SPI_MASK:	h->mask = from_spi(cb->val.u32);	break;
	case O_SPORT:		h->set.src = cb->val.u16;		break;
	case O_DPORT:		h->set.dst = cb->val.u16;		break;
	case O_SPORT_MASK:	h->mask.src = cb->val.u16;		break;
	case O_DPORT_MASK:	h->mask.dst = cb->val.u16;		break;
	case O_PROTO_MASK:	h->proto_mask = cb->val.u16;		break;
	case O_RND:		h->rnd = cb->val.u32;			break;
	case O_MOD:		h->mod = cb->val.u32;			break;
	case O_OFFSET:		h->offset = cb->val.u32;		break;
	}
	return true;
}

static bool hmark_final(struct ext_cb *cb)
{
	uint32_t what = BIT(O_SADDR) | BIT(O_DADDR) | BIT(O_SPI) | BIT(O_SPI_MASK) | BIT(O_SPORT) | BIT(O_DPORT) |
			BIT(O_SPORT_MASK) | BIT(O_DPORT_MASK) | BIT(O_PROTO_MASK) | BIT(O_CT);

	if (!(cb->xflags & BIT(O_MOD)))
		return ext_error(cb, "--hmark-mod is mandatory");
	if (!(cb->xflags & BIT(O_RND)))
		return ext_error(cb, "--hmark-rnd is mandatory");
	if (cb->xflags & BIT(O_SPI_MASK) && cb->xflags & (BIT(O_SPORT_MASK) | BIT(O_DPORT_MASK)))
		return ext_error(cb, "you cannot use --hmark-spi-mask and --hmark-?port-mask,at the same time");
	return cb->xflags & what || ext_error(cb, "you have to specify --hmark-tuple at least");
}

static bool hmark_check(struct ext_check *c)
{
	const struct hmark_info *h = c->info;

	if (h->flags & BIT(O_SPI) && h->flags & (BIT(O_SPORT) | BIT(O_DPORT)))
		return ext_refuse(c, "xt_HMARK: spi-set and port-set can't be combined");
	return true;
}

/* ---- the hash ---- */

struct tuple { uint32_t src, dst, ports; uint8_t proto; };

/* Both directions of a connection must hash alike: the greater port goes first. */
static uint32_t mix_ports(const struct hmark_info *h, uint16_t src, uint16_t dst)
{
	src = (src & h->mask.src) | h->set.src;
	dst = (dst & h->mask.dst) | h->set.dst;
	return (uint32_t)MAX(src, dst) << 16 | MIN(src, dst);
}

/* An address under its mask as one word: the words of IPv6's, added without carry. */
static uint32_t address(const union inet_addr *a, const union inet_addr *mask)
{
	uint32_t v = 0;

	for (int i = 0; i < 4; i++)
		v ^= a->all[i] & mask->all[i];
	return ntohl(v);
}

static bool tuple_of_ct(const struct packet *p, const struct hmark_info *h, struct tuple *t)
{
	const struct ct_tuple *orig, *reply;

	if (!p->ct)
		return false;
	orig = &p->ct->tuple[IP_CT_DIR_ORIGINAL];
	reply = &p->ct->tuple[IP_CT_DIR_REPLY];
	t->src = address(&orig->src.u3, &h->src_mask);
	t->dst = address(&reply->src.u3, &h->dst_mask);
	t->proto = orig->dst.protonum;
	if (t->proto != IPPROTO_ICMP)
		t->ports = mix_ports(h, ntohs(orig->src.u), ntohs(reply->src.u));
	return true;
}

static bool is_icmp_error(unsigned type)
{
	return type == ICMP_DEST_UNREACH || type == ICMP_SOURCE_QUENCH || type == ICMP_REDIRECT || type == ICMP_TIME_EXCEEDED ||
	       type == ICMP_PARAMETERPROB;
}

/* Where ports or an SPI are in the header, or -1. */
static int ports_at(unsigned proto)
{
	switch (proto) {
	case IPPROTO_TCP: case IPPROTO_UDP: case IPPROTO_UDPLITE: case IPPROTO_DCCP: case IPPROTO_SCTP: case IPPROTO_ESP:
		return 0;
	case IPPROTO_AH:
		return 4;
	default:
		return -1;
	}
}

/* Of an ICMP error, the quoted packet's. */
static bool tuple_of_packet(const struct packet *p, const struct hmark_info *h, struct tuple *t)
{
	const uint8_t *ip = pkt_nh(p), *icmp, *ports;
	uint32_t off = 0;

	if (ip[IP4_PROTO] == IPPROTO_ICMP) {
		icmp = pkt_at(p, ip4_hlen(ip), ICMP_HLEN);
		if (icmp && is_icmp_error(icmp[ICMP_TYPE])) {
			off = ip4_hlen(ip) + ICMP_HLEN;
			ip = pkt_at(p, off, IP_HLEN);
			if (!ip)
				return false;
		}
	}
	t->src = ntohl(ip4_saddr(ip) & h->src_mask.ip);
	t->dst = ntohl(ip4_daddr(ip) & h->dst_mask.ip);
	t->proto = ip[IP4_PROTO];
	if (t->proto == IPPROTO_ICMP || get_be16(ip + IP4_FRAGOFF) & (IP_MF | IP_OFFMASK) || ports_at(t->proto) < 0)
		return true;
	ports = pkt_at(p, off + ip4_hlen(ip) + (uint32_t)ports_at(t->proto), 4);
	if (ports)
		t->ports = mix_ports(h, get_be16(ports), get_be16(ports + 2));
	return true;
}

/* The same of IPv6. An authentication header counts for a protocol: its SPI stands for ports. What has no protocol
 * that can be found hashes as if all were zero. */
static bool tuple_of_packet6(const struct packet *p, const struct hmark_info *h, struct tuple *t)
{
	const uint8_t *ip = pkt_nh(p), *icmp, *ports;
	unsigned flags = IP6_FH_F_AUTH;
	union inet_addr src, dst;
	uint32_t off = 0;
	int proto = ip6_find_hdr(p, &off, -1, NULL, &flags);

	if (proto < 0)
		return true;
	icmp = proto == IPPROTO_ICMPV6 && !(flags & IP6_FH_F_FRAG) ? pkt_at(p, off, ICMP_HLEN) : NULL;
	if (icmp && icmp[ICMP_TYPE] && icmp[ICMP_TYPE] < ICMPV6_ECHO_REQUEST) {
		off += ICMP_HLEN;
		flags = IP6_FH_F_AUTH;
		ip = pkt_at(p, off, IP6_HLEN);
		proto = ip ? ip6_find_hdr(p, &off, -1, NULL, &flags) : -1;
		if (proto < 0)
			return false;
	}
	src = ip6_saddr(ip);
	dst = ip6_daddr(ip);
	t->src = address(&src, &h->src_mask);
	t->dst = address(&dst, &h->dst_mask);
	t->proto = (uint8_t)proto;
	if (proto == IPPROTO_ICMPV6 || flags & IP6_FH_F_FRAG || ports_at((unsigned)proto) < 0)
		return true;
	ports = pkt_at(p, off + (uint32_t)ports_at((unsigned)proto), 4);
	if (ports)
		t->ports = mix_ports(h, get_be16(ports), get_be16(ports + 2));
	return true;
}

static bool tuple_of(const struct xt_ctx *c, const struct hmark_info *h, struct tuple *t)
{
	if (h->flags & BIT(O_CT))
		return tuple_of_ct(c->pkt, h, t);
	return c->family == NFPROTO_IPV6 ? tuple_of_packet6(c->pkt, h, t) : tuple_of_packet(c->pkt, h, t);
}

static enum xt_verdict hmark_target(struct xt_ctx *c, const void *info)
{
	const struct hmark_info *h = info;
	struct tuple t = { 0 };
	uint32_t hash, was = c->pkt->mark;

	if (!tuple_of(c, h, &t))
		return XT_CONTINUE;
	hash = jhash_3words(MIN(t.src, t.dst), MAX(t.src, t.dst), t.ports, h->rnd) ^ (t.proto & h->proto_mask);
	c->pkt->mark = (uint32_t)((uint64_t)hash * h->mod >> 32) + h->offset;
	ext_changed_hex(c, "mark", was, c->pkt->mark, "HMARK");
	return XT_CONTINUE;
}

/* ---- printing ---- */

/* A mask with holes was made all ones when it was parsed. */
static uint32_t plen_of(const union inet_addr *mask, const struct rule *r)
{
	return (uint32_t)inet_mask_len(mask, r->ip.family);
}

static void hmark_save(const void *info, const struct rule *r, struct strbuf *out)
{
	const struct hmark_info *h = info;
	const struct { int o; const char *fmt; uint32_t v; } opts[] = {
		{ O_SADDR, "src-prefix %u", plen_of(&h->src_mask, r) }, { O_DADDR, "dst-prefix %u", plen_of(&h->dst_mask, r) },
		{ O_SPORT_MASK, "sport-mask 0x%04x", h->mask.src }, { O_DPORT_MASK, "dport-mask 0x%04x", h->mask.dst },
		{ O_SPI_MASK, "spi-mask 0x%08x", to_spi(h->mask) }, { O_SPORT, "sport 0x%04x", h->set.src },
		{ O_DPORT, "dport 0x%04x", h->set.dst }, { O_SPI, "spi 0x%08x", to_spi(h->set) },
		{ O_PROTO_MASK, "proto-mask 0x%02x", h->proto_mask }, { O_RND, "rnd 0x%08x", h->rnd }, { O_MOD, "mod %u", h->mod },
		{ O_OFFSET, "offset %u", h->offset },
	};

	for (size_t i = 0; i < ARRAY_SIZE(opts); i++) {
		if (!(h->flags & BIT(opts[i].o)))
			continue;
		sb_puts(out, " --hmark-");
		sb_printf(out, opts[i].fmt, opts[i].v);
	}
	sb_puts(out, h->flags & BIT(O_CT) ? " --hmark-tuple ct" : "");
}

static void hmark_print(const void *info, const struct rule *r, bool numeric UNUSED, struct strbuf *out)
{
	const struct hmark_info *h = info;
	/* ip6tables prints no length for a whole address */
	const struct { int o; const char *fmt; uint32_t v; } opts[] = {
		{ O_MOD, "mod %u ", h->mod }, { O_OFFSET, "+ 0x%x ", h->offset }, { O_CT, "ct, ", 0 },
		{ O_SADDR, plen_of(&h->src_mask, r) == 128 ? "src-prefix  " : "src-prefix %u ", plen_of(&h->src_mask, r) },
		{ O_DADDR, plen_of(&h->dst_mask, r) == 128 ? "dst-prefix  " : "dst-prefix %u ", plen_of(&h->dst_mask, r) },
		{ O_SPORT_MASK, "sport-mask 0x%x ", h->mask.src }, { O_DPORT_MASK, "dport-mask 0x%x ", h->mask.dst },
		{ O_SPI_MASK, "spi-mask 0x%x ", to_spi(h->mask) }, { O_SPORT, "sport 0x%x ", h->set.src },
		{ O_DPORT, "dport 0x%x ", h->set.dst }, { O_SPI, "spi 0x%x ", to_spi(h->set) },
		{ O_PROTO_MASK, "proto-mask 0x%x ", h->proto_mask }, { O_RND, "rnd 0x%x ", h->rnd },
	};

	sb_puts(out, " HMARK ");
	for (size_t i = 0; i < ARRAY_SIZE(opts); i++)
		if (h->flags & BIT(opts[i].o))
			sb_printf(out, opts[i].fmt, opts[i].v);
}

static void hmark_explain(struct xt_ctx *c, const void *info, struct strbuf *out)
{
	const struct hmark_info *h = info;

	if (h->flags & BIT(O_CT) && !c->pkt->ct)
		sb_puts(out, "nothing: the packet has no connection");
	else
		sb_printf(out, "sets a mark from 0x%x to 0x%x by a hash", h->offset, h->offset + h->mod - 1);
}

const struct target_ext ext_HMARK_target = {
	.name = "HMARK", .families = EXT_ANY, .size = sizeof(struct hmark_info),
	.form = "-j HMARK --hmark-tuple src,dst --hmark-mod 10 --hmark-rnd 1",
	.opts = (const struct ext_opt[]){
		{ .name = "hmark-tuple",
		  .form = "a list of src, dst, sport, dport, spi, proto and ct, as in src,dst",
		  .type = OPT_STRING, .id = O_TUPLE, .parse = tuple_parse },
		{ .name = "hmark-src-prefix", .type = OPT_PLENMASK, .id = O_SADDR, .parse = hmark_parse },
		{ .name = "hmark-dst-prefix", .type = OPT_PLENMASK, .id = O_DADDR, .parse = hmark_parse },
		{ .name = "hmark-sport-mask", .type = OPT_UINT16, .id = O_SPORT_MASK, .parse = hmark_parse },
		{ .name = "hmark-dport-mask", .type = OPT_UINT16, .id = O_DPORT_MASK, .parse = hmark_parse },
		{ .name = "hmark-spi-mask", .type = OPT_UINT32, .id = O_SPI_MASK, .parse = hmark_parse },
		{ .name = "hmark-sport", .type = OPT_UINT16, .id = O_SPORT, .parse = hmark_parse },
		{ .name = "hmark-dport", .type = OPT_UINT16, .id = O_DPORT, .parse = hmark_parse },
		{ .name = "hmark-spi", .type = OPT_UINT32, .id = O_SPI, .parse = hmark_parse },
		{ .name = "hmark-proto-mask", .type = OPT_UINT16, .id = O_PROTO_MASK, .parse = hmark_parse },
		{ .name = "hmark-rnd", .type = OPT_UINT32, .id = O_RND, .parse = hmark_parse },
		{ .name = "hmark-mod", .type = OPT_UINT32, .flags = OPT_MUST, .id = O_MOD, .min = 1, .parse = hmark_parse },
		{ .name = "hmark-offset", .type = OPT_UINT32, .id = O_OFFSET, .parse = hmark_parse },
		{ 0 } },
	.final = hmark_final, .check = hmark_check, .target = hmark_target,
	.save = hmark_save, .print = hmark_print, .explain = hmark_explain,
};
