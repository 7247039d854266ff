// SPDX-License-Identifier: MIT
/* udp.c - "-p udp [-m udp]": ports of UDP packets (net/netfilter/xt_tcpudp.c). */
#include "rules/ext.h"

enum { O_SPORT, O_DPORT };

struct udp_info { uint16_t spts[2], dpts[2]; bool inv_src, inv_dst; };

static void udp_init(void *info)
{
	struct udp_info *u = info;

	u->spts[1] = u->dpts[1] = UINT16_MAX;
}

static bool sport_parse(struct ext_cb *cb)
{
	struct udp_info *u = cb->info;

	memcpy(u->spts, cb->val.port_range, sizeof(u->spts));
	u->inv_src = cb->invert;
	return true;
}

static bool dport_parse(struct ext_cb *cb)
{
	struct udp_info *u = cb->info;

	memcpy(u->dpts, cb->val.port_range, sizeof(u->dpts));
	u->inv_dst = cb->invert;
	return true;
}

static bool in_range(const uint16_t r[2], uint16_t port, bool invert)
{
	return (port >= r[0] && port <= r[1]) != invert;
}

static bool udp_match(struct xt_ctx *c, const void *info)
{
	const struct udp_info *u = info;
	const uint8_t *uh;

	if (c->fragoff)
		return false;
	uh = pkt_at(c->pkt, c->thoff, UDP_HLEN);
	if (!uh) {			/* cut off where the ports are: somebody hides something */
		c->hotdrop = true;
		return false;
	}
	return in_range(u->spts, get_be16(uh + UDP_SPORT), u->inv_src) &&
	       in_range(u->dpts, get_be16(uh + UDP_DPORT), u->inv_dst);
}

static void save_ports(const char *name, const uint16_t r[2], bool invert, struct strbuf *out)
{
	if (r[0] == 0 && r[1] == UINT16_MAX)
		return;
	if (r[0] == r[1])
		sb_printf(out, "%s --%s %u", invert ? " !" : "", name, r[0]);
	else
		sb_printf(out, "%s --%s %u:%u", invert ? " !" : "", name, r[0], r[1]);
}

static void udp_save(const void *info, const struct rule *r, struct strbuf *out)
{
	const struct udp_info *u = info;

	(void)r;
	save_ports("sport", u->spts, u->inv_src, out);
	save_ports("dport", u->dpts, u->inv_dst, out);
}

static void print_ports(const char *name, const uint16_t r[2], bool invert, bool numeric, struct strbuf *out)
{
	const char *inv = invert ? "!" : "";

	if (r[0] == 0 && r[1] == UINT16_MAX && !invert)
		return;
	sb_printf(out, " %s%s:%s", name, r[0] == r[1] ? "" : "s", inv);
	for (int i = 0; i < (r[0] == r[1] ? 1 : 2); i++) {
		const char *service = numeric ? NULL : ext_port_name(r[i], "udp");

		if (service)
			sb_printf(out, "%s%s", i ? ":" : "", service);
		else
			sb_printf(out, "%s%u", i ? ":" : "", r[i]);
	}
}

static void udp_print(const void *info, const struct rule *r, bool numeric, struct strbuf *out)
{
	const struct udp_info *u = info;

	(void)r;
	sb_puts(out, " udp");
	print_ports("spt", u->spts, u->inv_src, numeric, out);
	print_ports("dpt", u->dpts, u->inv_dst, numeric, out);
}

/* False when it fails. */
static bool explain_ports(const char *name, const uint16_t r[2], bool invert, uint16_t have, struct strbuf *out)
{
	if (r[0] == 0 && r[1] == UINT16_MAX && !invert)
		return true;
	sb_printf(out, "%s%s is %u, rule wants %s%u", out->len ? ", " : "", name, have, invert ? "not " : "", r[0]);
	if (r[0] != r[1])
		sb_printf(out, " to %u", r[1]);
	return in_range(r, have, invert);
}

static void udp_explain(struct xt_ctx *c, const void *info, struct strbuf *out)
{
	const struct udp_info *u = info;
	const uint8_t *uh = pkt_at(c->pkt, c->thoff, UDP_HLEN);

	if (c->fragoff)
		sb_puts(out, "a later fragment has no ports");
	else if (!uh)
		sb_puts(out, "the UDP header is cut off: the packet is dropped");
	else if (explain_ports("sport", u->spts, u->inv_src, get_be16(uh + UDP_SPORT), out))
		explain_ports("dport", u->dpts, u->inv_dst, get_be16(uh + UDP_DPORT), out);
}

static bool udp_conds(const void *info, struct ext_conds *ret)
{
	const struct udp_info *u = info;

	conds_unfragmented(ret);
	if (u->spts[0] || u->spts[1] != UINT16_MAX || u->inv_src)
		conds_range(ret, FIELD_SPORT, u->spts[0], u->spts[1], u->inv_src);
	if (u->dpts[0] || u->dpts[1] != UINT16_MAX || u->inv_dst)
		conds_range(ret, FIELD_DPORT, u->dpts[0], u->dpts[1], u->inv_dst);
	return true;
}

const struct match_ext ext_udp = {
	.name = "udp", .families = EXT_ANY, .size = sizeof(struct udp_info), .proto = IPPROTO_UDP,
	.opts = (const struct ext_opt[]){
		{ .name = "source-port",
		  .form = "PORT or FROM:TO, the lower first; 0 to 65535 or service names",
		  .type = OPT_PORTRC, .id = O_SPORT, .flags = OPT_INVERT, .parse = sport_parse },
		{ .name = "sport",
		  .form = "PORT or FROM:TO, the lower first; 0 to 65535 or service names",
		  .type = OPT_PORTRC, .id = O_SPORT, .flags = OPT_INVERT, .parse = sport_parse },
		{ .name = "destination-port",
		  .form = "PORT or FROM:TO, the lower first; 0 to 65535 or service names",
		  .type = OPT_PORTRC, .id = O_DPORT, .flags = OPT_INVERT, .parse = dport_parse },
		{ .name = "dport",
		  .form = "PORT or FROM:TO, the lower first; 0 to 65535 or service names",
		  .type = OPT_PORTRC, .id = O_DPORT, .flags = OPT_INVERT, .parse = dport_parse },
		{ 0 } },
	.init = udp_init, .match = udp_match, .conds = udp_conds, .save = udp_save, .print = udp_print, .explain = udp_explain,
};
