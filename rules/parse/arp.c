// SPDX-License-Identifier: MIT
/* arp.c - a line of arptables-nft 1.8.9. */
#include "rules/parse/l2.h"
#include "rules/model/l2.h"
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <strings.h>

#define SHORT_OPTS "-:A:C:D:E:F::I:L::M:N:P:VX::Z::c:d:i:j:o:p:s:t:R:S::h::l:nvx"

enum { V_SMAC = 2, V_TMAC, V_OPCODE, V_HTYPE, V_PTYPE, V_PLEN = 8 };
static const struct option base_opts[] = {
	{ "append", required_argument, NULL, 'A' }, { "delete", required_argument, NULL, 'D' },
	{ "check", required_argument, NULL, 'C' }, { "insert", required_argument, NULL, 'I' },
	{ "replace", required_argument, NULL, 'R' }, { "list", optional_argument, NULL, 'L' },
	{ "list-rules", optional_argument, NULL, 'S' }, { "flush", optional_argument, NULL, 'F' },
	{ "zero", optional_argument, NULL, 'Z' }, { "new-chain", required_argument, NULL, 'N' },
	{ "delete-chain", optional_argument, NULL, 'X' }, { "rename-chain", required_argument, NULL, 'E' },
	{ "policy", required_argument, NULL, 'P' }, { "source-ip", required_argument, NULL, 's' },
	{ "destination-ip", required_argument, NULL, 'd' }, { "src-ip", required_argument, NULL, 's' },
	{ "dst-ip", required_argument, NULL, 'd' }, { "source-mac", required_argument, NULL, V_SMAC },
	{ "destination-mac", required_argument, NULL, V_TMAC }, { "src-mac", required_argument, NULL, V_SMAC },
	{ "dst-mac", required_argument, NULL, V_TMAC }, { "h-length", required_argument, NULL, 'l' },
	{ "p-length", required_argument, NULL, V_PLEN }, { "opcode", required_argument, NULL, V_OPCODE },
	{ "h-type", required_argument, NULL, V_HTYPE }, { "proto-type", required_argument, NULL, V_PTYPE },
	{ "in-interface", required_argument, NULL, 'i' }, { "jump", required_argument, NULL, 'j' },
	{ "table", required_argument, NULL, 't' }, { "match", required_argument, NULL, 'm' },
	{ "numeric", no_argument, NULL, 'n' }, { "out-interface", required_argument, NULL, 'o' },
	{ "verbose", no_argument, NULL, 'v' }, { "exact", no_argument, NULL, 'x' }, { "version", no_argument, NULL, 'V' },
	{ "help", optional_argument, NULL, 'h' }, { "line-numbers", no_argument, NULL, '0' },
	{ "modprobe", required_argument, NULL, 'M' }, { "set-counters", required_argument, NULL, 'c' },
};

#define TARGET_OPTS_MAX 8	/* more than any of the three targets has */

struct arp_text { const char *s; struct pos pos; };

struct arp_cmd {
	struct l2_cmd *c;
	struct option longs[ARRAY_SIZE(base_opts) + TARGET_OPTS_MAX + 1];
	struct arp_match arp;
	struct arp_text src, dst, smac, tmac, hlen, opcode, htype, ptype;
	char seen[24];
	unsigned nr_seen;
};

static const char *const opcodes[] = {
	"Request", "Reply", "Request_Reverse", "Reply_Reverse", "DRARP_Request", "DRARP_Reply", "DRARP_Error",
	"InARP_Request", "ARP_NAK",
};

static struct pos arg_pos(const struct arp_cmd *a)
{
	return l2_arg_pos(a->c, optind - 1);
}

static bool has_arg(const struct arp_cmd *a)
{
	const char *next = optind < a->c->argc ? a->c->argv[optind] : "-";

	return *next != '-' && *next != '!';
}

/* '!' before the value, as the program once wanted it. */
static bool check_inverse(struct arp_cmd *a)
{
	if (strcmp(optarg, "!") != 0)
		return true;
	if (a->c->invert)
		return l2_error(a->c, arg_pos(a), "Multiple `!' flags not allowed") ||
		       l2_hint(a->c, "one ! is enough");
	a->c->invert = true;
	optind++;
	return optind <= a->c->argc || l2_error(a->c, a->c->line, "no argument following `!'") ||
	       l2_hint(a->c, "the value belongs behind the !");
}

/* An option that may be given once, with '!' only where inv says where to note it. */
static bool set_option(struct arp_cmd *a, int letter, bool *inv)
{
	for (unsigned i = 0; i < a->nr_seen; i++)
		if (a->seen[i] == letter)
			return l2_error(a->c, arg_pos(a), "multiple -%c flags not allowed", letter) ||
			       l2_hint(a->c, "leave one of them out, or write a rule for each");
	a->seen[a->nr_seen++] = (char)letter;
	if (a->c->invert && !inv)
		return l2_error(a->c, arg_pos(a), "cannot have ! before -%c", letter) ||
		       l2_hint(a->c, "leave the ! out");
	if (a->c->invert)
		*inv = true;
	return true;
}

/* The word before the next one is taken for the value, even where that is "--opcode=1" as a whole. */
static bool take_text(struct arp_cmd *a, int letter, bool *inv, struct arp_text *ret)
{
	if (!check_inverse(a) || !set_option(a, letter, inv))
		return false;
	*ret = (struct arp_text){ a->c->argv[optind - 1], arg_pos(a) };
	return true;
}

static bool take_iface(struct arp_cmd *a, int letter, char name[16], uint8_t *len, bool *inv)
{
	if (!*optarg)
		return l2_error(a->c, arg_pos(a), "Empty interface is likely to be undesired") ||
		       l2_hint(a->c, "leave the option out for any interface");
	return check_inverse(a) && set_option(a, letter, inv) &&
	       l2_parse_interface(a->c, a->c->argv[optind - 1], name, len);
}

static bool take_counters(struct arp_cmd *a)
{
	const char *bytes = *optarg ? strchr(optarg + 1, ',') : NULL;
	char *end;

	if (!set_option(a, 'c', NULL))
		return false;
	if (bytes)
		bytes++;
	else if (has_arg(a))
		bytes = a->c->argv[optind++];
	if (!bytes)
		return l2_error(a->c, arg_pos(a), "-%c requires packet and byte counter", 'c') ||
		       l2_hint(a->c, "-c PACKETS BYTES, two numbers");
	a->c->rule.packets = strtoull(optarg, &end, 10);
	if (end == optarg)
		return l2_error(a->c, arg_pos(a), "-%c packet counter not numeric", 'c') ||
		       l2_hint(a->c, "-c PACKETS BYTES, two numbers");
	a->c->rule.bytes = strtoull(bytes, &end, 10);
	return end != bytes || l2_error(a->c, arg_pos(a), "-%c byte counter not numeric", 'c') ||
	       l2_hint(a->c, "-c PACKETS BYTES, two numbers");
}

/* Protocols mean nothing here, but "! -p" is taken for "! --proto-type". */
static bool take_proto(struct arp_cmd *a)
{
	const char *name;

	if (!check_inverse(a) || !set_option(a, 'p', &a->arp.inv_pro))
		return false;
	name = a->c->argv[optind - 1];
	if (parse_protocol(name) < 0)
		return l2_error(a->c, arg_pos(a), "unknown protocol \"%s\" specified", name) ||
		       l2_hint(a->c, "a number from 0 to 255 or a name such as tcp; arptables takes it for --proto-type");
	return parse_protocol(name) != 0 || !a->arp.inv_pro || l2_error(a->c, arg_pos(a), "rule would never match protocol") ||
	       l2_hint(a->c, "leave the option out");
}

static void add_target_opts(struct arp_cmd *a)
{
	const struct ext_opt *o = a->c->rule.ext ? a->c->rule.ext->opts : NULL;
	struct option *to = a->longs + ARRAY_SIZE(base_opts);

	for (int i = 0; o && o[i].name; i++) {
		assert(i < TARGET_OPTS_MAX);
		to[i] = (struct option){ o[i].name, required_argument, NULL, L2_OPT + i };
	}
}

static bool take_rulenum(struct arp_cmd *a)
{
	uint64_t v;

	if (!ext_strtoul(a->c->argv[optind], NULL, &v, 1, INT_MAX))
		return l2_error(a->c, l2_arg_pos(a->c, optind), "Invalid rule number `%s'", a->c->argv[optind]) ||
		       l2_hint(a->c, "a number from 1, or none");
	a->c->rulenum = a->c->rulenum_end = (unsigned)v;
	optind++;
	return true;
}

static bool take_command(struct arp_cmd *a, int opt)
{
	struct l2_cmd *c = a->c;

	if (c->invert)
		return l2_error(c, arg_pos(a), "unexpected '!' flag") ||
		       l2_hint(c, "leave the ! out");
	if (c->command)
		return l2_error(c, arg_pos(a), "Cannot use -%c with -%c", opt, c->command) ||
		       l2_hint(c, "one command on a line");
	c->command = opt;
	if (!optarg && (opt == 'F' || opt == 'X') && has_arg(a))
		optarg = c->argv[optind++];
	c->chain = optarg;
	c->chain_pos = arg_pos(a);
	if (opt == 'I')
		c->rulenum = 1;
	if ((opt == 'I' || opt == 'D') && has_arg(a))
		return take_rulenum(a);
	if (opt == 'P' && !has_arg(a))
		return l2_error(c, arg_pos(a), "-%c requires a chain and a policy", 'P') ||
		       l2_hint(c, "-P CHAIN ACCEPT, or DROP");
	if (opt == 'E' && !has_arg(a))
		return l2_error(c, arg_pos(a), "-%c requires old-chain-name and new-chain-name", 'E') ||
		       l2_hint(c, "-E OLD NEW");
	if (opt == 'P')
		c->policy = c->argv[optind++];
	if (opt == 'E')
		c->newname = c->argv[optind++];
	return true;
}

static bool target_option(struct arp_cmd *a, int opt)
{
	struct l2_option o = { .target = a->c->rule.ext };
	const char *word = a->c->argv[optind - 1];

	if (opt == ':')
		return l2_error(a->c, arg_pos(a), "option \"%s\" requires an argument", word) ||
		       l2_hint(a->c, "its value belongs behind it, on the same line");
	if (opt < L2_OPT) {
		l2_error(a->c, arg_pos(a), "unknown option \"%s\"", word);
		if (strcmp(word, "-m") == 0)
			l2_hint(a->c, "arptables has no matches");
		else if (a->c->rule.ext)
			l2_hint(a->c, "it is no option of arptables or of target %s", a->c->rule.ext->name);
		else
			l2_hint(a->c, "arptables has -s, -d, -i, -o, -j, --source-mac, --destination-mac, --opcode, --h-type, --proto-type");
		return false;
	}
	o.opt = &a->c->rule.ext->opts[opt - L2_OPT];
	return l2_option_parse(a->c, &o, a->c->rule.target_info, &a->c->target_xflags);
}

static bool take_option(struct arp_cmd *a, int opt)
{
	struct l2_cmd *c = a->c;
	struct ip_match *ip = &c->rule.ip;
	struct arp_match *m = &a->arp;

	switch (opt) {
	case 'A': case 'D': case 'I': case 'P': case 'N': case 'E': case 'X': case 'F':
		return take_command(a, opt);
	case 's':	return take_text(a, 's', &ip->inv_src, &a->src);
	case 'd':	return take_text(a, 'd', &ip->inv_dst, &a->dst);
	case V_SMAC:	return take_text(a, V_SMAC, &m->inv_smac, &a->smac);
	case V_TMAC:	return take_text(a, V_TMAC, &m->inv_tmac, &a->tmac);
	case 'l':	return take_text(a, 'l', &m->inv_hln, &a->hlen);
	case V_OPCODE:	return take_text(a, V_OPCODE, &m->inv_op, &a->opcode);
	case V_HTYPE:	return take_text(a, V_HTYPE, &m->inv_hrd, &a->htype);
	case V_PTYPE:	return take_text(a, V_PTYPE, &m->inv_pro, &a->ptype);
	case V_PLEN:	return l2_error(c, arg_pos(a), "not supported") ||
			       l2_hint(c, "leave it out: the length of addresses in ARP for IPv4 is always 4");
	case 'i':	return take_iface(a, 'i', ip->iniface, &ip->iniface_len, &ip->inv_in);
	case 'o':	return take_iface(a, 'o', ip->outiface, &ip->outiface_len, &ip->inv_out);
	case 'p':	return take_proto(a);
	case 'c':	return take_counters(a);
	case 'j':
		if (!set_option(a, 'j', NULL) || !l2_jump(c, c->argv[optind - 1]))
			return false;
		add_target_opts(a);
		return true;
	case 't':
		if (c->table_set) {
			l2_error(c, arg_pos(a), "The -t option cannot be used in %s.\n", c->argv[0]);
			diag_hint(c->ps->diag, "the table is named by the line \"*%s\" above", c->argv[2]);
			return false;
		}
		c->table_set = true;
		return true;
	case 'v': case 'M':
		return true;
	case 'n': case 'x': case '0':
		if (!set_option(a, opt, NULL))
			return false;
		return l2_error(c, arg_pos(a), "Illegal option `-%c' with this command", opt) ||
		       l2_hint(c, "leave it out: it only changes listings");
	case 'R': case 'C': case 'L': case 'S': case 'Z': case 'V': case 'h':
		return l2_error(c, arg_pos(a), "hookwalk does not know option \"-%c\" in a file of rules", opt);
	default:
		return target_option(a, opt);
	}
}

/* ---- what the options say ---- */

/* A number and perhaps a mask, both in the base given. The mask is only checked. */
static bool number_and_mask(const char *s, int base, long max, uint16_t *ret)
{
	char *end, *slash;
	char buf[64];
	long v;

	if (strlen(s) >= sizeof(buf))
		return false;
	strcpy(buf, s);
	slash = strrchr(buf, '/');
	if (slash) {
		*slash = '\0';
		v = strtol(slash + 1, &end, base);
		if (*end || v < 0 || v > max)
			return false;
	}
	v = strtol(buf, &end, base);
	if (*end || v < 0 || v > max)
		return false;
	*ret = (uint16_t)v;
	return true;
}

static bool parse_opcode(struct arp_cmd *a)
{
	if (!a->opcode.s || number_and_mask(a->opcode.s, 10, UINT16_MAX, &a->arp.op))
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(opcodes); i++)
		if (strcasecmp(opcodes[i], a->opcode.s) == 0) {
			a->arp.op = (uint16_t)(i + 1);
			return true;
		}
	return l2_error(a->c, a->opcode.pos, "Problem with specified opcode") ||
	       l2_hint(a->c, "--opcode N, a number from 1 to 65535, or Request, Reply, ...; after a blank");
}

static bool parse_numbers(struct arp_cmd *a)
{
	uint16_t hlen = 6;

	if (a->hlen.s)
		number_and_mask(a->hlen.s, 10, UINT8_MAX, &hlen);	/* what is no number counts as not given */
	if (hlen != 6)
		return l2_error(a->c, a->hlen.pos, "Only harware address length of 6 is supported currently.") ||
		       l2_hint(a->c, "--h-length 6, or leave it out");
	if (!parse_opcode(a))
		return false;
	if (a->htype.s && !number_and_mask(a->htype.s, 16, UINT16_MAX, &a->arp.hrd)) {
		if (strcasecmp(a->htype.s, "Ethernet") != 0)
			return l2_error(a->c, a->htype.pos, "Problem with specified hardware type") ||
			       l2_hint(a->c, "--h-type HEX, a number such as 1, or Ethernet");
		a->arp.hrd = 1;
	}
	if (a->ptype.s && !number_and_mask(a->ptype.s, 0, UINT16_MAX, &a->arp.pro)) {
		if (strcasecmp(a->ptype.s, "ipv4") != 0)
			return l2_error(a->c, a->ptype.pos, "Problem with specified protocol type") ||
			       l2_hint(a->c, "--proto-type N, a number such as 0x800, or ipv4");
		a->arp.pro = 0x800;
	}
	return true;
}

static unsigned count_parts(const struct arp_text *t)
{
	unsigned n = 1;

	for (const char *p = t->s ? t->s : ""; *p; p++)
		n += *p == ',';
	return n;
}

/* Part i of a list of addresses. */
static bool parse_part(struct arp_cmd *a, const struct arp_text *t, unsigned i, be32 *addr, be32 *mask)
{
	const char *s = t->s;

	*addr = *mask = 0;
	if (!s)
		return true;
	while (i--)
		s = strchr(s, ',') + 1;
	s = arena_strndup(a->c->ps->scratch, s, strcspn(s, ","));
	return l2_parse_net4(a->c->ps->diag, t->pos, s, addr, mask);
}

static bool parse_macs(struct arp_cmd *a)
{
	struct arp_match *m = &a->arp;

	if (a->smac.s && !l2_parse_mac_mask(a->smac.s, m->smac, m->smsk))
		return l2_error(a->c, a->smac.pos, "Problem with specified source mac") ||
		       l2_hint(a->c, "--source-mac MAC[/MASK], as in 02:00:00:00:00:01, or Unicast, Multicast, Broadcast; after a blank");
	return !a->tmac.s || l2_parse_mac_mask(a->tmac.s, m->tmac, m->tmsk) ||
	       l2_error(a->c, a->tmac.pos, "Problem with specified destination mac") ||
	       l2_hint(a->c, "--destination-mac MAC[/MASK], as in 02:00:00:00:00:01, or Unicast, Multicast, Broadcast; after a blank");
}

static bool check_chain(struct arp_cmd *a)
{
	const char *ch = a->c->chain;
	const struct ip_match *ip = &a->c->rule.ip;

	if (strlen(ch) > 28)
		return l2_error(a->c, a->c->chain_pos, "chain name `%s' too long (must be under %u chars)", ch, 29) ||
		       l2_hint(a->c, "choose a shorter name");
	if (ip->outiface[0] && (strcmp(ch, "PREROUTING") == 0 || strcmp(ch, "INPUT") == 0))
		return l2_error(a->c, a->c->line, "Can't use -%c with %s\n", 'o', ch) ||
		       l2_hint(a->c, "the way out is not known in %s: -o belongs in OUTPUT, or use -i", ch);
	if (ip->iniface[0] && (strcmp(ch, "POSTROUTING") == 0 || strcmp(ch, "OUTPUT") == 0))
		return l2_error(a->c, a->c->line, "Can't use -%c with %s\n", 'i', ch) ||
		       l2_hint(a->c, "what %s sees was made here: -i belongs in INPUT, or use -o", ch);
	return true;
}

/* A comparison with all bits masked out is one the kernel does not take. */
static bool check_masks(struct arp_cmd *a)
{
	const struct ip_match *ip = &a->c->rule.ip;
	struct chain *chain = build_chain(a->c->ps->build, a->c->chain);

	if (!chain || !((ip->inv_src && !ip->smsk.ip) || (ip->inv_dst && !ip->dmsk.ip)))
		return true;
	l2_refused(a->c->ps->diag, ip->inv_src && !ip->smsk.ip ? a->src.pos : a->dst.pos, chain, EINVAL);
	return l2_hint(a->c, "\"not any address\" is never true: leave the rule out, or give a mask with bits");
}

/* Every pair of a source and a destination is a rule of its own. */
static bool apply_rules(struct arp_cmd *a)
{
	unsigned nr_src = count_parts(&a->src), nr_dst = count_parts(&a->dst);
	struct ip_match *ip = &a->c->rule.ip;

	if ((nr_src > 1 || nr_dst > 1) && (ip->inv_src || ip->inv_dst))
		return l2_error(a->c, a->src.s ? a->src.pos : a->dst.pos, "! not allowed with multiple source or destination IP addresses") ||
		       l2_hint(a->c, "a rule for each address before this one takes what this one should not");
	if (!parse_macs(a) || !parse_numbers(a) || !check_chain(a))
		return false;
	a->c->rule.arp = arena_memdup(a->c->ps->arena, &a->arp, sizeof(a->arp));
	for (unsigned s = 0; s < nr_src; s++)
		for (unsigned d = 0; d < nr_dst; d++)
			if (!parse_part(a, &a->src, s, &ip->src.ip, &ip->smsk.ip) ||
			    !parse_part(a, &a->dst, d, &ip->dst.ip, &ip->dmsk.ip) || !check_masks(a) || !l2_apply(a->c))
				return false;
	return true;
}

bool arp_command(struct l2_cmd *c)
{
	struct arp_cmd a = { .c = c, .arp.hrd = 1 };
	int opt;

	memcpy(a.longs, base_opts, sizeof(base_opts));
	while ((opt = getopt_long(c->argc, c->argv, SHORT_OPTS, a.longs, NULL)) != -1) {
		if (opt == 1 && strcmp(optarg, "!") == 0) {
			if (c->invert)
				return l2_error(c, arg_pos(&a), "multiple consecutive ! not allowed") ||
				       l2_hint(c, "one ! is enough");
			c->invert = true;
			continue;
		}
		if (opt == 1)
			return l2_error(c, arg_pos(&a), "Bad argument `%s'", optarg) ||
			       l2_hint(c, "a value needs an option before it, such as -s, -d, --opcode or -j");
		if (!take_option(&a, opt))
			return false;
		c->invert = false;
	}
	if (!l2_target_final(c))
		return false;
	if (optind < c->argc)
		return l2_error(c, l2_arg_pos(c, optind), "unknown arguments found on commandline") ||
		       l2_hint(c, "a value needs an option before it");
	if (!c->command)
		return l2_error(c, c->line, "no command specified") ||
		       l2_hint(c, "-A CHAIN begins a rule");
	if (c->invert)
		return l2_error(c, c->line, "nothing appropriate following !") ||
		       l2_hint(c, "! stands before the option it turns round; leave it out");
	return c->command == 'A' || c->command == 'I' || c->command == 'D' ? apply_rules(&a) : l2_apply(c);
}
