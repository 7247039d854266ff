// SPDX-License-Identifier: MIT
/* SNAT.c - "-j SNAT --to-source ADDR[-ADDR][:PORT[-PORT]]": changes where connections come from. */
#include "rules/ext/natrange.h"

enum { O_TO_SRC, O_RANDOM, O_RANDOM_FULLY, O_PERSISTENT };

static bool snat_parse(struct ext_cb *cb)
{
	struct nf_nat_range *r = cb->info;

	switch (cb->opt->id) {
	case O_TO_SRC:
		if (!natrange_parse(cb, r))
			return false;
		r->base_port = 0;	/* iptables takes "/base", its kernel interface has no room for it */
		return true;
	case O_RANDOM:
		r->flags |= NF_NAT_RANGE_PROTO_RANDOM;
		break;
	case O_RANDOM_FULLY:
		r->flags |= NF_NAT_RANGE_PROTO_RANDOM_FULLY;
		break;
	case O_PERSISTENT:
		r->flags |= NF_NAT_RANGE_PERSISTENT;
		break;
	}
	return true;
}

static enum xt_verdict snat_target(struct xt_ctx *c, const void *info)
{
	if (!c->pkt->ct)
		return XT_DROP;
	return (enum xt_verdict)nat_setup_info(c->pkt->ct, info, NF_NAT_MANIP_SRC, c->rule);
}

static void snat_save(const void *info, const struct rule *r, struct strbuf *out)
{
	sb_puts(out, " --to-source ");
	natrange_put(info, r->ip.family, out);
	natrange_put_flags(info, "--", out);
}

static void snat_print(const void *info, const struct rule *r, bool numeric UNUSED, struct strbuf *out)
{
	sb_puts(out, " to:");
	natrange_put(info, r->ip.family, out);
	natrange_put_flags(info, "", out);
}

static void snat_explain(struct xt_ctx *c, const void *info, struct strbuf *out)
{
	sb_puts(out, "changes the connection's source");
	natrange_explain(info, c->family, out);
}

const struct target_ext ext_SNAT_target = {
	.name = "SNAT", .families = EXT_ANY, .size = sizeof(struct nf_nat_range),
	.table = "nat", .hooks = NAT_HOOKS_SRC, .needs_ct = true, .stateful = true,
	.opts = (const struct ext_opt[]){
		{ .name = "to-source",
		  .form = "ADDR[-ADDR][:PORT[-PORT]], as in 198.51.100.7:1024-65535, in IPv6 [ADDR]:PORT",
		  .type = OPT_STRING, .flags = OPT_MUST, .id = O_TO_SRC, .parse = snat_parse },
		{ .name = "random", .type = OPT_NONE, .id = O_RANDOM, .parse = snat_parse },
		{ .name = "random-fully", .type = OPT_NONE, .id = O_RANDOM_FULLY, .parse = snat_parse },
		{ .name = "persistent", .type = OPT_NONE, .id = O_PERSISTENT, .parse = snat_parse },
		{ 0 } },
	.target = snat_target, .save = snat_save, .print = snat_print, .explain = snat_explain,
};
