// SPDX-License-Identifier: MIT
/* host.c - hookwalk.core: hosts, their commands and settings, and what can be asked of them: rules,
 * connections, limiters, drops, log lines. */
#include "lua/bind/hw.h"
#include "rules/rules.h"
#include "sim/net/ipv6.h"
#include "sim/net/sysctl.h"
#include <stdlib.h>

/* ---- making */

struct making { struct host_text texts[16]; unsigned nr_texts; const char *nics[64]; unsigned nr_nics; const char *unknown[32]; unsigned nr_unknown; };

static void take_texts(lua_State *L, int at, struct making *m)
{
	lua_pushnil(L);
	while (lua_next(L, at)) {
		size_t len;
		const char *text = luaL_checklstring(L, -1, &len);

		if (m->nr_texts == ARRAY_SIZE(m->texts))
			luaL_error(L, "too many files");
		m->texts[m->nr_texts++] = (struct host_text){ luaL_checkstring(L, -2), text, len };
		lua_pop(L, 1);
	}
}

static unsigned take_strings(lua_State *L, int at, const char **ret, unsigned max)
{
	unsigned n = 0;

	for (lua_Integer i = 1; lua_rawgeti(L, at, i) != LUA_TNIL; i++) {
		if (n == max)
			luaL_error(L, "too many of them");
		ret[n++] = luaL_checkstring(L, -1);
		lua_pop(L, 1);
	}
	lua_pop(L, 1);
	return n;
}

/* host(lab, name, dir or nil, { [file] = text }, { nic, ... }, { "match:foo", ... }, has IPv6) */
static int core_host(lua_State *L)
{
	struct hw_lab *lab = hw_lab_check(L, 1);
	const char *name = luaL_checkstring(L, 2);
	struct strbuf path = { 0 };
	struct making m = { 0 };
	struct host_files f = { .name = name, .number = lab->w->nr_hosts };
	struct host *h;
	struct arena *a;
	struct diag d;

	if (world_host_by_name(lab->w, name))
		return luaL_error(L, "the lab has a host \"%s\" already", name);
	hw_room_for_host(L, lab);
	luaL_checktype(L, 4, LUA_TTABLE);
	luaL_checktype(L, 5, LUA_TTABLE);
	luaL_checktype(L, 6, LUA_TTABLE);
	take_texts(L, 4, &m);
	m.nr_nics = take_strings(L, 5, m.nics, ARRAY_SIZE(m.nics));
	m.nr_unknown = take_strings(L, 6, m.unknown, ARRAY_SIZE(m.unknown));
	f.v6 = lua_toboolean(L, 7);
	if (!lua_isnil(L, 3))
		f.dir = hw_path_check(L, 3, &path);
	f.texts = m.texts;
	f.nr_texts = m.nr_texts;
	f.nics = m.nics;
	f.nr_nics = m.nr_nics;
	f.allow_unknown = m.unknown;
	f.nr_allow_unknown = m.nr_unknown;
	a = arena_create();
	diag_init(&d, a);
	h = host_load(lab->w, &f, &d);
	sb_free(&path);
	if (!h)
		return hw_diag_error(L, a, &d);
	arena_destroy(a);
	lab->nr_hosts_made = lab->w->nr_hosts;
	if (lab->hw->opt.host_made)
		lab->hw->opt.host_made(lab, h, lab->hw->opt.arg);
	return 0;
}

/* Once devices are plugged in: lines of ip.batch. */
static int core_ip(lua_State *L)
{
	struct host *h = hw_host_check(L, 1, 2);
	size_t len;
	const char *text = luaL_checklstring(L, 3, &len);
	struct arena *a = arena_create();
	struct diag d;

	diag_init(&d, a);
	if (!ipbatch_load(h, source_text(h->arena, h->name, text, len), &d))
		return hw_diag_error(L, a, &d);
	arena_destroy(a);
	return 0;
}

/* exec(lab, host, lines): what they print, and how many ended with another status than 0. */
static int core_exec(lua_State *L)
{
	struct host *h = hw_host_check(L, 1, 2);
	size_t len;
	const char *text = luaL_checklstring(L, 3, &len);
	struct arena *a = arena_create();
	struct strbuf shown = { 0 };
	struct host_files f = { .shown = &shown };
	struct diag d;
	bool ok;

	diag_init(&d, a);
	ok = commands_load(h, source_text(h->arena, "commands", text, len), &f, &d);
	lua_pushlstring(L, sb_str(&shown), shown.len);
	sb_free(&shown);
	if (!ok)
		return hw_diag_error(L, a, &d);
	lua_pushinteger(L, d.nr_warnings);
	arena_destroy(a);
	return 2;
}

static int core_sysctl(lua_State *L)
{
	struct host *h = hw_host_check(L, 1, 2);
	const char *key = luaL_checkstring(L, 3);
	char value[64];

	if (!lua_isnoneornil(L, 4)) {
		const char *text = lua_pushfstring(L, "%s = %s\n", key, luaL_tolstring(L, 4, NULL));
		struct arena *a = arena_create();
		struct diag d;

		diag_init(&d, a);
		if (!sysctl_load(h, source_text(h->arena, "sysctl", text, strlen(text)), false, &d) || d.nr_warnings)
			return hw_diag_error(L, a, &d);
		arena_destroy(a);
	}
	if (!sysctl_get(h, key, value))
		return luaL_error(L, "there is no setting \"%s\"", key);
	lua_pushstring(L, value);
	return 1;
}

/* ---- rules */

static void push_rule(lua_State *L, struct hw_lab *lab, const struct host *h, const struct chain *c, const struct rule *r)
{
	struct strbuf text = { 0 };
	size_t line, col;

	lua_newtable(L);
	hw_set_string(L, "host", h->name);
	hw_set_string(L, "table", c->table->name);
	hw_set_string(L, "chain", c->name);
	hw_set_string(L, "family", c->table->family == NFPROTO_IPV6 ? "ipv6" : "ipv4");
	if (!r) {
		hw_set_string(L, "policy", c->policy == XT_DROP ? "DROP" : "ACCEPT");
		hw_set_int(L, "packets", (lua_Integer)c->packets);
		hw_set_int(L, "bytes", (lua_Integer)c->bytes);
		return;
	}
	hw_set_int(L, "rule", r->number);
	hw_set_int(L, "packets", (lua_Integer)r->packets);
	hw_set_int(L, "bytes", (lua_Integer)r->bytes);
	rule_save(r, &text);
	hw_set_string(L, "text", sb_str(&text));
	sb_free(&text);
	hw_set_string(L, "comment", r->comment);
	if (r->pos.src) {
		const char *root = lab->hw->root_given, *file = r->pos.src->name;
		size_t n = strlen(root);

		source_where(r->pos, &line, &col);
		hw_set_string(L, "file", n && strncmp(file, root, n) == 0 && file[n] == '/' ? file + n + 1 : file);
		hw_set_int(L, "line", (lua_Integer)line);
	}
}

/* rules(lab, host): all rules and policies. */
static int core_rules(lua_State *L)
{
	static const uint8_t families[] = { NFPROTO_IPV4, NFPROTO_IPV6 };
	struct hw_lab *lab = hw_lab_check(L, 1);
	struct host *h = hw_host_check(L, 1, 2);
	lua_Integer n = 0;

	lua_newtable(L);
	for (size_t f = 0; f < ARRAY_SIZE(families); f++) {
		struct ruleset *rs = host_ruleset(h, families[f]);

		for (uint32_t t = 0; rs && t < rs->nr_tables; t++) {
			for (uint32_t c = 0; c < rs->table[t]->nr_chains; c++) {
				const struct chain *chain = rs->table[t]->chain[c];

				for (uint32_t i = 0; i < chain->nr_rules; i++) {
					push_rule(L, lab, h, chain, chain->rule[i]);
					lua_rawseti(L, -2, ++n);
				}
				if (chain->builtin) {
					push_rule(L, lab, h, chain, NULL);
					lua_rawseti(L, -2, ++n);
				}
			}
		}
	}
	return 1;
}

static uint8_t family_opt(lua_State *L, int arg)
{
	return strcmp(luaL_optstring(L, arg, "ipv4"), "ipv6") == 0 ? NFPROTO_IPV6 : NFPROTO_IPV4;
}

/* (lab, host, table, chain, number or nil = policy[, family]) on the stack from 1 on. */
static const struct chain *chain_check(lua_State *L, struct host *h, const struct rule **ret)
{
	const char *table = luaL_checkstring(L, 3), *chain = luaL_checkstring(L, 4);
	struct ruleset *rs = host_ruleset(h, family_opt(L, 6));
	struct table *t = rs ? ruleset_table(rs, table) : NULL;
	struct chain *c = t ? table_chain(t, chain) : NULL;
	lua_Integer n;

	*ret = NULL;
	if (!t)
		luaL_error(L, "%s has no %stable \"%s\"", h->name, family_opt(L, 6) == NFPROTO_IPV6 ? "ip6tables " : "", table);
	if (!c)
		luaL_error(L, "%s has no chain \"%s\" in table %s", h->name, chain, table);
	if (lua_isnoneornil(L, 5))
		return c;
	n = luaL_checkinteger(L, 5);
	if (n < 1 || n > c->nr_rules)
		luaL_error(L, "%s %s %s has %d rules, there is no rule %d", h->name, table, chain, (int)c->nr_rules, (int)n);
	*ret = c->rule[n - 1];
	return c;
}

static int core_rule(lua_State *L)
{
	struct hw_lab *lab = hw_lab_check(L, 1);
	struct host *h = hw_host_check(L, 1, 2);
	const struct rule *r;
	const struct chain *c = chain_check(L, h, &r);

	push_rule(L, lab, h, c, r);
	return 1;
}

/* How often the rule was tried, and why it did not match. */
static int core_tries(lua_State *L)
{
	struct hw_lab *lab = hw_lab_check(L, 1);
	struct host *h = hw_host_check(L, 1, 2);
	const struct rule_tries *t;
	const struct rule *r;

	chain_check(L, h, &r);
	t = r ? record_tries(&lab->rec, r) : NULL;
	lua_newtable(L);
	hw_set_int(L, "tried", t ? (lua_Integer)t->tried : 0);
	hw_set_int(L, "matched", t ? (lua_Integer)t->matched : 0);
	for (unsigned i = 0; t && i < t->nr_fail; i++) {
		lua_newtable(L);
		hw_set_int(L, "n", (lua_Integer)t->fail[i].n);
		hw_set_string(L, "why", t->fail[i].why);
		lua_rawseti(L, -2, i + 1);
	}
	return 1;
}

/* The limiter in a rule: how many passed it, and in each second; nil when it was never asked. */
static int core_limiter(lua_State *L)
{
	struct hw_lab *lab = hw_lab_check(L, 1);
	struct host *h = hw_host_check(L, 1, 2);
	struct limiter_sum *l;
	const struct rule *r;

	chain_check(L, h, &r);
	HASH_FIND_PTR(lab->rec.limiters, &r, l);
	if (!l)
		return 0;
	lua_newtable(L);
	hw_set_string(L, "ext", l->ext);
	hw_set_int(L, "passed", (lua_Integer)l->passed);
	hw_set_int(L, "over", (lua_Integer)l->over);
	if (l->over)
		hw_set_int(L, "first_over", (lua_Integer)l->first_over);
	lua_newtable(L);
	for (size_t i = 0; i < l->nr_seconds; i++) {
		lua_pushinteger(L, (lua_Integer)l->per_second[i]);
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
	lua_setfield(L, -2, "per_second");
	return 1;
}

static void push_place(lua_State *L, const struct chain *c, const struct rule *r)
{
	if (r && !c)
		c = r->chain;
	if (c) {
		hw_set_string(L, "table", c->table->name);
		hw_set_string(L, "chain", c->name);
	}
	if (r)
		hw_set_int(L, "rule", r->number);
}

static int core_drops(lua_State *L)
{
	struct hw_lab *lab = hw_lab_check(L, 1);
	struct drop_sum *d, *tmp;
	lua_Integer n = 0;

	lua_newtable(L);
	HASH_ITER(hh, lab->rec.drops, d, tmp) {
		lua_newtable(L);
		hw_set_string(L, "host", d->key.host ? d->key.host->name : NULL);
		hw_set_string(L, "reason", drop_reason_name((enum drop_reason)d->key.reason));
		hw_set_string(L, "where", d->key.where);
		push_place(L, d->key.chain, d->key.rule);
		hw_set_int(L, "packets", (lua_Integer)d->n);
		lua_rawseti(L, -2, ++n);
	}
	return 1;
}

static int core_logs(lua_State *L)
{
	struct hw_lab *lab = hw_lab_check(L, 1);
	lua_Integer n = 0;

	lua_newtable(L);
	for (struct log_line *l = lab->rec.logs; l; l = l->next) {
		lua_newtable(L);
		hw_set_string(L, "host", l->host ? l->host->name : NULL);
		hw_set_string(L, "text", l->text);
		hw_set_int(L, "level", l->level);
		lua_pushnumber(L, (double)l->t / 1e9);
		lua_setfield(L, -2, "t");
		push_place(L, NULL, l->rule);
		lua_rawseti(L, -2, ++n);
	}
	return 1;
}

static int core_save(lua_State *L)
{
	struct host *h = hw_host_check(L, 1, 2);
	struct ruleset *rs = host_ruleset(h, family_opt(L, 4));
	struct strbuf sb = { 0 };

	if (rs)
		ruleset_save(rs, lua_toboolean(L, 3), &sb);
	lua_pushlstring(L, sb_str(&sb), sb.len);
	sb_free(&sb);
	return 1;
}

/* ---- connections */

static void push_tuple(lua_State *L, const struct ct_tuple *t, const char *key)
{
	uint8_t proto = t->dst.protonum;
	char buf[ADDRSTRLEN];

	lua_newtable(L);
	hw_set_string(L, "src", inet_str(buf, t->l3num, &t->src.u3));
	hw_set_string(L, "dst", inet_str(buf, t->l3num, &t->dst.u3));
	if (proto == IPPROTO_TCP || proto == IPPROTO_UDP || proto == IPPROTO_SCTP || proto == IPPROTO_UDPLITE) {
		hw_set_int(L, "sport", ntohs(t->src.u));
		hw_set_int(L, "dport", ntohs(t->dst.u.all));
	} else if (proto == IPPROTO_ICMP || proto == IPPROTO_ICMPV6) {
		hw_set_int(L, "id", ntohs(t->src.u));
		hw_set_int(L, "type", t->dst.u.icmp.type);
		hw_set_int(L, "code", t->dst.u.icmp.code);
	}
	lua_setfield(L, -2, key);
}

static void push_conn(struct conn *ct, void *arg)
{
	struct strbuf line = { 0 };
	lua_State *L = arg;

	lua_newtable(L);
	hw_set_string(L, "proto", ct_proto_name(ct_protonum(ct)));
	hw_set_string(L, "family", ct->tuple[IP_CT_DIR_ORIGINAL].l3num == NFPROTO_IPV6 ? "ipv6" : "ipv4");
	hw_set_string(L, "state", ct_state_name(ct));
	hw_set_int(L, "mark", ct->mark);
	hw_set_int(L, "timeout", ct_timeout_sec(ct));
	hw_set_bool(L, "assured", ct->status & IPS_ASSURED);
	hw_set_bool(L, "seen_reply", ct->status & IPS_SEEN_REPLY);
	hw_set_bool(L, "snat", ct->status & IPS_SRC_NAT);
	hw_set_bool(L, "dnat", ct->status & IPS_DST_NAT);
	push_tuple(L, &ct->tuple[IP_CT_DIR_ORIGINAL], "orig");
	push_tuple(L, &ct->tuple[IP_CT_DIR_REPLY], "reply");
	ct_print(ct, &line);
	hw_set_string(L, "text", sb_str(&line));
	sb_free(&line);
	lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
}

static int core_conntrack(lua_State *L)
{
	struct host *h = hw_host_check(L, 1, 2);

	lua_newtable(L);
	if (h->ct)
		ct_each(h, push_conn, L);
	return 1;
}

/* The host's addresses and link addresses, device by device. */
static int core_addresses(lua_State *L)
{
	struct host *h = hw_host_check(L, 1, 2);
	char buf[ADDRSTRLEN];

	lua_newtable(L);
	for (const struct net_device *dev = h->devs; dev; dev = dev->next) {
		lua_Integer n = 0;

		lua_newtable(L);
		hw_set_string(L, "device", dev->name);
		hw_set_string(L, "mac", mac_str(buf, dev->mac));
		for (const struct in_ifaddr *a = dev->addrs; a; a = a->next) {
			lua_pushfstring(L, "%s/%d", ip4_str(buf, a->local), a->prefixlen);
			lua_rawseti(L, -2, ++n);
		}
		for (const struct inet6_ifaddr *a = dev->ip6 ? dev->ip6->addrs : NULL; a; a = a->next) {
			lua_pushfstring(L, "%s/%d", inet_str(buf, NFPROTO_IPV6, &a->addr), a->plen);
			lua_rawseti(L, -2, ++n);
		}
		lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
	}
	return 1;
}

void hw_core_host(lua_State *L)
{
	static const luaL_Reg fns[] = {
		{ "host", core_host }, { "ip", core_ip }, { "exec", core_exec }, { "sysctl", core_sysctl }, { "rules", core_rules },
		{ "rule", core_rule }, { "tries", core_tries }, { "limiter", core_limiter }, { "drops", core_drops }, { "logs", core_logs },
		{ "save", core_save }, { "conntrack", core_conntrack }, { "addresses", core_addresses }, { NULL, NULL },
	};

	luaL_setfuncs(L, fns, 0);
}
