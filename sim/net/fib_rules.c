// SPDX-License-Identifier: MIT
// fib_rules.c - policy routing: which table answers for a flow (net/core/fib_rules.c, net/ipv4/fib_rules.c).
#include "sim/net/fib6_internal.h"
#include <errno.h>
#include <stdlib.h>

struct fib_rule_k *fib_rule_next(const struct fib_rule_k *r)
{
	return r->r.next ? container_of(r->r.next, struct fib_rule_k, r) : NULL;
}

/* A rule may name a device that comes later: until then it matches nothing. */
static bool dev_match(struct host *h, const char *name, const struct net_device **cache, int ifindex)
{
	if (!name[0])
		return true;
	if (!*cache)
		*cache = dev_by_name(h, name);
	return *cache && (*cache)->ifindex == ifindex;
}

static bool port_match(uint16_t lo, uint16_t hi, be16 port)
{
	uint16_t v = ntohs(port);

	return (!lo && !hi) || (v >= lo && v <= hi);
}

bool fib_rule_match_common(struct host *h, struct fib_rule_k *k, int iif, int oif, uint32_t mark, uint32_t uid, uint8_t proto,
			   be16 sport, be16 dport)
{
	const struct fib_rule *r = &k->r;

	return dev_match(h, r->iif, &k->iif, iif) && dev_match(h, r->oif, &k->oif, oif) && !((r->mark ^ mark) & r->mark_mask) &&
	       (!r->uid_given || (uid >= r->uid_lo && uid <= r->uid_hi)) && (!r->ipproto || r->ipproto == proto) &&
	       port_match(r->sport_lo, r->sport_hi, sport) && port_match(r->dport_lo, r->dport_hi, dport);
}

static bool rule_match(struct host *h, struct fib_rule_k *k, const struct flowi4 *fl)
{
	const struct fib_rule *r = &k->r;

	return fib_rule_match_common(h, k, fl->iif, fl->oif, fl->mark, fl->uid, fl->proto, fl->sport, fl->dport) &&
	       !((fl->daddr ^ r->dst) & k->dstmask) && !((fl->saddr ^ r->src) & k->srcmask) &&
	       (!r->tos || r->tos == (fl->tos & IPTOS_RT_MASK));
}

static int rule_action(struct host *h, struct fib_rule_k *k, const struct flowi4 *fl,
		       struct fib_result *res, unsigned flags)
{
	switch (k->r.action) {
	case FR_ACT_TO_TBL:
		if (!k->tb)
			k->tb = fib_get_table(h, k->r.table);
		return k->tb ? fib_table_lookup(k->tb, fl, res, flags) : -EAGAIN;
	case FR_ACT_UNREACHABLE:
		return -ENETUNREACH;
	case FR_ACT_PROHIBIT:
		return -EACCES;
	default:
		return -EINVAL;
	}
}

/* suppress_prefixlength, suppress_ifgroup: a route was found, but it does not count. */
static bool rule_suppress(const struct fib_rule *r, const struct fib_result *res)
{
	const struct net_device *dev = res->fi->nh[0].dev;

	return res->prefixlen <= r->suppress_prefixlen ||
	       (r->suppress_ifgroup != -1 && dev && dev->group == (uint32_t)r->suppress_ifgroup);
}

static int rules_lookup(struct host *h, const struct flowi4 *fl, struct fib_result *res, unsigned flags)
{
	struct fib_rule_k *k = h->fib->rules.first;

	while (k) {
		int err;

		if (rule_match(h, k, fl) == k->r.invert || k->r.action == FR_ACT_NOP ||
		    (k->r.action == FR_ACT_GOTO && !k->ctarget)) {
			k = fib_rule_next(k);
			continue;
		}
		if (k->r.action == FR_ACT_GOTO) {
			k = k->ctarget;
			continue;
		}
		err = rule_action(h, k, fl, res, flags);
		if (err != -EAGAIN && (err || !rule_suppress(&k->r, res))) {
			res->rule_pref = k->r.pref;
			res->tclassid = k->r.tclassid;
			if (k->r.action != FR_ACT_TO_TBL)
				res->table = RT_TABLE_UNSPEC;
			return err;
		}
		k = fib_rule_next(k);
	}
	res->fi = NULL;
	res->table = RT_TABLE_UNSPEC;
	res->tclassid = 0;
	return -ENETUNREACH;
}

static uint32_t default_pref(uint32_t table)
{
	return table == RT_TABLE_LOCAL ? 0 : table == RT_TABLE_MAIN ? 32766 : 32767;
}

int fib_lookup_flags(struct host *h, const struct flowi4 *fl, struct fib_result *res, unsigned flags)
{
	const struct fib_state *s = h->fib;
	int err = -EAGAIN;

	if (unlikely(s->custom_rules))
		return rules_lookup(h, fl, res, flags);
	res->tclassid = 0;
	res->table = RT_TABLE_UNSPEC;
	/* Local and main are one trie: the longest prefix of both wins. */
	if (s->main)
		err = fib_table_lookup(s->main, fl, res, flags);
	if (err == -EAGAIN && s->deflt)
		err = fib_table_lookup(s->deflt, fl, res, flags);
	if (err == -EAGAIN) {
		res->fi = NULL;
		res->table = RT_TABLE_UNSPEC;
		err = -ENETUNREACH;
	}
	res->rule_pref = default_pref(res->table);
	return err;
}

int fib_lookup(struct host *h, const struct flowi4 *fl, struct fib_result *res)
{
	return fib_lookup_flags(h, fl, res, 0);
}

static struct fib_rules *rules_of(struct host *h, uint8_t family)
{
	return family == NFPROTO_IPV6 ? &h->fib6->rules : &h->fib->rules;
}

static void resolve_gotos(struct fib_rules *s)
{
	for (struct fib_rule_k *k = s->first; k; k = fib_rule_next(k)) {
		struct fib_rule_k *t = s->first;

		while (t && (k->r.action != FR_ACT_GOTO || t->r.pref != k->r.target))
			t = fib_rule_next(t);
		k->ctarget = t;
	}
}

static void rule_insert(struct fib_rules *s, struct fib_rule_k *new)
{
	struct fib_rule_k *last = NULL;

	for (struct fib_rule_k *k = s->first; k && k->r.pref <= new->r.pref; k = fib_rule_next(k))
		last = k;
	if (last) {
		new->r.next = last->r.next;
		last->r.next = &new->r;
	} else {
		new->r.next = s->first ? &s->first->r : NULL;
		s->first = new;
	}
	resolve_gotos(s);
}

/* One less than the second rule's, as the first is the local table's. */
static uint32_t choose_pref(const struct fib_rules *s)
{
	const struct fib_rule *second = s->first ? s->first->r.next : NULL;

	return second && second->pref ? second->pref - 1 : 0;
}

static bool rule_same(const struct fib_rule *a, const struct fib_rule *b, bool with_pref)
{
	return (!with_pref || a->pref == b->pref) && a->action == b->action && a->table == b->table &&
	       a->target == b->target && a->invert == b->invert && a->src == b->src && a->dst == b->dst &&
	       inet_addr_equal(&a->src6, &b->src6) && inet_addr_equal(&a->dst6, &b->dst6) &&
	       a->src_len == b->src_len && a->dst_len == b->dst_len && a->tos == b->tos &&
	       a->ipproto == b->ipproto && a->mark == b->mark && a->mark_mask == b->mark_mask &&
	       strcmp(a->iif, b->iif) == 0 && strcmp(a->oif, b->oif) == 0 && a->sport_lo == b->sport_lo &&
	       a->sport_hi == b->sport_hi && a->dport_lo == b->dport_lo && a->dport_hi == b->dport_hi &&
	       a->uid_given == b->uid_given && a->uid_lo == b->uid_lo && a->uid_hi == b->uid_hi &&
	       a->suppress_prefixlen == b->suppress_prefixlen &&
	       a->suppress_ifgroup == b->suppress_ifgroup && a->tclassid == b->tclassid;
}

static void forget_prefixes(struct fib_rule *r, bool src, bool dst)
{
	if (src) {
		r->src = r->src_len = 0;
		r->src6 = (union inet_addr){ .ip = 0 };
	}
	if (dst) {
		r->dst = r->dst_len = 0;
		r->dst6 = (union inet_addr){ .ip = 0 };
	}
}

/* Does the kernel take the new rule for one that is there (rule_exists)? Prefixes, tos and realms that the
 * new one leaves out do not matter, nor do "not" and a goto's target. */
static bool rule_taken(const struct fib_rule *k, const struct fib_rule *new)
{
	struct fib_rule r = *k;

	r.invert = new->invert;
	r.target = new->target;
	forget_prefixes(&r, !new->src_len, !new->dst_len);
	if (!new->tos)
		r.tos = 0;
	if (!new->tclassid)
		r.tclassid = 0;
	return k->protocol == new->protocol && rule_same(&r, new, true);
}

static bool rule_needs_ports(const struct fib_rule *r)
{
	return r->ipproto || r->sport_lo || r->sport_hi || r->dport_lo || r->dport_hi;
}

static int rule_check(const struct fib_rule *r)
{
	unsigned bits = r->family == NFPROTO_IPV6 ? 128 : 32;

	if (r->src_len > bits || r->dst_len > bits || (r->tos & ~INET_DSCP_MASK))
		return -EINVAL;
	if (r->action == FR_ACT_GOTO && r->target <= r->pref)
		return -EINVAL;		/* only forward */
	if (r->uid_given && r->uid_lo > r->uid_hi)
		return -EINVAL;
	if (r->sport_lo > r->sport_hi || r->dport_lo > r->dport_hi || r->sport_hi == 65535 || r->dport_hi == 65535)
		return -EINVAL;
	return 0;
}

static struct fib_rule_k *rule_new(struct host *h, const struct fib_rule *r)
{
	struct fib_rule_k *k = xcalloc(1, sizeof(*k));

	k->r = *r;
	k->r.next = NULL;
	if (r->pref_auto)
		k->r.pref = choose_pref(rules_of(h, r->family));
	k->r.pref_auto = false;
	if (r->family != NFPROTO_IPV6) {
		k->srcmask = inet_make_mask(r->src_len);
		k->dstmask = inet_make_mask(r->dst_len);
		k->r.src &= k->srcmask;
		k->r.dst &= k->dstmask;
	}
	if (r->action == FR_ACT_TO_TBL && !r->table)
		k->r.table = RT_TABLE_MAIN;
	return k;
}

/* From the first change on IPv4's rules are walked, and its tables main and local are apart. */
static void customize(struct host *h, uint8_t family)
{
	if (family == NFPROTO_IPV6)
		return;
	fib_unmerge(h);
	h->fib->custom_rules = true;
}

int fib_rule_add(struct host *h, const struct fib_rule *r)
{
	struct fib_rule_k *new = rule_new(h, r), *k;
	struct fib_rules *s = rules_of(h, r->family);
	int err = rule_check(&new->r);

	route_changed(h);
	for (k = s->first; !err && k; k = fib_rule_next(k)) {
		if (rule_taken(&k->r, &new->r))
			err = -EEXIST;
	}
	if (err) {
		free(new);
		return err;
	}
	customize(h, r->family);
	s->need_ports += rule_needs_ports(&new->r);
	s->tclassid_users += new->r.tclassid != 0;
	rule_insert(s, new);
	return 0;
}

/* What the request leaves out (0, "", -1) does not matter, nor do "not" and a goto's target (rule_find). */
static bool rule_wanted(const struct fib_rule *k, const struct fib_rule *q)
{
	struct fib_rule r = *k;

	if (!q->action)
		r.action = q->action;
	if (!q->table)
		r.table = 0;
	r.target = q->target;
	r.invert = q->invert;
	forget_prefixes(&r, !q->src_len, !q->dst_len);
	if (!q->tos)
		r.tos = 0;
	if (!q->ipproto)
		r.ipproto = 0;
	if (!q->mark)
		r.mark = 0;
	if (!q->mark_mask)
		r.mark_mask = 0;
	if (!q->iif[0])
		r.iif[0] = 0;
	if (!q->oif[0])
		r.oif[0] = 0;
	if (!q->sport_hi)
		r.sport_lo = r.sport_hi = 0;
	if (!q->dport_hi)
		r.dport_lo = r.dport_hi = 0;
	if (!q->uid_given) {
		r.uid_given = false;
		r.uid_lo = q->uid_lo;
		r.uid_hi = q->uid_hi;
	}
	if (q->suppress_prefixlen == -1)
		r.suppress_prefixlen = -1;
	if (q->suppress_ifgroup == -1)
		r.suppress_ifgroup = -1;
	if (!q->tclassid)
		r.tclassid = 0;
	return rule_same(&r, q, !q->pref_auto);
}

static void rule_unlink(struct fib_rules *s, struct fib_rule_k *k)
{
	if (s->first == k) {
		s->first = fib_rule_next(k);
	} else {
		struct fib_rule *prev = &s->first->r;

		while (prev->next != &k->r)
			prev = prev->next;
		prev->next = k->r.next;
	}
	s->need_ports -= rule_needs_ports(&k->r);
	s->tclassid_users -= k->r.tclassid != 0;
	free(k);
	resolve_gotos(s);
}

int fib_rule_del(struct host *h, const struct fib_rule *r)
{
	struct fib_rules *s = rules_of(h, r->family);
	struct fib_rule q = *r;

	route_changed(h);
	if (r->family != NFPROTO_IPV6) {
		q.src &= inet_make_mask(q.src_len);
		q.dst &= inet_make_mask(q.dst_len);
	}
	for (struct fib_rule_k *k = s->first; k; k = fib_rule_next(k)) {
		if (!rule_wanted(&k->r, &q))
			continue;
		customize(h, r->family);
		rule_unlink(s, k);
		return 0;
	}
	return -ENOENT;
}

void fib_rules_flush(struct host *h, uint8_t family)
{
	struct fib_rules *s = rules_of(h, family);
	struct fib_rule_k *k = s->first, *next;

	route_changed(h);
	customize(h, family);
	for (; k; k = next) {
		next = fib_rule_next(k);
		if (k->r.pref)
			rule_unlink(s, k);
	}
}

bool fib_has_custom_rules(const struct host *h)
{
	return h->fib->custom_rules;
}

const struct fib_rule *fib_rules_first(const struct host *h, uint8_t family)
{
	const struct fib_rules *l = family == NFPROTO_IPV6 ? &h->fib6->rules : &h->fib->rules;

	return l->first ? &l->first->r : NULL;
}

static void add_default(struct host *h, uint8_t family, uint32_t pref, uint32_t table)
{
	struct fib_rule r = {
		.family = family, .pref = pref, .action = FR_ACT_TO_TBL, .table = table, .protocol = RTPROT_KERNEL,
		.suppress_prefixlen = -1, .suppress_ifgroup = -1,
	};

	rule_insert(rules_of(h, family), rule_new(h, &r));
}

void fib_init(struct host *h)
{
	struct rng seed;

	h->fib = xcalloc(1, sizeof(*h->fib));
	rng_init(&seed, h->seed, h->name, "multipath");
	h->fib->mp_seed = rng_u32(&seed);
	add_default(h, NFPROTO_IPV4, 0, RT_TABLE_LOCAL);
	add_default(h, NFPROTO_IPV4, 32766, RT_TABLE_MAIN);
	add_default(h, NFPROTO_IPV4, 32767, RT_TABLE_DEFAULT);
}

void fib_rules_init6(struct host *h)
{
	add_default(h, NFPROTO_IPV6, 0, RT_TABLE_LOCAL);
	add_default(h, NFPROTO_IPV6, 32766, RT_TABLE_MAIN);
}

void fib_rules_destroy(struct host *h)
{
	while (h->fib->rules.first)
		rule_unlink(&h->fib->rules, h->fib->rules.first);
}

void fib_rules_destroy6(struct host *h)
{
	while (h->fib6->rules.first)
		rule_unlink(&h->fib6->rules, h->fib6->rules.first);
}
