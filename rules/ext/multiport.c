// SPDX-License-Identifier: MIT
/* multiport.c - "-m multiport": up to 15 ports; a range counts as two. */
#include "rules/ext/util.h"

#define MAX_PORTS 15
enum { MP_SOURCE, MP_DEST, MP_EITHER };
#define F_ANY 7u

struct multiport_info {
	uint8_t what, count;
	bool invert;
	struct { uint16_t min, max; bool range; } port[MAX_PORTS];
};

static const char *proto_name(const struct rule *r)
{
	switch (r->ip.inv_proto ? 0 : r->ip.proto) {
	case 6:		return "tcp";
	case 17:	return "udp";
	case 33:	return "dccp";
	case 132:	return "sctp";
	case 136:	return "udplite";
	}
	return NULL;
}

static bool port_parse(struct ext_cb *cb, const char *s, size_t n, const char *proto, uint16_t *ret)
{
	const char *word = arena_strndup(cb->arena, s, n);
	uint64_t v;

	if (ext_strtoul(word, NULL, &v, 0, UINT16_MAX)) {
		*ret = (uint16_t)v;
		return true;
	}
	return ext_parse_port(word, n, ret, proto) || ext_error(cb, "invalid port/service `%s' specified", word) ||
	       ext_hint_port(cb, word, strlen(word));
}

/* One port or range of the list; slots counts what was used of the 15 places. */
static bool item_parse(struct ext_cb *cb, const char *s, size_t n, const char *proto, unsigned *slots)
{
	struct multiport_info *m = cb->info;
	const char *colon = memchr(s, ':', n);
	size_t first = colon ? (size_t)(colon - s) : n;
	uint16_t min, max;

	if (*slots + (colon ? 2 : 1) > MAX_PORTS)
		return ext_error(cb, "too many ports specified") ||
		       ext_hint(cb, "15 at most, a range counts as two: a second rule takes the others");
	*slots += colon ? 2 : 1;
	if (!port_parse(cb, s, first, proto, &min))
		return false;
	max = min;
	if (colon && !port_parse(cb, colon + 1, n - first - 1, proto, &max))
		return false;
	if (colon && min >= max)
		return ext_error(cb, "invalid portrange specified");
	m->port[m->count].min = min;
	m->port[m->count].max = max;
	m->port[m->count++].range = colon;
	return true;
}

static bool multiport_parse(struct ext_cb *cb)
{
	struct multiport_info *m = cb->info;
	const char *proto = proto_name(cb->rule), *s = cb->arg;
	unsigned slots = 0;

	if (!proto)
		return ext_error(cb, !cb->rule->ip.proto && !cb->rule->ip.inv_proto ?
				 "multiport needs `-p tcp', `-p udp', `-p udplite', `-p sctp' or `-p dccp'" :
				 "multiport only works with TCP, UDP, UDPLITE, SCTP and DCCP") ||
		       ext_hint(cb, "-p tcp or -p udp belongs before -m multiport");
	m->what = (uint8_t)cb->opt->id;
	m->invert = cb->invert;
	for (;;) {
		size_t n = strcspn(s, ",");

		if (!item_parse(cb, s, n, proto, &slots))
			return false;
		if (!s[n])
			return true;
		s += n + 1;
	}
}

static bool multiport_final(struct ext_cb *cb)
{
	return cb->xflags || ext_error(cb, "multiport expection an option");
}

static bool multiport_check(struct ext_check *c)
{
	return proto_name(c->rule) || ext_refuse_silent(c, "multiport only works with TCP, UDP, UDPLITE, SCTP and DCCP");
}

static bool listed(const struct multiport_info *m, unsigned port)
{
	for (unsigned i = 0; i < m->count; i++)
		if (port >= m->port[i].min && port <= m->port[i].max)
			return true;
	return false;
}

static bool multiport_match(struct xt_ctx *c, const void *info)
{
	const struct multiport_info *m = info;
	const uint8_t *ports;

	if (c->fragoff)
		return false;
	ports = pkt_at(c->pkt, c->thoff, 4);
	if (!ports) {
		c->hotdrop = true;
		return false;
	}
	return ((m->what != MP_DEST && listed(m, get_be16(ports))) || (m->what != MP_SOURCE && listed(m, get_be16(ports + 2)))) !=
	       m->invert;
}

static const char *const what_names[] = { "sports", "dports", "ports" };

static void list_put(const struct multiport_info *m, const char *proto, struct strbuf *out)
{
	for (unsigned i = 0; i < m->count; i++) {
		const char *name = proto ? ext_port_name(m->port[i].min, proto) : NULL, *high;

		sb_puts(out, i ? "," : "");
		if (name)
			sb_puts(out, name);
		else
			sb_printf(out, "%u", m->port[i].min);
		if (!m->port[i].range)
			continue;
		high = proto ? ext_port_name(m->port[i].max, proto) : NULL;
		if (high)
			sb_printf(out, ":%s", high);
		else
			sb_printf(out, ":%u", m->port[i].max);
	}
}

static void multiport_save(const void *info, const struct rule *r UNUSED, struct strbuf *out)
{
	const struct multiport_info *m = info;

	sb_printf(out, "%s --%s ", m->invert ? " !" : "", what_names[m->what]);
	list_put(m, NULL, out);
}

static void multiport_print(const void *info, const struct rule *r, bool numeric, struct strbuf *out)
{
	const struct multiport_info *m = info;

	sb_printf(out, " multiport %s %s", what_names[m->what], m->invert ? " !" : "");
	list_put(m, numeric ? NULL : proto_name(r), out);
}

static void multiport_explain(struct xt_ctx *c, const void *info, struct strbuf *out)
{
	static const char *const words[] = { "sport", "dport" };
	const struct multiport_info *m = info;
	const uint8_t *ports = c->fragoff ? NULL : pkt_at(c->pkt, c->thoff, 4);

	if (!ports) {
		sb_puts(out, c->fragoff ? "a later fragment has no ports" : "the packet is too short for its ports and is dropped");
		return;
	}
	if (m->what == MP_EITHER)
		sb_printf(out, "ports are %u and %u", get_be16(ports), get_be16(ports + 2));
	else
		sb_printf(out, "%s is %u", words[m->what], get_be16(ports + (m->what == MP_DEST ? 2 : 0)));
	sb_printf(out, ", rule wants %s", m->invert ? "none of " : "one of ");
	list_put(m, NULL, out);
}

#define OPT(n, i) { .name = (n), .form = "PORT[,PORT][,FROM:TO], at most 15 numbers", .type = OPT_STRING, .flags = OPT_INVERT, \
		    .id = (i), .excl = F_ANY, .parse = multiport_parse }
static bool multiport_conds(const void *info, struct ext_conds *ret)
{
	const struct multiport_info *m = info;
	struct ext_cond *c;

	conds_unfragmented(ret);
	c = conds_add(ret, m->what == MP_SOURCE ? FIELD_SPORT : m->what == MP_DEST ? FIELD_DPORT : FIELD_ANYPORT, COND_RANGES, m->invert);
	for (c->n = 0; c->n < m->count; c->n++) {
		c->r[c->n].lo = m->port[c->n].min;
		c->r[c->n].hi = m->port[c->n].max;
	}
	return true;
}

const struct match_ext ext_multiport = {
	.name = "multiport", .families = EXT_ANY, .size = sizeof(struct multiport_info),
	.form = "-m multiport --dports 22,80,1000:2000",
	.opts = (const struct ext_opt[]){
		OPT("source-ports", MP_SOURCE), OPT("sports", MP_SOURCE), OPT("destination-ports", MP_DEST), OPT("dports", MP_DEST),
		OPT("ports", MP_EITHER), { 0 } },
	.final = multiport_final, .check = multiport_check, .match = multiport_match, .conds = multiport_conds,
	.save = multiport_save, .print = multiport_print, .explain = multiport_explain,
};
