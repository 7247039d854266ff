// SPDX-License-Identifier: MIT
/* esp.c - "-p esp -m esp [!] --espspi FROM[:TO]": the SPI of an ESP packet. */
#include "rules/ext/spi.h"

#define HLEN 8
#define SPI 0

static bool esp_match(struct xt_ctx *c, const void *info)
{
	const uint8_t *h = spi_header(c, HLEN);

	return h && spi_in(info, get_be32(h + SPI));
}

static void esp_save(const void *info, const struct rule *r UNUSED, struct strbuf *out)
{
	spi_save(info, "espspi", out);
}

static void esp_print(const void *info, const struct rule *r UNUSED, bool numeric UNUSED, struct strbuf *out)
{
	sb_puts(out, " esp");
	spi_print(info, "spi", out);
}

static void esp_explain(struct xt_ctx *c, const void *info, struct strbuf *out)
{
	const uint8_t *h = pkt_at(c->pkt, c->thoff, HLEN);

	if (c->fragoff)
		sb_puts(out, "a later fragment has no SPI");
	else
		spi_explain(info, h, h ? get_be32(h + SPI) : 0, "SPI", out);
}

const struct match_ext ext_esp = {
	.name = "esp", .families = EXT_ANY, .size = sizeof(struct spi_info), .proto = IPPROTO_ESP,
	.opts = (const struct ext_opt[]){
		{ .name = "espspi", .type = OPT_UINT32RC, .flags = OPT_INVERT, .id = 0, .parse = spi_parse },
		{ 0 } },
	.init = spi_init, .match = esp_match, .save = esp_save, .print = esp_print, .explain = esp_explain,
};
