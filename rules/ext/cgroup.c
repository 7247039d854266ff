// SPDX-License-Identifier: MIT
/* cgroup.c - "-m cgroup": the control group of the socket a packet belongs to (net/netfilter/xt_cgroup.c). Control groups
 * are not emulated: what the answer would be for a packet with a socket is not known, but for the root. */
#include "rules/ext/util.h"
#include "sim/net/sock.h"
#include <stdio.h>

enum { O_CLASSID, O_PATH };

struct cgroup_info { char path[512]; uint32_t classid; bool has_path, inv_path, has_classid, inv_classid; };

static bool cgroup_parse(struct ext_cb *cb)
{
	struct cgroup_info *m = cb->info;

	if (cb->opt->id == O_PATH) {
		snprintf(m->path, sizeof(m->path), "%s", cb->arg);
		m->has_path = true;
		m->inv_path = cb->invert;
	} else {
		m->classid = cb->val.u32;
		m->has_classid = true;
		m->inv_classid = cb->invert;
	}
	return true;
}

static bool is_root(const struct cgroup_info *m)
{
	return m->has_path && m->path[strspn(m->path, "/")] == '\0';
}

static bool cgroup_check(struct ext_check *c)
{
	const struct cgroup_info *m = c->info;

	if (m->has_path == m->has_classid)
		return ext_refuse(c, m->has_path ? "xt_cgroup: path and classid specified" : "xt_cgroup: no path or classid specified");
	if (!is_root(m))
		ext_warn_unknown(c, "control groups are not emulated");
	return true;
}

/* A socket of a user's: its own, or the one that early demux finds. */
static bool has_socket(const struct xt_ctx *c)
{
	const struct packet *p = c->pkt;
	const uint8_t *ip = pkt_nh(p), *ports;
	union inet_addr src = xt_saddr(c), dst = xt_daddr(c);
	struct xt_ctx x = *c;
	int proto = x.family == NFPROTO_IPV6 ? xt_find_proto(&x) : ip[IP4_PROTO];

	if (p->sk || (p->local && p->uid != UINT32_MAX))
		return true;
	ports = pkt_at(p, x.thoff, 4);
	if (c->hook != NF_INET_LOCAL_IN || x.fragoff || !ports || (proto != IPPROTO_TCP && proto != IPPROTO_UDP))
		return false;
	if (x.family == NFPROTO_IPV6)
		return sock6_lookup(c->host, (uint8_t)proto, &src, get_be16(ports), &dst, get_be16(ports + 2), c->in);
	return sock_lookup(c->host, (uint8_t)proto, src.ip, get_be16(ports), dst.ip, get_be16(ports + 2), c->in);
}

static bool cgroup_match(struct xt_ctx *c, const void *info)
{
	const struct cgroup_info *m = info;

	if (!has_socket(c))
		return false;		/* inverted or not */
	if (is_root(m))
		return !m->inv_path;
	return ext_unknown(c);
}

static void cgroup_save(const void *info, const struct rule *r UNUSED, struct strbuf *out)
{
	const struct cgroup_info *m = info;

	if (m->has_path) {
		sb_puts(out, m->inv_path ? " ! --path" : " --path");
		ext_save_string(out, m->path);
	}
	if (m->has_classid)
		sb_printf(out, "%s --cgroup %u", m->inv_classid ? " !" : "", m->classid);
}

static void cgroup_print(const void *info, const struct rule *r UNUSED, bool numeric UNUSED, struct strbuf *out)
{
	const struct cgroup_info *m = info;

	sb_puts(out, " cgroup");
	if (m->has_path)
		sb_printf(out, " %s%s", m->inv_path ? "! " : "", m->path);
	if (m->has_classid)
		sb_printf(out, " %s%u", m->inv_classid ? "! " : "", m->classid);
}

static void cgroup_explain(struct xt_ctx *c, const void *info, struct strbuf *out)
{
	if (!has_socket(c))
		sb_puts(out, "no socket has the packet");
	else if (is_root(info))
		sb_puts(out, "every socket is below the root of control groups");
	else
		sb_puts(out, "the control group of the packet's socket is not known");
}

const struct match_ext ext_cgroup = {
	.name = "cgroup", .families = EXT_ANY, .size = sizeof(struct cgroup_info), .stateful = true,
	.hooks = HOOK_BIT(NF_INET_LOCAL_IN) | HOOK_BIT(NF_INET_LOCAL_OUT) | HOOK_BIT(NF_INET_POST_ROUTING),
	.opts = (const struct ext_opt[]){
		{ .name = "path", .type = OPT_STRING, .flags = OPT_INVERT, .id = O_PATH, .parse = cgroup_parse },
		{ .name = "cgroup", .type = OPT_UINT32, .flags = OPT_INVERT, .id = O_CLASSID, .parse = cgroup_parse },
		{ 0 } },
	.check = cgroup_check, .match = cgroup_match, .save = cgroup_save, .print = cgroup_print, .explain = cgroup_explain,
};
