// SPDX-License-Identifier: MIT
/* icmp.c - questions and answers make connections; errors belong to the one they quote
 * (nf_conntrack_proto_icmp.c). */
#include "sim/conntrack/internal.h"
#include "sim/base/text.h"

#define NR_ICMP_TYPES 18

/* The type that answers, or is answered by, a type; -1 = none. */
static int counterpart(unsigned type)
{
	switch (type) {
	case ICMP_ECHO: return ICMP_ECHOREPLY;
	case ICMP_ECHOREPLY: return ICMP_ECHO;
	case ICMP_TIMESTAMP: return ICMP_TIMESTAMPREPLY;
	case ICMP_TIMESTAMPREPLY: return ICMP_TIMESTAMP;
	case ICMP_INFO_REQUEST: return ICMP_INFO_REPLY;
	case ICMP_INFO_REPLY: return ICMP_INFO_REQUEST;
	case ICMP_ADDRESS: return ICMP_ADDRESSREPLY;
	case ICMP_ADDRESSREPLY: return ICMP_ADDRESS;
	default: return -1;
	}
}

bool icmp_invert_tuple(struct ct_tuple *ret, const struct ct_tuple *orig)
{
	int type = counterpart(orig->dst.u.icmp.type);

	if (type < 0)
		return false;
	ret->src.u = orig->src.u;
	ret->dst.u.icmp.type = (uint8_t)type;
	ret->dst.u.icmp.code = orig->dst.u.icmp.code;
	return true;
}

static bool may_begin(unsigned type)
{
	return type == ICMP_ECHO || type == ICMP_TIMESTAMP || type == ICMP_INFO_REQUEST ||
	       type == ICMP_ADDRESS;
}

enum track_result icmp_packet(struct track *t, struct conn *ct)
{
	unsigned type = ct->tuple[IP_CT_DIR_ORIGINAL].dst.u.icmp.type;

	if (t->s->family != NFPROTO_IPV4) {
		track_why(t, "bad pf");
		return TRACK_INVALID;
	}
	if (!may_begin(type)) {
		track_why(t, "answer of type %u without a question", type);
		return TRACK_INVALID;
	}
	ct_refresh(t, ct, ct->timeouts ? ct->timeouts[0] : (uint32_t)t->h->sysctl.ct_icmp);
	return TRACK_ACCEPT;
}

static bool is_error(unsigned type)
{
	return type == ICMP_DEST_UNREACH || type == ICMP_SOURCE_QUENCH || type == ICMP_REDIRECT ||
	       type == ICMP_TIME_EXCEEDED || type == ICMP_PARAMETERPROB;
}

/* nf_conntrack_inet_error: the quoted packet went one way, so the error goes the other, to whom
 * that direction belongs. An error sent to anybody else is forged or lost. */
enum track_result inet_error(struct track *t, const struct conn *tmpl, uint32_t at, const union inet_addr *outer)
{
	struct packet *p = t->p;
	struct ct_tuple quoted, inner;
	enum ip_ct_dir dir;
	struct ct_zone tmp;
	struct conn *ct;

	if (!ct_tuple_from(&quoted, p, at, t->s->family, t->h)) {
		track_why(t, "quotes too little of a packet");
		return TRACK_INVALID;
	}
	ct = ct_tuple_invert(&inner, &quoted)
		     ? ct_find(t->h, ct_zone_tmpl(tmpl, p, &tmp), &inner, &dir)
		     : NULL;
	if (!ct) {
		track_why(t, "quotes a packet of no known connection");
		return TRACK_INVALID;
	}
	if (!inet_addr_equal(&ct->tuple[dir].dst.u3, outer)) {
		char a[ADDRSTRLEN], b[ADDRSTRLEN];

		if (t->talk)
			track_why(t, "outer daddr %s != inner %s", inet_str(a, t->s->family, outer),
				  inet_str(b, t->s->family, &ct->tuple[dir].dst.u3));
		return TRACK_INVALID;
	}
	ct_get(ct);
	p->ct = ct;
	p->ctinfo = dir == IP_CT_DIR_REPLY ? IP_CT_RELATED_REPLY : IP_CT_RELATED;
	return TRACK_ACCEPT;
}

enum track_result icmp_error(struct track *t, const struct conn *tmpl)
{
	const uint8_t *icmp = pkt_at(t->p, t->off, ICMP_HLEN);
	union inet_addr outer = { .ip = 0 };

	if (!icmp) {
		track_why(t, "short packet");
		return TRACK_INVALID;
	}
	if (track_bad_checksum(t, PROTO_ICMP, 0)) {
		track_why(t, "bad hw icmp checksum");
		return TRACK_INVALID;
	}
	if (icmp[ICMP_TYPE] > NR_ICMP_TYPES) {
		track_why(t, "invalid icmp type");
		return TRACK_INVALID;
	}
	outer.ip = ip4_daddr(pkt_nh(t->p));
	return is_error(icmp[ICMP_TYPE]) ? inet_error(t, tmpl, t->off + ICMP_HLEN, &outer) : TRACK_ACCEPT;
}
