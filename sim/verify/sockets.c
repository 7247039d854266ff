// SPDX-License-Identifier: MIT
/* sockets.c - the host's own programs, as plain as those of sim/net/sock.h: a server echoes or only
 * reads, a client reads; raw senders. */
#include "sim/verify/internal.h"
#include "sim/packet/ip6.h"
#include <errno.h>
#include <linux/net.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/fsuid.h>
#include <sys/socket.h>
#include <unistd.h>

#define ECHO_MAX 16		/* reads in one event that are echoed: two echo servers would never stop */

enum role { SERVER_TCP, SERVER_UDP, CONN_TCP, CLIENT_TCP, CLIENT_UDP };

struct program { int fd; enum role role; bool echo; };
struct sender { int fd; bool v6; uint32_t uid, gid, mark; char oif[16]; };

struct sockets {
	struct program *prog; unsigned nr;
	struct sender *raw; unsigned nr_raw;
	unsigned turns;		/* in this event */
};

struct sockets *sockets_new(void)
{
	return xcalloc(1, sizeof(struct sockets));
}

/* A socket's owner, as -m owner sees it, is who opened it. false: the id does not exist in here. */
static bool become(uint32_t uid, uint32_t gid)
{
	setfsgid(gid);
	setfsuid(uid);
	return setfsuid((uid_t)-1) == (int)uid && setfsgid((gid_t)-1) == (int)gid;
}

static int open_as(bool v6, uint32_t uid, uint32_t gid, int type, int proto)
{
	int fd = -1, err = EINVAL;

	if (become(uid, gid)) {
		fd = socket(v6 ? AF_INET6 : AF_INET, type | SOCK_CLOEXEC | SOCK_NONBLOCK, proto);
		err = errno;
	}
	become(0, 0);
	return fd < 0 ? -err : fd;
}

static void set_int(int fd, int level, int opt, int value)
{
	setsockopt(fd, level, opt, &value, sizeof(value));
}

/* ---- raw senders */

static struct sender *sender_of(struct sockets *s, const struct traffic_event *te, int *ret_err)
{
	const char *oif = te->oif ? te->oif : "";
	bool v6 = te->len && te->bytes[0] >> 4 == 6;
	struct sender *x;
	int fd;

	for (unsigned i = 0; i < s->nr_raw; i++) {
		x = &s->raw[i];
		if (x->v6 == v6 && x->uid == te->uid && x->gid == te->gid && x->mark == te->mark && strcmp(x->oif, oif) == 0)
			return x;
	}
	fd = open_as(v6, te->uid, te->gid, SOCK_RAW, IPPROTO_RAW);
	if (fd < 0) {
		*ret_err = fd;
		return NULL;
	}
	if (v6)
		set_int(fd, IPPROTO_IPV6, IPV6_HDRINCL, 1);
	else
		set_int(fd, SOL_SOCKET, SO_BROADCAST, 1);
	if (te->mark)
		set_int(fd, SOL_SOCKET, SO_MARK, (int)te->mark);
	if (*oif && setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, oif, (socklen_t)strlen(oif) + 1) < 0) {
		*ret_err = -errno;
		close(fd);
		return NULL;
	}
	s->raw = xrealloc(s->raw, (s->nr_raw + 1) * sizeof(*s->raw));
	x = &s->raw[s->nr_raw++];
	*x = (struct sender){ .fd = fd, .v6 = v6, .uid = te->uid, .gid = te->gid, .mark = te->mark };
	strncpy(x->oif, oif, sizeof(x->oif) - 1);
	return x;
}

int sockets_raw(struct sockets *s, const struct traffic_event *te)
{
	struct sockaddr_in to = { .sin_family = AF_INET };
	struct sockaddr_in6 to6 = { .sin6_family = AF_INET6 };
	struct sender *x;
	ssize_t n;
	int err = 0;

	if (!(x = sender_of(s, te, &err)))
		return err;
	if (x->v6 && te->len >= IP6_HLEN) {
		memcpy(&to6.sin6_addr, te->bytes + IP6_DST, 16);
		/* A link-local address says nothing without its device. */
		if (IN6_IS_ADDR_LINKLOCAL(&to6.sin6_addr) && *x->oif)
			to6.sin6_scope_id = (uint32_t)link_index(x->fd, x->oif);
	} else if (!x->v6 && te->len >= IP_HLEN) {
		to.sin_addr.s_addr = ip4_daddr(te->bytes);
	}
	n = x->v6 ? sendto(x->fd, te->bytes, te->len, 0, (void *)&to6, sizeof(to6)) :
		    sendto(x->fd, te->bytes, te->len, 0, (void *)&to, sizeof(to));
	return n < 0 ? -errno : 0;
}

/* ---- programs */

static void add(struct sockets *s, int fd, enum role role, bool echo)
{
	s->prog = xrealloc(s->prog, (s->nr + 1) * sizeof(*s->prog));
	s->prog[s->nr++] = (struct program){ fd, role, echo };
}

union address { struct sockaddr any; struct sockaddr_in v4; struct sockaddr_in6 v6; };

static socklen_t address(union address *ret, const struct sock_open *o, be32 addr, const union inet_addr *addr6, uint16_t port)
{
	*ret = (union address){ .any = { 0 } };
	if (!o->v6) {
		ret->v4 = (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = addr };
		return sizeof(ret->v4);
	}
	ret->v6 = (struct sockaddr_in6){ .sin6_family = AF_INET6, .sin6_port = htons(port) };
	memcpy(&ret->v6.sin6_addr, addr6->ip6, 16);
	return sizeof(ret->v6);
}

static int bind_to(int fd, const struct sock_open *o, be32 addr, const union inet_addr *addr6, uint16_t port)
{
	union address a;
	socklen_t len = address(&a, o, addr, addr6, port);

	return bind(fd, &a.any, len) < 0 ? -errno : 0;
}

static int open_program(const struct sock_open *o)
{
	int fd = open_as(o->v6, o->uid, o->gid, o->proto == IPPROTO_TCP ? SOCK_STREAM : SOCK_DGRAM, 0);

	if (fd < 0)
		return fd;
	set_int(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	if (o->v6only)
		set_int(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
	if (o->transparent)
		set_int(fd, o->v6 ? IPPROTO_IPV6 : IPPROTO_IP, o->v6 ? IPV6_TRANSPARENT : IP_TRANSPARENT, 1);
	if (o->mark)
		set_int(fd, SOL_SOCKET, SO_MARK, (int)o->mark);
	return fd;
}

int sockets_listen(struct sockets *s, const struct sock_open *o)
{
	int fd = open_program(o), err;

	if (fd < 0)
		return fd;
	err = bind_to(fd, o, o->addr, &o->addr6, o->port);
	if (!err && o->proto == IPPROTO_TCP && listen(fd, 128) < 0)
		err = -errno;
	if (err)
		close(fd);
	else
		add(s, fd, o->proto == IPPROTO_TCP ? SERVER_TCP : SERVER_UDP, o->echo);
	return err;
}

int sockets_connect(struct sockets *s, const struct sock_open *o)
{
	static const union inet_addr any;
	int fd = open_program(o), err = 0;
	union address to;
	socklen_t len = address(&to, o, o->addr, &o->addr6, o->port);

	if (fd < 0)
		return fd;
	if (o->sport || o->saddr || !inet_addr_equal(&o->saddr6, &any))
		err = bind_to(fd, o, o->saddr, &o->saddr6, o->sport);
	if (err) {
		close(fd);
		return err;
	}
	if (connect(fd, &to.any, len) < 0)
		err = -errno;
	add(s, fd, o->proto == IPPROTO_TCP ? CLIENT_TCP : CLIENT_UDP, false);
	if (o->proto == IPPROTO_UDP && o->data && !err && send(fd, o->data, o->len, MSG_NOSIGNAL) < 0)
		err = -errno;
	return err == -EINPROGRESS ? 0 : err;
}

void sockets_event_begin(struct sockets *s)
{
	s->turns = 0;
}

bool sockets_echo_limit(const struct sockets *s)
{
	return s->turns > ECHO_MAX;
}

unsigned sockets_poll(struct sockets *s, struct pollfd **fds, unsigned n)
{
	*fds = xrealloc(*fds, (n + s->nr) * sizeof(**fds));
	for (unsigned i = 0; i < s->nr; i++)
		(*fds)[n + i] = (struct pollfd){ .fd = s->prog[i].fd, .events = POLLIN };
	return n + s->nr;
}

enum served { SERVED, SERVED_NOTHING, SERVED_END };

/* A connection: read once, write back, close at the end. A soft error wakes poll() though there is nothing to read. */
static enum served serve_stream(struct program *p, bool echo)
{
	static char buf[65536];
	ssize_t n = recv(p->fd, buf, sizeof(buf), 0);

	if (n < 0 && errno == EAGAIN)
		return SERVED_NOTHING;
	if (n > 0 && echo && p->role == CONN_TCP)
		n = send(p->fd, buf, (size_t)n, MSG_NOSIGNAL);
	if (n <= 0)
		return SERVED_END;
	set_int(p->fd, IPPROTO_TCP, TCP_QUICKACK, 1);
	return SERVED;
}

static void serve_datagram(struct program *p, bool echo)
{
	static char buf[65536];
	union address from;
	socklen_t len = sizeof(from);
	ssize_t n = recvfrom(p->fd, buf, sizeof(buf), 0, &from.any, &len);

	if (n >= 0 && echo && p->role == SERVER_UDP)
		sendto(p->fd, buf, (size_t)n, 0, &from.any, len);
}

static void serve_accept(struct sockets *s, struct program *p)
{
	int fd = accept4(p->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	bool echo = p->echo;

	if (fd < 0)
		return;
	set_int(fd, IPPROTO_TCP, TCP_QUICKACK, 1);
	add(s, fd, CONN_TCP, echo);	/* p may have moved */
}

/* false: there was nothing to do. */
static bool serve_one(struct sockets *s, unsigned i)
{
	struct program *p = &s->prog[i];
	bool echo = ++s->turns <= ECHO_MAX && p->echo;
	enum served got = SERVED;

	if (p->role == SERVER_TCP)
		serve_accept(s, p);
	else if (p->role == SERVER_UDP || p->role == CLIENT_UDP)
		serve_datagram(p, echo);
	else
		got = serve_stream(p, echo);
	if (got == SERVED_NOTHING)
		s->turns--;
	if (got == SERVED_END) {
		close(p->fd);
		s->nr--;
		memmove(p, p + 1, (s->nr - i) * sizeof(*p));
	}
	return got != SERVED_NOTHING;
}

bool sockets_serve(struct sockets *s, const struct pollfd *fds, unsigned n)
{
	bool any = false;

	for (unsigned k = 0; k < n; k++)
		for (unsigned i = 0; fds[k].revents && i < s->nr; i++)
			if (s->prog[i].fd == fds[k].fd) {
				any |= serve_one(s, i);
				break;
			}
	return any;
}
