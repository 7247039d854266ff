// SPDX-License-Identifier: MIT
/* gre.c - GRE, with PPTP's call ids as keys (nf_conntrack_proto_gre.c). */
#include "sim/conntrack/internal.h"

enum track_result gre_packet(struct track *t, struct conn *ct)
{
	const struct netns_sysctl *sys = &t->h->sysctl;

	/* Kept with the connection: PPTP's helper makes them longer. */
	if (!ct_confirmed(ct)) {
		ct->proto.gre.timeout =
			ct->timeouts ? ct->timeouts[CT_UNREPLIED] : (uint32_t)sys->ct_gre;
		ct->proto.gre.stream_timeout =
			ct->timeouts ? ct->timeouts[CT_REPLIED] : (uint32_t)sys->ct_gre_stream;
	}
	if (!(ct->status & IPS_SEEN_REPLY)) {
		ct_refresh(t, ct, ct->proto.gre.timeout);
		return TRACK_ACCEPT;
	}
	ct_refresh(t, ct, ct->proto.gre.stream_timeout);
	if (!(ct->status & (IPS_NAT_CLASH | IPS_ASSURED))) {
		ct->status |= IPS_ASSURED;
		t->changed = true;
	}
	return TRACK_ACCEPT;
}
