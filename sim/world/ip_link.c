// SPDX-License-Identifier: MIT
/* ip_link.c - "ip link": devices made and set. */
#include "sim/world/ipcmd.h"
#include <stdio.h>
#include <strings.h>

struct link_args {
	const char *name, *new_name, *peer, *type;
	struct net_device *link, *master;
	bool up_given, up, arp_given, arp, mac_given, nomaster, peer_elsewhere;
	bool mtu_given, group_given;
	uint8_t mac[ETH_ALEN], peer_mac[ETH_ALEN]; bool peer_mac_given;
	uint32_t mtu, group, peer_mtu; bool peer_mtu_given;
	uint32_t vlan_id; bool vlan_id_given; uint16_t vlan_proto;
	bool snooping_given, snooping;
};

/* Words that take a value and change nothing here. */
static bool ignored_with_value(const struct ipcmd *c)
{
	static const char *const names[] = { "txqueuelen",
					     "qlen",
					     "txqlen",
					     "numtxqueues",
					     "numrxqueues",
					     "gso_max_size",
					     "gso_max_segs",
					     "gso_ipv4_max_size",
					     "gro_ipv4_max_size",
					     "gro_max_size",
					     "alias",
					     "addrgenmode",
					     "broadcast",
					     "brd",
					     "index",
					     "txq",
					     "rxq" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (ip_is(c, names[i]))
			return true;
	return false;
}

static bool ignored_on_off(const struct ipcmd *c)
{
	return ip_is(c, "multicast") || ip_is(c, "allmulticast") || ip_is(c, "promisc") ||
	       ip_is(c, "trailers") || ip_is(c, "dynamic") || ip_is(c, "protodown") ||
	       ip_is(c, "carrier");
}

static bool refused(const struct ipcmd *c)
{
	static const char *const names[] = { "netns",	   "xdp",	   "xdpgeneric", "xdpdrv",
					     "xdpoffload", "vf",	   "vrf",	 "state",
					     "mode",	   "link-netnsid", "link-netns" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (ip_is(c, names[i]))
			return true;
	return false;
}

static bool take_master(struct ipcmd *c, struct link_args *a)
{
	return ip_next(c) && ip_dev(c, &a->master);
}

static bool take_name(struct ipcmd *c, const char **name)
{
	if (!ip_next(c))
		return false;
	*name = ip_peek(c);
	return true;
}

/* One word (and its value) that "add" and "set" have in common. -1: it is none of these. */
static int take_common(struct ipcmd *c, struct link_args *a)
{
	bool on;

	if (ip_is(c, "up") || ip_is(c, "down")) {
		a->up_given = true;
		a->up = ip_is(c, "up");
		return true;
	}
	if (ip_is(c, "mtu")) {
		a->mtu_given = true;
		return ip_next(c) && ip_u32(c, INT32_MAX, "Invalid \"mtu\" value", &a->mtu);
	}
	if (ip_matches(c, "address")) {
		a->mac_given = true;
		return ip_next(c) && ip_mac(c, a->mac);
	}
	if (ip_is(c, "master"))
		return take_master(c, a);
	if (ip_is(c, "nomaster"))
		return a->nomaster = true;
	if (ip_is(c, "group")) {
		a->group_given = true;
		return ip_next(c) && ip_group(c, &a->group);
	}
	if (ip_is(c, "arp")) {
		a->arp_given = true;
		return ip_next(c) && ip_on_off(c, "arp", &a->arp);
	}
	if (refused(c))
		return ip_not_emulated(c, arena_printf(c->a, "\"%s\" of a link", ip_peek(c)));
	if (ignored_on_off(c)) {
		const char *key = ip_peek(c);

		return ip_next(c) && ip_on_off(c, key, &on);
	}
	if (ignored_with_value(c))
		return ip_next(c);
	return -1;
}

/* ---- type arguments */

static bool vlan_words(struct ipcmd *c, struct link_args *a)
{
	a->vlan_proto = ETH_P_8021Q;
	for (; ip_more(c); c->at++) {
		bool ok = true, on = false;

		if (ip_matches(c, "protocol")) {
			ok = ip_next(c);
			if (ok && strcasecmp(ip_peek(c), "802.1ad") == 0)
				a->vlan_proto = ETH_P_8021AD;
			else if (ok && strcasecmp(ip_peek(c), "802.1q") != 0)
				ok = ip_wrong(c, "protocol is invalid");
		} else if (ip_matches(c, "id")) {
			ok = ip_next(c) && ip_u32(c, 65535, "id is invalid", &a->vlan_id);
			a->vlan_id_given = true;
		} else if (ip_matches(c, "reorder_hdr")) {
			ok = ip_next(c) && ip_on_off(c, "reorder_hdr", &on) &&
			     (on || ip_not_emulated(c, "a VLAN that keeps its header"));
		} else if (ip_matches(c, "gvrp") || ip_matches(c, "mvrp")) {
			ok = ip_next(c) && ip_on_off(c, "gvrp", &on) &&
			     (!on || ip_not_emulated(c, "VLAN registration"));
		} else if (ip_matches(c, "loose_binding") || ip_matches(c, "bridge_binding")) {
			ok = ip_next(c) && ip_on_off(c, "loose_binding", &on) &&
			     (!on || ip_not_emulated(c, "loose or bridge binding"));
		} else if (ip_matches(c, "ingress-qos-map") || ip_matches(c, "egress-qos-map")) {
			ok = ip_not_emulated(c, "priority mapping of a VLAN");
		} else {
			ok = ip_fail(c, ip_pos(c), "vlan: unknown command \"%s\"?", ip_peek(c));
		}
		if (!ok)
			return false;
	}
	return a->vlan_id_given || ip_fail(c, c->line, "vlan: \"id\" is required");
}

/* A bridge's settings: those that would change what it does may only be at the value that is
 * emulated. */
static const struct { const char *name; const char *only; } bridge_words_known[] = {
	{ "stp_state", "0" },
	{ "vlan_filtering", "0" },
	{ "vlan_protocol", "802.1q" },
	{ "group_fwd_mask", "0" },
	{ "nf_call_iptables", "0" },
	{ "nf_call_ip6tables", "0" },
	{ "nf_call_arptables", "0" },
	{ "vlan_stats_enabled", "0" },
	{ "forward_delay", NULL },
	{ "hello_time", NULL },
	{ "max_age", NULL },
	{ "ageing_time", NULL },
	{ "priority", NULL },
	{ "group_address", NULL },
	{ "vlan_default_pvid", NULL },
	{ "vlan_stats_per_port", NULL },
	{ "mcast_router", NULL },
	{ "mcast_snooping", NULL },
	{ "mcast_vlan_snooping", NULL },
	{ "mcast_query_use_ifaddr", NULL },
	{ "mcast_querier", NULL },
	{ "mcast_hash_elasticity", NULL },
	{ "mcast_hash_max", NULL },
	{ "mcast_last_member_count", NULL },
	{ "mcast_startup_query_count", NULL },
	{ "mcast_last_member_interval", NULL },
	{ "mcast_membership_interval", NULL },
	{ "mcast_querier_interval", NULL },
	{ "mcast_query_interval", NULL },
	{ "mcast_query_response_interval", NULL },
	{ "mcast_startup_query_interval", NULL },
	{ "mcast_stats_enabled", NULL },
	{ "mcast_igmp_version", NULL },
	{ "mcast_mld_version", NULL },
	{ "fdb_flush", "" },
};

static bool bridge_words(struct ipcmd *c, struct link_args *a)
{
	for (; ip_more(c); c->at++) {
		size_t i, n = ARRAY_SIZE(bridge_words_known);

		for (i = 0; i < n && !ip_matches(c, bridge_words_known[i].name); i++)
			;
		if (i == n)
			return ip_fail(c, ip_pos(c), "bridge: unknown command \"%s\"?", ip_peek(c));
		if (bridge_words_known[i].only && !*bridge_words_known[i].only)
			continue;
		if (!ip_next(c))
			return false;
		if (strcmp(bridge_words_known[i].name, "mcast_snooping") == 0) {
			a->snooping = strcmp(ip_peek(c), "0") != 0;
			a->snooping_given = true;
		}
		if (bridge_words_known[i].only &&
		    strcasecmp(ip_peek(c), bridge_words_known[i].only) != 0)
			return ip_not_emulated(c, arena_printf(c->a, "a bridge with %s %s",
							       bridge_words_known[i].name,
							       ip_peek(c)));
	}
	return true;
}

/* "type bridge_slave" of a port: hairpin changes what is emulated, the rest only at its default. */
static bool port_words(struct ipcmd *c, struct net_device *dev)
{
	static const struct { const char *name; bool dflt; } flags[] = {
		{ "guard", false }, { "root_block", false }, { "fastleave", false }, { "learning", true }, { "flood", true },
		{ "mcast_flood", true }, { "bcast_flood", true }, { "proxy_arp", false }, { "isolated", false }, { "vlan_tunnel", false },
	};
	bool on;

	for (; ip_more(c); c->at++) {
		const char *word = ip_peek(c);
		size_t i, n = ARRAY_SIZE(flags);

		for (i = 0; i < n && !ip_is(c, flags[i].name); i++)
			;
		if (i == n && !ip_is(c, "hairpin"))
			return ip_not_emulated(c, arena_printf(c->a, "a bridge port's \"%s\"", word));
		if (!ip_next(c) || !ip_on_off(c, word, &on))
			return false;
		if (i == n)
			br_port_hairpin(dev, on);
		else if (on != flags[i].dflt)
			return ip_not_emulated(c, arena_printf(c->a, "a bridge port with %s %s", word, on ? "on" : "off"));
	}
	return true;
}

static bool veth_words(struct ipcmd *c, struct link_args *a)
{
	struct link_args peer = { 0 };

	if (!ip_more(c))
		return true;
	if (!ip_is(c, "peer"))
		return ip_fail(c, ip_pos(c), "veth: unknown command \"%s\"?", ip_peek(c));
	for (c->at++; ip_more(c); c->at++) {
		int took;

		if (ip_matches(c, "name") || ip_is(c, "dev")) {
			if (!take_name(c, &a->peer))
				return false;
			continue;
		}
		if (ip_is(c, "netns")) {
			/* The other end is outside of this host. */
			a->peer_elsewhere = true;
			if (!ip_next(c))
				return false;
			continue;
		}
		if ((took = take_common(c, &peer)) == 0)
			return false;
		if (took < 0 && a->peer)
			return ip_twice(c, "dev");
		if (took < 0)
			a->peer = ip_peek(c);
	}
	memcpy(a->peer_mac, peer.mac, ETH_ALEN);
	a->peer_mac_given = peer.mac_given;
	a->peer_mtu = peer.mtu;
	a->peer_mtu_given = peer.mtu_given;
	return true;
}

static bool type_args(struct ipcmd *c, struct link_args *a)
{
	c->at++;
	if (strcmp(a->type, "vlan") == 0)
		return vlan_words(c, a);
	if (strcmp(a->type, "bridge") == 0)
		return bridge_words(c, a);
	if (strcmp(a->type, "veth") == 0)
		return veth_words(c, a);
	if (ip_more(c))
		return ip_fail(c, ip_pos(c), "unknown argument \"%s\" of a %s", ip_peek(c),
			       a->type);
	return true;
}

/* ---- making */

static bool kernel_says(struct ipcmd *c, const char *what)
{
	return ip_fail(c, c->line, "RTNETLINK answers: %s", what);
}

static bool set_common(struct ipcmd *c, struct net_device *dev, const struct link_args *a);

static struct net_device *add_dev(struct ipcmd *c, const char *name, enum dev_kind kind)
{
	struct net_device *dev;

	if (dev_by_name(c->h, name)) {
		kernel_says(c, "File exists");
		return NULL;
	}
	if (!(dev = dev_add(c->h, name, kind)))
		ip_fail(c, c->line, "\"%s\" is no valid name of a device", name);
	return dev;
}

static bool add_vlan(struct ipcmd *c, struct link_args *a)
{
	struct net_device *dev;

	if (!a->link) {
		kernel_says(c, "Invalid argument");
		diag_hint(
			c->d,
			"a VLAN lies on a device: link add link eth0 name eth0.10 type vlan id 10");
		return false;
	}
	if (a->vlan_id >= 4095)
		return ip_fail(
			c, c->line,
			"Invalid VLAN id (RTNETLINK answers: Numerical result out of range)");
	if (a->link->kind == DEV_LO)
		return ip_fail(
			c, c->line,
			"VLANs not supported on device (RTNETLINK answers: Operation not supported)");
	if (!(dev = add_dev(c, a->name, DEV_VLAN)))
		return false;
	if (!vlan_attach(dev, a->link, (uint16_t)a->vlan_id, a->vlan_proto))
		return ip_fail(c, c->line,
			       "VLAN device already exists (RTNETLINK answers: File exists)");
	return set_common(c, dev, a);
}

static bool add_veth(struct ipcmd *c, struct link_args *a)
{
	struct link_args peer_args = { .mac_given = a->peer_mac_given,
				       .mtu_given = a->peer_mtu_given,
				       .mtu = a->peer_mtu };
	struct net_device *dev, *peer;
	char name[IFNAMSIZ];

	memcpy(peer_args.mac, a->peer_mac, ETH_ALEN);
	if (a->peer_elsewhere) {
		dev = add_dev(c, a->name, DEV_VETH);
		return dev && set_common(c, dev, a);
	}
	for (unsigned i = 0; !a->peer && i < 10000; i++) {
		snprintf(name, sizeof(name), "veth%u", i);
		if (strcmp(name, a->name) != 0 && !dev_by_name(c->h, name))
			a->peer = name;
	}
	/* The kernel makes the peer first. */
	if (strcmp(a->peer, a->name) == 0 || dev_by_name(c->h, a->name))
		return kernel_says(c, "File exists");
	if (!(peer = add_dev(c, a->peer, DEV_VETH)) || !(dev = add_dev(c, a->name, DEV_VETH)))
		return false;
	dev->peer = peer;
	peer->peer = dev;
	return set_common(c, peer, &peer_args) && set_common(c, dev, a);
}

static bool add_typed(struct ipcmd *c, struct link_args *a)
{
	struct net_device *dev;

	if (strcmp(a->type, "vlan") == 0)
		return add_vlan(c, a);
	if (strcmp(a->type, "veth") == 0)
		return add_veth(c, a);
	dev = add_dev(c, a->name, strcmp(a->type, "bridge") == 0 ? DEV_BRIDGE : DEV_DUMMY);
	if (dev && a->snooping_given)
		br_snooping(dev, a->snooping);
	return dev && set_common(c, dev, a);
}

static bool type_known(struct ipcmd *c, const char *type)
{
	static const char *const known[] = { "dummy", "bridge", "vlan", "veth" };

	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (strcmp(type, known[i]) == 0)
			return true;
	ip_fail(c, ip_pos(c), "a link of type \"%s\" is not emulated", type);
	diag_hint(
		c->d,
		"dummy, bridge, vlan and veth are; a device that is only set up, never added, is a physical one");
	return false;
}

static bool add(struct ipcmd *c)
{
	struct link_args a = { 0 };
	char name[IFNAMSIZ];

	for (c->at++; ip_more(c); c->at++) {
		int took;

		if (ip_matches(c, "type")) {
			if (!take_name(c, &a.type) || !type_known(c, a.type) || !type_args(c, &a))
				return false;
			break;
		}
		if (ip_matches(c, "link")) {
			if (!ip_next(c) || !ip_dev(c, &a.link))
				return false;
			continue;
		}
		if ((took = take_common(c, &a)) == 0)
			return false;
		if (took > 0)
			continue;
		if ((ip_matches(c, "name") || ip_is(c, "dev")) && !ip_next(c))
			return false;
		if (a.name)
			return ip_twice(c, "dev");
		a.name = ip_peek(c);
	}
	if (!a.type)
		return ip_fail(c, c->line, "not enough information: \"type\" argument is required");
	for (unsigned i = 0; !a.name && i < 10000; i++) {
		snprintf(name, sizeof(name), "%.8s%u", a.type, i);
		if (!dev_by_name(c->h, name))
			a.name = name;
	}
	return add_typed(c, &a);
}

/* ---- setting */

static bool set_master(struct ipcmd *c, struct net_device *dev, struct net_device *master)
{
	if (dev->master && dev->master != master)
		br_del_if(dev->master, dev);
	if (!master || dev->master == master)
		return true;
	if (master->kind != DEV_BRIDGE)
		return kernel_says(c, "Operation not supported");
	if (dev->kind == DEV_BRIDGE)
		return ip_fail(
			c, c->line,
			"Can not enslave a bridge to a bridge (RTNETLINK answers: Too many levels of symbolic links)");
	return br_add_if(master, dev) || kernel_says(c, "Invalid argument");
}

static bool rename_dev(struct ipcmd *c, struct net_device *dev, const char *name)
{
	if (strcmp(dev->name, name) == 0)
		return true;
	if (dev_by_name(c->h, name))
		return kernel_says(c, "File exists");
	if (!*name || strlen(name) >= IFNAMSIZ || strchr(name, '/') || strchr(name, ':'))
		return ip_fail(c, c->line, "\"%s\" is no valid name of a device", name);
	for (struct in_ifaddr *i = dev->addrs; i; i = i->next)
		if (strcmp(i->label, dev->name) == 0)
			strcpy(i->label, name);
	strcpy(dev->name, name);
	return true;
}

static bool set_mtu(struct ipcmd *c, struct net_device *dev, uint32_t mtu)
{
	if (mtu < 68 && dev->kind != DEV_LO && dev->kind != DEV_DUMMY && dev->kind != DEV_VLAN)
		return ip_fail(
			c, c->line,
			"mtu less than device minimum (RTNETLINK answers: Invalid argument)");
	if (mtu > 65535 && dev->kind != DEV_LO && dev->kind != DEV_DUMMY)
		return ip_fail(
			c, c->line,
			"mtu greater than device maximum (RTNETLINK answers: Invalid argument)");
	if (dev->kind == DEV_VLAN && mtu > dev->lower->mtu)
		return kernel_says(c, "Numerical result out of range");
	dev_set_mtu(dev, mtu);
	return true;
}

static bool set_up(struct ipcmd *c, struct net_device *dev, bool up)
{
	if (up && dev->kind == DEV_VLAN && !(dev->lower->flags & IFF_UP)) {
		kernel_says(c, "Network is down");
		diag_hint(c->d, "%s is down: set it up first", dev->lower->name);
		return false;
	}
	dev_set_up(dev, up);
	return true;
}

static bool set_common(struct ipcmd *c, struct net_device *dev, const struct link_args *a)
{
	if (a->mac_given && (a->mac[0] & 1))
		return kernel_says(c, "Cannot assign requested address");
	if (a->mac_given)
		dev_set_mac(dev, a->mac);
	if (a->mtu_given && !set_mtu(c, dev, a->mtu))
		return false;
	if (a->group_given)
		dev->group = a->group;
	if (a->new_name && !rename_dev(c, dev, a->new_name))
		return false;
	if ((a->master || a->nomaster) && !set_master(c, dev, a->nomaster ? NULL : a->master))
		return false;
	if (a->arp_given)
		dev->flags = a->arp ? dev->flags & ~IFF_NOARP : dev->flags | IFF_NOARP;
	return !a->up_given || set_up(c, dev, a->up);
}

static bool set_type(struct ipcmd *c, struct net_device *dev)
{
	struct link_args a = { 0 };

	if (!ip_next(c))
		return false;
	if (dev && dev->kind == DEV_BRIDGE && ip_is(c, "bridge")) {
		c->at++;
		if (!bridge_words(c, &a))
			return false;
		if (a.snooping_given)
			br_snooping(dev, a.snooping);
		return true;
	}
	if (dev && dev->port && ip_is(c, "bridge_slave")) {
		c->at++;
		return port_words(c, dev);
	}
	return ip_not_emulated(c, arena_printf(c->a, "changing a \"%s\"", ip_peek(c)));
}

static bool set(struct ipcmd *c)
{
	struct link_args a = { 0 };
	struct net_device *dev = NULL;

	for (c->at++; ip_more(c); c->at++) {
		int took;

		if (ip_matches(c, "type")) {
			if (!set_type(c, dev))
				return false;
			break;
		}
		if (ip_matches(c, "name") && dev) {
			if (!take_name(c, &a.new_name))
				return false;
			continue;
		}
		if ((took = take_common(c, &a)) == 0)
			return false;
		if (took > 0)
			continue;
		if (ip_is(c, "dev") && !ip_next(c))
			return false;
		if (dev)
			return ip_twice(c, "dev");
		if (!ip_dev(c, &dev))
			return false;
	}
	if (!dev && a.group_given)
		return ip_not_emulated(c, "setting a whole group of links");
	if (!dev)
		return ip_fail(c, c->line, "not enough information: \"dev\" argument is required.");
	return set_common(c, dev, &a);
}

bool ip_link(struct ipcmd *c)
{
	if (!ip_more(c))
		return ip_link_show(c);
	if (ip_matches(c, "add"))
		return add(c);
	if (ip_matches(c, "set") || ip_matches(c, "change"))
		return set(c);
	if (ip_matches(c, "replace") || ip_matches(c, "delete"))
		return ip_not_emulated(c, arena_printf(c->a, "\"ip link %s\"", ip_peek(c)));
	if (ip_matches(c, "show") || ip_matches(c, "lst") || ip_matches(c, "list"))
		return ip_link_show(c);
	return ip_unknown_command(c, "link");
}
