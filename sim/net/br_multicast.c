// SPDX-License-Identifier: MIT
/* br_multicast.c - a bridge listens to what hosts and routers say of groups (net/bridge/br_multicast.c, net/ipv4/igmp.c,
 * net/ipv6/mcast_snoop.c). Nobody asks for members here long enough to be taken for a querier, so every group is flooded;
 * what is no sound packet of its kind is dropped. */
#include "sim/net/host.h"
#include "sim/net/ipv6.h"

enum { IGMP_HLEN = 8, IGMP_QUERY = 0x11, IGMP_V3_REPORT = 0x22, IGMP3_QUERY_HLEN = 12, IGMP_GROUP = 4 };
enum { MLD_HLEN = 24, MLD2_QUERY_HLEN = 28, MLD_GROUP = 8 };

static bool sound_query4(const struct packet *p, const uint8_t *igmp, uint32_t len)
{
	static const uint8_t any[4];

	if (len != IGMP_HLEN && len < IGMP3_QUERY_HLEN)
		return false;
	return memcmp(igmp + IGMP_GROUP, any, 4) != 0 || ip4_daddr(pkt_nh(p)) == htonl(0xe0000001);
}

static bool sound4(const struct packet *p)
{
	const uint8_t *ip = pkt_at(p, 0, IP_HLEN), *igmp;
	uint32_t hlen = ip ? ip4_hlen(ip) : 0, total;

	if (!ip || ip[0] >> 4 != 4 || hlen < IP_HLEN || !pkt_at(p, 0, hlen) || csum_fold(csum_partial(ip, hlen, 0)))
		return false;
	total = get_be16(ip + IP4_TOTLEN);
	if (total < hlen || total > pkt_len(p))
		return false;
	if (ip[IP4_PROTO] != IPPROTO_IGMP)
		return true;
	igmp = pkt_at(p, hlen, IGMP_HLEN);
	if (!igmp || total - hlen < IGMP_HLEN || csum_fold(csum_partial(igmp, total - hlen, 0)))
		return false;
	return igmp[0] != IGMP_QUERY || sound_query4(p, igmp, total - hlen);
}

static bool sound_query6(const struct packet *p, const uint8_t *mld, uint32_t len)
{
	const uint8_t *ip = pkt_nh(p);
	union inet_addr saddr = ip6_saddr(ip), daddr = ip6_daddr(ip), group;

	if (!ipv6_is_linklocal(&saddr) || len < MLD_HLEN || (len != MLD_HLEN && len < MLD2_QUERY_HLEN))
		return false;
	group = ip6_load_addr(mld + MLD_GROUP);
	return !ipv6_addr_any(&group) || inet_addr_equal(&daddr, &in6addr_linklocal_allnodes);
}

/* What does not say that routers should look at it (hop by hop) is no word about groups. */
static bool sound6(const struct packet *p)
{
	const uint8_t *ip = pkt_at(p, 0, IP6_HLEN), *icmp;
	uint32_t plen = ip ? get_be16(ip + IP6_PLEN) : 0, len;
	uint8_t nexthdr;
	uint16_t frag;
	int off;

	if (!ip || ip6_version(ip) != 6 || !plen || plen > pkt_len(p) - IP6_HLEN)
		return false;
	nexthdr = ip[IP6_NXT];
	if (nexthdr != NEXTHDR_HOP)
		return true;
	off = ip6_skip_exthdr(p, IP6_HLEN, &nexthdr, &frag);
	if (off < 0 || (uint32_t)off > IP6_HLEN + plen)
		return false;
	if (nexthdr != NEXTHDR_ICMP)
		return true;
	icmp = pkt_at(p, (uint32_t)off, ICMP_HLEN);
	len = IP6_HLEN + plen - (uint32_t)off;
	if (!icmp || len < ICMP_HLEN || csum_fold(csum_partial(icmp, len, csum_pseudo6(ip + IP6_SRC, ip + IP6_DST, NEXTHDR_ICMP, len))))
		return false;
	return icmp[ICMP_TYPE] != ICMPV6_MGM_QUERY || sound_query6(p, icmp, len);
}

bool br_multicast_rcv(const struct packet *p)
{
	switch (p->vlan_present ? 0 : p->protocol) {
	case ETH_P_IP: return sound4(p);
	case ETH_P_IPV6: return sound6(p);
	default: return true;
	}
}
