// SPDX-License-Identifier: MIT
/* l2.c - what a rule of arptables or ebtables says of itself, without its matches: the comparisons that arptables-nft
 * and ebtables-nft hand to nf_tables. */
#include "rules/eval/l2.h"
#include "rules/ext/eb_util.h"

enum { ARP_HRD = 0, ARP_PRO = 2, ARP_HLN = 4, ARP_PLN = 5, ARP_OP = 6, ARP_SHA = 8, ARP_SIP = 14, ARP_THA = 18, ARP_TIP = 24, ARP_LEN = 28 };

/* An empty name, with its '+', is the beginning of every device's. */
static bool name_begins(const char *have, const char *want)
{
	size_t n = strlen(want);

	return n && want[n - 1] == '+' ? strncmp(have, want, n - 1) == 0 : strcmp(have, want) == 0;
}

static bool iface_says(const struct net_device *dev, const char *want, bool invert)
{
	if (!*want)
		return true;
	if (strcmp(want, "+") == 0)
		return !invert;
	return name_begins(dev ? dev->name : "", want) != invert;
}

/* Of no bridge's port nothing is said, be it inverted. */
static bool logical_says(const struct net_device *port, const char *want, bool invert)
{
	return !*want || (port && port->master && name_begins(port->master->name, want) != invert);
}

static bool mac_says(const uint8_t *have, const uint8_t *want, const uint8_t *mask, bool invert)
{
	return eb_mac_equal(have, want, mask) != invert;
}

static bool eb_proto_says(const struct eb_match *e, unsigned proto)
{
	if (e->length)
		return (proto < 0x600) != e->inv_proto;
	return !e->proto || (proto == e->proto) != e->inv_proto;
}

enum l2_part l2_eb_fails(const struct rule *r, const struct xt_ctx *c)
{
	const struct eb_match *e = r->eb;
	const uint8_t *eth = pkt_mac(c->pkt);

	if (!iface_says(c->in, r->ip.iniface, r->ip.inv_in))
		return L2_IN;
	if (!iface_says(c->out, r->ip.outiface, r->ip.inv_out))
		return L2_OUT;
	if (!logical_says(c->in, e->logical_in, e->inv_logical_in))
		return L2_LOGICAL_IN;
	if (!logical_says(c->out, e->logical_out, e->inv_logical_out))
		return L2_LOGICAL_OUT;
	if (e->has_src && !mac_says(eth + ETH_ALEN, e->src, e->smsk, e->inv_src))
		return L2_SRC;
	if (e->has_dst && !mac_says(eth, e->dst, e->dmsk, e->inv_dst))
		return L2_DST;
	return eb_proto_says(e, eb_h_proto(c->pkt)) ? L2_NONE : L2_PROTO;
}

static bool number_says(unsigned have, unsigned want, bool invert)
{
	return (!want && !invert) || (have == want) != invert;
}

static bool ip_says(be32 have, be32 want, be32 mask, bool invert)
{
	return !mask || ((have & mask) == want) != invert;
}

static bool is_asked(const uint8_t mac[6], const uint8_t mask[6])
{
	static const uint8_t null[6];

	return memcmp(mac, null, 6) != 0 || memcmp(mask, null, 6) != 0;
}

enum l2_part l2_arp_fails(const struct rule *r, const struct xt_ctx *c)
{
	const struct arp_match *a = r->arp;
	const struct ip_match *ip = &r->ip;
	const uint8_t *arp = pkt_at(c->pkt, 0, ARP_LEN);

	if (!iface_says(c->in, ip->iniface, ip->inv_in))
		return L2_IN;
	if (!iface_says(c->out, ip->outiface, ip->inv_out))
		return L2_OUT;
	if (!arp)
		return L2_SHORT;
	if (!number_says(get_be16(arp + ARP_HRD), a->hrd, a->inv_hrd))
		return L2_HTYPE;
	if (!number_says(get_be16(arp + ARP_PRO), a->pro, a->inv_pro))
		return L2_PROTO;
	if ((arp[ARP_HLN] == ETH_ALEN) == a->inv_hln || arp[ARP_PLN] != 4)
		return L2_LENGTHS;
	if (!number_says(get_be16(arp + ARP_OP), a->op, a->inv_op))
		return L2_OPCODE;
	if (is_asked(a->smac, a->smsk) && !mac_says(arp + ARP_SHA, a->smac, a->smsk, a->inv_smac))
		return L2_SRC;
	if (!ip_says(load_be32(arp + ARP_SIP), ip->src.ip, ip->smsk.ip, ip->inv_src))
		return L2_IP_SRC;
	if (is_asked(a->tmac, a->tmsk) && !mac_says(arp + ARP_THA, a->tmac, a->tmsk, a->inv_tmac))
		return L2_DST;
	return ip_says(load_be32(arp + ARP_TIP), ip->dst.ip, ip->dmsk.ip, ip->inv_dst) ? L2_NONE : L2_IP_DST;
}
