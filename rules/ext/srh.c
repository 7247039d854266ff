// SPDX-License-Identifier: MIT
/* srh.c - "-m srh": the segment routing header (net/ipv6/netfilter/ip6t_srh.c, revision 1). */
#include "rules/ext/exthdr.h"

enum {
	O_NEXTHDR, O_LEN_EQ, O_LEN_GT, O_LEN_LT, O_SEGS_EQ, O_SEGS_GT, O_SEGS_LT, O_LAST_EQ, O_LAST_GT, O_LAST_LT, O_TAG,
	O_PSID, O_NSID, O_LSID
};
#define BIT(o) (1u << (o))
#define SRH_HLEN 8
#define SRH_TYPE 4
/* Offsets in the header. */
enum { SRH_NXT = 0, SRH_LEN = 1, SRH_KIND = 2, SRH_LEFT = 3, SRH_LAST = 4, SRH_TAG = 6 };

/* The three options about one field share its value: the last one given sets it for all, as in iptables. */
struct srh_info {
	uint16_t given, invert;
	uint8_t next_hdr, hdr_len, segs_left, last_entry;
	uint16_t tag;
	struct { union inet_addr addr, mask; } sid[3];	/* previous, next, last */
};

static bool srh_parse(struct ext_cb *cb)
{
	struct srh_info *m = cb->info;
	int o = cb->opt->id;

	m->given |= (uint16_t)BIT(o);
	if (cb->invert)
		m->invert |= (uint16_t)BIT(o);
	switch (o) {
	case O_NEXTHDR:					m->next_hdr = cb->val.u8;	break;
	case O_LEN_EQ: case O_LEN_GT: case O_LEN_LT:	m->hdr_len = cb->val.u8;	break;
	case O_SEGS_EQ: case O_SEGS_GT: case O_SEGS_LT:	m->segs_left = cb->val.u8;	break;
	case O_LAST_EQ: case O_LAST_GT: case O_LAST_LT:	m->last_entry = cb->val.u8;	break;
	case O_TAG:					m->tag = cb->val.u16;		break;
	default:
		m->sid[o - O_PSID].addr = cb->val.host.addr;
		m->sid[o - O_PSID].mask = cb->val.host.mask;
		break;
	}
	return true;
}

/* The segment's place in the list, or -1: there is none before the first or after the last. */
static int sid_index(const uint8_t *h, int o)
{
	switch (o) {
	case O_PSID:	return h[SRH_LEFT] == h[SRH_LAST] ? -1 : h[SRH_LEFT] + 1;
	case O_NSID:	return h[SRH_LEFT] == 0 ? -1 : h[SRH_LEFT] - 1;
	default:	return 0;
	}
}

/* 1 it holds, 0 not, -1 the whole match fails: there is no such segment. */
static int sid_holds(const struct packet *p, const struct srh_info *m, const uint8_t *h, uint32_t off, int o)
{
	int at = sid_index(h, o);
	const uint8_t *sid = at < 0 ? NULL : pkt_at(p, off + SRH_HLEN + (uint32_t)at * 16, 16);
	const union inet_addr *addr = &m->sid[o - O_PSID].addr, *mask = &m->sid[o - O_PSID].mask;

	if (!sid)
		return -1;
	for (int i = 0; i < 16; i++)
		if ((sid[i] ^ addr->ip6[i]) & mask->ip6[i])
			return 0;
	return 1;
}

static bool three_way(int o, int first, uint8_t have, uint8_t want)
{
	return o == first ? have == want : o == first + 1 ? have > want : have < want;
}

static int holds(const struct packet *p, const struct srh_info *m, const uint8_t *h, uint32_t off, int o)
{
	switch (o) {
	case O_NEXTHDR:
		return h[SRH_NXT] == m->next_hdr;
	case O_LEN_EQ: case O_LEN_GT: case O_LEN_LT:
		return three_way(o, O_LEN_EQ, h[SRH_LEN], m->hdr_len);
	case O_SEGS_EQ: case O_SEGS_GT: case O_SEGS_LT:
		return three_way(o, O_SEGS_EQ, h[SRH_LEFT], m->segs_left);
	case O_LAST_EQ: case O_LAST_GT: case O_LAST_LT:
		return three_way(o, O_LAST_EQ, h[SRH_LAST], m->last_entry);
	case O_TAG:	/* the kernel compares wire order with the host's: on a little-endian machine bytes are swapped */
		return (h[SRH_TAG] | h[SRH_TAG + 1] << 8) == m->tag;
	default:
		return sid_holds(p, m, h, off, o);
	}
}

/* A whole header of this kind, or NULL. */
static const uint8_t *srh_find(struct xt_ctx *c, uint32_t *off)
{
	const uint8_t *h;

	*off = 0;
	if (ip6_find_hdr(c->pkt, off, NEXTHDR_ROUTING, NULL, NULL) < 0)
		return NULL;
	h = pkt_at(c->pkt, *off, SRH_HLEN);
	if (!h || pkt_len(c->pkt) - *off < ip6_exthdr_len(NEXTHDR_ROUTING, h))
		return NULL;
	return h[SRH_KIND] == SRH_TYPE && h[SRH_LEFT] <= h[SRH_LAST] ? h : NULL;
}

static bool srh_match(struct xt_ctx *c, const void *info)
{
	const struct srh_info *m = info;
	uint32_t off;
	const uint8_t *h = srh_find(c, &off);

	if (!h)
		return false;
	for (int o = O_NEXTHDR; o <= O_LSID; o++) {
		int is = m->given & BIT(o) ? holds(c->pkt, m, h, off, o) : 2;

		if (is < 0 || (is < 2 && is == !!(m->invert & BIT(o))))
			return false;
	}
	return true;
}

static const char *const words[] = {
	"next-hdr", "hdr-len-eq", "hdr-len-gt", "hdr-len-lt", "segs-left-eq", "segs-left-gt", "segs-left-lt", "last-entry-eq",
	"last-entry-gt", "last-entry-lt", "tag", "psid", "nsid", "lsid",
};

static unsigned number_of(const struct srh_info *m, int o)
{
	switch (o) {
	case O_NEXTHDR:					return m->next_hdr;
	case O_LEN_EQ: case O_LEN_GT: case O_LEN_LT:	return m->hdr_len;
	case O_SEGS_EQ: case O_SEGS_GT: case O_SEGS_LT:	return m->segs_left;
	case O_LAST_EQ: case O_LAST_GT: case O_LAST_LT:	return m->last_entry;
	default:					return m->tag;
	}
}

static void put_sid(const struct srh_info *m, int o, struct strbuf *out)
{
	char buf[ADDRSTRLEN];

	sb_printf(out, "%s/%u", inet_str(buf, NFPROTO_IPV6, &m->sid[o - O_PSID].addr),
		  (unsigned)inet_mask_len(&m->sid[o - O_PSID].mask, NFPROTO_IPV6));
}

static void srh_save(const void *info, const struct rule *r UNUSED, struct strbuf *out)
{
	const struct srh_info *m = info;

	for (int o = O_NEXTHDR; o <= O_LSID; o++) {
		if (!(m->given & BIT(o)))
			continue;
		sb_printf(out, "%s --srh-%s ", m->invert & BIT(o) ? " !" : "", words[o]);
		if (o >= O_PSID)
			put_sid(m, o, out);
		else
			sb_printf(out, "%u", number_of(m, o));
	}
}

static void srh_print(const void *info, const struct rule *r UNUSED, bool numeric UNUSED, struct strbuf *out)
{
	const struct srh_info *m = info;

	sb_puts(out, " srh");
	for (int o = O_NEXTHDR; o <= O_LSID; o++) {
		const char *not = m->invert & BIT(o) ? "!" : "";

		if (!(m->given & BIT(o)))
			continue;
		if (o >= O_PSID) {
			sb_printf(out, " %s %s ", words[o], not);
			put_sid(m, o, out);
		} else {
			sb_printf(out, " %s:%s%u", words[o], not, number_of(m, o));
		}
	}
}

static void srh_explain(struct xt_ctx *c, const void *info, struct strbuf *out)
{
	uint32_t off;
	const uint8_t *h = srh_find(c, &off);

	if (!h) {
		sb_puts(out, "there is no whole segment routing header");
		return;
	}
	sb_printf(out, "the segment routing header has next-hdr %u, hdr-len %u, segs-left %u, last-entry %u, tag 0x%04x; rule wants",
		  h[SRH_NXT], h[SRH_LEN], h[SRH_LEFT], h[SRH_LAST], get_be16(h + SRH_TAG));
	if (((const struct srh_info *)info)->given)
		srh_save(info, NULL, out);
	else
		sb_puts(out, " any");
}

#define OPT(n, t, i) { .name = "srh-" n, .type = (t), .flags = OPT_INVERT, .id = (i), .parse = srh_parse }
const struct match_ext ext_srh = {
	.name = "srh", .families = EXT_V6, .size = sizeof(struct srh_info),
	.opts = (const struct ext_opt[]){
		OPT("next-hdr", OPT_UINT8, O_NEXTHDR),
		OPT("hdr-len-eq", OPT_UINT8, O_LEN_EQ), OPT("hdr-len-gt", OPT_UINT8, O_LEN_GT), OPT("hdr-len-lt", OPT_UINT8, O_LEN_LT),
		OPT("segs-left-eq", OPT_UINT8, O_SEGS_EQ), OPT("segs-left-gt", OPT_UINT8, O_SEGS_GT),
		OPT("segs-left-lt", OPT_UINT8, O_SEGS_LT),
		OPT("last-entry-eq", OPT_UINT8, O_LAST_EQ), OPT("last-entry-gt", OPT_UINT8, O_LAST_GT),
		OPT("last-entry-lt", OPT_UINT8, O_LAST_LT),
		OPT("tag", OPT_UINT16, O_TAG), OPT("psid", OPT_HOSTMASK, O_PSID), OPT("nsid", OPT_HOSTMASK, O_NSID),
		OPT("lsid", OPT_HOSTMASK, O_LSID), { 0 } },
	.match = srh_match, .save = srh_save, .print = srh_print, .explain = srh_explain,
};
