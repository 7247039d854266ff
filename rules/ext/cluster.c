// SPDX-License-Identifier: MIT
/* cluster.c - "-m cluster": is the packet's connection this node's share (net/netfilter/xt_cluster.c). */
#include "rules/ext/util.h"
#include "sim/net/fib.h"
#include <errno.h>

#define NODES_MAX 32
enum { O_TOTAL, O_NODE, O_MASK, O_SEED };
#define BIT(o) (1u << (o))

struct cluster_info { uint32_t total, mask, seed; bool invert; };

static bool cluster_parse(struct ext_cb *cb)
{
	struct cluster_info *m = cb->info;
	uint32_t v = cb->val.u32;

	switch (cb->opt->id) {
	case O_TOTAL:	m->total = v;		break;
	case O_SEED:	m->seed = v;		break;
	default:
		m->mask = cb->opt->id == O_NODE ? 1u << (v - 1) : v;
		m->invert = cb->invert;
		break;
	}
	return true;
}

static bool cluster_final(struct ext_cb *cb)
{
	const struct cluster_info *m = cb->info;
	bool both = cb->xflags & BIT(O_TOTAL) && cb->xflags & BIT(O_SEED);

	if (!(cb->xflags & (BIT(O_NODE) | BIT(O_MASK))))
		return ext_error(cb, "cluster match: `--cluster-local-node' or`--cluster-local-nodemask' is missing");
	if (!both || m->mask < UINT64_C(1) << m->total)
		return true;
	return cb->xflags & BIT(O_NODE) ?
	       ext_error(cb, "cluster match: `--cluster-local-node' must be <= `--cluster-total-nodes'") :
	       ext_error(cb, "cluster match: `--cluster-local-nodemask' too big for `--cluster-total-nodes'");
}

/* The node whose the connection is, from 0. */
static uint32_t node_of(const struct conn *ct, const struct cluster_info *m)
{
	const struct ct_tuple *orig;
	uint32_t hash;

	if (ct->master)
		ct = ct->master;
	orig = &ct->tuple[IP_CT_DIR_ORIGINAL];
	/* of an IPv6 address the kernel hashes the first word alone: all hosts of a /32 are one node's */
	hash = orig->l3num == NFPROTO_IPV6 ? jhash2(orig->src.u3.all, 1, m->seed) : jhash_1word(orig->src.u3.ip, m->seed);
	return (uint32_t)((uint64_t)hash * m->total >> 32);
}

static bool to_multicast(const struct xt_ctx *c)
{
	union inet_addr a = xt_daddr(c);

	return c->family == NFPROTO_IPV6 ? a.ip6[0] == 0xff : ipv4_is_multicast(a.ip);
}

static bool cluster_match(struct xt_ctx *c, const void *info)
{
	const struct cluster_info *m = info;
	struct packet *p = c->pkt;

	/* The nodes share a multicast MAC address; what came by it must not be taken for multicast further up. */
	if (p->pkt_type == PACKET_MULTICAST && !to_multicast(c))
		p->pkt_type = PACKET_HOST;
	if (!p->ct)
		return false;
	return (m->mask >> node_of(p->ct, m) & 1) != m->invert;
}

static void cluster_save(const void *info, const struct rule *r UNUSED, struct strbuf *out)
{
	const struct cluster_info *m = info;

	sb_printf(out, "%s --cluster-local-nodemask 0x%08x --cluster-total-nodes %u --cluster-hash-seed 0x%08x",
		  m->invert ? " !" : "", m->mask, m->total, m->seed);
}

static void cluster_print(const void *info, const struct rule *r UNUSED, bool numeric UNUSED, struct strbuf *out)
{
	const struct cluster_info *m = info;

	sb_printf(out, " cluster %snode_mask=0x%08x total_nodes=%u hash_seed=0x%08x", m->invert ? "!" : "", m->mask, m->total, m->seed);
}

static void cluster_explain(struct xt_ctx *c, const void *info, struct strbuf *out)
{
	const struct cluster_info *m = info;

	if (c->pkt->ct)
		sb_printf(out, "the connection is node %u's", node_of(c->pkt->ct, m) + 1);
	else
		sb_puts(out, "the packet has no connection");
	sb_printf(out, ", rule wants %snode mask 0x%x", m->invert ? "anything but " : "", m->mask);
}

const struct match_ext ext_cluster = {
	.name = "cluster", .families = EXT_ANY, .size = sizeof(struct cluster_info), .needs_ct = true, .stateful = true,
	.form = "-m cluster --cluster-total-nodes 2 --cluster-local-node 1 --cluster-hash-seed 0xdeadbeef",
	.opts = (const struct ext_opt[]){
		{ .name = "cluster-total-nodes", .type = OPT_UINT32, .flags = OPT_MUST, .id = O_TOTAL, .min = 1, .max = NODES_MAX,
		  .parse = cluster_parse },
		{ .name = "cluster-local-node", .type = OPT_UINT32, .flags = OPT_INVERT, .id = O_NODE, .min = 1, .max = NODES_MAX,
		  .excl = BIT(O_MASK), .parse = cluster_parse },
		{ .name = "cluster-local-nodemask", .type = OPT_UINT32, .flags = OPT_INVERT, .id = O_MASK, .min = 1, .max = NODES_MAX,
		  .excl = BIT(O_NODE), .parse = cluster_parse },
		{ .name = "cluster-hash-seed", .type = OPT_UINT32, .flags = OPT_MUST, .id = O_SEED, .parse = cluster_parse },
		{ 0 } },
	.final = cluster_final, .match = cluster_match, .save = cluster_save, .print = cluster_print, .explain = cluster_explain,
};
