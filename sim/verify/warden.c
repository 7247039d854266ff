// SPDX-License-Identifier: MIT
/* warden.c - the process that has rights: over the network namespaces it makes, over nothing else.
 *
 *   caller ── clone(NEWUSER, NEWPID) ──▶ warden ── fork ──▶ one process a case
 *
 * The warden is process 1 of its PID namespace: when it dies, all below it is killed, and it is killed when
 * its caller ends, however that ends. It has a user namespace of its own, so its capabilities reach no
 * namespace, interface or rule of the machine, even when root started it. */
#include "sim/verify/internal.h"
#include "sim/verify/warden.h"
#include <cap-ng.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define REQUEST_BYTES	65536
#define CPUS		1024

struct warden { int sock; pid_t pid, opener; };

/* ---- rights */

static void keep_network_rights(void)
{
	capng_clear(CAPNG_SELECT_BOTH);
	capng_updatev(CAPNG_ADD, CAPNG_EFFECTIVE | CAPNG_PERMITTED | CAPNG_BOUNDING_SET, CAP_NET_ADMIN, CAP_NET_RAW, CAP_SYS_ADMIN,
		      CAP_SETUID, CAP_SETGID, CAP_NET_BIND_SERVICE, -1);
	capng_apply(CAPNG_SELECT_BOTH);
}

static void drop_all_rights(void)
{
	capng_clear(CAPNG_SELECT_BOTH);
	capng_apply(CAPNG_SELECT_BOTH);		/* the bounding set needs CAP_SETPCAP: */
	capng_apply(CAPNG_SELECT_CAPS);		/* the rest goes without it too */
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

static bool put_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), err;
	bool ok = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

	err = errno;
	if (fd >= 0)
		close(fd);
	errno = err;
	return ok;
}

/* Root: every id stays what it is. Others: their own becomes root of the namespace. */
static bool map_ids(pid_t pid, const char *kind, unsigned self)
{
	char path[64], line[128];
	struct strbuf map = { 0 };
	unsigned inside, outside, count;
	bool ok;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/self/%s_map", kind);
	f = geteuid() == 0 ? fopen(path, "re") : NULL;
	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "%u %u %u", &inside, &outside, &count) == 3)
			sb_printf(&map, "%u %u %u\n", inside, inside, count);
	if (f)
		fclose(f);
	snprintf(path, sizeof(path), "/proc/%d/%s_map", (int)pid, kind);
	ok = map.len && put_file(path, map.s);
	if (!ok) {
		sb_clear(&map);
		sb_printf(&map, "0 %u 1\n", self);
		ok = put_file(path, map.s);
	}
	sb_free(&map);
	return ok;
}

static bool map_user(pid_t pid)
{
	char path[64];

	if (geteuid() != 0) {
		snprintf(path, sizeof(path), "/proc/%d/setgroups", (int)pid);
		put_file(path, "deny");
	}
	return map_ids(pid, "uid", geteuid()) && map_ids(pid, "gid", getegid());
}

/* ---- the warden's side */

struct ward { pid_t pid; int cpu; };
struct keep { int sock, signals; struct ward *ward; unsigned nr; int cpu[CPUS]; unsigned nr_cpu; };

static void find_cpus(struct keep *k)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	if (sched_getaffinity(0, sizeof(set), &set) == 0)
		for (int i = 0; i < CPUS && i < CPU_SETSIZE; i++)
			if (CPU_ISSET(i, &set))
				k->cpu[k->nr_cpu++] = i;
}

static int idlest_cpu(const struct keep *k)
{
	unsigned best = UINT32_MAX;
	int ret = -1;

	for (unsigned i = 0; i < k->nr_cpu; i++) {
		unsigned load = 0;

		for (unsigned w = 0; w < k->nr; w++)
			load += k->ward[w].cpu == k->cpu[i];
		if (load < best) {
			best = load;
			ret = k->cpu[i];
		}
	}
	return ret;
}

static void pin(int cpu)
{
	cpu_set_t set;

	if (cpu < 0)
		return;
	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);
}

/* "speed max_seconds", the directory, captures: each ended by NUL. */
static void serve(const char *text, size_t len, int fd)
{
	const char *in[64];
	struct trial_request q = { .in = in };
	const char *end = text + len;

	if (!len || end[-1] || sscanf(text, "%lf %u", &q.speed, &q.max_seconds) != 2)
		_exit(1);
	text += strlen(text) + 1;
	q.dir = text;
	for (text += strlen(text) + 1; text < end && q.nr_in < ARRAY_SIZE(in); text += strlen(text) + 1)
		in[q.nr_in++] = text;
	trial_main(&q, fd);
}

static void start_case(struct keep *k, const char *text, size_t len, int fd)
{
	int cpu = idlest_cpu(k);
	pid_t pid = fork();

	if (pid == 0) {
		sigset_t none;

		sigemptyset(&none);
		sigprocmask(SIG_SETMASK, &none, NULL);
		close(k->sock);
		close(k->signals);
		pin(cpu);
		serve(text, len, fd);
		_exit(1);
	}
	close(fd);
	if (pid < 0)
		return;		/* the caller reads an empty answer */
	k->ward = xrealloc(k->ward, (k->nr + 1) * sizeof(*k->ward));
	k->ward[k->nr++] = (struct ward){ pid, cpu };
}

static void reap(struct keep *k)
{
	struct signalfd_siginfo si;
	pid_t pid;

	while (read(k->signals, &si, sizeof(si)) > 0)
		;
	while ((pid = waitpid(-1, NULL, WNOHANG)) > 0)
		for (unsigned i = 0; i < k->nr; i++)
			if (k->ward[i].pid == pid) {
				k->ward[i] = k->ward[--k->nr];
				break;
			}
}

/* A request and the pipe for its answer. false: the last caller is gone. */
static bool hear(struct keep *k)
{
	static char text[REQUEST_BYTES];
	union { struct cmsghdr align; char b[CMSG_SPACE(sizeof(int))]; } control;
	struct iovec iov = { text, sizeof(text) };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control.b, .msg_controllen = sizeof(control.b) };
	ssize_t n = recvmsg(k->sock, &m, MSG_CMSG_CLOEXEC);
	const struct cmsghdr *c = n > 0 ? CMSG_FIRSTHDR(&m) : NULL;
	int fd;

	if (n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN))
		return false;
	if (!c || c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
		return true;
	memcpy(&fd, CMSG_DATA(c), sizeof(fd));
	start_case(k, text, (size_t)n, fd);
	return true;
}

static void keep_watch(int sock)
{
	struct keep k = { .sock = sock };
	sigset_t chld;

	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	sigprocmask(SIG_SETMASK, &chld, NULL);
	signal(SIGINT, SIG_IGN);	/* Ctrl-C is the caller's; we die with it */
	signal(SIGQUIT, SIG_IGN);
	signal(SIGPIPE, SIG_DFL);
	k.signals = signalfd(-1, &chld, SFD_CLOEXEC | SFD_NONBLOCK);
	find_cpus(&k);
	for (bool on = true; on;) {
		struct pollfd p[] = { { .fd = sock, .events = POLLIN }, { .fd = k.signals, .events = POLLIN } };

		if (poll(p, 2, -1) < 0 && errno != EINTR)
			break;
		if (p[1].revents)
			reap(&k);
		if (p[0].revents)
			on = hear(&k);
	}
	_exit(0);
}

/* First words to the caller: "" = ready, else why not. */
static void say(int sock, const char *fmt, ...) PRINTF(2, 3);
static void say(int sock, const char *fmt, ...)
{
	struct strbuf sb = { 0 };
	va_list ap;

	va_start(ap, fmt);
	sb_vprintf(&sb, fmt, ap);
	va_end(ap);
	if (send(sock, sb_str(&sb), sb.len + 1, MSG_NOSIGNAL) < 0)
		_exit(1);
	sb_free(&sb);
}

static void warden_main(int sock, int go, bool own_user)
{
	char c;

	if (read(go, &c, 1) != 1)
		_exit(1);
	close(go);
	if (own_user && (setresgid(0, 0, 0) < 0 || setresuid(0, 0, 0) < 0)) {
		say(sock, "no user namespace: cannot become its root (%s)", strerror(errno));
		_exit(1);
	}
	keep_network_rights();
	/* After the change of ids, which would clear it. */
	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	if (unshare(CLONE_NEWNET) < 0) {	/* nothing of ours ever sees the machine's network */
		say(sock, "no permission to create network namespaces (unshare: %s)%s", strerror(errno),
		    errno == EPERM && own_user ? ": the user namespace has no rights here; kernel.apparmor_restrict_unprivileged_userns?" : "");
		_exit(1);
	}
	say(sock, "%s", "");
	keep_watch(sock);
}

/* ---- the caller's side */

static void why_no_clone(struct strbuf *why, int err)
{
	sb_printf(why, "no permission to create network namespaces (clone: %s)", strerror(err));
	if (err == ENOSPC || err == EUSERS)
		sb_puts(why, ": user.max_user_namespaces is reached");
	else if (err == EPERM)
		sb_puts(why, ": user namespaces are switched off here, and you are not root");
}

static pid_t clone_warden(bool *own_user)
{
	long pid = syscall(SYS_clone, CLONE_NEWUSER | CLONE_NEWPID | SIGCHLD, 0, 0, 0, 0);

	*own_user = true;
	if (pid < 0 && geteuid() == 0) {
		*own_user = false;
		pid = syscall(SYS_clone, CLONE_NEWPID | SIGCHLD, 0, 0, 0, 0);
	}
	return (pid_t)pid;
}

struct warden *warden_start(struct strbuf *ret_why)
{
	struct warden *w = xcalloc(1, sizeof(*w));
	int pair[2] = { -1, -1 }, go[2] = { -1, -1 };
	char hello[512];
	bool own_user;
	ssize_t n;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0 || pipe2(go, O_CLOEXEC) < 0) {
		sb_printf(ret_why, "no sockets: %s", strerror(errno));
		free(w);
		return NULL;
	}
	fflush(NULL);
	w->opener = getpid();
	w->pid = clone_warden(&own_user);
	if (w->pid == 0) {
		close(pair[0]);
		close(go[1]);
		warden_main(pair[1], go[0], own_user);
	}
	w->sock = pair[0];
	close(pair[1]);
	close(go[0]);
	if (w->pid < 0) {
		why_no_clone(ret_why, errno);
	} else if (own_user && !map_user(w->pid)) {
		sb_printf(ret_why, "no permission to map user ids into a user namespace: %s", strerror(errno));
	} else if (write(go[1], "g", 1) != 1 || (n = recv(w->sock, hello, sizeof(hello) - 1, 0)) <= 0) {
		sb_puts(ret_why, "the process for the namespaces ended at once");
	} else if (hello[0]) {
		hello[n] = 0;
		sb_puts(ret_why, hello);
	}
	close(go[1]);
	drop_all_rights();
	if (!ret_why->len)
		return w;
	warden_stop(w);
	return NULL;
}

void warden_stop(struct warden *w)
{
	if (!w)
		return;
	close(w->sock);
	if (w->pid > 0 && w->opener == getpid()) {
		kill(w->pid, SIGKILL);
		waitpid(w->pid, NULL, 0);
	}
	free(w);
}

static bool send_request(struct warden *w, const struct trial_request *q, int fd)
{
	union { struct cmsghdr align; char b[CMSG_SPACE(sizeof(int))]; } control = { 0 };
	struct strbuf sb = { 0 };
	struct msghdr m = { .msg_iovlen = 1, .msg_control = control.b, .msg_controllen = sizeof(control.b) };
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);
	struct iovec iov;
	bool ok;

	sb_printf(&sb, "%.9g %u%c%s%c", q->speed, q->max_seconds, 0, q->dir, 0);
	for (unsigned i = 0; i < q->nr_in; i++)
		sb_printf(&sb, "%s%c", q->in[i], 0);
	iov = (struct iovec){ sb.s, sb.len };
	m.msg_iov = &iov;
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(fd));
	memcpy(CMSG_DATA(c), &fd, sizeof(fd));
	ok = sb.len <= REQUEST_BYTES && sendmsg(w->sock, &m, MSG_NOSIGNAL) == (ssize_t)sb.len;
	sb_free(&sb);
	return ok;
}

bool warden_ask(struct warden *w, const struct trial_request *q, struct strbuf *ret)
{
	char buf[65536];
	int fd[2];
	ssize_t n;
	bool ok;

	if (pipe2(fd, O_CLOEXEC) < 0)
		return false;
	ok = send_request(w, q, fd[1]);
	close(fd[1]);
	while (ok && ((n = read(fd[0], buf, sizeof(buf))) > 0 || (n < 0 && errno == EINTR)))
		sb_write(ret, buf, (size_t)MAX(n, 0));
	close(fd[0]);
	return ok && ret->len;
}
