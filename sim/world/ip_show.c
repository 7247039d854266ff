// SPDX-License-Identifier: MIT
/* ip_show.c - "ip link show" and "ip address show" as iproute2 6.1 prints them. What a device's queue is called
 * (qdisc) is Debian's: fq_codel for a physical one, noqueue for all others. */
#include "sim/net/ipv6.h"
#include "sim/world/ipcmd.h"
#include <fnmatch.h>
#include <stdio.h>

struct filter {
	struct net_device *dev, *master;
	const char *type, *label;
	bool up, group_given, to_given, scope_given;
	int secondary;			/* -1: either */
	uint32_t group;
	uint8_t scope;
	struct ip_prefix to;
	struct ip6_prefix to6;
};

/* ---- a device's line */

/* The device at its other end or below: "v0@v1". */
static const struct net_device *link_of(const struct net_device *dev)
{
	const struct net_device *link = dev->kind == DEV_VLAN ? dev->lower : dev->kind == DEV_VETH ? dev->peer : NULL;

	return link && link->host == dev->host ? link : NULL;
}

static bool link_down(const struct net_device *dev)
{
	const struct net_device *link = dev->kind == DEV_VLAN ? dev->lower : dev->kind == DEV_VETH ? dev->peer : NULL;

	return link && !(link->flags & IFF_UP);
}

static bool has_running_port(const struct net_device *br)
{
	for (const struct net_device *dev = br->host->devs; dev; dev = dev->next)
		if (dev->master == br && ip_dev_running(dev))
			return true;
	return false;
}

bool ip_dev_running(const struct net_device *dev)
{
	if (!(dev->flags & IFF_UP) || link_down(dev))
		return false;
	return dev->kind == DEV_BRIDGE ? has_running_port(dev) : dev->carrier;
}

static const char *state(const struct net_device *dev)
{
	if (!(dev->flags & IFF_UP))
		return "DOWN";
	if (link_down(dev))
		return "LOWERLAYERDOWN";
	if (!ip_dev_running(dev))
		return "DOWN";
	return dev->kind == DEV_LO || dev->kind == DEV_DUMMY ? "UNKNOWN" : "UP";
}

static void put_flags(const struct net_device *dev, struct strbuf *out)
{
	const struct { bool on; const char *name; } flags[] = {
		{ dev->flags & IFF_UP && !ip_dev_running(dev), "NO-CARRIER" }, { dev->flags & IFF_LOOPBACK, "LOOPBACK" },
		{ dev->flags & IFF_BROADCAST, "BROADCAST" }, { dev->flags & IFF_MULTICAST, "MULTICAST" },
		{ dev->flags & IFF_NOARP, "NOARP" }, { dev->flags & IFF_PROMISC, "PROMISC" }, { dev->flags & IFF_UP, "UP" },
		{ ip_dev_running(dev), "LOWER_UP" }, { link_of(dev) && link_down(dev), "M-DOWN" },
	};
	char sep = '<';

	for (size_t i = 0; i < ARRAY_SIZE(flags); i++)
		if (flags[i].on) {
			sb_printf(out, "%c%s", sep, flags[i].name);
			sep = ',';
		}
	sb_puts(out, sep == '<' ? "<>" : ">");
}

static void full_name(const struct net_device *dev, char buf[2 * IFNAMSIZ])
{
	const struct net_device *link = link_of(dev);

	snprintf(buf, 2 * IFNAMSIZ, "%s%s%s", dev->name, link ? "@" : "", link ? link->name : "");
}

static void put_mac(const uint8_t mac[ETH_ALEN], struct strbuf *out)
{
	for (int i = 0; i < ETH_ALEN; i++)
		sb_printf(out, "%s%02x", i ? ":" : "", mac[i]);
}

static void put_line_end(const struct ipcmd *c)
{
	sb_puts(c->out, c->oneline ? "\\" : "\n");
}

static void put_head(const struct ipcmd *c, const struct net_device *dev, bool mode, bool all)
{
	struct strbuf *out = c->out;
	char name[2 * IFNAMSIZ];

	full_name(dev, name);
	sb_printf(out, "%d: %s: ", dev->ifindex, name);
	put_flags(dev, out);
	if (c->family == AF_INET6 && !all) {	/* a list of IPv6's own knows less */
		sb_printf(out, " mtu %u state %s qlen 1000", dev->mtu, state(dev));
		return;
	}
	sb_printf(out, " mtu %u qdisc %s ", dev->mtu, !dev->was_up ? "noop" : dev->kind == DEV_PHYS ? "fq_codel" : "noqueue");
	if (dev->master)
		sb_printf(out, "master %s ", dev->master->name);
	sb_printf(out, "state %s %s", state(dev), mode ? "mode DEFAULT " : "");
	if (dev->group)
		sb_printf(out, "group %u ", dev->group);
	else
		sb_puts(out, "group default ");
	sb_puts(out, "qlen 1000");
}

static void put_hardware(const struct ipcmd *c, const struct net_device *dev)
{
	static const uint8_t none[ETH_ALEN], all[ETH_ALEN] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
	bool lo = dev->kind == DEV_LO;

	put_line_end(c);
	sb_puts(c->out, lo ? "    link/loopback " : "    link/ether ");
	put_mac(lo ? none : dev->mac, c->out);
	sb_puts(c->out, " brd ");
	put_mac(lo ? none : all, c->out);
}

static void put_brief(const struct ipcmd *c, const struct net_device *dev)
{
	char name[2 * IFNAMSIZ];

	full_name(dev, name);
	sb_printf(c->out, "%-16s %-14s ", name, state(dev));
}

/* ---- addresses */

static bool under(be32 addr, const struct ip_prefix *p)
{
	return p->len == 0 || (ntohl(addr) ^ ntohl(p->addr)) >> (32 - p->len) == 0;
}

static bool address_fits(const struct in_ifaddr *i, const struct filter *f)
{
	if (f->to_given && !under(i->local, &f->to))
		return false;
	if (f->scope_given && i->scope != f->scope)
		return false;
	if (f->secondary >= 0 && i->secondary != f->secondary)
		return false;
	return !f->label || fnmatch(f->label, i->label, 0) == 0;
}

static void put_local(const struct in_ifaddr *i, struct strbuf *out)
{
	char buf[ADDRSTRLEN];

	sb_puts(out, ip4_str(buf, i->local));
	if (i->address != i->local)
		sb_printf(out, " peer %s", ip4_str(buf, i->address));
	sb_printf(out, "/%u", i->prefixlen);
}

static void put_address(const struct ipcmd *c, const struct net_device *dev, const struct in_ifaddr *i)
{
	struct strbuf *out = c->out;
	char buf[ADDRSTRLEN];

	if (c->oneline)
		sb_printf(out, "%d: %s", dev->ifindex, dev->name);
	sb_puts(out, "    inet ");
	put_local(i, out);
	if (i->metric)
		sb_printf(out, " metric %u", i->metric);
	if (i->broadcast)
		sb_printf(out, " brd %s", ip4_str(buf, i->broadcast));
	sb_printf(out, " scope %s ", ip_scope_name(i->scope, buf));
	if (i->secondary)
		sb_puts(out, "secondary ");
	if (i->noprefixroute)
		sb_puts(out, "noprefixroute ");
	sb_puts(out, i->label);
	put_line_end(c);
	sb_puts(out, "       valid_lft forever preferred_lft forever\n");
}

static bool address6_fits(const struct ipcmd *c, const struct inet6_ifaddr *i, const struct filter *f)
{
	if (c->family == AF_INET || f->label || f->secondary > 0 || (f->to_given && c->family != AF_INET6))
		return false;
	return ip6_address_fits(i, f->to_given ? &f->to6 : NULL, f->scope_given ? f->scope : -1);
}

static bool address4_fits(const struct ipcmd *c, const struct in_ifaddr *i, const struct filter *f)
{
	return c->family != AF_INET6 && address_fits(i, f);
}

static void brief_addresses(const struct ipcmd *c, const struct net_device *dev, const struct filter *f)
{
	put_brief(c, dev);
	for (const struct in_ifaddr *i = dev->addrs; i; i = i->next)
		if (address4_fits(c, i, f)) {
			put_local(i, c->out);
			if (i->metric)
				sb_printf(c->out, " metric %u", i->metric);
			sb_putc(c->out, ' ');
		}
	for (const struct inet6_ifaddr *i = dev->ip6 ? dev->ip6->addrs : NULL; i; i = i->next)
		if (address6_fits(c, i, f)) {
			ip6_put_local(i, c->out);
			sb_putc(c->out, ' ');
		}
	sb_putc(c->out, '\n');
}

static void show_addresses(const struct ipcmd *c, const struct net_device *dev, const struct filter *f)
{
	const struct inet6_ifaddr *addrs6 = dev->ip6 ? dev->ip6->addrs : NULL;
	bool family = c->family || f->to_given, any = !dev->addrs && !addrs6 && !family;

	for (const struct in_ifaddr *i = dev->addrs; i; i = i->next)
		any |= address4_fits(c, i, f);
	for (const struct inet6_ifaddr *i = addrs6; i; i = i->next)
		any |= address6_fits(c, i, f);
	if (!any)
		return;
	if (c->brief) {
		brief_addresses(c, dev, f);
		return;
	}
	if (!c->oneline && !f->label) {
		put_head(c, dev, false, f->dev);
		if (!family)
			put_hardware(c, dev);
		sb_putc(c->out, '\n');
	}
	for (const struct in_ifaddr *i = dev->addrs; i; i = i->next)
		if (address4_fits(c, i, f))
			put_address(c, dev, i);
	for (const struct inet6_ifaddr *i = addrs6; i; i = i->next)
		if (address6_fits(c, i, f))
			ip6_put_address(c, i);
}

static void show_link(const struct ipcmd *c, const struct net_device *dev)
{
	static const uint8_t none[ETH_ALEN];

	if (c->brief) {
		put_brief(c, dev);
		put_mac(dev->kind == DEV_LO ? none : dev->mac, c->out);
		sb_putc(c->out, ' ');
		put_flags(dev, c->out);
		sb_puts(c->out, " \n");
		return;
	}
	put_head(c, dev, true, true);
	put_hardware(c, dev);
	sb_putc(c->out, '\n');
}

/* ---- which */

static bool take_type(struct ipcmd *c, struct filter *f)
{
	if (!ip_next(c))
		return false;
	f->type = ip_peek(c);
	return true;
}

static bool address_word(struct ipcmd *c, struct filter *f, bool *ret_took)
{
	*ret_took = true;
	if (ip_is(c, "to")) {
		f->to_given = true;
		return ip_next(c) && (c->family == AF_INET6 ? ip6_prefix(c, &f->to6) : ip_prefix(c, &f->to));
	}
	if (ip_is(c, "scope")) {
		if (!ip_next(c) || (!ip_is(c, "all") && !ip_scope(c, &f->scope)))
			return false;
		f->scope_given = !ip_is(c, "all");
		return true;
	}
	if (ip_is(c, "label")) {
		if (!ip_next(c))
			return false;
		f->label = ip_peek(c);
		return true;
	}
	if (ip_is(c, "primary") || ip_is(c, "secondary") || ip_is(c, "temporary")) {
		f->secondary = !ip_is(c, "primary");
		return true;
	}
	if (ip_is(c, "permanent"))
		return true;		/* they all are */
	*ret_took = false;
	return true;
}

static bool device_word(struct ipcmd *c, struct filter *f)
{
	if (ip_is(c, "up")) {
		f->up = true;
		return true;
	}
	if (ip_is(c, "master"))
		return ip_next(c) && ip_dev(c, &f->master);
	if (ip_is(c, "group")) {
		f->group_given = true;
		return ip_next(c) && ip_group(c, &f->group);
	}
	if (ip_is(c, "type"))
		return take_type(c, f);
	if (ip_is(c, "dev") && !ip_next(c))
		return false;
	if (f->dev)
		return ip_twice(c, "dev");
	f->dev = dev_by_name(c->h, ip_peek(c));
	return f->dev || ip_fail(c, ip_pos(c), "Device \"%s\" does not exist.", ip_peek(c));
}

static bool device_fits(const struct net_device *dev, const struct filter *f)
{
	static const char *const types[] = {
		[DEV_PHYS] = "", [DEV_LO] = "", [DEV_DUMMY] = "dummy", [DEV_VLAN] = "vlan", [DEV_BRIDGE] = "bridge", [DEV_VETH] = "veth",
	};

	return (!f->dev || f->dev == dev) && (!f->up || dev->flags & IFF_UP) && (!f->master || dev->master == f->master) &&
	       (!f->group_given || dev->group == f->group) && (!f->type || strcmp(f->type, types[dev->kind]) == 0);
}

static bool show(struct ipcmd *c, bool addresses)
{
	struct filter f = { .secondary = -1 };

	for (c->at += ip_more(c); ip_more(c); c->at++) {
		bool took = false;

		if ((addresses && !address_word(c, &f, &took)) || (!took && !device_word(c, &f)))
			return false;
	}
	for (struct net_device *dev = c->h->devs; dev && c->out; dev = dev->next) {
		if (!device_fits(dev, &f))
			continue;
		if (addresses)
			show_addresses(c, dev, &f);
		else
			show_link(c, dev);
	}
	return true;
}

bool ip_link_show(struct ipcmd *c)
{
	return show(c, false);
}

bool ip_address_show(struct ipcmd *c)
{
	return show(c, true);
}
