// SPDX-License-Identifier: MIT
/* save.c - a ruleset as iptables-save (legacy) prints it. */
#include "rules/ext.h"
#include "rules/model/l2.h"
#include "rules/parse/parse.h"
#include "rules/rules.h"
#include <inttypes.h>

/* The mask is a number, or an address where the ones are not all in front. */
static void save_addr(char letter, uint8_t family, const union inet_addr *addr, const union inet_addr *mask, bool invert,
		      struct strbuf *out)
{
	int plen = inet_mask_len(mask, family);
	char buf[ADDRSTRLEN];

	if (plen == 0 && !invert)
		return;
	sb_printf(out, "%s -%c %s", invert ? " !" : "", letter, inet_str(buf, family, addr));
	if (plen >= 0)
		sb_printf(out, "/%d", plen);
	else
		sb_printf(out, "/%s", inet_str(buf, family, mask));
}

static void save_iface(char letter, const char *name, uint8_t len, bool invert, struct strbuf *out)
{
	if (len)
		sb_printf(out, "%s -%c %s", invert ? " !" : "", letter, name);
}

static void save_ip(const struct ip_match *ip, struct strbuf *out)
{
	save_addr('s', ip->family, &ip->src, &ip->smsk, ip->inv_src, out);
	save_addr('d', ip->family, &ip->dst, &ip->dmsk, ip->inv_dst, out);
	save_iface('i', ip->iniface, ip->iniface_len, ip->inv_in, out);
	save_iface('o', ip->outiface, ip->outiface_len, ip->inv_out, out);
	if (ip->proto) {
		const char *name = protocol_chain_name(ip->proto);

		if (name)
			sb_printf(out, "%s -p %s", ip->inv_proto ? " !" : "", name);
		else
			sb_printf(out, "%s -p %u", ip->inv_proto ? " !" : "", ip->proto);
	}
	if (ip->frag)
		sb_printf(out, "%s -f", ip->inv_frag ? " !" : "");
}

void rule_save_match(const struct rule *r, const struct rule_match *m, struct strbuf *out)
{
	sb_puts(out, m->ext->alias_of ? m->ext->alias_of : m->ext->name);
	if (m->ext->save)
		m->ext->save(m->info, r, out);
}

void rule_save_target(const struct rule *r, struct strbuf *out)
{
	sb_puts(out, r->ext->alias_of ? r->ext->alias_of : r->ext->name);
	if (r->ext->save)
		r->ext->save(r->target_info, r, out);
}

/* counters: "-c packets bytes" before the target, as iptables -S -v puts them. */
static void save_rule(const struct rule *r, bool counters, struct strbuf *out)
{
	sb_printf(out, "-A %s", r->chain->name);
	save_ip(&r->ip, out);
	for (uint32_t i = 0; i < r->nr_match; i++) {
		sb_puts(out, " -m ");
		rule_save_match(r, &r->match[i], out);
	}
	if (counters)
		sb_printf(out, " -c %" PRIu64 " %" PRIu64, r->packets, r->bytes);
	if (r->ext) {
		sb_puts(out, " -j ");
		rule_save_target(r, out);
	} else if (r->target_chain) {
		sb_printf(out, " -%c %s", r->ip.go_to ? 'g' : 'j', r->target_chain->name);
	} else if (r->target_name) {
		sb_printf(out, " -j %s", r->target_name);
	}
}

void rule_save(const struct rule *r, struct strbuf *out)
{
	if (r->eb || r->arp)
		l2_rule_save(r, out);
	else
		save_rule(r, false, out);
}

void rule_save_counted(const struct rule *r, struct strbuf *out)
{
	save_rule(r, true, out);
}

void table_save(const struct table *t, bool counters, struct strbuf *out)
{
	sb_printf(out, "*%s\n", t->name);
	for (uint32_t i = 0; i < t->nr_chains; i++) {
		const struct chain *c = t->chain[i];

		if (family_is_l2(t->family))
			l2_chain_save(c, out);
		else if (c->builtin)
			sb_printf(out, ":%s %s [%" PRIu64 ":%" PRIu64 "]\n", c->name,
				  c->policy == XT_ACCEPT ? "ACCEPT" : "DROP", c->packets, c->bytes);
		else
			sb_printf(out, ":%s - [0:0]\n", c->name);
	}
	for (uint32_t i = 0; i < t->nr_chains; i++) {
		const struct chain *c = t->chain[i];

		for (uint32_t k = 0; k < c->nr_rules; k++) {
			const struct rule *r = c->rule[k];

			if (r->eb && r->eb->policy)
				continue;
			if (counters)
				sb_printf(out, "[%" PRIu64 ":%" PRIu64 "] ", r->packets, r->bytes);
			rule_save(r, out);
			sb_putc(out, '\n');
		}
	}
	if (!family_is_l2(t->family))
		sb_puts(out, "COMMIT\n");
}

/* The kernel lists its tables the newest first, and so does iptables-save; ebtables-nft-save has an order of its own. */
void ruleset_save(const struct ruleset *rs, bool counters, struct strbuf *out)
{
	const struct table *t;

	if (family_is_l2(rs->family)) {
		if ((t = ruleset_table(rs, "filter")))
			table_save(t, counters, out);
		if ((t = ruleset_table(rs, "nat")))
			table_save(t, counters, out);
		return;
	}
	for (uint32_t i = rs->nr_tables; i-- > 0;)
		table_save(rs->table[i], counters, out);
}
