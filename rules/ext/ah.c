// SPDX-License-Identifier: MIT
/* ah.c - "-p ah -m ah [!] --ahspi FROM[:TO]": the SPI of an AH packet. In IPv6 it is an extension header, and "-m ah"
 * stands without -p. */
#include "rules/ext/exthdr.h"
#include "rules/ext/spi.h"

#define HLEN 12
#define SPI 4

static bool ah_match(struct xt_ctx *c, const void *info)
{
	const uint8_t *h = spi_header(c, HLEN);

	return h && spi_in(info, get_be32(h + SPI));
}

static void ah_save(const void *info, const struct rule *r UNUSED, struct strbuf *out)
{
	spi_save(info, "ahspi", out);
}

static void ah_print(const void *info, const struct rule *r UNUSED, bool numeric UNUSED, struct strbuf *out)
{
	sb_puts(out, " ah");
	if (!spi_print(info, "spi", out))
		sb_putc(out, ' ');	/* so does iptables, here only */
}

static void ah_explain(struct xt_ctx *c, const void *info, struct strbuf *out)
{
	const uint8_t *h = pkt_at(c->pkt, c->thoff, HLEN);

	if (c->fragoff)
		sb_puts(out, "a later fragment has no SPI");
	else
		spi_explain(info, h, h ? get_be32(h + SPI) : 0, "SPI", out);
}

const struct match_ext ext_ah = {
	.name = "ah", .families = EXT_V4, .size = sizeof(struct spi_info), .proto = IPPROTO_AH,
	.opts = (const struct ext_opt[]){
		{ .name = "ahspi", .type = OPT_UINT32RC, .flags = OPT_INVERT, .id = 0, .parse = spi_parse },
		{ 0 } },
	.init = spi_init, .match = ah_match, .save = ah_save, .print = ah_print, .explain = ah_explain,
};

/* ---- IPv6 (net/ipv6/netfilter/ip6t_ah.c) */

enum { O_SPI, O_LEN, O_RES };
struct ah6_info { struct spi_info spi; uint32_t len; bool inv_len, res; };

static void ah6_init(void *info)
{
	spi_init(&((struct ah6_info *)info)->spi);
}

static bool ah6_parse(struct ext_cb *cb)
{
	struct ah6_info *m = cb->info;

	switch (cb->opt->id) {
	case O_SPI:
		return spi_parse(cb);		/* the range comes first in ah6_info */
	case O_LEN:
		m->len = cb->val.u32;
		m->inv_len = cb->invert;
		return true;
	default:
		m->res = true;
		return true;
	}
}

/* Length 0 asks nothing, inverted or not. */
static bool ah6_match(struct xt_ctx *c, const void *info)
{
	const struct ah6_info *m = info;
	uint32_t off;
	const uint8_t *h = exthdr_find(c, NEXTHDR_AUTH, HLEN, &off);

	return h && spi_in(&m->spi, get_be32(h + SPI)) &&
	       (!m->len || (m->len == ip6_exthdr_len(NEXTHDR_AUTH, h)) != m->inv_len) && !(m->res && get_be16(h + 2));
}

static void ah6_save(const void *info, const struct rule *r UNUSED, struct strbuf *out)
{
	const struct ah6_info *m = info;

	spi_save(&m->spi, "ahspi", out);
	if (m->len || m->inv_len)
		sb_printf(out, "%s --ahlen %u", m->inv_len ? " !" : "", m->len);
	sb_puts(out, m->res ? " --ahres" : "");
}

static void ah6_print(const void *info, const struct rule *r UNUSED, bool numeric UNUSED, struct strbuf *out)
{
	const struct ah6_info *m = info;

	sb_puts(out, " ah");
	if (!spi_print(&m->spi, "spi", out))
		sb_putc(out, ' ');
	if (m->len || m->inv_len)
		sb_printf(out, "length:%s%u", m->inv_len ? "!" : "", m->len);
	sb_puts(out, m->res ? " reserved" : "");
}

static void ah6_explain(struct xt_ctx *c, const void *info, struct strbuf *out)
{
	const struct ah6_info *m = info;
	uint32_t off;
	const uint8_t *h = exthdr_find(c, NEXTHDR_AUTH, HLEN, &off);

	if (!h) {
		exthdr_say_missing(c, "authentication", out);
		return;
	}
	spi_explain(&m->spi, true, get_be32(h + SPI), "SPI", out);
	if (m->len)
		sb_printf(out, ", the header is %u bytes long, rule wants %s%u", ip6_exthdr_len(NEXTHDR_AUTH, h), m->inv_len ? "not " : "",
			  m->len);
	if (m->res)
		sb_printf(out, ", its reserved field is %u, rule wants 0", get_be16(h + 2));
}

const struct match_ext ext_ah6 = {
	.name = "ah", .families = EXT_V6, .size = sizeof(struct ah6_info),
	.opts = (const struct ext_opt[]){
		{ .name = "ahspi", .type = OPT_UINT32RC, .flags = OPT_INVERT, .id = O_SPI, .parse = ah6_parse },
		{ .name = "ahlen", .type = OPT_UINT32, .flags = OPT_INVERT, .id = O_LEN, .parse = ah6_parse },
		{ .name = "ahres", .type = OPT_NONE, .id = O_RES, .parse = ah6_parse },
		{ 0 } },
	.init = ah6_init, .match = ah6_match, .save = ah6_save, .print = ah6_print, .explain = ah6_explain,
};
