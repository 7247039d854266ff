// SPDX-License-Identifier: MIT
/* ip_input.c - an IPv4 packet comes in: is its header sound, and where does it go (net/ipv4/ip_input.c)? */
#include "sim/net/inetpeer.h"
#include "sim/net/net.h"
#include "sim/packet/headers.h"
#include "sim/base/text.h"
#include <errno.h>
#include <stdio.h>

/* The sum of a header without options, which is nearly every one. */
static inline uint32_t csum_header(const uint8_t *ip)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < IP_HLEN; i += 4)
		sum += load_be32(ip + i);
	sum = (sum & 0xffffffffu) + (sum >> 32);
	return (uint32_t)((sum & 0xffffffffu) + (sum >> 32));
}

/* The header as it was on the wire; on success p is trimmed to the datagram and th is set. */
static enum drop_reason ip_check(struct packet *p)
{
	const uint8_t *ip = pkt_nh(p);
	uint32_t len = pkt_len(p), hlen, total;

	if (len < IP_HLEN)
		return DROP_IP_INHDR;
	hlen = ip4_hlen(ip);
	if (hlen < IP_HLEN || ip[0] >> 4 != 4 || len < hlen)
		return DROP_IP_INHDR;
	if (csum_fold(likely(hlen == IP_HLEN) ? csum_header(ip) : csum_partial(ip, hlen, 0)) != 0)
		return DROP_IP_CSUM;
	total = get_be16(ip + IP4_TOTLEN);
	if (len < total)
		return DROP_PKT_TOO_SMALL;
	if (total < hlen)
		return DROP_IP_INHDR;
	pkt_trim(p, total);
	if (p->cut >= p->tail)
		p->cut = 0;
	p->th = p->nh + hlen;
	return PKT_NOT_DROPPED;
}

void ip_rcv(struct net_device *dev, struct packet *p)
{
	struct host *h = dev->host;
	enum drop_reason reason;

	if (p->pkt_type == PACKET_OTHERHOST) {
		pkt_drop(h, p, DROP_OTHERHOST, "ip_rcv");
		return;
	}
	reason = ip_check(p);
	if (reason) {
		pkt_drop(h, p, reason, "ip_rcv");
		return;
	}
	/* What an earlier turn through the stack (loopback) left; the route it found stays. */
	p->opt = (struct ip_opt){ 0 };
	p->ip_flags = 0;
	p->frag_max_size = 0;
	pkt_linearize(p);
	pkt_orphan(p);
	p->local = false;
	p->from_raw = false;
	p->dev = p->in_dev = dev;
	p->protocol = ETH_P_IP;
	if (nf_hook(h, NFPROTO_IPV4, NF_INET_PRE_ROUTING, p, dev, NULL))
		ip_rcv_finish(p);
}

/* Says on the kernel's log what a device with log_martians must. */
static void log_source_route(struct host *h, struct packet *p)
{
	char text[160], src[ADDRSTRLEN], dst[ADDRSTRLEN];
	struct event ev = {
		.type = EV_LOG, .host = h, .pkt = p, .u.log = { .level = 6, .text = text }
	};

	if (!trace_on(h->trace, EV_LOG))
		return;
	snprintf(text, sizeof(text), "source route option %s -> %s",
		 ip4_str(src, ip4_saddr(pkt_nh(p))), ip4_str(dst, ip4_daddr(pkt_nh(p))));
	trace_emit(h->trace, &ev);
}

/* false: p was dropped. */
static bool ip_rcv_options(struct packet *p)
{
	struct net_device *dev = p->dev;
	struct host *h = dev->host;
	uint8_t *ip = pkt_nh(p);
	int bad;

	p->opt.optlen = (uint8_t)(ip4_hlen(ip) - IP_HLEN);
	bad = ip_options_compile(h, &p->opt, ip, dev, p);
	if (bad) {
		icmp_send(p, ICMP_PARAMETERPROB, 0, htonl((uint32_t)(bad - 1) << 24));
		pkt_drop(h, p, DROP_IP_INHDR, "ip_rcv_options");
		return false;
	}
	if (likely(!p->opt.srr))
		return true;
	if (!IN_DEV_ANDCONF(dev, accept_source_route)) {
		if (IN_DEV_ORCONF(dev, log_martians))
			log_source_route(h, p);
		pkt_drop(h, p, DROP_NOT_SPECIFIED, "ip_rcv_options");
		return false;
	}
	return ip_options_rcv_srr(p, dev);
}

/* One error per second and source on the long run, so that no flood of them can be provoked. */
static bool ip_error_allowed(struct host *h, be32 saddr)
{
	struct inet_peer *peer = inet_getpeer(h, saddr);
	int64_t now = (int64_t)host_jiffies(h);

	peer->rate_tokens += now - peer->rate_last;
	peer->rate_tokens = MIN(peer->rate_tokens, h->sysctl.error_burst);
	peer->rate_last = now;
	if (peer->rate_tokens < h->sysctl.error_cost)
		return false;
	peer->rate_tokens -= h->sysctl.error_cost;
	return true;
}

/* No route, or one of type unreachable, prohibit, blackhole. */
static void ip_error(struct packet *p)
{
	struct net_device *dev = p->dev;
	struct host *h = dev->host;
	enum drop_reason reason = DROP_NOT_SPECIFIED;
	int code = -1;

	switch (p->dst.error) {
	case EHOSTUNREACH:
		code = ICMP_HOST_UNREACH;
		if (!IN_DEV_FORWARD(dev))
			reason = DROP_IP_INADDRERRORS;
		break;
	case ENETUNREACH:
		code = ICMP_NET_UNREACH;
		reason = DROP_IP_INNOROUTES;
		break;
	case EACCES: code = ICMP_PKT_FILTERED; break;
	}
	if (code >= 0 && IN_DEV_FORWARD(dev) && ip_error_allowed(h, ip4_saddr(pkt_nh(p))))
		icmp_send(p, ICMP_DEST_UNREACH, code, 0);
	pkt_drop(h, p, reason, "ip_error");
}

static void dst_input(struct packet *p)
{
	struct host *h = p->dev->host;

	switch (p->dst.in) {
	case DST_IN_LOCAL: ip_local_deliver(p); break;
	case DST_IN_FORWARD: ip_forward(p); break;
	case DST_IN_ERROR: ip_error(p); break;
	case DST_IN_MC:
		/* No multicast routing daemon runs here: only our own memberships count. */
		if (p->dst.flags & RTCF_LOCAL)
			ip_local_deliver(p);
		else
			pkt_drop(h, p, DROP_NOT_SPECIFIED, "ip_mr_input");
		break;
	default: pkt_drop(h, p, DROP_NOT_SPECIFIED, "dst_discard"); break;
	}
}

void ip_rcv_finish(struct packet *p)
{
	struct net_device *dev = p->dev;
	struct host *h = dev->host;
	const uint8_t *ip = pkt_nh(p);

	/* What comes back over lo has the route it was sent by. */
	if (!p->dst.set) {
		enum drop_reason reason =
			ip_route_input(p, ip4_daddr(ip), ip4_saddr(ip), ip[IP4_TOS] & 0xfc, dev);

		if (reason) {
			pkt_drop(h, p, reason, "ip_rcv_finish");
			return;
		}
	}
	if (unlikely(ip4_hlen(ip) > IP_HLEN) && !ip_rcv_options(p))
		return;
	if (p->dst.type != RTN_MULTICAST && p->dst.type != RTN_BROADCAST &&
	    (p->pkt_type == PACKET_BROADCAST || p->pkt_type == PACKET_MULTICAST) &&
	    IN_DEV_ORCONF(dev, drop_unicast_in_l2_multicast)) {
		pkt_drop(h, p, DROP_UNICAST_IN_L2_MULTICAST, "ip_rcv_finish");
		return;
	}
	dst_input(p);
}
