// SPDX-License-Identifier: MIT
/* eb_stp.c - ebtables' stp match: the fields of a spanning tree BPDU (ebt_stp.c; IEEE 802.1D). */
#include "rules/ext/eb_util.h"
#include <stdlib.h>
#include <strings.h>

enum { O_TYPE, O_FLAGS, O_ROOTPRIO, O_ROOTADDR, O_ROOTCOST, O_SENDERPRIO, O_SENDERADDR, O_PORT, O_MSGAGE, O_MAXAGE,
       O_HELLOTIME, O_FWDD, NR_OPTS };
#define CONFIG_OPTS (~1u)		/* all but the type */
enum { BPDU_CONFIG = 0, BPDU_TCN = 0x80, FLAG_TC = 1, FLAG_TC_ACK = 0x80 };
/* From the LLC header on. The kernel takes the protocol identifier for one octet where it has two: what it calls the
 * type is the version, the type is taken for the flags, and so on. Measured on 6.18. */
enum { BPDU_TYPE = 5, BPDU_HEAD = 6, CONFIG_LEN = 31 };
static const uint8_t head[] = { 0x42, 0x42, 0x03, 0, 0, 0 };

static const char *const names[NR_OPTS] = {
	"stp-type", "stp-flags", "stp-root-prio", "stp-root-addr", "stp-root-cost", "stp-sender-prio", "stp-sender-addr",
	"stp-port", "stp-msg-age", "stp-max-age", "stp-hello-time", "stp-forward-delay",
};
/* Where a number lies in the configuration, and how many octets it has. */
static const struct { uint8_t at, len; } fields[NR_OPTS] = {
	[O_ROOTPRIO] = { 1, 2 }, [O_ROOTADDR] = { 3, 6 }, [O_ROOTCOST] = { 9, 4 }, [O_SENDERPRIO] = { 13, 2 },
	[O_SENDERADDR] = { 15, 6 }, [O_PORT] = { 21, 2 }, [O_MSGAGE] = { 23, 2 }, [O_MAXAGE] = { 25, 2 },
	[O_HELLOTIME] = { 27, 2 }, [O_FWDD] = { 29, 2 },
};

struct info {
	uint8_t type, flags;
	uint32_t from[NR_OPTS], to[NR_OPTS];	/* of numbers */
	struct { uint8_t mac[6], mask[6]; } root, sender;
	uint16_t has, inv;			/* bits by option */
};

static bool parse_number(const char *s, uint32_t min, uint32_t *ret)
{
	char *end;

	*ret = (uint32_t)strtoul(s, &end, 10);
	return !*end && *ret >= min;
}

static bool parse_range(struct ext_cb *cb, struct info *i)
{
	int o = cb->opt->id;
	uint32_t max = fields[o].len == 2 ? UINT16_MAX : UINT32_MAX;
	const char *colon = strchr(cb->arg, ':');
	const char *low = colon ? arena_strndup(cb->arena, cb->arg, (size_t)(colon - cb->arg)) : cb->arg;
	bool ok = !*low && colon ? true : parse_number(low, 0, &i->from[o]);

	if (!colon)
		i->to[o] = i->from[o];
	else if (!colon[1])
		i->to[o] = max;
	else
		ok &= parse_number(colon + 1, 0, &i->to[o]);
	if (ok && i->from[o] <= i->to[o] && i->to[o] <= max)
		return true;
	return ext_error(cb, o == O_PORT ? "Bad --%s-range" : "Bad --%s range", cb->opt->name);
}

/* A number, or one of two names. */
static bool parse_named(struct ext_cb *cb, const char *a, uint8_t va, const char *b, uint8_t vb, uint8_t *ret)
{
	char *end;
	long v = strtol(cb->arg, &end, 0);

	*ret = (uint8_t)v;
	if (v >= 0 && v <= UINT8_MAX && !*end)
		return true;
	if (strcasecmp(cb->arg, a) != 0 && strcasecmp(cb->arg, b) != 0)
		return ext_error(cb, "Bad --%s argument", cb->opt->name);
	*ret = strcasecmp(cb->arg, a) == 0 ? va : vb;
	return true;
}

static bool parse(struct ext_cb *cb)
{
	struct info *i = cb->info;

	if (!eb_once(cb))
		return false;
	i->has |= (uint16_t)(1u << cb->opt->id);
	i->inv |= (uint16_t)(cb->invert ? 1u << cb->opt->id : 0);
	switch (cb->opt->id) {
	case O_TYPE:	return parse_named(cb, "config", BPDU_CONFIG, "tcn", BPDU_TCN, &i->type);
	case O_FLAGS:	return parse_named(cb, "topology-change", FLAG_TC, "topology-change-ack", FLAG_TC_ACK, &i->flags);
	case O_ROOTADDR:
		return l2_parse_mac_mask(cb->arg, i->root.mac, i->root.mask) || ext_error(cb, "Bad --%s address", cb->opt->name);
	case O_SENDERADDR:
		return l2_parse_mac_mask(cb->arg, i->sender.mac, i->sender.mask) || ext_error(cb, "Bad --%s address", cb->opt->name);
	default:
		return parse_range(cb, i);
	}
}

static bool field_equal(const struct info *i, int o, const uint8_t *config)
{
	const uint8_t *at = config + fields[o].at;
	uint32_t v;

	if (o == O_FLAGS)
		return config[0] == i->flags;
	if (o == O_ROOTADDR)
		return eb_mac_equal(at, i->root.mac, i->root.mask);
	if (o == O_SENDERADDR)
		return eb_mac_equal(at, i->sender.mac, i->sender.mask);
	v = fields[o].len == 2 ? get_be16(at) : get_be32(at);
	return v >= i->from[o] && v <= i->to[o];
}

/* The first option that says no, or -1; -2: no BPDU, or one cut short. */
static int first_difference(const struct packet *p, const struct info *i)
{
	const uint8_t *bpdu = pkt_at(p, 0, BPDU_HEAD), *config;

	if (!bpdu || memcmp(bpdu, head, sizeof(head)) != 0)
		return -2;
	if (i->has & 1u << O_TYPE && (bpdu[BPDU_TYPE] == i->type) == !!(i->inv & 1u << O_TYPE))
		return O_TYPE;
	if (bpdu[BPDU_TYPE] != BPDU_CONFIG || !(i->has & CONFIG_OPTS))
		return -1;		/* other fields are only asked of a configuration */
	config = pkt_at(p, BPDU_HEAD, CONFIG_LEN);
	if (!config)
		return -2;
	for (int o = O_FLAGS; o < NR_OPTS; o++)
		if (i->has & 1u << o && field_equal(i, o, config) == !!(i->inv & 1u << o))
			return o;
	return -1;
}

static bool match(struct xt_ctx *c, const void *info)
{
	return first_difference(c->pkt, info) == -1;
}

static void save_named(unsigned v, unsigned va, const char *a, unsigned vb, const char *b, struct strbuf *out)
{
	if (v == va || v == vb)
		sb_puts(out, v == va ? a : b);
	else
		sb_printf(out, "%u", v);
}

static void save_option(const struct info *i, int o, struct strbuf *out)
{
	eb_save_opt(names[o], i->inv & 1u << o, out);
	if (o == O_TYPE)
		save_named(i->type, BPDU_CONFIG, "config", BPDU_TCN, "tcn", out);
	else if (o == O_FLAGS)
		save_named(i->flags, FLAG_TC, "topology-change", FLAG_TC_ACK, "topology-change-ack", out);
	else if (o == O_ROOTADDR)
		l2_save_mac_mask(i->root.mac, i->root.mask, out);
	else if (o == O_SENDERADDR)
		l2_save_mac_mask(i->sender.mac, i->sender.mask, out);
	else if (i->from[o] == i->to[o])
		sb_printf(out, "%u", i->from[o]);
	else
		sb_printf(out, "%u:%u", i->from[o], i->to[o]);
}

static void save(const void *info, const struct rule *r UNUSED, struct strbuf *out)
{
	const struct info *i = info;

	for (int o = 0; o < NR_OPTS; o++)
		if (i->has & 1u << o) {
			save_option(i, o, out);
			sb_putc(out, ' ');
		}
}

static void explain(struct xt_ctx *c, const void *info, struct strbuf *out)
{
	int o = first_difference(c->pkt, info);

	if (o == -2) {
		sb_puts(out, "the frame is no spanning tree BPDU, or it is cut short");
	} else if (o == -1) {
		sb_puts(out, "the BPDU is as the rule wants it");
	} else {
		sb_puts(out, "the BPDU has another value, rule wants ");
		save_option(info, o, out);
	}
}

#define STP_OPT(n, i) { .name = n, .type = OPT_STRING, .flags = OPT_OLD, .id = i, .parse = parse }
const struct match_ext ext_eb_stp = {
	.name = "stp", .families = EXT_EB, .size = sizeof(struct info),
	.form = "--stp-type config --stp-root-prio 0:32768 (each number or FROM:TO, the smaller first)",
	.opts = (const struct ext_opt[]){
		STP_OPT("stp-type", O_TYPE), STP_OPT("stp-flags", O_FLAGS), STP_OPT("stp-root-prio", O_ROOTPRIO),
		STP_OPT("stp-root-addr", O_ROOTADDR), STP_OPT("stp-root-cost", O_ROOTCOST),
		STP_OPT("stp-sender-prio", O_SENDERPRIO), STP_OPT("stp-sender-addr", O_SENDERADDR), STP_OPT("stp-port", O_PORT),
		STP_OPT("stp-msg-age", O_MSGAGE), STP_OPT("stp-max-age", O_MAXAGE), STP_OPT("stp-hello-time", O_HELLOTIME),
		STP_OPT("stp-forward-delay", O_FWDD),
		{ 0 } },
	.match = match, .save = save, .explain = explain,
};
