/* SPDX-License-Identifier: MIT */
/* record.h - the event stream kept for questions afterwards: each packet's way, which rule was tried how
 * often and failed why, what limiters and logs said. Memory is bounded: of so many packets the way is kept,
 * of fewer also the words; the sums go on. */
#ifndef SIM_REPORT_RECORD_H
#define SIM_REPORT_RECORD_H
#include "sim/base/diag.h"
#include "sim/conntrack/conntrack.h"
#include "sim/trace/trace.h"
#include <uthash.h>

struct way_event {
	uint32_t next;			/* of the same packet: index + 1, 0 = the last */
	enum event_type type;
	uint64_t t;
	const struct host *host;
	uint8_t hook;
	bool matched;			/* RULE; DELIVER: to a socket's program; ICMP: ICMPv6 */
	const struct net_device *in, *out;	/* HOOK, RULE; RX and TX: in */
	const struct rule *rule;	/* RULE, CHANGE, DROP, LOG */
	const struct chain *chain;	/* RULE, POLICY, DROP */
	const char *verdict;		/* RULE, POLICY: "ACCEPT"; DROP: where; ICMP: kept; DELIVER: what; ROUTE: type */
	const char *a, *b, *c;		/* CHANGE: field, from, to; RULE: why it failed; NAT: new address, "src" or "dst"; ROUTE: gateway */
	int code;			/* DROP: reason; ICMP: type << 8 | code; CT: info */
	const char *lines;		/* what the trace says of it, or NULL */
};

struct way {
	uint64_t id, parent;
	uint32_t first, last;		/* events: index + 1 */
	uint32_t first_child, next_child;	/* ways: index + 1 */
	bool same;			/* goes on with its parent's way: a copy, a fragment, the whole of fragments */
	bool v6;			/* as it was first seen */
	bool claimed;			/* some expectation was about it */
	const char *line;		/* as it was first seen, without the place */
	const struct host *host;	/* where */
};

/* Why a rule did not match: how often at which of its conditions, and the words of the first time. */
struct rule_tries {
	const struct rule *rule;
	uint64_t tried, matched;
	struct { int failed_at; uint64_t n; const char *why; } fail[8]; unsigned nr_fail;
	UT_hash_handle hh;
};
struct limiter_sum {
	const struct rule *rule;
	const char *ext;
	uint64_t passed, over, first_over;	/* first_over: the how manyth packet, from 1 */
	uint64_t *per_second; size_t nr_seconds, cap_seconds;	/* passed in each second of virtual time */
	UT_hash_handle hh;
};
struct drop_key { const struct host *host; const char *where; const struct rule *rule; const struct chain *chain; uint64_t reason; };
struct drop_sum { struct drop_key key; uint64_t n; UT_hash_handle hh; };
struct log_line { struct log_line *next; const struct host *host; const struct rule *rule; uint64_t t; uint8_t level; const char *text; };

struct record {
	struct trace_sink sink;
	struct arena *arena;
	struct way *way; uint32_t nr_ways, cap_ways;
	struct way_event *ev; uint32_t nr_events, cap_events;
	uint32_t *of_id; uint64_t base_id, cap_ids;	/* packet id - base → way index + 1 */
	uint32_t keep, tell;
	uint64_t not_kept;		/* packets beyond */
	struct rule_tries *tries;
	struct limiter_sum *limiters;
	struct drop_sum *drops;
	struct log_line *logs, **last_log; uint32_t nr_logs;
	uint64_t state_told;
	/* the next packet that is made or comes in at this host is wanted: its id goes to caught */
	const struct host *catch_host; bool catch_local; uint64_t caught;
	/* packets of sockets: who has a program learns their ids */
	void (*sent)(void *arg, struct sock *sk, uint64_t id);
	void (*received)(void *arg, struct sock *sk, uint64_t id);
	void *arg;
};

void record_start(struct record *r, struct trace *t, uint32_t keep, uint32_t tell);
/* Once no more ways are kept: listens only to what the sums need, which is faster. To be called between events. */
void record_relax(struct record *r, struct trace *t);
void record_end(struct record *r, struct trace *t);
struct way *record_way(const struct record *r, uint64_t id);	/* NULL: not kept */
/* The packet's way as text, its copies' and answers' too. */
void record_tell(const struct record *r, const struct way *w, struct strbuf *out);
const struct rule_tries *record_tries(const struct record *r, const struct rule *rule);
#endif
