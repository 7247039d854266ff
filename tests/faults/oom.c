// SPDX-License-Identifier: MIT
/* oom.c - every allocation of a small run fails once, each in a process of its own: hookwalk must say so and
 * end with status 3, whatever it was doing.
 *
 *     oom HOSTDIR     the run: load the host, replay its events, write result, event stream, report */
#include "sim/report/view.h"
#include "sim/world/replay.h"
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *host_dir, *out_dir;

static bool small_run(void)
{
	struct arena *a = arena_create();
	struct host_files files = { .dir = host_dir };
	struct world *w = world_create(1);
	struct traffic *t = NULL;
	struct source *src;
	struct view *v[3];
	struct host *h;
	struct diag d;
	bool ok;

	diag_init(&d, a);
	h = host_load(w, &files, &d);
	src = source_read(w->arena, arena_printf(a, "%s/events.jsonl", host_dir), 0, &d);
	if (h && src)
		t = events_open(src, &d);
	ok = t;
	v[0] = view_result(arena_printf(a, "%s/json", out_dir), "oom", false, &d);
	v[1] = view_events(arena_printf(a, "%s/events", out_dir), &d);
	v[2] = view_report(arena_printf(a, "%s/report", out_dir), &d);
	for (int i = 0; i < 3; i++)
		trace_add(&w->trace, &v[i]->sink);
	if (ok)
		ok = world_replay(w, h, t, 0, NULL).complete;
	for (int i = 0; i < 3; i++) {
		trace_remove(&w->trace, &v[i]->sink);
		ok &= v[i]->close(v[i], true, &d);
	}
	if (t)
		t->close(t);
	world_destroy(w);
	arena_destroy(a);
	return ok;
}

/* Status of the run whose nth allocation fails; 0 when it had not as many. */
static int failing_run(uint64_t n, char said[256])
{
	int fd[2], status = -1;
	ssize_t got;
	pid_t pid;

	if (pipe(fd) || (pid = fork()) < 0)
		return -1;
	if (!pid) {
		dup2(fd[1], STDERR_FILENO);
		close(fd[0]);
		json_set_alloc_funcs(xmalloc, free);
		xalloc_fail_at(n);
		_exit(small_run() ? 0 : 1);
	}
	close(fd[1]);
	got = read(fd[0], said, 255);
	said[got > 0 ? got : 0] = 0;
	close(fd[0]);
	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return -1;
	return WEXITSTATUS(status);
}

int main(int argc, char **argv)
{
	const char *name;
	uint64_t n = 1, tried = 0;
	char said[256];
	int status;

	if (argc < 3)
		return 2;
	host_dir = argv[1];
	out_dir = argv[2];
	name = strrchr(host_dir, '/') ? strrchr(host_dir, '/') + 1 : host_dir;
	/* All of the first hundred, then ever wider steps. */
	for (; (status = failing_run(n, said)) != 0; n += 1 + n / 100, tried++)
		if (status != 3 || !strstr(said, "out of memory")) {
			printf("not ok allocation %llu fails: %s: status %d, \"%s\"\n", (unsigned long long)n, name, status, said);
			return 1;
		}
	printf("ok %llu failing allocations: %s\n", (unsigned long long)tried, name);
	return tried > 20 ? 0 : 1;
}
