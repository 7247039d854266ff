// SPDX-License-Identifier: MIT
/* command.c - the program ipset: its words, its commands, and the lines of "ipset restore". */
#include "rules/ipset/internal.h"
#include "sim/base/arena.h"
#include <stdlib.h>

#define LINE_WORDS 64
#define BATCH 256	/* lines of one set that restore hands to the kernel at once */

enum command {
	CMD_CREATE, CMD_ADD, CMD_DEL, CMD_TEST, CMD_DESTROY, CMD_LIST, CMD_SAVE, CMD_RESTORE, CMD_FLUSH, CMD_RENAME, CMD_SWAP,
	CMD_HELP, CMD_VERSION, CMD_QUIT
};

static const struct command_name { enum command cmd; const char *name, *alias, *letter; uint8_t must, may; } commands[] = {
	{ CMD_CREATE, "create", "new", "-N", 2, 255 }, { CMD_ADD, "add", NULL, "-A", 2, 255 }, { CMD_DEL, "del", NULL, "-D", 2, 255 },
	{ CMD_TEST, "test", NULL, "-T", 2, 255 }, { CMD_DESTROY, "destroy", "x", "-X", 0, 1 }, { CMD_LIST, "list", NULL, "-L", 0, 1 },
	{ CMD_SAVE, "save", NULL, "-S", 0, 1 }, { CMD_RESTORE, "restore", NULL, "-R", 0, 0 }, { CMD_FLUSH, "flush", NULL, "-F", 0, 1 },
	{ CMD_RENAME, "rename", "e", "-E", 2, 2 }, { CMD_SWAP, "swap", "w", "-W", 2, 2 }, { CMD_HELP, "help", NULL, "-H", 0, 1 },
	{ CMD_VERSION, "version", NULL, "-V", 0, 0 }, { CMD_QUIT, "quit", NULL, NULL, 0, 0 },
};

/* Options that any command may have, anywhere. */
struct general { struct print_options print; bool mode_given, exist, quiet; const char *file; };

struct batch { unsigned nr; enum ipset_op op; struct ip_set *s; struct arena *arena; struct { struct ipset_request r; unsigned line; } row[BATCH]; };

struct run {
	struct reader r;
	struct general g;
	struct ipset_result *res;
	unsigned line;			/* of restore, 0 = on the command line */
	bool exist;			/* -exist before "restore" */
	struct batch *batch;
};

static const struct command_name *find_command(const char *word)
{
	size_t n = strlen(word);

	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		const struct command_name *c = &commands[i];

		if (n && (strncmp(c->name, word, n) == 0 || (c->alias && strncmp(c->alias, word, n) == 0) ||
			  (c->letter && strcmp(c->letter, word) == 0) ||
			  (strncmp(word, "--", 2) == 0 && strcmp(c->name, word + 2) == 0)))
			return c;
		if (c->cmd == CMD_VERSION && strcmp(word, "-v") == 0)
			return c;
	}
	return NULL;
}

static bool is(const char *word, const char *letter, const char *name)
{
	return strcmp(word, letter) == 0 || strcmp(word, name) == 0 || (word[0] == '-' && strcmp(word + 1, name) == 0);
}

static bool print_mode(struct run *u, const char *s)
{
	static const struct { const char *name; enum print_mode mode; } modes[] = {
		{ "plain", PRINT_PLAIN }, { "save", PRINT_SAVE }, { "xml", PRINT_XML },
	};

	for (size_t i = 0; i < ARRAY_SIZE(modes); i++)
		if (strcmp(modes[i].name, s) == 0) {
			u->g.print.mode = modes[i].mode;
			u->g.mode_given = true;
			return true;
		}
	return fail(&u->r, "Syntax error: unknown output mode '%s'", s);
}

/* Takes the general options out of the words. */
static bool take_general(struct run *u, const char **argv, unsigned *argc)
{
	unsigned n = 0;

	for (unsigned i = 0; i < *argc; i++) {
		const char *w = argv[i];

		if (w[0] != '-') {
			argv[n++] = w;
		} else if (is(w, "-o", "-output") || is(w, "-f", "-file")) {
			bool out = w[1] == 'o' || w[2] == 'o';

			if (i + 1 == *argc)
				return fail_usage(&u->r, "Missing mandatory argument to option %s", out ? "-o" : "-f");
			i++;
			if (!out)
				u->g.file = argv[i];
			else if (!print_mode(u, argv[i]))
				return false;
		} else if (is(w, "-s", "-sorted")) {
			u->g.print.sorted = true;
		} else if (is(w, "-q", "-quiet")) {
			u->g.quiet = true;
		} else if (is(w, "-!", "-exist")) {
			u->g.exist = true;
		} else if (is(w, "-n", "-name")) {
			u->g.print.names = true;
		} else if (is(w, "-t", "-terse")) {
			u->g.print.terse = true;
		} else if (!is(w, "-r", "-resolve")) {
			argv[n++] = w;
		}
	}
	*argc = n;
	return true;
}

/* ---- what the kernel answered */

static bool answer(struct run *u, int err, const char *cmd)
{
	return !err || fail(&u->r, "%s", kernel_says(err, cmd));
}

static const char *const op_name[] = { "add", "del", "test" };

/* Lines that wait for their set: all are done up to the first that fails. */
static bool flush_batch(struct run *u)
{
	struct batch *b = u->batch;
	bool ok = true;

	for (unsigned i = 0; b && i < b->nr && ok; i++) {
		u->line = b->row[i].line;
		ok = answer(u, ipset_user(b->s, b->op, &b->row[i].r, u->exist), op_name[b->op]);
	}
	if (b)
		b->nr = 0;
	return ok;
}

static const char *keep(struct batch *b, const char *s)
{
	return s ? arena_strdup(b->arena, s) : NULL;
}

static bool put_in_batch(struct run *u, struct ip_set *s, enum ipset_op op, const struct ipset_request *q)
{
	struct batch *b = u->batch;
	unsigned line = u->line;

	if (b->nr && (b->nr == BATCH || b->s != s || b->op != op)) {
		if (!flush_batch(u))
			return false;
		u->line = line;
	}
	if (!b->nr)
		arena_rewind(b->arena, (struct arena_mark){ 0 });
	b->s = s;
	b->op = op;
	b->row[b->nr].r = *q;
	b->row[b->nr].line = line;
	b->row[b->nr].r.ext.comment = keep(b, q->ext.comment);
	b->row[b->nr].r.name = keep(b, q->name);
	b->row[b->nr].r.nameref = keep(b, q->nameref);
	b->nr++;
	return true;
}

/* ---- commands */

static bool run_create(struct run *u, const char *name, const char *type)
{
	const struct ipset_type *t;
	struct ipset_create c;

	if (!parse_setname(&u->r, name))
		return false;
	if (strlen(type) >= IPSET_MAXNAMELEN)
		return fail(&u->r, "Syntax error: typename '%s' is longer than %u characters", type, IPSET_MAXNAMELEN - 1);
	if (!(t = ipset_type_find(type)))
		return fail(&u->r, "Syntax error: typename '%s' is unknown", type);
	return parse_create(&u->r, t, &c) && answer(u, ipset_make(u->r.sets, name, &c, u->g.exist || u->exist), "create");
}

static bool find_set(struct run *u, const char *name, struct ip_set **ret)
{
	if (!parse_setname(&u->r, name))
		return false;
	*ret = ipset_find(u->r.sets, name);
	return *ret || answer(u, IPSET_ERR_NOENT, "");
}

static void tell_test(struct run *u, const struct ip_set *s, const struct ipset_request *q, bool in)
{
	const struct ipset_type *t = ipset_type(s);
	struct ipset_elem e = q->e;
	struct strbuf sb = { 0 };

	u->res->status = !in;
	if (u->g.quiet)
		return;
	e.physdev = false;
	e.cidr = q->has_cidr ? q->e.cidr : ipset_family(s) == NFPROTO_IPV6 ? 128 : 32;
	e.cidr2 = q->has_cidr2 ? q->e.cidr2 : ipset_family(s) == NFPROTO_IPV6 ? 128 : 32;
	if (t->kind == SET_LIST) {
		sb_puts(&sb, q->name);
		if (q->nameref)
			sb_printf(&sb, " after %s", q->nameref);
	} else {
		ipset_elem_text(s, u->r.sets, &e, &sb);
		if (t->part[0] == SETDIM_IP && q->has_to) {
			char buf[ADDRSTRLEN];

			sb_printf(&sb, "-%s", ip4_str(buf, q->to.ip));
		} else if (t->part[0] == SETDIM_IP && q->has_cidr && t->dim == 1 && q->e.cidr != (ipset_family(s) == NFPROTO_IPV6 ? 128 : 32)) {
			sb_printf(&sb, "/%u", q->e.cidr);
		}
	}
	sb_printf(&u->res->err, "%s%s is %sin set %s.\n", in ? "Warning: " : "", sb_str(&sb), in ? "" : "NOT ", ipset_name(s));
	sb_free(&sb);
}

static bool run_element(struct run *u, enum ipset_op op, const char *name, const char *elem)
{
	struct ip_set *s;
	struct ipset_request q;
	int err;

	if (!find_set(u, name, &s) || !parse_request(&u->r, s, op, elem, &q))
		return false;
	if (op != IPSET_TEST && u->line && !u->g.exist)
		return put_in_batch(u, s, op, &q);
	if (!flush_batch(u))
		return false;
	err = ipset_user(s, op, &q, u->g.exist || u->exist);
	if (op != IPSET_TEST)
		return answer(u, err, op_name[op]);
	tell_test(u, s, &q, !err);	/* whatever the kernel has against it */
	return true;
}

static void list_all(struct run *u, struct strbuf *out)
{
	const struct ipsets *sets = u->r.sets;
	bool any = false;

	/* lists come last: a restore finds their members made */
	for (unsigned lists = 0; lists < 2; lists++)
		for (unsigned i = 0; i < ipset_nr_slots(sets); i++) {
			const struct ip_set *s = ipset_at(sets, i);

			if (!s || (ipset_type(s)->kind == SET_LIST) != lists)
				continue;
			if (any && u->g.print.mode == PRINT_PLAIN && !u->g.print.names)
				sb_putc(out, '\n');
			any = true;
			print_set(s, sets, &u->g.print, out);
		}
}

static bool run_list(struct run *u, enum command cmd, const char *name)
{
	struct strbuf *out = &u->res->out;
	struct ip_set *s = NULL;

	if (!u->g.mode_given)
		u->g.print.mode = cmd == CMD_SAVE ? PRINT_SAVE : PRINT_PLAIN;
	if (u->g.file) {
		u->res->hint = "hookwalk writes no files for ipset";
		return fail(&u->r, "Cannot open %s for writing: %s", u->g.file, "Permission denied");
	}
	if (name && !find_set(u, name, &s))
		return false;
	if (u->line)		/* what restore lists is not shown */
		return true;
	if (u->g.print.mode == PRINT_XML)
		sb_puts(out, "<ipsets>\n");
	if (s)
		print_set(s, u->r.sets, &u->g.print, out);
	else
		list_all(u, out);
	if (u->g.print.mode == PRINT_XML)
		sb_puts(out, "</ipsets>\n");
	return true;
}

static bool check_count(struct run *u, const struct command_name *c)
{
	struct reader *r = &u->r;
	unsigned n = r->argc - r->at;

	if (n < c->must)
		return fail_usage(r, "Missing %smandatory argument to command %s", n ? "second " : "", c->name);
	if (n > c->may) {
		r->word = (int)(r->at + c->may);
		return fail_usage(r, "Unknown argument %s", r->argv[r->word]);
	}
	return true;
}

static bool run_command(struct run *u, const struct command_name *c, const char *input, size_t len)
{
	struct reader *r = &u->r;
	const char *a, *b;

	if (!check_count(u, c))
		return false;
	a = r->at < r->argc ? r->argv[r->at] : NULL;
	b = r->at + 1 < r->argc ? r->argv[r->at + 1] : NULL;
	if (c->cmd != CMD_ADD && c->cmd != CMD_DEL && !flush_batch(u))
		return false;
	r->at += 2;
	switch (c->cmd) {
	case CMD_CREATE:	return run_create(u, a, b);
	case CMD_ADD:		return run_element(u, IPSET_ADD, a, b);
	case CMD_DEL:		return run_element(u, IPSET_DEL, a, b);
	case CMD_TEST:		return run_element(u, IPSET_TEST, a, b);
	case CMD_DESTROY:	return (!a || parse_setname(r, a)) && answer(u, ipset_destroy(r->sets, a), "destroy");
	case CMD_FLUSH:		return (!a || parse_setname(r, a)) && answer(u, ipset_flush(r->sets, a), "flush");
	case CMD_RENAME:
		return parse_setname(r, a) && parse_setname(r, b) && answer(u, ipset_rename(r->sets, a, b), "rename");
	case CMD_SWAP:		return parse_setname(r, a) && parse_setname(r, b) && answer(u, ipset_swap(r->sets, a, b), "swap");
	case CMD_LIST:
	case CMD_SAVE:		return run_list(u, c->cmd, a);
	case CMD_VERSION:
		sb_puts(&u->res->out, "ipset " IPSET_VERSION ", protocol version: 7\n");
		return true;
	case CMD_HELP:
		u->res->hint = "ipset(8) is the help";
		return fail(r, "hookwalk: ipset help is not printed here");
	case CMD_RESTORE:
		if (u->g.file) {
			u->res->status = 255;
			u->res->hint = "files are not read here: give the lines in a here-document, or as the host's ipset.save";
			return true;
		}
		ipset_restore(r->sets, input, len, u->g.exist, u->res);
		return true;
	default:
		return true;
	}
}

/* One command from its words on, general options out. */
static bool run_words(struct run *u, const char **argv, unsigned argc, const char *input, size_t len)
{
	const struct command_name *c;

	u->r.argv = argv;
	u->r.argc = argc;
	u->r.at = 0;
	u->r.word = -1;
	if (!argc)
		return fail_usage(&u->r, "No command specified.");
	c = find_command(argv[0]);
	if (!c) {
		u->r.word = 0;
		return fail_usage(&u->r, "No command specified: unknown argument %s", argv[0]);
	}
	u->r.at = 1;
	return run_command(u, c, input, len);
}

/* Puts the messages as the program prints them. */
static void finish(struct run *u, bool ok)
{
	struct ipset_result *res = u->res;

	if (!u->g.quiet && u->r.warn.len)
		sb_puts(&res->err, sb_str(&u->r.warn));
	if (!ok) {
		res->status = u->r.status;
		res->word = u->line ? -1 : u->r.word;	/* words of a line of restore are no words of argv */
		res->line = u->line;
		if (!u->g.quiet) {
			sb_puts(&res->err, "ipset " IPSET_VERSION ": ");
			if (u->line && u->r.status == SAY_OTHER)
				sb_printf(&res->err, "Error in line %u: ", u->line);
			sb_puts(&res->err, sb_str(&u->r.err));
			if (u->r.status == SAY_PARAMETER)
				sb_puts(&res->err, "Try `ipset help' for more information.\n");
		}
	}
	sb_free(&u->r.err);
	sb_free(&u->r.warn);
}

void ipset_command(struct ipsets *sets, unsigned argc, const char *const *argv, const char *input, size_t len,
		   struct ipset_result *res)
{
	struct run u = { .r = { .sets = sets }, .res = res };
	const char **w = xcalloc(argc + 1u, sizeof(*w));
	bool ok;

	res->word = -1;
	memcpy(w, argv, argc * sizeof(*w));
	ok = take_general(&u, w, &argc) && run_words(&u, w, argc, input, len);
	finish(&u, ok);
	/* the word that was at fault, among all that were given */
	if (res->word >= 0 && (unsigned)res->word < argc) {
		const char *at = w[res->word];

		for (res->word = 0; argv[res->word] != at;)
			res->word++;
	}
	free(w);
}

/* ---- restore */

/* Cuts a line at blanks; "..." is one word, what an open quote begins is none. -1 = too many words. */
static int cut_line(char *s, const char *word[LINE_WORDS])
{
	int n = 0;

	for (;;) {
		while (*s == ' ' || *s == '\t' || *s == '\r')
			s++;
		if (!*s)
			return n;
		if (n == LINE_WORDS)
			return -1;
		if (*s == '"') {
			word[n] = ++s;
			if (!(s = strchr(s, '"')))
				return n;
			n++;
		} else {
			word[n++] = s;
			while (*s && *s != ' ' && *s != '\t' && *s != '\r')
				s++;
		}
		if (*s)
			*s++ = '\0';
	}
}

/* false: it ends here. */
static bool run_line(struct run *u, char *line, bool *ret_quit)
{
	const char *word[LINE_WORDS];
	const struct command_name *c;
	unsigned argc;
	int n;

	if (strcmp(line, "COMMIT") == 0 || strcmp(line, "COMMIT\r") == 0)
		return flush_batch(u);
	n = cut_line(line, word);
	if (n < 0)
		return fail_usage(&u->r, "Line is too long to parse.");
	if (!n || *word[0] == '#')
		return true;
	argc = (unsigned)n;
	u->g = (struct general){ .quiet = u->g.quiet };
	if (!take_general(u, word, &argc))
		return false;
	c = argc ? find_command(word[0]) : NULL;
	if (c && (c->cmd == CMD_RESTORE || c->cmd == CMD_HELP || c->cmd == CMD_VERSION))
		return fail_usage(&u->r, "Command `%s' is invalid in restore mode.", c->name);
	*ret_quit = c && c->cmd == CMD_QUIT;
	return *ret_quit || run_words(u, word, argc, NULL, 0);
}

void ipset_restore(struct ipsets *sets, const char *text, size_t len, bool exist_ok, struct ipset_result *res)
{
	struct run u = { .r = { .sets = sets }, .res = res, .exist = exist_ok, .batch = xcalloc(1, sizeof(*u.batch)) };
	bool ok = true, quit = false;
	char *line = NULL;
	size_t cap = 0, n;
	unsigned nr = 0;

	res->word = -1;
	u.batch->arena = arena_create();
	for (size_t off = 0; off < len && ok && !quit; off += n + 1) {
		const char *nl = memchr(text + off, '\n', len - off);

		n = nl ? (size_t)(nl - text) - off : len - off;
		if (n + 1 > cap)
			line = xrealloc(line, cap = MAX(2 * cap, n + 128));
		memcpy(line, text + off, n);
		line[n] = '\0';
		u.line = ++nr;
		ok = run_line(&u, line, &quit);
	}
	if (ok && !quit)	/* "quit" leaves what waits undone */
		ok = flush_batch(&u);
	finish(&u, ok);
	arena_destroy(u.batch->arena);
	free(u.batch);
	free(line);
}

void ipset_result_free(struct ipset_result *r)
{
	sb_free(&r->out);
	sb_free(&r->err);
}
