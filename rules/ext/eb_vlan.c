// SPDX-License-Identifier: MIT
/* eb_vlan.c - ebtables' vlan match: number, priority and what is inside of an 802.1Q frame (ebt_vlan.c). */
#include "rules/ext/eb_util.h"
#include <stdlib.h>

enum { O_ID, O_PRIO, O_ENCAP };
#define ETH_ZLEN 60

struct info {
	uint16_t id, encap;
	uint8_t prio, has, inv;		/* bits by option */
};

static bool parse_encap(struct ext_cb *cb, struct info *i)
{
	char *end;
	unsigned long v = strtoul(cb->arg, &end, 16);

	if (*end) {
		int known = ethertype_number(cb->arg);

		if (known < 0)
			return ext_error(cb, "Unknown --vlan-encap value ('%s')", cb->arg);
		v = (unsigned long)known;
	}
	i->encap = (uint16_t)v;
	return i->encap >= ETH_ZLEN || ext_error(cb, "Invalid --vlan-encap range ('%s')", cb->arg);
}

static bool parse(struct ext_cb *cb)
{
	struct info *i = cb->info;
	unsigned long v;
	char *end;

	if (!eb_once(cb))
		return false;
	i->has |= (uint8_t)(1u << cb->opt->id);
	i->inv |= (uint8_t)(cb->invert ? 1u << cb->opt->id : 0);
	if (cb->opt->id == O_ENCAP)
		return parse_encap(cb, i);
	v = strtoul(cb->arg, &end, 10);
	if (cb->opt->id == O_ID) {
		i->id = (uint16_t)v;
		return (i->id <= 4094 && !*end) || ext_error(cb, "Invalid --vlan-id range ('%s')", cb->arg);
	}
	i->prio = (uint8_t)v;
	return (i->prio < 8 && !*end) || ext_error(cb, "Invalid --vlan-prio range ('%s')", cb->arg);
}

static bool check(struct ext_check *c)
{
	struct info *i = c->info;

	if (c->rule->eb->proto != ETH_P_8021Q)
		return ext_refuse_silent(c, "it needs -p 802_1Q");
	if (i->has & 1u << O_ID && i->id)	/* a priority goes with VLAN 0: the kernel forgets it otherwise */
		i->has &= (uint8_t)~(1u << O_PRIO);
	return true;
}

static bool tag_of(const struct packet *p, uint16_t *tci, uint16_t *encap)
{
	const uint8_t *vlan;

	if (p->vlan_present) {
		*tci = p->vlan_tci;
		*encap = p->protocol;
		return true;
	}
	vlan = pkt_at(p, 0, VLAN_HLEN);
	if (!vlan)
		return false;
	*tci = get_be16(vlan);
	*encap = get_be16(vlan + 2);
	return true;
}

static bool differs(const struct info *i, int opt, bool equal)
{
	return i->has & 1u << opt && equal == !!(i->inv & 1u << opt);
}

static bool match(struct xt_ctx *c, const void *info)
{
	const struct info *i = info;
	uint16_t tci, encap;

	return tag_of(c->pkt, &tci, &encap) && !differs(i, O_ID, (tci & 0xfff) == i->id) &&
	       !differs(i, O_PRIO, tci >> 13 == i->prio) && !differs(i, O_ENCAP, encap == i->encap);
}

static void save(const void *info, const struct rule *r UNUSED, struct strbuf *out)
{
	const struct info *i = info;

	if (i->has & 1u << O_ID) {
		eb_save_opt("vlan-id", i->inv & 1u << O_ID, out);
		sb_printf(out, "%u ", i->id);
	}
	if (i->has & 1u << O_PRIO) {
		eb_save_opt("vlan-prio", i->inv & 1u << O_PRIO, out);
		sb_printf(out, "%u ", i->prio);
	}
	if (i->has & 1u << O_ENCAP) {
		eb_save_opt("vlan-encap", i->inv & 1u << O_ENCAP, out);
		sb_printf(out, "%4.4X ", i->encap);
	}
}

static void explain(struct xt_ctx *c, const void *info, struct strbuf *out)
{
	const struct info *i = info;
	uint16_t tci, encap;

	if (!tag_of(c->pkt, &tci, &encap)) {
		sb_puts(out, "the frame has no VLAN tag");
		return;
	}
	if (differs(i, O_ID, (tci & 0xfff) == i->id)) {
		sb_printf(out, "VLAN is %u, rule wants %s%u", tci & 0xfffu, i->inv & 1u << O_ID ? "not " : "", i->id);
	} else if (differs(i, O_PRIO, tci >> 13 == i->prio)) {
		sb_printf(out, "VLAN priority is %u, rule wants %s%u", (unsigned)tci >> 13, i->inv & 1u << O_PRIO ? "not " : "", i->prio);
	} else {
		sb_printf(out, "VLAN is %u, priority %u, inside is ", tci & 0xfffu, (unsigned)tci >> 13);
		eb_say_proto(encap, out);
		if (differs(i, O_ENCAP, encap == i->encap)) {
			sb_printf(out, ", rule wants %s", i->inv & 1u << O_ENCAP ? "not " : "");
			eb_say_proto(i->encap, out);
		}
	}
}

const struct match_ext ext_eb_vlan = {
	.name = "vlan", .families = EXT_EB, .size = sizeof(struct info),
	.opts = (const struct ext_opt[]){
		{ .name = "vlan-id",
		  .form = "N, from 0 to 4094",
		  .type = OPT_STRING, .flags = OPT_OLD, .id = O_ID, .parse = parse },
		{ .name = "vlan-prio",
		  .form = "N, from 0 to 7",
		  .type = OPT_STRING, .flags = OPT_OLD, .id = O_PRIO, .parse = parse },
		{ .name = "vlan-encap",
		  .form = "TYPE, a name of ethertypes or four hexadecimal digits from 0600",
		  .type = OPT_STRING, .flags = OPT_OLD, .id = O_ENCAP, .parse = parse },
		{ 0 } },
	.check = check, .match = match, .save = save, .explain = explain,
};
