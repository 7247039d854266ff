// SPDX-License-Identifier: MIT
/* rig.c - the host that the fuzz targets aim at. */
#include "tests/fuzz/rig.h"
#include "rules/rules.h"
#include <stdlib.h>
#include <unistd.h>

static const char batch[] =
	"addr add 10.0.0.1/24 dev eth0\n"
	"addr add 10.1.0.1/24 dev eth1\n"
	"addr add 192.0.2.1/24 dev eth2\n"
	"route add default via 192.0.2.254\n"
	"route add 10.9.0.0/16 nexthop via 10.0.0.9 nexthop via 10.1.0.9\n"
	"route add unreachable 10.8.0.0/16\n"
	"rule add fwmark 7 table 100\n"
	"route add default via 10.1.0.254 table 100\n"
	"link add br0 type bridge\n"
	"link set eth3 master br0\n"
	"link set eth4 master br0\n"
	"link set br0 up\n"
	"link add link eth0 name eth0.5 type vlan id 5\n"
	"link set eth0.5 up\n"
	"addr add 10.5.0.1/24 dev eth0.5\n";

static const char sysctl[] =
	"net.ipv4.ip_forward=1\n"
	"net.ipv4.conf.all.accept_source_route=1\n"
	"net.ipv4.conf.default.accept_source_route=1\n"
	"net.bridge.bridge-nf-call-iptables=1\n";

static const char tables[] =
	"*raw\n:PREROUTING ACCEPT\n:OUTPUT ACCEPT\n"
	"-A PREROUTING -p udp --dport 53 -j CT --notrack\n"
	"-A PREROUTING -p tcp --dport 9 -j CT --zone 3\n"
	"COMMIT\n"
	"*mangle\n:PREROUTING ACCEPT\n:INPUT ACCEPT\n:FORWARD ACCEPT\n:OUTPUT ACCEPT\n:POSTROUTING ACCEPT\n"
	"-A PREROUTING -p tcp --dport 8080 -j MARK --set-mark 7\n"
	"-A PREROUTING -m ttl --ttl-lt 3 -j TTL --ttl-set 9\n"
	"-A FORWARD -p tcp --tcp-flags SYN,RST SYN -j TCPMSS --clamp-mss-to-pmtu\n"
	"-A FORWARD -p tcp -j TCPOPTSTRIP --strip-options timestamp,sack-permitted\n"
	"-A FORWARD -j DSCP --set-dscp 5\n"
	"-A POSTROUTING -j CONNMARK --save-mark\n"
	"COMMIT\n"
	"*nat\n:PREROUTING ACCEPT\n:INPUT ACCEPT\n:OUTPUT ACCEPT\n:POSTROUTING ACCEPT\n"
	"-A PREROUTING -p tcp --dport 80 -j DNAT --to-destination 10.1.0.5-10.1.0.7:8080-8082\n"
	"-A PREROUTING -p udp --dport 5000 -j REDIRECT --to-ports 53\n"
	"-A PREROUTING -d 192.0.2.64/26 -j NETMAP --to 10.1.0.64/26\n"
	"-A POSTROUTING -o eth2 -j MASQUERADE\n"
	"-A POSTROUTING -o eth1 -p udp -j SNAT --to-source 10.1.0.1:4000-4010\n"
	"COMMIT\n"
	"*filter\n:INPUT ACCEPT\n:FORWARD ACCEPT\n:OUTPUT ACCEPT\n:l - [0:0]\n"
	"-A INPUT -m conntrack --ctstate INVALID -j DROP\n"
	"-A INPUT -p tcp --dport 22 -m recent --set --name ssh\n"
	"-A INPUT -p tcp --dport 23 -j REJECT --reject-with tcp-reset\n"
	"-A INPUT -p udp --dport 7 -j REJECT\n"
	"-A FORWARD -p tcp -m multiport --dports 1:5,23 -j REJECT --reject-with tcp-reset\n"
	"-A FORWARD -m string --algo bm --string evil -j DROP\n"
	"-A FORWARD -m connlimit --connlimit-above 3 -j l\n"
	"-A FORWARD -m hashlimit --hashlimit-upto 5/sec --hashlimit-mode srcip --hashlimit-name h -j l\n"
	"-A FORWARD -p icmp -m icmp --icmp-type 8 -m length --length 100:200 -j REJECT --reject-with icmp-host-prohibited\n"
	"-A FORWARD -p tcp -m tcp --tcp-option 8 -j l\n"
	"-A FORWARD -m u32 --u32 \"0>>22&0x3C@8>>16&0xff=3\" -j l\n"
	"-A FORWARD -p sctp -m sctp --chunk-types any INIT -j l\n"
	"-A l -j LOG --log-prefix \"l: \" --log-ip-options --log-tcp-options --log-tcp-sequence\n"
	"-A l -m limit --limit 3/sec -j RETURN\n"
	"COMMIT\n";

static void must(struct rig *r, bool ok)
{
	struct strbuf sb = { 0 };

	if (ok)
		return;
	diag_render(&r->d, &sb);
	if (write(2, sb_str(&sb), sb.len) < 0)
		abort();
	abort();
}

/* One rule alone in its table, which declares the chain "l": does this build know its extensions? */
static bool line_known(const char *table, size_t table_len, const char *line, size_t len)
{
	struct rules_options opt = { .family = NFPROTO_IPV4 };
	struct arena *a = arena_create();
	struct diag d;
	char *text;
	bool ok;

	diag_init(&d, a);
	text = arena_printf(a, "%.*s\n:l - [0:0]\n%.*s\nCOMMIT\n", (int)table_len, table, (int)len, line);
	ok = ruleset_load(a, source_text(a, "line", text, strlen(text)), &opt, &d) != NULL;
	arena_destroy(a);
	return ok;
}

/* The tables without the rules that this build does not know, found out once. */
static const char *known_tables(void)
{
	static char known[sizeof(tables)];
	const char *table = tables;
	size_t table_len = 0, n = 0;

	if (known[0])
		return known;
	for (const char *s = tables, *nl; (nl = strchr(s, '\n')); s = nl + 1) {
		size_t len = (size_t)(nl - s) + 1;

		if (*s == '*') {
			table = s;
			table_len = len - 1;
		}
		if (*s == '-' && !line_known(table, table_len, s, len - 1))
			continue;
		memcpy(known + n, s, len);
		n += len;
	}
	return known;
}

static void add_tables(struct rig *r)
{
	struct rules_options opt = { .family = NFPROTO_IPV4, .keep_counters = true };
	const char *text = known_tables();
	struct ruleset *rs = ruleset_load(r->h->arena, source_text(r->a, "tables", text, strlen(text)), &opt, &r->d);

	must(r, rs && ruleset_install(rs, r->h, &r->d));
}

void rig_start(struct rig *r, bool rules)
{
	static const char *const names[] = { "eth0", "eth1", "eth2", "eth3", "eth4" };

	*r = (struct rig){ .a = arena_create() };
	diag_init(&r->d, r->a);
	r->w = world_create(1);
	r->h = world_host(r->w, "fw");
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		dev_set_up(dev_add(r->h, names[i], DEV_PHYS), true);
	must(r, sysctl_load(r->h, source_text(r->a, "sysctl", sysctl, sizeof(sysctl) - 1), false, &r->d));
	must(r, ipbatch_load(r->h, source_text(r->a, "batch", batch, sizeof(batch) - 1), &r->d));
	if (rules)
		add_tables(r);
	outside_create(r->w, r->h);
}

struct source *rig_source(struct rig *r, const uint8_t *data, size_t size)
{
	return source_text(r->a, "input", arena_strndup(r->a, (const char *)data, size), size);
}

/* Looks at every event as a view would: whatever it points to must be readable. */
static void look(struct trace_sink *s, const struct event *ev)
{
	(void)s;
	if (ev->pkt && ev->pkt->head && ev->pkt->tail > ev->pkt->cap)
		abort();
}

void rig_play(struct rig *r, struct traffic *t)
{
	struct trace_sink all = { .mask = ~0u, .event = look };

	if (!t)
		return;
	trace_add(&r->w->trace, &all);
	world_replay(r->w, r->h, t, NSEC_PER_SEC, NULL);
	trace_remove(&r->w->trace, &all);
	t->close(t);
}

void rig_end(struct rig *r)
{
	struct strbuf sb = { 0 };

	diag_render(&r->d, &sb);
	sb_free(&sb);
	world_destroy(r->w);
	arena_destroy(r->a);
}
