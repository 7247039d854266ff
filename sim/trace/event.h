/* SPDX-License-Identifier: MIT */
/* event.h - every kind of event there is. The simulation decides; it leaves events; every report
 * is a view of this one stream and asks the simulator nothing.
 *
 * An event is built on the stack and handed to trace_emit() only when trace_on() says that somebody
 * listens to its type: nobody listens = one test of a bit. All pointers in an event are borrowed and
 * good only during the call: a sink copies what it keeps. */
#ifndef SIM_TRACE_EVENT_H
#define SIM_TRACE_EVENT_H
#include "sim/base/util.h"
#include "sim/packet/packet.h"

struct rule; struct chain; struct table;		/* rules/model/model.h, opaque here */

#define EVENT_TYPES(X) \
	X(INJECT, inject)	/* an outside event begins: a frame, a local packet, listen, connect */ \
	X(SETTLED, settled)	/* all it caused at once has happened */ \
	X(RX, dev)		/* a frame is taken from a device (dev_rx) */ \
	X(TX, dev)		/* a frame leaves by a device with a wire (dev_tx) */ \
	X(ANSWER, answer)	/* the outside answers an ARP or ND question: frame that comes back */ \
	X(HOOK, hook)		/* a packet enters a netfilter hook */ \
	X(CHAIN, chain)		/* a table's base chain, or a user chain by jump, goto or return */ \
	X(RULE, rule)		/* a rule was tried: matched or at which condition it failed */ \
	X(POLICY, policy)	/* the end of a base chain: its policy decides */ \
	X(VERDICT, verdict)	/* a table's answer for a packet at a hook */ \
	X(CHANGE, change)	/* a target or NAT changed a field of the packet */ \
	X(ROUTE, route)		/* a routing decision, input, output or again (ip_route_me_harder) */ \
	X(CT, ct)		/* conntrack: looked up, new, invalid, untracked, confirmed, refreshed, gone */ \
	X(NAT, nat)		/* a mapping was set up for a connection (nf_nat_setup_info) */ \
	X(NEIGH, neigh)		/* neighbour entry changes its state */ \
	X(FRAG, frag)		/* fragment queued, datagram complete, or cut in pieces */ \
	X(DELIVER, deliver)	/* handed to a local endpoint */ \
	X(ICMP, icmp)		/* the host makes an ICMP error, or is kept from it (rate limit, ...) */ \
	X(LOG, log)		/* a kernel log line: LOG target, martian source, ... */ \
	X(LIMIT, limit)		/* a limiter decided: limit, hashlimit, connlimit, recent, quota */ \
	X(DROP, drop)		/* the end of a packet, with reason and place */ \
	X(ERRNO, err)		/* a local sender got an error back */ \
	X(COUNTER, counter)	/* snapshot: counters of one rule or policy, on request of a view */ \
	X(CT_ENTRY, ct_entry)	/* snapshot: one conntrack entry */ \
	X(STATE, state)		/* snapshot: a line of an extension's table (recent, hashlimit, ipset) */ \
	X(COMMAND, command)	/* a command line was run amid the traffic */ \
	X(END, end)		/* the run is over */

enum event_type {
#define X(name, member) EV_##name,
	EVENT_TYPES(X)
#undef X
	NR_EVENTS
};

enum inject_kind { INJECT_FRAME, INJECT_REPLY, INJECT_LOCAL, INJECT_LISTEN, INJECT_CONNECT, INJECT_SKIP, INJECT_COMMAND };
#define VERDICT_UNKNOWN 255u	/* of EV_POLICY, EV_VERDICT: it hangs on an extension that is not emulated */
enum ct_event { CT_EV_FOUND, CT_EV_NEW, CT_EV_INVALID, CT_EV_UNTRACKED, CT_EV_CONFIRMED, CT_EV_STATE, CT_EV_DESTROY, CT_EV_EXPECT, CT_EV_CLASH };

struct event {
	enum event_type type;
	uint64_t seq;			/* set by trace_emit */
	uint64_t t;			/* ns, set by trace_emit */
	const struct host *host;
	const struct packet *pkt;	/* the packet it is about, or NULL */
	union {
		struct { uint64_t index; enum inject_kind kind; const struct net_device *dev; const char *source; const char *skipped; uint64_t orig_time; uint64_t source_nr; } inject;
		struct { uint64_t index; } settled;
		struct { const struct net_device *dev; } dev;
		struct { const struct net_device *dev; const uint8_t *question; uint32_t question_len; const uint8_t *frame; uint32_t len; } answer;
		struct { uint8_t hook, family; const struct net_device *in, *out; } hook;
		struct { const struct table *table; const struct chain *chain, *from; enum { CHAIN_BASE, CHAIN_JUMP, CHAIN_GOTO, CHAIN_RETURN } how; } chain;
		struct { const struct table *table; const struct chain *chain; const struct rule *rule; bool matched; int failed_at; /* -1 = the ip part, else match number */ const char *verdict; /* also "UNKNOWN", not matched: it hangs on match failed_at */ const struct net_device *in, *out; uint32_t bytes; uint8_t hook; } rule;
		struct { const struct table *table; const struct chain *chain; uint8_t verdict; uint32_t bytes; uint8_t hook; } policy;
		struct { const struct table *table; uint8_t hook; uint8_t verdict; } verdict;
		struct { const char *field, *from, *to; const char *by; const struct rule *rule; } change;
		struct { enum { ROUTE_IN, ROUTE_OUT, ROUTE_HARDER } how; uint8_t family; union inet_addr src, dst; uint8_t tos, proto; uint32_t mark; const struct net_device *iif, *oif; int error; enum drop_reason reason; const struct dst *result; uint32_t rule_pref, table; union inet_addr prefix; uint8_t plen; } route;
		struct { enum ct_event what; const struct conn *ct; const char *why; } ct;
		struct { const struct conn *ct; uint8_t manip; /* 0 = source, 1 = destination */ bool null_binding; const struct rule *rule; } nat;
		struct { const struct net_device *dev; uint8_t family; union inet_addr addr; const char *from, *to; } neigh;
		struct { enum { FRAG_QUEUED, FRAG_COMPLETE, FRAG_CUT, FRAG_TIMEOUT } what; uint32_t count; } frag;
		struct { const struct sock *sk; const char *what; } deliver;
		struct { uint8_t type, code; uint32_t info; const char *kept; /* why it was not sent, NULL = sent */ } icmp;
		struct { uint8_t level; const char *text; const struct rule *rule; } log;
		struct { const struct rule *rule; const char *ext; bool over; const char *key; uint64_t have, cost; uint64_t refill; /* ns until one more passes */ } limit;
		struct { enum drop_reason reason; const char *where; const struct rule *rule; } drop;
		struct { int err; } err;
		struct { const struct table *table; const struct chain *chain; const struct rule *rule; /* NULL = policy */ uint64_t packets, bytes; } counter;
		struct { const struct conn *ct; } ct_entry;
		struct { const char *kind, *name, *line; } state;
		struct { const char *text; /* "$ iptables -F", then what it printed, then "[status]" when that is not 0; lines */ int status; } command;
		struct { uint64_t events; bool storm; /* the last of them was a storm */ bool stopped; /* by who runs it */ } end;
	} u;
};
#endif
