// SPDX-License-Identifier: MIT
/* check.c - hookwalk check HOST or RULES...: what is wrong with them, without any traffic. */
#include "rules/analyse/report.h"
#include "rules/rules.h"
#include "sim/cli/cli.h"
#include "sim/why/why.h"
#include "sim/world/replay.h"
#include <stdlib.h>
#include <unistd.h>
#include <stdio.h>

#define MAX_WORDS 64

struct options {
	const char *const *path; unsigned nr_paths;
	const char *must[MAX_WORDS]; unsigned nr_must;
	const char *ignore[MAX_WORDS]; unsigned nr_ignore;
	const char *allow[MAX_WORDS]; unsigned nr_allow;
	const char *json, *sarif;
	enum check_severity shown;
	uint8_t family;
	bool list;
};

static bool add_word(const char **list, unsigned *n, const char *word)
{
	if (*n == MAX_WORDS)
		return false;
	list[(*n)++] = word;
	return true;
}

static bool severity_named(const char *s, enum check_severity *ret)
{
	for (enum check_severity v = CHECK_INFO; v <= CHECK_ERROR; v++)
		if (strcmp(s, check_severity_name(v)) == 0) {
			*ret = v;
			return true;
		}
	return false;
}

static int parse_options(struct options *o, int argc, char **argv)
{
	static const struct option longs[] = {
		{ "must-accept", required_argument, NULL, 'm' }, { "ignore", required_argument, NULL, 'i' },
		{ "allow-unknown", required_argument, NULL, 'a' }, { "json", required_argument, NULL, 'j' },
		{ "sarif", required_argument, NULL, 's' }, { "severity", required_argument, NULL, 'v' },
		{ "family", required_argument, NULL, 'f' }, { "list", no_argument, NULL, 'l' }, { 0 }
	};
	bool ok = true;
	int c;

	opterr = 0;
	optind = 1;
	while (ok && (c = getopt_long(argc, argv, ":", longs, NULL)) != -1) {
		switch (c) {
		case 'm': ok = add_word(o->must, &o->nr_must, optarg);		break;
		case 'i':
			if (!check_kind(optarg))
				return cli_usage("check", "there is no kind of finding \"%s\": --list names them", optarg);
			ok = add_word(o->ignore, &o->nr_ignore, optarg);
			break;
		case 'a': ok = add_word(o->allow, &o->nr_allow, optarg);	break;
		case 'j': o->json = optarg;	break;
		case 's': o->sarif = optarg;	break;
		case 'v':
			if (!severity_named(optarg, &o->shown))
				return cli_usage("check", "--severity is info, warning or error, not \"%s\"", optarg);
			break;
		case 'f':
			if (cli_rules_family("check", optarg, &o->family))
				return EXIT_BAD;
			break;
		case 'l': o->list = true;	break;
		default: return cli_bad_option("check", c, argv, longs);
		}
	}
	if (!ok)
		return cli_usage("check", "more than %d of one option", MAX_WORDS);
	o->path = (const char *const *)argv + optind;
	o->nr_paths = (unsigned)(argc - optind);
	if (!o->nr_paths && !o->list)
		return cli_usage("check", "which host directory, or which rules?");
	return EXIT_FINE;
}

static void check_ruleset(const struct ruleset *rs, const struct check_host *h, struct findings *f)
{
	if (!rs)
		return;
	check_reach(rs, CLI_SETS_BYTES, f);
	check_mistakes(rs, h, f);
}

/* ---- a packet that must come through */

/* Its own world each: what one packet leaves behind must not matter to the next. */
static bool must_accept(const struct options *o, const char *dir, const char *line, struct arena *keep, struct findings *f, struct diag *d)
{
	struct host_files files = { .dir = dir, .allow_unknown = (const char **)o->allow, .nr_allow_unknown = o->nr_allow };
	struct world *w = world_create(1);
	struct diag again;
	struct host *h;
	struct traffic *t;
	struct journey *j;
	struct strbuf sb = { 0 };
	unsigned errors = d->nr_errors;

	diag_init(&again, keep);	/* the host's own messages were told once */
	h = host_load(w, &files, &again);
	t = h ? traffic_open(h, source_text(keep, "--must-accept", line, strlen(line)), d) : NULL;
	if (t) {
		j = journey_start(&w->trace, 0);
		world_replay(w, h, t, 0, NULL);
		t->close(t);
		journey_stop(j);
		for (const struct story *st = journey_first(j); st; st = st->next) {
			struct fate fate;

			fate_of(st, st->pkt, &fate);
			if (fate.kind != FATE_DROPPED && fate.kind != FATE_REJECTED)
				continue;
			sb_clear(&sb);
			fate_say(st, &fate, &sb);
			findings_add(f, "locked-out", NULL, NULL, "%s: %s", line, sb_str(&sb));
		}
		journey_free(j);
	}
	sb_free(&sb);
	world_destroy(w);
	return t && d->nr_errors == errors;
}

/* ---- hosts and files */

static bool has_file(const char *dir, const char *name)
{
	char *path = NULL;
	bool there = asprintf(&path, "%s/%s", dir, name) >= 0 && access(path, F_OK) == 0;

	free(path);
	return there;
}

/* Beside its rules: without them nothing is known of what interfaces and settings it has. */
static bool knows_devices(const char *dir)
{
	return has_file(dir, "ip.batch") || has_file(dir, "ip-addr.txt") || has_file(dir, "commands.sh");
}

static bool check_dir(const struct options *o, const char *dir, struct world *w, struct findings *f, struct diag *d)
{
	struct host_files files = { .dir = dir, .allow_unknown = (const char **)o->allow, .nr_allow_unknown = o->nr_allow };
	struct host *h = host_load(w, &files, d);
	struct check_host about = { .known = knows_devices(dir) || has_file(dir, "sysctl.conf") };
	const char **names;
	bool ok = true;
	char buf[64];
	const char *v;

	if (!h)
		return false;
	for (const struct net_device *dev = h->devs; dev; dev = dev->next)
		about.nr_devices++;
	names = arena_array(f->arena, const char *, about.nr_devices);
	about.nr_devices = 0;
	for (const struct net_device *dev = h->devs; dev; dev = dev->next)
		names[about.nr_devices++] = dev->name;
	about.devices = names;
	if (!knows_devices(dir))
		about.nr_devices = 0;
	v = sysctl_get(h, "net.ipv4.ip_forward", buf);
	about.ip_forward = v && *v == '1';
	v = sysctl_get(h, "net.ipv4.conf.all.route_localnet", buf);
	about.route_localnet = v && *v == '1';
	about.other = host_ruleset(h, NFPROTO_IPV6);
	check_ruleset(host_ruleset(h, NFPROTO_IPV4), &about, f);
	about.other = host_ruleset(h, NFPROTO_IPV4);
	check_ruleset(about.other ? host_ruleset(h, NFPROTO_IPV6) : NULL, &about, f);
	for (int v6 = 0; v6 < 2; v6++) {	/* those of iptables-nft stand for themselves */
		const struct ruleset *rs = host_ruleset_of(h, v6 ? NFPROTO_IPV6 : NFPROTO_IPV4, true);

		about.other = host_ruleset_of(h, v6 ? NFPROTO_IPV4 : NFPROTO_IPV6, true);
		check_ruleset(rs && rs->nr_tables ? rs : NULL, &about, f);
	}
	check_families(host_ruleset(h, NFPROTO_IPV4), host_ruleset(h, NFPROTO_IPV6), CLI_SETS_BYTES, f);
	for (unsigned i = 0; i < o->nr_must; i++)
		ok &= must_accept(o, dir, o->must[i], w->arena, f, d);
	return ok;
}

static bool check_file(const struct options *o, const char *path, struct arena *a, struct findings *f, struct diag *d)
{
	struct rules_options opt = { .family = cli_family_of(o->family, path), .allow_unknown = (const char **)o->allow, .nr_allow_unknown = o->nr_allow };
	struct source *src = source_read(a, path, 0, d);
	struct ruleset *rs = src ? ruleset_load(a, src, &opt, d) : NULL;

	if (o->nr_must) {
		diag_error(d, (struct pos){ 0 }, "--must-accept needs a host directory, and %s is a file of rules", path);
		diag_hint(d, "a directory with rules.v4 and ip.batch");
		return false;
	}
	check_ruleset(rs, NULL, f);
	return rs != NULL;
}

/* ---- telling */

static void show(const struct findings *f, enum check_severity from)
{
	struct arena *a = arena_create();
	struct strbuf sb = { 0 };
	struct diag d;

	diag_init(&d, a);
	d.max_errors = UINT32_MAX;
	d.colour = cli_colour(stdout);
	for (const struct finding *g = f->first; g; g = g->next) {
		if (g->kind->severity < from)
			continue;
		if (g->kind->severity == CHECK_ERROR)
			diag_error(&d, g->pos, "%s [%s]", g->text, g->kind->id);
		else if (g->kind->severity == CHECK_WARNING)
			diag_warn(&d, g->pos, "%s [%s]", g->text, g->kind->id);
		else
			diag_note(&d, g->pos, "%s [%s]", g->text, g->kind->id);
		if (g->hint)
			diag_hint(&d, "%s", g->hint);
	}
	diag_render(&d, &sb);
	fputs(sb_str(&sb), stdout);
	sb_free(&sb);
	arena_destroy(a);
}

static void list(void)
{
	for (const struct check_kind *k = check_kinds; k->id; k++)
		printf("%-20s %-8s %s\n", k->id, check_severity_name(k->severity), k->title);
}

static int result(const struct options *o, struct findings *f, bool ok)
{
	bool quiet = (o->json && strcmp(o->json, "-") == 0) || (o->sarif && strcmp(o->sarif, "-") == 0);
	unsigned allowed = findings_suppress(f, o->ignore, o->nr_ignore);
	struct diag d;

	findings_sort(f);
	if (!quiet) {
		show(f, o->shown);
		printf("%u error%s, %u warning%s, %u note%s", f->nr[CHECK_ERROR], f->nr[CHECK_ERROR] == 1 ? "" : "s", f->nr[CHECK_WARNING],
		       f->nr[CHECK_WARNING] == 1 ? "" : "s", f->nr[CHECK_INFO], f->nr[CHECK_INFO] == 1 ? "" : "s");
		if (o->shown > CHECK_INFO && f->nr[CHECK_INFO])
			printf(" (--severity info shows them)");
		if (allowed)
			printf(", %u ignored", allowed);
		printf("\n");
	}
	if (f->incomplete) {
		fprintf(stderr, "hookwalk check: the packet sets of these rules grew past %zu MB: which rules are shadowed is not known\n", CLI_SETS_BYTES >> 20);
		ok = false;
	}
	diag_init(&d, f->arena);
	if (o->json)
		ok &= cli_write_json(o->json, findings_json(f), JSON_INDENT(1) | JSON_PRESERVE_ORDER, &d);
	if (o->sarif)
		ok &= cli_write_json(o->sarif, findings_sarif(f, VERSION), JSON_INDENT(1) | JSON_PRESERVE_ORDER, &d);
	cli_show(&d);
	return !ok ? EXIT_BAD : f->nr[CHECK_ERROR] || f->nr[CHECK_WARNING] ? EXIT_FOUND : EXIT_FINE;
}

int cmd_check(int argc, char **argv)
{
	struct options o = { .shown = CHECK_WARNING };
	int status = parse_options(&o, argc, argv);
	struct world *w[MAX_WORDS] = { 0 };
	struct findings f;
	struct arena *a;
	struct diag d;
	bool ok = true;

	if (status)
		return status;
	if (o.list) {
		list();
		return EXIT_FINE;
	}
	if (o.nr_paths > MAX_WORDS)
		return cli_usage("check", "more than %d at once", MAX_WORDS);
	a = arena_create();
	diag_init(&d, a);
	findings_init(&f, a);
	for (unsigned i = 0; i < o.nr_paths; i++) {
		if (cli_is_directory(o.path[i]))
			ok &= check_dir(&o, o.path[i], w[i] = world_create(1), &f, &d);
		else
			ok &= check_file(&o, o.path[i], a, &f, &d);
	}
	cli_show(&d);
	status = result(&o, &f, ok);
	for (unsigned i = 0; i < o.nr_paths; i++)
		if (w[i])
			world_destroy(w[i]);
	arena_destroy(a);
	return status;
}
