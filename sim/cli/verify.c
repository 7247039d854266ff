// SPDX-License-Identifier: MIT
/* verify.c - hookwalk verify: asks this machine's kernel, or (--recorded) what a kernel once did. */
#include "sim/cli/cli.h"
#include "sim/report/agree.h"
#include "sim/report/ct_json.h"
#include "sim/report/view.h"
#include "sim/verify/verify.h"
#include "sim/world/replay.h"
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_INPUTS 64
#define MAX_JOBS   64

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

	if (h && access(events, F_OK) == 0)
		ev = source_read(a, events, 0, d);
	if (h)
		t = like_open(h, src, ev, d);
	if (t)
		v = view_result(out, base_name(a, host), false, d);
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

/* ---- live: a few processes take the hosts in turn, so that cases run side by side and a fault of the emulation
 * ends one of them only; what they have to say is printed in the order of the hosts. */

#define JSON_RESULT (JSON_COMPACT | JSON_PRESERVE_ORDER | JSON_ENSURE_ASCII)
#define SHOWN_MAX 40	/* differences of one host that are printed; --json has all */

struct live {
	struct verify_options o;
	const char *in[MAX_INPUTS];
	const char *json;
	bool keep;
	unsigned jobs;
	char **host; unsigned nr;
	struct verifier *v;
};

/* What the kernel did stays beside the host: verify --recorded and replay --like read it. */
static bool keep_result(const char *host, const struct verify_result *r, struct strbuf *out, struct diag *d)
{
	char *path = arena_printf(d->arena, "%s/result.json", host);

	if (!cli_write_json(path, json_incref(r->kernel), JSON_RESULT, d))
		return false;
	sb_printf(out, "        the kernel's answer is in %s\n", path);
	return true;
}

static const char *const status_words[] = { [VERIFY_AGREES] = "agrees", [VERIFY_DIFFERS] = "differs", [VERIFY_REFUSED] = "refused",
					    [VERIFY_CANNOT] = "cannot" };

static json_t *as_json(const char *host, const struct verify_result *r)
{
	json_t *j = json_pack("{s:o, s:s, s:i, s:i}", "host", text_json(host), "status", status_words[r->status], "events",
			      (int)r->agreement.events, "tries", (int)r->tries), *list = json_array();

	for (unsigned i = 0; i < r->agreement.differences; i++) {
		const struct difference *d = &r->agreement.list[i];

		json_array_append_new(list, json_pack("{s:i, s:s, s:o}", "event", (int)d->event, "kind", d->kind, "text", text_json(d->text)));
	}
	json_object_set_new(j, "differences", list);
	if (r->why.len)
		json_object_set_new(j, "why", text_json(sb_str(&r->why)));
	if (r->kernel)
		json_object_set(j, "kernel", r->kernel);
	if (r->ours)
		json_object_set(j, "ours", r->ours);
	return j;
}

static void tell_result(const char *name, const struct verify_result *r, struct strbuf *out)
{
	static const char *const words[] = { "agrees ", "DIFFERS", "REFUSED", "ERROR  " };

	sb_printf(out, "%s  %s", words[r->status], name);
	if (r->kernel)
		sb_printf(out, ": %u events, %u differences", r->agreement.events, r->agreement.differences);
	if (r->tries > 1)
		sb_printf(out, ", run %u times", r->tries);
	sb_putc(out, '\n');
	verify_notes(r, out);
	verify_explain_first(r, SHOWN_MAX, out);
}

/* What is to be printed, and the exit status it means; a new reference. */
static json_t *live_one(const struct live *l, unsigned i)
{
	struct arena *a = arena_create();
	struct strbuf out = { 0 };
	struct verify_result r;
	json_t *ret;
	struct diag d;
	int status;

	diag_init(&d, a);
	verify_host(l->v, l->host[i], &l->o, &r);
	status = r.status == VERIFY_AGREES ? EXIT_FINE : r.status == VERIFY_DIFFERS ? EXIT_FOUND : EXIT_BAD;
	tell_result(base_name(a, l->host[i]), &r, &out);
	if (l->keep && r.kernel && !keep_result(l->host[i], &r, &out, &d))
		status = EXIT_BAD;
	diag_render(&d, &r.why);
	ret = json_pack("{s:i, s:i, s:o, s:o}", "i", (int)i, "status", status, "out", text_json(sb_str(&out)), "err",
			text_json(sb_str(&r.why)));
	if (l->json)
		json_object_set_new(ret, "doc", as_json(l->host[i], &r));
	sb_free(&out);
	verify_result_free(&r);
	arena_destroy(a);
	return ret;
}

static void send_line(int fd, const json_t *j)
{
	char *s = json_dumps(j, JSON_RESULT);
	size_t len = strlen(s);

	s[len++] = '\n';	/* instead of the NUL */
	for (ssize_t n, at = 0; len; at += n, len -= (size_t)n)
		if ((n = write(fd, s + at, len)) < 0)
			_exit(EXIT_FAULT);
	free(s);
}

struct job { pid_t pid; int fd; long host; struct strbuf got; };	/* host: at hand, -1 = none */

static void job_main(const struct live *l, atomic_uint *next, int fd)
{
	unsigned i;

	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	while ((i = atomic_fetch_add(next, 1)) < l->nr) {
		json_t *j = json_pack("{s:i}", "begins", (int)i);

		send_line(fd, j);
		json_decref(j);
		j = live_one(l, i);
		send_line(fd, j);
		json_decref(j);
	}
	_exit(0);
}

static bool job_start(const struct live *l, struct job *job, atomic_uint *next)
{
	int fd[2];

	if (pipe2(fd, O_CLOEXEC) < 0)
		return false;
	fflush(NULL);
	*job = (struct job){ .pid = fork(), .fd = fd[0], .host = -1 };
	if (job->pid == 0) {
		close(fd[0]);
		job_main(l, next, fd[1]);
	}
	close(fd[1]);
	return job->pid > 0;
}

static void take_lines(struct job *job, json_t **answer)
{
	char *nl;

	while (job->got.len && (nl = memchr(job->got.s, '\n', job->got.len))) {
		size_t n = (size_t)(nl - job->got.s);
		json_t *j = json_loadb(job->got.s, n, JSON_ALLOW_NUL, NULL), *begins = json_object_get(j, "begins");

		if (begins) {
			job->host = (long)json_integer_value(begins);
		} else if (j) {
			answer[json_integer_value(json_object_get(j, "i"))] = json_incref(j);
			job->host = -1;
		}
		json_decref(j);
		job->got.len -= n + 1;
		memmove(job->got.s, nl + 1, job->got.len);
	}
}

/* The job is over. In the middle of a host, that was a fault of ours. */
static void job_end(const struct live *l, struct job *job, json_t **answer)
{
	struct strbuf err = { 0 };
	int status = 0;

	waitpid(job->pid, &status, 0);
	close(job->fd);
	sb_free(&job->got);
	job->fd = -1;
	if (job->host < 0)
		return;
	sb_printf(&err, "%s: hookwalk itself failed: %s\n", l->host[job->host],
		  WIFSIGNALED(status) ? strsignal(WTERMSIG(status)) : "it ended early");
	answer[job->host] = json_pack("{s:i, s:i, s:s, s:o}", "i", (int)job->host, "status", EXIT_FAULT, "out", "", "err",
				      text_json(sb_str(&err)));
	sb_free(&err);
}

/* Reads what one of the jobs has to say. false: all are over. */
static bool job_wait(const struct live *l, struct job *jobs, unsigned nr, json_t **answer)
{
	struct pollfd p[MAX_JOBS];
	char buf[65536];
	unsigned on = 0;

	for (unsigned i = 0; i < nr; i++) {
		p[i] = (struct pollfd){ .fd = jobs[i].fd, .events = POLLIN };
		on += jobs[i].fd >= 0;
	}
	if (!on || poll(p, nr, -1) < 0)
		return on;
	for (unsigned i = 0; i < nr; i++) {
		ssize_t n = p[i].revents ? read(p[i].fd, buf, sizeof(buf)) : -1;

		if (n > 0) {
			sb_write(&jobs[i].got, buf, (size_t)n);
			take_lines(&jobs[i], answer);
		} else if (n == 0) {
			job_end(l, &jobs[i], answer);
		}
	}
	return true;
}

struct live_sum { unsigned agreed, others; int status; json_t *docs; };

static void show_answer(struct live_sum *sum, json_t *j)
{
	int status = (int)json_integer_value(json_object_get(j, "status"));

	fputs(json_string_value(json_object_get(j, "out")), stdout);
	cli_flush();
	fputs(json_string_value(json_object_get(j, "err")), stderr);
	sum->agreed += status == EXIT_FINE;
	sum->others += status != EXIT_FINE;
	sum->status = MAX(sum->status, status);
	if (json_object_get(j, "doc"))
		json_array_append(sum->docs, json_object_get(j, "doc"));
}

static void live_run(const struct live *l, struct live_sum *sum)
{
	json_t **answer = xcalloc(l->nr, sizeof(*answer));
	atomic_uint *next = mmap(NULL, sizeof(*next), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	unsigned nr = MIN(l->jobs, l->nr), shown = 0;
	struct job jobs[MAX_JOBS];
	bool on = true;

	atomic_init(next, 0);
	for (unsigned i = 0; i < nr; i++)
		if (!job_start(l, &jobs[i], next))
			jobs[i].fd = -1;
	while (on) {
		on = job_wait(l, jobs, nr, answer);
		for (; shown < l->nr && answer[shown]; shown++) {
			show_answer(sum, answer[shown]);
			json_decref(answer[shown]);
		}
		/* All jobs died of faults: the hosts that are left get a new one. */
		if (!on && shown < l->nr)
			on = job_start(l, &jobs[0], next);
	}
	munmap(next, sizeof(*next));
	free(answer);
}

static int live_all(struct live *l)
{
	struct live_sum sum = { .docs = json_array() };
	struct arena *a = arena_create();
	struct strbuf why = { 0 };
	struct diag d;

	diag_init(&d, a);
	if (!(l->v = verifier_open(&why))) {
		fprintf(stderr, "hookwalk verify: %s\n", sb_str(&why));
		sum.status = EXIT_BAD;
	} else {
		live_run(l, &sum);
		printf("%u agreed, %u did not\n", sum.agreed, sum.others);
		if (l->json && !cli_write_json(l->json, json_incref(sum.docs), JSON_RESULT, &d))
			sum.status = EXIT_BAD;
	}
	cli_show(&d);
	verifier_close(l->v);
	json_decref(sum.docs);
	sb_free(&why);
	arena_destroy(a);
	return sum.status;
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
		{ "json", required_argument, NULL, 'o' }, { "keep", no_argument, NULL, 'k' }, { "speed", required_argument, NULL, 's' },
		{ "tries", required_argument, NULL, 't' }, { "jobs", required_argument, NULL, 'j' }, { 0 }
	};
	struct live l = { .o = { .speed = 1 }, .jobs = (unsigned)MIN(MAX(sysconf(_SC_NPROCESSORS_ONLN), 1), MAX_JOBS) };
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
	while ((c = getopt_long(argc, argv, ":j:", longs, NULL)) != -1) {
		switch (c) {
		case 'r': recorded = true;	break;
		case 'f': result = optarg;	break;
		case 'o': l.json = optarg;	break;
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
		case 'j':
			if (!u64_parse(&n, optarg, MAX_JOBS) || !n)
				return cli_usage("verify", "-j wants a number from 1 to %d, not \"%s\"", MAX_JOBS, optarg);
			l.jobs = (unsigned)n;
			break;
		default:
			return cli_bad_option("verify", c, argv, longs);
		}
	}
	if (optind >= argc)
		return cli_usage("verify", "which host directories?");
	if (recorded)
		return recorded_all(result, argv + optind, (unsigned)(argc - optind));
	l.host = argv + optind;
	l.nr = (unsigned)(argc - optind);
	return live_all(&l);
}
