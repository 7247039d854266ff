// SPDX-License-Identifier: MIT
/* driver.c - runs a fuzz target over files: the kept corpus, with any compiler. */
#include "tests/fuzz/rig.h"
#include <stdio.h>
#include <stdlib.h>

static bool run_file(const char *name)
{
	FILE *f = fopen(name, "rb");
	uint8_t *buf = NULL, *exact;
	size_t n = 0, cap = 0, got;

	if (!f) {
		perror(name);
		return false;
	}
	do {
		if (n == cap)
			buf = xrealloc(buf, cap = cap ? cap * 2 : 4096);
		got = fread(buf + n, 1, cap - n, f);
		n += got;
	} while (got);
	fclose(f);
	exact = xmalloc(n);	/* so that the sanitizer sees a read past the end */
	memcpy(exact, buf, n);
	free(buf);
	fprintf(stderr, "%s\n", name);
	LLVMFuzzerTestOneInput(exact, n);
	free(exact);
	return true;
}

int main(int argc, char **argv)
{
	bool ok = true;

	for (int i = 1; i < argc; i++)
		ok &= run_file(argv[i]);
	return ok ? 0 : 2;
}
