// SPDX-License-Identifier: MIT
/* report.c - findings as JSON and SARIF; and which of them are allowed. */
#include "rules/analyse/report.h"
#include <ctype.h>

const char *check_severity_name(enum check_severity s)
{
	static const char *const names[] = { "info", "warning", "error" };

	return names[s];
}

static void set_str(json_t *o, const char *key, const char *value)
{
	if (value)
		json_object_set_new(o, key, json_string(value));
}

static void set_int(json_t *o, const char *key, uint64_t value)
{
	json_object_set_new(o, key, json_integer((json_int_t)value));
}

static json_t *finding_json(const struct finding *g)
{
	json_t *o = json_object(), *by;
	size_t line, col;

	set_str(o, "id", g->kind->id);
	set_str(o, "severity", check_severity_name(g->kind->severity));
	if (g->pos.src) {
		source_where(g->pos, &line, &col);
		set_str(o, "file", g->pos.src->name);
		set_int(o, "line", line);
		set_int(o, "column", col);
	}
	if (g->chain) {
		if (g->chain->table->family == NFPROTO_IPV6)
			set_str(o, "family", "ipv6");
		set_str(o, "table", g->chain->table->name);
		set_str(o, "chain", g->chain->name);
		if (g->rule)
			set_int(o, "rule", g->rule->number);
	}
	set_str(o, "text", g->text);
	set_str(o, "hint", g->hint);
	if (g->nr_by) {
		by = json_array();
		for (unsigned i = 0; i < g->nr_by; i++)
			json_array_append_new(by, json_pack("{s:s,s:s,s:i}", "table", g->by[i]->chain->table->name, "chain", g->by[i]->chain->name,
							    "rule", (int)g->by[i]->number));
		json_object_set_new(o, "by", by);
	}
	return o;
}

json_t *findings_json(const struct findings *f)
{
	json_t *list = json_array(), *o;

	for (const struct finding *g = f->first; g; g = g->next)
		json_array_append_new(list, finding_json(g));
	o = json_pack("{s:o,s:i,s:i,s:i}", "findings", list, "errors", (int)f->nr[CHECK_ERROR], "warnings", (int)f->nr[CHECK_WARNING], "infos",
		      (int)f->nr[CHECK_INFO]);
	if (f->incomplete)
		json_object_set_new(o, "incomplete", json_true());
	return o;
}

/* ---- SARIF */

static json_t *place_sarif(struct pos pos)
{
	size_t line, col, end_line, end_col, n = pos.len;
	struct pos end = pos;
	json_t *region;

	while (n && isspace((unsigned char)pos.src->text[pos.off + n - 1]))
		n--;
	end.off += n;
	source_where(pos, &line, &col);
	source_where(end, &end_line, &end_col);
	region = json_pack("{s:I,s:I}", "startLine", (json_int_t)line, "startColumn", (json_int_t)col);
	if (n) {
		set_int(region, "endLine", end_line);
		set_int(region, "endColumn", end_col);
	}
	return json_pack("{s:{s:{s:s},s:o}}", "physicalLocation", "artifactLocation", "uri", pos.src->name, "region", region);
}

static json_t *result_sarif(const struct finding *g)
{
	static const char *const levels[] = { "note", "warning", "error" };
	json_t *o = json_object(), *place, *related;
	struct strbuf sb = { 0 };

	set_str(o, "ruleId", g->kind->id);
	set_int(o, "ruleIndex", (uint64_t)(g->kind - check_kinds));
	set_str(o, "level", levels[g->kind->severity]);
	if (g->chain && g->rule)
		sb_printf(&sb, "%s %s rule %u: ", g->chain->table->name, g->chain->name, g->rule->number);
	else if (g->chain)
		sb_printf(&sb, "%s %s: ", g->chain->table->name, g->chain->name);
	sb_puts(&sb, g->text);
	if (g->hint)
		sb_printf(&sb, " (%s)", g->hint);
	json_object_set_new(o, "message", json_pack("{s:s}", "text", sb_str(&sb)));
	sb_free(&sb);
	if (g->pos.src) {
		place = place_sarif(g->pos);
		if (g->chain)
			json_object_set_new(place, "logicalLocations", json_pack("[{s:s+++,s:s}]", "fullyQualifiedName", g->chain->table->name, ":", g->chain->name, "",
										"kind", "member"));
		json_object_set_new(o, "locations", json_pack("[o]", place));
	}
	if (!g->nr_by)
		return o;
	related = json_array();
	for (unsigned i = 0; i < g->nr_by; i++)
		if (g->by[i]->pos.src)
			json_array_append_new(related, place_sarif(g->by[i]->pos));
	if (json_array_size(related))
		json_object_set(o, "relatedLocations", related);
	json_decref(related);
	return o;
}

json_t *findings_sarif(const struct findings *f, const char *version)
{
	json_t *kinds = json_array(), *results = json_array();

	for (const struct check_kind *k = check_kinds; k->id; k++)
		json_array_append_new(kinds, json_pack("{s:s,s:{s:s},s:{s:s},s:{s:s}}", "id", k->id, "shortDescription", "text", k->title, "fullDescription", "text",
						       k->explanation, "defaultConfiguration", "level",
						       k->severity == CHECK_ERROR ? "error" : k->severity == CHECK_WARNING ? "warning" : "note"));
	for (const struct finding *g = f->first; g; g = g->next)
		json_array_append_new(results, result_sarif(g));
	return json_pack("{s:s,s:s,s:[{s:{s:{s:s,s:s,s:o}},s:s,s:o}]}", "$schema", "https://json.schemastore.org/sarif-2.1.0.json", "version", "2.1.0", "runs",
			 "tool", "driver", "name", "hookwalk", "version", version, "rules", kinds, "columnKind", "utf16CodeUnits", "results", results);
}

/* ---- what is allowed */

/* Is the id among the words behind "hookwalk: ignore" in s..end? */
static bool allows(const char *s, const char *end, const char *id)
{
	static const char key[] = "hookwalk: ignore";
	const char *at = memmem(s, (size_t)(end - s), key, sizeof(key) - 1);
	size_t n = strlen(id);

	if (!at)
		return false;
	for (at += sizeof(key) - 1; at < end;) {
		while (at < end && strchr(" ,\t", *at))
			at++;
		if ((size_t)(end - at) >= n && memcmp(at, id, n) == 0 && (at + n == end || !(isalnum((unsigned char)at[n]) || at[n] == '-')))
			return true;
		if (at < end && !isalnum((unsigned char)*at) && *at != '-')
			return false;
		while (at < end && (isalnum((unsigned char)*at) || *at == '-'))
			at++;
	}
	return false;
}

static bool allowed_here(const struct finding *g)
{
	const char *text, *s, *line;

	if (!g->pos.src)
		return false;
	text = g->pos.src->text;
	s = text + g->pos.off;
	if (allows(s, s + g->pos.len, g->kind->id))
		return true;
	/* comment lines right above */
	for (line = s; line > text && line[-1] != '\n'; line--)
		;
	while (line > text) {
		const char *end = line - 1, *from = end;

		while (from > text && from[-1] != '\n')
			from--;
		if (from == end || *from != '#')
			return false;
		if (allows(from, end, g->kind->id))
			return true;
		line = from;
	}
	return false;
}

unsigned findings_suppress(struct findings *f, const char *const *ids, unsigned nr_ids)
{
	struct finding **at = &f->first;
	unsigned gone = 0;

	while (*at) {
		bool out = allowed_here(*at);

		for (unsigned i = 0; i < nr_ids; i++)
			out |= strcmp(ids[i], (*at)->kind->id) == 0;
		if (!out) {
			at = &(*at)->next;
			continue;
		}
		f->nr[(*at)->kind->severity]--;
		*at = (*at)->next;
		gone++;
	}
	f->last = at;
	return gone;
}
