// SPDX-License-Identifier: MIT
/* NETMAP.c - "-j NETMAP --to ADDR[/MASK]": maps a whole network one to one, host part kept. */
#include "rules/ext/natrange.h"
#include "sim/packet/headers.h"

enum { O_TO };

static bool netmap_parse(struct ext_cb *cb)
{
	struct nf_nat_range *r = cb->info;
	be32 mask = cb->val.host.mask.ip;

	r->flags |= NF_NAT_RANGE_MAP_IPS;
	r->min_addr.ip = cb->val.host.addr.ip & mask;
	r->max_addr.ip = r->min_addr.ip | ~mask;
	return true;
}

static bool is_source(enum nf_hook hook)
{
	return HOOK_BIT(hook) & NAT_HOOKS_SRC;
}

static be32 mapped(const struct nf_nat_range *r, be32 addr)
{
	be32 mask = ~(r->min_addr.ip ^ r->max_addr.ip);

	return (addr & ~mask) | (r->min_addr.ip & mask);
}

static enum xt_verdict netmap_target(struct xt_ctx *c, const void *info)
{
	const uint8_t *ip = pkt_nh(c->pkt);
	struct nf_nat_range r = { .flags = NF_NAT_RANGE_MAP_IPS };
	bool src = is_source(c->hook);

	if (!c->pkt->ct)
		return XT_DROP;
	r.min_addr.ip = mapped(info, src ? ip4_saddr(ip) : ip4_daddr(ip));
	r.max_addr = r.min_addr;
	return (enum xt_verdict)nat_setup_info(c->pkt->ct, &r, src ? NF_NAT_MANIP_SRC : NF_NAT_MANIP_DST, c->rule);
}

/* "10.0.0.0/8", or with a mask that has holes "10.0.0.0/255.0.255.0" */
static void put_net(const struct nf_nat_range *r, struct strbuf *out)
{
	uint32_t mask = ~ntohl(r->min_addr.ip ^ r->max_addr.ip), inv = ~mask;
	char buf[ADDRSTRLEN];
	unsigned len = 0;

	sb_puts(out, ip4_str(buf, r->min_addr.ip));
	if (inv & (inv + 1)) {
		sb_printf(out, "/%s", ip4_str(buf, htonl(mask)));
		return;
	}
	for (; mask; mask <<= 1)
		len++;
	sb_printf(out, "/%u", len);
}

static void netmap_save(const void *info, const struct rule *r UNUSED, struct strbuf *out)
{
	sb_puts(out, " --to ");
	put_net(info, out);
}

static void netmap_print(const void *info, const struct rule *r UNUSED, bool numeric UNUSED, struct strbuf *out)
{
	sb_puts(out, " to:");
	put_net(info, out);
}

static void netmap_explain(struct xt_ctx *c, const void *info, struct strbuf *out)
{
	const uint8_t *ip = pkt_nh(c->pkt);
	bool src = is_source(c->hook);
	be32 old = src ? ip4_saddr(ip) : ip4_daddr(ip);
	char from[ADDRSTRLEN], to[ADDRSTRLEN];

	sb_printf(out, "changes the connection's %s from %s to %s", src ? "source" : "destination", ip4_str(from, old),
		  ip4_str(to, mapped(info, old)));
}

const struct target_ext ext_NETMAP_target = {
	.name = "NETMAP", .families = EXT_V4, .size = sizeof(struct nf_nat_range),
	.table = "nat", .hooks = NAT_HOOKS_SRC | NAT_HOOKS_DST, .needs_ct = true, .stateful = true,
	.opts = (const struct ext_opt[]){
		{ .name = "to", .type = OPT_HOSTMASK, .flags = OPT_MUST, .id = O_TO, .parse = netmap_parse },
		{ 0 } },
	.target = netmap_target, .save = netmap_save, .print = netmap_print, .explain = netmap_explain,
};
