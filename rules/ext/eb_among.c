// SPDX-License-Identifier: MIT
/* eb_among.c - ebtables' among match: link addresses, perhaps each with an IPv4 address, in a list. ebtables-nft makes a
 * set of nf_tables of it, with what follows from that. */
#include "rules/ext/eb_util.h"
#include <errno.h>
#include <netinet/ether.h>
#include <stdlib.h>

enum { O_DST, O_SRC, O_DST_FILE, O_SRC_FILE };

struct pair { uint8_t mac[6]; be32 ip; bool any_ip; };
/* elem: what the set holds, sorted; count: as many as commas were written, and as are shown. */
struct list { struct pair *elem; unsigned nr, count; bool given, ip, invert, clash; };
struct info { struct list src, dst; };

static int pair_order(const void *a, const void *b)
{
	const struct pair *x = a, *y = b;
	int cmp = memcmp(x->mac, y->mac, 6);

	return cmp ? cmp : memcmp(&x->ip, &y->ip, 4);
}

static bool parse_pair(struct ext_cb *cb, const char *s, size_t n, struct pair *p)
{
	char *text = arena_strndup(cb->arena, s, n), *eq = strchr(text, '=');
	struct ether_addr mac;

	if (eq) {
		*eq = '\0';
		if (inet_pton(AF_INET, eq + 1, &p->ip) != 1)
			return ext_error(cb, "Invalid IP address '%s'", eq + 1);
	}
	p->any_ip = p->ip == 0;
	if (!ether_aton_r(text, &mac))
		return ext_error(cb, "Invalid MAC address '%s'", text);
	memcpy(p->mac, &mac, 6);
	return true;
}

/* The same address with and without an IP address, or twice with one: the set's ranges would overlap. */
static bool ranges_clash(const struct list *l)
{
	for (unsigned i = 1; i < l->nr && l->ip; i++)
		if (memcmp(l->elem[i - 1].mac, l->elem[i].mac, 6) == 0 && (l->elem[i - 1].any_ip || l->elem[i].any_ip))
			return true;
	return false;
}

static void sort_and_unite(struct list *l)
{
	unsigned n = 0;

	qsort(l->elem, l->nr, sizeof(*l->elem), pair_order);
	for (unsigned i = 0; i < l->nr; i++)
		if (n == 0 || pair_order(&l->elem[n - 1], &l->elem[i]) != 0)
			l->elem[n++] = l->elem[i];
	l->nr = n;
}

static bool parse(struct ext_cb *cb)
{
	struct info *i = cb->info;
	bool dst = cb->opt->id == O_DST || cb->opt->id == O_DST_FILE;
	struct list *l = dst ? &i->dst : &i->src;
	const char *s = cb->arg;

	if (cb->opt->id == O_DST_FILE || cb->opt->id == O_SRC_FILE) {
		ext_error(cb, "--%s: hookwalk reads no files that rules name", cb->opt->name);
		diag_hint(cb->diag, "give the list itself with --among-%s", dst ? "dst" : "src");
		return false;
	}
	if (!*s)
		return ext_error(cb, "Unknown argument: '(null)'");
	*l = (struct list){ .given = true, .invert = cb->invert, .ip = strchr(s, '=') != NULL, .count = 1 };
	for (const char *p = s + 1; *p; p++)
		l->count += *p == ',';
	l->nr = l->count;		/* an empty one is the null address */
	l->elem = arena_array(cb->arena, struct pair, l->count);
	for (unsigned k = 0; k < l->count; k++)
		l->elem[k].any_ip = true;
	for (unsigned k = 0; *s;) {
		size_t n = strcspn(s, ",");

		if (n && !parse_pair(cb, s, n, &l->elem[k++]))
			return false;
		s += n + (s[n] == ',');
	}
	sort_and_unite(l);
	l->clash = ranges_clash(l);
	return true;
}

static bool check(struct ext_check *c)
{
	const struct info *i = c->info;

	if (!i->src.clash && !i->dst.clash)
		return true;
	diag_error(c->diag, c->pos, "SET_ADD failed (%s): set __set%%d", strerror(EEXIST));
	diag_hint(c->diag, "an address is in the list both with and without an IP address");
	return false;
}

static bool pair_holds(const struct pair *p, bool with_ip, const uint8_t *mac, be32 ip)
{
	return memcmp(p->mac, mac, 6) == 0 && (!with_ip || p->any_ip || p->ip == ip);
}

/* Lists are sorted by address; the few pairs of one address are looked at one by one. */
static bool contains(const struct list *l, const uint8_t *mac, be32 ip)
{
	unsigned lo = 0, hi = l->nr;

	while (lo < hi) {
		unsigned mid = lo + (hi - lo) / 2;

		if (memcmp(l->elem[mid].mac, mac, 6) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (; lo < l->nr && memcmp(l->elem[lo].mac, mac, 6) == 0; lo++)
		if (pair_holds(&l->elem[lo], l->ip, mac, ip))
			return true;
	return false;
}

static bool list_says_yes(const struct packet *p, const struct list *l, bool dst)
{
	const uint8_t *ip = l->ip ? pkt_at(p, dst ? IP4_DST : IP4_SRC, 4) : NULL;

	if (!l->given)
		return true;
	if (l->ip && !ip)
		return false;
	return contains(l, pkt_mac(p) + (dst ? 0 : ETH_ALEN), ip ? load_be32(ip) : 0) != l->invert;
}

static bool match(struct xt_ctx *c, const void *info)
{
	const struct info *i = info;

	if ((i->src.ip || i->dst.ip) && c->pkt->protocol != ETH_P_IP)
		return false;
	return list_says_yes(c->pkt, &i->src, false) && list_says_yes(c->pkt, &i->dst, true);
}

static void save_list(const char *name, const struct list *l, struct strbuf *out)
{
	char buf[ADDRSTRLEN];

	if (!l->given)
		return;
	eb_save_opt(name, l->invert, out);
	for (unsigned k = 0; k < l->count; k++) {
		struct pair none = { .any_ip = true };
		const struct pair *p = k < l->nr ? &l->elem[k] : &none;

		sb_printf(out, "%s%x:%x:%x:%x:%x:%x", k ? "," : "", p->mac[0], p->mac[1], p->mac[2], p->mac[3], p->mac[4], p->mac[5]);
		if (p->ip)
			sb_printf(out, "=%s", ip4_str(buf, p->ip));
	}
	sb_putc(out, ' ');
}

static void save(const void *info, const struct rule *r UNUSED, struct strbuf *out)
{
	const struct info *i = info;

	save_list("among-src", &i->src, out);
	save_list("among-dst", &i->dst, out);
}

static void explain(struct xt_ctx *c, const void *info, struct strbuf *out)
{
	const struct info *i = info;
	bool src_fails = !list_says_yes(c->pkt, &i->src, false), dst = i->dst.given && !src_fails;
	const struct list *l = dst ? &i->dst : &i->src;
	char buf[ADDRSTRLEN];

	if ((i->src.ip || i->dst.ip) && c->pkt->protocol != ETH_P_IP) {
		sb_puts(out, "a list with IP addresses matches only IPv4");
		return;
	}
	sb_printf(out, "%s address is %s", dst ? "destination" : "source", mac_str(buf, pkt_mac(c->pkt) + (dst ? 0 : ETH_ALEN)));
	sb_printf(out, ", rule wants %sone of %u%s", l->invert ? "none, not " : "", l->nr, l->ip ? " pairs with IP addresses" : "");
}

const struct match_ext ext_eb_among = {
	.name = "among", .families = EXT_EB, .size = sizeof(struct info),
	.opts = (const struct ext_opt[]){
		{ .name = "among-dst", .type = OPT_STRING, .flags = OPT_OLD, .id = O_DST, .parse = parse },
		{ .name = "among-src", .type = OPT_STRING, .flags = OPT_OLD, .id = O_SRC, .parse = parse },
		{ .name = "among-dst-file", .type = OPT_STRING, .flags = OPT_OLD, .id = O_DST_FILE, .parse = parse },
		{ .name = "among-src-file", .type = OPT_STRING, .flags = OPT_OLD, .id = O_SRC_FILE, .parse = parse },
		{ 0 } },
	.check = check, .match = match, .save = save, .explain = explain,
};
