// SPDX-License-Identifier: MIT
/* ipdump_addr.c - devices and addresses of "ip addr", with or without -d, text or -j. */
#include "sim/world/ipcmd.h"
#include "sim/net/ipv6.h"
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>

struct listed_addr { struct listed_addr *next; struct in_ifaddr ifa; struct pos pos; };
struct listed_addr6 { struct listed_addr6 *next; struct ifaddr6_config cfg; struct pos pos; };

struct listed {			/* one device as it was listed */
	struct listed *next;
	struct pos pos;
	int ifindex;
	const char *name, *link, *master, *kind;
	bool up, no_carrier, noarp, loopback;
	uint32_t mtu, group;
	uint8_t mac[ETH_ALEN]; bool mac_given;
	uint32_t vlan_id; uint16_t vlan_proto; bool vlan_given;
	struct listed_addr *addrs, **last_addr;
	struct listed_addr6 *addrs6, **last_addr6;
	struct net_device *dev;
};

struct load { struct host *h; struct source *src; struct diag *d; struct listed *first, **last; };

static struct listed *listed_new(struct load *l, struct pos pos)
{
	struct listed *n = arena_new(l->h->arena, struct listed);

	n->pos = pos;
	n->mtu = 1500;
	n->last_addr = &n->addrs;
	n->last_addr6 = &n->addrs6;
	*l->last = n;
	l->last = &n->next;
	return n;
}

static void add_addr(struct load *l, struct listed *dev, struct in_ifaddr ifa, struct pos pos)
{
	struct listed_addr *a = arena_new(l->h->arena, struct listed_addr);

	ifa.mask = ifa.prefixlen ? htonl(UINT32_MAX << (32 - ifa.prefixlen)) : 0;
	a->ifa = ifa;
	a->pos = pos;
	*dev->last_addr = a;
	dev->last_addr = &a->next;
}

/* Its time to live is taken as endless: what is left of it at some moment says little of another. */
static void add_addr6(struct load *l, struct listed *dev, struct ifaddr6_config cfg, bool deprecated, struct pos pos)
{
	struct listed_addr6 *a = arena_new(l->h->arena, struct listed_addr6);

	cfg.valid = IFA_TIME_FOREVER;
	cfg.preferred = deprecated ? 0 : IFA_TIME_FOREVER;
	cfg.flags |= IFA_F_PERMANENT | IFA_F_NODAD;
	a->cfg = cfg;
	a->pos = pos;
	*dev->last_addr6 = a;
	dev->last_addr6 = &a->next;
}

static void take_flag(struct listed *n, const char *flag)
{
	n->up |= strcmp(flag, "UP") == 0;
	n->no_carrier |= strcmp(flag, "NO-CARRIER") == 0;
	n->noarp |= strcmp(flag, "NOARP") == 0;
	n->loopback |= strcmp(flag, "LOOPBACK") == 0;
}

static void take_group(struct ipcmd *c, struct listed *n)
{
	uint64_t v;

	/* A name stands in a file of that machine which is not here. */
	if (u64_parse(&v, ip_peek(c), INT32_MAX))
		n->group = (uint32_t)v;
	else if (!ip_is(c, "default"))
		diag_warn(
			c->d, ip_pos(c),
			"the number of device group \"%s\" is not known: it is taken as \"default\"",
			ip_peek(c));
}

/* ---- text */

/* "3:" "eth0@p0:" "<...>" mtu 1500 ... */
static bool head_words(struct load *l, struct ipcmd *c, struct listed *n)
{
	char *name = arena_strdup(l->h->arena, c->word[1].s), *at, *save = NULL;
	char *flags;

	n->ifindex = atoi(c->word[0].s);
	name[strcspn(name, ":")] = 0;
	if ((at = strchr(name, '@'))) {
		*at = 0;
		n->link = at + 1;
	}
	n->name = name;
	if (c->nr < 3 || c->word[2].s[0] != '<')
		return false;
	flags = arena_strdup(l->h->arena, c->word[2].s + 1);
	for (char *f = strtok_r(flags, ",>", &save); f; f = strtok_r(NULL, ",>", &save))
		take_flag(n, f);
	for (c->at = 3; c->at + 1 < c->nr; c->at++) {
		if (ip_is(c, "mtu")) {
			c->at++;
			if (!ip_u32(c, INT32_MAX, "invalid \"mtu\" value", &n->mtu))
				return true;
		} else if (ip_is(c, "master")) {
			c->at++;
			n->master = ip_peek(c);
		} else if (ip_is(c, "group")) {
			c->at++;
			take_group(c, n);
		}
	}
	return true;
}

static bool is_kind(const char *s)
{
	static const char *const kinds[] = { "bridge", "vlan",	 "veth",      "dummy",	 "bond",
					     "team",   "vrf",	 "vxlan",     "macvlan", "macvtap",
					     "ipvlan", "tun",	 "wireguard", "ipip",	 "sit",
					     "gre",    "gretap", "ifb",	      "bareudp", "geneve" };

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (strcmp(s, kinds[i]) == 0)
			return true;
	return false;
}

/* "vlan protocol 802.1Q id 10 <REORDER_HDR>" */
static void vlan_words(struct ipcmd *c, struct listed *n)
{
	uint64_t id;

	for (unsigned i = 1; i + 1 < c->nr; i++) {
		if (strcmp(c->word[i].s, "protocol") == 0)
			n->vlan_proto = strcasecmp(c->word[i + 1].s, "802.1ad") == 0 ? ETH_P_8021AD
										     : ETH_P_8021Q;
		else if (strcmp(c->word[i].s, "id") == 0 &&
			 u64_parse(&id, c->word[i + 1].s, 4095)) {
			n->vlan_id = (uint32_t)id;
			n->vlan_given = true;
		}
	}
}

/* "inet 10.0.0.1/24 brd 10.0.0.255 scope global secondary eth0", c at "inet". */
static void inet_words(struct load *l, struct ipcmd *c, struct listed *n)
{
	struct in_ifaddr ifa = { 0 };
	struct ip_prefix p;
	const char *last = c->word[c->nr - 1].s;

	c->at++;
	if (!ip_more(c) || !ip_prefix(c, &p))
		return;
	ifa.local = ifa.address = p.addr;
	ifa.prefixlen = p.len;
	for (c->at++; c->at + 1 < c->nr; c->at++) {
		if (ip_is(c, "peer")) {
			c->at++;
			if (!ip_prefix(c, &p))
				return;
			ifa.address = p.addr;
			ifa.prefixlen = p.len;
		} else if (ip_is(c, "brd")) {
			c->at++;
			if (!ip_addr(c, &ifa.broadcast))
				return;
		} else if (ip_is(c, "metric")) {
			c->at++;
			if (!ip_u32(c, UINT32_MAX, "invalid metric", &ifa.metric))
				return;
		} else if (ip_is(c, "scope")) {
			c->at++;
			if (!ip_scope(c, &ifa.scope))
				return;
		} else if (ip_is(c, "noprefixroute")) {
			ifa.noprefixroute = true;
		}
	}
	strncpy(ifa.label, last, IFNAMSIZ - 1);
	add_addr(l, n, ifa, c->line);
}

/* "inet6 fd00::1/64 scope global dynamic noprefixroute", "inet6 fd00::1 peer fd00::2/128 ...", c at "inet6". */
static void inet6_words(struct load *l, struct ipcmd *c, struct listed *n)
{
	struct ifaddr6_config cfg = { .has_peer = false };
	bool deprecated = false;
	struct ip6_prefix p;

	c->at++;
	if (!ip_more(c) || !ip6_prefix(c, &p))
		return;
	cfg.addr = p.addr;
	cfg.plen = p.len;
	for (c->at++; ip_more(c); c->at++) {
		if (ip_is(c, "peer")) {
			c->at++;
			if (!ip6_prefix(c, &p))
				return;
			cfg.has_peer = true;
			cfg.peer = p.addr;
			cfg.plen = p.len;
		} else if (ip_is(c, "noprefixroute")) {
			cfg.flags |= IFA_F_NOPREFIXROUTE;
		} else if (ip_is(c, "deprecated")) {
			deprecated = true;
		} else if (ip_is(c, "dadfailed") || ip_is(c, "tentative")) {
			return;		/* not in use */
		}
	}
	add_addr6(l, n, cfg, deprecated, c->line);
}

/* "ip -o": "3: eth0    inet ..." has no line about the device. */
static struct listed *short_head(struct load *l, struct ipcmd *c)
{
	int ifindex = atoi(c->word[0].s);
	struct listed *n;

	for (n = l->first; n; n = n->next)
		if (n->ifindex == ifindex)
			return n;
	n = listed_new(l, c->line);
	n->ifindex = ifindex;
	n->name = c->word[1].s;
	n->up = true;
	n->loopback = strcmp(n->name, "lo") == 0;
	return n;
}

static void text_line(struct load *l, struct ipcmd *c, struct listed **cur)
{
	const char *w = c->word[0].s;
	uint8_t mac[ETH_ALEN];

	if (isdigit((unsigned char)w[0]) && c->nr >= 3 && w[strlen(w) - 1] == ':') {
		if (strcmp(c->word[2].s, "inet") == 0 || strcmp(c->word[2].s, "inet6") == 0) {
			*cur = short_head(l, c);
			for (unsigned i = 3; i < c->nr; i++)	/* "\ valid_lft ..." follows */
				if (c->word[i].s[0] == '\\')
					c->nr = i;
			c->at = 2;
			if (strcmp(c->word[2].s, "inet") == 0)
				inet_words(l, c, *cur);
			else
				inet6_words(l, c, *cur);
			return;
		}
		*cur = listed_new(l, c->line);
		if (!head_words(l, c, *cur))
			ip_fail(c, c->line, "\"ip addr\" output is expected here");
	} else if (!*cur) {
		ip_fail(c, c->line,
			"\"ip addr\" output begins with a line like \"1: lo: <LOOPBACK,UP> mtu 65536\"");
	} else if (strncmp(w, "link/", 5) == 0) {
		if (c->nr > 1 && mac_parse(mac, c->word[1].s)) {
			memcpy((*cur)->mac, mac, ETH_ALEN);
			(*cur)->mac_given = true;
		}
	} else if (strcmp(w, "inet") == 0) {
		inet_words(l, c, *cur);
	} else if (strcmp(w, "inet6") == 0) {
		inet6_words(l, c, *cur);
	} else if (is_kind(w) && !(*cur)->kind) {
		(*cur)->kind = w;
		if (strcmp(w, "vlan") == 0)
			vlan_words(c, *cur);
	}
}

static void load_text(struct load *l)
{
	struct ip_word *w = xcalloc(IP_WORDS_MAX, sizeof(*w));
	struct listed *cur = NULL;

	for (size_t off = 0, len; off < l->src->len; off += len + 1) {
		const char *s = l->src->text + off, *nl = memchr(s, '\n', l->src->len - off);
		struct ipcmd c = {
			.h = l->h, .d = l->d, .a = l->h->arena, .word = w, .dump = true
		};

		len = nl ? (size_t)(nl - s) : l->src->len - off;
		c.line = (struct pos){ l->src, off, len };
		if ((c.nr = ip_split(l->h->arena, l->src, off, len, w)))
			text_line(l, &c, &cur);
	}
	free(w);
}

/* ---- JSON */

static const char *str(struct load *l, const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s ? arena_strdup(l->h->arena, s) : NULL;
}

static void json_addr6(struct load *l, struct listed *n, const json_t *o, struct ipcmd *c)
{
	const char *local = json_string_value(json_object_get(o, "local")),
		   *peer = json_string_value(json_object_get(o, "address"));
	const json_t *plen = json_object_get(o, "prefixlen");
	json_int_t len = plen ? json_integer_value(plen) : 128;
	struct ifaddr6_config cfg = { .plen = (uint8_t)len, .has_peer = peer != NULL };

	if (json_is_true(json_object_get(o, "dadfailed")) || json_is_true(json_object_get(o, "tentative")))
		return;
	if (!local || inet_pton(AF_INET6, local, cfg.addr.ip6) != 1 || (peer && inet_pton(AF_INET6, peer, cfg.peer.ip6) != 1) ||
	    len < 0 || len > 128) {
		ip_fail(c, c->line, "an address of %s is not well-formed", n->name);
		return;
	}
	if (json_is_true(json_object_get(o, "noprefixroute")))
		cfg.flags |= IFA_F_NOPREFIXROUTE;
	add_addr6(l, n, cfg, json_is_true(json_object_get(o, "deprecated")), c->line);
}

static void json_addr(struct load *l, struct listed *n, const json_t *o)
{
	const char *local = json_string_value(json_object_get(o, "local")),
		   *peer = json_string_value(json_object_get(o, "address"));
	const char *brd = json_string_value(json_object_get(o, "broadcast")),
		   *scope = json_string_value(json_object_get(o, "scope"));
	const char *family = json_string_value(json_object_get(o, "family")),
		   *label = json_string_value(json_object_get(o, "label"));
	struct ip_word w = { scope ? scope : "global", pos_file(l->src) };
	struct ipcmd c = { .h = l->h,
			   .d = l->d,
			   .a = l->h->arena,
			   .word = &w,
			   .nr = 1,
			   .line = pos_file(l->src) };
	struct in_ifaddr ifa = { 0 };
	json_int_t len = json_integer_value(json_object_get(o, "prefixlen"));

	if (family && strcmp(family, "inet6") == 0)
		json_addr6(l, n, o, &c);
	if (!family || strcmp(family, "inet") != 0)
		return;
	if (!local || !ip4_parse(&ifa.local, local) || (peer && !ip4_parse(&ifa.address, peer)) ||
	    len < 0 || len > 32 || (brd && !ip4_parse(&ifa.broadcast, brd))) {
		ip_fail(&c, c.line, "an address of %s is not well-formed", n->name);
		return;
	}
	if (!peer)
		ifa.address = ifa.local;
	ifa.prefixlen = (uint8_t)len;
	ifa.metric = (uint32_t)json_integer_value(json_object_get(o, "metric"));
	ifa.noprefixroute = json_is_true(json_object_get(o, "noprefixroute"));
	if (!ip_scope(&c, &ifa.scope))
		return;
	strncpy(ifa.label, label ? label : n->name, IFNAMSIZ - 1);
	add_addr(l, n, ifa, c.line);
}

static void json_device(struct load *l, const json_t *o)
{
	const json_t *info = json_object_get(o, "linkinfo"),
		     *data = json_object_get(info, "info_data"), *v;
	struct listed *n = listed_new(l, pos_file(l->src));
	const char *mac = json_string_value(json_object_get(o, "address")),
		   *proto = json_string_value(json_object_get(data, "protocol"));
	const char *group = json_string_value(json_object_get(o, "group"));
	struct ip_word w = { group ? group : "default", pos_file(l->src) };
	struct ipcmd c = { .h = l->h,
			   .d = l->d,
			   .a = l->h->arena,
			   .word = &w,
			   .nr = 1,
			   .line = pos_file(l->src) };
	size_t i;

	n->ifindex = (int)json_integer_value(json_object_get(o, "ifindex"));
	n->name = str(l, o, "ifname");
	n->name = n->name ? n->name : "";
	n->link = str(l, o, "link");
	if (!n->link && json_object_get(o, "link_index"))
		n->link = "if";
	n->master = str(l, o, "master");
	n->kind = str(l, info, "info_kind");
	n->mtu = json_is_integer(json_object_get(o, "mtu"))
			 ? (uint32_t)json_integer_value(json_object_get(o, "mtu"))
			 : 1500;
	take_group(&c, n);
	n->mac_given = mac && mac_parse(n->mac, mac);
	json_array_foreach(json_object_get(o, "flags"), i, v)
		if (json_is_string(v))
			take_flag(n, json_string_value(v));
	if (n->kind && strcmp(n->kind, "vlan") == 0 &&
	    json_is_integer(json_object_get(data, "id"))) {
		n->vlan_given = true;
		n->vlan_id = (uint32_t)json_integer_value(json_object_get(data, "id"));
		n->vlan_proto =
			proto && strcasecmp(proto, "802.1ad") == 0 ? ETH_P_8021AD : ETH_P_8021Q;
	}
	json_array_foreach(json_object_get(o, "addr_info"), i, v)
		json_addr(l, n, v);
}

static void load_json(struct load *l)
{
	json_error_t err;
	json_t *root = json_loadb(l->src->text, l->src->len, 0, &err), *o;
	size_t i;

	if (!root)
		diag_error(l->d,
			   (struct pos){ l->src, MIN((size_t)MAX(err.position - 1, 0), l->src->len),
					 1 },
			   "no valid JSON: %s", err.text);
	json_array_foreach(root, i, o)
		if (json_object_get(o, "ifname"))
			json_device(l, o);
	json_decref(root);
}

/* ---- building */

static struct listed *by_name(struct load *l, const char *name)
{
	for (struct listed *n = l->first; n; n = n->next)
		if (strcmp(n->name, name) == 0)
			return n;
	return NULL;
}

static bool has_ports(struct load *l, const char *name)
{
	for (struct listed *n = l->first; n; n = n->next)
		if (n->master && strcmp(n->master, name) == 0)
			return true;
	return false;
}

/* Without -d the listing does not say what a device is: its name, its ports and its link do,
 * nearly always. */
static void guess_kind(struct load *l, struct listed *n)
{
	struct listed *link = n->link ? by_name(l, n->link) : NULL;
	const char *digits = n->name + strlen(n->name);

	if (n->kind || n->loopback)
		return;
	if (has_ports(l, n->name) && strncmp(n->name, "bond", 4) != 0 &&
	    strncmp(n->name, "team", 4) != 0) {
		n->kind = "bridge";
	} else if (link && link->link && strcmp(link->link, n->name) == 0) {
		n->kind = "veth";
	} else if (link) {
		while (digits > n->name && isdigit((unsigned char)digits[-1]))
			digits--;
		if (*digits && digits > n->name && atoi(digits) < 4095 &&
		    (digits[-1] == '.' || strncmp(n->name, "vlan", 4) == 0)) {
			n->kind = "vlan";
			n->vlan_given = true;
			n->vlan_id = (uint32_t)atoi(digits);
			n->vlan_proto = ETH_P_8021Q;
		}
	}
}

static enum dev_kind kind_of(struct load *l, const struct listed *n)
{
	if (!n->kind)
		return DEV_PHYS;
	if (strcmp(n->kind, "bridge") == 0)
		return DEV_BRIDGE;
	if (strcmp(n->kind, "vlan") == 0 && n->vlan_given && n->link && by_name(l, n->link))
		return DEV_VLAN;
	if (strcmp(n->kind, "veth") == 0 && n->link && by_name(l, n->link))
		return DEV_VETH;
	if (strcmp(n->kind, "dummy") == 0)
		return DEV_DUMMY;
	if (strcmp(n->kind, "vrf") == 0)
		diag_warn(l->d, n->pos,
			  "%s: a VRF is not emulated: its devices use the main tables", n->name);
	return DEV_PHYS;
}

static int by_ifindex(const void *a, const void *b)
{
	const struct listed *const *x = a, *const *y = b;

	return (*x)->ifindex < (*y)->ifindex ? -1 : (*x)->ifindex > (*y)->ifindex;
}

/* Indexes go up: the host's list of devices is in their order. */
static void add_devices(struct load *l)
{
	struct listed **all = NULL;
	size_t n = 0;

	for (struct listed *i = l->first; i; i = i->next) {
		all = xrealloc(all, (n + 1) * sizeof(struct listed *));
		all[n++] = i;
	}
	if (n)
		qsort(all, n, sizeof(struct listed *), by_ifindex);
	for (size_t i = 0; i < n; i++) {
		struct listed *d = all[i];

		d->loopback |= strcmp(d->name, l->h->lo->name) == 0;
		guess_kind(l, d);
		if (d->loopback) {
			d->dev = l->h->lo;
			continue;
		}
		if (d->ifindex >= l->h->next_ifindex)
			l->h->next_ifindex = d->ifindex;
		if (!(d->dev = dev_add(l->h, d->name, kind_of(l, d))))
			diag_error(l->d, d->pos,
				   "\"%s\" is no valid name of a device, or is there twice",
				   d->name);
	}
	free(all);
}

static void join_devices(struct load *l)
{
	for (struct listed *n = l->first; n; n = n->next) {
		struct listed *link = n->link ? by_name(l, n->link) : NULL,
			      *master = n->master ? by_name(l, n->master) : NULL;

		if (!n->dev)
			continue;
		if (n->dev->kind == DEV_VLAN && link && link->dev &&
		    !vlan_attach(n->dev, link->dev, (uint16_t)n->vlan_id, n->vlan_proto))
			diag_error(l->d, n->pos, "%s: VLAN %u cannot lie on %s", n->name,
				   n->vlan_id, link->name);
		if (n->dev->kind == DEV_VETH && link && link->dev && link->dev->kind == DEV_VETH)
			n->dev->peer = link->dev;
		if (n->mac_given && n->dev->kind != DEV_LO)
			dev_set_mac(n->dev, n->mac);
		if (n->dev->mtu != n->mtu)
			dev_set_mtu(n->dev, n->mtu);
		n->dev->group = n->group;
		if (n->noarp)
			n->dev->flags |= IFF_NOARP;
		if (master && master->dev && master->dev->kind == DEV_BRIDGE)
			br_add_if(master->dev, n->dev);
	}
}

static void set_up(struct load *l)
{
	/* What lies on another device can only be up after it. */
	for (int pass = 0; pass < 3; pass++)
		for (struct listed *n = l->first; n; n = n->next)
			if (n->dev && n->up != !!(n->dev->flags & IFF_UP))
				dev_set_up(n->dev, n->up);
}

static void add_addresses(struct load *l)
{
	for (struct listed *n = l->first; n; n = n->next) {
		if (!n->dev)
			continue;
		while (n->dev->kind == DEV_LO && n->dev->addrs) {
			struct in_ifaddr copy = *n->dev->addrs;

			if (inet_addr_del(n->dev, &copy) < 0)
				break;
		}
		for (struct listed_addr *a = n->addrs; a; a = a->next) {
			int err = ip_addr_insert(n->dev, &a->ifa);

			if (err)
				diag_error(l->d, a->pos, "%s: the address cannot be set: %s",
					   n->name, strerror(-err));
		}
	}
}

/* What the kernel gives a device by itself is there already; what the listing does not have goes. */
static void add_addresses6(struct load *l, struct listed *n)
{
	struct inet6_ifaddr *i, *next;

	if (!n->dev || !in6_dev(n->dev) || !ipv6_on(n->dev))
		return;
	for (i = n->dev->ip6->addrs; i; i = next) {
		union inet_addr own = i->addr;
		struct listed_addr6 *a = n->addrs6;

		next = i->next;
		while (a && !inet_addr_equal(&a->cfg.addr, &own))
			a = a->next;
		if (!a && n->dev->kind != DEV_LO)
			inet6_addr_del(n->dev, &own, i->plen);
	}
	for (struct listed_addr6 *a = n->addrs6; a; a = a->next) {
		int err = inet6_addr_add(n->dev, &a->cfg);

		if (err && err != -EEXIST)
			diag_error(l->d, a->pos, "%s: the address cannot be set: %s", n->name, strerror(-err));
	}
}

static void set_carriers(struct load *l)
{
	for (struct listed *n = l->first; n; n = n->next)
		if (n->dev && n->no_carrier && n->up && n->dev->carrier) {
			n->dev->carrier = false;
			fib_dev_change(n->dev);
		}
}

bool ipdump_addr(struct host *h, struct source *src, struct diag *d)
{
	struct load l = { .h = h, .src = src, .d = d };
	unsigned errors = d->nr_errors;
	size_t i = 0;

	l.last = &l.first;
	while (i < src->len && isspace((unsigned char)src->text[i]))
		i++;
	if (i < src->len && src->text[i] == '[')
		load_json(&l);
	else
		load_text(&l);
	add_devices(&l);
	join_devices(&l);
	set_up(&l);
	add_addresses(&l);
	for (struct listed *n = l.first; n; n = n->next)
		add_addresses6(&l, n);
	set_carriers(&l);
	return d->nr_errors == errors;
}
