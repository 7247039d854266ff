/* SPDX-License-Identifier: MIT */
/* rig.h - a host with eth0 10.0.0.1/24 and eth1 10.1.0.1/24 that forwards, and what comes out of it as text. */
#ifndef TESTS_UNIT_NET_RIG_H
#define TESTS_UNIT_NET_RIG_H
#include "sim/base/text.h"
#include "sim/net/neigh.h"
#include "sim/packet/headers.h"
#include "sim/world/world.h"
#include "tests/unit/unit.h"

struct rig {
	struct world *w;
	struct host *h;
	struct net_device *eth[2];
	struct trace_sink sink;
	struct strbuf out;		/* what rig_show wrote */
	/* appends what a test wants to know of a frame that leaves; NULL = nothing */
	void (*show)(struct strbuf *out, const struct net_device *dev, const struct packet *p);
};

#define RIG_PEER "10.0.0.5"		/* on eth0 */
#define RIG_FAR  "10.1.0.2"		/* on eth1 */
#define RIG_SELF "10.0.0.1"

static inline be32 rig_ip(const char *s)
{
	be32 ip = 0;

	ip4_parse(&ip, s);
	return ip;
}

static inline void rig_event(struct trace_sink *s, const struct event *ev)
{
	struct rig *r = container_of(s, struct rig, sink);

	if (ev->type == EV_DROP)
		sb_printf(&r->out, "%sdrop %s", r->out.len ? "; " : "", drop_reason_name(ev->u.drop.reason));
	else if (ev->pkt->protocol == ETH_P_IP && r->show) {
		sb_printf(&r->out, "%s%s ", r->out.len ? "; " : "", ev->u.dev.dev->name);
		r->show(&r->out, ev->u.dev.dev, ev->pkt);
	}
}

static inline void rig_neigh(struct net_device *dev, const char *ip)
{
	static const uint8_t mac[6] = { 2, 0xaa, 0, 0, 0, 9 };

	neigh_add_static(dev, rig_ip(ip), mac, "permanent");
}

static inline void rig_init(struct rig *r, void (*show)(struct strbuf *, const struct net_device *, const struct packet *))
{
	*r = (struct rig){ .w = world_create(1), .show = show };
	r->h = world_host(r->w, "h");
	r->h->sysctl.ip_forward = 1;
	r->h->conf_all.forwarding = r->h->conf_default.forwarding = 1;
	r->h->sysctl.icmp_ratemask = 0;
	for (int i = 0; i < 2; i++) {
		struct in_ifaddr ifa = { .prefixlen = 24, .mask = htonl(0xffffff00) };

		ifa.local = ifa.address = htonl(0x0a000001u | (uint32_t)i << 16);
		ifa.broadcast = ifa.local | htonl(0xff);
		r->eth[i] = dev_add(r->h, i ? "eth1" : "eth0", DEV_PHYS);
		r->eth[i]->conf.forwarding = 1;
		dev_set_up(r->eth[i], true);
		inet_addr_add(r->eth[i], &ifa);
	}
	rig_neigh(r->eth[0], RIG_PEER);
	rig_neigh(r->eth[0], "10.0.0.8");
	rig_neigh(r->eth[0], "10.0.0.9");
	rig_neigh(r->eth[1], RIG_FAR);
	rig_neigh(r->eth[1], "10.1.0.3");
	r->sink = (struct trace_sink){ .mask = EV_BIT(EV_TX) | EV_BIT(EV_DROP), .event = rig_event };
	trace_add(&r->w->trace, &r->sink);
}

static inline void rig_done(struct rig *r, const char *name)
{
	for (unsigned i = 0; i < r->w->nr_hosts; i++)
		host_destroy(r->w->host[i]);
	r->w->nr_hosts = 0;
	CHECK(name, pkt_pool_live(r->w->pool) == 0);
	world_destroy(r->w);
	sb_free(&r->out);
}

struct rig_ip {
	const char *src, *dst;
	unsigned proto, tos, ttl, id, frag_off;	/* frag_off with its flags; ttl 0 = 64 */
	const uint8_t *opts; unsigned optlen;	/* padded to 4 */
	const uint8_t *data; unsigned len;
};

/* An IP packet in a frame for dev, with a right header checksum. */
static inline struct packet *rig_packet(struct rig *r, const struct net_device *dev, const struct rig_ip *f)
{
	unsigned opt = (f->optlen + 3) & ~3u, hlen = IP_HLEN + opt;
	struct packet *p = pkt_alloc(r->w->pool, hlen + f->len);
	uint8_t *ip = pkt_put(p, hlen + f->len);
	be32 src = rig_ip(f->src), dst = rig_ip(f->dst);

	memset(ip, 0, hlen);
	ip[0] = (uint8_t)(0x40 | hlen / 4);
	ip[IP4_TOS] = (uint8_t)f->tos;
	put_be16(ip + IP4_TOTLEN, hlen + f->len);
	put_be16(ip + IP4_ID, f->id);
	put_be16(ip + IP4_FRAGOFF, f->frag_off);
	ip[IP4_TTL] = f->ttl ? (uint8_t)f->ttl : 64;
	ip[IP4_PROTO] = (uint8_t)f->proto;
	memcpy(ip + IP4_SRC, &src, 4);
	memcpy(ip + IP4_DST, &dst, 4);
	if (f->optlen)
		memcpy(ip + IP_HLEN, f->opts, f->optlen);
	if (f->len)
		memcpy(ip + hlen, f->data, f->len);
	ip4_send_check(ip);
	eth_header(p, dev, dev->mac, (const uint8_t *)"\2\252\0\0\0\5", ETH_P_IP);
	return p;
}

static inline void rig_rx(struct rig *r, struct net_device *dev, const struct rig_ip *f)
{
	dev_rx(dev, rig_packet(r, dev, f));
	world_settle(r->w);
}
#endif
