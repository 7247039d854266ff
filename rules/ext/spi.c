// SPDX-License-Identifier: MIT
/* spi.c - a range of security parameter indices, as ah, esp and ipcomp look for one. */
#include "rules/ext/spi.h"

void spi_init(void *info)
{
	((struct spi_info *)info)->to = UINT32_MAX;
}

bool spi_parse(struct ext_cb *cb)
{
	struct spi_info *s = cb->info;

	s->from = cb->val.u32_range[0];
	s->to = cb->val.u32_range[1];
	s->invert = cb->invert;
	return true;
}

const uint8_t *spi_header(struct xt_ctx *c, uint32_t hlen)
{
	const uint8_t *h;

	if (c->fragoff)
		return NULL;
	h = pkt_at(c->pkt, c->thoff, hlen);
	c->hotdrop |= !h;
	return h;
}

bool spi_in(const struct spi_info *s, uint32_t spi)
{
	return (spi >= s->from && spi <= s->to) != s->invert;
}

/* The whole range is not printed, even inverted: that is iptables 1.8.9's way. */
static bool whole(const struct spi_info *s)
{
	return s->from == 0 && s->to == UINT32_MAX;
}

void spi_save(const struct spi_info *s, const char *opt, struct strbuf *out)
{
	if (whole(s))
		return;
	sb_printf(out, "%s --%s %u", s->invert ? " !" : "", opt, s->from);
	if (s->from != s->to)
		sb_printf(out, ":%u", s->to);
}

bool spi_print(const struct spi_info *s, const char *name, struct strbuf *out)
{
	const char *inv = s->invert ? "!" : "";

	if (whole(s) && !s->invert)
		return false;
	if (s->from == s->to)
		sb_printf(out, " %s:%s%u", name, inv, s->from);
	else
		sb_printf(out, " %ss:%s%u:%u", name, inv, s->from, s->to);
	return true;
}

void spi_explain(const struct spi_info *s, bool there, uint32_t spi, const char *what, struct strbuf *out)
{
	if (!there) {
		sb_printf(out, "the %s header is cut off: the packet is dropped", what);
		return;
	}
	sb_printf(out, "%s is %u, rule wants %s%u", what, spi, s->invert ? "not " : "", s->from);
	if (s->from != s->to)
		sb_printf(out, " to %u", s->to);
}
