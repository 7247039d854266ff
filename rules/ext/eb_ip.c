// SPDX-License-Identifier: MIT
/* eb_ip.c - ebtables' ip match: addresses, protocol and ports of an IPv4 packet (ebt_ip.c). */
#include "rules/ext/eb_util.h"
#include "rules/ext/icmp_names.h"
#include "rules/parse/l2.h"

enum { O_SRC, O_DST, O_TOS, O_PROTO, O_SPORT, O_DPORT, O_ICMP, O_IGMP };

struct info {
	be32 saddr, smsk, daddr, dmsk;
	uint8_t tos, proto;
	uint16_t sport[2], dport[2];
	struct icmp_range icmp, igmp;
	uint8_t has, inv;		/* bits by option */
};
#define BIT(o) (1u << (o))

static bool parse(struct ext_cb *cb)
{
	struct info *i = cb->info;
	uint64_t v;
	int proto;

	i->has |= (uint8_t)BIT(cb->opt->id);
	i->inv |= (uint8_t)(cb->invert ? BIT(cb->opt->id) : 0);
	switch (cb->opt->id) {
	case O_SRC:	return l2_parse_net4(cb->diag, cb->pos, cb->arg, &i->saddr, &i->smsk);
	case O_DST:	return l2_parse_net4(cb->diag, cb->pos, cb->arg, &i->daddr, &i->dmsk);
	case O_SPORT:	return eb_ports_parse(cb, i->sport);
	case O_DPORT:	return eb_ports_parse(cb, i->dport);
	case O_ICMP:	return icmp_range_parse(cb, &icmp_names, &i->icmp);
	case O_IGMP:	return icmp_range_parse(cb, &igmp_names, &i->igmp);
	case O_TOS:
		if (!ext_strtoul(cb->arg, NULL, &v, 0, UINT8_MAX))
			return ext_error(cb, "Problem with specified IP tos");
		i->tos = (uint8_t)v;
		return true;
	default:
		proto = parse_protocol(cb->arg);
		i->proto = (uint8_t)proto;
		return proto >= 0 || ext_error(cb, "unknown protocol \"%s\" specified", cb->arg);
	}
}

static bool is_range(const uint8_t r[2])
{
	return r[0] <= r[1];
}

static bool check(struct ext_check *c)
{
	const struct info *i = c->info;
	bool proto = i->has & BIT(O_PROTO) && !(i->inv & BIT(O_PROTO));

	if (!eb_needs_proto(c, ETH_P_IP, ETH_P_IP))
		return false;
	if (i->has & (BIT(O_SPORT) | BIT(O_DPORT)) && !(proto && eb_has_ports(i->proto)))
		return ext_refuse_silent(c, "ports need --ip-proto tcp, udp, udplite, sctp or dccp");
	if (i->has & BIT(O_ICMP) && !(proto && i->proto == IPPROTO_ICMP))
		return ext_refuse_silent(c, "--ip-icmp-type needs --ip-proto icmp");
	if (i->has & BIT(O_IGMP) && !(proto && i->proto == IPPROTO_IGMP))
		return ext_refuse_silent(c, "--ip-igmp-type needs --ip-proto igmp");
	return (is_range(i->icmp.type) && is_range(i->icmp.code) && is_range(i->igmp.type)) ||
	       ext_refuse_silent(c, "a range ends before it begins");
}

/* Option opt is there and says no. */
static bool differs(const struct info *i, int opt, bool equal)
{
	return i->has & BIT(opt) && equal == !!(i->inv & BIT(opt));
}

static bool in(unsigned v, unsigned from, unsigned to)
{
	return v >= from && v <= to;
}

/* The first option that says no, or -1; -2: the packet is too short or a later fragment. */
static int first_difference(const struct packet *p, const struct info *i)
{
	const uint8_t *ip = pkt_at(p, 0, IP_HLEN), *th;

	if (!ip)
		return -2;
	if (differs(i, O_TOS, ip[IP4_TOS] == i->tos))
		return O_TOS;
	if (differs(i, O_SRC, (ip4_saddr(ip) & i->smsk) == i->saddr))
		return O_SRC;
	if (differs(i, O_DST, (ip4_daddr(ip) & i->dmsk) == i->daddr))
		return O_DST;
	if (differs(i, O_PROTO, ip[IP4_PROTO] == i->proto))
		return O_PROTO;
	if (!(i->has & (BIT(O_SPORT) | BIT(O_DPORT) | BIT(O_ICMP) | BIT(O_IGMP))))
		return -1;
	th = ip4_fragoff(ip) ? NULL : pkt_at(p, ip4_hlen(ip), 4);
	if (!th)
		return -2;
	if (differs(i, O_DPORT, in(get_be16(th + 2), i->dport[0], i->dport[1])))
		return O_DPORT;
	if (differs(i, O_SPORT, in(get_be16(th), i->sport[0], i->sport[1])))
		return O_SPORT;
	if (differs(i, O_ICMP, in(th[0], i->icmp.type[0], i->icmp.type[1]) && in(th[1], i->icmp.code[0], i->icmp.code[1])))
		return O_ICMP;
	return differs(i, O_IGMP, in(th[0], i->igmp.type[0], i->igmp.type[1])) ? O_IGMP : -1;
}

static bool match(struct xt_ctx *c, const void *info)
{
	return first_difference(c->pkt, info) == -1;
}

static void save_net(const char *name, bool inv, be32 addr, be32 mask, struct strbuf *out)
{
	char buf[ADDRSTRLEN];

	eb_save_opt(name, inv, out);
	sb_puts(out, ip4_str(buf, addr));
	ext_save_mask4(mask, out);
	sb_putc(out, ' ');
}

static void put_proto(unsigned proto, struct strbuf *out)
{
	const char *name = ext_protocol_name(proto);

	if (name)
		sb_puts(out, name);
	else
		sb_printf(out, "%u", proto);
}

/* A range of types has its codes behind it, even when these are all; of IGMP nothing, not even a blank. */
static void save_types(const struct icmp_names *names, const struct icmp_range *r, struct strbuf *out)
{
	const char *name = icmp_range_name(names, r);
	bool codes = names != &igmp_names;

	if (name) {
		sb_printf(out, "%s ", name);
		return;
	}
	sb_printf(out, "%u", r->type[0]);
	if (r->type[0] != r->type[1])
		sb_printf(out, ":%u", r->type[1]);
	if (codes && r->code[0] == r->code[1])
		sb_printf(out, "/%u ", r->code[0]);
	else if (codes)
		sb_printf(out, "/%u:%u ", r->code[0], r->code[1]);
}

static void save(const void *info, const struct rule *r UNUSED, struct strbuf *out)
{
	const struct info *i = info;

	if (i->has & BIT(O_SRC))
		save_net("ip-src", i->inv & BIT(O_SRC), i->saddr, i->smsk, out);
	if (i->has & BIT(O_DST))
		save_net("ip-dst", i->inv & BIT(O_DST), i->daddr, i->dmsk, out);
	if (i->has & BIT(O_TOS)) {
		eb_save_opt("ip-tos", i->inv & BIT(O_TOS), out);
		sb_printf(out, "0x%02X ", i->tos);
	}
	if (i->has & BIT(O_PROTO)) {
		eb_save_opt("ip-proto", i->inv & BIT(O_PROTO), out);
		put_proto(i->proto, out);
		sb_putc(out, ' ');
	}
	if (i->has & BIT(O_SPORT)) {
		eb_save_opt("ip-sport", i->inv & BIT(O_SPORT), out);
		eb_ports_save(i->sport, out);
	}
	if (i->has & BIT(O_DPORT)) {
		eb_save_opt("ip-dport", i->inv & BIT(O_DPORT), out);
		eb_ports_save(i->dport, out);
	}
	if (i->has & BIT(O_ICMP)) {
		eb_save_opt("ip-icmp-type", i->inv & BIT(O_ICMP), out);
		save_types(&icmp_names, &i->icmp, out);
	}
	if (i->has & BIT(O_IGMP)) {
		eb_save_opt("ip-igmp-type", i->inv & BIT(O_IGMP), out);
		save_types(&igmp_names, &i->igmp, out);
	}
}

/* The packet's value and the rule's, of one option. */
static void explain_option(const struct packet *p, const struct info *i, int opt, struct strbuf *out)
{
	const uint8_t *ip = pkt_nh(p), *th = pkt_at(p, ip4_hlen(ip), 4);
	struct info one = *i;
	struct strbuf want = { 0 };
	char buf[ADDRSTRLEN];

	switch (opt) {
	case O_SRC:	sb_printf(out, "IP source is %s", ip4_str(buf, ip4_saddr(ip)));		break;
	case O_DST:	sb_printf(out, "IP destination is %s", ip4_str(buf, ip4_daddr(ip)));	break;
	case O_TOS:	sb_printf(out, "TOS is 0x%02X", ip[IP4_TOS]);				break;
	case O_PROTO:
		sb_puts(out, "protocol is ");
		put_proto(ip[IP4_PROTO], out);
		break;
	case O_SPORT:	sb_printf(out, "source port is %u", get_be16(th));			break;
	case O_DPORT:	sb_printf(out, "destination port is %u", get_be16(th + 2));		break;
	default:	sb_printf(out, "type is %u, code %u", th[0], th[1]);			break;
	}
	one.has = (uint8_t)BIT(opt);
	save(&one, NULL, &want);
	while (want.len && want.s[want.len - 1] == ' ')
		want.s[--want.len] = '\0';
	sb_printf(out, ", rule wants %s", sb_str(&want));
	sb_free(&want);
}

static void explain(struct xt_ctx *c, const void *info, struct strbuf *out)
{
	const struct info *i = info;
	int opt = first_difference(c->pkt, i);

	if (opt == -2) {
		sb_puts(out, "the packet is too short, or a later fragment without ports");
		return;
	}
	for (int o = 0; o <= O_IGMP && opt == -1; o++)
		opt = i->has & BIT(o) ? o : -1;
	if (opt >= 0)
		explain_option(c->pkt, i, opt, out);
}

#define IP_OPT(n, i) { .name = n, .type = OPT_STRING, .flags = OPT_OLD, .id = i, .parse = parse }
const struct match_ext ext_eb_ip = {
	.name = "ip", .families = EXT_EB, .size = sizeof(struct info),
	.opts = (const struct ext_opt[]){
		IP_OPT("ip-source", O_SRC), IP_OPT("ip-src", O_SRC), IP_OPT("ip-destination", O_DST), IP_OPT("ip-dst", O_DST),
		IP_OPT("ip-tos", O_TOS), IP_OPT("ip-protocol", O_PROTO), IP_OPT("ip-proto", O_PROTO),
		IP_OPT("ip-source-port", O_SPORT), IP_OPT("ip-sport", O_SPORT), IP_OPT("ip-destination-port", O_DPORT),
		IP_OPT("ip-dport", O_DPORT), IP_OPT("ip-icmp-type", O_ICMP), IP_OPT("ip-igmp-type", O_IGMP),
		{ 0 } },
	.final = eb_some_option, .check = check, .match = match, .save = save, .explain = explain,
};
