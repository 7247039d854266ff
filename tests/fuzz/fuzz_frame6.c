// SPDX-License-Identifier: MIT
/* fuzz_frame6.c - IPv6 frames into a router with rules of all tables. Each: device, bytes of the frame, flags, the frame. */
#include "rules/rules.h"
#include "sim/net/sock.h"
#include "sim/packet/ip6.h"
#include "tests/fuzz/rig.h"
#include <stdlib.h>

static const char batch[] =
	"addr add 2001:db8:1::1/64 dev eth0\n"
	"addr add 2001:db8:2::1/64 dev eth1\n"
	"addr add 2001:db8:3::1/64 dev eth2\n"
	"route add default via 2001:db8:3::fe\n"
	"route add 2001:db8:9::/48 nexthop via 2001:db8:1::9 nexthop via 2001:db8:2::9\n"
	"route add unreachable 2001:db8:8::/48\n"
	"route add 2001:db8:7::/48 via 2001:db8:2::7 mtu 1280\n"
	"rule add fwmark 7 table 100\n"
	"route add default via 2001:db8:2::fe table 100\n";

static const char sysctl[] =
	"net.ipv6.conf.all.forwarding=1\n"
	"net.ipv6.conf.eth2.forwarding=0\n"
	"net.ipv6.conf.eth2.accept_ra=2\n"
	"net.ipv6.conf.all.accept_source_route=1\n"
	"net.ipv6.conf.eth0.accept_source_route=1\n"
	"net.ipv6.conf.eth1.proxy_ndp=1\n"
	"net.ipv6.icmp.ratelimit=0\n";

static const char tables[] =
	"*raw\n:PREROUTING ACCEPT\n:OUTPUT ACCEPT\n"
	"-A PREROUTING -p udp --dport 53 -j CT --notrack\n"
	"COMMIT\n"
	"*mangle\n:PREROUTING ACCEPT\n:INPUT ACCEPT\n:FORWARD ACCEPT\n:OUTPUT ACCEPT\n:POSTROUTING ACCEPT\n"
	"-A PREROUTING -p tcp --dport 8080 -j MARK --set-mark 7\n"
	"-A PREROUTING -s 2001:db8:1::/64 -p udp --dport 99 -j DNPT --src-pfx 2001:db8:1::/64 --dst-pfx fd00::/64\n"
	"-A FORWARD -p tcp --tcp-flags SYN,RST SYN -j TCPMSS --clamp-mss-to-pmtu\n"
	"-A OUTPUT -p udp --sport 53 -j MARK --set-mark 7\n"
	"-A POSTROUTING -j CONNMARK --save-mark\n"
	"COMMIT\n"
	"*nat\n:PREROUTING ACCEPT\n:INPUT ACCEPT\n:OUTPUT ACCEPT\n:POSTROUTING ACCEPT\n"
	"-A PREROUTING -p tcp --dport 80 -j DNAT --to-destination [2001:db8:2::5-2001:db8:2::7]:8080-8082\n"
	"-A PREROUTING -p udp --dport 5000 -j REDIRECT --to-ports 53\n"
	"-A PREROUTING -d 2001:db8:5::/64 -j NETMAP --to 2001:db8:2::/64\n"
	"-A POSTROUTING -o eth2 -j MASQUERADE\n"
	"-A POSTROUTING -o eth1 -p udp -j SNAT --to-source [2001:db8:2::1]:4000-4010\n"
	"COMMIT\n"
	"*filter\n:INPUT ACCEPT\n:FORWARD ACCEPT\n:OUTPUT ACCEPT\n"
	"-A INPUT -m conntrack --ctstate INVALID -m length --length 60:70 -j DROP\n"
	"-A INPUT -p tcp --dport 23 -j REJECT --reject-with tcp-reset\n"
	"-A INPUT -p udp --dport 7 -j REJECT\n"
	"-A FORWARD -p tcp -m multiport --dports 1:5,23 -j REJECT --reject-with tcp-reset\n"
	"-A FORWARD -p udp --dport 9 -j REJECT --reject-with icmp6-policy-fail\n"
	"-A FORWARD -p udp --dport 10 -j TEE --gateway 2001:db8:2::33\n"
	"-A FORWARD -j LOG --log-ip-options --log-tcp-options\n"
	"COMMIT\n";

static void setup(struct rig *r)
{
	struct rules_options opt = { .family = NFPROTO_IPV6 };
	struct sock_open tcp = { .proto = IPPROTO_TCP, .v6 = true, .port = 22, .echo = true };
	struct sock_open udp = { .proto = IPPROTO_UDP, .v6 = true, .port = 53, .echo = true };
	struct ruleset *rs;

	if (!sysctl_load(r->h, source_text(r->a, "sysctl", sysctl, sizeof(sysctl) - 1), false, &r->d) ||
	    !ipbatch_load(r->h, source_text(r->a, "batch", batch, sizeof(batch) - 1), &r->d))
		abort();
	rs = ruleset_load(r->h->arena, source_text(r->a, "tables", tables, sizeof(tables) - 1), &opt, &r->d);
	if (!rs || !ruleset_install(rs, r->h, &r->d))
		abort();
	if (sock_listen(r->h, &tcp) || sock_listen(r->h, &udp))
		abort();
}

/* Flag 1: the transport's checksum is made right, so that mutations get past it. */
static void fix_checksum(uint8_t *f, size_t len)
{
	size_t at = ETH_HLEN + IP6_HLEN, end;
	unsigned nxt, field;
	uint8_t *ip = f + ETH_HLEN;
	be16 c;

	if (len < at || get_be16(f + 12) != ETH_P_IPV6)
		return;
	end = MIN(len, at + get_be16(ip + IP6_PLEN));
	nxt = ip[IP6_NXT];
	while (ip6_ext_hdr(nxt) && nxt != NEXTHDR_NONE && at + 8 <= end) {
		unsigned n = ip6_exthdr_len(nxt, f + at);

		nxt = f[at];
		at += n;
	}
	field = nxt == NEXTHDR_TCP ? TCP_CSUM : nxt == NEXTHDR_UDP ? UDP_CSUM : nxt == NEXTHDR_ICMP ? ICMP_CSUM : 0;
	if (!field || at + field + 2 > end)
		return;
	put_be16(f + at + field, 0);
	c = csum_fold(csum_partial(f + at, end - at, csum_pseudo6(ip + IP6_SRC, ip + IP6_DST, nxt, (uint32_t)(end - at))));
	memcpy(f + at + field, &c, 2);
}

static void frame(struct rig *r, const uint8_t *data, size_t n)
{
	static const char *const names[] = { "eth0", "eth1", "eth2" };
	struct net_device *dev = dev_by_name(r->h, names[data[0] % ARRAY_SIZE(names)]);
	struct packet *p = pkt_alloc(r->w->pool, 255);
	uint8_t *at = pkt_put(p, (uint32_t)n);

	memcpy(at, data + 3, n);
	if (data[2] & 1)
		fix_checksum(at, n);
	if (data[2] & 2 && n >= 6)
		memcpy(at, dev->mac, 6);
	if (data[2] & 4)
		p->cut = p->nh + (uint32_t)n / 2;
	dev_rx(dev, p);
	world_settle(r->w);
	world_run_until(r->w, r->w->clock.now + (data[2] >> 3) * NSEC_PER_SEC);
}

static void ignore(struct trace_sink *s, const struct event *ev)
{
	(void)s;
	(void)ev;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct trace_sink all = { .mask = ~0u, .event = ignore };
	struct rig r;

	rig_start(&r, false);
	setup(&r);
	trace_add(r.h->trace, &all);
	while (size >= 3) {
		size_t n = MIN((size_t)data[1], size - 3);

		frame(&r, data, n);
		data += 3 + n;
		size -= 3 + n;
	}
	world_run_until(r.w, r.w->clock.now + 100 * NSEC_PER_SEC);
	trace_remove(r.h->trace, &all);
	if (pkt_pool_live(r.w->pool))
		abort();
	rig_end(&r);
	return 0;
}
