// SPDX-License-Identifier: MIT
/* TEE.c - "-j TEE --gateway ADDR [--oif DEV]": sends a copy to another machine, the packet goes on. */
#include "rules/ext.h"
#include "rules/ext/util.h"
#include "sim/net/reject.h"

struct tee_info { union inet_addr gw; char oif[IFNAMSIZ]; };

enum { O_GATEWAY, O_OIF };

static bool tee_parse(struct ext_cb *cb)
{
	struct tee_info *t = cb->info;
	size_t n;

	if (cb->opt->id == O_GATEWAY) {
		t->gw = cb->val.host.addr;
		return true;
	}
	n = strlen(cb->arg);
	memset(t->oif, 0, sizeof(t->oif));
	memcpy(t->oif, cb->arg, MIN(n, sizeof(t->oif) - 1));	/* longer names are cut */
	return true;
}

static bool tee_check(struct ext_check *c)
{
	const struct tee_info *t = c->info;
	static const union inet_addr zero;

	if (inet_addr_equal(&t->gw, &zero))
		return ext_refuse_silent(c, "the gateway cannot be the address 0");
	return true;
}

/* A device that does not exist is no restriction; one that comes later counts from then on. */
static enum xt_verdict tee_target(struct xt_ctx *c, const void *info)
{
	const struct tee_info *t = info;
	const struct net_device *out = t->oif[0] ? dev_by_name(c->host, t->oif) : NULL;

	if (c->family == NFPROTO_IPV6)
		nf_dup_ipv6(c->host, c->pkt, c->hook, &t->gw, out ? out->ifindex : 0);
	else
		nf_dup_ipv4(c->host, c->pkt, c->hook, t->gw.ip, out ? out->ifindex : 0);
	return XT_CONTINUE;
}

static void put(const struct tee_info *t, const char *gateway, const char *oif, uint8_t family, struct strbuf *out)
{
	char buf[ADDRSTRLEN];

	sb_printf(out, "%s%s", gateway, inet_str(buf, family, &t->gw));
	if (t->oif[0])
		sb_printf(out, "%s%s", oif, t->oif);
}

static void tee_save(const void *info, const struct rule *r, struct strbuf *out)
{
	put(info, " --gateway ", " --oif ", r->ip.family, out);
}

static void tee_print(const void *info, const struct rule *r, bool numeric UNUSED, struct strbuf *out)
{
	put(info, " TEE gw:", " oif=", r->ip.family, out);
}

static void tee_explain(struct xt_ctx *c, const void *info, struct strbuf *out)
{
	put(info, "sends a copy to ", " by ", c->family, out);
	if (c->host->in_nf_duplicate)
		sb_puts(out, ", but this is a copy's own way: no copy");
}

const struct target_ext ext_TEE_target = {
	.name = "TEE", .families = EXT_ANY, .size = sizeof(struct tee_info), .stateful = true,
	.opts = (const struct ext_opt[]){
		{ .name = "gateway", .type = OPT_HOST, .flags = OPT_MUST, .id = O_GATEWAY, .parse = tee_parse },
		{ .name = "oif", .type = OPT_STRING, .id = O_OIF, .parse = tee_parse },
		{ 0 } },
	.check = tee_check, .target = tee_target, .save = tee_save, .print = tee_print, .explain = tee_explain,
};
