// SPDX-License-Identifier: MIT
// fib.c - routing tables: routes are checked, added, replaced and deleted (fib_semantics.c, fib_trie.c, fib_frontend.c).
#include "sim/net/fib_internal.h"
#include <errno.h>
#include <stdlib.h>

/* What a route type answers, and the widest scope its routes may have (fib_props). */
static const struct { int error; uint8_t scope; } props[] = {
	[RTN_UNSPEC] = { 0, RT_SCOPE_NOWHERE },		[RTN_UNICAST] = { 0, RT_SCOPE_UNIVERSE },
	[RTN_LOCAL] = { 0, RT_SCOPE_HOST },		[RTN_BROADCAST] = { 0, RT_SCOPE_LINK },
	[RTN_ANYCAST] = { 0, RT_SCOPE_LINK },		[RTN_MULTICAST] = { 0, RT_SCOPE_UNIVERSE },
	[RTN_BLACKHOLE] = { -EINVAL, RT_SCOPE_UNIVERSE },
	[RTN_UNREACHABLE] = { -EHOSTUNREACH, RT_SCOPE_UNIVERSE },
	[RTN_PROHIBIT] = { -EACCES, RT_SCOPE_UNIVERSE },
	[RTN_THROW] = { -EAGAIN, RT_SCOPE_UNIVERSE },
	[RTN_NAT] = { -EINVAL, RT_SCOPE_NOWHERE },	[RTN_XRESOLVE] = { -EINVAL, RT_SCOPE_NOWHERE },
};

int fib_type_error(unsigned type)
{
	return props[type].error;
}

/* ---- tables ---- */

struct fib_table *fib_get_table(const struct host *h, uint32_t id)
{
	struct fib_table *tb = h->fib->tables[id % FIB_TABLE_HASH];

	while (tb && tb->id != id)
		tb = tb->next;
	return tb;
}

static void sort_in(struct fib_state *s, struct fib_table *tb)
{
	struct fib_table **pp = &s->tables[tb->id % FIB_TABLE_HASH];

	while (*pp && (*pp)->id < tb->id)
		pp = &(*pp)->next;
	tb->next = *pp;
	*pp = tb;
}

bool fib_has_table(const struct host *h, uint32_t table)
{
	return table == RT_TABLE_LOCAL || fib_get_table(h, table);
}

struct fib_table *fib_new_table(struct host *h, uint32_t id)
{
	struct fib_state *s = h->fib;
	struct fib_table *tb = fib_get_table(h, id);

	if (tb)
		return tb;
	tb = xcalloc(1, sizeof(*tb));
	tb->id = id;
	if (id == RT_TABLE_LOCAL && !s->custom_rules) {
		tb->trie = fib_new_table(h, RT_TABLE_MAIN)->trie;
		tb->trie->refs++;
	} else {
		tb->trie = fib_trie_new();
	}
	if (id == RT_TABLE_MAIN)
		s->main = tb;
	if (id == RT_TABLE_DEFAULT)
		s->deflt = tb;
	sort_in(s, tb);
	return tb;
}

/* Once rules are changed, local and main are two tables that are asked one after the other. */
void fib_unmerge(struct host *h)
{
	struct fib_table *local = fib_get_table(h, RT_TABLE_LOCAL);
	struct fib_trie *old, *new;

	route_changed(h);
	if (!local || !h->fib->main || local->trie != h->fib->main->trie)
		return;
	old = local->trie;
	new = fib_trie_new();
	for (struct fib_prefix *px = old->first, *next; px; px = next) {
		struct fib_alias **pp = &px->aliases, *mine = px->aliases;

		next = px->next;
		/* Local's come first: 255 is the highest number that shares this trie. */
		while (*pp && (*pp)->tb_id == RT_TABLE_LOCAL)
			pp = &(*pp)->next;
		if (mine == *pp)
			continue;
		px->aliases = *pp;
		*pp = NULL;
		fib_trie_add(new, px->key, px->len)->aliases = mine;
		if (!px->aliases)
			fib_trie_del(old, px);
	}
	fib_trie_put(old);
	local->trie = new;
}

/* ---- what a route is ---- */

static void info_free(struct host *h, struct fib_info *fi)
{
	for (int i = 0; i < fi->nr_nh; i++) {
		h->fib->rules.tclassid_users -= fi->nh[i].tclassid != 0;
		fnhe_free_all(&fi->nh[i]);
	}
	if (fi->pprev) {
		*fi->pprev = fi->next;
		if (fi->next)
			fi->next->pprev = fi->pprev;
	}
	free(fi);
}

static struct fib_info *info_alloc(const struct fib_config *cfg)
{
	int nhs = cfg->nr_mp ? cfg->nr_mp : 1;
	struct fib_info *fi = xcalloc(1, sizeof(*fi) + sizeof(struct fib_nh) * (size_t)nhs);

	fi->nh = (struct fib_nh *)(fi + 1);
	fi->nr_nh = nhs;
	fi->type = cfg->type;
	fi->scope = cfg->scope;
	fi->protocol = cfg->protocol;
	fi->priority = cfg->priority;
	fi->prefsrc = cfg->prefsrc;
	fi->table = cfg->table;
	fi->onlink = cfg->onlink;
	fi->mtu = MIN(cfg->mtu, 65535u - 15);
	fi->mtu_locked = cfg->mtu_locked;
	fi->advmss = MIN(cfg->advmss, 65535u - 40);
	memcpy(fi->other_metrics, cfg->other_metrics, sizeof(fi->other_metrics));
	fi->pos = cfg->pos;
	return fi;
}

/* Next hops as they were written, before they are checked. */
static int info_nexthops(struct host *h, struct fib_info *fi, const struct fib_config *cfg)
{
	for (int i = 0; i < fi->nr_nh; i++) {
		struct fib_nh *nh = &fi->nh[i];

		if (cfg->nr_mp) {
			nh->dev = cfg->mp[i].dev;
			nh->gw = cfg->mp[i].gw;
			nh->onlink = cfg->mp[i].onlink;
			nh->weight = MAX(cfg->mp[i].weight, 1);
			nh->tclassid = cfg->mp[i].tclassid;
		} else {
			nh->dev = cfg->oif;
			nh->gw = cfg->gw;
			nh->onlink = cfg->onlink;
			nh->weight = 1;
			nh->tclassid = cfg->flow;
		}
		h->fib->rules.tclassid_users += nh->tclassid != 0;
	}
	if (cfg->nr_mp && ((cfg->oif && fi->nh[0].dev != cfg->oif) ||
			   (cfg->gw && fi->nh[0].gw != cfg->gw) ||
			   (cfg->flow && fi->nh[0].tclassid != cfg->flow)))
		return -EINVAL;
	return 0;
}

static int check_onlink(struct host *h, struct fib_nh *nh, uint8_t scope)
{
	if (scope >= RT_SCOPE_LINK)
		return -EINVAL;
	if (!nh->dev)
		return -ENODEV;
	if (!(nh->dev->flags & IFF_UP))
		return -ENETDOWN;
	if (inet_addr_type_dev_table(h, nh->dev, nh->gw) != RTN_UNICAST)
		return -EINVAL;
	nh->linkdown = !nh->dev->carrier;
	nh->scope = RT_SCOPE_LINK;
	return 0;
}

/* A gateway must itself be reachable by a route of narrower scope: on link, as a rule. */
static int check_gateway(struct host *h, struct fib_nh *nh, uint32_t table, uint8_t scope)
{
	struct flowi4 fl = {
		.daddr = nh->gw, .oif = nh->dev ? nh->dev->ifindex : 0, .iif = LOOPBACK_IFINDEX,
		.scope = (uint8_t)MAX(scope + 1, RT_SCOPE_LINK),
	};
	const struct fib_table *tb = NULL;
	struct fib_result res;
	int err = -ENETUNREACH;

	if (table && table != RT_TABLE_MAIN)
		tb = fib_get_table(h, table);
	if (tb)
		err = fib_table_lookup(tb, &fl, &res, FIB_LOOKUP_IGNORE_LINKSTATE);
	if (err)
		err = fib_lookup_flags(h, &fl, &res, FIB_LOOKUP_IGNORE_LINKSTATE);
	if (err)
		return err;
	if (res.type != RTN_UNICAST && res.type != RTN_LOCAL)
		return -EINVAL;
	nh->scope = res.scope;
	nh->dev = fib_res_dev(&res);
	nh->linkdown = !nh->dev->carrier;
	return nh->dev->flags & IFF_UP ? 0 : -ENETDOWN;
}

static int check_nexthop(struct host *h, struct fib_nh *nh, uint32_t table, uint8_t scope)
{
	if (nh->gw)
		return nh->onlink ? check_onlink(h, nh, scope) : check_gateway(h, nh, table, scope);
	if (nh->onlink)
		return -EINVAL;
	if (!nh->dev)
		return -ENODEV;
	if (!(nh->dev->flags & IFF_UP))
		return -ENETDOWN;
	nh->scope = RT_SCOPE_HOST;
	nh->linkdown = !nh->dev->carrier;
	return 0;
}

static enum rtn addr_type_table(struct host *h, be32 addr, uint32_t table);

static bool valid_prefsrc(struct host *h, const struct fib_config *cfg)
{
	uint32_t table = cfg->table == RT_TABLE_MAIN ? RT_TABLE_LOCAL : cfg->table;

	if (cfg->type == RTN_LOCAL && cfg->dst && cfg->prefsrc == cfg->dst)
		return true;
	return addr_type_table(h, cfg->prefsrc, table) == RTN_LOCAL ||
	       (table != RT_TABLE_LOCAL && addr_type_table(h, cfg->prefsrc, RT_TABLE_LOCAL) == RTN_LOCAL);
}

static int info_check(struct host *h, struct fib_info *fi, const struct fib_config *cfg)
{
	int down = 0;

	if (props[cfg->type].error)
		return cfg->gw || cfg->oif || cfg->nr_mp ? -EINVAL : 0;
	if (cfg->type == RTN_UNSPEC || cfg->scope > RT_SCOPE_HOST)
		return -EINVAL;
	if (cfg->scope == RT_SCOPE_HOST) {
		if (fi->nr_nh != 1 || fi->nh[0].gw)
			return -EINVAL;
		if (!fi->nh[0].dev)
			return -ENODEV;
		fi->nh[0].scope = RT_SCOPE_NOWHERE;
	} else {
		for (int i = 0; i < fi->nr_nh; i++) {
			int err = check_nexthop(h, &fi->nh[i], cfg->table, cfg->scope);

			if (err)
				return err;
			down += fi->nh[i].linkdown;
		}
		fi->linkdown = down == fi->nr_nh;
		if (down)
			h->fib->some_down = true;
	}
	if (fi->prefsrc && !valid_prefsrc(h, cfg))
		return -EINVAL;
	for (int i = 0; i < fi->nr_nh; i++) {
		fi->nh[i].src_cache = inet_select_addr(fi->nh[i].dev, fi->nh[i].gw, fi->scope);
		fi->nh[i].src_genid = h->fib->addr_genid;
	}
	fib_rebalance(fi);
	return 0;
}

static int info_create(struct host *h, const struct fib_config *cfg, struct fib_info **ret)
{
	struct fib_info *fi;
	int err;

	if (cfg->type >= ARRAY_SIZE(props) || props[cfg->type].scope > cfg->scope)
		return -EINVAL;
	fi = info_alloc(cfg);
	err = info_nexthops(h, fi, cfg);
	if (!err)
		err = info_check(h, fi, cfg);
	if (err) {
		info_free(h, fi);
		return err;
	}
	fi->next = h->fib->infos;
	fi->pprev = &h->fib->infos;
	if (fi->next)
		fi->next->pprev = &fi->next;
	h->fib->infos = fi;
	*ret = fi;
	return 0;
}

/* The kernel would let both routes share one fib_info. */
static bool info_same(const struct fib_info *a, const struct fib_info *b)
{
	if (a->nr_nh != b->nr_nh || a->protocol != b->protocol || a->scope != b->scope ||
	    a->prefsrc != b->prefsrc || a->priority != b->priority || a->table != b->table ||
	    a->type != b->type || a->mtu != b->mtu || a->mtu_locked != b->mtu_locked ||
	    a->advmss != b->advmss || a->onlink != b->onlink ||
	    memcmp(a->other_metrics, b->other_metrics, sizeof(a->other_metrics)) != 0)
		return false;
	for (int i = 0; i < a->nr_nh; i++) {
		const struct fib_nh *x = &a->nh[i], *y = &b->nh[i];

		if (x->dev != y->dev || x->gw != y->gw || x->weight != y->weight ||
		    x->tclassid != y->tclassid || x->onlink != y->onlink)
			return false;
	}
	return true;
}

/* ---- routes in tables ---- */

static bool key_ok(const struct fib_config *cfg)
{
	return cfg->dst_len <= 32 && !(cfg->dst & ~inet_make_mask(cfg->dst_len));
}

/* The first route of this table that is not before (tos, prio); *ret_pp is where one would go in. */
static struct fib_alias *find_alias(struct fib_prefix *px, uint32_t tb_id, uint8_t tos, uint32_t prio,
				    struct fib_alias ***ret_pp)
{
	struct fib_alias **pp = &px->aliases, *fa;

	for (; (fa = *pp); pp = &fa->next) {
		if (fa->tb_id > tb_id)
			continue;
		if (fa->tb_id != tb_id)
			break;
		if (fa->tos > tos)
			continue;
		if (fa->fi->priority >= prio || fa->tos < tos)
			break;
	}
	*ret_pp = pp;
	return fa && fa->tb_id == tb_id ? fa : NULL;
}

static bool same_key(const struct fib_alias *fa, uint32_t tb_id, uint8_t tos, uint32_t prio)
{
	return fa && fa->tb_id == tb_id && fa->tos == tos && fa->fi->priority == prio;
}

static void alias_insert(struct fib_table *tb, struct fib_prefix *px, struct fib_alias **pp,
			 struct fib_info *fi, uint8_t tos)
{
	struct fib_alias *fa = xcalloc(1, sizeof(*fa));

	fa->fi = fi;
	fa->tb_id = tb->id;
	fa->tos = tos;
	fa->dflt = -1;
	fa->next = *pp;
	*pp = fa;
	if (!px->len)
		tb->num_default++;
}

/* A route with this prefix, TOS and metric is there: fa is the first, *pp points to it. 1 = insert
 * at *pp, 0 = done (fi was taken), negative errno. */
static int insert_beside(struct host *h, struct fib_alias *fa, struct fib_info *fi,
			 const struct fib_config *cfg, struct fib_alias ***pp)
{
	struct fib_alias *match = NULL, *first = fa, **end = *pp;

	if (cfg->exclusive)
		return -EEXIST;
	for (; same_key(fa, fi->table, cfg->tos, fi->priority); fa = fa->next) {
		if (info_same(fa->fi, fi)) {
			match = fa;
			break;
		}
		end = &fa->next;
	}
	if (cfg->replace || cfg->change) {
		if (match) {
			if (match != first)
				return -EEXIST;
			match->fi->pos = fi->pos;
			info_free(h, fi);
			return 0;
		}
		info_free(h, first->fi);
		first->fi = fi;
		first->dflt = -1;
		return 0;
	}
	if (match)
		return -EEXIST;
	if (cfg->append)
		*pp = end;
	return 1;
}

int fib_table_insert(struct host *h, struct fib_table *tb, const struct fib_config *cfg)
{
	struct fib_alias *fa, **pp;
	struct fib_prefix *px;
	struct fib_info *fi;
	int err;

	route_changed(h);
	if (!key_ok(cfg))
		return -EINVAL;
	err = info_create(h, cfg, &fi);
	if (err)
		return err;
	px = fib_trie_add(tb->trie, ntohl(cfg->dst), cfg->dst_len);
	fa = find_alias(px, tb->id, cfg->tos, fi->priority, &pp);
	err = 1;
	if (same_key(fa, tb->id, cfg->tos, fi->priority))
		err = insert_beside(h, fa, fi, cfg, &pp);
	if (err > 0 && cfg->change)
		err = -ENOENT;
	if (err > 0)
		alias_insert(tb, px, pp, fi, cfg->tos);
	if (err >= 0)
		return 0;
	info_free(h, fi);
	if (!px->aliases)
		fib_trie_del(tb->trie, px);
	return err;
}

static bool nh_match(const struct fib_config *cfg, const struct fib_info *fi)
{
	if (cfg->priority && cfg->priority != fi->priority)
		return false;
	if (cfg->oif || cfg->gw)
		return (!cfg->oif || cfg->oif == fi->nh[0].dev) && (!cfg->gw || cfg->gw == fi->nh[0].gw);
	if (!cfg->nr_mp)
		return true;
	/* Weights do not matter, nor what is named beyond the route's own next hops. */
	if (cfg->nr_mp < fi->nr_nh)
		return false;
	for (int i = 0; i < fi->nr_nh; i++) {
		const struct fib_nh *q = &cfg->mp[i], *nh = &fi->nh[i];

		if ((q->dev && q->dev != nh->dev) || (q->gw && q->gw != nh->gw) ||
		    (q->tclassid && q->tclassid != nh->tclassid))
			return false;
	}
	return true;
}

static bool metrics_match(const struct fib_config *cfg, const struct fib_info *fi)
{
	for (size_t i = 0; i < ARRAY_SIZE(cfg->other_metrics); i++) {
		if (cfg->other_metrics[i] && cfg->other_metrics[i] != fi->other_metrics[i])
			return false;
	}
	return (!cfg->mtu || (cfg->mtu == fi->mtu && cfg->mtu_locked == fi->mtu_locked)) &&
	       (!cfg->advmss || cfg->advmss == fi->advmss);
}

static void alias_delete(struct host *h, struct fib_table *tb, struct fib_prefix *px,
			 struct fib_alias **pp)
{
	struct fib_alias *fa = *pp;

	*pp = fa->next;
	if (!px->len)
		tb->num_default--;
	info_free(h, fa->fi);
	free(fa);
	if (!px->aliases)
		fib_trie_del(tb->trie, px);
}

int fib_table_delete(struct host *h, struct fib_table *tb, const struct fib_config *cfg)
{
	struct fib_alias *fa, **pp;
	struct fib_prefix *px;

	route_changed(h);
	if (!key_ok(cfg))
		return -EINVAL;
	px = fib_trie_find(tb->trie, ntohl(cfg->dst), cfg->dst_len);
	if (!px || !find_alias(px, tb->id, cfg->tos, 0, &pp))
		return -ESRCH;
	for (; (fa = *pp) && fa->tb_id == tb->id && fa->tos == cfg->tos; pp = &fa->next) {
		const struct fib_info *fi = fa->fi;

		if ((cfg->type && fi->type != cfg->type) ||
		    (cfg->scope != RT_SCOPE_NOWHERE && fi->scope != cfg->scope) ||
		    (cfg->prefsrc && fi->prefsrc != cfg->prefsrc) ||
		    (cfg->protocol && fi->protocol != cfg->protocol) ||
		    !nh_match(cfg, fi) || !metrics_match(cfg, fi))
			continue;
		alias_delete(h, tb, px, pp);
		return 0;
	}
	return -ESRCH;
}

static void table_flush(struct host *h, struct fib_table *tb)
{
	for (struct fib_prefix *px = tb->trie->first, *next; px; px = next) {
		struct fib_alias **pp = &px->aliases;

		next = px->next;
		while (*pp) {
			struct fib_alias *fa = *pp;
			bool last = px->aliases == fa && !fa->next;

			if (fa->tb_id != tb->id || !fa->fi->dead) {
				pp = &fa->next;
				continue;
			}
			alias_delete(h, tb, px, pp);
			if (last)
				break;
		}
	}
}

void fib_flush(struct host *h)
{
	route_changed(h);
	for (unsigned i = 0; i < FIB_TABLE_HASH; i++) {
		for (struct fib_table *tb = h->fib->tables[i]; tb; tb = tb->next)
			table_flush(h, tb);
	}
}

/* ---- what "ip route" asks for ---- */

/* What iproute2 fills in when the line does not say it. */
static void config_defaults(struct fib_config *c, bool del)
{
	bool is_local = c->type == RTN_LOCAL || c->type == RTN_NAT;
	bool is_link = c->type == RTN_BROADCAST || c->type == RTN_MULTICAST || c->type == RTN_ANYCAST;

	if (!del && c->type == RTN_UNSPEC)
		c->type = RTN_UNICAST;
	if (!del && c->protocol == RTPROT_UNSPEC)
		c->protocol = RTPROT_BOOT;
	if (!c->table)
		c->table = is_local || c->type == RTN_BROADCAST || c->type == RTN_ANYCAST ? RT_TABLE_LOCAL
											   : RT_TABLE_MAIN;
	if (c->scope_given)
		return;
	if (is_local)
		c->scope = RT_SCOPE_HOST;
	else if (is_link)
		c->scope = RT_SCOPE_LINK;
	else if (c->type > RTN_UNICAST)
		c->scope = del ? RT_SCOPE_NOWHERE : RT_SCOPE_UNIVERSE;
	else if (del)
		c->scope = RT_SCOPE_NOWHERE;
	else
		c->scope = c->gw || c->nr_mp ? RT_SCOPE_UNIVERSE : RT_SCOPE_LINK;
}

int fib_route_add(struct host *h, const struct fib_config *cfg)
{
	struct fib_config c = *cfg;
	int err;

	config_defaults(&c, false);
	if (!key_ok(&c) || (c.tos & ~INET_DSCP_MASK))
		return -EINVAL;
	err = fib_table_insert(h, fib_new_table(h, c.table), &c);
	if (!err && c.type == RTN_LOCAL)
		h->fib->custom_local_routes = true;
	return err;
}

int fib_route_del(struct host *h, const struct fib_config *cfg)
{
	struct fib_config c = *cfg;
	struct fib_table *tb;

	config_defaults(&c, true);
	if (!key_ok(&c) || (c.tos & ~INET_DSCP_MASK))
		return -EINVAL;
	tb = fib_get_table(h, c.table);
	return tb ? fib_table_delete(h, tb, &c) : -ESRCH;
}

/* ---- questions ---- */

struct net_device *fib_res_dev(const struct fib_result *res)
{
	return res->fi->nh[res->nh_sel].dev;
}

be32 fib_result_prefsrc(struct host *h, const struct fib_result *res)
{
	struct fib_nh *nh = &res->fi->nh[res->nh_sel];

	if (res->fi->prefsrc)
		return res->fi->prefsrc;
	if (nh->src_genid != h->fib->addr_genid) {
		nh->src_cache = inet_select_addr(nh->dev, nh->gw, res->fi->scope);
		nh->src_genid = h->fib->addr_genid;
	}
	return nh->src_cache;
}

bool fib_info_nh_uses_dev(const struct fib_info *fi, const struct net_device *dev)
{
	for (int i = 0; i < fi->nr_nh; i++) {
		if (fi->nh[i].dev == dev)
			return true;
	}
	return false;
}

static enum rtn addr_type(struct host *h, const struct net_device *dev, be32 addr, uint32_t table)
{
	struct flowi4 fl = { .daddr = addr };
	const struct fib_table *tb;
	struct fib_result res;

	if (ipv4_is_zeronet(addr) || ipv4_is_lbcast(addr))
		return RTN_BROADCAST;
	if (ipv4_is_multicast(addr))
		return RTN_MULTICAST;
	tb = fib_get_table(h, table);
	if (!tb)
		return RTN_BROADCAST;
	if (fib_table_lookup(tb, &fl, &res, 0) || (dev && dev != res.fi->nh[0].dev))
		return RTN_UNICAST;
	return res.type;
}

static enum rtn addr_type_table(struct host *h, be32 addr, uint32_t table)
{
	return addr_type(h, NULL, addr, table);
}

enum rtn inet_addr_type(struct host *h, be32 addr)
{
	return addr_type(h, NULL, addr, RT_TABLE_LOCAL);
}

enum rtn inet_addr_type_dev(struct host *h, const struct net_device *dev, be32 addr)
{
	return addr_type(h, dev, addr, RT_TABLE_LOCAL);
}

/* dev would matter only as part of a VRF, which has a local table of its own. */
enum rtn inet_addr_type_dev_table(struct host *h, const struct net_device *dev UNUSED, be32 addr)
{
	return addr_type(h, NULL, addr, RT_TABLE_LOCAL);
}

/* ---- all of it ---- */

static int cmp_prefix(const void *a, const void *b)
{
	const struct fib_prefix *x = *(const struct fib_prefix *const *)a;
	const struct fib_prefix *y = *(const struct fib_prefix *const *)b;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return (int)y->len - (int)x->len;
}

static void each_in_table(const struct fib_table *tb, void (*fn)(const struct fib_route *, void *), void *arg)
{
	struct fib_prefix **v;
	size_t n = 0, i = 0;

	for (struct fib_prefix *px = tb->trie->first; px; px = px->next)
		n++;
	v = xmalloc((n + 1) * sizeof(struct fib_prefix *));
	for (struct fib_prefix *px = tb->trie->first; px; px = px->next)
		v[i++] = px;
	qsort(v, n, sizeof(struct fib_prefix *), cmp_prefix);
	for (i = 0; i < n; i++) {
		for (const struct fib_alias *fa = v[i]->aliases; fa; fa = fa->next) {
			struct fib_route r = {
				.table = tb->id, .dst = htonl(v[i]->key), .dst_len = v[i]->len,
				.tos = fa->tos, .fi = fa->fi,
			};

			if (fa->tb_id == tb->id)
				fn(&r, arg);
		}
	}
	free(v);
}

void fib_each_route(struct host *h, void (*fn)(const struct fib_route *r, void *arg), void *arg)
{
	/* The kernel walks its buckets of tables in turn: so does "ip route show table all". */
	for (unsigned i = 0; i < FIB_TABLE_HASH; i++) {
		for (struct fib_table *tb = h->fib->tables[i]; tb; tb = tb->next)
			each_in_table(tb, fn, arg);
	}
}

static void table_free(struct host *h, struct fib_table *tb)
{
	for (struct fib_prefix *px = tb->trie->first; px; px = px->next) {
		struct fib_alias *fa;

		while ((fa = px->aliases)) {
			px->aliases = fa->next;
			info_free(h, fa->fi);
			free(fa);
		}
	}
	fib_trie_put(tb->trie);
	free(tb);
}

void fib_settings_changed(struct host *h)
{
	if (h->fib)
		route_changed(h);
}

void fib_destroy(struct host *h)
{
	struct fib_state *s = h->fib;

	if (!s)
		return;
	fib_rules_destroy(h);
	for (unsigned i = 0; i < FIB_TABLE_HASH; i++) {
		for (struct fib_table *tb = s->tables[i], *next; tb; tb = next) {
			next = tb->next;
			table_free(h, tb);
		}
	}
	for (struct net_device *dev = h->devs; dev; dev = dev->next)
		dev->addrs = NULL;
	for (unsigned i = 0; i < IFA_HASH; i++) {
		for (struct ifa_node *n = s->ifas[i], *next; n; n = next) {
			next = n->hnext;
			free(n);
		}
	}
	free(s->memo);
	free(s);
	h->fib = NULL;
}
