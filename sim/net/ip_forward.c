// SPDX-License-Identifier: MIT
/* ip_forward.c - a packet passes through: TTL, size, hook FORWARD (net/ipv4/ip_forward.c). */
#include "sim/net/net.h"
#include "sim/packet/headers.h"

static bool ip_exceeds_mtu(const struct packet *p, uint32_t mtu)
{
	if (likely(pkt_len(p) <= mtu) || !(get_be16(pkt_nh(p) + IP4_FRAGOFF) & IP_DF))
		return false;
	/* Put together from fragments with DF: they must each fit; otherwise the whole must. */
	if (p->frag_max_size > mtu)
		return true;
	return !p->ignore_df;
}

static void ip_decrease_ttl(uint8_t *ip)
{
	be16 from = load_be16(ip + IP4_TTL), to;

	ip[IP4_TTL]--;
	to = load_be16(ip + IP4_TTL);
	csum_replace2(ip + IP4_CSUM, from, to);
}

static void ip_forward_finish(struct packet *p)
{
	if (unlikely(p->opt.optlen))
		ip_forward_options(p);
	dst_output(p->dev->host, p);
}

/* Priority of a packet by its (old) TOS bits, for the queues that we do not have, CLASSIFY and LOG. */
uint8_t rt_tos2priority(uint8_t tos)
{
	enum { BESTEFFORT = 0, BULK = 2, INTERACTIVE_BULK = 4, INTERACTIVE = 6 };
	static const uint8_t prio[16] = { BESTEFFORT,
					  BESTEFFORT,
					  BESTEFFORT,
					  BESTEFFORT,
					  BULK,
					  BULK,
					  BULK,
					  BULK,
					  INTERACTIVE,
					  INTERACTIVE,
					  INTERACTIVE,
					  INTERACTIVE,
					  INTERACTIVE_BULK,
					  INTERACTIVE_BULK,
					  INTERACTIVE_BULK,
					  INTERACTIVE_BULK };

	return prio[(tos & 0x1e) >> 1];
}

void ip_forward(struct packet *p)
{
	struct net_device *in = p->dev;
	struct host *h = in->host;
	uint8_t *ip = pkt_nh(p);
	uint32_t mtu;

	/* A frame to a link-layer group, or a packet given to a local socket, never leaves again. */
	if (p->pkt_type != PACKET_HOST || p->sk) {
		pkt_drop(h, p, DROP_NOT_SPECIFIED, "ip_forward");
		return;
	}
	if (ip[IP4_TTL] <= 1) {
		icmp_send(p, ICMP_TIME_EXCEEDED, ICMP_EXC_TTL, 0);
		pkt_drop(h, p, DROP_IP_INHDR, "ip_forward");
		return;
	}
	if (p->opt.is_strictroute && p->dst.has_gw) {
		icmp_send(p, ICMP_DEST_UNREACH, ICMP_SR_FAILED, 0);
		pkt_drop(h, p, DROP_NOT_SPECIFIED, "ip_forward");
		return;
	}
	p->ip_flags |= IPSKB_FORWARDED;
	mtu = ip_dst_mtu_maybe_forward(h, &p->dst, true);
	if (ip_exceeds_mtu(p, mtu)) {
		icmp_send(p, ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED, htonl(mtu));
		pkt_drop(h, p, DROP_PKT_TOO_BIG, "ip_forward");
		return;
	}
	ip_decrease_ttl(ip);
	if ((p->ip_flags & IPSKB_DOREDIRECT || p->dst.flags & RTCF_DOREDIRECT) && !p->opt.srr)
		ip_rt_send_redirect(p);
	if (h->sysctl.ip_forward_update_priority)
		p->priority = rt_tos2priority(ip[IP4_TOS]);
	if (nf_hook(h, NFPROTO_IPV4, NF_INET_FORWARD, p, in, p->dst.dev))
		ip_forward_finish(p);
}
