// SPDX-License-Identifier: MIT
/* eb_nflog.c - ebtables' nflog watcher: hands a copy to a logging program by netlink. No program listens here. */
#include "rules/ext/eb_util.h"

enum { O_GROUP, O_PREFIX, O_RANGE, O_THRESHOLD, O_NFLOG };
#define PREFIX_SIZE 64

struct info { uint16_t group, threshold; uint32_t len; char prefix[PREFIX_SIZE]; };

static void init(void *info)
{
	struct info *i = info;

	i->group = i->threshold = 1;
}

static bool parse(struct ext_cb *cb)
{
	struct info *i = cb->info;
	uint64_t v = 0;

	if (!eb_once(cb))
		return false;
	if (cb->opt->id != O_PREFIX && cb->opt->id != O_NFLOG && !ext_strtoul(cb->arg, NULL, &v, 1, UINT32_MAX))
		return ext_error(cb, "--%s must be a number!", cb->opt->name);
	switch (cb->opt->id) {
	case O_GROUP:		i->group = (uint16_t)v;		break;
	case O_RANGE:		i->len = (uint32_t)v;		break;
	case O_THRESHOLD:	i->threshold = (uint16_t)v;	break;
	case O_PREFIX:
		if (strlen(cb->arg) >= PREFIX_SIZE)
			return ext_error(cb, "Prefix too long for nflog-prefix");
		memset(i->prefix, 0, sizeof(i->prefix));
		memcpy(i->prefix, cb->arg, strlen(cb->arg));
		break;
	}
	return true;
}

static bool watch(struct xt_ctx *c UNUSED, const void *info UNUSED)
{
	return true;
}

static void save(const void *info, const struct rule *r UNUSED, struct strbuf *out)
{
	const struct info *i = info;

	if (i->prefix[0])
		sb_printf(out, "--nflog-prefix \"%s\" ", i->prefix);
	if (i->group)
		sb_printf(out, "--nflog-group %u ", i->group);
	if (i->len)
		sb_printf(out, "--nflog-range %d ", (int)i->len);
	if (i->threshold != 1)
		sb_printf(out, "--nflog-threshold %u ", i->threshold);
}

static void explain(struct xt_ctx *c UNUSED, const void *info, struct strbuf *out)
{
	const struct info *i = info;

	sb_printf(out, "hands a copy to whoever listens at netlink group %u", i->group);
}

const struct match_ext ext_eb_nflog = {
	.name = "nflog", .families = EXT_EB, .size = sizeof(struct info), .watcher = true,
	.opts = (const struct ext_opt[]){
		{ .name = "nflog-group", .type = OPT_STRING, .flags = OPT_OLD, .id = O_GROUP, .parse = parse },
		{ .name = "nflog-prefix", .type = OPT_STRING, .flags = OPT_OLD, .id = O_PREFIX, .parse = parse },
		{ .name = "nflog-range", .type = OPT_STRING, .flags = OPT_OLD, .id = O_RANGE, .parse = parse },
		{ .name = "nflog-threshold", .type = OPT_STRING, .flags = OPT_OLD, .id = O_THRESHOLD, .parse = parse },
		{ .name = "nflog", .type = OPT_NONE, .flags = OPT_OLD, .id = O_NFLOG, .parse = parse },
		{ 0 } },
	.init = init, .match = watch, .save = save, .explain = explain,
};
