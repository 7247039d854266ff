// SPDX-License-Identifier: MIT
/* eb_dnat.c - ebtables' dnat target: gives the frame another destination address (ebt_dnat.c). */
#include "rules/ext/eb_util.h"

enum { O_TO, O_TARGET };

struct info { enum xt_verdict verdict; uint8_t mac[6]; };

static void init(void *info)
{
	struct info *i = info;

	i->verdict = XT_ACCEPT;
}

static bool parse(struct ext_cb *cb)
{
	struct info *i = cb->info;

	return cb->opt->id == O_TO ? eb_mac_parse(cb, "to-destination", i->mac) : eb_verdict_parse(cb, &i->verdict);
}

/* For whom the frame is now; where the host itself sends it, that does not matter. */
static void set_pkt_type(struct xt_ctx *c, const uint8_t *mac)
{
	static const uint8_t broadcast[6] = { 255, 255, 255, 255, 255, 255 };

	if (mac[0] & 1)
		c->pkt->pkt_type = memcmp(mac, broadcast, 6) == 0 ? PACKET_BROADCAST : PACKET_MULTICAST;
	else if (c->hook == NF_INET_PRE_ROUTING)
		c->pkt->pkt_type = memcmp(mac, c->in->master->mac, 6) == 0 ? PACKET_HOST : PACKET_OTHERHOST;
}

static enum xt_verdict target(struct xt_ctx *c, const void *info)
{
	const struct info *i = info;
	uint8_t *eth = pkt_mac(c->pkt);

	eb_changed_mac(c, "destination MAC", eth, i->mac, "dnat");
	memcpy(eth, i->mac, ETH_ALEN);
	set_pkt_type(c, i->mac);
	return i->verdict;
}

static void save(const void *info, const struct rule *r UNUSED, struct strbuf *out)
{
	const struct info *i = info;
	char buf[ADDRSTRLEN];

	sb_printf(out, "--to-dst %s --dnat-target %s", mac_str(buf, i->mac), eb_verdict_name(i->verdict));
}

static void explain(struct xt_ctx *c UNUSED, const void *info, struct strbuf *out)
{
	const struct info *i = info;
	char buf[ADDRSTRLEN];

	sb_printf(out, "sends the frame to %s, then %s", mac_str(buf, i->mac), eb_verdict_name(i->verdict));
}

const struct target_ext ext_eb_dnat_target = {
	.name = "dnat", .families = EXT_EB, .size = sizeof(struct info), .table = "nat",
	.hooks = HOOK_BIT(NF_INET_PRE_ROUTING) | HOOK_BIT(NF_INET_LOCAL_OUT),
	.opts = (const struct ext_opt[]){
		{ .name = "to-destination", .type = OPT_STRING, .flags = OPT_OLD, .id = O_TO, .parse = parse },
		{ .name = "to-dst", .type = OPT_STRING, .flags = OPT_OLD, .id = O_TO, .parse = parse },
		{ .name = "dnat-target", .type = OPT_STRING, .flags = OPT_OLD, .id = O_TARGET, .parse = parse },
		{ 0 } },
	.init = init, .final = eb_some_option, .target = target, .save = save, .explain = explain,
};
