// SPDX-License-Identifier: MIT
/* REJECT.c - "-j REJECT [--reject-with KIND]": drops, and tells the sender. */
#include "rules/ext.h"
#include "sim/net/reject.h"
#include "sim/packet/headers.h"
#include <strings.h>

struct reject_info { unsigned kind; };	/* index in kinds */

enum { O_REJECT_WITH };
#define TCP_RESET (-1)
#define DEFAULT_KIND 3	/* icmp-port-unreachable */

/* The order decides what an abbreviation means: the first that begins so. */
static const struct { const char *name, *alias; int code; } kinds[] = {
	{ "icmp-net-unreachable",	"net-unreach",	ICMP_NET_UNREACH },
	{ "icmp-host-unreachable",	"host-unreach",	ICMP_HOST_UNREACH },
	{ "icmp-proto-unreachable",	"proto-unreach", ICMP_PROT_UNREACH },
	{ "icmp-port-unreachable",	"port-unreach",	ICMP_PORT_UNREACH },
	{ "icmp-net-prohibited",	"net-prohib",	ICMP_NET_ANO },
	{ "icmp-host-prohibited",	"host-prohib",	ICMP_HOST_ANO },
	{ "tcp-reset",			"tcp-rst",	TCP_RESET },
	{ "icmp-admin-prohibited",	"admin-prohib",	ICMP_PKT_FILTERED },
};

static void reject_init(void *info)
{
	((struct reject_info *)info)->kind = DEFAULT_KIND;
}

static bool reject_parse(struct ext_cb *cb)
{
	size_t n = strlen(cb->arg);

	for (unsigned i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (strncasecmp(kinds[i].name, cb->arg, n) && strncasecmp(kinds[i].alias, cb->arg, n))
			continue;
		((struct reject_info *)cb->info)->kind = i;
		return true;
	}
	return ext_error(cb, "unknown reject type \"%s\"", cb->arg);
}

static bool reject_check(struct ext_check *c)
{
	const struct reject_info *r = c->info;

	if (kinds[r->kind].code == TCP_RESET && (c->rule->ip.proto != IPPROTO_TCP || c->rule->ip.inv_proto))
		return ext_refuse(c, "ipt_REJECT: TCP_RESET invalid for non-tcp");
	return true;
}

static enum xt_verdict reject_target(struct xt_ctx *c, const void *info)
{
	int code = kinds[((const struct reject_info *)info)->kind].code;

	if (code == TCP_RESET)
		nf_send_reset(c->host, c->pkt, c->hook);
	else
		nf_send_unreach(c->host, c->pkt, code, c->hook);
	return XT_DROP;
}

static void reject_save(const void *info, const struct rule *r UNUSED, struct strbuf *out)
{
	sb_printf(out, " --reject-with %s", kinds[((const struct reject_info *)info)->kind].name);
}

static void reject_print(const void *info, const struct rule *r UNUSED, bool numeric UNUSED, struct strbuf *out)
{
	sb_printf(out, " reject-with %s", kinds[((const struct reject_info *)info)->kind].name);
}

static void reject_explain(struct xt_ctx *c, const void *info, struct strbuf *out)
{
	char buf[ADDRSTRLEN];

	sb_printf(out, "drops and tells %s by %s", ip4_str(buf, ip4_saddr(pkt_nh(c->pkt))),
		  kinds[((const struct reject_info *)info)->kind].name);
}

const struct target_ext ext_REJECT_target = {
	.name = "REJECT", .families = EXT_V4, .size = sizeof(struct reject_info), .table = "filter",
	.hooks = HOOK_BIT(NF_INET_LOCAL_IN) | HOOK_BIT(NF_INET_FORWARD) | HOOK_BIT(NF_INET_LOCAL_OUT),
	.opts = (const struct ext_opt[]){
		{ .name = "reject-with", .type = OPT_STRING, .id = O_REJECT_WITH, .parse = reject_parse },
		{ 0 } },
	.init = reject_init, .check = reject_check, .target = reject_target,
	.save = reject_save, .print = reject_print, .explain = reject_explain,
};
