// SPDX-License-Identifier: MIT
/* like.c - the events of a recorded kernel run: what it injected and when, and what chance gave
 * it. */
#include "rules/model/model.h"
#include "sim/nat/nat.h"
#include "sim/world/traffic_json.h"
#include <stdlib.h>

struct like {
	struct traffic t;
	struct host *h;
	struct source *src, *events;
	struct diag *d;
	json_t *root, *list;
	size_t at;
	uint64_t now;
	json_t **socket;
	size_t nr_sockets; /* lines of events.jsonl, by index; NULL where there is no socket */
	struct strbuf bytes, data;
};

/* Lines of events.jsonl that open sockets: a result does not repeat them. */
static void load_sockets(struct like *l)
{
	const char *s = l->events->text, *end = s + l->events->len;

	for (const char *nl; s < end; s = nl + 1) {
		const char *p = s;
		json_t *o;

		nl = memchr(s, '\n', (size_t)(end - s));
		nl = nl ? nl : end;
		while (p < nl && (*p == ' ' || *p == '\t' || *p == '\r'))
			p++;
		if (p == nl || *p == '#')
			continue;
		o = json_loadb(s, (size_t)(nl - s), JSON_ALLOW_NUL, NULL);
		if (o && !json_object_get(o, "listen") && !json_object_get(o, "connect")) {
			json_decref(o);
			o = NULL;
		}
		l->socket = xrealloc(l->socket, (l->nr_sockets + 1) * sizeof(*l->socket));
		l->socket[l->nr_sockets++] = o;
	}
}

#define TRY(x) do { const char *bad_ = (x); if (bad_) return bad_; } while (0)

static const char *read_socket(struct like *l, const json_t *e, struct traffic_event *ret,
			       bool listen)
{
	uint32_t i = (uint32_t)l->at;
	const json_t *line;

	TRY(tj_u32(e, "i", UINT32_MAX, &i));
	line = json_object_get(e, "socket");
	if (!line && i < l->nr_sockets)
		line = json_object_get(l->socket[i], listen ? "listen" : "connect");
	if (!line)
		return "socket";
	return tj_socket(line, listen, ret, &l->data);
}

static const char *read_event(struct like *l, const json_t *e, struct traffic_event *ret)
{
	const char *kind = json_string_value(json_object_get(e, "kind"));
	const char *skipped = json_string_value(json_object_get(e, "skipped"));
	const json_t *in = json_object_get(e, "injected");

	TRY(tj_time(e, "t", &ret->t));
	TRY(tj_time(e, "t_actual", &ret->t));
	ret->t = l->now = MAX(l->now, ret->t);
	if (kind && (strcmp(kind, "listen") == 0 || strcmp(kind, "connect") == 0))
		return read_socket(l, e, ret, kind[0] == 'l');
	if (!in) {
		ret->kind = INJECT_SKIP;
		ret->skipped = skipped ? skipped : "nothing was injected";
		return NULL;
	}
	if (json_is_true(json_object_get(in, "local")))
		return tj_local(in, ret, &l->bytes);
	ret->veth = true;
	ret->kind = kind && strcmp(kind, "reply") == 0 ? INJECT_REPLY : INJECT_FRAME;
	ret->dev = json_string_value(json_object_get(in, "in"));
	if (!ret->dev || !json_object_get(in, "frame"))
		return "injected";
	TRY(tj_hex(in, "frame", &l->bytes));
	ret->bytes = (const uint8_t *)sb_str(&l->bytes);
	ret->len = ret->wire_len = (uint32_t)l->bytes.len;
	return NULL;
}

static int like_next(struct traffic *t, struct traffic_event *ret)
{
	struct like *l = container_of(t, struct like, t);
	const char *wrong;

	if (l->at >= json_array_size(l->list))
		return 0;
	*ret = (struct traffic_event){ .index = l->at,
				       .source = l->src->name,
				       .source_nr = l->at + 1 };
	wrong = read_event(l, json_array_get(l->list, l->at), ret);
	if (wrong) {
		diag_error(l->d, pos_file(l->src),
			   "event %zu: \"%s\" is missing or has a bad value", l->at, wrong);
		if (strcmp(wrong, "socket") == 0)
			diag_hint(
				l->d,
				"a recorded run does not repeat sockets: they are read from the host's events.jsonl");
		return -1;
	}
	l->at++;
	return 1;
}

/* The rule's counter in the event at hand: packets that come before it, late, are counted in it too. */
static bool like_hits(const struct host *h, const struct rule *r, uint64_t *ret_event, uint64_t *ret_hits)
{
	const struct like *l = h->recorded;
	const json_t *counters = l->at ? json_object_get(json_array_get(l->list, l->at - 1), "counters") : NULL;
	const struct chain *c = r->chain;
	struct strbuf key = { 0 };

	if (!counters)
		return false;
	sb_printf(&key, "%s:%s:%s:%u", c->table->family == NFPROTO_IPV6 ? "v6" : "v4", c->table->name, c->name, r->number);
	*ret_event = l->at - 1;
	*ret_hits = (uint64_t)json_integer_value(json_array_get(json_object_get(counters, sb_str(&key)), 0));
	sb_free(&key);
	return true;
}

static void like_close(struct traffic *t)
{
	struct like *l = container_of(t, struct like, t);

	if (l->h)
		l->h->recorded_hits = NULL;
	for (size_t i = 0; i < l->nr_sockets; i++)
		json_decref(l->socket[i]);
	free(l->socket);
	sb_free(&l->bytes);
	sb_free(&l->data);
	json_decref(l->root);
	free(l);
}

/* ---- hints */

static uint8_t proto_number(const char *name)
{
	static const struct { const char *name; uint8_t nr; } protos[] = {
		{ "icmp", IPPROTO_ICMP },	{ "icmpv6", IPPROTO_ICMPV6 },	{ "tcp", IPPROTO_TCP }, { "udp", IPPROTO_UDP },
		{ "dccp", IPPROTO_DCCP },	{ "gre", IPPROTO_GRE }, { "sctp", IPPROTO_SCTP },
		{ "udplite", IPPROTO_UDPLITE },
	};

	for (size_t i = 0; name && i < ARRAY_SIZE(protos); i++)
		if (strcmp(protos[i].name, name) == 0)
			return protos[i].nr;
	return 0;
}

/* Of either family. */
static bool take_addr(const json_t *o, const char *key, union inet_addr *ret, bool *ret_v6)
{
	const char *s = json_string_value(json_object_get(o, key));

	*ret = (union inet_addr){ .all = { 0 } };
	*ret_v6 = s && strchr(s, ':');
	return s && (*ret_v6 ? inet_pton(AF_INET6, s, ret->ip6) == 1 : ip4_parse(&ret->ip, s));
}

static bool tuple_of(const json_t *o, uint8_t proto, struct ct_tuple *t)
{
	uint32_t sport = 0, dport = 0, id = 0, type = 0, code = 0;
	bool icmp = proto == IPPROTO_ICMP || proto == IPPROTO_ICMPV6, v6 = false;

	*t = (struct ct_tuple){ .l3num = NFPROTO_IPV4 };
	t->dst.protonum = proto;
	if (!take_addr(o, "src", &t->src.u3, &v6) || !take_addr(o, "dst", &t->dst.u3, &v6) || tj_u32(o, "sport", 65535, &sport) ||
	    tj_u32(o, "dport", 65535, &dport) || tj_u32(o, "id", 65535, &id) ||
	    tj_u32(o, "type", 255, &type) || tj_u32(o, "code", 255, &code))
		return false;
	t->l3num = v6 ? NFPROTO_IPV6 : NFPROTO_IPV4;
	t->src.u = htons((uint16_t)(icmp ? id : sport));
	if (icmp) {
		t->dst.u.icmp.type = (uint8_t)type;
		t->dst.u.icmp.code = (uint8_t)code;
	} else {
		t->dst.u.all = htons((uint16_t)dport);
	}
	return true;
}

static void take_hint(struct host *h, const json_t *e)
{
	const char *type = json_string_value(json_object_get(e, "type"));
	uint8_t proto = proto_number(json_string_value(json_object_get(e, "proto")));
	const char *side = json_string_value(json_object_get(e, "side"));
	const json_t *reply = json_object_get(e, "reply");
	uint32_t sport = 0, dport = 0, isn = 0, value = 0, event = 0;
	struct ct_tuple orig;
	union inet_addr src, dst;
	bool v6;

	if (type && strcmp(type, "tcp_isn") == 0) {
		if (json_object_get(e, "isn") && take_addr(e, "src", &src, &v6) && take_addr(e, "dst", &dst, &v6) &&
		    !tj_u32(e, "sport", 65535, &sport) && !tj_u32(e, "dport", 65535, &dport) &&
		    !tj_u32(e, "isn", UINT32_MAX, &isn) && !tj_u32(e, "event", UINT32_MAX, &event))
			sock_hint_isn(h, v6 ? sock6_fold(&src) : src.ip, (uint16_t)sport, v6 ? sock6_fold(&dst) : dst.ip, (uint16_t)dport,
				      isn, event);
	} else if (type && strncmp(type, "nat_", 4) == 0 &&
		   tuple_of(json_object_get(e, "orig"), proto, &orig)) {
		bool dst_side = side && strcmp(side, "dst") == 0;
		const char *key = strcmp(type, "nat_id") == 0 ? "id" : dst_side ? "sport" : "dport";

		if (json_object_get(reply, key) && !tj_u32(reply, key, 65535, &value) && !tj_u32(e, "event", UINT32_MAX, &event))
			nat_hint(h, &orig, !dst_side, htons((uint16_t)value), event);
	}
}

json_t *like_read(struct source *result, struct diag *d)
{
	json_error_t err;
	json_t *root = json_loadb(result->text, result->len, JSON_ALLOW_NUL, &err);

	if (!root)
		diag_error(d, (struct pos){ result, MIN((size_t)MAX(err.position - 1, 0), result->len), 1 }, "no valid JSON: %s", err.text);
	else if (!json_is_array(json_object_get(root, "events")))
		diag_error(d, pos_file(result), "no recorded run: \"events\" is missing");
	else
		return root;
	json_decref(root);
	return NULL;
}

void like_take_hints(struct host *h, const json_t *root)
{
	const json_t *hint;
	double wall;
	size_t i;

	json_array_foreach(json_object_get(root, "hints"), i, hint)
		take_hint(h, hint);
	/* A moment before the first packet: near enough for -m time, not for timestamps to the
	 * millisecond. */
	h->clock->phase = (uint32_t)json_integer_value(json_object_get(root, "jiffies"));
	wall = json_number_value(json_object_get(root, "wall_start"));
	if (wall > 0 && wall < 1e10)
		h->boot_real_ns = (uint64_t)(wall * 1e9);
}

struct traffic *like_open(struct host *h, struct source *result, struct source *events,
			  struct diag *d)
{
	struct like *l = xcalloc(1, sizeof(*l));

	l->t = (struct traffic){ .next = like_next, .close = like_close };
	l->src = result;
	l->events = events;
	l->d = d;
	l->root = like_read(result, d);
	l->list = json_object_get(l->root, "events");
	if (!l->root) {
		like_close(&l->t);
		return NULL;
	}
	if (events)
		load_sockets(l);
	like_take_hints(h, l->root);
	l->h = h;
	h->recorded = l;
	h->recorded_hits = like_hits;
	return &l->t;
}
