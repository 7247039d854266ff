// SPDX-License-Identifier: MIT
/* world.c - the clock, the hosts, and the only loop that moves time. */
#include "sim/world/segment.h"

#define MAX_HOSTS 4096
#define MAX_TURNS 200000u	/* rounds of programs and packets without time moving */

struct world *world_create(uint64_t seed)
{
	struct arena *a = arena_create();
	struct world *w = arena_new(a, struct world);

	w->arena = a;
	w->seed = seed;
	evq_init(&w->clock, 0);
	trace_init(&w->trace, &w->clock);
	w->pool = pkt_pool_create();
	w->host = arena_array(a, struct host *, MAX_HOSTS);
	return w;
}

void world_destroy(struct world *w)
{
	if (!w)
		return;
	segments_destroy(w);
	for (unsigned i = 0; i < w->nr_hosts; i++)
		host_destroy(w->host[i]);
	pkt_pool_destroy(w->pool);
	evq_destroy(&w->clock);
	arena_destroy(w->arena);
}

struct host *world_host(struct world *w, const char *name)
{
	assert(w->nr_hosts < MAX_HOSTS);
	w->host[w->nr_hosts] = host_create(name, &w->clock, &w->trace, w->pool, w->seed);
	return w->host[w->nr_hosts++];
}

struct host *world_host_by_name(const struct world *w, const char *name)
{
	for (unsigned i = 0; i < w->nr_hosts; i++)
		if (strcmp(w->host[i]->name, name) == 0)
			return w->host[i];
	return NULL;
}

bool world_storm(const struct world *w, const struct host **ret)
{
	for (unsigned i = 0; i < w->nr_hosts; i++) {
		if (w->host[i]->storm) {
			*ret = w->host[i];
			return true;
		}
	}
	*ret = NULL;
	return w->storm;
}

/* All packets to their ends, from host to host. */
static void drain(struct world *w)
{
	bool moved = true;

	while (moved) {
		moved = false;
		for (unsigned i = 0; i < w->nr_hosts; i++) {
			moved |= w->host[i]->backlog != NULL;
			host_drain(w->host[i]);
		}
		moved |= w->wires && segments_drain(w);
	}
}

void world_settle(struct world *w)
{
	unsigned turns = 0;
	bool moved = true;

	while (moved) {
		moved = false;
		drain(w);
		for (unsigned i = 0; i < w->nr_hosts; i++)
			moved |= sock_run_programs(w->host[i]) || w->host[i]->backlog;
		if (unlikely(++turns > MAX_TURNS)) {
			w->storm = true;
			break;
		}
	}
}

bool world_step(struct world *w, uint64_t until)
{
	if (!evq_step(&w->clock, until))
		return false;
	for (unsigned i = 0; i < w->nr_hosts; i++)
		w->host[i]->storm_count = 0;
	world_settle(w);
	return true;
}

void world_run_until(struct world *w, uint64_t until)
{
	while (world_step(w, until))
		if (unlikely(w->storm))
			return;
	if (until > w->clock.now)
		w->clock.now = until;
}
