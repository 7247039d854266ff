// SPDX-License-Identifier: MIT
/* command.c - one line of a table: words into options as getopt_long() takes them, with the options of
 * the extensions that are known by then, and the command carried out on the table. */
#include "rules/cmd/cmd.h"
#include "rules/parse/command.h"
#include <ctype.h>
#include "rules/model/check.h"
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>

#define CMD(x)		CMD_##x = 1u << CMDBIT_##x
enum { CMDBIT_INSERT, CMDBIT_DELETE, CMDBIT_DELETE_NUM, CMDBIT_REPLACE, CMDBIT_APPEND, CMDBIT_LIST, CMDBIT_FLUSH,
       CMDBIT_ZERO, CMDBIT_NEW_CHAIN, CMDBIT_DELETE_CHAIN, CMDBIT_SET_POLICY, CMDBIT_RENAME_CHAIN, CMDBIT_LIST_RULES,
       CMDBIT_ZERO_NUM, CMDBIT_CHECK, NR_CMD };
enum { CMD(INSERT), CMD(DELETE), CMD(DELETE_NUM), CMD(REPLACE), CMD(APPEND), CMD(LIST), CMD(FLUSH), CMD(ZERO),
       CMD(NEW_CHAIN), CMD(DELETE_CHAIN), CMD(SET_POLICY), CMD(RENAME_CHAIN), CMD(LIST_RULES), CMD(ZERO_NUM), CMD(CHECK) };
#define CMD_RULE (CMD_APPEND | CMD_INSERT | CMD_REPLACE | CMD_DELETE | CMD_CHECK)

/* Options every command shares, and which command refuses which. */
enum { O_n = 1, O_s = 2, O_d = 4, O_p = 8, O_j = 16, O_v = 32, O_x = 64, O_i = 128, O_o = 256, O_line = 512, O_c = 1024,
       O_f = 2048, O_ALL = 4095, O_NOT_V = O_ALL & ~O_v, O_LISTING = O_n | O_x | O_line };
#define WAIT_MAX 999999u		/* microseconds of -W */
static const char optflags[] = "nsdpjvxio0cf";
static const char cmdflags[] = "IDDRALFZNXPESZC";
static const uint16_t illegal_options[NR_CMD] = {
	[CMDBIT_INSERT] = O_LISTING, [CMDBIT_DELETE] = O_LISTING | O_c, [CMDBIT_DELETE_NUM] = O_NOT_V,
	[CMDBIT_REPLACE] = O_LISTING, [CMDBIT_APPEND] = O_LISTING,
	[CMDBIT_LIST] = O_s | O_d | O_p | O_j | O_i | O_o | O_c | O_f, [CMDBIT_FLUSH] = O_NOT_V, [CMDBIT_ZERO] = O_NOT_V,
	[CMDBIT_NEW_CHAIN] = O_NOT_V, [CMDBIT_DELETE_CHAIN] = O_NOT_V, [CMDBIT_SET_POLICY] = O_NOT_V & ~O_c,
	[CMDBIT_RENAME_CHAIN] = O_NOT_V, [CMDBIT_LIST_RULES] = O_NOT_V, [CMDBIT_ZERO_NUM] = O_NOT_V,
	[CMDBIT_CHECK] = O_LISTING | O_c,
};

static bool cmd_error(struct cmd *c, struct pos pos, const char *fmt, ...) PRINTF(3, 4);
static bool cmd_error(struct cmd *c, struct pos pos, const char *fmt, ...)
{
	struct strbuf sb = { 0 };
	va_list ap;

	va_start(ap, fmt);
	sb_vprintf(&sb, fmt, ap);
	va_end(ap);
	diag_error(c->ps->diag, pos, "%s", sb_str(&sb));
	sb_free(&sb);
	return false;
}

/* An option's place: from its name to its argument. */
static struct pos whole_opt(const struct cmd *c)
{
	struct pos p = c->opt_pos;

	if (c->arg && c->arg_pos.off >= p.off)
		p.len = c->arg_pos.off + c->arg_pos.len - p.off;
	return p;
}

static bool has_arg(const struct cmd *c)
{
	return c->ind < c->w->n && c->w->w[c->ind].s[0] != '-' && c->w->w[c->ind].s[0] != '!';
}

static bool add_command(struct cmd *c, unsigned newcmd, unsigned with)
{
	unsigned other = c->command & ~with;

	if (c->invert)
		return cmd_error(c, c->opt_pos, "unexpected '!' flag");
	if (other)
		return cmd_error(c, c->opt_pos, "Cannot use -%c with -%c", cmdflags[__builtin_ctz(newcmd)],
				 cmdflags[31 - __builtin_clz(other)]);
	c->command |= newcmd;
	return true;
}

static void set_chain(struct cmd *c, const char *name, struct pos pos)
{
	c->chain = name;
	c->chain_pos = pos;
}

/* Commands whose chain may be left out: -F, -X, -Z, -L, -S. */
static void optional_chain(struct cmd *c)
{
	if (c->arg) {
		set_chain(c, c->arg, c->arg_pos);
	} else if (has_arg(c)) {
		const struct word *w = &c->w->w[c->ind++];

		set_chain(c, w->s, w->pos);
	}
}

static bool take_rulenum(struct cmd *c)
{
	const struct word *w = &c->w->w[c->ind++];
	uint64_t v;

	if (!ext_strtoul(w->s, NULL, &v, 1, INT_MAX))
		return cmd_error(c, w->pos, "Invalid rule number `%s'", w->s);
	c->rulenum = (unsigned)v;
	c->rulenum_pos = w->pos;
	return true;
}

static bool valid_new_chain(struct cmd *c)
{
	const char *name = c->arg;

	if (strlen(name) > 28)
		return cmd_error(c, c->arg_pos, "chain name `%s' too long (must be under %u chars)", name, 29);
	if (*name == '-' || *name == '!')
		return cmd_error(c, c->arg_pos, "chain name not allowed to start with `%c'", *name);
	if (!*name || is_standard_target(name) || ext_names_target(c->ps->names, name))
		return cmd_error(c, c->arg_pos, "chain name may not clash with target name");
	for (const char *p = name; *p; p++)
		if (isspace((unsigned char)*p))
			return cmd_error(c, c->arg_pos, "Invalid chain name `%s'", name);
	return true;
}

/* The second word of -P and -E. */
static bool second_word(struct cmd *c, const char **ret, const char *error)
{
	if (!has_arg(c))
		return cmd_error(c, whole_opt(c), "%s", error);
	*ret = c->w->w[c->ind].s;
	c->second_pos = c->w->w[c->ind++].pos;
	return true;
}

static bool take_command(struct cmd *c)
{
	if (strchr("ACDRIENP", c->c))
		set_chain(c, c->arg, c->arg_pos);
	switch (c->c) {
	case 'A':
		return add_command(c, CMD_APPEND, 0);
	case 'C':
		return add_command(c, CMD_CHECK, 0);
	case 'D':
		if (!add_command(c, CMD_DELETE, 0))
			return false;
		if (!has_arg(c))
			return true;
		c->command = CMD_DELETE_NUM;
		return take_rulenum(c);
	case 'R':
		if (!add_command(c, CMD_REPLACE, 0))
			return false;
		return has_arg(c) ? take_rulenum(c) : cmd_error(c, whole_opt(c), "-R requires a rule number");
	case 'I':
		c->rulenum = 1;
		return add_command(c, CMD_INSERT, 0) && (!has_arg(c) || take_rulenum(c));
	case 'L':
	case 'S':
		if (!add_command(c, c->c == 'L' ? CMD_LIST : CMD_LIST_RULES, CMD_ZERO | CMD_ZERO_NUM))
			return false;
		optional_chain(c);
		return !has_arg(c) || take_rulenum(c);
	case 'F':
		if (!add_command(c, CMD_FLUSH, 0))
			return false;
		optional_chain(c);
		return true;
	case 'Z':
		if (!add_command(c, CMD_ZERO, CMD_LIST | CMD_LIST_RULES))
			return false;
		optional_chain(c);
		if (!has_arg(c))
			return true;
		c->command = CMD_ZERO_NUM;
		return take_rulenum(c);
	case 'N':
		return valid_new_chain(c) && add_command(c, CMD_NEW_CHAIN, 0);
	case 'X':
		if (!add_command(c, CMD_DELETE_CHAIN, 0))
			return false;
		optional_chain(c);
		return true;
	case 'E':
		return add_command(c, CMD_RENAME_CHAIN, 0) &&
		       second_word(c, &c->newname, "-E requires old-chain-name and new-chain-name");
	default:
		return add_command(c, CMD_SET_POLICY, 0) &&
		       second_word(c, &c->policy, "-P requires a chain and a policy");
	}
}

/* A shared option: once only, and with '!' only where inv says where to note it. */
static bool set_option(struct cmd *c, unsigned bit, bool *inv)
{
	char letter = optflags[__builtin_ctz(bit)];

	if (c->options & bit)
		return cmd_error(c, whole_opt(c), "multiple -%c flags not allowed", letter);
	c->options |= bit;
	if (c->invert && !inv)
		return cmd_error(c, c->opt_pos, "cannot have ! before -%c", letter);
	if (c->invert)
		*inv = true;
	return true;
}

/* -p, -s, -d, -i, -o and -j of iptables 1.8.9 look at the word before the next one, not at the argument
 * that getopt found: with "-ptcp" or "--protocol=tcp" they take the option itself for its value. */
static void last_word_is_arg(struct cmd *c)
{
	const struct word *w = &c->w->w[c->ind - 1];

	if (w->s == c->arg)
		return;
	c->glued = c->arg;
	c->arg = w->s;
	c->arg_pos = w->pos;
}

/* After an error: what was meant, when the argument stood in the option's own word. */
static void hint_glued(struct cmd *c)
{
	if (c->glued)
		diag_hint(c->ps->diag, "iptables 1.8.9 wants a blank between this option and \"%s\"", c->glued);
}

/* Extension headers that the walk to the protocol passes over. */
static bool never_matched(int proto)
{
	return proto == IPPROTO_ROUTING || proto == IPPROTO_FRAGMENT || proto == IPPROTO_AH || proto == IPPROTO_DSTOPTS;
}

static bool take_protocol(struct cmd *c)
{
	struct ip_match *ip = &c->rule.ip;
	int proto;
	char *low;

	last_word_is_arg(c);
	if (!set_option(c, O_p, &ip->inv_proto))
		return false;
	low = arena_strdup(c->ps->scratch, c->arg);
	for (char *p = low; *p; p++)
		*p = (char)tolower((unsigned char)*p);
	c->protocol = low;
	proto = parse_protocol(low);
	if (proto < 0) {
		struct nearest n = { .want = low };

		cmd_error(c, c->arg_pos, "unknown protocol \"%s\" specified", low);
		protocol_nearest(&n);
		if (c->glued)
			hint_glued(c);
		else if (strcmp(low, "!") == 0)
			diag_hint(c->ps->diag, "write the ! before the option: ! -p %s", c->ind < c->w->n ? c->w->w[c->ind].s : "PROTOCOL");
		else if (nearest_get(&n))
			diag_hint(c->ps->diag, "did you mean \"%s\"?", nearest_get(&n));
		return false;
	}
	if (proto == 0 && ip->inv_proto)
		return cmd_error(c, whole_opt(c), "rule would never match protocol");
	ip->proto = (uint16_t)proto;
	ip->find_proto = ip->family == NFPROTO_IPV6;
	if (ip->find_proto && !ip->inv_proto && never_matched(proto)) {
		diag_warn(c->ps->diag, c->arg_pos, "Warning: never matched protocol: %s. use extension match instead.\n", c->protocol);
		diag_hint(c->ps->diag, "rules see what follows the extension headers");
	}
	return true;
}

static bool take_interface(struct cmd *c, unsigned bit, char name[16], uint8_t *len, bool *inv, struct pos *opt_pos)
{
	size_t n;

	if (!*c->arg)
		return cmd_error(c, c->arg_pos, "Empty interface is likely to be undesired");
	last_word_is_arg(c);
	n = strlen(c->arg);
	if (!set_option(c, bit, inv))
		return false;
	if (n + 1 > 16) {
		cmd_error(c, c->arg_pos, "interface name `%s' must be shorter than IFNAMSIZ (15)", c->arg);
		hint_glued(c);
		return false;
	}
	if (c->glued) {
		diag_warn(c->ps->diag, c->arg_pos, "the interface is called \"%s\" here", c->arg);
		hint_glued(c);
	}
	*opt_pos = whole_opt(c);
	memcpy(name, c->arg, n + 1);
	*len = (uint8_t)(name[n - 1] == '+' ? n - 1 : n + 1);
	ext_warn_iface(c->ps->diag, c->arg_pos, name);
	return true;
}

static bool take_counters(struct cmd *c)
{
	const char *bcnt, *pcnt = c->arg;
	char *end;

	if (!set_option(c, O_c, NULL))
		return false;
	bcnt = *pcnt ? strchr(pcnt + 1, ',') : NULL;
	if (bcnt)
		bcnt++;
	else if (has_arg(c))
		bcnt = c->w->w[c->ind++].s;
	if (!bcnt)
		return cmd_error(c, whole_opt(c), "-c requires packet and byte counter");
	c->rule.packets = strtoull(pcnt, &end, 10);
	if (end == pcnt)
		return cmd_error(c, c->arg_pos, "-c packet counter not numeric");
	c->rule.bytes = strtoull(bcnt, &end, 10);
	if (end == bcnt)
		return cmd_error(c, c->w->w[c->ind - 1].pos, "-c byte counter not numeric");
	return true;
}

/* A word that is no option's argument. "!" turns the next option round. */
static bool take_word(struct cmd *c)
{
	if (strcmp(c->arg, "!") == 0) {
		if (c->invert)
			return cmd_error(c, c->arg_pos, "multiple consecutive ! not allowed");
		c->invert = true;
		c->invert_pos = c->arg_pos;
		return true;
	}
	cmd_error(c, c->arg_pos, "Bad argument `%s'", c->arg);
	if (c->ind >= 3 && strcmp(c->w->w[c->ind - 2].s, "!") == 0 && c->w->w[c->ind - 3].s[0] == '-')
		diag_hint(c->ps->diag, "write the ! before the option: ! %s %s", c->w->w[c->ind - 3].s, c->arg);
	else if (c->ind >= 3 && strncmp(c->w->w[c->ind - 3].s, "--", 2) == 0 && c->w->w[c->ind - 2].s[0] != '-')
		diag_hint(c->ps->diag, "a value of several words needs quotes: %s \"%s %s\"", c->w->w[c->ind - 3].s, c->w->w[c->ind - 2].s,
			  c->arg);
	else if (c->ind >= 2 && (strcmp(c->w->w[c->ind - 2].s, "tcp") == 0 || strcmp(c->w->w[c->ind - 2].s, "udp") == 0) &&
		 strspn(c->arg, "0123456789:,") == strlen(c->arg))
		diag_hint(c->ps->diag, "a port is given by --dport %s or --sport %s", c->arg, c->arg);
	else if (strchr(c->arg, '\r'))
		diag_hint(c->ps->diag, "the line ends in a carriage return, as on Windows: remove it (dos2unix)");
	else if (strcmp(c->arg, "COMMIT") == 0)
		diag_hint(c->ps->diag, "COMMIT must be alone on its line, with a newline after it");
	else if (c->arg[0] == '*')
		diag_hint(c->ps->diag, "the table before it has no COMMIT");
	return false;
}

/* -w and -W: a lock that nobody else holds here. */
static bool take_wait(struct cmd *c)
{
	const char *s = c->arg ? c->arg : has_arg(c) ? c->w->w[c->ind++].s : NULL;
	unsigned usec;
	char *end;

	*(c->c == 'W' ? &c->wait_interval : &c->wait) = true;
	if (!s)
		return c->c == 'w' || cmd_error(c, c->opt_pos, "wait interval value required");
	usec = (unsigned)strtoul(s, &end, 10);	/* what follows the digits is not looked at */
	if (end == s)
		return cmd_error(c, whole_opt(c), c->c == 'w' ? "wait seconds not numeric" : "wait interval not numeric");
	if (c->c == 'w')
		return true;
	if (usec > WAIT_MAX)
		return cmd_error(c, whole_opt(c), "too long usec wait %u > %u usec", usec, WAIT_MAX);
	diag_warn(c->ps->diag, c->opt_pos, "Ignoring deprecated --wait-interval option.\n");
	return true;
}

static bool take_version(struct cmd *c)
{
	if (!c->ps->out)
		return cmd_error(c, c->opt_pos, "hookwalk does not know option \"-%c\" here", c->c);
	sb_printf(c->ps->out, "%s%s %s\n", iptables_name(c->ps->opt->family), c->ps->command ? "" : "-restore", iptables_version(c->ps->opt));
	if (c->c == 'h')
		diag_warn(c->ps->diag, c->opt_pos, "iptables' help is not printed here");
	c->ps->ended = true;
	return false;
}

static bool take_option(struct cmd *c)
{
	struct ip_match *ip = &c->rule.ip;

	switch (c->c) {
	case 'A': case 'C': case 'D': case 'R': case 'I': case 'L': case 'S':
	case 'F': case 'Z': case 'N': case 'X': case 'E': case 'P':
		return take_command(c);
	case 'p':
		return take_protocol(c);
	case 's':
		last_word_is_arg(c);
		c->src = (struct word){ c->arg, c->arg_pos };
		return set_option(c, O_s, &ip->inv_src);
	case 'd':
		last_word_is_arg(c);
		c->dst = (struct word){ c->arg, c->arg_pos };
		return set_option(c, O_d, &ip->inv_dst);
	case 'i':
		return take_interface(c, O_i, ip->iniface, &ip->iniface_len, &ip->inv_in, &c->in_pos);
	case 'o':
		return take_interface(c, O_o, ip->outiface, &ip->outiface_len, &ip->inv_out, &c->out_pos);
	case 'f':
		if (ip->family == NFPROTO_IPV6)
			return cmd_error(c, c->opt_pos, "`-f' is not supported in IPv6, use -m frag instead");
		ip->frag = true;
		return set_option(c, O_f, &ip->inv_frag);
	case 'g':
		ip->go_to = true;
		return set_option(c, O_j, NULL) && command_jump(c);
	case 'j':
		last_word_is_arg(c);
		return set_option(c, O_j, NULL) && command_jump(c);
	case 'm':
		if (c->invert)
			return cmd_error(c, c->opt_pos, "unexpected ! flag before --match");
		return command_match(c);
	case 'c':
		return take_counters(c);
	case 'V':
	case 'h':
		return take_version(c);
	case 'v':
		c->verbose++;
		return c->options & O_v || set_option(c, O_v, NULL);
	case 'n':
		return set_option(c, O_n, NULL);
	case 'x':
		return set_option(c, O_x, NULL);
	case '0':
		return set_option(c, O_line, NULL);
	case 't':
		if (c->invert)
			return cmd_error(c, c->opt_pos, "unexpected ! flag before --table");
		if (c->ps->command) {
			c->table = c->arg;
			c->table_pos = c->arg_pos;
			return true;
		}
		cmd_error(c, whole_opt(c), "The -t option cannot be used in %s-restore.\n", iptables_name(ip->family));
		diag_hint(c->ps->diag, "the table is named by the line \"*%s\" above", build_table_name(c->ps->build));
		return false;
	case 'w':
	case 'W':
		if (c->ps->command)
			return take_wait(c);
		return cmd_error(c, c->opt_pos, "You cannot use `-%c' from iptables-restore", c->c);
	case 'M':
		return true;
	default:
		if (c->ps->out)		/* -b is among its letters and nowhere else */
			return cmd_error(c, c->opt_pos, "Unknown arg \"(null)\"");
		return cmd_error(c, c->opt_pos, "hookwalk does not know option \"-%c\" here", c->c);
	}
}

static bool check_options(struct cmd *c)
{
	for (unsigned i = 0; optflags[i]; i++) {
		bool legal = false;

		if (!(c->options & 1u << i))
			continue;
		for (unsigned k = 0; k < NR_CMD; k++)
			legal |= c->command & 1u << k && !(illegal_options[k] & 1u << i);
		if (!legal)
			return cmd_error(c, c->line, "Illegal option `-%c' with this command", optflags[i]);
	}
	return true;
}

static bool finish_extensions(struct cmd *c)
{
	for (uint32_t i = 0; i < c->rule.nr_match; i++)
		if (!match_final(c, i))
			return false;
	return target_final(c);
}

static bool check_line(struct cmd *c)
{
	const char *ch = c->chain;

	if (strcmp(c->table ? c->table : build_table_name(c->ps->build), "nat") == 0 &&
	    ((c->policy && strcmp(c->policy, "DROP") == 0) || (c->jumpto && strcmp(c->jumpto, "DROP") == 0)))
		return cmd_error(c, c->policy ? c->second_pos : c->rule.target_pos, "\nThe \"nat\" table is not intended for filtering, "
				 "the use of DROP is therefore inhibited.\n\n");
	if (c->wait_interval && !c->wait)
		return cmd_error(c, c->line, "--wait-interval only makes sense with --wait\n");
	if (!finish_extensions(c))
		return false;
	if (c->ind < c->w->n)
		return cmd_error(c, c->w->w[c->ind].pos, "unknown arguments found on commandline");
	if (!c->command)
		return cmd_error(c, c->line, "no command specified");
	if (c->invert)
		return cmd_error(c, c->invert_pos, "nothing appropriate following !");
	if (c->command & CMD_RULE && !parse_addresses(c))
		return false;
	if (c->command == CMD_REPLACE && (c->nr_src != 1 || c->nr_dst != 1))
		return cmd_error(c, c->line, "Replacement rule does not specify a unique address");
	if (!check_options(c))
		return false;
	if (ch && strlen(ch) > 28)
		return cmd_error(c, c->chain_pos, "chain name `%s' too long (must be under %u chars)", ch, 29);
	if (!(c->command & (CMD_RULE | CMD_DELETE_NUM)))
		return true;
	if (c->options & O_o && (strcmp(ch, "PREROUTING") == 0 || strcmp(ch, "INPUT") == 0))
		return cmd_error(c, c->out_pos, "Can't use -o with %s\n", ch);
	if (c->options & O_i && (strcmp(ch, "POSTROUTING") == 0 || strcmp(ch, "OUTPUT") == 0))
		return cmd_error(c, c->in_pos, "Can't use -i with %s\n", ch);
	return true;
}

static const char *errno_text(unsigned command, int err)
{
	switch (-err) {
	case ENOTEMPTY:	return "Chain is not empty";
	case EMLINK:	return "Can't delete chain with references left";
	case EEXIST:	return "Chain already exists";
	case E2BIG:	return command == CMD_INSERT ? "Index of insertion too big" :
			       command == CMD_REPLACE ? "Index of replacement too big" :
			       command == CMD_DELETE_NUM ? "Index of deletion too big" : "Index of counter too big";
	case EINVAL:	return command == CMD_SET_POLICY ? "Bad policy name" :
			       command == CMD_DELETE_CHAIN ? "Can't delete built-in chain" :
			       command == CMD_INSERT ? "Target problem" : "Invalid argument";
	case ENOENT:	return command == CMD_SET_POLICY ? "Bad built-in chain name" :
			       command == CMD_DELETE || command == CMD_CHECK ?
			       "Bad rule (does a matching rule exist in that chain?)" :
			       "No chain/target/match by that name";
	default:	return "Incompatible with this kernel";
	}
}

/* What iptables itself says where libiptc has no words of its own for the error. */
static const char *command_errno_text(unsigned command, int err)
{
	if (err == -E2BIG || err == -ENOENT || (command == CMD_SET_POLICY && err == -EINVAL))
		return errno_text(command, err);
	if (command == CMD_NEW_CHAIN && err == -EEXIST)
		return "Chain already exists";
	return strerror(-err);
}

/* The table or the kernel refuses: "line N failed" of a file, a line of its own from a command. Of a rule that
 * is not there libiptc has words of its own only when its target is a verdict. */
static bool failed(struct cmd *c, struct pos pos, int err)
{
	unsigned command = c->command & (CMD_DELETE | CMD_CHECK) && (c->rule.ext || c->rule.target_chain) ? CMD_FLUSH : c->command;

	if (!c->ps->command)
		return line_failed(c->ps, pos, errno_text(command, err));
	return cmd_error(c, pos, "%s: %s.%s", iptables_name(c->rule.ip.family), command_errno_text(command, err),
			 err == -EINVAL ? " Run `dmesg' for more information." : "");
}

static bool chain_missing(struct cmd *c, const char *why)
{
	struct nearest n = { .want = c->chain };

	if (c->ps->command)
		cmd_error(c, c->chain_pos, "%s: %s.", iptables_name(c->rule.ip.family), why);
	else
		line_failed(c->ps, c->chain_pos, why);
	build_nearest(c->ps->build, &n);
	if (nearest_get(&n))
		diag_hint(c->ps->diag, "there is no chain \"%s\" in table %s, did you mean \"%s\"?", c->chain,
			  build_table_name(c->ps->build), nearest_get(&n));
	else
		diag_hint(c->ps->diag, "there is no chain \"%s\" in table %s", c->chain, build_table_name(c->ps->build));
	return false;
}

static void note_undo(struct cmd *c, struct chain *chain, uint32_t at, struct rule *was, bool is)
{
	struct undo *u;

	if (!c->ps->command)
		return;		/* a file that fails is forgotten as a whole */
	u = arena_new(c->ps->scratch, struct undo);
	*u = (struct undo){ c->undo, chain, at, was, is };
	c->undo = u;
}

/* A command that fails has changed nothing. */
static void undo(struct cmd *c)
{
	for (struct undo *u = c->undo; u; u = u->next) {
		if (u->is)
			build_delete(c->ps->build, u->chain, u->at);
		if (u->was)
			build_insert(c->ps->build, u->chain, u->at, u->was);
	}
}

static int apply_rule(struct cmd *c, struct chain *chain, uint32_t at, struct rule *r)
{
	struct build *b = c->ps->build;

	if (c->command == CMD_APPEND)
		at = build_nr_rules(chain);
	if (c->command & (CMD_INSERT | CMD_REPLACE) && at >= build_nr_rules(chain) + (c->command == CMD_INSERT))
		return -E2BIG;
	if (r->target_chain && r->target_chain->builtin)
		return -EINVAL;
	switch (c->command) {
	case CMD_APPEND:
	case CMD_INSERT:
		note_undo(c, chain, at, NULL, true);
		return build_insert(b, chain, at, r);
	case CMD_REPLACE:
		note_undo(c, chain, at, build_rule(chain, at), true);
		build_delete(b, chain, at);
		return build_insert(b, chain, at, r);
	default:
		r->chain = chain;
		at = build_find(chain, r);
		if (at == UINT32_MAX)
			return -ENOENT;
		if (c->command == CMD_CHECK)
			return 0;
		note_undo(c, chain, at, build_rule(chain, at), false);
		return build_delete(b, chain, at);
	}
}

/* Every pair of a source and a destination is a rule of its own. With -I each is put before the
 * last one, as iptables does. */
static bool apply_rules(struct cmd *c)
{
	struct chain *chain = build_chain(c->ps->build, c->chain);
	int err = 0;

	if (!resolve_target(c))
		return false;
	for (unsigned s = 0; s < c->nr_src; s++)
		for (unsigned d = 0; d < c->nr_dst; d++) {
			struct rule *r = make_rule(c, s, d);
			int got = chain ? apply_rule(c, chain, c->rulenum - 1, r) : 0;

			if (c->ps->out && c->verbose)
				list_rule_told(r, c->ps->out);
			if (got)
				err = got;
		}
	if (!chain)
		return chain_missing(c, errno_text(c->command == CMD_DELETE || (c->ps->command && c->command == CMD_CHECK) ?
						   CMD_DELETE : CMD_FLUSH, -ENOENT));
	if (err == -EINVAL && c->rule.target_chain) {
		failed(c, c->rule.target_pos, err);
		diag_hint(c->ps->diag, "a rule cannot jump to the builtin chain %s", c->rule.target_chain->name);
		return false;
	}
	return !err || failed(c, err == -E2BIG ? c->rulenum_pos : c->line, err);
}

/* A line of -v for every chain that is meant. */
static void tell_chains(struct cmd *c, const struct table *t, const char *what, bool user_only)
{
	if (c->chain) {
		sb_printf(c->ps->out, "%s chain `%s'\n", what, c->chain);
		return;
	}
	for (uint32_t i = 0; i < t->nr_chains; i++)
		if (!user_only || !t->chain[i]->builtin)
			sb_printf(c->ps->out, "%s chain `%s'\n", what, t->chain[i]->name);
}

static void print_chain(struct cmd *c, struct chain *ch, bool first)
{
	struct list_format f = { .numeric = c->options & O_n, .verbose = c->verbose, .exact = c->options & O_x,
				 .numbers = c->options & O_line };

	if (c->rulenum) {
		if (c->rulenum <= build_nr_rules(ch))
			list_rule(build_rule(ch, c->rulenum - 1), &f, c->ps->out);
		return;
	}
	if (!first)
		sb_putc(c->ps->out, '\n');
	list_chain(ch, &f, c->ps->out);
}

static void print_chain_line(struct cmd *c, const struct chain *ch)
{
	struct strbuf *out = c->ps->out;

	if (ch->builtin)
		sb_printf(out, "-P %s %s", ch->name, ch->policy == XT_DROP ? "DROP" : "ACCEPT");
	else
		sb_printf(out, "-N %s", ch->name);
	if (ch->builtin && c->verbose)
		sb_printf(out, " -c %" PRIu64 " %" PRIu64, ch->packets, ch->bytes);
	sb_putc(out, '\n');
}

static void print_rules(struct cmd *c, const struct chain *ch)
{
	for (uint32_t i = 0; i < build_nr_rules(ch); i++) {
		if (c->rulenum && c->rulenum != i + 1)
			continue;
		(c->verbose ? rule_save_counted : rule_save)(build_rule(ch, i), c->ps->out);
		sb_putc(c->ps->out, '\n');
	}
}

static void print_list_rules(struct cmd *c, const struct table *t, const struct chain *one)
{
	for (uint32_t i = 0; i < t->nr_chains && !c->rulenum; i++)
		if (!one || t->chain[i] == one)
			print_chain_line(c, t->chain[i]);
	for (uint32_t i = 0; i < t->nr_chains; i++)
		if (!one || t->chain[i] == one)
			print_rules(c, t->chain[i]);
}

/* What the command prints; false: there is no such chain. */
static bool tell(struct cmd *c)
{
	const struct table *t = build_view(c->ps->build, c->ps->scratch);
	struct chain *one = c->chain ? build_chain(c->ps->build, c->chain) : NULL;

	if (c->verbose > 1)
		diag_warn(c->ps->diag, c->line, "what -vv adds, a dump of the table's bytes, is not printed here");
	if (c->verbose && c->command & CMD_FLUSH)
		tell_chains(c, t, "Flushing", false);
	if (c->verbose && c->command & CMD_DELETE_CHAIN)
		tell_chains(c, t, "Deleting", true);
	if (c->command & (CMD_LIST | CMD_LIST_RULES) && c->chain && !one)
		return false;
	c->ps->listed = c->command & (CMD_LIST | CMD_LIST_RULES);
	for (uint32_t i = 0, n = 0; c->command & CMD_LIST && i < t->nr_chains; i++)
		if (!one || t->chain[i] == one)
			print_chain(c, t->chain[i], n++ == 0);
	if (c->command & CMD_LIST_RULES)
		print_list_rules(c, t, one);
	if (c->verbose && c->command & CMD_ZERO)
		tell_chains(c, t, "Zeroing", false);
	return true;
}

/* -X: all of the user's chains, or none when one cannot go. */
static int delete_all_chains(struct cmd *c)
{
	struct table *t = build_view(c->ps->build, c->ps->scratch);
	int err = 0;

	for (uint32_t i = 0; i < t->nr_chains && c->ps->command; i++)
		if (!t->chain[i]->builtin && (t->chain[i]->nr_refs || build_nr_rules(t->chain[i])))
			err = t->chain[i]->nr_refs ? -EMLINK : -ENOTEMPTY;
	return err ? err : build_del_chains(c->ps->build);
}

static bool apply(struct cmd *c)
{
	struct build *b = c->ps->build;
	uint64_t counters[2] = { c->rule.packets, c->rule.bytes };
	struct chain *chain;
	int err = 0;

	if (c->command & CMD_RULE)
		return apply_rules(c);
	if (c->ps->out && !tell(c))
		return chain_missing(c, errno_text(c->command, -ENOENT));
	switch (c->command & ~(CMD_LIST | CMD_LIST_RULES)) {
	case CMD_DELETE_NUM:
		chain = build_chain(b, c->chain);
		err = chain ? build_delete(b, chain, c->rulenum - 1) : -ENOENT;
		break;
	case CMD_ZERO_NUM:
		chain = build_chain(b, c->chain);
		if (!chain) {
			err = -ENOENT;
		} else if (c->rulenum > build_nr_rules(chain)) {
			err = -E2BIG;
		} else {
			struct rule *r = build_rule(chain, c->rulenum - 1);

			r->packets = r->bytes = 0;
		}
		break;
	case CMD_FLUSH:
		err = build_flush(b, c->chain);
		break;
	case CMD_ZERO:
		err = build_zero(b, c->chain);
		break;
	case CMD_NEW_CHAIN:
		err = build_add_chain(b, c->chain, c->line);
		break;
	case CMD_DELETE_CHAIN:
		err = c->chain ? build_del_chain(b, c->chain) : delete_all_chains(c);
		break;
	case CMD_RENAME_CHAIN:
		err = build_rename_chain(b, c->chain, c->newname);
		break;
	case CMD_SET_POLICY:
		err = build_policy(b, c->chain, c->policy, c->options & O_c ? counters : NULL);
		break;
	default:	/* only printing: nothing changes, but the chain must be there */
		err = c->chain && !build_chain(b, c->chain) ? -ENOENT : 0;
		break;
	}
	if (err == -ENOENT && c->chain && !build_chain(b, c->chain))
		return chain_missing(c, errno_text(c->command, err));
	return !err || failed(c, err == -E2BIG ? c->rulenum_pos : c->line, err);
}

/* The table that -t names, when a command is carried out. */
static bool take_table(struct cmd *c)
{
	const char *name = c->table ? c->table : "filter";

	c->ps->build = xtables_build(c->ps->xt, name);
	if (c->ps->build)
		return true;
	cmd_error(c, c->table ? c->table_pos : c->line,
		  "can't initialize %s table `%s': Table does not exist (do you need to insmod?)",
		  iptables_name(c->rule.ip.family), name);
	diag_hint(c->ps->diag, "the tables are filter, nat, mangle, raw and security");
	return false;
}

/* Does the command put a table in place of the old one? -X without a chain to delete does not. */
static bool changes_table(const struct cmd *c)
{
	if (c->command == CMD_DELETE_CHAIN && !c->chain)
		return build_has_user_chains(c->ps->build);
	return c->command & ~(CMD_LIST | CMD_LIST_RULES | CMD_CHECK);
}

/* A command line of iptables: all of it, or nothing. Every change loses what the policies have counted: iptables
 * 1.8.9 carries the counters of rules over to the new table, but not those. */
static bool run_command(struct cmd *c)
{
	bool counted = c->command == CMD_SET_POLICY && c->options & O_c;

	if (!take_table(c))
		return false;
	c->ps->changed = changes_table(c);
	if (apply(c) && (!(c->command & (CMD_APPEND | CMD_INSERT | CMD_REPLACE)) ||
			 table_check(xtables_view(c->ps->xt, c->ps->build, c->ps->scratch), 0, c->ps->diag))) {
		if (c->ps->changed)
			build_zero_policies(c->ps->build, counted ? c->chain : NULL);
		return true;
	}
	undo(c);
	return false;
}

bool parse_command(struct parser *ps, const struct words *w, const struct line_counters *counters)
{
	struct cmd c = { .ps = ps, .w = w, .line = ps->line_pos, .verbose = ps->verbose && !ps->noflush /* so does 1.8.9 */ };

	c.rule.pos = ps->line_pos;
	c.rule.ip.family = ps->opt->family;
	if (counters) {
		c.options |= O_c;
		c.rule.packets = counters->packets;
		c.rule.bytes = counters->bytes;
	}
	while (getopt_next(&c)) {
		bool ok = true;

		c.glued = NULL;

		if (c.c == GETOPT_WORD) {
			if (!take_word(&c))
				return false;
			continue;
		}
		if (c.c == (ps->opt->family == NFPROTO_IPV6 ? GETOPT_IPV4 : GETOPT_IPV6)) {
			ps->status = 2;		/* of the command; a line of a file is passed over */
			return !ps->command;
		}
		if (c.c == GETOPT_IPV4 || c.c == GETOPT_IPV6) {
			c.invert = false;
			continue;
		}
		if (c.c == GETOPT_EXT || c.c == GETOPT_UNKNOWN || c.c == GETOPT_MISSING) {
			enum ext_option_result r = ext_option(&c);

			if (r == EXT_OPTION_AGAIN)
				continue;
			ok = r == EXT_OPTION_DONE;
		} else {
			ok = take_option(&c);
		}
		if (!ok)
			return false;
		c.invert = false;
	}
	return check_line(&c) && (ps->command ? run_command(&c) : apply(&c));
}
