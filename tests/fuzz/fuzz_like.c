// SPDX-License-Identifier: MIT
/* fuzz_like.c - a recorded kernel result as traffic. */
#include "tests/fuzz/rig.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rig r;

	rig_start(&r, true);
	rig_play(&r, like_open(r.h, rig_source(&r, data, size), NULL, &r.d));
	rig_end(&r);
	return 0;
}
