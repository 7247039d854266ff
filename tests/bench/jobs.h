/* SPDX-License-Identifier: MIT */
/* jobs.h - the yardsticks: what is replayed through which rules, and how fast it is to be. */
#ifndef TESTS_BENCH_JOBS_H
#define TESTS_BENCH_JOBS_H
#include "sim/base/text.h"

enum job_unit {
	JOB_PACKET,		/* ns per packet, without what a run of one packet takes */
	JOB_LOAD,		/* ms until a first packet is through */
	JOB_MEMORY		/* MB at most */
};

struct job {
	const char *name;
	enum job_unit unit;
	double reach;			/* issue's figure in that unit; 0 = none */
	void (*rules)(struct strbuf *out, unsigned n);	/* iptables-save, NULL = none */
	unsigned n;
	void (*sets)(struct strbuf *out);		/* ipset save, NULL = none */
	const char *in[2];		/* captures by name, at eth0 and eth1 */
	const char *view;		/* option that turns a view on; its value is a file when it ends in '=' */
	bool kernel;			/* what the kernel can do too */
	bool fresh;			/* its packets are new flows: none may be sent twice */
};

extern const struct job jobs[];
extern const unsigned nr_jobs;
/* Captures, NAME.pcap, and a host directory per job, hostN; exits when that fails. */
void jobs_write(const char *dir);
#endif
