// SPDX-License-Identifier: MIT
/* mark.c - "-m mark [!] --mark value[/mask]": the packet's firewall mark. */
#include "rules/ext/util.h"

struct mark_info { uint32_t mark, mask; bool invert; };

static bool mark_parse(struct ext_cb *cb)
{
	struct mark_info *m = cb->info;

	m->mark = cb->val.mark.mark;
	m->mask = cb->val.mark.mask;
	m->invert = cb->invert;
	return true;
}

static bool mark_match(struct xt_ctx *c, const void *info)
{
	const struct mark_info *m = info;

	return ((c->pkt->mark & m->mask) == m->mark) != m->invert;
}

static void mark_save(const void *info, const struct rule *r UNUSED, struct strbuf *out)
{
	const struct mark_info *m = info;

	sb_puts(out, m->invert ? " ! --mark" : " --mark");
	ext_save_mark(m->mark, m->mask, out);
}

static void mark_print(const void *info, const struct rule *r UNUSED, bool numeric UNUSED, struct strbuf *out)
{
	const struct mark_info *m = info;

	sb_puts(out, m->invert ? " mark match !" : " mark match");
	ext_save_mark(m->mark, m->mask, out);
}

static void mark_explain(struct xt_ctx *c, const void *info, struct strbuf *out)
{
	const struct mark_info *m = info;

	ext_say_masked(c->pkt->mark, m->mark, m->mask, m->invert, "packet mark", out);
}

static bool mark_conds(const void *info, struct ext_conds *ret)
{
	const struct mark_info *m = info;

	conds_mask(ret, FIELD_MARK, COND_MASK, m->mark, m->mask, m->invert);
	return true;
}

const struct match_ext ext_mark = {
	.name = "mark", .families = EXT_ANY, .size = sizeof(struct mark_info),
	.opts = (const struct ext_opt[]){
		{ .name = "mark", .type = OPT_MARKMASK32, .flags = OPT_MUST | OPT_INVERT, .id = 0, .parse = mark_parse },
		{ 0 } },
	.match = mark_match, .conds = mark_conds, .save = mark_save, .print = mark_print, .explain = mark_explain,
};
