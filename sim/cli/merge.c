// SPDX-License-Identifier: MIT
/* merge.c - hookwalk merge FILE...: the results and the coverage of several shards as one. */
#include "sim/cli/test.h"

int cmd_merge(int argc, char **argv)
{
	static const struct option longs[] = { TEST_OUTPUT_OPTIONS, { 0 } };
	struct test_outputs out = { 0 };
	struct arena *a;
	struct suite s;
	struct diag d;
	int c, status;

	opterr = 0;
	optind = 1;
	while ((c = getopt_long(argc, argv, ":", longs, NULL)) != -1) {
		status = test_output_option(&out, c, optarg);
		if (status == -1)
			return cli_bad_option("merge", c, argv, longs);
		if (status)
			return cli_usage("merge", "--min-coverage wants percent, not \"%s\"", optarg);
	}
	if (optind >= argc)
		return cli_usage("merge", "which results of hookwalk test --json?");
	a = arena_create();
	diag_init(&d, a);
	suite_init(&s);
	for (int i = optind; i < argc; i++)
		suite_load(&s, argv[i], &d);
	suite_sort(&s);
	cli_show(&d);
	status = d.nr_errors ? EXIT_BAD : test_tell(&s, &out);
	suite_free(&s);
	arena_destroy(a);
	return status;
}
