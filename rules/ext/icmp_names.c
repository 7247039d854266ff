// SPDX-License-Identifier: MIT
/* icmp_names.c - types and codes of ICMP, ICMPv6 and IGMP by name. */
#include "rules/ext/icmp_names.h"
#include <strings.h>

static const struct icmp_name icmp[] = {
	{ "any", 0xff, 0, 255 },
	{ "echo-reply", 0, 0, 255 }, { "pong", 0, 0, 255 },
	{ "destination-unreachable", 3, 0, 255 }, { "network-unreachable", 3, 0, 0 }, { "host-unreachable", 3, 1, 1 },
	{ "protocol-unreachable", 3, 2, 2 }, { "port-unreachable", 3, 3, 3 }, { "fragmentation-needed", 3, 4, 4 },
	{ "source-route-failed", 3, 5, 5 }, { "network-unknown", 3, 6, 6 }, { "host-unknown", 3, 7, 7 },
	{ "network-prohibited", 3, 9, 9 }, { "host-prohibited", 3, 10, 10 }, { "TOS-network-unreachable", 3, 11, 11 },
	{ "TOS-host-unreachable", 3, 12, 12 }, { "communication-prohibited", 3, 13, 13 },
	{ "host-precedence-violation", 3, 14, 14 }, { "precedence-cutoff", 3, 15, 15 },
	{ "source-quench", 4, 0, 255 },
	{ "redirect", 5, 0, 255 }, { "network-redirect", 5, 0, 0 }, { "host-redirect", 5, 1, 1 },
	{ "TOS-network-redirect", 5, 2, 2 }, { "TOS-host-redirect", 5, 3, 3 },
	{ "echo-request", 8, 0, 255 }, { "ping", 8, 0, 255 },
	{ "router-advertisement", 9, 0, 255 }, { "router-solicitation", 10, 0, 255 },
	{ "time-exceeded", 11, 0, 255 }, { "ttl-exceeded", 11, 0, 255 }, { "ttl-zero-during-transit", 11, 0, 0 },
	{ "ttl-zero-during-reassembly", 11, 1, 1 },
	{ "parameter-problem", 12, 0, 255 }, { "ip-header-bad", 12, 0, 0 }, { "required-option-missing", 12, 1, 1 },
	{ "timestamp-request", 13, 0, 255 }, { "timestamp-reply", 14, 0, 255 },
	{ "address-mask-request", 17, 0, 255 }, { "address-mask-reply", 18, 0, 255 },
};

static const struct icmp_name icmpv6[] = {
	{ "destination-unreachable", 1, 0, 255 }, { "no-route", 1, 0, 0 }, { "communication-prohibited", 1, 1, 1 },
	{ "beyond-scope", 1, 2, 2 }, { "address-unreachable", 1, 3, 3 }, { "port-unreachable", 1, 4, 4 },
	{ "failed-policy", 1, 5, 5 }, { "reject-route", 1, 6, 6 },
	{ "packet-too-big", 2, 0, 255 },
	{ "time-exceeded", 3, 0, 255 }, { "ttl-exceeded", 3, 0, 255 }, { "ttl-zero-during-transit", 3, 0, 0 },
	{ "ttl-zero-during-reassembly", 3, 1, 1 },
	{ "parameter-problem", 4, 0, 255 }, { "bad-header", 4, 0, 0 }, { "unknown-header-type", 4, 1, 1 },
	{ "unknown-option", 4, 2, 2 },
	{ "echo-request", 128, 0, 255 }, { "ping", 128, 0, 255 }, { "echo-reply", 129, 0, 255 }, { "pong", 129, 0, 255 },
	{ "router-solicitation", 133, 0, 255 }, { "router-advertisement", 134, 0, 255 },
	{ "neighbour-solicitation", 135, 0, 255 }, { "neighbor-solicitation", 135, 0, 255 },
	{ "neighbour-advertisement", 136, 0, 255 }, { "neighbor-advertisement", 136, 0, 255 },
	{ "redirect", 137, 0, 255 },
};

static const struct icmp_name igmp[] = {
	{ "membership-query", 0x11, 0, 255 }, { "membership-report-v1", 0x12, 0, 255 },
	{ "membership-report-v2", 0x16, 0, 255 }, { "leave-group", 0x17, 0, 255 }, { "membership-report-v3", 0x22, 0, 255 },
};

const struct icmp_names icmp_names = { "ICMP", icmp, ARRAY_SIZE(icmp) };
const struct icmp_names icmpv6_names = { "ICMPv6", icmpv6, ARRAY_SIZE(icmpv6) };
const struct icmp_names igmp_names = { "IGMP", igmp, ARRAY_SIZE(igmp) };

/* "a" or "a:b", with what follows. */
static bool parse_range(const char *s, const char **end, uint8_t ret[2])
{
	uint64_t v;

	if (!ext_strtoul(s, end, &v, 0, UINT8_MAX))
		return false;
	ret[0] = ret[1] = (uint8_t)v;
	if (**end != ':')
		return true;
	if (!ext_strtoul(*end + 1, end, &v, 0, UINT8_MAX))
		return false;
	ret[1] = (uint8_t)v;
	return true;
}

static bool parse_numbers(struct ext_cb *cb, const struct icmp_names *names, struct icmp_range *ret)
{
	const char *end;

	if (!parse_range(cb->arg, &end, ret->type)) {
		struct nearest n = { .want = cb->arg };

		ext_error(cb, "Unknown %s type `%s'", names->protocol, cb->arg);
		for (unsigned k = 0; k < names->nr; k++)
			nearest_try(&n, names->name[k].name);
		if (nearest_get(&n))
			diag_hint(cb->diag, "did you mean \"%s\"?", nearest_get(&n));
		return false;
	}
	ret->code[0] = 0;
	ret->code[1] = UINT8_MAX;
	if (*end == '/' && names == &igmp_names)
		return true;		/* what follows is passed over */
	if (*end == '/' && !parse_range(end + 1, &end, ret->code))
		return ext_error(cb, "Unknown %s code `%s'", names->protocol, cb->arg);
	return *end == '\0' || ext_error(cb, "unknown character %c", *end);
}

/* A number never is the beginning of a name. */
bool icmp_range_parse(struct ext_cb *cb, const struct icmp_names *names, struct icmp_range *ret)
{
	const struct icmp_name *found = NULL;
	size_t n = strlen(cb->arg);

	for (unsigned k = 0; k < names->nr; k++) {
		const struct icmp_name *name = &names->name[k];

		if (strncasecmp(name->name, cb->arg, n) != 0)
			continue;
		if (found)
			return ext_error(cb, "Ambiguous %s type `%s': `%s' or `%s'?", names->protocol, cb->arg, found->name, name->name);
		found = name;
	}
	if (!found)
		return parse_numbers(cb, names, ret);
	*ret = (struct icmp_range){ { found->type, found->type }, { found->code_min, found->code_max } };
	return true;
}

const char *icmp_range_name(const struct icmp_names *names, const struct icmp_range *r)
{
	for (unsigned k = 0; k < names->nr && r->type[0] == r->type[1]; k++)
		if (names->name[k].type == r->type[0] && names->name[k].code_min == r->code[0] &&
		    names->name[k].code_max == r->code[1])
			return names->name[k].name;
	return NULL;
}
