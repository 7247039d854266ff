// SPDX-License-Identifier: MIT
/* ip_output.c - a packet leaves: made here (hook OUTPUT) or passing through, hook POSTROUTING, cut to
 * the MTU, handed to the neighbour (net/ipv4/ip_output.c). */
#include "sim/conntrack/conntrack.h"
#include "sim/net/ipv6.h"
#include "sim/packet/headers.h"
#include <errno.h>

void dst_output(struct host *h, struct packet *p)
{
	switch (p->dst.out) {
	case DST_OUT_IP: ip_output(h, p); break;
	case DST_OUT_MC: ip_mc_output(h, p); break;
	case DST_OUT_IP6: ip6_output(h, p); break;
	default: pkt_drop(h, p, DROP_NOT_SPECIFIED, "dst_discard_out"); break;
	}
}

int ip_local_out(struct host *h, struct packet *p)
{
	uint8_t *ip = pkt_nh(p);
	int err;

	put_be16(ip + IP4_TOTLEN, pkt_len(p));
	ip4_send_check(ip);
	p->protocol = ETH_P_IP;
	p->th = p->nh + ip4_hlen(ip);
	p->local = true;
	err = nf_hook_errno(h, NFPROTO_IPV4, NF_INET_LOCAL_OUT, p, NULL, p->dst.dev);
	if (err != 1)
		return err;
	dst_output(h, p);
	return 0;
}

uint32_t ip_skb_dst_mtu(const struct host *h, const struct packet *p)
{
	return ip_dst_mtu_maybe_forward(h, &p->dst, p->ip_flags & IPSKB_FORWARDED);
}

static void ip_finish_output2(struct host *h, struct packet *p)
{
	(void)h;
	neigh_output(p->dst.dev, p->dst.has_gw ? p->dst.gw.ip : ip4_daddr(pkt_nh(p)), p);
}

/* Larger than the MTU, or once put together from fragments: then it is cut again in any case. */
static void ip_fragment(struct host *h, struct packet *p, uint32_t mtu)
{
	bool df = get_be16(pkt_nh(p) + IP4_FRAGOFF) & IP_DF;

	if (df && (!p->ignore_df || p->frag_max_size > mtu)) {
		icmp_send(p, ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED, htonl(mtu));
		if (p->id == h->send_id)
			h->send_err = -EMSGSIZE;
		pkt_drop(h, p, DROP_PKT_TOO_BIG, "ip_fragment");
		return;
	}
	ip_do_fragment(h, p, ip_finish_output2);
}

static void ip_finish_output(struct host *h, struct packet *p)
{
	uint32_t mtu = ip_skb_dst_mtu(h, p);

	if (unlikely(pkt_len(p) > mtu || p->frag_max_size))
		ip_fragment(h, p, mtu);
	else
		ip_finish_output2(h, p);
}

void ip_output(struct host *h, struct packet *p)
{
	struct net_device *in = p->dev;

	p->dev = p->dst.dev;
	p->protocol = ETH_P_IP;
	if (p->ip_flags & IPSKB_REROUTED ||
	    nf_hook(h, NFPROTO_IPV4, NF_INET_POST_ROUTING, p, in, p->dev))
		ip_finish_output(h, p);
}

/* A copy for the host's own members of the group; it comes in again as if from the link. */
static void loopback_copy(struct host *h, const struct packet *p)
{
	struct packet *q = pkt_copy(h->pool, p);

	nf_ct_copy(q, p);
	pkt_orphan(q);
	if (!nf_hook(h, NFPROTO_IPV4, NF_INET_POST_ROUTING, q, NULL, q->dev))
		return;
	q->mac = q->nh;
	q->dst.iif = 0;
	q->pkt_type = PACKET_LOOPBACK;
	q->ip_summed = CHECKSUM_UNNECESSARY;
	host_backlog(q->dev, q);
}

void ip_mc_output(struct host *h, struct packet *p)
{
	p->dev = p->dst.dev;
	p->protocol = ETH_P_IP;
	if (p->dst.flags & RTCF_MULTICAST) {
		if (p->dst.flags & RTCF_LOCAL || !(p->ip_flags & IPSKB_FORWARDED))
			loopback_copy(h, p);
		if (pkt_nh(p)[IP4_TTL] == 0) { /* a group on this host only */
			pkt_drop(h, p, DROP_NOT_SPECIFIED, "ip_mc_output");
			return;
		}
	}
	if (p->dst.flags & RTCF_BROADCAST)
		loopback_copy(h, p);
	if (p->ip_flags & IPSKB_REROUTED ||
	    nf_hook(h, NFPROTO_IPV4, NF_INET_POST_ROUTING, p, NULL, p->dev))
		ip_finish_output(h, p);
}

void ip_build_header(struct host *h, struct packet *p, const struct ip_build *b)
{
	uint32_t optlen = b->opt ? b->opt->optlen : 0, hlen = IP_HLEN + optlen;
	uint8_t *ip;

	if (p->nh < hlen)
		pkt_expand(p, PKT_HEADROOM, 0);
	p->th = p->nh;
	p->nh -= hlen;
	p->mac = p->nh;
	ip = pkt_nh(p);
	ip[0] = (uint8_t)(0x40 | hlen / 4);
	ip[IP4_TOS] = b->tos;
	put_be16(ip + IP4_TOTLEN, pkt_len(p));
	put_be16(ip + IP4_FRAGOFF, b->df ? IP_DF : 0);
	ip[IP4_TTL] = b->ttl ? b->ttl : ip4_dst_hoplimit(h, &p->dst);
	ip[IP4_PROTO] = b->proto;
	memcpy(ip + IP4_SRC, &b->saddr, 4);
	memcpy(ip + IP4_DST, &b->daddr, 4);
	put_be16(ip + IP4_ID, ip_select_ident(h, ip, b->df));
	if (optlen) {
		be32 last = b->daddr;

		/* With a source route the header carries the first hop, the option's end the real destination. */
		memcpy(ip + IP_HLEN, b->optbytes, optlen);
		if (b->opt->srr)
			memcpy(ip + IP4_DST, &b->opt->faddr, 4);
		ip_options_build(p, b->opt, last, &p->dst);
	}
	ip4_send_check(ip);
}
