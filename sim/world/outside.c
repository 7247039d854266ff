// SPDX-License-Identifier: MIT
/* outside.c - who is beyond a host's wires: neighbours that answer ARP, and nothing else. */
#include "sim/packet/headers.h"
#include "sim/world/reply.h"
#include "sim/world/world.h"
#include <jansson.h>
#include <stdlib.h>

#define ARP_FRAME_LEN 42

struct neighbour {
	int ifindex;			/* 0 = on any device */
	be32 ip;
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

static int by_place(const void *a, const void *b)
{
	const struct neighbour *x = a, *y = b;

	if (x->ifindex != y->ifindex)
		return x->ifindex < y->ifindex ? -1 : 1;
	return memcmp(&x->ip, &y->ip, sizeof(x->ip));
}

/* The link address that answers for ip on dev; false: nobody does. */
static bool answer(const struct outside *o, const struct net_device *dev, be32 ip, uint8_t mac[6])
{
	struct neighbour key = { .ifindex = dev->ifindex, .ip = ip }, *n = NULL;

	if (o->nr && !(n = bsearch(&key, o->known, o->nr, sizeof(key), by_place))) {
		key.ifindex = 0;
		n = bsearch(&key, o->known, o->nr, sizeof(key), by_place);
	}
	if (!n && o->has_rest)
		key = o->rest;
	else if (!n)
		neighbour_mac(key.mac, ip);
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

void arp_answer(uint8_t ret[28], const uint8_t *question, const uint8_t asker[6], const uint8_t mac[6])
{
	memset(ret, 0, 28);
	ret[1] = 1, ret[2] = 8, ret[4] = 6, ret[5] = 4, ret[7] = 2;
	memcpy(ret + 8, mac, 6);
	memcpy(ret + 14, question + 24, 4);
	memcpy(ret + 18, asker, 6);
	memcpy(ret + 24, question + 14, 4);
}

static void send_answer(struct net_device *dev, const struct packet *p, const uint8_t *arp,
			const uint8_t mac[6])
{
	struct host *h = dev->host;
	uint32_t hlen = (uint32_t)(arp - pkt_mac(p));
	struct packet *r = pkt_alloc(h->pool, 28);
	struct event ev;

	arp_answer(pkt_put(r, 28), arp, pkt_mac(p) + 6, mac);
	r->mac = r->nh - hlen;
	memcpy(pkt_mac(r), pkt_mac(p) + 6, 6);
	memcpy(pkt_mac(r) + 6, mac, 6);
	memcpy(pkt_mac(r) + 12, pkt_mac(p) + 12, hlen - 12);
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

/* A frame of the host is outside: it ends here; a question about an address gets its answer. Asking
 * about one's own address (probe, announcement) is not a question to anybody. */
static void outside_wire(struct net_device *dev, struct packet *p, void *arg)
{
	const struct outside *o = arg;
	const uint8_t *f = pkt_mac(p), *arp = f + ETH_HLEN;
	size_t len = p->tail - p->mac;
	uint8_t mac[6];

	if (len >= ARP_FRAME_LEN) {
		unsigned type = get_be16(f + 12);

		if ((type == ETH_P_8021Q || type == ETH_P_8021AD) && !o->untagged_only &&
		    len >= ARP_FRAME_LEN + VLAN_HLEN) {
			type = get_be16(f + 16);
			arp += VLAN_HLEN;
		}
		if (type == ETH_P_ARP && get_be16(arp + 6) == 1 &&
		    memcmp(arp + 14, arp + 24, 4) != 0 && is_ours(o->host, f + 6) &&
		    answer(o, dev, load_be32(arp + 24), mac))
			send_answer(dev, p, arp, mac);
	}
	pkt_free(p);
}

bool outside_answer(const struct net_device *dev, be32 ip, uint8_t ret_mac[6])
{
	return dev->wire == outside_wire && answer(dev->wire_arg, dev, ip, ret_mac);
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

/* "IP", "ethK:IP"; IPv6 addresses are well-formed but nobody asks for them. */
static bool place_parse(const struct load *l, const char *key, struct neighbour *n, bool *ret_v6)
{
	const char *colon = strchr(key, ':');
	struct in6_addr a6;
	char name[IFNAMSIZ];
	struct net_device *dev;

	*ret_v6 = inet_pton(AF_INET6, key, &a6) == 1;
	if (*ret_v6 || ip4_parse(&n->ip, key))
		return true;
	if (!colon || (size_t)(colon - key) >= sizeof(name))
		return false;
	memcpy(name, key, (size_t)(colon - key));
	name[colon - key] = 0;
	*ret_v6 = inet_pton(AF_INET6, colon + 1, &a6) == 1;
	if (!*ret_v6 && !ip4_parse(&n->ip, colon + 1))
		return false;
	if (!(dev = dev_by_name(l->o->host, name))) {
		diag_warn(l->d, key_pos(l, key), "no device \"%s\": its neighbour is never asked",
			  name);
		*ret_v6 = true;
		return true;
	}
	n->ifindex = dev->ifindex;
	return true;
}

static void load_one(struct load *l, const char *key, const json_t *v)
{
	struct neighbour n = { .silent = json_is_null(v) };
	bool v6 = false, rest = strcmp(key, "*") == 0;

	if (!n.silent && (!json_is_string(v) || !mac_parse(n.mac, json_string_value(v)))) {
		diag_error(l->d, key_pos(l, key),
			   "the neighbour's link address must be \"aa:bb:cc:dd:ee:ff\", or null");
		return;
	}
	if (rest) {
		l->o->has_rest = true;
		l->o->rest = n;
	} else if (!place_parse(l, key, &n, &v6)) {
		diag_error(l->d, key_pos(l, key), "\"%s\" is no address", key);
		diag_hint(l->d, "an address, \"eth0:\" and an address, or \"*\" for all others");
	} else if (!v6) {
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
