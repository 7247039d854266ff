// SPDX-License-Identifier: MIT
/* CONNSECMARK.c - "-j CONNSECMARK --save|--restore": the SELinux label from packet to connection and back
 * (net/netfilter/xt_CONNSECMARK.c). */
#include "rules/ext/util.h"

enum { O_SAVE, O_RESTORE };

struct connsecmark_info { bool restore; };

static bool mode_parse(struct ext_cb *cb)
{
	((struct connsecmark_info *)cb->info)->restore = cb->opt->id == O_RESTORE;
	return true;
}

static bool connsecmark_final(struct ext_cb *cb)
{
	return cb->xflags || ext_error(cb, "CONNSECMARK target: parameter required");
}

static bool connsecmark_check(struct ext_check *c)
{
	if (strcmp(c->table, "mangle") && strcmp(c->table, "security"))
		return ext_refuse(c, "xt_CONNSECMARK: only valid in 'mangle' or 'security' table, not '%s'", c->table);
	return true;
}

static enum xt_verdict connsecmark_target(struct xt_ctx *c, const void *info)
{
	const struct connsecmark_info *i = info;
	struct packet *p = c->pkt;

	if (!p->ct)
		return XT_CONTINUE;
	if (!i->restore && p->secmark && !p->ct->secmark)
		p->ct->secmark = p->secmark;
	else if (i->restore && !p->secmark && p->ct->secmark)
		p->secmark = p->ct->secmark;
	return XT_CONTINUE;
}

static const char *mode(const void *info)
{
	return ((const struct connsecmark_info *)info)->restore ? "restore" : "save";
}

static void connsecmark_save(const void *info, const struct rule *r UNUSED, struct strbuf *out)
{
	sb_printf(out, " --%s", mode(info));
}

static void connsecmark_print(const void *info, const struct rule *r UNUSED, bool numeric UNUSED, struct strbuf *out)
{
	sb_printf(out, " CONNSECMARK %s", mode(info));
}

static void connsecmark_explain(struct xt_ctx *c, const void *info UNUSED, struct strbuf *out)
{
	sb_puts(out, c->pkt->secmark || (c->pkt->ct && c->pkt->ct->secmark) ? "copies the security label" :
		"nothing: no packet has a security label here");
}

const struct target_ext ext_CONNSECMARK_target = {
	.name = "CONNSECMARK", .families = EXT_ANY, .size = sizeof(struct connsecmark_info), .needs_ct = true,
	.form = "-j CONNSECMARK --save, or --restore",
	.opts = (const struct ext_opt[]){
		{ .name = "save", .type = OPT_NONE, .id = O_SAVE, .excl = 1u << O_RESTORE, .parse = mode_parse },
		{ .name = "restore", .type = OPT_NONE, .id = O_RESTORE, .excl = 1u << O_SAVE, .parse = mode_parse },
		{ 0 } },
	.final = connsecmark_final, .check = connsecmark_check, .target = connsecmark_target,
	.save = connsecmark_save, .print = connsecmark_print, .explain = connsecmark_explain,
};
