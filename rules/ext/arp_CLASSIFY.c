// SPDX-License-Identifier: MIT
/* arp_CLASSIFY.c - arptables' CLASSIFY target: the packet's priority, which a queueing discipline reads. */
#include "rules/ext/util.h"
#include <stdio.h>

struct info { uint32_t priority; };

static bool parse(struct ext_cb *cb)
{
	struct info *i = cb->info;
	unsigned major, minor;

	if (sscanf(cb->arg, "%x:%x", &major, &minor) != 2)
		return ext_error(cb, "Bad class value \"%s\"", cb->arg);
	i->priority = major << 16 | (minor & 0xffff);
	return true;
}

static enum xt_verdict target(struct xt_ctx *c, const void *info)
{
	const struct info *i = info;

	ext_changed_hex(c, "priority", c->pkt->priority, i->priority, "CLASSIFY");
	c->pkt->priority = i->priority;
	return XT_CONTINUE;
}

static void save(const void *info, const struct rule *r UNUSED, struct strbuf *out)
{
	const struct info *i = info;

	sb_printf(out, " --set-class %x:%x", i->priority >> 16, i->priority & 0xffff);
}

static void explain(struct xt_ctx *c UNUSED, const void *info, struct strbuf *out)
{
	const struct info *i = info;

	sb_printf(out, "sets the packet's class to %x:%x", i->priority >> 16, i->priority & 0xffff);
}

const struct target_ext ext_arp_CLASSIFY_target = {
	.name = "CLASSIFY", .families = EXT_ARP, .size = sizeof(struct info), .hooks = HOOK_BIT(NF_INET_LOCAL_OUT),
	.opts = (const struct ext_opt[]){
		{ .name = "set-class", .type = OPT_STRING, .flags = OPT_MUST, .parse = parse },
		{ 0 } },
	.target = target, .save = save, .explain = explain,
};
