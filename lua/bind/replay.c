// SPDX-License-Identifier: MIT
/* replay.c - hookwalk.core: a capture played into an interface, its addresses rewritten on the way. */
#include "lua/bind/hw.h"
#include "sim/net/ipv6.h"
#include "sim/packet/headers.h"
#include <pcap/pcap.h>
#include <stdlib.h>

#define MAX_REWRITES 256

struct rewrite { bool v6; union inet_addr from, to; };
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

/* The address at *at, of n bytes, when it is one of those to rewrite; old: what it was. */
static bool rewritten(const struct player *pl, uint8_t *at, size_t n, uint8_t old[16])
{
	memcpy(old, at, n);
	for (unsigned i = 0; i < pl->nr_rw; i++) {
		if (pl->rw[i].v6 != (n == 16) || memcmp(&pl->rw[i].from, at, n) != 0)
			continue;
		memcpy(at, &pl->rw[i].to, n);
		return true;
	}
	return false;
}

static void update_sum(uint8_t *sum, const uint8_t *old, const uint8_t *new, size_t n)
{
	for (size_t i = 0; i < n; i += 4)
		csum_replace4(sum, load_be32(old + i), load_be32(new + i));
	if (!get_be16(sum))		/* UDP: 0 is "no sum"; to the others it is the same */
		put_be16(sum, 0xffff);
}

/* Where the sum that covers the addresses lies, or NULL. len: of what follows the header. */
static uint8_t *transport_sum(uint8_t *l4, size_t len, uint8_t proto)
{
	if (proto == IPPROTO_TCP && len >= 18)
		return l4 + 16;
	if (proto == IPPROTO_UDP && len >= 8 && get_be16(l4 + 6))
		return l4 + 6;
	if (proto == IPPROTO_ICMPV6 && len >= 4)
		return l4 + 2;
	return NULL;
}

static void rewrite_ip4(const struct player *pl, uint8_t *ip, size_t len)
{
	size_t hlen = MIN((size_t)(ip[0] & 15) * 4, len);
	uint8_t *sum = get_be16(ip + 6) & 0x1fff || ip[9] == IPPROTO_ICMPV6 ? NULL : transport_sum(ip + hlen, len - hlen, ip[9]), old[16];

	for (unsigned side = 0; side < 2; side++) {
		uint8_t *at = ip + 12 + 4 * side;

		if (!rewritten(pl, at, 4, old))
			continue;
		update_sum(ip + 10, old, at, 4);
		if (sum)
			update_sum(sum, old, at, 4);
	}
}

/* Behind extension headers; the first fragment has the sum. */
static uint8_t *transport_sum6(uint8_t *ip, size_t len)
{
	size_t off = IP6_HLEN;
	uint8_t proto = ip[IP6_NXT], *hdr;

	while (off + 8 <= len && ip6_ext_hdr(proto) && proto != NEXTHDR_NONE) {
		if (proto == NEXTHDR_FRAGMENT && get_be16(ip + off + 2) & 0xfff8)
			return NULL;
		hdr = ip + off;
		off += ip6_exthdr_len(proto, hdr);
		proto = hdr[0];
	}
	return off < len ? transport_sum(ip + off, len - off, proto) : NULL;
}

/* In ND the address asked for, too. */
static void rewrite_ip6(const struct player *pl, uint8_t *ip, size_t len)
{
	uint8_t *sum = transport_sum6(ip, len), old[16], *target = ip + IP6_HLEN + 8;

	for (unsigned side = 0; side < 2; side++) {
		uint8_t *at = ip + IP6_SRC + 16 * side;

		if (rewritten(pl, at, 16, old) && sum)
			update_sum(sum, old, at, 16);
	}
	if (ip[IP6_NXT] == IPPROTO_ICMPV6 && len >= IP6_HLEN + 24 && ip[IP6_HLEN] >= NDISC_NEIGHBOUR_SOLICITATION && ip[IP6_HLEN] <= NDISC_REDIRECT &&
	    rewritten(pl, target, 16, old))
		update_sum(ip + IP6_HLEN + 2, old, target, 16);
}

static void rewrite_ip(const struct player *pl, uint8_t *ip, size_t len)
{
	if (len >= IP_HLEN && ip[0] >> 4 == 4)
		rewrite_ip4(pl, ip, len);
	else if (len >= IP6_HLEN && ip[0] >> 4 == 6)
		rewrite_ip6(pl, ip, len);
}

static void rewrite_frame(const struct player *pl, uint8_t *f, size_t len, bool ip_only)
{
	size_t off = 14;
	uint8_t old[16];

	if (ip_only) {
		rewrite_ip(pl, f, len);
		return;
	}
	while (len >= off + 4 && (get_be16(f + off - 2) == ETH_P_8021Q || get_be16(f + off - 2) == ETH_P_8021AD))
		off += 4;
	if (len < off + 20)
		return;
	if (get_be16(f + off - 2) == ETH_P_IP || get_be16(f + off - 2) == ETH_P_IPV6) {
		rewrite_ip(pl, f + off, len - off);
	} else if (get_be16(f + off - 2) == ETH_P_ARP && len >= off + 28) {
		rewritten(pl, f + off + 14, 4, old);
		rewritten(pl, f + off + 24, 4, old);
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

			if (pl->nr_rw == MAX_REWRITES || lua_type(L, -2) != LUA_TSTRING ||
			    (r->v6 = hw_address(L, lua_tostring(L, -2), &r->from)) != hw_address(L, luaL_checkstring(L, -1), &r->to))
				luaL_error(L, "rewrite wants { [\"old address\"] = \"new address\", ... }, of one family, at most %d of them", MAX_REWRITES);
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
