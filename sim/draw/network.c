// SPDX-License-Identifier: MIT
/* network.c - hosts with their interfaces and addresses, and what lies between them. */
#include "sim/draw/draw.h"
#include "sim/net/ipv6.h"
#include "sim/world/segment.h"

/* Its next IPv6 address that is not link-local: those say nothing. */
static const struct inet6_ifaddr *next6(const struct inet6_ifaddr *ifa)
{
	while (ifa && ipv6_is_linklocal(&ifa->addr))
		ifa = ifa->next;
	return ifa;
}

static const struct inet6_ifaddr *first6(const struct net_device *dev)
{
	return dev->ip6 ? next6(dev->ip6->addrs) : NULL;
}

/* One a line, between them "between"; networks: their prefixes instead. False: it has none. */
static bool addresses(const struct net_device *dev, bool networks, const char *between, struct strbuf *o)
{
	const char *sep = "";
	char buf[ADDRSTRLEN];

	for (const struct in_ifaddr *ifa = dev->addrs; ifa; ifa = ifa->next, sep = between)
		sb_printf(o, "%s%s/%u", sep, ip4_str(buf, networks ? ifa->local & ifa->mask : ifa->local), ifa->prefixlen);
	for (const struct inet6_ifaddr *ifa = first6(dev); ifa; ifa = next6(ifa->next), sep = between) {
		union inet_addr a = ifa->addr;

		for (unsigned bit = ifa->plen; networks && bit < 128; bit++)
			a.ip6[bit / 8] &= (uint8_t)~(0x80u >> bit % 8);
		sb_printf(o, "%s%s/%u", sep, inet_str(buf, NFPROTO_IPV6, &a), ifa->plen);
	}
	return *sep;
}

static bool drawn(const struct net_device *dev)
{
	/* eth0 is always there: without an address, a wire or a bridge it says nothing */
	return dev->kind != DEV_LO && (dev->addrs || first6(dev) || dev->master || segment_port(dev) || dev->kind != DEV_PHYS);
}

static void device_row(const struct net_device *dev, struct strbuf *o)
{
	char buf[ADDRSTRLEN];

	sb_printf(o, "<TR><TD ALIGN=\"LEFT\" BGCOLOR=\"%s\"><B>", dev->flags & IFF_UP ? "white" : DRAW_LIGHT);
	dot_html(o, dev->name);
	sb_puts(o, "</B>");
	if (dev->kind == DEV_VLAN && dev->lower)
		sb_printf(o, " (VLAN %u of %s)", dev->vlan_id, dev->lower->name);
	if (dev->kind == DEV_BRIDGE)
		sb_puts(o, " (bridge)");
	if (dev->master)
		sb_printf(o, " (port of %s)", dev->master->name);
	if (!(dev->flags & IFF_UP))
		sb_puts(o, " (down)");
	sb_puts(o, "</TD><TD ALIGN=\"LEFT\">");
	if (!addresses(dev, false, "<BR ALIGN=\"LEFT\"/>", o))
		sb_putc(o, ' ');
	sb_printf(o, "</TD><TD PORT=\"d%d\"><FONT COLOR=\"%s\" POINT-SIZE=\"8\">%s</FONT></TD></TR>", dev->ifindex, DRAW_GREY, mac_str(buf, dev->mac));
}

static void host_node(const struct host *h, unsigned number, struct strbuf *o)
{
	char buf[64];
	const char *fwd = sysctl_get((struct host *)h, "net.ipv4.ip_forward", buf);

	sb_printf(o, "\th%u [shape=plain, style=\"\", tooltip=", number);
	dot_quoted(o, h->name);
	sb_printf(o, ", label=<<TABLE BORDER=\"1\" CELLBORDER=\"1\" CELLSPACING=\"0\" CELLPADDING=\"4\" COLOR=\"%s\">"
		  "<TR><TD COLSPAN=\"3\" BGCOLOR=\"%s\"><FONT COLOR=\"white\"><B>", DRAW_BLUE, DRAW_BLUE);
	dot_html(o, h->name);
	sb_printf(o, "</B>%s</FONT></TD></TR>", fwd && *fwd == '1' ? " (router)" : "");
	for (const struct net_device *dev = h->devs; dev; dev = dev->next)
		if (drawn(dev))
			device_row(dev, o);
	sb_puts(o, "</TABLE>>];\n");
}

/* A lone host's networks: nobody else is known there. */
static void outside_nodes(const struct host *h, unsigned number, struct strbuf *o)
{
	for (const struct net_device *dev = h->devs; dev; dev = dev->next) {
		if (dev->kind != DEV_PHYS || segment_port(dev) || !drawn(dev))
			continue;
		sb_printf(o, "\tn%u_%d [shape=ellipse, style=\"filled\", fillcolor=\"%s\", label=", number, dev->ifindex, DRAW_LIGHT);
		sb_puts(o, "<");
		if (!addresses(dev, true, "<BR/>", o))
			dot_html(o, "behind this interface");
		sb_printf(o, ">];\n\th%u:d%d:e -> n%u_%d [dir=none];\n", number, dev->ifindex, number, dev->ifindex);
	}
}

static void link_label(const struct seg_port *p, struct strbuf *o)
{
	const char *sep = "";

	if (p->trunk)
		sb_printf(o, "trunk"), sep = ", ";
	else if (p->vlan_given)
		sb_printf(o, "VLAN %u", p->pvid), sep = ", ";
	if (p->link.delay)
		sb_printf(o, "%s%g ms", sep, (double)p->link.delay / 1e6), sep = ", ";
	if (p->link.loss)
		sb_printf(o, "%sloss %.3g%%", sep, (double)p->link.loss / 4294967296.0 * 100), sep = ", ";
	if (p->link.mtu)
		sb_printf(o, "%sMTU %u", sep, p->link.mtu), sep = ", ";
	if (p->link.down)
		sb_printf(o, "%sdown", sep);
}

static unsigned host_number(const struct world *w, const struct host *h)
{
	unsigned i = 0;

	while (i < w->nr_hosts && w->host[i] != h)
		i++;
	return i;
}

static unsigned segment_number(const struct world *w, const struct segment *s)
{
	unsigned i = 0;

	for (const struct segment *x = segments_first(w); x && x != s; x = x->next)
		i++;
	return i;
}

static void segment_node(const struct world *w, const struct segment *s, unsigned number, struct strbuf *o)
{
	sb_printf(o, "\ts%u [shape=%s, style=\"filled\", fillcolor=\"%s\", label=", number, s->nr_ports > 2 ? "hexagon" : "ellipse", DRAW_LIGHT);
	dot_quoted(o, s->name);
	sb_puts(o, "];\n");
	for (const struct seg_port *p = s->ports; p; p = p->next) {
		struct strbuf label = { 0 };

		link_label(p, &label);
		if (p->dev)
			sb_printf(o, "\th%u:d%d:e -> s%u [dir=none%s, label=", host_number(w, p->dev->host), p->dev->ifindex, number,
				  p->link.down ? ", style=dashed" : "");
		else if (p->peer && segment_number(w, p->peer->seg) > number)
			sb_printf(o, "\ts%u -> s%u [dir=none, label=", number, segment_number(w, p->peer->seg));
		else
			continue;
		dot_quoted(o, sb_str(&label));
		sb_puts(o, "];\n");
		sb_free(&label);
	}
}

void draw_network(const struct world *w, struct strbuf *o)
{
	unsigned n = 0;

	dot_begin(o, "network", "rankdir=LR, nodesep=0.35, ranksep=0.7");
	for (unsigned i = 0; i < w->nr_hosts; i++)
		host_node(w->host[i], i, o);
	for (unsigned i = 0; i < w->nr_hosts; i++)
		outside_nodes(w->host[i], i, o);
	for (const struct segment *s = segments_first(w); s; s = s->next)
		segment_node(w, s, n++, o);
	dot_end(o);
}
