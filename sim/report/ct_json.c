// SPDX-License-Identifier: MIT
/* ct_json.c - a conntrack entry as ctnetlink shows it, in JSON. */
#include "sim/report/ct_json.h"
#include <stdio.h>
#include <stdlib.h>

static json_t *tuple_json(const struct conn *ct, const struct ct_tuple *t, enum ip_ct_dir dir)
{
	uint8_t family = (uint8_t)t->l3num, want = dir == IP_CT_DIR_ORIGINAL ? NF_CT_ZONE_DIR_ORIG : NF_CT_ZONE_DIR_REPL;
	json_t *o = json_object();
	char buf[ADDRSTRLEN];

	json_object_set_new(o, "src", json_string(inet_str(buf, family, &t->src.u3)));
	json_object_set_new(o, "dst", json_string(inet_str(buf, family, &t->dst.u3)));
	switch (t->dst.protonum) {
	case IPPROTO_TCP: case IPPROTO_UDP: case IPPROTO_UDPLITE: case IPPROTO_SCTP: case IPPROTO_GRE:
		json_object_set_new(o, "sport", json_integer(ntohs(t->src.u)));
		json_object_set_new(o, "dport", json_integer(ntohs(t->dst.u.all)));
		break;
	case IPPROTO_ICMP: case IPPROTO_ICMPV6:
		json_object_set_new(o, "type", json_integer(t->dst.u.icmp.type));
		json_object_set_new(o, "code", json_integer(t->dst.u.icmp.code));
		json_object_set_new(o, "id", json_integer(ntohs(t->src.u)));
		break;
	default:
		break;
	}
	if (ct->zone.id && ct->zone.dir != NF_CT_DEFAULT_ZONE_DIR && ct->zone.dir & want)
		json_object_set_new(o, "zone", json_integer(ct->zone.id));
	return o;
}

json_t *ct_status_json(uint32_t status)
{
	static const char *const names[] = {
		"EXPECTED", "SEEN_REPLY", "ASSURED", "CONFIRMED", "SRC_NAT", "DST_NAT", "SEQ_ADJUST", "SRC_NAT_DONE",
		"DST_NAT_DONE", "DYING", "FIXED_TIMEOUT", "TEMPLATE", "NAT_CLASH", "HELPER", "OFFLOAD",
	};
	json_t *a = json_array();

	for (unsigned i = 0; i < ARRAY_SIZE(names); i++)
		if (status >> i & 1)
			json_array_append_new(a, json_string(names[i]));
	return a;
}

static json_t *counters_json(const struct conn *ct, enum ip_ct_dir dir)
{
	return json_pack("{s:I, s:I}", "packets", (json_int_t)ct->packets[dir], "bytes", (json_int_t)ct->bytes[dir]);
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

json_t *ct_json(const struct conn *ct)
{
	const char *state = ct_state_name(ct);
	json_t *o = json_object();

	json_object_set_new(o, "family", json_string(ct_l3num(ct) == NFPROTO_IPV6 ? "ipv6" : "ipv4"));
	json_object_set_new(o, "proto", json_string(ct_proto_word(ct_protonum(ct))));
	json_object_set_new(o, "protonum", json_integer(ct_protonum(ct)));
	json_object_set_new(o, "state", state ? json_string(state) : json_null());
	json_object_set_new(o, "orig", tuple_json(ct, &ct->tuple[0], IP_CT_DIR_ORIGINAL));
	json_object_set_new(o, "reply", tuple_json(ct, &ct->tuple[1], IP_CT_DIR_REPLY));
	json_object_set_new(o, "status", ct_status_json(ct->status));
	json_object_set_new(o, "mark", json_integer(ct->mark));
	json_object_set_new(o, "timeout", json_integer(ct_timeout_sec(ct)));
	if (ct->zone.id && ct->zone.dir == NF_CT_DEFAULT_ZONE_DIR)
		json_object_set_new(o, "zone", json_integer(ct->zone.id));
	if (ct->helper)
		json_object_set_new(o, "helper", json_string(ct->helper));
	if (ct->has_labels) {
		char hex[33];

		for (int i = 0; i < 16; i++)
			snprintf(hex + 2 * i, 3, "%02x", ct->ext ? ct->ext->labels[i] : 0);
		json_object_set_new(o, "labels", json_string(hex));
	}
	if (ct->secmark)
		json_object_set_new(o, "secmark", json_integer(ct->secmark));
	if (ct->acct) {
		json_object_set_new(o, "orig_counters", counters_json(ct, IP_CT_DIR_ORIGINAL));
		json_object_set_new(o, "reply_counters", counters_json(ct, IP_CT_DIR_REPLY));
	}
	return o;
}

json_t *hex_json(const uint8_t *b, size_t n)
{
	static const char digit[] = "0123456789abcdef";
	char *s = xmalloc(n * 2 + 1);
	json_t *j;

	for (size_t i = 0; i < n; i++) {
		s[2 * i] = digit[b[i] >> 4];
		s[2 * i + 1] = digit[b[i] & 15];
	}
	s[2 * n] = 0;
	j = json_stringn(s, 2 * n);
	free(s);
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
