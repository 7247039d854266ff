// SPDX-License-Identifier: MIT
/* quota.c - "-m quota [!] --quota BYTES": matches until so many bytes have passed the rule. */
#include "rules/ext/util.h"

struct quota_info { uint64_t quota; bool invert; };
struct quota_state { uint64_t left; };

static bool quota_parse(struct ext_cb *cb)
{
	struct quota_info *m = cb->info;

	m->quota = cb->val.u64;
	m->invert = cb->invert;
	return true;
}

static void quota_state_init(struct host *h UNUSED, void *state, const void *info, const struct rule *r UNUSED)
{
	struct quota_state *s = state;

	s->left = ((const struct quota_info *)info)->quota;
}

/* A packet that does not fit ends the quota: smaller ones after it do not pass either. */
static bool quota_match(struct xt_ctx *c, const void *info)
{
	const struct quota_info *m = info;
	struct quota_state *s = c->state;
	uint64_t have = s->left;
	uint32_t len = pkt_len(c->pkt);
	bool fits = have >= len;

	s->left = fits ? have - len : 0;
	if (trace_on(c->host->trace, EV_LIMIT))
		ext_limited(c, "quota", !fits, NULL, have, len, 0);
	return fits != m->invert;
}

static void quota_save(const void *info, const struct rule *r UNUSED, struct strbuf *out)
{
	const struct quota_info *m = info;

	sb_printf(out, "%s --quota %llu", m->invert ? " !" : "", (unsigned long long)m->quota);
}

static void quota_print(const void *info, const struct rule *r UNUSED, bool numeric UNUSED, struct strbuf *out)
{
	const struct quota_info *m = info;

	sb_printf(out, " quota: %llu bytes", (unsigned long long)m->quota);
}

static void quota_explain(struct xt_ctx *c, const void *info, struct strbuf *out)
{
	const struct quota_info *m = info;
	const struct quota_state *s = c->state;

	sb_printf(out, "%llu bytes of the quota of %llu are left, the packet has %u", (unsigned long long)s->left,
		  (unsigned long long)m->quota, pkt_len(c->pkt));
	if (m->invert)
		sb_puts(out, "; rule wants the quota used up");
}

const struct match_ext ext_quota = {
	.name = "quota", .families = EXT_ANY, .size = sizeof(struct quota_info), .state_size = sizeof(struct quota_state),
	.stateful = true,
	.opts = (const struct ext_opt[]){
		{ .name = "quota", .type = OPT_UINT64, .flags = OPT_MUST | OPT_INVERT, .id = 0, .parse = quota_parse },
		{ 0 } },
	.state_init = quota_state_init, .match = quota_match,
	.save = quota_save, .print = quota_print, .explain = quota_explain,
};
