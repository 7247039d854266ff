// SPDX-License-Identifier: MIT
/* gen_v6.c - a random IPv6 host: addresses, routes, policy rules, settings, and the pools that all else is drawn from.
 *
 * Duplicate address detection and solicitations for routers are off (they are in time with nothing), neighbours answer. */
#include "sim/verify/gen_internal.h"
#include <arpa/inet.h>

static const struct { const char *own; unsigned plen; } nets[][3] = {
	{ { "2001:db8::1", 64 }, { "fd00::1", 64 }, { "2001:db8::1", 48 } },
	{ { "2001:db8:1::1", 64 }, { "2001:db8:1::1", 120 }, { "fd00:1::fe", 64 } },
	{ { "2001:db8:2::1", 64 }, { "2001:db8:2::1", 126 }, { "2001:db8:2::", 127 } },
	{ { "fd00:3::1", 64 }, { "2001:db8:3::2", 125 }, { "2001:db8:3::1", 64 } },
};
static const char *const far_addrs[] = {
	"2001:db8:a::7", "2001:db8:a::8", "2001:db8:b::9", "2001:db8:b:1::70", "2600::9", "fd00:9::1", "2001:db8:a:0:200:5eff:fe00:1", "2a00:1::5",
};

static union inet_addr parse(const char *s)
{
	union inet_addr a = { 0 };

	inet_pton(AF_INET6, s, a.ip6);
	return a;
}

static void add_own(struct gen *g, union inet_addr a)
{
	if (g->six.nr_own < ARRAY_SIZE(g->six.own))
		g->six.own[g->six.nr_own++] = a;
}

/* ---- drawing */

union inet_addr gen6_own(struct gen *g)
{
	return g->six.own[gen_below(g, g->six.nr_own)];
}

union inet_addr gen6_peer(struct gen *g, unsigned nic)
{
	return GEN_PICK(g, g->six.nic[nic].peer);
}

union inet_addr gen6_addr(struct gen *g)
{
	unsigned r = gen_below(g, 100);
	union inet_addr a;

	if (r < 25)
		return gen6_own(g);
	if (r < 62)
		return gen6_peer(g, gen_below(g, g->nr_nics));
	if (r < 90)
		return g->six.far[gen_below(g, g->six.nr_far)];
	a = gen6_peer(g, gen_below(g, g->nr_nics));
	a.ip6[15] ^= (uint8_t)(1u << gen_below(g, 5));
	return a;
}

static void put_addr(struct strbuf *out, union inet_addr a)
{
	char buf[ADDRSTRLEN];

	sb_puts(out, inet_str(buf, NFPROTO_IPV6, &a));
}

static void put_net(struct gen *g, struct strbuf *out, bool odd)
{
	static const unsigned lens[] = { 16, 32, 48, 64, 64, 64, 120, 126, 127, 128, 128, 128, 0 };
	unsigned plen = GEN_PICK(g, lens);

	put_addr(out, gen6_addr(g));
	if (odd && gen_chance(g, 5))
		sb_puts(out, gen_chance(g, 50) ? "/ffff::ffff" : "/::ff");
	else if (plen < 128)
		sb_printf(out, "/%u", plen);
}

static void put_range(struct gen *g, struct strbuf *out)
{
	union inet_addr a = gen6_addr(g), b = a;
	unsigned last = MIN(255u, a.ip6[15] + gen_below(g, 9));

	b.ip6[15] = (uint8_t)last;
	put_addr(out, a);
	sb_putc(out, '-');
	put_addr(out, b);
}

void gen6_value(struct gen *g, struct strbuf *out, char what)
{
	switch (what) {
	case 'a': put_addr(out, gen6_addr(g)); break;
	case 'n': put_net(g, out, true); break;
	case 'N': put_net(g, out, false); break;
	case 'w': put_range(g, out); break;
	case 'o': put_addr(out, gen6_own(g)); break;
	case 'g': put_addr(out, gen6_peer(g, gen_below(g, g->nr_nics))); break;
	}
}

/* ---- addresses */

/* Near each other, on the wire; never the subnet-router's anycast address (all zeros). */
static void draw_peers(struct gen *g, struct gen6_nic *n)
{
	unsigned room = n->plen >= 120 ? (1u << (128 - n->plen)) - 1 : 9, base = n->own.ip6[15] & ~room;

	for (unsigned i = 0; i < ARRAY_SIZE(n->peer); i++) {
		unsigned at = n->plen >= 120 ? base + gen_range(g, 0, MIN(room, 9u)) : gen_range(g, 2, 9);

		if (at == n->own.ip6[15])
			at = n->plen == 127 ? at ^ 1 : at == base + 1 ? at + 1 : at - 1;
		n->peer[i] = n->own;
		n->peer[i].ip6[15] = (uint8_t)at;
	}
}

static void addr_line(struct gen *g, union inet_addr a, unsigned plen, const char *dev)
{
	struct strbuf *out = &g->out->file[CASE_IP];

	sb_puts(out, "addr add ");
	put_addr(out, a);
	sb_printf(out, "/%u dev %s", plen, dev);
	if (plen == 128 && gen_chance(g, 15))
		sb_puts(out, " noprefixroute");
	else if (gen_chance(g, 3))
		sb_puts(out, " preferred_lft 0");
	sb_putc(out, '\n');
	add_own(g, a);
}

/* The second port of the bridge: other neighbours of the same network. */
static void draw_port(struct gen *g)
{
	g->six.nic[1] = g->six.nic[0];
	draw_peers(g, &g->six.nic[1]);
}

static void draw_bridge(struct gen *g)
{
	static const char lines[] = "link add br0 type bridge[ mcast_snooping 0]\nlink set eth0 master br0\nlink set eth1 master br0\n"
				    "link set br0 up\n";

	g->bridge = g->nr_nics > 1 && gen_chance(g, g->topic == TOPIC_ROUTE ? 15 : 4);
	if (g->bridge)
		gen_text(g, &g->out->file[CASE_IP], lines);
}

static void draw_nic(struct gen *g, unsigned i)
{
	struct gen6_nic *n = &g->six.nic[i];
	unsigned which = gen_chance(g, 60) ? 0 : gen_below(g, ARRAY_SIZE(nets[i]));
	union inet_addr more;

	n->own = parse(nets[i][which].own);
	n->plen = nets[i][which].plen;
	n->link_local = parse("fe80::ff:fe00:1");
	n->link_local.ip6[15] = (uint8_t)(i + 1);
	n->peer_link_local = parse("fe80::5");
	n->peer_link_local.ip6[15] = (uint8_t)gen_range(g, 5, 8);
	draw_peers(g, n);
	addr_line(g, n->own, n->plen, gen_dev(g, i));
	more = n->own;
	if (gen_chance(g, 20) && n->plen <= 120) {
		more.ip6[15] = 0x11;
		addr_line(g, more, n->plen, gen_dev(g, i));
	}
	if (gen_chance(g, 15) && n->plen <= 120) {
		more.ip6[15] = (uint8_t)(0x20 + i);
		addr_line(g, more, 128, gen_dev(g, i));
	}
}

static void draw_devices(struct gen *g)
{
	struct strbuf *out = &g->out->file[CASE_IP];

	for (unsigned i = 0; i < g->nr_nics; i++) {
		if (gen_chance(g, g->topic == TOPIC_FRAG || g->topic == TOPIC_ICMP ? 15 : 4))
			gen_text(g, out, "link set %I mtu (1400|1280|1280|1300)\n");
		if (gen_chance(g, 6)) {
			union inet_addr peer = gen6_peer(g, i);
			const uint8_t *b = peer.ip6 + 12;

			sb_puts(out, "neigh replace ");
			put_addr(out, peer);
			sb_printf(out, " lladdr 02:ab:%02x:%02x:%02x:%02x dev %s nud permanent\n", b[0], b[1], b[2], b[3], gen_dev(g, i));
		}
	}
	if (gen_chance(g, 15))
		addr_line(g, parse("2001:db8:99::1"), 128, "lo");
	if (gen_chance(g, 6))
		gen_text(g, out, "-6 neigh add proxy %a dev %I\n");
}

/* ---- routes */

static void put_via(struct gen *g, struct strbuf *out)
{
	unsigned i = gen_below(g, g->nr_nics);

	sb_puts(out, " via ");
	if (gen_chance(g, 12)) {
		put_addr(out, g->six.nic[i].peer_link_local);
		sb_printf(out, " dev %s", gen_dev(g, i));
		return;
	}
	put_addr(out, gen6_peer(g, i));
	if (gen_chance(g, 40))
		sb_printf(out, " dev %s", gen_dev(g, i));
}

static const char *const prefixes[] = {
	"2001:db8:a::/48", "2001:db8:a::/64", "2001:db8:a::8/128", "2001:db8:b::/48", "2001:db8:b:1::/64", "2600::/12", "fd00:9::/32",
	"2001:db8:a::7/128", "2000::/3", "::/1", "2a00:1::/32", "2001:db8::4/126",
};
#define NEIGHBOURS_PREFIX 11u
static const char *const attributes[] = {
	"", "", "", "", " mtu 1300", " mtu 1280", " mtu lock 1300", " advmss 1000", " src %o", " proto static", " hoplimit 33", " pref (low|high)",
	" metric 512",
};

/* Each only once: the kernel refuses one twice. */
static void draw_hops(struct gen *g, struct strbuf *out)
{
	union inet_addr used[3];

	for (unsigned i = 0, n = gen_range(g, 2, 3); i < n; i++) {
		unsigned nic = gen_below(g, g->nr_nics);
		bool again = false;

		used[i] = gen6_peer(g, nic);
		for (unsigned k = 0; k < i; k++)
			again |= memcmp(used[k].ip6, used[i].ip6, 16) == 0;
		if (again)
			continue;
		sb_puts(out, " nexthop via ");
		put_addr(out, used[i]);
		sb_printf(out, " dev %s weight %u", gen_dev(g, nic), gen_range(g, 1, 4));
	}
}

/* late: what lies between this host and some of its neighbours, so that these are no gateways for what comes after. */
static void draw_route(struct gen *g, struct strbuf *late)
{
	struct strbuf *out = &g->out->file[CASE_IP];
	unsigned prefix = gen_below(g, ARRAY_SIZE(prefixes));
	const char *to = prefixes[prefix];
	bool hops = false, again = g->routed & 1u << prefix, hides = prefix == NEIGHBOURS_PREFIX;
	size_t start = out->len;

	if (hides && again)
		return;
	if (gen_chance(g, 22)) {
		static const char *const kinds[] = { "blackhole", "unreachable", "prohibit", "throw", "local" };
		const char *kind = GEN_PICK(g, kinds);

		sb_printf(out, "-6 route add %s %s", kind, to);
		if (kind[0] == 'l') {
			sb_puts(out, " dev lo");
			hides = true;
		}
	} else if (gen_chance(g, 15) && !again) {
		sb_printf(out, "-6 route add %s", to);
		draw_hops(g, out);
		hops = true;
	} else if (gen_chance(g, 15)) {
		sb_printf(out, "-6 route add %s dev %s", to, gen_dev(g, gen_below(g, g->nr_nics)));
	} else {
		const char *attribute;

		sb_printf(out, "-6 route %s %s", gen_chance(g, 15) ? "replace" : "add", to);
		put_via(g, out);
		attribute = GEN_PICK(g, attributes);
		/* The second one to a prefix gets a metric of its own, below. */
		gen_text(g, out, again && strstr(attribute, "metric") ? "" : attribute);
	}
	g->routed |= 1u << prefix;
	if (again && !strstr(sb_str(out) + (out->len > 20 ? out->len - 20 : 0), " metric "))
		sb_printf(out, " metric %u", 20 + g->serial++);
	if (!hops && gen_chance(g, 25))
		gen_text(g, out, " table (7|101|main)");
	sb_putc(out, '\n');
	if (hides) {
		sb_puts(late, sb_str(out) + start);
		out->s[out->len = start] = 0;
	}
}

static void draw_routes(struct gen *g)
{
	struct strbuf *out = &g->out->file[CASE_IP], late = { 0 };

	if (gen_chance(g, 75)) {
		sb_puts(out, "-6 route add default");
		put_via(g, out);
		sb_putc(out, '\n');
		if (gen_chance(g, 10)) {
			sb_puts(out, "-6 route add default");
			put_via(g, out);
			gen_text(g, out, " metric (5|2000)\n");
		}
	}
	for (unsigned n = gen_below(g, g->topic == TOPIC_ROUTE ? 8 : 4); n; n--)
		draw_route(g, &late);
	sb_puts(out, sb_str(&late));
	sb_free(&late);
}

static void draw_policy(struct gen *g)
{
	static const char *const selectors[] = {
		"from %o", "from %N", "to %N", "iif %I", "iif lo", "oif %I", "fwmark %M", "tos 0x10", "ipproto (tcp|udp|ipv6-icmp)",
		"dport (53|80|443|2000) ipproto (tcp|udp)", "sport 1024-60000 ipproto udp", "uidrange 1000-2000", "not from %N",
		"from %N to %N", "from all",
	};
	static const char *const actions[] = {
		"lookup 7", "lookup 101", "lookup main", "prohibit", "unreachable", "blackhole", "lookup 7 suppress_prefixlength 0", "goto 32766",
	};
	struct strbuf *out = &g->out->file[CASE_IP];

	for (unsigned n = gen_below(g, g->topic == TOPIC_ROUTE ? 4 : 2); n; n--) {
		sb_printf(out, "-6 rule add pref %u ", 1000 + g->serial++ * 10);
		gen_text(g, out, GEN_PICK(g, selectors));
		sb_putc(out, ' ');
		gen_text(g, out, GEN_PICK(g, actions));
		sb_putc(out, '\n');
	}
}

/* ---- settings */

static const struct { const char *text; unsigned percent; uint32_t topics; } settings[] = {
	{ "net.ipv6.conf.%I.forwarding=(0|1)", 8, TOPIC_BIT(TOPIC_ROUTE) },
	{ "net.ipv6.conf.%I.force_forwarding=1", 3, TOPIC_BIT(TOPIC_ROUTE) },
	{ "net.ipv6.conf.(all|%I).proxy_ndp=1", 8, TOPIC_BIT(TOPIC_ROUTE) },
	{ "net.ipv6.conf.(all|%I).accept_redirects=(0|1)", 5, TOPIC_BIT(TOPIC_ICMP) },
	{ "net.ipv6.conf.(all|%I).accept_source_route=(0|1|-1)", 8, TOPIC_BIT(TOPIC_MALFORMED) },
	{ "net.ipv6.conf.(all|%I).drop_unicast_in_l2_multicast=1", 2, TOPIC_BIT(TOPIC_MALFORMED) },
	{ "net.ipv6.conf.(all|%I).suppress_frag_ndisc=0", 2, TOPIC_BIT(TOPIC_FRAG) },
	{ "net.ipv6.conf.%I.hop_limit=(33|128)", 8, 0 },
	{ "net.ipv6.conf.(all|%I).accept_untracked_na=(1|2)", 3, TOPIC_BIT(TOPIC_ROUTE) },
	{ "net.ipv6.conf.(all|%I).drop_unsolicited_na=1", 3, TOPIC_BIT(TOPIC_ROUTE) },
	{ "net.ipv6.conf.(all|%I).force_tllao=1", 3, TOPIC_BIT(TOPIC_ROUTE) },
	{ "net.ipv6.conf.(all|%I).use_oif_addrs_only=1", 3, TOPIC_BIT(TOPIC_LOCAL) },
	{ "net.ipv6.icmp.echo_ignore_all=1", 4, TOPIC_BIT(TOPIC_ICMP) },
	{ "net.ipv6.icmp.echo_ignore_multicast=1", 4, TOPIC_BIT(TOPIC_ICMP) },
	{ "net.ipv6.icmp.echo_ignore_anycast=1", 4, TOPIC_BIT(TOPIC_ICMP) },
	{ "net.ipv6.icmp.error_anycast_as_unicast=1", 4, TOPIC_BIT(TOPIC_ICMP) },
	{ "net.ipv6.anycast_src_echo_reply=1", 4, TOPIC_BIT(TOPIC_ICMP) },
	{ "net.ipv6.fwmark_reflect=1", 5, TOPIC_BIT(TOPIC_LOCAL) },
	{ "net.ipv6.bindv6only=1", 4, TOPIC_BIT(TOPIC_LOCAL) },
	{ "net.ipv6.ip_nonlocal_bind=1", 4, TOPIC_BIT(TOPIC_LOCAL) },
	{ "net.ipv6.fib_multipath_hash_policy=(0|1)", 10, TOPIC_BIT(TOPIC_ROUTE) },
	{ "net.ipv6.max_(dst|hbh)_opts_number=(0|2|-2|8)", 6, TOPIC_BIT(TOPIC_MALFORMED) },
	{ "net.ipv6.max_(dst_opts|hbh)_length=(8|16)", 6, TOPIC_BIT(TOPIC_MALFORMED) },
	{ "net.ipv4.tcp_fwmark_accept=1", 4, TOPIC_BIT(TOPIC_LOCAL) },
	{ "net.ipv4.tcp_syncookies=0", 4, TOPIC_BIT(TOPIC_LOCAL) },
	{ "net.ipv4.tcp_ecn=(0|1)", 4, TOPIC_BIT(TOPIC_LOCAL) },
	{ "net.ipv4.tcp_sack=0", 4, TOPIC_BIT(TOPIC_LOCAL) },
	{ "net.ipv4.tcp_window_scaling=0", 4, TOPIC_BIT(TOPIC_LOCAL) },
	{ "net.netfilter.nf_conntrack_tcp_loose=0", 15, TOPIC_BIT(TOPIC_CT) },
	{ "net.netfilter.nf_conntrack_tcp_be_liberal=1", 12, TOPIC_BIT(TOPIC_CT) },
	{ "net.netfilter.nf_conntrack_checksum=0", 10, TOPIC_BIT(TOPIC_CT) },
	{ "net.netfilter.nf_conntrack_acct=1", 15, TOPIC_BIT(TOPIC_CT) },
	{ "net.netfilter.nf_conntrack_udp_timeout={5,50}", 8, TOPIC_BIT(TOPIC_CT) },
	{ "net.netfilter.nf_conntrack_icmpv6_timeout={5,50}", 8, TOPIC_BIT(TOPIC_CT) },
	{ "net.netfilter.nf_conntrack_generic_timeout={5,900}", 8, TOPIC_BIT(TOPIC_CT) },
	{ "net.netfilter.nf_conntrack_tcp_timeout_(syn_sent|syn_recv|fin_wait|close_wait|last_ack|time_wait|close)={20,99}", 15,
	  TOPIC_BIT(TOPIC_CT) },
};

static void draw_settings(struct gen *g)
{
	struct strbuf *out = &g->out->file[CASE_SYSCTL];

	sb_printf(out, "net.ipv6.conf.all.forwarding=%u\n", !gen_chance(g, 8));
	for (unsigned i = 0; i < ARRAY_SIZE(settings); i++) {
		unsigned percent = settings[i].percent * (settings[i].topics & TOPIC_BIT(g->topic) ? 4 : 1);

		if (!gen_chance(g, percent / 2))
			continue;
		gen_text(g, out, settings[i].text);
		sb_putc(out, '\n');
	}
	g->six.routers = gen_chance(g, g->topic == TOPIC_ROUTE ? 15 : 3);
	if (g->six.routers)
		for (unsigned i = 0; i < g->nr_nics; i++)
			sb_printf(out, "net.ipv6.conf.%s.accept_ra=2\n", gen_dev(g, i));
	if (g->bridge && gen_chance(g, 20))
		sb_puts(out, "net.bridge.bridge-nf-call-ip6tables=0\n");
	if (g->waits)
		sb_puts(out, "net.netfilter.nf_conntrack_udp_timeout=1\nnet.netfilter.nf_conntrack_icmpv6_timeout=1\n"
			     "net.netfilter.nf_conntrack_generic_timeout=1\nnet.netfilter.nf_conntrack_tcp_timeout_syn_sent=1\n"
			     "net.netfilter.nf_conntrack_tcp_timeout_close=1\nnet.netfilter.nf_conntrack_tcp_timeout_time_wait=1\n");
}

void gen6_net(struct gen *g)
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
	for (unsigned i = 0; i < ARRAY_SIZE(g->six.far); i++)
		g->six.far[g->six.nr_far++] = parse(GEN_PICK(g, far_addrs));
	g->six.hot_addr = gen6_addr(g);
	g->hot_port = gen_port(g);
	draw_devices(g);
	draw_routes(g);
	draw_policy(g);
	draw_settings(g);
}
