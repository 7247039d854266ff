// SPDX-License-Identifier: MIT
/* iptables.c - hookwalk iptables HOST ARGS, hookwalk ip6tables HOST ARGS: what iptables says on that host, with its exit status. What
 * it changes is gone afterwards: a host's files stay as they are. */
#include "rules/cmd/cmd.h"
#include "sim/cli/cli.h"
#include "sim/world/world.h"
#include <stdio.h>

static int run(struct world *w, uint8_t family, const char *dir, int argc, char **argv, struct diag *d)
{
	struct rules_options opt = { .family = family };
	struct host_files files = { .dir = dir };
	struct host *h = host_load(w, &files, d);
	struct words words = { NULL, 0 };
	struct cmd_result r = { 0 };
	struct strbuf line = { 0 };
	struct source *src;
	struct xtables *x;

	if (!h)
		return EXIT_BAD;
	words.w = arena_array(w->arena, struct word, argc + 1);
	for (int i = 0; i < argc; i++) {
		words.w[words.n++] = (struct word){ argv[i], { NULL, line.len, strlen(argv[i]) } };
		sb_printf(&line, "%s%s", argv[i], i + 1 < argc ? " " : "");
	}
	src = source_text(w->arena, "command line", sb_str(&line), line.len);
	sb_free(&line);
	for (unsigned i = 0; i < words.n; i++)
		words.w[i].pos.src = src;
	opt.sets = h->ipsets;
	opt.host = h;
	x = xtables_open(h, &opt, d);
	xtables_command(x, &words, (struct pos){ src, 0, src->len }, &r);
	xtables_close(x);
	fwrite(sb_str(&r.out), 1, r.out.len, stdout);
	cli_flush();
	fwrite(sb_str(&r.err), 1, r.err.len, stderr);
	if (r.hint)
		fprintf(stderr, "hint: %s\n", r.hint);
	cmd_result_free(&r);
	return r.status;
}

static int iptables(uint8_t family, int argc, char **argv)
{
	struct arena *messages;
	struct world *w;
	struct diag d;
	int status;

	if (argc < 2)
		return cli_usage(iptables_name(family), "which host directory?");
	messages = arena_create();
	diag_init(&d, messages);
	w = world_create(1);
	status = run(w, family, argv[1], argc - 2, argv + 2, &d);
	cli_show(&d);
	world_destroy(w);
	arena_destroy(messages);
	return status;
}

int cmd_iptables(int argc, char **argv)
{
	return iptables(NFPROTO_IPV4, argc, argv);
}

int cmd_ip6tables(int argc, char **argv)
{
	return iptables(NFPROTO_IPV6, argc, argv);
}
