// SPDX-License-Identifier: MIT
/* eb_ip6.c - ebtables' ip6 match: addresses, protocol and ports of an IPv6 packet (ebt_ip6.c). */
#include "rules/ext/eb_util.h"
#include "rules/ext/icmp_names.h"
#include "rules/parse/parse.h"

enum { O_SRC, O_DST, O_TCLASS, O_PROTO, O_SPORT, O_DPORT, O_ICMP };
#define BIT(o) (1u << (o))

struct info {
	union inet_addr src, smsk, dst, dmsk;
	uint8_t tclass, proto;
	uint16_t sport[2], dport[2];
	struct icmp_range icmp;
	uint8_t has, inv;		/* bits by option */
};

static bool parse_net(struct ext_cb *cb, union inet_addr *addr, union inet_addr *mask)
{
	const char *slash = strrchr(cb->arg, '/');
	const char *host = slash ? arena_strndup(cb->arena, cb->arg, (size_t)(slash - cb->arg)) : cb->arg;

	inet_mask(mask, NFPROTO_IPV6, 128);
	if (slash && !parse_ipmask(slash + 1, NFPROTO_IPV6, mask))
		return ext_error(cb, "invalid mask `%s' specified", slash + 1);
	if (inet_mask_len(mask, NFPROTO_IPV6) != 0 && !parse_hostnetwork(host, NFPROTO_IPV6, addr))
		return ext_error(cb, "host/network `%s' not found", host);
	for (int i = 0; i < 4; i++)
		addr->all[i] &= mask->all[i];
	return true;
}

static bool parse(struct ext_cb *cb)
{
	struct info *i = cb->info;
	uint64_t v;
	int proto;

	i->has |= (uint8_t)BIT(cb->opt->id);
	i->inv |= (uint8_t)(cb->invert ? BIT(cb->opt->id) : 0);
	switch (cb->opt->id) {
	case O_SRC:	return parse_net(cb, &i->src, &i->smsk);
	case O_DST:	return parse_net(cb, &i->dst, &i->dmsk);
	case O_SPORT:	return eb_ports_parse(cb, i->sport);
	case O_DPORT:	return eb_ports_parse(cb, i->dport);
	case O_ICMP:	return icmp_range_parse(cb, &icmpv6_names, &i->icmp);
	case O_TCLASS:
		if (!ext_strtoul(cb->arg, NULL, &v, 0, UINT8_MAX))
			return ext_error(cb, "Problem with specified IPv6 traffic class '%s'", cb->arg);
		i->tclass = (uint8_t)v;
		return true;
	default:
		proto = parse_protocol(cb->arg);
		i->proto = (uint8_t)proto;
		return proto >= 0 || ext_error(cb, "unknown protocol \"%s\" specified", cb->arg);
	}
}

static bool check(struct ext_check *c)
{
	const struct info *i = c->info;
	bool proto = i->has & BIT(O_PROTO) && !(i->inv & BIT(O_PROTO));

	if (!eb_needs_proto(c, ETH_P_IPV6, ETH_P_IPV6))
		return false;
	if (i->has & (BIT(O_SPORT) | BIT(O_DPORT)) && !(proto && eb_has_ports(i->proto)))
		return ext_refuse_silent(c, "ports need --ip6-proto tcp, udp, udplite, sctp or dccp");
	if (i->has & BIT(O_ICMP) && !(proto && i->proto == IPPROTO_ICMPV6))
		return ext_refuse_silent(c, "--ip6-icmp-type needs --ip6-proto ipv6-icmp");
	return (i->icmp.type[0] <= i->icmp.type[1] && i->icmp.code[0] <= i->icmp.code[1]) ||
	       ext_refuse_silent(c, "a range ends before it begins");
}

static bool differs(const struct info *i, int opt, bool equal)
{
	return i->has & BIT(opt) && equal == !!(i->inv & BIT(opt));
}

static bool in(unsigned v, unsigned from, unsigned to)
{
	return v >= from && v <= to;
}

static bool in_net(const uint8_t *addr, const union inet_addr *net, const union inet_addr *mask)
{
	for (int i = 0; i < 16; i++)
		if ((addr[i] & mask->ip6[i]) != net->ip6[i])
			return false;
	return true;
}

/* The first option that says no, or -1; -2: the packet is too short. */
static int first_difference(const struct packet *p, const struct info *i)
{
	const uint8_t *ip = pkt_at(p, 0, IP6_HLEN), *th;
	uint16_t frag;
	uint8_t proto;
	int at;

	if (!ip)
		return -2;
	if (differs(i, O_TCLASS, ip6_tclass(ip) == i->tclass))
		return O_TCLASS;
	if (differs(i, O_SRC, in_net(ip + IP6_SRC, &i->src, &i->smsk)))
		return O_SRC;
	if (differs(i, O_DST, in_net(ip + IP6_DST, &i->dst, &i->dmsk)))
		return O_DST;
	if (!(i->has & BIT(O_PROTO)))
		return -1;
	proto = ip[IP6_NXT];
	at = ip6_skip_exthdr(p, IP6_HLEN, &proto, &frag);
	if (at < 0)
		return -2;
	if (differs(i, O_PROTO, proto == i->proto))
		return O_PROTO;
	if (!(i->has & (BIT(O_SPORT) | BIT(O_DPORT) | BIT(O_ICMP))))
		return -1;
	th = pkt_at(p, (uint32_t)at, 4);
	if (!th)
		return -2;
	if (differs(i, O_DPORT, in(get_be16(th + 2), i->dport[0], i->dport[1])))
		return O_DPORT;
	if (differs(i, O_SPORT, in(get_be16(th), i->sport[0], i->sport[1])))
		return O_SPORT;
	return differs(i, O_ICMP, in(th[0], i->icmp.type[0], i->icmp.type[1]) && in(th[1], i->icmp.code[0], i->icmp.code[1])) ?
	       O_ICMP : -1;
}

static bool match(struct xt_ctx *c, const void *info)
{
	return first_difference(c->pkt, info) == -1;
}

static void put_net(const union inet_addr *addr, const union inet_addr *mask, struct strbuf *out)
{
	int plen = inet_mask_len(mask, NFPROTO_IPV6);
	char buf[ADDRSTRLEN];

	sb_puts(out, inet_str(buf, NFPROTO_IPV6, addr));
	if (plen < 0)
		sb_printf(out, "/%s", inet_str(buf, NFPROTO_IPV6, mask));
	else if (plen != 128)
		sb_printf(out, "/%d", plen);
	sb_putc(out, ' ');
}

static void put_types(const struct icmp_range *r, struct strbuf *out)
{
	const char *name = icmp_range_name(&icmpv6_names, r);

	if (name) {
		sb_printf(out, "%s ", name);
		return;
	}
	sb_printf(out, "%u", r->type[0]);
	if (r->type[0] != r->type[1])
		sb_printf(out, ":%u", r->type[1]);
	if (r->code[0] == r->code[1])
		sb_printf(out, "/%u ", r->code[0]);
	else
		sb_printf(out, "/%u:%u ", r->code[0], r->code[1]);
}

static void save(const void *info, const struct rule *r UNUSED, struct strbuf *out)
{
	const struct info *i = info;
	const char *name = ext_protocol_name(i->proto);

	if (i->has & BIT(O_SRC)) {
		eb_save_opt("ip6-src", i->inv & BIT(O_SRC), out);
		put_net(&i->src, &i->smsk, out);
	}
	if (i->has & BIT(O_DST)) {
		eb_save_opt("ip6-dst", i->inv & BIT(O_DST), out);
		put_net(&i->dst, &i->dmsk, out);
	}
	if (i->has & BIT(O_TCLASS)) {
		eb_save_opt("ip6-tclass", i->inv & BIT(O_TCLASS), out);
		sb_printf(out, "0x%02X ", i->tclass);
	}
	if (i->has & BIT(O_PROTO)) {
		eb_save_opt("ip6-proto", i->inv & BIT(O_PROTO), out);
		if (name)
			sb_printf(out, "%s ", name);
		else
			sb_printf(out, "%u ", i->proto);
	}
	if (i->has & BIT(O_SPORT)) {
		eb_save_opt("ip6-sport", i->inv & BIT(O_SPORT), out);
		eb_ports_save(i->sport, out);
	}
	if (i->has & BIT(O_DPORT)) {
		eb_save_opt("ip6-dport", i->inv & BIT(O_DPORT), out);
		eb_ports_save(i->dport, out);
	}
	if (i->has & BIT(O_ICMP)) {
		eb_save_opt("ip6-icmp-type", i->inv & BIT(O_ICMP), out);
		put_types(&i->icmp, out);
	}
}

static void explain(struct xt_ctx *c, const void *info, struct strbuf *out)
{
	struct info one = *(const struct info *)info;
	const uint8_t *ip = pkt_at(c->pkt, 0, IP6_HLEN);
	int opt = first_difference(c->pkt, &one);
	struct strbuf want = { 0 };
	union inet_addr src, dst;
	char buf[ADDRSTRLEN];

	if (opt == -2 || !ip) {
		sb_puts(out, "the packet is too short, or its extension headers lead nowhere");
		return;
	}
	src = ip6_saddr(ip);
	dst = ip6_daddr(ip);
	sb_printf(out, "IPv6 from %s", inet_str(buf, NFPROTO_IPV6, &src));
	sb_printf(out, " to %s", inet_str(buf, NFPROTO_IPV6, &dst));
	if (opt >= 0)
		one.has = (uint8_t)BIT(opt);
	save(&one, NULL, &want);
	while (want.len && want.s[want.len - 1] == ' ')
		want.s[--want.len] = '\0';
	sb_printf(out, ", rule wants %s", sb_str(&want));
	sb_free(&want);
}

#define IP6_OPT(n, i) { .name = n, .type = OPT_STRING, .flags = OPT_OLD, .id = i, .parse = parse }
const struct match_ext ext_eb_ip6 = {
	.name = "ip6", .families = EXT_EB, .size = sizeof(struct info),
	.opts = (const struct ext_opt[]){
		IP6_OPT("ip6-source", O_SRC), IP6_OPT("ip6-src", O_SRC), IP6_OPT("ip6-destination", O_DST),
		IP6_OPT("ip6-dst", O_DST), IP6_OPT("ip6-tclass", O_TCLASS), IP6_OPT("ip6-protocol", O_PROTO),
		IP6_OPT("ip6-proto", O_PROTO), IP6_OPT("ip6-source-port", O_SPORT), IP6_OPT("ip6-sport", O_SPORT),
		IP6_OPT("ip6-destination-port", O_DPORT), IP6_OPT("ip6-dport", O_DPORT), IP6_OPT("ip6-icmp-type", O_ICMP),
		{ 0 } },
	.final = eb_some_option, .check = check, .match = match, .save = save, .explain = explain,
};
