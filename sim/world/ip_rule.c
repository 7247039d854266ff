// SPDX-License-Identifier: MIT
/* ip_rule.c - "ip rule": which table is asked. */
#include "sim/world/ipcmd.h"
#include "sim/net/net.h"
#include <stdlib.h>

struct rule_args { struct fib_rule r; bool pref_given, table_given; };

static bool take_prefix(struct ipcmd *c, be32 *addr, union inet_addr *addr6, uint8_t *len)
{
	struct ip6_prefix p6;
	struct ip_prefix p;

	if (!ip_next(c))
		return false;
	if (c->family == AF_INET6) {
		if (!ip6_prefix(c, &p6))
			return false;
		*addr6 = p6.addr;
		for (unsigned i = p6.len; i < 128; i++)
			addr6->ip6[i / 8] &= (uint8_t)~(0x80u >> i % 8);
		*len = p6.len;
		return true;
	}
	if (!ip_prefix(c, &p))
		return false;
	*addr = p.addr;
	*len = p.len;
	return true;
}

/* "MARK" or "MARK/MASK". */
static bool take_mark(struct ipcmd *c, struct fib_rule *r)
{
	const char *s, *slash;
	uint64_t v, m;

	if (!ip_next(c))
		return false;
	s = ip_peek(c);
	slash = strchr(s, '/');
	if (!u64_parse(&v, slash ? arena_strndup(c->a, s, (size_t)(slash - s)) : s, UINT32_MAX))
		return ip_wrong(c, "fwmark value is invalid");
	m = v ? UINT32_MAX : 0;		/* without a mask mark 0 says nothing */
	if (slash && !u64_parse(&m, slash + 1, UINT32_MAX))
		return ip_wrong(c, "fwmask value is invalid");
	r->mark = (uint32_t)v;
	r->mark_mask = (uint32_t)m;
	return true;
}

/* "N" or "N-M". */
static bool take_range(struct ipcmd *c, const char *what, uint32_t max, bool one, uint32_t *lo,
		       uint32_t *hi)
{
	const char *s, *dash;
	uint64_t a, b;

	if (!ip_next(c))
		return false;
	s = ip_peek(c);
	dash = strchr(s, '-');
	if (!dash && !one)
		return ip_wrong(c, what);
	if (!u64_parse(&a, dash ? arena_strndup(c->a, s, (size_t)(dash - s)) : s, max) ||
	    (dash && !u64_parse(&b, dash + 1, max)))
		return ip_wrong(c, what);
	*lo = (uint32_t)a;
	*hi = dash ? (uint32_t)b : (uint32_t)a;
	return true;
}

static bool take_ports(struct ipcmd *c, const char *what, uint16_t *lo, uint16_t *hi)
{
	uint32_t a, b;

	if (!take_range(c, what, 65535, true, &a, &b))
		return false;
	if (a == 0 || b < a || b == 65535)		/* so says the kernel */
		return ip_wrong(c, "1 to 65534 is possible, the lower one first");
	*lo = (uint16_t)a;
	*hi = (uint16_t)b;
	return true;
}

static bool take_ifname(struct ipcmd *c, char name[IFNAMSIZ])
{
	if (!ip_next(c))
		return false;
	if (strlen(ip_peek(c)) >= IFNAMSIZ)
		return ip_wrong(c, "not a valid ifname");
	strcpy(name, ip_peek(c));
	return true;
}

static bool take_ipproto(struct ipcmd *c, uint8_t *ret)
{
	static const struct { const char *name; uint8_t nr; } names[] = {
		{ "icmp", 1 },	 { "igmp", 2 },	     { "tcp", 6 },  { "udp", 17 },
		{ "ipv6-icmp", 58 }, { "icmpv6", 58 },
		{ "dccp", 33 },	 { "gre", 47 },	     { "esp", 50 }, { "ah", 51 },
		{ "sctp", 132 }, { "udplite", 136 }, { "ipip", 4 },
	};
	uint32_t v;

	if (!ip_next(c))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (ip_is(c, names[i].name)) {
			*ret = names[i].nr;
			return true;
		}
	if (!ip_u32(c, 255, "invalid \"ipproto\" value", &v))
		return false;
	*ret = (uint8_t)v;
	return true;
}

static bool take_goto(struct ipcmd *c, struct rule_args *a)
{
	a->r.action = FR_ACT_GOTO;
	a->table_given = true;
	return ip_next(c) && ip_u32(c, UINT32_MAX, "invalid target", &a->r.target);
}

static bool take_action(struct ipcmd *c, struct rule_args *a)
{
	uint8_t type;

	if (ip_is(c, "type") && !ip_next(c))
		return false;
	if (ip_matches(c, "goto"))
		return take_goto(c, a);
	a->table_given = true;
	if (ip_matches(c, "nop")) {
		a->r.action = FR_ACT_NOP;
		return true;
	}
	if (!ip_rtn(ip_peek(c), &type))
		return ip_wrong(c, "Failed to parse rule type");
	if (type == RTN_UNICAST)
		a->r.action = FR_ACT_TO_TBL;
	else if (type == RTN_BLACKHOLE || type == RTN_UNREACHABLE || type == RTN_PROHIBIT)
		a->r.action = (enum fr_action)type;
	else
		return ip_not_emulated(c, "a rule of this type");
	return true;
}

static bool take_tos(struct ipcmd *c, struct fib_rule *r)
{
	if (!ip_next(c) || !ip_tos(c, &r->tos))
		return false;
	if (r->tos & 3)
		return ip_fail(c, ip_pos(c), "Invalid dsfield (tos): ECN bits must be 0");
	return !(r->tos & ~0x1cu) ||
	       ip_fail(c, ip_pos(c), "Invalid tos: a rule looks at bits 0x1c only");
}

static bool take_suppress(struct ipcmd *c, const char *what, int *ret)
{
	uint32_t v;

	if (!ip_next(c) || !ip_u32(c, INT32_MAX, what, &v))
		return false;
	*ret = (int)v;
	return true;
}

/* What a rule looks at. -1: the word is none of these. */
static int take_selector(struct ipcmd *c, struct rule_args *a)
{
	struct fib_rule *r = &a->r;

	if (ip_is(c, "not")) {
		r->invert = true;
		return true;
	}
	if (ip_is(c, "from"))
		return take_prefix(c, &r->src, &r->src6, &r->src_len);
	if (ip_is(c, "to"))
		return take_prefix(c, &r->dst, &r->dst6, &r->dst_len);
	if (ip_matches(c, "preference") || ip_matches(c, "order") || ip_matches(c, "priority")) {
		a->pref_given = true;
		return ip_next(c) && ip_u32(c, UINT32_MAX, "preference value is invalid", &r->pref);
	}
	if (ip_is(c, "tos") || ip_matches(c, "dsfield"))
		return take_tos(c, r);
	if (ip_is(c, "fwmark"))
		return take_mark(c, r);
	if (ip_matches(c, "realms"))
		return ip_next(c) && ip_realms(c, &r->tclassid);
	if (ip_matches(c, "protocol"))
		return ip_next(c) && ip_proto(c, &r->protocol);
	if (ip_is(c, "dev") || ip_is(c, "iif"))
		return take_ifname(c, r->iif);
	if (ip_is(c, "oif"))
		return take_ifname(c, r->oif);
	if (ip_is(c, "ipproto"))
		return take_ipproto(c, &r->ipproto);
	if (ip_is(c, "sport"))
		return take_ports(c, "invalid port range", &r->sport_lo, &r->sport_hi);
	if (ip_is(c, "dport"))
		return take_ports(c, "invalid dport range", &r->dport_lo, &r->dport_hi);
	if (ip_is(c, "uidrange")) {
		r->uid_given = true;
		return take_range(c, "invalid UID range", UINT32_MAX, false, &r->uid_lo,
				  &r->uid_hi);
	}
	return -1;
}

static bool parse(struct ipcmd *c, struct rule_args *a)
{
	for (; ip_more(c); c->at++) {
		int took = take_selector(c, a);
		bool ok = took > 0;

		if (took >= 0) {
			;
		} else if (c->dump && ip_peek(c)[0] == '[') {	/* [detached], [unresolved] */
			ok = true;
		} else if (ip_matches(c, "table") || ip_is(c, "lookup")) {
			ok = ip_next(c) && ip_table(c, &a->r.table) &&
			     (a->r.table || ip_not_emulated(c, "choosing an empty table"));
			a->table_given = true;
		} else if (ip_matches(c, "suppress_prefixlength") || ip_is(c, "sup_pl")) {
			ok = take_suppress(c, "suppress_prefixlength value is invalid",
					   &a->r.suppress_prefixlen);
		} else if (ip_matches(c, "suppress_ifgroup") || ip_is(c, "sup_group")) {
			uint32_t group = 0;

			ok = ip_next(c) && ip_group(c, &group);
			a->r.suppress_ifgroup = (int)group;
		} else if (ip_is(c, "l3mdev") || ip_matches(c, "tun_id") || ip_is(c, "nat") ||
			   ip_matches(c, "map-to")) {
			ok = ip_not_emulated(c, "this part of a rule");
		} else {
			ok = take_action(c, a);
		}
		if (!ok)
			return false;
	}
	return true;
}

static bool modify(struct ipcmd *c, bool add)
{
	struct rule_args a = {
		.r = { .suppress_prefixlen = -1, .suppress_ifgroup = -1, .pos = c->line }
	};

	c->at++;
	if (!ip_more(c))
		return ip_fail(c, c->line, "\"ip rule %s\" requires arguments.",
			       add ? "add" : "del");
	if (!parse(c, &a))
		return false;
	a.r.family = c->family == AF_INET6 ? NFPROTO_IPV6 : NFPROTO_IPV4;
	a.r.pref_auto = !a.pref_given;
	if (add && !a.table_given)
		a.r.table = RT_TABLE_MAIN;
	if (add && !a.r.action)
		a.r.action = FR_ACT_TO_TBL;
	if (a.r.sport_hi == 65535 || (a.r.sport_hi && !a.r.sport_lo))
		return ip_fail(c, c->line, "Error: Invalid sport range.");
	if (a.r.dport_hi == 65535 || (a.r.dport_hi && !a.r.dport_lo))
		return ip_fail(c, c->line, "Error: Invalid dport range.");
	if (add && a.r.action == FR_ACT_GOTO && !a.r.pref_auto && a.r.target <= a.r.pref)
		return ip_fail(c, c->line, "Backward goto not supported (RTNETLINK answers: Invalid argument)");
	return ip_answer(c, add ? fib_rule_add(c->h, &a.r) : fib_rule_del(c->h, &a.r));
}

/* "from all lookup main", its number already taken off into pref. */
bool ip_rule_listed(struct ipcmd *c)
{
	struct rule_args a = {
		.r = { .suppress_prefixlen = -1, .suppress_ifgroup = -1, .pos = c->line },
		.pref_given = true
	};

	if (!ip_u32(c, UINT32_MAX, "preference value is invalid", &a.r.pref))
		return false;
	c->at++;
	if (!parse(c, &a))
		return false;
	if (!a.r.action)
		a.r.action = FR_ACT_TO_TBL;
	if (a.r.pref == 0 && a.r.table == RT_TABLE_LOCAL)
		return true;		/* it is there from the beginning */
	return ip_answer(c, fib_rule_add(c->h, &a.r));
}

bool ip_rule(struct ipcmd *c)
{
	if (!ip_more(c) || ip_matches(c, "list") || ip_matches(c, "lst") || ip_matches(c, "show"))
		return ip_rule_show(c);
	if (ip_matches(c, "add"))
		return modify(c, true);
	if (ip_matches(c, "delete"))
		return modify(c, false);
	if (ip_matches(c, "flush")) {
		if (c->at + 1 < c->nr)
			return ip_not_emulated(c, "flushing only some rules");
		fib_rules_flush(c->h, c->family == AF_INET6 ? NFPROTO_IPV6 : NFPROTO_IPV4);
		return true;
	}
	return ip_unknown_command(c, "rule");
}
