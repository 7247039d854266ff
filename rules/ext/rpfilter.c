// SPDX-License-Identifier: MIT
/* rpfilter.c - "-m rpfilter": would an answer to the packet's source leave by the interface it came in on? */
#include "rules/ext/util.h"
#include "sim/net/ipv6.h"

enum { RPF_LOOSE = 1, RPF_VALID_MARK = 2, RPF_ACCEPT_LOCAL = 4, RPF_INVERT = 8 };
#define LOOPBACK_IFINDEX 1
#define INET_DSCP_MASK	0xfc

struct rpfilter_info { uint8_t flags; };

static bool rpfilter_parse(struct ext_cb *cb)
{
	struct rpfilter_info *m = cb->info;

	m->flags |= (uint8_t)(1u << cb->opt->id);
	return true;
}

static bool rpfilter_check(struct ext_check *c)
{
	if (!strcmp(c->table, "mangle") || !strcmp(c->table, "raw"))
		return true;
	return ext_refuse(c, "%s_rpfilter: only valid in 'raw' or 'mangle' table, not '%s'", c->family == NFPROTO_IPV6 ? "ip6t" : "ipt", c->table);
}

/* Does the route lead out by this device, by any of its next hops? */
static bool uses_dev(const struct fib_info *fi, const struct net_device *dev)
{
	for (int i = 0; i < fi->nr_nh; i++)
		if (fi->nh[i].dev == dev)
			return true;
	return false;
}

/* A route from the packet's destination back to its source; 0 and the result, or why there is none. */
static int lookup_reverse(const struct xt_ctx *c, const struct rpfilter_info *m, struct fib_result *res)
{
	const uint8_t *ip = pkt_nh(c->pkt);
	be32 daddr = ip4_daddr(ip);
	struct flowi4 fl = {
		.iif = LOOPBACK_IFINDEX, .daddr = ip4_saddr(ip), .tos = ip[IP4_TOS] & INET_DSCP_MASK,
		.mark = m->flags & RPF_VALID_MARK ? c->pkt->mark : 0, .scope = RT_SCOPE_UNIVERSE,
	};

	if (!ipv4_is_multicast(daddr) && !ipv4_is_lbcast(daddr) && !ipv4_is_zeronet(daddr))
		fl.saddr = daddr;
	memset(res, 0, sizeof(*res));
	return fib_lookup(c->host, &fl, res);
}

/* The same of IPv6: by this interface at first, if it must be this; a link-local source is there or nowhere. */
static int lookup_reverse6(const struct xt_ctx *c, const struct rpfilter_info *m, struct fib6_result *res)
{
	const uint8_t *ip = pkt_nh(c->pkt);
	union inet_addr daddr = ip6_daddr(ip);
	bool to_unicast = ipv6_addr_type(&daddr) & IPV6_ADDR_UNICAST;
	struct flowi6 fl = {
		.daddr = ip6_saddr(ip), .tclass = ip6_tclass(ip), .proto = ip[IP6_NXT], .iif = LOOPBACK_IFINDEX,
		.mark = m->flags & RPF_VALID_MARK ? c->pkt->mark : 0,
	};
	unsigned flags = RT6_LOOKUP_F_NO_SHARES | (to_unicast ? RT6_LOOKUP_F_HAS_SADDR : 0);

	if (to_unicast)
		fl.saddr = daddr;
	if (ipv6_is_linklocal(&fl.daddr))
		flags |= RT6_LOOKUP_F_IFACE;
	if (flags & RT6_LOOKUP_F_IFACE || !(m->flags & RPF_LOOSE))
		fl.oif = c->in->ifindex;
	memset(res, 0, sizeof(*res));
	return fib6_rule_lookup(c->host, &fl, c->pkt, flags, fl.oif, res);
}

static bool exempt6(const struct xt_ctx *c)
{
	union inet_addr src = ip6_saddr(pkt_nh(c->pkt));

	return c->pkt->pkt_type == PACKET_LOOPBACK || c->in->flags & IFF_LOOPBACK || ipv6_addr_any(&src);
}

static bool passes6(const struct xt_ctx *c, const struct rpfilter_info *m)
{
	struct fib6_result res;

	if (exempt6(c))
		return true;
	if (lookup_reverse6(c, m, &res) || !res.f || res.f->reject || res.f->type == RTN_ANYCAST)
		return false;
	if (res.f->type == RTN_LOCAL)
		return m->flags & RPF_ACCEPT_LOCAL;
	return m->flags & RPF_LOOSE || res.f->dev == c->in;
}

static bool exempt(const struct xt_ctx *c)
{
	const uint8_t *ip = pkt_nh(c->pkt);
	be32 daddr = ip4_daddr(ip);

	if (c->pkt->pkt_type == PACKET_LOOPBACK || (c->in->flags & IFF_LOOPBACK))
		return true;
	return ipv4_is_zeronet(ip4_saddr(ip)) && (ipv4_is_lbcast(daddr) || ipv4_is_local_multicast(daddr));
}

static bool passes(const struct xt_ctx *c, const struct rpfilter_info *m)
{
	struct fib_result res;

	if (exempt(c))
		return true;
	if (lookup_reverse(c, m, &res))
		return false;
	if (res.type != RTN_UNICAST && (res.type != RTN_LOCAL || !(m->flags & RPF_ACCEPT_LOCAL)))
		return false;
	return (m->flags & RPF_LOOSE) || uses_dev(res.fi, c->in);
}

static bool rpfilter_match(struct xt_ctx *c, const void *info)
{
	const struct rpfilter_info *m = info;

	return (c->family == NFPROTO_IPV6 ? passes6(c, m) : passes(c, m)) != !!(m->flags & RPF_INVERT);
}

static void dump(const struct rpfilter_info *m, const char *prefix, struct strbuf *out)
{
	static const char *const names[] = { "loose", "validmark", "accept-local", "invert" };

	for (unsigned i = 0; i < ARRAY_SIZE(names); i++)
		if (m->flags & 1u << i)
			sb_printf(out, " %s%s", prefix, names[i]);
}

static void rpfilter_save(const void *info, const struct rule *r UNUSED, struct strbuf *out)
{
	dump(info, "--", out);
}

static void rpfilter_print(const void *info, const struct rule *r UNUSED, bool numeric UNUSED, struct strbuf *out)
{
	sb_puts(out, " rpfilter");
	dump(info, "", out);
}

static void explain_route(const struct xt_ctx *c, const struct fib_result *res, struct strbuf *out)
{
	switch (res->type) {
	case RTN_UNICAST:
		sb_printf(out, "the way back leaves by %s, the packet came in on %s",
			  res->fi->nr_nh && res->fi->nh[0].dev ? res->fi->nh[0].dev->name : "nowhere", c->in->name);
		return;
	case RTN_LOCAL:
		sb_puts(out, "the source is an address of this host");
		return;
	}
	sb_puts(out, "the way back is not a unicast route");
}

static void explain6(const struct xt_ctx *c, const struct rpfilter_info *m, struct strbuf *out)
{
	union inet_addr src = ip6_saddr(pkt_nh(c->pkt));
	struct fib6_result res;
	char buf[ADDRSTRLEN];

	if (exempt6(c)) {
		sb_puts(out, "the packet is loopback or has no source yet, which always passes");
		return;
	}
	sb_printf(out, "source %s: ", inet_str(buf, NFPROTO_IPV6, &src));
	if (lookup_reverse6(c, m, &res) || !res.f || res.f->reject)
		sb_puts(out, "there is no route back");
	else if (res.f->type == RTN_LOCAL)
		sb_puts(out, "the source is an address of this host");
	else
		sb_printf(out, "the way back leaves by %s, the packet came in on %s", res.f->dev ? res.f->dev->name : "nowhere", c->in->name);
}

static void rpfilter_explain(struct xt_ctx *c, const void *info, struct strbuf *out)
{
	const struct rpfilter_info *m = info;
	struct fib_result res;
	char buf[ADDRSTRLEN];

	if (c->family == NFPROTO_IPV6) {
		explain6(c, m, out);
	} else if (exempt(c)) {
		sb_puts(out, "the packet is loopback or has no source yet, which always passes");
	} else {
		sb_printf(out, "source %s: ", ip4_str(buf, ip4_saddr(pkt_nh(c->pkt))));
		if (lookup_reverse(c, m, &res))
			sb_puts(out, "there is no route back");
		else
			explain_route(c, &res, out);
	}
	sb_puts(out, m->flags & RPF_INVERT ? "; rule wants one that fails" : "; rule wants one that passes");
	if (m->flags & RPF_LOOSE)
		sb_puts(out, ", by any interface");
}

#define OPT(n, i) { .name = (n), .type = OPT_NONE, .id = (i), .parse = rpfilter_parse }
const struct match_ext ext_rpfilter = {
	.name = "rpfilter", .families = EXT_ANY, .size = sizeof(struct rpfilter_info), .hooks = HOOK_BIT(NF_INET_PRE_ROUTING),
	.opts = (const struct ext_opt[]){
		OPT("loose", 0), OPT("validmark", 1), OPT("accept-local", 2), OPT("invert", 3), { 0 } },
	.check = rpfilter_check, .match = rpfilter_match,
	.save = rpfilter_save, .print = rpfilter_print, .explain = rpfilter_explain,
};
