// SPDX-License-Identifier: MIT
/* generic.c - every other protocol, known by its addresses alone
 * (nf_conntrack_proto_generic.c). DCCP is among them since its tracker was removed. */
#include "sim/conntrack/internal.h"

enum track_result generic_packet(struct track *t, struct conn *ct)
{
	ct_refresh(t, ct, ct->timeouts ? ct->timeouts[0] : (uint32_t)t->h->sysctl.ct_generic);
	return TRACK_ACCEPT;
}
