// SPDX-License-Identifier: MIT
/* CLUSTERIP.c - "-j CLUSTERIP": gone from Linux since 6.3; iptables still reads it, the kernel refuses. */
#include "rules/ext/util.h"
#include <errno.h>

enum { O_NEW, O_HASHMODE, O_MAC, O_TOTAL, O_LOCAL, O_INIT };
#define BIT(o) (1u << (o))

static bool hashmode_parse(struct ext_cb *cb)
{
	if (strcmp(cb->arg, "sourceip") && strcmp(cb->arg, "sourceip-sourceport") && strcmp(cb->arg, "sourceip-sourceport-destport"))
		return ext_error(cb, "Unknown hashmode \"%s\"", cb->arg);
	return true;
}

static bool clustermac_parse(struct ext_cb *cb)
{
	return cb->val.ether.mac[0] & 1 || ext_error(cb, "MAC has to be a multicast ethernet address");
}

static bool clusterip_final(struct ext_cb *cb)
{
	uint32_t full = BIT(O_NEW) | BIT(O_HASHMODE) | BIT(O_MAC) | BIT(O_TOTAL) | BIT(O_LOCAL);

	return !cb->xflags || (cb->xflags & full) == full || ext_error(cb, "CLUSTERIP target: Invalid parameter combination");
}

static bool clusterip_check(struct ext_check *c)
{
	c->err = ENOENT;
	ext_refuse_silent(c, "Linux has no CLUSTERIP since 6.3: -m cluster does its work");
	return false;
}

static enum xt_verdict clusterip_target(struct xt_ctx *c UNUSED, const void *info UNUSED)
{
	return XT_CONTINUE;
}

static void clusterip_save(const void *info UNUSED, const struct rule *r UNUSED, struct strbuf *out UNUSED)
{
}

const struct target_ext ext_CLUSTERIP_target = {
	.name = "CLUSTERIP", .families = EXT_V4, .size = 1, .gone = true,
	.opts = (const struct ext_opt[]){
		{ .name = "new", .type = OPT_NONE, .id = O_NEW },
		{ .name = "hashmode", .type = OPT_STRING, .id = O_HASHMODE, .also = BIT(O_NEW), .parse = hashmode_parse },
		{ .name = "clustermac", .type = OPT_ETHERMAC, .id = O_MAC, .also = BIT(O_NEW), .parse = clustermac_parse },
		{ .name = "total-nodes", .type = OPT_UINT16, .id = O_TOTAL, .also = BIT(O_NEW), .max = 16 },
		{ .name = "local-node", .type = OPT_UINT16, .id = O_LOCAL, .also = BIT(O_NEW), .max = 16 },
		{ .name = "hash-init", .type = OPT_UINT32, .id = O_INIT, .also = BIT(O_NEW) },
		{ 0 } },
	.final = clusterip_final, .check = clusterip_check, .target = clusterip_target, .save = clusterip_save,
};
