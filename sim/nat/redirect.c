// SPDX-License-Identifier: MIT
/* redirect.c - destination NAT to this host itself (net/netfilter/nf_nat_redirect.c). */
#include "sim/nat/internal.h"

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
