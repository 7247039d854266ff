// SPDX-License-Identifier: MIT
/* route6.c - where an IPv6 packet goes: the rules, the tables, what was learnt of a destination
 * (net/ipv6/{route,fib6_rules}.c; ip6_dst_lookup of ip6_output.c). */
#include "sim/net/fib6_internal.h"
#include "sim/net/neigh.h"
#include "sim/net/sock.h"
#include <errno.h>
#include <stdlib.h>

/* ---- rules ---- */

int fib6_type_error(unsigned type)
{
	switch (type) {
	case RTN_BLACKHOLE:	return EINVAL;
	case RTN_UNREACHABLE:	return EHOSTUNREACH;
	case RTN_PROHIBIT:	return EACCES;
	case RTN_THROW:		return EAGAIN;
	default:		return 0;
	}
}

static bool rule_match(struct host *h, struct fib_rule_k *k, const struct flowi6 *fl, unsigned flags)
{
	const struct fib_rule *r = &k->r;

	if (r->dst_len && !ipv6_prefix_equal(&fl->daddr, &r->dst6, r->dst_len))
		return false;
	/* A source that is not chosen yet fits no rule about sources. */
	if (r->src_len && (!(flags & RT6_LOOKUP_F_HAS_SADDR) || !ipv6_prefix_equal(&fl->saddr, &r->src6, r->src_len)))
		return false;
	if (r->tos && r->tos != (fl->tclass & INET_DSCP_MASK))
		return false;
	return fib_rule_match_common(h, k, fl->iif, fl->oif, fl->mark, fl->uid, fl->proto, fl->sport, fl->dport);
}

static bool suppressed(const struct fib_rule *r, const struct fib6_info *f)
{
	return f->plen <= r->suppress_prefixlen ||
	       (r->suppress_ifgroup != -1 && f->dev && f->dev->group == (uint32_t)r->suppress_ifgroup);
}

static int rule_action(const struct fib_rule *r)
{
	return r->action == FR_ACT_UNREACHABLE ? -ENETUNREACH : r->action == FR_ACT_PROHIBIT ? -EACCES : -EINVAL;
}

/* A rule's table; false: ask the next rule. */
static bool ask_table(struct host *h, const struct fib_rule *r, struct flowi6 *fl, const struct packet *p, unsigned flags, int oif,
		      struct fib6_result *res)
{
	unsigned strict = flags & RT6_LOOKUP_F_IFACE;
	struct fib6_info *f;

	if (!h->conf6_all.forwarding)
		strict |= RT6_LOOKUP_F_REACHABLE;
	f = fib6_table_lookup(h, r->table, oif, fl, strict);
	if (!f || f->type == RTN_THROW)
		return false;
	if (!(flags & RT6_LOOKUP_F_NO_SHARES) || !oif)
		f = fib6_select_path(f, fl, p, oif, strict);
	if (suppressed(r, f))
		return false;
	*res = (struct fib6_result){ f, f->table, r->pref, -fib6_type_error(f->type) };
	return true;
}

int fib6_rule_lookup(struct host *h, struct flowi6 *fl, const struct packet *p, unsigned flags, int oif, struct fib6_result *res)
{
	struct fib_rule_k *k = h->fib6->rules.first;

	while (k) {
		if (rule_match(h, k, fl, flags) == k->r.invert || k->r.action == FR_ACT_NOP ||
		    (k->r.action == FR_ACT_GOTO && !k->ctarget)) {
			k = fib_rule_next(k);
		} else if (k->r.action == FR_ACT_GOTO) {
			k = k->ctarget;
		} else if (k->r.action != FR_ACT_TO_TBL) {
			*res = (struct fib6_result){ NULL, RT_TABLE_UNSPEC, k->r.pref, rule_action(&k->r) };
			return res->error;
		} else if (ask_table(h, &k->r, fl, p, flags, oif, res)) {
			return res->error;
		} else {
			k = fib_rule_next(k);
		}
	}
	*res = (struct fib6_result){ .error = -ENETUNREACH };
	return res->error;
}

/* ---- a routing decision ---- */

static struct fib6_exception *find_exception(const struct fib6_info *f, const union inet_addr *daddr)
{
	for (struct fib6_exception *x = f->exceptions; x; x = x->next)
		if (inet_addr_equal(&x->daddr, daddr) && (!x->expires || x->expires > f->host->clock->now))
			return x;
	return NULL;
}

static void learnt(struct dst *d, const struct fib6_info *f, const union inet_addr *daddr)
{
	const struct fib6_exception *x = f->exceptions ? find_exception(f, daddr) : NULL;

	if (!x)
		return;
	d->pmtu = x->mtu;
	if (x->dev) {
		d->has_gw = x->has_gw;
		d->gw = x->gw;
	}
}

static void make_dst(struct host *h, struct dst *d, const struct fib6_result *res, const union inet_addr *daddr, bool input)
{
	struct fib6_info *f = res->f;
	bool ours = f && (f->type == RTN_LOCAL || f->type == RTN_ANYCAST);

	*d = (struct dst){ .set = true, .is_input = input, .f6 = f, .error = -res->error };
	if (!f || res->error) {
		d->type = f ? f->type : RTN_UNREACHABLE;
		d->dev = h->lo;
		d->in = DST_IN_ERROR;
		d->out = DST_OUT_DISCARD;
		return;
	}
	d->type = f->type;
	d->dev = ours ? h->lo : f->dev;
	d->in = ours ? DST_IN_LOCAL : ipv6_is_multicast(&f->dst) ? DST_IN_MC : DST_IN_FORWARD;
	d->out = DST_OUT_IP6;
	d->has_gw = f->has_gw;
	d->gw = f->gw;
	d->mtu = f->mtu;
	d->mtu_locked = f->mtu_locked;
	d->advmss = f->advmss;
	if (f->type == RTN_LOCAL)
		d->flags |= RTCF_LOCAL;
	if (d->in == DST_IN_MC)
		d->flags |= RTCF_MULTICAST;
	learnt(d, f, daddr);
}

static void route_event(struct host *h, const struct packet *p, int how, const struct flowi6 *fl, const struct net_device *iif,
			const struct fib6_result *res, const struct dst *d)
{
	struct event ev = { .type = EV_ROUTE, .host = h, .pkt = p };

	if (!trace_on(h->trace, EV_ROUTE))
		return;
	ev.u.route.how = how;
	ev.u.route.family = NFPROTO_IPV6;
	ev.u.route.src = fl->saddr;
	ev.u.route.dst = fl->daddr;
	ev.u.route.tos = fl->tclass;
	ev.u.route.proto = fl->proto;
	ev.u.route.mark = fl->mark;
	ev.u.route.iif = iif;
	ev.u.route.oif = d->error ? NULL : d->dev;
	ev.u.route.error = -res->error;
	ev.u.route.result = d;
	ev.u.route.rule_pref = res->rule_pref;
	ev.u.route.table = res->table;
	if (res->f) {
		ev.u.route.prefix = res->f->dst;
		ev.u.route.plen = res->f->plen;
	}
	trace_emit(h->trace, &ev);
}

static bool need_strict(const union inet_addr *daddr)
{
	return ipv6_addr_type(daddr) & (IPV6_ADDR_MULTICAST | IPV6_ADDR_LINKLOCAL | IPV6_ADDR_LOOPBACK);
}

/* Protocol and ports for rules that want them, as the kernel's flow dissector finds them: a fragment has no ports, the first
 * neither; what an authentication header covers is not looked at. */
static void dissect(const struct host *h, const struct packet *p, struct flowi6 *fl)
{
	uint8_t proto = pkt_nh(p)[IP6_NXT];
	uint32_t at = IP6_HLEN;
	const uint8_t *hdr;

	if (likely(!h->fib6->rules.need_ports))
		return;
	while (proto == NEXTHDR_HOP || proto == NEXTHDR_ROUTING || proto == NEXTHDR_DEST) {
		if (!(hdr = pkt_at(p, at, 2)))
			return;
		at += ip6_exthdr_len(proto, hdr);
		proto = hdr[0];
	}
	hdr = proto == NEXTHDR_FRAGMENT ? pkt_at(p, at, FRAG6_HLEN) : pkt_at(p, at, 4);
	fl->proto = proto == NEXTHDR_FRAGMENT && hdr ? hdr[FRAG6_NXT] : proto;
	if (hdr && (proto == IPPROTO_TCP || proto == IPPROTO_UDP || proto == IPPROTO_SCTP || proto == IPPROTO_DCCP || proto == IPPROTO_UDPLITE)) {
		fl->sport = load_be16(hdr);
		fl->dport = load_be16(hdr + 2);
	}
}

void ip6_route_input(struct packet *p)
{
	struct net_device *dev = p->dev;
	struct host *h = dev->host;
	const uint8_t *ip = pkt_nh(p);
	struct flowi6 fl = { .saddr = ip6_saddr(ip), .daddr = ip6_daddr(ip), .tclass = ip6_tclass(ip), .proto = ip[IP6_NXT],
			     .iif = dev->ifindex, .mark = p->mark };
	struct fib6_result res;

	dissect(h, p, &fl);
	fib6_rule_lookup(h, &fl, p, RT6_LOOKUP_F_HAS_SADDR | (need_strict(&fl.daddr) ? RT6_LOOKUP_F_IFACE : 0), fl.iif, &res);
	make_dst(h, &p->dst, &res, &fl.daddr, true);
	route_event(h, p, ROUTE_IN, &fl, dev, &res, &p->dst);
}

static int route_output(struct host *h, struct flowi6 *fl, struct dst *ret, const struct packet *p, int how)
{
	bool any_src = ipv6_addr_any(&fl->saddr);
	unsigned flags = any_src ? 0 : RT6_LOOKUP_F_HAS_SADDR;
	struct fib6_result res;

	fl->iif = LOOPBACK_IFINDEX;
	if (fl->bound || need_strict(&fl->daddr) || (fl->oif && any_src))
		flags |= RT6_LOOKUP_F_IFACE;
	fib6_rule_lookup(h, fl, NULL, flags, fl->oif, &res);
	make_dst(h, ret, &res, &fl->daddr, false);
	route_event(h, p, how, fl, NULL, &res, ret);
	return res.error;
}

int ip6_route_output(struct host *h, struct flowi6 *fl, struct dst *ret)
{
	return route_output(h, fl, ret, NULL, ROUTE_OUT);
}

int ip6_dst_lookup(struct host *h, struct flowi6 *fl, struct dst *ret)
{
	const struct fib6_info *f;
	bool bound;
	int err;

	if (!ipv6_addr_any(&fl->saddr))
		return ip6_route_output(h, fl, ret);
	err = ip6_route_output(h, fl, ret);
	f = err ? NULL : ret->f6;
	if (f && f->has_prefsrc) {
		fl->saddr = f->prefsrc;
	} else {
		int no_addr = ipv6_dev_get_saddr(h, f ? f->dev : NULL, &fl->daddr, &fl->saddr);

		if (no_addr)
			return no_addr;
	}
	if (!err)
		return 0;
	/* Rules about sources may lead elsewhere now; but to no other device than was asked for. */
	bound = fl->bound;
	fl->bound |= fl->oif != 0;
	err = ip6_route_output(h, fl, ret);
	fl->bound = bound;
	return err;
}

int ip6_route_me_harder(struct host *h, struct packet *p)
{
	const uint8_t *ip = pkt_nh(p);
	struct flowi6 fl = { .saddr = ip6_saddr(ip), .daddr = ip6_daddr(ip), .tclass = ip6_tclass(ip), .label = ip6_flow(ip), .mark = p->mark, .uid = p->uid };
	struct dst d;
	int err;

	fl.oif = p->sk ? p->sk->bound_ifindex : p->raw_oif;
	fl.bound = fl.oif != 0;
	if (!fl.oif && ipv6_addr_type(&fl.daddr) & (IPV6_ADDR_MULTICAST | IPV6_ADDR_LINKLOCAL) && p->dst.dev)
		fl.oif = p->dst.dev->ifindex;
	dissect(h, p, &fl);
	err = route_output(h, &fl, &d, p, ROUTE_HARDER);
	if (!err)
		p->dst = d;
	return err;
}

void icmp6_dst(struct net_device *dev, const union inet_addr *daddr, struct dst *ret)
{
	*ret = (struct dst){ .set = true, .type = RTN_UNICAST, .in = DST_IN_NONE, .out = DST_OUT_IP6, .has_gw = true, .gw = *daddr,
			     .dev = dev };
}

/* ---- sizes ---- */

uint32_t ip6_dst_mtu_forward(const struct dst *d)
{
	if (d->mtu_locked && d->mtu)
		return d->mtu;
	return d->dev && d->dev->ip6 ? (uint32_t)d->dev->ip6->conf.mtu : IP6_MIN_MTU;
}

uint32_t ip6_dst_mtu(const struct dst *d)
{
	uint32_t mtu = d->pmtu ? d->pmtu : d->mtu;

	if (!mtu)
		mtu = d->dev && d->dev->ip6 ? (uint32_t)d->dev->ip6->conf.mtu : IP6_MIN_MTU;
	return MIN(mtu, 65535u + IP6_HLEN);
}

uint8_t ip6_dst_hoplimit(const struct dst *d)
{
	if (d->f6 && d->f6->hoplimit)
		return (uint8_t)d->f6->hoplimit;
	return (uint8_t)(d->dev && d->dev->ip6 ? d->dev->ip6->conf.hop_limit : 64);
}

/* ---- what ICMPv6 teaches ---- */

static struct fib6_exception *exception_for(struct fib6_info *f, const union inet_addr *daddr)
{
	struct fib6_exception *x = find_exception(f, daddr);

	if (x)
		return x;
	x = xcalloc(1, sizeof(*x));
	x->daddr = *daddr;
	x->next = f->exceptions;
	f->exceptions = x;
	return x;
}

void ip6_update_pmtu(struct host *h, const uint8_t *quoted, uint32_t mtu, int oif)
{
	struct flowi6 fl = { .daddr = ip6_daddr(quoted), .saddr = ip6_saddr(quoted), .tclass = ip6_tclass(quoted), .oif = oif };
	struct fib6_exception *x;
	struct dst d;

	if (ip6_route_output(h, &fl, &d) || mtu < IP6_MIN_MTU || mtu >= ip6_dst_mtu(&d) || !d.f6 || d.f6->reject)
		return;
	x = exception_for(d.f6, &fl.daddr);
	x->mtu = mtu;
	x->expires = h->clock->now + (uint64_t)h->sysctl.ip6_mtu_expires * NSEC_PER_SEC;
}

struct by_router { const struct redirect6 *r; struct fib6_info *best; };

/* The longest prefix for the flow whose router is the one that speaks. */
static void router_of(struct fib6_info *f, void *arg)
{
	struct by_router *b = arg;
	const struct fib6_exception *x;

	if (f->dev != b->r->dev || f->reject || !f->has_gw || !ipv6_prefix_equal(&f->dst, &b->r->daddr, f->plen) ||
	    (b->best && b->best->plen >= f->plen))
		return;
	x = find_exception(f, &b->r->daddr);
	if (b->r->any_router || inet_addr_equal(&f->gw, &b->r->router) || (x && x->has_gw && inet_addr_equal(&x->gw, &b->r->router)))
		b->best = f;
}

void rt6_do_redirect(struct host *h, const struct redirect6 *r)
{
	struct by_router b = { r, NULL };
	struct fib6_exception *x;

	fib6_each(h, router_of, &b);
	if (!b.best)
		return;
	x = exception_for(b.best, &r->dest);
	x->dev = r->dev;
	x->has_gw = true;		/* when on link, it is its own */
	x->gw = r->target;
}

/* ---- the flow hash of multipath: struct flow_keys with IPv6 addresses at 36, ports at 28, label at 4 ---- */

struct keys6 { const uint8_t *src, *dst; uint32_t label; uint8_t proto; be16 sport, dport; };

static uint32_t hash_keys(const struct host *h, const struct keys6 *k)
{
	bool swap = memcmp(k->dst, k->src, 16) < 0, swap_port = __builtin_bswap16(ntohs(k->dport)) < __builtin_bswap16(ntohs(k->sport));
	uint8_t b[72] = { 0 };

	b[2] = k->proto;
	put_be32(b + 4, k->label);
	memcpy(b + 28, swap_port ? &k->dport : &k->sport, 2);
	memcpy(b + 30, swap_port ? &k->sport : &k->dport, 2);
	memcpy(b + 36, swap ? k->dst : k->src, 16);
	memcpy(b + 52, swap ? k->src : k->dst, 16);
	return fib_hash_keys(h, b, sizeof(b) / 8) >> 1;
}

/* An ICMPv6 error goes the way of the packet it is about. */
static uint32_t l3_header(const struct packet *p)
{
	uint8_t proto = pkt_nh(p)[IP6_NXT];
	uint16_t frag;
	int off = ip6_skip_exthdr(p, IP6_HLEN, &proto, &frag);
	const uint8_t *icmp = off > 0 && proto == IPPROTO_ICMPV6 ? pkt_at(p, (uint32_t)off, ICMP_HLEN + IP6_HLEN) : NULL;

	return icmp && icmp[ICMP_TYPE] >= ICMPV6_DEST_UNREACH && icmp[ICMP_TYPE] <= ICMPV6_PARAMPROB ? (uint32_t)off + ICMP_HLEN : 0;
}

uint32_t rt6_multipath_hash(struct host *h, const struct flowi6 *fl, const struct packet *p)
{
	struct keys6 k = { .src = fl->saddr.ip6, .dst = fl->daddr.ip6, .label = fl->label, .proto = fl->proto };

	if (h->sysctl.fib6_multipath_hash_policy == 1) {
		struct flowi6 ports = *fl;

		if (p) {
			uint8_t proto = pkt_nh(p)[IP6_NXT];
			uint16_t frag;
			int off = ip6_skip_exthdr(p, IP6_HLEN, &proto, &frag);
			const uint8_t *th = off > 0 && !frag ? pkt_at(p, (uint32_t)off, 4) : NULL;

			ports.proto = proto;
			ports.sport = ports.dport = 0;
			if (th && (proto == IPPROTO_TCP || proto == IPPROTO_UDP || proto == IPPROTO_SCTP || proto == IPPROTO_UDPLITE)) {
				ports.sport = load_be16(th);
				ports.dport = load_be16(th + 2);
			}
		}
		k.proto = ports.proto;
		k.sport = ports.sport;
		k.dport = ports.dport;
	} else if (p) {
		const uint8_t *ip = pkt_nh(p) + l3_header(p);

		k = (struct keys6){ .src = ip + IP6_SRC, .dst = ip + IP6_DST, .label = ip6_flow(ip), .proto = ip[IP6_NXT] };
	}
	return hash_keys(h, &k);
}
