// SPDX-License-Identifier: MIT
/* internet.c - a host that stands for all others: it answers ARP, neighbour solicitations and pings for any address, and
 * its sockets hear all of them. Nothing special in the stack but the answers to solicitations: a local route for everything
 * that comes in (AnyIP), and one route by which everything goes out. */
#include "sim/net/fib.h"
#include "sim/net/ipv6.h"
#include "sim/world/segment.h"
#include <arpa/inet.h>

bool gateway_parse(struct gateways *g, const char *address)
{
	if (!g->v4 && ip4_parse(&g->v4, address))
		return g->v4;
	return !g->has_v6 && (g->has_v6 = inet_pton(AF_INET6, address, &g->v6) == 1);
}

static void setup_text(struct strbuf *text, const struct gateways *via)
{
	char buf[ADDRSTRLEN];

	sb_puts(text, "link set eth0 up\n"
		      "addr add 192.0.2.1/32 dev lo\n"		/* its own, where it calls as nobody else */
		      "addr add 2001:db8:ffff:ffff::1/128 dev lo\n");
	if (via->v4)
		sb_printf(text, "route add default via %s dev eth0 onlink\n", ip4_str(buf, via->v4));
	else
		sb_puts(text, "route add default dev eth0 scope link\n");
	if (via->has_v6)
		sb_printf(text, "route add default via %s dev eth0 onlink\n", inet_str(buf, NFPROTO_IPV6, &via->v6));
	else
		sb_puts(text, "-6 route add default dev eth0\n");
	/* after the gateways: no address is a gateway once all are local */
	sb_puts(text, "route add local 0.0.0.0/0 dev eth0 table local\n"
		      "rule del pref 0\n"
		      "rule add pref 10 iif eth0 lookup local\n"
		      "-6 route add local ::/0 dev lo table local\n"
		      "-6 rule del pref 0\n"
		      "-6 rule add pref 10 iif eth0 lookup local\n");
}

struct host *internet_create(struct world *w, const char *name, struct segment *s, const struct gateways *via)
{
	struct arena *a = arena_create();
	struct strbuf text = { 0 };
	struct host *h = world_host(w, name);
	struct net_device *dev = dev_add(h, "eth0", DEV_PHYS);
	struct source *src;
	struct diag d;
	bool ok;

	diag_init(&d, a);
	setup_text(&text, via);
	src = source_text(w->arena, arena_strdup(w->arena, name), arena_strdup(w->arena, sb_str(&text)), text.len);
	sb_free(&text);
	ok = ipbatch_load(h, src, &d);
	h->sysctl.ip_nonlocal_bind = h->sysctl.ip6_nonlocal_bind = true;
	dev->any_addr = true;
	arena_destroy(a);
	assert(ok);
	(void)ok;
	segment_attach(s, dev)->any = true;
	return h;
}
