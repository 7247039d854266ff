// SPDX-License-Identifier: MIT
/* drop.c - the end of a packet that did not end well. */
#include "sim/net/net.h"

void pkt_drop(struct host *h, struct packet *p, enum drop_reason reason, const char *where)
{
	if (trace_on(h->trace, EV_DROP)) {
		struct event ev = { .type = EV_DROP,
				    .host = h,
				    .pkt = p,
				    .u.drop = { .reason = reason, .where = where } };

		trace_emit(h->trace, &ev);
	}
	pkt_free(p);
}
