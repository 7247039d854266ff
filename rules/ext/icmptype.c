// SPDX-License-Identifier: MIT
/* icmptype.c - types and codes of ICMP and ICMPv6 as their matches read and print them. */
#include "rules/ext/icmptype.h"
#include <strings.h>

/* "a" or "a:b", with what follows. */
static bool parse_range(const char *s, const char **end, uint64_t ret[2])
{
	if (!ext_strtoul(s, end, &ret[0], 0, UINT8_MAX))
		return false;
	ret[1] = ret[0];
	return **end != ':' || ext_strtoul(*end + 1, end, &ret[1], 0, UINT8_MAX);
}

static bool parse_numbers(struct ext_cb *cb, const struct icmp_kind *k, struct icmp_info *i)
{
	uint64_t type[2], code[2] = { 0, 255 };
	const char *end;

	if (!parse_range(cb->arg, &end, type)) {
		struct nearest n = { .want = cb->arg };

		ext_error(cb, "Unknown %s type `%s'", k->protocol, cb->arg);
		for (size_t at = 0; at < k->nr; at++)
			nearest_try(&n, k->name[at].name);
		if (nearest_get(&n))
			diag_hint(cb->diag, "did you mean \"%s\"?", nearest_get(&n));
		return false;
	}
	if (*end == '/' && !parse_range(end + 1, &end, code))
		return ext_error(cb, "Unknown %s code `%s'", k->protocol, cb->arg);
	if (*end)
		return ext_error(cb, "unknown character %c", *end);
	if (type[0] != type[1])
		return ext_error(cb, "%s type range not supported", k->protocol);
	i->type = (uint8_t)type[0];
	i->code[0] = (uint8_t)code[0];
	i->code[1] = (uint8_t)code[1];
	return true;
}

/* A name may be cut short where that is not ambiguous; a number never is the beginning of a name. */
bool icmptype_parse(struct ext_cb *cb, const struct icmp_kind *k)
{
	const struct icmp_name *found = NULL;
	struct icmp_info *i = cb->info;
	size_t n = strlen(cb->arg);

	i->invert |= cb->invert;
	for (size_t at = 0; at < k->nr; at++) {
		if (strncasecmp(k->name[at].name, cb->arg, n) != 0)
			continue;
		if (found)
			return ext_error(cb, "Ambiguous %s type `%s': `%s' or `%s'?", k->protocol, cb->arg, found->name,
					 k->name[at].name);
		found = &k->name[at];
	}
	if (!found)
		return parse_numbers(cb, k, i);
	i->type = found->type;
	i->code[0] = found->code_min;
	i->code[1] = found->code_max;
	return true;
}

static bool is_any(const struct icmp_kind *k, const struct icmp_info *i)
{
	return k->any && i->type == ICMP_ANY_TYPE;
}

static bool matches(const struct icmp_kind *k, const struct icmp_info *i, uint8_t type, uint8_t code)
{
	return (is_any(k, i) || (type == i->type && code >= i->code[0] && code <= i->code[1])) != i->invert;
}

bool icmptype_match(struct xt_ctx *c, const struct icmp_kind *k, const struct icmp_info *i)
{
	const uint8_t *ic;

	if (c->fragoff)
		return false;
	ic = pkt_at(c->pkt, c->thoff, 8);
	if (!ic) {
		c->hotdrop = true;
		return false;
	}
	return matches(k, i, ic[0], ic[1]);
}

void icmptype_save(const struct icmp_kind *k, const struct icmp_info *i, struct strbuf *out)
{
	sb_printf(out, "%s --%s ", i->invert ? " !" : "", k->option);
	if (is_any(k, i))
		sb_puts(out, "any");
	else
		sb_printf(out, "%u", i->type);
	if (!is_any(k, i) && (i->code[0] != 0 || i->code[1] != 255))
		sb_printf(out, "/%u", i->code[0]);
}

static const char *type_name(const struct icmp_kind *k, uint8_t type, uint8_t code_min, uint8_t code_max)
{
	for (size_t at = 0; at < k->nr; at++)
		if (k->name[at].type == type && k->name[at].code_min == code_min && k->name[at].code_max == code_max)
			return k->name[at].name;
	return NULL;
}

void icmptype_print(const struct icmp_kind *k, const struct icmp_info *i, bool numeric, struct strbuf *out)
{
	const char *name = numeric ? NULL : type_name(k, i->type, i->code[0], i->code[1]);

	sb_printf(out, " %s", k->print);
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

void icmptype_explain(const struct xt_ctx *c, const struct icmp_kind *k, const struct icmp_info *i, struct strbuf *out)
{
	const uint8_t *ic = pkt_at(c->pkt, c->thoff, 8);
	const char *name;

	if (c->fragoff || !ic) {
		sb_printf(out, c->fragoff ? "a later fragment has no %s type" : "the %s header is cut off: the packet is dropped", k->protocol);
		return;
	}
	name = type_name(k, ic[0], 0, 255);
	sb_printf(out, "%s type is %u/%u", k->protocol, ic[0], ic[1]);
	if (name)
		sb_printf(out, " (%s)", name);
	sb_printf(out, ", rule wants %s", i->invert ? "not " : "");
	name = type_name(k, i->type, i->code[0], i->code[1]);
	if (is_any(k, i))
		sb_puts(out, "any");
	else if (i->code[0] == 0 && i->code[1] == 255)
		sb_printf(out, "%u", i->type);
	else
		sb_printf(out, "%u/%u", i->type, i->code[0]);
	if (name && !is_any(k, i))
		sb_printf(out, " (%s)", name);
}
