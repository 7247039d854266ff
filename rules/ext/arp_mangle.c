// SPDX-License-Identifier: MIT
/* arp_mangle.c - arptables' mangle target: writes addresses into an ARP packet (arpt_mangle.c). */
#include "rules/ext/util.h"
#include "rules/parse/l2.h"
#include <netinet/ether.h>

enum { O_SIP, O_TIP, O_SMAC, O_TMAC, O_TARGET };
#define BIT(o) (1u << (o))
#define ARP_HEAD 8

struct info { enum xt_verdict verdict; uint8_t has; be32 sip, tip; uint8_t smac[6], tmac[6]; };

static void init(void *info)
{
	struct info *i = info;

	i->verdict = XT_ACCEPT;
}

static bool parse_mac(struct ext_cb *cb, uint8_t mac[6])
{
	struct ether_addr addr;

	if (cb->rule->arp && cb->rule->arp->inv_hln)
		return ext_error(cb, cb->opt->id == O_SMAC ? "! --h-length not allowed for --mangle-mac-s" :
				 "! hln not allowed for --mangle-mac-d");
	if (!ether_aton_r(cb->arg, &addr))
		return ext_error(cb, cb->opt->id == O_SMAC ? "invalid source MAC" : "invalid target MAC");
	memcpy(mac, &addr, 6);
	return true;
}

static bool parse_verdict(struct ext_cb *cb, struct info *i)
{
	if (strcmp(cb->arg, "DROP") == 0)
		i->verdict = XT_DROP;
	else if (strcmp(cb->arg, "ACCEPT") == 0)
		i->verdict = XT_ACCEPT;
	else if (strcmp(cb->arg, "CONTINUE") == 0)
		i->verdict = XT_CONTINUE;
	else
		return ext_error(cb, "bad target for --mangle-target");
	return true;
}

static bool parse(struct ext_cb *cb)
{
	struct info *i = cb->info;
	be32 mask;

	if (cb->opt->id != O_TARGET)
		i->has |= (uint8_t)BIT(cb->opt->id);
	switch (cb->opt->id) {
	case O_SIP:	return l2_parse_net4(cb->diag, cb->pos, cb->arg, &i->sip, &mask);
	case O_TIP:	return l2_parse_net4(cb->diag, cb->pos, cb->arg, &i->tip, &mask);
	case O_SMAC:	return parse_mac(cb, i->smac);
	case O_TMAC:	return parse_mac(cb, i->tmac);
	default:	return parse_verdict(cb, i);
	}
}

static bool check(struct ext_check *c)
{
	const struct info *i = c->info;

	return i->has || ext_refuse_silent(c, "mangle changes nothing: give it an address");
}

/* Writes n bytes at off: false when the packet has no room of that size there. */
static bool put(struct packet *p, uint32_t off, uint32_t room, uint32_t most, const void *from)
{
	if (room > most || off + room > pkt_len(p))
		return false;
	memcpy(pkt_nh(p) + off, from, room);
	return true;
}

static enum xt_verdict target(struct xt_ctx *c, const void *info)
{
	const struct info *i = info;
	struct packet *p = c->pkt;
	uint32_t hln = pkt_nh(p)[4], pln = pkt_nh(p)[5], off = ARP_HEAD;

	if (i->has & BIT(O_SMAC) && !put(p, off, hln, ETH_ALEN, i->smac))
		return XT_DROP;
	off += hln;
	if (i->has & BIT(O_SIP) && !put(p, off, pln, 4, &i->sip))
		return XT_DROP;
	off += pln;
	if (i->has & BIT(O_TMAC) && !put(p, off, hln, ETH_ALEN, i->tmac))
		return XT_DROP;
	off += hln;
	if (i->has & BIT(O_TIP) && !put(p, off, pln, 4, &i->tip))
		return XT_DROP;
	return i->verdict;
}

/* Addresses with a name of their own are saved by it, even in a file. */
static void put_ip(const char *opt, be32 addr, struct strbuf *out)
{
	char buf[ADDRSTRLEN];

	sb_printf(out, " --mangle-ip-%s %s", opt, addr == htonl(INADDR_LOOPBACK) ? "localhost" : ip4_str(buf, addr));
}

static void save(const void *info, const struct rule *r UNUSED, struct strbuf *out)
{
	const struct info *i = info;
	char buf[ADDRSTRLEN];

	if (i->has & BIT(O_SIP))
		put_ip("s", i->sip, out);
	if (i->has & BIT(O_SMAC))
		sb_printf(out, " --mangle-mac-s %s", mac_str(buf, i->smac));
	if (i->has & BIT(O_TIP))
		put_ip("d", i->tip, out);
	if (i->has & BIT(O_TMAC))
		sb_printf(out, " --mangle-mac-d %s", mac_str(buf, i->tmac));
	if (i->verdict != XT_ACCEPT)
		sb_printf(out, " --mangle-target %s", i->verdict == XT_DROP ? "DROP" : "CONTINUE");
}

static void explain(struct xt_ctx *c, const void *info, struct strbuf *out)
{
	sb_puts(out, "rewrites the ARP packet:");
	save(info, c->rule, out);
}

const struct target_ext ext_arp_mangle_target = {
	.name = "mangle", .families = EXT_ARP, .size = sizeof(struct info),
	.opts = (const struct ext_opt[]){
		{ .name = "mangle-ip-s", .type = OPT_STRING, .flags = OPT_OLD, .id = O_SIP, .parse = parse },
		{ .name = "mangle-ip-d", .type = OPT_STRING, .flags = OPT_OLD, .id = O_TIP, .parse = parse },
		{ .name = "mangle-mac-s", .type = OPT_STRING, .flags = OPT_OLD, .id = O_SMAC, .parse = parse },
		{ .name = "mangle-mac-d", .type = OPT_STRING, .flags = OPT_OLD, .id = O_TMAC, .parse = parse },
		{ .name = "mangle-target", .type = OPT_STRING, .flags = OPT_OLD, .id = O_TARGET, .parse = parse },
		{ 0 } },
	.init = init, .check = check, .target = target, .save = save, .explain = explain,
};
