/* SPDX-License-Identifier: MIT */
/* conf_rig.h - a host made from texts, and what was said about them. */
#ifndef TESTS_UNIT_WORLD_CONF_RIG_H
#define TESTS_UNIT_WORLD_CONF_RIG_H
#include "sim/net/fib.h"
#include "sim/net/neigh.h"
#include "sim/world/world.h"
#include "tests/unit/unit.h"

struct conf_rig { struct world *w; struct host *h; struct diag d; struct strbuf text; };

/* eth0, eth1 up; nothing else. */
static inline void conf_init(struct conf_rig *r)
{
	*r = (struct conf_rig){ .w = world_create(1) };
	r->h = world_host(r->w, "h");
	diag_init(&r->d, r->w->arena);
	dev_set_up(dev_add(r->h, "eth0", DEV_PHYS), true);
	dev_set_up(dev_add(r->h, "eth1", DEV_PHYS), true);
}

static inline void conf_end(struct conf_rig *r)
{
	sb_free(&r->text);
	world_destroy(r->w);
}

static inline struct source *conf_source(struct conf_rig *r, const char *name, const char *text)
{
	return source_text(r->w->arena, name, text, strlen(text));
}

static inline void conf_batch(struct conf_rig *r, const char *text)
{
	ipbatch_load(r->h, conf_source(r, "ip.batch", text), &r->d);
}

/* All messages, the lines they are about left out: "1:5: ...". */
static inline const char *conf_said(struct conf_rig *r)
{
	sb_clear(&r->text);
	for (const struct diag_msg *m = r->d.first; m; m = m->next) {
		size_t line = 0, col = 0;

		if (m->pos.src && m->pos.off != SIZE_MAX)
			source_where(m->pos, &line, &col);
		sb_printf(&r->text, "%s%zu:%zu %s", r->text.len ? "; " : "", line, col, m->text);
	}
	return sb_str(&r->text);
}

static inline void conf_route(const struct fib_route *r, void *arg)
{
	static const char *const types[] = { "", "", "local ", "broadcast ", "", "multicast ", "blackhole ", "unreachable ",
					     "prohibit ", "throw " };
	struct strbuf *out = arg;
	char buf[ADDRSTRLEN];

	if (r->table == RT_TABLE_LOCAL)
		return;
	sb_printf(out, "%s%s%s/%u", out->len ? "; " : "", types[r->fi->type], ip4_str(buf, r->dst), r->dst_len);
	if (r->table != RT_TABLE_MAIN)
		sb_printf(out, " table %u", r->table);
	if (r->tos)
		sb_printf(out, " tos 0x%02x", r->tos);
	for (int i = 0; i < r->fi->nr_nh; i++) {
		const struct fib_nh *nh = &r->fi->nh[i];

		if (nh->gw)
			sb_printf(out, " via %s", ip4_str(buf, nh->gw));
		if (nh->dev)
			sb_printf(out, " dev %s", nh->dev->name);
		if (r->fi->nr_nh > 1)
			sb_printf(out, " weight %d", nh->weight);
		if (nh->onlink)
			sb_puts(out, " onlink");
	}
	if (r->fi->protocol != RTPROT_BOOT)
		sb_printf(out, " proto %u", r->fi->protocol);
	if (r->fi->scope)
		sb_printf(out, " scope %u", r->fi->scope);
	if (r->fi->prefsrc)
		sb_printf(out, " src %s", ip4_str(buf, r->fi->prefsrc));
	if (r->fi->priority)
		sb_printf(out, " metric %u", r->fi->priority);
	if (r->fi->mtu)
		sb_printf(out, " mtu%s %u", r->fi->mtu_locked ? " lock" : "", r->fi->mtu);
}

/* Routes but those of table local. */
static inline const char *conf_routes(struct conf_rig *r)
{
	sb_clear(&r->text);
	fib_each_route(r->h, conf_route, &r->text);
	return sb_str(&r->text);
}

static inline const char *conf_addrs(struct conf_rig *r, const char *dev)
{
	const struct net_device *nd = dev_by_name(r->h, dev);
	char a[ADDRSTRLEN], b[ADDRSTRLEN], c[ADDRSTRLEN];

	sb_clear(&r->text);
	for (const struct in_ifaddr *i = nd ? nd->addrs : NULL; i; i = i->next) {
		sb_printf(&r->text, "%s%s", r->text.len ? "; " : "", ip4_str(a, i->local));
		if (i->address != i->local)
			sb_printf(&r->text, " peer %s", ip4_str(b, i->address));
		sb_printf(&r->text, "/%u", i->prefixlen);
		if (i->broadcast)
			sb_printf(&r->text, " brd %s", ip4_str(c, i->broadcast));
		if (i->scope)
			sb_printf(&r->text, " scope %u", i->scope);
		if (strcmp(i->label, dev) != 0)
			sb_printf(&r->text, " label %s", i->label);
		sb_puts(&r->text, i->secondary ? " secondary" : "");
		sb_puts(&r->text, i->noprefixroute ? " noprefixroute" : "");
	}
	return sb_str(&r->text);
}
#endif
