// SPDX-License-Identifier: MIT
/* test_index.c - with indexes and without: every packet of a small world through random long chains, and all counters the
 * same. */
#include "rules/compile/index.h"
#include "tests/unit/rules/small_world.h"
#include "tests/unit/unit.h"
void suite_index(void);

#define RULESETS 120

/* The table's counters after all packets, as iptables-save prints them. */
static char *counted(const char *text, bool indexed, unsigned *ret_indexes)
{
	struct world *w = world_create(1);
	struct host *h = world_host(w, "h");
	struct rules_options opt = { .family = NFPROTO_IPV4 };
	struct strbuf out = { 0 };
	struct ruleset *rs;
	struct diag d;

	index_allow(indexed);
	for (size_t i = 0; i < ARRAY_SIZE(ifaces); i++)
		dev_add(h, ifaces[i], DEV_PHYS);
	diag_init(&d, w->arena);
	rs = ruleset_load(w->arena, source_text(w->arena, "rules", text, strlen(text)), &opt, &d);
	if (rs) {
		const struct table *t;

		ruleset_install(rs, h, &d);
		t = ruleset_table(host_ruleset(h, NFPROTO_IPV4), "filter");
		run_all(h, t);
		for (uint32_t i = 0; i < t->nr_chains; i++)
			*ret_indexes += t->compiled->chain[i].index != NULL;
		ruleset_save(host_ruleset(h, NFPROTO_IPV4), true, &out);
	}
	world_destroy(w);
	index_allow(true);
	return out.s;
}

static void test_same_counters(void)
{
	unsigned made = 0, none = 0;
	char row[32];

	for (unsigned seed = 1; seed <= RULESETS; seed++) {
		struct strbuf text = { 0 };
		struct rng g;
		char *a, *b;

		rng_init(&g, seed, "index", "rules");
		draw_rules(&g, 60, &text);
		a = counted(sb_str(&text), true, &made);
		b = counted(sb_str(&text), false, &none);
		snprintf(row, sizeof(row), "seed %u", seed);
		CHECK(row, (!a && !b) || (a && b && strcmp(a, b) == 0));
		free(a);
		free(b);
		sb_free(&text);
	}
	CHECK("indexes were made", made > RULESETS / 2);
	CHECK("and were not", none == 0);
}

void suite_index(void)
{
	unit_add("the same with and without", test_same_counters);
}
