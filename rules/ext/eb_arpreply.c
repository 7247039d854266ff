// SPDX-License-Identifier: MIT
/* eb_arpreply.c - ebtables' arpreply target: answers an ARP request (ebt_arpreply.c). */
#include "rules/ext/eb_util.h"

enum { O_MAC, O_TARGET };
enum { ARP_PRO = 2, ARP_HLN = 4, ARP_PLN = 5, ARP_OP = 6, ARP_SHA = 8, ARP_SIP = 14, ARP_TIP = 24, ARP_LEN = 28 };

struct info { enum xt_verdict verdict; uint8_t mac[6]; };

static void init(void *info)
{
	struct info *i = info;

	i->verdict = XT_DROP;
}

static bool parse(struct ext_cb *cb)
{
	struct info *i = cb->info;

	return cb->opt->id == O_MAC ? eb_mac_parse(cb, "arpreply-mac", i->mac) : eb_verdict_parse(cb, &i->verdict);
}

static bool check(struct ext_check *c)
{
	return eb_needs_proto(c, ETH_P_ARP, ETH_P_ARP);
}

static enum xt_verdict target(struct xt_ctx *c, const void *info)
{
	const struct info *i = info;
	const uint8_t *arp = pkt_at(c->pkt, 0, ARP_SHA);

	if (!arp)
		return XT_DROP;
	if (get_be16(arp + ARP_OP) != 1 || arp[ARP_HLN] != ETH_ALEN || get_be16(arp + ARP_PRO) != ETH_P_IP || arp[ARP_PLN] != 4)
		return XT_CONTINUE;
	if (!pkt_at(c->pkt, 0, ARP_LEN))
		return XT_DROP;
	arp_send_from((struct net_device *)c->pkt->dev, 2, load_be32(arp + ARP_SIP), load_be32(arp + ARP_TIP), arp + ARP_SHA, i->mac,
		      arp + ARP_SHA);
	return i->verdict;
}

static void save(const void *info, const struct rule *r UNUSED, struct strbuf *out)
{
	const struct info *i = info;
	char buf[ADDRSTRLEN];

	sb_printf(out, "--arpreply-mac %s", mac_str(buf, i->mac));
	if (i->verdict != XT_DROP)
		sb_printf(out, " --arpreply-target %s", eb_verdict_name(i->verdict));
}

static void explain(struct xt_ctx *c UNUSED, const void *info, struct strbuf *out)
{
	const struct info *i = info;
	char buf[ADDRSTRLEN];

	sb_printf(out, "answers the ARP request with %s, then %s", mac_str(buf, i->mac), eb_verdict_name(i->verdict));
}

const struct target_ext ext_eb_arpreply_target = {
	.name = "arpreply", .families = EXT_EB, .size = sizeof(struct info), .table = "nat",
	.hooks = HOOK_BIT(NF_INET_PRE_ROUTING),
	.opts = (const struct ext_opt[]){
		{ .name = "arpreply-mac", .type = OPT_STRING, .flags = OPT_OLD, .id = O_MAC, .parse = parse },
		{ .name = "arpreply-target", .type = OPT_STRING, .flags = OPT_OLD, .id = O_TARGET, .parse = parse },
		{ 0 } },
	.init = init, .check = check, .target = target, .save = save, .explain = explain,
};
