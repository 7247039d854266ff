// SPDX-License-Identifier: MIT
/* print.c - sets as "ipset save" and "ipset list" print them. */
#include "rules/ipset/internal.h"
#include "rules/ext.h"
#include <stdlib.h>

struct row { struct ipset_elem e; struct ipset_ext x; };

struct printing {
	const struct ip_set *s;
	const struct ipsets *sets;
	enum print_mode mode;
	struct strbuf *out;
	struct row *row;		/* to be sorted, or NULL */
	size_t nr, cap;
};

/* ---- one option: " timeout 5" or "<timeout>5</timeout>" */

static void put(struct printing *p, const char *name, const char *fmt, ...) PRINTF(3, 4);
static void put(struct printing *p, const char *name, const char *fmt, ...)
{
	va_list ap;

	sb_printf(p->out, p->mode == PRINT_XML ? "<%s>" : " %s ", name);
	va_start(ap, fmt);
	sb_vprintf(p->out, fmt, ap);
	va_end(ap);
	if (p->mode == PRINT_XML)
		sb_printf(p->out, "</%s>", name);
}

static void put_flag(struct printing *p, const char *name, bool on)
{
	if (on)
		sb_printf(p->out, p->mode == PRINT_XML ? "<%s/>" : " %s", name);
}

/* ---- the element */

static void put_net(const union inet_addr *a, uint8_t cidr, uint8_t family, bool net, struct strbuf *out)
{
	char buf[ADDRSTRLEN];

	sb_puts(out, inet_str(buf, family, a));
	if (net && cidr != (family == NFPROTO_IPV6 ? 128 : 32))
		sb_printf(out, "/%u", cidr);
}

static void put_port(const struct ipset_elem *e, struct strbuf *out)
{
	const char *proto = ext_protocol_name(e->proto), *name;

	if (proto)
		sb_printf(out, "%s:", proto);
	else
		sb_printf(out, "%u:", e->proto);
	if (e->proto != IPPROTO_ICMP && e->proto != IPPROTO_ICMPV6)
		sb_printf(out, "%u", e->port);
	else if ((name = icmp_name(e->proto == IPPROTO_ICMPV6, e->port)))
		sb_puts(out, name);
	else
		sb_printf(out, "%u/%u", e->port >> 8, e->port & 255);
}

static void put_part(const struct ip_set *s, const struct ipsets *sets, unsigned i, const struct ipset_elem *e, struct strbuf *out)
{
	const struct ipset_type *t = ipset_type(s);
	uint8_t family = ipset_family(s) == NFPROTO_IPV6 ? NFPROTO_IPV6 : NFPROTO_IPV4;
	bool net = t->part[i] == SETDIM_NET;
	const struct ip_set *member;

	switch (t->part[i]) {
	case SETDIM_IP:
	case SETDIM_NET:
		put_net(i ? &e->ip2 : &e->ip, i ? e->cidr2 : e->cidr, family, net, out);
		break;
	case SETDIM_PORT:
		if (t->port_with_proto)
			put_port(e, out);
		else
			sb_printf(out, "%u", e->port);
		break;
	case SETDIM_MAC:
		sb_printf(out, "%02X:%02X:%02X:%02X:%02X:%02X", e->mac[0], e->mac[1], e->mac[2], e->mac[3], e->mac[4], e->mac[5]);
		break;
	case SETDIM_MARK:
		sb_printf(out, "0x%08x", e->mark);
		break;
	case SETDIM_IFACE:
		sb_printf(out, "%s%s", e->physdev ? "physdev:" : "", e->iface);
		break;
	case SETDIM_NAME:
		member = ipset_at(sets, e->id);
		sb_puts(out, member ? ipset_name(member) : "");
		break;
	}
}

void ipset_elem_text(const struct ip_set *s, const struct ipsets *sets, const struct ipset_elem *e, struct strbuf *out)
{
	const struct ipset_type *t = ipset_type(s);

	for (unsigned i = 0; i < t->dim; i++) {
		if (t->part[i] == SETDIM_MAC && i && !e->has_mac)
			continue;
		if (i)
			sb_putc(out, ',');
		put_part(s, sets, i, e, out);
	}
}

static void put_extensions(struct printing *p, const struct ipset_elem *e, const struct ipset_ext *x)
{
	if (x->timeout != IPSET_NO_TIMEOUT)
		put(p, "timeout", "%u", x->timeout);
	put_flag(p, "nomatch", e->nomatch);
	put_flag(p, "wildcard", e->wildcard);
	if (x->packets != UINT64_MAX) {
		put(p, "packets", "%llu", (unsigned long long)x->packets);
		put(p, "bytes", "%llu", (unsigned long long)x->bytes);
	}
	if (x->comment)
		put(p, "comment", "\"%s\"", x->comment);
	if (!x->has_skbinfo)
		return;
	if ((x->skbmark || x->skbmarkmask) && x->skbmarkmask == UINT32_MAX)
		put(p, "skbmark", "0x%x", x->skbmark);
	else if (x->skbmark || x->skbmarkmask)
		put(p, "skbmark", "0x%x/0x%x", x->skbmark, x->skbmarkmask);
	if (x->skbprio)
		put(p, "skbprio", "%x:%x", x->skbprio >> 16, x->skbprio & 0xffff);
	if (x->skbqueue)
		put(p, "skbqueue", "%u", x->skbqueue);
}

static void put_elem(struct printing *p, const struct ipset_elem *e, const struct ipset_ext *x)
{
	if (p->mode == PRINT_XML)
		sb_puts(p->out, "<member><elem>");
	else if (p->mode == PRINT_SAVE)
		sb_printf(p->out, "add %s ", ipset_name(p->s));
	ipset_elem_text(p->s, p->sets, e, p->out);
	if (p->mode == PRINT_XML)
		sb_puts(p->out, "</elem>");
	put_extensions(p, e, x);
	sb_puts(p->out, p->mode == PRINT_XML ? "</member>\n" : "\n");
}

static bool on_elem(void *arg, const struct ipset_elem *e, const struct ipset_ext *x)
{
	struct printing *p = arg;

	if (!p->row) {
		put_elem(p, e, x);
		return true;
	}
	if (p->nr == p->cap) {
		p->cap *= 2;
		p->row = xrealloc(p->row, p->cap * sizeof(*p->row));
	}
	p->row[p->nr++] = (struct row){ *e, *x };
	return true;
}

#define ORDER(a, b) if ((a) != (b)) return (a) < (b) ? -1 : 1

/* By number: addresses (of one the longest prefix first), then ports, then what is left. */
static int by_number(const void *a, const void *b)
{
	const struct ipset_elem *x = &((const struct row *)a)->e, *y = &((const struct row *)b)->e;
	int d;

	if ((d = memcmp(&x->ip, &y->ip, sizeof(x->ip))))
		return d;
	ORDER(y->cidr, x->cidr);
	ORDER(x->proto, y->proto);
	ORDER(x->port, y->port);
	if ((d = memcmp(&x->ip2, &y->ip2, sizeof(x->ip2))))
		return d;
	ORDER(y->cidr2, x->cidr2);
	if ((d = memcmp(x->mac, y->mac, sizeof(x->mac))))
		return d;
	ORDER(x->mark, y->mark);
	if ((d = strcmp(x->iface, y->iface)))
		return d;
	return x->physdev - y->physdev;
}

static void put_elements(struct printing *p, bool sorted)
{
	const struct ipset_type *t = ipset_type(p->s);
	struct ipset_create c;

	ipset_describe(p->s, &c);
	if (t->hash && (sorted || !c.has_initval)) {
		p->cap = 64;
		p->row = xmalloc(p->cap * sizeof(*p->row));
	}
	ipset_each(p->s, on_elem, p);
	if (!p->row)
		return;
	qsort(p->row, p->nr, sizeof(*p->row), by_number);
	for (size_t i = 0; i < p->nr; i++)
		put_elem(p, &p->row[i].e, &p->row[i].x);
	free(p->row);
}

/* ---- the set */

static void put_bitmap_range(struct printing *p, const struct ipset_create *c)
{
	char from[ADDRSTRLEN], to[ADDRSTRLEN];

	if (c->type->kind == SET_BITMAP_PORT) {
		put(p, "range", "%u-%u", c->port_from, c->port_to);
		return;
	}
	put(p, "range", "%s-%s", ip4_str(from, c->from.ip), ip4_str(to, c->to.ip));
	if (c->has_netmask && c->netmask != 32)
		put(p, "netmask", "%u", c->netmask);
}

static void put_masks(struct printing *p, const struct ipset_create *c)
{
	unsigned all = c->family == NFPROTO_IPV6 ? 128 : 32;
	char buf[ADDRSTRLEN];
	bool holes = false;

	if (c->has_netmask && c->netmask != all)
		put(p, "netmask", "%u", c->netmask);
	for (unsigned i = 0; i < all / 8; i++)
		holes |= c->bitmask.ip6[i] != 0xff;
	if (c->has_bitmask && holes)
		put(p, "bitmask", "%s", inet_str(buf, c->family, &c->bitmask));
}

static void put_header(struct printing *p)
{
	struct ipset_create c;

	ipset_describe(p->s, &c);
	if (c.type->bitmap)
		put_bitmap_range(p, &c);
	if (c.type->kind == SET_LIST)
		put(p, "size", "%u", c.size);
	if (c.type->hash && c.type->inet6)
		put(p, "family", "%s", c.family == NFPROTO_IPV6 ? "inet6" : "inet");
	if (c.type->kind == SET_HASH_IPMARK && c.has_markmask)
		put(p, "markmask", "0x%08x", c.markmask);
	if (c.type->hash) {
		put(p, "hashsize", "%u", c.hashsize);
		put(p, "maxelem", "%u", c.maxelem);
	}
	if (c.type->kind == SET_HASH_IP)
		put_masks(p, &c);
	if (c.timeout != IPSET_NO_TIMEOUT)
		put(p, "timeout", "%u", c.timeout);
	put_flag(p, "counters", c.counters);
	put_flag(p, "comment", c.comment);
	put_flag(p, "skbinfo", c.skbinfo);
	if (c.type->hash) {
		put(p, "bucketsize", "%u", c.bucketsize);
		put(p, "initval", "0x%08x", c.initval);
	}
	if (c.type->kind == SET_HASH_IPPORT || c.type->kind == SET_HASH_NETNET)
		put_masks(p, &c);
}

static void print_plain(struct printing *p, const struct print_options *o)
{
	sb_printf(p->out, "Name: %s\nType: %s\nRevision: %u\nHeader:", ipset_name(p->s), ipset_type(p->s)->name, ipset_type(p->s)->revision);
	put_header(p);
	sb_printf(p->out, "\nSize in memory: %zu\nReferences: %u\nNumber of entries: %u\n", ipset_memsize(p->s), ipset_refs(p->s),
		  ipset_nr_elements(p->s));
	if (o->terse)
		return;
	sb_puts(p->out, "Members:\n");
	put_elements(p, o->sorted);
}

static void print_xml(struct printing *p, const struct print_options *o)
{
	sb_printf(p->out, "<ipset name=\"%s\">\n<type>%s</type>\n<revision>%u</revision>\n<header>", ipset_name(p->s),
		  ipset_type(p->s)->name, ipset_type(p->s)->revision);
	put_header(p);
	sb_printf(p->out, "\n<memsize>%zu</memsize>\n<references>%u</references>\n<numentries>%u</numentries>\n</header>\n",
		  ipset_memsize(p->s), ipset_refs(p->s), ipset_nr_elements(p->s));
	if (!o->terse) {
		sb_puts(p->out, "<members>\n");
		put_elements(p, o->sorted);
		sb_puts(p->out, "</members>\n");
	}
	sb_puts(p->out, "</ipset>\n");
}

void print_set(const struct ip_set *s, const struct ipsets *sets, const struct print_options *o, struct strbuf *out)
{
	struct printing p = { .s = s, .sets = sets, .mode = o->mode, .out = out };

	if (o->names) {
		sb_printf(out, o->mode == PRINT_XML ? "<ipset name=\"%s\"/>\n" : "%s\n", ipset_name(s));
	} else if (o->mode == PRINT_PLAIN) {
		print_plain(&p, o);
	} else if (o->mode == PRINT_XML) {
		print_xml(&p, o);
	} else {
		sb_printf(out, "create %s %s", ipset_name(s), ipset_type(s)->name);
		put_header(&p);
		sb_putc(out, '\n');
		if (!o->terse)
			put_elements(&p, o->sorted);
	}
}

void ipset_save(const struct ip_set *s, const struct ipsets *sets, struct strbuf *out)
{
	print_set(s, sets, &(struct print_options){ .mode = PRINT_SAVE }, out);
}
