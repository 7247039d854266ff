// SPDX-License-Identifier: MIT
/* bench.c - nanoseconds of processor time per packet, beside libpcap's plain reading of the same file. Each run is a process of
 * its own; of five runs the median counts, and the fastest and slowest are shown beside it.
 *
 *     bench DIR      captures are made in DIR, bench.json is written to DIR/../bench.json */
#include "tests/bench/gen.h"
#include <pcap/pcap.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define RUNS 5

struct yardstick {
	const char *name, *rules;
	unsigned chain;			/* rules to make; the last matches */
	bool floor;			/* only read */
	const char *in[2];		/* captures; NULL = none */
};

static const struct yardstick yardsticks[] = {
	{ .name = "libpcap: read only", .floor = true, .in = { "same" } },
	{ .name = "no rules", .in = { "same" } },
	{ .name = "no rules, 10k flows", .in = { "flows" } },
	{ .name = "filter, 10 rules", .chain = 10, .in = { "flows" } },
	{ .name = "filter, 1000 rules", .chain = 1000, .in = { "flows" } },
	{ .name = "filter, 10000 rules", .chain = 10000, .in = { "few" } },
	{ .name = "conntrack, established", .rules = GEN_STATEFUL, .in = { "flows", "answers" } },
	{ .name = "conntrack + MASQUERADE, established", .rules = GEN_MASQ, .in = { "flows", "nat-answers" } },
	{ .name = "conntrack, every packet a new connection", .rules = GEN_STATEFUL, .in = { "new" } },
	{ .name = "MASQUERADE, every packet a new connection", .rules = GEN_MASQ, .in = { "less-new" } },
};

static const struct { const char *name; enum gen_kind kind; uint32_t n, first; } captures[] = {
	{ "same", GEN_SAME, 1000000, 0 },	  { "flows", GEN_FLOWS, 1000000, 0 },
	{ "few", GEN_FLOWS, 100000, 0 },	  { "answers", GEN_ANSWERS, 1000000, 1 },
	{ "nat-answers", GEN_NAT_ANSWERS, 1000000, 1 }, { "new", GEN_NEW, 1000000, 0 },
	{ "less-new", GEN_NEW, 50000, 0 },
};

struct timing { double ns; uint64_t packets; long rss_kb; };

/* The processor's time: what else this machine does is not counted. */
static uint64_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (uint64_t)ts.tv_sec * NSEC_PER_SEC + (uint64_t)ts.tv_nsec;
}

static char *chain_text(unsigned n)
{
	struct strbuf sb = { 0 };

	sb_puts(&sb, "*filter\n:FORWARD DROP\n");
	for (unsigned i = 1; i < n; i++)
		sb_printf(&sb, "-A FORWARD -s 172.%u.%u.%u/32 -j DROP\n", 16 + (i >> 16), i >> 8 & 255, i & 255);
	sb_puts(&sb, "-A FORWARD -s 10.0.0.0/8 -j ACCEPT\nCOMMIT\n");
	return sb.s;
}

static struct timing read_only(const char *path)
{
	char err[PCAP_ERRBUF_SIZE];
	struct timing r = { 0 };
	struct pcap_pkthdr *hdr;
	const u_char *data;
	uint64_t start = now();
	pcap_t *p = pcap_open_offline(path, err);

	while (p && pcap_next_ex(p, &hdr, &data) == 1)
		r.packets++;
	if (p)
		pcap_close(p);
	r.ns = (double)(now() - start);
	return r;
}

static struct timing run(const struct yardstick *y, const char *dir)
{
	char path[2][512];
	const char *in[2] = { path[0], path[1] };
	struct timing r = { 0 };
	struct traffic *t;
	struct gen_host g;
	struct rusage ru;
	unsigned n = 0;
	uint64_t start;

	for (; n < 2 && y->in[n]; n++)
		snprintf(path[n], sizeof(path[n]), "%s%s/%s.pcap", y->floor ? "" : n ? "eth1=" : "eth0=", dir, y->in[n]);
	if (y->floor)
		return read_only(path[0]);
	gen_host(&g, y->chain ? chain_text(y->chain) : y->rules);
	start = now();
	t = capture_open(g.h, in, n, false, &g.d);
	gen_must(&g, t);
	r.packets = world_replay(g.w, g.h, t, 0, NULL).events;
	t->close(t);
	r.ns = (double)(now() - start);
	if (dev_by_name(g.h, "eth1")->tx_packets + dev_by_name(g.h, "eth0")->tx_packets < r.packets)
		fprintf(stderr, "%s: only %llu of %llu packets went through\n", y->name,
			(unsigned long long)dev_by_name(g.h, "eth1")->tx_packets, (unsigned long long)r.packets);
	getrusage(RUSAGE_SELF, &ru);
	r.rss_kb = ru.ru_maxrss;
	gen_host_end(&g);
	return r;
}

static struct timing run_apart(const struct yardstick *y, const char *dir)
{
	struct timing r = { 0 };
	int fd[2], status;
	pid_t pid;

	if (pipe(fd) || (pid = fork()) < 0) {
		perror("bench");
		exit(3);
	}
	if (!pid) {
		r = run(y, dir);
		_exit(write(fd[1], &r, sizeof(r)) != sizeof(r));
	}
	close(fd[1]);
	if (read(fd[0], &r, sizeof(r)) != sizeof(r) || waitpid(pid, &status, 0) != pid || status) {
		fprintf(stderr, "bench: \"%s\" failed\n", y->name);
		exit(3);
	}
	close(fd[0]);
	r.ns /= r.packets ? (double)r.packets : 1;
	return r;
}

static int by_time(const void *a, const void *b)
{
	const struct timing *x = a, *y = b;

	return x->ns < y->ns ? -1 : x->ns > y->ns;
}

static void make_captures(const char *dir)
{
	char path[512];

	for (size_t i = 0; i < ARRAY_SIZE(captures); i++) {
		FILE *f;

		snprintf(path, sizeof(path), "%s/%s.pcap", dir, captures[i].name);
		f = fopen(path, "w");
		if (!f || !gen_pcap(f, captures[i].kind, captures[i].n, captures[i].first)) {
			perror(path);
			exit(2);
		}
		fclose(f);
	}
}

int main(int argc, char **argv)
{
	char path[512];
	FILE *json;

	if (argc < 2)
		return 2;
	make_captures(argv[1]);
	snprintf(path, sizeof(path), "%s/../bench.json", argv[1]);
	json = fopen(path, "w");
	if (!json) {
		perror(path);
		return 2;
	}
	printf("%-44s %9s %9s %9s %9s %8s\n", "ns per packet, median of 5 runs", "packets", "median", "min", "max", "MB");
	for (size_t i = 0; i < ARRAY_SIZE(yardsticks); i++) {
		struct timing t[RUNS];

		for (int k = 0; k < RUNS; k++)
			t[k] = run_apart(&yardsticks[i], argv[1]);
		qsort(t, RUNS, sizeof(t[0]), by_time);
		printf("%-44s %9llu %9.1f %9.1f %9.1f %8.1f\n", yardsticks[i].name, (unsigned long long)t[RUNS / 2].packets,
		       t[RUNS / 2].ns, t[0].ns, t[RUNS - 1].ns, (double)t[RUNS / 2].rss_kb / 1024);
		fflush(stdout);
		fprintf(json, "%s{\"name\": \"%s\", \"packets\": %llu, \"ns\": %.1f, \"min\": %.1f, \"max\": %.1f, \"rss_kb\": %ld}",
			i ? ",\n " : "[", yardsticks[i].name, (unsigned long long)t[RUNS / 2].packets, t[RUNS / 2].ns, t[0].ns,
			t[RUNS - 1].ns, t[RUNS / 2].rss_kb);
	}
	fputs("]\n", json);
	return fclose(json) ? 2 : 0;
}
