// SPDX-License-Identifier: MIT
/* realm.c - "-m realm [!] --realm value[/mask]": the realm of the packet's route. */
#include "rules/ext/util.h"

struct realm_info { uint32_t id, mask; bool invert; };

/* Names: what iproute2's own rt_realms has. */
static bool realm_parse(struct ext_cb *cb)
{
	struct realm_info *m = cb->info;
	const char *end;
	uint64_t id, mask = UINT32_MAX;

	m->invert = cb->invert;
	m->mask = UINT32_MAX;
	if (!ext_strtoul(cb->arg, &end, &id, 0, UINT32_MAX) || (*end && *end != '/')) {
		if (!strcmp(cb->arg, "cosmos"))
			return true;
		ext_error(cb, "%s: could not map name %s to an integer value for option \"--%s\".\n", cb->ext_name, cb->arg, cb->opt->name);
		diag_hint(cb->diag, "realms have no names here but cosmos (0): write the number");
		return false;
	}
	if (*end) {
		if (!ext_strtoul(end + 1, &end, &mask, 0, UINT32_MAX))
			return ext_error(cb, "%s: bad integer value for option \"--%s\", or out of range.\n", cb->ext_name, cb->opt->name);
		if (*end)
			return ext_error(cb, "%s: trailing garbage after value for option \"--%s\".\n", cb->ext_name, cb->opt->name);
	}
	m->id = (uint32_t)id;
	m->mask = (uint32_t)mask;
	return true;
}

static bool realm_match(struct xt_ctx *c, const void *info)
{
	const struct realm_info *m = info;

	return ((c->pkt->dst.tclassid & m->mask) == m->id) != m->invert;
}

static void dump(const struct realm_info *m, const char *word, bool names, struct strbuf *out)
{
	sb_printf(out, "%s %s ", m->invert ? " !" : "", word);
	if (m->mask != UINT32_MAX)
		sb_printf(out, "0x%x/0x%x", m->id, m->mask);
	else if (names && !m->id)
		sb_puts(out, "cosmos");
	else
		sb_printf(out, "0x%x", m->id);
}

static void realm_save(const void *info, const struct rule *r UNUSED, struct strbuf *out)
{
	dump(info, "--realm", true, out);
}

static void realm_print(const void *info, const struct rule *r UNUSED, bool numeric, struct strbuf *out)
{
	dump(info, "realm", !numeric, out);
}

static void realm_explain(struct xt_ctx *c, const void *info, struct strbuf *out)
{
	const struct realm_info *m = info;

	ext_say_masked(c->pkt->dst.tclassid, m->id, m->mask, m->invert, "the route's realm", out);
}

const struct match_ext ext_realm = {
	.name = "realm", .families = EXT_V4, .size = sizeof(struct realm_info),
	.hooks = HOOK_BIT(NF_INET_LOCAL_IN) | HOOK_BIT(NF_INET_FORWARD) | HOOK_BIT(NF_INET_LOCAL_OUT) | HOOK_BIT(NF_INET_POST_ROUTING),
	.opts = (const struct ext_opt[]){
		{ .name = "realm",
		  .form = "N[/MASK], each from 0 to 4294967295",
		  .type = OPT_STRING, .flags = OPT_MUST | OPT_INVERT, .id = 0, .parse = realm_parse },
		{ 0 } },
	.match = realm_match, .save = realm_save, .print = realm_print, .explain = realm_explain,
};
