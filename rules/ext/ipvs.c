// SPDX-License-Identifier: MIT
/* ipvs.c - "-m ipvs": a connection of the kernel's load balancer, which is not emulated: the answer is not known. */
#include "rules/ext/util.h"
#include <strings.h>

enum { O_IPVS, O_VPROTO, O_VADDR, O_VPORT, O_VDIR, O_VMETHOD, O_VPORTCTL };
#define BIT(o) (1u << (o))

struct ipvs_info {
	union inet_addr addr, mask;
	uint16_t port, portctl;
	uint8_t proto, method, given, invert;
};

static const char *const methods[] = { "GATE", "IPIP", "MASQ" };

static bool method_parse(struct ext_cb *cb, uint8_t *ret)
{
	for (*ret = 0; *ret < ARRAY_SIZE(methods); (*ret)++)
		if (strcasecmp(cb->arg, methods[*ret]) == 0)
			return true;
	return ext_bad_value(cb, "--vmethod", cb->arg);
}

static bool ipvs_parse(struct ext_cb *cb)
{
	struct ipvs_info *m = cb->info;
	bool invert = cb->invert;

	switch (cb->opt->id) {
	case O_VPROTO:		m->proto = cb->val.protocol;	break;
	case O_VPORT:		m->port = cb->val.port;		break;
	case O_VPORTCTL:	m->portctl = cb->val.port;	break;
	case O_VADDR:
		m->addr = cb->val.host.addr;
		m->mask = cb->val.host.mask;
		break;
	case O_VDIR:
		invert = strcasecmp(cb->arg, "REPLY") == 0;
		if (!invert && strcasecmp(cb->arg, "ORIGINAL"))
			return ext_bad_value(cb, "--vdir", cb->arg);
		break;
	case O_VMETHOD:
		if (!method_parse(cb, &m->method))
			return false;
		break;
	}
	m->given |= (uint8_t)BIT(cb->opt->id);
	if (invert)
		m->invert |= (uint8_t)BIT(cb->opt->id);
	return true;
}

static bool ipvs_final(struct ext_cb *cb)
{
	struct ipvs_info *m = cb->info;

	if (!cb->xflags)
		return ext_error(cb, "IPVS: At least one option is required");
	if (m->given & ~BIT(O_IPVS) && m->invert & BIT(O_IPVS))
		return ext_error(cb, "! --ipvs cannot be together with other options");
	return true;
}

static bool ipvs_check(struct ext_check *c)
{
	ext_warn_unknown(c, "IPVS is not emulated");
	return true;
}

static bool ipvs_match(struct xt_ctx *c, const void *info UNUSED)
{
	return ext_unknown(c);
}

static void put(const struct ipvs_info *m, const char *dashes, uint8_t family, struct strbuf *out)
{
	char buf[ADDRSTRLEN];

	for (int o = O_IPVS; o <= O_VPORTCTL; o++) {
		if (!(m->given & BIT(o)) || (o == O_IPVS && m->given & ~BIT(O_IPVS)))
			continue;
		if (o != O_VDIR && m->invert & BIT(o))
			sb_puts(out, " !");
		switch (o) {
		case O_IPVS:		sb_printf(out, " %sipvs", dashes);				break;
		case O_VPROTO:		sb_printf(out, " %svproto %u", dashes, m->proto);		break;
		case O_VPORT:		sb_printf(out, " %svport %u", dashes, m->port);			break;
		case O_VPORTCTL:	sb_printf(out, " %svportctl %u", dashes, m->portctl);		break;
		case O_VMETHOD:		sb_printf(out, " %svmethod %s", dashes, methods[m->method]);	break;
		case O_VADDR:
			sb_printf(out, " %svaddr %s", dashes, inet_str(buf, family, &m->addr));
			ext_save_mask(&m->mask, family, out);
			break;
		case O_VDIR:
			sb_printf(out, " %svdir %s", dashes, m->invert & BIT(o) ? "REPLY" : "ORIGINAL");
			break;
		}
	}
}

static void ipvs_save(const void *info, const struct rule *r, struct strbuf *out)
{
	put(info, "--", r->ip.family, out);
}

static void ipvs_print(const void *info, const struct rule *r, bool numeric UNUSED, struct strbuf *out)
{
	put(info, "", r->ip.family, out);
}

static void ipvs_explain(struct xt_ctx *c UNUSED, const void *info UNUSED, struct strbuf *out)
{
	sb_puts(out, "IPVS is not emulated: what it says is not known");
}

const struct match_ext ext_ipvs = {
	.name = "ipvs", .families = EXT_ANY, .size = sizeof(struct ipvs_info), .stateful = true,
	.form = "-m ipvs --ipvs, without the other options when it is inverted",
	.opts = (const struct ext_opt[]){
		{ .name = "ipvs", .type = OPT_NONE, .flags = OPT_INVERT, .id = O_IPVS, .parse = ipvs_parse },
		{ .name = "vproto", .type = OPT_PROTOCOL, .flags = OPT_INVERT, .id = O_VPROTO, .parse = ipvs_parse },
		{ .name = "vaddr", .type = OPT_HOSTMASK, .flags = OPT_INVERT, .id = O_VADDR, .parse = ipvs_parse },
		{ .name = "vport", .type = OPT_PORT, .flags = OPT_INVERT, .id = O_VPORT, .parse = ipvs_parse },
		{ .name = "vdir", .form = "ORIGINAL or REPLY", .type = OPT_STRING, .id = O_VDIR, .parse = ipvs_parse },
		{ .name = "vmethod",
		  .form = "GATE, IPIP or MASQ",
		  .type = OPT_STRING, .flags = OPT_INVERT, .id = O_VMETHOD, .parse = ipvs_parse },
		{ .name = "vportctl", .type = OPT_PORT, .flags = OPT_INVERT, .id = O_VPORTCTL, .parse = ipvs_parse },
		{ 0 } },
	.final = ipvs_final, .check = ipvs_check, .match = ipvs_match, .save = ipvs_save, .print = ipvs_print, .explain = ipvs_explain,
};
