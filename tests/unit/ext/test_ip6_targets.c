// SPDX-License-Identifier: MIT
/* test_ip6_targets.c - what targets make of IPv6 packets, as the kernel sent them on (ip6_targets.txt). */
#include "rules/eval/eval.h"
#include "tests/unit/ext/ext_rig.h"

#define MAX_PACKETS 40

struct packets { struct strbuf ip[MAX_PACKETS]; char name[MAX_PACKETS][40]; unsigned nr; };

static void to_hex(char *out, const uint8_t *b, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		sprintf(out + 2 * i, "%02x", b[i]);
}

static void one_packet(struct ext_rig *r, enum nf_hook hook, const struct strbuf *ip, char *ret)
{
	struct packet *p = pkt_alloc(r->pool, (uint32_t)ip->len);
	struct nf_hook_state s = { .host = &r->host, .in = &r->in, .out = &r->in, .hook = hook, .family = NFPROTO_IPV6 };
	enum drop_reason reason;
	struct strbuf why = { 0 };
	struct xt_ctx x;

	memcpy(pkt_put(p, (uint32_t)ip->len), ip->s, ip->len);
	xt_ctx_init(&x, &r->host, p, &r->in, &r->in, hook, NFPROTO_IPV6);
	r->rule[0]->ext->explain(&x, r->rule[0]->target_info, &why);
	CHECK("explained", why.len > 0);
	sb_free(&why);
	table_eval(r->rs->table[0]->compiled, p, &s, &reason);
	to_hex(ret, pkt_nh(p), pkt_len(p));
	pkt_free(p);
}

static enum nf_hook hook_of(const char *chain)
{
	return *chain == 'F' ? NF_INET_FORWARD : chain[1] == 'R' ? NF_INET_PRE_ROUTING : NF_INET_POST_ROUTING;
}

/* line: "CHAIN RULE"; its answers follow in the file. */
static void try_rule(const struct packets *all, const char *line, FILE *f)
{
	static char want[2048], got[2048], sent[2048];
	const char *space = strchr(line, ' ');
	char rule[512], name[600];
	struct ext_rig r;

	snprintf(rule, sizeof(rule), "-A %.500s", line);
	rig_load(&r, rule, NFPROTO_IPV6);
	CHECK(rule, r.rs != NULL);
	if (!r.rs)
		return;
	r.rule[0] = table_chain(r.rs->table[0], arena_strndup(r.arena, line, (size_t)(space - line)))->rule[0];
	table_compile(r.arena, r.rs->table[0]);
	for (unsigned i = 0; i < all->nr && fgets(want, sizeof(want), f); i++) {
		want[strcspn(want, "\n")] = '\0';
		to_hex(sent, (const uint8_t *)all->ip[i].s, (uint32_t)all->ip[i].len);
		one_packet(&r, hook_of(line), &all->ip[i], got);
		snprintf(name, sizeof(name), "%.500s, packet %s", line, all->name[i]);
		CHECK_STR(name, got, strcmp(want, "same") == 0 ? sent : want);
	}
	ctable_free(r.rs->table[0]->compiled);
	rig_down(&r);
}

static void test_targets(void)
{
	FILE *f = fopen("tests/unit/ext/ip6_targets.txt", "re");
	struct packets all = { .nr = 0 };
	static char line[2048];
	unsigned rules = 0;

	CHECK("ip6_targets.txt", f != NULL);
	while (f && fgets(line, sizeof(line), f)) {
		char *hex = strchr(line, ';');

		line[strcspn(line, "\n")] = '\0';
		if (line[0] == '=') {
			snprintf(all.name[all.nr], sizeof(all.name[0]), "%.*s", (int)(hex - line) - 2, line + 2);
			CHECK(line, hex_parse(&all.ip[all.nr++], hex + 1, strlen(hex + 1)));
		} else if (line[0] != '#') {
			try_rule(&all, line, f);
			rules++;
		}
	}
	CHECK("rules", rules == 16);
	for (unsigned i = 0; i < all.nr; i++)
		sb_free(&all.ip[i]);
	if (f)
		fclose(f);
}

void suite_ip6_targets(void);
void suite_ip6_targets(void)
{
	unit_add("packets as the kernel sent them", test_targets);
}
