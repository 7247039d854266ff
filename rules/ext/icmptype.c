// SPDX-License-Identifier: MIT
/* icmptype.c - types and codes of ICMP and ICMPv6 as their matches read and print them. */
#include "rules/ext/icmptype.h"

bool icmptype_parse(struct ext_cb *cb, const struct icmp_kind *k)
{
	struct icmp_info *i = cb->info;
	struct icmp_range r;

	i->invert |= cb->invert;
	if (!icmp_range_parse(cb, k->names, &r))
		return false;
	if (r.type[0] != r.type[1])
		return ext_error(cb, "%s type range not supported", k->names->protocol);
	i->type = r.type[0];
	memcpy(i->code, r.code, sizeof(r.code));
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

bool icmptype_conds(const struct icmp_kind *k, const struct icmp_info *i, struct ext_conds *ret)
{
	bool any = k->any && i->type == ICMP_ANY_TYPE;

	conds_unfragmented(ret);
	if (!any)
		conds_range(ret, FIELD_ICMP, i->type << 8 | i->code[0], i->type << 8 | i->code[1], i->invert);
	return !any || !i->invert;
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
	return icmp_range_name(k->names, &(struct icmp_range){ { type, type }, { code_min, code_max } });
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
		sb_printf(out, c->fragoff ? "a later fragment has no %s type" : "the %s header is cut off: the packet is dropped", k->names->protocol);
		return;
	}
	name = type_name(k, ic[0], 0, 255);
	sb_printf(out, "%s type is %u/%u", k->names->protocol, ic[0], ic[1]);
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
