// SPDX-License-Identifier: MIT
/* icmp.c - names of ICMP types and codes as ipset knows them; the first of a value is the one printed. */
#include "rules/ipset/internal.h"
#include <strings.h>

#define TC(t, c) ((t) << 8 | (c))
static const struct icmp { const char *name; uint16_t typecode; } v4_names[] = {
	{ "echo-reply", TC(0, 0) }, { "pong", TC(0, 0) }, { "network-unreachable", TC(3, 0) }, { "host-unreachable", TC(3, 1) },
	{ "protocol-unreachable", TC(3, 2) }, { "port-unreachable", TC(3, 3) }, { "fragmentation-needed", TC(3, 4) },
	{ "source-route-failed", TC(3, 5) }, { "network-unknown", TC(3, 6) }, { "host-unknown", TC(3, 7) },
	{ "network-prohibited", TC(3, 9) }, { "host-prohibited", TC(3, 10) }, { "TOS-network-unreachable", TC(3, 11) },
	{ "TOS-host-unreachable", TC(3, 12) }, { "communication-prohibited", TC(3, 13) },
	{ "host-precedence-violation", TC(3, 14) }, { "precedence-cutoff", TC(3, 15) }, { "source-quench", TC(4, 0) },
	{ "network-redirect", TC(5, 0) }, { "host-redirect", TC(5, 1) }, { "TOS-network-redirect", TC(5, 2) },
	{ "TOS-host-redirect", TC(5, 3) }, { "echo-request", TC(8, 0) }, { "ping", TC(8, 0) },
	{ "router-advertisement", TC(9, 0) }, { "router-solicitation", TC(10, 0) }, { "ttl-zero-during-transit", TC(11, 0) },
	{ "ttl-zero-during-reassembly", TC(11, 1) }, { "ip-header-bad", TC(12, 0) }, { "required-option-missing", TC(12, 1) },
	{ "timestamp-request", TC(13, 0) }, { "timestamp-reply", TC(14, 0) }, { "address-mask-request", TC(17, 0) },
	{ "address-mask-reply", TC(18, 0) },
}, v6_names[] = {
	{ "no-route", TC(1, 0) }, { "communication-prohibited", TC(1, 1) }, { "address-unreachable", TC(1, 3) },
	{ "port-unreachable", TC(1, 4) }, { "packet-too-big", TC(2, 0) }, { "ttl-zero-during-transit", TC(3, 0) },
	{ "ttl-zero-during-reassembly", TC(3, 1) }, { "bad-header", TC(4, 0) }, { "unknown-header-type", TC(4, 1) },
	{ "unknown-option", TC(4, 2) }, { "echo-request", TC(128, 0) }, { "ping", TC(128, 0) }, { "echo-reply", TC(129, 0) },
	{ "pong", TC(129, 0) }, { "router-solicitation", TC(133, 0) }, { "router-advertisement", TC(134, 0) },
	{ "neighbour-solicitation", TC(135, 0) }, { "neigbour-solicitation", TC(135, 0) },
	{ "neighbour-advertisement", TC(136, 0) }, { "neigbour-advertisement", TC(136, 0) }, { "redirect", TC(137, 0) },
};

static const struct icmp *table(bool v6, size_t *ret_n)
{
	*ret_n = v6 ? ARRAY_SIZE(v6_names) : ARRAY_SIZE(v4_names);
	return v6 ? v6_names : v4_names;
}

const char *icmp_name(bool v6, uint16_t typecode)
{
	size_t n;
	const struct icmp *t = table(v6, &n);

	for (size_t i = 0; i < n; i++)
		if (t[i].typecode == typecode)
			return t[i].name;
	return NULL;
}

bool icmp_find(bool v6, const char *name, uint16_t *ret)
{
	size_t n;
	const struct icmp *t = table(v6, &n);

	for (size_t i = 0; i < n; i++)
		if (strcasecmp(t[i].name, name) == 0) {
			*ret = t[i].typecode;
			return true;
		}
	return false;
}
