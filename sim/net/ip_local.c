// SPDX-License-Identifier: MIT
/* ip_local.c - a packet for this host: put together, filtered, and handed to its protocol
 * (net/ipv4/ip_input.c). */
#include "sim/net/net.h"
#include "sim/packet/headers.h"
#include <netinet/in.h>

static void deliver_igmp(struct packet *p)
{
	struct host *h = p->dev->host;

	if (!p->cut && csum_fold(csum_partial(pkt_th(p), p->tail - p->th, 0)) != 0) {
		pkt_drop(h, p, DROP_NOT_SPECIFIED, "igmp_rcv");
		return;
	}
	/* Without group members there is nothing to report, whoever asks. */
	if (trace_on(h->trace, EV_DELIVER)) {
		struct event ev = {
			.type = EV_DELIVER, .host = h, .pkt = p, .u.deliver = { .what = "igmp" }
		};

		trace_emit(h->trace, &ev);
	}
	pkt_free(p);
}

static void ip_protocol_deliver(struct packet *p)
{
	struct host *h = p->dev->host;
	int proto = pkt_nh(p)[IP4_PROTO];
	bool raw = raw_local_deliver(p, proto);

	switch (proto) {
	case IPPROTO_ICMP: icmp_rcv(p); return;
	case IPPROTO_TCP: tcp_v4_rcv(p); return;
	case IPPROTO_UDP:
	case IPPROTO_UDPLITE: udp_rcv(p, proto); return;
	case IPPROTO_IGMP: deliver_igmp(p); return;
	case IPPROTO_PIM: /* a handler is there, but no multicast routing that would want it */
		pkt_drop(h, p, DROP_NOT_SPECIFIED, "pim_rcv");
		return;
	}
	if (raw) {
		pkt_free(p);
		return;
	}
	icmp_send(p, ICMP_DEST_UNREACH, ICMP_PROT_UNREACH, 0);
	pkt_drop(h, p, DROP_IP_NOPROTO, "ip_protocol_deliver");
}

void ip_local_deliver(struct packet *p)
{
	struct host *h = p->dev->host;

	if (get_be16(pkt_nh(p) + IP4_FRAGOFF) & (IP_MF | IP_OFFMASK) &&
	    !ip_defrag(h, &p, IP_DEFRAG_LOCAL_DELIVER))
		return;
	if (nf_hook(h, NFPROTO_IPV4, NF_INET_LOCAL_IN, p, p->dev, NULL))
		ip_protocol_deliver(p);
}
