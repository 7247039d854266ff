// SPDX-License-Identifier: MIT
// route.c - the two routing questions: where does what came in go, how does what is made here leave (net/ipv4/route.c).
#include "sim/net/fib_internal.h"
#include "sim/net/net.h"
#include "sim/net/sock.h"
#include <errno.h>

#define INADDR_ALL_HOSTS htonl(0xe0000001)

/* Every device that is up is a member of 224.0.0.1; nobody here joins other groups. */
static bool ip_check_mc(const struct net_device *dev, be32 group)
{
	return (dev->flags & IFF_UP) && group == INADDR_ALL_HOSTS;
}

/* ---- events ---- */

static void route_event(struct host *h, const struct packet *p, unsigned how, const struct flowi4 *fl,
			const struct net_device *iif, const struct fib_result *res, int error,
			enum drop_reason reason, const struct dst *dst)
{
	struct event ev = { .type = EV_ROUTE, .host = h, .pkt = p };

	ev.u.route.how = how;
	ev.u.route.family = NFPROTO_IPV4;
	ev.u.route.src.ip = fl->saddr;
	ev.u.route.dst.ip = fl->daddr;
	ev.u.route.tos = fl->tos;
	ev.u.route.proto = p && p->protocol == ETH_P_IP ? pkt_nh(p)[IP4_PROTO] : fl->proto;
	ev.u.route.mark = fl->mark;
	ev.u.route.iif = iif;
	ev.u.route.oif = dst->set ? dst->dev : NULL;
	ev.u.route.error = error;
	ev.u.route.reason = reason;
	ev.u.route.result = dst;
	ev.u.route.rule_pref = res->rule_pref;
	ev.u.route.table = res->table;
	ev.u.route.prefix.ip = res->prefix;
	ev.u.route.plen = res->prefixlen;
	trace_emit(h->trace, &ev);
}

static void log_line(struct host *h, const struct packet *p, const char *text)
{
	struct event ev = { .type = EV_LOG, .host = h, .pkt = p };

	ev.u.log.level = 4;
	ev.u.log.text = text;
	trace_emit(h->trace, &ev);
}

static void martian(struct packet *p, const struct net_device *dev, be32 daddr, be32 saddr, bool source)
{
	struct host *h = dev->host;
	char d[ADDRSTRLEN], s[ADDRSTRLEN];
	struct strbuf sb = { 0 };

	if (!IN_DEV_ORCONF(dev, log_martians) || !trace_on(h->trace, EV_LOG))
		return;
	sb_printf(&sb, "martian %s %s from %s, %sdev %s", source ? "source" : "destination",
		  ip4_str(d, daddr), ip4_str(s, saddr), source ? "on " : "", dev->name);
	log_line(h, p, sb_str(&sb));
	if (source && pkt_has_mac(p) && p->nh - p->mac >= ETH_HLEN) {
		sb_clear(&sb);
		sb_puts(&sb, "ll header: 00000000:");
		for (unsigned i = 0; i < ETH_HLEN; i++)
			sb_printf(&sb, " %02x", pkt_mac(p)[i]);
		log_line(h, p, sb_str(&sb));
	}
	sb_free(&sb);
}

/* ---- is the source one that may come in here? ---- */

static uint32_t combine_itag(const struct fib_result *res)
{
	uint32_t itag = res->fi->nh[res->nh_sel].tclassid << 16;

	if (!itag)
		itag = res->tclassid << 16;
	return itag | res->tclassid >> 16;
}

/* The full check: the way back to the source. *ret_direct: the source is on link. */
static enum drop_reason reverse_path(struct packet *p, be32 src, be32 dst, uint8_t tos, int oif,
				     struct net_device *dev, int rpf, bool *ret_direct, uint32_t *itag)
{
	struct host *h = dev->host;
	struct flowi4 fl = {
		.daddr = src, .saddr = dst, .tos = tos, .iif = oif ? oif : LOOPBACK_IFINDEX,
		.mark = IN_DEV_ORCONF(dev, src_valid_mark) ? p->mark : 0,
	};
	struct fib_result res;

	if (fib_rules_dissect(h, p, &fl)) {
		be16 port = fl.sport;

		fl.sport = fl.dport;
		fl.dport = port;
	}
	if (fib_lookup(h, &fl, &res))
		return rpf ? DROP_IP_RPFILTER : PKT_NOT_DROPPED;
	if (res.type != RTN_UNICAST && res.type != RTN_LOCAL)
		return DROP_IP_INVALID_SOURCE;
	if (res.type == RTN_LOCAL && !IN_DEV_ORCONF(dev, accept_local))
		return DROP_IP_LOCAL_SOURCE;
	*itag = combine_itag(&res);
	if (fib_info_nh_uses_dev(res.fi, dev) || (res.type == RTN_LOCAL && dev == h->lo)) {
		*ret_direct = res.fi->nh[res.nh_sel].scope >= RT_SCOPE_HOST;
		return PKT_NOT_DROPPED;
	}
	if (!dev->addrs) {
		*itag = 0;
		return rpf ? DROP_IP_RPFILTER : PKT_NOT_DROPPED;
	}
	if (rpf == 1)
		return DROP_IP_RPFILTER;
	fl.oif = dev->ifindex;
	if (!fib_lookup_flags(h, &fl, &res, FIB_LOOKUP_IGNORE_LINKSTATE) && res.type == RTN_UNICAST)
		*ret_direct = res.fi->nh[res.nh_sel].scope >= RT_SCOPE_HOST;
	return PKT_NOT_DROPPED;
}

static enum drop_reason fib_validate_source(struct packet *p, be32 src, be32 dst, uint8_t tos, int oif,
					    struct net_device *dev, bool *ret_direct, uint32_t *itag)
{
	int rpf = IN_DEV_MAXCONF(dev, rp_filter);
	struct host *h = dev->host;

	*itag = 0;
	*ret_direct = false;
	/* Without reverse path filtering only our own addresses are wrong, and those are quickly found,
	 * unless somebody wants to know if the source is on link, or routes are not what they seem. */
	if (!rpf && !h->fib->rules.tclassid_users &&
	    (dev->ifindex != oif || !IN_DEV_ORCONF(dev, send_redirects))) {
		if (IN_DEV_ORCONF(dev, accept_local))
			return PKT_NOT_DROPPED;
		if (!h->fib->custom_local_routes && !h->fib->custom_rules)
			return inet_ifa_find(h, src) ? DROP_IP_LOCAL_SOURCE : PKT_NOT_DROPPED;
	}
	return reverse_path(p, src, dst, tos, oif, dev, rpf, ret_direct, itag);
}

/* ---- building the decision ---- */

static void set_class_tag(struct dst *d, uint32_t tag)
{
	if (!(d->tclassid & 0xffff))
		d->tclassid |= tag & 0xffff;
	if (!(d->tclassid & 0xffff0000))
		d->tclassid |= tag & 0xffff0000;
}

static void set_metrics(struct dst *d, const struct fib_info *fi)
{
	d->mtu = fi->mtu;
	d->mtu_locked = fi->mtu_locked;
	d->advmss = fi->advmss;
}

static void set_nexthop(struct host *h, struct dst *d, be32 daddr, const struct fib_result *res,
			struct fib_info *fi, uint32_t itag)
{
	struct fib_nh *nh;
	struct fnhe *f;

	if (fi) {
		nh = &fi->nh[res->nh_sel];
		if (nh->gw && nh->scope == RT_SCOPE_LINK) {
			d->has_gw = true;
			d->gw.ip = nh->gw;
		}
		set_metrics(d, fi);
		d->tclassid = nh->tclassid;
		d->prefsrc = fi->prefsrc;
		d->fi = fi;
		d->nh = nh;
		f = fnhe_find(h, nh, daddr);
		if (f) {
			d->pmtu = f->pmtu;
			d->mtu_locked |= f->locked;
			d->expires = f->expires;
			if (f->gw) {
				d->has_gw = true;
				d->gw.ip = f->gw;
			}
		}
	}
	set_class_tag(d, res->tclassid);
	set_class_tag(d, itag);
}

/* ---- input ---- */

static void input_local(struct packet *p, const struct net_device *dev, const struct fib_result *res,
			enum rtn type, unsigned flags, uint32_t itag)
{
	struct dst *d = &p->dst;

	d->set = true;
	d->is_input = true;
	d->type = (uint8_t)type;
	d->in = DST_IN_LOCAL;
	d->out = DST_OUT_DISCARD;
	d->flags = (uint8_t)(flags | RTCF_LOCAL);
	d->dev = dev->host->lo;
	d->iif = dev->ifindex;
	d->tclassid = itag;
	if (res->fi) {
		d->fi = res->fi;
		d->nh = &res->fi->nh[res->nh_sel];
		d->prefsrc = res->fi->prefsrc;
	}
}

static void input_error(struct packet *p, const struct net_device *dev, int err)
{
	struct dst *d = &p->dst;

	d->set = true;
	d->is_input = true;
	d->type = RTN_UNREACHABLE;
	d->in = DST_IN_ERROR;
	d->out = DST_OUT_DISCARD;
	d->error = -err;
	d->dev = dev->host->lo;
	d->iif = dev->ifindex;
}

static enum drop_reason input_forward(struct packet *p, struct fib_result *res, struct net_device *dev,
				      be32 daddr, be32 saddr, uint8_t tos)
{
	struct host *h = dev->host;
	struct net_device *out;
	enum drop_reason reason;
	struct dst *d = &p->dst;
	const struct fib_nh *nh;
	uint32_t itag;
	bool direct;

	if (res->fi->nr_nh > 1)
		fib_select_multipath(h, res, (int)fib_multipath_hash(h, NULL, p), NULL);
	nh = &res->fi->nh[res->nh_sel];
	out = nh->dev;
	reason = fib_validate_source(p, saddr, daddr, tos, out->ifindex, dev, &direct, &itag);
	if (reason) {
		martian(p, dev, daddr, saddr, true);
		return reason;
	}
	if (out == dev && direct && IN_DEV_ORCONF(out, send_redirects) && p->protocol == ETH_P_IP &&
	    (IN_DEV_ORCONF(out, shared_media) || inet_addr_onlink(out, saddr, nh->gw))) {
		p->ip_flags |= IPSKB_DOREDIRECT;
		d->flags |= RTCF_DOREDIRECT;
	}
	/* Proxy ARP asks too: it must not answer for what is behind the device that asks. */
	if (p->protocol != ETH_P_IP && out == dev && !dev->conf.proxy_arp_pvlan)
		return DROP_NOT_SPECIFIED;
	d->set = true;
	d->is_input = true;
	d->type = res->type;
	d->in = DST_IN_FORWARD;
	d->out = DST_OUT_IP;
	d->dev = out;
	d->iif = dev->ifindex;
	set_nexthop(h, d, daddr, res, res->fi, itag);
	return PKT_NOT_DROPPED;
}

static enum drop_reason input_broadcast(struct packet *p, struct fib_result *res, struct net_device *dev,
					be32 daddr, be32 saddr, uint8_t tos)
{
	enum drop_reason reason;
	uint32_t itag = 0;
	bool direct;

	if (p->protocol != ETH_P_IP)
		return DROP_INVALID_PROTO;
	if (!ipv4_is_zeronet(saddr)) {
		reason = fib_validate_source(p, saddr, 0, tos, 0, dev, &direct, &itag);
		if (reason) {
			martian(p, dev, daddr, saddr, true);
			return reason;
		}
	}
	input_local(p, dev, res, RTN_BROADCAST, RTCF_BROADCAST, itag);
	return PKT_NOT_DROPPED;
}

/* Addresses that no routing table need be asked about. PKT_NOT_DROPPED: ask. */
static enum drop_reason weird_address(const struct net_device *dev, be32 daddr, be32 saddr, bool *ret_source)
{
	*ret_source = true;
	if (ipv4_is_multicast(saddr) || ipv4_is_lbcast(saddr))
		return DROP_IP_INVALID_SOURCE;
	if (ipv4_is_lbcast(daddr) || (!saddr && !daddr))
		return PKT_NOT_DROPPED;
	if (ipv4_is_zeronet(saddr))
		return DROP_IP_INVALID_SOURCE;
	*ret_source = false;
	if (ipv4_is_zeronet(daddr))
		return DROP_IP_INVALID_DEST;
	if (!ipv4_is_loopback(daddr) && !ipv4_is_loopback(saddr))
		return PKT_NOT_DROPPED;
	*ret_source = !ipv4_is_loopback(daddr);
	return IN_DEV_ORCONF(dev, route_localnet) ? PKT_NOT_DROPPED : DROP_IP_LOCALNET;
}

static enum drop_reason route_input_slow(struct packet *p, struct flowi4 *fl, struct net_device *dev,
					 struct fib_result *res)
{
	be32 daddr = fl->daddr, saddr = fl->saddr;
	struct host *h = dev->host;
	enum drop_reason reason;
	bool source, direct;
	uint32_t itag;
	int err;

	reason = weird_address(dev, daddr, saddr, &source);
	if (reason) {
		martian(p, dev, daddr, saddr, source);
		return reason;
	}
	if (ipv4_is_lbcast(daddr) || (!saddr && !daddr))
		return input_broadcast(p, res, dev, daddr, saddr, fl->tos);
	fib_rules_dissect(h, p, fl);
	err = fib_lookup(h, fl, res);
	if (!err && res->type == RTN_BROADCAST)
		return input_broadcast(p, res, dev, daddr, saddr, fl->tos);
	if (!err && res->type == RTN_LOCAL) {
		reason = fib_validate_source(p, saddr, daddr, fl->tos, 0, dev, &direct, &itag);
		if (reason)
			martian(p, dev, daddr, saddr, true);
		else
			input_local(p, dev, res, RTN_LOCAL, 0, itag);
		return reason;
	}
	if (!IN_DEV_FORWARD(dev))
		err = -EHOSTUNREACH;
	if (err) {
		input_error(p, dev, err);
		return PKT_NOT_DROPPED;
	}
	if (res->type != RTN_UNICAST) {
		martian(p, dev, daddr, saddr, false);
		return DROP_IP_INVALID_DEST;
	}
	return input_forward(p, res, dev, daddr, saddr, fl->tos);
}

static enum drop_reason validate_mc_source(struct packet *p, const struct flowi4 *fl,
					   struct net_device *dev, uint32_t *itag)
{
	be32 saddr = fl->saddr;
	bool direct;

	*itag = 0;
	if (ipv4_is_multicast(saddr) || ipv4_is_lbcast(saddr))
		return DROP_IP_INVALID_SOURCE;
	if (p->protocol != ETH_P_IP)
		return DROP_INVALID_PROTO;
	if (ipv4_is_loopback(saddr) && !IN_DEV_ORCONF(dev, route_localnet))
		return DROP_IP_LOCALNET;
	if (!ipv4_is_zeronet(saddr))
		return fib_validate_source(p, saddr, 0, fl->tos, 0, dev, &direct, itag);
	if (!ipv4_is_local_multicast(fl->daddr) && pkt_nh(p)[IP4_PROTO] != IPPROTO_IGMP)
		return DROP_IP_INVALID_SOURCE;
	return PKT_NOT_DROPPED;
}

static enum drop_reason route_input_mc(struct packet *p, const struct flowi4 *fl, struct net_device *dev)
{
	const struct fib_result none = { 0 };
	enum drop_reason reason;
	uint32_t itag;

	if (!ip_check_mc(dev, fl->daddr))
		return DROP_NOT_SPECIFIED;
	reason = validate_mc_source(p, fl, dev, &itag);
	if (!reason)
		input_local(p, dev, &none, RTN_MULTICAST, RTCF_MULTICAST, itag);
	return reason;
}

static enum drop_reason route_input(struct packet *p, be32 daddr, be32 saddr, uint8_t tos, struct net_device *dev)
{
	struct flowi4 fl = {
		.daddr = daddr, .saddr = saddr, .tos = tos, .iif = dev->ifindex,
		.mark = p->mark,
	};
	struct fib_result res = { 0 };
	enum drop_reason reason;

	memset(&p->dst, 0, sizeof(p->dst));
	if (ipv4_is_multicast(daddr))
		reason = route_input_mc(p, &fl, dev);
	else
		reason = route_input_slow(p, &fl, dev, &res);
	if (trace_on(dev->host->trace, EV_ROUTE))
		route_event(dev->host, p, ROUTE_IN, &fl, dev, &res, -p->dst.error, reason, &p->dst);
	return reason;
}

/* ---- decisions remembered ---- */

static struct route_memo *memo_of(struct host *h, be32 daddr, be32 saddr, uint32_t mark, const struct net_device *dev)
{
	uint64_t x = ((uint64_t)daddr << 32 | saddr) ^ ((uint64_t)mark << 16 | (uint32_t)dev->ifindex);

	if (unlikely(!h->fib->memo)) {
		h->fib->memo = xcalloc(ROUTE_MEMOS, sizeof(*h->fib->memo));
		h->fib->gen++;		/* 0 is what an empty one has */
	}
	return &h->fib->memo[(x * 0x9e3779b97f4a7c15u) >> (64 - ROUTE_MEMO_BITS)];
}

static bool memo_fits(const struct route_memo *m, const struct host *h, be32 daddr, be32 saddr, uint8_t tos, uint32_t mark,
		      const struct net_device *dev)
{
	return m->gen == h->fib->gen && m->daddr == daddr && m->saddr == saddr && m->tos == tos && m->mark == mark && m->iif == dev->ifindex;
}

/* Only what hangs on nothing but the key: no choice among next hops, no ports, no learnt paths, no redirect to send. */
static bool memo_worthy(const struct packet *p, const struct host *h)
{
	const struct dst *d = &p->dst;

	if (!d->set || d->flags & RTCF_DOREDIRECT || (d->in != DST_IN_FORWARD && d->in != DST_IN_LOCAL) || h->fib->rules.need_ports)
		return false;
	if (d->type != RTN_UNICAST && d->type != RTN_LOCAL)
		return false;
	return !d->fi || (d->fi->nr_nh == 1 && !d->nh->exceptions && !h->fib->some_down);
}

enum drop_reason ip_route_input(struct packet *p, be32 daddr, be32 saddr, uint8_t tos, struct net_device *dev)
{
	bool remember = p->protocol == ETH_P_IP && !trace_on(dev->host->trace, EV_ROUTE);
	struct route_memo *m = remember ? memo_of(dev->host, daddr, saddr, p->mark, dev) : NULL;
	enum drop_reason reason;

	tos &= INET_DSCP_MASK;
	if (m && memo_fits(m, dev->host, daddr, saddr, tos, p->mark, dev)) {
		p->dst = m->dst;
		return PKT_NOT_DROPPED;
	}
	reason = route_input(p, daddr, saddr, tos, dev);
	if (m && !reason && memo_worthy(p, dev->host))
		*m = (struct route_memo){ .daddr = daddr, .saddr = saddr, .mark = p->mark, .gen = dev->host->fib->gen, .iif = dev->ifindex,
					  .tos = tos, .dst = p->dst };
	return reason;
}

/* ---- output ---- */

static int make_output(struct host *h, const struct fib_result *res, const struct flowi4 *fl, int orig_oif,
		       struct net_device *dev, unsigned flags, struct dst *d)
{
	struct fib_info *fi = res->fi;
	enum rtn type = res->type;

	if (ipv4_is_loopback(fl->saddr) && !(dev->flags & IFF_LOOPBACK) && !IN_DEV_ORCONF(dev, route_localnet))
		return -EINVAL;
	if (ipv4_is_lbcast(fl->daddr)) {
		type = RTN_BROADCAST;
		fi = NULL;		/* a gateway has no part in it */
	} else if (ipv4_is_multicast(fl->daddr)) {
		type = RTN_MULTICAST;
	} else if (ipv4_is_zeronet(fl->daddr)) {
		return -EINVAL;
	}
	if (dev->flags & IFF_LOOPBACK)
		flags |= RTCF_LOCAL;
	if (type == RTN_BROADCAST) {
		flags |= RTCF_BROADCAST | RTCF_LOCAL;
	} else if (type == RTN_MULTICAST) {
		flags |= RTCF_MULTICAST | RTCF_LOCAL;
		if (!ip_check_mc(dev, fl->daddr))
			flags &= ~RTCF_LOCAL;
		/* A default route lends its device, not its gateway. */
		if (fi && res->prefixlen < 4)
			fi = NULL;
	}
	d->set = true;
	d->type = (uint8_t)type;
	d->flags = (uint8_t)flags;
	d->in = flags & RTCF_LOCAL ? DST_IN_LOCAL : DST_IN_NONE;
	d->out = DST_OUT_IP;
	if ((flags & (RTCF_BROADCAST | RTCF_MULTICAST)) && (flags & RTCF_LOCAL) && !(dev->flags & IFF_LOOPBACK))
		d->out = DST_OUT_MC;
	d->dev = dev;
	d->iif = orig_oif;
	set_nexthop(h, d, fl->daddr, res, fi, 0);
	return 0;
}

/* What the source address and device asked for decide without a lookup. 1 = look up; 0 = *ret_dev is
 * the way; negative errno. */
static int output_given(struct host *h, struct flowi4 *fl, struct net_device **ret_dev)
{
	struct net_device *dev;

	if (fl->saddr) {
		if (ipv4_is_multicast(fl->saddr) || ipv4_is_lbcast(fl->saddr) || ipv4_is_zeronet(fl->saddr))
			return -EINVAL;
		if (!fl->oif && (ipv4_is_multicast(fl->daddr) || ipv4_is_lbcast(fl->daddr))) {
			/* Who sends from an address of an interface means that interface. */
			*ret_dev = ip_dev_find(h, fl->saddr);
			if (!*ret_dev)
				return -ENETUNREACH;
			fl->oif = (*ret_dev)->ifindex;
			return 0;
		}
		if (!(fl->flags & FLOWI_FLAG_ANYSRC) && !ip_dev_find(h, fl->saddr))
			return -ENETUNREACH;
	}
	if (!fl->oif)
		return 1;
	dev = *ret_dev = dev_by_index(h, fl->oif);
	if (!dev)
		return -ENODEV;
	if (!(dev->flags & IFF_UP))
		return -ENETUNREACH;
	if (ipv4_is_local_multicast(fl->daddr) || ipv4_is_lbcast(fl->daddr) || fl->proto == IPPROTO_IGMP) {
		if (!fl->saddr)
			fl->saddr = inet_select_addr(dev, 0, RT_SCOPE_LINK);
		return 0;
	}
	if (!fl->saddr && ipv4_is_multicast(fl->daddr))
		fl->saddr = inet_select_addr(dev, 0, fl->scope);
	else if (!fl->saddr && !fl->daddr)
		fl->saddr = inet_select_addr(dev, 0, RT_SCOPE_HOST);
	return 1;
}

static int output_route(struct host *h, struct flowi4 *fl, struct fib_result *res, const struct packet *p,
			struct dst *d)
{
	struct net_device *dev = NULL;
	int orig_oif = fl->oif, err;
	unsigned flags = 0;

	err = output_given(h, fl, &dev);
	if (err < 0)
		return err;
	if (err == 0)
		goto make;
	if (!fl->daddr) {
		fl->daddr = fl->saddr;
		if (!fl->daddr)
			fl->daddr = fl->saddr = htonl(0x7f000001);
		dev = h->lo;
		fl->oif = LOOPBACK_IFINDEX;
		res->type = RTN_LOCAL;
		flags = RTCF_LOCAL;
		goto make;
	}
	err = fib_lookup(h, fl, res);
	if (err) {
		res->fi = NULL;
		if (!fl->oif)
			return err;
		/* With a device given, routes only say whether there is a gateway: without one, on link. */
		if (!fl->saddr)
			fl->saddr = inet_select_addr(dev, 0, RT_SCOPE_LINK);
		res->type = RTN_UNICAST;
		goto make;
	}
	if (res->type == RTN_LOCAL) {
		if (!fl->saddr)
			fl->saddr = res->fi->prefsrc ? res->fi->prefsrc : fl->daddr;
		dev = h->lo;
		orig_oif = fib_res_dev(res)->ifindex;
		flags = RTCF_LOCAL;
	} else {
		fib_select_path(h, res, fl, p);
		dev = fib_res_dev(res);
	}
make:
	err = make_output(h, res, fl, orig_oif, dev, flags, d);
	if (!err)
		fl->oif = dev->ifindex;
	return err;
}

static int route_output(struct host *h, struct flowi4 *fl, struct dst *ret, const struct packet *hash_p,
			unsigned how, const struct packet *about)
{
	struct fib_result res = { 0 };
	int err;

	memset(ret, 0, sizeof(*ret));
	fl->iif = LOOPBACK_IFINDEX;
	fl->tos &= INET_DSCP_MASK;
	err = output_route(h, fl, &res, hash_p, ret);
	if (trace_on(h->trace, EV_ROUTE))
		route_event(h, about, how, fl, NULL, &res, err, PKT_NOT_DROPPED, ret);
	return err;
}

int ip_route_output(struct host *h, struct flowi4 *fl, struct dst *ret_dst)
{
	return route_output(h, fl, ret_dst, NULL, ROUTE_OUT, NULL);
}

int ip_route_output_hash(struct host *h, struct flowi4 *fl, struct dst *ret_dst, const struct packet *p)
{
	return route_output(h, fl, ret_dst, p, ROUTE_OUT, NULL);
}

int ip_route_me_harder(struct host *h, struct packet *p, enum rtn addr_type)
{
	const uint8_t *ip = pkt_nh(p);
	struct flowi4 fl = {
		.daddr = ip4_daddr(ip), .saddr = ip4_saddr(ip), .tos = ip[IP4_TOS] & INET_DSCP_MASK,
		.mark = p->mark, .oif = p->sk ? p->sk->bound_ifindex : p->raw_oif, .flags = FLOWI_FLAG_ANYSRC,
	};
	struct dst dst;
	int err;

	if (addr_type == RTN_UNSPEC)
		addr_type = inet_addr_type(h, fl.saddr);
	if (addr_type != RTN_LOCAL && addr_type != RTN_UNICAST) {
		fl.saddr = 0;
		fl.flags = p->sk && p->sk->transparent ? FLOWI_FLAG_ANYSRC : 0;
	}
	fib_rules_dissect(h, p, &fl);
	err = route_output(h, &fl, &dst, NULL, ROUTE_HARDER, p);
	if (!err)
		p->dst = dst;
	return err;
}

/* ---- what a decision means ---- */

uint32_t ip_dst_mtu_maybe_forward(const struct host *h, const struct dst *d, bool forwarding)
{
	uint32_t mtu = 0;

	if (h->sysctl.ip_forward_use_pmtu || d->mtu_locked || !forwarding)
		mtu = d->pmtu && host_jiffies(h) < d->expires ? d->pmtu : 0;
	if (!mtu)
		mtu = d->mtu;
	if (!mtu) {
		mtu = d->dev->mtu;
		if (d->mtu_locked && d->has_gw)
			mtu = MIN(mtu, 576u);
	}
	return MIN(mtu, IP_MAX_MTU);
}

uint32_t dst_mtu(const struct dst *d)
{
	return ip_dst_mtu_maybe_forward(d->dev->host, d, false);
}

uint32_t dst_advmss(const struct dst *d)
{
	uint32_t mss = dst_mtu(d) - 40, least = (uint32_t)d->dev->host->sysctl.min_adv_mss;

	if (d->advmss)
		return d->advmss;
	return MIN(MAX(mss, least), 65535u - 40);
}

#define RTAX_HOPLIMIT 10

uint8_t ip4_dst_hoplimit(const struct host *h, const struct dst *d)
{
	uint32_t hops = d->fi ? d->fi->other_metrics[RTAX_HOPLIMIT] : 0;

	return (uint8_t)(hops ? hops : (uint32_t)h->sysctl.ip_default_ttl);
}
