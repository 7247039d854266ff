/* SPDX-License-Identifier: MIT */
/* agree.h - does the emulation agree with the kernel? Compares two results in oracle/FORMAT.md.
 *
 * What the kernel draws at random is normalised by these rules and no others:
 *  1. the IPv4 ID of a packet that the host made: zeroed, unless it is the ID of a packet injected
 *     in this event (or in any, for frames that came late): a forwarded packet keeps its ID;
 *  2. checksums: compared as right, wrong or absent, then zeroed;
 *  3. TCP sequence numbers of a direction whose SYN differed: compared less that difference;
 *  4. ports and ICMP ids that NAT chose: translated, when the same original tuple was changed on both
 *     sides to different ports, and no nat rule names the kernel's port; also inside quoted packets;
 *  5. receive and transmit time of ICMP timestamp replies;
 *  6. conntrack timeouts may differ by two seconds.
 * What can be taken over is taken over instead (sim/world/like.c): ports and sequence numbers that later packets
 * refer to, and the dice of "statistic --mode random", read off the rule's counter in each event.
 * A difference in a connection is told once as long as it lasts. */
#ifndef SIM_REPORT_AGREE_H
#define SIM_REPORT_AGREE_H
#include "sim/base/text.h"
#include <jansson.h>

struct difference {
	long event;		/* index; -1 = at the end, -2 = before the first */
	const char *kind;	/* "out.bytes", "counter", "ct.state", ... */
	char *text;		/* what, with both answers */
};

struct agreement {
	unsigned events, differences;
	struct difference *list;
	struct strbuf text;	/* the same, a line or some per difference */
};

void agreement_free(struct agreement *a);
/* Adds one. */
void agree_differ(struct agreement *a, long event, const char *kind, const char *fmt, ...) PRINTF(4, 5);
/* Adds to *ret what differs. */
void agree(const json_t *kernel, const json_t *sim, struct agreement *ret);
#endif
