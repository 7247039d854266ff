// SPDX-License-Identifier: MIT
/* REDIRECT.c - "-j REDIRECT [--to-ports PORT[-PORT]]": connections come to this host itself. */
#include "rules/ext/natrange.h"
#include "rules/ext/util.h"

enum { O_TO_PORTS, O_RANDOM };

static bool redirect_parse(struct ext_cb *cb)
{
	struct nf_nat_range *r = cb->info;

	if (cb->opt->id == O_RANDOM) {
		r->flags |= NF_NAT_RANGE_PROTO_RANDOM;
		return true;
	}
	return natrange_need_ports(cb) && natrange_parse_ports(cb, cb->arg, r);
}

static bool redirect_final(struct ext_cb *cb)
{
	const struct nf_nat_range *r = cb->info;

	return !(r->flags & NF_NAT_RANGE_PROTO_OFFSET) || ext_error(cb, "Shifted portmap ranges not supported with this kernel");
}

static enum xt_verdict redirect_target(struct xt_ctx *c, const void *info)
{
	if (c->family == NFPROTO_IPV6)
		return (enum xt_verdict)nat_redirect_ipv6(c->pkt, info, c->hook, c->rule);
	return (enum xt_verdict)nat_redirect_ipv4(c->pkt, info, c->hook, c->rule);
}

static void redirect_save(const void *info, const struct rule *rule UNUSED, struct strbuf *out)
{
	const struct nf_nat_range *r = info;

	if (r->flags & NF_NAT_RANGE_PROTO_SPECIFIED) {
		sb_puts(out, " --to-ports ");
		natrange_put_ports(r, out);
	}
	natrange_put_flags(r, "--", out);
}

static void redirect_print(const void *info, const struct rule *rule UNUSED, bool numeric UNUSED, struct strbuf *out)
{
	const struct nf_nat_range *r = info;

	if (r->flags & NF_NAT_RANGE_PROTO_SPECIFIED) {
		sb_puts(out, " redir ports ");
		natrange_put_ports(r, out);
	}
	natrange_put_flags(r, "", out);
}

static void redirect_explain(struct xt_ctx *c, const void *info, struct strbuf *out)
{
	const struct net_device *in = c->pkt->dev;
	char buf[ADDRSTRLEN];

	if (c->hook == NF_INET_LOCAL_OUT)
		sb_printf(out, "changes the connection's destination to %s", c->family == NFPROTO_IPV6 ? "::1" : "127.0.0.1");
	else if (c->family == NFPROTO_IPV6)
		sb_printf(out, "changes the connection's destination to an address of %s", in ? in->name : "the device");
	else if (in && in->addrs)
		sb_printf(out, "changes the connection's destination to %s of %s", ip4_str(buf, in->addrs->local), in->name);
	else
		sb_puts(out, "drops: the device it came in by has no address");
	natrange_explain(info, c->family, out);
}

const struct target_ext ext_REDIRECT_target = {
	.name = "REDIRECT", .families = EXT_ANY, .size = sizeof(struct nf_nat_range),
	.table = "nat", .hooks = NAT_HOOKS_DST, .needs_ct = true, .stateful = true,
	.final = redirect_final,
	.opts = (const struct ext_opt[]){
		{ .name = "to-ports",
		  .form = "PORT[-PORT], the lower first, as in 8080",
		  .type = OPT_STRING, .id = O_TO_PORTS, .parse = redirect_parse },
		{ .name = "random", .type = OPT_NONE, .id = O_RANDOM, .parse = redirect_parse },
		{ 0 } },
	.target = redirect_target, .save = redirect_save, .print = redirect_print, .explain = redirect_explain,
};
