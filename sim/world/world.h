/* SPDX-License-Identifier: MIT */
/* world.h - builds hosts and links, and turns the only loop that moves time. */
#ifndef SIM_WORLD_WORLD_H
#define SIM_WORLD_WORLD_H
#include "sim/net/host.h"
#include "sim/net/net.h"
#include "sim/net/sock.h"

struct world {
	struct arena *arena;
	struct evq clock;
	struct trace trace;
	struct pkt_pool *pool;
	uint64_t seed;
	struct host **host; unsigned nr_hosts;
	struct wires *wires;		/* segment.c: between hosts; NULL = there are none */
	bool storm;			/* frames between hosts, or programs, never came to an end */
};

struct world *world_create(uint64_t seed);
void world_destroy(struct world *w);
struct host *world_host(struct world *w, const char *name);	/* makes one */
struct host *world_host_by_name(const struct world *w, const char *name);	/* or NULL */
/* A host caught in a loop, or the wires between: NULL-safe answer to "why did it end?" is the host, or NULL. */
bool world_storm(const struct world *w, const struct host **ret);
/* Runs all that is due up to "until" and leaves the clock there. */
void world_run_until(struct world *w, uint64_t until);
/* Runs what is due next, by "until" at the latest; false when nothing is. */
bool world_step(struct world *w, uint64_t until);
/* Runs what can happen at once: backlogs and the programs behind sockets, until nothing moves. */
void world_settle(struct world *w);

/* ---- a host from its directory (hostdir.c): files of DESIGN.md, in this order: devices, sysctl.conf,
 * ip.batch (or dumps), sysctl.conf's late keys, ipset.save, rules.v4, commands.sh, neighbours.json. */
struct outside;			/* who answers ARP beyond the wires, outside.c */
/* A line of commands.sh that its program refused. */
struct failed_command {
	struct failed_command *next;
	const char *text;		/* its words, joined */
	uint64_t line;			/* of commands.sh, from 1 */
	const char *message, *hint;	/* what the program said, in one line; a way out or NULL */
};
struct host_text { const char *name, *text; size_t len; };	/* a file's content, under its name */
struct host_files {
	const char *dir;
	bool oracle_like;	/* start values of the oracle (BASE_NOISE): rate limits off, no TCP timestamps */
	const char **allow_unknown; unsigned nr_allow_unknown;
	struct strbuf *shown;	/* what the lines of commands.sh print, or NULL */
	struct failed_command **failed;	/* those that failed, in order, appended here; in the host's arena; or NULL */
	struct source *sysctl_conf;	/* what "sysctl -p" in commands.sh reads, or NULL; host_load() sets it */
	unsigned more_devices;	/* eth0..eth(N-1) exist at least */
	/* labs */
	bool v6;		/* it has IPv6, though no file says so */
	const char *name;	/* NULL = the directory's own */
	unsigned number;	/* of the host: ethK is 02:00:00:NN:NN:(K+1) */
	const struct host_text *texts; unsigned nr_texts;	/* looked at before the directory, which may be NULL then */
	const char *const *nics; unsigned nr_nics;	/* physical devices that exist though no file says so */
};
/* NULL: errors in d. Warnings may be in d beside a host. */
struct host *host_load(struct world *w, const struct host_files *f, struct diag *d);
/* A directory of several hosts: hosts/NAME/, topology.txt (labdir.c). */
bool is_lab_dir(const char *dir);
bool lab_load(struct world *w, const struct host_files *f, struct diag *d);
struct outside *outside_create(struct world *w, struct host *h);
/* {"IP" or "ethK:IP" or "*": "MAC" or null}; NULL source = the default answers all. false: errors in d. */
bool outside_load(struct outside *o, struct source *json, struct diag *d);
/* The kernel oracle's outside does not look under VLAN tags: such questions stay without an answer. */
void outside_as_oracle(struct outside *o);

/* The frame that answers one of the host's out of dev: when that asks for an address (ARP, ND) which somebody outside has.
 * Its length, 0 = nobody answers. */
#define OUTSIDE_ANSWER_MAX 96
size_t outside_answer(const struct net_device *dev, const uint8_t *frame, size_t len, uint8_t ret[OUTSIDE_ANSWER_MAX]);

/* ip.batch, dumps, sysctl.conf: each a text into a host. false: errors in d. */
bool ipbatch_load(struct host *h, struct source *src, struct diag *d);
bool ipdump_load(struct host *h, struct source *addr, struct source *route, struct source *rule, struct source *neigh, struct diag *d);
/* commands.sh: lines of iptables, ip, sysctl. What the real programs refuse is a warning. */
bool commands_load(struct host *h, struct source *src, const struct host_files *f, struct diag *d);
/* The same at a moment of the traffic, from off on: what they print is told by EV_COMMAND. */
bool commands_run(struct host *h, struct source *src, size_t off, struct diag *d);
bool sysctl_load(struct host *h, struct source *src, bool late, struct diag *d);
/* The highest K of any ethK in a text, +1. */
unsigned scan_devices(const struct source *src);

/* ---- traffic: a stream of outside events, in order of time (source.c, traffic.c, events.c) ---- */
struct traffic_event {
	uint64_t index;			/* from 0 */
	uint64_t t;			/* ns after the start */
	enum inject_kind kind;
	const char *dev;		/* FRAME, REPLY: where it arrives */
	struct net_device *netdev;	/* that device, when who makes the event has it at hand; else NULL */
	const char *host;		/* labs; NULL = the only one */
	const uint8_t *bytes; uint32_t len;	/* frame, or IP packet of LOCAL; good until the next call */
	uint32_t wire_len;		/* more than len: the capture cut it */
	bool veth;			/* FRAME, REPLY: through a veth pair as the oracle's, which refuses what is longer than the MTU */
	bool ip_only;			/* bytes start at the IP header: Ethernet is made up */
	uint32_t uid, gid, mark; const char *oif;
	struct sock_open sock;		/* LISTEN, CONNECT */
	struct source *commands; size_t commands_off; struct diag *diag;	/* COMMAND: lines as of commands.sh, and who is told */
	const char *source;		/* "a.pcap": for messages */
	uint64_t source_nr;		/* packet or line in it, from 1; 0 = none */
	const char *skipped;		/* SKIP: why */
	uint64_t orig_time;		/* capture's own time, ns since 1970, or 0 */
};
struct traffic {
	/* 1 = *ret is filled, 0 = the end, -1 = bad input (errors queued; what came before stands). It is the same struct in
	 * every call, and keeps what the call before put there. */
	int (*next)(struct traffic *t, struct traffic_event *ret);
	/* Frames that came out for the last event, for replies that are built from them. NULL = not interested. */
	void (*out)(struct traffic *t, const struct net_device *dev, const struct packet *p, bool arp);
	void (*close)(struct traffic *t);
	uint64_t end;			/* ns: how long it lasts beyond its last event, when it is over */
	const struct host *host;	/* whose devices its names are; set by who plays it, NULL = not looked at */
};

/* Each is closed by its close(); sources and d must live as long. */
struct traffic *events_open(struct source *src, struct diag *d);	/* events.jsonl */
/* The events of a recorded kernel run, as injected and when (events[].injected, t_actual); sockets come from the
 * host directory's events.jsonl (NULL = there is none). The run's random choices (hints) go to h at once.
 * NULL: errors in d. */
struct traffic *like_open(struct host *h, struct source *result, struct source *events, struct diag *d);
/* Captures, merged by time (capture.c): each "IFACE=FILE", "-" = standard input; pcap or pcapng, gzip'd or
 * not. any_mac: unicast frames are taken as addressed to the interface they arrive at. */
struct traffic *capture_open(struct host *h, const char *const *in, unsigned n, bool any_mac, struct diag *d);
/* Packets that were left out since the start, each kind with its reason ("sent by the captured host"), as text
 * lines; empty when none. */
void capture_left_out(const struct traffic *t, struct strbuf *out);
/* traffic.txt: PACKET lines and the few words around them (traffic.c). */
struct traffic *traffic_open(struct host *h, struct source *src, struct diag *d);
/* That of a lab: every line names its host. */
struct traffic *traffic_open_lab(const struct world *w, struct source *src, struct diag *d);
#endif
