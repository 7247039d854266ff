// SPDX-License-Identifier: MIT
/* commands.c - commands.sh: the command lines that make a host what it is, run in order. What a real
 * program would refuse is a warning with its words, and the script goes on; what is no command line,
 * or a program that is not emulated, is an error. */
#include "rules/cmd/cmd.h"
#include "rules/ipset/program.h"
#include "sim/world/ipcmd.h"
#include "sim/world/script.h"
#include "sim/world/sysctl_cmd.h"
#include <ctype.h>
#include <stdlib.h>

struct run {
	struct host *h;
	struct diag *d;
	struct script s;
	struct xtables *x4, *x6;	/* iptables, ip6tables */
	struct xtables *nft4, *nft6;	/* iptables-nft, ip6tables-nft */
	bool was_nft;			/* the last of them that was run */
	struct source *sysctl_conf;	/* the host's, or NULL */
	struct strbuf *shown;		/* what commands print, or NULL */
	struct failed_command **failed;	/* where the next one that fails goes, or NULL */
	bool stop_on_failure, stopped;	/* set -e; exit */
	bool amid_traffic;
};

/* Words after the program's name. */
static struct words rest(const struct words *w, unsigned n)
{
	return (struct words){ w->w + n, w->n - n };
}

/* ---- ip */

static const char *first_line(struct arena *a, const char *s)
{
	return arena_strndup(a, s, strcspn(s, "\n"));
}

/* How messages of iproute2 go on, and what it then exits with. */
static const struct { const char *starts, *before, *after; int status; } ip_forms[] = {
	{ "RTNETLINK answers", "", "", 2 }, { "Error: ", "", "", 2 }, { "argument ", "Error: ", "", 255 },
	{ "\"nexthop\" or", "Error: ", "", 255 }, { "device and", "", "", 255 }, { "need at least", "", "", 1 },
	{ "either ", "Error: ", ".", 255 }, { "any valid ", "Error: ", ".", 1 }, { "inet ", "Error: ", ".", 1 },
	{ "inet6 ", "Error: ", ".", 1 },
	{ "Command line is not complete", "", "", 255 }, { "command ", "", ".", 255 }, { "object ", "", ".", 1 },
};

static void put_ip_message(const char *text, struct cmd_result *res)
{
	const char *before = "", *after = "";
	bool low = strncmp(text, "need", 4) == 0;

	res->status = 1;
	if (strncmp(text, "command line is not complete", 28) == 0)
		text = "Command line is not complete. Try option \"help\"";
	for (size_t i = 0; i < ARRAY_SIZE(ip_forms); i++)
		if (strncmp(text, ip_forms[i].starts, strlen(ip_forms[i].starts)) == 0) {
			before = ip_forms[i].before;
			after = ip_forms[i].after;
			res->status = ip_forms[i].status;
			break;
		}
	sb_printf(&res->err, "%s%c%s%s\n", before, *before || low ? text[0] : toupper((unsigned char)text[0]), text + 1, after);
	if (strncmp(text, "argument", 8) == 0 && strstr(text, "value"))
		sb_putc(&res->err, '\n');	/* those texts have a newline of their own */
}

static void ip_message(struct run *r, const struct diag_msg *m, struct cmd_result *res)
{
	const char *answer = strstr(m->text, " (RTNETLINK answers: ");

	if (strstr(m->text, "not emulated") || strstr(m->text, "unknown here")) {
		diag_error(r->d, m->pos, "%s", m->text);
		if (m->hint)
			diag_hint(r->d, "%s", m->hint);
		return;
	}
	if (answer && strncmp(m->text, "IPv4: ", 6) != 0) {		/* the kernel's own words */
		sb_printf(&res->err, "Error: %.*s.\n", (int)(answer - m->text), m->text);
		res->status = 2;
	} else {
		put_ip_message(m->text, res);
	}
	res->pos = m->pos;
	res->hint = m->hint;
}

static void run_ip(struct run *r, const struct script_command *c, struct cmd_result *res)
{
	struct words w = rest(&c->words, 1);
	struct ip_word *words = arena_array(r->h->arena, struct ip_word, w.n + 1);
	struct diag d;

	for (unsigned i = 0; i < w.n; i++)
		words[i] = (struct ip_word){ w.w[i].s, w.w[i].pos };
	diag_init(&d, r->h->arena);
	ip_command_words(r->h, &d, c->pos, words, w.n, &res->out);
	for (const struct diag_msg *m = d.first; m; m = m->next) {
		if (m->severity == DIAG_ERROR) {
			ip_message(r, m, res);
			continue;
		}
		if (m->raw[strlen(m->raw) - 1] == '\n') {	/* ip's own */
			sb_puts(&res->err, m->raw);
			continue;
		}
		diag_warn(r->d, m->pos, "%s", m->text);
		if (m->hint)
			diag_hint(r->d, "%s", m->hint);
	}
}

/* ---- sysctl */

static void run_sysctl(struct run *r, const struct script_command *c, struct cmd_result *res)
{
	struct words w = rest(&c->words, 1);

	sysctl_command(r->h, r->d, r->sysctl_conf, &w, res);
}

/* ---- iptables, ip6tables */

static const char *base_name(const char *program)
{
	const char *slash = strrchr(program, '/');

	return slash && slash[1] ? slash + 1 : program;
}

static bool is_nft(const struct script_command *c)
{
	return strstr(base_name(c->words.w[0].s), "tables-nft");
}

/* Whose hooks come first hangs on who made its tables first. */
static void sync_xtables(struct run *r, bool nft)
{
	xtables_sync(nft ? r->nft4 : r->x4);
	xtables_sync(nft ? r->nft6 : r->x6);
}

static struct xtables *xtables_of(struct run *r, const struct script_command *c)
{
	bool v6 = strncmp(base_name(c->words.w[0].s), "ip6", 3) == 0, nft = is_nft(c);

	if (nft != r->was_nft)
		sync_xtables(r, r->was_nft);
	r->was_nft = nft;
	return nft ? v6 ? r->nft6 : r->nft4 : v6 ? r->x6 : r->x4;
}

static void run_iptables(struct run *r, const struct script_command *c, struct cmd_result *res)
{
	struct words w = rest(&c->words, 1);

	xtables_command(xtables_of(r, c), &w, c->pos, res);
}

static void run_restore(struct run *r, const struct script_command *c, struct cmd_result *res)
{
	struct words w = rest(&c->words, 1);

	xtables_restore(xtables_of(r, c), &w, c->pos, c->input, c->input_off, res);
}

static void run_save(struct run *r, const struct script_command *c, struct cmd_result *res)
{
	struct words w = rest(&c->words, 1);

	xtables_save(xtables_of(r, c), &w, res);
}

/* ---- ipset */

/* Only adding and testing can do without knowing which sets the rules so far hold. */
static void sync_rules(struct run *r, const struct words *w)
{
	for (unsigned i = 1; i < w->n; i++)
		if (strcmp(w->w[i].s, "add") == 0 || strcmp(w->w[i].s, "-A") == 0)
			return;
	sync_xtables(r, !r->was_nft);
	sync_xtables(r, r->was_nft);
}

static void run_ipset(struct run *r, const struct script_command *c, struct cmd_result *res)
{
	const char **argv = arena_array(r->h->arena, const char *, c->words.n);
	struct ipset_result got = { 0 };

	for (unsigned i = 1; i < c->words.n; i++)
		argv[i - 1] = c->words.w[i].s;
	sync_rules(r, &c->words);
	ipset_command(r->h->ipsets, c->words.n - 1, argv, c->input ? c->input->text + c->input_off : NULL,
		      c->input ? c->input->len - c->input_off : 0, &got);
	sb_puts(&res->out, sb_str(&got.out));
	sb_puts(&res->err, sb_str(&got.err));
	res->status = got.status;
	res->hint = got.hint;
	if (got.line && c->input) {	/* of the here-document */
		size_t off = c->input_off, n;

		for (unsigned nr = 1; nr < got.line; nr++)
			off += strcspn(c->input->text + off, "\n") + 1;
		n = strcspn(c->input->text + off, "\n");
		res->pos = (struct pos){ c->input, off, n };
	}
	if (got.word >= 0)
		res->pos = c->words.w[got.word + 1].pos;
	ipset_result_free(&got);
}

/* ---- the shell's own, and what has no effect here */

static void run_set(struct run *r, const struct script_command *c, struct cmd_result *res)
{
	(void)res;
	for (unsigned i = 1; i < c->words.n; i++) {
		const char *s = c->words.w[i].s;
		bool on = s[0] == '-';

		if ((s[0] != '-' && s[0] != '+') || !s[1] || strspn(s + 1, "eux") != strlen(s + 1)) {
			diag_error(r->d, c->words.w[i].pos, "only set -e, -u and -x are known here");
			return;
		}
		if (strchr(s, 'e'))
			r->stop_on_failure = on;
		if (strchr(s, 'u'))
			r->s.unset_is_error = on;
	}
}

static void run_exit(struct run *r, const struct script_command *c, struct cmd_result *res)
{
	(void)c;
	(void)res;
	r->stopped = true;
}

static void run_echo(struct run *r, const struct script_command *c, struct cmd_result *res)
{
	(void)r;
	for (unsigned i = 1; i < c->words.n; i++)
		sb_printf(&res->out, "%s%s", i > 1 ? " " : "", c->words.w[i].s);
	sb_putc(&res->out, '\n');
}

static void run_nothing(struct run *r, const struct script_command *c, struct cmd_result *res)
{
	(void)r;
	(void)c;
	(void)res;
}

static const struct program { const char *name; void (*run)(struct run *r, const struct script_command *c, struct cmd_result *res); } programs[] = {
	{ "iptables", run_iptables }, { "iptables-legacy", run_iptables },
	{ "iptables-restore", run_restore }, { "iptables-legacy-restore", run_restore },
	{ "iptables-save", run_save }, { "iptables-legacy-save", run_save },
	{ "ip6tables", run_iptables }, { "ip6tables-legacy", run_iptables },
	{ "ip6tables-restore", run_restore }, { "ip6tables-legacy-restore", run_restore },
	{ "ip6tables-save", run_save }, { "ip6tables-legacy-save", run_save },
	{ "iptables-nft", run_iptables }, { "iptables-nft-restore", run_restore }, { "iptables-nft-save", run_save },
	{ "ip6tables-nft", run_iptables }, { "ip6tables-nft-restore", run_restore }, { "ip6tables-nft-save", run_save },
	{ "ip", run_ip }, { "ipset", run_ipset }, { "sysctl", run_sysctl },
	{ "set", run_set }, { "exit", run_exit }, { "echo", run_echo }, { "true", run_nothing }, { ":", run_nothing },
	{ "modprobe", run_nothing }, { "sleep", run_nothing }, { "unset", run_nothing },
};

/* Programs people write into such scripts, and words of the shell. */
static const struct { const char *name, *what, *hint; } refused[] = {
	{ "nft", "nft is not emulated", NULL },
	{ "arptables", "arptables is not emulated yet", NULL }, { "ebtables", "ebtables is not emulated yet", NULL },
	{ "conntrack", "the program conntrack is not emulated yet", NULL },
	{ "if", "conditions are not known here", "no shell is run: write the commands that apply" },
	{ "then", "conditions are not known here", NULL }, { "else", "conditions are not known here", NULL },
	{ "elif", "conditions are not known here", NULL }, { "fi", "conditions are not known here", NULL },
	{ "case", "conditions are not known here", "no shell is run: write the commands that apply" },
	{ "esac", "conditions are not known here", NULL }, { "[", "conditions are not known here", NULL },
	{ "[[", "conditions are not known here", NULL }, { "test", "conditions are not known here", NULL },
	{ "for", "loops are not known here", "no shell is run: write one command for each value" },
	{ "while", "loops are not known here", "no shell is run: write one command for each value" },
	{ "until", "loops are not known here", NULL }, { "do", "loops are not known here", NULL },
	{ "done", "loops are not known here", NULL },
	{ "function", "functions are not known here", "no shell is run: only plain command lines" },
	{ "{", "groups are not known here", "no shell is run: only plain command lines" }, { "}", "groups are not known here", NULL },
	{ "!", "the status of a command cannot be turned round here", NULL },
	{ "source", "other files are not read here", NULL }, { ".", "other files are not read here", NULL },
};

static void unknown_program(struct run *r, const struct word *w, const char *name)
{
	struct nearest n = { .want = name };

	for (size_t i = 0; i < ARRAY_SIZE(refused); i++)
		if (strcmp(refused[i].name, name) == 0) {
			diag_error(r->d, w->pos, "%s", refused[i].what);
			if (refused[i].hint)
				diag_hint(r->d, "%s", refused[i].hint);
			return;
		}
	diag_error(r->d, w->pos, "the command \"%s\" is not emulated", name);
	for (size_t i = 0; i < ARRAY_SIZE(programs); i++)
		nearest_try(&n, programs[i].name);
	if (nearest_get(&n))
		diag_hint(r->d, "did you mean \"%s\"?", nearest_get(&n));
	else
		diag_hint(r->d, "what is: iptables, iptables-restore, iptables-save, the same of ip6tables, ipset, ip, sysctl");
}

/* ---- telling */

static void show_word(const char *s, struct strbuf *out)
{
	bool plain = *s;

	for (const char *p = s; *p; p++)
		plain &= (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') || (*p >= '0' && *p <= '9') || strchr("@%+=:,./-_", *p);
	if (plain) {
		sb_puts(out, s);
		return;
	}
	sb_putc(out, '\'');
	for (const char *p = s; *p; p++)
		if (*p == '\'')
			sb_puts(out, "'\"'\"'");
		else
			sb_putc(out, *p);
	sb_putc(out, '\'');
}

static void show(const struct script_command *c, const struct cmd_result *res, struct strbuf *out)
{
	sb_puts(out, "$");
	for (unsigned i = 0; i < c->words.n; i++) {
		sb_putc(out, ' ');
		show_word(c->words.w[i].s, out);
	}
	sb_putc(out, '\n');
	sb_write(out, sb_str(&res->out), res->out.len);
	sb_puts(out, sb_str(&res->err));
	if (res->status)
		sb_printf(out, "[%d]\n", res->status);
}

static void emit(struct run *r, const struct script_command *c, const struct cmd_result *res)
{
	struct event ev = { .type = EV_COMMAND, .host = r->h };
	struct strbuf text = { 0 };

	if (!trace_on(r->h->trace, EV_COMMAND))
		return;
	show(c, res, &text);
	ev.u.command.text = sb_str(&text);
	ev.u.command.status = res->status;
	trace_emit(r->h->trace, &ev);
	sb_free(&text);
}

static void keep_failed(struct run *r, const struct script_command *c, const char *message, const char *hint)
{
	struct failed_command *f = arena_new(r->h->arena, struct failed_command);
	size_t line, col, n = c->pos.len;

	source_where(c->pos, &line, &col);
	while (n && strchr(" \t\r\n", c->pos.src->text[c->pos.off + n - 1]))
		n--;
	*f = (struct failed_command){ NULL, arena_strndup(r->h->arena, c->pos.src->text + c->pos.off, n), line,
				      arena_strdup(r->h->arena, message), hint };
	*r->failed = f;
	r->failed = &f->next;
}

/* A warning in the program's own words, in one line, without its pointer to the help. */
static void warn(struct run *r, const struct script_command *c, const struct cmd_result *res)
{
	struct strbuf sb = { 0 };

	for (const char *s = sb_str(&res->err); *s; s += strcspn(s, "\n"), s += *s == '\n') {
		const char *line = first_line(r->h->arena, s);

		if (*line && strncmp(line, "Try `", 5) != 0)
			sb_printf(&sb, "%s%s", sb.len && sb.s[sb.len - 1] != ' ' ? " " : "", line);
	}
	diag_warn(r->d, res->pos.src ? res->pos : c->pos, "%s [exit status %d]", sb_str(&sb), res->status);
	if (res->hint)
		diag_hint(r->d, "%s", res->hint);
	if (r->failed)
		keep_failed(r, c, sb_str(&sb), res->hint);
	sb_free(&sb);
}

static void run_one(struct run *r, struct script_command *c)
{
	struct cmd_result res = { 0 };
	const struct program *p = NULL;
	const char *name;

	if (strcmp(c->words.w[0].s, "sudo") == 0 && c->words.n > 1)
		c->words = rest(&c->words, 1);
	name = base_name(c->words.w[0].s);
	for (size_t i = 0; i < ARRAY_SIZE(programs); i++)
		if (strcmp(programs[i].name, name) == 0)
			p = &programs[i];
	if (!p) {
		unknown_program(r, &c->words.w[0], name);
		return;
	}
	if (c->input && p->run != run_restore && p->run != run_ipset)
		diag_warn(r->d, c->pos, "%s does not read its here-document", name);
	p->run(r, c, &res);
	if (r->shown)
		show(c, &res, r->shown);
	if (r->amid_traffic)
		emit(r, c, &res);
	if (res.status)
		warn(r, c, &res);
	if (res.status && r->stop_on_failure) {
		diag_note(r->d, c->pos, "the script ends here: set -e");
		r->stopped = true;
	}
	cmd_result_free(&res);
}

/* Devices that are only ever set up are physical: the script's "ip" lines are looked through for them. */
static void find_devices(struct run *r)
{
	const struct source *src = r->s.src;
	struct strbuf lines = { 0 };

	for (size_t off = 0, n; off < src->len; off += n + 1) {
		const char *s = src->text + off, *nl = memchr(s, '\n', src->len - off);
		size_t at = 0;

		n = nl ? (size_t)(nl - s) : src->len - off;
		while (at < n && (s[at] == ' ' || s[at] == '\t'))
			at++;
		if (n - at > 5 && memcmp(s + at, "sudo ", 5) == 0)
			at += 5;
		if (n - at > 3 && memcmp(s + at, "ip ", 3) == 0) {
			sb_write(&lines, s + at + 3, n - at - 3);
			sb_putc(&lines, '\n');
		}
	}
	if (lines.len)
		ipbatch_devices(r->h, source_text(r->h->arena, src->name, sb_str(&lines), lines.len));
	sb_free(&lines);
}

static bool run_all(struct run *r, struct source *src, size_t off, const struct host_files *f)
{
	struct rules_options opt4 = { .family = NFPROTO_IPV4, .sets = r->h->ipsets, .host = r->h, .allow_unknown = f->allow_unknown,
				      .nr_allow_unknown = f->nr_allow_unknown }, opt6 = opt4, nft4 = opt4, nft6 = opt4;
	unsigned errors = r->d->nr_errors;
	struct script_command c;
	int got;

	r->s = (struct script){ .arena = r->h->arena, .src = src, .off = off, .d = r->d };
	opt6.family = NFPROTO_IPV6;
	r->x4 = xtables_open(r->h, &opt4, r->d);
	r->x6 = xtables_open(r->h, &opt6, r->d);
	nft4.nft = nft6.nft = true;
	nft6.family = NFPROTO_IPV6;
	r->nft4 = xtables_open(r->h, &nft4, r->d);
	r->nft6 = xtables_open(r->h, &nft6, r->d);
	if (!r->amid_traffic)
		find_devices(r);
	while (!r->stopped && (got = script_next(&r->s, &c)))
		if (got > 0)
			run_one(r, &c);
	sync_xtables(r, !r->was_nft);
	sync_xtables(r, r->was_nft);
	xtables_close(r->x4);
	xtables_close(r->x6);
	xtables_close(r->nft4);
	xtables_close(r->nft6);
	return r->d->nr_errors == errors;
}

bool commands_load(struct host *h, struct source *src, const struct host_files *f, struct diag *d)
{
	struct run r = { .h = h, .d = d, .shown = f->shown, .failed = f->failed, .sysctl_conf = f->sysctl_conf };

	return run_all(&r, src, 0, f);
}

bool commands_run(struct host *h, struct source *src, size_t off, struct diag *d)
{
	struct host_files none = { 0 };
	struct run r = { .h = h, .d = d, .amid_traffic = true };

	return run_all(&r, src, off, &none);
}
