// SPDX-License-Identifier: MIT
/* CLASSIFY.c - "-j CLASSIFY --set-class MAJOR:MINOR": the packet's priority, which a queueing discipline reads. */
#include "rules/ext/util.h"
#include <stdio.h>

struct classify_info { uint32_t priority; };

static bool classify_parse(struct ext_cb *cb)
{
	struct classify_info *m = cb->info;
	unsigned major, minor;

	if (sscanf(cb->arg, "%x:%x", &major, &minor) != 2)
		return ext_error(cb, "Bad class value \"%s\"", cb->arg);
	m->priority = major << 16 | (minor & 0xffff);
	return true;
}

static enum xt_verdict classify_target(struct xt_ctx *c, const void *info)
{
	const struct classify_info *m = info;

	ext_changed_hex(c, "priority", c->pkt->priority, m->priority, "CLASSIFY");
	c->pkt->priority = m->priority;
	return XT_CONTINUE;
}

static void classify_save(const void *info, const struct rule *r UNUSED, struct strbuf *out)
{
	const struct classify_info *m = info;

	sb_printf(out, " --set-class %.4x:%.4x", m->priority >> 16, m->priority & 0xffff);
}

static void classify_print(const void *info, const struct rule *r UNUSED, bool numeric UNUSED, struct strbuf *out)
{
	const struct classify_info *m = info;

	sb_printf(out, " CLASSIFY set %x:%x", m->priority >> 16, m->priority & 0xffff);
}

static void classify_explain(struct xt_ctx *c UNUSED, const void *info, struct strbuf *out)
{
	const struct classify_info *m = info;

	sb_printf(out, "sets the packet's class to %x:%x", m->priority >> 16, m->priority & 0xffff);
}

const struct target_ext ext_CLASSIFY_target = {
	.name = "CLASSIFY", .families = EXT_ANY, .size = sizeof(struct classify_info),
	.hooks = HOOK_BIT(NF_INET_LOCAL_OUT) | HOOK_BIT(NF_INET_FORWARD) | HOOK_BIT(NF_INET_POST_ROUTING),
	.opts = (const struct ext_opt[]){
		{ .name = "set-class",
		  .form = "MAJOR:MINOR, both hexadecimal, as in 1:10",
		  .type = OPT_STRING, .flags = OPT_MUST, .id = 0, .parse = classify_parse },
		{ 0 } },
	.target = classify_target, .save = classify_save, .print = classify_print, .explain = classify_explain,
};
