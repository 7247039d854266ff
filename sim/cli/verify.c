// SPDX-License-Identifier: MIT
/* verify.c - hookwalk verify: asks this machine's kernel, or (--recorded) what a kernel once did. */
#include "sim/cli/cli.h"
#include "sim/report/agree.h"
#include "sim/report/outfile.h"
#include "sim/report/view.h"
#include "sim/verify/verify.h"
#include "sim/world/replay.h"
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define MAX_INPUTS 64


/* The last part of a path, "/" at its end left out; lives in a. */
static const char *base_name(struct arena *a, const char *path)
{
	size_t end = strlen(path), start;

	while (end > 1 && path[end - 1] == '/')
		end--;
	for (start = end; start && path[start - 1] != '/'; start--)
		;
	return arena_strndup(a, path + start, end - start);
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
		v = view_result(out, base_name(a, host), d);
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
static int recorded_one(const char *host, const char *result)
{
	struct arena *a = arena_create();
	const char *record = result ? result : arena_printf(a, "%s/result.json", host);
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
		printf("ERROR   %s\n", base_name(a, host));
	else
		printf("%s  %s: %u events, %u differences\n%s", got.differences ? "DIFFERS" : "agrees ", base_name(a, host), got.events,
		       got.differences, sb_str(&got.text));
	cli_show(&d);
	agreement_free(&got);
	json_decref(k);
	json_decref(s);
	arena_destroy(a);
	return status;
}

/* ---- live */

struct live {
	struct verify_options o;
	const char *in[MAX_INPUTS];
	const char *json;
	bool keep;
};

static bool write_json(const char *path, const json_t *j, struct diag *d)
{
	struct outfile o;
	char *s;

	if (!outfile_open(&o, path, d))
		return false;
	s = json_dumps(j, JSON_COMPACT | JSON_PRESERVE_ORDER | JSON_ENSURE_ASCII);
	outfile_write(&o, s, strlen(s));
	outfile_write(&o, "\n", 1);
	free(s);
	return outfile_close(&o, true, d);
}

/* What the kernel did stays beside the host: verify --recorded and replay --like read it. */
static bool keep_result(const char *host, const struct verify_result *r, struct diag *d)
{
	char *path = arena_printf(d->arena, "%s/result.json", host);

	if (!write_json(path, r->kernel, d))
		return false;
	printf("        the kernel's answer is in %s\n", path);
	return true;
}

static int live_status(const struct verify_result *r)
{
	return r->status == VERIFY_AGREES ? EXIT_FINE : r->status == VERIFY_DIFFERS ? EXIT_FOUND : EXIT_BAD;
}

static json_t *live_json(const char *host, const struct verify_result *r)
{
	static const char *const words[] = { "agrees", "differs", "refused", "cannot" };
	json_t *j = json_pack("{s:s, s:s, s:i, s:i}", "host", host, "status", words[r->status], "events", (int)r->agreement.events, "tries",
			      (int)r->tries), *list = json_array();

	for (unsigned i = 0; i < r->agreement.differences; i++) {
		const struct difference *d = &r->agreement.list[i];

		json_array_append_new(list, json_pack("{s:i, s:s, s:s}", "event", (int)d->event, "kind", d->kind, "text", d->text));
	}
	json_object_set_new(j, "differences", list);
	if (r->why.len)
		json_object_set_new(j, "why", json_string(sb_str(&r->why)));
	if (r->kernel)
		json_object_set(j, "kernel", r->kernel);
	if (r->ours)
		json_object_set(j, "ours", r->ours);
	return j;
}

static int live_one(struct verifier *v, const struct live *l, const char *host, json_t *all)
{
	static const char *const words[] = { "agrees ", "DIFFERS", "REFUSED", "ERROR  " };
	struct arena *a = arena_create();
	struct strbuf text = { 0 };
	struct verify_result r;
	struct diag d;
	int status;

	diag_init(&d, a);
	verify_host(v, host, &l->o, &r);
	status = live_status(&r);
	printf("%s  %s", words[r.status], base_name(a, host));
	if (r.kernel)
		printf(": %u events, %u differences", r.agreement.events, r.agreement.differences);
	if (r.tries > 1)
		printf(", run %u times", r.tries);
	putchar('\n');
	verify_explain(&r, &text);
	fputs(sb_str(&text), stdout);
	fflush(stdout);
	fputs(sb_str(&r.why), stderr);
	if (l->keep && r.kernel && !keep_result(host, &r, &d))
		status = EXIT_BAD;
	if (all)
		json_array_append_new(all, live_json(host, &r));
	cli_show(&d);
	sb_free(&text);
	verify_result_free(&r);
	arena_destroy(a);
	return status;
}

static int live_all(const struct live *l, char **host, unsigned nr)
{
	struct strbuf why = { 0 };
	struct verifier *v = verifier_open(&why);
	json_t *all = l->json ? json_array() : NULL;
	unsigned passed = 0, failed = 0;
	struct arena *a = arena_create();
	bool bad = false;
	struct diag d;

	diag_init(&d, a);
	if (!v) {
		fprintf(stderr, "hookwalk verify: %s\n", sb_str(&why));
		bad = true;
	}
	for (unsigned i = 0; v && i < nr; i++) {
		int status = live_one(v, l, host[i], all);

		passed += status == EXIT_FINE;
		failed += status != EXIT_FINE;
		bad |= status == EXIT_BAD;
	}
	if (v)
		printf("%u agreed, %u did not\n", passed, failed);
	if (v && all)
		bad |= !write_json(l->json, all, &d);
	cli_show(&d);
	verifier_close(v);
	json_decref(all);
	sb_free(&why);
	arena_destroy(a);
	return bad ? EXIT_BAD : failed ? EXIT_FOUND : EXIT_FINE;
}

static int recorded_all(const char *result, char **host, unsigned nr)
{
	unsigned passed = 0, failed = 0;
	bool bad = false;

	for (unsigned i = 0; i < nr; i++) {
		int status = recorded_one(host[i], result);

		passed += status == EXIT_FINE;
		failed += status != EXIT_FINE;
		bad |= status == EXIT_BAD;
	}
	printf("%u passed, %u failed\n", passed, failed);
	return bad ? EXIT_BAD : failed ? EXIT_FOUND : EXIT_FINE;
}

static bool speed_parse(double *ret, const char *s)
{
	char *end;

	*ret = strtod(s, &end);
	return end != s && !*end && *ret > 0 && *ret <= 1e6;
}

int cmd_verify(int argc, char **argv)
{
	static const struct option longs[] = {
		{ "recorded", no_argument, NULL, 'r' }, { "result", required_argument, NULL, 'f' }, { "in", required_argument, NULL, 'i' },
		{ "json", required_argument, NULL, 'j' }, { "keep", no_argument, NULL, 'k' }, { "speed", required_argument, NULL, 's' },
		{ "tries", required_argument, NULL, 't' }, { 0 }
	};
	struct live l = { .o = { .speed = 1 } };
	const char *result = NULL;
	bool recorded = false;
	uint64_t n;
	int c;

	for (int i = 1; i < argc; i++)
		if (!strncmp(argv[i], "--random", 8))
			return cmd_verify_random(argc, argv);
	opterr = 0;
	optind = 1;
	l.o.in = l.in;
	while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		switch (c) {
		case 'r': recorded = true;	break;
		case 'f': result = optarg;	break;
		case 'j': l.json = optarg;	break;
		case 'k': l.keep = true;	break;
		case 'i':
			if (l.o.nr_in == MAX_INPUTS)
				return cli_usage("verify", "more than %d captures", MAX_INPUTS);
			l.in[l.o.nr_in++] = optarg;
			break;
		case 's':
			if (!speed_parse(&l.o.speed, optarg))
				return cli_usage("verify", "--speed wants a number above 0, not \"%s\"", optarg);
			break;
		case 't':
			if (!u64_parse(&n, optarg, 100) || !n)
				return cli_usage("verify", "--tries wants a number from 1 to 100, not \"%s\"", optarg);
			l.o.tries = (unsigned)n;
			break;
		default:
			return cli_usage("verify", "unknown option or missing value: %s", argv[optind - 1]);
		}
	}
	if (optind >= argc)
		return cli_usage("verify", "which host directories?");
	if (recorded)
		return recorded_all(result, argv + optind, (unsigned)(argc - optind));
	return live_all(&l, argv + optind, (unsigned)(argc - optind));
}
