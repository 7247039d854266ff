// SPDX-License-Identifier: MIT
/* nl.c - questions over netlink and their answers. */
#include "sim/verify/machine.h"
#include <errno.h>
#include <libmnl/libmnl.h>
#include <stdlib.h>
#include <sys/socket.h>

#define BUF_SIZE 65536

struct nl {
	struct mnl_socket *s;
	uint32_t seq;
	struct nlmsghdr *req;
	char out[4096], in[BUF_SIZE];
};

struct nl *nl_open(int bus, unsigned groups)
{
	struct nl *n = xcalloc(1, sizeof(*n));

	n->s = mnl_socket_open2(bus, SOCK_CLOEXEC);
	if (n->s && mnl_socket_bind(n->s, groups, MNL_SOCKET_AUTOPID) == 0)
		return n;
	nl_close(n);
	return NULL;
}

int nl_fd(const struct nl *n)
{
	return mnl_socket_get_fd(n->s);
}

void nl_close(struct nl *n)
{
	int err = errno;

	if (!n)
		return;
	if (n->s)
		mnl_socket_close(n->s);
	free(n);
	errno = err;
}

struct nlmsghdr *nl_request(struct nl *n, uint16_t type, uint16_t flags)
{
	n->req = mnl_nlmsg_put_header(n->out);
	n->req->nlmsg_type = type;
	n->req->nlmsg_flags = NLM_F_REQUEST | flags;
	n->req->nlmsg_seq = ++n->seq;
	return n->req;
}

/* 1 = more answers follow, 0 = that was the last, negative errno. */
static int answer(struct nl *n, const struct nlmsghdr *m, void (*fn)(const struct nlmsghdr *, void *), void *arg)
{
	const struct nlmsgerr *e = mnl_nlmsg_get_payload(m);

	if (m->nlmsg_seq != n->seq)
		return 1;
	if (m->nlmsg_type == NLMSG_ERROR)
		return e->error;
	if (m->nlmsg_type == NLMSG_DONE)
		return 0;
	if (fn)
		fn(m, arg);
	return n->req->nlmsg_flags & (NLM_F_DUMP | NLM_F_ACK) ? 1 : 0;
}

int nl_ask(struct nl *n, void (*fn)(const struct nlmsghdr *m, void *arg), void *arg)
{
	int more = 1;

	if (mnl_socket_sendto(n->s, n->req, n->req->nlmsg_len) < 0)
		return -errno;
	while (more > 0) {
		ssize_t got = mnl_socket_recvfrom(n->s, n->in, sizeof(n->in));
		int left = (int)got;

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		for (const struct nlmsghdr *m = (void *)n->in; more > 0 && mnl_nlmsg_ok(m, left); m = mnl_nlmsg_next(m, &left))
			more = answer(n, m, fn, arg);
	}
	return more;
}

bool nl_heard(struct nl *n, void (*fn)(const struct nlmsghdr *m, void *arg), void *arg, bool *ret_lost)
{
	ssize_t got = recv(nl_fd(n), n->in, sizeof(n->in), MSG_DONTWAIT);
	int left = (int)got;

	if (got < 0) {
		*ret_lost |= errno == ENOBUFS;
		return errno == ENOBUFS;
	}
	for (const struct nlmsghdr *m = (void *)n->in; mnl_nlmsg_ok(m, left); m = mnl_nlmsg_next(m, &left))
		fn(m, arg);
	return true;
}
