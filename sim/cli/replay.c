// SPDX-License-Identifier: MIT
/* replay.c - hookwalk replay: a host, its traffic, and the views asked for. */
#include "sim/cli/cli.h"
#include "sim/cli/progress.h"
#include "sim/report/view.h"
#include "sim/world/lab.h"
#include "sim/world/replay.h"
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_INPUTS 64
#define MAX_VIEWS  8
#define MAX_LAB_VIEWS 4096	/* four of 1000 hosts */

struct replay_options {
	const char *host, *like, *json, *events, *out, *report, *conntrack;
	const char *in[MAX_INPUTS];
	unsigned nr_in;
	const char *allow[MAX_INPUTS];
	unsigned nr_allow;
	bool trace, quiet, any_mac;
	uint64_t seed, tail;
};

static volatile int stopped;
static void (*before)(int);	/* what an interrupt did before */

static void on_signal(int sig)
{
	stopped = 1;
	signal(sig, before);	/* who asks again does not want to wait */
}

static int parse_options(struct replay_options *o, int argc, char **argv)
{
	static const struct option longs[] = {
		{ "in", required_argument, NULL, 'i' },	    { "like", required_argument, NULL, 'l' },
		{ "json", required_argument, NULL, 'j' },   { "events", required_argument, NULL, 'e' },
		{ "out", required_argument, NULL, 'o' },    { "trace", no_argument, NULL, 't' },
		{ "seed", required_argument, NULL, 's' },   { "tail", required_argument, NULL, 'T' },
		{ "quiet", no_argument, NULL, 'q' },	    { "allow-unknown", required_argument, NULL, 'a' },
		{ "any-mac", no_argument, NULL, 'm' },	    { "report", required_argument, NULL, 'r' },
		{ "conntrack", required_argument, NULL, 'c' },
		{ 0 }
	};
	int c;

	opterr = 0;
	optind = 1;
	while ((c = getopt_long(argc, argv, ":", longs, NULL)) != -1) {
		switch (c) {
		case 'i':
			if (o->nr_in == MAX_INPUTS)
				return cli_usage("replay", "more than %d captures", MAX_INPUTS);
			o->in[o->nr_in++] = optarg;
			break;
		case 'a':
			if (o->nr_allow == MAX_INPUTS)
				return cli_usage("replay", "more than %d names allowed as unknown", MAX_INPUTS);
			o->allow[o->nr_allow++] = optarg;
			break;
		case 'l': o->like = optarg;	break;
		case 'j': o->json = optarg;	break;
		case 'e': o->events = optarg;	break;
		case 'o': o->out = optarg;	break;
		case 'c': o->conntrack = optarg;	break;
		case 'r': o->report = optarg;	break;
		case 't': o->trace = true;	break;
		case 'q': o->quiet = true;	break;
		case 'm': o->any_mac = true;	break;
		case 's':
			if (!u64_parse(&o->seed, optarg, UINT64_MAX))
				return cli_usage("replay", "--seed wants a number, not \"%s\"", optarg);
			break;
		case 'T':
			if (!u64_parse(&o->tail, optarg, 1000000000))
				return cli_usage("replay", "--tail wants seconds, not \"%s\"", optarg);
			o->tail *= NSEC_PER_SEC;
			break;
		default:
			return cli_bad_option("replay", c, argv, longs);
		}
	}
	if (optind >= argc)
		return cli_usage("replay", "which host directory?");
	o->host = argv[optind++];
	if (optind < argc)
		return cli_usage("replay", "one host directory at a time, what is \"%s\"?", argv[optind]);
	return EXIT_FINE;
}

static char *path_in(struct arena *a, const char *dir, const char *file)
{
	return arena_printf(a, "%s/%s", dir, file);
}

/* Captures named on the command line; or a recorded run; or the host's own events.jsonl, traffic.txt. */
static struct traffic *open_traffic(const struct replay_options *o, struct world *w, struct host *h, struct diag *d)
{
	char *events = path_in(w->arena, o->host, "events.jsonl"), *text = path_in(w->arena, o->host, "traffic.txt");
	bool has_events = access(events, F_OK) == 0;
	struct source *src, *ev = NULL;

	if (o->nr_in)
		return capture_open(h, o->in, o->nr_in, o->any_mac, d);
	if (o->like) {
		src = source_read(w->arena, o->like, 0, d);
		if (has_events)
			ev = source_read(w->arena, events, 0, d);
		return src ? like_open(h, src, ev, d) : NULL;
	}
	if (has_events) {
		src = source_read(w->arena, events, 0, d);
		return src ? events_open(src, d) : NULL;
	}
	if (access(text, F_OK) == 0) {
		src = source_read(w->arena, text, 0, d);
		return src ? traffic_open(h, src, d) : NULL;
	}
	diag_error(d, (struct pos){ 0 }, "%s has no events.jsonl and no traffic.txt", o->host);
	diag_hint(d, "name a capture: --in eth0=FILE.pcap");
	return NULL;
}

static const char *case_name(const char *dir)
{
	static char name[256];
	size_t n = strlen(dir);

	while (n > 1 && dir[n - 1] == '/')
		n--;
	while (n > 0 && n < sizeof(name) && dir[n - 1] != '/')
		n--;
	snprintf(name, sizeof(name), "%s", dir + n);
	if (strchr(name, '/'))
		*strchr(name, '/') = 0;
	return name;
}

static bool open_views(const struct replay_options *o, struct view **view, unsigned *nr, struct diag *d)
{
	struct view *want[MAX_VIEWS] = { 0 };
	bool ok = true;
	unsigned n = 0;

	if (o->json)
		want[n++] = view_result(o->json, case_name(o->host), o->nr_in > 0, d);
	if (o->events)
		want[n++] = view_events(o->events, d);
	if (o->out)
		want[n++] = view_pcap(o->out, d);
	if (o->conntrack)
		want[n++] = view_conntrack(o->conntrack, d);
	if (o->trace)
		want[n++] = view_trace("-", d);
	if (!o->quiet && !o->trace && (o->report || !o->json || strcmp(o->json, "-") != 0))
		want[n++] = view_report(o->report ? o->report : "-", d);
	for (unsigned i = 0; i < n; i++) {
		ok &= want[i] != NULL;
		if (want[i])
			view[(*nr)++] = want[i];
	}
	return ok;
}

static bool make_dir(const char *dir, struct diag *d)
{
	if (mkdir(dir, 0777) == 0 || errno == EEXIST)
		return true;
	diag_error(d, (struct pos){ 0 }, "%s: cannot make the directory: %s", dir, strerror(errno));
	return false;
}

/* In a lab these outputs are directories with a file for each host. */
static bool make_dirs(const struct replay_options *o, struct diag *d)
{
	const char *const dirs[] = { o->json, o->conntrack, o->report };

	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++) {
		if (dirs[i] && strcmp(dirs[i], "-") == 0) {
			diag_error(d, (struct pos){ 0 }, "%s is a lab of several hosts: --json, --conntrack and --report want a directory there, not \"-\"", o->host);
			return false;
		}
		if (dirs[i] && !make_dir(dirs[i], d))
			return false;
	}
	return true;
}

/* A lab has a report per host. */
static bool open_lab_views(const struct replay_options *o, struct world *w, struct view **view, unsigned *nr, struct diag *d)
{
	struct view **want = arena_array(w->arena, struct view *, MAX_LAB_VIEWS);
	bool ok = true;
	unsigned n = 0;

	if (!make_dirs(o, d))
		return false;
	if (o->events)
		want[n++] = view_events(o->events, d);
	if (o->out)
		want[n++] = view_pcap_lab(o->out, d);
	if (o->trace)
		want[n++] = view_trace_lab("-", d);
	for (unsigned i = 0; i < w->nr_hosts && n + 4 <= MAX_LAB_VIEWS; i++) {
		const struct host *h = w->host[i];

		if (o->json)
			want[n++] = view_only_host(view_result(arena_printf(w->arena, "%s/%s.json", o->json, h->name), h->name, false, d), h);
		if (o->conntrack)
			want[n++] = view_only_host(view_conntrack(arena_printf(w->arena, "%s/%s.txt", o->conntrack, h->name), d), h);
		if (o->report)
			want[n++] = view_report_host(arena_printf(w->arena, "%s/%s.txt", o->report, h->name), h, true, d);
		else if (!o->quiet && !o->trace)
			want[n++] = view_report_host("-", h, i == 0, d);
	}
	for (unsigned i = 0; i < n; i++) {
		ok &= want[i] != NULL;
		if (want[i])
			view[(*nr)++] = want[i];
	}
	return ok;
}

static struct traffic *open_lab_traffic(const struct replay_options *o, struct world *w, struct diag *d)
{
	const char *path = path_in(w->arena, o->host, "traffic.txt");
	struct source *src;
	struct traffic *t;

	if (o->nr_in && o->like) {
		diag_error(d, (struct pos){ 0 }, "--in and --like: what arrives comes from one of both");
		return NULL;
	}
	if (o->nr_in)
		return capture_open_lab(w, o->in, o->nr_in, o->any_mac, d);
	if (access(path, F_OK) != 0) {
		diag_error(d, (struct pos){ 0 }, "%s has no traffic.txt", o->host);
		diag_hint(d, "lines as: client connect tcp 192.168.1.10:80; or name captures: --in HOST.eth0=FILE.pcap");
		return NULL;
	}
	src = source_read(w->arena, path, 0, d);
	t = src ? traffic_open_lab(w, src, d) : NULL;
	return t && o->like ? like_open_lab(w, o->like, t, d) : t;
}

static void tell_storm(const struct world *w, const struct replay_result *r, struct diag *d)
{
	const struct host *h;

	world_storm(w, &h);
	diag_error(d, (struct pos){ 0 }, "packet %llu never stops causing others%s%s: more than %u of them, so the run ends there",
		   (unsigned long long)r->events, w->nr_hosts > 1 && h ? ", at " : "", w->nr_hosts > 1 && h ? h->name : "", STORM_MAX);
	diag_hint(d, "two rules or hosts answer each other; --trace shows them");
}

/* Nothing is skipped in silence. */
static void tell_left_out(const struct traffic *source, struct diag *d)
{
	struct strbuf sb = { 0 };

	capture_lab_left_out(source, &sb);
	for (const char *line = sb_str(&sb); *line; line += strcspn(line, "\n") + 1)
		diag_note(d, (struct pos){ 0 }, "%.*s", (int)strcspn(line, "\n"), line);
	sb_free(&sb);
}

static int run(void *options, struct world *w, struct diag *d)
{
	const struct replay_options *o = options;
	struct host_files files = { .dir = o->host, .oracle_like = o->like && !is_lab_dir(o->host), .allow_unknown = (const char **)o->allow,
				    .nr_allow_unknown = o->nr_allow };
	struct view *view[MAX_LAB_VIEWS];
	bool lab = is_lab_dir(o->host);
	unsigned nr_views = 0;
	struct traffic *t = NULL, *source = NULL;
	struct replay_result r = { 0 };
	struct host *h = NULL;
	bool ok;

	for (unsigned i = 0; i < o->nr_in; i++) {
		unsigned k;

		if (sscanf(o->in[i], "eth%u=", &k) == 1)
			files.more_devices = MAX(files.more_devices, k + 1);
	}
	if (lab) {
		if (lab_load(w, &files, d))
			t = open_lab_traffic(o, w, d);
	} else if ((h = host_load(w, &files, d))) {
		t = open_traffic(o, w, h, d);
	}
	source = t;
	t = progress_open(t, o->in, o->nr_in);
	ok = t && (lab ? open_lab_views(o, w, view, &nr_views, d) : open_views(o, view, &nr_views, d));
	for (unsigned i = 0; i < nr_views; i++)
		trace_add(&w->trace, &view[i]->sink);
	if (ok) {
		before = signal(SIGINT, on_signal);
		r = world_replay(w, h, t, o->tail, &stopped);
		ok = r.complete && !d->nr_errors;
	}
	for (unsigned i = 0; i < nr_views; i++) {
		trace_remove(&w->trace, &view[i]->sink);
		ok &= view[i]->close(view[i], r.events || r.complete, d);
	}
	if (source)
		tell_left_out(source, d);
	if (t)
		t->close(t);
	if (r.storm)
		tell_storm(w, &r, d);
	if (stopped)
		diag_error(d, (struct pos){ 0 }, "stopped after %llu packets: the results hold what came before",
			   (unsigned long long)r.events);
	return ok ? EXIT_FINE : EXIT_BAD;
}

int cmd_replay(int argc, char **argv)
{
	struct replay_options o = { .seed = 1 };
	int status = parse_options(&o, argc, argv);

	return status ? status : cli_with_world(o.seed, run, &o);
}
