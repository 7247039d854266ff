// SPDX-License-Identifier: MIT
/* traffic_json.c - fields of events.jsonl and result.json. */
#include "sim/world/traffic_json.h"

#define DATA_MAX 65535

const char *tj_u32(const json_t *o, const char *key, uint32_t max, uint32_t *ret)
{
	const json_t *v = json_object_get(o, key);

	if (!v)
		return NULL;
	if (!json_is_integer(v) || json_integer_value(v) < 0 || json_integer_value(v) > max)
		return key;
	*ret = (uint32_t)json_integer_value(v);
	return NULL;
}

const char *tj_ip(const json_t *o, const char *key, be32 *ret)
{
	const json_t *v = json_object_get(o, key);

	if (!v)
		return NULL;
	return json_is_string(v) && ip4_parse(ret, json_string_value(v)) ? NULL : key;
}

const char *tj_ip6(const json_t *o, const char *key, union inet_addr *ret)
{
	const json_t *v = json_object_get(o, key);

	if (!v)
		return NULL;
	return json_is_string(v) && inet_pton(AF_INET6, json_string_value(v), ret->ip6) == 1 ? NULL : key;
}

const char *tj_hex(const json_t *o, const char *key, struct strbuf *ret)
{
	const json_t *v = json_object_get(o, key);

	sb_clear(ret);
	if (!v)
		return NULL;
	if (!json_is_string(v) || json_string_length(v) > 2 * DATA_MAX)
		return key;
	return hex_parse(ret, json_string_value(v), json_string_length(v)) ? NULL : key;
}

const char *tj_time(const json_t *o, const char *key, uint64_t *ret_ns)
{
	const json_t *v = json_object_get(o, key);
	double t;

	if (!v)
		return NULL;
	if (!json_is_number(v))
		return key;
	t = json_number_value(v);
	if (!(t >= 0 && t < 1e9))
		return key;
	*ret_ns = (uint64_t)(t * 1e9 + 0.5);
	return NULL;
}

#define TRY(x) do { const char *bad_ = (x); if (bad_) return bad_; } while (0)

const char *tj_socket(const json_t *o, bool listen, struct traffic_event *ev, struct strbuf *data)
{
	const char *proto = json_string_value(json_object_get(o, "proto"));
	const char *addr = json_string_value(json_object_get(o, "addr"));
	struct sock_open *s = &ev->sock;
	uint32_t port = 0, sport = 0;

	*s = (struct sock_open){ 0 };
	ev->kind = listen ? INJECT_LISTEN : INJECT_CONNECT;
	if (!proto || (strcmp(proto, "tcp") != 0 && strcmp(proto, "udp") != 0))
		return "proto";
	s->proto = proto[0] == 't' ? IPPROTO_TCP : IPPROTO_UDP;
	if (!json_object_get(o, "port") || (!listen && !addr))
		return listen ? "port" : "addr";
	TRY(tj_u32(o, "port", 65535, &port));
	TRY(tj_u32(o, "sport", 65535, &sport));
	TRY(tj_u32(o, "uid", UINT32_MAX, &s->uid));
	TRY(tj_u32(o, "gid", UINT32_MAX, &s->gid));
	TRY(tj_u32(o, "mark", UINT32_MAX, &s->mark));
	TRY(tj_hex(o, "data", data));
	if (addr && strchr(addr, ':')) {
		s->v6 = s->v6only = true;	/* the oracle's sockets speak one family */
		TRY(tj_ip6(o, "addr", &s->addr6));
		TRY(tj_ip6(o, "saddr", &s->saddr6));
	} else {
		TRY(tj_ip(o, "addr", &s->addr));
		TRY(tj_ip(o, "saddr", &s->saddr));
	}
	s->port = (uint16_t)port;
	s->sport = (uint16_t)sport;
	s->echo = json_is_true(json_object_get(o, "echo"));
	s->transparent = json_is_true(json_object_get(o, "transparent"));
	/* A TCP client of the oracle's harness connects and says nothing, whatever "data" holds. */
	if (json_object_get(o, "data") && s->proto == IPPROTO_UDP) {
		s->data = (const uint8_t *)sb_str(data);
		s->len = data->len;
	}
	return NULL;
}

const char *tj_local(const json_t *o, struct traffic_event *ev, struct strbuf *bytes)
{
	ev->kind = INJECT_LOCAL;
	ev->uid = ev->gid = ev->mark = 0;
	if (!json_object_get(o, "packet"))
		return "packet";
	TRY(tj_hex(o, "packet", bytes));
	TRY(tj_u32(o, "uid", UINT32_MAX, &ev->uid));
	TRY(tj_u32(o, "gid", UINT32_MAX, &ev->gid));
	TRY(tj_u32(o, "mark", UINT32_MAX, &ev->mark));
	ev->oif = json_string_value(json_object_get(o, "oif"));
	ev->bytes = (const uint8_t *)sb_str(bytes);
	ev->len = ev->wire_len = (uint32_t)bytes->len;
	ev->ip_only = true;
	return NULL;
}
