// SPDX-License-Identifier: MIT
/* main.c - hookwalk's command line: one table of subcommands. */
#include "sim/cli/cli.h"
#include "sim/world/world.h"
#include "sim/report/outfile.h"
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

const struct command commands[] = {
	{ "replay", cmd_replay, "HOST [--in IFACE=FILE]... [--trace] [--report F] [--json F] [--events F] [--conntrack F] [--out DIR] [--quiet] [--any-mac]\n"
	  "                [--like KERNEL.json] [--seed N] [--tail SECONDS] [--allow-unknown=match:NAME]...",
	  "play captures or a host's own traffic through it; report rule by rule, flow by flow" },
	{ "trace", cmd_trace, "HOST [PACKET...] [-v] [--roundtrip] [--json[=F]] [--in IFACE=FILE]...",
	  "a few packets told step by step, each ending in one line with the verdict" },
	{ "why", cmd_why, "HOST [TABLE:CHAIN:N] [PACKET...] [--roundtrip] [--json[=F]] [--in IFACE=FILE]...",
	  "why a rule does not match, or why a packet ends where it does: the culprit, the reason, the fix" },
	{ "check", cmd_check, "HOST or RULES... [--must-accept PACKET]... [--severity info|warning|error] [--ignore ID]...\n"
	  "                [--family ip|ip6] [--json F] [--sarif F] [--allow-unknown=match:NAME]... [--list]",
	  "what is wrong with rules, without traffic: rules that never match, classic mistakes, lock-out" },
	{ "diff", cmd_diff, "OLD NEW [PACKET...] [--in IFACE=FILE]... [--max N] [--family ip|ip6] [--json[=F]] [--allow-unknown=match:NAME]...",
	  "what two hosts or files of rules do differently, each with a packet that shows it and the two rules that decide" },
	{ "run", cmd_run, "LAB.lua [--trace] [--out DIR] [--events F] [--seed N] [--quiet]", "run a lab of several hosts, scripted in Lua, and report what happened" },
	{ "test", cmd_test, "PATH... [-j N] [-v] [--filter P] [--tags T] [--list] [--fail-fast] [--repeat N] [--seed N] [--update] [--timeout SECONDS]\n"
	  "                [--shard K/N|none] [--coverage] [--min-coverage PERCENT] [--tap] [--github] [--junit F] [--json F] [--lcov F] [--cobertura F]",
	  "run specs in Lua and directories with expect.txt; the CI command" },
	{ "merge", cmd_merge, "RESULTS.json... [--coverage] [--min-coverage PERCENT] [--tap] [--github] [--junit F] [--json F] [--lcov F] [--cobertura F]", "join the results and the coverage of shards" },
	{ "draw", cmd_draw, "chains|network|packet|shares HOST [PACKET...] [-o FILE] [-T svg|png|pdf|dot] [--table T] [--focus CHAIN] [--depth N] [--fold N]",
	  "pictures: a host's chains with hits, the network, one packet's way over the hooks, shares of a load balancer" },
	{ "save", cmd_save, "RULES or HOST [-c] [--family ip|ip6|arp|eb] [--ipset FILE] [--allow-unknown=match:NAME] [--show-commands]",
	  "print rules as iptables-save would; --show-commands: what a host's commands.sh prints instead" },
	{ "iptables", cmd_iptables, "HOST ARGS...", "what \"iptables ARGS\" says on that host: -L -n -v" },
	{ "ip6tables", cmd_ip6tables, "HOST ARGS...", "the same of ip6tables" },
	{ "verify", cmd_verify, "HOST... [--in IFACE=FILE]... [-j N] [--json F] [--keep] [--speed X] [--tries N] [--recorded [--result F]]\n"
	  "       hookwalk verify --random N [--seed S] [--v6] [--topic T]... [--first N] [-j N] [--json F] [--failures DIR] [--no-shrink] [--write DIR [--only-write]]",
	  "ask this machine's kernel, in throwaway namespaces, and compare; --recorded: compare with HOST/result.json" },
	{ 0 }
};

/* Why standard output could not be written, when that was noticed. */
static int stdout_err;

static bool flush_stdout(void)
{
	if (fflush(stdout))
		stdout_err = errno;
	return !ferror(stdout);
}

void cli_flush(void)
{
	flush_stdout();
}

bool cli_is_directory(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

int cli_rules_family(const char *command, const char *text, uint8_t *ret)
{
	if (strcmp(text, "ip") != 0 && strcmp(text, "ip6") != 0)
		return cli_usage(command, "--family is ip or ip6, not \"%s\"", text);
	*ret = text[2] ? NFPROTO_IPV6 : NFPROTO_IPV4;
	return EXIT_FINE;
}

uint8_t cli_family_of(uint8_t given, const char *path)
{
	size_t n = strlen(path);

	return given ? given : n > 3 && strcmp(path + n - 3, ".v6") == 0 ? NFPROTO_IPV6 : NFPROTO_IPV4;
}

int cli_with_world(uint64_t seed, int (*run)(void *options, struct world *w, struct diag *d), void *options)
{
	struct arena *a = arena_create();
	struct world *w = world_create(seed);
	struct diag d;
	int status;

	diag_init(&d, a);
	status = run(options, w, &d);
	cli_show(&d);		/* places point into texts that the world holds */
	world_destroy(w);
	arena_destroy(a);
	return status;
}

void cli_show(const struct diag *d)
{
	struct strbuf sb = { 0 };
	struct diag shown = *d;

	shown.colour = cli_colour(stderr);
	diag_render(&shown, &sb);
	cli_flush();
	fputs(sb_str(&sb), stderr);
	sb_free(&sb);
}

static const struct command *find_command(const char *name)
{
	for (const struct command *c = commands; c->name; c++)
		if (strcmp(c->name, name) == 0)
			return c;
	return NULL;
}

static void usage(const struct command *c, FILE *f)
{
	fprintf(f, "usage: hookwalk %s %s\n", c->name, c->args);
}

int cli_usage(const char *command, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fprintf(stderr, "hookwalk %s: ", command);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
	va_end(ap);
	usage(find_command(command), stderr);
	return EXIT_BAD;
}

int cli_bad_option(const char *command, int c, char *const *argv, const struct option *longs)
{
	const char *word = argv[optind - 1];
	struct nearest near = { 0 };
	size_t n;

	if (c == ':')
		return cli_usage(command, "%s wants a value", word);
	if (strncmp(word, "--", 2) != 0 || !word[2])
		return cli_usage(command, "unknown option -%c", optopt);
	n = strcspn(word, "=");
	if (optopt && word[n])
		return cli_usage(command, "%.*s takes no value", (int)n, word);
	near.want = word + 2;
	for (const struct option *o = longs; o->name; o++)
		nearest_try(&near, o->name);
	if (nearest_get(&near))
		return cli_usage(command, "unknown option %s; did you mean --%s?", word, nearest_get(&near));
	return cli_usage(command, "unknown option %s", word);
}

bool cli_colour(FILE *f)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	return isatty(fileno(f)) && !(no && *no) && !(term && strcmp(term, "dumb") == 0);
}

bool cli_write_json(const char *path, json_t *o, size_t flags, struct diag *d)
{
	char *text = json_dumps(o, flags);
	struct outfile f;
	bool ok = outfile_open(&f, path, d);

	if (ok) {
		outfile_write(&f, text, strlen(text));
		outfile_write(&f, "\n", 1);
		ok = outfile_close(&f, true, d);
	}
	free(text);
	json_decref(o);
	return ok;
}

static void help(FILE *f)
{
	fputs("hookwalk: Linux netfilter in one process. No root, no kernel, virtual time.\n\n", f);
	for (const struct command *c = commands; c->name; c++)
		fprintf(f, "  hookwalk %-9s %s\n      %s\n", c->name, c->args, c->help);
	fputs("\n\"hookwalk COMMAND --help\" tells of one; the manual pages (man hookwalk-COMMAND) of every option.\n"
	      "A FILE may be \"-\": standard output.\n"
	      "Exit status: 0 fine, 1 a difference or a failed expectation, 2 bad input or usage, 3 a fault of hookwalk.\n", f);
}

static void help_command(const struct command *c)
{
	usage(c, stdout);
	printf("    %s\n", c->help);
	printf("All options: man hookwalk-%s\n", strcmp(c->name, "ip6tables") == 0 ? "iptables" : c->name);
}

/* "hookwalk COMMAND ... --help"; what follows iptables' host is iptables' own. */
static bool asks_for_help(int argc, char **argv)
{
	int last = strstr(argv[1], "tables") ? MIN(argc, 3) : argc;

	for (int i = 2; i < last && strcmp(argv[i], "--") != 0; i++)
		if (strcmp(argv[i], "--help") == 0 || (i == 2 && strcmp(argv[i], "-h") == 0))
			return true;
	return false;
}

/* No half-written file is left by who is interrupted, or whose reader has gone. */
static void on_signal(int sig)
{
	outfile_abandon();	/* NOLINT(bugprone-signal-handler): atomics, getpid() and unlink() only */
	signal(sig, SIG_DFL);
	raise(sig);
}

static void catch_signals(void)
{
	static const int sigs[] = { SIGINT, SIGTERM, SIGHUP, SIGPIPE };

	for (size_t i = 0; i < ARRAY_SIZE(sigs); i++)
		if (signal(sigs[i], on_signal) == SIG_IGN)
			signal(sigs[i], SIG_IGN);	/* nohup */
}

/* What the commands printed may not have reached a full disk. */
static int close_stdout(int status)
{
	if (flush_stdout())
		return status;
	if (!stdout_err)
		stdout_err = outfile_stdout_err();
	fprintf(stderr, "hookwalk: error: standard output: cannot write: %s\n", stdout_err ? strerror(stdout_err) : "output was lost");
	return status == EXIT_FAULT ? status : EXIT_BAD;
}

static int run(int argc, char **argv)
{
	const struct command *c;
	struct nearest near = { 0 };

	if (argc < 2) {
		help(stderr);
		return EXIT_BAD;
	}
	if (strcmp(argv[1], "--version") == 0) {
		puts("hookwalk " VERSION);
		return EXIT_FINE;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || (strcmp(argv[1], "help") == 0 && argc == 2)) {
		help(stdout);
		return EXIT_FINE;
	}
	c = find_command(strcmp(argv[1], "help") == 0 ? argv[2] : argv[1]);
	if (c && (strcmp(argv[1], "help") == 0 || asks_for_help(argc, argv))) {
		help_command(c);
		return EXIT_FINE;
	}
	if (c)
		return c->run(argc - 1, argv + 1);
	near.want = argv[1];
	for (c = commands; c->name; c++)
		nearest_try(&near, c->name);
	fprintf(stderr, "hookwalk: unknown command \"%s\"\n", argv[1]);
	if (nearest_get(&near))
		fprintf(stderr, "hint: did you mean \"%s\"?\n", nearest_get(&near));
	else
		fprintf(stderr, "hint: \"hookwalk --help\" lists them\n");
	return EXIT_BAD;
}

int main(int argc, char **argv)
{
	json_set_alloc_funcs(xmalloc, free);	/* out of memory in there ends as it does everywhere */
	catch_signals();
	return close_stdout(run(argc, argv));
}
