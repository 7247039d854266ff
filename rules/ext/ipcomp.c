// SPDX-License-Identifier: MIT
/* ipcomp.c - "-p ipcomp -m ipcomp [!] --ipcompspi FROM[:TO]": the CPI of an IPComp packet. */
#include "rules/ext/spi.h"

/* "--compres" is kept and printed, the kernel does not look at it. */

#define HLEN 4
#define SPI 2

static bool compres_parse(struct ext_cb *cb)
{
	((struct spi_info *)cb->info)->reserved = true;
	return true;
}

static bool ipcomp_match(struct xt_ctx *c, const void *info)
{
	const uint8_t *h = spi_header(c, HLEN);

	return h && spi_in(info, get_be16(h + SPI));
}

static void ipcomp_save(const void *info, const struct rule *r UNUSED, struct strbuf *out)
{
	const struct spi_info *s = info;

	spi_save(s, "ipcompspi", out);
	sb_puts(out, s->reserved ? " --compres" : "");
}

static void ipcomp_print(const void *info, const struct rule *r UNUSED, bool numeric UNUSED, struct strbuf *out)
{
	const struct spi_info *s = info;

	sb_puts(out, " comp");
	spi_print(s, "spi", out);
	sb_puts(out, s->reserved ? " reserved" : "");
}

static void ipcomp_explain(struct xt_ctx *c, const void *info, struct strbuf *out)
{
	const uint8_t *h = pkt_at(c->pkt, c->thoff, HLEN);

	if (c->fragoff)
		sb_puts(out, "a later fragment has no CPI");
	else
		spi_explain(info, h, h ? get_be16(h + SPI) : 0, "CPI", out);
}

const struct match_ext ext_ipcomp = {
	.name = "ipcomp", .families = EXT_ANY, .size = sizeof(struct spi_info), .proto = IPPROTO_COMP,
	.opts = (const struct ext_opt[]){
		{ .name = "ipcompspi", .type = OPT_UINT32RC, .flags = OPT_INVERT, .id = 0, .parse = spi_parse },
		{ .name = "compres", .type = OPT_NONE, .id = 1, .parse = compres_parse },
		{ 0 } },
	.match = ipcomp_match, .save = ipcomp_save, .print = ipcomp_print, .explain = ipcomp_explain,
};
