// SPDX-License-Identifier: MIT
/* trial.c - one case on the kernel, in a process of its own that ends with it. */
#include "sim/verify/internal.h"
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#define SETUP_SECONDS	30		/* what building may take, beside the traffic's own time */

bool trial_cannot(struct trial *t, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	sb_vprintf(&t->why, fmt, ap);
	va_end(ap);
	while (t->why.len && t->why.s[t->why.len - 1] == '\n')
		t->why.s[--t->why.len] = 0;
	sb_putc(&t->why, '\n');
	return false;
}

/* Captures named in the request; or the host's own events.jsonl, traffic.txt. */
static struct traffic *open_traffic(struct trial *t)
{
	static const char *const names[] = { "events.jsonl", "traffic.txt" };

	if (t->q->nr_in)
		return capture_open(t->h, t->q->in, t->q->nr_in, false, &t->d);
	for (unsigned i = 0; i < ARRAY_SIZE(names); i++) {
		const char *path = arena_printf(t->arena, "%s/%s", t->q->dir, names[i]);
		struct source *src = access(path, F_OK) == 0 ? source_read(t->arena, path, 0, &t->d) : NULL;

		if (src)
			return i ? traffic_open(t->h, src, &t->d) : events_open(src, &t->d);
	}
	if (!t->d.nr_errors)
		diag_error(&t->d, (struct pos){ 0 }, "%s has no events.jsonl and no traffic.txt", t->q->dir);
	return NULL;
}

/* The emulated host tells what the real one is made of: its devices, who answers outside. */
static bool read_host(struct trial *t)
{
	struct host_files files = { .dir = t->q->dir, .oracle_like = true };

	t->world = world_create(1);
	t->h = host_load(t->world, &files, &t->d);
	if (t->h && (t->traffic = open_traffic(t)))
		t->traffic->host = t->h;
	return t->traffic != NULL;
}

static const char *case_name(const char *dir)
{
	const char *slash = strrchr(dir, '/');

	return slash && slash[1] ? slash + 1 : dir;
}

static json_t *head(struct trial *t)
{
	json_t *r = json_pack("{s:i, s:s, s:s, s:s, s:b}", "format", 1, "oracle", "kernel", "case", case_name(t->q->dir), "backend",
			      "legacy", "fast", 0);
	struct utsname u;

	uname(&u);
	json_object_set_new(r, "kernel", json_string(u.release));
	json_object_set_new(r, "ipv6", json_boolean(t->v6));
	t->errors = json_array();
	t->failed = json_array();
	json_object_set_new(r, "errors", t->errors);
	json_object_set_new(r, "failed", t->failed);
	return r;
}

static json_t *run(struct trial *t)
{
	json_t *r = head(t);
	bool ok = read_host(t) && trial_build(t) && trial_run(t, r);

	if (ok && !t->d.nr_errors)
		return r;
	json_decref(r);
	diag_render(&t->d, &t->why);
	return json_pack("{s:o}", "cannot", json_string(sb_str(&t->why)));
}

static void write_all(int fd, const char *s, size_t len)
{
	for (ssize_t n; len && (n = write(fd, s, len)) > 0; s += n)
		len -= (size_t)n;
}

void trial_main(const struct trial_request *q, int fd)
{
	struct trial t = { .q = q, .arena = arena_create() };
	char *text;

	clearenv();
	setenv("PATH", "/usr/sbin:/usr/bin:/sbin:/bin", 1);
	setenv("LC_ALL", "C", 1);
	setenv("TZ", "UTC", 1);
	alarm(SETUP_SECONDS + q->max_seconds);
	diag_init(&t.d, t.arena);
	text = json_dumps(run(&t), JSON_COMPACT | JSON_PRESERVE_ORDER | JSON_ENSURE_ASCII);
	write_all(fd, text, strlen(text));
	_exit(0);		/* the namespaces, and all that is in them, go with the process */
}
