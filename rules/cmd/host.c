// SPDX-License-Identifier: MIT
/* host.c - the tables of a host while commands change them, and the three programs that do. A table is
 * put into the host's hooks only when packets are to flow: a script of a thousand lines makes it once. */
#include "rules/cmd/cmd.h"
#include "rules/model/check.h"
#include <getopt.h>
#include <stdlib.h>

#define NR_TABLES 5

struct slot { const char *name; struct build *build; bool changed; };

struct xtables {
	struct host *h;
	struct arena *arena;
	struct diag *diag;
	struct rules_options opt;
	struct ext_names *names;
	struct slot slot[NR_TABLES];	/* in the order in which they came to be */
	unsigned nr;
	struct ruleset view;		/* all tables, for checks that look at others */
	struct table *view_table[NR_TABLES];
};

struct xtables *xtables_open(struct host *h, const struct rules_options *opt, struct diag *d)
{
	struct xtables *x = arena_new(h->arena, struct xtables);
	const struct ruleset *rs = host_ruleset_of(h, opt->family, opt->nft);

	x->h = h;
	x->arena = h->arena;
	x->diag = d;
	x->opt = *opt;
	x->names = ext_names_create(h->arena, opt->family);
	for (uint32_t i = 0; rs && i < rs->nr_tables; i++)
		x->slot[x->nr++].name = rs->table[i]->name;
	return x;
}

static struct slot *slot_of(struct xtables *x, const char *table)
{
	for (unsigned i = 0; i < x->nr; i++)
		if (strcmp(x->slot[i].name, table) == 0)
			return &x->slot[i];
	return NULL;
}

struct build *xtables_build(struct xtables *x, const char *table)
{
	const struct table_desc *desc = table_desc(table);
	struct slot *s = slot_of(x, table);

	if (!desc)
		return NULL;
	if (!s) {
		s = &x->slot[x->nr++];
		s->name = desc->name;
		s->build = build_begin(x->arena, desc, x->opt.family, (struct pos){ 0 });
		s->changed = true;
	}
	if (!s->build)
		s->build = build_reopen(x->arena, ruleset_table(host_ruleset_of(x->h, x->opt.family, x->opt.nft), table));
	return s->build;
}

struct table *xtables_view(struct xtables *x, struct build *b, struct arena *scratch)
{
	struct table *mine = build_view(b, scratch);

	x->view = (struct ruleset){ .arena = x->arena, .family = x->opt.family, .table = x->view_table };
	for (unsigned i = 0; i < x->nr; i++) {
		const struct slot *s = &x->slot[i];
		struct table *t = mine;

		if (strcmp(s->name, mine->name) != 0)
			t = s->build ? build_view(s->build, scratch) :
				       ruleset_table(host_ruleset_of(x->h, x->opt.family, x->opt.nft), s->name);
		if (!t)
			continue;
		x->view_table[x->view.nr_tables++] = t;
	}
	mine->ruleset = &x->view;
	return mine;
}

void xtables_replace(struct xtables *x, struct build *b)
{
	struct slot *s = slot_of(x, build_table_name(b));

	if (s->build)
		build_abandon(s->build);
	s->build = b;
	s->changed = true;
}

void xtables_sync(struct xtables *x)
{
	struct ruleset *rs = arena_new(x->arena, struct ruleset);

	rs->arena = x->arena;
	rs->family = x->opt.family;
	rs->nft = x->opt.nft;
	rs->table = arena_array(x->arena, struct table *, NR_TABLES);
	/* hooks and depths of the tables as they are now */
	for (unsigned i = 0; i < x->nr; i++)
		if (x->slot[i].build && x->slot[i].changed)
			table_check(xtables_view(x, x->slot[i].build, x->arena), 0, x->diag);
	for (unsigned i = 0; i < x->nr; i++) {
		struct slot *s = &x->slot[i];

		if (s->build && !s->changed)
			build_abandon(s->build);
		if (s->build && s->changed) {
			struct table *t = build_end(s->build);

			t->ruleset = rs;
			rs->table[rs->nr_tables++] = t;
		}
	}
	for (unsigned i = 0; i < x->nr; i++) {
		x->slot[i].build = NULL;
		x->slot[i].changed = false;
	}
	ruleset_install(rs, x->h, x->diag);
}

void xtables_close(struct xtables *x)
{
	for (unsigned i = 0; i < x->nr; i++)
		if (x->slot[i].build)
			build_abandon(x->slot[i].build);
	ext_names_destroy(x->names);
}

void cmd_result_free(struct cmd_result *r)
{
	sb_free(&r->out);
	sb_free(&r->err);
}

static const char *name_of(const struct xtables *x)
{
	return iptables_name(x->opt.family);
}

/* Problems that are not the words' fault: no pointer to the help, another status. */
static const struct { const char *starts; int status; } other_problems[] = {
	{ "can't initialize iptables table", 3 }, { "can't initialize ip6tables table", 3 }, { "mktime returned an error", 1 },
};

/* suffix: "", or "-restore". */
static void try_help(struct cmd_result *r, const char *program, const char *suffix)
{
	sb_printf(&r->err, "Try `%s%s -h' or '%s%s --help' for more information.\n", program, suffix, program, suffix);
	r->status = 2;
}

static void put_error(const struct xtables *x, const struct diag_msg *m, struct cmd_result *r)
{
	const char *program = name_of(x);
	size_t n = strlen(program);

	if (strncmp(m->raw, program, n) == 0 && strncmp(m->raw + n, ": ", 2) == 0) {
		sb_printf(&r->err, "%s\n", m->raw);
		r->status = 1;
		return;
	}
	if (strncmp(m->raw, "Bad argument", 12) != 0)
		sb_printf(&r->err, "%s %s: ", program, iptables_version(&x->opt));
	sb_printf(&r->err, "%s\n", m->raw);
	for (size_t i = 0; i < ARRAY_SIZE(other_problems); i++)
		if (strncmp(m->raw, other_problems[i].starts, strlen(other_problems[i].starts)) == 0) {
			r->status = other_problems[i].status;
			if (r->status == 3)
				sb_printf(&r->err, "Perhaps %s or your kernel needs to be upgraded.\n", program);
			return;
		}
	try_help(r, program, "");
}

/* Of iptables-restore; line: where it stopped. */
static void put_restore_error(const struct xtables *x, const struct diag_msg *m, unsigned line, struct cmd_result *r)
{
	static const char failed[] = "line %u failed", *own[] = { "unable to initialize", "line " };
	const char *program = name_of(x);

	r->status = 1;
	if (strncmp(m->raw, "line ", 5) == 0 && strstr(m->raw, " failed")) {
		sb_printf(&r->err, "%s-restore: ", program);
		sb_printf(&r->err, failed, line);
		sb_putc(&r->err, '\n');
		return;
	}
	if (strncmp(m->raw, "COMMIT expected", 15) == 0) {
		sb_printf(&r->err, "%s-restore: %s\n", program, m->raw);
		return;
	}
	if (strncmp(m->raw, "Bad argument", 12) != 0)
		sb_printf(&r->err, "%s-restore %s: ", program, iptables_version(&x->opt));
	for (size_t i = 0; i < ARRAY_SIZE(own); i++)
		if (strncmp(m->raw, own[i], strlen(own[i])) == 0)
			sb_printf(&r->err, "%s-restore: ", program);
	sb_printf(&r->err, "%s\n", m->raw);
	if (strncmp(m->raw, "Can't set policy", 16) == 0)
		return;
	sb_printf(&r->err, "Error occurred at line: %u\n", line);
	try_help(r, program, "-restore");
}

static const struct diag_msg *first_error(const struct diag *d)
{
	const struct diag_msg *m = d->first;

	while (m && m->severity != DIAG_ERROR)
		m = m->next;
	return m;
}

/* Messages that the programs print without failing end in a newline; the others are hookwalk's own. */
static void put_warnings(struct xtables *x, const struct diag *d, struct cmd_result *r)
{
	for (const struct diag_msg *m = d->first; m; m = m->next) {
		if (m->severity != DIAG_WARNING)
			continue;
		if (m->raw[strlen(m->raw) - 1] == '\n')
			sb_puts(&r->err, m->raw);
		diag_warn(x->diag, m->pos, "%s", m->text);
		if (m->hint)
			diag_hint(x->diag, "%s", m->hint);
	}
}

static struct parser make_parser(struct xtables *x, struct diag *d, struct cmd_result *r)
{
	diag_init(d, x->arena);
	return (struct parser){
		.arena = x->arena, .diag = d, .opt = &x->opt, .names = x->names, .xt = x, .out = &r->out, .err = &r->err,
	};
}

/* iptables-nft listed its rules; suffix: "" or "-save", of the program that shows the others. */
static void warn_of_legacy(const struct xtables *x, const char *suffix, struct cmd_result *r)
{
	const struct ruleset *legacy = host_ruleset(x->h, x->opt.family);

	if (x->opt.nft && !r->status && legacy && legacy->nr_tables)
		sb_printf(&r->err, "# Warning: %s-legacy tables present, use %s-legacy%s to see them\n", name_of(x), name_of(x), suffix);
}

void xtables_command(struct xtables *x, const struct words *w, struct pos line, struct cmd_result *r)
{
	const char *table = "filter";
	struct build *fresh = NULL;
	const struct diag_msg *m;
	struct diag d;
	struct parser ps = make_parser(x, &d, r);

	/* hints look at the table that is probably meant; only the command itself makes one */
	for (unsigned i = 0; i + 1 < w->n; i++)
		if ((strcmp(w->w[i].s, "-t") == 0 || strcmp(w->w[i].s, "--table") == 0) && table_desc(w->w[i + 1].s))
			table = w->w[i + 1].s;
	if (slot_of(x, table))
		ps.build = xtables_build(x, table);
	else
		ps.build = fresh = build_begin(x->arena, table_desc(table), x->opt.family, line);
	ps.scratch = arena_create();
	ps.line_pos = line;
	ps.command = true;
	if (parse_command(&ps, w, NULL))
		slot_of(x, build_table_name(ps.build))->changed |= ps.changed;
	put_warnings(x, &d, r);
	if ((m = first_error(&d))) {
		put_error(x, m, r);
		r->pos = m->pos;
		r->hint = m->hint;
	} else if (ps.status) {
		try_help(r, name_of(x), "");
	}
	if (fresh)
		build_abandon(fresh);
	arena_destroy(ps.scratch);
	if (ps.listed)
		warn_of_legacy(x, "", r);
}

/* getopt's own message for iptables-save and iptables-restore. */
static void bad_option(struct cmd_result *r, const char *program, const char *word, int letter, bool missing)
{
	if (missing && strncmp(word, "--", 2) != 0)
		sb_printf(&r->err, "%s: option requires an argument -- '%c'\n", program, letter);
	else if (missing)
		sb_printf(&r->err, "%s: option '%s' requires an argument\n", program, word);
	else if (strncmp(word, "--", 2) == 0)
		sb_printf(&r->err, "%s: unrecognized option '%s'\n", program, word);
	else
		sb_printf(&r->err, "%s: invalid option -- '%c'\n", program, letter);
	r->status = 1;
}

struct save_words { const char *table; bool counters, done; };

static void save_options(const struct xtables *x, struct save_words *o, const char *program, int argc, char **argv, struct cmd_result *r)
{
	static const struct option longs[] = {
		{ "counters", no_argument, NULL, 'c' }, { "version", no_argument, NULL, 'V' }, { "dump", no_argument, NULL, 'd' },
		{ "table", required_argument, NULL, 't' }, { "modprobe", required_argument, NULL, 'M' },
		{ "file", required_argument, NULL, 'f' }, { 0 }
	};
	int c;

	opterr = 0;
	optind = 0;
	while (!o->done && (c = getopt_long(argc, argv, ":bcdt:M:f:V", longs, NULL)) != -1) {
		if (c == 'c') {
			o->counters = true;
		} else if (c == 't') {
			o->table = optarg;
		} else if (c == 'V') {
			sb_printf(&r->out, "%s %s\n", program, iptables_version(&x->opt));
			o->done = true;
		} else if (c == 'f') {
			sb_printf(&r->err, "hookwalk: %s -f: files are not written\n", program);
			r->status = 1;
			o->done = true;
		} else if (c == '?' || c == ':') {
			bad_option(r, program, argv[optind - 1], optopt, c == ':');
			sb_printf(&r->err, "Look at manual page `%s.8' for more information.\n", program);
			o->done = true;
		}
	}
	if (!o->done && optind < argc) {
		sb_puts(&r->err, "Unknown arguments found on commandline\n");
		r->status = 1;
		o->done = true;
	}
}

static char **make_argv(struct xtables *x, const char *program, const struct words *w)
{
	char **argv = arena_array(x->arena, char *, w->n + 2);

	argv[0] = arena_strdup(x->arena, program);
	for (unsigned i = 0; i < w->n; i++)
		argv[i + 1] = arena_strdup(x->arena, w->w[i].s);
	return argv;
}

/* Without the two comment lines that hold the date: same rules, same bytes. */
void xtables_save(struct xtables *x, const struct words *w, struct cmd_result *r)
{
	const char *program = x->opt.family == NFPROTO_IPV6 ? "ip6tables-save" : "iptables-save";
	struct save_words o = { 0 };
	struct arena *scratch;

	save_options(x, &o, program, (int)w->n + 1, make_argv(x, program, w), r);
	if (o.done)
		return;
	if (o.table && !xtables_build(x, o.table)) {
		sb_printf(&r->err, "%s %s: Cannot initialize: Table does not exist (do you need to insmod?)\n", program, iptables_version(&x->opt));
		r->status = 1;
		return;
	}
	scratch = arena_create();
	for (unsigned i = x->nr; i-- > 0;)	/* the kernel lists the newest first */
		if (!o.table || strcmp(o.table, x->slot[i].name) == 0)
			table_save(build_view(xtables_build(x, x->slot[i].name), scratch), o.counters, &r->out);
	arena_destroy(scratch);
	warn_of_legacy(x, "-save", r);
}

struct restore_words { const char *table, *file; bool counters, verbose, test, noflush, wait, wait_interval, done; };

/* -w and -W, whose value may be the next word: a lock that nobody else holds here. */
static void take_restore_wait(const struct xtables *x, struct restore_words *o, const char *program, int c, int argc, char **argv, struct cmd_result *r)
{
	const char *s = optarg, *what = NULL;
	char *end;

	if (!s && optind < argc && argv[optind][0] != '-' && argv[optind][0] != '!')
		s = argv[optind++];
	*(c == 'w' ? &o->wait : &o->wait_interval) = true;
	if (!s && c == 'W') {
		what = "wait interval value required";
	} else if (s) {
		strtoul(s, &end, 10);
		if (end == s || *end)
			what = c == 'w' ? "wait seconds not numeric" : "wait interval not numeric";
	}
	if (what) {
		sb_printf(&r->err, "%s %s: %s\nError occurred at line: 0\n", program, iptables_version(&x->opt), what);
		try_help(r, program, "");
		o->done = true;
	} else if (c == 'W') {
		sb_puts(&r->err, "Ignoring deprecated --wait-interval option.\n");
	}
}

static void restore_options(const struct xtables *x, struct restore_words *o, const char *program, int argc, char **argv, struct cmd_result *r)
{
	static const struct option longs[] = {
		{ "counters", no_argument, NULL, 'c' }, { "verbose", no_argument, NULL, 'v' }, { "version", no_argument, NULL, 'V' },
		{ "test", no_argument, NULL, 't' }, { "help", no_argument, NULL, 'h' }, { "noflush", no_argument, NULL, 'n' },
		{ "modprobe", required_argument, NULL, 'M' }, { "table", required_argument, NULL, 'T' },
		{ "wait", optional_argument, NULL, 'w' }, { "wait-interval", optional_argument, NULL, 'W' }, { 0 }
	};
	int c;

	opterr = 0;
	optind = 0;
	while (!o->done && (c = getopt_long(argc, argv, ":bcvVthnwWM:T:", longs, NULL)) != -1) {
		switch (c) {
		case 'c':	o->counters = true;	break;
		case 'v':	o->verbose = true;	break;
		case 't':	o->test = true;		break;
		case 'n':	o->noflush = true;	break;
		case 'T':	o->table = optarg;	break;
		case 'w':
		case 'W':
			take_restore_wait(x, o, program, c, argc, argv, r);
			break;
		case 'V':
			sb_printf(&r->out, "%s %s\n", program, iptables_version(&x->opt));
			o->done = true;
			break;
		case '?':
		case ':':
			bad_option(r, program, argv[optind - 1], optopt, c == ':');
			sb_printf(&r->err, "Try `%s -h' for more information.\n", program);
			o->done = true;
			break;
		default:
			break;
		}
	}
	if (!o->done && argc - optind > 1) {
		sb_puts(&r->err, "Unknown arguments found on commandline\n");
		r->status = 1;
		o->done = true;
	} else if (!o->done && optind < argc) {
		o->file = argv[optind];
	} else if (!o->done && o->wait_interval && !o->wait) {
		sb_puts(&r->err, "Option --wait-interval requires option --wait\n");
		r->status = 1;
		o->done = true;
	}
}

void xtables_restore(struct xtables *x, const struct words *w, struct pos line, struct source *input, size_t off,
		     struct cmd_result *r)
{
	const char *program = x->opt.family == NFPROTO_IPV6 ? "ip6tables-restore" : "iptables-restore";
	struct restore_words o = { 0 };
	struct rules_options opt = x->opt;
	const struct diag_msg *m;
	struct diag d;
	struct parser ps;

	restore_options(x, &o, program, (int)w->n + 1, make_argv(x, program, w), r);
	if (o.done)
		return;
	if (o.file) {
		sb_printf(&r->err, "Can't open %s: No such file or directory\n", o.file);
		r->hint = "files are not read here: give the rules in a here-document, or as rules.v4 (rules.v6)";
		r->status = 1;
		return;
	}
	opt.keep_counters = o.counters;
	ps = make_parser(x, &d, r);
	ps.opt = &opt;
	ps.src = input;
	ps.line_pos = line;
	ps.verbose = o.verbose;
	ps.noflush = o.noflush;
	ps.test = o.test;
	ps.only_table = o.table;
	if (input)
		parse_lines(&ps, off);
	put_warnings(x, &d, r);
	if ((m = first_error(&d))) {
		put_restore_error(x, m, ps.line, r);
		r->pos = m->pos;
		r->hint = m->hint;
	}
}
