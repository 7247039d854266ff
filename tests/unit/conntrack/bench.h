/* SPDX-License-Identifier: MIT */
/* bench.h - conntrack alone between two hooks: packets go in at PREROUTING and out at POSTROUTING. */
#ifndef TESTS_UNIT_CT_BENCH_H
#define TESTS_UNIT_CT_BENCH_H
#include "sim/base/text.h"
#include "sim/conntrack/conntrack.h"
#include "sim/packet/headers.h"
#include "sim/world/world.h"
#include "tests/unit/unit.h"

#define CLIENT "10.0.0.5"
#define SERVER "198.51.100.7"

struct bench {
	struct world *w;
	struct host *h;
	struct trace_sink sink;
	char why[200];			/* what conntrack last said, "" = nothing */
	unsigned events[16];		/* by enum ct_event */
	bool keep_unconfirmed;		/* the last hook is not reached */
};

static inline be32 bench_ip(const char *s)
{
	be32 ip = 0;

	ip4_parse(&ip, s);
	return ip;
}

static inline void bench_event(struct trace_sink *s, const struct event *ev)
{
	struct bench *b = container_of(s, struct bench, sink);

	b->events[ev->u.ct.what]++;
	if (ev->u.ct.why)
		snprintf(b->why, sizeof(b->why), "%s", ev->u.ct.why);
}

static inline void bench_init(struct bench *b, bool talk)
{
	*b = (struct bench){ .w = world_create(1) };
	b->h = world_host(b->w, "h");
	b->w->clock.now = 100 * NSEC_PER_SEC;
	b->sink = (struct trace_sink){ .mask = EV_BIT(EV_CT), .event = bench_event };
	if (talk)
		trace_add(&b->w->trace, &b->sink);
	ct_need(b->h, NFPROTO_IPV4);
}

static inline void bench_done(struct bench *b)
{
	CHECK("no packet leaks", pkt_pool_live(b->w->pool) == 0);
	world_destroy(b->w);
}

static inline void bench_sleep(struct bench *b, double seconds)
{
	b->w->clock.now += (uint64_t)(seconds * 1e9);
}

/* An IPv4 packet around a payload. */
static inline struct packet *bench_packet(struct bench *b, be32 src, be32 dst, uint8_t proto, const void *payload, uint32_t len)
{
	struct packet *p = pkt_alloc(b->w->pool, IP_HLEN + len);
	uint8_t *ip = pkt_put(p, IP_HLEN + len);

	memset(ip, 0, IP_HLEN);
	ip[0] = 0x45;
	put_be16(ip + IP4_TOTLEN, IP_HLEN + len);
	ip[IP4_TTL] = 64;
	ip[IP4_PROTO] = proto;
	memcpy(ip + IP4_SRC, &src, 4);
	memcpy(ip + IP4_DST, &dst, 4);
	ip4_send_check(ip);
	if (len)
		memcpy(ip + IP_HLEN, payload, len);
	p->th = p->nh + IP_HLEN;
	p->protocol = ETH_P_IP;
	return p;
}

/* Fills the checksum at "at" of a whole transport segment. */
static inline void bench_checksum(uint8_t *seg, uint32_t len, uint32_t at, be32 src, be32 dst, unsigned proto)
{
	be16 sum;

	memset(seg + at, 0, 2);
	sum = csum_fold(csum_partial(seg, len, proto ? csum_pseudo4(src, dst, proto, len) : 0));
	memcpy(seg + at, &sum, 2);
}

/* How rules would see it: "NEW", "ESTABLISHED", "RELATED", "INVALID", "UNTRACKED", "DROP". (Inlined, gcc 12 believes
 * that it could only be "UNTRACKED".) */
static __attribute__((noinline, unused)) const char *bench_class(enum nf_verdict v, const struct packet *p)
{
	if (v != NF_ACCEPT)
		return "DROP";
	if (!p->ct)
		return p->ctinfo == IP_CT_UNTRACKED ? "UNTRACKED" : "INVALID";
	switch (p->ctinfo) {
	case IP_CT_NEW:
		return "NEW";
	case IP_CT_RELATED:
	case IP_CT_RELATED_REPLY:
		return "RELATED";
	default:
		return "ESTABLISHED";
	}
}

/* Runs it through both hooks and gives it back: the caller frees. */
static inline const char *bench_run(struct bench *b, struct packet *p)
{
	struct nf_hook_state s = { NF_INET_PRE_ROUTING, NFPROTO_IPV4, b->h, NULL, NULL, NULL };
	enum drop_reason reason = DROP_NETFILTER_DROP;
	enum nf_verdict v;
	const char *class;

	b->why[0] = '\0';
	v = ct_in(NULL, p, &s, &reason);
	class = bench_class(v, p);
	s.hook = NF_INET_POST_ROUTING;
	if (v == NF_ACCEPT && !b->keep_unconfirmed && ct_confirm(NULL, p, &s, &reason) != NF_ACCEPT)
		return "DROP";
	return class;
}

static inline const char *bench_feed(struct bench *b, struct packet *p)
{
	const char *class = bench_run(b, p);

	pkt_free(p);
	return class;
}

static inline void bench_first(struct conn *ct, void *arg)
{
	struct conn **ret = arg;

	if (!*ret)
		*ret = ct;
}

/* The oldest connection, or NULL. */
static inline struct conn *bench_conn(struct bench *b)
{
	struct conn *ct = NULL;

	ct_each(b->h, bench_first, &ct);
	return ct;
}
#endif
