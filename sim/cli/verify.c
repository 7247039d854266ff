// SPDX-License-Identifier: MIT
/* verify.c - hookwalk verify --recorded: replays what a kernel saw and compares with what it did. */
#include "sim/cli/cli.h"
#include "sim/report/agree.h"
#include "sim/report/view.h"
#include "sim/world/replay.h"
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct verify_options { const char *result; bool verbose; };

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && slash[1] ? slash + 1 : path;
}

/* Replays HOST as in the kernel's record and writes our result to out. false: errors in d. */
static bool replay_like(const char *host, const char *record, const char *out, struct arena *a, struct diag *d)
{
	struct world *w = world_create(1);
	struct host_files files = { .dir = host, .oracle_like = true };
	const char *events = arena_printf(a, "%s/events.jsonl", host);
	struct source *src = source_read(a, record, 0, d), *ev = NULL;
	struct host *h = src ? host_load(w, &files, d) : NULL;
	struct traffic *t = NULL;
	struct view *v = NULL;
	bool ok = false;

	if (h && access(events, R_OK) == 0)
		ev = source_read(a, events, 0, d);
	if (h)
		t = like_open(h, src, ev, d);
	if (t)
		v = view_result(out, base_name(host), d);
	if (v) {
		struct replay_result r;

		trace_add(&w->trace, &v->sink);
		r = world_replay(w, h, t, 0, NULL);
		trace_remove(&w->trace, &v->sink);
		ok = v->close(v, true, d) && (r.complete || r.storm) && !d->nr_errors;
	}
	if (t)
		t->close(t);
	cli_show(d);			/* their places are in texts that go with the world */
	d->first = NULL;
	d->last = &d->first;
	world_destroy(w);
	return ok;
}

static json_t *load(const char *path, struct diag *d)
{
	json_error_t e;
	json_t *j = json_load_file(path, 0, &e);

	if (!j)
		diag_error(d, (struct pos){ 0 }, "%s:%d: %s", path, e.line, e.text);
	return j;
}

/* 0 agreed, 1 differs, 2 could not be run. */
static int verify_one(const char *host, const struct verify_options *o)
{
	struct arena *a = arena_create();
	const char *record = o->result ? o->result : arena_printf(a, "%s/result.json", host);
	char dir[] = "/tmp/hookwalk-verify-XXXXXX", *ours;
	struct agreement got = { 0 };
	json_t *k = NULL, *s = NULL;
	int status = EXIT_BAD;
	struct diag d;

	diag_init(&d, a);
	if (!mkdtemp(dir)) {
		diag_error(&d, (struct pos){ 0 }, "cannot make a directory in /tmp");
		goto out;
	}
	ours = arena_printf(a, "%s/ours.json", dir);
	if (replay_like(host, record, ours, a, &d) && (k = load(record, &d)) && (s = load(ours, &d))) {
		agree(k, s, &got);
		status = got.differences ? EXIT_FOUND : EXIT_FINE;
	}
	unlink(ours);
	rmdir(dir);
out:
	if (status == EXIT_BAD)
		printf("ERROR   %s\n", base_name(host));
	else
		printf("%s  %s: %u events, %u differences\n%s", got.differences ? "DIFFERS" : "agrees ", base_name(host), got.events,
		       got.differences, sb_str(&got.text));
	cli_show(&d);
	sb_free(&got.text);
	json_decref(k);
	json_decref(s);
	arena_destroy(a);
	return status;
}

int cmd_verify(int argc, char **argv)
{
	static const struct option longs[] = { { "recorded", no_argument, NULL, 'r' }, { "result", required_argument, NULL, 'f' }, { 0 } };
	struct verify_options o = { 0 };
	unsigned passed = 0, failed = 0;
	bool recorded = false, bad = false;
	int c;

	for (int i = 1; i < argc; i++)
		if (!strncmp(argv[i], "--random", 8))
			return cmd_verify_random(argc, argv);
	opterr = 0;
	optind = 1;
	while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		if (c == 'r')
			recorded = true;
		else if (c == 'f')
			o.result = optarg;
		else
			return cli_usage("verify", "unknown option or missing value: %s", argv[optind - 1]);
	}
	if (!recorded)
		return cli_usage("verify", "only --recorded is there yet: compare with a kernel's recorded result.json");
	if (optind >= argc)
		return cli_usage("verify", "which host directories?");
	for (; optind < argc; optind++) {
		int status = verify_one(argv[optind], &o);

		passed += status == EXIT_FINE;
		failed += status != EXIT_FINE;
		bad |= status == EXIT_BAD;
	}
	printf("%u passed, %u failed\n", passed, failed);
	return bad ? EXIT_BAD : failed ? EXIT_FOUND : EXIT_FINE;
}
