// SPDX-License-Identifier: MIT
/* eb_pkttype.c - ebtables' pkttype match: for whom the link layer says the frame is (ebt_pkttype.c). */
#include "rules/ext/eb_util.h"
#include <stdlib.h>
#include <strings.h>

struct info { uint8_t type; bool invert; };

static const char *const classes[] = { "host", "broadcast", "multicast", "otherhost", "outgoing", "loopback", "fastroute" };

static bool parse(struct ext_cb *cb)
{
	struct info *i = cb->info;
	char *end;
	long v = strtol(cb->arg, &end, 16);

	i->invert |= cb->invert;
	if (*end) {
		for (v = 0; v < (long)ARRAY_SIZE(classes) && strcasecmp(cb->arg, classes[v]) != 0; v++)
			;
		if (v == (long)ARRAY_SIZE(classes))
			return ext_error(cb, "Could not parse class '%s'", cb->arg);
	}
	i->type = (uint8_t)v;
	return (v >= 0 && v <= UINT8_MAX) || ext_error(cb, "Problem with specified pkttype class");
}

static bool match(struct xt_ctx *c, const void *info)
{
	const struct info *i = info;

	return (c->pkt->pkt_type == i->type) != i->invert;
}

static void put_class(uint8_t type, struct strbuf *out)
{
	if (type < ARRAY_SIZE(classes))
		sb_puts(out, classes[type]);
	else
		sb_printf(out, "%u", type);
}

static void save(const void *info, const struct rule *r UNUSED, struct strbuf *out)
{
	const struct info *i = info;

	eb_save_opt("pkttype-type", i->invert, out);
	put_class(i->type, out);
	sb_putc(out, ' ');
}

static void explain(struct xt_ctx *c, const void *info, struct strbuf *out)
{
	const struct info *i = info;

	sb_puts(out, "packet type is ");
	put_class(c->pkt->pkt_type, out);
	sb_printf(out, ", rule wants %s", i->invert ? "not " : "");
	put_class(i->type, out);
}

const struct match_ext ext_eb_pkttype = {
	.name = "pkttype", .families = EXT_EB, .size = sizeof(struct info),
	.opts = (const struct ext_opt[]){
		{ .name = "pkttype-type",
		  .form = "broadcast, multicast, host, otherhost, outgoing, loopback or fastroute",
		  .type = OPT_STRING, .flags = OPT_OLD, .parse = parse },
		{ 0 } },
	.match = match, .save = save, .explain = explain,
};
