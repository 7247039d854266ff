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

struct all {
	struct conn **ct;
	size_t nr;
};

static void collect(struct conn *ct, void *arg)
{
	struct all *all = arg;

	if (!ct->hidden && !ct->unknown)
		all->ct[all->nr++] = ct;
}

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

void ct_snapshot(struct host *h)
{
	struct all all = { 0 };

	if (!h->ct || !trace_on(h->trace, EV_CT_ENTRY))
		return;
	all.ct = xmalloc(h->ct->count * sizeof(*all.ct) + 1);
	ct_each(h, collect, &all);
	qsort(all.ct, all.nr, sizeof(*all.ct), compare);
	for (size_t i = 0; i < all.nr; i++) {
		struct event ev = { .type = EV_CT_ENTRY, .host = h };

		ev.u.ct_entry.ct = all.ct[i];
		trace_emit(h->trace, &ev);
	}
	free(all.ct);
}
