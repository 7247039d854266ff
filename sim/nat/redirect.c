// SPDX-License-Identifier: MIT
/* redirect.c - destination NAT to this host itself (net/netfilter/nf_nat_redirect.c). */
#include "sim/nat/internal.h"
#include "sim/net/ipv6.h"

enum nf_verdict nat_redirect_ipv4(struct packet *p, const struct nf_nat_range *range, enum nf_hook hook,
				  const struct rule *rule)
{
	struct nf_nat_range r = *range;
	be32 dst = htonl(INADDR_LOOPBACK);

	if (!p->ct)
		return NF_DROP;
	/* What came in goes to the first address of the device it came in by. */
	if (hook == NF_INET_PRE_ROUTING)
		dst = p->dev && p->dev->addrs ? p->dev->addrs->local : 0;
	if (!dst)
		return NF_DROP;
	r.flags |= NF_NAT_RANGE_MAP_IPS;
	r.min_addr = r.max_addr = (union inet_addr){ .ip = dst };
	return nat_setup_info(p->ct, &r, NF_NAT_MANIP_DST, rule);
}

/* The first address of the device that is of the kind asked for. */
static const struct inet6_ifaddr *own_address(const struct net_device *dev, const union inet_addr *daddr)
{
	unsigned scope = ipv6_addr_type(daddr) & IPV6_ADDR_SCOPE_MASK;

	for (const struct inet6_ifaddr *ifa = dev->ip6 ? dev->ip6->addrs : NULL; ifa; ifa = ifa->next) {
		unsigned type = ipv6_addr_type(&ifa->addr);

		if (type & IPV6_ADDR_MAPPED || (ifa->flags & IFA_F_TENTATIVE && !(ifa->flags & IFA_F_OPTIMISTIC)))
			continue;
		if (!scope || scope & type)
			return ifa;
	}
	return NULL;
}

enum nf_verdict nat_redirect_ipv6(struct packet *p, const struct nf_nat_range *range, enum nf_hook hook,
				  const struct rule *rule)
{
	struct nf_nat_range r = *range;
	union inet_addr dst = in6addr_lo, daddr = ip6_daddr(pkt_nh(p));

	if (!p->ct)
		return NF_DROP;
	if (hook == NF_INET_PRE_ROUTING) {
		const struct inet6_ifaddr *ifa = p->dev ? own_address(p->dev, &daddr) : NULL;

		if (!ifa)
			return NF_DROP;
		dst = ifa->addr;
	}
	r.flags |= NF_NAT_RANGE_MAP_IPS;
	r.min_addr = r.max_addr = dst;
	return nat_setup_info(p->ct, &r, NF_NAT_MANIP_DST, rule);
}
