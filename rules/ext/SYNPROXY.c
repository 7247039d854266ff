// SPDX-License-Identifier: MIT
/* SYNPROXY.c - "-j SYNPROXY": answers a SYN by itself, and asks the server only when the client has answered. */
#include "rules/ext/util.h"
#include "sim/net/synproxy.h"

enum { O_SACK, O_TIMESTAMP, O_WSCALE, O_MSS, O_ECN };

static const uint8_t option_bits[] = {
	[O_SACK] = SYNPROXY_SACK_PERM, [O_TIMESTAMP] = SYNPROXY_TIMESTAMP, [O_WSCALE] = SYNPROXY_WSCALE, [O_MSS] = SYNPROXY_MSS,
	[O_ECN] = SYNPROXY_ECN,
};

static bool synproxy_parse(struct ext_cb *cb)
{
	struct synproxy_info *s = cb->info;

	s->options |= option_bits[cb->opt->id];
	if (cb->opt->id == O_WSCALE)
		s->wscale = (uint8_t)cb->val.u32;
	else if (cb->opt->id == O_MSS)
		s->mss = (uint16_t)cb->val.u32;
	return true;
}

static bool synproxy_check(struct ext_check *c)
{
	const struct ip_match *ip = &c->rule->ip;

	if (ip->proto != IPPROTO_TCP || ip->inv_proto)
		return ext_refuse_silent(c, "only with -p tcp");
	return true;
}

static void synproxy_state_init(struct host *h, void *state UNUSED, const void *info UNUSED, const struct rule *r)
{
	synproxy_need(h, r->chain->table->family);
}

/* A SYN and the ACK that answers it are taken; the rest goes on to the next rule. */
static bool takes(const struct xt_ctx *c)
{
	const uint8_t *th = c->fragoff ? NULL : pkt_at(c->pkt, c->thoff, TCP_HLEN);
	unsigned flags = th ? th[TCP_FLAGS] & (TH_SYN | TH_ACK | TH_FIN | TH_RST) : 0;

	return !th || flags == TH_SYN || flags == TH_ACK;
}

static enum xt_verdict synproxy_target(struct xt_ctx *c, const void *info)
{
	switch (synproxy_segment(c->host, c->pkt, c->thoff, c->hook, info)) {
	case SYNPROXY_PASS:
		return XT_CONTINUE;
	case SYNPROXY_DROP:
		return XT_DROP;
	default:
		pkt_free(c->pkt);
		return XT_STOLEN;
	}
}

static void put(const struct synproxy_info *s, const char *dashes, struct strbuf *out)
{
	if (s->options & SYNPROXY_SACK_PERM)
		sb_printf(out, " %ssack-perm", dashes);
	if (s->options & SYNPROXY_TIMESTAMP)
		sb_printf(out, " %stimestamp", dashes);
	if (s->options & SYNPROXY_WSCALE)
		sb_printf(out, " %swscale %u", dashes, s->wscale);
	if (s->options & SYNPROXY_MSS)
		sb_printf(out, " %smss %u", dashes, s->mss);
	if (s->options & SYNPROXY_ECN)
		sb_printf(out, " %secn", dashes);
}

static void synproxy_save(const void *info, const struct rule *r UNUSED, struct strbuf *out)
{
	put(info, "--", out);
}

static void synproxy_print(const void *info, const struct rule *r UNUSED, bool numeric UNUSED, struct strbuf *out)
{
	sb_puts(out, " SYNPROXY");
	put(info, "", out);
	sb_putc(out, ' ');
}

static void synproxy_explain(struct xt_ctx *c, const void *info UNUSED, struct strbuf *out)
{
	sb_puts(out, takes(c) ? "takes the segment: a SYN is answered for the server, an ACK is asked for its cookie" : "lets the packet go on");
}

const struct target_ext ext_SYNPROXY_target = {
	.name = "SYNPROXY", .families = EXT_ANY, .size = sizeof(struct synproxy_info), .needs_ct = true, .stateful = true,
	.hooks = HOOK_BIT(NF_INET_LOCAL_IN) | HOOK_BIT(NF_INET_FORWARD),
	.opts = (const struct ext_opt[]){
		{ .name = "sack-perm", .type = OPT_NONE, .id = O_SACK, .parse = synproxy_parse },
		{ .name = "timestamp", .type = OPT_NONE, .id = O_TIMESTAMP, .parse = synproxy_parse },
		{ .name = "wscale", .type = OPT_UINT32, .id = O_WSCALE, .parse = synproxy_parse },
		{ .name = "mss", .type = OPT_UINT32, .id = O_MSS, .parse = synproxy_parse },
		{ .name = "ecn", .type = OPT_NONE, .id = O_ECN, .parse = synproxy_parse },
		{ 0 } },
	.check = synproxy_check, .state_init = synproxy_state_init, .target = synproxy_target,
	.save = synproxy_save, .print = synproxy_print, .explain = synproxy_explain,
};
