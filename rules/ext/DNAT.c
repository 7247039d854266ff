// SPDX-License-Identifier: MIT
/* DNAT.c - "-j DNAT --to-destination ADDR[-ADDR][:PORT[-PORT[/BASE]]]": changes where connections go to. */
#include "rules/ext/natrange.h"

enum { O_TO_DEST, O_RANDOM, O_PERSISTENT };

static bool dnat_parse(struct ext_cb *cb)
{
	struct nf_nat_range *r = cb->info;

	switch (cb->opt->id) {
	case O_TO_DEST:
		return natrange_parse(cb, r);
	case O_RANDOM:
		r->flags |= NF_NAT_RANGE_PROTO_RANDOM;
		break;
	case O_PERSISTENT:
		r->flags |= NF_NAT_RANGE_PERSISTENT;
		break;
	}
	return true;
}

static enum xt_verdict dnat_target(struct xt_ctx *c, const void *info)
{
	if (!c->pkt->ct)
		return XT_DROP;
	return (enum xt_verdict)nat_setup_info(c->pkt->ct, info, NF_NAT_MANIP_DST, c->rule);
}

static void dnat_save(const void *info, const struct rule *r, struct strbuf *out)
{
	sb_puts(out, " --to-destination ");
	natrange_put(info, r->ip.family, out);
	natrange_put_flags(info, "--", out);
}

static void dnat_print(const void *info, const struct rule *r, bool numeric UNUSED, struct strbuf *out)
{
	sb_puts(out, " to:");
	natrange_put(info, r->ip.family, out);
	natrange_put_flags(info, "", out);
}

static void dnat_explain(struct xt_ctx *c, const void *info, struct strbuf *out)
{
	sb_puts(out, "changes the connection's destination");
	natrange_explain(info, c->family, out);
}

const struct target_ext ext_DNAT_target = {
	.name = "DNAT", .families = EXT_ANY, .size = sizeof(struct nf_nat_range),
	.table = "nat", .hooks = NAT_HOOKS_DST, .needs_ct = true, .stateful = true,
	.opts = (const struct ext_opt[]){
		{ .name = "to-destination",
		  .form = "ADDR[-ADDR][:PORT[-PORT[/BASE]]], as in 10.0.0.2:8080, in IPv6 [ADDR]:PORT",
		  .type = OPT_STRING, .flags = OPT_MUST, .id = O_TO_DEST, .parse = dnat_parse },
		{ .name = "random", .type = OPT_NONE, .id = O_RANDOM, .parse = dnat_parse },
		{ .name = "persistent", .type = OPT_NONE, .id = O_PERSISTENT, .parse = dnat_parse },
		{ 0 } },
	.target = dnat_target, .save = dnat_save, .print = dnat_print, .explain = dnat_explain,
};
