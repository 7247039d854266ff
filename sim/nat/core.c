// SPDX-License-Identifier: MIT
/* core.c - chooses a connection's mapping, once, and remembers it (net/netfilter/nf_nat_core.c). */
#include "sim/nat/internal.h"
#include "sim/net/fib.h"
#include <stdlib.h>

static void nat_cleanup(struct conn *ct)
{
	bysource_del(ct);
}

/* An expected connection comes from where the master's other side is known to be, and goes to where the
 * master's packets of that direction really go (nf_nat_follow_master). */
static void follow_master(struct conn *ct, const struct ct_expect *e)
{
	const struct ct_tuple *t = &ct->master->tuple[!e->dir];
	struct nf_nat_range range = { .flags = NF_NAT_RANGE_MAP_IPS, .min_addr = t->dst.u3, .max_addr = t->dst.u3 };

	nat_setup_info(ct, &range, NF_NAT_MANIP_SRC, NULL);
	range.flags |= NF_NAT_RANGE_PROTO_SPECIFIED;
	range.min_addr = range.max_addr = t->src.u3;
	range.min_port = range.max_port = ntohs(e->saved_port);
	nat_setup_info(ct, &range, NF_NAT_MANIP_DST, NULL);
}

static const struct ct_nat_hook conntrack_hook = { .cleanup = nat_cleanup, .follow_master = follow_master };

void nat_need(struct host *h, uint8_t family, nat_rules_fn *rules, void *priv)
{
	struct nat_family *f;

	if (!h->nat)
		h->nat = xcalloc(1, sizeof(*h->nat));
	f = family == NFPROTO_IPV6 ? &h->nat->v6 : &h->nat->v4;
	f->rules = rules;
	f->priv = priv;
	ct_set_nat_hook(h, &conntrack_hook);
	if (f->registered)
		return;
	f->registered = true;
	nat_register_hooks(h, family, f);
}

void nat_destroy(struct host *h)
{
	if (!h->nat)
		return;
	for (unsigned i = 0; i < NAT_HINT_BUCKETS; i++) {
		for (struct nat_hint *hint = h->nat->hints[i], *next; hint; hint = next) {
			next = hint->next;
			free(hint);
		}
	}
	for (uint32_t i = 0; i < h->nat->nr_buckets; i++)
		while (h->nat->bysource[i])
			bysource_del(h->nat->bysource[i]);
	free(h->nat->bysource);
	free(h->nat);
	h->nat = NULL;
}

bool nat_initialized(const struct conn *ct, enum nf_nat_manip manip)
{
	return ct->status & (manip == NF_NAT_MANIP_SRC ? IPS_SRC_NAT_DONE : IPS_DST_NAT_DONE);
}

bool nat_tuple_equal(const struct ct_tuple *a, const struct ct_tuple *b)
{
	return a->l3num == b->l3num && a->dst.protonum == b->dst.protonum && a->src.u == b->src.u &&
	       a->dst.u.all == b->dst.u.all && inet_addr_equal(&a->src.u3, &b->src.u3) &&
	       inet_addr_equal(&a->dst.u3, &b->dst.u3);
}

bool nat_used_tuple(const struct ct_tuple *tuple, const struct conn *ct)
{
	struct ct_tuple reply;

	ct_tuple_invert(&reply, tuple);
	return ct_tuple_taken(&reply, ct);
}

/* The unchanged tuple may clash with the same flow seen from its other end; when neither is translated,
 * both may stay, for changing the port of a "reply" would break it. */
bool nat_used_tuple_new(const struct ct_tuple *tuple, const struct conn *ct)
{
	const uint32_t uses_nat = IPS_NAT_MASK | IPS_SEQ_ADJUST;
	const struct conn *other;
	struct ct_tuple reply;
	enum ip_ct_dir dir;

	if (!nat_used_tuple(tuple, ct))
		return false;
	if (tuple->dst.protonum != IPPROTO_UDP && tuple->dst.protonum != IPPROTO_UDPLITE &&
	    tuple->dst.protonum != IPPROTO_GRE)
		return true;	/* these have no clash resolution */
	if (ct->status & uses_nat)
		return true;
	other = ct_find(ct->host, &ct->zone, tuple, &dir);
	if (!other) {
		ct_tuple_invert(&reply, tuple);
		other = ct_find(ct->host, &ct->zone, &reply, &dir);
		if (!other)
			return false;
	}
	if (other->status & uses_nat)
		return true;
	return !nat_tuple_equal(&other->tuple[IP_CT_DIR_ORIGINAL], &ct->tuple[IP_CT_DIR_REPLY]);
}

static uint32_t scale(uint32_t x, uint32_t n)
{
	return (uint32_t)((uint64_t)x * n >> 32);
}

/* An address of the range by a hash of the packet's own addresses: a client keeps the address that a
 * server sees, also after a restart, and the choice does not depend on who came first. */
static void choose_addr(struct ct_tuple *tuple, const struct nf_nat_range *range, const struct conn *ct,
			enum nf_nat_manip manip)
{
	union inet_addr *var = manip == NF_NAT_MANIP_SRC ? &tuple->src.u3 : &tuple->dst.u3;
	bool persistent = range->flags & NF_NAT_RANGE_PERSISTENT, full_range = false;
	unsigned last = tuple->l3num == NFPROTO_IPV4 ? 0 : 3;
	uint32_t j;

	if (!(range->flags & NF_NAT_RANGE_MAP_IPS))
		return;
	if (inet_addr_equal(&range->min_addr, &range->max_addr)) {
		*var = range->min_addr;
		return;
	}
	j = jhash2(tuple->src.u3.all, 4, persistent ? 0 : tuple->dst.u3.all[last] ^ ct->zone.id);
	for (unsigned i = 0; i <= last; i++) {
		uint32_t lo = 0, n = UINT32_MAX;

		/* While all words so far are the range's highest, this one is bounded, too. */
		if (!full_range) {
			lo = ntohl(range->min_addr.all[i]);
			n = ntohl(range->max_addr.all[i]) - lo + 1;
		}
		var->all[i] = htonl(lo + scale(j, n));
		if (var->all[i] != range->max_addr.all[i])
			full_range = true;
		if (!persistent)
			j ^= tuple->dst.u3.all[i];
	}
}

static bool port_is_fine(const struct ct_tuple *tuple, const struct nf_nat_range *range, enum nf_nat_manip manip,
			 const struct conn *ct)
{
	if (range->flags & NF_NAT_RANGE_PROTO_RANDOM_ALL)
		return false;
	if (!(range->flags & NF_NAT_RANGE_PROTO_SPECIFIED))
		return !nat_used_tuple(tuple, ct);
	return !(range->flags & NF_NAT_RANGE_PROTO_OFFSET) && nat_port_in_range(tuple, manip, range) &&
	       (range->min_port == range->max_port || !nat_used_tuple(tuple, ct));
}

/* What the connection shall look like beyond this hook: as it is if that will do; as its source was mapped
 * before; else an address of the range, and a port that makes it unique (get_unique_tuple). */
static void unique_tuple(struct ct_tuple *ret, const struct ct_tuple *orig, const struct nf_nat_range *range,
			 struct conn *ct, enum nf_nat_manip manip)
{
	if (manip == NF_NAT_MANIP_SRC && !(range->flags & NF_NAT_RANGE_PROTO_RANDOM_ALL)) {
		if (nat_in_range(orig, range)) {
			if (!nat_used_tuple_new(orig, ct)) {
				*ret = *orig;
				return;
			}
		} else if (bysource_find(ct, orig, range, ret) && !nat_used_tuple(ret, ct)) {
			return;
		}
	}
	*ret = *orig;
	choose_addr(ret, range, ct, manip);
	if (!port_is_fine(ret, range, manip, ct))
		nat_unique_port(ret, range, manip, ct);
}

static void tell(struct conn *ct, enum nf_nat_manip manip, bool null_binding, const struct rule *rule)
{
	struct event ev = { .type = EV_NAT, .host = ct->host,
			    .u.nat = { ct, (uint8_t)manip, null_binding, rule } };

	if (trace_on(ct->host->trace, EV_NAT))
		trace_emit(ct->host->trace, &ev);
}

static enum nf_verdict setup(struct conn *ct, const struct nf_nat_range *range, enum nf_nat_manip manip,
			     bool null_binding, const struct rule *rule)
{
	struct ct_tuple now, new;

	if (ct_confirmed(ct))
		return NF_ACCEPT;
	assert(ct->host->nat);
	if (nat_initialized(ct, manip))
		return NF_DROP;
	/* What the packet looks like after earlier mappings is what replies will answer to. */
	ct_tuple_invert(&now, &ct->tuple[IP_CT_DIR_REPLY]);
	unique_tuple(&new, &now, range, ct, manip);
	if (!nat_tuple_equal(&new, &now)) {
		struct ct_tuple reply;

		ct_tuple_invert(&reply, &new);
		ct_alter_reply(ct, &reply);
		ct->status |= manip == NF_NAT_MANIP_SRC ? IPS_SRC_NAT : IPS_DST_NAT;
	}
	if (manip == NF_NAT_MANIP_SRC)
		bysource_add(ct->host->nat, ct);
	ct->status |= manip == NF_NAT_MANIP_SRC ? IPS_SRC_NAT_DONE : IPS_DST_NAT_DONE;
	tell(ct, manip, null_binding, rule);
	return NF_ACCEPT;
}

enum nf_verdict nat_setup_info(struct conn *ct, const struct nf_nat_range *range, enum nf_nat_manip manip,
			       const struct rule *rule)
{
	return setup(ct, range, manip, false, rule);
}

/* No rule wanted this packet: its address stays, but its port may have to give way to another flow. */
enum nf_verdict nat_null_binding(struct conn *ct, enum nf_nat_manip manip)
{
	const struct ct_tuple *reply = &ct->tuple[IP_CT_DIR_REPLY];
	struct nf_nat_range range = { .flags = NF_NAT_RANGE_MAP_IPS };

	range.min_addr = manip == NF_NAT_MANIP_SRC ? reply->dst.u3 : reply->src.u3;
	range.max_addr = range.min_addr;
	return setup(ct, &range, manip, true, NULL);
}
