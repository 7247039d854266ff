// SPDX-License-Identifier: MIT
/* ct_json.c - a conntrack entry as ctnetlink shows it, in JSON. */
#include "sim/report/ct_json.h"
#include "sim/report/json_out.h"
#include <stdlib.h>

static void put_tuple(struct strbuf *o, const struct conn *ct, const struct ct_tuple *t, enum ip_ct_dir dir)
{
	uint8_t family = (uint8_t)t->l3num, want = dir == IP_CT_DIR_ORIGINAL ? NF_CT_ZONE_DIR_ORIG : NF_CT_ZONE_DIR_REPL;

	jo_addr(o, "src", family, &t->src.u3);
	jo_addr(o, "dst", family, &t->dst.u3);
	switch (t->dst.protonum) {
	case IPPROTO_TCP: case IPPROTO_UDP: case IPPROTO_UDPLITE: case IPPROTO_SCTP: case IPPROTO_GRE:
		jo_int(o, "sport", ntohs(t->src.u));
		jo_int(o, "dport", ntohs(t->dst.u.all));
		break;
	case IPPROTO_ICMP: case IPPROTO_ICMPV6:
		jo_int(o, "type", t->dst.u.icmp.type);
		jo_int(o, "code", t->dst.u.icmp.code);
		jo_int(o, "id", ntohs(t->src.u));
		break;
	default:
		break;
	}
	if (ct->zone.id && ct->zone.dir != NF_CT_DEFAULT_ZONE_DIR && ct->zone.dir & want)
		jo_int(o, "zone", ct->zone.id);
	sb_putc(o, '}');
}

static const char *const status_names[] = {
	"EXPECTED", "SEEN_REPLY", "ASSURED", "CONFIRMED", "SRC_NAT", "DST_NAT", "SEQ_ADJUST", "SRC_NAT_DONE",
	"DST_NAT_DONE", "DYING", "FIXED_TIMEOUT", "TEMPLATE", "NAT_CLASH", "HELPER", "OFFLOAD",
};

static void put_status(struct strbuf *o, uint32_t status)
{
	jo_open(o, "status", '[');
	for (unsigned i = 0; i < ARRAY_SIZE(status_names); i++) {
		if (!(status >> i & 1))
			continue;
		jo_comma(o);
		jo_text(o, status_names[i]);
	}
	sb_putc(o, ']');
}

json_t *ct_status_json(uint32_t status)
{
	json_t *a = json_array();

	for (unsigned i = 0; i < ARRAY_SIZE(status_names); i++)
		if (status >> i & 1)
			json_array_append_new(a, json_string(status_names[i]));
	return a;
}

const char *ct_proto_word(uint8_t n)
{
	switch (n) {
	case 1: return "icmp";
	case 2: return "igmp";
	case 6: return "tcp";
	case 17: return "udp";
	case 33: return "dccp";
	case 47: return "gre";
	case 50: return "esp";
	case 51: return "ah";
	case 58: return "icmpv6";
	case 132: return "sctp";
	case 136: return "udplite";
	default: return "unknown";
	}
}

void ct_json_head(struct strbuf *o, const struct conn *ct)
{
	const char *state = ct_state_name(ct);

	sb_putc(o, '{');
	jo_raw(o, "family", ct_l3num(ct) == NFPROTO_IPV6 ? "\"ipv6\"" : "\"ipv4\"");
	jo_str(o, "proto", ct_proto_word(ct_protonum(ct)));
	jo_int(o, "protonum", ct_protonum(ct));
	if (state)
		jo_str(o, "state", state);
	else
		jo_raw(o, "state", "null");
	jo_open(o, "orig", '{');
	put_tuple(o, ct, &ct->tuple[0], IP_CT_DIR_ORIGINAL);
	jo_open(o, "reply", '{');
	put_tuple(o, ct, &ct->tuple[1], IP_CT_DIR_REPLY);
	put_status(o, ct->status);
	jo_int(o, "mark", ct->mark);
}

static void put_counters(struct strbuf *o, const struct conn *ct, enum ip_ct_dir dir)
{
	jo_int(o, "packets", ct->packets[dir]);
	jo_int(o, "bytes", ct->bytes[dir]);
	sb_putc(o, '}');
}

void ct_json_tail(struct strbuf *o, const struct conn *ct)
{
	static const uint8_t none[sizeof(ct->ext->labels)];

	jo_int(o, "timeout", ct_timeout_sec(ct));
	if (ct->zone.id && ct->zone.dir == NF_CT_DEFAULT_ZONE_DIR)
		jo_int(o, "zone", ct->zone.id);
	jo_str(o, "helper", ct->helper);
	if (ct->has_labels)
		jo_hex(o, "labels", ct->ext ? ct->ext->labels : none, sizeof(none));
	if (ct->secmark)
		jo_int(o, "secmark", ct->secmark);
	if (ct->acct) {
		jo_open(o, "orig_counters", '{');
		put_counters(o, ct, IP_CT_DIR_ORIGINAL);
		jo_open(o, "reply_counters", '{');
		put_counters(o, ct, IP_CT_DIR_REPLY);
	}
	sb_putc(o, '}');
}

void ct_json(struct strbuf *o, const struct conn *ct)
{
	ct_json_head(o, ct);
	ct_json_tail(o, ct);
}

json_t *hex_json(const uint8_t *b, size_t n)
{
	struct strbuf sb = { 0 };
	json_t *j;

	sb_hex(&sb, b, n);
	j = json_stringn(sb_str(&sb), sb.len);
	sb_free(&sb);
	return j;
}

/* Bytes of the UTF-8 sequence at s, or 0 when it is none. */
static unsigned utf8_len(const char *s)
{
	unsigned char c = (unsigned char)*s;
	unsigned n = c < 0x80 ? 1 : c >= 0xc2 && c < 0xe0 ? 2 : c >= 0xe0 && c < 0xf0 ? 3 : c >= 0xf0 && c < 0xf5 ? 4 : 0;
	json_t *ok;

	for (unsigned i = 1; i < n; i++)
		if (((unsigned char)s[i] & 0xc0) != 0x80)
			return 0;
	if (n < 3)
		return n;
	ok = json_stringn(s, n);	/* overlong, surrogate? */
	json_decref(ok);
	return ok ? n : 0;
}

json_t *text_json(const char *s)
{
	json_t *ret = json_string(s);
	struct strbuf sb = { 0 };
	unsigned n;

	if (ret)
		return ret;
	for (; *s; s += n ? n : 1) {
		n = utf8_len(s);
		if (n)
			sb_printf(&sb, "%.*s", (int)n, s);
		else
			sb_puts(&sb, "\xef\xbf\xbd");
	}
	ret = json_string(sb_str(&sb));
	sb_free(&sb);
	if (!ret)
		out_of_memory(0);
	return ret;
}
