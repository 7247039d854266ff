// SPDX-License-Identifier: MIT
/* reject6.c - answers that refuse an IPv6 packet, and copies of one for another gateway
 * (net/ipv6/netfilter/{nf_reject_ipv6,nf_dup_ipv6}.c). */
#include "sim/net/reject.h"
#include "sim/conntrack/conntrack.h"
#include "sim/net/ipv6.h"

/* Where the TCP header of a packet is that may be answered by a reset; 0 = none. */
static uint32_t resettable(struct packet *old, enum nf_hook hook)
{
	uint8_t proto = pkt_nh(old)[IP6_NXT];
	uint16_t frag;
	int off = ip6_skip_exthdr(old, IP6_HLEN, &proto, &frag);
	const uint8_t *th = off > 0 && proto == IPPROTO_TCP ? pkt_at(old, (uint32_t)off, TCP_HLEN) : NULL;

	if (!th || th[TCP_FLAGS] & TH_RST || nf_ip6_checksum(old, hook, (uint32_t)off, IPPROTO_TCP))
		return 0;
	return (uint32_t)off;
}

static void put_tcp(struct packet *p, const struct packet *old, uint32_t off)
{
	const uint8_t *oth = pkt_nh(old) + off;
	uint8_t *th = pkt_put(p, TCP_HLEN);
	uint32_t came = pkt_len(old) - off - tcp_hlen(oth);

	memset(th, 0, TCP_HLEN);
	memcpy(th + TCP_SPORT, oth + TCP_DPORT, 2);
	memcpy(th + TCP_DPORT, oth + TCP_SPORT, 2);
	th[TCP_OFF] = (TCP_HLEN / 4) << 4;
	th[TCP_FLAGS] = TH_RST;
	if (oth[TCP_FLAGS] & TH_ACK) {
		memcpy(th + TCP_SEQ, oth + TCP_ACK, 4);
		return;
	}
	came += !!(oth[TCP_FLAGS] & TH_SYN) + !!(oth[TCP_FLAGS] & TH_FIN);
	put_be32(th + TCP_ACK, get_be32(oth + TCP_SEQ) + came);
	th[TCP_FLAGS] |= TH_ACK;
}

/* A bridged packet is answered where it came from, by the addresses of its frame and past all hooks. */
static void send_by_port(struct packet *p, const struct packet *old)
{
	const uint8_t *eth = pkt_has_mac(old) ? pkt_mac(old) : old->nf_bridge.eth;

	eth_header(p, old->physin, eth + ETH_ALEN, eth, ETH_P_IPV6);
	dev_tx(old->physin, p);
}

void nf_send_reset6(struct host *h, struct packet *old, enum nf_hook hook)
{
	uint32_t off = resettable(old, hook);
	const uint8_t *ip = pkt_nh(old);
	struct flowi6 fl = { .saddr = ip6_daddr(ip), .daddr = ip6_saddr(ip), .proto = IPPROTO_TCP,
			     .mark = h->sysctl.ip6_fwmark_reflect ? old->mark : 0 };
	struct ip6_build b = { .saddr = fl.saddr, .daddr = fl.daddr, .nexthdr = IPPROTO_TCP };
	struct packet *p;
	uint8_t *th;
	be16 sum;
	struct dst dst;

	if (!off || !(ipv6_addr_type(&fl.saddr) & IPV6_ADDR_UNICAST) || !(ipv6_addr_type(&fl.daddr) & IPV6_ADDR_UNICAST))
		return;
	fl.sport = load_be16(ip + off + TCP_DPORT);
	fl.dport = load_be16(ip + off + TCP_SPORT);
	if (ip6_route_output(h, &fl, &dst))
		return;
	p = pkt_alloc(h->pool, TCP_HLEN);
	p->parent = old->id;
	p->tstamp = h->clock->now;
	p->ip_summed = CHECKSUM_UNNECESSARY;
	p->csum_partial = true;
	p->mark = fl.mark;
	p->dst = dst;
	put_tcp(p, old, off);
	b.hlim = ip6_dst_hoplimit(&dst);
	ip6_build_header(p, &b);
	th = pkt_th(p);
	sum = csum_fold(csum_partial(th, TCP_HLEN, csum_pseudo6(b.saddr.ip6, b.daddr.ip6, IPPROTO_TCP, TCP_HLEN)));
	memcpy(th + TCP_CSUM, &sum, sizeof(sum));
	nf_ct_attach(p, old);
	nf_ct_set_closing(h, old->ct);
	if (old->nf_bridge.on)
		send_by_port(p, old);
	else
		ip6_local_out(h, p);
}

static bool checksum_ok(struct packet *p, enum nf_hook hook)
{
	uint8_t proto = pkt_nh(p)[IP6_NXT];
	uint16_t frag;
	int off = ip6_skip_exthdr(p, IP6_HLEN, &proto, &frag);

	if (p->csum_valid)
		return true;
	if (off < 0 || (uint32_t)off >= pkt_len(p) || frag & IP6_OFFSET)
		return false;
	return !nf_reject_verify_csum(p, (uint32_t)off, proto) || !nf_ip6_checksum(p, hook, (uint32_t)off, proto);
}

void nf_send_unreach6(struct host *h, struct packet *old, int code, enum nf_hook hook)
{
	struct net_device *dev = old->dev;

	if (!checksum_ok(old, hook))
		return;
	if (!dev)
		old->dev = h->lo;
	icmpv6_send(old, ICMPV6_DEST_UNREACH, code, 0);
	old->dev = dev;
}

/* ---- TEE ---- */

static bool route_copy(struct host *h, struct packet *p, const union inet_addr *gw, int oif)
{
	struct flowi6 fl = { .daddr = *gw, .oif = oif, .uid = UINT32_MAX };
	struct dst dst;

	if (ip6_route_output(h, &fl, &dst))
		return false;
	/* The packet's own destination is elsewhere: the gateway is the next hop even when on link. */
	if (!dst.has_gw) {
		dst.has_gw = true;
		dst.gw = *gw;
	}
	p->dst = dst;
	p->dev = dst.dev;
	p->protocol = ETH_P_IPV6;
	return true;
}

void nf_dup_ipv6(struct host *h, const struct packet *p, enum nf_hook hook, const union inet_addr *gw, int oif)
{
	struct packet *copy;

	if (h->in_nf_duplicate)
		return;
	copy = pkt_copy(h->pool, p);
	ct_set_untracked(copy);
	copy->mac = copy->nh;
	copy->in_dev = NULL;
	copy->local = true;
	copy->from_raw = false;
	pkt_orphan(copy);
	if (hook == NF_INET_PRE_ROUTING || hook == NF_INET_LOCAL_IN)
		pkt_nh(copy)[IP6_HLIM]--;
	if (!route_copy(h, copy, gw, oif)) {
		pkt_free(copy);
		return;
	}
	h->in_nf_duplicate = true;
	ip6_local_out(h, copy);
	h->in_nf_duplicate = false;
}
