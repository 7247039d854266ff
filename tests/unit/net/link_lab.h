/* SPDX-License-Identifier: MIT */
/* link_lab.h - one host, its wires cut and listened to: scripted frames in, one line of text for each frame
 * out, each drop and each change of a neighbour's state. */
#ifndef TESTS_UNIT_NET_LINK_LAB_H
#define TESTS_UNIT_NET_LINK_LAB_H
#include "sim/base/text.h"
#include "sim/net/neigh.h"
#include "sim/net/net.h"
#include "tests/unit/unit.h"

struct link_lab {
	struct trace_sink sink;
	struct evq clock;
	struct trace trace;
	struct pkt_pool *pool;
	struct host *h;
	struct strbuf log;
};

static inline void lab_describe(struct strbuf *log, const char *dev, const struct packet *p)
{
	const uint8_t *eth = pkt_mac(p), *l3 = eth + ETH_HLEN;
	char dst[ADDRSTRLEN], a[ADDRSTRLEN], b[ADDRSTRLEN];
	unsigned type = get_be16(eth + 12);

	sb_printf(log, "%s > %s ", dev, mac_str(dst, eth));
	while (type == ETH_P_8021Q) {
		sb_printf(log, "vlan %u ", get_be16(l3) & 0xfffu);
		type = get_be16(l3 + 2);
		l3 += VLAN_HLEN;
	}
	if (type == ETH_P_ARP)
		sb_printf(log, l3[7] == 1 ? "who-has %s tell %s" : "to %s is-at %s",
			  ip4_str(a, load_be32(l3 + 24)), ip4_str(b, load_be32(l3 + 14)));
	else if (type == ETH_P_IP)
		sb_printf(log, "ip %s > %s proto %u ttl %u", ip4_str(a, ip4_saddr(l3)), ip4_str(b, ip4_daddr(l3)),
			  l3[IP4_PROTO], l3[IP4_TTL]);
	else
		sb_printf(log, "type %04x", type);
	sb_putc(log, '\n');
}

static inline void lab_event(struct trace_sink *s, const struct event *ev)
{
	struct link_lab *lab = container_of(s, struct link_lab, sink);
	char a[ADDRSTRLEN];

	switch (ev->type) {
	case EV_TX:
		lab_describe(&lab->log, ev->u.dev.dev->name, ev->pkt);
		break;
	case EV_DROP:
		sb_printf(&lab->log, "drop %s\n", drop_reason_name(ev->u.drop.reason));
		break;
	case EV_NEIGH:
		sb_printf(&lab->log, "%s %s %s\n", ev->u.neigh.dev->name, ip4_str(a, ev->u.neigh.addr.ip),
			  ev->u.neigh.to);
		break;
	default:
		break;
	}
}

/* eth0 10.0.0.1/24, eth1 10.1.0.1/24, ... up to nr; forwarding on. */
static inline void lab_open(struct link_lab *lab, unsigned nr, uint32_t mask)
{
	memset(lab, 0, sizeof(*lab));
	evq_init(&lab->clock, 1000 * NSEC_PER_SEC);
	trace_init(&lab->trace, &lab->clock);
	lab->sink.mask = mask;
	lab->sink.event = lab_event;
	trace_add(&lab->trace, &lab->sink);
	lab->pool = pkt_pool_create();
	lab->h = host_create("h", &lab->clock, &lab->trace, lab->pool, 1);
	lab->h->sysctl.ip_forward = lab->h->conf_all.forwarding = lab->h->conf_default.forwarding = 1;
	for (unsigned i = 0; i < nr; i++) {
		char name[8] = { 'e', 't', 'h', (char)('0' + i) };
		struct net_device *dev = dev_add(lab->h, name, DEV_PHYS);
		struct in_ifaddr ifa = { .prefixlen = 24 };

		ifa.local = ifa.address = htonl(0x0a000001u + (i << 16));
		ifa.mask = htonl(0xffffff00u);
		ifa.broadcast = htonl(0x0a0000ffu + (i << 16));
		dev_set_up(dev, true);
		inet_addr_add(dev, &ifa);
	}
	sb_clear(&lab->log);
}

/* Answers the number of packets that leaked. */
static inline unsigned lab_close(struct link_lab *lab)
{
	uint64_t live;

	host_destroy(lab->h);
	live = pkt_pool_live(lab->pool);
	pkt_pool_destroy(lab->pool);
	evq_destroy(&lab->clock);
	sb_free(&lab->log);
	return (unsigned)live;
}

static inline struct net_device *lab_dev(struct link_lab *lab, const char *name)
{
	return dev_by_name(lab->h, name);
}

static inline be32 lab_ip(const char *s)
{
	be32 ip = 0;

	ip4_parse(&ip, s);
	return ip;
}

/* What happened since the last look; good until the next. */
static inline const char *lab_log(struct link_lab *lab, struct strbuf *seen)
{
	sb_clear(seen);
	sb_puts(seen, sb_str(&lab->log));
	sb_clear(&lab->log);
	return sb_str(seen);
}

static inline void lab_run(struct link_lab *lab, uint64_t ms)
{
	uint64_t until = lab->clock.now + ms * NSEC_PER_MSEC;

	host_drain(lab->h);
	while (evq_step(&lab->clock, until))
		host_drain(lab->h);
	lab->clock.now = until;
}

static inline void lab_in(struct link_lab *lab, const char *dev, const uint8_t *frame, uint32_t len)
{
	struct packet *p = pkt_alloc(lab->pool, len);

	memcpy(pkt_put(p, len), frame, len);
	p->tstamp = lab->clock.now;
	dev_rx(lab_dev(lab, dev), p);
	host_drain(lab->h);
}

/* Starts a frame; vlan 0 = untagged. Answers where its payload goes. */
static inline uint8_t *lab_eth(uint8_t *f, const char *dst, const char *src, unsigned vlan, unsigned type)
{
	mac_parse(f, dst);
	mac_parse(f + ETH_ALEN, src);
	f += 2 * ETH_ALEN;
	if (vlan) {
		put_be16(f, ETH_P_8021Q);
		put_be16(f + 2, vlan);
		f += VLAN_HLEN;
	}
	put_be16(f, type);
	return f + 2;
}

static inline void lab_arp(struct link_lab *lab, const char *dev, unsigned vlan, const char *dst, int op,
			   const char *sha, const char *sip, const char *tip)
{
	uint8_t f[64] = { 0 }, *arp = lab_eth(f, dst, sha, vlan, ETH_P_ARP);
	be32 s = lab_ip(sip), t = lab_ip(tip);

	put_be16(arp, 1);
	put_be16(arp + 2, ETH_P_IP);
	arp[4] = 6;
	arp[5] = 4;
	put_be16(arp + 6, (unsigned)op);
	mac_parse(arp + 8, sha);
	memcpy(arp + 14, &s, 4);
	if (op == 2)
		mac_parse(arp + 18, dst);
	memcpy(arp + 24, &t, 4);
	lab_in(lab, dev, f, (uint32_t)(arp + 28 - f));
}

static inline void lab_udp(struct link_lab *lab, const char *dev, unsigned vlan, const char *dst, const char *src,
			   const char *saddr, const char *daddr)
{
	uint8_t f[64] = { 0 }, *ip = lab_eth(f, dst, src, vlan, ETH_P_IP);
	be32 s = lab_ip(saddr), d = lab_ip(daddr);

	ip[0] = 0x45;
	put_be16(ip + IP4_TOTLEN, 28);
	ip[IP4_TTL] = 64;
	ip[IP4_PROTO] = 17;
	memcpy(ip + IP4_SRC, &s, 4);
	memcpy(ip + IP4_DST, &d, 4);
	ip4_send_check(ip);
	put_be16(ip + 20, 1000);
	put_be16(ip + 22, 2000);
	put_be16(ip + 24, 8);
	lab_in(lab, dev, f, (uint32_t)(ip + 28 - f));
}

#define BCAST "ff:ff:ff:ff:ff:ff"
#define ETH0 "02:00:00:00:00:01"
#define ETH1 "02:00:00:00:00:02"
#define ETH2 "02:00:00:00:00:03"
#endif
