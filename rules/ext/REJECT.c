// SPDX-License-Identifier: MIT
/* REJECT.c - "-j REJECT [--reject-with KIND]": drops, and tells the sender. */
#include "rules/ext/util.h"
#include "sim/net/reject.h"
#include "sim/packet/headers.h"
#include <strings.h>

struct reject_info { const struct reject_kind *kind; };

enum { O_REJECT_WITH };
#define TCP_RESET (-1)
#define DEFAULT_KIND 3	/* port unreachable, in both tables */

/* The order decides what an abbreviation means: the first that begins so. */
static const struct reject_kind { const char *name, *alias; int code; } kinds4[] = {
	{ "icmp-net-unreachable",	"net-unreach",	ICMP_NET_UNREACH },
	{ "icmp-host-unreachable",	"host-unreach",	ICMP_HOST_UNREACH },
	{ "icmp-proto-unreachable",	"proto-unreach", ICMP_PROT_UNREACH },
	{ "icmp-port-unreachable",	"port-unreach",	ICMP_PORT_UNREACH },
	{ "icmp-net-prohibited",	"net-prohib",	ICMP_NET_ANO },
	{ "icmp-host-prohibited",	"host-prohib",	ICMP_HOST_ANO },
	{ "tcp-reset",			"tcp-rst",	TCP_RESET },
	{ "icmp-admin-prohibited",	"admin-prohib",	ICMP_PKT_FILTERED },
};

static const struct reject_kind kinds6[] = {
	{ "icmp6-no-route",		"no-route",	0 },
	{ "icmp6-adm-prohibited",	"adm-prohibited", 1 },
	{ "icmp6-addr-unreachable",	"addr-unreach",	3 },
	{ "icmp6-port-unreachable",	"port-unreach",	4 },
	{ "tcp-reset",			"tcp-reset",	TCP_RESET },
	{ "icmp6-policy-fail",		"policy-fail",	5 },
	{ "icmp6-reject-route",		"reject-route",	6 },
};

static bool reject_parse(struct ext_cb *cb)
{
	bool v6 = cb->family == NFPROTO_IPV6;
	const struct reject_kind *kinds = v6 ? kinds6 : kinds4;
	size_t n = strlen(cb->arg);

	for (unsigned i = 0; i < (v6 ? ARRAY_SIZE(kinds6) : ARRAY_SIZE(kinds4)); i++) {
		if (strncasecmp(kinds[i].name, cb->arg, n) && strncasecmp(kinds[i].alias, cb->arg, n))
			continue;
		((struct reject_info *)cb->info)->kind = &kinds[i];
		return true;
	}
	if (!v6 && (strncasecmp("echo-reply", cb->arg, n) == 0 || strncasecmp("echoreply", cb->arg, n) == 0))
		diag_warn(cb->diag, cb->pos, "--reject-with echo-reply no longer supported\n");
	return ext_error(cb, "unknown reject type \"%s\"", cb->arg) ||
		       ext_hint_one_of(cb, cb->arg, strlen(cb->arg), cb->family == NFPROTO_IPV6 ?
				       "icmp6-no-route icmp6-adm-prohibited icmp6-addr-unreachable icmp6-port-unreachable "
				       "icmp6-policy-fail icmp6-reject-route tcp-reset" :
				       "icmp-net-unreachable icmp-host-unreachable icmp-port-unreachable icmp-proto-unreachable "
				       "icmp-net-prohibited icmp-host-prohibited icmp-admin-prohibited tcp-reset");
}

static bool reject_final(struct ext_cb *cb)
{
	struct reject_info *r = cb->info;

	if (!r->kind)
		r->kind = &(cb->family == NFPROTO_IPV6 ? kinds6 : kinds4)[DEFAULT_KIND];
	return true;
}

static bool reject_check(struct ext_check *c)
{
	const struct reject_info *r = c->info;

	if (r->kind->code == TCP_RESET && (c->rule->ip.proto != IPPROTO_TCP || c->rule->ip.inv_proto))
		return ext_refuse(c, c->family == NFPROTO_IPV6 ? "TCP_RESET illegal for non-tcp" : "ipt_REJECT: TCP_RESET invalid for non-tcp");
	return true;
}

static enum xt_verdict reject_target(struct xt_ctx *c, const void *info)
{
	int code = ((const struct reject_info *)info)->kind->code;

	if (c->family == NFPROTO_IPV6 && code == TCP_RESET)
		nf_send_reset6(c->host, c->pkt, c->hook);
	else if (c->family == NFPROTO_IPV6)
		nf_send_unreach6(c->host, c->pkt, code, c->hook);
	else if (code == TCP_RESET)
		nf_send_reset(c->host, c->pkt, c->hook);
	else
		nf_send_unreach(c->host, c->pkt, code, c->hook);
	return XT_DROP;
}

static void reject_save(const void *info, const struct rule *r UNUSED, struct strbuf *out)
{
	sb_printf(out, " --reject-with %s", ((const struct reject_info *)info)->kind->name);
}

static void reject_print(const void *info, const struct rule *r UNUSED, bool numeric UNUSED, struct strbuf *out)
{
	sb_printf(out, " reject-with %s", ((const struct reject_info *)info)->kind->name);
}

static void reject_explain(struct xt_ctx *c, const void *info, struct strbuf *out)
{
	union inet_addr src = xt_saddr(c);
	char buf[ADDRSTRLEN];

	sb_printf(out, "drops and tells %s by %s", inet_str(buf, c->family, &src), ((const struct reject_info *)info)->kind->name);
}

const struct target_ext ext_REJECT_target = {
	.name = "REJECT", .families = EXT_ANY, .size = sizeof(struct reject_info), .table = "filter",
	.hooks = HOOK_BIT(NF_INET_LOCAL_IN) | HOOK_BIT(NF_INET_FORWARD) | HOOK_BIT(NF_INET_LOCAL_OUT),
	.opts = (const struct ext_opt[]){
		{ .name = "reject-with", .type = OPT_STRING, .id = O_REJECT_WITH, .parse = reject_parse },
		{ 0 } },
	.final = reject_final, .check = reject_check, .target = reject_target,
	.save = reject_save, .print = reject_print, .explain = reject_explain,
};
