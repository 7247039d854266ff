/* SPDX-License-Identifier: MIT */
/* l2.h - the files of arptables-nft-restore and ebtables-nft-restore 1.8.9: lines (l2.c) into commands (arp.c, eb.c),
 * and these carried out. Words become options by getopt_long(3) itself, as in the programs. */
#ifndef RULES_PARSE_L2_H
#define RULES_PARSE_L2_H
#include "rules/parse/parse.h"
#include <getopt.h>

/* One line of a table being read. */
struct l2_cmd {
	struct parser *ps;
	const struct words *w;
	struct pos line;
	int argc;
	char **argv;			/* the program's name, -t, the table, then the words */
	bool invert, table_set;
	/* what is to be done: 'A', 'I', 'D', 'N', 'X', 'E', 'P', 'F'; 0 = nothing yet */
	int command;
	const char *chain, *newname, *policy;
	struct pos chain_pos;
	unsigned rulenum, rulenum_end;	/* 'I': 1 = first; 'D': 0 = by what it says */
	/* the rule */
	struct rule rule;
	const char *jumpto;		/* NULL = none */
	uint32_t target_xflags;
};

/* An extension's option among getopt's: struct option.val - L2_OPT is its place in the list. */
#define L2_OPT 512
struct l2_option { const struct match_ext *match; const struct target_ext *target; const struct ext_opt *opt; };

struct ruleset *l2_ruleset_load(struct arena *a, struct source *src, const struct rules_options *opt, struct diag *d);
/* Queues an error and answers false. */
/* A way out of the error before it; answers false too. */
bool l2_hint(struct l2_cmd *c, const char *fmt, ...) PRINTF(2, 3);
bool l2_error(struct l2_cmd *c, struct pos pos, const char *fmt, ...) PRINTF(3, 4);
/* The place of argv[i]. */
struct pos l2_arg_pos(const struct l2_cmd *c, int i);
/* -j: a verdict, a target or a chain's name. false: said why. */
bool l2_jump(struct l2_cmd *c, const char *name);
/* Is there a target of that name, be it one that is not emulated? */
bool l2_known_target(const struct parser *ps, const char *name);
bool l2_option_parse(struct l2_cmd *c, const struct l2_option *o, void *info, uint32_t *xflags);
bool l2_target_final(struct l2_cmd *c);
/* Carries out the command; the rule is c->rule. */
bool l2_apply(struct l2_cmd *c);
/* xtables_parse_interface() */
bool l2_parse_interface(struct l2_cmd *c, const char *arg, char name[16], uint8_t *ret_len);
/* "10.0.0.0/8": the address is masked. false: said why. */
bool l2_parse_net4(struct diag *d, struct pos pos, const char *text, be32 *ret_addr, be32 *ret_mask);

/* One line of a table. */
bool eb_command(struct l2_cmd *c);
bool arp_command(struct l2_cmd *c);
#endif
