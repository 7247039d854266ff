// SPDX-License-Identifier: MIT
/* kernel.c - see kernel.h. Two namespaces and two pairs of veth: frames are sent by AF_PACKET in the outer one, past the
 * queueing disciplines, and the router in the inner one has done its work when the call is back: veth's softirq runs in
 * the sender, so the sender's processor time is the price. Frames for somebody else's MAC give the price of sending alone. */
#include "tests/bench/kernel.h"
#include "sim/base/util.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <arpa/inet.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define BATCH	   32
#define RUN_NS	   80e6		/* a run ends when it took so long */
#define RUN_MAX	   40000u	/* or has sent so many */
#define PCAP_HEAD  24
#define RECORD	   80		/* of the captures in jobs.c */
#define FRAME	   64

struct tape { const uint8_t *map; size_t size; uint32_t n, at; struct sockaddr_ll to; };
struct answer { char why[120]; double v[16]; };

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (double)ts.tv_sec * 1e9 + (double)ts.tv_nsec;
}

static PRINTF(1, 2) bool sh(const char *fmt, ...)
{
	char cmd[2000];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(cmd, sizeof(cmd), fmt, ap);
	va_end(ap);
	return system(cmd) == 0;
}

/* The router: waits for its devices, is set up, stays until the pipe is closed. */
static void inner(const char *dir, unsigned k, int from, int to)
{
	char c = 'n';
	bool ok;

	if (unshare(CLONE_NEWNET) || write(to, "n", 1) != 1 || read(from, &c, 1) != 1)
		_exit(1);
	ok = sh("exec >/dev/null 2>&1; cd %s/host%u; ip link set lo up; ip -batch ip.batch && { sysctl -e -q -p sysctl.conf; "
		"sysctl -q net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.eth0.rp_filter=0 net.ipv4.conf.eth1.rp_filter=0; "
		"[ ! -e ipset.save ] || ipset restore < ipset.save; }", dir, k);
	if (jobs[k].unit != JOB_LOAD)
		ok = ok && sh("cd %s/host%u; [ ! -e rules.v4 ] || XTABLES_LOCKFILE=%s/lock iptables-legacy-restore < rules.v4", dir, k, dir);
	c = ok ? 'y' : 'n';
	if (write(to, &c, 1) == 1)
		while (read(from, &c, 1) == 1) {	/* load the rules */
			struct rusage a, b;
			double ms;

			getrusage(RUSAGE_CHILDREN, &a);
			sh("XTABLES_LOCKFILE=%s/lock iptables-legacy-restore < %s/host%u/rules.v4", dir, dir, k);
			getrusage(RUSAGE_CHILDREN, &b);
			ms = (double)(b.ru_utime.tv_sec + b.ru_stime.tv_sec - a.ru_utime.tv_sec - a.ru_stime.tv_sec) * 1e3 +
			     (double)(b.ru_utime.tv_usec + b.ru_stime.tv_usec - a.ru_utime.tv_usec - a.ru_stime.tv_usec) / 1e3;
			if (write(to, &ms, sizeof(ms)) != sizeof(ms))
				break;
		}
	_exit(0);
}

static bool tape_open(struct tape *t, const char *dir, const char *name, const char *dev)
{
	char path[600];
	struct stat st;
	int fd;

	*t = (struct tape){ .to = { .sll_family = AF_PACKET, .sll_ifindex = (int)if_nametoindex(dev), .sll_halen = 6 } };
	if (!name)
		return true;
	snprintf(path, sizeof(path), "%s/%s.pcap", dir, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st))
		return false;
	t->size = (size_t)st.st_size;
	t->map = mmap(NULL, t->size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_POPULATE, fd, 0);
	close(fd);
	t->n = (uint32_t)((t->size - PCAP_HEAD) / RECORD);
	return t->map != MAP_FAILED;
}

/* Sends n frames, in turn of both tapes; other = to nobody. */
static bool send_batch(int fd, struct tape t[2], unsigned n, bool other)
{
	struct mmsghdr m[BATCH];
	struct iovec v[BATCH];

	for (unsigned i = 0; i < n; i++) {
		struct tape *from = &t[t[1].n ? i & 1 : 0];
		uint8_t *frame;

		if (from->at == from->n)
			from->at = 0;
		frame = (uint8_t *)from->map + PCAP_HEAD + (size_t)from->at++ * RECORD + 16;
		frame[1] = other ? 0xee : 0;
		v[i] = (struct iovec){ frame, FRAME };
		m[i].msg_hdr = (struct msghdr){ .msg_name = &from->to, .msg_namelen = sizeof(from->to), .msg_iov = &v[i], .msg_iovlen = 1 };
	}
	for (unsigned i = 0; i < n;) {
		int got = sendmmsg(fd, m + i, n - i, 0);

		if (got <= 0)
			return false;
		i += (unsigned)got;
	}
	return true;
}

/* ns per frame; 0 = could not. */
static double send_for(int fd, struct tape t[2], uint32_t max, bool other)
{
	double start = now(), spent = 0;
	uint32_t n = 0;

	for (; n < max && spent < RUN_NS; n += BATCH) {
		if (!send_batch(fd, t, BATCH, other))
			return 0;
		spent = now() - start;
	}
	return spent / n;
}

static unsigned long long received(void)
{
	unsigned long long sum = 0, n, bytes;
	char line[400], name[32];
	FILE *f = fopen("/proc/thread-self/net/dev", "re");

	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, " %31[^:]: %llu %llu", name, &bytes, &n) == 3 && name[0] == 'p')
			sum += n;
	if (f)
		fclose(f);
	return sum;
}

static void run_packets(const struct job *j, struct answer *a, int fd, struct tape t[2], unsigned runs)
{
	uint32_t flows = t[0].n < 100000 ? t[0].n : 100000, segment = MIN(RUN_MAX, t[0].n / (runs + 1));
	unsigned long long before;
	double alone = 0;

	/* flows become established before they are measured */
	if (t[1].n)
		for (uint32_t i = 0; i < flows * 2; i += BATCH)
			send_batch(fd, t, BATCH, false);
	else
		send_for(fd, t, j->fresh ? BATCH : 1000, false);
	for (unsigned r = 0; r < runs; r++) {
		struct tape keep[2] = { t[0], t[1] };
		double v = send_for(fd, t, RUN_MAX, true);

		alone = r && alone < v ? alone : v;
		t[0] = keep[0], t[1] = keep[1];
	}
	for (unsigned r = 0; r < runs; r++) {
		uint32_t from = t[0].at;

		before = received();
		a->v[r] = send_for(fd, t, j->fresh ? segment : RUN_MAX, false) - alone;
		if (!t[1].n && received() - before < (t[0].at - from) * 99ull / 100 && t[0].at > from)
			snprintf(a->why, sizeof(a->why), "only %llu of %u frames came out", received() - before, t[0].at - from);
	}
}

/* Who is not root becomes it, in a namespace of users. */
static bool become_root(void)
{
	unsigned uid = geteuid();
	FILE *f;

	if (uid == 0)
		return true;
	if (unshare(CLONE_NEWUSER) || !(f = fopen("/proc/self/uid_map", "we")))
		return false;
	fprintf(f, "0 %u 1\n", uid);
	return fclose(f) == 0;
}

static void outer(const char *dir, unsigned k, struct answer *a, unsigned runs)
{
	const struct job *j = &jobs[k];
	int to[2], from[2], fd, one = 1;
	struct tape t[2];
	pid_t pid;
	char c = 0;

	if (!become_root() || unshare(CLONE_NEWNET) || pipe2(to, O_CLOEXEC) || pipe2(from, O_CLOEXEC) || (pid = fork()) < 0) {
		snprintf(a->why, sizeof(a->why), "no namespaces: %s", strerror(errno));
		return;
	}
	if (!pid) {
		close(to[1]);
		inner(dir, k, to[0], from[1]);
	}
	close(to[0]);
	close(from[1]);
	if (read(from[0], &c, 1) != 1 ||
	    !sh("ip link add p0 type veth peer name eth0 netns %d && ip link add p1 type veth peer name eth1 netns %d && "
		"ip link set p0 up && ip link set p1 up", (int)pid, (int)pid) ||
	    write(to[1], "g", 1) != 1 || read(from[0], &c, 1) != 1 || c != 'y') {
		snprintf(a->why, sizeof(a->why), "the router's set-up failed");
	} else if (j->unit == JOB_LOAD) {
		for (unsigned r = 0; r < runs; r++)
			if (write(to[1], "l", 1) != 1 || read(from[0], &a->v[r], sizeof(double)) != sizeof(double))
				snprintf(a->why, sizeof(a->why), "loading failed");
	} else {
		fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
		if (fd < 0 || setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &one, sizeof(one)) ||
		    !tape_open(&t[0], dir, j->in[0], "p0") || !tape_open(&t[1], dir, j->in[1], "p1"))
			snprintf(a->why, sizeof(a->why), "cannot send: %s", strerror(errno));
		else
			run_packets(j, a, fd, t, runs);
	}
	close(to[1]);
	waitpid(pid, NULL, 0);
}

const char *kernel_job(const char *dir, unsigned k, double *ret, unsigned runs)
{
	static struct answer a;
	int fd[2];
	pid_t pid;

	memset(&a, 0, sizeof(a));
	if (pipe2(fd, O_CLOEXEC) || (pid = fork()) < 0)
		return "no process";
	if (!pid) {
		outer(dir, k, &a, MIN(runs, (unsigned)ARRAY_SIZE(a.v)));
		_exit(write(fd[1], &a, sizeof(a)) != sizeof(a));
	}
	close(fd[1]);
	if (read(fd[0], &a, sizeof(a)) != sizeof(a) && !a.why[0])
		snprintf(a.why, sizeof(a.why), "the run failed");
	close(fd[0]);
	waitpid(pid, NULL, 0);
	memcpy(ret, a.v, MIN(runs, (unsigned)ARRAY_SIZE(a.v)) * sizeof(double));
	return a.why[0] ? a.why : NULL;
}
