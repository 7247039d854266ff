// SPDX-License-Identifier: MIT
/* replay.c - hookwalk.core: a capture played into an interface, its addresses rewritten on the way. */
#include "lua/bind/hw.h"
#include "sim/packet/headers.h"
#include <pcap/pcap.h>
#include <stdlib.h>

#define MAX_REWRITES 256

struct rewrite { be32 from, to; };
struct player {
	struct hw_lab *lab;
	struct host *h;
	struct rewrite rw[MAX_REWRITES]; unsigned nr_rw;
	struct bpf_program prog;
	bool filtered;
	double speed;
	uint8_t *frame; size_t cap;
	uint64_t played, left_out;
};

static bool rewritten(const struct player *pl, uint8_t *at, be32 *old, be32 *new)
{
	*old = load_be32(at);
	for (unsigned i = 0; i < pl->nr_rw; i++) {
		if (pl->rw[i].from != *old)
			continue;
		*new = pl->rw[i].to;
		memcpy(at, new, 4);
		return true;
	}
	return false;
}

static uint8_t *transport_sum(uint8_t *ip, size_t len)
{
	size_t hlen = (size_t)(ip[0] & 15) * 4;

	if (get_be16(ip + 6) & 0x1fff)
		return NULL;
	if (ip[9] == IPPROTO_TCP && len >= hlen + 18)
		return ip + hlen + 16;
	if (ip[9] == IPPROTO_UDP && len >= hlen + 8 && get_be16(ip + hlen + 6))
		return ip + hlen + 6;
	return NULL;
}

static void rewrite_ip(const struct player *pl, uint8_t *ip, size_t len)
{
	for (unsigned side = 0; side < 2 && len >= 20 && ip[0] >> 4 == 4; side++) {
		be32 old, new;
		uint8_t *sum;

		if (!rewritten(pl, ip + 12 + 4 * side, &old, &new))
			continue;
		csum_replace4(ip + 10, old, new);
		if ((sum = transport_sum(ip, len)))
			csum_replace4(sum, old, new);
	}
}

static void rewrite_frame(const struct player *pl, uint8_t *f, size_t len, bool ip_only)
{
	be32 old, new;

	if (ip_only)
		rewrite_ip(pl, f, len);
	else if (len >= 34 && get_be16(f + 12) == 0x0800)
		rewrite_ip(pl, f + 14, len - 14);
	else if (len >= 42 && get_be16(f + 12) == 0x0806) {
		rewritten(pl, f + 28, &old, &new);
		rewritten(pl, f + 38, &old, &new);
	}
}

static bool wanted(struct player *pl, const struct traffic_event *te)
{
	struct pcap_pkthdr hdr = { .caplen = te->len, .len = te->wire_len };

	return !pl->filtered || pcap_offline_filter(&pl->prog, &hdr, te->bytes);
}

static void play_one(struct player *pl, struct traffic_event *te)
{
	if (!wanted(pl, te)) {
		pl->left_out++;
		return;
	}
	if (pl->nr_rw) {
		if (te->len > pl->cap)
			pl->frame = xrealloc(pl->frame, pl->cap = te->len + 2048);
		memcpy(pl->frame, te->bytes, te->len);
		rewrite_frame(pl, pl->frame, te->len, te->ip_only);
		te->bytes = pl->frame;
	}
	world_inject(pl->lab->w, pl->h, te, true);
	pl->played++;
}

static void take_rewrites(lua_State *L, struct player *pl)
{
	if (lua_getfield(L, 5, "rewrite") == LUA_TTABLE) {
		lua_pushnil(L);
		while (lua_next(L, -2)) {
			struct rewrite *r = &pl->rw[pl->nr_rw];

			if (pl->nr_rw == MAX_REWRITES || !ip4_parse(&r->from, luaL_checkstring(L, -2)) ||
			    !ip4_parse(&r->to, luaL_checkstring(L, -1)))
				luaL_error(L, "rewrite wants { [\"old address\"] = \"new address\", ... }, at most %d of them", MAX_REWRITES);
			pl->nr_rw++;
			lua_pop(L, 1);
		}
	}
	lua_pop(L, 1);
}

static void compile_filter(lua_State *L, struct player *pl)
{
	const char *text = hw_field_string(L, 5, "filter", NULL);
	pcap_t *dead;

	if (!text)
		return;
	dead = pcap_open_dead(DLT_EN10MB, 262144);
	if (pcap_compile(dead, &pl->prog, text, 1, PCAP_NETMASK_UNKNOWN)) {
		lua_pushfstring(L, "filter \"%s\": %s", text, pcap_geterr(dead));
		pcap_close(dead);
		lua_error(L);
	}
	pcap_close(dead);
	pl->filtered = true;
}

/* replay(lab, host, device, file, { speed=, filter=, rewrite={}, any_mac= }): runs the lab as long as the capture lasts;
 * answers how many frames were played, and how many the filter left out. */
static int core_replay(lua_State *L)
{
	struct hw_lab *lab = hw_lab_check(L, 1);
	struct player pl = { .lab = lab, .h = hw_host_check(L, 1, 2) };
	struct net_device *dev = hw_dev_check(L, pl.h, 3);
	uint64_t start = lab->w->clock.now, boot = pl.h->boot_real_ns;
	const struct host *storm;
	struct strbuf path = { 0 };
	struct traffic_event te;
	struct traffic *t;
	struct arena *a;
	struct diag d;
	const char *in;
	int got = 0;

	luaL_checktype(L, 5, LUA_TTABLE);
	pl.speed = hw_field_number(L, 5, "speed", 1);
	if (!(pl.speed > 0))
		return luaL_error(L, "speed wants a number above 0: 2 is twice as fast");
	take_rewrites(L, &pl);
	hw_path_check(L, 4, &path);
	lua_pushfstring(L, "%s=%s", dev->name, sb_str(&path));
	sb_free(&path);
	compile_filter(L, &pl);
	hw_enter_run(L, lab);
	a = arena_create();
	diag_init(&d, a);
	in = lua_tostring(L, -1);
	t = capture_open(pl.h, &in, 1, hw_field_bool(L, 5, "any_mac"), &d);
	pl.h->boot_real_ns = boot ? boot : pl.h->boot_real_ns;
	while (t && lab->error == LUA_NOREF && !world_storm(lab->w, &storm) && (got = t->next(t, &te)) > 0) {
		world_run_until(lab->w, start + (uint64_t)((double)te.t / pl.speed));
		play_one(&pl, &te);
	}
	if (t)
		t->close(t);
	free(pl.frame);
	if (pl.filtered)
		pcap_freecode(&pl.prog);
	lab->running = false;
	if (!t || got < 0)
		return hw_diag_error(L, a, &d);
	arena_destroy(a);
	hw_after_run(L, lab);
	lua_pushinteger(L, (lua_Integer)pl.played);
	lua_pushinteger(L, (lua_Integer)pl.left_out);
	return 2;
}

void hw_core_replay(lua_State *L)
{
	static const luaL_Reg fns[] = { { "replay", core_replay }, { NULL, NULL } };

	luaL_setfuncs(L, fns, 0);
}
