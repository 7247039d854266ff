// SPDX-License-Identifier: MIT
/* ECN.c - "-j ECN": removes or sets congestion notification bits (net/ipv4/netfilter/ipt_ECN.c). */
#include "rules/ext/util.h"

enum { O_REMOVE, O_CWR, O_ECE, O_ECT };
#define OP_ECT 1u
#define OP_ECE 2u
#define OP_CWR 4u

struct ecn_tg_info { uint8_t op, ect; bool ece, cwr; };

static bool ecn_parse(struct ext_cb *cb)
{
	struct ecn_tg_info *e = cb->info;

	switch (cb->opt->id) {
	case O_REMOVE:
		e->op = OP_ECE | OP_CWR;		/* an --ecn-ip-ect before it is forgotten, as iptables forgets it */
		e->ece = e->cwr = false;
		break;
	case O_CWR:
		e->op |= OP_CWR;
		e->cwr = cb->val.u8;
		break;
	case O_ECE:
		e->op |= OP_ECE;
		e->ece = cb->val.u8;
		break;
	case O_ECT:
		e->op |= OP_ECT;
		e->ect = cb->val.u8;
		break;
	}
	return true;
}

static bool ecn_final(struct ext_cb *cb)
{
	return cb->xflags ? true : ext_error(cb, "ECN target: An operation is required");
}

static bool ecn_check(struct ext_check *c)
{
	const struct ecn_tg_info *e = c->info;

	if (e->op & (OP_ECE | OP_CWR) && (c->rule->ip.proto != IPPROTO_TCP || c->rule->ip.inv_proto))
		return ext_refuse(c, "ipt_ECN: cannot use operation on non-tcp rule");
	return true;
}

static void set_ect(struct xt_ctx *c, const struct ecn_tg_info *e)
{
	uint8_t old = xt_tos(c);

	if ((old & 3) == e->ect)
		return;
	ext_set_tos(c, (uint8_t)((old & ~3) | e->ect));
	ext_changed_hex(c, "ecn", old & 3, e->ect, "ECN");
}

/* false: no TCP header to write to. */
static bool set_tcp(struct xt_ctx *c, const struct ecn_tg_info *e)
{
	uint8_t *th = pkt_at(c->pkt, c->thoff, TCP_HLEN), flags;
	be16 old, new;

	if (!th)
		return false;
	flags = th[TCP_FLAGS];
	if (e->op & OP_ECE)
		flags = (uint8_t)(e->ece ? flags | TH_ECE : flags & ~TH_ECE);
	if (e->op & OP_CWR)
		flags = (uint8_t)(e->cwr ? flags | TH_CWR : flags & ~TH_CWR);
	if (flags == th[TCP_FLAGS])
		return true;
	old = load_be16(th + TCP_OFF);
	ext_changed_hex(c, "tcp flags", th[TCP_FLAGS], flags, "ECN");
	th[TCP_FLAGS] = flags;
	new = load_be16(th + TCP_OFF);
	csum_replace2(th + TCP_CSUM, old, new);
	return true;
}

static enum xt_verdict ecn_target(struct xt_ctx *c, const void *info)
{
	const struct ecn_tg_info *e = info;

	if (e->op & OP_ECT)
		set_ect(c, e);
	if (e->op & (OP_ECE | OP_CWR) && pkt_nh(c->pkt)[IP4_PROTO] == IPPROTO_TCP && !set_tcp(c, e))
		return XT_DROP;
	return XT_CONTINUE;
}

static void ecn_save(const void *info, const struct rule *r UNUSED, struct strbuf *out)
{
	const struct ecn_tg_info *e = info;

	if (e->op == (OP_ECE | OP_CWR) && !e->ece && !e->cwr) {
		sb_puts(out, " --ecn-tcp-remove");
		return;
	}
	if (e->op & OP_ECE)
		sb_printf(out, " --ecn-tcp-ece %d", e->ece);
	if (e->op & OP_CWR)
		sb_printf(out, " --ecn-tcp-cwr %d", e->cwr);
	if (e->op & OP_ECT)
		sb_printf(out, " --ecn-ip-ect %d", e->ect);
}

static void ecn_print(const void *info, const struct rule *r UNUSED, bool numeric UNUSED, struct strbuf *out)
{
	const struct ecn_tg_info *e = info;

	sb_puts(out, " ECN");
	if (e->op == (OP_ECE | OP_CWR) && !e->ece && !e->cwr) {
		sb_puts(out, " TCP remove");
		return;
	}
	if (e->op & OP_ECE)
		sb_printf(out, " ECE=%u", e->ece);
	if (e->op & OP_CWR)
		sb_printf(out, " CWR=%u", e->cwr);
	if (e->op & OP_ECT)
		sb_printf(out, " ECT codepoint=%u", e->ect);
}

static void ecn_explain(struct xt_ctx *c, const void *info, struct strbuf *out)
{
	const struct ecn_tg_info *e = info;

	if (e->op & OP_ECT)
		sb_printf(out, "sets the ECN bits from %u to %u", xt_tos(c) & 3, e->ect);
	if (e->op & OP_ECE)
		sb_printf(out, "%sece becomes %u", out->len ? "; " : "", e->ece);
	if (e->op & OP_CWR)
		sb_printf(out, "%scwr becomes %u", out->len ? "; " : "", e->cwr);
}

const struct target_ext ext_ECN_target = {
	.name = "ECN", .families = EXT_V4, .size = sizeof(struct ecn_tg_info), .table = "mangle",
	.form = "-j ECN --ecn-tcp-remove",
	.opts = (const struct ext_opt[]){
		{ .name = "ecn-tcp-remove", .type = OPT_NONE, .id = O_REMOVE, .excl = 1u << O_CWR | 1u << O_ECE, .parse = ecn_parse },
		{ .name = "ecn-tcp-cwr", .type = OPT_UINT8, .id = O_CWR, .max = 1, .excl = 1u << O_REMOVE, .parse = ecn_parse },
		{ .name = "ecn-tcp-ece", .type = OPT_UINT8, .id = O_ECE, .max = 1, .excl = 1u << O_REMOVE, .parse = ecn_parse },
		{ .name = "ecn-ip-ect", .type = OPT_UINT8, .id = O_ECT, .max = 3, .parse = ecn_parse },
		{ 0 } },
	.final = ecn_final, .check = ecn_check, .target = ecn_target, .save = ecn_save, .print = ecn_print, .explain = ecn_explain,
};
