// SPDX-License-Identifier: MIT
/* user.c - what a user adds to, deletes from or asks of a hash type: one element, or every element of ranges of
 * addresses, ports and networks (IPv4; ports of IPv6 too), in the kernel's order. What was done before an error stays. */
#include "sim/ipset/internal.h"

#define RANGE_MAX (1u << 22)

struct job {
	struct ip_set *s;
	enum ipset_op op;
	const struct ipset_ext *x;
	bool exist_ok;
};

/* One element: 0, or the error that ends the job. */
static int one(const struct job *j, const struct ipset_elem *e)
{
	int err;

	if (j->op == IPSET_TEST) {
		int got = hash_ops.test(j->s, e, &(struct set_probe){ 0 }, NULL, NULL);

		/* "test ... nomatch" asks for an element that says no */
		if (e->nomatch && got)
			got = -got;
		return got > 0 ? 0 : IPSET_ERR_EXIST;
	}
	err = j->op == IPSET_ADD ? hash_ops.add(j->s, e, j->x, j->exist_ok) : hash_ops.del(j->s, e);
	return err == IPSET_ERR_EXIST && j->exist_ok ? 0 : err;
}

static uint32_t host_bits(unsigned plen)
{
	return plen >= 32 ? 0 : UINT32_MAX >> plen;
}

/* The largest network that begins at from and does not reach past to: its last address. */
static uint32_t range_to_cidr(uint32_t from, uint32_t to, uint8_t *cidr)
{
	for (unsigned plen = 1; plen < 32; plen++)
		if (!(from & host_bits(plen)) && (from | host_bits(plen)) <= to) {
			*cidr = (uint8_t)plen;
			return from | host_bits(plen);
		}
	*cidr = 32;
	return from;
}

static bool with_ports(uint8_t proto)
{
	return proto == IPPROTO_TCP || proto == IPPROTO_SCTP || proto == IPPROTO_UDP || proto == IPPROTO_UDPLITE;
}

struct range { uint32_t from, to; };

/* An IPv4 range of plain addresses: FROM-TO, IP/CIDR, or the one. */
static int host_range(const struct ipset_request *r, struct range *ret)
{
	*ret = (struct range){ ntohl(r->e.ip.ip), ntohl(r->e.ip.ip) };
	if (r->has_to) {
		uint32_t to = ntohl(r->to.ip);

		ret->to = MAX(ret->from, to);
		ret->from = MIN(ret->from, to);
		return ret->from ? 0 : IPSET_ERR_HASH_ELEM;
	}
	if (r->has_cidr) {
		if (!r->e.cidr || r->e.cidr > 32)
			return IPSET_ERR_INVALID_CIDR;
		ret->from &= ~host_bits(r->e.cidr);
		ret->to = ret->from | host_bits(r->e.cidr);
	}
	return 0;
}

/* An IPv4 range of networks. */
static int net_range(const union inet_addr *ip, const union inet_addr *to, bool has_to, uint8_t cidr, struct range *ret)
{
	ret->from = ntohl(ip->ip);
	if (!has_to) {
		ret->from &= ~host_bits(cidr);
		ret->to = ret->from | host_bits(cidr);
		return 0;
	}
	ret->to = MAX(ret->from, ntohl(to->ip));
	ret->from = MIN(ret->from, ntohl(to->ip));
	return ret->from == 0 && ret->to == UINT32_MAX ? IPSET_ERR_HASH_RANGE : 0;
}

void set_mask(const struct ip_set *s, union inet_addr *a)
{
	if (s->as.has_bitmask)
		for (unsigned i = 0; i < 4; i++)
			a->all[i] &= s->as.bitmask.all[i];
	else if (s->as.has_netmask)
		addr_mask(a, s->as.netmask, addr_len(s));
}

/* Parts are nets? */
static bool first_is_net(const struct ip_set *s)
{
	return s->type->part[0] == SETDIM_NET;
}

static bool second_is_net(const struct ip_set *s)
{
	return s->type->kind == SET_HASH_IPPORTNET || s->type->kind == SET_HASH_NETPORTNET || s->type->kind == SET_HASH_NETNET;
}

static int check_cidr(const struct ip_set *s, uint8_t cidr, bool zero_ok)
{
	return cidr > s->host_mask || (!cidr && !zero_ok) ? IPSET_ERR_INVALID_CIDR : 0;
}

/* Prefixes, protocol, masks: what is checked before a range is looked at. */
static int check(struct ip_set *s, const struct ipset_request *r, struct ipset_elem *e)
{
	enum ipset_kind k = s->type->kind;
	bool zero_ok = k == SET_HASH_NETIFACE || k == SET_HASH_NETNET;
	int err = 0;

	e->cidr = r->has_cidr ? r->e.cidr : s->host_mask;
	e->cidr2 = r->has_cidr2 ? r->e.cidr2 : s->host_mask;
	if (s->family == NFPROTO_IPV6) {
		if (r->has_to || r->has_to2)
			return IPSET_ERR_HASH_RANGE_UNSUPPORTED;
		if (!first_is_net(s) && r->has_cidr && r->e.cidr != 128)
			return IPSET_ERR_INVALID_CIDR;
	}
	if (first_is_net(s))
		err = check_cidr(s, e->cidr, zero_ok);
	if (!err && second_is_net(s))
		err = check_cidr(s, e->cidr2, zero_ok);
	if (err)
		return err;
	if (s->type->port_with_proto) {
		if (!e->proto)
			return IPSET_ERR_INVALID_PROTO;
		if (!with_ports(e->proto) && e->proto != (s->family == NFPROTO_IPV6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP))
			e->port = 0;
	}
	if (k == SET_HASH_IPMARK)
		e->mark &= s->as.markmask;
	return 0;
}

/* The element with its addresses as they are stored. */
static void mask_elem(const struct ip_set *s, struct ipset_elem *e)
{
	if (first_is_net(s))
		addr_mask(&e->ip, e->cidr, addr_len(s));
	if (second_is_net(s))
		addr_mask(&e->ip2, e->cidr2, addr_len(s));
	set_mask(s, &e->ip);
	if (s->type->kind == SET_HASH_NETNET)
		set_mask(s, &e->ip2);
}

/* Ports and second networks under one first part. */
static int inner(const struct job *j, const struct ipset_request *r, struct ipset_elem *e, struct range port, const struct range *net2)
{
	int err = 0;

	for (uint32_t p = port.from; p <= port.to && !err; p++) {
		e->port = (uint16_t)p;
		if (!net2) {
			err = one(j, e);
			continue;
		}
		for (uint64_t ip2 = net2->from; ip2 <= net2->to && !err; ip2++) {
			uint8_t cidr = r->has_to2 ? 32 : e->cidr2;
			uint32_t last = r->has_to2 || e->cidr2 ? range_to_cidr((uint32_t)ip2, net2->to, &cidr) : net2->to;

			e->ip2.ip = htonl((uint32_t)ip2);
			e->cidr2 = cidr;
			err = one(j, e);
			ip2 = last;
		}
	}
	return err;
}

static struct range port_range(const struct ipset_request *r, const struct ipset_elem *e)
{
	struct range p = { e->port, e->port };

	if (r->has_port_to && with_ports(e->proto)) {
		p.to = MAX(e->port, r->port_to);
		p.from = MIN(e->port, r->port_to);
	}
	return p;
}

/* Elements that a command would take so long over that nobody waits for it. A set that is full before stops it. */
static bool too_many(const struct job *j, const struct range *first, const struct range *port, const struct range *second, uint32_t step,
		     const struct ipset_request *r)
{
	uint64_t n = first_is_net(j->s) ? (r->has_to ? 64 : 1) : ((uint64_t)first->to - first->from) / step + 1;

	n *= port->to - port->from + 1;
	if (second && r->has_to2)
		n *= 64;
	return n > RANGE_MAX && (j->op == IPSET_DEL || j->s->as.maxelem > RANGE_MAX);
}

/* All of an IPv4 request. */
static int all4(const struct job *j, const struct ipset_request *r, struct ipset_elem *e)
{
	const struct ip_set *s = j->s;
	struct range first, net2, port = port_range(r, e), *second = second_is_net(s) ? &net2 : NULL;
	uint32_t step = s->as.has_netmask && s->type->kind == SET_HASH_IP ? host_bits(s->as.netmask) + 1 : 1;
	int err;

	err = first_is_net(s) ? net_range(&e->ip, &r->to, r->has_to, e->cidr, &first) : host_range(r, &first);
	if (!err && second)
		err = net_range(&e->ip2, &r->to2, r->has_to2, e->cidr2, &net2);
	if (err)
		return err;
	if (too_many(j, &first, &port, second, step, r))
		return IPSET_ERR_RANGE;
	if (!first_is_net(s) && s->as.has_netmask)
		first.from &= ~host_bits(s->as.netmask);
	for (uint64_t ip = first.from; ip <= first.to && !err; ip += step) {
		uint8_t cidr = e->cidr;
		uint32_t last = (uint32_t)ip;

		if (first_is_net(s) && r->has_to)
			last = range_to_cidr((uint32_t)ip, first.to, &cidr);
		else if (first_is_net(s))
			last = first.to;
		e->ip.ip = htonl((uint32_t)ip);
		e->cidr = cidr;
		if (second)
			e->cidr2 = r->has_cidr2 ? r->e.cidr2 : 32;
		err = inner(j, r, e, port, second);
		if (step == 1)
			ip = last;
	}
	return err;
}

/* The address 0, or what a mask leaves nothing of, is no element of some types. */
static int check_zero(const struct ip_set *s, const struct ipset_request *r)
{
	enum ipset_kind k = s->type->kind;
	union inet_addr first = r->e.ip;

	set_mask(s, &first);
	if (!addr_is_zero(&first))
		return 0;
	return k == SET_HASH_IP || k == SET_HASH_IPMARK ? IPSET_ERR_HASH_ELEM : k == SET_HASH_IPPORT ? IPSET_ERR_INVAL : 0;
}

int hash_user(struct ip_set *s, enum ipset_op op, const struct ipset_request *r, const struct ipset_ext *x, bool exist_ok)
{
	struct job j = { s, op, x, exist_ok };
	struct ipset_elem e = r->e;
	bool ranged = r->has_to || r->has_to2 || r->has_port_to || (r->has_cidr && !first_is_net(s));
	int err = check(s, r, &e);

	hash_collect(s);
	if (err)
		return err;
	if ((err = check_zero(s, r)))
		return err;
	if (op == IPSET_TEST || !ranged) {
		mask_elem(s, &e);
		return one(&j, &e);
	}
	if (s->family == NFPROTO_IPV6) {
		mask_elem(s, &e);
		return inner(&j, r, &e, port_range(r, &e), NULL);
	}
	return all4(&j, r, &e);
}
