// SPDX-License-Identifier: MIT
/* check.c - what the kernel checks when a table is put in place: jumps that go round, and whether every
 * match and target may be where it is (mark_source_chains, xt_check_match, xt_check_target). */
#include "rules/model/check.h"
#include "rules/ext.h"
#include "rules/model/l2.h"
#include "rules/parse/parse.h"
#include <errno.h>
#include <stdlib.h>

/* No match and nothing in the ip part. A lone "-i +" counts as something, as in the kernel. */
static bool unconditional(const struct rule *r)
{
	const struct ip_match *ip = &r->ip;
	union inet_addr none = { .all = { 0 } };

	if (r->eb || r->arp)
		return false;		/* nf_tables checks every rule */
	return r->nr_match == 0 && inet_addr_equal(&ip->smsk, &none) && inet_addr_equal(&ip->dmsk, &none) && !ip->iniface[0] &&
	       !ip->outiface[0] && !ip->proto && !ip->find_proto && !ip->frag && !ip->inv_src && !ip->inv_dst && !ip->inv_in &&
	       !ip->inv_out && !ip->inv_proto && !ip->inv_frag && !ip->go_to;
}

static bool is_verdict(const struct rule *r)
{
	return !r->ext && !r->target_chain && r->verdict != XT_CONTINUE;
}

bool rule_is_plain_verdict(const struct rule *r)
{
	return is_verdict(r) && unconditional(r);
}

uint32_t chain_reachable_rules(const struct chain *c)
{
	for (uint32_t i = 0; i < c->nr_rules; i++)
		if (rule_is_plain_verdict(c->rule[i]))
			return i + 1;
	return c->nr_rules;
}

#define LOOP_SHOWN 16	/* chains of a circle that are named */

struct walk {
	struct table *t;
	unsigned line;
	struct diag *diag;
	uint32_t *next;		/* per chain: rule to look at next */
	uint32_t *reach;	/* per chain: rules that can be reached */
	uint32_t *depth;	/* per chain: jumps that may nest below it */
	uint8_t *mark;		/* per chain: 0 not seen, 1 on the way, 2 done */
	struct chain **path; uint32_t path_len;
	struct chain **order; uint32_t nr_order;	/* done chains, those jumped to first */
};

static void refused(struct diag *d, struct pos pos, unsigned line, uint8_t family, int err)
{
	if (line)
		diag_error(d, pos, "line %u failed: %s", line, strerror(err));
	else
		diag_error(d, pos, "%s: %s.%s", iptables_name(family), err == ENOENT ? "No chain/target/match by that name" : strerror(err),
			   err == EINVAL ? " Run `dmesg' for more information." : "");
}

static void report_loop(struct walk *w, const struct rule *r)
{
	struct strbuf sb = { 0 };
	uint32_t from = w->path_len, shown = 0;

	while (from > 0 && w->path[from - 1] != r->target_chain)
		from--;
	for (uint32_t i = from ? from - 1 : 0; i < w->path_len; i++, shown++)
		if (shown < LOOP_SHOWN || i + 1 == w->path_len)
			sb_printf(&sb, "%s -> ", w->path[i]->name);
		else if (shown == LOOP_SHOWN)
			sb_puts(&sb, "... -> ");
	sb_puts(&sb, r->target_chain->name);
	if (family_is_l2(w->t->family))
		l2_refused(w->diag, r->pos, r->chain, EMLINK);
	else
		refused(w->diag, r->pos, w->line, w->t->family, ELOOP);
	diag_hint(w->diag, "the jumps go round: %s", sb_str(&sb));
	sb_free(&sb);
}

/* All that chain "top" leads to, without recursion: jumps may nest as deep as there are chains. */
static bool walk_from(struct walk *w, struct chain *top)
{
	if (w->mark[top->index])
		return true;
	w->path[w->path_len++] = top;
	w->mark[top->index] = 1;
	while (w->path_len) {
		struct chain *c = w->path[w->path_len - 1], *to;
		const struct rule *r;

		if (w->next[c->index] == w->reach[c->index]) {
			w->mark[c->index] = 2;
			w->order[w->nr_order++] = c;
			w->path_len--;
			continue;
		}
		r = c->rule[w->next[c->index]];
		to = r->target_chain;
		if (to && w->mark[to->index] == 1) {
			report_loop(w, r);
			return false;
		}
		if (to && w->mark[to->index] == 0) {
			w->mark[to->index] = 1;
			w->path[w->path_len++] = to;
			continue;	/* this rule again, when it is done */
		}
		if (to) {
			uint32_t d = w->depth[to->index] + (r->ip.go_to ? 0 : 1);

			w->depth[c->index] = MAX(w->depth[c->index], d);
		}
		w->next[c->index]++;
	}
	return true;
}

static bool walk_all(struct walk *w)
{
	struct table *t = w->t;

	t->max_depth = 0;
	for (uint32_t i = 0; i < t->nr_chains; i++) {
		w->reach[i] = chain_reachable_rules(t->chain[i]);
		t->chain[i]->hooks_reached = 0;
	}
	for (uint32_t i = 0; i < t->nr_chains; i++) {
		if (!t->chain[i]->builtin)
			continue;
		t->chain[i]->hooks_reached = HOOK_BIT(t->chain[i]->hook);
		if (!walk_from(w, t->chain[i]))
			return false;
		t->max_depth = MAX(t->max_depth, w->depth[t->chain[i]->index]);
	}
	/* a chain stands after all it jumps to: backwards, every chain knows its hooks in time */
	for (uint32_t i = w->nr_order; i-- > 0;) {
		const struct chain *c = w->order[i];

		for (uint32_t k = 0; k < w->reach[c->index]; k++)
			if (c->rule[k]->target_chain)
				c->rule[k]->target_chain->hooks_reached |= c->hooks_reached;
	}
	return true;
}

static void hooks_text(uint32_t hooks, struct strbuf *out)
{
	for (int h = 0; h < NF_INET_NUMHOOKS; h++)
		if (hooks & 1u << h)
			sb_printf(out, "%s%s", out->len ? "/" : "", nf_hook_name((enum nf_hook)h));
}

/* Where an extension may stand, by its own word. */
struct limits { const char *module, *kind, *name, *table; uint32_t hooks; uint16_t proto; const char *usable; };

static bool check_limits(struct ext_check *c, const struct limits *l)
{
	const struct ip_match *ip = &c->rule->ip;

	if (l->table && strcmp(l->table, c->table) != 0)
		return ext_refuse(c, "x_tables: %s: %s %s: only valid in %s table, not %s", l->module, l->name, l->kind, l->table, c->table);
	if (l->hooks && c->hooks & ~l->hooks) {
		struct strbuf used = { 0 }, allow = { 0 };

		hooks_text(c->hooks, &used);
		hooks_text(l->hooks, &allow);
		ext_refuse(c, "x_tables: %s: %s %s: used from hooks %s, but only %s from %s", l->module, l->name, l->kind,
			   sb_str(&used), l->usable, sb_str(&allow));
		sb_free(&used);
		sb_free(&allow);
		return false;
	}
	if (l->proto && (ip->proto != l->proto || ip->inv_proto))
		return ext_refuse(c, "x_tables: %s: %s %s: only valid for protocol %u", l->module, l->name, l->kind, l->proto);
	return true;
}

static bool check_rule(struct ext_check *c, struct rule *r)
{
	const char *module = c->family == NFPROTO_IPV6 ? "ip6_tables" : "ip_tables";

	c->rule = r;
	for (uint32_t i = 0; i < r->nr_match; i++) {
		struct rule_match *m = &r->match[i];
		struct limits l = { module, "match", m->ext->name, m->ext->table, m->ext->hooks, m->ext->proto, "valid" };

		c->info = m->info;
		c->state = m->state;
		c->pos = m->pos;
		c->err = 0;
		if (!check_limits(c, &l) || (m->ext->check && !m->ext->check(c)))
			return false;
	}
	if (r->ext) {
		struct limits l = { module, "target", r->ext->name, r->ext->table, r->ext->hooks, r->ext->proto, "usable" };

		c->info = r->target_info;
		c->state = r->target_state;
		c->pos = r->target_pos;
		c->err = 0;
		if (!check_limits(c, &l) || (r->ext->check && !r->ext->check(c)))
			return false;
	}
	return true;
}

static bool check_rules(struct walk *w)
{
	bool ok = true;

	for (uint32_t i = 0; i < w->t->nr_chains; i++) {
		struct chain *ch = w->t->chain[i];

		for (uint32_t k = 0; k < ch->nr_rules; k++) {
			struct ext_check c = {
				.table = w->t->name, .family = w->t->family, .diag = w->diag, .line = w->line,
				.hooks = k < w->reach[i] ? ch->hooks_reached : 0,
			};
			ok &= check_rule(&c, ch->rule[k]);
		}
	}
	return ok;
}

bool table_check(struct table *t, unsigned line, struct diag *d)
{
	size_t n = t->nr_chains;
	uint32_t *nums = xcalloc(3 * n, sizeof(*nums));
	struct chain **chains = xcalloc(2 * n, sizeof(*chains));
	struct walk w = {
		.t = t, .line = line, .diag = d, .next = nums, .reach = nums + n, .depth = nums + 2 * n,
		.mark = xcalloc(n, 1), .path = chains, .order = chains + n,
	};
	bool ok = walk_all(&w) && check_rules(&w);

	free(w.mark);
	free(chains);
	free(nums);
	return ok;
}

bool ext_refuse(struct ext_check *c, const char *kernel_says, ...)
{
	struct strbuf sb = { 0 };
	va_list ap;

	va_start(ap, kernel_says);
	sb_vprintf(&sb, kernel_says, ap);
	va_end(ap);
	if (family_is_l2(c->family))
		l2_refused(c->diag, c->pos.src ? c->pos : c->rule->pos, c->rule->chain, c->err ? c->err : EINVAL);
	else
		refused(c->diag, c->pos.src ? c->pos : c->rule->pos, c->line, c->family, c->err ? c->err : EINVAL);
	if (sb.len)
		diag_hint(c->diag, "the kernel log says: %s", sb_str(&sb));
	sb_free(&sb);
	return false;
}
