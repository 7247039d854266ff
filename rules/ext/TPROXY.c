// SPDX-License-Identifier: MIT
/* TPROXY.c - "-j TPROXY": gives the packet to a local transparent socket without changing its addresses
 * (net/netfilter/xt_TPROXY.c, nf_tproxy_ipv4.c). */
#include "rules/ext/util.h"
#include "sim/net/sock.h"
#include "sim/net/tcp.h"

enum { O_PORT, O_IP, O_MARK };

struct tproxy_info { union inet_addr addr; uint32_t mark, mask; uint16_t port; };

static bool tproxy_parse(struct ext_cb *cb)
{
	struct tproxy_info *t = cb->info;

	switch (cb->opt->id) {
	case O_PORT:	t->port = cb->val.port;		break;
	case O_IP:	t->addr = cb->val.host.addr;	break;
	case O_MARK:
		t->mark = cb->val.mark.mark;
		t->mask = cb->val.mark.mask;
		break;
	}
	return true;
}

static bool tproxy_check(struct ext_check *c)
{
	const struct ip_match *ip = &c->rule->ip;

	if ((ip->proto != IPPROTO_TCP && ip->proto != IPPROTO_UDP) || ip->inv_proto)
		return ext_refuse(c, "xt_TPROXY: Can be used only with -p tcp or -p udp");
	return true;
}

static void tproxy_state_init(struct host *h, void *state UNUSED, const void *info UNUSED, const struct rule *r)
{
	ct_need_defrag(h, r->chain->table->family);
}

/* The first address of the device, if the rule names none. */
static be32 local_addr(const struct tproxy_info *t, const struct packet *p)
{
	if (t->addr.ip)
		return t->addr.ip;
	for (const struct in_ifaddr *a = p->dev ? p->dev->addrs : NULL; a; a = a->next)
		if (!a->secondary)
			return a->local;
	return ip4_daddr(pkt_nh(p));
}

/* A connection the packet belongs to already. */
static struct sock *established(struct host *h, const struct packet *p, const uint8_t *ports)
{
	const uint8_t *ip = pkt_nh(p);
	struct sock *sk = sock_lookup(h, ip[IP4_PROTO], ip4_saddr(ip), get_be16(ports), ip4_daddr(ip), get_be16(ports + 2), p->dev);

	if (!sk || (sk->tcp ? sk->listening : !sk->daddr || !sk->saddr))
		return NULL;
	return sk;
}

static struct sock *listener(struct host *h, const struct packet *p, const uint8_t *ports, be32 addr, uint16_t port)
{
	const uint8_t *ip = pkt_nh(p);
	struct sock *sk = sock_lookup(h, ip[IP4_PROTO], ip4_saddr(ip), get_be16(ports), addr, port, p->dev);

	if (!sk || (sk->tcp ? !sk->listening : sk->daddr != 0))
		return NULL;
	return sk;
}

static struct sock *tproxy_socket(const struct xt_ctx *c, const struct tproxy_info *t, const uint8_t *ports)
{
	uint16_t port = t->port ? t->port : get_be16(ports + 2);
	be32 addr = local_addr(t, c->pkt);
	struct sock *sk = established(c->host, c->pkt, ports), *fresh;
	unsigned flags;

	if (!sk)
		return listener(c->host, c->pkt, ports, addr, port);
	if (!sk->tcp || sk->tcp->state != TCP_TIME_WAIT)
		return sk;
	/* a new connection on an old one's ports: the listener's, if there is one */
	flags = ports[TCP_FLAGS] & (TH_SYN | TH_ACK | TH_FIN | TH_RST);
	fresh = flags == TH_SYN ? listener(c->host, c->pkt, ports, addr, port) : NULL;
	if (!fresh)
		return sk;
	sock_free(sk);
	return fresh;
}

static enum xt_verdict tproxy_target4(struct xt_ctx *c, const void *info)
{
	const struct tproxy_info *t = info;
	const uint8_t *ports = pkt_at(c->pkt, ip4_hlen(pkt_nh(c->pkt)),
				      pkt_nh(c->pkt)[IP4_PROTO] == IPPROTO_TCP ? TCP_HLEN : UDP_HLEN);
	struct sock *sk = ports ? tproxy_socket(c, t, ports) : NULL;
	uint32_t was = c->pkt->mark;

	if (!sk || !sk->transparent)
		return XT_DROP;
	c->pkt->mark = (was & ~t->mask) ^ t->mark;
	ext_changed_hex(c, "mark", was, c->pkt->mark, "TPROXY");
	c->pkt->sk = sk;
	return XT_ACCEPT;
}

static enum xt_verdict tproxy_target(struct xt_ctx *c, const void *info)
{
	return c->family == NFPROTO_IPV6 ? ext_unknown_target(c) : tproxy_target4(c, info);
}

static void put(const struct tproxy_info *t, uint8_t family, const char *fmt, struct strbuf *out)
{
	char buf[ADDRSTRLEN];

	inet_str(buf, family, &t->addr);
	if (*fmt == '-')
		sb_printf(out, " --on-port %u --on-ip %s --tproxy-mark 0x%x/0x%x", t->port, buf, t->mark, t->mask);
	else
		sb_printf(out, " TPROXY redirect %s:%u mark 0x%x/0x%x", buf, t->port, t->mark, t->mask);
}

static void tproxy_save(const void *info, const struct rule *r, struct strbuf *out)
{
	put(info, r->ip.family, "-", out);
}

static void tproxy_print(const void *info, const struct rule *r, bool numeric UNUSED, struct strbuf *out)
{
	put(info, r->ip.family, "", out);
}

static void tproxy_explain(struct xt_ctx *c, const void *info, struct strbuf *out)
{
	const struct tproxy_info *t = info;
	const uint8_t *ports;
	char buf[ADDRSTRLEN];
	struct sock *sk;

	if (c->family == NFPROTO_IPV6) {
		sb_puts(out, "gives the packet to a transparent socket, if there is one");
		return;
	}
	ports = pkt_at(c->pkt, ip4_hlen(pkt_nh(c->pkt)), 4);
	if (!ports) {
		sb_puts(out, "the header is cut off: drops the packet");
		return;
	}
	sk = established(c->host, c->pkt, ports);
	if (!sk)
		sk = listener(c->host, c->pkt, ports, local_addr(t, c->pkt), t->port ? t->port : get_be16(ports + 2));
	if (sk && sk->transparent)
		sb_puts(out, "gives the packet to a transparent socket");
	else
		sb_printf(out, "drops the packet: no transparent socket listens at %s:%u", ip4_str(buf, local_addr(t, c->pkt)),
			  t->port ? t->port : get_be16(ports + 2));
}

const struct target_ext ext_TPROXY_target = {
	.name = "TPROXY", .families = EXT_ANY, .size = sizeof(struct tproxy_info), .table = "mangle", .stateful = true,
	.hooks = HOOK_BIT(NF_INET_PRE_ROUTING),
	.opts = (const struct ext_opt[]){
		{ .name = "on-port", .type = OPT_PORT, .flags = OPT_MUST, .id = O_PORT, .parse = tproxy_parse },
		{ .name = "on-ip", .type = OPT_HOST, .id = O_IP, .parse = tproxy_parse },
		{ .name = "tproxy-mark", .type = OPT_MARKMASK32, .id = O_MARK, .parse = tproxy_parse },
		{ 0 } },
	.check = tproxy_check, .target = tproxy_target, .save = tproxy_save, .print = tproxy_print, .explain = tproxy_explain,
	.state_init = tproxy_state_init,
};
