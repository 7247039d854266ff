// SPDX-License-Identifier: MIT
/* test_nat.c - the choice of a mapping and the rewriting of packets. Addresses chosen from ranges and ports
 * counted from a base are what Linux 6.18 answered to the same connections. */
#include "tests/unit/unit.h"
#include "sim/nat/nat.h"
#include "sim/net/host.h"
#include "sim/packet/headers.h"
#include <stdlib.h>

struct rig {
	struct evq clock;
	struct trace trace;
	struct pkt_pool *pool;
	struct host *h;
};

static enum nf_verdict no_rules(void *priv UNUSED, struct packet *p UNUSED, const struct nf_hook_state *s UNUSED,
				enum drop_reason *reason UNUSED)
{
	return NF_ACCEPT;
}

static void rig_up(struct rig *r)
{
	evq_init(&r->clock, 0);
	trace_init(&r->trace, &r->clock);
	r->pool = pkt_pool_create();
	r->h = host_create("nat", &r->clock, &r->trace, r->pool, 1);
	nat_need(r->h, NFPROTO_IPV4, no_rules, NULL);
}

static void rig_down(const char *row, struct rig *r)
{
	CHECK(row, pkt_pool_live(r->pool) == 0);
	host_destroy(r->h);
	pkt_pool_destroy(r->pool);
	evq_destroy(&r->clock);
}

static be32 addr(const char *s)
{
	be32 a = 0;

	if (!ip4_parse(&a, s))
		abort();
	return a;
}

struct flow { uint8_t proto; const char *src; uint16_t sport; const char *dst; uint16_t dport; uint32_t seq; };

static void put_csum(uint8_t *at, uint32_t sum)
{
	be16 c = csum_fold(sum);

	memcpy(at, &c, 2);
}

/* A first packet with right checksums; TCP: a SYN; ICMP: sport is the id of an echo request. */
static struct packet *make_packet(struct rig *r, const struct flow *f)
{
	uint32_t len = f->proto == IPPROTO_TCP ? TCP_HLEN : 8;
	struct packet *p = pkt_alloc(r->pool, IP_HLEN + len);
	uint8_t *ip = pkt_put(p, IP_HLEN + len), *th = ip + IP_HLEN;
	uint32_t pseudo = csum_pseudo4(addr(f->src), addr(f->dst), f->proto, len);

	memset(ip, 0, IP_HLEN + len);
	p->th = p->nh + IP_HLEN;
	p->protocol = ETH_P_IP;
	ip[0] = 0x45;
	put_be16(ip + IP4_TOTLEN, IP_HLEN + len);
	ip[IP4_TTL] = 64;
	ip[IP4_PROTO] = f->proto;
	memcpy(ip + IP4_SRC, &(be32){ addr(f->src) }, 4);
	memcpy(ip + IP4_DST, &(be32){ addr(f->dst) }, 4);
	ip4_send_check(ip);
	if (f->proto == IPPROTO_ICMP) {
		th[ICMP_TYPE] = ICMP_ECHO;
		put_be16(th + ICMP_ID, f->sport);
		put_csum(th + ICMP_CSUM, csum_partial(th, len, 0));
		return p;
	}
	put_be16(th, f->sport);
	put_be16(th + 2, f->dport);
	if (f->proto == IPPROTO_TCP) {
		put_be32(th + TCP_SEQ, f->seq);
		th[TCP_OFF] = 0x50;
		th[TCP_FLAGS] = TH_SYN;
		put_be16(th + TCP_WIN, 65535);
		put_csum(th + TCP_CSUM, csum_partial(th, len, pseudo));
	} else {
		put_be16(th + UDP_LEN, len);
		put_csum(th + UDP_CSUM, csum_partial(th, len, pseudo));
	}
	return p;
}

/* The packet with its new connection, as it arrives at a nat hook. */
static struct packet *open_flow(struct rig *r, const struct flow *f)
{
	struct nf_hook_state s = { NF_INET_PRE_ROUTING, NFPROTO_IPV4, r->h, NULL, NULL, NULL };
	enum drop_reason reason = DROP_NETFILTER_DROP;
	struct packet *p = make_packet(r, f);

	if (ct_in(NULL, p, &s, &reason) != NF_ACCEPT || !p->ct)
		abort();
	return p;
}

static bool confirm(struct rig *r, struct packet *p)
{
	struct nf_hook_state s = { NF_INET_POST_ROUTING, NFPROTO_IPV4, r->h, NULL, NULL, NULL };
	enum drop_reason reason = DROP_NETFILTER_DROP;
	bool ok = ct_confirm(NULL, p, &s, &reason) == NF_ACCEPT;

	pkt_free(p);
	return ok;
}

static struct nf_nat_range range_of(const char *lo, const char *hi, unsigned flags)
{
	struct nf_nat_range range = { .flags = flags };

	if (lo) {
		range.flags |= NF_NAT_RANGE_MAP_IPS;
		range.min_addr.ip = addr(lo);
		range.max_addr.ip = addr(hi ? hi : lo);
	}
	return range;
}

static struct nf_nat_range ports_of(const char *lo, uint16_t min, uint16_t max, unsigned flags)
{
	struct nf_nat_range range = range_of(lo, NULL, flags | NF_NAT_RANGE_PROTO_SPECIFIED);

	range.min_port = min;
	range.max_port = max;
	return range;
}

/* ---- addresses ---- */

static const struct { const char *name, *src, *dst; bool snat, persistent; const char *want; } addr_rows[] = {
	{ "dnat 1", "203.0.113.1", "192.0.2.1", false, false, "10.0.0.10" },
	{ "dnat 2", "203.0.113.2", "192.0.2.1", false, false, "10.0.0.15" },
	{ "dnat 3", "203.0.113.3", "192.0.2.1", false, false, "10.0.0.13" },
	{ "dnat 4", "203.0.113.4", "192.0.2.1", false, false, "10.0.0.19" },
	{ "dnat 5", "203.0.113.5", "192.0.2.1", false, false, "10.0.0.6" },
	{ "dnat 8", "203.0.113.8", "192.0.2.1", false, false, "10.0.0.11" },
	{ "dnat persistent 1", "203.0.113.1", "192.0.2.1", false, true, "10.0.0.20" },
	{ "dnat persistent 3", "203.0.113.3", "192.0.2.1", false, true, "10.0.0.6" },
	{ "dnat persistent 4", "203.0.113.4", "192.0.2.1", false, true, "10.0.0.12" },
	{ "dnat persistent 7", "203.0.113.7", "192.0.2.1", false, true, "10.0.0.8" },
	{ "snat 3", "10.0.0.3", "203.0.113.0", true, false, "192.0.2.12" },
	{ "snat 6", "10.0.0.6", "203.0.113.0", true, false, "192.0.2.15" },
	{ "snat 4", "10.0.0.4", "203.0.113.1", true, false, "192.0.2.17" },
	{ "snat 2", "10.0.0.2", "203.0.113.2", true, false, "192.0.2.20" },
};

static void test_addresses(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(addr_rows); i++) {
		bool snat = addr_rows[i].snat;
		struct flow f = { IPPROTO_UDP, addr_rows[i].src, 1234, addr_rows[i].dst, 80, 0 };
		struct nf_nat_range range = range_of(snat ? "192.0.2.10" : "10.0.0.5", snat ? "192.0.2.20" : "10.0.0.20",
						     addr_rows[i].persistent ? NF_NAT_RANGE_PERSISTENT : 0);
		struct packet *p;
		struct rig r;

		rig_up(&r);
		p = open_flow(&r, &f);
		CHECK(addr_rows[i].name, nat_setup_info(p->ct, &range, snat ? NF_NAT_MANIP_SRC : NF_NAT_MANIP_DST, NULL) == NF_ACCEPT);
		CHECK(addr_rows[i].name, (snat ? p->ct->tuple[1].dst.u3.ip : p->ct->tuple[1].src.u3.ip) == addr(addr_rows[i].want));
		CHECK(addr_rows[i].name, p->ct->status & (snat ? IPS_SRC_NAT_DONE : IPS_DST_NAT_DONE));
		pkt_free(p);
		rig_down(addr_rows[i].name, &r);
	}
}

/* ---- ports ---- */

static uint16_t mapped_port(struct rig *r, const struct flow *f, const struct nf_nat_range *range,
			    enum nf_nat_manip manip, bool *ret_ok)
{
	struct packet *p = open_flow(r, f);
	uint16_t port;

	nat_setup_info(p->ct, range, manip, NULL);
	port = ntohs(manip == NF_NAT_MANIP_SRC ? p->ct->tuple[1].dst.u.all : p->ct->tuple[1].src.u);
	if (f->proto == IPPROTO_ICMP)
		port = ntohs(p->ct->tuple[1].src.u);
	*ret_ok = confirm(r, p);
	return port;
}

/* Two sources with one port: the second gets one of its class. */
static const struct { const char *name; uint8_t proto; uint16_t port, lo, hi; } class_rows[] = {
	{ "credentials", IPPROTO_TCP, 100, 1, 511 },
	{ "between", IPPROTO_TCP, 520, 600, 1023 },
	{ "privileged", IPPROTO_UDP, 700, 600, 1023 },
	{ "high", IPPROTO_UDP, 5000, 1024, 65535 },
	{ "icmp id", IPPROTO_ICMP, 77, 0, 65535 },
};

static void test_port_classes(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(class_rows); i++) {
		struct flow f = { class_rows[i].proto, "10.0.0.5", class_rows[i].port, "203.0.113.9", 80, 0 };
		struct nf_nat_range range = range_of("192.0.2.1", NULL, 0);
		uint16_t first, second;
		bool ok1, ok2;
		struct rig r;

		rig_up(&r);
		first = mapped_port(&r, &f, &range, NF_NAT_MANIP_SRC, &ok1);
		f.src = "10.0.0.6";
		second = mapped_port(&r, &f, &range, NF_NAT_MANIP_SRC, &ok2);
		CHECK(class_rows[i].name, ok1 && ok2);
		CHECK(class_rows[i].name, first == class_rows[i].port);
		CHECK(class_rows[i].name, second != first && second >= class_rows[i].lo && second <= class_rows[i].hi);
		/* Where its old port would be free it keeps the one it was given. */
		f.dst = "203.0.113.10";
		CHECK(class_rows[i].name, mapped_port(&r, &f, &range, NF_NAT_MANIP_SRC, &ok1) == second);
		rig_down(class_rows[i].name, &r);
	}
}

static void test_ranges(void)
{
	struct flow f = { IPPROTO_TCP, "203.0.113.1", 1234, "192.0.2.1", 1005, 0 };
	struct nf_nat_range shift = ports_of("10.0.0.5", 2000, 2099, NF_NAT_RANGE_PROTO_OFFSET);
	struct nf_nat_range plain = ports_of("10.0.0.5", 2000, 2009, 0), two = ports_of("192.0.2.10", 3000, 3001, 0);
	struct nf_nat_range one = ports_of("192.0.2.10", 4000, 4000, 0);
	bool ok;
	struct rig r;

	rig_up(&r);
	shift.base_port = 1000;
	CHECK("shifted", mapped_port(&r, &f, &shift, NF_NAT_MANIP_DST, &ok) == 2005);
	f.dport = 1100;
	CHECK("destination: from the first", mapped_port(&r, &f, &plain, NF_NAT_MANIP_DST, &ok) == 2000);
	f.dport = 1101;
	CHECK("destination: the next free", mapped_port(&r, &f, &plain, NF_NAT_MANIP_DST, &ok) == 2001);
	f.dport = 2007;
	CHECK("destination: in range, kept", mapped_port(&r, &f, &plain, NF_NAT_MANIP_DST, &ok) == 2007);
	f = (struct flow){ IPPROTO_UDP, "10.0.0.2", 1234, "203.0.113.1", 55, 0 };
	CHECK("source: in range", mapped_port(&r, &f, &two, NF_NAT_MANIP_SRC, &ok) / 2 == 1500 && ok);
	f.src = "10.0.0.3";
	CHECK("source: the other one", mapped_port(&r, &f, &two, NF_NAT_MANIP_SRC, &ok) / 2 == 1500 && ok);
	f.src = "10.0.0.4";
	mapped_port(&r, &f, &two, NF_NAT_MANIP_SRC, &ok);
	CHECK("source: none left, dropped when confirmed", !ok);
	f.dport = 56;
	CHECK("fixed", mapped_port(&r, &f, &one, NF_NAT_MANIP_SRC, &ok) == 4000 && ok);
	f.src = "10.0.0.5";
	CHECK("fixed and taken", mapped_port(&r, &f, &one, NF_NAT_MANIP_SRC, &ok) == 4000 && !ok);
	rig_down("ranges", &r);
}

static void test_hints(void)
{
	struct flow f = { IPPROTO_UDP, "10.0.0.2", 1234, "203.0.113.1", 55, 0 };
	struct nf_nat_range any = range_of("192.0.2.10", NULL, NF_NAT_RANGE_PROTO_RANDOM);
	struct ct_tuple orig;
	bool ok;
	struct rig r;

	rig_up(&r);
	memset(&orig, 0, sizeof(orig));
	orig.l3num = NFPROTO_IPV4;
	orig.dst.protonum = IPPROTO_UDP;
	orig.src.u3.ip = addr(f.src);
	orig.src.u = htons(f.sport);
	orig.dst.u3.ip = addr(f.dst);
	orig.dst.u.all = htons(f.dport);
	nat_hint(r.h, &orig, false, htons(7), 0);
	nat_hint(r.h, &orig, true, htons(44444), 0);
	CHECK("the recorded port", mapped_port(&r, &f, &any, NF_NAT_MANIP_SRC, &ok) == 44444);
	rig_down("hints", &r);
}

/* A connection that is ending gives way to one whose numbers lie ahead, when ports are short. */
static const struct { const char *name; uint8_t state; uint32_t seq; bool ok; } evict_rows[] = {
	{ "time wait, ahead", TCP_CONNTRACK_TIME_WAIT, 5000, true },
	{ "closed, ahead", TCP_CONNTRACK_CLOSE, 5000, true },
	{ "time wait, behind", TCP_CONNTRACK_TIME_WAIT, 500, false },
	{ "alive", TCP_CONNTRACK_ESTABLISHED, 5000, false },
};

static void test_evict(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(evict_rows); i++) {
		struct nf_nat_range two = ports_of("192.0.2.10", 3000, 3001, 0);
		struct flow f = { IPPROTO_TCP, "10.0.0.2", 1234, "203.0.113.1", 80, 1000 };
		struct packet *p;
		bool ok;
		struct rig r;

		rig_up(&r);
		for (int k = 0; k < 2; k++) {
			f.src = k ? "10.0.0.3" : "10.0.0.2";
			p = open_flow(&r, &f);
			nat_setup_info(p->ct, &two, NF_NAT_MANIP_SRC, NULL);
			p->ct->proto.tcp.state = k ? TCP_CONNTRACK_ESTABLISHED : evict_rows[i].state;
			confirm(&r, p);
		}
		f.src = "10.0.0.4";
		f.seq = evict_rows[i].seq;
		mapped_port(&r, &f, &two, NF_NAT_MANIP_SRC, &ok);
		CHECK(evict_rows[i].name, ok == evict_rows[i].ok);
		rig_down(evict_rows[i].name, &r);
	}
}

/* ---- rewriting ---- */

static bool right(const struct packet *p, uint8_t proto)
{
	const uint8_t *ip = pkt_nh(p), *th = ip + IP_HLEN;
	uint32_t len = pkt_len(p) - IP_HLEN, sum = 0;

	if (proto != IPPROTO_ICMP)
		sum = csum_pseudo4(ip4_saddr(ip), ip4_daddr(ip), proto, len);
	return csum_fold(csum_partial(ip, IP_HLEN, 0)) == 0 && csum_fold(csum_partial(th, len, sum)) == 0;
}

static const struct { const char *name; uint8_t proto; enum nf_nat_manip manip; } manip_rows[] = {
	{ "tcp source", IPPROTO_TCP, NF_NAT_MANIP_SRC }, { "tcp destination", IPPROTO_TCP, NF_NAT_MANIP_DST },
	{ "udp source", IPPROTO_UDP, NF_NAT_MANIP_SRC }, { "udp destination", IPPROTO_UDP, NF_NAT_MANIP_DST },
	{ "icmp source", IPPROTO_ICMP, NF_NAT_MANIP_SRC }, { "icmp destination", IPPROTO_ICMP, NF_NAT_MANIP_DST },
};

static struct ct_tuple target_tuple(uint8_t proto)
{
	struct ct_tuple t;

	memset(&t, 0, sizeof(t));
	t.l3num = NFPROTO_IPV4;
	t.dst.protonum = proto;
	t.src.u3.ip = addr("198.51.100.77");
	t.dst.u3.ip = addr("198.51.100.88");
	t.src.u = htons(11111);
	t.dst.u.all = htons(22222);
	return t;
}

static void test_manip(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(manip_rows); i++) {
		bool src = manip_rows[i].manip == NF_NAT_MANIP_SRC;
		struct flow f = { manip_rows[i].proto, "10.0.0.2", 1234, "203.0.113.1", 80, 1 };
		struct ct_tuple t = target_tuple(manip_rows[i].proto);
		struct packet *p;
		struct rig r;

		rig_up(&r);
		p = make_packet(&r, &f);
		CHECK(manip_rows[i].name, right(p, f.proto));
		CHECK(manip_rows[i].name, nat_manip_packet(p, 0, NFPROTO_IPV4, &t, manip_rows[i].manip));
		CHECK(manip_rows[i].name, right(p, f.proto));
		CHECK(manip_rows[i].name, ip4_saddr(pkt_nh(p)) == (src ? t.src.u3.ip : addr(f.src)));
		CHECK(manip_rows[i].name, ip4_daddr(pkt_nh(p)) == (src ? addr(f.dst) : t.dst.u3.ip));
		if (f.proto == IPPROTO_ICMP)
			CHECK(manip_rows[i].name, get_be16(pkt_th(p) + ICMP_ID) == 11111);
		else
			CHECK(manip_rows[i].name, get_be16(pkt_th(p) + (src ? 0 : 2)) == (src ? 11111 : 22222));
		pkt_free(p);
		rig_down(manip_rows[i].name, &r);
	}
}

static void test_manip_short(void)
{
	struct flow f = { IPPROTO_UDP, "10.0.0.2", 1234, "203.0.113.1", 80, 1 };
	struct ct_tuple t = target_tuple(IPPROTO_UDP);
	struct packet *p;
	struct rig r;

	rig_up(&r);
	p = make_packet(&r, &f);
	put_be16(pkt_th(p) + UDP_CSUM, 0);
	CHECK("udp without checksum", nat_manip_packet(p, 0, NFPROTO_IPV4, &t, NF_NAT_MANIP_SRC));
	CHECK("udp without checksum", get_be16(pkt_th(p) + UDP_CSUM) == 0);
	pkt_trim(p, IP_HLEN + 7);
	CHECK("seven bytes of udp", !nat_manip_packet(p, 0, NFPROTO_IPV4, &t, NF_NAT_MANIP_SRC));
	pkt_free(p);
	f.proto = IPPROTO_TCP;
	t.dst.protonum = IPPROTO_TCP;
	p = make_packet(&r, &f);
	pkt_trim(p, IP_HLEN + 8);
	CHECK("eight bytes of tcp", nat_manip_packet(p, 0, NFPROTO_IPV4, &t, NF_NAT_MANIP_SRC));
	CHECK("eight bytes of tcp", get_be16(pkt_th(p)) == 11111);
	pkt_free(p);
	rig_down("short", &r);
}

void suite_nat(void);
void suite_nat(void)
{
	unit_add("addresses of a range", test_addresses);
	unit_add("port classes and the source's memory", test_port_classes);
	unit_add("port ranges", test_ranges);
	unit_add("recorded choices", test_hints);
	unit_add("ending connections give way", test_evict);
	unit_add("rewriting", test_manip);
	unit_add("rewriting short packets", test_manip_short);
}
