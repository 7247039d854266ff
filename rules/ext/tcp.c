// SPDX-License-Identifier: MIT
/* tcp.c - "-p tcp [-m tcp]": ports, flags and options of TCP segments (net/netfilter/xt_tcpudp.c). */
#include "rules/ext/util.h"
#include "rules/ext.h"
#include <strings.h>

enum { O_SPORT, O_DPORT, O_FLAGS, O_OPTION };

struct tcp_info {
	uint16_t spts[2], dpts[2];
	uint8_t option, flg_mask, flg_cmp;
	bool inv_src, inv_dst, inv_flags, inv_option;
};

static const struct { const char *name; uint8_t flag; } flag_names[] = {
	{ "FIN", 0x01 }, { "SYN", 0x02 }, { "RST", 0x04 }, { "PSH", 0x08 }, { "ACK", 0x10 }, { "URG", 0x20 },
	{ "ALL", 0x3f }, { "NONE", 0 },
};

static void tcp_init(void *info)
{
	struct tcp_info *t = info;

	t->spts[1] = t->dpts[1] = UINT16_MAX;
}

static bool one_port(struct ext_cb *cb, const char *text, size_t n, uint16_t empty, uint16_t *ret)
{
	*ret = empty;
	if (n == 0 && cb->arg[strcspn(cb->arg, ":")])
		return true;
	if (ext_parse_port(text, n, ret, "tcp"))
		return true;
	return ext_error(cb, "invalid port/service `%.*s' specified", (int)n, text) || ext_hint_port(cb, text, n);
}

static bool parse_ports(struct ext_cb *cb, uint16_t ports[2])
{
	const char *colon = strchr(cb->arg, ':');
	size_t n = colon ? (size_t)(colon - cb->arg) : strlen(cb->arg);

	if (!one_port(cb, cb->arg, n, 0, &ports[0]))
		return false;
	if (!colon)
		ports[1] = ports[0];
	else if (!one_port(cb, colon + 1, strlen(colon + 1), UINT16_MAX, &ports[1]))
		return false;
	return ports[0] <= ports[1] || ext_error(cb, "invalid portrange (min > max)");
}

static bool sport_parse(struct ext_cb *cb)
{
	struct tcp_info *t = cb->info;

	if (cb->xflags & 1u << O_SPORT)
		return ext_error(cb, "Only one `--source-port' allowed") ||
		       ext_hint(cb, "several ports: -m multiport --sports 80,443");
	t->inv_src = cb->invert;
	return parse_ports(cb, t->spts);
}

static bool dport_parse(struct ext_cb *cb)
{
	struct tcp_info *t = cb->info;

	if (cb->xflags & 1u << O_DPORT)
		return ext_error(cb, "Only one `--destination-port' allowed") ||
		       ext_hint(cb, "several ports: -m multiport --dports 80,443");
	t->inv_dst = cb->invert;
	return parse_ports(cb, t->dpts);
}

static bool parse_flags(struct ext_cb *cb, const char *text, uint8_t *ret)
{
	*ret = 0;
	while (*text) {
		size_t n = strcspn(text, ","), i;

		for (i = 0; n && i < ARRAY_SIZE(flag_names); i++)
			if (strncasecmp(flag_names[i].name, text, n) == 0 && !flag_names[i].name[n]) {
				*ret |= flag_names[i].flag;
				break;
			}
		if (i == ARRAY_SIZE(flag_names))
			return ext_error(cb, "Unknown TCP flag `%.*s'", (int)n, text) ||
		       ext_hint_one_of(cb, text, n, "FIN SYN RST PSH ACK URG ALL NONE");
		text += n + (text[n] == ',');
	}
	return true;
}

static bool flags_parse(struct ext_cb *cb)
{
	struct tcp_info *t = cb->info;
	bool syn = cb->opt->type == OPT_NONE;

	if (cb->xflags & 1u << O_FLAGS)
		return ext_error(cb, "Only one of `--syn' or `--tcp-flags'  allowed");
	if (!syn && !cb->arg2)
		return ext_no_second(cb, "tcp-flags");
	t->inv_flags = cb->invert;
	return parse_flags(cb, syn ? "SYN,RST,ACK,FIN" : cb->arg, &t->flg_mask) &&
	       parse_flags(cb, syn ? "SYN" : cb->arg2, &t->flg_cmp);
}

static bool option_parse_tcp(struct ext_cb *cb)
{
	struct tcp_info *t = cb->info;
	uint64_t v;

	if (cb->xflags & 1u << O_OPTION)
		return ext_error(cb, "Only one `--tcp-option' allowed");
	if (!ext_strtoul(cb->arg, NULL, &v, 1, UINT8_MAX))
		return ext_error(cb, "Bad TCP option \"%s\"", cb->arg);
	t->option = (uint8_t)v;
	t->inv_option = cb->invert;
	return true;
}

static bool in_range(const uint16_t r[2], uint16_t port, bool invert)
{
	return (port >= r[0] && port <= r[1]) != invert;
}

/* 1 found, 0 not there, -1 the options are cut off. */
static int find_option(const struct xt_ctx *c, const uint8_t *th, uint8_t option)
{
	unsigned len = tcp_hlen(th) - TCP_HLEN;
	const uint8_t *op;

	if (len == 0)
		return 0;
	op = pkt_at(c->pkt, c->thoff + TCP_HLEN, len);
	if (!op)
		return -1;
	for (unsigned i = 0; i < len;) {
		if (op[i] == option)
			return 1;
		if (op[i] < 2 || i + 1 >= len)
			i++;
		else
			i += op[i + 1] ? op[i + 1] : 1;
	}
	return 0;
}

static bool tcp_match(struct xt_ctx *c, const void *info)
{
	const struct tcp_info *t = info;
	const uint8_t *th;
	int found;

	if (c->fragoff) {
		/* A fragment at offset 1 would write over the flags: nobody honest sends it (RFC 1858). */
		if (c->fragoff == 1)
			c->hotdrop = true;
		return false;
	}
	th = pkt_at(c->pkt, c->thoff, TCP_HLEN);
	if (!th) {
		c->hotdrop = true;
		return false;
	}
	if (!in_range(t->spts, get_be16(th + TCP_SPORT), t->inv_src) ||
	    !in_range(t->dpts, get_be16(th + TCP_DPORT), t->inv_dst) ||
	    ((th[TCP_FLAGS] & t->flg_mask) == t->flg_cmp) == t->inv_flags)
		return false;
	if (!t->option)
		return true;
	if (tcp_hlen(th) < TCP_HLEN) {
		c->hotdrop = true;
		return false;
	}
	found = find_option(c, th, t->option);
	if (found < 0) {
		c->hotdrop = true;
		return false;
	}
	return (found == 1) != t->inv_option;
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

static void flags_text(uint8_t flags, struct strbuf *out)
{
	const char *sep = "";

	if (!flags)
		sb_puts(out, "NONE");
	for (size_t i = 0; i < 6; i++)
		if (flags & flag_names[i].flag) {
			sb_printf(out, "%s%s", sep, flag_names[i].name);
			sep = ",";
		}
}

static void tcp_save(const void *info, const struct rule *r, struct strbuf *out)
{
	const struct tcp_info *t = info;

	(void)r;
	save_ports("sport", t->spts, t->inv_src, out);
	save_ports("dport", t->dpts, t->inv_dst, out);
	if (t->option || t->inv_option)
		sb_printf(out, "%s --tcp-option %u", t->inv_option ? " !" : "", t->option);
	if (t->flg_mask || t->inv_flags) {
		sb_printf(out, "%s --tcp-flags ", t->inv_flags ? " !" : "");
		flags_text(t->flg_mask, out);
		sb_putc(out, ' ');
		flags_text(t->flg_cmp, out);
	}
}

static void print_ports(const char *name, const uint16_t r[2], bool invert, bool numeric, struct strbuf *out)
{
	if (r[0] == 0 && r[1] == UINT16_MAX && !invert)
		return;
	sb_printf(out, " %s%s:%s", name, r[0] == r[1] ? "" : "s", invert ? "!" : "");
	for (int i = 0; i < (r[0] == r[1] ? 1 : 2); i++) {
		const char *service = numeric ? NULL : ext_port_name(r[i], "tcp");

		if (service)
			sb_printf(out, "%s%s", i ? ":" : "", service);
		else
			sb_printf(out, "%s%u", i ? ":" : "", r[i]);
	}
}

static void tcp_print(const void *info, const struct rule *r, bool numeric, struct strbuf *out)
{
	const struct tcp_info *t = info;

	(void)r;
	sb_puts(out, " tcp");
	print_ports("spt", t->spts, t->inv_src, numeric, out);
	print_ports("dpt", t->dpts, t->inv_dst, numeric, out);
	if (t->option || t->inv_option)
		sb_printf(out, " option=%s%u", t->inv_option ? "!" : "", t->option);
	if (!t->flg_mask && !t->inv_flags)
		return;
	sb_printf(out, " flags:%s", t->inv_flags ? "!" : "");
	if (numeric) {
		sb_printf(out, "0x%02X/0x%02X", t->flg_mask, t->flg_cmp);
		return;
	}
	flags_text(t->flg_mask, out);
	sb_putc(out, '/');
	flags_text(t->flg_cmp, out);
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

static bool explain_flags(const struct tcp_info *t, uint8_t have, struct strbuf *out)
{
	if (!t->flg_mask && !t->inv_flags)
		return true;
	sb_printf(out, "%sof the flags ", out->len ? ", " : "");
	flags_text(t->flg_mask, out);
	sb_puts(out, " set are ");
	flags_text(have & t->flg_mask, out);
	sb_printf(out, ", rule wants %s", t->inv_flags ? "not " : "");
	flags_text(t->flg_cmp, out);
	return ((have & t->flg_mask) == t->flg_cmp) != t->inv_flags;
}

static void tcp_explain(struct xt_ctx *c, const void *info, struct strbuf *out)
{
	const struct tcp_info *t = info;
	const uint8_t *th = pkt_at(c->pkt, c->thoff, TCP_HLEN);

	if (c->fragoff) {
		sb_puts(out, c->fragoff == 1 ? "a fragment at offset 8 of TCP: the packet is dropped" :
			"a later fragment has no ports");
		return;
	}
	if (!th) {
		sb_puts(out, "the TCP header is cut off: the packet is dropped");
		return;
	}
	if (!explain_ports("sport", t->spts, t->inv_src, get_be16(th + TCP_SPORT), out) ||
	    !explain_ports("dport", t->dpts, t->inv_dst, get_be16(th + TCP_DPORT), out) ||
	    !explain_flags(t, th[TCP_FLAGS], out))
		return;
	if (t->option && tcp_hlen(th) >= TCP_HLEN)
		sb_printf(out, "%sTCP option %u is %s, rule wants it %s", out->len ? ", " : "", t->option,
			  find_option(c, th, t->option) == 1 ? "there" : "not there", t->inv_option ? "not there" : "there");
}

static bool tcp_conds(const void *info, struct ext_conds *ret)
{
	const struct tcp_info *t = info;

	conds_unfragmented(ret);
	if (t->spts[0] || t->spts[1] != UINT16_MAX || t->inv_src)
		conds_range(ret, FIELD_SPORT, t->spts[0], t->spts[1], t->inv_src);
	if (t->dpts[0] || t->dpts[1] != UINT16_MAX || t->inv_dst)
		conds_range(ret, FIELD_DPORT, t->dpts[0], t->dpts[1], t->inv_dst);
	if (t->flg_mask || t->flg_cmp || t->inv_flags)
		conds_mask(ret, FIELD_TCPFLAGS, COND_MASK, t->flg_cmp, t->flg_mask, t->inv_flags);
	return !t->option;
}

const struct match_ext ext_tcp = {
	.name = "tcp", .families = EXT_ANY, .size = sizeof(struct tcp_info), .proto = IPPROTO_TCP,
	.opts = (const struct ext_opt[]){
		{ .name = "source-port",
		  .form = "PORT or FROM:TO, the lower first; 0 to 65535 or service names",
		  .type = OPT_STRING, .id = O_SPORT, .flags = OPT_OLD, .parse = sport_parse },
		{ .name = "sport",
		  .form = "PORT or FROM:TO, the lower first; 0 to 65535 or service names",
		  .type = OPT_STRING, .id = O_SPORT, .flags = OPT_OLD, .parse = sport_parse },
		{ .name = "destination-port",
		  .form = "PORT or FROM:TO, the lower first; 0 to 65535 or service names",
		  .type = OPT_STRING, .id = O_DPORT, .flags = OPT_OLD, .parse = dport_parse },
		{ .name = "dport",
		  .form = "PORT or FROM:TO, the lower first; 0 to 65535 or service names",
		  .type = OPT_STRING, .id = O_DPORT, .flags = OPT_OLD, .parse = dport_parse },
		{ .name = "syn",
		  .form = "alone: it is --tcp-flags FIN,SYN,RST,ACK SYN",
		  .type = OPT_NONE, .id = O_FLAGS, .flags = OPT_OLD, .parse = flags_parse },
		{ .name = "tcp-flags",
		  .form = "MASK SET, two lists of SYN ACK FIN RST URG PSH ALL NONE, as in SYN,ACK SYN",
		  .type = OPT_STRING, .id = O_FLAGS, .flags = OPT_OLD | OPT_MAYARG, .parse = flags_parse },
		{ .name = "tcp-option",
		  .form = "N, from 1 to 255",
		  .type = OPT_STRING, .id = O_OPTION, .flags = OPT_OLD, .parse = option_parse_tcp },
		{ 0 } },
	.init = tcp_init, .match = tcp_match, .conds = tcp_conds, .save = tcp_save, .print = tcp_print, .explain = tcp_explain,
};
