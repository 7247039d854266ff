// SPDX-License-Identifier: MIT
/* save.c - hookwalk save: rules through the parser and back, as iptables-restore followed by iptables-save
 * would print them. The two comment lines with the date are left out: same rules, same bytes. */
#include "rules/ipset/program.h"
#include "rules/rules.h"
#include "sim/cli/cli.h"
#include "sim/world/world.h"
#include <stdlib.h>

#define MAX_ALLOW 64

struct save_options {
	const char *file, *ipset, *allow[MAX_ALLOW];
	unsigned nr_allow;
	uint8_t family;
	bool counters, show;
};

static bool parse_family(struct save_options *o, const char *name)
{
	static const struct { const char *name; uint8_t family; } known[] = {
		{ "ip", NFPROTO_IPV4 }, { "ip4", NFPROTO_IPV4 }, { "ipv4", NFPROTO_IPV4 }, { "inet", NFPROTO_IPV4 },
		{ "ip6", NFPROTO_IPV6 }, { "ipv6", NFPROTO_IPV6 }, { "inet6", NFPROTO_IPV6 },
		{ "arp", NFPROTO_ARP }, { "eb", NFPROTO_BRIDGE }, { "bridge", NFPROTO_BRIDGE },
	};

	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (strcmp(known[i].name, name) == 0) {
			o->family = known[i].family;
			return true;
		}
	return false;
}

/* 0, or the exit status. */
static int parse_options(struct save_options *o, int argc, char **argv)
{
	static const struct option longs[] = {
		{ "counters", no_argument, NULL, 'c' }, { "family", required_argument, NULL, 'f' },
		{ "allow-unknown", required_argument, NULL, 'a' }, { "show-commands", no_argument, NULL, 's' },
		{ "ipset", required_argument, NULL, 'i' }, { 0 }
	};
	int c;

	opterr = 0;
	optind = 1;
	while ((c = getopt_long(argc, argv, ":c", longs, NULL)) != -1) {
		switch (c) {
		case 'c':
			o->counters = true;
			break;
		case 'i':
			o->ipset = optarg;
			break;
		case 's':
			o->show = true;
			break;
		case 'f':
			if (!parse_family(o, optarg))
				return cli_usage("save", "--family is ip, ip6, arp or eb, not \"%s\"", optarg);
			break;
		case 'a':
			if (o->nr_allow == MAX_ALLOW)
				return cli_usage("save", "more than %d names allowed as unknown", MAX_ALLOW);
			o->allow[o->nr_allow++] = optarg;
			break;
		default:
			return cli_bad_option("save", c, argv, longs);
		}
	}
	if (optind != argc - 1)
		return cli_usage("save", optind == argc ? "which rules?" : "one file of rules is wanted");
	o->file = argv[optind];
	if (o->ipset && cli_is_directory(o->file))
		return cli_usage("save", "a host directory has its own ipset.save: --ipset goes with a file of rules");
	return 0;
}

static int print(struct strbuf *out)
{
	fwrite(sb_str(out), 1, out->len, stdout);
	sb_free(out);
	return EXIT_FINE;
}

/* The rules of a host when all its files were loaded and its commands run. */
static int save_host(const struct save_options *o, struct diag *d)
{
	struct strbuf out = { 0 };
	struct host_files files = { .dir = o->file, .allow_unknown = (const char **)o->allow, .nr_allow_unknown = o->nr_allow,
				    .shown = o->show ? &out : NULL };
	struct world *w = world_create(1);
	struct host *h = host_load(w, &files, d);
	const struct ruleset *rs = h ? host_ruleset(h, o->family) : NULL;

	if (h && !o->show && !family_is_l2(o->family) && host_ruleset_of(h, o->family, true) && host_ruleset_of(h, o->family, true)->nr_tables)
		diag_note(d, (struct pos){ 0 }, "the host has rules of iptables-nft too: they are not printed here");
	cli_show(d);			/* places point into texts that the world holds */
	if (h && rs && !o->show)
		ruleset_save(rs, o->counters, &out);
	world_destroy(w);
	if (h)
		return print(&out);
	sb_free(&out);
	return EXIT_BAD;
}

static int save(const struct save_options *o, struct arena *a, struct diag *d)
{
	struct rules_options opt = { .family = o->family, .allow_unknown = (const char **)o->allow,
				     .nr_allow_unknown = o->nr_allow, .keep_counters = o->counters };
	struct source *sets = o->ipset ? source_read(a, o->ipset, 0, d) : NULL;
	struct source *src = source_read(a, o->file, 0, d);
	struct strbuf out = { 0 };
	struct ruleset *rs;

	opt.sets = ipsets_create(NULL, 1, "host");
	if (sets)
		ipset_load(opt.sets, sets, d);
	rs = src && !d->nr_errors ? ruleset_load(a, src, &opt, d) : NULL;
	cli_show(d);
	if (rs)
		ruleset_save(rs, o->counters, &out);
	ipsets_destroy(opt.sets);
	return rs ? print(&out) : EXIT_BAD;
}

int cmd_save(int argc, char **argv)
{
	struct save_options o = { .family = NFPROTO_IPV4 };
	int status = parse_options(&o, argc, argv);
	struct arena *rules, *messages;
	struct diag d;

	if (status)
		return status;
	rules = arena_create();
	messages = arena_create();
	diag_init(&d, messages);
	status = cli_is_directory(o.file) ? save_host(&o, &d) : save(&o, rules, &d);
	arena_destroy(rules);
	arena_destroy(messages);
	return status;
}
