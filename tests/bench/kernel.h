/* SPDX-License-Identifier: MIT */
/* kernel.h - the same jobs on this machine's kernel, in network namespaces that end with the run. */
#ifndef TESTS_BENCH_KERNEL_H
#define TESTS_BENCH_KERNEL_H
#include "tests/bench/jobs.h"

/* ns per packet (ms for JOB_LOAD) of "runs" runs into ret; what putting a frame on the wire costs is not counted.
 * NULL = fine, else why there is no figure: borrowed text. */
const char *kernel_job(const char *dir, unsigned k, double *ret, unsigned runs);
#endif
