// SPDX-License-Identifier: MIT
/* arp_MARK.c - arptables' MARK target. Its values are hexadecimal, and --set-mark keeps the bits of the old mark that
 * the new one does not have: the program leaves the mask empty. */
#include "rules/ext/util.h"
#include <stdio.h>

enum { O_SET, O_AND, O_OR };

struct info { uint32_t mark, mask; };

static bool parse(struct ext_cb *cb)
{
	static const char *const names[] = { "set", "and", "or" };
	struct info *i = cb->info;
	unsigned v;

	if (sscanf(cb->arg, "%x", &v) != 1)
		return ext_error(cb, "Bad mark value `%s'", cb->arg);
	if (cb->xflags)
		return ext_error(cb, "MARK: Can't specify --%s-mark twice", names[cb->opt->id]);
	switch (cb->opt->id) {
	case O_SET:
		i->mark = v;
		break;
	case O_AND:
		i->mask = ~v;
		break;
	default:
		i->mark = i->mask = v;
		break;
	}
	return true;
}

static enum xt_verdict target(struct xt_ctx *c, const void *info)
{
	const struct info *i = info;
	uint32_t old = c->pkt->mark;

	c->pkt->mark = (old & ~i->mask) ^ i->mark;
	ext_changed_hex(c, "mark", old, c->pkt->mark, "MARK");
	return XT_CONTINUE;
}

static void save(const void *info, const struct rule *r UNUSED, struct strbuf *out)
{
	const struct info *i = info;

	if (i->mark == 0)
		sb_printf(out, " --and-mark %x", ~i->mask);
	else if (i->mark == i->mask)
		sb_printf(out, " --or-mark %x", i->mark);
	else
		sb_printf(out, " --set-mark %x", i->mark);
}

static void explain(struct xt_ctx *c, const void *info, struct strbuf *out)
{
	const struct info *i = info;

	sb_printf(out, "sets the packet mark from 0x%x to 0x%x", c->pkt->mark, (c->pkt->mark & ~i->mask) ^ i->mark);
}

const struct target_ext ext_arp_MARK_target = {
	.name = "MARK", .families = EXT_ARP, .size = sizeof(struct info),
	.opts = (const struct ext_opt[]){
		{ .name = "set-mark", .type = OPT_STRING, .flags = OPT_OLD, .id = O_SET, .parse = parse },
		{ .name = "and-mark", .type = OPT_STRING, .flags = OPT_OLD, .id = O_AND, .parse = parse },
		{ .name = "or-mark", .type = OPT_STRING, .flags = OPT_OLD, .id = O_OR, .parse = parse },
		{ 0 } },
	.target = target, .save = save, .explain = explain,
};
