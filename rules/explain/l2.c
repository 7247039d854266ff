// SPDX-License-Identifier: MIT
/* l2.c - in words: why a rule of arptables or ebtables did not match. */
#include "rules/eval/l2.h"
#include "rules/ext/eb_util.h"

enum { ARP_HRD = 0, ARP_PRO = 2, ARP_HLN = 4, ARP_PLN = 5, ARP_OP = 6, ARP_SHA = 8, ARP_SIP = 14, ARP_THA = 18, ARP_TIP = 24 };

static const char *not_word(bool invert)
{
	return invert ? "not " : "";
}

static void say_dev(const char *what, const struct net_device *dev, const char *want, bool invert, struct strbuf *out)
{
	if (dev)
		sb_printf(out, "%s is %s, rule wants %s%s", what, dev->name, not_word(invert), want);
	else
		sb_printf(out, "there is no %s here, rule wants %s%s", what, not_word(invert), want);
}

static void say_mac(const char *what, const uint8_t *have, const uint8_t *want, const uint8_t *mask, bool invert,
		    struct strbuf *out)
{
	char buf[ADDRSTRLEN];

	sb_printf(out, "%s is %s, rule wants %s", what, mac_str(buf, have), not_word(invert));
	l2_save_mac_mask(want, mask, out);
}

static void say_ip(const char *what, be32 have, be32 want, be32 mask, bool invert, struct strbuf *out)
{
	char buf[ADDRSTRLEN];

	sb_printf(out, "%s is %s, ", what, ip4_str(buf, have));
	sb_printf(out, "rule wants %s%s", not_word(invert), ip4_str(buf, want));
	ext_save_mask4(mask, out);
}

static void eb_say(const struct rule *r, const struct xt_ctx *c, enum l2_part part, struct strbuf *out)
{
	const struct eb_match *e = r->eb;
	const uint8_t *eth = pkt_mac(c->pkt);

	switch (part) {
	case L2_LOGICAL_IN:
		say_dev("input bridge", c->in ? c->in->master : NULL, e->logical_in, e->inv_logical_in, out);
		break;
	case L2_LOGICAL_OUT:
		say_dev("output bridge", c->out ? c->out->master : NULL, e->logical_out, e->inv_logical_out, out);
		break;
	case L2_SRC:
		say_mac("source address", eth + ETH_ALEN, e->src, e->smsk, e->inv_src, out);
		break;
	case L2_DST:
		say_mac("destination address", eth, e->dst, e->dmsk, e->inv_dst, out);
		break;
	default:
		sb_puts(out, "EtherType is ");
		eb_say_proto(eb_h_proto(c->pkt), out);
		sb_printf(out, ", rule wants %s", not_word(e->inv_proto));
		if (e->length)
			sb_puts(out, "a length");
		else
			eb_say_proto(e->proto, out);
		break;
	}
}

static void arp_say(const struct rule *r, const struct xt_ctx *c, enum l2_part part, struct strbuf *out)
{
	const struct arp_match *a = r->arp;
	const struct ip_match *ip = &r->ip;
	const uint8_t *arp = pkt_nh(c->pkt);

	switch (part) {
	case L2_SHORT:
		sb_puts(out, "the ARP packet is cut short");
		break;
	case L2_HTYPE:
		sb_printf(out, "hardware type is %u, rule wants %s%u", get_be16(arp + ARP_HRD), not_word(a->inv_hrd), a->hrd);
		break;
	case L2_PROTO:
		sb_printf(out, "protocol type is 0x%x, rule wants %s0x%x", get_be16(arp + ARP_PRO), not_word(a->inv_pro), a->pro);
		break;
	case L2_LENGTHS:
		sb_printf(out, "address lengths are %u and %u, rule wants %s6 and 4", arp[ARP_HLN], arp[ARP_PLN], not_word(a->inv_hln));
		break;
	case L2_OPCODE:
		sb_printf(out, "operation is %u, rule wants %s%u", get_be16(arp + ARP_OP), not_word(a->inv_op), a->op);
		break;
	case L2_SRC:
		say_mac("sender's link address", arp + ARP_SHA, a->smac, a->smsk, a->inv_smac, out);
		break;
	case L2_DST:
		say_mac("target's link address", arp + ARP_THA, a->tmac, a->tmsk, a->inv_tmac, out);
		break;
	case L2_IP_SRC:
		say_ip("sender's address", load_be32(arp + ARP_SIP), ip->src.ip, ip->smsk.ip, ip->inv_src, out);
		break;
	default:
		say_ip("target's address", load_be32(arp + ARP_TIP), ip->dst.ip, ip->dmsk.ip, ip->inv_dst, out);
		break;
	}
}

static void say(const struct rule *r, const struct xt_ctx *c, enum l2_part part, struct strbuf *out)
{
	if (part == L2_IN)
		say_dev("input interface", c->in, r->ip.iniface, r->ip.inv_in, out);
	else if (part == L2_OUT)
		say_dev("output interface", c->out, r->ip.outiface, r->ip.inv_out, out);
	else if (part != L2_NONE)
		(r->eb ? eb_say : arp_say)(r, c, part, out);
}

static bool has_mac(const uint8_t mask[6])
{
	static const uint8_t null[6];

	return memcmp(mask, null, sizeof(null)) != 0;
}

/* Does the rule ask for this at all? */
static bool asks(const struct rule *r, enum l2_part part)
{
	const struct eb_match *e = r->eb;
	const struct arp_match *a = r->arp;

	switch (part) {
	case L2_IN:		return r->ip.iniface[0];
	case L2_OUT:		return r->ip.outiface[0];
	case L2_LOGICAL_IN:	return e && e->logical_in[0];
	case L2_LOGICAL_OUT:	return e && e->logical_out[0];
	case L2_SRC:		return e ? e->has_src : has_mac(a->smsk);
	case L2_DST:		return e ? e->has_dst : has_mac(a->tmsk);
	case L2_PROTO:		return e ? e->length || e->proto : a->pro || a->inv_pro;
	case L2_OPCODE:		return a && (a->op || a->inv_op);
	case L2_IP_SRC:		return a && r->ip.smsk.ip;
	case L2_IP_DST:		return a && r->ip.dmsk.ip;
	default:		return false;
	}
}

bool l2_explain(const struct rule *r, const struct xt_ctx *c, struct strbuf *out)
{
	enum l2_part fails = r->eb ? l2_eb_fails(r, c) : l2_arp_fails(r, c);

	for (int part = L2_IN; fails == L2_NONE && part <= L2_IP_DST; part++) {
		if (!asks(r, (enum l2_part)part))
			continue;
		if (out->len)
			sb_puts(out, ", ");
		say(r, c, (enum l2_part)part, out);
	}
	say(r, c, fails, out);
	return fails == L2_NONE;
}

void l2_explain_failure(const struct rule *r, const struct xt_ctx *c, struct strbuf *out)
{
	say(r, c, r->eb ? l2_eb_fails(r, c) : l2_arp_fails(r, c), out);
}
