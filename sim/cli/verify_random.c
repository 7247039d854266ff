// SPDX-License-Identifier: MIT
/* verify_random.c - hookwalk verify --random: random hosts and traffic, on the kernel and in the emulation. */
#include "sim/cli/cli.h"
#include "sim/verify/random.h"
#include <stdlib.h>
#include <unistd.h>

#define BUDGET	150		/* questions for shrinking one case; each is two runs at most */

struct settings { struct random_options o; const char *json; bool dry; };

static int args(int argc, char **argv, struct settings *s)
{
	static const struct option longs[] = {
		{ "random", required_argument, NULL, 'n' }, { "seed", required_argument, NULL, 's' }, { "topic", required_argument, NULL, 't' },
		{ "write", required_argument, NULL, 'w' }, { "failures", required_argument, NULL, 'o' }, { "first", required_argument, NULL, 'f' },
		{ "jobs", required_argument, NULL, 'j' }, { "json", required_argument, NULL, 'J' }, { "no-shrink", no_argument, NULL, 'S' },
		{ "only-write", no_argument, NULL, 'W' }, { "v6", no_argument, NULL, '6' }, { 0 }
	};
	uint64_t v;
	int c;

	opterr = 0;
	optind = 1;
	while ((c = getopt_long(argc, argv, ":j:", longs, NULL)) != -1) {
		switch (c) {
		case 'n':
			if (!u64_parse(&v, optarg, 1000000) || !v)
				return cli_usage("verify", "--random wants the number of cases, 1 to 1000000: \"%s\"", optarg);
			s->o.number = (unsigned)v;
			break;
		case 'f':
			if (!u64_parse(&v, optarg, 1000000000))
				return cli_usage("verify", "--first wants the number of the first case: \"%s\"", optarg);
			s->o.first = (unsigned)v;
			break;
		case 'j':
			if (!u64_parse(&v, optarg, 64) || !v)
				return cli_usage("verify", "--jobs wants a number from 1 to 64: \"%s\"", optarg);
			s->o.jobs = (unsigned)v;
			break;
		case 's':
			if (!u64_parse(&s->o.seed, optarg, UINT64_MAX))
				return cli_usage("verify", "--seed wants a number: \"%s\"", optarg);
			break;
		case 't':
			if (!gen_topic_bits(optarg))
				return cli_usage("verify", "no topic \"%s\": nat, ct, route, local, icmp, frag, ext, limit, malformed, all", optarg);
			s->o.topics |= gen_topic_bits(optarg);
			break;
		case 'w': s->o.write = optarg; break;
		case 'o': s->o.failures = optarg; break;
		case 'J': s->json = optarg; break;
		case 'S': s->o.budget = 0; break;
		case 'W': s->dry = true; break;
		case '6': s->o.topics |= TOPICS_V6; break;
		default:
			return cli_bad_option("verify", c, argv, longs);
		}
	}
	if (optind < argc)
		return cli_usage("verify", "--random takes no host directories: \"%s\"", argv[optind]);
	if (s->dry && !s->o.write)
		return cli_usage("verify", "--only-write wants --write DIR");
	return EXIT_FINE;
}

struct totals { unsigned number, agreed, again, differ, both, one, cannot, events; };

static void add(struct totals *t, const struct random_case *c)
{
	t->number++;
	t->events += c->events;
	t->agreed += c->status == VERIFY_AGREES;
	t->again += c->status == VERIFY_AGREES && c->differences;
	t->differ += c->status == VERIFY_DIFFERS && !c->kernel_refused;
	t->both += c->status == VERIFY_REFUSED && c->kernel_refused;
	t->one += (c->status == VERIFY_REFUSED) != c->kernel_refused;
	t->cannot += c->status == VERIFY_CANNOT;
}

struct show { const struct settings *s; struct totals sum; bool terminal; };

static void progress(void *arg, const struct random_case *c, unsigned done)
{
	struct show *sh = arg;

	add(&sh->sum, c);
	if (sh->terminal)
		fprintf(stderr, "\r%u of %u cases, %u differ ", done, sh->s->o.number, sh->sum.differ + sh->sum.one);
}

static const char *const status_words[] = { "agrees", "differs", "refused", "cannot" };

static const char *what_happened(const struct random_case *c)
{
	switch (c->status) {
	case VERIFY_DIFFERS:	return c->kernel_refused ? "REFUSED by the kernel" : "DIFFERS";
	case VERIFY_REFUSED:	return c->kernel_refused ? "REFUSED by both" : "REFUSED by the emulation";
	default:		return "ERROR";
	}
}

/* A line per case that is not all right, in order of index: the same whoever ended first. */
static void print_cases(const struct settings *s, const struct random_case *cases)
{
	for (unsigned i = 0; i < s->o.number; i++) {
		const struct random_case *c = &cases[i];

		if (c->status == VERIFY_AGREES)
			continue;
		printf("%s  %llu-%u (%s): %.*s", what_happened(c), (unsigned long long)s->o.seed, c->index, gen_topic_name(c->topic),
		       (int)strcspn(c->kind, "\n"), c->kind);
		if (c->status == VERIFY_DIFFERS)
			printf("; see %s/%s%llu-%u", s->o.failures, s->o.topics & TOPICS_V6 ? "v6-" : "", (unsigned long long)s->o.seed, c->index);
		putchar('\n');
	}
}

static void print_totals(const struct totals *t)
{
	printf("%u cases, %u events: %u agreed", t->number, t->events, t->agreed);
	if (t->again)
		printf(" (%u only when run again)", t->again);
	printf(", %u differ, %u refused by both, %u refused by one, %u could not be run\n", t->differ, t->both, t->one, t->cannot);
}

static json_t *feature_json(const struct random_case *c)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < feature_count(); i++)
		if (c->features[i / 64] >> i % 64 & 1)
			json_array_append_new(list, json_string(feature_name(i)));
	return list;
}

static bool write_json(const struct settings *s, const struct random_case *c, struct diag *d)
{
	json_t *cases = json_array(), *all;

	for (unsigned i = 0; i < s->o.number; i++) {
		json_t *j = json_pack("{s:i, s:s, s:s, s:i, s:i, s:o}", "index", (int)c[i].index, "topic", gen_topic_name(c[i].topic), "status",
				      status_words[c[i].status], "events", (int)c[i].events, "differences", (int)c[i].differences,
				      "features", feature_json(&c[i]));

		if (c[i].status != VERIFY_AGREES)
			json_object_set_new(j, "kind", json_string(c[i].kind));
		json_array_append_new(cases, j);
	}
	all = json_pack("{s:I, s:s, s:o}", "seed", (json_int_t)s->o.seed, "family", s->o.topics & TOPICS_V6 ? "ipv6" : "ipv4", "cases", cases);
	return cli_write_json(s->json, all, JSON_COMPACT, d);
}

static int run(struct verifier *v, struct settings *s, struct diag *d)
{
	struct random_case *cases = xcalloc(s->o.number, sizeof(*cases));
	struct show sh = { .s = s, .terminal = isatty(STDERR_FILENO) };
	int status = EXIT_BAD;

	s->o.progress = v ? progress : NULL;
	s->o.arg = &sh;
	if (random_run(v, &s->o, cases, d)) {
		if (sh.terminal && v)
			fprintf(stderr, "\r\033[K");
		if (v) {
			print_cases(s, cases);
			print_totals(&sh.sum);
		}
		status = sh.sum.cannot ? EXIT_BAD : sh.sum.differ || sh.sum.one ? EXIT_FOUND : EXIT_FINE;
		if (s->json && !write_json(s, cases, d))
			status = EXIT_BAD;
	}
	free(cases);
	return status;
}

int cmd_verify_random(int argc, char **argv)
{
	struct settings s = { .o = { .seed = 1, .jobs = 2, .failures = "verify-failures", .budget = BUDGET } };
	int status = args(argc, argv, &s);
	struct verifier *v = NULL;
	struct strbuf why = { 0 };
	struct arena *a;
	struct diag d;

	if (status)
		return status;
	if (!(s.o.topics & TOPIC_ALL))
		s.o.topics |= TOPIC_ALL;
	a = arena_create();
	diag_init(&d, a);
	if (!s.dry && !(v = verifier_open(&why)))
		diag_error(&d, (struct pos){ 0 }, "verification is not possible here: %s", sb_str(&why));
	status = d.nr_errors ? EXIT_BAD : run(v, &s, &d);
	verifier_close(v);
	cli_show(&d);
	sb_free(&why);
	arena_destroy(a);
	return status;
}
