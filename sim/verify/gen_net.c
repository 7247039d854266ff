// SPDX-License-Identifier: MIT
/* gen_net.c - a random host's addresses, routes, policy rules and settings.
 *
 * Left out on purpose: ICMP redirects (limited in jiffies per peer: they are switched off), neighbours that
 * never answer (their errors come seconds later), and a hash of several next hops with a seed of the machine's. */
#include "sim/verify/gen_internal.h"

/* Each network interface's address: the n-th of a column is for ethN. */
static const struct { const char *own; unsigned plen; } nets[][3] = {
	{ { "10.0.0.1", 24 }, { "10.0.0.1", 16 }, { "192.168.1.1", 24 } },
	{ { "10.1.0.1", 24 }, { "192.168.2.254", 24 }, { "10.1.0.1", 28 } },
	{ { "192.0.2.1", 24 }, { "203.0.113.2", 30 }, { "192.0.2.4", 31 } },
	{ { "172.16.0.1", 24 }, { "172.16.0.2", 29 }, { "100.64.0.0", 31 } },
};

static const char *const far_addrs[] = {
	"8.8.8.8", "8.8.0.70", "198.51.100.7", "198.51.100.8", "203.0.113.9", "10.9.1.9", "10.9.1.70", "100.64.3.4", "172.31.0.5",
};

static be32 parse(const char *s)
{
	be32 ip = 0;

	ip4_parse(&ip, s);
	return ip;
}

static uint32_t mask(unsigned plen)
{
	return plen ? ~UINT32_C(0) << (32 - plen) : 0;
}

static void add_own(struct gen *g, be32 ip)
{
	if (g->nr_own < ARRAY_SIZE(g->own))
		g->own[g->nr_own++] = ip;
}

/* Four neighbours on the wire, near each other so that masks part them. */
static void draw_peers(struct gen *g, struct gen_nic *n)
{
	uint32_t own = ntohl(n->own), net = own & mask(n->plen), room = ~mask(n->plen);

	for (unsigned i = 0; i < ARRAY_SIZE(n->peer); i++) {
		uint32_t a = net + (room < 8 ? gen_below(g, room + 1) : gen_range(g, 2, MIN(room - 1, 9)));

		if (room > 1 && (a == net || a == net + room))
			a = net + 1;
		if (a == own)
			a = room == 1 ? own ^ 1 : a == net + 1 ? a + 1 : a - 1;
		n->peer[i] = htonl(a);
	}
}

static void addr_line(struct gen *g, be32 ip, unsigned plen, unsigned nic)
{
	char buf[ADDRSTRLEN];

	sb_printf(&g->out->file[CASE_IP], "addr add %s/%u dev %s", ip4_str(buf, ip), plen, gen_dev(g, nic));
	if (plen == 32 && gen_chance(g, 25))
		gen_text(g, &g->out->file[CASE_IP], " scope (link|host)");
	else if (plen < 30 && gen_chance(g, 10))
		sb_puts(&g->out->file[CASE_IP], " broadcast +");
	sb_putc(&g->out->file[CASE_IP], '\n');
}

/* The second port of the bridge: other neighbours of the same network. */
static void draw_port(struct gen *g)
{
	g->nic[1] = g->nic[0];
	draw_peers(g, &g->nic[1]);
}

static void draw_bridge(struct gen *g)
{
	static const char lines[] = "link add br0 type bridge mcast_snooping 0\nlink set eth0 master br0\nlink set eth1 master br0\n"
				    "link set br0 up\n";

	g->bridge = g->nr_nics > 1 && gen_chance(g, g->topic == TOPIC_ROUTE ? 15 : 4);
	if (g->bridge)
		sb_puts(&g->out->file[CASE_IP], lines);
}

static void draw_nic(struct gen *g, unsigned i)
{
	struct gen_nic *n = &g->nic[i];
	unsigned which = gen_chance(g, 60) ? 0 : gen_below(g, ARRAY_SIZE(nets[i]));

	n->own = parse(nets[i][which].own);
	n->plen = nets[i][which].plen;
	n->net = htonl(ntohl(n->own) & mask(n->plen));
	add_own(g, n->own);
	draw_peers(g, n);
	addr_line(g, n->own, n->plen, i);
	if (gen_chance(g, 20) && n->plen <= 28) {	/* a secondary address */
		be32 more = htonl(ntohl(n->net) + 11);

		addr_line(g, more, n->plen, i);
		add_own(g, more);
	}
	if (gen_chance(g, 15)) {			/* and one of a network of its own */
		be32 more = htonl(ntohl(n->net) + 3 + i);

		if (more != n->own) {
			addr_line(g, more, 32, i);
			add_own(g, more);
		}
	}
}

/* What is said of devices beside their addresses. */
static void draw_devices(struct gen *g)
{
	struct strbuf *out = &g->out->file[CASE_IP];
	be32 more = parse("10.99.0.1");
	char buf[ADDRSTRLEN];

	for (unsigned i = 0; i < g->nr_nics; i++) {
		if (gen_chance(g, g->topic == TOPIC_FRAG || g->topic == TOPIC_ICMP ? 15 : 4))
			gen_text(g, out, i ? "link set %I mtu (1400|1000|576|1280)\n" : "link set eth0 mtu (1400|1000|576|1280)\n");
		if (gen_chance(g, 6)) {
			be32 peer = gen_peer(g, i);
			const uint8_t *b = (const uint8_t *)&peer;

			sb_printf(out, "neigh replace %s lladdr 02:aa:%02x:%02x:%02x:%02x dev %s nud permanent\n", ip4_str(buf, peer), b[0], b[1],
				  b[2], b[3], gen_dev(g, i));
		}
	}
	if (gen_chance(g, 15)) {
		sb_printf(out, "addr add %s/32 dev lo\n", ip4_str(buf, more));
		add_own(g, more);
	}
}

/* " via A dev ethK" of a neighbour. */
static void put_via(struct gen *g, struct strbuf *out)
{
	unsigned i = gen_below(g, g->nr_nics);
	char buf[ADDRSTRLEN];

	sb_printf(out, " via %s", ip4_str(buf, gen_peer(g, i)));
	if (gen_chance(g, 40))
		sb_printf(out, " dev %s", gen_dev(g, i));
}

static const char *const prefixes[] = {
	"8.8.0.0/16", "8.8.8.0/24", "198.51.100.0/24", "198.51.100.8/32", "203.0.113.0/24", "10.9.1.0/24", "10.9.1.64/26", "100.64.0.0/10",
	"172.31.0.0/16", "10.0.0.64/26", "8.8.8.8/32", "0.0.0.0/1",
};
static const char *const attributes[] = {
	"", "", "", "", " tos 0x10", " tos 0x08", " mtu 1000", " mtu lock 900", " advmss 1000", " realm 7", " src %o", " scope global",
	" realm 3/9", " proto static", " mtu 700", " hoplimit 33",
};

static void draw_route(struct gen *g)
{
	struct strbuf *out = &g->out->file[CASE_IP];
	unsigned prefix = gen_below(g, ARRAY_SIZE(prefixes));
	const char *to = prefixes[prefix];
	bool hops = false, again = g->routed & 1u << prefix;

	if (gen_chance(g, 22)) {
		static const char *const kinds[] = { "blackhole", "unreachable", "prohibit", "throw", "local", "broadcast" };
		const char *kind = GEN_PICK(g, kinds);

		sb_printf(out, "route add %s %s", kind, to);
		if (kind[0] == 'l' || !strcmp(kind, "broadcast"))
			sb_puts(out, " dev lo");
	} else if (gen_chance(g, 15) && !again) {	/* several next hops */
		sb_printf(out, "route add %s", to);
		hops = true;			/* nothing may follow them */
		for (unsigned i = gen_range(g, 2, 3); i; i--) {
			unsigned nic = gen_below(g, g->nr_nics);
			char buf[ADDRSTRLEN];

			sb_printf(out, " nexthop via %s dev %s weight %u", ip4_str(buf, gen_peer(g, nic)), gen_dev(g, nic), gen_range(g, 1, 4));
		}
	} else if (gen_chance(g, 15)) {
		sb_printf(out, "route add %s dev %s scope link", to, gen_dev(g, gen_below(g, g->nr_nics)));
	} else {
		sb_printf(out, "route %s %s", gen_chance(g, 15) ? "replace" : "add", to);
		put_via(g, out);
		gen_text(g, out, GEN_PICK(g, attributes));
	}
	g->routed |= 1u << prefix;
	if (again)				/* the same a second time would be refused */
		sb_printf(out, " metric %u", 20 + g->serial++);
	if (!hops && gen_chance(g, 25))
		gen_text(g, out, " table (7|101|main)");
	sb_putc(out, '\n');
}

static void draw_routes(struct gen *g)
{
	struct strbuf *out = &g->out->file[CASE_IP];

	if (gen_chance(g, 75)) {
		sb_puts(out, "route add default");
		put_via(g, out);
		sb_putc(out, '\n');
		if (gen_chance(g, 10)) {
			sb_puts(out, "route add default");
			put_via(g, out);
			gen_text(g, out, " metric (5|100)\n");
		}
	}
	for (unsigned n = gen_below(g, g->topic == TOPIC_ROUTE ? 8 : 4); n; n--)
		draw_route(g);
}

static void draw_policy(struct gen *g)
{
	static const char *const selectors[] = {
		"from %o", "from %N", "to %N", "iif %I", "iif lo", "oif %I", "fwmark %M", "tos 0x10", "ipproto (tcp|udp|icmp)",
		"dport (53|80|443|2000) ipproto (tcp|udp)",
		"sport 1024-60000 ipproto udp", "uidrange 1000-2000", "not from %N", "from %N to %N", "from all",
		"iif %I ipproto icmp", "fwmark %M iif %I", "to %N tos 0x08", "not fwmark %M", "sport 1-1023 ipproto tcp", "oif lo",
	};
	static const char *const actions[] = {
		"lookup 7", "lookup 101", "lookup main", "prohibit", "unreachable", "blackhole",
		"lookup 7 suppress_prefixlength 0", "goto 32766", "lookup 7 realms 5",
		"lookup main suppress_prefixlength 16", "lookup 101 suppress_prefixlength 24",
	};
	struct strbuf *out = &g->out->file[CASE_IP];

	for (unsigned n = gen_below(g, g->topic == TOPIC_ROUTE ? 4 : 2); n; n--) {
		sb_printf(out, "rule add pref %u ", 1000 + g->serial++ * 10);
		gen_text(g, out, GEN_PICK(g, selectors));
		sb_putc(out, ' ');
		gen_text(g, out, GEN_PICK(g, actions));
		sb_putc(out, '\n');
	}
}

static const struct { const char *text; unsigned percent; uint32_t topics; } settings[] = {
	{ "net.ipv4.conf.(all|default|%I).rp_filter=(1|1|2)", 15, TOPIC_BIT(TOPIC_ROUTE) },
	{ "net.ipv4.conf.(all|%I).route_localnet=1", 12, TOPIC_BIT(TOPIC_NAT) },
	{ "net.ipv4.conf.(all|%I).accept_local=1", 10, TOPIC_BIT(TOPIC_ROUTE) },
	{ "net.ipv4.conf.(all|%I).src_valid_mark=1", 5, TOPIC_BIT(TOPIC_ROUTE) },
	{ "net.ipv4.conf.%I.forwarding=(0|1)", 8, TOPIC_BIT(TOPIC_ROUTE) },
	{ "net.ipv4.conf.(all|%I).accept_source_route=(0|1)", 8, TOPIC_BIT(TOPIC_MALFORMED) },
	{ "net.ipv4.conf.(all|%I).proxy_arp=1", 6, TOPIC_BIT(TOPIC_ROUTE) },
	{ "net.ipv4.conf.(all|%I).arp_ignore={0,3}", 5, TOPIC_BIT(TOPIC_ROUTE) },
	{ "net.ipv4.conf.(all|%I).arp_announce={0,2}", 5, TOPIC_BIT(TOPIC_ROUTE) },
	{ "net.ipv4.conf.(all|%I).arp_filter=1", 4, TOPIC_BIT(TOPIC_ROUTE) },
	{ "net.ipv4.conf.(all|%I).accept_redirects=(0|1)", 5, TOPIC_BIT(TOPIC_ICMP) },
	{ "net.ipv4.conf.(all|%I).drop_unicast_in_l2_multicast=1", 2, TOPIC_BIT(TOPIC_MALFORMED) },
	{ "net.ipv4.icmp_ratelimit=(100|1000)\nnet.ipv4.icmp_ratemask=6168", 6, TOPIC_BIT(TOPIC_ICMP) },
	{ "net.ipv4.icmp_echo_ignore_all=1", 4, TOPIC_BIT(TOPIC_ICMP) },
	{ "net.ipv4.icmp_echo_ignore_broadcasts=0", 8, TOPIC_BIT(TOPIC_ICMP) },
	{ "net.ipv4.icmp_errors_use_inbound_ifaddr=1", 8, TOPIC_BIT(TOPIC_ICMP) },
	{ "net.ipv4.icmp_ignore_bogus_error_responses=0", 3, TOPIC_BIT(TOPIC_ICMP) },
	{ "net.ipv4.ip_default_ttl=(128|33)", 8, 0 },
	{ "net.ipv4.ip_no_pmtu_disc=(1|2|3)", 4, TOPIC_BIT(TOPIC_ICMP) },
	{ "net.ipv4.ip_forward_use_pmtu=1", 5, TOPIC_BIT(TOPIC_ICMP) },
	{ "net.ipv4.fwmark_reflect=1", 5, TOPIC_BIT(TOPIC_LOCAL) },
	{ "net.ipv4.tcp_fwmark_accept=1", 4, TOPIC_BIT(TOPIC_LOCAL) },
	{ "net.ipv4.ip_nonlocal_bind=1", 4, TOPIC_BIT(TOPIC_LOCAL) },
	{ "net.ipv4.ip_early_demux=0", 4, TOPIC_BIT(TOPIC_LOCAL) },
	{ "net.ipv4.tcp_syncookies=0", 4, TOPIC_BIT(TOPIC_LOCAL) },
	{ "net.ipv4.tcp_ecn=(0|1)", 4, TOPIC_BIT(TOPIC_LOCAL) },
	{ "net.ipv4.tcp_sack=0", 4, TOPIC_BIT(TOPIC_LOCAL) },
	{ "net.ipv4.tcp_window_scaling=0", 4, TOPIC_BIT(TOPIC_LOCAL) },
	{ "net.ipv4.fib_multipath_hash_policy={0,2}", 10, TOPIC_BIT(TOPIC_ROUTE) },
	{ "net.netfilter.nf_conntrack_tcp_loose=0", 15, TOPIC_BIT(TOPIC_CT) },
	{ "net.netfilter.nf_conntrack_tcp_be_liberal=1", 12, TOPIC_BIT(TOPIC_CT) },
	{ "net.netfilter.nf_conntrack_tcp_ignore_invalid_rst=1", 8, TOPIC_BIT(TOPIC_CT) },
	{ "net.netfilter.nf_conntrack_tcp_max_retrans={0,2}", 8, TOPIC_BIT(TOPIC_CT) },
	{ "net.netfilter.nf_conntrack_checksum=0", 10, TOPIC_BIT(TOPIC_CT) },
	{ "net.netfilter.nf_conntrack_acct=1", 15, TOPIC_BIT(TOPIC_CT) },
	{ "net.netfilter.nf_conntrack_log_invalid=255", 3, 0 },
	{ "net.netfilter.nf_conntrack_udp_timeout={5,50}", 8, TOPIC_BIT(TOPIC_CT) },
	{ "net.netfilter.nf_conntrack_udp_timeout_stream={60,200}", 8, TOPIC_BIT(TOPIC_CT) },
	{ "net.netfilter.nf_conntrack_icmp_timeout={5,50}", 8, TOPIC_BIT(TOPIC_CT) },
	{ "net.netfilter.nf_conntrack_generic_timeout={5,900}", 8, TOPIC_BIT(TOPIC_CT) },
	{ "net.netfilter.nf_conntrack_tcp_timeout_established={100,900}", 8, TOPIC_BIT(TOPIC_CT) },
	{ "net.netfilter.nf_conntrack_tcp_timeout_(syn_sent|syn_recv|fin_wait|close_wait|last_ack|time_wait|close)={20,99}", 15,
	  TOPIC_BIT(TOPIC_CT) },
	{ "net.netfilter.nf_conntrack_tcp_timeout_(max_retrans|unacknowledged)={20,99}", 8, TOPIC_BIT(TOPIC_CT) },
	{ "net.netfilter.nf_conntrack_sctp_timeout_(closed|cookie_wait|cookie_echoed|established|shutdown_sent)={20,99}", 8, TOPIC_BIT(TOPIC_CT) },
	{ "net.netfilter.nf_conntrack_gre_timeout={20,99}", 4, TOPIC_BIT(TOPIC_CT) },
};

static void no_redirects(struct gen *g, struct strbuf *out)
{
	sb_puts(out, "net.ipv4.conf.all.send_redirects=0\nnet.ipv4.conf.default.send_redirects=0\n");
	for (unsigned i = 0; i < g->nr_nics; i++)
		sb_printf(out, "net.ipv4.conf.eth%u.send_redirects=0\n", i);
	if (g->bridge)
		sb_puts(out, "net.ipv4.conf.br0.send_redirects=0\n");
}

/* One second: events wait either well less or well more. */
static void short_timeouts(struct gen *g, struct strbuf *out)
{
	static const char *const some[] = {
		"net.netfilter.nf_conntrack_tcp_timeout_established", "net.netfilter.nf_conntrack_tcp_timeout_syn_recv",
		"net.netfilter.nf_conntrack_tcp_timeout_fin_wait", "net.netfilter.nf_conntrack_udp_timeout_stream",
		"net.netfilter.nf_conntrack_gre_timeout", "net.netfilter.nf_conntrack_sctp_timeout_established", "net.ipv4.ipfrag_time",
	};

	sb_puts(out, "net.netfilter.nf_conntrack_udp_timeout=1\nnet.netfilter.nf_conntrack_icmp_timeout=1\n"
		     "net.netfilter.nf_conntrack_generic_timeout=1\nnet.netfilter.nf_conntrack_tcp_timeout_syn_sent=1\n"
		     "net.netfilter.nf_conntrack_tcp_timeout_close=1\nnet.netfilter.nf_conntrack_tcp_timeout_time_wait=1\n");
	for (unsigned i = 0; i < ARRAY_SIZE(some); i++)
		if (gen_chance(g, 30))
			sb_printf(out, "%s=1\n", some[i]);
}

static void draw_settings(struct gen *g)
{
	struct strbuf *out = &g->out->file[CASE_SYSCTL];

	sb_printf(out, "net.ipv4.ip_forward=%u\n", !gen_chance(g, 8));
	if (!gen_chance(g, g->topic == TOPIC_ROUTE || g->topic == TOPIC_ICMP ? 30 : 5))
		no_redirects(g, out);
	for (unsigned i = 0; i < ARRAY_SIZE(settings); i++) {
		unsigned percent = settings[i].percent * (settings[i].topics & TOPIC_BIT(g->topic) ? 4 : 1);

		if (!gen_chance(g, percent / 2))
			continue;
		gen_text(g, out, settings[i].text);
		sb_putc(out, '\n');
	}
	if (g->bridge && gen_chance(g, 20))
		sb_puts(out, "net.bridge.bridge-nf-call-iptables=0\n");
	if (g->waits)
		short_timeouts(g, out);
}

void gen_net(struct gen *g)
{
	static const unsigned nics[] = { 1, 2, 2, 2, 3, 3, 4 };

	g->nr_nics = GEN_PICK(g, nics);
	draw_bridge(g);
	for (unsigned i = 0; i < g->nr_nics; i++) {
		if (g->bridge && i == 1)
			draw_port(g);
		else
			draw_nic(g, i);
	}
	for (unsigned i = 0; i < ARRAY_SIZE(g->far); i++)
		g->far[g->nr_far++] = parse(GEN_PICK(g, far_addrs));
	g->hot_addr = gen_addr(g);
	g->hot_port = gen_port(g);
	draw_devices(g);
	draw_routes(g);
	draw_policy(g);
	g->down = g->nr_nics > 2 && gen_chance(g, 3);
	if (g->down)
		sb_printf(&g->out->file[CASE_IP], "link set eth%u down\n", g->nr_nics - 1);
	draw_settings(g);
}
