// SPDX-License-Identifier: MIT
/* shrink.c - drops lines of a case's files in ever smaller groups, then parts of rules, and keeps each step after
 * which the case still differs. */
#include "sim/verify/shrink.h"
#include <ctype.h>
#include <jansson.h>
#include <stdlib.h>

struct line { const char *s; size_t len; };
struct lines { struct line *at; unsigned nr; };

static void split(struct lines *ret, const struct strbuf *text)
{
	const char *s = sb_str(text), *end = s + text->len;

	*ret = (struct lines){ .at = xcalloc(text->len + 1, sizeof(*ret->at)) };
	while (s < end) {
		const char *e = memchr(s, '\n', (size_t)(end - s));

		if (!e)
			e = end;
		ret->at[ret->nr++] = (struct line){ s, (size_t)(e - s) };
		s = e + 1;
	}
}

static bool starts(const struct line *l, const char *with)
{
	return l->len >= strlen(with) && memcmp(l->s, with, strlen(with)) == 0;
}

static void put_line(struct strbuf *out, const struct line *l)
{
	sb_write(out, l->s, l->len);
	sb_putc(out, '\n');
}

static void copy_case(struct host_case *ret, const struct host_case *c)
{
	*ret = (struct host_case){ 0 };
	for (unsigned f = 0; f < CASE_FILES; f++)
		sb_write(&ret->file[f], sb_str(&c->file[f]), c->file[f].len);
}

unsigned case_lines(const struct host_case *c, enum case_file f)
{
	struct lines l;

	split(&l, &c->file[f]);
	free(l.at);
	return l.nr;
}

/* ---- events */

/* What an event answers, as a position, or -1. */
static long answered(const json_t *ev, long self)
{
	const json_t *to = json_object_get(ev, "reply_to");
	long v = to ? (long)json_integer_value(to) : 0;

	return !to ? -1 : v < 0 ? self + v : v;
}

static void keep_events(struct strbuf *out, const struct lines *l, const bool *gone)
{
	long *place = xcalloc(l->nr + 1, sizeof(*place)), n = 0;

	for (unsigned i = 0; i < l->nr; i++) {
		json_t *ev = json_loadb(l->at[i].s, l->at[i].len, 0, NULL);
		long to = answered(ev, (long)i);
		char *text;

		place[i] = -1;
		if (ev && !gone[i] && (to < 0 || (to < (long)i && place[to] >= 0))) {
			if (to >= 0)
				json_object_set_new(ev, "reply_to", json_integer(place[to]));
			place[i] = n++;
			text = json_dumps(ev, JSON_PRESERVE_ORDER | JSON_REAL_PRECISION(6));
			sb_printf(out, "%s\n", text);
			free(text);
		}
		json_decref(ev);
	}
	free(place);
}

/* ---- rules */

static enum case_file rules_of(const struct host_case *c)
{
	return c->file[CASE_RULES6].len ? CASE_RULES6 : CASE_RULES;
}

/* Is user chain "name" a target of a rule that stays? */
static bool called(const struct lines *l, const bool *gone, unsigned from, const char *name, size_t len)
{
	for (unsigned i = from; i < l->nr && !starts(&l->at[i], "COMMIT"); i++) {
		const char *s = l->at[i].s, *end = s + l->at[i].len;

		if (gone[i] || !starts(&l->at[i], "-A "))
			continue;
		for (const char *p = s; p + 4 + len <= end; p++)
			if ((!memcmp(p, " -j ", 4) || !memcmp(p, " -g ", 4)) && !memcmp(p + 4, name, len) &&
			    (p + 4 + len == end || p[4 + len] == ' '))
				return true;
	}
	return false;
}

static bool is_user_chain(const struct line *l)
{
	return starts(l, ":") && memmem(l->s, l->len, " - [", 4);
}

/* User chains that nobody calls any more go with their rules; that may orphan others. */
static void drop_orphans(const struct lines *l, bool *gone)
{
	for (bool again = true; again;) {
		again = false;
		for (unsigned i = 0; i < l->nr; i++) {
			const char *name = l->at[i].s + 1;
			size_t len = is_user_chain(&l->at[i]) ? strcspn(name, " ") : 0;

			if (!len || gone[i] || called(l, gone, i, name, len))
				continue;
			gone[i] = again = true;
			for (unsigned k = i; k < l->nr && !starts(&l->at[k], "COMMIT"); k++)
				if (starts(&l->at[k], "-A ") && !memcmp(l->at[k].s + 3, name, len) && l->at[k].s[3 + len] == ' ')
					gone[k] = true;
		}
	}
}

/* A table goes with its line "*name". */
static void keep_rules(struct strbuf *out, const struct lines *l, const bool *dropped)
{
	bool *gone = xcalloc(l->nr + 1, sizeof(*gone)), table = false;

	for (unsigned i = 0; i < l->nr; i++) {
		if (starts(&l->at[i], "*"))
			table = dropped[i];
		gone[i] = table || (dropped[i] && starts(&l->at[i], "-A "));
	}
	drop_orphans(l, gone);
	for (unsigned i = 0; i < l->nr; i++)
		if (!gone[i])
			put_line(out, &l->at[i]);
	free(gone);
}

void case_without(struct host_case *ret, const struct host_case *c, enum case_file f, const bool *gone)
{
	struct lines l;

	copy_case(ret, c);
	sb_clear(&ret->file[f]);
	split(&l, &c->file[f]);
	if (f == CASE_EVENTS)
		keep_events(&ret->file[f], &l, gone);
	else if (f == CASE_RULES || f == CASE_RULES6)
		keep_rules(&ret->file[f], &l, gone);
	else
		for (unsigned i = 0; i < l.nr; i++)
			if (!gone[i])
				put_line(&ret->file[f], &l.at[i]);
	free(l.at);
}

/* ---- steps */

/* Takes "smaller" for *c when it differs still; the other one is given back. */
static bool take(struct host_case *c, struct host_case *smaller, struct shrinker *s)
{
	bool same = true, good;

	for (unsigned f = 0; f < CASE_FILES; f++)
		same &= c->file[f].len == smaller->file[f].len && !memcmp(sb_str(&c->file[f]), sb_str(&smaller->file[f]), c->file[f].len);
	good = !same && s->budget && s->budget-- && s->differs(s->arg, smaller);
	if (good) {
		case_free(c);
		*c = *smaller;
	} else {
		case_free(smaller);
	}
	return good;
}

/* Half of the lines, then quarters, ... from the end. */
static bool drop_lines(struct host_case *c, enum case_file f, struct shrinker *s)
{
	bool any = false;

	for (unsigned chunk = MAX(case_lines(c, f) / 2, 1u); chunk; chunk /= 2) {
		unsigned end = case_lines(c, f);

		while (end && s->budget) {
			unsigned nr = case_lines(c, f), from;
			struct host_case smaller;
			bool *gone;

			end = MIN(end, nr);
			from = end > chunk ? end - chunk : 0;
			gone = xcalloc(nr + 1, sizeof(*gone));
			for (unsigned i = from; i < end; i++)
				gone[i] = true;
			case_without(&smaller, c, f, gone);
			free(gone);
			any |= take(c, &smaller, s);
			end = from;
		}
	}
	return any;
}

/* Where the word at p ends; quotes hold together. */
static const char *word_end(const char *p, const char *end)
{
	bool quoted = false;

	for (; p < end && (quoted || *p != ' '); p++)
		if (*p == '"')
			quoted = !quoted;
	return p;
}

/* The n-th part of a rule that can be left out: an option with its values, or "-m NAME" with all its options. */
static bool rule_part(const struct line *l, unsigned n, const char **ret_from, const char **ret_to)
{
	const char *end = l->s + l->len, *p = l->s;

	for (unsigned skip = 0; skip < 2 && p < end; skip++)	/* -A CHAIN */
		p = word_end(p, end) + 1;
	while (p < end) {
		const char *from = p, *q;
		bool whole = false;

		if (*p == '!')
			p = word_end(p, end) + 1;
		whole = end - p > 2 && p[0] == '-' && strchr("mjg", p[1]) && p[2] == ' ';
		for (q = word_end(p, end); q < end; q = word_end(q + 1, end)) {
			bool option = q[1] == '-' || q[1] == '!';

			if (option && !(whole && (q[2] == '-' || (q[1] == '!' && end - q > 4 && q[4] == '-'))))
				break;
		}
		if (!n--) {
			*ret_from = from;
			*ret_to = MIN(q + 1, end);
			return true;
		}
		p = whole ? word_end(word_end(p, end) + 1, end) + 1 : q + 1;	/* then the options one by one */
	}
	return false;
}

/* Without a jump its chain may be called from nowhere any more. */
static void drop_lonely(struct host_case *c)
{
	bool *gone = xcalloc(case_lines(c, rules_of(c)) + 1, sizeof(*gone));
	struct host_case less;

	case_without(&less, c, rules_of(c), gone);
	free(gone);
	case_free(c);
	*c = less;
}

static bool simplify_rule(struct host_case *c, unsigned at, unsigned part, struct shrinker *s)
{
	struct host_case smaller;
	const char *from, *to;
	struct lines l;
	bool found;

	split(&l, &c->file[rules_of(c)]);
	found = at < l.nr && starts(&l.at[at], "-A ") && rule_part(&l.at[at], part, &from, &to);
	if (found) {
		const char *text = sb_str(&c->file[rules_of(c)]);
		struct strbuf *out = &smaller.file[rules_of(c)];

		copy_case(&smaller, c);
		sb_clear(out);
		sb_write(out, text, (size_t)(from - text));
		while (out->len && out->s[out->len - 1] == ' ' && *to == '\n')
			out->len--;
		sb_puts(out, to);
	}
	free(l.at);
	if (!found)
		return false;
	drop_lonely(&smaller);
	if (!take(c, &smaller, s))
		return simplify_rule(c, at, part + 1, s);
	return simplify_rule(c, at, part, s) || true;
}

static bool simplify_rules(struct host_case *c, struct shrinker *s)
{
	bool any = false;

	for (unsigned i = 0; i < case_lines(c, rules_of(c)) && s->budget; i++)
		any |= simplify_rule(c, i, 0, s);
	return any;
}

void shrink_case(struct host_case *c, struct shrinker *s)
{
	bool any = true;

	while (any && s->budget) {
		any = drop_lines(c, CASE_EVENTS, s);
		any |= drop_lines(c, rules_of(c), s);
		any |= simplify_rules(c, s);
		any |= drop_lines(c, CASE_IPSET, s);
		any |= drop_lines(c, CASE_IP, s);
		any |= drop_lines(c, CASE_SYSCTL, s);
	}
}
