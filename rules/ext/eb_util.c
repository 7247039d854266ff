// SPDX-License-Identifier: MIT
/* eb_util.c - what several extensions of ebtables need. */
#include "rules/ext/eb_util.h"
#include "rules/parse/parse.h"
#include <netinet/ether.h>

static const struct { const char *name; enum xt_verdict v; } verdicts[] = {
	{ "ACCEPT", XT_ACCEPT }, { "DROP", XT_DROP }, { "CONTINUE", XT_CONTINUE }, { "RETURN", XT_RETURN },
};

bool eb_once(struct ext_cb *cb)
{
	return !(cb->xflags & 1u << cb->opt->id) || ext_error(cb, "Multiple use of same option not allowed");
}

bool eb_some_option(struct ext_cb *cb)
{
	return cb->xflags || ext_error(cb, "You must specify proper arguments");
}

bool eb_verdict_parse(struct ext_cb *cb, enum xt_verdict *ret)
{
	if (!eb_once(cb))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(verdicts); i++)
		if (strcmp(cb->arg, verdicts[i].name) == 0) {
			*ret = verdicts[i].v;
			return true;
		}
	ext_error(cb, "Illegal --%s target", cb->opt->name);
	diag_hint(cb->diag, "ACCEPT, DROP, CONTINUE or RETURN");
	return false;
}

const char *eb_verdict_name(enum xt_verdict v)
{
	for (size_t i = 0; i < ARRAY_SIZE(verdicts); i++)
		if (verdicts[i].v == v)
			return verdicts[i].name;
	return "CONTINUE";
}

bool eb_mac_parse(struct ext_cb *cb, const char *what, uint8_t ret[6])
{
	struct ether_addr addr;

	if (!eb_once(cb))
		return false;
	if (!ether_aton_r(cb->arg, &addr))
		return ext_error(cb, "Problem with specified --%s mac", what);
	memcpy(ret, &addr, 6);
	return true;
}

void eb_changed_mac(const struct xt_ctx *c, const char *field, const uint8_t *from, const uint8_t *to, const char *by)
{
	char a[ADDRSTRLEN], b[ADDRSTRLEN];
	struct event ev = { .type = EV_CHANGE, .host = c->host, .pkt = c->pkt };

	if (!trace_on(c->host->trace, EV_CHANGE) || memcmp(from, to, ETH_ALEN) == 0)
		return;
	ev.u.change.field = field;
	ev.u.change.from = mac_str(a, from);
	ev.u.change.to = mac_str(b, to);
	ev.u.change.by = by;
	ev.u.change.rule = c->rule;
	trace_emit(c->host->trace, &ev);
}

bool eb_mac_equal(const uint8_t *have, const uint8_t *want, const uint8_t *mask)
{
	for (int i = 0; i < ETH_ALEN; i++)
		if ((have[i] & mask[i]) != (want[i] & mask[i]))
			return false;
	return true;
}

static bool one_port(struct ext_cb *cb, const char *s, size_t n, uint16_t *ret)
{
	const char *text = arena_strndup(cb->arena, s, n);
	struct nearest near = { .want = text };

	if (ext_parse_port(text, n, ret, NULL))
		return true;
	ext_error(cb, "invalid port/service `%s' specified", text);
	service_nearest(&near);
	if (nearest_get(&near))
		diag_hint(cb->diag, "did you mean \"%s\"?", nearest_get(&near));
	return false;
}

bool eb_ports_parse(struct ext_cb *cb, uint16_t ret[2])
{
	const char *colon = strchr(cb->arg, ':');
	size_t n = colon ? (size_t)(colon - cb->arg) : strlen(cb->arg);

	ret[0] = 0;
	ret[1] = UINT16_MAX;
	if ((n || !colon) && !one_port(cb, cb->arg, n, &ret[0]))
		return false;
	if (!colon)
		ret[1] = ret[0];
	else if (colon[1] && !one_port(cb, colon + 1, strlen(colon + 1), &ret[1]))
		return false;
	return ret[0] <= ret[1] || ext_error(cb, "invalid portrange (min > max)");
}

void eb_ports_save(const uint16_t ports[2], struct strbuf *out)
{
	if (ports[0] == ports[1])
		sb_printf(out, "%u ", ports[0]);
	else
		sb_printf(out, "%u:%u ", ports[0], ports[1]);
}

bool eb_has_ports(unsigned proto)
{
	return proto == IPPROTO_TCP || proto == IPPROTO_UDP || proto == IPPROTO_UDPLITE || proto == IPPROTO_SCTP ||
	       proto == IPPROTO_DCCP;
}

void eb_save_opt(const char *name, bool invert, struct strbuf *out)
{
	sb_printf(out, "--%s %s", name, invert ? "! " : "");
}

void eb_say_proto(unsigned proto, struct strbuf *out)
{
	const char *name = ethertype_name(proto);

	if (name)
		sb_puts(out, name);
	else
		sb_printf(out, "0x%04x", proto);
}

bool eb_needs_proto(struct ext_check *c, uint16_t proto, uint16_t also)
{
	const struct eb_match *e = c->rule->eb;

	if ((e->proto == proto || e->proto == also) && !e->inv_proto)
		return true;
	return ext_refuse_silent(c, "it needs -p %s", ethertype_name(proto));
}

uint16_t eb_h_proto(const struct packet *p)
{
	return p->vlan_present ? p->vlan_proto : get_be16(pkt_mac(p) + 2 * ETH_ALEN);
}
