// SPDX-License-Identifier: MIT
/* nfacct.c - "-m nfacct --nfacct-name NAME": counts in an accounting object. Objects are made by nfacct(8), which a
 * host directory has no file for: none exists, and the kernel refuses the rule. */
#include "rules/ext/util.h"
#include <errno.h>
#include <stdio.h>

struct nfacct_info { char name[32]; };

static bool name_parse(struct ext_cb *cb)
{
	if (strchr(cb->arg, '\n'))
		return ext_error(cb, "Newlines not allowed in --nfacct-name");
	snprintf(((struct nfacct_info *)cb->info)->name, sizeof(struct nfacct_info), "%s", cb->arg);
	return true;
}

static bool nfacct_check(struct ext_check *c)
{
	c->err = ENOENT;
	return ext_refuse(c, "xt_nfacct: accounting object `%s' does not exists", ((struct nfacct_info *)c->info)->name);
}

static bool nfacct_match(struct xt_ctx *c UNUSED, const void *info UNUSED)
{
	return true;
}

static void nfacct_save(const void *info, const struct rule *r UNUSED, struct strbuf *out)
{
	sb_puts(out, " --nfacct-name ");
	ext_save_string(out, ((const struct nfacct_info *)info)->name);
}

const struct match_ext ext_nfacct = {
	.name = "nfacct", .families = EXT_ANY, .size = sizeof(struct nfacct_info), .stateful = true,
	.opts = (const struct ext_opt[]){
		{ .name = "nfacct-name", .type = OPT_STRING, .flags = OPT_MUST, .id = 0, .min = 1, .parse = name_parse },
		{ 0 } },
	.check = nfacct_check, .match = nfacct_match, .save = nfacct_save,
};
