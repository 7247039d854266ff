// SPDX-License-Identifier: MIT
/* state.c - "-m state [!] --state LIST": the old name of conntrack's --ctstate. */
#include "rules/ext/ctstate.h"

struct state_info { uint32_t mask; bool invert; };

static bool state_parse(struct ext_cb *cb)
{
	struct state_info *m = cb->info;
	const char *bad = ctstate_parse(cb->arg, false, &m->mask);

	m->invert = cb->invert;
	if (!bad)
		return true;
	if (!*bad)
		return ext_error(cb, "\"--state\" requires a list of states with no spaces, e.g. ESTABLISHED,RELATED");
	return ext_error(cb, "Bad state \"%s\"", bad) ||
		       ext_hint_one_of(cb, bad, strcspn(bad, ","), "NEW ESTABLISHED RELATED INVALID UNTRACKED");
}

static bool state_match(struct xt_ctx *c, const void *info)
{
	const struct state_info *m = info;

	return !!(ctstate_of(c->pkt) & m->mask) != m->invert;
}

static void state_save(const void *info, const struct rule *r UNUSED, struct strbuf *out)
{
	const struct state_info *m = info;

	sb_puts(out, m->invert ? " ! --state " : " --state ");
	ctstate_save(m->mask, out);
}

static void state_print(const void *info, const struct rule *r UNUSED, bool numeric UNUSED, struct strbuf *out)
{
	const struct state_info *m = info;

	sb_puts(out, m->invert ? " ! state " : " state ");
	ctstate_save(m->mask, out);
}

static void state_explain(struct xt_ctx *c, const void *info, struct strbuf *out)
{
	const struct state_info *m = info;

	sb_puts(out, "connection state is ");
	ctstate_save(ctstate_of(c->pkt) & ~(uint32_t)(CTS_SNAT | CTS_DNAT), out);
	sb_puts(out, m->invert ? ", rule wants anything but " : ", rule wants ");
	ctstate_save(m->mask, out);
}

static bool state_conds(const void *info, struct ext_conds *ret)
{
	const struct state_info *m = info;

	conds_mask(ret, FIELD_CTSTATE, COND_BITS, m->mask, 0, m->invert);
	return true;
}

const struct match_ext ext_state = {
	.name = "state", .families = EXT_ANY, .size = sizeof(struct state_info), .needs_ct = true,
	.opts = (const struct ext_opt[]){
		{ .name = "state",
		  .form = "a list without blanks of NEW, ESTABLISHED, RELATED, INVALID and UNTRACKED",
		  .type = OPT_STRING, .flags = OPT_MUST | OPT_INVERT, .id = 0, .parse = state_parse },
		{ 0 } },
	.match = state_match, .conds = state_conds, .save = state_save, .print = state_print, .explain = state_explain,
};
