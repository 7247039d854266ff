/* SPDX-License-Identifier: MIT */
/* traffic_json.h - fields of events.jsonl and result.json, shared by events.c and like.c. */
#ifndef SIM_WORLD_TRAFFIC_JSON_H
#define SIM_WORLD_TRAFFIC_JSON_H
#include "sim/world/world.h"
#include <jansson.h>

/* Each answers NULL, or what is wrong. A missing key leaves *ret as it is. */
const char *tj_u32(const json_t *o, const char *key, uint32_t max, uint32_t *ret);
const char *tj_ip(const json_t *o, const char *key, be32 *ret);
const char *tj_ip6(const json_t *o, const char *key, union inet_addr *ret);
const char *tj_hex(const json_t *o, const char *key, struct strbuf *ret);
const char *tj_time(const json_t *o, const char *key, uint64_t *ret_ns);
/* What a "listen" or "connect" object says; data is kept in *data. */
const char *tj_socket(const json_t *o, bool listen, struct traffic_event *ev, struct strbuf *data);
/* "packet", "uid", "gid", "mark", "oif" of a local packet; names point into o. */
const char *tj_local(const json_t *o, struct traffic_event *ev, struct strbuf *bytes);
/* like.c: a recorded run as JSON (the caller's), NULL: errors in d; and its random choices, for a host. */
json_t *like_read(struct source *result, struct diag *d);
void like_take_hints(struct host *h, const json_t *root);
#endif
