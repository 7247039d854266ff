// SPDX-License-Identifier: MIT
/* eb.c - a line of ebtables-nft 1.8.9. All matches and watchers are known from the start, without -m; '!' stands
 * before an option or before its value. */
#include "rules/parse/l2.h"
#include "rules/model/l2.h"
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <strings.h>

#define SHORT_OPTS "-:A:C:D:E:F::I:L::M:N:P:VX::Z::c:d:i:j:o:p:s:t:hv"

enum { V_LOGICAL_IN = 2, V_LOGICAL_OUT = 3, V_LC, V_LN, V_LX, V_INIT_TABLE = 11, V_LMAC2, V_CONCURRENT, V_CHECK };
static const struct option base_opts[] = {
	{ "append", required_argument, NULL, 'A' }, { "insert", required_argument, NULL, 'I' },
	{ "delete", required_argument, NULL, 'D' }, { "list", optional_argument, NULL, 'L' },
	{ "Lc", no_argument, NULL, V_LC }, { "Ln", no_argument, NULL, V_LN }, { "Lx", no_argument, NULL, V_LX },
	{ "Lmac2", no_argument, NULL, V_LMAC2 }, { "zero", optional_argument, NULL, 'Z' },
	{ "flush", optional_argument, NULL, 'F' }, { "policy", required_argument, NULL, 'P' },
	{ "in-interface", required_argument, NULL, 'i' }, { "in-if", required_argument, NULL, 'i' },
	{ "logical-in", required_argument, NULL, V_LOGICAL_IN }, { "logical-out", required_argument, NULL, V_LOGICAL_OUT },
	{ "out-interface", required_argument, NULL, 'o' }, { "out-if", required_argument, NULL, 'o' },
	{ "version", no_argument, NULL, 'V' }, { "verbose", no_argument, NULL, 'v' }, { "help", no_argument, NULL, 'h' },
	{ "jump", required_argument, NULL, 'j' }, { "set-counters", required_argument, NULL, 'c' },
	{ "change-counters", required_argument, NULL, 'C' }, { "proto", required_argument, NULL, 'p' },
	{ "protocol", required_argument, NULL, 'p' }, { "db", required_argument, NULL, 'b' },
	{ "source", required_argument, NULL, 's' }, { "src", required_argument, NULL, 's' },
	{ "destination", required_argument, NULL, 'd' }, { "dst", required_argument, NULL, 'd' },
	{ "table", required_argument, NULL, 't' }, { "modprobe", required_argument, NULL, 'M' },
	{ "new-chain", required_argument, NULL, 'N' }, { "rename-chain", required_argument, NULL, 'E' },
	{ "delete-chain", optional_argument, NULL, 'X' }, { "init-table", no_argument, NULL, V_INIT_TABLE },
	{ "concurrent", no_argument, NULL, V_CONCURRENT }, { "check", required_argument, NULL, V_CHECK },
};

#define MATCH_MAX 16		/* more than there are matches and watchers */

struct eb_cmd {
	struct l2_cmd *c;
	struct option *longs;
	struct l2_option *opts;	/* by val - L2_OPT */
	unsigned nr_opts;
	struct eb_match eb;
	struct rule_match match[MATCH_MAX];
	uint32_t xflags[MATCH_MAX];
	unsigned nr_match;
	/* -j log and -j nflog: a watcher behind all others */
	const struct match_ext *last;
	void *last_info;
	uint32_t last_xflags;
	char seen[16];			/* options that may be given once, by letter */
	unsigned nr_seen;
};

/* ---- all options ---- */

static unsigned count_opts(const struct ext_opt *o)
{
	unsigned n = 0;

	while (o && o[n].name)
		n++;
	return n;
}

/* Options that mean the same share a number, so that an abbreviation of both is no riddle. */
static int option_val(const struct eb_cmd *e, unsigned from, const struct ext_opt *o)
{
	for (unsigned i = from; i < e->nr_opts; i++)
		if (e->opts[i].opt->id == o->id && (e->opts[i].opt->type == OPT_NONE) == (o->type == OPT_NONE))
			return (int)i + L2_OPT;
	return (int)e->nr_opts + L2_OPT;
}

static void add_opts(struct eb_cmd *e, struct l2_option owner, const struct ext_opt *o, struct option **at)
{
	unsigned from = e->nr_opts;

	for (; o && o->name; o++) {
		**at = (struct option){ o->name, o->type == OPT_NONE ? no_argument : required_argument, NULL, option_val(e, from, o) };
		(*at)++;
		owner.opt = o;
		e->opts[e->nr_opts++] = owner;
	}
}

static void make_opts(struct eb_cmd *e)
{
	struct arena *a = e->c->ps->scratch;
	unsigned n = ARRAY_SIZE(base_opts);
	struct option *at;

	for (unsigned i = 0; ext_match_list[i]; i++)
		n += ext_match_list[i]->families & EXT_EB ? count_opts(ext_match_list[i]->opts) : 0;
	for (unsigned i = 0; ext_target_list[i]; i++)
		n += ext_target_list[i]->families & EXT_EB ? count_opts(ext_target_list[i]->opts) : 0;
	e->longs = at = arena_array(a, struct option, n + 1);
	e->opts = arena_array(a, struct l2_option, n);
	memcpy(at, base_opts, sizeof(base_opts));
	at += ARRAY_SIZE(base_opts);
	for (unsigned i = 0; ext_match_list[i]; i++)
		if (ext_match_list[i]->families & EXT_EB)
			add_opts(e, (struct l2_option){ .match = ext_match_list[i] }, ext_match_list[i]->opts, &at);
	for (unsigned i = 0; ext_target_list[i]; i++)
		if (ext_target_list[i]->families & EXT_EB)
			add_opts(e, (struct l2_option){ .target = ext_target_list[i] }, ext_target_list[i]->opts, &at);
}

/* ---- options ---- */

static struct pos arg_pos(const struct eb_cmd *e)
{
	return l2_arg_pos(e->c, optind - 1);
}

/* '!' before the value. false: nothing follows it. */
static bool check_inverse(struct eb_cmd *e)
{
	if (!optarg || strcmp(optarg, "!") != 0)
		return true;
	if (e->c->invert)
		return l2_error(e->c, arg_pos(e), "Double use of '!' not allowed") ||
		       l2_hint(e->c, "one ! is enough");
	if (optind >= e->c->argc)
		return l2_error(e->c, arg_pos(e), "no argument following `!'") ||
		       l2_hint(e->c, "the value belongs behind the !");
	optarg = e->c->argv[optind++];
	e->c->invert = true;
	return true;
}

static bool once(struct eb_cmd *e, int letter)
{
	for (unsigned i = 0; i < e->nr_seen; i++)
		if (e->seen[i] == letter)
			return l2_error(e->c, arg_pos(e), "Multiple use of same option not allowed") ||
			       l2_hint(e->c, "leave one of them out, or write a rule for each");
	e->seen[e->nr_seen++] = (char)letter;
	return true;
}

static int hook_of(const char *chain)
{
	for (int h = 0; h < NF_INET_NUMHOOKS; h++)
		if (strcmp(nf_hook_name((enum nf_hook)h), chain) == 0)
			return h;
	return NF_INET_NUMHOOKS;
}

static bool take_iface(struct eb_cmd *e, int letter, const char *opt, bool in)
{
	struct ip_match *ip = &e->c->rule.ip;
	char *logical = letter == V_LOGICAL_IN ? e->eb.logical_in : e->eb.logical_out;
	int hook = hook_of(e->c->chain);
	uint8_t unused;
	const char *plus;
	char *name = letter == 'i' ? ip->iniface : letter == 'o' ? ip->outiface : logical;
	uint8_t *len = letter == 'i' ? &ip->iniface_len : letter == 'o' ? &ip->outiface_len : &unused;
	bool *inv = letter == 'i' ? &ip->inv_in : letter == 'o' ? &ip->inv_out :
		    letter == V_LOGICAL_IN ? &e->eb.inv_logical_in : &e->eb.inv_logical_out;

	if (!once(e, letter))
		return false;
	if (in && (hook == NF_INET_LOCAL_OUT || hook == NF_INET_POST_ROUTING))
		return l2_error(e->c, arg_pos(e), "Use %s only in INPUT, FORWARD, PREROUTING and BROUTING chains", opt) ||
		       l2_hint(e->c, "a frame there was made here or leaves: use -o, or --logical-out, or another chain");
	if (!in && hook < NF_INET_FORWARD)
		return l2_error(e->c, arg_pos(e), "Use %s only in OUTPUT, FORWARD and POSTROUTING chains", opt) ||
		       l2_hint(e->c, "where the frame leaves is not known yet: use -i, or --logical-in, or another chain");
	if (!check_inverse(e) || !l2_parse_interface(e->c, optarg, name, len))
		return false;
	*inv = e->c->invert;
	plus = strchr(name, '+');
	return !plus || !plus[1] || l2_error(e->c, arg_pos(e), "Spurious characters after '+' wildcard") ||
	       l2_hint(e->c, "the + stands last: NAME+ is all interfaces that begin with NAME");
}

static bool take_mac(struct eb_cmd *e, int letter)
{
	bool src = letter == 's';

	if (!once(e, letter) || !check_inverse(e))
		return false;
	if (!l2_parse_mac_mask(optarg, src ? e->eb.src : e->eb.dst, src ? e->eb.smsk : e->eb.dmsk))
		return l2_error(e->c, arg_pos(e), "Problem with specified %s mac '%s'", src ? "source" : "destination", optarg) ||
		       l2_hint(e->c, "MAC[/MASK], six parts as in 02:00:00:00:00:01, or Unicast, Multicast, Broadcast, BGA");
	*(src ? &e->eb.has_src : &e->eb.has_dst) = true;
	*(src ? &e->eb.inv_src : &e->eb.inv_dst) = e->c->invert;
	return true;
}

static bool take_proto(struct eb_cmd *e)
{
	struct nearest n;
	char *end;
	long v;

	if (!once(e, 'p') || !check_inverse(e))
		return false;
	e->eb.inv_proto = e->c->invert;
	v = strtol(optarg, &end, 16);
	if (*end == '\0' && (v < 0 || v > UINT16_MAX))
		return l2_error(e->c, arg_pos(e), "Problem with the specified protocol") ||
		       l2_hint(e->c, "-p HEX, from 0600 to ffff, or a name such as IPv4, IPv6 or ARP");
	if (*end && strcasecmp(optarg, "LENGTH") == 0) {
		e->eb.length = true;
		return true;
	}
	if (*end && (v = ethertype_number(optarg)) < 0) {
		n = (struct nearest){ .want = optarg };
		l2_error(e->c, arg_pos(e), "Problem with the specified Ethernet protocol '%s', perhaps /etc/ethertypes is missing", optarg);
		ethertype_nearest(&n);
		if (nearest_get(&n))
			return l2_hint(e->c, "did you mean \"%s\"?", nearest_get(&n));
		return l2_hint(e->c, "-p HEX, from 0600 to ffff, or a name such as IPv4, IPv6 or ARP");
	}
	if (v < 0x600)
		return l2_error(e->c, arg_pos(e), "Sorry, protocols have values above or equal to 0x0600") ||
		       l2_hint(e->c, "for frames with a length in place of a type: -p LENGTH");
	e->eb.proto = (uint16_t)v;
	return true;
}

static bool take_counters(struct eb_cmd *e)
{
	struct l2_cmd *c = e->c;
	char *end;

	if (!once(e, 'c'))
		return false;
	if (strcmp(optarg, "!") == 0 || c->invert)
		return l2_error(c, arg_pos(e), "Unexpected '!' after -c") ||
		       l2_hint(c, "leave the ! out");
	if (optind >= c->argc || *optarg == '-' || c->argv[optind][0] == '-')
		return l2_error(c, arg_pos(e), "Option -c needs 2 arguments") ||
		       l2_hint(c, "-c PACKETS BYTES, two numbers");
	c->rule.packets = strtoull(optarg, &end, 10);
	if (*end)
		return l2_error(c, arg_pos(e), "Packet counter '%s' invalid", optarg) ||
		       l2_hint(c, "-c PACKETS BYTES, two numbers");
	c->rule.bytes = strtoull(c->argv[optind], &end, 10);
	if (*end)
		return l2_error(c, l2_arg_pos(c, optind), "Packet counter '%s' invalid", c->argv[optind]) ||
		       l2_hint(c, "-c PACKETS BYTES, two numbers");
	optind++;
	return true;
}

static bool take_jump(struct eb_cmd *e)
{
	if (!once(e, 'j'))
		return false;
	if (strcmp(optarg, "CONTINUE") == 0)
		return true;
	e->last = ext_names_match(e->c->ps->names, optarg);
	if (e->last && e->last->watcher) {
		e->last_info = arena_alloc(e->c->ps->arena, e->last->size);
		if (e->last->init)
			e->last->init(e->last_info);
		return true;
	}
	e->last = NULL;
	return l2_jump(e->c, optarg);
}

static bool take_rule_option(struct eb_cmd *e, int opt)
{
	struct l2_cmd *c = e->c;

	if (!c->command)
		return l2_error(c, arg_pos(e), "No command specified") ||
		       l2_hint(c, "-A CHAIN begins a rule");
	if (c->command != 'A' && c->command != 'I' && c->command != 'D')
		return l2_error(c, arg_pos(e), "Command and option do not match") ||
		       l2_hint(c, "conditions belong to -A, -I, -D and -C");
	switch (opt) {
	case 'i':		return take_iface(e, opt, "-i", true);
	case V_LOGICAL_IN:	return take_iface(e, opt, "--logical-in", true);
	case 'o':		return take_iface(e, opt, "-o", false);
	case V_LOGICAL_OUT:	return take_iface(e, opt, "--logical-out", false);
	case 's': case 'd':	return take_mac(e, opt);
	case 'c':		return take_counters(e);
	case 'j':		return take_jump(e);
	default:		return take_proto(e);
	}
}

/* ---- options of extensions ---- */

static bool unknown_argument(struct eb_cmd *e)
{
	struct l2_cmd *c = e->c;
	struct nearest n = { .want = NULL };
	const char *word = c->argv[optind - 1];

	l2_error(c, l2_arg_pos(c, optind - 1), "Unknown argument: '%s'", optind < c->argc ? c->argv[optind] : "(null)");
	if (strcmp(word, "-m") == 0) {
		diag_hint(c->ps->diag, "ebtables has no -m: its matches are known by their options");
		return false;
	}
	if (strncmp(word, "--", 2) != 0)
		return l2_hint(c, optind < c->argc ? "%s is no option of ebtables" : "%s needs a value behind it, on the same line", word);
	n.want = word + 2;
	for (const struct option *o = e->longs; o->name; o++)
		nearest_try(&n, o->name);
	if (nearest_get(&n) && strcmp(nearest_get(&n), n.want) != 0)
		return l2_hint(c, "did you mean \"--%s\"?", nearest_get(&n));
	return l2_hint(c, nearest_get(&n) ? "%s needs a value behind it, on the same line" : "%s is no option of ebtables", word);
}

static bool match_option(struct eb_cmd *e, const struct l2_option *o)
{
	unsigned i = 0;

	if (o->match == e->last)
		return l2_option_parse(e->c, o, e->last_info, &e->last_xflags);
	while (i < e->nr_match && e->match[i].ext != o->match)
		i++;
	if (i == e->nr_match) {
		assert(i < MATCH_MAX);
		e->match[i] = (struct rule_match){ .ext = o->match, .info = arena_alloc(e->c->ps->arena, o->match->size),
						   .pos = l2_arg_pos(e->c, optind - (optarg ? 2 : 1)) };
		e->nr_match++;
		if (o->match->init)
			o->match->init(e->match[i].info);
	}
	/* nflog is asked first, and its word on any '!' is final */
	if (e->c->invert && o->match->watcher)
		return l2_error(e->c, arg_pos(e), "The use of '!' makes no sense for the nflog watcher") ||
		       l2_hint(e->c, "leave the ! out: what only tells has no opposite");
	return l2_option_parse(e->c, o, e->match[i].info, &e->xflags[i]);
}

static bool ext_option(struct eb_cmd *e, int opt)
{
	const struct l2_option *o;

	if (!check_inverse(e))
		return false;
	if (opt < L2_OPT)
		return unknown_argument(e);
	o = &e->opts[opt - L2_OPT];
	if (o->target && o->target != e->c->rule.ext) {
		l2_error(e->c, arg_pos(e), "option \"--%s\" of target %s needs -j %s before it", o->opt->name, o->target->name,
			 o->target->name);
		return l2_hint(e->c, "write -j %s first, then --%s", o->target->name, o->opt->name);
	}
	if (o->target ? !l2_option_parse(e->c, o, e->c->rule.target_info, &e->c->target_xflags) : !match_option(e, o))
		return false;
	if (e->c->command == 'A' || e->c->command == 'I' || e->c->command == 'D')
		return true;
	return l2_error(e->c, arg_pos(e), "Extensions only for -A, -I, -D and -C");
}

/* ---- commands ---- */

static bool looks_like_option(const char *s)
{
	return s[0] == '-' && !isdigit((unsigned char)s[1]);
}

/* "3", "3:5", ":5", "3:" */
static bool take_range(struct eb_cmd *e)
{
	struct l2_cmd *c = e->c;
	const char *s = c->argv[optind];
	char *end;
	long from, to;

	if (optind != c->argc - 1)
		return l2_error(c, l2_arg_pos(c, optind), "No extra options allowed with -D start_nr[:end_nr]");
	from = *s == ':' ? 1 : strtol(s, &end, 10);
	if (*s == ':')
		end = c->argv[optind];
	to = *end == ':' ? strtol(end + 1, &end, 10) : from;
	if (*end || from <= 0 || to < from)
		return l2_error(c, l2_arg_pos(c, optind), "Problem with the specified rule number(s) '%s'", s);
	c->rulenum = (unsigned)from;
	c->rulenum_end = (unsigned)to;
	optind++;
	return true;
}

static bool take_policy(struct eb_cmd *e)
{
	struct l2_cmd *c = e->c;

	if (optind >= c->argc)
		return l2_error(c, arg_pos(e), "No policy specified");
	c->policy = c->argv[optind];
	if (strcmp(c->policy, "CONTINUE") == 0)
		return l2_error(c, l2_arg_pos(c, optind), "Wrong policy '%s'", c->policy);
	if (strcmp(c->policy, "ACCEPT") != 0 && strcmp(c->policy, "DROP") != 0 && strcmp(c->policy, "RETURN") != 0)
		return l2_error(c, l2_arg_pos(c, optind), "Unknown policy '%s'", c->policy);
	if (hook_of(c->chain) < NF_INET_NUMHOOKS && *c->policy == 'R')
		return l2_error(c, l2_arg_pos(c, optind), "Policy RETURN only allowed for user defined chains");
	optind++;
	return true;
}

static bool take_second_word(struct eb_cmd *e, int opt)
{
	struct l2_cmd *c = e->c;
	uint64_t v;

	switch (opt) {
	case 'D':
		return optind >= c->argc || looks_like_option(c->argv[optind]) || take_range(e);
	case 'I':
		c->rulenum = 1;
		if (optind >= c->argc || looks_like_option(c->argv[optind]) || strcmp(c->argv[optind], "!") == 0)
			return true;
		if (!ext_strtoul(c->argv[optind], NULL, &v, 1, INT_MAX))
			return l2_error(c, l2_arg_pos(c, optind), "Invalid rule number `%s'", c->argv[optind]);
		c->rulenum = (unsigned)v;
		optind++;
		return true;
	case 'E':
		if (optind >= c->argc)
			return l2_error(c, arg_pos(e), "No new chain name specified");
		if (optind < c->argc - 1)
			return l2_error(c, l2_arg_pos(c, optind + 1), "No extra options allowed with -E");
		c->newname = c->argv[optind++];
		return true;
	case 'P':
		return take_policy(e);
	default:
		return true;
	}
}

static bool take_command(struct eb_cmd *e, int opt)
{
	struct l2_cmd *c = e->c;

	if (c->command == 'N' && opt == 'P') {	/* "-N chain -P policy" */
		if (!l2_apply(c))
			return false;
		c->command = 'P';
		optind--;
		return take_policy(e);
	}
	if (c->command)
		return l2_error(c, arg_pos(e), "Multiple commands are not allowed");
	c->command = opt;
	if (optarg && (*optarg == '-' || strcmp(optarg, "!") == 0))
		return l2_error(c, arg_pos(e), "No chain name specified");
	if ((opt == 'X' || opt == 'F') && !optarg && optind < c->argc && c->argv[optind][0] != '-')
		optarg = c->argv[optind++];
	c->chain = optarg;
	c->chain_pos = arg_pos(e);
	return take_second_word(e, opt);
}

static bool take_option(struct eb_cmd *e, int opt)
{
	struct l2_cmd *c = e->c;

	switch (opt) {
	case 'A': case 'D': case 'I': case 'P': case 'N': case 'E': case 'X': case 'F':
		return take_command(e, opt);
	case 'i': case V_LOGICAL_IN: case 'o': case V_LOGICAL_OUT: case 'j': case 'p': case 's': case 'd': case 'c':
		return take_rule_option(e, opt);
	case 't':
		if (c->table_set) {
			l2_error(c, arg_pos(e), "The -t option cannot be used in %s.", c->argv[0]);
			diag_hint(c->ps->diag, "the table is named by the line \"*%s\" above", c->argv[2]);
			return false;
		}
		c->table_set = true;
		return true;
	case 'v': case V_CONCURRENT:
		return true;
	case 'L': case 'Z': case 'C': case 'V': case 'h': case V_LC: case V_LN: case V_LX: case V_LMAC2: case V_INIT_TABLE:
	case V_CHECK:
		return l2_error(c, arg_pos(e), "hookwalk does not know \"%s\" in a file of rules", c->argv[optind - 1]);
	default:
		return ext_option(e, opt);
	}
}

/* ---- the end ---- */

static bool add_last(struct eb_cmd *e)
{
	if (!e->last)
		return true;
	assert(e->nr_match < MATCH_MAX);
	e->match[e->nr_match] = (struct rule_match){ .ext = e->last, .info = e->last_info, .pos = e->c->rule.pos };
	e->xflags[e->nr_match++] = e->last_xflags;
	return true;
}

static bool finish_matches(struct eb_cmd *e)
{
	struct rule *r = &e->c->rule;

	for (unsigned i = 0; i < e->nr_match; i++) {
		struct ext_cb cb = {
			.ext_name = e->match[i].ext->name, .form = e->match[i].ext->form, .family = NFPROTO_BRIDGE,
			.info = e->match[i].info, .xflags = e->xflags[i], .rule = r, .arena = e->c->ps->arena, .pos = e->match[i].pos, .diag = e->c->ps->diag,
		};

		if (!options_final(e->match[i].ext->opts, &cb, e->match[i].ext->final))
			return false;
	}
	r->nr_match = e->nr_match;
	r->match = arena_memdup(e->c->ps->arena, e->match, MAX(e->nr_match, 1u) * sizeof(*e->match));
	return true;
}

static bool is_null(const uint8_t mask[6])
{
	static const uint8_t null[6];

	return memcmp(mask, null, sizeof(null)) == 0;
}

/* A comparison of no bytes is one that the kernel does not take. */
static bool check_lengths(struct eb_cmd *e)
{
	const struct eb_match *m = &e->eb;
	struct chain *chain = build_chain(e->c->ps->build, e->c->chain);

	if (!chain || !((m->has_src && is_null(m->smsk)) || (m->has_dst && is_null(m->dmsk)) || strcmp(m->logical_in, "+") == 0 ||
			strcmp(m->logical_out, "+") == 0))
		return true;
	l2_refused(e->c->ps->diag, e->c->line, chain, EINVAL);
	diag_hint(e->c->ps->diag, "a mask of no bits, or any bridge: leave the option out");
	return false;
}

bool eb_command(struct l2_cmd *c)
{
	struct eb_cmd e = { .c = c };
	int opt;

	make_opts(&e);
	while ((opt = getopt_long(c->argc, c->argv, SHORT_OPTS, e.longs, NULL)) != -1) {
		if (opt == 1 && strcmp(optarg, "!") == 0) {
			if (c->invert)
				return l2_error(c, arg_pos(&e), "Double use of '!' not allowed") ||
				       l2_hint(c, "one ! is enough");
			c->invert = true;
			continue;
		}
		if (opt == 1)
			return l2_error(c, arg_pos(&e), "Bad argument : '%s'", optarg) ||
			       l2_hint(c, "a value needs an option before it, such as -p, -s, -d, -i or -j");
		if (!take_option(&e, opt))
			return false;
		c->invert = false;
	}
	if (!c->command)
		return l2_error(c, c->line, "no command specified") ||
		       l2_hint(c, "-A CHAIN begins a rule");
	c->rule.eb = arena_memdup(c->ps->arena, &e.eb, sizeof(e.eb));
	return add_last(&e) && finish_matches(&e) && l2_target_final(c) && check_lengths(&e) && l2_apply(c);
}
