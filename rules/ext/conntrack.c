// SPDX-License-Identifier: MIT
/* conntrack.c - "-m conntrack": what conntrack knows of the packet's connection. */
#include "rules/ext/ctstate.h"
#include "rules/ext/util.h"
#include <strings.h>

enum {
	O_CTSTATE, O_CTPROTO, O_CTORIGSRC, O_CTORIGDST, O_CTREPLSRC, O_CTREPLDST, O_CTORIGSRCPORT, O_CTORIGDSTPORT,
	O_CTREPLSRCPORT, O_CTREPLDSTPORT, O_CTSTATUS, O_CTEXPIRE, O_CTDIR
};
#define F_BIT(i) (1u << (i))

struct conntrack_info {
	uint32_t wanted, invert;		/* bit per option */
	uint32_t state, status;
	uint32_t expires_min, expires_max;
	uint8_t proto;
	struct { union inet_addr addr, mask; } addr[4];		/* from O_CTORIGSRC */
	struct { uint16_t min, max; } port[4];			/* from O_CTORIGSRCPORT */
};

static const struct { const char *name; uint32_t bit; } statuses[] = {
	{ "NONE", 0 }, { "EXPECTED", IPS_EXPECTED }, { "SEEN_REPLY", IPS_SEEN_REPLY }, { "ASSURED", IPS_ASSURED },
	{ "CONFIRMED", IPS_CONFIRMED },
};
static const char *const addr_names[] = { "ctorigsrc", "ctorigdst", "ctreplsrc", "ctrepldst" };
static const char *const addr_words[] = { "original source", "original destination", "reply source", "reply destination" };

/* ---- options ---- */

static bool status_parse(struct ext_cb *cb, uint32_t *ret)
{
	const char *s = cb->arg;
	size_t i, n;

	for (;; s += n + 1) {
		n = strcspn(s, ",");
		for (i = 0; i < ARRAY_SIZE(statuses); i++)
			if (n && !strncasecmp(s, statuses[i].name, n))
				break;
		if (i == ARRAY_SIZE(statuses))
			return ext_error(cb, "Bad ctstatus \"%s\"", s) ||
		       ext_hint_one_of(cb, s, n, "NONE EXPECTED SEEN_REPLY ASSURED CONFIRMED");
		*ret |= statuses[i].bit;
		if (!s[n])
			return true;
	}
}

static bool dir_parse(struct ext_cb *cb, struct conntrack_info *m)
{
	if (!strcasecmp(cb->arg, "ORIGINAL"))
		m->invert &= ~F_BIT(O_CTDIR);
	else if (!strcasecmp(cb->arg, "REPLY"))
		m->invert |= F_BIT(O_CTDIR);
	else
		return ext_bad_value(cb, "--ctdir", cb->arg) ||
		       ext_hint_one_of(cb, cb->arg, strlen(cb->arg), "ORIGINAL REPLY");
	return true;
}

static bool value_parse(struct ext_cb *cb, struct conntrack_info *m, unsigned id)
{
	const char *bad;

	switch (id) {
	case O_CTSTATE:
		bad = ctstate_parse(cb->arg, true, &m->state);
		return !bad || ext_error(cb, "Bad ctstate \"%s\"", bad) ||
		       ext_hint_one_of(cb, bad, strcspn(bad, ","), "NEW ESTABLISHED RELATED INVALID UNTRACKED SNAT DNAT");
	case O_CTPROTO:
		m->proto = cb->val.protocol;
		/* iptables asks the bit of an inverted --ctstatus, not its own */
		return m->proto || !(m->invert & F_BIT(O_CTSTATUS)) || ext_error(cb, "conntrack: rule would never match protocol");
	case O_CTSTATUS:
		return status_parse(cb, &m->status);
	case O_CTEXPIRE:
		m->expires_min = cb->val.u32_range[0];
		m->expires_max = cb->val.u32_range[cb->nvals >= 2];
		return true;
	case O_CTDIR:
		return dir_parse(cb, m);
	case O_CTORIGSRC: case O_CTORIGDST: case O_CTREPLSRC: case O_CTREPLDST:
		m->addr[id - O_CTORIGSRC].addr = cb->val.host.addr;
		m->addr[id - O_CTORIGSRC].mask = cb->val.host.mask;
		return true;
	}
	m->port[id - O_CTORIGSRCPORT].min = cb->val.port_range[0];
	m->port[id - O_CTORIGSRCPORT].max = cb->val.port_range[cb->nvals >= 2];
	return true;
}

static bool conntrack_parse(struct ext_cb *cb)
{
	struct conntrack_info *m = cb->info;
	unsigned id = (unsigned)cb->opt->id;

	m->wanted |= F_BIT(id);
	if (cb->invert)
		m->invert |= F_BIT(id);
	return value_parse(cb, m, id);
}

static bool conntrack_final(struct ext_cb *cb)
{
	return cb->xflags || ext_error(cb, "conntrack: At least one option is required");
}

/* ---- matching ---- */

/* The four addresses and ports in the order of their options. */
static const union inet_addr *ct_addr(const struct conn *ct, unsigned i)
{
	const struct ct_tuple *t = &ct->tuple[i / 2];

	return i & 1 ? &t->dst.u3 : &t->src.u3;
}

static uint16_t ct_port(const struct conn *ct, unsigned i)
{
	const struct ct_tuple *t = &ct->tuple[i / 2];

	return ntohs(i & 1 ? t->dst.u.all : t->src.u);
}

/* Seconds left. A connection not yet confirmed has no clock of its own: the kernel, reading its life
 * span as a date, finds that long gone. */
static uint64_t expires_in(const struct xt_ctx *c, const struct conn *ct)
{
	uint64_t now = host_jiffies(c->host);

	return ct_confirmed(ct) && ct->timeout > now ? (ct->timeout - now) / HZ : 0;
}

static bool addr_equal(const struct conntrack_info *m, const struct conn *ct, unsigned i, uint8_t family)
{
	const union inet_addr *a = ct_addr(ct, i), *want = &m->addr[i].addr, *mask = &m->addr[i].mask;

	for (unsigned k = 0; k < (family == NFPROTO_IPV4 ? 1u : 4u); k++)
		if ((a->all[k] ^ want->all[k]) & mask->all[k])
			return false;
	return true;
}

/* Does one condition hold, before '!'? */
static bool holds(const struct xt_ctx *c, const struct conntrack_info *m, const struct conn *ct, unsigned id)
{
	uint64_t sec;
	uint16_t port;

	switch (id) {
	case O_CTSTATE:		return ctstate_of(c->pkt) & m->state;
	case O_CTPROTO:		return ct_protonum(ct) == m->proto;
	case O_CTSTATUS:	return ct->status & m->status;
	case O_CTDIR:		return CTINFO2DIR(c->pkt->ctinfo) == IP_CT_DIR_ORIGINAL;
	case O_CTEXPIRE:
		sec = expires_in(c, ct);
		return sec >= m->expires_min && sec <= m->expires_max;
	case O_CTORIGSRC: case O_CTORIGDST: case O_CTREPLSRC: case O_CTREPLDST:
		return addr_equal(m, ct, id - O_CTORIGSRC, c->family);
	}
	port = ct_port(ct, id - O_CTORIGSRCPORT);
	return port >= m->port[id - O_CTORIGSRCPORT].min && port <= m->port[id - O_CTORIGSRCPORT].max;
}

/* The first condition that fails, or -1. Without a connection only the state is asked, if it is asked at all. */
static int first_failed(const struct xt_ctx *c, const struct conntrack_info *m)
{
	const struct conn *ct = c->pkt->ct;

	for (uint32_t left = m->wanted; left; left &= left - 1) {
		unsigned id = (unsigned)__builtin_ctz(left);

		if ((!ct && id != O_CTSTATE) ? !(m->wanted & F_BIT(O_CTSTATE)) :
		    holds(c, m, ct, id) == !!(m->invert & F_BIT(id)))
			return (int)id;
	}
	return -1;
}

static bool conntrack_match(struct xt_ctx *c, const void *info)
{
	return first_failed(c, info) < 0;
}

/* ---- saving ---- */

static void status_save(uint32_t mask, struct strbuf *out)
{
	const char *sep = "";

	if (!mask)
		sb_puts(out, "NONE");
	for (size_t i = 1; i < ARRAY_SIZE(statuses); i++) {
		if (!(mask & statuses[i].bit))
			continue;
		sb_printf(out, "%s%s", sep, statuses[i].name);
		sep = ",";
	}
}

static void range_save(uint32_t min, uint32_t max, struct strbuf *out)
{
	sb_printf(out, "%u", min);
	if (max != min)
		sb_printf(out, ":%u", max);
}

static void value_save(const struct conntrack_info *m, unsigned id, uint8_t family, struct strbuf *out)
{
	char buf[ADDRSTRLEN];
	unsigned i;

	switch (id) {
	case O_CTSTATE:		ctstate_save(m->state, out); return;
	case O_CTPROTO:		sb_printf(out, "%u", m->proto); return;
	case O_CTSTATUS:	status_save(m->status, out); return;
	case O_CTEXPIRE:	range_save(m->expires_min, m->expires_max, out); return;
	case O_CTDIR:		sb_puts(out, m->invert & F_BIT(O_CTDIR) ? "REPLY" : "ORIGINAL"); return;
	case O_CTORIGSRC: case O_CTORIGDST: case O_CTREPLSRC: case O_CTREPLDST:
		i = id - O_CTORIGSRC;
		sb_puts(out, inet_str(buf, family, &m->addr[i].addr));
		ext_save_mask(&m->addr[i].mask, family, out);
		return;
	}
	i = id - O_CTORIGSRCPORT;
	range_save(m->port[i].min, m->port[i].max ? m->port[i].max : m->port[i].min, out);
}

/* anywhere: an address that is all zero is called so, its mask left out, when a rule is listed with names. */
static void dump(const struct conntrack_info *m, const struct rule *r, const char *prefix, bool anywhere, struct strbuf *out)
{
	static const char *const names[] = { [O_CTSTATE] = "ctstate", [O_CTPROTO] = "ctproto", [O_CTSTATUS] = "ctstatus",
					     [O_CTEXPIRE] = "ctexpire", [O_CTDIR] = "ctdir" };
	uint8_t family = r ? r->ip.family : NFPROTO_IPV4;
	union inet_addr none = { .all = { 0 } };

	for (unsigned id = O_CTSTATE; id <= O_CTDIR; id++) {
		if (!(m->wanted & F_BIT(id)))
			continue;
		if ((m->invert & F_BIT(id)) && id != O_CTDIR)
			sb_puts(out, " !");
		if (id >= O_CTORIGSRC && id <= O_CTREPLDSTPORT)
			sb_printf(out, " %s%s%s ", prefix, addr_names[(id - O_CTORIGSRC) % 4], id >= O_CTORIGSRCPORT ? "port" : "");
		else
			sb_printf(out, " %s%s ", prefix, names[id]);
		if (anywhere && id >= O_CTORIGSRC && id <= O_CTREPLDST && inet_addr_equal(&m->addr[id - O_CTORIGSRC].addr, &none))
			sb_puts(out, "anywhere");
		else
			value_save(m, id, family, out);
	}
}

static void conntrack_save(const void *info, const struct rule *r, struct strbuf *out)
{
	dump(info, r, "--", false, out);
}

static void conntrack_print(const void *info, const struct rule *r, bool numeric, struct strbuf *out)
{
	dump(info, r, "", !numeric, out);
}

/* ---- explaining ---- */

static void explain_value(const struct xt_ctx *c, const struct conn *ct, unsigned id, struct strbuf *out)
{
	char buf[ADDRSTRLEN];

	switch (id) {
	case O_CTSTATE:
		sb_puts(out, "connection state is ");
		ctstate_save(ctstate_of(c->pkt), out);
		return;
	case O_CTPROTO:
		sb_printf(out, "the connection's protocol is %u", ct_protonum(ct));
		return;
	case O_CTSTATUS:
		sb_puts(out, "connection status is ");
		status_save(ct->status, out);
		return;
	case O_CTEXPIRE:
		sb_printf(out, "the connection expires in %llu s", (unsigned long long)expires_in(c, ct));
		return;
	case O_CTDIR:
		sb_printf(out, "direction is %s", CTINFO2DIR(c->pkt->ctinfo) == IP_CT_DIR_ORIGINAL ? "ORIGINAL" : "REPLY");
		return;
	case O_CTORIGSRC: case O_CTORIGDST: case O_CTREPLSRC: case O_CTREPLDST:
		sb_printf(out, "%s is %s", addr_words[id - O_CTORIGSRC], inet_str(buf, c->family, ct_addr(ct, id - O_CTORIGSRC)));
		return;
	}
	sb_printf(out, "%s port is %u", addr_words[id - O_CTORIGSRCPORT], ct_port(ct, id - O_CTORIGSRCPORT));
}

static void conntrack_explain(struct xt_ctx *c, const void *info, struct strbuf *out)
{
	const struct conntrack_info *m = info;
	int failed = first_failed(c, m);
	unsigned id = O_CTSTATE;

	if (failed >= 0)
		id = (unsigned)failed;
	else
		while (!(m->wanted & F_BIT(id)) && id < O_CTDIR)
			id++;
	if (!c->pkt->ct && id != O_CTSTATE) {
		sb_puts(out, "packet belongs to no connection (state ");
		ctstate_save(ctstate_of(c->pkt), out);
		sb_puts(out, ")");
		return;
	}
	explain_value(c, c->pkt->ct, id, out);
	sb_puts(out, (m->invert & F_BIT(id)) && id != O_CTDIR ? ", rule wants anything but " : ", rule wants ");
	value_save(m, id, c->family, out);
}

#define OPT(n, t, i) { .name = (n), .type = (t), .flags = OPT_INVERT, .id = (i), .parse = conntrack_parse }
static bool conntrack_conds(const void *info, struct ext_conds *ret)
{
	const struct conntrack_info *m = info;

	if (m->wanted & F_BIT(O_CTSTATE))
		conds_mask(ret, FIELD_CTSTATE, COND_BITS, m->state, 0, m->invert & F_BIT(O_CTSTATE));
	return m->wanted == F_BIT(O_CTSTATE);
}

const struct match_ext ext_conntrack = {
	.name = "conntrack", .families = EXT_ANY, .size = sizeof(struct conntrack_info), .needs_ct = true,
	.form = "-m conntrack --ctstate NEW,ESTABLISHED,RELATED",
	.opts = (const struct ext_opt[]){
		OPT("ctstate", OPT_STRING, O_CTSTATE),
		OPT("ctproto", OPT_PROTOCOL, O_CTPROTO),
		OPT("ctorigsrc", OPT_HOSTMASK, O_CTORIGSRC),
		OPT("ctorigdst", OPT_HOSTMASK, O_CTORIGDST),
		OPT("ctreplsrc", OPT_HOSTMASK, O_CTREPLSRC),
		OPT("ctrepldst", OPT_HOSTMASK, O_CTREPLDST),
		OPT("ctstatus", OPT_STRING, O_CTSTATUS),
		OPT("ctexpire", OPT_UINT32RC, O_CTEXPIRE),
		OPT("ctorigsrcport", OPT_PORTRC, O_CTORIGSRCPORT),
		OPT("ctorigdstport", OPT_PORTRC, O_CTORIGDSTPORT),
		OPT("ctreplsrcport", OPT_PORTRC, O_CTREPLSRCPORT),
		OPT("ctrepldstport", OPT_PORTRC, O_CTREPLDSTPORT),
		{ .name = "ctdir", .type = OPT_STRING, .id = O_CTDIR, .parse = conntrack_parse },
		{ 0 } },
	.final = conntrack_final, .match = conntrack_match, .conds = conntrack_conds,
	.save = conntrack_save, .print = conntrack_print, .explain = conntrack_explain,
};
