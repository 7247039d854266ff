// SPDX-License-Identifier: MIT
/* ipdump.c - what "ip addr", "ip route show table all", "ip rule" and "ip neigh" print, text or -j: the
 * same network as the one that was listed. */
#include "sim/net/ipv6.h"
#include "sim/net/neigh.h"
#include "sim/world/ipcmd.h"
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

/* One listed thing, as words; taken: what is done with it. */
struct line { struct ip_word *w; unsigned nr; struct pos pos; bool v6; };
struct dump {
	struct host *h;
	struct source *src;
	struct diag *d;
	void (*take)(struct dump *dp, const struct line *l);
	void (*words)(struct dump *dp, struct line *l, const json_t *o); /* of a JSON object */
	struct line *kept; size_t nr;
};

static bool is_json(const struct source *src)
{
	size_t i = 0;

	while (i < src->len && (src->text[i] == ' ' || src->text[i] == '\t' ||
				src->text[i] == '\r' || src->text[i] == '\n'))
		i++;
	return i < src->len && src->text[i] == '[';
}

static struct ipcmd command(struct dump *dp, const struct line *l)
{
	return (struct ipcmd){ .h = dp->h,
			       .d = dp->d,
			       .a = dp->h->arena,
			       .line = l->pos,
			       .word = l->w,
			       .nr = l->nr,
			       .dump = true };
}

/* ---- JSON objects to words */

static void add_word(struct dump *dp, struct line *l, const char *s)
{
	if (l->nr < IP_WORDS_MAX)
		l->w[l->nr++] = (struct ip_word){ arena_strdup(dp->h->arena, s), l->pos };
}

/* "WORD value" when the object has the key; the word alone for true and null. */
static void add_field(struct dump *dp, struct line *l, const json_t *o, const char *key,
		      const char *word)
{
	const json_t *v = json_object_get(o, key);
	char buf[32];

	if (!v || json_is_false(v))
		return;
	if (word)
		add_word(dp, l, word);
	if (json_is_string(v)) {
		add_word(dp, l, json_string_value(v));
	} else if (json_is_integer(v)) {
		snprintf(buf, sizeof(buf), "%lld", (long long)json_integer_value(v));
		add_word(dp, l, buf);
	}
}

static void add_flags(struct dump *dp, struct line *l, const json_t *o)
{
	const json_t *flags = json_object_get(o, "flags"), *f;
	size_t i;

	json_array_foreach(flags, i, f)
		if (json_is_string(f))
			add_word(dp, l, json_string_value(f));
}

static void add_via(struct dump *dp, struct line *l, const json_t *o)
{
	const json_t *via = json_object_get(o, "via");

	add_field(dp, l, o, "gateway", "via");
	if (json_is_object(via)) {
		add_word(dp, l, "via");
		add_field(dp, l, via, "family", NULL);
		add_field(dp, l, via, "host", NULL);
	}
	add_field(dp, l, o, "dev", "dev");
}

static void add_realms(struct dump *dp, struct line *l, const json_t *from, const json_t *to)
{
	const char *f = json_string_value(from), *t = json_string_value(to);

	if (!t)
		return;
	add_word(dp, l, "realms");
	add_word(dp, l, f ? arena_printf(dp->h->arena, "%s/%s", f, t) : t);
}

static void route_words(struct dump *dp, struct line *l, const json_t *o)
{
	const json_t *flow = json_object_get(o, "flow"),
		     *m = json_array_get(json_object_get(o, "metrics"), 0), *nh;
	static const char *const metrics[] = { "mtu",	   "advmss",   "window",   "hoplimit",
					       "initcwnd", "initrwnd", "quickack", "reordering",
					       "cwnd",	   "ssthresh", "rtt",	   "rttvar",
					       "congctl" };
	size_t i;

	add_field(dp, l, o, "type", NULL);
	add_field(dp, l, o, "dst", NULL);
	add_field(dp, l, o, "tos", "tos");
	add_field(dp, l, o, "encap", "encap");
	add_via(dp, l, o);
	add_field(dp, l, o, "table", "table");
	add_field(dp, l, o, "protocol", "proto");
	add_field(dp, l, o, "scope", "scope");
	add_field(dp, l, o, "prefsrc", "src");
	add_field(dp, l, o, "metric", "metric");
	add_flags(dp, l, o);
	add_realms(dp, l, json_object_get(flow, "from"), json_object_get(flow, "to"));
	for (i = 0; i < ARRAY_SIZE(metrics); i++)
		add_field(dp, l, m, metrics[i], metrics[i]);
	json_array_foreach(json_object_get(o, "nexthops"), i, nh) {
		const json_t *f = json_object_get(nh, "flow");

		add_word(dp, l, "nexthop");
		add_via(dp, l, nh);
		add_field(dp, l, nh, "weight", "weight");
		add_realms(dp, l, json_object_get(f, "from"), json_object_get(f, "to"));
		add_flags(dp, l, nh);
	}
}

static void add_range(struct dump *dp, struct line *l, const json_t *o, const char *word,
		      const char *lo, const char *hi)
{
	if (!json_object_get(o, lo))
		return;
	add_word(dp, l, word);
	add_word(dp, l,
		 arena_printf(dp->h->arena, "%lld-%lld",
			      (long long)json_integer_value(json_object_get(o, lo)),
			      (long long)json_integer_value(json_object_get(o, hi))));
}

/* "src":"10.0.0.0","srclen":8 */
static void add_prefix(struct dump *dp, struct line *l, const json_t *o, const char *word,
		       const char *key, const char *len)
{
	const char *s = json_string_value(json_object_get(o, key));
	const json_t *n = json_object_get(o, len);

	if (!s)
		return;
	add_word(dp, l, word);
	add_word(dp, l,
		 n ? arena_printf(dp->h->arena, "%s/%lld", s, (long long)json_integer_value(n))
		   : s);
}

static void rule_words(struct dump *dp, struct line *l, const json_t *o)
{
	const char *mask = json_string_value(json_object_get(o, "fwmask")),
		   *mark = json_string_value(json_object_get(o, "fwmark"));

	add_field(dp, l, o, "priority", NULL);
	add_field(dp, l, o, "not", "not");
	add_prefix(dp, l, o, "from", "src", "srclen");
	add_prefix(dp, l, o, "to", "dst", "dstlen");
	add_field(dp, l, o, "tos", "tos");
	if (mark) {
		add_word(dp, l, "fwmark");
		add_word(dp, l, mask ? arena_printf(dp->h->arena, "%s/%s", mark, mask) : mark);
	}
	add_field(dp, l, o, "iif", "iif");
	add_field(dp, l, o, "oif", "oif");
	add_field(dp, l, o, "l3mdev", "l3mdev");
	add_range(dp, l, o, "uidrange", "uid_start", "uid_end");
	add_field(dp, l, o, "ipproto", "ipproto");
	add_field(dp, l, o, "sport", "sport");
	add_range(dp, l, o, "sport", "sport_start", "sport_end");
	add_field(dp, l, o, "dport", "dport");
	add_range(dp, l, o, "dport", "dport_start", "dport_end");
	add_field(dp, l, o, "table", "lookup");
	add_field(dp, l, o, "suppress_prefixlen", "suppress_prefixlength");
	add_field(dp, l, o, "suppress_ifgroup", "suppress_ifgroup");
	add_realms(dp, l, json_object_get(o, "flow_from"), json_object_get(o, "flow_to"));
	add_field(dp, l, o, "goto", "goto");
	add_field(dp, l, o, "nop", "nop");
	add_field(dp, l, o, "action", NULL);
}

static void neigh_words(struct dump *dp, struct line *l, const json_t *o)
{
	add_field(dp, l, o, "dst", NULL);
	add_field(dp, l, o, "dev", "dev");
	add_field(dp, l, o, "lladdr", "lladdr");
	add_field(dp, l, o, "proxy", "proxy");
	if (json_is_string(json_array_get(json_object_get(o, "state"), 0)))
		add_word(dp, l, json_string_value(json_array_get(json_object_get(o, "state"), 0)));
}

/* ---- going over a listing */

static void each_object(struct dump *dp, struct line *l)
{
	json_error_t err;
	json_t *root = json_loadb(dp->src->text, dp->src->len, 0, &err), *o;
	size_t i;

	if (!root)
		diag_error(dp->d,
			   (struct pos){ dp->src,
					 MIN((size_t)MAX(err.position - 1, 0), dp->src->len), 1 },
			   "no valid JSON: %s", err.text);
	json_array_foreach(root, i, o) {
		l->nr = 0;
		l->pos = pos_file(dp->src);
		if (json_is_object(o))
			dp->words(dp, l, o);
		if (l->nr)
			dp->take(dp, l);
	}
	json_decref(root);
}

/* The end of the line at off; what follows indented belongs to it. */
static size_t line_end(const struct source *src, size_t off)
{
	size_t end = off;

	for (;;) {
		const char *nl = memchr(src->text + end, '\n', src->len - end);

		if (!nl)
			return src->len;
		end = (size_t)(nl - src->text);
		if (end + 1 >= src->len ||
		    (src->text[end + 1] != '\t' && src->text[end + 1] != ' '))
			return end;
		end++;
	}
}

static void each_line(struct dump *dp, struct line *l)
{
	for (size_t off = 0, end; off < dp->src->len; off = end + 1) {
		unsigned n, k = 0;

		end = line_end(dp->src, off);
		n = ip_split(dp->h->arena, dp->src, off, end - off, l->w);
		for (unsigned i = 0; i < n; i++)	/* "ip -o" joins lines by a backslash */
			if (strcmp(l->w[i].s, "\\") != 0)
				l->w[k++] = l->w[i];
		if (!k)
			continue;
		l->nr = k;
		l->pos = l->w[0].pos;
		l->pos.len = l->w[k - 1].pos.off + l->w[k - 1].pos.len - l->pos.off;
		dp->take(dp, l);
	}
}

static void each(struct dump *dp)
{
	struct ip_word *w = xcalloc(IP_WORDS_MAX, sizeof(*w));
	struct line l = { .w = w };

	if (is_json(dp->src))
		each_object(dp, &l);
	else
		each_line(dp, &l);
	free(w);
}

/* ---- routes: all are read, then added so that each finds its gateway */

static const char *value_of(const struct line *l, const char *key)
{
	for (unsigned i = 0; i + 1 < l->nr; i++)
		if (strcmp(l->w[i].s, key) == 0)
			return l->w[i + 1].s;
	return NULL;
}

/* Is it one of IPv6's that somebody added? The others come with the addresses and the devices. */
static bool wanted6(const struct line *l)
{
	static const char *const own[] = { "local", "anycast", "multicast", "broadcast" };
	const char *proto = value_of(l, "proto"), *table = value_of(l, "table");

	for (size_t i = 0; i < ARRAY_SIZE(own); i++)
		if (strcmp(l->w[0].s, own[i]) == 0)
			return false;
	return !(proto && (strcmp(proto, "kernel") == 0 || strcmp(proto, "2") == 0)) &&
	       !(table && (strcmp(table, "local") == 0 || strcmp(table, "255") == 0));
}

static void keep_route(struct dump *dp, const struct line *l)
{
	struct ipcmd c = command(dp, l);
	bool v6 = ip_speaks_v6(&c);
	struct line *copy;

	if (strcmp(l->w[0].s, "cache") == 0 || (v6 && (!wanted6(l) || !ipv6_on(dp->h->lo))))
		return;
	dp->kept = xrealloc(dp->kept, (dp->nr + 1) * sizeof(*dp->kept));
	copy = &dp->kept[dp->nr++];
	*copy = *l;
	copy->v6 = v6;
	copy->w = arena_memdup(dp->h->arena, l->w, l->nr * sizeof(*l->w));
}

/* Own addresses come first, as "src" must be one; what lies behind a gateway after the networks it
 * is in. */
enum { RANK_OWN, RANK_LOCAL, RANK_LINK, RANK_VIA, NR_RANKS };
static int rank(const struct line *l)
{
	const char *table = value_of(l, "table"), *src = value_of(l, "src");

	if (table && (strcmp(table, "local") == 0 || strcmp(table, "255") == 0))
		return src && l->nr > 1 && strcmp(l->w[1].s, src) == 0 ? RANK_OWN : RANK_LOCAL;
	return value_of(l, "via") ? RANK_VIA : RANK_LINK;
}

struct wipe { struct host *h; bool local; struct fib_config *list; size_t nr; };

static void wipe_pick(const struct fib_route *r, void *arg)
{
	struct wipe *w = arg;

	if (r->table == RT_TABLE_LOCAL && !w->local)
		return;
	w->list = xrealloc(w->list, (w->nr + 1) * sizeof(*w->list));
	w->list[w->nr++] = (struct fib_config){ .dst = r->dst,
						.dst_len = r->dst_len,
						.tos = r->tos,
						.table = r->table,
						.type = r->fi->type,
						.scope = r->fi->scope,
						.scope_given = true,
						.protocol = r->fi->protocol,
						.priority = r->fi->priority };
}

/* The listing holds the routes that addresses make, too: those made by adding the addresses go. */
static void wipe_routes(struct host *h, bool local)
{
	struct wipe w = { .h = h, .local = local };

	fib_each_route(h, wipe_pick, &w);
	for (size_t i = 0; i < w.nr; i++)
		fib_route_del(h, &w.list[i]);
	free(w.list);
}

static void load_routes(struct dump *dp)
{
	bool local = false, any4 = false;

	dp->take = keep_route;
	dp->words = route_words;
	each(dp);
	for (size_t i = 0; i < dp->nr; i++) {
		any4 |= !dp->kept[i].v6;
		local |= !dp->kept[i].v6 && rank(&dp->kept[i]) <= RANK_LOCAL;
	}
	if (any4)
		wipe_routes(dp->h, local);
	for (int pass = 0; pass < NR_RANKS; pass++)
		for (size_t i = 0; i < dp->nr; i++) {
			struct ipcmd c = command(dp, &dp->kept[i]);

			if (rank(&dp->kept[i]) != pass)
				continue;
			if (dp->kept[i].v6)
				ip6_route_listed(&c);
			else
				ip_route_listed(&c);
		}
	free(dp->kept);
}

/* ---- rules and neighbours */

static void take_rule(struct dump *dp, const struct line *l)
{
	struct ipcmd c = command(dp, l);
	char *colon = arena_strdup(dp->h->arena, l->w[0].s);

	if (ip_speaks_v6(&c))
		return;
	colon[strcspn(colon, ":")] = 0;
	l->w[0].s = colon;
	ip_rule_listed(&c);
}

static void load_rules(struct dump *dp)
{
	fib_rules_flush(dp->h, NFPROTO_IPV4);
	dp->take = take_rule;
	dp->words = rule_words;
	each(dp);
}

static void take_neigh(struct dump *dp, const struct line *l)
{
	struct ipcmd c = command(dp, l);
	const char *lladdr = value_of(l, "lladdr"), *dev_name = value_of(l, "dev"),
		   *state = l->w[l->nr - 1].s;
	struct net_device *dev = dev_name ? dev_by_name(dp->h, dev_name) : NULL;
	bool v6 = ip_speaks_v6(&c);
	uint8_t mac[ETH_ALEN];
	union inet_addr addr = { .ip6 = { 0 } };
	enum nud nud;

	if (v6 && !ipv6_on(dp->h->lo))
		return;
	if (v6 ? !ip6_addr(&c, &addr) : !ip_addr(&c, &addr.ip))
		return;
	if (!dev) {
		ip_fail(&c, l->pos, "cannot find device \"%s\"", dev_name ? dev_name : "");
	} else if (strcmp(state, "proxy") == 0) {
		pneigh_add(v6 ? dp->h->nd_tbl : dp->h->arp_tbl, dev, &addr, false);
	} else if (lladdr && neigh_state_parse(state, &nud)) {
		if (!mac_parse(mac, lladdr))
			diag_warn(dp->d, l->pos,
				  "\"%s\" is no Ethernet address: the neighbour is left out",
				  lladdr);
		else if (nud & NUD_VALID)
			neigh_set(v6 ? dp->h->nd_tbl : dp->h->arp_tbl, dev, &addr, mac, state);
	}
}

static void load_neighbours(struct dump *dp)
{
	dp->take = take_neigh;
	dp->words = neigh_words;
	each(dp);
}

bool ipdump_load(struct host *h, struct source *addr, struct source *route, struct source *rule,
		 struct source *neigh, struct diag *d)
{
	unsigned errors = d->nr_errors;
	struct dump r = { .h = h, .d = d, .src = route }, u = { .h = h, .d = d, .src = rule },
		    n = { .h = h, .d = d, .src = neigh };

	if (addr)
		ipdump_addr(h, addr, d);
	if (route)
		load_routes(&r);
	if (rule)
		load_rules(&u);
	if (neigh)
		load_neighbours(&n);
	return d->nr_errors == errors;
}
