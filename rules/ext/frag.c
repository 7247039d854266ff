// SPDX-License-Identifier: MIT
/* frag.c - "-m frag": the fragment header (net/ipv6/netfilter/ip6t_frag.c). */
#include "rules/ext/exthdr.h"
#include "rules/ext/spi.h"

enum { O_ID, O_LEN, O_RES, O_FIRST, O_MORE, O_LAST };
#define BIT(o) (1u << (o))

struct frag_info { struct spi_info id; uint32_t len; bool inv_len; uint8_t given; };

static void frag_defaults(void *info)
{
	spi_init(&((struct frag_info *)info)->id);
}

static bool frag_parse(struct ext_cb *cb)
{
	struct frag_info *m = cb->info;

	m->given |= (uint8_t)BIT(cb->opt->id);
	switch (cb->opt->id) {
	case O_ID:
		return spi_parse(cb);		/* the range comes first in frag_info */
	case O_LEN:
		m->len = cb->val.u32;
		m->inv_len = cb->invert;
		break;
	}
	return true;
}

/* What the header does not fulfil: the option, or -1. The length is not looked at, as in the kernel. */
static int failed(const struct frag_info *m, const uint8_t *h)
{
	unsigned word = get_be16(h + FRAG6_OFF);

	if (!spi_in(&m->id, get_be32(h + FRAG6_ID)))
		return O_ID;
	if (m->given & BIT(O_RES) && (h[1] || word & 6))
		return O_RES;
	if (m->given & BIT(O_FIRST) && word & IP6_OFFSET)
		return O_FIRST;
	if (m->given & BIT(O_MORE) && !(word & IP6_MF))
		return O_MORE;
	if (m->given & BIT(O_LAST) && word & IP6_MF)
		return O_LAST;
	return -1;
}

static bool frag_match(struct xt_ctx *c, const void *info)
{
	uint32_t off;
	const uint8_t *h = exthdr_find(c, NEXTHDR_FRAGMENT, FRAG6_HLEN, &off);

	return h && failed(info, h) < 0;
}

static void frag_save(const void *info, const struct rule *r UNUSED, struct strbuf *out)
{
	const struct frag_info *m = info;

	spi_save(&m->id, "fragid", out);
	if (m->given & BIT(O_LEN))
		sb_printf(out, "%s --fraglen %u", m->inv_len ? " !" : "", m->len);
	sb_puts(out, m->given & BIT(O_RES) ? " --fragres" : "");
	sb_puts(out, m->given & BIT(O_FIRST) ? " --fragfirst" : "");
	sb_puts(out, m->given & BIT(O_MORE) ? " --fragmore" : "");
	sb_puts(out, m->given & BIT(O_LAST) ? " --fraglast" : "");
}

static void frag_print(const void *info, const struct rule *r UNUSED, bool numeric UNUSED, struct strbuf *out)
{
	const struct frag_info *m = info;

	sb_puts(out, " frag");
	if (!spi_print(&m->id, "id", out))
		sb_putc(out, ' ');
	if (m->given & BIT(O_LEN))
		sb_printf(out, " length:%s%u", m->inv_len ? "!" : "", m->len);
	sb_puts(out, m->given & BIT(O_RES) ? " reserved" : "");
	sb_puts(out, m->given & BIT(O_FIRST) ? " first" : "");
	sb_puts(out, m->given & BIT(O_MORE) ? " more" : "");
	sb_puts(out, m->given & BIT(O_LAST) ? " last" : "");
}

static void frag_explain(struct xt_ctx *c, const void *info, struct strbuf *out)
{
	const struct frag_info *m = info;
	uint32_t off;
	const uint8_t *h = exthdr_find(c, NEXTHDR_FRAGMENT, FRAG6_HLEN, &off);

	if (!h) {
		exthdr_say_missing(c, "fragment", out);
		return;
	}
	spi_explain(&m->id, true, get_be32(h + FRAG6_ID), "fragment id", out);
	sb_printf(out, ", the fragment begins at %u and %s", get_be16(h + FRAG6_OFF) & IP6_OFFSET,
		  get_be16(h + FRAG6_OFF) & IP6_MF ? "more follow" : "is the last");
	switch (failed(m, h)) {
	case O_RES:	sb_puts(out, ", rule wants its reserved bits to be 0");		break;
	case O_FIRST:	sb_puts(out, ", rule wants the first");				break;
	case O_MORE:	sb_puts(out, ", rule wants one that more follow");		break;
	case O_LAST:	sb_puts(out, ", rule wants the last");				break;
	}
}

const struct match_ext ext_frag = {
	.name = "frag", .families = EXT_V6, .size = sizeof(struct frag_info),
	.opts = (const struct ext_opt[]){
		{ .name = "fragid", .type = OPT_UINT32RC, .flags = OPT_INVERT, .id = O_ID, .parse = frag_parse },
		{ .name = "fraglen", .type = OPT_UINT32, .flags = OPT_INVERT, .id = O_LEN, .parse = frag_parse },
		{ .name = "fragres", .type = OPT_NONE, .id = O_RES, .parse = frag_parse },
		{ .name = "fragfirst", .type = OPT_NONE, .id = O_FIRST, .parse = frag_parse },
		{ .name = "fragmore", .type = OPT_NONE, .id = O_MORE, .excl = BIT(O_LAST), .parse = frag_parse },
		{ .name = "fraglast", .type = OPT_NONE, .id = O_LAST, .excl = BIT(O_MORE), .parse = frag_parse },
		{ 0 } },
	.init = frag_defaults, .match = frag_match, .save = frag_save, .print = frag_print, .explain = frag_explain,
};
