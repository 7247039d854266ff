// SPDX-License-Identifier: MIT
/* parse.c - words of ipset's create, add, del and test, as libipset 7.17 takes and refuses them. */
#include "rules/ipset/internal.h"
#include "rules/parse/parse.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#define TEXT_MAX 256

static bool say(struct reader *r, int status, const char *fmt, va_list ap)
{
	sb_vprintf(&r->err, fmt, ap);
	sb_putc(&r->err, '\n');
	r->status = status;
	return false;
}

bool fail(struct reader *r, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(r, SAY_OTHER, fmt, ap);
	va_end(ap);
	return false;
}

bool fail_usage(struct reader *r, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(r, SAY_PARAMETER, fmt, ap);
	va_end(ap);
	return false;
}

bool parse_setname(struct reader *r, const char *s)
{
	if (strlen(s) >= IPSET_MAXNAMELEN)
		return fail(r, "Syntax error: setname '%s' is longer than %u characters", s, IPSET_MAXNAMELEN - 1);
	return true;
}

/* ---- values */

static bool number(struct reader *r, const char *s, uint64_t min, uint64_t max, uint64_t *ret)
{
	char *end;

	errno = 0;
	*ret = strtoull(s, &end, 0);
	if (end == s || *end)
		return fail(r, "Syntax error: '%s' is invalid as number", s);
	if (errno == ERANGE || *ret < min || *ret > max)
		return fail(r, "Syntax error: '%s' is out of range %llu-%llu", s, (unsigned long long)min, (unsigned long long)max);
	return true;
}

static bool number32(struct reader *r, const char *s, uint32_t *ret)
{
	uint64_t v = 0;
	bool ok = number(r, s, 0, UINT32_MAX, &v);

	*ret = (uint32_t)v;
	return ok;
}

/* An address; "[...]" round it is taken off. */
static bool address(struct reader *r, const char *s, uint8_t family, union inet_addr *ret)
{
	char buf[TEXT_MAX];
	size_t n = strlen(s);
	struct in_addr in;

	if (n > 1 && n < sizeof(buf) && s[0] == '[' && s[n - 1] == ']') {
		memcpy(buf, s + 1, n - 2);
		buf[n - 2] = '\0';
		s = buf;
	}
	*ret = (union inet_addr){ .all = { 0 } };
	if (family == NFPROTO_IPV6) {
		if (inet_pton(AF_INET6, s, ret->ip6) == 1)
			return true;
	} else if (*s >= '0' && *s <= '9' && !s[strspn(s, "0123456789.")] && inet_aton(s, &in)) {
		ret->ip = in.s_addr;
		return true;
	}
	return fail(r, "Syntax error: cannot parse %s: resolving to IPv%c address failed", s, family == NFPROTO_IPV6 ? '6' : '4');
}

struct ip_text { union inet_addr ip, to; bool has_to, has_cidr; uint8_t cidr; };

enum ip_form { IP_ANY, IP_PLAIN, IP_OR_NET, IP_RANGE_OR_NET };

static const char *separator(const char *s, char c)
{
	const char *p = *s == '[' ? strchr(s, ']') : s;

	p = p ? strchr(p, c) : NULL;
	return p && p[1] && p != s ? p : NULL;
}

/* IP, IP/CIDR or IP-IP, of which the form allows some. */
static bool ip_text(struct reader *r, const char *s, uint8_t family, enum ip_form form, struct ip_text *ret)
{
	const char *slash = separator(s, '/'), *dash = slash ? NULL : separator(s, '-');
	char buf[TEXT_MAX];
	uint64_t v;

	*ret = (struct ip_text){ 0 };
	if (form == IP_PLAIN && (dash || (slash && strcmp(slash + 1, family == NFPROTO_IPV6 ? "128" : "32") != 0)))
		return fail(r, "Syntax error: plain IP address must be supplied: %s", s);
	if (form == IP_OR_NET && dash)
		return fail(r, "Syntax error: IP address or IP/cidr must be specified: %s", s);
	if (form == IP_RANGE_OR_NET && !slash && !dash)
		return fail(r, "Syntax error: IP/cidr or IP-IP range must be specified: %s", s);
	if (strlen(s) >= sizeof(buf))
		return fail(r, "Syntax error: cannot parse %s: resolving to IPv%c address failed", s,
			    family == NFPROTO_IPV6 ? '6' : '4');
	memcpy(buf, s, strlen(s) + 1);
	if (slash) {
		buf[slash - s] = '\0';
		if (!number(r, slash + 1, 0, family == NFPROTO_IPV6 ? 128 : 32, &v))
			return false;
		ret->cidr = (uint8_t)v;
		ret->has_cidr = true;
	} else if (dash) {
		buf[dash - s] = '\0';
	}
	if (!address(r, buf, family, &ret->ip))
		return false;
	ret->has_to = dash != NULL;
	return !dash || address(r, dash + 1, family, &ret->to);
}

/* One port, of a protocol by name. */
static bool one_port(struct reader *r, const char *s, const char *proto, uint16_t *ret)
{
	uint64_t v;
	int port;

	if (number(r, s, 0, 65535, &v)) {
		*ret = (uint16_t)v;
		return true;
	}
	if ((port = service_port(s, proto)) >= 0) {
		sb_clear(&r->err);	/* "is invalid as number" */
		r->status = 0;
		*ret = (uint16_t)port;
		return true;
	}
	fail(r, "Syntax error: '%s' is invalid as number", proto);
	return fail(r, "cannot parse '%s' as a %s port", s, proto);
}

static bool ports(struct reader *r, const char *s, const char *proto, uint16_t *port, uint16_t *to, bool *has_to)
{
	const char *dash = separator(s, '-');
	char buf[TEXT_MAX];

	*has_to = false;
	if (strlen(s) >= sizeof(buf))
		return fail(r, "cannot parse '%s' as a %s port", s, proto);
	memcpy(buf, s, strlen(s) + 1);
	if (dash) {	/* though a service's name may hold one */
		buf[dash - s] = '\0';
		if (!one_port(r, dash + 1, proto, to))
			return false;
		*has_to = true;
	}
	return one_port(r, buf, proto, port);
}

static bool icmp(struct reader *r, const char *s, bool v6, uint16_t *ret)
{
	const char *slash = separator(s, '/');
	char type[TEXT_MAX];
	uint64_t t, c;

	if (icmp_find(v6, s, ret))
		return true;
	if (!slash || (size_t)(slash - s) >= sizeof(type))
		return fail(r, "Cannot parse %s as an %s type/code.", s, v6 ? "ICMPv6" : "ICMP");
	memcpy(type, s, (size_t)(slash - s));
	type[slash - s] = '\0';
	if (!number(r, type, 0, 255, &t) || !number(r, slash + 1, 0, 255, &c))
		return false;
	*ret = (uint16_t)(t << 8 | c);
	return true;
}

static bool protocol(struct reader *r, const char *s, uint8_t *ret)
{
	int n = ext_protocol_number(strcasecmp(s, "icmpv6") == 0 ? "ipv6-icmp" : s);
	char *end;

	if (n < 0) {
		long v = strtol(s, &end, 0);

		n = end != s && !*end && v >= 0 && v <= 255 ? (int)v : -1;
	}
	if (n < 0)
		return fail(r, "Syntax error: cannot parse '%s' as a protocol", s);
	*ret = (uint8_t)n;
	return true;
}

static bool pseudo_port(struct reader *r, const char *name)
{
	return fail(r, "Syntax error: Protocol %s can be used with pseudo port value 0 only.", name);
}

/* [PROTO:]PORT, of types that keep the protocol. */
static bool proto_port(struct reader *r, const char *s, uint8_t family, struct ipset_request *ret)
{
	const char *colon = separator(s, ':');
	char name[TEXT_MAX] = "tcp";
	bool v6;

	ret->e.proto = IPPROTO_TCP;
	if (!colon)
		return ports(r, s, name, &ret->e.port, &ret->port_to, &ret->has_port_to);
	if ((size_t)(colon - s) >= sizeof(name))
		return fail(r, "Syntax error: cannot parse '%s' as a protocol", s);
	memcpy(name, s, (size_t)(colon - s));
	name[colon - s] = '\0';
	if (!protocol(r, name, &ret->e.proto))
		return false;
	switch (ret->e.proto) {
	case IPPROTO_TCP:
	case IPPROTO_UDP:
	case IPPROTO_SCTP:
	case IPPROTO_UDPLITE:
		return ports(r, colon + 1, name, &ret->e.port, &ret->port_to, &ret->has_port_to);
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		v6 = ret->e.proto == IPPROTO_ICMPV6;
		if (v6 == (family == NFPROTO_IPV6))
			return icmp(r, colon + 1, v6, &ret->e.port);
		/* it reads on, and stumbles later */
		fail(r, "Syntax error: Protocol %s can be used with family inet%s only", v6 ? "ICMPv6" : "ICMP", v6 ? "6" : "");
		r->stumbles = true;
		return true;
	default:
		if (strcmp(colon + 1, "0") != 0)
			return pseudo_port(r, name);
		ret->e.port = 0;
		return true;
	}
}

/* [PROTO:]PORT of bitmap:port, where only the number counts. */
static bool tcp_udp_port(struct reader *r, const char *s, uint16_t *port, uint16_t *to, bool *has_to)
{
	const char *colon = separator(s, ':');
	char name[TEXT_MAX] = "tcp";
	uint8_t proto = IPPROTO_TCP;

	if (colon) {
		if ((size_t)(colon - s) >= sizeof(name))
			return fail(r, "Syntax error: cannot parse '%s' as a protocol", s);
		memcpy(name, s, (size_t)(colon - s));
		name[colon - s] = '\0';
		if (!protocol(r, name, &proto))
			return false;
		if (proto != IPPROTO_TCP && proto != IPPROTO_UDP && proto != IPPROTO_SCTP && proto != IPPROTO_UDPLITE &&
		    proto != IPPROTO_ICMP && proto != IPPROTO_ICMPV6 && strcmp(colon + 1, "0") != 0)
			return pseudo_port(r, name);
		if (proto != IPPROTO_TCP && proto != IPPROTO_UDP)
			return fail(r, "Syntax error: Only protocols TCP and UDP are valid");
	}
	return ports(r, colon ? colon + 1 : s, name, port, to, has_to);
}

static bool ethernet(struct reader *r, const char *s, uint8_t mac[6])
{
	unsigned b[6];
	char end;

	if (sscanf(s, "%x:%x:%x:%x:%x:%x%c", &b[0], &b[1], &b[2], &b[3], &b[4], &b[5], &end) != 6)
		return fail(r, "Syntax error: cannot parse '%s' as ethernet address", s);
	for (unsigned i = 0; i < 6; i++) {
		if (b[i] > 255)
			return fail(r, "Syntax error: cannot parse '%s' as ethernet address", s);
		mac[i] = (uint8_t)b[i];
	}
	return true;
}

static bool iface(struct reader *r, const char *s, struct ipset_elem *e)
{
	if (strncmp(s, "physdev:", 8) == 0) {
		e->physdev = true;
		s += 8;
	}
	if (strlen(s) >= sizeof(e->iface))
		return fail(r, "Syntax error: interface name '%s' is longer than %u characters", s, (unsigned)sizeof(e->iface) - 1);
	memcpy(e->iface, s, strlen(s) + 1);
	return true;
}

/* ---- an element */

/* Cuts at commas, from the last one back: one at either end of what is left is none. The answer is how many parts
 * there are; the first three are in part. */
static unsigned cut(char *s, char *part[3])
{
	char *p;
	unsigned n = 1;

	part[1] = part[2] = NULL;
	while ((p = strrchr(s, ',')) && p != s && p[1]) {
		*p = '\0';
		part[2] = part[1];
		part[1] = p + 1;
		n++;
	}
	part[0] = s;
	return n;
}

static bool check_parts(struct reader *r, const struct ipset_type *t, const char *text, unsigned n)
{
	static const char *const how_many[] = { "none", "one", "two" }, *const seps[] = { "Elem separator", "Two elem separators", "Three elem separators" };

	if (n > t->dim)
		return fail(r, "Syntax error: %s in %s, but settype %s supports %s.", seps[t->dim - 1], text, t->name, how_many[t->dim - 1]);
	if (t->dim >= 2 && t->kind != SET_BITMAP_IPMAC && n < 2)
		return fail(r, "Syntax error: Second element is missing from %s.", text);
	if (t->dim >= 3 && n < 3)
		return fail(r, "Syntax error: Third element is missing from %s.", text);
	return true;
}

static enum ip_form form_of(const struct ipset_type *t, unsigned i, uint8_t family)
{
	if (i && t->part[i] == SETDIM_IP)
		return IP_PLAIN;
	if (t->kind == SET_BITMAP_IPMAC || t->kind == SET_HASH_IPMAC)
		return IP_PLAIN;
	if (family != NFPROTO_IPV6)
		return IP_ANY;
	return t->part[i] == SETDIM_NET ? IP_OR_NET : IP_PLAIN;
}

static bool parse_part(struct reader *r, const struct ipset_type *t, unsigned i, const char *s, uint8_t family,
		       struct ipset_request *ret)
{
	struct ip_text ip;
	uint64_t v;

	switch (t->part[i]) {
	case SETDIM_IP:
	case SETDIM_NET:
		if (!ip_text(r, s, family, form_of(t, i, family), &ip))
			return false;
		*(i ? &ret->e.ip2 : &ret->e.ip) = ip.ip;
		*(i ? &ret->to2 : &ret->to) = ip.to;
		*(i ? &ret->has_to2 : &ret->has_to) = ip.has_to;
		*(i ? &ret->has_cidr2 : &ret->has_cidr) = ip.has_cidr;
		*(i ? &ret->e.cidr2 : &ret->e.cidr) = ip.cidr;
		return true;
	case SETDIM_PORT:
		if (t->port_with_proto)
			return proto_port(r, s, family, ret);
		return tcp_udp_port(r, s, &ret->e.port, &ret->port_to, &ret->has_port_to);
	case SETDIM_MAC:
		ret->e.has_mac = true;
		return ethernet(r, s, ret->e.mac);
	case SETDIM_MARK:
		if (!number(r, s, 0, UINT32_MAX, &v))
			return false;
		ret->e.mark = (uint32_t)v;
		return true;
	case SETDIM_IFACE:
		return iface(r, s, &ret->e);
	default:
		return parse_setname(r, s);
	}
}

/* Of a list:set: a name. The old syntax puts more behind it: NAME,before,NAME. */
static bool parse_member(struct reader *r, const char *text, struct ipset_request *ret)
{
	const char *comma = strchr(text, ','), *ref = comma ? strchr(comma + 1, ',') : NULL;

	ret->name = text;
	if (!comma)
		return parse_setname(r, text);
	if (!ref || !ref[1] || ((size_t)(ref - comma - 1) != 6 && (size_t)(ref - comma - 1) != 5) ||
	    (strncmp(comma, ",before,", 8) != 0 && strncmp(comma, ",after,", 7) != 0))
		return fail(r, "you must specify elements as setname%s[before|after]%ssetname", ",", ",");
	ret->nameref = ref + 1;
	ret->before = comma[1] == 'b';
	memcpy(r->member, text, MIN((size_t)(comma - text), sizeof(r->member) - 1));
	r->member[MIN((size_t)(comma - text), sizeof(r->member) - 1)] = '\0';
	ret->name = r->member;
	return parse_setname(r, ret->nameref);
}

static bool parse_elem(struct reader *r, const struct ipset_type *t, uint8_t family, const char *text, struct ipset_request *ret)
{
	char buf[TEXT_MAX * 3], *part[3] = { NULL };
	unsigned n;

	if (t->kind == SET_LIST)
		return parse_member(r, text, ret);
	if (strlen(text) >= sizeof(buf))
		return fail(r, "Syntax error: cannot parse %s: resolving to IPv4 address failed", text);
	memcpy(buf, text, strlen(text) + 1);
	n = cut(buf, part);
	if (!check_parts(r, t, text, n))
		return false;
	for (unsigned i = 0; i < t->dim && i < n; i++)
		if (!parse_part(r, t, i, part[i], r->stumbles ? NFPROTO_IPV4 : family, ret))
			return false;
	return true;
}

/* ---- options: a word, and the word after it */

enum option {
	OPT_FAMILY, OPT_INET4, OPT_INET6, OPT_HASHSIZE, OPT_MAXELEM, OPT_NETMASK, OPT_BITMASK, OPT_TIMEOUT, OPT_COUNTERS,
	OPT_COMMENT_ON, OPT_SKBINFO, OPT_FORCEADD, OPT_BUCKETSIZE, OPT_INITVAL, OPT_MARKMASK, OPT_RANGE, OPT_FROM, OPT_TO,
	OPT_NETWORK, OPT_SIZE, OPT_IGNORED, OPT_NOMATCH, OPT_WILDCARD, OPT_PACKETS, OPT_BYTES, OPT_COMMENT, OPT_SKBMARK,
	OPT_SKBPRIO, OPT_SKBQUEUE, OPT_BEFORE, OPT_AFTER
};

struct option_name { const char *name; enum option opt; bool arg; };

static const struct option_name create_options[] = {
	{ "family", OPT_FAMILY, true }, { "-4", OPT_INET4, false }, { "-6", OPT_INET6, false }, { "hashsize", OPT_HASHSIZE, true },
	{ "maxelem", OPT_MAXELEM, true }, { "netmask", OPT_NETMASK, true }, { "bitmask", OPT_BITMASK, true },
	{ "timeout", OPT_TIMEOUT, true }, { "counters", OPT_COUNTERS, false }, { "comment", OPT_COMMENT_ON, false },
	{ "skbinfo", OPT_SKBINFO, false }, { "forceadd", OPT_FORCEADD, false }, { "bucketsize", OPT_BUCKETSIZE, true },
	{ "initval", OPT_INITVAL, true }, { "markmask", OPT_MARKMASK, true }, { "range", OPT_RANGE, true },
	{ "from", OPT_FROM, true }, { "to", OPT_TO, true }, { "network", OPT_NETWORK, true }, { "size", OPT_SIZE, true },
	{ "probes", OPT_IGNORED, true }, { "resize", OPT_IGNORED, true }, { "gc", OPT_IGNORED, true },
};
static const struct option_name elem_options[] = {
	{ "timeout", OPT_TIMEOUT, true }, { "nomatch", OPT_NOMATCH, false }, { "wildcard", OPT_WILDCARD, false },
	{ "packets", OPT_PACKETS, true }, { "bytes", OPT_BYTES, true }, { "comment", OPT_COMMENT, true },
	{ "skbmark", OPT_SKBMARK, true }, { "skbprio", OPT_SKBPRIO, true }, { "skbqueue", OPT_SKBQUEUE, true },
	{ "before", OPT_BEFORE, true }, { "after", OPT_AFTER, true },
};

/* May a set of this type be made with it? */
static bool create_takes(const struct ipset_type *t, enum option o)
{
	switch (o) {
	case OPT_FAMILY:
	case OPT_INET4:
	case OPT_INET6:		return t->hash && t->inet6;
	case OPT_HASHSIZE:
	case OPT_MAXELEM:
	case OPT_FORCEADD:
	case OPT_BUCKETSIZE:
	case OPT_INITVAL:
	case OPT_IGNORED:	return t->hash;
	case OPT_NETMASK:	return t->netmask;
	case OPT_BITMASK:	return t->bitmask;
	case OPT_MARKMASK:	return t->kind == SET_HASH_IPMARK;
	case OPT_RANGE:
	case OPT_FROM:
	case OPT_TO:		return t->bitmap;
	case OPT_NETWORK:	return t->bitmap && t->kind != SET_BITMAP_PORT;
	case OPT_SIZE:		return t->kind == SET_LIST;
	default:		return true;
	}
}

static bool elem_takes(const struct ipset_type *t, enum ipset_op op, enum option o)
{
	switch (o) {
	case OPT_NOMATCH:	return t->nomatch && op != IPSET_DEL;
	case OPT_WILDCARD:	return t->kind == SET_HASH_NETIFACE && op == IPSET_ADD;
	case OPT_BEFORE:
	case OPT_AFTER:		return t->kind == SET_LIST;
	default:		return op == IPSET_ADD;
	}
}

static const struct option_name *find_option(const struct option_name *o, size_t n, const char *word)
{
	const char *name = strncmp(word, "--", 2) == 0 ? word + 2 : word;

	for (size_t i = 0; i < n; i++)
		if (strcmp(o[i].name, name) == 0)
			return &o[i];
	return NULL;
}

static bool take_arg(struct reader *r, const struct option_name *o, const char **ret)
{
	*ret = NULL;
	if (!o->arg)
		return true;
	if (r->at >= r->argc)
		return fail_usage(r, "Missing mandatory argument of option `%s'", o->name);
	r->word = (int)r->at;
	*ret = r->argv[r->at++];
	return true;
}

static bool once(struct reader *r, uint64_t *seen, enum option o, const char *name)
{
	bool again;

	o = o == OPT_INET4 || o == OPT_INET6 ? OPT_FAMILY : o == OPT_NETWORK ? OPT_RANGE : o;
	again = *seen >> o & 1;
	*seen |= UINT64_C(1) << o;
	return !again || fail(r, "Syntax error: %s already specified", name);
}

static bool is_once(const struct option_name *o)
{
	return (o->arg && o->opt != OPT_IGNORED) || o->opt == OPT_INET4 || o->opt == OPT_INET6;
}

static bool timeout_value(struct reader *r, const char *s, uint32_t *ret)
{
	uint64_t v;

	if (!number(r, s, 0, IPSET_MAX_TIMEOUT, &v))
		return false;
	*ret = (uint32_t)v;
	return true;
}

static bool plen_value(struct reader *r, const char *s, const struct ipset_create *c, uint8_t *ret)
{
	unsigned max = c->family == NFPROTO_IPV6 ? 128 : 32;
	uint64_t v;

	if (!number(r, s, 1, max, &v))
		return fail(r, "Syntax error: netmask is out of the inclusive range of 1-%u", max);
	*ret = (uint8_t)v;
	return true;
}

static bool range_value(struct reader *r, const char *s, struct ipset_create *c, bool *ret_to)
{
	struct ip_text ip;

	*ret_to = true;
	if (c->type->kind == SET_BITMAP_PORT)
		return tcp_udp_port(r, s, &c->port_from, &c->port_to, ret_to);
	if (!ip_text(r, s, NFPROTO_IPV4, IP_RANGE_OR_NET, &ip))
		return false;
	c->from = c->to = ip.ip;
	if (ip.has_to) {
		c->to = ip.to;
	} else {
		uint32_t host = ip.cidr >= 32 ? 0 : UINT32_MAX >> ip.cidr;

		c->from.ip = htonl(ntohl(ip.ip.ip) & ~host);
		c->to.ip = htonl(ntohl(ip.ip.ip) | host);
	}
	return true;
}

static bool end_value(struct reader *r, const char *s, struct ipset_create *c, bool to)
{
	struct ip_text ip;

	if (c->type->kind == SET_BITMAP_PORT)
		return one_port(r, s, "tcp", to ? &c->port_to : &c->port_from);
	if (!ip_text(r, s, NFPROTO_IPV4, IP_PLAIN, &ip))
		return false;
	*(to ? &c->to : &c->from) = ip.ip;
	return true;
}

static bool family_value(struct reader *r, const char *s, uint8_t *ret)
{
	if (strcmp(s, "inet") == 0 || strcmp(s, "ipv4") == 0 || strcmp(s, "-4") == 0)
		*ret = NFPROTO_IPV4;
	else if (strcmp(s, "inet6") == 0 || strcmp(s, "ipv6") == 0 || strcmp(s, "-6") == 0)
		*ret = NFPROTO_IPV6;
	else
		return fail(r, "Syntax error: unknown inet family %s", s);
	return true;
}

static bool create_value(struct reader *r, const struct option_name *o, const char *arg, struct ipset_create *c, uint64_t *seen)
{
	bool to = false, ok = true;
	uint64_t v = 0;

	switch (o->opt) {
	case OPT_FAMILY:	return family_value(r, arg, &c->family);
	case OPT_INET4:		c->family = NFPROTO_IPV4; break;
	case OPT_INET6:		c->family = NFPROTO_IPV6; break;
	case OPT_HASHSIZE:	return number32(r, arg, &c->hashsize) && (c->hashsize = MAX(c->hashsize, 1u));
	case OPT_MAXELEM:	return number32(r, arg, &c->maxelem);
	case OPT_SIZE:		return number32(r, arg, &c->size);
	case OPT_TIMEOUT:	return timeout_value(r, arg, &c->timeout);
	case OPT_COUNTERS:	c->counters = true; break;
	case OPT_COMMENT_ON:	c->comment = true; break;
	case OPT_SKBINFO:	c->skbinfo = true; break;
	case OPT_FORCEADD:	c->forceadd = true; break;
	case OPT_MARKMASK:	c->has_markmask = true; return number32(r, arg, &c->markmask);
	case OPT_INITVAL:	c->has_initval = true; return number32(r, arg, &c->initval);
	case OPT_BUCKETSIZE:
		ok = number(r, arg, 0, 255, &v);
		c->bucketsize = (uint8_t)v;
		return ok;
	case OPT_NETMASK:
	case OPT_BITMASK:
		if (o->opt == OPT_NETMASK ? c->has_bitmask : c->has_netmask)
			return fail(r, "Syntax error: bitmask and netmask are mutually exclusive, provide only one");
		*(o->opt == OPT_NETMASK ? &c->has_netmask : &c->has_bitmask) = true;
		if (o->opt == OPT_NETMASK)
			return plen_value(r, arg, c, &c->netmask);
		if (!address(r, arg, c->family, &c->bitmask))
			return fail(r, "Syntax error: bitmask is not valid for family = %s", c->family == NFPROTO_IPV6 ? "inet6" : "inet");
		break;
	case OPT_RANGE:
		ok = range_value(r, arg, c, &to);
		*seen |= UINT64_C(1) << OPT_FROM | (to ? UINT64_C(1) << OPT_TO : 0);
		return ok;
	case OPT_NETWORK:
		*seen |= UINT64_C(1) << OPT_FROM | UINT64_C(1) << OPT_TO;
		return range_value(r, arg, c, &to);
	case OPT_FROM:
	case OPT_TO:
		*seen |= UINT64_C(1) << OPT_RANGE;
		return end_value(r, arg, c, o->opt == OPT_TO);
	case OPT_IGNORED:
		sb_printf(&r->warn, "%sOption '--%s %s' is ignored. Please upgrade your syntax.\n", r->warn.len ? "" : "Warning: ", o->name,
			  arg);
		break;
	default:
		break;
	}
	return true;
}

static bool unknown_argument(struct reader *r, const char *word)
{
	return fail_usage(r, "Unknown argument: `%s'", word);
}

/* The program looks for a type that knows all the words before it reads a value. */
static bool words_known(struct reader *r, const struct ipset_type *type)
{
	for (unsigned i = r->at; i < r->argc; i++) {
		const struct option_name *o = find_option(create_options, ARRAY_SIZE(create_options), r->argv[i]);

		if (!o || !create_takes(type, o->opt)) {
			r->word = (int)i;
			return unknown_argument(r, r->argv[i]);
		}
		i += o->arg;
	}
	return true;
}

bool parse_create(struct reader *r, const struct ipset_type *type, struct ipset_create *c)
{
	uint64_t seen = 0;

	*c = (struct ipset_create)IPSET_CREATE_DEFAULT;
	c->type = type;
	if (!words_known(r, type))
		return false;
	c->family = type->inet4 ? NFPROTO_IPV4 : NFPROTO_UNSPEC;
	while (r->at < r->argc) {
		const char *word = r->argv[r->at], *arg;
		const struct option_name *o = find_option(create_options, ARRAY_SIZE(create_options), word);

		r->word = (int)r->at++;
		if (!o || !create_takes(type, o->opt))
			return unknown_argument(r, word);
		if (!take_arg(r, o, &arg) || (is_once(o) && !once(r, &seen, o->opt, o->name)) ||
		    !create_value(r, o, arg, c, &seen))
			return false;
	}
	r->word = -1;
	if (type->bitmap && !(seen >> OPT_RANGE & 1))
		return fail_usage(r, "Mandatory option `range' is missing");
	if (type->bitmap && !(seen >> OPT_FROM & 1))
		return fail_usage(r, "Mandatory option `from' is missing");
	if (type->bitmap && !(seen >> OPT_TO & 1))
		return fail_usage(r, "Mandatory option `to' is missing");
	return true;
}

static bool hex32(const char *s, char stop, const char **ret_end, uint32_t *ret)
{
	char *end;
	unsigned long long v;

	errno = 0;
	v = strtoull(s, &end, 16);
	if (end == s || errno || v > UINT32_MAX || (*end && *end != stop))
		return false;
	*ret = (uint32_t)v;
	*ret_end = end;
	return true;
}

static bool skbmark(struct reader *r, const char *s, struct ipset_ext *x)
{
	const char *end;

	x->skbmarkmask = UINT32_MAX;
	if (strncmp(s, "0x", 2) != 0 || !hex32(s, '/', &end, &x->skbmark) ||
	    (*end == '/' && (strncmp(end + 1, "0x", 2) != 0 || !hex32(end + 1, '\0', &end, &x->skbmarkmask))))
		return fail(r, "Syntax error: Invalid skbmark format, it should be:  MARK/MASK or MARK (see manpage)");
	return true;
}

static bool skbprio(struct reader *r, const char *s, struct ipset_ext *x)
{
	unsigned major, minor;
	char end;

	if (sscanf(s, "%x:%x%c", &major, &minor, &end) != 2)
		return fail(r, "Syntax error: Invalid skbprio format, it should be:MAJOR:MINOR (see manpage)");
	x->skbprio = major << 16 | (minor & 0xffff);
	return true;
}

static bool comment(struct reader *r, const char *s, struct ipset_ext *x)
{
	if (strchr(s, '"'))
		return fail(r, "Syntax error: \" character is not permitted in comments");
	if (strlen(s) > IPSET_MAX_COMMENT)
		return fail(r, "Syntax error: Comment is longer than the maximum allowed %d characters", IPSET_MAX_COMMENT);
	x->comment = s;
	return true;
}

static bool elem_value(struct reader *r, const struct option_name *o, const char *arg, struct ipset_request *ret)
{
	uint64_t v;

	switch (o->opt) {
	case OPT_TIMEOUT:
		ret->ext_timeout = true;
		return timeout_value(r, arg, &ret->ext.timeout);
	case OPT_NOMATCH:
		ret->e.nomatch = true;
		return true;
	case OPT_WILDCARD:
		ret->e.wildcard = true;
		return true;
	case OPT_PACKETS:
	case OPT_BYTES:
		ret->ext_counters = true;
		return number(r, arg, 0, UINT64_MAX, o->opt == OPT_PACKETS ? &ret->ext.packets : &ret->ext.bytes);
	case OPT_COMMENT:
		ret->ext_comment = true;
		return comment(r, arg, &ret->ext);
	case OPT_SKBMARK:
		ret->ext_skbinfo = true;
		return skbmark(r, arg, &ret->ext);
	case OPT_SKBPRIO:
		ret->ext_skbinfo = true;
		return skbprio(r, arg, &ret->ext);
	case OPT_SKBQUEUE:
		ret->ext_skbinfo = true;
		if (!number(r, arg, 0, 65535, &v))
			return false;
		ret->ext.skbqueue = (uint16_t)v;
		return true;
	case OPT_BEFORE:
	case OPT_AFTER:
		if (ret->nameref)
			return fail(r, "Syntax error: mixed syntax, before|after option already used");
		ret->nameref = arg;
		ret->before = o->opt == OPT_BEFORE;
		return parse_setname(r, arg);
	default:
		return true;
	}
}

static const char *const op_name[] = { "add", "del", "test" };

/* ipset takes a full prefix length behind the second address, and then has no word for it. */
static bool no_word_for_cidr2(struct reader *r, enum ipset_op op)
{
	return fail(r, "There are not allowed options (28) but %s. It's a bug, please report the problem.",
		    op == IPSET_ADD ? "can't resolve them" : "option list is empty");
}

/* After a protocol of the other family it went on without one. */
static bool stumble(struct reader *r, const struct ipset_type *t, enum ipset_op op, const struct ipset_request *q)
{
	if (t->kind == SET_HASH_IPPORTIP && q->has_cidr2) {
		sb_clear(&r->err);
		return no_word_for_cidr2(r, op);
	}
	if (op == IPSET_ADD || (op == IPSET_TEST && t->nomatch))
		return fail(r, "Invalid %s command: missing setname", op_name[op]);
	sb_clear(&r->err);
	return fail(r, "There are missing mandatory flags but can't check them. It's a bug, please report the problem.");
}

/* What an element of this type may not be in this command. */
static bool check_ranges(struct reader *r, const struct ip_set *s, enum ipset_op op, const struct ipset_request *q)
{
	const char *family = ipset_family(s) == NFPROTO_IPV6 ? "inet6" : ipset_family(s) == NFPROTO_IPV4 ? "inet" : "unspec";
	const struct ipset_type *t = ipset_type(s);

	bool net = t->part[0] == SETDIM_NET, plain = t->kind == SET_HASH_IP || t->kind == SET_HASH_IPMARK;
	const char *what = NULL;

	if (q->has_cidr && !net && !plain && (op == IPSET_TEST || t->kind == SET_BITMAP_IPMAC || t->kind == SET_HASH_IPMAC))
		what = "IP/CIDR";
	else if (op == IPSET_TEST && q->has_to && !plain)
		what = "FROM-TO IP";
	else if (op == IPSET_TEST && q->has_port_to)
		what = "FROM-TO port";
	if (!what && t->kind == SET_HASH_IPPORTIP && q->has_cidr2)
		return no_word_for_cidr2(r, op);
	return !what || fail(r, "%s range is not allowed in command %s with set type %s and family %s", what, op_name[op], t->name, family);
}

bool parse_request(struct reader *r, const struct ip_set *s, enum ipset_op op, const char *elem, struct ipset_request *ret)
{
	const struct ipset_type *t = ipset_type(s);
	uint64_t seen = 0;

	*ret = (struct ipset_request){ .ext = IPSET_EXT_NONE };
	if (!parse_elem(r, t, ipset_family(s), elem, ret))
		return false;
	while (r->at < r->argc) {
		const char *word = r->argv[r->at], *arg;
		const struct option_name *o = find_option(elem_options, ARRAY_SIZE(elem_options), word);

		r->word = (int)r->at++;
		if (!o || !elem_takes(t, op, o->opt)) {
			sb_clear(&r->err);
			return unknown_argument(r, word);
		}
		if (!take_arg(r, o, &arg) || (o->arg && o->opt != OPT_AFTER && o->opt != OPT_BEFORE && !once(r, &seen, o->opt, o->name)) ||
		    !elem_value(r, o, arg, ret))
			return false;
	}
	r->word = -1;
	if (r->stumbles)
		return stumble(r, t, op, ret);
	return check_ranges(r, s, op, ret);
}
