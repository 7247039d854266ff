/* SPDX-License-Identifier: MIT */
/* test.h - what hookwalk test and hookwalk merge share. */
#ifndef SIM_CLI_TEST_H
#define SIM_CLI_TEST_H
#include "sim/cli/cli.h"
#include "sim/report/suite.h"

/* Where results go; NULL, false: nowhere. */
struct test_outputs {
	const char *junit, *json, *lcov, *cobertura;
	bool tap, github, coverage;
	double min_coverage;		/* percent; 0 = none */
};

/* -1: c is none of their options. */
int test_output_option(struct test_outputs *o, int c, const char *arg);
#define TEST_OUTPUT_OPTIONS \
	{ "junit", required_argument, NULL, 1001 }, { "json", required_argument, NULL, 1002 }, \
	{ "lcov", required_argument, NULL, 1003 }, { "cobertura", required_argument, NULL, 1004 }, { "tap", no_argument, NULL, 1005 }, \
	{ "github", no_argument, NULL, 1006 }, { "coverage", no_argument, NULL, 1007 }, { "min-coverage", required_argument, NULL, 1008 }
/* Failures, summary and all that was asked for; the exit status. */
int test_tell(const struct suite *s, const struct test_outputs *o);

/* ---- test_item.c: one file or directory, in a process of its own */
struct test_item {
	const char *path;
	bool lab;			/* a directory with expect.txt */
	uint64_t seed;
	uint64_t order;			/* among all items of all shards: what it tells counts on from there */
	/* while it runs */
	int fd;
	int pid;
	double started;			/* seconds of the machine's clock: for --timeout alone */
	struct strbuf out;		/* JSON lines */
	struct strbuf printed;		/* what the script printed */
	bool timed_out, done;
	int status;			/* of waitpid */
};
struct test_settings { const char *filter, *tags; bool list, fail_fast, update; uint64_t instructions, memory; };

/* Starts it: what it writes into fd are JSON lines. false: no process could be made. */
bool test_item_start(struct test_item *it, const struct test_settings *set);
/* Its lines into the suite, once it has ended. false: hookwalk itself failed in it. */
bool test_item_take(struct test_item *it, struct suite *s);
#endif
