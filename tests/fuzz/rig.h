/* SPDX-License-Identifier: MIT */
/* rig.h - what the fuzz targets share: a host with rules of all tables, and a text as a source.
 * A target is LLVMFuzzerTestOneInput(); libFuzzer drives it, or driver.c over the kept corpus. */
#ifndef TESTS_FUZZ_RIG_H
#define TESTS_FUZZ_RIG_H
#include "sim/base/diag.h"
#include "sim/world/replay.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct rig {
	struct arena *a;
	struct diag d;
	struct world *w;
	struct host *h;
};

/* Three wires, addresses, routes, forwarding on; rules says whether the tables are filled. */
void rig_start(struct rig *r, bool rules);
struct source *rig_source(struct rig *r, const uint8_t *data, size_t size);
/* Plays the traffic, with a view that listens to everything. NULL is fine. */
void rig_play(struct rig *r, struct traffic *t);
/* Renders what the diagnostics say, gives all back; no packet may be left over. */
void rig_end(struct rig *r);
#endif
