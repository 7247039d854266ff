// SPDX-License-Identifier: MIT
/* TRACE.c - "-j TRACE": the kernel is to log each rule that the packet matches from here on. */
#include "rules/ext/util.h"

static enum xt_verdict trace_target(struct xt_ctx *c, const void *info UNUSED)
{
	c->pkt->nf_trace = true;
	return XT_CONTINUE;
}

/* nf_tables tells those who watch ("ebtables-nft" has no log for it). */
static bool l2_trace_check(struct ext_check *c)
{
	diag_warn(c->diag, c->pos, "TRACE: what the frame matches is not told to nft monitor here");
	diag_hint(c->diag, "hookwalk replay --trace and hookwalk trace tell every step");
	return true;
}

static enum xt_verdict l2_trace_target(struct xt_ctx *c UNUSED, const void *info UNUSED)
{
	return XT_CONTINUE;
}

static void trace_explain(struct xt_ctx *c UNUSED, const void *info UNUSED, struct strbuf *out)
{
	sb_puts(out, "asks the kernel to log what the packet matches");
}

const struct target_ext ext_TRACE_target = {
	.name = "TRACE", .families = EXT_ANY, .table = "raw", .target = trace_target, .explain = trace_explain,
};

/* ebtables and arptables have it in every table. */
const struct target_ext ext_TRACE_l2_target = {
	.name = "TRACE", .families = EXT_ARP | EXT_EB, .check = l2_trace_check, .target = l2_trace_target, .explain = trace_explain,
};
