// SPDX-License-Identifier: MIT
/* drops.c - packets that no rule dropped: settings, routes, neighbours, the packet itself. */
#include "sim/why/internal.h"
#include "sim/net/fib.h"
#include "sim/net/net.h"
#include <errno.h>

/* ---- dropped by something other than a rule */

static const char *dev_key(struct asking *k, const char *dev, const char *what)
{
	return arena_printf(k->a, "net.ipv%c.conf.%s.%s", k->st->family == NFPROTO_IPV6 ? '6' : '4', dev, what);
}

/* The setting "what" of dev or of all, whichever gives it its effect. */
static void blame_conf(struct asking *k, const char *dev, const char *what, const char *harmless)
{
	const char *all = dev_key(k, "all", what), *own = dev_key(k, dev, what);
	const char *v = setting(k, own), *va = setting(k, all);
	bool of_all = v && va && strcmp(v, harmless) == 0 && strcmp(va, harmless) != 0;

	blame_sysctl(k, of_all ? all : own, of_all ? va : v ? v : "?");
}

static const char *in_dev(const struct asking *k)
{
	for (const struct step *s = k->st->first; s; s = s->next)
		if (s->pkt == k->pkt && s->type == EV_HOOK && s->dev)
			return s->dev;
	return k->f.route && k->f.route->dev ? k->f.route->dev : k->f.end && k->f.end->dev ? k->f.end->dev : "all";
}

static void no_forwarding(struct asking *k)
{
	const char *dev = in_dev(k), *global = k->st->family == NFPROTO_IPV6 ? "net.ipv6.conf.all.forwarding" : "net.ipv4.ip_forward";
	const char *v = setting(k, global);

	if (v && strcmp(v, "0") == 0)
		blame_sysctl(k, global, v);
	else
		blame_sysctl(k, dev_key(k, dev, "forwarding"), "0");
	k->out->reason = arena_printf(k->a, "%s the destination %s is no address of this host, and %s is 0: the host is no router and drops the packet before FORWARD",
				      k->f.dnat ? "after DNAT" : "", k->f.route ? addr_text(k, &k->f.route->dst) : "", k->out->culprit.name);
	if (*k->out->reason == ' ')
		k->out->reason++;
	k->out->fix = arena_printf(k->a, "sysctl -w %s=1", k->out->culprit.name);
	if (k->f.dnat)
		also_rule(k, k->f.dnat->rule);
}

/* The lookup is done again for what it does not tell in its event: which policy rule led to the answer. */
static const char *route_named(struct asking *k)
{
	const struct step *r = k->f.route;
	const struct net_device *in = r->dev ? dev_by_name(k->host, r->dev) : k->host->lo;
	struct flowi4 fl = { .daddr = r->dst.ip, .saddr = r->src.ip, .iif = in ? in->ifindex : 0 };
	struct fib_result res = { .rule_pref = 0 };
	const char *name = NULL, *by = "";

	if (k->st->family == NFPROTO_IPV6)
		return arena_printf(k->a, "no route to %s", addr_text(k, &r->dst));
	switch (fib_lookup(k->host, &fl, &res)) {
	case -EHOSTUNREACH:	name = "unreachable";	break;
	case -EACCES:		name = "prohibit";	break;
	case -EINVAL:		name = "blackhole";	break;
	default:		break;
	}
	if (res.rule_pref && res.rule_pref < 32766)
		by = arena_printf(k->a, ", by policy rule %u", res.rule_pref);
	return arena_printf(k->a, "%s to %s%s", name ? arena_printf(k->a, "%s route", name) : "no route", addr_text(k, &r->dst), name ? by : "");
}

/* The interface on whose link dst is, if that is down. */
static const struct net_device *down_towards(const struct asking *k, const union inet_addr *dst)
{
	for (const struct net_device *dev = k->host->devs; dev && k->st->family != NFPROTO_IPV6; dev = dev->next)
		if (!(dev->flags & IFF_UP) && inet_addr_onlink(dev, dst->ip, 0))
			return dev;
	return NULL;
}

static void no_route(struct asking *k)
{
	const char *dst = k->f.route ? addr_text(k, &k->f.route->dst) : "the destination";
	const struct net_device *down = k->f.route ? down_towards(k, &k->f.route->dst) : NULL;

	if (down) {
		blame(k, CULPRIT_SETTING, arena_printf(k->a, "interface %s is down", down->name));
		k->out->reason = arena_printf(k->a, "%s is on the link of %s, and that interface is down, so its routes are gone", dst, down->name);
		k->out->fix = arena_printf(k->a, "ip link set %s up", down->name);
		return;
	}

	blame(k, CULPRIT_ROUTE, k->f.route ? route_named(k) : "no route");
	k->out->reason = arena_printf(k->a, "routing has no way to %s (%s)%s", dst, k->out->culprit.name, k->f.dnat ? ", where DNAT sends the packet" : "");
	k->out->fix = strncmp(k->out->culprit.name, "no ", 3) == 0 ? arena_printf(k->a, "add a route to %s (ip route add)", dst)
								   : arena_printf(k->a, "delete or change what refuses %s: see ip rule, and ip route show table all", dst);
}

/* The device by which an address would be reached, whatever the source. */
static const char *device_to(struct asking *k, const union inet_addr *dst)
{
	struct flowi4 fl = { .daddr = dst->ip };
	struct dst way = { 0 };

	if (k->st->family == NFPROTO_IPV6 || ip_route_output(k->host, &fl, &way) || !way.dev)
		return "all";
	return arena_strdup(k->a, way.dev->name);
}

static bool loopback(be32 ip)
{
	return ntohl(ip) >> 24 == 127;
}

/* OUTPUT's NAT or mark asked for another way, and there is none. */
bool not_routed_again(struct asking *k)
{
	const struct step *again = k->f.again;

	if (!again || !again->error)
		return false;
	if (loopback(again->src.ip) && !loopback(again->dst.ip)) {
		blame_sysctl(k, dev_key(k, device_to(k, &again->dst), "route_localnet"), "0");
		k->out->reason = arena_printf(k->a, "after DNAT to %s the packet is routed again with its source %s, and a loopback source may not leave by another interface while %s is 0",
					      addr_text(k, &again->dst), addr_text(k, &again->src), k->out->culprit.name);
		k->out->fix = arena_printf(k->a, "sysctl -w %s=1, and MASQUERADE what leaves there from 127.0.0.0/8", k->out->culprit.name);
	} else {
		k->f.route = again;
		no_route(k);
	}
	if (k->f.dnat)
		also_rule(k, k->f.dnat->rule);
	return true;
}

/* Neighbour discovery is ICMPv6, and rules drop that too: who dropped what the neighbour said? */
static const struct step *answer_dropped(const struct asking *k)
{
	for (const struct step *s = k->st->first; s; s = s->next)
		if (s->type == EV_DROP && s->host == k->host && s->chain && s->packet && strstr(s->packet, " neighbour-"))
			return s;
	return NULL;
}

static void no_answer(struct asking *k)
{
	const char *hop = NULL, *dev = NULL;
	const struct step *by;

	for (const struct step *s = k->st->first; s; s = s->next)
		if (s->type == EV_NEIGH && s->host == k->host) {
			hop = addr_text(k, &s->dst);
			dev = s->dev;
		}
	if (k->f.route) {
		hop = addr_text(k, k->f.route->has_gw ? &k->f.route->gw : &k->f.route->dst);
		dev = k->f.route->dev2;
	}
	if ((by = answer_dropped(k))) {
		blame_drop(k, by);
		k->out->reason = arena_printf(k->a, "the packet needs the link address of %s on %s, and %s drops the answer: %s", hop ? hop : "the next hop",
					      dev ? dev : "the interface", drop_place(k, by), by->packet);
		k->out->fix = arena_printf(k->a, "%s -I %s -p ipv6-icmp -j ACCEPT (neighbour discovery is ICMPv6)", iptables_of(k), by->chain->name);
		return;
	}
	blame(k, CULPRIT_NEIGHBOUR, arena_printf(k->a, "%s dev %s", hop ? hop : "?", dev ? dev : "?"));
	k->out->reason = arena_printf(k->a, "nobody answers %s for %s on %s, so the packet has no link address to go to",
				      k->st->family == NFPROTO_IPV6 ? "neighbour discovery" : "ARP", hop ? hop : "the next hop", dev ? dev : "the interface");
	k->out->fix = k->f.route && k->f.route->has_gw ? "correct the gateway, or bring it up"
						   : "if the address is behind a router, route it there: it is taken to be on the link";
}

static void bridge_refused(struct asking *k)
{
	const char *in = NULL;

	for (const struct net_device *dev = k->host->devs; dev; dev = dev->next)
		if (strncmp(k->st->text, dev->name, strlen(dev->name)) == 0 && k->st->text[strlen(dev->name)] == ':')
			in = dev->name;
	blame(k, CULPRIT_SETTING, arena_printf(k->a, "bridge port %s: hairpin off (brport/hairpin_mode=0)", in ? in : "?"));
	k->out->reason = arena_printf(k->a, "the packet would leave by %s, the bridge port it came in by, and hairpin mode is off there, so the bridge drops it", in ? in : "the port");
	k->out->fix = arena_printf(k->a, "ip link set %s type bridge_slave hairpin on", in ? in : "PORT");
	if (k->f.dnat)
		also_rule(k, k->f.dnat->rule);
}

void packet_at_fault(struct asking *k, const char *cause, const char *fix)
{
	blame(k, CULPRIT_NONE, NULL);
	k->out->culprit.cause = cause;
	k->out->reason = arena_printf(k->a, "no rule is at fault: %s (%s)", cause, drop_reason_name(k->f.end->reason));
	k->out->fix = fix;
}

/* Who dropped the message that tells the sender to send less? */
static const struct step *too_big_unheard(const struct asking *k)
{
	for (const struct step *s = k->st->first; s; s = s->next)
		if (s->type == EV_DROP && s->chain && s->packet && s->host == k->host &&
		    (strstr(s->packet, " fragmentation-needed") || strstr(s->packet, " packet-too-big")))
			return s;
	return NULL;
}

void dropped_otherwise(struct asking *k)
{
	const struct step *end = k->f.end, *drop;

	switch (end->reason) {
	case DROP_IP_INADDRERRORS:
		no_forwarding(k);
		return;
	case DROP_IP_INNOROUTES:
	case DROP_IP_OUTNOROUTES:
		no_route(k);
		return;
	case DROP_IP_RPFILTER:
		blame_conf(k, in_dev(k), "rp_filter", "0");
		k->out->reason = arena_printf(k->a, "the packet came in by %s, but the way back to its source %s is another interface, and %s is %s", in_dev(k),
					      k->f.route ? addr_text(k, &k->f.route->src) : "", k->out->culprit.name, k->out->culprit.value);
		k->out->fix = arena_printf(k->a, "route the source back by %s, or sysctl -w %s=2 (loose)", in_dev(k), k->out->culprit.name);
		return;
	case DROP_IP_LOCALNET:
		if (k->f.route && k->st->family != NFPROTO_IPV6 && loopback(k->f.route->src.ip)) {
			packet_at_fault(k, "a packet from outside has a loopback source", "find who sends it; only where such packets are meant: route_localnet");
			return;
		}
		blame_conf(k, in_dev(k), "route_localnet", "1");
		k->out->reason = arena_printf(k->a, "a packet that came in by %s has the loopback destination %s%s; while %s is 0 that is martian and dropped", in_dev(k),
					      k->f.route ? addr_text(k, &k->f.route->dst) : "", k->f.dnat ? " after DNAT" : "", k->out->culprit.name);
		k->out->fix = arena_printf(k->a, "use -j REDIRECT, which takes the interface's own address, or sysctl -w %s=1", k->out->culprit.name);
		if (k->f.dnat)
			also_rule(k, k->f.dnat->rule);
		return;
	case DROP_IP_LOCAL_SOURCE:
		blame_conf(k, in_dev(k), "accept_local", "1");
		k->out->reason = arena_printf(k->a, "the source %s is an address of this host, and %s is 0", k->f.route ? addr_text(k, &k->f.route->src) : "", k->out->culprit.name);
		k->out->fix = arena_printf(k->a, "sysctl -w %s=1 if such packets are meant", k->out->culprit.name);
		return;
	case DROP_NEIGH_FAILED:
	case DROP_NEIGH_CREATEFAIL:
		no_answer(k);
		return;
	case DROP_PKT_TOO_BIG:
		if ((drop = too_big_unheard(k))) {
			blame_drop(k, drop);
			k->out->also = (struct culprit){ .host = k->host, .kind = CULPRIT_SETTING,
							 .name = arena_printf(k->a, "mtu of %s", k->f.route && k->f.route->dev2 ? k->f.route->dev2 : "the way") };
			k->out->reason = arena_printf(k->a, "the packet is larger than the MTU of its way and must not be cut; its sender is to be told by ICMP, but %s drops that message, so it never learns to send less",
						      drop_place(k, drop));
			k->out->fix = arena_printf(k->a, "accept it: %s %s -j ACCEPT", command_for(k, drop->chain, "-I"),
						   k->st->family == NFPROTO_IPV6 ? "-p ipv6-icmp --icmpv6-type packet-too-big" : "-p icmp --icmp-type fragmentation-needed");
			return;
		}
		blame(k, CULPRIT_SETTING, arena_printf(k->a, "mtu of %s", k->f.route && k->f.route->dev2 ? k->f.route->dev2 : "the way"));
		k->out->reason = "the packet is larger than the MTU of its way and has DF set, so it is dropped and its sender told by ICMP fragmentation-needed";
		k->out->fix = "let ICMP fragmentation-needed reach the sender, or clamp: -t mangle -A FORWARD -p tcp --tcp-flags SYN,RST SYN -j TCPMSS --clamp-mss-to-pmtu";
		return;
	case DROP_OTHERHOST:
		packet_at_fault(k, "the frame is addressed to another host's link address", "check the sender's ARP entry and route");
		return;
	case DROP_DEV_READY:
		blame(k, CULPRIT_SETTING, arena_printf(k->a, "interface %s is down", end->dev ? end->dev : "?"));
		k->out->reason = "the interface is down";
		k->out->fix = arena_printf(k->a, "ip link set %s up", end->dev ? end->dev : "IFACE");
		return;
	default:
		break;
	}
	if (strcmp(end->text, "br_forward") == 0) {
		bridge_refused(k);
		return;
	}
	if (strcmp(end->text, "ip_forward") == 0 && k->f.icmp && k->f.icmp->what == 11) {
		packet_at_fault(k, "its TTL is used up here", "look for a routing loop, or let the sender use a higher TTL");
		return;
	}
	if (strcmp(end->text, "ip_error") == 0 || strncmp(end->text, "dst_discard", 11) == 0) {
		no_route(k);
		return;
	}
	packet_at_fault(k, arena_printf(k->a, "it is dropped in %s", end->text), "look at the packet itself");
}

bool no_way_back(struct asking *k)
{
	for (const struct step *s = k->st->first; s; s = s->next) {
		if (s->type != EV_ROUTE || !s->error || s->what != 1 || s->host != k->host)
			continue;
		k->f.route = s;
		no_route(k);
		k->out->reason = arena_printf(k->a, "the packet came to %s, but the answer cannot leave: %s", k->host->name, k->out->reason);
		return true;
	}
	return false;
}
