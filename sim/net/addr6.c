// SPDX-License-Identifier: MIT
/* addr6.c - kinds and scopes of IPv6 addresses, and which of ours to send from (addrconf_core.c, addrlabel.c,
 * ipv6_dev_get_saddr of addrconf.c; RFC 4291, 6724). */
#include "sim/net/ipv6.h"
#include <errno.h>

const union inet_addr in6addr_linklocal_allnodes = { .ip6 = { 0xff, 2, [15] = 1 } };
const union inet_addr in6addr_linklocal_allrouters = { .ip6 = { 0xff, 2, [15] = 2 } };
const union inet_addr in6addr_lo = { .ip6 = { [15] = 1 } };

enum { SCOPE_INTERFACE = 1, SCOPE_LINK = 2, SCOPE_SITE = 5, SCOPE_GLOBAL = 14 };

unsigned ipv6_addr_type(const union inet_addr *a)
{
	const uint8_t *b = a->ip6;

	if (b[0] == 0xff) {
		unsigned scope = ipv6_mc_scope(a);

		return IPV6_ADDR_MULTICAST | (scope == SCOPE_INTERFACE ? IPV6_ADDR_LOOPBACK :
					      scope == SCOPE_LINK      ? IPV6_ADDR_LINKLOCAL :
					      scope == SCOPE_SITE      ? IPV6_ADDR_SITELOCAL : 0);
	}
	if (ipv6_is_linklocal(a))
		return IPV6_ADDR_LINKLOCAL | IPV6_ADDR_UNICAST;
	if (b[0] == 0xfe && (b[1] & 0xc0) == 0xc0)
		return IPV6_ADDR_SITELOCAL | IPV6_ADDR_UNICAST;
	if (a->all[0] | a->all[1])
		return IPV6_ADDR_UNICAST;
	if (!a->all[2] && !a->all[3])
		return IPV6_ADDR_ANY;
	if (!a->all[2] && a->all[3] == htonl(1))
		return IPV6_ADDR_LOOPBACK | IPV6_ADDR_UNICAST;
	if (!a->all[2])
		return IPV6_ADDR_COMPATv4 | IPV6_ADDR_UNICAST;
	if (a->all[2] == htonl(0xffff))
		return IPV6_ADDR_MAPPED;
	return IPV6_ADDR_UNICAST;
}

int ipv6_addr_src_scope(const union inet_addr *a)
{
	unsigned type = ipv6_addr_type(a);

	if (type == IPV6_ADDR_ANY)
		return -1;
	if (type & IPV6_ADDR_MULTICAST)
		return (int)ipv6_mc_scope(a);
	if (type & (IPV6_ADDR_LINKLOCAL | IPV6_ADDR_LOOPBACK))
		return SCOPE_LINK;
	return type & IPV6_ADDR_SITELOCAL ? SCOPE_SITE : SCOPE_GLOBAL;
}

unsigned ipv6_addr_diff(const union inet_addr *a, const union inet_addr *b)
{
	for (unsigned i = 0; i < 16; i++) {
		unsigned x = a->ip6[i] ^ b->ip6[i];

		if (x)
			return i * 8 + (unsigned)__builtin_clz(x) - 24;
	}
	return 128;
}

bool ipv6_prefix_equal(const union inet_addr *a, const union inet_addr *b, unsigned plen)
{
	unsigned whole = plen / 8, rest = plen % 8;

	if (memcmp(a->ip6, b->ip6, whole) != 0)
		return false;
	return !rest || !((a->ip6[whole] ^ b->ip6[whole]) >> (8 - rest));
}

union inet_addr addrconf_addr_solict_mult(const union inet_addr *a)
{
	union inet_addr m = { .ip6 = { 0xff, 2, [11] = 1, 0xff } };

	memcpy(m.ip6 + 13, a->ip6 + 13, 3);
	return m;
}

/* ---- RFC 6724 ---- */

static unsigned label_of(const union inet_addr *a)
{
	static const struct { uint8_t plen, label; union inet_addr prefix; } table[] = {
		{ 128, 0, { .ip6 = { [15] = 1 } } },
		{ 96, 4, { .ip6 = { [10] = 0xff, 0xff } } },
		{ 96, 3, { .ip6 = { 0 } } },
		{ 32, 6, { .ip6 = { 0x20, 0x01 } } },
		{ 28, 7, { .ip6 = { 0x20, 0x01, 0x00, 0x10 } } },
		{ 16, 2, { .ip6 = { 0x20, 0x02 } } },
		{ 7, 5, { .ip6 = { 0xfc } } },
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		if (ipv6_prefix_equal(a, &table[i].prefix, table[i].plen))
			return table[i].label;
	return 1;
}

/* 2001:10::/28, which are no locators (RFC 4843). */
static bool is_orchid(const union inet_addr *a)
{
	static const union inet_addr prefix = { .ip6 = { 0x20, 0x01, 0x00, 0x10 } };

	return ipv6_prefix_equal(a, &prefix, 28);
}

struct saddr_dst { const union inet_addr *addr; int ifindex, scope; unsigned label; };

enum { RULE_LOCAL, RULE_SCOPE, RULE_PREFERRED, RULE_OIF, RULE_LABEL, RULE_ORCHID, RULE_PREFIX, RULE_NOT_OPTIMISTIC, NR_RULES };

/* What an address is worth under one rule; of two the first rule that tells them apart decides. */
static int rule_score(const struct inet6_ifaddr *ifa, const struct saddr_dst *dst, unsigned rule)
{
	unsigned type = ipv6_addr_type(&ifa->addr);
	int scope;

	switch (rule) {
	case RULE_LOCAL:
		return inet_addr_equal(&ifa->addr, dst->addr);
	case RULE_SCOPE:
		scope = ipv6_addr_src_scope(&ifa->addr);
		return scope >= dst->scope ? -scope : scope - 128;
	case RULE_PREFERRED:
		return type & (IPV6_ADDR_MAPPED | IPV6_ADDR_COMPATv4 | IPV6_ADDR_LOOPBACK) ||
		       !(ifa->flags & (IFA_F_DEPRECATED | IFA_F_OPTIMISTIC));
	case RULE_OIF:
		return !dst->ifindex || dst->ifindex == ifa->dev->ifindex;
	case RULE_LABEL:
		return label_of(&ifa->addr) == dst->label;
	case RULE_ORCHID:
		return is_orchid(&ifa->addr) == is_orchid(dst->addr);
	case RULE_PREFIX:
		return (int)MIN(ipv6_addr_diff(&ifa->addr, dst->addr), ifa->plen);
	default:
		return !(ifa->flags & IFA_F_OPTIMISTIC);
	}
}

static bool better(const struct inet6_ifaddr *a, const struct inet6_ifaddr *than, const struct saddr_dst *dst)
{
	for (unsigned r = 0; than && r < NR_RULES; r++) {
		int x = rule_score(a, dst, r), y = rule_score(than, dst, r);

		if (x != y)
			return x > y;
	}
	return !than;
}

static const struct inet6_ifaddr *best_of(const struct net_device *dev, const struct saddr_dst *dst,
					  const struct inet6_ifaddr *best)
{
	for (const struct inet6_ifaddr *ifa = dev->ip6 ? dev->ip6->addrs : NULL; ifa; ifa = ifa->next) {
		if (ifa->flags & IFA_F_TENTATIVE && !(ifa->flags & IFA_F_OPTIMISTIC))
			continue;
		if (better(ifa, best, dst))
			best = ifa;
	}
	return best;
}

int ipv6_dev_get_saddr(struct host *h, const struct net_device *dev, const union inet_addr *daddr, union inet_addr *ret)
{
	struct saddr_dst dst = { .addr = daddr, .ifindex = dev ? dev->ifindex : 0, .scope = ipv6_addr_src_scope(daddr),
				 .label = label_of(daddr) };
	const struct inet6_ifaddr *best = NULL;

	if (dev && (ipv6_is_multicast(daddr) || dst.scope <= SCOPE_LINK || h->conf6_all.use_oif_addrs_only ||
		    (dev->ip6 && dev->ip6->conf.use_oif_addrs_only))) {
		best = best_of(dev, &dst, NULL);
	} else {
		for (const struct net_device *d = h->devs; d; d = d->next)
			best = best_of(d, &dst, best);
	}
	if (!best)
		return -EADDRNOTAVAIL;
	*ret = best->addr;
	return 0;
}
