// SPDX-License-Identifier: MIT
/* IDLETIMER.c - "-j IDLETIMER": starts a timer again that tells a program when no packet came; the packet goes on.
 * No program waits for it here. */
#include "rules/ext/util.h"
#include <stdio.h>

enum { O_TIMEOUT, O_LABEL, O_ALARM };

struct idletimer_info { uint32_t timeout; char label[28]; bool alarm; };

static bool idletimer_parse(struct ext_cb *cb)
{
	struct idletimer_info *t = cb->info;

	switch (cb->opt->id) {
	case O_TIMEOUT:	t->timeout = cb->val.u32;					break;
	case O_LABEL:	snprintf(t->label, sizeof(t->label), "%s", cb->arg);		break;
	case O_ALARM:	t->alarm = true;						break;
	}
	return true;
}

/* The label becomes a file in sysfs, beside these. */
static bool label_ok(const char *s)
{
	return *s && !strchr(s, '/') && strcmp(s, ".") && strcmp(s, "..") && strcmp(s, "power") && strcmp(s, "subsystem") &&
	       strcmp(s, "uevent");
}

static bool idletimer_check(struct ext_check *c)
{
	const struct idletimer_info *t = c->info;

	if (t->timeout == 0)
		return ext_refuse_silent(c, "the timeout is zero");
	if (t->timeout >= INT32_MAX / 1000)
		return ext_refuse_silent(c, "the timeout must be less than %u seconds", INT32_MAX / 1000);
	return label_ok(t->label) || ext_refuse_silent(c, "\"%s\" cannot be the name of a file in sysfs", t->label);
}

static enum xt_verdict idletimer_target(struct xt_ctx *c UNUSED, const void *info UNUSED)
{
	return XT_CONTINUE;
}

static void idletimer_save(const void *info, const struct rule *r UNUSED, struct strbuf *out)
{
	const struct idletimer_info *t = info;

	sb_printf(out, " --timeout %u --label %s%s", t->timeout, t->label, t->alarm ? " --alarm" : "");
}

static void idletimer_print(const void *info, const struct rule *r UNUSED, bool numeric UNUSED, struct strbuf *out)
{
	const struct idletimer_info *t = info;

	sb_printf(out, " timeout:%u label:%s%s", t->timeout, t->label, t->alarm ? " alarm" : "");
}

static void idletimer_explain(struct xt_ctx *c UNUSED, const void *info, struct strbuf *out)
{
	const struct idletimer_info *t = info;

	sb_printf(out, "starts timer %s of %u s again; the packet goes on to the next rule", t->label, t->timeout);
}

const struct target_ext ext_IDLETIMER_target = {
	.name = "IDLETIMER", .families = EXT_ANY, .size = sizeof(struct idletimer_info),
	.opts = (const struct ext_opt[]){
		{ .name = "timeout", .type = OPT_UINT32, .flags = OPT_MUST, .id = O_TIMEOUT, .parse = idletimer_parse },
		{ .name = "label", .type = OPT_STRING, .flags = OPT_MUST, .id = O_LABEL, .parse = idletimer_parse },
		{ .name = "alarm", .type = OPT_NONE, .id = O_ALARM, .parse = idletimer_parse },
		{ 0 } },
	.check = idletimer_check, .target = idletimer_target,
	.save = idletimer_save, .print = idletimer_print, .explain = idletimer_explain,
};
