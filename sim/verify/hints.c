// SPDX-License-Identifier: MIT
/* hints.c - what the kernel drew at random and the emulation takes over, so that replies fit both. */
#include "sim/verify/internal.h"
#include "sim/packet/ip6.h"

/* The header of a TCP packet whose IP header is at off, or NULL: fragments and extension headers aside. */
static const uint8_t *tcp_of(const uint8_t *p, size_t len, size_t off)
{
	size_t hlen = 0;

	if (len >= off + IP_HLEN && p[off] >> 4 == 4 && p[off + IP4_PROTO] == IPPROTO_TCP && !ip4_fragoff(p + off))
		hlen = MAX(ip4_hlen(p + off), IP_HLEN);
	else if (len >= off + IP6_HLEN && p[off] >> 4 == 6 && p[off + IP6_NXT] == NEXTHDR_TCP)
		hlen = IP6_HLEN;
	return hlen && len >= off + hlen + TCP_HLEN ? p + off + hlen : NULL;
}

/* Did this event's packet from outside carry the number? Then it is not the host's choice. */
static bool injected(const struct trial *t, uint32_t seq)
{
	const json_t *in = json_object_get(t->event, "injected");
	const char *hex = json_string_value(json_object_get(in, "frame"));
	struct strbuf sb = { 0 };
	const uint8_t *th = NULL;
	size_t off = hex ? ETH_HLEN : 0;

	hex = hex ? hex : json_string_value(json_object_get(in, "packet"));
	if (hex && hex_parse(&sb, hex, strlen(hex)))
		th = tcp_of((const uint8_t *)sb_str(&sb), sb.len, off);
	off = th && get_be32(th + TCP_SEQ) == seq;
	sb_free(&sb);
	return off;
}

static bool told(const struct trial *t, const json_t *hint)
{
	const json_t *h;
	size_t x;

	json_array_foreach(t->hints, x, h) {
		bool same = true;
		const char *key;
		json_t *v;

		json_object_foreach((json_t *)hint, key, v)
			same &= strcmp(key, "event") == 0 || json_equal(v, json_object_get(h, key));
		if (same)
			return true;
	}
	return false;
}

static void tell(struct trial *t, json_t *hint)
{
	json_object_set(hint, "event", json_object_get(t->event, "i"));
	if (told(t, hint))
		json_decref(hint);
	else
		json_array_append_new(t->hints, hint);
}

static const char *addr_str(char buf[ADDRSTRLEN], const uint8_t *ip, unsigned at4, unsigned at6)
{
	union inet_addr a;

	if (ip[0] >> 4 == 4)
		return ip4_str(buf, load_be32(ip + at4));
	a = ip6_load_addr(ip + at6);
	return inet_str(buf, NFPROTO_IPV6, &a);
}

void hints_frame(struct trial *t, const uint8_t *frame, size_t len)
{
	unsigned type = len >= ETH_HLEN ? get_be16(frame + 12) : 0;
	const uint8_t *ip = frame + ETH_HLEN, *th = type == ETH_P_IP || type == ETH_P_IPV6 ? tcp_of(frame, len, ETH_HLEN) : NULL;
	char src[ADDRSTRLEN], dst[ADDRSTRLEN];

	if (!th || !(th[TCP_FLAGS] & TH_SYN) || injected(t, get_be32(th + TCP_SEQ)))
		return;
	tell(t, json_pack("{s:s, s:s, s:i, s:s, s:i, s:I}", "type", "tcp_isn", "src", addr_str(src, ip, IP4_SRC, IP6_SRC), "sport",
			  get_be16(th + TCP_SPORT), "dst", addr_str(dst, ip, IP4_DST, IP6_DST), "dport", get_be16(th + TCP_DPORT), "isn",
			  (json_int_t)get_be32(th + TCP_SEQ)));
}

static bool has_status(const json_t *e, const char *a, const char *b)
{
	json_t *s;
	size_t x;

	json_array_foreach(json_object_get(e, "status"), x, s)
		if (strcmp(json_string_value(s), a) == 0 || strcmp(json_string_value(s), b) == 0)
			return true;
	return false;
}

/* What NAT changed; or drew, and it was by chance what it had been. */
static void changed(struct trial *t, const json_t *e, const char *type, const char *was, const char *is, const char *side)
{
	bool dst = side && side[0] == 'd', nat = has_status(e, dst ? "DST_NAT" : "SRC_NAT", side ? "" : "DST_NAT");
	const json_t *orig = json_object_get(e, "orig"), *reply = json_object_get(e, "reply");
	json_t *h;

	if (!json_object_get(orig, was) || (!nat && json_equal(json_object_get(orig, was), json_object_get(reply, is))))
		return;
	h = json_pack("{s:s, s:O, s:O, s:O}", "type", type, "proto", json_object_get(e, "proto"), "orig", (json_t *)orig, "reply",
		      (json_t *)reply);
	if (side)
		json_object_set_new(h, "side", json_string(side));
	tell(t, h);
}

void hints_entry(struct trial *t, const json_t *e)
{
	changed(t, e, "nat_port", "sport", "dport", "src");
	changed(t, e, "nat_port", "dport", "sport", "dst");
	changed(t, e, "nat_id", "id", "id", NULL);
}
