// SPDX-License-Identifier: MIT
/* nf_checksum.c - is a packet's transport checksum right? (net/netfilter/utils.c) Of one that the capture cut
 * nobody knows. */
#include "sim/hook/hook.h"
#include "sim/packet/ip6.h"

be16 nf_ip_checksum(const struct packet *p, enum nf_hook hook UNUSED, uint32_t dataoff, uint8_t protocol)
{
	const uint8_t *ip = pkt_nh(p);
	uint32_t len = pkt_len(p) - dataoff, sum = 0;

	if (p->ip_summed == CHECKSUM_UNNECESSARY || p->cut)
		return 0;
	if (protocol == IPPROTO_TCP || protocol == IPPROTO_UDP)
		sum = csum_pseudo4(ip4_saddr(ip), ip4_daddr(ip), protocol, len);
	/* The kernel sums the IP header, too, which is nothing when it is right - except that all zeros after
	 * it count as a right checksum then. */
	return csum_fold(csum_partial(ip, pkt_len(p), sum));
}

bool ip6_full_checksum_ok(const struct packet *p, uint32_t dataoff, uint8_t protocol)
{
	const uint8_t *ip = pkt_nh(p);
	uint32_t sum;

	if (!p->csum_valid)
		return false;
	sum = csum_pseudo6(ip + IP6_SRC, ip + IP6_DST, protocol, pkt_len(p) - dataoff);
	sum = csum_partial(&(be16){ (be16)~p->csum_full }, 2, sum);
	return !csum_fold(csum_partial(&(be16){ csum_fold(csum_partial(ip, dataoff, 0)) }, 2, sum));
}

be16 nf_ip6_checksum(struct packet *p, enum nf_hook hook, uint32_t dataoff, uint8_t protocol)
{
	const uint8_t *ip = pkt_nh(p);
	uint32_t len = pkt_len(p) - dataoff;
	be16 sum;

	if (p->ip_summed == CHECKSUM_UNNECESSARY || p->cut)
		return 0;
	if (p->csum_valid && hook != NF_INET_PRE_ROUTING && hook != NF_INET_LOCAL_IN)
		return 0;
	if (ip6_full_checksum_ok(p, dataoff, protocol))
		return 0;
	sum = csum_fold(csum_partial(ip + dataoff, len, csum_pseudo6(ip + IP6_SRC, ip + IP6_DST, protocol, len)));
	if (!sum) {
		p->csum_valid = true;
		p->csum_full = csum_fold(csum_partial(ip, pkt_len(p), 0));
	}
	return sum;
}
