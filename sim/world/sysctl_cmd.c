// SPDX-License-Identifier: MIT
/* sysctl_cmd.c - the program sysctl of procps-ng 4.0 at work on one host. /etc/sysctl.conf is the host's
 * sysctl.conf; there are no other files. */
#include "sim/world/sysctl_cmd.h"
#include <ctype.h>
#include <getopt.h>

struct sysctl_run {
	struct host *h;
	struct diag *d;
	struct cmd_result *res;
	bool quiet, values, names, binary, ignore, write, load, ended;
};

struct setting { const char *key, *value; bool may_fail; struct pos pos; };

/* Keys are written with dots or with slashes: whichever comes first parts them. */
static const char *turned(struct arena *a, const char *key, bool always)
{
	char *s = arena_strdup(a, key);

	if (always || s[strcspn(s, "./")] == '/')
		for (char *p = s; *p; p++)
			*p = *p == '/' ? '.' : *p == '.' ? '/' : *p;
	return s;
}

static const char *trimmed(struct arena *a, const char *s, size_t n)
{
	while (n && isspace((unsigned char)*s)) {
		s++;
		n--;
	}
	while (n && isspace((unsigned char)s[n - 1]))
		n--;
	return arena_strndup(a, s, n);
}

static bool no_such_setting(struct sysctl_run *r, const struct setting *s)
{
	const char *dotted = turned(r->h->arena, s->key, false);

	if (r->ignore)
		return true;
	sb_printf(&r->res->err, "sysctl: cannot stat /proc/sys/%s: No such file or directory\n", turned(r->h->arena, dotted, true));
	return s->may_fail;
}

/* A name above settings, which the real program answers with all that lie below it. */
static bool is_directory(struct sysctl_run *r, const char *key)
{
	const char *s = turned(r->h->arena, key, false);
	static const char *const dirs[] = { "net", "net.ipv4", "net.ipv4.conf", "net.ipv4.neigh", "net.ipv4.route", "net.ipv6",
					    "net.netfilter", "net.core", "net.bridge" };
	static const char *const above[] = { "net.ipv4.conf.", "net.ipv4.neigh." };

	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++)
		if (strcmp(s, dirs[i]) == 0)
			return true;
	for (size_t i = 0; i < ARRAY_SIZE(above); i++)
		if (strncmp(s, above[i], strlen(above[i])) == 0 && !strchr(s + strlen(above[i]), '.'))
			return true;
	return false;
}

static bool show(struct sysctl_run *r, const struct setting *s)
{
	const char *value;
	char buf[64];

	if (is_directory(r, s->key)) {
		diag_error(r->d, s->pos, "a list of all settings below a name is not emulated");
		diag_hint(r->d, "name each setting");
		return true;
	}
	value = sysctl_get(r->h, s->key, buf);
	if (!value)
		return no_such_setting(r, s);
	if (r->names)
		sb_printf(&r->res->out, "%s\n", turned(r->h->arena, s->key, false));
	else if (r->values)
		sb_printf(&r->res->out, "%s\n", value);
	else if (r->binary)
		sb_puts(&r->res->out, value);
	else
		sb_printf(&r->res->out, "%s = %s\n", turned(r->h->arena, s->key, false), value);
	return true;
}

static bool set(struct sysctl_run *r, const struct setting *s)
{
	const char *dotted = turned(r->h->arena, s->key, false);
	enum sysctl_result got;
	struct diag d;

	if (!*s->key) {
		sb_puts(&r->res->err, "sysctl: Path is not under /proc/sys/: /proc/sys/\n");
		return false;
	}
	diag_init(&d, r->h->arena);
	got = sysctl_set(r->h, s->key, s->value, s->pos, &d);
	if (got == SYSCTL_NO_DEVICE || (d.first && strncmp(d.first->text, "unknown setting", 15) == 0))
		return no_such_setting(r, s);
	if (got != SYSCTL_OK && d.first && strstr(d.first->text, "not emulated")) {
		diag_error(r->d, s->pos, "%s", d.first->text);
		if (d.first->hint)
			diag_hint(r->d, "%s", d.first->hint);
		return true;
	}
	if (got != SYSCTL_OK) {
		sb_printf(&r->res->err, "sysctl: setting key \"%s\": Invalid argument\n", dotted);
		r->res->pos = s->pos;
		r->res->hint = d.first ? d.first->hint : NULL;
		return s->may_fail;
	}
	if (r->quiet)
		return true;
	if (r->values || r->names)
		sb_printf(&r->res->out, "%s\n", s->value);
	else if (r->binary)
		sb_puts(&r->res->out, s->value);
	else
		sb_printf(&r->res->out, "%s = %s\n", dotted, s->value);
	return true;
}

/* "key = value", "-key = value"; false: it is no setting, which was told. */
static bool split(struct sysctl_run *r, const char *text, size_t n, struct pos pos, const char *where, unsigned line,
		  struct setting *ret)
{
	struct arena *a = r->h->arena;
	const char *eq = memchr(text, '=', n);
	const char *key;

	if (n < 2)
		return false;
	if (!eq) {
		sb_printf(&r->res->err, "sysctl: %s(%u): invalid syntax, continuing...\n", where, line);
		return false;
	}
	key = trimmed(a, text, (size_t)(eq - text));
	*ret = (struct setting){ .may_fail = *key == '-', .pos = pos };
	ret->key = key + ret->may_fail;
	ret->value = trimmed(a, eq + 1, n - (size_t)(eq + 1 - text));
	return true;
}

/* A file is looked through as a whole before anything is set. */
static bool load(struct sysctl_run *r, struct source *conf, const char *name)
{
	struct setting *list;
	unsigned nr = 0, line = 0;
	bool ok = true;

	if (!conf || strcmp(name, "/etc/sysctl.conf") != 0) {
		sb_printf(&r->res->err, "sysctl: cannot open \"%s\": No such file or directory\n", name);
		r->res->hint = "other files are not read here; /etc/sysctl.conf is the host's sysctl.conf";
		return false;
	}
	list = arena_array(r->h->arena, struct setting, conf->len / 2 + 1);
	for (size_t off = 0, n; off < conf->len; off += n + 1) {
		const char *s = conf->text + off, *nl = memchr(s, '\n', conf->len - off);
		size_t at = 0;

		n = nl ? (size_t)(nl - s) : conf->len - off;
		line++;
		while (at < n && isspace((unsigned char)s[at]))
			at++;
		if (at == n || s[at] == '#' || s[at] == ';')
			continue;
		if (split(r, s + at, n - at, (struct pos){ conf, off + at, n - at }, name, line, &list[nr]))
			nr++;
		else
			ok = false;
	}
	for (unsigned i = 0; i < nr; i++)
		ok &= set(r, &list[i]);
	return ok;
}

static void not_here(struct sysctl_run *r, struct pos pos, const char *what)
{
	diag_error(r->d, pos, "sysctl %s is not emulated", what);
	diag_hint(r->d, "what is: sysctl [-beNnqwp] [SETTING[=VALUE]]...");
	r->ended = true;
}

static void take_options(struct sysctl_run *r, const struct words *w, int argc, char **argv, const char **ret_file)
{
	static const struct option longs[] = {
		{ "binary", no_argument, NULL, 'b' }, { "ignore", no_argument, NULL, 'e' }, { "names", no_argument, NULL, 'N' },
		{ "values", no_argument, NULL, 'n' }, { "load", optional_argument, NULL, 'p' }, { "quiet", no_argument, NULL, 'q' },
		{ "write", no_argument, NULL, 'w' }, { "version", no_argument, NULL, 'V' }, { 0 }
	};
	int c;

	opterr = 0;
	optind = 0;
	while (!r->ended && (c = getopt_long(argc, argv, "bneNwfp::qoxV", longs, NULL)) != -1) {
		switch (c) {
		case 'b':	r->binary = true;	break;
		case 'e':	r->ignore = true;	break;
		case 'N':	r->names = true;	break;
		case 'n':	r->values = true;	break;
		case 'q':	r->quiet = true;	break;
		case 'w':	r->write = true;	break;
		case 'f':
		case 'p':
			r->load = true;
			*ret_file = optarg;
			break;
		case 'V':
			sb_puts(&r->res->out, "sysctl from procps-ng 4.0.2\n");
			r->ended = true;
			break;
		case '?':
			not_here(r, w->w[MIN(MAX(optind, 2), (int)w->n + 1) - 2].pos, argv[MAX(optind, 2) - 1]);
			break;
		default:
			break;
		}
	}
}

static char **make_argv(struct arena *a, const struct words *w)
{
	char **argv = arena_array(a, char *, w->n + 2);

	argv[0] = arena_strdup(a, "sysctl");
	for (unsigned i = 0; i < w->n; i++)
		argv[i + 1] = arena_strdup(a, w->w[i].s);
	return argv;
}

/* Where the word is that getopt may have moved. */
static struct pos place(const struct words *w, const char *s)
{
	for (unsigned i = 0; i < w->n; i++)
		if (strcmp(w->w[i].s, s) == 0)
			return w->w[i].pos;
	return (struct pos){ 0 };
}

void sysctl_command(struct host *h, struct diag *d, struct source *conf, const struct words *w, struct cmd_result *res)
{
	struct sysctl_run r = { .h = h, .d = d, .res = res };
	char **argv = make_argv(h->arena, w);
	int argc = (int)w->n + 1;
	const char *file = NULL;
	bool ok = true;

	take_options(&r, w, argc, argv, &file);
	if (r.ended)
		return;
	if (r.load && (file || optind == argc))
		ok &= load(&r, conf, file ? file : "/etc/sysctl.conf");
	else if (optind == argc) {
		sb_puts(&res->err, "sysctl: no variables specified\nTry `sysctl --help' for more information.\n");
		ok = false;
	}
	for (int i = optind; i < argc; i++) {
		struct setting s = { .key = argv[i], .pos = place(w, argv[i]) };

		if (!res->pos.src)
			res->pos = s.pos;
		if (r.load)
			ok &= load(&r, conf, argv[i]);
		else if (!r.write && !strchr(argv[i], '='))
			ok &= show(&r, &s);
		else
			ok &= split(&r, argv[i], strlen(argv[i]), s.pos, "command line", 0, &s) && set(&r, &s);
	}
	res->status = !ok;
}
