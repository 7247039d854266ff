// SPDX-License-Identifier: MIT
/* rt.c - "-m rt": the routing header (net/ipv6/netfilter/ip6t_rt.c). */
#include "rules/ext/exthdr.h"
#include "rules/ext/spi.h"

enum { O_TYPE, O_SEGSLEFT, O_LEN, O_RES, O_ADDRS, O_NSTRICT };
#define BIT(o) (1u << (o))
#define RT_HLEN 4
#define RT0_HLEN 8
#define MAX_ADDRS 16

struct rt_info {
	struct spi_info segsleft;
	uint32_t type, len;
	uint8_t given, invert, nr;
	union inet_addr addr[MAX_ADDRS];
};

static void rt_init(void *info)
{
	spi_init(&((struct rt_info *)info)->segsleft);
}

static bool addrs_parse(struct ext_cb *cb, struct rt_info *m)
{
	const char *s = cb->arg;

	for (m->nr = 0; m->nr < MAX_ADDRS; ) {
		size_t n = strcspn(s, ",");
		const char *word = arena_strndup(cb->arena, s, n);

		if (!ext_parse_addr(word, NFPROTO_IPV6, &m->addr[m->nr]))
			return ext_error(cb, "bad address: %s", word);
		m->nr++;
		if (!s[n])
			return true;
		s += n + 1;
	}
	return ext_error(cb, "too many addresses specified");
}

static bool rt_parse(struct ext_cb *cb)
{
	struct rt_info *m = cb->info;
	int o = cb->opt->id;

	if ((o == O_RES || o == O_ADDRS) && (!(m->given & BIT(O_TYPE)) || m->type != 0 || m->invert & BIT(O_TYPE)))
		return ext_error(cb, "`--rt-type 0' required before `--%s'", cb->opt->name);
	if (o == O_NSTRICT && !(m->given & BIT(O_ADDRS)))
		return ext_error(cb, "`--rt-0-addr ...' required before `--rt-0-not-strict'");
	m->given |= (uint8_t)BIT(o);
	if (cb->invert)
		m->invert |= (uint8_t)BIT(o);
	switch (o) {
	case O_TYPE:	m->type = cb->val.u32;	break;
	case O_LEN:	m->len = cb->val.u32;	break;
	case O_SEGSLEFT:
		return spi_parse(cb);		/* the range comes first in rt_info */
	case O_ADDRS:
		return addrs_parse(cb, m);
	}
	return true;
}

/* Are the wanted addresses among the header's, in order; strictly: are they these and no others? */
static bool addrs_there(struct xt_ctx *c, const struct rt_info *m, uint32_t off, unsigned there)
{
	bool strict = !(m->given & BIT(O_NSTRICT));
	unsigned n = 0;

	if (m->nr > there || (strict && m->nr != there))
		return false;
	for (unsigned i = 0; i < there && n < m->nr; i++) {
		const uint8_t *a = pkt_at(c->pkt, off + RT0_HLEN + i * 16, 16);

		if (!a) {
			c->hotdrop = true;
			return false;
		}
		if (memcmp(a, m->addr[n].ip6, 16) == 0)
			n++;
		else if (strict)
			return false;
	}
	return n == m->nr;
}

static bool rt_match(struct xt_ctx *c, const void *info)
{
	const struct rt_info *m = info;
	uint32_t off, len;
	const uint8_t *h = exthdr_find(c, NEXTHDR_ROUTING, RT_HLEN, &off);

	if (!h)
		return false;
	len = ip6_exthdr_len(NEXTHDR_ROUTING, h);
	if (exthdr_cut(c, off, len))
		return false;
	if (!spi_in(&m->segsleft, h[3]))
		return false;
	if (m->given & BIT(O_LEN) && (m->len == len) == !!(m->invert & BIT(O_LEN)))
		return false;
	if (m->given & BIT(O_TYPE) && (m->type == h[2]) == !!(m->invert & BIT(O_TYPE)))
		return false;
	if (m->given & BIT(O_RES) && get_be32(h + 4) != 0)
		return false;
	return !(m->given & BIT(O_ADDRS)) || addrs_there(c, m, off, (len - RT0_HLEN) / 16);
}

static void put_addrs(const struct rt_info *m, struct strbuf *out)
{
	char buf[ADDRSTRLEN];

	for (unsigned i = 0; i < m->nr; i++)
		sb_printf(out, "%c%s", i ? ',' : ' ', inet_str(buf, NFPROTO_IPV6, &m->addr[i]));
}

static void rt_save(const void *info, const struct rule *r UNUSED, struct strbuf *out)
{
	const struct rt_info *m = info;

	if (m->given & BIT(O_TYPE))
		sb_printf(out, "%s --rt-type %u", m->invert & BIT(O_TYPE) ? " !" : "", m->type);
	spi_save(&m->segsleft, "rt-segsleft", out);
	if (m->given & BIT(O_LEN))
		sb_printf(out, "%s --rt-len %u", m->invert & BIT(O_LEN) ? " !" : "", m->len);
	sb_puts(out, m->given & BIT(O_RES) ? " --rt-0-res" : "");
	sb_puts(out, m->given & BIT(O_ADDRS) ? " --rt-0-addrs" : "");
	put_addrs(m, out);
	sb_puts(out, m->given & BIT(O_NSTRICT) ? " --rt-0-not-strict" : "");
}

static void rt_print(const void *info, const struct rule *r UNUSED, bool numeric UNUSED, struct strbuf *out)
{
	const struct rt_info *m = info;

	sb_puts(out, " rt");
	if (m->given & BIT(O_TYPE))
		sb_printf(out, " type:%s%d", m->invert & BIT(O_TYPE) ? "!" : "", (int)m->type);
	spi_print(&m->segsleft, "segsleft", out);
	if (m->given & BIT(O_LEN))
		sb_printf(out, " length:%s%u", m->invert & BIT(O_LEN) ? "!" : "", m->len);
	sb_puts(out, m->given & BIT(O_RES) ? " reserved" : "");
	sb_puts(out, m->given & BIT(O_ADDRS) ? " 0-addrs" : "");
	put_addrs(m, out);
	sb_puts(out, m->given & BIT(O_NSTRICT) ? " 0-not-strict" : "");
}

static void rt_explain(struct xt_ctx *c, const void *info, struct strbuf *out)
{
	uint32_t off;
	const uint8_t *h = exthdr_find(c, NEXTHDR_ROUTING, RT_HLEN, &off);

	if (!h) {
		exthdr_say_missing(c, "routing", out);
		return;
	}
	sb_printf(out, "the routing header is of type %u, %u bytes long, with %u segments left; rule wants", h[2],
		  ip6_exthdr_len(NEXTHDR_ROUTING, h), h[3]);
	if (((const struct rt_info *)info)->given)
		rt_save(info, NULL, out);
	else
		sb_puts(out, " any");
}

const struct match_ext ext_rt = {
	.name = "rt", .families = EXT_V6, .size = sizeof(struct rt_info),
	.opts = (const struct ext_opt[]){
		{ .name = "rt-type", .type = OPT_UINT32, .flags = OPT_INVERT, .id = O_TYPE, .parse = rt_parse },
		{ .name = "rt-segsleft", .type = OPT_UINT32RC, .flags = OPT_INVERT, .id = O_SEGSLEFT, .parse = rt_parse },
		{ .name = "rt-len", .type = OPT_UINT32, .flags = OPT_INVERT, .id = O_LEN, .parse = rt_parse },
		{ .name = "rt-0-res", .form = "after --rt-type 0", .type = OPT_NONE, .id = O_RES, .parse = rt_parse },
		{ .name = "rt-0-addrs",
		  .form = "ADDR[,ADDR...], at most 16, after --rt-type 0",
		  .type = OPT_STRING, .id = O_ADDRS, .parse = rt_parse },
		{ .name = "rt-0-not-strict",
		  .form = "after --rt-type 0 --rt-0-addrs ADDR",
		  .type = OPT_NONE, .id = O_NSTRICT, .parse = rt_parse },
		{ 0 } },
	.init = rt_init, .match = rt_match, .save = rt_save, .print = rt_print, .explain = rt_explain,
};
