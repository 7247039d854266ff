// SPDX-License-Identifier: MIT
/* test.c - hookwalk test PATH...: finds specs and directories with expect.txt, runs each in a process of
 * its own, and tells the results in the order of their names. */
#include "sim/cli/test.h"
#include "sim/world/world.h"
#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MAX_JOBS 256
#define MAX_DEPTH 32
#define ITEM_ORDER 1000000u	/* more than one item tells */

struct test_options {
	struct test_settings set;
	struct test_outputs out;
	unsigned jobs, repeat;
	size_t all;			/* items, of all shards */
	uint64_t seed;
	double timeout;
	bool verbose, no_shard;
	unsigned shard, shards;
	const char *shard_from;
};

struct items { struct test_item *it; size_t nr, cap; struct arena *a; };

/* ---- finding */

static bool ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);

	return n >= m && strcmp(s + n - m, end) == 0;
}

static void add(struct items *l, const char *path, bool lab)
{
	for (size_t i = 0; i < l->nr; i++)
		if (strcmp(l->it[i].path, path) == 0)
			return;
	if (l->nr == l->cap) {
		l->cap = l->cap ? l->cap * 2 : 64;
		l->it = xrealloc(l->it, l->cap * sizeof(*l->it));
	}
	l->it[l->nr++] = (struct test_item){ .path = arena_strdup(l->a, path), .lab = lab, .fd = -1 };
}

static bool is_there(struct items *l, const char *dir, const char *name)
{
	return access(arena_printf(l->a, "%s/%s", dir, name), F_OK) == 0;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static void find(struct items *l, const char *dir, unsigned depth)
{
	struct dirent **list;
	int n = depth < MAX_DEPTH ? scandir(dir, &list, NULL, by_name) : -1;

	if (is_there(l, dir, "expect.txt") && (is_lab_dir(dir) || is_there(l, dir, "ip.batch") || is_there(l, dir, "rules.v4") ||
					       is_there(l, dir, "commands.sh")))
		add(l, dir, true);
	for (int i = 0; i < n; i++) {
		const char *name = list[i]->d_name, *path = arena_printf(l->a, "%s/%s", dir, name);
		struct stat st;

		/* links to directories could lead anywhere, and in circles */
		if (name[0] != '.' && lstat(path, &st) == 0) {
			if (S_ISDIR(st.st_mode))
				find(l, path, depth + 1);
			else if (ends_with(name, "_spec.lua") || ends_with(name, ".test.lua"))
				add(l, path, false);
		}
		free(list[i]);
	}
	if (n >= 0)
		free(list);
}

static bool find_all(struct items *l, int argc, char **argv)
{
	for (int i = 0; i < argc; i++) {
		char *path = arena_strdup(l->a, argv[i]);
		size_t n = strlen(path);
		struct stat st;

		while (n > 1 && path[n - 1] == '/')
			path[--n] = 0;
		if (stat(path, &st)) {
			fprintf(stderr, "hookwalk test: %s: %s\n", path, strerror(errno));
			return false;
		}
		if (S_ISDIR(st.st_mode))
			find(l, path, 0);
		else
			add(l, path, false);
	}
	return true;
}

/* ---- shards */

static bool number_of(const char *name, uint64_t *ret)
{
	const char *s = getenv(name);

	return s && u64_parse(ret, s, 1000000);
}

/* Which part of the tests is this machine's, by the variables of the usual runners. */
static void shard_from_environment(struct test_options *o)
{
	static const struct { const char *index, *total, *first; unsigned base; } vars[] = {
		{ "CI_NODE_INDEX", "CI_NODE_TOTAL", NULL, 1 },
		{ "CIRCLE_NODE_INDEX", "CIRCLE_NODE_TOTAL", NULL, 0 },
		{ "BUILDKITE_PARALLEL_JOB", "BUILDKITE_PARALLEL_JOB_COUNT", NULL, 0 },
		{ "SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_TASK_COUNT", "SLURM_ARRAY_TASK_MIN", 0 },
		{ "JOB_COMPLETION_INDEX", "JOB_COMPLETIONS", NULL, 0 },
		{ "JOB_COMPLETION_INDEX", "JOB_COMPLETION_TOTAL", NULL, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(vars) && !o->shards; i++) {
		uint64_t index, total, first = vars[i].base;

		if (!number_of(vars[i].index, &index) || !number_of(vars[i].total, &total))
			continue;
		if (vars[i].first)
			number_of(vars[i].first, &first);
		if (total < 2 || index < first || index - first >= total)
			continue;
		o->shard = (unsigned)(index - first + 1);
		o->shards = (unsigned)total;
		o->shard_from = vars[i].index;
	}
}

static bool shard_parse(struct test_options *o, const char *s)
{
	unsigned k, n;
	char end;

	if (strcmp(s, "none") == 0)
		return o->no_shard = true;
	if (sscanf(s, "%u/%u%c", &k, &n, &end) != 2 || !k || k > n)
		return false;
	o->shard = k;
	o->shards = n;
	return true;
}

static void keep_shard(struct items *l, const struct test_options *o)
{
	size_t kept = 0;

	for (size_t i = 0; i < l->nr; i++)
		if (i % o->shards == o->shard - 1)
			l->it[kept++] = l->it[i];
	l->nr = kept;
}

/* ---- running */

static double seconds_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void end_item(struct test_item *it)
{
	close(it->fd);
	it->fd = -1;
	while (waitpid(it->pid, &it->status, 0) < 0 && errno == EINTR)
		;
	it->done = true;
}

static void read_some(struct test_item *it)
{
	char buf[65536];
	ssize_t n = read(it->fd, buf, sizeof(buf));

	if (n > 0)
		sb_write(&it->out, buf, (size_t)n);
	else if (n == 0 || errno != EINTR)
		end_item(it);
}

/* Waits for any of those that run, items first..next-1. */
static void wait_some(struct items *l, size_t first, size_t next, double timeout)
{
	struct pollfd p[MAX_JOBS];
	size_t which[MAX_JOBS];
	nfds_t n = 0;

	for (size_t i = first; i < next && n < MAX_JOBS; i++) {
		if (l->it[i].done)
			continue;
		p[n] = (struct pollfd){ .fd = l->it[i].fd, .events = POLLIN };
		which[n++] = i;
	}
	if (poll(p, n, 200) < 0)
		return;
	for (nfds_t k = 0; k < n; k++) {
		struct test_item *it = &l->it[which[k]];

		if (p[k].revents)
			read_some(it);
		if (!it->done && seconds_now() - it->started > timeout) {
			it->timed_out = true;
			kill(it->pid, SIGKILL);
			end_item(it);
		}
	}
}

static void count_line(const struct test_item *it, const struct suite *s, const struct suite *before)
{
	struct suite here = { .passed = s->passed - before->passed, .failed = s->failed - before->failed, .errors = s->errors - before->errors,
			      .pending = s->pending - before->pending, .listed = s->listed - before->listed };
	struct strbuf sb = { 0 };

	suite_summary(&here, &sb);
	printf("%s  %s", it->path, sb_str(&sb));
	sb_free(&sb);
}

static void tell_item(const struct test_options *o, struct test_item *it, const struct suite *s, size_t from)
{
	json_t *c;
	size_t i;

	if (it->printed.len && !o->out.tap)
		fwrite(it->printed.s, 1, it->printed.len, stdout);
	if (!o->verbose && !o->set.list)
		return;
	json_array_foreach(s->cases, i, c)
		if (i >= from && !o->out.tap)
			printf("  %-7s %s\n", case_str(c, "status"), case_str(c, "name"));
}

/* Results are told in order, as soon as all before them are there. false: a fault of hookwalk. */
static bool run_all(struct items *l, const struct test_options *o, struct suite *s)
{
	size_t told = 0, next = 0;
	bool fine = true, stop = false;

	while (told < next || (next < l->nr && !stop)) {
		size_t running = 0;

		for (size_t i = told; i < next; i++)
			running += !l->it[i].done;
		while (running < o->jobs && next < l->nr && !stop) {
			l->it[next].started = seconds_now();
			if (!test_item_start(&l->it[next], &o->set)) {
				fprintf(stderr, "hookwalk test: cannot start a process: %s\n", strerror(errno));
				return false;
			}
			next++;
			running++;
		}
		wait_some(l, told, next, o->timeout);
		for (; told < next && l->it[told].done; told++) {
			struct suite before = *s;
			size_t from = json_array_size(s->cases);

			fine &= test_item_take(&l->it[told], s);
			if (!o->out.tap)
				count_line(&l->it[told], s, &before);
			tell_item(o, &l->it[told], s, from);
			stop |= o->set.fail_fast && (s->failed || s->errors);
		}
	}
	return fine;
}

static void repeat_items(struct items *l, const struct test_options *o)
{
	size_t n = l->nr;

	for (size_t i = 0; i < n; i++)
		l->it[i].seed = o->seed;
	for (unsigned r = 1; r < o->repeat; r++) {
		for (size_t i = 0; i < n; i++) {
			if (l->nr == l->cap) {
				l->cap *= 2;
				l->it = xrealloc(l->it, l->cap * sizeof(*l->it));
			}
			l->it[l->nr] = l->it[i];
			l->it[l->nr].order += r * o->all * ITEM_ORDER;
			l->it[l->nr++].seed = o->seed + r;
		}
	}
}

/* ---- the command */

static int number_option(const char *what, const char *arg, uint64_t max, unsigned *ret)
{
	uint64_t v;

	if (!u64_parse(&v, arg, max) || !v)
		return cli_usage("test", "%s wants a number from 1 to %llu, not \"%s\"", what, (unsigned long long)max, arg);
	*ret = (unsigned)v;
	return EXIT_FINE;
}

static int one_option(struct test_options *o, int c)
{
	char *end;

	switch (c) {
	case 'j': return number_option("-j", optarg, MAX_JOBS, &o->jobs);
	case 'r': return number_option("--repeat", optarg, 100000, &o->repeat);
	case 'f': o->set.filter = optarg;	break;
	case 't': o->set.tags = optarg;		break;
	case 'l': o->set.list = true;		break;
	case 'F': o->set.fail_fast = true;	break;
	case 'u': o->set.update = true;		break;
	case 'v': o->verbose = true;		break;
	case 's':
		if (!u64_parse(&o->seed, optarg, INT64_MAX))
			return cli_usage("test", "--seed wants a number, not \"%s\"", optarg);
		break;
	case 'T':
		o->timeout = strtod(optarg, &end);
		if (*end || o->timeout <= 0)
			return cli_usage("test", "--timeout wants seconds, not \"%s\"", optarg);
		break;
	case 'i': case 'm':
		if (!u64_parse(c == 'i' ? &o->set.instructions : &o->set.memory, optarg, 1000000))
			return cli_usage("test", "%s wants a number, not \"%s\"", c == 'i' ? "--instructions" : "--memory", optarg);
		break;
	case 'k':
		if (!shard_parse(o, optarg))
			return cli_usage("test", "--shard wants K/N, as in 2/5, or none, not \"%s\"", optarg);
		break;
	default: return -1;
	}
	return EXIT_FINE;
}

static int parse_options(struct test_options *o, int argc, char **argv)
{
	static const struct option longs[] = {
		{ "jobs", required_argument, NULL, 'j' }, { "filter", required_argument, NULL, 'f' }, { "tags", required_argument, NULL, 't' },
		{ "list", no_argument, NULL, 'l' }, { "fail-fast", no_argument, NULL, 'F' }, { "repeat", required_argument, NULL, 'r' },
		{ "seed", required_argument, NULL, 's' }, { "update", no_argument, NULL, 'u' }, { "verbose", no_argument, NULL, 'v' },
		{ "timeout", required_argument, NULL, 'T' }, { "shard", required_argument, NULL, 'k' },
		{ "instructions", required_argument, NULL, 'i' }, { "memory", required_argument, NULL, 'm' },
		TEST_OUTPUT_OPTIONS,
		{ 0 }
	};
	int c, status;

	opterr = 0;
	optind = 1;
	while ((c = getopt_long(argc, argv, ":j:v", longs, NULL)) != -1) {
		status = one_option(o, c);
		if (status == -1)
			status = test_output_option(&o->out, c, optarg);
		if (status == -1)
			return cli_bad_option("test", c, argv, longs);
		if (status)
			return c == 1008 ? cli_usage("test", "--min-coverage wants percent, not \"%s\"", optarg) : status;
	}
	if (optind >= argc)
		return cli_usage("test", "which files or directories?");
	return EXIT_FINE;
}

static int run(struct test_options *o, struct items *l)
{
	struct suite s;
	int status;

	if (!o->shards && !o->no_shard)
		shard_from_environment(o);
	for (size_t i = 0; i < l->nr; i++)
		l->it[i].order = (uint64_t)i * ITEM_ORDER;
	o->all = l->nr;
	if (o->shards) {
		keep_shard(l, o);
		fprintf(stderr, "shard %u of %u%s%s\n", o->shard, o->shards, o->shard_from ? ", by " : "", o->shard_from ? o->shard_from : "");
	}
	repeat_items(l, o);
	suite_init(&s);
	status = run_all(l, o, &s) ? EXIT_FINE : EXIT_FAULT;
	if (status)
		test_tell(&s, &o->out);
	else
		status = test_tell(&s, &o->out);
	if (!json_array_size(s.cases) && !o->shards && status == EXIT_FINE) {
		fprintf(stderr, "hookwalk test: no test %s\n", o->set.filter || o->set.tags ? "fits --filter and --tags" : "is in these files");
		status = EXIT_BAD;
	}
	suite_free(&s);
	return status;
}

int cmd_test(int argc, char **argv)
{
	struct test_options o = { .jobs = 1, .repeat = 1, .seed = 1, .timeout = 300 };
	struct items l = { .a = arena_create() };
	int status = parse_options(&o, argc, argv);

	if (!status && !find_all(&l, argc - optind, argv + optind))
		status = EXIT_BAD;
	if (!status && !l.nr) {
		fprintf(stderr, "hookwalk test: there are no tests: no *_spec.lua, no directory with expect.txt\n");
		status = EXIT_BAD;
	}
	if (!status)
		status = run(&o, &l);
	for (size_t i = 0; i < l.nr; i++) {
		sb_free(&l.it[i].out);
		sb_free(&l.it[i].printed);
	}
	free(l.it);
	arena_destroy(l.a);
	return status;
}
