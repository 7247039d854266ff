// SPDX-License-Identifier: MIT
/* ah.c - "-p ah -m ah [!] --ahspi FROM[:TO]": the SPI of an AH packet. */
#include "rules/ext/spi.h"

#define HLEN 12
#define SPI 4

static bool ah_match(struct xt_ctx *c, const void *info)
{
	const uint8_t *h;

	if (c->fragoff)
		return false;
	h = pkt_at(c->pkt, c->thoff, HLEN);
	if (!h) {
		c->hotdrop = true;
		return false;
	}
	return spi_in(info, get_be32(h + SPI));
}

static void ah_save(const void *info, const struct rule *r UNUSED, struct strbuf *out)
{
	spi_save(info, "ahspi", out);
}

static void ah_print(const void *info, const struct rule *r UNUSED, bool numeric UNUSED, struct strbuf *out)
{
	sb_puts(out, " ah ");
	spi_print(info, out);
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
