/* SPDX-License-Identifier: MIT */
/* hw.h - one Lua run: a sandboxed state, the labs its script made, and what the parts of "hookwalk.core"
 * share. The core takes labs, names and numbers; lua/lib makes objects and words of them. */
#ifndef LUA_BIND_HW_H
#define LUA_BIND_HW_H
#include "sim/report/record.h"
#include "sim/world/lab.h"
#include "sim/world/replay.h"
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>

struct hw_lab;

/* What a script may have at once: C's memory is not counted by Lua. */
#define HW_MAX_LABS	2000u
#define HW_MAX_HOSTS	1000u
#define HW_MAX_ENDPOINTS 1000000u
#define HW_MAX_CLIENTS	1000000u
#define HW_MAX_CAPTURES	64u

struct hw_options {
	const char *root;		/* the lab's folder: nothing outside it is read; NULL = no file at all */
	bool update;			/* snapshots are written, not compared */
	uint64_t seed;			/* of labs that name none */
	size_t max_memory;		/* bytes of Lua */
	uint64_t max_instructions;	/* of Lua's machine, between two calls of hw_budget() */
	void (*lab_made)(struct hw_lab *lab, void *arg);
	void (*host_made)(struct hw_lab *lab, struct host *h, void *arg);
	void (*lab_ends)(struct hw_lab *lab, void *arg);	/* all is still there */
	/* What the spec runner tells, a JSON text each: see lua/lib/spec.lua. NULL = nobody listens. */
	void (*result)(const char *json, size_t len, void *arg);
	void (*print)(const char *text, size_t len, void *arg);
	void *arg;
};

struct hw {
	lua_State *L;
	struct hw_options opt;
	size_t used;
	bool no_memory;			/* the last allocation was beyond the limit */
	uint64_t left;			/* instructions, or as much work */
	bool exhausted;
	char *root, *root_given;	/* resolved; as it was named */
	struct hw_lab *labs, **last;
	unsigned nr_open;		/* labs not closed */
};

/* A state with the libraries of lua/lib loaded; owner: hw_close(). */
struct hw *hw_open(const struct hw_options *o);
void hw_close(struct hw *hw);
/* Runs a file of the root. false: *err says why (the owner frees it). */
bool hw_run(struct hw *hw, const char *path, struct strbuf *err);
/* Calls a function of the library "spec" with one JSON text as its argument. */
bool hw_call(struct hw *hw, const char *function, const char *json, struct strbuf *err);
void hw_room_for_host(lua_State *L, const struct hw_lab *lab);	/* or an error in Lua */
void hw_budget(struct hw *hw);		/* a new portion of instructions */

/* Counts n instructions' worth of work, before it is done; an error when nothing is left. */
void hw_spend(lua_State *L, uint64_t n);
bool hw_can_spend(struct hw *hw, uint64_t n);	/* the same, for who can not be left by an error: see hw_give_up() */
_Noreturn void hw_stop(lua_State *L);	/* nothing is left */
void hw_give_up(lua_State *L);		/* ... if so, and whoever catches errors must not go on */
void hw_coroutines(lua_State *L);	/* resume, wrap, close */
void hw_patterns(lua_State *L);		/* string.find, match, gmatch, gsub, in the table on top */
void hw_count_work(lua_State *L);	/* what other functions of the libraries do is counted from now on */

/* ---- shared by the core's parts */
struct endpoint; struct crowd; struct capture_tap;
struct at_timer { struct timer timer; struct hw_lab *lab; int fn; struct at_timer *next; };
struct flow_timer;

struct hw_lab {
	struct hw *hw;
	struct hw_lab *next;
	struct world *w;
	struct record rec;
	bool running;			/* inside the loop: callbacks may not turn it again */
	bool closed;
	int error;			/* reference to the first error of a callback, or LUA_NOREF */
	struct endpoint **ep; uint32_t nr_ep, cap_ep;
	struct crowd **crowd; uint32_t nr_crowds;
	struct capture_tap **tap; uint32_t nr_taps;
	struct at_timer *timers;
	uint64_t sent;			/* packets as lines, so far */
	unsigned nr_hosts_made;
	uint16_t next_ping;
};

struct hw *hw_of(lua_State *L);
struct hw_lab *hw_lab_check(lua_State *L, int arg);
struct host *hw_host_check(lua_State *L, int lab, int arg);
struct net_device *hw_dev_check(lua_State *L, struct host *h, int arg);
/* "10.0.0.1" (false) or "2001:db8::1" (true), the rest of *ret is 0; or an error in Lua. */
bool hw_address(lua_State *L, const char *s, union inet_addr *ret);
/* Raises what the diagnostics say; the texts are the arena's no more. Frees a. */
int hw_diag_error(lua_State *L, struct arena *a, const struct diag *d);
/* A file below the root, as a path, or an error in Lua. */
const char *hw_path_check(lua_State *L, int arg, struct strbuf *ret);
/* Calls the function on the stack with n arguments from inside the loop; false: the lab keeps the error. */
bool hw_callback(struct hw_lab *lab, int nargs, int nresults);
/* After the loop: raises a callback's error, or that the lab never came to rest. */
void hw_after_run(lua_State *L, struct hw_lab *lab);
void hw_enter_run(lua_State *L, struct hw_lab *lab);
double hw_field_number(lua_State *L, int table, const char *key, double otherwise);
const char *hw_field_string(lua_State *L, int table, const char *key, const char *otherwise);
bool hw_field_bool(lua_State *L, int table, const char *key);
void hw_set_string(lua_State *L, const char *key, const char *s);	/* in the table on top; NULL sets nothing */
void hw_set_int(lua_State *L, const char *key, lua_Integer v);
void hw_set_bool(lua_State *L, const char *key, bool v);

/* The parts: each adds its functions to the table on top. */
void hw_core_lab(lua_State *L);
void hw_core_host(lua_State *L);
void hw_core_sock(lua_State *L);
void hw_core_crowd(lua_State *L);
void hw_core_packet(lua_State *L);
void hw_core_capture(lua_State *L);
void hw_core_replay(lua_State *L);
/* Their ends. */
void hw_socks_record(struct hw_lab *lab);	/* at its beginning: who sent and got which packets */
void hw_socks_free(struct hw_lab *lab);
void hw_crowds_free(struct hw_lab *lab);
void hw_captures_free(struct hw_lab *lab);
/* capture.c: what lab:capture(segment) saw, as DIR/SEGMENT.pcap; errors in d. */
void hw_captures_write(const struct hw_lab *lab, const char *dir, struct diag *d);
/* sock.c: whether what a run waits for is there. what: "connected", "data", "closed". */
bool hw_endpoint_ready(const struct hw_lab *lab, lua_Integer id, const char *what);
bool hw_crowd_ready(const struct hw_lab *lab, lua_Integer id);
/* Built from lua/lib. */
struct hw_lib { const char *name; const unsigned char *text; size_t len; };
extern const struct hw_lib hw_libs[];	/* NULL name ends */
#endif
