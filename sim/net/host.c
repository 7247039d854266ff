// SPDX-License-Identifier: MIT
/* host.c - a host from its beginning to its end, and the packets it owes itself. */
#include "sim/net/host.h"
#include "sim/conntrack/conntrack.h"
#include "sim/ipset/ipset.h"
#include "sim/nat/nat.h"
#include "sim/net/ipv6.h"
#include "sim/net/net.h"
#include "sim/net/sock.h"
#include "sim/net/synproxy.h"
#include <stdlib.h>

static void seed_streams(struct host *h)
{
	rng_init(&h->rng_nat, h->seed, h->name, "nat");
	rng_init(&h->rng_statistic, h->seed, h->name, "statistic");
	rng_init(&h->rng_tcp, h->seed, h->name, "tcp");
	rng_init(&h->rng_ip, h->seed, h->name, "ip");
	rng_init(&h->rng_neigh, h->seed, h->name, "neigh");
	rng_init(&h->rng_misc, h->seed, h->name, "misc");
}

struct host *host_create(const char *name, struct evq *clock, struct trace *trace,
			 struct pkt_pool *pool, uint64_t seed)
{
	struct host *h = xcalloc(1, sizeof(*h));

	h->arena = arena_create();
	h->name = arena_strdup(h->arena, name);
	h->clock = clock;
	h->trace = trace;
	h->pool = pool;
	h->seed = seed;
	h->next_ifindex = 1;
	h->backlog_last = &h->backlog;
	seed_streams(h);
	sysctl_defaults(h);
	h->hooks = nf_hooks_create();
	fib_init(h);
	fib6_init(h);
	neigh_init(h);
	frag_init(h);
	frag6_init(h);
	icmp_init(h);
	sock_init(h);
	h->ipsets = ipsets_create(clock, seed, h->name);
	h->lo = dev_add(h, "lo", DEV_LO);
	dev_set_up(h->lo, true);
	return h;
}

static void drop_backlog(struct host *h)
{
	for (struct packet *p = h->backlog, *next; p; p = next) {
		next = p->next;
		pkt_free(p);
	}
	h->backlog = NULL;
	h->backlog_last = &h->backlog;
}

void host_destroy(struct host *h)
{
	if (!h)
		return;
	/* Whatever holds packets goes before the connections they refer to. */
	if (h->xt_destroy)
		h->xt_destroy(h);
	ipsets_destroy(h->ipsets);
	drop_backlog(h);
	sock_destroy(h);
	icmp_destroy(h);
	frag_destroy(h);
	frag6_destroy(h);
	addrconf_destroy(h);
	neigh_destroy(h);
	drop_backlog(h);
	synproxy_destroy(h);
	if (h->nat)
		nat_destroy(h);
	if (h->ct)
		ct_destroy(h);
	for (struct net_device *dev = h->devs; dev; dev = dev->next)
		if (dev->bridge)
			br_destroy(dev);
	fib_destroy(h);
	fib6_destroy(h);
	nf_hooks_destroy(h->hooks);
	arena_destroy(h->arena);
	free(h);
}

void host_backlog(struct net_device *dev, struct packet *p)
{
	struct host *h = dev->host;

	p->dev = dev;
	p->next = NULL;
	if (unlikely(++h->storm_count > STORM_MAX)) {
		h->storm = true;
		pkt_drop(h, p, DROP_FULL_RING, "host_backlog");
		return;
	}
	*h->backlog_last = p;
	h->backlog_last = &p->next;
}

void host_drain(struct host *h)
{
	while (h->backlog) {
		struct packet *p = h->backlog;

		h->backlog = p->next;
		if (!h->backlog)
			h->backlog_last = &h->backlog;
		p->next = NULL;
		if (p->pkt_type == PACKET_LOOPBACK) /* a copy of our own broadcast, without link header */
			p->protocol == ETH_P_IPV6 ? ipv6_rcv(p->dev, p) : ip_rcv(p->dev, p);
		else
			dev_rx(p->dev, p);
	}
}
