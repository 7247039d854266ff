// SPDX-License-Identifier: MIT
/* tuple.c - a packet's identity and its mirror image, per protocol. */
#include "sim/conntrack/internal.h"
#include "sim/packet/ip6.h"

const struct ct_zone ct_zone_dflt = { 0, 0, NF_CT_DEFAULT_ZONE_DIR };

const struct ct_zone *ct_zone_tmpl(const struct conn *tmpl, const struct packet *p,
				   struct ct_zone *tmp)
{
	if (!tmpl)
		return &ct_zone_dflt;
	if (!(tmpl->zone.flags & NF_CT_FLAG_MARK))
		return &tmpl->zone;
	*tmp = (struct ct_zone){ .id = (uint16_t)p->mark, .dir = tmpl->zone.dir };
	return tmp;
}

int ct_l4proto(const struct packet *p, uint32_t nhoff, uint8_t family, uint8_t *ret_proto)
{
	const uint8_t *ip;
	uint32_t off;

	if (family == NFPROTO_IPV6) {
		uint16_t frag;
		int at;

		ip = pkt_at(p, nhoff, IP6_HLEN);
		if (!ip)
			return -1;
		*ret_proto = ip[IP6_NXT];
		at = ip6_skip_exthdr(p, nhoff + IP6_HLEN, ret_proto, &frag);
		return at < 0 || frag & IP6_OFFSET ? -1 : at;
	}
	ip = pkt_at(p, nhoff, IP_HLEN);
	/* Whole packets are put together before; inside an ICMP error there may be a piece of
	 * one. */
	if (!ip || ip4_fragoff(ip))
		return -1;
	off = nhoff + ip4_hlen(ip);
	if (off > pkt_len(p))
		return -1;
	*ret_proto = ip[IP4_PROTO];
	return (int)off;
}

static bool icmp_tuple(struct ct_tuple *t, const struct packet *p, uint32_t off)
{
	const uint8_t *icmp = pkt_at(p, off, ICMP_HLEN);

	if (!icmp)
		return false;
	t->dst.u.icmp.type = icmp[ICMP_TYPE];
	t->dst.u.icmp.code = icmp[ICMP_CODE];
	t->src.u = load_be16(icmp + ICMP_ID);
	return true;
}

/* Version 1 is PPTP's: its call id is the key of the destination. Any other GRE has no key. */
static bool gre_tuple(struct ct_tuple *t, const struct packet *p, uint32_t off)
{
	const uint8_t *gre = pkt_at(p, off, 4);

	if (!gre || (get_be16(gre) & 7) != 1)
		return true;
	if (!pkt_at(p, off, 8))
		return true;
	if (get_be16(gre + 2) != 0x880b)
		return false;
	t->dst.u.all = load_be16(gre + 6);
	return true;
}

bool ct_tuple_get(struct ct_tuple *ret, const struct packet *p, uint32_t nhoff, uint32_t off,
		  uint8_t family, uint8_t proto)
{
	const uint8_t *ip = pkt_at(p, nhoff, family == NFPROTO_IPV6 ? IP6_HLEN : IP_HLEN), *ports;

	memset(ret, 0, sizeof(*ret));
	ret->l3num = family;
	if (!ip)
		return false;
	if (family == NFPROTO_IPV6) {
		ret->src.u3 = ip6_saddr(ip);
		ret->dst.u3 = ip6_daddr(ip);
	} else {
		ret->src.u3.ip = ip4_saddr(ip);
		ret->dst.u3.ip = ip4_daddr(ip);
	}
	ret->dst.protonum = proto;
	switch (proto) {
	case PROTO_TCP:
	case PROTO_UDP:
	case PROTO_UDPLITE:
	case PROTO_SCTP:
		ports = pkt_at(p, off, 4);
		if (!ports)
			return false;
		ret->src.u = load_be16(ports);
		ret->dst.u.all = load_be16(ports + 2);
		return true;
	case PROTO_ICMP:
	case PROTO_ICMPV6: return icmp_tuple(ret, p, off);
	case PROTO_GRE: return gre_tuple(ret, p, off);
	default: return true;
	}
}

bool ct_tuple_from(struct ct_tuple *ret, const struct packet *p, uint32_t nhoff, uint8_t family,
		   struct host *h)
{
	uint8_t proto;
	int off = ct_l4proto(p, nhoff, family, &proto);

	(void)h;
	return off > 0 && ct_tuple_get(ret, p, nhoff, (uint32_t)off, family, proto);
}

bool ct_tuple_invert(struct ct_tuple *ret, const struct ct_tuple *orig)
{
	memset(ret, 0, sizeof(*ret));
	ret->l3num = orig->l3num;
	ret->src.u3 = orig->dst.u3;
	ret->dst.u3 = orig->src.u3;
	ret->dst.dir = !orig->dst.dir;
	ret->dst.protonum = orig->dst.protonum;
	if (orig->dst.protonum == PROTO_ICMP)
		return icmp_invert_tuple(ret, orig);
	if (orig->dst.protonum == PROTO_ICMPV6)
		return icmpv6_invert_tuple(ret, orig);
	ret->src.u = orig->dst.u.all;
	ret->dst.u.all = orig->src.u;
	return true;
}

void ct_alter_reply(struct conn *ct, const struct ct_tuple *newreply)
{
	assert(!ct_confirmed(ct));
	table_set_reply(ct, newreply);
	ct->tuple[IP_CT_DIR_REPLY].dst.dir = IP_CT_DIR_REPLY;
}

const char *ct_proto_name(uint8_t protonum)
{
	static const struct {
		uint8_t num;
		const char *name;
	} names[] = {
		{ PROTO_ICMP, "icmp" }, { PROTO_TCP, "tcp" },	      { PROTO_UDP, "udp" },
		{ PROTO_DCCP, "dccp" }, { PROTO_GRE, "gre" },	      { PROTO_ICMPV6, "icmpv6" },
		{ PROTO_SCTP, "sctp" }, { PROTO_UDPLITE, "udplite" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (names[i].num == protonum)
			return names[i].name;
	return "unknown";
}

const char *ct_state_word(uint8_t proto, unsigned state)
{
	if (proto == PROTO_TCP && state <= TCP_CONNTRACK_SYN_SENT2)
		return tcp_state_name(state);
	if (proto == PROTO_SCTP && state <= SCTP_CONNTRACK_HEARTBEAT_SENT)
		return sctp_state_name(state);
	return NULL;
}

const char *ct_state_name(const struct conn *ct)
{
	switch (ct_protonum(ct)) {
	case PROTO_TCP: return tcp_state_name(ct->proto.tcp.state);
	case PROTO_SCTP: return sctp_state_name(ct->proto.sctp.state);
	default: return NULL;
	}
}
