// SPDX-License-Identifier: MIT
/* events.c - events.jsonl: traffic as exact bytes, and replies made from what came out. */
#include "sim/world/reply.h"
#include "sim/world/traffic_json.h"
#include <stdlib.h>

struct events {
	struct traffic t;
	struct source *src;
	struct diag *d;
	size_t off, line_no;
	struct pos pos;			/* of the line being read */
	uint64_t index, now;
	struct seen_list seen;
	json_t *line;			/* names in the last event point into it */
	struct strbuf bytes, data, opts, chunks, why;
};

static int bad(struct events *e, const char *fmt, ...) PRINTF(2, 3);
static int bad(struct events *e, const char *fmt, ...)
{
	struct strbuf sb = { 0 };
	va_list ap;

	va_start(ap, fmt);
	sb_vprintf(&sb, fmt, ap);
	va_end(ap);
	diag_error(e->d, e->pos, "%s", sb_str(&sb));
	sb_free(&sb);
	return -1;
}

/* The next line with something in it; NULL at the end. */
static const char *next_line(struct events *e, size_t *ret_len)
{
	while (e->off < e->src->len) {
		const char *s = e->src->text + e->off, *nl = memchr(s, '\n', e->src->len - e->off);
		size_t n = nl ? (size_t)(nl - s) : e->src->len - e->off, lead = 0;

		e->pos = (struct pos){ e->src, e->off, n };
		e->off += n + 1;
		e->line_no++;
		while (lead < n && strchr(" \t\r", s[lead]) && s[lead])
			lead++;
		if (lead == n || s[lead] == '#')
			continue;
		*ret_len = n;
		return s;
	}
	return NULL;
}

static json_t *parse_line(struct events *e, const char *s, size_t n, bool quiet)
{
	json_error_t err;
	json_t *o = json_loadb(s, n, JSON_ALLOW_NUL, &err);

	if (!o && !quiet) {
		e->pos.off += MIN((size_t)MAX(err.position - 1, 0), n);
		e->pos.len = 1;
		bad(e, "no valid JSON: %s", err.text);
	} else if (o && !json_is_object(o)) {
		json_decref(o);
		o = NULL;
		if (!quiet)
			bad(e, "an object {...} is wanted on each line");
	}
	return o;
}

/* Which event a reply is to; -1 when there is none. */
static int64_t reply_index(const json_t *o, uint64_t self)
{
	const json_t *v = json_object_get(o, "reply_to");
	int64_t j = json_is_integer(v) ? json_integer_value(v) : INT64_MAX;

	if (j < 0)
		j += (int64_t)self;
	return j >= 0 && j < (int64_t)self ? j : -1;
}

/* Marks the events whose frames must be kept, so that a long file does not keep them all. */
static void find_needed(struct events *e)
{
	const char *s;
	uint64_t i = 0;
	size_t n;

	for (; (s = next_line(e, &n)); i++) {
		json_t *o;
		int64_t j;

		if (!memmem(s, n, "reply_to", 8) || !(o = parse_line(e, s, n, true)))
			continue;
		if ((j = reply_index(o, i)) >= 0)
			seen_need(&e->seen, (uint64_t)j);
		json_decref(o);
	}
	e->off = e->line_no = 0;
}

static void events_out(struct traffic *t, const struct net_device *dev, const struct packet *p,
		       bool arp)
{
	struct events *e = container_of(t, struct events, t);

	if (e->index)
		seen_add(&e->seen, e->index - 1, dev, p, arp);
}

#define TRY(x) do { const char *bad_ = (x); if (bad_) return bad_; } while (0)

static const char *opt_u32(const json_t *o, const char *key, uint32_t max, uint32_t *ret,
			   unsigned bit, uint32_t *given)
{
	if (json_object_get(o, key))
		*given |= bit;
	return tj_u32(o, key, max, ret);
}

static const char *opt_mac(const json_t *o, const char *key, uint8_t *mac, unsigned bit,
			   uint32_t *given)
{
	const char *s = json_string_value(json_object_get(o, key));

	if (!json_object_get(o, key) || (json_is_null(json_object_get(o, key))))
		return NULL;
	*given |= bit;
	return s && mac_parse(mac, s) ? NULL : key;
}

static const char *opt_ip(const json_t *o, const char *key, be32 *ip, unsigned bit, uint32_t *given)
{
	union inet_addr v6;

	if (json_object_get(o, key))
		*given |= bit;
	/* Replies to IPv6 frames are not built (reply.c): such an event is skipped, and says so. */
	if (strchr(json_string_value(json_object_get(o, key)) ? json_string_value(json_object_get(o, key)) : "", ':'))
		return tj_ip6(o, key, &v6);
	return tj_ip(o, key, ip);
}

static const char *opt_addr(const json_t *o, const char *key, union inet_addr *ret, unsigned bit, uint32_t *given)
{
	const char *s = json_string_value(json_object_get(o, key));

	if (!s || !strchr(s, ':'))
		return opt_ip(o, key, &ret->ip, bit, given);
	*given |= bit;
	return tj_ip6(o, key, ret);
}

/* seq_add, ack_add: signed. */
static const char *opt_add(const json_t *o, const char *key, uint32_t *ret)
{
	const json_t *v = json_object_get(o, key);

	if (v && !json_is_integer(v))
		return key;
	*ret = (uint32_t)json_integer_value(v);
	return NULL;
}

static const char *reply_numbers(const json_t *o, struct reply_opt *r)
{
	uint32_t flags = 0, win = 0, sport = 0, dport = 0, id = 0, ttl = 0, tos = 0, type = 0,
		 code = 0, mtu = 0;
	uint32_t *g = &r->given;

	TRY(opt_u32(o, "seq", UINT32_MAX, &r->seq, REPLY_SEQ, g));
	TRY(opt_u32(o, "ack", UINT32_MAX, &r->ack, REPLY_ACK, g));
	TRY(opt_u32(o, "flags", 255, &flags, REPLY_FLAGS, g));
	TRY(opt_u32(o, "win", 65535, &win, REPLY_WIN, g));
	TRY(opt_u32(o, "sport", 65535, &sport, REPLY_SPORT, g));
	TRY(opt_u32(o, "dport", 65535, &dport, REPLY_DPORT, g));
	TRY(opt_u32(o, "id", UINT32_MAX, &id, REPLY_ID, g));
	TRY(opt_u32(o, "ttl", 255, &ttl, REPLY_TTL, g));
	TRY(opt_u32(o, "tos", 255, &tos, 0, g));
	TRY(opt_u32(o, "type", 255, &type, REPLY_TYPE, g));
	TRY(opt_u32(o, "code", 255, &code, REPLY_CODE, g));
	TRY(opt_u32(o, "quote", 65535, &r->quote, REPLY_QUOTE, g));
	TRY(opt_u32(o, "mtu", 65535, &mtu, REPLY_MTU, g));
	TRY(opt_u32(o, "vtag", UINT32_MAX, &r->vtag, REPLY_VTAG, g));
	r->flags = (uint8_t)flags;
	r->win = (uint16_t)win;
	r->sport = (uint16_t)sport;
	r->dport = (uint16_t)dport;
	r->id = (uint16_t)id;
	r->ttl = (uint8_t)ttl;
	r->tos = (uint8_t)tos;
	r->type = (uint8_t)type;
	r->code = (uint8_t)code;
	r->mtu = (uint16_t)mtu;
	return NULL;
}

static const char *reply_options(struct events *e, const json_t *o, struct reply_opt *r)
{
	*r = (struct reply_opt){ .df = json_is_true(json_object_get(o, "df")),
				 .badcsum = json_is_true(json_object_get(o, "badcsum")) };
	TRY(reply_numbers(o, r));
	TRY(opt_add(o, "seq_add", &r->seq_add));
	TRY(opt_add(o, "ack_add", &r->ack_add));
	TRY(opt_addr(o, "src", &r->src, REPLY_SRC, &r->given));
	TRY(opt_addr(o, "dst", &r->dst, REPLY_DST, &r->given));
	TRY(opt_ip(o, "gw", &r->gw, REPLY_GW, &r->given));
	TRY(opt_mac(o, "src_mac", r->src_mac, REPLY_SRC_MAC, &r->given));
	TRY(opt_mac(o, "dst_mac", r->dst_mac, REPLY_DST_MAC, &r->given));
	TRY(opt_mac(o, "mac", r->mac, REPLY_MAC, &r->given));
	TRY(tj_hex(o, "data", &e->data));
	TRY(tj_hex(o, "tcpopts", &e->opts));
	TRY(tj_hex(o, "chunks", &e->chunks));
	r->given |= json_object_get(o, "data") ? REPLY_DATA : 0;
	r->given |= json_object_get(o, "tcpopts") ? REPLY_TCPOPTS : 0;
	r->data = (const uint8_t *)sb_str(&e->data);
	r->data_len = e->data.len;
	r->tcpopts = (const uint8_t *)sb_str(&e->opts);
	r->tcpopts_len = MIN(e->opts.len, 40);
	r->chunks = (const uint8_t *)sb_str(&e->chunks);
	r->chunks_len = e->chunks.len;
	return NULL;
}

/* The frame of a reply_to, or why there is none (then ret->kind is SKIP). */
static const char *read_reply(struct events *e, const json_t *o, struct traffic_event *ret)
{
	const char *kind = json_string_value(json_object_get(o, "kind"));
	const char *of = json_string_value(json_object_get(o, "of"));
	int64_t j = reply_index(o, ret->index);
	const struct seen *f;
	struct reply_opt opt;

	kind = kind ? kind : "mirror";
	of = of ? of : ret->dev;
	TRY(reply_options(e, o, &opt));
	sb_clear(&e->why);
	if (j < 0) {
		sb_puts(&e->why, "reply_to out of range");
	} else if (!(f = seen_pick(&e->seen, (uint64_t)j, of,
				   json_is_true(json_object_get(o, "arp")),
				   json_integer_value(json_object_get(o, "idx"))))) {
		sb_printf(&e->why, "no frame out of %s after event %lld", of, (long long)j);
	} else if (!reply_build(&e->bytes, f->bytes, f->len, kind, &opt)) {
		sb_printf(&e->why, "cannot build %s", kind);
	} else {
		ret->kind = INJECT_REPLY;
		ret->bytes = (const uint8_t *)sb_str(&e->bytes);
		ret->len = ret->wire_len = (uint32_t)e->bytes.len;
		ret->dev = strcmp(ret->dev, "auto") == 0 ? f->dev : ret->dev;
		return NULL;
	}
	ret->kind = INJECT_SKIP;
	ret->skipped = sb_str(&e->why);
	return NULL;
}

static const char *read_frame(struct events *e, const json_t *o, struct traffic_event *ret)
{
	ret->dev = json_string_value(json_object_get(o, "in"));
	ret->veth = true;
	if (!ret->dev)
		return "in";
	sb_clear(&e->bytes);
	if (json_object_get(o, "reply_to"))
		return read_reply(e, o, ret);
	ret->kind = INJECT_FRAME;
	if (!json_object_get(o, "frame"))
		return "frame";
	TRY(tj_hex(o, "frame", &e->bytes));
	ret->bytes = (const uint8_t *)sb_str(&e->bytes);
	ret->len = ret->wire_len = (uint32_t)e->bytes.len;
	return NULL;
}

static const char *read_event(struct events *e, const json_t *o, struct traffic_event *ret)
{
	const json_t *l = json_object_get(o, "listen"), *c = json_object_get(o, "connect"),
		     *skip = json_object_get(o, "skip");

	TRY(tj_time(o, "t", &ret->t));
	ret->t = e->now = MAX(e->now, ret->t);
	ret->host = json_string_value(json_object_get(o, "host"));
	if (l || c) {
		TRY(tj_socket(l ? l : c, l != NULL, ret, &e->data));
		return NULL;
	}
	if (skip) {
		ret->kind = INJECT_SKIP;
		ret->skipped = json_is_string(skip) ? json_string_value(skip) : "skip";
		return NULL;
	}
	if (json_is_true(json_object_get(o, "local")))
		return tj_local(o, ret, &e->bytes);
	return read_frame(e, o, ret);
}

static int events_next(struct traffic *t, struct traffic_event *ret)
{
	struct events *e = container_of(t, struct events, t);
	const char *s, *wrong;
	size_t n;

	if (!(s = next_line(e, &n)))
		return 0;
	json_decref(e->line);
	if (!(e->line = parse_line(e, s, n, false)))
		return -1;
	*ret = (struct traffic_event){ .index = e->index,
				       .source = e->src->name,
				       .source_nr = e->line_no };
	if ((wrong = read_event(e, e->line, ret)))
		return bad(e,
			   json_object_get(e->line, wrong) ? "bad value of \"%s\""
							   : "\"%s\" is missing",
			   wrong);
	if (ret->dev && ret->kind != INJECT_SKIP && t->host && !dev_by_name(t->host, ret->dev))
		return bad(e, "the host has no device \"%s\"", ret->dev);
	e->index++;
	return 1;
}

static void events_close(struct traffic *t)
{
	struct events *e = container_of(t, struct events, t);
	struct strbuf *sb[] = { &e->bytes, &e->data, &e->opts, &e->chunks, &e->why };

	seen_free(&e->seen);
	for (size_t i = 0; i < ARRAY_SIZE(sb); i++)
		sb_free(sb[i]);
	json_decref(e->line);
	free(e);
}

struct traffic *events_open(struct source *src, struct diag *d)
{
	struct events *e = xcalloc(1, sizeof(*e));

	e->t = (struct traffic){ .next = events_next, .out = events_out, .close = events_close };
	e->src = src;
	e->d = d;
	find_needed(e);
	return &e->t;
}
