// SPDX-License-Identifier: MIT
/* osf.c - "-m osf": the sender's operating system, guessed from its SYN. Fingerprints are loaded by nfnl_osf(8), which a host
 * directory has no file for: whom a SYN fits is not known. */
#include "rules/ext/util.h"
#include <stdio.h>

enum { O_GENRE, O_TTL, O_LOG };

struct osf_info { char genre[32]; uint32_t ttl, log; bool has_ttl, has_log, invert; };

static bool osf_parse(struct ext_cb *cb)
{
	struct osf_info *m = cb->info;

	switch (cb->opt->id) {
	case O_GENRE:
		snprintf(m->genre, sizeof(m->genre), "%s", cb->arg);
		m->invert = cb->invert;
		break;
	case O_TTL:
		m->ttl = cb->val.u32;
		m->has_ttl = true;
		break;
	case O_LOG:
		m->log = cb->val.u32;
		m->has_log = true;
		break;
	}
	return true;
}

static bool osf_check(struct ext_check *c)
{
	ext_warn_unknown(c, "fingerprints of operating systems are not emulated");
	return true;
}

static const uint8_t *syn_of(const struct xt_ctx *c)
{
	const uint8_t *th = c->fragoff ? NULL : pkt_at(c->pkt, c->thoff, TCP_HLEN);

	return th && th[TCP_FLAGS] & TH_SYN ? th : NULL;
}

/* Only a SYN is looked at; the rest never matches, inverted or not. */
static bool osf_match(struct xt_ctx *c, const void *info UNUSED)
{
	return syn_of(c) && ext_unknown(c);
}

static void osf_save(const void *info, const struct rule *r UNUSED, struct strbuf *out)
{
	const struct osf_info *m = info;

	sb_printf(out, "%s --genre %s", m->invert ? " !" : "", m->genre);
	if (m->has_ttl)
		sb_printf(out, " --ttl %u", m->ttl);
	if (m->has_log)
		sb_printf(out, " --log %u", m->log);
}

static void osf_print(const void *info, const struct rule *r UNUSED, bool numeric UNUSED, struct strbuf *out)
{
	const struct osf_info *m = info;

	sb_printf(out, " OS fingerprint match %s%s", m->invert ? "! " : "", m->genre);
}

static void osf_explain(struct xt_ctx *c, const void *info UNUSED, struct strbuf *out)
{
	sb_puts(out, syn_of(c) ? "whose SYN this is is not known" : "the packet is no SYN");
}

const struct match_ext ext_osf = {
	.name = "osf", .families = EXT_V4, .size = sizeof(struct osf_info), .proto = IPPROTO_TCP, .stateful = true,
	.hooks = HOOK_BIT(NF_INET_PRE_ROUTING) | HOOK_BIT(NF_INET_LOCAL_IN) | HOOK_BIT(NF_INET_FORWARD),
	.opts = (const struct ext_opt[]){
		{ .name = "genre", .type = OPT_STRING, .flags = OPT_MUST | OPT_INVERT, .id = O_GENRE, .parse = osf_parse },
		{ .name = "ttl", .type = OPT_UINT32, .id = O_TTL, .max = 2, .parse = osf_parse },
		{ .name = "log", .type = OPT_UINT32, .id = O_LOG, .max = 2, .parse = osf_parse },
		{ 0 } },
	.check = osf_check, .match = osf_match, .save = osf_save, .print = osf_print, .explain = osf_explain,
};
