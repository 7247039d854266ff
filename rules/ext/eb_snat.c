// SPDX-License-Identifier: MIT
/* eb_snat.c - ebtables' snat target: gives the frame another source address, and with --snat-arp an ARP packet in it
 * another sender (ebt_snat.c). */
#include "rules/ext/eb_util.h"

enum { O_TO, O_TARGET, O_ARP };
#define ARP_SHA 8

struct info { enum xt_verdict verdict; bool arp; uint8_t mac[6]; };

static void init(void *info)
{
	struct info *i = info;

	i->verdict = XT_ACCEPT;
}

static bool parse(struct ext_cb *cb)
{
	struct info *i = cb->info;

	switch (cb->opt->id) {
	case O_TO:	return eb_mac_parse(cb, "to-source", i->mac);
	case O_TARGET:	return eb_verdict_parse(cb, &i->verdict);
	default:
		i->arp = true;
		return eb_once(cb);
	}
}

static enum xt_verdict target(struct xt_ctx *c, const void *info)
{
	const struct info *i = info;
	uint8_t *eth = pkt_mac(c->pkt), *arp;

	eb_changed_mac(c, "source MAC", eth + ETH_ALEN, i->mac, "snat");
	memcpy(eth + ETH_ALEN, i->mac, ETH_ALEN);
	if (!i->arp || get_be16(eth + 2 * ETH_ALEN) != ETH_P_ARP)
		return i->verdict;
	if (!xt_ensure(c, ARP_SHA))
		return XT_DROP;
	arp = pkt_nh(c->pkt);
	if (arp[4] != ETH_ALEN)
		return i->verdict;
	if (!xt_ensure(c, ARP_SHA + ETH_ALEN))
		return XT_DROP;
	eb_changed_mac(c, "ARP sender", arp + ARP_SHA, i->mac, "snat");
	memcpy(arp + ARP_SHA, i->mac, ETH_ALEN);
	return i->verdict;
}

static void save(const void *info, const struct rule *r UNUSED, struct strbuf *out)
{
	const struct info *i = info;
	char buf[ADDRSTRLEN];

	sb_printf(out, "--to-src %s%s --snat-target %s", mac_str(buf, i->mac), i->arp ? " --snat-arp" : "",
		  eb_verdict_name(i->verdict));
}

static void explain(struct xt_ctx *c UNUSED, const void *info, struct strbuf *out)
{
	const struct info *i = info;
	char buf[ADDRSTRLEN];

	sb_printf(out, "lets the frame%s come from %s, then %s", i->arp ? " and the ARP packet in it" : "", mac_str(buf, i->mac),
		  eb_verdict_name(i->verdict));
}

const struct target_ext ext_eb_snat_target = {
	.name = "snat", .families = EXT_EB, .size = sizeof(struct info), .table = "nat", .hooks = HOOK_BIT(NF_INET_POST_ROUTING),
	.opts = (const struct ext_opt[]){
		{ .name = "to-source", .type = OPT_STRING, .flags = OPT_OLD, .id = O_TO, .parse = parse },
		{ .name = "to-src", .type = OPT_STRING, .flags = OPT_OLD, .id = O_TO, .parse = parse },
		{ .name = "snat-target", .type = OPT_STRING, .flags = OPT_OLD, .id = O_TARGET, .parse = parse },
		{ .name = "snat-arp", .type = OPT_NONE, .flags = OPT_OLD, .id = O_ARP, .parse = parse },
		{ 0 } },
	.init = init, .final = eb_some_option, .target = target, .save = save, .explain = explain,
};
