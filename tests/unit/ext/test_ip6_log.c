// SPDX-License-Identifier: MIT
/* test_ip6_log.c - what LOG says of IPv6 packets, and marks by HMARK, as the kernel wrote it (ip6_log.txt). */
#include "rules/eval/eval.h"
#include "tests/unit/ext/ext_rig.h"

#define MAX_PACKETS 80
static const uint8_t link[ETH_HLEN] = { 2, 0, 0, 0, 0, 1, 2, 0xaa, 0xbb, 0xcc, 0xdd, 7, 0x86, 0xdd };

struct packets { struct strbuf ip[MAX_PACKETS]; unsigned nr; };
struct listener { struct trace_sink sink; char said[600]; };

static void hear(struct trace_sink *s, const struct event *ev)
{
	struct listener *l = container_of(s, struct listener, sink);

	snprintf(l->said, sizeof(l->said), "%u %s", ev->u.log.level, ev->u.log.text);
}

static void one_packet(struct ext_rig *r, struct table *t, const struct strbuf *ip)
{
	struct packet *p = pkt_alloc(r->pool, (uint32_t)ip->len + ETH_HLEN);
	struct nf_hook_state s = { .host = &r->host, .in = &r->in, .hook = NF_INET_PRE_ROUTING, .family = NFPROTO_IPV6 };
	enum drop_reason reason;

	memcpy(pkt_put(p, ETH_HLEN), link, ETH_HLEN);
	p->nh = p->th = p->mac + ETH_HLEN;
	memcpy(pkt_put(p, (uint32_t)ip->len), ip->s, ip->len);
	pkt_trim(p, IP6_HLEN + get_be16(pkt_nh(p) + IP6_PLEN));
	table_eval(t->compiled, p, &s, &reason);
	pkt_free(p);
}

/* The rules of a block, separated by '|', and a line for each packet up to the next block. */
static void try_block(const struct packets *all, char *rules, char (*want)[600])
{
	struct listener l = { .sink = { .mask = EV_BIT(EV_LOG), .event = hear } };
	struct ext_rig r;
	struct table *t;

	for (char *c = rules; *c; c++)
		if (*c == '|')
			*c = '\n';
	rig_load(&r, rules, NFPROTO_IPV6);
	CHECK(rules, r.rs != NULL);
	if (r.rs) {
		t = r.rs->table[0];
		table_compile(r.arena, t);
		trace_add(&r.trace, &l.sink);
		strcpy(r.in.name, "eth0");
		for (unsigned i = 0; i < all->nr; i++) {
			l.said[0] = '\0';
			one_packet(&r, t, &all->ip[i]);
			CHECK_STR(rules, l.said, want[i]);
		}
		trace_remove(&r.trace, &l.sink);
		ctable_free(t->compiled);
	}
	rig_down(&r);
}

static void test_log(void)
{
	static char want[MAX_PACKETS][600], line[4096], rules[512];
	FILE *f = fopen("tests/unit/ext/ip6_log.txt", "re");
	struct packets all = { .nr = 0 };
	unsigned n = 0, blocks = 0;

	CHECK("ip6_log.txt", f != NULL);
	while (f && fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		if (line[0] == '=') {
			CHECK(line, hex_parse(&all.ip[all.nr++], strchr(line, ';') + 1, strlen(strchr(line, ';') + 1)));
		} else if (line[0] == '-') {
			snprintf(rules, sizeof(rules), "%.511s", line);
			n = 0;
		} else if (line[0] != '#') {
			snprintf(want[n++], sizeof(want[0]), "%.599s", line);
		}
		if (n && n == all.nr) {
			try_block(&all, rules, want);
			blocks++;
			n = 0;
		}
	}
	CHECK("blocks", blocks == 7);
	for (unsigned i = 0; i < all.nr; i++)
		sb_free(&all.ip[i]);
	if (f)
		fclose(f);
}

void suite_ip6_log(void);
void suite_ip6_log(void)
{
	unit_add("the kernel's lines", test_log);
}
