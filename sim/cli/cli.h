/* SPDX-License-Identifier: MIT */
/* cli.h - subcommands; only this folder prints. Exit status: 0 fine, 1 an expectation failed or a
 * difference was found, 2 bad input or usage, 3 a fault of hookwalk. */
#ifndef SIM_CLI_CLI_H
#define SIM_CLI_CLI_H
#include "sim/base/diag.h"
#include <getopt.h>
#include <jansson.h>
#include <stdio.h>

#define VERSION "0.1"
#define CLI_SETS_BYTES ((size_t)900 << 20)	/* for packet sets */
#define CLI_TAIL (20 * NSEC_PER_SEC)	/* after the last packet: until ARP has given up and ICMP told so */

enum { EXIT_FINE = 0, EXIT_FOUND = 1, EXIT_BAD = 2, EXIT_FAULT = 3 };

struct command {
	const char *name;
	int (*run)(int argc, char **argv);	/* argv[0] = the subcommand's name */
	const char *args, *help;		/* one line each */
};
extern const struct command commands[];		/* NULL name ends */

bool cli_is_directory(const char *path);
/* --family of a file of rules: ip or ip6. 0, or the exit status (said). */
int cli_rules_family(const char *command, const char *text, uint8_t *ret);
/* What a file of rules is for: as given, else (0) by its name: ".v6". */
uint8_t cli_family_of(uint8_t given, const char *path);
char *cli_folder(const char *path);		/* that a file is in; the caller frees it */
int cmd_test(int argc, char **argv);
int cmd_merge(int argc, char **argv);
int cmd_run(int argc, char **argv);
int cmd_replay(int argc, char **argv);
int cmd_iptables(int argc, char **argv);
int cmd_ip6tables(int argc, char **argv);
int cmd_save(int argc, char **argv);
int cmd_verify(int argc, char **argv);
int cmd_trace(int argc, char **argv);
int cmd_why(int argc, char **argv);
int cmd_check(int argc, char **argv);
int cmd_diff(int argc, char **argv);
int cmd_draw(int argc, char **argv);
int cmd_verify_random(int argc, char **argv);	/* verify --random */

/* Standard output so far, before something is said on stderr; main() tells when it failed. */
void cli_flush(void);
struct world;
/* What every command over a host does around its work: a world, run(), its messages. */
int cli_with_world(uint64_t seed, int (*run)(void *options, struct world *w, struct diag *d), void *options);
/* Prints all messages to stderr. */
void cli_show(const struct diag *d);
/* "usage: hookwalk NAME ARGS" and a pointer to help; EXIT_BAD. */
int cli_usage(const char *command, const char *fmt, ...) PRINTF(2, 3);
/* What getopt_long() answered with '?' or ':' (its options begin with ':'): says which option is unknown, and
 * which one was meant, or that it wants a value; EXIT_BAD. */
int cli_bad_option(const char *command, int c, char *const *argv, const struct option *longs);
bool cli_colour(FILE *f);			/* f is a terminal, and NO_COLOR is not set */
/* o as JSON (flags: jansson's JSON_*) and a newline into a file that is whole or not there; "-" is standard output.
 * o is given away. false: error in d. */
bool cli_write_json(const char *path, json_t *o, size_t flags, struct diag *d);
#endif
