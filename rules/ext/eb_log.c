// SPDX-License-Identifier: MIT
/* eb_log.c - ebtables' log watcher: writes the frame to the kernel log and lets the rule go on (ebt_log.c). */
#include "rules/ext/eb_util.h"
#include <stdlib.h>

enum { O_PREFIX, O_LEVEL, O_ARP, O_IP, O_LOG, O_IP6 };
#define PREFIX_SIZE 30
#define BIT(o) (1u << (o))

struct info { uint8_t level, flags; char prefix[PREFIX_SIZE]; };

static const char *const levels[] = { "emerg", "alert", "crit", "error", "warning", "notice", "info", "debug" };

static void init(void *info)
{
	struct info *i = info;

	i->level = 5;
}

static bool parse_level(struct ext_cb *cb, struct info *i)
{
	char *end;
	long v = strtol(cb->arg, &end, 16);

	for (long k = 0; k < 8 && (*end || v < 0 || v > 7); k++)
		if (strcmp(cb->arg, levels[k]) == 0) {
			i->level = (uint8_t)k;
			return true;
		}
	i->level = (uint8_t)v;
	return (!*end && v >= 0 && v <= 7) || ext_error(cb, "Problem with the log-level");
}

static bool parse(struct ext_cb *cb)
{
	struct info *i = cb->info;

	switch (cb->opt->id) {
	case O_LEVEL:
		return parse_level(cb, i);
	case O_PREFIX:
		if (strlen(cb->arg) >= PREFIX_SIZE)
			return ext_error(cb, "Prefix too long");
		if (strchr(cb->arg, '"'))
			return ext_error(cb, "Use of \\\" is not allowed in the prefix");
		memset(i->prefix, 0, sizeof(i->prefix));
		memcpy(i->prefix, cb->arg, strlen(cb->arg));
		return true;
	default:
		i->flags |= (uint8_t)BIT(cb->opt->id);
		return true;
	}
}

static void log_ports(const struct packet *p, unsigned proto, uint32_t at, struct strbuf *o)
{
	const uint8_t *th = pkt_at(p, at, 4);

	if (!eb_has_ports(proto))
		return;
	if (th)
		sb_printf(o, " SPT=%u DPT=%u", get_be16(th), get_be16(th + 2));
	else
		sb_puts(o, " INCOMPLETE TCP/UDP header");
}

static void log_ip(const struct packet *p, struct strbuf *o)
{
	const uint8_t *ip = pkt_at(p, 0, IP_HLEN);
	char buf[ADDRSTRLEN];

	if (!ip) {
		sb_puts(o, " INCOMPLETE IP header");
		return;
	}
	sb_printf(o, " IP SRC=%s", ip4_str(buf, ip4_saddr(ip)));
	sb_printf(o, " IP DST=%s, IP tos=0x%02X, IP proto=%u", ip4_str(buf, ip4_daddr(ip)), ip[IP4_TOS], ip[IP4_PROTO]);
	log_ports(p, ip[IP4_PROTO], ip4_hlen(ip), o);
}

/* "%pI6": all eight groups in full */
static void put_in6(const uint8_t *a, struct strbuf *o)
{
	for (int i = 0; i < 16; i += 2)
		sb_printf(o, "%s%04x", i ? ":" : "", get_be16(a + i));
}

static void log_ip6(const struct packet *p, struct strbuf *o)
{
	const uint8_t *ip = pkt_at(p, 0, IP6_HLEN);
	uint16_t frag;
	uint8_t proto;
	int at;

	if (!ip) {
		sb_puts(o, " INCOMPLETE IPv6 header");
		return;
	}
	sb_puts(o, " IPv6 SRC=");
	put_in6(ip + IP6_SRC, o);
	sb_puts(o, " IPv6 DST=");
	put_in6(ip + IP6_DST, o);
	sb_printf(o, ", IPv6 priority=0x%01X, Next Header=%u", ip[0] & 15u, ip[IP6_NXT]);
	proto = ip[IP6_NXT];
	at = ip6_skip_exthdr(p, IP6_HLEN, &proto, &frag);
	if (at >= 0)
		log_ports(p, proto, (uint32_t)at, o);
}

static void log_arp(const struct packet *p, struct strbuf *o)
{
	const uint8_t *arp = pkt_at(p, 0, 8), *payload;
	char buf[ADDRSTRLEN];

	if (!arp) {
		sb_puts(o, " INCOMPLETE ARP header");
		return;
	}
	sb_printf(o, " ARP HTYPE=%u, PTYPE=0x%04x, OPCODE=%u", get_be16(arp), get_be16(arp + 2), get_be16(arp + 6));
	if (get_be16(arp) != 1 || arp[4] != ETH_ALEN || arp[5] != 4)
		return;
	payload = pkt_at(p, 8, 20);
	if (!payload) {
		sb_puts(o, " INCOMPLETE ARP payload");
		return;
	}
	sb_printf(o, " ARP MAC SRC=%s", mac_str(buf, payload));
	sb_printf(o, " ARP IP SRC=%s", ip4_str(buf, load_be32(payload + 6)));
	sb_printf(o, " ARP MAC DST=%s", mac_str(buf, payload + 10));
	sb_printf(o, " ARP IP DST=%s", ip4_str(buf, load_be32(payload + 16)));
}

static void log_frame(const struct xt_ctx *c, const struct info *i, struct strbuf *o)
{
	const uint8_t *eth = pkt_mac(c->pkt);
	unsigned proto = get_be16(eth + 2 * ETH_ALEN);
	char buf[ADDRSTRLEN];

	sb_printf(o, "%s IN=%s OUT=%s", i->prefix, c->in ? c->in->name : "", c->out ? c->out->name : "");
	sb_printf(o, " MAC source = %s", mac_str(buf, eth + ETH_ALEN));
	sb_printf(o, " MAC dest = %s proto = 0x%04x", mac_str(buf, eth), proto);
	if (i->flags & BIT(O_IP) && proto == ETH_P_IP)
		log_ip(c->pkt, o);
	else if (i->flags & BIT(O_IP6) && proto == ETH_P_IPV6)
		log_ip6(c->pkt, o);
	else if (i->flags & BIT(O_ARP) && (proto == ETH_P_ARP || proto == 0x8035))
		log_arp(c->pkt, o);
}

static bool watch(struct xt_ctx *c, const void *info)
{
	const struct info *i = info;
	struct event ev = { .type = EV_LOG, .host = c->host, .pkt = c->pkt };
	struct strbuf sb = { 0 };

	if (!trace_on(c->host->trace, EV_LOG))
		return true;
	log_frame(c, i, &sb);
	ev.u.log.level = i->level;
	ev.u.log.text = sb_str(&sb);
	ev.u.log.rule = c->rule;
	trace_emit(c->host->trace, &ev);
	sb_free(&sb);
	return true;
}

static void save(const void *info, const struct rule *r UNUSED, struct strbuf *out)
{
	const struct info *i = info;

	sb_printf(out, "--log-level %s", levels[i->level]);
	if (i->prefix[0])
		sb_printf(out, " --log-prefix \"%s\"", i->prefix);
	sb_puts(out, i->flags & BIT(O_IP) ? " --log-ip" : "");
	sb_puts(out, i->flags & BIT(O_ARP) ? " --log-arp" : "");
	sb_puts(out, i->flags & BIT(O_IP6) ? " --log-ip6" : "");
	sb_putc(out, ' ');
}

static void explain(struct xt_ctx *c UNUSED, const void *info, struct strbuf *out)
{
	const struct info *i = info;

	sb_printf(out, "logs a line at level %s", levels[i->level]);
	if (i->prefix[0])
		sb_printf(out, " beginning \"%s\"", i->prefix);
}

const struct match_ext ext_eb_log = {
	.name = "log", .families = EXT_EB, .size = sizeof(struct info), .watcher = true, .stateful = true,
	.opts = (const struct ext_opt[]){
		{ .name = "log-prefix", .type = OPT_STRING, .flags = OPT_OLD, .id = O_PREFIX, .parse = parse },
		{ .name = "log-level", .type = OPT_STRING, .flags = OPT_OLD, .id = O_LEVEL, .parse = parse },
		{ .name = "log-arp", .type = OPT_NONE, .flags = OPT_OLD, .id = O_ARP, .parse = parse },
		{ .name = "log-ip", .type = OPT_NONE, .flags = OPT_OLD, .id = O_IP, .parse = parse },
		{ .name = "log", .type = OPT_NONE, .flags = OPT_OLD, .id = O_LOG, .parse = parse },
		{ .name = "log-ip6", .type = OPT_NONE, .flags = OPT_OLD, .id = O_IP6, .parse = parse },
		{ 0 } },
	.init = init, .match = watch, .save = save, .explain = explain,
};
