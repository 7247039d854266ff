// SPDX-License-Identifier: MIT
/* bench.c - how fast hookwalk is, beside libpcap's plain reading of the same file and this machine's kernel.
 *
 *     bench [--json FILE] [--only TEXT] [--no-kernel] DIR HOOKWALK          all jobs (jobs.c)
 *     bench [--json FILE] [--only TEXT] --base OTHER DIR HOOKWALK           two programs in turn, pair by pair
 *
 * Each run is a process of its own and its processor time counts, so what else the machine does matters little. Of RUNS
 * runs the median stands, with the fastest and slowest; what a run of one packet takes is taken off. DIR is for the
 * captures and hosts, 300 MB. */
#include "tests/bench/kernel.h"
#include "sim/base/util.h"
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define RUNS 5

struct stat5 { double median, min, max; };
struct sample { double ns, mb; };
struct bench { const char *dir, *only; FILE *json; unsigned written; bool kernel; };

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static struct stat5 sum_up(double *v)
{
	qsort(v, RUNS, sizeof(*v), by_value);
	return (struct stat5){ v[RUNS / 2], v[0], v[RUNS - 1] };
}

static void fail(const char *what)
{
	fprintf(stderr, "bench: %s\n", what);
	exit(3);
}

static double ns_of(const struct timeval *t)
{
	return (double)t->tv_sec * 1e9 + (double)t->tv_usec * 1e3;
}

/* One replay in a process of its own. */
static struct sample replay(const struct bench *b, const char *program, unsigned k, bool one)
{
	const struct job *j = &jobs[k];
	char host[PATH_MAX + 32], in[2][PATH_MAX + 64], view[PATH_MAX + 96];
	const char *argv[12] = { program, "replay", host };
	unsigned n = 3;
	struct rusage ru;
	int status;
	pid_t pid;

	snprintf(host, sizeof(host), "%s/host%u", b->dir, k);
	for (unsigned i = 0; i < (one ? 1u : 2u) && j->in[i]; i++) {
		snprintf(in[i], sizeof(in[i]), "eth%u=%s/%s.pcap", i, b->dir, one ? "one" : j->in[i]);
		argv[n++] = "--in";
		argv[n++] = in[i];
	}
	if (j->view) {
		bool file = strchr(j->view, '=') != NULL;

		snprintf(view, sizeof(view), "%s%s", j->view, file ? b->dir : "");
		if (file)		/* --out makes a directory */
			snprintf(view + strlen(view), sizeof(view) - strlen(view), "/view%u", k);
		argv[n++] = view;
	}
	if (!j->view || strcmp(j->view, "--report=") != 0)
		argv[n++] = "--quiet";
	fflush(NULL);
	pid = fork();
	if (!pid) {
		if (!freopen("/dev/null", "w", stdout))
			_exit(127);
		execv(program, (char **)argv);
		_exit(127);
	}
	if (pid < 0 || wait4(pid, &status, 0, &ru) != pid || status)
		fail(j->name);
	return (struct sample){ ns_of(&ru.ru_utime) + ns_of(&ru.ru_stime), (double)ru.ru_maxrss / 1024 };
}

static uint32_t packets_in(const struct bench *b, const char *name)
{
	char path[PATH_MAX + 64];
	long size = 0;
	FILE *f;

	if (!name)
		return 0;
	snprintf(path, sizeof(path), "%s/%s.pcap", b->dir, name);
	f = fopen(path, "re");
	if (!f || fseek(f, 0, SEEK_END) || (size = ftell(f)) < 24 || fclose(f))
		fail(path);
	return (uint32_t)((size - 24) / 80);	/* frames of 64 bytes, see gen.h */
}

/* In the job's unit. */
static double value(const struct bench *b, const char *program, unsigned k, double start)
{
	const struct job *j = &jobs[k];
	struct sample s = replay(b, program, k, false);

	switch (j->unit) {
	case JOB_LOAD:		return s.ns / 1e6;
	case JOB_MEMORY:	return s.mb;
	case JOB_PACKET:	break;
	}
	return (s.ns - start) / (packets_in(b, j->in[0]) + packets_in(b, j->in[1]));
}

/* What a run takes before packets come in bulk. */
static double start_of(const struct bench *b, const char *program, unsigned k)
{
	double least = 0;

	for (unsigned i = 0; i < 3 && jobs[k].unit == JOB_PACKET; i++) {
		double ns = replay(b, program, k, true).ns;

		least = i && least < ns ? least : ns;
	}
	return least;
}

static struct stat5 floor_of(const struct bench *b, const char *name)
{
	char path[PATH_MAX + 64], err[PCAP_ERRBUF_SIZE];
	double v[RUNS];

	snprintf(path, sizeof(path), "%s/%s.pcap", b->dir, name);
	for (unsigned r = 0; r < RUNS; r++) {
		struct timespec from, to;
		struct pcap_pkthdr *hdr;
		const u_char *data;
		unsigned n = 0;
		pcap_t *p;

		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
		p = pcap_open_offline(path, err);
		while (p && pcap_next_ex(p, &hdr, &data) == 1)
			n++;
		if (p)
			pcap_close(p);
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
		if (!n)
			fail(path);
		v[r] = ((double)(to.tv_sec - from.tv_sec) * 1e9 + (double)(to.tv_nsec - from.tv_nsec)) / n;
	}
	return sum_up(v);
}

static const char *unit_name(enum job_unit u)
{
	return u == JOB_PACKET ? "ns" : u == JOB_LOAD ? "ms" : "MB";
}

static void json_stat(FILE *f, const char *name, const struct stat5 *s)
{
	fprintf(f, ", \"%s\": {\"median\": %.3f, \"min\": %.3f, \"max\": %.3f}", name, s->median, s->min, s->max);
}

static void row(struct bench *b, const char *name, enum job_unit unit, const struct stat5 *s, double reach, const struct stat5 *kernel,
		const char *no_kernel)
{
	printf("%-42s %2s %9.1f %9.1f %9.1f", name, unit_name(unit), s->median, s->min, s->max);
	if (reach > 0)
		printf(" %7.0f %5.2f", reach, s->median / reach);
	else if (kernel || no_kernel)
		printf(" %7s %5s", "-", "-");
	if (kernel)
		printf(" %10.0f %7.1fx", kernel->median, kernel->median / s->median);
	if (no_kernel)
		printf(" %10s (%s)", "-", no_kernel);
	putchar('\n');
	fflush(stdout);
	if (!b->json)
		return;
	fprintf(b->json, "%s{\"name\": \"%s\", \"unit\": \"%s\"", b->written++ ? ",\n " : "[", name, unit_name(unit));
	json_stat(b->json, "hookwalk", s);
	if (reach > 0)
		fprintf(b->json, ", \"reach\": %.0f", reach);
	if (kernel) {
		json_stat(b->json, "kernel", kernel);
		fprintf(b->json, ", \"ratio\": %.3f", kernel->median / s->median);
	}
	fputc('}', b->json);
}

static bool wanted(const struct bench *b, const char *name)
{
	return !b->only || strstr(name, b->only);
}

static void run_all(struct bench *b, const char *program)
{
	const char *none = b->kernel ? NULL : "not asked";
	struct stat5 s;

	printf("%-42s %2s %9s %9s %9s %7s %5s %10s %8s\n", "job; median, min and max of 5 runs", "", "median", "min", "max", "reach",
	       "of it", "kernel", "ratio");
	s = floor_of(b, "same");
	row(b, "libpcap reads the file, nothing else", JOB_PACKET, &s, 0, NULL, NULL);
	for (unsigned k = 0; k < nr_jobs; k++) {
		const struct job *j = &jobs[k];
		double v[RUNS], start;
		struct stat5 kernel;
		const char *no = none;

		if (!wanted(b, j->name))
			continue;
		start = start_of(b, program, k);
		for (unsigned r = 0; r < RUNS; r++)
			v[r] = value(b, program, k, start);
		s = sum_up(v);
		if (j->kernel && b->kernel) {
			no = kernel_job(b->dir, k, v, RUNS);
			if (!no)
				kernel = sum_up(v);
		}
		row(b, j->name, j->unit, &s, j->reach, j->kernel && !no ? &kernel : NULL, j->kernel ? no : NULL);
	}
}

/* Both programs in turn, the first of a pair in turn too: what the machine does meanwhile meets both. */
static void compare(struct bench *b, const char *base, const char *program)
{
	printf("%-42s %2s %9s %9s %8s %8s %8s\n", "job; medians, ratios of 5 pairs", "", "base", "new", "ratio", "min", "max");
	for (unsigned k = 0; k < nr_jobs; k++) {
		double v[RUNS], w[RUNS], ratio[RUNS], start[2];
		struct stat5 sv, sw, sr;

		if (!wanted(b, jobs[k].name))
			continue;
		start[0] = start_of(b, base, k);
		start[1] = start_of(b, program, k);
		for (unsigned r = 0; r < RUNS; r++) {
			if (r & 1)
				w[r] = value(b, program, k, start[1]);
			v[r] = value(b, base, k, start[0]);
			if (!(r & 1))
				w[r] = value(b, program, k, start[1]);
			ratio[r] = w[r] / v[r];
		}
		sv = sum_up(v);
		sw = sum_up(w);
		sr = sum_up(ratio);
		printf("%-42s %2s %9.1f %9.1f %8.3f %8.3f %8.3f\n", jobs[k].name, unit_name(jobs[k].unit), sv.median, sw.median, sr.median,
		       sr.min, sr.max);
		fflush(stdout);
		if (!b->json)
			continue;
		fprintf(b->json, "%s{\"name\": \"%s\", \"unit\": \"%s\"", b->written++ ? ",\n " : "[", jobs[k].name, unit_name(jobs[k].unit));
		json_stat(b->json, "base", &sv);
		json_stat(b->json, "hookwalk", &sw);
		json_stat(b->json, "ratio", &sr);
		fputc('}', b->json);
	}
}

int main(int argc, char **argv)
{
	static const struct option longs[] = { { "json", required_argument, NULL, 'j' }, { "only", required_argument, NULL, 'o' },
					       { "base", required_argument, NULL, 'b' }, { "no-kernel", no_argument, NULL, 'n' }, { 0 } };
	struct bench b = { .kernel = true };
	const char *base = NULL, *json = NULL;
	char dir[PATH_MAX];
	int c;

	while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		switch (c) {
		case 'j': json = optarg;	break;
		case 'o': b.only = optarg;	break;
		case 'b': base = optarg;	break;
		case 'n': b.kernel = false;	break;
		default:  return 2;
		}
	}
	if (argc - optind != 2 || !argv[optind][0])
		return 2;
	jobs_write(argv[optind]);
	if (!realpath(argv[optind], dir) || (json && !(b.json = fopen(json, "w")))) {
		perror("bench");
		return 2;
	}
	b.dir = dir;
	if (base)
		compare(&b, base, argv[optind + 1]);
	else
		run_all(&b, argv[optind + 1]);
	if (b.json)
		fputs(b.written ? "]\n" : "[]\n", b.json);
	return b.json && fclose(b.json) ? 2 : 0;
}
