// SPDX-License-Identifier: MIT
/* reject.c - answers that refuse a packet (net/ipv4/netfilter/nf_reject_ipv4.c). */
#include "sim/net/reject.h"
#include "sim/conntrack/conntrack.h"
#include "sim/packet/headers.h"

/* The TCP header of a packet that may be answered by a reset, or NULL. */
static const uint8_t *resettable(const struct packet *old, enum nf_hook hook)
{
	const uint8_t *ip = pkt_nh(old), *th = pkt_at(old, ip4_hlen(ip), TCP_HLEN);

	if (ip4_fragoff(ip) || ip[IP4_PROTO] != IPPROTO_TCP || !th || (th[TCP_FLAGS] & TH_RST) ||
	    nf_ip_checksum(old, hook, ip4_hlen(ip), IPPROTO_TCP))
		return NULL;
	return th;
}

static struct packet *answer_alloc(struct host *h, const struct packet *old)
{
	struct packet *p = pkt_alloc(h->pool, IP_HLEN + TCP_HLEN);

	pkt_put(p, IP_HLEN + TCP_HLEN);
	memset(pkt_nh(p), 0, IP_HLEN + TCP_HLEN);
	p->th = p->nh + IP_HLEN;
	p->parent = old->id;
	p->tstamp = h->clock->now;
	p->protocol = ETH_P_IP;
	p->ip_summed = CHECKSUM_UNNECESSARY;
	p->csum_partial = true;
	p->local = true;
	p->mark = h->sysctl.fwmark_reflect ? old->mark : 0;
	p->dst = old->dst;
	return p;
}

static void put_ip(const struct host *h, struct packet *p, const uint8_t *old_ip)
{
	uint8_t *ip = pkt_nh(p);

	ip[0] = 0x45;
	put_be16(ip + IP4_TOTLEN, pkt_len(p));
	put_be16(ip + IP4_FRAGOFF, IP_DF);
	ip[IP4_TTL] = ip4_dst_hoplimit(h, &p->dst);
	ip[IP4_PROTO] = IPPROTO_TCP;
	memcpy(ip + IP4_SRC, old_ip + IP4_DST, 4);
	memcpy(ip + IP4_DST, old_ip + IP4_SRC, 4);
	ip4_send_check(ip);
}

/* RFC 9293, 3.5.2: takes its number from the ACK, or acknowledges all that came. */
static void put_tcp(struct packet *p, const struct packet *old, const uint8_t *oth)
{
	uint8_t *ip = pkt_nh(p), *th = pkt_th(p);
	uint32_t came = pkt_len(old) - ip4_hlen(pkt_nh(old)) - tcp_hlen(oth);
	be16 sum;

	memcpy(th + TCP_SPORT, oth + TCP_DPORT, 2);
	memcpy(th + TCP_DPORT, oth + TCP_SPORT, 2);
	th[TCP_OFF] = (TCP_HLEN / 4) << 4;
	th[TCP_FLAGS] = TH_RST;
	if (oth[TCP_FLAGS] & TH_ACK) {
		memcpy(th + TCP_SEQ, oth + TCP_ACK, 4);
	} else {
		came += !!(oth[TCP_FLAGS] & TH_SYN) + !!(oth[TCP_FLAGS] & TH_FIN);
		put_be32(th + TCP_ACK, get_be32(oth + TCP_SEQ) + came);
		th[TCP_FLAGS] |= TH_ACK;
	}
	sum = csum_fold(csum_partial(th, TCP_HLEN, csum_pseudo4(ip4_saddr(ip), ip4_daddr(ip), IPPROTO_TCP, TCP_HLEN)));
	memcpy(th + TCP_CSUM, &sum, sizeof(sum));
}

/* The other end will hear of the reset, or may not: the flow ends soon either way. */
void nf_ct_set_closing(struct host *h, struct conn *ct)
{
	bool closed = ct && ct->proto.tcp.state == TCP_CONNTRACK_CLOSE;

	if (!ct || ct_protonum(ct) != IPPROTO_TCP || !ct_confirmed(ct))
		return;
	ct->proto.tcp.state = TCP_CONNTRACK_CLOSE;
	if (closed || (ct->status & IPS_FIXED_TIMEOUT))
		return;
	ct->timeout = host_jiffies(h) + (uint64_t)HZ * (ct->timeouts ? ct->timeouts[TCP_CONNTRACK_CLOSE]
								     : (uint32_t)h->sysctl.ct_tcp_close);
}

/* A bridged packet is answered where it came from, by the addresses of its frame and past all hooks. */
static void send_by_port(struct packet *p, const struct packet *old)
{
	const uint8_t *eth = pkt_has_mac(old) ? pkt_mac(old) : old->nf_bridge.eth;

	put_be16(pkt_nh(p) + IP4_TOTLEN, pkt_len(p));
	ip4_send_check(pkt_nh(p));
	eth_header(p, old->physin, eth + ETH_ALEN, eth, ETH_P_IP);
	dev_tx(old->physin, p);
}

void nf_send_reset(struct host *h, struct packet *old, enum nf_hook hook)
{
	const uint8_t *oth = resettable(old, hook);
	struct packet *p;

	if (!oth || !old->dst.set || (old->dst.flags & (RTCF_BROADCAST | RTCF_MULTICAST)))
		return;
	p = answer_alloc(h, old);
	put_ip(h, p, pkt_nh(old));
	put_tcp(p, old, oth);
	if (ip_route_me_harder(h, p, RTN_UNSPEC) || pkt_len(p) > dst_mtu(&p->dst)) {
		pkt_free(p);
		return;
	}
	nf_ct_attach(p, old);
	nf_ct_set_closing(h, old->ct);
	if (old->nf_bridge.on)
		send_by_port(p, old);
	else
		ip_local_out(h, p);
}

/* Protocols whose checksum is optional, partial or another kind are answered unchecked. */
bool nf_reject_verify_csum(const struct packet *p, uint32_t off, uint8_t proto)
{
	const uint8_t *th;

	switch (proto) {
	case IPPROTO_UDP:
		th = pkt_at(p, off, UDP_HLEN);
		return !th || load_be16(th + UDP_CSUM);
	case IPPROTO_GRE:
	case IPPROTO_AH:
	case IPPROTO_ESP:
	case IPPROTO_SCTP:
	case IPPROTO_UDPLITE:
		return false;
	default:
		return true;
	}
}

void nf_send_unreach(struct host *h UNUSED, struct packet *old, int code, enum nf_hook hook)
{
	const uint8_t *ip = pkt_nh(old);
	uint32_t off = ip4_hlen(ip);

	if (ip4_fragoff(ip))
		return;
	if (!old->csum_valid && nf_reject_verify_csum(old, off, ip[IP4_PROTO]) && nf_ip_checksum(old, hook, off, ip[IP4_PROTO]))
		return;
	icmp_send(old, ICMP_DEST_UNREACH, code, 0);
}
