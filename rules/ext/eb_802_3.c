// SPDX-License-Identifier: MIT
/* eb_802_3.c - ebtables' 802_3 match: service access point and SNAP type of an IEEE 802.3 frame (ebt_802_3.c). */
#include "rules/ext/eb_util.h"
#include <errno.h>
#include <stdlib.h>

enum { O_SAP, O_TYPE };
#define CTRL_UI		0x03	/* an unnumbered frame: one octet of control, not two */
#define SNAP		0xaa

struct info { uint8_t sap; uint16_t type; bool has_sap, has_type, inv_sap, inv_type; };

static bool parse(struct ext_cb *cb)
{
	struct info *i = cb->info;
	unsigned long v;
	char *end;

	v = strtoul(cb->arg, &end, 16);
	if (cb->opt->id == O_SAP) {
		i->inv_sap |= cb->invert;
		i->has_sap = true;
		i->sap = (uint8_t)v;
		return (v <= UINT8_MAX && !*end) || ext_error(cb, "Problem with specified sap hex value, %x", (unsigned)v);
	}
	i->inv_type |= cb->invert;
	i->has_type = true;
	i->type = (uint16_t)v;
	return (v <= UINT16_MAX && !*end) || ext_error(cb, "Problem with the specified type hex value, %x", (unsigned)v);
}

static bool check(struct ext_check *c)
{
	if (c->rule->eb->length)
		return true;
	diag_error(c->diag, c->pos, "For 802.3 DSAP/SSAP filtering the protocol must be LENGTH");
	diag_hint(c->diag, "-p LENGTH in place of another protocol");
	return false;
}

/* dsap, ssap, control, organisation (3), type (2) */
static bool match(struct xt_ctx *c, const void *info)
{
	const struct info *i = info;
	const uint8_t *llc = pkt_at(c->pkt, 0, 9);
	uint16_t type;

	if (!llc)
		return false;
	type = get_be16(llc[2] & CTRL_UI ? llc + 6 : llc + 7);
	if (i->has_sap && ((i->sap != llc[0]) != i->inv_sap || (i->sap != llc[1]) != i->inv_sap))
		return false;
	if (!i->has_type)
		return true;
	return llc[0] == SNAP && llc[1] == SNAP && (i->type == type) != i->inv_type;
}

static void save(const void *info, const struct rule *r UNUSED, struct strbuf *out)
{
	const struct info *i = info;

	if (i->has_sap) {
		eb_save_opt("802_3-sap", i->inv_sap, out);
		sb_printf(out, "0x%.2x ", i->sap);
	}
	if (i->has_type) {
		eb_save_opt("802_3-type", i->inv_type, out);
		sb_printf(out, "0x%.4x ", i->type);
	}
}

static void explain(struct xt_ctx *c, const void *info, struct strbuf *out)
{
	const struct info *i = info;
	const uint8_t *llc = pkt_at(c->pkt, 0, 9);

	if (!llc) {
		sb_puts(out, "the frame is too short for an LLC header");
		return;
	}
	sb_printf(out, "DSAP/SSAP are 0x%02x/0x%02x, rule wants ", llc[0], llc[1]);
	if (i->has_sap)
		sb_printf(out, "%s0x%02x", i->inv_sap ? "not " : "", i->sap);
	if (i->has_type)
		sb_printf(out, "%sSNAP type %s0x%04x", i->has_sap ? " and " : "", i->inv_type ? "not " : "", i->type);
}

const struct match_ext ext_eb_802_3 = {
	.name = "802_3", .families = EXT_EB, .size = sizeof(struct info),
	.opts = (const struct ext_opt[]){
		{ .name = "802_3-sap",
		  .form = "HEX, from 0x00 to 0xff",
		  .type = OPT_STRING, .flags = OPT_OLD, .id = O_SAP, .parse = parse },
		{ .name = "802_3-type",
		  .form = "HEX, from 0x0000 to 0xffff",
		  .type = OPT_STRING, .flags = OPT_OLD, .id = O_TYPE, .parse = parse },
		{ 0 } },
	.final = eb_some_option, .check = check, .match = match, .save = save, .explain = explain,
};
