// SPDX-License-Identifier: MIT
/* comment.c - "-m comment --comment TEXT": always matches. */
#include "rules/ext.h"
#include "rules/parse/parse.h"

#define COMMENT_MAX 255		/* XT_MAX_COMMENT_LEN less the NUL: what is longer is cut, silently */

struct comment_info { const char *text; };

const char *comment_text(const void *info)
{
	return ((const struct comment_info *)info)->text;
}

static bool comment_parse(struct ext_cb *cb)
{
	struct comment_info *c = cb->info;

	c->text = arena_strndup(cb->arena, cb->arg, MIN(strlen(cb->arg), (size_t)COMMENT_MAX));
	return true;
}

static bool comment_match(struct xt_ctx *c, const void *info)
{
	(void)c;
	(void)info;
	return true;
}

static void comment_save(const void *info, const struct rule *r, struct strbuf *out)
{
	const struct comment_info *c = info;

	(void)r;
	sb_puts(out, " --comment");
	ext_save_string(out, c->text);
}

static void comment_print(const void *info, const struct rule *r, bool numeric, struct strbuf *out)
{
	const struct comment_info *c = info;

	(void)r;
	(void)numeric;
	sb_printf(out, " /* %s */", c->text);
}

static bool comment_conds(const void *info, struct ext_conds *ret)
{
	(void)info;
	(void)ret;
	return true;
}

const struct match_ext ext_comment = {
	.name = "comment", .families = EXT_ANY, .size = sizeof(struct comment_info),
	.opts = (const struct ext_opt[]){
		{ .name = "comment", .type = OPT_STRING, .flags = OPT_MUST, .parse = comment_parse },
		{ 0 } },
	.match = comment_match, .conds = comment_conds, .save = comment_save, .print = comment_print,
};
