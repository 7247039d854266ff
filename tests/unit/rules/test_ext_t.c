// SPDX-License-Identifier: MIT
/* test_ext_t.c - every row of every rules/ext table (NAME.t): is the rule taken or refused as said, and does it
 * print as said? Lines: ":CHAIN[,CHAIN...]" where to try the rows that follow, "*table", "@ip6" or "@ip ip6" for
 * which families they are (ip unless said; eb in eb_NAME.t, arp in arp_NAME.t), "# remark", "$ WORDS" for an ipset
 * command before the rows that follow, or "rule;saved form, = for the same;OK or FAIL". */
#include "rules/ipset/program.h"
#include "rules/parse/parse.h"
#include "rules/rules.h"
#include "tests/unit/unit.h"
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>

struct row { uint8_t family; const char *chain, *table, *rule, *saved; struct ipsets *sets; bool ok; };

/* Does every error say where it is and how to put it right? */
static bool all_help(const struct diag *d)
{
	for (const struct diag_msg *m = d->first; m; m = m->next)
		if (m->severity == DIAG_ERROR && (!m->pos.src || !m->hint))
			return false;
	return d->nr_errors > 0;
}

/* Loads one rule in one chain; the answer is its text, or NULL with the messages in *why and whether
 * they help in *ret_helps. */
static char *load_one(struct arena *a, const struct row *row, const char **why, bool *ret_helps)
{
	struct rules_options opt = { .family = row->family, .sets = row->sets };
	char *text = arena_printf(a, "*%s\n-A %s %s\nCOMMIT\n", row->table, row->chain, row->rule);
	struct source *src = source_text(a, "row", text, strlen(text));
	struct arena *ra = arena_create();
	struct strbuf out = { 0 };
	struct ruleset *rs;
	struct chain *c;
	struct diag d;
	char *ret = NULL;

	diag_init(&d, a);
	rs = ruleset_load(ra, src, &opt, &d);
	*ret_helps = all_help(&d);
	diag_render(&d, &out);
	*why = arena_strdup(a, sb_str(&out));
	sb_clear(&out);
	c = rs ? table_chain(rs->table[0], row->chain) : NULL;
	for (uint32_t i = 0; c && i < c->nr_rules; i++) {
		if (i)
			sb_putc(&out, '\n');
		rule_save(c->rule[i], &out);
	}
	while (family_is_l2(row->family) && out.len && out.s[out.len - 1] == ' ')
		out.s[--out.len] = '\0';	/* some end in a blank */
	if (rs)
		ret = arena_strdup(a, sb_str(&out));
	sb_free(&out);
	arena_destroy(ra);
	return ret;
}

static void try_row(struct arena *a, const char *where, const struct row *row)
{
	const char *why, *want, *program = iptables_name(row->family);
	bool helps;
	char *got = load_one(a, row, &why, &helps);

	if (!row->ok) {
		if (got)
			printf("%s (%s %s): taken, but it must be refused\n", where, program, row->chain);
		if (!got && !helps)
			printf("%s (%s %s): refused without place or hint:\n%s", where, program, row->chain, why);
		CHECK(where, got == NULL && helps);
		return;
	}
	if (!got)
		printf("%s (%s %s): refused:\n%s", where, program, row->chain, why);
	CHECK(where, got != NULL);
	if (!got)
		return;
	want = arena_printf(a, *row->saved ? "-A %s %s" : "-A %s%s", row->chain, row->saved);
	CHECK_STR(where, got, want);
}

/* The row's three parts; the rule's text may hold ';' in quotes. */
static bool split_row(char *line, struct row *row)
{
	char *part[3] = { line, NULL, NULL };
	bool quoted = false;
	int n = 1;

	for (char *p = line; *p && n < 3; p++) {
		if (*p == '"' && (p == line || p[-1] != '\\'))
			quoted = !quoted;
		if (*p == ';' && !quoted) {
			*p = '\0';
			part[n++] = p + 1;
		}
	}
	if (n < 3)
		return false;
	row->rule = part[0];
	row->saved = strcmp(part[1], "=") == 0 ? part[0] : part[1];
	row->ok = strncmp(part[2], "OK", 2) == 0;
	return row->ok || strncmp(part[2], "FAIL", 4) == 0;
}

static void try_chains(struct arena *a, const char *where, const char *chains, struct row *row)
{
	char *list = arena_strdup(a, chains), *save = NULL;

	for (char *c = strtok_r(list, ", \t", &save); c; c = strtok_r(NULL, ", \t", &save)) {
		row->chain = c;
		try_row(a, where, row);
	}
}

static uint8_t family_number(const char *name)
{
	static const struct { const char *name; uint8_t family; } known[] = {
		{ "ip", NFPROTO_IPV4 }, { "ip6", NFPROTO_IPV6 }, { "arp", NFPROTO_ARP }, { "eb", NFPROTO_BRIDGE },
	};

	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (strcmp(known[i].name, name) == 0)
			return known[i].family;
	return NFPROTO_UNSPEC;
}

static void try_families(struct arena *a, const char *where, const char *families, const char *chains, struct row *row)
{
	char *list = arena_strdup(a, families), *save = NULL;

	for (char *f = strtok_r(list, " \t", &save); f; f = strtok_r(NULL, " \t", &save)) {
		row->family = family_number(f);
		CHECK(where, row->family != NFPROTO_UNSPEC);
		try_chains(a, where, chains, row);
	}
}

static const char *families_of(const char *path)
{
	const char *name = strrchr(path, '/') + 1;

	return strncmp(name, "eb_", 3) == 0 ? "eb" : strncmp(name, "arp_", 4) == 0 ? "arp" : "ip";
}

static void run_ipset(const char *where, struct ipsets *sets, char *words)
{
	struct ipset_result r = { 0 };

	ipset_restore(sets, words, strlen(words), false, &r);
	if (r.status)
		printf("%s: %s", where, sb_str(&r.err));
	CHECK(where, r.status == 0);
	ipset_result_free(&r);
}

static void run_file(const char *path)
{
	struct ipsets *sets = ipsets_create(NULL, 1, "test");
	struct arena *a = arena_create();
	const char *chains = "", *table = "filter", *families = families_of(path);
	char line[16384];
	unsigned nr = 0;
	FILE *f = fopen(path, "re");

	CHECK(path, f != NULL);
	while (f && fgets(line, sizeof(line), f)) {
		const char *where = arena_printf(a, "%s:%u", path, ++nr);
		struct row row = { .table = table, .sets = sets };

		line[strcspn(line, "\n")] = '\0';
		if (line[0] == '#' || line[0] == '\0')
			continue;
		if (line[0] == ':')
			chains = arena_strdup(a, line + 1);
		else if (line[0] == '*')
			table = arena_strdup(a, line + 1);
		else if (line[0] == '@')
			families = arena_strdup(a, line + 1);
		else if (line[0] == '$')
			run_ipset(where, sets, line + 1);
		else if (split_row(line, &row))
			try_families(a, where, families, chains, &row);
		else
			CHECK(where, !"a row is rule;saved form or =;OK or FAIL");
	}
	ipsets_destroy(sets);
	if (f)
		fclose(f);
	arena_destroy(a);
}

static void test_tables(void)
{
	glob_t g = { 0 };

	glob("rules/ext/*.t", 0, NULL, &g);
	CHECK("rules/ext/*.t", g.gl_pathc > 0);
	for (size_t i = 0; i < g.gl_pathc; i++)
		run_file(g.gl_pathv[i]);
	globfree(&g);
}

void suite_ext_t(void);
void suite_ext_t(void)
{
	unit_add("rows of rules/ext/*.t", test_tables);
}
