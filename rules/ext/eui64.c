// SPDX-License-Identifier: MIT
/* eui64.c - "-m eui64": the source address ends in the EUI-64 of the sender's MAC address
 * (net/ipv6/netfilter/ip6t_eui64.c). */
#include "rules/ext/util.h"

static bool has_ether(const struct packet *p)
{
	return p->nh - p->mac >= ETH_HLEN;
}

static void eui64_of(const uint8_t *mac, uint8_t ret[8])
{
	const uint8_t id[8] = { mac[0] ^ 2, mac[1], mac[2], 0xff, 0xfe, mac[3], mac[4], mac[5] };

	memcpy(ret, id, sizeof(id));
}

static bool eui64_match(struct xt_ctx *c, const void *info UNUSED)
{
	const struct packet *p = c->pkt;
	const uint8_t *eth = pkt_mac(p);
	uint8_t id[8];

	if (!has_ether(p)) {
		c->hotdrop = c->fragoff != 0;
		return false;
	}
	if (get_be16(eth + 12) != ETH_P_IPV6)
		return false;
	eui64_of(eth + ETH_ALEN, id);
	return memcmp(pkt_nh(p) + IP6_SRC + 8, id, sizeof(id)) == 0;
}

static void eui64_explain(struct xt_ctx *c, const void *info UNUSED, struct strbuf *out)
{
	union inet_addr src = ip6_saddr(pkt_nh(c->pkt));
	char buf[ADDRSTRLEN];

	if (!has_ether(c->pkt)) {
		sb_puts(out, "the packet has no Ethernet header");
		return;
	}
	sb_printf(out, "source is %s, rule wants it to end in ", inet_str(buf, NFPROTO_IPV6, &src));
	memset(&src, 0, sizeof(src));
	eui64_of(pkt_mac(c->pkt) + ETH_ALEN, src.ip6 + 8);
	sb_printf(out, "%s", inet_str(buf, NFPROTO_IPV6, &src));
	sb_printf(out, ", as its MAC address is %s", mac_str(buf, pkt_mac(c->pkt) + ETH_ALEN));
}

const struct match_ext ext_eui64 = {
	.name = "eui64", .families = EXT_V6, .size = 1,
	.hooks = HOOK_BIT(NF_INET_PRE_ROUTING) | HOOK_BIT(NF_INET_LOCAL_IN) | HOOK_BIT(NF_INET_FORWARD),
	.match = eui64_match, .explain = eui64_explain,
};
