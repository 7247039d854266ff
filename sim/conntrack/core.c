// SPDX-License-Identifier: MIT
/* core.c - a packet meets its connection (nf_conntrack_in) at its first hook, and a new
 * connection becomes known (__nf_conntrack_confirm) at its last
 * (net/netfilter/nf_conntrack_core.c). */
#include "sim/conntrack/internal.h"
#include "sim/net/ipv6.h"
#include <stdarg.h>
#include <stdio.h>

/* ---- events ---- */

void ct_event(struct host *h, const struct packet *p, const struct conn *ct, enum ct_event what,
	      const char *why)
{
	if (!trace_on(h->trace, EV_CT))
		return;
	struct event ev = { .type = EV_CT, .host = h, .pkt = p };

	ev.u.ct.what = what;
	ev.u.ct.ct = ct;
	ev.u.ct.why = why;
	trace_emit(h->trace, &ev);
}

void track_why(struct track *t, const char *fmt, ...)
{
	va_list ap;

	if (!t->talk)
		return;
	va_start(ap, fmt);
	vsnprintf(t->why, sizeof(t->why), fmt, ap);
	va_end(ap);
}

static const char *why_of(const struct track *t)
{
	return t->why[0] ? t->why : NULL;
}

bool track_bad_checksum(const struct track *t, unsigned proto, uint32_t cov)
{
	struct packet *p = t->p;
	uint32_t len = pkt_len(p) - t->off, sum = 0;

	/* Packets made here carry right checksums; of one that the capture cut nobody knows. */
	if (t->s->hook != NF_INET_PRE_ROUTING || !t->h->sysctl.ct_checksum ||
	    p->ip_summed != CHECKSUM_NONE || p->cut)
		return false;
	if (t->s->family == NFPROTO_IPV6) {
		const uint8_t *ip = pkt_nh(p);

		sum = csum_pseudo6(ip + IP6_SRC, ip + IP6_DST, proto, len);
		if (csum_fold(csum_partial(ip + t->off, cov ? cov : len, sum)))
			return true;
		p->csum_valid = true;
		p->csum_full = csum_fold(csum_partial(ip, pkt_len(p), 0));
		return false;
	}
	/* UDP-Lite (the only one with a coverage): the kernel gives length and protocol to the sum the wrong way
	 * round, so what stands for the length has 8 bits. */
	if (cov)
		sum = csum_pseudo4(ip4_saddr(pkt_nh(p)), ip4_daddr(pkt_nh(p)), proto, len & 255);
	else if (proto != PROTO_ICMP)
		sum = csum_pseudo4(ip4_saddr(pkt_nh(p)), ip4_daddr(pkt_nh(p)), proto, len);
	/* With the IP header, which counts as nothing, but makes all zeros after it right: as
	 * nf_ip_checksum(). */
	if (csum_fold(csum_partial(pkt_nh(p), t->off + (cov ? cov : len), sum)))
		return true;
	p->csum_valid = true;
	return false;
}

/* ---- a packet comes in ---- */

static void expected(struct track *t, struct conn *ct, const struct ct_expect *e)
{
	const struct ct_nat_hook *nat = t->h->ct->nat;

	ct_get(e->master);
	ct->master = e->master;
	ct->status |= IPS_EXPECTED;
	ct->mark = e->master->mark;
	ct->secmark = e->master->secmark;
	if (e->follow && nat)
		nat->follow_master(ct, e);
}

static struct conn *init_conntrack(struct track *t, const struct conn *tmpl,
				   const struct ct_zone *zone, const struct ct_tuple *tuple,
				   uint32_t hash, bool *ret_full)
{
	const struct netns_sysctl *sys = &t->h->sysctl;
	struct ct_tuple reply;
	struct ct_expect exp;
	struct conn *ct;

	if (!ct_tuple_invert(&reply, tuple))
		return NULL;
	ct = table_alloc(t->h, zone, tuple, &reply, hash);
	if (!ct) {
		track_why(t, "table full, dropping packet");
		*ret_full = true;
		return NULL;
	}
	ct->acct = sys->ct_acct;
	ct->has_labels = t->h->ct->labels_used;
	if (unlikely(t->h->ct->nr_expect) && ct_expect_take(t->h, tuple, zone, &exp))
		expected(t, ct, &exp);
	if (!tmpl)
		return ct;
	ct->timeouts = tmpl->timeouts;
	if (tmpl->helper && !ct->master) {
		ct->helper = tmpl->helper;
		ct->status |= IPS_HELPER;
	}
	if (tmpl->ext && tmpl->ext->has_synproxy) {
		ct_ext_add(ct)->has_synproxy = true;
		ct->ext->has_seqadj = true;
	}
	return ct;
}

/* Finds or makes the packet's connection and attaches it; false: the table is full. */
static bool resolve_normal_ct(struct track *t, const struct conn *tmpl, uint8_t proto)
{
	struct packet *p = t->p;
	struct ct_zone tmp;
	const struct ct_zone *zone = ct_zone_tmpl(tmpl, p, &tmp);
	uint16_t orig = ct_zone_id(zone, IP_CT_DIR_ORIGINAL),
		 reply = ct_zone_id(zone, IP_CT_DIR_REPLY);
	enum ip_ct_dir dir = IP_CT_DIR_ORIGINAL;
	struct ct_tuple tuple;
	struct conn *ct;
	uint32_t hash;
	bool full = false;

	if (!ct_tuple_get(&tuple, p, 0, t->off, t->s->family, proto))
		return true;
	hash = table_hash(t->h->ct, &tuple, orig);
	ct = table_lookup(t->h, zone, &tuple, hash, &dir);
	if (!ct && orig != reply)
		ct = table_lookup(t->h, zone, &tuple, table_hash(t->h->ct, &tuple, reply), &dir);
	if (ct) {
		ct_get(ct);
	} else {
		ct = init_conntrack(t, tmpl, zone, &tuple, hash, &full);
		if (!ct)
			return !full;
	}
	if (dir == IP_CT_DIR_REPLY)
		t->ctinfo = IP_CT_ESTABLISHED_REPLY;
	else if (ct->status & IPS_SEEN_REPLY)
		t->ctinfo = IP_CT_ESTABLISHED;
	else
		t->ctinfo = ct->status & IPS_EXPECTED ? IP_CT_RELATED : IP_CT_NEW;
	p->ct = ct;
	p->ctinfo = (uint8_t)t->ctinfo;
	return true;
}

static enum track_result handle_packet(struct track *t, struct conn *ct)
{
	switch (ct_protonum(ct)) {
	case PROTO_TCP: return tcp_packet(t, ct);
	case PROTO_UDP: return udp_packet(t, ct);
	case PROTO_ICMP: return icmp_packet(t, ct);
	case PROTO_ICMPV6: return icmpv6_packet(t, ct);
	case PROTO_UDPLITE: return udplite_packet(t, ct);
	case PROTO_SCTP: return sctp_packet(t, ct);
	case PROTO_GRE: return gre_packet(t, ct);
	default: return generic_packet(t, ct);
	}
}

static enum nf_verdict invalid(struct track *t)
{
	ct_event(t->h, t->p, NULL, CT_EV_INVALID, why_of(t));
	return NF_ACCEPT;
}

static enum nf_verdict unknown(struct track *t, const struct conn *ct)
{
	t->reason = DROP_UNKNOWN;
	t->p->verdict_rule = NULL;
	t->p->verdict_chain = NULL;
	ct_event(t->h, t->p, ct, CT_EV_FOUND, "its first packet's fate is not known");
	return NF_DROP;
}

/* The tracker has spoken: the packet keeps its connection or is invalid. */
static enum nf_verdict track(struct track *t, const struct conn *tmpl, uint8_t proto)
{
	struct packet *p = t->p;
	enum track_result res;
	struct conn *ct;
	bool confirmed;

	do {
		if (!resolve_normal_ct(t, tmpl, proto)) {
			ct_event(t->h, p, NULL, CT_EV_INVALID, why_of(t));
			return NF_DROP;
		}
		ct = p->ct;
		if (!ct) {
			track_why(t, "no connection can begin with it");
			return invalid(t);
		}
		if (unlikely(ct->unknown))
			return unknown(t, ct);
		confirmed = ct_confirmed(ct);
		res = handle_packet(t, ct);
		if (res != TRACK_ACCEPT) {
			ct_put(ct);
			p->ct = NULL;
			p->ctinfo = 0;
		}
	} while (res == TRACK_REPEAT);
	if (res == TRACK_DROP)
		return NF_DROP;
	if (res == TRACK_INVALID)
		return invalid(t);
	if (t->ctinfo == IP_CT_ESTABLISHED_REPLY)
		ct->status |= IPS_SEEN_REPLY;
	ct_event(t->h, p, ct, confirmed ? CT_EV_FOUND : CT_EV_NEW, why_of(t));
	if (t->changed)
		ct_event(t->h, p, ct, CT_EV_STATE, NULL);
	return NF_ACCEPT;
}

static enum nf_verdict track_in(struct track *t, const struct conn *tmpl)
{
	uint8_t proto = 0;
	int off = ct_l4proto(t->p, 0, t->s->family, &proto);

	if (off <= 0) {
		track_why(t, "no transport header");
		return invalid(t);
	}
	t->off = (uint32_t)off;
	if (proto == (t->s->family == NFPROTO_IPV6 ? PROTO_ICMPV6 : PROTO_ICMP)) {
		if ((proto == PROTO_ICMP ? icmp_error(t, tmpl) : icmpv6_error(t, tmpl)) == TRACK_INVALID)
			return invalid(t);
		if (unlikely(t->p->ctinfo == IP_CT_UNTRACKED)) {
			ct_event(t->h, t->p, NULL, CT_EV_UNTRACKED, NULL);
			return NF_ACCEPT;
		}
		if (t->p->ct && t->p->ct->unknown)
			return unknown(t, t->p->ct);
		if (t->p->ct) {
			ct_event(t->h, t->p, t->p->ct, CT_EV_FOUND, NULL);
			return NF_ACCEPT;
		}
	}
	return track(t, tmpl, proto);
}

enum nf_verdict ct_in(void *priv, struct packet *p, const struct nf_hook_state *s,
		      enum drop_reason *reason)
{
	struct conn *tmpl = p->ct;
	struct track t;			/* all but the room for words is set */
	enum nf_verdict v;

	t.h = s->host;
	t.p = p;
	t.s = s;
	t.off = 0;
	t.ctinfo = (enum ip_ct_info)0;
	t.talk = trace_on(s->host->trace, EV_CT);
	t.changed = false;
	t.reason = PKT_NOT_DROPPED;
	t.why[0] = 0;
	(void)priv;
	if (!tmpl && p->ctinfo == IP_CT_UNTRACKED) {
		ct_event(t.h, p, NULL, CT_EV_UNTRACKED, NULL);
		return NF_ACCEPT;
	}
	if (tmpl && !(tmpl->status & IPS_TEMPLATE))
		return NF_ACCEPT; /* seen before: it came round by loopback */
	p->ct = NULL;
	p->ctinfo = 0;
	/* A piece that a raw socket sent as it is: without its template, lest later rules take
	 * it for a connection. */
	if (s->hook == NF_INET_LOCAL_OUT && s->family == NFPROTO_IPV4 &&
	    get_be16(pkt_nh(p) + IP4_FRAGOFF) & (IP_MF | IP_OFFMASK))
		v = NF_ACCEPT;
	else
		v = track_in(&t, tmpl);
	if (unlikely(t.reason))
		*reason = t.reason;
	ct_put(tmpl);
	return v;
}

/* ---- a new connection is confirmed ---- */

static bool same_flow(const struct conn *a, const struct conn *b)
{
	return tuple_equal(&a->tuple[0], &b->tuple[0]) && tuple_equal(&a->tuple[1], &b->tuple[1]) &&
	       zone_equal(&a->zone, &b->zone, IP_CT_DIR_ORIGINAL) &&
	       zone_equal(&a->zone, &b->zone, IP_CT_DIR_REPLY);
}

static bool same_flow_reversed(const struct conn *a, const struct conn *b)
{
	return tuple_equal(&a->tuple[0], &b->tuple[1]) && tuple_equal(&a->tuple[1], &b->tuple[0]) &&
	       ct_zone_id(&a->zone, IP_CT_DIR_ORIGINAL) == ct_zone_id(&b->zone, IP_CT_DIR_REPLY) &&
	       ct_zone_id(&a->zone, IP_CT_DIR_REPLY) == ct_zone_id(&b->zone, IP_CT_DIR_ORIGINAL);
}

/* The packet goes over to the connection that was faster, when both are the same flow. */
static bool merge_clash(struct packet *p, struct conn *winner)
{
	struct conn *loser = p->ct;
	enum ip_ct_dir dir = CTINFO2DIR(p->ctinfo);

	if (!same_flow(winner, loser) && !same_flow_reversed(winner, loser))
		return false;
	if (loser->acct)
		ct_account(winner, dir, (uint32_t)loser->bytes[dir]);
	ct_get(winner);
	ct_put(loser);
	p->ct = winner;
	return true;
}

static bool allow_clash(uint8_t proto)
{
	return proto != PROTO_TCP && proto != PROTO_ICMP && proto != PROTO_ICMPV6 && proto != PROTO_SCTP;
}

/* Its tuple is in the table already (nf_ct_resolve_clash): merge, or when only the original
 * direction clashes let it live for its replies, a second long, or drop the packet. */
static enum nf_verdict resolve_clash(struct host *h, struct packet *p, struct conn *winner,
				     uint32_t reply_hash)
{
	struct conn *loser = p->ct;
	enum ip_ct_dir dir;

	if (!allow_clash(ct_protonum(winner)))
		goto drop;
	if (merge_clash(p, winner))
		goto resolved;
	winner = table_lookup(h, &loser->zone, &loser->tuple[IP_CT_DIR_REPLY], reply_hash, &dir);
	if (winner) {
		if (merge_clash(p, winner))
			goto resolved;
		goto drop;
	}
	loser->timeout = host_jiffies(h) + HZ;
	loser->status |= IPS_FIXED_TIMEOUT | IPS_NAT_CLASH;
	table_insert(loser, true);
resolved:
	ct_event(h, p, p->ct, CT_EV_CLASH, "resolved");
	return NF_ACCEPT;
drop:
	ct_event(h, p, loser, CT_EV_CLASH, "dropped");
	return NF_DROP;
}

static enum nf_verdict confirm(struct host *h, struct packet *p)
{
	struct conn *ct = p->ct, *winner;
	enum ip_ct_dir dir;
	uint32_t hash;

	/* An error or RST made about a packet whose connection is not known yet leaves it
	 * unknown. */
	if (CTINFO2DIR(p->ctinfo) != IP_CT_DIR_ORIGINAL)
		return NF_ACCEPT;
	if (ct->status & IPS_DYING)
		return NF_DROP;
	hash = ct->hash[IP_CT_DIR_REPLY];
	/* NAT may have taken a tuple of somebody else without noticing, as this one is not in
	 * the table. */
	winner = table_lookup(h, &ct->zone, &ct->tuple[IP_CT_DIR_ORIGINAL], ct->hash[IP_CT_DIR_ORIGINAL], &dir);
	if (!winner)
		winner = table_lookup(h, &ct->zone, &ct->tuple[IP_CT_DIR_REPLY], hash, &dir);
	if (winner)
		return resolve_clash(h, p, winner, hash);
	ct->timeout += host_jiffies(h);
	if (h->sysctl.ct_timestamp)
		ct_ext_add(ct)->start_ns = h->boot_real_ns + h->clock->now;
	table_insert(ct, false);
	ct_event(h, p, ct, CT_EV_CONFIRMED, NULL);
	return NF_ACCEPT;
}

/* The helper reads the packet, which may move later packets' numbers; this one's by what was
 * known before. */
static bool help(struct packet *p, const struct nf_hook_state *s, bool adjust)
{
	enum ip_ct_info ctinfo = (enum ip_ct_info)p->ctinfo;
	struct conn *ct = p->ct;
	uint8_t proto = 0;
	int off = ct_l4proto(p, 0, s->family, &proto);

	if (off <= 0)
		return true;
	if (ct->helper && strcmp(ct->helper, "ftp") == 0 &&
	    ftp_help(p, ct, ctinfo, (uint32_t)off) != NF_ACCEPT)
		return false;
	return !adjust || seqadj_packet(p, ct, ctinfo, (uint32_t)off);
}

enum nf_verdict ct_confirm(void *priv, struct packet *p, const struct nf_hook_state *s,
			   enum drop_reason *reason)
{
	struct conn *ct = p->ct;
	bool adjust;

	(void)priv;
	(void)reason;
	if (!ct || ct->status & IPS_TEMPLATE)
		return NF_ACCEPT;
	/* Numbers were shifted when it left; on its way back in by loopback they are right
	 * already. */
	adjust = ct->status & IPS_SEQ_ADJUST && !(p->in_dev && p->in_dev->kind == DEV_LO);
	if ((adjust || ct->helper) && p->ctinfo != IP_CT_RELATED_REPLY && !help(p, s, adjust))
		return NF_DROP;
	return ct_confirmed(ct) ? NF_ACCEPT : confirm(s->host, p);
}

/* ---- fragments, before everything ---- */

static uint32_t defrag_user(const struct packet *p, enum nf_hook hook)
{
	uint32_t zone = p->ct ? ct_zone_id(&p->ct->zone, CTINFO2DIR(p->ctinfo)) : 0;

	if (hook != NF_INET_PRE_ROUTING)
		return IP_DEFRAG_CONNTRACK_OUT + zone;
	return (p->physin ? (uint32_t)IP_DEFRAG_CONNTRACK_BRIDGE_IN
			  : (uint32_t)IP_DEFRAG_CONNTRACK_IN) +
	       zone;
}

static enum nf_verdict defrag(void *priv, struct packet *p, const struct nf_hook_state *s,
			      enum drop_reason *reason)
{
	struct packet *whole = p;

	(void)priv;
	(void)reason;
	if (!p->ct && p->ctinfo == IP_CT_UNTRACKED)
		return NF_ACCEPT;
	if (!(get_be16(pkt_nh(p) + IP4_FRAGOFF) & (IP_MF | IP_OFFMASK)))
		return NF_ACCEPT;
	if (!ip_defrag(s->host, &whole, defrag_user(p, s->hook)))
		return NF_STOLEN;
	assert(whole == p); /* the caller of the hook goes on with the packet it knows */
	p->ignore_df = true;
	return NF_ACCEPT;
}

static enum nf_verdict defrag6(void *priv, struct packet *p, const struct nf_hook_state *s, enum drop_reason *reason)
{
	bool gone;

	(void)priv;
	(void)reason;
	if ((p->ct && !(p->ct->status & IPS_TEMPLATE)) || (!p->ct && p->ctinfo == IP_CT_UNTRACKED))
		return NF_ACCEPT;
	if (nf_ct_frag6_gather(s->host, p, defrag_user(p, s->hook), &gone))
		return NF_ACCEPT;
	return gone ? NF_STOLEN : NF_DROP;
}

/* ---- turning it on ---- */

static unsigned family_slot(uint8_t family)
{
	return family == NFPROTO_IPV6;
}

void ct_need_defrag(struct host *h, uint8_t family)
{
	struct ct_table *t = table_of(h);

	if (t->need_defrag[family_slot(family)])
		return;
	t->need_defrag[family_slot(family)] = true;
	for (int i = 0; i < 2; i++) {
		struct nf_hook_ops ops = { .fn = family == NFPROTO_IPV6 ? defrag6 : defrag,
					   .name = "defrag",
					   .family = family,
					   .hook = i ? NF_INET_LOCAL_OUT : NF_INET_PRE_ROUTING,
					   .priority = NF_IP_PRI_CONNTRACK_DEFRAG };

		nf_register_hook(h->hooks, &ops);
	}
}

void ct_need(struct host *h, uint8_t family)
{
	static const struct {
		nf_hookfn *fn;
		enum nf_hook hook;
		int priority;
	} at[] = {
		{ ct_in, NF_INET_PRE_ROUTING, NF_IP_PRI_CONNTRACK },
		{ ct_in, NF_INET_LOCAL_OUT, NF_IP_PRI_CONNTRACK },
		{ ct_confirm, NF_INET_POST_ROUTING, NF_IP_PRI_CONNTRACK_CONFIRM },
		{ ct_confirm, NF_INET_LOCAL_IN, NF_IP_PRI_CONNTRACK_CONFIRM },
	};
	struct ct_table *t = table_of(h);

	if (t->need[family_slot(family)])
		return;
	t->need[family_slot(family)] = true;
	pkt_pool_on_ct(h->pool, ct_put);
	ct_need_defrag(h, family);
	for (size_t i = 0; i < ARRAY_SIZE(at); i++) {
		struct nf_hook_ops ops = { .fn = at[i].fn,
					   .name = "conntrack",
					   .family = family,
					   .hook = at[i].hook,
					   .priority = at[i].priority };

		nf_register_hook(h->hooks, &ops);
	}
}

/* ---- what others do to a packet's connection ---- */

void ct_unknown(struct host *h, struct packet *p)
{
	struct conn *ct = p->ct;

	if (!ct || ct->status & IPS_TEMPLATE || ct_confirmed(ct))
		return;
	ct->unknown = true;
	confirm(h, p);
}

void ct_set_untracked(struct packet *p)
{
	ct_put(p->ct);
	p->ct = NULL;
	p->ctinfo = IP_CT_UNTRACKED;
}

void nf_reset_ct(struct packet *p)
{
	ct_put(p->ct);
	p->ct = NULL;
	p->ctinfo = 0;
}

void nf_ct_attach(struct packet *new, const struct packet *old)
{
	if (!old->ct && !old->ctinfo)
		return;
	/* It goes the other way. An untracked packet has no direction; what is made about it is
	 * tracked. */
	ct_get(old->ct);
	ct_put(new->ct);
	new->ct = old->ct;
	new->ctinfo =
		CTINFO2DIR(old->ctinfo) == IP_CT_DIR_ORIGINAL ? IP_CT_RELATED_REPLY : IP_CT_RELATED;
}
