// SPDX-License-Identifier: MIT
/* internet.c - a host that stands for all others: it answers ARP and pings for any address, and its
 * sockets hear all of them. Nothing special in the stack: a local route for everything that comes in
 * (AnyIP), and one route by which everything goes out. */
#include "sim/net/fib.h"
#include "sim/world/segment.h"

struct host *internet_create(struct world *w, const char *name, struct segment *s, be32 via)
{
	static const char setup[] = "link set eth0 up\n"
				    "addr add 192.0.2.1/32 dev lo\n";	/* its own, where it calls as nobody else */
	/* after the gateway: no address is a gateway once all are local */
	static const char any[] = "route add local 0.0.0.0/0 dev eth0 table local\n"
				  "rule del pref 0\n"
				  "rule add pref 10 iif eth0 lookup local\n";
	struct arena *a = arena_create();
	struct strbuf text = { 0 };
	struct host *h = world_host(w, name);
	struct net_device *dev = dev_add(h, "eth0", DEV_PHYS);
	char buf[ADDRSTRLEN];
	struct source *src;
	struct diag d;
	bool ok;

	diag_init(&d, a);
	sb_puts(&text, setup);
	if (via)
		sb_printf(&text, "route add default via %s dev eth0 onlink\n", ip4_str(buf, via));
	else
		sb_puts(&text, "route add default dev eth0 scope link\n");
	sb_puts(&text, any);
	src = source_text(w->arena, arena_strdup(w->arena, name), arena_strdup(w->arena, sb_str(&text)), text.len);
	sb_free(&text);
	ok = ipbatch_load(h, src, &d);
	h->sysctl.ip_nonlocal_bind = true;
	arena_destroy(a);
	assert(ok);
	(void)ok;
	segment_attach(s, dev)->any = true;
	return h;
}
