// SPDX-License-Identifier: MIT
/* mcast6.c - groups that a device listens to (net/ipv6/mcast.c). What joining and leaving would tell routers
 * is noise that nobody waits for: only their questions are taken note of. */
#include "sim/net/ipv6.h"
#include <stdlib.h>

static struct mc6 **find(struct mc6 **at, const union inet_addr *group)
{
	while (*at && !inet_addr_equal(&(*at)->addr, group))
		at = &(*at)->next;
	return at;
}

void ipv6_dev_mc_inc(struct net_device *dev, const union inet_addr *group)
{
	struct mc6 **at = find(&dev->ip6->mc, group);

	if (!*at) {
		*at = xcalloc(1, sizeof(**at));
		(*at)->addr = *group;
	}
	(*at)->users++;
}

void ipv6_dev_mc_dec(struct net_device *dev, const union inet_addr *group)
{
	struct mc6 **at = find(&dev->ip6->mc, group), *gone = *at;

	if (!gone || --gone->users)
		return;
	*at = gone->next;
	free(gone);
}

bool ipv6_chk_mcast_addr(const struct net_device *dev, const union inet_addr *group)
{
	for (const struct mc6 *m = dev->ip6 ? dev->ip6->mc : NULL; m; m = m->next)
		if (inet_addr_equal(&m->addr, group))
			return true;
	return dev->any_addr && group->ip6[0] == 0xff && group->ip6[1] == 2 && group->ip6[11] == 1 && group->ip6[12] == 0xff;
}

void ndisc_mc_map(const union inet_addr *group, uint8_t ret_mac[ETH_ALEN])
{
	ret_mac[0] = ret_mac[1] = 0x33;
	memcpy(ret_mac + 2, group->ip6 + 12, 4);
}
