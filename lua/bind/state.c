// SPDX-License-Identifier: MIT
/* state.c - the sandboxed state: what a script may use, how much memory and how many instructions (work.c counts
 * what functions do in one of them), and how its files and the library's are found. There is no io, os,
 * debug or package; "load" takes text only; finalizers are refused, as Lua runs them without counting. */
#include "lua/bind/hw.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define COUNT_EVERY 1000
#define STOPPED "stopped: more than %d million instructions (an endless loop?)"

static void *limited_alloc(void *arg, void *p, size_t old, size_t size)
{
	struct hw *hw = arg;
	size_t was = p ? old : 0;

	if (!size) {
		hw->used -= was;
		free(p);
		return NULL;
	}
	if (size > was && hw->used - was + size > hw->opt.max_memory) {
		hw->no_memory = true;
		return NULL;
	}
	hw->used = hw->used - was + size;
	if (size > was)		/* filled, too: "..", and what grows by itself */
		hw->left -= MIN((size - was) / 64, hw->left);
	return xrealloc(p, size);
}

struct hw *hw_of(lua_State *L)
{
	return *(struct hw **)lua_getextraspace(L);
}

void hw_stop(lua_State *L)
{
	struct hw *hw = hw_of(L);

	hw->exhausted = true;
	luaL_error(L, STOPPED, (int)(hw->opt.max_instructions / 1000000));
	abort();	/* not reached */
}

static void count_hook(lua_State *L, lua_Debug *ar)
{
	(void)ar;
	hw_spend(L, COUNT_EVERY);
}

void hw_budget(struct hw *hw)
{
	hw->left = hw->opt.max_instructions;
	hw->exhausted = false;
}

/* ---- replacements: what catches errors must not catch the end */

void hw_give_up(lua_State *L)
{
	if (hw_of(L)->exhausted)
		hw_stop(L);
}

static int safe_pcall(lua_State *L)
{
	int status;

	luaL_checkany(L, 1);
	lua_pushboolean(L, true);
	lua_insert(L, 1);
	status = lua_pcall(L, lua_gettop(L) - 2, LUA_MULTRET, 0);
	if (status != LUA_OK) {
		hw_give_up(L);
		lua_pushboolean(L, false);
		lua_insert(L, -2);
		return 2;
	}
	return lua_gettop(L);
}

/* The handler runs after the error, not inside it: there the count of instructions stands still. */
static int safe_xpcall(lua_State *L)
{
	int n = lua_gettop(L), status;

	luaL_checktype(L, 2, LUA_TFUNCTION);
	lua_pushboolean(L, true);
	lua_pushvalue(L, 1);
	lua_rotate(L, 3, 2);
	status = lua_pcall(L, n - 2, LUA_MULTRET, 0);
	if (status != LUA_OK) {
		hw_give_up(L);
		lua_pushvalue(L, 2);
		lua_insert(L, -2);
		lua_call(L, 1, 1);
		lua_pushboolean(L, false);
		lua_insert(L, -2);
		return 2;
	}
	return lua_gettop(L) - 2;
}

static int safe_setmetatable(lua_State *L)
{
	luaL_checktype(L, 1, LUA_TTABLE);
	luaL_argexpected(L, lua_isnil(L, 2) || lua_istable(L, 2), 2, "nil or table");
	if (lua_istable(L, 2)) {
		lua_pushliteral(L, "__gc");
		if (lua_rawget(L, 2) != LUA_TNIL)
			return luaL_error(L, "a metatable with __gc is not allowed here");
		lua_pop(L, 1);
	}
	if (luaL_getmetafield(L, 1, "__metatable") != LUA_TNIL)
		return luaL_error(L, "cannot change a protected metatable");
	lua_settop(L, 2);
	lua_setmetatable(L, 1);
	return 1;
}

static const char *next_piece(lua_State *L, void *arg, size_t *len)
{
	(void)arg;
	luaL_checkstack(L, 2, "load");
	lua_pushvalue(L, 1);
	lua_call(L, 0, 1);
	if (lua_isnil(L, -1)) {
		lua_pop(L, 1);
		*len = 0;
		return NULL;
	}
	if (!lua_isstring(L, -1))
		luaL_error(L, "reader function must return a string");
	lua_replace(L, 5);
	return lua_tolstring(L, 5, len);
}

static int safe_load(lua_State *L)
{
	bool env = !lua_isnone(L, 4);
	const char *name = luaL_optstring(L, 2, lua_isstring(L, 1) ? lua_tostring(L, 1) : "=(load)");
	int status;

	lua_settop(L, 5);
	if (lua_isstring(L, 1)) {
		size_t len;
		const char *s = lua_tolstring(L, 1, &len);

		status = luaL_loadbufferx(L, s, len, name, "t");
	} else {
		luaL_checktype(L, 1, LUA_TFUNCTION);
		status = lua_load(L, next_piece, NULL, name, "t");
	}
	if (status != LUA_OK) {
		lua_pushnil(L);
		lua_insert(L, -2);
		return 2;
	}
	if (env) {
		lua_pushvalue(L, 4);
		lua_setupvalue(L, -2, 1);
	}
	return 1;
}

static int safe_print(lua_State *L)
{
	struct hw *hw = hw_of(L);
	int n = lua_gettop(L);
	luaL_Buffer b;

	luaL_buffinit(L, &b);
	for (int i = 1; i <= n; i++) {
		if (i > 1)
			luaL_addchar(&b, '\t');
		luaL_tolstring(L, i, NULL);
		luaL_addvalue(&b);
	}
	luaL_addchar(&b, '\n');
	luaL_pushresult(&b);
	if (hw->opt.print)
		hw->opt.print(lua_tostring(L, -1), lua_rawlen(L, -1), hw->opt.arg);
	return 0;
}

/* ---- files of the root */

const char *hw_path_check(lua_State *L, int arg, struct strbuf *ret)
{
	const char *name = luaL_checkstring(L, arg);
	struct hw *hw = hw_of(L);
	char *full;
	size_t n;

	if (!hw->root)
		luaL_error(L, "%s: there is no folder to read from", name);
	sb_clear(ret);
	sb_printf(ret, "%s%s%s", name[0] == '/' ? "" : hw->root, name[0] == '/' ? "" : "/", name);
	full = realpath(sb_str(ret), NULL);
	if (!full) {
		sb_free(ret);
		luaL_error(L, "%s: %s", name, strerror(errno));
	}
	n = strlen(hw->root);
	if (strcmp(hw->root, "/") != 0 && (strncmp(full, hw->root, n) != 0 || (full[n] && full[n] != '/'))) {
		free(full);
		sb_free(ret);
		luaL_error(L, "%s: outside the lab's folder", name);
	}
	/* told as the root was given, not as it was resolved */
	sb_clear(ret);
	if (strcmp(hw->root, "/") == 0)
		sb_puts(ret, full);
	else
		sb_printf(ret, "%s%s", hw->root_given, full + n);
	free(full);
	return sb_str(ret);
}

/* Pushes the chunk, or nothing and the error is raised. */
static void load_file(lua_State *L, const char *shown, const char *path)
{
	struct arena *a = arena_create();
	struct source *src;
	struct diag d;
	int status;

	diag_init(&d, a);
	src = source_read(a, path, 16 << 20, &d);
	if (!src) {
		hw_diag_error(L, a, &d);
		return;
	}
	lua_pushfstring(L, "@%s", shown);
	status = luaL_loadbufferx(L, src->text, src->len, lua_tostring(L, -1), "t");
	lua_remove(L, -2);
	arena_destroy(a);
	if (status != LUA_OK)
		lua_error(L);
}

static const struct hw_lib *find_lib(const char *name)
{
	for (const struct hw_lib *l = hw_libs; l->name; l++)
		if (strcmp(l->name, name) == 0)
			return l;
	return NULL;
}

static bool name_is_plain(const char *name)
{
	for (const char *s = name; *s; s++)
		if (!((*s >= 'a' && *s <= 'z') || (*s >= 'A' && *s <= 'Z') || (*s >= '0' && *s <= '9') || strchr("_-./", *s)) ||
		    (*s == '.' && s[1] == '.'))
			return false;
	return *name && name[0] != '/';
}

/* require "helpers": the library's, or helpers.lua of the lab's folder; once. */
static int safe_require(lua_State *L)
{
	const char *name = luaL_checkstring(L, 1);
	const struct hw_lib *lib = find_lib(name);
	struct strbuf path = { 0 };

	luaL_getsubtable(L, LUA_REGISTRYINDEX, "hw.loaded");
	if (lua_getfield(L, -1, name) != LUA_TNIL)
		return 1;
	lua_pop(L, 1);
	if (lib) {
		lua_pushfstring(L, "@hookwalk/%s.lua", name);
		if (luaL_loadbufferx(L, (const char *)lib->text, lib->len, lua_tostring(L, -1), "t") != LUA_OK)
			return lua_error(L);
		lua_remove(L, -2);
	} else {
		if (!name_is_plain(name))
			return luaL_error(L, "module '%s': a name of letters, digits, '_', '-' and dots is wanted", name);
		luaL_gsub(L, name, ".", "/");
		lua_pushliteral(L, ".lua");
		lua_concat(L, 2);
		hw_path_check(L, -1, &path);
		lua_pushstring(L, sb_str(&path));
		sb_free(&path);
		load_file(L, lua_tostring(L, -2), lua_tostring(L, -1));
		lua_replace(L, -3);
		lua_settop(L, 3);
	}
	lua_pushvalue(L, 1);
	lua_call(L, 1, 1);
	if (lua_isnil(L, -1)) {
		lua_pop(L, 1);
		lua_pushboolean(L, true);
	}
	lua_pushvalue(L, -1);
	lua_setfield(L, 2, name);
	return 1;
}

static int core_result(lua_State *L)
{
	struct hw *hw = hw_of(L);
	size_t len;
	const char *s = luaL_checklstring(L, 1, &len);

	if (hw->opt.result)
		hw->opt.result(s, len, hw->opt.arg);
	return 0;
}

static int core_budget(lua_State *L)
{
	hw_budget(hw_of(L));
	return 0;
}

static int core_read_file(lua_State *L)
{
	struct strbuf path = { 0 };
	struct arena *a;
	struct source *src;
	struct diag d;

	hw_path_check(L, 1, &path);
	lua_pushstring(L, sb_str(&path));
	sb_free(&path);
	a = arena_create();
	diag_init(&d, a);
	if (!(src = source_read(a, lua_tostring(L, -1), 16 << 20, &d)))
		return hw_diag_error(L, a, &d);
	lua_pushlstring(L, src->text, src->len);
	arena_destroy(a);
	return 1;
}

/* snapshot(name, text): nil, or what differs from snapshots/NAME.txt of the root, which --update writes. */
static int core_snapshot(lua_State *L)
{
	const char *name = luaL_checkstring(L, 1), *want, *path;
	struct hw *hw = hw_of(L);
	size_t len, n;
	const char *text = luaL_checklstring(L, 2, &len);
	FILE *f;

	if (!hw->root || !name_is_plain(name) || strchr(name, '/'))
		return luaL_error(L, "snapshot: a name of letters, digits, '_', '-' and dots is wanted, not \"%s\"", name);
	path = lua_pushfstring(L, "%s/snapshots", hw->root);
	if (hw->opt.update)
		mkdir(path, 0777);
	path = lua_pushfstring(L, "%s/%s.txt", path, name);
	if (hw->opt.update) {
		f = fopen(path, "we");
		if (!f || fwrite(text, 1, len, f) != len || fclose(f))
			return luaL_error(L, "%s: cannot write: %s", path, strerror(errno));
		return 0;
	}
	if (access(path, F_OK)) {
		lua_pushfstring(L, "there is no snapshots/%s.txt yet; --update writes it", name);
		return 1;
	}
	lua_pushcfunction(L, core_read_file);
	lua_pushfstring(L, "snapshots/%s.txt", name);
	lua_call(L, 1, 1);
	want = lua_tolstring(L, -1, &n);
	if (n == len && memcmp(want, text, n) == 0)
		return 0;
	while (*want && *want == *text)
		want++, text++;
	lua_pushfstring(L, "differs from snapshots/%s.txt (--update writes it anew), from here on:\nexpected: ", name);
	lua_pushlstring(L, want, strcspn(want, "\n"));
	lua_pushliteral(L, "\n     got: ");
	lua_pushlstring(L, text, strcspn(text, "\n"));
	lua_concat(L, 4);
	return 1;
}

static int core_seed(lua_State *L)
{
	lua_pushinteger(L, (lua_Integer)hw_of(L)->opt.seed);
	return 1;
}

static void push_source(lua_State *L, const lua_Debug *ar)
{
	lua_pushstring(L, ar->source[0] == '@' ? ar->source + 1 : ar->short_src);
}

/* Where a function of the script is, or who of the script called: "file", line. */
static int core_where(lua_State *L)
{
	lua_Debug ar;

	if (lua_isfunction(L, 1)) {
		lua_pushvalue(L, 1);
		lua_getinfo(L, ">S", &ar);
		push_source(L, &ar);
		lua_pushinteger(L, ar.linedefined);
		return 2;
	}
	for (int level = 1; lua_getstack(L, level, &ar); level++) {
		lua_getinfo(L, "Sl", &ar);
		if (ar.currentline > 0 && strncmp(ar.short_src, "hookwalk/", 9) != 0) {
			push_source(L, &ar);
			lua_pushinteger(L, ar.currentline);
			return 2;
		}
	}
	return 0;
}

int hw_diag_error(lua_State *L, struct arena *a, const struct diag *d)
{
	struct strbuf sb = { 0 };

	diag_render(d, &sb);
	while (sb.len && sb.s[sb.len - 1] == '\n')
		sb.s[--sb.len] = 0;
	lua_pushlstring(L, sb_str(&sb), sb.len);
	sb_free(&sb);
	arena_destroy(a);
	return lua_error(L);
}

/* ---- opening */

static void drop_global(lua_State *L, const char *name)
{
	lua_pushnil(L);
	lua_setglobal(L, name);
}

static void set_global(lua_State *L, const char *name, lua_CFunction fn)
{
	lua_pushcfunction(L, fn);
	lua_setglobal(L, name);
}

static void open_libraries(lua_State *L)
{
	static const luaL_Reg libs[] = {
		{ LUA_GNAME, luaopen_base }, { LUA_TABLIBNAME, luaopen_table }, { LUA_STRLIBNAME, luaopen_string },
		{ LUA_MATHLIBNAME, luaopen_math }, { LUA_UTF8LIBNAME, luaopen_utf8 }, { LUA_COLIBNAME, luaopen_coroutine },
	};
	static const luaL_Reg core[] = {
		{ "result", core_result }, { "budget", core_budget }, { "read_file", core_read_file }, { "seed", core_seed },
		{ "where", core_where }, { "snapshot", core_snapshot }, { NULL, NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(libs); i++) {
		luaL_requiref(L, libs[i].name, libs[i].func, 1);
		lua_pop(L, 1);
	}
	drop_global(L, "dofile");
	drop_global(L, "loadfile");
	drop_global(L, "collectgarbage");
	drop_global(L, "warn");
	set_global(L, "load", safe_load);
	set_global(L, "pcall", safe_pcall);
	set_global(L, "xpcall", safe_xpcall);
	set_global(L, "print", safe_print);
	set_global(L, "require", safe_require);
	set_global(L, "setmetatable", safe_setmetatable);
	lua_getglobal(L, "string");
	lua_pushnil(L);
	lua_setfield(L, -2, "dump");
	hw_patterns(L);
	lua_pushliteral(L, "");
	lua_getmetatable(L, -1);
	lua_pushliteral(L, "string");
	lua_setfield(L, -2, "__metatable");
	lua_pop(L, 3);
	hw_count_work(L);
	hw_coroutines(L);
	luaL_getsubtable(L, LUA_REGISTRYINDEX, "hw.loaded");
	luaL_newlib(L, core);
	hw_core_lab(L);
	hw_core_host(L);
	hw_core_sock(L);
	hw_core_crowd(L);
	hw_core_packet(L);
	hw_core_capture(L);
	hw_core_replay(L);
	lua_setfield(L, -2, "hookwalk.core");
	lua_pop(L, 1);
}

/* The library is loaded with the core in reach; the script's require does not find it afterwards. */
static int setup(lua_State *L)
{
	open_libraries(L);
	lua_getglobal(L, "require");
	lua_pushliteral(L, "hookwalk");
	lua_call(L, 1, 1);
	lua_setglobal(L, "hookwalk");
	luaL_getsubtable(L, LUA_REGISTRYINDEX, "hw.loaded");
	lua_pushnil(L);
	lua_setfield(L, -2, "hookwalk.core");
	return 0;
}

static int with_traceback(lua_State *L)
{
	const char *s = lua_tostring(L, 1);

	if (!s && !lua_isnil(L, 1))
		luaL_tolstring(L, 1, NULL);
	return 1;
}

static bool call(struct hw *hw, int nargs, struct strbuf *err)
{
	lua_State *L = hw->L;
	int at = lua_gettop(L) - nargs, status;

	lua_pushcfunction(L, with_traceback);
	lua_insert(L, at);
	hw_budget(hw);
	status = lua_pcall(L, nargs, 0, at);
	if (status == LUA_ERRMEM) {
		sb_printf(err, "stopped: the script needs more than %zu MB of memory", hw->opt.max_memory >> 20);
		lua_pop(L, 1);
	} else if (status != LUA_OK) {
		const char *s = lua_tostring(L, -1);

		sb_puts(err, s ? s : "an error without a message");
		lua_pop(L, 1);
	}
	lua_settop(L, at - 1);
	return status == LUA_OK;
}

static int panic(lua_State *L)
{
	(void)L;
	out_of_memory(0);
}

struct hw *hw_open(const struct hw_options *o)
{
	struct hw *hw = xcalloc(1, sizeof(*hw));
	struct strbuf err = { 0 };
	bool ok;

	hw->opt = *o;
	if (!hw->opt.max_memory)
		hw->opt.max_memory = (size_t)256 << 20;
	if (!hw->opt.max_instructions)
		hw->opt.max_instructions = 500000000;
	hw->root = o->root ? realpath(o->root, NULL) : NULL;
	hw->root_given = xstrdup(o->root ? o->root : "");
	hw->last = &hw->labs;
	hw->L = lua_newstate(limited_alloc, hw);
	if (!hw->L)
		out_of_memory(hw->opt.max_memory);
	lua_atpanic(hw->L, panic);
	*(struct hw **)lua_getextraspace(hw->L) = hw;
	lua_sethook(hw->L, count_hook, LUA_MASKCOUNT, COUNT_EVERY);
	lua_pushcfunction(hw->L, setup);
	ok = call(hw, 0, &err);
	assert(ok);		/* the library's own text */
	(void)ok;
	sb_free(&err);
	return hw;
}

static int run_file(lua_State *L)
{
	struct strbuf path = { 0 };

	hw_path_check(L, 1, &path);
	lua_pushstring(L, sb_str(&path));
	sb_free(&path);
	load_file(L, lua_tostring(L, 2), lua_tostring(L, 3));
	lua_call(L, 0, 0);
	return 0;
}

bool hw_run(struct hw *hw, const char *path, struct strbuf *err)
{
	char *full = realpath(path, NULL);

	lua_pushcfunction(hw->L, run_file);
	lua_pushstring(hw->L, full ? full : path);
	lua_pushstring(hw->L, path);
	free(full);
	return call(hw, 2, err);
}

static int call_spec(lua_State *L)
{
	luaL_getsubtable(L, LUA_REGISTRYINDEX, "hw.loaded");
	lua_getfield(L, -1, "spec");
	lua_getfield(L, -1, lua_tostring(L, 1));
	lua_pushvalue(L, 2);
	lua_call(L, 1, 0);
	return 0;
}

bool hw_call(struct hw *hw, const char *function, const char *json, struct strbuf *err)
{
	lua_pushcfunction(hw->L, call_spec);
	lua_pushstring(hw->L, function);
	lua_pushstring(hw->L, json);
	return call(hw, 2, err);
}
