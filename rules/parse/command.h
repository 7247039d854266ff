/* SPDX-License-Identifier: MIT */
/* command.h - one command being parsed: shared by command.c (shared options, carrying out), getopt.c
 * (words into options), rulespec.c (matches, targets, addresses). */
#ifndef RULES_PARSE_COMMAND_H
#define RULES_PARSE_COMMAND_H
#include "rules/parse/parse.h"

/* What getopt_next() found, beside the letters of shared options. */
enum { GETOPT_WORD = 256, GETOPT_EXT, GETOPT_UNKNOWN, GETOPT_MISSING, GETOPT_IPV4, GETOPT_IPV6 };
#define OPT_GROUPS_MAX 256

/* The options of one extension, from the moment it was loaded. */
struct opt_group { const struct ext_opt *opts; const struct match_ext *match; /* NULL: the target's */ };

/* One step back: a rule at its place before (NULL: there was none), and whether one is there now. */
struct undo { struct undo *next; struct chain *chain; uint32_t at; struct rule *was; bool is; };

/* An address and its mask, any mask. */
struct ip_net { union inet_addr addr, mask; };

struct match_parse { uint32_t xflags; bool completed; };

struct cmd {
	struct parser *ps;
	const struct words *w;
	struct pos line;
	/* getopt's place */
	unsigned ind;			/* next word */
	const char *cluster;		/* rest of a word of short options, or NULL */
	bool opts_over;			/* "--" was seen */
	/* what it found last */
	int c;
	const struct ext_opt *opt;
	const struct opt_group *group;
	const char *arg, *glued;	/* glued: the argument that stood in the option's own word */
	struct pos opt_pos, arg_pos;
	const char *ambiguous[2];	/* two options that an abbreviation may mean */
	/* the command */
	bool invert;
	struct pos invert_pos;
	unsigned command, options;
	const char *chain, *policy, *newname, *table;
	unsigned verbose;
	bool wait, wait_interval;
	struct pos table_pos, chain_pos, second_pos, rulenum_pos, in_pos, out_pos;
	unsigned rulenum;
	/* the rule */
	struct rule rule;
	struct match_parse *mp;		/* one per rule.match */
	unsigned match_cap;
	struct opt_group *group_list;
	unsigned nr_groups, group_cap;
	const char *protocol;
	bool proto_used;
	const char *jumpto;
	uint32_t target_xflags;
	struct word src, dst;		/* as written, .s NULL when not */
	struct ip_net *saddr, *daddr;
	unsigned nr_src, nr_dst;
	struct undo *undo;		/* what was done to the table, the last first */
};

/* getopt.c: false at the end. */
bool getopt_next(struct cmd *c);
/* Adds options that are known from now on; the newest come first. */
void getopt_add(struct cmd *c, const struct ext_opt *opts, const struct match_ext *m);
void getopt_nearest(const struct cmd *c, struct nearest *n);

/* rulespec.c */
bool command_match(struct cmd *c);		/* -m */
bool command_jump(struct cmd *c);		/* -j, -g */
enum ext_option_result { EXT_OPTION_DONE, EXT_OPTION_AGAIN, EXT_OPTION_FAILED };
enum ext_option_result ext_option(struct cmd *c);
bool match_final(struct cmd *c, uint32_t i);
bool target_final(struct cmd *c);
bool resolve_target(struct cmd *c);		/* chain, verdict or extension? */
bool parse_addresses(struct cmd *c);
struct rule *make_rule(struct cmd *c, unsigned src, unsigned dst);
bool is_standard_target(const char *name);
#endif
