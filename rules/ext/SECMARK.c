// SPDX-License-Identifier: MIT
/* SECMARK.c - "-j SECMARK --selctx CONTEXT": an SELinux label for the packet. There is no SELinux here, and without it
 * the kernel refuses the rule (net/netfilter/xt_SECMARK.c). */
#include "rules/ext/util.h"
#include <errno.h>
#include <stdio.h>

struct secmark_info { char context[256]; };

static bool selctx_parse(struct ext_cb *cb)
{
	struct secmark_info *s = cb->info;

	snprintf(s->context, sizeof(s->context), "%s", cb->arg);
	return true;
}

static bool secmark_check(struct ext_check *c)
{
	if (strcmp(c->table, "mangle") && strcmp(c->table, "security"))
		return ext_refuse(c, "xt_SECMARK: only valid in 'mangle' or 'security' table, not '%s'", c->table);
	c->err = ENOENT;	/* no security module knows the context */
	return ext_refuse(c, "xt_SECMARK: unable to map security context '%s'", ((struct secmark_info *)c->info)->context);
}

static enum xt_verdict secmark_target(struct xt_ctx *c UNUSED, const void *info UNUSED)
{
	return XT_CONTINUE;
}

static void secmark_save(const void *info, const struct rule *r UNUSED, struct strbuf *out)
{
	sb_printf(out, " --selctx %s", ((const struct secmark_info *)info)->context);
}

static void secmark_print(const void *info, const struct rule *r UNUSED, bool numeric UNUSED, struct strbuf *out)
{
	sb_printf(out, " SECMARK selctx %s", ((const struct secmark_info *)info)->context);
}

const struct target_ext ext_SECMARK_target = {
	.name = "SECMARK", .families = EXT_ANY, .size = sizeof(struct secmark_info),
	.opts = (const struct ext_opt[]){
		{ .name = "selctx", .type = OPT_STRING, .flags = OPT_MUST, .id = 0, .parse = selctx_parse },
		{ 0 } },
	.check = secmark_check, .target = secmark_target, .save = secmark_save, .print = secmark_print,
};
