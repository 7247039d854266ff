// SPDX-License-Identifier: MIT
/* diff.c - hookwalk diff OLD NEW [traffic]: what two hosts or two files of rules do differently. */
#include "rules/analyse/compare.h"
#include "rules/rules.h"
#include "sim/cli/cli.h"
#include "sim/cli/traffic_args.h"
#include "sim/why/why.h"
#include "sim/world/replay.h"
#include <stdlib.h>


struct options {
	struct traffic_args t;
	const char *path[2];
	const char *json;
	uint64_t max;
	uint8_t family;
	struct world *second;		/* NEW's; OLD lives in the command's */
};

/* One of the two. */
struct version {
	const char *path;
	struct world *world;
	struct host *host;		/* NULL: a file of rules */
	const struct ruleset *rules[2];	/* IPv4, IPv6 */
	struct journey *journey;	/* what the traffic met */
};

/* A packet that ends differently. */
struct changed { const struct story *story[2]; const char *fate[2]; };

static int parse_options(struct options *o, int argc, char **argv)
{
	static const struct option longs[] = {
		TRAFFIC_ARGS_OPTIONS, { "json", optional_argument, NULL, 'j' }, { "max", required_argument, NULL, 'n' },
		{ "family", required_argument, NULL, 'f' }, { 0 }
	};
	int c, got;

	opterr = 0;
	optind = 1;
	while ((c = getopt_long(argc, argv, ":", longs, NULL)) != -1) {
		if (c == 'j') {
			o->json = optarg ? optarg : "-";
		} else if (c == 'n') {
			if (!u64_parse(&o->max, optarg, 1000000) || !o->max)
				return cli_usage("diff", "--max wants a number from 1 to 1000000, not \"%s\"", optarg);
		} else if (c == 'f') {
			if (cli_rules_family("diff", optarg, &o->family))
				return EXIT_BAD;
		} else if ((got = traffic_args_option(&o->t, "diff", c, optarg)) < 0) {
			return EXIT_BAD;
		} else if (!got) {
			return cli_bad_option("diff", c, argv, longs);
		}
	}
	if (argc - optind < 2)
		return cli_usage("diff", "which two hosts, or files of rules?");
	for (unsigned v = 0; v < 2; v++)
		o->path[v] = argv[optind++];
	o->t.lines = (const char *const *)argv + optind;
	o->t.nr_lines = (unsigned)(argc - optind);
	return EXIT_FINE;
}

/* ---- the two */

static bool load_dir(const struct options *o, struct version *v, struct diag *d)
{
	struct host_files files = { .dir = v->path, .name = "host", .allow_unknown = (const char **)o->t.allow, .nr_allow_unknown = o->t.nr_allow };

	if (is_lab_dir(v->path)) {
		diag_error(d, (struct pos){ 0 }, "%s is a lab: its hosts are compared one by one", v->path);
		diag_hint(d, "a directory in its hosts/");
		return false;
	}
	v->host = host_load(v->world, &files, d);
	if (!v->host)
		return false;
	v->rules[0] = host_ruleset(v->host, NFPROTO_IPV4);
	v->rules[1] = host_ruleset(v->host, NFPROTO_IPV6);
	return true;
}

static bool load(const struct options *o, struct version *v, struct diag *d)
{
	uint8_t family = cli_family_of(o->family, v->path);
	struct rules_options opt = { .family = family, .allow_unknown = (const char **)o->t.allow, .nr_allow_unknown = o->t.nr_allow };
	struct source *src;

	if (cli_is_directory(v->path))
		return load_dir(o, v, d);
	if (o->t.nr_lines || o->t.nr_in) {
		diag_error(d, (struct pos){ 0 }, "traffic needs two host directories, and %s is a file of rules", v->path);
		return false;
	}
	src = source_read(v->world->arena, v->path, 0, d);
	v->rules[family == NFPROTO_IPV6] = src ? ruleset_load(v->world->arena, src, &opt, d) : NULL;
	return v->rules[family == NFPROTO_IPV6] != NULL;
}

static bool play(const struct options *o, struct version *v, struct diag *d)
{
	struct traffic *t = traffic_args_open(&o->t, v->world, v->host, d);
	bool ok;

	if (!t)
		return false;
	v->journey = journey_start(&v->world->trace, 0);
	ok = world_replay(v->world, v->host, t, CLI_TAIL, NULL).complete && !d->nr_errors;
	t->close(t);
	journey_stop(v->journey);
	return ok;
}

/* ---- what the traffic met */

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

/* To its sender and its receiver: by whom it was decided does not matter. */
static bool same_fate(const struct fate *a, const struct fate *b)
{
	if (a->kind != b->kind || a->reset != b->reset || !a->icmp != !b->icmp || !a->errno_ != !b->errno_ || !a->end != !b->end)
		return false;
	if (a->icmp && !same_text(a->icmp->text, b->icmp->text))
		return false;
	if (a->errno_ && a->errno_->error != b->errno_->error)
		return false;
	return !a->end || (same_text(a->end->dev, b->end->dev) && same_text(a->end->packet, b->end->packet) && a->end->reason == b->end->reason);
}

static const char *say(const struct story *st, const struct fate *f, struct arena *a)
{
	struct strbuf sb = { 0 };
	const char *text;

	fate_say(st, f, &sb);
	text = arena_strdup(a, sb_str(&sb));
	sb_free(&sb);
	return text;
}

/* The stories that end differently, in order, in a. */
static unsigned changed_stories(const struct version v[2], struct arena *a, unsigned max, struct changed *ret, bool *more)
{
	const struct story *x = journey_first(v[0].journey), *y = journey_first(v[1].journey);
	struct fate f[2];
	unsigned n = 0;

	for (; x && y; x = x->next, y = y->next) {
		fate_of(x, x->pkt, &f[0]);
		fate_of(y, y->pkt, &f[1]);
		if (same_fate(&f[0], &f[1]))
			continue;
		if (n == max) {
			*more = true;
			return n;
		}
		ret[n++] = (struct changed){ { x, y }, { say(x, &f[0], a), say(y, &f[1], a) } };
	}
	return n;
}

/* ---- telling it */

static struct pos place(const struct compare_side *s)
{
	return s->rule ? s->rule->pos : s->chain ? s->chain->pos : (struct pos){ 0 };
}

static void put_where(const struct compare_side *s, struct strbuf *out)
{
	struct pos pos = place(s);
	size_t line, col;

	if (!s->chain) {
		sb_puts(out, "no such table");
		return;
	}
	if (s->rule)
		sb_printf(out, "%s rule %u", s->chain->name, s->rule->number);
	else
		sb_printf(out, "%s policy", s->chain->name);
	if (pos.src) {
		source_where(pos, &line, &col);
		sb_printf(out, " (%s:%zu)", pos.src->name, line);
	}
	if (s->rule) {
		sb_puts(out, ": ");
		rule_save(s->rule, out);
	}
}

static void tell_side(const char *when, const struct compare_side *s, struct strbuf *out)
{
	sb_printf(out, "    %s ", when);
	if (!s->outcome) {
		sb_puts(out, "nothing\n");
		return;
	}
	put_where(s, out);
	if (!s->rule)
		sb_printf(out, ": %s", s->outcome);
	sb_puts(out, "\n");
}

static void tell_difference(const struct difference *d, struct strbuf *out)
{
	sb_printf(out, "%s%s %s: ", d->family == NFPROTO_IPV6 ? "IPv6 " : "", d->table, d->chain);
	if (d->effect)
		sb_printf(out, "%s only %s\n", d->before.outcome ? d->before.outcome : d->after.outcome, d->before.outcome ? "before" : "after");
	else
		sb_printf(out, "%s before, %s after\n", d->before.outcome, d->after.outcome);
	sb_printf(out, "    %s%s%s\n", d->packet, d->besides ? "    " : "", d->besides ? d->besides : "");
	sb_printf(out, "    %s", !d->nr_fields ? d->whole ? "all packets" : "some of all packets" : d->whole ? "all with" : "some of those with");
	for (unsigned i = 0; i < d->nr_fields; i++)
		sb_printf(out, "%s %s %s", i ? ";" : "", d->field[i].name, d->field[i].values);
	sb_puts(out, "\n");
	tell_side("before:", &d->before, out);
	tell_side("after: ", &d->after, out);
}

static void tell(const struct comparison *c, const struct changed *ch, unsigned nr_changed, bool more, struct strbuf *out)
{
	for (const struct difference *d = c->first; d; d = d->next)
		tell_difference(d, out);
	for (unsigned i = 0; i < nr_changed; i++)
		sb_printf(out, "%s\n    before: %s\n    after:  %s\n", ch[i].story[0]->text, ch[i].fate[0], ch[i].fate[1]);
	if (c->more || more)
		sb_puts(out, "and more, which --max would show\n");
	sb_printf(out, "%u difference%s\n", c->nr + nr_changed, c->nr + nr_changed == 1 ? "" : "s");
}

static json_t *json_side(const struct compare_side *s)
{
	struct pos pos = place(s);
	size_t line, col;
	json_t *o;

	if (!s->outcome)
		return json_null();
	o = json_pack("{s:s, s:s?}", "outcome", s->outcome, "chain", s->chain ? s->chain->name : NULL);
	if (s->rule)
		json_object_set_new(o, "rule", json_integer(s->rule->number));
	else
		json_object_set_new(o, "rule", json_string("policy"));
	if (pos.src) {
		source_where(pos, &line, &col);
		json_object_set_new(o, "file", json_string(pos.src->name));
		json_object_set_new(o, "line", json_integer((json_int_t)line));
	}
	return o;
}

static json_t *json_difference(const struct difference *d)
{
	json_t *o = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s?, s:b}", "family", d->family == NFPROTO_IPV6 ? "ipv6" : "ipv4", "table", d->table,
			      "chain", d->chain, "kind", d->effect ? "effect" : "verdict", "packet", d->packet, "besides", d->besides, "whole", d->whole);
	json_t *fields = json_object();

	for (unsigned i = 0; i < d->nr_fields; i++)
		json_object_set_new(fields, d->field[i].name, json_string(d->field[i].values));
	json_object_set_new(o, "fields", fields);
	json_object_set_new(o, "before", json_side(&d->before));
	json_object_set_new(o, "after", json_side(&d->after));
	return o;
}

static json_t *as_json(const struct comparison *c, const struct changed *ch, unsigned nr_changed, bool more)
{
	json_t *rules = json_array(), *packets = json_array();

	for (const struct difference *d = c->first; d; d = d->next)
		json_array_append_new(rules, json_difference(d));
	for (unsigned i = 0; i < nr_changed; i++)
		json_array_append_new(packets, json_pack("{s:s, s:s, s:s}", "packet", ch[i].story[0]->text, "before", ch[i].fate[0], "after", ch[i].fate[1]));
	return json_pack("{s:o, s:o, s:b}", "rules", rules, "packets", packets, "more", c->more || more);
}

/* ---- */

static bool print(const struct options *o, const struct comparison *c, const struct changed *ch, unsigned nr, bool more, struct diag *d)
{
	struct strbuf sb = { 0 };

	if (!o->json || strcmp(o->json, "-") != 0) {
		tell(c, ch, nr, more, &sb);
		fputs(sb_str(&sb), stdout);
		sb_free(&sb);
	}
	return !o->json || cli_write_json(o->json, as_json(c, ch, nr, more), JSON_INDENT(1) | JSON_PRESERVE_ORDER, d);
}

static int compare(const struct options *o, struct version v[2], struct diag *d)
{
	struct arena *a = v[0].world->arena;
	struct changed *ch = NULL;
	struct comparison c;
	unsigned nr = 0;
	bool more = false;

	comparison_init(&c, a, (unsigned)o->max);
	/* Rules that a file gives for one family say nothing about the other. */
	for (unsigned f = 0; f < 2; f++)
		if ((v[0].host || v[0].rules[f]) && (v[1].host || v[1].rules[f]))
			compare_rulesets(v[0].rules[f], v[1].rules[f], CLI_SETS_BYTES, &c);
	if (c.incomplete) {
		diag_error(d, (struct pos){ 0 }, "the packet sets of these rules grew past %zu MB: what else they do differently is not known", CLI_SETS_BYTES >> 20);
		return EXIT_BAD;
	}
	if (o->t.nr_lines || o->t.nr_in) {
		if (!play(o, &v[0], d) || !play(o, &v[1], d))
			return EXIT_BAD;
		ch = arena_array(a, struct changed, o->max);
		nr = changed_stories(v, a, (unsigned)o->max, ch, &more);
	}
	if (!print(o, &c, ch, nr, more, d))
		return EXIT_BAD;
	return c.nr + nr ? EXIT_FOUND : EXIT_FINE;
}

static int run(void *options, struct world *w, struct diag *d)
{
	const struct options *o = options;
	struct version v[2] = { { .path = o->path[0], .world = w }, { .path = o->path[1], .world = o->second } };
	int status = EXIT_BAD;

	if (load(o, &v[0], d) && load(o, &v[1], d)) {
		if (!v[0].host == !v[1].host && !v[0].host && !v[0].rules[0] != !v[1].rules[0])
			diag_error(d, (struct pos){ 0 }, "%s and %s are of different families", v[0].path, v[1].path);
		else
			status = compare(o, v, d);
	}
	for (unsigned i = 0; i < 2; i++)
		if (v[i].journey)
			journey_free(v[i].journey);
	return status;
}

int cmd_diff(int argc, char **argv)
{
	struct options o = { .t = { .seed = 1 }, .max = 20 };
	int status = parse_options(&o, argc, argv);

	if (status)
		return status;
	o.second = world_create(o.t.seed);
	status = cli_with_world(o.t.seed, run, &o);
	world_destroy(o.second);
	return status;
}
