// SPDX-License-Identifier: MIT
/* lab.c - hookwalk.core: labs, what lies between their hosts, and time. */
#include "lua/bind/hw.h"
#include <arpa/inet.h>
#include <stdlib.h>

#define LAB_TYPE "hookwalk.lab"
#define MAX_SECONDS 1e9
#define STEP_COSTS 50		/* instructions that a step of the clock counts for: time can move in very small ones */

/* ---- helpers of all parts */

double hw_field_number(lua_State *L, int table, const char *key, double otherwise)
{
	double v = otherwise;

	if (lua_getfield(L, table, key) != LUA_TNIL) {
		if (!lua_isnumber(L, -1))
			luaL_error(L, "%s must be a number", key);
		v = lua_tonumber(L, -1);
	}
	lua_pop(L, 1);
	return v;
}

const char *hw_field_string(lua_State *L, int table, const char *key, const char *otherwise)
{
	const char *v = otherwise;

	if (lua_getfield(L, table, key) != LUA_TNIL) {
		if (!lua_isstring(L, -1))
			luaL_error(L, "%s must be a string", key);
		v = lua_tostring(L, -1);	/* stays in the table */
	}
	lua_pop(L, 1);
	return v;
}

bool hw_field_bool(lua_State *L, int table, const char *key)
{
	bool v;

	lua_getfield(L, table, key);
	v = lua_toboolean(L, -1);
	lua_pop(L, 1);
	return v;
}

void hw_set_string(lua_State *L, const char *key, const char *s)
{
	if (!s)
		return;
	lua_pushstring(L, s);
	lua_setfield(L, -2, key);
}

void hw_set_int(lua_State *L, const char *key, lua_Integer v)
{
	lua_pushinteger(L, v);
	lua_setfield(L, -2, key);
}

void hw_set_bool(lua_State *L, const char *key, bool v)
{
	lua_pushboolean(L, v);
	lua_setfield(L, -2, key);
}

struct hw_lab *hw_lab_check(lua_State *L, int arg)
{
	struct hw_lab *lab = *(struct hw_lab **)luaL_checkudata(L, arg, LAB_TYPE);

	if (lab->closed)
		luaL_error(L, "the lab was closed");
	return lab;
}

struct host *hw_host_check(lua_State *L, int lab, int arg)
{
	struct hw_lab *l = hw_lab_check(L, lab);
	const char *name = luaL_checkstring(L, arg);
	struct nearest near = { .want = name };
	struct host *h = world_host_by_name(l->w, name);

	if (h)
		return h;
	for (unsigned i = 0; i < l->w->nr_hosts; i++)
		nearest_try(&near, l->w->host[i]->name);
	if (nearest_get(&near))
		luaL_error(L, "the lab has no host \"%s\"; did you mean \"%s\"?", name, nearest_get(&near));
	luaL_error(L, "the lab has no host \"%s\"", name);
	return NULL;
}

void hw_room_for_host(lua_State *L, const struct hw_lab *lab)
{
	if (lab->w->nr_hosts >= HW_MAX_HOSTS)
		luaL_error(L, "more than %d hosts in a lab", (int)HW_MAX_HOSTS);
}

struct net_device *hw_dev_check(lua_State *L, struct host *h, int arg)
{
	const char *name = luaL_checkstring(L, arg);
	struct net_device *dev = dev_by_name(h, name);

	if (!dev)
		luaL_error(L, "the host %s has no device \"%s\"", h->name, name);
	return dev;
}

bool hw_address(lua_State *L, const char *s, union inet_addr *ret)
{
	memset(ret, 0, sizeof(*ret));
	if (ip4_parse(&ret->ip, s))
		return false;
	memset(ret, 0, sizeof(*ret));
	if (inet_pton(AF_INET6, s, ret) != 1)
		luaL_error(L, "\"%s\" is no address", s);
	return true;
}

static uint64_t ns_check(lua_State *L, int arg)
{
	double s = luaL_checknumber(L, arg);

	luaL_argcheck(L, s >= 0 && s <= MAX_SECONDS, arg, "a time in seconds is wanted");
	return (uint64_t)(s * 1e9 + 0.5);
}

static struct segment *segment_check(lua_State *L, struct hw_lab *lab, int arg)
{
	const char *name = luaL_checkstring(L, arg);
	struct segment *s = segment_by_name(lab->w, name);

	if (!s)
		luaL_error(L, "the lab has no segment \"%s\"", name);
	return s;
}

/* ---- callbacks and the loop */

bool hw_callback(struct hw_lab *lab, int nargs, int nresults)
{
	lua_State *L = lab->hw->L;

	if (lua_pcall(L, nargs, nresults, 0) == LUA_OK)
		return true;
	if (lab->error == LUA_NOREF)
		lab->error = luaL_ref(L, LUA_REGISTRYINDEX);
	else
		lua_pop(L, 1);
	return false;
}

void hw_enter_run(lua_State *L, struct hw_lab *lab)
{
	if (lab->running)
		luaL_error(L, "the lab is running: functions of serve() and at() cannot wait or run it; they may connect and send");
	lab->running = true;
	for (unsigned i = 0; i < lab->w->nr_hosts; i++)
		lab->w->host[i]->storm_count = 0;
}

void hw_after_run(lua_State *L, struct hw_lab *lab)
{
	const struct host *h = NULL;

	lab->running = false;
	if (lab->error != LUA_NOREF) {
		lua_rawgeti(L, LUA_REGISTRYINDEX, lab->error);
		luaL_unref(L, LUA_REGISTRYINDEX, lab->error);
		lab->error = LUA_NOREF;
		lua_error(L);
	}
	if (world_storm(lab->w, &h))
		luaL_error(L, "the lab never comes to rest%s%s: packets cause packets without time passing (two answering each other, a loop)",
			   h ? ", at " : "", h ? h->name : "");
}

/* run(lab, until[, what, id]): to a time of the lab's clock, or until what is waited for is there. */
static int core_run(lua_State *L)
{
	struct hw_lab *lab = hw_lab_check(L, 1);
	uint64_t until = ns_check(L, 2);
	const char *what = luaL_optstring(L, 3, NULL);
	lua_Integer id = luaL_optinteger(L, 4, 0);
	const struct host *storm;
	bool there = false;

	hw_enter_run(L, lab);
	world_settle(lab->w);
	while (lab->error == LUA_NOREF && !world_storm(lab->w, &storm) && hw_can_spend(lab->hw, STEP_COSTS)) {
		there = what && (strcmp(what, "crowd") == 0 ? hw_crowd_ready(lab, id) : hw_endpoint_ready(lab, id, what));
		if (there || !world_step(lab->w, until))
			break;
		record_relax(&lab->rec, &lab->w->trace);
	}
	if (!there && lab->error == LUA_NOREF && until > lab->w->clock.now)
		lab->w->clock.now = until;
	hw_after_run(L, lab);
	hw_give_up(L);
	lua_pushboolean(L, there);
	return 1;
}

/* All that can happen at once; inside the loop that is its own affair. */
static int core_settle(lua_State *L)
{
	struct hw_lab *lab = hw_lab_check(L, 1);

	if (lab->running)
		return 0;
	hw_enter_run(L, lab);
	world_settle(lab->w);
	hw_after_run(L, lab);
	return 0;
}

static int core_now(lua_State *L)
{
	lua_pushnumber(L, (double)hw_lab_check(L, 1)->w->clock.now / 1e9);
	return 1;
}

static void at_due(struct timer *t)
{
	struct at_timer *a = container_of(t, struct at_timer, timer);
	lua_State *L = a->lab->hw->L;

	lua_rawgeti(L, LUA_REGISTRYINDEX, a->fn);
	luaL_unref(L, LUA_REGISTRYINDEX, a->fn);
	hw_callback(a->lab, 0, 0);
}

static int core_at(lua_State *L)
{
	struct hw_lab *lab = hw_lab_check(L, 1);
	uint64_t when = ns_check(L, 2);
	struct at_timer *a;

	luaL_checktype(L, 3, LUA_TFUNCTION);
	hw_spend(L, STEP_COSTS);
	a = arena_new(lab->rec.arena, struct at_timer);
	a->lab = lab;
	a->timer.fn = at_due;
	lua_settop(L, 3);
	a->fn = luaL_ref(L, LUA_REGISTRYINDEX);
	a->next = lab->timers;
	lab->timers = a;
	timer_set(&lab->w->clock, &a->timer, MAX(when, lab->w->clock.now));
	return 0;
}

/* ---- labs */

static void lab_close(struct hw_lab *lab)
{
	if (lab->closed)
		return;
	if (lab->hw->opt.lab_ends)
		lab->hw->opt.lab_ends(lab, lab->hw->opt.arg);
	lab->closed = true;
	lab->hw->nr_open--;
	for (struct at_timer *a = lab->timers; a; a = a->next)
		timer_off(&lab->w->clock, &a->timer);
	hw_crowds_free(lab);
	hw_socks_free(lab);
	hw_captures_free(lab);
	record_end(&lab->rec, &lab->w->trace);
	world_destroy(lab->w);
}

void hw_close(struct hw *hw)
{
	if (!hw)
		return;
	for (struct hw_lab *lab = hw->labs; lab; lab = lab->next)
		lab_close(lab);
	for (struct hw_lab *lab = hw->labs, *next; lab; lab = next) {
		next = lab->next;
		free(lab);
	}
	lua_close(hw->L);
	free(hw->root);
	free(hw->root_given);
	free(hw);
}

/* lab_new(seed, keep, tell) */
static int core_lab_new(lua_State *L)
{
	struct hw *hw = hw_of(L);
	lua_Integer seed = luaL_checkinteger(L, 1), keep = luaL_checkinteger(L, 2), tell = luaL_checkinteger(L, 3);
	struct hw_lab **ud, *lab;

	if (hw->nr_open >= HW_MAX_LABS)
		return luaL_error(L, "more than %d labs at once; lab:close() ends one", (int)HW_MAX_LABS);
	ud = lua_newuserdatauv(L, sizeof(*ud), 0);
	*ud = lab = xcalloc(1, sizeof(*lab));
	hw->nr_open++;
	lab->hw = hw;
	lab->error = LUA_NOREF;
	lab->next_ping = 1;
	lab->w = world_create((uint64_t)seed);
	*hw->last = lab;
	hw->last = &lab->next;
	record_start(&lab->rec, &lab->w->trace, (uint32_t)MIN(MAX(keep, 0), 5000000), (uint32_t)MIN(MAX(tell, 0), 5000000));
	hw_socks_record(lab);
	if (luaL_newmetatable(L, LAB_TYPE)) {
		lua_pushliteral(L, "lab");
		lua_setfield(L, -2, "__metatable");
	}
	lua_setmetatable(L, -2);
	if (hw->opt.lab_made)
		hw->opt.lab_made(lab, hw->opt.arg);
	return 1;
}

static int core_lab_close(lua_State *L)
{
	struct hw_lab *lab = *(struct hw_lab **)luaL_checkudata(L, 1, LAB_TYPE);

	if (lab->running)
		return luaL_error(L, "the lab is running");
	lab_close(lab);
	return 0;
}

static int core_hosts(lua_State *L)
{
	struct hw_lab *lab = hw_lab_check(L, 1);

	lua_newtable(L);
	for (unsigned i = 0; i < lab->w->nr_hosts; i++) {
		lua_pushstring(L, lab->w->host[i]->name);
		lua_rawseti(L, -2, i + 1);
	}
	return 1;
}

/* load_dir(lab, dir): hosts/ and topology.txt */
static int core_load_dir(lua_State *L)
{
	struct hw_lab *lab = hw_lab_check(L, 1);
	struct strbuf path = { 0 };
	struct host_files f = { .dir = NULL };
	struct arena *a;
	struct diag d;
	bool ok;

	f.dir = hw_path_check(L, 2, &path);
	a = arena_create();
	diag_init(&d, a);
	ok = lab_load(lab->w, &f, &d);
	sb_free(&path);
	if (!ok)
		return hw_diag_error(L, a, &d);
	arena_destroy(a);
	for (; lab->nr_hosts_made < lab->w->nr_hosts; lab->nr_hosts_made++)
		if (lab->hw->opt.host_made)
			lab->hw->opt.host_made(lab, lab->w->host[lab->nr_hosts_made], lab->hw->opt.arg);
	return 0;
}

/* ---- between hosts */

static int core_segment(lua_State *L)
{
	struct hw_lab *lab = hw_lab_check(L, 1);
	const char *name = luaL_checkstring(L, 2);

	if (segment_by_name(lab->w, name))
		return luaL_error(L, "the lab has a segment \"%s\" already", name);
	segment_create(lab->w, name);
	return 0;
}

static int core_join(lua_State *L)
{
	struct hw_lab *lab = hw_lab_check(L, 1);
	struct segment *a = segment_check(L, lab, 2), *b = segment_check(L, lab, 3);

	luaL_argcheck(L, a != b, 3, "a switch is not joined with itself");
	segment_join(a, b);
	return 0;
}

static struct seg_port *port_check(lua_State *L)
{
	struct host *h = hw_host_check(L, 1, 2);
	struct net_device *dev = hw_dev_check(L, h, 3);
	struct seg_port *p = segment_port(dev);

	if (!p)
		luaL_error(L, "%s.%s is not plugged in", h->name, dev->name);
	return p;
}

/* attach(lab, host, device, segment) */
static int core_attach(lua_State *L)
{
	struct hw_lab *lab = hw_lab_check(L, 1);
	struct host *h = hw_host_check(L, 1, 2);
	struct net_device *dev = hw_dev_check(L, h, 3);

	if (!segment_attach(segment_check(L, lab, 4), dev))
		return luaL_error(L, "%s.%s is plugged in somewhere already", h->name, dev->name);
	return 0;
}

/* link(lab, host, device, { "delay=5ms", "loss=1%", "down", ... }, at) */
static int core_link(lua_State *L)
{
	struct seg_port *p = port_check(L);
	struct link_props props = p->link;
	const char *hint = NULL;

	luaL_checktype(L, 4, LUA_TTABLE);
	for (lua_Integer i = 1; lua_rawgeti(L, 4, i) != LUA_TNIL; i++) {
		const char *w = luaL_checkstring(L, -1);

		if (strcmp(w, "down") == 0 || strcmp(w, "up") == 0)
			props.down = w[0] == 'd';
		else if (!link_prop_parse(&props, w, &hint))
			return luaL_error(L, "\"%s\" is no property of a link; %s, down, up", w, hint);
		lua_pop(L, 1);
	}
	seg_port_change_at(p, ns_check(L, 5), &props);
	return 0;
}

/* vlan(lab, host, device, "access" | "trunk" | "native", id) */
static int core_vlan(lua_State *L)
{
	static const char *const modes[] = { "access", "trunk", "native", NULL };
	struct seg_port *p = port_check(L);
	int mode = luaL_checkoption(L, 4, NULL, modes);
	lua_Integer vid = luaL_checkinteger(L, 5);

	luaL_argcheck(L, vid >= 1 && vid <= 4094, 5, "a VLAN is a number from 1 to 4094");
	(mode == 0 ? seg_port_access : mode == 1 ? seg_port_trunk : seg_port_native)(p, (uint16_t)vid);
	return 0;
}

/* internet(lab, name, segment, { gateway, ... }) */
static int core_internet(lua_State *L)
{
	struct hw_lab *lab = hw_lab_check(L, 1);
	const char *name = luaL_checkstring(L, 2);
	struct segment *s = segment_check(L, lab, 3);
	struct gateways via = { 0 };
	struct host *h;

	luaL_checktype(L, 4, LUA_TTABLE);
	for (lua_Integer i = 1; lua_rawgeti(L, 4, i) != LUA_TNIL; i++) {
		if (!gateway_parse(&via, luaL_checkstring(L, -1)))
			return luaL_error(L, "internet: via wants an address, or one of each family, not \"%s\"", lua_tostring(L, -1));
		lua_pop(L, 1);
	}

	if (world_host_by_name(lab->w, name))
		return luaL_error(L, "the lab has a host \"%s\" already", name);
	hw_room_for_host(L, lab);
	h = internet_create(lab->w, name, s, &via);
	lab->nr_hosts_made = lab->w->nr_hosts;
	if (lab->hw->opt.host_made)
		lab->hw->opt.host_made(lab, h, lab->hw->opt.arg);
	return 0;
}

/* address_add(address, n): the n-th after it, of either family */
static int core_address_add(lua_State *L)
{
	union inet_addr a;
	bool v6 = hw_address(L, luaL_checkstring(L, 1), &a);
	be32 *last = v6 ? &a.all[3] : &a.ip;
	char buf[ADDRSTRLEN];

	*last = htonl(ntohl(*last) + (uint32_t)luaL_checkinteger(L, 2));
	lua_pushstring(L, inet_str(buf, v6 ? NFPROTO_IPV6 : NFPROTO_IPV4, &a));
	return 1;
}

void hw_core_lab(lua_State *L)
{
	static const luaL_Reg fns[] = {
		{ "lab_new", core_lab_new }, { "lab_close", core_lab_close }, { "hosts", core_hosts }, { "load_dir", core_load_dir },
		{ "segment", core_segment }, { "join", core_join }, { "attach", core_attach }, { "link", core_link },
		{ "vlan", core_vlan }, { "internet", core_internet }, { "run", core_run }, { "settle", core_settle }, { "now", core_now }, { "at", core_at },
		{ "address_add", core_address_add },
		{ NULL, NULL },
	};

	luaL_setfuncs(L, fns, 0);
}
