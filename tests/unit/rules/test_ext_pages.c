// SPDX-License-Identifier: MIT
/* The pages of the extensions, rules/ext/NAME.md: all of one shape, and what they say of tables and chains is what the
 * code does. WRITE=1 puts the line that is right into them. */
#include "rules/ext.h"
#include "rules/parse/parse.h"
#include "tests/unit/unit.h"
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

static const struct { unsigned family; const char *program; } programs[] = {
	{ EXT_V4, "iptables" }, { EXT_V6, "ip6tables" }, { EXT_ARP, "arptables" }, { EXT_EB, "ebtables" },
};

/* What rules of one kind say of themselves, beside their families. */
struct facts { const char *table; uint32_t hooks; uint16_t proto; bool needs_ct; };

static bool same(const struct facts *a, const struct facts *b)
{
	return a->hooks == b->hooks && a->proto == b->proto && a->needs_ct == b->needs_ct &&
	       strcmp(a->table ? a->table : "", b->table ? b->table : "") == 0;
}

static void put_facts(unsigned families, const struct facts *f, struct strbuf *out)
{
	const char *sep = "";

	sb_puts(out, out->len ? " " : "Where: ");
	for (size_t i = 0; i < ARRAY_SIZE(programs); i++)
		if (families & programs[i].family) {
			sb_printf(out, "%s%s", sep, programs[i].program);
			sep = " and ";
		}
	if (f->table)
		sb_printf(out, "; table %s", f->table);
	if (f->hooks) {
		sb_puts(out, f->table ? ", chains" : "; all tables, chains");
		sep = " ";
		for (int h = 0; h < NF_INET_NUMHOOKS; h++)
			if (f->hooks & 1u << h) {
				sb_printf(out, "%s%s", sep, nf_hook_name((enum nf_hook)h));
				sep = ", ";
			}
	} else {
		sb_puts(out, f->table ? ", all its chains" : "; all tables and chains");
	}
	if (f->proto && !(families & (EXT_ARP | EXT_EB)))
		sb_printf(out, "; needs `-p %s`", protocol_chain_name(f->proto));
	sb_printf(out, "%s.", f->needs_ct ? "; turns conntrack on" : "");
}

/* Facts of NAME in the families of the page; false: no such extension. */
static bool where(const char *name, bool target, unsigned wanted, struct strbuf *out)
{
	struct facts all[4];
	unsigned families[4], n = 0;

	for (size_t i = 0; target ? ext_target_list[i] != NULL : ext_match_list[i] != NULL; i++) {
		const struct match_ext *m = target ? NULL : ext_match_list[i];
		const struct target_ext *t = target ? ext_target_list[i] : NULL;
		unsigned fam = (m ? m->families : t->families) & wanted, k = 0;
		struct facts f = m ? (struct facts){ m->table, m->hooks, m->proto, m->needs_ct } :
				     (struct facts){ t->table, t->hooks, t->proto, t->needs_ct };

		if (strcmp(m ? m->name : t->name, name) != 0 || !fam)
			continue;
		while (k < n && !same(&all[k], &f))
			k++;
		if (k == n) {
			all[n] = f;
			families[n++] = 0;
		}
		families[k] |= fam;
	}
	for (unsigned k = 0; k < n; k++)
		put_facts(families[k], &all[k], out);
	return n > 0;
}

static const char *line_with(const char *text, const char *start)
{
	size_t n = strlen(start);

	for (const char *s = text; *s; s += strcspn(s, "\n"), s += *s == '\n')
		if (strncmp(s, start, n) == 0)
			return s;
	return NULL;
}

static char *read_page(const char *path)
{
	FILE *f = fopen(path, "r");
	char *text = calloc(1, 65536);

	if (!f)
		return text;
	text[fread(text, 1, 65535, f)] = '\0';
	fclose(f);
	return text;
}

static void write_where(const char *path, const char *text, const char *at, const char *line)
{
	FILE *f = fopen(path, "w");

	fprintf(f, "%.*s%s%s", (int)(at - text), text, line, at + strcspn(at, "\n"));
	fclose(f);
}

static void check_page(const char *path)
{
	static const struct { const char *kind; bool target; unsigned families; } kinds[] = {
		{ "match", false, EXT_V4 | EXT_V6 }, { "target", true, EXT_V4 | EXT_V6 }, { "arptables match", false, EXT_ARP },
		{ "arptables target", true, EXT_ARP }, { "ebtables match", false, EXT_EB }, { "ebtables target", true, EXT_EB },
	};
	char *text = read_page(path), name[64] = "", kind[64] = "";
	const char *at = line_with(text, "Where: "), *options = line_with(text, "| "), *example = line_with(text, "Example:");
	const char *none = line_with(text, "No options."), *emulation = line_with(text, "Emulation:");
	struct strbuf want = { 0 };
	size_t k = 0;

	CHECK(path, sscanf(text, "# %63[^(\n] (%63[a-z ])\n", name, kind) == 2);
	name[strcspn(name, " ")] = '\0';
	while (k < ARRAY_SIZE(kinds) && strcmp(kinds[k].kind, kind) != 0)
		k++;
	CHECK(path, k < ARRAY_SIZE(kinds));
	if (!options)
		options = none;
	/* all five parts are there, in this order */
	CHECK(path, options && at && emulation && example && options < at && at < emulation && emulation < example);
	CHECK(path, example && strncmp(example, "Example:\n\n    -", 15) == 0);
	/* "arptables rules": what every rule has is in no list */
	if (k < ARRAY_SIZE(kinds) && at && !strstr(path, "_standard.md")) {
		size_t n;

		/* ebtables has a match and a target "mark": in the code one is mark_m, as its page is */
		CHECK(path, where(name, kinds[k].target, kinds[k].families, &want) ||
				    where("mark_m", kinds[k].target, kinds[k].families, &want));
		n = strcspn(at, "\n");
		if (getenv("WRITE") && (n != want.len || strncmp(at, sb_str(&want), n) != 0))
			write_where(path, text, at, sb_str(&want));
		else
			CHECK(path, n == want.len && strncmp(at, sb_str(&want), n) == 0);
	}
	sb_free(&want);
	free(text);
}

static void test_pages(void)
{
	struct dirent **list;
	int n = scandir("rules/ext", &list, NULL, alphasort);
	char path[300];

	CHECK("rules/ext", n > 0);
	for (int i = 0; i < n; i++) {
		const char *dot = strrchr(list[i]->d_name, '.');

		snprintf(path, sizeof(path), "rules/ext/%s", list[i]->d_name);
		if (dot && strcmp(dot, ".md") == 0)
			check_page(path);
		free(list[i]);
	}
	if (n > 0)
		free(list);
}

void suite_ext_pages(void);
void suite_ext_pages(void)
{
	unit_add("shape, tables and chains", test_pages);
}
