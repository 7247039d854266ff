// SPDX-License-Identifier: MIT
/* policy.c - "-m policy": the IPsec policy of a packet (net/netfilter/xt_policy.c). There is no IPsec here, so
 * every packet is one that no policy covers. */
#include "rules/ext/util.h"

#define MAX_ELEM 4
enum { O_DIR, O_POL, O_STRICT, O_REQID, O_SPI, O_SRC, O_DST, O_PROTO, O_MODE, O_NEXT };
enum { DIR_IN = 1, DIR_OUT = 2 };
enum { MODE_TRANSPORT, MODE_TUNNEL };
#define BIT(o) (1u << (o))

struct policy_elem {
	uint32_t given, invert;		/* bits of O_* */
	uint32_t reqid, spi;
	union inet_addr src, smsk, dst, dmsk;
	uint8_t proto, mode;
};
struct policy_info { struct policy_elem el[MAX_ELEM]; uint8_t len, dir; bool none, strict; };

/* Only one of these may be said, and one of them must. */
static bool word_of(struct ext_cb *cb, const char *no, const char *yes, bool *ret, const char *what)
{
	*ret = strcmp(cb->arg, yes) == 0;
	return *ret || strcmp(cb->arg, no) == 0 || ext_error(cb, "policy%cmatch: invalid %s \"%s\"", cb->opt->id == O_DIR ? '_' : ' ',
							     what, cb->arg);
}

static bool head_parse(struct ext_cb *cb)
{
	struct policy_info *p = cb->info;
	bool yes;

	switch (cb->opt->id) {
	case O_DIR:
		if (!word_of(cb, "in", "out", &yes, "dir"))
			return false;
		p->dir = yes ? DIR_OUT : DIR_IN;
		return true;
	case O_POL:
		return word_of(cb, "ipsec", "none", &p->none, "policy");
	case O_STRICT:
		p->strict = true;
		return true;
	default:
		return ++p->len < MAX_ELEM || ext_error(cb, "policy match: maximum policy depth reached");
	}
}

static bool elem_parse(struct ext_cb *cb)
{
	struct policy_info *p = cb->info;
	struct policy_elem *e = &p->el[p->len];
	int o = cb->opt->id;
	bool tunnel;

	if (e->given & BIT(o))
		return ext_error(cb, "policy match: double --%s option", cb->opt->name);
	e->given |= BIT(o);
	if (cb->invert)
		e->invert |= BIT(o);
	switch (o) {
	case O_REQID:	e->reqid = cb->val.u32;		break;
	case O_SPI:	e->spi = cb->val.u32;		break;
	case O_SRC:
		e->src = cb->val.host.addr;
		e->smsk = cb->val.host.mask;
		break;
	case O_DST:
		e->dst = cb->val.host.addr;
		e->dmsk = cb->val.host.mask;
		break;
	case O_PROTO:
		e->proto = cb->val.protocol;
		if (e->proto != IPPROTO_AH && e->proto != IPPROTO_ESP && e->proto != IPPROTO_COMP)
			return ext_error(cb, "policy match: protocol must be ah/esp/ipcomp");
		break;
	case O_MODE:
		if (!word_of(cb, "transport", "tunnel", &tunnel, "mode"))
			return false;
		e->mode = tunnel ? MODE_TUNNEL : MODE_TRANSPORT;
		break;
	}
	return true;
}

static bool policy_final(struct ext_cb *cb)
{
	struct policy_info *p = cb->info;

	if (!p->dir)
		return ext_error(cb, "policy match: neither --dir in nor --dir out specified");
	if (p->none) {
		if (p->strict)
			return ext_error(cb, "policy match: policy none but --strict given");
		return p->len == 0 || ext_error(cb, "policy match: policy none but policy given");
	}
	p->len++;
	for (unsigned i = 0; i < p->len; i++) {
		const struct policy_elem *e = &p->el[i];

		if (p->strict && !e->given)
			return ext_error(cb, "policy match: empty policy element %u. --strict is in effect, but at least one of "
					 "reqid, spi, tunnel-src, tunnel-dst, proto or mode is required.", i);
		if (e->given & (BIT(O_SRC) | BIT(O_DST)) && (e->mode == MODE_TUNNEL) == !!(e->invert & BIT(O_MODE)))
			return ext_error(cb, "policy match: --tunnel-src/--tunnel-dst is only valid in tunnel mode");
	}
	return true;
}

static bool policy_check(struct ext_check *c)
{
	const struct policy_info *p = c->info;

	if (p->dir == DIR_OUT && c->hooks & (HOOK_BIT(NF_INET_PRE_ROUTING) | HOOK_BIT(NF_INET_LOCAL_IN)))
		return ext_refuse(c, "xt_policy: output policy not valid in PREROUTING and INPUT");
	if (p->dir == DIR_IN && c->hooks & (HOOK_BIT(NF_INET_POST_ROUTING) | HOOK_BIT(NF_INET_LOCAL_OUT)))
		return ext_refuse(c, "xt_policy: input policy not valid in POSTROUTING and OUTPUT");
	return true;
}

static bool policy_match(struct xt_ctx *c UNUSED, const void *info)
{
	return ((const struct policy_info *)info)->none;
}

/* How a rule is printed. */
struct style { const char *dashes; bool numeric; uint8_t family; };

static void put_net(const struct style *s, const char *name, const union inet_addr *a, const union inet_addr *m, struct strbuf *out)
{
	char buf[ADDRSTRLEN];

	sb_printf(out, " %s%s %s", s->dashes, name, inet_str(buf, s->family, a));
	ext_save_mask(m, s->family, out);
}

static void put_elem(const struct policy_elem *e, const struct style *s, struct strbuf *out)
{
	static const int order[] = { O_REQID, O_SPI, O_PROTO, O_MODE, O_DST, O_SRC };
	const char *proto = s->numeric ? NULL : ext_protocol_name(e->proto), *dashes = s->dashes;

	for (unsigned i = 0; i < ARRAY_SIZE(order); i++) {
		int o = order[i];

		if (!(e->given & BIT(o)))
			continue;
		sb_puts(out, e->invert & BIT(o) ? " !" : "");
		switch (o) {
		case O_REQID:	sb_printf(out, " %sreqid %u", dashes, e->reqid);	break;
		case O_SPI:	sb_printf(out, " %sspi 0x%x", dashes, e->spi);		break;
		case O_MODE:	sb_printf(out, " %smode %s", dashes, e->mode == MODE_TUNNEL ? "tunnel" : "transport");	break;
		case O_DST:	put_net(s, "tunnel-dst", &e->dst, &e->dmsk, out);	break;
		case O_SRC:	put_net(s, "tunnel-src", &e->src, &e->smsk, out);	break;
		case O_PROTO:
			sb_printf(out, " %sproto ", dashes);
			if (proto)
				sb_puts(out, proto);
			else
				sb_printf(out, "%u", e->proto);
			break;
		}
	}
}

static void put_head(const struct policy_info *p, const char *dashes, struct strbuf *out)
{
	sb_printf(out, " %sdir %s %spol %s", dashes, p->dir == DIR_IN ? "in" : "out", dashes, p->none ? "none" : "ipsec");
	if (p->strict)
		sb_printf(out, " %sstrict", dashes);
}

static void policy_save(const void *info, const struct rule *r, struct strbuf *out)
{
	const struct style s = { "--", false, r->ip.family };
	const struct policy_info *p = info;

	put_head(p, "--", out);
	for (unsigned i = 0; i < p->len; i++) {
		sb_puts(out, i ? " --next" : "");
		put_elem(&p->el[i], &s, out);
	}
}

static void policy_print(const void *info, const struct rule *r, bool numeric, struct strbuf *out)
{
	const struct style s = { "", numeric, r->ip.family };
	const struct policy_info *p = info;

	sb_puts(out, " policy match");
	put_head(p, "", out);
	for (unsigned i = 0; i < p->len; i++) {
		if (p->len > 1)
			sb_printf(out, " [%u]", i);
		put_elem(&p->el[i], &s, out);
	}
}

static void policy_explain(struct xt_ctx *c UNUSED, const void *info, struct strbuf *out)
{
	const struct policy_info *p = info;

	sb_printf(out, "no IPsec policy covers the packet, rule wants %s", p->none ? "none" : "one");
}

const struct match_ext ext_policy = {
	.name = "policy", .families = EXT_ANY, .size = sizeof(struct policy_info),
	.form = "-m policy --dir in --pol ipsec --proto esp; with --strict every element of it has one",
	.opts = (const struct ext_opt[]){
		{ .name = "dir", .form = "in or out", .type = OPT_STRING, .id = O_DIR, .parse = head_parse },
		{ .name = "pol", .form = "none or ipsec", .type = OPT_STRING, .id = O_POL, .parse = head_parse },
		{ .name = "strict", .type = OPT_NONE, .id = O_STRICT, .parse = head_parse },
		{ .name = "reqid", .type = OPT_UINT32, .flags = OPT_MULTI | OPT_INVERT, .id = O_REQID, .parse = elem_parse },
		{ .name = "spi", .type = OPT_UINT32, .flags = OPT_MULTI | OPT_INVERT, .id = O_SPI, .parse = elem_parse },
		{ .name = "tunnel-src", .type = OPT_HOSTMASK, .flags = OPT_MULTI | OPT_INVERT, .id = O_SRC, .parse = elem_parse },
		{ .name = "tunnel-dst", .type = OPT_HOSTMASK, .flags = OPT_MULTI | OPT_INVERT, .id = O_DST, .parse = elem_parse },
		{ .name = "proto",
		  .form = "ah, esp or ipcomp",
		  .type = OPT_PROTOCOL, .flags = OPT_MULTI | OPT_INVERT, .id = O_PROTO, .parse = elem_parse },
		{ .name = "mode",
		  .form = "tunnel or transport",
		  .type = OPT_STRING, .flags = OPT_MULTI | OPT_INVERT, .id = O_MODE, .parse = elem_parse },
		{ .name = "next", .type = OPT_NONE, .flags = OPT_MULTI, .id = O_NEXT, .also = BIT(O_STRICT), .parse = head_parse },
		{ 0 } },
	.final = policy_final, .check = policy_check, .match = policy_match,
	.save = policy_save, .print = policy_print, .explain = policy_explain,
};
