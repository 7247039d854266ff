// SPDX-License-Identifier: MIT
/* devgroup.c - "-m devgroup": the groups of a packet's devices (net/netfilter/xt_devgroup.c). */
#include "rules/ext/util.h"

struct group { uint32_t value, mask; bool given, invert; };
struct devgroup_info { struct group src, dst; };

enum { O_SRC, O_DST };

/* Names: what iproute2's own group file has. */
static bool group_parse(struct ext_cb *cb)
{
	struct devgroup_info *m = cb->info;
	struct group *g = cb->opt->id == O_SRC ? &m->src : &m->dst;
	uint64_t value = 0, mask = UINT32_MAX;
	const char *end;

	if (!ext_strtoul(cb->arg, &end, &value, 0, UINT32_MAX) || (*end && *end != '/')) {
		if (strcmp(cb->arg, "default")) {
			ext_error(cb, "%s: could not map name %s to an integer value for option \"--%s\".\n", cb->ext_name, cb->arg,
				  cb->opt->name);
			diag_hint(cb->diag, "groups have no names here but default (0): write the number");
			return false;
		}
		value = 0;
	} else if (*end) {
		if (!ext_strtoul(end + 1, &end, &mask, 0, UINT32_MAX))
			return ext_error(cb, "%s: bad integer value for option \"--%s\", or out of range.\n", cb->ext_name, cb->opt->name);
		if (*end)
			return ext_error(cb, "%s: trailing garbage after value for option \"--%s\".\n", cb->ext_name, cb->opt->name);
	}
	*g = (struct group){ (uint32_t)value, (uint32_t)mask, true, cb->invert };
	return true;
}

static bool devgroup_final(struct ext_cb *cb)
{
	return cb->xflags || ext_error(cb, "devgroup match: You must specify either '--src-group' or '--dst-group'");
}

static bool devgroup_check(struct ext_check *c)
{
	const struct devgroup_info *m = c->info;
	uint32_t has_in = HOOK_BIT(NF_INET_PRE_ROUTING) | HOOK_BIT(NF_INET_LOCAL_IN) | HOOK_BIT(NF_INET_FORWARD);
	uint32_t has_out = HOOK_BIT(NF_INET_FORWARD) | HOOK_BIT(NF_INET_LOCAL_OUT) | HOOK_BIT(NF_INET_POST_ROUTING);

	if (m->src.given && c->hooks & ~has_in)
		return ext_refuse_silent(c, "OUTPUT and POSTROUTING know no incoming device");
	if (m->dst.given && c->hooks & ~has_out)
		return ext_refuse_silent(c, "PREROUTING and INPUT know no outgoing device");
	return true;
}

static bool fits(const struct group *g, const struct net_device *dev)
{
	return !g->given || (!((g->value ^ (dev ? dev->group : 0)) & g->mask)) != g->invert;
}

static bool devgroup_match(struct xt_ctx *c, const void *info)
{
	const struct devgroup_info *m = info;

	return fits(&m->src, c->in) && fits(&m->dst, c->out);
}

static void put_one(const struct group *g, const char *name, bool numeric, struct strbuf *out)
{
	if (!g->given)
		return;
	sb_printf(out, "%s %s", g->invert ? " !" : "", name);
	if (g->mask == UINT32_MAX && g->value == 0 && !numeric)
		sb_puts(out, " default");
	else
		ext_save_mark(g->value, g->mask, out);
}

static void devgroup_save(const void *info, const struct rule *r UNUSED, struct strbuf *out)
{
	const struct devgroup_info *m = info;

	put_one(&m->src, "--src-group", false, out);
	put_one(&m->dst, "--dst-group", false, out);
}

static void devgroup_print(const void *info, const struct rule *r UNUSED, bool numeric, struct strbuf *out)
{
	const struct devgroup_info *m = info;

	put_one(&m->src, "src-group", numeric, out);
	put_one(&m->dst, "dst-group", numeric, out);
}

static void devgroup_explain(struct xt_ctx *c, const void *info, struct strbuf *out)
{
	const struct devgroup_info *m = info;
	bool src = !fits(&m->src, c->in) || !m->dst.given;
	const struct group *g = src ? &m->src : &m->dst;
	const struct net_device *dev = src ? c->in : c->out;

	ext_say_masked(dev ? dev->group : 0, g->value, g->mask, g->invert, src ? "the incoming device's group" :
		       "the outgoing device's group", out);
}

const struct match_ext ext_devgroup = {
	.name = "devgroup", .families = EXT_ANY, .size = sizeof(struct devgroup_info),
	.form = "-m devgroup --src-group 1",
	.opts = (const struct ext_opt[]){
		{ .name = "src-group",
		  .form = "N[/MASK], each from 0 to 4294967295",
		  .type = OPT_STRING, .flags = OPT_INVERT, .id = O_SRC, .parse = group_parse },
		{ .name = "dst-group",
		  .form = "N[/MASK], each from 0 to 4294967295",
		  .type = OPT_STRING, .flags = OPT_INVERT, .id = O_DST, .parse = group_parse },
		{ 0 } },
	.final = devgroup_final, .check = devgroup_check, .match = devgroup_match,
	.save = devgroup_save, .print = devgroup_print, .explain = devgroup_explain,
};
