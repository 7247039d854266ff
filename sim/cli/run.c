// SPDX-License-Identifier: MIT
/* run.c - hookwalk run LAB.lua: runs a lab and tells what happened. */
#include "lua/bind/hw.h"
#include "sim/cli/cli.h"
#include "sim/report/outfile.h"
#include "sim/report/view.h"
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/time.h>
#include <unistd.h>

#define MAX_RUN_VIEWS 1024

#define STOPPED "error: stopped: it took longer than --timeout allows\n"

struct run_options { const char *file, *out, *events; bool trace, quiet; uint64_t seed, instructions, memory; double timeout; };

struct running {
	struct run_options o;
	struct diag *d;
	struct { struct hw_lab *lab; struct view *view; } view[MAX_RUN_VIEWS];
	unsigned nr_views, nr_labs, nr_reports;
	bool ok, failed;
};

static void add_view(struct running *r, struct hw_lab *lab, struct view *v)
{
	r->ok &= v != NULL;
	if (!v)
		return;
	trace_add(&lab->w->trace, &v->sink);
	r->view[r->nr_views].lab = lab;
	r->view[r->nr_views++].view = v;
}

/* One more name for the second lab and so on: "out" and "out.2". */
static const char *numbered(struct running *r, const char *name, const struct hw_lab *lab)
{
	unsigned n = 1;

	for (const struct hw_lab *l = lab->hw->labs; l != lab; l = l->next)
		n++;
	return n == 1 ? name : arena_printf(r->d->arena, "%s.%u", name, n);
}

static void on_lab(struct hw_lab *lab, void *arg)
{
	struct running *r = arg;

	r->nr_labs++;
	if (r->nr_views + 3 > MAX_RUN_VIEWS)
		return;
	if (r->o.trace)
		add_view(r, lab, view_trace_lab("-", r->d));
	if (r->o.events)
		add_view(r, lab, view_events(numbered(r, r->o.events, lab), r->d));
	if (r->o.out)
		add_view(r, lab, view_pcap_lab(numbered(r, r->o.out, lab), r->d));
}

static void on_host(struct hw_lab *lab, struct host *h, void *arg)
{
	struct running *r = arg;

	if (!r->o.trace && !r->o.quiet && r->nr_views < MAX_RUN_VIEWS)
		add_view(r, lab, view_report_host("-", h, r->nr_reports++ == 0, r->d));
}

/* Views end while their hosts are there. */
static void on_end(struct hw_lab *lab, void *arg)
{
	struct replay_result res = { .complete = true };
	struct running *r = arg;

	world_end(lab->w, &res);
	if (r->o.out)
		hw_captures_write(lab, numbered(r, r->o.out, lab), r->d);
	for (unsigned i = 0; i < r->nr_views; i++) {
		if (r->view[i].lab != lab)
			continue;
		trace_remove(&lab->w->trace, &r->view[i].view->sink);
		r->ok &= r->view[i].view->close(r->view[i].view, true, r->d);
		r->view[i].lab = NULL;
	}
}

static void on_print(const char *text, size_t len, void *arg)
{
	(void)arg;
	fwrite(text, 1, len, stdout);
}

/* Tests in the file are told one by one; hookwalk test knows more ways to tell them. */
static void on_result(const char *json, size_t len, void *arg)
{
	struct running *r = arg;
	json_t *o = json_loadb(json, len, 0, NULL);
	const char *status = json_string_value(json_object_get(o, "status"));
	const char *message = json_string_value(json_object_get(o, "message"));

	if (status) {
		bool bad = strcmp(status, "failed") == 0 || strcmp(status, "error") == 0;

		printf("%s - %s\n", bad ? "not ok" : strcmp(status, "pending") == 0 ? "pending" : "ok",
		       json_string_value(json_object_get(o, "name")));
		if (bad && message)
			printf("%s\n", message);
		r->failed |= bad;
	}
	json_decref(o);
}

/* The last resort, for what is not counted in instructions: comparing texts of many megabytes, say. */
static void on_timeout(int sig)
{
	ssize_t said = write(STDERR_FILENO, STOPPED, sizeof(STOPPED) - 1);

	(void)sig;
	(void)said;
	outfile_abandon();	/* NOLINT(bugprone-signal-handler): atomics, getpid() and unlink() only */
	_exit(EXIT_BAD);
}

static void start_timeout(double seconds)
{
	struct itimerval t = { .it_value = { .tv_sec = (time_t)seconds, .tv_usec = (suseconds_t)((seconds - floor(seconds)) * 1e6) } };

	signal(SIGALRM, on_timeout);
	setitimer(ITIMER_REAL, &t, NULL);
}

static int parse_options(struct run_options *o, int argc, char **argv)
{
	static const struct option longs[] = {
		{ "trace", no_argument, NULL, 't' }, { "quiet", no_argument, NULL, 'q' }, { "out", required_argument, NULL, 'o' },
		{ "events", required_argument, NULL, 'e' }, { "instructions", required_argument, NULL, 'i' }, { "memory", required_argument, NULL, 'm' },
		{ "seed", required_argument, NULL, 's' }, { "timeout", required_argument, NULL, 'T' }, { 0 }
	};
	char *end;
	int c;

	opterr = 0;
	optind = 1;
	while ((c = getopt_long(argc, argv, ":", longs, NULL)) != -1) {
		switch (c) {
		case 't': o->trace = true;	break;
		case 'q': o->quiet = true;	break;
		case 'o': o->out = optarg;	break;
		case 'e': o->events = optarg;	break;
		case 's':
			if (!u64_parse(&o->seed, optarg, INT64_MAX))
				return cli_usage("run", "--seed wants a number, not \"%s\"", optarg);
			break;
		case 'T':
			o->timeout = strtod(optarg, &end);
			if (*end || !(o->timeout >= 1e-3 && o->timeout <= 1e9))
				return cli_usage("run", "--timeout wants seconds, not \"%s\"", optarg);
			break;
		case 'i': case 'm':
			if (!u64_parse(c == 'i' ? &o->instructions : &o->memory, optarg, 1000000))
				return cli_usage("run", "%s wants a number, not \"%s\"", c == 'i' ? "--instructions" : "--memory", optarg);
			break;
		default:
			return cli_bad_option("run", c, argv, longs);
		}
	}
	if (optind >= argc)
		return cli_usage("run", "which Lua file?");
	o->file = argv[optind++];
	if (optind < argc)
		return cli_usage("run", "one file at a time, what is \"%s\"?", argv[optind]);
	return EXIT_FINE;
}

char *cli_folder(const char *path)
{
	char *copy = xstrdup(path), *slash = strrchr(copy, '/');

	if (!slash)
		strcpy(copy, ".");
	else if (slash == copy)
		copy[1] = 0;
	else
		*slash = 0;
	return copy;
}

int cmd_run(int argc, char **argv)
{
	struct running r = { .o = { .seed = 1, .timeout = 300 }, .ok = true };
	struct hw_options opt = { .lab_made = on_lab, .host_made = on_host, .lab_ends = on_end, .print = on_print, .result = on_result, .arg = &r };
	int status = parse_options(&r.o, argc, argv);
	struct strbuf err = { 0 };
	struct arena *a;
	struct diag d;
	struct hw *hw;
	char *root;
	bool ok;

	if (status)
		return status;
	a = arena_create();
	diag_init(&d, a);
	r.d = &d;
	opt.root = root = cli_folder(r.o.file);
	opt.seed = r.o.seed;
	opt.max_instructions = r.o.instructions * 1000000;
	opt.max_memory = (size_t)r.o.memory << 20;
	start_timeout(r.o.timeout);
	hw = hw_open(&opt);
	ok = hw_run(hw, r.o.file, &err) && hw_call(hw, "run", "", &err);
	hw_close(hw);
	cli_show(&d);
	if (!ok)
		fprintf(stderr, "error: %s\n", sb_str(&err));
	status = !ok || !r.ok || d.nr_errors ? EXIT_BAD : r.failed ? EXIT_FOUND : EXIT_FINE;
	sb_free(&err);
	free(root);
	arena_destroy(a);
	return status;
}
