// SPDX-License-Identifier: MIT
/* test_compare.c - what "diff" says of two rulesets, against every packet there is in a small world: two rules that decide one
 * of them differently must be told; and a packet that is told must meet what is said. */
#include "rules/analyse/compare.h"
#include "rules/analyse/flow.h"
#include "sim/packet/text.h"
#include "tests/unit/rules/small_world.h"
#include "tests/unit/unit.h"
void suite_compare(void);

#define PAIRS 300

struct one { struct world *w; struct host *h; struct ruleset *rs; const struct table *t; struct strbuf text; };

static bool open_one(struct one *o, unsigned seed, const char *edit)
{
	struct rules_options opt = { .family = NFPROTO_IPV4 };
	struct rng g;
	struct diag d;
	char *at;

	*o = (struct one){ .w = world_create(1) };
	o->h = world_host(o->w, "h");
	rng_init(&g, seed, "compare", "rules");
	for (size_t i = 0; i < ARRAY_SIZE(ifaces); i++)
		dev_add(o->h, ifaces[i], DEV_PHYS);
	draw_rules(&g, 6, &o->text);
	/* The second is the first with one word changed: differences are small then, as in life. */
	at = edit ? strstr(o->text.s, edit) : NULL;
	if (at)
		memcpy(at, strcmp(edit, "ACCEPT\n") == 0 ? "DROP  \n" : strcmp(edit, "22") == 0 ? "23" : "10.0.0", strlen(edit));
	diag_init(&d, o->w->arena);
	o->rs = ruleset_load(o->w->arena, source_text(o->w->arena, "rules", sb_str(&o->text), o->text.len), &opt, &d);
	if (!o->rs || !ruleset_install(o->rs, o->h, &d))
		return false;
	o->t = ruleset_table(host_ruleset(o->h, NFPROTO_IPV4), "filter");
	return true;
}

static void close_one(struct one *o)
{
	sb_free(&o->text);
	world_destroy(o->w);
}

/* The rule that decided the last packet, NULL = the policy; counters start at 0 again. */
static const struct rule *decided(const struct table *t)
{
	const struct rule *by = NULL;

	for (uint32_t c = 0; c < t->nr_chains; c++)
		for (uint32_t i = 0; i < t->chain[c]->nr_rules; i++) {
			struct rule *r = t->chain[c]->rule[i];

			if (r->packets && flow_ends(r))
				by = r;
			r->packets = 0;
		}
	return by;
}

static bool is_told(const struct comparison *c, const struct rule *before, const struct rule *after)
{
	for (const struct difference *d = c->first; d; d = d->next)
		if (!d->effect && d->before.rule == before && d->after.rule == after)
			return true;
	return false;
}

/* Every packet: who decides differently must be told. */
static unsigned check_told(struct one o[2], const struct comparison *c, unsigned seed)
{
	unsigned differ = 0;
	char row[64];

	for (size_t a = 0; a < ARRAY_SIZE(addrs); a++)
		for (size_t b = 0; b < ARRAY_SIZE(addrs); b++)
			for (size_t pr = 0; pr < ARRAY_SIZE(protos); pr++)
				for (size_t po = 0; po < ARRAY_SIZE(ports); po++)
					for (size_t i = 0; i < ARRAY_SIZE(ifaces); i++)
						for (uint32_t m = 0; m < 8; m++) {
							const struct rule *by[2];
							unsigned v[2];

							for (unsigned k = 0; k < 2; k++) {
								v[k] = run_packet(o[k].h, o[k].t, addrs[a], addrs[b], protos[pr], ports[po], ifaces[i], m / 2,
										  m % 2 || *protos[pr] == 't');
								by[k] = decided(o[k].t);
							}
							if (v[0] == v[1])
								continue;
							differ++;
							if (is_told(c, by[0], by[1]))
								continue;
							snprintf(row, sizeof(row), "seed %u: %s to %s %s %s is not told", seed, addrs[a], addrs[b], protos[pr], ports[po]);
							CHECK(row, false);
							return differ;
						}
	return differ;
}

/* The packet that is told, run: both sides say what is said. Not where more than a line can say must hold. */
static unsigned check_packet(struct one o[2], const struct difference *d, unsigned seed)
{
	struct source *src = source_text(o[0].w->arena, "packet", d->packet, strlen(d->packet));
	struct packet_text text;
	uint32_t mark = 0;
	struct diag diag;
	char row[300];

	if (d->besides && (strchr(d->besides, '"') || (strstr(d->besides, "mark") && sscanf(strstr(d->besides, "mark"), "mark %x", &mark) != 1)))
		return 0;
	diag_init(&diag, o[0].w->arena);
	snprintf(row, sizeof(row), "seed %u: %s", seed, d->packet);
	if (!packet_text_parse(o[0].w->arena, &text, src, 0, src->len, NULL, NULL, &diag)) {
		CHECK(row, false);
		return 0;
	}
	for (unsigned k = 0; k < 2; k++) {
		const struct compare_side *side = k ? &d->after : &d->before;
		struct packet *p = pkt_alloc(o[k].h->pool, text.len - ETH_HLEN);
		struct net_device *in = dev_by_name(o[k].h, text.dev);
		struct nf_hook_state s = { .hook = NF_INET_LOCAL_IN, .family = NFPROTO_IPV4, .host = o[k].h };
		enum drop_reason reason = DROP_NETFILTER_DROP;
		unsigned verdict;

		s.in = in ? in : dev_add(o[k].h, text.dev, DEV_PHYS);
		memcpy(pkt_put(p, text.len - ETH_HLEN), text.bytes + ETH_HLEN, text.len - ETH_HLEN);
		p->mac = p->nh - ETH_HLEN;
		memcpy(pkt_mac(p), text.bytes, ETH_HLEN);
		p->dev = (struct net_device *)s.in;
		p->th = p->nh + 20;
		p->protocol = ETH_P_IP;
		p->mark = mark;
		verdict = table_eval(o[k].t->compiled, p, &s, &reason);
		CHECK(row, verdict == (strcmp(side->outcome, "DROP") == 0 ? NF_DROP : NF_ACCEPT));
		CHECK(row, decided(o[k].t) == side->rule);
		pkt_free(p);
	}
	return 1;
}

static void check_pair(unsigned seed, unsigned *differ, unsigned *packets)
{
	static const char *const edits[] = { NULL, "ACCEPT\n", "22", "10.0.1" };
	struct one o[2];
	struct comparison c;

	if (open_one(&o[0], seed, NULL) && open_one(&o[1], seed % 4 ? seed : seed + 1000, edits[seed % 4])) {
		comparison_init(&c, o[0].w->arena, 10000);
		compare_rulesets(o[0].rs, o[1].rs, 200u << 20, &c);
		CHECK("whole", !c.incomplete && !c.more);
		*differ += check_told(o, &c, seed);
		for (const struct difference *d = c.first; d; d = d->next)
			if (!d->effect)
				*packets += check_packet(o, d, seed);
	} else {
		CHECK("rules are read", false);
	}
	close_one(&o[0]);
	close_one(&o[1]);
}

static void test_pairs(void)
{
	unsigned differ = 0, packets = 0;

	for (unsigned seed = 1; seed <= PAIRS; seed++)
		check_pair(seed, &differ, &packets);
	CHECK("packets that differ", differ > 1000);
	CHECK("packets that were told", packets > 100);
}

static struct ruleset *draw_many(struct arena *a, unsigned seed, struct diag *d)
{
	struct rules_options opt = { .family = NFPROTO_IPV4 };
	struct strbuf text = { 0 };
	struct ruleset *rs;
	struct rng g;

	rng_init(&g, seed, "compare", "many");
	sb_puts(&text, "*filter\n:FORWARD DROP [0:0]\n");
	for (unsigned i = 0; i < 1200; i++)
		sb_printf(&text, "-A FORWARD -s 10.%u.%u.%u -d 192.168.%u.0/24 -p tcp -m tcp --dport %u -j %s\n", rng_below(&g, 256), rng_below(&g, 256),
			  rng_below(&g, 256), rng_below(&g, 256), 1 + rng_below(&g, 65535), rng_below(&g, 2) ? "ACCEPT" : "DROP");
	sb_puts(&text, "COMMIT\n");
	rs = ruleset_load(a, source_text(a, "many", sb_str(&text), text.len), &opt, d);
	sb_free(&text);
	return rs;
}

/* Sets that may not grow: that is said, and nothing is told of the table. */
static void test_no_memory(void)
{
	static const size_t bytes[] = { 1u << 20, 12u << 20, 24u << 20 };
	unsigned full = 0;

	for (size_t i = 0; i < ARRAY_SIZE(bytes); i++) {
		struct arena *a = arena_create();
		struct comparison c;
		struct ruleset *rs[2];
		struct diag d;

		diag_init(&d, a);
		rs[0] = draw_many(a, 1, &d);
		rs[1] = draw_many(a, 2, &d);
		CHECK("rules are read", rs[0] && rs[1]);
		comparison_init(&c, a, 50);
		compare_rulesets(rs[0], rs[1], bytes[i], &c);
		CHECK("told or not", c.incomplete == !c.first);
		full += c.incomplete;
		arena_destroy(a);
	}
	CHECK("the first two were too small", full == 2);
}

void suite_compare(void)
{
	unit_add("sets that may not grow", test_no_memory);
	unit_add("two rulesets, every packet", test_pairs);
}
