// SPDX-License-Identifier: MIT
/* draw.c - hookwalk draw HOST or LAB: pictures. */
#include "rules/analyse/analyse.h"
#include "rules/rules.h"
#include "sim/cli/cli.h"
#include "sim/cli/traffic_args.h"
#include "sim/draw/draw.h"
#include "sim/world/replay.h"
#include <stdlib.h>

#define SETS_BYTES ((size_t)400 << 20)

enum what { WHAT_CHAINS, WHAT_NETWORK, WHAT_PACKET, WHAT_SHARES };

struct options {
	struct traffic_args t;
	enum what what;
	const char *out, *format, *host;
	struct draw_chains chains;
	uint8_t family;
};

static bool what_named(const char *s, enum what *ret)
{
	static const char *const names[] = { "chains", "network", "packet", "shares" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (strcmp(names[i], s) == 0) {
			*ret = (enum what)i;
			return true;
		}
	return false;
}

static bool number(const char *s, unsigned *ret)
{
	uint64_t v;

	if (!u64_parse(&v, s, 1000000))
		return false;
	*ret = (unsigned)v;
	return true;
}

static int parse_options(struct options *o, int argc, char **argv)
{
	static const struct option longs[] = {
		TRAFFIC_ARGS_OPTIONS,
		{ "output", required_argument, NULL, 'o' }, { "format", required_argument, NULL, 'T' }, { "table", required_argument, NULL, 't' },
		{ "focus", required_argument, NULL, 'f' }, { "depth", required_argument, NULL, 'd' }, { "fold", required_argument, NULL, 'F' },
		{ "family", required_argument, NULL, '6' }, { "host", required_argument, NULL, 'H' }, { 0 }
	};
	int c, got;

	opterr = 0;
	optind = 1;
	while ((c = getopt_long(argc, argv, ":o:T:", longs, NULL)) != -1) {
		switch (c) {
		case 'o': o->out = optarg;		continue;
		case 'T': o->format = optarg;		continue;
		case 't': o->chains.table = optarg;	continue;
		case 'f': o->chains.focus = optarg;	continue;
		case 'H': o->host = optarg;		continue;
		case 'd':
		case 'F':
			if (!number(optarg, c == 'd' ? &o->chains.depth : &o->chains.fold))
				return cli_usage("draw", "a number is wanted, not \"%s\"", optarg);
			continue;
		case '6':
			if (strcmp(optarg, "ip") != 0 && strcmp(optarg, "ip6") != 0)
				return cli_usage("draw", "--family is ip or ip6, not \"%s\"", optarg);
			o->family = optarg[2] ? NFPROTO_IPV6 : NFPROTO_IPV4;
			continue;
		}
		if ((got = traffic_args_option(&o->t, "draw", c, optarg)) < 0)
			return EXIT_BAD;
		if (!got)
			return cli_bad_option("draw", c, argv, longs);
	}
	if (optind + 1 >= argc || !what_named(argv[optind], &o->what))
		return cli_usage("draw", optind >= argc ? "what: chains, network, packet or shares?" : optind + 1 < argc || what_named(argv[optind], &o->what) ?
				 "which host directory? draw WHAT HOST" : "\"%s\" is no picture: chains, network, packet, shares", argv[optind < argc ? optind : 0]);
	optind++;
	o->t.dir = argv[optind++];
	o->t.lines = (const char *const *)argv + optind;
	o->t.nr_lines = (unsigned)(argc - optind);
	return EXIT_FINE;
}

/* By the file's name when it is not said. */
static const char *format_of(const struct options *o)
{
	const char *dot = o->out ? strrchr(o->out, '.') : NULL;

	return o->format ? o->format : dot && !strchr(dot, '/') ? dot + 1 : "dot";
}

static bool says_dead(const struct finding *g)
{
	static const char *const ids[] = { "impossible", "impossible-here", "unreached-rule", "shadowed", "after-all" };

	for (size_t i = 0; i < ARRAY_SIZE(ids); i++)
		if (g->rule && strcmp(g->kind->id, ids[i]) == 0)
			return true;
	return false;
}

static void find_dead(struct options *o, const struct ruleset *rs, struct arena *a)
{
	const struct rule **dead;
	struct findings f;
	size_t n = 0;

	if (!rs)
		return;
	findings_init(&f, a);
	check_reach(rs, SETS_BYTES, &f);
	for (const struct finding *g = f.first; g; g = g->next)
		n += says_dead(g) ? g->rule->chain->nr_rules : 0;
	dead = arena_array(a, const struct rule *, n + 1);
	n = 0;
	for (const struct finding *g = f.first; g; g = g->next) {
		if (!says_dead(g))
			continue;
		dead[n++] = g->rule;
		for (uint32_t i = g->rule->number; strcmp(g->kind->id, "after-all") == 0 && i < g->rule->chain->nr_rules; i++)
			dead[n++] = g->rule->chain->rule[i];
	}
	o->chains.dead = dead;
	o->chains.nr_dead = n;
}

static struct host *which_host(const struct options *o, struct world *w, struct diag *d)
{
	struct host *h = o->host ? world_host_by_name(w, o->host) : w->host[0];

	if (!h)
		diag_error(d, (struct pos){ 0 }, "the lab has no host \"%s\"", o->host);
	return h;
}

static bool picture(struct options *o, struct world *w, const struct why *why, struct strbuf *dot, struct diag *d)
{
	struct host *h = which_host(o, w, d);
	const struct story *st = NULL;

	if (!h)
		return false;
	switch (o->what) {
	case WHAT_NETWORK:
		draw_network(w, dot);
		return true;
	case WHAT_SHARES:
		draw_shares(h, o->family, dot);
		return true;
	case WHAT_PACKET:
		for (const struct story *s = journey_first(why->journey); s; s = s->next)
			if (s->pkt)
				st = s;
		if (!st) {
			diag_error(d, (struct pos){ 0 }, "there is no packet to draw");
			diag_hint(d, "give one: 'eth0: tcp 203.0.113.7:40000 > 198.51.100.1:80 S'");
			return false;
		}
		draw_packet(why, st, dot);
		return true;
	case WHAT_CHAINS:
		break;
	}
	if (o->chains.focus) {
		const struct ruleset *rs = host_ruleset(h, o->family);
		bool there = false;

		for (uint32_t i = 0; rs && i < rs->nr_tables; i++)
			there |= table_chain(rs->table[i], o->chains.focus) != NULL;
		if (!there) {
			diag_error(d, (struct pos){ 0 }, "no table has a chain \"%s\"", o->chains.focus);
			return false;
		}
	}
	find_dead(o, host_ruleset(h, o->family), w->arena);
	draw_chains(h, o->family, &o->chains, dot);
	return true;
}

static int run(void *options, struct world *w, struct diag *d)
{
	struct options *o = options;
	struct host_files files = { .dir = o->t.dir, .allow_unknown = (const char **)o->t.allow, .nr_allow_unknown = o->t.nr_allow };
	struct strbuf dot = { 0 };
	struct why why = { 0 };
	struct traffic *t = NULL;
	struct host *h = NULL;
	bool ok;

	if (is_lab_dir(o->t.dir) ? !lab_load(w, &files, d) : !(h = host_load(w, &files, d)))
		return EXIT_BAD;
	why.host = h ? h : w->host[0];
	why.lab = !h;
	if (o->what != WHAT_NETWORK)
		t = traffic_args_open(&o->t, w, h, d);
	ok = !d->nr_errors;
	why.journey = journey_start(&w->trace, 0);
	if (o->what != WHAT_PACKET)
		journey_stop(why.journey);	/* counters are enough */
	if (t) {
		ok = world_replay(w, h, t, 0, NULL).complete && !d->nr_errors;
		t->close(t);
	}
	if (o->what == WHAT_PACKET)
		journey_stop(why.journey);
	ok = ok && picture(o, w, &why, &dot, d) && draw_render(&dot, format_of(o), o->out ? o->out : "-", d);
	journey_free(why.journey);
	sb_free(&dot);
	return ok ? EXIT_FINE : EXIT_BAD;
}

int cmd_draw(int argc, char **argv)
{
	struct options o = { .t = { .seed = 1 }, .family = NFPROTO_IPV4, .chains = { .fold = 24 } };
	int status = parse_options(&o, argc, argv);

	return status ? status : cli_with_world(o.t.seed, run, &o);
}
