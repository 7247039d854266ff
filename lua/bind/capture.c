// SPDX-License-Identifier: MIT
/* capture.c - hookwalk.core: taps on segments and interfaces, and pcap filter expressions over what they
 * saw (libpcap compiles and runs them). */
#include "lua/bind/hw.h"
#include "sim/packet/text.h"
#include <errno.h>
#include <pcap/pcap.h>
#include <stdlib.h>

#define MAX_BYTES ((size_t)64 << 20)

struct kept { uint64_t t, id; uint32_t len; size_t at; };

struct capture_tap {
	struct hw_lab *lab;
	struct seg_tap seg;		/* on a segment, or */
	struct trace_sink sink;		/* on an interface */
	const struct net_device *dev;
	const char *name;		/* the segment's */
	struct kept *frame; size_t nr, cap;
	uint8_t *bytes; size_t len, cap_bytes;
	uint64_t lost;			/* beyond the limit */
};

static void keep(struct capture_tap *c, const struct packet *p)
{
	uint32_t n = p->tail - p->mac;

	if (c->len + n > MAX_BYTES) {
		c->lost++;
		return;
	}
	if (c->nr == c->cap) {
		c->cap = c->cap ? c->cap * 2 : 64;
		c->frame = xrealloc(c->frame, c->cap * sizeof(*c->frame));
	}
	if (c->len + n > c->cap_bytes) {
		c->cap_bytes = MAX(c->cap_bytes * 2, c->len + n + 4096);
		c->bytes = xrealloc(c->bytes, c->cap_bytes);
	}
	memcpy(c->bytes + c->len, pkt_mac(p), n);
	c->frame[c->nr++] = (struct kept){ c->lab->w->clock.now, p->id, n, c->len };
	c->len += n;
}

static void on_segment(struct seg_tap *t, const struct seg_port *from, const struct packet *p)
{
	(void)from;
	keep(container_of(t, struct capture_tap, seg), p);
}

static void on_device(struct trace_sink *s, const struct event *ev)
{
	struct capture_tap *c = container_of(s, struct capture_tap, sink);

	if (ev->u.dev.dev == c->dev)
		keep(c, ev->pkt);
}

/* capture(lab, segment) or capture(lab, host, device): frames from now on */
static int core_capture(lua_State *L)
{
	struct hw_lab *lab = hw_lab_check(L, 1);
	const struct net_device *dev = NULL;
	struct segment *s = NULL;
	struct capture_tap *c;

	if (lua_isnoneornil(L, 3)) {
		if (!(s = segment_by_name(lab->w, luaL_checkstring(L, 2))))
			return luaL_error(L, "the lab has no segment \"%s\"", lua_tostring(L, 2));
	} else {
		dev = hw_dev_check(L, hw_host_check(L, 1, 2), 3);
	}
	if (lab->nr_taps >= HW_MAX_CAPTURES)
		return luaL_error(L, "more than %d captures in a lab", (int)HW_MAX_CAPTURES);
	c = xcalloc(1, sizeof(*c));
	c->lab = lab;
	lab->tap = xrealloc(lab->tap, (lab->nr_taps + 1) * sizeof(struct capture_tap *));
	lab->tap[lab->nr_taps++] = c;
	if (s) {
		c->seg.frame = on_segment;
		c->name = s->name;
		segment_tap(s, &c->seg);
	} else {
		c->dev = dev;
		c->sink = (struct trace_sink){ .mask = EV_BIT(EV_RX) | EV_BIT(EV_TX), .event = on_device };
		trace_add(&lab->w->trace, &c->sink);
	}
	lua_pushinteger(L, lab->nr_taps);
	return 1;
}

static struct capture_tap *tap_check(lua_State *L)
{
	struct hw_lab *lab = hw_lab_check(L, 1);
	lua_Integer id = luaL_checkinteger(L, 2);

	luaL_argcheck(L, id >= 1 && id <= lab->nr_taps, 2, "there is no such capture");
	return lab->tap[id - 1];
}

/* Compiles the expression at arg; "" = all. */
static void filter_check(lua_State *L, int arg, struct bpf_program *ret)
{
	const char *text = luaL_optstring(L, arg, "");
	pcap_t *dead = pcap_open_dead(DLT_EN10MB, 262144);

	if (pcap_compile(dead, ret, text, 1, PCAP_NETMASK_UNKNOWN)) {
		lua_pushfstring(L, "filter \"%s\": %s", text, pcap_geterr(dead));
		pcap_close(dead);
		lua_error(L);
	}
	pcap_close(dead);
}

static bool fits(const struct bpf_program *prog, const struct capture_tap *c, const struct kept *k)
{
	struct pcap_pkthdr hdr = { .caplen = k->len, .len = k->len };

	return pcap_offline_filter(prog, &hdr, c->bytes + k->at);
}

/* frames(lab, capture, filter, words): how many fit; with words also { { t, id, line, bytes }, ... } */
static int core_frames(lua_State *L)
{
	struct capture_tap *c = tap_check(L);
	struct strbuf line = { 0 };
	struct bpf_program prog;
	lua_Integer n = 0;

	if (c->lost)
		return luaL_error(L, "the capture holds 64 MB, %d frames found no room", (int)c->lost);
	filter_check(L, 3, &prog);
	lua_newtable(L);
	for (size_t i = 0; i < c->nr; i++) {
		const struct kept *k = &c->frame[i];

		if (!fits(&prog, c, k))
			continue;
		n++;
		if (!lua_toboolean(L, 4))
			continue;
		sb_clear(&line);
		frame_print(&line, c->bytes + k->at, k->len, PACKET_SHORT);
		lua_newtable(L);
		lua_pushnumber(L, (double)k->t / 1e9);
		lua_setfield(L, -2, "t");
		hw_set_int(L, "id", (lua_Integer)k->id);
		hw_set_string(L, "line", sb_str(&line));
		lua_pushlstring(L, (const char *)c->bytes + k->at, k->len);
		lua_setfield(L, -2, "bytes");
		lua_rawseti(L, -2, n);
	}
	sb_free(&line);
	pcap_freecode(&prog);
	lua_pushinteger(L, n);
	lua_insert(L, -2);
	return 2;
}

/* One file for each capture on a segment: SEGMENT.pcap; the interfaces' are the views' own. */
void hw_captures_write(const struct hw_lab *lab, const char *dir, struct diag *d)
{
	for (uint32_t i = 0; i < lab->nr_taps; i++) {
		const struct capture_tap *c = lab->tap[i];
		struct strbuf path = { 0 };
		pcap_dumper_t *dump;
		pcap_t *dead;

		if (c->dev)
			continue;
		sb_printf(&path, "%s/%s.pcap", dir, c->name);
		dead = pcap_open_dead_with_tstamp_precision(DLT_EN10MB, 262144, PCAP_TSTAMP_PRECISION_NANO);
		dump = pcap_dump_open(dead, sb_str(&path));
		for (size_t k = 0; dump && k < c->nr; k++) {
			const struct kept *f = &c->frame[k];
			struct pcap_pkthdr hdr = { .caplen = f->len, .len = f->len };

			hdr.ts.tv_sec = (time_t)(f->t / NSEC_PER_SEC);
			hdr.ts.tv_usec = (suseconds_t)(f->t % NSEC_PER_SEC);
			pcap_dump((u_char *)dump, &hdr, c->bytes + f->at);
		}
		if (!dump || pcap_dump_flush(dump))
			diag_error(d, (struct pos){ 0 }, "%s: cannot write: %s", sb_str(&path), dump ? strerror(errno) : pcap_geterr(dead));
		if (dump)
			pcap_dump_close(dump);
		pcap_close(dead);
		sb_free(&path);
	}
}

void hw_captures_free(struct hw_lab *lab)
{
	for (uint32_t i = 0; i < lab->nr_taps; i++) {
		if (lab->tap[i]->dev)
			trace_remove(&lab->w->trace, &lab->tap[i]->sink);
		free(lab->tap[i]->frame);
		free(lab->tap[i]->bytes);
		free(lab->tap[i]);
	}
	free(lab->tap);
	lab->nr_taps = 0;
}

void hw_core_capture(lua_State *L)
{
	static const luaL_Reg fns[] = { { "capture", core_capture }, { "frames", core_frames }, { NULL, NULL } };

	luaL_setfuncs(L, fns, 0);
}
