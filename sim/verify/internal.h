/* SPDX-License-Identifier: MIT */
/* internal.h - the parts of one case on the kernel. All of it runs in a child of the warden. */
#ifndef SIM_VERIFY_INTERNAL_H
#define SIM_VERIFY_INTERNAL_H
#include "sim/verify/machine.h"
#include "sim/verify/verify.h"
#include "sim/world/world.h"
#include <poll.h>

#define TRIAL_DEVS	100
#define STORM_FRAMES	400		/* frames out of one event before the case is given up */

/* ---- what is asked of the warden, and how it answers (warden.c) */
struct trial_request {
	const char *dir;
	const char *const *in; unsigned nr_in;
	double speed;
	unsigned max_seconds;
};
/* Runs the case and writes its result, or {"cannot":"why"}, to fd. In a process of its own (trial.c). */
void trial_main(const struct trial_request *q, int fd);

/* ---- the other ends of the wires (wire.c) */
struct trial;
struct wire {
	int capture, inject;		/* AF_PACKET sockets in the outside namespace */
	int peer[TRIAL_DEVS];		/* ifindex of the outside end, by trial.dev */
	int lo;
	uint32_t sentinel;
};
bool wire_open(struct wire *w);		/* in the outside namespace; false: see errno */
int wire_send(struct wire *w, unsigned k, const void *frame, size_t len);	/* 0 or a negative errno */
/* Throws away what comes out until nothing does for so many ms, at most for so many. */
void wire_quiet(struct wire *w, int quiet_ms, int max_ms);
/* Reads what came out, answers questions about addresses. true: there was something. */
bool wire_drain(struct trial *t);
/* Has all that was on its way through the kernel arrived? Waits until it has; false: nothing came for long. */
bool wire_flush(struct trial *t, bool *ret_any);

/* ---- local ends (sockets.c) */
struct sockets;
struct sockets *sockets_new(void);
int sockets_raw(struct sockets *s, const struct traffic_event *te);	/* each: 0 or a negative errno */
int sockets_listen(struct sockets *s, const struct sock_open *o);
int sockets_connect(struct sockets *s, const struct sock_open *o);
void sockets_event_begin(struct sockets *s);
bool sockets_echo_limit(const struct sockets *s);
/* Descriptors to wait for, after what is in fds already; the new number. */
unsigned sockets_poll(struct sockets *s, struct pollfd **fds, unsigned n);
/* Each that is readable gets one turn. true: one did something. */
bool sockets_serve(struct sockets *s, const struct pollfd *fds, unsigned n);

/* ---- the case (trial.c) */
struct trial {
	const struct trial_request *q;
	struct arena *arena;
	struct diag d;
	struct world *world;		/* the emulated host: its device names, who is outside */
	struct host *h;
	struct traffic *traffic;
	bool v6;
	bool few_users;			/* not every user id exists in here */
	struct net_device *dev[TRIAL_DEVS]; unsigned nr_devs;	/* with a wire, as the emulation has them */
	int ns_out, ns_host;
	struct nl *rt, *rt_out;
	struct wire wire;
	struct macs macs;
	struct counters *counters[2];
	struct nft_counters *nft;	/* with rules.arp or rules.eb */
	struct connections *ct;
	struct sockets *sockets;
	struct pollfd *fds;
	uint64_t start, tick;		/* CLOCK_MONOTONIC ns; ns of a kernel tick */
	json_t *errors, *failed;	/* what the set-up refused; lines of commands.sh that failed */
	json_t *events, *event, *hints;	/* event: at hand, before the first a place for what comes early */
	bool late, storm, spaced, silent;
	bool igmp_in, group_in;		/* the event's frame: IGMP; to a group's link address */
	unsigned frames;		/* out of this event */
	struct strbuf why;		/* why it cannot be run */
};
bool trial_cannot(struct trial *t, const char *fmt, ...) PRINTF(2, 3);	/* false, always */
bool trial_build(struct trial *t);		/* setup.c: namespaces, devices, addresses, rules */
/* commands.c: a script's lines, by the real programs. Those that failed go to a list: line, status, stderr. */
bool trial_commands(struct trial *t, struct source *src, json_t *failed);
bool trial_run(struct trial *t, json_t *result);	/* run.c: all events */

/* ---- random choices of the kernel that the emulation takes over (hints.c) */
void hints_frame(struct trial *t, const uint8_t *frame, size_t len);
void hints_entry(struct trial *t, const json_t *entry);
#endif
