// SPDX-License-Identifier: MIT
/* dscp.c - "-m dscp": the DiffServ code point, the upper six bits of the TOS byte. */
#include "rules/ext/util.h"
#include <strings.h>

struct dscp_info { uint8_t dscp; bool invert; };

static const struct { const char *name; uint8_t dscp; } classes[] = {
	{ "CS0", 0x00 }, { "CS1", 0x08 }, { "CS2", 0x10 }, { "CS3", 0x18 }, { "CS4", 0x20 }, { "CS5", 0x28 }, { "CS6", 0x30 },
	{ "CS7", 0x38 }, { "BE", 0x00 }, { "AF11", 0x0a }, { "AF12", 0x0c }, { "AF13", 0x0e }, { "AF21", 0x12 }, { "AF22", 0x14 },
	{ "AF23", 0x16 }, { "AF31", 0x1a }, { "AF32", 0x1c }, { "AF33", 0x1e }, { "AF41", 0x22 }, { "AF42", 0x24 },
	{ "AF43", 0x26 }, { "EF", 0x2e },
};

/* What follows the name of a class is not looked at. */
static bool class_parse(struct ext_cb *cb, uint8_t *ret)
{
	for (size_t i = 0; i < ARRAY_SIZE(classes); i++) {
		if (strncasecmp(cb->arg, classes[i].name, strlen(classes[i].name)))
			continue;
		*ret = classes[i].dscp;
		return true;
	}
	return ext_error(cb, "Invalid DSCP value `%s'", cb->arg) ||
		       ext_hint_one_of(cb, cb->arg, strlen(cb->arg), "BE CS1 CS2 CS3 CS4 CS5 CS6 CS7 AF11 AF12 AF13 AF21 AF22 AF23 AF31 AF32 AF33 AF41 AF42 AF43 EF");
}

static bool dscp_parse(struct ext_cb *cb)
{
	struct dscp_info *m = cb->info;

	m->invert = cb->invert;
	if (cb->opt->type == OPT_STRING)
		return class_parse(cb, &m->dscp);
	m->dscp = cb->val.u8;
	return true;
}

static bool dscp_final(struct ext_cb *cb)
{
	return cb->xflags || ext_error(cb, "DSCP match: Parameter --dscp is required");
}

static bool dscp_match(struct xt_ctx *c, const void *info)
{
	const struct dscp_info *m = info;

	return (xt_tos(c) >> 2 == m->dscp) != m->invert;
}

static void dscp_save(const void *info, const struct rule *r UNUSED, struct strbuf *out)
{
	const struct dscp_info *m = info;

	sb_printf(out, "%s --dscp 0x%02x", m->invert ? " !" : "", m->dscp);
}

static void dscp_print(const void *info, const struct rule *r UNUSED, bool numeric UNUSED, struct strbuf *out)
{
	const struct dscp_info *m = info;

	sb_printf(out, " DSCP match %s0x%02x", m->invert ? "!" : "", m->dscp);
}

static void dscp_explain(struct xt_ctx *c, const void *info, struct strbuf *out)
{
	const struct dscp_info *m = info;

	sb_printf(out, "DSCP is 0x%02x, rule wants %s0x%02x", xt_tos(c) >> 2, m->invert ? "anything but " : "", m->dscp);
}

const struct match_ext ext_dscp = {
	.name = "dscp", .families = EXT_ANY, .size = sizeof(struct dscp_info),
	.form = "-m dscp --dscp 46, or --dscp-class EF",
	.opts = (const struct ext_opt[]){
		{ .name = "dscp", .type = OPT_UINT8, .flags = OPT_INVERT, .id = 0, .max = 63, .excl = 2, .parse = dscp_parse },
		{ .name = "dscp-class", .type = OPT_STRING, .flags = OPT_INVERT, .id = 1, .excl = 1, .parse = dscp_parse },
		{ 0 } },
	.final = dscp_final, .match = dscp_match, .save = dscp_save, .print = dscp_print, .explain = dscp_explain,
};
