// SPDX-License-Identifier: MIT
/* why.c - hookwalk why HOST [TABLE:CHAIN:N] [PACKET...]: the true reason. hookwalk trace HOST PACKET...: the way. */
#include "sim/cli/cli.h"
#include "sim/cli/traffic_args.h"
#include "sim/why/why.h"
#include "sim/world/replay.h"
#include "rules/rules.h"
#include <stdlib.h>

#define LAB_TIME (900000000ull)		/* ns: before anybody sends again */

struct options {
	struct traffic_args t;
	const char *rule;		/* "filter:INPUT:3", or NULL */
	const char *json;		/* a file, or NULL */
	bool verbose, why;
};

static int parse_options(struct options *o, const char *name, int argc, char **argv)
{
	static const struct option longs[] = { TRAFFIC_ARGS_OPTIONS, { "json", optional_argument, NULL, 'j' }, { "verbose", no_argument, NULL, 'v' }, { 0 } };
	int c, got;

	opterr = 0;
	optind = 1;
	while ((c = getopt_long(argc, argv, ":v", longs, NULL)) != -1) {
		if (c == 'j')
			o->json = optarg ? optarg : "-";
		else if (c == 'v')
			o->verbose = true;
		else if ((got = traffic_args_option(&o->t, name, c, optarg)) < 0)
			return EXIT_BAD;
		else if (!got)
			return cli_bad_option(name, c, argv, longs);
	}
	if (optind >= argc)
		return cli_usage(name, "which host directory?");
	o->t.dir = argv[optind++];
	if (o->why && optind < argc && !strchr(argv[optind], ' ') && strchr(argv[optind], ':'))
		o->rule = argv[optind++];
	o->t.lines = (const char *const *)argv + optind;
	o->t.nr_lines = (unsigned)(argc - optind);
	return EXIT_FINE;
}

/* "NAME:" of a host in a lab, in front of the rule: goes to *ret_host, and what follows is answered. */
static const char *take_host(struct world *w, const char *text, struct host **ret_host)
{
	for (unsigned i = 0; i < w->nr_hosts; i++) {
		size_t n = strlen(w->host[i]->name);

		if (strncmp(text, w->host[i]->name, n) == 0 && text[n] == ':') {
			*ret_host = w->host[i];
			return text + n + 1;
		}
	}
	return text;
}

static bool skip_word(const char **text, const char *word)
{
	size_t n = strlen(word);

	if (strncmp(*text, word, n) != 0)
		return false;
	*text += n;
	return true;
}

/* "[nft:][ip6:]TABLE:CHAIN:N" or ":policy". */
static bool find_rule(const struct host *h, struct arena *a, const char *text, struct why_rule *ret, struct diag *d)
{
	bool nft = skip_word(&text, "nft:"), v6 = !skip_word(&text, "ip4:") && skip_word(&text, "ip6:");
	char *table = arena_strdup(a, text), *chain = strchr(table, ':'), *n = chain ? strchr(chain + 1, ':') : NULL;
	const struct ruleset *rs = host_ruleset_of(h, v6 ? NFPROTO_IPV6 : NFPROTO_IPV4, nft);
	const struct table *t;
	struct nearest near = { 0 };
	uint64_t number;

	if (!n) {
		diag_error(d, (struct pos){ 0 }, "\"%s\" is no rule", text);
		diag_hint(d, "TABLE:CHAIN:N, as in filter:INPUT:3");
		return false;
	}
	*chain++ = *n++ = '\0';
	t = rs ? ruleset_table(rs, table) : NULL;
	if (!t) {
		diag_error(d, (struct pos){ 0 }, "the host has no table \"%s\"", table);
		return false;
	}
	ret->chain = table_chain(t, chain);
	if (!ret->chain) {
		diag_error(d, (struct pos){ 0 }, "table %s has no chain \"%s\"", table, chain);
		near.want = chain;
		for (uint32_t i = 0; i < t->nr_chains; i++)
			nearest_try(&near, t->chain[i]->name);
		if (nearest_get(&near))
			diag_hint(d, "did you mean \"%s\"?", nearest_get(&near));
		return false;
	}
	if (strcmp(n, "policy") == 0)
		return true;
	if (!u64_parse(&number, n, UINT32_MAX) || !number || number > ret->chain->nr_rules) {
		diag_error(d, (struct pos){ 0 }, "%s %s has no rule %s: it has %u", table, chain, n, ret->chain->nr_rules);
		return false;
	}
	ret->rule = ret->chain->rule[number - 1];
	return true;
}

static bool print(const struct options *o, const struct why *w, struct diag *d)
{
	struct strbuf sb = { 0 };
	struct answer a;

	if (o->why && !journey_first(w->journey) && w->ask.rule)
		why_static(w, &a);
	else if (o->why)
		why_answer(w, &a);
	if (o->json)
		return cli_write_json(o->json, o->why ? why_json(w, &a) : trace_json(w->journey),
				      JSON_INDENT(1) | JSON_PRESERVE_ORDER | JSON_REAL_PRECISION(12), d);
	if (o->why)
		why_tell(w, &a, &sb);
	else
		trace_tell(w->journey, o->verbose, &sb);
	fputs(sb_str(&sb), stdout);
	sb_free(&sb);
	return true;
}

static int run(void *options, struct world *w, struct diag *d)
{
	const struct options *o = options;
	struct failed_command *failed = NULL;
	struct host_files files = { .dir = o->t.dir, .allow_unknown = (const char **)o->t.allow, .nr_allow_unknown = o->t.nr_allow, .failed = &failed };
	struct why why = { 0 };
	const char *rule;
	struct traffic *t;
	struct host *h = NULL;
	bool ok = true, later;
	struct diag quiet;

	diag_init(&quiet, w->arena);
	if (is_lab_dir(o->t.dir)) {
		if (!lab_load(w, &files, d))
			return EXIT_BAD;
	} else if (!(h = host_load(w, &files, d))) {
		return EXIT_BAD;
	}
	why.host = h ? h : w->host[0];
	why.lab = !h;
	why.failed = failed;
	rule = o->rule && why.lab ? take_host(w, o->rule, &why.host) : o->rule;
	/* A command between the packets may add it. */
	later = rule && !find_rule(why.host, w->arena, rule, &why.ask, &quiet);
	t = traffic_args_open(&o->t, w, h, d);
	if (!t && d->nr_errors)
		return EXIT_BAD;
	if (!t && later && !find_rule(why.host, w->arena, rule, &why.ask, d))
		return EXIT_BAD;
	if (!t && (!o->why || !why.ask.rule)) {
		diag_error(d, (struct pos){ 0 }, "no packet is given, and %s has no traffic of its own", o->t.dir);
		diag_hint(d, "as in: 'eth0: tcp 203.0.113.7:40000 > 198.51.100.1:80 S'");
		return EXIT_BAD;
	}
	why.journey = journey_start(&w->trace, h ? 0 : LAB_TIME);
	if (t) {
		ok = world_replay(w, h, t, CLI_TAIL, NULL).complete && !d->nr_errors;
		t->close(t);
	}
	journey_stop(why.journey);
	if (ok && later)
		ok = find_rule(why.host, w->arena, rule, &why.ask, d);
	ok = ok && print(o, &why, d);
	journey_free(why.journey);
	return ok ? EXIT_FINE : EXIT_BAD;
}

static int command(bool is_why, const char *name, int argc, char **argv)
{
	struct options o = { .t = { .seed = 1 }, .why = is_why };
	int status = parse_options(&o, name, argc, argv);

	return status ? status : cli_with_world(o.t.seed, run, &o);
}

int cmd_why(int argc, char **argv)	{ return command(true, "why", argc, argv); }
int cmd_trace(int argc, char **argv)	{ return command(false, "trace", argc, argv); }
