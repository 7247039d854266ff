// SPDX-License-Identifier: MIT
/* TTL.c - "-j TTL": sets, lowers or raises the time to live (net/netfilter/xt_HL.c). */
#include "rules/ext/util.h"

enum { TTL_SET, TTL_INC, TTL_DEC };
enum { O_SET, O_INC, O_DEC };
#define F_ANY 0x7u

struct ttl_info { uint8_t mode, ttl; };

static bool ttl_parse(struct ext_cb *cb)
{
	struct ttl_info *t = cb->info;

	t->ttl = cb->val.u8;
	t->mode = cb->opt->id == O_SET ? TTL_SET : cb->opt->id == O_INC ? TTL_INC : TTL_DEC;
	return true;
}

static bool ttl_final(struct ext_cb *cb)
{
	return cb->xflags ? true : ext_error(cb, "TTL: You must specify an action");
}

static uint8_t new_ttl(const struct ttl_info *t, uint8_t old)
{
	switch (t->mode) {
	case TTL_SET:	return t->ttl;
	case TTL_INC:	return (uint8_t)MIN(old + t->ttl, 255);
	default:	return (uint8_t)MAX(old - t->ttl, 0);
	}
}

static enum xt_verdict ttl_target(struct xt_ctx *c, const void *info)
{
	uint8_t *ip = pkt_nh(c->pkt), old = ip[IP4_TTL], ttl = new_ttl(info, old);

	if (ttl == old)
		return XT_CONTINUE;
	csum_replace2(ip + IP4_CSUM, htons((uint16_t)(old << 8)), htons((uint16_t)(ttl << 8)));
	ip[IP4_TTL] = ttl;
	ext_changed_dec(c, "ttl", old, ttl, "TTL");
	return XT_CONTINUE;
}

static void ttl_save(const void *info, const struct rule *r UNUSED, struct strbuf *out)
{
	static const char *const word[] = { "set", "inc", "dec" };
	const struct ttl_info *t = info;

	sb_printf(out, " --ttl-%s %u", word[t->mode], t->ttl);
}

static void ttl_print(const void *info, const struct rule *r UNUSED, bool numeric UNUSED, struct strbuf *out)
{
	static const char *const word[] = { "set to", "increment by", "decrement by" };
	const struct ttl_info *t = info;

	sb_printf(out, " TTL %s %u", word[t->mode], t->ttl);
}

static void ttl_explain(struct xt_ctx *c, const void *info, struct strbuf *out)
{
	uint8_t old = pkt_nh(c->pkt)[IP4_TTL];

	sb_printf(out, "sets the TTL from %u to %u", old, new_ttl(info, old));
}

const struct target_ext ext_TTL_target = {
	.name = "TTL", .families = EXT_V4, .size = sizeof(struct ttl_info), .table = "mangle",
	.form = "-j TTL --ttl-set 64, --ttl-dec 1 or --ttl-inc 1",
	.opts = (const struct ext_opt[]){
		{ .name = "ttl-set", .type = OPT_UINT8, .id = O_SET, .excl = F_ANY, .parse = ttl_parse },
		{ .name = "ttl-dec", .type = OPT_UINT8, .id = O_DEC, .excl = F_ANY, .min = 1, .parse = ttl_parse },
		{ .name = "ttl-inc", .type = OPT_UINT8, .id = O_INC, .excl = F_ANY, .min = 1, .parse = ttl_parse },
		{ 0 } },
	.final = ttl_final, .target = ttl_target, .save = ttl_save, .print = ttl_print, .explain = ttl_explain,
};
