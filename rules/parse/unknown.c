// SPDX-License-Identifier: MIT
/* unknown.c - matches and targets that are not emulated but allowed by name (--allow-unknown=match:foo).
 * Their options are kept as written. A match says yes, so that the conditions after it may still rule the rule
 * out; where none does, and for a target, the packet ends there as UNKNOWN (eval.c). */
#include "rules/parse/command.h"

struct unknown_ext {
	struct unknown_ext *next;
	struct match_ext match;		/* name NULL: it is a target */
	struct target_ext target;
};

struct unknown_info { const char *text; };

static bool unknown_ask(struct xt_ctx *c, const void *info)
{
	(void)info;
	c->unknown = true;
	return true;
}

static enum xt_verdict unknown_do(struct xt_ctx *c, const void *info)
{
	(void)info;
	c->unknown = true;
	return XT_DROP;
}

static void unknown_save(const void *info, const struct rule *r, struct strbuf *out)
{
	const struct unknown_info *i = info;

	(void)r;
	if (i->text)
		sb_puts(out, i->text);
}

static void unknown_explain(struct xt_ctx *c, const void *info, struct strbuf *out)
{
	(void)c;
	(void)info;
	sb_puts(out, "not emulated: what it says is not known");
}

static bool allowed(const struct parser *ps, const char *kind, const char *name)
{
	size_t n = strlen(kind);

	for (unsigned i = 0; i < ps->opt->nr_allow_unknown; i++) {
		const char *a = ps->opt->allow_unknown[i];

		if (strncmp(a, kind, n) == 0 && (strcmp(a + n, name) == 0 || strcmp(a + n, "*") == 0))
			return true;
	}
	return false;
}

const struct match_ext *unknown_match(struct parser *ps, const char *name)
{
	struct unknown_ext *u;

	if (!allowed(ps, "match:", name))
		return NULL;
	for (u = ps->unknowns; u; u = u->next)
		if (u->match.name && strcmp(u->match.name, name) == 0)
			return &u->match;
	u = arena_new(ps->arena, struct unknown_ext);
	u->match = (struct match_ext){
		.name = arena_strdup(ps->arena, name), .families = EXT_ANY, .size = sizeof(struct unknown_info),
		.stateful = true, .match = unknown_ask, .save = unknown_save, .explain = unknown_explain,
	};
	u->next = ps->unknowns;
	ps->unknowns = u;
	return &u->match;
}

const struct target_ext *unknown_target(struct parser *ps, const char *name)
{
	struct unknown_ext *u;

	if (!allowed(ps, "target:", name))
		return NULL;
	for (u = ps->unknowns; u; u = u->next)
		if (u->target.name && strcmp(u->target.name, name) == 0)
			return &u->target;
	u = arena_new(ps->arena, struct unknown_ext);
	u->target = (struct target_ext){
		.name = arena_strdup(ps->arena, name), .families = EXT_ANY, .size = sizeof(struct unknown_info),
		.stateful = true, .target = unknown_do, .save = unknown_save, .explain = unknown_explain,
	};
	u->next = ps->unknowns;
	ps->unknowns = u;
	return &u->target;
}

/* The info of the stand-in that was named last, or NULL. */
static struct unknown_info *latest(struct cmd *c)
{
	struct unknown_info *info = NULL;
	size_t at = 0;

	for (uint32_t i = 0; i < c->rule.nr_match; i++)
		if (c->rule.match[i].ext->match == unknown_ask) {
			info = c->rule.match[i].info;
			at = c->rule.match[i].pos.off;
		}
	if (c->rule.ext && c->rule.ext->target == unknown_do && (!info || c->rule.target_pos.off > at))
		info = c->rule.target_info;
	return info;
}

bool unknown_option(struct cmd *c)
{
	struct unknown_info *info = latest(c);
	struct strbuf sb = { 0 };

	if (!info || !c->ind)
		return false;
	sb_printf(&sb, "%s%s %s", info->text ? info->text : "", c->invert ? " !" : "", c->w->w[c->ind - 1].s);
	c->invert = false;
	while (c->ind < c->w->n && c->w->w[c->ind].s[0] != '-' && c->w->w[c->ind].s[0] != '!')
		ext_save_string(&sb, c->w->w[c->ind++].s);
	info->text = arena_strdup(c->ps->arena, sb_str(&sb));
	sb_free(&sb);
	return true;
}
