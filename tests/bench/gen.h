/* SPDX-License-Identifier: MIT */
/* gen.h - made-up traffic for yardsticks and for tests of long runs: UDP through a router, eth0 to eth1. */
#ifndef TESTS_BENCH_GEN_H
#define TESTS_BENCH_GEN_H
#include "sim/base/diag.h"
#include "sim/world/replay.h"
#include "rules/rules.h"
#include <stdio.h>
#include <stdlib.h>

#define GEN_FRAME 64u

enum gen_kind {
	GEN_SAME,	/* one flow, one way */
	GEN_FLOWS,	/* GEN_NR_FLOWS flows, one way */
	GEN_ANSWERS,	/* their other way, to the client's address */
	GEN_NAT_ANSWERS, /* ... to the router's outer address */
	GEN_NEW		/* every packet another flow */
};

#define GEN_NR_FLOWS 10000u

static inline uint16_t gen_ip_checksum(const uint8_t *ip)
{
	uint32_t sum = 0;

	for (int i = 0; i < 20; i += 2)
		sum += get_be16(ip + i);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

/* A packet of one of many flows. Ports are unique among 60,000, so that MASQUERADE keeps them. masked: the answer to the
 * router's outer address. */
static inline void gen_udp(uint8_t f[GEN_FRAME], bool back, bool masked, uint32_t flow, uint32_t id)
{
	uint32_t client = 0x0a000000 | (2 + (flow / 60000) * 256 + flow % 250), port = 2000 + flow % 60000;
	uint32_t server = 0x0a010002;

	if (masked)
		client = 0x0a010001;
	memset(f, 0, GEN_FRAME);
	f[0] = 2, f[5] = back ? 2 : 1;
	f[6] = 2, f[7] = 0xaa, f[11] = 9;
	f[12] = 8;
	f[14] = 0x45, f[17] = GEN_FRAME - 14, f[22] = 64, f[23] = 17;
	put_be16(f + 18, id & 0xffff);
	put_be32(f + 26, back ? server : client);
	put_be32(f + 30, back ? client : server);
	put_be16(f + 24, gen_ip_checksum(f + 14));
	put_be16(f + 34, back ? 53 : port);
	put_be16(f + 36, back ? port : 53);
	put_be16(f + 38, GEN_FRAME - 34);	/* no UDP checksum */
}

/* Packet number i. */
static inline void gen_frame(uint8_t f[GEN_FRAME], enum gen_kind kind, uint32_t i)
{
	uint32_t flow = kind == GEN_SAME ? 0 : kind == GEN_NEW ? i : i % GEN_NR_FLOWS;

	gen_udp(f, kind == GEN_ANSWERS || kind == GEN_NAT_ANSWERS, kind == GEN_NAT_ANSWERS, flow, i);
}

/* A pcap being written: put a frame into f, then write it. */
struct gen_pcap_file {
	FILE *out;
	uint32_t sec, usec, caplen, len;
	uint8_t f[GEN_FRAME];
};

static inline bool gen_pcap_begin(struct gen_pcap_file *p, FILE *out)
{
	static const uint32_t head[6] = { 0xa1b2c3d4, 4u << 16 | 2, 0, 0, 65535, 1 };

	p->out = out;
	p->caplen = p->len = GEN_FRAME;
	return out && fwrite(head, sizeof(head), 1, out) == 1;
}

static inline void gen_pcap_frame(struct gen_pcap_file *p, uint64_t usec)
{
	p->sec = (uint32_t)(1000000 + usec / 1000000);
	p->usec = (uint32_t)(usec % 1000000);
	fwrite(&p->sec, 16 + GEN_FRAME, 1, p->out);
}

static inline bool gen_pcap_end(struct gen_pcap_file *p)
{
	return fflush(p->out) == 0 && !ferror(p->out);
}

/* A pcap of n packets, two microseconds apart, the first at "first" µs. */
static inline bool gen_pcap(FILE *out, enum gen_kind kind, uint32_t n, uint32_t first)
{
	struct gen_pcap_file p;

	if (!gen_pcap_begin(&p, out))
		return false;
	for (uint32_t i = 0; i < n; i++) {
		gen_frame(p.f, kind, i);
		gen_pcap_frame(&p, first + 2 * (uint64_t)i);
	}
	return gen_pcap_end(&p);
}

struct gen_host {
	struct arena *a;
	struct diag d;
	struct world *w;
	struct host *h;
};

static inline void gen_must(struct gen_host *g, bool ok)
{
	struct strbuf sb = { 0 };

	if (ok)
		return;
	diag_render(&g->d, &sb);
	fputs(sb_str(&sb), stderr);
	exit(2);
}

/* A router between 10.0.0.0/16 on eth0 and 10.1.0.0/16 on eth1; rules may be NULL. */
static inline void gen_host(struct gen_host *g, const char *rules)
{
	static const char batch[] = "addr add 10.0.0.1/16 dev eth0\naddr add 10.1.0.1/16 dev eth1\n";
	static const char sysctl[] = "net.ipv4.ip_forward=1\nnet.netfilter.nf_conntrack_max=4000000\n";
	struct rules_options opt = { .family = NFPROTO_IPV4 };
	struct ruleset *rs;

	*g = (struct gen_host){ .a = arena_create() };
	diag_init(&g->d, g->a);
	g->w = world_create(1);
	g->h = world_host(g->w, "router");
	for (uint8_t k = 0; k < 2; k++) {
		struct net_device *dev = dev_add(g->h, k ? "eth1" : "eth0", DEV_PHYS);

		dev_set_mac(dev, (const uint8_t[]){ 2, 0, 0, 0, 0, (uint8_t)(k + 1) });
		dev_set_up(dev, true);
	}
	if (rules) {
		rs = ruleset_load(g->h->arena, source_text(g->a, "rules", rules, strlen(rules)), &opt, &g->d);
		gen_must(g, rs && ruleset_install(rs, g->h, &g->d));
	}
	gen_must(g, sysctl_load(g->h, source_text(g->a, "sysctl", sysctl, sizeof(sysctl) - 1), false, &g->d));
	gen_must(g, sysctl_load(g->h, source_text(g->a, "sysctl", sysctl, sizeof(sysctl) - 1), true, &g->d));
	gen_must(g, ipbatch_load(g->h, source_text(g->a, "batch", batch, sizeof(batch) - 1), &g->d));
	outside_create(g->w, g->h);
}

static inline void gen_host_end(struct gen_host *g)
{
	world_destroy(g->w);
	arena_destroy(g->a);
}

#define GEN_STATEFUL "*filter\n:FORWARD DROP\n-A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT\n" \
		     "-A FORWARD -i eth0 -m conntrack --ctstate NEW -j ACCEPT\nCOMMIT\n"
#define GEN_MASQ "*nat\n:POSTROUTING ACCEPT\n-A POSTROUTING -o eth1 -j MASQUERADE\nCOMMIT\n" GEN_STATEFUL
#endif
