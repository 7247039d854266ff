// SPDX-License-Identifier: MIT
/* value.c - numbers, addresses, masks, ports and protocols as libxtables reads them. */
#include "rules/parse/parse.h"
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

bool ext_strtoul(const char *s, const char **ret_end, uint64_t *ret, uint64_t min, uint64_t max)
{
	const char *p = s;
	char *end;
	uint64_t v;

	while (isspace((unsigned char)*p))
		p++;
	if (*p == '-')
		return false;
	errno = 0;
	v = strtoumax(s, &end, 0);
	if (end == s)
		return false;
	if (ret_end)
		*ret_end = end;
	if (errno == ERANGE || v < min || (max && v > max))
		return false;
	if (ret)
		*ret = v;
	return ret_end || *end == '\0';
}

const char *iptables_name(uint8_t family)
{
	return family == NFPROTO_IPV6 ? "ip6tables" : "iptables";
}

const char *iptables_version(const struct rules_options *opt)
{
	return opt->nft ? "v1.8.9 (nf_tables)" : "v1.8.9 (legacy)";
}

/* A dotted address; a network may leave out its last bytes, a mask may not. Each byte is a number
 * with its own base, and only the first 19 characters count, as in libxtables. */
static bool dotted(const char *text, bool is_mask, be32 *ret)
{
	char buf[20], *p = buf, *dot;
	uint8_t b[4] = { 0 };
	uint64_t v;

	strncpy(buf, text, sizeof(buf) - 1);
	buf[sizeof(buf) - 1] = '\0';
	for (int i = 0; i < 4; i++) {
		dot = i < 3 ? strchr(p, '.') : NULL;
		if (!dot && i < 3 && is_mask)
			return false;
		if (dot)
			*dot = '\0';
		if (!ext_strtoul(p, NULL, &v, 0, UINT8_MAX))
			return false;
		b[i] = (uint8_t)v;
		if (!dot)
			break;
		p = dot + 1;
	}
	memcpy(ret, b, sizeof(b));
	return true;
}

/* inet_aton() with nothing after the address. */
static bool aton_exact(const char *s, be32 *ret)
{
	struct in_addr in;

	for (const char *p = s; *p; p++)
		if (isspace((unsigned char)*p))
			return false;
	if (!inet_aton(s, &in))
		return false;
	*ret = in.s_addr;
	return true;
}

static bool device_exists(const struct host *h, const char *name)
{
	return h ? dev_by_name(h, name) != NULL : strcmp(name, "lo") == 0;
}

bool parse_scoped6(const char *text, const struct host *h, union inet_addr *ret)
{
	const char *scope = strchr(text, '%');
	char addr[INET6_ADDRSTRLEN];
	uint64_t index = 0;
	size_t n;

	if (!scope)
		return inet_pton(AF_INET6, text, ret->ip6) == 1;
	n = (size_t)(scope - text);
	if (n >= sizeof(addr))
		return false;
	memcpy(addr, text, n);
	addr[n] = '\0';
	if (inet_pton(AF_INET6, addr, ret->ip6) != 1)
		return false;
	scope++;
	if (ret->ip6[0] == 0xfe ? (ret->ip6[1] & 0xc0) == 0x80 : ret->ip6[0] == 0xff && (ret->ip6[1] & 0xf) == 2)
		if (device_exists(h, scope))
			return true;
	for (const char *p = scope; *p; p++)
		if (!isdigit((unsigned char)*p) || (index = index * 10 + (uint64_t)(*p - '0')) > UINT32_MAX)
			return false;
	return *scope != '\0';
}

bool parse_hostnetwork(const char *text, uint8_t family, union inet_addr *ret)
{
	if (family == NFPROTO_IPV6)
		return inet_pton(AF_INET6, text, ret->ip6) == 1;
	if (dotted(text, false, &ret->ip) || aton_exact(text, &ret->ip))
		return true;
	if (strcmp(text, "localhost") != 0)
		return false;
	ret->ip = htonl(INADDR_LOOPBACK);
	return true;
}

void inet_mask(union inet_addr *ret, uint8_t family, unsigned plen)
{
	memset(ret, 0, sizeof(*ret));
	for (unsigned i = 0; i < plen && i < (family == NFPROTO_IPV6 ? 128 : 32); i++)
		ret->ip6[i / 8] |= (uint8_t)(0x80 >> i % 8);
}

int inet_mask_len(const union inet_addr *mask, uint8_t family)
{
	union inet_addr m;
	int n = 0, bits = family == NFPROTO_IPV6 ? 128 : 32;

	while (n < bits && mask->ip6[n / 8] & 0x80 >> n % 8)
		n++;
	inet_mask(&m, family, (unsigned)n);
	return memcmp(&m, mask, (size_t)bits / 8) == 0 ? n : -1;	/* of IPv4's the rest may hold anything */
}

bool parse_ipmask(const char *text, uint8_t family, union inet_addr *ret)
{
	uint64_t bits;

	if (family == NFPROTO_IPV6 ? inet_pton(AF_INET6, text, ret->ip6) == 1 : dotted(text, true, &ret->ip))
		return true;
	if (!ext_strtoul(text, NULL, &bits, 0, family == NFPROTO_IPV6 ? 128 : 32))
		return false;
	inet_mask(ret, family, (unsigned)bits);
	return true;
}

bool ext_parse_addr(const char *s, uint8_t family, union inet_addr *ret)
{
	*ret = (union inet_addr){ 0 };
	if (family == NFPROTO_IPV6)
		return inet_pton(AF_INET6, s, ret->ip6) == 1;
	if (strcmp(s, "localhost") == 0)
		ret->ip = htonl(INADDR_LOOPBACK);
	else if (!aton_exact(s, &ret->ip))
		return false;
	return true;
}

bool ext_parse_port(const char *text, size_t n, uint16_t *ret_port, const char *proto)
{
	char buf[64];
	uint64_t v;
	int port;

	if (n >= sizeof(buf))
		return false;
	memcpy(buf, text, n);
	buf[n] = '\0';
	if (ext_strtoul(buf, NULL, &v, 0, UINT16_MAX)) {
		*ret_port = (uint16_t)v;
		return true;
	}
	port = service_port(buf, proto);
	if (port < 0)
		return false;
	*ret_port = (uint16_t)port;
	return true;
}

/* What iptables knows without /etc/protocols; the first name of a number is printed. */
static const struct { const char *name; uint8_t proto; } chain_protos[] = {
	{ "tcp", 6 }, { "sctp", 132 }, { "udp", 17 }, { "udplite", 136 }, { "icmp", 1 }, { "ipv6-icmp", 58 },
	{ "icmpv6", 58 }, { "esp", 50 }, { "ah", 51 }, { "mobility-header", 135 }, { "ipv6-mh", 135 },
	{ "mh", 135 }, { "all", 0 },
};

int parse_protocol(const char *text)
{
	uint64_t v;

	if (ext_strtoul(text, NULL, &v, 0, UINT8_MAX))
		return (int)v;
	for (size_t i = 0; i < ARRAY_SIZE(chain_protos); i++)
		if (strcmp(chain_protos[i].name, text) == 0)
			return chain_protos[i].proto;
	return ext_protocol_number(text);
}

const char *protocol_own_name(uint16_t proto)
{
	for (size_t i = 0; i < ARRAY_SIZE(chain_protos); i++)
		if (chain_protos[i].proto == proto)
			return chain_protos[i].name;
	return NULL;
}

const char *protocol_chain_name(uint16_t proto)
{
	const char *own = protocol_own_name(proto);

	return own ? own : ext_protocol_name(proto);
}

void ext_warn_iface(struct diag *d, struct pos pos, const char *name)
{
	if (strpbrk(name, "/ "))
		diag_warn(d, pos, "Warning: weird character in interface `%s' ('/' and ' ' are not allowed by the kernel).\n", name);
}

void ext_save_string(struct strbuf *out, const char *value)
{
	bool plain = *value != '\0';

	for (const char *p = value; *p; p++)
		if (!isalnum((unsigned char)*p) && *p != '-' && *p != '_')
			plain = false;
	if (plain) {
		sb_printf(out, " %s", value);
		return;
	}
	sb_puts(out, " \"");
	for (const char *p = value; *p; p++) {
		if (*p == '"' || *p == '\\' || *p == '\'')
			sb_putc(out, '\\');
		sb_putc(out, *p);
	}
	sb_putc(out, '"');
}
