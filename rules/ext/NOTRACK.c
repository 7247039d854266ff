// SPDX-License-Identifier: MIT
/* NOTRACK.c - "-j NOTRACK": the old name of "-j CT --notrack". */
#include "rules/ext.h"

static enum xt_verdict notrack_target(struct xt_ctx *c, const void *info UNUSED)
{
	if (!ct_seen(c->pkt))
		ct_set_untracked(c->pkt);
	return XT_CONTINUE;
}

static void notrack_print(const void *info UNUSED, const struct rule *r UNUSED, bool numeric UNUSED, struct strbuf *out)
{
	sb_puts(out, " NOTRACK");
}

static void notrack_explain(struct xt_ctx *c UNUSED, const void *info UNUSED, struct strbuf *out)
{
	sb_puts(out, "conntrack leaves the packet alone: it is UNTRACKED");
}

const struct target_ext ext_NOTRACK_target = {
	.name = "NOTRACK", .kernel_name = "CT", .families = EXT_ANY, .table = "raw",
	.target = notrack_target, .print = notrack_print, .explain = notrack_explain,
};
