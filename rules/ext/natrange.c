// SPDX-License-Identifier: MIT
/* natrange.c - addresses and ports of the NAT targets: read, printed, told. */
#include "rules/ext/natrange.h"

bool natrange_need_ports(struct ext_cb *cb)
{
	switch (cb->rule->ip.proto) {
	case IPPROTO_TCP:
	case IPPROTO_UDP:
	case IPPROTO_SCTP:
	case IPPROTO_DCCP:
	case IPPROTO_ICMP:
		return true;
	default:
		return ext_error(cb, "Need TCP, UDP, SCTP or DCCP with port specification") ||
		       ext_hint(cb, "-p tcp or -p udp belongs before -j %s", cb->ext_name);
	}
}

/* A number, then what ret_end says; or a service name up to the end. */
static bool port_or_service(struct ext_cb *cb, const char *s, uint64_t min, uint16_t *ret, const char **ret_end)
{
	uint64_t v;

	if (ext_strtoul(s, ret_end, &v, min, UINT16_MAX)) {
		*ret = (uint16_t)v;
		return true;
	}
	*ret_end = "";
	/* A number was out of bounds: as a name it is none either. */
	if (*s >= '0' && *s <= '9')
		return ext_error(cb, "Port `%s' not valid", s);
	return ext_parse_port(s, strlen(s), ret, NULL) || ext_error(cb, "Port `%s' not valid", s);
}

bool natrange_parse_ports(struct ext_cb *cb, const char *s, struct nf_nat_range *r)
{
	const char *end;
	uint64_t v;

	r->flags |= NF_NAT_RANGE_PROTO_SPECIFIED;
	if (!port_or_service(cb, s, 0, &r->min_port, &end))
		return false;
	r->max_port = r->min_port;
	if (!*end)
		return true;
	if (*end == ':')
		return ext_error(cb, "Invalid port:port syntax - use dash");
	if (*end != '-')
		return ext_error(cb, "Garbage after port value: `%s'", end);
	s = end + 1;
	if (!ext_strtoul(s, &end, &v, 0, UINT16_MAX))
		return ext_error(cb, "Port `%s' not valid", s);
	r->max_port = (uint16_t)v;
	if (r->max_port < r->min_port)
		return ext_error(cb, "Port range `%s' funky", s);
	if (!*end)
		return true;
	if (*end != '/')
		return ext_error(cb, "Garbage after port range: `%s'", end);
	r->flags |= NF_NAT_RANGE_PROTO_OFFSET;
	return port_or_service(cb, end + 1, 1, &r->base_port, &end);	/* what follows a number is ignored */
}

static bool parse_addr(struct ext_cb *cb, const char *s, union inet_addr *ret)
{
	memset(ret, 0, sizeof(*ret));
	if (cb->family == NFPROTO_IPV6 ? ext_parse_addr(s, cb->family, ret) : ip4_parse(&ret->ip, s))
		return true;
	return ext_error(cb, "Bad IP address \"%s\"", s);
}

/* Cuts "ADDR", "ADDR:PORTS", ":PORTS" or "[ADDR]:PORTS" apart: *addr without brackets; the answer is the colon. */
static char *cut_ports(struct ext_cb *cb, char *arg, char **addr)
{
	char *open = strchr(arg, '['), *colon, *close;

	*addr = arg;
	if (!open) {
		colon = strchr(arg, ':');
		return colon && strchr(colon + 1, ':') ? NULL : colon;	/* two colons are an IPv6 address, not a port */
	}
	close = strchr(open + 1, ']');
	if (!close || cb->family != NFPROTO_IPV6) {
		ext_error(cb, "Invalid address format");
		*addr = NULL;
		return NULL;
	}
	*addr = open + 1;
	*close = '\0';
	return strchr(close + 1, ':');
}

bool natrange_parse(struct ext_cb *cb, struct nf_nat_range *r)
{
	char *arg = arena_strdup(cb->arena, cb->arg), *addr, *colon = cut_ports(cb, arg, &addr), *dash;

	if (!addr)
		return false;
	if (colon) {
		if (!natrange_need_ports(cb) || !natrange_parse_ports(cb, colon + 1, r))
			return false;
		if (colon == arg || colon == arg + 2)	/* "[]:80", and so every address of two letters */
			return true;
		*colon = '\0';
	}
	r->flags |= NF_NAT_RANGE_MAP_IPS;
	dash = strchr(addr, '-');
	if (dash)
		*dash = '\0';
	if (!parse_addr(cb, addr, &r->min_addr))
		return false;
	r->max_addr = r->min_addr;
	return !dash || parse_addr(cb, dash + 1, &r->max_addr);
}

void natrange_put_ports(const struct nf_nat_range *r, struct strbuf *out)
{
	sb_printf(out, "%u", r->min_port);
	if (r->max_port != r->min_port)
		sb_printf(out, "-%u", r->max_port);
	if (r->flags & NF_NAT_RANGE_PROTO_OFFSET)
		sb_printf(out, "/%u", r->base_port);
}

void natrange_put(const struct nf_nat_range *r, uint8_t family, struct strbuf *out)
{
	bool brackets = family == NFPROTO_IPV6 && r->flags & NF_NAT_RANGE_PROTO_SPECIFIED;
	char buf[ADDRSTRLEN];

	if (r->flags & NF_NAT_RANGE_MAP_IPS) {
		sb_printf(out, "%s%s", brackets ? "[" : "", inet_str(buf, family, &r->min_addr));
		if (!inet_addr_equal(&r->min_addr, &r->max_addr))
			sb_printf(out, "-%s", inet_str(buf, family, &r->max_addr));
		sb_puts(out, brackets ? "]" : "");
	}
	if (r->flags & NF_NAT_RANGE_PROTO_SPECIFIED) {
		sb_putc(out, ':');
		natrange_put_ports(r, out);
	}
}

void natrange_put_flags(const struct nf_nat_range *r, const char *dashes, struct strbuf *out)
{
	if (r->flags & NF_NAT_RANGE_PROTO_RANDOM)
		sb_printf(out, " %srandom", dashes);
	if (r->flags & NF_NAT_RANGE_PROTO_RANDOM_FULLY)
		sb_printf(out, " %srandom-fully", dashes);
	if (r->flags & NF_NAT_RANGE_PERSISTENT)
		sb_printf(out, " %spersistent", dashes);
}

void natrange_explain(const struct nf_nat_range *r, uint8_t family, struct strbuf *out)
{
	if (r->flags & (NF_NAT_RANGE_MAP_IPS | NF_NAT_RANGE_PROTO_SPECIFIED)) {
		sb_puts(out, " to ");
		natrange_put(r, family, out);
	}
	if (r->flags & NF_NAT_RANGE_PROTO_RANDOM_ALL)
		sb_puts(out, ", a port by chance");
	else if (r->flags & NF_NAT_RANGE_PROTO_OFFSET)
		sb_printf(out, ", ports counted from %u", r->base_port);
}
