// SPDX-License-Identifier: MIT
/* coroutine.c - resume, wrap and close, so that no coroutine outlives the script's end: a stopped one is an error for
 * who resumed it, and is never closed. */
#include "lua/bind/hw.h"

/* A coroutine that was stopped is left as it is: what it meant to close would run there without being counted. */
static void forget_coroutine(lua_State *L, int at)
{
	luaL_getsubtable(L, LUA_REGISTRYINDEX, "hw.stopped");
	lua_pushvalue(L, at);
	lua_pushboolean(L, true);
	lua_rawset(L, -3);
	lua_pop(L, 1);
}

/* Its values are on the stack behind "true", or "false" and the error. */
static int resume(lua_State *L, int nargs)
{
	lua_State *co = lua_tothread(L, 1);
	int base = lua_gettop(L) - nargs, status;

	lua_getfield(L, LUA_REGISTRYINDEX, "hw.resume");
	lua_insert(L, base + 1);
	lua_pushvalue(L, 1);
	lua_insert(L, base + 2);
	lua_call(L, nargs + 1, LUA_MULTRET);
	status = lua_status(co);
	if (status != LUA_OK && status != LUA_YIELD && hw_of(L)->exhausted)
		forget_coroutine(L, 1);
	if (!lua_toboolean(L, base + 1))
		hw_give_up(L);
	return lua_gettop(L) - base;
}

static int safe_resume(lua_State *L)
{
	luaL_argexpected(L, lua_isthread(L, 1), 1, "coroutine");
	return resume(L, lua_gettop(L) - 1);
}

static int safe_close(lua_State *L)
{
	luaL_argexpected(L, lua_isthread(L, 1), 1, "coroutine");
	luaL_getsubtable(L, LUA_REGISTRYINDEX, "hw.stopped");
	lua_pushvalue(L, 1);
	if (lua_rawget(L, -2) != LUA_TNIL)
		return luaL_error(L, "the coroutine was stopped");
	lua_settop(L, 1);
	lua_getfield(L, LUA_REGISTRYINDEX, "hw.close");
	lua_insert(L, 1);
	lua_call(L, 1, LUA_MULTRET);
	return lua_gettop(L);
}

/* What coroutine.wrap() made: an error ends the coroutine, closes what it has open, and goes on. */
static int resume_wrapped(lua_State *L)
{
	int n, status;

	lua_pushvalue(L, lua_upvalueindex(1));
	lua_insert(L, 1);
	n = resume(L, lua_gettop(L) - 1);
	if (lua_toboolean(L, -n))
		return n - 1;
	status = lua_status(lua_tothread(L, 1));
	if (status != LUA_OK && status != LUA_YIELD) {
		lua_pushcfunction(L, safe_close);
		lua_pushvalue(L, 1);
		lua_call(L, 1, 2);
	}
	if (lua_type(L, -1) == LUA_TSTRING) {
		luaL_where(L, 1);
		lua_insert(L, -2);
		lua_concat(L, 2);
	}
	return lua_error(L);
}

static int safe_wrap(lua_State *L)
{
	lua_State *co;

	luaL_checktype(L, 1, LUA_TFUNCTION);
	co = lua_newthread(L);
	lua_pushvalue(L, 1);
	lua_xmove(L, co, 1);
	lua_pushcclosure(L, resume_wrapped, 1);
	return 1;
}

void hw_coroutines(lua_State *L)
{
	static const luaL_Reg fns[] = { { "resume", safe_resume }, { "close", safe_close }, { "wrap", safe_wrap }, { NULL, NULL } };

	lua_newtable(L);	/* "hw.stopped" keeps no coroutine */
	lua_newtable(L);
	lua_pushliteral(L, "k");
	lua_setfield(L, -2, "__mode");
	lua_setmetatable(L, -2);
	lua_setfield(L, LUA_REGISTRYINDEX, "hw.stopped");
	lua_getglobal(L, LUA_COLIBNAME);
	lua_getfield(L, -1, "resume");
	lua_setfield(L, LUA_REGISTRYINDEX, "hw.resume");
	lua_getfield(L, -1, "close");
	lua_setfield(L, LUA_REGISTRYINDEX, "hw.close");
	luaL_setfuncs(L, fns, 0);
	lua_pop(L, 1);
}
