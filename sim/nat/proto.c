// SPDX-License-Identifier: MIT
/* proto.c - the port, id or key of a mapping: is it in the range, and which free one to take. */
#include "sim/nat/internal.h"
#include "sim/net/sock.h"
#include <stdlib.h>

#define MAX_ATTEMPTS	128
#define MIN_ATTEMPTS	16
#define HARDER_THRESH	(MAX_ATTEMPTS / 4)	/* last tries: a dying TCP connection may be pushed out */

/* ---- random choices of a recorded run ---- */

static unsigned hint_bucket(const struct ct_tuple *t)
{
	return (t->src.u ^ t->src.u >> 8 ^ t->dst.u.all ^ ntohl(t->src.u3.all[0] ^ t->src.u3.all[3]) ^ t->dst.protonum) % NAT_HINT_BUCKETS;
}

static struct nat_state *state_of(struct host *h)
{
	if (!h->nat)
		h->nat = xcalloc(1, sizeof(*h->nat));
	return h->nat;
}

void nat_hint(struct host *h, const struct ct_tuple *orig, bool src_side, be16 value, uint64_t event)
{
	struct nat_hint **at = &state_of(h)->hints[hint_bucket(orig)];
	struct nat_hint *hint = xcalloc(1, sizeof(*hint));

	*hint = (struct nat_hint){ .orig = *orig, .src_side = src_side, .value = value, .event = event };
	while (*at)
		at = &(*at)->next;
	*at = hint;
}

/* A hint is good once, the oldest that fits first, and only when its connection was made: in its event or, when that was late,
 * in the one before. An ICMP id is one for both ends: DNAT may draw it, SNAT may draw it again, and the hint tells what came
 * of it: DNAT leaves it for SNAT. */
bool nat_take_hint(struct conn *ct, enum nf_nat_manip manip, be16 *ret_value)
{
	const struct ct_tuple *orig = &ct->tuple[IP_CT_DIR_ORIGINAL];
	bool id = orig->dst.protonum == IPPROTO_ICMP || orig->dst.protonum == IPPROTO_ICMPV6, dst = manip == NF_NAT_MANIP_DST;
	uint64_t now = sock_event(ct->host);

	for (struct nat_hint **at = &ct->host->nat->hints[hint_bucket(orig)], *hint; (hint = *at);) {
		bool fits = (id || hint->src_side != dst) && nat_tuple_equal(&hint->orig, orig), past = hint->event < now;

		if (!fits || hint->event > now + 1) {
			at = &hint->next;
			continue;
		}
		*ret_value = hint->value;
		if (past || !id || !dst) {
			*at = hint->next;
			free(hint);
		}
		if (!past)
			return true;
	}
	return false;
}

/* ---- ranges ---- */

static bool addr_in_range(const struct ct_tuple *t, const struct nf_nat_range *range)
{
	if (t->l3num == NFPROTO_IPV4)
		return ntohl(t->src.u3.ip) >= ntohl(range->min_addr.ip) &&
		       ntohl(t->src.u3.ip) <= ntohl(range->max_addr.ip);
	return memcmp(&t->src.u3, &range->min_addr, sizeof(t->src.u3)) >= 0 &&
	       memcmp(&t->src.u3, &range->max_addr, sizeof(t->src.u3)) <= 0;
}

bool nat_port_in_range(const struct ct_tuple *t, enum nf_nat_manip manip, const struct nf_nat_range *range)
{
	uint16_t v;

	switch (t->dst.protonum) {
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		v = ntohs(t->src.u);
		break;
	case IPPROTO_GRE:
	case IPPROTO_TCP:
	case IPPROTO_UDP:
	case IPPROTO_UDPLITE:
	case IPPROTO_SCTP:
		v = ntohs(manip == NF_NAT_MANIP_SRC ? t->src.u : t->dst.u.all);
		break;
	default:
		return true;
	}
	return v >= range->min_port && v <= range->max_port;
}

/* Would a source mapping to t's source be what the range asks for? */
bool nat_in_range(const struct ct_tuple *t, const struct nf_nat_range *range)
{
	if ((range->flags & NF_NAT_RANGE_MAP_IPS) && !addr_in_range(t, range))
		return false;
	return !(range->flags & NF_NAT_RANGE_PROTO_SPECIFIED) || nat_port_in_range(t, NF_NAT_MANIP_SRC, range);
}

/* ---- choice ---- */

/* May the clashing connection be pushed out for this new one? It must be ending, ours by source NAT,
 * and the new one's sequence numbers must lie ahead, so that stray replies are invalid. */
static bool may_evict(const struct conn *old, const struct conn *new)
{
	return old->proto.tcp.state >= TCP_CONNTRACK_TIME_WAIT && !(old->status & (IPS_FIXED_TIMEOUT | IPS_DYING)) &&
	       (old->status & IPS_SRC_NAT) &&
	       (int32_t)(new->proto.tcp.seen[0].td_end - old->proto.tcp.seen[0].td_end) > 0;
}

static bool used_tuple_harder(const struct ct_tuple *tuple, struct conn *ct, unsigned attempts_left)
{
	struct ct_tuple reply;
	enum ip_ct_dir dir;
	struct conn *old;

	ct_tuple_invert(&reply, tuple);
	if (attempts_left > HARDER_THRESH || tuple->dst.protonum != IPPROTO_TCP ||
	    ct->proto.tcp.state != TCP_CONNTRACK_SYN_SENT)
		return ct_tuple_taken(&reply, ct);
	old = ct_find(ct->host, &ct->zone, &reply, &dir);
	if (!old)
		return false;
	if (dir == IP_CT_DIR_ORIGINAL || old == ct || !may_evict(old, ct))
		return true;
	ct_kill(old);
	return false;
}

struct span { uint32_t min, size; };

/* Without a range, a source port stays in its class: below 512 passes credentials, below 1024 is
 * privileged. False: nothing may be chosen. */
static bool port_span(const struct nf_nat_range *range, enum nf_nat_manip manip, uint16_t port, struct span *ret)
{
	if (range->flags & NF_NAT_RANGE_PROTO_SPECIFIED) {
		uint32_t lo = MIN(range->min_port, range->max_port), hi = MAX(range->min_port, range->max_port);

		*ret = (struct span){ lo, hi - lo + 1 };
		return true;
	}
	if (manip == NF_NAT_MANIP_DST)
		return false;
	if (port >= 1024)
		*ret = (struct span){ 1024, 65536 - 1024 };
	else if (port >= 512)
		*ret = (struct span){ 600, 1024 - 600 };
	else
		*ret = (struct span){ 1, 511 };
	return true;
}

static struct span id_span(const struct nf_nat_range *range, uint32_t lowest)
{
	if (range->flags & NF_NAT_RANGE_PROTO_SPECIFIED)
		return (struct span){ range->min_port, (uint32_t)(range->max_port - range->min_port + 1) };
	return (struct span){ lowest, 65536 - lowest };
}

/* The part of the tuple that may be chosen, and from where; NULL: none. */
static be16 *choosable(struct ct_tuple *tuple, const struct nf_nat_range *range, enum nf_nat_manip manip,
		       const struct conn *ct, struct span *ret)
{
	be16 *key = manip == NF_NAT_MANIP_SRC ? &tuple->src.u : &tuple->dst.u.all;

	switch (tuple->dst.protonum) {
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		*ret = id_span(range, 0);
		return &tuple->src.u;	/* the id is the same both ways */
	case IPPROTO_GRE:
		if (!ct->master)	/* not PPTP: keys are not ours to choose */
			return NULL;
		*ret = id_span(range, 1);
		return key;
	case IPPROTO_UDP:
	case IPPROTO_UDPLITE:
	case IPPROTO_TCP:
	case IPPROTO_SCTP:
		return port_span(range, manip, ntohs(*key), ret) ? key : NULL;
	default:
		return NULL;
	}
}

static uint16_t random_start(struct conn *ct, enum nf_nat_manip manip, const struct span *s)
{
	be16 wanted;

	if (nat_take_hint(ct, manip, &wanted) && ntohs(wanted) >= s->min && ntohs(wanted) - s->min < s->size)
		return (uint16_t)(ntohs(wanted) - s->min);
	return (uint16_t)rng_u32(&ct->host->rng_nat);
}

/* Looks for a free port from a start on, in ever smaller windows from new starts, since a search of the
 * whole range could take too long when all are used. When nothing is free the last one tried stays: the
 * clash is found when the connection is confirmed, and the packet dropped there. */
void nat_unique_port(struct ct_tuple *tuple, const struct nf_nat_range *range, enum nf_nat_manip manip,
		     struct conn *ct)
{
	struct span s = { 0, 0 };
	be16 *key = choosable(tuple, range, manip, ct, &s);
	unsigned attempts;
	uint16_t off = 0;

	if (!key)
		return;
	if (range->flags & NF_NAT_RANGE_PROTO_OFFSET)
		off = (uint16_t)(ntohs(*key) - range->base_port);
	else if ((range->flags & NF_NAT_RANGE_PROTO_RANDOM_ALL) || manip != NF_NAT_MANIP_DST)
		off = random_start(ct, manip, &s);
	for (attempts = MIN(s.size, (uint32_t)MAX_ATTEMPTS);; attempts /= 2) {
		for (unsigned i = 0; i < attempts; i++, off++) {
			*key = htons((uint16_t)(s.min + off % s.size));
			if (!used_tuple_harder(tuple, ct, attempts - i))
				return;
		}
		if (attempts >= s.size || attempts < MIN_ATTEMPTS)
			return;
		off = (uint16_t)rng_u32(&ct->host->rng_nat);
	}
}
