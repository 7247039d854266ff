/* SPDX-License-Identifier: MIT */
/* internal.h - inside rules/ipset: words of a command into requests (parse.c), sets into text (print.c). */
#ifndef RULES_IPSET_INTERNAL_H
#define RULES_IPSET_INTERNAL_H
#include "rules/ipset/program.h"

enum { SAY_OTHER = 1, SAY_PARAMETER = 2 };	/* exit status; PARAMETER points to the help */

/* One command being read. */
struct reader {
	struct ipsets *sets;
	unsigned argc;
	const char *const *argv;
	unsigned at;			/* the next word */
	struct strbuf err;		/* messages, a line each */
	struct strbuf warn;		/* printed before all else: "Warning: ..." */
	int status;
	char member[IPSET_MAXNAMELEN];	/* name cut out of an element */
	bool stumbles;			/* an error that does not end the reading */
	int word;
};

/* Queues a message; false for "return fail(...)". */
bool fail(struct reader *r, const char *fmt, ...) PRINTF(2, 3);
bool fail_usage(struct reader *r, const char *fmt, ...) PRINTF(2, 3);
bool parse_setname(struct reader *r, const char *s);
/* Type-specific words from r->at on. */
bool parse_create(struct reader *r, const struct ipset_type *type, struct ipset_create *ret);
enum ipset_op;
/* Element and options; text that ret points to is argv's. */
bool parse_request(struct reader *r, const struct ip_set *s, enum ipset_op op, const char *elem, struct ipset_request *ret);
/* What the kernel's answer is called, in a command. */
const char *kernel_says(int err, const char *cmd);

/* icmp.c: names of ICMP types and codes. NULL = it has none. */
const char *icmp_name(bool v6, uint16_t typecode);
bool icmp_find(bool v6, const char *name, uint16_t *ret);

enum print_mode { PRINT_PLAIN, PRINT_SAVE, PRINT_XML };
struct print_options { enum print_mode mode; bool sorted, names, terse; };
void print_set(const struct ip_set *s, const struct ipsets *sets, const struct print_options *o, struct strbuf *out);
#endif
