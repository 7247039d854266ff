// SPDX-License-Identifier: MIT
/* fuzz_ipdump.c - the output of ip addr, route, rule, neigh; parts are divided by a byte 0x01. */
#include "tests/fuzz/rig.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct source *part[4] = { 0 };
	struct rig r;

	rig_start(&r, false);
	for (int i = 0; i < 4 && size; i++) {
		const uint8_t *end = memchr(data, 1, size);
		size_t n = end ? (size_t)(end - data) : size;

		if (n)
			part[i] = rig_source(&r, data, n);
		data += n + !!end;
		size -= n + !!end;
	}
	ipdump_load(r.h, part[0], part[1], part[2], part[3], &r.d);
	world_run_until(r.w, NSEC_PER_SEC);
	rig_end(&r);
	return 0;
}
