// SPDX-License-Identifier: MIT
/* packet.c - hookwalk.core: packets in as lines of the PACKET language, and the ways they went. */
#include "lua/bind/hw.h"
#include "rules/rules.h"
#include "sim/net/net.h"
#include "sim/packet/text.h"
#include <errno.h>
#include <stdlib.h>

static const uint8_t *mac_of(void *arg, const char *host, const char *dev)
{
	const struct hw_lab *lab = arg;
	const struct host *h = host ? world_host_by_name(lab->w, host) : NULL;
	const struct net_device *nd = h ? dev_by_name(h, dev) : NULL;

	return nd ? nd->mac : NULL;
}

static void read_line(lua_State *L, struct hw_lab *lab, struct arena *a, struct packet_text *p)
{
	size_t len;
	const char *line = luaL_checklstring(L, 2, &len);
	struct source *src = source_text(a, "packet", line, len);
	struct diag d;

	diag_init(&d, a);
	if (!packet_text_parse(a, p, src, 0, len, mac_of, lab, &d)) {
		hw_diag_error(L, a, &d);
	} else if (!p->host) {
		arena_destroy(a);
		luaL_error(L, "%s: which host? As in: fw.eth0: tcp ..., you.out: icmp ...", line);
	} else if (!world_host_by_name(lab->w, p->host)) {
		lua_pushstring(L, p->host);
		arena_destroy(a);
		luaL_error(L, "the lab has no host \"%s\"", lua_tostring(L, -1));
	} else if (p->dev && !dev_by_name(world_host_by_name(lab->w, p->host), p->dev)) {
		lua_pushfstring(L, "the host %s has no device \"%s\"", p->host, p->dev);
		arena_destroy(a);
		lua_error(L);
	}
}

/* The errno that a local sender got. */
struct err_sink { struct trace_sink sink; int err; };

static void on_errno(struct trace_sink *s, const struct event *ev)
{
	container_of(s, struct err_sink, sink)->err = ev->u.err.err;
}

/* send(lab, line): id of the packet, or nil (none was made), and the error of a local sender */
static int core_send(lua_State *L)
{
	struct hw_lab *lab = hw_lab_check(L, 1);
	struct err_sink errs = { .sink = { .mask = EV_BIT(EV_ERRNO), .event = on_errno } };
	struct traffic_event te = { 0 };
	struct packet_text p;
	struct arena *a;
	struct host *h;
	bool nested;

	luaL_checkstring(L, 2);
	a = arena_create();
	read_line(L, lab, a, &p);
	h = world_host_by_name(lab->w, p.host);
	te = (struct traffic_event){ .kind = p.dev ? INJECT_FRAME : INJECT_LOCAL, .dev = p.dev, .host = p.host, .bytes = p.bytes, .len = p.len,
				     .wire_len = p.len, .uid = p.uid, .gid = p.gid, .mark = p.mark, .index = lab->sent++ };
	lab->rec.catch_host = h;
	lab->rec.catch_local = !p.dev;
	lab->rec.caught = 0;
	trace_add(&lab->w->trace, &errs.sink);
	nested = lab->running;	/* the loop that goes on settles what it causes */
	if (!nested)
		hw_enter_run(L, lab);
	world_inject(lab->w, h, &te, !nested);
	trace_remove(&lab->w->trace, &errs.sink);
	lab->rec.catch_host = NULL;
	arena_destroy(a);
	if (!nested)
		hw_after_run(L, lab);
	if (lab->rec.caught)
		lua_pushinteger(L, (lua_Integer)lab->rec.caught);
	else
		lua_pushnil(L);
	lua_pushstring(L, errs.err ? strerrorname_np(errs.err) : NULL);
	return 2;
}

/* ---- ways */

static const char *ctinfo_word(unsigned info)
{
	static const char *const words[] = { "ESTABLISHED", "RELATED", "NEW", "ESTABLISHED", "RELATED", NULL, NULL, "UNTRACKED" };

	return info < ARRAY_SIZE(words) ? words[info] : NULL;
}

static void push_event(lua_State *L, const struct way_event *e)
{
	const struct chain *c = e->chain ? e->chain : e->rule ? e->rule->chain : NULL;

	lua_newtable(L);
	hw_set_string(L, "type", event_name(e->type));
	hw_set_string(L, "host", e->host ? e->host->name : NULL);
	lua_pushnumber(L, (double)e->t / 1e9);
	lua_setfield(L, -2, "t");
	if (c) {
		hw_set_string(L, "table", c->table->name);
		hw_set_string(L, "chain", c->name);
	}
	if (e->rule)
		hw_set_int(L, "rule", e->rule->number);
	switch (e->type) {
	case EV_RX: case EV_TX:
		hw_set_string(L, "device", e->in->name);
		break;
	case EV_HOOK:
		hw_set_string(L, "hook", nf_hook_name((enum nf_hook)e->hook));
		hw_set_string(L, "iif", e->in ? e->in->name : NULL);
		hw_set_string(L, "oif", e->out ? e->out->name : NULL);
		break;
	case EV_RULE:
		hw_set_bool(L, "matched", e->matched);
		hw_set_string(L, "verdict", e->verdict);
		break;
	case EV_POLICY:
		hw_set_string(L, "verdict", e->verdict);
		break;
	case EV_DROP:
		hw_set_string(L, "reason", drop_reason_name((enum drop_reason)e->code));
		hw_set_string(L, "where", e->verdict);
		break;
	case EV_CHANGE:
		hw_set_string(L, "field", e->a);
		hw_set_string(L, "from", e->b);
		hw_set_string(L, "to", e->c);
		break;
	case EV_NAT:
		hw_set_string(L, "manip", e->b);
		hw_set_string(L, "to", e->a);
		hw_set_bool(L, "null", !e->matched);
		break;
	case EV_CT:
		hw_set_string(L, "state", e->code == CT_EV_INVALID ? "INVALID" : e->code == CT_EV_UNTRACKED ? "UNTRACKED" :
			      e->code == CT_EV_FOUND || e->code == CT_EV_NEW ? ctinfo_word(e->hook) : NULL);
		break;
	case EV_ICMP:
		hw_set_int(L, "icmp_type", e->code >> 8);
		hw_set_int(L, "icmp_code", e->code & 255);
		hw_set_bool(L, "v6", e->matched);
		hw_set_string(L, "icmp", (e->matched ? icmp6_type_name : icmp_type_name)((unsigned)e->code >> 8, e->code & 255));
		hw_set_string(L, "kept", e->verdict);
		break;
	case EV_DELIVER:
		hw_set_string(L, "what", e->verdict);
		break;
	case EV_LOG:
		hw_set_string(L, "text", e->a);
		break;
	case EV_ROUTE:
		hw_set_string(L, "oif", e->out ? e->out->name : NULL);
		if (e->code)
			hw_set_string(L, "error", strerrorname_np(abs(e->code)));
		break;
	default:
		break;
	}
	hw_set_string(L, "lines", e->lines);
}

/* way(lab, id): { id, parent, host, line, same, family, events, children = { ids } }, or nil: it was not kept */
static int core_way(lua_State *L)
{
	struct hw_lab *lab = hw_lab_check(L, 1);
	struct way *w = record_way(&lab->rec, (uint64_t)luaL_checkinteger(L, 2));
	lua_Integer n = 0;

	if (!w)
		return 0;
	lua_newtable(L);
	hw_set_int(L, "id", (lua_Integer)w->id);
	if (w->parent)
		hw_set_int(L, "parent", (lua_Integer)w->parent);
	hw_set_string(L, "host", w->host ? w->host->name : NULL);
	hw_set_string(L, "line", w->line);
	hw_set_bool(L, "same", w->same);
	hw_set_string(L, "family", w->v6 ? "ipv6" : "ipv4");
	lua_newtable(L);
	for (uint32_t i = w->first; i; i = lab->rec.ev[i - 1].next) {
		push_event(L, &lab->rec.ev[i - 1]);
		lua_rawseti(L, -2, ++n);
	}
	lua_setfield(L, -2, "events");
	lua_newtable(L);
	n = 0;
	for (uint32_t c = w->first_child; c; c = lab->rec.way[c - 1].next_child) {
		lua_pushinteger(L, (lua_Integer)lab->rec.way[c - 1].id);
		lua_rawseti(L, -2, ++n);
	}
	lua_setfield(L, -2, "children");
	return 1;
}

static int core_way_text(lua_State *L)
{
	struct hw_lab *lab = hw_lab_check(L, 1);
	struct way *w = record_way(&lab->rec, (uint64_t)luaL_checkinteger(L, 2));
	struct strbuf sb = { 0 };

	if (!w)
		return 0;
	record_tell(&lab->rec, w, &sb);
	lua_pushlstring(L, sb_str(&sb), sb.len);
	sb_free(&sb);
	return 1;
}

/* ways(lab): how many are kept, how many more there were, and the ids of all of them. */
static int core_ways(lua_State *L)
{
	struct hw_lab *lab = hw_lab_check(L, 1);

	lua_pushinteger(L, lab->rec.nr_ways);
	lua_pushinteger(L, (lua_Integer)lab->rec.not_kept);
	lua_newtable(L);
	for (uint32_t i = 0; i < lab->rec.nr_ways; i++) {
		lua_pushinteger(L, (lua_Integer)lab->rec.way[i].id);
		lua_rawseti(L, -2, i + 1);
	}
	return 3;
}

static void claim(struct record *r, struct way *w)
{
	w->claimed = true;
	for (uint32_t c = w->first_child; c; c = r->way[c - 1].next_child)
		if (!r->way[c - 1].claimed)
			claim(r, &r->way[c - 1]);
}

/* claim(lab, id): an expectation was about it and what it caused. */
static int core_claim(lua_State *L)
{
	struct hw_lab *lab = hw_lab_check(L, 1);
	struct way *w = record_way(&lab->rec, (uint64_t)luaL_checkinteger(L, 2));

	if (w)
		claim(&lab->rec, w);
	return 0;
}

/* Does the packet end in a way that a test should know of: dropped, or answered by an ICMP error? */
static bool is_trouble(const struct record *r, const struct way *w)
{
	for (uint32_t i = w->first; i; i = r->ev[i - 1].next)
		if (r->ev[i - 1].type == EV_DROP || r->ev[i - 1].type == EV_ICMP)
			return true;
	return false;
}

/* Ids of packets in trouble that no expectation was about. */
static int core_unclaimed(lua_State *L)
{
	struct hw_lab *lab = hw_lab_check(L, 1);
	lua_Integer n = 0;

	lua_newtable(L);
	for (uint32_t i = 0; i < lab->rec.nr_ways; i++) {
		if (lab->rec.way[i].claimed || !is_trouble(&lab->rec, &lab->rec.way[i]))
			continue;
		lua_pushinteger(L, (lua_Integer)lab->rec.way[i].id);
		lua_rawseti(L, -2, ++n);
	}
	return 1;
}

void hw_core_packet(lua_State *L)
{
	static const luaL_Reg fns[] = {
		{ "send", core_send }, { "way", core_way }, { "way_text", core_way_text }, { "ways", core_ways }, { "claim", core_claim },
		{ "unclaimed", core_unclaimed }, { NULL, NULL },
	};

	luaL_setfuncs(L, fns, 0);
}
