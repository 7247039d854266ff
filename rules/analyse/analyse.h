/* SPDX-License-Identifier: MIT */
/* analyse.h - which packets can reach and match each rule of a ruleset, without any traffic; and what is wrong with it.
 *
 * Exact for addresses, ports, protocols, interfaces, flags, ICMP types, conntrack states and marks. Every other condition
 * that reads only the packet is a condition of its own, the same for all rules that ask the same; conditions that remember
 * (limit, recent, ...) may or may not hold, so that nothing is ever said to be shadowed by them. */
#ifndef RULES_ANALYSE_ANALYSE_H
#define RULES_ANALYSE_ANALYSE_H
#include "rules/analyse/pset.h"
#include "rules/model/model.h"

enum check_severity { CHECK_INFO, CHECK_WARNING, CHECK_ERROR };

/* One kind of finding; the catalogue (catalogue.c) has them all. */
struct check_kind {
	const char *id;			/* "shadowed" */
	enum check_severity severity;
	const char *title;		/* a few words */
	const char *explanation;	/* what is wrong and what to do; for the catalogue and SARIF */
};
extern const struct check_kind check_kinds[];	/* id NULL ends */
const struct check_kind *check_kind(const char *id);	/* or NULL */

struct finding {
	struct finding *next;
	const struct check_kind *kind;
	const struct chain *chain;	/* NULL = the ruleset as a whole */
	const struct rule *rule;	/* NULL = the chain, or its policy */
	struct pos pos;			/* {NULL} = no place in a text */
	const char *text;		/* one sentence */
	const char *hint;		/* or NULL */
	const struct rule **by; unsigned nr_by;	/* rules that are to blame: those that cover it */
};

struct findings {
	struct arena *arena;		/* texts and findings live here */
	struct finding *first, **last;
	unsigned nr[3];			/* per severity */
	bool incomplete;		/* the packet sets grew past the memory allowed */
};
void findings_init(struct findings *f, struct arena *a);
struct finding *findings_add(struct findings *f, const char *id, const struct chain *c, const struct rule *r, const char *fmt, ...) PRINTF(5, 6);
/* By place: source, line, kind. */
void findings_sort(struct findings *f);

/* What of a host matters here; all may be left out. */
struct check_host {
	const char *const *devices; unsigned nr_devices;	/* interfaces it has; 0 = not known */
	bool known;						/* the settings below are */
	bool ip_forward, route_localnet;
	const struct ruleset *other;				/* of the other family, NULL = not known */
};

/* Packet sets: shadowed, unreachable, impossible, redundant. max_bytes for the diagrams. */
void check_reach(const struct ruleset *rs, size_t max_bytes, struct findings *f);
/* What one family's filter lets in from somewhere and the other's does not: new connections to INPUT, and FORWARD. */
void check_families(const struct ruleset *v4, const struct ruleset *v6, size_t max_bytes, struct findings *f);
/* Classic mistakes, each by a look at one or a few rules. */
void check_mistakes(const struct ruleset *rs, const struct check_host *host, struct findings *f);

#endif
