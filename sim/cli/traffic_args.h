/* SPDX-License-Identifier: MIT */
/* traffic_args.h - hosts and packets from a command line: what trace and why have in common. */
#ifndef SIM_CLI_TRAFFIC_ARGS_H
#define SIM_CLI_TRAFFIC_ARGS_H
#include "sim/world/world.h"

struct traffic_args {
	const char *dir;
	const char *in[64]; unsigned nr_in;		/* --in IFACE=FILE */
	const char *allow[64]; unsigned nr_allow;	/* --allow-unknown */
	const char *const *lines; unsigned nr_lines;	/* PACKET lines, and what else traffic.txt knows */
	bool roundtrip;					/* each packet is answered as its receiver would */
	bool any_mac;
	uint64_t seed;
};

/* One option of those above: 1 = taken, 0 = another's, -1 = wrong (said). */
int traffic_args_option(struct traffic_args *a, const char *command, int c, const char *arg);
#define TRAFFIC_ARGS_OPTIONS \
	{ "in", required_argument, NULL, 'i' }, { "allow-unknown", required_argument, NULL, 'a' }, \
	{ "any-mac", no_argument, NULL, 'm' }, { "seed", required_argument, NULL, 's' }, \
	{ "roundtrip", no_argument, NULL, 'R' }

/* The lines, else the captures, else the host's own events.jsonl or traffic.txt; NULL without errors in d: there is none. */
struct traffic *traffic_args_open(const struct traffic_args *a, struct world *w, struct host *h, struct diag *d);
#endif
