// SPDX-License-Identifier: MIT
/* main.c - hookwalk's command line: one table of subcommands. */
#include "sim/cli/cli.h"
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

const struct command commands[] = {
	{ "replay", cmd_replay, "HOST [--in IFACE=FILE]... [--like KERNEL.json] [--json F] [--events F] [--out DIR] [--conntrack F] [--trace]",
	  "play captures or a host's own traffic through it; report rule by rule, flow by flow" },
	{ "trace", cmd_trace, "HOST [PACKET...] [-v] [--roundtrip] [--json] [--in IFACE=FILE]...",
	  "a few packets told step by step, each ending in one line with the verdict" },
	{ "why", cmd_why, "HOST [TABLE:CHAIN:N] [PACKET...] [--json] [--in IFACE=FILE]...",
	  "why a rule does not match, or why a packet ends where it does: the culprit, the reason, the fix" },
	{ "check", cmd_check, "HOST or RULES... [--must-accept PACKET]... [--severity info|warning|error] [--ignore ID]... [--json F] [--sarif F] [--list]",
	  "what is wrong with rules, without traffic: rules that never match, classic mistakes, lock-out" },
	{ "run", cmd_run, "LAB.lua [--trace] [--out DIR] [--events F] [--seed N] [--quiet]", "run a lab of several hosts, scripted in Lua, and report what happened" },
	{ "test", cmd_test, "PATH... [-j N] [--filter P] [--tags T] [--coverage] [--junit F] [--tap] [--json F] [--shard K/N] ...",
	  "run specs in Lua and directories with expect.txt; the CI command" },
	{ "merge", cmd_merge, "RESULTS.json... [--junit F] [--tap] [--json F] [--coverage] ...", "join the results and the coverage of shards" },
	{ "draw", cmd_draw, "chains|network|packet|shares HOST [PACKET...] [-o FILE] [-T svg|png|pdf|dot] [--table T] [--focus CHAIN] [--depth N] [--fold N]",
	  "pictures: a host's chains with hits, the network, one packet's way over the hooks, shares of a load balancer" },
	{ "save", cmd_save, "RULES or HOST [-c] [--family ip|ip6|arp|eb] [--ipset FILE] [--allow-unknown=match:NAME] [--show-commands]",
	  "print rules as iptables-save would; --show-commands: what a host's commands.sh prints instead" },
	{ "iptables", cmd_iptables, "HOST ARGS...", "what \"iptables ARGS\" says on that host: -L -n -v" },
	{ "ip6tables", cmd_ip6tables, "HOST ARGS...", "the same of ip6tables" },
	{ "verify", cmd_verify, "HOST... [--in IFACE=FILE]... [-j N] [--json F] [--keep] [--speed X] [--tries N] [--recorded [--result F]]",
	  "ask this machine's kernel, in throwaway namespaces, and compare; --recorded: compare with HOST/result.json" },
	{ 0 }
};

void cli_show(const struct diag *d)
{
	struct strbuf sb = { 0 };

	diag_render(d, &sb);
	fflush(stdout);
	fputs(sb_str(&sb), stderr);
	sb_free(&sb);
}

int cli_usage(const char *command, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fprintf(stderr, "hookwalk %s: ", command);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
	va_end(ap);
	for (const struct command *c = commands; c->name; c++)
		if (strcmp(c->name, command) == 0)
			fprintf(stderr, "usage: hookwalk %s %s\n", c->name, c->args);
	return EXIT_BAD;
}

bool cli_colour(void)
{
	const char *no = getenv("NO_COLOR");

	return isatty(STDOUT_FILENO) && !(no && *no);
}

static void help(FILE *f)
{
	fputs("hookwalk: Linux netfilter in one process. No root, no kernel, virtual time.\n\n", f);
	for (const struct command *c = commands; c->name; c++)
		fprintf(f, "  hookwalk %-8s %s\n      %s\n", c->name, c->args, c->help);
	fputs("\nExit status: 0 fine, 1 a difference or a failed expectation, 2 bad input or usage, 3 a fault of hookwalk.\n", f);
}

int main(int argc, char **argv)
{
	struct nearest near = { 0 };

	json_set_alloc_funcs(xmalloc, free);	/* out of memory in there ends as it does everywhere */
	if (argc < 2) {
		help(stderr);
		return EXIT_BAD;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0) {
		help(stdout);
		return EXIT_FINE;
	}
	if (strcmp(argv[1], "--version") == 0) {
		puts("hookwalk " VERSION);
		return EXIT_FINE;
	}
	near.want = argv[1];
	for (const struct command *c = commands; c->name; c++) {
		if (strcmp(c->name, argv[1]) == 0)
			return c->run(argc - 1, argv + 1);
		nearest_try(&near, c->name);
	}
	fprintf(stderr, "hookwalk: unknown command \"%s\"\n", argv[1]);
	if (nearest_get(&near))
		fprintf(stderr, "hint: did you mean \"%s\"?\n", nearest_get(&near));
	return EXIT_BAD;
}
