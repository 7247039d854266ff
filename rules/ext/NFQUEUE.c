// SPDX-License-Identifier: MIT
/* NFQUEUE.c - "-j NFQUEUE": a program decides. None listens here, so the kernel drops, or with --queue-bypass takes the
 * packet out of this table as accepted (net/netfilter/nf_queue.c). */
#include "rules/ext/util.h"
#include <errno.h>

enum { O_NUM, O_BALANCE, O_BYPASS, O_FANOUT };

struct nfqueue_info { uint16_t num, total; bool bypass, fanout; };

static void nfqueue_init(void *info)
{
	((struct nfqueue_info *)info)->total = 1;
}

static bool nfqueue_parse(struct ext_cb *cb)
{
	const uint16_t *r = cb->val.u16_range;
	struct nfqueue_info *q = cb->info;

	switch (cb->opt->id) {
	case O_NUM:	q->num = cb->val.u16;	break;
	case O_BYPASS:	q->bypass = true;	break;
	case O_FANOUT:	q->fanout = true;	break;
	case O_BALANCE:
		if (cb->nvals != 2)
			return ext_error(cb, "Bad range \"%s\"", cb->arg);
		if (r[0] >= r[1])
			return ext_error(cb, "%u should be less than %u", r[0], r[1]) ||
			       ext_hint(cb, "--queue-balance FIRST:LAST, two queues, the lower first");
		q->num = r[0];
		q->total = (uint16_t)(r[1] - r[0] + 1);	/* 0 for all 65536: the kernel refuses */
		break;
	}
	return true;
}

static bool nfqueue_check(struct ext_check *c)
{
	const struct nfqueue_info *q = c->info;

	return q->total || ext_refuse(c, "xt_NFQUEUE: number of total queues is 0");
}

static enum xt_verdict nfqueue_target(struct xt_ctx *c UNUSED, const void *info)
{
	const struct nfqueue_info *q = info;

	return q->bypass ? XT_QUEUE_BYPASS : XT_QUEUE;
}

static void put(const struct nfqueue_info *q, const char *before, struct strbuf *out)
{
	bool dashes = *before == '-';

	if (q->total > 1)
		sb_printf(out, " %sbalance %u:%u", before, q->num, q->num + q->total - 1);
	else
		sb_printf(out, " %snum %u", before, q->num);
	if (q->bypass)
		sb_puts(out, dashes ? " --queue-bypass" : " bypass");
	if (q->fanout)
		sb_puts(out, dashes ? " --queue-cpu-fanout" : " cpu-fanout");
}

static void nfqueue_save(const void *info, const struct rule *r UNUSED, struct strbuf *out)
{
	put(info, "--queue-", out);
}

static void nfqueue_print(const void *info, const struct rule *r UNUSED, bool numeric UNUSED, struct strbuf *out)
{
	put(info, "NFQUEUE ", out);
}

static void nfqueue_explain(struct xt_ctx *c UNUSED, const void *info, struct strbuf *out)
{
	const struct nfqueue_info *q = info;

	sb_printf(out, "no program listens at queue %u: ", q->num);
	sb_puts(out, q->bypass ? "with --queue-bypass the packet leaves this table as accepted" : "the packet is dropped");
}

const struct target_ext ext_NFQUEUE_target = {
	.name = "NFQUEUE", .families = EXT_ANY, .size = sizeof(struct nfqueue_info),
	.opts = (const struct ext_opt[]){
		{ .name = "queue-num", .type = OPT_UINT16, .id = O_NUM, .excl = 1u << O_BALANCE, .parse = nfqueue_parse },
		{ .name = "queue-balance", .type = OPT_UINT16RC, .id = O_BALANCE, .excl = 1u << O_NUM, .parse = nfqueue_parse },
		{ .name = "queue-bypass", .type = OPT_NONE, .id = O_BYPASS, .parse = nfqueue_parse },
		{ .name = "queue-cpu-fanout", .type = OPT_NONE, .id = O_FANOUT, .also = 1u << O_BALANCE, .parse = nfqueue_parse },
		{ 0 } },
	.init = nfqueue_init, .check = nfqueue_check, .target = nfqueue_target,
	.save = nfqueue_save, .print = nfqueue_print, .explain = nfqueue_explain,
};
