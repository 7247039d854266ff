/* SPDX-License-Identifier: MIT */
/* parse.h - inside the parser: lines into words (lex.c), words into one command (command.c), typed
 * option values (option.c, value.c), the save file as a whole (restore.c). */
#ifndef RULES_PARSE_PARSE_H
#define RULES_PARSE_PARSE_H
#include "rules/ext.h"
#include "rules/model/build.h"
#include "rules/rules.h"

#define PARAM_MAX	1023	/* a word's longest text (xshared.c: add_param) */
#define ARGC_MAX	254	/* words of a command, its own name included */
#define LINE_MAX_FGETS	10239	/* iptables-restore reads lines into char[10240] */

struct word { const char *s; struct pos pos; };
struct words { struct word *w; unsigned n; };

struct ext_names;		/* extensions by name, for one load */

struct parser {
	struct arena *arena;
	struct arena *scratch;		/* for one line */
	struct source *src;
	struct diag *diag;
	const struct rules_options *opt;
	struct ext_names *names;
	struct ruleset *rs;
	struct build *build;		/* the table at work, NULL outside */
	unsigned line;			/* as iptables-restore counts */
	struct pos line_pos;
	unsigned errors_before;		/* in diag, when the load began */
	/* rules/cmd: the program itself at work on a host; all 0 when a file is only read */
	struct xtables *xt;
	bool command;			/* words of "iptables", not a line of a file */
	bool verbose, noflush, test;	/* iptables-restore -v, -n, --test */
	const char *only_table;		/* iptables-restore -T */
	struct strbuf *out, *err;
	int status;			/* -V, -6: how it ends without a message */
	bool ended, changed, listed;
	struct unknown_ext *unknowns;	/* stand-ins for what --allow-unknown lets pass */
};

/* "iptables" or "ip6tables": as messages name the program. */
const char *iptables_name(uint8_t family);
const char *iptables_version(const struct rules_options *opt);	/* "v1.8.9 (legacy)" */
/* All lines of ps->src from off on. */
void parse_lines(struct parser *ps, size_t off);
/* Queues an error and answers false. */
bool parse_error(struct parser *ps, struct pos pos, const char *fmt, ...) PRINTF(3, 4);
/* "line N failed: WHY": what iptables-restore says when the table or the kernel refuses a line. */
bool line_failed(struct parser *ps, struct pos pos, const char *why);

/* lex.c */
struct lexer { struct source *src; size_t off; };
/* The next line as fgets() would hand it out: false at the end. *ret_len counts the newline, and
 * stops at a NUL byte; over-long lines come in pieces. */
bool lex_line(struct lexer *lx, size_t *ret_off, size_t *ret_len);
/* Cuts text off..end into words; reserved = words that stand before these in argv. */
bool lex_words(struct parser *ps, size_t off, size_t end, unsigned reserved, struct words *ret);
/* The next word between blanks (strtok(" \t\n")), "" when there is none; moves *off. */
struct word lex_token(struct parser *ps, size_t *off, size_t end);

/* command.c: one line of a table. counters = "[p:b]" before it, or NULL. */
struct line_counters { uint64_t packets, bytes; };
bool parse_command(struct parser *ps, const struct words *w, const struct line_counters *counters);

/* option.c */
bool option_parse(const struct ext_opt *opts, struct ext_cb *cb);	/* the value, then opt->parse */
void option_hint(const struct ext_opt *opts, struct ext_cb *cb);	/* to an error before it: how the option is written */
bool options_final(const struct ext_opt *opts, struct ext_cb *cb, bool (*final)(struct ext_cb *cb));

/* value.c */
bool parse_ipmask(const char *text, uint8_t family, union inet_addr *ret);
/* One address as "-s" takes it, without mask. */
bool parse_hostnetwork(const char *text, uint8_t family, union inet_addr *ret);
/* An IPv6 address behind which "%SCOPE" may stand, as getaddrinfo() takes it: a device that is there (of link-local
 * addresses only) or a number. The scope itself is lost. h = NULL: lo is the only device. */
bool parse_scoped6(const char *text, const struct host *h, union inet_addr *ret);
int parse_protocol(const char *text);			/* or -1 */
const char *protocol_chain_name(uint16_t proto);	/* as iptables prints it, or NULL */
const char *protocol_own_name(uint16_t proto);		/* what it knows without /etc/protocols */

/* names.c */
int service_port(const char *name, const char *proto);	/* or -1 */
void service_nearest(struct nearest *n);
void protocol_nearest(struct nearest *n);

/* unknown.c: stand-ins for extensions that are not emulated but allowed by name; NULL = not allowed. */
struct cmd;
const struct match_ext *unknown_match(struct parser *ps, const char *name);
const struct target_ext *unknown_target(struct parser *ps, const char *name);
bool unknown_option(struct cmd *c);	/* keeps the option and its words as they are */

/* rules/ext/comment.c */
extern const struct match_ext ext_comment;
const char *comment_text(const void *info);

/* extnames.c */
struct ext_names *ext_names_create(struct arena *a, uint8_t family);
void ext_names_destroy(struct ext_names *n);
const struct match_ext *ext_names_match(const struct ext_names *n, const char *name);
const struct target_ext *ext_names_target(const struct ext_names *n, const char *name);
void ext_names_nearest(const struct ext_names *n, bool targets, struct nearest *near);
#endif
