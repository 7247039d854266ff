// SPDX-License-Identifier: MIT
/* icmp6.c - ICMPv6: echo, errors made here with all the cases in which none may be made, errors received
 * (net/ipv6/icmp.c). */
#include "sim/net/ipv6.h"
#include "sim/conntrack/conntrack.h"
#include "sim/net/icmp_limit.h"
#include "sim/net/inetpeer.h"
#include "sim/net/sock.h"

#define INFOMSG 0x80u

void icmpv6_checksum(struct packet *p)
{
	uint8_t *icmp = pkt_th(p);
	const uint8_t *ip = pkt_nh(p);
	uint32_t len = p->tail - p->th;
	be16 sum;

	memset(icmp + ICMP_CSUM, 0, 2);
	sum = csum_fold(csum_partial(icmp, len, csum_pseudo6(ip + IP6_SRC, ip + IP6_DST, IPPROTO_ICMPV6, len)));
	memcpy(icmp + ICMP_CSUM, &sum, 2);
}

static void event(struct host *h, const struct packet *cause, int type, int code, uint32_t info, const char *kept)
{
	struct event ev = { .type = EV_ICMP, .host = h, .pkt = cause };

	if (!trace_on(h->trace, EV_ICMP))
		return;
	ev.u.icmp.type = (uint8_t)type;
	ev.u.icmp.code = (uint8_t)code;
	ev.u.icmp.info = info;
	ev.u.icmp.kept = kept;
	trace_emit(h->trace, &ev);
}

static uint32_t reply_mark(const struct host *h, const struct packet *p)
{
	return h->sysctl.ip6_fwmark_reflect ? p->mark : 0;
}

/* A message of the kernel's own socket: type, code, second word, then data. */
struct message { int type, code; uint8_t word[4]; const uint8_t *data; uint32_t len; uint8_t tclass; };

static void send_message(struct host *h, const struct packet *cause, const struct flowi6 *fl, const struct dst *dst, const struct message *m)
{
	struct packet *p = pkt_alloc(h->pool, ICMP_HLEN + m->len);
	uint8_t *icmp = pkt_put(p, ICMP_HLEN + m->len);
	struct ip6_build b = { .saddr = fl->saddr, .daddr = fl->daddr, .tclass = m->tclass, .nexthdr = IPPROTO_ICMPV6,
			       .hlim = ipv6_is_multicast(&fl->daddr) ? 1 : ip6_dst_hoplimit(dst) };

	icmp[ICMP_TYPE] = (uint8_t)m->type;
	icmp[ICMP_CODE] = (uint8_t)m->code;
	memcpy(icmp + 4, m->word, 4);
	memcpy(icmp + ICMP_HLEN, m->data, m->len);
	p->parent = cause->id;
	p->tstamp = h->clock->now;
	p->dst = *dst;
	p->mark = fl->mark;
	p->sk_kernel = true;
	p->ignore_df = true;
	ip6_build_header(p, &b);
	icmpv6_checksum(p);
	if (!(m->type & INFOMSG))
		nf_ct_attach(p, cause);
	ip6_local_out(h, p);
}

/* ---- errors ---- */

/* Nothing is said about ICMPv6 errors, nor about what is too short to tell. */
static bool is_ineligible(const struct packet *p)
{
	uint8_t nexthdr = pkt_nh(p)[IP6_NXT];
	const uint8_t *type;
	uint16_t frag;
	int off = ip6_skip_exthdr(p, IP6_HLEN, &nexthdr, &frag);

	if (off < 0 || nexthdr != IPPROTO_ICMPV6)
		return false;
	type = pkt_at(p, (uint32_t)off, 1);
	if (!type)
		return !frag;
	return !(*type & INFOMSG);
}

/* An unknown option whose type says that even a group's packet is answered. */
static bool answers_groups(const struct packet *p, int type, int code, uint32_t info)
{
	const uint8_t *opt;

	if (type == ICMPV6_PKT_TOOBIG)
		return true;
	if (type != ICMPV6_PARAMPROB || code != 2)
		return false;
	opt = pkt_at(p, info, 1);
	return !opt || (*opt & 0xc0) == 0x80;
}

static bool limited_type(const struct host *h, int type)
{
	return !(type & INFOMSG) && type != ICMPV6_PKT_TOOBIG && h->sysctl.icmpv6_ratemask[type >> 5] >> (type & 31) & 1;
}

bool inet6_peer_xrlim_allow(struct host *h, const union inet_addr *daddr, int timeout)
{
	return peer_xrlim_allow(h, inet6_getpeer(h, daddr), timeout);
}

static bool xrlim_allow(struct host *h, struct flowi6 *fl)
{
	struct flowi6 copy = *fl;
	struct dst d;

	if (ip6_route_output(h, &copy, &d))
		return false;
	if (d.dev->flags & IFF_LOOPBACK)
		return true;
	return inet6_peer_xrlim_allow(h, &fl->daddr, (int)(((int64_t)h->sysctl.icmpv6_ratelimit * HZ + 999) / 1000));
}

static bool needs_scope(const union inet_addr *a)
{
	unsigned type = ipv6_addr_type(a);

	return type & IPV6_ADDR_LINKLOCAL || (type & IPV6_ADDR_MULTICAST && type & (IPV6_ADDR_LOOPBACK | IPV6_ADDR_LINKLOCAL));
}

/* The device a packet came in by, as an error's route wants it: for what looped back the one it was for. */
static int icmp6_iif(const struct packet *p)
{
	if (p->dev && p->dev->flags & IFF_LOOPBACK && p->dst.set && p->dst.f6 && p->dst.f6->dev)
		return p->dst.f6->dev->ifindex;
	return p->dev ? p->dev->ifindex : 0;
}

/* ipv6_anycast_destination(): one of ours, or that of the routers on a link, as any prefix's first address is taken for. */
static bool is_anycast(const struct dst *d, const union inet_addr *daddr)
{
	return d->type == RTN_ANYCAST ||
	       (d->f6 && d->f6->plen < 127 && !d->has_gw && inet_addr_equal(&d->f6->dst, daddr));
}

static const char *forbidden(struct host *h, const struct packet *p, int type, int code, uint32_t info, const union inet_addr *saddr,
			     const union inet_addr *daddr)
{
	(void)h;
	if ((ipv6_is_multicast(daddr) || p->pkt_type != PACKET_HOST) && !answers_groups(p, type, code, info))
		return ipv6_is_multicast(daddr) ? "multicast" : "link-layer broadcast";
	if (ipv6_addr_any(saddr) || ipv6_is_multicast(saddr))
		return "source names no single host";
	if (is_ineligible(p))
		return "about an ICMPv6 error";
	return NULL;
}

/* Without an address of ours that it was for, it speaks from one of the device it came in by, unless the route
 * back prefers another. */
static void inbound_source(struct host *h, const struct packet *p, struct flowi6 *fl)
{
	struct net_device *in = p->cb6.iif ? dev_by_index(h, p->cb6.iif) : NULL;
	struct flowi6 copy = *fl;
	struct dst d;

	if (!ip6_route_output(h, &copy, &d) && d.f6 && d.f6->has_prefsrc)
		return;
	if (in)
		ipv6_dev_get_saddr(h, in, &fl->daddr, &fl->saddr);
}

/* Quotes p as the kernel has it: one that loops back and was never to leave has only its pseudo header's sum for a checksum. */
static void quote(struct host *h, struct packet *p, const struct flowi6 *fl, const struct dst *dst, struct message *m)
{
	uint8_t proto = p->csum_partial ? pkt_nh(p)[IP6_NXT] : 0, *th = pkt_nh(p) + IP6_HLEN;
	uint32_t at = proto == IPPROTO_TCP ? TCP_CSUM : UDP_CSUM;
	be16 whole;

	m->data = pkt_nh(p);
	m->len = MIN(pkt_len(p), IP6_MIN_MTU - IP6_HLEN - ICMP_HLEN);
	if (proto != IPPROTO_TCP && proto != IPPROTO_UDP) {
		send_message(h, p, fl, dst, m);
		return;
	}
	whole = csum_unfinish(th, pkt_len(p) - IP6_HLEN, at);
	send_message(h, p, fl, dst, m);
	memcpy(th + at, &whole, sizeof(whole));
}

void icmpv6_send(struct packet *p, int type, int code, uint32_t info)
{
	struct net_device *dev = p->dev;
	const uint8_t *ip = pkt_nh(p);
	struct message m = { .type = type, .code = code };
	union inet_addr saddr, daddr;
	struct flowi6 fl = { .proto = IPPROTO_ICMPV6 };
	struct dst dst = { 0 };
	const char *kept;
	struct host *h;
	bool limited;

	if (!dev || pkt_len(p) < IP6_HLEN)
		return;
	h = dev->host;
	saddr = ip6_saddr(ip);
	daddr = ip6_daddr(ip);
	fl.daddr = saddr;
	if (!ipv6_is_multicast(&daddr) && p->pkt_type == PACKET_HOST &&
	    (ipv6_chk_addr(h, &daddr, dev, false) || ipv6_chk_acast_addr(h, ipv6_is_linklocal(&daddr) ? dev : NULL, &daddr)))
		fl.saddr = daddr;
	kept = forbidden(h, p, type, code, info, &saddr, &daddr);
	limited = !kept && limited_type(h, type) && !(dev->flags & IFF_LOOPBACK);
	if (limited && !icmp_global_allow(h))
		kept = "icmp_msgs_per_sec";
	if (!kept && icmp_busy(h))
		kept = "about an ICMP message being sent";
	fl.mark = reply_mark(h, p);
	fl.oif = needs_scope(&saddr) ? icmp6_iif(p) : 0;
	if (!kept) {
		icmp_set_busy(h, true);
		fl.mp_hash = rt6_multipath_hash(h, &fl, p);
		if (ipv6_addr_any(&fl.saddr))
			inbound_source(h, p, &fl);
		if (limited && !xrlim_allow(h, &fl))
			kept = "icmp ratelimit";
		else if (ip6_dst_lookup(h, &fl, &dst))
			kept = "no route back";
		else if (!h->sysctl.icmpv6_error_anycast_as_unicast && is_anycast(&dst, &fl.daddr))
			kept = "source is an anycast address";
	} else {
		event(h, p, type, code, info, kept);
		return;
	}
	event(h, p, type, code, info, kept);
	if (!kept) {
		put_be32(m.word, info);
		quote(h, p, &fl, &dst, &m);
	}
	icmp_set_busy(h, false);
}

void icmpv6_param_prob(struct packet *p, int code, uint32_t pos, const char *where)
{
	icmpv6_send(p, ICMPV6_PARAMPROB, code, pos);
	pkt_drop(p->dev->host, p, DROP_IP_INHDR, where);
}

/* ---- receiving ---- */

static enum drop_reason echo(struct packet *p)
{
	struct host *h = p->dev->host;
	const uint8_t *ip = pkt_nh(p), *icmp = pkt_th(p);
	union inet_addr daddr = ip6_daddr(ip);
	bool group = ipv6_is_multicast(&daddr), acast = is_anycast(&p->dst, &daddr);
	struct flowi6 fl = { .daddr = ip6_saddr(ip), .proto = IPPROTO_ICMPV6, .oif = icmp6_iif(p), .mark = reply_mark(h, p) };
	struct message m = { .type = ICMPV6_ECHO_REPLY, .data = icmp + ICMP_HLEN, .len = p->tail - p->th - ICMP_HLEN, .tclass = ip6_tclass(ip) };
	struct dst dst;

	if (h->sysctl.icmpv6_echo_ignore_all || (group && h->sysctl.icmpv6_echo_ignore_multicast) ||
	    (acast && h->sysctl.icmpv6_echo_ignore_anycast))
		return PKT_NOT_DROPPED;
	if (p->dst.type == RTN_LOCAL || (acast && h->sysctl.anycast_src_echo_reply))
		fl.saddr = daddr;
	memcpy(m.word, icmp + ICMP_ID, 4);
	m.code = icmp[ICMP_CODE];
	if (icmp_busy(h) || ip6_dst_lookup(h, &fl, &dst))
		return PKT_NOT_DROPPED;
	icmp_set_busy(h, true);
	event(h, p, m.type, m.code, get_be32(m.word), NULL);
	send_message(h, p, &fl, &dst, &m);
	icmp_set_busy(h, false);
	return PKT_NOT_DROPPED;
}

/* An error is for whoever sent the packet that it quotes (icmpv6_notify). quoted: from the network header. */
static enum drop_reason notify(struct packet *p, uint32_t quoted, uint8_t type, uint8_t code, uint32_t info)
{
	struct host *h = p->dev->host;
	const uint8_t *inner = pkt_at(p, quoted, IP6_HLEN), *th;
	uint8_t nexthdr;
	uint16_t frag;
	int off;

	if (!inner)
		return DROP_PKT_TOO_SMALL;
	nexthdr = inner[IP6_NXT];
	off = (int)quoted + IP6_HLEN;
	if (ip6_ext_hdr(nexthdr)) {
		off = ip6_skip_exthdr(p, quoted + IP6_HLEN, &nexthdr, &frag);
		if (off < 0)
			return DROP_IPV6_BAD_EXTHDR;
	}
	th = pkt_at(p, (uint32_t)off, 8);
	if (!th)
		return DROP_PKT_TOO_SMALL;
	if (nexthdr == IPPROTO_ICMPV6) {
		if (type == ICMPV6_PKT_TOOBIG)
			ip6_update_pmtu(h, inner, info, p->dev->ifindex);
		else if (type == NDISC_REDIRECT)
			ndisc_redirect_apply(p, inner, false);
		ping6_err(h, inner, th, type, code);
		return PKT_NOT_DROPPED;
	}
	sock6_icmp_err(p, inner, nexthdr, th, pkt_len(p) - (uint32_t)off, type, code, info);
	return PKT_NOT_DROPPED;
}

void icmpv6_notify_redirect(struct packet *p, uint32_t quoted)
{
	notify(p, quoted, NDISC_REDIRECT, 0, 0);
}

static bool checksum_ok(const struct packet *p)
{
	return p->cut || sock6_checksum_ok(p, IPPROTO_ICMPV6);
}

static enum drop_reason handle(struct packet *p)
{
	const uint8_t *icmp = pkt_th(p);
	uint32_t quoted = p->th - p->nh + ICMP_HLEN;

	if (!checksum_ok(p))
		return DROP_ICMP_CSUM;
	if (p->tail - p->th < ICMP_HLEN)
		return DROP_NOT_SPECIFIED;
	switch (icmp[ICMP_TYPE]) {
	case ICMPV6_ECHO_REQUEST: return echo(p);
	case ICMPV6_ECHO_REPLY: return ping6_rcv(p) ? PKT_NOT_DROPPED : DROP_NO_SOCKET;
	case ICMPV6_DEST_UNREACH:
	case ICMPV6_PKT_TOOBIG:
	case ICMPV6_TIME_EXCEED:
	case ICMPV6_PARAMPROB: return notify(p, quoted, icmp[ICMP_TYPE], icmp[ICMP_CODE], get_be32(icmp + 4));
	case NDISC_ROUTER_SOLICITATION:
	case NDISC_ROUTER_ADVERTISEMENT:
	case NDISC_NEIGHBOUR_SOLICITATION:
	case NDISC_NEIGHBOUR_ADVERTISEMENT:
	case NDISC_REDIRECT: return ndisc_rcv(p);
	default:
		if (!(icmp[ICMP_TYPE] & INFOMSG))
			return notify(p, quoted, icmp[ICMP_TYPE], icmp[ICMP_CODE], get_be32(icmp + 4));
		return PKT_NOT_DROPPED;
	}
}

void icmpv6_rcv(struct packet *p)
{
	struct host *h = p->dev->host;
	enum drop_reason reason = handle(p);

	if (reason == NR_DROP_REASONS)		/* ND has put it by */
		return;
	if (reason) {
		pkt_drop(h, p, reason, "icmpv6_rcv");
		return;
	}
	if (trace_on(h->trace, EV_DELIVER)) {
		struct event ev = { .type = EV_DELIVER, .host = h, .pkt = p, .u.deliver = { .what = "icmpv6" } };

		trace_emit(h->trace, &ev);
	}
	pkt_free(p);
}
