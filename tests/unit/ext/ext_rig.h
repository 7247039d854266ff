/* SPDX-License-Identifier: MIT */
/* ext_rig.h - one rule's matches against packets at chosen times, with no more of a host than a clock. */
#ifndef TESTS_EXT_RIG_H
#define TESTS_EXT_RIG_H
#include "rules/ext.h"
#include "rules/rules.h"
#include "tests/unit/unit.h"

struct ext_rig {
	struct arena *arena;
	struct evq clock;
	struct trace trace;
	struct host host;
	struct ruleset *rs;
	struct rule *rule[8];
	unsigned nr_rules;
	struct pkt_pool *pool;
	struct packet *pkt;
	struct net_device in;
};

static inline void rig_load(struct ext_rig *r, const char *rules, uint8_t family)
{
	struct rules_options opt = { .family = family };
	struct diag d;
	char *text;

	memset(r, 0, sizeof(*r));
	r->arena = arena_create();
	diag_init(&d, r->arena);
	evq_init(&r->clock, 0);
	trace_init(&r->trace, &r->clock);
	r->host = (struct host){ .name = "h", .arena = r->arena, .clock = &r->clock, .trace = &r->trace };
	rng_init(&r->host.rng_statistic, 1, "h", "statistic");
	r->pool = pkt_pool_create();
	r->pkt = pkt_alloc(r->pool, 2000);
	memcpy(pkt_put(r->pkt, 28), (uint8_t[28]){ 0x45, [8] = 64, 17, [12] = 10, 0, 0, 5, 10, 1, 0, 2, 0x05, 0xdc, 0, 53 }, 28);
	text = arena_printf(r->arena, "*mangle\n%s\nCOMMIT\n", rules);
	r->rs = ruleset_load(r->arena, source_text(r->arena, "rig", text, strlen(text)), &opt, &d);
	for (struct chain *c = r->rs ? table_chain(r->rs->table[0], "PREROUTING") : NULL; c && r->nr_rules < c->nr_rules;) {
		struct rule *rule = r->rule[r->nr_rules] = c->rule[r->nr_rules];

		r->nr_rules++;
		if (rule->nr_match && rule->match[0].ext->state_init)
			rule->match[0].ext->state_init(&r->host, rule->match[0].state, rule->match[0].info, rule);
	}
}

/* Rules of mangle PREROUTING, one a line; NULL as rs when they are refused. */
static inline void rig_up(struct ext_rig *r, const char *rules)
{
	rig_load(r, rules, NFPROTO_IPV4);
}

/* One rule of ip6tables; what stands behind "-A PREROUTING". */
static inline void UNUSED rig_up6(struct ext_rig *r, const char *rule)
{
	char line[512];

	snprintf(line, sizeof(line), "-A PREROUTING %s", rule);
	rig_load(r, line, NFPROTO_IPV6);
}

static inline void rig_down(struct ext_rig *r)
{
	for (unsigned i = 0; i < r->nr_rules; i++)
		if (r->rule[i]->nr_match && r->rule[i]->match[0].ext->state_free)
			r->rule[i]->match[0].ext->state_free(&r->host, r->rule[i]->match[0].state);
	CHECK("no table left", !r->host.xt_named);
	pkt_free(r->pkt);
	CHECK("no packet left", pkt_pool_live(r->pool) == 0);
	pkt_pool_destroy(r->pool);
	evq_destroy(&r->clock);
	arena_destroy(r->arena);
}

/* Does rule n match the packet, of that length and source, at this millisecond? 'D' = dropped at once. */
static inline char rig_ask(struct ext_rig *r, unsigned n, uint64_t ms, uint32_t src, uint32_t len)
{
	struct rule_match *m = &r->rule[n]->match[0];
	struct xt_ctx c = {
		.host = &r->host, .pkt = r->pkt, .in = &r->in, .hook = NF_INET_PRE_ROUTING, .family = NFPROTO_IPV4, .thoff = 20,
		.state = m->state, .rule = r->rule[n],
	};
	struct strbuf why = { 0 };
	bool yes;

	r->clock.now = ms * NSEC_PER_MSEC;
	put_be32(pkt_nh(r->pkt) + IP4_SRC, src);
	r->pkt->tail = r->pkt->nh + len;
	yes = m->ext->match(&c, m->info);
	m->ext->explain(&c, m->info, &why);
	CHECK("explained", why.len > 0);
	sb_free(&why);
	return c.hotdrop ? 'D' : yes ? '1' : '0';
}
#endif
