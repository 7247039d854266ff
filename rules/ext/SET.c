// SPDX-License-Identifier: MIT
/* SET.c - "-j SET": puts what the packet has into an IP set, takes it out, or takes mark and priority from one. */
#include "rules/ext/setref.h"

struct set_tg_info {
	struct setref add, del, map;
	uint32_t flags;			/* IPSET_FLAG_EXIST, IPSET_FLAG_MAP_* */
	bool has_timeout;
	uint32_t timeout;
};

#define MAP_FLAGS (IPSET_FLAG_MAP_SKBMARK | IPSET_FLAG_MAP_SKBPRIO | IPSET_FLAG_MAP_SKBQUEUE)
enum { O_ADD, O_DEL, O_MAP, O_EXIST, O_TIMEOUT, O_MAP_MARK, O_MAP_PRIO, O_MAP_QUEUE };

static bool set_tg_parse(struct ext_cb *cb)
{
	struct set_tg_info *m = cb->info;
	uint64_t v;

	switch (cb->opt->id) {
	case O_ADD:		return setref_parse(cb, &m->add);
	case O_DEL:		return setref_parse(cb, &m->del);
	case O_MAP:		return setref_parse(cb, &m->map);
	case O_EXIST:		m->flags |= IPSET_FLAG_EXIST; break;
	case O_MAP_MARK:	m->flags |= IPSET_FLAG_MAP_SKBMARK; break;
	case O_MAP_PRIO:	m->flags |= IPSET_FLAG_MAP_SKBPRIO; break;
	case O_MAP_QUEUE:	m->flags |= IPSET_FLAG_MAP_SKBQUEUE; break;
	case O_TIMEOUT:
		if (!ext_strtoul(cb->arg, NULL, &v, 0, UINT32_MAX - 1))
			return ext_error(cb, "Invalid value for option --timeout or out of range 0-%u", UINT32_MAX - 1);
		m->has_timeout = true;
		m->timeout = (uint32_t)v;
		break;
	}
	return true;
}

static bool set_tg_final(struct ext_cb *cb)
{
	const struct set_tg_info *m = cb->info;

	if (!m->add.sets && !m->del.sets && !m->map.sets)
		return ext_error(cb, "You must specify either `--add-set' or `--del-set' or `--map-set'");
	if (!m->add.sets && m->flags & IPSET_FLAG_EXIST)
		return ext_error(cb, "Flag `--exist' can be used with `--add-set' only");
	if (!m->add.sets && m->has_timeout)
		return ext_error(cb, "Option `--timeout' can be used with `--add-set' only");
	if (!m->map.sets && m->flags & IPSET_FLAG_MAP_SKBMARK)
		return ext_error(cb, "Flag `--map-mark' can be used with `--map-set' only");
	if (!m->map.sets && m->flags & IPSET_FLAG_MAP_SKBPRIO)
		return ext_error(cb, "Flag `--map-prio' can be used with `--map-set' only");
	if (!m->map.sets && m->flags & IPSET_FLAG_MAP_SKBQUEUE)
		return ext_error(cb, "Flag `--map-queue' can be used with `--map-set' only");
	if (m->map.sets && !(m->flags & MAP_FLAGS))
		return ext_error(cb, "You must specify flags `--map-mark' or '--map-prio` or `--map-queue'");
	return true;
}

static bool set_tg_check(struct ext_check *c)
{
	const uint32_t out = HOOK_BIT(NF_INET_FORWARD) | HOOK_BIT(NF_INET_LOCAL_OUT) | HOOK_BIT(NF_INET_POST_ROUTING);
	const struct set_tg_info *m = c->info;

	if (!m->map.sets)
		return true;
	if (strcmp(c->table, "mangle") != 0)
		return ext_refuse(c, "xt_set: --map-set only usable from mangle table");
	if (m->flags & (IPSET_FLAG_MAP_SKBPRIO | IPSET_FLAG_MAP_SKBQUEUE) && c->hooks & ~out)
		return ext_refuse(c, "xt_set: mapping of prio or/and queue is allowed only from OUTPUT/FORWARD/POSTROUTING chains");
	return true;
}

/* The queue of a device is chosen below what is emulated: nothing to see. */
static void map(struct xt_ctx *c, const struct set_tg_info *m, const struct ipset_packet *p)
{
	struct ipset_adt a = setref_adt(&m->map, m->flags & MAP_FLAGS);
	uint32_t mark;

	if (!ipset_match(m->map.sets, m->map.index, p, &a))
		return;
	if (m->flags & IPSET_FLAG_MAP_SKBMARK) {
		mark = (c->pkt->mark & ~a.skbmarkmask) ^ a.skbmark;
		ext_changed_hex(c, "mark", c->pkt->mark, mark, "SET");
		c->pkt->mark = mark;
	}
	if (m->flags & IPSET_FLAG_MAP_SKBPRIO) {
		ext_changed_hex(c, "priority", c->pkt->priority, a.skbprio, "SET");
		c->pkt->priority = a.skbprio;
	}
}

static enum xt_verdict set_tg_target(struct xt_ctx *c, const void *info)
{
	const struct set_tg_info *m = info;
	struct ipset_packet p = setref_packet(c);
	struct ipset_adt a;

	if (m->add.sets) {
		a = setref_adt(&m->add, m->flags & IPSET_FLAG_EXIST);
		if (m->has_timeout)
			a.timeout = MIN(m->timeout, IPSET_MAX_TIMEOUT);
		ipset_packet_add(m->add.sets, m->add.index, &p, &a);
	}
	if (m->del.sets) {
		a = setref_adt(&m->del, 0);
		ipset_packet_del(m->del.sets, m->del.index, &p, &a);
	}
	if (m->map.sets)
		map(c, m, &p);
	return XT_CONTINUE;
}

static void put(const struct set_tg_info *m, const char *dashes, struct strbuf *out)
{
	static const struct { uint32_t bit; const char *name; } maps[] = {
		{ IPSET_FLAG_MAP_SKBMARK, "map-mark" }, { IPSET_FLAG_MAP_SKBPRIO, "map-prio" }, { IPSET_FLAG_MAP_SKBQUEUE, "map-queue" },
	};

	if (m->add.sets) {
		sb_printf(out, " %sadd-set", dashes);
		setref_save(&m->add, out);
	}
	if (m->flags & IPSET_FLAG_EXIST)
		sb_printf(out, " %sexist", dashes);
	if (m->has_timeout)
		sb_printf(out, " %stimeout %u", dashes, m->timeout);
	if (m->del.sets) {
		sb_printf(out, " %sdel-set", dashes);
		setref_save(&m->del, out);
	}
	if (!m->map.sets)
		return;
	sb_printf(out, " %smap-set", dashes);
	setref_save(&m->map, out);
	for (size_t i = 0; i < ARRAY_SIZE(maps); i++)
		if (m->flags & maps[i].bit)
			sb_printf(out, " %s%s", dashes, maps[i].name);
}

static void set_tg_save(const void *info, const struct rule *r UNUSED, struct strbuf *out)
{
	put(info, "--", out);
}

static void set_tg_print(const void *info, const struct rule *r UNUSED, bool numeric UNUSED, struct strbuf *out)
{
	put(info, "", out);
}

static void set_tg_explain(struct xt_ctx *c, const void *info, struct strbuf *out)
{
	const struct set_tg_info *m = info;
	const struct { const struct setref *s; const char *does; } parts[] = {
		{ &m->add, "adds to" }, { &m->del, "deletes from" }, { &m->map, "takes mark and priority from" },
	};
	bool any = false;

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		if (!parts[i].s->sets)
			continue;
		sb_printf(out, "%s%s a set: ", any ? "; " : "", parts[i].does);
		setref_explain(c, parts[i].s, 0, out);
		any = true;
	}
}

static void set_tg_state_init(struct host *h UNUSED, void *state, const void *info, const struct rule *r UNUSED)
{
	const struct set_tg_info *m = info;

	*(const struct set_tg_info **)state = m;
	setref_hold(&m->add);
	setref_hold(&m->del);
	setref_hold(&m->map);
}

static void set_tg_state_free(struct host *h UNUSED, void *state)
{
	const struct set_tg_info *m = *(const struct set_tg_info **)state;

	setref_put(&m->add);
	setref_put(&m->del);
	setref_put(&m->map);
}

#define F (OPT_OLD | OPT_INVERT)
#define FLAG(n, i) { .name = (n), .type = OPT_NONE, .flags = F, .id = (i), .parse = set_tg_parse }
#define NAMED(n, i) { .name = (n), .form = "NAME src|dst[,src|dst...], one for each part of the elements, at most 6", \
		      .type = OPT_STRING, .flags = F | OPT_MAYARG, .id = (i), .parse = set_tg_parse }
const struct target_ext ext_SET_target = {
	.name = "SET", .families = EXT_ANY, .size = sizeof(struct set_tg_info), .state_size = sizeof(struct set_tg_info *),
	.stateful = true,
	.form = "-j SET --add-set NAME src",
	.opts = (const struct ext_opt[]){
		NAMED("add-set", O_ADD), NAMED("del-set", O_DEL), NAMED("map-set", O_MAP), FLAG("exist", O_EXIST),
		{ .name = "timeout",
		  .form = "SECONDS, from 0 to 4294967294",
		  .type = OPT_STRING, .flags = F, .id = O_TIMEOUT, .parse = set_tg_parse },
		FLAG("map-mark", O_MAP_MARK), FLAG("map-prio", O_MAP_PRIO), FLAG("map-queue", O_MAP_QUEUE), { 0 } },
	.final = set_tg_final, .check = set_tg_check, .target = set_tg_target,
	.save = set_tg_save, .print = set_tg_print, .explain = set_tg_explain,
	.state_init = set_tg_state_init, .state_free = set_tg_state_free,
};
