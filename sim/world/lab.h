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
#endif
