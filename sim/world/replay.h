/* SPDX-License-Identifier: MIT */
/* replay.h - plays traffic into one host: the main job. */
#ifndef SIM_WORLD_REPLAY_H
#define SIM_WORLD_REPLAY_H
#include "sim/world/world.h"

struct replay_result {
	uint64_t events;	/* injected, skipped ones included */
	uint64_t last_t;	/* ns */
	bool storm;		/* the last event never stopped making packets; later ones were not run */
	bool stopped;		/* by *stop */
	bool complete;		/* false: the traffic ended in an error (queued in the diag) or was stopped */
};

/* One outside event at the present time, and (settle) all that it causes at once. */
void world_inject(struct world *w, struct host *h, const struct traffic_event *te, bool settle);
/* EV_END for each host, and the snapshots that follow it. */
void world_end(struct world *w, const struct replay_result *r);

/* Plays all of t into "only", or, when that is NULL, into the hosts its events name (a lab). Then "tail" ns of virtual time pass. Events in the stream: a full snapshot, then
 * INJECT .. SETTLED (+ snapshots of what changed) for each, then END and a full snapshot.
 * Snapshots are made only for views that listen. *stop (may be NULL) is looked at between events. */
struct replay_result world_replay(struct world *w, struct host *only, struct traffic *t, uint64_t tail,
				  const volatile int *stop);
#endif
