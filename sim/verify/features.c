// SPDX-License-Identifier: MIT
/* features.c - what a case exercises, found in its texts: extensions by their names, tables, kinds of events. */
#include "sim/verify/random.h"
#include "rules/ext.h"
#include <stdio.h>
#include <stdlib.h>

struct feature { char name[40]; char text[40]; enum case_file file; };

static struct feature list[RANDOM_FEATURES];
static unsigned nr;

static const struct feature fixed[] = {
	{ "table:raw", "*raw\n", CASE_RULES }, { "table:mangle", "*mangle\n", CASE_RULES }, { "table:nat", "*nat\n", CASE_RULES },
	{ "table:filter", "*filter\n", CASE_RULES }, { "table:security", "*security\n", CASE_RULES },
	{ "rule:goto", " -g u", CASE_RULES }, { "rule:jump", " -j u", CASE_RULES }, { "rule:RETURN", " -j RETURN", CASE_RULES },
	{ "rule:fragment", " -f ", CASE_RULES }, { "rule:not", " ! -", CASE_RULES },
	{ "event:frame", "\"frame\": ", CASE_EVENTS }, { "event:reply", "\"reply_to\": ", CASE_EVENTS },
	{ "event:local packet", "\"local\": ", CASE_EVENTS }, { "event:server socket", "\"listen\": ", CASE_EVENTS },
	{ "event:client socket", "\"connect\": ", CASE_EVENTS }, { "event:ICMP error", "\"kind\": \"icmp-", CASE_EVENTS },
	{ "route:several next hops", " nexthop ", CASE_IP }, { "route:blackhole", " blackhole ", CASE_IP },
	{ "route:unreachable", " unreachable ", CASE_IP }, { "route:prohibit", " prohibit ", CASE_IP },
	{ "route:policy rule", "rule add", CASE_IP },
	{ "route:other table", " table ", CASE_IP }, { "route:by TOS", " tos ", CASE_IP }, { "route:MTU", " mtu ", CASE_IP },
	{ "sysctl:rp_filter", "rp_filter", CASE_SYSCTL }, { "sysctl:route_localnet", "route_localnet", CASE_SYSCTL },
	{ "sysctl:accept_local", "accept_local", CASE_SYSCTL }, { "sysctl:accept_source_route", "source_route", CASE_SYSCTL },
	{ "sysctl:proxy_arp", "proxy_arp", CASE_SYSCTL }, { "sysctl:tcp_loose", "tcp_loose", CASE_SYSCTL },
	{ "sysctl:tcp_be_liberal", "be_liberal", CASE_SYSCTL }, { "sysctl:nf_conntrack_acct", "conntrack_acct", CASE_SYSCTL },
	{ "sysctl:conntrack timeouts", "_timeout", CASE_SYSCTL }, { "sysctl:icmp settings", "ipv4.icmp_", CASE_SYSCTL },
};

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct feature *)a)->name, ((const struct feature *)b)->name);
}

/* Matches that their protocol loads (tcp, udp, icmp, ...) are seen when "-m NAME" is written. */
static void list_once(void)
{
	if (nr)
		return;
	for (unsigned i = 0; i < ARRAY_SIZE(fixed); i++)
		list[nr++] = fixed[i];
	for (const struct match_ext *const *m = ext_match_list; *m && nr < RANDOM_FEATURES; m++) {
		struct feature *f = &list[nr];

		if (!((*m)->families & (EXT_V4 | EXT_V6)))
			continue;
		snprintf(f->name, sizeof(f->name), "match:%s", (*m)->name);
		snprintf(f->text, sizeof(f->text), " -m %s ", (*m)->name);
		f->file = CASE_RULES;
		nr++;
	}
	for (const struct target_ext *const *t = ext_target_list; *t && nr < RANDOM_FEATURES; t++) {
		struct feature *f = &list[nr];

		if (!((*t)->families & (EXT_V4 | EXT_V6)))
			continue;
		snprintf(f->name, sizeof(f->name), "target:%s", (*t)->name);
		snprintf(f->text, sizeof(f->text), " -j %s", (*t)->name);
		f->file = CASE_RULES;
		nr++;
	}
	qsort(list, nr, sizeof(*list), by_name);
}

unsigned feature_count(void)
{
	list_once();
	return nr;
}

const char *feature_name(unsigned i)
{
	list_once();
	return list[i].name;
}

/* A target's name ends the line or a word. */
static bool has(const char *text, const struct feature *f)
{
	size_t n = strlen(f->text);

	for (const char *p = strstr(text, f->text); p; p = strstr(p + 1, f->text))
		if (strncmp(f->name, "target:", 7) != 0 || p[n] == ' ' || p[n] == '\n')
			return true;
	return false;
}

void case_features(const struct host_case *c, uint64_t ret[RANDOM_FEATURES / 64])
{
	list_once();
	memset(ret, 0, sizeof(uint64_t[RANDOM_FEATURES / 64]));
	for (unsigned i = 0; i < nr; i++)
		if (has(sb_str(&c->file[list[i].file]), &list[i]) || (list[i].file == CASE_RULES && has(sb_str(&c->file[CASE_RULES6]), &list[i])))
			ret[i / 64] |= UINT64_C(1) << i % 64;
}
