// SPDX-License-Identifier: MIT
/* fuzz_ipbatch.c - lines for ip -batch into a host. */
#include "tests/fuzz/rig.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rig r;

	rig_start(&r, false);
	ipbatch_load(r.h, rig_source(&r, data, size), &r.d);
	world_run_until(r.w, NSEC_PER_SEC);
	rig_end(&r);
	return 0;
}
