// SPDX-License-Identifier: MIT
/* print.c - connections as text ("conntrack -L -o extended" of conntrack 1.4.7) and as
 * snapshots. */
#include "sim/conntrack/internal.h"
#include "sim/base/text.h"
#include <stdlib.h>

static void print_tuple(const struct ct_tuple *t, struct strbuf *out)
{
	char a[ADDRSTRLEN], b[ADDRSTRLEN];

	sb_printf(out, "src=%s dst=%s ", inet_str(a, t->l3num, &t->src.u3),
		  inet_str(b, t->l3num, &t->dst.u3));
	switch (t->dst.protonum) {
	case PROTO_TCP:
	case PROTO_UDP:
	case PROTO_UDPLITE:
	case PROTO_SCTP:
	case PROTO_DCCP: /* the tool has ports for it, the kernel none any more */
		sb_printf(out, "sport=%u dport=%u ", ntohs(t->src.u), ntohs(t->dst.u.all));
		break;
	case PROTO_GRE:
		sb_printf(out, "srckey=0x%x dstkey=0x%x ", ntohs(t->src.u), ntohs(t->dst.u.all));
		break;
	case PROTO_ICMP:
	case PROTO_ICMPV6:
		sb_printf(out, "type=%u code=%u id=%u ", t->dst.u.icmp.type, t->dst.u.icmp.code,
			  ntohs(t->src.u));
		break;
	default: break;
	}
}

static void print_side(const struct conn *ct, enum ip_ct_dir dir, struct strbuf *out)
{
	const struct ct_zone *z = &ct->zone;

	print_tuple(&ct->tuple[dir], out);
	if (z->id && z->dir == (1u << dir))
		sb_printf(out, "zone-%s=%u ", dir ? "reply" : "orig", z->id);
	if (ct->acct)
		sb_printf(out, "packets=%llu bytes=%llu ", (unsigned long long)ct->packets[dir],
			  (unsigned long long)ct->bytes[dir]);
}

void ct_print(const struct conn *ct, struct strbuf *out)
{
	uint8_t proto = ct_protonum(ct);
	const char *state = ct_state_name(ct);

	sb_printf(out, "%-8s %u %-8s %u ", ct_l3num(ct) == NFPROTO_IPV6 ? "ipv6" : "ipv4",
		  ct_l3num(ct), ct_proto_name(proto), proto);
	if (!(ct->status & IPS_OFFLOAD))
		sb_printf(out, "%u ", ct_timeout_sec(ct));
	if (state)
		sb_printf(out, "%s ", state);
	print_side(ct, IP_CT_DIR_ORIGINAL, out);
	if (!(ct->status & IPS_SEEN_REPLY))
		sb_puts(out, "[UNREPLIED] ");
	print_side(ct, IP_CT_DIR_REPLY, out);
	if (ct->status & IPS_ASSURED)
		sb_puts(out, "[ASSURED] ");
	sb_printf(out, "mark=%u ", ct->mark);
	if (ct->secmark)
		sb_printf(out, "secmark=%u ", ct->secmark);
	if (ct->zone.id && ct->zone.dir == NF_CT_DEFAULT_ZONE_DIR)
		sb_printf(out, "zone=%u ", ct->zone.id);
	if (ct->ext && ct->ext->start_ns)
		sb_printf(out, "delta-time=%llu ",
			  (unsigned long long)((ct->host->boot_real_ns + ct->host->clock->now -
						ct->ext->start_ns) /
					       NSEC_PER_SEC));
	if (ct->helper)
		sb_printf(out, "helper=%s ", ct->helper);
	sb_puts(out, "use=1");
}

/* ---- snapshots ---- */

static int compare_numbers(uint32_t a, uint32_t b)
{
	return a < b ? -1 : a > b;
}

static int compare_tuples(const struct ct_tuple *a, const struct ct_tuple *b)
{
	int c = memcmp(&a->src.u3, &b->src.u3, sizeof(a->src.u3));

	if (!c)
		c = memcmp(&a->dst.u3, &b->dst.u3, sizeof(a->dst.u3));
	if (!c)
		c = compare_numbers(ntohs(a->src.u), ntohs(b->src.u));
	if (!c)
		c = compare_numbers(ntohs(a->dst.u.all), ntohs(b->dst.u.all));
	return c;
}

static int compare(const void *pa, const void *pb)
{
	const struct conn *a = *(struct conn *const *)pa, *b = *(struct conn *const *)pb;
	int c = compare_numbers(ct_l3num(a), ct_l3num(b));

	if (!c)
		c = compare_numbers(ct_protonum(a), ct_protonum(b));
	if (!c)
		c = compare_numbers(a->zone.id, b->zone.id);
	if (!c)
		c = compare_tuples(&a->tuple[0], &b->tuple[0]);
	if (!c)
		c = compare_tuples(&a->tuple[1], &b->tuple[1]);
	return c ? c : a->id < b->id ? -1 : a->id > b->id;
}

/* The place of ct among those shown: where it is, or where it belongs. */
static uint32_t shown_place(const struct ct_table *t, struct conn *ct)
{
	uint32_t lo = 0, hi = t->nr_shown;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (compare(&t->shown[mid], &ct) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

void shown_add(struct ct_table *t, struct conn *ct)
{
	uint32_t at;

	if (!trace_on(ct->host->trace, EV_CT_ENTRY)) {	/* nobody listens any more */
		shown_drop(t);
		return;
	}
	if (t->nr_shown == t->shown_cap) {
		t->shown_cap *= 2;
		t->shown = xrealloc(t->shown, t->shown_cap * sizeof(struct conn *));
	}
	at = shown_place(t, ct);
	memmove(t->shown + at + 1, t->shown + at, (t->nr_shown - at) * sizeof(struct conn *));
	t->shown[at] = ct;
	t->nr_shown++;
}

void shown_del(struct ct_table *t, struct conn *ct)
{
	uint32_t at;

	if (!trace_on(ct->host->trace, EV_CT_ENTRY)) {
		shown_drop(t);
		return;
	}
	at = shown_place(t, ct);
	memmove(t->shown + at, t->shown + at + 1, (t->nr_shown - at - 1) * sizeof(struct conn *));
	t->nr_shown--;
}

void shown_drop(struct ct_table *t)
{
	free(t->shown);
	t->shown = NULL;
	t->nr_shown = 0;
}

static void shown_make(struct ct_table *t)
{
	t->shown_cap = MAX(t->count, 64);
	t->shown = xmalloc(t->shown_cap * sizeof(struct conn *));
	for (struct conn *ct = t->first; ct; ct = ct->list_next)
		t->shown[t->nr_shown++] = ct;
	qsort(t->shown, t->nr_shown, sizeof(struct conn *), compare);
}

static void no_one(struct conn *ct UNUSED, void *arg UNUSED)
{
}

void ct_snapshot(struct host *h)
{
	struct ct_table *t = h->ct;

	if (!t || !trace_on(h->trace, EV_CT_ENTRY))
		return;
	ct_each(h, no_one, NULL);	/* the expired go */
	if (!t->shown)
		shown_make(t);
	for (uint32_t i = 0; i < t->nr_shown; i++) {
		struct event ev;

		if (t->shown[i]->hidden || t->shown[i]->unknown)
			continue;
		ev.type = EV_CT_ENTRY;
		ev.host = h;
		ev.pkt = NULL;
		ev.u.ct_entry.ct = t->shown[i];
		trace_emit(h->trace, &ev);
	}
}
