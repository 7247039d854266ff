// SPDX-License-Identifier: MIT
/* fuzz_capture.c - the bytes of a capture file, played into a host with rules. */
#include "tests/fuzz/rig.h"
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int fd = memfd_create("capture", MFD_CLOEXEC);
	const char *in[1];
	char path[64];
	struct rig r;

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	snprintf(path, sizeof(path), "eth0=/proc/self/fd/%d", fd);
	in[0] = path;
	rig_start(&r, true);
	rig_play(&r, capture_open(r.h, in, 1, true, &r.d));
	rig_end(&r);
	close(fd);
	return 0;
}
