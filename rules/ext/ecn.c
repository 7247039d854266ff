// SPDX-License-Identifier: MIT
/* ecn.c - "-m ecn": explicit congestion notification, in the IP and the TCP header. */
#include "rules/ext/util.h"

enum { ECN_CWR = 1, ECN_ECE = 2, ECN_IP = 4 };
struct ecn_info { uint8_t op, invert, ect; };

static bool ecn_parse(struct ext_cb *cb)
{
	struct ecn_info *m = cb->info;
	uint8_t bit = (uint8_t)(1u << cb->opt->id);

	m->op |= bit;
	if (cb->invert)
		m->invert |= bit;
	if (bit == ECN_IP)
		m->ect = cb->val.u8;
	return true;
}

static bool ecn_final(struct ext_cb *cb)
{
	return cb->xflags || ext_error(cb, "ECN match: some option required");
}

static bool ecn_check(struct ext_check *c)
{
	const struct ecn_info *m = c->info;
	const struct ip_match *ip = &c->rule->ip;

	if ((m->op & (ECN_ECE | ECN_CWR)) && (ip->proto != 6 || ip->inv_proto))
		return ext_refuse(c, "xt_ecn: cannot match TCP bits for non-tcp packets");
	return true;
}

static bool ecn_match(struct xt_ctx *c, const void *info)
{
	const struct ecn_info *m = info;
	const uint8_t *th;

	if ((m->op & ECN_IP) && ((xt_tos(c) & 3) == m->ect) == !!(m->invert & ECN_IP))
		return false;
	if (!(m->op & (ECN_ECE | ECN_CWR)))
		return true;
	th = pkt_at(c->pkt, c->thoff, TCP_HLEN);
	if (!th)
		return false;
	if ((m->op & ECN_ECE) && !!(th[TCP_FLAGS] & TH_ECE) == !!(m->invert & ECN_ECE))
		return false;
	return !(m->op & ECN_CWR) || !!(th[TCP_FLAGS] & TH_CWR) != !!(m->invert & ECN_CWR);
}

static void ecn_save(const void *info, const struct rule *r UNUSED, struct strbuf *out)
{
	const struct ecn_info *m = info;

	if (m->op & ECN_ECE)
		sb_puts(out, m->invert & ECN_ECE ? " ! --ecn-tcp-ece" : " --ecn-tcp-ece");
	if (m->op & ECN_CWR)
		sb_puts(out, m->invert & ECN_CWR ? " ! --ecn-tcp-cwr" : " --ecn-tcp-cwr");
	if (m->op & ECN_IP)
		sb_printf(out, "%s --ecn-ip-ect %u", m->invert & ECN_IP ? " !" : "", m->ect);
}

static void ecn_print(const void *info, const struct rule *r UNUSED, bool numeric UNUSED, struct strbuf *out)
{
	const struct ecn_info *m = info;

	sb_puts(out, " ECN match");
	if (m->op & ECN_ECE)
		sb_puts(out, m->invert & ECN_ECE ? " !ECE" : " ECE");
	if (m->op & ECN_CWR)
		sb_puts(out, m->invert & ECN_CWR ? " !CWR" : " CWR");
	if (m->op & ECN_IP)
		sb_printf(out, " %sECT=%u", m->invert & ECN_IP ? "!" : "", m->ect);
}

static void ecn_explain(struct xt_ctx *c, const void *info, struct strbuf *out)
{
	const struct ecn_info *m = info;
	const uint8_t *th = pkt_at(c->pkt, c->thoff, TCP_HLEN);

	sb_printf(out, "ECT is %u", xt_tos(c) & 3);
	if (m->op & (ECN_ECE | ECN_CWR)) {
		if (th)
			sb_printf(out, ", ECE %s, CWR %s", th[TCP_FLAGS] & TH_ECE ? "set" : "not set", th[TCP_FLAGS] & TH_CWR ? "set" : "not set");
		else
			sb_puts(out, ", the TCP header is not whole");
	}
	sb_puts(out, "; rule wants");
	ecn_save(m, NULL, out);
}

const struct match_ext ext_ecn = {
	.name = "ecn", .families = EXT_ANY, .size = sizeof(struct ecn_info),
	.form = "-m ecn --ecn-tcp-ece",
	.opts = (const struct ext_opt[]){
		{ .name = "ecn-tcp-cwr", .type = OPT_NONE, .flags = OPT_INVERT, .id = 0, .parse = ecn_parse },
		{ .name = "ecn-tcp-ece", .type = OPT_NONE, .flags = OPT_INVERT, .id = 1, .parse = ecn_parse },
		{ .name = "ecn-ip-ect", .type = OPT_UINT8, .flags = OPT_INVERT, .id = 2, .max = 3, .parse = ecn_parse },
		{ 0 } },
	.final = ecn_final, .check = ecn_check, .match = ecn_match, .save = ecn_save, .print = ecn_print, .explain = ecn_explain,
};
