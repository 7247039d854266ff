/* SPDX-License-Identifier: MIT */
/* small_world.h - a world of few addresses, ports, protocols, interfaces and marks: rules are drawn over it, and each of its
 * packets is run through the real table. */
#ifndef TESTS_SMALL_WORLD_H
#define TESTS_SMALL_WORLD_H
#include "rules/eval/eval.h"
#include "rules/rules.h"
#include "sim/world/world.h"
#include <stdio.h>
#include <stdlib.h>

static const char *const addrs[] = { "10.0.0.1", "10.0.0.2", "10.0.1.1", "192.168.0.9" };
static const char *const nets[] = { "10.0.0.1/32", "10.0.0.0/24", "10.0.0.0/16", "10.0.1.1/32", "192.168.0.0/16", "0.0.0.0/1" };
static const char *const ports[] = { "1", "22", "23", "80" };
static const char *const port_words[] = { "22", "80", "22:23", "1:80", "24:65535" };
static const char *const ifaces[] = { "eth0", "eth1", "ens1" };
static const char *const iface_words[] = { "eth0", "eth1", "eth+", "ens1" };
static const char *const protos[] = { "tcp", "udp", "icmp" };

#define PICK(rng, list) (list)[rng_below(rng, ARRAY_SIZE(list))]

static const char *bang(struct rng *g)
{
	return rng_below(g, 5) ? "" : "! ";
}

static void draw_rule(struct rng *g, const char *chain, unsigned nr_chains, struct strbuf *out)
{
	const char *proto = rng_below(g, 3) ? PICK(g, protos) : NULL;

	sb_printf(out, "-A %s", chain);
	if (!rng_below(g, 2))
		sb_printf(out, " %s-s %s", bang(g), PICK(g, nets));
	if (!rng_below(g, 3))
		sb_printf(out, " %s-d %s", bang(g), PICK(g, nets));
	if (!rng_below(g, 4))
		sb_printf(out, " %s-i %s", bang(g), PICK(g, iface_words));
	if (proto)
		sb_printf(out, " -p %s", proto);
	if (proto && *proto != 'i' && rng_below(g, 2))
		sb_printf(out, " -m %s %s--dport %s", proto, bang(g), PICK(g, port_words));
	else if (proto && *proto != 'i' && !rng_below(g, 3))
		sb_printf(out, " -m multiport %s--%s 22,80", bang(g), rng_below(g, 2) ? "dports" : "ports");
	else if (proto && *proto == 'i' && rng_below(g, 2))
		sb_printf(out, " -m icmp --icmp-type %s", rng_below(g, 2) ? "8" : "0");
	if (!rng_below(g, 6))
		sb_printf(out, " -m mark %s--mark 0x%x/0x3", bang(g), rng_below(g, 4));
	if (!rng_below(g, 5))
		sb_printf(out, " -m mac %s--mac-source 02:00:00:00:00:0%u", bang(g), rng_below(g, 4));
	if (!rng_below(g, 6))
		sb_printf(out, " -m length %s--length 28", bang(g));
	switch (rng_below(g, 8)) {
	case 0: case 1: sb_puts(out, " -j ACCEPT\n");	break;
	case 2: case 3: sb_puts(out, " -j DROP\n");	break;
	case 4: sb_puts(out, " -j RETURN\n");		break;
	case 5: sb_puts(out, rng_below(g, 2) ? " -j LOG\n" : "\n");	break;
	default: sb_printf(out, " -%c C%u\n", rng_below(g, 4) ? 'j' : 'g', rng_below(g, nr_chains));
	}
}

/* Chains lead only to later ones: there are no loops. */
static inline void draw_rules(struct rng *g, unsigned max_rules, struct strbuf *out)
{
	unsigned n = 1 + rng_below(g, 3);
	char name[16];

	sb_puts(out, "*filter\n:INPUT ACCEPT [0:0]\n");
	for (unsigned i = 0; i < n; i++)
		sb_printf(out, ":C%u - [0:0]\n", i);
	for (unsigned k = 1 + rng_below(g, max_rules); k; k--)
		draw_rule(g, "INPUT", n, out);
	for (unsigned i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "C%u", i);
		for (unsigned k = rng_below(g, max_rules); k; k--) {
			struct strbuf one = { 0 };
			const char *at;

			draw_rule(g, name, n, &one);
			at = strstr(sb_str(&one), "j C") ? strstr(sb_str(&one), "j C") : strstr(sb_str(&one), "g C");
			if (!at || (unsigned)(at[3] - '0') > i)
				sb_puts(out, sb_str(&one));
			sb_free(&one);
		}
	}
	sb_puts(out, "COMMIT\n");
}

static inline unsigned run_packet(struct host *h, const struct table *t, const char *src, const char *dst, const char *proto, const char *port, const char *dev,
		       uint32_t mark, bool longer)
{
	struct packet *p = pkt_alloc(h->pool, longer ? 48 : 28);
	uint8_t *ip = pkt_put(p, longer ? 48 : 28);
	struct nf_hook_state s = { .hook = NF_INET_LOCAL_IN, .family = NFPROTO_IPV4, .host = h, .in = dev_by_name(h, dev) };
	enum drop_reason reason = DROP_NETFILTER_DROP;
	unsigned verdict;
	be32 a;

	memset(ip, 0, longer ? 48 : 28);
	ip[0] = 0x45;
	put_be16(ip + 2, longer ? 48 : 28);
	ip[8] = 64;
	ip[9] = *proto == 't' ? 6 : *proto == 'u' ? 17 : 1;
	ip4_parse(&a, src);
	memcpy(ip + 12, &a, 4);
	ip4_parse(&a, dst);
	memcpy(ip + 16, &a, 4);
	if (*proto == 'i') {
		ip[20] = atoi(port) == 22 ? 8 : atoi(port) == 23 ? 0 : 3;
	} else {
		put_be16(ip + 20, 1000);
		put_be16(ip + 22, (unsigned)atoi(port));
		if (*proto == 't')
			ip[32] = 0x50;
	}
	p->mac = p->nh - ETH_HLEN;
	memset(pkt_mac(p), 0, ETH_HLEN);
	pkt_mac(p)[6] = 2;
	pkt_mac(p)[11] = (uint8_t)mark;	/* 02:00:00:00:00:0M */
	p->dev = (struct net_device *)s.in;
	p->th = p->nh + 20;
	p->protocol = ETH_P_IP;
	p->mark = mark;
	verdict = table_eval(t->compiled, p, &s, &reason);
	pkt_free(p);
	return verdict;
}

static inline void run_all(struct host *h, const struct table *t)
{
	for (size_t a = 0; a < ARRAY_SIZE(addrs); a++)
		for (size_t b = 0; b < ARRAY_SIZE(addrs); b++)
			for (size_t pr = 0; pr < ARRAY_SIZE(protos); pr++)
				for (size_t po = 0; po < ARRAY_SIZE(ports); po++)
					for (size_t i = 0; i < ARRAY_SIZE(ifaces); i++)
						for (uint32_t m = 0; m < 8; m++)
							run_packet(h, t, addrs[a], addrs[b], protos[pr], ports[po], ifaces[i], m / 2, m % 2 || *protos[pr] == 't');
}
#endif
