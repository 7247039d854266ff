// SPDX-License-Identifier: MIT
/* tool.c - the distribution's programs: ip, iptables-restore, ipset. */
#include "sim/verify/machine.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *const folders[] = { "/usr/sbin", "/usr/bin", "/sbin", "/bin" };

static bool find(const char *name, char path[256])
{
	for (unsigned i = 0; i < ARRAY_SIZE(folders); i++) {
		snprintf(path, 256, "%s/%s", folders[i], name);
		if (access(path, X_OK) == 0)
			return true;
	}
	return false;
}

bool tool_exists(const char *name)
{
	char path[256];

	return find(name, path);
}

static void read_back(int fd, struct strbuf *sb)
{
	char buf[65536];
	ssize_t n;

	lseek(fd, 0, SEEK_SET);
	while ((n = read(fd, buf, sizeof(buf))) > 0)
		sb_write(sb, buf, (size_t)n);
}

static int wait_for(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return 126;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* Files in memory instead of pipes: nobody has to read while it runs. */
int tool_run(const char *const argv[], const void *in, size_t len, struct strbuf *out, struct strbuf *err)
{
	int fd[3] = { memfd_create("in", MFD_CLOEXEC), memfd_create("out", MFD_CLOEXEC), memfd_create("err", MFD_CLOEXEC) };
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	sigset_t none;
	char path[256];
	pid_t pid;
	int rc = 126;

	if (!find(argv[0], path)) {
		sb_printf(err, "%s: no such program", argv[0]);
		rc = 127;
	} else if (fd[0] >= 0 && fd[1] >= 0 && fd[2] >= 0 && write(fd[0], in, len) == (ssize_t)len) {
		lseek(fd[0], 0, SEEK_SET);
		sigemptyset(&none);
		posix_spawn_file_actions_init(&files);
		posix_spawnattr_init(&attr);
		posix_spawnattr_setsigmask(&attr, &none);
		posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK);
		for (int i = 0; i < 3; i++)
			posix_spawn_file_actions_adddup2(&files, fd[i], i);
		if (posix_spawn(&pid, path, &files, &attr, (char *const *)argv, environ) == 0)
			rc = wait_for(pid);
		posix_spawnattr_destroy(&attr);
		posix_spawn_file_actions_destroy(&files);
		read_back(fd[1], out);
		read_back(fd[2], err);
	}
	for (int i = 0; i < 3; i++)
		close(fd[i]);
	return rc;
}
