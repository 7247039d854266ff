// SPDX-License-Identifier: MIT
/* ULOG.c - "-j ULOG": NFLOG's forerunner. iptables still reads its options; no kernel since 3.17 has it. */
#include "rules/ext/util.h"
#include <errno.h>
#include <inttypes.h>

enum { O_GROUP, O_PREFIX, O_RANGE, O_THRESHOLD };
#define PREFIX_MAX 32

struct ulog_info { uint8_t group, threshold; uint64_t range; const char *prefix; };

static void ulog_init(void *info)
{
	*(struct ulog_info *)info = (struct ulog_info){ .group = 1, .threshold = 1, .prefix = "" };
}

static bool ulog_parse(struct ext_cb *cb)
{
	struct ulog_info *u = cb->info;

	switch (cb->opt->id) {
	case O_GROUP:		u->group = cb->val.u8; break;
	case O_RANGE:		u->range = cb->val.u64; break;
	case O_THRESHOLD:	u->threshold = (uint8_t)cb->val.u64; break;
	default:
		if (strchr(cb->arg, '\n'))
			return ext_error(cb, "Newlines not allowed in --ulog-prefix");
		u->prefix = cb->arg;
	}
	return true;
}

static void ulog_print(const void *info, const struct rule *r UNUSED, bool numeric UNUSED, struct strbuf *out)
{
	const struct ulog_info *u = info;

	sb_printf(out, " ULOG copy_range %" PRIu64 " nlgroup %u", u->range, u->group);
	if (*u->prefix)
		sb_printf(out, " prefix \"%s\"", u->prefix);
	sb_printf(out, " queue_threshold %u", u->threshold);
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
	.name = "ULOG", .families = EXT_V4, .size = sizeof(struct ulog_info), .gone = true,
	.opts = (const struct ext_opt[]){
		{ .name = "ulog-nlgroup", .type = OPT_UINT8, .id = O_GROUP, .min = 1, .max = 32, .parse = ulog_parse },
		{ .name = "ulog-prefix", .type = OPT_STRING, .id = O_PREFIX, .min = 1, .max = PREFIX_MAX, .parse = ulog_parse },
		{ .name = "ulog-cprange", .type = OPT_UINT64, .id = O_RANGE, .parse = ulog_parse },
		{ .name = "ulog-qthreshold", .type = OPT_UINT64, .id = O_THRESHOLD, .min = 1, .max = 50, .parse = ulog_parse },
		{ 0 } },
	.init = ulog_init, .check = ulog_check, .print = ulog_print, .target = ulog_target,
};
