// SPDX-License-Identifier: MIT
/* fuzz_sysctl.c - sysctl.conf, its early and its late keys. */
#include "tests/fuzz/rig.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct source *src;
	struct rig r;

	rig_start(&r, false);
	src = rig_source(&r, data, size);
	sysctl_load(r.h, src, false, &r.d);
	sysctl_load(r.h, src, true, &r.d);
	rig_end(&r);
	return 0;
}
