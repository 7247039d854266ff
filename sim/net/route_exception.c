// SPDX-License-Identifier: MIT
// route_exception.c - what ICMP teaches about single destinations: path MTU, better gateways (route.c: fnhe).
#include "sim/net/fib_internal.h"
#include "sim/net/net.h"
#include <errno.h>
#include <stdlib.h>

#define FNHE_HASH 64
#define FNHE_MAX 16384			/* per next hop; the kernel keeps about as many */
#define RT_GC_TIMEOUT (300 * HZ)
#define NUD_VALID (0x80u | 0x40u | 0x02u | 0x10u | 0x04u | 0x08u)

struct fnhe_table { struct fnhe *bucket[FNHE_HASH]; unsigned nr; };

static struct fnhe **fnhe_bucket(struct fnhe_table *t, be32 daddr)
{
	return &t->bucket[(ntohl(daddr) * 0x9e3779b1u) >> 26];
}

struct fnhe *fnhe_find(const struct host *h, struct fib_nh *nh, be32 daddr)
{
	struct fnhe **pp, *f;

	if (likely(!nh->exceptions))
		return NULL;
	for (pp = fnhe_bucket(nh->exceptions, daddr); (f = *pp); pp = &f->next) {
		if (f->daddr != daddr)
			continue;
		if (host_jiffies(h) <= f->expires)
			return f;
		*pp = f->next;
		nh->exceptions->nr--;
		free(f);
		break;
	}
	return NULL;
}

void fnhe_free_all(struct fib_nh *nh)
{
	for (unsigned i = 0; nh->exceptions && i < FNHE_HASH; i++) {
		for (struct fnhe *f = nh->exceptions->bucket[i], *next; f; f = next) {
			next = f->next;
			free(f);
		}
	}
	free(nh->exceptions);
	nh->exceptions = NULL;
}

static void drop_oldest(struct fnhe_table *t)
{
	struct fnhe **oldest = NULL, *f;

	for (unsigned i = 0; i < FNHE_HASH; i++) {
		for (struct fnhe **pp = &t->bucket[i]; *pp; pp = &(*pp)->next) {
			if (!oldest || (*pp)->stamp < (*oldest)->stamp)
				oldest = pp;
		}
	}
	f = *oldest;
	*oldest = f->next;
	t->nr--;
	free(f);
}

/* gw or pmtu 0: leave what is there. */
static void fnhe_update(const struct host *h, struct fib_nh *nh, be32 daddr, be32 gw, uint32_t pmtu,
			bool lock, uint64_t expires)
{
	struct fnhe *f, **pp;

	if (!nh->exceptions)
		nh->exceptions = xcalloc(1, sizeof(*nh->exceptions));
	pp = fnhe_bucket(nh->exceptions, daddr);
	for (f = *pp; f && f->daddr != daddr; f = f->next)
		;
	if (!f) {
		if (nh->exceptions->nr >= FNHE_MAX)
			drop_oldest(nh->exceptions);
		f = xcalloc(1, sizeof(*f));
		f->daddr = daddr;
		f->next = *pp;
		*pp = f;
		nh->exceptions->nr++;
	}
	if (gw)
		f->gw = gw;
	if (pmtu) {
		f->pmtu = pmtu;
		f->locked = lock;
	}
	f->expires = expires;
	f->stamp = host_jiffies(h);
}

/* The device's MTU changed: a path cannot be wider, and one that was as wide as it grows along. */
void fnhe_update_mtu(struct fib_nh *nh, uint32_t mtu, uint32_t orig)
{
	for (unsigned i = 0; i < FNHE_HASH; i++) {
		for (struct fnhe *f = nh->exceptions->bucket[i]; f; f = f->next) {
			if (f->locked) {
				if (mtu > f->pmtu)
					continue;
				f->pmtu = mtu;
				f->locked = false;
			} else if (mtu < f->pmtu || orig == f->pmtu) {
				f->pmtu = mtu;
			}
		}
	}
}

/* The flow an ICMP error p is about: it quotes the packet this host sent. */
static struct flowi4 quoted_flow(const struct host *h, const struct packet *p, be32 daddr, be32 saddr)
{
	struct flowi4 fl = { .daddr = daddr, .saddr = saddr };
	const uint8_t *q;

	if (!p)
		return fl;
	if (h->sysctl.fwmark_reflect)
		fl.mark = p->mark;
	q = pkt_at(p, p->th - p->nh + ICMP_HLEN, IP_HLEN);
	if (q && ip4_saddr(q) == saddr && ip4_daddr(q) == daddr) {
		fl.tos = q[IP4_TOS] & INET_DSCP_MASK;
		fl.proto = q[IP4_PROTO];
	}
	return fl;
}

void ip_rt_update_pmtu(struct host *h, const struct packet *p, be32 daddr, be32 saddr, uint32_t mtu)
{
	uint64_t expires = host_jiffies(h) + (uint64_t)h->sysctl.mtu_expires * HZ;
	struct flowi4 fl = quoted_flow(h, p, daddr, saddr);
	struct fib_result res;
	bool lock = false;
	struct dst dst;
	uint32_t old;

	route_changed(h);
	if (ip_route_output(h, &fl, &dst) || dst.mtu_locked)
		return;
	old = dst_mtu(&dst);
	if (old < mtu)
		return;
	if (mtu < (uint32_t)h->sysctl.min_pmtu) {
		lock = true;
		mtu = MIN(old, (uint32_t)h->sysctl.min_pmtu);
	}
	if (dst.pmtu == mtu && !lock &&
	    host_jiffies(h) < dst.expires - (uint64_t)h->sysctl.mtu_expires * HZ / 2)
		return;
	fl.oif = 0;
	if (fib_lookup(h, &fl, &res))
		return;
	fib_select_path(h, &res, &fl, NULL);
	/* The other next hops lead there as well, and the flow may move. */
	for (int i = 0; i < res.fi->nr_nh; i++)
		fnhe_update(h, &res.fi->nh[i], daddr, 0, mtu, lock, expires);
}

/* May new_gw be believed, which a redirect from old_gw names? */
static bool redirect_ok(struct host *h, be32 old_gw, be32 new_gw, struct net_device *dev)
{
	if (new_gw == old_gw || !IN_DEV_RX_REDIRECTS(dev) || ipv4_is_multicast(new_gw) ||
	    ipv4_is_lbcast(new_gw) || ipv4_is_zeronet(new_gw))
		return false;
	if (IN_DEV_ORCONF(dev, shared_media))
		return inet_addr_type(h, new_gw) == RTN_UNICAST;
	if (!inet_addr_onlink(dev, new_gw, old_gw))
		return false;
	if (!IN_DEV_ORCONF(dev, secure_redirects))
		return true;
	/* Only to a gateway that is known as one (ip_fib_check_default). */
	for (const struct fib_info *fi = h->fib->infos; fi; fi = fi->next) {
		for (int i = 0; i < fi->nr_nh; i++) {
			if (fi->nh[i].dev == dev && fi->nh[i].gw == new_gw && !fi->nh[i].dead)
				return true;
		}
	}
	return false;
}

static void redirect_ignored(struct host *h, const struct packet *p, be32 daddr, be32 saddr, be32 old_gw,
			     be32 new_gw, const struct net_device *dev)
{
	char from[ADDRSTRLEN], about[ADDRSTRLEN], src[ADDRSTRLEN], dst[ADDRSTRLEN];
	struct event ev = { .type = EV_LOG, .host = h, .pkt = p };
	struct strbuf sb = { 0 };

	if (!IN_DEV_ORCONF(dev, log_martians) || !trace_on(h->trace, EV_LOG))
		return;
	sb_printf(&sb, "Redirect from %s on %s about %s ignored", ip4_str(from, old_gw), dev->name,
		  ip4_str(about, new_gw));
	ev.u.log.level = 6;
	ev.u.log.text = sb_str(&sb);
	trace_emit(h->trace, &ev);
	sb_clear(&sb);
	sb_printf(&sb, "  Advised path = %s -> %s", ip4_str(src, saddr), ip4_str(dst, daddr));
	ev.u.log.text = sb_str(&sb);
	trace_emit(h->trace, &ev);
	sb_free(&sb);
}

void ip_rt_redirect(struct host *h, const struct packet *p, be32 daddr, be32 saddr, be32 old_gw,
		    be32 new_gw, struct net_device *dev)
{
	struct flowi4 fl = quoted_flow(h, p, daddr, saddr);
	struct fib_result res;
	struct dst dst;

	route_changed(h);
	fl.mark = 0;
	fl.oif = dev->ifindex;
	if (ip_route_output(h, &fl, &dst) || !dst.has_gw || dst.gw.ip != old_gw)
		return;
	if (!redirect_ok(h, old_gw, new_gw, dev)) {
		redirect_ignored(h, p, daddr, saddr, old_gw, new_gw, dev);
		return;
	}
	/* A gateway that does not answer is of no use: this redirect only makes us ask for it. */
	if (!(neigh_nud_state(dst.dev, new_gw) & NUD_VALID)) {
		neigh_probe(dst.dev, new_gw);
		return;
	}
	fl.oif = dev->ifindex;
	if (fib_lookup(h, &fl, &res))
		return;
	fib_select_path(h, &res, &fl, NULL);
	fnhe_update(h, &res.fi->nh[res.nh_sel], daddr, new_gw, 0, false, host_jiffies(h) + RT_GC_TIMEOUT);
}
