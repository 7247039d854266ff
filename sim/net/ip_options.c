// SPDX-License-Identifier: MIT
/* ip_options.c - what RFC 791 lets a sender ask of every host on the way, as far as Linux does it
 * (net/ipv4/ip_options.c). An option is a type, its length, and most have a pointer (from 1) to the
 * next free place in them. */
#include "sim/net/net.h"
#include "sim/packet/headers.h"
#include "sim/base/text.h"

enum {
	IPOPT_END = 0,
	IPOPT_NOOP = 1,
	IPOPT_RR = 7,
	IPOPT_TIMESTAMP = 68,
	IPOPT_LSRR = 131,
	IPOPT_CIPSO = 134,
	IPOPT_SSRR = 137,
	IPOPT_RA = 148
};
enum { OPT_LEN = 1, OPT_PTR = 2, TS_FLAGS = 3 }; /* offsets in an option */
enum { TS_TSONLY = 0, TS_TSANDADDR = 1, TS_PRESPEC = 3 };
#define IPOPT_COPIED 0x80u
#define BEFORE_DST   16 /* parameter problem: the destination field */

be32 inet_current_timestamp(const struct host *h)
{
	uint64_t ns = h->boot_real_ns + h->clock->now;

	return htonl((uint32_t)(ns / NSEC_PER_MSEC % (86400 * 1000)));
}

static be32 result_prefsrc(const struct fib_result *res)
{
	const struct fib_info *fi = res->fi;

	if (fi->prefsrc)
		return fi->prefsrc;
	if (res->nh_sel >= fi->nr_nh || !fi->nh[res->nh_sel].dev)
		return 0;
	return inet_select_addr(fi->nh[res->nh_sel].dev, fi->nh[res->nh_sel].gw, fi->scope);
}

be32 fib_compute_spec_dst(const struct packet *p)
{
	const uint8_t *ip = pkt_nh(p);
	struct net_device *dev = p->dev ? p->dev : p->dst.dev;
	be32 saddr = ip4_saddr(ip);
	struct fib_result res;

	if ((p->dst.flags & (RTCF_BROADCAST | RTCF_MULTICAST | RTCF_LOCAL)) == RTCF_LOCAL)
		return ip4_daddr(ip);
	if (ipv4_is_zeronet(saddr))
		return inet_select_addr(dev, saddr, RT_SCOPE_LINK);
	struct flowi4 fl = { .daddr = saddr,
			     .tos = ip[IP4_TOS] & 0xfc,
			     .iif = 1,
			     .mark = dev->conf.src_valid_mark || dev->host->conf_all.src_valid_mark
					     ? p->mark
					     : 0 };

	if (fib_lookup(dev->host, &fl, &res) == 0 && res.fi)
		return result_prefsrc(&res);
	return inet_select_addr(dev, saddr, RT_SCOPE_UNIVERSE);
}

/* Our address at the interface where p leaves, for options that record the way (ip_rt_get_source). */
static void put_source(uint8_t *at, const struct packet *p, const struct dst *dst)
{
	const uint8_t *ip = pkt_nh(p);
	be32 src = ip4_saddr(ip);

	if (dst->is_input) {
		struct flowi4 fl = { .daddr = ip4_daddr(ip),
				     .saddr = src,
				     .tos = ip[IP4_TOS] & 0xfc,
				     .oif = dst->dev->ifindex,
				     .iif = p->dev->ifindex,
				     .mark = p->mark };
		struct fib_result res;

		if (fib_lookup(dst->dev->host, &fl, &res) == 0 && res.fi)
			src = result_prefsrc(&res);
		else
			src = inet_select_addr(dst->dev, dst->has_gw ? dst->gw.ip : fl.daddr,
					       RT_SCOPE_UNIVERSE);
	}
	memcpy(at, &src, 4);
}

/* ---- compile: check each option, note where it is, and do at once what the receiver must ---- */
struct compile {
	struct host *h;
	struct ip_opt *opt;
	uint8_t *ip;
	struct packet *p; /* NULL: options of our own, nothing is recorded */
	bool have_spec;
	be32 spec;
};

static be32 spec_dst(struct compile *c)
{
	if (!c->have_spec)
		c->spec = fib_compute_spec_dst(c->p);
	c->have_spec = true;
	return c->spec;
}

/* Each answers NULL, or the byte that is wrong. */
static uint8_t *compile_srr(struct compile *c, uint8_t *o)
{
	unsigned len = o[OPT_LEN];

	if (len < 3)
		return o + OPT_LEN;
	if (o[OPT_PTR] < 4)
		return o + OPT_PTR;
	if (c->opt->srr)
		return o;
	if (!c->p) {
		if (o[OPT_PTR] != 4 || len < 7 || ((len - 3) & 3))
			return o + OPT_LEN;
		c->opt->faddr = load_be32(o + 3);
		memmove(o + 3, o + 7, len - 7);
	}
	c->opt->is_strictroute = o[0] == IPOPT_SSRR;
	c->opt->srr = (uint8_t)(o - c->ip);
	return NULL;
}

static uint8_t *compile_rr(struct compile *c, uint8_t *o)
{
	unsigned len = o[OPT_LEN];

	if (c->opt->rr)
		return o;
	if (len < 3)
		return o + OPT_LEN;
	if (o[OPT_PTR] < 4)
		return o + OPT_PTR;
	if (o[OPT_PTR] <= len) {
		if (o[OPT_PTR] + 3u > len)
			return o + OPT_PTR;
		if (c->p && c->p->dst.set) {
			be32 spec = spec_dst(c);

			memcpy(o + o[OPT_PTR] - 1, &spec, 4);
			c->opt->is_changed = true;
		}
		o[OPT_PTR] += 4;
		c->opt->rr_needaddr = true;
	}
	c->opt->rr = (uint8_t)(o - c->ip);
	return NULL;
}

static void put_time(struct compile *c, uint8_t *at)
{
	be32 t = inet_current_timestamp(c->h);

	memcpy(at, &t, 4);
	c->opt->is_changed = true;
}

/* A place is free. Whether this host stamps depends on the mode: always, or where it is named. */
static uint8_t *compile_ts_room(struct compile *c, uint8_t *o)
{
	unsigned len = o[OPT_LEN], mode = o[TS_FLAGS] & 15;
	uint8_t *at = o + o[OPT_PTR] - 1;

	if (o[OPT_PTR] + 3u > len ||
	    ((mode == TS_TSANDADDR || mode == TS_PRESPEC) && o[OPT_PTR] + 7u > len))
		return o + OPT_PTR;
	c->opt->ts = (uint8_t)(o - c->ip);
	switch (mode) {
	case TS_TSONLY:
		if (c->p)
			put_time(c, at);
		c->opt->ts_needtime = true;
		o[OPT_PTR] += 4;
		break;
	case TS_TSANDADDR:
		if (c->p && c->p->dst.set) {
			be32 spec = spec_dst(c);

			memcpy(at, &spec, 4);
			put_time(c, at + 4);
		}
		c->opt->ts_needaddr = c->opt->ts_needtime = true;
		o[OPT_PTR] += 8;
		break;
	case TS_PRESPEC:
		/* Somebody else's address: his turn. */
		if (inet_addr_type(c->h, load_be32(at)) == RTN_UNICAST)
			break;
		if (c->p)
			put_time(c, at + 4);
		c->opt->ts_needtime = true;
		o[OPT_PTR] += 8;
		break;
	}
	return NULL;
}

static uint8_t *compile_ts(struct compile *c, uint8_t *o)
{
	unsigned len = o[OPT_LEN], overflow;

	if (c->opt->ts)
		return o;
	if (len < 4)
		return o + OPT_LEN;
	if (o[OPT_PTR] < 5)
		return o + OPT_PTR;
	if (o[OPT_PTR] <= len)
		return compile_ts_room(c, o);
	overflow = o[TS_FLAGS] >> 4;
	if (overflow == 15)
		return o + TS_FLAGS;
	c->opt->ts = (uint8_t)(o - c->ip);
	if (c->p) {
		o[TS_FLAGS] = (uint8_t)((o[TS_FLAGS] & 15) | (overflow + 1) << 4);
		c->opt->is_changed = true;
	}
	return NULL;
}

static uint8_t *compile_one(struct compile *c, uint8_t *o)
{
	switch (o[0]) {
	case IPOPT_SSRR:
	case IPOPT_LSRR: return compile_srr(c, o);
	case IPOPT_RR: return compile_rr(c, o);
	case IPOPT_TIMESTAMP: return compile_ts(c, o);
	case IPOPT_RA:
		if (o[OPT_LEN] < 4)
			return o + OPT_LEN;
		if (o[2] == 0 && o[3] == 0)
			c->opt->router_alert = (uint8_t)(o - c->ip);
		return NULL;
	case IPOPT_CIPSO:
		/* No domain of interpretation is ever configured here, so every label is foreign. */
		if (c->opt->cipso)
			return o;
		c->opt->cipso = (uint8_t)(o - c->ip);
		return o + (o[OPT_LEN] < 8 ? OPT_LEN : 2);
	}
	return NULL;
}

/* After END only END may follow. */
static void clear_rest(struct compile *c, uint8_t *o, unsigned left)
{
	for (; left; o++, left--) {
		if (*o == IPOPT_END)
			continue;
		*o = IPOPT_END;
		c->opt->is_changed = true;
	}
}

int ip_options_compile(struct host *h, struct ip_opt *opt, uint8_t *ip, struct net_device *dev,
		       struct packet *p)
{
	struct compile c = { .h = h, .opt = opt, .ip = ip, .p = p };
	uint8_t *o = ip + IP_HLEN, *bad = NULL;
	unsigned left = opt->optlen;

	(void)dev;
	while (left) {
		if (o[0] == IPOPT_END) {
			clear_rest(&c, o + 1, left - 1);
			break;
		}
		if (o[0] == IPOPT_NOOP) {
			o++;
			left--;
			continue;
		}
		/* A last byte that has no length is its own error. */
		if (left < 2 || o[OPT_LEN] < 2 || o[OPT_LEN] > left)
			return (int)(o - ip) + 1;
		bad = compile_one(&c, o);
		if (bad)
			return (int)(bad - ip) + 1;
		left -= o[OPT_LEN];
		o += o[OPT_LEN];
	}
	return 0;
}

/* ---- source routes: the destination named next becomes the packet's ---- */
static bool srr_fail(struct packet *p, int pointer)
{
	if (pointer >= 0)
		icmp_send(p, ICMP_PARAMETERPROB, 0, htonl((uint32_t)pointer << 24));
	pkt_drop(p->dev->host, p, DROP_NOT_SPECIFIED, "ip_options_rcv_srr");
	return false;
}

bool ip_options_rcv_srr(struct packet *p, struct net_device *dev)
{
	uint8_t *ip = pkt_nh(p), *o = ip + p->opt.srr;
	unsigned ptr = o[OPT_PTR], space = o[OPT_LEN];
	be32 nexthop = 0;

	if (!p->dst.set)
		return true;
	if (p->pkt_type != PACKET_HOST)
		return srr_fail(p, -1);
	if (p->dst.type == RTN_UNICAST)
		return p->opt.is_strictroute ? srr_fail(p, BEFORE_DST) : true;
	if (p->dst.type != RTN_LOCAL)
		return srr_fail(p, -1);
	for (; ptr <= space; ptr += 4) {
		struct dst old = p->dst;

		if (ptr + 3 > space)
			return srr_fail(p, p->opt.srr + 2);
		nexthop = load_be32(o + ptr - 1);
		p->dst = (struct dst){ 0 };
		if (ip_route_input(p, nexthop, ip4_saddr(ip), ip[IP4_TOS] & 0xfc, dev) ||
		    (p->dst.type != RTN_UNICAST && p->dst.type != RTN_LOCAL)) {
			p->dst = old;
			return srr_fail(p, -1);
		}
		if (p->dst.type != RTN_LOCAL)
			break;
		/* Ours again: go on to the one after it at once. */
		memcpy(ip + IP4_DST, &nexthop, 4);
		p->opt.is_changed = true;
	}
	if (ptr <= space) {
		p->opt.srr_is_hit = true;
		p->opt.nexthop = nexthop;
		p->opt.is_changed = true;
	}
	return true;
}

static void forward_srr(struct packet *p)
{
	uint8_t *ip = pkt_nh(p), *o = ip + p->opt.srr;
	unsigned ptr = o[OPT_PTR], space = o[OPT_LEN];

	while (ptr + 3 <= space && load_be32(o + ptr - 1) != p->opt.nexthop)
		ptr += 4;
	if (ptr + 3 <= space) {
		p->opt.is_changed = true;
		memcpy(ip + IP4_DST, &p->opt.nexthop, 4);
		put_source(o + ptr - 1, p, &p->dst);
		o[OPT_PTR] = (uint8_t)(ptr + 4);
	}
	if (p->opt.ts_needaddr) {
		o = ip + p->opt.ts;
		put_source(o + o[OPT_PTR] - 9, p, &p->dst);
		p->opt.is_changed = true;
	}
}

/* The last thing before a forwarded packet leaves: the addresses that were left open. */
void ip_forward_options(struct packet *p)
{
	uint8_t *ip = pkt_nh(p);

	if (p->opt.rr_needaddr) {
		uint8_t *o = ip + p->opt.rr;

		put_source(o + o[OPT_PTR] - 5, p, &p->dst);
		p->opt.is_changed = true;
	}
	if (p->opt.srr_is_hit)
		forward_srr(p);
	if (p->opt.is_changed) {
		p->opt.is_changed = false;
		ip4_send_check(ip);
	}
}

/* ---- echo: the options of an answer, made from those received ---- */
struct echo {
	struct host *h;
	const uint8_t *src; /* IP header received */
	uint8_t *to;	    /* next free byte of the new options */
	struct ip_opt *ret;
};

static void echo_grow(struct echo *e, unsigned len)
{
	e->to += len;
	e->ret->optlen = (uint8_t)(e->ret->optlen + len);
}

static bool echo_rr(struct echo *e, const struct ip_opt *s)
{
	const uint8_t *o = e->src + s->rr;
	unsigned len = o[OPT_LEN], at = o[OPT_PTR];

	e->ret->rr = (uint8_t)(e->ret->optlen + IP_HLEN);
	memcpy(e->to, o, len);
	if (s->rr_needaddr && at <= len) {
		if (at + 3 > len)
			return false;
		e->to[OPT_PTR] = (uint8_t)(at + 4);
		e->ret->rr_needaddr = true;
	}
	echo_grow(e, len);
	return true;
}

static bool echo_ts(struct echo *e, const struct ip_opt *s)
{
	const uint8_t *o = e->src + s->ts;
	unsigned len = o[OPT_LEN], at = o[OPT_PTR];

	e->ret->ts = (uint8_t)(e->ret->optlen + IP_HLEN);
	memcpy(e->to, o, len);
	if (at <= len) {
		if (s->ts_needaddr) {
			if (at + 3 > len)
				return false;
			e->ret->ts_needaddr = true;
			at += 4;
		}
		if (s->ts_needtime) {
			if (at + 3 > len)
				return false;
			if ((o[TS_FLAGS] & 15) != TS_PRESPEC) {
				e->ret->ts_needtime = true;
				at += 4;
			} else if (at + 7 <= len &&
				   inet_addr_type(e->h, load_be32(o + at - 1)) != RTN_UNICAST) {
				e->ret->ts_needtime = true;
				at += 8;
			}
		}
		e->to[OPT_PTR] = (uint8_t)at;
	}
	echo_grow(e, len);
	return true;
}

/* The way that was taken, backwards. */
static void echo_srr(struct echo *e, const struct ip_opt *s)
{
	const uint8_t *o = e->src + s->srr;
	int len = o[OPT_LEN], from = o[OPT_PTR], to = 0;
	be32 faddr = 0;

	if (from > len)
		from = len + 1;
	from -= 4;
	if (from > 3) {
		faddr = load_be32(o + from - 1);
		for (from -= 4, to = 4; from > 3; from -= 4, to += 4)
			memcpy(e->to + to - 1, o + from - 1, 4);
		/* RFC 1812: a sender that named itself in its own route is not visited twice. */
		if (memcmp(e->src + IP4_SRC, o + from + 3, 4) == 0)
			to -= 4;
	}
	if (to <= 3)
		return;
	e->ret->faddr = faddr;
	e->to[0] = o[0];
	e->to[OPT_LEN] = (uint8_t)(to + 3);
	e->to[OPT_PTR] = 4;
	e->ret->srr = (uint8_t)(e->ret->optlen + IP_HLEN);
	e->ret->is_strictroute = s->is_strictroute;
	echo_grow(e, (unsigned)to + 3);
}

int ip_options_echo(struct host *h, struct ip_opt *ret, uint8_t *ret_bytes, const struct packet *p)
{
	const struct ip_opt *s = &p->opt;
	struct echo e = { .h = h, .src = pkt_nh(p), .to = ret_bytes, .ret = ret };

	*ret = (struct ip_opt){ 0 };
	if (likely(!s->optlen))
		return 0;
	if ((s->rr && !echo_rr(&e, s)) || (s->ts && !echo_ts(&e, s)))
		return -1;
	if (s->srr)
		echo_srr(&e, s);
	if (s->cipso) {
		unsigned len = e.src[s->cipso + OPT_LEN];

		ret->cipso = (uint8_t)(ret->optlen + IP_HLEN);
		memcpy(e.to, e.src + s->cipso, len);
		echo_grow(&e, len);
	}
	while (ret->optlen & 3) {
		*e.to = IPOPT_END;
		echo_grow(&e, 1);
	}
	return 0;
}

/* The option bytes are in the header already; fills in what only the sender knows. */
void ip_options_build(struct packet *p, const struct ip_opt *opt, be32 daddr, const struct dst *dst)
{
	uint8_t *ip = pkt_nh(p);

	p->opt = *opt;
	if (opt->srr)
		memcpy(ip + opt->srr + ip[opt->srr + OPT_LEN] - 4, &daddr, 4);
	if (opt->rr_needaddr)
		put_source(ip + opt->rr + ip[opt->rr + OPT_PTR] - 5, p, dst);
	if (opt->ts_needaddr)
		put_source(ip + opt->ts + ip[opt->ts + OPT_PTR] - 9, p, dst);
	if (opt->ts_needtime) {
		be32 t = inet_current_timestamp(dst->dev->host);

		memcpy(ip + opt->ts + ip[opt->ts + OPT_PTR] - 5, &t, 4);
	}
}

/* From the second fragment on only the options marked "copied" remain; the others become NOOPs. */
void ip_options_fragment(struct packet *p)
{
	uint8_t *o = pkt_nh(p) + IP_HLEN;
	unsigned left = p->opt.optlen, len;

	while (left) {
		if (o[0] == IPOPT_END)
			return;
		if (o[0] == IPOPT_NOOP) {
			left--;
			o++;
			continue;
		}
		if (left < 2)
			return;
		len = o[OPT_LEN];
		if (len < 2 || len > left)
			return;
		if (!(o[0] & IPOPT_COPIED))
			memset(o, IPOPT_NOOP, len);
		left -= len;
		o += len;
	}
	p->opt.ts = p->opt.rr = 0;
	p->opt.rr_needaddr = p->opt.ts_needaddr = p->opt.ts_needtime = false;
}
