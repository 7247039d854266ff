// SPDX-License-Identifier: MIT
/* NFLOG.c - "-j NFLOG": hands a copy to a logging program by netlink; the packet goes on. No program listens here. */
#include "rules/ext/util.h"
#include <stdio.h>

enum { O_GROUP, O_PREFIX, O_RANGE, O_SIZE, O_THRESHOLD };

struct nflog_info { uint32_t len; uint16_t group, threshold; bool copy_len; char prefix[64]; };

static bool nflog_parse(struct ext_cb *cb)
{
	struct nflog_info *l = cb->info;

	switch (cb->opt->id) {
	case O_GROUP:		l->group = cb->val.u16;		break;
	case O_THRESHOLD:	l->threshold = cb->val.u16;	break;
	case O_RANGE:		l->len = cb->val.u32;		break;
	case O_SIZE:
		l->len = cb->val.u32;
		l->copy_len = true;
		break;
	case O_PREFIX:
		if (strchr(cb->arg, '\n'))
			return ext_error(cb, "Newlines not allowed in --log-prefix");
		snprintf(l->prefix, sizeof(l->prefix), "%s", cb->arg);
		break;
	}
	return true;
}

static bool nflog_final(struct ext_cb *cb)
{
	if (cb->xflags & 1u << O_RANGE)
		diag_warn(cb->diag, cb->pos, "warn: --nflog-range has never worked and is no longer supported, please use --nflog-size instead\n");
	return true;
}

static enum xt_verdict nflog_target(struct xt_ctx *c UNUSED, const void *info UNUSED)
{
	return XT_CONTINUE;
}

static void put(const struct nflog_info *l, const char *dashes, struct strbuf *out)
{
	if (l->prefix[0]) {
		sb_printf(out, " %snflog-prefix", dashes);
		ext_save_string(out, l->prefix);
	}
	if (l->group)
		sb_printf(out, " %snflog-group %u", dashes, l->group);
	if (l->copy_len)
		sb_printf(out, " %snflog-size %u", dashes, l->len);
	else if (l->len)
		sb_printf(out, " %snflog-range %u", dashes, l->len);
	if (l->threshold)
		sb_printf(out, " %snflog-threshold %u", dashes, l->threshold);
}

static void nflog_save(const void *info, const struct rule *r UNUSED, struct strbuf *out)
{
	put(info, "--", out);
}

static void nflog_print(const void *info, const struct rule *r UNUSED, bool numeric UNUSED, struct strbuf *out)
{
	put(info, "", out);
}

static void nflog_explain(struct xt_ctx *c UNUSED, const void *info, struct strbuf *out)
{
	const struct nflog_info *l = info;

	sb_printf(out, "hands a copy to whoever listens at netlink group %u", l->group);
	if (l->prefix[0])
		sb_printf(out, ", with prefix \"%s\"", l->prefix);
	sb_puts(out, "; the packet goes on to the next rule");
}

const struct target_ext ext_NFLOG_target = {
	.name = "NFLOG", .families = EXT_ANY, .size = sizeof(struct nflog_info),
	.opts = (const struct ext_opt[]){
		{ .name = "nflog-group", .type = OPT_UINT16, .id = O_GROUP, .parse = nflog_parse },
		{ .name = "nflog-prefix", .type = OPT_STRING, .id = O_PREFIX, .min = 1, .parse = nflog_parse },
		{ .name = "nflog-range", .type = OPT_UINT32, .id = O_RANGE, .excl = 1u << O_SIZE, .parse = nflog_parse },
		{ .name = "nflog-size", .type = OPT_UINT32, .id = O_SIZE, .excl = 1u << O_RANGE, .parse = nflog_parse },
		{ .name = "nflog-threshold", .type = OPT_UINT16, .id = O_THRESHOLD, .parse = nflog_parse },
		{ 0 } },
	.final = nflog_final, .target = nflog_target, .save = nflog_save, .print = nflog_print, .explain = nflog_explain,
};
