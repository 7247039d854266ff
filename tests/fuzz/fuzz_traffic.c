// SPDX-License-Identifier: MIT
/* fuzz_traffic.c - traffic.txt: packets as lines, played into a host with rules. */
#include "tests/fuzz/rig.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rig r;

	rig_start(&r, true);
	rig_play(&r, traffic_open(r.h, rig_source(&r, data, size), &r.d));
	rig_end(&r);
	return 0;
}
