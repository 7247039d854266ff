// SPDX-License-Identifier: MIT
/* ip6_addr.c - "ip address" with IPv6 addresses. */
#include "sim/world/ipcmd.h"
#include "sim/net/ipv6.h"
#include <errno.h>
#include <stdlib.h>

bool prefix6_parse(const char *s, struct ip6_prefix *ret)
{
	const char *slash = strchr(s, '/');
	char buf[INET6_ADDRSTRLEN + 1];
	size_t n = slash ? (size_t)(slash - s) : strlen(s);
	uint64_t len = 128;

	*ret = (struct ip6_prefix){ .len = 128 };
	if (strcmp(s, "default") == 0 || strcmp(s, "any") == 0 || strcmp(s, "all") == 0) {
		ret->len = 0;
		return true;
	}
	if (n >= sizeof(buf) || (slash && !u64_parse(&len, slash + 1, 128)))
		return false;
	memcpy(buf, s, n);
	buf[n] = 0;
	ret->len = (uint8_t)len;
	ret->len_given = slash != NULL;
	return inet_pton(AF_INET6, buf, ret->addr.ip6) == 1;
}

bool ip6_prefix(struct ipcmd *c, struct ip6_prefix *ret)
{
	return prefix6_parse(ip_peek(c), ret) ||
	       ip_fail(c, ip_pos(c), "inet6 prefix is expected rather than \"%s\"", ip_peek(c));
}

bool ip6_addr(struct ipcmd *c, union inet_addr *ret)
{
	struct ip6_prefix p;

	if (!strchr(ip_peek(c), '/') && strchr(ip_peek(c), ':') && prefix6_parse(ip_peek(c), &p)) {
		*ret = p.addr;
		return true;
	}
	return ip_fail(c, ip_pos(c), "inet6 address is expected rather than \"%s\"", ip_peek(c));
}

struct addr6_args { struct ip6_prefix local, peer; bool local_given, peer_given; struct net_device *dev; struct ifaddr6_config cfg; };

static bool take_lifetime(struct ipcmd *c, uint64_t *ret)
{
	uint32_t v;

	if (!ip_next(c))
		return false;
	if (ip_is(c, "forever")) {
		*ret = IFA_TIME_FOREVER;
		return true;
	}
	if (!ip_u32(c, UINT32_MAX, "lifetime value", &v))
		return false;
	*ret = v == UINT32_MAX ? IFA_TIME_FOREVER : v * NSEC_PER_SEC;
	return true;
}

static bool take_local(struct ipcmd *c, struct addr6_args *a)
{
	if (ip_is(c, "local") && !ip_next(c))
		return false;
	if (a->local_given)
		return ip_twice(c, "local");
	a->local_given = true;
	return ip6_prefix(c, &a->local);
}

static bool parse(struct ipcmd *c, struct addr6_args *a)
{
	uint8_t scope;

	for (; ip_more(c); c->at++) {
		bool ok = true;

		if (ip_is(c, "peer") || ip_is(c, "remote")) {
			ok = ip_next(c) && (!a->peer_given || ip_twice(c, "peer")) && ip6_prefix(c, &a->peer);
			a->peer_given = true;
		} else if (ip_matches(c, "broadcast") || ip_is(c, "brd") || ip_is(c, "label") || ip_is(c, "proto")) {
			ok = ip_next(c);
		} else if (ip_matches(c, "anycast")) {
			ok = ip_not_emulated(c, "an anycast address");
		} else if (ip_matches(c, "scope")) {
			ok = ip_next(c) && ip_scope(c, &scope);	/* the address says it itself */
		} else if (ip_is(c, "dev")) {
			ok = ip_next(c) && ip_dev(c, &a->dev);
		} else if (ip_matches(c, "metric") || ip_matches(c, "priority") || ip_matches(c, "preference")) {
			ok = ip_next(c) && ip_u32(c, UINT32_MAX, "\"metric\" value is invalid", &a->cfg.priority);
		} else if (ip_matches(c, "valid_lft")) {
			ok = take_lifetime(c, &a->cfg.valid);
		} else if (ip_matches(c, "preferred_lft")) {
			ok = take_lifetime(c, &a->cfg.preferred);
		} else if (ip_is(c, "noprefixroute")) {
			a->cfg.flags |= IFA_F_NOPREFIXROUTE;
		} else if (ip_is(c, "nodad")) {
			a->cfg.flags |= IFA_F_NODAD;
		} else if (ip_is(c, "optimistic")) {
			a->cfg.flags |= IFA_F_OPTIMISTIC;
		} else if (!ip_is(c, "home") && !ip_is(c, "mngtmpaddr") && !ip_is(c, "autojoin")) {
			ok = take_local(c, a);
		}
		if (!ok)
			return false;
	}
	if (!a->dev)
		return ip_fail(c, c->line, "not enough information: \"dev\" argument is required");
	if (!a->local_given)
		return ip_fail(c, c->line, "not enough information: an address is required");
	return true;
}

static bool add(struct ipcmd *c, bool replace)
{
	struct addr6_args a = { .cfg = { .valid = IFA_TIME_FOREVER, .preferred = IFA_TIME_FOREVER, .replace = replace } };
	int err;

	c->at++;
	if (!parse(c, &a))
		return false;
	a.cfg.addr = a.local.addr;
	a.cfg.plen = a.peer_given ? a.peer.len : a.local.len;
	a.cfg.has_peer = a.peer_given;
	a.cfg.peer = a.peer.addr;
	if (a.cfg.valid == IFA_TIME_FOREVER)
		a.cfg.flags |= IFA_F_PERMANENT;
	if (a.cfg.preferred > a.cfg.valid)
		return ip_fail(c, c->line, "preferred_lft is greater than valid_lft");
	err = inet6_addr_add(a.dev, &a.cfg);
	if (err == -EEXIST)
		return ip_fail(c, c->line, "ipv6: address already assigned (RTNETLINK answers: File exists)");
	if (err == -EACCES)
		return ip_fail(c, c->line, "ipv6: IPv6 is disabled on this device (RTNETLINK answers: Permission denied)");
	return ip_answer(c, err);
}

static bool del(struct ipcmd *c)
{
	struct addr6_args a = { .dev = NULL };

	c->at++;
	if (!parse(c, &a))
		return false;
	if (inet6_addr_del(a.dev, &a.local.addr, a.local.len))
		return ip_fail(c, c->line, "ipv6: address not found (RTNETLINK answers: Cannot assign requested address)");
	return true;
}

struct flush6 { struct net_device *dev; struct ip6_prefix to; bool to_given, scope_given; uint8_t scope; };

static bool goes(const struct inet6_ifaddr *i, const struct flush6 *f)
{
	bool link = ipv6_is_linklocal(&i->addr);
	uint8_t scope = link ? RT_SCOPE_LINK : ipv6_addr_loopback(&i->addr) ? RT_SCOPE_HOST : RT_SCOPE_UNIVERSE;

	return (!f->to_given || ipv6_prefix_equal(&i->addr, &f->to.addr, f->to.len)) && (!f->scope_given || scope == f->scope);
}

void ip6_flush_dev(struct net_device *dev, const struct flush6 *f)
{
	for (struct inet6_ifaddr *i = dev->ip6 ? dev->ip6->addrs : NULL, *next; i; i = next) {
		next = i->next;
		if (!f || goes(i, f)) {
			union inet_addr addr = i->addr;

			inet6_addr_del(dev, &addr, i->plen);
		}
	}
}

static bool flush(struct ipcmd *c)
{
	struct flush6 f = { .dev = NULL };

	for (c->at++; ip_more(c); c->at++) {
		bool ok;

		if (ip_is(c, "to")) {
			ok = ip_next(c) && ip6_prefix(c, &f.to);
			f.to_given = true;
		} else if (ip_is(c, "scope")) {
			ok = ip_next(c) && (ip_is(c, "all") || ip_scope(c, &f.scope));
			f.scope_given = ok && !ip_is(c, "all");
		} else {
			ok = (!ip_is(c, "dev") || ip_next(c)) && ip_dev(c, &f.dev);
		}
		if (!ok)
			return false;
	}
	if (!f.dev && !f.to_given && !f.scope_given)
		return ip_fail(c, c->line, "flush requires arguments");
	for (struct net_device *dev = c->h->devs; dev; dev = dev->next)
		if (!f.dev || f.dev == dev)
			ip6_flush_dev(dev, &f);
	return true;
}

bool ip_address6(struct ipcmd *c)
{
	if (!ip_more(c))
		return ip_address_show(c);
	if (ip_matches(c, "add"))
		return add(c, false);
	if (ip_matches(c, "change") || ip_is(c, "chg") || ip_matches(c, "replace"))
		return add(c, true);
	if (ip_matches(c, "delete"))
		return del(c);
	if (ip_matches(c, "show") || ip_matches(c, "lst") || ip_matches(c, "list"))
		return ip_address_show(c);
	if (ip_matches(c, "flush"))
		return flush(c);
	return ip_unknown_command(c, "address");
}
