// SPDX-License-Identifier: MIT
/* nf_checksum.c - is a packet's transport checksum right? (net/netfilter/utils.c) */
#include "sim/hook/hook.h"
#include "sim/packet/headers.h"

be16 nf_ip_checksum(const struct packet *p, enum nf_hook hook UNUSED, uint32_t dataoff, uint8_t protocol)
{
	const uint8_t *ip = pkt_nh(p);
	uint32_t len = pkt_len(p) - dataoff, sum = 0;

	if (p->ip_summed == CHECKSUM_UNNECESSARY)
		return 0;
	if (protocol == IPPROTO_TCP || protocol == IPPROTO_UDP)
		sum = csum_pseudo4(ip4_saddr(ip), ip4_daddr(ip), protocol, len);
	return csum_fold(csum_partial(ip + dataoff, len, sum));
}
