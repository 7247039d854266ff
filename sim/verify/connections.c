// SPDX-License-Identifier: MIT
/* connections.c - the conntrack table over ctnetlink, as JSON.
 *
 * A dump walks the whole hash that all namespaces share (tens of milliseconds). So new entries are
 * heard of as they are made, and those known are asked for one by one. */
#include "sim/verify/machine.h"
#include "sim/report/ct_json.h"
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter/nfnetlink_compat.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <stdio.h>
#include <stdlib.h>

#pragma GCC diagnostic ignored "-Wconversion"	/* in libmnl's loops over attributes */

#define CT_TYPE(t)	((uint16_t)(NFNL_SUBSYS_CTNETLINK << 8 | (t)))

struct known { uint8_t family, *key; uint16_t len; };	/* key: the attributes that ask for it */

struct connections {
	struct nl *ask, *news;
	struct known *known; size_t nr;
	bool lost;			/* news were, or will be: dumps instead */
};

struct connections *connections_open(bool unheard)
{
	struct connections *c = xcalloc(1, sizeof(*c));
	int size = 1 << 22;

	c->lost = unheard;
	c->ask = nl_open(NETLINK_NETFILTER, 0);
	c->news = c->ask ? nl_open(NETLINK_NETFILTER, NF_NETLINK_CONNTRACK_NEW) : NULL;
	if (c->news) {
		if (setsockopt(nl_fd(c->news), SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) < 0)
			setsockopt(nl_fd(c->news), SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
		return c;
	}
	connections_close(c);
	return NULL;
}

void connections_close(struct connections *c)
{
	int err = errno;

	if (!c)
		return;
	for (size_t i = 0; i < c->nr; i++)
		free(c->known[i].key);
	free(c->known);
	nl_close(c->news);
	nl_close(c->ask);
	free(c);
	errno = err;
}

/* ---- a message as JSON */

static uint32_t attr_be32(const struct nlattr *a)
{
	return mnl_attr_get_payload_len(a) >= 4 ? get_be32(mnl_attr_get_payload(a)) : 0;
}

static unsigned attr_be16(const struct nlattr *a)
{
	return mnl_attr_get_payload_len(a) >= 2 ? get_be16(mnl_attr_get_payload(a)) : 0;
}

static json_int_t attr_be64(const struct nlattr *a)
{
	const uint8_t *p = mnl_attr_get_payload(a);

	return mnl_attr_get_payload_len(a) >= 8 ? (json_int_t)((uint64_t)get_be32(p) << 32 | get_be32(p + 4)) : 0;
}

static void put_address(json_t *o, const char *key, const struct nlattr *a)
{
	size_t n = mnl_attr_get_payload_len(a);
	union inet_addr addr = { 0 };
	char buf[ADDRSTRLEN];

	memcpy(&addr, mnl_attr_get_payload(a), MIN(n, sizeof(addr)));
	json_object_set_new(o, key, json_string(inet_str(buf, n == 4 ? NFPROTO_IPV4 : NFPROTO_IPV6, &addr)));
}

static void put_proto(json_t *o, const struct nlattr *nest, uint8_t *proto)
{
	const struct nlattr *a;

	mnl_attr_for_each_nested(a, nest) {
		switch (mnl_attr_get_type(a)) {
		case CTA_PROTO_NUM:	*proto = mnl_attr_get_u8(a);	break;
		case CTA_PROTO_SRC_PORT: json_object_set_new(o, "sport", json_integer(attr_be16(a)));	break;
		case CTA_PROTO_DST_PORT: json_object_set_new(o, "dport", json_integer(attr_be16(a)));	break;
		case CTA_PROTO_ICMP_ID: case CTA_PROTO_ICMPV6_ID:
			json_object_set_new(o, "id", json_integer(attr_be16(a)));
			break;
		case CTA_PROTO_ICMP_TYPE: case CTA_PROTO_ICMPV6_TYPE:
			json_object_set_new(o, "type", json_integer(mnl_attr_get_u8(a)));
			break;
		case CTA_PROTO_ICMP_CODE: case CTA_PROTO_ICMPV6_CODE:
			json_object_set_new(o, "code", json_integer(mnl_attr_get_u8(a)));
			break;
		default:
			break;
		}
	}
}

static json_t *tuple(const struct nlattr *nest, uint8_t *proto)
{
	json_t *o = json_object();
	const struct nlattr *a, *ip;

	mnl_attr_for_each_nested(a, nest) {
		switch (mnl_attr_get_type(a)) {
		case CTA_TUPLE_IP:
			mnl_attr_for_each_nested(ip, a)
				put_address(o, mnl_attr_get_type(ip) == CTA_IP_V4_SRC || mnl_attr_get_type(ip) == CTA_IP_V6_SRC ? "src" : "dst", ip);
			break;
		case CTA_TUPLE_PROTO:
			put_proto(o, a, proto);
			break;
		case CTA_TUPLE_ZONE:
			json_object_set_new(o, "zone", json_integer(attr_be16(a)));
			break;
		default:
			break;
		}
	}
	return o;
}

static json_t *counters(const struct nlattr *nest)
{
	json_t *o = json_object();
	const struct nlattr *a;

	mnl_attr_for_each_nested(a, nest) {
		if (mnl_attr_get_type(a) == CTA_COUNTERS_PACKETS)
			json_object_set_new(o, "packets", json_integer(attr_be64(a)));
		else if (mnl_attr_get_type(a) == CTA_COUNTERS_BYTES)
			json_object_set_new(o, "bytes", json_integer(attr_be64(a)));
	}
	return o;
}

/* Of TCP, SCTP or DCCP. */
static const char *state(const struct nlattr *nest)
{
	static const uint8_t proto_of[] = { [CTA_PROTOINFO_TCP] = IPPROTO_TCP, [CTA_PROTOINFO_DCCP] = IPPROTO_DCCP,
					    [CTA_PROTOINFO_SCTP] = IPPROTO_SCTP };
	const struct nlattr *a, *b;

	mnl_attr_for_each_nested(a, nest) {
		unsigned type = mnl_attr_get_type(a);

		if (type >= ARRAY_SIZE(proto_of) || !proto_of[type])
			continue;
		mnl_attr_for_each_nested(b, a)
			if (mnl_attr_get_type(b) == CTA_PROTOINFO_TCP_STATE)	/* 1 in all three */
				return ct_state_word(proto_of[type], mnl_attr_get_u8(b));
	}
	return NULL;
}

static void put_helper(json_t *e, const struct nlattr *nest)
{
	const struct nlattr *a;

	mnl_attr_for_each_nested(a, nest)
		if (mnl_attr_get_type(a) == CTA_HELP_NAME)
			json_object_set_new(e, "helper", json_string(mnl_attr_get_str(a)));
}

static void put_attr(json_t *e, const struct nlattr *a, uint8_t *proto)
{
	uint8_t other;

	switch (mnl_attr_get_type(a)) {
	case CTA_TUPLE_ORIG:	json_object_set_new(e, "orig", tuple(a, proto));		break;
	case CTA_TUPLE_REPLY:	json_object_set_new(e, "reply", tuple(a, &other));		break;
	case CTA_TUPLE_MASTER:	json_object_set_new(e, "master", tuple(a, &other));		break;
	case CTA_STATUS:	json_object_set_new(e, "status", ct_status_json(attr_be32(a)));	break;
	case CTA_HELP:		put_helper(e, a);						break;
	case CTA_TIMEOUT:	json_object_set_new(e, "timeout", json_integer(attr_be32(a)));	break;
	case CTA_MARK:		json_object_set_new(e, "mark", json_integer(attr_be32(a)));	break;
	case CTA_SECMARK:	json_object_set_new(e, "secmark", json_integer(attr_be32(a)));	break;
	case CTA_ZONE:		json_object_set_new(e, "zone", json_integer(attr_be16(a)));	break;
	case CTA_COUNTERS_ORIG:	json_object_set_new(e, "orig_counters", counters(a));		break;
	case CTA_COUNTERS_REPLY: json_object_set_new(e, "reply_counters", counters(a));		break;
	case CTA_LABELS:
		json_object_set_new(e, "labels", hex_json(mnl_attr_get_payload(a), mnl_attr_get_payload_len(a)));
		break;
	case CTA_PROTOINFO:
		if (state(a))
			json_object_set_new(e, "state", json_string(state(a)));
		break;
	default:
		break;
	}
}

static void put_entry(const struct nlmsghdr *m, void *arg)
{
	const struct nfgenmsg *g = mnl_nlmsg_get_payload(m);
	json_t *list = arg, *e = json_object();
	const struct nlattr *a;
	uint8_t proto = 0;

	json_object_set_new(e, "family", json_string(g->nfgen_family == AF_INET6 ? "ipv6" : "ipv4"));
	json_object_set_new(e, "proto", json_null());
	json_object_set_new(e, "protonum", json_null());
	json_object_set_new(e, "state", json_null());
	json_object_set_new(e, "mark", json_integer(0));
	mnl_attr_for_each(a, m, sizeof(*g))
		put_attr(e, a, &proto);
	json_object_set_new(e, "proto", json_string(ct_proto_word(proto)));
	json_object_set_new(e, "protonum", json_integer(proto));
	json_array_append_new(list, e);
}

/* ---- the entries there are */

/* What asks for the entry: its tuple and zone, as the kernel wrote them. */
static void note_new(const struct nlmsghdr *m, void *arg)
{
	const struct nfgenmsg *g = mnl_nlmsg_get_payload(m);
	struct connections *c = arg;
	struct known k = { .family = g->nfgen_family };
	const struct nlattr *a;

	if (m->nlmsg_type != CT_TYPE(IPCTNL_MSG_CT_NEW))
		return;
	mnl_attr_for_each(a, m, sizeof(*g)) {
		size_t n = MNL_ALIGN(a->nla_len);

		if (mnl_attr_get_type(a) != CTA_TUPLE_ORIG && mnl_attr_get_type(a) != CTA_ZONE)
			continue;
		k.key = xrealloc(k.key, k.len + n);
		memset(k.key + k.len, 0, n);
		memcpy(k.key + k.len, a, a->nla_len);
		k.len = (uint16_t)(k.len + n);
	}
	for (size_t i = 0; i < c->nr; i++)	/* the same again after it was gone */
		if (c->known[i].len == k.len && c->known[i].family == k.family && memcmp(c->known[i].key, k.key, k.len) == 0) {
			free(k.key);
			return;
		}
	c->known = xrealloc(c->known, (c->nr + 1) * sizeof(*c->known));
	c->known[c->nr++] = k;
}

static struct nlmsghdr *ct_request(struct connections *c, uint16_t flags, uint8_t family)
{
	struct nlmsghdr *m = nl_request(c->ask, CT_TYPE(IPCTNL_MSG_CT_GET), flags);
	struct nfgenmsg *g = mnl_nlmsg_put_extra_header(m, sizeof(*g));

	g->nfgen_family = family;
	g->version = NFNETLINK_V0;
	return m;
}

struct answer { const struct known *asked; json_t *list; bool it; };

/* The other direction's tuple finds a connection too: one that began there after the asked one was gone is not it. */
static void take_answer(const struct nlmsghdr *m, void *arg)
{
	struct answer *w = arg;
	const struct nlattr *a;

	mnl_attr_for_each(a, m, sizeof(struct nfgenmsg))
		if (mnl_attr_get_type(a) == CTA_TUPLE_ORIG)
			w->it |= memmem(w->asked->key, w->asked->len, a, a->nla_len) != NULL;
	if (w->it)
		put_entry(m, w->list);
}

static bool fetch(struct connections *c, const struct known *k, json_t *list)
{
	struct nlmsghdr *m = ct_request(c, 0, k->family);
	struct answer w = { k, list, false };

	memcpy((char *)m + m->nlmsg_len, k->key, k->len);
	m->nlmsg_len += k->len;
	return nl_ask(c->ask, take_answer, &w) == 0 && w.it;
}

/* A dump tells of all there are in the words in which new ones are told. */
void connections_look(struct connections *c)
{
	if (c->lost)		/* each list is a dump already */
		return;
	ct_request(c, NLM_F_DUMP, AF_UNSPEC);
	nl_ask(c->ask, note_new, c);
}

json_t *connections_list(struct connections *c)
{
	json_t *list = json_array();

	while (nl_heard(c->news, note_new, c, &c->lost))
		;
	if (c->lost) {
		ct_request(c, NLM_F_DUMP, AF_UNSPEC);
		nl_ask(c->ask, put_entry, list);
		return list;
	}
	for (size_t i = 0; i < c->nr;) {
		if (fetch(c, &c->known[i], list)) {
			i++;
			continue;
		}
		free(c->known[i].key);
		c->nr--;
		memmove(&c->known[i], &c->known[i + 1], (c->nr - i) * sizeof(*c->known));
	}
	return list;
}
