// SPDX-License-Identifier: MIT
/* getopt.c - words into options by the rules of GNU getopt_long(): short options in clusters, long ones
 * by any unambiguous beginning, words between them in order. */
#include "rules/parse/command.h"

enum { NO_ARG, ARG, MAYBE_ARG };

static const struct base_opt { const char *name; uint8_t has_arg; char val; } base_opts[] = {
	{ "append", ARG, 'A' }, { "delete", ARG, 'D' }, { "check", ARG, 'C' }, { "insert", ARG, 'I' },
	{ "replace", ARG, 'R' }, { "list", MAYBE_ARG, 'L' }, { "list-rules", MAYBE_ARG, 'S' },
	{ "flush", MAYBE_ARG, 'F' }, { "zero", MAYBE_ARG, 'Z' }, { "new-chain", ARG, 'N' },
	{ "delete-chain", MAYBE_ARG, 'X' }, { "rename-chain", ARG, 'E' }, { "policy", ARG, 'P' },
	{ "source", ARG, 's' }, { "destination", ARG, 'd' }, { "src", ARG, 's' }, { "dst", ARG, 'd' },
	{ "protocol", ARG, 'p' }, { "in-interface", ARG, 'i' }, { "jump", ARG, 'j' }, { "table", ARG, 't' },
	{ "match", ARG, 'm' }, { "numeric", NO_ARG, 'n' }, { "out-interface", ARG, 'o' },
	{ "verbose", NO_ARG, 'v' }, { "wait", MAYBE_ARG, 'w' }, { "wait-interval", MAYBE_ARG, 'W' },
	{ "exact", NO_ARG, 'x' }, { "fragments", NO_ARG, 'f' }, { "version", NO_ARG, 'V' },
	{ "help", MAYBE_ARG, 'h' }, { "line-numbers", NO_ARG, '0' }, { "modprobe", ARG, 'M' },
	{ "set-counters", ARG, 'c' }, { "goto", ARG, 'g' }, { "ipv4", NO_ARG, '4' }, { "ipv6", NO_ARG, '6' },
};

/* Short options: the letter, then ':' for an argument, "::" for one that must be in the same word. */
static const char short_opts[] = "A:C:D:E:F::I:L::M:N:P:VX::Z::c:d:i:j:o:p:s:t:R:S::W::46bfg:h::m:nvw::x";

void getopt_add(struct cmd *c, const struct ext_opt *opts, const struct match_ext *m)
{
	if (!opts)
		return;
	if (c->nr_groups == c->group_cap) {
		unsigned cap = c->group_cap ? c->group_cap * 2 : 8;
		struct opt_group *g = arena_array(c->ps->scratch, struct opt_group, cap);

		if (c->nr_groups)
			memcpy(g, c->group_list, c->nr_groups * sizeof(*g));
		c->group_list = g;
		c->group_cap = cap;
	}
	c->group_list[c->nr_groups++] = (struct opt_group){ opts, m };
}

void getopt_nearest(const struct cmd *c, struct nearest *n)
{
	for (unsigned g = c->nr_groups; g-- > 0;)
		for (const struct ext_opt *o = c->group_list[g].opts; o->name; o++)
			nearest_try(n, o->name);
	for (size_t i = 0; i < ARRAY_SIZE(base_opts); i++)
		nearest_try(n, base_opts[i].name);
}

/* A long option found: a shared one or an extension's. */
struct found { const char *name; const struct base_opt *base; const struct ext_opt *ext; const struct opt_group *group; };

static bool same_meaning(const struct found *a, const struct found *b)
{
	if (a->base || b->base)
		return a->base && b->base && a->base->val == b->base->val && a->base->has_arg == b->base->has_arg;
	return a->group == b->group && a->ext->id == b->ext->id &&
	       (a->ext->type == OPT_NONE) == (b->ext->type == OPT_NONE);
}

struct search { const char *text; size_t len; struct found exact, prefix; bool ambiguous; const char *other; };

/* Looks at one known name; true when it is the very one. */
static bool try_name(struct search *s, const struct found *f)
{
	if (f->name[0] != s->text[0] || strncmp(f->name, s->text, s->len) != 0)
		return false;
	if (f->name[s->len] == '\0') {
		s->exact = *f;
		return true;
	}
	if (!s->prefix.name) {
		s->prefix = *f;
	} else if (!s->ambiguous && !same_meaning(&s->prefix, f)) {
		s->ambiguous = true;
		s->other = f->name;
	}
	return false;
}

static void search_long(const struct cmd *c, struct search *s)
{
	for (size_t i = 0; i < ARRAY_SIZE(base_opts); i++)
		if ((base_opts[i].val != 'f' || c->ps->opt->family == NFPROTO_IPV4) &&
		    try_name(s, &(struct found){ .name = base_opts[i].name, .base = &base_opts[i] }))
			return;
	for (unsigned g = c->nr_groups; g-- > 0;) {
		const struct opt_group *group = &c->group_list[g];

		for (const struct ext_opt *o = group->opts; o->name; o++)
			if (try_name(s, &(struct found){ .name = o->name, .ext = o, .group = group }))
				return;
	}
}

/* The place of a word's text from offset "from"; the whole word when quotes make offsets unsure. */
static struct pos inside(const struct word *w, size_t from)
{
	size_t n = strlen(w->s);

	if (n != w->pos.len)
		return w->pos;
	return (struct pos){ w->pos.src, w->pos.off + from, n - from };
}

static void take_next_word(struct cmd *c)
{
	if (c->ind >= c->w->n) {
		c->c = GETOPT_MISSING;
		return;
	}
	c->arg = c->w->w[c->ind].s;
	c->arg_pos = c->w->w[c->ind++].pos;
}

static int base_code(char val)
{
	return val == '4' ? GETOPT_IPV4 : val == '6' ? GETOPT_IPV6 : val;
}

static bool next_long(struct cmd *c, const struct word *w)
{
	struct search s = { .text = w->s + 2, .len = strcspn(w->s + 2, "=") };
	const char *eq = s.text[s.len] == '=' ? s.text + s.len : NULL;
	struct found f;
	int has_arg;

	search_long(c, &s);
	c->ind++;
	f = s.exact.name ? s.exact : s.prefix;
	c->ambiguous[0] = c->ambiguous[1] = NULL;
	if (!f.name || (!s.exact.name && s.ambiguous)) {
		c->c = GETOPT_UNKNOWN;
		if (f.name) {
			c->ambiguous[0] = s.prefix.name;
			c->ambiguous[1] = s.other;
		}
		return true;
	}
	c->c = f.base ? base_code(f.base->val) : GETOPT_EXT;
	c->opt = f.ext;
	c->group = f.group;
	has_arg = f.base ? f.base->has_arg : f.ext->type == OPT_NONE ? NO_ARG : ARG;
	if (eq && has_arg == NO_ARG) {
		c->c = GETOPT_UNKNOWN;
	} else if (eq) {
		c->arg = eq + 1;
		c->arg_pos = inside(w, (size_t)(eq + 1 - w->s));
		c->opt_pos.len = w->pos.len == strlen(w->s) ? (size_t)(eq - w->s) : w->pos.len;
	} else if (has_arg == ARG) {
		take_next_word(c);
	}
	return true;
}

static bool next_short(struct cmd *c, const struct word *w)
{
	char letter = *c->cluster++;
	const char *spec = letter == ':' ? NULL : strchr(short_opts, letter);
	size_t at = (size_t)(c->cluster - w->s);
	bool last = *c->cluster == '\0';

	if (last) {
		c->cluster = NULL;
		c->ind++;
	}
	if (!spec) {
		c->c = GETOPT_UNKNOWN;
		return true;
	}
	c->c = base_code(letter);
	if (spec[1] != ':')
		return true;
	if (!last) {
		c->arg = w->s + at;
		c->arg_pos = inside(w, at);
		c->cluster = NULL;
		c->ind++;
	} else if (spec[2] != ':') {
		take_next_word(c);
	}
	return true;
}

bool getopt_next(struct cmd *c)
{
	const struct word *w;

	c->arg = NULL;
	c->opt = NULL;
	c->group = NULL;
	c->ambiguous[0] = NULL;
	if (c->ind >= c->w->n || c->opts_over)
		return false;
	w = &c->w->w[c->ind];
	c->opt_pos = w->pos;
	if (c->cluster)
		return next_short(c, w);
	if (w->s[0] != '-' || w->s[1] == '\0') {
		c->c = GETOPT_WORD;
		c->arg = w->s;
		c->arg_pos = w->pos;
		c->ind++;
		return true;
	}
	if (strcmp(w->s, "--") == 0) {
		c->ind++;
		c->opts_over = true;
		return false;
	}
	if (w->s[1] == '-')
		return next_long(c, w);
	c->cluster = w->s + 1;
	return next_short(c, w);
}
