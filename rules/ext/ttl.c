// SPDX-License-Identifier: MIT
/* ttl.c - "-m ttl": the packet's time to live. */
#include "rules/ext/util.h"

enum ttl_mode { TTL_EQ, TTL_NE, TTL_LT, TTL_GT };
struct ttl_info { uint8_t mode, ttl; };

enum { O_TTL_EQ, O_TTL_LT, O_TTL_GT };
#define F_ANY 7u

static bool ttl_parse(struct ext_cb *cb)
{
	struct ttl_info *m = cb->info;

	m->ttl = cb->val.u8;
	switch (cb->opt->id) {
	case O_TTL_EQ:	m->mode = cb->invert ? TTL_NE : TTL_EQ; break;
	case O_TTL_LT:	m->mode = TTL_LT; break;
	case O_TTL_GT:	m->mode = TTL_GT; break;
	}
	return true;
}

static bool ttl_final(struct ext_cb *cb)
{
	if (!(cb->xflags & F_ANY))
		return ext_error(cb, "TTL match: You must specify one of `--ttl-eq', `--ttl-lt', `--ttl-gt");
	return true;
}

static bool ttl_match(struct xt_ctx *c, const void *info)
{
	const struct ttl_info *m = info;
	uint8_t ttl = pkt_nh(c->pkt)[IP4_TTL];

	switch (m->mode) {
	case TTL_EQ:	return ttl == m->ttl;
	case TTL_NE:	return ttl != m->ttl;
	case TTL_LT:	return ttl < m->ttl;
	}
	return ttl > m->ttl;
}

static void ttl_save(const void *info, const struct rule *r UNUSED, struct strbuf *out)
{
	static const char *const words[] = { " --ttl-eq", " ! --ttl-eq", " --ttl-lt", " --ttl-gt" };
	const struct ttl_info *m = info;

	sb_printf(out, "%s %u", words[m->mode], m->ttl);
}

static const char *const signs[] = { "==", "!=", "<", ">" };

static void ttl_print(const void *info, const struct rule *r UNUSED, bool numeric UNUSED, struct strbuf *out)
{
	const struct ttl_info *m = info;

	sb_printf(out, " TTL match TTL %s %u", signs[m->mode], m->ttl);
}

static void ttl_explain(struct xt_ctx *c, const void *info, struct strbuf *out)
{
	const struct ttl_info *m = info;

	sb_printf(out, "TTL is %u, rule wants %s %u", pkt_nh(c->pkt)[IP4_TTL], signs[m->mode], m->ttl);
}

#define OPT(n, i, f) { .name = (n), .type = OPT_UINT8, .flags = (f), .id = (i), .excl = F_ANY, .parse = ttl_parse }
const struct match_ext ext_ttl = {
	.name = "ttl", .families = EXT_V4, .size = sizeof(struct ttl_info),
	.form = "-m ttl --ttl-eq 64, --ttl-lt 5 or --ttl-gt 5",
	.opts = (const struct ext_opt[]){
		OPT("ttl-lt", O_TTL_LT, 0), OPT("ttl-gt", O_TTL_GT, 0), OPT("ttl-eq", O_TTL_EQ, OPT_INVERT),
		OPT("ttl", O_TTL_EQ, OPT_INVERT), { 0 } },
	.final = ttl_final, .match = ttl_match, .save = ttl_save, .print = ttl_print, .explain = ttl_explain,
};
