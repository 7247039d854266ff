// SPDX-License-Identifier: MIT
/* AUDIT.c - "-j AUDIT --type TYPE": a record in the audit log; the packet goes on. No audit daemon runs here. */
#include "rules/ext/util.h"
#include <strings.h>

struct audit_info { uint8_t type; };

static const char *const types[] = { "accept", "drop", "reject" };

static bool type_parse(struct ext_cb *cb)
{
	struct audit_info *a = cb->info;

	for (unsigned i = 0; i < ARRAY_SIZE(types); i++) {
		if (strcasecmp(cb->arg, types[i]))
			continue;
		a->type = (uint8_t)i;
		return true;
	}
	return ext_error(cb, "Bad action type value \"%s\"", cb->arg) ||
		       ext_hint_one_of(cb, cb->arg, strlen(cb->arg), "accept drop reject");
}

static enum xt_verdict audit_target(struct xt_ctx *c UNUSED, const void *info UNUSED)
{
	return XT_CONTINUE;
}

static void audit_save(const void *info, const struct rule *r UNUSED, struct strbuf *out)
{
	sb_printf(out, " --type %s", types[((const struct audit_info *)info)->type]);
}

static void audit_print(const void *info, const struct rule *r UNUSED, bool numeric UNUSED, struct strbuf *out)
{
	sb_printf(out, " AUDIT %s", types[((const struct audit_info *)info)->type]);
}

static void audit_explain(struct xt_ctx *c UNUSED, const void *info, struct strbuf *out)
{
	sb_printf(out, "writes an audit record of type %s; the packet goes on to the next rule",
		  types[((const struct audit_info *)info)->type]);
}

const struct target_ext ext_AUDIT_target = {
	.name = "AUDIT", .families = EXT_ANY, .size = sizeof(struct audit_info),
	.opts = (const struct ext_opt[]){
		{ .name = "type", .type = OPT_STRING, .flags = OPT_MUST, .id = 0, .parse = type_parse },
		{ 0 } },
	.target = audit_target, .save = audit_save, .print = audit_print, .explain = audit_explain,
};
