// SPDX-License-Identifier: MIT
/* restore.c - a save file as a whole, line by line as iptables-restore takes it. Where that program
 * stops at the first error, this goes on with the next line, to tell of more than one. */
#include "rules/cmd/cmd.h"
#include "rules/model/check.h"
#include "rules/parse/l2.h"
#include <errno.h>
#include <stdlib.h>

#define TABLE_NAME_MAX 32

bool parse_error(struct parser *ps, struct pos pos, const char *fmt, ...)
{
	struct strbuf sb = { 0 };
	va_list ap;

	va_start(ap, fmt);
	sb_vprintf(&sb, fmt, ap);
	va_end(ap);
	diag_error(ps->diag, pos, "%s", sb_str(&sb));
	sb_free(&sb);
	return false;
}

bool line_failed(struct parser *ps, struct pos pos, const char *why)
{
	return parse_error(ps, pos, "line %u failed: %s", ps->line, why);
}

/* The host's table as it is: its policies stay, without what they counted, its rules only with -n. */
static bool reopen_table(struct parser *ps, const char *name)
{
	struct build *now = xtables_build(ps->xt, name);
	struct table *t = build_view(now, ps->scratch);

	ps->build = build_reopen(ps->arena, t);
	build_zero_policies(ps->build, NULL);
	for (uint32_t i = 0; i < t->nr_chains && ps->verbose && !ps->noflush; i++)
		sb_printf(ps->out, "Flushing chain `%s'\n", t->chain[i]->name);
	for (uint32_t i = 0; i < t->nr_chains && ps->verbose && !ps->noflush; i++)
		if (!t->chain[i]->builtin)
			sb_printf(ps->out, "Deleting chain `%s'\n", t->chain[i]->name);
	ps->changed = !ps->noflush;
	if (!ps->noflush) {
		build_flush(ps->build, NULL);
		build_del_chains(ps->build);
	}
	return true;
}

static bool begin_table(struct parser *ps, size_t off, size_t end)
{
	struct word name = lex_token(ps, &off, end);
	char cut[TABLE_NAME_MAX + 1];
	const struct table_desc *desc;
	struct nearest n = { .want = cut };

	if (!*name.s)
		return parse_error(ps, ps->line_pos, "line %u table name invalid", ps->line);
	strncpy(cut, name.s, TABLE_NAME_MAX);
	cut[TABLE_NAME_MAX] = '\0';
	if (ps->only_table && strcmp(ps->only_table, cut) != 0)
		return false;
	desc = table_desc(cut);
	if (desc && ps->xt)
		return reopen_table(ps, desc->name);
	if (desc) {
		ps->build = build_begin(ps->arena, desc, ps->opt->family, ps->line_pos);
		return true;
	}
	parse_error(ps, name.pos, "unable to initialize table '%s'", cut);
	nearest_try(&n, "filter");
	nearest_try(&n, "nat");
	nearest_try(&n, "mangle");
	nearest_try(&n, "raw");
	nearest_try(&n, "security");
	if (nearest_get(&n))
		diag_hint(ps->diag, "did you mean \"%s\"?", nearest_get(&n));
	else
		diag_hint(ps->diag, "the tables are filter, nat, mangle, raw and security");
	return false;
}

/* "[packets:bytes]" as sscanf("[%llu:%llu]") takes it. */
static bool scan_counters(const char *s, uint64_t ret[2])
{
	char *end;

	if (*s++ != '[')
		return false;
	ret[0] = strtoull(s, &end, 10);
	if (end == s || *end != ':')
		return false;
	s = end + 1;
	ret[1] = strtoull(s, &end, 10);
	return end != s;
}

static bool chain_policy(struct parser *ps, const struct word *chain, size_t *off, size_t end)
{
	struct word policy = lex_token(ps, off, end), ctrs;
	uint64_t counters[2] = { 0, 0 };
	int err;

	if (!*policy.s)
		return parse_error(ps, ps->line_pos, "line %u policy invalid", ps->line);
	if (strcmp(policy.s, "-") == 0)
		return true;
	if (ps->opt->keep_counters) {
		ctrs = lex_token(ps, off, end);
		/* only iptables-restore -c reads them and would stop here; without it the line is good */
		if (!scan_counters(ctrs.s, counters) && ps->xt)
			return parse_error(ps, ctrs.pos, "invalid policy counters for chain '%s'", chain->s);
		if (!scan_counters(ctrs.s, counters) && *ctrs.s)
			diag_warn(ps->diag, ctrs.pos, "invalid policy counters for chain '%s'", chain->s);
	}
	err = build_policy(ps->build, chain->s, policy.s, counters);
	if (!err)
		build_chain(ps->build, chain->s)->pos = ps->line_pos;
	if (!err)
		return true;
	parse_error(ps, policy.pos, "Can't set policy `%s' on `%s' line %u: %s", policy.s, chain->s, ps->line,
		    err == -ENOENT ? "Bad built-in chain name" : "Bad policy name");
	if (err == -ENOENT)
		diag_hint(ps->diag, "only builtin chains have a policy: \":%s - [0:0]\"", chain->s);
	else
		diag_hint(ps->diag, "a policy is ACCEPT or DROP");
	return false;
}

static bool chain_line(struct parser *ps, size_t off, size_t end)
{
	struct word name = lex_token(ps, &off, end);
	struct chain *c;
	int err;

	if (!*name.s)
		return parse_error(ps, ps->line_pos, "line %u chain name invalid", ps->line);
	if (strlen(name.s) > 28)
		return parse_error(ps, name.pos, "Invalid chain name `%s' (%u chars max)", name.s, 28);
	c = build_chain(ps->build, name.s);
	if (c && !c->builtin && ps->noflush) {
		build_flush(ps->build, name.s);
	} else if (!c || !c->builtin) {
		err = build_add_chain(ps->build, name.s, ps->line_pos);
		if (err)
			return parse_error(ps, name.pos, "error creating chain '%s':%s", name.s,
					   err == -EEXIST ? "File exists" : "Invalid argument");
	}
	return chain_policy(ps, &name, &off, end);
}

/* "[packets:bytes]" before a rule; without -c it is passed over. The two numbers are cut out by
 * strtok(":") and strtok("]"), the rule begins after the first ']'. */
static bool rule_counters(struct parser *ps, size_t *off, size_t end, struct line_counters *ret, bool *has)
{
	const char *s = ps->src->text + *off, *stop = ps->src->text + end, *close, *pcnt, *bcnt;
	char *num_end;

	*has = false;
	if (*s != '[')
		return true;
	close = memchr(s, ']', end - *off);
	if (!close)
		return parse_error(ps, ps->line_pos, "Bad line %u: need ]", ps->line);
	for (pcnt = s + 1; pcnt < stop && *pcnt == ':'; pcnt++)
		;
	bcnt = memchr(pcnt, ':', (size_t)(stop - pcnt));
	while (bcnt && ++bcnt < stop && *bcnt == ']')
		;
	if (!bcnt || bcnt >= stop)
		return parse_error(ps, ps->line_pos, "Bad line %u: need ]", ps->line);
	*has = ps->opt->keep_counters;
	*off += (size_t)(close - s) + 1;
	if (!*has)
		return true;
	ret->packets = strtoull(pcnt, &num_end, 10);
	if (num_end == pcnt)
		return parse_error(ps, ps->line_pos, "-c packet counter not numeric");
	ret->bytes = strtoull(bcnt, &num_end, 10);
	return num_end != bcnt || parse_error(ps, ps->line_pos, "-c byte counter not numeric");
}

static bool rule_line(struct parser *ps, size_t off, size_t end)
{
	struct line_counters counters;
	struct words w;
	bool has;

	if (!rule_counters(ps, &off, end, &counters, &has))
		return false;
	if (!lex_words(ps, off, end, has ? 6 : 3, &w))
		return false;
	return parse_command(ps, &w, has ? &counters : NULL);
}

static void put_table(struct ruleset *rs, struct table *t)
{
	struct table **grown;

	t->ruleset = rs;
	for (uint32_t i = 0; i < rs->nr_tables; i++)
		if (strcmp(rs->table[i]->name, t->name) == 0) {
			rs->table[i] = t;
			return;
		}
	grown = arena_array(rs->arena, struct table *, rs->nr_tables + 1);
	for (uint32_t i = 0; i < rs->nr_tables; i++)
		grown[i] = rs->table[i];
	grown[rs->nr_tables++] = t;
	rs->table = grown;
}

static void commit(struct parser *ps)
{
	struct table *t;

	if (ps->xt) {
		t = xtables_view(ps->xt, ps->build, ps->scratch);
		if (!ps->test && ps->changed && table_check(t, ps->line, ps->diag))	/* --test asks no kernel */
			xtables_replace(ps->xt, ps->build);
		else
			build_abandon(ps->build);
		ps->build = NULL;
		return;
	}
	t = build_end(ps->build);
	ps->build = NULL;
	put_table(ps->rs, t);
	if (ps->diag->nr_errors == ps->errors_before)
		table_check(t, ps->line, ps->diag);
}

/* One line; *skip is on while a table that does not exist is passed over. */
static void take_line(struct parser *ps, size_t off, size_t len, bool *skip)
{
	const char *s = ps->src->text + off;
	bool is_commit = len == 7 && memcmp(s, "COMMIT\n", 7) == 0;

	ps->line_pos = (struct pos){ ps->src, off, len && s[len - 1] == '\n' ? len - 1 : len };
	if (len == 0 || *s == '#' || *s == '\n') {
		if (ps->verbose && len && *s == '#')
			sb_write(ps->out, s, len);
		if (len == 0 && !*skip && ps->build)	/* it began with a NUL */
			parse_error(ps, ps->line_pos, "no command specified");
		else if (len == 0 && !*skip)
			parse_error(ps, ps->line_pos, "line %u failed", ps->line);
	} else if (*skip) {
		*skip = !is_commit;
	} else if (ps->only_table && !ps->build && *s != '*') {
		;			/* of another table, or of none */
	} else if (is_commit && ps->build) {
		commit(ps);
	} else if (*s == '*' && !ps->build) {
		*skip = !begin_table(ps, off + 1, off + len) && !ps->only_table;
	} else if (ps->build) {
		ps->changed = true;
		if (*s == ':')
			chain_line(ps, off + 1, off + len);
		else
			rule_line(ps, off, off + len);
	} else {
		parse_error(ps, ps->line_pos, "line %u failed", ps->line);
		diag_hint(ps->diag, "a table begins with a line like \"*filter\" and ends with \"COMMIT\"");
	}
}

void parse_lines(struct parser *ps, size_t from)
{
	struct lexer lx = { ps->src, from };
	struct arena_mark mark;
	size_t off, len;
	bool skip = false;

	ps->scratch = arena_create();
	arena_alloc(ps->scratch, 1);	/* the first block stays */
	mark = arena_mark(ps->scratch);
	while (!ps->ended && lex_line(&lx, &off, &len)) {
		ps->line++;
		take_line(ps, off, len, &skip);
		arena_rewind(ps->scratch, mark);
		ps->ended |= ps->xt && ps->diag->nr_errors > ps->errors_before;
	}
	arena_destroy(ps->scratch);
	if (ps->build && ps->ended) {
		build_abandon(ps->build);
	} else if (ps->build) {
		build_abandon(ps->build);
		parse_error(ps, (struct pos){ ps->src, ps->src->len, 0 }, "COMMIT expected at line %u", ps->line + 1);
	}
}

struct ruleset *ruleset_load(struct arena *a, struct source *src, const struct rules_options *opt, struct diag *d)
{
	struct arena_mark start = arena_mark(a);
	struct parser ps = { .arena = a, .src = src, .diag = d, .opt = opt, .errors_before = d->nr_errors };

	if (family_is_l2(opt->family))
		return l2_ruleset_load(a, src, opt, d);
	ps.rs = arena_new(a, struct ruleset);
	ps.rs->arena = a;
	ps.rs->family = opt->family;
	ps.rs->nft = opt->nft;
	ps.names = ext_names_create(a, opt->family);
	parse_lines(&ps, 0);
	ext_names_destroy(ps.names);
	if (d->nr_errors == ps.errors_before)
		return ps.rs;
	if (d->arena != a)		/* messages stay */
		arena_rewind(a, start);
	return NULL;
}
