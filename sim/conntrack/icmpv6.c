// SPDX-License-Identifier: MIT
/* icmpv6.c - ICMPv6: echo and node information make connections, errors and redirects belong to the one they
 * quote, and what keeps a link going is not tracked (nf_conntrack_proto_icmpv6.c). */
#include "sim/conntrack/internal.h"
#include "sim/packet/ip6.h"

enum { NI_QUERY = 139, NI_REPLY = 140, ND_OPT_REDIRECT_HDR = 4, REDIRECT_HLEN = 40 };

bool icmpv6_invert_tuple(struct ct_tuple *ret, const struct ct_tuple *orig)
{
	static const uint8_t other[][2] = { { ICMPV6_ECHO_REQUEST, ICMPV6_ECHO_REPLY }, { ICMPV6_ECHO_REPLY, ICMPV6_ECHO_REQUEST },
					    { NI_QUERY, NI_REPLY }, { NI_REPLY, NI_QUERY } };

	for (size_t i = 0; i < ARRAY_SIZE(other); i++) {
		if (orig->dst.u.icmp.type != other[i][0])
			continue;
		ret->src.u = orig->src.u;
		ret->dst.u.icmp.type = other[i][1];
		ret->dst.u.icmp.code = orig->dst.u.icmp.code;
		return true;
	}
	return false;
}

enum track_result icmpv6_packet(struct track *t, struct conn *ct)
{
	unsigned type = ct->tuple[IP_CT_DIR_ORIGINAL].dst.u.icmp.type;

	if (t->s->family != NFPROTO_IPV6) {
		track_why(t, "bad pf");
		return TRACK_INVALID;
	}
	if (type != ICMPV6_ECHO_REQUEST && type != NI_QUERY) {
		track_why(t, "answer of type %u without a question", type);
		return TRACK_INVALID;
	}
	ct_refresh(t, ct, ct->timeouts ? ct->timeouts[0] : (uint32_t)t->h->sysctl.ct_icmpv6);
	return TRACK_ACCEPT;
}

static bool untracked(unsigned type)
{
	return (type >= ICMPV6_MGM_QUERY && type <= NDISC_NEIGHBOUR_ADVERTISEMENT) || type == ICMPV6_MLD2_REPORT;
}

/* A redirect is about the packet in its option, when that is the first: else it is a message that nothing
 * begins with. */
static enum track_result redirect(struct track *t, const struct conn *tmpl, const union inet_addr *outer)
{
	const uint8_t *ip = pkt_nh(t->p), *msg = pkt_at(t->p, t->off, REDIRECT_HLEN), *opt = pkt_at(t->p, t->off + REDIRECT_HLEN, 2);

	if (!msg) {
		track_why(t, "short redirect");
		return TRACK_INVALID;
	}
	if (msg[ICMP_CODE])
		return TRACK_ACCEPT;
	if (ip[IP6_HLIM] != 255 || ip[IP6_SRC] != 0xfe || (ip[IP6_SRC + 1] & 0xc0) != 0x80) {
		track_why(t, "invalid saddr or hoplimit for redirect");
		return TRACK_INVALID;
	}
	if (!opt || !opt[1]) {
		track_why(t, "redirect without options");
		return TRACK_INVALID;
	}
	return opt[0] == ND_OPT_REDIRECT_HDR ? inet_error(t, tmpl, t->off + REDIRECT_HLEN + 8, outer) : TRACK_ACCEPT;
}

enum track_result icmpv6_error(struct track *t, const struct conn *tmpl)
{
	const uint8_t *icmp = pkt_at(t->p, t->off, ICMP_HLEN);
	union inet_addr outer;

	if (!icmp) {
		track_why(t, "short packet");
		return TRACK_INVALID;
	}
	if (track_bad_checksum(t, PROTO_ICMPV6, 0)) {
		track_why(t, "ICMPv6 checksum failed");
		return TRACK_INVALID;
	}
	if (untracked(icmp[ICMP_TYPE])) {
		t->p->ctinfo = IP_CT_UNTRACKED;
		return TRACK_ACCEPT;
	}
	outer = ip6_daddr(pkt_nh(t->p));
	if (icmp[ICMP_TYPE] == NDISC_REDIRECT)
		return redirect(t, tmpl, &outer);
	return icmp[ICMP_TYPE] < 128 ? inet_error(t, tmpl, t->off + ICMP_HLEN, &outer) : TRACK_ACCEPT;
}
