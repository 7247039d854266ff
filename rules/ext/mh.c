// SPDX-License-Identifier: MIT
/* mh.c - "-p mobility-header -m mh --mh-type TYPE[:TYPE]": the mobility header (net/ipv6/netfilter/ip6t_mh.c). */
#include "rules/ext/util.h"
#include <strings.h>

#define MH_HLEN 6
#define MH_TYPE 2
struct mh_info { uint8_t min, max; bool invert; };

static const struct { const char *name; uint8_t type; } names[] = {
	{ "binding-refresh-request", 0 }, { "brr", 0 }, { "home-test-init", 1 }, { "hoti", 1 }, { "careof-test-init", 2 }, { "coti", 2 },
	{ "home-test", 3 }, { "hot", 3 }, { "careof-test", 4 }, { "cot", 4 }, { "binding-update", 5 }, { "bu", 5 },
	{ "binding-acknowledgement", 6 }, { "ba", 6 }, { "binding-error", 7 }, { "be", 7 },
};

static void mh_init(void *info)
{
	((struct mh_info *)info)->max = UINT8_MAX;
}

/* A name may be cut short: the first that begins so, unless one is the word itself. */
static bool type_parse(struct ext_cb *cb, const char *s, uint8_t *ret)
{
	size_t found = ARRAY_SIZE(names), n = strlen(s);
	uint64_t v;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (strncasecmp(names[i].name, s, n) == 0 && (found == ARRAY_SIZE(names) || strlen(names[i].name) == n))
			found = i;
	if (found < ARRAY_SIZE(names)) {
		*ret = names[found].type;
		return true;
	}
	if (!ext_strtoul(s, NULL, &v, 0, UINT8_MAX))
		return ext_error(cb, "Invalid MH type `%s'", s);
	*ret = (uint8_t)v;
	return true;
}

static bool mh_parse(struct ext_cb *cb)
{
	struct mh_info *m = cb->info;
	const char *colon = strchr(cb->arg, ':');
	const char *from = colon ? arena_strndup(cb->arena, cb->arg, (size_t)(colon - cb->arg)) : cb->arg;

	m->invert |= cb->invert;
	m->min = 0;
	m->max = UINT8_MAX;
	if ((*from || !colon) && !type_parse(cb, from, &m->min))
		return false;
	if (!colon) {
		m->max = m->min;
		return true;
	}
	if (colon[1] && !type_parse(cb, colon + 1, &m->max))
		return false;
	return m->min <= m->max || ext_error(cb, "Invalid MH type range (min > max)");
}

/* Something behind the header, or a header that is cut off, drops the packet. */
static bool mh_match(struct xt_ctx *c, const void *info)
{
	const struct mh_info *m = info;
	const uint8_t *h;

	if (c->fragoff)
		return false;
	h = pkt_at(c->pkt, c->thoff, MH_HLEN);
	if (!h || h[0] != IPPROTO_NONE) {
		c->hotdrop = true;
		return false;
	}
	return (h[MH_TYPE] >= m->min && h[MH_TYPE] <= m->max) != m->invert;
}

static void mh_save(const void *info, const struct rule *r UNUSED, struct strbuf *out)
{
	const struct mh_info *m = info;

	if (m->min == 0 && m->max == UINT8_MAX)
		return;
	sb_printf(out, "%s --mh-type %u", m->invert ? " !" : "", m->min);
	if (m->min != m->max)
		sb_printf(out, ":%u", m->max);
}

static void put_type(uint8_t type, bool numeric, struct strbuf *out)
{
	for (size_t i = 0; i < ARRAY_SIZE(names) && !numeric; i++)
		if (names[i].type == type) {
			sb_puts(out, names[i].name);
			return;
		}
	sb_printf(out, "%u", type);
}

static void mh_print(const void *info, const struct rule *r UNUSED, bool numeric, struct strbuf *out)
{
	const struct mh_info *m = info;

	sb_puts(out, " mh");
	if (m->min == 0 && m->max == UINT8_MAX && !m->invert)
		return;
	sb_puts(out, m->invert ? " !" : " ");
	put_type(m->min, numeric, out);
	if (m->min == m->max)
		return;
	sb_putc(out, ':');
	put_type(m->max, numeric, out);
}

static void mh_explain(struct xt_ctx *c, const void *info, struct strbuf *out)
{
	const struct mh_info *m = info;
	const uint8_t *h = c->fragoff ? NULL : pkt_at(c->pkt, c->thoff, MH_HLEN);

	if (c->fragoff) {
		sb_puts(out, "a later fragment has no mobility header");
		return;
	}
	if (!h || h[0] != IPPROTO_NONE) {
		sb_puts(out, h ? "something follows the mobility header: the packet is dropped" :
			"the mobility header is cut off: the packet is dropped");
		return;
	}
	sb_puts(out, "the mobility header is of type ");
	put_type(h[MH_TYPE], false, out);
	sb_printf(out, ", rule wants %s%u", m->invert ? "not " : "", m->min);
	if (m->min != m->max)
		sb_printf(out, " to %u", m->max);
}

const struct match_ext ext_mh = {
	.name = "mh", .families = EXT_V6, .size = sizeof(struct mh_info), .proto = IPPROTO_MH,
	.opts = (const struct ext_opt[]){
		{ .name = "mh-type",
		  .form = "TYPE or FROM:TO, from 0 to 255 or a name such as binding-update",
		  .type = OPT_STRING, .flags = OPT_INVERT, .id = 0, .parse = mh_parse },
		{ 0 } },
	.init = mh_init, .match = mh_match, .save = mh_save, .print = mh_print, .explain = mh_explain,
};
