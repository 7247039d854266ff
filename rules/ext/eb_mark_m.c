// SPDX-License-Identifier: MIT
/* eb_mark_m.c - ebtables' mark_m match: the packet's firewall mark (ebt_mark_m.c). */
#include "rules/ext/eb_util.h"
#include <stdlib.h>

struct info { uint32_t mark, mask; bool any_bit, invert; };

/* "5", "5/0xf", or "/0xf": one of these bits is set. */
static bool parse(struct ext_cb *cb)
{
	struct info *i = cb->info;
	char *end;

	i->invert |= cb->invert;
	i->mark = (uint32_t)strtoul(cb->arg, &end, 0);
	i->mask = UINT32_MAX;
	i->any_bit = *end == '/' && end == cb->arg;
	if (*end == '/')
		i->mask = (uint32_t)strtoul(end + 1, &end, 0);
	return (!*end && end != cb->arg) || ext_error(cb, "Bad mark value '%s'", cb->arg);
}

static bool match(struct xt_ctx *c, const void *info)
{
	const struct info *i = info;
	uint32_t bits = c->pkt->mark & i->mask;

	return (i->any_bit ? bits != 0 : bits == i->mark) != i->invert;
}

static void save(const void *info, const struct rule *r UNUSED, struct strbuf *out)
{
	const struct info *i = info;

	eb_save_opt("mark", i->invert, out);
	if (i->any_bit)
		sb_printf(out, "/0x%x ", i->mask);
	else if (i->mask != UINT32_MAX)
		sb_printf(out, "0x%x/0x%x ", i->mark, i->mask);
	else
		sb_printf(out, "0x%x ", i->mark);
}

static void explain(struct xt_ctx *c, const void *info, struct strbuf *out)
{
	const struct info *i = info;

	if (i->any_bit)
		sb_printf(out, "packet mark is 0x%x, rule wants %s bit of 0x%x", c->pkt->mark, i->invert ? "no" : "a", i->mask);
	else
		ext_say_masked(c->pkt->mark, i->mark, i->mask, i->invert, "packet mark", out);
}

const struct match_ext ext_eb_mark_m = {
	.name = "mark_m", .families = EXT_EB, .size = sizeof(struct info),
	.opts = (const struct ext_opt[]){
		{ .name = "mark", .type = OPT_STRING, .flags = OPT_OLD, .parse = parse },
		{ 0 } },
	.final = eb_some_option, .match = match, .save = save, .explain = explain,
};
