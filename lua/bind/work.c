// SPDX-License-Identifier: MIT
/* work.c - what Lua's own functions do in one instruction can be any amount of work: bytes copied, elements
 * moved. Here it is counted with the instructions before it is done. */
#include "lua/bind/hw.h"

#define BYTES_A_STEP  16
#define ELEMENT_STEPS 5

bool hw_can_spend(struct hw *hw, uint64_t n)
{
	if (likely(hw->left > n && !hw->exhausted))
		hw->left -= n;
	else
		hw->exhausted = true;
	return !hw->exhausted;
}

void hw_spend(lua_State *L, uint64_t n)
{
	if (unlikely(!hw_can_spend(hw_of(L), n)))
		hw_stop(L);
}

/* A function of the library after its work was counted: it finds its arguments as they came. */
static int go_on(lua_State *L)
{
	return lua_tocfunction(L, lua_upvalueindex(1))(L);
}

static void spend_arguments(lua_State *L)
{
	uint64_t n = 1;

	for (int i = 1; i <= lua_gettop(L); i++)
		if (lua_type(L, i) == LUA_TSTRING)
			n += lua_rawlen(L, i) / BYTES_A_STEP;
	hw_spend(L, n);
}

static int by_strings(lua_State *L)
{
	spend_arguments(L);
	return go_on(L);
}

static uint64_t count_from_to(lua_State *L, int from, int to)
{
	lua_Integer a = lua_tointeger(L, from), b = lua_tointeger(L, to);

	return b >= a ? (uint64_t)b - (uint64_t)a + 1 : 0;
}

static int by_rep(lua_State *L)
{
	uint64_t n = lua_tointeger(L, 2) > 0 ? (uint64_t)lua_tointeger(L, 2) : 0, len = 0, total;

	if (lua_type(L, 1) == LUA_TSTRING)
		len += lua_rawlen(L, 1);
	if (lua_type(L, 3) == LUA_TSTRING)
		len += lua_rawlen(L, 3);
	if (!__builtin_mul_overflow(n, len + 1, &total) && total <= hw_of(L)->opt.max_memory)
		hw_spend(L, total / BYTES_A_STEP + 1);	/* more does not fit in memory, and is told so */
	return go_on(L);
}

/* As the functions see it: a __len is asked. */
static uint64_t length(lua_State *L)
{
	lua_Integer n = lua_istable(L, 1) ? luaL_len(L, 1) : 0;

	return n > 0 ? (uint64_t)n : 0;
}

/* Elements from argument 2 to the end move. */
static void spend_moving(lua_State *L)
{
	uint64_t len = MIN(length(L), UINT32_MAX);
	lua_Integer at = lua_tointeger(L, 2);

	hw_spend(L, at >= 0 && (uint64_t)at < len ? (len - (uint64_t)at) * ELEMENT_STEPS + 1 : 1);
}

static int by_insert(lua_State *L)
{
	if (lua_gettop(L) == 3)
		spend_moving(L);
	return go_on(L);
}

static int by_remove(lua_State *L)
{
	if (lua_gettop(L) >= 2)
		spend_moving(L);
	return go_on(L);
}

static int by_sort(lua_State *L)
{
	uint64_t n = MIN(length(L), UINT32_MAX), log = 1;

	while (n >> log)
		log++;
	hw_spend(L, n * log * ELEMENT_STEPS + 1);
	return go_on(L);
}

static int by_move(lua_State *L)
{
	hw_spend(L, MIN(count_from_to(L, 2, 3), UINT32_MAX) * ELEMENT_STEPS + 1);
	return go_on(L);
}

static int by_range(lua_State *L)		/* unpack(t, i, j) */
{
	uint64_t n = MIN(length(L), INT32_MAX);

	hw_spend(L, (lua_isnoneornil(L, 3) ? n : MIN(count_from_to(L, 2, 3), INT32_MAX)) + 1);
	return go_on(L);
}

/* concat(t, sep, i, j): the elements' bytes are counted as memory */
static int by_concat(lua_State *L)
{
	uint64_t n = length(L);

	hw_spend(L, (lua_isnoneornil(L, 4) ? n : MIN(count_from_to(L, 3, 4), n + 1)) + 1);	/* it ends at the first nil */
	return go_on(L);
}

struct counted { const char *name; lua_CFunction fn; };

static void count(lua_State *L, const char *table, const struct counted *c)
{
	lua_getglobal(L, table);
	for (; c->name; c++) {
		lua_getfield(L, -1, c->name);
		assert(lua_iscfunction(L, -1));
		lua_pushcclosure(L, c->fn, 1);
		lua_setfield(L, -2, c->name);
	}
	lua_pop(L, 1);
}

void hw_count_work(lua_State *L)
{
	static const struct counted strings[] = {
		{ "rep", by_rep }, { "byte", by_strings }, { "format", by_strings }, { "len", by_strings }, { "lower", by_strings },
		{ "pack", by_strings }, { "reverse", by_strings }, { "sub", by_strings }, { "unpack", by_strings }, { "upper", by_strings }, { 0 },
	};
	static const struct counted tables[] = {
		{ "insert", by_insert }, { "remove", by_remove }, { "sort", by_sort }, { "move", by_move }, { "unpack", by_range },
		{ "concat", by_concat }, { 0 },
	};
	static const struct counted utf8s[] = {
		{ "len", by_strings }, { "codepoint", by_strings }, { "offset", by_strings }, { "codes", by_strings }, { 0 },
	};
	static const struct counted globals[] = { { "tonumber", by_strings }, { "select", by_strings }, { 0 } };

	count(L, LUA_STRLIBNAME, strings);
	count(L, LUA_TABLIBNAME, tables);
	count(L, LUA_UTF8LIBNAME, utf8s);
	count(L, LUA_GNAME, globals);
}
