// SPDX-License-Identifier: MIT
/* ipv6header.c - "-m ipv6header --header LIST [--soft]": which headers a packet has
 * (net/ipv6/netfilter/ip6t_ipv6header.c). */
#include "rules/ext/exthdr.h"

#define ANY_PROTOCOL 255
struct ipv6header_info { uint8_t want; bool invert, soft; };
enum { O_HEADER, O_SOFT };
enum { H_HOP = 128, H_DST = 64, H_ROUTE = 32, H_FRAG = 16, H_AUTH = 8, H_ESP = 4, H_NONE = 2, H_PROTO = 1 };

/* In the order in which they are printed, by the last name. */
static const struct { uint8_t nexthdr, bit; const char *names[3], *print; } headers[] = {
	{ NEXTHDR_HOP, H_HOP, { "hop", "hop-by-hop", "0" }, "hop-by-hop" },
	{ NEXTHDR_DEST, H_DST, { "dst", "60" }, "ipv6-opts" },
	{ NEXTHDR_ROUTING, H_ROUTE, { "route", "43" }, "ipv6-route" },
	{ NEXTHDR_FRAGMENT, H_FRAG, { "frag", "44" }, "ipv6-frag" },
	{ NEXTHDR_AUTH, H_AUTH, { "auth", "51" }, "ah" },
	{ NEXTHDR_ESP, H_ESP, { "esp", "50" }, "esp" },
	{ NEXTHDR_NONE, H_NONE, { "none", "59" }, "ipv6-nonxt" },
	{ ANY_PROTOCOL, H_PROTO, { "prot", "protocol", "255" }, "protocol" },
};

static int header_number(const char *name)
{
	int number = ext_protocol_number(name);

	for (unsigned i = 0; i < ARRAY_SIZE(headers) && number < 0; i++)
		for (unsigned k = 0; k < ARRAY_SIZE(headers[i].names); k++)
			if (headers[i].names[k] && strcmp(headers[i].names[k], name) == 0)
				number = headers[i].nexthdr;
	return number;
}

static bool header_parse(struct ext_cb *cb)
{
	struct ipv6header_info *m = cb->info;

	m->invert = cb->invert;
	for (const char *s = cb->arg; *s; s += strcspn(s, ","), s += *s == ',') {
		const char *name = arena_strndup(cb->arena, s, strcspn(s, ","));
		uint8_t bit = 0;
		int number;

		if (!*name)
			continue;
		number = header_number(name);
		if (number < 0)
			return ext_error(cb, "unknown header `%s' specified", name);
		for (unsigned i = 0; i < ARRAY_SIZE(headers); i++)
			if (headers[i].nexthdr == number)
				bit = headers[i].bit;
		if (!bit)
			return ext_error(cb, "unknown header `%d' specified", number);
		m->want |= bit;
	}
	return m->want || ext_error(cb, "ip6t_ipv6header: cannot parse header names");
}

static bool soft_parse(struct ext_cb *cb)
{
	((struct ipv6header_info *)cb->info)->soft = true;
	return true;
}

static uint8_t header_bit(unsigned nexthdr)
{
	for (unsigned i = 0; i < ARRAY_SIZE(headers); i++)
		if (headers[i].nexthdr == nexthdr && nexthdr != ANY_PROTOCOL)
			return headers[i].bit;
	return 0;
}

/* The packet's headers, also of a later fragment, whose data are taken for headers; false: it ends inside one. */
static bool headers_of(struct xt_ctx *c, uint8_t *ret)
{
	unsigned nexthdr = pkt_nh(c->pkt)[IP6_NXT];
	uint32_t off = IP6_HLEN;
	int64_t left = (int64_t)pkt_len(c->pkt) - IP6_HLEN;

	*ret = 0;
	while (header_bit(nexthdr)) {
		const uint8_t *h;
		uint32_t n;

		if (nexthdr != NEXTHDR_NONE && left < 2)
			return false;
		*ret |= header_bit(nexthdr);
		if (nexthdr == NEXTHDR_NONE || nexthdr == NEXTHDR_ESP)
			return true;
		h = pkt_at(c->pkt, off, 2);
		if (!h) {
			c->hotdrop = true;
			return false;
		}
		n = ip6_exthdr_len(nexthdr, h);
		nexthdr = h[0];
		left -= n;
		off += n;
		if (off > pkt_len(c->pkt))
			break;
	}
	if (nexthdr != NEXTHDR_NONE && nexthdr != NEXTHDR_ESP)
		*ret |= H_PROTO;
	return true;
}

static bool ipv6header_match(struct xt_ctx *c, const void *info)
{
	const struct ipv6header_info *m = info;
	uint8_t have;

	if (!headers_of(c, &have))
		return false;
	if (m->soft)
		return !((have ^ m->want ^ (m->invert ? 0xff : 0)) & m->want);
	return (have == m->want) != m->invert;
}

static void put_list(uint8_t bits, struct strbuf *out)
{
	const char *sep = "";

	for (unsigned i = 0; i < ARRAY_SIZE(headers); i++)
		if (bits & headers[i].bit) {
			sb_printf(out, "%s%s", sep, headers[i].print);
			sep = ",";
		}
}

static void ipv6header_save(const void *info, const struct rule *r UNUSED, struct strbuf *out)
{
	const struct ipv6header_info *m = info;

	sb_printf(out, "%s --header ", m->invert ? " !" : "");
	put_list(m->want, out);
	sb_puts(out, m->soft ? " --soft" : "");
}

static void ipv6header_print(const void *info, const struct rule *r UNUSED, bool numeric, struct strbuf *out)
{
	const struct ipv6header_info *m = info;

	sb_printf(out, " ipv6header flags:%s", m->invert ? "!" : "");
	if (numeric)
		sb_printf(out, "0x%02X", m->want);
	else
		put_list(m->want, out);
	sb_puts(out, m->soft ? " soft" : "");
}

static void ipv6header_explain(struct xt_ctx *c, const void *info, struct strbuf *out)
{
	const struct ipv6header_info *m = info;
	uint8_t have;

	if (!headers_of(c, &have)) {
		sb_puts(out, "the packet ends inside its extension headers");
		return;
	}
	sb_puts(out, "the packet has ");
	put_list(have, out);
	sb_printf(out, ", rule wants %s", m->soft ? m->invert ? "none of " : "all of " : m->invert ? "anything but exactly " : "exactly ");
	put_list(m->want, out);
}

const struct match_ext ext_ipv6header = {
	.name = "ipv6header", .families = EXT_V6, .size = sizeof(struct ipv6header_info),
	.opts = (const struct ext_opt[]){
		{ .name = "header",
		  .form = "a list of hop, dst, route, frag, auth, esp, none and prot",
		  .type = OPT_STRING, .flags = OPT_MUST | OPT_INVERT, .id = O_HEADER, .parse = header_parse },
		{ .name = "soft", .type = OPT_NONE, .id = O_SOFT, .parse = soft_parse },
		{ 0 } },
	.match = ipv6header_match, .save = ipv6header_save, .print = ipv6header_print, .explain = ipv6header_explain,
};
