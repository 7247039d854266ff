// SPDX-License-Identifier: MIT
/* icmp.c - "-p icmp [-m icmp] --icmp-type TYPE[/CODE]" (icmp_match in net/ipv4/netfilter/ip_tables.c). */
#include "rules/ext.h"
#include <strings.h>

#define ANY_TYPE 0xff

struct icmp_info { uint8_t type, code[2]; bool invert; };

static const struct icmp_name { const char *name; uint8_t type, code_min, code_max; } names[] = {
	{ "any", ANY_TYPE, 0, 255 },
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

static void icmp_defaults(void *info)
{
	struct icmp_info *i = info;

	i->type = ANY_TYPE;
	i->code[1] = 255;
}

/* "a" or "a:b", with what follows. */
static bool parse_range(const char *s, const char **end, uint64_t ret[2])
{
	if (!ext_strtoul(s, end, &ret[0], 0, UINT8_MAX))
		return false;
	ret[1] = ret[0];
	return **end != ':' || ext_strtoul(*end + 1, end, &ret[1], 0, UINT8_MAX);
}

static bool parse_numbers(struct ext_cb *cb, struct icmp_info *i)
{
	uint64_t type[2], code[2] = { 0, 255 };
	const char *end;

	if (!parse_range(cb->arg, &end, type)) {
		struct nearest n = { .want = cb->arg };

		ext_error(cb, "Unknown ICMP type `%s'", cb->arg);
		for (size_t k = 0; k < ARRAY_SIZE(names); k++)
			nearest_try(&n, names[k].name);
		if (nearest_get(&n))
			diag_hint(cb->diag, "did you mean \"%s\"?", nearest_get(&n));
		return false;
	}
	if (*end == '/' && !parse_range(end + 1, &end, code))
		return ext_error(cb, "Unknown ICMP code `%s'", cb->arg);
	if (*end)
		return ext_error(cb, "unknown character %c", *end);
	if (type[0] != type[1])
		return ext_error(cb, "ICMP type range not supported");
	i->type = (uint8_t)type[0];
	i->code[0] = (uint8_t)code[0];
	i->code[1] = (uint8_t)code[1];
	return true;
}

/* A name may be cut short where that is not ambiguous; a number never is the beginning of a name. */
static bool type_parse(struct ext_cb *cb)
{
	const struct icmp_name *found = NULL;
	struct icmp_info *i = cb->info;
	size_t n = strlen(cb->arg);

	i->invert |= cb->invert;
	for (size_t k = 0; k < ARRAY_SIZE(names); k++) {
		if (strncasecmp(names[k].name, cb->arg, n) != 0)
			continue;
		if (found)
			return ext_error(cb, "Ambiguous ICMP type `%s': `%s' or `%s'?", cb->arg, found->name, names[k].name);
		found = &names[k];
	}
	if (!found)
		return parse_numbers(cb, i);
	i->type = found->type;
	i->code[0] = found->code_min;
	i->code[1] = found->code_max;
	return true;
}

static bool matches(const struct icmp_info *i, uint8_t type, uint8_t code)
{
	return (i->type == ANY_TYPE || (type == i->type && code >= i->code[0] && code <= i->code[1])) != i->invert;
}

static bool icmp_match(struct xt_ctx *c, const void *info)
{
	const uint8_t *ic;

	if (c->fragoff)
		return false;
	ic = pkt_at(c->pkt, c->thoff, 8);
	if (!ic) {
		c->hotdrop = true;
		return false;
	}
	return matches(info, ic[0], ic[1]);
}

static void icmp_save(const void *info, const struct rule *r, struct strbuf *out)
{
	const struct icmp_info *i = info;

	(void)r;
	sb_puts(out, i->invert ? " ! --icmp-type " : " --icmp-type ");
	if (i->type == ANY_TYPE)
		sb_puts(out, "any");
	else
		sb_printf(out, "%u", i->type);
	if (i->type != ANY_TYPE && (i->code[0] != 0 || i->code[1] != 255))
		sb_printf(out, "/%u", i->code[0]);
}

static const char *type_name(uint8_t type, uint8_t code_min, uint8_t code_max)
{
	for (size_t k = 0; k < ARRAY_SIZE(names); k++)
		if (names[k].type == type && names[k].code_min == code_min && names[k].code_max == code_max)
			return names[k].name;
	return NULL;
}

static void icmp_print(const void *info, const struct rule *r, bool numeric, struct strbuf *out)
{
	const struct icmp_info *i = info;
	const char *name = numeric ? NULL : type_name(i->type, i->code[0], i->code[1]);

	(void)r;
	sb_puts(out, " icmp");
	if (name) {
		sb_printf(out, " %s%s", i->invert ? "!" : "", name);
		return;
	}
	sb_printf(out, "%stype %u", i->invert ? " !" : "", i->type);
	if (i->code[0] == i->code[1])
		sb_printf(out, " code %u", i->code[0]);
	else if (i->code[0] != 0 || i->code[1] != 255)
		sb_printf(out, " codes %u-%u", i->code[0], i->code[1]);
}

static void icmp_explain(struct xt_ctx *c, const void *info, struct strbuf *out)
{
	const struct icmp_info *i = info;
	const uint8_t *ic = pkt_at(c->pkt, c->thoff, 8);
	const char *name;

	if (c->fragoff || !ic) {
		sb_puts(out, c->fragoff ? "a later fragment has no ICMP type" : "the ICMP header is cut off: the packet is dropped");
		return;
	}
	name = type_name(ic[0], 0, 255);
	sb_printf(out, "ICMP type is %u/%u", ic[0], ic[1]);
	if (name)
		sb_printf(out, " (%s)", name);
	sb_printf(out, ", rule wants %s", i->invert ? "not " : "");
	name = type_name(i->type, i->code[0], i->code[1]);
	if (i->type == ANY_TYPE)
		sb_puts(out, "any");
	else if (i->code[0] == 0 && i->code[1] == 255)
		sb_printf(out, "%u", i->type);
	else
		sb_printf(out, "%u/%u", i->type, i->code[0]);
	if (name && i->type != ANY_TYPE)
		sb_printf(out, " (%s)", name);
}

const struct match_ext ext_icmp = {
	.name = "icmp", .families = EXT_V4, .size = sizeof(struct icmp_info), .proto = IPPROTO_ICMP,
	.opts = (const struct ext_opt[]){
		{ .name = "icmp-type", .type = OPT_STRING, .flags = OPT_MUST | OPT_INVERT, .parse = type_parse },
		{ 0 } },
	.init = icmp_defaults, .match = icmp_match, .save = icmp_save, .print = icmp_print, .explain = icmp_explain,
};
