// SPDX-License-Identifier: MIT
/* ip_show_route.c - "ip route show", "ip route get", "ip rule show" and "ip neigh show" as iproute2 6.1 prints them.
 * What a choice has fixed ("dev eth0") is left out of the lines, as there. Neighbours come oldest first. */
#include "rules/ext.h"
#include "sim/net/neigh.h"
#include "sim/net/net.h"
#include "sim/world/ipcmd.h"
#include <errno.h>
#include <stdio.h>

struct route_filter {
	struct ipcmd *c;
	uint32_t table;			/* 0: all */
	struct ip_prefix root, match;
	bool root_given, match_given, via_given, src_given, metric_given;
	struct net_device *dev;
	be32 via, src;
	uint32_t metric;
	int type, proto, scope;		/* -1: any */
};

static void put_prefix(be32 addr, uint8_t len, struct strbuf *out)
{
	char buf[ADDRSTRLEN];

	if (len == 0)
		sb_puts(out, "default");
	else if (len == 32)
		sb_puts(out, ip4_str(buf, addr));
	else
		sb_printf(out, "%s/%u", ip4_str(buf, addr), len);
}

static void put_realms(uint32_t realms, struct strbuf *out)
{
	char from[16], to[16];

	if (realms >> 16)
		sb_printf(out, "realms %s/%s ", ip_realm_name(realms >> 16, from), ip_realm_name(realms & 0xffff, to));
	else if (realms)
		sb_printf(out, "realm %s ", ip_realm_name(realms & 0xffff, to));
}

/* ---- metrics */

enum { RTAX_MTU = 2, RTAX_WINDOW, RTAX_RTT, RTAX_RTTVAR, RTAX_SSTHRESH, RTAX_CWND, RTAX_ADVMSS, RTAX_FEATURES = 12 };
static const char *const metric_names[] = {
	NULL, "lock", "mtu", "window", "rtt", "rttvar", "ssthresh", "cwnd", "advmss", "reordering", "hoplimit", "initcwnd",
	"features", "rto_min", "initrwnd", "quickack", "cc_algo",
};

static void put_metrics(const struct fib_info *fi, struct strbuf *out)
{
	for (unsigned i = RTAX_MTU; i < ARRAY_SIZE(metric_names); i++) {
		uint32_t v = i == RTAX_MTU ? fi->mtu : i == RTAX_ADVMSS ? fi->advmss : fi->other_metrics[i];

		if (!v)
			continue;
		sb_printf(out, "%s ", metric_names[i]);
		if (i == RTAX_MTU && fi->mtu_locked)
			sb_puts(out, "lock ");
		if (i == RTAX_RTT)
			v /= 8;
		else if (i == RTAX_RTTVAR)
			v /= 4;
		sb_printf(out, i == RTAX_RTT || i == RTAX_RTTVAR || i == 13 ? "%ums " : "%u ", v);
	}
}

/* ---- ip route show */

static bool inside(be32 addr, const struct ip_prefix *p)
{
	return p->len == 0 || (ntohl(addr) ^ ntohl(p->addr)) >> (32 - p->len) == 0;
}

static bool route_fits(const struct fib_route *r, const struct route_filter *f)
{
	const struct fib_info *fi = r->fi;
	const struct fib_nh *nh = fi->nr_nh == 1 ? &fi->nh[0] : NULL;
	struct ip_prefix here = { .addr = r->dst, .len = r->dst_len };

	if (f->root_given && (r->dst_len < f->root.len || !inside(r->dst, &f->root)))
		return false;
	if (f->match_given && (r->dst_len > f->match.len || !inside(f->match.addr, &here)))
		return false;
	if ((f->dev && (!nh || nh->dev != f->dev)) || (f->via_given && (!nh || nh->gw != f->via)))
		return false;
	return (f->type < 0 || fi->type == f->type) && (f->proto < 0 || fi->protocol == f->proto) &&
	       (f->scope < 0 || fi->scope == f->scope) && (!f->src_given || fi->prefsrc == f->src) &&
	       (!f->metric_given || fi->priority == f->metric);
}

static bool linkdown(const struct fib_nh *nh)
{
	return nh->linkdown || (nh->dev && !ip_dev_running(nh->dev));
}

static bool all_linkdown(const struct fib_info *fi)
{
	for (int i = 0; i < fi->nr_nh; i++)
		if (!linkdown(&fi->nh[i]))
			return false;
	return true;
}

static void put_nh_flags(const struct fib_info *fi, const struct fib_nh *nh, struct strbuf *out)
{
	if (nh->dead)
		sb_puts(out, "dead ");
	if (nh->onlink)
		sb_puts(out, "onlink ");
	if (fi->scope != RT_SCOPE_HOST && linkdown(nh))
		sb_puts(out, "linkdown ");
}

static void put_hops(const struct ipcmd *c, const struct fib_info *fi)
{
	struct strbuf *out = c->out;
	char buf[ADDRSTRLEN];

	for (int i = 0; i < fi->nr_nh; i++) {
		const struct fib_nh *nh = &fi->nh[i];

		sb_puts(out, c->oneline ? "\\\tnexthop " : "\n\tnexthop ");
		if (nh->gw)
			sb_printf(out, "via %s ", ip4_str(buf, nh->gw));
		if (nh->dev)
			sb_printf(out, "dev %s ", nh->dev->name);
		sb_printf(out, "weight %d ", nh->weight);
		put_nh_flags(fi, nh, out);
	}
}

static void show_route(const struct fib_route *r, void *arg)
{
	struct route_filter *f = arg;
	const struct fib_info *fi = r->fi;
	const struct fib_nh *nh = fi->nr_nh == 1 ? &fi->nh[0] : NULL;
	struct strbuf *out = f->c->out;
	char buf[ADDRSTRLEN];

	if (f->table && r->table != f->table)
		return;
	if (!out || !route_fits(r, f))
		return;
	if (fi->type != RTN_UNICAST)
		sb_printf(out, "%s ", ip_rtn_name(fi->type, buf));
	put_prefix(r->dst, r->dst_len, out);
	sb_putc(out, ' ');
	if (r->tos)
		sb_printf(out, "tos %s ", ip_tos_name(r->tos, buf));
	if (nh && nh->gw && !f->via_given)
		sb_printf(out, "via %s ", ip4_str(buf, nh->gw));
	if (nh && nh->dev && !f->dev)
		sb_printf(out, "dev %s ", nh->dev->name);
	if (!f->table && r->table != RT_TABLE_MAIN)
		sb_printf(out, "table %s ", ip_table_name(r->table, buf));
	if (fi->protocol != RTPROT_BOOT && f->proto < 0)
		sb_printf(out, "proto %s ", ip_rtproto_name(fi->protocol, buf));
	if (fi->scope != RT_SCOPE_UNIVERSE && f->scope < 0)
		sb_printf(out, "scope %s ", ip_scope_name(fi->scope, buf));
	if (fi->prefsrc && !f->src_given)
		sb_printf(out, "src %s ", ip4_str(buf, fi->prefsrc));
	if (fi->priority && !f->metric_given)
		sb_printf(out, "metric %u ", fi->priority);
	if (nh)
		put_nh_flags(fi, nh, out);
	if (nh)
		put_realms(nh->tclassid, out);
	if (fi->nr_nh > 1 && all_linkdown(fi))
		sb_puts(out, "linkdown ");
	put_metrics(fi, out);
	if (fi->nr_nh > 1)
		put_hops(f->c, fi);
	sb_putc(out, '\n');
}

static bool named_word(struct ipcmd *c, const char *what, bool (*parse)(struct ipcmd *, uint8_t *), int *ret)
{
	uint8_t v = 0;

	if (!ip_is(c, what))
		return true;
	if (!ip_next(c) || (!ip_is(c, "all") && !parse(c, &v)))
		return false;
	*ret = ip_is(c, "all") ? -1 : v;
	return true;
}

static bool table_word(struct ipcmd *c, struct route_filter *f)
{
	if (!ip_next(c))
		return false;
	if (ip_is(c, "all") || ip_is(c, "0")) {
		f->table = 0;
		return true;
	}
	if (ip_is(c, "cache"))
		return ip_not_emulated(c, "a cache of routes");
	return ip_table(c, &f->table);
}

/* "root P", "match P", "exact P" or "P". */
static bool prefix_word(struct ipcmd *c, struct route_filter *f)
{
	bool root = ip_matches(c, "root"), match = ip_matches(c, "match");
	struct ip_prefix p;

	if (ip_is(c, "to") && !ip_next(c))
		return false;
	if ((root || match || ip_matches(c, "exact")) && !ip_next(c))
		return false;
	if (!ip_prefix(c, &p))
		return false;
	if (!match) {
		f->root = p;
		f->root_given = true;
	}
	if (!root) {
		f->match = p;
		f->match_given = true;
	}
	return true;
}

static bool type_word(struct ipcmd *c, int *ret)
{
	uint8_t v;

	if (!ip_next(c))
		return false;
	if (!ip_rtn(ip_peek(c), &v))
		return ip_wrong(c, "node type value is invalid");
	*ret = v;
	return true;
}

static bool route_word(struct ipcmd *c, struct route_filter *f)
{
	if (ip_is(c, "table"))
		return table_word(c, f);
	if (ip_is(c, "dev") || ip_is(c, "oif"))
		return ip_next(c) && ip_dev(c, &f->dev);
	if (ip_is(c, "via")) {
		f->via_given = true;
		return ip_next(c) && ip_addr(c, &f->via);
	}
	if (ip_is(c, "src")) {
		f->src_given = true;
		return ip_next(c) && ip_addr(c, &f->src);
	}
	if (ip_is(c, "metric")) {
		f->metric_given = true;
		return ip_next(c) && ip_u32(c, UINT32_MAX, "\"metric\" value is invalid", &f->metric);
	}
	if (ip_is(c, "proto") || ip_is(c, "protocol"))
		return named_word(c, ip_peek(c), ip_proto, &f->proto);
	if (ip_is(c, "scope"))
		return named_word(c, "scope", ip_scope, &f->scope);
	if (ip_is(c, "type"))
		return type_word(c, &f->type);
	return prefix_word(c, f);
}

bool ip_route_show(struct ipcmd *c)
{
	struct route_filter f = { .c = c, .table = RT_TABLE_MAIN, .type = -1, .proto = -1, .scope = -1 };

	for (c->at += ip_more(c); ip_more(c); c->at++)
		if (!route_word(c, &f))
			return false;
	fib_each_route(c->h, show_route, &f);
	if (f.table && !fib_has_table(c->h, f.table))
		return ip_fail(c, c->line, "Error: ipv4: FIB table does not exist.\nDump terminated");
	return true;
}

/* ---- ip route get */

struct get_args { struct ip_prefix to; bool to_given, from_given; be32 from; struct net_device *iif, *oif; uint32_t mark, uid; uint8_t tos; };

static bool get_word(struct ipcmd *c, struct get_args *g)
{
	struct ip_prefix p;

	if (ip_is(c, "from")) {
		g->from_given = true;
		if (!ip_next(c) || !ip_prefix(c, &p))
			return false;
		g->from = p.addr;
		return true;
	}
	if (ip_is(c, "iif"))
		return ip_next(c) && ip_dev(c, &g->iif);
	if (ip_is(c, "oif") || ip_is(c, "dev"))
		return ip_next(c) && ip_dev(c, &g->oif);
	if (ip_is(c, "mark"))
		return ip_next(c) && ip_u32(c, UINT32_MAX, "invalid mark value", &g->mark);
	if (ip_is(c, "uid"))
		return ip_next(c) && ip_u32(c, UINT32_MAX, "invalid UID value", &g->uid);
	if (ip_is(c, "tos") || ip_matches(c, "dsfield"))
		return ip_next(c) && ip_tos(c, &g->tos);
	if (ip_is(c, "ipproto") || ip_is(c, "sport") || ip_is(c, "dport") || ip_is(c, "vrf") || ip_is(c, "fibmatch") ||
	    ip_is(c, "connected") || ip_is(c, "notify"))
		return ip_not_emulated(c, arena_printf(c->a, "\"ip route get ... %s\"", ip_peek(c)));
	if (ip_is(c, "to") && !ip_next(c))
		return false;
	g->to_given = true;
	return ip_prefix(c, &g->to);
}

static void put_cache(const struct ipcmd *c, const struct dst *d, const struct net_device *iif)
{
	static const struct { unsigned flag; const char *name; } flags[] = {
		{ RTCF_LOCAL, "local" }, { RTCF_BROADCAST, "brd" }, { RTCF_MULTICAST, "mc" },
	};
	char sep = '<';

	sb_puts(c->out, c->oneline ? "\\    cache " : "\n    cache ");
	for (size_t i = 0; i < ARRAY_SIZE(flags); i++)
		if (d->flags & flags[i].flag) {
			sb_printf(c->out, "%c%s", sep, flags[i].name);
			sep = ',';
		}
	if (sep == ',')
		sb_puts(c->out, "> ");
	if (d->fi)
		put_metrics(d->fi, c->out);
	if (iif)
		sb_printf(c->out, "iif %s ", iif->name);
	sb_putc(c->out, '\n');
}

/* The table is told when rules choose among several. */
static void put_answer(const struct ipcmd *c, const struct get_args *g, const struct dst *d, be32 src, uint32_t table)
{
	struct strbuf *out = c->out;
	char buf[ADDRSTRLEN];

	if (d->type != RTN_UNICAST)
		sb_printf(out, "%s ", ip_rtn_name(d->type, buf));
	sb_printf(out, "%s ", ip4_str(buf, g->to.addr));
	if (g->from_given)
		sb_printf(out, "from %s ", ip4_str(buf, g->from));
	if (d->has_gw)
		sb_printf(out, "via %s ", ip4_str(buf, d->gw.ip));
	if (d->dev)
		sb_printf(out, "dev %s ", d->dev->name);
	if (table != RT_TABLE_UNSPEC && table != RT_TABLE_MAIN && fib_has_custom_rules(c->h))
		sb_printf(out, "table %s ", ip_table_name(table, buf));
	if (src)
		sb_printf(out, "src %s ", ip4_str(buf, src));
	if (g->mark)
		sb_printf(out, g->mark >= 16 ? "mark 0x%x " : "mark %u ", g->mark);
	put_realms(d->tclassid, out);
	if (!g->iif)
		sb_printf(out, "uid %u ", g->uid);
	put_cache(c, d, g->iif);
}

static bool get_input(struct ipcmd *c, const struct get_args *g)
{
	struct packet *p = pkt_alloc(c->h->pool, IP_HLEN);
	struct flowi4 fl = { .daddr = g->to.addr, .saddr = g->from, .tos = g->tos, .mark = g->mark, .iif = g->iif->ifindex };
	struct fib_result res = { 0 };
	enum drop_reason reason;
	struct dst d;

	p->mark = g->mark;
	p->dev = g->iif;
	reason = ip_route_input(p, g->to.addr, g->from, g->tos, g->iif);
	d = p->dst;
	pkt_free(p);
	if (reason || d.error)
		return ip_answer(c, -(d.error ? d.error : reason == DROP_IP_RPFILTER ? EXDEV : EINVAL));
	if (c->out)
		put_answer(c, g, &d, 0, fib_lookup(c->h, &fl, &res) ? RT_TABLE_UNSPEC : res.table);
	return true;
}

bool ip_route_get(struct ipcmd *c)
{
	struct get_args g = { 0 };
	struct fib_result res = { 0 };
	struct flowi4 fl;
	struct dst d = { 0 };
	int err;

	for (c->at++; ip_more(c); c->at++)
		if (!get_word(c, &g))
			return false;
	if (!g.to_given || !g.to.len)
		return ip_fail(c, c->line, "need at least a destination address");
	if (g.to.len != 32)
		diag_warn(c->d, c->line, "Warning: /%u as prefix is invalid, only /32 (or none) is supported.\n", g.to.len);
	if (g.iif)
		return get_input(c, &g);
	fl = (struct flowi4){ .daddr = g.to.addr, .saddr = g.from, .tos = g.tos, .mark = g.mark, .uid = g.uid,
			      .oif = g.oif ? g.oif->ifindex : 0 };
	err = ip_route_output(c->h, &fl, &d);
	if (err || d.error)
		return ip_answer(c, err ? err : -d.error);
	if (c->out)
		put_answer(c, &g, &d, g.from_given ? 0 : fl.saddr, fib_lookup(c->h, &fl, &res) ? RT_TABLE_UNSPEC : res.table);
	return true;
}

/* ---- ip rule show */

struct rule_filter {
	bool pref_given, table_given, mark_given, from_given, to_given;
	uint32_t pref, table, mark;
	const char *iif, *oif;
	struct ip_prefix from, to;
	struct ip6_prefix from6, to6;
};

static bool rule_fits6(const struct fib_rule *r, const struct rule_filter *f)
{
	return (!f->from_given || (r->src_len == f->from6.len && inet_addr_equal(&r->src6, &f->from6.addr))) &&
	       (!f->to_given || (r->dst_len == f->to6.len && inet_addr_equal(&r->dst6, &f->to6.addr)));
}

static bool rule_fits4(const struct fib_rule *r, const struct rule_filter *f)
{
	return (!f->from_given || (r->src == f->from.addr && r->src_len == f->from.len)) &&
	       (!f->to_given || (r->dst == f->to.addr && r->dst_len == f->to.len));
}

static bool rule_fits(const struct fib_rule *r, const struct rule_filter *f)
{
	if ((f->pref_given && r->pref != f->pref) || (f->table_given && r->table != f->table) ||
	    (f->mark_given && r->mark != f->mark))
		return false;
	if (r->family == NFPROTO_IPV6 ? !rule_fits6(r, f) : !rule_fits4(r, f))
		return false;
	return (!f->iif || strcmp(r->iif, f->iif) == 0) && (!f->oif || strcmp(r->oif, f->oif) == 0);
}

static void put_rule_prefix(const char *word, const struct fib_rule *r, bool src, struct strbuf *out)
{
	bool v6 = r->family == NFPROTO_IPV6;
	uint8_t len = src ? r->src_len : r->dst_len;
	char buf[ADDRSTRLEN];

	sb_printf(out, "%s %s", word, v6 ? inet_str(buf, NFPROTO_IPV6, src ? &r->src6 : &r->dst6) : ip4_str(buf, src ? r->src : r->dst));
	if (len != (v6 ? 128 : 32))
		sb_printf(out, "/%u", len);
	sb_putc(out, ' ');
}

static void put_rule_dev(struct host *h, const char *word, const char *name, struct strbuf *out)
{
	if (*name)
		sb_printf(out, "%s %s %s", word, name, dev_by_name(h, name) ? "" : "[detached] ");
}

static void put_ports(const char *word, uint16_t lo, uint16_t hi, struct strbuf *out)
{
	if (!hi)
		return;
	sb_printf(out, "%s %u", word, lo);
	if (hi != lo)
		sb_printf(out, "-%u", hi);
	sb_putc(out, ' ');
}

static bool rule_with_pref(const struct host *h, uint8_t family, uint32_t pref)
{
	for (const struct fib_rule *r = fib_rules_first(h, family); r; r = r->next)
		if (r->pref == pref)
			return true;
	return false;
}

static void put_action(struct host *h, const struct fib_rule *r, struct strbuf *out)
{
	char buf[16], from[16];

	switch (r->action) {
	case FR_ACT_TO_TBL:
		sb_printf(out, "lookup %s", ip_table_name(r->table, buf));
		if (r->suppress_prefixlen >= 0)
			sb_printf(out, " suppress_prefixlength %d", r->suppress_prefixlen);
		break;
	case FR_ACT_GOTO:
		sb_printf(out, "goto %u%s", r->target, rule_with_pref(h, r->family, r->target) ? "" : " [unresolved]");
		break;
	case FR_ACT_NOP:		sb_puts(out, "nop");		break;
	case FR_ACT_BLACKHOLE:		sb_puts(out, "blackhole");	break;
	case FR_ACT_UNREACHABLE:	sb_puts(out, "unreachable");	break;
	case FR_ACT_PROHIBIT:		sb_puts(out, "prohibit");	break;
	}
	if (r->action == FR_ACT_TO_TBL && r->suppress_ifgroup >= 0) {
		if (r->suppress_ifgroup)
			sb_printf(out, " suppress_ifgroup %d", r->suppress_ifgroup);
		else
			sb_puts(out, " suppress_ifgroup default");
	}
	if (r->tclassid >> 16)
		sb_printf(out, " realms %s/%s", ip_realm_name(r->tclassid >> 16, from), ip_realm_name(r->tclassid & 0xffff, buf));
	else if (r->tclassid)
		sb_printf(out, " realms %s", ip_realm_name(r->tclassid & 0xffff, buf));
	if (r->protocol && r->protocol != RTPROT_KERNEL && r->protocol != RTPROT_BOOT)
		sb_printf(out, " proto %s", ip_rtproto_name(r->protocol, buf));
}

static void show_rule(struct ipcmd *c, const struct fib_rule *r)
{
	struct strbuf *out = c->out;
	const char *proto;
	char buf[16];

	sb_printf(out, "%u:\t%s", r->pref, r->invert ? "not " : "");
	if (r->src_len)
		put_rule_prefix("from", r, true, out);
	else
		sb_puts(out, "from all ");
	if (r->dst_len)
		put_rule_prefix("to", r, false, out);
	if (r->tos)
		sb_printf(out, "tos %s ", ip_tos_name(r->tos, buf));
	if (r->mark || r->mark_mask) {
		sb_printf(out, "fwmark %#x", r->mark);
		if (r->mark_mask != UINT32_MAX)
			sb_printf(out, "/%#x", r->mark_mask);
		sb_putc(out, ' ');
	}
	put_rule_dev(c->h, "iif", r->iif, out);
	put_rule_dev(c->h, "oif", r->oif, out);
	if (r->uid_given)
		sb_printf(out, "uidrange %u-%u ", r->uid_lo, r->uid_hi);
	if (r->ipproto) {
		proto = ext_protocol_name(r->ipproto);
		if (proto)
			sb_printf(out, "ipproto %s ", proto);
		else
			sb_printf(out, "ipproto ipproto-%u ", r->ipproto);
	}
	put_ports("sport", r->sport_lo, r->sport_hi, out);
	put_ports("dport", r->dport_lo, r->dport_hi, out);
	put_action(c->h, r, out);
	sb_putc(out, '\n');
}

static bool mark_word(struct ipcmd *c, struct rule_filter *f)
{
	f->mark_given = true;
	return ip_next(c) && ip_u32(c, UINT32_MAX, "fwmark value is invalid", &f->mark);
}

static bool rule_word(struct ipcmd *c, struct rule_filter *f)
{
	if (ip_matches(c, "preference") || ip_matches(c, "order") || ip_matches(c, "priority")) {
		f->pref_given = true;
		return ip_next(c) && ip_u32(c, UINT32_MAX, "invalid preference value", &f->pref);
	}
	if (ip_is(c, "from")) {
		f->from_given = true;
		return ip_next(c) && (c->family == AF_INET6 ? ip6_prefix(c, &f->from6) : ip_prefix(c, &f->from));
	}
	if (ip_is(c, "to")) {
		f->to_given = true;
		return ip_next(c) && (c->family == AF_INET6 ? ip6_prefix(c, &f->to6) : ip_prefix(c, &f->to));
	}
	if (ip_is(c, "fwmark"))
		return mark_word(c, f);
	if (ip_is(c, "dev") || ip_is(c, "iif") || ip_is(c, "oif")) {
		const char **at = ip_is(c, "oif") ? &f->oif : &f->iif;

		if (!ip_next(c))
			return false;
		*at = ip_peek(c);
		return true;
	}
	if (ip_matches(c, "lookup") || ip_is(c, "table")) {
		f->table_given = true;
		return ip_next(c) && ip_table(c, &f->table);
	}
	return ip_not_emulated(c, arena_printf(c->a, "choosing rules by \"%s\"", ip_peek(c)));
}

bool ip_rule_show(struct ipcmd *c)
{
	struct rule_filter f = { 0 };

	for (c->at += ip_more(c); ip_more(c); c->at++)
		if (!rule_word(c, &f))
			return false;
	for (const struct fib_rule *r = fib_rules_first(c->h, c->family == AF_INET6 ? NFPROTO_IPV6 : NFPROTO_IPV4); r && c->out; r = r->next)
		if (rule_fits(r, &f))
			show_rule(c, r);
	return true;
}

/* ---- ip neigh show */

struct neigh_filter { struct ipcmd *c; struct net_device *dev; struct ip_prefix to; bool to_given, all, proxy; unsigned states; };

static void show_neigh(struct neighbour *n, void *arg)
{
	const struct neigh_filter *f = arg;
	struct strbuf *out = f->c->out;
	char buf[ADDRSTRLEN];

	if ((f->dev && n->dev != f->dev) || (f->to_given && (n->tbl != f->c->h->arp_tbl || !inside(n->addr.ip, &f->to))))
		return;
	if (f->states ? !(n->nud_state & f->states) : !f->all && n->nud_state & NUD_NOARP)
		return;
	if (!f->all && n->nud_state == NUD_NONE)
		return;
	sb_printf(out, "%s ", inet_str(buf, n->tbl == f->c->h->arp_tbl ? NFPROTO_IPV4 : NFPROTO_IPV6, &n->addr));
	if (!f->dev)
		sb_printf(out, "dev %s ", n->dev->name);
	if (n->nud_state & NUD_VALID) {
		sb_puts(out, "lladdr ");
		for (int i = 0; i < ETH_ALEN; i++)
			sb_printf(out, "%s%02x", i ? ":" : "", n->ha[i]);
		sb_putc(out, ' ');
	}
	if (n->router)
		sb_puts(out, "router ");
	sb_printf(out, "%s \n", neigh_state_name(n->nud_state));
}

static bool neigh_word(struct ipcmd *c, struct neigh_filter *f)
{
	enum nud state;

	if (ip_is(c, "dev"))
		return ip_next(c) && ip_dev(c, &f->dev);
	if (ip_is(c, "nud")) {
		if (!ip_next(c))
			return false;
		f->all |= ip_is(c, "all");
		if (ip_is(c, "all"))
			return true;
		if (!neigh_state_parse(ip_peek(c), &state))
			return ip_wrong(c, "nud state is bad");
		f->states |= state;
		return true;
	}
	if (ip_is(c, "proxy") || ip_is(c, "unused") || ip_is(c, "master") || ip_is(c, "vrf"))
		return ip_not_emulated(c, arena_printf(c->a, "choosing neighbours by \"%s\"", ip_peek(c)));
	if (ip_is(c, "to") && !ip_next(c))
		return false;
	f->to_given = true;
	return ip_prefix(c, &f->to);
}

bool ip_neigh_show(struct ipcmd *c)
{
	struct neigh_filter f = { .c = c };

	for (c->at += ip_more(c); ip_more(c); c->at++)
		if (!neigh_word(c, &f))
			return false;
	if (c->out && c->family != AF_INET)
		neigh_each(c->h->nd_tbl, show_neigh, &f);
	if (c->out && c->family != AF_INET6)
		neigh_each(c->h->arp_tbl, show_neigh, &f);
	return true;
}
