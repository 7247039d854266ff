/* SPDX-License-Identifier: MIT */
/* host.h - what one host holds. */
#ifndef SIM_NET_HOST_H
#define SIM_NET_HOST_H
#include "sim/base/arena.h"
#include "sim/base/evq.h"
#include "sim/base/rng.h"
#include "sim/net/device.h"
#include "sim/net/sysctl.h"
#include "sim/trace/trace.h"

struct nf_hooks;	/* sim/hook */
struct ct_table;	/* sim/conntrack */
struct nat_state;	/* sim/nat */
struct fib_state;	/* fib.c */
struct fib6_state;	/* fib6.c */
struct frag6_state;	/* ip6_fragment.c */
struct neigh_table;	/* neigh.c */
struct frag_state;	/* ip_fragment.c */
struct icmp_state;	/* icmp.c: rate limits, peers */
struct sock_table;	/* sock.c */
struct xt_state;	/* rules: the loaded tables of this host */
struct ipsets;		/* sim/ipset */
struct rule;		/* rules/model */
struct xt_named;	/* rules/ext/named.c: tables that extensions share by name */

struct host {
	const char *name;
	struct arena *arena;		/* everything that lives as long as the host */
	struct evq *clock;		/* the world's */
	struct trace *trace;		/* the world's */
	struct pkt_pool *pool;		/* the world's */
	uint64_t seed;
	/* settings */
	struct netns_sysctl sysctl;
	struct ipv4_devconf conf_all, conf_default;
	struct ipv6_devconf conf6_all, conf6_default;
	struct neigh_parms neigh_default, nd_default;
	int sysctl_seen;		/* sysctl.conf has reached devices up to this index; later ones wait */
	/* devices, by ifindex; lo is 1 */
	struct net_device *devs, *lo;
	int next_ifindex;
	/* parts, each made by its *_init(host) */
	struct fib_state *fib;
	struct fib6_state *fib6;
	struct frag6_state *frags6;
	struct neigh_table *arp_tbl, *nd_tbl;
	struct frag_state *frags;
	struct icmp_state *icmp;
	struct sock_table *socks;
	struct nf_hooks *hooks;
	struct ct_table *ct;		/* NULL until a rule needs it */
	struct nat_state *nat;		/* NULL until a nat table is loaded */
	struct synproxy *synproxy;	/* NULL until a rule needs it */
	struct xt_state *xt;
	void (*xt_destroy)(struct host *h);	/* set by whoever sets xt; sim/net does not know rules/ */
	struct xt_named *xt_named;
	struct ipsets *ipsets;
	/* chance, a stream per purpose */
	struct rng rng_nat, rng_statistic, rng_tcp, rng_ip, rng_neigh, rng_misc;
	/* Of a recorded run: how often a rule matched in the event at hand, so that dice fall as they fell there
	 * (like.c). Each event has its own number. NULL = nothing is recorded; false = not of this rule. */
	bool (*recorded_hits)(const struct host *h, const struct rule *r, uint64_t *ret_event, uint64_t *ret_hits);
	void *recorded;
	/* packets that wait for the one on its way to end: loopback, veth, local replies (a FIFO) */
	struct packet *backlog, **backlog_last;
	/* Packets that one outside event caused: past STORM_MAX the host is caught in a loop (a TEE copy to
	 * itself, two answering each other): what it still makes is dropped and the run ends. */
	uint32_t storm_count;
	bool storm;
	/* A local sender's packet on its way down: what it gets back when a hook drops it (net.h's
	 * path functions return nothing: the errno is left here for the sender that waits for it). */
	uint64_t send_id;
	int send_err;
	int drop_err;			/* set by a hook function just before NF_DROP: the errno instead of -EPERM */
	bool unknown;			/* a packet met an extension that is not emulated: what became of it is not known */
	bool in_nf_duplicate;		/* a TEE copy is on its way out: what happens meanwhile is not copied */
	uint64_t boot_real_ns;		/* CLOCK_REALTIME at virtual time 0, ns since 1970 (for -m time, timestamps) */
	int tz_minuteswest;		/* the kernel's time zone, for -m time --kerneltz; 0 = UTC */
};

/* A host with lo and nothing else, its parts initialised. Owner: the caller; host_destroy frees all. */
#define STORM_MAX 100000u

struct host *host_create(const char *name, struct evq *clock, struct trace *trace, struct pkt_pool *pool, uint64_t seed);
void host_destroy(struct host *h);

/* Queues a packet that dev "receives" when the one on its way has ended (netif_rx). Consumes. */
void host_backlog(struct net_device *dev, struct packet *p);
/* Runs queued packets until none is left; called by the world after each event and timer. */
void host_drain(struct host *h);
static inline uint64_t host_jiffies(const struct host *h)
{
	return evq_jiffies(h->clock);
}
#endif
