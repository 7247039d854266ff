// SPDX-License-Identifier: MIT
/* test_ip6_match.c - the kernel's answers to IPv6 packets with all kinds of extension headers (ip6_match.txt), rule by rule. */
#include "rules/eval/eval.h"
#include "tests/unit/ext/ext_rig.h"
#include <stdlib.h>

#define MAX_PACKETS 64
static const uint8_t link[ETH_HLEN] = { 2, 0, 0, 0, 0, 1, 2, 0xaa, 0xbb, 0xcc, 0xdd, 7, 0x86, 0xdd };

struct matrix { struct { char *name; struct strbuf ip; } pkt[MAX_PACKETS]; unsigned nr; };

static void read_packet(struct matrix *m, char *line)
{
	char *semi = strchr(line, ';');

	*semi = '\0';
	m->pkt[m->nr].name = xstrdup(line);
	m->pkt[m->nr].ip = (struct strbuf){ 0 };
	CHECK(line, hex_parse(&m->pkt[m->nr].ip, semi + 1, strlen(semi + 1)));
	m->nr++;
}

/* '1', '0' or 'D': a rule without a target, so what passes it meets the policy. */
static char ask(struct ext_rig *r, struct table *t, const struct strbuf *ip)
{
	struct packet *p = pkt_alloc(r->pool, (uint32_t)ip->len + ETH_HLEN);
	struct nf_hook_state s = { .host = &r->host, .in = &r->in, .hook = NF_INET_PRE_ROUTING, .family = NFPROTO_IPV6 };
	uint64_t hits = r->rule[0]->packets, passed = t->hook_chain[NF_INET_PRE_ROUTING]->packets;
	enum drop_reason reason;
	struct strbuf why = { 0 };

	memcpy(pkt_put(p, ETH_HLEN), link, ETH_HLEN);
	p->nh = p->th = p->mac + ETH_HLEN;
	memcpy(pkt_put(p, (uint32_t)ip->len), ip->s, ip->len);
	pkt_trim(p, IP6_HLEN + get_be16(pkt_nh(p) + IP6_PLEN));		/* as the IP layer does before the first hook */
	rule_explain(r->rule[0], &r->host, p, &r->in, NULL, NF_INET_PRE_ROUTING, -2, &why);
	CHECK("explained", why.len > 0 || !r->rule[0]->ip.proto);
	sb_free(&why);
	table_eval(t->compiled, p, &s, &reason);
	pkt_free(p);
	hits = r->rule[0]->packets - hits;
	passed = t->hook_chain[NF_INET_PRE_ROUTING]->packets - passed;
	return hits && passed ? '1' : passed ? '0' : hits ? '?' : 'D';
}

static void try_rule(const struct matrix *m, const char *answers, const char *rule)
{
	char got[MAX_PACKETS + 1] = "";
	struct ext_rig r;
	struct table *t;

	rig_up6(&r, rule);
	CHECK(rule, r.nr_rules == 1);
	t = r.nr_rules ? r.rs->table[0] : NULL;
	if (t)
		table_compile(r.arena, t);
	strcpy(r.in.name, "eth0");
	for (unsigned i = 0; t && i < m->nr; i++) {
		r.clock.now = i * 2 * NSEC_PER_MSEC;
		got[i] = ask(&r, t, &m->pkt[i].ip);
		if (answers[i] != got[i])
			printf("packet \"%s\": ", m->pkt[i].name);
	}
	CHECK_STR(rule, got, answers);
	if (t)
		ctable_free(t->compiled);
	rig_down(&r);
}

static void test_matrix(void)
{
	FILE *f = fopen("tests/unit/ext/ip6_match.txt", "re");
	struct matrix m = { .nr = 0 };
	unsigned rules = 0;
	char line[4096];

	CHECK("ip6_match.txt", f != NULL);
	while (f && fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		if (line[0] == '=') {
			read_packet(&m, line + 2);
		} else if (line[0] != '#') {
			char *rule = strchr(line, ' ');

			*rule++ = '\0';
			try_rule(&m, line, rule);
			rules++;
		}
	}
	CHECK("rules", rules > 100);
	for (unsigned i = 0; i < m.nr; i++) {
		free(m.pkt[i].name);
		sb_free(&m.pkt[i].ip);
	}
	if (f)
		fclose(f);
}

void suite_ip6_match(void);
void suite_ip6_match(void)
{
	unit_add("the kernel's answers", test_matrix);
}
