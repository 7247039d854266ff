// SPDX-License-Identifier: MIT
/* MASQUERADE.c - "-j MASQUERADE": source NAT to the address of the device that packets leave by. */
#include "rules/ext/natrange.h"
#include "rules/ext/util.h"

enum { O_TO_PORTS, O_RANDOM, O_RANDOM_FULLY };

static bool masq_parse(struct ext_cb *cb)
{
	struct nf_nat_range *r = cb->info;

	switch (cb->opt->id) {
	case O_TO_PORTS:
		if (!natrange_need_ports(cb) || !natrange_parse_ports(cb, cb->arg, r))
			return false;
		r->base_port = 0;	/* iptables takes "/base", its kernel interface has no room for it */
		return true;
	case O_RANDOM:
		r->flags |= NF_NAT_RANGE_PROTO_RANDOM;
		break;
	case O_RANDOM_FULLY:
		r->flags |= NF_NAT_RANGE_PROTO_RANDOM_FULLY;
		break;
	}
	return true;
}

static enum xt_verdict masq_target(struct xt_ctx *c, const void *info)
{
	if (c->family == NFPROTO_IPV6)
		return (enum xt_verdict)nat_masquerade_ipv6(c->pkt, c->hook, info, c->out, c->rule);
	return (enum xt_verdict)nat_masquerade_ipv4(c->pkt, c->hook, info, c->out, c->rule);
}

static void masq_save(const void *info, const struct rule *rule UNUSED, struct strbuf *out)
{
	const struct nf_nat_range *r = info;

	if (r->flags & NF_NAT_RANGE_PROTO_SPECIFIED) {
		sb_puts(out, " --to-ports ");
		natrange_put_ports(r, out);
	}
	natrange_put_flags(r, "--", out);
}

static void masq_print(const void *info, const struct rule *rule UNUSED, bool numeric UNUSED, struct strbuf *out)
{
	const struct nf_nat_range *r = info;

	if (r->flags & NF_NAT_RANGE_PROTO_SPECIFIED) {
		sb_puts(out, " masq ports: ");
		natrange_put_ports(r, out);
	}
	natrange_put_flags(r, "", out);
}

static void explain_address(const struct xt_ctx *c, struct strbuf *out)
{
	const struct packet *p = c->pkt;
	be32 nh = p->dst.has_gw ? p->dst.gw.ip : ip4_daddr(pkt_nh(p));
	be32 src = c->out ? inet_select_addr(c->out, nh, RT_SCOPE_UNIVERSE) : 0;
	char buf[ADDRSTRLEN];

	if (src)
		sb_printf(out, "changes the connection's source to %s of %s", ip4_str(buf, src), c->out->name);
	else
		sb_printf(out, "drops: %s has no address", c->out ? c->out->name : "the device");
}

static void masq_explain(struct xt_ctx *c, const void *info, struct strbuf *out)
{
	if (c->family == NFPROTO_IPV6)
		sb_printf(out, "changes the connection's source to an address of %s", c->out ? c->out->name : "the device");
	else
		explain_address(c, out);
	if (((const struct nf_nat_range *)info)->flags)
		natrange_explain(info, c->family, out);
}

const struct target_ext ext_MASQUERADE_target = {
	.name = "MASQUERADE", .families = EXT_ANY, .size = sizeof(struct nf_nat_range),
	.table = "nat", .hooks = HOOK_BIT(NF_INET_POST_ROUTING), .needs_ct = true, .stateful = true,
	.opts = (const struct ext_opt[]){
		{ .name = "to-ports",
		  .form = "PORT[-PORT], the lower first, as in 1024-65535",
		  .type = OPT_STRING, .id = O_TO_PORTS, .parse = masq_parse },
		{ .name = "random", .type = OPT_NONE, .id = O_RANDOM, .parse = masq_parse },
		{ .name = "random-fully", .type = OPT_NONE, .id = O_RANDOM_FULLY, .parse = masq_parse },
		{ 0 } },
	.target = masq_target, .save = masq_save, .print = masq_print, .explain = masq_explain,
};
