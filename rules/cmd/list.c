// SPDX-License-Identifier: MIT
/* list.c - chains and rules in the columns of iptables -L. */
#include "rules/cmd/cmd.h"
#include <inttypes.h>
#include <stdio.h>

/* A counter in five places: from 100000 on in thousands, and so on. */
static void put_count(uint64_t n, const struct list_format *f, bool column, struct strbuf *out)
{
	static const char units[] = "KMGT";
	unsigned u = 0;

	if (f->exact) {
		sb_printf(out, column ? "%8" PRIu64 " " : "%" PRIu64 " ", n);
		return;
	}
	if (n <= 99999) {
		sb_printf(out, column ? "%5" PRIu64 " " : "%" PRIu64 " ", n);
		return;
	}
	for (n = (n + 500) / 1000; n > 9999 && u < 3; u++)
		n = (n + 500) / 1000;
	sb_printf(out, column ? "%4" PRIu64 "%c " : "%" PRIu64 "%c ", n, units[u]);
}

static void put_head(const struct chain *c, const struct list_format *f, struct strbuf *out)
{
	sb_printf(out, "Chain %s", c->name);
	if (c->builtin) {
		sb_printf(out, " (policy %s", c->policy == XT_DROP ? "DROP" : "ACCEPT");
		if (f->verbose) {
			sb_putc(out, ' ');
			put_count(c->packets, f, false, out);
			sb_puts(out, "packets, ");
			put_count(c->bytes, f, false, out);
			sb_puts(out, "bytes");
		}
		sb_puts(out, ")\n");
	} else {
		sb_printf(out, " (%u references)\n", c->nr_refs);
	}
	if (f->numbers)
		sb_printf(out, "%-4s ", "num");
	if (f->verbose)
		sb_printf(out, f->exact ? "%8s %10s " : "%5s %5s ", "pkts", "bytes");
	sb_printf(out, "%-9s  prot opt", "target");
	if (f->verbose)
		sb_printf(out, " %-6s %-6s ", "in", "out");
	sb_printf(out, " %-19s  %-19s \n", "source", "destination");
}

static const char *target_of(const struct rule *r)
{
	if (r->ext)
		return r->ext->kernel_name ? r->ext->kernel_name : r->ext->alias_of ? r->ext->alias_of : r->ext->name;
	if (r->target_chain)
		return r->target_chain->name;
	return r->target_name ? r->target_name : "";
}

static void proto_text(const struct ip_match *ip, bool numeric, char buf[32])
{
	const char *name = ip->proto ? protocol_chain_name(ip->proto) : "all";

	if (numeric || !name)
		snprintf(buf, 32, "%u", ip->proto);
	else
		snprintf(buf, 32, "%s", name);
}

static void iface_text(const char *name, bool invert, bool numeric, char buf[32])
{
	snprintf(buf, 32, "%s%s", invert ? "!" : "", *name ? name : numeric ? "*" : "any");
}

/* Names that need no network: as /etc/hosts and /etc/networks of Debian have them. */
static const char *addr_name(be32 addr)
{
	switch (ntohl(addr)) {
	case 0x7f000001:	return "localhost";
	case 0x7f000000:	return "loopback";
	case 0xa9fe0000:	return "link-local";
	default:		return NULL;
	}
}

static void addr_text(uint8_t family, const union inet_addr *addr, const union inet_addr *mask, bool numeric,
		      char buf[2 * ADDRSTRLEN])
{
	const char *name = numeric || family == NFPROTO_IPV6 ? NULL : addr_name(addr->ip);
	union inet_addr none = { .all = { 0 } };
	int plen = inet_mask_len(mask, family);
	char a[ADDRSTRLEN], b[ADDRSTRLEN];

	/* ip6tables looks at the address, iptables at the mask */
	if (!numeric && (family == NFPROTO_IPV6 ? inet_addr_equal(addr, &none) : plen == 0)) {
		snprintf(buf, 2 * ADDRSTRLEN, "anywhere");
		return;
	}
	if (!name)
		name = inet_str(a, family, addr);
	if (plen == (family == NFPROTO_IPV6 ? 128 : 32))
		snprintf(buf, 2 * ADDRSTRLEN, "%s", name);
	else if (plen >= 0)
		snprintf(buf, 2 * ADDRSTRLEN, "%s/%d", name, plen);
	else
		snprintf(buf, 2 * ADDRSTRLEN, "%s/%s", name, inet_str(b, family, mask));
}

static void put_extensions(const struct rule *r, bool numeric, struct strbuf *out)
{
	if (r->ip.go_to)
		sb_puts(out, "[goto] ");
	for (uint32_t i = 0; i < r->nr_match; i++) {
		const struct match_ext *m = r->match[i].ext;

		if (m->print)
			m->print(r->match[i].info, r, numeric, out);
		else
			sb_printf(out, "%s ", m->name);
	}
	if (r->ext && r->ext->print)
		r->ext->print(r->target_info, r, numeric, out);
	sb_putc(out, '\n');
}

void list_rule(const struct rule *r, const struct list_format *f, struct strbuf *out)
{
	const struct ip_match *ip = &r->ip;
	char proto[32], in[32], to[32], src[2 * ADDRSTRLEN], dst[2 * ADDRSTRLEN];

	proto_text(ip, f->numeric, proto);
	iface_text(ip->iniface, ip->inv_in, f->numeric, in);
	iface_text(ip->outiface, ip->inv_out, f->numeric, to);
	addr_text(ip->family, &ip->src, &ip->smsk, f->numeric, src);
	addr_text(ip->family, &ip->dst, &ip->dmsk, f->numeric, dst);
	if (f->numbers)
		sb_printf(out, "%-4u ", r->number);
	if (f->verbose) {
		put_count(r->packets, f, true, out);
		put_count(r->bytes, f, true, out);
	}
	sb_printf(out, "%-9s %c%-4s %c%c ", target_of(r), ip->inv_proto ? '!' : ' ', proto, ip->inv_frag ? '!' : '-',
		  ip->frag ? 'f' : '-');
	if (f->verbose)
		sb_printf(out, " %-6s %-6s ", in, to);
	sb_printf(out, "%c%-19s %c%-19s ", ip->inv_src ? '!' : ' ', src, ip->inv_dst ? '!' : ' ', dst);
	put_extensions(r, f->numeric, out);
}

void list_rule_told(const struct rule *r, struct strbuf *out)
{
	const struct ip_match *ip = &r->ip;
	char proto[32], in[32], to[32], src[2 * ADDRSTRLEN], dst[2 * ADDRSTRLEN];

	proto_text(ip, !protocol_own_name(ip->proto), proto);
	iface_text(ip->iniface, ip->inv_in, true, in);
	iface_text(ip->outiface, ip->inv_out, true, to);
	addr_text(ip->family, &ip->src, &ip->smsk, true, src);
	addr_text(ip->family, &ip->dst, &ip->dmsk, true, dst);
	sb_printf(out, "%s %c%s opt %c%c in %s out %s %c%s %c-> %s  ", target_of(r), ip->inv_proto ? '!' : ' ', proto,
		  ip->inv_frag ? '!' : '-', ip->frag ? 'f' : '-', in, to, ip->inv_src ? '!' : ' ', src,
		  ip->inv_dst ? '!' : ' ', dst);
	put_extensions(r, true, out);
}

void list_chain(const struct chain *c, const struct list_format *f, struct strbuf *out)
{
	put_head(c, f, out);
	for (uint32_t i = 0; i < build_nr_rules(c); i++)
		list_rule(build_rule(c, i), f, out);
}
