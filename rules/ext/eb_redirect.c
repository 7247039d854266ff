// SPDX-License-Identifier: MIT
/* eb_redirect.c - ebtables' redirect target: the frame is for the bridge itself (ebt_redirect.c). */
#include "rules/ext/eb_util.h"

struct info { enum xt_verdict verdict; };

static void init(void *info)
{
	struct info *i = info;

	i->verdict = XT_ACCEPT;
}

static bool parse(struct ext_cb *cb)
{
	struct info *i = cb->info;

	return eb_verdict_parse(cb, &i->verdict);
}

static enum xt_verdict target(struct xt_ctx *c, const void *info)
{
	const struct info *i = info;
	uint8_t *eth = pkt_mac(c->pkt);

	eb_changed_mac(c, "destination MAC", eth, c->in->master->mac, "redirect");
	memcpy(eth, c->in->master->mac, ETH_ALEN);
	c->pkt->pkt_type = PACKET_HOST;
	return i->verdict;
}

static void save(const void *info, const struct rule *r UNUSED, struct strbuf *out)
{
	const struct info *i = info;

	if (i->verdict != XT_ACCEPT)
		sb_printf(out, "--redirect-target %s", eb_verdict_name(i->verdict));
}

static void explain(struct xt_ctx *c UNUSED, const void *info, struct strbuf *out)
{
	const struct info *i = info;

	sb_printf(out, "hands the frame up to this host, then %s", eb_verdict_name(i->verdict));
}

const struct target_ext ext_eb_redirect_target = {
	.name = "redirect", .families = EXT_EB, .size = sizeof(struct info), .table = "nat",
	.hooks = HOOK_BIT(NF_INET_PRE_ROUTING),
	.opts = (const struct ext_opt[]){
		{ .name = "redirect-target", .type = OPT_STRING, .flags = OPT_OLD, .parse = parse },
		{ 0 } },
	.init = init, .target = target, .save = save, .explain = explain,
};
