// SPDX-License-Identifier: MIT
/* NETMAP.c - "-j NETMAP --to ADDR[/MASK]": maps a whole network one to one, host part kept. */
#include "rules/ext/natrange.h"
#include "sim/packet/headers.h"

enum { O_TO };

static bool netmap_parse(struct ext_cb *cb)
{
	const union inet_addr *mask = &cb->val.host.mask;
	struct nf_nat_range *r = cb->info;

	r->flags |= NF_NAT_RANGE_MAP_IPS;
	for (int i = 0; i < (cb->family == NFPROTO_IPV6 ? 4 : 1); i++) {
		r->min_addr.all[i] = cb->val.host.addr.all[i] & mask->all[i];
		r->max_addr.all[i] = r->min_addr.all[i] | ~mask->all[i];
	}
	return true;
}

static bool is_source(enum nf_hook hook)
{
	return HOOK_BIT(hook) & NAT_HOOKS_SRC;
}

/* Words that are not in use (IPv4) are equal in both ends: all of them is network, and zero. */
static union inet_addr mapped(const struct nf_nat_range *r, union inet_addr addr)
{
	for (int i = 0; i < 4; i++) {
		uint32_t mask = ~(r->min_addr.all[i] ^ r->max_addr.all[i]);

		addr.all[i] = (addr.all[i] & ~mask) | (r->min_addr.all[i] & mask);
	}
	return addr;
}

static enum xt_verdict netmap_target(struct xt_ctx *c, const void *info)
{
	struct nf_nat_range r = { .flags = NF_NAT_RANGE_MAP_IPS };
	bool src = is_source(c->hook);

	if (!c->pkt->ct)
		return XT_DROP;
	r.min_addr = mapped(info, src ? xt_saddr(c) : xt_daddr(c));
	r.max_addr = r.min_addr;
	return (enum xt_verdict)nat_setup_info(c->pkt->ct, &r, src ? NF_NAT_MANIP_SRC : NF_NAT_MANIP_DST, c->rule);
}

/* "10.0.0.0/8", or with a mask that has holes "10.0.0.0/255.0.255.0" */
static void put_net(const struct nf_nat_range *r, uint8_t family, struct strbuf *out)
{
	union inet_addr mask = { .all = { 0 } };
	char buf[ADDRSTRLEN];
	int plen;

	for (int i = 0; i < (family == NFPROTO_IPV6 ? 4 : 1); i++)
		mask.all[i] = ~(r->min_addr.all[i] ^ r->max_addr.all[i]);
	plen = inet_mask_len(&mask, family);
	sb_puts(out, inet_str(buf, family, &r->min_addr));
	if (plen < 0)
		sb_printf(out, "/%s", inet_str(buf, family, &mask));
	else
		sb_printf(out, "/%d", plen);
}

static void netmap_save(const void *info, const struct rule *r, struct strbuf *out)
{
	sb_puts(out, " --to ");
	put_net(info, r->ip.family, out);
}

static void netmap_print(const void *info, const struct rule *r, bool numeric UNUSED, struct strbuf *out)
{
	sb_puts(out, " to:");
	put_net(info, r->ip.family, out);
}

static void netmap_explain(struct xt_ctx *c, const void *info, struct strbuf *out)
{
	bool src = is_source(c->hook);
	union inet_addr old = src ? xt_saddr(c) : xt_daddr(c), new = mapped(info, old);
	char from[ADDRSTRLEN], to[ADDRSTRLEN];

	sb_printf(out, "changes the connection's %s from %s to %s", src ? "source" : "destination", inet_str(from, c->family, &old),
		  inet_str(to, c->family, &new));
}

const struct target_ext ext_NETMAP_target = {
	.name = "NETMAP", .families = EXT_ANY, .size = sizeof(struct nf_nat_range),
	.table = "nat", .hooks = NAT_HOOKS_SRC | NAT_HOOKS_DST, .needs_ct = true, .stateful = true,
	.opts = (const struct ext_opt[]){
		{ .name = "to",
		  .form = "ADDRESS[/LENGTH], the network the addresses go to",
		  .type = OPT_HOSTMASK, .flags = OPT_MUST, .id = O_TO, .parse = netmap_parse },
		{ 0 } },
	.target = netmap_target, .save = netmap_save, .print = netmap_print, .explain = netmap_explain,
};
