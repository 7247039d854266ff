/* SPDX-License-Identifier: MIT */
/* lab.h - what lab directories and labs in Lua share. */
#ifndef SIM_WORLD_LAB_H
#define SIM_WORLD_LAB_H
#include "sim/world/segment.h"

/* topology.txt into a world whose hosts are there. false: errors in d. */
bool topology_load(struct world *w, struct source *src, struct diag *d);
/* "delay=5ms", "loss=1%", "mtu=1400"; false: *ret_hint says what is wanted. */
bool link_prop_parse(struct link_props *p, const char *word, const char **ret_hint);
/* "1.5", "1.5s", "10ms", "5us", "3ns", "2m", "1h" in ns; false: it is no time. traffic.c */
bool time_parse(const char *s, uint64_t *ret);

/* ---- traffic of lab directories (lab_traffic.c). NULL: errors in d. */
/* Captures, each "HOST.IFACE=FILE", merged by the time they were taken. */
struct traffic *capture_open_lab(struct world *w, const char *const *in, unsigned n, bool any_mac, struct diag *d);
void capture_lab_left_out(const struct traffic *t, struct strbuf *out);	/* capture_left_out() of all of them */
/* The same traffic (taken over) at the moments of a recorded run, whose random choices go to the hosts: dir has
 * HOST.json for some of them. */
struct traffic *like_open_lab(struct world *w, const char *dir, struct traffic *of, struct diag *d);
#endif
