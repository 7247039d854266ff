// SPDX-License-Identifier: MIT
/* fuzz_neighbours.c - neighbours.json. */
#include "tests/fuzz/rig.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rig r;

	rig_start(&r, false);
	outside_load(outside_create(r.w, r.h), rig_source(&r, data, size), &r.d);
	rig_end(&r);
	return 0;
}
