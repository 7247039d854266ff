// SPDX-License-Identifier: MIT
/* verify_random.c - hookwalk verify --random: random hosts and traffic, on the kernel and in the emulation. */
#include "sim/cli/cli.h"
#include "sim/verify/gen.h"
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct random_options { unsigned number, first; uint64_t seed; uint32_t topics; const char *write; };

static bool number_arg(const char *s, uint64_t max, uint64_t *ret)
{
	return u64_parse(ret, s, max);
}

static int random_args(int argc, char **argv, struct random_options *o)
{
	static const struct option longs[] = {
		{ "random", required_argument, NULL, 'n' }, { "seed", required_argument, NULL, 's' }, { "topic", required_argument, NULL, 't' },
		{ "write", required_argument, NULL, 'w' }, { "first", required_argument, NULL, 'f' }, { 0 }
	};
	uint64_t v;
	int c;

	opterr = 0;
	optind = 1;
	while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		switch (c) {
		case 'n':
			if (!number_arg(optarg, 1000000, &v) || !v)
				return cli_usage("verify", "--random wants the number of cases, 1 to 1000000: \"%s\"", optarg);
			o->number = (unsigned)v;
			break;
		case 'f':
			if (!number_arg(optarg, 1000000, &v))
				return cli_usage("verify", "--first wants the number of the first case: \"%s\"", optarg);
			o->first = (unsigned)v;
			break;
		case 's':
			if (!number_arg(optarg, UINT64_MAX, &o->seed))
				return cli_usage("verify", "--seed wants a number: \"%s\"", optarg);
			break;
		case 't':
			if (!gen_topic_bits(optarg))
				return cli_usage("verify", "no topic \"%s\": nat, ct, route, local, icmp, frag, ext, limit, malformed, all", optarg);
			o->topics |= gen_topic_bits(optarg);
			break;
		case 'w':
			o->write = optarg;
			break;
		default:
			return cli_usage("verify", "unknown option or missing value: %s", argv[optind - 1]);
		}
	}
	return EXIT_FINE;
}

int cmd_verify_random(int argc, char **argv)
{
	struct random_options o = { .seed = 1 };
	int status = random_args(argc, argv, &o);
	struct arena *a;
	struct diag d;

	if (status)
		return status;
	if (!o.topics)
		o.topics = TOPIC_ALL;
	a = arena_create();
	diag_init(&d, a);
	for (unsigned i = 0; i < o.number; i++) {
		struct host_case c;

		gen_case(&c, o.seed, o.first + i, o.topics);
		if (o.write)
			case_write(&c, arena_printf(a, "%s/%llu-%u", o.write, (unsigned long long)o.seed, o.first + i), &d);
		case_free(&c);
	}
	cli_show(&d);
	arena_destroy(a);
	return EXIT_FINE;
}
