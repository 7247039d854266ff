// SPDX-License-Identifier: MIT
/* helper.c - "-m helper [!] --helper NAME": was the connection expected by one that a helper follows
 * (net/netfilter/xt_helper.c). */
#include "rules/ext/util.h"
#include <stdio.h>

struct helper_info { char name[30]; bool invert; };

static bool helper_parse(struct ext_cb *cb)
{
	struct helper_info *m = cb->info;

	snprintf(m->name, sizeof(m->name), "%s", cb->arg);
	m->invert = cb->invert;
	return true;
}

static const char *helper_of(const struct packet *p)
{
	return p->ct && p->ct->master ? p->ct->master->helper : NULL;
}

static bool helper_match(struct xt_ctx *c, const void *info)
{
	const struct helper_info *m = info;
	const char *name = helper_of(c->pkt);
	bool is;

	if (!name)
		return m->invert;
	/* the kernel's name may be a prefix of the rule's: "ftp" is asked for as "ftp-2121" too */
	is = !m->name[0] || strncmp(name, m->name, strlen(name)) == 0;
	return is != m->invert;
}

static void helper_save(const void *info, const struct rule *r UNUSED, struct strbuf *out)
{
	const struct helper_info *m = info;

	sb_puts(out, m->invert ? " ! --helper" : " --helper");
	ext_save_string(out, m->name);
}

static void helper_print(const void *info, const struct rule *r UNUSED, bool numeric UNUSED, struct strbuf *out)
{
	const struct helper_info *m = info;

	sb_printf(out, " helper match %s\"%s\"", m->invert ? "! " : "", m->name);
}

static void helper_explain(struct xt_ctx *c, const void *info, struct strbuf *out)
{
	const struct helper_info *m = info;
	const char *name = helper_of(c->pkt);

	if (name)
		sb_printf(out, "helper %s expected the connection", name);
	else
		sb_puts(out, "no helper expected the packet's connection");
	sb_printf(out, ", rule wants %s\"%s\"", m->invert ? "anything but " : "", m->name);
}

const struct match_ext ext_helper = {
	.name = "helper", .families = EXT_ANY, .size = sizeof(struct helper_info), .needs_ct = true,
	.opts = (const struct ext_opt[]){
		{ .name = "helper", .type = OPT_STRING, .flags = OPT_MUST | OPT_INVERT, .id = 0, .parse = helper_parse },
		{ 0 } },
	.match = helper_match, .save = helper_save, .print = helper_print, .explain = helper_explain,
};
