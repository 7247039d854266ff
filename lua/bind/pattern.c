// SPDX-License-Identifier: MIT
/* pattern.c - find, match, gmatch, gsub with Lua's patterns, as section 6.4.1 of its manual tells them. The
 * library's own do not count what they try, and a short pattern can try for longer than anyone waits: here each
 * character tried is work (hw_spend). */
#include "lua/bind/hw.h"
#include <ctype.h>

#define MAX_PARTS   32		/* captures of a pattern */
#define MAX_DEPTH   200		/* items with a choice, one inside the other */
#define POSITION    (-1)
#define OPEN	    (-2)
#define NO_MATCH    ((size_t)-1)

struct subject {
	lua_State *L;
	const char *s, *p;		/* the text, the pattern */
	size_t len, plen;
	unsigned depth, nr;
	struct { size_t at; ptrdiff_t len; } cap[MAX_PARTS];
};

static size_t match_from(struct subject *m, size_t s, size_t p);

/* Behind the single character that the pattern has at p. */
static size_t item_end(const struct subject *m, size_t p)
{
	if (m->p[p] == '%') {
		if (p + 1 >= m->plen)
			luaL_error(m->L, "malformed pattern (ends with '%%')");
		return p + 2;
	}
	if (m->p[p] != '[')
		return p + 1;
	p++;
	if (p < m->plen && m->p[p] == '^')
		p++;
	for (bool first = true; first || p >= m->plen || m->p[p] != ']'; first = false) {
		if (p < m->plen && m->p[p] == '%')
			p++;
		if (p >= m->plen)
			luaL_error(m->L, "malformed pattern (missing ']')");
		p++;
	}
	return p + 1;
}

static bool is_of_class(unsigned char c, unsigned char class)
{
	bool is;

	switch (tolower(class)) {
	case 'a': is = isalpha(c);	break;
	case 'c': is = iscntrl(c);	break;
	case 'd': is = isdigit(c);	break;
	case 'g': is = isgraph(c);	break;
	case 'l': is = islower(c);	break;
	case 'p': is = ispunct(c);	break;
	case 's': is = isspace(c);	break;
	case 'u': is = isupper(c);	break;
	case 'w': is = isalnum(c);	break;
	case 'x': is = isxdigit(c);	break;
	case 'z': is = !c;	break;		/* of old scripts */
	default: return c == class;
	}
	return is != !!isupper(class);
}

/* p: behind the '['; end: at the ']'. */
static bool is_in_set(const char *pat, size_t p, size_t end, unsigned char c)
{
	bool inside = true;

	if (pat[p] == '^') {
		inside = false;
		p++;
	}
	for (; p < end; p++) {
		if (pat[p] == '%') {
			if (is_of_class(c, (unsigned char)pat[++p]))
				return inside;
		} else if (p + 2 < end && pat[p + 1] == '-') {
			if ((unsigned char)pat[p] <= c && c <= (unsigned char)pat[p + 2])
				return inside;
			p += 2;
		} else if ((unsigned char)pat[p] == c) {
			return inside;
		}
	}
	return !inside;
}

static bool one_fits(const struct subject *m, size_t s, size_t p, size_t end)
{
	unsigned char c;

	hw_spend(m->L, m->p[p] == '[' ? end - p : 1);
	if (s >= m->len)
		return false;
	c = (unsigned char)m->s[s];
	switch (m->p[p]) {
	case '.': return true;
	case '%': return is_of_class(c, (unsigned char)m->p[p + 1]);
	case '[': return is_in_set(m->p, p + 1, end - 1, c);
	default: return (unsigned char)m->p[p] == c;
	}
}

static size_t open_capture(struct subject *m, size_t s, size_t p, ptrdiff_t kind)
{
	size_t end;

	if (m->nr >= MAX_PARTS)
		luaL_error(m->L, "too many captures");
	m->cap[m->nr].at = s;
	m->cap[m->nr++].len = kind;
	end = match_from(m, s, p);
	if (end == NO_MATCH)
		m->nr--;
	return end;
}

static size_t close_capture(struct subject *m, size_t s, size_t p)
{
	unsigned i = m->nr;
	size_t end;

	while (i > 0 && m->cap[i - 1].len != OPEN)
		i--;
	if (!i)
		luaL_error(m->L, "invalid pattern capture");
	m->cap[i - 1].len = (ptrdiff_t)(s - m->cap[i - 1].at);
	end = match_from(m, s, p);
	if (end == NO_MATCH)
		m->cap[i - 1].len = OPEN;
	return end;
}

/* %bxy: from an x to the y that balances it. */
static size_t match_balance(const struct subject *m, size_t s, size_t p)
{
	size_t depth = 1;

	if (p + 1 >= m->plen)
		luaL_error(m->L, "malformed pattern (missing arguments to '%%b')");
	if (s >= m->len || m->s[s] != m->p[p])
		return NO_MATCH;
	for (size_t i = s + 1; i < m->len; i++) {
		hw_spend(m->L, 1);
		if (m->s[i] == m->p[p + 1]) {
			if (!--depth)
				return i + 1;
		} else if (m->s[i] == m->p[p]) {
			depth++;
		}
	}
	return NO_MATCH;
}

static size_t match_back(const struct subject *m, size_t s, unsigned char digit)
{
	unsigned i = digit - '1';
	size_t n;

	if (i >= m->nr || m->cap[i].len == OPEN)
		luaL_error(m->L, "invalid capture index %%%d", i + 1);
	if (m->cap[i].len == POSITION)
		return NO_MATCH;
	n = (size_t)m->cap[i].len;
	hw_spend(m->L, n / 16 + 1);
	return m->len - s >= n && memcmp(m->s + m->cap[i].at, m->s + s, n) == 0 ? s + n : NO_MATCH;
}

/* %f[set]: the way from outside of the set into it. *p moves behind. */
static bool match_frontier(const struct subject *m, size_t s, size_t *p)
{
	size_t set = *p + 2, end;

	if (set >= m->plen || m->p[set] != '[')
		luaL_error(m->L, "missing '[' after '%%f' in pattern");
	end = item_end(m, set);
	hw_spend(m->L, end - set);
	*p = end;
	return !is_in_set(m->p, set + 1, end - 1, s ? (unsigned char)m->s[s - 1] : 0) &&
	       is_in_set(m->p, set + 1, end - 1, s < m->len ? (unsigned char)m->s[s] : 0);
}

/* As many as there are, then fewer. */
static size_t match_most(struct subject *m, size_t s, size_t p, size_t end)
{
	size_t n = 0, r;

	while (one_fits(m, s + n, p, end))
		n++;
	for (;; n--) {
		r = match_from(m, s + n, end + 1);
		if (r != NO_MATCH || !n)
			return r;
	}
}

static size_t match_least(struct subject *m, size_t s, size_t p, size_t end)
{
	for (;; s++) {
		size_t r = match_from(m, s, end + 1);

		if (r != NO_MATCH || !one_fits(m, s, p, end))
			return r;
	}
}

/* Where the match of the pattern from p on ends, that begins at s. */
static size_t match_items(struct subject *m, size_t s, size_t p)
{
	while (p < m->plen) {
		char c = m->p[p], next = p + 1 < m->plen ? m->p[p + 1] : 0;
		size_t end, r;

		if (c == '(')
			return next == ')' ? open_capture(m, s, p + 2, POSITION) : open_capture(m, s, p + 1, OPEN);
		if (c == ')')
			return close_capture(m, s, p + 1);
		if (c == '$' && p + 1 == m->plen)
			return s == m->len ? s : NO_MATCH;
		if (c == '%' && next == 'b') {
			if ((s = match_balance(m, s, p + 2)) == NO_MATCH)
				return s;
			p += 4;
			continue;
		}
		if (c == '%' && next == 'f') {
			if (!match_frontier(m, s, &p))
				return NO_MATCH;
			continue;
		}
		if (c == '%' && isdigit((unsigned char)next)) {
			if ((s = match_back(m, s, (unsigned char)next)) == NO_MATCH)
				return s;
			p += 2;
			continue;
		}
		end = item_end(m, p);
		switch (end < m->plen ? m->p[end] : 0) {
		case '*': return match_most(m, s, p, end);
		case '+': return one_fits(m, s, p, end) ? match_most(m, s + 1, p, end) : NO_MATCH;
		case '-': return match_least(m, s, p, end);
		case '?':
			if (one_fits(m, s, p, end) && (r = match_from(m, s + 1, end + 1)) != NO_MATCH)
				return r;
			p = end + 1;
			continue;
		default:
			if (!one_fits(m, s, p, end))
				return NO_MATCH;
			s++;
			p = end;
		}
	}
	return s;
}

static size_t match_from(struct subject *m, size_t s, size_t p)
{
	size_t r;

	if (m->depth == MAX_DEPTH)
		luaL_error(m->L, "pattern too complex");
	hw_spend(m->L, 4);
	m->depth++;
	r = match_items(m, s, p);
	m->depth--;
	return r;
}

static size_t match_at(struct subject *m, size_t s, size_t p)
{
	m->depth = m->nr = 0;
	hw_spend(m->L, 1);
	return match_from(m, s, p);
}

/* ---- what was captured */

static void push_capture(struct subject *m, unsigned i, size_t s, size_t end)
{
	if (i >= m->nr) {
		if (i)
			luaL_error(m->L, "invalid capture index %%%d", i + 1);
		lua_pushlstring(m->L, m->s + s, end - s);
	} else if (m->cap[i].len == POSITION) {
		lua_pushinteger(m->L, (lua_Integer)m->cap[i].at + 1);
	} else if (m->cap[i].len == OPEN) {
		luaL_error(m->L, "unfinished capture");
	} else {
		lua_pushlstring(m->L, m->s + m->cap[i].at, (size_t)m->cap[i].len);
	}
}

/* All, or the whole match when the pattern captures nothing and whole is wanted. */
static int push_captures(struct subject *m, size_t s, size_t end, bool whole)
{
	unsigned n = m->nr || !whole ? m->nr : 1;

	luaL_checkstack(m->L, (int)n, "too many captures");
	for (unsigned i = 0; i < n; i++)
		push_capture(m, i, s, end);
	return (int)n;
}

static struct subject subject(lua_State *L)
{
	struct subject m = { .L = L };

	m.s = luaL_checklstring(L, 1, &m.len);
	m.p = luaL_checklstring(L, 2, &m.plen);
	return m;
}

/* Argument 3: a position from 1, negative from the end; the offset from 0. */
static size_t start_of(const struct subject *m)
{
	lua_Integer i = luaL_optinteger(m->L, 3, 1);

	if (i > 0)
		return (size_t)i - 1;
	return i == 0 || i < -(lua_Integer)m->len ? 0 : m->len - (size_t)-i;
}

/* ---- find, match */

static bool is_plain(const struct subject *m)
{
	for (size_t i = 0; i < m->plen; i++)
		if (m->p[i] && strchr("^$*+?.([%-", m->p[i]))
			return false;
	return true;
}

static int find_plain(struct subject *m, size_t from)
{
	const char *at;

	hw_spend(m->L, (m->len - from) / 16 + m->plen / 16);
	at = memmem(m->s + from, m->len - from, m->p, m->plen);
	if (!at) {
		luaL_pushfail(m->L);
		return 1;
	}
	lua_pushinteger(m->L, at - m->s + 1);
	lua_pushinteger(m->L, at - m->s + (lua_Integer)m->plen);
	return 2;
}

static int search(lua_State *L, bool find)
{
	struct subject m = subject(L);
	size_t from = start_of(&m), p = m.plen && m.p[0] == '^', end;

	if (from > m.len) {
		luaL_pushfail(L);
		return 1;
	}
	if (find && (lua_toboolean(L, 4) || is_plain(&m)))
		return find_plain(&m, from);
	for (size_t s = from; s <= m.len; s++) {
		if ((end = match_at(&m, s, p)) == NO_MATCH) {
			if (p)
				break;
			continue;
		}
		if (!find)
			return push_captures(&m, s, end, true);
		lua_pushinteger(L, (lua_Integer)s + 1);
		lua_pushinteger(L, (lua_Integer)end);
		return push_captures(&m, s, end, false) + 2;
	}
	luaL_pushfail(L);
	return 1;
}

static int string_find(lua_State *L)
{
	return search(L, true);
}

static int string_match(lua_State *L)
{
	return search(L, false);
}

/* ---- gmatch: upvalues are the text, the pattern, where to go on, and where the last match ended, -1 = there was none */

static int gmatch_next(lua_State *L)
{
	struct subject m = { .L = L };
	lua_Integer last = lua_tointeger(L, lua_upvalueindex(4));
	size_t end;

	m.s = lua_tolstring(L, lua_upvalueindex(1), &m.len);
	m.p = lua_tolstring(L, lua_upvalueindex(2), &m.plen);
	for (size_t s = (size_t)lua_tointeger(L, lua_upvalueindex(3)); s <= m.len; s++) {
		end = match_at(&m, s, 0);
		if (end == NO_MATCH || (lua_Integer)end == last)	/* nothing, right behind the last one */
			continue;
		lua_pushinteger(L, (lua_Integer)end);
		lua_copy(L, -1, lua_upvalueindex(3));
		lua_replace(L, lua_upvalueindex(4));
		return push_captures(&m, s, end, true);
	}
	return 0;
}

static int string_gmatch(lua_State *L)
{
	struct subject m = subject(L);
	size_t from = MIN(start_of(&m), m.len + 1);

	lua_settop(L, 2);
	lua_pushinteger(L, (lua_Integer)from);
	lua_pushinteger(L, -1);
	lua_pushcclosure(L, gmatch_next, 4);
	return 1;
}

/* ---- gsub */

/* "%1 and %%" */
static void add_text(struct subject *m, luaL_Buffer *b, size_t s, size_t end)
{
	size_t n;
	const char *r = lua_tolstring(m->L, 3, &n);

	for (size_t i = 0; i < n; i++) {
		if (r[i] != '%') {
			luaL_addchar(b, r[i]);
			continue;
		}
		i++;
		if (i < n && r[i] == '%') {
			luaL_addchar(b, '%');
		} else if (i < n && r[i] == '0') {
			luaL_addlstring(b, m->s + s, end - s);
		} else if (i < n && isdigit((unsigned char)r[i])) {
			push_capture(m, (unsigned)(r[i] - '1'), s, end);
			luaL_tolstring(m->L, -1, NULL);
			lua_remove(m->L, -2);
			luaL_addvalue(b);
		} else {
			luaL_error(m->L, "invalid use of '%%' in replacement string");
		}
	}
	hw_spend(m->L, n);
}

/* true: something else than the match was added. */
static bool add_replacement(struct subject *m, luaL_Buffer *b, size_t s, size_t end, int type)
{
	lua_State *L = m->L;

	if (type == LUA_TFUNCTION) {
		lua_pushvalue(L, 3);
		lua_call(L, push_captures(m, s, end, true), 1);
	} else if (type == LUA_TTABLE) {
		push_capture(m, 0, s, end);
		lua_gettable(L, 3);
	} else {
		add_text(m, b, s, end);
		return true;
	}
	if (!lua_toboolean(L, -1)) {
		lua_pop(L, 1);
		luaL_addlstring(b, m->s + s, end - s);
		return false;
	}
	if (!lua_isstring(L, -1))
		luaL_error(L, "invalid replacement value (a %s)", luaL_typename(L, -1));
	luaL_addvalue(b);
	return true;
}

static int string_gsub(lua_State *L)
{
	struct subject m = subject(L);
	int type = lua_type(L, 3);
	lua_Integer most = luaL_optinteger(L, 4, (lua_Integer)m.len + 1), n = 0;
	size_t p = m.plen && m.p[0] == '^', s = 0, end, last = NO_MATCH;
	bool changed = false;
	luaL_Buffer b;

	luaL_argexpected(L, type == LUA_TNUMBER || type == LUA_TSTRING || type == LUA_TFUNCTION || type == LUA_TTABLE, 3,
			 "string/function/table");
	luaL_buffinit(L, &b);
	while (n < most) {
		end = match_at(&m, s, p);
		if (end != NO_MATCH && end != last) {
			n++;
			changed |= add_replacement(&m, &b, s, end, type);
			s = last = end;
		} else if (s < m.len) {
			luaL_addchar(&b, m.s[s++]);
		} else {
			break;
		}
		if (p)
			break;
	}
	if (!changed) {
		lua_pushvalue(L, 1);
	} else {
		luaL_addlstring(&b, m.s + s, m.len - s);
		luaL_pushresult(&b);
	}
	lua_pushinteger(L, n);
	return 2;
}

/* In place of the library's own, in the table on top. */
void hw_patterns(lua_State *L)
{
	static const luaL_Reg fns[] = {
		{ "find", string_find }, { "match", string_match }, { "gmatch", string_gmatch }, { "gsub", string_gsub }, { NULL, NULL },
	};

	luaL_setfuncs(L, fns, 0);
}
