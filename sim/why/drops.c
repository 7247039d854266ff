// SPDX-License-Identifier: MIT
/* drops.c - packets that no rule dropped: settings, routes, neighbours, the packet itself. */
#include "sim/why/internal.h"
#include "sim/net/fib.h"
#include "sim/net/net.h"

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

static const char *route_named(struct asking *k)
{
	static const char *const types[] = { [RTN_BLACKHOLE] = "blackhole", [RTN_UNREACHABLE] = "unreachable", [RTN_PROHIBIT] = "prohibit", [RTN_THROW] = "throw" };
	const struct step *r = k->f.route;
	struct fib_result res;
	struct flowi4 fl = { .daddr = r->dst.ip, .saddr = r->src.ip, .iif = k->host->lo->ifindex };
	char buf[ADDRSTRLEN];

	if (k->st->family == NFPROTO_IPV6 || (fib_lookup(k->host, &fl, &res) && !res.fi))
		return arena_printf(k->a, "no route to %s", addr_text(k, &r->dst));
	if (res.type < ARRAY_SIZE(types) && types[res.type])
		return arena_printf(k->a, "%s %s/%u", types[res.type], ip4_str(buf, res.prefix), res.prefixlen);
	return arena_printf(k->a, "no route to %s", addr_text(k, &r->dst));
}

static void no_route(struct asking *k)
{
	const char *dst = k->f.route ? addr_text(k, &k->f.route->dst) : "the destination";

	blame(k, CULPRIT_ROUTE, k->f.route ? route_named(k) : "no route");
	k->out->reason = arena_printf(k->a, "routing has no way to %s (%s)%s", dst, k->out->culprit.name, k->f.dnat ? ", where DNAT sends the packet" : "");
	k->out->fix = arena_printf(k->a, "add a route to %s (ip route add)", dst);
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

static void no_answer(struct asking *k)
{
	const char *hop = NULL, *dev = NULL;
	char buf[ADDRSTRLEN];

	if (k->f.route) {
		hop = k->f.route->gw ? arena_strdup(k->a, ip4_str(buf, k->f.route->gw)) : addr_text(k, &k->f.route->dst);
		dev = k->f.route->dev2;
	}
	blame(k, CULPRIT_NEIGHBOUR, arena_printf(k->a, "%s dev %s", hop ? hop : "?", dev ? dev : "?"));
	k->out->reason = arena_printf(k->a, "nobody answers ARP for %s on %s, so the packet has no link address to go to", hop ? hop : "the next hop", dev ? dev : "the interface");
	k->out->fix = k->f.route && k->f.route->gw ? "correct the gateway, or bring it up"
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

void dropped_otherwise(struct asking *k)
{
	const struct step *end = k->f.end;

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
