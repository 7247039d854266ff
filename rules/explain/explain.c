// SPDX-License-Identifier: MIT
/* explain.c - in words and with both values: why a rule did or did not match a packet. */
#include "rules/eval/eval.h"
#include "rules/eval/l2.h"
#include "rules/explain/probe.h"
#include "rules/parse/parse.h"
#include "rules/rules.h"

static void say(struct strbuf *out, const char *sep)
{
	if (out->len)
		sb_puts(out, sep);
}

static void net_text(struct strbuf *out, uint8_t family, const union inet_addr *addr, const union inet_addr *mask)
{
	int plen = inet_mask_len(mask, family);
	char buf[ADDRSTRLEN];

	sb_puts(out, inet_str(buf, family, addr));
	if (plen < 0)
		sb_printf(out, "/%s", inet_str(buf, family, mask));
	else if (plen != (family == NFPROTO_IPV6 ? 128 : 32))
		sb_printf(out, "/%d", plen);
}

/* An address of the packet and what the rule wants of it. */
struct addr_part { const char *what; union inet_addr have; const union inet_addr *want, *mask; bool inv; };

/* True when the condition holds. Conditions the rule does not have say nothing. */
static bool explain_addr(const struct addr_part *p, uint8_t family, struct strbuf *out)
{
	bool equal = true;
	char buf[ADDRSTRLEN];

	if (inet_mask_len(p->mask, family) == 0 && !p->inv)
		return true;
	for (int i = 0; i < 4; i++)
		equal &= (p->have.all[i] & p->mask->all[i]) == p->want->all[i];
	say(out, ", ");
	sb_printf(out, "%s is %s, rule wants %s", p->what, inet_str(buf, family, &p->have), p->inv ? "not " : "");
	net_text(out, family, p->want, p->mask);
	return equal != p->inv;
}

static bool explain_iface(const char *what, const struct net_device *dev, const char *name, uint8_t len, bool inv,
			  struct strbuf *out)
{
	const char *have = dev ? dev->name : "";
	const char *any = len && len == strlen(name) ? "+" : "";	/* compared without the final zero: a prefix */
	bool same = strncmp(have, name, len) == 0;

	if (!len && !inv)
		return true;
	say(out, ", ");
	if (dev)
		sb_printf(out, "%s interface is %s, rule wants %s%s%s", what, have, inv ? "not " : "", name, any);
	else
		sb_printf(out, "there is no %s interface at this hook, rule wants %s%s%s", what, inv ? "not " : "", name, any);
	return same != inv;
}

static void proto_text(struct strbuf *out, unsigned proto)
{
	const char *name = protocol_chain_name((uint16_t)proto);

	if (name && proto)
		sb_puts(out, name);
	else
		sb_printf(out, "%u", proto);
}

static bool explain_proto(unsigned have, const struct ip_match *ip, struct strbuf *out)
{
	if (!ip->proto)
		return true;
	say(out, ", ");
	sb_puts(out, "protocol is ");
	proto_text(out, have);
	sb_printf(out, ", rule wants %s", ip->inv_proto ? "not " : "");
	proto_text(out, ip->proto);
	return (have == ip->proto) != ip->inv_proto;
}

static bool explain_frag(unsigned fragoff, const struct ip_match *ip, struct strbuf *out)
{
	if (!ip->frag)
		return true;
	say(out, ", ");
	sb_printf(out, "the packet is %s, rule wants %s", fragoff ? "a later fragment" : "no later fragment",
		  ip->inv_frag ? "none of these" : "later fragments");
	return (fragoff != 0) != ip->inv_frag;
}

typedef bool explain_part(const struct rule *r, const struct xt_ctx *x, struct strbuf *out);

static bool part_src(const struct rule *r, const struct xt_ctx *x, struct strbuf *out)
{
	struct addr_part p = { "source", xt_saddr(x), &r->ip.src, &r->ip.smsk, r->ip.inv_src };

	return explain_addr(&p, x->family, out);
}

static bool part_dst(const struct rule *r, const struct xt_ctx *x, struct strbuf *out)
{
	struct addr_part p = { "destination", xt_daddr(x), &r->ip.dst, &r->ip.dmsk, r->ip.inv_dst };

	return explain_addr(&p, x->family, out);
}

static bool part_in(const struct rule *r, const struct xt_ctx *x, struct strbuf *out)
{
	return explain_iface("input", x->in, r->ip.iniface, r->ip.iniface_len, r->ip.inv_in, out);
}

static bool part_out(const struct rule *r, const struct xt_ctx *x, struct strbuf *out)
{
	return explain_iface("output", x->out, r->ip.outiface, r->ip.outiface_len, r->ip.inv_out, out);
}

static bool part_proto(const struct rule *r, const struct xt_ctx *x, struct strbuf *out)
{
	int proto = xt_proto(x);

	if (proto >= 0 || !r->ip.find_proto)
		return explain_proto((unsigned)proto, &r->ip, out);
	say(out, ", ");
	sb_puts(out, "the extension headers do not lead to a protocol");
	return false;
}

static bool part_frag(const struct rule *r, const struct xt_ctx *x, struct strbuf *out)
{
	return explain_frag(x->fragoff, &r->ip, out);
}

/* The ip part in the kernel's order. */
static explain_part *const ip_parts[] = { part_src, part_dst, part_in, part_out, part_proto, part_frag };

bool explain_ip_part(enum probe_part part, const struct rule *r, const struct xt_ctx *x, struct strbuf *out)
{
	return ip_parts[part](r, x, out);
}

/* Stops at the first condition that fails. */
static bool explain_ip(const struct rule *r, const struct xt_ctx *x, struct strbuf *out)
{
	if (r->eb || r->arp)
		return l2_explain(r, x, out);
	for (size_t i = 0; i < ARRAY_SIZE(ip_parts); i++)
		if (!ip_parts[i](r, x, out))
			return false;
	return true;
}

/* failed_at as in EV_RULE: -1 the ip part, else a match's number; nr_match or more = it matched. */
void rule_explain(const struct rule *r, struct host *h, struct packet *p, const struct net_device *in,
		  const struct net_device *out, enum nf_hook hook, int failed_at, struct strbuf *out_text)
{
	struct strbuf part = { 0 };
	struct xt_ctx x;

	xt_ctx_init(&x, h, p, in, out, hook, r->ip.family);
	x.rule = r;
	if (r->ip.find_proto)
		xt_find_proto(&x);
	if (!explain_ip(r, &x, &part) || failed_at == -1) {
		/* what fails is told last: the rest only leads there */
		sb_puts(out_text, sb_str(&part));
		sb_free(&part);
		return;
	}
	sb_puts(out_text, sb_str(&part));
	for (int i = 0; i < (int)r->nr_match && (failed_at < 0 || i <= failed_at); i++) {
		const struct rule_match *m = &r->match[i];

		sb_clear(&part);
		x.state = m->state;
		if (m->ext->explain)
			m->ext->explain(&x, m->info, &part);
		if (!part.len)
			continue;
		if (out_text->len)
			sb_puts(out_text, ", ");
		sb_puts(out_text, sb_str(&part));
	}
	sb_free(&part);
}

/* Only the condition at which the rule failed. */
void rule_explain_failure(const struct rule *r, struct host *h, struct packet *p, const struct net_device *in,
			  const struct net_device *out, enum nf_hook hook, int failed_at, struct strbuf *out_text)
{
	const struct rule_match *m;
	struct strbuf one = { 0 };
	struct xt_ctx x;

	xt_ctx_init(&x, h, p, in, out, hook, r->ip.family);
	x.rule = r;
	if (r->ip.find_proto)
		xt_find_proto(&x);
	if (failed_at < 0 && (r->eb || r->arp))
		l2_explain_failure(r, &x, &one);
	for (size_t i = 0; failed_at < 0 && !r->eb && !r->arp && i < ARRAY_SIZE(ip_parts); i++) {
		sb_clear(&one);
		if (!ip_parts[i](r, &x, &one))
			break;
	}
	if (failed_at >= 0 && failed_at < (int)r->nr_match) {
		m = &r->match[failed_at];
		x.state = m->state;
		if (m->ext->explain)
			m->ext->explain(&x, m->info, &one);
		if (!one.len)
			sb_printf(&one, "%s says no", m->ext->name);
	}
	sb_puts(out_text, sb_str(&one));
	sb_free(&one);
}
