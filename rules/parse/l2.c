// SPDX-License-Identifier: MIT
/* l2.c - a file of arptables-nft-restore or ebtables-nft-restore, line by line. Tables need no COMMIT: the next
 * one, or the end, is one. */
#include "rules/parse/l2.h"
#include "rules/model/check.h"
#include "rules/model/l2.h"
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>

#define MAX_JUMPS 16		/* of nf_tables (NFT_JUMP_STACK_SIZE) */

static const char *program(const struct parser *ps)
{
	return ps->opt->family == NFPROTO_ARP ? "arptables-restore" : "ebtables-restore";
}

bool l2_error(struct l2_cmd *c, struct pos pos, const char *fmt, ...)
{
	struct strbuf sb = { 0 };
	va_list ap;

	va_start(ap, fmt);
	sb_vprintf(&sb, fmt, ap);
	va_end(ap);
	diag_error(c->ps->diag, pos, "%s", sb_str(&sb));
	sb_free(&sb);
	return false;
}

bool l2_hint(struct l2_cmd *c, const char *fmt, ...)
{
	struct strbuf sb = { 0 };
	va_list ap;

	va_start(ap, fmt);
	sb_vprintf(&sb, fmt, ap);
	va_end(ap);
	diag_hint(c->ps->diag, "%s", sb_str(&sb));
	sb_free(&sb);
	return false;
}

struct pos l2_arg_pos(const struct l2_cmd *c, int i)
{
	return i >= 3 && i < c->argc ? c->w->w[i - 3].pos : c->line;
}

/* What only comes out when the whole is given to the kernel. */
static bool commit_failed(struct parser *ps, struct pos pos, const char *hint)
{
	parse_error(ps, pos, "%s: final implicit COMMIT failed", program(ps));
	diag_hint(ps->diag, "%s", hint);
	return false;
}

/* ---- values ---- */

bool l2_parse_interface(struct l2_cmd *c, const char *arg, char name[16], uint8_t *ret_len)
{
	size_t n = strlen(arg);

	if (n + 1 > 16)
		return l2_error(c, l2_arg_pos(c, optind - 1), "interface name `%s' must be shorter than IFNAMSIZ (15)", arg) ||
		       l2_hint(c, "interfaces have at most 15 letters; NAME+ is all that begin with NAME");
	memset(name, 0, 16);
	memcpy(name, arg, n);
	*ret_len = n == 0 ? 0 : (uint8_t)(name[n - 1] == '+' ? n - 1 : n + 1);
	return true;
}

bool l2_parse_net4(struct diag *d, struct pos pos, const char *text, be32 *ret_addr, be32 *ret_mask)
{
	union inet_addr addr = { .all = { 0 } }, mask = { .all = { 0 } };
	const char *slash = strrchr(text, '/');
	char host[256];

	if (strlen(text) >= sizeof(host)) {
		diag_error(d, pos, "Hostname too long");
		return false;
	}
	strcpy(host, text);
	mask.ip = UINT32_MAX;
	if (slash) {
		host[slash - text] = '\0';
		if (!parse_ipmask(slash + 1, NFPROTO_IPV4, &mask)) {
			diag_error(d, pos, "invalid mask `%s' specified", slash + 1);
			diag_hint(d, "a prefix length from 0 to 32, or a mask such as 255.255.255.0");
			return false;
		}
	}
	if (mask.ip && !parse_hostnetwork(host, NFPROTO_IPV4, &addr)) {
		diag_error(d, pos, "host/network `%s' not found", host);
		diag_hint(d, "an address as in 192.0.2.1 or 192.0.2.0/24; names are not looked up");
		return false;
	}
	*ret_mask = mask.ip;
	*ret_addr = addr.ip & mask.ip;
	return true;
}

/* ---- targets ---- */

static bool is_verdict(const char *name)
{
	return strcmp(name, "ACCEPT") == 0 || strcmp(name, "DROP") == 0 || strcmp(name, "RETURN") == 0;
}

/* Targets that libxtables has for every family. */
static bool is_xtables_target(const char *name)
{
	static const char *const names[] = {
		"AUDIT", "CHECKSUM", "CLASSIFY", "CONNMARK", "CONNSECMARK", "CT", "HMARK", "IDLETIMER", "LED", "LOG", "MARK", "NFLOG",
		"NFQUEUE", "NOTRACK", "QUEUE", "RATEEST", "SECMARK", "SET", "SYNPROXY", "TCPMSS", "TEE", "TPROXY", "TRACE",
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

bool l2_known_target(const struct parser *ps, const char *name)
{
	return is_verdict(name) || strcmp(name, "QUEUE") == 0 || ext_names_target(ps->names, name) || is_xtables_target(name);
}

bool l2_jump(struct l2_cmd *c, const char *name)
{
	const struct target_ext *ext;

	if (!*name)
		return l2_error(c, l2_arg_pos(c, optind - 1), "Invalid target name (too short)");
	if (strlen(name) > 28)
		return l2_error(c, l2_arg_pos(c, optind - 1), "Invalid target name `%s' (%u chars max)", name, 28);
	c->jumpto = arena_strdup(c->ps->arena, name);
	c->rule.target_pos = l2_arg_pos(c, optind - 1);
	ext = is_verdict(name) ? NULL : ext_names_target(c->ps->names, name);
	if (!ext)
		return true;
	c->rule.ext = ext;
	c->rule.target_info = arena_alloc(c->ps->arena, ext->size ? ext->size : 1);
	if (ext->init)
		ext->init(c->rule.target_info);
	return true;
}

bool l2_option_parse(struct l2_cmd *c, const struct l2_option *o, void *info, uint32_t *xflags)
{
	struct ext_cb cb = {
		.ext_name = o->match ? o->match->name : o->target->name, .form = o->match ? o->match->form : o->target->form, .opt = o->opt, .arg = optarg, .invert = c->invert,
		.family = c->ps->opt->family, .info = info, .xflags = *xflags, .rule = &c->rule, .arena = c->ps->arena,
		.pos = l2_arg_pos(c, optind - 1), .diag = c->ps->diag,
	};

	if (!option_parse(o->match ? o->match->opts : o->target->opts, &cb))
		return false;
	*xflags = cb.xflags;
	return true;
}

bool l2_target_final(struct l2_cmd *c)
{
	struct ext_cb cb = {
		.family = c->ps->opt->family, .info = c->rule.target_info, .xflags = c->target_xflags, .rule = &c->rule,
		.arena = c->ps->arena, .pos = c->rule.target_pos, .diag = c->ps->diag,
	};

	if (!c->rule.ext)
		return true;
	cb.ext_name = c->rule.ext->name;
	cb.form = c->rule.ext->form;
	return options_final(c->rule.ext->opts, &cb, c->rule.ext->final);
}

static bool resolve_target(struct l2_cmd *c)
{
	struct rule *r = &c->rule;
	struct chain *to;

	r->verdict = XT_CONTINUE;
	r->target_name = c->jumpto;
	if (!c->jumpto || r->ext)
		return true;
	if (is_verdict(c->jumpto)) {
		r->verdict = *c->jumpto == 'A' ? XT_ACCEPT : *c->jumpto == 'D' ? XT_DROP : XT_RETURN;
		return true;
	}
	to = build_chain(c->ps->build, c->jumpto);
	if (to && to->builtin) {
		l2_refused(c->ps->diag, r->target_pos, build_chain(c->ps->build, c->chain), EOPNOTSUPP);
		diag_hint(c->ps->diag, "a rule cannot jump to the builtin chain %s", to->name);
		return false;
	}
	if (to) {
		r->target_chain = to;
		r->verdict = XT_JUMP;
		return true;
	}
	if (l2_known_target(c->ps, c->jumpto)) {
		l2_refused(c->ps->diag, r->target_pos, build_chain(c->ps->build, c->chain), ENOENT);
		diag_hint(c->ps->diag, "target %s is not emulated in rules of %s", c->jumpto,
			  c->ps->opt->family == NFPROTO_ARP ? "arptables" : "ebtables");
		return false;
	}
	l2_error(c, r->target_pos, "Chain '%s' does not exist", c->jumpto);
	diag_hint(c->ps->diag, "neither a chain of table %s nor a target", build_table_name(c->ps->build));
	return false;
}

/* ---- commands ---- */

/* The rule as the table keeps it, with memory of its own. */
static struct rule *own_rule(struct l2_cmd *c)
{
	struct arena *a = c->ps->arena;
	struct rule *r = arena_memdup(a, &c->rule, sizeof(*r));

	if (r->nr_match)
		r->match = arena_memdup(a, r->match, r->nr_match * sizeof(*r->match));
	for (uint32_t i = 0; i < r->nr_match; i++)
		if (r->match[i].ext->state_size)
			r->match[i].state = arena_alloc(a, r->match[i].ext->state_size);
	if (r->ext && r->ext->state_size)
		r->target_state = arena_alloc(a, r->ext->state_size);
	return r;
}

static bool rule_missing(struct l2_cmd *c, const char *what)
{
	l2_error(c, c->line, "%s failed (No such file or directory): rule in chain %s", what, c->chain);
	diag_hint(c->ps->diag, "there is no such rule in chain %s", c->chain);
	return false;
}

static bool delete_rules(struct l2_cmd *c, struct chain *chain)
{
	uint32_t at;

	if (c->rulenum) {
		if (c->rulenum > build_nr_rules(chain) || c->rulenum_end > build_nr_rules(chain))
			return rule_missing(c, "RULE_DELETE");
		for (unsigned i = c->rulenum; i <= c->rulenum_end; i++)
			build_delete(c->ps->build, chain, c->rulenum - 1);
		return true;
	}
	c->rule.chain = chain;
	at = build_find(chain, &c->rule);
	if (at == UINT32_MAX)
		return rule_missing(c, "RULE_DELETE");
	build_delete(c->ps->build, chain, at);
	return true;
}

static bool apply_rule(struct l2_cmd *c)
{
	struct chain *chain = build_chain(c->ps->build, c->chain);
	unsigned at = c->command == 'I' ? c->rulenum - 1 : UINT32_MAX;

	if (!chain)
		return commit_failed(c->ps, c->chain_pos, "there is no such chain in this table");
	if (!resolve_target(c))
		return false;
	if (c->command == 'D')
		return delete_rules(c, chain);
	if (build_insert(c->ps->build, chain, at, own_rule(c)) == 0)
		return true;
	l2_error(c, c->line, "RULE_INSERT failed (No such file or directory): rule in chain %s", c->chain);
	diag_hint(c->ps->diag, "chain %s has %u rules", c->chain, build_nr_rules(chain));
	return false;
}

static bool valid_chain_name(struct parser *ps, struct pos pos, const char *name)
{
	if (strlen(name) > 28)
		return parse_error(ps, pos, "chain name `%s' too long (must be under %u chars)", name, 29);
	if (*name == '-' || *name == '!')
		return parse_error(ps, pos, "chain name not allowed to start with `%c'", *name);
	if (l2_known_target(ps, name))
		return parse_error(ps, pos, "chain name may not clash with target name");
	for (const char *p = name; *p; p++)
		if (isspace((unsigned char)*p))
			return parse_error(ps, pos, "Invalid chain name `%s'", name);
	return true;
}

static bool set_policy(struct parser *ps, struct pos pos, struct chain *c, const char *policy)
{
	bool eb_user = !c->builtin && ps->opt->family == NFPROTO_BRIDGE;

	if (strcmp(policy, "ACCEPT") == 0 || strcmp(policy, "DROP") == 0)
		c->policy = *policy == 'A' ? XT_ACCEPT : XT_DROP;
	else if (eb_user && strcmp(policy, "RETURN") == 0)
		c->policy = XT_RETURN;
	else
		return commit_failed(ps, pos, eb_user ? "a policy is ACCEPT, DROP or RETURN" : "a policy is ACCEPT or DROP");
	return true;
}

/* What is not a rule. */
static bool apply_chain(struct l2_cmd *c)
{
	struct build *b = c->ps->build;
	struct chain *chain = c->chain ? build_chain(b, c->chain) : NULL;
	int err = 0;

	switch (c->command) {
	case 'N':
		if (!valid_chain_name(c->ps, c->chain_pos, c->chain))
			return false;
		err = build_add_chain(b, c->chain, c->line);
		if (!err)
			build_chain(b, c->chain)->policy = c->ps->opt->family == NFPROTO_ARP ? XT_RETURN : XT_ACCEPT;
		break;
	case 'P':
		if (!chain)
			return commit_failed(c->ps, c->chain_pos, "there is no such chain in this table");
		if (!chain->builtin && c->ps->opt->family == NFPROTO_ARP)
			return commit_failed(c->ps, c->chain_pos, "only builtin chains have a policy");
		return set_policy(c->ps, c->line, chain, c->policy);
	case 'F':
		err = build_flush(b, c->chain);
		break;
	case 'X':
		err = c->chain ? build_del_chain(b, c->chain) : build_del_chains(b);
		break;
	case 'E':
		err = build_rename_chain(b, c->chain, c->newname);
		break;
	}
	if (!err)
		return true;
	l2_error(c, c->chain ? c->chain_pos : c->line, "CHAIN_%s failed (%s): chain %s",
		 c->command == 'N' ? "USER_ADD" : c->command == 'E' ? "RENAME" : c->command == 'F' ? "USER_FLUSH" : "USER_DEL",
		 err == -ENOTEMPTY || err == -EMLINK ? "Device or resource busy" : strerror(-err), c->chain ? c->chain : "");
	return false;
}

bool l2_apply(struct l2_cmd *c)
{
	bool is_rule = c->command == 'A' || c->command == 'I' || c->command == 'D';

	return is_rule ? apply_rule(c) : apply_chain(c);
}

/* ---- lines ---- */

static void put_table(struct ruleset *rs, struct table *t)
{
	struct table **grown = arena_array(rs->arena, struct table *, rs->nr_tables + 1);
	uint32_t n = 0;

	for (uint32_t i = 0; i < rs->nr_tables; i++)
		if (strcmp(rs->table[i]->name, t->name) != 0)
			grown[n++] = rs->table[i];
	t->ruleset = rs;
	grown[n++] = t;
	rs->table = grown;
	rs->nr_tables = n;
}

/* ebtables-nft makes a rule of the policy of a chain of the user's. */
static void add_policy_rules(struct parser *ps)
{
	static const struct eb_match policy = { .policy = true };

	for (struct chain *c = build_next_chain(ps->build, NULL); c; c = build_next_chain(ps->build, c)) {
		struct rule *r;

		if (c->builtin || c->policy == XT_RETURN)
			continue;
		r = arena_new(ps->arena, struct rule);
		r->pos = c->pos;
		r->ip.family = NFPROTO_BRIDGE;
		r->eb = &policy;
		r->verdict = c->policy;
		r->target_name = c->policy == XT_DROP ? "DROP" : "ACCEPT";
		build_insert(ps->build, c, UINT32_MAX, r);
	}
}

static void commit(struct parser *ps)
{
	struct table *t;

	if (!ps->build)
		return;
	add_policy_rules(ps);
	t = build_end(ps->build);
	ps->build = NULL;
	put_table(ps->rs, t);
	if (ps->diag->nr_errors > ps->errors_before || !table_check(t, ps->line, ps->diag))
		return;
	if (t->max_depth > MAX_JUMPS) {
		l2_refused(ps->diag, t->pos, t->chain[0], EMLINK);
		diag_hint(ps->diag, "jumps nest %u deep, and the kernel allows %d", t->max_depth, MAX_JUMPS);
	}
}

static bool begin_table(struct parser *ps, size_t off, size_t end)
{
	struct word name = lex_token(ps, &off, end);
	const struct table_desc *desc = l2_table_desc(ps->opt->family, name.s);

	commit(ps);
	if (!*name.s)
		return parse_error(ps, ps->line_pos, "%s: line %u table name invalid", program(ps), ps->line);
	if (desc) {
		ps->build = build_begin(ps->arena, desc, ps->opt->family, ps->line_pos);
		return true;
	}
	parse_error(ps, name.pos, "%s: line %u table name '%s' invalid", program(ps), ps->line, name.s);
	diag_hint(ps->diag, ps->opt->family == NFPROTO_ARP ? "the table is filter" :
		  strcmp(name.s, "broute") == 0 ? "ebtables-nft 1.8.9 has no table broute" : "the tables are filter and nat");
	return false;
}

static bool chain_line(struct parser *ps, size_t off, size_t end)
{
	struct word name = lex_token(ps, &off, end), policy = lex_token(ps, &off, end);
	struct chain *c;

	if (!*name.s)
		return parse_error(ps, ps->line_pos, "%s: line %u chain name invalid", program(ps), ps->line);
	if (!valid_chain_name(ps, name.pos, name.s))
		return false;
	if (!*policy.s)
		return parse_error(ps, ps->line_pos, "%s: line %u policy invalid", program(ps), ps->line);
	c = build_chain(ps->build, name.s);
	if (!c) {
		build_add_chain(ps->build, name.s, ps->line_pos);
		c = build_chain(ps->build, name.s);
		c->policy = XT_RETURN;
	}
	if (c->builtin && strcmp(policy.s, "-") == 0)
		return true;
	if (!c->builtin && ps->opt->family == NFPROTO_ARP)
		return true;
	return set_policy(ps, policy.pos, c, policy.s);
}

/* "[1:2]" before a rule is passed over: neither program has -c. */
static bool skip_counters(struct parser *ps, size_t *off, size_t end)
{
	const char *s = ps->src->text + *off, *close;

	if (*s != '[')
		return true;
	close = memchr(s, ']', end - *off);
	if (!close || !memchr(s, ':', (size_t)(close - s)))
		return parse_error(ps, ps->line_pos, "Bad line %u: need ]", ps->line);
	*off += (size_t)(close - s) + 1;
	return true;
}

static bool rule_line(struct parser *ps, size_t off, size_t end)
{
	struct l2_cmd c = { .ps = ps, .line = ps->line_pos };
	struct words w;

	if (!skip_counters(ps, &off, end) || !lex_words(ps, off, end, 3, &w))
		return false;
	c.w = &w;
	c.argc = (int)w.n + 3;
	c.argv = arena_array(ps->scratch, char *, w.n + 4);
	c.argv[0] = arena_strdup(ps->scratch, program(ps));
	c.argv[1] = arena_strdup(ps->scratch, "-t");
	c.argv[2] = arena_strdup(ps->scratch, build_table_name(ps->build));
	for (unsigned i = 0; i < w.n; i++)
		c.argv[i + 3] = arena_strdup(ps->scratch, w.w[i].s);
	c.rule.pos = ps->line_pos;
	c.rule.ip.family = ps->opt->family;
	opterr = 0;
	optind = 0;
	return ps->opt->family == NFPROTO_ARP ? arp_command(&c) : eb_command(&c);
}

/* One line; *skip is on while a table that does not exist is passed over. */
static void take_line(struct parser *ps, size_t off, size_t len, bool *skip)
{
	const char *s = ps->src->text + off;

	ps->line_pos = (struct pos){ ps->src, off, len && s[len - 1] == '\n' ? len - 1 : len };
	if (len == 0 || *s == '#' || *s == '\n')
		return;
	if (*s == '*') {
		*skip = !begin_table(ps, off + 1, off + len);
	} else if (*skip) {
		return;
	} else if (ps->build && ps->line_pos.len == 6 && memcmp(s, "COMMIT", 6) == 0) {
		commit(ps);
	} else if (!ps->build) {
		parse_error(ps, ps->line_pos, "%s: line %u failed", program(ps), ps->line);
		diag_hint(ps->diag, "a table begins with a line like \"*filter\"");
	} else if (*s == ':') {
		chain_line(ps, off + 1, off + len);
	} else {
		rule_line(ps, off, off + len);
	}
}

struct ruleset *l2_ruleset_load(struct arena *a, struct source *src, const struct rules_options *opt, struct diag *d)
{
	struct parser ps = { .arena = a, .src = src, .diag = d, .opt = opt, .errors_before = d->nr_errors };
	struct lexer lx = { src, 0 };
	struct arena_mark mark;
	size_t off, len;
	bool skip = false;

	ps.rs = arena_new(a, struct ruleset);
	ps.rs->arena = a;
	ps.rs->family = opt->family;
	ps.names = ext_names_create(a, opt->family);
	ps.scratch = arena_create();
	arena_alloc(ps.scratch, 1);	/* the first block stays */
	mark = arena_mark(ps.scratch);
	while (lex_line(&lx, &off, &len)) {
		ps.line++;
		take_line(&ps, off, len, &skip);
		arena_rewind(ps.scratch, mark);
	}
	commit(&ps);
	arena_destroy(ps.scratch);
	ext_names_destroy(ps.names);
	return d->nr_errors == ps.errors_before ? ps.rs : NULL;
}
