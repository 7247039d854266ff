// SPDX-License-Identifier: MIT
/* physdev.c - "-m physdev": the bridge ports a packet came in and will leave by (net/netfilter/xt_physdev.c). */
#include "rules/ext/util.h"

enum { O_IN, O_OUT, O_IS_IN, O_IS_OUT, O_IS_BRIDGED };
#define BIT(o) (1u << (o))

struct port_name { char name[IFNAMSIZ]; uint8_t len; };	/* len: bytes that must be equal */
struct physdev_info { struct port_name in, out; uint8_t given, invert; };

static bool name_parse(struct ext_cb *cb, struct port_name *p)
{
	size_t n = strlen(cb->arg);

	if (n + 1 > IFNAMSIZ)
		return ext_error(cb, "interface name `%s' must be shorter than IFNAMSIZ (15)", cb->arg);
	memcpy(p->name, cb->arg, n + 1);
	if (n)
		p->len = (uint8_t)(p->name[n - 1] == '+' ? n - 1 : n + 1);
	ext_warn_iface(cb->diag, cb->pos, p->name);
	return true;
}

static bool physdev_parse(struct ext_cb *cb)
{
	struct physdev_info *m = cb->info;
	int o = cb->opt->id;

	m->given |= (uint8_t)BIT(o);
	if (cb->invert)
		m->invert |= (uint8_t)BIT(o);
	return o == O_IN ? name_parse(cb, &m->in) : o == O_OUT ? name_parse(cb, &m->out) : true;
}

static bool physdev_final(struct ext_cb *cb)
{
	return cb->xflags || ext_error(cb, "PHYSDEV: no physdev option specified");
}

static bool physdev_check(struct ext_check *c)
{
	const struct physdev_info *m = c->info;
	bool bridged = m->given & ~m->invert & BIT(O_IS_BRIDGED);

	if (m->given & (BIT(O_OUT) | BIT(O_IS_OUT)) && !bridged && c->hooks & HOOK_BIT(NF_INET_LOCAL_OUT))
		return ext_refuse(c, "xt_physdev: --physdev-out and --physdev-is-out only supported in the FORWARD and POSTROUTING "
				  "chains with bridged traffic");
	if ((m->given & BIT(O_IN) && !m->in.name[0]) || (m->given & BIT(O_OUT) && !m->out.name[0]))
		return ext_refuse_silent(c, "the name of the bridge port is empty");
	return true;
}

static bool name_is(const struct port_name *p, const struct net_device *dev)
{
	char name[IFNAMSIZ] = "";

	if (dev)
		memcpy(name, dev->name, MIN(strlen(dev->name) + 1, sizeof(name)));
	return memcmp(name, p->name, p->len) == 0;
}

/* The options that say no. */
static unsigned misses(const struct xt_ctx *c, const struct physdev_info *m)
{
	const struct net_device *in = c->pkt->physin, *out = c->pkt->physout;
	unsigned yes = 0;

	if (c->pkt->nf_bridge.on) {
		if (m->given & BIT(O_OUT) && !out)	/* routed, not bridged: "!" does not help either */
			return BIT(O_OUT);
		yes |= in ? BIT(O_IS_IN) : 0;
		yes |= out ? BIT(O_IS_OUT) | BIT(O_IS_BRIDGED) : 0;
		yes |= name_is(&m->in, in) ? BIT(O_IN) : 0;
		yes |= name_is(&m->out, out) ? BIT(O_OUT) : 0;
	}
	return m->given & ~(yes ^ m->invert);
}

static bool physdev_match(struct xt_ctx *c, const void *info)
{
	return !misses(c, info);
}

static void put(const struct physdev_info *m, struct strbuf *out)
{
	static const struct { int o; const char *name; } order[] = {
		{ O_IS_IN, "physdev-is-in" }, { O_IN, "physdev-in" }, { O_IS_OUT, "physdev-is-out" }, { O_OUT, "physdev-out" },
		{ O_IS_BRIDGED, "physdev-is-bridged" },
	};

	for (unsigned i = 0; i < ARRAY_SIZE(order); i++) {
		int o = order[i].o;

		if (!(m->given & BIT(o)))
			continue;
		sb_printf(out, "%s --%s", m->invert & BIT(o) ? " !" : "", order[i].name);
		if (o == O_IN || o == O_OUT)
			sb_printf(out, " %s", o == O_IN ? m->in.name : m->out.name);
	}
}

static void physdev_save(const void *info, const struct rule *r UNUSED, struct strbuf *out)
{
	put(info, out);
}

static void physdev_print(const void *info, const struct rule *r UNUSED, bool numeric UNUSED, struct strbuf *out)
{
	sb_puts(out, " PHYSDEV match");
	put(info, out);
}

static void physdev_explain(struct xt_ctx *c, const void *info, struct strbuf *out)
{
	const struct net_device *in = c->pkt->physin, *to = c->pkt->physout;

	if (!c->pkt->nf_bridge.on)
		sb_puts(out, "no bridge has the packet here");
	else
		sb_printf(out, "the packet came in by bridge port %s and goes out by %s", in ? in->name : "(none)",
			  to ? to->name : "(not known here)");
	sb_puts(out, ", rule wants");
	put(info, out);
}

const struct match_ext ext_physdev = {
	.name = "physdev", .families = EXT_ANY, .size = sizeof(struct physdev_info),
	.form = "-m physdev --physdev-in eth0",
	.opts = (const struct ext_opt[]){
		{ .name = "physdev-in", .type = OPT_STRING, .flags = OPT_INVERT, .id = O_IN, .parse = physdev_parse },
		{ .name = "physdev-out", .type = OPT_STRING, .flags = OPT_INVERT, .id = O_OUT, .parse = physdev_parse },
		{ .name = "physdev-is-in", .type = OPT_NONE, .flags = OPT_INVERT, .id = O_IS_IN, .parse = physdev_parse },
		{ .name = "physdev-is-out", .type = OPT_NONE, .flags = OPT_INVERT, .id = O_IS_OUT, .parse = physdev_parse },
		{ .name = "physdev-is-bridged", .type = OPT_NONE, .flags = OPT_INVERT, .id = O_IS_BRIDGED, .parse = physdev_parse },
		{ 0 } },
	.final = physdev_final, .check = physdev_check, .match = physdev_match,
	.save = physdev_save, .print = physdev_print, .explain = physdev_explain,
};
