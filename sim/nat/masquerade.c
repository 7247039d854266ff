// SPDX-License-Identifier: MIT
/* masquerade.c - source NAT to the address of the device a packet leaves by, for as long as the device has
 * it (net/netfilter/nf_nat_masquerade.c). */
#include "sim/nat/internal.h"
#include "sim/net/ipv6.h"
#include "sim/packet/headers.h"
#include <stdio.h>

static void log_no_address(const struct packet *p, const struct net_device *out, const struct rule *rule)
{
	struct event ev = { .type = EV_LOG, .host = out->host, .pkt = p };
	char text[64];

	if (!trace_on(out->host->trace, EV_LOG))
		return;
	snprintf(text, sizeof(text), "%s ate my IP address", out->name);
	ev.u.log.level = 6;
	ev.u.log.text = text;
	ev.u.log.rule = rule;
	trace_emit(out->host->trace, &ev);
}

enum nf_verdict nat_masquerade_ipv4(struct packet *p, enum nf_hook hook, const struct nf_nat_range *range,
				    const struct net_device *out, const struct rule *rule)
{
	struct nf_nat_range r = *range;
	struct conn *ct = p->ct;
	be32 nh, src;

	assert(hook == NF_INET_POST_ROUTING);
	if (!ct)
		return NF_DROP;
	/* A host that has no address yet (DHCP) speaks for itself. */
	if (ct->tuple[IP_CT_DIR_ORIGINAL].src.u3.ip == 0)
		return NF_ACCEPT;
	nh = p->dst.has_gw ? p->dst.gw.ip : ip4_daddr(pkt_nh(p));
	src = inet_select_addr(out, nh, RT_SCOPE_UNIVERSE);
	if (!src) {
		log_no_address(p, out, rule);
		return NF_DROP;
	}
	ct->nat.masq_ifindex = out->ifindex;
	r.flags |= NF_NAT_RANGE_MAP_IPS;
	r.min_addr = r.max_addr = (union inet_addr){ .ip = src };
	return nat_setup_info(ct, &r, NF_NAT_MANIP_SRC, rule);
}

enum nf_verdict nat_masquerade_ipv6(struct packet *p, enum nf_hook hook, const struct nf_nat_range *range,
				    const struct net_device *out, const struct rule *rule)
{
	struct nf_nat_range r = *range;
	union inet_addr daddr = ip6_daddr(pkt_nh(p)), src;
	struct conn *ct = p->ct;

	assert(hook == NF_INET_POST_ROUTING);
	if (!ct || ipv6_dev_get_saddr(out->host, out, &daddr, &src))
		return NF_DROP;
	ct->nat.masq_ifindex = out->ifindex;
	r.flags |= NF_NAT_RANGE_MAP_IPS;
	r.min_addr = r.max_addr = src;
	return nat_setup_info(ct, &r, NF_NAT_MANIP_SRC, rule);
}

/* all: whatever the address. */
struct gone { int ifindex; bool all; uint8_t family; union inet_addr addr; };

static void end_if_masqueraded(struct conn *ct, void *arg)
{
	const struct gone *g = arg;

	if (ct->nat.masq_ifindex == g->ifindex &&
	    (g->all || (ct_l3num(ct) == g->family && inet_addr_equal(&ct->tuple[IP_CT_DIR_REPLY].dst.u3, &g->addr))))
		ct_kill(ct);
}

void nat_masq_device_gone(struct net_device *dev, be32 addr)
{
	struct gone g = { dev->ifindex, !addr, NFPROTO_IPV4, { .ip = addr } };

	if (dev->host->nat && dev->host->ct)
		ct_each(dev->host, end_if_masqueraded, &g);
}

void nat_masq_addr6_gone(struct net_device *dev, const union inet_addr *addr)
{
	struct gone g = { dev->ifindex, false, NFPROTO_IPV6, *addr };

	if (dev->host->nat && dev->host->ct)
		ct_each(dev->host, end_if_masqueraded, &g);
}
