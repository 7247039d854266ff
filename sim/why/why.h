/* SPDX-License-Identifier: MIT */
/* why.h - the true reason: why a rule did not match, or why a packet ended as it did. */
#ifndef SIM_WHY_WHY_H
#define SIM_WHY_WHY_H
#include "sim/why/journey.h"
#include "sim/world/world.h"
#include <jansson.h>

/* ---- what became of a story's packet (fate.c) */

enum fate_kind {
	FATE_NOTHING,			/* nothing was injected, or it is still on its way */
	FATE_DROPPED, FATE_REJECTED, FATE_UNKNOWN,
	FATE_FORWARDED, FATE_SENT,	/* left by a device: another's packet, or one of the host's own */
	FATE_DELIVERED,			/* to something local */
	FATE_REFUSED,			/* came to the host itself, and nobody listens */
	FATE_BRIDGED
};

struct fate {
	enum fate_kind kind;
	const struct host *host;	/* the last one that it came to; what follows is said of that one */
	const struct step *end;		/* DROP or last TX, DELIVER; NULL = the last hook it passed */
	const struct step *rule;	/* the rule or policy of a filter table that ended it, or the last that let it pass */
	const struct step *icmp;	/* the error it was answered with */
	bool reset;			/* answered with a TCP RST */
	const struct step *errno_;	/* what a local sender got */
	const struct step *route;	/* the last routing decision about it */
	const struct step *dnat, *snat;	/* rules that set up a mapping for its connection */
	const struct step *ct;		/* how conntrack saw it first; NULL = it did not */
	const struct step *hook[NF_INET_NUMHOOKS];	/* where it came by */
	const struct step *again;	/* routed again after OUTPUT */
};

void fate_of(const struct story *st, uint64_t pkt, struct fate *ret);
void fate_at(const struct story *st, uint64_t pkt, const struct host *host, struct fate *ret);	/* in one host only */
bool fate_bad(const struct fate *f);	/* not where its sender wanted it */
void fate_say(const struct story *st, const struct fate *f, struct strbuf *out);	/* one sentence without a full stop */

/* ---- the answer (cause.c) */

enum culprit_kind {
	CULPRIT_NONE, CULPRIT_RULE, CULPRIT_POLICY, CULPRIT_MISSING, CULPRIT_SYSCTL, CULPRIT_ROUTE, CULPRIT_CONNTRACK, CULPRIT_COMMAND,
	CULPRIT_SETTING, CULPRIT_NEIGHBOUR
};

struct culprit {
	enum culprit_kind kind;
	const struct host *host;
	const struct chain *chain;	/* RULE, POLICY, MISSING */
	const struct rule *rule;	/* RULE */
	const char *table, *in;		/* MISSING, chain NULL: of a table that the host does not have; NULL = nat POSTROUTING */
	const char *name, *value;	/* SYSCTL: key, value; else: text */
	uint64_t line;			/* COMMAND */
	const char *cause;		/* a few more words, or NULL */
};

struct answer {
	struct culprit culprit, also;	/* also: kind NONE = nobody else */
	const char *verdict, *reason, *fix;
	const struct story *story;	/* the one that shows it; NULL = none */
	uint64_t pkt;			/* and the packet of it */
};

/* A rule asked about; rule 0 = the policy. */
struct why_rule { const struct chain *chain; const struct rule *rule; };

struct why {
	struct host *host;		/* the only one, or the one whose rule is asked about */
	bool lab;			/* there are others */
	struct journey *journey;
	const struct failed_command *failed;	/* lines of commands.sh that were refused */
	struct why_rule ask;		/* chain NULL: about the traffic */
};

/* All in the journey's arena. */
void why_answer(const struct why *w, struct answer *ret);
/* The same about a rule without any traffic: can a packet reach it and match? */
void why_static(const struct why *w, struct answer *ret);

/* ---- telling it (tell.c) */
void why_tell(const struct why *w, const struct answer *a, struct strbuf *out);
json_t *why_json(const struct why *w, const struct answer *a);
/* "filter INPUT rule 6 (rules.v4:11)" */
void rule_place(const struct chain *c, const struct rule *r, struct strbuf *out);
/* The journey of each story, phases numbered; verbose: every rule tried. */
void trace_tell(const struct journey *j, bool verbose, struct strbuf *out);
json_t *trace_json(const struct journey *j);
#endif
