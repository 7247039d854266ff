// SPDX-License-Identifier: MIT
/* dup.c - a copy of a packet for another gateway (net/ipv4/netfilter/nf_dup_ipv4.c). */
#include "sim/net/reject.h"
#include "sim/conntrack/conntrack.h"
#include "sim/packet/headers.h"

static bool route_copy(struct host *h, struct packet *p, be32 gw, int oif)
{
	struct flowi4 fl = { .daddr = gw, .tos = pkt_nh(p)[IP4_TOS] & 0xfcu, .oif = oif,
			     .scope = RT_SCOPE_UNIVERSE, .flags = FLOWI_FLAG_KNOWN_NH, .uid = UINT32_MAX };
	struct dst dst;

	memset(&dst, 0, sizeof(dst));
	if (ip_route_output(h, &fl, &dst))
		return false;
	/* The packet's own destination is elsewhere: the gateway is the next hop even when on link. */
	if (!dst.has_gw) {
		dst.has_gw = true;
		dst.gw = (union inet_addr){ .ip = gw };
	}
	p->dst = dst;
	p->dev = dst.dev;
	p->protocol = ETH_P_IP;
	return true;
}

/* The copy is not tracked, belongs to no socket, and stays whole: its sender learns of a smaller MTU on its
 * way. Before routing its TTL is lowered, against loops between two hosts. */
static struct packet *make_copy(struct host *h, const struct packet *p, enum nf_hook hook)
{
	struct packet *copy = pkt_copy(h->pool, p);
	uint8_t *ip = pkt_nh(copy);

	ct_set_untracked(copy);
	copy->mac = copy->nh;
	copy->in_dev = NULL;
	copy->local = true;
	copy->from_raw = false;
	pkt_orphan(copy);
	ip[IP4_FRAGOFF] |= IP_DF >> 8;
	if (hook == NF_INET_PRE_ROUTING || hook == NF_INET_LOCAL_IN)
		ip[IP4_TTL]--;
	ip4_send_check(ip);
	return copy;
}

void nf_dup_ipv4(struct host *h, const struct packet *p, enum nf_hook hook, be32 gw, int oif)
{
	struct packet *copy;

	if (h->in_nf_duplicate)
		return;
	copy = make_copy(h, p, hook);
	if (!route_copy(h, copy, gw, oif)) {
		pkt_free(copy);
		return;
	}
	h->in_nf_duplicate = true;
	ip_local_out(h, copy);
	h->in_nf_duplicate = false;
}
