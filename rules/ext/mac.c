// SPDX-License-Identifier: MIT
/* mac.c - "-m mac [!] --mac-source XX:XX:XX:XX:XX:XX": who sent the frame, on the link. */
#include "rules/ext/util.h"

struct mac_info { uint8_t addr[ETH_ALEN]; bool invert; };

static bool source_parse(struct ext_cb *cb)
{
	struct mac_info *m = cb->info;

	memcpy(m->addr, cb->val.ether.mac, ETH_ALEN);
	m->invert = cb->invert;
	return true;
}

/* Without an Ethernet header the answer is no, inverted or not. */
static const uint8_t *source_of(const struct packet *p)
{
	if (!p->dev || p->dev->kind == DEV_LO || p->mac + ETH_HLEN > p->nh)
		return NULL;
	return pkt_mac(p) + ETH_ALEN;
}

static bool mac_match(struct xt_ctx *c, const void *info)
{
	const struct mac_info *m = info;
	const uint8_t *src = source_of(c->pkt);

	return src && !memcmp(src, m->addr, ETH_ALEN) != m->invert;
}

static void mac_put(const uint8_t a[ETH_ALEN], struct strbuf *out)
{
	sb_printf(out, "%02x:%02x:%02x:%02x:%02x:%02x", a[0], a[1], a[2], a[3], a[4], a[5]);
}

static void mac_save(const void *info, const struct rule *r UNUSED, struct strbuf *out)
{
	const struct mac_info *m = info;

	sb_puts(out, m->invert ? " ! --mac-source " : " --mac-source ");
	mac_put(m->addr, out);
}

static void mac_print(const void *info, const struct rule *r UNUSED, bool numeric UNUSED, struct strbuf *out)
{
	const struct mac_info *m = info;

	sb_puts(out, m->invert ? " MAC ! " : " MAC ");
	mac_put(m->addr, out);
}

static void mac_explain(struct xt_ctx *c, const void *info, struct strbuf *out)
{
	const struct mac_info *m = info;
	const uint8_t *src = source_of(c->pkt);

	if (!src) {
		sb_puts(out, "the packet has no Ethernet header");
		return;
	}
	sb_puts(out, "the frame's source is ");
	mac_put(src, out);
	sb_puts(out, m->invert ? ", rule wants anything but " : ", rule wants ");
	mac_put(m->addr, out);
}

static bool mac_conds(const void *info, struct ext_conds *ret)
{
	const struct mac_info *m = info;

	conds_mask(ret, FIELD_MAC, COND_MASK, get_be32(m->addr + 2), get_be16(m->addr), m->invert);
	return true;
}

const struct match_ext ext_mac = {
	.name = "mac", .families = EXT_ANY, .size = sizeof(struct mac_info),
	.hooks = HOOK_BIT(NF_INET_PRE_ROUTING) | HOOK_BIT(NF_INET_LOCAL_IN) | HOOK_BIT(NF_INET_FORWARD),
	.opts = (const struct ext_opt[]){
		{ .name = "mac-source", .type = OPT_ETHERMAC, .flags = OPT_MUST | OPT_INVERT, .id = 0, .parse = source_parse },
		{ 0 } },
	.match = mac_match, .conds = mac_conds, .save = mac_save, .print = mac_print, .explain = mac_explain,
};
