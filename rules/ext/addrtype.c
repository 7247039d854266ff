// SPDX-License-Identifier: MIT
/* addrtype.c - "-m addrtype": what kind of address source or destination is to this host's routing. */
#include "rules/ext/util.h"
#include "sim/net/ipv6.h"
#include <strings.h>

enum { ADDR_INV_SRC = 1, ADDR_INV_DST = 2, ADDR_IFACE_IN = 4, ADDR_IFACE_OUT = 8 };

struct addrtype_info { uint16_t source, dest; uint8_t flags; };

/* By enum rtn. */
static const char *const types[] = {
	"UNSPEC", "UNICAST", "LOCAL", "BROADCAST", "ANYCAST", "MULTICAST", "BLACKHOLE", "UNREACHABLE", "PROHIBIT", "THROW", "NAT",
	"XRESOLVE"
};

enum { O_SRC_TYPE, O_DST_TYPE, O_IFACE_IN, O_IFACE_OUT };
#define F_BIT(i) (1u << (i))

/* Words of the list, each or its beginning in either case. */
static bool types_parse(struct ext_cb *cb, uint16_t *ret)
{
	const char *s = cb->arg;
	size_t i, n;

	for (;; s += n + 1) {
		n = strcspn(s, ",");
		for (i = 0; i < ARRAY_SIZE(types); i++)
			if (n && !strncasecmp(s, types[i], n))
				break;
		if (i == ARRAY_SIZE(types))
			return ext_error(cb, s[n] ? "addrtype: bad type `%s'" : "addrtype: bad type \"%s\"", s) ||
		       ext_hint_one_of(cb, s, n, "UNSPEC UNICAST LOCAL BROADCAST ANYCAST MULTICAST BLACKHOLE UNREACHABLE PROHIBIT THROW NAT XRESOLVE");
		*ret = (uint16_t)(*ret | 1u << i);
		if (!s[n])
			return true;
	}
}

static bool addrtype_parse(struct ext_cb *cb)
{
	struct addrtype_info *m = cb->info;

	switch (cb->opt->id) {
	case O_SRC_TYPE:
		m->flags |= cb->invert ? ADDR_INV_SRC : 0;
		return types_parse(cb, &m->source);
	case O_DST_TYPE:
		m->flags |= cb->invert ? ADDR_INV_DST : 0;
		return types_parse(cb, &m->dest);
	}
	m->flags |= cb->opt->id == O_IFACE_IN ? ADDR_IFACE_IN : ADDR_IFACE_OUT;
	return true;
}

static bool addrtype_final(struct ext_cb *cb)
{
	if (!(cb->xflags & (F_BIT(O_SRC_TYPE) | F_BIT(O_DST_TYPE))))
		return ext_error(cb, "addrtype: you must specify --src-type or --dst-type");
	return true;
}

static bool check6(struct ext_check *c, unsigned types6)
{
	if (types6 & 1u << RTN_BLACKHOLE)
		return ext_refuse(c, "xt_addrtype: ipv6 BLACKHOLE matching not supported");
	if (types6 >= 1u << RTN_PROHIBIT)
		return ext_refuse(c, "xt_addrtype: ipv6 PROHIBIT (THROW, NAT ..) matching not supported");
	if (types6 & 1u << RTN_BROADCAST)
		return ext_refuse(c, "xt_addrtype: ipv6 does not support BROADCAST matching");
	return true;
}

static bool addrtype_check(struct ext_check *c)
{
	const struct addrtype_info *m = c->info;
	uint32_t before = HOOK_BIT(NF_INET_PRE_ROUTING) | HOOK_BIT(NF_INET_LOCAL_IN);
	uint32_t after = HOOK_BIT(NF_INET_POST_ROUTING) | HOOK_BIT(NF_INET_LOCAL_OUT);

	if ((c->hooks & before) && (m->flags & ADDR_IFACE_OUT))
		return ext_refuse(c, "xt_addrtype: output interface limitation not valid in PREROUTING and INPUT");
	if ((c->hooks & after) && (m->flags & ADDR_IFACE_IN))
		return ext_refuse(c, "xt_addrtype: input interface limitation not valid in POSTROUTING and OUTPUT");
	return c->family != NFPROTO_IPV6 || check6(c, m->source | m->dest);
}

static const struct net_device *limit_dev(const struct xt_ctx *c, const struct addrtype_info *m)
{
	return m->flags & ADDR_IFACE_IN ? c->in : m->flags & ADDR_IFACE_OUT ? c->out : NULL;
}

static unsigned type_of(const struct xt_ctx *c, const struct net_device *dev, be32 addr)
{
	return dev ? inet_addr_type_dev(c->host, dev, addr) : inet_addr_type(c->host, addr);
}

#define T(x) (1u << RTN_##x)
#define ROUTED (T(LOCAL) | T(ANYCAST) | T(UNREACHABLE))

/* Is the address a prefix's own, which stands for its routers? (ipv6_anycast_destination) */
static bool anycast(const struct dst *d, const union inet_addr *a)
{
	return d->type == RTN_ANYCAST || (d->f6 && d->f6->plen < 127 && !d->f6->has_gw && inet_addr_equal(&d->f6->dst, a));
}

/* What routing says of the address (match_lookup_rt6). */
static uint16_t routed6(const struct xt_ctx *c, const struct net_device *dev, const union inet_addr *a)
{
	struct flowi6 fl = { .daddr = *a, .oif = dev ? dev->ifindex : 0 };
	struct dst d = { 0 };
	uint16_t ret = 0;

	if (dev && ipv6_chk_addr(c->host, a, dev, true))
		ret = T(LOCAL);
	if (ip6_route_output(c->host, &fl, &d))
		return T(UNREACHABLE);
	if (!dev && d.type == RTN_LOCAL)
		ret |= T(LOCAL);
	if (anycast(&d, a))
		ret |= T(ANYCAST);
	return ret;
}

/* match_type6(): several words must all hold of those that the address tells alone, one of those that routing tells. */
static bool type6_holds(const struct xt_ctx *c, const struct addrtype_info *m, const union inet_addr *a, uint16_t mask)
{
	unsigned type = ipv6_addr_type(a);

	if ((mask & T(MULTICAST) && !(type & IPV6_ADDR_MULTICAST)) || (mask & T(UNICAST) && !(type & IPV6_ADDR_UNICAST)) ||
	    (mask & T(UNSPEC) && type != IPV6_ADDR_ANY))
		return false;
	return !(mask & ROUTED) || mask & routed6(c, limit_dev(c, m), a);
}

static bool match6(const struct xt_ctx *c, const struct addrtype_info *m)
{
	union inet_addr src = xt_saddr(c), dst = xt_daddr(c);

	if (m->source && type6_holds(c, m, &src, m->source) == !!(m->flags & ADDR_INV_SRC))
		return false;
	return !m->dest || type6_holds(c, m, &dst, m->dest) != !!(m->flags & ADDR_INV_DST);
}

static bool source_holds(const struct xt_ctx *c, const struct addrtype_info *m)
{
	return !m->source || !!(m->source & 1u << type_of(c, limit_dev(c, m), ip4_saddr(pkt_nh(c->pkt)))) != !!(m->flags & ADDR_INV_SRC);
}

static bool addrtype_match(struct xt_ctx *c, const void *info)
{
	const struct addrtype_info *m = info;

	if (c->family == NFPROTO_IPV6)
		return match6(c, m);
	if (!source_holds(c, m))
		return false;
	return !m->dest || !!(m->dest & 1u << type_of(c, limit_dev(c, m), ip4_daddr(pkt_nh(c->pkt)))) != !!(m->flags & ADDR_INV_DST);
}

static void types_save(uint16_t mask, struct strbuf *out)
{
	const char *sep = "";

	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		if (!(mask & 1u << i))
			continue;
		sb_printf(out, "%s%s", sep, types[i]);
		sep = ",";
	}
}

static void addrtype_save(const void *info, const struct rule *r UNUSED, struct strbuf *out)
{
	const struct addrtype_info *m = info;

	if (m->source) {
		sb_puts(out, m->flags & ADDR_INV_SRC ? " ! --src-type " : " --src-type ");
		types_save(m->source, out);
	}
	if (m->dest) {
		sb_puts(out, m->flags & ADDR_INV_DST ? " ! --dst-type " : " --dst-type ");
		types_save(m->dest, out);
	}
	sb_puts(out, m->flags & ADDR_IFACE_IN ? " --limit-iface-in" : "");
	sb_puts(out, m->flags & ADDR_IFACE_OUT ? " --limit-iface-out" : "");
}

static void addrtype_print(const void *info, const struct rule *r UNUSED, bool numeric UNUSED, struct strbuf *out)
{
	const struct addrtype_info *m = info;

	sb_puts(out, " ADDRTYPE match");
	if (m->source) {
		sb_puts(out, m->flags & ADDR_INV_SRC ? " src-type !" : " src-type ");
		types_save(m->source, out);
	}
	if (m->dest) {
		sb_puts(out, m->flags & ADDR_INV_DST ? " dst-type !" : " dst-type ");
		types_save(m->dest, out);
	}
	sb_puts(out, m->flags & ADDR_IFACE_IN ? " limit-in" : "");
	sb_puts(out, m->flags & ADDR_IFACE_OUT ? " limit-out" : "");
}

static void explain4(const struct xt_ctx *c, const struct addrtype_info *m, struct strbuf *out)
{
	bool src = m->source && (!source_holds(c, m) || !m->dest);
	const struct net_device *dev = limit_dev(c, m);
	be32 addr = src ? ip4_saddr(pkt_nh(c->pkt)) : ip4_daddr(pkt_nh(c->pkt));
	unsigned type = type_of(c, dev, addr);
	char buf[ADDRSTRLEN];

	sb_printf(out, "%s %s is %s", src ? "source" : "destination", ip4_str(buf, addr), types[type]);
	if (dev)
		sb_printf(out, " on %s", dev->name);
	sb_puts(out, m->flags & (src ? ADDR_INV_SRC : ADDR_INV_DST) ? ", rule wants anything but " : ", rule wants ");
	types_save(src ? m->source : m->dest, out);
}

static void explain6(const struct xt_ctx *c, const struct addrtype_info *m, struct strbuf *out)
{
	union inet_addr src = xt_saddr(c), dst = xt_daddr(c);

	if (m->source & ROUTED) {
		sb_puts(out, ", to routing the source is ");
		types_save(routed6(c, limit_dev(c, m), &src), out);
	}
	if (m->dest & ROUTED) {
		sb_puts(out, ", to routing the destination is ");
		types_save(routed6(c, limit_dev(c, m), &dst), out);
	}
}

static void addrtype_explain(struct xt_ctx *c, const void *info, struct strbuf *out)
{
	union inet_addr src = xt_saddr(c), dst = xt_daddr(c);
	char a[ADDRSTRLEN], b[ADDRSTRLEN];

	if (c->family != NFPROTO_IPV6) {
		explain4(c, info, out);
		return;
	}
	sb_printf(out, "source is %s, destination is %s", inet_str(a, c->family, &src), inet_str(b, c->family, &dst));
	explain6(c, info, out);
	sb_puts(out, ", rule wants");
	addrtype_save(info, NULL, out);
}

const struct match_ext ext_addrtype = {
	.name = "addrtype", .families = EXT_ANY, .size = sizeof(struct addrtype_info),
	.form = "-m addrtype --dst-type LOCAL",
	.opts = (const struct ext_opt[]){
		{ .name = "src-type", .type = OPT_STRING, .flags = OPT_INVERT, .id = O_SRC_TYPE, .parse = addrtype_parse },
		{ .name = "dst-type", .type = OPT_STRING, .flags = OPT_INVERT, .id = O_DST_TYPE, .parse = addrtype_parse },
		{ .name = "limit-iface-in", .type = OPT_NONE, .id = O_IFACE_IN, .excl = F_BIT(O_IFACE_OUT), .parse = addrtype_parse },
		{ .name = "limit-iface-out", .type = OPT_NONE, .id = O_IFACE_OUT, .excl = F_BIT(O_IFACE_IN), .parse = addrtype_parse },
		{ 0 } },
	.final = addrtype_final, .check = addrtype_check, .match = addrtype_match,
	.save = addrtype_save, .print = addrtype_print, .explain = addrtype_explain,
};
