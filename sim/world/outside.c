// SPDX-License-Identifier: MIT
/* outside.c - who is beyond a host's wires: neighbours that answer ARP and ND, and nothing else. */
#include "sim/net/ipv6.h"
#include "sim/world/reply.h"
#include "sim/world/world.h"
#include <jansson.h>
#include <stdlib.h>

struct neighbour {
	int ifindex;			/* 0 = on any device */
	union inet_addr ip;		/* of either family: they cannot be taken for each other here */
	bool silent;
	uint8_t mac[6];
};

struct outside {
	struct host *host;
	struct neighbour *known; size_t nr;	/* sorted */
	bool has_rest;				/* "*" */
	struct neighbour rest;
	bool untagged_only;
};

static void outside_wire(struct net_device *dev, struct packet *p, void *arg);

static int by_place(const void *a, const void *b)
{
	const struct neighbour *x = a, *y = b;

	if (x->ifindex != y->ifindex)
		return x->ifindex < y->ifindex ? -1 : 1;
	return memcmp(&x->ip, &y->ip, sizeof(x->ip));
}

/* The link address that answers for ip on dev; false: nobody does. */
static bool answer(const struct outside *o, const struct net_device *dev, const union inet_addr *ip, bool v6, uint8_t mac[6])
{
	struct neighbour key = { .ifindex = dev->ifindex, .ip = *ip }, *n = NULL;

	if (o->nr && !(n = bsearch(&key, o->known, o->nr, sizeof(key), by_place))) {
		key.ifindex = 0;
		n = bsearch(&key, o->known, o->nr, sizeof(key), by_place);
	}
	if (!n && o->has_rest)
		key = o->rest;
	else if (!n && v6)
		neighbour_mac6(key.mac, ip);
	else if (!n)
		neighbour_mac(key.mac, ip->ip);
	else
		key = *n;
	memcpy(mac, key.mac, 6);
	return !key.silent;
}

static bool is_ours(const struct host *h, const uint8_t *mac)
{
	for (const struct net_device *dev = h->devs; dev; dev = dev->next)
		if (dev->kind != DEV_LO && memcmp(dev->mac, mac, 6) == 0)
			return true;
	return false;
}

static size_t arp_answer(uint8_t *ret, const uint8_t *question, const uint8_t asker[6], const uint8_t mac[6])
{
	memset(ret, 0, 28);
	ret[1] = 1, ret[2] = 8, ret[4] = 6, ret[5] = 4, ret[7] = 2;
	memcpy(ret + 8, mac, 6);
	memcpy(ret + 14, question + 24, 4);
	memcpy(ret + 18, asker, 6);
	memcpy(ret + 24, question + 14, 4);
	return 28;
}

/* A solicited advertisement that overrides what was known, from the address asked for. */
static size_t nd_answer(uint8_t *ret, const uint8_t *question, const uint8_t mac[6])
{
	static const uint8_t fixed[] = { NDISC_NEIGHBOUR_ADVERTISEMENT, 0, 0, 0, 0x60, 0, 0, 0 };
	uint8_t *na = ret + IP6_HLEN;
	be16 sum;

	memset(ret, 0, IP6_HLEN);
	ret[0] = 0x60;
	put_be16(ret + IP6_PLEN, 32);
	ret[IP6_NXT] = IPPROTO_ICMPV6;
	ret[IP6_HLIM] = 255;
	memcpy(ret + IP6_SRC, question + IP6_HLEN + 8, 16);
	memcpy(ret + IP6_DST, question + IP6_SRC, 16);
	memcpy(na, fixed, sizeof(fixed));
	memcpy(na + 8, question + IP6_HLEN + 8, 16);
	na[24] = 2;
	na[25] = 1;
	memcpy(na + 26, mac, 6);
	sum = csum_fold(csum_partial(na, 32, csum_pseudo6(ret + IP6_SRC, ret + IP6_DST, IPPROTO_ICMPV6, 32)));
	memcpy(na + ICMP_CSUM, &sum, 2);
	return IP6_HLEN + 32;
}

/* The question for whom is outside in a frame: an ARP request, or a solicitation with a source. NULL: none. */
static const uint8_t *arp_question(const uint8_t *l3, size_t len)
{
	return len >= 28 && get_be16(l3 + 6) == 1 && memcmp(l3 + 14, l3 + 24, 4) != 0 ? l3 + 24 : NULL;
}

static const uint8_t *nd_question(const uint8_t *l3, size_t len)
{
	static const uint8_t any[16];

	return len >= IP6_HLEN + 24 && l3[IP6_NXT] == IPPROTO_ICMPV6 && l3[IP6_HLEN] == NDISC_NEIGHBOUR_SOLICITATION &&
	       memcmp(l3 + IP6_SRC, any, 16) != 0 ? l3 + IP6_HLEN + 8 : NULL;
}

static size_t link_header(const struct outside *o, const uint8_t *frame)
{
	unsigned type = get_be16(frame + 12);

	return (type == ETH_P_8021Q || type == ETH_P_8021AD) && !o->untagged_only ? ETH_HLEN + VLAN_HLEN : ETH_HLEN;
}

/* Asking about one's own address (probe, announcement) is not a question to anybody. */
static size_t answer_frame(const struct outside *o, const struct net_device *dev, const uint8_t *f, size_t len,
			   uint8_t ret[OUTSIDE_ANSWER_MAX])
{
	const uint8_t *l3, *asked = NULL;
	union inet_addr ip = { .all = { 0 } };
	unsigned type;
	uint8_t mac[6];
	size_t hlen;

	type = len > ETH_HLEN ? get_be16(f + 12) : 0;
	if (type == ETH_P_IP)		/* nobody asks by that */
		return 0;
	if (len <= ETH_HLEN + VLAN_HLEN || !is_ours(o->host, f + 6))
		return 0;
	hlen = link_header(o, f);
	l3 = f + hlen;
	type = get_be16(l3 - 2);
	if (type == ETH_P_ARP && (asked = arp_question(l3, len - hlen)))
		memcpy(&ip.ip, asked, 4);
	else if (type == ETH_P_IPV6 && (asked = nd_question(l3, len - hlen)))
		memcpy(ip.ip6, asked, 16);
	if (!asked || !answer(o, dev, &ip, type == ETH_P_IPV6, mac))
		return 0;
	memcpy(ret, f + 6, 6);
	memcpy(ret + 6, mac, 6);
	memcpy(ret + 12, f + 12, hlen - 12);
	return hlen + (type == ETH_P_ARP ? arp_answer(ret + hlen, l3, f + 6, mac) : nd_answer(ret + hlen, l3, mac));
}

size_t outside_answer(const struct net_device *dev, const uint8_t *frame, size_t len, uint8_t ret[OUTSIDE_ANSWER_MAX])
{
	return dev->wire == outside_wire ? answer_frame(dev->wire_arg, dev, frame, len, ret) : 0;
}

static void send_answer(struct net_device *dev, const struct packet *p, const uint8_t *frame, size_t len, uint32_t hlen)
{
	struct host *h = dev->host;
	struct packet *r = pkt_alloc(h->pool, (uint32_t)len);
	struct event ev;

	memcpy(pkt_put(r, (uint32_t)len - hlen), frame + hlen, len - hlen);
	r->mac = r->nh - hlen;
	memcpy(pkt_mac(r), frame, hlen);
	r->tstamp = h->clock->now;
	if (trace_on(h->trace, EV_ANSWER)) {
		ev = (struct event){ .type = EV_ANSWER, .host = h, .pkt = p };
		ev.u.answer.dev = dev;
		ev.u.answer.question = pkt_mac(p);
		ev.u.answer.question_len = p->tail - p->mac;
		ev.u.answer.frame = pkt_mac(r);
		ev.u.answer.len = r->tail - r->mac;
		trace_emit(h->trace, &ev);
	}
	host_backlog(dev, r);
}

/* A frame of the host is outside: it ends here; a question about an address gets its answer. */
static void outside_wire(struct net_device *dev, struct packet *p, void *arg)
{
	const struct outside *o = arg;
	uint8_t frame[OUTSIDE_ANSWER_MAX];
	size_t n = answer_frame(o, dev, pkt_mac(p), p->tail - p->mac, frame);

	if (n)
		send_answer(dev, p, frame, n, (uint32_t)link_header(o, pkt_mac(p)));
	pkt_free(p);
}

struct outside *outside_create(struct world *w, struct host *h)
{
	struct outside *o = arena_new(h->arena, struct outside);

	(void)w;
	o->host = h;
	for (struct net_device *dev = h->devs; dev; dev = dev->next)
		if ((dev->kind == DEV_PHYS || (dev->kind == DEV_VETH && !dev->peer)) &&
		    !dev->wire) {
			dev->wire = outside_wire;
			dev->wire_arg = o;
		}
	return o;
}

void outside_as_oracle(struct outside *o)
{
	o->untagged_only = true;
}

/* ---- neighbours.json */

struct load { struct outside *o; struct source *src; struct diag *d; };

static struct pos key_pos(const struct load *l, const char *key)
{
	size_t n = strlen(key);
	const char *s = l->src->text, *end = s + l->src->len, *at;

	for (; (at = memmem(s, (size_t)(end - s), key, n)); s = at + 1)
		if (at > l->src->text && at[-1] == '"' && at + n < end && at[n] == '"')
			return (struct pos){ l->src, (size_t)(at - l->src->text), n };
	return pos_file(l->src);
}

static bool address_parse(const char *s, union inet_addr *ret)
{
	*ret = (union inet_addr){ .all = { 0 } };
	return inet_pton(AF_INET6, s, ret->ip6) == 1 || ip4_parse(&ret->ip, s);
}

/* "IP", "ethK:IP". *ret_nobody: there is no such device. */
static bool place_parse(const struct load *l, const char *key, struct neighbour *n, bool *ret_nobody)
{
	const char *colon = strchr(key, ':');
	char name[IFNAMSIZ];
	struct net_device *dev;

	*ret_nobody = false;
	if (address_parse(key, &n->ip))
		return true;
	if (!colon || (size_t)(colon - key) >= sizeof(name))
		return false;
	memcpy(name, key, (size_t)(colon - key));
	name[colon - key] = 0;
	if (!address_parse(colon + 1, &n->ip))
		return false;
	if (!(dev = dev_by_name(l->o->host, name))) {
		diag_warn(l->d, key_pos(l, key), "no device \"%s\": its neighbour is never asked",
			  name);
		*ret_nobody = true;
		return true;
	}
	n->ifindex = dev->ifindex;
	return true;
}

static void load_one(struct load *l, const char *key, const json_t *v)
{
	struct neighbour n = { .silent = json_is_null(v) };
	bool nobody = false, rest = strcmp(key, "*") == 0;

	if (!n.silent && (!json_is_string(v) || !mac_parse(n.mac, json_string_value(v)))) {
		diag_error(l->d, key_pos(l, key),
			   "the neighbour's link address must be \"aa:bb:cc:dd:ee:ff\", or null");
		return;
	}
	if (rest) {
		l->o->has_rest = true;
		l->o->rest = n;
	} else if (!place_parse(l, key, &n, &nobody)) {
		diag_error(l->d, key_pos(l, key), "\"%s\" is no address", key);
		diag_hint(l->d, "an address, \"eth0:\" and an address, or \"*\" for all others");
	} else if (!nobody) {
		l->o->known[l->o->nr++] = n;
	}
}

bool outside_load(struct outside *o, struct source *src, struct diag *d)
{
	struct load l = { o, src, d };
	unsigned errors = d->nr_errors;
	json_error_t err;
	const char *key;
	json_t *root, *v;

	if (!src)
		return true;
	root = json_loadb(src->text, src->len, 0, &err);
	if (!root || !json_is_object(root)) {
		struct pos at =
			root ? pos_file(src)
			     : (struct pos){ src, MIN((size_t)MAX(err.position - 1, 0), src->len),
					     1 };

		diag_error(d, at, "no valid JSON object: %s", root ? "{...} is wanted" : err.text);
		json_decref(root);
		return false;
	}
	o->known = arena_array(o->host->arena, struct neighbour, json_object_size(root) + 1);
	json_object_foreach(root, key, v)
		load_one(&l, key, v);
	json_decref(root);
	if (o->nr)
		qsort(o->known, o->nr, sizeof(*o->known), by_place);
	return d->nr_errors == errors;
}
