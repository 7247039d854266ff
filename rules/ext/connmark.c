// SPDX-License-Identifier: MIT
/* connmark.c - "-m connmark [!] --mark value[/mask]": the connection's mark. */
#include "rules/ext/util.h"

struct connmark_info { uint32_t mark, mask; bool invert; };

static bool connmark_parse(struct ext_cb *cb)
{
	struct connmark_info *m = cb->info;

	m->mark = cb->val.mark.mark;
	m->mask = cb->val.mark.mask;
	m->invert = cb->invert;
	return true;
}

/* Without a connection the answer is no, inverted or not. */
static bool connmark_match(struct xt_ctx *c, const void *info)
{
	const struct connmark_info *m = info;
	const struct conn *ct = c->pkt->ct;

	return ct && ((ct->mark & m->mask) == m->mark) != m->invert;
}

static void connmark_save(const void *info, const struct rule *r UNUSED, struct strbuf *out)
{
	const struct connmark_info *m = info;

	sb_puts(out, m->invert ? " ! --mark" : " --mark");
	ext_save_mark(m->mark, m->mask, out);
}

static void connmark_print(const void *info, const struct rule *r UNUSED, bool numeric UNUSED, struct strbuf *out)
{
	const struct connmark_info *m = info;

	sb_puts(out, m->invert ? " connmark match !" : " connmark match ");
	ext_save_mark(m->mark, m->mask, out);
}

static void connmark_explain(struct xt_ctx *c, const void *info, struct strbuf *out)
{
	const struct connmark_info *m = info;

	if (c->pkt->ct)
		ext_say_masked(c->pkt->ct->mark, m->mark, m->mask, m->invert, "connection mark", out);
	else
		sb_puts(out, "packet belongs to no connection, so it has no connection mark");
}

const struct match_ext ext_connmark = {
	.name = "connmark", .families = EXT_ANY, .size = sizeof(struct connmark_info), .needs_ct = true,
	.opts = (const struct ext_opt[]){
		{ .name = "mark", .type = OPT_MARKMASK32, .flags = OPT_MUST | OPT_INVERT, .id = 0,
		  .parse = connmark_parse },
		{ 0 } },
	.match = connmark_match, .save = connmark_save, .print = connmark_print, .explain = connmark_explain,
};
