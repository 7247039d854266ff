// SPDX-License-Identifier: MIT
/* pkttype.c - "-m pkttype [!] --pkt-type TYPE": to whom the frame was sent, on the link. */
#include "rules/ext/util.h"
#include <strings.h>

struct pkttype_info { uint8_t type; bool invert; };

static const struct { const char *name; uint8_t type; } types[] = {
	{ "unicast", PACKET_HOST }, { "broadcast", PACKET_BROADCAST }, { "multicast", PACKET_MULTICAST },
	{ "otherhost", PACKET_OTHERHOST }, { "bcast", PACKET_BROADCAST }, { "mcast", PACKET_MULTICAST }, { "host", PACKET_HOST },
};

static bool pkttype_parse(struct ext_cb *cb)
{
	struct pkttype_info *m = cb->info;

	m->invert = cb->invert;
	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		if (strcasecmp(cb->arg, types[i].name))
			continue;
		m->type = types[i].type;
		return true;
	}
	return ext_error(cb, "Bad packet type '%s'", cb->arg) ||
		       ext_hint_one_of(cb, cb->arg, strlen(cb->arg), "unicast broadcast multicast");
}

/* A copy of one's own multicast or broadcast came by no link: its address says what it is. */
static uint8_t type_of(const struct xt_ctx *c)
{
	const struct packet *p = c->pkt;

	if (p->pkt_type != PACKET_LOOPBACK)
		return p->pkt_type;
	return c->family == NFPROTO_IPV6 || ipv4_is_multicast(ip4_daddr(pkt_nh(p))) ? PACKET_MULTICAST : PACKET_BROADCAST;
}

static bool pkttype_match(struct xt_ctx *c, const void *info)
{
	const struct pkttype_info *m = info;

	return (type_of(c) == m->type) != m->invert;
}

static const char *name_of(uint8_t type)
{
	return type <= PACKET_OTHERHOST ? types[type].name : "outgoing";
}

static void pkttype_save(const void *info, const struct rule *r UNUSED, struct strbuf *out)
{
	const struct pkttype_info *m = info;

	sb_printf(out, "%s --pkt-type %s", m->invert ? " !" : "", name_of(m->type));
}

static void pkttype_print(const void *info, const struct rule *r UNUSED, bool numeric UNUSED, struct strbuf *out)
{
	const struct pkttype_info *m = info;

	sb_printf(out, " PKTTYPE %s= %s", m->invert ? "!" : "", name_of(m->type));
}

static void pkttype_explain(struct xt_ctx *c, const void *info, struct strbuf *out)
{
	const struct pkttype_info *m = info;

	sb_printf(out, "the frame is %s, rule wants %s%s", name_of(type_of(c)), m->invert ? "anything but " : "", name_of(m->type));
}

const struct match_ext ext_pkttype = {
	.name = "pkttype", .families = EXT_ANY, .size = sizeof(struct pkttype_info),
	.opts = (const struct ext_opt[]){
		{ .name = "pkt-type", .type = OPT_STRING, .flags = OPT_MUST | OPT_INVERT, .id = 0, .parse = pkttype_parse },
		{ 0 } },
	.match = pkttype_match, .save = pkttype_save, .print = pkttype_print, .explain = pkttype_explain,
};
