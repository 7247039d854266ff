// SPDX-License-Identifier: MIT
/* test_reach.c - rules said never to match, against every packet there is: a small world of addresses, ports, protocols,
 * interfaces and marks is drawn rules over, and each of its packets is run through the real tables. A rule that no
 * packet matched must be told, and one that some packet matched must not. */
#include "rules/analyse/analyse.h"
#include "tests/unit/rules/small_world.h"
#include "tests/unit/unit.h"
void suite_reach(void);

#define RULESETS 250

static bool told_never(const struct findings *f, const struct rule *r)
{
	for (const struct finding *g = f->first; g; g = g->next) {
		const char *id = g->kind->id;

		if (g->rule == r && (strcmp(id, "impossible") == 0 || strcmp(id, "impossible-here") == 0 || strcmp(id, "unreached-rule") == 0 ||
				     strcmp(id, "shadowed") == 0 || strcmp(id, "after-all") == 0))
			return true;
		if (!g->rule && g->chain == r->chain && (strcmp(id, "unused-chain") == 0 || strcmp(id, "unreached-chain") == 0))
			return true;
		/* what follows a rule that takes everything is told once */
		if (g->rule && g->chain == r->chain && g->rule->number < r->number && strcmp(id, "after-all") == 0)
			return true;
	}
	return false;
}

static unsigned check_one(unsigned seed)
{
	struct world *w = world_create(1);
	struct host *h = world_host(w, "h");
	struct rules_options opt = { .family = NFPROTO_IPV4 };
	struct strbuf text = { 0 };
	struct findings f;
	struct ruleset *rs;
	struct rng g;
	struct diag d;
	unsigned missed = 0;
	char row[64];

	rng_init(&g, seed, "reach", "rules");
	for (size_t i = 0; i < ARRAY_SIZE(ifaces); i++)
		dev_add(h, ifaces[i], DEV_PHYS);
	draw_rules(&g, 6, &text);
	diag_init(&d, w->arena);
	rs = ruleset_load(w->arena, source_text(w->arena, "rules", sb_str(&text), text.len), &opt, &d);
	if (rs) {
		findings_init(&f, w->arena);
		check_reach(rs, 200u << 20, &f);
		CHECK("whole", !f.incomplete);
		ruleset_install(rs, h, &d);
		run_all(h, ruleset_table(host_ruleset(h, NFPROTO_IPV4), "filter"));
		for (uint32_t c = 0; c < rs->table[0]->nr_chains; c++)
			for (uint32_t i = 0; i < rs->table[0]->chain[c]->nr_rules; i++) {
				const struct rule *r = rs->table[0]->chain[c]->rule[i];

				snprintf(row, sizeof(row), "seed %u: %s %u", seed, r->chain->name, r->number);
				if (told_never(&f, r)) {
					CHECK(row, r->packets == 0);
					if (r->packets)
						printf("%s", sb_str(&text));
				} else if (!r->packets) {
					missed++;	/* a packet outside this small world may match it */
				}
			}
	}
	sb_free(&text);
	world_destroy(w);
	return missed;
}

static void test_never(void)
{
	unsigned missed = 0;

	for (unsigned seed = 1; seed <= RULESETS; seed++)
		missed += check_one(seed);
	/* Most rules of such a set match something here; what is not told must be the exception. */
	CHECK("not told", missed < RULESETS / 2);
}

void suite_reach(void)
{
	unit_add("rules that never match", test_never);
}
