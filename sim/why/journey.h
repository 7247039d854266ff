/* SPDX-License-Identifier: MIT */
/* journey.h - what befell each packet, kept: a view that records the event stream as stories. One story is one
 * outside event (a frame, a local packet, a connection) and all it caused. All texts live in the journey's arena.
 *
 * Beside what happened it notes what did not: for every rule of a table that a packet came near, how far the
 * packet was from matching it, and why the rule was not asked. */
#ifndef SIM_WHY_JOURNEY_H
#define SIM_WHY_JOURNEY_H
#include "rules/explain/probe.h"
#include "sim/trace/trace.h"

/* Whom a packet is from and to; proto 0 = not known. Ports only of TCP and UDP. */
struct flow { uint8_t family; union inet_addr addr[2]; be16 port[2]; uint8_t proto; };

struct step {
	struct step *next;
	enum event_type type;
	const struct host *host;	/* where */
	uint64_t t;			/* ns */
	uint64_t pkt;			/* packet's id, 0 = none */
	uint8_t hook, family;		/* HOOK, RULE, POLICY */
	const struct table *table;	/* RULE, POLICY, CHAIN */
	const struct chain *chain;
	const struct rule *rule;	/* RULE; DROP by a rule; NAT, CHANGE: who did it */
	bool matched;			/* RULE */
	int failed_at;			/* RULE, not matched: as in EV_RULE */
	unsigned verdict;		/* POLICY: NF_DROP, NF_ACCEPT, VERDICT_UNKNOWN */
	enum drop_reason reason;	/* DROP, ROUTE */
	int error;			/* ROUTE, ERRNO: positive errno */
	const char *dev, *dev2;		/* HOOK: in, out; TX, RX: the device; ROUTE: iif, oif */
	const char *text;		/* the event in words, without the packet */
	const char *packet;		/* the packet at this moment, one line; HOOK, TX, DROP, DELIVER, first of each */
	struct flow flow;		/* HOOK, DROP: the packet's, at this moment */
	uint8_t what;			/* CT: enum ct_event; ROUTE: how; FRAG, NAT (manip) */
	uint8_t ctinfo;			/* CT: enum ip_ct_info */
	uint64_t conn;			/* CT, NAT: the connection's id */
	uint32_t status;		/* CT: its IPS_* bits then */
	const char *helper;		/* CT: its helper then, NULL = none */
	union inet_addr src, dst;	/* ROUTE; NAT: what the two became; NEIGH: dst is the neighbour */
	bool has_gw;			/* ROUTE: gw is the next hop, else dst is on the link */
	union inet_addr gw;
	uint32_t rule_pref, rtable;	/* ROUTE: the policy rule and the table that answered */
	union inet_addr prefix;		/* and the route */
	uint8_t plen;
	uint8_t rtype;			/* ROUTE: enum rtn */
};

/* Why a rule was not, or not successfully, asked about a packet. */
enum nearness {
	NEAR_MATCHED, NEAR_FAILED,
	NEAR_SHADOWED,			/* its table was run, but an earlier rule had decided */
	NEAR_SKIPPED,			/* its hook was run, its table was not (nat: not the first packet, no connection) */
	NEAR_OTHER_HOOK,		/* the packet never came to its hook */
	NEAR_LOOSE			/* its table was run, but nothing leads to its chain */
};

/* One packet and one rule. */
struct near {
	struct near *next;
	enum nearness how;
	const struct rule *rule;
	uint8_t hook;			/* from which its chain would be reached */
	uint64_t pkt;
	const struct host *host;
	unsigned nr_failed;		/* conditions that do not hold, those of the jumps to its chain included */
	unsigned nr_open;		/* and that only the past decides */
	unsigned parts;			/* failing parts of the rule itself, bit per enum probe_part */
	const char *why[2];		/* the first of them in words: "dport is 80, rule wants 8080" */
	const struct rule_match *match;	/* the first failing match, NULL = a part */
	const struct rule *by;		/* SHADOWED: the rule that decided; NULL = none did */
	const struct rule *via;		/* the jump or goto to its chain, NULL in a base chain */
	const struct rule *jump;	/* the jump whose conditions fail, when that is why; NULL = the rule's own */
	const char *turned;		/* it would match with these of the packet turned round: "ports", "addresses" ... */
	const char *before_nat;		/* it would match what the packet was before NAT: the rewriting in words */
};

struct story {
	struct story *next;
	uint64_t index, t;
	enum inject_kind kind;
	uint64_t pkt;			/* the injected packet's id; of a local sender: its first packet's */
	uint8_t family;
	const char *text;		/* the line that would make it: "eth0: tcp 1.2.3.4:5 > ..." */
	const char *file;		/* where it was written, NULL = nowhere */
	uint64_t line;
	const char *skipped;
	struct step *first, **last;
	struct near *near, **near_last;
};

struct journey;
/* Records all that happens from now on, in whichever host. own_time: how long after an event's start new packets still
 * belong to its story, ns; 0 = those that come at once (a single host's). */
struct journey *journey_start(struct trace *t, uint64_t own_time);
void journey_stop(struct journey *j);			/* no further events; stories stay */
void journey_free(struct journey *j);
const struct story *journey_first(const struct journey *j);
struct arena *journey_arena(struct journey *j);

/* Which packet made this one, from the first known on; 0 = none. */
uint64_t journey_parent(const struct journey *j, uint64_t pkt);
const char *journey_packet(const struct journey *j, uint64_t pkt);	/* what it was when first seen, or NULL */
/* An earlier packet that this one answers, addresses and ports turned round: its text, or NULL. */
const char *journey_answered(const struct journey *j, uint64_t pkt);
#endif
