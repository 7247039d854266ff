// SPDX-License-Identifier: MIT
/* TPROXY.c - "-j TPROXY": gives the packet to a local transparent socket without changing its addresses
 * (net/netfilter/xt_TPROXY.c, nf_tproxy_ipv4.c). */
#include "rules/ext/util.h"
#include "sim/net/ipv6.h"
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

/* The packet's transport header and the two ends. */
struct ends { union inet_addr saddr, daddr; uint16_t sport, dport; uint8_t proto; const uint8_t *th; };

static bool ends_of(const struct xt_ctx *c, struct ends *e)
{
	uint32_t off = 0;
	int proto = c->family == NFPROTO_IPV6 ? ip6_find_hdr(c->pkt, &off, -1, NULL, NULL) : pkt_nh(c->pkt)[IP4_PROTO];

	if (c->family != NFPROTO_IPV6)
		off = ip4_hlen(pkt_nh(c->pkt));
	e->th = proto < 0 ? NULL : pkt_at(c->pkt, off, proto == IPPROTO_TCP && c->family != NFPROTO_IPV6 ? TCP_HLEN : UDP_HLEN);
	if (!e->th)
		return false;
	*e = (struct ends){ xt_saddr(c), xt_daddr(c), get_be16(e->th), get_be16(e->th + 2), (uint8_t)proto, e->th };
	return true;
}

static struct sock *lookup(const struct xt_ctx *c, const struct ends *e, const union inet_addr *daddr, uint16_t dport)
{
	if (c->family == NFPROTO_IPV6)
		return sock6_lookup(c->host, e->proto, &e->saddr, e->sport, daddr, dport, c->pkt->dev);
	return sock_lookup(c->host, e->proto, e->saddr.ip, e->sport, daddr->ip, dport, c->pkt->dev);
}

/* The first address of the device, if the rule names none. */
static union inet_addr local_addr(const struct xt_ctx *c, const struct tproxy_info *t)
{
	const struct net_device *dev = c->pkt->dev;
	union inet_addr a = t->addr, none = { .all = { 0 } };

	if (!inet_addr_equal(&a, &none))
		return a;
	if (c->family == NFPROTO_IPV6) {
		for (const struct inet6_ifaddr *i = dev && dev->ip6 ? dev->ip6->addrs : NULL; i; i = i->next)
			if (!(i->flags & (IFA_F_TENTATIVE | IFA_F_DEPRECATED)))
				return i->addr;
		return xt_daddr(c);
	}
	for (const struct in_ifaddr *i = dev ? dev->addrs : NULL; i; i = i->next)
		if (!i->secondary) {
			a.ip = i->local;
			return a;
		}
	return xt_daddr(c);
}

/* A connection the packet belongs to already. */
static struct sock *established(const struct xt_ctx *c, const struct ends *e)
{
	struct sock *sk = lookup(c, e, &e->daddr, e->dport);

	if (!sk || (sk->tcp ? sk->listening : !sk->daddr || !sk->saddr))
		return NULL;
	return sk;
}

static struct sock *listener(const struct xt_ctx *c, const struct ends *e, const struct tproxy_info *t)
{
	union inet_addr addr = local_addr(c, t);
	struct sock *sk = lookup(c, e, &addr, t->port ? t->port : e->dport);

	if (!sk || (sk->tcp ? !sk->listening : sk->daddr != 0))
		return NULL;
	return sk;
}

static struct sock *tproxy_socket(const struct xt_ctx *c, const struct tproxy_info *t, const struct ends *e)
{
	struct sock *sk = established(c, e), *fresh;
	const uint8_t *th = e->th;

	if (!sk)
		return listener(c, e, t);
	if (!sk->tcp || sk->tcp->state != TCP_TIME_WAIT)
		return sk;
	/* a new connection on an old one's ports: the listener's, if there is one */
	if ((uint32_t)(th - pkt_nh(c->pkt)) + TCP_HLEN > pkt_len(c->pkt))
		return NULL;
	fresh = (th[TCP_FLAGS] & (TH_SYN | TH_ACK | TH_FIN | TH_RST)) == TH_SYN ? listener(c, e, t) : NULL;
	if (!fresh)
		return sk;
	sock_free(sk);
	return fresh;
}

static enum xt_verdict tproxy_target(struct xt_ctx *c, const void *info)
{
	const struct tproxy_info *t = info;
	uint32_t was = c->pkt->mark;
	struct ends e;
	struct sock *sk = ends_of(c, &e) ? tproxy_socket(c, t, &e) : NULL;

	if (!sk || !sk->transparent)
		return XT_DROP;
	c->pkt->mark = (was & ~t->mask) ^ t->mark;
	ext_changed_hex(c, "mark", was, c->pkt->mark, "TPROXY");
	c->pkt->sk = sk;
	return XT_ACCEPT;
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
	union inet_addr addr = local_addr(c, t);
	char buf[ADDRSTRLEN];
	struct sock *sk;
	struct ends e;

	if (!ends_of(c, &e)) {
		sb_puts(out, "the header is cut off: drops the packet");
		return;
	}
	sk = established(c, &e);
	if (!sk)
		sk = listener(c, &e, t);
	if (sk && sk->transparent)
		sb_puts(out, "gives the packet to a transparent socket");
	else
		sb_printf(out, "drops the packet: no transparent socket listens at %s port %u", inet_str(buf, c->family, &addr),
			  t->port ? t->port : e.dport);
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
