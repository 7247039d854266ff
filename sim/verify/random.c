// SPDX-License-Identifier: MIT
/* random.c - draws cases, asks both sides, shrinks what differs. Worker k of n takes the cases k, k+n, k+2n, ...: which
 * cases there are does not depend on how many workers. */
#include "sim/verify/random.h"
#include "sim/verify/shrink.h"
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define SURE	3		/* so often a case must differ before it is believed */
#define WORKERS_MAX 64

struct worker { const struct random_options *o; struct verifier *v; char dir[64]; const char *kind; };

static void ask(struct worker *w, const struct host_case *c, unsigned tries, struct verify_result *ret)
{
	struct verify_options o = { .tries = tries, .ask_refused = true };
	struct arena *a = arena_create();
	struct diag d;

	*ret = (struct verify_result){ .status = VERIFY_CANNOT };
	diag_init(&d, a);
	if (case_write(c, w->dir, &d))
		verify_host(w->v, w->dir, &o, ret);
	else
		diag_render(&d, &ret->why);
	arena_destroy(a);
}

static bool has_kind(const struct agreement *a, const char *kind)
{
	for (unsigned i = 0; i < a->differences; i++)
		if (strcmp(a->list[i].kind, kind) == 0)
			return true;
	return false;
}

/* For the shrinker: does the case still differ in this kind? Twice, lest it be a matter of timing. */
static bool still_differs(void *arg, const struct host_case *c)
{
	struct worker *w = arg;
	bool yes = true;

	for (unsigned i = 0; i < 2 && yes; i++) {
		struct verify_result r;

		ask(w, c, 1, &r);
		yes = r.status == VERIFY_DIFFERS && has_kind(&r.agreement, w->kind);
		verify_result_free(&r);
	}
	return yes;
}

static const char *case_path(struct arena *a, const char *dir, const struct random_options *o, unsigned index)
{
	return arena_printf(a, "%s/%s%llu-%u", dir, o->topics & TOPICS_V6 ? "v6-" : "", (unsigned long long)o->seed, index);
}

static bool write_text(const char *path, const struct strbuf *text)
{
	FILE *f = fopen(path, "w");
	bool ok = f && fwrite(sb_str(text), 1, text->len, f) == text->len;

	return f && fclose(f) == 0 && ok;
}

/* The case, the kernel's answer and what differs; "first" is what differed when it was run first. */
static bool keep(struct worker *w, const struct host_case *c, const struct random_case *rc, const char *first, struct diag *d)
{
	const char *dir = case_path(d->arena, w->o->failures, w->o, rc->index), *path;
	struct strbuf text = { 0 };
	struct verify_result r;
	bool ok;

	ask(w, c, 1, &r);
	sb_printf(&text, "seed %llu, case %u, topic %s%s\n", (unsigned long long)w->o->seed, rc->index, gen_topic_name(rc->topic),
		  rc->steady ? "" : ": it does not differ every time");
	if (r.status == VERIFY_DIFFERS)
		verify_explain(&r, &text);
	else
		sb_printf(&text, "when it was run once more both sides agreed; the first time:\n%s", first);
	ok = case_write(c, dir, d);
	path = arena_printf(d->arena, "%s/why-differs.txt", dir);
	ok = ok && write_text(path, &text);
	path = arena_printf(d->arena, "%s/result.json", dir);
	if (ok && r.kernel)
		ok = json_dump_file(r.kernel, path, JSON_COMPACT | JSON_PRESERVE_ORDER) == 0;
	if (!ok)
		diag_error(d, (struct pos){ 0 }, "cannot write %s: %s", path, strerror(errno));
	sb_free(&text);
	verify_result_free(&r);
	return ok;
}

/* Differs it every time? Then it is worth shrinking. */
static bool differs_always(struct worker *w, const struct host_case *c)
{
	for (unsigned i = 1; i < SURE; i++) {
		struct verify_result r;
		bool yes;

		ask(w, c, 1, &r);
		yes = r.status == VERIFY_DIFFERS && has_kind(&r.agreement, w->kind);
		verify_result_free(&r);
		if (!yes)
			return false;
	}
	return true;
}

static void judge(struct worker *w, struct host_case *c, struct random_case *rc, struct diag *d)
{
	struct strbuf first = { 0 };
	struct verify_result r;

	ask(w, c, 1, &r);
	rc->status = r.status;
	rc->events = r.agreement.events;
	rc->kernel_refused = verify_kernel_refused(&r);
	rc->differences = r.agreement.differences;
	if (r.status == VERIFY_DIFFERS)
		snprintf(rc->kind, sizeof(rc->kind), "%s", r.agreement.list[0].kind);
	if (r.status == VERIFY_REFUSED || r.status == VERIFY_CANNOT)
		snprintf(rc->kind, sizeof(rc->kind), "%.31s", sb_str(&r.why));
	if (rc->status == VERIFY_DIFFERS)
		verify_explain(&r, &first);
	verify_result_free(&r);
	if (rc->status != VERIFY_DIFFERS)
		return;
	w->kind = rc->kind;
	rc->steady = differs_always(w, c);
	if (rc->steady && w->o->budget) {
		struct shrinker s = { still_differs, w, w->o->budget };

		shrink_case(c, &s);
	}
	if (w->o->failures)
		keep(w, c, rc, sb_str(&first), d);
	sb_free(&first);
	/* What came and went with the machine's load is no difference of the emulation's. */
	if (!rc->steady)
		rc->status = VERIFY_AGREES;
}

static bool work_one(struct worker *w, unsigned index, struct random_case *rc, struct diag *d)
{
	const struct random_options *o = w->o;
	struct host_case c;
	bool ok = true;

	*rc = (struct random_case){ .index = index, .topic = gen_case(&c, o->seed, index, o->topics) };
	case_features(&c, rc->features);
	if (o->write)
		ok = case_write(&c, case_path(d->arena, o->write, o, index), d);
	if (w->v && ok)
		judge(w, &c, rc, d);
	case_free(&c);
	return ok;
}

static void remove_files(const char *dir)
{
	char path[128];

	for (unsigned i = 0; i < CASE_FILES; i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, case_file_name((enum case_file)i));
		unlink(path);
	}
	rmdir(dir);
}

/* A worker's whole life; its answers go into the pipe, one write each. */
NORETURN static void work(struct worker *w, unsigned from, int fd)
{
	const struct random_options *o = w->o;
	bool ok = mkdtemp(w->dir) != NULL;

	for (unsigned i = from; ok && i < o->number; i += o->jobs) {
		struct arena *a = arena_create();
		struct random_case rc;
		struct diag d;

		diag_init(&d, a);
		ok = work_one(w, o->first + i, &rc, &d) && write(fd, &rc, sizeof(rc)) == sizeof(rc);
		if (d.nr_errors) {
			struct strbuf text = { 0 };

			diag_render(&d, &text);
			fputs(sb_str(&text), stderr);
			sb_free(&text);
		}
		arena_destroy(a);
	}
	remove_files(w->dir);
	_exit(ok ? 0 : 1);
}

/* Takes answers until every worker has closed its end. */
static unsigned collect(const struct random_options *o, struct pollfd *p, unsigned nr, struct random_case *ret)
{
	unsigned done = 0, open = nr;

	while (open && poll(p, nr, -1) > 0) {
		for (unsigned i = 0; i < nr; i++) {
			struct random_case rc;

			if (!p[i].revents)
				continue;
			if (read(p[i].fd, &rc, sizeof(rc)) == sizeof(rc)) {
				ret[rc.index - o->first] = rc;
				done++;
				if (o->progress)
					o->progress(o->arg, &rc, done);
			} else {
				close(p[i].fd);
				p[i].fd = -1;
				open--;
			}
		}
	}
	return done;
}

static bool make_dir(const char *dir, struct diag *d)
{
	if (!dir || mkdir(dir, 0777) == 0 || errno == EEXIST)
		return true;
	diag_error(d, (struct pos){ 0 }, "cannot make directory %s: %s", dir, strerror(errno));
	return false;
}

bool random_run(struct verifier *v, const struct random_options *o, struct random_case *ret_cases, struct diag *d)
{
	struct pollfd p[WORKERS_MAX];
	unsigned jobs = MIN(MAX(MIN(o->jobs, o->number), 1u), WORKERS_MAX), nr = 0;
	struct random_options opt = *o;
	pid_t pid[WORKERS_MAX];
	bool ok = true;

	if (!make_dir(o->write, d) || !make_dir(v ? o->failures : NULL, d))
		return false;
	opt.jobs = jobs;
	fflush(NULL);
	for (; nr < jobs; nr++) {
		struct worker w = { .o = &opt, .v = v, .dir = "/tmp/hookwalk-random-XXXXXX" };
		int fd[2];

		if (pipe(fd) != 0 || (pid[nr] = fork()) < 0)
			break;
		if (!pid[nr]) {
			close(fd[0]);
			work(&w, nr, fd[1]);
		}
		close(fd[1]);
		p[nr] = (struct pollfd){ .fd = fd[0], .events = POLLIN };
	}
	ok = collect(&opt, p, nr, ret_cases) == o->number;
	for (unsigned i = 0; i < nr; i++) {
		int status;

		ok &= waitpid(pid[i], &status, 0) == pid[i] && WIFEXITED(status) && WEXITSTATUS(status) == 0;
	}
	if (!ok)
		diag_error(d, (struct pos){ 0 }, "a worker ended early");
	return ok;
}
