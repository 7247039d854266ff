// SPDX-License-Identifier: MIT
/* ULOG.c - "-j ULOG": NFLOG's forerunner. iptables still reads its options; no kernel since 3.17 has it. */
#include "rules/ext/util.h"
#include <errno.h>

enum { O_GROUP, O_PREFIX, O_RANGE, O_THRESHOLD };
#define PREFIX_MAX 32

static bool prefix_parse(struct ext_cb *cb)
{
	return !strchr(cb->arg, '\n') || ext_error(cb, "Newlines not allowed in --ulog-prefix");
}

static bool ulog_check(struct ext_check *c)
{
	c->err = ENOENT;
	return ext_refuse_silent(c, "Linux has no ULOG since 3.17: NFLOG does its work");
}

static enum xt_verdict ulog_target(struct xt_ctx *c UNUSED, const void *info UNUSED)
{
	return XT_CONTINUE;
}

const struct target_ext ext_ULOG_target = {
	.name = "ULOG", .families = EXT_V4, .size = 1, .gone = true,
	.opts = (const struct ext_opt[]){
		{ .name = "ulog-nlgroup", .type = OPT_UINT8, .id = O_GROUP, .min = 1, .max = 32 },
		{ .name = "ulog-prefix", .type = OPT_STRING, .id = O_PREFIX, .min = 1, .max = PREFIX_MAX, .parse = prefix_parse },
		{ .name = "ulog-cprange", .type = OPT_UINT64, .id = O_RANGE },
		{ .name = "ulog-qthreshold", .type = OPT_UINT64, .id = O_THRESHOLD, .min = 1, .max = 50 },
		{ 0 } },
	.check = ulog_check, .target = ulog_target,
};
