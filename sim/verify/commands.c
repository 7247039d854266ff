// SPDX-License-Identifier: MIT
/* commands.c - commands.sh on the kernel: the same command lines, given to the real programs one by one.
 *
 * No shell is run, and no line that could reach beyond the namespace: the emulation has read the script before and
 * refused what it does not know; options that name files to write or programs to run are not passed on. */
#include "sim/verify/internal.h"
#include "sim/world/script.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum role { IGNORED, SET, EXIT, SYSCTL, IP, IPSET, XTABLES, XTABLES_SAVE };

static const struct { const char *name, *program; enum role role; } programs[] = {
	{ "iptables", "iptables-legacy", XTABLES },	{ "iptables-legacy", "iptables-legacy", XTABLES },
	{ "ip6tables", "ip6tables-legacy", XTABLES },	{ "ip6tables-legacy", "ip6tables-legacy", XTABLES },
	{ "iptables-restore", "iptables-legacy-restore", XTABLES }, { "iptables-legacy-restore", "iptables-legacy-restore", XTABLES },
	{ "ip6tables-restore", "ip6tables-legacy-restore", XTABLES }, { "ip6tables-legacy-restore", "ip6tables-legacy-restore", XTABLES },
	{ "iptables-save", "iptables-legacy-save", XTABLES_SAVE }, { "iptables-legacy-save", "iptables-legacy-save", XTABLES_SAVE },
	{ "ip6tables-save", "ip6tables-legacy-save", XTABLES_SAVE }, { "ip6tables-legacy-save", "ip6tables-legacy-save", XTABLES_SAVE },
	{ "ip", "ip", IP }, { "ipset", "ipset", IPSET }, { "sysctl", NULL, SYSCTL }, { "set", NULL, SET }, { "exit", NULL, EXIT },
	{ "echo", NULL, IGNORED }, { "true", NULL, IGNORED }, { ":", NULL, IGNORED }, { "modprobe", NULL, IGNORED },
	{ "sleep", NULL, IGNORED }, { "unset", NULL, IGNORED },
};

struct run { struct trial *t; json_t *failed; bool stop_on_failure, stopped; };

static bool begins(const char *s, const char *with)
{
	return strncmp(s, with, strlen(with)) == 0;
}

/* getopt takes any beginning of a long option for it. */
static bool abbreviates(const char *s, const char *option, size_t least)
{
	size_t n = strcspn(s, "=");

	return n >= least && n <= strlen(option) && strncmp(s, option, n) == 0;
}

/* Does a word name a program to run or a file to write? */
static bool reaches_out(enum role role, const char *s)
{
	if (role == XTABLES || role == XTABLES_SAVE) {
		if (begins(s, "-M") || abbreviates(s, "--modprobe", 4))
			return true;
		return role == XTABLES_SAVE && (abbreviates(s, "--file", 3) || (s[0] == '-' && s[1] != '-' && strchr(s, 'f')));
	}
	if (role == IPSET)
		return abbreviates(s, "-file", 2) || abbreviates(s, "--file", 3);
	return role == IP && (abbreviates(s, "-batch", 2) || abbreviates(s, "--batch", 3) || abbreviates(s, "-netns", 2));
}

static void note_failed(struct run *r, const struct script_command *c, int rc, const char *text)
{
	size_t line, col;

	if (!rc)
		return;
	source_where(c->pos, &line, &col);
	json_array_append_new(r->failed, json_pack("{s:I, s:i, s:s%}", "line", (json_int_t)line, "status", rc, "stderr", text,
						   strcspn(text, "\n")));
	r->stopped |= r->stop_on_failure;
}

/* "key=value" words; what only reads changes nothing. */
static bool run_sysctl(struct run *r, const struct script_command *c)
{
	int rc = 0;

	for (unsigned i = 1; i < c->words.n; i++) {
		const char *s = c->words.w[i].s, *eq = strchr(s, '=');

		if (begins(s, "-p") || begins(s, "--load") || begins(s, "--system") || begins(s, "-f"))
			return trial_cannot(r->t, "commands.sh: \"sysctl %s\" is not run on the kernel", s);
		if (*s == '-' || !eq)
			continue;
		if (!settings_set(s, (size_t)(eq - s), eq + 1))
			rc = 1;
	}
	note_failed(r, c, rc, strerror(errno));
	return true;
}

static bool run_program(struct run *r, const struct script_command *c, const char *program, enum role role)
{
	const char **argv = arena_array(r->t->arena, const char *, c->words.n + 1);
	struct strbuf out = { 0 }, err = { 0 };
	const char *in = c->input ? c->input->text + c->input_off : "";
	int rc;

	argv[0] = program;
	for (unsigned i = 1; i < c->words.n; i++) {
		argv[i] = c->words.w[i].s;
		if (reaches_out(role, argv[i]))
			return trial_cannot(r->t, "commands.sh: %s with %s is not run on the kernel", program, argv[i]);
	}
	if (!tool_exists(program))
		return trial_cannot(r->t, "%s is missing", program);
	rc = tool_run(argv, in, c->input ? c->input->len - c->input_off : 0, &out, &err);
	note_failed(r, c, rc, sb_str(&err));
	sb_free(&out);
	sb_free(&err);
	return true;
}

static const char *base_name(const char *program)
{
	const char *slash = strrchr(program, '/');

	return slash && slash[1] ? slash + 1 : program;
}

static void run_set(struct run *r, struct script *s, const struct script_command *c)
{
	for (unsigned i = 1; i < c->words.n; i++) {
		const char *word = c->words.w[i].s;

		if (strchr(word, 'e'))
			r->stop_on_failure = *word == '-';
		if (strchr(word, 'u'))
			s->unset_is_error = *word == '-';
	}
}

static bool run_one(struct run *r, struct script *s, struct script_command *c)
{
	const char *name;

	if (strcmp(c->words.w[0].s, "sudo") == 0 && c->words.n > 1)
		c->words = (struct words){ c->words.w + 1, c->words.n - 1 };
	name = base_name(c->words.w[0].s);
	for (size_t i = 0; i < ARRAY_SIZE(programs); i++) {
		if (strcmp(programs[i].name, name) != 0)
			continue;
		switch (programs[i].role) {
		case IGNORED:	return true;
		case SET:	run_set(r, s, c);	return true;
		case EXIT:	r->stopped = true;	return true;
		case SYSCTL:	return run_sysctl(r, c);
		default:	return run_program(r, c, programs[i].program, programs[i].role);
		}
	}
	return trial_cannot(r->t, "commands.sh: %s is not run on the kernel", name);
}

bool trial_commands(struct trial *t, struct source *src, json_t *failed)
{
	struct script s = { .arena = t->arena, .src = src, .d = &t->d };
	struct run r = { .t = t, .failed = failed };
	struct script_command c;
	int got;

	while (!r.stopped && (got = script_next(&s, &c)))
		if (got > 0 && !run_one(&r, &s, &c))
			return false;
	return true;
}
