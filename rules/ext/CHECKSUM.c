// SPDX-License-Identifier: MIT
/* CHECKSUM.c - "-j CHECKSUM": fills in a checksum that a device was to fill (net/netfilter/xt_CHECKSUM.c).
 * Packets here always carry their whole checksum, so there is nothing left to fill. */
#include "rules/ext/util.h"

static enum xt_verdict checksum_target(struct xt_ctx *c UNUSED, const void *info UNUSED)
{
	return XT_CONTINUE;
}

static void checksum_save(const void *info UNUSED, const struct rule *r UNUSED, struct strbuf *out)
{
	sb_puts(out, " --checksum-fill");
}

static void checksum_print(const void *info UNUSED, const struct rule *r UNUSED, bool numeric UNUSED, struct strbuf *out)
{
	sb_puts(out, " CHECKSUM fill");
}

static void checksum_explain(struct xt_ctx *c UNUSED, const void *info UNUSED, struct strbuf *out)
{
	sb_puts(out, "the checksum is already there");
}

const struct target_ext ext_CHECKSUM_target = {
	.name = "CHECKSUM", .families = EXT_ANY, .size = 1, .table = "mangle",
	.opts = (const struct ext_opt[]){
		{ .name = "checksum-fill", .type = OPT_NONE, .id = 0, .flags = OPT_MUST }, { 0 } },
	.target = checksum_target, .save = checksum_save, .print = checksum_print, .explain = checksum_explain,
};
