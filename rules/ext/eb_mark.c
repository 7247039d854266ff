// SPDX-License-Identifier: MIT
/* eb_mark.c - ebtables' mark target: changes the packet's firewall mark (ebt_mark.c). */
#include "rules/ext/eb_util.h"
#include <stdlib.h>

enum { O_TARGET, O_SET, O_OR, O_AND, O_XOR };

struct info { enum xt_verdict verdict; uint32_t mark; int how; };

static const char *const how_name[] = { [O_SET] = "set", [O_OR] = "or", [O_AND] = "and", [O_XOR] = "xor" };

static void init(void *info)
{
	struct info *i = info;

	i->verdict = XT_ACCEPT;
	i->how = O_SET;
}

static bool parse(struct ext_cb *cb)
{
	struct info *i = cb->info;
	char *end;

	if (cb->opt->id == O_TARGET)
		return eb_verdict_parse(cb, &i->verdict);
	if (!eb_once(cb))
		return false;
	if (cb->xflags & (1u << O_SET | 1u << O_OR | 1u << O_AND | 1u << O_XOR))
		return ext_error(cb, "--mark-%s cannot be used together with specific --mark option", how_name[cb->opt->id]);
	i->how = cb->opt->id;
	i->mark = (uint32_t)strtoul(cb->arg, &end, 0);
	return (!*end && end != cb->arg) || ext_error(cb, "Bad MARK value '%s'", cb->arg);
}

static bool final(struct ext_cb *cb)
{
	return cb->xflags || ext_error(cb, "You must specify some option");
}

static uint32_t new_mark(const struct info *i, uint32_t old)
{
	switch (i->how) {
	case O_OR:	return old | i->mark;
	case O_AND:	return old & i->mark;
	case O_XOR:	return old ^ i->mark;
	default:	return i->mark;
	}
}

static enum xt_verdict target(struct xt_ctx *c, const void *info)
{
	const struct info *i = info;
	uint32_t old = c->pkt->mark;

	c->pkt->mark = new_mark(i, old);
	ext_changed_hex(c, "mark", old, c->pkt->mark, "mark");
	return i->verdict;
}

static void save(const void *info, const struct rule *r UNUSED, struct strbuf *out)
{
	const struct info *i = info;

	sb_printf(out, "--mark-%s 0x%x --mark-target %s", how_name[i->how], i->mark, eb_verdict_name(i->verdict));
}

static void explain(struct xt_ctx *c, const void *info, struct strbuf *out)
{
	const struct info *i = info;

	sb_printf(out, "sets the packet mark from 0x%x to 0x%x, then %s", c->pkt->mark, new_mark(i, c->pkt->mark),
		  eb_verdict_name(i->verdict));
}

const struct target_ext ext_eb_mark_target = {
	.name = "mark", .families = EXT_EB, .size = sizeof(struct info),
	.opts = (const struct ext_opt[]){
		{ .name = "mark-target", .type = OPT_STRING, .flags = OPT_OLD, .id = O_TARGET, .parse = parse },
		{ .name = "set-mark", .type = OPT_STRING, .flags = OPT_OLD, .id = O_SET, .parse = parse },
		{ .name = "mark-set", .type = OPT_STRING, .flags = OPT_OLD, .id = O_SET, .parse = parse },
		{ .name = "mark-or", .type = OPT_STRING, .flags = OPT_OLD, .id = O_OR, .parse = parse },
		{ .name = "mark-and", .type = OPT_STRING, .flags = OPT_OLD, .id = O_AND, .parse = parse },
		{ .name = "mark-xor", .type = OPT_STRING, .flags = OPT_OLD, .id = O_XOR, .parse = parse },
		{ 0 } },
	.init = init, .final = final, .target = target, .save = save, .explain = explain,
};
