// SPDX-License-Identifier: MIT
/* kadt.c - a rule asks a set about a packet, adds or deletes what the packet has (each type's *_kadt). */
#include "sim/ipset/internal.h"
#include "sim/packet/headers.h"
#include "sim/packet/ip6.h"

static bool src(const struct ipset_adt *a, unsigned part)
{
	return a->flags & IPSET_DIM_SRC(part);
}

static void address(const struct ipset_packet *p, bool source, union inet_addr *ret)
{
	const uint8_t *ip = pkt_nh(p->p);

	if (p->family == NFPROTO_IPV6) {
		*ret = source ? ip6_saddr(ip) : ip6_daddr(ip);
		return;
	}
	*ret = (union inet_addr){ .all = { 0 } };
	ret->ip = source ? ip4_saddr(ip) : ip4_daddr(ip);
}

/* Protocol and port (of ICMP type and code) at off; false = the header is cut off. */
static bool port_at(const struct ipset_packet *p, uint8_t proto, uint32_t off, bool source, uint16_t *ret_port)
{
	unsigned len = 0;
	const uint8_t *h;

	switch (proto) {
	case IPPROTO_TCP:	len = TCP_HLEN; break;
	case IPPROTO_SCTP:	len = 12; break;
	case IPPROTO_UDP:
	case IPPROTO_UDPLITE:	len = UDP_HLEN; break;
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:	len = ICMP_HLEN; break;
	default:		return true;
	}
	if (!(h = pkt_at(p->p, off, len)))
		return false;
	*ret_port = get_be16(proto == IPPROTO_ICMP || proto == IPPROTO_ICMPV6 || source ? h : h + 2);
	return true;
}

static bool has_ports(uint8_t proto)
{
	return proto == IPPROTO_TCP || proto == IPPROTO_SCTP || proto == IPPROTO_UDP || proto == IPPROTO_UDPLITE ||
	       proto == IPPROTO_ICMP;
}

static bool port(const struct ipset_packet *p, bool source, struct ipset_elem *e)
{
	const uint8_t *ip = pkt_nh(p->p);
	uint16_t frag_off = 0;
	int off;

	if (p->family == NFPROTO_IPV6) {
		e->proto = ip[IP6_NXT];
		off = ip6_skip_exthdr(p->p, IP6_HLEN, &e->proto, &frag_off);
		return off >= 0 && !(frag_off & ~7u) && port_at(p, e->proto, (uint32_t)off, source, &e->port);
	}
	e->proto = ip[IP4_PROTO];
	if (!e->proto)
		return false;
	if (ip4_fragoff(ip))
		return !has_ports(e->proto);
	return port_at(p, e->proto, ip4_hlen(ip), source, &e->port);
}

/* The frame's MAC address; none, or all zeros, is no element. */
static bool mac(const struct ipset_packet *p, bool source, struct ipset_elem *e)
{
	static const uint8_t zero[ETH_ALEN];

	if (p->p->mac + ETH_HLEN > p->p->nh)
		return false;
	memcpy(e->mac, pkt_mac(p->p) + (source ? ETH_ALEN : 0), ETH_ALEN);
	e->has_mac = true;
	return memcmp(e->mac, zero, ETH_ALEN) != 0;
}

static bool device(const struct ipset_packet *p, bool source, struct ipset_elem *e)
{
	const char *name = source ? p->in : p->out;

	if (!name || !*name)
		return false;
	memcpy(e->iface, name, MIN(strlen(name), sizeof(e->iface) - 1));
	return true;
}

/* What the packet has of each part. Prefixes are the host's: a test tries all, adding takes the first in use. */
static bool packet_elem(const struct ip_set *s, const struct ipset_packet *p, const struct ipset_adt *a, struct ipset_elem *e)
{
	*e = (struct ipset_elem){ .cidr = s->host_mask, .cidr2 = s->host_mask };
	for (unsigned i = 0; i < s->type->dim; i++) {
		bool source = src(a, i + 1);

		switch (s->type->part[i]) {
		case SETDIM_IP:
		case SETDIM_NET:
			address(p, source, i ? &e->ip2 : &e->ip);
			break;
		case SETDIM_PORT:
			if (!port(p, source, e))
				return false;
			if (s->type->kind == SET_BITMAP_PORT && e->proto != IPPROTO_TCP && e->proto != IPPROTO_UDP)
				return false;
			break;
		case SETDIM_MAC:
			if (!mac(p, source, e))
				return false;
			break;
		case SETDIM_MARK:
			e->mark = p->p->mark & s->as.markmask;
			break;
		case SETDIM_IFACE:
			if (!device(p, source, e))
				return false;
			break;
		}
	}
	set_mask(s, &e->ip);
	if (s->type->kind == SET_HASH_NETNET)
		set_mask(s, &e->ip2);
	if ((s->type->kind == SET_HASH_IP || s->type->kind == SET_HASH_IPPORT) && addr_is_zero(&e->ip))
		return false;
	if (s->type->bitmap)
		return bitmap_holds(s, e);
	return true;
}

static bool fits(const struct ip_set *s, const struct ipset_packet *p, const struct ipset_adt *a)
{
	return a->dim >= s->type->dim && (s->family == p->family || s->family == NFPROTO_UNSPEC);
}

bool ipset_packet_elem(const struct ip_set *s, const struct ipset_packet *p, const struct ipset_adt *a, struct ipset_elem *ret)
{
	return fits(s, p, a) && s->type->kind != SET_LIST && packet_elem(s, p, a, ret);
}

int ipset_peek(const struct ip_set *s, const struct ipset_elem *e, struct ipset_elem *ret, struct ipset_ext *ret_ext)
{
	return s->ops->test(s, e, &(struct set_probe){ 0 }, ret, ret_ext);
}

/* bitmap:ip,mac learns the MAC of an address that was listed without one: it is added anew. */
static void learn_mac(struct ip_set *s, const struct ipset_packet *p, const struct ipset_elem *e)
{
	struct ipset_ext x = { .timeout = IPSET_NO_TIMEOUT, .packets = 1, .bytes = pkt_len(p->p) };

	s->ops->add(s, e, &x, false);
}

int rule_test(struct ip_set *s, const struct ipset_packet *p, struct ipset_adt *a)
{
	struct set_probe probe = { a, a->cmdflags, pkt_len(p->p) };
	struct ipset_elem e, found;
	int got;

	if (!fits(s, p, a))
		return 0;
	if (s->type->kind == SET_LIST)
		return list_rule_test(s, p, a, a->cmdflags);
	if (!packet_elem(s, p, a, &e))
		return 0;
	if (s->type->hash)
		hash_collect(s);
	if (s->type->kind != SET_BITMAP_IPMAC)
		return s->ops->test(s, &e, &probe, NULL, NULL);
	got = s->ops->test(s, &e, &probe, &found, NULL);
	if (got > 0 && !found.has_mac)
		learn_mac(s, p, &e);
	return got;
}

bool ipset_match(struct ipsets *all, unsigned index, const struct ipset_packet *p, struct ipset_adt *a)
{
	struct ip_set *s = ipset_at(all, index);
	int got = s ? rule_test(s, p, a) : 0;

	if (a->cmdflags & IPSET_FLAG_RETURN_NOMATCH && s && s->type->nomatch)
		got = -got;
	return got > 0;
}

int rule_change(struct ip_set *s, const struct ipset_packet *p, struct ipset_adt *a, bool add)
{
	/* the packet that adds an element is its first */
	struct ipset_ext x = { .timeout = a->timeout, .packets = 1, .bytes = pkt_len(p->p) };
	bool second = s->type->kind == SET_HASH_IPPORTNET;
	struct ipset_elem e;

	if (!fits(s, p, a))
		return IPSET_ERR_TYPE_MISMATCH;
	if (s->type->kind == SET_LIST)
		return list_rule_change(s, p, a, add);
	if (!packet_elem(s, p, a, &e))
		return IPSET_ERR_INVAL;
	if (s->type->hash)
		hash_collect(s);
	if (s->type->hash) {
		hash_first_cidr(s, 0, second ? &e.cidr2 : &e.cidr);
		hash_first_cidr(s, 1, &e.cidr2);
	}
	addr_mask(&e.ip, s->type->part[0] == SETDIM_NET ? e.cidr : s->host_mask, addr_len(s));
	addr_mask(&e.ip2, e.cidr2, addr_len(s));
	return add ? s->ops->add(s, &e, &x, a->cmdflags & IPSET_FLAG_EXIST) : s->ops->del(s, &e);
}

void ipset_packet_add(struct ipsets *all, unsigned index, const struct ipset_packet *p, struct ipset_adt *a)
{
	struct ip_set *s = ipset_at(all, index);

	if (s)
		rule_change(s, p, a, true);
}

void ipset_packet_del(struct ipsets *all, unsigned index, const struct ipset_packet *p, struct ipset_adt *a)
{
	struct ip_set *s = ipset_at(all, index);

	if (s)
		rule_change(s, p, a, false);
}
