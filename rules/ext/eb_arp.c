// SPDX-License-Identifier: MIT
/* eb_arp.c - ebtables' arp match: the fields of an ARP or RARP packet (ebt_arp.c). */
#include "rules/ext/eb_util.h"
#include "rules/parse/l2.h"
#include <stdlib.h>
#include <strings.h>

enum { O_OPCODE, O_HTYPE, O_PTYPE, O_IP_SRC, O_IP_DST, O_MAC_SRC, O_MAC_DST, O_GRAT };
enum { ARP_HRD = 0, ARP_PRO = 2, ARP_HLN = 4, ARP_PLN = 5, ARP_OP = 6, ARP_HEAD = 8 };

struct info {
	uint16_t opcode, htype, ptype;
	be32 saddr, smsk, daddr, dmsk;
	uint8_t smac[6], smmsk[6], dmac[6], dmmsk[6];
	uint8_t has, inv;		/* bits by option */
};

static const char *const opcodes[] = {
	"Request", "Reply", "Request_Reverse", "Reply_Reverse", "DRARP_Request", "DRARP_Reply", "DRARP_Error",
	"InARP_Request", "ARP_NAK",
};

static bool parse_opcode(struct ext_cb *cb, uint16_t *ret)
{
	char *end;
	long v = strtol(cb->arg, &end, 10);

	if (v < 0 || v > UINT16_MAX || *end) {
		for (v = 0; v < (long)ARRAY_SIZE(opcodes) && strcasecmp(opcodes[v], cb->arg) != 0; v++)
			;
		if (v++ == (long)ARRAY_SIZE(opcodes))
			return ext_error(cb, "Problem with specified ARP opcode");
	}
	*ret = (uint16_t)v;
	return true;
}

static bool parse_htype(struct ext_cb *cb, uint16_t *ret)
{
	char *end;
	long v = strtol(cb->arg, &end, 10);

	if (v < 0 || v > UINT16_MAX || *end) {
		if (strcasecmp("Ethernet", cb->arg) != 0)
			return ext_error(cb, "Problem with specified ARP hardware type");
		v = 1;
	}
	*ret = (uint16_t)v;
	return true;
}

static bool parse_ptype(struct ext_cb *cb, uint16_t *ret)
{
	char *end;
	long v = strtol(cb->arg, &end, 16);

	if (v < 0 || v > UINT16_MAX || *end)
		v = ethertype_number(cb->arg);
	*ret = (uint16_t)v;
	return v >= 0 || ext_error(cb, "Problem with specified ARP protocol type");
}

static bool parse(struct ext_cb *cb)
{
	struct info *i = cb->info;

	if (!eb_once(cb))
		return false;
	i->has |= (uint8_t)(1u << cb->opt->id);
	i->inv |= (uint8_t)(cb->invert ? 1u << cb->opt->id : 0);
	switch (cb->opt->id) {
	case O_OPCODE:	return parse_opcode(cb, &i->opcode);
	case O_HTYPE:	return parse_htype(cb, &i->htype);
	case O_PTYPE:	return parse_ptype(cb, &i->ptype);
	case O_IP_SRC:	return l2_parse_net4(cb->diag, cb->pos, cb->arg, &i->saddr, &i->smsk);
	case O_IP_DST:	return l2_parse_net4(cb->diag, cb->pos, cb->arg, &i->daddr, &i->dmsk);
	case O_MAC_SRC:
		return l2_parse_mac_mask(cb->arg, i->smac, i->smmsk) || ext_error(cb, "Problem with ARP MAC address argument");
	case O_MAC_DST:
		return l2_parse_mac_mask(cb->arg, i->dmac, i->dmmsk) || ext_error(cb, "Problem with ARP MAC address argument");
	default:
		return true;
	}
}

static bool check(struct ext_check *c)
{
	return eb_needs_proto(c, ETH_P_ARP, 0x8035);
}

static bool differs(const struct info *i, int opt, bool equal)
{
	return i->has & 1u << opt && equal == !!(i->inv & 1u << opt);
}

/* Sender's and target's protocol address, when the packet has such. */
static bool arp_ips(const struct packet *p, const uint8_t *arp, be32 *sip, be32 *tip)
{
	unsigned hln = arp[ARP_HLN];
	const uint8_t *s = pkt_at(p, ARP_HEAD + hln, 4), *t = pkt_at(p, ARP_HEAD + 2 * hln + 4, 4);

	if (arp[ARP_PLN] != 4 || !s || !t)
		return false;
	*sip = load_be32(s);
	*tip = load_be32(t);
	return true;
}

static bool ips_match(const struct packet *p, const uint8_t *arp, const struct info *i)
{
	be32 sip, tip;

	if (!(i->has & (1u << O_IP_SRC | 1u << O_IP_DST | 1u << O_GRAT)))
		return true;
	return arp_ips(p, arp, &sip, &tip) && !differs(i, O_IP_SRC, (sip & i->smsk) == i->saddr) &&
	       !differs(i, O_IP_DST, (tip & i->dmsk) == i->daddr) && !differs(i, O_GRAT, sip == tip);
}

static bool mac_matches(const struct packet *p, const uint8_t *arp, const struct info *i, int opt)
{
	const uint8_t *mac;

	if (!(i->has & 1u << opt))
		return true;
	mac = pkt_at(p, opt == O_MAC_SRC ? ARP_HEAD : ARP_HEAD + ETH_ALEN + arp[ARP_PLN], ETH_ALEN);
	return mac && arp[ARP_HLN] == ETH_ALEN && get_be16(arp + ARP_HRD) == 1 &&
	       !differs(i, opt, opt == O_MAC_SRC ? eb_mac_equal(mac, i->smac, i->smmsk) : eb_mac_equal(mac, i->dmac, i->dmmsk));
}

static bool match(struct xt_ctx *c, const void *info)
{
	const struct info *i = info;
	const uint8_t *arp = pkt_at(c->pkt, 0, ARP_HEAD);

	return arp && !differs(i, O_OPCODE, get_be16(arp + ARP_OP) == i->opcode) &&
	       !differs(i, O_HTYPE, get_be16(arp + ARP_HRD) == i->htype) &&
	       !differs(i, O_PTYPE, get_be16(arp + ARP_PRO) == i->ptype) && ips_match(c->pkt, arp, i) &&
	       mac_matches(c->pkt, arp, i, O_MAC_SRC) && mac_matches(c->pkt, arp, i, O_MAC_DST);
}

static void put_opcode(unsigned op, struct strbuf *out)
{
	if (op > 0 && op <= ARRAY_SIZE(opcodes))
		sb_puts(out, opcodes[op - 1]);
	else
		sb_printf(out, "%u", op);
}

static void save_net(const char *name, bool inv, be32 addr, be32 mask, struct strbuf *out)
{
	char buf[ADDRSTRLEN];

	eb_save_opt(name, inv, out);
	sb_puts(out, ip4_str(buf, addr));
	ext_save_mask4(mask, out);
	sb_putc(out, ' ');
}

static void save_mac(const char *name, bool inv, const uint8_t *mac, const uint8_t *mask, struct strbuf *out)
{
	eb_save_opt(name, inv, out);
	l2_save_mac_mask(mac, mask, out);
	sb_putc(out, ' ');
}

static void save(const void *info, const struct rule *r UNUSED, struct strbuf *out)
{
	const struct info *i = info;

	if (i->has & 1u << O_OPCODE) {
		eb_save_opt("arp-op", i->inv & 1u << O_OPCODE, out);
		put_opcode(i->opcode, out);
		sb_putc(out, ' ');
	}
	if (i->has & 1u << O_HTYPE) {
		eb_save_opt("arp-htype", i->inv & 1u << O_HTYPE, out);
		sb_printf(out, "%u ", i->htype);
	}
	if (i->has & 1u << O_PTYPE) {
		eb_save_opt("arp-ptype", i->inv & 1u << O_PTYPE, out);
		sb_printf(out, "0x%x ", i->ptype);
	}
	if (i->has & 1u << O_IP_SRC)
		save_net("arp-ip-src", i->inv & 1u << O_IP_SRC, i->saddr, i->smsk, out);
	if (i->has & 1u << O_IP_DST)
		save_net("arp-ip-dst", i->inv & 1u << O_IP_DST, i->daddr, i->dmsk, out);
	if (i->has & 1u << O_MAC_SRC)
		save_mac("arp-mac-src", i->inv & 1u << O_MAC_SRC, i->smac, i->smmsk, out);
	if (i->has & 1u << O_MAC_DST)
		save_mac("arp-mac-dst", i->inv & 1u << O_MAC_DST, i->dmac, i->dmmsk, out);
	if (i->has & 1u << O_GRAT)
		sb_printf(out, "%s--arp-gratuitous ", i->inv & 1u << O_GRAT ? "! " : "");
}

static void explain(struct xt_ctx *c, const void *info, struct strbuf *out)
{
	const uint8_t *arp = pkt_at(c->pkt, 0, ARP_HEAD);
	struct strbuf want = { 0 };
	char buf[ADDRSTRLEN];
	be32 sip, tip;

	if (!arp) {
		sb_puts(out, "the ARP header is cut off");
		return;
	}
	sb_puts(out, "ARP ");
	put_opcode(get_be16(arp + ARP_OP), out);
	if (arp_ips(c->pkt, arp, &sip, &tip)) {
		sb_printf(out, " from %s", ip4_str(buf, sip));
		sb_printf(out, " for %s", ip4_str(buf, tip));
	}
	save(info, c->rule, &want);
	while (want.len && want.s[want.len - 1] == ' ')
		want.s[--want.len] = '\0';
	sb_printf(out, ", rule wants %s", sb_str(&want));
	sb_free(&want);
}

#define ARP_OPT(n, i) { .name = n, .type = OPT_STRING, .flags = OPT_OLD, .id = i, .parse = parse }
const struct match_ext ext_eb_arp = {
	.name = "arp", .families = EXT_EB, .size = sizeof(struct info),
	.opts = (const struct ext_opt[]){
		ARP_OPT("arp-opcode", O_OPCODE), ARP_OPT("arp-op", O_OPCODE), ARP_OPT("arp-htype", O_HTYPE),
		ARP_OPT("arp-ptype", O_PTYPE), ARP_OPT("arp-ip-src", O_IP_SRC), ARP_OPT("arp-ip-dst", O_IP_DST),
		ARP_OPT("arp-mac-src", O_MAC_SRC), ARP_OPT("arp-mac-dst", O_MAC_DST),
		{ .name = "arp-gratuitous", .type = OPT_NONE, .flags = OPT_OLD, .id = O_GRAT, .parse = parse },
		{ 0 } },
	.check = check, .match = match, .save = save, .explain = explain,
};
